//! Faults that are switched on in a simulator, as far as they are the same in each, and the pace of garbage.

use std::time::Duration;

use super::random::Random;
use super::{Fault, Frame};
use crate::model::time::Instant;

/// How long [`Fault::Gap`] lasts.
const GAP: Duration = Duration::from_secs(8);
/// How much wider [`Fault::Noise`] makes the noise.
const NOISE_FACTOR: f64 = 10.0;
/// Readings a second under [`Fault::Burst`].
pub const BURST_RATE: f64 = 1500.0;
/// The most of them that one input brings out, however long ago the last one was.
pub const BURST_MOST: f64 = 400.0;
/// The time between two frames of [`Fault::Garbage`], in seconds.
const GARBAGE_PERIOD_SECS: f64 = 0.4;
/// How much of garbage stands in one piece, in bytes.
pub const LONG_GARBAGE: usize = 100_000;

/// Which faults are on.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each fault is a switch of its own")]
pub struct Faults {
    noise: bool,
    /// One instrument stops reporting.
    pub stale: bool,
    /// One instrument reports an error.
    pub error: bool,
    /// A thousand and more readings a second.
    pub burst: bool,
    garbage: bool,
    gap_until: Option<Instant>,
    garbage_due_secs: f64,
    garbage_sent: usize,
}

impl Faults {
    /// Notes a switch; [`Fault::Step`] and [`Fault::Cut`] happen at once and concern others.
    pub fn switch(&mut self, fault: Fault, on: bool, now: Instant) {
        match fault {
            Fault::Noise => self.noise = on,
            Fault::Stale => self.stale = on,
            Fault::Error => self.error = on,
            Fault::Burst => self.burst = on,
            Fault::Garbage => self.garbage = on,
            Fault::Gap => self.gap_until = on.then(|| now + GAP),
            Fault::Step | Fault::Cut => {}
        }
    }

    /// How much wider the noise is than it should be.
    pub fn noise_factor(&self) -> f64 {
        if self.noise { NOISE_FACTOR } else { 1.0 }
    }

    /// Nothing may be sent at present.
    pub fn in_gap(&self, now: Instant) -> bool {
        self.gap_until.is_some_and(|until| now < until)
    }

    /// The number of the next frame of garbage, from 1, when it is due by the simulator's clock.
    pub fn garbage_due(&mut self, clock_secs: f64) -> Option<usize> {
        if !self.garbage || clock_secs < self.garbage_due_secs {
            return None;
        }
        self.garbage_due_secs = clock_secs + GARBAGE_PERIOD_SECS;
        self.garbage_sent += 1;
        Some(self.garbage_sent)
    }
}

/// A binary frame of chance.
pub fn chance_bytes(random: &mut Random) -> Frame {
    let count = 1 + random.index(200);
    Frame::Binary((0..count).map(|_| random.next_u64() as u8).collect())
}

/// A text of chance, from all of Unicode's first planes.
pub fn chance_text(random: &mut Random) -> String {
    (0..60).map(|_| char::from_u32(random.index(0x2_0000) as u32).unwrap_or('\u{fffd}')).collect()
}
