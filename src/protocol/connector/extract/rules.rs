//! What a rule makes of a message.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::super::options::Options;
use super::super::definition::json::{brief, is_scalar, text};
use super::super::definition::rule::{Rule, Shape, Within};
use super::super::definition::source::{At, Source};
use super::super::definition::{Definition, Hit, Path, Root, Scope};
use super::memory::Room;
use super::{BAD_VALUE, Document, Found, MAX_READINGS, Memory, SOURCE_ERROR, Trouble, layout, time, value};
use crate::model::json::Json;
use crate::model::reading::Report;
use crate::model::value::Value;

/// What a rule made of a message.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Why nothing, where that is so.
    pub(super) reason: String,
    pub(super) outcomes: Vec<Result<Found, Trouble>>,
}

/// Applies a rule. Those for another form of frames leave it alone.
pub(super) fn apply(
    definition: &Definition,
    rule: &Rule,
    document: &Document<'_>,
    options: &Options,
    memory: &mut Memory,
) -> Applied {
    let mut run = Run { definition, rule, options, memory, applied: Applied::default() };
    if rule.form != document.form() {
        run.applied.reason = ["it reads frames of the form ", rule.form.word()].concat();
        return run.applied;
    }
    match &rule.shape {
        Shape::AsItIs => run.on_message(document.root()),
        Shape::Struct(fields) => match layout::read(fields, document.bytes()) {
            Ok(json) => run.on_message(Root { json: &json, value: &OnceCell::new() }),
            Err(text) => run.trouble("", text),
        },
        Shape::Pattern { pattern, is_every } => {
            let line = document.json().as_text().unwrap_or_default();
            let many = if *is_every { MAX_READINGS } else { 1 };
            for found in pattern.matches(line, many) {
                let members = found.groups.into_iter().map(|(name, range)| {
                    (Cow::Owned(name), Json::Text(line.get(range).unwrap_or_default().into()))
                });
                let json = Json::Object(members.collect());
                run.on_message(Root { json: &json, value: &OnceCell::new() });
            }
            run.none("the pattern does not match");
        }
    }
    let mut applied = run.applied;
    if !applied.outcomes.is_empty() {
        applied.reason.clear();
    }
    applied
}

/// A rule at work on a message.
struct Run<'r> {
    definition: &'r Definition,
    rule: &'r Rule,
    options: &'r Options,
    memory: &'r mut Memory,
    applied: Applied,
}

