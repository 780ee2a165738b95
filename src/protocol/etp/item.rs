//! One value of a channel, as it stands in a frame of either version.

use std::borrow::Cow;

/// A value with its place, borrowed from the frame.
#[derive(Debug, PartialEq)]
pub struct Item<'a, 'i> {
    /// The channel's number in this session.
    pub channel: i64,
    /// Its indexes, the primary one first. What the frame leaves out since it repeats is filled in.
    pub indexes: &'i [Index],
    /// The value.
    pub value: Datum<'a>,
}

/// An index as it is on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Index {
    /// There is none, and no item before it in the frame had one.
    Missing,
    /// Microseconds since the Unix epoch, or a depth in the scale that the metadata gives (v1.1).
    Long(i64),
    /// A depth (v1.2).
    Double(f64),
}

/// A value as it is on the wire.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum<'a> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Numbers; NaN stands for null.
    Numbers(Vec<f64>),
    /// Texts.
    Texts(Vec<String>),
    /// Something without a place in a table: shown as what it is called.
    Other(&'static str),
}

/// So many indexes of an item are kept.
const INDEXES_MOST: usize = 16;

/// The indexes of the items of one frame: what an item leaves out is as it was before (v1.1: ETP-000-093).
///
/// v1.1 leaves out all indexes of an item, v1.2 writes a null in the place of one; both are taken in both.
///
/// An item has as many as its channel's metadata tells, which is one or two; what comes after [`INDEXES_MOST`] is passed
/// over.
#[derive(Debug, Default)]
pub(super) struct Carry {
    present: Vec<Index>,
    filled: usize,
}

impl Carry {
    /// Another item begins.
    pub(super) fn begin(&mut self) {
        self.filled = 0;
    }

    /// The next index of the item; [`Index::Missing`] for one that repeats.
    pub(super) fn push(&mut self, index: Index) {
        match self.present.get_mut(self.filled) {
            Some(_) if index == Index::Missing => {}
            Some(place) => *place = index,
            None if self.filled < INDEXES_MOST => self.present.push(index),
            None => {}
        }
        self.filled += 1;
    }

    /// The indexes of the item, once it has no more.
    pub(super) fn indexes(&mut self) -> &[Index] {
        if self.filled > 0 {
            self.present.truncate(self.filled);
        }
        &self.present
    }
}
