//! A small generator of random numbers, for jitter and noise. Not for secrets.
//!
//! It draws nothing from outside: the shell seeds it, and equal seeds give equal numbers.

use std::time::Duration;

/// `SplitMix64` (Steele, Lea and Flood, 2014): one word of state and every seed is a good one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// A generator for a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Uniform in `0.0..1.0`.
    pub fn fraction(&mut self) -> f64 {
        // 53 bits are what an f64 holds exactly.
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform from nothing up to `limit`.
    pub fn up_to(&mut self, limit: Duration) -> Duration {
        limit.mul_f64(self.fraction())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers_and_they_fill_the_range() {
        let (mut a, mut b) = (Random::new(7), Random::new(7));
        let mut tenths = [0_u32; 10];
        for _ in 0..10_000 {
            let fraction = a.fraction();
            assert_eq!(fraction.to_bits(), b.fraction().to_bits());
            tenths[(fraction * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| (900..1100).contains(count)), "{tenths:?}");
    }
}
