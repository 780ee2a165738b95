//! Where something is in a message: a JSON Pointer (RFC 6901) from the current node, or a JSONPath (RFC 9535) from the
//! message's root.
//!
//! A JSONPath that leads to one place at most (RFC 9535, 2.3.5.1, `singular-query`) is walked on our own JSON. Any other
//! is evaluated by `serde_json_path`, for which the message is converted once; what is found is then looked up in our
//! own, so that numbers stay exact.

use std::cell::OnceCell;
use std::rc::Rc;

use super::super::query::{self, Query, Step};
use crate::model::json::Json;

/// A compiled path.
#[derive(Clone, Debug)]
pub struct Path {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Pointer(Vec<String>),
    Singular(Vec<Segment>),
    Query(Rc<dyn Query>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Name(String),
    Index(i64),
}

/// Why a text is no path: where, in bytes, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// In bytes from the text's beginning.
    pub at: usize,
    /// What is wrong and what belongs there.
    pub text: String,
}

/// A message as a whole, with its conversion for [`Kind::Query`] once that is needed.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Root<'j, 'v> {
    pub(in super::super) json: &'j Json<'j>,
    pub(in super::super) value: &'v OnceCell<serde_json::Value>,
}

/// What a path leads to: the value, and the name or number under which it stands.
#[derive(Clone, Debug)]
pub(in super::super) struct Hit<'j> {
    pub(in super::super) json: &'j Json<'j>,
    pub(in super::super) key: String,
}

impl Path {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let kind = match text.as_bytes().first() {
            None | Some(b'/') => Kind::Pointer(tokens_of(text)?),
            Some(b'$') => json_path(text)?,
            Some(_) => {
                let text =
                    "must begin with / (JSON Pointer) or $ (JSONPath), or be empty for the whole".to_owned();
                return Err(PathError { at: 0, text });
            }
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// The pointer to the current node.
    pub(super) fn whole() -> Self {
        Self { text: String::new(), kind: Kind::Pointer(Vec::new()) }
    }

    /// The path as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// It starts at the message's root, wherever it stands.
    pub(in super::super) fn is_absolute(&self) -> bool {
        !matches!(self.kind, Kind::Pointer(_))
    }

    /// All that it leads to, in the order of RFC 9535.
    pub(in super::super) fn find<'j>(&self, node: &'j Json<'j>, root: Root<'j, '_>) -> Vec<Hit<'j>> {
        let one = match &self.kind {
            Kind::Pointer(tokens) => {
                let key = tokens.last().cloned().unwrap_or_default();
                tokens
                    .iter()
                    .try_fold(node, |json, token| by_token(json, token))
                    .map(|json| Hit { json, key })
            }
            Kind::Singular(segments) => singular(segments, root.json),
            Kind::Query(path) => return found_by(&**path, &self.text, root),
        };
        one.into_iter().collect()
    }

    /// The same for what is there once at most; the error is the number of places.
    pub(in super::super) fn one<'j>(
        &self,
        node: &'j Json<'j>,
        root: Root<'j, '_>,
    ) -> Result<Option<&'j Json<'j>>, usize> {
        match &*self.find(node, root) {
            [] => Ok(None),
            [hit] => Ok(Some(hit.json)),
            many => Err(many.len()),
        }
    }

    /// The same for a whole message.
    pub fn select<'j>(&self, json: &'j Json<'j>) -> Vec<&'j Json<'j>> {
        self.find(json, Root { json, value: &OnceCell::new() }).into_iter().map(|hit| hit.json).collect()
    }

    /// It is a JSONPath that leads to one place at most, and is walked here.
    pub fn is_singular(&self) -> bool {
        matches!(self.kind, Kind::Singular(_))
    }
}

