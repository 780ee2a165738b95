//! A client's side of the One Platform as a state machine.
//!
//! A socket's life: the key → ok → what is there → the newest point and a subscription for each series → readings, then
//! what is kept of the past. Nothing is asked before the key was accepted.
//!
//! What is subscribed ends with its socket; on the next one it is subscribed from the last point on that was told, and
//! points are known again by their time and value. Nothing that a person asked of a lost socket is asked again. A key
//! that is refused ends it for good: to try again would only be a burden to the peer.

mod calls;
mod deeds;
mod execute;
mod look;
mod outcomes;
mod person;
mod purpose;
mod readings;
mod startup;
mod subscribe;
mod tree;
mod watch;

use std::collections::VecDeque;
use std::time::Duration;

use super::answer::{Answer, CallId, Incoming, WireError};
use super::auth::{Auth, AuthError};
use super::mask::Mask;
use super::procedure::Procedure;
use crate::model::event::{Event, Notice, Outcome, Request, RequestId};
use crate::model::json::Breaches;
use crate::model::reading::Severity;
use crate::model::slots::Names;
use crate::model::time::{Instant, Now};
use crate::model::value::Value;
use crate::protocol::limiter::Limiter;
use crate::protocol::options::Options;
use crate::protocol::{Frame, Input, Outbox, Output, Session, text_in};
use calls::{ANSWER_TIMEOUT, Calls, Flight, Job};
use look::Look;
use person::Typed;
use purpose::Purpose;
use readings::Way;
use tree::Tree;

/// The most points of the past that are asked for.
const HISTORY_MOST: u32 = 10_000;
/// The most names of subscriptions that are remembered.
const SUBSCRIPTIONS_MOST: usize = 50_000;

/// See the module.
pub struct ExositeSession {
    auth: Result<Auth, AuthError>,
    /// So many points of the past are wanted.
    history: u32,
    mask: Mask,
    phase: Phase,
    startup: startup::Startup,
    calls: Calls,
    tree: Tree,
    /// What is being looked into.
    looks: Vec<Look>,
    /// Clients that are still to be looked into.
    frontier: VecDeque<usize>,
    /// How much was looked at on this socket.
    seen: look::Seen,
    /// What could not be seen, in words.
    unseen: Vec<String>,
    /// When the catalog was told last, and how many of its channels were told.
    told: (Option<Instant>, usize),
    /// Paths of channels that a person wants (1), or does not want (0); kept across catalogs.
    chosen: Names,
    /// For each channel whether everybody was told that it is subscribed.
    told_subscribed: Vec<bool>,
    /// Names of subscriptions and their nodes, by ascending name.
    subscriptions: Vec<(u64, usize)>,
    /// Series whose past is still to be asked for.
    pasts: VecDeque<usize>,
    /// When what did not work is tried again.
    retry: Option<Instant>,
    /// When it was tried again last, and how long that was waited for.
    retried: Option<Instant>,
    retry_delay: Duration,
    /// Lines that a person typed and that wait for an answer.
    typed: Vec<Typed>,
    limiter: Limiter,
    outbox: Outbox<Output>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Closed,
    /// The key was sent, and nothing has been said about it.
    Greeting {
        until: Instant,
    },
    /// It is accepted; what is there is looked at and subscribed for the first time on this socket.
    Starting,
    Running,
    /// It was refused; nothing more is asked.
    Over,
}

impl ExositeSession {
    /// A session that has not seen any input yet.
    pub fn new(options: &Options) -> Self {
        let history = options.get("history").trim().parse().unwrap_or(600).min(HISTORY_MOST);
        Self {
            auth: Auth::of(options),
            history,
            mask: Mask::new(options),
            phase: Phase::Closed,
            startup: startup::Startup::default(),
            calls: Calls::new(history),
            tree: Tree::default(),
            looks: Vec::new(),
            frontier: VecDeque::new(),
            seen: look::Seen::default(),
            unseen: Vec::new(),
            told: (None, 0),
            chosen: Names::default(),
            told_subscribed: Vec::new(),
            subscriptions: Vec::new(),
            pasts: VecDeque::new(),
            retry: None,
            retried: None,
            retry_delay: Duration::ZERO,
            typed: Vec::new(),
            limiter: Limiter::default(),
            outbox: Outbox::default(),
        }
    }

    fn text(&mut self, now: Now, frame: &str) {
        let mut breaches = Breaches::default();
        let incoming = match Incoming::parse(frame, &mut breaches) {
            Ok(incoming) => incoming,
            Err(error) => return self.strange_frame(now, &error.to_string(), frame),
        };
        for breach in breaches.iter() {
            self.violation(breach.rule());
        }
        if let Phase::Greeting { .. } = self.phase {
            return self.greeted(now, &incoming, frame);
        }
        match incoming {
            Incoming::Status(_) => self.violation("a status belongs to a call"),
            Incoming::Error(error) => self.frame_failed(now, &error, frame),
            Incoming::Answers { answers, strange, left_out } => {
                if answers.is_empty() && strange == 0 {
                    self.violation("a list of answers has answers");
                }
                for answer in &answers {
                    self.answer(now, answer, frame);
                }
                if strange > 0 {
                    self.malformed(now, None, "there is something among the answers that is none", frame);
                }
                if left_out > 0 {
                    self.violation("a frame has at most 5,000 answers");
                }
            }
        }
    }

