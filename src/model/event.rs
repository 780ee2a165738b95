//! What a session tells about its peer, and what it is asked to do: the same for every protocol.

use std::time::Duration;

use super::catalog::{Catalog, CatalogChanges};
use super::datatype::DataType;
use super::link::Cause;
use super::reading::{Reading, Severity};
use super::time::Timestamp;
use super::value::Value;

/// Something that a session has learned.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first valid message of the protocol came: the peer is what it was taken for. Says which, e.g.
    /// `SECoP v1.0`.
    Recognised {
        /// The protocol and version that the peer speaks, for people.
        speaks: String,
    },
    /// The peer has described itself: for the first time, or differently from before a reconnect. Later channel
    /// indices refer to this catalog.
    Catalog {
        /// The description.
        catalog: Box<Catalog>,
        /// What differs from the one before; `None` the first time.
        changes: Option<CatalogChanges>,
    },
    /// Subscriptions are in place and their first readings have come.
    Live,
    /// Readings of a channel's past that had not come before, oldest first: what the peer keeps, and what was missed
    /// while there was no link. None is newer than the channel's newest reading.
    History {
        /// The channel's index.
        channel: usize,
        /// When each was taken, by the source's clock, and what it said.
        readings: Vec<(Timestamp, Value)>,
    },
    /// The source itself says that readings of a channel are missing.
    Missing {
        /// The channel's index.
        channel: usize,
        /// When they should have been taken, by the source's clock.
        at: Vec<Timestamp>,
    },
    /// Many readings of one channel at once.
    Block(Box<Block>),
    /// A channel (by index into the catalog) has a reading.
    Reading {
        /// The channel's index.
        channel: usize,
        /// What it said.
        reading: Reading,
    },
    /// A subscription has begun or ended at the peer.
    Subscribed {
        /// The channel's index.
        channel: usize,
        /// Whether its readings are wanted and asked for.
        on: bool,
    },
    /// A request has ended.
    Reply {
        /// Which.
        request: RequestId,
        /// How.
        outcome: Outcome,
    },
    /// A sign of life was asked for and came.
    Heartbeat {
        /// From the question to the answer.
        round_trip: Duration,
        /// How far the peer's clock is ahead of the page's, in microseconds, where the answer tells.
        clock_offset: Option<i64>,
    },
    /// A frame, or a part of one, could not be understood. Counted; nothing else is lost.
    Malformed {
        /// The channel that it was about, where that much was clear.
        channel: Option<usize>,
        /// For a person: what is wrong, where, and the frame. Without a title where so much is malformed that it is
        /// only counted.
        notice: Notice,
    },
    /// The peer broke a rule that did no harm, e.g. sent a bare `NaN`. Counted.
    Violation {
        /// The channel that it was about, where that much was clear.
        channel: Option<usize>,
        /// Which rule.
        rule: &'static str,
    },
    /// Something that a person should know.
    Notice(Notice),
    /// A log message of the peer.
    Log {
        /// Whose, e.g. a module's name; empty for the peer as a whole.
        source: String,
        /// As the peer names it.
        level: String,
        /// Its words.
        text: String,
    },
    /// Trying again would not help: stop and ask.
    Refused {
        /// Not this protocol at all: another one may be tried.
        not_this_protocol: bool,
        /// For a person: cause, evidence, next step.
        notice: Notice,
        /// Ways out that only the session knows, the best first.
        causes: Vec<Cause>,
    },
    /// How long the peer asks to be given for an answer.
    Patience(Duration),
}

/// Many readings of one channel, as a source tells them that sends them in blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The channel's index.
    pub channel: usize,
    /// Place and number, in the order in which they came; a number of NaN is a gap. A place is one on the channel's
    /// axis, or where it has none a time in Unix seconds by the source's clock. Readings without a place or a number are
    /// not among them.
    pub points: Vec<(f64, f64)>,
    /// So many readings came, those included that are no points.
    pub count: u64,
    /// What they are to those that came before.
    pub kind: BlockKind,
}

