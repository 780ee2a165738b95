//! Simulated servers of ETP 1.1 and 1.2 at a drilling rig: real frames, credible data, faults and quirks on demand.
//!
//! They do what the v1.1 topics (ETP-000-NNN) and the v1.2 schema say, and where those say nothing, what other
//! implementations do. They read no clock and open no socket; equal seeds and equal inputs give equal frames. What one
//! input brings out is bounded, and so is what is kept: a client is known by numbers of rows, not by copies of them. They
//! speak the binary encoding alone, and are not asked for objects (protocol 4).
//!
//! From a frame to its answer: [`EtpSimulator`] is the line and the clock; `v11` and `v12` take messages and answer them;
//! `site` is what there is to see, with `rig` and `rock` below it.

mod blocks;
mod channels;
mod desk;
mod faults;
mod objects;
mod post;
mod quirks;
mod rig;
mod rock;
mod series;
mod site;
mod streams;
#[cfg(test)]
mod tests;
mod v11;
mod v12;

use std::time::Duration;

use super::version::Version;
use crate::model::time::{Instant, Now};
use crate::protocol::faults::Faults;
use crate::protocol::line::Line;
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;
use crate::protocol::{Demo, Fault, Frame, Outbox, Simulator, SimulatorInput, SimulatorOutput};

use channels::{DENSITY, DRILLING, GAS, HOISTING, LOG, PASS, SetKind};
use desk::Desk;
use faults::garbage;
use post::Out;
use site::{Change, Site};

pub use quirks::Quirks;

/// The instruments of the demo.
pub const DEMOS: &[Demo] = &[
    Demo {
        id: "rig",
        title: "Drilling rig",
        options: &[("version", "1.2")],
        simulator: |seed| Box::new(EtpSimulator::rig(seed, Quirks::default())),
    },
    Demo {
        id: "depth-log",
        title: "Depth log",
        options: &[("version", "1.1")],
        simulator: |seed| Box::new(EtpSimulator::depth_log(seed, Quirks::default())),
    },
];

/// What there is to see at a rig, over time; over the depth; and all of it.
const RIG: &[&SetKind] = &[&HOISTING, &DRILLING, &GAS];
const DEPTH_LOG: &[&SetKind] = &[&LOG, &DENSITY];
const WHOLE: &[&SetKind] = &[&HOISTING, &DRILLING, &GAS, &LOG, &DENSITY, &PASS];

/// The most messages that wait to be sent.
const HELD_MOST: usize = 20_000;
/// How often the rig lives on, and messages go out.
const TICK: Duration = Duration::from_millis(100);
/// The same where something is sent more often.
const FAST_TICK: Duration = Duration::from_millis(20);
/// The longest step of the physics, in seconds, and before anybody looks.
const STEP_SECS: f64 = 0.1;
const STEP_BEFORE_SECS: f64 = 0.2;
/// The most that the rig lives on at once, in seconds.
const CATCH_UP_SECS: f64 = 60.0;
/// How long the rig has been drilling when it is first seen, in seconds.
const BEFORE_SECS: f64 = 3600.0;
/// With the quirk, the log is calibrated so often, in seconds.
const CHANGES_SECS: f64 = 5.0;

/// A server's side of a version: takes messages of one client, and puts out its own.
trait Server {
    /// What the client sent.
    fn take(&mut self, bytes: &[u8], site: &Site, now: Now);

    /// Time has passed, and rows have come.
    fn live_on(&mut self, site: &Site, now: Now);

    /// Something that was recorded has changed.
    fn tell(&mut self, change: &Change, site: &Site, now: Now);

    fn desk(&mut self) -> &mut Desk;

    /// An answer is not complete.
    fn is_answering(&self) -> bool;
}

/// A simulated server. It outlives its connections and has one at a time.
pub struct EtpSimulator {
    version: Version,
    sets: &'static [&'static SetKind],
    seed: u64,
    quirks: Quirks,
    /// What lives, from the first input on: before it nobody knows what time it is.
    world: Option<World>,
    outbox: Outbox<SimulatorOutput>,
}

/// A rig, a client and what is between them.
struct World {
    site: Site,
    server: Option<Box<dyn Server>>,
    quirks: InUse<Quirks>,
    faults: Faults,
    line: Line,
    /// Chance of the line, which does not change the rig.
    random: Random,
    connections: i64,
    lived_until: Instant,
    /// The simulator's own clock.
    clock_secs: f64,
}

impl EtpSimulator {
    /// A v1.2 server at a drilling rig, with channels over time.
    pub fn rig(seed: u64, quirks: Quirks) -> Self {
        Self::new(Version::V12, RIG, seed, quirks)
    }

    /// A v1.1 server with what is logged over the depth.
    pub fn depth_log(seed: u64, quirks: Quirks) -> Self {
        Self::new(Version::V11, DEPTH_LOG, seed, quirks)
    }

