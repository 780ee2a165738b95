//! Ways in which the real service differed from its documentation and from itself, one switch each.

use std::str::FromStr;
use std::time::Duration;

use crate::protocol::quirks::{self, UnknownQuirk, millis};

/// How the simulated service deviates from what most clients have met.
///
/// Parsed from words separated by commas, e.g. `update-shape=nested,latency=500`; [`Quirks::WORDS`] lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// The shape of what a subscription tells.
    pub update_shape: UpdateShape,
    /// The answer to a `read` that came alone is no list, as the older documentation shows it.
    pub read_object: bool,
    /// What becomes of somebody with a wrong key.
    pub auth_fail: AuthFail,
    /// Calls of one frame are answered in any order.
    pub shuffle: bool,
    /// Calls of one frame are answered in a frame each.
    pub split: bool,
    /// Ids that are numbers come back as texts.
    pub string_ids: bool,
    /// How long everything takes to reach the client.
    pub latency: Duration,
    /// The list without `calls` by which the documentation ends subscriptions is taken.
    pub accept_bare_unsubscribe: bool,
    /// One of the child clients is locked.
    pub locked: bool,
    /// A call that failed has no `status`.
    pub no_status: bool,
    /// Data since a time include that time.
    pub since_from: bool,
    /// Numbers and switches come as texts.
    pub text_values: bool,
    /// Past data of a subscription overtake its acknowledgement.
    pub early_update: bool,
    /// The end of a subscription that had a time-out is told.
    pub expire_told: bool,
}

/// The shape of what a subscription tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateShape {
    /// `[ts, value]`, as clients of the service met it.
    #[default]
    Flat,
    /// `[[ts, value], …]`, as the documentation has it.
    Nested,
    /// They take turns.
    Mixed,
}

/// What becomes of somebody with a wrong key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthFail {
    /// An error, and another try.
    #[default]
    Error,
    /// A status that is not `ok`.
    Status,
    /// The line is cut without a word.
    Close,
    /// The line is cut after an error.
    ErrorAndClose,
}

impl Quirks {
    /// The words of which quirks are parsed.
    pub const WORDS: &[&str] = &[
        "update-shape=flat|nested|mixed",
        "read-shape=list|object",
        "auth-fail=error|status|close|error-close",
        "shuffle",
        "split",
        "string-ids",
        "latency=<milliseconds>",
        "bare-unsubscribe=reject|accept",
        "locked",
        "no-status",
        "since=after|from",
        "text-values",
        "early-update",
        "expire-told",
    ];
}

impl quirks::Quirks for Quirks {
    const NONE: &'static Self = &Self {
        update_shape: UpdateShape::Flat,
        read_object: false,
        auth_fail: AuthFail::Error,
        shuffle: false,
        split: false,
        string_ids: false,
        latency: Duration::ZERO,
        accept_bare_unsubscribe: false,
        locked: false,
        no_status: false,
        since_from: false,
        text_values: false,
        early_update: false,
        expire_told: false,
    };

    fn switch(&mut self, word: &str) -> Option<()> {
        match word {
            "update-shape=flat" => self.update_shape = UpdateShape::Flat,
            "update-shape=nested" => self.update_shape = UpdateShape::Nested,
            "update-shape=mixed" => self.update_shape = UpdateShape::Mixed,
            "read-shape=list" => self.read_object = false,
            "read-shape=object" => self.read_object = true,
            "auth-fail=error" => self.auth_fail = AuthFail::Error,
            "auth-fail=status" => self.auth_fail = AuthFail::Status,
            "auth-fail=close" => self.auth_fail = AuthFail::Close,
            "auth-fail=error-close" => self.auth_fail = AuthFail::ErrorAndClose,
            "shuffle" => self.shuffle = true,
            "split" => self.split = true,
            "string-ids" => self.string_ids = true,
            "bare-unsubscribe=reject" => self.accept_bare_unsubscribe = false,
            "bare-unsubscribe=accept" => self.accept_bare_unsubscribe = true,
            "locked" => self.locked = true,
            "no-status" => self.no_status = true,
            "since=after" => self.since_from = false,
            "since=from" => self.since_from = true,
            "text-values" => self.text_values = true,
            "early-update" => self.early_update = true,
            "expire-told" => self.expire_told = true,
            _ => self.latency = millis(word, "latency")?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::quirks::Quirks as _;

    #[test]
    fn quirks_are_parsed_from_words() {
        let quirks: Quirks = "update-shape=nested, split,latency=500".parse().expect("three quirks");
        assert_eq!((quirks.update_shape, quirks.split), (UpdateShape::Nested, true));
        assert_eq!(quirks.latency, Duration::from_millis(500));
        assert_eq!("".parse(), Ok(Quirks::default()));
        assert_eq!(&Quirks::default(), Quirks::NONE);
        for wrong in ["latency=soon", "update-shape", "update-shape=round", "moon"] {
            assert_eq!(wrong.parse::<Quirks>(), Err(UnknownQuirk(wrong.into())));
        }
    }

    #[test]
    fn every_listed_word_is_known_and_all_but_the_first_choice_change_something() {
        for listed in Quirks::WORDS {
            let (name, choices) = listed.split_once('=').unwrap_or((listed, ""));
            for (turn, choice) in choices.split('|').enumerate() {
                let choice = choice.replace("<milliseconds>", "7");
                let word = if choice.is_empty() { name.to_owned() } else { format!("{name}={choice}") };
                let quirks: Quirks = word.parse().expect("a listed word");
                let is_usual = turn == 0 && choices.contains('|');
                assert_eq!(quirks == Quirks::default(), is_usual, "{word}");
            }
        }
    }
}
