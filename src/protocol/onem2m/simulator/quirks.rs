//! Ways in which real CSEs differ from the specification and from each other, one switch each.

use std::ops::Deref;
use std::str::FromStr;
use std::time::Duration;

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

/// A word that names no quirk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown quirk {0:?}")]
pub struct UnknownQuirk(pub String);

/// The quirks of a simulator. The instruments of the page have none: there it is known beforehand, and what only a
/// quirk needs is left out of the page.
pub(super) struct InUse(pub(super) Quirks);

impl Deref for InUse {
    type Target = Quirks;

    fn deref(&self) -> &Quirks {
        if cfg!(target_arch = "wasm32") { const { &Quirks::NONE } } else { &self.0 }
    }
}

impl Quirks {
    /// How long an answer takes. Where frames race, what comes before it is close.
    pub(super) fn answer_delay(&self) -> Duration {
        if self.race { self.delay.max(Duration::from_millis(5)) } else { self.delay }
    }

    /// The default behaviour.
    const NONE: Self = Self {
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

impl FromStr for Quirks {
    type Err = UnknownQuirk;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let mut quirks = Self::default();
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let switch = match word {
                "headerless" => &mut quirks.headerless,
                "race" => &mut quirks.race,
                "duplicates" => &mut quirks.duplicates,
                "no-rvi" => &mut quirks.no_rvi,
                "no-rqi" => &mut quirks.no_rqi,
                "batch" => &mut quirks.batch,
                "early-notify" => &mut quirks.early_notify,
                "reorder" => &mut quirks.reorder,
                "stranger" => &mut quirks.stranger,
                "vanishing" => &mut quirks.vanishing,
                "async" => &mut quirks.asynchronous,
                "no-push" => &mut quirks.no_push,
                "no-subscribe" => &mut quirks.no_subscribe,
                "private" => &mut quirks.private,
                "bare" => &mut quirks.bare,
                "no-group" => &mut quirks.no_group,
                "forgetful" => &mut quirks.forgetful,
                "flood" => &mut quirks.flood,
                _ => {
                    let millis = word.strip_prefix("delay=").and_then(|millis| millis.parse::<u32>().ok());
                    let millis = millis.ok_or_else(|| UnknownQuirk(word.to_owned()))?;
                    quirks.delay = Duration::from_millis(u64::from(millis));
                    continue;
                }
            };
            *switch = true;
        }
        Ok(quirks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks_are_parsed_from_words() {
        let quirks: Quirks = "batch, no-rvi,delay=500".parse().expect("three quirks");
        assert!(quirks.batch && quirks.no_rvi && !quirks.bare);
        assert_eq!(quirks.delay, Duration::from_millis(500));
        assert_eq!("".parse(), Ok(Quirks::default()));
        assert_eq!(Quirks::default(), Quirks::NONE);
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
