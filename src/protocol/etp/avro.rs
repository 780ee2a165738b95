//! Avro's binary encoding, as far as ETP uses it: no container, no fingerprint, no default on the wire.
//!
//! A [`Reader`] borrows the frame. Every length is checked against what is left before anything is allocated, so a
//! forged one is an error with its offset and nothing else. Source: Avro 1.11, "Binary Encoding".

use std::borrow::Cow;

use thiserror::Error;

use super::schema::Schema;

/// An `int` has at most so many bytes, …
const INT_BYTES: usize = 5;
/// … a `long` at most so many.
const LONG_BYTES: usize = 10;
/// So much room is made for the items of a collection before they have come.
const AHEAD_MOST: usize = 4096;
/// What is made of a message takes at most so many bytes, texts and bytes left out. A byte of a hostile one may stand
/// for a text or a record: 16 MiB would become half a gigabyte. 50,000 channels take 20 MB.
const ROOM: usize = 64 << 20;

/// Why bytes are not what the schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct AvroError {
    /// Where, from the start of the message.
    pub offset: usize,
    /// What.
    pub kind: AvroErrorKind,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AvroErrorKind {
    /// The message ends before the value does.
    #[error("the message ends too early")]
    End,
    /// A number has more bytes than it may have, or does not fit.
    #[error("a number is too long")]
    TooLong,
    /// A boolean is neither 0 nor 1.
    #[error("{0} is no boolean")]
    Boolean(u8),
    /// A length is negative.
    #[error("the length {0} is negative")]
    Length(i64),
    /// A union has no such branch.
    #[error("a union has no branch {0}")]
    Branch(i64),
    /// A collection says that it has more items than there are bytes left.
    #[error("there is no room for {0} items")]
    Count(i64),
    /// What would be made of the message is too large.
    #[error("the message would take too much memory")]
    Room,
}

/// Reads values one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    room: usize,
}