impl Run<'_> {
    /// What was told before for the message's key is merged first, unless the rule looks at parts of the message.
    fn on_message(&mut self, root: Root<'_, '_>) {
        if self.rule.merge.is_none() || self.rule.walk.each.is_some() {
            return self.on_whole(root);
        }
        match self.merged(root.json, root, "") {
            Some(json) => self.on_whole(Root { json: &json, value: &OnceCell::new() }),
            None => self.on_whole(root),
        }
    }

    fn on_whole(&mut self, root: Root<'_, '_>) {
        let scope = Scope::of_rule(self.options, "");
        if let Some(failed) =
            self.rule.when.iter().find(|condition| !condition.holds_at(root.json, root, &scope).0)
        {
            return self.none(&["when: ", &failed.words(), " is not so"].concat());
        }
        let Some(each) = &self.rule.walk.each else { return self.on_item(root.json, root, "") };
        let items = items(each, root);
        if items.is_empty() {
            self.none(&nothing_at(each));
        }
        for item in items {
            if self.rule.merge.is_none() {
                self.on_item(item.json, root, &item.key);
                continue;
            }
            match self.merged(item.json, root, &item.key) {
                Some(json) => self.on_item(&json, root, &item.key),
                None => self.on_item(item.json, root, &item.key),
            }
        }
    }

    /// A node with what was told before for its key; `None` where it has none.
    fn merged(&mut self, node: &Json<'_>, root: Root<'_, '_>, key: &str) -> Option<Json<'static>> {
        let merge = self.rule.merge.as_ref()?;
        let scope = Scope::of_rule(self.options, key);
        let by = match merge.by.text(At { node, root, scope: &scope }) {
            Ok(by) => by?,
            Err(text) => {
                self.trouble("", ["merge_by: ", &text].concat());
                return None;
            }
        };
        let merged = self.memory.merge(merge.store, &by, node).cloned();
        if merged.is_none() {
            self.trouble(
                "",
                "merge_by: there are too many keys, or too much is kept for them; this one is not kept"
                    .to_owned(),
            );
        }
        merged
    }

    /// A node of the walk, and what is in it.
    fn on_item(&mut self, node: &Json<'_>, root: Root<'_, '_>, key: &str) {
        let scope = Scope::of_rule(self.options, key);
        let group = self.text(self.rule.group.as_ref(), "group", At { node, root, scope: &scope });
        match &self.rule.walk.within {
            Within::Itself => self.on_node(node, root, key, &group),
            Within::Members(path) => {
                let objects = path.find(node, root);
                for object in &objects {
                    for member in children(object.json) {
                        self.on_node(member.json, root, &member.key, &group);
                    }
                }
                self.none(&nothing_at(path));
            }
            Within::Leaves(path) => {
                for top in path.find(node, root) {
                    let own = if top.key.is_empty() { "value" } else { &*top.key };
                    let key = if is_leaf(top.json) { own } else { "" };
                    self.on_leaves(top.json, root, key, &group);
                }
                self.none(&nothing_at(path));
            }
        }
    }

    fn on_leaves(&mut self, json: &Json<'_>, root: Root<'_, '_>, path: &str, group: &str) {
        if is_leaf(json) {
            return self.on_node(json, root, path, group);
        }
        for child in children(json) {
            let path = if path.is_empty() { child.key } else { [path, "/", &child.key].concat() };
            self.on_leaves(child.json, root, &path, group);
        }
    }

    /// A node that has a reading.
    fn on_node(&mut self, node: &Json<'_>, root: Root<'_, '_>, key: &str, group: &str) {
        let scope = Scope::of_rule(self.options, key);
        let at = At { node, root, scope: &scope };
        let (report, found) = match self.report(at) {
            Ok(Some(report)) => report,
            Ok(None) => return self.none(&["there is nothing at ", &self.rule.value.words()].concat()),
            Err(text) => return self.trouble("", text),
        };
        let name = match self.rule.name.text(at) {
            Ok(Some(name)) => name,
            Ok(None) => return self.trouble("", ["there is no name at ", &self.rule.name.words()].concat()),
            Err(text) => return self.trouble("", ["name: ", &text].concat()),
        };
        let Some(named) = Named::new(&name, group, &self.definition.name) else {
            let what = ["no name: ", &brief(&Json::Text(name.into()))].concat();
            return self.trouble("", what);
        };
        if !self.has_room() {
            return;
        }
        self.tell(at, named, report, found.as_ref());
    }

    /// The reading itself, with all that is known of the channel.
    fn tell(&mut self, at: At<'_, '_, '_>, named: Named, report: Report, value: Option<&Value>) {
        let mut troubles = Vec::new();
        let data_type = value::data_type(self.rule, value, at, &mut troubles);
        let taken = self.rule.time.as_ref().map_or(Ok(None), |time| time::taken(time, at));
        let taken = taken.unwrap_or_else(|text| {
            troubles.push(text);
            None
        });
        let title = self.text(self.rule.title.as_ref(), "title", at);
        let description = self.text(self.rule.description.as_ref(), "description", at);
        let path = named.path.clone();
        self.applied.outcomes.push(Ok(Found {
            path: named.path,
            title: if title.is_empty() { named.title } else { title },
            group: named.group,
            description,
            data_type,
            report,
            taken,
        }));
        for text in troubles {
            self.trouble(&path, text);
        }
    }

    /// What a node says, and its value, where it has one; `None` where there is nothing.
    fn report(&self, at: At<'_, '_, '_>) -> Result<Option<(Report, Option<Value>)>, String> {
        if let Some(error) = &self.rule.error {
            let (is_error, found) = error.when.holds_at(at.node, at.root, at.scope);
            if is_error {
                let own = error.text.as_ref().map_or(Ok(None), |source| source.text(at))?;
                let text = own.or_else(|| found.map(|json| text(json).into_owned())).unwrap_or_default();
                return Ok(Some((Report::Error { class: SOURCE_ERROR.to_owned(), text }, None)));
            }
        }
        let Some(json) = self.rule.value.json(at)? else { return Ok(None) };
        Ok(Some(match value::read(self.rule, &json, at) {
            Ok(value) => (Report::Value(value.clone()), Some(value)),
            Err(text) => (Report::Error { class: BAD_VALUE.to_owned(), text }, None),
        }))
    }

    /// A text about a channel that is not worth a reading's loss: what is wrong with it is told beside.
    fn text(&mut self, source: Option<&Source>, what: &str, at: At<'_, '_, '_>) -> String {
        let Some(source) = source else { return String::new() };
        match source.text(at) {
            Ok(text) => text.unwrap_or_default(),
            Err(text) => {
                self.trouble("", [what, ": ", &text].concat());
                String::new()
            }
        }
    }

    fn has_room(&mut self) -> bool {
        match self.memory.take_room() {
            Room::Some => true,
            Room::NoneAnyMore => {
                self.trouble(
                    "",
                    format!("a frame has more than {MAX_READINGS} readings; the rest is left out"),
                );
                false
            }
            Room::None => false,
        }
    }

    /// Troubles are bounded as readings are.
    fn trouble(&mut self, path: &str, text: String) {
        if self.applied.outcomes.len() < 2 * MAX_READINGS {
            self.applied.outcomes.push(Err(Trouble { path: path.to_owned(), text }));
        }
    }

    /// Why there is nothing, for the case that nothing else comes.
    fn none(&mut self, reason: &str) {
        if self.applied.reason.is_empty() {
            reason.clone_into(&mut self.applied.reason);
        }
    }
}

