//! Texts with placeholders, and the messages that are made of them.

use super::super::super::Frame;
use super::super::super::options::Options;
use crate::model::time::Timestamp;

/// Something to send, with placeholders.
#[derive(Clone, Debug)]
pub struct Message {}

/// What placeholders stand for when something is sent.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    options: &'a Options,
    id: u64,
    now: Timestamp,
    seed: u64,
}

impl<'a> Scope<'a> {
    /// `id` is counted up with each message, `seed` is random: equal seeds make equal `{uuid}`s.
    pub fn new(options: &'a Options, id: u64, now: Timestamp, seed: u64) -> Self {
        Self { options, id, now, seed }
    }
}

impl Message {
    /// The frame that it is now, or why it is none: base64 or hexadecimal digits that parameters have spoiled.
    pub fn render(&self, scope: &Scope<'_>) -> Result<Frame, String> {
        todo!("{scope:?}")
    }
}
