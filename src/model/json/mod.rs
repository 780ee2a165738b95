//! JSON as instruments write it: strict, but for what peers in the field are known to get wrong.
//!
//! Beyond RFC 8259 the bare tokens `NaN`, `Infinity` and `-Infinity` are read as the numbers that they name
//! (frappy 0.20.9 sends `NaN` for the value of a broken sensor), and half of a surrogate pair becomes U+FFFD. Both
//! are noted as breaches. Whole numbers are kept exactly: those that do not fit into an `i128` as their digits.
//!
//! `serde_json` is not used for reading since it has no place for any of these; the tests hold this reader against
//! it.

mod reader;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::{format, number};
use reader::Reader;
pub use reader::{DEPTH_LIMIT, JsonError, JsonFault};

/// What is wrong with a text, and tolerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// `NaN` or `Infinity` stands where JSON has no word for it.
    BareNumberName,
    /// A number that is beyond a double.
    NumberTooLarge,
    /// Half of a surrogate pair in a string.
    LoneSurrogate,
}

impl Breach {
    /// The rule that was broken, in words.
    pub fn rule(self) -> &'static str {
        match self {
            Self::BareNumberName => "NaN and Infinity are not JSON",
            Self::NumberTooLarge => "a number fits into a double",
            Self::LoneSurrogate => "surrogates come in pairs",
        }
    }
}

/// What was tolerated in one text, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaches {
    breaches: Vec<Breach>,
}

impl Breaches {
    fn add(&mut self, breach: Breach) {
        if !self.breaches.contains(&breach) {
            self.breaches.push(breach);
        }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Breach> {
        self.breaches.iter().copied()
    }

    /// Nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.breaches.is_empty()
    }
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without point and exponent.
    Integer(i128),
    /// Any other number; NaN and the infinities too.
    Number(f64),
    /// A whole number that does not fit into an `i128`: its digits.
    Huge(&'a str),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object, in the order of the text. A name may occur more than once; the last one counts.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Json<'a> {
    /// Reads a text. What is tolerated but wrong is added to `breaches`.
    pub fn parse(text: &'a str, breaches: &mut Breaches) -> Result<Self, JsonError> {
        Reader::read(text, breaches)
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
            }
            Self::Null
            | Self::Bool(_)
            | Self::Integer(_)
            | Self::Number(_)
            | Self::Huge(_)
            | Self::Text(_)
            | Self::Array(_) => None,
        }
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Any number as a floating point number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Integer(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            Self::Huge(digits) => number::parse(digits),
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// A whole number, also where it is written with a point, as in `5.0`.
    pub fn as_whole(&self) -> Option<i128> {
        match self {
            Self::Integer(whole) => Some(*whole),
            // Beyond 2^53 a floating point number no longer says which whole number was meant.
            Self::Number(number) if number.fract() == 0.0 && number.abs() <= WHOLE_LIMIT => {
                Some(*number as i128)
            }
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Huge(_)
            | Self::Text(_)
            | Self::Array(_)
            | Self::Object(_) => None,
        }
    }

    /// As JSON without blanks. NaN and the infinities are written by name, which is not JSON; see
    /// [`Self::is_strict`].
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// Whether [`Self::to_text`] is JSON: there is no NaN and no infinity in it.
    pub fn is_strict(&self) -> bool {
        match self {
            Self::Number(number) => number.is_finite(),
            Self::Array(items) => items.iter().all(Self::is_strict),
            Self::Object(members) => members.iter().all(|(_, value)| value.is_strict()),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Huge(_) | Self::Text(_) => true,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(on) => out.push_str(if *on { "true" } else { "false" }),
            Self::Integer(whole) => put(out, whole),
            Self::Number(number) => write_number(*number, out),
            Self::Huge(digits) => out.push_str(digits),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Writes a number so that the same number is read back: shortest digits, with a point or an exponent.
pub fn write_number(number: f64, out: &mut String) {
    if number.is_nan() {
        out.push_str("NaN");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" });
    } else {
        out.push_str(&format::json(number));
    }
}

/// Writes a string with quotes. Control characters are escaped, so a newline never gets into a frame.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => put(out, &format_args!("\\u{:04x}", u32::from(control))),
            char => out.push(char),
        }
    }
    out.push('"');
}

fn put(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a string cannot fail.
    if write!(out, "{value}").is_err() {
        out.push('?');
    }
}

/// Beyond it a double does not tell neighbouring whole numbers apart.
pub const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;
