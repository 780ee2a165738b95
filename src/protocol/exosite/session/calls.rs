//! Calls that wait and calls under way: put together into frames, matched with their answers by their numbers.
//!
//! Answers come in any order and in any number of frames, and batches were seen to come back incomplete: so each call
//! has a deadline of its own. What a person asks does not wait behind what the session asks for itself.

use std::collections::VecDeque;
use std::time::Duration;

use super::purpose::Purpose;
use crate::model::time::{Instant, Now};
use crate::protocol::exosite::answer::CallId;
use crate::protocol::exosite::procedure::{self, Procedure};

/// An answer is waited for so long, unless the procedure itself waits.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The most calls in one frame.
const CALLS_MOST: usize = 50;
/// The most points of the past that are asked for in one frame, where that is more than one series: an answer has to
/// fit into a frame of the peer.
const POINTS_MOST: usize = 5_000;
/// The most frames of the session's own calls whose answers are still to come.
const FRAMES_MOST: usize = 4;
/// The most calls of people that are under way or wait.
const PERSONS_MOST: usize = 1_000;
/// The most calls of the session that wait.
const WAITING_MOST: usize = 50_000;

/// A call and what it is for.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The call.
    pub(super) procedure: Procedure,
    /// What it is for.
    pub(super) purpose: Purpose,
    /// It was made before, and nothing came.
    pub(super) again: bool,
}

/// A call under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// The call.
    pub(super) job: Job,
    /// When it went.
    pub(super) sent: Now,
    id: u64,
    /// The frame that it went in.
    frame: u64,
    /// That frame is one of people's: it does not count as one of the session's.
    is_urgent: bool,
    due: Instant,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Calls {
    urgent: VecDeque<Job>,
    waiting: VecDeque<Job>,
    /// By ascending number.
    flights: Vec<Flight>,
    next_id: u64,
    next_frame: u64,
    /// The most calls for the past of a series in one frame.
    pasts_most: usize,
}

impl Job {
    /// A call that is made for the first time.
    pub(super) fn new(purpose: Purpose, procedure: Procedure) -> Self {
        Self { procedure, purpose, again: false }
    }

    fn patience(&self) -> Duration {
        let Procedure::Wait { timeout_millis, .. } = &self.procedure else { return ANSWER_TIMEOUT };
        // rpc/README.md, "wait": 30 s where nothing is said.
        ANSWER_TIMEOUT + Duration::from_millis(u64::from(timeout_millis.unwrap_or(30_000)))
    }
}

impl Calls {
    /// Nothing waits. So many points of the past of a series are asked for at once.
    pub(super) fn new(history: u32) -> Self {
        Self {
            pasts_most: (POINTS_MOST / (history as usize).max(1)).max(1),
            urgent: VecDeque::new(),
            waiting: VecDeque::new(),
            flights: Vec::new(),
            next_id: 1,
            next_frame: 1,
        }
    }

    /// Wants a call to be made. `false` where too many wait.
    pub(super) fn push(&mut self, job: Job) -> bool {
        if !job.purpose.is_urgent() {
            let has_room = self.waiting.len() < WAITING_MOST;
            if has_room {
                self.waiting.push_back(job);
            }
            return has_room;
        }
        let under_way = self.flights.iter().filter(|flight| flight.job.purpose.is_urgent()).count();
        let has_room = self.urgent.len() + under_way < PERSONS_MOST;
        if has_room {
            self.urgent.push_back(job);
        }
        has_room
    }

    /// The next frame that may go now. Numbers for which `is_taken` are left out.
    pub(super) fn next_frame(&mut self, now: Now, is_taken: impl Fn(u64) -> bool) -> Option<String> {
        let is_urgent = !self.urgent.is_empty();
        if !is_urgent && (self.waiting.is_empty() || self.open_frames() >= FRAMES_MOST) {
            return None;
        }
        let frame = self.next_frame;
        self.next_frame += 1;
        let (mut calls, mut pasts) = (Vec::new(), 0);
        while calls.len() < CALLS_MOST {
            let queue = if is_urgent { &mut self.urgent } else { &mut self.waiting };
            let Some(job) = queue.pop_front() else { break };
            if let Purpose::History(_) = job.purpose {
                pasts += 1;
                if pasts > self.pasts_most {
                    queue.push_front(job);
                    break;
                }
            }
            let id = self.number(&is_taken);
            calls.push(job.procedure.call(&CallId::Number(id.into())));
            let due = now.instant + job.patience();
            self.flights.push(Flight { job, sent: now, id, frame, is_urgent, due });
        }
        Some(procedure::frame(calls.into_iter()))
    }

    /// A number that nothing else has: for a call, or for a subscription.
    pub(super) fn number(&mut self, is_taken: impl Fn(u64) -> bool) -> u64 {
        let number = self.next_number(is_taken);
        self.next_id = number + 1;
        number
    }

    /// The number that the next call will have.
    pub(super) fn next_number(&self, is_taken: impl Fn(u64) -> bool) -> u64 {
        let mut number = self.next_id;
        while is_taken(number) {
            number += 1;
        }
        number
    }

    fn open_frames(&self) -> usize {
        Self::count_frames(self.flights.iter().filter(|flight| !flight.is_urgent))
    }

    /// So many frames are under way, people's and the session's own.
    pub(super) fn frames_under_way(&self) -> usize {
        Self::count_frames(self.flights.iter())
    }

    fn count_frames<'f>(flights: impl Iterator<Item = &'f Flight>) -> usize {
        // Flights stand in the order of their frames.
        let (mut count, mut last) = (0, None);
        for frame in flights.map(|flight| flight.frame) {
            if last != Some(frame) {
                (count, last) = (count + 1, Some(frame));
            }
        }
        count
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.flights.binary_search_by(|flight| flight.id.cmp(&id)).ok()
    }

    /// A call under way has this number.
    pub(super) fn is_under_way(&self, id: u64) -> bool {
        self.place(id).is_some()
    }

    /// A call is answered.
    pub(super) fn land(&mut self, id: u64) -> Option<Flight> {
        let place = self.place(id)?;
        Some(self.flights.remove(place))
    }

    /// The call under way for a purpose is answered under another name.
    pub(super) fn land_for(&mut self, purpose: Purpose) -> Option<Flight> {
        let place = self.flights.iter().position(|flight| flight.job.purpose == purpose)?;
        Some(self.flights.remove(place))
    }

    /// A call that gets no answer any more.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Flight> {
        let place = self.flights.iter().position(|flight| flight.due <= now)?;
        Some(self.flights.remove(place))
    }

    /// All that is under way.
    pub(super) fn take_flights(&mut self) -> Vec<Flight> {
        std::mem::take(&mut self.flights)
    }

    /// All that waits.
    pub(super) fn take_waiting(&mut self) -> impl Iterator<Item = Job> + use<> {
        let (urgent, waiting) = (std::mem::take(&mut self.urgent), std::mem::take(&mut self.waiting));
        urgent.into_iter().chain(waiting)
    }

    /// Whether something for such a purpose waits or is under way.
    pub(super) fn has(&self, is: impl Fn(Purpose) -> bool) -> bool {
        let waiting = self.urgent.iter().chain(&self.waiting);
        self.flights.iter().map(|flight| &flight.job).chain(waiting).any(|job| is(job.purpose))
    }

    /// When the next call is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.flights.iter().map(|flight| Some(flight.due)).fold(None, Instant::earliest)
    }
}
