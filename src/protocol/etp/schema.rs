//! What messages look like, as data beside the code that reads them: for the JSON encoding, and for tests that hold the
//! code against other writings of the schema.
//!
//! The macros write both from one list of fields in the order of the wire.

use super::avro::{AvroError, Reader};

/// What a value looks like.
#[derive(Debug)]
pub enum Schema {
    /// `null`.
    Null,
    /// `boolean`.
    Boolean,
    /// `int`.
    Int,
    /// `long`.
    Long,
    /// `float`.
    Float,
    /// `double`.
    Double,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// `Uuid`, a `fixed` of 16 bytes.
    Uuid,
    /// An array of these.
    Array(&'static Self),
    /// A map of these, by texts.
    Map(&'static Self),
    /// One of these, by its place.
    Union(&'static [&'static Self]),
    /// One of these words, by its place: the name (the full one where it stands in a union) and the words.
    Enum(&'static str, &'static [&'static str]),
    /// Fields in order: the name of the record (the full one where it stands in a union), and the fields by their names
    /// in Rust's spelling.
    Record(&'static str, &'static [(&'static str, &'static Self)]),
}

impl Schema {
    /// Passes over a value without making anything of it; checked as if it were read.
    pub fn skip(&self, reader: &mut Reader<'_>) -> Result<(), AvroError> {
        match self {
            Self::Null => Ok(()),
            Self::Boolean => reader.boolean().map(drop),
            Self::Int | Self::Enum(..) => reader.int().map(drop),
            Self::Long => reader.long().map(drop),
            Self::Float => reader.float().map(drop),
            Self::Double => reader.double().map(drop),
            Self::String | Self::Bytes => reader.bytes().map(drop),
            Self::Uuid => reader.array::<16>().map(drop),
            Self::Array(item) => reader.items(|reader, _| item.skip(reader)),
            Self::Map(value) => reader.items(|reader, _| {
                reader.bytes()?;
                value.skip(reader)
            }),
            Self::Union(branches) => branch(branches, reader)?.skip(reader),
            Self::Record(_, fields) => fields.iter().try_for_each(|(_, field)| field.skip(reader)),
        }
    }
}

/// The branch of a union that comes next.
pub(super) fn branch(
    branches: &'static [&'static Schema],
    reader: &mut Reader<'_>,
) -> Result<&'static Schema, AvroError> {
    let number = reader.branch()?;
    let branch = usize::try_from(number).ok().and_then(|number| branches.get(number));
    branch.copied().ok_or_else(|| reader.no_branch(number))
}

/// Records: `Name { field: Type, … }`, or `Name "Full.Name" { … }`.
macro_rules! record {
    ($($(#[$doc:meta])* $name:ident $($full:literal)? {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::protocol::etp::avro::Avro for $name {
            const SCHEMA: &'static $crate::protocol::etp::schema::Schema =
                &$crate::protocol::etp::schema::Schema::Record(
                    $crate::protocol::etp::schema::last(&[stringify!($name), $($full)?]),
                    &[$((stringify!($field), <$type as $crate::protocol::etp::avro::Avro>::SCHEMA),)*],
                );

            #[allow(unused_variables, reason = "some records have no fields")]
            fn read(
                reader: &mut $crate::protocol::etp::avro::Reader<'_>,
            ) -> Result<Self, $crate::protocol::etp::avro::AvroError> {
                Ok(Self { $($field: $crate::protocol::etp::avro::Avro::read(reader)?,)* })
            }

            #[allow(unused_variables, reason = "some records have no fields")]
            fn write(&self, writer: &mut $crate::protocol::etp::avro::Writer) {
                $($crate::protocol::etp::avro::Avro::write(&self.$field, writer);)*
            }
        }
    )*};
}

/// Enums: `Name { 0 Variant "symbol", … }`, or `Name "Full.Name" { … }`. A symbol that the schema does not have is kept as
/// its number.
macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident $($full:literal)? {
        0 $first:ident $first_symbol:literal,
        $($number:literal $variant:ident $symbol:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            #[default]
            $first,
            $($variant,)*
            /// One that the schema does not have.
            Other(i32),
        }

        impl $crate::protocol::etp::avro::Avro for $name {
            const SCHEMA: &'static $crate::protocol::etp::schema::Schema =
                &$crate::protocol::etp::schema::Schema::Enum(
                    $crate::protocol::etp::schema::last(&[stringify!($name), $($full)?]),
                    &[$first_symbol, $($symbol,)*],
                );

            fn read(
                reader: &mut $crate::protocol::etp::avro::Reader<'_>,
            ) -> Result<Self, $crate::protocol::etp::avro::AvroError> {
                Ok(match reader.int()? {
                    0 => Self::$first,
                    $($number => Self::$variant,)*
                    other => Self::Other(other),
                })
            }

            fn write(&self, writer: &mut $crate::protocol::etp::avro::Writer) {
                writer.long(match self {
                    Self::$first => 0,
                    $(Self::$variant => $number,)*
                    Self::Other(other) => i64::from(*other),
                });
            }
        }
    )*};
}

