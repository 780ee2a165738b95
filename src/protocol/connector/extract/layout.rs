//! The fields of a binary frame.

use std::borrow::Cow;

use super::super::definition::layout::{Content, Count, Encoding, Field, Layout, NumberKind};
use crate::model::json::Json;

/// More values are not read from a frame.
const MAX_VALUES: usize = 100_000;

/// The fields as an object; the error says which field needs what.
pub(super) fn read(layout: &Layout, bytes: &[u8]) -> Result<Json<'static>, String> {
    let mut reader = Reader { bytes, counts: Vec::new(), room: MAX_VALUES };
    reader.fields(layout, 0, bytes.len())
}

/// A number as it is written at an offset; `None` where the bytes end before.
pub(super) fn number_at(bytes: &[u8], at: usize, encoding: Encoding) -> Option<Json<'static>> {
    let raw = raw(bytes.get(at..at.checked_add(encoding.width)?)?, encoding);
    Some(match encoding.kind {
        NumberKind::Unsigned => Json::Integer(raw.into()),
        NumberKind::Signed => {
            let shift = 64 - 8 * encoding.width;
            Json::Integer(((raw << shift).cast_signed() >> shift).into())
        }
        NumberKind::Float if encoding.width == 4 => Json::Number(f32::from_bits(raw as u32).into()),
        NumberKind::Float => Json::Number(f64::from_bits(raw)),
    })
}

fn raw(bytes: &[u8], encoding: Encoding) -> u64 {
    let add = |raw: u64, byte: &u8| raw << 8 | u64::from(*byte);
    if encoding.is_big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// Whole numbers that were read before, which may be counts.
    counts: Vec<(&'a str, usize)>,
    room: usize,
}

impl<'a> Reader<'a> {
    /// Fields from `base` on, none beyond `end`.
    fn fields(&mut self, layout: &'a Layout, base: usize, end: usize) -> Result<Json<'static>, String> {
        let outer = self.counts.len();
        let mut members = Vec::with_capacity(layout.fields.len());
        for field in &layout.fields {
            self.room = self.room.checked_sub(1).ok_or_else(|| format!("more than {MAX_VALUES} fields"))?;
            let at = base + field.at;
            let json = match &field.content {
                Content::Number { encoding, bits, factor, offset } => {
                    let json = self.number(field, at, end, *encoding, *bits)?;
                    if let Some(count) = json.as_whole().and_then(|whole| usize::try_from(whole).ok()) {
                        self.counts.push((&field.name, count));
                    }
                    match json.as_f64() {
                        Some(number) if (*factor, *offset) != (1.0, 0.0) => {
                            Json::Number(number * factor + offset)
                        }
                        Some(_) | None => json,
                    }
                }
                Content::Text { is_ascii, length } => self.text(field, at, end, *is_ascii, length)?,
                Content::Repetition { every, count, layout } => {
                    self.repetition(field, at, end, *every, count, layout)?
                }
            };
            members.push((Cow::Owned(field.name.clone()), json));
        }
        self.counts.truncate(outer);
        Ok(Json::Object(members))
    }

    fn number(
        &self,
        field: &Field,
        at: usize,
        end: usize,
        encoding: Encoding,
        bits: Option<(u32, u32)>,
    ) -> Result<Json<'static>, String> {
        self.room_for(field, at, encoding.width, end)?;
        let Some((from, count)) = bits else {
            return number_at(self.bytes, at, encoding)
                .ok_or_else(|| self.short(field, at, encoding.width, end));
        };
        let raw = raw(&self.bytes[at..at + encoding.width], encoding) >> from;
        let mask = if count >= 64 { u64::MAX } else { (1 << count) - 1 };
        Ok(Json::Integer((raw & mask).into()))
    }

    fn text(
        &self,
        field: &Field,
        at: usize,
        end: usize,
        is_ascii: bool,
        length: &Count,
    ) -> Result<Json<'static>, String> {
        let length = self.count(length).unwrap_or_else(|| end.saturating_sub(at));
        self.room_for(field, at, length, end)?;
        let bytes = &self.bytes[at..at + length];
        // What is shorter than its field is filled up with zeros.
        let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let text = std::str::from_utf8(bytes).ok().filter(|text| !is_ascii || text.is_ascii());
        let text = text.ok_or_else(|| {
            let form = if is_ascii { "ASCII" } else { "UTF-8" };
            ["field ", &field.name, " is not ", form].concat()
        })?;
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn repetition(
        &mut self,
        field: &Field,
        at: usize,
        end: usize,
        every: usize,
        count: &Count,
        layout: &'a Layout,
    ) -> Result<Json<'static>, String> {
        self.room_for(field, at, 0, end)?;
        let count = self.count(count).unwrap_or((end - at) / every);
        let mut items = Vec::new();
        for number in 0..count {
            let base = at.saturating_add(number.saturating_mul(every));
            let within = ["item ", &number.to_string(), " of ", &field.name, ": "].concat();
            if base >= end {
                return Err([&*within, &self.short(field, base, every, end)].concat());
            }
            let item = self.fields(layout, base, base.saturating_add(every).min(end));
            items.push(item.map_err(|error| [within, error].concat())?);
        }
        Ok(Json::Array(items))
    }

    /// `None`: as many as there is room for.
    fn count(&self, count: &Count) -> Option<usize> {
        match count {
            Count::Number(number) => Some(*number),
            Count::Field(name) => {
                let found = self.counts.iter().rev().find(|(other, _)| other == name);
                Some(found.map_or(0, |(_, count)| *count))
            }
            Count::ToTheEnd => None,
        }
    }

    fn room_for(&self, field: &Field, at: usize, length: usize, end: usize) -> Result<(), String> {
        match at.checked_add(length) {
            Some(needed) if needed <= end => Ok(()),
            Some(_) | None => Err(self.short(field, at, length, end)),
        }
    }

    fn short(&self, field: &Field, at: usize, length: usize, end: usize) -> String {
        let whole = if end == self.bytes.len() { "the frame has" } else { "its part of the frame ends at" };
        let to = at.saturating_add(length);
        format!("field {} needs bytes {at} to {to}, {whole} {end}", field.name)
    }
}
