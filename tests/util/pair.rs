//! A session and a simulator, connected without a socket, with one fake clock for both.

use std::collections::{BTreeMap, VecDeque};

use porthole::model::catalog::{Catalog, CatalogChanges};
use porthole::model::event::{Event, Outcome, Request, RequestId};
use porthole::model::reading::{Reading, Report};
use porthole::model::time::{Instant, Timestamp};
use porthole::model::value::Value;
use porthole::protocol::{Frame, Input, Output, Session, Simulator, SimulatorInput, SimulatorOutput};

use super::clock::{Clock, secs};

/// See the module.
pub struct Pair {
    /// The clock.
    pub clock: Clock,
    /// The session.
    pub session: Box<dyn Session>,
    /// The simulator.
    pub simulator: Box<dyn Simulator>,
    /// The catalog that the session told last.
    pub catalog: Catalog,
    /// What the session told, since the beginning.
    pub events: Vec<Event>,
    /// Frames of the client, since the beginning.
    pub sent: Vec<String>,
    /// Values of each channel with their times, in the order in which they were told, past and present.
    pub told: BTreeMap<String, Vec<(Timestamp, Value)>>,
    /// The line is there.
    pub is_connected: bool,
    /// Why the session gave the socket up, if it did and it has not been opened anew.
    pub closed: Vec<String>,
    subprotocol: &'static str,
    may_give_up: bool,
    up: VecDeque<Frame>,
    down: VecDeque<SimulatorOutput>,
    requests: u64,
}

impl Pair {
    /// Connects the two. Where the session may not give a socket up, that fails the test.
    pub fn new(
        session: Box<dyn Session>,
        simulator: impl Simulator + 'static,
        subprotocol: &'static str,
        may_give_up: bool,
    ) -> Self {
        let mut pair = Self {
            clock: Clock::new(),
            session,
            simulator: Box::new(simulator),
            catalog: Catalog::default(),
            events: Vec::new(),
            sent: Vec::new(),
            told: BTreeMap::new(),
            is_connected: false,
            closed: Vec::new(),
            subprotocol,
            may_give_up,
            up: VecDeque::new(),
            down: VecDeque::new(),
            requests: 0,
        };
        pair.open();
        pair
    }

    /// The line is there.
    pub fn open(&mut self) {
        self.is_connected = true;
        self.simulate(SimulatorInput::Opened);
        self.session(Input::Opened { subprotocol: self.subprotocol });
    }

    /// The line is cut.
    pub fn close(&mut self) {
        self.is_connected = false;
        self.up.clear();
        self.down.clear();
        self.feed_simulator(SimulatorInput::Closed);
        self.feed_session(Input::Closed);
        self.up.clear();
        self.down.clear();
    }

    /// Something happens to the session.
    pub fn session(&mut self, input: Input<'_>) {
        self.feed_session(input);
        self.deliver();
    }

    /// Something happens to the simulator.
    pub fn simulate(&mut self, input: SimulatorInput<'_>) {
        self.feed_simulator(input);
        self.deliver();
    }