/// The tokens of a pointer (RFC 6901, 3).
pub(in super::super) fn tokens_of(text: &str) -> Result<Vec<String>, PathError> {
    let mut tokens = Vec::new();
    let mut at = 1;
    for token in text.split('/').skip(1) {
        let mut read = String::with_capacity(token.len());
        let mut letters = token.char_indices();
        while let Some((place, letter)) = letters.next() {
            read.push(match letter {
                '~' => match letters.next() {
                    Some((_, '0')) => '~',
                    Some((_, '1')) => '/',
                    Some(_) | None => {
                        let text = "~ stands before 0 (for ~) or 1 (for /) in a JSON Pointer".to_owned();
                        return Err(PathError { at: at + place, text });
                    }
                },
                letter => letter,
            });
        }
        tokens.push(read);
        at += token.len() + 1;
    }
    Ok(tokens)
}

/// One step of a pointer (RFC 6901, 4).
pub(in super::super) fn by_token<'j>(json: &'j Json<'j>, token: &str) -> Option<&'j Json<'j>> {
    let Json::Array(items) = json else { return json.get(token) };
    let is_index = token == "0" || !token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit());
    token.parse().ok().filter(|_| is_index).and_then(|index: usize| items.get(index))
}

/// Reads a JSONPath. Its size is limited: the library's time to read it grows with the power of the depth, and that
/// to walk it with each `..`.
fn json_path(text: &str) -> Result<Kind, PathError> {
    if let Some(at) = too_deep(text) {
        let text = format!(
            "must be a JSONPath of at most {MAX_BYTES} bytes, {MAX_DEPTH} brackets deep, with at most {MAX_DESCENTS} .., \
             {MAX_ROOTS} $ and {MAX_FILTERS} ?"
        );
        return Err(PathError { at, text });
    }
    match segments(text) {
        Some(segments) => Ok(Kind::Singular(segments)),
        None => query::json_path(text).map(Kind::Query),
    }
}

/// Where a path goes beyond the limits.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut descents, mut quote, mut before) = (0_usize, 0, None, b' ');
    // A query within a filter is walked anew for each value that is filtered.
    let (mut roots, mut filters) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if before == b'\\' => {
                before = b' ';
                continue;
            }
            (Some(open), _) if open == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'[' | b'(') => depth += 1,
            (None, b']' | b')') => depth = depth.saturating_sub(1),
            (None, b'.') if before == b'.' => descents += 1,
            (None, b'$') => roots += 1,
            (None, b'?') => filters += 1,
            (Some(_) | None, _) => {}
        }
        before = byte;
        if at >= MAX_BYTES
            || depth > MAX_DEPTH
            || descents > MAX_DESCENTS
            || roots > MAX_ROOTS
            || filters > MAX_FILTERS
        {
            return Some(text.floor_char_boundary(at));
        }
    }
    None
}

/// The segments of a path that is singular and plain: names as they may stand behind a point (RFC 9535, 2.5.1.1), or in
/// quotes without escapes; numbers as 2.3.3.1 wants them. All others are for the library to judge.
fn segments(text: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut rest = text.strip_prefix('$')?;
    while !rest.is_empty() {
        if let Some(name) = rest.strip_prefix('.') {
            let is_name =
                |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii();
            let end = name.find(|letter| !is_name(letter)).unwrap_or(name.len());
            if end == 0 || name.starts_with(|letter: char| letter.is_ascii_digit()) {
                return None;
            }
            segments.push(Segment::Name(name[..end].to_owned()));
            rest = &name[end..];
            continue;
        }
        let inner = rest.strip_prefix('[')?;
        let quote = inner.chars().next()?;
        let (segment, after) = if matches!(quote, '\'' | '"') {
            let (name, after) = inner[1..].split_once(quote)?;
            if name.contains(|letter: char| letter == '\\' || letter.is_control()) {
                return None;
            }
            (Segment::Name(name.to_owned()), after)
        } else {
            let end = inner.find(']')?;
            let index: i64 =
                inner[..end].parse().ok().filter(|index: &i64| index.unsigned_abs() <= MAX_INDEX)?;
            // `-0`, `007` and `+1` are none.
            if index.to_string() != inner[..end] {
                return None;
            }
            (Segment::Index(index), &inner[end..])
        };
        segments.push(segment);
        rest = after.strip_prefix(']')?;
    }
    Some(segments)
}