    fn new(version: Version, sets: &'static [&'static SetKind], seed: u64, quirks: Quirks) -> Self {
        Self { version, sets, seed, quirks, world: None, outbox: Outbox::default() }
    }
}

impl World {
    fn new(sets: &[&'static SetKind], seed: u64, quirks: Quirks, now: Now) -> Self {
        let quirks = InUse(quirks);
        let sets = if quirks.whole { WHOLE } else { sets };
        let mut world = Self {
            site: Site::new(sets, seed, ago(now, BEFORE_SECS).wall),
            server: None,
            quirks,
            faults: Faults::default(),
            line: Line::new(HELD_MOST),
            random: Random::new(!seed),
            connections: 0,
            lived_until: now.instant,
            clock_secs: 0.0,
        };
        world.pass(now, BEFORE_SECS, STEP_BEFORE_SECS);
        if world.quirks.changes {
            world.site.calibrate_every(CHANGES_SECS);
        }
        world.site.changes.clear();
        world
    }

    fn open(&mut self, version: Version) {
        self.connections += 1;
        let quirks = self.quirks.clone();
        self.server = Some(match version {
            Version::V11 => {
                Box::new(v11::Server11::new(quirks, &self.site, self.connections, &mut self.random))
            }
            Version::V12 => {
                Box::new(v12::Server12::new(quirks, &self.site, self.connections, &mut self.random))
            }
        });
    }

    /// Lets the time until now pass; of a long time only the end.
    fn live_on(&mut self, now: Now) {
        let secs = now.instant.since(self.lived_until).as_secs_f64();
        if secs < 0.001 {
            return;
        }
        self.pass(now, secs.min(CATCH_UP_SECS), STEP_SECS);
        let changes = std::mem::take(&mut self.site.changes);
        let Some(server) = &mut self.server else { return };
        if self.faults.in_gap(now.instant) {
            // Nobody will know what was not said.
            server.desk().streams.miss(&self.site);
            return;
        }
        for change in &changes {
            server.tell(change, &self.site, now);
        }
        server.live_on(&self.site, now);
        if let Some(number) = self.faults.garbage_due(self.clock_secs) {
            self.line.send(SimulatorOutput::Send(garbage(number, &mut self.random)));
        }
    }

    /// Lets so many seconds before now pass.
    fn pass(&mut self, now: Now, secs: f64, step_secs: f64) {
        let mut left = secs;
        while left > 1e-6 {
            let dt = left.min(step_secs);
            left -= dt;
            self.clock_secs += dt;
            self.site.step(dt, ago(now, left).wall, &self.faults);
        }
        self.lived_until = now.instant;
    }

    fn switch(&mut self, fault: Fault, on: bool, now: Now) {
        self.faults.switch(fault, on, now.instant);
        match fault {
            Fault::Step => self.site.jump(on),
            Fault::Cut if on && self.server.is_some() => self.line.send(SimulatorOutput::Cut),
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
        self.server = None;
        self.line = Line::new(HELD_MOST);
    }
}

impl Simulator for EtpSimulator {
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>) {
        self.outbox.assert_drained();
        let world =
            self.world.get_or_insert_with(|| World::new(self.sets, self.seed, self.quirks.clone(), now));
        world.live_on(now);
        match input {
            SimulatorInput::Opened => world.open(self.version),
            SimulatorInput::Closed => world.close(),
            SimulatorInput::Fault(fault, on) => world.switch(fault, on, now),
            SimulatorInput::Frame(frame) => {
                if let Some(server) = &mut world.server {
                    match frame {
                        Frame::Binary(bytes) => server.take(bytes, &world.site, now),
                        Frame::Text(text) => server.take(text.as_bytes(), &world.site, now),
                    }
                }
            }
            SimulatorInput::Timeout => {}
        }
        if let Some(server) = &mut world.server {
            let out = std::mem::take(&mut server.desk().post.out);
            let due = now.instant + world.quirks.delay;
            for out in out {
                world.line.hold(
                    due,
                    match out {
                        Out::Message(bytes) => SimulatorOutput::Send(Frame::Binary(bytes)),
                        Out::Cut => SimulatorOutput::Cut,
                    },
                );
            }
        }
        if world.line.release(world.faults.in_gap(now.instant), now.instant, &mut self.outbox) {
            world.close();
        }
    }

    fn poll(&mut self) -> Option<SimulatorOutput> {
        self.outbox.pop()
    }

    fn deadline(&self) -> Option<Instant> {
        let world = self.world.as_ref()?;
        let server = world.server.as_ref()?;
        let fast = world.faults.burst || world.line.holds_something() || server.is_answering();
        Some(world.lived_until + if fast { FAST_TICK } else { TICK })
    }
}

/// Both clocks, so many seconds before.
fn ago(now: Now, secs: f64) -> Now {
    let instant = Instant(now.instant.0 - secs * 1000.0);
    Now { instant, wall: now.wall_at(instant) }
}
