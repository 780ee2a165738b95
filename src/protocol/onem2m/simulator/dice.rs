//! Seeded chance: the same on every machine. Not for secrets.

use crate::protocol::random::Random;

/// A source of chance.
pub(super) struct Dice(Random);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    /// Evenly distributed in `low..high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.fraction()
    }

    /// Evenly distributed in `0..count`; 0 for a count of 0.
    pub(super) fn index(&mut self, count: usize) -> usize {
        (self.0.fraction() * count as f64) as usize
    }

    /// True so often: never for 0, always for 1.
    pub(super) fn happens(&mut self, chance: f64) -> bool {
        self.0.fraction() < chance
    }

    /// Near enough to the normal distribution with mean 0 and standard deviation 1, and never beyond ±6.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.0.fraction()).sum::<f64>() - 6.0
    }

    /// Ten letters and digits, as a CSE makes identifiers of.
    pub(super) fn letters(&mut self) -> String {
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..10).map(|_| char::from(LETTERS[self.index(LETTERS.len())])).collect()
    }
}
