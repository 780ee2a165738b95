//! Timestamps and durations of oneM2M (TS-0004, 6.3.3: `m2m:timestamp`, `xs:duration`).

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
    let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 60 {
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
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp(seconds * 1_000_000 + micros))
}

/// Writes `YYYYMMDDThhmmss,ffffff`.
pub fn write(at: Timestamp) -> String {
    let (seconds, micros) = (at.0.div_euclid(1_000_000), at.0.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02},{micros:06}")
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before a year, in the proleptic Gregorian calendar, from its year 0 on.
fn days_before(year: i64) -> i64 {
    let last = year - 1;
    year * 365 + last.div_euclid(4) - last.div_euclid(100) + last.div_euclid(400) + 1
}

fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    days_before(year) - days_before(1970) + months + day - 1
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let since_year_0 = days + days_before(1970);
    // 146,097 days are 400 years.
    let mut year = since_year_0 * 400 / 146_097;
    while days_before(year + 1) <= since_year_0 {
        year += 1;
    }
    while days_before(year) > since_year_0 {
        year -= 1;
    }
    let mut day = since_year_0 - days_before(year);
    let mut month = 1;
    while day >= days_in(year, month) {
        day -= days_in(year, month);
        month += 1;
    }
    (year, month, day + 1)
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
