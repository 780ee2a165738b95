//! The type of a channel or of a command's argument: what its values look like and what may be written.

use std::sync::Arc;

use super::format::NumberFormat;

/// The shape, limits, units and format of a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DataType {
    /// True or false.
    Bool,
    /// A whole number.
    Integer(IntegerType),
    /// A floating point (or fixed point) number.
    Number(NumberType),
    /// One of a list.
    Enum(Vec<EnumMember>),
    /// Text.
    Text(TextType),
    /// Bytes; limits are numbers of bytes.
    Bytes {
        /// At least so many.
        min: u64,
        /// At most so many.
        max: Option<u64>,
    },
    /// Many values of one type.
    Array {
        /// The type of each.
        item: Box<Self>,
        /// At least so many.
        min_len: u64,
        /// At most so many.
        max_len: Option<u64>,
    },
    /// A fixed number of values, each of its own type.
    Tuple(Vec<Self>),
    /// Values by name.
    Record(Vec<Field>),
    /// Numbers in a grid.
    Matrix {
        /// The name and the greatest length of each dimension.
        axes: Vec<(String, Option<u64>)>,
        /// The element's type as the source names it, e.g. `<f4`.
        element: String,
    },
    /// Not described, or described in words that this program does not know: any JSON.
    #[default]
    Json,
}

/// The limits of a whole number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegerType {
    /// The smallest.
    pub min: Option<i128>,
    /// The greatest.
    pub max: Option<i128>,
    /// Its unit; empty for none.
    pub unit: String,
}

/// The limits and the look of a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumberType {
    /// The smallest.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// Its unit; empty for none.
    pub unit: String,
    /// How it is written.
    pub format: NumberFormat,
    /// The distance of two neighbouring values, where the source counts in steps.
    pub step: Option<f64>,
}

/// The limits of a text; lengths count characters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextType {
    /// At least so many.
    pub min_chars: u64,
    /// At most so many.
    pub max_chars: Option<u64>,
    /// Nothing but ASCII is allowed.
    pub ascii: bool,
}

/// One of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumMember {
    /// The number on the wire.
    pub code: i64,
    /// Its name.
    pub label: Arc<str>,
}

/// A member of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// It may be left out in a write.
    pub optional: bool,
}

impl DataType {
    /// The unit of a scalar, or of an array's elements; empty for none.
    pub fn unit(&self) -> &str {
        match self {
            Self::Integer(integer) => &integer.unit,
            Self::Number(number) => &number.unit,
            Self::Array { item, .. } => item.unit(),
            _ => "",
        }
    }

    /// Sets the unit of a number, or of an array's elements. Whether it has one.
    pub fn set_unit(&mut self, wanted: &str) -> bool {
        match self {
            Self::Integer(IntegerType { unit, .. }) | Self::Number(NumberType { unit, .. }) => {
                wanted.clone_into(unit);
                true
            }
            Self::Array { item, .. } => item.set_unit(wanted),
            Self::Bool
            | Self::Enum(_)
            | Self::Text(_)
            | Self::Bytes { .. }
            | Self::Tuple(_)
            | Self::Record(_)
            | Self::Matrix { .. }
            | Self::Json => false,
        }
    }

    /// Whether a value of it has a place on a plot's axis.
    pub fn is_plottable(&self) -> bool {
        matches!(self, Self::Bool | Self::Integer(_) | Self::Number(_) | Self::Enum(_))
    }
}
