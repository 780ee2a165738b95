//! Reads what a person typed.
//!
//! JSON is taken apart level by level as the type asks, and each scalar is read from its own characters: a whole
//! number never passes through a double, and no double is read one unit in the last place off.

use super::check::{count_is, missing};
use super::{EntryError, NAME_CHARS, Place, Problem, not_a_member, not_json};
use crate::model::base64;
use crate::model::datatype::{DataType, EnumMember, Field};
use crate::model::display::{compact, harmless};
use crate::model::number;
use crate::model::value::Value;

/// Reads what a person typed. The shape is right then; whether the limits are kept is for [`check`].
pub fn parse(data_type: &DataType, text: &str) -> Result<Value, EntryError> {
    let result = match data_type {
        DataType::Bool => bool_of(text.trim()),
        DataType::Integer(integer) => with_unit(text, &integer.unit, integer_of),
        DataType::Number(number) => with_unit(text, &number.unit, number_of),
        DataType::Enum(members) => {
            member_by_text(members, text).or_else(|_| member_by_text(members, text.trim()))
        }
        DataType::Text(_) => Ok(Value::Text(text.to_owned())),
        DataType::Bytes { .. } => bytes_of(text),
        DataType::Array { .. }
        | DataType::Tuple(_)
        | DataType::Record(_)
        | DataType::Matrix { .. }
        | DataType::Json => {
            // One pass over the whole text finds what is no JSON, and bounds the depth of nesting.
            return match serde_json::from_str::<serde_json::Value>(text) {
                Ok(_) => from_json(data_type, text.trim(), &Place::Top),
                Err(error) => Err(Place::Top.error(not_json(&error))),
            };
        }
    };
    result.map_err(|problem| Place::Top.error(problem))
}

fn from_json(data_type: &DataType, json: &str, place: &Place<'_>) -> Result<Value, EntryError> {
    let scalar = |result: Result<Value, Problem>| result.map_err(|problem| place.error(problem));
    match data_type {
        DataType::Bool => scalar(bool_of(json)),
        DataType::Integer(_) => scalar(integer_of(json)),
        DataType::Number(_) => scalar(number_of(json)),
        DataType::Enum(members) => match text_of(json) {
            Some(name) => scalar(member_by_text(members, &name)),
            None => scalar(member_by_code(members, json)),
        },
        DataType::Text(_) => string_of(json, "a text in quotes", place).map(Value::Text),
        DataType::Bytes { .. } => scalar(bytes_of(&string_of(json, "bytes in quotes, as \"00 ff\"", place)?)),
        DataType::Array { item, .. } => items_of(json, place)?
            .iter()
            .enumerate()
            .map(|(index, raw)| from_json(item, raw, &Place::Item(place, index)))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        DataType::Tuple(members) => {
            let items = items_of(json, place)?;
            count_is(members.len(), items.len()).map_err(|problem| place.error(problem))?;
            members
                .iter()
                .zip(items)
                .enumerate()
                .map(|(index, (member, raw))| from_json(member, raw, &Place::Item(place, index)))
                .collect::<Result<_, _>>()
                .map(Value::Array)
        }
        DataType::Record(described) => record_of(described, json, place),
        DataType::Matrix { .. } => matrix_of(json)
            .ok_or_else(|| wrong_kind("a matrix, as {\"shape\": [2, 1], \"elements\": [1, 2]}", place)),
        DataType::Json => Ok(Value::Json(compact(json).collect())),
    }
}

fn record_of(described: &[Field], json: &str, place: &Place<'_>) -> Result<Value, EntryError> {
    let wrong = || wrong_kind("an object, as {\"name\": value}", place);
    let parts = parts(json, b'{', b'}').ok_or_else(wrong)?;
    let mut fields: Vec<(String, Value)> = Vec::new();
    for [name, raw] in parts.as_chunks::<2>().0 {
        let name = text_of(name).ok_or_else(wrong)?;
        let shown = || harmless(&name, NAME_CHARS);
        let Some(field) = described.iter().find(|field| field.name == name) else {
            return Err(place.error(Problem::UnknownField { name: shown() }));
        };
        if fields.iter().any(|(other, _)| *other == name) {
            return Err(place.error(Problem::RepeatedField { name: shown() }));
        }
        let value = from_json(&field.data_type, raw, &Place::Field(place, &name))?;
        fields.push((name, value));
    }
    missing(described, &fields).map_err(|problem| place.error(problem))?;
    Ok(Value::Record(fields))
}

fn bool_of(text: &str) -> Result<Value, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" => Ok(Value::Bool(true)),
        "false" | "off" | "0" => Ok(Value::Bool(false)),
        _ => Err(Problem::NotABool),
    }
}

