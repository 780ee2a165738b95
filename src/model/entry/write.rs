//! Writes a value as a person would type it.

use crate::model::datatype::{DataType, EnumMember};
use crate::model::format::shortest;
use crate::model::hex;
use crate::model::value::Value;

/// Writes a value as [`parse`] reads it, to fill an editor.
pub fn to_text(data_type: &DataType, value: &Value) -> String {
    match (data_type, value) {
        (DataType::Text(_), Value::Text(text)) => text.clone(),
        (DataType::Enum(members), Value::Enum { code, .. }) => {
            name_of(members, *code).map_or_else(|| code.to_string(), str::to_owned)
        }
        (DataType::Bytes { .. }, Value::Bytes(bytes)) => hex::spaced(bytes),
        _ => {
            let mut text = String::new();
            write_json(data_type, value, &mut text);
            text
        }
    }
}

/// The name by which [`member_by_text`] finds a code again.
fn name_of(members: &[EnumMember], code: i64) -> Option<&str> {
    let label = &*members.iter().find(|member| member.code == code)?.label;
    let found = members.iter().find(|member| &*member.label == label)?;
    (found.code == code && !label.is_empty()).then_some(label)
}

fn write_json(data_type: &DataType, value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(on) => out.push_str(if *on { "true" } else { "false" }),
        Value::Integer(whole) => out.push_str(&whole.to_string()),
        Value::Number(number) => out.push_str(&shortest(*number)),
        Value::Text(text) => write_string(text, out),
        Value::Enum { code, label } => {
            let name = if let DataType::Enum(members) = data_type {
                name_of(members, *code)
            } else {
                label.as_deref()
            };
            match name {
                Some(name) => write_string(name, out),
                None => out.push_str(&code.to_string()),
            }
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                let item_type = match data_type {
                    DataType::Array { item, .. } => item,
                    DataType::Tuple(members) => members.get(index).unwrap_or(&DataType::Json),
                    _ => &DataType::Json,
                };
                write_json(item_type, item, out);
            }
            out.push(']');
        }
        Value::Record(fields) => {
            let described =
                if let DataType::Record(described) = data_type { described.as_slice() } else { &[] };
            out.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_string(name, out);
                out.push_str(": ");
                let field = described.iter().find(|field| field.name == *name);
                write_json(field.map_or(&DataType::Json, |field| &field.data_type), value, out);
            }
            out.push('}');
        }
        Value::Matrix { shape, elements } => {
            let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
            let elements: Vec<String> = elements.iter().copied().map(shortest).collect();
            for part in
                ["{\"shape\": [", &lengths.join(", "), "], \"elements\": [", &elements.join(", "), "]}"]
            {
                out.push_str(part);
            }
        }
        Value::Bytes(bytes) => write_string(&hex::spaced(bytes), out),
        Value::Json(json) => out.push_str(json),
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
