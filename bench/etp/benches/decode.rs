//! The way of ETP's data from bytes to numbers: by Porthole's visitor, and by two libraries for Avro, on the same messages.
//!
//!     cargo bench --locked --manifest-path bench/etp/Cargo.toml
//!
//! At the end it prints the time of an item as a ratio to Porthole's: the machine's own speed cancels out.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use criterion::{BenchmarkId, Criterion, Throughput};
use porthole::protocol::etp::avro::{Reader, Writer};
use porthole::protocol::etp::item::{Datum, Index, Item};
use porthole::protocol::etp::schema::Schema;
use porthole::protocol::etp::{v11, v12};
use serde::Deserialize;
use serde_json::{Value as Json, json};

const ITEMS: [i64; 2] = [200, 5_000];
const CHANNELS: i64 = 8;
/// The ways, in the order in which they are printed; the first one is 1.
const WAYS: [&str; 4] = ["porthole", "porthole into rings", "serde_avro_fast", "apache-avro"];
const VERSIONS: [&str; 2] = ["1.1", "1.2"];

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut criterion = Criterion::default()
        .output_directory(&folder)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    for version in VERSIONS {
        decode(&mut criterion, version);
    }
    criterion.final_summary();
    ratios(&folder);
}

fn decode(criterion: &mut Criterion, version: &str) {
    let is_v11 = version == "1.1";
    let schema = schema_of(version).to_string();
    let for_apache = apache_avro::Schema::parse_str(&schema).expect("a schema");
    let apache = GenericDatumReader::builder(&for_apache).build().expect("a reader");
    let for_serde: serde_avro_fast::Schema = schema.parse().expect("a schema");
    let mut group = criterion.benchmark_group(version);
    for count in ITEMS {
        let bytes = if is_v11 { message(count, item_v11) } else { message(count, item_v12) };
        let own = if is_v11 { sum_v11 } else { sum_v12 };
        let fast = if is_v11 { fast_v11 } else { fast_v12 };
        let wanted = own(&bytes);
        assert!(wanted > 0.0);
        assert_eq!(fast(&bytes, &for_serde), wanted);
        assert_eq!(by_apache(&bytes, &apache), wanted);
        group.throughput(Throughput::Elements(count.unsigned_abs()));
        group.bench_function(BenchmarkId::new(WAYS[0], count), |bencher| {
            bencher.iter(|| own(black_box(&bytes)));
        });
        group.bench_function(BenchmarkId::new(WAYS[1], count), |bencher| {
            let mut rings = vec![Ring::default(); usize::try_from(CHANNELS).expect("a few")];
            bencher.iter(|| into_rings(is_v11, black_box(&bytes), &mut rings));
        });
        group.bench_function(BenchmarkId::new(WAYS[2], count), |bencher| {
            bencher.iter(|| fast(black_box(&bytes), &for_serde));
        });
        group.bench_function(BenchmarkId::new(WAYS[3], count), |bencher| {
            bencher.iter(|| by_apache(black_box(&bytes), &apache));
        });
    }
    group.finish();
}

/// Prints what criterion has found.
fn ratios(folder: &Path) {
    println!("\n{:<22}{}", "ns an item", "1.1, 200 items   1.1, 5000   1.2, 200   1.2, 5000");
    let columns: Vec<(&str, i64)> =
        VERSIONS.iter().flat_map(|version| ITEMS.map(|count| (*version, count))).collect();
    let nanos = |way: &str, (version, count): (&str, i64)| -> Option<f64> {
        let file: PathBuf = [
            folder,
            Path::new(version),
            Path::new(way),
            Path::new(&count.to_string()),
            Path::new("new/estimates.json"),
        ]
        .iter()
        .collect();
        let found: Json = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
        Some(found["median"]["point_estimate"].as_f64()? / count as f64)
    };
    for way in WAYS {
        let cells = columns.iter().map(|column| match (nanos(way, *column), nanos(WAYS[0], *column)) {
            (Some(found), Some(own)) => format!("{found:>7.1} ={:>6.1} ×", found / own),
            _ => "-".to_owned(),
        });
        println!("{way:<22}{}", cells.collect::<Vec<_>>().join("  "));
    }
}

/// `ChannelData` with so many doubles of a few channels, each with its time.
fn message(count: i64, item: fn(&mut Writer, i64)) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.long(count);
    (0..count).for_each(|place| item(&mut writer, place));
    writer.long(0);
    writer.into_bytes()
}

