//! What a person has entered so far: a tree of signals in the shape of a data type.
//!
//! A draft may hold mistakes; [`Draft::value`] is the only way out, and gives a value that keeps the type's limits or
//! says what is wrong and where.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leptos::prelude::*;

use crate::model::datatype::{DataType, EnumMember};
use crate::model::entry::{self, EntryError, Problem};
use crate::model::form::{self, FORM_ITEMS};
use crate::model::value::Value;
use crate::state::signal::ArcRwSignal;

/// An entry in the making. Copies are the same entry.
#[derive(Clone)]
pub struct Draft {
    pub(super) data_type: Arc<DataType>,
    pub(super) fields: Fields,
    /// The text, while the whole is edited as JSON.
    pub(super) json: ArcRwSignal<Option<String>>,
    key: u64,
}

/// The fields of a form.
#[derive(Clone)]
pub(super) enum Fields {
    /// A choice of true and false.
    Switch(ArcRwSignal<Option<bool>>),
    /// A choice from a list, by its code.
    Choice(ArcRwSignal<Option<i64>>),
    /// What is typed.
    Text(ArcRwSignal<String>),
    /// Any number of drafts of one type.
    List {
        /// The type of each.
        item: Arc<DataType>,
        /// In their order.
        items: ArcRwSignal<Vec<Draft>>,
    },
    /// One draft for each member of a tuple or a record.
    Members(Arc<[Member]>),
}

/// A member of a tuple or a record.
#[derive(Clone)]
pub(super) struct Member {
    /// Its place as mistakes name it: a name, or an index in brackets.
    pub(super) place: String,
    /// What is entered for it.
    pub(super) draft: Draft,
    /// Whether it is part of the value; `None` where it must be.
    pub(super) included: Option<ArcRwSignal<bool>>,
}

impl Draft {
    /// A draft filled in with a value.
    pub fn new(data_type: &DataType, value: Option<&Value>) -> Self {
        let draft = Self::empty(Arc::new(data_type.clone()));
        match value {
            Some(value) => draft.fill(value),
            None if !form::has_form(data_type) => draft.json.set(Some(String::new())),
            None => {}
        }
        draft
    }

    /// A draft filled in with what was typed elsewhere.
    pub fn typed(data_type: &DataType, text: String) -> Self {
        let parsed = entry::parse(data_type, &text);
        let draft = Self::new(data_type, parsed.as_ref().ok());
        // As it was typed, and with its mistakes.
        if draft.is_compound() {
            if parsed.is_err() {
                draft.json.set(Some(text));
            }
        } else if let Fields::Text(typed) = &draft.fields {
            typed.set(text);
        }
        draft
    }

