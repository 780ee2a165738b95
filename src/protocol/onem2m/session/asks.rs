//! One request at a time: what waits, what is under way, and when the next one may go.
//!
//! ACME handles frames that come close together wrongly (it loses some and runs others twice), so nothing is sent
//! while an answer is awaited, and for a moment after an acknowledgement. What a person asks goes before what the
//! session asks for itself.

use std::collections::VecDeque;
use std::time::Duration;

use super::ask::Ask;
use super::purpose::Purpose;
use crate::model::time::{Instant, Now};

/// An answer is waited for so long; ACME gives a notification's receiver as long.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The most requests that wait.
const WAITING_MOST: usize = 2_000;

/// By which way a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As a frame.
    Socket,
    /// By HTTP.
    Http,
}

/// A request and what it is for.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The request.
    pub(super) ask: Ask,
    /// What it is for.
    pub(super) purpose: Purpose,
    /// By which way.
    pub(super) way: Way,
    /// It was asked before, and nothing came.
    pub(super) again: bool,
}

/// The request that is under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// The request.
    pub(super) job: Job,
    /// Names it.
    pub(super) number: u64,
    /// When it went.
    pub(super) sent: Now,
}

/// Requests under way and waiting.
#[derive(Debug)]
pub(super) struct Asks {
    waiting: VecDeque<Job>,
    flight: Option<Flight>,
    next_number: u64,
    /// Nothing is sent before this.
    quiet_until: Instant,
    gap: Duration,
}

impl Asks {
    /// None yet. After an acknowledgement nothing is sent for `gap`.
    pub(super) fn new(gap: Duration) -> Self {
        Self { waiting: VecDeque::new(), flight: None, next_number: 1, quiet_until: Instant::default(), gap }
    }

    /// Wants something to be asked. `false` where too much waits.
    pub(super) fn push(&mut self, job: Job) -> bool {
        if self.waiting.len() >= WAITING_MOST {
            return false;
        }
        if job.purpose.is_urgent() {
            // Behind what else is urgent.
            let place = self.waiting.iter().position(|other| !other.purpose.is_urgent());
            self.waiting.insert(place.unwrap_or(self.waiting.len()), job);
        } else {
            self.waiting.push_back(job);
        }
        true
    }

    /// The next request is under way, if one may go now: whether one does.
    pub(super) fn next(&mut self, now: Now) -> bool {
        if self.flight.is_some() || now.instant < self.quiet_until {
            return false;
        }
        let Some(job) = self.waiting.pop_front() else { return false };
        self.flight = Some(Flight { job, number: self.next_number, sent: now });
        self.next_number += 1;
        true
    }

    /// The request that is under way.
    pub(super) fn flight(&self) -> Option<&Flight> {
        self.flight.as_ref()
    }

    /// The request that is under way has been answered, if it has this number.
    pub(super) fn land(&mut self, number: u64) -> Option<Flight> {
        self.flight.take_if(|flight| flight.number == number)
    }

    /// The request that is under way has been answered, if it went by the socket.
    pub(super) fn land_on_socket(&mut self) -> Option<Flight> {
        self.flight.take_if(|flight| flight.job.way == Way::Socket)
    }

    /// The request that is under way gets no answer any more.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Flight> {
        self.flight.take_if(|flight| flight.sent.instant + ANSWER_TIMEOUT <= now)
    }

    /// A notification was acknowledged.
    pub(super) fn acknowledged(&mut self, now: Instant) {
        self.quiet_until = now + self.gap;
    }

    /// Forgets everything: what was under way, and what waited.
    pub(super) fn take_all(&mut self) -> (Option<Flight>, VecDeque<Job>) {
        self.quiet_until = Instant::default();
        (self.flight.take(), std::mem::take(&mut self.waiting))
    }

    /// What waits and has not been asked yet.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Job> {
        self.waiting.iter()
    }

    /// Whether something for such a purpose waits or is under way.
    pub(super) fn has(&self, is: impl Fn(&Purpose) -> bool) -> bool {
        self.flight.iter().map(|flight| &flight.job).chain(&self.waiting).any(|job| is(&job.purpose))
    }

    /// The number that the next request will have.
    pub(super) fn next_number(&self) -> u64 {
        self.next_number
    }

    /// When something is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.flight {
            Some(flight) => Some(flight.sent.instant + ANSWER_TIMEOUT),
            None if self.waiting.is_empty() => None,
            None => Some(self.quiet_until),
        }
    }
}
