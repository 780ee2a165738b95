//! Data types of simulated parameters: what the node takes for a value of a type that it describes.
//!
//! Independent of the client's decoder on purpose: a peer that shares its mistakes would hide them.

use std::fmt;

use serde_json::{Map, Value};

use crate::model::format::shortest;

/// Why the node refuses a request: an error class of the specification and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(class: &'static str, text: fmt::Arguments<'_>) -> Self {
        Self { class, text: text.to_string() }
    }

    fn wrong_type(value: &Value, wanted: &str) -> Self {
        let mut shown = value.to_string();
        if let Some((end, _)) = shown.char_indices().nth(80) {
            shown.truncate(end);
            shown.push('…');
        }
        Self::new("WrongType", format_args!("{shown} is not {wanted}"))
    }
}

/// The value as the node stores it, or why it does not take it. `present` fills in what a struct leaves out.
pub(super) fn accept(datainfo: &Value, value: &Value, present: &Value) -> Result<Value, Refusal> {
    let kind = datainfo["type"].as_str().unwrap_or_default();
    let wanted = match (kind, value) {
        ("double" | "int" | "scaled", Value::Number(_)) => {
            let number = value.as_f64().unwrap_or(0.0);
            let whole = value.as_i64().or_else(|| (number.fract() == 0.0).then_some(number as i64));
            match (kind, whole) {
                ("double", _) => return within_limits(datainfo, number, number.into()),
                ("scaled", _) => return within_limits(datainfo, number, (number.round() as i64).into()),
                (_, Some(whole)) => return within_limits(datainfo, whole as f64, whole.into()),
                (_, None) => "an integer",
            }
        }
        ("int", _) => "an integer",
        ("double" | "scaled", _) => "a number",
        ("bool", Value::Bool(_)) => return Ok(value.clone()),
        ("bool", _) => match value.as_i64() {
            Some(0) => return Ok(false.into()),
            Some(1) => return Ok(true.into()),
            _ => "a bool",
        },
        ("enum", Value::String(_) | Value::Number(_)) => return member_of_enum(datainfo, value),
        ("enum", _) => "a member of the enum",
        ("string", Value::String(text)) => {
            return no_more_than(datainfo, "maxchars", text.chars().count(), "characters", value);
        }
        ("string", _) => "a string",
        ("blob", Value::String(text)) => match super::decode_base64(text) {
            Some(bytes) => return no_more_than(datainfo, "maxbytes", bytes.len(), "bytes", value),
            None => "base64",
        },
        ("blob", _) => "a base64 string",
        ("array", Value::Array(items)) => {
            no_more_than(datainfo, "maxlen", items.len(), "elements", value)?;
            return members(items, |_| &datainfo["members"]);
        }
        ("array", _) => "an array",
        ("tuple", Value::Array(items))
            if datainfo["members"].as_array().map(Vec::len) == Some(items.len()) =>
        {
            return members(items, |index| &datainfo["members"][index]);
        }
        ("tuple", _) => "a tuple of the described length",
        ("struct", Value::Object(given)) => return record(datainfo, given, present),
        ("struct", _) => "a struct",
        // A type that nobody knows: the node takes whatever comes.
        _ => return Ok(value.clone()),
    };
    Err(Refusal::wrong_type(value, wanted))
}

/// The value to store if the number is within the described limits.
fn within_limits(datainfo: &Value, number: f64, stored: Value) -> Result<Value, Refusal> {
    let min = datainfo["min"].as_f64().unwrap_or(f64::NEG_INFINITY);
    let max = datainfo["max"].as_f64().unwrap_or(f64::INFINITY);
    if number < min || number > max {
        let [number, min, max] = [number, min, max].map(shortest);
        return Err(Refusal::new("RangeError", format_args!("{number} must be between {min} and {max}")));
    }
    Ok(stored)
}

/// The value if it has no more parts than described.
fn no_more_than(
    datainfo: &Value,
    limit: &str,
    count: usize,
    parts: &str,
    value: &Value,
) -> Result<Value, Refusal> {
    match datainfo[limit].as_u64() {
        Some(max) if count as u64 > max => {
            Err(Refusal::new("RangeError", format_args!("more than {max} {parts}")))
        }
        _ => Ok(value.clone()),
    }
}

