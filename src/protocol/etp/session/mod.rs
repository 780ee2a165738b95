//! A client's side of ETP as a state machine, for both versions.
//!
//! A socket's life: a session is asked for and opened → what there is → what the channels are → their data from the last
//! values on → readings. On the next socket channels are described again, since their numbers are good for one session,
//! and their data goes on from the last index; what is missing is asked for as a range, and marked where it cannot be had.

mod dialect;
mod dialect_v11;
mod dialect_v12;
mod explore;
mod frame;
mod person;
mod ranges;
mod requests;
pub(super) mod settings;
mod startup;
mod subscribe;
mod tree;
mod watch;

use std::time::Duration;

use super::avro::{Avro as _, Reader};
use super::encoding::Encoding;
use super::header::{ACKNOWLEDGE, COMPRESSED, FINAL, MessageHeader, NO_DATA};
use super::json;
use super::version::Version;
use crate::model::event::{Event, Notice, Outcome, Request, RequestId};
use crate::model::hex;
use crate::model::reading::Severity;
use crate::model::slots::{Names, Slots};
use crate::model::time::{Instant, Now};
use crate::protocol::limiter::Limiter;
use crate::protocol::options::Options;
use crate::protocol::{Input, Outbox, Output, Session};
use dialect::{Dialect, Outgoing, Refusal, Server, Told};
use requests::{Ask, Requests};
use settings::Settings;
use tree::Tree;

/// So much of a frame is shown as evidence, in bytes.
const EVIDENCE_BYTES: usize = 96;
/// The same where it is text.
const TEXT_EVIDENCE_BYTES: usize = 400;
/// The greatest patience that a server without a sign of life gets.
const PATIENCE: Duration = Duration::from_mins(1);

/// See the module.
pub struct EtpSession {
    version: Version,
    dialect: Box<dyn Dialect>,
    encoding: Encoding,
    settings: Settings,
    phase: Phase,
    server: Server,
    /// The id of the next message.
    next_id: i64,
    requests: Requests,
    tree: Tree,
    /// The node of each channel number of this session.
    by_id: Slots<i64, usize>,
    explore: explore::Explore,
    ranges: ranges::Ranges,
    pace: subscribe::Pace,
    /// Paths of channels that a person wants (1), or does not want (0); kept across catalogs.
    chosen: Names,
    /// For each channel whether everybody was told that it is subscribed.
    told_subscribed: Vec<bool>,
    /// When the catalog was told last, and how many of its channels were told.
    told: (Option<Instant>, usize),
    /// Frames that were read, to know what was met in this one.
    frames: u64,
    limiter: Limiter,
    outbox: Outbox<Output>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Closed,
    /// A session was asked for.
    Greeting {
        until: Instant,
        /// Who one is was shown, since the server wanted it.
        is_authorizing: bool,
    },
    /// There is a session; what there is is looked at, described and subscribed for the first time on this socket.
    Starting,
    Running,
    /// It was refused; nothing more is asked.
    Over,
}

impl EtpSession {
    /// A session that has not seen any input yet.
    pub fn new(version: Version, encoding: Encoding, options: &Options) -> Self {
        let dialect: Box<dyn Dialect> = match version {
            Version::V11 => Box::new(dialect_v11::V11),
            Version::V12 => Box::new(dialect_v12::V12),
        };
        let settings = Settings::of(options);
        Self {
            version,
            next_id: dialect.ids().0,
            dialect,
            encoding,
            pace: subscribe::Pace::new(settings.gap_millis),
            settings,
            phase: Phase::Closed,
            server: Server::default(),
            requests: Requests::default(),
            tree: Tree::default(),
            by_id: Slots::default(),
            explore: explore::Explore::default(),
            ranges: ranges::Ranges::default(),
            chosen: Names::default(),
            told_subscribed: Vec::new(),
            told: (None, 0),
            frames: 0,
            limiter: Limiter::default(),
            outbox: Outbox::default(),
        }
    }

