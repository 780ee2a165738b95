//! What frames mean by a definition: from frames to messages, from messages to readings.
//!
//! Nothing in here knows a clock or a socket. What is remembered from message to message is in a [`Memory`] of the
//! caller's.

mod choose;
mod contents;
mod layout;
mod memory;
mod preview;
mod rules;
mod time;
mod value;

use super::super::options::Options;
use super::definition::Definition;
use crate::model::datatype::DataType;
use crate::model::reading::Report;
use crate::model::time::Timestamp;

pub use choose::{leaves, with_rule};
pub use contents::{Contents, Document, Unreadable, contents};
pub use memory::Memory;
pub use preview::preview;

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
    /// The channel's path: its group, if the rule gives one, and its name.
    pub path: String,
    /// Its name for people; never empty.
    pub title: String,
    /// Its card, for people; never empty.
    pub group: String,
    /// What the source says about it; may be empty.
    pub description: String,
    /// Its type, with unit and limits; `None` where this reading does not tell.
    pub data_type: Option<DataType>,
    /// What it says. A value that is not what the rule says is an error of the class [`BAD_VALUE`].
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

/// The class of the error report of a value that is not what its rule says.
pub const BAD_VALUE: &str = "BadValue";
/// The class of the error report of a source that says itself that it has no value.
pub const SOURCE_ERROR: &str = "Error";
/// More readings than these are not taken from a frame.
pub const MAX_READINGS: usize = 10_000;

/// What the rules make of a message. A reading whose time cannot be read is told, and so is the trouble.
pub fn readings(
    definition: &Definition,
    document: &Document<'_>,
    options: &Options,
    memory: &mut Memory,
) -> Vec<Extracted> {
    memory.begin(document);
    let mut extracted = Vec::new();
    for (rule, by) in definition.rules.iter().enumerate() {
        let applied = rules::apply(definition, by, document, options, memory);
        extracted.extend(applied.outcomes.into_iter().map(|outcome| Extracted { rule, outcome }));
    }
    extracted
}
