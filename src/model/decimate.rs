//! Thinning out a line to what a plot can show, without losing what a person would want to see.
//!
//! Of each pixel column the first, the lowest, the highest and the last point stay, and every gap between two
//! points that stay. The result is a part of the input in order of time; nothing is averaged or invented.

/// Thins out `points` (unix seconds, value; a value that is not finite is a gap) for a plot of `columns` pixel
/// columns from `from` to `to`. Beyond the edges the nearest point on either side stays, so that the line reaches
/// them. No more points than columns pass unchanged. Points may come in any order; `times` and `values` are
/// overwritten and keep their memory for the next call.
///
/// The result has at most four points a column, one beyond each edge, and one gap between each two of them.
pub fn min_max(
    points: impl Iterator<Item = (f64, f64)>,
    from: f64,
    to: f64,
    columns: usize,
    times: &mut Vec<f64>,
    values: &mut Vec<f64>,
) {
    times.clear();
    values.clear();
    if from.partial_cmp(&to) != Some(std::cmp::Ordering::Less) {
        return;
    }
    for (time, value) in points.filter(|(time, _)| time.is_finite()) {
        times.push(time);
        values.push(if value.is_finite() { value } else { f64::NAN });
    }
    // An axis may be run through from its end to its beginning.
    if times.len() > 1 && times.is_sorted_by(|a, b| a > b) {
        times.reverse();
        values.reverse();
    } else if !times.is_sorted() {
        sort(times, values);
    }
    let columns = columns.max(1);
    if times.len() <= columns {
        return;
    }
    let column_of = |time: f64| match time {
        time if time < from => Column::Before,
        time if time > to => Column::After,
        time => Column::Inside((((time - from) / (to - from) * columns as f64) as usize).min(columns - 1)),
    };
    let mut kept = Kept { times, values, len: 0, seen: 0 };
    let mut start = 0;
    while start < kept.times.len() {
        let column = column_of(kept.times[start]);
        let end = start + kept.times[start..].partition_point(|&time| column_of(time) <= column);
        match column {
            Column::Before => kept.keep(end - 1),
            Column::After => kept.keep(start),
            Column::Inside(_) => {
                for offset in landmarks(&kept.values[start..end]) {
                    kept.keep(start + offset);
                }
            }
        }
        start = end;
    }
    let len = kept.len;
    times.truncate(len);
    values.truncate(len);
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Before,
    Inside(usize),
    After,
}

/// Where the first, lowest, highest and last point of a column are, in order and each once; none in a column of
/// nothing but gaps.
fn landmarks(values: &[f64]) -> impl Iterator<Item = usize> + use<> {
    let (mut first, mut lowest, mut highest, mut last) = (None, 0, 0, 0);
    for (index, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        if first.is_none() {
            (first, lowest, highest) = (Some(index), index, index);
        }
        if *value < values[lowest] {
            lowest = index;
        }
        if *value > values[highest] {
            highest = index;
        }
        last = index;
    }
    let (second, third) = (lowest.min(highest), lowest.max(highest));
    let mut previous = None;
    first.into_iter().flat_map(move |first| [first, second, third, last]).filter(move |&index| {
        let new = previous != Some(index);
        previous = Some(index);
        new
    })
}

/// Moves what stays to the front. What stays is a part of what was there, so nothing unread is overwritten.
struct Kept<'a> {
    times: &'a mut Vec<f64>,
    values: &'a mut Vec<f64>,
    len: usize,
    /// Everything before this place has been kept or given up.
    seen: usize,
}

impl Kept<'_> {
    /// Keeps a point, and before it the first gap since the point kept before.
    fn keep(&mut self, index: usize) {
        if let Some(gap) = (self.seen..index).find(|&gap| self.values[gap].is_nan()) {
            self.take(gap);
        }
        self.take(index);
        self.seen = index + 1;
    }

    fn take(&mut self, index: usize) {
        self.times[self.len] = self.times[index];
        self.values[self.len] = self.values[index];
        self.len += 1;
    }
}

/// Only after a clock has jumped back.
fn sort(times: &mut [f64], values: &mut [f64]) {
    let mut points: Vec<(f64, f64)> = times.iter().copied().zip(values.iter().copied()).collect();
    super::order::sort_by(&mut points, |(a, _), (b, _)| a.total_cmp(b));
    for ((time, value), point) in times.iter_mut().zip(values).zip(points) {
        (*time, *value) = point;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thin(points: &[(f64, f64)], from: f64, to: f64, columns: usize) -> Vec<(f64, f64)> {
        let (mut times, mut values) = (vec![9.0], vec![9.0]);
        min_max(points.iter().copied(), from, to, columns, &mut times, &mut values);
        times.into_iter().zip(values).collect()
    }

    #[test]
    fn a_spike_survives() {
        let mut points: Vec<(f64, f64)> = (0..1000).map(|n| (f64::from(n), 1.0)).collect();
        points[500].1 = 99.0;
        points[501].1 = -99.0;
        let thinned = thin(&points, 0.0, 1000.0, 10);
        assert!(thinned.contains(&(500.0, 99.0)) && thinned.contains(&(501.0, -99.0)));
        assert!(thinned.len() <= 40, "{} points", thinned.len());
    }

    #[test]
    fn a_gap_between_and_within_columns_survives() {
        let mut points: Vec<(f64, f64)> = (0..100).map(|n| (f64::from(n), f64::from(n))).collect();
        for gap in [19, 55, 56] {
            points[gap].1 = f64::NAN;
        }
        let thinned = thin(&points, 0.0, 100.0, 10);
        let gaps: Vec<f64> =
            thinned.iter().filter(|(_, value)| value.is_nan()).map(|(time, _)| *time).collect();
        assert_eq!(gaps, [19.0, 55.0]);
    }

    #[test]
    fn what_runs_backwards_is_turned_round() {
        let points: Vec<(f64, f64)> = (0..1000).rev().map(|n| (f64::from(n), f64::from(n))).collect();
        let thinned = thin(&points, 0.0, 1000.0, 10);
        assert!(thinned.is_sorted() && thinned.len() <= 40);
        assert_eq!((thinned.first(), thinned.last()), (Some(&(0.0, 0.0)), Some(&(999.0, 999.0))));
    }

    #[test]
    fn a_range_without_extent_is_empty() {
        for (from, to) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::NAN)] {
            assert!(thin(&[(1.0, 1.0)], from, to, 10).is_empty());
        }
    }
}
