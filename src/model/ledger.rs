//! The account of one channel's readings: none is lost without being counted.

/// What became of a channel's readings. At all times
/// `received == shown + conflated + dropped + (1 if one is waiting)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    received: u64,
    shown: u64,
    conflated: u64,
    dropped: u64,
    gaps: u64,
    malformed: u64,
    violations: u64,
    waiting: bool,
}

impl Ledger {
    /// So many readings came at once, and the last of them waits to be shown. Those before it are conflated, and so is
    /// one that was still waiting: the newest is shown in their place.
    pub fn receive(&mut self, readings: u64) {
        self.received += readings;
        self.conflated += readings;
        if readings > 0 && !std::mem::replace(&mut self.waiting, true) {
            self.conflated -= 1;
        }
    }

    /// So many readings of the past came: something newer is shown already, or waits.
    pub fn receive_past(&mut self, readings: u64) {
        self.received += readings;
        self.conflated += readings;
    }

    /// The waiting reading is shown, if there is one.
    pub fn show(&mut self) {
        if self.waiting {
            self.waiting = false;
            self.shown += 1;
        }
    }

    /// The waiting reading is given up, if there is one.
    pub fn drop_waiting(&mut self) {
        if self.waiting {
            self.waiting = false;
            self.dropped += 1;
        }
    }

    /// A reading came and is given up at once; one that is waiting goes on waiting.
    pub fn drop_received(&mut self) {
        self.received += 1;
        self.dropped += 1;
    }

    /// Readings are missing here: the link fell, or the source said so.
    pub fn gap(&mut self) {
        self.gaps += 1;
    }

    /// Something about the channel could not be understood.
    pub fn malformed(&mut self) {
        self.malformed += 1;
    }

    /// The peer broke a rule that did no harm.
    pub fn violation(&mut self) {
        self.violations += 1;
    }

    /// A reading waits to be shown.
    pub fn waiting(&self) -> bool {
        self.waiting
    }

    /// The counts.
    pub fn counts(&self) -> Counts {
        Counts {
            received: self.received,
            shown: self.shown,
            conflated: self.conflated,
            dropped: self.dropped,
            gaps: self.gaps,
            malformed: self.malformed,
            violations: self.violations,
        }
    }
}

/// The counts of a [`Ledger`], or of several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Readings that came.
    pub received: u64,
    /// Those that reached the page's signals.
    pub shown: u64,
    /// Those that a newer one replaced before they were shown.
    pub conflated: u64,
    /// Those that were given up.
    pub dropped: u64,
    /// Times when readings are known to be missing.
    pub gaps: u64,
    /// Frames about the channel that could not be understood.
    pub malformed: u64,
    /// Broken rules that did no harm.
    pub violations: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.received += other.received;
        self.shown += other.shown;
        self.conflated += other.conflated;
        self.dropped += other.dropped;
        self.gaps += other.gaps;
        self.malformed += other.malformed;
        self.violations += other.violations;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_block_the_last_waits() {
        let mut ledger = Ledger::default();
        ledger.receive(5);
        ledger.show();
        ledger.receive(3);
        ledger.receive(0);
        ledger.receive(2);
        ledger.receive_past(10);
        let expected = Counts { received: 20, shown: 1, conflated: 4 + 2 + 2 + 10, ..Counts::default() };
        assert_eq!((ledger.counts(), ledger.waiting()), (expected, true));
    }

    #[test]
    fn each_reading_ends_in_one_place() {
        let mut ledger = Ledger::default();
        ledger.show();
        ledger.receive(1);
        ledger.receive(1);
        ledger.show();
        ledger.show();
        ledger.drop_received();
        ledger.receive(1);
        ledger.drop_waiting();
        ledger.gap();
        let counts = ledger.counts();
        let expected =
            Counts { received: 4, shown: 1, conflated: 1, dropped: 2, gaps: 1, ..Counts::default() };
        assert_eq!((counts, ledger.waiting()), (expected, false));
    }
}
