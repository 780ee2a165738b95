//! Whatever happens to readings, in whatever order: none is lost without being counted.

use porthole::model::ledger::{Counts, Ledger};
use proptest::prelude::*;

proptest! {
    #[test]
    fn each_reading_is_shown_conflated_dropped_or_waiting(steps in proptest::collection::vec((0..8_u8, 0..40_u64), 0..500)) {
        let mut ledger = Ledger::default();
        let mut received = 0;
        for (step, readings) in steps {
            match step {
                0 => ledger.receive(readings),
                1 => ledger.show(),
                2 => ledger.drop_waiting(),
                3 => ledger.drop_received(),
                4 => ledger.gap(),
                5 => ledger.malformed(),
                6 => ledger.receive_past(readings),
                _ => ledger.violation(),
            }
            received += match step {
                0 | 6 => readings,
                3 => 1,
                _ => 0,
            };
            let counts = ledger.counts();
            prop_assert_eq!(counts.received, received);
            let accounted = counts.shown + counts.conflated + counts.dropped + u64::from(ledger.waiting());
            prop_assert_eq!(counts.received, accounted);
        }
    }
}

#[test]
fn counts_of_several_channels_add_up() {
    let mut ledger = Ledger::default();
    ledger.receive(1);
    ledger.receive(1);
    ledger.violation();
    let mut sum = Counts::default();
    sum += ledger.counts();
    sum += ledger.counts();
    assert_eq!(sum, Counts { received: 4, conflated: 2, violations: 2, ..Counts::default() });
}
