//! How a value is asked for: what is small enough for a form of fields, what stands beneath a field, what a press on
//! an arrow key does to a number.

use super::datatype::{DataType, EnumMember};
use super::display::harmless;
use super::entry;
use super::format::{FIXED_LIMIT, NumberStyle, decimals_of, fixed, shortest};
use super::limits::Limits;
use super::value::Value;

/// An array of more items is edited as JSON.
pub const FORM_ITEMS: usize = 50;
/// A form has at most so many fields in all; beyond, it is JSON.
const FORM_FIELDS: usize = 200;
/// A text that may be longer gets a field of several lines.
const LINE_CHARS: u64 = 120;
/// How much of a unit or of a name is shown.
const NAME_CHARS: usize = 40;

/// A value of this type can be edited field by field, with an array of any length that [`fits_form`] allows.
pub fn has_form(data_type: &DataType) -> bool {
    fields_of_type(data_type) <= FORM_FIELDS
}

/// This value is small enough to be edited field by field.
pub fn fits_form(value: &Value) -> bool {
    fields_of_value(value).is_some_and(|fields| fields <= FORM_FIELDS)
}

fn fields_of_type(data_type: &DataType) -> usize {
    match data_type {
        DataType::Tuple(members) => sum(members.iter().map(fields_of_type)),
        DataType::Record(fields) => sum(fields.iter().map(|field| fields_of_type(&field.data_type))),
        DataType::Array { item, min_len, .. } => {
            let items = usize::try_from(*min_len).unwrap_or(usize::MAX).max(1);
            fields_of_type(item).saturating_mul(items)
        }
        DataType::Bool
        | DataType::Integer(_)
        | DataType::Number(_)
        | DataType::Enum(_)
        | DataType::Text(_)
        | DataType::Bytes { .. }
        | DataType::Matrix { .. }
        | DataType::Json => 1,
    }
}

/// `None` where a list in it is too long by itself.
fn fields_of_value(value: &Value) -> Option<usize> {
    let total = |fields: Vec<Option<usize>>| {
        fields.into_iter().collect::<Option<Vec<_>>>().map(|all| sum(all.into_iter()))
    };
    match value {
        Value::Array(items) if items.len() > FORM_ITEMS => None,
        Value::Array(items) => total(items.iter().map(fields_of_value).collect()),
        Value::Record(fields) => total(fields.iter().map(|(_, value)| fields_of_value(value)).collect()),
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Enum { .. }
        | Value::Matrix { .. }
        | Value::Bytes(_)
        | Value::Json(_) => Some(1),
    }
}

fn sum(counts: impl Iterator<Item = usize>) -> usize {
    counts.fold(0, usize::saturating_add)
}

/// A text of this type, and this text, want several lines.
pub fn wants_lines(data_type: &DataType, text: &str) -> bool {
    match data_type {
        DataType::Text(limits) => text.contains('\n') || limits.max_chars.is_some_and(|max| max > LINE_CHARS),
        DataType::Bytes { max, .. } => {
            text.len() > LINE_CHARS as usize || max.is_some_and(|max| max > LINE_CHARS / 3)
        }
        DataType::Json
        | DataType::Matrix { .. }
        | DataType::Array { .. }
        | DataType::Tuple(_)
        | DataType::Record(_) => true,
        DataType::Bool | DataType::Integer(_) | DataType::Number(_) | DataType::Enum(_) => false,
    }
}

/// A member of an enum as a list shows it: its name and its code.
pub fn member_title(member: &EnumMember) -> String {
    if member.label.is_empty() {
        member.code.to_string()
    } else {
        format!("{} ({})", harmless(&member.label, NAME_CHARS), member.code)
    }
}

/// What stands beneath a field: which entries are accepted. `limits` hold beside those of the type. Empty where
/// there is nothing to say.
pub fn hint(data_type: &DataType, limits: Limits) -> String {
    match data_type {
        DataType::Integer(integer) => {
            let narrowed = |own: Option<i128>, all: Option<f64>| match (own, all) {
                (Some(own), Some(all)) if own as f64 == all => Some(own.to_string()),
                (_, all) => all.map(shortest),
            };
            let all = Limits::of_type(data_type).narrowed_by(limits);
            between(narrowed(integer.min, all.min()), narrowed(integer.max, all.max()), &integer.unit)
        }
        DataType::Number(number) => {
            let all = Limits::of_type(data_type).narrowed_by(limits);
            let mut text = between(all.min().map(shortest), all.max().map(shortest), &number.unit);
            if let Some(step) = number.step {
                let comma = if text.is_empty() { "" } else { ", " };
                text = format!("{text}{comma}in steps of {}", shortest(step));
            }
            text
        }
        DataType::Text(limits) => {
            let mut text = counted(limits.min_chars, limits.max_chars, "characters");
            if limits.ascii {
                text.push_str(if text.is_empty() { "ASCII only" } else { ", ASCII only" });
            }
            text
        }
        DataType::Bytes { min, max } => {
            let text = counted(*min, *max, "bytes");
            if text.is_empty() {
                "hexadecimal, as 00 ff".to_owned()
            } else {
                format!("hexadecimal, as 00 ff; {text}")
            }
        }
        DataType::Array { min_len, max_len, .. } => counted(*min_len, *max_len, "items"),
        DataType::Matrix { .. } => "as {\"shape\": [2, 1], \"elements\": [1, 2]}".to_owned(),
        DataType::Json => "any JSON".to_owned(),
        DataType::Bool | DataType::Enum(_) | DataType::Tuple(_) | DataType::Record(_) => String::new(),
    }
}

