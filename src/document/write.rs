//! Writing JSON member by member: `json!` brings code for every type that it is given.

use serde_json::{Map, Value as Json};

/// The members of an object, in their order.
#[derive(Default)]
pub(super) struct Members(Map<String, Json>);

impl Members {
    pub(super) fn add(&mut self, name: &str, value: impl Into<Json>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn into_json(self) -> Json {
        Json::Object(self.0)
    }
}
