//! A simulated CSE: real frames of TS-0020, a credible greenhouse, faults and quirks on demand.
//!
//! It is strict: what TS-0001, TS-0004 and TS-0020 forbid is refused, and what they demand is done, such as storing
//! notifications for a client whose socket is away. Where they leave a choice, it does as ACME does. It reads no
//! clock and opens no socket; equal seeds and equal inputs give equal frames. What one input brings out is bounded:
//! of a long pause (a hidden tab) only the end is lived through. It shares no code with the client's decoder, whose
//! mistakes it would hide.
//!
//! [`OneM2mSimulator`] is the line and the clock; `cse` takes primitives and answers them; `greenhouse` is what
//! there is to see.

mod address;
mod attributes;
mod climate;
mod create;
mod cse;
mod delivery;
mod faults;
mod filter;
mod greenhouse;
mod group;
mod instances;
mod kind;
mod line;
mod notify;
mod quirks;
mod refusal;
mod request;
mod retrieve;
mod rights;
mod series;
mod stamps;
mod subscription;
#[cfg(test)]
mod tests;
mod tree;
mod update;

use std::time::Duration;

use crate::model::time::{Instant, Now};
use crate::protocol::faults::{BURST_MOST, BURST_RATE, Faults};
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;
use crate::protocol::{Demo, Fault, Frame, Outbox, Simulator, SimulatorInput, SimulatorOutput};

use cse::Cse;
use faults::{FLOOD_RATE, garbage};
use greenhouse::Greenhouse;
use kind::Kind;
use line::Line;

pub use quirks::Quirks;

/// The instruments of the demo.
pub const DEMOS: &[Demo] = &[Demo {
    id: "greenhouse-cse",
    title: "Greenhouse",
    options: &[],
    simulator: |seed| Box::new(OneM2mSimulator::greenhouse(seed, Quirks::default())),
}];

/// How often the models live on.
const TICK: Duration = Duration::from_millis(100);
/// The same where something is sent more often.
const FAST_TICK: Duration = Duration::from_millis(20);
/// The longest step of the models, in seconds.
const STEP_SECS: f64 = 0.1;
/// The most that the models live on at once, in seconds.
const CATCH_UP_SECS: f64 = 60.0;
/// How long the greenhouse has been running when it is first seen, in seconds.
const BEFORE_SECS: f64 = 300.0;
/// How close one frame of the client may follow another with [`Quirks::race`].
const RACE: Duration = Duration::from_millis(20);

/// A simulated CSE. It outlives its connections and has one at a time.
pub struct OneM2mSimulator {
    seed: u64,
    quirks: Quirks,
    has_greenhouse: bool,
    /// What lives, from the first input on: before it nobody knows what time it is.
    world: Option<World>,
    outbox: Outbox<SimulatorOutput>,
}

/// A CSE and what is around it.
struct World {
    cse: Cse,
    greenhouse: Option<Greenhouse>,
    faults: Faults,
    line: Line,
    /// Chance of the line, so that a lost frame does not change the greenhouse.
    random: Random,
    lived_until: Instant,
    /// The simulator's own clock.
    clock_secs: f64,
    last_frame: Option<Instant>,
    burst_owed: f64,
    burst_turn: usize,
}

impl OneM2mSimulator {
    /// A CSE with a greenhouse in it, which has been running for some minutes.
    pub fn greenhouse(seed: u64, quirks: Quirks) -> Self {
        Self { seed, quirks, has_greenhouse: true, world: None, outbox: Outbox::default() }
    }

    /// A CSE with nothing but its `CSEBase`.
    pub fn empty(seed: u64, quirks: Quirks) -> Self {
        Self { has_greenhouse: false, ..Self::greenhouse(seed, quirks) }
    }
}

impl World {
    fn new(seed: u64, quirks: Quirks, has_greenhouse: bool, now: Now) -> Self {
        let before_secs = if has_greenhouse { BEFORE_SECS } else { 0.0 };
        let start = ago(now, before_secs);
        let mut cse = Cse::new(InUse(quirks), seed, start);
        let greenhouse = has_greenhouse.then(|| Greenhouse::build(&mut cse, seed));
        let mut world = Self {
            cse,
            greenhouse,
            faults: Faults::default(),
            line: Line::default(),
            random: Random::new(!seed),
            lived_until: now.instant,
            clock_secs: 0.0,
            last_frame: None,
            burst_owed: 0.0,
            burst_turn: 0,
        };
        world.pass(now, before_secs);
        world
    }

    /// Lets the time until now pass; of a long time only the end.
    fn live_on(&mut self, now: Now) {
        let secs = now.instant.since(self.lived_until).as_secs_f64();
        if secs < 0.001 {
            return;
        }
        if secs > CATCH_UP_SECS {
            self.cse.skip_time();
        }
        self.pass(now, secs.min(CATCH_UP_SECS));
    }

