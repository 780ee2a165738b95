//! The process's two clocks, as the library wants them.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use porthole::model::time::{Instant as Moment, Now, Timestamp};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Both clocks, now.
pub(crate) fn now() -> Now {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now {
        instant: Moment(START.elapsed().as_secs_f64() * 1000.0),
        wall: Timestamp(i64::try_from(wall.as_micros()).unwrap_or(i64::MAX)),
    }
}
