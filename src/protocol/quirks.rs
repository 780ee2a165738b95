//! The ways in which simulated peers differ from the specification and from each other, given as words.

use std::ops::Deref;
use std::time::Duration;

/// The quirks of one kind of simulator.
pub trait Quirks: Clone + 'static {
    /// The default behaviour.
    const NONE: &'static Self;

    /// Switches on what a word names; `None` where it names nothing.
    fn switch(&mut self, word: &str) -> Option<()>;
}

/// A word that names no quirk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown quirk {0:?}")]
pub struct UnknownQuirk(pub String);

/// Reads words separated by commas, e.g. `batch,no-rvi,delay=500`.
pub fn parse<Q: Quirks>(words: &str) -> Result<Q, UnknownQuirk> {
    let mut quirks = Q::NONE.clone();
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        quirks.switch(word).ok_or_else(|| UnknownQuirk(word.to_owned()))?;
    }
    Ok(quirks)
}

/// The time in a word such as `delay=500`, in milliseconds there.
pub fn millis(word: &str, name: &str) -> Option<Duration> {
    let millis = word.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok()?;
    Some(Duration::from_millis(u64::from(millis)))
}

/// The quirks of a simulator. The instruments of the page have none: there it is known beforehand, and what only a
/// quirk needs is left out of the page.
#[derive(Clone, Debug)]
pub struct InUse<Q>(pub Q);

impl<Q: Quirks> Deref for InUse<Q> {
    type Target = Q;

    fn deref(&self) -> &Q {
        if cfg!(target_arch = "wasm32") { Q::NONE } else { &self.0 }
    }
}
