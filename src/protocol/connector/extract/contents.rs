//! The messages in a frame.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::super::{Frame, text_in};
use super::super::definition::{Definition, FrameForm, Root};
use crate::model::base64;
use crate::model::json::{Breaches, Json};

/// The messages in a frame.
#[derive(Debug, Default)]
pub struct Contents<'f> {
    /// Those that can be read, in their order.
    pub documents: Vec<Document<'f>>,
    /// Why others, or the frame as a whole, cannot.
    pub problems: Vec<Unreadable>,
    /// What was wrong and tolerated.
    pub breaches: Breaches,
}

/// A message.
#[derive(Debug)]
pub struct Document<'f> {
    form: FrameForm,
    /// Which of the frame's messages it is.
    number: usize,
    json: Json<'f>,
    bytes: Cow<'f, [u8]>,
    value: OnceCell<serde_json::Value>,
}

/// Why a message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub what: String,
    /// Where, in bytes from the frame's beginning.
    pub at: usize,
}

impl<'f> Document<'f> {
    fn new(form: FrameForm, json: Json<'f>, bytes: Cow<'f, [u8]>) -> Self {
        Self { form, number: 0, json, bytes, value: OnceCell::new() }
    }

    /// The form in which it was read.
    pub fn form(&self) -> FrameForm {
        self.form
    }

    /// What it says: JSON, a text; `null` for bytes.
    pub fn json(&self) -> &Json<'f> {
        &self.json
    }

    pub(in super::super) fn root(&self) -> Root<'_, '_> {
        Root { json: &self.json, value: &self.value }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// More messages than these are not read from a frame.
const MAX_MESSAGES: usize = 10_000;

/// The messages in a frame, in every form that the definition's rules read.
pub fn contents<'f>(definition: &Definition, frame: &'f Frame) -> Contents<'f> {
    let mut forms = vec![definition.frame];
    for rule in &definition.rules {
        if !forms.contains(&rule.form) {
            forms.push(rule.form);
        }
    }
    let mut all = Contents::default();
    let mut problems = Vec::new();
    for form in forms {
        let mut some = Contents { breaches: std::mem::take(&mut all.breaches), ..Contents::default() };
        if let Err(problem) = read(form, frame, &mut some) {
            some.problems.push(problem);
        }
        // Of a form that only some rules have it is no problem that this frame has another one.
        if form == definition.frame && some.documents.is_empty() {
            problems = some.problems;
        } else if form == definition.frame {
            all.problems = some.problems;
        }
        all.breaches = some.breaches;
        all.documents.extend(some.documents);
    }
    if all.documents.is_empty() {
        all.problems = problems;
    }
    for (number, document) in all.documents.iter_mut().enumerate() {
        document.number = number;
    }
    all
}

/// Reads a frame in one form.
pub(super) fn read<'f>(form: FrameForm, frame: &'f Frame, into: &mut Contents<'f>) -> Result<(), Unreadable> {
    let wrong = |what: &str| Unreadable { what: what.to_owned(), at: 0 };
    match form {
        FrameForm::Json => {
            let text = text_of(frame)?;
            into.documents.push(json(text, 0, form, &mut into.breaches)?);
        }
        FrameForm::Text => {
            let text = text_of(frame)?;
            into.documents.push(Document::new(form, Json::Text(text.into()), Cow::Borrowed(&[])));
        }
        FrameForm::JsonLines | FrameForm::Lines => lines(form, text_of(frame)?, into),
        FrameForm::Binary => match frame {
            Frame::Binary(bytes) => {
                into.documents.push(Document::new(form, Json::Null, Cow::Borrowed(bytes)));
            }
            Frame::Text(_) => return Err(wrong("a text frame where a binary one is due")),
        },
        FrameForm::Base64 => {
            let bytes = base64::decode_unpadded(text_of(frame)?.trim()).ok_or_else(|| wrong("no base64"))?;
            into.documents.push(Document::new(form, Json::Null, Cow::Owned(bytes)));
        }
    }
    Ok(())
}

fn lines<'f>(form: FrameForm, text: &'f str, into: &mut Contents<'f>) {
    for (at, line) in lines_of(text) {
        if into.documents.len() == MAX_MESSAGES {
            let what = format!("more than {MAX_MESSAGES} lines; the rest is left out");
            into.problems.push(Unreadable { what, at });
            return;
        }
        if form == FrameForm::Lines {
            into.documents.push(Document::new(form, Json::Text(line.into()), Cow::Borrowed(&[])));
            continue;
        }
        match json(line, at, form, &mut into.breaches) {
            Ok(document) => into.documents.push(document),
            Err(problem) if into.problems.len() < MAX_PROBLEMS => into.problems.push(problem),
            Err(_one_of_many) => {}
        }
    }
}

/// The lines that are not blank, and where each begins.
pub(super) fn lines_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split('\n')
        .map(move |line| {
            let at = next;
            next += line.len() + 1;
            (at, line.strip_suffix('\r').unwrap_or(line))
        })
        .filter(|(_, line)| !line.trim().is_empty())
}

fn json<'f>(
    text: &'f str,
    at: usize,
    form: FrameForm,
    breaches: &mut Breaches,
) -> Result<Document<'f>, Unreadable> {
    let read = Json::parse(text, breaches);
    read.map(|json| Document::new(form, json, Cow::Borrowed(&[])))
        .map_err(|error| Unreadable { what: error.what.to_string(), at: at + error.at })
}

fn text_of(frame: &Frame) -> Result<&str, Unreadable> {
    match frame {
        Frame::Text(text) => Ok(text),
        Frame::Binary(bytes) => text_in(bytes).map_err(|(what, _)| Unreadable { what, at: 0 }),
    }
}

/// Of a frame with many bad lines the first ones are told.
const MAX_PROBLEMS: usize = 10;
