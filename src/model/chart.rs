//! What a plot needs beside the readings: one time axis for several lines, the gaps they share, the axes they use,
//! and how often it is worth drawing. Where lines are laid over places on an axis, "time" says place.

use std::time::Duration;

/// Stands for "this line has no point at this time", where another line has one. (NaN is a gap.)
pub const ABSENT: f64 = f64::INFINITY;

/// A line: times (ascending) and values.
#[derive(Clone, Copy, Debug)]
pub struct LineRef<'a> {
    /// Unix seconds.
    pub times: &'a [f64],
    /// Values; NaN is a gap.
    pub values: &'a [f64],
}

/// Several lines over one time axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aligned {
    /// All times at which any line has a point.
    pub times: Vec<f64>,
    /// The values of the first line, then those of the second, and so on: one for each time, [`ABSENT`] where the
    /// line has no point, NaN where it has a gap.
    pub values: Vec<f64>,
}

/// Lays lines over one time axis. What is infinite has no place on a plot and becomes a gap. Of several points of a
/// line at one time the last counts.
pub fn align(lines: &[LineRef<'_>]) -> Aligned {
    let mut times: Vec<f64> =
        lines.iter().flat_map(|line| line.times).copied().filter(|t| t.is_finite()).collect();
    super::order::sort_by(&mut times, f64::total_cmp);
    times.dedup();
    let mut values = vec![ABSENT; times.len() * lines.len()];
    for (line, column) in lines.iter().zip(values.chunks_mut(times.len().max(1))) {
        let mut row = 0;
        for (time, value) in line.times.iter().zip(line.values).filter(|(time, _)| time.is_finite()) {
            // Ascending times: the place is a few steps ahead. A clock that jumped back is looked up.
            if times.get(row).is_none_or(|present| present > time) {
                row = 0;
            }
            while times.get(row).is_some_and(|present| present < time) {
                row += 1;
            }
            if let Some(cell) = column.get_mut(row) {
                *cell = if value.is_finite() { *value } else { f64::NAN };
            }
        }
        // A gap lasts until the line's own next value, whatever other lines have meanwhile.
        let mut is_broken = false;
        for cell in column {
            if *cell == ABSENT && is_broken {
                *cell = f64::NAN;
            }
            is_broken = cell.is_nan();
        }
    }
    Aligned { times, values }
}

/// Where a line is broken: from the gap to the next value, or to `until` where there is none yet.
pub fn gaps(line: LineRef<'_>, until: f64) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    let mut open = None;
    for (time, value) in line.times.iter().zip(line.values) {
        if value.is_nan() {
            open = open.or(Some(*time));
        } else if let Some(from) = open.take() {
            found.push((from, *time));
        }
    }
    if let Some(from) = open.filter(|from| *from < until) {
        found.push((from, until));
    }
    found
}

/// Where a line over an axis is broken: from the value before a gap to the one behind it. No value holds beyond its place.
pub fn gaps_between(line: LineRef<'_>) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    let (mut last, mut broken) = (None, false);
    for (place, value) in line.times.iter().zip(line.values) {
        if value.is_nan() {
            broken = true;
            continue;
        }
        if let (Some(from), true) = (last, broken) {
            found.push((from, *place));
        }
        (last, broken) = (Some(*place), false);
    }
    found
}

/// Which places a plot shows of those that are kept: the newest of them, `span` long at most. It is never so short that
/// nothing could be drawn.
pub fn newest_places(kept: Option<(f64, f64)>, span: f64, decreasing: bool) -> (f64, f64) {
    /// The difference of any two is finite.
    const FARTHEST: f64 = 1e300;
    let bounded = |place: f64| place.clamp(-FARTHEST, FARTHEST);
    let (low, high) = kept.map_or((0.0, 1.0), |(low, high)| (bounded(low), bounded(high)));
    let (low, high) = if decreasing { (low, high.min(low + span)) } else { (low.max(high - span), high) };
    let room = f64::max(1e-9 * low.abs().max(high.abs()), 1e-9);
    if high - low > room { (low, high) } else { (low - room.max(0.5), high + room.max(0.5)) }
}

/// Lets a line run on to `until` with its last value: that is what holds, though nothing new was said. A line that
/// ends in a gap stays as it is.
pub fn hold(times: &mut Vec<f64>, values: &mut Vec<f64>, until: f64) {
    if let (Some(time), Some(value)) = (times.last().copied(), values.last().copied())
        && value.is_finite()
        && time < until
    {
        times.push(until);
        values.push(value);
    }
}

/// The stretches that are in both of two ascending lists.
pub fn overlap(a: &[(f64, f64)], b: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let (mut i, mut j) = (0, 0);
    let mut both = Vec::new();
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        let (from, to) = (left.0.max(right.0), left.1.min(right.1));
        if from < to {
            both.push((from, to));
        }
        if left.1 < right.1 {
            i += 1;
        } else {
            j += 1;
        }
    }
    both
}

