//! What the mast puts on the wire.
//!
//! Each binary frame has 25 bytes, the lowest byte of a number first:
//!
//! | at | what | |
//! |---|---|---|
//! | 0 | `u16` | sequence number; wraps |
//! | 2 | `u8` | flags: bit 0 heater, bit 1 battery low, bit 2 rain |
//! | 3 | `i16` | temperature, 0.01 °C; −32768: the sensor is broken |
//! | 5 | `u16` | relative humidity, 0.01 % |
//! | 7 | `u32` | air pressure, Pa |
//! | 11 | `f32` | wind speed, m/s |
//! | 15 | `u16` | wind direction, degrees |
//! | 17 | 4 × `u16` | gusts, 0.01 m/s |
//!
//! Everything else is JSON in text frames: a hello, answers, refusals.

use serde_json::Value;

use super::mast::{Status, Weather};
use crate::protocol::Frame;
use crate::protocol::faults::{LONG_GARBAGE, chance_text};
use crate::protocol::random::Random;

/// So many readings are in a binary frame.
pub const READINGS_IN_A_FRAME: f64 = 9.0;
/// So many bytes are.
pub const FRAME_BYTES: usize = 25;
/// What a temperature sensor says that is broken.
const BROKEN: i16 = i16::MIN;

/// What the mast says first.
pub(super) const HELLO: &str = r#"{"hello":"mast","model":"WM-4","serial":"0417","firmware":"2.4.1"}"#;

/// A binary frame.
pub(super) fn weather(sequence: u16, weather: &Weather, is_broken: bool, big_endian: bool) -> Vec<u8> {
    let mut frame = Vec::with_capacity(FRAME_BYTES);
    let mut put = |bytes: &mut [u8]| {
        if big_endian {
            bytes.reverse();
        }
        frame.extend_from_slice(bytes);
    };
    let flags = [weather.is_heated, weather.is_battery_low, weather.is_raining];
    let flags = flags.iter().rev().fold(0, |bits, on| bits << 1 | u8::from(*on));
    let temperature = if is_broken { BROKEN } else { (weather.temperature * 100.0).round() as i16 };
    put(&mut sequence.to_le_bytes());
    put(&mut [flags]);
    put(&mut temperature.to_le_bytes());
    put(&mut hundredths(weather.humidity).to_le_bytes());
    put(&mut (weather.pressure.round() as u32).to_le_bytes());
    put(&mut (weather.wind as f32).to_le_bytes());
    put(&mut (weather.direction as u16).to_le_bytes());
    for gust in weather.gusts {
        put(&mut hundredths(gust).to_le_bytes());
    }
    frame
}

fn hundredths(number: f64) -> u16 {
    (number * 100.0).round() as u16
}

/// The answer to a command that was carried out.
pub(super) fn accepted(command: &str, id: &Value) -> String {
    ["{\"id\":", &id.to_string(), ",\"", command, "\":\"ok\"}"].concat()
}

/// The answer to one that was not.
pub(super) fn refusal(id: &Value, why: &str) -> String {
    ["{\"id\":", &id.to_string(), ",\"refused\":", &Value::from(why).to_string(), "}"].concat()
}

/// The answer to a ping.
pub(super) fn pong(id: &Value) -> String {
    ["{\"id\":", &id.to_string(), ",\"pong\":true}"].concat()
}

/// The answer to a question for the status.
pub(super) fn status(id: &Value, unix_millis: i64, status: &Status, numbers_as_text: bool) -> String {
    let quote = if numbers_as_text { "\"" } else { "" };
    [
        "{\"id\":",
        &id.to_string(),
        ",\"at_ms\":",
        &unix_millis.to_string(),
        ",\"status\":{\"supply\":",
        quote,
        &decimal(status.supply),
        quote,
        ",\"tilt\":",
        quote,
        &decimal(status.tilt),
        quote,
        ",\"uptime_s\":",
        &(status.uptime_secs as u64).to_string(),
        ",\"mode\":\"",
        status.mode,
        "\"}}",
    ]
    .concat()
}

/// A number of at least 0 with two decimals.
fn decimal(number: f64) -> String {
    let hundredths = (number * 100.0).round() as u64;
    let cents = (100 + hundredths % 100).to_string();
    [&(hundredths / 100).to_string(), ".", &cents[1..]].concat()
}

/// One frame that is no message, or one that nobody can make sense of; kinds take turns.
pub(super) fn garbage(number: usize, random: &mut Random) -> Frame {
    let text = match number % 10 {
        // Too short for a frame: a longer one would be read.
        0 => {
            let count = 1 + random.index(FRAME_BYTES - 2);
            return Frame::Binary((0..count).map(|_| random.next_u64() as u8).collect());
        }
        1 => r#"{"id":"half","status":{"supply":12."#.to_owned(),
        2 => "[1,2,{\"status\":5}]".to_owned(),
        3 => ["{\"id\":\"long\",\"status\":{\"supply\":", &"9".repeat(LONG_GARBAGE), "}}"].concat(),
        4 => "{\"id\":\"\0\",\0\"pong\":true}\0".to_owned(),
        5 => r#"{"id":"\ud800 lone","status":{"mode":"\udfff","supply":{"not":"a number"}}}"#.to_owned(),
        6 => r#"{"id":"nobody asked this","pong":true}"#.to_owned(),
        7 => "[".repeat(500),
        8 => "   \t ".to_owned(),
        _ => chance_text(random),
    };
    Frame::Text(text)
}
