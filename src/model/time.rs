//! Time as a parameter: nothing below the shell reads a clock.

use std::ops::{Add, Sub};
use std::time::Duration;

/// A point on the page's monotonic clock, in milliseconds since an arbitrary origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Instant(pub f64);

/// A point in time: microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// Both clocks, read together by the shell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Now {
    /// For ages, deadlines and intervals.
    pub instant: Instant,
    /// For what people read and for comparison with an instrument's clock.
    pub wall: Timestamp,
}

impl Instant {
    /// How long it is since `earlier`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs_f64(((self.0 - earlier.0) / 1000.0).max(0.0))
    }

    /// The earlier of two optional deadlines.
    pub fn earliest(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a <= b { a } else { b }),
            (a, b) => a.or(b),
        }
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration.as_secs_f64() * 1000.0)
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0 - duration.as_secs_f64() * 1000.0)
    }
}

impl Timestamp {
    /// From seconds since the Unix epoch; `None` where the number is no point in time that fits.
    pub fn from_unix_seconds(seconds: f64) -> Option<Self> {
        let micros = (seconds * 1e6).round();
        (micros.is_finite() && micros.abs() < 9.0e18).then_some(Self(micros as i64))
    }

    /// Seconds since the Unix epoch.
    pub fn as_unix_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The second since the Unix epoch that it is in.
    pub fn second(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
}

impl Now {
    /// The wall time of an earlier (or later) instant.
    pub fn wall_at(self, instant: Instant) -> Timestamp {
        Timestamp(self.wall.0 + ((instant.0 - self.instant.0) * 1000.0) as i64)
    }
}

impl Add<Duration> for Now {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self { instant: self.instant + duration, wall: Timestamp(self.wall.0.saturating_add(micros)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_never_negative() {
        assert_eq!(Instant(5.0).since(Instant(9.0)), Duration::ZERO);
        assert_eq!(Instant(1500.0).since(Instant(500.0)), Duration::from_secs(1));
    }

    #[test]
    fn a_time_that_does_not_fit_is_refused() {
        assert_eq!(
            Timestamp::from_unix_seconds(1_795_205_879.942_118_2),
            Some(Timestamp(1_795_205_879_942_118))
        );
        for wrong in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            assert_eq!(Timestamp::from_unix_seconds(wrong), None);
        }
    }
}
