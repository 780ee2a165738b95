//! Messages of ETP with their decoding, and a second reading of messages: by the schema alone, into the notation of that
//! decoding.

use porthole::model::hex;
use porthole::model::json::{Breaches, Json};
use porthole::protocol::etp::avro::{Avro as _, AvroError, Reader, Uuid};
use porthole::protocol::etp::header::{COMPRESSED, EXTENSION, MessageHeader};
use porthole::protocol::etp::schema::Schema;
use porthole::protocol::etp::v12::datatypes::MessageHeaderExtension;
use porthole::protocol::etp::version::Version;
use porthole::protocol::etp::{v11, v12};

/// A message with its decoding.
#[derive(Debug)]
pub struct Vector {
    /// Version and name.
    pub name: String,
    pub version: Version,
    /// `binary`, `json` or `json-lenient`.
    pub encoding: String,
    /// The whole message as it goes over a WebSocket.
    pub bytes: Vec<u8>,
    /// `header`, sometimes `extension`, and `body`. Unions are written as Avro's JSON does, bytes as `"0x…"`.
    pub decoded: Json<'static>,
}

impl Vector {
    pub fn header(&self) -> MessageHeader {
        MessageHeader::read(&mut Reader::new(&self.bytes)).expect(&self.name)
    }

    pub fn is_compressed(&self) -> bool {
        self.header().has(COMPRESSED)
    }

    /// Its body is not written as we would: in two blocks, the first one with its size.
    pub fn is_in_blocks(&self) -> bool {
        self.name.contains("blocks-negative")
    }
}

/// All of tests/data/etp/etp-vectors.jsonl, or of the file that `PORTHOLE_ETP_VECTORS` names.
pub fn vectors() -> Vec<Vector> {
    let text = match std::env::var("PORTHOLE_ETP_VECTORS") {
        Ok(path) => std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")),
        Err(_) => include_str!("../data/etp/etp-vectors.jsonl").to_owned(),
    };
    text.leak().lines().map(vector).collect()
}

/// Those in binary.
pub fn binary_vectors() -> Vec<Vector> {
    vectors().into_iter().filter(|vector| vector.encoding == "binary").collect()
}

fn vector(line: &'static str) -> Vector {
    let json = Json::parse(line, &mut Breaches::default()).expect(line);
    let text = |name| json.get(name).and_then(Json::as_text).expect(line).to_owned();
    let version = text("version");
    Vector {
        name: format!("{version} {}", text("name")),
        version: if version == Version::V11.number() { Version::V11 } else { Version::V12 },
        encoding: text("encoding"),
        bytes: hex::decode(&text("hex")).expect(line),
        decoded: json.get("decoded").expect(line).clone(),
    }
}

/// What the body of a message looks like.
pub fn schema(version: Version, header: &MessageHeader) -> Option<&'static Schema> {
    let schemas = match version {
        Version::V11 => v11::messages::Message::SCHEMAS,
        Version::V12 => v12::messages::Message::SCHEMAS,
    };
    let protocol = if header.message_type >= 1000 { 0 } else { header.protocol };
    let found = schemas.iter().find(|(of, kind, ..)| (*of, *kind) == (protocol, header.message_type));
    found.map(|(.., schema)| *schema)
}

/// Reads a message to its end by its schema, as [`Vector::decoded`] has it.
pub fn decode(version: Version, bytes: &[u8]) -> Result<Json<'static>, AvroError> {
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader.clone())?;
    let mut parts = vec![("header".into(), value(MessageHeader::SCHEMA, &mut reader)?)];
    if header.has(EXTENSION) {
        parts.push(("extension".into(), value(MessageHeaderExtension::SCHEMA, &mut reader)?));
    }
    let schema = schema(version, &header).unwrap_or_else(|| panic!("no message {header:?}"));
    parts.push(("body".into(), value(schema, &mut reader)?));
    assert_eq!(reader.left(), 0, "after the end of {header:?}");
    Ok(Json::Object(parts))
}

