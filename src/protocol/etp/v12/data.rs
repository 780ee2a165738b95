//! `ChannelData` (21/4 and 1/2), `GetRangesResponse` (21/10) and the data of `RangeReplaced` (21/6), item by item, without
//! making anything of an item that a number does not need.

use super::datatypes::{
    AnyArray, AnySparseArray, ArrayOfBytes, ArrayOfString, DataAttribute, PassIndexedDepth,
};
use crate::protocol::etp::avro::{Avro, AvroError, Reader};
use crate::protocol::etp::item::{Carry, Datum, Index, Item};

/// Reads an array of `DataItem`, and visits each.
pub fn each<'a>(reader: &mut Reader<'a>, mut visit: impl FnMut(Item<'a, '_>)) -> Result<(), AvroError> {
    let mut carry = Carry::default();
    reader.items(|reader, _| {
        let channel = reader.long()?;
        carry.begin();
        reader.items(|reader, _| {
            carry.push(index(reader)?);
            Ok(())
        })?;
        let value = datum(reader)?;
        Vec::<DataAttribute>::read(reader)?;
        visit(Item { channel, indexes: carry.indexes(), value });
        Ok(())
    })
}

/// Reads an `IndexValue`.
pub fn index(reader: &mut Reader<'_>) -> Result<Index, AvroError> {
    Ok(match reader.branch()? {
        0 => Index::Missing,
        1 => Index::Long(reader.long()?),
        2 => Index::Double(reader.double()?),
        3 => Index::Double(PassIndexedDepth::read(reader)?.depth),
        other => return Err(reader.no_branch(other)),
    })
}

/// Reads a `DataValue`.
fn datum<'a>(reader: &mut Reader<'a>) -> Result<Datum<'a>, AvroError> {
    Ok(match reader.branch()? {
        0 => Datum::Null,
        1 => Datum::Bool(reader.boolean()?),
        2 => Datum::Integer(i64::from(reader.int()?)),
        3 => Datum::Integer(reader.long()?),
        4 => Datum::Number(f64::from(reader.float()?)),
        5 => Datum::Number(reader.double()?),
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
            ArrayOfBytes::read(reader)?;
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
        numbers.push(number(T::read(reader)?));
        Ok(())
    })?;
    Ok(Datum::Numbers(numbers))
}

/// Slices of an array, laid where they belong; what is between them is a gap. One that is mostly gaps stays closed: a few
/// bytes must not become many.
fn sparse<'a>(array: &AnySparseArray) -> Datum<'a> {
    const CLOSED: Datum<'_> = Datum::Other("a sparse array");
    let mut numbers: Vec<f64> = Vec::new();
    let mut most = 64_usize;
    for slice in &array.slices {
        let Some(part) = numbers_of(&slice.slice) else { return CLOSED };
        most = most.saturating_add(part.len().saturating_mul(4));
        let Ok(start) = usize::try_from(slice.start) else { return CLOSED };
        let end = start.saturating_add(part.len());
        if end > most {
            return CLOSED;
        }
        if numbers.len() < end {
            numbers.resize(end, f64::NAN);
        }
        numbers[start..end].copy_from_slice(&part);
    }
    Datum::Numbers(numbers)
}

fn numbers_of(array: &AnyArray) -> Option<Vec<f64>> {
    Some(match array {
        AnyArray::ArrayOfBoolean(array) => array.values.iter().map(|on| f64::from(u8::from(*on))).collect(),
        AnyArray::ArrayOfInt(array) => array.values.iter().map(|whole| f64::from(*whole)).collect(),
        AnyArray::ArrayOfLong(array) => array.values.iter().map(|whole| *whole as f64).collect(),
        AnyArray::ArrayOfFloat(array) => array.values.iter().map(|number| f64::from(*number)).collect(),
        AnyArray::ArrayOfDouble(array) => array.values.clone(),
        AnyArray::Bytes(bytes) => bytes.0.iter().map(|byte| f64::from(*byte)).collect(),
        AnyArray::ArrayOfString(_) => return None,
    })
}
