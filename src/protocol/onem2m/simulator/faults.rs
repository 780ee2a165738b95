//! The garbage that a fault makes the CSE send, and other figures of its faults.

use crate::protocol::Frame;
use crate::protocol::faults::{LONG_GARBAGE, chance_bytes, chance_text};
use crate::protocol::random::Random;

/// Instances a second under [`super::Quirks::flood`].
pub(super) const FLOOD_RATE: f64 = 1000.0;
/// What a sensor says that fails because [`crate::protocol::Fault::Error`] is on.
pub(super) const ERROR_TEXT: &str = "sensor fault";

/// One frame that is no primitive, or one that nobody can make sense of; kinds take turns.
pub(super) fn garbage(number: usize, random: &mut Random) -> Frame {
    let text = match number % 12 {
        0 => return chance_bytes(random),
        1 => r#"{"fr":"/id-in","to":"Cporthole","op":5,"rqi":"half","pc":{"m2m:sgn":{"nev":{"net"#.to_owned(),
        2 => r#"[1,2,{"op":5}]"#.to_owned(),
        3 => format!(
            r#"{{"rsc":2000,"rqi":"long","rvi":"4","pc":{{"m2m:cin":{{"con":"{}"}}}}}}"#,
            "9".repeat(LONG_GARBAGE)
        ),
        4 => "{\"op\":5,\0\"rqi\":\"\0\"}\0".to_owned(),
        5 => r#"{"op":5,"rqi":"\ud800 lone","rvi":"4","to":"\udfff","pc":{"m2m:sgn":{"sur":"\ud800"}}}"#
            .to_owned(),
        6 => r#"{"rsc":2000,"rqi":"nobody asked this","rvi":"4","pc":{"m2m:cb":{}}}"#.to_owned(),
        7 => r#"{"op":5,"rqi":"shapes","rvi":"4","pc":{"m2m:sgn":[{"nev":"net"},7,null],"m2m:agn":4}}"#
            .to_owned(),
        8 => format!(r#"{{"rsc":2000,"pc":{}"#, "[".repeat(500)),
        9 => r#"{"rsc":1e999,"rqi":-0,"rvi":4,"op":"five","ot":"20269999T996199","pc":"1e400"}"#.to_owned(),
        10 => "   \t ".to_owned(),
        _ => chance_text(random),
    };
    Frame::Text(text)
}
