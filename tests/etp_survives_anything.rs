//! ETP's codec under arbitrary and damaged bytes: it never panics, an error has its place, and nothing small becomes large.

mod util;

use std::time::{Duration, Instant};

use porthole::protocol::etp::avro::{Avro as _, AvroError, AvroErrorKind, Reader, Writer};
use porthole::protocol::etp::header::MessageHeader;
use porthole::protocol::etp::schema::Schema;
use porthole::protocol::etp::version::Version;
use porthole::protocol::etp::{v11, v12};
use proptest::prelude::*;
use util::etp_vectors::{Vector, binary_vectors};

/// Larger frames do not get to a session.
const FRAME: usize = 16 << 20;

type Messages = &'static [(i32, i32, &'static str, &'static Schema)];

const VERSIONS: [(Version, Messages); 2] =
    [(Version::V11, v11::messages::Message::SCHEMAS), (Version::V12, v12::messages::Message::SCHEMAS)];

/// Reads a body; what is read is written and read again.
fn read(version: Version, protocol: i32, kind: i32, reader: &mut Reader<'_>) -> Result<(), AvroError> {
    let mut writer = Writer::default();
    match version {
        Version::V11 => {
            let Some(message) = v11::messages::Message::read(protocol, kind, reader)? else { return Ok(()) };
            message.write(&mut writer);
            let bytes = writer.into_bytes();
            let again = v11::messages::Message::read(protocol, kind, &mut Reader::new(&bytes));
            assert_eq!(format!("{again:?}"), format!("{:?}", Ok::<_, AvroError>(Some(message))));
        }
        Version::V12 => {
            let Some(message) = v12::messages::Message::read(protocol, kind, reader)? else { return Ok(()) };
            message.write(&mut writer);
            let bytes = writer.into_bytes();
            let again = v12::messages::Message::read(protocol, kind, &mut Reader::new(&bytes));
            assert_eq!(format!("{again:?}"), format!("{:?}", Ok::<_, AvroError>(Some(message))));
        }
    }
    Ok(())
}

/// Reads bytes as a message of each kind.
fn read_as_anything(bytes: &[u8]) {
    let within = |error: AvroError| assert!(error.offset <= bytes.len(), "{error}");
    for (version, messages) in VERSIONS {
        for (protocol, kind, name, schema) in messages {
            let (mut reader, mut skipping) = (Reader::new(bytes), Reader::new(bytes));
            let result = read(version, *protocol, *kind, &mut reader);
            // What is passed over is checked as what is read.
            assert_eq!(schema.skip(&mut skipping), result, "{name}");
            assert_eq!(skipping.offset(), reader.offset(), "{name}");
            result.err().into_iter().for_each(within);
        }
        each(version, bytes).err().into_iter().for_each(within);
        frame(version, bytes).err().into_iter().for_each(within);
    }
}

fn each(version: Version, bytes: &[u8]) -> Result<usize, AvroError> {
    let mut count = 0;
    let mut reader = Reader::new(bytes);
    match version {
        Version::V11 => v11::data::each(&mut reader, |_| count += 1)?,
        Version::V12 => v12::data::each(&mut reader, |_| count += 1)?,
    }
    Ok(count)
}

/// Reads a whole frame as a session does.
fn frame(version: Version, bytes: &[u8]) -> Result<(), AvroError> {
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader)?;
    header.skip_extension(&mut reader)?;
    read(version, header.protocol, header.message_type, &mut reader)
}

/// A golden frame, and what is done to it: each place gets other bytes.
fn damaged() -> impl Strategy<Value = (Version, Vec<u8>)> {
    let frames: Vec<_> =
        binary_vectors().into_iter().map(|Vector { version, bytes, .. }| (version, bytes)).collect();
    let forged = prop_oneof![
        any::<[u8; 1]>().prop_map(|byte| byte.to_vec()),
        // Counts and lengths: large ones, negative ones, endless ones.
        any::<i64>().prop_map(|count| {
            let mut writer = Writer::default();
            writer.long(count);
            writer.into_bytes()
        }),
        Just(vec![0xff; 12]),
        Just(Vec::new()),
    ];
    let damages = prop::collection::vec((any::<prop::sample::Index>(), forged), 1..5);
    (prop::sample::select(frames), damages).prop_map(|((version, mut bytes), damages)| {
        for (at, forged) in damages {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            let end = (at + 1).min(bytes.len());
            bytes.splice(at..end, forged);
        }
        (version, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0..12_u8], 0..200)) {
        read_as_anything(&bytes);
    }

    #[test]
    fn damaged_frames((version, bytes) in damaged()) {
        if let Err(error) = frame(version, &bytes) {
            prop_assert!(error.offset <= bytes.len(), "{error}");
        }
        let mut reader = Reader::new(&bytes);
        if MessageHeader::read(&mut reader).is_ok() {
            read_as_anything(&bytes[reader.offset()..]);
        }
    }
}

