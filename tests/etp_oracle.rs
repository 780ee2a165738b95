//! Our reading of ETP beside others': our schema beside the one that is written in tests/data/etp and the official one, and
//! our codec beside the library `apache-avro`, on messages made at random.

mod util;

use std::collections::HashMap;
use std::path::PathBuf;

use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use porthole::protocol::etp::avro::{Avro, Reader, Uuid, Writer};
use porthole::protocol::etp::header::MessageHeader;
use porthole::protocol::etp::item::{Datum, Index, Item};
use porthole::protocol::etp::json::{to_binary, to_json};
use porthole::protocol::etp::schema::Schema;
use porthole::protocol::etp::version::Version;
use porthole::protocol::etp::{v11, v12};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use util::etp_schema::{Definition, Fields, Schemas, Type, official, schemas};
use util::etp_vectors::camel;

type Messages = &'static [(i32, i32, &'static str, &'static Schema)];

const VERSIONS: [(Version, Messages); 2] =
    [(Version::V11, v11::messages::Message::SCHEMAS), (Version::V12, v12::messages::Message::SCHEMAS)];

/// Of each message as many are made, …
const CASES: u32 = 100;
/// … and of those with data.
const DATA_CASES: u32 = 1000;

#[test]
fn our_schema_is_the_one_that_is_written_down() {
    for (version, messages) in VERSIONS {
        let schemas = schemas(version);
        assert_all_messages(&schemas, messages);
        assert_eq!(messages.len(), schemas.messages.len());
        for (name, ours) in others(version) {
            schemas.assert_same(&Type::Named(name.to_owned()), ours, name);
        }
    }
}

#[test]
fn our_schema_is_the_official_one() {
    let folder = std::env::var_os("PORTHOLE_VECTORS")
        .map_or_else(|| PathBuf::from("../shared/vectors"), PathBuf::from);
    for (version, messages) in VERSIONS {
        let file = folder.join(format!("etp-v{}.avpr", version.number().replace('.', "")));
        let Ok(text) = std::fs::read_to_string(&file) else {
            println!("skipped: no {}", file.display());
            continue;
        };
        let schemas = official(&serde_json::from_str(&text).expect("it is JSON"));
        assert_all_messages(&schemas, messages);
        for (name, ours) in others(version) {
            let full = schemas.named.keys().find(|full| full.rsplit('.').next() == Some(name)).expect(name);
            schemas.assert_same(&Type::Named(full.clone()), ours, name);
        }
        println!("{} messages of {} are those of {}", messages.len(), version.number(), file.display());
    }
}

fn assert_all_messages(schemas: &Schemas, messages: Messages) {
    for (protocol, kind, name, ours) in messages {
        let (their_name, fields) = &schemas.messages.get(&(*protocol, *kind)).expect(name);
        let Schema::Record(_, our_fields) = ours else { panic!("{name} is no record") };
        assert_eq!(their_name, name);
        schemas.assert_same_fields(fields, our_fields, name);
    }
}

/// What no message leads to.
fn others(version: Version) -> Vec<(&'static str, &'static Schema)> {
    match version {
        Version::V11 => vec![
            ("MessageHeader", MessageHeader::SCHEMA),
            ("ServerCapabilities", v11::datatypes::ServerCapabilities::SCHEMA),
        ],
        Version::V12 => vec![
            ("MessageHeader", MessageHeader::SCHEMA),
            ("MessageHeaderExtension", v12::datatypes::MessageHeaderExtension::SCHEMA),
            ("ServerCapabilities", v12::datatypes::ServerCapabilities::SCHEMA),
            ("DataObjectCapabilityKind", v12::datatypes::DataObjectCapabilityKind::SCHEMA),
            ("EndpointCapabilityKind", v12::datatypes::EndpointCapabilityKind::SCHEMA),
            ("ProtocolCapabilityKind", v12::datatypes::ProtocolCapabilityKind::SCHEMA),
        ],
    }
}

#[test]
fn what_the_library_writes_is_read_and_written_as_it_does() {
    for (version, messages) in VERSIONS {
        let schemas = schemas(version);
        for (protocol, kind, name, ours) in messages {
            let values = values_of(&schemas, &schemas.messages[&(*protocol, *kind)].1);
            each_message(&schemas, (*protocol, *kind), CASES, values, |value, bytes| {
                let written = again(version, *protocol, *kind, bytes);
                prop_assert_eq!(written.as_deref(), Ok(bytes), "{} {:?}", name, value);
                let read = read(ours, &mut Reader::new(bytes));
                prop_assert!(is_same(&read, value), "{}: {:?} is not {:?}", name, read, value);
                let mut reader = Reader::new(bytes);
                prop_assert_eq!(ours.skip(&mut reader), Ok(()));
                prop_assert_eq!(reader.left(), 0);
                Ok(())
            });
        }
    }
}

