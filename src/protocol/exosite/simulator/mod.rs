//! A simulated One Platform: real frames of its WebSocket, a credible vineyard, faults and quirks on demand.
//!
//! It does what the RPC and WebSocket documentation say, and where they say nothing, or where clients of the real
//! service met something else, what those clients met; comments name the section. It reads no clock and opens no
//! socket; equal seeds and equal inputs give equal frames. What one input brings out is bounded: of a long pause (a
//! hidden tab) only the end is lived through. It shares no code with the client's decoder, whose mistakes it would
//! hide. Scripts, rules and preprocessing are kept, and not carried out; no mail is sent.
//!
//! [`ExositeSimulator`] is the line and the clock; `service` takes frames and answers them; `vineyard` is what there
//! is to see.

mod answer;
mod create;
mod data;
mod datum;
mod describe;
mod faults;
mod json;
mod manage;
mod quirks;
mod request;
mod series;
mod service;
mod session;
mod share;
mod sources;
mod subscribe;
#[cfg(test)]
mod tests;
mod tree;
mod vineyard;
mod weather;

use std::time::Duration;

use crate::model::time::{Instant, Now};
use crate::protocol::faults::{BURST_MOST, BURST_RATE, Faults};
use crate::protocol::line::Line;
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;
use crate::protocol::{Demo, Fault, Frame, Outbox, Simulator, SimulatorInput, SimulatorOutput};

use faults::garbage;
use service::{Out, Service};
use vineyard::Vineyard;

pub use quirks::{AuthFail, Quirks, UpdateShape};

/// The key (CIK) of the vineyard's owner. It is no secret: the demo has to run without asking for one.
pub const DEMO_KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// The instruments of the demo.
pub const DEMOS: &[Demo] = &[Demo {
    id: "vineyard",
    title: "Vineyard",
    options: &[("key", DEMO_KEY)],
    simulator: |seed| Box::new(ExositeSimulator::vineyard(seed, Quirks::default())),
}];

/// The most frames that wait to be sent.
const HELD_MOST: usize = 100_000;
/// How often the models live on.
const TICK: Duration = Duration::from_millis(100);
/// The same where something is sent more often.
const FAST_TICK: Duration = Duration::from_millis(20);
/// The longest step of the models, in seconds, and before anybody looks.
const STEP_SECS: f64 = 0.1;
const STEP_BEFORE_SECS: f64 = 0.5;
/// The most that the models live on at once, in seconds.
const CATCH_UP_SECS: f64 = 60.0;
/// How long the vineyard has been running when it is first seen, in seconds: as many values as are kept.
const BEFORE_SECS: f64 = 1200.0;

/// A simulated service. It outlives its connections and has one at a time.
pub struct ExositeSimulator {
    seed: u64,
    quirks: Quirks,
    /// What lives, from the first input on: before it nobody knows what time it is.
    world: Option<World>,
    outbox: Outbox<SimulatorOutput>,
}

/// A service and what is around it.
struct World {
    service: Service,
    vineyard: Vineyard,
    faults: Faults,
    line: Line,
    /// Chance of the line, which does not change the weather.
    random: Random,
    lived_until: Instant,
    /// The simulator's own clock.
    clock_secs: f64,
    burst_owed: f64,
    burst_turn: usize,
}

impl ExositeSimulator {
    /// A service with a vineyard in it, whose owner has [`DEMO_KEY`], and which has been running for a while.
    pub fn vineyard(seed: u64, quirks: Quirks) -> Self {
        Self { seed, quirks, world: None, outbox: Outbox::default() }
    }
}

impl World {
    fn new(seed: u64, quirks: Quirks, now: Now) -> Self {
        let mut service = Service::new(InUse(quirks), seed, ago(now, BEFORE_SECS));
        let vineyard = Vineyard::build(&mut service, DEMO_KEY, seed);
        let mut world = Self {
            service,
            vineyard,
            faults: Faults::default(),
            line: Line::new(HELD_MOST),
            random: Random::new(!seed),
            lived_until: now.instant,
            clock_secs: 0.0,
            burst_owed: 0.0,
            burst_turn: 0,
        };
        world.pass(now, BEFORE_SECS, STEP_BEFORE_SECS);
        if world.service.quirks.locked {
            world.vineyard.lock_one(&mut world.service);
        }
        world
    }

