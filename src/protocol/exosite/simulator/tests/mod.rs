//! The simulated service with a fake clock, one test a behaviour.

mod authentication;
mod bounds;
mod data;
mod describing;
mod errors;
mod faults;
mod names;
mod quirks;
mod resources;
mod sharing;
mod subscriptions;
mod vineyard;
mod waiting;

use serde_json::{Value, json};

use super::*;
use crate::model::time::Timestamp;

/// 2026-11-20 20:17:07 UTC.
const START_SECS: i64 = 1_795_205_827;

/// A client of the service, with its own clock.
struct Client {
    simulator: ExositeSimulator,
    now: Now,
    calls: u64,
    /// What subscriptions have told while an answer was waited for.
    told: Vec<Value>,
}

impl Client {
    /// A client that has said nothing yet.
    fn stranger(quirks: &str) -> Self {
        let simulator = ExositeSimulator::vineyard(1, quirks.parse().expect("quirks"));
        let now = Now { instant: Instant(1000.0), wall: Timestamp(START_SECS * 1_000_000) };
        let mut client = Self { simulator, now, calls: 1000, told: Vec::new() };
        assert_eq!(client.feed(SimulatorInput::Opened), []);
        client
    }

    /// The owner of the vineyard.
    fn owner(quirks: &str) -> Self {
        let mut client = Self::stranger(quirks);
        client.authenticate(json!({"cik": DEMO_KEY}));
        client
    }

    /// The owner of a client of its own, in which there is nothing; its RID is the caller's.
    fn empty(quirks: &str) -> Self {
        let mut client = Self::owner(quirks);
        let rid = client.create(json!({"alias": ""}), "client", limits());
        client.authenticate(json!({"cik": DEMO_KEY, "client_id": rid}));
        client
    }

    fn authenticate(&mut self, auth: Value) {
        let mut frames = self.send(&json!({"auth": auth}));
        frames.extend(self.pass(0.0));
        assert_eq!(frames, [json!({"status": "ok"})], "{auth}");
    }

    fn feed(&mut self, input: SimulatorInput<'_>) -> Vec<SimulatorOutput> {
        self.simulator.handle(self.now, input);
        std::iter::from_fn(|| self.simulator.poll()).collect()
    }

    /// Sends a frame; what comes back at once.
    fn send_text(&mut self, text: &str) -> Vec<Value> {
        frames(self.feed(SimulatorInput::Frame(&Frame::Text(text.to_owned()))))
    }

    fn send(&mut self, frame: &Value) -> Vec<Value> {
        self.send_text(&frame.to_string())
    }

    /// Sends calls in one frame; what comes back at once.
    fn calls(&mut self, calls: Value) -> Vec<Value> {
        self.send(&json!({"calls": calls}))
    }

    /// Calls a procedure; the answer without its id.
    fn call(&mut self, procedure: &str, arguments: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let frames = self.calls(json!([{"id": id, "procedure": procedure, "arguments": arguments.clone()}]));
        let mut found = None;
        for frame in frames {
            let entry = frame[0].clone();
            if entry["id"] == id && found.is_none() { found = Some(entry) } else { self.told.push(frame) }
        }
        let mut answer = found.unwrap_or_else(|| panic!("no answer to {procedure} {arguments}"));
        answer.as_object_mut().expect("an object").shift_remove("id");
        answer
    }

    /// Calls what has to succeed; its result, or `null` where it has none.
    fn result(&mut self, procedure: &str, arguments: Value) -> Value {
        let answer = self.call(procedure, arguments.clone());
        assert_eq!(answer["status"], "ok", "{procedure} {arguments}: {answer}");
        answer["result"].clone()
    }

    /// Calls what need not succeed; its status, as text.
    fn status(&mut self, procedure: &str, arguments: Value) -> String {
        let answer = self.call(procedure, arguments);
        answer["status"].as_str().unwrap_or_else(|| panic!("no status in {answer}")).to_owned()
    }