impl<'a> Reader<'a> {
    /// Begins at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, room: ROOM }
    }

    /// The offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// A `long`: zigzag, then groups of seven bits, the lowest first.
    #[inline]
    pub fn long(&mut self) -> Result<i64, AvroError> {
        // Most are short: one byte is looked at first.
        if let Some(&byte) = self.bytes.get(self.at)
            && byte < 0x80
        {
            self.at += 1;
            return Ok(unzigzag(u64::from(byte)));
        }
        self.varint(LONG_BYTES).map(unzigzag)
    }

    /// An `int`.
    pub fn int(&mut self) -> Result<i32, AvroError> {
        let start = self.at;
        let bits = self.varint(INT_BYTES)?;
        i32::try_from(unzigzag(bits)).ok().ok_or(AvroError { offset: start, kind: AvroErrorKind::TooLong })
    }

    /// A `boolean`.
    pub fn boolean(&mut self) -> Result<bool, AvroError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.error_before(1, AvroErrorKind::Boolean(other))),
        }
    }

    /// A `float`.
    pub fn float(&mut self) -> Result<f32, AvroError> {
        self.array().map(f32::from_le_bytes)
    }

    /// A `double`.
    #[inline]
    pub fn double(&mut self) -> Result<f64, AvroError> {
        self.array().map(f64::from_le_bytes)
    }

    /// A `fixed` of as many bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], AvroError> {
        let taken = self.take(N)?;
        Ok(std::array::from_fn(|place| taken[place]))
    }

    /// `bytes`.
    pub fn bytes(&mut self) -> Result<&'a [u8], AvroError> {
        let start = self.at;
        let length = self.long()?;
        let Ok(length) = usize::try_from(length) else {
            return Err(AvroError { offset: start, kind: AvroErrorKind::Length(length) });
        };
        self.take(length)
    }

    /// A `string`. What is not UTF-8 is replaced, character by character.
    pub fn string(&mut self) -> Result<Cow<'a, str>, AvroError> {
        self.bytes().map(String::from_utf8_lossy)
    }

    /// The number of a union's branch.
    pub fn branch(&mut self) -> Result<i64, AvroError> {
        self.long()
    }

    /// There is no such branch: the error for the number just read.
    pub fn no_branch(&self, branch: i64) -> AvroError {
        let groups = zigzag(branch).max(1).ilog2() as usize / 7 + 1;
        self.error_before(groups, AvroErrorKind::Branch(branch))
    }

    /// Something of this size is made of what was read.
    pub(super) fn claim(&mut self, size: usize) -> Result<(), AvroError> {
        match self.room.checked_sub(size) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => Err(AvroError { offset: self.at, kind: AvroErrorKind::Room }),
        }
    }

    /// What was made so far is gone again.
    pub(super) fn renew_room(&mut self) {
        self.room = ROOM;
    }

    /// Reads the items of an array or a map, block by block. A map's item is its key and its value.
    pub fn items(
        &mut self,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), AvroError>,
    ) -> Result<(), AvroError> {
        loop {
            let count = self.block()?;
            if count == 0 {
                return Ok(());
            }
            for left in (1..=count).rev() {
                item(self, left)?;
            }
        }
    }

    /// The number of items in the next block; 0 after the last one.
    #[inline]
    fn block(&mut self) -> Result<usize, AvroError> {
        let start = self.at;
        let count = self.long()?;
        if count < 0 {
            // The size of the block in bytes, for who wants to skip it.
            self.long()?;
        }
        let items = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        // Every item has a byte at least: no record of ETP that stands in a collection is empty.
        if items > self.left() {
            return Err(AvroError { offset: start, kind: AvroErrorKind::Count(count) });
        }
        Ok(items)
    }

    fn varint(&mut self, most: usize) -> Result<u64, AvroError> {
        let rest = &self.bytes[self.at..];
        let mut bits = 0_u64;
        for (place, &byte) in rest.iter().take(most).enumerate() {
            let shift = 7 * place as u32;
            let low = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if shift == 63 && low > 1 {
                break;
            }
            bits |= low << shift;
            if byte < 0x80 {
                self.at += place + 1;
                return Ok(bits);
            }
        }
        if rest.len() < most {
            return Err(self.ended());
        }
        Err(AvroError { offset: self.at, kind: AvroErrorKind::TooLong })
    }

    fn byte(&mut self) -> Result<u8, AvroError> {
        let Some(byte) = self.bytes.get(self.at) else { return Err(self.ended()) };
        self.at += 1;
        Ok(*byte)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], AvroError> {
        let Some(taken) = self.bytes[self.at..].get(..count) else { return Err(self.ended()) };
        self.at += count;
        Ok(taken)
    }

    fn ended(&self) -> AvroError {
        AvroError { offset: self.bytes.len(), kind: AvroErrorKind::End }
    }

    fn error_before(&self, bytes: usize, kind: AvroErrorKind) -> AvroError {
        AvroError { offset: self.at.saturating_sub(bytes), kind }
    }
}

fn unzigzag(bits: u64) -> i64 {
    (bits >> 1).cast_signed() ^ -(bits & 1).cast_signed()
}

fn zigzag(value: i64) -> u64 {
    (value << 1).cast_unsigned() ^ (value >> 63).cast_unsigned()
}

/// Writes values one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A `long`, or an `int`.
    pub fn long(&mut self, value: i64) {
        let mut bits = zigzag(value);
        while bits >= 0x80 {
            self.bytes.push(bits as u8 | 0x80);
            bits >>= 7;
        }
        self.bytes.push(bits as u8);
    }

    /// Bytes as they are: a `fixed`, a number.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// `bytes`, or a `string`.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.raw(bytes);
    }

    fn length(&mut self, length: usize) {
        self.long(i64::try_from(length).unwrap_or(i64::MAX));
    }

    /// How many bytes were written.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes back what was written after so many bytes.
    pub(super) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    /// Begins an array or a map, all of it in one block.
    pub(super) fn begin(&mut self, count: usize) {
        if count > 0 {
            self.length(count);
        }
    }

    /// Ends an array or a map.
    pub(super) fn end(&mut self) {
        self.long(0);
    }
}

/// A value that has a place in a message.
pub trait Avro: Sized {
    /// What it looks like.
    const SCHEMA: &'static Schema;

    /// Reads one.
    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError>;

    /// Writes it.
    fn write(&self, writer: &mut Writer);
}

/// `bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// `Uuid`, a `fixed` of 16 bytes in the order of its text (RFC 4122).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uuid(pub [u8; 16]);

