//! ETP's JSON encoding: golden frames in both directions, what peers write differently, and where an error is.

mod util;

use std::time::{Duration, Instant};

use porthole::model::json::{Breaches, Json, JsonError as TextError, JsonFault};
use porthole::protocol::etp::avro::{Avro as _, Reader};
use porthole::protocol::etp::header::{COMPRESSED, EXTENSION, MessageHeader};
use porthole::protocol::etp::json::{JsonCause, JsonError, to_binary, to_json};
use porthole::protocol::etp::parts::{ENCODING, LATER};
use porthole::protocol::etp::version::Version::{self, V11, V12};
use porthole::protocol::options::Options;
use proptest::prelude::*;
use util::etp_vectors::{Vector, binary_vectors, decode, is_same, vectors};

fn parsed(text: &str) -> Json<'_> {
    Json::parse(text, &mut Breaches::default()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The decoding of a vector as a message in JSON.
fn told(vector: &Vector) -> String {
    let parts = ["header", "extension", "body"].into_iter().filter_map(|part| vector.decoded.get(part));
    let parts: Vec<String> = parts.map(Json::to_text).collect();
    format!("[{}]", parts.join(","))
}

#[test]
fn golden_texts_are_read() {
    let vectors: Vec<_> =
        vectors().into_iter().filter(|vector| vector.encoding.starts_with("json")).collect();
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let text = str::from_utf8(&vector.bytes).expect(&vector.name);
        let bytes = to_binary(vector.version, text).expect(&vector.name);
        let read = decode(vector.version, &bytes).expect(&vector.name);
        for part in ["header", "body"] {
            let (read, decoded) = (read.get(part).expect(part), vector.decoded.get(part).expect(part));
            assert!(is_same(read, decoded), "{}: {read:?}", vector.name);
        }
        let written = to_json(vector.version, &bytes).expect(&vector.name);
        assert!(is_same(&parsed(&written), &parsed(&told(&vector))), "{}: {written}", vector.name);
    }
}

#[test]
fn golden_frames_go_to_json_and_back() {
    let mut extensions = 0;
    for vector in binary_vectors().iter().filter(|vector| !vector.is_compressed()) {
        let written = to_json(vector.version, &vector.bytes).expect(&vector.name);
        assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "{}: {written}", vector.name);
        let bytes = to_binary(vector.version, &written).expect(&vector.name);
        // With bytes as digits.
        assert_eq!(to_binary(vector.version, &told(vector)).as_ref(), Ok(&bytes), "{}", vector.name);
        if vector.is_in_blocks() {
            assert_eq!(to_json(vector.version, &bytes), Ok(written), "{}", vector.name);
        } else {
            assert_eq!(bytes, vector.bytes, "{}", vector.name);
        }
        extensions += usize::from(vector.header().has(EXTENSION));
    }
    assert!(extensions > 0);
}

const DATA_V11: &str = r#"{"protocol":1,"messageType":3,"correlationId":7,"messageId":6,"messageFlags":1}"#;
const DATA_V12: &str = r#"{"protocol":21,"messageType":4,"correlationId":0,"messageId":6,"messageFlags":2}"#;

/// The decoding of a message.
fn read(version: Version, text: &str) -> String {
    let bytes = to_binary(version, text).unwrap_or_else(|error| panic!("{error}: {text}"));
    decode(version, &bytes).expect(text).get("body").expect("a body").to_text()
}

