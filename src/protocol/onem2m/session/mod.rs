//! An AE's side of oneM2M as a state machine.
//!
//! A socket's life: who is there → register an AE → see a notification come → look around → subscribe → readings.
//! In *hybrid* mode the socket carries the registration and the notifications alone, and requests go by HTTP.
//!
//! What the CSE keeps (subscriptions, the AE) survives a socket; on the next one it is found again by its name instead
//! of being made twice. Nothing that a person asked of a lost socket is asked again.

mod answers;
pub(super) mod ask;
mod asks;
mod explore;
mod person;
mod poll;
mod purpose;
mod readings;
mod startup;
mod subscribe;
mod told;
mod tree;
mod watch;

use std::collections::VecDeque;
use std::time::Duration;

use super::http;
use super::notification::{Notified, What};
use super::primitive::{Primitive, PrimitiveError, Response};
use super::resource::code_name;
use super::time;
use crate::model::event::{Event, Notice, Outcome, Request, RequestId};
use crate::model::json::{Breaches, Json};
use crate::model::letters;
use crate::model::reading::Severity;
use crate::model::slots::Names;
use crate::model::time::{Instant, Now, Timestamp};
use crate::protocol::http::HttpAnswer;
use crate::protocol::limiter::Limiter;
use crate::protocol::link::FIRST_MESSAGE_TIMEOUT;
use crate::protocol::options::Options;
use crate::protocol::{Frame, Input, LastAnswer, Outbox, Output, Session, text_in};
use ask::{Ask, Who};
use asks::{ANSWER_TIMEOUT, Asks, Flight, Job, Way};
use poll::Polls;
use purpose::Purpose;
use tree::Tree;

/// The release that requests are written for. Answers may be of any other.
pub const RELEASE: &str = "4";
/// What this page makes on a CSE lives so long unless it is renewed.
const LIFETIME: Duration = Duration::from_mins(15);
/// It is renewed after so long.
const RENEW_AFTER: Duration = Duration::from_mins(5);
/// How long an AE waits before an early notification counts as somebody else's.
const EARLY_PATIENCE: Duration = Duration::from_secs(5);
/// So many early notifications are kept.
const EARLY_MOST: usize = 64;

/// See the module.
pub struct OneM2mSession {
    settings: Settings,
    phase: Phase,
    /// It left while an answer was still to come on the socket.
    is_leaving_busy: bool,
    registration: startup::Registration,
    asks: Asks,
    tree: Tree,
    polls: Polls,
    /// Paths of channels that a person wants (1), or does not want (0); kept across catalogs.
    chosen: Names,
    /// For each channel whether everybody was told that it is subscribed.
    told_subscribed: Vec<bool>,
    /// What is looked into without being asked: nodes still to explore.
    frontier: VecDeque<usize>,
    /// The types of resources that the CSE knows.
    supported: Vec<u32>,
    /// So many nodes were looked into without being asked.
    looks: usize,
    /// Resources were looked at that may be wanted.
    has_news: bool,
    /// What is found is looked into in turn.
    is_deep: bool,
    /// When the catalog was told last.
    catalog_told: Option<Instant>,
    /// Events about channels that nobody knows yet.
    untold: Vec<Event>,
    /// Nodes that are, or were, watched.
    watched: Vec<usize>,
    /// When the last input came.
    now: Now,
    /// Notifications of subscriptions whose creation was not answered yet: when, and the frame.
    early: VecDeque<(Instant, String)>,
    /// When what was not to be had is looked for again.
    look_again: Option<Instant>,
    /// When subscriptions are looked after, where that is needed.
    audit: Option<Instant>,
    /// Lines that a person typed and that wait for an answer: their rqi.
    raw: Vec<(String, RequestId, Instant)>,
    /// What a person has made here through this page: addresses.
    made: Vec<String>,
    /// How far the CSE's clock is ahead of the page's, in microseconds.
    clock_offset: i64,
    limiter: Limiter,
    outbox: Outbox<Output>,
}

