//! The client's side of SECoP as a state machine.
//!
//! A socket's life: `*IDN?` → identification → `describe` → catalog → activation → readings and replies. A
//! description that is the same as before a reconnect is taken in silence; one that differs is told with what
//! differs. Nothing that was asked of a lost socket is asked again.
//!
//! Where the specification says "ignore" nothing happens, or a breach is counted; a frame that cannot be understood
//! is told and counted, and the next one is read as if nothing had been.

mod answers;
mod heartbeat;
mod notices;
pub mod report;
mod request;
mod requests;
pub mod status;
mod subscriptions;
mod updates;

use std::time::Duration;

use super::description::Description;
use super::description::compare::compare;
use super::identity::Identity;
use super::message::{IDENTIFY, Kind, Message, MessageError, Verb};
use super::violation::{Rule, Violations};
use crate::model::event::{Event, Notice, Outcome, Request, RequestId};
use crate::model::reading::Severity;
use crate::model::time::{Instant, Now};
use crate::protocol::limiter::Limiter;
use crate::protocol::link::FIRST_MESSAGE_TIMEOUT;
use crate::protocol::{Frame, Input, Outbox, Output, Session, text_in};
use heartbeat::Heartbeat;
use report::ErrorReport;
use requests::Requests;
use subscriptions::Subscriptions;

/// The description of a large node may take a while on a slow line.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(30);
/// A reply is waited for so long until the node has said how long it may take.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub struct SecopSession {
    phase: Phase,
    known: Option<Known>,
    requests: Requests,
    subscriptions: Subscriptions,
    heartbeat: Heartbeat,
    limiter: Limiter,
    /// [`Event::Live`] has been told of this socket.
    live: bool,
    outbox: Outbox<Output>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Closed,
    Identifying { until: Instant },
    Describing { until: Instant },
    Running,
}

/// What the node said of itself last.
#[derive(Debug)]
struct Known {
    description: Description,
    /// The text that it was read from: mostly the same after a reconnect.
    text: String,
}

impl SecopSession {
    /// A session that has not seen any input yet.
    pub fn new() -> Self {
        Self {
            phase: Phase::Closed,
            known: None,
            requests: Requests::default(),
            subscriptions: Subscriptions::default(),
            heartbeat: Heartbeat::default(),
            limiter: Limiter::default(),
            live: false,
            outbox: Outbox::default(),
        }
    }

    /// Begins the conversation: on a new socket, and on one that was renewed behind a bridge.
    fn begin(&mut self, now: Now) {
        self.lose_requests();
        self.subscriptions.reset();
        self.heartbeat.reset();
        self.live = false;
        self.phase = Phase::Identifying { until: now.instant + FIRST_MESSAGE_TIMEOUT };
        self.send(IDENTIFY);
    }

    fn lose_requests(&mut self) {
        for pending in self.requests.take_all() {
            self.reply(pending.id, Outcome::Lost);
        }
    }

    fn text(&mut self, now: Now, frame: &str) {
        if let Some(identity) = Identity::parse(frame) {
            self.identified(now, &identity);
            return;
        }
        let message = match Message::parse(frame) {
            Ok(message) => message,
            Err(MessageError::Blank) => {
                self.violation(None, Rule::BlankFrame);
                return;
            }
            Err(error @ MessageError::Action) => {
                if matches!(self.phase, Phase::Identifying { .. }) {
                    self.refuse(frame);
                } else {
                    self.malformed(now, None, &error.to_string(), frame);
                }
                return;
            }
        };
        match self.phase {
            Phase::Closed => {}
            Phase::Identifying { .. } => self.before_identification(now, &message, frame),
            Phase::Describing { .. } | Phase::Running => self.message(now, &message, frame),
        }
    }

