//! Writing JSON: texts, lists, objects.

use crate::model::json::write_text;

/// A text with quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_text(text, &mut out);
    out
}

/// A list of what is JSON already.
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    let mut out = "[".to_owned();
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
    out
}

/// An object that grows member by member.
pub(super) struct Object(String);

impl Object {
    /// One without members.
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    /// With a member more; its value is JSON.
    pub(super) fn with(mut self, name: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_text(name, &mut self.0);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// With a member more, where there is a value.
    pub(super) fn with_some(self, name: &str, json: Option<String>) -> Self {
        match json {
            Some(json) => self.with(name, &json),
            None => self,
        }
    }

    /// The text.
    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
