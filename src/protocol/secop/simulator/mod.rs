//! Simulated SECoP nodes: real frames, credible physics, faults and quirks on demand.
//!
//! A simulator reads no clock and opens no socket; equal seeds and equal inputs give equal frames. What one input
//! brings out is bounded: after a long pause (a hidden tab) the models live on for a few seconds and what was
//! missed is skipped. It shares no code with the client's decoder, whose mistakes it would hide.

mod cryostat;
mod datainfo;
mod faults;
mod instrument;
mod magnet;
mod module;
mod node;
mod oddities;
mod quirks;
mod requests;
mod spectrometer;
#[cfg(test)]
mod tests;
mod vacuum;

use std::time::Duration;

use serde_json::Value;

use crate::model::time::{Instant, Now};
use crate::protocol::faults::{BURST_MOST, BURST_RATE, Faults};
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;
use crate::protocol::{Demo, Fault, Frame, Outbox, Simulator, SimulatorInput, SimulatorOutput};

use faults::{ERROR_TEXT, garbage};
use instrument::STEP_SECS;
use node::{Node, Place};
use requests::LogLevel;

pub use quirks::{Notation, Quirks, Version};

/// The instruments of the demo.
pub(super) const DEMOS: &[Demo] = &[
    Demo {
        id: "cryo-3",
        title: "Cryo-3",
        options: &[],
        simulator: |seed| Box::new(SecopSimulator::cryo3(seed, Quirks::default())),
    },
    Demo {
        id: "qms-1",
        title: "Mass spectrometer",
        options: &[],
        simulator: |seed| Box::new(SecopSimulator::mass_spectrometer(seed, Quirks::default())),
    },
];

/// How often the models live on.
const TICK: Duration = Duration::from_millis(100);
/// The same where something is sent more often.
const FAST_TICK: Duration = Duration::from_millis(20);
/// The most that the models live on at once, in seconds.
const CATCH_UP_SECS: f64 = 5.0;
/// How long the instruments have been running when they are first seen, in seconds.
const BEFORE_SECS: f64 = 180.0;
/// The most replies that wait to be sent.
const HELD_MOST: usize = 256;
/// How long a reply waits for another one to overtake it.
const OVERTAKE: Duration = Duration::from_millis(300);
/// How long after activation `error_closed` comes.
const CLOSED_AFTER_SECS: f64 = 3.0;

/// A simulated SECoP node. It outlives its connections and has one at a time.
pub struct SecopSimulator {
    node: Node,
    quirks: InUse<Quirks>,
    random: Random,
    faults: Faults,
    session: Option<Session>,
    connections: u32,
    /// The simulator's own clock: it stands still while nobody is connected.
    clock_secs: f64,
    lived_until: Option<Instant>,
    now: Now,
    outbox: Outbox<SimulatorOutput>,
}

/// One connection of a client.
#[derive(Default)]
struct Session {
    all: bool,
    active: Vec<Place>,
    logging: Vec<(Place, LogLevel)>,
    /// Replies that wait for their time, in the order in which they were given.
    held: Vec<(Instant, String)>,
    /// A reply that another one may overtake, and how long it waits for that.
    overtaken: Option<(Instant, String)>,
    closed_error_due_secs: Option<f64>,
    burst_owed: f64,
    burst_next: usize,
}

impl SecopSimulator {
    /// A cryostat with a magnet and a vacuum gauge, in the middle of a cool-down.
    pub fn cryo3(seed: u64, quirks: Quirks) -> Self {
        let (quirks, mut random) = (InUse(quirks), Random::new(seed));
        let node = Node::cryo3(&quirks, &mut random);
        Self::new(node, quirks, random)
    }

    /// A mass spectrometer: arrays, a matrix, and one parameter of every data type.
    pub fn mass_spectrometer(seed: u64, quirks: Quirks) -> Self {
        let quirks = InUse(quirks);
        Self::new(Node::mass_spectrometer(&quirks), quirks, Random::new(seed))
    }

    fn new(mut node: Node, quirks: InUse<Quirks>, mut random: Random) -> Self {
        for _ in 0..(BEFORE_SECS / STEP_SECS) as usize {
            node.step(STEP_SECS, &mut random);
        }
        Self {
            node,
            quirks,
            random,
            faults: Faults::default(),
            session: None,
            connections: 0,
            clock_secs: 0.0,
            lived_until: None,
            now: Now::default(),
            outbox: Outbox::default(),
        }
    }

