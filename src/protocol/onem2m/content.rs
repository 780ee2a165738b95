//! What an instance holds: `con`, whose form `cnf` tells (TS-0001, 9.6.7; TS-0004, 6.3.4.2.x `m2m:contentInfo`), and
//! which is often not what `cnf` says, or has no `cnf` at all.

use crate::model::base64;
use crate::model::datatype::{DataType, NumberType};
use crate::model::json::{Breaches, Json};
use crate::model::number;
use crate::model::value::Value;

/// How the content is encoded: `media-type:encoding[:security]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Encoding {
    /// As it is, or nobody says.
    #[default]
    Plain,
    /// base64 of a text (1).
    Base64Text,
    /// base64 of bytes (2).
    Base64Bytes,
}

/// Where a text that stands for a number came from, so that it can be written the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// JSON of its own.
    Bare,
    /// A text that holds it.
    Quoted,
}

/// Reads a content. Numbers, truth values and JSON in texts are taken for what they are.
pub fn read(content: &Json<'_>, info: &str) -> (Value, Notation) {
    let Json::Text(text) = content else { return (bare(content), Notation::Bare) };
    let value = match encoding(info) {
        Encoding::Plain => quoted(text),
        Encoding::Base64Text | Encoding::Base64Bytes => match base64::decode_unpadded(text.trim()) {
            // Bytes that hold a text are shown as that.
            Some(bytes) => match (String::from_utf8(bytes), encoding(info)) {
                (Ok(text), Encoding::Base64Text) => quoted(&text),
                (Ok(text), _) => Value::Bytes(text.into_bytes()),
                (Err(error), _) => Value::Bytes(error.into_bytes()),
            },
            None => Value::Text(text.to_string()),
        },
    };
    (value, Notation::Quoted)
}

/// The type that values like this one have, as far as one value tells; `unit` may be empty.
pub fn type_of(value: &Value, unit: &str) -> DataType {
    let unit = unit.to_owned();
    match value {
        Value::Bool(_) => DataType::Bool,
        // The next one may have a point.
        Value::Integer(_) | Value::Number(_) => {
            DataType::Number(NumberType { unit, ..NumberType::default() })
        }
        Value::Text(_) => DataType::Text(crate::model::datatype::TextType::default()),
        Value::Bytes(_) => DataType::Bytes { min: 0, max: None },
        Value::Null
        | Value::Enum { .. }
        | Value::Array(_)
        | Value::Record(_)
        | Value::Matrix { .. }
        | Value::Json(_) => DataType::Json,
    }
}

/// Any JSON as a value. Records and arrays stay JSON: a channel has one type, and what is in them may change.
pub fn bare(json: &Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(on) => Value::Bool(*on),
        Json::Integer(whole) => Value::Integer(*whole),
        Json::Number(number) => Value::Number(*number),
        Json::Text(text) => Value::Text(text.to_string()),
        Json::Array(items) => {
            let numbers: Option<Vec<Value>> = items.iter().map(number_of).collect();
            numbers
                .filter(|numbers| !numbers.is_empty())
                .map_or_else(|| Value::Json(json.to_text()), Value::Array)
        }
        // A number that is too long keeps its digits.
        Json::Huge(_) | Json::Object(_) => Value::Json(json.to_text()),
    }
}

