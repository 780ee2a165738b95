//! Ways in which servers of ETP differ from the specification and from each other, one switch each.

use std::str::FromStr;
use std::time::Duration;

use crate::protocol::quirks::{self, UnknownQuirk, millis};

/// How a simulated server deviates from one that does everything right and everything that there is.
///
/// Parsed from words separated by commas, e.g. `simple,delay=300`; [`Quirks::WORDS`] lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// It only streams, all that it has, in protocol 1 (v1.1: a simple streamer; v1.2: a producer).
    pub simple: bool,
    /// How long everything takes to reach the client.
    pub delay: Duration,
    /// An `Acknowledge` is wanted for every fifth message.
    pub ack: bool,
    /// Answers do not say what they answer.
    pub no_corr: bool,
    /// It warns of a client that reads too slowly (25), until the client asks for less.
    pub backpressure: bool,
    /// It closes the session after 20 s.
    pub close: bool,
    /// v1.2: what is below a well and a wellbore is found as their sources, channels of a wellbore directly, too.
    pub sources: bool,
    /// It has no discovery, and no dataspaces.
    pub no_discovery: bool,
    /// It refuses to tell of the past.
    pub no_ranges: bool,
    /// Arrays and maps come in two blocks, each with its size.
    pub blocks: bool,
    /// Data overtake the answer that announces them.
    pub late_data: bool,
    /// All channel sets are there, not those of the demo alone.
    pub whole: bool,
    /// The log is calibrated every 5 s, thus what was recorded changes.
    pub changes: bool,
    /// Every 15 s the first channel is removed, and is there again 5 s later, with another id. Not with `simple`.
    pub remove: bool,
    /// Who does not show this token is refused.
    pub auth: Option<String>,
}

impl Quirks {
    /// The words of which quirks are parsed.
    pub const WORDS: &[&str] = &[
        "simple",
        "delay=<milliseconds>",
        "ack",
        "no-corr",
        "backpressure",
        "close",
        "sources",
        "no-discovery",
        "no-ranges",
        "blocks",
        "late-data",
        "whole",
        "changes",
        "remove",
        "auth=<token>",
    ];
}

impl quirks::Quirks for Quirks {
    const NONE: &'static Self = &Self {
        simple: false,
        delay: Duration::ZERO,
        ack: false,
        no_corr: false,
        backpressure: false,
        close: false,
        sources: false,
        no_discovery: false,
        no_ranges: false,
        blocks: false,
        late_data: false,
        whole: false,
        changes: false,
        remove: false,
        auth: None,
    };

    fn switch(&mut self, word: &str) -> Option<()> {
        match word {
            "simple" => self.simple = true,
            "ack" => self.ack = true,
            "no-corr" => self.no_corr = true,
            "backpressure" => self.backpressure = true,
            "close" => self.close = true,
            "sources" => self.sources = true,
            "no-discovery" => self.no_discovery = true,
            "no-ranges" => self.no_ranges = true,
            "blocks" => self.blocks = true,
            "late-data" => self.late_data = true,
            "whole" => self.whole = true,
            "changes" => self.changes = true,
            "remove" => self.remove = true,
            _ => match word.strip_prefix("auth=") {
                Some(token) => self.auth = Some(token.to_owned()).filter(|token| !token.is_empty()),
                None => self.delay = millis(word, "delay")?,
            },
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
        let quirks: Quirks = "simple, auth=s3cret,delay=500".parse().expect("three quirks");
        assert_eq!((quirks.simple, quirks.auth.as_deref()), (true, Some("s3cret")));
        assert_eq!(quirks.delay, Duration::from_millis(500));
        assert_eq!("".parse(), Ok(Quirks::default()));
        assert_eq!(&Quirks::default(), Quirks::NONE);
        for wrong in ["delay=soon", "delay", "auth", "moon"] {
            assert_eq!(wrong.parse::<Quirks>(), Err(UnknownQuirk(wrong.into())));
        }
    }

    #[test]
    fn every_listed_word_is_known_and_changes_something() {
        for listed in Quirks::WORDS {
            let word = listed.replace("<milliseconds>", "7").replace("<token>", "t");
            assert_ne!(word.parse::<Quirks>().expect("a listed word"), Quirks::default(), "{word}");
        }
    }
}
