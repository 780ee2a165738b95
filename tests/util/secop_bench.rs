//! A SECoP session on a bench: the test plays the node, with a fake clock.

use porthole::model::event::Event;
use porthole::model::reading::Report;
use porthole::model::time::Now;
use porthole::model::value::Value;
use porthole::protocol::secop::session::SecopSession;
use porthole::protocol::{Frame, Input, Output};

use super::session_bench::{Peer, SessionBench};

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

/// A session on a bench; the test plays the node.
pub type SecopBench = SessionBench<Node>;

/// The node: it wants lines.
pub struct Node;

impl Peer for Node {
    fn sees(&mut self, _now: Now, output: &Output) {
        if let Output::Send(Frame::Text(text)) = output {
            assert!(!text.trim().is_empty() && !text.contains(['\n', '\r']), "a bad frame: {text:?}");
        }
    }
}

impl SecopBench {
    /// A session that has not seen any input yet.
    pub fn new() -> Self {
        Self::with(Box::new(SecopSession::new()), Node)
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

    /// The frames that were sent since the last [`SessionBench::take`].
    pub fn sent(&self) -> Vec<&str> {
        let texts = self.outputs.iter().filter_map(|output| match output {
            Output::Send(Frame::Text(text)) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The values of [`SecopBench::readings`], error reports left out.
    pub fn values(&self) -> Vec<(&str, Value)> {
        let values = self.readings().into_iter().filter_map(|(path, reading)| match &reading.report {
            Report::Value(value) => Some((path, value.clone())),
            Report::Error { .. } => None,
        });
        values.collect()
    }

    /// The rules that were broken since the last [`SessionBench::take`].
    pub fn violations(&self) -> Vec<&'static str> {
        self.told(|event| match event {
            Event::Violation { rule, .. } => Some(*rule),
            _ => None,
        })
    }

    /// How many frames could not be understood since the last [`SessionBench::take`].
    pub fn malformed(&self) -> usize {
        self.events().into_iter().filter(|event| matches!(event, Event::Malformed { .. })).count()
    }

    /// Subscriptions that began or ended since the last [`SessionBench::take`].
    pub fn subscribed(&self) -> Vec<(&str, bool)> {
        self.told(|event| match event {
            Event::Subscribed { channel, on } => Some((self.path(*channel), *on)),
            _ => None,
        })
    }

    /// The titles of notices since the last [`SessionBench::take`].
    pub fn notices(&self) -> Vec<&str> {
        self.told(|event| match event {
            Event::Notice(notice) => Some(notice.title.as_str()),
            _ => None,
        })
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