/// What was chosen when the connection was made.
#[derive(Clone, Debug)]
struct Settings {
    /// The address of the connection.
    url: String,
    /// The CSE's HTTP server.
    http: String,
    /// Requests go by HTTP.
    hybrid: bool,
    /// The wanted AE-ID.
    own: String,
    /// In whose name data is asked for; empty: in that of the own AE.
    originator: String,
    /// Letters that no other page has, for names.
    token: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Closed,
    /// Nothing valid has come yet.
    Greeting {
        until: Instant,
    },
    /// It is a CSE; who we are to it is being settled.
    Starting,
    /// The tree is looked into for the first time on this socket.
    Exploring,
    /// Subscriptions are being made.
    Subscribing,
    Running,
    /// It was refused; nothing more is asked.
    Over,
}

impl OneM2mSession {
    /// A session that has not seen any input yet.
    pub fn new(options: &Options) -> Self {
        let own = options.get("aei");
        let gap = options.get("gap").parse().unwrap_or(25_u64).min(10_000);
        Self {
            settings: Settings {
                url: options.get("url").to_owned(),
                http: options.get("http").to_owned(),
                hybrid: options.get("mode") == "hybrid",
                own: if own.is_empty() { "C".to_owned() } else { own.to_owned() },
                originator: options.get("fr").to_owned(),
                token: letters::small(own.get(1..).unwrap_or_default()),
            },
            phase: Phase::Closed,
            is_leaving_busy: false,
            registration: startup::Registration::default(),
            asks: Asks::new(Duration::from_millis(gap)),
            tree: Tree::default(),
            polls: Polls::default(),
            chosen: Names::default(),
            told_subscribed: Vec::new(),
            frontier: VecDeque::new(),
            supported: Vec::new(),
            looks: 0,
            has_news: false,
            is_deep: true,
            catalog_told: None,
            untold: Vec::new(),
            watched: Vec::new(),
            now: Now::default(),
            early: VecDeque::new(),
            look_again: None,
            audit: None,
            raw: Vec::new(),
            made: Vec::new(),
            clock_offset: 0,
            limiter: Limiter::default(),
            outbox: Outbox::default(),
        }
    }

    fn text(&mut self, now: Now, frame: &str) {
        let mut breaches = Breaches::default();
        let primitive = match Primitive::parse(frame, &mut breaches) {
            Ok(primitive) => primitive,
            Err(error) => return self.no_primitive(now, &error, frame),
        };
        for breach in breaches.iter() {
            self.violation(breach.rule());
        }
        match primitive {
            Primitive::Response(response) => self.response(now, response, frame),
            Primitive::Request(request) => self.told(now, &request, frame),
            Primitive::Bare(content) => self.bare(now, &content, frame),
        }
    }

    fn no_primitive(&mut self, now: Now, error: &PrimitiveError, frame: &str) {
        if matches!(self.phase, Phase::Greeting { .. }) {
            let notice = Notice::new(
                Severity::Alarm,
                "What answers there does not speak oneM2M",
                "A CSE answers with a JSON object. Check the address and the protocol.",
                frame,
            );
            self.refuse(true, notice, Vec::new());
        } else {
            self.malformed(now, &error.to_string(), frame);
        }
    }

