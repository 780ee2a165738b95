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

    /// Uniform in `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.fraction()
    }

    /// Uniform in `0..count`; 0 for a count of 0.
    pub fn index(&mut self, count: usize) -> usize {
        (self.fraction() * count as f64) as usize
    }

    /// True so often: never for 0, always for 1.
    pub fn happens(&mut self, chance: f64) -> bool {
        self.fraction() < chance
    }

    /// Near enough to the normal distribution with mean 0 and standard deviation 1, and never beyond ±6.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0
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

    #[test]
    fn the_normal_numbers_have_the_right_mean_and_width() {
        let mut random = Random::new(7);
        let numbers: Vec<f64> = (0..10_000).map(|_| random.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e4;
        let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / 1e4;
        assert!(mean.abs() < 0.05, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
    }
}