/// What the readings of a block are to those that came before.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    /// New ones; the last of them, as it is to be shown.
    Live(Reading),
    /// Some of the past that had not come before.
    Past,
    /// They replace everything from one place to another one, both included. None may be left.
    Rewritten {
        /// From here …
        from: f64,
        /// … to here; infinite for the end.
        to: f64,
    },
}

/// Words for a person: cause, evidence, next step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// One line: what happened.
    pub title: String,
    /// Why, and what to do next.
    pub text: String,
    /// What shows it, verbatim: a frame, an error report. Cut to a bounded length by [`Notice::new`].
    pub evidence: String,
}

/// Identifies a request until its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// What a session can be asked to do. Indices refer to its present catalog.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Ask for a fresh reading.
    Read {
        /// The channel's index.
        channel: usize,
    },
    /// Write a value.
    Write {
        /// The channel's index.
        channel: usize,
        /// The value.
        value: Value,
    },
    /// Ask whether a value would be accepted, without writing it.
    Check {
        /// The channel's index.
        channel: usize,
        /// The value.
        value: Value,
    },
    /// Execute a command.
    Execute {
        /// The command's index.
        command: usize,
        /// Its argument, where it takes one.
        argument: Option<Value>,
    },
    /// Look what is below a group that was not looked into yet; a new catalog follows.
    Expand {
        /// The group's index.
        group: usize,
    },
    /// Ask for all that the peer says about a group. It ends with a record.
    Inspect {
        /// The group's index.
        group: usize,
    },
    /// Want, or no longer want, the readings of a channel; kept across reconnects.
    Subscribe {
        /// The channel's index.
        channel: usize,
        /// Wanted.
        on: bool,
    },
    /// Ask for nothing and follow nothing while the link stays, or go on. Where [`Catalog::pausable`].
    Pause {
        /// Ask for nothing.
        on: bool,
    },
    /// Ask the peer for its log messages.
    Logging {
        /// The group's index; `None` for all.
        group: Option<usize>,
        /// How much.
        level: LogLevel,
    },
    /// Send a line as a person typed it.
    Raw {
        /// The line.
        text: String,
    },
}

/// How much of a peer's log is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Errors.
    Error,
    /// Errors and what an operator wants to know.
    Info,
    /// Everything.
    Debug,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// As wished. A read or a write carries the reading as the peer gave it back, a command its result.
    Done {
        /// What came back, if anything did.
        value: Option<Value>,
        /// The type of what came back, for display; `None` where it is not described.
        data_type: Option<DataType>,
    },
    /// The peer refused: its own class and words.
    Refused {
        /// The peer's class, e.g. `RangeError`.
        class: String,
        /// The peer's words.
        text: String,
    },
    /// No answer in time. A write may or may not have been carried out.
    TimedOut,
    /// The link fell before the answer. A write may or may not have been carried out; it is never sent again.
    Lost,
    /// It was not sent, and why.
    NotSent(String),
}

impl Notice {
    /// The longest evidence that is kept, in bytes.
    const EVIDENCE_BYTES: usize = 400;

    /// A notice; `evidence` is cut to a bounded length at a character's boundary.
    pub fn new(severity: Severity, title: &str, text: &str, evidence: &str) -> Self {
        let mut end = evidence.len().min(Self::EVIDENCE_BYTES);
        while !evidence.is_char_boundary(end) {
            end -= 1;
        }
        let cut = if end < evidence.len() { "…" } else { "" };
        Self {
            severity,
            title: title.to_owned(),
            text: text.to_owned(),
            evidence: format!("{}{cut}", &evidence[..end]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_cut_between_characters() {
        let long = "ü".repeat(1000);
        let notice = Notice::new(Severity::Normal, "t", "x", &long);
        assert!(notice.evidence.len() <= Notice::EVIDENCE_BYTES + '…'.len_utf8());
        assert!(notice.evidence.ends_with("ü…"));
    }
}
