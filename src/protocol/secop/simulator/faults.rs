//! The garbage that a fault makes a node send, and the words of its errors.

use serde_json::Value;

use crate::protocol::Frame;
use crate::protocol::faults::{LONG_GARBAGE, chance_bytes, chance_text};
use crate::protocol::random::Random;

/// One frame that is no message; kinds take turns.
pub(super) fn garbage(number: usize, random: &mut Random) -> Frame {
    let text = match number % 12 {
        0 => return chance_bytes(random),
        1 => "update T_sample:value [4.21, {\"t\": 17".to_owned(),
        2 => "gossip T_sample:value [4.2]".to_owned(),
        3 => format!("update T_sample:value [{}]", "9".repeat(LONG_GARBAGE)),
        4 => "update \0:value [\0, {}]\0".to_owned(),
        5 => "update T_sample:value [\"\\ud800 lone\", {\"t\": \"\\udfff\"}]".to_owned(),
        6 => "update nowhere:value [1, {}]".to_owned(),
        7 => "update T_sample:value [{\"not\": [\"a number\"]}, {}]".to_owned(),
        8 => format!("update T_sample:status {}", "[".repeat(500)),
        9 => "update T_sample:value [1e999, {\"t\": -1e308, \"e\": \"wide\"}]".to_owned(),
        10 => "   \t ".to_owned(),
        _ => chance_text(random),
    };
    Frame::Text(text)
}

/// Words of an instrument whose sensor fails because [`crate::protocol::Fault::Error`] is on.
pub(super) const ERROR_TEXT: &str = "sensor disconnected (fault of the demo)";

/// The error report of the specification, `[class, text, {}]`.
pub(super) fn error_report(class: &str, text: &str) -> String {
    format!("[\"{class}\",{},{{}}]", Value::from(text))
}
