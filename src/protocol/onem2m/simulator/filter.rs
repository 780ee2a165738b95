//! Filter criteria, `fc`: which resources of a tree are meant.

use serde_json::Value;

use super::refusal::Refusal;
use super::stamps;
use super::tree::Resource;
use crate::model::time::Timestamp;

/// The filter criteria of a request.
#[derive(Clone, Default)]
pub(super) struct Filter {
    /// Filter usage 1: addresses are looked for, not resources.
    pub(super) discovery: bool,
    kinds: Option<Vec<u64>>,
    labels: Option<Vec<String>>,
    name: Option<String>,
    created_after: Option<Timestamp>,
    created_before: Option<Timestamp>,
    state_tag_above: Option<u64>,
    state_tag_below: Option<u64>,
    /// How far below the target.
    pub(super) level: Option<u64>,
    /// The most that are given,
    pub(super) limit: Option<u64>,
    /// from the so manieth on, counted from 1.
    pub(super) offset: Option<u64>,
}

impl Filter {
    pub(super) fn parse(criteria: &Value) -> Result<Self, Refusal> {
        let Some(criteria) = criteria.as_object() else {
            return Err(Refusal::bad(format_args!("attribute: fc : expected type: object")));
        };
        let mut filter = Self::default();
        for (name, value) in criteria {
            let wrong = |expected: &str| Refusal::wrong_type(name, value, expected);
            match name.as_str() {
                "fu" => match value.as_u64() {
                    Some(1) => filter.discovery = true,
                    Some(2) => {}
                    _ => return Err(wrong("filterUsage")),
                },
                "ty" => {
                    let kinds = list(name, value)?;
                    let numbers: Option<Vec<u64>> = kinds.iter().map(Value::as_u64).collect();
                    filter.kinds = Some(numbers.ok_or_else(|| wrong("list of resourceType"))?);
                }
                "lbl" => {
                    let labels = list(name, value)?.iter().map(|label| label.as_str().map(str::to_owned));
                    let labels: Option<Vec<String>> = labels.collect();
                    filter.labels = Some(labels.ok_or_else(|| wrong("list of string"))?);
                }
                "rn" => {
                    let text = value.as_str().ok_or_else(|| wrong("string"))?;
                    filter.name = Some(text.to_owned());
                }
                "cra" => filter.created_after = Some(time(name, value)?),
                "crb" => filter.created_before = Some(time(name, value)?),
                "stb" => filter.state_tag_above = Some(whole(name, value)?),
                "sts" => filter.state_tag_below = Some(whole(name, value)?),
                "lvl" => filter.level = Some(whole(name, value)?),
                "lim" => filter.limit = Some(whole(name, value)?),
                "ofst" => filter.offset = Some(whole(name, value)?),
                unknown => {
                    return Err(Refusal::bad(format_args!("unsupported filter criterion: {unknown}")));
                }
            }
        }
        Ok(filter)
    }

    /// Whether a resource meets the criteria that speak of the resource itself. Several labels mean any of them.
    pub(super) fn matches(&self, resource: &Resource) -> bool {
        let has_label = |wanted: &Vec<String>| {
            let labels = resource.attributes.get("lbl").and_then(Value::as_array);
            let mut labels = labels.into_iter().flatten();
            labels.any(|label| wanted.iter().any(|wanted| label == wanted))
        };
        let created = || stamps::read(resource.text("ct"));
        let state_tag = || resource.whole("st");
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&resource.kind.number().into()))
            && self.labels.as_ref().is_none_or(has_label)
            && self.name.as_ref().is_none_or(|name| resource.text("rn") == name)
            && self.created_after.is_none_or(|after| created() > Some(after))
            && self.created_before.is_none_or(|before| created().is_some_and(|created| created < before))
            && self.state_tag_above.is_none_or(|above| state_tag() > Some(above))
            && self.state_tag_below.is_none_or(|below| state_tag().is_some_and(|tag| tag < below))
    }
}

fn list<'a>(name: &str, value: &'a Value) -> Result<&'a Vec<Value>, Refusal> {
    value.as_array().ok_or_else(|| Refusal::wrong_type(name, value, "list"))
}

fn time(name: &str, value: &Value) -> Result<Timestamp, Refusal> {
    value.as_str().and_then(stamps::read).ok_or_else(|| Refusal::wrong_type(name, value, "timestamp"))
}

fn whole(name: &str, value: &Value) -> Result<u64, Refusal> {
    value.as_u64().ok_or_else(|| Refusal::wrong_type(name, value, "nonNegInteger"))
}
