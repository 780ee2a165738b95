//! Writes values by their datainfo, as the data of a `change`, `check` or `do`.
//!
//! Shapes are checked, limits are not. What is written is JSON without newlines; NaN and the infinities are
//! refused.

use super::{DataInfo, Member};
use crate::model::base64;
use crate::model::json::{Json, write_number, write_text};
use crate::model::value::Value;
use crate::protocol::secop::violation::Violations;

/// Why a value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// It is of another type.
    #[error("a value of another type is wanted: {wanted}")]
    Type {
        /// The type that the datainfo names.
        wanted: &'static str,
    },
    /// JSON has no word for it.
    #[error("NaN and the infinities cannot be sent")]
    NotFinite,
    /// It is beyond what the type on the wire holds.
    #[error("the number does not fit")]
    Range,
    /// A name that the enum does not have.
    #[error("\"{0}\" is not one of the list")]
    UnknownMember(String),
    /// A tuple with another number of elements.
    #[error("{wanted} elements are wanted, not {found}")]
    Length {
        /// So many are described.
        wanted: usize,
        /// So many there are.
        found: usize,
    },
    /// A struct without a member that it needs.
    #[error("\"{0}\" is missing")]
    Missing(String),
    /// A struct with a member that is not described.
    #[error("\"{0}\" is not a member")]
    NotAMember(String),
    /// A matrix whose shape or elements do not fit.
    #[error("the shape or an element of the matrix does not fit")]
    Matrix,
    /// What was typed as JSON is none.
    #[error("not JSON: {0}")]
    Json(String),
}

impl DataInfo {
    /// Writes a value as JSON.
    pub fn encode(&self, value: &Value) -> Result<String, EncodeError> {
        let mut out = String::new();
        self.write(value, &mut out)?;
        Ok(out)
    }

    fn write(&self, value: &Value, out: &mut String) -> Result<(), EncodeError> {
        match (self, value) {
            (Self::Double(_), Value::Number(number)) => write_finite(*number, out),
            (Self::Double(_) | Self::Int(_) | Self::Enum(_), Value::Integer(whole)) => {
                out.push_str(&whole.to_string());
                Ok(())
            }
            (Self::Scaled { scale, .. }, Value::Number(number)) => write_steps(*number / scale, out),
            (Self::Scaled { scale, .. }, Value::Integer(whole)) => write_steps(*whole as f64 / scale, out),
            (Self::Int(_), Value::Number(number)) => {
                let whole = Json::Number(*number).as_whole().ok_or_else(|| self.mismatch())?;
                out.push_str(&whole.to_string());
                Ok(())
            }
            (Self::Bool, Value::Bool(on)) => {
                out.push_str(if *on { "true" } else { "false" });
                Ok(())
            }
            (Self::Enum(_), Value::Enum { code, .. }) => {
                out.push_str(&code.to_string());
                Ok(())
            }
            (Self::Enum(members), Value::Text(name)) => {
                let member = members.iter().find(|member| *member.label == **name);
                let member = member.ok_or_else(|| EncodeError::UnknownMember(name.clone()))?;
                out.push_str(&member.code.to_string());
                Ok(())
            }
            (Self::String(_), Value::Text(text)) => {
                write_text(text, out);
                Ok(())
            }
            (Self::Blob { .. }, Value::Bytes(bytes)) => {
                write_text(&base64::encode(bytes), out);
                Ok(())
            }
            (Self::Array { members, .. }, Value::Array(items)) => {
                write_list(items.iter().map(|item| (&**members, item)), out)
            }
            (Self::Tuple(members), Value::Array(items)) => {
                if members.len() != items.len() {
                    return Err(EncodeError::Length { wanted: members.len(), found: items.len() });
                }
                write_list(members.iter().zip(items), out)
            }
            (Self::Struct(members), Value::Record(fields)) => write_struct(members, fields, out),
            (Self::Matrix(matrix), Value::Matrix { shape, elements }) => {
                matrix.encode(shape, elements, out).ok_or(EncodeError::Matrix)
            }
            (Self::Generic, value) => write_generic(value, out),
            (
                Self::Double(_)
                | Self::Scaled { .. }
                | Self::Int(_)
                | Self::Bool
                | Self::Enum(_)
                | Self::String(_)
                | Self::Blob { .. }
                | Self::Array { .. }
                | Self::Tuple(_)
                | Self::Struct(_)
                | Self::Matrix(_),
                _,
            ) => Err(self.mismatch()),
        }
    }

