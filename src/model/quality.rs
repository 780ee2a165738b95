//! How fresh a channel's value is, judged by the link, by the source and by the channel's own habit.
//!
//! Nothing in here keeps a timer: a [`Judgement`] says when it would change by time alone.

use std::time::Duration;

use super::display;
use super::link::LinkState;
use super::time::Instant;

/// Exactly one holds for each channel at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// It is as fresh as the channel ever is.
    Live,
    /// The next reading is overdue by the channel's own cadence.
    Late,
    /// Long overdue, or the peer has gone silent.
    Stale,
    /// There is no link.
    Disconnected,
    /// The source reports an error instead of a value.
    Invalid,
    /// A person paused it, or it is not subscribed.
    Paused,
    /// It comes from a capture.
    Replay,
}

impl Quality {
    /// The word in `data-quality`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Disconnected => "disconnected",
            Self::Invalid => "invalid",
            Self::Paused => "paused",
            Self::Replay => "replay",
        }
    }

    /// The last value still holds, as far as anybody knows.
    pub fn is_current(self) -> bool {
        match self {
            Self::Live | Self::Late => true,
            Self::Stale | Self::Disconnected | Self::Invalid | Self::Paused | Self::Replay => false,
        }
    }
}

/// How often a channel reports, learned from its last [`Cadence::WINDOW`] intervals.
///
/// A channel that reports on a beat has a median interval. One that reports only when something changes has none:
/// its silence says nothing, and it lives with its connection's heartbeat.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    /// The intervals in milliseconds, a ring.
    recent: [u32; Self::WINDOW],
    /// The same in order of size.
    sorted: [u32; Self::WINDOW],
    len: usize,
    next: usize,
    /// How many intervals in a row were far longer than the median.
    slow: u8,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { recent: [0; Self::WINDOW], sorted: [0; Self::WINDOW], len: 0, next: 0, slow: 0 }
    }
}

impl Cadence {
    /// How many intervals are remembered.
    pub const WINDOW: usize = 64;
    /// With fewer intervals nothing is claimed.
    const FEWEST: usize = 5;
    /// An interval keeps the beat if it is at most so many times longer or shorter than the median: one that does
    /// not would have been called late.
    const TOLERANCE: u32 = LATE_INTERVALS;
    /// After so many intervals in a row that are far too long the beat has changed: the old one is forgotten.
    const CHANGED_AFTER: u8 = 3;

    /// Learns from the time between two readings that arrived over one socket. Readings that arrive together (less
    /// than a millisecond apart) count as one.
    pub fn observe(&mut self, interval: Duration) {
        let Ok(millis) = u32::try_from(interval.as_millis()) else { return };
        if millis == 0 {
            return;
        }
        let too_long = self.beat().is_some_and(|median| millis > median.saturating_mul(Self::TOLERANCE));
        self.slow = if too_long { self.slow + 1 } else { 0 };
        self.insert(millis);
        if self.slow >= Self::CHANGED_AFTER {
            let newest = self.newest(usize::from(self.slow));
            *self = Self::default();
            for millis in newest {
                self.insert(millis);
            }
        }
    }

    /// The median interval; `None` while too little is known, and where the channel keeps no beat.
    pub fn median(&self) -> Option<Duration> {
        self.beat().map(|millis| Duration::from_millis(millis.into()))
    }

    /// How many intervals the median stands for.
    pub fn observed(&self) -> usize {
        self.len
    }

    fn beat(&self) -> Option<u32> {
        if self.len < Self::FEWEST {
            return None;
        }
        let sorted = &self.sorted[..self.len];
        let median = sorted[self.len / 2];
        let too_short = sorted.partition_point(|&millis| millis.saturating_mul(Self::TOLERANCE) < median);
        let short_enough = sorted.partition_point(|&millis| millis <= median.saturating_mul(Self::TOLERANCE));
        // Four of five must keep the beat.
        (5 * (short_enough - too_short) >= 4 * self.len).then_some(median)
    }