    fn feed_session(&mut self, input: Input<'_>) {
        self.session.handle(self.clock.now, input);
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send(frame) => {
                    if let Frame::Text(text) = &frame {
                        self.sent.push(text.clone());
                    }
                    self.up.push_back(frame);
                }
                Output::Close(reason) if self.may_give_up => self.closed.push(reason),
                Output::Close(reason) => panic!("the session gives up: {reason}"),
                Output::Alive => {}
                Output::Fetch(request) => panic!("there is no HTTP here: {request:?}"),
                Output::Event(event) => self.learn(event),
            }
        }
    }

    fn learn(&mut self, event: Event) {
        let path = |channel: usize| self.catalog.channels[channel].path.clone();
        match &event {
            Event::Catalog { catalog, .. } => self.catalog = (**catalog).clone(),
            Event::Reading { channel, reading } => {
                if let Report::Value(value) = &reading.report {
                    let at = reading.taken.unwrap_or(self.clock.now.wall);
                    let path = path(*channel);
                    self.told.entry(path).or_default().push((at, value.clone()));
                }
            }
            Event::History { channel, readings } => {
                let path = path(*channel);
                self.told.entry(path).or_default().extend(readings.iter().cloned());
            }
            _ => {}
        }
        self.events.push(event);
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

    /// Lets time pass, with each deadline of both served when it comes. A socket that the session gave up is opened
    /// anew, as the link does.
    pub fn pass(&mut self, seconds: f64) {
        let end = self.clock.now.instant + secs(seconds);
        let mut rounds = 0;
        loop {
            if !std::mem::take(&mut self.closed).is_empty() && self.is_connected {
                self.close();
                self.clock.pass(secs(0.5));
                self.open();
            }
            let session = self.session.deadline().filter(|_| self.is_connected);
            let simulator = self.simulator.deadline();
            let Some(next) = Instant::earliest(session, simulator).filter(|at| *at <= end) else { break };
            self.clock.pass_to(next);
            rounds += 1;
            assert!(
                rounds < 400_000,
                "it is always {} that has something due",
                if session == Some(next) { "the session" } else { "the simulator" }
            );
            if session == Some(next) {
                self.session(Input::Timeout);
            } else {
                self.simulate(SimulatorInput::Timeout);
            }
        }
        self.clock.pass_to(end);
    }

    /// It is live, or was.
    pub fn is_live(&self) -> bool {
        self.events.contains(&Event::Live)
    }

    /// Somebody asks for something.
    pub fn request(&mut self, request: Request) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.session(Input::Request(id, request));
        id
    }

    /// How a request has ended.
    pub fn outcome(&self, id: RequestId) -> Option<&Outcome> {
        self.events.iter().find_map(|event| match event {
            Event::Reply { request, outcome } if *request == id => Some(outcome),
            _ => None,
        })
    }

    /// The index of a channel.
    pub fn channel(&self, path: &str) -> usize {
        let found = self.catalog.channels.iter().position(|channel| channel.path == path);
        found.unwrap_or_else(|| panic!("no {path} among {:#?}", self.paths()))
    }

    /// The paths of all channels.
    pub fn paths(&self) -> Vec<&str> {
        self.catalog.channels.iter().map(|channel| channel.path.as_str()).collect()
    }

    /// The index of a group.
    pub fn group(&self, path: &str) -> usize {
        self.catalog.groups.iter().position(|group| group.path == path).expect("the group is there")
    }

    /// Values of a channel with their times, in the order in which they were told.
    pub fn values(&self, path: &str) -> Vec<(Timestamp, Value)> {
        self.told.get(path).cloned().unwrap_or_default()
    }

    /// How many frames could not be understood.
    pub fn malformed(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, Event::Malformed { .. })).count()
    }

    /// The rules that were broken, each once.
    pub fn violations(&self) -> Vec<&'static str> {
        let mut rules: Vec<_> = self
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Violation { rule, .. } => Some(*rule),
                _ => None,
            })
            .collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The titles of notices.
    pub fn notices(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Notice(notice) => Some(notice.title.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The session says that a channel is subscribed to.
    pub fn is_subscribed(&self, path: &str) -> bool {
        let channel = self.channel(path);
        let last = self.events.iter().rev().find_map(|event| match event {
            Event::Subscribed { channel: other, on } if *other == channel => Some(*on),
            _ => None,
        });
        last == Some(true)
    }

    /// The index of a command.
    pub fn command(&self, path: &str) -> usize {
        self.catalog.commands.iter().position(|command| command.path == path).expect(path)
    }

    /// Writes, and lets 5 seconds pass.
    pub fn write(&mut self, path: &str, value: Value) -> Outcome {
        let channel = self.channel(path);
        self.ask(Request::Write { channel, value })
    }

    /// Readings of each channel.
    pub fn readings(&self) -> BTreeMap<&str, Vec<&Reading>> {
        let mut readings = BTreeMap::<&str, Vec<&Reading>>::new();
        for event in &self.events {
            if let Event::Reading { channel, reading } = event {
                readings.entry(&self.catalog.channels[*channel].path).or_default().push(reading);
            }
        }
        readings
    }

    /// How many such events there were.
    pub fn count(&self, of: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|event| of(event)).count()
    }

    /// All was understood.
    pub fn assert_clean(&self) {
        for event in &self.events {
            assert!(!matches!(event, Event::Malformed { .. } | Event::Violation { .. }), "{event:?}");
        }
        assert_eq!(self.catalog.warnings, Vec::<String>::new());
    }

    /// Asks, and lets 5 seconds pass.
    pub fn ask(&mut self, request: Request) -> Outcome {
        let id = self.request(request);
        self.pass(5.0);
        self.outcome(id).expect("an answer within 5 s").clone()
    }

    /// What changed with the last catalog.
    pub fn changes(&self) -> Option<&CatalogChanges> {
        let last = self.events.iter().rev().find_map(|event| match event {
            Event::Catalog { changes, .. } => Some(changes),
            _ => None,
        });
        last?.as_ref()
    }

    /// Why the session asks a person, if it does.
    pub fn refused(&self) -> Option<&Event> {
        self.events.iter().rev().find(|event| matches!(event, Event::Refused { .. }))
    }
}
