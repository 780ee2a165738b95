//! Ways in which real CSEs differ from the specification and from each other, one switch each.

use std::str::FromStr;
use std::time::Duration;

use crate::protocol::quirks::{self, UnknownQuirk, millis};

/// How a simulated CSE deviates from the specification.
///
/// Parsed from words separated by commas, e.g. `batch,no-rvi,delay=500`; [`Quirks::WORDS`] lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each quirk is a switch of its own")]
pub struct Quirks {
    /// All but the registration of an AE is refused, as ACME does without its header in the handshake.
    pub headerless: bool,
    /// A frame less than 20 ms after the one before is lost or handled twice, as by ACME.
    pub race: bool,
    /// Each answer is sent twice.
    pub duplicates: bool,
    /// Answers and notifications have no `rvi`.
    pub no_rvi: bool,
    /// Answers that report an error have no `rqi`.
    pub no_rqi: bool,
    /// Every notification comes as `m2m:agn`, gathered for up to a second.
    pub batch: bool,
    /// The first notification of a new subscription comes before the answer to its CREATE.
    pub early_notify: bool,
    /// The second of two answers overtakes the first.
    pub reorder: bool,
    /// How long it takes to answer.
    pub delay: Duration,
    /// Verification requests and notifications come for a subscription of somebody else.
    pub stranger: bool,
    /// Somebody deletes each subscription 3 s after its creation, at most one of each resource.
    pub vanishing: bool,
    /// Where a request leaves it to the CSE (`rt` 4), the result of RETRIEVE and CREATE comes as a NOTIFY.
    pub asynchronous: bool,
    /// No socket is ever associated with an AE.
    pub no_push: bool,
    /// Nobody may subscribe.
    pub no_subscribe: bool,
    /// Only the owner of the greenhouse may see into it.
    pub private: bool,
    /// Successful answers are the content alone, as those of tinyIoT.
    pub bare: bool,
    /// It has no groups.
    pub no_group: bool,
    /// When the socket closes, AEs and subscriptions of clients are gone.
    pub forgetful: bool,
    /// A thousand instances a second come into the container that is subscribed to first.
    pub flood: bool,
}

impl Quirks {
    /// How long an answer takes. Where frames race, what comes before it is close.
    pub(super) fn answer_delay(&self) -> Duration {
        if self.race { self.delay.max(Duration::from_millis(5)) } else { self.delay }
    }

    /// The words of which quirks are parsed.
    pub const WORDS: &[&str] = &[
        "headerless",
        "race",
        "duplicates",
        "no-rvi",
        "no-rqi",
        "batch",
        "early-notify",
        "reorder",
        "delay=<milliseconds>",
        "stranger",
        "vanishing",
        "async",
        "no-push",
        "no-subscribe",
        "private",
        "bare",
        "no-group",
        "forgetful",
        "flood",
    ];
}

impl quirks::Quirks for Quirks {
    const NONE: &'static Self = &Self {
        headerless: false,
        race: false,
        duplicates: false,
        no_rvi: false,
        no_rqi: false,
        batch: false,
        early_notify: false,
        reorder: false,
        delay: Duration::ZERO,
        stranger: false,
        vanishing: false,
        asynchronous: false,
        no_push: false,
        no_subscribe: false,
        private: false,
        bare: false,
        no_group: false,
        forgetful: false,
        flood: false,
    };

    fn switch(&mut self, word: &str) -> Option<()> {
        let switch = match word {
            "headerless" => &mut self.headerless,
            "race" => &mut self.race,
            "duplicates" => &mut self.duplicates,
            "no-rvi" => &mut self.no_rvi,
            "no-rqi" => &mut self.no_rqi,
            "batch" => &mut self.batch,
            "early-notify" => &mut self.early_notify,
            "reorder" => &mut self.reorder,
            "stranger" => &mut self.stranger,
            "vanishing" => &mut self.vanishing,
            "async" => &mut self.asynchronous,
            "no-push" => &mut self.no_push,
            "no-subscribe" => &mut self.no_subscribe,
            "private" => &mut self.private,
            "bare" => &mut self.bare,
            "no-group" => &mut self.no_group,
            "forgetful" => &mut self.forgetful,
            "flood" => &mut self.flood,
            _ => {
                self.delay = millis(word, "delay")?;
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
    fn quirks_are_parsed_from_words() {
        let quirks: Quirks = "batch, no-rvi,delay=500".parse().expect("three quirks");
        assert!(quirks.batch && quirks.no_rvi && !quirks.bare);
        assert_eq!(quirks.delay, Duration::from_millis(500));
        assert_eq!("".parse(), Ok(Quirks::default()));
        assert_eq!(&Quirks::default(), Quirks::NONE);
        assert_eq!("delay=soon".parse::<Quirks>(), Err(UnknownQuirk("delay=soon".into())));
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