    fn insert(&mut self, millis: u32) {
        if self.len == Self::WINDOW {
            let at = self.sorted.partition_point(|&other| other < self.recent[self.next]);
            self.sorted.copy_within(at + 1.., at);
            self.len -= 1;
        }
        let at = self.sorted[..self.len].partition_point(|&other| other < millis);
        self.sorted.copy_within(at..self.len, at + 1);
        self.sorted[at] = millis;
        self.recent[self.next] = millis;
        self.next = (self.next + 1) % Self::WINDOW;
        self.len += 1;
    }

    /// The last `count` intervals, oldest first.
    fn newest(&self, count: usize) -> Vec<u32> {
        (1..=count.min(self.len))
            .rev()
            .map(|back| self.recent[(self.next + Self::WINDOW - back) % Self::WINDOW])
            .collect()
    }
}

/// All that a channel's quality depends on.
#[derive(Clone, Copy, Debug)]
pub struct Freshness<'a> {
    /// The time.
    pub now: Instant,
    /// The channel's link.
    pub link: &'a LinkState,
    /// The readings come from a capture.
    pub replay: bool,
    /// A person paused the channel, or it is not subscribed.
    pub paused: bool,
    /// The last report was an error.
    pub error: bool,
    /// When the last report came over the present link, or over an earlier one.
    pub last_arrival: Option<Instant>,
    /// How often the channel reports.
    pub cadence: &'a Cadence,
    /// The age from which it is stale where its description says so.
    pub stale_after: Option<Duration>,
}

/// A channel's quality, and what comes next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// The quality.
    pub quality: Quality,
    /// When it changes if nothing happens: judge again at that time, not later.
    pub changes_at: Option<Instant>,
    /// The age from which the value is late; `None` for a channel without a cadence.
    pub late_after: Option<Duration>,
    /// The age from which it is stale.
    pub stale_after: Option<Duration>,
}

/// Judges a channel.
pub fn judge(freshness: &Freshness<'_>) -> Judgement {
    let median = freshness.cadence.median();
    let late_after = median.map(|median| (median * LATE_INTERVALS).max(LATE_AT_LEAST));
    let learned = median.map(|median| (median * STALE_INTERVALS).max(STALE_AT_LEAST));
    let stale_after = freshness.stale_after.or(learned);
    let late_after = late_after.filter(|late| stale_after.is_none_or(|stale| *late < stale));
    let (quality, changes_at) = match *freshness.link {
        _ if freshness.replay => (Quality::Replay, None),
        _ if freshness.paused => (Quality::Paused, None),
        LinkState::Connecting { .. }
        | LinkState::Waiting { .. }
        | LinkState::Closed
        | LinkState::Failed { .. } => (Quality::Disconnected, None),
        LinkState::Live { .. } if freshness.error => (Quality::Invalid, None),
        LinkState::Live { silent: true, .. } => (Quality::Stale, None),
        LinkState::Live { silent: false, .. } => {
            by_age(freshness.now, freshness.last_arrival, late_after, stale_after)
        }
    };
    Judgement { quality, changes_at, late_after, stale_after }
}

/// The facts behind a judgement as names and values, for a person who asks why.
pub fn explain(freshness: &Freshness<'_>, judgement: &Judgement) -> Vec<(String, String)> {
    let ago = |instant| format!("{} ago", display::age(freshness.now.since(instant)));
    let mut facts =
        vec![("Last reading".to_owned(), freshness.last_arrival.map_or_else(|| "none yet".to_owned(), ago))];
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    match freshness.cadence.median() {
        Some(median) => fact(
            "Usual interval",
            format!("{} (median of {})", display::interval(median), freshness.cadence.observed()),
        ),
        None => fact("Usual interval", "none: it reports when something changes".to_owned()),
    }
    if let Some(late_after) = judgement.late_after {
        fact("Late after", display::interval(late_after));
    }
    if let Some(stale_after) = judgement.stale_after {
        fact("Stale after", display::interval(stale_after));
    }
    let link = match freshness.link {
        LinkState::Connecting { .. } => "connecting".to_owned(),
        LinkState::Live { silent: true, .. } => "open, but the peer is silent".to_owned(),
        LinkState::Live { since, silent: false } => {
            format!("live for {}", display::age(freshness.now.since(*since)))
        }
        LinkState::Waiting { since, .. } => format!("lost {}", ago(*since)),
        LinkState::Closed => "closed".to_owned(),
        LinkState::Failed { since, .. } => format!("refused {}", ago(*since)),
    };
    fact("Link", link);
    if freshness.error {
        fact("Source", "reports an error instead of a value".to_owned());
    }
    facts
}

