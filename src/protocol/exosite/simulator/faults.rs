//! The garbage that a fault makes the service send, and what a broken sensor says.

use crate::protocol::Frame;
use crate::protocol::faults::{LONG_GARBAGE, chance_bytes, chance_text};
use crate::protocol::random::Random;

/// What a sensor writes that fails because [`crate::protocol::Fault::Error`] is on, where a number belongs.
pub(super) const ERROR_TEXT: &str = "sensor fault";

/// One frame that is no answer, or one that nobody can make sense of; kinds take turns.
pub(super) fn garbage(number: usize, random: &mut Random) -> Frame {
    let text = match number % 14 {
        0 => return chance_bytes(random),
        1 => r#"[{"id":3,"status":"ok","result":[[1376709527,64.2],[13767"#.to_owned(),
        2 => r#"[7,null,"ok",[[]],{"id":{"id":1}}]"#.to_owned(),
        3 => format!(r#"[{{"id":"long","status":"ok","result":"{}"}}]"#, "9".repeat(LONG_GARBAGE)),
        4 => "[{\"id\":1,\0\"status\":\"\0\"}]\0".to_owned(),
        5 => r#"[{"id":"\ud800","status":"\udfff","result":[1,"\ud800 lone"]}]"#.to_owned(),
        6 => r#"[{"id":"nobody asked this","status":"ok","result":[1376709527,64.2]}]"#.to_owned(),
        7 => r#"[{"status":"ok","result":[1376709527,64.2]},{"id":null},{}]"#.to_owned(),
        8 => format!(r#"[{{"id":1,"result":{}"#, "[".repeat(500)),
        9 => r#"[{"id":1e400,"status":5,"result":[1e999,-0,null,[1]]}]"#.to_owned(),
        10 => "   \t ".to_owned(),
        11 => "[]".to_owned(),
        12 => r#"{"error":{"code":500,"message":"Internal error"}}"#.to_owned(),
        _ => chance_text(random),
    };
    Frame::Text(text)
}
