//! What a reading says, in a form that every panel understands.

use std::sync::Arc;

use super::datatype::DataType;

/// A value as an instrument gave it. Integers stay integers and are never carried through `f64`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value: the instrument said so.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number; every i64 and u64 fits.
    Integer(i128),
    /// A floating point number; NaN and the infinities are kept and shown as such.
    Number(f64),
    /// Text.
    Text(String),
    /// One of a list: the code on the wire and the name that the description gives it, if it gives one.
    Enum {
        /// The number on the wire.
        code: i64,
        /// Its name.
        label: Option<Arc<str>>,
    },
    /// Values in order: an array or a tuple.
    Array(Vec<Self>),
    /// Values by name, in the order in which they came.
    Record(Vec<(String, Self)>),
    /// Numbers in a grid; the first dimension varies fastest.
    Matrix {
        /// The length of each dimension.
        shape: Vec<usize>,
        /// The elements.
        elements: Vec<f64>,
    },
    /// Bytes.
    Bytes(Vec<u8>),
    /// JSON as it came, for what no description explains.
    Json(String),
}

impl Value {
    /// The number that a plot draws: `None` where a value has no place on an axis.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Bool(on) => Some(f64::from(u8::from(*on))),
            Self::Integer(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            Self::Enum { code, .. } => Some(*code as f64),
            Self::Null
            | Self::Text(_)
            | Self::Array(_)
            | Self::Record(_)
            | Self::Matrix { .. }
            | Self::Bytes(_)
            | Self::Json(_) => None,
        }
    }

    /// The value that [`Self::as_number`] gave this number for, where its type is known.
    pub fn of_number(number: f64, data_type: &DataType) -> Self {
        let whole = number as i128;
        match data_type {
            DataType::Bool => Self::Bool(number != 0.0),
            DataType::Integer(_) => Self::Integer(whole),
            DataType::Enum(_) => Self::Enum { code: i64::try_from(whole).unwrap_or_default(), label: None },
            DataType::Number(_)
            | DataType::Text(_)
            | DataType::Bytes { .. }
            | DataType::Array { .. }
            | DataType::Tuple(_)
            | DataType::Record(_)
            | DataType::Matrix { .. }
            | DataType::Json => Self::Number(number),
        }
    }

    /// The numbers of an array or matrix of numbers; `None` for everything else.
    pub fn as_numbers(&self) -> Option<Vec<f64>> {
        match self {
            Self::Array(items) => items.iter().map(Self::as_number).collect(),
            Self::Matrix { elements, .. } => Some(elements.clone()),
            _ => None,
        }
    }
}
