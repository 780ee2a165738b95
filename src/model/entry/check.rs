//! Compares a value with its type and with the limits of the moment.

use super::{EntryError, NAME_CHARS, Place, Problem, not_a_member, not_json};
use crate::model::datatype::{DataType, Field, IntegerType, NumberType, TextType};
use crate::model::display::harmless;
use crate::model::format::shortest;
use crate::model::value::Value;

/// Compares a value with its type: kind, limits, lengths, membership, nested to any depth. `limits` are those that
/// hold at present for a number as a whole, beside those of the type.
pub fn check(
    data_type: &DataType,
    value: &Value,
    limits: Option<(Option<f64>, Option<f64>)>,
) -> Result<(), EntryError> {
    check_at(data_type, value, &Place::Top)?;
    let Some((min, max)) = limits else { return Ok(()) };
    let number = match value {
        Value::Integer(whole) => *whole as f64,
        Value::Number(number) => *number,
        _ => return Ok(()),
    };
    within(number, min, max, data_type.unit()).map_err(|problem| Place::Top.error(problem))
}

fn check_at(data_type: &DataType, value: &Value, place: &Place<'_>) -> Result<(), EntryError> {
    let scalar = |result: Result<(), Problem>| result.map_err(|problem| place.error(problem));
    match (data_type, value) {
        (DataType::Bool, Value::Bool(_)) => Ok(()),
        (DataType::Integer(integer), Value::Integer(whole)) => scalar(within_whole(*whole, integer)),
        (DataType::Number(number), Value::Number(value)) => scalar(within_number(*value, number)),
        (DataType::Number(number), Value::Integer(whole)) => scalar(within_number(*whole as f64, number)),
        (DataType::Enum(members), Value::Enum { code, .. }) => scalar(
            members
                .iter()
                .any(|member| member.code == *code)
                .then_some(())
                .ok_or_else(|| not_a_member(members)),
        ),
        (DataType::Text(limits), Value::Text(text)) => scalar(text_fits(text, limits)),
        (DataType::Bytes { min, max }, Value::Bytes(bytes)) => {
            scalar(length_fits(bytes.len(), *min, *max, "bytes"))
        }
        (DataType::Array { item, min_len, max_len }, Value::Array(items)) => {
            scalar(length_fits(items.len(), *min_len, *max_len, "items"))?;
            items
                .iter()
                .enumerate()
                .try_for_each(|(index, value)| check_at(item, value, &Place::Item(place, index)))
        }
        (DataType::Tuple(members), Value::Array(items)) => {
            scalar(count_is(members.len(), items.len()))?;
            members
                .iter()
                .zip(items)
                .enumerate()
                .try_for_each(|(index, (member, value))| check_at(member, value, &Place::Item(place, index)))
        }
        (DataType::Record(described), Value::Record(fields)) => {
            for (name, value) in fields {
                let Some(field) = described.iter().find(|field| field.name == *name) else {
                    return Err(place.error(Problem::UnknownField { name: harmless(name, NAME_CHARS) }));
                };
                check_at(&field.data_type, value, &Place::Field(place, name))?;
            }
            scalar(missing(described, fields))
        }
        (DataType::Matrix { axes, .. }, Value::Matrix { shape, elements }) => {
            scalar(shape_fits(axes, shape, elements))
        }
        (DataType::Json, value) => match value {
            Value::Json(json) => serde_json::from_str::<serde_json::Value>(json)
                .map(drop)
                .map_err(|error| place.error(not_json(&error))),
            Value::Number(number) if !number.is_finite() => Err(place.error(Problem::NotFinite)),
            _ => Ok(()),
        },
        (data_type, _) => Err(place.error(Problem::WrongKind { expected: kind(data_type) })),
    }
}

