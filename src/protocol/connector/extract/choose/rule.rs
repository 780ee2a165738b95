//! The rule for something that was chosen in JSON or among bytes.

use super::super::super::definition::FrameForm;
use super::super::super::definition::json::is_scalar;
use super::super::super::definition::json::number;
use super::super::super::definition::path::by_token;
use super::super::super::definition::path::tokens_of;
use super::super::rules::{children, is_leaf};
use crate::model::json::{Json, write_text};

/// A rule that is to be written: its members with their JSON.
#[derive(Clone, Debug)]
pub(super) struct NewRule {
    /// It belongs to `messages`; else to `extract`.
    pub(super) is_message: bool,
    pub(super) members: Vec<(&'static str, String)>,
    /// The name, where it is a text of its own.
    name: Option<String>,
}

impl NewRule {
    pub(super) fn new(is_message: bool) -> Self {
        Self { is_message, members: Vec::new(), name: None }
    }

    /// Adds a member whose value is JSON.
    pub(super) fn json(mut self, member: &'static str, json: String) -> Self {
        self.members.push((member, json));
        self
    }

    /// Adds a member whose value is a text.
    pub(super) fn text(self, member: &'static str, text: &str) -> Self {
        self.json(member, quoted(text))
    }

    /// Adds a member that takes something from a path.
    pub(super) fn path(self, member: &'static str, pointer: &str) -> Self {
        self.json(member, ["{ \"path\": ", &quoted(pointer), " }"].concat())
    }

    /// Adds a name of its own.
    pub(super) fn named(mut self, name: &str) -> Self {
        let name: String = name.chars().take(NAME_CHARS).collect();
        // Braces would be placeholders.
        let name = name.replace('{', "(").replace('}', ")");
        let name = name.trim_matches(|letter: char| letter == '/' || letter.is_whitespace());
        let name = if name.is_empty() { "value" } else { name };
        self.name = Some(name.to_owned());
        self.text("name", name)
    }

    /// Says which form of frames it reads, where that is not the definition's.
    pub(super) fn set_form(&mut self, form: FrameForm, usual: FrameForm) {
        if form != usual {
            self.members.insert(0, ("frame", quoted(form.word())));
        }
    }

    /// It, and the same with a number behind its name.
    pub(super) fn named_differently(&self) -> Vec<Self> {
        let mut all = vec![self.clone()];
        let Some(name) = &self.name else { return all };
        for number in 2..=MAX_NAMESAKES {
            let mut other = self.clone();
            let name = quoted(&[&**name, " ", &number.to_string()].concat());
            for member in other.members.iter_mut().filter(|(member, _)| *member == "name") {
                member.1.clone_from(&name);
            }
            all.push(other);
        }
        all
    }
}

/// What a pointer leads to.
pub(super) fn at<'j>(json: &'j Json<'j>, pointer: &str) -> Option<&'j Json<'j>> {
    let tokens =
        if pointer.is_empty() || pointer.starts_with('/') { tokens_of(pointer).ok()? } else { return None };
    tokens.iter().try_fold(json, |json, token| by_token(json, token))
}

