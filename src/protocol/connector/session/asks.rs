//! What is sent: first of all, again and again, and to stay alive; and what answers it.
//!
//! Of each question one is under way at a time. A message answers one question.

use std::rc::Rc;
use std::time::Duration;

use super::super::definition::{Definition, Message, Poll, Scope};
use super::super::extract::Document;
use super::notices;
use super::{ConnectorSession, MISSES_MOST, Phase};
use crate::model::event::Event;
use crate::model::time::{Instant, Now, Timestamp};
use crate::protocol::Output;
use crate::protocol::options::Options;

/// A message that was sent, with what its placeholders stood for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    id: u64,
    wall: Timestamp,
    seed: u64,
    at: Instant,
}

impl Asked {
    fn scope<'o>(&self, options: &'o Options) -> Scope<'o> {
        Scope::new(options, self.id, self.wall, self.seed)
    }
}

/// Where a question that is asked again and again stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    /// When it is asked next.
    due: Instant,
    /// It waits for an answer.
    asked: Option<Asked>,
    /// So often in a row there was none.
    misses: u32,
    /// When it was asked for the first of these.
    missed_since: Instant,
}

impl Turn {
    fn overdue(&self, timeout: Duration) -> Option<Instant> {
        self.asked.map(|asked| asked.at + timeout)
    }
}

/// One of the questions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Which {
    Poll(usize),
    Keepalive,
}

impl ConnectorSession {
    /// Sends what is sent first, up to the next step that waits for a message.
    pub(super) fn open_on(&mut self, now: Now) {
        let definition = Rc::clone(&self.definition);
        while let Phase::Opening { next, since } = self.phase {
            let Some(opener) = definition.openers.get(next) else {
                return self.opened_up(now);
            };
            if opener.after.is_none() {
                self.step(now, next, &opener.send);
                continue;
            }
            let timeout = self.settings.timeout(opener.timeout);
            if self.judged(since + timeout) <= now.instant {
                self.event(Event::Notice(notices::step_overdue(next, definition.openers.len(), timeout)));
                self.close("what the definition sends first was not answered as it says");
            }
            return;
        }
    }

    /// Sends one step.
    fn step(&mut self, now: Now, step: usize, message: &Message) {
        self.phase = Phase::Opening { next: step + 1, since: now.instant };
        if let Err(why) = self.ask(now, message) {
            // Another attempt would end here again.
            let notice = notices::not_made(&self.settings.masked(&why));
            self.phase = Phase::GivenUp;
            self.event(Event::Refused { not_this_protocol: false, notice, causes: Vec::new() });
        }
    }

    /// All was sent that comes first.
    fn opened_up(&mut self, now: Now) {
        self.phase = Phase::Running;
        for poll in &mut self.polls {
            poll.due = now.instant;
        }
        if let Some(keepalive) = &self.definition.keepalive {
            let wait = if keepalive.response.is_some() { Duration::ZERO } else { keepalive.every };
            self.keepalive.due = now.instant + wait;
        }
    }

    /// Sends a message, and says what its placeholders stood for.
    fn ask(&mut self, now: Now, message: &Message) -> Result<Asked, String> {
        let id = self.last_asked.id + 1;
        let asked = Asked { id, wall: now.wall, seed: self.random.next_u64(), at: now.instant };
        let frame = message.render(&asked.scope(&self.settings.options))?;
        self.last_asked = asked;
        self.outbox.push(Output::Send(frame));
        Ok(asked)
    }

    /// Asks what is due, and gives up what was not answered.
    pub(super) fn ask_what_is_due(&mut self, now: Now) {
        let definition = Rc::clone(&self.definition);
        for (index, poll) in definition.polls.iter().enumerate() {
            self.ask_one(now, Which::Poll(index), poll);
        }
        if let Some(keepalive) = &definition.keepalive {
            self.ask_one(now, Which::Keepalive, keepalive);
        }
        if self.silence_due().is_some_and(|due| due <= now.instant) {
            self.close("nothing came for longer than the definition allows");
        }
    }

    fn ask_one(&mut self, now: Now, which: Which, question: &Poll) {
        if self.phase != Phase::Running {
            return;
        }
        let timeout = self.settings.timeout(question.timeout);
        let overdue = self.turn(which).overdue(timeout);
        if overdue.is_some_and(|overdue| self.judged(overdue) <= now.instant) {
            self.missed(now, which, question, timeout);
        }
        let is_idle = self.phase != Phase::Running || (which != Which::Keepalive && self.rests());
        let turn = self.turn(which);
        if is_idle || turn.asked.is_some() || turn.due > now.instant {
            return;
        }
        let asked = self.ask(now, &question.send);
        let turn = self.turn(which);
        turn.due = now.instant + question.every;
        match asked {
            Ok(asked) => turn.asked = question.response.as_ref().map(|_| asked),
            Err(why) => {
                let notice = notices::not_made(&self.settings.masked(&why));
                self.notice(now, notice);
            }
        }
    }

