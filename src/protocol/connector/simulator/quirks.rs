//! Ways in which makers build such a mast otherwise, one switch each.

use std::str::FromStr;
use std::time::Duration;

use crate::protocol::quirks::{self, UnknownQuirk, millis};

/// How a simulated mast deviates from what its definition says.
///
/// Parsed from words separated by commas, e.g. `mute-poll,late-hello=2000`; [`Quirks::WORDS`] lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each quirk is a switch of its own")]
pub struct Quirks {
    /// It never says who it is.
    pub no_hello: bool,
    /// How long it takes until it does.
    pub late_hello: Duration,
    /// Nobody may log in.
    pub locked: bool,
    /// Questions for the status are not answered.
    pub mute_poll: bool,
    /// Pings are not answered.
    pub mute_ping: bool,
    /// Answers for the status name another question.
    pub wrong_id: bool,
    /// Numbers in JSON are texts.
    pub text_numbers: bool,
    /// The highest byte of a number comes first.
    pub big_endian: bool,
    /// Its clock goes back by an hour every minute, and forth again.
    pub clock_back: bool,
}

impl Quirks {
    /// The words of which quirks are parsed.
    pub const WORDS: &[&str] = &[
        "no-hello",
        "late-hello=<milliseconds>",
        "locked",
        "mute-poll",
        "mute-ping",
        "wrong-id",
        "text-numbers",
        "big-endian",
        "clock-back",
    ];
}

impl quirks::Quirks for Quirks {
    const NONE: &'static Self = &Self {
        no_hello: false,
        late_hello: Duration::ZERO,
        locked: false,
        mute_poll: false,
        mute_ping: false,
        wrong_id: false,
        text_numbers: false,
        big_endian: false,
        clock_back: false,
    };

    fn switch(&mut self, word: &str) -> Option<()> {
        let switch = match word {
            "no-hello" => &mut self.no_hello,
            "locked" => &mut self.locked,
            "mute-poll" => &mut self.mute_poll,
            "mute-ping" => &mut self.mute_ping,
            "wrong-id" => &mut self.wrong_id,
            "text-numbers" => &mut self.text_numbers,
            "big-endian" => &mut self.big_endian,
            "clock-back" => &mut self.clock_back,
            _ => {
                self.late_hello = millis(word, "late-hello")?;
                return Some(());
            }
        };
        *switch = true;
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
    fn every_listed_word_changes_something() {
        for word in Quirks::WORDS {
            let word = word.replace("<milliseconds>", "7");
            let quirks: Quirks = word.parse().expect("a listed word");
            assert_ne!(quirks, Quirks::default(), "{word}");
        }
        assert_eq!(&Quirks::default(), Quirks::NONE);
        assert_eq!("late-hello=soon".parse::<Quirks>(), Err(UnknownQuirk("late-hello=soon".into())));
    }
}