    /// Creates a resource; its RID.
    fn create(&mut self, owner: Value, kind: &str, description: Value) -> Value {
        let rid = self.result("create", json!([owner, kind, description]));
        assert!(rid.as_str().is_some_and(|rid| rid.len() == 40), "{rid}");
        rid
    }

    /// Creates a dataport of the caller with an alias; its RID.
    fn dataport(&mut self, format: &str, alias: &str) -> Value {
        let rid = self.create(json!({"alias": ""}), "dataport", json!({"format": format, "name": alias}));
        self.result("map", json!(["alias", rid, alias]));
        rid
    }

    /// All points of a resource, the oldest first.
    fn points(&mut self, resource: Value) -> Vec<Value> {
        let points = self.result("read", json!([resource, {"limit": 10_000, "sort": "asc"}]));
        points.as_array().expect("points").clone()
    }

    /// The RID of something in the vineyard: a device and what it calls so.
    fn rid(&mut self, device: &str, alias: &str) -> Value {
        self.result("lookup", json!([{"alias": device}, "alias", alias]))
    }

    /// Lets time pass, with each deadline kept.
    fn outputs_of(&mut self, secs: f64) -> Vec<SimulatorOutput> {
        let end = self.now.instant + Duration::from_secs_f64(secs);
        let mut outputs = Vec::new();
        while let Some(deadline) = self.simulator.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now + deadline.since(self.now.instant);
            outputs.extend(self.feed(SimulatorInput::Timeout));
        }
        self.now = self.now + end.since(self.now.instant);
        outputs.extend(self.feed(SimulatorInput::Timeout));
        outputs
    }

    fn pass(&mut self, secs: f64) -> Vec<Value> {
        frames(self.outputs_of(secs))
    }

    /// What subscriptions have told since this was asked last, and in some more time.
    fn updates(&mut self, secs: f64) -> Vec<Value> {
        let passed = self.pass(secs);
        self.told.extend(passed);
        std::mem::take(&mut self.told)
    }

    fn fault(&mut self, fault: Fault, on: bool) -> Vec<SimulatorOutput> {
        self.feed(SimulatorInput::Fault(fault, on))
    }

    /// The time that the service knows, in seconds.
    fn now_secs(&self) -> i64 {
        self.now.wall.0.div_euclid(1_000_000)
    }

    /// The socket goes and comes again after a while, without deadlines in between; nobody has said who they are.
    fn reconnect(&mut self, secs: f64) {
        self.feed(SimulatorInput::Closed);
        assert_eq!(self.simulator.deadline(), None);
        self.now = self.now + Duration::from_secs_f64(secs);
        assert_eq!(self.feed(SimulatorInput::Opened), []);
    }
}

fn texts(outputs: Vec<SimulatorOutput>) -> Vec<String> {
    let text = |output| match output {
        SimulatorOutput::Send(Frame::Text(text)) => Some(text),
        SimulatorOutput::Send(Frame::Binary(_)) | SimulatorOutput::Cut => None,
    };
    outputs.into_iter().filter_map(text).collect()
}

fn frames(outputs: Vec<SimulatorOutput>) -> Vec<Value> {
    let parse =
        |text: String| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    texts(outputs).into_iter().map(parse).collect()
}

/// The description of a client that may own something.
fn limits() -> Value {
    json!({"limits": {"client": 5000, "dataport": 5000, "datarule": 10, "dispatch": 10}})
}

/// The numbers of points or updates in the order in which they came.
fn numbers(updates: &[Value]) -> Vec<f64> {
    updates.iter().filter_map(|update| update[0]["result"][1].as_f64()).collect()
}

/// The names of an object's members, in order.
fn names(object: &Value) -> Vec<&str> {
    object.as_object().map(|members| members.keys().map(String::as_str).collect()).unwrap_or_default()
}