/// Reads a number after which its unit may stand, and with the minus sign that typographers use.
fn with_unit(text: &str, unit: &str, read: fn(&str) -> Result<Value, Problem>) -> Result<Value, Problem> {
    let text = text.trim().replace('\u{2212}', "-");
    let bare = text.strip_suffix(unit).map_or(text.as_str(), str::trim_end);
    // The text as a whole comes first: a unit may look like a part of a number.
    read(&text).or_else(|_| read(bare))
}

fn integer_of(text: &str) -> Result<Value, Problem> {
    if let Ok(whole) = text.parse::<i128>() {
        return Ok(Value::Integer(whole));
    }
    // `3.0` and `1e3` are whole too, as long as a double holds them exactly.
    match number_of(text)? {
        Value::Number(number) if number.fract() == 0.0 && number.abs() <= EXACT_LIMIT => {
            Ok(Value::Integer(number as i128))
        }
        _ => Err(Problem::NotWhole),
    }
}

fn number_of(text: &str) -> Result<Value, Problem> {
    match number::parse(text) {
        Some(number) if number.is_finite() => Ok(Value::Number(number)),
        Some(_) => Err(Problem::NotFinite),
        None if text.contains(',')
            && text.replace(',', ".").bytes().all(|byte| b"+-.0123456789eE".contains(&byte)) =>
        {
            Err(Problem::Comma)
        }
        None => Err(Problem::NotANumber),
    }
}

fn member_by_text(members: &[EnumMember], text: &str) -> Result<Value, Problem> {
    match members.iter().find(|member| &*member.label == text) {
        Some(member) => Ok(enum_value(member)),
        None => member_by_code(members, text),
    }
}

fn member_by_code(members: &[EnumMember], text: &str) -> Result<Value, Problem> {
    let code = text.parse::<i64>().ok();
    let member = members.iter().find(|member| Some(member.code) == code);
    member.map(enum_value).ok_or_else(|| not_a_member(members))
}

fn enum_value(member: &EnumMember) -> Value {
    Value::Enum { code: member.code, label: Some(member.label.clone()) }
}

fn bytes_of(text: &str) -> Result<Value, Problem> {
    let bytes = match text.trim().strip_prefix("base64:") {
        Some(encoded) => base64::decode(encoded.trim()),
        None => bytes_of_hex(text),
    };
    bytes.map(Value::Bytes).ok_or(Problem::NotBytes)
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .map(|character| character.to_digit(16).map(|digit| digit as u8))
        .collect();
    let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high * 16 + low).collect())
}

/// Reads a matrix as a person types it.
fn matrix_of(json: &str) -> Option<Value> {
    let [first, one, second, other] = *parts(json, b'{', b'}')? else { return None };
    let (shape, elements) = match (text_of(first)?.as_str(), text_of(second)?.as_str()) {
        ("shape", "elements") => (one, other),
        ("elements", "shape") => (other, one),
        _ => return None,
    };
    let lengths = parts(shape, b'[', b']')?.into_iter().map(|length| length.parse().ok());
    let elements = parts(elements, b'[', b']')?.into_iter().map(number::parse);
    Some(Value::Matrix { shape: lengths.collect::<Option<_>>()?, elements: elements.collect::<Option<_>>()? })
}

fn items_of<'a>(json: &'a str, place: &Place<'_>) -> Result<Vec<&'a str>, EntryError> {
    parts(json, b'[', b']').ok_or_else(|| wrong_kind("a list, as [1, 2]", place))
}

fn string_of(json: &str, expected: &'static str, place: &Place<'_>) -> Result<String, EntryError> {
    text_of(json).ok_or_else(|| wrong_kind(expected, place))
}

fn text_of(json: &str) -> Option<String> {
    match serde_json::from_str(json) {
        Ok(serde_json::Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The items of a list, or the names and values of an object by turns, unparsed: `serde_json` reads some doubles
/// one unit in the last place off. `None` if the text, which is known to be JSON, has other brackets or none.
fn parts(json: &str, open: u8, close: u8) -> Option<Vec<&str>> {
    let inside = json.strip_prefix(char::from(open))?.strip_suffix(char::from(close))?;
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quoted, mut escaped) = (0, 0, false, false);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' | b':' if depth == 0 => {
                parts.push(inside[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = inside[start..].trim();
    if start > 0 || !last.is_empty() {
        parts.push(last);
    }
    Some(parts)
}

/// The text as a whole is JSON: what serde says of a part would only repeat what was expected there.
fn wrong_kind(expected: &'static str, place: &Place<'_>) -> EntryError {
    place.error(Problem::WrongKind { expected })
}

/// Doubles up to here hold every whole number.
const EXACT_LIMIT: f64 = 9_007_199_254_740_992.0;
