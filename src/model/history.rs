//! The past of one channel: a ring of fixed capacity, for plots.
//!
//! Points are kept in the order in which they came. Where a clock jumps back they are not in the order of time;
//! the ring counts such steps and [`History::range`] then looks at every point instead of searching, so that what
//! it gives is right in both cases. It does not sort and it does not thin out: see [`super::decimate`].

use std::collections::VecDeque;

/// The latest points of a channel: unix seconds and value. A value of NaN is a gap, where a line breaks.
#[derive(Clone, Debug, Default)]
pub struct History {
    points: VecDeque<(f64, f64)>,
    capacity: usize,
    /// How many points are older than the one before them.
    steps_back: usize,
}

impl History {
    /// An empty history of at most `capacity` points; memory is taken as it fills.
    pub fn new(capacity: usize) -> Self {
        Self { points: VecDeque::new(), capacity, steps_back: 0 }
    }

    /// Adds a point. A time that is not finite has no place on an axis: the point is left out.
    pub fn push(&mut self, time: f64, value: f64) {
        if value.is_nan() {
            return self.push_gap(time);
        }
        self.append(time, value);
    }

    /// Adds a gap; one after another gap, or before the first point, says nothing new and is left out.
    pub fn push_gap(&mut self, time: f64) {
        if self.points.back().is_some_and(|(_, last)| !last.is_nan()) {
            self.append(time, f64::NAN);
        }
    }

    /// Adds a point of the past where it belongs in time; a value of NaN is a gap. A full ring has no room for one that
    /// is older than all others.
    pub fn insert(&mut self, time: f64, value: f64) {
        if !time.is_finite() || self.capacity == 0 {
            return;
        }
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
        self.points.back().copied()
    }

    /// All points, in the order in which they came.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> + ExactSizeIterator + '_ {
        self.points.iter().copied()
    }

    /// The points with `from <= time <= to` and their neighbours outside, so that a line can be drawn to both
    /// edges; in the order in which they came.
    pub fn range(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
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
            .map(|index| self.points[index])
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