/// What a channel is called.
struct Named {
    path: String,
    title: String,
    group: String,
}

impl Named {
    /// From a name, and its group where the rule gives one; else the group is the first part of the name, or the
    /// definition's name. `None` where there is no name in it.
    fn new(name: &str, group: &str, definition: &str) -> Option<Self> {
        let (name, group) = (trimmed(name), trimmed(group));
        if name.is_empty() || name.len() + group.len() > MAX_NAME {
            return None;
        }
        if !group.is_empty() {
            return Some(Self {
                path: [group, "/", name].concat(),
                title: name.to_owned(),
                group: group.to_owned(),
            });
        }
        let (group, title) = name.split_once('/').unwrap_or((definition, name));
        Some(Self { path: name.to_owned(), title: title.to_owned(), group: group.to_owned() })
    }
}

/// Without what would be an empty part of a path.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|letter: char| letter == '/' || letter.is_whitespace())
}

fn nothing_at(path: &Path) -> String {
    ["there is nothing at ", if path.text().is_empty() { "the message" } else { path.text() }].concat()
}

/// What `each` leads to. A pointer to a list stands for its items.
fn items<'j>(each: &Path, root: Root<'j, '_>) -> Vec<Hit<'j>> {
    let hits = each.find(root.json, root);
    match &*hits {
        [one] if !each.is_absolute() && matches!(one.json, Json::Array(_)) => children(one.json).collect(),
        _ => hits,
    }
}

/// What stands in a list or an object.
pub(super) fn children<'j>(json: &'j Json<'j>) -> impl Iterator<Item = Hit<'j>> {
    let (items, members): (&[Json<'j>], &[(Cow<'j, str>, Json<'j>)]) = match json {
        Json::Array(items) => (items, &[]),
        Json::Object(members) => (&[], members),
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) | Json::Text(_) => {
            (&[], &[])
        }
    };
    let items = items.iter().enumerate().map(|(index, json)| Hit { json, key: index.to_string() });
    items.chain(members.iter().map(|(name, json)| Hit { json, key: name.to_string() }))
}

/// A scalar, or a list of numbers: a waveform is one reading.
pub(super) fn is_leaf(json: &Json<'_>) -> bool {
    match json {
        Json::Array(items) => !items.is_empty() && items.iter().all(|item| item.as_f64().is_some()),
        Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Text(_)
        | Json::Object(_) => is_scalar(json),
    }
}

/// The longest path of a channel, in bytes.
const MAX_NAME: usize = 512;