/// A record with one field `item`, which is a union: `Name { Null, 1 Variant(Type), … }`, or without `Null`.
macro_rules! union {
    ($(#[$doc:meta])* $name:ident {
        $($null:ident,)?
        $first_number:literal $first:ident($first_type:ty),
        $($number:literal $variant:ident($type:ty),)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $(#[doc = "No value."] $null,)?
            $first($first_type),
            $($variant($type),)*
        }

        impl Default for $name {
            #[allow(unreachable_code, clippy::needless_return, reason = "the first one that there is")]
            fn default() -> Self {
                $(return Self::$null;)?
                Self::$first(<$first_type>::default())
            }
        }

        impl $crate::protocol::etp::avro::Avro for $name {
            const SCHEMA: &'static $crate::protocol::etp::schema::Schema = &$crate::protocol::etp::schema::Schema::Record(stringify!($name), &[(
                "item",
                &$crate::protocol::etp::schema::Schema::Union(&[
                    $(&$crate::protocol::etp::schema::Schema::$null,)?
                    <$first_type as $crate::protocol::etp::avro::Avro>::SCHEMA,
                    $(<$type as $crate::protocol::etp::avro::Avro>::SCHEMA,)*
                ]),
            )]);

            fn read(reader: &mut $crate::protocol::etp::avro::Reader<'_>) -> Result<Self, $crate::protocol::etp::avro::AvroError> {
                match reader.branch()? {
                    $(0 => Ok(Self::$null),)?
                    $first_number => $crate::protocol::etp::avro::Avro::read(reader).map(Self::$first),
                    $($number => $crate::protocol::etp::avro::Avro::read(reader).map(Self::$variant),)*
                    other => Err(reader.no_branch(other)),
                }
            }

            fn write(&self, writer: &mut $crate::protocol::etp::avro::Writer) {
                match self {
                    $(Self::$null => writer.long(0),)?
                    Self::$first(value) => {
                        writer.long($first_number);
                        $crate::protocol::etp::avro::Avro::write(value, writer);
                    }
                    $(Self::$variant(value) => {
                        writer.long($number);
                        $crate::protocol::etp::avro::Avro::write(value, writer);
                    })*
                }
            }
        }
    };
}

/// The messages of a version: `Name (protocol, type) "name in the schema"`.
macro_rules! messages {
    ($($name:ident ($protocol:literal, $type:literal) $word:literal,)*) => {
        /// A message of this version.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Message {
            $(#[doc = concat!("`", $word, "`.")] $name($name),)*
        }

        impl Message {
            /// What all messages look like: protocol, message type, name.
            pub const SCHEMAS: &'static [(i32, i32, &'static str, &'static $crate::protocol::etp::schema::Schema)] = &[
                $(($protocol, $type, $word, <$name as $crate::protocol::etp::avro::Avro>::SCHEMA),)*
            ];

            /// Reads the body of a message; `None` for a message that this version does not have. Those from 1000 on
            /// are the same in all protocols.
            pub fn read(
                protocol: i32,
                message_type: i32,
                reader: &mut $crate::protocol::etp::avro::Reader<'_>,
            ) -> Result<Option<Self>, $crate::protocol::etp::avro::AvroError> {
                let protocol = if message_type >= 1000 { 0 } else { protocol };
                Ok(Some(match (protocol, message_type) {
                    $(($protocol, $type) => Self::$name($crate::protocol::etp::avro::Avro::read(reader)?),)*
                    _ => return Ok(None),
                }))
            }

            /// Writes the body.
            pub fn write(&self, writer: &mut $crate::protocol::etp::avro::Writer) {
                match self {
                    $(Self::$name(body) => $crate::protocol::etp::avro::Avro::write(body, writer),)*
                }
            }

            /// Its protocol and its type. Those from 1000 on take the protocol of what they answer.
            pub fn id(&self) -> (i32, i32) {
                match self {
                    $(Self::$name(_) => ($protocol, $type),)*
                }
            }

            /// Its name in the schema.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $word,)*
                }
            }
        }

        $(impl From<$name> for Message {
            fn from(body: $name) -> Self {
                Self::$name(body)
            }
        })*
    };
}

pub(super) use {messages, record, symbols, union};

/// The last of some texts.
pub(super) const fn last(texts: &[&'static str]) -> &'static str {
    texts[texts.len() - 1]
}
