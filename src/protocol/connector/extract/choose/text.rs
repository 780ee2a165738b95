//! The rule for something that was chosen in a text: a pattern around it.

use std::ops::Range;
use std::rc::Rc;

use super::super::super::query::{self, Pattern};
use super::rule::NewRule;

const NUMBER: &str = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?";
const WORD: &str = r#"[^\s,;:=|()\[\]{}<>"'+]+"#;
/// Between a word and what it names there are so few letters at most.
const MAX_GAP: usize = 8;
/// A pattern does not go back further, in bytes.
const MAX_BEFORE: usize = 300;
/// More numbers and words of a line are not looked at.
const MAX_TOKENS: usize = 1_000;

/// What finds numbers and words.
pub(super) fn token() -> Option<Rc<dyn Pattern>> {
    query::pattern(&[NUMBER, "|", WORD].concat()).ok()
}

/// The numbers and words of a line.
pub(super) fn tokens(token: &dyn Pattern, line: &str) -> Vec<Range<usize>> {
    token.matches(line, MAX_TOKENS).into_iter().map(|found| found.whole).collect()
}

/// Rules that find something again: by the word before it, by all that is before it in its line, in the whole text.
pub(super) fn rules(text: &str, bytes: Range<usize>) -> Vec<NewRule> {
    let (Some(before), Some(value)) = (text.get(..bytes.start), text.get(bytes.clone())) else {
        return Vec::new();
    };
    let is_number = query::pattern(&["^(?:", NUMBER, ")$"].concat())
        .is_ok_and(|number| !number.matches(value, 1).is_empty());
    let group = ["(?<value>", if is_number { NUMBER } else { WORD }, ")"].concat();
    let line = before.rsplit('\n').next().unwrap_or(before);
    let word = word_before(line);
    let mut patterns = Vec::new();
    if let Some((word, gap)) = word {
        let boundary =
            if word.starts_with(|letter: char| letter.is_ascii_alphanumeric()) { r"\b" } else { "" };
        patterns.push([boundary, &escaped(word), &separator(gap), &group].concat());
    }
    if line.len() <= MAX_BEFORE {
        patterns.push(["(?m)^", &skeleton(line), &group].concat());
    }
    if before.len() <= MAX_BEFORE {
        patterns.push(["^", &skeleton(before), &group].concat());
    }
    let count = token().map_or(0, |token| tokens(&*token, line).len());
    let counted = ["value ", &(count + 1).to_string()].concat();
    let name = word.map_or(counted, |(word, _)| word.to_owned());
    let rule = |pattern: &String| {
        let rule = NewRule::new(false).text("pattern", pattern).named(&name).path("value", "/value");
        if is_number { rule.text("type", "float") } else { rule }
    };
    let finds_it = |pattern: &&String| {
        let found = query::pattern(pattern).ok().and_then(|pattern| pattern.matches(text, 1).pop());
        found.is_some_and(|found| found.groups.iter().any(|(name, at)| name == "value" && *at == bytes))
    };
    patterns.iter().filter(finds_it).map(rule).collect()
}

/// The word before something in its line, and what is between them.
fn word_before(line: &str) -> Option<(&str, &str)> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let end = line.trim_end_matches(|letter: char| !is_part(letter)).len();
    let (front, gap) = line.split_at(end);
    let start =
        front.trim_end_matches(|letter: char| is_part(letter) || letter == '.' || letter == '-').len();
    let word = front[start..].trim_start_matches(['.', '-']);
    let is_word = word.starts_with(char::is_alphabetic) && gap.chars().count() <= MAX_GAP && !gap.is_empty();
    is_word.then_some((word, gap))
}

/// What is between a word and what it names; there may be more or fewer blanks.
fn separator(gap: &str) -> String {
    match gap.trim() {
        "" => r"\s+".to_owned(),
        inner => [r"\s*", &escaped(inner), r"\s*"].concat(),
    }
}

/// A pattern for texts like this one: its numbers may be others, and so may its blanks.
fn skeleton(text: &str) -> String {
    let mut pattern = String::new();
    let mut rest = text;
    let number = query::pattern(&["^(?:", NUMBER, ")"].concat());
    while let Some(first) = rest.chars().next() {
        let found = number.as_ref().ok().and_then(|number| number.matches(rest, 1).pop());
        let length = if let Some(found) = found {
            pattern.push_str(NUMBER);
            found.whole.end
        } else if first.is_whitespace() {
            pattern.push_str(r"\s*");
            rest.len() - rest.trim_start().len()
        } else {
            pattern.push_str(&escaped(&rest[..first.len_utf8()]));
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    pattern
}

/// A pattern for a text as it is.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}
