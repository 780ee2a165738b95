//! From what a person typed to a value, and back.
//!
//! [`parse`] reads text by the type's shape, [`check`] compares a value with the limits, [`to_text`] writes what
//! [`parse`] reads. Scalars are typed plainly; arrays, tuples, records and matrices as JSON, with bytes as a string
//! of hexadecimal digits. Nothing in here rounds, and NaN and the infinities are never accepted.

mod check;
mod read;
mod write;

pub use check::check;
pub use read::parse;
pub use write::to_text;

use super::datatype::EnumMember;
use super::display::harmless;

/// What is wrong with an entry, in words that follow the name of what was entered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}{}{problem}", if place.is_empty() { "" } else { " " })]
pub struct EntryError {
    /// Where in the value, e.g. `[2].x[0]`; empty for the value as a whole.
    pub place: String,
    /// What.
    pub problem: Problem,
}

/// The kinds of problems. Limits are written out with their unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing was entered where something must be.
    #[error("is still missing")]
    Missing,
    /// No number at all.
    #[error("is not a number")]
    NotANumber,
    /// A number with a comma in it.
    #[error("has a comma: write 1.5 with a point, and 1000 without a separator")]
    Comma,
    /// NaN, an infinity, or more than a double holds.
    #[error("must be a finite number")]
    NotFinite,
    /// A number with a fraction, or one that is too large to be exact.
    #[error("must be a whole number")]
    NotWhole,
    /// Neither true nor false.
    #[error("must be true or false")]
    NotABool,
    /// Not in the list of an enum.
    #[error("must be one of {allowed}")]
    NotAMember {
        /// The names, bounded.
        allowed: String,
    },
    /// Below a lower limit.
    #[error("must be at least {min}")]
    TooSmall {
        /// The limit.
        min: String,
    },
    /// Above an upper limit.
    #[error("must be at most {max}")]
    TooLarge {
        /// The limit.
        max: String,
    },
    /// Too few characters, bytes or items.
    #[error("must have at least {min} {unit}, not {found}")]
    TooShort {
        /// The limit.
        min: u64,
        /// How many there are.
        found: u64,
        /// Of what.
        unit: &'static str,
    },
    /// Too many characters, bytes or items.
    #[error("must have at most {max} {unit}, not {found}")]
    TooLong {
        /// The limit.
        max: u64,
        /// How many there are.
        found: u64,
        /// Of what.
        unit: &'static str,
    },
    /// A tuple of another length.
    #[error("must have {expected} items, not {found}")]
    WrongCount {
        /// How many belong there.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Letters beyond ASCII where the source allows none.
    #[error("may have ASCII characters only")]
    NotAscii,
    /// Neither hexadecimal digits nor base64.
    #[error("must be bytes: hexadecimal as 00 ff, or base64:AP8=")]
    NotBytes,
    /// Not JSON.
    #[error("is not JSON, line {line}, column {column}: {reason}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the reader says.
        reason: String,
    },
    /// JSON of another kind.
    #[error("must be {expected}")]
    WrongKind {
        /// What belongs there.
        expected: &'static str,
    },
    /// A field that must be there is not.
    #[error("has no field {name}")]
    MissingField {
        /// Its name.
        name: String,
    },
    /// A field that the type does not know.
    #[error("has an unknown field {name}")]
    UnknownField {
        /// Its name.
        name: String,
    },
    /// A field that is there twice.
    #[error("has the field {name} twice")]
    RepeatedField {
        /// Its name.
        name: String,
    },
    /// The elements of a matrix do not fill its shape, or it has other dimensions.
    #[error("must have {expected}")]
    WrongShape {
        /// What belongs there.
        expected: String,
    },
}

/// Where in a value: a list that grows on the stack while a value is walked.
enum Place<'a> {
    Top,
    Item(&'a Self, usize),
    Field(&'a Self, &'a str),
}

