//! How messages are written: in Avro's binary encoding, or in its JSON encoding where a person chose that.

use super::version::Version;
use crate::protocol::Frame;

/// From JSON to the binary encoding, and back; the error is in words.
#[derive(Clone, Copy, Debug)]
pub struct Transcoder {
    /// From a text to a message in the binary encoding.
    pub to_binary: fn(Version, &str) -> Result<Vec<u8>, String>,
    /// From a message in the binary encoding to a text.
    pub to_json: fn(Version, &[u8]) -> Result<String, String>,
}

/// See the module.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    /// Binary.
    Binary,
    /// JSON.
    Json(Transcoder),
}

impl Encoding {
    /// Messages are bytes.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Binary)
    }

    /// A frame with a message, given in the binary encoding.
    pub(super) fn frame(self, version: Version, message: Vec<u8>) -> Frame {
        match self {
            Self::Binary => Frame::Binary(message),
            Self::Json(transcoder) => match (transcoder.to_json)(version, &message) {
                Ok(text) => Frame::Text(text),
                Err(_own) => Frame::Binary(message),
            },
        }
    }
}
