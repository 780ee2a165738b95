//! One reading of a channel.

use super::time::{Instant, Timestamp};
use super::value::Value;

/// What a channel said at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// A value, or the source's own word that it has none.
    pub report: Report,
    /// When the source took it, by the source's clock; `None` where it does not say.
    pub taken: Option<Timestamp>,
    /// When it reached the page.
    pub arrived: Instant,
    /// Where it was taken: its place on the axis of its channel, or another place that the source tells with it.
    pub place: Option<f64>,
    /// The standard uncertainty of the value, in the value's unit.
    pub uncertainty: Option<f64>,
    /// What the value says about its group's state; `Some` for status channels only.
    pub state: Option<State>,
}

/// A value or an error report of the source.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The value.
    Value(Value),
    /// The source could not tell the value: its error class and text, verbatim.
    Error {
        /// The peer's own class, e.g. `HardwareError`.
        class: String,
        /// The peer's own words.
        text: String,
    },
}

/// The state of a group of channels, as its status channel tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it is doing.
    pub activity: Activity,
    /// The activity in one or two words, as shown on a badge, e.g. `BUSY ramping`.
    pub label: String,
    /// What the source adds; may be empty.
    pub text: String,
}

/// What a group of channels is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Switched off.
    Disabled,
    /// Nothing to do.
    Idle,
    /// Working, with a warning.
    Warn,
    /// On its way to a target.
    Busy,
    /// Not working.
    Error,
    /// A state without a meaning that this program knows.
    Unknown,
}

/// How bad it is, apart from how fresh it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing needs eyes.
    #[default]
    Normal,
    /// Look at it when there is time.
    Warning,
    /// Look at it now.
    Alarm,
}

impl Severity {
    /// The word in `data-severity`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Warning => "warning",
            Self::Alarm => "alarm",
        }
    }
}

impl Activity {
    /// How bad an activity is.
    pub fn severity(self) -> Severity {
        match self {
            Self::Disabled | Self::Idle | Self::Busy | Self::Unknown => Severity::Normal,
            Self::Warn => Severity::Warning,
            Self::Error => Severity::Alarm,
        }
    }
}