fn within_whole(whole: i128, limits: &IntegerType) -> Result<(), Problem> {
    let shown = |limit: i128| with_its_unit(&limit.to_string(), &limits.unit);
    match (limits.min, limits.max) {
        (Some(min), _) if whole < min => Err(Problem::TooSmall { min: shown(min) }),
        (_, Some(max)) if whole > max => Err(Problem::TooLarge { max: shown(max) }),
        _ => Ok(()),
    }
}

fn within_number(number: f64, limits: &NumberType) -> Result<(), Problem> {
    if !number.is_finite() {
        return Err(Problem::NotFinite);
    }
    within(number, limits.min, limits.max, &limits.unit)
}

fn within(number: f64, min: Option<f64>, max: Option<f64>, unit: &str) -> Result<(), Problem> {
    let shown = |limit: f64| with_its_unit(&shortest(limit), unit);
    match (min, max) {
        (Some(min), _) if number < min => Err(Problem::TooSmall { min: shown(min) }),
        (_, Some(max)) if number > max => Err(Problem::TooLarge { max: shown(max) }),
        _ => Ok(()),
    }
}

fn text_fits(text: &str, limits: &TextType) -> Result<(), Problem> {
    if limits.ascii && !text.is_ascii() {
        return Err(Problem::NotAscii);
    }
    length_fits(text.chars().count(), limits.min_chars, limits.max_chars, "characters")
}

fn length_fits(found: usize, min: u64, max: Option<u64>, unit: &'static str) -> Result<(), Problem> {
    let found = found as u64;
    match max {
        _ if found < min => Err(Problem::TooShort { min, found, unit }),
        Some(max) if found > max => Err(Problem::TooLong { max, found, unit }),
        _ => Ok(()),
    }
}

pub(super) fn count_is(expected: usize, found: usize) -> Result<(), Problem> {
    if expected == found { Ok(()) } else { Err(Problem::WrongCount { expected, found }) }
}

pub(super) fn missing(described: &[Field], fields: &[(String, Value)]) -> Result<(), Problem> {
    let absent = |field: &&Field| !field.optional && !fields.iter().any(|(name, _)| *name == field.name);
    match described.iter().find(absent) {
        Some(field) => Err(Problem::MissingField { name: harmless(&field.name, NAME_CHARS) }),
        None => Ok(()),
    }
}

fn shape_fits(axes: &[(String, Option<u64>)], shape: &[usize], elements: &[f64]) -> Result<(), Problem> {
    if axes.len() != shape.len() {
        return Err(Problem::WrongShape {
            expected: format!("{} dimensions, not {}", axes.len(), shape.len()),
        });
    }
    for ((name, max), length) in axes.iter().zip(shape) {
        if let Some(max) = max.filter(|max| *length as u64 > *max) {
            let name = harmless(name, NAME_CHARS);
            return Err(Problem::WrongShape {
                expected: format!("at most {max} along {name}, not {length}"),
            });
        }
    }
    let places = shape.iter().try_fold(1_usize, |places, length| places.checked_mul(*length));
    if places != Some(elements.len()) {
        let places = places.map_or_else(|| "fewer".to_owned(), |places| places.to_string());
        return Err(Problem::WrongShape { expected: format!("{places} elements, not {}", elements.len()) });
    }
    if elements.iter().all(|element| element.is_finite()) { Ok(()) } else { Err(Problem::NotFinite) }
}

fn with_its_unit(limit: &str, unit: &str) -> String {
    if unit.is_empty() { limit.to_owned() } else { format!("{limit} {}", harmless(unit, NAME_CHARS)) }
}

fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Bool => "true or false",
        DataType::Integer(_) => "a whole number",
        DataType::Number(_) => "a number",
        DataType::Enum(_) => "one of the list",
        DataType::Text(_) => "a text",
        DataType::Bytes { .. } => "bytes",
        DataType::Array { .. } | DataType::Tuple(_) => "a list",
        DataType::Record(_) => "an object",
        DataType::Matrix { .. } => "a matrix",
        DataType::Json => "JSON",
    }
}
