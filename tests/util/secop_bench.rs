//! A SECoP session on a bench: the test plays the node, with a fake clock.

use std::time::Duration;

use porthole::model::catalog::Catalog;
use porthole::model::event::{Event, Outcome, Request, RequestId};
use porthole::model::reading::{Reading, Report};
use porthole::model::value::Value;
use porthole::protocol::secop::session::SecopSession;
use porthole::protocol::{Frame, Input, Output, Session};

use super::clock::Clock;

/// As frappy 0.20.9 and usecop 0.1.0 identify themselves.
pub const IDENTITY: &str = "ISSE&SINE2020,SECoP,V2019-09-16,v1.0";

/// A node with one of everything: a real description of frappy 0.20.9.
pub const FRAPPY: &str = include_str!("../data/secop/frappy_describe.json");

/// Two small modules.
pub const TWO: &str = r#"{"equipment_id": "two", "description": "Two modules", "modules": {
    "cryo": {"description": "a cryostat", "interface_classes": ["Drivable"], "accessibles": {
        "value": {"description": "temperature", "readonly": true,
            "datainfo": {"type": "double", "min": 0, "max": 300, "unit": "K"}},
        "status": {"description": "state", "readonly": true, "datainfo": {"type": "tuple", "members": [
            {"type": "enum", "members": {"IDLE": 100, "BUSY": 300}}, {"type": "string"}]}},
        "target": {"description": "setpoint", "readonly": false, "checkable": true,
            "datainfo": {"type": "double", "min": 0, "max": 300, "unit": "K"}},
        "stop": {"description": "stop", "datainfo": {"type": "command"}},
        "_square": {"description": "square", "datainfo": {"type": "command", "argument": {"type": "double"},
            "result": {"type": "double"}}}}},
    "gauge": {"description": "a gauge", "interface_classes": ["Readable"], "accessibles": {
        "value": {"description": "pressure", "readonly": true, "datainfo": {"type": "double", "unit": "mbar"}},
        "_serial": {"description": "serial number", "readonly": true, "constant": 17,
            "datainfo": {"type": "int"}}}}}}"#;

/// See the module.
pub struct SecopBench {
    /// The clock.
    pub clock: Clock,
    /// The session.
    pub session: SecopSession,
    /// What came out since the last [`SecopBench::take`].
    pub outputs: Vec<Output>,
    /// The catalog that the session told last.
    pub catalog: Catalog,
    requests: u64,
}

impl SecopBench {
    /// A session that has not seen any input yet.
    pub fn new() -> Self {
        Self {
            clock: Clock::new(),
            session: SecopSession::new(),
            outputs: Vec::new(),
            catalog: Catalog::default(),
            requests: 0,
        }
    }

    /// A session that is live with a node of this description.
    pub fn live(description: &str) -> Self {
        let mut bench = Self::new();
        bench.connect(description);
        bench
    }

    /// Opens the socket and answers as a good node does; nothing is left to take.
    pub fn connect(&mut self, description: &str) {
        self.open();
        self.text(IDENTITY);
        self.text(&format!("describing . {description}"));
        self.text("active");
        assert!(self.events().contains(&&Event::Live), "{:?}", self.outputs);
        let pings: Vec<String> =
            self.sent().iter().filter_map(|frame| frame.strip_prefix("ping ")).map(str::to_owned).collect();
        for token in pings {
            self.text(&format!("pong {token} [null, {{}}]"));
        }
        self.take();
    }

    /// The socket opens.
    pub fn open(&mut self) {
        self.input(Input::Opened { subprotocol: "" });
    }

    /// A frame comes.
    pub fn text(&mut self, frame: &str) {
        self.input(Input::Text(frame));
    }

    /// Feeds the session and keeps what comes out.
    pub fn input(&mut self, input: Input<'_>) {
        self.session.handle(self.clock.now, input);
        while let Some(output) = self.session.poll() {
            if let Output::Event(Event::Catalog { catalog, .. }) = &output {
                self.catalog = (**catalog).clone();
            }
            if let Output::Send(Frame::Text(text)) = &output {
                assert!(!text.trim().is_empty() && !text.contains(['\n', '\r']), "a bad frame: {text:?}");
            }
            self.outputs.push(output);
        }
    }

