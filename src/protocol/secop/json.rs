//! JSON as SEC nodes write it: strict, but for what nodes in the field are known to get wrong.
//!
//! Beyond RFC 8259 the bare tokens `NaN`, `Infinity` and `-Infinity` are read as the numbers that they name
//! (frappy 0.20.9 sends `NaN` for the value of a broken sensor), and half of a surrogate pair becomes U+FFFD. Both
//! are noted as violations. Whole numbers are kept exactly: those that do not fit into an `i128` as their digits.
//!
//! `serde_json` is not used for reading since it has no place for any of these; the tests hold this reader against
//! it. It writes nothing to a node: see [`super::datainfo`].

use std::borrow::Cow;
use std::fmt::Write as _;

use super::violation::{Rule, Violations};

/// Arrays and objects may stand within each other so deep, as with `serde_json`.
pub const DEPTH_LIMIT: usize = 128;

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

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct JsonError {
    /// What is wrong.
    pub what: JsonFault,
    /// Where, in bytes from the beginning of the text.
    pub at: usize,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// The text ends in the middle of a value.
    #[error("unexpected end of the JSON data")]
    End,
    /// Something stands where a value should.
    #[error("no JSON value")]
    NoValue,
    /// A number is not written as JSON wants it.
    #[error("malformed number")]
    Number,
    /// A control character or an unknown escape in a string.
    #[error("malformed string")]
    Text,
    /// Neither a comma nor the closing bracket.
    #[error("expected a comma or a closing bracket")]
    Comma,
    /// A member of an object does not begin with a string.
    #[error("expected a member's name in quotes")]
    Name,
    /// A member's name is not followed by a colon.
    #[error("expected a colon")]
    Colon,
    /// Something follows the value.
    #[error("something after the end of the JSON data")]
    Trailing,
    /// More than [`DEPTH_LIMIT`] levels.
    #[error("nested too deep")]
    Depth,
}

