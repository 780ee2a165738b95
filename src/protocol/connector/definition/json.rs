//! Small things about JSON values: as texts, as numbers, as equals, as one's own.

use std::borrow::Cow;

use crate::model::display::harmless;
use crate::model::json::Json;
use crate::model::number;

/// A value that borrows nothing. A whole number that is too long for an `i128` becomes a double.
pub(in super::super) fn owned(json: &Json<'_>) -> Json<'static> {
    match json {
        Json::Null => Json::Null,
        Json::Bool(on) => Json::Bool(*on),
        Json::Integer(whole) => Json::Integer(*whole),
        Json::Number(number) => Json::Number(*number),
        Json::Huge(_) => Json::Number(json.as_f64().unwrap_or(f64::NAN)),
        Json::Text(text) => Json::Text(Cow::Owned(text.to_string())),
        Json::Array(items) => Json::Array(items.iter().map(owned).collect()),
        Json::Object(members) => Json::Object(
            members.iter().map(|(name, value)| (Cow::Owned(name.to_string()), owned(value))).collect(),
        ),
    }
}

/// A text as it is, anything else as JSON.
pub(in super::super) fn text<'j>(json: &'j Json<'_>) -> Cow<'j, str> {
    match json {
        Json::Text(text) => Cow::Borrowed(text),
        Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Array(_)
        | Json::Object(_) => Cow::Owned(json.to_text()),
    }
}

/// A number, or the number that a text holds.
pub(in super::super) fn number(json: &Json<'_>) -> Option<f64> {
    match json {
        Json::Text(text) => number::parse(text.trim()),
        Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Array(_)
        | Json::Object(_) => json.as_f64(),
    }
}

/// A value in a few words, for a person.
pub(in super::super) fn brief(json: &Json<'_>) -> String {
    harmless(&json.to_text(), 40)
}

/// Nothing stands in it.
pub(in super::super) fn is_scalar(json: &Json<'_>) -> bool {
    !matches!(json, Json::Array(_) | Json::Object(_))
}

/// Whether two values are the same. A number (or `true`, `false`, `null`) and a text that reads like it are.
pub(in super::super) fn alike(one: &Json<'_>, other: &Json<'_>) -> bool {
    match (one, other) {
        (Json::Text(text), json) | (json, Json::Text(text)) if is_scalar(json) => *text == self::text(json),
        _ => same(one, other),
    }
}

fn same(one: &Json<'_>, other: &Json<'_>) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(members), Json::Object(others)) => {
            members.len() == others.len()
                && members.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        (Json::Integer(one), Json::Integer(other)) => one == other,
        _ if one.as_f64().is_some() => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::Breaches;

    #[test]
    fn numbers_and_texts_that_read_alike_are_alike() {
        let read = |text| Json::parse(text, &mut Breaches::default()).expect("it is JSON");
        for (one, other, expected) in [
            ("7", "\"7\"", true),
            ("7", "7.0", true),
            ("7", "8", false),
            ("7.5", "\"7.5\"", true),
            ("true", "\"true\"", true),
            ("null", "\"null\"", true),
            ("null", "0", false),
            ("\"a\"", "\"a\"", true),
            ("9007199254740993", "9007199254740992", false),
            ("{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1}", true),
            ("{\"a\":1}", "{\"a\":\"1\"}", false),
            ("[1]", "\"[1]\"", false),
        ] {
            assert_eq!(alike(&read(one), &read(other)), expected, "{one} {other}");
            assert_eq!(alike(&read(other), &read(one)), expected, "{other} {one}");
        }
    }
}
