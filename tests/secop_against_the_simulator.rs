//! The SECoP session against simulated nodes, with one fake clock for both: no malformed frame, no violation but
//! the ones that a quirk or a fault asks for.

mod util;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use porthole::model::catalog::{Catalog, CatalogChanges};
use porthole::model::event::{Event, Outcome, Request, RequestId};
use porthole::model::reading::{Reading, Report};
use porthole::model::time::Instant;
use porthole::model::value::Value;
use porthole::protocol::options::Options;
use porthole::protocol::secop::PROTOCOL;
use porthole::protocol::secop::simulator::{Quirks, SecopSimulator};
use porthole::protocol::{Fault, Frame, Input, Output, Session, Simulator, SimulatorInput, SimulatorOutput};
use util::clock::{Clock, secs};

/// A session and a simulator, connected without a socket.
struct Pair {
    clock: Clock,
    session: Box<dyn Session>,
    simulator: SecopSimulator,
    up: VecDeque<Frame>,
    down: VecDeque<SimulatorOutput>,
    catalog: Catalog,
    changes: Option<CatalogChanges>,
    events: Vec<Event>,
    connected: bool,
    requests: u64,
}

impl Pair {
    fn cryo3(quirks: &str) -> Self {
        let quirks: Quirks = quirks.parse().expect("quirks");
        Self::new(SecopSimulator::cryo3(1, quirks))
    }

    fn new(simulator: SecopSimulator) -> Self {
        let mut pair = Self {
            clock: Clock::new(),
            session: (PROTOCOL.session)(&Options::default()),
            simulator,
            up: VecDeque::new(),
            down: VecDeque::new(),
            catalog: Catalog::default(),
            changes: None,
            events: Vec::new(),
            connected: false,
            requests: 0,
        };
        pair.open();
        pair
    }

    fn open(&mut self) {
        self.connected = true;
        self.simulate(SimulatorInput::Opened);
        self.session(Input::Opened { subprotocol: "" });
    }

    fn close(&mut self) {
        self.connected = false;
        self.up.clear();
        self.down.clear();
        self.feed_simulator(SimulatorInput::Closed);
        self.feed_session(Input::Closed);
    }

    fn session(&mut self, input: Input<'_>) {
        self.feed_session(input);
        self.deliver();
    }

    fn simulate(&mut self, input: SimulatorInput<'_>) {
        self.feed_simulator(input);
        self.deliver();
    }

    fn feed_session(&mut self, input: Input<'_>) {
        self.session.handle(self.clock.now, input);
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send(frame) => self.up.push_back(frame),
                Output::Close(reason) => panic!("the session gives up: {reason}"),
                Output::Alive => {}
                Output::Fetch(request) => panic!("a node has no HTTP: {request:?}"),
                Output::Event(event) => {
                    if let Event::Catalog { catalog, changes } = &event {
                        self.catalog = (**catalog).clone();
                        self.changes.clone_from(changes);
                    }
                    self.events.push(event);
                }
            }
        }
    }

    fn feed_simulator(&mut self, input: SimulatorInput<'_>) {
        self.simulator.handle(self.clock.now, input);
        while let Some(output) = self.simulator.poll() {
            self.down.push_back(output);
        }
    }

    /// Delivers what is on the wire, in order, until it is empty.
    fn deliver(&mut self) {
        loop {
            if let Some(output) = self.down.pop_front() {
                match output {
                    SimulatorOutput::Send(Frame::Text(text)) => self.feed_session(Input::Text(&text)),
                    SimulatorOutput::Send(Frame::Binary(bytes)) => self.feed_session(Input::Binary(&bytes)),
                    SimulatorOutput::Cut => self.close(),
                }
            } else if let Some(frame) = self.up.pop_front() {
                self.feed_simulator(SimulatorInput::Frame(&frame));
            } else {
                return;
            }
        }
    }

    /// Lets time pass, with the deadlines of both kept.
    fn pass(&mut self, duration: Duration) {
        let end = self.clock.now.instant + duration;
        loop {
            let (session, simulator) = (self.session.deadline(), self.simulator.deadline());
            let Some(next) = Instant::earliest(session, simulator).filter(|next| *next <= end) else { break };
            self.clock.pass_to(next);
            if session.is_some_and(|deadline| deadline <= next) {
                self.session(Input::Timeout);
            }
            if simulator.is_some_and(|deadline| deadline <= next) {
                self.simulate(SimulatorInput::Timeout);
            }
        }
        self.clock.pass_to(end);
    }

    fn channel(&self, path: &str) -> usize {
        self.catalog.channels.iter().position(|channel| channel.path == path).expect(path)
    }

    fn command(&self, path: &str) -> usize {
        self.catalog.commands.iter().position(|command| command.path == path).expect(path)
    }

    /// Asks, and lets 5 seconds pass.
    fn ask(&mut self, request: Request) -> Outcome {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.session(Input::Request(id, request));
        self.pass(secs(5.0));
        let outcome = self.events.iter().find_map(|event| match event {
            Event::Reply { request, outcome } if *request == id => Some(outcome.clone()),
            _ => None,
        });
        outcome.expect("an answer within 5 s")
    }

    fn write(&mut self, path: &str, value: Value) -> Outcome {
        let channel = self.channel(path);
        self.ask(Request::Write { channel, value })
    }

    fn readings(&self) -> BTreeMap<&str, Vec<&Reading>> {
        let mut readings = BTreeMap::<&str, Vec<&Reading>>::new();
        for event in &self.events {
            if let Event::Reading { channel, reading } = event {
                readings.entry(&self.catalog.channels[*channel].path).or_default().push(reading);
            }
        }
        readings
    }

    fn is_live(&self) -> bool {
        self.events.contains(&Event::Live)
    }

    fn count(&self, of: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|event| of(event)).count()
    }

    fn assert_clean(&self) {
        for event in &self.events {
            assert!(!matches!(event, Event::Malformed { .. } | Event::Violation { .. }), "{event:?}");
        }
        assert_eq!(self.catalog.warnings, Vec::<String>::new());
    }
}

