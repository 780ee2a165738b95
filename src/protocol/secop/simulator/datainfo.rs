//! Data types of simulated parameters: how the node describes them, and what it takes for a value of them.
//!
//! Independent of the client's decoder on purpose: a peer that shares its mistakes would hide them.

use serde_json::{Map, Value, json};

use crate::model::format::shortest;

/// Why the node refuses a request: an error class of the specification and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(class: &'static str, text: impl Into<String>) -> Self {
        Self { class, text: text.into() }
    }

    fn wrong_type(value: &Value, wanted: &str) -> Self {
        let mut shown = value.to_string();
        if shown.chars().count() > 80 {
            shown = shown.chars().take(80).chain(['…']).collect();
        }
        Self::new("WrongType", format!("{shown} is not {wanted}"))
    }

    fn range(text: impl Into<String>) -> Self {
        Self::new("RangeError", text)
    }
}

pub(super) fn double(unit: &str, min: f64, max: f64, fmtstr: &str) -> Value {
    json!({"type": "double", "unit": unit, "min": min, "max": max, "fmtstr": fmtstr})
}

pub(super) fn int(min: i64, max: i64) -> Value {
    json!({"type": "int", "min": min, "max": max})
}

pub(super) fn boolean() -> Value {
    json!({"type": "bool"})
}

pub(super) fn string(maxchars: u64) -> Value {
    json!({"type": "string", "maxchars": maxchars, "isUTF8": true})
}

pub(super) fn enumeration(members: &[(&str, i64)]) -> Value {
    let members: Map<String, Value> =
        members.iter().map(|(name, code)| ((*name).to_owned(), json!(code))).collect();
    json!({"type": "enum", "members": members})
}

pub(super) fn array(members: &Value, maxlen: usize) -> Value {
    json!({"type": "array", "minlen": 0, "maxlen": maxlen, "members": members})
}

pub(super) fn tuple(members: &[Value]) -> Value {
    json!({"type": "tuple", "members": members})
}

/// A struct; `optional` members may be left out of a change.
pub(super) fn structure(members: &Value, optional: &[&str]) -> Value {
    json!({"type": "struct", "members": members, "optional": optional})
}

/// The type of `status`, with the given states.
pub(super) fn status(states: &[(&str, i64)]) -> Value {
    tuple(&[enumeration(states), json!({"type": "string"})])
}

/// The value as the node stores it, or why it does not take it. `present` fills in what a struct leaves out.
pub(super) fn accept(datainfo: &Value, value: &Value, present: &Value) -> Result<Value, Refusal> {
    match datainfo["type"].as_str().unwrap_or_default() {
        "double" => number(datainfo, value).map(|number| json!(number)),
        "int" => {
            let whole =
                value.as_i64().or_else(|| value.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64));
            let whole = whole.ok_or_else(|| Refusal::wrong_type(value, "an integer"))?;
            number(datainfo, &json!(whole)).map(|_| json!(whole))
        }
        "scaled" => number(datainfo, value).map(|number| json!(number.round() as i64)),
        "bool" => match value {
            Value::Bool(on) => Ok(json!(on)),
            Value::Number(n) if n.as_i64() == Some(0) => Ok(json!(false)),
            Value::Number(n) if n.as_i64() == Some(1) => Ok(json!(true)),
            _ => Err(Refusal::wrong_type(value, "a bool")),
        },
        "enum" => member_of_enum(datainfo, value),
        "string" => {
            let text = value.as_str().ok_or_else(|| Refusal::wrong_type(value, "a string"))?;
            let max = datainfo["maxchars"].as_u64().unwrap_or(u64::MAX);
            if text.chars().count() as u64 > max {
                return Err(Refusal::range(format!("more than {max} characters")));
            }
            Ok(value.clone())
        }
        "blob" => {
            let text = value.as_str().ok_or_else(|| Refusal::wrong_type(value, "a base64 string"))?;
            let bytes = super::decode_base64(text).ok_or_else(|| Refusal::wrong_type(value, "base64"))?;
            let max = datainfo["maxbytes"].as_u64().unwrap_or(u64::MAX);
            if bytes.len() as u64 > max {
                return Err(Refusal::range(format!("more than {max} bytes")));
            }
            Ok(value.clone())
        }
        "array" => {
            let items = value.as_array().ok_or_else(|| Refusal::wrong_type(value, "an array"))?;
            let max = datainfo["maxlen"].as_u64().unwrap_or(u64::MAX);
            if items.len() as u64 > max {
                return Err(Refusal::range(format!("more than {max} elements")));
            }
            let taken: Result<Vec<Value>, Refusal> =
                items.iter().map(|item| accept(&datainfo["members"], item, &Value::Null)).collect();
            taken.map(Value::Array)
        }
        "tuple" => {
            let members = datainfo["members"].as_array().map_or(&[][..], Vec::as_slice);
            let items = value.as_array().filter(|items| items.len() == members.len());
            let items = items.ok_or_else(|| Refusal::wrong_type(value, "a tuple of the described length"))?;
            let pairs = members.iter().zip(items);
            let taken: Result<Vec<Value>, Refusal> =
                pairs.map(|(member, item)| accept(member, item, &Value::Null)).collect();
            taken.map(Value::Array)
        }
        "struct" => record(datainfo, value, present),
        // A type that nobody knows: the node takes whatever comes.
        _ => Ok(value.clone()),
    }
}

