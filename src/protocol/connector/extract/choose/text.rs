//! The rule for something that was chosen in a text: a pattern around it.

use std::ops::Range;

use super::super::super::query::{self, Match};

use super::rule::NewRule;

const NUMBER: &str = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?";
const WORD: &str = r#"[^\s,;:=|()\[\]{}<>"'+]+"#;
/// Between a word and what it names there are so few letters at most.
const MAX_GAP: usize = 8;
/// A pattern does not go back further, in bytes.
const MAX_BEFORE: usize = 300;
/// More numbers and words of a line are not looked at.
const MAX_TOKENS: usize = 1_000;

/// The numbers and words of a line.
pub(super) fn tokens(line: &str) -> Vec<Range<usize>> {
    let found = matches(&[NUMBER, "|", WORD].concat(), line, MAX_TOKENS);
    found.into_iter().map(|found| found.whole).collect()
}

/// Rules that find something again: by the word before it, by all that is before it in its line, in the whole text.
pub(super) fn rules(text: &str, bytes: Range<usize>) -> Vec<NewRule> {
    let (Some(before), Some(value)) = (text.get(..bytes.start), text.get(bytes.clone())) else {
        return Vec::new();
    };
    let is_number = !matches(&["^(?:", NUMBER, ")$"].concat(), value, 1).is_empty();
    let group = ["(?<value>", if is_number { NUMBER } else { WORD }, ")"].concat();
    let line = before.rsplit('\n').next().unwrap_or(before);
    let word = word_before(line);
    let mut patterns = Vec::new();
    if let Some((word, gap)) = word {
        let boundary =
            if word.starts_with(|letter: char| letter.is_ascii_alphanumeric()) { r"\b" } else { "" };
        patterns.push([boundary, &skeleton(word, false), &skeleton(gap, false), &group].concat());
    }
    if line.len() <= MAX_BEFORE {
        patterns.push(["(?m)^", &skeleton(line, true), &group].concat());
    }
    if before.len() <= MAX_BEFORE {
        patterns.push(["^", &skeleton(before, true), &group].concat());
    }
    let counted = ["value ", &(tokens(line).len() + 1).to_string()].concat();
    let name = word.map_or(counted, |(word, _)| word.to_owned());
    let rule = |pattern: &String| {
        let rule = NewRule::new(false).text("pattern", pattern).named(&name).path("value", "/value");
        if is_number { rule.text("type", "float") } else { rule }
    };
    let finds_it = |pattern: &&String| {
        let found = matches(pattern, text, 1).pop();
        found.is_some_and(|found| found.groups.iter().any(|(name, range)| name == "value" && *range == bytes))
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

/// A pattern for texts like this one: blanks and, where wanted, numbers may be others.
fn skeleton(text: &str, is_loose: bool) -> String {
    let mut pattern = String::new();
    let mut rest = text;
    let number = ["^(?:", NUMBER, ")"].concat();
    while let Some(first) = rest.chars().next() {
        let may_be_one = first.is_ascii_digit() || matches!(first, '+' | '-' | '.');
        let found = if is_loose && may_be_one { matches(&number, rest, 1).pop() } else { None };
        let length = if let Some(found) = found {
            pattern.push_str(NUMBER);
            found.whole.end
        } else if first.is_whitespace() {
            pattern.push_str(r"\s*");
            rest.len() - rest.trim_start().len()
        } else {
            if r"\.+*?()|[]{}^$#&-~".contains(first) {
                pattern.push('\\');
            }
            pattern.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    pattern
}

fn matches(pattern: &str, text: &str, most: usize) -> Vec<Match> {
    query::pattern(pattern).map(|pattern| pattern.matches(text, most)).unwrap_or_default()
}
