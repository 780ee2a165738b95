//! From JSON to binary, by the schema.
//!
//! Beyond Avro's JSON encoding it is read what peers write, or are shown to write:
//! - header and body one after the other instead of in a list,
//! - a union without the name of its branch, or with the short one,
//! - a field that is missing: it has its default; null for an empty text, list or object, and for NaN,
//! - bytes as `"0x…"`, a UUID as its text, a number as a text, an enum as a number, NaN without quotes.
//!
//! Fields that the schema does not have are passed over.

use super::super::avro::{Avro as _, Reader, Writer};
use super::super::header::{COMPRESSED, EXTENSION, MessageHeader};
use super::super::json::{JsonCause, JsonError};
use super::super::schema::Schema;
use super::super::v12::datatypes::MessageHeaderExtension;
use super::super::version::Version;
use super::{body, letters, looks_hexadecimal, short, tag};
use crate::model::json::{Breaches, Json, JsonError as TextError, JsonFault};
use crate::model::{hex, number};

/// The largest text, as the largest frame, …
const TEXT_MOST: usize = 16 << 20;
/// … and so many values in it at most: each takes 32 bytes, and two in a text may suffice to tell one.
const VALUES_MOST: usize = 2 << 20;
/// The largest message in binary. It is larger than its text only where fields are missing.
const BINARY_MOST: usize = 16 << 20;
/// So many letters of a name are told in an error.
const NAME_MOST: usize = 64;

/// See [`super::super::json::to_binary`].
pub(crate) fn to_binary(version: Version, text: &str) -> Result<Vec<u8>, JsonError> {
    let error = |cause| JsonError { pointer: String::new(), cause };
    // .NET begins a text with it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let values = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if text.len() > TEXT_MOST || values > VALUES_MOST {
        return Err(error(JsonCause::TooLarge));
    }
    let parts = parts(text).map_err(error)?;
    let (header, extension, told) = match &parts[..] {
        [header, body] => (header, None, body),
        [header, extension, body] => (header, Some(extension), body),
        _ => return Err(error(JsonCause::Message)),
    };
    let mut scribe = Scribe::default();
    scribe.part(0, MessageHeader::SCHEMA, header)?;
    let bytes = std::mem::take(&mut scribe.writer).into_bytes();
    let mut header =
        MessageHeader::read(&mut Reader::new(&bytes)).map_err(|what| error(JsonCause::Binary(what)))?;
    header.message_flags &= !COMPRESSED;
    if extension.is_some() {
        header.message_flags |= EXTENSION;
    }
    scribe.writer = header.writer();
    match extension {
        Some(extension) => scribe.part(1, MessageHeaderExtension::SCHEMA, extension)?,
        None if header.has(EXTENSION) => scribe.absent(MessageHeaderExtension::SCHEMA),
        None => {}
    }
    if let Some(body) = body(version, &header) {
        scribe.part(parts.len() - 1, body, told)?;
    }
    Ok(scribe.writer.into_bytes())
}

/// The parts of a message: the items of a list, or values one after the other.
fn parts(text: &str) -> Result<Vec<Json<'_>>, JsonCause> {
    let mut parts = Vec::new();
    let mut start = 0;
    loop {
        let rest = &text[start..];
        match Json::parse(rest, &mut Breaches::default()) {
            Ok(Json::Array(items)) if parts.is_empty() => return Ok(items),
            Ok(part) => {
                parts.push(part);
                return Ok(parts);
            }
            Err(TextError { what: JsonFault::Trailing, at }) if parts.len() < 2 => {
                parts.push(Json::parse(&rest[..at], &mut Breaches::default()).map_err(JsonCause::Text)?);
                start += at;
            }
            Err(TextError { what, at }) => return Err(JsonCause::Text(TextError { what, at: start + at })),
        }
    }
}

/// Writes values where they belong.
#[derive(Default)]
struct Scribe<'j> {
    writer: Writer,
    /// The way to the value at hand. After an error it leads to what is wrong.
    path: Vec<Step<'j>>,
    /// A branch is tried that nobody has named.
    is_trying: bool,
}

enum Step<'j> {
    Name(&'j str),
    Index(usize),
}

impl<'j> Scribe<'j> {
    fn part(&mut self, place: usize, schema: &'static Schema, json: &'j Json<'_>) -> Result<(), JsonError> {
        let result = self.at(Step::Index(place), schema, json);
        result.map_err(|cause| JsonError { pointer: self.pointer(), cause })
    }

    /// Writes what is a step further.
    fn at(&mut self, step: Step<'j>, schema: &'static Schema, json: &'j Json<'_>) -> Result<(), JsonCause> {
        self.path.push(step);
        self.value(schema, json)?;
        self.path.pop();
        Ok(())
    }