    fn answer(&mut self, now: Now, answer: &Answer<'_>, frame: &str) {
        let Some(id) = &answer.id else { return self.violation("an answer has the name of its call") };
        if self.typed_answered(id, frame) {
            return;
        }
        let Some(number) = id.number() else {
            return self.violation("an answer answers a call, once and in time");
        };
        if let CallId::Text(_) = id {
            self.violation("the name of a call comes back as it was sent");
        }
        let node = self.subscription(number);
        let Some(flight) = self.calls.land(number) else {
            return match node {
                Some(node) => self.told_by_subscription(now, node, number, answer, frame),
                None => self.violation("an answer answers a call, once and in time"),
            };
        };
        // Without a name of its own a subscription tells under the call's.
        if let (Purpose::Subscribe(node), Some(_)) = (flight.job.purpose, answer.good()) {
            self.subscribed(now, node, number, answer);
            return self.points_came(now, node, Way::Told, answer, frame);
        }
        self.concluded(now, number, flight, answer, frame);
    }

    /// What follows from the answer to a call, or from it that none came.
    fn concluded(&mut self, now: Now, number: u64, flight: Flight, answer: &Answer<'_>, frame: &str) {
        match flight.job.purpose {
            Purpose::About(client) => self.about(client, answer),
            Purpose::Listing(client) => self.listed(client, answer),
            Purpose::Item { client, item } => self.item_known(client, item, answer),
            Purpose::Again(node) => self.known_again(node, answer),
            Purpose::Newest(node) => self.newest(now, node, answer, frame),
            Purpose::Subscribe(node) => self.subscribed(now, node, number, answer),
            Purpose::Unsubscribe => {}
            Purpose::History(node) => self.past_came(now, node, answer, frame),
            Purpose::Heartbeat => {
                let round_trip = now.instant.since(flight.sent.instant);
                self.event(Event::Heartbeat { round_trip, clock_offset: None });
            }
            Purpose::Person(request, wish) => self.answered(now, request, wish, answer, frame),
        }
    }

    /// A call got no answer in time.
    fn unanswered(&mut self, now: Now, flight: Flight) {
        match flight.job.purpose {
            Purpose::Person(request, wish) => self.person_failed(request, wish, Outcome::TimedOut),
            Purpose::Heartbeat => {}
            Purpose::About(_)
            | Purpose::Listing(_)
            | Purpose::Item { .. }
            | Purpose::Again(_)
            | Purpose::Newest(_)
            | Purpose::Subscribe(_)
            | Purpose::Unsubscribe
            | Purpose::History(_) => self.once_more(now, flight, WireError::silence()),
        }
    }

    /// A call of the session's own came to nothing: it is made once more, or that is taken for the answer.
    fn once_more(&mut self, now: Now, flight: Flight, error: WireError) {
        if flight.job.procedure.is_idempotent() && !flight.job.again {
            self.calls.push(Job { again: true, ..flight.job });
        } else {
            self.concluded(now, 0, flight, &Answer::failed(error), "");
        }
    }

    /// An error about a whole frame, and nobody knows which: that of a person's typed line, if one waits; else it ends
    /// everything that is under way.
    fn frame_failed(&mut self, now: Now, error: &WireError, frame: &str) {
        if error.is_about_the_key() {
            return self.key_refused(&error.words(), frame);
        }
        self.violation("calls are answered one by one");
        if self.typed_failed(frame) {
            return;
        }
        let is_known = self.calls.frames_under_way() == 1;
        let text = [&error.words(), " All calls that were under way end with it."].concat();
        self.notice(
            now,
            Notice::new(Severity::Warning, "The server could not carry out a frame", &text, frame),
        );
        for flight in self.calls.take_flights() {
            match flight.job.purpose {
                Purpose::Person(request, wish) if is_known => {
                    self.person_failed_with(request, wish, &Answer::failed(error.clone()));
                }
                Purpose::Person(request, wish) => self.person_failed(request, wish, Outcome::Lost),
                Purpose::Heartbeat => {}
                Purpose::About(_)
                | Purpose::Listing(_)
                | Purpose::Item { .. }
                | Purpose::Again(_)
                | Purpose::Newest(_)
                | Purpose::Subscribe(_)
                | Purpose::Unsubscribe
                | Purpose::History(_) => self.once_more(now, flight, error.clone()),
            }
        }
    }

    /// Does what can be done next.
    fn go_on(&mut self, now: Now) {
        if !self.is_ready() {
            return;
        }
        self.look_further(now);
        self.tell_catalog(now);
        if self.phase == Phase::Starting && !self.is_looking() && !self.is_subscribing() {
            self.phase = Phase::Running;
            self.event(Event::Live);
        }
        if self.phase == Phase::Running {
            self.ask_pasts();
        }
        self.send(now);
    }

