//! What frames mean by a definition: from frames to messages, from messages to readings.

use super::super::Frame;
use super::super::definitions::{FramePreview, Leaf};
use super::super::options::Options;
use super::definition::Definition;
use crate::model::datatype::DataType;
use crate::model::reading::Report;
use crate::model::time::Timestamp;

/// The messages in a frame.
#[derive(Debug, Default)]
pub struct Contents<'f> {
    /// Those that can be read, in their order.
    pub documents: Vec<Document<'f>>,
    /// Why others, or the frame as a whole, cannot.
    pub problems: Vec<Unreadable>,
}

/// A message.
#[derive(Debug)]
pub struct Document<'f> {
    text: &'f str,
}

/// Why a message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub what: String,
    /// Where, in bytes from the frame's beginning.
    pub at: usize,
}

/// What the rules remember from message to message (`merge_by`).
#[derive(Clone, Debug, Default)]
pub struct Memory {}

/// What a rule made of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Extracted {
    /// The rule, by its number in the definition.
    pub rule: usize,
    /// A reading, or why there is none.
    pub outcome: Result<Found, Trouble>,
}

/// A reading of a channel, with all that is known of the channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The channel's path: its group, if a rule gives one, and its name.
    pub path: String,
    /// Its name for people; never empty.
    pub title: String,
    /// Its card, for people; never empty.
    pub group: String,
    /// What the source says about it; may be empty.
    pub description: String,
    /// Its type, with unit and limits; `None` where this reading does not tell.
    pub data_type: Option<DataType>,
    /// What it says.
    pub report: Report,
    /// When, by the source's clock.
    pub taken: Option<Timestamp>,
}

/// Something in a message that cannot be understood as its rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The channel's path; empty where that much was not clear.
    pub path: String,
    /// What is wrong.
    pub text: String,
}

/// The messages in a frame, in every form that the definition's rules read.
pub fn contents<'f>(definition: &Definition, frame: &'f Frame) -> Contents<'f> {
    todo!("{} {frame:?}", definition.name)
}

/// What the rules make of a message.
pub fn readings(
    definition: &Definition,
    document: &Document<'_>,
    options: &Options,
    memory: &mut Memory,
) -> Vec<Extracted> {
    todo!("{} {} {options:?} {memory:?}", definition.name, document.text)
}

/// [`super::super::definitions::Definitions::preview`].
pub fn preview(text: &str, options: &Options, frames: &[Frame]) -> Vec<FramePreview> {
    todo!("{text} {options:?} {frames:?}")
}

/// [`super::super::definitions::Definitions::leaves`].
pub fn leaves(text: &str, frame: &Frame) -> Vec<Leaf> {
    todo!("{text} {frame:?}")
}

/// [`super::super::definitions::Definitions::with_rule`].
pub fn with_rule(text: &str, frame: &Frame, place: &str) -> Result<String, String> {
    todo!("{text} {frame:?} {place}")
}
