//! Values as dataports keep them, by the formats of the documentation ("create (dataport)", scripting).

use super::json::{Value, text};
use crate::model::json::Json;
use crate::model::number;

/// The longest text that is taken as a value, in bytes.
pub(super) const TEXT_MOST: usize = 8 * 1024;

/// The format of a time series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Float,
    Integer,
    Text,
    Boolean,
    Binary,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    Float(f64),
    Integer(i64),
    Boolean(bool),
    Text(String),
}

impl Format {
    pub(super) const ALL: [Self; 5] = [Self::Float, Self::Integer, Self::Text, Self::Boolean, Self::Binary];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Binary => "binary",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// What a client gives as a value of this format. Numbers may stand in a text.
    pub(super) fn read(self, given: &Json<'_>) -> Option<Datum> {
        match self {
            Self::Float => number(given).map(Datum::Float),
            Self::Integer => integer(given).map(Datum::Integer),
            Self::Boolean => boolean(given).map(Datum::Boolean),
            Self::Text | Self::Binary => words(given).map(Datum::Text),
        }
    }
}

impl Datum {
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Float(number) => Json::Number(*number),
            Self::Integer(whole) => Json::Integer((*whole).into()),
            Self::Boolean(on) => Json::Bool(*on),
            Self::Text(words) => text(words),
        }
    }

    /// The same as a text, as some peers send every value.
    pub(super) fn to_text_value(&self) -> Value {
        match self {
            Self::Text(words) => text(words),
            Self::Float(_) | Self::Integer(_) | Self::Boolean(_) => text(&self.to_value().to_text()),
        }
    }

    /// What it takes to keep, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Float(_) | Self::Integer(_) => 8,
            Self::Boolean(_) => 1,
            Self::Text(words) => words.len(),
        }
    }

    /// As a switch: whatever is neither 0 nor `false`.
    pub(super) fn is_on(&self) -> bool {
        match self {
            Self::Float(number) => *number != 0.0,
            Self::Integer(whole) => *whole != 0,
            Self::Boolean(on) => *on,
            Self::Text(words) => !["", "0", "false"].contains(&words.as_str()),
        }
    }
}

fn number(given: &Json<'_>) -> Option<f64> {
    let number = match given.as_text() {
        Some(words) => number::parse(words.trim())?,
        None => given.as_f64()?,
    };
    number.is_finite().then_some(number)
}

fn integer(given: &Json<'_>) -> Option<i64> {
    match given.as_text() {
        Some(words) => words.trim().parse().ok(),
        None => i64::try_from(given.as_whole()?).ok(),
    }
}

fn boolean(given: &Json<'_>) -> Option<bool> {
    match given {
        Json::Bool(on) => Some(*on),
        Json::Text(words) if words == "true" || words == "1" => Some(true),
        Json::Text(words) if words == "false" || words == "0" => Some(false),
        Json::Integer(1) => Some(true),
        Json::Integer(0) => Some(false),
        Json::Null
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Text(_)
        | Json::Array(_)
        | Json::Object(_) => None,
    }
}

fn words(given: &Json<'_>) -> Option<String> {
    let words = match given {
        Json::Text(words) => words.to_string(),
        Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) => given.to_text(),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    (words.len() <= TEXT_MOST).then_some(words)
}
