//! What a node says of itself (SECoP 2.0, "Descriptive data"): from the data of `describing` to a catalog.
//!
//! A description is read as far as it goes: what is missing or broken becomes a warning in the catalog, unknown
//! keys are ignored (1.0-era nodes have `order` and `pollinterval` in odd places), and no module is left out but
//! one whose name cannot be sent. Names, numbers and texts are bounded.

mod accessible;
pub mod compare;
mod visibility;

use std::time::Duration;

use super::datainfo::{DataInfo, Warnings};
use super::message::{Name, Specifier};
use super::violation::Violations;
use crate::model::catalog::{Below, Catalog, Group};
use crate::model::json::{Json, JsonError};
use crate::model::slots::Names;
use visibility::Visibility;

/// The greatest number of modules, of parameters and of commands that are taken.
pub const LIMIT: usize = 10_000;
/// The longest text that is taken, in bytes.
const TEXT_BYTES: usize = 1 << 16;
/// A description's first line is a title if it is no longer than this, in characters.
const TITLE_CHARS: usize = 40;
/// A reply is waited for so long where the node does not say how long it may take.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// A node's description: as a catalog, and what the session needs to speak of its items.
#[derive(Clone, Debug)]
pub struct Description {
    /// For everybody else.
    pub catalog: Catalog,
    /// The module of each group of the catalog.
    pub modules: Vec<Name>,
    /// The parameter of each channel of the catalog.
    pub parameters: Vec<Parameter>,
    /// The command of each command of the catalog.
    pub commands: Vec<CommandInfo>,
    /// How long a reply may take.
    pub timeout: Duration,
    by_specifier: Names,
}

/// A parameter, as it is spoken of on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// `module:parameter`.
    pub specifier: String,
    /// The index of its module.
    pub module: usize,
    /// How its values are written.
    pub datainfo: DataInfo,
    /// It is the module's status.
    pub is_status: bool,
    /// It never changes: it is neither read nor updated.
    pub is_constant: bool,
}

/// A command, as it is spoken of on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandInfo {
    /// `module:command`.
    pub specifier: String,
    /// How its argument is written; `None` where it takes none.
    pub argument: Option<DataInfo>,
    /// How its result is written; `None` where it gives none.
    pub result: Option<DataInfo>,
}

/// Why a description cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(JsonError),
    /// It has no modules.
    #[error("there is no object \"modules\" in it")]
    Modules,
}

impl Description {
    /// Reads the data of `describing`.
    pub fn parse(data: &str, violations: &mut Violations) -> Result<Self, DescriptionError> {
        let node = violations.read(data).map_err(DescriptionError::Json)?;
        let Some(Json::Object(modules)) = node.get("modules") else { return Err(DescriptionError::Modules) };
        let mut warnings = Warnings::default();
        let mut description = Self {
            catalog: node_of(&node, &mut warnings),
            modules: Vec::new(),
            parameters: Vec::new(),
            commands: Vec::new(),
            timeout: timeout_of(&node),
            by_specifier: Names::default(),
        };
        if modules.len() > LIMIT {
            warnings.add("modules", &format!("more than {LIMIT}; the rest is left out"));
        }
        let mut seen = Names::default();
        for (name, module) in modules.iter().take(LIMIT) {
            if !seen.insert(name, 0) {
                warnings.add(name, "the name occurs twice; the second module is left out");
            } else if let Some(name) = name_of(name, name, &mut warnings) {
                description.add_module(name, module, &mut warnings);
            }
        }
        description.catalog.warnings = warnings.into_texts();
        Ok(description)
    }

    /// The channel that a specifier means. A module alone means its value.
    pub fn channel(&self, specifier: Specifier<'_>) -> Option<usize> {
        let accessible = specifier.accessible.unwrap_or("value");
        let whole = Specifier { accessible: Some(accessible), ..specifier };
        self.by_specifier.get(&whole.to_string())
    }

    fn add_module(&mut self, name: Name, module: &Json<'_>, warnings: &mut Warnings) {
        let at = name.as_str();
        let text = text_of(module, "description", at, warnings);
        let visibility = Visibility::of(module.get("visibility"));
        let index = self.modules.len();
        let mut group = Group {
            path: name.to_string(),
            title: title_of(&text, at),
            description: text,
            within: path_of(module.get("group")),
            parent: None,
            below: Below::Known,
            level: visibility.level(),
            importance: importance_of(module.get("meaning")),
            facts: facts_of(module, warnings, at),
            channels: Vec::new(),
            commands: Vec::new(),
        };
        match module.get("accessibles") {
            Some(Json::Object(accessibles)) => {
                let reader = accessible::Reader {
                    module: &name,
                    index,
                    visibility,
                    main_unit: main_unit(accessibles),
                };
                reader.read(self, &mut group, accessibles, warnings);
            }
            Some(_) => warnings.add(at, "its accessibles are no object"),
            None => warnings.add(at, "it has no accessibles"),
        }
        self.catalog.groups.push(group);
        self.modules.push(name);
    }
}

fn node_of(node: &Json<'_>, warnings: &mut Warnings) -> Catalog {
    let mut facts = Vec::new();
    for key in ["firmware", "implementor", "timeout", "systems", "schemata"] {
        add_fact(&mut facts, node, key, key, warnings, "node");
    }
    Catalog {
        title: text_of(node, "equipment_id", "node", warnings),
        description: text_of(node, "description", "node", warnings),
        facts,
        ..Catalog::default()
    }
}

