//! Digits become the same double as with the standard library, bit for bit, and doubles the same digits.

use porthole::model::format::{NumberFormat, NumberStyle, fixed, json, shortest};
use porthole::model::number::parse;
use proptest::prelude::*;

fn same(text: &str) -> Result<(), TestCaseError> {
    let expected = text.parse::<f64>().ok().map(f64::to_bits);
    prop_assert_eq!(parse(text).map(f64::to_bits), expected, "{}", text);
    Ok(())
}

/// Any finite double, all exponents equally often.
fn doubles() -> impl Strategy<Value = f64> {
    any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |number| number.is_finite())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_printed_is_read_again(number in doubles()) {
        same(&number.to_string())?;
        same(&format!("{number:e}"))?;
        same(&format!("{number:.16e}"))?;
        same(&format!("{number:.14e}"))?;
        same(&format!("{number:.3}"))?;
    }

    #[test]
    fn half_way_between_two_doubles_the_even_one_is_taken(bits in 0..f64::MAX.to_bits()) {
        // Exactly half way: the mean of two neighbours, written with all its digits.
        let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
        let (low, high) = (format!("{low:.1080}"), format!("{high:.1080}"));
        let half = mean(&low, &high);
        same(&half)?;
        same(&format!("{half}00000001"))?;
        same(&format!("{}4999999", &half[..half.len() - 1]))?;
    }

    #[test]
    fn digits_of_any_length_are_read(text in "[+-]?[0-9]{0,40}(\\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?") {
        same(&text)?;
    }

    #[test]
    fn very_long_ones_too(whole in "[0-9]{700,900}", fraction in "[0-9]{0,300}", exponent in -1300_i32..400) {
        same(&format!("{whole}.{fraction}e{exponent}"))?;
        same(&format!("0.{}{whole}e{exponent}", "0".repeat(fraction.len())))?;
    }

    #[test]
    fn near_the_smallest_and_the_largest_too(digits in 1_u64..u64::MAX, exponent in 300_i32..345) {
        same(&format!("{digits}e-{exponent}"))?;
        same(&format!("{digits}e{}", exponent - 20))?;
    }

    #[test]
    fn digits_are_written_as_the_standard_library_writes_them(number in doubles(), digits in 0..=17_u8) {
        let usual = f64::from_bits(number.to_bits() >> 4 | 0x3c << 56) * number.signum();
        for number in [number, usual, (usual * 1000.0).round() / 8.0] {
            let decimals = usize::from(digits);
            prop_assert_eq!(fixed(number, decimals), format!("{number:.decimals$}"));
            let exponential = NumberFormat { style: NumberStyle::Exponential, digits }.write(number);
            prop_assert_eq!(as_rust_writes_it(&exponential), format!("{number:.decimals$e}"));
            for text in [shortest(number), json(number)] {
                prop_assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(number.to_bits()));
                // Of two last digits that are equally near, either is right.
                prop_assert_eq!(significant_digits(&text), significant_digits(&format!("{number:e}")));
            }
        }
    }

    #[test]
    fn any_text_is_judged_alike(text in "[-+.eE0-9infaty]{0,8}") {
        // The sign of "not a number" means nothing.
        if !parse(&text).is_some_and(f64::is_nan) {
            same(&text)?;
        }
    }
}

/// Without what C adds to an exponent: a plus, and a zero before one digit.
fn as_rust_writes_it(text: &str) -> String {
    let (mantissa, exponent) = text.split_once('e').expect("an exponent");
    format!("{mantissa}e{}", exponent.parse::<i32>().expect("a number"))
}

fn significant_digits(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// Half the sum of two numbers written with equally many digits after the point; it may take one digit more.
fn mean(a: &str, b: &str) -> String {
    let width = a.len().max(b.len());
    let digits = |text: &str| format!("{text:0>width$}").into_bytes();
    let mut sum: Vec<u8> = Vec::new();
    let mut carry = 0;
    for (a, b) in digits(a).into_iter().zip(digits(b)).rev() {
        if a == b'.' {
            sum.push(b'.');
            continue;
        }
        let total = a - b'0' + (b - b'0') + carry;
        sum.push(total % 10);
        carry = total / 10;
    }
    sum.push(carry);
    let mut rest = 0;
    let mut text = String::new();
    for digit in sum.into_iter().rev() {
        if digit == b'.' {
            text.push('.');
            continue;
        }
        let dividend = rest * 10 + digit;
        text.push(char::from(b'0' + dividend / 2));
        rest = dividend % 2;
    }
    text.push(if rest == 1 { '5' } else { '0' });
    text
}
