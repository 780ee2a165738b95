//! Messages with their decoding (tests/data/etp/etp-vectors.jsonl, or the file that `PORTHOLE_ETP_VECTORS` names): each is
//! read as other implementations read it, written again byte for byte, and cut at every byte.

mod util;

use std::io::Read as _;

use porthole::protocol::etp::avro::{Avro as _, AvroError, Reader, Writer};
use porthole::protocol::etp::header::MessageHeader;
use porthole::protocol::etp::item::{Datum, Index, Item};
use porthole::protocol::etp::version::Version;
use porthole::protocol::etp::{v11, v12};
use util::etp_vectors::{Vector, binary_vectors, decode, is_same};

/// The message with its body as it is; inflated where it was compressed.
fn inflated(vector: &Vector) -> Vec<u8> {
    if !vector.is_compressed() {
        return vector.bytes.clone();
    }
    let mut reader = Reader::new(&vector.bytes);
    MessageHeader::read(&mut reader).expect(&vector.name);
    let (header, body) = vector.bytes.split_at(reader.offset());
    let mut bytes = header.to_vec();
    flate2::read::GzDecoder::new(body).read_to_end(&mut bytes).expect(&vector.name);
    bytes
}

/// Reads a message as a session does, and writes its body again. The offset is where the body begins.
fn again(version: Version, bytes: &[u8]) -> Result<(usize, Vec<u8>), AvroError> {
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader)?;
    header.skip_extension(&mut reader)?;
    let start = reader.offset();
    let mut writer = Writer::default();
    match version {
        Version::V11 => v11::messages::Message::read(header.protocol, header.message_type, &mut reader)?
            .expect("a message of v1.1")
            .write(&mut writer),
        Version::V12 => v12::messages::Message::read(header.protocol, header.message_type, &mut reader)?
            .expect("a message of v1.2")
            .write(&mut writer),
    }
    assert_eq!(reader.left(), 0, "{header:?}");
    Ok((start, writer.into_bytes()))
}

/// The items of a message with data, as they are visited; `None` for other messages.
fn visited(version: Version, bytes: &[u8]) -> Result<Option<Vec<String>>, AvroError> {
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader)?;
    header.skip_extension(&mut reader)?;
    let reader = &mut reader;
    let mut seen = Vec::new();
    let see = |item: Item<'_, '_>| seen.push(format!("{item:?}"));
    match (version, header.protocol, header.message_type) {
        (Version::V11, 1, 3) => v11::data::each(reader, see)?,
        (Version::V11, 1, 6) => {
            for _ in ["channelId", "startIndex", "endIndex"] {
                reader.long()?;
            }
            v11::data::each(reader, see)?;
        }
        (Version::V12, 21, 4 | 10) | (Version::V12, 1, 2) => v12::data::each(reader, see)?,
        (Version::V12, 21, 6) => {
            reader.long()?;
            Vec::<i64>::read(reader)?;
            v12::datatypes::IndexInterval::read(reader)?;
            v12::data::each(reader, see)?;
        }
        _ => return Ok(None),
    }
    assert_eq!(reader.left(), 0, "{header:?}");
    Ok(Some(seen))
}