fn between(min: Option<String>, max: Option<String>, unit: &str) -> String {
    let unit = harmless(unit, NAME_CHARS);
    let space = if unit.is_empty() { "" } else { " " };
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}{space}{unit}"),
        (Some(min), None) => format!("at least {min}{space}{unit}"),
        (None, Some(max)) => format!("at most {max}{space}{unit}"),
        (None, None) => String::new(),
    }
}

fn counted(min: u64, max: Option<u64>, unit: &str) -> String {
    match (min, max) {
        (0, None) => String::new(),
        (0, Some(max)) => format!("at most {max} {unit}"),
        (min, None) => format!("at least {min} {unit}"),
        (min, Some(max)) if min == max => format!("{min} {unit}"),
        (min, Some(max)) => format!("{min} to {max} {unit}"),
    }
}

/// What an arrow key makes of a number: one step more or less, kept within the limits. The step is the type's own,
/// else one in the last digit that the format shows. `None` where there is no number, or no step.
pub fn stepped(data_type: &DataType, limits: Limits, text: &str, up: bool) -> Option<String> {
    let sign = if up { 1 } else { -1 };
    match (data_type, entry::parse(data_type, text).ok()?) {
        (DataType::Integer(integer), Value::Integer(whole)) => {
            let next = whole.checked_add(sign)?;
            let next = integer.min.map_or(next, |min| next.max(min));
            Some(integer.max.map_or(next, |max| next.min(max)).to_string())
        }
        (DataType::Number(described), Value::Number(number)) => {
            let (step, digits) = match (described.step, described.format.style) {
                (Some(step), _) => (step, decimals_of(step)),
                (None, NumberStyle::Fixed) => {
                    (10_f64.powi(-i32::from(described.format.digits)), usize::from(described.format.digits))
                }
                (None, NumberStyle::Exponential | NumberStyle::General) => return None,
            };
            let digits = digits.max(decimals_of(number));
            let all = Limits::of_type(data_type).narrowed_by(limits);
            let next = number + f64::from(i8::try_from(sign).ok()?) * step;
            let next = all.min().map_or(next, |min| next.max(min));
            let next = all.max().map_or(next, |max| next.min(max));
            (step > 0.0 && next.abs() < FIXED_LIMIT).then(|| fixed(next, digits))
        }
        _ => None,
    }
}

