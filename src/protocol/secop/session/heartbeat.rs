//! Pings: a sign of life, and how far the node's clock is off.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::order::sort_by;
use crate::model::time::{Instant, Now, Timestamp};

/// How often a ping is sent on a link that is busy anyway, for the clock's sake.
pub(super) const CLOCK_INTERVAL: Duration = Duration::from_mins(1);
/// The clock's offset is the median of so many answers: one that was held up on its way does not count.
const OFFSETS: usize = 5;

/// Pings of one node.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    count: u64,
    outstanding: Option<Ping>,
    offsets: VecDeque<i64>,
    next: Option<Instant>,
}

#[derive(Debug)]
struct Ping {
    token: String,
    sent: Now,
}

/// What an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    /// From the question to the answer.
    pub(super) round_trip: Duration,
    /// How far the node's clock is ahead, in microseconds.
    pub(super) clock_offset: Option<i64>,
}

impl Heartbeat {
    /// The link is gone, or new. Offsets are kept: the clock is the same.
    pub(super) fn reset(&mut self) {
        self.outstanding = None;
        self.next = None;
    }

    /// A token for a ping to send; `None` while another one is outstanding. One that got no answer within `timeout`
    /// is forgotten.
    pub(super) fn ping(&mut self, now: Now, timeout: Duration) -> Option<String> {
        if self.outstanding.as_ref().is_some_and(|ping| now.instant < ping.sent.instant + timeout) {
            return None;
        }
        self.count += 1;
        self.next = Some(now.instant + CLOCK_INTERVAL);
        let token = format!("p{}", self.count);
        self.outstanding = Some(Ping { token: token.clone(), sent: now });
        Some(token)
    }

    /// An answer with the node's time, if it tells. `None` if it is not an answer to the outstanding ping.
    pub(super) fn pong(&mut self, now: Now, token: &str, time: Option<Timestamp>) -> Option<Beat> {
        let ping = self.outstanding.take_if(|ping| ping.token == token)?;
        if let Some(time) = time {
            let middle = i64::midpoint(ping.sent.wall.0, now.wall.0);
            if self.offsets.len() == OFFSETS {
                self.offsets.pop_front();
            }
            self.offsets.push_back(time.0.saturating_sub(middle));
        }
        let clock_offset = time.and_then(|_| self.median());
        Some(Beat { round_trip: now.instant.since(ping.sent.instant), clock_offset })
    }

    /// A ping was refused: a sign of life all the same.
    pub(super) fn refused(&mut self, now: Now) -> Option<Beat> {
        let ping = self.outstanding.take()?;
        Some(Beat { round_trip: now.instant.since(ping.sent.instant), clock_offset: None })
    }

    /// When the next ping is due for the clock's sake; `None` before the first one.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next
    }

    fn median(&self) -> Option<i64> {
        let mut offsets: Vec<i64> = self.offsets.iter().copied().collect();
        sort_by(&mut offsets, Ord::cmp);
        offsets.get(offsets.len() / 2).copied()
    }
}
