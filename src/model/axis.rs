//! What readings are laid over that are not taken over time, in words: the places on an axis.

use super::catalog::Axis;
use super::display;
use super::format::{NumberFormat, NumberStyle};

/// Nine digits tell a millimetre in a borehole of a thousand kilometres.
const PLACE: NumberFormat = NumberFormat { style: NumberStyle::General, digits: 9 };
/// The longest name of an axis.
const NAME_CHARS: usize = 20;

impl Axis {
    /// Lines over both fit into one plot; `None` is time.
    pub fn fit(one: Option<&Self>, other: Option<&Self>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => {
                one.name == other.name && one.unit == other.unit && one.is_depth == other.is_depth
            }
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// Its name with its unit, as over a column: `MD (m)`.
    pub fn title(&self) -> String {
        let name = display::harmless(&self.name, NAME_CHARS);
        match self.unit() {
            unit if unit.is_empty() => name,
            unit => format!("{name} ({unit})"),
        }
    }

    /// A place, or how far it is from one to another, with its unit: `1,234.56 m`.
    pub fn length(&self, length: f64) -> String {
        format!("{} {}", number(length), self.unit()).trim_end().to_owned()
    }

    /// A place in a sentence: `1,234.56 m MD`.
    pub fn place(&self, place: f64) -> String {
        format!("{} {}", self.length(place), display::harmless(&self.name, NAME_CHARS)).trim_end().to_owned()
    }

    fn unit(&self) -> String {
        display::harmless(&self.unit, NAME_CHARS)
    }
}

/// A place alone, with separators: `1,234.56`.
pub fn number(place: f64) -> String {
    let text = PLACE.write(place.abs());
    let (whole, rest) = text.split_at(text.find(['.', 'e']).unwrap_or(text.len()));
    match whole.parse() {
        Ok(whole) => format!("{}{}{rest}", if place < 0.0 { "-" } else { "" }, display::count(whole)),
        Err(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(name: &str, unit: &str) -> Axis {
        Axis { name: name.to_owned(), unit: unit.to_owned(), ..Axis::default() }
    }

    #[test]
    fn places_have_separators_and_no_noise() {
        for (place, text) in [
            (1234.56, "1,234.56"),
            (-1_234.560_000_001, "-1,234.56"),
            (0.1 + 0.2, "0.3"),
            (0.0, "0"),
            (1e6, "1,000,000"),
            (1.5e12, "1.5e+12"),
            (1e-7, "1e-07"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(number(place), text, "{place}");
        }
    }

    #[test]
    fn what_is_not_named_is_left_out() {
        let all = |axis: &Axis| [axis.title(), axis.length(2.5), axis.place(2.5)];
        assert_eq!(all(&axis("MD", "m")), ["MD (m)", "2.5 m", "2.5 m MD"]);
        assert_eq!(all(&axis("index", "")), ["index", "2.5", "2.5 index"]);
        assert_eq!(all(&axis("", "")), ["", "2.5", "2.5"]);
        assert!(axis(&"x".repeat(99), "\n").title().chars().count() < 30);
    }

    #[test]
    fn lines_fit_together_over_the_same_axis() {
        let depth = axis("MD", "m");
        let up = Axis { decreasing: true, ..depth.clone() };
        assert!(Axis::fit(None, None) && Axis::fit(Some(&depth), Some(&up)));
        for other in [axis("TVD", "m"), axis("MD", "ft"), Axis { is_depth: true, ..depth.clone() }] {
            assert!(!Axis::fit(Some(&depth), Some(&other)));
        }
        assert!(!Axis::fit(None, Some(&depth)) && !Axis::fit(Some(&depth), None));
    }
}
