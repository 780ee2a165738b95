//! Which connections need the part of the program with the libraries. Never in a part itself.

use super::super::Later;
use super::super::options::Options;
use super::DEFINITION_TEXT;

/// The libraries for JSONPath and for patterns.
pub(super) const LATER: Later = Later { part: "connector_later", is_needed };

/// A definition has a JSONPath or a pattern in it, as far as its text tells without having been read; an escaped letter
/// may be one of theirs. Those that come with the page have none, which a test sees to.
fn is_needed(options: &Options) -> bool {
    let text = options.get(DEFINITION_TEXT);
    text.contains("\"$") || text.contains("\\u") || text.contains("pattern")
}
