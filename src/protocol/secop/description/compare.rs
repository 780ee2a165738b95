//! What differs between two descriptions of one node.

use crate::model::catalog::{Access, Catalog, CatalogChanges, Channel, Command, Group, Level};
use crate::model::datatype::{DataType, EnumMember, Field, IntegerType, NumberType};
use crate::model::entry::to_text;
use crate::model::format::shortest;
use crate::model::slots::Names;
use crate::model::value::Value;

/// Compares two catalogs; `None` where they are the same to everybody who uses them.
pub fn compare(old: &Catalog, new: &Catalog) -> Option<CatalogChanges> {
    let mut changes = CatalogChanges::default();
    node(old, new, &mut changes);
    let known = Names::number(old.groups.iter().map(|group| group.path.as_str()));
    let present = Names::number(new.groups.iter().map(|group| group.path.as_str()));
    for group in &old.groups {
        if !present.contains(&group.path) {
            changes.vanished.push(group.path.clone());
        }
    }
    for group in &new.groups {
        match known.get(&group.path).map(|index| &old.groups[index]) {
            None => changes.appeared.push(group.path.clone()),
            Some(before) => {
                note(&mut changes, &group.path, &group_differences(before, group));
                items(&before.channels, &old.channels, &group.channels, &new.channels, &mut changes);
                items(&before.commands, &old.commands, &group.commands, &new.commands, &mut changes);
            }
        }
    }
    let paths = |catalog: &Catalog| -> Vec<String> {
        let channels = catalog.channels.iter().map(|channel| channel.path.clone());
        channels.chain(catalog.commands.iter().map(|command| command.path.clone())).collect()
    };
    if changes == CatalogChanges::default() && paths(old) != paths(new) {
        changes.changed.push((String::new(), "the order".to_owned()));
    }
    (changes != CatalogChanges::default()).then_some(changes)
}

fn node(old: &Catalog, new: &Catalog, changes: &mut CatalogChanges) {
    let mut differences = Vec::new();
    text("", "name", &old.title, &new.title, &mut differences);
    if old.description != new.description {
        differences.push("description".to_owned());
    }
    facts(&old.facts, &new.facts, &mut differences);
    note(changes, "", &differences);
}

fn note(changes: &mut CatalogChanges, path: &str, differences: &[String]) {
    if !differences.is_empty() {
        changes.changed.push((path.to_owned(), differences.join(", ")));
    }
}

