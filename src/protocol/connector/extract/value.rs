//! What a node's value is, by its rule: a number, a label, a text. What is none is a bad value, never 0.

use std::sync::Arc;

use super::super::definition::json::{brief, is_scalar, number, text};
use super::super::definition::rule::{Kind, Label, Rule, Scale, Shape};
use super::super::definition::source::{Amount, At};
use crate::model::datatype::{DataType, EnumMember, IntegerType, NumberType, TextType};
use crate::model::format::{NumberFormat, NumberStyle};
use crate::model::json::Json;
use crate::model::letters::small;
use crate::model::value::Value;

/// The value of a node. The error says what stands there instead.
pub(super) fn read(rule: &Rule, json: &Json<'_>, at: At<'_, '_, '_>) -> Result<Value, String> {
    match rule.kind {
        Kind::Auto | Kind::Float if let Json::Array(items) = json => match numbers(rule, items, at) {
            Some(numbers) => numbers,
            None if rule.kind == Kind::Auto => Ok(Value::Json(json.to_text())),
            None => Err(not_a("number", json)),
        },
        Kind::Auto => match (&rule.scale, json) {
            (Some(_), _) => scalar_number(rule, json, at),
            (None, Json::Null) => Ok(Value::Null),
            (None, Json::Bool(on)) => Ok(Value::Bool(*on)),
            (None, Json::Integer(whole)) => Ok(Value::Integer(*whole)),
            (None, Json::Number(number)) => Ok(Value::Number(*number)),
            (None, Json::Text(text)) => Ok(Value::Text(text.to_string())),
            // A number that is too long keeps its digits.
            (None, Json::Huge(_) | Json::Array(_) | Json::Object(_)) => Ok(Value::Json(json.to_text())),
        },
        Kind::Float => scalar_number(rule, json, at),
        Kind::Integer => integer(rule, json, at),
        Kind::Boolean => boolean(json).map(Value::Bool).ok_or_else(|| not_a("truth value", json)),
        Kind::Text if *json == Json::Null => Ok(Value::Null),
        Kind::Text => Ok(Value::Text(text(json).into_owned())),
        Kind::Json => Ok(Value::Json(json.to_text())),
        Kind::Enum => label(rule, json, at),
    }
}

fn not_a(what: &str, json: &Json<'_>) -> String {
    ["no ", what, ": ", &brief(json)].concat()
}

/// The numbers of a list; `None` where there is anything else in it, or nothing.
fn numbers(rule: &Rule, items: &[Json<'_>], at: At<'_, '_, '_>) -> Option<Result<Value, String>> {
    let is_number =
        |item: &Json<'_>| item.as_f64().is_some() || rule.kind == Kind::Float && number(item).is_some();
    if items.is_empty() || !items.iter().all(is_number) {
        return None;
    }
    let one = |item: &Json<'_>| match (&rule.scale, item) {
        (None, Json::Integer(whole)) if rule.kind == Kind::Auto => Ok(Value::Integer(*whole)),
        _ => scalar_number(rule, item, at),
    };
    let values: Result<Vec<Value>, String> = items.iter().map(one).collect();
    Some(values.map(Value::Array))
}

/// A number, or a text that holds one, by its scale. NaN and the infinities are kept where the source names them.
fn scalar_number(rule: &Rule, json: &Json<'_>, at: At<'_, '_, '_>) -> Result<Value, String> {
    let Some(found) = number(json) else { return Err(not_a("number", json)) };
    let is_named = match json {
        Json::Text(text) => text.contains(['N', 'n']),
        Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Array(_)
        | Json::Object(_) => !found.is_finite(),
    };
    if !found.is_finite() && !is_named {
        return Err(["too large for a number: ", &brief(json)].concat());
    }
    let Some(scale) = &rule.scale else { return Ok(Value::Number(found)) };
    let scaled = scaled(scale, found, at)?;
    if found.is_finite() && !scaled.is_finite() {
        return Err(["no number once it is scaled: ", &brief(json)].concat());
    }
    Ok(Value::Number(scaled))
}

fn scaled(scale: &Scale, found: f64, at: At<'_, '_, '_>) -> Result<f64, String> {
    let amount = |amount: &Option<Amount>, neutral| match amount {
        None => Ok(neutral),
        Some(amount) => amount.number(at)?.ok_or_else(|| ["there is no scale at ", &amount.words()].concat()),
    };
    let (div, factor, offset) =
        (amount(&scale.div, 1.0)?, amount(&scale.factor, 1.0)?, amount(&scale.offset, 0.0)?);
    Ok(found / div * factor + offset)
}

fn integer(rule: &Rule, json: &Json<'_>, at: At<'_, '_, '_>) -> Result<Value, String> {
    let wrong = || not_a("whole number", json);
    if rule.scale.is_some() {
        let Value::Number(scaled) = scalar_number(rule, json, at)? else { return Err(wrong()) };
        return Json::Number(scaled).as_whole().map(Value::Integer).ok_or_else(wrong);
    }
    let whole = match json {
        Json::Text(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| Json::Number(crate::model::number::parse(text)?).as_whole())
        }
        Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Array(_)
        | Json::Object(_) => json.as_whole(),
    };
    whole.map(Value::Integer).ok_or_else(wrong)
}

fn boolean(json: &Json<'_>) -> Option<bool> {
    match &*small(text(json).trim()) {
        "true" | "1" | "on" | "yes" => Some(true),
        "false" | "0" | "off" | "no" => Some(false),
        _ => json.as_f64().filter(|number| [0.0, 1.0].contains(number)).map(|number| number == 1.0),
    }
}

