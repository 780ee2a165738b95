//! From decimal digits to the nearest double.
//!
//! The grammar and the results are those of `str::parse::<f64>`, which brings a table of 10 kB with it: a page is
//! paid for by the byte. Most numbers take one multiplication; the others, whole numbers of any length.
#![expect(clippy::cast_possible_wrap, reason = "no text is so long that its length does not fit")]

use super::whole::Whole;

/// Reads a number: the nearest double, of two equally near the even one; infinity beyond the largest. `inf` and
/// `nan` are read too. `None` for what is no number.
pub fn parse(text: &str) -> Option<f64> {
    let (negative, text) = signed(text);
    let magnitude = match text.as_bytes().first()? {
        b'0'..=b'9' | b'.' => decimal(text)?,
        _ if text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("infinity") => f64::INFINITY,
        _ if text.eq_ignore_ascii_case("nan") => f64::NAN,
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// e to the power of a number, right to 14 digits; 0 below 1e-307. Without the table of 4 kB that `f64::exp` brings.
pub fn exp(number: f64) -> f64 {
    // exp(x) = 2^k * exp(r), with r so small that its series is short.
    let k = (number.clamp(-800.0, 800.0) * std::f64::consts::LOG2_E).round();
    let r = number.clamp(-800.0, 800.0) - k * std::f64::consts::LN_2;
    let series = (1..=14).rev().fold(1.0, |sum, n| 1.0 + sum * r / f64::from(n));
    series * 2_f64.powi(k as i32)
}

/// Splits off a sign; whether it is a minus.
fn signed(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Reads digits with an optional point and exponent.
fn decimal(text: &str) -> Option<f64> {
    let (mantissa, mut exponent) = match text.bytes().position(|byte| byte == b'e' || byte == b'E') {
        Some(at) => (&text[..at], exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    // The significant digits: without a point, and without zeros before them.
    let mut digits: Vec<u8> = Vec::with_capacity(mantissa.len());
    let (mut any, mut point) = (false, false);
    for byte in mantissa.bytes() {
        match byte {
            b'0'..=b'9' => {
                any = true;
                exponent -= i64::from(point);
                if byte != b'0' || !digits.is_empty() {
                    digits.push(byte - b'0');
                }
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    any.then(|| nearest(digits, exponent))
}

/// Reads an exponent. One that is beyond all reason counts as a large one.
fn exponent(text: &str) -> Option<i64> {
    let (negative, text) = signed(text);
    let mut exponent: i64 = 0;
    for byte in text.bytes() {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        exponent = (exponent * 10 + i64::from(digit)).min(1 << 50);
    }
    (!text.is_empty()).then_some(if negative { -exponent } else { exponent })
}

/// The double nearest to `digits` × 10^`exponent`. The first digit is not 0.
fn nearest(mut digits: Vec<u8>, mut exponent: i64) -> f64 {
    let places = exponent + digits.len() as i64;
    if digits.is_empty() || places < LEAST_PLACES {
        return 0.0;
    }
    if places > MOST_PLACES {
        return f64::INFINITY;
    }
    if digits.len() <= EXACT_DIGITS && exponent.abs() <= EXACT_POWER {
        // Both are exact as doubles, so there is but one rounding.
        let whole = digits.iter().fold(0.0, |whole, digit| whole * 10.0 + f64::from(*digit));
        let power = (0..exponent.abs()).fold(1.0, |power, _| power * 10.0);
        return if exponent < 0 { whole / power } else { whole * power };
    }
    if digits.len() > DECISIVE_DIGITS {
        exponent += (digits.len() - DECISIVE_DIGITS) as i64;
        let more = digits.drain(DECISIVE_DIGITS..).any(|digit| digit != 0);
        // What is cut off can only tell whether a number is exactly half way between two doubles.
        if more {
            digits.push(1);
            exponent -= 1;
        }
    }
    let mut whole = Whole::default();
    for digit in digits {
        whole.multiply_and_add(10, digit.into());
    }
    for _ in 0..exponent {
        whole.multiply_and_add(10, 0);
    }
    // Room for 64 bits of quotient: a division by 10 takes less than 10 / 3 bits.
    let divisions = (-exponent).max(0) as usize;
    let shift = (divisions * 10 / 3 + 64).div_ceil(32);
    whole.shift(shift);
    let mut inexact = false;
    for _ in 0..divisions {
        inexact |= whole.divide(10) != 0;
    }
    rounded(&whole, -32 * shift as i64, inexact)
}

/// The double nearest to `whole` × 2^`exponent`, and a little more if `inexact`. `whole` has 64 bits at least.
fn rounded(whole: &Whole, mut exponent: i64, mut inexact: bool) -> f64 {
    // The highest 64 bits of 96, the first of them set.
    let (low, high) = whole.highest(3);
    inexact |= low.iter().any(|limb| *limb != 0);
    let high = high.iter().rev().fold(0_u128, |bits, limb| bits << 32 | u128::from(*limb));
    exponent += 32 * low.len() as i64 + 127 - i64::from(high.leading_zeros());
    let bits = high << high.leading_zeros();
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // So many of these bits belong to the double; fewer below the smallest normal number.
    let biased = (exponent + 1023).max(1);
    let kept = 53 - (biased - exponent - 1023);
    if kept < 0 {
        return 0.0;
    }
    let mantissa = if kept == 0 { 0 } else { (bits >> (128 - kept)) as u64 };
    let rest = bits << kept;
    let half = 1 << 127;
    let up = rest > half || rest == half && (inexact || mantissa & 1 == 1);
    // A carry out of the mantissa makes the next exponent, at last infinity.
    f64::from_bits((((biased - 1) as u64) << 52) + mantissa + u64::from(up))
}

/// Any number of so many digits is exact as a double.
const EXACT_DIGITS: usize = 15;
/// 10 to this power is, too.
const EXACT_POWER: i64 = 22;
/// More digits before the point than this are beyond the largest double,
const MOST_PLACES: i64 = 309;
/// and with so many zeros after the point a number is below half of the smallest one.
const LEAST_PLACES: i64 = -323;
/// Half way between two doubles there are no numbers with more digits than 767.
const DECISIVE_DIGITS: usize = 768;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "+", "-", ".", "e5", ".e5", "1e", "1e+", "1.2.3", "--1", "1 ", "0x1", "1_0", "infin", "−1"]
        {
            assert_eq!(parse(text), None, "{text:?}");
            assert!(text.parse::<f64>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_edges_are_those_of_the_standard_library() {
        for text in [
            "0",
            "-0",
            "+1",
            "5.",
            ".5",
            "1E5",
            "1e-5",
            "inf",
            "-Infinity",
            "00012.500",
            "0e999999999999999999999",
            "1e999999999999999999999",
            "1e-999999999999999999999",
            "1e308",
            "1e309",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "9007199254740993",
            "9007199254740992.99999999999999999999",
            "123456789012345678901234567890",
            "0.000000000000000000000000000000000000000000000000000001",
            "179769313486231580793e289",
        ] {
            let expected = text.parse::<f64>().map(f64::to_bits).ok();
            assert_eq!(parse(text).map(f64::to_bits), expected, "{text}");
        }
        assert!(parse("-NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn exp_is_right_to_fourteen_digits() {
        for step in -7080..=7090 {
            let number = f64::from(step) / 10.0;
            let (ours, theirs) = (exp(number), number.exp());
            assert!((ours - theirs).abs() <= 1e-13 * theirs.abs(), "exp({number}) = {ours}, not {theirs}");
        }
        assert_eq!((exp(0.0), exp(f64::NEG_INFINITY), exp(f64::INFINITY)), (1.0, 0.0, f64::INFINITY));
        assert!(exp(f64::NAN).is_nan());
    }
}
