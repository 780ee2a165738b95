//! The document that describes a device: what is sent to it, and what its frames mean.
//!
//! A definition is read once, with everything that is wrong with it, and compiled: paths, patterns and templates are
//! ready when the first frame comes. Nothing in here sends or receives.

mod condition;
mod context;
pub(super) mod json;
pub(super) mod layout;
mod members;
mod message;
mod node;
mod parse;
pub(super) mod path;
pub(super) mod place;
pub(super) mod rule;
pub(super) mod source;
mod template;
mod thresholds;

use std::time::Duration;

use super::super::address::encoded;
use super::super::definitions::{Parameter, Problem, Summary};
use super::super::options::Options;
use crate::model::alarm::{Thresholds, fits};
use crate::model::json::write_text;
use rule::Rule;

pub use condition::Condition;
pub use members::members;
pub use message::Message;
pub(super) use path::{Hit, Root};
pub use path::{Path, PathError};
pub use template::Scope;
pub(super) use template::TAI_AHEAD_S;

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
    /// What frames hold.
    pub frame: FrameForm,
    /// What the messages in them mean; those of `messages` first.
    pub(super) rules: Vec<Rule>,
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

/// What a frame holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FrameForm {
    /// A JSON text.
    #[default]
    Json,
    /// JSON texts, each in a line of its own.
    JsonLines,
    /// A text.
    Text,
    /// Texts, each in a line of its own.
    Lines,
    /// Bytes.
    Binary,
    /// Bytes, in base64 in a text frame.
    Base64,
}

/// More channels than these are not made.
pub const MAX_CHANNELS: usize = 20_000;

impl FrameForm {
    pub(super) const WORDS: [(&str, Self); 6] = [
        ("json", Self::Json),
        ("jsonl", Self::JsonLines),
        ("text", Self::Text),
        ("lines", Self::Lines),
        ("binary", Self::Binary),
        ("base64", Self::Base64),
    ];

    /// Its name in documents.
    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(_, form)| *form == self).map_or("", |(word, _)| word)
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Lines)
    }

    pub(super) fn is_binary(self) -> bool {
        matches!(self, Self::Binary | Self::Base64)
    }
}

impl Definition {
    /// Reads a document. All problems are told, not only the first.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        parse::definition(text)
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

    /// The same for a capture, in which nobody answers: nothing is asked, and no silence ends it.
    #[must_use]
    pub fn for_replay(self) -> Self {
        Self { openers: Vec::new(), polls: Vec::new(), keepalive: None, silence: None, ..self }
    }

    /// The address to dial. Parameters are percent-encoded in path and query; within the host and where the address
    /// begins with a parameter they stand as they are.
    pub fn address(&self, options: &Options) -> String {
        let mut address = String::new();
        let mut rest = &*self.url;
        while let Some((before, from)) = rest.split_once('{') {
            address.push_str(before);
            let hole = from.split_once('}').and_then(|(name, after)| {
                // A secret stays a hole until it is dialled.
                let parameter = self
                    .parameters
                    .iter()
                    .find(|parameter| parameter.name == name && !parameter.is_secret)?;
                Some((template::value_of(options, name, &parameter.default), after))
            });
            let Some((value, after)) = hole else {
                address.push('{');
                rest = from;
                continue;
            };
            let is_authority = address
                .split_once("://")
                .map_or(address.is_empty(), |(_, authority)| !authority.contains(['/', '?', '#']));
            address.push_str(&if is_authority { value.to_owned() } else { encoded(value) });
            rest = after;
        }
        address.push_str(rest);
        address
    }

    /// The thresholds of a channel: those of its path, else those of the first pattern that fits.
    pub fn thresholds_of(&self, path: &str) -> Option<&Thresholds> {
        let own = self.thresholds.iter().find(|(pattern, _)| pattern == path);
        own.or_else(|| self.thresholds.iter().find(|(pattern, _)| fits(pattern, path)))
            .map(|(_, thresholds)| thresholds)
    }
}

/// [`super::super::definitions::Definitions::read`].
pub fn read(text: &str) -> Result<Summary, Vec<Problem>> {
    Definition::parse(text).map(|definition| definition.summary())
}

/// [`super::super::definitions::Definitions::address`].
pub fn address(text: &str, options: &Options) -> String {
    Definition::parse(text).map(|definition| definition.address(options)).unwrap_or_default()
}

/// [`super::super::definitions::Definitions::blank`].
pub fn blank(url: &str) -> String {
    let url = match url.trim() {
        "" => "ws://127.0.0.1:8080/".to_owned(),
        // Braces would be placeholders.
        url => url.replace('{', "%7B").replace('}', "%7D"),
    };
    let url = if url.contains("://") { url } else { ["ws://", &url].concat() };
    let host =
        url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let (mut name, mut address) = (String::new(), String::new());
    write_text(if host.trim().is_empty() { "New connector" } else { host }, &mut name);
    write_text(&url, &mut address);
    [
        "{\n  \"porthole\": 1,\n  \"kind\": \"connector\",\n  \"name\": ",
        &name,
        ",\n  \"url\": ",
        &address,
        ",\n  \"extract\": []\n}\n",
    ]
    .concat()
}