/// What a value in data becomes.
fn value(version: Version, value: &str) -> String {
    let header = if version == V11 { DATA_V11 } else { DATA_V12 };
    let body = read(version, &format!(r#"[{header},{{"data":[{{"value":{{"item":{value}}}}}]}}]"#));
    let (_, rest) = body.split_once(r#""value":{"item":"#).expect(&body);
    rest.split_once(r#"},"valueAttributes""#).map_or(rest, |(value, _)| value).to_owned()
}

#[test]
fn values_are_read_with_the_name_of_their_branch_or_without() {
    for (text, v11, v12) in [
        ("null", "null", "null"),
        ("true", r#"{"boolean":true}"#, r#"{"boolean":true}"#),
        ("0", r#"{"int":0}"#, r#"{"int":0}"#),
        ("2147483648", r#"{"long":2147483648}"#, r#"{"long":2147483648}"#),
        ("9223372036854775807", r#"{"long":9223372036854775807}"#, r#"{"long":9223372036854775807}"#),
        ("9223372036854775808", r#"{"double":9.223372036854776e18}"#, r#"{"double":9.223372036854776e18}"#),
        ("0.1", r#"{"double":0.1}"#, r#"{"double":0.1}"#),
        ("5.0", r#"{"double":5.0}"#, r#"{"double":5.0}"#),
        ("NaN", r#"{"double":"NaN"}"#, r#"{"double":"NaN"}"#),
        (r#""µ""#, r#"{"string":"µ"}"#, r#"{"string":"µ"}"#),
        (r#"{"double":"-Infinity"}"#, r#"{"double":"-Infinity"}"#, r#"{"double":"-Infinity"}"#),
        (r#"{"double":"NaN"}"#, r#"{"double":"NaN"}"#, r#"{"double":"NaN"}"#),
        (r#"{"double":7}"#, r#"{"double":7.0}"#, r#"{"double":7.0}"#),
        (r#"{"float":0.1}"#, r#"{"float":0.10000000149011612}"#, r#"{"float":0.10000000149011612}"#),
        (r#"{"long":"-5"}"#, r#"{"long":-5}"#, r#"{"long":-5}"#),
        (r#"{"bytes":"\u0000ÿ"}"#, r#"{"bytes":"0x00ff"}"#, r#"{"bytes":"0x00ff"}"#),
        (r#"{"bytes":"0x00fF"}"#, r#"{"bytes":"0x00ff"}"#, r#"{"bytes":"0x00ff"}"#),
        (r#"{"bytes":"0x0"}"#, r#"{"bytes":"0x307830"}"#, r#"{"bytes":"0x307830"}"#),
        (
            r#"{"ArrayOfDouble":{"values":[1,"NaN"]}}"#,
            r#"{"Energistics.Datatypes.ArrayOfDouble":{"values":[1.0,"NaN"]}}"#,
            r#"{"Energistics.Etp.v12.Datatypes.ArrayOfDouble":{"values":[1.0,"NaN"]}}"#,
        ),
        (
            r#"{"values":[1.5,0.1]}"#,
            r#"{"Energistics.Datatypes.ArrayOfDouble":{"values":[1.5,0.1]}}"#,
            r#"{"Energistics.Etp.v12.Datatypes.ArrayOfDouble":{"values":[1.5,0.1]}}"#,
        ),
    ] {
        assert_eq!(value(V11, text), v11, "{text}");
        assert_eq!(value(V12, text), v12, "{text}");
    }
    for (text, wanted) in [
        (r#"{"values":[true,false]}"#, "ArrayOfBoolean"),
        (r#"{"values":[true,null]}"#, "ArrayOfNullableBoolean"),
        (r#"{"values":[1,2]}"#, "ArrayOfInt"),
        (r#"{"values":[1,null]}"#, "ArrayOfNullableInt"),
        (r#"{"values":[1,2147483648]}"#, "ArrayOfLong"),
        (r#"{"values":[null,{"long":3}]}"#, "ArrayOfNullableLong"),
        (r#"{"values":[1.5]}"#, "ArrayOfFloat"),
        (r#"{"ArrayOfDouble":{"values":[null]}}"#, r#"ArrayOfDouble":{"values":["NaN"#),
        (r#"{"values":["a"]}"#, "ArrayOfString"),
        (r#"{"slices":[{"start":3,"slice":{"item":{"values":[0.1]}}}]}"#, "AnySparseArray"),
    ] {
        let read = value(V12, text);
        assert!(read.contains(&format!(r#"{{"Energistics.Etp.v12.Datatypes.{wanted}""#)), "{text}: {read}");
    }
}

#[test]
fn messages_are_read_as_peers_write_them() {
    let wanted = r#"{"uris":["eml://"]}"#;
    let header = r#"{"protocol":1,"messageType":1,"messageId":3}"#;
    for text in [
        format!(r#"[{header},{{"uris":["eml://"]}}]"#),
        format!("\u{feff} {header}\r\n{{\"uris\":[\"eml://\"]}}\n"),
        format!(r#"{header}{{"new":{{"uris":[]}},"uris":[],"uris":["eml://"]}}"#),
        format!(r#"[{header},{{}},{{"uris":["eml://"]}}]"#),
        format!(r#"{header} {{"extension":{{"a":{{"item":1}}}}}} {{"uris":["eml://"]}}"#),
    ] {
        assert_eq!(read(V11, &text), wanted, "{text}");
    }
}

#[test]
fn what_is_missing_has_its_default() {
    let header = r#"{"protocol":0,"messageType":2}"#;
    let wanted = r#"{"applicationName":"","applicationVersion":"","sessionId":"","supportedProtocols":[],"supportedObjects":[]}"#;
    assert_eq!(read(V11, &format!("[{header},{{}}]")), wanted);
    assert_eq!(read(V11, &format!("[{header},null]")), wanted);
    assert_eq!(read(V11, &format!(r#"[{header},{{"sessionId":null,"supportedProtocols":null}}]"#)), wanted);
    let channels = r#"[{"protocol":21,"messageType":3},{"channels":{"0":{"channelId":1}}}]"#;
    let wanted = r#"{"channels":{"0":{"channelId":1,"startIndex":{"item":null},"dataChanges":true,"requestLatestIndexCount":null}}}"#;
    assert_eq!(read(V12, channels), wanted);
    let objects = r#"[{"protocol":4,"messageType":1},{"uris":{}}]"#;
    assert_eq!(read(V12, objects), r#"{"uris":{},"format":"xml"}"#);
}

#[test]
fn the_header_tells_what_follows_it() {
    let flags = |text: &str| {
        let bytes = to_binary(V12, text).expect(text);
        let mut reader = Reader::new(&bytes);
        let header = MessageHeader::read(&mut reader).expect(text);
        header.skip_extension(&mut reader).expect(text);
        assert!(reader.long().is_ok(), "{text}: the time of the ping");
        assert_eq!(reader.left(), 0, "{text}");
        header.message_flags
    };
    let ping = |flags: i32, rest: &str| {
        let header = format!(r#"{{"protocol":0,"messageType":8,"messageFlags":{flags}}}"#);
        format!(r#"[{header},{rest}{{"currentDateTime":5}}]"#)
    };
    assert_eq!(flags(&ping(2, "")), 2);
    assert_eq!(flags(&ping(2, "{},")), 2 | EXTENSION);
    assert_eq!(flags(&ping(2 | EXTENSION, "")), 2 | EXTENSION);
    // A text is not compressed, whatever it says.
    assert_eq!(flags(&ping(2 | COMPRESSED, "")), 2);
    let compressed = MessageHeader { message_flags: COMPRESSED, message_type: 8, ..MessageHeader::default() };
    let error = JsonError { pointer: String::new(), cause: JsonCause::Compressed };
    assert_eq!(to_json(V12, &compressed.writer().into_bytes()), Err(error));
}

#[test]
fn of_an_unknown_message_the_header_is_left() {
    let text = r#"[{"protocol":99,"messageType":7,"messageId":5,"messageFlags":16},{"a":[1]}]"#;
    let bytes = to_binary(V12, text).expect("the header is right");
    let mut reader = Reader::new(&bytes);
    let header = MessageHeader::read(&mut reader).expect("a header");
    assert_eq!((header.protocol, header.message_id, reader.left()), (99, 5, 0));
    let error = JsonError { pointer: String::new(), cause: JsonCause::Unknown(99, 7) };
    assert_eq!(to_json(V12, &bytes), Err(error));
    // Acknowledge and ProtocolException are the same in all protocols.
    let exception = r#"[{"protocol":99,"messageType":1000},{"errorCode":5,"errorMessage":"no"}]"#;
    assert_eq!(read(V11, exception), r#"{"errorCode":5,"errorMessage":"no"}"#);
}

#[test]
fn a_uuid_is_read_in_each_of_its_forms() {
    let wanted = r#"{"requestUuid":"0xaaaaaaaabbbb4ccc8dddeeeeeeeeeeee"}"#;
    let characters: String = [[0xaa; 4], [0xbb, 0xbb, 0x4c, 0xcc], [0x8d, 0xdd, 0xee, 0xee], [0xee; 4]]
        .concat()
        .iter()
        .map(|byte| char::from(*byte))
        .collect();
    for uuid in [
        "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}",
        "0xaaaaaaaabbbb4ccc8dddeeeeeeeeeeee",
        &characters,
    ] {
        let text = format!(r#"[{{"protocol":21,"messageType":11}},{{"requestUuid":"{uuid}"}}]"#);
        assert_eq!(read(V12, &text), wanted, "{uuid}");
    }
}

#[test]
fn an_error_has_its_place() {
    let data = |value: &str| format!(r#"[{DATA_V12},{{"data":[{{}},{{"value":{{"item":{value}}}}}]}}]"#);
    let item = "/1/data/1/value/item";
    for (text, pointer, cause) in [
        (String::new(), "", JsonCause::Text(TextError { what: JsonFault::End, at: 0 })),
        ("{}{".to_owned(), "", JsonCause::Text(TextError { what: JsonFault::End, at: 3 })),
        ("{}{}{}{}".to_owned(), "", JsonCause::Text(TextError { what: JsonFault::Trailing, at: 6 })),
        ("{}".to_owned(), "", JsonCause::Message),
        ("[{}]".to_owned(), "", JsonCause::Message),
        ("[{},{},{},{}]".to_owned(), "", JsonCause::Message),
        ("7 [{},{}]".to_owned(), "/0", JsonCause::Wanted("an object")),
        (r#"[{"protocol":"x"},{}]"#.to_owned(), "/0/protocol", JsonCause::Wanted("a whole number")),
        (r#"[{"protocol":0.5},{}]"#.to_owned(), "/0/protocol", JsonCause::Wanted("a whole number")),
        (r#"[{"protocol":2147483648},{}]"#.to_owned(), "/0/protocol", JsonCause::Range("an int")),
        (data(r#"{"long":9223372036854775808}"#), "/1/data/1/value/item/long", JsonCause::Range("a long")),
        (data(r#"{"long":1e18}"#), "/1/data/1/value/item/long", JsonCause::Wanted("a whole number")),
        (data(r#"{"float":1e39}"#), "/1/data/1/value/item/float", JsonCause::Range("a float")),
        (data(r#"{"long":null}"#), "/1/data/1/value/item/long", JsonCause::Wanted("a whole number")),
        (data(r#"{"values":[0.1,null]}"#), item, JsonCause::Branch),
        (data(r#"{"boolean":1}"#), "/1/data/1/value/item/boolean", JsonCause::Wanted("true or false")),
        (data(r#"{"bytes":"€"}"#), "/1/data/1/value/item/bytes", JsonCause::Byte),
        (data(r#"{"strange":1}"#), item, JsonCause::Branch),
        (data("[1]"), item, JsonCause::Branch),
        (data(r#"{"values":[1,"a"]}"#), item, JsonCause::Branch),
        (
            data(r#"{"ArrayOfInt":{"values":[1,0.5]}}"#),
            "/1/data/1/value/item/ArrayOfInt/values/1",
            JsonCause::Wanted("a whole number"),
        ),
        (
            r#"[{"protocol":21,"messageType":1},{"uris":{"a/~b":7}}]"#.to_owned(),
            "/1/uris/a~1~0b",
            JsonCause::Wanted("a text"),
        ),
        (
            r#"[{"protocol":3,"messageType":1},{"scope":"nowhere"}]"#.to_owned(),
            "/1/scope",
            JsonCause::Symbol("ContextScopeKind"),
        ),
        (
            r#"[{"protocol":21,"messageType":11},{"requestUuid":"aaaa"}]"#.to_owned(),
            "/1/requestUuid",
            JsonCause::Wanted("a UUID"),
        ),
    ] {
        let error = JsonError { pointer: pointer.to_owned(), cause };
        assert_eq!(to_binary(V12, &text), Err(error), "{text}");
    }
    let error = to_binary(V12, &data("[1]")).expect_err("no branch");
    assert_eq!(error.to_string(), "the union has no branch for it at /1/data/1/value/item");
    let error = to_json(V12, &[42, 8, 0, 2, 4]).expect_err("cut");
    assert_eq!(error.to_string(), "the message ends too early at byte 5");
}

#[test]
fn only_who_chose_json_needs_the_code_for_it() {
    let options = |chosen: &[(&str, &str)]| {
        let chosen: Vec<_> =
            chosen.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Options::new(&chosen)
    };
    assert!((LATER.is_needed)(&options(&[(ENCODING, "json")])));
    assert!(!(LATER.is_needed)(&options(&[(ENCODING, "binary")])));
    assert!(!(LATER.is_needed)(&options(&[])));
    assert_eq!(LATER.part, "etp_later");
}

#[test]
fn large_and_deep_texts_take_no_long_time() {
    let full = |item: &str, size: usize| {
        format!(r#"[{DATA_V12},{{"data":[{}{{}}]}}]"#, item.repeat(size / item.len()))
    };
    let start = Instant::now();
    let too_large = Err(JsonError { pointer: String::new(), cause: JsonCause::TooLarge });
    assert_eq!(to_binary(V12, &full("{},", 16 << 20)), too_large);
    assert_eq!(to_binary(V12, &" ".repeat((16 << 20) + 1)), too_large);
    assert!(to_binary(V12, &full("{},", 2 << 20)).is_ok());
    let untagged = r#"{"value":{"item":{"values":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,0.1]}}},"#;
    assert!(to_binary(V12, &full(untagged, 4 << 20)).is_ok());
    for open in ["[", "{\"a\":", "[{\"data\":"] {
        let error = to_binary(V12, &open.repeat(100_000)).expect_err("deep");
        assert!(matches!(error.cause, JsonCause::Text(TextError { what: JsonFault::Depth, .. })), "{error}");
    }
    // Items as small as they can be become long texts.
    let mut bytes = to_binary(V12, &full("{},", 1 << 20)).expect("it is right");
    assert!(to_json(V12, &bytes).is_ok());
    bytes.splice(5.., [&[0x80, 0x80, 0x80, 0x01][..], &vec![0; 9 << 20]].concat());
    let error = to_json(V12, &bytes).expect_err("too long");
    assert_eq!(error.cause.to_string().split(" at ").next(), Some("the message would take too much memory"));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// Texts of messages, with other pieces put in.
fn damaged() -> impl Strategy<Value = (Version, String)> {
    let texts: Vec<(Version, String)> = binary_vectors()
        .iter()
        .filter_map(|vector| Some((vector.version, to_json(vector.version, &vector.bytes).ok()?)))
        .collect();
    let pieces = vec![
        "",
        "null",
        "1",
        "-1e400",
        "\"\"",
        "{}",
        "[]",
        ",",
        "\"item\":",
        "{\"long\":",
        "}",
        "]",
        "\"0xzz\"",
        "é",
        "99999999999999999999",
        "{\"values\":[1,null]}",
        "\\",
    ];
    let damages =
        prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize, prop::sample::select(pieces)), 0..4);
    (prop::sample::select(texts), damages).prop_map(|((version, text), damages)| {
        let mut letters: Vec<String> = text.chars().map(String::from).collect();
        for (at, removed, piece) in damages {
            let at = at.index(letters.len());
            let end = (at + removed).min(letters.len());
            letters.splice(at..end, [piece.to_owned()]);
        }
        (version, letters.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn whatever_is_read_can_be_written((version, text) in damaged()) {
        if let Ok(bytes) = to_binary(version, &text) {
            let mut reader = Reader::new(&bytes);
            let header = MessageHeader::read(&mut reader).expect(&text);
            match to_json(version, &bytes) {
                Ok(again) => prop_assert_eq!(to_binary(version, &again), Ok(bytes), "{}", text),
                Err(error) => prop_assert_eq!(error.cause, JsonCause::Unknown(header.protocol, header.message_type), "{}", text),
            }
        }
    }

    #[test]
    fn any_text_and_any_bytes(text in ".{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for version in [V11, V12] {
            prop_assert!(to_binary(version, &text).is_err());
            if let Ok(text) = to_json(version, &bytes) {
                prop_assert!(to_binary(version, &text).is_ok(), "{}", text);
            }
        }
    }
}