    /// A node may say other things first; a stranger says something that is no message of a node.
    fn before_identification(&mut self, now: Now, message: &Message<'_>, frame: &str) {
        match message.kind() {
            Kind::Update | Kind::ErrorUpdate | Kind::Reply(_) | Kind::Log | Kind::Closed | Kind::Comment => {}
            Kind::Error(_) => {
                let report = ErrorReport::parse(message.data);
                let notice = Notice::new(
                    Severity::Alarm,
                    "The node did not say who it is",
                    &format!("It answered *IDN? with an error: {}. It is asked again.", report.line()),
                    frame,
                );
                self.notice(now, notice);
                self.close("*IDN? was answered with an error");
            }
            Kind::Unknown => self.refuse(frame),
        }
    }

    fn identified(&mut self, now: Now, identity: &Identity) {
        if self.phase == Phase::Closed {
            return;
        }
        // A second identification was typed by a person; the node has then forgotten what it was activated for.
        if !matches!(self.phase, Phase::Identifying { .. }) {
            self.subscriptions.reset();
        }
        self.event(Event::Recognised { speaks: identity.speaks() });
        if !identity.is_known() {
            let notice = Notice::new(
                Severity::Warning,
                "A version of SECoP that is not known here",
                "Versions 1 and 2 are known. The connection goes on as with version 2; what is new is ignored.",
                &identity.speaks(),
            );
            self.notice(now, notice);
        }
        self.phase = Phase::Describing { until: now.instant + DESCRIBE_TIMEOUT };
        self.send(Verb::Describe.request());
    }

    fn message(&mut self, now: Now, message: &Message<'_>, frame: &str) {
        match message.kind() {
            Kind::Update => self.update(now, message, frame),
            Kind::ErrorUpdate => self.error_update(now, message),
            Kind::Reply(Verb::Describe) => self.described(now, message, frame),
            Kind::Reply(verb @ (Verb::Activate | Verb::Deactivate)) => {
                self.activation(now, verb == Verb::Activate, message);
            }
            Kind::Reply(Verb::Ping) => self.pong(now, message),
            Kind::Reply(verb @ (Verb::Read | Verb::Change | Verb::Do | Verb::Check | Verb::Logging)) => {
                self.answer(now, verb, message, frame);
            }
            Kind::Error(request) => self.error(now, request, message, frame),
            Kind::Log => self.log(message),
            Kind::Closed => self.begin(now),
            Kind::Comment => {}
            Kind::Unknown => self.violation(None, Rule::UnknownAction),
        }
    }

    fn described(&mut self, now: Now, message: &Message<'_>, frame: &str) {
        let text = message.data.unwrap_or_default();
        let same = self.known.as_ref().is_some_and(|known| known.text == text);
        if !same {
            let mut violations = Violations::default();
            match Description::parse(text, &mut violations) {
                Ok(description) => {
                    self.violations(None, &violations);
                    self.learn(description, text);
                }
                Err(error) => {
                    self.malformed(now, None, &format!("the description cannot be used: {error}"), frame);
                    if matches!(self.phase, Phase::Describing { .. }) {
                        self.close("the node's description cannot be used");
                    }
                    return;
                }
            }
        }
        self.event(Event::Patience(self.timeout()));
        self.phase = Phase::Running;
        self.go_on(now);
    }

    /// Takes over a description, and tells of it unless it is the same to everybody else.
    fn learn(&mut self, description: Description, text: &str) {
        let text = text.to_owned();
        let changes = match &self.known {
            Some(known) => match compare(&known.description.catalog, &description.catalog) {
                None => {
                    self.known = Some(Known { description, text });
                    return;
                }
                changes => changes,
            },
            None => None,
        };
        // Requests under way speak of the old catalog; a node that changes under them has left them behind.
        self.lose_requests();
        self.subscriptions.reset();
        self.subscriptions.set_description(&description);
        self.event(Event::Catalog { catalog: Box::new(description.catalog.clone()), changes });
        self.known = Some(Known { description, text });
    }

    /// Asks the node for what is wanted and not yet sent (or the reverse), and tells what came of it.
    fn go_on(&mut self, now: Now) {
        if self.phase != Phase::Running {
            return;
        }
        let Some(known) = &self.known else { return };
        let timeout = known.description.timeout;
        if let Some(step) = self.subscriptions.next(now.instant, timeout) {
            let module = step.module.and_then(|module| known.description.modules.get(module));
            let specifier = module.map_or("", |module| module.as_str());
            let message = Message { action: step.verb().request(), specifier, data: None };
            let message = message.to_string();
            self.send(&message);
        }
        self.tell_subscriptions();
        if self.subscriptions.settled() && !self.live {
            self.live = true;
            self.event(Event::Live);
            self.ping(now);
        }
    }

