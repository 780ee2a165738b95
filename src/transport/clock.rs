//! The page's two clocks: the one place where time is read.

use crate::model::time::{Instant, Now, Timestamp};

/// Both clocks, now.
pub fn now() -> Now {
    Now { instant: instant(), wall: Timestamp((js_sys::Date::now() * 1000.0) as i64) }
}

/// The monotonic clock, now.
pub fn instant() -> Instant {
    let performance = web_sys::window().and_then(|window| window.performance());
    Instant(performance.map_or_else(js_sys::Date::now, |performance| performance.now()))
}
