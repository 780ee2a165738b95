//! A simulated weather mast, such as a small maker would build: no standard, a protocol of its own.
//!
//! It speaks first, wants a login, and then pushes binary frames; beside them it answers questions in JSON. What is in
//! the frames is said in [`wire`]. It reads no clock and opens no socket; equal seeds and equal inputs give equal
//! frames. What one input brings out is bounded: of a long pause (a hidden tab) only the end is lived through. It
//! shares no code with the engine that reads definitions, whose mistakes it would hide.

mod mast;
mod quirks;
#[cfg(test)]
mod tests;
pub mod wire;

use std::time::Duration;

use serde_json::Value;

use crate::model::time::{Instant, Now};
use crate::protocol::faults::{BURST_MOST, BURST_RATE, Faults};
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;
use crate::protocol::{Demo, Fault, Frame, Outbox, Simulator, SimulatorInput, SimulatorOutput};

use mast::{Mast, STEP_SECS};
use wire::READINGS_IN_A_FRAME;

pub use quirks::Quirks;

/// The instruments of the demo.
pub(super) const DEMOS: &[Demo] = &[Demo {
    id: "mast",
    title: "Weather mast",
    options: &[("definition", "weather-mast")],
    simulator: |seed| Box::new(MastSimulator::new(seed, Quirks::default())),
}];

/// How often the models live on.
const TICK: Duration = Duration::from_millis(50);
/// The same where something is sent more often.
const FAST_TICK: Duration = Duration::from_millis(20);
/// The most that the models live on at once, in seconds.
const CATCH_UP_SECS: f64 = 5.0;
/// How long the mast has been standing when it is first seen, in seconds.
const BEFORE_SECS: f64 = 120.0;
/// The time between two binary frames, in seconds.
const FRAME_PERIOD_SECS: f64 = 0.2;
/// How long it takes to say who it is.
const GREETING: Duration = Duration::from_millis(30);
/// A client that says nothing for so long is dropped: the mast has room for few.
const CLIENT_SILENCE: Duration = Duration::from_secs(30);
/// How far the clock jumps with [`Quirks::clock_back`], and how often.
const CLOCK_BACK_MILLIS: i64 = 3_600_000;
const CLOCK_BACK_SECS: f64 = 30.0;

/// A simulated weather mast. It outlives its connections and has one at a time.
pub struct MastSimulator {
    mast: Mast,
    quirks: InUse<Quirks>,
    random: Random,
    faults: Faults,
    client: Option<Client>,
    /// The simulator's own clock.
    clock_secs: f64,
    lived_until: Option<Instant>,
    now: Now,
    outbox: Outbox<SimulatorOutput>,
}

/// One connection of a client.
struct Client {
    /// When the mast says who it is; `None` once it has.
    hello_due: Option<Instant>,
    heard: Instant,
    has_logged_in: bool,
    /// It asked for the stream.
    is_streaming: bool,
    frame_due_secs: f64,
    burst_owed: f64,
    sequence: u16,
}

impl MastSimulator {
    /// A mast that has been standing for a while.
    pub fn new(seed: u64, quirks: Quirks) -> Self {
        let mut random = Random::new(seed);
        let mut mast = Mast::new();
        for _ in 0..(BEFORE_SECS / STEP_SECS) as usize {
            mast.step(STEP_SECS, &mut random);
        }
        Self {
            mast,
            quirks: InUse(quirks),
            random,
            faults: Faults::default(),
            client: None,
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
            self.mast.step(dt, &mut self.random);
            left -= dt;
        }
        self.drop_the_silent();
        self.greet();
        self.stream(since.as_secs_f64());
        let garbage = self.client.is_some() && !self.faults.in_gap(self.now.instant);
        if garbage && let Some(number) = self.faults.garbage_due(self.clock_secs) {
            let frame = wire::garbage(number, &mut self.random);
            self.send(frame);
        }
    }

    fn drop_the_silent(&mut self) {
        let limit = self.client.as_ref().map(|client| client.heard + CLIENT_SILENCE);
        if limit.is_some_and(|limit| limit <= self.now.instant) {
            self.cut();
        }
    }

    /// Says who it is, when that is due.
    fn greet(&mut self) {
        let now = self.now.instant;
        let Some(client) = &mut self.client else { return };
        if client.hello_due.take_if(|due| *due <= now).is_some() {
            self.say(wire::HELLO.to_owned());
        }
    }

    /// Sends the binary frames that are due: five a second, or a flood.
    fn stream(&mut self, since_secs: f64) {
        let (clock_secs, is_burst) = (self.clock_secs, self.faults.burst);
        let Some(client) = self.client.as_mut().filter(|client| client.is_streaming) else { return };
        let mut count = 0;
        if is_burst {
            let frames = since_secs * BURST_RATE / READINGS_IN_A_FRAME;
            client.burst_owed = (client.burst_owed + frames).min(BURST_MOST / READINGS_IN_A_FRAME);
            count = client.burst_owed as usize;
            client.burst_owed -= count as f64;
        } else if clock_secs + 1e-6 >= client.frame_due_secs {
            let late = clock_secs - client.frame_due_secs > FRAME_PERIOD_SECS;
            client.frame_due_secs = if late { clock_secs } else { client.frame_due_secs } + FRAME_PERIOD_SECS;
            count = 1;
        }
        for _ in 0..count {
            self.send_weather();
        }
    }

