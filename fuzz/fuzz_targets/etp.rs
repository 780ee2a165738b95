//! ETP: frames of both versions, the data in them, and the JSON encoding. The input is a frame, the body of the message
//! that its first byte chooses, data, and a text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use porthole::protocol::etp::avro::{Avro as _, AvroError, AvroErrorKind, Reader, Writer};
use porthole::protocol::etp::header::MessageHeader;
use porthole::protocol::etp::json::{JsonCause, to_binary, to_json};
use porthole::protocol::etp::schema::Schema;
use porthole::protocol::etp::version::Version::{self, V11, V12};
use porthole::protocol::etp::{v11, v12};

fuzz_target!(|bytes: &[u8]| {
    for version in [V11, V12] {
        // A frame has its header with it, a body has the one of the message that is chosen.
        frame(version, bytes);
        if let Some((choice, body)) = bytes.split_first() {
            let schemas = schemas(version);
            let (protocol, message_type, ..) = schemas[usize::from(*choice) % schemas.len()];
            let mut writer =
                MessageHeader { protocol, message_type, message_id: 1, ..MessageHeader::default() }.writer();
            writer.raw(body);
            frame(version, &writer.into_bytes());
        }
        within(bytes, each(version, bytes).err());
        if let Ok(text) = str::from_utf8(bytes) {
            json(version, text);
        }
    }
});

type Schemas = &'static [(i32, i32, &'static str, &'static Schema)];

fn schemas(version: Version) -> Schemas {
    match version {
        V11 => v11::messages::Message::SCHEMAS,
        V12 => v12::messages::Message::SCHEMAS,
    }
}

fn within(bytes: &[u8], error: Option<AvroError>) {
    assert!(error.is_none_or(|error| error.offset <= bytes.len()), "{error:?}");
}

fn each(version: Version, bytes: &[u8]) -> Result<(), AvroError> {
    let mut reader = Reader::new(bytes);
    match version {
        V11 => v11::data::each(&mut reader, |item| assert!(item.indexes.len() <= 16)),
        V12 => v12::data::each(&mut reader, |item| assert!(item.indexes.len() <= 16)),
    }
}

/// A message, written again; what it means is told by its text, since NaN is not equal to itself.
fn read(
    version: Version,
    protocol: i32,
    kind: i32,
    reader: &mut Reader<'_>,
) -> Result<Option<(String, Vec<u8>)>, AvroError> {
    let mut writer = Writer::default();
    let shown = match version {
        V11 => v11::messages::Message::read(protocol, kind, reader)?.map(|message| {
            message.write(&mut writer);
            format!("{message:?}")
        }),
        V12 => v12::messages::Message::read(protocol, kind, reader)?.map(|message| {
            message.write(&mut writer);
            format!("{message:?}")
        }),
    };
    Ok(shown.map(|shown| (shown, writer.into_bytes())))
}

fn frame(version: Version, bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    let begun = MessageHeader::read(&mut reader).and_then(|header| {
        header.skip_extension(&mut reader)?;
        Ok(header)
    });
    let header = match begun {
        Ok(header) => header,
        Err(error) => return within(bytes, Some(error)),
    };
    let (protocol, kind) = (header.protocol, header.message_type);
    let body = &bytes[reader.offset()..];
    within(body, each(version, body).err());
    let mut skipping = reader.clone();
    match read(version, protocol, kind, &mut reader) {
        Ok(Some((shown, written))) => {
            let again = read(version, protocol, kind, &mut Reader::new(&written));
            assert_eq!(again, Ok(Some((shown, written))));
            let of = if kind >= 1000 { 0 } else { protocol };
            let (.., schema) = schemas(version)
                .iter()
                .find(|(protocol, message, ..)| (*protocol, *message) == (of, kind))
                .expect("it was read");
            assert_eq!(schema.skip(&mut skipping), Ok(()));
            assert_eq!(skipping.offset(), reader.offset());
        }
        Ok(None) => {}
        Err(error) => within(bytes, Some(error)),
    }
    match to_json(version, bytes) {
        Ok(text) => json(version, &text),
        Err(error) => assert!(matches!(
            error.cause,
            JsonCause::Compressed | JsonCause::Unknown(..) | JsonCause::Binary(_)
        )),
    }
}

/// What is read is written, and the same when it is read again.
fn json(version: Version, text: &str) {
    let Ok(bytes) = to_binary(version, text) else { return };
    match to_json(version, &bytes) {
        Ok(again) => assert_eq!(to_binary(version, &again), Ok(bytes)),
        Err(error) => assert!(
            matches!(
                error.cause,
                JsonCause::Unknown(..) | JsonCause::Binary(AvroError { kind: AvroErrorKind::Room, .. })
            ),
            "{error}"
        ),
    }
}
