//! Reading a document with errors that name their place; all of them, not only the first.

use std::cell::RefCell;
use std::time::Duration;

use super::super::super::definitions::Problem;
use super::place::{self, Step};
use crate::model::display::harmless;
use crate::model::json::Json;

/// What is wrong with a text, as it is being read.
pub(super) struct Problems<'a> {
    text: &'a str,
    found: RefCell<Vec<Problem>>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, found: RefCell::default() }
    }

    pub(super) fn into_found(self) -> Vec<Problem> {
        self.found.into_inner()
    }

    pub(super) fn are_none(&self) -> bool {
        self.found.borrow().is_empty()
    }

    fn add(&self, place: String, trail: &[Step], offset: usize, text: String) {
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_PROBLEMS {
            found.push(Problem { place, at: place::range(self.text, trail).start + offset, text });
        }
    }
}

/// A value in a document and where it is.
#[derive(Clone)]
pub(super) struct Node<'a> {
    problems: &'a Problems<'a>,
    pub(super) json: &'a Json<'a>,
    place: String,
    trail: Vec<Step>,
}

/// An object in a document and where it is.
pub(super) struct Object<'a> {
    node: Node<'a>,
    members: &'a [(std::borrow::Cow<'a, str>, Json<'a>)],
}

impl<'a> Node<'a> {
    /// The document itself.
    pub(super) fn top(json: &'a Json<'a>, problems: &'a Problems<'a>) -> Self {
        Self { problems, json, place: String::new(), trail: Vec::new() }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Something is wrong with it.
    pub(super) fn problem(&self, text: &str) {
        self.problems.add(self.place.clone(), &self.trail, 0, text.to_owned());
    }

    /// Something is wrong within a text, so many bytes from its beginning.
    pub(super) fn problem_within(&self, offset: usize, text: &str) {
        let written = &self.problems.text[place::range(self.problems.text, &self.trail)];
        // Behind an escape the places differ: then the text as a whole is named.
        let is_plain = self.json.as_text().is_some_and(|text| text.len() + 2 == written.len());
        let offset = if is_plain { 1 + offset.min(written.len() - 2) } else { 0 };
        self.problems.add(self.place.clone(), &self.trail, offset, text.to_owned());
    }

    fn must_be<T>(&self, expected: &str) -> Option<T> {
        self.problem(&["must be ", expected].concat());
        None
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        self.json.as_text().or_else(|| self.must_be("a text"))
    }

    /// A text that is not empty.
    pub(super) fn word(&self) -> Option<&'a str> {
        self.json
            .as_text()
            .filter(|word| !word.trim().is_empty())
            .or_else(|| self.must_be("a text that is not empty"))
    }

