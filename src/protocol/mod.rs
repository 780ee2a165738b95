//! What instruments speak: sans-IO sessions, one folder a protocol.
//!
//! Nothing in here opens a socket, reads a clock or touches JavaScript. A [`Session`] is fed inputs with the time
//! and drained of outputs; [`connection::Connection`] adds the life of the link around it; the shell in
//! `transport` moves frames between that and a real socket, an in-page simulator or a capture.
//!
//! A protocol is one folder and one line in [`PROTOCOLS`].

pub mod address;
pub mod connection;
pub mod connector;
pub mod definitions;
pub mod etp;
pub mod event_texts;
pub mod exosite;
pub mod failure;
pub mod faults;
pub mod http;
pub mod limiter;
pub mod line;
pub mod link;
pub mod onem2m;
pub mod options;
pub mod physics;
pub mod preflight;
pub mod quirks;
pub mod random;
pub mod secop;
pub mod secrets;

use crate::model::event::{Event, Request, RequestId};
use crate::model::link::Cause;
use crate::model::time::{Instant, Now};
use definitions::Definitions;
use http::{HttpAnswer, HttpRequest};
use options::{OptionSpec, Options};

/// All protocols, in the order in which they are tried on an address whose protocol nobody named.
pub const PROTOCOLS: &[&Protocol] =
    &[&secop::PROTOCOL, &onem2m::PROTOCOL, &etp::PROTOCOL, &exosite::PROTOCOL, &connector::PROTOCOL];

/// The protocols that are tried on an address whose protocol nobody named.
pub fn tried() -> Vec<&'static Protocol> {
    PROTOCOLS.iter().copied().filter(|protocol| protocol.is_tried).collect()
}

/// What the rest of the program knows of a protocol.
#[derive(Debug)]
pub struct Protocol {
    /// Its name in URLs and documents, e.g. `secop`.
    pub id: &'static str,
    /// Its name for people, e.g. `SECoP`.
    pub title: &'static str,
    /// An example of an address.
    pub example: &'static str,
    /// The address that most people want; empty where each has another one.
    pub usual: &'static str,
    /// It can be found out by trying: it needs nothing of a person before the peer has answered.
    pub is_tried: bool,
    /// URL schemes of its own, e.g. `secop`, and the WebSocket scheme that each stands for.
    pub schemes: &'static [(&'static str, &'static str)],
    /// WebSocket subprotocols to offer; empty for none.
    pub subprotocols: &'static [&'static str],
    /// Variants that cannot be offered together.
    pub variants: Option<&'static Variants>,
    /// What options add to the address. Needs the protocol's part of the program.
    pub url: Option<fn(&str, &Options) -> String>,
    /// What a person may choose beyond the address.
    pub options: &'static [OptionSpec],
    /// Its connections are described by documents that people write.
    pub definitions: Option<&'static Definitions>,
    /// A part of the program that only some of its connections need.
    pub later: Option<Later>,
    /// A session that has not seen any input yet.
    pub session: fn(&Options) -> Box<dyn Session>,
    /// The likely causes of a failure that concern this protocol, most likely first.
    pub causes: fn(&Attempt<'_>) -> Vec<Cause>,
    /// The instruments of the demo that speak it: a name for people and the simulator.
    pub demos: &'static [Demo],
}

/// Variants of a protocol that are tried one after the other, each on a socket of its own, unless an option says which.
#[derive(Debug)]
pub struct Variants {
    /// The option that names one; a session finds there which one it speaks.
    pub option: &'static str,
    /// In the order in which they are tried.
    pub each: &'static [Variant],
}

/// A variant of a protocol.
#[derive(Debug)]
pub struct Variant {
    /// Its word in the option.
    pub word: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The subprotocols to offer for it.
    pub subprotocols: &'static [&'static str],
}

/// A part of the program that only some connections of a protocol need: the folder `later` of the protocol.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    /// Its name.
    pub part: &'static str,
    /// Whether a connection with these options needs it. In the protocol's file `parts.rs`, which is never in a part.
    pub is_needed: fn(&Options) -> bool,
}

