//! Values of dataports: what the format says they are, and what clients write (scripting/README.md; rpc/README.md,
//! "create (dataport)"). Clients write numbers as numbers and as texts.

use super::write::{Object, list, quoted};
use crate::model::base64;
use crate::model::datatype::{DataType, IntegerType, NumberType, TextType};
use crate::model::json::{Breaches, Json, WHOLE_LIMIT, write_number};
use crate::model::number;
use crate::model::value::Value;

/// So much of a bad value is shown, in characters.
const SHOWN_CHARS: usize = 60;

/// The format of a dataport or a datarule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Floating point numbers.
    Float,
    /// Whole numbers.
    Integer,
    /// Texts; often JSON in them.
    Text,
    /// True or false.
    Boolean,
    /// Not said, or in a word that this program does not know, e.g. `binary`.
    #[default]
    Unknown,
}

/// A value that is none of its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{value}\" is not a value of the format {format}")]
pub struct BadValue {
    /// The format.
    pub format: &'static str,
    /// The value's JSON, cut to a bounded length.
    pub value: String,
}

/// A value that cannot be written, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritable {
    /// NaN or infinity.
    #[error("JSON has no word for NaN and the infinities")]
    NotFinite,
    /// A grid of numbers.
    #[error("a grid of numbers cannot be written to a dataport")]
    Grid,
    /// A text that should be JSON and is not.
    #[error("that is not JSON")]
    NoJson,
}

impl Format {
    /// The format of a word.
    pub fn of_word(word: &str) -> Self {
        match word {
            "float" => Self::Float,
            "integer" => Self::Integer,
            "string" => Self::Text,
            "boolean" => Self::Boolean,
            _ => Self::Unknown,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Unknown => "unknown",
        }
    }

    /// The type of its values; `unit` may be empty.
    pub fn data_type(&self, unit: &str) -> DataType {
        let unit = unit.to_owned();
        match self {
            Self::Float => DataType::Number(NumberType { unit, ..NumberType::default() }),
            Self::Integer => DataType::Integer(IntegerType { unit, ..IntegerType::default() }),
            Self::Text => DataType::Text(TextType::default()),
            Self::Boolean => DataType::Bool,
            Self::Unknown => DataType::Json,
        }
    }

    /// Reads a value.
    pub fn read(&self, json: &Json<'_>) -> Result<Value, BadValue> {
        if *json == Json::Null {
            return Ok(Value::Null);
        }
        let value = match self {
            Self::Float => float(json),
            Self::Integer => integer(json),
            Self::Text => Some(Value::Text(match json {
                Json::Text(text) => text.to_string(),
                other => other.to_text(),
            })),
            Self::Boolean => boolean(json),
            Self::Unknown => Some(bare(json)),
        };
        value.ok_or_else(|| BadValue { format: self.word(), value: cut(json.to_text()) })
    }

    /// Writes a value, as JSON.
    pub fn write(&self, value: &Value) -> Result<String, NotWritable> {
        // In a dataport of texts, JSON is a text.
        match (self, value) {
            (Self::Text, Value::Text(text) | Value::Json(text)) => Ok(quoted(text)),
            (Self::Text, Value::Bytes(_)) => json_of(value),
            (Self::Text, other) => Ok(quoted(&json_of(other)?)),
            (Self::Float | Self::Integer | Self::Boolean | Self::Unknown, other) => json_of(other),
        }
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text,
    }
}

fn float(json: &Json<'_>) -> Option<Value> {
    match json {
        Json::Text(text) => number::parse(text.trim()).map(Value::Number),
        Json::Bool(on) => Some(Value::Number(f64::from(u8::from(*on)))),
        other => other.as_f64().map(Value::Number),
    }
}

fn integer(json: &Json<'_>) -> Option<Value> {
    match json {
        Json::Text(text) => {
            let text = text.trim();
            let whole = text.strip_prefix('+').unwrap_or(text).parse().ok().map(Value::Integer);
            whole.or_else(|| number::parse(text).map(number_or_whole))
        }
        Json::Bool(on) => Some(Value::Integer(i128::from(*on))),
        Json::Integer(whole) => Some(Value::Integer(*whole)),
        Json::Number(number) => Some(number_or_whole(*number)),
        // A number that fits nowhere keeps its digits.
        Json::Huge(digits) => Some(Value::Json((*digits).to_owned())),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn number_or_whole(number: f64) -> Value {
    Json::Number(number).as_whole().map_or(Value::Number(number), Value::Integer)
}

fn boolean(json: &Json<'_>) -> Option<Value> {
    let on = match json {
        Json::Bool(on) => *on,
        Json::Text(text) => match text.trim() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return None,
        },
        other => match other.as_whole()? {
            0 => false,
            1 => true,
            _ => return None,
        },
    };
    Some(Value::Bool(on))
}

/// Any JSON as a value. Records and lists stay JSON.
pub(super) fn bare(json: &Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(on) => Value::Bool(*on),
        Json::Integer(whole) => Value::Integer(*whole),
        Json::Number(number) => Value::Number(*number),
        Json::Text(text) => Value::Text(text.to_string()),
        Json::Huge(_) | Json::Array(_) | Json::Object(_) => Value::Json(json.to_text()),
    }
}