/// The same values, however a number is written: some wrote 10 for a double.
pub fn is_same(one: &Json<'_>, other: &Json<'_>) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            let pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.into_iter().all(|(one, other)| one.0 == other.0 && is_same(&one.1, &other.1))
        }
        (Json::Number(number), Json::Integer(whole)) | (Json::Integer(whole), Json::Number(number)) => {
            *number == *whole as f64 && *number as i128 == *whole
        }
        _ => one == other,
    }
}

/// Reads a value by its schema.
pub fn value(schema: &Schema, reader: &mut Reader<'_>) -> Result<Json<'static>, AvroError> {
    Ok(match schema {
        Schema::Null => Json::Null,
        Schema::Boolean => Json::Bool(reader.boolean()?),
        Schema::Int => Json::Integer(reader.int()?.into()),
        Schema::Long => Json::Integer(reader.long()?.into()),
        Schema::Float => number(reader.float()?.into()),
        Schema::Double => number(reader.double()?),
        Schema::String => Json::Text(reader.string()?.into_owned().into()),
        Schema::Bytes => digits(reader.bytes()?),
        Schema::Uuid => digits(&Uuid::read(reader)?.0),
        Schema::Enum(_, symbols) => {
            let place = reader.int()?;
            let symbol = usize::try_from(place).ok().and_then(|place| symbols.get(place));
            symbol.map_or_else(|| Json::Integer(place.into()), |symbol| Json::Text((*symbol).into()))
        }
        Schema::Array(item) => {
            let mut items = Vec::new();
            reader.items(|reader, _| {
                items.push(value(item, reader)?);
                Ok(())
            })?;
            Json::Array(items)
        }
        Schema::Map(of) => {
            let mut items = Vec::new();
            reader.items(|reader, _| {
                items.push((reader.string()?.into_owned().into(), value(of, reader)?));
                Ok(())
            })?;
            Json::Object(items)
        }
        Schema::Union(branches) => {
            let number = reader.branch()?;
            let branch = usize::try_from(number).ok().and_then(|number| branches.get(number));
            match branch.ok_or_else(|| reader.no_branch(number))? {
                Schema::Null => Json::Null,
                branch => Json::Object(vec![(tag(branch).into(), value(branch, reader)?)]),
            }
        }
        Schema::Record(_, fields) => {
            let fields = fields.iter().map(|(name, field)| Ok((camel(name).into(), value(field, reader)?)));
            Json::Object(fields.collect::<Result<_, AvroError>>()?)
        }
    })
}

fn number(number: f64) -> Json<'static> {
    if number.is_finite() {
        Json::Number(number)
    } else {
        Json::Text(format!("{number:?}").replace("inf", "Infinity").into())
    }
}

fn digits(bytes: &[u8]) -> Json<'static> {
    Json::Text(format!("0x{}", hex::packed(bytes)).into())
}

/// The name of a branch in JSON.
pub fn tag(branch: &Schema) -> &'static str {
    match branch {
        Schema::Null => "null",
        Schema::Boolean => "boolean",
        Schema::Int => "int",
        Schema::Long => "long",
        Schema::Float => "float",
        Schema::Double => "double",
        Schema::String => "string",
        Schema::Bytes => "bytes",
        Schema::Uuid => "Energistics.Etp.v12.Datatypes.Uuid",
        Schema::Array(_) => "array",
        Schema::Map(_) => "map",
        Schema::Union(_) => panic!("a union in a union"),
        Schema::Enum(name, _) | Schema::Record(name, _) => name,
    }
}

/// A field's name in the schema, from the one in Rust.
pub fn camel(name: &str) -> String {
    let mut words = name.trim_start_matches("r#").split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(1);
        [&name, initial.to_ascii_uppercase().as_str(), rest].concat()
    })
}