    fn value(&mut self, schema: &'static Schema, json: &'j Json<'_>) -> Result<(), JsonCause> {
        if self.writer.len() > BINARY_MOST {
            return Err(JsonCause::TooLarge);
        }
        match (schema, json) {
            (Schema::Union(branches), _) => self.union(branches, json)?,
            // An empty one, as some write it.
            (
                Schema::String | Schema::Bytes | Schema::Array(_) | Schema::Map(_) | Schema::Record(..),
                Json::Null,
            ) if !self.is_trying => self.absent(schema),
            (Schema::Boolean, Json::Bool(on)) => self.writer.raw(&[u8::from(*on)]),
            (Schema::Int, _) => {
                let int = i32::try_from(whole(json)?).ok().ok_or(JsonCause::Range("an int"))?;
                self.writer.long(int.into());
            }
            (Schema::Long, _) => {
                let long = i64::try_from(whole(json)?).ok().ok_or(JsonCause::Range("a long"))?;
                self.writer.long(long);
            }
            (Schema::Float, _) => {
                let double = self.double(json)?;
                let float = double as f32;
                let is_changed = f64::from(float) != double && !double.is_nan();
                if is_changed && (self.is_trying || float.is_infinite()) {
                    return Err(JsonCause::Range("a float"));
                }
                self.writer.raw(&float.to_le_bytes());
            }
            (Schema::Double, _) => self.writer.raw(&self.double(json)?.to_le_bytes()),
            (Schema::String, Json::Text(text)) => self.writer.bytes(text.as_bytes()),
            (Schema::Bytes, Json::Text(text)) => self.writer.bytes(&bytes(text)?),
            (Schema::Uuid, Json::Text(text)) => self.writer.raw(&uuid(text)?),
            (Schema::Enum(name, symbols), _) => {
                let place = match json {
                    Json::Text(text) => {
                        let place = symbols.iter().position(|symbol| symbol == text);
                        place.and_then(|place| i32::try_from(place).ok())
                    }
                    other => other.as_whole().and_then(|place| i32::try_from(place).ok()),
                };
                self.writer.long(place.ok_or_else(|| JsonCause::Symbol(short(name)))?.into());
            }
            (Schema::Array(item), Json::Array(items)) => {
                self.writer.begin(items.len());
                for (place, value) in items.iter().enumerate() {
                    self.at(Step::Index(place), item, value)?;
                }
                self.writer.end();
            }
            (Schema::Map(of), Json::Object(members)) => {
                self.writer.begin(members.len());
                for (name, value) in members {
                    self.writer.bytes(name.as_bytes());
                    self.at(Step::Name(name), of, value)?;
                }
                self.writer.end();
            }
            (Schema::Record(_, fields), Json::Object(members)) => {
                for (name, field) in *fields {
                    // As everywhere, the last one of several counts.
                    match members.iter().rev().find(|(key, _)| letters(name).eq(key.chars())) {
                        Some((key, value)) => self.at(Step::Name(key), field, value)?,
                        None => self.absent_field(name, field),
                    }
                }
            }
            (schema, _) => return Err(JsonCause::Wanted(wanted(schema))),
        }
        Ok(())
    }

    /// Any number. JavaScript writes null for NaN.
    fn double(&self, json: &Json<'_>) -> Result<f64, JsonCause> {
        match json {
            Json::Null if !self.is_trying => Some(f64::NAN),
            Json::Text(text) => number::parse(text),
            other => other.as_f64(),
        }
        .ok_or(JsonCause::Wanted("a number"))
    }