/// A map: keys and values in the order of the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<T>(pub Vec<(String, T)>);

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Map<T> {
    /// The value of a key, whatever its letters' case (v1.1: ETP-000-083); the last one counts.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().rev().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }
}

impl<T> FromIterator<(String, T)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl Avro for bool {
    const SCHEMA: &'static Schema = &Schema::Boolean;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.boolean()
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw(&[u8::from(*self)]);
    }
}

impl Avro for i32 {
    const SCHEMA: &'static Schema = &Schema::Int;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.int()
    }

    fn write(&self, writer: &mut Writer) {
        writer.long(i64::from(*self));
    }
}

impl Avro for i64 {
    const SCHEMA: &'static Schema = &Schema::Long;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.long()
    }

    fn write(&self, writer: &mut Writer) {
        writer.long(*self);
    }
}

impl Avro for f32 {
    const SCHEMA: &'static Schema = &Schema::Float;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.float()
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.to_le_bytes());
    }
}

impl Avro for f64 {
    const SCHEMA: &'static Schema = &Schema::Double;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.double()
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.to_le_bytes());
    }
}

impl Avro for String {
    const SCHEMA: &'static Schema = &Schema::String;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.string().map(Cow::into_owned)
    }

    fn write(&self, writer: &mut Writer) {
        writer.bytes(self.as_bytes());
    }
}

impl Avro for Bytes {
    const SCHEMA: &'static Schema = &Schema::Bytes;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.bytes().map(|bytes| Self(bytes.to_vec()))
    }

    fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.0);
    }
}

impl Avro for Uuid {
    const SCHEMA: &'static Schema = &Schema::Uuid;

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        reader.array().map(Self)
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }
}

impl<T: Avro> Avro for Option<T> {
    const SCHEMA: &'static Schema = &Schema::Union(&[&Schema::Null, T::SCHEMA]);

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        match reader.branch()? {
            0 => Ok(None),
            1 => T::read(reader).map(Some),
            other => Err(reader.no_branch(other)),
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.long(i64::from(self.is_some()));
        if let Some(value) = self {
            value.write(writer);
        }
    }
}

impl<T: Avro> Avro for Vec<T> {
    const SCHEMA: &'static Schema = &Schema::Array(T::SCHEMA);

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        let mut items = Self::new();
        reader.items(|reader, left| {
            let item = T::read(reader)?;
            reader.claim(size_of::<T>())?;
            push(&mut items, item, left);
            Ok(())
        })?;
        Ok(items)
    }

    fn write(&self, writer: &mut Writer) {
        writer.begin(self.len());
        for item in self {
            item.write(writer);
        }
        writer.end();
    }
}

impl<T: Avro> Avro for Map<T> {
    const SCHEMA: &'static Schema = &Schema::Map(T::SCHEMA);

    fn read(reader: &mut Reader<'_>) -> Result<Self, AvroError> {
        let mut items = Vec::new();
        reader.items(|reader, left| {
            let item = (String::read(reader)?, T::read(reader)?);
            reader.claim(size_of::<(String, T)>())?;
            push(&mut items, item, left);
            Ok(())
        })?;
        Ok(Self(items))
    }

    fn write(&self, writer: &mut Writer) {
        writer.begin(self.0.len());
        for (key, value) in &self.0 {
            key.write(writer);
            value.write(writer);
        }
        writer.end();
    }
}

