//! The page's side of a device that a definition describes, as a state machine.
//!
//! A socket's life: what the definition sends first, each step when its turn has come → polls and signs of life →
//! readings. Channels appear as they are first seen. Nothing that was asked of a lost socket is asked again.
//!
//! What a frame means is the business of [`super::extract`]; nothing in here looks into one.

mod asks;
mod catalog;
mod channels;
mod life;
mod notices;
mod person;
mod readings;
mod settings;
mod unreadable;
mod widen;

use std::rc::Rc;
use std::time::Duration;

use super::definition::Definition;
use super::extract::{self, Contents, Extracted, Memory};
use crate::model::event::{Event, Notice, Outcome, Request, RequestId};
use crate::model::time::{Instant, Now};
use crate::protocol::limiter::Limiter;
use crate::protocol::link::{FIRST_MESSAGE_TIMEOUT, SLEPT_AFTER, WAKE_GRACE};
use crate::protocol::random::Random;
use crate::protocol::{Frame, Input, Outbox, Output, Session};
use asks::{Asked, Turn};
use channels::Channels;
use life::Life;
use person::Reader;
use settings::Settings;

pub use unreadable::UnusableDefinition;

/// A device that says nothing and of which nothing is asked is taken at its word after so long: before
/// [`FIRST_MESSAGE_TIMEOUT`].
const QUIET_AFTER: Duration = Duration::from_secs(4);
/// The first readings are waited for so long before the connection counts as live.
const LIVE_AFTER: Duration = Duration::from_secs(2);
/// So many polls in a row without an answer, and nothing else either, and the link is given up.
const MISSES_MOST: u32 = 3;

/// See the module.
#[derive(Debug)]
pub struct ConnectorSession {
    definition: Rc<Definition>,
    settings: Settings,
    phase: Phase,
    /// When the socket was opened.
    opened: Instant,
    /// When the first message came on this socket, or none was needed.
    recognised: Option<Instant>,
    /// [`Event::Live`] has been told of this socket.
    is_live: bool,
    /// A reading has come on this socket.
    has_reading: bool,
    is_paused: bool,
    /// The message that was sent last.
    last_asked: Asked,
    polls: Vec<Turn>,
    keepalive: Turn,
    life: Life,
    /// This machine slept: nobody is judged before this.
    spared_until: Instant,
    memory: Memory,
    channels: Channels,
    readers: Vec<Reader>,
    /// Messages to which no rule applied.
    unused: u64,
    /// For `{uuid}`.
    random: Random,
    limiter: Limiter,
    outbox: Outbox<Output>,
}

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Closed,
    /// What is sent first is being sent: up to here, and since when the next one waits.
    Opening {
        next: usize,
        since: Instant,
    },
    Running,
    /// The session wants the socket closed.
    GivenUp,
}

impl ConnectorSession {
    /// A session that has not seen any input yet.
    pub fn new(definition: Definition, options: &crate::protocol::options::Options) -> Self {
        let settings = Settings::new(&definition, options);
        let channels = Channels::new(&definition, &settings);
        Self {
            polls: vec![Turn::default(); definition.polls.len()],
            keepalive: Turn::default(),
            definition: Rc::new(definition),
            settings,
            phase: Phase::Closed,
            opened: Instant::default(),
            recognised: None,
            is_live: false,
            has_reading: false,
            is_paused: false,
            last_asked: Asked::default(),
            life: Life::default(),
            spared_until: Instant::default(),
            memory: Memory::default(),
            channels,
            readers: Vec::new(),
            unused: 0,
            random: Random::new(0),
            limiter: Limiter::default(),
            outbox: Outbox::default(),
        }
    }

    fn begin(&mut self, now: Now) {
        self.reset();
        self.random = Random::new(self.random.next_u64() ^ now.wall.0.unsigned_abs());
        self.opened = now.instant;
        self.life.opened(now.instant);
        self.phase = Phase::Opening { next: 0, since: now.instant };
    }

    /// The socket is gone, or a new one begins.
    fn reset(&mut self) {
        self.phase = Phase::Closed;
        self.recognised = None;
        self.is_live = false;
        self.has_reading = false;
        self.keepalive = Turn::default();
        self.polls.fill(Turn::default());
        self.memory = Memory::default();
        self.channels.new_socket();
        for reader in std::mem::take(&mut self.readers) {
            self.reply(reader.request, Outcome::Lost);
        }
    }

    fn closed(&mut self, now: Now) {
        if self.phase == Phase::Closed {
            return;
        }
        self.reset();
        self.tell_catalog(now, true);
        self.tell_link(now, false);
    }

    /// A frame came.
    fn frame(&mut self, now: Now, frame: Frame) {
        self.life.heard(now.instant);
        let definition = Rc::clone(&self.definition);
        let Contents { documents, problems, breaches } = extract::contents(&definition, &frame);
        for problem in &problems {
            self.malformed(now, None, &problem.what, &frame, problem.at);
        }
        for breach in breaches.iter() {
            self.violation(None, breach.rule());
        }
        if !documents.is_empty() {
            self.recognise(now);
        }
        for document in &documents {
            self.answered(now, document);
            let extracted =
                extract::readings(&definition, document, &self.settings.options, &mut self.memory);
            self.unused += u64::from(extracted.is_empty());
            self.take(now, extracted, &frame);
        }
    }

    /// Takes over what the rules made of a message.
    fn take(&mut self, now: Now, extracted: Vec<Extracted>, frame: &Frame) {
        let mut is_malformed = false;
        for Extracted { outcome, .. } in extracted {
            match outcome {
                Ok(found) => self.found(now, found),
                // What is wrong with a message as a whole each rule finds again.
                Err(trouble) if trouble.path.is_empty() && is_malformed => {}
                Err(trouble) => {
                    is_malformed |= trouble.path.is_empty();
                    let channel = self.channels.told_at_path(&trouble.path);
                    self.malformed(now, channel, &trouble.text, frame, 0);
                }
            }
        }
    }