/// One line for a person: what the quality means here.
pub fn in_words(freshness: &Freshness<'_>, judgement: &Judgement) -> String {
    let age = freshness.last_arrival.map(|at| display::age(freshness.now.since(at)));
    match (judgement.quality, age) {
        (Quality::Live, _) => "Live".to_owned(),
        (Quality::Late, age) => {
            let usual = freshness.cadence.median().map(display::interval).unwrap_or_default();
            format!("Late: last reading {} ago, usually every {usual}", age.unwrap_or_default())
        }
        (Quality::Stale, None) => "Stale: no reading has come yet".to_owned(),
        (Quality::Stale, Some(age)) => format!("Stale: last reading {age} ago"),
        (Quality::Disconnected, None) => "Disconnected: no reading has come".to_owned(),
        (Quality::Disconnected, Some(age)) => format!("Disconnected: last reading {age} ago"),
        (Quality::Invalid, _) => "Invalid: the source reports an error".to_owned(),
        (Quality::Paused, _) => "Paused: readings are not followed".to_owned(),
        (Quality::Replay, _) => "Replay: from a capture, not from an instrument".to_owned(),
    }
}

/// Compares instants, not ages: what is judged at `changes_at` must come out as changed.
fn by_age(
    now: Instant,
    last_arrival: Option<Instant>,
    late_after: Option<Duration>,
    stale_after: Option<Duration>,
) -> (Quality, Option<Instant>) {
    let Some(last) = last_arrival else { return (Quality::Stale, None) };
    let late_at = late_after.map(|after| last + after);
    let stale_at = stale_after.map(|after| last + after);
    if stale_at.is_some_and(|at| now >= at) {
        (Quality::Stale, None)
    } else if late_at.is_some_and(|at| now >= at) {
        (Quality::Late, stale_at)
    } else {
        (Quality::Live, late_at)
    }
}

