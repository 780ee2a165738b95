//! The document that describes a device: what is sent to it, and what its frames mean.
//!
//! A definition is read once, with everything that is wrong with it, and compiled: paths, patterns and templates are
//! ready when the first frame comes. Nothing in here sends or receives.

mod condition;
mod template;

use std::time::Duration;

use super::super::definitions::{Parameter, Problem, Summary};
use super::super::options::Options;
use crate::model::alarm::Thresholds;

pub use condition::Condition;
pub use template::{Message, Scope};

/// A connector definition of version 1.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name for people.
    pub name: String,
    /// The author's own revision number.
    pub version: Option<i64>,
    /// What it is for; may be empty.
    pub description: String,
    /// What a person fills in.
    pub parameters: Vec<Parameter>,
    /// The address as it is written, with `{parameter}` in it; see [`Self::address`].
    pub url: String,
    /// WebSocket subprotocols to offer.
    pub subprotocols: Vec<String>,
    /// What is sent first, in this order.
    pub openers: Vec<Opener>,
    /// What is asked again and again.
    pub polls: Vec<Poll>,
    /// What is sent to keep the link alive, and what answers it.
    pub keepalive: Option<Poll>,
    /// The link is closed after so long without a frame.
    pub silence: Option<Duration>,
    /// A value is stale after so long without a reading.
    pub stale_after: Option<Duration>,
    /// Channel paths, or patterns with `*` and `?`, and their thresholds; see [`Self::thresholds_of`].
    pub thresholds: Vec<(String, Thresholds)>,
}

/// Something that is sent once a link is open.
#[derive(Clone, Debug)]
pub struct Opener {
    /// What.
    pub send: Message,
    /// It waits for a message like this one; else it goes at once after the one before.
    pub after: Option<Condition>,
    /// So long it waits.
    pub timeout: Duration,
}

/// Something that is sent again and again.
#[derive(Clone, Debug)]
pub struct Poll {
    /// Its name for people; never empty.
    pub name: String,
    /// What.
    pub send: Message,
    /// How often.
    pub every: Duration,
    /// What answers it; `None` where nothing does.
    pub response: Option<Condition>,
    /// The answer must come within this time.
    pub timeout: Duration,
}

/// More channels than these are not made.
pub const MAX_CHANNELS: usize = 20_000;

impl Definition {
    /// Reads a document. All problems are told, not only the first.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        todo!("{text}")
    }

    /// What a connection needs to know of it.
    pub fn summary(&self) -> Summary {
        Summary {
            name: self.name.clone(),
            description: self.description.clone(),
            url: self.url.clone(),
            parameters: self.parameters.clone(),
        }
    }

    /// The address to dial. Parameters are percent-encoded in path and query; within the host and where the whole
    /// address is a parameter they stand as they are.
    pub fn address(&self, options: &Options) -> String {
        todo!("{options:?}")
    }

    /// The thresholds of a channel: those of its path, else those of the first pattern that fits.
    pub fn thresholds_of(&self, path: &str) -> Option<&Thresholds> {
        todo!("{path}")
    }
}

/// [`super::super::definitions::Definitions::read`].
pub fn read(text: &str) -> Result<Summary, Vec<Problem>> {
    Definition::parse(text).map(|definition| definition.summary())
}

/// [`super::super::definitions::Definitions::blank`].
pub fn blank(url: &str) -> String {
    todo!("{url}")
}
