//! A line that is thinned out for a plot still shows every spike and every gap.

use porthole::model::decimate::min_max;
use proptest::prelude::*;

proptest! {
    #[test]
    fn extremes_of_each_column_stay(points in points(), view in view()) {
        let View { from, to, columns } = view;
        let thinned = thin(&points, view);
        for wanted in 0..columns {
            let of_column = |points: &[(f64, f64)]| {
                let inside = points.iter().filter(|(time, value)| {
                    value.is_finite() && (from..=to).contains(time) && view.column(*time) == wanted
                });
                inside.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, value)| {
                    (low.min(*value), high.max(*value))
                })
            };
            prop_assert_eq!(of_column(&thinned), of_column(&points));
        }
    }

    #[test]
    fn times_do_not_decrease_and_the_length_is_bounded(points in points(), view in view()) {
        let thinned = thin(&points, view);
        prop_assert!(thinned.is_sorted_by(|(a, _), (b, _)| a <= b));
        let drawn = thinned.iter().filter(|(_, value)| value.is_finite()).count();
        prop_assert!(drawn <= 4 * view.columns + 2);
        prop_assert!(thinned.len() <= 2 * (4 * view.columns + 2) + 1);
    }

    #[test]
    fn few_points_pass_unchanged(points in points(), spare in 0..10_usize) {
        let thinned = thin(&points, View { columns: points.len() + spare, ..EVERYTHING });
        prop_assert_eq!(bits(&thinned), bits(&in_order(&points)));
    }

    #[test]
    fn a_gap_between_two_points_stays_and_none_is_invented(points in points(), columns in 1..60_usize) {
        let thinned = thin(&points, View { columns, ..EVERYTHING });
        // The result is a part of the input, in its order: both are walked together.
        let ordered = in_order(&points);
        let mut rest = ordered.iter();
        let (mut gap_in_input, mut gap_in_result) = (false, false);
        for point in &thinned {
            let found = rest.by_ref().any(|other| {
                gap_in_input |= other.1.is_nan();
                bits(&[*other]) == bits(&[*point])
            });
            prop_assert!(found, "{:?} is not in the input", point);
            gap_in_result |= point.1.is_nan();
            if point.1.is_finite() {
                prop_assert_eq!(gap_in_input, gap_in_result, "before {:?}", point);
                (gap_in_input, gap_in_result) = (false, false);
            }
        }
    }
}

/// What a plot shows.
#[derive(Clone, Copy, Debug)]
struct View {
    from: f64,
    to: f64,
    columns: usize,
}

/// From before the first point to after the last one that [`points`] can make.
const EVERYTHING: View = View { from: -100_000.0, to: 100_000.0, columns: 1 };

impl View {
    fn column(self, time: f64) -> usize {
        let place = (time - self.from) / (self.to - self.from) * self.columns as f64;
        (place as usize).min(self.columns - 1)
    }
}

fn view() -> impl Strategy<Value = View> {
    (-20.0..100.0, 1.0..500.0, 1..60_usize).prop_map(|(from, width, columns)| View {
        from,
        to: from + width,
        columns,
    })
}

/// Points in the order in which they came: mostly forward in time, now and then a gap or a clock that jumps back.
fn points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let step = prop_oneof![20 => 0.0..2.0, 1 => -50.0..0.0];
    let value = prop_oneof![10 => -1e6..1e6, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)];
    proptest::collection::vec((step, value), 0..600).prop_map(|steps| {
        let mut time = 0.0;
        steps
            .into_iter()
            .map(|(step, value)| {
                time += step;
                (time, value)
            })
            .collect()
    })
}

fn thin(points: &[(f64, f64)], view: View) -> Vec<(f64, f64)> {
    let (mut times, mut values) = (Vec::new(), Vec::new());
    min_max(points.iter().copied(), view.from, view.to, view.columns, &mut times, &mut values);
    assert_eq!(times.len(), values.len());
    times.into_iter().zip(values).collect()
}

/// The input as it should be seen: in order of time, what is not finite is a gap.
fn in_order(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let gap_or = |value: f64| if value.is_finite() { value } else { f64::NAN };
    let mut points: Vec<_> = points.iter().map(|&(time, value)| (time, gap_or(value))).collect();
    points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    points
}

/// NaN equals itself this way.
fn bits(points: &[(f64, f64)]) -> Vec<(u64, u64)> {
    points.iter().map(|(time, value)| (time.to_bits(), value.to_bits())).collect()
}
