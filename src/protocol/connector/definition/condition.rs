//! Conditions on messages.

use super::super::extract::Document;
use super::Scope;

/// What a message must be like.
#[derive(Clone, Debug)]
pub struct Condition {}

impl Condition {
    /// Whether a message is like this. `scope` is that of the message that was sent before.
    pub fn holds(&self, document: &Document<'_>, scope: &Scope<'_>) -> bool {
        todo!("{document:?} {scope:?}")
    }
}