#[test]
fn what_the_library_writes_goes_to_json_and_back() {
    for (version, messages) in VERSIONS {
        let schemas = schemas(version);
        for (protocol, message_type, name, _) in messages {
            let id = (*protocol, *message_type);
            let values = values_of(&schemas, &schemas.messages[&id].1);
            each_message(&schemas, id, CASES, values, |_, bytes| {
                let header = MessageHeader { protocol: id.0, message_type: id.1, ..MessageHeader::default() };
                let mut writer = header.writer();
                writer.raw(bytes);
                let bytes = writer.into_bytes();
                let text =
                    to_json(version, &bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}: {}", name, text);
                let back =
                    to_binary(version, &text).map_err(|error| TestCaseError::fail(error.to_string()))?;
                // There is one NaN in JSON.
                if !text.contains("\"NaN\"") {
                    prop_assert_eq!(&back, &bytes, "{}: {}", name, text);
                }
                prop_assert_eq!(to_json(version, &back), Ok(text));
                Ok(())
            });
        }
    }
}

#[test]
fn the_items_that_are_visited_are_those_that_the_library_wrote() {
    for (version, id) in [(Version::V11, (1, 3)), (Version::V12, (21, 4)), (Version::V12, (1, 2))] {
        let schemas = schemas(version);
        let values = values_of(&schemas, &schemas.messages[&id].1);
        each_message(&schemas, id, DATA_CASES, values, |value, bytes| {
            let mut seen = Vec::new();
            let see = |item: Item<'_, '_>| seen.push(format!("{item:?}"));
            match version {
                Version::V11 => v11::data::each(&mut Reader::new(bytes), see),
                Version::V12 => v12::data::each(&mut Reader::new(bytes), see),
            }
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(seen, items(&schemas, value));
            Ok(())
        });
    }
}

/// Runs a test on messages and what the library makes of them.
fn each_message(
    schemas: &Schemas,
    id: (i32, i32),
    cases: u32,
    values: BoxedStrategy<Value>,
    test: impl Fn(&Value, &[u8]) -> Result<(), TestCaseError>,
) {
    let schema = apache_avro::Schema::parse(&schemas.message(id)).expect("a schema");
    let writer = GenericDatumWriter::builder(&schema).build().expect("a writer");
    let mut runner =
        TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let result = runner.run(&values, |value| {
        let mut bytes = Vec::new();
        writer.write_value_ref(&mut bytes, &value).expect("it is of the schema");
        test(&value, &bytes)
    });
    result.unwrap_or_else(|error| panic!("{id:?}: {error}"));
}

fn again(version: Version, protocol: i32, kind: i32, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (mut reader, mut writer) = (Reader::new(bytes), Writer::default());
    match version {
        Version::V11 => v11::messages::Message::read(protocol, kind, &mut reader)
            .map(|message| message.expect("a message").write(&mut writer)),
        Version::V12 => v12::messages::Message::read(protocol, kind, &mut reader)
            .map(|message| message.expect("a message").write(&mut writer)),
    }
    .map_err(|error| error.to_string())?;
    assert_eq!(reader.left(), 0);
    Ok(writer.into_bytes())
}

/// Bodies of a message.
fn values_of(schemas: &Schemas, fields: &Fields) -> BoxedStrategy<Value> {
    let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
    let values: Vec<_> = fields.iter().map(|(_, kind)| values(schemas, kind)).collect();
    values.prop_map(move |values| Value::Record(names.iter().cloned().zip(values).collect())).boxed()
}

