//! Times as oneM2M writes them: `20261120T201707,901206`, UTC without a zone, and durations of ISO 8601.

use std::time::Duration;

use crate::model::time::Timestamp;
use crate::model::{calendar, number};

const SECS_OF_DAY: i64 = 86_400;
const MICROS_OF_SEC: i64 = 1_000_000;
/// The longest duration that is taken: 31 years, and no arithmetic overflows.
const LONGEST_SECS: f64 = 1e9;

/// Writes a time with all six digits after the comma.
pub(super) fn write(time: Timestamp) -> String {
    let (secs, micros) = (time.0.div_euclid(MICROS_OF_SEC), time.0.rem_euclid(MICROS_OF_SEC));
    let (days, second) = (secs.div_euclid(SECS_OF_DAY), secs.rem_euclid(SECS_OF_DAY));
    let (year, month, day) = calendar::date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02},{micros:06}")
}

/// Reads a time with none to six digits after the comma.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once(',').unwrap_or((text, ""));
    let bytes = whole.as_bytes();
    if bytes.len() != 15 || bytes[8] != b'T' || fraction.len() > 6 || text.ends_with(',') {
        return None;
    }
    let year = digits(&bytes[..4])?;
    let [month, day] = [4, 6].map(|at| digits(&bytes[at..at + 2]));
    let [hour, minute, second] = [9, 11, 13].map(|at| digits(&bytes[at..at + 2]));
    let (month, day, hour, minute, second) = (month?, day?, hour?, minute?, second?);
    let days = calendar::day_number(year, month, day)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros = digits(fraction.as_bytes())?;
    for _ in fraction.len()..6 {
        micros *= 10;
    }
    let secs = days * SECS_OF_DAY + hour * 3600 + minute * 60 + second;
    Some(Timestamp(secs * MICROS_OF_SEC + micros))
}

/// Reads a duration of days, hours, minutes and seconds: `PT2S`, `PT0.5S`, `P1DT12H`.
pub(super) fn read_duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('P')?;
    let (mut secs, mut of_time, mut any) = (0.0, false, false);
    while !rest.is_empty() {
        if !of_time && let Some(time) = rest.strip_prefix('T') {
            (of_time, rest) = (true, time);
            continue;
        }
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.')?;
        let factor = match (of_time, rest.as_bytes()[end]) {
            (false, b'D') => 86_400.0,
            (true, b'H') => 3600.0,
            (true, b'M') => 60.0,
            (true, b'S') => 1.0,
            _ => return None,
        };
        secs += number::parse(&rest[..end])? * factor;
        rest = &rest[end + 1..];
        any = true;
    }
    (any && secs <= LONGEST_SECS).then(|| Duration::from_secs_f64(secs))
}

/// A time that is so much later.
pub(super) fn after(time: Timestamp, secs: f64) -> Timestamp {
    Timestamp(time.0.saturating_add((secs * 1e6) as i64))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    let mut number = 0;
    for byte in bytes {
        number = number * 10 + i64::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_and_read_back() {
        for (micros, text) in [
            (0, "19700101T000000,000000"),
            (1_795_205_827_901_206, "20261120T201707,901206"),
            (1_709_164_800_000_000, "20240229T000000,000000"),
            (-1, "19691231T235959,999999"),
        ] {
            assert_eq!(write(Timestamp(micros)), text);
            assert_eq!(read(text), Some(Timestamp(micros)), "{text}");
        }
        assert_eq!(read("20261120T201707"), Some(Timestamp(1_795_205_827_000_000)));
        assert_eq!(read("20261120T201707,5"), Some(Timestamp(1_795_205_827_500_000)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "20261120T999999",
            "20261120T201707,",
            "20261120T201707,1234567",
            "20230229T000000",
            "20261320T000000",
            "20260020T000000",
            "2026112 T000000",
            "20261120T2017ü",
            "PT2S",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_those_of_iso_8601() {
        for (text, secs) in [("PT2S", 2.0), ("PT0.5S", 0.5), ("PT1M30S", 90.0), ("P1DT1H", 90_000.0)] {
            assert_eq!(read_duration(text), Some(Duration::from_secs_f64(secs)), "{text}");
        }
        for text in ["", "P", "PT", "2", "PT2", "PTS", "P2S", "PT-2S", "PT9e9S", "PT99999999999S", "PT1.2.3S"]
        {
            assert_eq!(read_duration(text), None, "{text}");
        }
    }
}