    /// A message came, in Avro's binary encoding.
    fn message(&mut self, now: Now, bytes: &[u8]) {
        self.frames += 1;
        let mut reader = Reader::new(bytes);
        let header = match MessageHeader::read(&mut reader) {
            Ok(header) => header,
            Err(error) => {
                return self.malformed(now, None, &["no header: ", &error.to_string()].concat(), bytes);
            }
        };
        if self.version == Version::V12 && header.has(COMPRESSED) {
            return self.malformed(now, None, "it is compressed, though that was not agreed", bytes);
        }
        let told = match self.version {
            Version::V11 => Ok(()),
            Version::V12 => header.skip_extension(&mut reader),
        };
        let told = told.and_then(|()| self.dialect.read(&header, &mut reader));
        let told = match told {
            Ok(told) => told,
            Err(error) => {
                let which = name_of(&header);
                return self.malformed(
                    now,
                    None,
                    &[&which, " is broken: ", &error.to_string()].concat(),
                    bytes,
                );
            }
        };
        let is_data = matches!(told, Told::Data | Told::Past | Told::Rewritten { .. });
        if !is_data && reader.left() > 0 && !matches!(told, Told::Unknown) {
            self.violation("nothing follows the body of a message");
        }
        if header.has(ACKNOWLEDGE) && !matches!(told, Told::Acknowledged) {
            let acknowledge = self.dialect.acknowledge(header.protocol);
            self.answer(header.message_id, acknowledge);
        }
        if let Phase::Greeting { .. } = self.phase {
            return self.greeted(now, &header, told);
        }
        if is_data {
            if let Err(error) = self.data(now, &header, &told, &mut reader) {
                let which = name_of(&header);
                self.malformed(now, None, &[&which, " is broken: ", &error.to_string()].concat(), bytes);
            } else if reader.left() > 0 {
                self.violation("nothing follows the body of a message");
            }
            return;
        }
        self.told(now, &header, told);
    }

