//! A rig with its sensors and what they have recorded: the same whatever version of ETP it is asked in.

use super::channels::{ChannelKind, Pace, Quantity, SetKind};
use super::rig::{Rig, TOP_METRES};
use super::rock::NULL_VALUE;
use super::series::{Row, Series, Value};
use crate::model::time::Timestamp;
use crate::protocol::faults::Faults;
use crate::protocol::random::Random;

/// The steps of a log, in mm, and what they are while there is a burst.
const LOG_MILLIMETRES: i64 = 200;
const BURST_MILLIMETRES: i64 = 1;
/// How often there is a row where a burst is on, in seconds, and so many times as fast the bit is: 1,500 values a second
/// of three channels.
const BURST_PERIOD_SECS: f64 = 0.002;
const BURST_HASTE: f64 = 2.5;
/// Between these a tool is pulled up, in mm, so many of them a second.
const PASS_BOTTOM: i64 = 850_000;
const PASS_TOP: i64 = 550_000;
const PASS_SPEED: f64 = 200.0;
/// Gamma rays are first logged with so much of what they are, until they are calibrated.
const RAW_GAMMA: f64 = 0.96;
/// How often the log is calibrated, in seconds.
const CALIBRATION_SECS: f64 = 60.0;

/// A rig.
pub(super) struct Site {
    pub(super) sets: Vec<Set>,
    /// Since when it has been there.
    pub(super) created: Timestamp,
    /// What became of what had been recorded, since this was last emptied.
    pub(super) changes: Vec<Change>,
    rig: Rig,
    /// Where the tool that is pulled up is, in mm.
    tool: f64,
    random: Random,
    clock_secs: f64,
    calibration: Calibration,
    stopped: bool,
    failed: bool,
}

/// A channel set and its rows.
pub(super) struct Set {
    pub(super) kind: &'static SetKind,
    pub(super) series: Series,
    /// When its next row is due, by the simulator's clock, …
    due_secs: f64,
    /// … or at which depth, in mm.
    due_millimetres: i64,
}

/// When gamma rays are calibrated.
struct Calibration {
    every_secs: f64,
    due_secs: f64,
    /// Rows from this one on have not been.
    from: u64,
}

/// What becomes of what had been recorded.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Rows of a channel, from one number to before another one, have other values.
    Replaced { channel: usize, from: u64, to: u64 },
    /// All rows of a set are gone; it begins anew here, and had ended there.
    Truncated { set: usize, start: i64, end: i64 },
    /// A channel has begun, or ceased, to be active.
    Status { channel: usize, is_active: bool },
}

/// A channel of a site.
#[derive(Clone, Copy)]
pub(super) struct Channel {
    /// Among all of the site.
    pub(super) number: usize,
    pub(super) set: usize,
    /// Among those of its set.
    pub(super) place: usize,
    pub(super) kind: &'static ChannelKind,
}

impl Site {
    pub(super) fn new(kinds: &[&'static SetKind], seed: u64, created: Timestamp) -> Self {
        let set = |kind: &&'static SetKind| Set {
            kind,
            series: Series::new(kind.rows_most, kind.pace.is_decreasing()),
            due_secs: 0.0,
            due_millimetres: if kind.pace.is_decreasing() { PASS_BOTTOM } else { 0 },
        };
        Self {
            sets: kinds.iter().map(set).collect(),
            created,
            changes: Vec::new(),
            rig: Rig::new(seed),
            tool: PASS_BOTTOM as f64,
            random: Random::new(seed),
            clock_secs: 0.0,
            calibration: Calibration { every_secs: CALIBRATION_SECS, due_secs: CALIBRATION_SECS, from: 0 },
            stopped: false,
            failed: false,
        }
    }

    /// The log is calibrated so often.
    pub(super) fn calibrate_every(&mut self, secs: f64) {
        self.calibration.every_secs = secs;
        self.calibration.due_secs = self.clock_secs + secs;
    }