/// Rules for something in a JSON message: for all items of a list that have names, or for this one place.
pub(super) fn of_json(json: &Json<'_>, pointer: &str, chosen: &Json<'_>) -> Vec<NewRule> {
    let Ok(tokens) = tokens_of(pointer) else { return Vec::new() };
    let is_number_in_text = chosen.as_text().is_some() && number(chosen).is_some_and(f64::is_finite);
    let finish = |rule: NewRule| if is_number_in_text { rule.text("type", "float") } else { rule };
    let mut rules = Vec::new();
    // The innermost list first.
    for split in (0..tokens.len().saturating_sub(1)).rev() {
        let (list, item, rest) = (&tokens[..split], &tokens[split], &tokens[split + 1..]);
        let Some(Json::Array(items)) = at(json, &joined(list)) else { continue };
        let Some(name) = naming_member(items) else { continue };
        let Some(item) = item.parse().ok().and_then(|index: usize| items.get(index)) else { continue };
        let name = joined(&[name.to_owned()]);
        let rule = NewRule::new(true).text("each", &joined(list));
        let rule = if numbers_in(item)
            > 1 + usize::from(at(item, &name).is_some_and(|name| name.as_f64().is_some()))
        {
            rule.path("group", &name).named(&rest.join("/"))
        } else {
            rule.path("name", &name)
        };
        rules.push(finish(with_unit(rule.path("value", &joined(rest)), item, rest)));
        break;
    }
    let name = if tokens.is_empty() { "value".to_owned() } else { tokens.join("/") };
    rules.push(finish(with_unit(NewRule::new(false).named(&name).path("value", pointer), json, &tokens)));
    rules
}

/// The member that names the items of a list: each has it, and no two alike.
fn naming_member(items: &[Json<'_>]) -> Option<&'static str> {
    if items.len() > MAX_ITEMS {
        return None;
    }
    NAMING.into_iter().find(|name| {
        let names: Option<Vec<String>> = items
            .iter()
            .map(|item| match item.get(name)? {
                Json::Text(text) if !text.trim().is_empty() => Some(text.to_string()),
                Json::Integer(whole) => Some(whole.to_string()),
                Json::Null
                | Json::Bool(_)
                | Json::Number(_)
                | Json::Huge(_)
                | Json::Text(_)
                | Json::Array(_)
                | Json::Object(_) => None,
            })
            .collect();
        names.is_some_and(|names| {
            !names.is_empty() && names.iter().enumerate().all(|(index, name)| !names[..index].contains(name))
        })
    })
}

/// How many numbers there are in an item.
fn numbers_in(json: &Json<'_>) -> usize {
    if is_leaf(json) {
        return usize::from(number(json).is_some() || !is_scalar(json));
    }
    children(json).map(|child| numbers_in(child.json)).sum()
}

/// With the unit that stands beside the value.
fn with_unit(rule: NewRule, node: &Json<'_>, tokens: &[String]) -> NewRule {
    let Some((_, parent)) = tokens.split_last() else { return rule };
    let unit = UNITS.into_iter().map(|name| [parent, &[name.to_owned()]].concat()).find(|tokens| {
        tokens_of(&joined(tokens)).is_ok()
            && at(node, &joined(tokens)).is_some_and(|unit| unit.as_text().is_some())
    });
    match unit {
        Some(unit) if unit != tokens => rule.path("unit", &joined(&unit)),
        Some(_) | None => rule,
    }
}

/// A rule for a number among bytes: `4:f32le`.
pub(super) fn of_bytes(place: &str) -> Option<NewRule> {
    let (at, word) = place.split_once(':')?;
    let field = ["[{ \"name\": \"value\", \"at\": ", at, ", \"as\": ", &quoted(word), " }]"].concat();
    let rule = NewRule::new(false).json("struct", field);
    Some(rule.named(&["value at ", at].concat()).path("value", "/value"))
}

/// A pointer to tokens (RFC 6901, 3).
fn joined(tokens: &[String]) -> String {
    tokens.iter().map(|token| ["/", &token.replace('~', "~0").replace('/', "~1")].concat()).collect()
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_text(text, &mut out);
    out
}

/// Members that name what they stand in, the likeliest first.
const NAMING: [&str; 16] = [
    "name",
    "id",
    "sensor",
    "key",
    "channel",
    "label",
    "title",
    "tag",
    "topic",
    "pv",
    "parameter",
    "signal",
    "device",
    "source",
    "n",
    "Name",
];
const UNITS: [&str; 5] = ["unit", "units", "uom", "u", "Unit"];
const NAME_CHARS: usize = 100;
const MAX_NAMESAKES: usize = 20;
/// Longer lists are not compared name by name.
const MAX_ITEMS: usize = 1_000;