impl<'a> Json<'a> {
    /// Reads a text. What is tolerated but wrong is added to `violations`.
    pub fn parse(text: &'a str, violations: &mut Violations) -> Result<Self, JsonError> {
        let mut reader = Reader { text, at: 0, depth: 0, violations };
        let value = reader.value()?;
        reader.skip_blanks();
        if reader.at < text.len() {
            return Err(reader.fault(JsonFault::Trailing));
        }
        Ok(value)
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
            Self::Huge(digits) => digits.parse().ok(),
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
        put(out, &format_args!("{number:?}"));
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

struct Reader<'a, 'v> {
    text: &'a str,
    at: usize,
    depth: usize,
    violations: &'v mut Violations,
}

impl<'a> Reader<'a, '_> {
    fn value(&mut self) -> Result<Json<'a>, JsonError> {
        self.skip_blanks();
        match self.peek() {
            None => Err(self.fault(JsonFault::End)),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Result<Json<'a>, JsonError> {
        for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
        {
            if self.take(word) {
                return Ok(value);
            }
        }
        for (word, number) in [("NaN", f64::NAN), ("Infinity", f64::INFINITY)] {
            if self.take(word) {
                self.violations.add(Rule::BareNumberName);
                return Ok(Json::Number(number));
            }
        }
        Err(self.fault(JsonFault::NoValue))
    }

    fn number(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        if self.take("-Infinity") {
            self.violations.add(Rule::BareNumberName);
            return Ok(Json::Number(f64::NEG_INFINITY));
        }
        self.take("-");
        // A number does not begin with a zero unless that is all there is before the point.
        if !self.take("0") && self.digits() == 0 {
            return Err(self.fault(JsonFault::Number));
        }
        let mut whole = true;
        if self.take(".") {
            whole = false;
            if self.digits() == 0 {
                return Err(self.fault(JsonFault::Number));
            }
        }
        if self.take("e") || self.take("E") {
            whole = false;
            if !self.take("+") {
                self.take("-");
            }
            if self.digits() == 0 {
                return Err(self.fault(JsonFault::Number));
            }
        }
        let digits = &self.text[start..self.at];
        if whole && digits != "-0" {
            return Ok(digits.parse().map_or(Json::Huge(digits), Json::Integer));
        }
        let number: f64 = digits.parse().map_err(|_unreadable| self.fault(JsonFault::Number))?;
        if number.is_infinite() {
            self.violations.add(Rule::NumberTooLarge);
        }
        Ok(Json::Number(number))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn array(&mut self) -> Result<Json<'a>, JsonError> {
        self.enter()?;
        let mut items = Vec::new();
        self.skip_blanks();
        if !self.take("]") {
            loop {
                items.push(self.value()?);
                if self.closes("]")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(Json::Array(items))
    }

    fn object(&mut self) -> Result<Json<'a>, JsonError> {
        self.enter()?;
        let mut members = Vec::new();
        self.skip_blanks();
        if !self.take("}") {
            loop {
                self.skip_blanks();
                match self.peek() {
                    Some(b'"') => {}
                    Some(_) => return Err(self.fault(JsonFault::Name)),
                    None => return Err(self.fault(JsonFault::End)),
                }
                let name = self.string()?;
                self.skip_blanks();
                if !self.take(":") {
                    return Err(self.fault(JsonFault::Colon));
                }
                members.push((name, self.value()?));
                if self.closes("}")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(Json::Object(members))
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        if self.depth == DEPTH_LIMIT {
            return Err(self.fault(JsonFault::Depth));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// After an element: whether the bracket closes, or a comma announces another one.
    fn closes(&mut self, bracket: &str) -> Result<bool, JsonError> {
        self.skip_blanks();
        if self.take(bracket) {
            Ok(true)
        } else if self.take(",") {
            Ok(false)
        } else if self.peek().is_none() {
            Err(self.fault(JsonFault::End))
        } else {
            Err(self.fault(JsonFault::Comma))
        }
    }

    /// A string; borrowed unless there are escapes in it.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let mut unescaped = String::new();
        let mut start = self.at;
        loop {
            match self.peek() {
                None => return Err(self.fault(JsonFault::End)),
                Some(b'"') => {
                    let rest = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(if unescaped.is_empty() {
                        Cow::Borrowed(rest)
                    } else {
                        unescaped.push_str(rest);
                        Cow::Owned(unescaped)
                    });
                }
                Some(b'\\') => {
                    unescaped.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    unescaped.push(self.escape()?);
                    start = self.at;
                }
                Some(0..b' ') => return Err(self.fault(JsonFault::Text)),
                Some(_) => self.at += 1,
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, JsonError> {
        let Some(byte) = self.peek() else { return Err(self.fault(JsonFault::End)) };
        let char = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.fault(JsonFault::Text)),
        };
        self.at += 1;
        Ok(char)
    }

    /// What follows `\u`: four digits, or two such groups for a character beyond U+FFFF.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.four_digits()?;
        if let Some(char) = char::from_u32(first) {
            return Ok(char);
        }
        if first < LOW_SURROGATES && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            let low = second.checked_sub(LOW_SURROGATES).filter(|low| *low < 0x400);
            let code = low.map(|low| 0x1_0000 + ((first - HIGH_SURROGATES) << 10) + low);
            if let Some(char) = code.and_then(char::from_u32) {
                return Ok(char);
            }
            self.at = before;
        }
        self.violations.add(Rule::LoneSurrogate);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek() else { return Err(self.fault(JsonFault::End)) };
            let Some(digit) = char::from(byte).to_digit(16) else { return Err(self.fault(JsonFault::Text)) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(token.as_bytes());
        if found {
            self.at += token.len();
        }
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, what: JsonFault) -> JsonError {
        JsonError { what, at: self.at }
    }
}

/// Beyond it a double does not tell neighbouring whole numbers apart.
const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;
const HIGH_SURROGATES: u32 = 0xD800;
const LOW_SURROGATES: u32 = 0xDC00;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Json<'_>, JsonError>, Violations) {
        let mut violations = Violations::default();
        (Json::parse(text, &mut violations), violations)
    }

    #[test]
    fn bare_names_of_numbers_are_read_and_noted() {
        let (json, violations) = read(r#"[NaN, Infinity, -Infinity, "NaN, Infinity"]"#);
        let json = json.expect("tolerated");
        assert_eq!(json.to_text(), r#"[NaN,Infinity,-Infinity,"NaN, Infinity"]"#);
        assert_eq!(violations.iter().collect::<Vec<_>>(), [Rule::BareNumberName]);
        assert!(!json.is_strict());
    }

    #[test]
    fn whole_numbers_keep_their_digits() {
        for (text, json) in [
            ("9007199254740993", Json::Integer(9_007_199_254_740_993)),
            ("18446744073709551615", Json::Integer(u64::MAX.into())),
            ("-9223372036854775808", Json::Integer(i64::MIN.into())),
            (
                "1234567890123456789012345678901234567890",
                Json::Huge("1234567890123456789012345678901234567890"),
            ),
            ("-0", Json::Number(-0.0)),
            ("5.0", Json::Number(5.0)),
        ] {
            assert_eq!(read(text).0, Ok(json));
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced_and_noted() {
        for (text, wanted, noted) in [
            (r#""\ud83d\ude00""#, "😀", false),
            (r#""\ud83dx""#, "\u{fffd}x", true),
            (r#""\ude00""#, "\u{fffd}", true),
            (r#""\ud83d\u0041""#, "\u{fffd}A", true),
        ] {
            let (json, violations) = read(text);
            assert_eq!(json, Ok(Json::Text(wanted.into())), "{text}");
            assert_eq!(!violations.is_empty(), noted, "{text}");
        }
    }

    #[test]
    fn an_error_has_a_place() {
        for (text, what, at) in [
            ("[1, 2", JsonFault::End, 5),
            ("[1 2]", JsonFault::Comma, 3),
            ("{bad", JsonFault::Name, 1),
            ("[nan]", JsonFault::NoValue, 1),
            ("01", JsonFault::Trailing, 1),
            ("-", JsonFault::Number, 1),
            ("\"a\nb\"", JsonFault::Text, 2),
            ("{\"a\" 1}", JsonFault::Colon, 5),
            ("", JsonFault::End, 0),
        ] {
            assert_eq!(read(text).0, Err(JsonError { what, at }), "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(DEPTH_LIMIT)).0.is_ok());
        assert_eq!(read(&nested(DEPTH_LIMIT + 1)).0.map_err(|error| error.what), Err(JsonFault::Depth));
        assert_eq!(read(&"[".repeat(1_000_000)).0.map_err(|error| error.what), Err(JsonFault::Depth));
    }
}