    /// All channels, in the order of their numbers.
    pub(super) fn channels(&self) -> impl Iterator<Item = Channel> {
        let sets = self.sets.iter().enumerate();
        let all = sets.flat_map(|(set, Set { kind, .. })| {
            kind.channels.iter().enumerate().map(move |(place, kind)| (set, place, kind))
        });
        all.enumerate().map(|(number, (set, place, kind))| Channel { number, set, place, kind })
    }

    pub(super) fn channel(&self, number: usize) -> Option<Channel> {
        self.channels().nth(number)
    }

    /// A channel that measures nothing at present is not active.
    pub(super) fn is_active(&self, quantity: Quantity) -> bool {
        !(self.stopped && quantity.may_stop() || self.failed && quantity.may_fail())
    }

    /// Something happens down there.
    pub(super) fn jump(&mut self, on: bool) {
        self.rig.jump_to(on);
    }

    /// Lets `dt` seconds pass, which end at a time.
    pub(super) fn step(&mut self, dt: f64, end: Timestamp, faults: &Faults) {
        self.clock_secs += dt;
        self.tell_of_status(faults);
        let haste = if faults.burst { BURST_HASTE } else { 1.0 };
        if self.rig.step(dt, haste, &mut self.random) {
            self.truncate(Pace::Depth);
        }
        self.tool -= dt * PASS_SPEED;
        if self.tool < PASS_TOP as f64 {
            self.tool = PASS_BOTTOM as f64;
            self.truncate(Pace::Pass);
        }
        for set in 0..self.sets.len() {
            self.record(set, end, faults);
        }
        if self.clock_secs >= self.calibration.due_secs {
            self.calibration.due_secs = self.clock_secs + self.calibration.every_secs;
            self.calibrate();
        }
    }

    fn tell_of_status(&mut self, faults: &Faults) {
        if (self.stopped, self.failed) == (faults.stale, faults.error) {
            return;
        }
        let before: Vec<_> = self.channels().map(|channel| self.is_active(channel.kind.quantity)).collect();
        (self.stopped, self.failed) = (faults.stale, faults.error);
        let changed = self.channels().zip(before).filter_map(|(channel, was_active)| {
            let is_active = self.is_active(channel.kind.quantity);
            (is_active != was_active).then_some(Change::Status { channel: channel.number, is_active })
        });
        let changed: Vec<_> = changed.collect();
        self.changes.extend(changed);
    }

    /// Adds to a set the rows that are due.
    fn record(&mut self, set: usize, end: Timestamp, faults: &Faults) {
        let kind = self.sets[set].kind;
        match kind.pace {
            Pace::Time { period_secs, bursts } => {
                let period_secs = if bursts && faults.burst { BURST_PERIOD_SECS } else { period_secs };
                while self.sets[set].due_secs <= self.clock_secs {
                    let ago_secs = self.clock_secs - self.sets[set].due_secs;
                    let time = end.0 - (ago_secs * 1e6) as i64;
                    self.add(set, [time, self.rig_millimetres()], faults);
                    self.sets[set].due_secs += period_secs;
                }
            }
            Pace::Depth => {
                let step = if faults.burst { BURST_MILLIMETRES } else { LOG_MILLIMETRES };
                let deepest = self.rig_millimetres();
                if self.sets[set].due_millimetres == 0 {
                    self.sets[set].due_millimetres = next_multiple(deepest, LOG_MILLIMETRES);
                }
                while self.sets[set].due_millimetres <= deepest {
                    let place = self.sets[set].due_millimetres;
                    self.add(set, [place, end.0], faults);
                    self.sets[set].due_millimetres = next_multiple(place + 1, step);
                }
            }
            Pace::Pass => {
                while self.sets[set].due_millimetres as f64 >= self.tool {
                    let place = self.sets[set].due_millimetres;
                    self.add(set, [place, end.0], faults);
                    self.sets[set].due_millimetres -= LOG_MILLIMETRES;
                }
            }
        }
    }

    fn rig_millimetres(&self) -> i64 {
        (self.rig.bit_metres * 1000.0) as i64
    }

    fn add(&mut self, set: usize, places: [i64; 2], faults: &Faults) {
        let metres = places[0] as f64 / 1000.0;
        let mut values = Vec::new();
        for channel in self.sets[set].kind.channels {
            values.push(self.value(channel.quantity, metres, faults));
        }
        self.sets[set].series.push(Row { places, values });
    }