/// Which of two y axes each line uses: one for each unit, in the order of the lines; from the third unit on they
/// share the second axis.
pub fn assign_axes<U: PartialEq>(units: &[U]) -> Vec<usize> {
    units.iter().map(|unit| usize::from(units.first() != Some(unit))).collect()
}

/// How long a sliding plot may wait between two pictures: nothing is seen to move in less than a pixel's time, and
/// a new value shall not wait for long.
pub fn redraw_interval(span_seconds: f64, columns: usize) -> Duration {
    let pixel = span_seconds / columns.max(1) as f64;
    Duration::from_secs_f64(if pixel.is_finite() { pixel.clamp(0.03, 0.25) } else { 0.25 })
}

/// A step through time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Half as long.
    Nearer,
    /// Twice as long.
    Farther,
    /// A tenth of it back.
    Earlier,
    /// A tenth of it on.
    Later,
}

/// The shortest and the longest stretch of time that a plot shows, in seconds.
pub const TIME_LIMITS: (f64, f64) = (0.1, 30.0 * 86_400.0);

/// The same for places, by those that are kept.
pub fn place_limits(kept: Option<(f64, f64)>) -> (f64, f64) {
    let (low, high) = newest_places(kept, f64::INFINITY, false);
    // Numbers have no finer differences than that.
    let finest = 1e-12 * low.abs().max(high.abs());
    ((1e-6 * (high - low)).max(finest), 10.0 * (high - low))
}

/// The stretch of time after a step, within the shortest and the longest. `around` stays where it is when the stretch
/// becomes shorter or longer; its middle does where that is outside.
pub fn step(
    step: Step,
    (from, to): (f64, f64),
    around: Option<f64>,
    (shortest, longest): (f64, f64),
) -> (f64, f64) {
    let length = to - from;
    let scaled = |factor: f64| {
        let pivot = around.filter(|at| (from..=to).contains(at)).unwrap_or(from + length / 2.0);
        let wanted = (length * factor).clamp(shortest, longest);
        let from = pivot - (pivot - from) * (wanted / length.max(shortest));
        (from, from + wanted)
    };
    match step {
        Step::Nearer => scaled(0.5),
        Step::Farther => scaled(2.0),
        Step::Earlier => (from - length / 10.0, to - length / 10.0),
        Step::Later => (from + length / 10.0, to + length / 10.0),
    }
}

