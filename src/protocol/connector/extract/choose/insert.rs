//! Putting a rule into the text of a definition, which stays as it is but for that.

use std::ops::Range;

use super::super::super::definition::place::{Step, range};
use super::rule::{NewRule, quoted};
use crate::model::json::{Breaches, Json};

/// A rule that is longer has a line for each member.
const LINE_CHARS: usize = 100;

/// The text with a rule at the end of its list. `None` if the text is no definition.
pub(super) fn with(text: &str, rule: &NewRule) -> Option<String> {
    let mut breaches = Breaches::default();
    let json = Json::parse(text.trim_start_matches('\u{feff}'), &mut breaches).ok()?;
    let Json::Object(members) = json else { return None };
    let list = if rule.is_message { "messages" } else { "extract" };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let place = |member: usize| Place {
        text,
        newline,
        indent: indent_at(text, range(text, &[Step::Name(member)]).start),
    };
    let Some(member) = members.iter().position(|(name, _)| name == list) else {
        let before = members.len().checked_sub(1)?;
        let end = range(text, &[Step::Member(before)]).end;
        let place = place(before);
        let added = [&*place.comma(), &quoted(list), ": ", &place.list_of(rule)].concat();
        return Some(place.with(end..end, &added));
    };
    let Json::Array(items) = &members[member].1 else { return None };
    let Some(before) = items.len().checked_sub(1) else {
        let place = place(member);
        return Some(place.with(range(text, &[Step::Member(member)]), &place.list_of(rule)));
    };
    let item = range(text, &[Step::Member(member), Step::Item(before)]);
    let place = Place { indent: indent_at(text, item.start), ..place(member) };
    let added = [place.comma(), written(rule, place.indent, newline)].concat();
    Some(place.with(item.end..item.end, &added))
}

/// Where something is put: behind something that has a line of its own, with these blanks before it, or within a line.
struct Place<'t> {
    text: &'t str,
    newline: &'static str,
    indent: Option<&'t str>,
}

impl Place<'_> {
    /// What separates it from what is before it.
    fn comma(&self) -> String {
        self.indent.map_or_else(|| ", ".to_owned(), |indent| [",", self.newline, indent].concat())
    }

    /// A list with the rule alone.
    fn list_of(&self, rule: &NewRule) -> String {
        let Some(indent) = self.indent else {
            return ["[", &written(rule, None, self.newline), "]"].concat();
        };
        let inner = indent.repeat(2);
        ["[", self.newline, &inner, &written(rule, Some(&inner), self.newline), self.newline, indent, "]"]
            .concat()
    }

    /// The text with something in the place of some bytes.
    fn with(&self, bytes: Range<usize>, added: &str) -> String {
        [&self.text[..bytes.start], added, &self.text[bytes.end..]].concat()
    }
}

/// The blanks before something that begins its line; `None` where something else is before it.
fn indent_at(text: &str, at: usize) -> Option<&str> {
    let start = text[..at].rfind('\n')? + 1;
    let indent = &text[start..at];
    indent.chars().all(|letter| letter == ' ' || letter == '\t').then_some(indent)
}

/// The rule in one line, or in several where there is room for them.
fn written(rule: &NewRule, indent: Option<&str>, newline: &str) -> String {
    let members: Vec<String> =
        rule.members.iter().map(|(name, json)| ["\"", name, "\": ", json].concat()).collect();
    let line = ["{ ", &members.join(", "), " }"].concat();
    match indent {
        Some(indent) if line.len() + indent.len() > LINE_CHARS => {
            let inner = if indent.starts_with('\t') { "\t" } else { "  " };
            let separator = [",", newline, indent, inner].concat();
            ["{", newline, indent, inner, &members.join(&separator), newline, indent, "}"].concat()
        }
        Some(_) | None => line,
    }
}