    /// A question got no answer in time.
    fn missed(&mut self, now: Now, which: Which, question: &Poll, timeout: Duration) {
        let turn = self.turn(which);
        let asked = turn.asked.take().unwrap_or_default();
        turn.misses += 1;
        if turn.misses == 1 {
            turn.missed_since = asked.at;
        }
        let (misses, since) = (turn.misses, turn.missed_since);
        self.violation(None, "a question is answered in time");
        if which == Which::Keepalive {
            return self.close("the question for a sign of life was not answered");
        }
        if misses == 1 {
            self.notice(now, notices::no_answer(&question.name, timeout));
        }
        if misses >= MISSES_MOST && self.life.heard <= since {
            self.close(&["no answer to the poll ", &question.name].concat());
        }
    }

    fn turn(&mut self, which: Which) -> &mut Turn {
        match which {
            Which::Poll(index) => &mut self.polls[index],
            Which::Keepalive => &mut self.keepalive,
        }
    }

    /// A message came: it may be what the next step waits for, or an answer.
    pub(super) fn answered(&mut self, now: Now, document: &Document<'_>) {
        let definition = Rc::clone(&self.definition);
        match self.phase {
            Phase::Opening { next, .. } => {
                let Some(opener) = definition.openers.get(next) else { return };
                let scope = self.last_asked.scope(&self.settings.options);
                if opener.after.as_ref().is_some_and(|after| after.holds(document, &scope)) {
                    self.step(now, next, &opener.send);
                    self.open_on(now);
                }
            }
            Phase::Running => {
                let Some(which) = self.question_of(&definition, document) else { return };
                let turn = self.turn(which);
                let Some(asked) = turn.asked.take() else { return };
                turn.misses = 0;
                let round_trip = now.instant.since(asked.at);
                self.event(Event::Heartbeat { round_trip, clock_offset: None });
            }
            Phase::Closed | Phase::GivenUp => {}
        }
    }

    /// The question that a message answers: the one that was asked first of those that it fits.
    fn question_of(&self, definition: &Definition, document: &Document<'_>) -> Option<Which> {
        let polls = definition.polls.iter().zip(&self.polls).enumerate();
        let polls = polls.map(|(index, (poll, turn))| (Which::Poll(index), poll, turn));
        let keepalive = definition.keepalive.iter().map(|poll| (Which::Keepalive, poll, &self.keepalive));
        let mut found: Option<(Which, u64)> = None;
        for (which, question, turn) in keepalive.chain(polls) {
            let (Some(asked), Some(response)) = (turn.asked, &question.response) else { continue };
            let is_earlier = found.is_none_or(|(_, id)| asked.id < id);
            if is_earlier && response.holds(document, &asked.scope(&self.settings.options)) {
                found = Some((which, asked.id));
            }
        }
        found.map(|(which, _)| which)
    }

    /// When something is to be sent, or has waited too long.
    pub(super) fn asks_due(&self) -> Option<Instant> {
        match self.phase {
            Phase::Opening { next, since } => {
                let opener = self.definition.openers.get(next)?;
                Some(self.judged(since + self.settings.timeout(opener.timeout)))
            }
            Phase::Running => {
                let rests = self.rests();
                let polls = self.definition.polls.iter().zip(&self.polls);
                let polls = polls.map(|(poll, turn)| self.turn_due(poll, turn, rests));
                let keepalive = self.definition.keepalive.as_ref();
                let keepalive = keepalive.and_then(|poll| self.turn_due(poll, &self.keepalive, false));
                polls.fold(keepalive, Instant::earliest)
            }
            Phase::Closed | Phase::GivenUp => None,
        }
    }

    fn turn_due(&self, question: &Poll, turn: &Turn, rests: bool) -> Option<Instant> {
        let overdue = turn.overdue(self.settings.timeout(question.timeout));
        overdue.map(|overdue| self.judged(overdue)).or_else(|| (!rests).then_some(turn.due))
    }

    /// The longest time that the definition gives a device to say something; `None` where it asks for nothing.
    pub(super) fn longest_wait(&self) -> Option<Duration> {
        let waiting = self.definition.openers.iter().filter(|opener| opener.after.is_some());
        let waiting = waiting.map(|opener| opener.timeout);
        let polls = self.definition.polls.iter().filter(|_| !self.rests());
        let questions = polls.chain(&self.definition.keepalive);
        let questions = questions.filter(|question| question.response.is_some());
        let longest = waiting.chain(questions.map(|question| question.timeout)).max();
        longest.map(|longest| self.settings.timeout(longest))
    }

    /// Asks all polls now that are not under way. `false` where there is none.
    pub(super) fn poll_now(&mut self, now: Now) -> bool {
        for poll in &mut self.polls {
            poll.due = now.instant;
        }
        !self.polls.is_empty()
    }
}