/// A simulated instrument of the demo.
#[derive(Debug)]
pub struct Demo {
    /// Its name in data attributes and documents.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Options of its connection: names and values.
    pub options: &'static [(&'static str, &'static str)],
    /// Makes one; equal seeds behave equally.
    pub simulator: fn(seed: u64) -> Box<dyn Simulator>,
}

/// One peer's side of a protocol as a state machine.
///
/// The drain contract: after every [`Session::handle`] the caller takes outputs with [`Session::poll`] until it
/// returns `None`, before the next `handle`. Implementations assert it in debug builds with [`Outbox`]. A session
/// outlives its sockets: after [`Input::Closed`] the next [`Input::Opened`] starts the conversation again, and the
/// session compares what it finds with what it knew.
pub trait Session {
    /// Takes one input. Never panics on what a peer sent.
    fn handle(&mut self, now: Now, input: Input<'_>);

    /// Takes the next output.
    fn poll(&mut self) -> Option<Output>;

    /// When [`Input::Timeout`] is due; asked after each drain.
    fn deadline(&self) -> Option<Instant>;

    /// The frame that a request would become now, as a person reads it. Nothing is sent. `None` where nothing would
    /// be, or where it cannot be told.
    fn preview(&self, request: &Request) -> Option<String>;

    /// What answers the peer while the last frames of [`Input::Leave`] go out, where the peer may still ask something.
    fn last_answer(&self) -> Option<LastAnswer> {
        None
    }
}

/// What is known without the session while its last frames go out, each after the answer to the one before.
#[derive(Clone, Copy, Debug)]
pub struct LastAnswer {
    /// The answer to a text frame, if it wants one; it knows nothing but the frame. A frame that wants none is taken as
    /// the answer to the last one that was sent.
    pub to: fn(&str) -> Option<String>,
    /// The answer to an earlier frame is still to come, and the first of the last ones waits for it.
    pub is_busy: bool,
}

impl PartialEq for LastAnswer {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.to, other.to) && self.is_busy == other.is_busy
    }
}

/// What happens to a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<'a> {
    /// A socket is open.
    Opened {
        /// The subprotocol that the peer chose; empty for none.
        subprotocol: &'a str,
    },
    /// A text frame came.
    Text(&'a str),
    /// A binary frame came.
    Binary(&'a [u8]),
    /// An [`Output::Fetch`] was answered, or why it was not.
    Fetched {
        /// Which.
        id: u64,
        /// The answer, or what the browser said, which is little.
        answer: Result<HttpAnswer<'a>, &'a str>,
    },
    /// The link will be closed because nobody wants it any more: what is still to be sent must be put out now.
    Leave {
        /// The page is being left: there is time for one frame.
        hurried: bool,
    },
    /// The socket is gone: requests under way end as [`crate::model::Outcome::Lost`]. Where the peer closed it, the
    /// session may still put out [`Event::Refused`], so that it is not dialled again.
    Closed,
    /// Nothing came for a while: ask the peer for a sign of life.
    Probe,
    /// The [`Session::deadline`] has come.
    Timeout,
    /// Somebody wants something.
    Request(RequestId, Request),
}

/// What a session wants to happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send a frame.
    Send(Frame),
    /// Ask an HTTP server.
    Fetch(HttpRequest),
    /// Close the socket; the link then reconnects. The reason is for people.
    Close(String),
    /// Something was learned.
    Event(Event),
    /// The peer is there, as was learned by another way than a frame.
    Alive,
}

/// A WebSocket message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Frame {
    /// Its size in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// It holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why [`Request::Pause`] is not carried out by a protocol whose peers only say what was subscribed.
const NOT_PAUSABLE: &str = "end its subscriptions instead";

/// So much of a frame that is not even text is shown.
const EVIDENCE_BYTES: usize = 400;

