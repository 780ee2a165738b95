//! Making rules by choosing: a frame is laid out as leaves, and a leaf that a person chooses becomes a rule.
//!
//! Places are texts that only this module reads: a JSON Pointer (`/a/b`, `#` for the whole), bytes of a text (`4..9`),
//! a number in a binary frame (`4:f32le`). Of a frame with several messages the message's number stands before a `#`.

mod insert;
mod leaves;
mod rule;
mod text;

use super::super::super::Frame;
use super::super::super::options::Options;
use super::super::definition::json::{self, brief};
use super::super::definition::layout::Encoding;
use super::super::definition::{Definition, FrameForm};
use super::contents::read;
use super::layout::number_at;
use super::{Contents, Document, Extracted, Memory, contents, readings};
use crate::model::json::Json;
use crate::model::reading::Report;
use crate::model::value::Value;
use rule::NewRule;

pub use leaves::leaves;

/// [`super::super::super::definitions::Definitions::with_rule`]. The text stays as it is but for the new rule.
pub fn with_rule(text: &str, frame: &Frame, place: &str) -> Result<String, String> {
    let definition = Definition::parse(text).map_err(|problems| {
        let first = problems.first().map(|problem| [&*problem.place, ": ", &problem.text].concat());
        ["the definition must be right first: ", &first.unwrap_or_default()].concat()
    })?;
    let form = form_of(Some(&definition), frame);
    let mut messages = Contents::default();
    read(form, frame, &mut messages).map_err(|problem| problem.what)?;
    let (number, place) = numbered(place);
    let message = messages.documents.get(number).ok_or("there is no such message in the frame")?;
    let chosen = chosen(message, place).ok_or("there is nothing to take there")?;
    let mut wrong = "nothing fits".to_owned();
    for mut rule in candidates(message, place, &chosen) {
        rule.set_form(form, definition.frame);
        match tried(text, &definition, frame, &rule, &chosen) {
            Ok(text) => return Ok(text),
            Err(text) => wrong = text,
        }
    }
    Err(wrong)
}

/// The form in which a frame is laid out: the definition's if it can be read so, else the first that it can be.
fn form_of(definition: Option<&Definition>, frame: &Frame) -> FrameForm {
    let wanted = definition.map(|definition| definition.frame).unwrap_or_default();
    let others = match frame {
        Frame::Text(text) if text.trim().contains('\n') => [FrameForm::Json, FrameForm::Lines],
        Frame::Text(_) => [FrameForm::Json, FrameForm::Text],
        Frame::Binary(_) => [FrameForm::Json, FrameForm::Binary],
    };
    let can_be_read = |form: &FrameForm| {
        let mut contents = Contents::default();
        read(*form, frame, &mut contents).is_ok() && !contents.documents.is_empty()
    };
    let forms = [wanted].into_iter().chain(others);
    forms.into_iter().find(can_be_read).unwrap_or(others[1])
}

/// The number of a message and the place in it.
fn numbered(place: &str) -> (usize, &str) {
    match place.split_once('#') {
        Some((number, rest)) if !place.starts_with('/') => (number.parse().unwrap_or_default(), rest),
        Some(_) | None => (0, place),
    }
}

/// What stands at a place.
fn chosen<'d>(message: &'d Document<'_>, place: &str) -> Option<Json<'d>> {
    if message.form().is_binary() {
        let (at, word) = place.split_once(':')?;
        return number_at(message.bytes(), at.parse().ok()?, Encoding::of_word(word)?);
    }
    if message.form().is_text() {
        let text = message.json().as_text()?;
        return Some(Json::Text(text.get(bytes_of(place)?)?.into()));
    }
    rule::at(message.json(), place).cloned()
}

/// The bytes that a place in a text names.
fn bytes_of(place: &str) -> Option<std::ops::Range<usize>> {
    let (start, end) = place.split_once("..")?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

/// Rules that may take it, the best first.
fn candidates(message: &Document<'_>, place: &str, chosen: &Json<'_>) -> Vec<NewRule> {
    if message.form().is_binary() {
        rule::of_bytes(place).into_iter().collect()
    } else if message.form().is_text() {
        let text = message.json().as_text().unwrap_or_default();
        bytes_of(place).map(|bytes| text::rules(text, bytes)).unwrap_or_default()
    } else {
        rule::of_json(message.json(), place, chosen)
    }
}

/// The definition with the rule, if the rule takes what was chosen and no other rule has a channel of this name.
fn tried(
    text: &str,
    definition: &Definition,
    frame: &Frame,
    rule: &NewRule,
    chosen: &Json<'_>,
) -> Result<String, String> {
    let taken = paths(definition, frame);
    let mut wrong = String::new();
    for rule in rule.named_differently() {
        let text = insert::with(text, &rule).ok_or("there is no place for the rule")?;
        let larger = Definition::parse(&text)
            .map_err(|problems| problems.first().map(|problem| problem.text.clone()).unwrap_or_default())?;
        let number = larger
            .rules
            .iter()
            .position(|other| !definition.rules.iter().any(|old| old.place == other.place));
        let number = number.ok_or("the rule got lost")?;
        let found = all(&larger, frame).into_iter().filter(|extracted| extracted.rule == number);
        let mut paths = Vec::new();
        let mut takes_it = false;
        for extracted in found {
            match extracted.outcome {
                Ok(found) => {
                    takes_it |= matches!(&found.report, Report::Value(value) if is_of(value, chosen));
                    paths.push(found.path);
                }
                Err(trouble) => wrong = trouble.text,
            }
        }
        if takes_it && !paths.iter().any(|path| taken.contains(path)) {
            return Ok(text);
        }
        if !takes_it {
            let why = if wrong.is_empty() { "it would not be found again".to_owned() } else { wrong };
            return Err([&*why, ": ", &brief(chosen)].concat());
        }
        "another rule has a channel of this name".clone_into(&mut wrong);
    }
    Err(wrong)
}

fn all(definition: &Definition, frame: &Frame) -> Vec<Extracted> {
    let (options, mut memory) = (Options::default(), Memory::default());
    let contents = contents(definition, frame);
    contents
        .documents
        .iter()
        .flat_map(|message| readings(definition, message, &options, &mut memory))
        .collect()
}

fn paths(definition: &Definition, frame: &Frame) -> Vec<String> {
    all(definition, frame).into_iter().filter_map(|extracted| Some(extracted.outcome.ok()?.path)).collect()
}

/// Whether a value is what stands at a place.
fn is_of(value: &Value, chosen: &Json<'_>) -> bool {
    match value {
        Value::Null => *chosen == Json::Null,
        Value::Bool(on) => *chosen == Json::Bool(*on),
        Value::Integer(whole) => chosen.as_whole() == Some(*whole),
        Value::Number(number) => {
            json::number(chosen).is_some_and(|other| other == *number || other.is_nan() && number.is_nan())
        }
        Value::Text(text) => json::text(chosen) == *text,
        Value::Json(text) => chosen.to_text() == *text,
        Value::Array(items) => match chosen {
            Json::Array(others) => {
                items.len() == others.len()
                    && items.iter().zip(others).all(|(item, other)| is_of(item, other))
            }
            Json::Null
            | Json::Bool(_)
            | Json::Integer(_)
            | Json::Number(_)
            | Json::Huge(_)
            | Json::Text(_)
            | Json::Object(_) => false,
        },
        Value::Enum { .. } | Value::Record(_) | Value::Matrix { .. } | Value::Bytes(_) => false,
    }
}