/// What a person gave as JSON, if it is.
pub(super) fn strict(text: &str) -> Option<Json<'_>> {
    Json::parse(text, &mut Breaches::default()).ok().filter(Json::is_strict)
}

/// A value as JSON.
pub(super) fn json_of(value: &Value) -> Result<String, NotWritable> {
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(on) => if *on { "true" } else { "false" }.to_owned(),
        Value::Integer(whole) => whole.to_string(),
        Value::Number(number) if !number.is_finite() => return Err(NotWritable::NotFinite),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE_LIMIT => {
            (*number as i64).to_string()
        }
        Value::Number(number) => {
            let mut out = String::new();
            write_number(*number, &mut out);
            out
        }
        Value::Enum { code, .. } => code.to_string(),
        Value::Text(text) => quoted(text),
        Value::Json(json) => strict(json).ok_or(NotWritable::NoJson)?.to_text(),
        Value::Bytes(bytes) => quoted(&base64::encode(bytes)),
        Value::Array(items) => {
            let items: Result<Vec<String>, NotWritable> = items.iter().map(json_of).collect();
            list(items?.into_iter())
        }
        Value::Record(members) => {
            let mut object = Object::new();
            for (name, value) in members {
                object = object.with(name, &json_of(value)?);
            }
            object.end()
        }
        Value::Matrix { .. } => return Err(NotWritable::Grid),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, json: &str) -> Option<Value> {
        let json = Json::parse(json, &mut Breaches::default()).expect("the tests give JSON");
        Format::of_word(format).read(&json).ok()
    }

    #[test]
    fn a_value_is_read_by_its_format() {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        for (format, json, value) in [
            ("float", "64.2", Some(Value::Number(64.2))),
            ("float", "\"64.2\"", Some(Value::Number(64.2))),
            ("float", "11", Some(Value::Number(11.0))),
            ("float", "1e400", Some(Value::Number(f64::INFINITY))),
            ("float", "\"warm\"", None),
            ("float", "[1]", None),
            ("float", "null", Some(Value::Null)),
            ("integer", "9007199254740993", Some(Value::Integer(9_007_199_254_740_993))),
            ("integer", "\"9007199254740993\"", Some(Value::Integer(9_007_199_254_740_993))),
            ("integer", "11.0", Some(Value::Integer(11))),
            ("integer", "\"11.5\"", Some(Value::Number(11.5))),
            ("integer", "\"x\"", None),
            ("string", "\"World\"", text("World")),
            ("string", "12", text("12")),
            ("string", "{\"a\": 1}", text("{\"a\":1}")),
            ("boolean", "true", Some(Value::Bool(true))),
            ("boolean", "\"0\"", Some(Value::Bool(false))),
            ("boolean", "1", Some(Value::Bool(true))),
            ("boolean", "2", None),
            ("binary", "\"AAEC\"", text("AAEC")),
            ("odd", "[1, 2]", Some(Value::Json("[1,2]".to_owned()))),
        ] {
            assert_eq!(read(format, json), value, "{json} as {format}");
        }
        assert!(matches!(read("float", "\"NaN\""), Some(Value::Number(number)) if number.is_nan()));
    }

    #[test]
    fn a_value_is_written_by_its_format() {
        for (format, value, json) in [
            ("float", Value::Number(65.4), Ok("65.4")),
            ("float", Value::Number(65.0), Ok("65")),
            ("float", Value::Number(f64::NAN), Err(NotWritable::NotFinite)),
            ("integer", Value::Integer(i128::from(u64::MAX)), Ok("18446744073709551615")),
            ("string", Value::Text("a\"b".to_owned()), Ok("\"a\\\"b\"")),
            ("string", Value::Json("{\"a\":1}".to_owned()), Ok("\"{\\\"a\\\":1}\"")),
            ("string", Value::Number(1.5), Ok("\"1.5\"")),
            ("boolean", Value::Bool(true), Ok("true")),
            ("binary", Value::Json("{\"a\": 1}".to_owned()), Ok("{\"a\":1}")),
            ("binary", Value::Json("{".to_owned()), Err(NotWritable::NoJson)),
        ] {
            assert_eq!(Format::of_word(format).write(&value), json.map(str::to_owned), "{format}");
        }
    }
}
