//! Conditions on messages and on what is in them.

use super::super::extract::Document;
use super::context::{path, template};
use super::members::CONDITION;
use super::node::Node;
use super::path::{Path, Root};
use super::template::{Known, Template};
use super::{Scope, json};
use crate::model::alarm::fits;
use crate::model::json::Json;

/// What a message must be like.
#[derive(Clone, Debug)]
pub struct Condition {
    path: Path,
    test: Test,
    /// It must not be like this.
    is_negated: bool,
}

#[derive(Clone, Debug)]
enum Test {
    Exists(bool),
    Equals(Expected),
    Matches(Template),
}

#[derive(Clone, Debug)]
enum Expected {
    Json(Json<'static>),
    Template(Template),
}

impl Condition {
    pub(super) fn parse(node: &Node<'_>, known: Known<'_>) -> Option<Self> {
        let object = node.object(CONDITION)?;
        let path = object.required("path").and_then(|node| path(&node));
        let is_negated = object.optional("not").map_or(Some(false), |not| not.bool());
        let tests = (object.optional("equals"), object.optional("exists"), object.optional("matches"));
        let test = match tests {
            (None, None, None) => Test::Exists(true),
            (Some(equals), None, None) => Test::Equals(match equals.json {
                Json::Text(_) => Expected::Template(template(&equals, known)?),
                json => Expected::Json(json::owned(json)),
            }),
            (None, Some(exists), None) => Test::Exists(exists.bool()?),
            (None, None, Some(matches)) => Test::Matches(template(&matches, known)?),
            _ => {
                node.problem("must have one of equals, exists and matches, or none of them");
                return None;
            }
        };
        Some(Self { path: path?, test, is_negated: is_negated? })
    }

    /// Whether a message is like this. `scope` is that of the message that was sent before.
    pub fn holds(&self, document: &Document<'_>, scope: &Scope<'_>) -> bool {
        self.holds_at(document.json(), document.root(), scope).0
    }

    /// Whether it holds at a node, and what was found there.
    pub(in super::super) fn holds_at<'j>(
        &self,
        node: &'j Json<'j>,
        root: Root<'j, '_>,
        scope: &Scope<'_>,
    ) -> (bool, Option<&'j Json<'j>>) {
        let hits = self.path.find(node, root);
        let found = match &self.test {
            Test::Exists(wanted) => hits.is_empty() != *wanted,
            Test::Equals(Expected::Json(wanted)) => hits.iter().any(|hit| json::alike(hit.json, wanted)),
            Test::Equals(Expected::Template(template)) => {
                let wanted = Json::Text(template.render(scope).into());
                hits.iter().any(|hit| json::alike(hit.json, &wanted))
            }
            Test::Matches(pattern) => {
                let pattern = pattern.render(scope);
                hits.iter().any(|hit| json::is_scalar(hit.json) && fits(&pattern, &json::text(hit.json)))
            }
        };
        (found != self.is_negated, hits.first().map(|hit| hit.json))
    }

    /// The condition for a person.
    pub(in super::super) fn words(&self) -> String {
        let path = if self.path.text().is_empty() { "the message" } else { self.path.text() };
        let not = if self.is_negated { "not " } else { "" };
        let test = match &self.test {
            Test::Exists(true) => "exists".to_owned(),
            Test::Exists(false) => "does not exist".to_owned(),
            Test::Equals(Expected::Json(json)) => ["equals ", &json::brief(json)].concat(),
            Test::Equals(Expected::Template(text)) => ["equals ", &text.words()].concat(),
            Test::Matches(pattern) => ["matches ", &pattern.words()].concat(),
        };
        [not, path, " ", &test].concat()
    }
}
