//! The versions of ETP that are spoken here.

/// A version of ETP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// v1.1.
    V11,
    /// v1.2.
    V12,
}

impl Version {
    /// The WebSocket subprotocol that names it.
    pub fn subprotocol(self) -> &'static str {
        match self {
            Self::V11 => "energistics-tp",
            Self::V12 => "etp12.energistics.org",
        }
    }

    /// The version that a subprotocol names, in any letters' case.
    pub fn of_subprotocol(name: &str) -> Option<Self> {
        [Self::V12, Self::V11].into_iter().find(|version| version.subprotocol().eq_ignore_ascii_case(name))
    }

    /// Its number, e.g. `1.2`.
    pub fn number(self) -> &'static str {
        match self {
            Self::V11 => "1.1",
            Self::V12 => "1.2",
        }
    }
}
