//! Data types as nodes describe them (SECoP 2.0, "Data info"): reading a datainfo, reading values by it, writing
//! values by it.
//!
//! Reading never fails: what a datainfo does not explain stays JSON, with a warning or a noted breach. Limits are
//! told and not enforced: on what a node sends they are a "trusted range", and what a person sends is checked
//! where it is typed, and by the node.

mod decode;
mod encode;
mod matrix;
mod parse;

use std::sync::Arc;

pub use encode::EncodeError;
pub use matrix::{Element, MatrixInfo};
pub use parse::Warnings;

use crate::model::datatype::{DataType, EnumMember, Field, IntegerType, NumberType, TextType};

/// How a value is written on the wire and what it means.
#[derive(Clone, Debug, PartialEq)]
pub enum DataInfo {
    /// `double`.
    Double(NumberType),
    /// `scaled`: a whole number of steps.
    Scaled {
        /// The length of a step.
        scale: f64,
        /// Limits and look of the number that is meant, not of the number of steps.
        number: NumberType,
    },
    /// `int`.
    Int(IntegerType),
    /// `bool`.
    Bool,
    /// `enum`.
    Enum(Vec<EnumMember>),
    /// `string`.
    String(TextType),
    /// `blob`; limits are numbers of bytes.
    Blob {
        /// At least so many.
        min: u64,
        /// At most so many.
        max: Option<u64>,
    },
    /// `array`.
    Array {
        /// The datainfo of each element.
        members: Box<Self>,
        /// At least so many.
        min: u64,
        /// At most so many.
        max: Option<u64>,
    },
    /// `tuple`.
    Tuple(Vec<Self>),
    /// `struct`.
    Struct(Vec<Member>),
    /// `matrix` (SECoP 2.0).
    Matrix(MatrixInfo),
    /// A type that this program does not know, or whose description is broken: any JSON.
    Generic,
}

/// A member of a struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its datainfo.
    pub datainfo: DataInfo,
    /// It may be left out of a change.
    pub optional: bool,
}

impl DataInfo {
    /// The same in words that every panel understands.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Double(number) | Self::Scaled { number, .. } => DataType::Number(number.clone()),
            Self::Int(integer) => DataType::Integer(integer.clone()),
            Self::Bool => DataType::Bool,
            Self::Enum(members) => DataType::Enum(members.clone()),
            Self::String(text) => DataType::Text(text.clone()),
            Self::Blob { min, max } => DataType::Bytes { min: *min, max: *max },
            Self::Array { members, min, max } => {
                DataType::Array { item: Box::new(members.data_type()), min_len: *min, max_len: *max }
            }
            Self::Tuple(members) => DataType::Tuple(members.iter().map(Self::data_type).collect()),
            Self::Struct(members) => DataType::Record(members.iter().map(Member::field).collect()),
            Self::Matrix(matrix) => {
                DataType::Matrix { axes: matrix.axes.clone(), element: matrix.element.name().to_owned() }
            }
            Self::Generic => DataType::Json,
        }
    }

    /// The unit of a number, or of an array's elements.
    pub fn unit(&self) -> &str {
        match self {
            Self::Double(number) | Self::Scaled { number, .. } => &number.unit,
            Self::Int(integer) => &integer.unit,
            Self::Array { members, .. } => members.unit(),
            Self::Bool
            | Self::Enum(_)
            | Self::String(_)
            | Self::Blob { .. }
            | Self::Tuple(_)
            | Self::Struct(_)
            | Self::Matrix(_)
            | Self::Generic => "",
        }
    }
}

impl Member {
    fn field(&self) -> Field {
        Field { name: self.name.clone(), data_type: self.datainfo.data_type(), optional: self.optional }
    }
}

/// The name of an enum's member.
fn label_of(members: &[EnumMember], code: i64) -> Option<Arc<str>> {
    members.iter().find(|member| member.code == code).map(|member| Arc::clone(&member.label))
}
