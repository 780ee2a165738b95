//! Faults that are switched on, and the garbage that one of them sends.

use std::time::Duration;

use super::dice::Dice;
use crate::model::time::Instant;
use crate::protocol::{Fault, Frame};

/// How long [`Fault::Gap`] lasts.
const GAP: Duration = Duration::from_secs(8);
/// How much wider [`Fault::Noise`] makes the noise.
const NOISE_FACTOR: f64 = 10.0;
/// Instances a second under [`Fault::Burst`] and under [`super::Quirks::flood`].
pub(super) const BURST_RATE: f64 = 1500.0;
pub(super) const FLOOD_RATE: f64 = 1000.0;
/// The most of them that one input brings out, however long ago the last one was.
pub(super) const BURST_MOST: f64 = 400.0;
/// The time between two frames of [`Fault::Garbage`], in seconds.
const GARBAGE_PERIOD_SECS: f64 = 0.4;
/// The length of the long frame, in bytes.
const LONG_FRAME: usize = 100_000;
/// What a sensor says that fails because [`Fault::Error`] is on.
pub(super) const ERROR_TEXT: &str = "sensor fault";

/// Which faults are on.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each fault is a switch of its own")]
pub(super) struct Faults {
    noise: bool,
    pub(super) stale: bool,
    pub(super) error: bool,
    pub(super) burst: bool,
    garbage: bool,
    gap_until: Option<Instant>,
    garbage_due_secs: f64,
    garbage_kind: usize,
}

impl Faults {
    /// Notes a switch; [`Fault::Step`] and [`Fault::Cut`] concern others.
    pub(super) fn switch(&mut self, fault: Fault, on: bool, now: Instant) {
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

    pub(super) fn noise_factor(&self) -> f64 {
        if self.noise { NOISE_FACTOR } else { 1.0 }
    }

    /// Nothing may be sent at present.
    pub(super) fn in_gap(&self, now: Instant) -> bool {
        self.gap_until.is_some_and(|until| now < until)
    }

    /// A frame of garbage, when the next one is due.
    pub(super) fn garbage(&mut self, clock_secs: f64, dice: &mut Dice) -> Option<Frame> {
        if !self.garbage || clock_secs < self.garbage_due_secs {
            return None;
        }
        self.garbage_due_secs = clock_secs + GARBAGE_PERIOD_SECS;
        self.garbage_kind += 1;
        Some(garbage_frame(self.garbage_kind, dice))
    }
}

/// One frame that is no primitive, or one that nobody can make sense of; kinds take turns.
fn garbage_frame(kind: usize, dice: &mut Dice) -> Frame {
    let text = match kind % 12 {
        0 => {
            let count = 1 + dice.index(200);
            return Frame::Binary((0..count).map(|_| dice.index(256) as u8).collect());
        }
        1 => r#"{"fr":"/id-in","to":"Cporthole","op":5,"rqi":"half","pc":{"m2m:sgn":{"nev":{"net"#.to_owned(),
        2 => r#"[1,2,{"op":5}]"#.to_owned(),
        3 => format!(
            r#"{{"rsc":2000,"rqi":"long","rvi":"4","pc":{{"m2m:cin":{{"con":"{}"}}}}}}"#,
            "9".repeat(LONG_FRAME)
        ),
        4 => "{\"op\":5,\0\"rqi\":\"\0\"}\0".to_owned(),
        5 => r#"{"op":5,"rqi":"\ud800 lone","rvi":"4","to":"\udfff","pc":{"m2m:sgn":{"sur":"\ud800"}}}"#
            .to_owned(),
        6 => r#"{"rsc":2000,"rqi":"nobody asked this","rvi":"4","pc":{"m2m:cb":{}}}"#.to_owned(),
        7 => r#"{"op":5,"rqi":"shapes","rvi":"4","pc":{"m2m:sgn":[{"nev":"net"},7,null],"m2m:agn":4}}"#
            .to_owned(),
        8 => format!(r#"{{"rsc":2000,"pc":{}"#, "[".repeat(500)),
        9 => r#"{"rsc":1e999,"rqi":-0,"rvi":4,"op":"five","ot":"20269999T996199","pc":"1e400"}"#.to_owned(),
        10 => "   \t ".to_owned(),
        _ => (0..60).map(|_| char::from_u32(dice.index(0x2_0000) as u32).unwrap_or('\u{fffd}')).collect(),
    };
    Frame::Text(text)
}
