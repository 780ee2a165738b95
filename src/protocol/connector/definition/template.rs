//! Texts with placeholders: `{parameter}`, and what the engine itself knows, as `{id}` and `{now}`.
//!
//! Braces around anything but a name are letters like all others, so JSON in a text stays JSON.

use super::super::super::definitions::Parameter;
use super::super::super::options::Options;
use super::super::super::random::Random;
use super::json;
use crate::model::calendar;
use crate::model::json::{Breaches, Json, write_text};
use crate::model::time::Timestamp;

/// What placeholders stand for when something is sent.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    options: &'a Options,
    id: u64,
    now: Timestamp,
    seed: u64,
    key: &'a str,
}

impl<'a> Scope<'a> {
    /// `id` is counted up with each message, `seed` is random: equal seeds make equal `{uuid}`s.
    pub fn new(options: &'a Options, id: u64, now: Timestamp, seed: u64) -> Self {
        Self { options, id, now, seed, key: "" }
    }

    /// Within a rule, at a member or an item that has this key.
    pub(in super::super) fn of_rule(options: &'a Options, key: &'a str) -> Self {
        Self { options, id: 0, now: Timestamp(0), seed: 0, key }
    }

    pub(in super::super) fn key(&self) -> &'a str {
        self.key
    }
}

/// A text with placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Hole(Placeholder, Notation),
}

/// How a value stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    /// As it is.
    Plain,
    /// Within the quotes of a JSON text.
    Quoted,
    /// As JSON: a number, `true`, `false` or `null` if it reads so, else a text in quotes.
    Json,
}

/// What can stand in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Placeholder {
    Id,
    Now,
    NowMillis,
    Tai,
    Uuid,
    Rfc3339,
    Key,
    Parameter { name: String, default: String },
}

/// The names of built-in placeholders that messages know.
pub(super) const BUILT_IN: [&str; 6] = ["id", "now", "now_ms", "tai", "uuid", "rfc3339"];
/// The one that rules know.
pub(super) const KEY: &str = "key";
/// International Atomic Time is so many seconds ahead of UTC since 2017.
pub(in super::super) const TAI_AHEAD_S: i64 = 37;

/// Which placeholders there are in a place.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) parameters: &'a [Parameter],
    /// Those of a message that is sent.
    pub(super) has_built_in: bool,
    /// Those of a rule.
    pub(super) has_key: bool,
}

/// A placeholder that there is not: where in the text, and what to say about it.
pub(super) struct Unknown {
    pub(super) at: usize,
    pub(super) text: String,
}

impl Known<'_> {
    fn find(&self, name: &str) -> Option<Placeholder> {
        if self.has_key && name == KEY {
            return Some(Placeholder::Key);
        }
        let built_in = match name {
            "id" => Some(Placeholder::Id),
            "now" => Some(Placeholder::Now),
            "now_ms" => Some(Placeholder::NowMillis),
            "tai" => Some(Placeholder::Tai),
            "uuid" => Some(Placeholder::Uuid),
            "rfc3339" => Some(Placeholder::Rfc3339),
            _ => None,
        };
        built_in.filter(|_| self.has_built_in).or_else(|| {
            let parameter = self.parameters.iter().find(|parameter| parameter.name == name)?;
            let (name, default) = (name.to_owned(), parameter.default.clone());
            Some(Placeholder::Parameter { name, default })
        })
    }

    fn unknown(&self, at: usize, name: &str) -> Unknown {
        let mut names: Vec<&str> = self.parameters.iter().map(|parameter| &*parameter.name).collect();
        if self.has_built_in {
            names.extend(BUILT_IN);
        }
        if self.has_key {
            names.push(KEY);
        }
        let known = if names.is_empty() { "there is none here".to_owned() } else { names.join(", ") };
        Unknown { at, text: ["{", name, "} is no placeholder; known are ", &known].concat() }
    }
}

impl Template {
    /// Reads a text that is used as it is.
    pub(super) fn parse(text: &str, known: Known<'_>) -> Result<Self, Unknown> {
        let mut template = Self::default();
        template.add_text(text, Notation::Plain, known)?;
        Ok(template)
    }

    /// Adds a text of JSON, in its quotes. `{name#}` alone is the value as JSON.
    pub(super) fn add_quoted(&mut self, text: &str, known: Known<'_>) -> Result<(), Unknown> {
        if let Some((name, true, end)) = placeholder(text)
            && end == text.len()
        {
            let hole = known.find(name).ok_or_else(|| known.unknown(0, name))?;
            self.0.push(Piece::Hole(hole, Notation::Json));
            return Ok(());
        }
        self.add_literal("\"");
        self.add_text(text, Notation::Quoted, known)?;
        self.add_literal("\"");
        Ok(())
    }

