//! One connection: the life of its link and the session that speaks over it.
//!
//! A [`Connection`] is a state machine like a session and keeps the same drain contract: after every
//! [`Connection::handle`] the caller takes actions with [`Connection::poll`] until it returns `None`. It opens no
//! socket and reads no clock. Whatever happens to a link ends in a state with a reason, never in a panic.
//!
//! Where nobody named the protocol, those that come into question are tried one after the other, each on a socket
//! of its own, since the subprotocols that a socket offers differ. Once one is recognised it stays.

use std::time::Duration;

use super::address::Address;
use super::failure::{self, Evidence, Tried};
use super::http::{HttpAnswer, HttpRequest};
use super::link::{Due, FIRST_MESSAGE_TIMEOUT, Link, Next, Phase};
use super::options::{self, Options};
use super::random::Random;
use super::secrets::Secrets;
use super::{Attempt, Frame, Input, LastAnswer, Outbox, Output, Protocol, Session, Variant};
use crate::model::event::{Event, Notice, Outcome, Request, RequestId};
use crate::model::link::{Cause, Epoch, Failure, LinkState};
use crate::model::reading::Severity;
use crate::model::time::{Instant, Now};

/// Close code: nobody wants the link any more.
pub const CODE_NORMAL: u16 = 1000;
/// Close code: what was waited for did not come.
pub const CODE_NO_ANSWER: u16 = 4000;
/// Close code: the session gave the link up.
pub const CODE_SESSION: u16 = 4001;

/// The option that names the subprotocols to offer, where a protocol has it.
const SUBPROTOCOLS: &str = "subprotocols";

/// A close reason may have so many bytes (RFC 6455, section 5.5); browsers throw at more.
const REASON_BYTES: usize = 123;

/// What happens to a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum ConnectionInput<'a> {
    /// A person (or a saved document) wants it.
    Start,
    /// A person does not want it any more.
    Stop,
    /// A person does not want to wait for the next attempt.
    RetryNow,
    /// The browser says that the network is back.
    Online,
    /// The page is in sight again.
    Visible,
    /// The page is out of sight.
    Hidden,
    /// The page is put aside (`pagehide`).
    Suspended,
    /// The page is back (`pageshow`).
    Resumed,
    /// Something happened to a socket.
    Socket {
        /// The socket's epoch, as its [`Action::Dial`] gave it.
        epoch: Epoch,
        /// What.
        event: SocketEvent<'a>,
    },
    /// The [`Connection::deadline`] has come.
    Timeout,
    /// Somebody wants something of the peer.
    Request(RequestId, Request),
}

/// What happens to a socket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SocketEvent<'a> {
    /// It is open.
    Opened {
        /// The subprotocol that the peer chose; empty for none.
        subprotocol: &'a str,
    },
    /// A text frame came.
    Text(&'a str),
    /// A binary frame came.
    Binary(&'a [u8]),
    /// A frame came that the shell refused for its size. It counts as malformed, and the link lives on.
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// An [`Action::Fetch`] was answered, or why it was not.
    Fetched {
        /// Which.
        id: u64,
        /// The answer, or what the browser said.
        answer: Result<HttpAnswer<'a>, &'a str>,
    },
    /// It is closed, or could not be opened.
    Closed {
        /// The close code, where the browser gave one.
        code: Option<u16>,
        /// The close reason; may be empty.
        reason: &'a str,
        /// Both sides said goodbye.
        clean: bool,
    },
    /// It was not dialled, since a part of this program could not be loaded.
    Incomplete {
        /// What the browser said.
        reason: &'a str,
    },
    /// The browser refused to dial; it would refuse again.
    Unreachable {
        /// What the browser said.
        reason: &'a str,
    },
}

/// What a connection wants to happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a socket. There is no other at this time.
    Dial {
        /// Counts the sockets; comes back with each [`SocketEvent`].
        epoch: Epoch,
        /// To speak which protocol: [`Protocol::id`].
        protocol: &'static str,
        /// A part of the program that it needs beside the protocol's.
        later: Option<&'static str>,
        /// Where.
        url: String,
        /// The subprotocols to offer; empty for none.
        subprotocols: Vec<String>,
    },
    /// Send a frame.
    Send {
        /// On which socket.
        epoch: Epoch,
        /// The frame.
        frame: Frame,
    },
    /// Ask an HTTP server; the answer belongs to a socket, and nobody waits for it when that is gone.
    Fetch {
        /// For which socket.
        epoch: Epoch,
        /// What.
        request: HttpRequest,
    },
    /// Close the socket, open or opening. Nothing that it says afterwards is listened to.
    Hangup {
        /// Which.
        epoch: Epoch,
        /// What is still to be sent before, in order.
        farewell: Vec<Farewell>,
        /// What answers the peer meanwhile.
        answer: Option<LastAnswer>,
        /// The close code: 1000 or 3000 to 4999.
        code: u16,
        /// The close reason; short enough for a browser.
        reason: String,
    },
    /// The session has learned something.
    Event(Event),
    /// The link has another state.
    Link(LinkState),
}

