//! What is sent: a frame with placeholders.

use super::super::super::Frame;
use super::node::Node;
use super::template::{Known, Scope, Template, Unknown};
use crate::model::base64;
use crate::model::json::Json;

/// Something to send, with placeholders.
#[derive(Clone, Debug)]
pub struct Message {
    form: Form,
    text: Template,
}

/// How a text becomes a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A text frame.
    Text,
    /// A binary frame with the text's UTF-8.
    Binary,
    /// A binary frame with what the text stands for in base64.
    Base64,
    /// The same in hexadecimal digits, blanks between them.
    Hex,
}

/// The words of `as`.
pub(super) const FORMS: [(&str, Form); 4] =
    [("text", Form::Text), ("binary", Form::Binary), ("base64", Form::Base64), ("hex", Form::Hex)];

impl Message {
    /// Reads `send` and, where it is there, `as`.
    pub(super) fn parse(send: &Node<'_>, form: Option<Node<'_>>, known: Known<'_>) -> Option<Self> {
        let form = form.map_or(Some(Form::Text), |node| node.one_of(&FORMS))?;
        let mut text = Template::default();
        let is_known = match send.json {
            Json::Text(plain) => Template::parse(plain, known).map(|read| text = read).map_err(|unknown| {
                send.problem_within(unknown.at, &unknown.text);
            }),
            _ => add(send, &mut text, known),
        };
        is_known.ok()?;
        let message = Self { form, text };
        if let Some(Err(why)) = message.text.as_literal().map(|text| message.frame(text.to_owned())) {
            send.problem(&why);
            return None;
        }
        if matches!(form, Form::Base64 | Form::Hex) && send.json.as_text().is_none() {
            send.problem("must be a text, since it stands for bytes");
            return None;
        }
        Some(message)
    }

    /// The frame that it is now, or why it is none: base64 or hexadecimal digits that parameters have spoiled.
    pub fn render(&self, scope: &Scope<'_>) -> Result<Frame, String> {
        self.frame(self.text.render(scope))
    }

    fn frame(&self, text: String) -> Result<Frame, String> {
        let bytes = match self.form {
            Form::Text => return Ok(Frame::Text(text)),
            Form::Binary => Some(text.into_bytes()),
            Form::Base64 => base64::decode_unpadded(text.trim()),
            Form::Hex => unhex(&text),
        };
        bytes.map(Frame::Binary).ok_or_else(|| {
            let coding = if self.form == Form::Hex { "hexadecimal digits, two a byte" } else { "base64" };
            ["must be ", coding].concat()
        })
    }
}

/// Adds JSON without blanks; placeholders are in its texts, not in the names of members. The error has been told.
fn add(node: &Node<'_>, template: &mut Template, known: Known<'_>) -> Result<(), ()> {
    match node.json {
        Json::Text(text) => template.add_quoted(text, known).map_err(|Unknown { at, text }| {
            node.problem_within(at, &text);
        })?,
        Json::Array(_) => {
            template.add_literal("[");
            for (index, item) in node.items(usize::MAX).into_iter().enumerate() {
                template.add_literal(if index > 0 { "," } else { "" });
                add(&item, template, known)?;
            }
            template.add_literal("]");
        }
        Json::Object(_) => {
            template.add_literal("{");
            for (index, (name, value)) in node.open_object().ok_or(())?.each().into_iter().enumerate() {
                template.add_literal(if index > 0 { "," } else { "" });
                template.add_literal(&Json::Text(name.into()).to_text());
                template.add_literal(":");
                add(&value, template, known)?;
            }
            template.add_literal("}");
        }
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) => {
            template.add_literal(&node.json.to_text());
        }
    }
    Ok(())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace())
        .map(|letter| letter.to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