fn values(schemas: &Schemas, kind: &Type) -> BoxedStrategy<Value> {
    match kind {
        Type::Array(item) => {
            prop::collection::vec(values(schemas, item), 0..5).prop_map(Value::Array).boxed()
        }
        Type::Map(value) => {
            prop::collection::hash_map(texts(), values(schemas, value), 0..4).prop_map(Value::Map).boxed()
        }
        Type::Union(branches) => {
            let branches = branches.iter().zip(0..).map(|(branch, place)| {
                values(schemas, branch).prop_map(move |value| Value::Union(place, Box::new(value))).boxed()
            });
            prop::strategy::Union::new(branches).boxed()
        }
        Type::Named(name) => match schemas.named.get(name) {
            Some(Definition::Record(fields)) => values_of(schemas, fields),
            Some(Definition::Enum(symbols)) => {
                let symbols: Vec<_> = symbols.iter().cloned().zip(0..).collect();
                prop::sample::select(symbols).prop_map(|(symbol, place)| Value::Enum(place, symbol)).boxed()
            }
            Some(Definition::Fixed) => {
                any::<[u8; 16]>().prop_map(|bytes| Value::Fixed(16, bytes.to_vec())).boxed()
            }
            None => match name.as_str() {
                "null" => Just(Value::Null).boxed(),
                "boolean" => any::<bool>().prop_map(Value::Boolean).boxed(),
                "int" => ints().prop_map(Value::Int).boxed(),
                "long" => longs().prop_map(Value::Long).boxed(),
                // Any bits: subnormal ones, infinities and NaN of each kind are among them.
                "float" => any::<u32>().prop_map(|bits| Value::Float(f32::from_bits(bits))).boxed(),
                "double" => prop_oneof![
                    any::<u64>().prop_map(f64::from_bits),
                    prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::MAX, 5e-324]),
                ]
                .prop_map(Value::Double)
                .boxed(),
                "string" => texts().prop_map(Value::String).boxed(),
                "bytes" => prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes).boxed(),
                other => panic!("what is {other}?"),
            },
        },
    }
}

fn ints() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), -100..100, prop::sample::select(vec![i32::MIN, i32::MAX])]
}

fn longs() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -100..100_i64, prop::sample::select(vec![i64::MIN, i64::MAX, 1 << 53])]
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![8 => ".{0,9}", 2 => Just(String::new()), 1 => Just("µ°C 😀".repeat(1000))]
}

/// A value by our reader and our schema.
fn read(schema: &Schema, reader: &mut Reader<'_>) -> Value {
    match schema {
        Schema::Null => Value::Null,
        Schema::Boolean => Value::Boolean(reader.boolean().expect("a boolean")),
        Schema::Int => Value::Int(reader.int().expect("an int")),
        Schema::Long => Value::Long(reader.long().expect("a long")),
        Schema::Float => Value::Float(reader.float().expect("a float")),
        Schema::Double => Value::Double(reader.double().expect("a double")),
        Schema::String => Value::String(reader.string().expect("a string").into_owned()),
        Schema::Bytes => Value::Bytes(reader.bytes().expect("bytes").to_vec()),
        Schema::Uuid => Value::Fixed(16, Uuid::read(reader).expect("a UUID").0.to_vec()),
        Schema::Enum(_, symbols) => {
            let place = reader.int().expect("an enum") as usize;
            Value::Enum(place as u32, symbols[place].to_owned())
        }
        Schema::Array(item) => {
            let mut items = Vec::new();
            let result = reader.items(|reader, _| {
                items.push(read(item, reader));
                Ok(())
            });
            result.expect("an array");
            Value::Array(items)
        }
        Schema::Map(value) => {
            let mut items = HashMap::new();
            let result = reader.items(|reader, _| {
                items.insert(reader.string()?.into_owned(), read(value, reader));
                Ok(())
            });
            result.expect("a map");
            Value::Map(items)
        }
        Schema::Union(branches) => {
            let place = reader.branch().expect("a union") as usize;
            Value::Union(place as u32, Box::new(read(branches[place], reader)))
        }
        Schema::Record(_, fields) => {
            Value::Record(fields.iter().map(|(name, field)| (camel(name), read(field, reader))).collect())
        }
    }
}

/// Equal to the last bit.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::Double(one), Value::Double(other)) => one.to_bits() == other.to_bits(),
        (Value::Union(one, value), Value::Union(other, other_value)) => {
            one == other && is_same(value, other_value)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| is_same(one, other)))
        }
        (Value::Record(one), Value::Record(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one.0 == other.0 && is_same(&one.1, &other.1))
        }
        _ => one == other,
    }
}

