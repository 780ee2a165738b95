//! A small curve as the path of an SVG: for sparklines and waveforms.
//!
//! It draws what it is given: thinning out is done before (see [`super::decimate`]).

use super::format::fixed;

/// The box that a curve is drawn into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The first and the last place on the x axis.
    pub x: (f64, f64),
    /// The width of the box.
    pub width: f64,
    /// The height of the box.
    pub height: f64,
}

/// How points are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// By straight lines.
    Line,
    /// By steps: a value holds until the next.
    Step,
}

/// The `d` attribute of a curve that fills the height of its box. What is not finite breaks it; a point that stands
/// alone becomes a dot; what never changes runs along the middle. Empty where there is nothing to draw.
pub fn path(frame: Frame, join: Join, points: impl Iterator<Item = (f64, f64)> + Clone) -> String {
    let mut text = String::new();
    let Some((low, high)) = extent(points.clone().map(|(_, value)| value)) else { return text };
    let (from, to) = frame.x;
    let x_scale = if to > from { frame.width / (to - from) } else { 0.0 };
    // Halved first: the difference of two finite numbers may be infinite.
    let half = high / 2.0 - low / 2.0;
    let y_of = |value: f64| {
        let share = if half > 0.0 { (value / 2.0 - low / 2.0) / half } else { 0.5 };
        EDGE + (1.0 - share) * (frame.height - 2.0 * EDGE)
    };
    let mut pen: Option<(f64, f64)> = None;
    let mut drawn = false;
    for (time, value) in points {
        if !value.is_finite() || !time.is_finite() {
            finish(&mut text, pen, drawn);
            (pen, drawn) = (None, false);
            continue;
        }
        let (x, y) = ((time - from) * x_scale, y_of(value));
        let (across, down) = (fixed(x, 1), fixed(y, 1));
        let step = match (pen, join) {
            (None, _) => format!("M{across} {down}"),
            (Some(_), Join::Line) => format!("L{across} {down}"),
            (Some((_, before)), Join::Step) if (before - y).abs() < 0.05 => format!("H{across}"),
            (Some(_), Join::Step) => format!("H{across}V{down}"),
        };
        text.push_str(&step);
        drawn = pen.is_some();
        pen = Some((x, y));
    }
    finish(&mut text, pen, drawn);
    text
}

/// The smallest and the greatest finite value; `None` where there is none.
pub fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |extent, value| {
        Some(extent.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
    })
}

/// A point alone has no line: the round end of a stroke without length makes it a dot.
fn finish(text: &mut String, pen: Option<(f64, f64)>, drawn: bool) {
    if pen.is_some() && !drawn {
        text.push_str("h0");
    }
}

/// Room for half the stroke.
const EDGE: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { x: (0.0, 10.0), width: 100.0, height: 22.0 };

    fn draw(join: Join, points: &[(f64, f64)]) -> String {
        path(FRAME, join, points.iter().copied())
    }

    #[test]
    fn a_line_fills_the_box() {
        assert_eq!(draw(Join::Line, &[(0.0, 1.0), (5.0, 2.0), (10.0, 3.0)]), "M0.0 21.0L50.0 11.0L100.0 1.0");
    }

    #[test]
    fn a_step_holds_its_value() {
        assert_eq!(draw(Join::Step, &[(0.0, 0.0), (5.0, 1.0), (10.0, 1.0)]), "M0.0 21.0H50.0V1.0H100.0");
    }

    #[test]
    fn what_never_changes_runs_along_the_middle() {
        assert_eq!(draw(Join::Line, &[(0.0, 7.0), (10.0, 7.0)]), "M0.0 11.0L100.0 11.0");
    }

    #[test]
    fn a_gap_breaks_the_line_and_a_lonely_point_is_a_dot() {
        let points = [(0.0, 0.0), (2.0, f64::NAN), (5.0, 1.0), (6.0, f64::NAN), (8.0, 0.0), (10.0, 1.0)];
        assert_eq!(draw(Join::Line, &points), "M0.0 21.0h0M50.0 1.0h0M80.0 21.0L100.0 1.0");
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(draw(Join::Line, &[]), "");
        assert_eq!(draw(Join::Line, &[(1.0, f64::NAN), (2.0, f64::INFINITY)]), "");
    }

    #[test]
    fn the_greatest_numbers_stay_in_the_box() {
        assert_eq!(draw(Join::Line, &[(0.0, f64::MIN), (10.0, f64::MAX)]), "M0.0 21.0L100.0 1.0");
    }

    #[test]
    fn the_extent_leaves_out_what_is_not_finite() {
        assert_eq!(extent([f64::NAN, 2.0, f64::INFINITY, -1.0].into_iter()), Some((-1.0, 2.0)));
        assert_eq!(extent([f64::NAN].into_iter()), None);
    }
}