    /// It is what it was taken for.
    fn recognise(&mut self, now: Now) {
        if self.recognised.is_some() {
            return;
        }
        self.recognised = Some(now.instant);
        self.event(Event::Recognised { speaks: self.definition.name.clone() });
        self.event(Event::Patience(self.patience()));
        self.channels.change();
        self.tell_catalog(now, false);
        self.tell_link(now, true);
    }

    /// Does what is due, and what can be done next.
    fn go_on(&mut self, now: Now) {
        if !self.is_open() {
            return;
        }
        self.open_on(now);
        self.quiet(now);
        self.ask_what_is_due(now);
        self.forget_readers(now);
        let is_ready = self.phase == Phase::Running && self.recognised.is_some();
        let is_due = self.has_reading || self.live_due().is_some_and(|due| due <= now.instant);
        if is_ready && is_due && !self.is_live {
            self.is_live = true;
            self.channels.nothing_to_see(self.remedy());
            self.tell_catalog(now, true);
            self.event(Event::Live);
        }
        self.tell_catalog(now, false);
    }

    /// The conversation goes on.
    fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Opening { .. } | Phase::Running)
    }

    fn live_due(&self) -> Option<Instant> {
        self.recognised.filter(|_| !self.is_live && self.phase == Phase::Running).map(|at| at + LIVE_AFTER)
    }

    /// Nothing has come yet: that may be as it should, or too long.
    fn quiet(&mut self, now: Now) {
        if self.recognised.is_some() || !self.is_open() {
            return;
        }
        if self.may_be_quiet() && self.quiet_due() <= now.instant {
            self.event(Event::Notice(notices::quiet()));
            self.recognise(now);
        } else if self.quiet_due() <= now.instant {
            self.close("nothing came in time that the definition can read");
        }
    }

    fn quiet_due(&self) -> Instant {
        self.opened + if self.may_be_quiet() { QUIET_AFTER } else { FIRST_MESSAGE_TIMEOUT }
    }

    /// Nothing has come, and nothing must have come by now.
    fn may_be_quiet(&self) -> bool {
        let longest = self.longest_wait();
        self.life.is_untouched() && longest.is_none_or(|longest| longest > FIRST_MESSAGE_TIMEOUT)
    }

    /// What is noticed late was slept through, and answers may be queued behind the timer.
    fn spare_sleepers(&mut self, now: Now) {
        if self.deadline().is_some_and(|deadline| now.instant.since(deadline) > SLEPT_AFTER) {
            self.spared_until = now.instant + WAKE_GRACE;
        }
    }

    /// When somebody is judged, who has until `due` but for this machine's sleep.
    fn judged(&self, due: Instant) -> Instant {
        if due < self.spared_until { self.spared_until } else { due }
    }

    fn malformed(&mut self, now: Now, channel: Option<usize>, what: &str, frame: &Frame, at: usize) {
        let shown = self.settings.evidence(frame, at);
        let notice = self.limiter.malformed(now.instant, &self.settings.masked(what), &shown);
        self.event(Event::Malformed { channel, notice });
    }

    fn violation(&mut self, channel: Option<usize>, rule: &'static str) {
        self.event(Event::Violation { channel, rule });
    }

    fn notice(&mut self, now: Now, notice: Notice) {
        if self.limiter.pass(now.instant) {
            self.event(Event::Notice(notice));
        }
    }

    // An event is large, and many tell one: what moves it is there but once.
    #[inline(never)]
    fn event(&mut self, event: Event) {
        self.outbox.push(Output::Event(event));
    }

    fn reply(&mut self, request: RequestId, outcome: Outcome) {
        self.event(Event::Reply { request, outcome });
    }

    /// Gives the link up, so that it is tried again.
    fn close(&mut self, reason: &str) {
        self.phase = Phase::GivenUp;
        self.outbox.push(Output::Close(reason.to_owned()));
    }
}

impl Session for ConnectorSession {
    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        self.spare_sleepers(now);
        match input {
            Input::Opened { subprotocol: _ } => self.begin(now),
            Input::Text(_) | Input::Binary(_) if !self.is_open() => {}
            Input::Text(text) => self.frame(now, Frame::Text(text.to_owned())),
            Input::Binary(bytes) => self.frame(now, Frame::Binary(bytes.to_vec())),
            // A device forgets with the link what was asked of it; and nobody is asked by HTTP.
            Input::Leave { .. } | Input::Fetched { .. } => return,
            Input::Closed => return self.closed(now),
            Input::Probe => self.probe(now),
            Input::Timeout => {}
            Input::Request(id, request) => self.request(now, id, request),
        }
        self.go_on(now);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn preview(&self, request: &Request) -> Option<String> {
        match request {
            Request::Raw { text } => Some(text.clone()),
            Request::Read { .. }
            | Request::Write { .. }
            | Request::Check { .. }
            | Request::Execute { .. }
            | Request::Expand { .. }
            | Request::Inspect { .. }
            | Request::Subscribe { .. }
            | Request::Pause { .. }
            | Request::Logging { .. } => None,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        if !self.is_open() {
            return None;
        }
        let quiet = self.recognised.is_none().then(|| self.quiet_due());
        [quiet, self.live_due(), self.asks_due(), self.silence_due(), self.readers_due(), self.catalog_due()]
            .into_iter()
            .fold(None, Instant::earliest)
    }
}