fn number(datainfo: &Value, value: &Value) -> Result<f64, Refusal> {
    let number = value.as_f64().ok_or_else(|| Refusal::wrong_type(value, "a number"))?;
    let min = datainfo["min"].as_f64().unwrap_or(f64::NEG_INFINITY);
    let max = datainfo["max"].as_f64().unwrap_or(f64::INFINITY);
    if number < min || number > max {
        return Err(Refusal::range(format!(
            "{} must be between {} and {}",
            shortest(number),
            shortest(min),
            shortest(max)
        )));
    }
    Ok(number)
}

fn member_of_enum(datainfo: &Value, value: &Value) -> Result<Value, Refusal> {
    let empty = Map::new();
    let members = datainfo["members"].as_object().unwrap_or(&empty);
    let code = match value {
        Value::String(name) => members.get(name).cloned(),
        Value::Number(_) => members.values().find(|code| *code == value).cloned(),
        _ => return Err(Refusal::wrong_type(value, "a member of the enum")),
    };
    code.ok_or_else(|| Refusal::range(format!("{value} is not a member of the enum")))
}

fn record(datainfo: &Value, value: &Value, present: &Value) -> Result<Value, Refusal> {
    let given = value.as_object().ok_or_else(|| Refusal::wrong_type(value, "a struct"))?;
    let empty = Map::new();
    let members = datainfo["members"].as_object().unwrap_or(&empty);
    if let Some(name) = given.keys().find(|name| !members.contains_key(*name)) {
        return Err(Refusal::new("WrongType", format!("the struct has no member {name}")));
    }
    let optional = |name: &String| {
        datainfo["optional"].as_array().is_some_and(|names| names.iter().any(|other| other == name))
    };
    let mut taken = Map::new();
    for (name, member) in members {
        match given.get(name) {
            Some(item) => {
                taken.insert(name.clone(), accept(member, item, &present[name])?);
            }
            None if optional(name) => {
                if let Some(kept) = present.get(name) {
                    taken.insert(name.clone(), kept.clone());
                }
            }
            None => return Err(Refusal::new("WrongType", format!("missing struct elements: {name}"))),
        }
    }
    Ok(Value::Object(taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(datainfo: &Value, value: &Value) -> &'static str {
        accept(datainfo, value, &Value::Null).map_or_else(|refusal| refusal.class, |_| "taken")
    }

    #[test]
    fn values_are_taken_or_refused_by_their_type() {
        let kelvin = double("K", 0.0, 300.0, "%.3f");
        assert_eq!(class(&kelvin, &json!(5)), "taken");
        assert_eq!(class(&kelvin, &json!(301)), "RangeError");
        assert_eq!(class(&kelvin, &json!("5")), "WrongType");
        assert_eq!(class(&int(0, 5), &json!(5.0)), "taken");
        assert_eq!(class(&int(0, 5), &json!(4.5)), "WrongType");
        assert_eq!(class(&boolean(), &json!(2)), "WrongType");
        assert_eq!(class(&string(3), &json!("grün")), "RangeError");
        assert_eq!(class(&json!({"type": "blob", "maxbytes": 2}), &json!("***")), "WrongType");
        assert_eq!(class(&array(&int(0, 1), 2), &json!([0, 1, 1])), "RangeError");
        assert_eq!(class(&tuple(&[boolean()]), &json!([true, true])), "WrongType");
        assert_eq!(class(&json!({"type": "quaternion"}), &json!({"w": 1})), "taken");
    }

    #[test]
    fn an_enum_takes_a_name_and_gives_the_number() {
        let valve = enumeration(&[("closed", 0), ("open", 1)]);
        assert_eq!(accept(&valve, &json!("open"), &Value::Null), Ok(json!(1)));
        assert_eq!(class(&valve, &json!(2)), "RangeError");
    }

    #[test]
    fn an_optional_member_that_is_left_out_keeps_its_value() {
        let pid =
            structure(&json!({"p": double("", 0.0, 9.0, "%g"), "i": double("", 0.0, 9.0, "%g")}), &["i"]);
        let present = json!({"p": 1.0, "i": 2.0});
        assert_eq!(accept(&pid, &json!({"p": 3}), &present), Ok(json!({"p": 3.0, "i": 2.0})));
        assert_eq!(class(&pid, &json!({"i": 3})), "WrongType");
        assert_eq!(class(&pid, &json!({"p": 3, "x": 3})), "WrongType");
    }
}
