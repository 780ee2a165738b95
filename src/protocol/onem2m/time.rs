//! Timestamps and durations of oneM2M (TS-0004, 6.3.3: `m2m:timestamp`, `xs:duration`).

use crate::model::calendar;
use crate::model::time::Timestamp;

/// Reads `YYYYMMDDThhmmss[,ffffff]`, UTC without a zone. A point instead of the comma and a `Z` behind it are
/// tolerated; digits beyond a microsecond are cut off. `None` where it is no point in time.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z').unwrap_or(text).split_once('T')?;
    let (clock, fraction) = time.split_once([',', '.']).unwrap_or((time, ""));
    // Cut by bytes below.
    if date.len() != 8 || clock.len() != 6 || !text.is_ascii() {
        return None;
    }
    let (year, month, day) = (digits(&date[..4])?, digits(&date[4..6])?, digits(&date[6..])?);
    let (hour, minute, second) = (digits(&clock[..2])?, digits(&clock[2..4])?, digits(&clock[4..])?);
    // A leap second has the number 60.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10
            + i64::from(fraction.as_bytes().get(place).copied().unwrap_or(b'0').checked_sub(b'0')?);
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = calendar::day_number(year, month, day)? * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp(seconds * 1_000_000 + micros))
}

/// Writes `YYYYMMDDThhmmss,ffffff`.
pub fn write(at: Timestamp) -> String {
    let (seconds, micros) = (at.0.div_euclid(1_000_000), at.0.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = calendar::date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02},{micros:06}")
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_a_comma_and_no_zone() {
        assert_eq!(parse("20261120T201707,901206"), Some(Timestamp(1_795_205_827_901_206)));
        assert_eq!(parse("20261120T201707"), Some(Timestamp(1_795_205_827_000_000)));
        assert_eq!(parse("20261120T201707,9"), Some(Timestamp(1_795_205_827_900_000)));
        assert_eq!(parse("20261120T201707.9Z"), Some(Timestamp(1_795_205_827_900_000)));
        assert_eq!(parse("19700101T000000"), Some(Timestamp(0)));
    }

    #[test]
    fn what_is_no_point_in_time_is_refused() {
        for text in [
            "",
            "T",
            "20261120T999999",
            "20261320T000000",
            "20260229T000000",
            "20261120",
            "2026-11-20T20:17:07",
            "20261120T2017",
            "20261120T201707,x",
            "+2261120T201707",
            "2026112éT20170",
            "20261120T201707,90120é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for day in (-800_000..800_000).step_by(97) {
            let at = Timestamp(day * 86_400_000_000 + 43_210_987_654);
            let text = write(at);
            if text.len() == 22 && !text.starts_with('-') {
                assert_eq!(parse(&text), Some(at), "{text}");
            }
        }
        assert_eq!(write(Timestamp(1_795_205_827_901_206)), "20261120T201707,901206");
    }
}
