//! How the points of one series come, and which of them came already.

use std::collections::VecDeque;

use crate::model::time::Timestamp;

/// So many points are known again when they come again.
pub(super) const KNOWN_MOST: u32 = 600;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Somebody wants to see it.
    pub(super) wanted: bool,
    /// What was done about that.
    pub(super) state: State,
    /// Names the subscription.
    pub(super) subscription: Option<u64>,
    /// The number of the call that asked for it: a peer may tell under that, too.
    pub(super) asked_by: Option<u64>,
    /// When the newest point was written that was told.
    pub(super) newest: Option<Timestamp>,
    /// The peer said that there is no point.
    pub(super) is_empty: bool,
    /// What is kept of the past has been asked for.
    pub(super) has_history: bool,
    /// Points may have come while nobody listened.
    pub(super) has_gap: bool,
    /// Up to when it was told before its newest point was forgotten.
    pub(super) told_to: Option<Timestamp>,
    /// So often the peer ended the subscription on this socket.
    pub(super) ends: u8,
    /// Times and prints of the last points, in order.
    known: VecDeque<(i64, u64)>,
}

/// How far the wish to see a series has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was done yet, or it did not work.
    #[default]
    Idle,
    /// Its newest point, then a subscription has been asked for.
    Asked,
    /// The peer tells what is new.
    Told,
}

impl Watch {
    /// The socket is gone, or nobody wants to see it for now.
    pub(super) fn interrupt(&mut self) {
        self.state = State::Idle;
        self.subscription = None;
        self.asked_by = None;
        self.has_gap = self.newest.is_some() || self.is_empty || self.told_to.is_some();
    }

    /// It is gone. Should it come back, its newest point is told again.
    pub(super) fn forget_newest(&mut self) {
        self.interrupt();
        self.is_empty = false;
        let Some(newest) = self.newest.take() else { return };
        self.told_to = Some(newest);
        while self.known.back().is_some_and(|(at, _)| *at >= newest.0) {
            self.known.pop_back();
        }
    }

    /// Whether its subscription has such a name now.
    pub(super) fn has_name(&self, name: u64) -> bool {
        [self.subscription, self.asked_by].contains(&Some(name))
    }

    /// Whether a point came before; if not, it has now. The value is its JSON.
    pub(super) fn is_new(&mut self, at: Timestamp, value: &str) -> bool {
        let point = (at.0, print(value));
        let Err(place) = self.known.binary_search(&point) else { return false };
        self.known.insert(place, point);
        if self.known.len() > KNOWN_MOST as usize {
            self.known.pop_front();
        }
        true
    }
}

/// A print of a text (FNV-1a, 64 bits): two of a million texts have the same once in 10^7 times.
fn print(text: &str) -> u64 {
    text.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |print, byte| (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_known_by_its_time_and_its_value() {
        let mut watch = Watch::default();
        assert!(watch.is_new(Timestamp(2), "1") && watch.is_new(Timestamp(1), "1"));
        assert!(watch.is_new(Timestamp(2), "2"), "another value within the same second");
        assert!(!watch.is_new(Timestamp(2), "1") && !watch.is_new(Timestamp(1), "1"));
    }

    #[test]
    fn what_is_known_is_bounded_and_the_oldest_goes() {
        let mut watch = Watch::default();
        for at in 0..2_000 {
            assert!(watch.is_new(Timestamp(at), "x"));
        }
        assert_eq!(watch.known.len(), KNOWN_MOST as usize);
        assert!(!watch.is_new(Timestamp(1_999), "x"));
    }
}
