//! A data type in words, for a person who wants to know what a value can be.

use super::datatype::{DataType, EnumMember, Field};
use super::display;
use super::format::shortest;

impl DataType {
    /// The kind, the limits and the unit in one bounded line, e.g. `number, 0 to 300 K`.
    pub fn in_words(&self) -> String {
        let mut words = String::new();
        describe(self, DEPTH, &mut words);
        words
    }
}

fn describe(data_type: &DataType, depth: usize, words: &mut String) {
    if depth == 0 || words.len() > LONGEST_BYTES {
        words.push('…');
        return;
    }
    match data_type {
        DataType::Bool => words.push_str("true or false"),
        DataType::Integer(integer) => {
            words.push_str("whole number");
            words.push_str(&range(integer.min, integer.max, |limit| limit.to_string(), &integer.unit));
        }
        DataType::Number(number) => {
            words.push_str("number");
            words.push_str(&range(number.min, number.max, shortest, &number.unit));
            if let Some(step) = number.step {
                words.extend([", in steps of ", &shortest(step)]);
            }
        }
        DataType::Enum(members) => {
            words.push_str("one of ");
            listed(members, words, |EnumMember { code, label }, words| {
                words.extend([&display::harmless(label, NAME_CHARS), " (", &code.to_string(), ")"]);
            });
        }
        DataType::Text(text) => {
            words.push_str(if text.ascii { "ASCII text" } else { "text" });
            words.push_str(&length(text.min_chars, text.max_chars, "characters"));
        }
        DataType::Bytes { min, max } => {
            words.push_str("bytes");
            words.push_str(&length(*min, *max, "bytes"));
        }
        DataType::Array { item, min_len, max_len } => {
            words.push_str("list");
            words.push_str(&length(*min_len, *max_len, "items"));
            words.push_str(", each: ");
            describe(item, depth - 1, words);
        }
        DataType::Tuple(members) => {
            words.extend([&members.len().to_string(), " values: "]);
            listed(members, words, |member, words| describe(member, depth - 1, words));
        }
        DataType::Record(fields) => {
            words.push_str("record: ");
            listed(fields, words, |Field { name, data_type, optional }, words| {
                let mark = if *optional { " (optional)" } else { "" };
                words.extend([&display::harmless(name, NAME_CHARS), mark, " = "]);
                describe(data_type, depth - 1, words);
            });
        }
        DataType::Matrix { axes, element } => {
            words.extend(["grid of ", &display::harmless(element, NAME_CHARS), ": "]);
            listed(axes, words, |(name, most), words| {
                words.push_str(&display::harmless(name, NAME_CHARS));
                if let Some(most) = most {
                    words.extend([" up to ", &most.to_string()]);
                }
            });
        }
        DataType::Json => words.push_str("not described: any JSON"),
    }
}

fn listed<T>(items: &[T], words: &mut String, mut describe: impl FnMut(&T, &mut String)) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            words.push_str("; ");
        }
        if index == ITEMS || words.len() > LONGEST_BYTES {
            words.extend(["and ", &(items.len() - index).to_string(), " more"]);
            return;
        }
        describe(item, words);
    }
}

fn range<T>(min: Option<T>, max: Option<T>, show: impl Fn(T) -> String, unit: &str) -> String {
    let limits = match (min.map(&show), max.map(&show)) {
        (Some(min), Some(max)) => format!(", {min} to {max}"),
        (Some(min), None) => format!(", at least {min}"),
        (None, Some(max)) => format!(", at most {max}"),
        (None, None) if unit.is_empty() => return String::new(),
        (None, None) => ", in".to_owned(),
    };
    let unit = display::harmless(unit, NAME_CHARS);
    if unit.is_empty() { limits } else { format!("{limits} {unit}") }
}

fn length(min: u64, max: Option<u64>, what: &str) -> String {
    match (min, max) {
        (0, None) => String::new(),
        (min, None) => format!(", at least {min} {what}"),
        (0, Some(max)) => format!(", at most {max} {what}"),
        (min, Some(max)) if min == max => format!(", {min} {what}"),
        (min, Some(max)) => format!(", {min} to {max} {what}"),
    }
}

/// How deep types within types are told.
const DEPTH: usize = 5;
/// So many members of a list are told.
const ITEMS: usize = 20;
/// Nothing is added to words longer than this.
const LONGEST_BYTES: usize = 1_000;
/// The longest name of a peer.
const NAME_CHARS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::datatype::{IntegerType, NumberType, TextType};

    fn number(min: Option<f64>, max: Option<f64>, unit: &str) -> DataType {
        DataType::Number(NumberType { min, max, unit: unit.to_owned(), ..NumberType::default() })
    }

    #[test]
    fn a_type_is_told_with_its_limits() {
        let text = TextType { min_chars: 0, max_chars: Some(20), ascii: true };
        let members =
            vec![EnumMember { code: 0, label: "off".into() }, EnumMember { code: 1, label: "on".into() }];
        let field =
            |name: &str, optional| Field { name: name.to_owned(), data_type: DataType::Bool, optional };
        for (data_type, words) in [
            (DataType::Bool, "true or false"),
            (number(Some(0.0), Some(300.0), "K"), "number, 0 to 300 K"),
            (number(None, None, "K"), "number, in K"),
            (number(None, None, ""), "number"),
            (
                DataType::Integer(IntegerType { min: Some(1), ..IntegerType::default() }),
                "whole number, at least 1",
            ),
            (DataType::Text(text), "ASCII text, at most 20 characters"),
            (DataType::Bytes { min: 4, max: Some(4) }, "bytes, 4 bytes"),
            (DataType::Enum(members), "one of off (0); on (1)"),
            (
                DataType::Array { item: Box::new(number(None, Some(5.0), "")), min_len: 0, max_len: None },
                "list, each: number, at most 5",
            ),
            (
                DataType::Tuple(vec![DataType::Bool, DataType::Json]),
                "2 values: true or false; not described: any JSON",
            ),
            (
                DataType::Record(vec![field("a", false), field("b", true)]),
                "record: a = true or false; b (optional) = true or false",
            ),
            (
                DataType::Matrix {
                    axes: vec![("x".to_owned(), Some(8)), ("y".to_owned(), None)],
                    element: "<f4".to_owned(),
                },
                "grid of <f4: x up to 8; y",
            ),
        ] {
            assert_eq!(data_type.in_words(), words);
        }
    }

    #[test]
    fn words_are_bounded_whatever_the_type() {
        let mut nested = DataType::Tuple(vec![DataType::Bool; 1_000]);
        for _ in 0..6 {
            nested = DataType::Tuple(vec![nested.clone(), nested]);
        }
        let long_name = DataType::Enum(vec![EnumMember { code: 0, label: "x".repeat(1_000_000).into() }; 3]);
        for data_type in [nested, long_name] {
            assert!(data_type.in_words().len() < 2_000, "{}", data_type.in_words().len());
        }
    }
}