    /// What a sensor says; where it is one of a log, at a depth.
    fn value(&mut self, quantity: Quantity, metres: f64, faults: &Faults) -> Value {
        if faults.stale && quantity.may_stop() {
            return Value::Absent;
        }
        if faults.error && quantity.may_fail() {
            return Value::Null;
        }
        let (rig, random, wide) = (&self.rig, &mut self.random, faults.noise_factor());
        let mut noisy = |value: f64, sigma: f64, steps: f64| {
            Value::Number(in_steps(value + wide * sigma * random.normal(), steps))
        };
        match quantity {
            Quantity::HookLoad => noisy(rig.hook_kilonewtons, 1.2, 10.0),
            Quantity::BlockPosition => noisy(rig.block_metres, 0.004, 100.0),
            Quantity::Slips => Value::On(rig.in_slips()),
            Quantity::BitDepth => Value::Number(in_steps(rig.bit_metres, 100.0)),
            Quantity::Rate => noisy(rig.rate, 0.15, 10.0),
            Quantity::PumpStrokes => Value::Whole(rig.strokes.round() as i32),
            Quantity::StandpipePressure => noisy(rig.standpipe_bars, 0.6, 10.0),
            Quantity::Activity => Value::Text(rig.activity.text()),
            Quantity::TotalGas => noisy(rig.gas, 0.01, 100.0),
            Quantity::Chromatogram => Value::Wave(rig.chromatogram(4.0 * wide, random)),
            Quantity::Gamma => {
                or_null_value(rig.rock.gamma(metres), |gamma| noisy(gamma * RAW_GAMMA, 1.5, 10.0))
            }
            Quantity::Resistivity => {
                or_null_value(rig.rock.resistivity(metres), |ohms| noisy(ohms, 0.02 * ohms, 100.0))
            }
            Quantity::LoggedRate => noisy(rig.rate, 0.3, 10.0),
            Quantity::CirculatingDensity => noisy(rig.circulating_density(), 0.000_5, 10_000.0),
            Quantity::Caliper => noisy(rig.rock.hole_millimetres(metres), 0.3, 10.0),
        }
    }

    /// All rows of the sets of a pace are gone, and new ones begin.
    fn truncate(&mut self, pace: Pace) {
        for number in 0..self.sets.len() {
            let set = &mut self.sets[number];
            if set.kind.pace != pace {
                continue;
            }
            if let Some((_, end)) = set.series.ends() {
                let start = if pace.is_decreasing() { PASS_BOTTOM } else { (TOP_METRES * 1000.0) as i64 };
                set.series.clear();
                self.changes.push(Change::Truncated { set: number, start, end });
            }
            set.due_millimetres = if pace.is_decreasing() { PASS_BOTTOM } else { 0 };
        }
    }

    /// Corrects the gamma rays that were logged since the last time.
    fn calibrate(&mut self) {
        let Some(channel) = self.channels().find(|channel| channel.kind.quantity == Quantity::Gamma) else {
            return;
        };
        let series = &mut self.sets[channel.set].series;
        let (from, to) = (self.calibration.from.max(series.first()), series.next());
        for row in series.rows_from(from) {
            if let Some(Value::Number(gamma)) = row.values.get_mut(channel.place)
                && *gamma != NULL_VALUE
            {
                *gamma = in_steps(*gamma / RAW_GAMMA, 10.0);
            }
        }
        self.calibration.from = to;
        if from < to {
            self.changes.push(Change::Replaced { channel: channel.number, from, to });
        }
    }
}

/// An instrument tells no more digits than it has: so many steps make one.
fn in_steps(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// Where the tool measures nothing stands what says so.
fn or_null_value(value: f64, noisy: impl FnOnce(f64) -> Value) -> Value {
    if value == NULL_VALUE { Value::Number(value) } else { noisy(value) }
}

fn next_multiple(value: i64, of: i64) -> i64 {
    (value + of - 1).div_euclid(of) * of
}