    /// Lets the time until now pass; of a long time only the end.
    fn live_on(&mut self, now: Now) {
        let secs = now.instant.since(self.lived_until).as_secs_f64();
        // Before that, the wall clock may have been set all the same.
        self.service.now = now;
        if secs >= 0.001 {
            self.pass(now, secs.min(CATCH_UP_SECS), STEP_SECS);
            self.burst(secs);
            self.send_garbage(now);
        }
        self.service.live_on();
    }

    /// Lets so many seconds before now pass.
    fn pass(&mut self, now: Now, secs: f64, step_secs: f64) {
        let mut left = secs;
        while left > 1e-6 {
            let dt = left.min(step_secs);
            left -= dt;
            self.service.now = ago(now, left);
            self.clock_secs += dt;
            self.vineyard.step(dt, &mut self.service, &self.faults);
        }
        self.service.now = now;
        self.lived_until = now.instant;
    }

    /// Writes so many values that a client has its hands full.
    fn burst(&mut self, secs: f64) {
        if !self.faults.burst {
            return;
        }
        self.burst_owed = (self.burst_owed + secs * BURST_RATE).min(BURST_MOST);
        while self.burst_owed >= 1.0 {
            self.burst_owed -= 1.0;
            self.burst_turn = self.burst_turn.wrapping_add(1);
            self.vineyard.write_more(self.burst_turn, &mut self.service, &self.faults);
        }
    }

    fn send_garbage(&mut self, now: Now) {
        if self.service.session.is_some()
            && !self.faults.in_gap(now.instant)
            && let Some(number) = self.faults.garbage_due(self.clock_secs)
        {
            self.line.send(SimulatorOutput::Send(garbage(number, &mut self.random)));
        }
    }

    fn switch(&mut self, fault: Fault, on: bool, now: Now) {
        self.faults.switch(fault, on, now.instant);
        match fault {
            Fault::Step => self.vineyard.jump(on),
            Fault::Cut if on && self.service.session.is_some() => self.line.send(SimulatorOutput::Cut),
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
        self.service.close();
        self.line = Line::new(HELD_MOST);
    }
}

impl Simulator for ExositeSimulator {
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>) {
        self.outbox.assert_drained();
        let world = self.world.get_or_insert_with(|| World::new(self.seed, self.quirks.clone(), now));
        world.live_on(now);
        match input {
            SimulatorInput::Opened => world.service.open(),
            SimulatorInput::Closed => world.close(),
            SimulatorInput::Fault(fault, on) => world.switch(fault, on, now),
            SimulatorInput::Frame(frame) if world.service.session.is_some() => match frame {
                Frame::Text(text) => world.service.take(text),
                Frame::Binary(bytes) => world.service.take(&String::from_utf8_lossy(bytes)),
            },
            SimulatorInput::Timeout | SimulatorInput::Frame(_) => {}
        }
        let World { service, faults, line, .. } = world;
        let (due, in_gap) = (now.instant + service.quirks.latency, faults.in_gap(now.instant));
        for out in std::mem::take(&mut service.out) {
            match out {
                // In a gap answers wait, updates are lost.
                Out::Update(_) if in_gap => {}
                Out::Update(text) | Out::Answer(text) => {
                    line.hold(due, SimulatorOutput::Send(Frame::Text(text)));
                }
                Out::Cut => line.hold(due, SimulatorOutput::Cut),
            }
        }
        if line.release(in_gap, now.instant, &mut self.outbox) {
            world.close();
        }
    }

    fn poll(&mut self) -> Option<SimulatorOutput> {
        self.outbox.pop()
    }

    fn deadline(&self) -> Option<Instant> {
        let world = self.world.as_ref().filter(|world| world.service.session.is_some())?;
        let fast = world.faults.burst || world.line.holds_something();
        Some(world.lived_until + if fast { FAST_TICK } else { TICK })
    }
}

/// Both clocks, so many seconds before.
fn ago(now: Now, secs: f64) -> Now {
    let instant = Instant(now.instant.0 - secs * 1000.0);
    Now { instant, wall: now.wall_at(instant) }
}