fn facts(old: &[(String, String)], new: &[(String, String)], differences: &mut Vec<String>) {
    let value = |facts: &[(String, String)], name: &str| {
        facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in old.iter().chain(new) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    for name in names {
        text("", name, &value(old, name), &value(new, name), differences);
    }
}

fn group_differences(old: &Group, new: &Group) -> Vec<String> {
    let Group {
        path: _,
        title,
        description,
        within,
        // No group of a node stands in another one.
        parent: _,
        below: _,
        level,
        importance,
        facts: known,
        channels: _,
        commands: _,
    } = old;
    let mut differences = Vec::new();
    if (title, description) != (&new.title, &new.description) {
        differences.push("description".to_owned());
    }
    text("", "group", &within.join(":"), &new.within.join(":"), &mut differences);
    text("", "level", word_of_level(*level), word_of_level(new.level), &mut differences);
    text("", "importance", &importance.to_string(), &new.importance.to_string(), &mut differences);
    facts(known, &new.facts, &mut differences);
    differences
}

/// What channels and commands have in common.
trait Item {
    fn path(&self) -> &str;
    fn differences(&self, new: &Self) -> Vec<String>;
}

impl Item for Channel {
    fn path(&self) -> &str {
        &self.path
    }

    fn differences(&self, new: &Self) -> Vec<String> {
        let Self {
            path: _,
            name: _,
            description,
            data_type,
            access,
            role,
            section,
            level,
            constant,
            limits,
            checkable,
            write_hint,
            monitoring: _,
            axis: _,
        } = self;
        let mut differences = Vec::new();
        types("", data_type, &new.data_type, &mut differences);
        if *access != new.access {
            differences.push(match new.access {
                Access::Read => "now read-only".to_owned(),
                Access::ReadWrite => "now writable".to_owned(),
            });
        }
        if description != &new.description {
            differences.push("description".to_owned());
        }
        text("", "group", section, &new.section, &mut differences);
        text("", "level", word_of_level(*level), word_of_level(new.level), &mut differences);
        // By their text: NaN differs from itself.
        let text_of = |value: &Option<Value>| value.as_ref().map(|value| to_text(data_type, value));
        if text_of(constant) != text_of(&new.constant) {
            differences.push("constant".to_owned());
        }
        if limits.is_some() != new.limits.is_some() {
            differences.push("dynamic limits".to_owned());
        }
        if (role, checkable, write_hint) != (&new.role, &new.checkable, &new.write_hint) {
            differences.push("use".to_owned());
        }
        differences
    }
}

impl Item for Command {
    fn path(&self) -> &str {
        &self.path
    }

    fn differences(&self, new: &Self) -> Vec<String> {
        let Self { path: _, name: _, description, argument, result, role, section, level, callable } = self;
        let mut differences = Vec::new();
        for (what, old, new) in [("argument", argument, &new.argument), ("result", result, &new.result)] {
            match (old, new) {
                (Some(old), Some(new)) => types(&format!("{what} "), old, new, &mut differences),
                (None, None) => {}
                (None, Some(_)) => differences.push(format!("new {what}")),
                (Some(_), None) => differences.push(format!("no {what} any more")),
            }
        }
        if description != &new.description {
            differences.push("description".to_owned());
        }
        text("", "group", section, &new.section, &mut differences);
        text("", "level", word_of_level(*level), word_of_level(new.level), &mut differences);
        if (role, callable) != (&new.role, &new.callable) {
            differences.push("use".to_owned());
        }
        differences
    }
}

fn items<T: Item>(
    old_indices: &[usize],
    old: &[T],
    new_indices: &[usize],
    new: &[T],
    changes: &mut CatalogChanges,
) {
    let old: Vec<&T> = old_indices.iter().filter_map(|index| old.get(*index)).collect();
    let new: Vec<&T> = new_indices.iter().filter_map(|index| new.get(*index)).collect();
    let known = Names::number(old.iter().map(|item| item.path()));
    let present = Names::number(new.iter().map(|item| item.path()));
    for item in &old {
        if !present.contains(item.path()) {
            changes.vanished.push(item.path().to_owned());
        }
    }
    for item in new {
        match known.get(item.path()) {
            Some(index) => note(changes, item.path(), &old[index].differences(item)),
            None => changes.appeared.push(item.path().to_owned()),
        }
    }
}

/// How two data types differ; `at` names the part that they are of and ends in a blank, or is empty.
fn types(at: &str, old: &DataType, new: &DataType, differences: &mut Vec<String>) {
    match (old, new) {
        (DataType::Number(old), DataType::Number(new)) => numbers(at, old, new, differences),
        (DataType::Integer(old), DataType::Integer(new)) => integers(at, old, new, differences),
        (DataType::Enum(old), DataType::Enum(new)) => members_of_enum(at, old, new, differences),
        (
            DataType::Array { item: old, min_len: old_min, max_len: old_max },
            DataType::Array { item: new, min_len: new_min, max_len: new_max },
        ) => {
            types(&format!("{at}elements: "), old, new, differences);
            let written = |length: u64| length.to_string();
            text(at, "least length", &written(*old_min), &written(*new_min), differences);
            optional(at, "greatest length", old_max.map(written), new_max.map(written), differences);
        }
        (DataType::Record(old), DataType::Record(new)) => fields(at, old, new, differences),
        (DataType::Tuple(old), DataType::Tuple(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                types(&format!("{at}element {}: ", index + 1), old, new, differences);
            }
        }
        (old, new) if std::mem::discriminant(old) != std::mem::discriminant(new) => {
            differences.push(format!("{at}type {} → {}", word(old), word(new)));
        }
        (old, new) => {
            if old != new {
                differences.push(format!("{at}limits of the {}", word(new)));
            }
        }
    }
}

fn numbers(at: &str, old: &NumberType, new: &NumberType, differences: &mut Vec<String>) {
    optional(at, "min", old.min.map(shortest), new.min.map(shortest), differences);
    optional(at, "max", old.max.map(shortest), new.max.map(shortest), differences);
    text(at, "unit", &old.unit, &new.unit, differences);
    if old.format != new.format {
        differences.push(format!("{at}format"));
    }
    optional(at, "scale", old.step.map(shortest), new.step.map(shortest), differences);
}

fn integers(at: &str, old: &IntegerType, new: &IntegerType, differences: &mut Vec<String>) {
    let written = |limit: Option<i128>| limit.map(|limit| limit.to_string());
    optional(at, "min", written(old.min), written(new.min), differences);
    optional(at, "max", written(old.max), written(new.max), differences);
    text(at, "unit", &old.unit, &new.unit, differences);
}

fn members_of_enum(at: &str, old: &[EnumMember], new: &[EnumMember], differences: &mut Vec<String>) {
    let names = |of: &[EnumMember], other: &[EnumMember]| {
        let missing = of.iter().filter(|member| !other.contains(member));
        missing.map(|member| format!("{} = {}", member.label, member.code)).collect::<Vec<_>>().join(", ")
    };
    listed(at, &names(new, old), &names(old, new), differences);
}

fn fields(at: &str, old: &[Field], new: &[Field], differences: &mut Vec<String>) {
    let names = |of: &[Field], other: &[Field]| {
        let missing = of.iter().filter(|field| !other.iter().any(|other| other.name == field.name));
        missing.map(|field| field.name.clone()).collect::<Vec<_>>().join(", ")
    };
    listed(at, &names(new, old), &names(old, new), differences);
    for field in new {
        if let Some(before) = old.iter().find(|before| before.name == field.name) {
            let at = format!("{at}{}", field.name);
            types(&format!("{at}: "), &before.data_type, &field.data_type, differences);
            let [old, new] = [before, field].map(|field| if field.optional { "true" } else { "false" });
            text(&at, " optional", old, new, differences);
        }
    }
}

fn listed(at: &str, added: &str, removed: &str, differences: &mut Vec<String>) {
    if !added.is_empty() {
        differences.push(format!("{at}new members {added}"));
    }
    if !removed.is_empty() {
        differences.push(format!("{at}without the members {removed}"));
    }
}

/// Notes what was another text before; `at` as in [`types`].
fn text(at: &str, what: &str, old: &str, new: &str, differences: &mut Vec<String>) {
    if old != new {
        let [old, new] = [old, new].map(|text| if text.is_empty() { "none" } else { text });
        differences.push(format!("{at}{what} {old} → {new}"));
    }
}

fn optional(at: &str, what: &str, old: Option<String>, new: Option<String>, differences: &mut Vec<String>) {
    text(at, what, &old.unwrap_or_default(), &new.unwrap_or_default(), differences);
}

fn word_of_level(level: Level) -> &'static str {
    match level {
        Level::User => "user",
        Level::Advanced => "advanced",
        Level::Expert => "expert",
        Level::Hidden => "hidden",
    }
}

fn word(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Bool => "bool",
        DataType::Integer(_) => "integer",
        DataType::Number(_) => "number",
        DataType::Enum(_) => "list",
        DataType::Text(_) => "text",
        DataType::Bytes { .. } => "bytes",
        DataType::Array { .. } => "array",
        DataType::Tuple(_) => "tuple",
        DataType::Record(_) => "record",
        DataType::Matrix { .. } => "matrix",
        DataType::Json => "JSON",
    }
}
