//! Ways in which real nodes differ from each other and from the specification, one switch each.

use std::str::FromStr;
use std::time::Duration;

use crate::protocol::quirks::{self, Quirks as _, UnknownQuirk, millis};

/// How a simulated node deviates from its default behaviour.
///
/// Parsed from words separated by commas, e.g. `v2.0,no-t,slow=500`; [`Quirks::WORDS`] lists them.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each quirk is a switch of its own")]
pub struct Quirks {
    /// The version that it says it speaks; `None` for that of the instrument.
    pub version: Option<Version>,
    /// Reports carry `t`.
    pub timestamps: bool,
    /// Reports carry `e` where the sensor's uncertainty is known.
    pub uncertainties: bool,
    /// How it writes `visibility`.
    pub visibility: Notation,
    /// How it writes `meaning`.
    pub meaning: Notation,
    /// One more module, whose value is the bare word `NaN`.
    pub nan: bool,
    /// One more module with a type that no specification knows, without an interface class.
    pub unknown_type: bool,
    /// Reports have more elements and more qualifiers than the specification says.
    pub extra_elements: bool,
    /// The second of two replies overtakes the first.
    pub reorder: bool,
    /// `active` comes some time after the first updates.
    pub late_active: bool,
    /// A module cannot be activated alone: all are, and the reply says `active`.
    pub fallback_activation: bool,
    /// From the second connection on it describes itself differently.
    pub changing_description: bool,
    /// It says `error_closed` once after activation, as a serial line behind a bridge does.
    pub error_closed: bool,
    /// It does not answer `ping`.
    pub silent_to_ping: bool,
    /// Frames end in a newline.
    pub trailing_newline: bool,
    /// Errors do not say which request they answer: `error  [...]`.
    pub bare_errors: bool,
    /// How long it takes to answer.
    pub reply_delay: Duration,
}

/// A version of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Of 2019.
    V1_0,
    /// Of 2025.
    V1_1,
    /// The next one.
    V2_0,
}

/// How `visibility` and `meaning` are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// As in version 1.0.
    Old,
    /// As in version 2.0.
    New,
}

impl Default for Quirks {
    fn default() -> Self {
        Self::NONE.clone()
    }
}

impl Quirks {
    /// The words of which quirks are parsed.
    pub const WORDS: &[&str] = &[
        "v1.0",
        "v1.1",
        "v2.0",
        "no-t",
        "no-e",
        "old-visibility",
        "new-meaning",
        "nan",
        "unknown-type",
        "extra",
        "reorder",
        "late-active",
        "fallback",
        "changing",
        "error-closed",
        "silent-ping",
        "newline",
        "bare-errors",
        "slow=<milliseconds>",
    ];

    /// What stands at the end of each report.
    pub(super) fn extra_elements(&self) -> &'static str {
        if self.extra_elements { ",\"more\",{\"of\":[1,2]}" } else { "" }
    }
}

impl quirks::Quirks for Quirks {
    const NONE: &'static Self = &Self {
        version: None,
        timestamps: true,
        uncertainties: true,
        visibility: Notation::New,
        meaning: Notation::Old,
        nan: false,
        unknown_type: false,
        extra_elements: false,
        reorder: false,
        late_active: false,
        fallback_activation: false,
        changing_description: false,
        error_closed: false,
        silent_to_ping: false,
        trailing_newline: false,
        bare_errors: false,
        reply_delay: Duration::ZERO,
    };

    fn switch(&mut self, word: &str) -> Option<()> {
        match word {
            "v1.0" => self.version = Some(Version::V1_0),
            "v1.1" => self.version = Some(Version::V1_1),
            "v2.0" => self.version = Some(Version::V2_0),
            "no-t" => self.timestamps = false,
            "no-e" => self.uncertainties = false,
            "old-visibility" => self.visibility = Notation::Old,
            "new-meaning" => self.meaning = Notation::New,
            "nan" => self.nan = true,
            "unknown-type" => self.unknown_type = true,
            "extra" => self.extra_elements = true,
            "reorder" => self.reorder = true,
            "late-active" => self.late_active = true,
            "fallback" => self.fallback_activation = true,
            "changing" => self.changing_description = true,
            "error-closed" => self.error_closed = true,
            "silent-ping" => self.silent_to_ping = true,
            "newline" => self.trailing_newline = true,
            "bare-errors" => self.bare_errors = true,
            _ => self.reply_delay = millis(word, "slow")?,
        }
        Some(())
    }
}

impl FromStr for Quirks {
    type Err = UnknownQuirk;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        quirks::parse(words)
    }
}

impl Version {
    /// The answer to `*IDN?`.
    pub(super) fn identification(self) -> &'static str {
        match self {
            Self::V1_0 => "ISSE&SINE2020,SECoP,V2019-09-16,v1.0",
            Self::V1_1 => "ISSE,SECoP,,v1.1",
            Self::V2_0 => "ISSE,SECoP,,v2.0",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks_are_parsed_from_words() {
        let quirks: Quirks = "v2.0, no-t,slow=500".parse().expect("three quirks");
        assert_eq!(quirks.version, Some(Version::V2_0));
        assert!(!quirks.timestamps);
        assert_eq!(quirks.reply_delay, Duration::from_millis(500));
        assert_eq!("".parse(), Ok(Quirks::default()));
        assert_eq!("slow=soon".parse::<Quirks>(), Err(UnknownQuirk("slow=soon".into())));
    }

    #[test]
    fn every_listed_word_changes_something() {
        for word in Quirks::WORDS {
            let word = word.replace("<milliseconds>", "7");
            let quirks: Quirks = word.parse().expect("a listed word");
            assert_ne!(quirks, Quirks::default(), "{word}");
        }
    }
}
