//! The garbage that a fault makes a server send.

use crate::protocol::Frame;
use crate::protocol::etp::avro::Avro as _;
use crate::protocol::etp::header::{COMPRESSED, EXTENSION, FINAL, MessageHeader};
use crate::protocol::faults::{LONG_GARBAGE, chance_bytes, chance_text};
use crate::protocol::random::Random;

/// One frame that is no message, or one that nobody can make sense of; kinds take turns.
pub(super) fn garbage(number: usize, random: &mut Random) -> Frame {
    match number % 10 {
        0 => chance_bytes(random),
        1 => Frame::Text(chance_text(random)),
        2 => Frame::Binary(Vec::new()),
        // Half a header.
        3 => Frame::Binary(vec![0x2a, 0x08, 0x80]),
        // Data that end in the middle of a value.
        4 => message(21, 4, FINAL, &[0x04, 0x02, 0x02, 0x02, 0x80, 0x80]),
        // More items than there can be.
        5 => message(1, 3, 0, &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
        6 => message(99, 77, FINAL, &[0; 16]),
        7 => message(0, 1000, FINAL | COMPRESSED | EXTENSION, &vec![0xff; LONG_GARBAGE]),
        // A number that never ends.
        8 => Frame::Binary(vec![0xff; 40]),
        _ => Frame::Text("[{\"protocol\":21,\"messageType\":4},{\"data\":[]}".to_owned()),
    }
}

fn message(protocol: i32, message_type: i32, message_flags: i32, body: &[u8]) -> Frame {
    let header = MessageHeader { protocol, message_type, correlation_id: 0, message_id: 3, message_flags };
    let mut writer = crate::protocol::etp::avro::Writer::default();
    header.write(&mut writer);
    writer.raw(body);
    Frame::Binary(writer.into_bytes())
}
