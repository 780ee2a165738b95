//! What a server sends: messages with their headers, numbered.

use super::blocks::rewrite;
use super::quirks::Quirks;
use crate::protocol::etp::avro::{Avro as _, AvroError, Reader, Writer};
use crate::protocol::etp::header::{ACKNOWLEDGE, FINAL, MULTIPART, MessageHeader};
use crate::protocol::etp::schema::Schema;
use crate::protocol::etp::{v11, v12};
use crate::protocol::quirks::InUse;

/// With the quirk, so many messages have one that wants to be acknowledged.
const ACKNOWLEDGED_EVERY: usize = 5;

/// A message of either version.
pub(super) trait Body {
    /// Its protocol and its type.
    fn id(&self) -> (i32, i32);

    /// What it looks like.
    fn schema(&self) -> Option<&'static Schema>;

    fn write(&self, writer: &mut Writer);
}

macro_rules! body {
    ($($message:ty),*) => {$(
        impl Body for $message {
            fn id(&self) -> (i32, i32) {
                self.id()
            }

            fn schema(&self) -> Option<&'static Schema> {
                let (protocol, kind) = self.id();
                let found = Self::SCHEMAS.iter().find(|entry| (entry.0, entry.1) == (protocol, kind));
                found.map(|entry| entry.3)
            }

            fn write(&self, writer: &mut Writer) {
                self.write(writer);
            }
        }
    )*};
}

body!(v11::messages::Message, v12::messages::Message);

/// What goes out.
#[derive(Debug)]
pub(super) enum Out {
    Message(Vec<u8>),
    /// The line is dropped.
    Cut,
}

/// Messages on their way out.
pub(super) struct Post {
    pub(super) out: Vec<Out>,
    /// The id of the next message, and how far it is to the one after.
    next_id: i64,
    step: i64,
    sent: usize,
    quirks: InUse<Quirks>,
}

impl Post {
    /// Ids begin with 1; in v1.2 those of servers are odd.
    pub(super) fn new(step: i64, quirks: InUse<Quirks>) -> Self {
        Self { out: Vec::new(), next_id: 1, step, sent: 0, quirks }
    }

    /// Sends a message that answers nothing, or one that began before: its id.
    pub(super) fn tell(&mut self, message: &impl Body, correlation: i64, flags: i32) -> i64 {
        let protocol = message.id().0;
        self.send(protocol, message, correlation, flags)
    }

    /// Sends an answer; where it is one of those that all protocols have in common, in the protocol of the question.
    pub(super) fn answer(&mut self, asked: &MessageHeader, message: &impl Body, flags: i32) {
        let (protocol, kind) = message.id();
        let protocol = if kind >= 1000 { asked.protocol } else { protocol };
        let correlation = if self.quirks.no_corr { 0 } else { asked.message_id };
        self.send(protocol, message, correlation, flags);
    }

    /// Sends an answer in parts, of which the last one is marked as such.
    pub(super) fn answer_in_parts<M: Body>(&mut self, asked: &MessageHeader, parts: impl Iterator<Item = M>) {
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let last = if parts.peek().is_none() { FINAL } else { 0 };
            self.answer(asked, &part, MULTIPART | last);
        }
    }

    pub(super) fn cut(&mut self) {
        self.out.push(Out::Cut);
    }

    fn send(&mut self, protocol: i32, message: &impl Body, correlation_id: i64, flags: i32) -> i64 {
        let message_id = self.next_id;
        self.next_id += self.step;
        self.sent += 1;
        let acknowledge = self.quirks.ack && self.sent.is_multiple_of(ACKNOWLEDGED_EVERY);
        let message_type = message.id().1;
        let message_flags = flags | if acknowledge && message_type < 1000 { ACKNOWLEDGE } else { 0 };
        let mut writer =
            MessageHeader { protocol, message_type, correlation_id, message_id, message_flags }.writer();
        if self.quirks.blocks {
            write_in_blocks(message, &mut writer);
        } else {
            message.write(&mut writer);
        }
        self.out.push(Out::Message(writer.into_bytes()));
        message_id
    }
}

fn write_in_blocks(message: &impl Body, writer: &mut Writer) {
    let mut plain = Writer::default();
    message.write(&mut plain);
    let plain = plain.into_bytes();
    let mut blocks = Writer::default();
    let rewritten = message.schema().map(|schema| rewrite(schema, &mut Reader::new(&plain), &mut blocks));
    let blocks = blocks.into_bytes();
    writer.raw(if rewritten == Some(Ok(())) { &blocks } else { &plain });
}

/// Reads the header of what a client sent; the reader is then before the body.
pub(super) fn open(bytes: &[u8]) -> Result<(MessageHeader, Reader<'_>), AvroError> {
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader)?;
    Ok((header, reader))
}
