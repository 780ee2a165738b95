//! The libraries for JSONPath and for patterns: a part of the program of its own, since few definitions need them.
//!
//! Nothing in here is called but by its address: see `tools/split.mjs`.

use std::rc::Rc;

use regex_lite::{Regex, RegexBuilder};
use serde_json_path::JsonPath;

use super::definition::path::PathError;
use super::query::{Match, Pattern, Query, Step};

/// What a compiled pattern may take, in bytes.
const PATTERN_MEMORY: usize = 1 << 20;
/// A pattern looks no further into a text: from each match on it may look through all the rest.
const TEXT_BYTES: usize = 64 << 10;

/// Reads a JSONPath.
pub(super) fn json_path(text: &str) -> Result<Rc<dyn Query>, PathError> {
    match JsonPath::parse(text) {
        Ok(path) => Ok(Rc::new(Path(path))),
        Err(error) => Err(PathError {
            at: error.position().min(text.len()),
            text: ["no JSONPath (RFC 9535): ", error.message()].concat(),
        }),
    }
}

/// Reads a pattern.
pub(super) fn pattern(text: &str) -> Result<Rc<dyn Pattern>, String> {
    match RegexBuilder::new(text).size_limit(PATTERN_MEMORY).build() {
        Ok(regex) => Ok(Rc::new(Compiled(regex))),
        Err(error) => Err(error.to_string()),
    }
}

#[derive(Debug)]
struct Path(JsonPath);

impl Query for Path {
    fn places(&self, root: &serde_json::Value, most: usize) -> Vec<Vec<Step>> {
        let located = self.0.query_located(root);
        let places = located.locations().take(most).map(|place| {
            let steps = place.iter().filter_map(|element| match (element.as_name(), element.as_index()) {
                (Some(name), _) => Some(Step::Name(name.to_owned())),
                (None, Some(index)) => Some(Step::Index(index)),
                (None, None) => None,
            });
            steps.collect()
        });
        places.collect()
    }
}

#[derive(Debug)]
struct Compiled(Regex);

impl Pattern for Compiled {
    fn has_names(&self) -> bool {
        self.0.capture_names().flatten().next().is_some()
    }

    fn matches(&self, text: &str, most: usize) -> Vec<Match> {
        let text = &text[..text.floor_char_boundary(TEXT_BYTES)];
        let matches = self.0.captures_iter(text).take(most).map(|found| {
            let groups = self
                .0
                .capture_names()
                .flatten()
                .filter_map(|name| found.name(name).map(|group| (name.to_owned(), group.range())));
            Match { whole: found.get(0).map_or(0..0, |whole| whole.range()), groups: groups.collect() }
        });
        matches.collect()
    }
}
