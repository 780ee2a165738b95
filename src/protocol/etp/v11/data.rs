//! `ChannelData` (1/3) and `ChannelDataChange` (1/6), item by item, without making anything of an item that a number
//! does not need.

use super::datatypes::{ArrayOfDouble, DataAttribute};
use crate::protocol::etp::avro::{Avro as _, AvroError, Reader};
use crate::protocol::etp::item::{Carry, Datum, Index, Item};

/// The branch of `DataValue` for doubles.
const DOUBLE: i64 = 1;

/// Reads an array of `DataItem`, and visits each.
pub fn each<'a>(reader: &mut Reader<'a>, mut visit: impl FnMut(Item<'a, '_>)) -> Result<(), AvroError> {
    let mut carry = Carry::default();
    reader.items(|reader, _| {
        reader.renew_room();
        carry.begin();
        reader.items(|reader, _| {
            carry.push(Index::Long(reader.long()?));
            Ok(())
        })?;
        let channel = reader.long()?;
        // Nearly all are doubles: what is put together here is not copied.
        let value = match reader.branch()? {
            DOUBLE => Datum::Number(reader.double()?),
            branch => datum(branch, reader)?,
        };
        Vec::<DataAttribute>::SCHEMA.skip(reader)?;
        visit(Item { channel, indexes: carry.indexes(), value });
        Ok(())
    })
}

/// Reads a `DataValue` of another branch than [`DOUBLE`].
fn datum<'a>(branch: i64, reader: &mut Reader<'a>) -> Result<Datum<'a>, AvroError> {
    Ok(match branch {
        0 => Datum::Null,
        2 => Datum::Number(f64::from(reader.float()?)),
        3 => Datum::Integer(i64::from(reader.int()?)),
        4 => Datum::Integer(reader.long()?),
        5 => Datum::Text(reader.string()?),
        6 => Datum::Numbers(ArrayOfDouble::read(reader)?.values),
        7 => Datum::Bool(reader.boolean()?),
        8 => Datum::Bytes(reader.bytes()?),
        other => return Err(reader.no_branch(other)),
    })
}
