//! The page's two clocks: the one place where time is read.

use crate::model::time::{Instant, Now, Timestamp};

/// Both clocks, now.
pub fn now() -> Now {
    Now { instant: instant(), wall: Timestamp((js_sys::Date::now() * 1000.0) as i64) }
}

/// The monotonic clock, now.
pub fn instant() -> Instant {
    thread_local! {
        // To ask the window for it takes longer than to ask it for the time.
        static CLOCK: Option<web_sys::Performance> = web_sys::window().and_then(|window| window.performance());
    }
    Instant(CLOCK.with(|clock| clock.as_ref().map_or_else(js_sys::Date::now, web_sys::Performance::now)))
}
