//! From binary to JSON, by the schema: strict, so that anybody can read it.

use std::fmt::Write as _;

use super::super::avro::{Avro as _, AvroError, AvroErrorKind, Reader, Uuid};
use super::super::header::{COMPRESSED, EXTENSION, MessageHeader};
use super::super::json::{JsonCause, JsonError};
use super::super::schema::{Schema, branch};
use super::super::v12::datatypes::MessageHeaderExtension;
use super::super::version::Version;
use super::{body, letters, looks_hexadecimal, tag};
use crate::model::hex;
use crate::model::json::{write_number, write_text};

/// A byte may become a record with all its names.
const TEXT_MOST: usize = 64 << 20;

/// See [`super::super::json::to_json`].
pub(crate) fn to_json(version: Version, bytes: &[u8]) -> Result<String, JsonError> {
    let error = |cause| JsonError { pointer: String::new(), cause };
    let wrong = |what| error(JsonCause::Binary(what));
    let mut reader = Reader::new(bytes);
    let header = MessageHeader::read(&mut reader.clone()).map_err(wrong)?;
    if header.has(COMPRESSED) {
        return Err(error(JsonCause::Compressed));
    }
    let Some(body) = body(version, &header) else {
        return Err(error(JsonCause::Unknown(header.protocol, header.message_type)));
    };
    let mut out = "[".to_owned();
    write(MessageHeader::SCHEMA, &mut reader, &mut out).map_err(wrong)?;
    if header.has(EXTENSION) {
        out.push(',');
        write(MessageHeaderExtension::SCHEMA, &mut reader, &mut out).map_err(wrong)?;
    }
    out.push(',');
    write(body, &mut reader, &mut out).map_err(wrong)?;
    out.push(']');
    Ok(out)
}

fn write(schema: &'static Schema, reader: &mut Reader<'_>, out: &mut String) -> Result<(), AvroError> {
    match schema {
        Schema::Null => out.push_str("null"),
        Schema::Boolean => out.push_str(if reader.boolean()? { "true" } else { "false" }),
        Schema::Int => whole(reader.int()?.into(), out),
        Schema::Long => whole(reader.long()?, out),
        Schema::Float => number(reader.float()?.into(), out),
        Schema::Double => number(reader.double()?, out),
        Schema::String => write_text(&reader.string()?, out),
        Schema::Bytes => bytes(reader.bytes()?, out),
        Schema::Uuid => bytes(&Uuid::read(reader)?.0, out),
        Schema::Enum(_, symbols) => {
            let place = reader.int()?;
            match usize::try_from(place).ok().and_then(|place| symbols.get(place)) {
                Some(symbol) => write_text(symbol, out),
                None => whole(place.into(), out),
            }
        }
        Schema::Array(item) => {
            let mut before = '[';
            reader.items(|reader, _| {
                out.push(std::mem::replace(&mut before, ','));
                write(item, reader, out)?;
                is_small(reader, out)
            })?;
            if before == '[' {
                out.push('[');
            }
            out.push(']');
        }
        Schema::Map(value) => {
            let mut before = '{';
            reader.items(|reader, _| {
                out.push(std::mem::replace(&mut before, ','));
                write_text(&reader.string()?, out);
                out.push(':');
                write(value, reader, out)?;
                is_small(reader, out)
            })?;
            if before == '{' {
                out.push('{');
            }
            out.push('}');
        }
        Schema::Union(branches) => match branch(branches, reader)? {
            Schema::Null => out.push_str("null"),
            branch => {
                out.push('{');
                write_text(tag(branch), out);
                out.push(':');
                write(branch, reader, out)?;
                out.push('}');
            }
        },
        Schema::Record(_, fields) => {
            out.push('{');
            for (place, (name, field)) in fields.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push('"');
                out.extend(letters(name));
                out.push_str("\":");
                write(field, reader, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn is_small(reader: &Reader<'_>, out: &str) -> Result<(), AvroError> {
    if out.len() > TEXT_MOST {
        return Err(AvroError { offset: reader.offset(), kind: AvroErrorKind::Room });
    }
    Ok(())
}

fn whole(number: i64, out: &mut String) {
    // Writing to a string cannot fail.
    if write!(out, "{number}").is_err() {
        out.push('0');
    }
}

/// What JSON has no number for becomes a text.
fn number(number: f64, out: &mut String) {
    let quote = if number.is_finite() { "" } else { "\"" };
    out.push_str(quote);
    write_number(number, out);
    out.push_str(quote);
}

/// A character for each byte; digits where the characters would look like digits.
fn bytes(bytes: &[u8], out: &mut String) {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    match looks_hexadecimal(&text) {
        Some(_) => write_text(&["0x", &hex::packed(bytes)].concat(), out),
        None => write_text(&text, out),
    }
}