    fn send_weather(&mut self) {
        let Some(client) = &mut self.client else { return };
        // Counted in a gap, too: what is lost shows.
        client.sequence = client.sequence.wrapping_add(1);
        let sequence = client.sequence;
        let weather = self.mast.weather(self.faults.noise_factor(), &mut self.random);
        let frame = wire::weather(sequence, &weather, self.faults.error, self.quirks.big_endian);
        self.send(Frame::Binary(frame));
    }

    /// Takes a frame of the client.
    fn take(&mut self, text: &str) {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return self.say(wire::refusal(&Value::Null, "this is no JSON"));
        };
        let id = message["id"].clone();
        let has_logged_in = self.client.as_ref().is_some_and(|client| client.has_logged_in);
        match message["cmd"].as_str() {
            Some("login") => self.log_in(&id, message["name"].as_str().unwrap_or_default()),
            Some("ping") => {
                if !self.quirks.mute_ping {
                    self.say(wire::pong(&id));
                }
            }
            Some("stream" | "status") if !has_logged_in => self.say(wire::refusal(&id, "log in first")),
            Some("stream") => {
                if let Some(client) = &mut self.client {
                    client.is_streaming = true;
                    client.frame_due_secs = self.clock_secs;
                }
                self.say(wire::accepted("stream", &id));
            }
            Some("status") => self.status(&id),
            Some(_) | None => self.say(wire::refusal(&id, "there is no such command")),
        }
    }

    fn log_in(&mut self, id: &Value, name: &str) {
        if self.quirks.locked || name.is_empty() {
            return self.say(wire::refusal(id, "nobody of that name may log in"));
        }
        if let Some(client) = &mut self.client {
            client.has_logged_in = true;
        }
        self.say(wire::accepted("login", id));
    }

    fn status(&mut self, id: &Value) {
        // The unit that looks after the mast is an instrument of its own.
        if self.quirks.mute_poll || self.faults.stale {
            return;
        }
        let id = if self.quirks.wrong_id { Value::from("somebody-else") } else { id.clone() };
        let is_back = self.quirks.clock_back && self.clock_secs % (2.0 * CLOCK_BACK_SECS) >= CLOCK_BACK_SECS;
        let millis = self.now.wall.0 / 1000 - if is_back { CLOCK_BACK_MILLIS } else { 0 };
        let status = self.mast.status();
        self.say(wire::status(&id, millis, &status, self.quirks.text_numbers));
    }

    fn say(&mut self, text: String) {
        self.send(Frame::Text(text));
    }

    /// Sends a frame now; in a gap it is lost.
    fn send(&mut self, frame: Frame) {
        if self.client.is_some() && !self.faults.in_gap(self.now.instant) {
            self.outbox.push(SimulatorOutput::Send(frame));
        }
    }

    fn cut(&mut self) {
        if self.client.take().is_some() {
            self.outbox.push(SimulatorOutput::Cut);
        }
    }

    fn switch(&mut self, fault: Fault, on: bool) {
        self.faults.switch(fault, on, self.now.instant);
        match fault {
            Fault::Step => self.mast.jump(on),
            Fault::Cut if on => self.cut(),
            Fault::Cut
            | Fault::Noise
            | Fault::Stale
            | Fault::Gap
            | Fault::Error
            | Fault::Burst
            | Fault::Garbage => {}
        }
    }

    fn opened(&mut self) {
        self.lived_until = Some(self.now.instant);
        self.client = Some(Client {
            hello_due: (!self.quirks.no_hello).then(|| self.now.instant + self.quirks.late_hello + GREETING),
            heard: self.now.instant,
            has_logged_in: false,
            is_streaming: false,
            frame_due_secs: 0.0,
            burst_owed: 0.0,
            sequence: 0,
        });
    }
}

impl Simulator for MastSimulator {
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>) {
        self.outbox.assert_drained();
        self.now = now;
        match input {
            SimulatorInput::Opened => self.opened(),
            SimulatorInput::Closed => self.client = None,
            SimulatorInput::Timeout => self.live_on(),
            SimulatorInput::Fault(fault, on) => {
                self.live_on();
                self.switch(fault, on);
            }
            SimulatorInput::Frame(frame) => {
                if let Some(client) = &mut self.client {
                    client.heard = now.instant;
                }
                self.live_on();
                match frame {
                    Frame::Text(text) => self.take(text),
                    Frame::Binary(bytes) => self.take(&String::from_utf8_lossy(bytes)),
                }
            }
        }
    }

    fn poll(&mut self) -> Option<SimulatorOutput> {
        self.outbox.pop()
    }

    fn deadline(&self) -> Option<Instant> {
        self.client.as_ref()?;
        Some(self.lived_until? + if self.faults.burst { FAST_TICK } else { TICK })
    }
}
