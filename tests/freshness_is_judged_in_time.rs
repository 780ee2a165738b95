//! A quality changes exactly when it was said to, in one direction, and the history gives what lies in a range.

use std::time::Duration;

use porthole::model::history::History;
use porthole::model::link::LinkState;
use porthole::model::quality::{Cadence, Freshness, Quality, judge};
use porthole::model::time::Instant;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_quality_changes_when_it_said_it_would(
        intervals in proptest::collection::vec(0..100_000_u64, 0..200),
        last in 0.0..1e9,
        age in 0.0..1e6,
    ) {
        let mut cadence = Cadence::default();
        for millis in intervals {
            cadence.observe(Duration::from_millis(millis));
        }
        let link = LinkState::Live { since: Instant(0.0), silent: false };
        let at = |now| judge(&Freshness {
            now,
            link: &link,
            replay: false,
            paused: false,
            error: false,
            last_arrival: Some(Instant(last)),
            cadence: &cadence,
            stale_after: None,
        });
        let now = Instant(last + age);
        let judgement = at(now);
        if let Some(change) = judgement.changes_at {
            prop_assert!(change > now);
            prop_assert!(at(change).quality > judgement.quality);
            let before = Instant(f64::midpoint(now.0, change.0));
            prop_assert!(before >= change || at(before).quality == judgement.quality);
        } else {
            // What is stale stays so, and without a cadence nothing is ever late.
            let expected = if cadence.median().is_some() { Quality::Stale } else { Quality::Live };
            prop_assert_eq!(judgement.quality, expected);
        }
    }

    #[test]
    fn a_range_is_what_lies_in_it_and_its_neighbours(
        steps in proptest::collection::vec(0..5_u32, 0..200),
        capacity in 1..100_usize,
        from in -10.0..500.0,
        width in 0.0..200.0,
    ) {
        let mut history = History::new(capacity);
        let mut time = 0.0;
        for step in steps {
            time += f64::from(step);
            history.push(time, 1.0);
        }
        let to = from + width;
        let all: Vec<_> = history.iter().collect();
        let before = all.iter().rposition(|(time, _)| *time < from).unwrap_or(0);
        let after = all.iter().position(|(time, _)| *time > to).map_or(all.len(), |index| index + 1);
        let range: Vec<_> = history.range(from, to).collect();
        // Where all points lie on one side, the nearest of them is enough, or none.
        if all.iter().any(|(time, _)| *time >= from) && all.iter().any(|(time, _)| *time <= to) {
            prop_assert_eq!(range, &all[before..after]);
        } else {
            prop_assert!(range.len() <= 1, "{:?}", range);
        }
        prop_assert!(history.len() <= capacity && history.bytes() <= capacity * 16);
    }
}