/// A frame of the largest size: so many times these bytes in one array.
fn full_of(item: &[u8]) -> Vec<u8> {
    let count = (FRAME - 16) / item.len();
    let mut writer = Writer::default();
    writer.long(i64::try_from(count).expect("a count"));
    let mut bytes = writer.into_bytes();
    bytes.extend(item.repeat(count));
    bytes.push(0);
    bytes
}

/// An item of v1.2 with this value, and an attribute for each of so many bytes.
fn item(value: &[u8], attributes: &[u8]) -> Vec<u8> {
    // One item, its channel, no indexes.
    [&[2, 0, 0], value, attributes, &[0]].concat()
}

#[test]
fn the_largest_frame_takes_no_long_time() {
    let nothing = full_of(&[0, 0]);
    let halves = |bytes: &[u8]| [bytes, &[0]].concat();
    let frames: Vec<(&str, Version, Vec<u8>, Option<usize>)> = vec![
        ("items of v1.1", Version::V11, full_of(&[0, 0, 0, 0]), Some(4_194_300)),
        ("items of v1.2", Version::V12, full_of(&[0, 0, 0, 0]), Some(4_194_300)),
        ("indexes of v1.1", Version::V11, [&[2], &full_of(&[0])[..], &[0, 0, 0, 0]].concat(), Some(1)),
        ("indexes of v1.2", Version::V12, [&[2, 0], &full_of(&[0])[..], &[0, 0, 0]].concat(), Some(1)),
        ("attributes", Version::V12, item(&[0], &nothing), Some(1)),
        // An array of texts, of booleans, of bytes; a sparse one.
        ("texts", Version::V12, item(&[&[30], &full_of(&[0])[..]].concat(), &[0]), None),
        ("booleans", Version::V12, item(&[&[14], &full_of(&[0])[..]].concat(), &[0]), None),
        ("bytes", Version::V12, item(&[&[32], &full_of(&[0])[..]].concat(), &[0]), Some(1)),
        ("slices", Version::V12, item(&[&[36], &full_of(&[0, 0, 0])[..]].concat(), &[0]), None),
    ];
    for (name, version, bytes, wanted) in frames {
        let start = Instant::now();
        match (each(version, &halves(&bytes)), wanted) {
            (Ok(count), Some(wanted)) => assert!(count.abs_diff(wanted) < 10, "{name}: {count}"),
            (Err(AvroError { kind: AvroErrorKind::Room, .. }), None) => {}
            (other, wanted) => panic!("{name}: {other:?}, not {wanted:?}"),
        }
        // Tests are built almost without optimisation: a page takes a tenth.
        assert!(start.elapsed() < Duration::from_secs(4), "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn a_message_of_many_small_records_is_refused() {
    // Each is as small as it can be.
    for (version, protocol, kind, record) in [
        (Version::V11, 1, 2, 16),
        (Version::V11, 1, 3, 4),
        (Version::V11, 1, 1, 1),
        (Version::V12, 1, 1, 13),
        (Version::V12, 21, 4, 4),
        (Version::V12, 21, 2, 14),
        (Version::V12, 0, 1000, 3),
    ] {
        let start = Instant::now();
        let records = full_of(&vec![0; record]);
        let bytes = if kind == 1000 { [&[0], &records[..]].concat() } else { records };
        let error = read(version, protocol, kind, &mut Reader::new(&bytes)).expect_err("too many");
        assert_eq!(error.kind, AvroErrorKind::Room, "{protocol}/{kind}: {error}");
        assert!(start.elapsed() < Duration::from_secs(4), "{protocol}/{kind}: {:?}", start.elapsed());
    }
}