/// Makes room at once for as many items as a block still has, but not for more than a frame could mean to have; for one
/// item not for four, as a `Vec` would by itself.
fn push<T>(items: &mut Vec<T>, item: T, left: usize) {
    if items.capacity() == 0 {
        items.reserve_exact(left.min(AHEAD_MOST));
    }
    items.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &impl Avro) -> Vec<u8> {
        let mut writer = Writer::default();
        value.write(&mut writer);
        writer.into_bytes()
    }

    fn read<T: Avro>(bytes: &[u8]) -> Result<T, AvroError> {
        T::read(&mut Reader::new(bytes))
    }

    #[test]
    fn whole_numbers_are_exact_to_their_ends() {
        for value in [0, -1, 1, -64, 64, i64::from(i32::MIN), i64::from(i32::MAX), i64::MIN, i64::MAX] {
            assert_eq!(read::<i64>(&written(&value)), Ok(value));
        }
        assert_eq!(written(&i64::MIN).len(), 10);
        assert_eq!(read::<i32>(&written(&i32::MIN)), Ok(i32::MIN));
        let beyond = written(&(i64::from(i32::MAX) + 1));
        assert_eq!(read::<i32>(&beyond), Err(AvroError { offset: 0, kind: AvroErrorKind::TooLong }));
    }

    #[test]
    fn a_number_that_never_ends_is_an_error() {
        let forever = [0xff; 12];
        let error = AvroError { offset: 0, kind: AvroErrorKind::TooLong };
        assert_eq!(read::<i64>(&forever), Err(error));
        assert_eq!(read::<i32>(&forever), Err(error));
        let mut too_much = [0xff; 10];
        too_much[9] = 0x02;
        assert_eq!(read::<i64>(&too_much), Err(error), "a 65th bit");
    }

    #[test]
    fn a_forged_length_allocates_nothing() {
        for count in [i64::MAX, i64::MIN, 1 << 60, -(1 << 60)] {
            let mut bytes = written(&count);
            if count < 0 {
                bytes.extend(written(&8_i64));
            }
            let error = AvroError { offset: 0, kind: AvroErrorKind::Count(count) };
            assert_eq!(read::<Vec<f64>>(&bytes), Err(error));
            assert_eq!(read::<Map<f64>>(&bytes), Err(error));
        }
        let end = AvroError { offset: 10, kind: AvroErrorKind::End };
        assert_eq!(read::<String>(&written(&i64::MAX)), Err(end));
        let negative = AvroError { offset: 0, kind: AvroErrorKind::Length(-1) };
        assert_eq!(read::<Bytes>(&written(&-1_i64)), Err(negative));
    }

    #[test]
    fn many_small_things_are_not_made_into_a_few_large_ones() {
        // Empty texts: a byte each.
        let bytes = [written(&4_000_000_i64), vec![0; 4_000_001]].concat();
        let error = read::<Vec<String>>(&bytes).expect_err("too large");
        assert_eq!(error.kind, AvroErrorKind::Room);
        assert_eq!(error.offset, written(&4_000_000_i64).len() + ROOM / size_of::<String>() + 1);
        let fits = [written(&2_000_000_i64), vec![0; 2_000_001]].concat();
        assert_eq!(read::<Vec<String>>(&fits).map(|texts| texts.len()), Ok(2_000_000));
    }

    #[test]
    fn blocks_with_their_size_and_several_blocks_are_read() {
        // Two of them with the size of the block, then one without.
        let bytes = [0x03, 0x04, 0x02, 0x04, 0x02, 0x06, 0x00];
        assert_eq!(read::<Vec<i64>>(&bytes), Ok(vec![1, 2, 3]));
    }

    #[test]
    fn what_is_not_there_is_an_error_with_its_offset() {
        let boolean = AvroError { offset: 0, kind: AvroErrorKind::Boolean(2) };
        assert_eq!(read::<bool>(&[2]), Err(boolean));
        let branch = AvroError { offset: 0, kind: AvroErrorKind::Branch(2) };
        assert_eq!(read::<Option<i64>>(&[4]), Err(branch));
        for number in [-1, 63, 64, -64, -65, i64::MIN, i64::MAX] {
            let error = AvroError { offset: 0, kind: AvroErrorKind::Branch(number) };
            assert_eq!(read::<Option<i64>>(&written(&number)), Err(error));
        }
        assert_eq!(read::<f64>(&[0; 7]), Err(AvroError { offset: 7, kind: AvroErrorKind::End }));
        assert_eq!(branch.to_string(), "a union has no branch 2 at byte 0");
    }

    #[test]
    fn text_that_is_no_utf_8_is_shown_as_far_as_it_is() {
        assert_eq!(read::<String>(&[0x06, b'a', 0xff, b'b']).as_deref(), Ok("a\u{fffd}b"));
    }

    #[test]
    fn a_key_is_found_whatever_its_case() {
        let map: Map<i32> = [("SimpleStreamer".to_owned(), 1)].into_iter().collect();
        assert_eq!(map.get("simplestreamer"), Some(&1));
        assert_eq!(map.get("simple"), None);
    }
}