/// Readings as comma-separated values (RFC 4180): a row for each time, whose column is named `first`. Empty where a
/// column has none, and where it has a gap.
pub fn csv(first: &str, names: &[String], aligned: &Aligned, write_time: impl Fn(f64) -> String) -> String {
    let mut text = quoted(first);
    for name in names {
        text.push(',');
        text.push_str(&quoted(name));
    }
    text.push_str("\r\n");
    let rows = aligned.times.len();
    for (row, time) in aligned.times.iter().enumerate() {
        text.push_str(&write_time(*time));
        for line in 0..names.len() {
            text.push(',');
            if let Some(value) = aligned.values.get(line * rows + row).filter(|value| value.is_finite()) {
                text.push_str(&super::format::shortest(*value));
            }
        }
        text.push_str("\r\n");
    }
    text
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_move_and_scale_a_stretch_of_time() {
        let at = |what, around| step(what, (100.0, 200.0), around, TIME_LIMITS);
        assert_eq!(at(Step::Earlier, None), (90.0, 190.0));
        assert_eq!(at(Step::Later, None), (110.0, 210.0));
        assert_eq!(at(Step::Nearer, None), (125.0, 175.0));
        assert_eq!(at(Step::Farther, None), (50.0, 250.0));
        assert_eq!(at(Step::Nearer, Some(200.0)), (150.0, 200.0), "what is read stays in sight");
        assert_eq!(at(Step::Nearer, Some(999.0)), (125.0, 175.0), "what is not in sight does not count");
    }

    #[test]
    fn no_number_of_steps_leaves_a_stretch_that_cannot_be_drawn() {
        for what in [Step::Nearer, Step::Farther] {
            let (from, to) =
                (0..200).fold((1e9, 1e9 + 60.0), |stretch, _| step(what, stretch, Some(1e9), TIME_LIMITS));
            assert!(to - from > 0.09 && to - from < 2.7e6, "{what:?}: {from} to {to}");
        }
    }

    #[test]
    fn lines_share_one_time_axis() {
        let a = LineRef { times: &[1.0, 2.0, 3.0], values: &[10.0, f64::NAN, 30.0] };
        let b = LineRef { times: &[2.0, 4.0], values: &[5.0, f64::INFINITY] };
        let aligned = align(&[a, b]);
        assert_eq!(aligned.times, [1.0, 2.0, 3.0, 4.0]);
        let text: Vec<String> = aligned.values.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["10", "NaN", "30", "inf", "inf", "5", "inf", "NaN"]);
    }

    #[test]
    fn a_gap_lasts_until_the_next_value_of_its_line() {
        let a = LineRef { times: &[1.0, 2.0, 5.0], values: &[10.0, f64::NAN, 50.0] };
        let b = LineRef { times: &[1.0, 2.0, 3.0, 4.0, 5.0], values: &[1.0, 2.0, 3.0, 4.0, 5.0] };
        let aligned = align(&[a, b]);
        let text: Vec<String> = aligned.values.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["10", "NaN", "NaN", "NaN", "50", "1", "2", "3", "4", "5"]);
    }

    #[test]
    fn a_clock_that_jumps_back_loses_nothing() {
        let line = LineRef { times: &[5.0, 6.0, 1.0, 2.0], values: &[50.0, 60.0, 10.0, 20.0] };
        let aligned = align(&[line]);
        assert_eq!((aligned.times, aligned.values), (vec![1.0, 2.0, 5.0, 6.0], vec![10.0, 20.0, 50.0, 60.0]));
    }

    #[test]
    fn no_lines_and_empty_lines_align_to_nothing() {
        assert_eq!(align(&[]), Aligned::default());
        assert_eq!(align(&[LineRef { times: &[], values: &[] }]), Aligned::default());
    }

    #[test]
    fn a_gap_lasts_until_the_next_value_or_until_now() {
        let nan = f64::NAN;
        let line = LineRef { times: &[0.0, 1.0, 2.0, 5.0, 7.0], values: &[1.0, nan, nan, 2.0, nan] };
        assert_eq!(gaps(line, 9.0), [(1.0, 5.0), (7.0, 9.0)]);
        assert_eq!(gaps(line, 6.0), [(1.0, 5.0)]);
    }

    #[test]
    fn over_an_axis_a_gap_lasts_from_value_to_value() {
        let nan = f64::NAN;
        let line =
            LineRef { times: &[0.0, 1.0, 2.0, 2.1, 5.0, 7.0], values: &[nan, 1.0, nan, nan, 2.0, nan] };
        assert_eq!(gaps_between(line), [(1.0, 5.0)]);
        assert_eq!(gaps_between(LineRef { times: &[], values: &[] }), []);
    }

    #[test]
    fn a_plot_over_an_axis_follows_its_newest_place() {
        let kept = Some((100.0, 900.0));
        assert_eq!(newest_places(kept, 50.0, false), (850.0, 900.0));
        assert_eq!(newest_places(kept, 50.0, true), (100.0, 150.0));
        assert_eq!(newest_places(kept, 5_000.0, true), (100.0, 900.0));
        assert_eq!(newest_places(None, 50.0, false), (0.0, 1.0));
        assert_eq!(newest_places(Some((7.0, 7.0)), 50.0, false), (6.5, 7.5), "one place can be drawn");
    }

    #[test]
    fn whatever_places_are_kept_they_can_be_drawn_and_stepped_through() {
        for kept in
            [(0.0, 0.0), (-f64::MAX, f64::MAX), (f64::MAX, f64::MAX), (1e20, 1e20 + 1e5), (0.0, 1e-300)]
        {
            for span in [10.0, f64::from(u32::MAX), f64::INFINITY] {
                for decreasing in [false, true] {
                    let drawn = newest_places(Some(kept), span, decreasing);
                    for what in [Step::Nearer, Step::Farther, Step::Earlier, Step::Later] {
                        let limits = place_limits(Some(kept));
                        let (from, to) = (0..200).fold(drawn, |stretch, _| step(what, stretch, None, limits));
                        assert!(
                            from < to && (to - from).is_finite(),
                            "{kept:?} {span} {what:?}: {from} to {to}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_line_holds_its_last_value_and_a_gap_stays() {
        let (mut times, mut values) = (vec![1.0, 2.0], vec![5.0, 6.0]);
        hold(&mut times, &mut values, 9.0);
        assert_eq!(
            (times.as_slice(), values.as_slice()),
            ([1.0, 2.0, 9.0].as_slice(), [5.0, 6.0, 6.0].as_slice())
        );
        hold(&mut times, &mut values, 9.0);
        assert_eq!(times.len(), 3, "it is there already");

        let (mut times, mut values) = (vec![1.0, 2.0], vec![5.0, f64::NAN]);
        hold(&mut times, &mut values, 9.0);
        assert_eq!(times, [1.0, 2.0]);
    }

    #[test]
    fn only_what_all_lines_miss_is_a_common_gap() {
        let a = [(0.0, 4.0), (6.0, 9.0)];
        let b = [(1.0, 2.0), (3.0, 7.0), (8.0, 12.0)];
        assert_eq!(overlap(&a, &b), [(1.0, 2.0), (3.0, 4.0), (6.0, 7.0), (8.0, 9.0)]);
        assert_eq!(overlap(&a, &[]), []);
    }

    #[test]
    fn a_third_unit_shares_the_second_axis() {
        assert_eq!(assign_axes(&["K", "W", "K", "T"]), [0, 1, 0, 1]);
        assert_eq!(assign_axes::<&str>(&[]), Vec::<usize>::new());
    }

    #[test]
    fn a_plot_is_drawn_once_a_pixel_within_bounds() {
        assert_eq!(redraw_interval(600.0, 800), Duration::from_millis(250));
        assert_eq!(redraw_interval(60.0, 800), Duration::from_millis(75));
        assert_eq!(redraw_interval(1.0, 800), Duration::from_millis(30));
        assert_eq!(redraw_interval(f64::INFINITY, 0), Duration::from_millis(250));
    }

    #[test]
    fn the_file_quotes_what_would_break_it() {
        let aligned = Aligned { times: vec![1.0, 2.0], values: vec![0.1, f64::NAN, ABSENT, -2.0] };
        let names = ["a \"x\", K".to_owned(), "b".to_owned()];
        let text = csv("time", &names, &aligned, |time| time.to_string());
        assert_eq!(text, "time,\"a \"\"x\"\", K\",b\r\n1,0.1,\r\n2,,-2\r\n");
    }
}
