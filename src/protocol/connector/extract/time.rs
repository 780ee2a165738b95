//! The source's own time, in the forms in which sources write it.

use super::super::definition::TAI_AHEAD_S;
use super::super::definition::json::{brief, text};
use super::super::definition::rule::{Time, TimeFormat};
use super::super::definition::source::At;
use crate::model::calendar;
use crate::model::json::Json;
use crate::model::number;
use crate::model::time::Timestamp;

/// When a node's reading was taken; `None` where the source does not say. The error says what stands there instead.
pub(super) fn taken(time: &Time, at: At<'_, '_, '_>) -> Result<Option<Timestamp>, String> {
    let found = time.source.json(at)?;
    let Some(json) = found.as_deref().filter(|json| **json != Json::Null) else { return Ok(None) };
    let nanos = match &time.nanos {
        Some(source) => source.number(at)?.unwrap_or_default(),
        None => 0.0,
    };
    let read = match time.format {
        TimeFormat::Rfc3339 => rfc3339(text(json).trim()),
        TimeFormat::Tai => tai(text(json).trim()),
        TimeFormat::Unix(per_second) => unix(json, per_second),
    };
    let micros = read.and_then(|at| at.0.checked_add((nanos / 1000.0) as i64));
    micros
        .map(|micros| Some(Timestamp(micros)))
        .ok_or_else(|| ["the time cannot be read: ", &brief(json)].concat())
}

/// A point in time (RFC 3339, 5.6). Without a zone it is UTC; a blank may stand for the T; digits beyond a microsecond
/// are cut off.
pub(super) fn rfc3339(text: &str) -> Option<Timestamp> {
    if !text.is_ascii() || text.len() < 19 {
        return None;
    }
    let (clock, rest) = text.split_at(19);
    let bytes = clock.as_bytes();
    let separators = [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16]];
    if !matches!(separators, [b'-', b'-', b'T' | b't' | b' ', b':', b':']) {
        return None;
    }
    let (year, month, day) = (digits(&clock[..4])?, digits(&clock[5..7])?, digits(&clock[8..10])?);
    let (hour, minute, second) = (digits(&clock[11..13])?, digits(&clock[14..16])?, digits(&clock[17..])?);
    // A leap second has the number 60.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (micros, zone) = fraction(rest)?;
    let days = calendar::day_number(year, month, day)?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
    Some(Timestamp(seconds * 1_000_000 + micros))
}

/// Microseconds behind a point (or a comma), and what follows.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = rest.split_at(count);
    let places = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = places.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'));
    (count > 0).then_some((micros, zone))
}

/// How far a zone is ahead of UTC, in seconds.
fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first() {
        None => return Some(0),
        Some(b'Z' | b'z') => return (zone.len() == 1).then_some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let clock = zone[1..].replace(':', "");
    let (hours, minutes) = match clock.len() {
        4 if zone.len() <= 6 => (digits(&clock[..2])?, digits(&clock[2..])?),
        2 => (digits(&clock)?, 0),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn unix(json: &Json<'_>, per_second: i128) -> Option<Timestamp> {
    let whole = match json {
        Json::Text(text) => text.trim().parse().ok(),
        Json::Integer(whole) => Some(*whole),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Huge(_) | Json::Array(_) | Json::Object(_) => {
            None
        }
    };
    if let Some(whole) = whole {
        let micros = whole.checked_mul(1_000_000)?.div_euclid(per_second);
        return i64::try_from(micros).ok().map(Timestamp);
    }
    let number = match json {
        Json::Text(text) => number::parse(text.trim())?,
        Json::Number(number) => *number,
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Huge(_) | Json::Array(_) | Json::Object(_) => {
            return None;
        }
    };
    Timestamp::from_unix_seconds(number / per_second as f64)
}

/// `seconds:nanoseconds` of International Atomic Time (AMWA IS-07, 3.3).
fn tai(text: &str) -> Option<Timestamp> {
    let (seconds, nanos) = text.split_once(':')?;
    let (seconds, nanos) = (digits(seconds)?, digits(nanos)?);
    if nanos >= 1_000_000_000 {
        return None;
    }
    (seconds - TAI_AHEAD_S).checked_mul(1_000_000)?.checked_add(nanos / 1000).map(Timestamp)
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_is_read_with_and_without_a_zone() {
        let at = 1_795_205_827_901_206;
        for (text, micros) in [
            ("2026-11-20T20:17:07.901206Z", at),
            ("2026-11-20T20:17:07.901206", at),
            ("2026-11-20 20:17:07,901206789z", at),
            ("2026-11-20t22:17:07.901206+02:00", at),
            ("2026-11-20T14:47:07.901206-0530", at),
            ("2026-11-20T21:17:07.901206+01", at),
            ("2026-11-20T20:17:07Z", at - 901_206),
            ("1969-12-31T23:59:59.5Z", -500_000),
        ] {
            assert_eq!(rfc3339(text), Some(Timestamp(micros)), "{text}");
        }
        for text in [
            "",
            "2026-11-20",
            "2026-11-20T20:17",
            "2026-02-29T00:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T20:17:07.Z",
            "2026-11-20T20:17:07+2",
            "2026-11-20T20:17:07ZZ",
            "2026-11-20T20:17:07+25:00",
            "2026-11-20T20:17:07 UTC",
            "+026-11-20T20:17:07",
            "2026-11-20T20:17:0é",
        ] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn atomic_time_is_37_seconds_ahead() {
        assert_eq!(tai("1531680501:280709600"), Some(Timestamp((1_531_680_501 - 37) * 1_000_000 + 280_709)));
        for text in ["", ":", "1:", "1:1000000000", "-1:0", "99999999999999999:0", "1.5:0"] {
            assert_eq!(tai(text), None, "{text}");
        }
    }
}