fn members<'a>(items: &[Value], datainfo: impl Fn(usize) -> &'a Value) -> Result<Value, Refusal> {
    let mut taken = Vec::new();
    for (index, item) in items.iter().enumerate() {
        taken.push(accept(datainfo(index), item, &Value::Null)?);
    }
    Ok(Value::Array(taken))
}

fn member_of_enum(datainfo: &Value, value: &Value) -> Result<Value, Refusal> {
    for (name, code) in datainfo["members"].as_object().into_iter().flatten() {
        if value == name || value == code {
            return Ok(code.clone());
        }
    }
    Err(Refusal::new("RangeError", format_args!("{value} is not a member of the enum")))
}

fn record(datainfo: &Value, given: &Map<String, Value>, present: &Value) -> Result<Value, Refusal> {
    let members = &datainfo["members"];
    if let Some(name) = given.keys().find(|name| members.get(*name).is_none()) {
        return Err(Refusal::new("WrongType", format_args!("the struct has no member {name}")));
    }
    let optional = datainfo["optional"].as_array();
    let mut taken = Map::new();
    for (name, member) in members.as_object().into_iter().flatten() {
        let is_optional = optional.is_some_and(|names| names.iter().any(|other| other == name));
        let item = match (given.get(name), present.get(name)) {
            (Some(item), _) => accept(member, item, &present[name])?,
            (None, Some(kept)) if is_optional => kept.clone(),
            (None, None) if is_optional => continue,
            (None, _) => {
                return Err(Refusal::new("WrongType", format_args!("missing struct elements: {name}")));
            }
        };
        taken.insert(name.clone(), item);
    }
    Ok(Value::Object(taken))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn class(datainfo: &Value, value: &Value) -> &'static str {
        accept(datainfo, value, &Value::Null).map_or_else(|refusal| refusal.class, |_| "taken")
    }

    #[test]
    fn values_are_taken_or_refused_by_their_type() {
        let kelvin = json!({"type": "double", "min": 0.0, "max": 300.0});
        assert_eq!(class(&kelvin, &json!(5)), "taken");
        assert_eq!(class(&kelvin, &json!(301)), "RangeError");
        assert_eq!(class(&kelvin, &json!("5")), "WrongType");
        let whole = json!({"type": "int", "min": 0, "max": 5});
        assert_eq!(class(&whole, &json!(5.0)), "taken");
        assert_eq!(class(&whole, &json!(4.5)), "WrongType");
        assert_eq!(class(&json!({"type": "bool"}), &json!(2)), "WrongType");
        assert_eq!(class(&json!({"type": "string", "maxchars": 3}), &json!("grün")), "RangeError");
        assert_eq!(class(&json!({"type": "blob", "maxbytes": 2}), &json!("***")), "WrongType");
        assert_eq!(
            class(&json!({"type": "array", "maxlen": 2, "members": {"type": "int"}}), &json!([0, 1, 1])),
            "RangeError"
        );
        assert_eq!(
            class(&json!({"type": "tuple", "members": [{"type": "bool"}]}), &json!([true, true])),
            "WrongType"
        );
        assert_eq!(class(&json!({"type": "quaternion"}), &json!({"w": 1})), "taken");
    }

    #[test]
    fn an_enum_takes_a_name_and_gives_the_number() {
        let valve = json!({"type": "enum", "members": {"closed": 0, "open": 1}});
        assert_eq!(accept(&valve, &json!("open"), &Value::Null), Ok(json!(1)));
        assert_eq!(class(&valve, &json!(2)), "RangeError");
    }

    #[test]
    fn an_optional_member_that_is_left_out_keeps_its_value() {
        let members = json!({"p": {"type": "double"}, "i": {"type": "double"}});
        let pid = json!({"type": "struct", "members": members, "optional": ["i"]});
        let present = json!({"p": 1.0, "i": 2.0});
        assert_eq!(accept(&pid, &json!({"p": 3}), &present), Ok(json!({"p": 3.0, "i": 2.0})));
        assert_eq!(class(&pid, &json!({"i": 3})), "WrongType");
        assert_eq!(class(&pid, &json!({"p": 3, "x": 3})), "WrongType");
    }
}
