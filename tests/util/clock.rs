//! A clock that goes when it is told to.

use std::time::Duration;

use porthole::model::time::{Instant, Now, Timestamp};

/// Both clocks, an arbitrary while after the page was opened.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The present.
    pub now: Now,
}

impl Clock {
    /// A clock.
    pub fn new() -> Self {
        Self { now: Now { instant: Instant(1234.5), wall: Timestamp(1_795_205_879_942_118) } }
    }

    /// Lets time pass.
    pub fn pass(&mut self, duration: Duration) {
        self.now = self.now + duration;
    }

    /// Lets time pass until a deadline, if that is ahead.
    pub fn pass_to(&mut self, deadline: Instant) {
        let wait = deadline.since(self.now.instant);
        self.pass(wait);
        // A duration has whole nanoseconds, a deadline need not.
        if self.now.instant < deadline {
            self.now.instant = deadline;
        }
    }
}

/// Seconds.
pub fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}