fn number_of(json: &Json<'_>) -> Option<Value> {
    match json {
        Json::Integer(whole) => Some(Value::Integer(*whole)),
        Json::Number(number) => Some(Value::Number(*number)),
        Json::Null | Json::Bool(_) | Json::Huge(_) | Json::Text(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A text: a number, JSON, or what it is. `"NaN"` is a number, `"1,5"` and `"0x10"` are texts, and so is `"007"`: it
/// may be a name.
fn quoted(text: &str) -> Value {
    let inner = text.trim();
    let first = inner.bytes().next().unwrap_or(b' ');
    match first {
        b'0'..=b'9' | b'-' | b'+' | b'.' => match plain_number(inner) {
            Some(value) => value,
            None => Value::Text(text.to_owned()),
        },
        b'{' | b'[' => {
            let mut breaches = Breaches::default();
            Json::parse(inner, &mut breaches)
                .map_or_else(|_no_json| Value::Text(text.to_owned()), |json| bare(&json))
        }
        _ => match inner {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "NaN" | "nan" => Value::Number(f64::NAN),
            _ => Value::Text(text.to_owned()),
        },
    }
}

fn plain_number(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let digits = unsigned.strip_prefix('-').filter(|_| unsigned.len() == text.len()).unwrap_or(unsigned);
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let mut bytes = digits.bytes();
    if (bytes.next(), bytes.next().map(|byte| byte.is_ascii_digit())) == (Some(b'0'), Some(true)) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
        return match unsigned.parse() {
            Ok(whole) => Some(Value::Integer(whole)),
            Err(_too_long) => Some(Value::Json(unsigned.to_owned())),
        };
    }
    let is_number =
        digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    number::parse(unsigned).filter(|_| is_number).map(Value::Number)
}

/// Whether a content of this form is in base64.
pub(super) fn is_base64(info: &str) -> bool {
    encoding(info) != Encoding::Plain
}

fn encoding(info: &str) -> Encoding {
    match info.split(':').nth(1) {
        Some("1") => Encoding::Base64Text,
        Some("2") => Encoding::Base64Bytes,
        Some(_) | None => Encoding::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str, info: &str) -> Value {
        let json = Json::parse(json, &mut Breaches::default()).expect("the tests give JSON");
        read(&json, info).0
    }

    #[test]
    fn a_content_is_taken_for_what_it_is() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (json, info, value) in [
            ("\"21.5\"", "text/plain:0", Value::Number(21.5)),
            ("\"-3\"", "", Value::Integer(-3)),
            ("\" +7 \"", "", Value::Integer(7)),
            ("21.5", "application/json:0", Value::Number(21.5)),
            ("9007199254740993", "", Value::Integer(9_007_199_254_740_993)),
            ("\"9007199254740993\"", "", Value::Integer(9_007_199_254_740_993)),
            ("1e400", "", Value::Number(f64::INFINITY)),
            ("\"open\"", "", text("open")),
            ("\"\"", "", text("")),
            ("\"007\"", "", text("007")),
            ("\"0\"", "", Value::Integer(0)),
            ("\"-\"", "", text("-")),
            ("\"1,5\"", "", text("1,5")),
            ("\"12:30\"", "", text("12:30")),
            ("\"20261120T201707\"", "", text("20261120T201707")),
            ("\"2026-11-20\"", "", text("2026-11-20")),
            ("\"true\"", "", Value::Bool(true)),
            ("{\"t\":21.5,\"u\":\"C\"}", "", Value::Json("{\"t\":21.5,\"u\":\"C\"}".to_owned())),
            ("\"{\\\"t\\\": 21.5}\"", "application/json:0", Value::Json("{\"t\":21.5}".to_owned())),
            ("\"{broken\"", "", text("{broken")),
            ("\"[1, 2.5]\"", "", Value::Array(vec![Value::Integer(1), Value::Number(2.5)])),
            ("\"MjEuNQ==\"", "text/plain:1", Value::Number(21.5)),
            ("\"MjEuNQ\"", "text/plain:1", Value::Number(21.5)),
            ("\"/w==\"", "application/octet-stream:2", Value::Bytes(vec![255])),
            ("\"no base64!\"", "x/y:2", text("no base64!")),
            ("null", "", Value::Null),
        ] {
            assert_eq!(of(json, info), value, "{json} as {info}");
        }
    }

    #[test]
    fn a_number_that_fits_nowhere_keeps_its_digits() {
        let digits = "1234567890123456789012345678901234567890";
        assert_eq!(of(digits, ""), Value::Json(digits.to_owned()));
        assert_eq!(of(&format!("\"{digits}\""), ""), Value::Json(digits.to_owned()));
    }
}