    fn send(&mut self, now: Now) {
        if !self.is_ready() {
            return;
        }
        let typed = &self.typed;
        while let Some(frame) = self.calls.next_frame(now, |number| person::is_typed(typed, number)) {
            self.outbox.push(Output::Send(Frame::Text(frame)));
        }
    }

    /// Wants something to be asked. `false` where too much waits.
    fn ask(&mut self, purpose: Purpose, procedure: Procedure) -> bool {
        let is_asked = self.calls.push(Job::new(purpose, procedure));
        if !is_asked {
            self.violation("at most 50,000 calls wait here");
        }
        is_asked
    }

    /// The key is accepted.
    fn is_ready(&self) -> bool {
        match self.phase {
            Phase::Starting | Phase::Running => true,
            Phase::Closed | Phase::Greeting { .. } | Phase::Over => false,
        }
    }

    fn probe(&mut self) {
        if self.is_ready() && !self.calls.has(|purpose| purpose == Purpose::Heartbeat) {
            self.ask(Purpose::Heartbeat, startup::sign_of_life());
        }
    }

    fn timed_out(&mut self, now: Now) {
        if let Phase::Greeting { until } = self.phase
            && until <= now.instant
        {
            return self.not_greeted();
        }
        while let Some(flight) = self.calls.overdue(now.instant) {
            self.unanswered(now, flight);
        }
        self.forget_typed(now);
        self.try_again_when_due(now);
    }

    /// The socket is gone, or a new one begins.
    fn reset(&mut self) {
        for flight in self.calls.take_flights() {
            if let Purpose::Person(request, _) = flight.job.purpose {
                self.reply(request, Outcome::Lost);
            }
        }
        for job in self.calls.take_waiting() {
            if let Purpose::Person(request, _) = job.purpose {
                self.not_sent(request, "the link fell before it was its turn");
            }
        }
        for typed in std::mem::take(&mut self.typed) {
            self.reply(typed.request, Outcome::Lost);
        }
        self.looks.clear();
        self.frontier.clear();
        self.subscriptions.clear();
        self.pasts.clear();
        self.retry = None;
        self.retried = None;
        for node in &mut self.tree.nodes {
            node.watch.interrupt();
            node.watch.ends = 0;
            node.is_explored = false;
        }
    }

    fn violation(&mut self, rule: &'static str) {
        self.event(Event::Violation { channel: None, rule });
    }

    fn malformed(&mut self, now: Now, channel: Option<usize>, what: &str, frame: &str) {
        let notice = self.limiter.malformed(now.instant, what, frame);
        self.event(Event::Malformed { channel, notice });
    }

    fn notice(&mut self, now: Now, notice: Notice) {
        if self.limiter.pass(now.instant) {
            self.event(Event::Notice(notice));
        }
    }

    // An event is large, and many tell one: what moves it is there but once.
    #[inline(never)]
    fn event(&mut self, mut event: Event) {
        self.mask.event(&mut event);
        self.outbox.push(Output::Event(event));
    }

    fn reply(&mut self, request: RequestId, outcome: Outcome) {
        self.event(Event::Reply { request, outcome });
    }

    fn done(&mut self, request: RequestId, value: Option<Value>) {
        self.reply(request, Outcome::Done { value, data_type: None });
    }

    fn not_sent(&mut self, request: RequestId, why: &str) {
        self.reply(request, Outcome::NotSent(why.to_owned()));
    }

    /// Gives the link up, so that it is tried again.
    fn close(&mut self, reason: &str) {
        self.phase = Phase::Closed;
        self.outbox.push(Output::Close(reason.to_owned()));
    }
}

impl Session for ExositeSession {
    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        let is_deaf = matches!(self.phase, Phase::Closed | Phase::Over);
        match input {
            Input::Opened { subprotocol: _ } => self.opened(now),
            Input::Text(_) | Input::Binary(_) if is_deaf => {}
            Input::Text(text) => self.text(now, text),
            Input::Binary(bytes) => match text_in(bytes) {
                Ok(text) => {
                    self.violation("frames are text");
                    self.text(now, text);
                }
                Err((what, shown)) => self.strange_frame(now, &what, &shown),
            },
            // Subscriptions end with their socket: there is nothing to take leave of.
            Input::Fetched { .. } | Input::Leave { .. } => {}
            Input::Closed => self.closed(),
            Input::Probe => self.probe(),
            Input::Timeout => self.timed_out(now),
            Input::Request(id, request) => self.request(now, id, request),
        }
        self.go_on(now);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn preview(&self, request: &Request) -> Option<String> {
        self.preview_of(request)
    }

    fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Closed | Phase::Over => None,
            Phase::Greeting { until } => Some(until),
            Phase::Starting | Phase::Running => {
                let typed = self.typed.iter().map(|typed| Some(typed.since + ANSWER_TIMEOUT));
                let typed = typed.fold(None, Instant::earliest);
                let due = [self.calls.deadline(), typed, self.retry, self.seen.hold];
                due.into_iter().fold(None, Instant::earliest)
            }
        }
    }
}
