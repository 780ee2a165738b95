//! The past of one channel: a ring of fixed capacity, for plots.
//!
//! Points are laid over time, or over places on an axis; what follows says "time" for either. They are kept in the order
//! in which they came. Where a clock jumps back they are not in the order of time; the ring counts such steps and
//! [`History::range`] then looks at every point instead of searching, so that what it gives is right in both cases. It
//! does not sort and it does not thin out: see [`super::decimate`].

use std::collections::VecDeque;

/// The latest points of a channel: unix seconds and value. A value of NaN is a gap, where a line breaks.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Times are negated where they run backwards: in here all grow.
    points: VecDeque<(f64, f64)>,
    capacity: usize,
    /// How many points are older than the one before them.
    steps_back: usize,
    /// Later points have smaller times, as on an axis that is run through from its greatest place to its smallest.
    backwards: bool,
}

impl History {
    /// An empty history of at most `capacity` points; memory is taken as it fills.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, ..Self::default() }
    }

    /// The same for points that come from the greatest time to the smallest.
    #[must_use]
    pub fn backwards(self, backwards: bool) -> Self {
        Self { backwards, ..self }
    }

    /// A time as it is kept, or one that is kept as it is.
    fn turned(&self, time: f64) -> f64 {
        if self.backwards { -time } else { time }
    }

    /// Adds a point. A time that is not finite has no place on an axis: the point is left out.
    pub fn push(&mut self, time: f64, value: f64) {
        if value.is_nan() {
            return self.push_gap(time);
        }
        self.append(self.turned(time), value);
    }

    /// Adds a gap; one after another gap, or before the first point, says nothing new and is left out.
    pub fn push_gap(&mut self, time: f64) {
        if self.points.back().is_some_and(|(_, last)| !last.is_nan()) {
            self.append(self.turned(time), f64::NAN);
        }
    }

    /// Adds a gap right behind the last point: where no clock tells where it is.
    pub fn push_gap_behind(&mut self) {
        if let Some((last, _)) = self.points.back() {
            self.push_gap(self.turned(last.next_up()));
        }
    }

    /// What comes next is at this time. A last gap behind it is none: the line goes on where it ended, or before.
    pub fn resume(&mut self, time: f64) {
        let Some((gap, _)) = self.points.back().filter(|(_, value)| value.is_nan()).copied() else { return };
        if self.turned(time) < gap {
            self.points.pop_back();
            self.steps_back -= usize::from(self.points.back().is_some_and(|(before, _)| gap < *before));
        }
    }

    /// Puts points where they belong in time; a value of NaN is a gap. Gaps between the first and the last of them are
    /// filled by them and go; so does everything in `replaced` (from, to), and of two points at one time the one that was
    /// there. The newest of all stay. Takes time for the ring and the points once, not for each point.
    pub fn fill(&mut self, points: impl Iterator<Item = (f64, f64)>, replaced: Option<(f64, f64)>) {
        let turned = points.map(|(time, value)| (self.turned(time), value));
        let mut new: Vec<(f64, f64)> = turned.filter(|(time, _)| time.is_finite()).collect();
        if !new.is_sorted_by(|(a, _), (b, _)| a <= b) {
            super::order::sort_by(&mut new, |(a, _), (b, _)| a.total_cmp(b));
        }
        let filled = new.first().zip(new.last()).map(|(first, last)| (first.0, last.0));
        let is_in = |time: f64, range: Option<(f64, f64)>| {
            range.is_some_and(|(from, to)| (from..=to).contains(&time))
        };
        let gone = replaced.map(|(from, to)| if self.backwards { (-to, -from) } else { (from, to) });
        // From the newest on, each where [`Self::insert`] would put it.
        let mut merged = Vec::with_capacity(self.capacity.min(self.points.len() + new.len()));
        let mut old = self
            .points
            .iter()
            .copied()
            .filter(|(time, value)| !(is_in(*time, gone) || value.is_nan() && is_in(*time, filled)));
        let mut next_old = old.next_back();
        let mut next_new = new.pop();
        let mut newer = None;
        while merged.len() < self.capacity {
            match (next_old, next_new) {
                (Some((time, _)), _) if newer == Some(time) => next_old = old.next_back(),
                (Some(kept), added) if added.is_none_or(|(time, _)| kept.0 > time) => {
                    merged.push(kept);
                    next_old = old.next_back();
                }
                (_, Some(added)) => {
                    merged.push(added);
                    newer = Some(added.0);
                    next_new = new.pop();
                }
                (_, None) => break,
            }
        }
        merged.reverse();
        self.steps_back = merged.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
        self.points = merged.into();
    }

    /// Adds a point of the past where it belongs in time; a value of NaN is a gap. A full ring has no room for one that
    /// is older than all others.
    pub fn insert(&mut self, time: f64, value: f64) {
        if !time.is_finite() || self.capacity == 0 {
            return;
        }
        let time = self.turned(time);
        // Searched from the newest on: what is added late is mostly not that late.
        let mut after =
            self.points.iter().rposition(|(other, _)| *other <= time).map_or(0, |place| place + 1);
        if after == self.points.len() {
            return self.append(time, value);
        }
        if self.points.len() >= self.capacity {
            if after == 0 {
                return;
            }
            self.forget_oldest();
            after -= 1;
        }
        // It is not older than the one before it, and all behind it are newer: a step back between those two is gone.
        let parted = after > 0 && self.points[after].0 < self.points[after - 1].0;
        self.steps_back -= usize::from(parted);
        self.points.insert(after, (time, value));
    }

    /// Changes the capacity; the newest points stay.
    pub fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
        while self.points.len() > capacity {
            self.forget_oldest();
        }
        self.points.shrink_to(capacity);
    }

    /// How many points there are, gaps included.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// There is no point.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// How many points there can be.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The point that came last; its value is NaN where that is a gap.
    pub fn last(&self) -> Option<(f64, f64)> {
        self.iter().next_back()
    }

    /// All points, in the order in which they came.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> + ExactSizeIterator + '_ {
        self.points.iter().map(|(time, value)| (self.turned(*time), *value))
    }

    /// The smallest and the greatest time; `None` where there is no point.
    pub fn extent(&self) -> Option<(f64, f64)> {
        let (from, to) = if self.steps_back == 0 {
            (self.points.front()?.0, self.points.back()?.0)
        } else {
            self.points.iter().map(|(time, _)| (*time, *time)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?
        };
        Some(if self.backwards { (-to, -from) } else { (from, to) })
    }

    /// The points with `from <= time <= to` and their neighbours outside, so that a line can be drawn to both
    /// edges; in the order in which they came.
    pub fn range(&self, from: f64, to: f64) -> impl DoubleEndedIterator<Item = (f64, f64)> + '_ {
        let (from, to) = if self.backwards { (-to, -from) } else { (from, to) };
        let (start, end) = if self.steps_back == 0 {
            let first = self.points.partition_point(|(time, _)| *time < from);
            let beyond = self.points.partition_point(|(time, _)| *time <= to);
            (first.saturating_sub(1), (beyond + 1).min(self.points.len()))
        } else {
            (0, self.points.len())
        };
        // An empty range (`from > to`) may cross over.
        (start..end.max(start))
            .filter(move |&index| self.touches(index, from, to))
            .map(|index| (self.turned(self.points[index].0), self.points[index].1))
    }

    /// Forgets all points; the capacity stays.
    pub fn clear(&mut self) {
        self.points = VecDeque::new();
        self.steps_back = 0;
    }

    /// The memory that the points take.
    pub fn bytes(&self) -> usize {
        self.points.capacity() * size_of::<(f64, f64)>()
    }

    fn append(&mut self, time: f64, value: f64) {
        if !time.is_finite() || self.capacity == 0 {
            return;
        }
        if self.points.len() >= self.capacity {
            self.forget_oldest();
        } else if self.points.len() == self.points.capacity() {
            // Doubles as a deque does by itself, but never beyond what will be used.
            let room = (self.points.len() * 2).clamp(4, self.capacity.max(4)).min(self.capacity);
            self.points.reserve_exact(room - self.points.len());
        }
        if self.points.back().is_some_and(|(last, _)| time < *last) {
            self.steps_back += 1;
        }
        self.points.push_back((time, value));
    }

    fn forget_oldest(&mut self) {
        let Some((oldest, _)) = self.points.pop_front() else { return };
        if self.points.front().is_some_and(|(next, _)| *next < oldest) {
            self.steps_back -= 1;
        }
    }

    /// Whether a line from or to this point runs through the range.
    fn touches(&self, index: usize, from: f64, to: f64) -> bool {
        let here = self.points[index].0;
        let crosses = |other: usize| {
            self.points.get(other).is_some_and(|&(there, _)| here.min(there) <= to && here.max(there) >= from)
        };
        (from..=to).contains(&here) || crosses(index + 1) || (index > 0 && crosses(index - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(points: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
        points.map(|(time, _)| time).collect()
    }

    #[test]
    fn a_point_of_the_past_is_put_where_it_belongs() {
        for capacity in [1, 2, 5, 8, 100] {
            let mut history = History::new(capacity);
            // A clock that jumps back now and then, and points that come late.
            for turn in 0..400_u32 {
                let time = f64::from(turn * 7919 % 61);
                if turn % 3 == 0 {
                    history.push(time, 1.0);
                } else {
                    history.insert(time, f64::from(turn));
                }
                let all: Vec<f64> = times(history.iter());
                let steps = all.windows(2).filter(|pair| pair[1] < pair[0]).count();
                assert_eq!(history.steps_back, steps, "turn {turn}: {all:?}");
                assert!(all.len() <= capacity);
            }
        }
        let mut history = History::new(4);
        for time in [1.0, 2.0, 5.0, 3.0, 4.0] {
            history.insert(time, time);
        }
        assert_eq!(times(history.iter()), [2.0, 3.0, 4.0, 5.0], "in the order of time, the oldest has gone");
        history.insert(0.0, 0.0);
        assert_eq!(times(history.iter()), [2.0, 3.0, 4.0, 5.0], "there is no room for an older one");
    }

    /// What [`History::fill`] does, point by point.
    fn filled(history: &History, points: &[(f64, f64)], replaced: Option<(f64, f64)>) -> Vec<(f64, f64)> {
        let mut new: Vec<(f64, f64)> = points.to_vec();
        new.sort_by(|a, b| a.0.total_cmp(&b.0));
        let is_filled =
            |time: f64| new.first().is_some_and(|p| p.0 <= time) && new.last().is_some_and(|p| time <= p.0);
        let mut all: Vec<(f64, f64)> = history
            .iter()
            .filter(|(time, value)| {
                let is_replaced = replaced.is_some_and(|(from, to)| from <= *time && *time <= to);
                let is_gone = is_replaced || value.is_nan() && is_filled(*time);
                !is_gone && new.iter().all(|point| point.0 != *time)
            })
            .collect();
        for point in new {
            let after = all.iter().rposition(|(time, _)| *time <= point.0).map_or(0, |place| place + 1);
            all.insert(after, point);
        }
        all.drain(..all.len().saturating_sub(history.capacity()));
        all
    }

    #[test]
    fn points_that_come_together_are_put_where_each_belongs() {
        let mut random = 1_u32;
        let mut next = move |below: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) % below
        };
        for capacity in [0, 1, 3, 20, 100] {
            let mut history = History::new(capacity);
            for turn in 0..300 {
                match next(4) {
                    0 => history
                        .push(f64::from(if next(9) == 0 { next(60) } else { 60 + turn }), f64::from(turn)),
                    1 => history.push_gap_behind(),
                    _ => {
                        let points: Vec<(f64, f64)> = (0..next(12))
                            .map(|_| {
                                (f64::from(next(60)), if next(6) == 0 { f64::NAN } else { f64::from(turn) })
                            })
                            .collect();
                        let replaced = (next(3) == 0).then(|| (f64::from(next(60)), f64::from(next(360))));
                        let expected = filled(&history, &points, replaced);
                        // Where it is out of order, several places would be right.
                        let was_in_order = history.steps_back == 0;
                        history.fill(points.iter().copied(), replaced);
                        let found: Vec<(f64, f64)> = history.iter().collect();
                        if was_in_order {
                            assert_eq!(
                                format!("{found:?}"),
                                format!("{expected:?}"),
                                "{points:?} {replaced:?}"
                            );
                        }
                    }
                }
                let steps = times(history.iter()).windows(2).filter(|pair| pair[1] < pair[0]).count();
                assert_eq!((history.steps_back, history.len() <= capacity), (steps, true), "turn {turn}");
            }
        }
    }

    #[test]
    fn points_fill_the_gaps_that_they_surround_and_bring_their_own() {
        let mut history = History::new(10);
        for (time, value) in [(1.0, 1.0), (2.0, f64::NAN), (5.0, 5.0), (6.0, f64::NAN), (8.0, 8.0)] {
            history.push(time, value);
        }
        history.fill([(1.5, 1.0), (3.0, f64::NAN), (4.0, 4.0)].into_iter(), None);
        assert_eq!(times(history.iter()), [1.0, 1.5, 3.0, 4.0, 5.0, 6.0, 8.0]);
        let gaps = history.iter().filter(|(_, value)| value.is_nan());
        assert_eq!(times(gaps), [3.0, 6.0], "their own gap, and the one that they do not surround");
        let hostile = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(|time| (time, 1.0));
        history.fill(hostile.into_iter(), Some((f64::NAN, 9.0)));
        assert_eq!(history.len(), 7);
        history.fill(std::iter::empty(), Some((4.0, f64::INFINITY)));
        assert_eq!(times(history.iter()), [1.0, 1.5, 3.0]);
    }

    #[test]
    fn a_large_ring_takes_a_large_block_at_once() {
        let mut history = History::new(40_000);
        for time in 0..40_000 {
            history.push(2.0 * f64::from(time), 0.0);
        }
        history.fill((0..40_000).map(|time| (40_001.0 + f64::from(time), 1.0)), None);
        assert_eq!((history.len(), history.bytes(), history.steps_back), (40_000, 640_000, 0));
        assert_eq!(history.last(), Some((80_000.0, 1.0)));
    }

    #[test]
    fn what_runs_backwards_is_in_order_too() {
        let mut history = History::new(5).backwards(true);
        for depth in [10.0, 9.0, 8.0] {
            history.push(depth, depth);
        }
        history.push_gap_behind();
        history.push(5.0, 5.0);
        assert_eq!(history.steps_back, 0);
        history.insert(9.5, 9.5);
        assert_eq!(history.len(), 5, "a full ring forgets what came first");
        assert_eq!(times(history.range(8.5, 9.2)), [9.5, 9.0, 8.0]);
        history.fill([(6.0, 6.0), (7.0, 7.0), (8.0, 8.5)].into_iter(), None);
        assert_eq!(
            history.iter().collect::<Vec<_>>(),
            [(9.0, 9.0), (8.0, 8.5), (7.0, 7.0), (6.0, 6.0), (5.0, 5.0)]
        );
        history.fill(std::iter::empty(), Some((f64::NEG_INFINITY, 6.0)));
        assert_eq!((history.last(), history.extent()), (Some((7.0, 7.0)), Some((7.0, 9.0))));
        history.push(12.0, 1.0);
        assert_eq!((history.extent(), History::new(3).extent()), (Some((7.0, 12.0)), None));
    }

    #[test]
    fn a_gap_behind_the_last_point_goes_where_the_line_goes_on_from_there() {
        let mut history = History::new(10);
        history.push_gap_behind();
        assert!(history.is_empty());
        history.push(3.0, 1.0);
        for (next, left) in [(3.0, 1), (2.0, 1), (3.5, 2)] {
            history.push_gap_behind();
            history.push_gap_behind();
            assert_eq!(history.len(), 2);
            history.resume(next);
            assert_eq!(history.len(), left, "on from {next}");
        }
    }

    #[test]
    fn the_newest_points_stay() {
        let mut history = History::new(3);
        for second in 0..10 {
            history.push(f64::from(second), 1.0);
        }
        assert_eq!(times(history.iter()), [7.0, 8.0, 9.0]);
        history.set_capacity(2);
        assert_eq!((times(history.iter()), history.capacity()), (vec![8.0, 9.0], 2));
        history.set_capacity(4);
        history.push(10.0, 1.0);
        assert_eq!(times(history.iter()), [8.0, 9.0, 10.0]);
        history.clear();
        assert!(history.is_empty() && history.last().is_none() && history.bytes() == 0);
    }

    #[test]
    fn memory_grows_with_the_points_and_stops_at_the_capacity() {
        let mut history = History::new(1000);
        assert_eq!(history.bytes(), 0);
        history.push(0.0, 0.0);
        assert!(history.bytes() <= 10 * 16, "{} bytes for one point", history.bytes());
        for second in 1..5000 {
            history.push(f64::from(second), 0.0);
        }
        assert_eq!((history.len(), history.bytes()), (1000, 1000 * 16));
        let mut none = History::new(0);
        none.push(1.0, 1.0);
        assert!(none.is_empty());
    }

    #[test]
    fn gaps_are_merged() {
        let mut history = History::new(10);
        history.push_gap(0.0);
        history.push(1.0, 5.0);
        history.push_gap(2.0);
        history.push_gap(3.0);
        history.push(4.0, f64::NAN);
        history.push(5.0, 6.0);
        history.push(f64::NAN, 7.0);
        assert_eq!(times(history.iter()), [1.0, 2.0, 5.0]);
        assert!(history.iter().nth(1).is_some_and(|(_, value)| value.is_nan()));
    }

    #[test]
    fn a_range_has_a_neighbour_on_either_side() {
        let mut history = History::new(100);
        for second in 0..10 {
            history.push(f64::from(second), 0.0);
        }
        assert_eq!(times(history.range(3.0, 5.0)), [2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(times(history.range(3.2, 3.8)), [3.0, 4.0]);
        assert_eq!(times(history.range(-5.0, 0.5)), [0.0, 1.0]);
        assert_eq!(times(history.range(8.5, 99.0)), [8.0, 9.0]);
        assert_eq!(times(history.range(5.0, 3.0)), Vec::<f64>::new());
    }

    #[test]
    fn a_range_is_right_after_the_clock_jumped_back() {
        let mut history = History::new(8);
        for second in [100.0, 101.0, 102.0, 50.0, 51.0, 52.0, 53.0] {
            history.push(second, 0.0);
        }
        assert_eq!(times(history.range(51.0, 52.0)), [102.0, 50.0, 51.0, 52.0, 53.0]);
        assert_eq!(times(history.range(101.5, 200.0)), [101.0, 102.0, 50.0]);
        // Once what came before the jump is forgotten, all is in order again.
        for second in [54.0, 55.0, 56.0, 57.0] {
            history.push(second, 0.0);
        }
        assert_eq!(history.steps_back, 0);
        assert_eq!(times(history.range(53.5, 54.5)), [53.0, 54.0, 55.0]);
    }
}
