//! How messages are written: in Avro's binary encoding, or in its JSON encoding where a person chose that.

use super::json;
use super::version::Version;
use crate::protocol::Frame;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Binary.
    Binary,
    /// JSON. Its code is loaded for such a connection alone.
    Json,
}

impl Encoding {
    /// A frame with a message, given in the binary encoding. `None` for one that cannot be written so.
    pub(super) fn frame(self, version: Version, message: Vec<u8>) -> Option<Frame> {
        match self {
            Self::Binary => Some(Frame::Binary(message)),
            Self::Json => json::to_json(version, &message).ok().map(Frame::Text),
        }
    }
}