    /// Lets the models live on until now, and sends what is due.
    fn live_on(&mut self) {
        let since = self.lived_until.map_or(Duration::ZERO, |until| self.now.instant.since(until));
        if since < Duration::from_millis(1) {
            self.lived_until.get_or_insert(self.now.instant);
            return;
        }
        self.lived_until = Some(self.now.instant);
        let mut left = since.as_secs_f64().min(CATCH_UP_SECS);
        self.clock_secs += left;
        while left > 1e-6 {
            let dt = left.min(STEP_SECS);
            self.node.step(dt, &mut self.random);
            left -= dt;
        }
        self.release();
        self.report_due();
        self.burst(since.as_secs_f64());
        if !self.faults.in_gap(self.now.instant) && self.session.is_some() {
            if let Some(number) = self.faults.garbage_due(self.clock_secs) {
                self.outbox.push(SimulatorOutput::Send(garbage(number, &mut self.random)));
            }
            self.close_when_due();
        }
    }

    /// Sends the report of each active parameter that has changed or whose time has come.
    fn report_due(&mut self) {
        let Some(session) = self.session.as_ref().filter(|_| !self.faults.in_gap(self.now.instant)) else {
            return;
        };
        let mut places = self.node.places();
        places.retain(|place| session.all || session.active.contains(place));
        for place in places {
            if self.is_stale(place) {
                continue;
            }
            for parameter in 0..self.node.module(place).parameters.len() {
                let clock_secs = self.clock_secs;
                let entry = self.node.parameter_mut(place, parameter);
                let Some(period_secs) = entry.period_secs else {
                    if entry.changed {
                        self.report(place, parameter);
                    }
                    continue;
                };
                if clock_secs + 1e-6 >= entry.due_secs {
                    let late = clock_secs - entry.due_secs > period_secs;
                    entry.due_secs = if late { clock_secs } else { entry.due_secs } + period_secs;
                    self.report(place, parameter);
                }
            }
        }
    }

    /// Takes a fresh sample of a parameter and sends it as an update.
    fn report(&mut self, place: Place, parameter: usize) {
        self.sample(place, parameter);
        self.send_update(place, parameter);
    }

    fn sample(&mut self, place: Place, parameter: usize) {
        let (wall_secs, factor) = (self.now.wall.as_unix_seconds(), self.faults.noise_factor());
        if !self.is_stale(place) {
            let entry = self.node.parameter_mut(place, parameter);
            // What changes in a gap is still to be reported after it.
            let unreported = entry.changed && self.faults.in_gap(self.now.instant);
            entry.sample(wall_secs, factor, &mut self.random);
            entry.changed = unreported;
        }
    }

    /// Sends the last sample of a parameter as an update.
    fn send_update(&mut self, place: Place, parameter: usize) {
        let module = self.node.module(place);
        let (name, entry) = (&module.name, &module.parameters[parameter]);
        let (action, report) = match module.report(entry, &self.quirks) {
            Ok(report) => ("update", report),
            Err(report) => ("error_update", report),
        };
        let frame = format!("{action} {name}:{} {report}", entry.name);
        let log = format!("read_{} returned {report}", entry.name);
        self.send_now(frame);
        self.log(place, if action == "update" { LogLevel::Debug } else { LogLevel::Error }, &log);
    }

    /// Sends updates of noisy sensors one after the other, at the rate of [`Fault::Burst`].
    fn burst(&mut self, since_secs: f64) {
        let Some(session) = self.session.as_mut().filter(|session| session.all && self.faults.burst) else {
            return;
        };
        session.burst_owed = (session.burst_owed + since_secs * BURST_RATE).min(BURST_MOST);
        let count = session.burst_owed as usize;
        session.burst_owed -= count as f64;
        let first = session.burst_next;
        session.burst_next = first.wrapping_add(count);
        let mut sensors = Vec::new();
        for place in self.node.places() {
            if self.is_stale(place) {
                continue;
            }
            for (parameter, entry) in self.node.module(place).parameters.iter().enumerate() {
                if entry.is_noisy() {
                    sensors.push((place, parameter));
                }
            }
        }
        for turn in 0..count {
            if let Some((place, parameter)) = sensors.get(first.wrapping_add(turn) % sensors.len().max(1)) {
                self.report(*place, *parameter);
            }
        }
    }

