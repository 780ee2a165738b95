//! What rules remember from message to message: `merge_by`.

use std::borrow::Cow;

use super::super::definition::json::owned;
use super::{Document, MAX_READINGS};
use crate::model::json::Json;
use crate::model::slots::Names;

/// What the rules remember from message to message (`merge_by`).
#[derive(Clone, Debug, Default)]
pub struct Memory {
    stores: Vec<Store>,
    kept: usize,
    /// About so much memory the values take.
    bytes: usize,
    /// So many readings the present frame may still have.
    room: usize,
    /// It had more.
    is_full: bool,
}

#[derive(Clone, Debug, Default)]
struct Store {
    numbers: Names,
    values: Vec<Json<'static>>,
}

/// More keys are not kept.
const MAX_KEYS: usize = 20_000;
/// More than about so much is not kept in all.
const MAX_BYTES: usize = 32 << 20;
/// More members of a key's object are not kept.
const MAX_MEMBERS: usize = 256;
/// Objects are merged so deep; below, the newer one stands.
const MERGED_DEPTH: usize = 3;

impl Memory {
    /// Another message is read.
    pub(super) fn begin(&mut self, document: &Document<'_>) {
        if document.number() == 0 {
            (self.room, self.is_full) = (MAX_READINGS, false);
        }
    }

    /// Takes room for one reading more.
    pub(super) fn take_room(&mut self) -> Room {
        let Some(room) = self.room.checked_sub(1) else {
            return if std::mem::replace(&mut self.is_full, true) { Room::None } else { Room::NoneAnyMore };
        };
        self.room = room;
        Room::Some
    }

    /// What was told for a key, with a message over it. `None` where there is no room for another key.
    pub(super) fn merge(&mut self, store: usize, key: &str, json: &Json<'_>) -> Option<&Json<'static>> {
        while self.stores.len() <= store {
            self.stores.push(Store::default());
        }
        let store = &mut self.stores[store];
        let number = match store.numbers.get(key) {
            Some(number) => number,
            None if self.kept == MAX_KEYS => return None,
            None => {
                self.kept += 1;
                let number = store.values.len();
                store.numbers.insert(key, number);
                store.values.push(Json::Null);
                number
            }
        };
        let value = &mut store.values[number];
        let before = size(value);
        if self.bytes + size(json) > MAX_BYTES {
            return None;
        }
        merge(value, json, 0);
        self.bytes = (self.bytes + size(value)).saturating_sub(before);
        Some(value)
    }
}

/// Whether there is room for a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Some,
    /// There was for the one before.
    NoneAnyMore,
    None,
}

/// About how much memory a value takes.
fn size(json: &Json<'_>) -> usize {
    const VALUE: usize = size_of::<Json<'_>>();
    match json {
        Json::Text(text) => VALUE + text.len(),
        Json::Huge(digits) => VALUE + digits.len(),
        Json::Array(items) => items.iter().map(size).sum::<usize>() + VALUE,
        Json::Object(members) => {
            members.iter().map(|(name, value)| VALUE + name.len() + size(value)).sum::<usize>() + VALUE
        }
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) => VALUE,
    }
}

/// As RFC 7396 has it, but that `null` is a value: the source says that it has none.
fn merge(kept: &mut Json<'static>, newer: &Json<'_>, depth: usize) {
    match (kept, newer) {
        (Json::Object(members), Json::Object(others)) if depth < MERGED_DEPTH => {
            for (name, value) in others {
                let has_room = members.len() < MAX_MEMBERS;
                match members.iter_mut().find(|(other, _)| other == name) {
                    Some((_, kept)) => merge(kept, value, depth + 1),
                    None if has_room => {
                        members.push((Cow::Owned(name.to_string()), owned(value)));
                    }
                    None => {}
                }
            }
        }
        (kept, newer) => *kept = owned(newer),
    }
}