/// The text in a binary frame; else what is wrong with the frame, and its beginning as it can be shown.
fn text_in(bytes: &[u8]) -> Result<&str, (String, String)> {
    std::str::from_utf8(bytes).map_err(|error| {
        let what = format!("not UTF-8 from byte {} on", error.valid_up_to());
        (what, String::from_utf8_lossy(&bytes[..bytes.len().min(EVIDENCE_BYTES)]).into_owned())
    })
}

/// A failed attempt to connect, or a lost link, as evidence for [`Protocol::causes`].
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt<'a> {
    /// The URL that was dialled.
    pub url: &'a str,
    /// From dialling to the failure.
    pub elapsed: std::time::Duration,
    /// The socket had opened.
    pub opened: bool,
    /// A valid message of the protocol had come.
    pub recognised: bool,
    /// The close code, where the browser gave one.
    pub code: Option<u16>,
    /// The close reason; may be empty.
    pub reason: &'a str,
    /// It ran into the time-out.
    pub timed_out: bool,
}

/// A simulated peer: the other side of a [`Session`], with faults on demand. The same drain contract.
pub trait Simulator {
    /// Takes one input.
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>);

    /// Takes the next output.
    fn poll(&mut self) -> Option<SimulatorOutput>;

    /// When [`SimulatorInput::Timeout`] is due.
    fn deadline(&self) -> Option<Instant>;
}

/// What happens to a simulator.
#[derive(Clone, Debug, PartialEq)]
pub enum SimulatorInput<'a> {
    /// A client connected.
    Opened,
    /// A frame of the client.
    Frame(&'a Frame),
    /// The client went.
    Closed,
    /// The deadline has come.
    Timeout,
    /// A person (or a test) switches a fault on or off.
    Fault(Fault, bool),
}

/// What a simulator wants to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimulatorOutput {
    /// Send a frame to the client.
    Send(Frame),
    /// Drop the line without a word, as a cut cable or a killed process does.
    Cut,
}

/// Faults that every simulator understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Ten times the noise.
    Noise,
    /// Values jump.
    Step,
    /// One instrument stops reporting; the others go on.
    Stale,
    /// Nothing is sent for a while, the link stays open; then it goes on. Ends by itself.
    Gap,
    /// One instrument reports an error instead of a value.
    Error,
    /// A thousand and more updates a second.
    Burst,
    /// Frames that are no messages, between good ones.
    Garbage,
    /// The line is cut. Happens once.
    Cut,
}

impl Fault {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 8] =
        [Self::Noise, Self::Step, Self::Stale, Self::Gap, Self::Error, Self::Burst, Self::Garbage, Self::Cut];

    /// Its name on the menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::Noise => "Noise",
            Self::Step => "Step",
            Self::Stale => "Stale",
            Self::Gap => "Gap",
            Self::Error => "Error",
            Self::Burst => "Burst",
            Self::Garbage => "Garbage",
            Self::Cut => "Cut",
        }
    }

    /// It happens once and is over; the others stay on until they are switched off.
    pub fn is_momentary(self) -> bool {
        matches!(self, Self::Gap | Self::Cut)
    }
}

/// The outputs of a state machine on their way out; asserts the drain contract in debug builds.
#[derive(Debug)]
pub struct Outbox<T> {
    queue: std::collections::VecDeque<T>,
}

impl<T> Default for Outbox<T> {
    fn default() -> Self {
        Self { queue: std::collections::VecDeque::new() }
    }
}

impl<T> Outbox<T> {
    /// Call it first in each `handle`: what the last one put out must have been taken.
    pub fn assert_drained(&self) {
        debug_assert!(self.queue.is_empty(), "poll until None before the next handle");
    }

    /// Adds an output.
    pub fn push(&mut self, output: T) {
        self.queue.push_back(output);
    }

    /// Takes the next output.
    pub fn pop(&mut self) -> Option<T> {
        self.queue.pop_front()
    }
}
