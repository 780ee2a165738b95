//! Faults that are switched on, and the garbage that one of them sends.

use std::time::Duration;

use serde_json::Value;

use super::random::Random;
use crate::model::time::Instant;
use crate::protocol::{Fault, Frame};

/// How long [`Fault::Gap`] lasts.
const GAP: Duration = Duration::from_secs(8);
/// How much wider [`Fault::Noise`] makes the noise.
const NOISE_FACTOR: f64 = 10.0;
/// Updates a second under [`Fault::Burst`].
pub(super) const BURST_RATE: f64 = 1500.0;
/// The most that one input brings out under [`Fault::Burst`], however long ago the last one was.
pub(super) const BURST_MOST: usize = 400;
/// The time between two frames of [`Fault::Garbage`], in seconds.
const GARBAGE_PERIOD_SECS: f64 = 0.4;
/// The length of the long line, in bytes.
const LONG_LINE: usize = 100_000;

/// Which faults are on.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each fault is a switch of its own")]
pub(super) struct Faults {
    pub(super) noise: bool,
    pub(super) stale: bool,
    pub(super) burst: bool,
    garbage: bool,
    gap_until: Option<Instant>,
    garbage_due_secs: f64,
    garbage_kind: usize,
}

impl Faults {
    /// Notes what concerns sending; [`Fault::Step`], [`Fault::Error`] and [`Fault::Cut`] concern others.
    pub(super) fn switch(&mut self, fault: Fault, on: bool, now: Instant) {
        match fault {
            Fault::Noise => self.noise = on,
            Fault::Stale => self.stale = on,
            Fault::Burst => self.burst = on,
            Fault::Garbage => self.garbage = on,
            Fault::Gap => self.gap_until = on.then(|| now + GAP),
            Fault::Step | Fault::Error | Fault::Cut => {}
        }
    }

    pub(super) fn noise_factor(&self) -> f64 {
        if self.noise { NOISE_FACTOR } else { 1.0 }
    }

    /// Nothing may be sent at present.
    pub(super) fn in_gap(&self, now: Instant) -> bool {
        self.gap_until.is_some_and(|until| now < until)
    }

    /// A frame of garbage, when the next one is due.
    pub(super) fn garbage(&mut self, clock_secs: f64, random: &mut Random) -> Option<Frame> {
        if !self.garbage || clock_secs < self.garbage_due_secs {
            return None;
        }
        self.garbage_due_secs = clock_secs + GARBAGE_PERIOD_SECS;
        self.garbage_kind += 1;
        Some(garbage_frame(self.garbage_kind, random))
    }
}

/// One frame that is no message; kinds take turns.
fn garbage_frame(kind: usize, random: &mut Random) -> Frame {
    let text = match kind % 12 {
        0 => {
            let count = 1 + random.index(200);
            return Frame::Binary((0..count).map(|_| random.bits() as u8).collect());
        }
        1 => "update T_sample:value [4.21, {\"t\": 17".to_owned(),
        2 => "gossip T_sample:value [4.2]".to_owned(),
        3 => format!("update T_sample:value [{}]", "9".repeat(LONG_LINE)),
        4 => "update \0:value [\0, {}]\0".to_owned(),
        5 => "update T_sample:value [\"\\ud800 lone\", {\"t\": \"\\udfff\"}]".to_owned(),
        6 => "update nowhere:value [1, {}]".to_owned(),
        7 => "update T_sample:value [{\"not\": [\"a number\"]}, {}]".to_owned(),
        8 => format!("update T_sample:status {}", "[".repeat(500)),
        9 => "update T_sample:value [1e999, {\"t\": -1e308, \"e\": \"wide\"}]".to_owned(),
        10 => "   \t ".to_owned(),
        _ => (0..60).map(|_| char::from_u32(random.index(0x2_0000) as u32).unwrap_or('\u{fffd}')).collect(),
    };
    Frame::Text(text)
}

/// Words of an instrument whose sensor fails because [`Fault::Error`] is on.
pub(super) const ERROR_TEXT: &str = "sensor disconnected (fault of the demo)";

/// The error report of the specification, `[class, text, {}]`.
pub(super) fn error_report(class: &str, text: &str) -> String {
    format!("[\"{class}\",{},{{}}]", Value::from(text))
}
