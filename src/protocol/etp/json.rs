//! The JSON encoding: what is asked of the code that knows it, which is in [`super::later`].
//!
//! A session speaks binary with itself: a text becomes the bytes that it stands for before anything else looks at it, and
//! what is sent becomes a text after. The code is called by its address alone: a connection that uses the binary encoding
//! does not load it.

use thiserror::Error;

use super::avro::AvroError;
use super::later;
use super::version::Version;
use crate::model::json;

/// Why a message cannot be had in the other encoding.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{cause}{}{pointer}", if pointer.is_empty() { "" } else { " at " })]
pub struct JsonError {
    /// Where, as a JSON Pointer from the list of header and body; empty where the cause has the place, or is everywhere.
    pub pointer: String,
    /// What is wrong.
    pub cause: JsonCause,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JsonCause {
    /// The text is no JSON.
    #[error("{0}")]
    Text(json::JsonError),
    /// Neither a list of a header and a body, nor one after the other.
    #[error("a message is a list of its header and its body")]
    Message,
    /// Something of another kind stands there.
    #[error("{0} is wanted")]
    Wanted(&'static str),
    /// A number is beyond its type.
    #[error("the number does not fit into {0}")]
    Range(&'static str),
    /// An enum has no such symbol.
    #[error("{0} has no such symbol")]
    Symbol(&'static str),
    /// A union has no branch for it.
    #[error("the union has no branch for it")]
    Branch,
    /// A text that stands for bytes has a character beyond U+00FF.
    #[error("a character that is no byte")]
    Byte,
    /// There is too much of it.
    #[error("the message is too large")]
    TooLarge,
    /// The binary message is wrong.
    #[error("{0}")]
    Binary(AvroError),
    /// The binary message is compressed.
    #[error("the message is compressed")]
    Compressed,
    /// The version does not have this message.
    #[error("there is no message {1} of protocol {0}")]
    Unknown(i32, i32),
}

/// From JSON to binary. Of a message that the version does not have, only what stands before its body.
pub fn to_binary(version: Version, text: &str) -> Result<Vec<u8>, JsonError> {
    let read: fn(Version, &str) -> Result<Vec<u8>, JsonError> = std::hint::black_box(later::to_binary);
    read(version, text)
}

/// From binary to JSON. A text that is not UTF-8 loses what is not.
pub fn to_json(version: Version, bytes: &[u8]) -> Result<String, JsonError> {
    let write: fn(Version, &[u8]) -> Result<String, JsonError> = std::hint::black_box(later::to_json);
    write(version, bytes)
}