fn label(rule: &Rule, json: &Json<'_>, at: At<'_, '_, '_>) -> Result<Value, String> {
    let labels = labels(rule, at)?;
    let written = match json.as_whole() {
        Some(whole) => whole.to_string(),
        None => text(json).trim().to_owned(),
    };
    let by_value = labels.iter().find(|label| label.value == written);
    let found = by_value.or_else(|| labels.iter().find(|label| *label.member.label == *written));
    if let Some(found) = found {
        return Ok(Value::Enum { code: found.member.code, label: Some(Arc::clone(&found.member.label)) });
    }
    // A number without a name is still a number; a text that nobody knows is nothing.
    let code = json.as_whole().and_then(|whole| i64::try_from(whole).ok());
    let code = code.or_else(|| if is_scalar(json) { written.parse().ok() } else { None });
    code.map(|code| Value::Enum { code, label: None }).ok_or_else(|| not_a("known label", json))
}

/// The labels of the rule and those that the message tells: a list, or an object by value.
fn labels(rule: &Rule, at: At<'_, '_, '_>) -> Result<Vec<Label>, String> {
    let mut labels = rule.labels.clone();
    let Some(source) = &rule.labels_from else { return Ok(labels) };
    let mut add = |code: i64, value: String, json: &Json<'_>| {
        let member = EnumMember { code, label: Arc::from(&*text(json)) };
        labels.push(Label { value, member });
    };
    match source.json(at)?.as_deref() {
        None | Some(Json::Null) => {}
        Some(Json::Array(items)) => {
            for (code, item) in (0_i64..).zip(items.iter().take(MAX_LABELS)) {
                add(code, code.to_string(), item);
            }
        }
        Some(Json::Object(members)) => {
            for (counted, (value, item)) in (0_i64..).zip(members.iter().take(MAX_LABELS)) {
                add(value.parse().unwrap_or(counted), value.to_string(), item);
            }
        }
        Some(other) => return Err(not_a("list of labels", other)),
    }
    Ok(labels)
}

/// The type of the values of a rule; `None` where this one does not tell. Problems with limits go to `troubles`.
pub(super) fn data_type(
    rule: &Rule,
    value: Option<&Value>,
    at: At<'_, '_, '_>,
    troubles: &mut Vec<String>,
) -> Option<DataType> {
    match rule.kind {
        Kind::Float => {
            let number = DataType::Number(number_type(rule, at, troubles));
            Some(if let Some(Value::Array(_)) = value { array_of(number) } else { number })
        }
        Kind::Integer => {
            let NumberType { min, max, unit, .. } = number_type(rule, at, troubles);
            let whole = |number: f64| number as i128;
            Some(DataType::Integer(IntegerType { min: min.map(whole), max: max.map(whole), unit }))
        }
        Kind::Boolean => Some(DataType::Bool),
        Kind::Text => Some(DataType::Text(TextType::default())),
        Kind::Json => Some(DataType::Json),
        // What is wrong with labels has been told with the value.
        Kind::Enum => labels(rule, at)
            .ok()
            .map(|labels| DataType::Enum(labels.into_iter().map(|label| label.member).collect())),
        Kind::Auto => match value? {
            Value::Bool(_) => Some(DataType::Bool),
            Value::Integer(_) | Value::Number(_) => Some(DataType::Number(number_type(rule, at, troubles))),
            Value::Text(_) => Some(DataType::Text(TextType::default())),
            Value::Array(_) => Some(array_of(DataType::Number(number_type(rule, at, troubles)))),
            // A long number is no reason to take the channel for anything else.
            Value::Json(text) if text.starts_with(['{', '[']) => Some(DataType::Json),
            Value::Json(_) | Value::Null => None,
            Value::Enum { .. } | Value::Record(_) | Value::Matrix { .. } | Value::Bytes(_) => {
                Some(DataType::Json)
            }
        },
    }
}

fn array_of(item: DataType) -> DataType {
    DataType::Array { item: Box::new(item), min_len: 0, max_len: None }
}

fn number_type(rule: &Rule, at: At<'_, '_, '_>, troubles: &mut Vec<String>) -> NumberType {
    let mut told = |what: &str, found: Result<Option<f64>, String>| {
        found.unwrap_or_else(|text| {
            troubles.push([what, ": ", &text].concat());
            None
        })
    };
    let amount = |amount: &Option<Amount>| amount.as_ref().map_or(Ok(None), |amount| amount.number(at));
    let (min, max) = (told("min", amount(&rule.min)), told("max", amount(&rule.max)));
    let decimals = told("decimals", amount(&rule.decimals)).filter(|digits| (0.0..=17.0).contains(digits));
    let format = match decimals {
        Some(digits) => NumberFormat { style: NumberStyle::Fixed, digits: digits as u8 },
        // What a float of 32 bits has beyond that is noise.
        None if matches!(rule.shape, Shape::Struct(_)) => NumberFormat::default(),
        None => AS_WRITTEN,
    };
    let unit = rule.unit.as_ref().map_or(Ok(None), |unit| unit.text(at)).unwrap_or_else(|text| {
        troubles.push(["unit: ", &text].concat());
        None
    });
    NumberType { min, max, unit: unit.unwrap_or_default(), format, step: None }
}

/// Nobody says how numbers are to be written: counters and times in seconds keep their digits.
const AS_WRITTEN: NumberFormat = NumberFormat { style: NumberStyle::General, digits: 10 };
const MAX_LABELS: usize = 1_000;