    /// A message came in the JSON encoding, as a text or as its bytes.
    fn json(&mut self, now: Now, bytes: &[u8]) {
        let message = match std::str::from_utf8(bytes) {
            Ok(text) => json::to_binary(self.version, text).map_err(|error| error.to_string()),
            Err(error) => Err(["not UTF-8 from byte ", &error.valid_up_to().to_string(), " on"].concat()),
        };
        match message {
            Ok(message) => self.message(now, &message),
            Err(what) => {
                let shown =
                    String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_EVIDENCE_BYTES)]).into_owned();
                let notice = self.limiter.malformed(now.instant, &what, &shown);
                self.event(Event::Malformed { channel: None, notice });
            }
        }
    }

    /// What a message says within a session.
    fn told(&mut self, now: Now, header: &MessageHeader, told: Told) {
        let place = self.requests.place(header.correlation_id, &told);
        let ask = place
            .and_then(|place| self.requests.heard(place, now.instant))
            .map(|pending| pending.ask.clone());
        let is_last = self.dialect.is_last(header);
        match told {
            Told::Failed(refusal) => return self.failed(now, header, place, ask, &refusal),
            Told::Found(found) => {
                if let Some(pending) = place.and_then(|place| self.requests.heard(place, now.instant)) {
                    pending.found.extend(found);
                } else {
                    self.violation("what is found was looked for");
                }
            }
            Told::Described(described) => self.described(&described),
            // One that was asked for; that there is nothing to answer with ends a request.
            Told::Acknowledged if !header.has(NO_DATA) => return,
            Told::Stopped { ids, reason } => self.stopped(now, &ids, &reason, ask.is_some()),
            Told::Removed { id, reason } => self.removed(now, id, &reason),
            Told::Status { id, status } => self.status_changed(id, status),
            Told::Truncated(ends) => self.truncated(&ends),
            Told::Ping => {
                let pong = self.dialect.pong(now.wall.0);
                self.answer(header.message_id, pong);
            }
            Told::Closed(reason) => return self.closed_by_peer(&reason),
            Told::Authorized { success, challenges } => self.authorized(now, success, &challenges),
            Told::Opened(_) => self.violation("a session is opened once"),
            Told::Other(name) => {
                let rule = ["nobody asked for ", name].concat();
                self.log("unused", &rule);
            }
            Told::Unknown => {
                self.violation("messages are those of the version");
            }
            Told::Subscribed
            | Told::Acknowledged
            | Told::Pong
            | Told::Data
            | Told::Past
            | Told::Rewritten { .. } => {}
        }
        if let (Some(place), true) = (place, is_last) {
            self.answered(now, place);
        }
    }

    /// A request has got all of its answer.
    fn answered(&mut self, now: Now, place: usize) {
        let Some(pending) = self.requests.end(place) else { return };
        match pending.ask {
            Ask::Roots => self.roots_found(now, pending.found),
            Ask::Look { node, way } => self.looked(node, way, pending.found),
            Ask::Describe(uris) => self.described_all(now, &uris),
            Ask::Subscribe(nodes) => self.subscribed(&nodes),
            Ask::Range(number) => self.range_ends(now, number, None),
            Ask::Ping => {
                let round_trip = now.instant.since(pending.sent.instant);
                self.event(Event::Heartbeat { round_trip, clock_offset: None });
            }
            Ask::Session | Ask::Authorize | Ask::Unsubscribe | Ask::Begin => {}
        }
    }

    /// Something could not be done.
    fn failed(
        &mut self,
        now: Now,
        header: &MessageHeader,
        place: Option<usize>,
        ask: Option<Ask>,
        refusal: &Refusal,
    ) {
        if subscribe::is_back_pressure(refusal.code) {
            self.slow_down(now, refusal);
        }
        let (Some(place), Some(ask)) = (place, ask) else { return self.failed_late(now, header, refusal) };
        // A map of errors may be one part of an answer among others.
        let is_whole = refusal.code != 0;
        match &ask {
            Ask::Describe(uris) => self.not_described(now, uris, refusal, is_whole),
            Ask::Subscribe(nodes) => self.not_subscribed(now, nodes, refusal),
            Ask::Look { .. } | Ask::Roots if is_whole => self.not_found(&ask, refusal),
            Ask::Range(number) if is_whole => self.range_ends(now, *number, Some(refusal)),
            // That a sign of life was refused is one.
            Ask::Range(_) | Ask::Look { .. } | Ask::Roots | Ask::Ping => {}
            Ask::Session | Ask::Authorize | Ask::Unsubscribe | Ask::Begin => {
                self.tell_refusal(now, "The server refused a request", refusal);
            }
        }
        if is_whole {
            self.requests.end(place);
        } else if self.dialect.is_last(header) {
            self.answered(now, place);
        }
    }

    /// An error came that no request waits for: after the answer, or by itself.
    fn failed_late(&mut self, now: Now, header: &MessageHeader, refusal: &Refusal) {
        match self.requests.ended(header.correlation_id).cloned() {
            Some(Ask::Describe(uris)) => self.not_described(now, &uris, refusal, false),
            Some(Ask::Subscribe(nodes)) => self.not_subscribed(now, &nodes, refusal),
            Some(_) | None if subscribe::is_back_pressure(refusal.code) => {}
            Some(_) => self.tell_refusal(now, "The server could not do all that was asked", refusal),
            None => self.tell_refusal(now, "The server reports an error", refusal),
        }
    }

    fn tell_refusal(&mut self, now: Now, title: &str, refusal: &Refusal) {
        let words = words_of(self.version, refusal);
        self.notice(now, Notice::new(Severity::Warning, title, &words, &words));
    }

    /// A request got no answer in time.
    fn unanswered(&mut self, now: Now, ask: Ask) {
        let silence = Refusal { code: 0, text: "no answer came within 15 s".to_owned(), each: Vec::new() };
        match ask {
            Ask::Roots | Ask::Look { .. } => self.not_found(&ask, &silence),
            Ask::Describe(uris) => self.not_described(now, &uris, &silence, true),
            // Data says more than an answer: it may come all the same.
            Ask::Subscribe(nodes) => self.subscribed(&nodes),
            Ask::Range(number) => self.range_ends(now, number, Some(&silence)),
            Ask::Session | Ask::Authorize | Ask::Unsubscribe | Ask::Ping | Ask::Begin => {}
        }
    }

    /// Does what can be done next.
    fn go_on(&mut self, now: Now) {
        if !self.is_ready() {
            return;
        }
        self.explore_further(now);
        self.tell_catalog(now);
        self.subscribe_further(now);
        self.ask_ranges(now);
        if self.phase == Phase::Starting && !self.is_exploring() && !self.is_subscribing() {
            self.phase = Phase::Running;
            self.event(Event::Live);
        }
    }

    /// Sends a request and notes that its answer is waited for.
    fn ask(&mut self, now: Now, ask: Ask, message: Outgoing) {
        let id = self.send(0, message);
        self.requests.push(id, ask, now);
    }

    /// Answers a message.
    fn answer(&mut self, to: i64, message: Outgoing) {
        self.send(to, message);
    }

    fn send(&mut self, correlation_id: i64, message: Outgoing) -> i64 {
        let message_id = self.next_id;
        self.next_id = self.next_id.wrapping_add(self.dialect.ids().1);
        let header = MessageHeader {
            protocol: message.protocol,
            message_type: message.message_type,
            correlation_id,
            message_id,
            message_flags: self.dialect.whole() & FINAL,
        };
        let mut writer = header.writer();
        writer.raw(&message.body);
        // Every message that is said here can be written in both encodings.
        if let Some(frame) = self.encoding.frame(self.version, writer.into_bytes()) {
            self.outbox.push(Output::Send(frame));
        }
        message_id
    }

    fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Running)
    }

    /// The socket is gone, or a new one begins.
    fn reset(&mut self) {
        self.requests = Requests::default();
        self.by_id = Slots::default();
        self.explore = explore::Explore::default();
        self.next_id = self.dialect.ids().0;
        self.pace = subscribe::Pace::new(self.settings.gap_millis);
        for request in self.ranges.reset() {
            self.reply(request, Outcome::Lost);
        }
        for node in &mut self.tree.nodes {
            node.is_explored = false;
            node.watch.interrupt();
        }
    }

    /// The node of a channel's number in this session.
    fn node(&self, id: i64) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    fn violation(&mut self, rule: &'static str) {
        self.event(Event::Violation { channel: None, rule });
    }

    fn malformed(&mut self, now: Now, channel: Option<usize>, what: &str, bytes: &[u8]) {
        let shown = hex::spaced(&bytes[..bytes.len().min(EVIDENCE_BYTES)]);
        let notice = self.limiter.malformed(now.instant, what, &shown);
        self.event(Event::Malformed { channel, notice });
    }

    fn notice(&mut self, now: Now, notice: Notice) {
        if self.limiter.pass(now.instant) {
            self.event(Event::Notice(notice));
        }
    }

    fn log(&mut self, level: &str, text: &str) {
        self.event(Event::Log { source: String::new(), level: level.to_owned(), text: text.to_owned() });
    }

    // An event is large, and many tell one: what moves it is there but once.
    #[inline(never)]
    fn event(&mut self, event: Event) {
        self.outbox.push(Output::Event(event));
    }

    fn reply(&mut self, request: RequestId, outcome: Outcome) {
        self.event(Event::Reply { request, outcome });
    }

    fn not_sent(&mut self, request: RequestId, why: &str) {
        self.reply(request, Outcome::NotSent(why.to_owned()));
    }

    /// Gives the link up, so that it is tried again.
    fn close(&mut self, reason: &str) {
        self.phase = Phase::Closed;
        self.outbox.push(Output::Close(reason.to_owned()));
    }

    fn timed_out(&mut self, now: Now) {
        if let Phase::Greeting { until, .. } = self.phase {
            if until <= now.instant {
                self.not_greeted();
            }
            return;
        }
        while let Some(pending) = self.requests.overdue(now.instant) {
            self.unanswered(now, pending.ask);
        }
    }
}