    /// Somebody asks for something.
    pub fn ask(&mut self, request: Request) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.input(Input::Request(id, request));
        id
    }

    /// Lets time pass, with each deadline served when it comes.
    pub fn pass(&mut self, duration: Duration) {
        let end = self.clock.now.instant + duration;
        for _ in 0..1_000 {
            let Some(deadline) = self.session.deadline().filter(|deadline| *deadline <= end) else {
                self.clock.pass_to(end);
                return;
            };
            self.clock.pass_to(deadline);
            self.input(Input::Timeout);
        }
        panic!("the session does not come to rest");
    }

    /// What came out since the last call.
    pub fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// The frames that were sent since the last [`SecopBench::take`].
    pub fn sent(&self) -> Vec<&str> {
        let texts = self.outputs.iter().filter_map(|output| match output {
            Output::Send(Frame::Text(text)) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The events since the last [`SecopBench::take`].
    pub fn events(&self) -> Vec<&Event> {
        let events = self.outputs.iter().filter_map(|output| match output {
            Output::Event(event) => Some(event),
            _ => None,
        });
        events.collect()
    }

    /// Readings since the last [`SecopBench::take`]: path and reading.
    pub fn readings(&self) -> Vec<(&str, &Reading)> {
        let readings = self.events().into_iter().filter_map(|event| match event {
            Event::Reading { channel, reading } => {
                Some((self.catalog.channels[*channel].path.as_str(), reading))
            }
            _ => None,
        });
        readings.collect()
    }

    /// The values of [`SecopBench::readings`], error reports left out.
    pub fn values(&self) -> Vec<(&str, Value)> {
        let values = self.readings().into_iter().filter_map(|(path, reading)| match &reading.report {
            Report::Value(value) => Some((path, value.clone())),
            Report::Error { .. } => None,
        });
        values.collect()
    }

    /// How requests ended since the last [`SecopBench::take`].
    pub fn outcomes(&self) -> Vec<(RequestId, &Outcome)> {
        let replies = self.events().into_iter().filter_map(|event| match event {
            Event::Reply { request, outcome } => Some((*request, outcome)),
            _ => None,
        });
        replies.collect()
    }

    /// The rules that were broken since the last [`SecopBench::take`].
    pub fn violations(&self) -> Vec<&'static str> {
        let rules = self.events().into_iter().filter_map(|event| match event {
            Event::Violation { rule, .. } => Some(*rule),
            _ => None,
        });
        rules.collect()
    }

    /// How many frames could not be understood since the last [`SecopBench::take`].
    pub fn malformed(&self) -> usize {
        self.events().into_iter().filter(|event| matches!(event, Event::Malformed { .. })).count()
    }

    /// Subscriptions that began or ended since the last [`SecopBench::take`].
    pub fn subscribed(&self) -> Vec<(&str, bool)> {
        let changes = self.events().into_iter().filter_map(|event| match event {
            Event::Subscribed { channel, on } => Some((self.catalog.channels[*channel].path.as_str(), *on)),
            _ => None,
        });
        changes.collect()
    }

    /// The titles of notices since the last [`SecopBench::take`].
    pub fn notices(&self) -> Vec<&str> {
        let titles = self.events().into_iter().filter_map(|event| match event {
            Event::Notice(notice) => Some(notice.title.as_str()),
            _ => None,
        });
        titles.collect()
    }

    /// The index of a channel.
    pub fn channel(&self, path: &str) -> usize {
        self.catalog
            .channels
            .iter()
            .position(|channel| channel.path == path)
            .expect("the channel is described")
    }

    /// The index of a command.
    pub fn command(&self, path: &str) -> usize {
        self.catalog
            .commands
            .iter()
            .position(|command| command.path == path)
            .expect("the command is described")
    }
}