    fn union(&mut self, branches: &'static [&'static Schema], json: &'j Json<'_>) -> Result<(), JsonCause> {
        let mut numbered = (0_i64..).zip(branches);
        if let Json::Object(members) = json
            && let [(name, value)] = &members[..]
            && let Some((number, branch)) = numbered.clone().find(|(_, branch)| {
                let tag = tag(branch);
                name == tag || name == short(tag)
            })
        {
            self.writer.long(number);
            let was_trying = std::mem::take(&mut self.is_trying);
            self.at(Step::Name(name), branch, value)?;
            self.is_trying = was_trying;
            return Ok(());
        }
        if *json == Json::Null {
            let (number, _) =
                numbered.find(|(_, branch)| matches!(branch, Schema::Null)).ok_or(JsonCause::Branch)?;
            self.writer.long(number);
            return Ok(());
        }
        let (was_trying, start, depth) = (self.is_trying, self.writer.len(), self.path.len());
        for rank in 0..RANKS {
            for (number, branch) in numbered.clone().filter(|(_, branch)| suits(branch, json) == Some(rank)) {
                self.writer.long(number);
                self.is_trying = true;
                if self.value(branch, json).is_ok() {
                    self.is_trying = was_trying;
                    return Ok(());
                }
                self.writer.truncate(start);
                self.path.truncate(depth);
            }
        }
        Err(JsonCause::Branch)
    }

    /// What a field is that is missing: nothing, and what the schema says else.
    fn absent_field(&mut self, name: &str, schema: &Schema) {
        match name {
            "filterable" | "data_changes" => self.writer.raw(&[1]),
            "format" => self.writer.bytes(b"xml"),
            "supported_formats" => {
                self.writer.begin(1);
                self.writer.bytes(b"xml");
                self.writer.end();
            }
            _ => self.absent(schema),
        }
    }

    fn absent(&mut self, schema: &Schema) {
        match schema {
            Schema::Null => {}
            Schema::Boolean
            | Schema::Int
            | Schema::Long
            | Schema::String
            | Schema::Bytes
            | Schema::Array(_)
            | Schema::Map(_)
            | Schema::Enum(..) => self.writer.long(0),
            Schema::Float => self.writer.raw(&[0; 4]),
            Schema::Double => self.writer.raw(&[0; 8]),
            Schema::Uuid => self.writer.raw(&[0; 16]),
            Schema::Union(branches) => {
                self.writer.long(0);
                if let Some(first) = branches.first() {
                    self.absent(first);
                }
            }
            Schema::Record(_, fields) => {
                for (name, field) in *fields {
                    self.absent_field(name, field);
                }
            }
        }
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            pointer.push('/');
            match step {
                Step::Index(index) => pointer.push_str(&index.to_string()),
                Step::Name(name) => {
                    for letter in name.chars().take(NAME_MOST) {
                        match letter {
                            '~' => pointer.push_str("~0"),
                            '/' => pointer.push_str("~1"),
                            letter => pointer.push(letter),
                        }
                    }
                }
            }
        }
        pointer
    }
}

/// How many ranks [`suits`] has.
const RANKS: u8 = 5;

/// Whether a value may stand for a branch that nobody has named, and how soon that is tried.
fn suits(branch: &Schema, json: &Json<'_>) -> Option<u8> {
    match (branch, json) {
        (Schema::Boolean, Json::Bool(_))
        | (Schema::Int, Json::Integer(_))
        | (Schema::Double, Json::Number(_) | Json::Huge(_))
        | (Schema::String, Json::Text(_))
        | (Schema::Array(_), Json::Array(_)) => Some(0),
        (Schema::Long, Json::Integer(_))
        | (Schema::Float, Json::Number(_) | Json::Huge(_))
        | (Schema::Enum(..) | Schema::Uuid, Json::Text(_))
        | (Schema::Map(_), Json::Object(_)) => Some(1),
        (Schema::Double, Json::Integer(_) | Json::Text(_)) | (Schema::Long, Json::Number(_)) => Some(2),
        (Schema::Float, Json::Integer(_) | Json::Text(_)) | (Schema::Int, Json::Number(_)) => Some(3),
        (Schema::Bytes, Json::Text(_)) => Some(4),
        // All its members are fields, and there are some.
        (Schema::Record(_, fields), Json::Object(members)) if !members.is_empty() => {
            let is_field = |key: &str| fields.iter().any(|(name, _)| letters(name).eq(key.chars()));
            members.iter().all(|(key, _)| is_field(key)).then_some(0)
        }
        _ => None,
    }
}

fn wanted(schema: &Schema) -> &'static str {
    match schema {
        Schema::Null => "null",
        Schema::Boolean => "true or false",
        Schema::Int | Schema::Long | Schema::Float | Schema::Double => "a number",
        Schema::String | Schema::Bytes | Schema::Enum(..) => "a text",
        Schema::Uuid => "a UUID",
        Schema::Array(_) => "a list",
        Schema::Map(_) | Schema::Record(..) | Schema::Union(_) => "an object",
    }
}

fn whole(json: &Json<'_>) -> Result<i128, JsonCause> {
    match json {
        Json::Huge(_) => Some(i128::MAX),
        Json::Text(text) => text.parse::<i64>().ok().map(i128::from),
        other => other.as_whole(),
    }
    .ok_or(JsonCause::Wanted("a whole number"))
}

fn bytes(text: &str) -> Result<Vec<u8>, JsonCause> {
    match looks_hexadecimal(text).and_then(hex::decode) {
        Some(bytes) => Ok(bytes),
        None => bytes_of(text).ok_or(JsonCause::Byte),
    }
}

/// A character for each byte; or digits, in groups or not, in braces or not.
fn uuid(text: &str) -> Result<[u8; 16], JsonCause> {
    let found = match bytes_of(text) {
        Some(bytes) if bytes.len() == 16 => Some(bytes),
        _ => {
            let digits = text.strip_prefix("0x").unwrap_or(text);
            let digits: String = digits.chars().filter(|char| !matches!(char, '-' | '{' | '}')).collect();
            hex::decode(&digits)
        }
    };
    let found = found.and_then(|bytes| bytes.try_into().ok());
    found.ok_or(JsonCause::Wanted("a UUID"))
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|char| u8::try_from(char).ok()).collect()
}
