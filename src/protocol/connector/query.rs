//! JSONPath and patterns: what is asked of the libraries that know them, which are in [`super::later`].
//!
//! They are called by their addresses alone: a connection that needs none of them does not load them.

use std::fmt::Debug;
use std::ops::Range;
use std::rc::Rc;

use super::definition::path::PathError;
use super::later;

/// A compiled JSONPath (RFC 9535).
pub(super) trait Query: Debug {
    /// The places that it leads to, in the order of RFC 9535, each as steps from the root; at most so many.
    fn places(&self, root: &serde_json::Value, most: usize) -> Vec<Vec<Step>>;
}

/// A step from a value to one within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To a member.
    Name(String),
    /// To an item.
    Index(usize),
}

/// A compiled pattern.
pub(super) trait Pattern: Debug {
    /// It has a group with a name.
    fn has_names(&self) -> bool;

    /// Where it matches, from the left, without overlap; at most so many.
    fn matches(&self, text: &str, most: usize) -> Vec<Match>;
}

/// A place where a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// The whole of it, in bytes.
    pub(super) whole: Range<usize>,
    /// The groups with a name that are part of it.
    pub(super) groups: Vec<(String, Range<usize>)>,
}

/// Reads a JSONPath.
pub(super) fn json_path(text: &str) -> Result<Rc<dyn Query>, PathError> {
    let read: fn(&str) -> Result<Rc<dyn Query>, PathError> = std::hint::black_box(later::json_path);
    read(text)
}

/// Reads a pattern; the error says what is wrong with it.
pub(super) fn pattern(text: &str) -> Result<Rc<dyn Pattern>, String> {
    let read: fn(&str) -> Result<Rc<dyn Pattern>, String> = std::hint::black_box(later::pattern);
    read(text)
}