/// Something to send before a socket is closed. No answer is waited for.
#[derive(Clone, Debug, PartialEq)]
pub enum Farewell {
    /// A frame.
    Frame(Frame),
    /// A request to an HTTP server.
    Request(HttpRequest),
}

/// One endpoint: its link, and the session that speaks over it.
pub struct Connection {
    address: Address,
    candidates: Vec<Candidate>,
    /// What a person chose.
    options: Options,
    /// What of it nobody else may see.
    secrets: Secrets,
    /// For what holds where nobody chose.
    random: Random,
    /// The candidate that is tried, or that was recognised.
    current: usize,
    /// The peer has been recognised: the protocol does not change any more.
    settled: bool,
    /// The candidates that failed in this round; none once all have, or one has been recognised.
    tried: Vec<Tried>,
    /// Made when its first socket opens.
    session: Option<Box<dyn Session>>,
    link: Link,
    /// Why there is no link, since one was last good or wanted anew. It is told while it dials again, too.
    failure: Option<Box<Failure>>,
    last_frame: Option<Instant>,
    published: LinkState,
    outbox: Outbox<Action>,
}

/// What is tried on a socket.
#[derive(Clone, Copy)]
struct Candidate {
    protocol: &'static Protocol,
    variant: Option<&'static Variant>,
}

impl Candidate {
    /// What there is to try of a protocol: its variants, or the one that a person chose.
    fn of(protocol: &'static Protocol, options: &Options) -> Vec<Self> {
        let Some(variants) = protocol.variants else { return vec![Self { protocol, variant: None }] };
        let chosen = options.get(variants.option);
        let named = variants.each.iter().find(|variant| variant.word == chosen);
        let each = named.map_or(variants.each, std::slice::from_ref);
        each.iter().map(|variant| Self { protocol, variant: Some(variant) }).collect()
    }

    fn title(self) -> &'static str {
        self.variant.map_or(self.protocol.title, |variant| variant.title)
    }

    fn subprotocols(self) -> &'static [&'static str] {
        self.variant.map_or(self.protocol.subprotocols, |variant| variant.subprotocols)
    }
}

/// How a socket's life ended, apart from what the link knows.
enum Ending<'a> {
    Closed { code: Option<u16>, reason: &'a str },
    Overdue,
    NotDialled { failure: Failure, next: Next },
    GivenUp { reason: String },
    Refused { not_this_protocol: bool, notice: Notice, causes: Vec<Cause> },
}

impl Ending<'_> {
    /// A refusal that a session drew from its socket being closed, with how it was closed as evidence.
    fn closed_with(self, code: Option<u16>, reason: &str) -> Option<Self> {
        match self {
            Self::Refused { not_this_protocol, mut notice, causes } => {
                if let (Some(code), true) = (code, notice.evidence.is_empty()) {
                    notice.evidence = format!("close code {code}");
                    if !reason.is_empty() {
                        notice.evidence.push_str(", ");
                        notice.evidence.push_str(&failure::reason_words(reason));
                    }
                }
                Some(Self::Refused { not_this_protocol, notice, causes })
            }
            Self::Closed { .. } | Self::Overdue | Self::NotDialled { .. } | Self::GivenUp { .. } => None,
        }
    }
}