fn singular<'j>(segments: &[Segment], root: &'j Json<'j>) -> Option<Hit<'j>> {
    let mut hit = Hit { json: root, key: String::new() };
    for segment in segments {
        hit = match (segment, hit.json) {
            (Segment::Name(name), Json::Object(_)) => Hit { json: hit.json.get(name)?, key: name.clone() },
            (Segment::Index(index), Json::Array(items)) => {
                let index = match usize::try_from(*index) {
                    Ok(index) => index,
                    Err(_from_the_end) => {
                        items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?
                    }
                };
                let json = items.get(index)?;
                Hit { json, key: index.to_string() }
            }
            (Segment::Name(_) | Segment::Index(_), _) => return None,
        };
    }
    Some(hit)
}

fn found_by<'j>(path: &dyn Query, text: &str, root: Root<'j, '_>) -> Vec<Hit<'j>> {
    let most = if is_nested(text) { MAX_VALUES_SQUARED } else { MAX_VALUES };
    if count(root.json, most).is_none() {
        return Vec::new();
    }
    let value = root.value.get_or_init(|| converted(root.json));
    let mut hits = Vec::new();
    for steps in path.places(value, MAX_HITS) {
        let root = Hit { json: root.json, key: String::new() };
        hits.extend(steps.into_iter().try_fold(root, |hit, step| match (step, hit.json) {
            (Step::Name(name), json) => json.get(&name).map(|json| Hit { json, key: name }),
            (Step::Index(index), Json::Array(items)) => {
                items.get(index).map(|json| Hit { json, key: index.to_string() })
            }
            (Step::Index(_), _) => None,
        }));
    }
    hits
}

/// The time that it takes grows faster than the message.
fn is_nested(text: &str) -> bool {
    let has_filter = text.contains('?');
    text.matches("..").count() > 1
        || text.matches('?').count() > 1
        || has_filter && text.matches('$').count() > 1
}

/// What is left of `room` after the values of a message; `None` where there is too little.
fn count(json: &Json<'_>, room: usize) -> Option<usize> {
    let room = room.checked_sub(1)?;
    match json {
        Json::Array(items) => items.iter().try_fold(room, |room, item| count(item, room)),
        Json::Object(members) => members.iter().try_fold(room, |room, (_, value)| count(value, room)),
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) | Json::Text(_) => {
            Some(room)
        }
    }
}

/// For `serde_json_path`. What `serde_json` has no place for does not matter: values are taken from our own JSON.
fn converted(json: &Json<'_>) -> serde_json::Value {
    use serde_json::{Map, Number, Value};
    let float = |number: f64| Number::from_f64(number).map_or(Value::Null, Value::Number);
    match json {
        Json::Null => Value::Null,
        Json::Bool(on) => Value::Bool(*on),
        Json::Integer(whole) => match (i64::try_from(*whole), u64::try_from(*whole)) {
            (Ok(whole), _) => Value::Number(whole.into()),
            (_, Ok(whole)) => Value::Number(whole.into()),
            _ => float(*whole as f64),
        },
        Json::Number(number) => float(*number),
        Json::Huge(_) => float(json.as_f64().unwrap_or_default()),
        Json::Text(text) => Value::String(text.to_string()),
        Json::Array(items) => Value::Array(items.iter().map(converted).collect()),
        Json::Object(members) => {
            let mut map = Map::new();
            for (name, value) in members {
                map.insert(name.to_string(), converted(value));
            }
            Value::Object(map)
        }
    }
}

/// 2^53 - 1: the greatest index (RFC 9535, 2.1).
const MAX_INDEX: u64 = 9_007_199_254_740_991;
const MAX_BYTES: usize = 1_000;
const MAX_DEPTH: usize = 6;
const MAX_DESCENTS: usize = 2;
const MAX_ROOTS: usize = 3;
const MAX_FILTERS: usize = 2;
/// A message with more values is not searched by a query; by one that may walk it anew for each of its values, not from
/// fewer on.
const MAX_VALUES: usize = 100_000;
const MAX_VALUES_SQUARED: usize = 3_000;
/// More places than these are not looked at.
const MAX_HITS: usize = 20_000;