fn done(outcome: &Outcome) -> &Value {
    match outcome {
        Outcome::Done { value: Some(value), .. } => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_demo_nodes_speak_cleanly_for_five_minutes() {
    let nodes = [
        SecopSimulator::cryo3(3, Quirks::default()),
        SecopSimulator::mass_spectrometer(3, Quirks::default()),
    ];
    for node in nodes {
        let mut pair = Pair::new(node);
        pair.pass(secs(300.0));
        pair.assert_clean();
        assert!(pair.is_live());
        let readings = pair.readings();
        for channel in pair.catalog.channels.iter().filter(|channel| channel.constant.is_none()) {
            assert!(readings.contains_key(channel.path.as_str()), "{} has no reading", channel.path);
        }
    }
}

#[test]
fn quirks_within_the_specification_do_no_harm() {
    for quirks in [
        "v1.0",
        "v1.1",
        "v2.0",
        "no-t",
        "no-e",
        "old-visibility",
        "new-meaning",
        "unknown-type",
        "extra",
        "reorder",
        "late-active",
        "newline",
        "slow=900",
    ] {
        let mut pair = Pair::cryo3(quirks);
        pair.pass(secs(20.0));
        assert!(pair.is_live(), "{quirks}");
        let outcome = pair.write("T_sample/target", Value::Number(6.0));
        assert_eq!(done(&outcome), &Value::Number(6.0), "{quirks}");
        assert!(pair.readings()["T_sample/value"].len() > 50, "{quirks}");
        for event in &pair.events {
            assert!(!matches!(event, Event::Malformed { .. }), "{quirks}: {event:?}");
        }
    }
}

#[test]
fn a_bare_nan_is_shown_and_counted() {
    let mut pair = Pair::cryo3("nan");
    pair.pass(secs(5.0));
    let readings = pair.readings();
    let last = readings["T_broken/value"].last().expect("a reading");
    assert!(matches!(last.report, Report::Value(Value::Number(number)) if number.is_nan()), "{last:?}");
    assert!(pair.count(|event| matches!(event, Event::Violation { .. })) >= 3);
    assert_eq!(pair.count(|event| matches!(event, Event::Malformed { .. })), 0);
}

#[test]
fn a_target_is_driven_to_and_refused_beyond_its_limits() {
    let mut pair = Pair::cryo3("v2.0");
    pair.pass(secs(1.0));
    let target = pair.channel("T_sample/target");
    let checked = pair.ask(Request::Check { channel: target, value: Value::Number(100.0) });
    assert!(matches!(checked, Outcome::Done { .. }), "{checked:?}");
    let refused = pair.write("T_sample/target", Value::Number(1000.0));
    assert!(!matches!(refused, Outcome::Done { .. }), "{refused:?}");
    let tune = pair.command("T_sample/_autotune");
    let argument =
        Value::Record(vec![("method".into(), Value::Integer(0)), ("amplitude".into(), Value::Number(1.0))]);
    let tuned = pair.ask(Request::Execute { command: tune, argument: Some(argument.clone()) });
    assert!(matches!(done(&tuned), Value::Record(gains) if gains.len() == 3), "{tuned:?}");
    let again = pair.ask(Request::Execute { command: tune, argument: Some(argument) });
    assert!(matches!(again, Outcome::Refused { class, .. } if class == "CommandRunning"));
    pair.assert_clean();
}

#[test]
fn garbage_is_counted_and_nothing_else_is_lost() {
    let mut pair = Pair::cryo3("");
    pair.pass(secs(1.0));
    pair.simulate(SimulatorInput::Fault(Fault::Garbage, true));
    pair.pass(secs(30.0));
    assert!(pair.count(|event| matches!(event, Event::Malformed { .. })) > 20);
    let good = pair.readings()["T_sample/value"].len();
    assert!((140..=200).contains(&good), "{good} in 30 s at 5 Hz");
    let outcome = pair.write("T_sample/target", Value::Number(6.0));
    assert_eq!(done(&outcome), &Value::Number(6.0));
}

#[test]
fn an_error_is_reported_and_recovered_from() {
    let mut pair = Pair::cryo3("");
    pair.pass(secs(1.0));
    pair.simulate(SimulatorInput::Fault(Fault::Error, true));
    pair.pass(secs(1.0));
    let is_error = |pair: &Pair| {
        let readings = pair.readings();
        matches!(readings["T_sample/value"].last(), Some(Reading { report: Report::Error { .. }, .. }))
    };
    assert!(is_error(&pair));
    pair.simulate(SimulatorInput::Fault(Fault::Error, false));
    pair.pass(secs(1.0));
    assert!(!is_error(&pair));
    pair.assert_clean();
}

#[test]
fn a_cut_line_comes_back_and_a_changed_description_is_told() {
    let mut pair = Pair::cryo3("changing");
    pair.pass(secs(1.0));
    pair.simulate(SimulatorInput::Fault(Fault::Cut, true));
    assert!(!pair.connected);
    pair.events.clear();
    pair.open();
    pair.pass(secs(2.0));
    assert!(pair.is_live());
    let changes = pair.changes.clone().expect("changes");
    assert!(changes.appeared.contains(&"T_probe".to_owned()), "{changes:?}");
    assert!(changes.vanished.contains(&"he_level".to_owned()), "{changes:?}");
    assert!(changes.changed.iter().any(|(path, _)| path == "T_sample/target"), "{changes:?}");
    pair.assert_clean();
}
