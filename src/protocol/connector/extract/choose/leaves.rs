//! A frame laid out for a person to choose from.

use super::super::super::super::Frame;
use super::super::super::super::definitions::Leaf;
use super::super::super::definition::json::text;
use super::super::super::definition::layout::Encoding;
use super::super::super::definition::{Definition, FrameForm};
use super::super::contents::lines_of;
use super::super::layout::number_at;
use super::super::rules::{children, is_leaf};
use super::super::{Contents, Document};
use super::text::{token, tokens};
use super::{form_of, read};
use crate::model::display::harmless;
use crate::model::hex;
use crate::model::json::Json;

/// More lines are not laid out.
const MAX_LEAVES: usize = 5_000;
/// More bytes are not.
const MAX_BYTES: usize = 512;
const VALUE_CHARS: usize = 120;
const NAME_CHARS: usize = 60;
/// The numbers that may stand in a binary frame, those that are looked for.
const WORDS: [&str; 16] = [
    "i8", "u16le", "u16be", "i16le", "i16be", "u32le", "u32be", "i32le", "i32be", "f32le", "f32be", "u64le",
    "u64be", "f64le", "f64be", "i64le",
];

/// [`super::super::super::super::definitions::Definitions::leaves`]. A definition that cannot be read is taken for one
/// that says nothing.
pub fn leaves(text: &str, frame: &Frame) -> Vec<Leaf> {
    let form = form_of(Definition::parse(text).ok().as_ref(), frame);
    let mut messages = Contents::default();
    if read(form, frame, &mut messages).is_err() {
        return Vec::new();
    }
    let mut sheet = Sheet { leaves: Vec::new(), prefix: String::new() };
    let is_many = matches!(form, FrameForm::JsonLines | FrameForm::Lines);
    for (number, message) in messages.documents.iter().enumerate() {
        if is_many {
            let line = match message.json() {
                Json::Text(line) => harmless(line, VALUE_CHARS),
                _ => String::new(),
            };
            sheet.add(0, &["line ", &(number + 1).to_string()].concat(), &line, "");
            sheet.prefix = [&*number.to_string(), "#"].concat();
        }
        sheet.message(message, usize::from(is_many));
    }
    sheet.leaves
}

struct Sheet {
    leaves: Vec<Leaf>,
    /// What stands before places.
    prefix: String,
}

impl Sheet {
    fn message(&mut self, message: &Document<'_>, depth: usize) {
        if message.form().is_binary() {
            self.bytes(message.bytes());
        } else if let (true, Some(text)) = (message.form().is_text(), message.json().as_text()) {
            self.text(text, depth);
        } else {
            self.json(message.json(), "", "", depth);
        }
    }

    fn json(&mut self, json: &Json<'_>, name: &str, pointer: &str, depth: usize) {
        if is_leaf(json) {
            let place = if pointer.is_empty() && self.prefix.is_empty() { "#" } else { pointer };
            let name = if name.is_empty() { "value" } else { name };
            let place = if place == "#" { place.to_owned() } else { [&*self.prefix, place].concat() };
            return self.add(depth, name, &text(json), &place);
        }
        let children: Vec<_> = children(json).collect();
        let is_list = matches!(json, Json::Array(_));
        if !name.is_empty() {
            let what = if is_list { " items" } else { " members" };
            self.add(depth, name, &[&*children.len().to_string(), what].concat(), "");
        }
        let depth = depth + usize::from(!name.is_empty());
        for child in children {
            if self.leaves.len() >= MAX_LEAVES {
                return;
            }
            let name = if is_list { ["[", &child.key, "]"].concat() } else { child.key.clone() };
            let pointer = [pointer, "/", &child.key.replace('~', "~0").replace('/', "~1")].concat();
            self.json(child.json, &name, &pointer, depth);
        }
    }

    /// Numbers and words, line by line.
    fn text(&mut self, text: &str, depth: usize) {
        let Some(pattern) = token() else { return };
        for (at, line) in lines_of(text) {
            if self.leaves.len() >= MAX_LEAVES {
                return;
            }
            let mut before = String::new();
            for token in tokens(&*pattern, line) {
                let place = format!("{}{}..{}", self.prefix, at + token.start, at + token.end);
                let found = &line[token];
                self.add(depth, &before, found, &place);
                found.clone_into(&mut before);
            }
        }
    }

    /// For each byte the numbers that may begin there.
    fn bytes(&mut self, bytes: &[u8]) {
        for (at, byte) in bytes.iter().enumerate().take(MAX_BYTES) {
            let name = ["byte ", &at.to_string()].concat();
            let value = ["0x", &hex::packed(&[*byte]), " = ", &byte.to_string()].concat();
            self.add(0, &name, &value, &[&*at.to_string(), ":u8"].concat());
            for word in WORDS {
                let Some(encoding) = Encoding::of_word(word) else { continue };
                if let Some(number) = number_at(bytes, at, encoding).filter(is_likely) {
                    self.add(1, word, &text(&number), &[&*at.to_string(), ":", word].concat());
                }
            }
        }
    }

    fn add(&mut self, depth: usize, name: &str, value: &str, place: &str) {
        if self.leaves.len() < MAX_LEAVES {
            self.leaves.push(Leaf {
                depth,
                name: harmless(name, NAME_CHARS),
                value: harmless(value, VALUE_CHARS),
                place: place.to_owned(),
            });
        }
    }
}

/// A number that somebody may have meant.
fn is_likely(number: &Json<'_>) -> bool {
    match number {
        Json::Integer(whole) => *whole != 0 && whole.unsigned_abs() < 1 << 53,
        Json::Number(number) => (1e-6..1e9).contains(&number.abs()),
        Json::Null | Json::Bool(_) | Json::Huge(_) | Json::Text(_) | Json::Array(_) | Json::Object(_) => {
            false
        }
    }
}
