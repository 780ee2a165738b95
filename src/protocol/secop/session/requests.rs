//! Requests under way and waiting.
//!
//! Replies to several requests may come in any order and are told apart by action and specifier alone, so at most
//! one request for each of these is outstanding; the others wait their turn (transport.rst). Everything is bounded.

use std::collections::{HashMap, VecDeque};
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
    slots: HashMap<(Verb, String), Slot>,
    count: usize,
    /// Counts the requests that were sent, to tell the oldest.
    sent: u64,
    typed: VecDeque<(Verb, String)>,
}

#[derive(Debug)]
struct Slot {
    outstanding: Pending,
    order: u64,
    until: Instant,
    waiting: VecDeque<Pending>,
}

impl Requests {
    /// Takes a request over.
    pub(super) fn submit(&mut self, now: Instant, timeout: Duration, pending: Pending) -> Submitted {
        if self.count >= REQUESTS {
            return Submitted::Full;
        }
        let key = (pending.verb, pending.specifier.clone());
        if let Some(slot) = self.slots.get_mut(&key) {
            if slot.waiting.len() >= WAITING_PER_KEY {
                return Submitted::Full;
            }
            slot.waiting.push_back(pending);
            self.count += 1;
            return Submitted::Waits;
        }
        let frame = pending.frame();
        self.sent += 1;
        let slot =
            Slot { outstanding: pending, order: self.sent, until: now + timeout, waiting: VecDeque::new() };
        self.slots.insert(key, slot);
        self.count += 1;
        Submitted::Send(frame)
    }

    /// Takes the outstanding request that an answer names.
    pub(super) fn answered(&mut self, verb: Verb, specifier: &str) -> Option<Pending> {
        self.take(&(verb, specifier.to_owned()))
    }

    /// Takes the oldest outstanding request, of one verb or of any.
    pub(super) fn oldest(&mut self, verb: Option<Verb>) -> Option<Pending> {
        let fits = self.slots.iter().filter(|((of, _), _)| verb.is_none_or(|verb| verb == *of));
        let key = fits.min_by_key(|(_, slot)| slot.order).map(|(key, _)| key.clone())?;
        self.take(&key)
    }

    /// Takes an outstanding request that is overdue.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Pending> {
        let overdue = self.slots.iter().filter(|(_, slot)| slot.until <= now);
        let key = overdue.min_by_key(|(_, slot)| slot.order).map(|(key, _)| key.clone())?;
        self.take(&key)
    }

    /// After a request was taken: sends the next one of the same action and specifier.
    pub(super) fn follow(
        &mut self,
        now: Instant,
        timeout: Duration,
        verb: Verb,
        specifier: &str,
    ) -> Option<String> {
        let slot =
            self.slots.get_mut(&(verb, specifier.to_owned())).filter(|slot| slot.until.0.is_infinite())?;
        self.sent += 1;
        slot.order = self.sent;
        slot.until = now + timeout;
        Some(slot.outstanding.frame())
    }

    /// Takes everything, oldest first.
    pub(super) fn take_all(&mut self) -> Vec<Pending> {
        self.count = 0;
        self.typed.clear();
        let mut slots: Vec<Slot> = std::mem::take(&mut self.slots).into_values().collect();
        slots.sort_by_key(|slot| slot.order);
        slots.into_iter().flat_map(|slot| std::iter::once(slot.outstanding).chain(slot.waiting)).collect()
    }

    /// When the next request is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.slots
            .values()
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
    fn take(&mut self, key: &(Verb, String)) -> Option<Pending> {
        let slot = self.slots.get_mut(key)?;
        self.count -= 1;
        match slot.waiting.pop_front() {
            Some(next) => {
                slot.until = Instant(f64::INFINITY);
                Some(std::mem::replace(&mut slot.outstanding, next))
            }
            None => self.slots.remove(key).map(|slot| slot.outstanding),
        }
    }
}