    fn response(&mut self, now: Now, response: Response<'_>, frame: &str) {
        let number = response.id.as_deref().and_then(|id| self.number_of(id));
        if let Some(made) = response.made {
            self.clock_offset = made.0.saturating_sub(now.wall.0);
        }
        let flight = match number {
            Some(number) => self.asks.land(number),
            // An error about a frame that the CSE could not read names no request: it can only be the one.
            None if response.id.is_none() => self.asks.land_on_socket(),
            None => None,
        };
        if let Some(flight) = flight {
            if response.id.is_none() {
                self.violation("a response names its request");
            }
            return self.landed(now, flight, &response);
        }
        let raw =
            response.id.as_deref().and_then(|id| self.raw.iter().position(|(waiting, ..)| waiting == id));
        if let Some(place) = raw {
            let (_, request, _) = self.raw.swap_remove(place);
            let value = Some(crate::model::Value::Json(frame.to_owned()));
            return self.reply(request, Outcome::Done { value, data_type: None });
        }
        match response.id {
            // The CSE could not read something that a person typed, or an acknowledgement.
            None => {
                let notice = Notice::new(
                    Severity::Warning,
                    &format!("The CSE complains: {}", code_name(response.code)),
                    response.debug(),
                    frame,
                );
                self.notice(now, notice);
            }
            Some(_) => self.violation("a response answers a request, once and in time"),
        }
    }

    /// tinyIoT answers with the content alone.
    fn bare(&mut self, now: Now, content: &Json<'_>, frame: &str) {
        let is_content = matches!(content, Json::Object(members)
            if members.is_empty() || members.iter().any(|(name, _)| name.contains(':')));
        let flight = if is_content { self.asks.land_on_socket() } else { None };
        let Some(flight) = flight else {
            if matches!(self.phase, Phase::Greeting { .. }) {
                let error = PrimitiveError::NoObject;
                return self.no_primitive(now, &error, frame);
            }
            return self.malformed(now, "it is neither a request nor a response", frame);
        };
        self.violation("a response has a response code");
        let is_refused = content.get("m2m:dbg").is_some();
        let code = if is_refused { 4_000 } else { flight.job.ask.operation.success() };
        let response = Response { content: content.clone(), ..Response::of(code) };
        self.landed(now, flight, &response);
    }

    fn fetched(&mut self, now: Now, id: u64, answer: Result<HttpAnswer<'_>, &str>) {
        let Some(flight) = self.asks.land(id) else {
            return self.violation("a response answers a request, once and in time");
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(words) => return self.not_fetched(now, flight, words),
        };
        let response = match http::answer(&answer, flight.job.ask.operation) {
            Ok((code, content)) => {
                self.outbox.push(Output::Alive);
                Response { content, ..Response::of(code) }
            }
            Err(what) => {
                self.malformed(now, &what, answer.body);
                Response::of(5_000)
            }
        };
        self.landed(now, flight, &response);
    }

    /// The HTTP server does not answer this page.
    fn not_fetched(&mut self, now: Now, flight: Flight, words: &str) {
        let is_first = self.tree.nodes.is_empty();
        if is_first {
            return self.refuse(false, startup::no_http(&self.settings.http, words), startup::http_causes());
        }
        self.unanswered(now, flight);
    }

    /// A request has been answered.
    fn landed(&mut self, now: Now, flight: Flight, response: &Response<'_>) {
        if matches!(self.phase, Phase::Closed | Phase::Over) {
            return;
        }
        if matches!(self.phase, Phase::Greeting { .. }) {
            self.phase = Phase::Starting;
            self.event(Event::Recognised { speaks: "oneM2M".to_owned() });
            self.event(Event::Patience(ANSWER_TIMEOUT));
        }
        self.concluded(now, flight, response);
        self.go_on(now);
    }

    /// What follows from the answer to a request, or from it that none came.
    fn concluded(&mut self, now: Now, flight: Flight, response: &Response<'_>) {
        let Flight { job, sent, .. } = flight;
        match job.purpose {
            Purpose::FindBase => self.base_found(now, response),
            Purpose::Register => self.registered(now, response),
            Purpose::Unregister => self.register(now),
            Purpose::ProbePush => self.push_probed(now, response),
            Purpose::Heartbeat => self.heartbeat(now, sent, response),
            Purpose::Explore(node) => self.explored(now, node, response),
            Purpose::Latest(node) => self.latest(now, node, response),
            Purpose::History(node) => self.history(now, node, response),
            Purpose::Subscribe(node, kind) => self.subscribed(now, node, kind, response),
            Purpose::Compare(node, kind) => self.compared(now, node, kind, response),
            Purpose::Unsubscribe => {}
            Purpose::Audit => self.audited(now, response),
            Purpose::RenewAe => self.ae_renewed(now, response),
            Purpose::RenewSubscription(node, kind) => self.subscription_renewed(now, node, kind, response),
            Purpose::Poll(node) => self.polled(now, node, response),
            Purpose::MakeGroup => self.group_made(now, response),
            Purpose::PollGroup => self.group_polled(now, response),
            Purpose::Person(request, wish) => self.answered(now, request, wish, &job.ask, response),
        }
    }