    fn empty(data_type: Arc<DataType>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // What has too many fields for a form is JSON from the start and needs none.
        let has_form = form::has_form(&data_type);
        let fields = match &*data_type {
            DataType::Bool => Fields::Switch(ArcRwSignal::new(None)),
            DataType::Enum(_) => Fields::Choice(ArcRwSignal::new(None)),
            DataType::Array { item, min_len, .. } if has_form => {
                let item = Arc::new((**item).clone());
                let least = usize::try_from(*min_len).unwrap_or(FORM_ITEMS).min(FORM_ITEMS);
                let items = (0..least).map(|_| Self::empty(Arc::clone(&item))).collect();
                Fields::List { item, items: ArcRwSignal::new(items) }
            }
            DataType::Tuple(members) if has_form => Fields::Members(
                members
                    .iter()
                    .enumerate()
                    .map(|(index, member)| Member {
                        place: format!("[{index}]"),
                        draft: Self::empty(Arc::new(member.clone())),
                        included: None,
                    })
                    .collect(),
            ),
            DataType::Record(members) if has_form => Fields::Members(
                members
                    .iter()
                    .map(|field| Member {
                        place: field.name.clone(),
                        draft: Self::empty(Arc::new(field.data_type.clone())),
                        included: field.optional.then(|| ArcRwSignal::new(false)),
                    })
                    .collect(),
            ),
            DataType::Integer(_)
            | DataType::Number(_)
            | DataType::Text(_)
            | DataType::Bytes { .. }
            | DataType::Array { .. }
            | DataType::Tuple(_)
            | DataType::Record(_)
            | DataType::Matrix { .. }
            | DataType::Json => Fields::Text(ArcRwSignal::new(String::new())),
        };
        Self { data_type, fields, json: ArcRwSignal::new(None), key: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// Tells drafts apart, and their fields in the page.
    pub(super) fn key(&self) -> u64 {
        self.key
    }

    /// It has fields of its own and can be edited as JSON too.
    pub(super) fn is_compound(&self) -> bool {
        matches!(*self.data_type, DataType::Array { .. } | DataType::Tuple(_) | DataType::Record(_))
    }

    /// Replaces what was entered.
    fn fill(&self, value: &Value) {
        if self.is_compound() && !self.fits(value) {
            self.json.set(Some(entry::to_text(&self.data_type, value)));
            return;
        }
        self.json.set(None);
        match (&self.fields, value) {
            (Fields::Switch(on), Value::Bool(value)) => on.set(Some(*value)),
            (Fields::Choice(chosen), Value::Enum { code, .. }) => chosen.set(Some(*code)),
            (Fields::Text(text), Value::Null) => text.set(String::new()),
            (Fields::Text(text), value) => text.set(entry::to_text(&self.data_type, value)),
            (Fields::List { item, items }, Value::Array(values)) => {
                let filled = values.iter().map(|value| {
                    let draft = Self::empty(Arc::clone(item));
                    draft.fill(value);
                    draft
                });
                items.set(filled.collect());
            }
            (Fields::Members(members), Value::Array(values)) => {
                for (member, value) in members.iter().zip(values) {
                    member.draft.fill(value);
                }
            }
            (Fields::Members(members), Value::Record(values)) => {
                for member in members.iter() {
                    let value = values.iter().find(|(name, _)| *name == member.place);
                    if let Some(included) = &member.included {
                        included.set(value.is_some());
                    }
                    if let Some((_, value)) = value {
                        member.draft.fill(value);
                    }
                }
            }
            // A value of another type: peers lie. The fields stay empty.
            (Fields::Switch(_) | Fields::Choice(_) | Fields::List { .. } | Fields::Members(_), _) => {}
        }
    }

    /// The value fits into the fields of a form.
    fn fits(&self, value: &Value) -> bool {
        form::has_form(&self.data_type) && form::fits_form(value)
    }

    /// The value, or the first mistake. Reactive.
    pub fn value(&self) -> Result<Value, EntryError> {
        let value = match self.json.get() {
            Some(json) if json.trim().is_empty() => Err(missing()),
            Some(json) => entry::parse(&self.data_type, &json),
            None => self.value_of_fields(),
        }?;
        entry::check(&self.data_type, &value, None)?;
        Ok(value)
    }

    fn value_of_fields(&self) -> Result<Value, EntryError> {
        match &self.fields {
            Fields::Switch(on) => on.get().map(Value::Bool).ok_or_else(missing),
            Fields::Choice(chosen) => {
                let chosen = chosen.get();
                let member = self.members().iter().find(|member| Some(member.code) == chosen);
                let value = |member: &EnumMember| Value::Enum {
                    code: member.code,
                    label: Some(Arc::clone(&member.label)),
                };
                member.map(value).ok_or_else(missing)
            }
            Fields::Text(text) => {
                let text = text.get();
                match &*self.data_type {
                    DataType::Text(_) | DataType::Bytes { .. } => {}
                    _ if text.trim().is_empty() => return Err(missing()),
                    _ => {}
                }
                entry::parse(&self.data_type, &text)
            }
            Fields::List { items, .. } => items
                .get()
                .iter()
                .enumerate()
                .map(|(index, item)| item.value().map_err(|error| within(&format!("[{index}]"), error)))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            Fields::Members(members) => {
                let mut values = Vec::with_capacity(members.len());
                for member in members.iter().filter(|member| member.is_included()) {
                    let value = member.draft.value().map_err(|error| within(&member.place, error))?;
                    values.push((member.place.clone(), value));
                }
                Ok(match *self.data_type {
                    DataType::Tuple(_) => Value::Array(values.into_iter().map(|(_, value)| value).collect()),
                    _ => Value::Record(values),
                })
            }
        }
    }

    /// The members of an enum; none for other types.
    pub(super) fn members(&self) -> &[EnumMember] {
        if let DataType::Enum(members) = &*self.data_type { members } else { &[] }
    }

    /// What is wrong with the whole although nothing is wrong with its parts. Reactive.
    pub(super) fn own_mistake(&self) -> Option<EntryError> {
        let value = self.value_of_fields().ok()?;
        entry::check(&self.data_type, &value, None).err()
    }

    /// From fields to JSON. What is wrong in a field stays, as a text.
    pub(super) fn to_json(&self) {
        self.json.set(Some(entry::to_text(&self.data_type, &untrack(|| self.rough_value()))));
    }

    /// From JSON to fields, where it can be read and is small enough.
    pub(super) fn to_fields(&self) {
        if let Some(value) = untrack(|| self.value_for_fields()) {
            self.fill(&value);
        }
    }

    /// What [`Self::to_fields`] would fill in. Reactive.
    pub(super) fn value_for_fields(&self) -> Option<Value> {
        let value = entry::parse(&self.data_type, &self.json.get()?).ok()?;
        self.fits(&value).then_some(value)
    }

    /// The value as far as it is there.
    fn rough_value(&self) -> Value {
        if let Ok(value) = self.value_of_fields() {
            return value;
        }
        match &self.fields {
            Fields::Switch(_) | Fields::Choice(_) => Value::Null,
            Fields::Text(text) => Value::Text(text.get()),
            Fields::List { items, .. } => Value::Array(items.get().iter().map(Self::rough_value).collect()),
            Fields::Members(members) => {
                let included = members.iter().filter(|member| member.is_included());
                let values = included.map(|member| (member.place.clone(), member.draft.rough_value()));
                match *self.data_type {
                    DataType::Tuple(_) => Value::Array(values.map(|(_, value)| value).collect()),
                    _ => Value::Record(values.collect()),
                }
            }
        }
    }

    /// One more item at the end of a list.
    pub(super) fn add_item(&self) {
        if let Fields::List { item, items } = &self.fields {
            items.update(|items| items.push(Self::empty(Arc::clone(item))));
        }
    }

    /// Takes an item out of a list.
    pub(super) fn remove_item(&self, key: u64) {
        if let Fields::List { items, .. } = &self.fields {
            items.update(|items| items.retain(|item| item.key != key));
        }
    }

    /// Moves an item of a list one place up.
    pub(super) fn raise_item(&self, key: u64) {
        if let Fields::List { items, .. } = &self.fields {
            items.update(|items| {
                if let Some(index) = items.iter().position(|item| item.key == key).filter(|index| *index > 0)
                {
                    items.swap(index - 1, index);
                }
            });
        }
    }
}

impl Member {
    /// It is part of the value. Reactive.
    pub(super) fn is_included(&self) -> bool {
        self.included.as_ref().is_none_or(ArcRwSignal::get)
    }
}

fn missing() -> EntryError {
    EntryError { place: String::new(), problem: Problem::Missing }
}

/// A mistake in a part, as one of the whole.
fn within(place: &str, error: EntryError) -> EntryError {
    let dot = if error.place.is_empty() || error.place.starts_with('[') { "" } else { "." };
    EntryError { place: format!("{place}{dot}{}", error.place), problem: error.problem }
}
