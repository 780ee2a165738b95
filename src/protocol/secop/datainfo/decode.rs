//! Reads values by their datainfo. A value, or a part of one, that does not fit stays JSON and is noted.

use super::{DataInfo, label_of};
use crate::model::base64;
use crate::model::json::Json;
use crate::model::value::Value;
use crate::protocol::secop::violation::{Rule, Violations};

impl DataInfo {
    /// Reads a value. What does not fit is passed on as JSON, `null` as [`Value::Null`], both noted.
    pub fn decode(&self, json: &Json<'_>, violations: &mut Violations) -> Value {
        if let (Json::Null, false) = (json, matches!(self, Self::Generic)) {
            violations.add(Rule::NoValue);
            return Value::Null;
        }
        self.fitting(json, violations).unwrap_or_else(|| {
            violations.add(Rule::Mismatch);
            Value::Json(json.to_text())
        })
    }

    fn fitting(&self, json: &Json<'_>, violations: &mut Violations) -> Option<Value> {
        match self {
            Self::Double(_) => json.as_f64().map(Value::Number),
            Self::Scaled { scale, .. } => {
                let steps = json.as_f64()?;
                if steps.fract() != 0.0 {
                    violations.add(Rule::Fraction);
                }
                Some(Value::Number(steps * scale))
            }
            Self::Int(_) => match (json.as_whole(), json) {
                (Some(whole), _) => Some(Value::Integer(whole)),
                (None, Json::Number(number)) => {
                    violations.add(Rule::Fraction);
                    Some(Value::Number(*number))
                }
                (None, _) => None,
            },
            Self::Bool => match json {
                Json::Bool(on) => Some(Value::Bool(*on)),
                Json::Integer(number @ (0 | 1)) => {
                    violations.add(Rule::NumberForBool);
                    Some(Value::Bool(*number == 1))
                }
                Json::Null
                | Json::Integer(_)
                | Json::Number(_)
                | Json::Huge(_)
                | Json::Text(_)
                | Json::Array(_)
                | Json::Object(_) => None,
            },
            Self::Enum(members) => {
                let code = match json.as_text() {
                    Some(name) => members.iter().find(|member| *member.label == *name)?.code,
                    None => i64::try_from(json.as_whole()?).ok()?,
                };
                let label = label_of(members, code);
                if label.is_none() {
                    violations.add(Rule::UnknownMember);
                }
                Some(Value::Enum { code, label })
            }
            Self::String(_) => json.as_text().map(|text| Value::Text(text.to_owned())),
            Self::Blob { .. } => {
                let text: String = json.as_text()?.split_ascii_whitespace().collect();
                // Some nodes leave the padding out.
                base64::decode_unpadded(&text).map(Value::Bytes)
            }
            Self::Array { members, .. } => {
                let Json::Array(items) = json else { return None };
                Some(Value::Array(items.iter().map(|item| members.decode(item, violations)).collect()))
            }
            Self::Tuple(members) => {
                let Json::Array(items) = json else { return None };
                if items.len() != members.len() {
                    return None;
                }
                let items = members.iter().zip(items);
                Some(Value::Array(items.map(|(member, item)| member.decode(item, violations)).collect()))
            }
            Self::Struct(members) => {
                let Json::Object(fields) = json else { return None };
                let mut values = Vec::with_capacity(fields.len());
                for (name, field) in fields {
                    let member = members.iter().find(|member| member.name == name.as_ref());
                    if member.is_none() {
                        violations.add(Rule::Mismatch);
                    }
                    let datainfo = member.map_or(&Self::Generic, |member| &member.datainfo);
                    values.push((name.clone().into_owned(), datainfo.decode(field, violations)));
                }
                Some(Value::Record(values))
            }
            Self::Matrix(matrix) => matrix.decode(json),
            Self::Generic => Some(Value::Json(json.to_text())),
        }
    }
}
