//! Requests that wait for an answer, and whose answer a message is.

use std::collections::VecDeque;
use std::time::Duration;

use super::dialect::{Found, Told, Way};
use crate::model::time::{Instant, Now};

/// An answer comes within this, or not at all. Each part of it starts the time anew.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// So many requests wait at most.
const WAITING_MOST: usize = 256;
/// So many that have ended are remembered: an error may come after the answer.
const ENDED_MOST: usize = 64;

/// A request that was sent.
#[derive(Debug)]
pub(super) struct Pending {
    /// The id of its message.
    pub(super) id: i64,
    /// What was asked.
    pub(super) ask: Ask,
    /// When it was sent.
    pub(super) sent: Now,
    /// When it was last heard of.
    heard: Instant,
    /// What was found so far.
    pub(super) found: Vec<Found>,
    /// Something has come already.
    pub(super) is_answered: bool,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    /// For a session.
    Session,
    /// To be let in.
    Authorize,
    /// What there is.
    Roots,
    /// What is below a node.
    Look { node: usize, way: Way },
    /// What channels are, by their URIs.
    Describe(Vec<String>),
    /// The data of channels, by their nodes.
    Subscribe(Vec<usize>),
    /// No more data.
    Unsubscribe,
    /// Some of the past.
    Range(u64),
    /// A sign of life.
    Ping,
    /// Data at another pace.
    Begin,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Requests {
    waiting: Vec<Pending>,
    ended: VecDeque<(i64, Ask)>,
}

impl Requests {
    /// Notes that something was asked.
    pub(super) fn push(&mut self, id: i64, ask: Ask, now: Now) {
        if self.waiting.len() >= WAITING_MOST {
            self.waiting.remove(0);
        }
        let heard = now.instant;
        self.waiting.push(Pending { id, ask, sent: now, heard, found: Vec::new(), is_answered: false });
    }

    /// The place of the request that a message answers: by its id, or where a server leaves that out, the oldest one that
    /// waits for such a message.
    pub(super) fn place(&self, correlation: i64, told: &Told) -> Option<usize> {
        if correlation != 0 {
            return self.waiting.iter().position(|pending| pending.id == correlation);
        }
        self.waiting.iter().position(|pending| is_answer(told, &pending.ask))
    }

    /// The request at a place, which was heard of.
    pub(super) fn heard(&mut self, place: usize, now: Instant) -> Option<&mut Pending> {
        let pending = self.waiting.get_mut(place)?;
        pending.heard = now;
        pending.is_answered = true;
        Some(pending)
    }

    /// Ends the request at a place.
    pub(super) fn end(&mut self, place: usize) -> Option<Pending> {
        if place >= self.waiting.len() {
            return None;
        }
        let pending = self.waiting.remove(place);
        self.remember(pending.id, pending.ask.clone());
        Some(pending)
    }

    /// Notes a request that gets no answer: an error may come all the same.
    pub(super) fn remember(&mut self, id: i64, ask: Ask) {
        if self.ended.len() == ENDED_MOST {
            self.ended.pop_front();
        }
        self.ended.push_back((id, ask));
    }

    /// What was asked by a request that has ended.
    pub(super) fn ended(&self, id: i64) -> Option<&Ask> {
        self.ended.iter().rev().find(|(other, _)| *other == id).map(|(_, ask)| ask)
    }

    /// A range that waits, by the id of its request; the oldest one where a server leaves that out.
    pub(super) fn range(&self, correlation: i64) -> Option<(usize, u64)> {
        let mut waiting = self.waiting.iter().enumerate().filter_map(|(place, pending)| match pending.ask {
            Ask::Range(number) => Some((place, pending.id, number)),
            _ => None,
        });
        let found = waiting.find(|(_, id, _)| correlation == 0 || *id == correlation);
        found.map(|(place, _, number)| (place, number))
    }

    /// Takes a request that got no answer in time.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Pending> {
        let place = self.waiting.iter().position(|pending| pending.heard + ANSWER_TIMEOUT <= now)?;
        self.end(place)
    }

    /// When the next one is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let due = self.waiting.iter().map(|pending| Some(pending.heard + ANSWER_TIMEOUT));
        due.fold(None, Instant::earliest)
    }

    /// Whether something of a kind waits.
    pub(super) fn has(&self, which: impl Fn(&Ask) -> bool) -> bool {
        self.waiting.iter().any(|pending| which(&pending.ask))
    }

    /// How many of a kind wait.
    pub(super) fn count(&self, which: impl Fn(&Ask) -> bool) -> usize {
        self.waiting.iter().filter(|pending| which(&pending.ask)).count()
    }
}

/// Whether a message can be the answer to a request.
fn is_answer(told: &Told, ask: &Ask) -> bool {
    match told {
        Told::Opened(_) => *ask == Ask::Session,
        Told::Authorized { .. } => *ask == Ask::Authorize,
        Told::Found(_) => matches!(ask, Ask::Roots | Ask::Look { .. } | Ask::Ping),
        Told::Described(_) => matches!(ask, Ask::Describe(_)),
        Told::Subscribed => matches!(ask, Ask::Subscribe(_)),
        Told::Stopped { .. } => *ask == Ask::Unsubscribe,
        Told::Past => matches!(ask, Ask::Range(_)),
        Told::Pong => *ask == Ask::Ping,
        Told::Failed(_)
        | Told::Data
        | Told::Rewritten { .. }
        | Told::Truncated(_)
        | Told::Removed { .. }
        | Told::Status { .. }
        | Told::Closed(_)
        | Told::Ping
        | Told::Acknowledged
        | Told::Other(_)
        | Told::Unknown => false,
    }
}
