//! Messages with their decoding (tests/data/etp/etp-vectors.jsonl, or the file that `PORTHOLE_ETP_VECTORS` names).

use porthole::model::hex;
use porthole::protocol::etp::avro::{Avro as _, Reader};
use porthole::protocol::etp::header::{COMPRESSED, MessageHeader};
use porthole::protocol::etp::{v11, v12};
use serde_json::Value as Json;

fn vectors() -> Vec<Json> {
    let text = match std::env::var("PORTHOLE_ETP_VECTORS") {
        Ok(path) => std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")),
        Err(_) => include_str!("data/etp/etp-vectors.jsonl").to_owned(),
    };
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn what_is_read_is_written_again_byte_for_byte() {
    for vector in vectors().iter().filter(|vector| vector["encoding"] == "binary") {
        let name = vector["name"].as_str().expect("a name");
        let bytes = hex::decode(vector["hex"].as_str().expect("hex")).expect("hex");
        let mut reader = Reader::new(&bytes);
        let header = MessageHeader::read(&mut reader).expect(name);
        if header.has(COMPRESSED) {
            continue;
        }
        header.skip_extension(&mut reader).expect(name);
        let start = reader.offset();
        let mut writer = porthole::protocol::etp::avro::Writer::default();
        if vector["version"] == "1.1" {
            let message = v11::messages::Message::read(header.protocol, header.message_type, &mut reader);
            message.expect(name).expect(name).write(&mut writer);
        } else {
            let message = v12::messages::Message::read(header.protocol, header.message_type, &mut reader);
            message.expect(name).expect(name).write(&mut writer);
        }
        assert_eq!(reader.left(), 0, "{name}");
        if !name.contains("blocks-negative") {
            assert_eq!(writer.into_bytes(), bytes[start..], "{name}");
        }
    }
}
