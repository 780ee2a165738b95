//! Writing JSON member by member: `json!` brings code for every type that it is given.

use serde_json::{Map, Value as Json};

/// The members of an object, in their order.
#[derive(Default)]
pub(super) struct Members(Map<String, Json>);

impl Members {
    pub(super) fn add(&mut self, name: &str, value: impl Into<Json>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// An object of texts by their names.
    pub(super) fn of_texts(texts: &[(String, String)]) -> Json {
        let mut members = Self::default();
        for (name, text) in texts {
            members.add(name, text.as_str());
        }
        members.into_json()
    }

    pub(super) fn into_json(self) -> Json {
        Json::Object(self.0)
    }
}
