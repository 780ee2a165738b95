//! Requests under way and waiting.
//!
//! Replies to several requests may come in any order and are told apart by action and specifier alone, so at most
//! one request for each of these is outstanding; the others wait their turn (transport.rst). Everything is bounded.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::event::RequestId;
use crate::model::time::Instant;
use crate::protocol::secop::message::{Message, Verb};

/// So many may wait for one action and specifier.
pub(super) const WAITING_PER_KEY: usize = 64;
/// So many may wait or be outstanding in all.
pub(super) const REQUESTS: usize = 1_000;
/// So many requests that a person typed are remembered, so that their replies do not look like breaches.
const TYPED: usize = 64;

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// Whose it is.
    pub(super) id: RequestId,
    /// What is asked.
    pub(super) verb: Verb,
    /// Of what.
    pub(super) specifier: String,
    /// With what, as JSON.
    pub(super) data: Option<String>,
    /// What the answer is about.
    pub(super) about: About,
}

/// What an answer is about, by index into the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A channel.
    Channel(usize),
    /// A command.
    Command(usize),
    /// The node's log messages; `true` where another spelling of "all modules" is to be tried on an error.
    Log(bool),
}

impl Pending {
    /// The frame to send.
    pub(super) fn frame(&self) -> String {
        let (action, specifier) = (self.verb.request(), self.specifier.as_str());
        Message { action, specifier, data: self.data.as_deref() }.to_string()
    }
}

/// What became of a submitted request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Submitted {
    /// Send it now.
    Send(String),
    /// It waits for its turn.
    Waits,
    /// There are too many.
    Full,
}

/// The table of requests.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// In the order in which the outstanding ones were sent.
    slots: Vec<Slot>,
    count: usize,
    typed: VecDeque<(Verb, String)>,
}

#[derive(Debug)]
struct Slot {
    outstanding: Pending,
    until: Instant,
    waiting: VecDeque<Pending>,
}

impl Requests {
    /// Takes a request over.
    pub(super) fn submit(&mut self, now: Instant, timeout: Duration, pending: Pending) -> Submitted {
        if self.count >= REQUESTS {
            return Submitted::Full;
        }
        if let Some(place) = self.place(pending.verb, &pending.specifier) {
            let slot = &mut self.slots[place];
            if slot.waiting.len() >= WAITING_PER_KEY {
                return Submitted::Full;
            }
            slot.waiting.push_back(pending);
            self.count += 1;
            return Submitted::Waits;
        }
        let frame = pending.frame();
        self.slots.push(Slot { outstanding: pending, until: now + timeout, waiting: VecDeque::new() });
        self.count += 1;
        Submitted::Send(frame)
    }

    /// Takes the outstanding request that an answer names.
    pub(super) fn answered(&mut self, verb: Verb, specifier: &str) -> Option<Pending> {
        self.place(verb, specifier).map(|place| self.take(place))
    }

    /// Takes the oldest outstanding request, of one verb or of any.
    pub(super) fn oldest(&mut self, verb: Option<Verb>) -> Option<Pending> {
        let fits = |slot: &Slot| verb.is_none_or(|verb| verb == slot.outstanding.verb);
        self.slots.iter().position(fits).map(|place| self.take(place))
    }

    /// Takes an outstanding request that is overdue.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Pending> {
        self.slots.iter().position(|slot| slot.until <= now).map(|place| self.take(place))
    }

    /// After a request was taken: sends the next one of the same action and specifier.
    pub(super) fn follow(
        &mut self,
        now: Instant,
        timeout: Duration,
        verb: Verb,
        specifier: &str,
    ) -> Option<String> {
        let place = self.place(verb, specifier).filter(|place| self.slots[*place].until.0.is_infinite())?;
        let mut slot = self.slots.remove(place);
        slot.until = now + timeout;
        let frame = slot.outstanding.frame();
        self.slots.push(slot);
        Some(frame)
    }

    /// Takes everything, oldest first.
    pub(super) fn take_all(&mut self) -> Vec<Pending> {
        self.count = 0;
        self.typed.clear();
        let mut all = Vec::new();
        for slot in self.slots.drain(..) {
            all.push(slot.outstanding);
            all.extend(slot.waiting);
        }
        all
    }

    /// When the next request is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.slots
            .iter()
            .map(|slot| slot.until)
            .fold(None, |earliest, until| Instant::earliest(earliest, Some(until)))
    }

    /// Remembers a request that a person typed.
    pub(super) fn remember_typed(&mut self, verb: Verb, specifier: &str) {
        if self.typed.len() == TYPED {
            self.typed.pop_front();
        }
        self.typed.push_back((verb, specifier.to_owned()));
    }

    /// Whether a person typed a request.
    pub(super) fn is_typed(&self, verb: Verb, specifier: &str) -> bool {
        self.typed.iter().any(|(of, typed)| *of == verb && typed == specifier)
    }

    /// Whether an answer is to a typed request; it is forgotten then.
    pub(super) fn forget_typed(&mut self, verb: Verb, specifier: &str) -> bool {
        let place = self.typed.iter().position(|(of, typed)| *of == verb && typed == specifier);
        place.is_some_and(|place| self.typed.remove(place).is_some())
    }

    /// Takes the outstanding request of a slot; the next one moves up, and is sent by [`Self::follow`].
    fn take(&mut self, place: usize) -> Pending {
        self.count -= 1;
        let slot = &mut self.slots[place];
        match slot.waiting.pop_front() {
            Some(next) => {
                slot.until = Instant(f64::INFINITY);
                std::mem::replace(&mut slot.outstanding, next)
            }
            None => self.slots.remove(place).outstanding,
        }
    }

    /// Where the requests of one action and specifier are.
    fn place(&self, verb: Verb, specifier: &str) -> Option<usize> {
        let fits = |slot: &Slot| slot.outstanding.verb == verb && slot.outstanding.specifier == specifier;
        self.slots.iter().position(fits)
    }
}