    fn mismatch(&self) -> EncodeError {
        let wanted = match self {
            Self::Double(_) | Self::Scaled { .. } => "a number",
            Self::Int(_) => "a whole number",
            Self::Bool => "true or false",
            Self::Enum(_) => "one of the list",
            Self::String(_) => "a text",
            Self::Blob { .. } => "bytes",
            Self::Array { .. } => "an array",
            Self::Tuple(_) => "a tuple",
            Self::Struct(_) => "a struct",
            Self::Matrix(_) => "a matrix",
            Self::Generic => "JSON",
        };
        EncodeError::Type { wanted }
    }
}

fn write_finite(number: f64, out: &mut String) -> Result<(), EncodeError> {
    if !number.is_finite() {
        return Err(EncodeError::NotFinite);
    }
    write_number(number, out);
    Ok(())
}

/// The nearest whole number of steps.
fn write_steps(steps: f64, out: &mut String) -> Result<(), EncodeError> {
    if steps.is_nan() {
        return Err(EncodeError::NotFinite);
    }
    let steps = steps.round();
    if steps.abs() >= 2_f64.powi(63) {
        return Err(EncodeError::Range);
    }
    out.push_str(&(steps as i64).to_string());
    Ok(())
}

fn write_list<'a>(
    items: impl Iterator<Item = (&'a DataInfo, &'a Value)>,
    out: &mut String,
) -> Result<(), EncodeError> {
    out.push('[');
    for (index, (datainfo, item)) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        datainfo.write(item, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_struct(members: &[Member], fields: &[(String, Value)], out: &mut String) -> Result<(), EncodeError> {
    let missing = |member: &&Member| !member.optional && !fields.iter().any(|(name, _)| *name == member.name);
    if let Some(member) = members.iter().find(missing) {
        return Err(EncodeError::Missing(member.name.clone()));
    }
    out.push('{');
    for (index, (name, value)) in fields.iter().enumerate() {
        let member = members.iter().find(|member| member.name == *name);
        let member = member.ok_or_else(|| EncodeError::NotAMember(name.clone()))?;
        if index > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        member.datainfo.write(value, out)?;
    }
    out.push('}');
    Ok(())
}

/// A value whose datainfo says nothing: as it is.
fn write_generic(value: &Value, out: &mut String) -> Result<(), EncodeError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(on) => out.push_str(if *on { "true" } else { "false" }),
        Value::Integer(whole) => out.push_str(&whole.to_string()),
        Value::Number(number) => write_finite(*number, out)?,
        Value::Text(text) => write_text(text, out),
        Value::Enum { code, .. } => out.push_str(&code.to_string()),
        Value::Array(items) => write_list(items.iter().map(|item| (&DataInfo::Generic, item)), out)?,
        Value::Record(fields) => {
            out.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write_generic(value, out)?;
            }
            out.push('}');
        }
        Value::Bytes(bytes) => write_text(&base64::encode(bytes), out),
        Value::Matrix { .. } => return Err(EncodeError::Matrix),
        Value::Json(text) => {
            let json =
                Violations::default().read(text).map_err(|error| EncodeError::Json(error.to_string()))?;
            if !json.is_strict() {
                return Err(EncodeError::NotFinite);
            }
            out.push_str(&json.to_text());
        }
    }
    Ok(())
}
