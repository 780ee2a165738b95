//! How numbers are written.

/// A printf format with one number in it: `%.3f`, `%.6g`, `%.2e`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    /// Fixed, exponential or whichever is shorter.
    pub style: NumberStyle,
    /// Digits after the point (`f`, `e`) or significant digits (`g`), at most 17.
    pub digits: u8,
}

/// The conversion of a [`NumberFormat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberStyle {
    /// `%f`.
    Fixed,
    /// `%e`.
    Exponential,
    /// `%g`.
    General,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { style: NumberStyle::General, digits: 6 }
    }
}