    pub(super) fn add_literal(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(text),
            Some(Piece::Hole(..)) | None => self.0.push(Piece::Literal(text.to_owned())),
        }
    }

    fn add_text(&mut self, text: &str, notation: Notation, known: Known<'_>) -> Result<(), Unknown> {
        let mut rest = text;
        while let Some(brace) = rest.find('{') {
            let (before, from) = rest.split_at(brace);
            self.add_written(before, notation);
            let Some((name, is_json, end)) = placeholder(from) else {
                self.add_literal("{");
                rest = &from[1..];
                continue;
            };
            let at = text.len() - from.len();
            let hole = known.find(name).ok_or_else(|| known.unknown(at, name))?;
            if is_json && notation == Notation::Quoted {
                let text = ["{", name, "#} stands alone in its text, or without the #"].concat();
                return Err(Unknown { at, text });
            }
            self.0.push(Piece::Hole(hole, if is_json { Notation::Json } else { notation }));
            rest = &from[end..];
        }
        self.add_written(rest, notation);
        Ok(())
    }

    fn add_written(&mut self, text: &str, notation: Notation) {
        if notation == Notation::Quoted {
            self.add_literal(&quoted(text));
        } else if !text.is_empty() {
            self.add_literal(text);
        }
    }

    /// The text, where it has no placeholders.
    pub(in super::super) fn as_literal(&self) -> Option<&str> {
        match &*self.0 {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text as it is written, as far as it is known.
    pub(in super::super) fn words(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Hole(Placeholder::Parameter { name, .. }, _) => ["{", name, "}"].concat(),
            Piece::Hole(..) => "…".to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// The text now.
    pub(in super::super) fn render(&self, scope: &Scope<'_>) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Hole(hole, notation) => {
                    let value = hole.value(scope);
                    match notation {
                        Notation::Plain => out.push_str(&value),
                        Notation::Quoted => out.push_str(&quoted(&value)),
                        Notation::Json => out.push_str(&as_json(&value)),
                    }
                }
            }
        }
        out
    }
}

impl Placeholder {
    fn value(&self, scope: &Scope<'_>) -> String {
        let (seconds, micros) = (scope.now.0.div_euclid(1_000_000), scope.now.0.rem_euclid(1_000_000));
        match self {
            Self::Id => scope.id.to_string(),
            Self::Now => seconds.to_string(),
            Self::NowMillis => scope.now.0.div_euclid(1000).to_string(),
            Self::Tai => format!("{}:{}", seconds + TAI_AHEAD_S, micros * 1000),
            Self::Uuid => uuid(scope.seed),
            Self::Rfc3339 => rfc3339(scope.now),
            Self::Key => scope.key.to_owned(),
            Self::Parameter { name, default } => value_of(scope.options, name, default).to_owned(),
        }
    }
}

/// What a person gave for a parameter, or its default.
pub(super) fn value_of<'a>(options: &'a Options, name: &str, default: &'a str) -> &'a str {
    match options.get(name) {
        "" => default,
        value => value,
    }
}

/// Whether a text is a placeholder's name.
pub(super) fn is_name(text: &str) -> bool {
    let mut letters = text.bytes();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_')
}

/// The placeholder that a text begins with: its name, whether it is written `{name#}`, and where it ends.
fn placeholder(text: &str) -> Option<(&str, bool, usize)> {
    let end = text.find('}')?;
    let inner = text.get(1..end)?;
    let name = inner.strip_suffix('#').unwrap_or(inner);
    (text.starts_with('{') && is_name(name)).then_some((name, name.len() < inner.len(), end + 1))
}

/// As it stands between the quotes of a JSON text.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_text(text, &mut out);
    out[1..out.len() - 1].to_owned()
}

fn as_json(text: &str) -> String {
    let json = Json::parse(text, &mut Breaches::default());
    let is_scalar =
        json.is_ok_and(|json| json::is_scalar(&json) && json.as_text().is_none() && json.is_strict());
    if is_scalar {
        return text.trim().to_owned();
    }
    let mut out = String::new();
    write_text(text, &mut out);
    out
}

/// A random UUID (RFC 9562, 5.4).
fn uuid(seed: u64) -> String {
    let mut random = Random::new(seed);
    let high = random.next_u64() & !0xf000 | 0x4000;
    let low = random.next_u64() & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// A point in time with microseconds (RFC 3339, 5.6).
fn rfc3339(now: Timestamp) -> String {
    let (seconds, micros) = (now.0.div_euclid(1_000_000), now.0.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = calendar::date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> Result<String, String> {
        let parameter = |name: &str, default: &str| Parameter {
            name: name.to_owned(),
            default: default.to_owned(),
            ..Parameter::default()
        };
        let parameters = [parameter("host", "h"), parameter("empty", "")];
        let known = Known { parameters: &parameters, has_built_in: true, has_key: false };
        let options = Options::new(&[("host".to_owned(), "a\"b".to_owned())]);
        let scope = Scope::new(&options, 7, Timestamp(1_795_205_879_942_118), 1);
        Template::parse(text, known).map(|template| template.render(&scope)).map_err(|unknown| unknown.text)
    }

    #[test]
    fn names_in_braces_are_placeholders_and_all_else_is_as_it_is() {
        for (text, expected) in [
            ("{host}", "a\"b"),
            ("{host#} {id#}", "\"a\\\"b\" 7"),
            ("{\"a\":{id}}", "{\"a\":7}"),
            ("{} {Host} {1} {a b} { id } {", "{} {Host} {1} {a b} { id } {"),
            ("{{id}}", "{7}"),
            ("{now} {now_ms}", "1795205879 1795205879942"),
            ("{tai}", "1795205916:942118000"),
            ("{rfc3339}", "2026-11-20T20:17:59.942118Z"),
            ("[{empty}]", "[]"),
        ] {
            assert_eq!(rendered(text).as_deref(), Ok(expected), "{text}");
        }
        assert!(
            rendered("{hots}").is_err_and(|text| text.contains("{hots}") && text.contains("host, empty"))
        );
    }

    #[test]
    fn a_uuid_is_random_of_version_4() {
        let one = rendered("{uuid}").expect("it is known");
        assert_eq!(one, rendered("{uuid}").expect("it is known"));
        let shape: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(shape, [8, 4, 4, 4, 12]);
        assert!(one[14..].starts_with('4') && one[19..].starts_with(['8', '9', 'a', 'b']), "{one}");
    }
}
