//! The JSON encoding: a part of the program of its own, since few servers speak it.
//!
//! A message is `[ {header}, {body} ]`, with an extension `[ {header}, {extension}, {body} ]`, in Avro's JSON encoding. No
//! two implementations were seen to agree in all of it, so what is read may differ: see [`reading`].
//!
//! Nothing in here is called but by its address: see `tools/split.mjs`.

mod reading;
mod writing;

pub(super) use reading::to_binary;
pub(super) use writing::to_json;

use super::header::MessageHeader;
use super::schema::Schema;
use super::version::Version;
use super::{v11, v12};

/// What the body of a message looks like.
fn body(version: Version, header: &MessageHeader) -> Option<&'static Schema> {
    let schemas = match version {
        Version::V11 => v11::messages::Message::SCHEMAS,
        Version::V12 => v12::messages::Message::SCHEMAS,
    };
    let protocol = if header.message_type >= 1000 { 0 } else { header.protocol };
    let wanted = (protocol, header.message_type);
    schemas.iter().find(|(protocol, kind, ..)| (*protocol, *kind) == wanted).map(|(.., schema)| *schema)
}

/// The name that tells a branch of a union.
fn tag(branch: &Schema) -> &'static str {
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
        Schema::Union(_) => "union",
        Schema::Enum(name, _) | Schema::Record(name, _) => name,
    }
}

/// A name without what stands before its last point.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The letters of a field's name in JSON, from the one in Rust: `message_id` is `messageId`.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let mut is_first = false;
    name.strip_prefix("r#").unwrap_or(name).chars().filter_map(move |letter| {
        let starts_word = std::mem::replace(&mut is_first, letter == '_');
        match letter {
            '_' => None,
            letter if starts_word => Some(letter.to_ascii_uppercase()),
            letter => Some(letter),
        }
    })
}

/// Bytes that would be taken for hexadecimal digits if they were written as characters.
fn looks_hexadecimal(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("0x")?;
    (digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_names_of_the_schema() {
        let name = |rust| letters(rust).collect::<String>();
        assert_eq!(name("uri"), "uri");
        assert_eq!(name("r#final"), "final");
        assert_eq!(name("include_secondary_sources"), "includeSecondarySources");
    }
}