/// Whether what was read back is what was sent: a whole number and a number of the same size are the same, and a
/// member that was left out in a write may have any value.
pub fn agrees(sent: &Value, read_back: &Value) -> bool {
    match (sent, read_back) {
        (Value::Integer(whole), Value::Number(number)) | (Value::Number(number), Value::Integer(whole)) => {
            *whole as f64 == *number
        }
        (Value::Enum { code: sent, .. }, Value::Enum { code, .. }) => sent == code,
        (Value::Array(sent), Value::Array(back)) => {
            sent.len() == back.len() && sent.iter().zip(back).all(|(sent, back)| agrees(sent, back))
        }
        (Value::Record(sent), Value::Record(back)) => sent.iter().all(|(name, value)| {
            let back = back.iter().find(|(other, _)| other == name);
            back.is_some_and(|(_, back)| agrees(value, back))
        }),
        (Value::Json(sent), Value::Json(back)) => {
            let parsed = |json: &str| serde_json::from_str::<serde_json::Value>(json).ok();
            sent == back || parsed(sent).is_some_and(|sent| Some(sent) == parsed(back))
        }
        (sent, back) => sent == back,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::datatype::{Field, IntegerType, NumberType, TextType};
    use crate::model::format::NumberFormat;

    fn number(min: Option<f64>, max: Option<f64>, step: Option<f64>) -> DataType {
        let format = NumberFormat::parse("%.2f").expect("a valid format");
        DataType::Number(NumberType { min, max, unit: "K".into(), format, step })
    }

    fn array(item: DataType, min_len: u64) -> DataType {
        DataType::Array { item: Box::new(item), min_len, max_len: None }
    }

    #[test]
    fn what_is_large_is_edited_as_json() {
        assert!(has_form(&array(DataType::Bool, 0)));
        assert!(has_form(&array(DataType::Tuple(vec![DataType::Bool; 4]), 50)));
        assert!(!has_form(&array(DataType::Tuple(vec![DataType::Bool; 4]), 51)));
        assert!(!has_form(&array(array(DataType::Bool, u64::MAX), u64::MAX)));
        let field = Field { name: "x".into(), data_type: DataType::Bool, optional: true };
        assert!(!has_form(&DataType::Record(vec![field; 201])));
        assert!(fits_form(&Value::Array(vec![Value::Null; 50])));
        assert!(!fits_form(&Value::Array(vec![Value::Null; 51])));
        assert!(!fits_form(&Value::Array(vec![Value::Array(vec![Value::Null; 41]); 5])));
    }

    #[test]
    fn hints_say_what_is_accepted() {
        let none = Limits::default();
        let present = Limits::new(None, Some(120.0));
        let integer = |min, max| DataType::Integer(IntegerType { min, max, unit: String::new() });
        let text = |min_chars, max_chars, ascii| DataType::Text(TextType { min_chars, max_chars, ascii });
        for (data_type, limits, words) in [
            (number(Some(0.0), Some(300.0), None), none, "0 to 300 K"),
            (number(Some(0.0), Some(300.0), None), present, "0 to 120 K"),
            (number(None, None, Some(0.5)), none, "in steps of 0.5"),
            (number(Some(1.0), None, Some(0.5)), none, "at least 1 K, in steps of 0.5"),
            (integer(None, Some(i128::from(u64::MAX))), none, "at most 18446744073709551615"),
            (integer(Some(-3), Some(500)), present, "-3 to 120"),
            (text(0, None, false), none, ""),
            (text(3, Some(3), true), none, "3 characters, ASCII only"),
            (text(1, Some(8), false), none, "1 to 8 characters"),
            (DataType::Bytes { min: 0, max: Some(8) }, none, "hexadecimal, as 00 ff; at most 8 bytes"),
            (array(DataType::Bool, 2), none, "at least 2 items"),
            (DataType::Bool, none, ""),
        ] {
            assert_eq!(hint(&data_type, limits), words, "{data_type:?}");
        }
    }

    #[test]
    fn arrow_keys_step_within_the_limits() {
        let none = Limits::default();
        let kelvin = number(Some(0.0), Some(300.0), None);
        let coarse = number(None, None, Some(0.1));
        let integer = DataType::Integer(IntegerType { min: Some(0), max: Some(2), unit: String::new() });
        let general = DataType::Number(NumberType::default());
        for (data_type, text, up, next) in [
            (&kelvin, "4.2", true, Some("4.21")),
            (&kelvin, "4.2 K", false, Some("4.19")),
            (&kelvin, "4.1234", true, Some("4.1334")),
            (&kelvin, "300", true, Some("300.00")),
            (&kelvin, "900", false, Some("300.00")),
            (&kelvin, "", true, None),
            (&coarse, "0.2", true, Some("0.3")),
            (&integer, "1", true, Some("2")),
            (&integer, "2", true, Some("2")),
            (&integer, "0", false, Some("0")),
            (&general, "1", true, None),
        ] {
            assert_eq!(stepped(data_type, none, text, up).as_deref(), next, "{text}");
        }
        assert_eq!(stepped(&kelvin, Limits::new(None, Some(5.0)), "5", true).as_deref(), Some("5.00"));
        assert_eq!(stepped(&DataType::Bool, none, "true", true), None);
    }

    #[test]
    fn lines_are_for_long_texts() {
        let text = |max_chars| DataType::Text(TextType { max_chars, ..TextType::default() });
        assert!(!wants_lines(&text(None), "short"));
        assert!(wants_lines(&text(None), "two\nlines"));
        assert!(wants_lines(&text(Some(1000)), ""));
        assert!(wants_lines(&DataType::Json, ""));
        assert!(!wants_lines(&DataType::Bytes { min: 0, max: Some(8) }, "00 ff"));
        assert!(!wants_lines(&DataType::Bool, ""));
    }

    #[test]
    fn what_was_read_back_may_say_the_same_otherwise() {
        let member = |code, label: &str| Value::Enum { code, label: Some(label.into()) };
        let record = |x: f64| Value::Record(vec![("x".into(), Value::Number(x))]);
        let both = Value::Record(vec![("y".into(), Value::Null), ("x".into(), Value::Integer(1))]);
        assert!(agrees(&Value::Number(10.0), &Value::Integer(10)));
        assert!(!agrees(&Value::Number(10.0), &Value::Number(10.001)));
        assert!(agrees(&member(1, "on"), &Value::Enum { code: 1, label: None }));
        assert!(!agrees(&member(1, "on"), &member(0, "on")));
        assert!(agrees(&record(1.0), &both));
        assert!(!agrees(&both, &record(1.0)));
        assert!(agrees(&Value::Json("[1, 2]".into()), &Value::Json("[1,2]".into())));
        assert!(!agrees(&Value::Json("[1".into()), &Value::Json("[2".into())));
        assert!(!agrees(&Value::Array(vec![Value::Null]), &Value::Array(vec![])));
    }

    #[test]
    fn members_are_shown_with_their_codes() {
        assert_eq!(member_title(&EnumMember { code: 3, label: "ramp".into() }), "ramp (3)");
        assert_eq!(member_title(&EnumMember { code: 3, label: "".into() }), "3");
    }
}
