//! What may be written to a channel at present: the limits of its type, narrowed by the values of other channels.

use super::catalog::LimitSource;
use super::datatype::DataType;
use super::value::Value;

/// The smallest and the greatest number that may be written, as far as they are known. Both are finite.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    min: Option<f64>,
    max: Option<f64>,
}

impl Limits {
    /// Limits; what is not finite limits nothing.
    pub fn new(min: Option<f64>, max: Option<f64>) -> Self {
        let finite = |limit: Option<f64>| limit.filter(|limit| limit.is_finite());
        Self { min: finite(min), max: finite(max) }
    }

    /// The limits of a type; none for what is not a number.
    pub fn of_type(data_type: &DataType) -> Self {
        match data_type {
            DataType::Integer(integer) => {
                Self::new(integer.min.map(|min| min as f64), integer.max.map(|max| max as f64))
            }
            DataType::Number(number) => Self::new(number.min, number.max),
            DataType::Bool
            | DataType::Enum(_)
            | DataType::Text(_)
            | DataType::Bytes { .. }
            | DataType::Array { .. }
            | DataType::Tuple(_)
            | DataType::Record(_)
            | DataType::Matrix { .. }
            | DataType::Json => Self::default(),
        }
    }

    /// The limits that other channels hold at present. `value_of` looks up a channel by its index.
    pub fn of_source(source: LimitSource, value_of: impl Fn(usize) -> Option<Value>) -> Self {
        let number_of = |index: usize| value_of(index)?.as_number();
        match source {
            LimitSource::Pair(index) => {
                let pair = value_of(index).and_then(|pair| pair.as_numbers()).unwrap_or_default();
                match pair.as_slice() {
                    [min, max] => Self::new(Some(*min), Some(*max)),
                    _ => Self::default(),
                }
            }
            LimitSource::Separate { min, max } => Self::new(min.and_then(number_of), max.and_then(number_of)),
        }
    }

    /// The stricter of both at either end.
    #[must_use]
    pub fn narrowed_by(self, other: Self) -> Self {
        let stricter = |a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        Self { min: stricter(self.min, other.min, f64::max), max: stricter(self.max, other.max, f64::min) }
    }

    /// The smallest number that may be written.
    pub fn min(self) -> Option<f64> {
        self.min
    }

    /// The greatest number that may be written.
    pub fn max(self) -> Option<f64> {
        self.max
    }

    /// Both ends, as [`super::entry::check`] takes them.
    pub fn pair(self) -> (Option<f64>, Option<f64>) {
        (self.min, self.max)
    }

    /// Both ends, where there are both and they are apart: then the limits can be drawn as a bar.
    pub fn span(self) -> Option<(f64, f64)> {
        let (min, max) = (self.min?, self.max?);
        ((max - min).is_finite() && min < max).then_some((min, max))
    }

    /// Where a number stands between both ends, from 0 to 1; outside it stands at the nearer end. `None` where the
    /// limits cannot be drawn or the number has no place.
    pub fn fraction(self, number: f64) -> Option<f64> {
        let (min, max) = self.span()?;
        (!number.is_nan()).then(|| ((number - min) / (max - min)).clamp(0.0, 1.0))
    }
}

impl LimitSource {
    /// The indices of the channels that hold the limits.
    pub fn indices(self) -> impl Iterator<Item = usize> {
        let both = match self {
            Self::Pair(index) => [Some(index), None],
            Self::Separate { min, max } => [min, max],
        };
        both.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::datatype::{IntegerType, NumberType};

    fn limits(min: f64, max: f64) -> Limits {
        Limits::new(Some(min), Some(max))
    }

    #[test]
    fn types_have_limits_where_they_are_numbers() {
        let number = NumberType { min: Some(0.0), max: Some(f64::INFINITY), ..NumberType::default() };
        assert_eq!(Limits::of_type(&DataType::Number(number)), Limits::new(Some(0.0), None));
        let integer = IntegerType { min: Some(-3), max: Some(4), ..IntegerType::default() };
        assert_eq!(Limits::of_type(&DataType::Integer(integer)), limits(-3.0, 4.0));
        assert_eq!(Limits::of_type(&DataType::Json), Limits::default());
    }

    #[test]
    fn other_channels_hold_limits() {
        let values = [
            Value::Array(vec![Value::Number(0.0), Value::Integer(120)]),
            Value::Number(1.5),
            Value::Text("none".into()),
            Value::Number(f64::NAN),
        ];
        let of = |source| Limits::of_source(source, |index| values.get(index).cloned());
        assert_eq!(of(LimitSource::Pair(0)), limits(0.0, 120.0));
        assert_eq!(of(LimitSource::Pair(1)), Limits::default());
        assert_eq!(of(LimitSource::Separate { min: Some(1), max: None }), Limits::new(Some(1.5), None));
        assert_eq!(of(LimitSource::Separate { min: Some(2), max: Some(3) }), Limits::default());
        assert_eq!(of(LimitSource::Pair(99)), Limits::default());
        assert_eq!(LimitSource::Separate { min: None, max: Some(7) }.indices().collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn the_stricter_limit_holds_at_either_end() {
        let of_type = limits(0.0, 300.0);
        assert_eq!(of_type.narrowed_by(limits(-5.0, 120.0)), limits(0.0, 120.0));
        assert_eq!(of_type.narrowed_by(Limits::new(Some(3.0), None)), limits(3.0, 300.0));
        assert_eq!(Limits::default().narrowed_by(of_type), of_type);
    }

    #[test]
    fn numbers_have_a_place_between_the_limits() {
        assert_eq!(limits(0.0, 300.0).fraction(75.0), Some(0.25));
        assert_eq!(limits(0.0, 300.0).fraction(900.0), Some(1.0));
        assert_eq!(limits(0.0, 300.0).fraction(f64::NEG_INFINITY), Some(0.0));
        assert_eq!(limits(0.0, 300.0).fraction(f64::NAN), None);
        assert_eq!(limits(5.0, 5.0).fraction(5.0), None);
        assert_eq!(limits(-f64::MAX, f64::MAX).fraction(0.0), None);
        assert_eq!(Limits::new(Some(0.0), None).fraction(1.0), None);
    }
}