/// What a message is, for people: its protocol and its type.
fn name_of(header: &MessageHeader) -> String {
    ["message ", &header.protocol.to_string(), "/", &header.message_type.to_string()].concat()
}

/// An error in words: its code, its name where it has one, and the words of the server.
fn words_of(version: Version, refusal: &Refusal) -> String {
    let one = |code: i32, text: &str| match super::codes::name(version, code) {
        _ if code == 0 => text.to_owned(),
        Some(name) => [&code.to_string(), " ", name, ": ", text].concat(),
        None => [&code.to_string(), ": ", text].concat(),
    };
    let mut words: Vec<String> = Vec::new();
    if refusal.code != 0 || !refusal.text.is_empty() {
        words.push(one(refusal.code, &refusal.text));
    }
    for (_, code, text) in &refusal.each {
        let word = one(*code, text);
        if !words.contains(&word) {
            words.push(word);
        }
        if words.len() > 4 {
            break;
        }
    }
    words.join("; ")
}

impl Session for EtpSession {
    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        let is_deaf = matches!(self.phase, Phase::Closed | Phase::Over);
        match input {
            Input::Opened { subprotocol } => self.opened(now, subprotocol),
            Input::Text(_) | Input::Binary(_) if is_deaf => {}
            Input::Binary(bytes) if self.encoding == Encoding::Binary => self.message(now, bytes),
            Input::Text(text) if self.encoding == Encoding::Binary => {
                self.malformed(now, None, "messages are binary, and this is text", text.as_bytes());
            }
            Input::Binary(bytes) => self.json(now, bytes),
            Input::Text(text) => self.json(now, text.as_bytes()),
            Input::Fetched { .. } => {}
            Input::Leave { .. } => {
                if self.is_ready() {
                    let close = self.dialect.close("the page does not need it any more");
                    self.send(0, close);
                }
            }
            Input::Closed => self.closed(),
            Input::Probe => self.probe(now),
            Input::Timeout => self.timed_out(now),
            Input::Request(id, request) => self.request(now, id, request),
        }
        self.go_on(now);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn preview(&self, _request: &Request) -> Option<String> {
        None
    }

    fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Closed | Phase::Over => None,
            Phase::Greeting { until, .. } => Some(until),
            Phase::Starting | Phase::Running => {
                let due = [self.requests.deadline(), self.pace.rests_until, self.explore.tell_at];
                due.into_iter().fold(None, Instant::earliest)
            }
        }
    }
}