    /// A request got no answer in time.
    fn unanswered(&mut self, now: Now, flight: Flight) {
        let job = &flight.job;
        if job.ask.is_idempotent() && !job.again && !matches!(job.purpose, Purpose::Person(..)) {
            self.asks.push(Job { again: true, ..flight.job });
            return self.go_on(now);
        }
        match job.purpose {
            Purpose::Person(request, _) => self.reply(request, Outcome::TimedOut),
            // It may have been made all the same.
            Purpose::Subscribe(node, kind) => self.compare(node, kind),
            Purpose::FindBase | Purpose::Register => return self.close("the CSE does not answer"),
            Purpose::Heartbeat
            | Purpose::Unregister
            | Purpose::Unsubscribe
            | Purpose::Audit
            | Purpose::RenewAe => {}
            Purpose::ProbePush
            | Purpose::Explore(_)
            | Purpose::Latest(_)
            | Purpose::History(_)
            | Purpose::Compare(..)
            | Purpose::RenewSubscription(..)
            | Purpose::Poll(_)
            | Purpose::MakeGroup
            | Purpose::PollGroup => self.concluded(now, flight, &Response::of(4_008)),
        }
        self.go_on(now);
    }

    /// Does what can be done next: tells of a new catalog, goes to the next phase, asks the next request.
    fn go_on(&mut self, now: Now) {
        loop {
            self.explore_more();
            self.tell_catalog(now);
            match self.phase {
                Phase::Exploring if self.frontier.is_empty() && !self.is_looking() => {
                    self.phase = Phase::Subscribing;
                }
                Phase::Subscribing | Phase::Running
                    if self.has_news && self.frontier.is_empty() && !self.is_looking() =>
                {
                    self.has_news = false;
                    self.catalog_is_ready();
                }
                Phase::Subscribing if !self.is_subscribing() => {
                    self.phase = Phase::Running;
                    self.look_again = Some(now.instant);
                    self.audit = self.settings.hybrid.then_some(now.instant);
                    self.event(Event::Live);
                }
                Phase::Closed
                | Phase::Greeting { .. }
                | Phase::Starting
                | Phase::Exploring
                | Phase::Subscribing
                | Phase::Running
                | Phase::Over => break,
            }
        }
        self.send_next(now);
    }

    fn send_next(&mut self, now: Now) {
        if matches!(self.phase, Phase::Closed | Phase::Over) {
            return;
        }
        if self.asks.next(now)
            && let Some(flight) = self.asks.flight()
        {
            let output = self.output(flight.number, &flight.job);
            self.outbox.push(output);
        }
    }

    /// What goes out for a request.
    fn output(&self, number: u64, job: &Job) -> Output {
        let (id, originator) = (self.id_of(number), self.originator(job.ask.who));
        match job.way {
            Way::Socket => Output::Send(Frame::Text(job.ask.frame(originator, &id))),
            Way::Http => Output::Fetch(http::request(&self.settings.http, number, &job.ask, originator, &id)),
        }
    }

    fn originator(&self, who: Who) -> &str {
        match who {
            Who::Data if !self.settings.originator.is_empty() => &self.settings.originator,
            Who::Data | Who::Own => self.own(),
        }
    }