    fn tell_subscriptions(&mut self) {
        for (channel, on) in self.subscriptions.changes() {
            self.event(Event::Subscribed { channel, on });
        }
    }

    fn timed_out(&mut self, now: Now) {
        match self.phase {
            Phase::Identifying { until } if until <= now.instant => {
                self.close("no identification came in time");
            }
            Phase::Describing { until } if until <= now.instant => self.close("no description came in time"),
            Phase::Closed | Phase::Identifying { .. } | Phase::Describing { .. } | Phase::Running => {}
        }
        while let Some(pending) = self.requests.overdue(now.instant) {
            self.reply(pending.id, Outcome::TimedOut);
            self.follow(now, pending.verb, &pending.specifier);
        }
        if let Some(step) = self.subscriptions.overdue(now.instant) {
            let text = if step.on {
                "It was asked to send updates and has not confirmed that. What it sends is shown; it may be that it \
                 does not send everything."
            } else {
                "It was asked to send fewer updates and has not confirmed that. What is not wanted is not shown."
            };
            let notice = Notice::new(
                Severity::Warning,
                "The node did not confirm a subscription",
                text,
                step.verb().request(),
            );
            self.notice(now, notice);
            self.go_on(now);
        }
        if self.phase == Phase::Running && self.heartbeat.deadline().is_some_and(|due| due <= now.instant) {
            self.ping(now);
        }
    }

    fn ping(&mut self, now: Now) {
        if let Some(token) = self.heartbeat.ping(now, self.timeout()) {
            let message = Message { action: Verb::Ping.request(), specifier: &token, data: None };
            self.send(&message.to_string());
        }
    }

    fn timeout(&self) -> Duration {
        self.known.as_ref().map_or(REPLY_TIMEOUT, |known| known.description.timeout)
    }

    fn send(&mut self, frame: &str) {
        self.outbox.push(Output::Send(Frame::Text(frame.to_owned())));
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
        self.phase = Phase::Closed;
        self.outbox.push(Output::Close(reason.to_owned()));
    }
}

impl Default for SecopSession {
    fn default() -> Self {
        Self::new()
    }
}

impl Session for SecopSession {
    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        match input {
            Input::Opened { subprotocol: _ } => self.begin(now),
            Input::Text(text) => self.text(now, text),
            // A node sends text; a bridge from TCP may wrap it in binary frames.
            Input::Binary(bytes) => match text_in(bytes) {
                Ok(text) => self.text(now, text),
                Err((_, shown)) if matches!(self.phase, Phase::Identifying { .. }) => self.refuse(&shown),
                Err((what, shown)) => self.malformed(now, None, &what, &shown),
            },
            // A node forgets with the link what was asked of it; and nobody is asked by HTTP.
            Input::Leave { .. } | Input::Fetched { .. } => {}
            Input::Closed => {
                self.phase = Phase::Closed;
                self.lose_requests();
                self.subscriptions.reset();
                self.heartbeat.reset();
            }
            Input::Probe => {
                if self.phase == Phase::Running {
                    self.ping(now);
                }
            }
            Input::Timeout => self.timed_out(now),
            Input::Request(id, request) => self.request(now, id, request),
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn preview(&self, request: &Request) -> Option<String> {
        // A frame does not tell to whom its answer goes.
        self.pending(RequestId(0), request).ok().map(|pending| pending.frame())
    }

    fn deadline(&self) -> Option<Instant> {
        let phase = match self.phase {
            Phase::Closed => return None,
            Phase::Identifying { until } | Phase::Describing { until } => Some(until),
            Phase::Running => self.heartbeat.deadline(),
        };
        let waiting = Instant::earliest(self.requests.deadline(), self.subscriptions.deadline());
        Instant::earliest(phase, waiting)
    }
}
