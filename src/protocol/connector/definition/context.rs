//! What the parts of a document are read with: the parameters, and readers that tell what is wrong.

use super::super::super::definitions::Parameter;
use super::node::Node;
use super::path::Path;
use super::template::{Known, Template, Unknown};

/// What is known while a document is read.
pub(super) struct Context<'a> {
    pub(super) parameters: &'a [Parameter],
}

impl<'a> Context<'a> {
    /// The placeholders of the address.
    pub(super) fn of_address(&self) -> Known<'a> {
        Known { parameters: self.parameters, has_built_in: false, has_key: false }
    }

    /// The placeholders of a message that is sent, and of what answers it.
    pub(super) fn of_message(&self) -> Known<'a> {
        Known { has_built_in: true, ..self.of_address() }
    }

    /// The placeholders of a rule.
    pub(super) fn of_rule(&self) -> Known<'a> {
        Known { has_key: true, ..self.of_address() }
    }
}

/// Reads a text with placeholders.
pub(super) fn template(node: &Node<'_>, known: Known<'_>) -> Option<Template> {
    let read = Template::parse(node.text()?, known);
    read.map_err(|Unknown { at, text }| node.problem_within(at, &text)).ok()
}

/// Reads a path.
pub(super) fn path(node: &Node<'_>) -> Option<Path> {
    let read = Path::parse(node.text()?);
    read.map_err(|error| node.problem_within(error.at, &error.text)).ok()
}