fn time(place: i64) -> i64 {
    1_700_000_000_000_000 + 100_000 * (place / CHANNELS)
}

fn number(place: i64) -> [u8; 8] {
    (20.0 + (place as f64).sin()).to_le_bytes()
}

fn item_v11(writer: &mut Writer, place: i64) {
    writer.long(1);
    writer.long(time(place));
    writer.long(0);
    writer.long(place % CHANNELS);
    writer.long(1);
    writer.raw(&number(place));
    writer.long(0);
}

fn item_v12(writer: &mut Writer, place: i64) {
    writer.long(place % CHANNELS);
    writer.long(1);
    writer.long(1);
    writer.long(time(place));
    writer.long(0);
    writer.long(5);
    writer.raw(&number(place));
    writer.long(0);
}

/// What each way makes of an item: something that needs its channel, its time and its value.
fn weigh(channel: i64, time: i64, value: f64) -> f64 {
    value + channel as f64 + (time & 1023) as f64
}

fn weigh_item(item: &Item<'_, '_>) -> f64 {
    match (item.indexes, &item.value) {
        ([Index::Long(time)], Datum::Number(value)) => weigh(item.channel, *time, *value),
        _ => f64::NAN,
    }
}

fn sum_v11(bytes: &[u8]) -> f64 {
    let mut sum = 0.0;
    v11::data::each(&mut Reader::new(bytes), |item| sum += weigh_item(&item)).expect("it is right");
    sum
}

fn sum_v12(bytes: &[u8]) -> f64 {
    let mut sum = 0.0;
    v12::data::each(&mut Reader::new(bytes), |item| sum += weigh_item(&item)).expect("it is right");
    sum
}

/// The newest readings of a channel.
#[derive(Clone)]
struct Ring {
    readings: Vec<(i64, f64)>,
    at: usize,
}

impl Default for Ring {
    fn default() -> Self {
        Self { readings: vec![(0, 0.0); 600], at: 0 }
    }
}

impl Ring {
    fn push(&mut self, time: i64, value: f64) {
        self.readings[self.at] = (time, value);
        self.at = (self.at + 1) % self.readings.len();
    }
}

fn into_rings(is_v11: bool, bytes: &[u8], rings: &mut [Ring]) {
    let see = |item: Item<'_, '_>| {
        if let ([Index::Long(time)], Datum::Number(value)) = (item.indexes, item.value)
            && let Some(ring) = usize::try_from(item.channel).ok().and_then(|place| rings.get_mut(place))
        {
            ring.push(*time, value);
        }
    };
    let mut reader = Reader::new(bytes);
    if is_v11 { v11::data::each(&mut reader, see) } else { v12::data::each(&mut reader, see) }
        .expect("it is right");
}

#[derive(Deserialize)]
struct Message<T> {
    data: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemV11<'a> {
    indexes: Vec<i64>,
    channel_id: i64,
    #[serde(borrow)]
    value: DataValue<'a>,
    #[serde(borrow)]
    value_attributes: Vec<DataAttribute<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemV12<'a> {
    channel_id: i64,
    indexes: Vec<IndexValue>,
    #[serde(borrow)]
    value: DataValue<'a>,
    #[serde(borrow)]
    value_attributes: Vec<DataAttribute<'a>>,
}

#[derive(Deserialize)]
struct IndexValue {
    item: IndexBranch,
}

#[derive(Deserialize)]
enum IndexBranch {
    Null,
    Long(i64),
    Double(f64),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DataAttribute<'a> {
    attribute_id: i32,
    #[serde(borrow)]
    attribute_value: DataValue<'a>,
}

#[derive(Deserialize)]
struct DataValue<'a> {
    #[serde(borrow)]
    item: DataBranch<'a>,
}

#[derive(Deserialize)]
enum DataBranch<'a> {
    Null,
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    String(&'a str),
    Bytes(&'a [u8]),
}

impl DataBranch<'_> {
    fn number(&self) -> f64 {
        match self {
            Self::Double(number) => *number,
            Self::Float(number) => f64::from(*number),
            Self::Int(whole) => f64::from(*whole),
            Self::Long(whole) => *whole as f64,
            Self::Boolean(on) => f64::from(u8::from(*on)),
            Self::String(text) => text.len() as f64,
            Self::Bytes(bytes) => bytes.len() as f64,
            Self::Null => f64::NAN,
        }
    }
}