fn facts_of(module: &Json<'_>, warnings: &mut Warnings, at: &str) -> Vec<(String, String)> {
    let mut facts = vec![("class".to_owned(), class_of(module.get("interface_classes")).to_owned())];
    for (key, title) in [
        ("interface_classes", "interface classes"),
        ("features", "features"),
        ("implementation", "implementation"),
        ("implementor", "implementor"),
        ("acquisition_channels", "acquisition channels"),
    ] {
        add_fact(&mut facts, module, key, title, warnings, at);
    }
    if let Some(function) = function_of(module.get("meaning")) {
        facts.push(("meaning".to_owned(), cut(function, at, warnings)));
    }
    facts
}

/// Adds a property that is there and not empty.
fn add_fact(
    facts: &mut Vec<(String, String)>,
    json: &Json<'_>,
    key: &str,
    title: &str,
    warnings: &mut Warnings,
    at: &str,
) {
    let text = match json.get(key) {
        None | Some(Json::Null) => return,
        Some(Json::Text(text)) => text.clone().into_owned(),
        Some(Json::Array(items)) if items.iter().all(|item| item.as_text().is_some()) => {
            items.iter().filter_map(Json::as_text).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_text(),
    };
    if !text.is_empty() {
        facts.push((title.to_owned(), cut(&text, at, warnings)));
    }
}

/// The classes are named highest first: the first known one says what the module is.
fn class_of(classes: Option<&Json<'_>>) -> &'static str {
    let known = |class: &Json<'_>| CLASSES.into_iter().find(|known| class.as_text() == Some(known));
    let class = if let Some(Json::Array(classes)) = classes { classes.iter().find_map(known) } else { None };
    class.unwrap_or("generic")
}

const CLASSES: [&str; 7] = [
    "Communicator",
    "Readable",
    "Writable",
    "Drivable",
    "Acquisition",
    "AcquisitionChannel",
    "AcquisitionController",
];

/// `$` in units stands for the unit of the module's value.
fn main_unit<'a>(accessibles: &'a [(std::borrow::Cow<'a, str>, Json<'a>)]) -> &'a str {
    let value = accessibles.iter().find(|(name, _)| name == "value").map(|(_, value)| value);
    let datainfo = value.and_then(|value| value.get("datainfo"));
    let own = datainfo.and_then(|datainfo| datainfo.get("unit"));
    let of_members = || datainfo?.get("members")?.get("unit");
    own.or_else(of_members).and_then(Json::as_text).filter(|unit| !unit.contains('$')).unwrap_or_default()
}

/// A module's (or accessible's) `meaning`: a pair of function and importance up to SECoP 1.1, an object in 2.0.
fn function_of<'a>(meaning: Option<&'a Json<'_>>) -> Option<&'a str> {
    let meaning = meaning?;
    if let Json::Array(pair) = meaning { pair.first()?.as_text() } else { meaning.get("function")?.as_text() }
}

/// See [`function_of`].
fn importance_of(meaning: Option<&Json<'_>>) -> u8 {
    let importance = if let Some(Json::Array(pair)) = meaning {
        pair.get(1)
    } else {
        meaning.and_then(|new| new.get("importance"))
    };
    importance.and_then(Json::as_f64).map_or(0, |importance| importance.clamp(0.0, MOST_IMPORTANT) as u8)
}

const MOST_IMPORTANT: f64 = 50.0;

/// A group is a path whose parts are separated by colons.
fn path_of(group: Option<&Json<'_>>) -> Vec<String> {
    let group = group.and_then(Json::as_text).unwrap_or_default();
    let parts = group.split(':').map(str::trim).filter(|part| !part.is_empty());
    parts.take(GROUP_DEPTH).map(|part| part.chars().take(TITLE_CHARS).collect()).collect()
}

const GROUP_DEPTH: usize = 10;

fn title_of(description: &str, name: &str) -> String {
    let first = description.lines().next().unwrap_or_default().trim();
    if (1..=TITLE_CHARS).contains(&first.chars().count()) { first.to_owned() } else { name.to_owned() }
}

/// Node property `timeout`, in seconds.
fn timeout_of(node: &Json<'_>) -> Duration {
    let seconds = node.get("timeout").and_then(Json::as_f64).filter(|seconds| *seconds > 0.0);
    seconds.map_or(DEFAULT_TIMEOUT, |seconds| Duration::from_secs_f64(seconds.clamp(0.1, 3600.0)))
}

fn name_of(text: &str, at: &str, warnings: &mut Warnings) -> Option<Name> {
    let Some(name) = Name::parse(text) else {
        warnings.add(at, "this name cannot be sent; the item is left out");
        return None;
    };
    if !name.is_standard() {
        warnings.add(at, "this is no name by the specification");
    }
    Some(name)
}

fn text_of(json: &Json<'_>, key: &str, at: &str, warnings: &mut Warnings) -> String {
    match json.get(key) {
        Some(Json::Text(text)) => cut(text, at, warnings),
        None | Some(Json::Null) => String::new(),
        Some(other) => {
            warnings.add(at, &format!("its {key} is no string"));
            cut(&other.to_text(), at, warnings)
        }
    }
}

fn cut(text: &str, at: &str, warnings: &mut Warnings) -> String {
    if text.len() <= TEXT_BYTES {
        return text.to_owned();
    }
    warnings.add(at, "a text is too long and was cut");
    let mut end = TEXT_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}
