//! Writes a message again with each array and each map in two blocks that tell their size, as Avro allows and hardly
//! anybody does.

use crate::protocol::etp::avro::{AvroError, Reader, Writer};
use crate::protocol::etp::schema::Schema;

/// Reads a value by its schema and writes it again.
pub(super) fn rewrite(
    schema: &Schema,
    reader: &mut Reader<'_>,
    writer: &mut Writer,
) -> Result<(), AvroError> {
    match schema {
        Schema::Null => {}
        Schema::Boolean => writer.raw(&[u8::from(reader.boolean()?)]),
        Schema::Int | Schema::Long | Schema::Enum(..) => writer.long(reader.long()?),
        Schema::Float => writer.raw(&reader.float()?.to_le_bytes()),
        Schema::Double => writer.raw(&reader.double()?.to_le_bytes()),
        Schema::String | Schema::Bytes => writer.bytes(reader.bytes()?),
        Schema::Uuid => writer.raw(&reader.array::<16>()?),
        Schema::Array(item) => items(reader, writer, |reader, writer| rewrite(item, reader, writer))?,
        Schema::Map(value) => items(reader, writer, |reader, writer| {
            writer.bytes(reader.bytes()?);
            rewrite(value, reader, writer)
        })?,
        Schema::Union(branches) => {
            let branch = reader.branch()?;
            let chosen = usize::try_from(branch).ok().and_then(|branch| branches.get(branch));
            writer.long(branch);
            rewrite(chosen.ok_or_else(|| reader.no_branch(branch))?, reader, writer)?;
        }
        Schema::Record(_, fields) => {
            for (_, field) in *fields {
                rewrite(field, reader, writer)?;
            }
        }
    }
    Ok(())
}

fn items(
    reader: &mut Reader<'_>,
    writer: &mut Writer,
    item: impl Fn(&mut Reader<'_>, &mut Writer) -> Result<(), AvroError>,
) -> Result<(), AvroError> {
    let mut written = Vec::new();
    reader.items(|reader, _| {
        let mut writer = Writer::default();
        item(reader, &mut writer)?;
        written.push(writer.into_bytes());
        Ok(())
    })?;
    let (first, rest) = written.split_at(written.len().div_ceil(2));
    for block in [first, rest] {
        if !block.is_empty() {
            let count = i64::try_from(block.len()).unwrap_or(i64::MAX);
            writer.long(-count);
            writer.bytes(&block.concat());
        }
    }
    writer.long(0);
    Ok(())
}
