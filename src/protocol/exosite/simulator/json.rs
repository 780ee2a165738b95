//! JSON as the service keeps and makes it.

use std::borrow::Cow;

use crate::model::json::Json;
use crate::model::number;

/// JSON that borrows nothing.
pub(super) type Value = Json<'static>;

pub(super) fn text(text: &str) -> Value {
    Json::Text(Cow::Owned(text.to_owned()))
}

pub(super) fn whole(number: i64) -> Value {
    Json::Integer(number.into())
}

pub(super) fn count(number: usize) -> Value {
    Json::Integer(number as i128)
}

pub(super) fn object(members: Vec<(&'static str, Value)>) -> Value {
    Json::Object(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
}

/// The same that borrows nothing.
pub(super) fn owned(value: &Json<'_>) -> Value {
    match value {
        Json::Null => Json::Null,
        Json::Bool(on) => Json::Bool(*on),
        Json::Integer(whole) => Json::Integer(*whole),
        Json::Number(number) => Json::Number(*number),
        Json::Huge(digits) => Json::Number(number::parse(digits).unwrap_or(f64::INFINITY)),
        Json::Text(words) => text(words),
        Json::Array(items) => Json::Array(items.iter().map(owned).collect()),
        Json::Object(members) => Json::Object(
            members.iter().map(|(name, value)| (name.to_string().into(), owned(value))).collect(),
        ),
    }
}

/// Sets a member of an object; what is no object becomes one.
pub(super) fn set(object: &mut Value, name: &str, value: Value) {
    if !matches!(object, Json::Object(_)) {
        *object = Json::Object(Vec::new());
    }
    let Json::Object(members) = object else { return };
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, present)) => *present = value,
        None => members.push((Cow::Owned(name.to_owned()), value)),
    }
}

/// Whether a member of an object is `true`.
pub(super) fn is_true(object: &Json<'_>, name: &str) -> bool {
    object.get(name) == Some(&Json::Bool(true))
}

/// The text of a member of an object; empty where it is none.
pub(super) fn word<'a>(object: &'a Json<'_>, name: &str) -> &'a str {
    object.get(name).and_then(Json::as_text).unwrap_or_default()
}

/// A number that is one: neither NaN nor infinite.
pub(super) fn finite(value: &Json<'_>) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite())
}