/// The same from the message as it is owned: indexes that repeat are filled in by another way.
fn owned(version: Version, bytes: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader).expect("a header");
    header.skip_extension(&mut reader).expect("an extension");
    let mut last = Vec::new();
    let mut seen = Vec::new();
    let mut see = |channel, indexes: Vec<Option<Index>>, value| {
        if !indexes.is_empty() {
            let filled = indexes.iter().enumerate().map(|(place, index)| {
                index.unwrap_or_else(|| last.get(place).copied().unwrap_or(Index::Missing))
            });
            last = filled.collect();
        }
        seen.push(format!("{:?}", Item { channel, indexes: &last, value }));
    };
    match version {
        Version::V11 => {
            use v11::messages::Message;
            let data = match Message::read(header.protocol, header.message_type, &mut reader) {
                Ok(Some(Message::ChannelData(message))) => message.data,
                Ok(Some(Message::ChannelDataChange(message))) => message.data,
                other => panic!("no data: {other:?}"),
            };
            for item in data {
                let indexes = item.indexes.iter().map(|index| Some(Index::Long(*index))).collect();
                see(item.channel_id, indexes, datum_v11(item.value));
            }
        }
        Version::V12 => {
            use v12::datatypes::IndexValue;
            use v12::messages::Message;
            let data = match Message::read(header.protocol, header.message_type, &mut reader) {
                Ok(Some(Message::ChannelData(message))) => message.data,
                Ok(Some(Message::StreamingChannelData(message))) => message.data,
                Ok(Some(Message::GetRangesResponse(message))) => message.data,
                Ok(Some(Message::RangeReplaced(message))) => message.data,
                other => panic!("no data: {other:?}"),
            };
            for item in data {
                let indexes = item.indexes.iter().map(|index| match index {
                    IndexValue::Null => None,
                    IndexValue::Long(index) => Some(Index::Long(*index)),
                    IndexValue::Double(index) => Some(Index::Double(*index)),
                    IndexValue::PassIndexedDepth(index) => Some(Index::Double(index.depth)),
                });
                see(item.channel_id, indexes.collect(), datum_v12(item.value));
            }
        }
    }
    seen
}

fn datum_v11(value: v11::datatypes::DataValue) -> Datum<'static> {
    use v11::datatypes::DataValue;
    match value {
        DataValue::Null => Datum::Null,
        DataValue::Double(number) => Datum::Number(number),
        DataValue::Float(number) => Datum::Number(number.into()),
        DataValue::Int(whole) => Datum::Integer(whole.into()),
        DataValue::Long(whole) => Datum::Integer(whole),
        DataValue::String(text) => Datum::Text(text.into()),
        DataValue::ArrayOfDouble(array) => Datum::Numbers(array.values),
        DataValue::Bool(on) => Datum::Bool(on),
        DataValue::Bytes(bytes) => Datum::Bytes(bytes.0.leak()),
    }
}

fn datum_v12(value: v12::datatypes::DataValue) -> Datum<'static> {
    use v12::datatypes::DataValue;
    fn numbers<T>(values: Vec<T>, number: impl FnMut(T) -> f64) -> Datum<'static> {
        Datum::Numbers(values.into_iter().map(number).collect())
    }
    fn or_nan<T>(number: impl Fn(T) -> f64) -> impl FnMut(Option<T>) -> f64 {
        move |value| value.map_or(f64::NAN, &number)
    }
    let truth = |on: bool| if on { 1.0 } else { 0.0 };
    match value {
        DataValue::Null => Datum::Null,
        DataValue::Bool(on) => Datum::Bool(on),
        DataValue::Int(whole) => Datum::Integer(whole.into()),
        DataValue::Long(whole) => Datum::Integer(whole),
        DataValue::Float(number) => Datum::Number(number.into()),
        DataValue::Double(number) => Datum::Number(number),
        DataValue::String(text) => Datum::Text(text.into()),
        DataValue::ArrayOfBoolean(array) => numbers(array.values, truth),
        DataValue::ArrayOfNullableBoolean(array) => numbers(array.values, or_nan(truth)),
        DataValue::ArrayOfInt(array) => numbers(array.values, f64::from),
        DataValue::ArrayOfNullableInt(array) => numbers(array.values, or_nan(f64::from)),
        DataValue::ArrayOfLong(array) => numbers(array.values, |whole| whole as f64),
        DataValue::ArrayOfNullableLong(array) => numbers(array.values, or_nan(|whole: i64| whole as f64)),
        DataValue::ArrayOfFloat(array) => numbers(array.values, f64::from),
        DataValue::ArrayOfDouble(array) => Datum::Numbers(array.values),
        DataValue::ArrayOfString(array) => Datum::Texts(array.values),
        DataValue::ArrayOfBytes(_) => Datum::Other("an array of bytes"),
        DataValue::Bytes(bytes) => Datum::Bytes(bytes.0.leak()),
        DataValue::AnySparseArray(array) => {
            use v12::datatypes::AnyArray;
            let mut places = std::collections::BTreeMap::new();
            for slice in array.slices {
                let part = match slice.slice {
                    AnyArray::ArrayOfDouble(part) => part.values,
                    AnyArray::Bytes(part) => part.0.into_iter().map(f64::from).collect(),
                    other => panic!("other numbers: {other:?}"),
                };
                places.extend((slice.start..).zip(part));
            }
            let end = places.last_key_value().map_or(0, |(last, _)| last + 1);
            Datum::Numbers((0..end).map(|place| places.get(&place).copied().unwrap_or(f64::NAN)).collect())
        }
    }
}

