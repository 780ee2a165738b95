//! `ChannelData` (21/4 and 1/2), `GetRangesResponse` (21/10) and the data of `RangeReplaced` (21/6), item by item, without
//! making anything of an item that a number does not need.

use super::datatypes::{
    AnyArray, AnySparseArray, AnySubarray, ArrayOfBytes, ArrayOfString, DataAttribute, PassIndexedDepth,
};
use crate::protocol::etp::avro::{Avro, AvroError, Reader};
use crate::protocol::etp::item::{Carry, Datum, Index, Item};

/// The branch of `DataValue` for doubles.
const DOUBLE: i64 = 5;
/// A sparse array has at most so many places, gaps counted.
const SPARSE_MOST: usize = 1 << 20;

/// Reads an array of `DataItem`, and visits each.
pub fn each<'a>(reader: &mut Reader<'a>, mut visit: impl FnMut(Item<'a, '_>)) -> Result<(), AvroError> {
    let mut carry = Carry::default();
    reader.items(|reader, _| {
        reader.renew_room();
        let channel = reader.long()?;
        carry.begin();
        reader.items(|reader, _| {
            carry.push(index(reader)?);
            Ok(())
        })?;
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

/// Reads an `IndexValue`.
#[inline]
pub fn index(reader: &mut Reader<'_>) -> Result<Index, AvroError> {
    Ok(match reader.branch()? {
        0 => Index::Missing,
        1 => Index::Long(reader.long()?),
        2 => Index::Double(reader.double()?),
        3 => Index::Double(PassIndexedDepth::read(reader)?.depth),
        other => return Err(reader.no_branch(other)),
    })
}

/// Reads a `DataValue` of another branch than [`DOUBLE`].
fn datum<'a>(branch: i64, reader: &mut Reader<'a>) -> Result<Datum<'a>, AvroError> {
    Ok(match branch {
        0 => Datum::Null,
        1 => Datum::Bool(reader.boolean()?),
        2 => Datum::Integer(i64::from(reader.int()?)),
        3 => Datum::Integer(reader.long()?),
        4 => Datum::Number(f64::from(reader.float()?)),
        6 => Datum::Text(reader.string()?),
        7 => numbers(reader, |on: bool| f64::from(u8::from(on)))?,
        8 => numbers(reader, |on: Option<bool>| on.map_or(f64::NAN, |on| f64::from(u8::from(on))))?,
        9 => numbers(reader, |whole: i32| f64::from(whole))?,
        10 => numbers(reader, |whole: Option<i32>| whole.map_or(f64::NAN, f64::from))?,
        11 => numbers(reader, |whole: i64| whole as f64)?,
        12 => numbers(reader, |whole: Option<i64>| whole.map_or(f64::NAN, |whole| whole as f64))?,
        13 => numbers(reader, |number: f32| f64::from(number))?,
        14 => numbers(reader, |number: f64| number)?,
        15 => Datum::Texts(ArrayOfString::read(reader)?.values),
        16 => {
            ArrayOfBytes::SCHEMA.skip(reader)?;
            Datum::Other("an array of bytes")
        }
        17 => Datum::Bytes(reader.bytes()?),
        18 => sparse(&AnySparseArray::read(reader)?),
        other => return Err(reader.no_branch(other)),
    })
}

fn numbers<'a, T: Avro>(
    reader: &mut Reader<'_>,
    mut number: impl FnMut(T) -> f64,
) -> Result<Datum<'a>, AvroError> {
    let mut numbers = Vec::new();
    reader.items(|reader, _| {
        let number = number(T::read(reader)?);
        reader.claim(size_of::<f64>())?;
        numbers.push(number);
        Ok(())
    })?;
    Ok(Datum::Numbers(numbers))
}

/// Slices of an array, laid where they belong; what is between them is a gap. One that is mostly gaps, or large, stays
/// closed: a few bytes must not become many.
fn sparse<'a>(array: &AnySparseArray) -> Datum<'a> {
    const CLOSED: Datum<'_> = Datum::Other("a sparse array");
    let mut numbers: Vec<f64> = Vec::new();
    let mut most = 64_usize;
    for AnySubarray { start, slice } in &array.slices {
        if let AnyArray::ArrayOfString(_) = slice {
            return CLOSED;
        }
        let part: Vec<f64> = (0..=SPARSE_MOST).map_while(|place| number_at(slice, place)).collect();
        most = most.saturating_add(part.len().saturating_mul(4)).min(SPARSE_MOST);
        let Ok(start) = usize::try_from(*start) else { return CLOSED };
        let end = start.saturating_add(part.len());
        if end > most {
            return CLOSED;
        }
        if numbers.len() < end && !part.is_empty() {
            numbers.resize(end, f64::NAN);
        }
        if let Some(place) = numbers.get_mut(start..end) {
            place.copy_from_slice(&part);
        }
    }
    Datum::Numbers(numbers)
}

fn number_at(array: &AnyArray, place: usize) -> Option<f64> {
    match array {
        AnyArray::ArrayOfBoolean(array) => array.values.get(place).map(|on| f64::from(u8::from(*on))),
        AnyArray::ArrayOfInt(array) => array.values.get(place).map(|whole| f64::from(*whole)),
        AnyArray::ArrayOfLong(array) => array.values.get(place).map(|whole| *whole as f64),
        AnyArray::ArrayOfFloat(array) => array.values.get(place).map(|number| f64::from(*number)),
        AnyArray::ArrayOfDouble(array) => array.values.get(place).copied(),
        AnyArray::Bytes(bytes) => bytes.0.get(place).map(|byte| f64::from(*byte)),
        AnyArray::ArrayOfString(_) => None,
    }
}
