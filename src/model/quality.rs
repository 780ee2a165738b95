//! How fresh a channel's value is.

/// Exactly one holds for each channel at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// It is as fresh as the channel ever is.
    Live,
    /// The next reading is overdue by the channel's own cadence.
    Late,
    /// Long overdue, or the peer has gone silent.
    Stale,
    /// There is no link.
    Disconnected,
    /// The source reports an error instead of a value.
    Invalid,
    /// A person paused it, or it is not subscribed.
    Paused,
    /// It comes from a capture.
    Replay,
}

impl Quality {
    /// The word in `data-quality`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Disconnected => "disconnected",
            Self::Invalid => "invalid",
            Self::Paused => "paused",
            Self::Replay => "replay",
        }
    }
}