impl Connection {
    /// A connection that has not dialled yet. `candidates` are tried in order until one is recognised; give one
    /// alone where the protocol is known. `options` are what a person chose. `seed` is for jitter and random names,
    /// and should differ between connections.
    ///
    /// # Panics
    ///
    /// Without a candidate.
    pub fn new(address: Address, candidates: Vec<&'static Protocol>, options: Options, seed: u64) -> Self {
        assert!(!candidates.is_empty(), "a connection needs a protocol to speak");
        let candidates: Vec<_> =
            candidates.into_iter().flat_map(|protocol| Candidate::of(protocol, &options)).collect();
        Self {
            address,
            settled: candidates.len() == 1,
            candidates,
            secrets: options.secrets(),
            options,
            link: Link::new(Random::new(seed)),
            random: Random::new(!seed),
            current: 0,
            tried: Vec::new(),
            session: None,
            failure: None,
            last_frame: None,
            published: LinkState::Closed,
            outbox: Outbox::default(),
        }
    }

    /// Where it leads.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The protocol, once it is known: named, or recognised.
    pub fn protocol(&self) -> Option<&'static Protocol> {
        let protocol = self.candidate();
        let is_named = || self.candidates.iter().all(|candidate| candidate.protocol.id == protocol.id);
        (self.settled || is_named()).then_some(protocol)
    }

    /// The state of the link.
    pub fn link(&self) -> &LinkState {
        &self.published
    }

    /// The present socket's epoch, or the last one's.
    pub fn epoch(&self) -> Epoch {
        self.link.epoch()
    }

    /// Takes one input. Never panics on what came from outside.
    pub fn handle(&mut self, now: Now, input: ConnectionInput<'_>) {
        self.outbox.assert_drained();
        let at = now.instant;
        match input {
            ConnectionInput::Start => {
                self.forget_refusal();
                self.link.start(at);
            }
            ConnectionInput::Stop => self.put_down(now, "closed by the user", false, Link::stop),
            ConnectionInput::RetryNow => {
                self.forget_refusal();
                self.link.retry(at);
            }
            ConnectionInput::Online => self.link.online(at),
            ConnectionInput::Visible => self.link.visible(at),
            ConnectionInput::Hidden => self.link.hidden(at),
            ConnectionInput::Suspended => self.put_down(now, "the page was left", true, Link::suspend),
            ConnectionInput::Resumed => self.link.resume(at),
            ConnectionInput::Socket { epoch, event } => {
                // Late words of an old socket, and of one that was hung up.
                if epoch == self.link.epoch() && self.link.has_socket() {
                    self.socket(now, event);
                }
            }
            ConnectionInput::Timeout => {}
            ConnectionInput::Request(id, request) => self.request(now, id, request),
        }
        if self.session_deadline().is_some_and(|deadline| deadline <= at) {
            self.feed(now, Input::Timeout);
        }
        self.carry_out(now);
    }

    /// Takes the next action.
    pub fn poll(&mut self) -> Option<Action> {
        self.outbox.pop()
    }

    /// The frame that a request would become, for a person to read before it is sent.
    pub fn preview(&self, request: &Request) -> Option<String> {
        let mut preview = self.session.as_ref()?.preview(request)?;
        self.secrets.mask_in(&mut preview);
        Some(preview)
    }

    /// The subprotocols to offer, once the protocol's part of the program is there: those of an [`Action::Dial`], or where
    /// it has none, those that the connection's definition wants.
    pub fn offered(&self, dialled: Vec<String>) -> Vec<String> {
        match self.candidate().definitions {
            Some(definitions) if dialled.is_empty() => (definitions.subprotocols)(&self.complete_options()),
            Some(_) | None => dialled,
        }
    }

    /// The URL to open, once the protocol's part of the program is there: that of an [`Action::Dial`] with what options
    /// add to it.
    pub fn completed(&self, url: String) -> String {
        match self.candidate().url {
            Some(complete) => complete(&url, &self.complete_options()),
            None => url,
        }
    }

    /// What must not be seen in a frame by anybody but the peer.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// When [`ConnectionInput::Timeout`] is due; asked after each drain.
    pub fn deadline(&self) -> Option<Instant> {
        Instant::earliest(self.link.deadline(), self.session_deadline())
    }

    fn session_deadline(&self) -> Option<Instant> {
        self.session.as_ref().filter(|_| self.link.is_open())?.deadline()
    }

    fn candidate(&self) -> &'static Protocol {
        self.candidates[self.current].protocol
    }

    /// Does what the link has due, and tells of its state.
    fn carry_out(&mut self, now: Now) {
        while let Some(due) = self.link.due(now.instant) {
            match due {
                Due::Dial(epoch) => {
                    self.last_frame = None;
                    self.publish(now.instant);
                    let options = self.complete_options();
                    let url = options.expand(&self.address.url);
                    if let Some(hole) = options::hole_in(&url) {
                        let (failure, next) = (failure::unfilled(&self.address, hole), Next::Never);
                        self.end(now, &Ending::NotDialled { failure, next });
                        continue;
                    }
                    let chosen = options.get(SUBPROTOCOLS);
                    let subprotocols = if chosen.is_empty() {
                        let subprotocols = self.candidates[self.current].subprotocols();
                        subprotocols.iter().map(|name| (*name).to_owned()).collect()
                    } else {
                        chosen.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
                    };
                    self.outbox.push(Action::Dial {
                        epoch,
                        protocol: self.candidate().id,
                        later: self
                            .candidate()
                            .later
                            .filter(|later| (later.is_needed)(&options))
                            .map(|later| later.part),
                        url,
                        subprotocols,
                    });
                }
                Due::Probe => self.feed(now, Input::Probe),
                Due::Silent => self.publish(now.instant),
                Due::Overdue => self.end(now, &Ending::Overdue),
            }
        }
        self.publish(now.instant);
    }

    fn socket(&mut self, now: Now, event: SocketEvent<'_>) {
        match event {
            SocketEvent::Opened { subprotocol } => {
                if !self.link.is_open() {
                    self.link.opened(now.instant);
                    let protocol = self.candidate();
                    if self.session.is_none() {
                        self.session = Some((protocol.session)(&self.complete_options()));
                    }
                    self.feed(now, Input::Opened { subprotocol });
                }
            }
            SocketEvent::Text(text) => self.frame(now, Some(Input::Text(text))),
            SocketEvent::Binary(bytes) => self.frame(now, Some(Input::Binary(bytes))),
            SocketEvent::TooLarge { size } => {
                if self.link.is_open() {
                    self.frame(now, None);
                    self.tell(Event::Malformed { channel: None, notice: too_large(size) });
                }
            }
            SocketEvent::Fetched { id, answer } => {
                if self.link.is_open() {
                    self.feed(now, Input::Fetched { id, answer });
                }
            }
            SocketEvent::Closed { code, reason, clean: _ } => self.end(now, &Ending::Closed { code, reason }),
            SocketEvent::Incomplete { reason } => {
                let failure = failure::incomplete(self.candidate(), reason);
                self.end(now, &Ending::NotDialled { failure, next: Next::BackOff });
            }
            SocketEvent::Unreachable { reason } => {
                let failure = failure::unreachable(&self.address, reason);
                self.end(now, &Ending::NotDialled { failure, next: Next::Never });
            }
        }
    }

    /// A frame came; `None` for one that nobody can read.
    fn frame(&mut self, now: Now, input: Option<Input<'_>>) {
        if !self.link.is_open() {
            return;
        }
        self.last_frame = Some(now.instant);
        if self.link.heard(now.instant) {
            self.publish(now.instant);
        }
        if let Some(input) = input {
            self.feed(now, input);
        }
    }

    fn request(&mut self, now: Now, request: RequestId, what: Request) {
        // A wish to see readings waits with the session for the next socket; anything else would come too late.
        let can_wait = self.session.is_some() && matches!(what, Request::Subscribe { .. });
        if can_wait || matches!(self.link.phase(), Phase::Live(_)) {
            self.feed(now, Input::Request(request, what));
        } else {
            let outcome = Outcome::NotSent("no link".to_owned());
            self.outbox.push(Action::Event(Event::Reply { request, outcome }));
        }
    }

    /// Feeds the session and acts on what it puts out.
    fn feed(&mut self, now: Now, input: Input<'_>) {
        let Some(session) = &mut self.session else { return };
        session.handle(now, input);
        if let Some(ending) = self.drain(now) {
            self.end(now, &ending);
        }
    }

    /// Takes what the session puts out; the first wish to end the link is returned.
    fn drain(&mut self, now: Now) -> Option<Ending<'static>> {
        let mut ending = None;
        while let Some(output) = self.session.as_mut().and_then(|session| session.poll()) {
            match output {
                Output::Send(frame) => {
                    if self.link.is_open() && ending.is_none() {
                        self.outbox.push(Action::Send { epoch: self.link.epoch(), frame });
                    }
                }
                Output::Fetch(request) => {
                    if self.link.is_open() && ending.is_none() {
                        self.outbox.push(Action::Fetch { epoch: self.link.epoch(), request });
                    }
                }
                Output::Close(reason) => {
                    ending.get_or_insert(Ending::GivenUp { reason });
                }
                Output::Event(Event::Refused { not_this_protocol, notice, causes }) => {
                    // It counts even after the session's own wish to close: it says more.
                    if !matches!(ending, Some(Ending::Refused { .. })) {
                        ending = Some(Ending::Refused { not_this_protocol, notice, causes });
                    }
                }
                Output::Alive => {
                    if self.link.heard(now.instant) {
                        self.publish(now.instant);
                    }
                }
                Output::Event(event) => self.learn(now, event),
            }
        }
        ending
    }

    fn learn(&mut self, now: Now, event: Event) {
        match &event {
            Event::Recognised { .. } => {
                self.settled = true;
                self.tried.clear();
                self.failure = None;
                self.link.recognised(now.instant);
                self.publish(now.instant);
            }
            Event::Patience(patience) => self.link.set_patience(*patience),
            Event::Catalog { .. }
            | Event::Live
            | Event::History { .. }
            | Event::Missing { .. }
            | Event::Block(_)
            | Event::Reading { .. }
            | Event::Subscribed { .. }
            | Event::Reply { .. }
            | Event::Heartbeat { .. }
            | Event::Malformed { .. }
            | Event::Violation { .. }
            | Event::Notice(_)
            | Event::Log { .. }
            | Event::Refused { .. } => {}
        }
        self.tell(event);
    }

    /// Passes an event on. What a session says of a peer that may not be its own would mislead.
    fn tell(&mut self, mut event: Event) {
        self.secrets.mask_event(&mut event);
        if self.settled || matches!(event, Event::Reply { .. }) {
            self.outbox.push(Action::Event(event));
        }
    }

    /// A new start does not show the old refusal while it waits for its turn.
    fn forget_refusal(&mut self) {
        if matches!(self.link.phase(), Phase::Failed { .. }) {
            self.failure = None;
        }
    }

    /// Ends the link because somebody wants it to end.
    fn put_down(&mut self, now: Now, reason: &str, hurried: bool, how: fn(&mut Link)) {
        let (had_socket, was_open) = (self.link.has_socket(), self.link.is_open());
        let farewell = if was_open { self.take_leave(now, hurried) } else { Vec::new() };
        how(&mut self.link);
        if !matches!(self.link.phase(), Phase::Failed { .. }) {
            self.failure = None;
        }
        if had_socket {
            self.close_session(now, was_open);
            self.hang_up(CODE_NORMAL, reason, farewell);
        }
        if !self.settled {
            self.try_candidate(0);
            self.tried.clear();
        }
    }

    /// Ends a socket's life and decides how to go on.
    fn end(&mut self, now: Now, ending: &Ending<'_>) {
        let hang_up = match ending {
            Ending::Closed { .. } | Ending::NotDialled { .. } => None,
            Ending::Overdue => Some((CODE_NO_ANSWER, "no answer")),
            Ending::GivenUp { reason } => Some((CODE_SESSION, reason.as_str())),
            Ending::Refused { notice, .. } => Some((CODE_SESSION, notice.title.as_str())),
        };
        if !self.link.has_socket() {
            return;
        }
        let was_open = self.link.is_open();
        let parting = match ending {
            Ending::Closed { code, reason } => {
                let parting = self.close_session(now, was_open);
                parting.and_then(|parting| parting.closed_with(*code, reason))
            }
            Ending::Overdue | Ending::NotDialled { .. } | Ending::GivenUp { .. } | Ending::Refused { .. } => {
                None
            }
        };
        let is_told = matches!(ending, Ending::Closed { .. });
        let ending = parting.as_ref().unwrap_or(ending);
        let (mut failure, next) = self.judge(now, ending);
        if let Some(failure) = &mut failure {
            self.secrets.mask_failure(failure);
        }
        if let Some(failure) = failure {
            self.failure = Some(Box::new(failure));
            self.tried.clear();
        }
        self.link.lost(now.instant, next);
        if !is_told {
            self.close_session(now, was_open);
        }
        if let Some((code, reason)) = hang_up {
            self.hang_up(code, reason, Vec::new());
        }
        if let (Ending::Refused { not_this_protocol, notice, causes }, Next::Never) = (ending, next) {
            let (not_this_protocol, notice, causes) = (*not_this_protocol, notice.clone(), causes.clone());
            let mut event = Event::Refused { not_this_protocol, notice, causes };
            self.secrets.mask_event(&mut event);
            self.outbox.push(Action::Event(event));
        }
        if !self.settled {
            let current = if next == Next::AtOnce { self.current + 1 } else { 0 };
            self.try_candidate(current);
        }
        self.publish(now.instant);
    }

    /// What to tell about an ending, and how to go on. Without a failure another candidate is tried.
    fn judge(&mut self, now: Now, ending: &Ending<'_>) -> (Option<Failure>, Next) {
        let protocol = self.candidate();
        if let Ending::NotDialled { failure, next } = ending {
            return (Some(failure.clone()), *next);
        }
        let failure = self.explain(now, ending);
        let refused = match ending {
            Ending::Refused { not_this_protocol, .. } => Some(*not_this_protocol),
            Ending::Closed { .. } | Ending::Overdue | Ending::NotDialled { .. } | Ending::GivenUp { .. } => {
                None
            }
        };
        if refused == Some(false) || (self.settled && refused.is_some()) {
            return (Some(failure), Next::Never);
        }
        if self.settled {
            return (Some(failure), Next::BackOff);
        }
        let mute = self.link.is_open() && self.first_message_overdue(now);
        let opened = self.link.is_open();
        let title = self.candidates[self.current].title();
        self.tried.push(Tried { protocol, title, failure, opened, definite: refused.is_some() || mute });
        if self.current + 1 < self.candidates.len() {
            return (None, Next::AtOnce);
        }
        let tried = std::mem::take(&mut self.tried);
        // A socket that never opened, or that broke, says nothing about protocols: that may pass by itself.
        let next = if tried.iter().any(|tried| tried.definite) { Next::Never } else { Next::BackOff };
        (Some(failure::none_fits(&self.address, &tried)), next)
    }

    fn explain(&self, now: Now, ending: &Ending<'_>) -> Failure {
        let since =
            |earlier: Option<Instant>| earlier.map_or(Duration::ZERO, |earlier| now.instant.since(earlier));
        let recognised = matches!(self.link.phase(), Phase::Live(_));
        let (code, reason, wish) = match ending {
            Ending::Closed { code, reason } => (*code, *reason, ""),
            Ending::Overdue | Ending::NotDialled { .. } | Ending::Refused { .. } => (None, "", ""),
            Ending::GivenUp { reason } => (None, "", reason.as_str()),
        };
        let timed_out = match ending {
            Ending::Overdue => true,
            Ending::GivenUp { .. } => !recognised && self.first_message_overdue(now),
            Ending::Closed { .. } | Ending::NotDialled { .. } | Ending::Refused { .. } => false,
        };
        let attempt = Attempt {
            url: &self.address.url,
            elapsed: since(self.link.dialled()),
            opened: self.link.is_open(),
            recognised,
            code,
            reason,
            timed_out,
        };
        let evidence = Evidence {
            attempt,
            quiet: since(self.last_frame.or_else(|| self.link.dialled())),
            attempts: self.link.attempts_after_loss(),
            wish,
        };
        match ending {
            Ending::Refused { notice, causes, .. } => {
                failure::refused(&self.address, self.candidate(), notice, causes, &evidence)
            }
            Ending::Closed { .. } | Ending::Overdue | Ending::NotDialled { .. } | Ending::GivenUp { .. } => {
                failure::explain(&self.address, self.candidate(), &evidence)
            }
        }
    }

    fn first_message_overdue(&self, now: Now) -> bool {
        match self.link.phase() {
            Phase::Greeting { opened } => *opened + FIRST_MESSAGE_TIMEOUT <= now.instant,
            Phase::Closed
            | Phase::Suspended
            | Phase::Waiting { .. }
            | Phase::Dialling { .. }
            | Phase::Live(_)
            | Phase::Failed { .. } => false,
        }
    }

    /// Tells the session that its socket is gone. Of what it then wants of the link only a refusal still matters, and
    /// only where the peer closed it.
    fn close_session(&mut self, now: Now, was_open: bool) -> Option<Ending<'static>> {
        let session = self.session.as_mut().filter(|_| was_open)?;
        session.handle(now, Input::Closed);
        self.drain(now)
    }

    /// What the session still wants to send before its socket is closed.
    fn take_leave(&mut self, now: Now, hurried: bool) -> Vec<Farewell> {
        let Some(session) = &mut self.session else { return Vec::new() };
        session.handle(now, Input::Leave { hurried });
        let mut farewell = Vec::new();
        while let Some(output) = session.poll() {
            match output {
                Output::Send(frame) => farewell.push(Farewell::Frame(frame)),
                Output::Fetch(request) => farewell.push(Farewell::Request(request)),
                // It is closed anyway, and what a session learns without hearing anything is past.
                Output::Close(_) | Output::Event(_) | Output::Alive => {}
            }
        }
        farewell
    }

    fn complete_options(&self) -> Options {
        let mut options = self.options.clone();
        options.complete(self.candidate().options, &mut self.random.clone());
        options.set("url", &self.address.url);
        if let (Some(variants), Some(variant)) =
            (self.candidate().variants, self.candidates[self.current].variant)
        {
            options.set(variants.option, variant.word);
        }
        options
    }

    fn hang_up(&mut self, code: u16, reason: &str, farewell: Vec<Farewell>) {
        let mut reason = self.secrets.mask(reason).into_owned();
        reason.truncate(reason.floor_char_boundary(REASON_BYTES));
        let answer = self.session.as_ref().and_then(|session| session.last_answer());
        self.outbox.push(Action::Hangup { epoch: self.link.epoch(), farewell, answer, code, reason });
    }

    fn try_candidate(&mut self, index: usize) {
        self.current = index;
        self.session = None;
    }

    /// Tells of the link's state, if it is another one.
    fn publish(&mut self, now: Instant) {
        let state = self.state(now);
        if state != self.published {
            self.published = state.clone();
            self.outbox.push(Action::Link(state));
        }
    }

    fn state(&self, now: Instant) -> LinkState {
        match self.link.phase() {
            Phase::Closed | Phase::Suspended => LinkState::Closed,
            Phase::Waiting { until } => match &self.failure {
                Some(failure) if self.tried.is_empty() => LinkState::Waiting {
                    since: self.link.down_since().unwrap_or(now),
                    until: *until,
                    attempts: self.link.attempts(),
                    failure: failure.clone(),
                },
                // The next candidate is tried, or the first one.
                Some(_) | None => self.connecting(now),
            },
            Phase::Dialling { .. } | Phase::Greeting { .. } => self.connecting(now),
            Phase::Live(pulse) => LinkState::Live { since: pulse.since, silent: pulse.is_silent() },
            Phase::Failed { since } => {
                LinkState::Failed { since: *since, failure: self.failure.clone().unwrap_or_default() }
            }
        }
    }

    /// One state for all candidates and both stages of one attempt.
    fn connecting(&self, now: Instant) -> LinkState {
        let since = match self.published {
            LinkState::Connecting { since, .. } => since,
            LinkState::Live { .. }
            | LinkState::Waiting { .. }
            | LinkState::Closed
            | LinkState::Failed { .. } => now,
        };
        LinkState::Connecting { since, last: self.failure.clone() }
    }
}

fn too_large(size: usize) -> Notice {
    let text = "It was refused unread, so that the page stays usable. The link goes on.";
    Notice::new(Severity::Warning, &format!("A frame of {size} bytes was too large"), text, "")
}