    /// The own AE-ID: as the CSE gave it, else as it is wanted.
    fn own(&self) -> &str {
        self.registration.ae.as_deref().unwrap_or(&self.settings.own)
    }

    /// Wants something to be asked, by the way of this connection.
    fn ask(&mut self, purpose: Purpose, ask: Ask) {
        self.ask_by(self.way(), purpose, ask);
    }

    fn ask_by(&mut self, way: Way, purpose: Purpose, ask: Ask) {
        let refused = match &purpose {
            Purpose::Person(request, _) => Some(*request),
            _ => None,
        };
        if !self.asks.push(Job { ask, purpose, way, again: false })
            && let Some(request) = refused
        {
            self.not_sent(request, "too many requests wait already");
        }
    }

    /// By which way requests go, but for those that belong to the socket.
    fn way(&self) -> Way {
        if self.settings.hybrid { Way::Http } else { Way::Socket }
    }

    /// Who we are to the CSE is settled.
    fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Exploring | Phase::Subscribing | Phase::Running)
    }

    fn id_of(&self, number: u64) -> String {
        format!("{}-{number}", self.settings.token)
    }

    fn number_of(&self, id: &str) -> Option<u64> {
        let (token, number) = id.rsplit_once('-')?;
        if token == self.settings.token { number.parse().ok() } else { None }
    }

    /// The time on the CSE's clock.
    fn cse_time(&self, now: Now) -> Timestamp {
        Timestamp(now.wall.0.saturating_add(self.clock_offset))
    }

    /// When something that is made now shall expire, as the CSE wants it written.
    fn expiry(&self, now: Now) -> String {
        let micros = i64::try_from(LIFETIME.as_micros()).unwrap_or(i64::MAX);
        time::write(Timestamp(self.cse_time(now).0.saturating_add(micros)))
    }

    fn timed_out(&mut self, now: Now) {
        if let Phase::Greeting { until } = self.phase
            && until <= now.instant
        {
            return self.close("no answer came in time");
        }
        if let Some(flight) = self.asks.overdue(now.instant) {
            self.unanswered(now, flight);
        }
        while let Some(place) = self.raw.iter().position(|(.., since)| *since + ANSWER_TIMEOUT <= now.instant)
        {
            let (_, request, _) = self.raw.swap_remove(place);
            self.reply(request, Outcome::TimedOut);
        }
        self.forget_early(now);
        self.renew_what_is_due(now);
        self.poll_what_is_due(now);
        self.audit_what_is_due(now);
        self.look_again_when_due(now);
        self.go_on(now);
    }

    /// The socket is gone, or a new one begins.
    fn reset(&mut self) {
        let (flight, waiting) = self.asks.take_all();
        if let Some(Flight { job: Job { purpose: Purpose::Person(request, _), .. }, .. }) = flight {
            self.reply(request, Outcome::Lost);
        }
        for job in waiting {
            if let Purpose::Person(request, _) = job.purpose {
                self.not_sent(request, "the link fell before it was its turn");
            }
        }
        for (_, request, _) in std::mem::take(&mut self.raw) {
            self.reply(request, Outcome::Lost);
        }
        self.frontier.clear();
        self.untold.clear();
        self.audit = None;
        self.look_again = None;
        self.watched.clear();
        self.early.clear();
        self.polls.reset();
        for node in &mut self.tree.nodes {
            node.watch.reset();
            node.is_explored = false;
        }
    }

    /// On a new socket nothing is subscribed until it is seen to be.
    fn nobody_tells(&mut self) {
        for (channel, told) in std::mem::take(&mut self.told_subscribed).into_iter().enumerate() {
            if told {
                self.event(Event::Subscribed { channel, on: false });
            }
        }
    }

    fn violation(&mut self, rule: &'static str) {
        self.event(Event::Violation { channel: None, rule });
    }

    fn malformed(&mut self, now: Now, what: &str, frame: &str) {
        let notice = self.limiter.malformed(now.instant, what, frame);
        self.event(Event::Malformed { channel: None, notice });
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

    fn not_sent(&mut self, request: RequestId, why: &str) {
        self.reply(request, Outcome::NotSent(why.to_owned()));
    }

    fn refuse(&mut self, not_this_protocol: bool, notice: Notice, causes: Vec<crate::model::link::Cause>) {
        self.phase = Phase::Over;
        self.event(Event::Refused { not_this_protocol, notice, causes });
    }

    /// Gives the link up, so that it is tried again.
    fn close(&mut self, reason: &str) {
        self.phase = Phase::Closed;
        self.outbox.push(Output::Close(reason.to_owned()));
    }
}