    fn is_stale(&self, place: Place) -> bool {
        self.faults.stale && self.node.module(place).name == self.node.stale_module
    }

    fn close_when_due(&mut self) {
        let clock_secs = self.clock_secs;
        let Some(session) = &mut self.session else { return };
        if session.closed_error_due_secs.take_if(|due| clock_secs >= *due).is_some() {
            session.all = false;
            session.active.clear();
            self.send_now("error_closed".into());
        }
    }

    fn log(&mut self, place: Place, level: LogLevel, text: &str) {
        let Some(session) = &self.session else { return };
        if session.logging.iter().any(|(logged, wanted)| *logged == place && *wanted >= level) {
            let name = &self.node.module(place).name;
            self.send_now(format!("log {name}:{} {}", level.word(), Value::from(text)));
        }
    }

    /// Sends a reply: at once, or when the quirks and faults allow it.
    fn reply(&mut self, frame: String, may_be_overtaken: bool) {
        let due = self.now.instant + self.quirks.reply_delay;
        let Some(session) = &mut self.session else { return };
        if may_be_overtaken && self.quirks.reorder {
            if let Some((_, earlier)) = session.overtaken.take() {
                session.held.push((due, frame));
                session.held.push((due, earlier));
            } else {
                session.overtaken = Some((due + OVERTAKE, frame));
            }
        } else if session.held.len() < HELD_MOST {
            session.held.push((due, frame));
        }
        self.release();
    }

    /// Sends the replies whose time has come.
    fn release(&mut self) {
        let now = self.now.instant;
        let Some(session) = &mut self.session else { return };
        if self.faults.in_gap(now) {
            return;
        }
        session.held.extend(session.overtaken.take_if(|(until, _)| now >= *until));
        for (due, frame) in std::mem::take(&mut session.held) {
            if now >= due {
                self.send_now(frame);
            } else if let Some(session) = &mut self.session {
                session.held.push((due, frame));
            }
        }
    }

    /// Sends a frame now; in a gap it is lost.
    fn send_now(&mut self, mut frame: String) {
        if self.session.is_none() || self.faults.in_gap(self.now.instant) {
            return;
        }
        if self.quirks.trailing_newline {
            frame.push('\n');
        }
        self.outbox.push(SimulatorOutput::Send(Frame::Text(frame)));
    }

    fn switch(&mut self, fault: Fault, on: bool) {
        self.faults.switch(fault, on, self.now.instant);
        match fault {
            Fault::Step => {
                for instrument in &mut self.node.instruments {
                    instrument.jump(on);
                }
            }
            Fault::Error => {
                if let Some(place) = self.node.find(self.node.error_module) {
                    self.node.module_mut(place).fail(on.then_some(ERROR_TEXT));
                }
            }
            Fault::Cut if on && self.session.take().is_some() => self.outbox.push(SimulatorOutput::Cut),
            Fault::Cut | Fault::Noise | Fault::Stale | Fault::Gap | Fault::Burst | Fault::Garbage => {}
        }
    }
}

impl Simulator for SecopSimulator {
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>) {
        self.outbox.assert_drained();
        self.now = now;
        match input {
            SimulatorInput::Opened => {
                self.session = Some(Session::default());
                self.lived_until = Some(now.instant);
                self.connections += 1;
                if self.quirks.changing_description && self.connections == 2 {
                    self.node.rearrange();
                }
            }
            SimulatorInput::Closed => self.session = None,
            SimulatorInput::Timeout => self.live_on(),
            SimulatorInput::Fault(fault, on) => {
                self.live_on();
                self.switch(fault, on);
            }
            SimulatorInput::Frame(frame) => {
                self.live_on();
                match frame {
                    Frame::Text(text) => self.answer(text),
                    Frame::Binary(bytes) => self.answer(&String::from_utf8_lossy(bytes)),
                }
            }
        }
    }

    fn poll(&mut self) -> Option<SimulatorOutput> {
        self.outbox.pop()
    }

    fn deadline(&self) -> Option<Instant> {
        let session = self.session.as_ref()?;
        let fast = self.faults.burst || !session.held.is_empty() || session.overtaken.is_some();
        Some(self.lived_until? + if fast { FAST_TICK } else { TICK })
    }
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    crate::model::base64::decode(text)
}