/// The items of a message with data as they are to be visited.
fn items(schemas: &Schemas, message: &Value) -> Vec<String> {
    let Value::Array(items) = field(message, "data") else { panic!("no data: {message:?}") };
    let Some(Definition::Record(value)) = schemas.named.get("DataValue") else { panic!("no DataValue") };
    let [(_, Type::Union(branches))] = &value[..] else { panic!("no union: {value:?}") };
    let mut last: Vec<Index> = Vec::new();
    let seen = items.iter().map(|item| {
        let Value::Long(channel) = field(item, "channelId") else { panic!("no channel: {item:?}") };
        let Value::Array(indexes) = field(item, "indexes") else { panic!("no indexes: {item:?}") };
        if !indexes.is_empty() {
            let filled = indexes.iter().enumerate().map(|(place, index)| match index {
                Value::Long(index) => Index::Long(*index),
                Value::Record(_) => match inner(field(index, "item")).1 {
                    Value::Null => last.get(place).copied().unwrap_or(Index::Missing),
                    Value::Long(index) => Index::Long(*index),
                    Value::Double(index) => Index::Double(*index),
                    pass => Index::Double(double(field(pass, "depth"))),
                },
                other => panic!("no index: {other:?}"),
            });
            last = filled.collect();
        }
        let (branch, value) = inner(field(field(item, "value"), "item"));
        let Type::Named(branch) = &branches[branch] else { panic!("{branches:?}") };
        format!("{:?}", Item { channel: *channel, indexes: &last, value: datum(branch, value) })
    });
    seen.collect()
}

fn datum<'a>(branch: &str, value: &'a Value) -> Datum<'a> {
    match value {
        Value::Null => Datum::Null,
        Value::Boolean(on) => Datum::Bool(*on),
        Value::Int(whole) => Datum::Integer((*whole).into()),
        Value::Long(whole) => Datum::Integer(*whole),
        Value::Float(number) => Datum::Number((*number).into()),
        Value::Double(number) => Datum::Number(*number),
        Value::String(text) => Datum::Text(text.into()),
        Value::Bytes(bytes) => Datum::Bytes(bytes),
        _ if branch == "ArrayOfString" => Datum::Texts(array(value).iter().map(text).collect()),
        _ if branch == "ArrayOfBytes" => Datum::Other("an array of bytes"),
        _ if branch == "AnySparseArray" => sparse(value),
        _ => Datum::Numbers(array(value).iter().map(double).collect()),
    }
}

/// Slices where they belong; more than four gaps for a number beyond the first 64 are too many.
fn sparse(value: &Value) -> Datum<'_> {
    let Value::Array(slices) = field(value, "slices") else { panic!("no slices: {value:?}") };
    let (mut numbers, mut given) = (Vec::new(), 0);
    for slice in slices {
        let Value::Long(start) = field(slice, "start") else { panic!("no start: {slice:?}") };
        let part: Option<Vec<f64>> = match inner(field(field(slice, "slice"), "item")).1 {
            Value::Bytes(bytes) => Some(bytes.iter().copied().map(f64::from).collect()),
            // The sixth branch is that of texts.
            _ if inner(field(field(slice, "slice"), "item")).0 == 5 => None,
            part => Some(array(part).iter().map(double).collect()),
        };
        let Some(part) = part else { return Datum::Other("a sparse array") };
        given += part.len();
        let start = usize::try_from(*start).unwrap_or(usize::MAX);
        if start.saturating_add(part.len()) > 64 + 4 * given {
            return Datum::Other("a sparse array");
        }
        for (place, number) in (start..).zip(part) {
            numbers.resize(numbers.len().max(place + 1), f64::NAN);
            numbers[place] = number;
        }
    }
    Datum::Numbers(numbers)
}

fn field<'a>(record: &'a Value, wanted: &str) -> &'a Value {
    let Value::Record(fields) = record else { panic!("no record: {record:?}") };
    &fields.iter().find(|(name, _)| name == wanted).expect(wanted).1
}

fn inner(union: &Value) -> (usize, &Value) {
    let Value::Union(branch, value) = union else { panic!("no union: {union:?}") };
    (*branch as usize, value)
}

fn array(record: &Value) -> &[Value] {
    let Value::Array(items) = field(record, "values") else { panic!("no array: {record:?}") };
    items
}

fn text(value: &Value) -> String {
    let Value::String(text) = value else { panic!("no text: {value:?}") };
    text.clone()
}

fn double(value: &Value) -> f64 {
    match value {
        Value::Boolean(on) => f64::from(u8::from(*on)),
        Value::Int(whole) => (*whole).into(),
        Value::Long(whole) => *whole as f64,
        Value::Float(number) => (*number).into(),
        Value::Double(number) => *number,
        Value::Union(_, value) if **value == Value::Null => f64::NAN,
        Value::Union(_, value) => double(value),
        other => panic!("no number: {other:?}"),
    }
}
