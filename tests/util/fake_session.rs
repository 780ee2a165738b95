//! Sessions of made-up protocols, which do as the peer's frames say.
//!
//! Each sends `hello <protocol>` when its socket opens. The frames that it understands: `i am <protocol>`,
//! `not me`, `go away`, `close`, `patience <seconds>`, `reading`, `leave <words>`, `fetch <url>`, and `flood`, which is answered by many frames.

use std::time::Duration;

use porthole::model::event::{Event, Notice, Outcome, Request, RequestId};
use porthole::model::link::Cause;
use porthole::model::reading::Severity;
use porthole::model::time::{Instant, Now};
use porthole::protocol::http::HttpRequest;
use porthole::protocol::link::FIRST_MESSAGE_TIMEOUT;
use porthole::protocol::{Attempt, Frame, Input, Outbox, Output, Protocol, Session};

/// Offers no subprotocol.
pub static ALPHA: Protocol = Protocol {
    id: "alpha",
    title: "Alpha",
    example: "ws://alpha.lab:4711",
    usual: "",
    is_tried: true,
    schemes: &[],
    subprotocols: &[],
    variants: None,
    url: None,
    options: &[],
    definitions: None,
    later: None,
    session: |_options| Box::new(FakeSession::new("alpha")),
    causes: alpha_causes,
    demos: &[],
};

/// Offers a subprotocol.
pub static BETA: Protocol = Protocol {
    id: "beta",
    title: "Beta",
    example: "ws://beta.lab:4712",
    usual: "",
    is_tried: true,
    schemes: &[],
    subprotocols: &["beta.v1"],
    variants: None,
    url: None,
    options: &[],
    definitions: None,
    later: None,
    session: |_options| Box::new(FakeSession::new("beta")),
    causes: |_attempt| Vec::new(),
    demos: &[],
};

fn alpha_causes(attempt: &Attempt<'_>) -> Vec<Cause> {
    if attempt.opened {
        return Vec::new();
    }
    let text = "Alpha servers listen at 4711 for pages and at 4710 for everybody else.".to_owned();
    // The second is not fit to be shown and must not be.
    vec![
        Cause { title: "The wrong port".to_owned(), text, snippet: String::new(), offer: None },
        Cause::default(),
    ]
}

/// See the module.
pub struct FakeSession {
    name: &'static str,
    open: bool,
    recognised: bool,
    opened: Option<Instant>,
    /// What it still wants to say before its socket is closed.
    last_words: Option<String>,
    pending: Vec<RequestId>,
    outbox: Outbox<Output>,
}

impl FakeSession {
    /// A session that has not seen any input yet.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            open: false,
            recognised: false,
            opened: None,
            last_words: None,
            pending: Vec::new(),
            outbox: Outbox::default(),
        }
    }

    fn event(&mut self, event: Event) {
        self.outbox.push(Output::Event(event));
    }

    fn send(&mut self, text: impl Into<String>) {
        self.outbox.push(Output::Send(Frame::Text(text.into())));
    }

    fn text(&mut self, text: &str) {
        let refuse = |not_this_protocol, title: &str| Event::Refused {
            not_this_protocol,
            notice: Notice::new(Severity::Alarm, title, "Ask its owner.", text),
            causes: Vec::new(),
        };
        match text.split_once(' ').unwrap_or((text, "")) {
            ("i", rest) if rest.strip_prefix("am ") == Some(self.name) => {
                if !self.recognised {
                    self.recognised = true;
                    self.event(Event::Recognised { speaks: self.name.to_owned() });
                }
            }
            ("not", _) => self.event(refuse(true, "It speaks something else")),
            ("go", _) => self.event(refuse(false, "It wants a login")),
            ("close", _) => self.outbox.push(Output::Close("ü".repeat(100))),
            ("patience", seconds) => {
                let seconds = seconds.parse().unwrap_or(0);
                self.event(Event::Patience(Duration::from_secs(seconds)));
            }
            ("reading", _) => {
                self.event(Event::Violation { channel: Some(0), rule: "it counts as a reading" });
            }
            ("leave", words) => self.last_words = Some(words.to_owned()),
            ("fetch", url) => self.outbox.push(Output::Fetch(HttpRequest {
                id: 7,
                method: "GET",
                url: url.to_owned(),
                headers: Vec::new(),
                body: String::new(),
                wanted_header: "",
            })),
            ("flood", _) => (0..100).for_each(|_| self.send("drop")),
            _ => self.event(Event::Malformed {
                channel: None,
                notice: Notice::new(Severity::Warning, "No message", "It is not understood.", text),
            }),
        }
    }
}

impl Session for FakeSession {
    fn preview(&self, _request: &Request) -> Option<String> {
        None
    }

    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        match input {
            Input::Opened { .. } => {
                assert!(!self.open, "opened twice");
                (self.open, self.recognised, self.opened) = (true, false, Some(now.instant));
                self.send(format!("hello {}", self.name));
            }
            Input::Text(text) => {
                assert!(self.open, "a frame without a socket");
                self.text(text);
            }
            Input::Binary(bytes) => self.text(&String::from_utf8_lossy(bytes)),
            Input::Closed => {
                assert!(self.open, "closed without having been open");
                (self.open, self.recognised, self.opened) = (false, false, None);
                for request in std::mem::take(&mut self.pending) {
                    self.event(Event::Reply { request, outcome: Outcome::Lost });
                }
            }
            Input::Fetched { id, answer } => {
                let text =
                    answer.map_or_else(str::to_owned, |answer| format!("{} {}", answer.status, answer.body));
                self.event(Event::Notice(Notice::new(Severity::Normal, &format!("fetched {id}"), &text, "")));
            }
            Input::Leave { hurried } => {
                for words in self
                    .last_words
                    .take()
                    .iter()
                    .flat_map(|words| words.split(' '))
                    .take(if hurried { 1 } else { 9 })
                {
                    self.send(words);
                }
            }
            Input::Probe => self.send("probe"),
            Input::Timeout => {
                self.opened = None;
                if !self.recognised {
                    self.outbox.push(Output::Close("no greeting came".to_owned()));
                }
            }
            Input::Request(id, Request::Subscribe { .. }) => {
                self.event(Event::Reply {
                    request: id,
                    outcome: Outcome::Done { value: None, data_type: None },
                });
            }
            Input::Request(id, _) => {
                self.pending.push(id);
                self.send("request");
            }
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn deadline(&self) -> Option<Instant> {
        self.opened.filter(|_| !self.recognised).map(|opened| opened + FIRST_MESSAGE_TIMEOUT)
    }
}