fn attributes(attributes: &[DataAttribute<'_>]) -> f64 {
    attributes.iter().map(|told| told.attribute_value.item.number() + f64::from(told.attribute_id)).sum()
}

fn fast_v11(bytes: &[u8], schema: &serde_avro_fast::Schema) -> f64 {
    let message: Message<ItemV11<'_>> =
        serde_avro_fast::from_datum_slice(bytes, schema).expect("it is right");
    let weights = message.data.iter().map(|item| {
        let time = item.indexes.first().copied().unwrap_or_default();
        weigh(item.channel_id, time, item.value.item.number()) + attributes(&item.value_attributes)
    });
    weights.fold(0.0, |sum, weight| sum + weight)
}

fn fast_v12(bytes: &[u8], schema: &serde_avro_fast::Schema) -> f64 {
    let message: Message<ItemV12<'_>> =
        serde_avro_fast::from_datum_slice(bytes, schema).expect("it is right");
    let weights = message.data.iter().map(|item| {
        let time = match item.indexes.first().map(|index| &index.item) {
            Some(IndexBranch::Long(time)) => *time,
            Some(IndexBranch::Double(depth)) => *depth as i64,
            Some(IndexBranch::Null) | None => 0,
        };
        weigh(item.channel_id, time, item.value.item.number()) + attributes(&item.value_attributes)
    });
    weights.fold(0.0, |sum, weight| sum + weight)
}

/// Into the library's own values. Its derived structs are read from the same values.
fn by_apache(mut bytes: &[u8], reader: &GenericDatumReader<'_>) -> f64 {
    let message = reader.read_value(&mut bytes).expect("it is right");
    let Value::Array(items) = field(&message, "data") else { panic!("no data") };
    let weights = items.iter().map(|item| {
        let Value::Long(channel) = field(item, "channelId") else { panic!("no channel") };
        let Value::Array(indexes) = field(item, "indexes") else { panic!("no indexes") };
        let time = match indexes.first() {
            Some(Value::Long(time)) => *time,
            Some(index) => match branch(index) {
                Value::Long(time) => *time,
                other => panic!("no time: {other:?}"),
            },
            None => 0,
        };
        let Value::Double(value) = branch(field(item, "value")) else { panic!("no number") };
        weigh(*channel, time, *value)
    });
    weights.fold(0.0, |sum, weight| sum + weight)
}

fn field<'a>(record: &'a Value, wanted: &str) -> &'a Value {
    let Value::Record(fields) = record else { panic!("no record: {record:?}") };
    &fields.iter().find(|(name, _)| name == wanted).expect(wanted).1
}

fn branch(record: &Value) -> &Value {
    let Value::Union(_, value) = field(record, "item") else { panic!("no union: {record:?}") };
    value
}

/// `ChannelData` in Avro's JSON.
fn schema_of(version: &str) -> Json {
    let (messages, wanted) = match version {
        "1.1" => (v11::messages::Message::SCHEMAS, (1, 3)),
        _ => (v12::messages::Message::SCHEMAS, (21, 4)),
    };
    let found = messages.iter().find(|(protocol, kind, ..)| (*protocol, *kind) == wanted);
    avro(found.expect("ChannelData").3, &mut Vec::new())
}

fn avro(schema: &Schema, known: &mut Vec<&'static str>) -> Json {
    match schema {
        Schema::Null => json!("null"),
        Schema::Boolean => json!("boolean"),
        Schema::Int => json!("int"),
        Schema::Long => json!("long"),
        Schema::Float => json!("float"),
        Schema::Double => json!("double"),
        Schema::String => json!("string"),
        Schema::Bytes => json!("bytes"),
        Schema::Uuid => json!({"type": "fixed", "name": "Uuid", "size": 16}),
        Schema::Array(item) => json!({"type": "array", "items": avro(item, known)}),
        Schema::Map(value) => json!({"type": "map", "values": avro(value, known)}),
        Schema::Union(branches) => branches.iter().map(|branch| avro(branch, known)).collect(),
        Schema::Enum(name, _) | Schema::Record(name, _) if known.contains(name) => json!(name),
        Schema::Enum(name, symbols) => {
            known.push(name);
            json!({"type": "enum", "name": name, "symbols": symbols})
        }
        Schema::Record(name, fields) => {
            known.push(name);
            let fields: Vec<Json> = fields
                .iter()
                .map(|(name, field)| json!({"name": camel(name), "type": avro(field, known)}))
                .collect();
            json!({"type": "record", "name": name, "fields": fields})
        }
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| [&name, word[..1].to_ascii_uppercase().as_str(), &word[1..]].concat())
}