    /// Lets so many seconds before now pass.
    fn pass(&mut self, now: Now, secs: f64) {
        let mut left = secs;
        while left > 1e-6 {
            let dt = left.min(STEP_SECS);
            left -= dt;
            self.cse.now = ago(now, left);
            self.clock_secs += dt;
            if let Some(greenhouse) = &mut self.greenhouse {
                greenhouse.step(dt, self.clock_secs, &mut self.cse, &self.faults);
            }
            self.cse.live_on();
        }
        self.cse.now = now;
        self.lived_until = now.instant;
        self.burst(secs);
        if self.cse.is_open()
            && !self.faults.in_gap(now.instant)
            && let Some(number) = self.faults.garbage_due(self.clock_secs)
        {
            self.line.send(SimulatorOutput::Send(garbage(number, &mut self.random)));
        }
    }

    /// Makes so many instances that a client has its hands full.
    fn burst(&mut self, secs: f64) {
        let flooded = self.cse.flooded.filter(|_| self.cse.quirks.flood);
        let rate = match (self.faults.burst, flooded) {
            (true, _) => BURST_RATE,
            (false, Some(_)) => FLOOD_RATE,
            (false, None) => return,
        };
        self.burst_owed = (self.burst_owed + secs * rate).min(BURST_MOST);
        let only = flooded.filter(|_| !self.faults.burst);
        while self.burst_owed >= 1.0 {
            self.burst_owed -= 1.0;
            self.burst_turn = self.burst_turn.wrapping_add(1);
            match (&mut self.greenhouse, only) {
                (Some(greenhouse), only) if only.is_none_or(|id| greenhouse.reports_to(id)) => {
                    greenhouse.report_more(self.burst_turn, only, &mut self.cse, &self.faults);
                }
                // Nothing else reports to it.
                (_, Some(container)) if self.cse.tree.is(container, Kind::Container) => {
                    self.cse.add_instance(container, self.burst_turn.into(), false, "");
                }
                (_, Some(_) | None) => {}
            }
        }
    }

    /// Takes a frame of the client.
    fn take(&mut self, text: &str, now: Now) {
        // Who waits for an answer is safe; an acknowledgement gets none.
        if std::mem::take(&mut self.line.has_answered) {
            self.last_frame = None;
        }
        let close = self.last_frame.is_some_and(|last| now.instant.since(last) < RACE);
        self.last_frame = Some(now.instant);
        if self.cse.quirks.race && close {
            if self.random.happens(0.5) {
                return;
            }
            self.cse.take(text);
        }
        self.cse.take(text);
    }

    fn switch(&mut self, fault: Fault, on: bool, now: Now) {
        self.faults.switch(fault, on, now.instant);
        match fault {
            Fault::Step => {
                if let Some(greenhouse) = &mut self.greenhouse {
                    greenhouse.jump(on);
                }
            }
            Fault::Cut if on && self.cse.is_open() => {
                self.close();
                self.line.send(SimulatorOutput::Cut);
            }
            Fault::Cut
            | Fault::Noise
            | Fault::Stale
            | Fault::Gap
            | Fault::Error
            | Fault::Burst
            | Fault::Garbage => {}
        }
    }

    fn close(&mut self) {
        // A handshake may fail: then a socket closes that has never been open.
        if self.cse.is_open() {
            self.cse.close();
        }
        self.line = Line::default();
        self.last_frame = None;
    }
}

impl Simulator for OneM2mSimulator {
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>) {
        self.outbox.assert_drained();
        let world = self
            .world
            .get_or_insert_with(|| World::new(self.seed, self.quirks.clone(), self.has_greenhouse, now));
        world.cse.delivery.sent = 0;
        world.live_on(now);
        match input {
            SimulatorInput::Opened => world.cse.open(),
            SimulatorInput::Closed => world.close(),
            SimulatorInput::Fault(fault, on) => world.switch(fault, on, now),
            SimulatorInput::Frame(frame) if world.cse.is_open() => match frame {
                Frame::Text(text) => world.take(text, now),
                Frame::Binary(bytes) => world.take(&String::from_utf8_lossy(bytes), now),
            },
            SimulatorInput::Timeout | SimulatorInput::Frame(_) => {}
        }
        let World { cse, faults, line, .. } = world;
        line.send_out(cse, faults.in_gap(now.instant), now.instant, &mut self.outbox);
    }

    fn poll(&mut self) -> Option<SimulatorOutput> {
        self.outbox.pop()
    }

    fn deadline(&self) -> Option<Instant> {
        let world = self.world.as_ref().filter(|world| world.cse.is_open())?;
        let flooded = world.cse.quirks.flood && world.cse.flooded.is_some();
        let fast = world.faults.burst || flooded || world.line.holds_something();
        Some(world.lived_until + if fast { FAST_TICK } else { TICK })
    }
}

/// Both clocks, so many seconds before.
fn ago(now: Now, secs: f64) -> Now {
    let instant = Instant(now.instant.0 - secs * 1000.0);
    Now { instant, wall: now.wall_at(instant) }
}
