//! From doubles to decimal digits, exactly.
//!
//! The standard library's routines for this weigh 18 kB, and are left out of the page as long as nothing in it
//! writes a double by `{}`. The digits here are the same, but for the last of the shortest ones where two are equally
//! near.
#![expect(clippy::cast_possible_wrap, reason = "no double has so many digits that their number does not fit")]

use std::f64::consts::LOG10_2;

use super::whole::Whole;

/// A finite number as decimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    /// So many digits stand before the point; there are more zeros behind it if that is negative.
    point: i32,
}

impl Decimal {
    /// Rounded to `decimals` digits after the point.
    pub(super) fn fixed(number: f64, decimals: usize) -> Self {
        let digits = scaled(number, decimals as i32);
        // There is a digit before the point, and as many as were asked for after it.
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let point = digits.len() as i32 - decimals as i32;
        Self { negative: number.is_sign_negative(), digits, point }
    }

    /// Rounded to `count` digits; at least one.
    pub(super) fn significant(number: f64, count: u8) -> Self {
        let (negative, count) = (number.is_sign_negative(), i32::from(count));
        if number == 0.0 {
            return Self { negative, digits: "0".repeat(count as usize), point: 1 };
        }
        // From the highest power of two in the number follows the power of ten, or the one below.
        let (mantissa, exponent) = parts(number);
        let highest = exponent + 63 - mantissa.leading_zeros() as i32;
        let mut point = (f64::from(highest) * LOG10_2).floor() as i32 + 1;
        loop {
            let digits = scaled(number, count - point);
            if digits.len() as i32 <= count {
                return Self { negative, digits, point };
            }
            point += 1;
        }
    }

    /// As few digits as it takes to read the same number back.
    pub(super) fn shortest(number: f64) -> Self {
        let text = serde_json::Value::from(number.abs()).to_string();
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let zeros = (all.len() - digits.len()) as i32;
        let (digits, point) = match digits.trim_end_matches('0') {
            "" => ("0", 1),
            digits => (digits, whole.len() as i32 - zeros + exponent),
        };
        Self { negative: number.is_sign_negative(), digits: digits.to_owned(), point }
    }

    /// The exponent if one digit stands before the point.
    pub(super) fn exponent(&self) -> i32 {
        self.point - 1
    }

    /// How many digits stand after the point.
    pub(super) fn decimals(&self) -> usize {
        (self.digits.len() as i32 - self.point).max(0) as usize
    }

    /// Leaves out zeros at the end of a fraction.
    pub(super) fn without_zeros(mut self) -> Self {
        let kept = self.digits.trim_end_matches('0').len().max(1);
        self.digits.truncate(kept);
        self
    }

    /// Without an exponent: `-0.05`, `1200`.
    pub(super) fn plain(&self) -> String {
        let point = self.point.max(0) as usize;
        let mut text = self.sign().to_owned();
        let (whole, fraction) = self.digits.split_at(point.min(self.digits.len()));
        text.push_str(if whole.is_empty() { "0" } else { whole });
        text.extend(std::iter::repeat_n('0', point.saturating_sub(self.digits.len())));
        if !fraction.is_empty() {
            text.push('.');
            text.extend(std::iter::repeat_n('0', self.point.min(0).unsigned_abs() as usize));
            text.push_str(fraction);
        }
        text
    }

    /// One digit, the others after the point; to go before an exponent.
    pub(super) fn mantissa(&self) -> String {
        let (first, others) = self.digits.split_at(1);
        let point = if others.is_empty() { "" } else { "." };
        [self.sign(), first, point, others].concat()
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }
}

/// The digits of |`number`| × 10^`decimals`, rounded to a whole number: of two equally near to the even one.
fn scaled(number: f64, decimals: i32) -> String {
    let (mantissa, exponent) = parts(number);
    let mut whole = Whole::default();
    whole.multiply_and_add(1, (mantissa >> 32) as u32);
    whole.shift(1);
    whole.multiply_and_add(1, mantissa as u32);
    for _ in 0..decimals {
        whole.multiply_and_add(10, 0);
    }
    // One bit more, to round by.
    for _ in 0..=exponent {
        whole.multiply_and_add(2, 0);
    }
    let mut inexact = false;
    for _ in decimals..0 {
        inexact |= whole.divide(10) != 0;
    }
    let mut surplus = (-1 - exponent).max(0);
    while surplus > 0 {
        let bits = surplus.min(31);
        inexact |= whole.divide(1 << bits) != 0;
        surplus -= bits;
    }
    let half = whole.divide(2) == 1;
    if half && (inexact || whole.is_odd()) {
        whole.multiply_and_add(1, 1);
    }
    let mut digits = Vec::new();
    while !whole.is_zero() {
        digits.push(char::from(b'0' + whole.divide(10) as u8));
    }
    digits.into_iter().rev().collect()
}

/// |`number`| as a whole number × 2^exponent.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.abs().to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}