/// The CSE's class and words for a refusal.
fn refusal(response: &Response<'_>) -> Outcome {
    Outcome::Refused { class: code_name(response.code), text: response.debug().to_owned() }
}

impl Session for OneM2mSession {
    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        self.now = now;
        match input {
            Input::Opened { subprotocol: _ } => {
                self.reset();
                self.nobody_tells();
                self.phase = Phase::Greeting { until: now.instant + FIRST_MESSAGE_TIMEOUT };
                self.begin(now);
            }
            Input::Text(_) | Input::Binary(_) | Input::Fetched { .. } if self.phase == Phase::Closed => {}
            Input::Text(text) => self.text(now, text),
            Input::Binary(bytes) => match text_in(bytes) {
                Ok(text) => self.text(now, text),
                Err((what, shown)) => self.malformed(now, &what, &shown),
            },
            Input::Fetched { id, answer } => self.fetched(now, id, answer),
            Input::Leave { hurried } => self.leave(hurried),
            Input::Closed => {
                self.phase = Phase::Closed;
                self.reset();
            }
            Input::Probe => self.probe(now),
            Input::Timeout => self.timed_out(now),
            Input::Request(id, request) => self.request(now, id, request),
        }
        if !matches!(self.phase, Phase::Closed | Phase::Over) {
            self.tell_catalog(now);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn preview(&self, request: &Request) -> Option<String> {
        let job = self.job_of(RequestId(0), request).ok()?;
        Some(match self.output(self.asks.next_number(), &job) {
            Output::Send(Frame::Text(text)) => text,
            Output::Fetch(request) => request.text(),
            Output::Send(Frame::Binary(_)) | Output::Close(_) | Output::Event(_) | Output::Alive => {
                return None;
            }
        })
    }

    // Deleting a subscription is told to whom it was for, and ACME waits for the acknowledgement.
    fn last_answer(&self) -> Option<LastAnswer> {
        Some(LastAnswer { to: answer_last, is_busy: self.is_leaving_busy })
    }

    fn deadline(&self) -> Option<Instant> {
        let first = match self.phase {
            Phase::Closed | Phase::Over => return None,
            Phase::Greeting { until } => Some(until),
            Phase::Starting | Phase::Exploring | Phase::Subscribing | Phase::Running => None,
        };
        let early = self.early.front().map(|(since, _)| *since + EARLY_PATIENCE);
        let raw = self.raw.iter().map(|(.., since)| Some(*since + ANSWER_TIMEOUT));
        let raw = raw.fold(None, Instant::earliest);
        [self.asks.deadline(), early, raw, self.renewal(), self.next_poll(), self.audit, self.look_again]
            .into_iter()
            .fold(first, Instant::earliest)
    }
}

fn answer_last(frame: &str) -> Option<String> {
    match Primitive::parse(frame, &mut Breaches::default()) {
        Ok(Primitive::Request(request)) if !request.id.is_empty() => {
            let is_question = match Notified::read(&request.content) {
                Notified::Events(events) => {
                    events.iter().any(|event| matches!(event.what, What::Verification { .. }))
                }
                Notified::Answer { .. } | Notified::Unknown => false,
            };
            Some(request.answer(if is_question { 4_101 } else { 2_000 }, &request.to))
        }
        Ok(_) | Err(_) => None,
    }
}
