//! How many notices one connection may give.

use crate::model::event::Notice;
use crate::model::letters;
use crate::model::reading::Severity;
use crate::model::time::Instant;

/// Lets so many notices through at once …
const BURST: f64 = 5.0;
/// … and one more each time this has passed, in milliseconds.
const EVERY_MILLIS: f64 = 2_000.0;

/// Limits the number of notices: a peer that sends nothing but garbage must not bury what else is said.
#[derive(Clone, Copy, Debug)]
pub struct Limiter {
    left: f64,
    at: Instant,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { left: BURST, at: Instant::default() }
    }
}

impl Limiter {
    /// Whether another notice may be given.
    pub fn pass(&mut self, now: Instant) -> bool {
        self.left = (self.left + (now.0 - self.at.0).max(0.0) / EVERY_MILLIS).min(BURST);
        self.at = now;
        let pass = self.left >= 1.0;
        if pass {
            self.left -= 1.0;
        }
        pass
    }

    /// What to tell of a frame that cannot be understood. Beyond the limit the notice is empty, and it only counts.
    pub fn malformed(&mut self, now: Instant, what: &str, frame: &str) -> Notice {
        if !self.pass(now) {
            return Notice::default();
        }
        let text = letters::capitalized(&format!("{what}. The frame is left out; the connection goes on."));
        Notice::new(Severity::Warning, "A frame could not be understood", &text, frame)
    }
}