    /// A text of one letter at least, blanks too.
    pub(super) fn separator(&self) -> Option<&'a str> {
        self.json
            .as_text()
            .filter(|text| !text.is_empty())
            .or_else(|| self.must_be("a text that is not empty"))
    }

    pub(super) fn bool(&self) -> Option<bool> {
        if let Json::Bool(on) = self.json { Some(*on) } else { self.must_be("true or false") }
    }

    pub(super) fn number(&self) -> Option<f64> {
        self.json.as_f64().filter(|number| number.is_finite()).or_else(|| self.must_be("a number"))
    }

    /// A whole number of a range.
    pub(super) fn whole(&self, min: i64, max: i64) -> Option<i64> {
        let whole = self.json.as_whole().and_then(|whole| i64::try_from(whole).ok());
        whole
            .filter(|whole| (min..=max).contains(whole))
            .or_else(|| self.must_be(&format!("a whole number from {min} to {max}")))
    }

    /// A number of seconds, or of another unit, that is not less than a tenth of a second or nothing at all.
    pub(super) fn duration(&self, unit_s: f64, can_be_zero: bool) -> Option<Duration> {
        let seconds = self.number()? * unit_s;
        if (SHORTEST_S..=LONGEST_S).contains(&seconds)
            || (can_be_zero && (0.0..=LONGEST_S).contains(&seconds))
        {
            return Some(Duration::from_secs_f64(seconds));
        }
        self.must_be(match (can_be_zero, unit_s < 1.0) {
            (true, _) => "between 0 and 86400 seconds",
            (false, true) => "between 100 and 86400000 (milliseconds)",
            (false, false) => "between 0.1 and 86400 seconds",
        })
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let found = self.json.as_text();
        let known = words.iter().find(|(word, _)| Some(*word) == found);
        known.map(|(_, meaning)| *meaning).or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.must_be(&["one of ", &words.join(", ")].concat())
        })
    }

    /// The items of a list of at most `max`.
    pub(super) fn items(&self, max: usize) -> Vec<Self> {
        let Json::Array(items) = self.json else {
            self.problem("must be a list");
            return Vec::new();
        };
        if items.len() > max {
            self.problem(&format!("has {} items; {max} are the most", items.len()));
        }
        let item = |(index, json)| Self {
            problems: self.problems,
            json,
            place: format!("{}[{index}]", self.place),
            trail: self.trail_to(Step::Item(index)),
        };
        items.iter().take(max).enumerate().map(item).collect()
    }

    /// An object with no other members than these.
    pub(super) fn object(&self, known: &[&str]) -> Option<Object<'a>> {
        let object = self.open_object()?;
        for (index, (name, _)) in object.members.iter().enumerate() {
            if !known.contains(&&**name) {
                let text = ["there is no such member here; known are ", &known.join(", ")].concat();
                object.problem_of_name(index, &text);
            }
        }
        Some(object)
    }

    /// An object whose members have names of their own.
    pub(super) fn open_object(&self) -> Option<Object<'a>> {
        let Json::Object(members) = self.json else { return self.must_be("an object") };
        let object = Object { node: self.clone(), members };
        if members.len() > MAX_MEMBERS {
            self.problem(&format!("has {} members; {MAX_MEMBERS} are the most", members.len()));
            return None;
        }
        for (index, (name, _)) in members.iter().enumerate() {
            if members[..index].iter().any(|(other, _)| other == name) {
                object.problem_of_name(index, "stands here a second time");
            }
        }
        Some(object)
    }

    fn trail_to(&self, step: Step) -> Vec<Step> {
        let mut trail = self.trail.clone();
        trail.push(step);
        trail
    }

    fn place_of(&self, name: &str) -> String {
        let name = harmless(name, 40);
        if self.place.is_empty() { name } else { [&*self.place, ".", &name].concat() }
    }
}

impl<'a> Object<'a> {
    /// The object as a value.
    pub(super) fn node(&self) -> &Node<'a> {
        &self.node
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(other, _)| other == name)
    }

    /// A member that may be left out.
    pub(super) fn optional(&self, name: &str) -> Option<Node<'a>> {
        self.each().into_iter().find(|(other, _)| *other == name).map(|(_, node)| node)
    }

    /// A member that must be there.
    pub(super) fn required(&self, name: &str) -> Option<Node<'a>> {
        let found = self.optional(name);
        if found.is_none() {
            self.node.problems.add(self.node.place_of(name), &self.node.trail, 0, "is missing".to_owned());
        }
        found
    }

    /// All members.
    pub(super) fn each(&self) -> Vec<(&'a str, Node<'a>)> {
        let node = |(index, (name, json)): (usize, &'a (std::borrow::Cow<'a, str>, Json<'a>))| {
            let place = self.node.place_of(name);
            let trail = self.node.trail_to(Step::Member(index));
            (&**name, Node { problems: self.node.problems, json, place, trail })
        };
        self.members.iter().enumerate().map(node).collect()
    }

    /// Something is wrong with the name of a member.
    pub(super) fn problem_of_name(&self, index: usize, text: &str) {
        let place = self.node.place_of(&self.members[index].0);
        self.node.problems.add(place, &self.node.trail_to(Step::Name(index)), 0, text.to_owned());
    }

    /// A text that may be left out; then it is empty.
    pub(super) fn text(&self, name: &str) -> String {
        self.optional(name).and_then(|node| node.text()).unwrap_or_default().to_owned()
    }
}

/// More problems are not told.
const MAX_PROBLEMS: usize = 100;
/// No object has more members.
const MAX_MEMBERS: usize = 2_000;
/// Nothing is done more often.
const SHORTEST_S: f64 = 0.1;
/// A day: what is longer is a mistake.
const LONGEST_S: f64 = 86_400.0;