/// A value is late after so many of its usual intervals,
const LATE_INTERVALS: u32 = 3;
/// and stale after so many;
const STALE_INTERVALS: u32 = 6;
/// but never late before,
const LATE_AT_LEAST: Duration = Duration::from_secs(1);
/// and never stale before.
const STALE_AT_LEAST: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: LinkState = LinkState::Live { since: Instant(0.0), silent: false };

    fn cadence(intervals: impl IntoIterator<Item = u64>) -> Cadence {
        let mut cadence = Cadence::default();
        intervals.into_iter().for_each(|millis| cadence.observe(Duration::from_millis(millis)));
        cadence
    }

    fn at(now: f64, link: &LinkState, cadence: &Cadence) -> Judgement {
        judge(&Freshness {
            now: Instant(now),
            link,
            replay: false,
            paused: false,
            error: false,
            last_arrival: Some(Instant(0.0)),
            cadence,
            stale_after: None,
        })
    }

    fn quality(now: f64, cadence: &Cadence) -> Quality {
        at(now, &LIVE, cadence).quality
    }

    #[test]
    fn a_beat_is_known_after_five_intervals() {
        assert_eq!(cadence([100; 4]).median(), None);
        assert_eq!(cadence([100; 5]).median(), Some(Duration::from_millis(100)));
    }

    #[test]
    fn a_fast_channel_is_late_after_a_second_and_stale_after_five() {
        let fast = cadence([2; 200]);
        assert_eq!(quality(999.0, &fast), Quality::Live);
        assert_eq!(quality(1000.0, &fast), Quality::Late);
        assert_eq!(quality(4999.0, &fast), Quality::Late);
        assert_eq!(quality(5000.0, &fast), Quality::Stale);
    }

    #[test]
    fn a_slow_channel_is_given_its_time() {
        let slow = cadence([60_000; 6]);
        assert_eq!(quality(179_999.0, &slow), Quality::Live);
        assert_eq!(quality(180_000.0, &slow), Quality::Late);
        assert_eq!(quality(360_000.0, &slow), Quality::Stale);
    }

    #[test]
    fn a_channel_that_reports_changes_only_lives_with_its_link() {
        let changes = cadence([3000, 120_000, 500, 900_000, 40, 7000, 80_000, 200, 33_000]);
        assert_eq!(changes.median(), None);
        assert_eq!(at(1e9, &LIVE, &changes).changes_at, None);
        assert_eq!(quality(1e9, &changes), Quality::Live);
        assert_eq!(
            at(1e9, &LinkState::Live { since: Instant(0.0), silent: true }, &changes).quality,
            Quality::Stale
        );
    }

    #[test]
    fn readings_of_one_frame_count_as_one() {
        let burst = cadence([0, 0, 0, 50].repeat(20));
        assert_eq!(burst.median(), Some(Duration::from_millis(50)));
    }

    #[test]
    fn a_new_beat_is_learned_soon() {
        let slower = cadence([100; 500].into_iter().chain([10_000; 5]));
        assert_eq!(slower.median(), Some(Duration::from_secs(10)));
        let faster = cadence([10_000; 64].into_iter().chain([100; 60]));
        assert_eq!(faster.median(), Some(Duration::from_millis(100)));
    }

    #[test]
    fn one_hiccup_does_not_change_the_beat() {
        let hiccup = cadence([100; 20].into_iter().chain([9000]).chain([100; 3]));
        assert_eq!(hiccup.median(), Some(Duration::from_millis(100)));
    }

    #[test]
    fn the_ring_forgets_the_oldest() {
        let drifting = cadence((1..=1000).map(|step| 1000 + step));
        assert_eq!((drifting.observed(), drifting.median()), (64, Some(Duration::from_millis(1969))));
        assert!(drifting.sorted.is_sorted());
    }

    #[test]
    fn what_weighs_more_comes_first() {
        let beat = cadence([100; 10]);
        let silent = LinkState::Live { since: Instant(0.0), silent: true };
        let base = Freshness {
            now: Instant(1e6),
            link: &LIVE,
            replay: false,
            paused: false,
            error: false,
            last_arrival: Some(Instant(0.0)),
            cadence: &beat,
            stale_after: None,
        };
        for (freshness, expected) in [
            (base, Quality::Stale),
            (Freshness { now: Instant(500.0), link: &silent, ..base }, Quality::Stale),
            (Freshness { last_arrival: None, ..base }, Quality::Stale),
            (Freshness { error: true, ..base }, Quality::Invalid),
            (Freshness { error: true, link: &silent, ..base }, Quality::Invalid),
            (Freshness { error: true, link: &LinkState::Closed, ..base }, Quality::Disconnected),
            (Freshness { paused: true, link: &LinkState::Closed, ..base }, Quality::Paused),
            (Freshness { replay: true, paused: true, link: &LinkState::Closed, ..base }, Quality::Replay),
        ] {
            assert_eq!(judge(&freshness).quality, expected, "{freshness:?}");
        }
    }

    #[test]
    fn it_changes_when_it_said_it_would() {
        let beat = cadence([333; 10]);
        let mut now = 12.3;
        for expected in [Quality::Live, Quality::Late, Quality::Stale] {
            let judgement = at(now, &LIVE, &beat);
            assert_eq!(judgement.quality, expected);
            now = judgement.changes_at.map_or(now, |at| at.0);
        }
        assert_eq!(at(now, &LIVE, &beat).changes_at, None);
    }

    #[test]
    fn the_facts_have_their_numbers() {
        let beat = cadence([100; 64]);
        let freshness = Freshness {
            now: Instant(12_000.0),
            link: &LIVE,
            replay: false,
            paused: false,
            error: false,
            last_arrival: Some(Instant(0.0)),
            cadence: &beat,
            stale_after: None,
        };
        let judgement = judge(&freshness);
        let facts = explain(&freshness, &judgement);
        let lines: Vec<String> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            lines,
            [
                "Last reading: 12 s ago",
                "Usual interval: 100 ms (median of 64)",
                "Late after: 1 s",
                "Stale after: 5 s",
                "Link: live for 12 s"
            ]
        );
        assert_eq!(in_words(&freshness, &judgement), "Stale: last reading 12 s ago");
    }
}