fn assert_is_as_decoded(vector: &Vector, bytes: &[u8]) {
    let read = decode(vector.version, bytes).expect(&vector.name);
    for part in ["header", "extension", "body"] {
        match (read.get(part), vector.decoded.get(part)) {
            (None, None) => {}
            (Some(read), Some(decoded)) if is_same(read, decoded) => {}
            (read, decoded) => panic!("{}: {part}: {read:?} is not {decoded:?}", vector.name),
        }
    }
}

#[test]
fn each_is_read_as_others_read_it() {
    let vectors = binary_vectors();
    assert!(vectors.len() > 80, "{} vectors", vectors.len());
    for vector in vectors {
        assert_is_as_decoded(&vector, &inflated(&vector));
    }
}

#[test]
fn what_is_read_is_written_again_byte_for_byte() {
    for vector in binary_vectors() {
        let bytes = inflated(&vector);
        let (start, written) = again(vector.version, &bytes).expect(&vector.name);
        if vector.is_in_blocks() {
            let whole = [&bytes[..start], &written[..]].concat();
            assert_ne!(whole, bytes, "{}", vector.name);
            assert_is_as_decoded(&vector, &whole);
        } else {
            assert_eq!(written, bytes[start..], "{}", vector.name);
        }
    }
}

#[test]
fn one_that_is_cut_is_an_error_with_its_place() {
    for vector in binary_vectors() {
        let bytes = inflated(&vector);
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            let error = again(vector.version, cut).expect_err(&vector.name);
            assert!(error.offset <= length, "{} cut at {length}: {error}", vector.name);
            // Before its type has come it may look like a message without data.
            match visited(vector.version, cut) {
                Err(error) => assert!(error.offset <= length, "{} cut at {length}: {error}", vector.name),
                Ok(seen) => assert_eq!(seen, None, "{} cut at {length}", vector.name),
            }
        }
    }
}

#[test]
fn items_are_visited_as_they_are_owned_with_indexes_that_repeat() {
    let mut messages = 0;
    for vector in binary_vectors() {
        let bytes = inflated(&vector);
        if let Some(seen) = visited(vector.version, &bytes).expect(&vector.name) {
            assert_eq!(seen, owned(vector.version, &bytes), "{}", vector.name);
            messages += 1;
        }
    }
    assert!(messages > 20, "{messages} messages with data");
}

/// Channel and first index of each item.
fn indexes(name: &str) -> Vec<(i64, Vec<Index>)> {
    let vector = binary_vectors().into_iter().find(|vector| vector.name == name).expect(name);
    let mut reader = Reader::new(&vector.bytes);
    MessageHeader::read(&mut reader).expect(name);
    let mut found = Vec::new();
    let see = |item: Item<'_, '_>| found.push((item.channel, item.indexes.to_vec()));
    match vector.version {
        Version::V11 => v11::data::each(&mut reader, see).expect(name),
        Version::V12 => v12::data::each(&mut reader, see).expect(name),
    }
    found
}

#[test]
fn an_index_that_is_left_out_is_the_one_before() {
    let at = |index| vec![Index::Long(index)];
    let all = indexes("1.1 ChannelData-allbranches");
    assert_eq!(all.len(), 9);
    assert!(all.iter().all(|(_, indexes)| *indexes == at(1_426_614_604_000_000)), "{all:?}");
    let all = indexes("1.2 ChannelData-allbranches");
    assert_eq!(all.len(), 19);
    assert!(all.iter().all(|(_, indexes)| *indexes == at(1_700_000_000_000_000)), "{all:?}");
    let first: Vec<_> =
        indexes("1.2 ChannelData-null-index-repeat").into_iter().map(|(_, indexes)| indexes[0]).collect();
    let (early, late) = (Index::Long(1_700_000_000_000_000), Index::Long(1_700_000_001_000_000));
    assert_eq!(first, [early, early, early, late, late]);
}
