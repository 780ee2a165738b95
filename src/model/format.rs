//! How numbers are written: the printf formats that instruments ask for, with the results that C gives.

use super::decimal::Decimal;

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

impl NumberFormat {
    /// Reads the formats that SECoP allows: `%.`, digits, and one of `e`, `f`, `g`. More than 17 digits count as
    /// 17: a double has no more.
    pub fn parse(fmtstr: &str) -> Option<Self> {
        let rest = fmtstr.strip_prefix("%.")?;
        let style = match rest.chars().next_back()? {
            'f' => NumberStyle::Fixed,
            'e' => NumberStyle::Exponential,
            'g' => NumberStyle::General,
            _ => return None,
        };
        let digits = &rest[..rest.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // What does not fit into a u8 is certainly more than 17.
        Some(Self { style, digits: digits.parse().unwrap_or(MAX_DIGITS).min(MAX_DIGITS) })
    }

    /// Writes a number as C's printf does, and NaN and the infinities by name. `%f` of [`FIXED_LIMIT`] and more
    /// falls back to `%e`, so that the text stays short.
    pub fn write(self, number: f64) -> String {
        if number.is_nan() {
            return "NaN".into();
        }
        if number.is_infinite() {
            return if number > 0.0 { "Infinity".into() } else { "-Infinity".into() };
        }
        let digits = self.digits.min(MAX_DIGITS);
        match self.style {
            NumberStyle::Fixed if number.abs() < FIXED_LIMIT => fixed(number, digits.into()),
            NumberStyle::Fixed | NumberStyle::Exponential => {
                exponential(&Decimal::significant(number, digits + 1))
            }
            NumberStyle::General => general(number, digits.max(1)),
        }
    }
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { style: NumberStyle::General, digits: 6 }
    }
}

/// Writes a number with as many digits as it takes to read the same number back, and no more.
pub fn shortest(number: f64) -> String {
    if !number.is_finite() {
        return NumberFormat::default().write(number);
    }
    let size = number.abs();
    let decimal = Decimal::shortest(number);
    if size == 0.0 || (1e-5..FIXED_LIMIT).contains(&size) { decimal.plain() } else { exponential(&decimal) }
}

/// Writes a finite number as JSON: as [`shortest`], and with a point or an exponent, so that it is no whole number.
pub fn json(number: f64) -> String {
    let size = number.abs();
    let decimal = Decimal::shortest(number);
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        return format!("{}e{}", decimal.mantissa(), decimal.exponent());
    }
    let mut text = decimal.plain();
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

/// Writes a number with so many digits after the point.
pub fn fixed(number: f64, decimals: usize) -> String {
    if number.is_finite() { Decimal::fixed(number, decimals).plain() } else { shortest(number) }
}

/// How many digits after the point [`shortest`] would write without an exponent.
pub fn decimals_of(number: f64) -> usize {
    if number.is_finite() { Decimal::shortest(number).decimals() } else { 0 }
}

/// As C writes it: the exponent has a sign and at least two digits.
fn exponential(decimal: &Decimal) -> String {
    let exponent = decimal.exponent();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", decimal.mantissa(), exponent.unsigned_abs())
}

/// `%g`: the exponent after rounding decides (C17 7.21.6.1), and zeros at the end go.
fn general(number: f64, significant: u8) -> String {
    let rounded = Decimal::significant(number, significant).without_zeros();
    if (-4..i32::from(significant)).contains(&rounded.exponent()) {
        rounded.plain()
    } else {
        exponential(&rounded)
    }
}

/// No double needs more to be told from its neighbours.
const MAX_DIGITS: u8 = 17;

/// From here on `%f` is written as `%e`.
pub const FIXED_LIMIT: f64 = 1e15;

#[cfg(test)]
mod tests {
    use super::*;

    /// Results of printf of the GNU C library.
    #[test]
    fn numbers_are_written_as_c_writes_them() {
        for (format, number, text) in [
            ("%.3f", 1.5, "1.500"),
            ("%.0f", 0.5, "0"),
            ("%.0f", 1.5, "2"),
            ("%.0f", 2.5, "2"),
            ("%.2f", 2.675, "2.67"),
            ("%.1f", -0.04, "-0.0"),
            ("%.3f", -0.0, "-0.000"),
            ("%.1f", 0.25, "0.2"),
            ("%.2f", 123_456_789.125, "123456789.12"),
            ("%.1f", 999_999_999_999_999.0, "999999999999999.0"),
            ("%.2e", 2.1e-6, "2.10e-06"),
            ("%.0e", 12345.0, "1e+04"),
            ("%.3e", 0.0, "0.000e+00"),
            ("%.2e", 9.999e99, "1.00e+100"),
            ("%.2e", 1e-300, "1.00e-300"),
            ("%.3e", -1234.5, "-1.234e+03"),
            ("%.6g", 0.0, "0"),
            ("%.6g", -0.0, "-0"),
            ("%.6g", 100.0, "100"),
            ("%.6g", 300.123_456, "300.123"),
            ("%.6g", 1e5, "100000"),
            ("%.6g", 1e6, "1e+06"),
            ("%.6g", 999_999.5, "1e+06"),
            ("%.6g", 999_999.4, "999999"),
            ("%.6g", 1e-4, "0.0001"),
            ("%.6g", 1e-5, "1e-05"),
            ("%.6g", 9.999_999e-5, "0.0001"),
            ("%.6g", 2.1e-6, "2.1e-06"),
            ("%.3g", 1234.0, "1.23e+03"),
            ("%.0g", 1234.0, "1e+03"),
            ("%.1g", 0.15, "0.1"),
            ("%.17g", 0.1, "0.10000000000000001"),
            ("%.6g", 1e300, "1e+300"),
            ("%.6g", -273.15, "-273.15"),
        ] {
            let format = NumberFormat::parse(format).expect("a valid format");
            assert_eq!(format.write(number), text, "{format:?} of {number:e}");
        }
    }

    #[test]
    fn a_huge_number_stays_short() {
        let format = NumberFormat::parse("%.3f").expect("a valid format");
        assert_eq!(format.write(1e15), "1.000e+15");
        assert_eq!(format.write(-1.7e308), "-1.700e+308");
    }

    #[test]
    fn what_is_no_number_is_written_by_name() {
        for format in ["%.3f", "%.3e", "%.3g"] {
            let format = NumberFormat::parse(format).expect("a valid format");
            assert_eq!(format.write(f64::NAN), "NaN");
            assert_eq!(format.write(f64::INFINITY), "Infinity");
            assert_eq!(format.write(f64::NEG_INFINITY), "-Infinity");
        }
    }

    #[test]
    fn only_secops_formats_are_read() {
        assert_eq!(NumberFormat::parse("%.3f"), Some(NumberFormat { style: NumberStyle::Fixed, digits: 3 }));
        assert_eq!(NumberFormat::parse("%.12e").map(|format| format.digits), Some(12));
        for many in ["%.18g", "%.255g", "%.99999999999999999999g"] {
            assert_eq!(NumberFormat::parse(many).map(|format| format.digits), Some(17), "{many}");
        }
        for wrong in ["", "%", "%f", "%.f", "%3f", "%.3", "%.3d", "%.+3f", "%.3fx", " %.3f", "%.3ü", "%.-1f"]
        {
            assert_eq!(NumberFormat::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_shortest_text_reads_back() {
        for (number, text) in [
            (0.1, "0.1"),
            (300.0, "300"),
            (1e15, "1e+15"),
            (2.1e-6, "2.1e-06"),
            (-0.0, "-0"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(shortest(number), text);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(number.to_bits()));
        }
    }
}
