//! The simulated CSE with a fake clock, one test a behaviour.

mod bounds;
mod delivery;
mod discovery;
mod errors;
mod faults;
mod greenhouse;
mod groups;
mod notifications;
mod operations;
mod quirks;
mod registration;
mod rights;
mod series;

use serde_json::{Value, json};

use super::*;
use crate::model::time::Timestamp;

/// 2026-11-20 20:17:07 UTC.
const START_MICROS: i64 = 1_795_205_827_000_000;

/// A client of a CSE, with its own clock.
struct Client {
    simulator: OneM2mSimulator,
    now: Now,
    /// The originator of its requests.
    fr: String,
    requests: usize,
    /// Notifications that came while an answer was waited for.
    notified: Vec<Value>,
}

impl Client {
    fn new(simulator: OneM2mSimulator) -> Self {
        let now = Now { instant: Instant(1000.0), wall: Timestamp(START_MICROS) };
        let mut client = Self { simulator, now, fr: "Ctest".into(), requests: 0, notified: Vec::new() };
        assert_eq!(client.feed(SimulatorInput::Opened), []);
        client
    }

    /// A registered client of an empty CSE.
    fn empty(quirks: &str) -> Self {
        let mut client = Self::stranger(quirks);
        client.register("Ctest");
        client
    }

    /// The same, not registered.
    fn stranger(quirks: &str) -> Self {
        Self::new(OneM2mSimulator::empty(1, quirks.parse().expect("quirks")))
    }

    /// A registered client of the greenhouse's CSE.
    fn greenhouse(quirks: &str) -> Self {
        let mut client = Self::new(OneM2mSimulator::greenhouse(1, quirks.parse().expect("quirks")));
        client.register("Ctest");
        client
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

    /// A request with all that it needs apart from what is given.
    fn request(&mut self, given: Value) -> Value {
        self.requests += 1;
        let mut request = json!({"rqi": format!("r{}", self.requests), "rvi": "4", "fr": self.fr});
        let request_members = request.as_object_mut().expect("an object");
        for (name, value) in given.as_object().expect("an object") {
            request_members.insert(name.clone(), value.clone());
        }
        request
    }

    /// Sends a request 50 ms after the one before; its answer.
    fn ask(&mut self, given: Value) -> Value {
        let passed = self.pass(0.05);
        self.notified.extend(passed);
        let request = self.request(given);
        let mut frames = self.send(&request);
        let place = frames.iter().position(|frame| frame["rqi"] == request["rqi"]);
        let answer = place.map(|place| frames.remove(place));
        self.notified.extend(frames);
        answer.unwrap_or_else(|| panic!("no answer to {request}"))
    }

    fn create(&mut self, to: &str, ty: u64, pc: Value) -> Value {
        self.ask(json!({"op": 1, "to": to, "ty": ty, "pc": pc}))
    }

    /// Creates what has to succeed; its attributes.
    fn make(&mut self, to: &str, ty: u64, pc: Value) -> Value {
        let answer = self.create(to, ty, pc);
        assert_eq!(answer["rsc"], 2001, "{answer}");
        only_member(&answer["pc"])
    }

    fn retrieve(&mut self, to: &str) -> Value {
        self.ask(json!({"op": 2, "to": to}))
    }

    /// Retrieves what has to be there; its attributes.
    fn read(&mut self, to: &str) -> Value {
        let answer = self.retrieve(to);
        assert_eq!(answer["rsc"], 2000, "{to}: {answer}");
        only_member(&answer["pc"])
    }

    fn update(&mut self, to: &str, pc: Value) -> Value {
        self.ask(json!({"op": 3, "to": to, "pc": pc}))
    }

    fn delete(&mut self, to: &str) -> Value {
        self.ask(json!({"op": 4, "to": to}))
    }

    fn register(&mut self, aei: &str) -> Value {
        let ae =
            json!({"rn": aei, "api": "Nexample.test", "rr": true, "srv": ["4"], "poa": ["ws://default"]});
        let pc = json!({"m2m:ae": ae});
        let request = self.request(json!({"op": 1, "to": "cse-in", "ty": 2, "fr": aei, "pc": pc}));
        let frames = self.send(&request);
        frames.into_iter().next_back().unwrap_or(Value::Null)
    }

    /// Subscribes to something as oneself; the attributes of the subscription.
    fn subscribe(&mut self, to: &str, more: Value) -> Value {
        let mut sub = json!({"nu": [self.fr]});
        for (name, value) in more.as_object().expect("an object") {
            sub[name] = value.clone();
        }
        self.make(to, 23, json!({"m2m:sub": sub}))
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

    /// What came besides answers since this was asked last.
    fn notifications(&mut self) -> Vec<Value> {
        let passed = self.pass(0.05);
        self.notified.extend(passed);
        std::mem::take(&mut self.notified).into_iter().filter(|frame| frame["op"] == 5).collect()
    }

    /// The contents of the notifications.
    fn contents(&mut self) -> Vec<Value> {
        self.notifications().into_iter().map(|frame| frame["pc"].clone()).collect()
    }

    fn acknowledge(&mut self, notification: &Value, rsc: u64) -> Vec<Value> {
        let ack = json!({"rsc": rsc, "rqi": notification["rqi"], "rvi": "4", "to": "/id-in", "fr": self.fr});
        self.send(&ack)
    }

    fn fault(&mut self, fault: Fault, on: bool) -> Vec<SimulatorOutput> {
        self.feed(SimulatorInput::Fault(fault, on))
    }

    /// The socket goes and comes again after a while, without deadlines in between.
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

/// The one member of an object.
fn only_member(object: &Value) -> Value {
    let members = object.as_object().unwrap_or_else(|| panic!("no object: {object}"));
    assert_eq!(members.len(), 1, "{object}");
    members.values().next().cloned().unwrap_or_default()
}

/// The names of an object's members, in order.
fn names(object: &Value) -> Vec<&str> {
    object.as_object().map(|members| members.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn container(name: &str) -> Value {
    json!({"m2m:cnt": {"rn": name}})
}

fn instance(content: impl Into<Value>) -> Value {
    let content: Value = content.into();
    json!({"m2m:cin": {"con": content}})
}

/// What an error says.
fn debug(answer: &Value) -> &str {
    answer["pc"]["m2m:dbg"].as_str().unwrap_or_else(|| panic!("no m2m:dbg in {answer}"))
}
