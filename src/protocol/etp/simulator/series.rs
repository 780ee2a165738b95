//! Rows of values over an index, of which the newest are kept.

use std::collections::VecDeque;
use std::ops::Range;

/// What a channel has at one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// The channel has nothing to say here, not even that there is nothing.
    Absent,
    /// No value.
    Null,
    Number(f64),
    Whole(i32),
    Text(&'static str),
    On(bool),
    /// A waveform.
    Wave(Box<[f64]>),
}

/// One value for each channel of a set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// The primary index and the secondary one, where there is one: microseconds since the Unix epoch, or millimetres.
    pub(super) places: [i64; 2],
    pub(super) values: Vec<Value>,
}

/// Rows with numbers that are never given twice.
pub(super) struct Series {
    rows: VecDeque<Row>,
    /// The number of the first one.
    first: u64,
    most: usize,
    is_decreasing: bool,
}

impl Series {
    pub(super) fn new(most: usize, is_decreasing: bool) -> Self {
        Self { rows: VecDeque::new(), first: 0, most, is_decreasing }
    }

    /// The number of the oldest row that is kept.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the row that will come next.
    pub(super) fn next(&self) -> u64 {
        self.first + self.rows.len() as u64
    }

    pub(super) fn row(&self, number: u64) -> Option<&Row> {
        self.rows.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// Where it begins and ends, in the order of its rows.
    pub(super) fn ends(&self) -> Option<(i64, i64)> {
        Some((self.rows.front()?.places[0], self.rows.back()?.places[0]))
    }

    /// Adds a row; one whose index does not go on is left out.
    pub(super) fn push(&mut self, row: Row) {
        if self.ends().is_some_and(|(_, last)| !self.is_before(last, row.places[0])) {
            return;
        }
        if self.rows.len() >= self.most {
            self.rows.pop_front();
            self.first += 1;
        }
        self.rows.push_back(row);
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        self.first = self.next();
        self.rows.clear();
    }

    /// The numbers of the rows from a place to another one, both included, in whichever order they are given.
    pub(super) fn between(&self, one: i64, other: i64) -> Range<u64> {
        let (from, to) = if self.is_decreasing == (one < other) { (other, one) } else { (one, other) };
        self.first_from(from)
            ..self.first + self.rows.partition_point(|row| !self.is_before(to, row.places[0])) as u64
    }

    /// The number of the first row that is not before a place.
    pub(super) fn first_from(&self, place: i64) -> u64 {
        self.first + self.rows.partition_point(|row| self.is_before(row.places[0], place)) as u64
    }

    /// The rows from a number on, to be changed.
    pub(super) fn rows_from(&mut self, number: u64) -> impl Iterator<Item = &mut Row> {
        let place = number.saturating_sub(self.first);
        self.rows.iter_mut().skip(usize::try_from(place).unwrap_or(usize::MAX))
    }

    fn is_before(&self, one: i64, other: i64) -> bool {
        if self.is_decreasing { one > other } else { one < other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(places: &[i64], is_decreasing: bool) -> Series {
        let mut series = Series::new(4, is_decreasing);
        for place in places {
            series.push(Row { places: [*place, 0], values: Vec::new() });
        }
        series
    }

    #[test]
    fn rows_are_found_by_their_place_in_either_direction() {
        let down = series(&[10, 20, 30, 40, 50], false);
        assert_eq!((down.first(), down.next(), down.ends()), (1, 5, Some((20, 50))));
        for (one, other, numbers) in
            [(20, 30, 1..3), (30, 20, 1..3), (0, 99, 1..5), (31, 39, 3..3), (50, 50, 4..5)]
        {
            assert_eq!(down.between(one, other), numbers, "{one} to {other}");
        }
        let up = series(&[50, 40, 30, 20, 10], true);
        for (one, other, numbers) in [(30, 20, 2..4), (20, 30, 2..4), (0, 99, 1..5), (40, 40, 1..2)] {
            assert_eq!(up.between(one, other), numbers, "{one} to {other}");
        }
        assert_eq!((up.first_from(35), down.first_from(35)), (2, 3));
    }

    #[test]
    fn an_index_that_does_not_go_on_is_left_out_and_numbers_are_not_given_twice() {
        let mut down = series(&[10, 10, 5, 20], false);
        assert_eq!((down.next(), down.ends()), (2, Some((10, 20))));
        down.clear();
        down.push(Row { places: [5, 0], values: Vec::new() });
        assert_eq!((down.first(), down.next()), (2, 3));
        assert!(down.row(1).is_none() && down.row(2).is_some() && down.row(3).is_none());
    }
}