impl Place<'_> {
    fn error(&self, problem: Problem) -> EntryError {
        EntryError { place: self.text().trim_start_matches('.').to_owned(), problem }
    }

    fn text(&self) -> String {
        match self {
            Self::Top => String::new(),
            Self::Item(outer, index) => format!("{}[{index}]", outer.text()),
            Self::Field(outer, name) => format!("{}.{}", outer.text(), harmless(name, NAME_CHARS)),
        }
    }
}

fn not_a_member(members: &[EnumMember]) -> Problem {
    let names: Vec<&str> = members.iter().take(MEMBERS_NAMED).map(|member| &*member.label).collect();
    let more = if members.len() > MEMBERS_NAMED { ", …" } else { "" };
    Problem::NotAMember { allowed: harmless(&names.join(", "), 200) + more }
}

fn not_json(error: &serde_json::Error) -> Problem {
    let words = error.to_string();
    let reason = words.split(" at line ").next().unwrap_or_default().to_owned();
    Problem::NotJson { line: error.line(), column: error.column(), reason }
}

/// How much of a name an error shows.
const NAME_CHARS: usize = 40;
/// How many members of an enum an error names.
const MEMBERS_NAMED: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::datatype::{DataType, Field, IntegerType, NumberType, TextType};
    use crate::model::value::Value;

    fn kelvin() -> DataType {
        DataType::Number(NumberType {
            min: Some(0.0),
            max: Some(350.0),
            unit: "K".into(),
            ..NumberType::default()
        })
    }

    fn switch() -> DataType {
        let member = |code, label: &str| EnumMember { code, label: label.into() };
        DataType::Enum(vec![member(0, "off"), member(1, "on"), member(2, "1")])
    }

    fn list(item: DataType) -> DataType {
        DataType::Array { item: Box::new(item), min_len: 1, max_len: Some(3) }
    }

    fn record() -> DataType {
        let field = |name: &str, data_type, optional| Field { name: name.into(), data_type, optional };
        DataType::Record(vec![field("x", list(kelvin()), false), field("on", DataType::Bool, true)])
    }

    /// What a person is told about an entry; empty if it is accepted.
    fn verdict(data_type: &DataType, text: &str) -> String {
        let checked = parse(data_type, text).and_then(|value| check(data_type, &value, None));
        checked.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn problems_are_told_in_words_with_their_place() {
        let nested = DataType::Tuple(vec![DataType::Bool, switch(), record()]);
        let integer = DataType::Integer(IntegerType { min: Some(-5), max: Some(5), unit: String::new() });
        let text = DataType::Text(TextType { min_chars: 1, max_chars: Some(3), ascii: true });
        let bytes = DataType::Bytes { min: 1, max: Some(2) };
        for (data_type, typed, words) in [
            (&kelvin(), "350.5", "must be at most 350 K"),
            (&kelvin(), "-1", "must be at least 0 K"),
            (&kelvin(), "", "is not a number"),
            (&kelvin(), "warm", "is not a number"),
            (&kelvin(), "1,5", "has a comma: write 1.5 with a point, and 1000 without a separator"),
            (&kelvin(), "NaN", "must be a finite number"),
            (&kelvin(), "-inf", "must be a finite number"),
            (&kelvin(), "1e400", "must be a finite number"),
            (&integer, "6", "must be at most 5"),
            (&integer, "1.5", "must be a whole number"),
            (&integer, "1e300", "must be a whole number"),
            (&DataType::Bool, "maybe", "must be true or false"),
            (&switch(), "ON", "must be one of off, on, 1"),
            (&text, "", "must have at least 1 characters, not 0"),
            (&text, "four", "must have at most 3 characters, not 4"),
            (&text, "ü", "may have ASCII characters only"),
            (&bytes, "0", "must be bytes: hexadecimal as 00 ff, or base64:AP8="),
            (&bytes, "base64:A", "must be bytes: hexadecimal as 00 ff, or base64:AP8="),
            (&bytes, "00 00 00", "must have at most 2 bytes, not 3"),
            (&list(kelvin()), "5", "must be a list, as [1, 2]"),
            (&list(kelvin()), "[1, 2", "is not JSON, line 1, column 5: EOF while parsing a list"),
            (&list(kelvin()), "[1, 2, 3, 4]", "must have at most 3 items, not 4"),
            (&nested, "[true, 0]", "must have 3 items, not 2"),
            (&nested, "[true, 0, {\"x\": [1, 351]}]", "[2].x[1] must be at most 350 K"),
            (&nested, "[true, 0, {\"x\": [\"1\"]}]", "[2].x[0] is not a number"),
            (&nested, "[true, 9, {\"x\": [1]}]", "[1] must be one of off, on, 1"),
            (&record(), "{\"on\": true}", "has no field x"),
            (&record(), "{\"x\": [1], \"y\": 1}", "has an unknown field y"),
            (&record(), "{\"x\": [1], \"x\": [1]}", "has the field x twice"),
            (&record(), "{\"x\": [400]}", "x[0] must be at most 350 K"),
        ] {
            assert_eq!(verdict(data_type, typed), words, "{typed:?}");
        }
    }

    #[test]
    fn people_may_write_as_they_do() {
        for (data_type, typed, value) in [
            (kelvin(), " 300 K ", Value::Number(300.0)),
            (kelvin(), "\u{2212}1e-3", Value::Number(-0.001)),
            (
                DataType::Integer(IntegerType::default()),
                "9007199254740993",
                Value::Integer(9_007_199_254_740_993),
            ),
            (DataType::Integer(IntegerType::default()), "1e3", Value::Integer(1000)),
            (DataType::Bool, " On ", Value::Bool(true)),
            (switch(), " on ", Value::Enum { code: 1, label: Some("on".into()) }),
            (switch(), "0", Value::Enum { code: 0, label: Some("off".into()) }),
            // A name comes before a number.
            (switch(), "1", Value::Enum { code: 2, label: Some("1".into()) }),
            (DataType::Bytes { min: 0, max: None }, "00FF 0a", Value::Bytes(vec![0, 255, 10])),
            (DataType::Bytes { min: 0, max: None }, "base64:AP8=", Value::Bytes(vec![0, 255])),
            (DataType::Json, "{ \"a\" : [1, 2] }", Value::Json("{\"a\":[1,2]}".into())),
        ] {
            assert_eq!(parse(&data_type, typed), Ok(value), "{typed:?}");
        }
    }

    #[test]
    fn limits_of_the_moment_hold_beside_those_of_the_type() {
        let limits = Some((Some(10.0), Some(20.0)));
        let told =
            |number| check(&kelvin(), &Value::Number(number), limits).err().map(|error| error.to_string());
        assert_eq!(told(15.0), None);
        assert_eq!(told(25.0).as_deref(), Some("must be at most 20 K"));
        assert_eq!(told(5.0).as_deref(), Some("must be at least 10 K"));
        assert_eq!(told(400.0).as_deref(), Some("must be at most 350 K"));
        assert_eq!(told(f64::NAN).as_deref(), Some("must be a finite number"));
    }

    #[test]
    fn a_matrix_must_fill_its_shape() {
        let grid =
            DataType::Matrix { axes: vec![("x".into(), Some(2)), ("y".into(), None)], element: "<f8".into() };
        assert_eq!(verdict(&grid, "{\"shape\": [2, 1], \"elements\": [1, 2.5]}"), "");
        assert_eq!(verdict(&grid, "{\"shape\": [2, 2], \"elements\": [1]}"), "must have 4 elements, not 1");
        assert_eq!(
            verdict(&grid, "{\"shape\": [3, 0], \"elements\": []}"),
            "must have at most 2 along x, not 3"
        );
        assert_eq!(verdict(&grid, "{\"shape\": [2], \"elements\": []}"), "must have 2 dimensions, not 1");
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let typed = "[".repeat(100_000);
        assert!(verdict(&DataType::Json, &typed).starts_with("is not JSON"));
    }
}
