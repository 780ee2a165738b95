//! What stands before the body of each message: the same in both versions.

use super::avro::{Avro as _, AvroError, Reader, Writer};
use super::schema::record;
use super::v12::datatypes::MessageHeaderExtension;

record! {
    /// What a message is, and what it answers.
    MessageHeader {
        /// Whose message it is.
        protocol: i32,
        /// Which one.
        message_type: i32,
        /// The id of the message that it answers; 0 for none.
        correlation_id: i64,
        /// Its own id.
        message_id: i64,
        /// Bits.
        message_flags: i32,
    }
}

/// Part of a message in several parts.
pub const MULTIPART: i32 = 0x01;
/// The last part; in v1.2 also a message that is whole in itself.
pub const FINAL: i32 = 0x02;
/// There is nothing to answer with (v1.1).
pub const NO_DATA: i32 = 0x04;
/// The body is compressed (v1.2).
pub const COMPRESSED: i32 = 0x08;
/// An `Acknowledge` is wanted.
pub const ACKNOWLEDGE: i32 = 0x10;
/// A `MessageHeaderExtension` follows (v1.2).
pub const EXTENSION: i32 = 0x20;

impl MessageHeader {
    /// A flag is set.
    pub fn has(&self, flag: i32) -> bool {
        self.message_flags & flag != 0
    }

    /// Begins a message.
    pub fn writer(&self) -> Writer {
        let mut writer = Writer::default();
        self.write(&mut writer);
        writer
    }

    /// Passes over the extension, where there is one, so that the body comes next.
    pub fn skip_extension(&self, reader: &mut Reader<'_>) -> Result<(), AvroError> {
        if self.has(EXTENSION) {
            MessageHeaderExtension::SCHEMA.skip(reader)?;
        }
        Ok(())
    }
}
