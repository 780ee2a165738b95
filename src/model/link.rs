//! The state of a connection's link, as people see it.

use super::event::Notice;
use super::time::Instant;

/// Counts the sockets of a connection. A frame of an old epoch cannot touch a newer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

/// Where a connection stands.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkState {
    /// Dialling, or waiting for the first valid message.
    Connecting {
        /// Since when.
        since: Instant,
        /// Why the attempt before this one failed, where it dials again by itself.
        last: Option<Box<Failure>>,
    },
    /// Messages of the protocol flow.
    Live {
        /// Since when.
        since: Instant,
        /// A sign of life is overdue: the peer may be gone although the socket is open.
        silent: bool,
    },
    /// Lost; it dials again by itself.
    Waiting {
        /// Since when there is no link.
        since: Instant,
        /// When it dials again.
        until: Instant,
        /// Attempts since the link was last good.
        attempts: u32,
        /// Why, with the likely causes.
        failure: Box<Failure>,
    },
    /// Closed by a person.
    Closed,
    /// Refused for good: trying again would not help.
    Failed {
        /// Since when.
        since: Instant,
        /// Why, with the likely causes.
        failure: Box<Failure>,
    },
}

/// Why a link could not be had or was lost: evidence and likely causes, most likely first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Failure {
    /// One line: what happened.
    pub title: String,
    /// What was observed, e.g. `no answer in 8,002 ms, close code 1006, 3 attempts`.
    pub evidence: String,
    /// The likely causes, most likely first.
    pub causes: Vec<Cause>,
}

/// A likely cause and what to do about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cause {
    /// The cause in a few words.
    pub title: String,
    /// How to tell, and what to do.
    pub text: String,
    /// Something to copy, e.g. a line of configuration; empty for none.
    pub snippet: String,
    /// Another way to connect that may work.
    pub offer: Option<Offer>,
}

/// Another way to connect: options to choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// What a button says.
    pub title: String,
    /// Options of the protocol: names and values.
    pub options: Vec<(String, String)>,
}

impl Cause {
    /// A cause with nothing to copy.
    pub fn new(title: &str, text: &str) -> Self {
        Self { title: title.to_owned(), text: text.to_owned(), ..Self::default() }
    }

    /// The same with something to copy.
    #[must_use]
    pub fn with_snippet(self, snippet: &str) -> Self {
        Self { snippet: snippet.to_owned(), ..self }
    }

    /// The same with another way to connect.
    #[must_use]
    pub fn with_offer(self, title: &str, options: Vec<(String, String)>) -> Self {
        Self { offer: Some(Offer { title: title.to_owned(), options }), ..self }
    }
}

impl LinkState {
    /// The word in `data-state`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Connecting { .. } => "connecting",
            Self::Live { .. } => "live",
            Self::Waiting { .. } => "waiting",
            Self::Closed => "closed",
            Self::Failed { .. } => "failed",
        }
    }

    /// Readings can arrive.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. })
    }
}

impl Failure {
    /// The failure as a notice.
    pub fn of(notice: &Notice) -> Self {
        Self {
            title: notice.title.clone(),
            evidence: notice.evidence.clone(),
            causes: vec![Cause::new(&notice.title, &notice.text)],
        }
    }
}
