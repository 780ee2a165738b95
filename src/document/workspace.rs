//! What a person has set up: connections, plots, the view and the settings. There again after a reload, and to hand
//! on as a file.

use serde_json::Value as Json;

use super::read::{Node, Object};
use super::write::Members;
use super::{DocumentError, VERSION, open, personal, without_secrets};
use crate::model::alarm::Personal;
use crate::model::catalog::Level;
use crate::model::time::Timestamp;

/// What a person has set up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workspace {
    /// Connections, in their order on the page.
    pub connections: Vec<ConnectionDocument>,
    /// Former connections, newest first; at most [`RECENT`].
    pub recent: Vec<Recent>,
    /// Definitions that a person wrote, in their order.
    pub definitions: Vec<DefinitionDocument>,
    /// Open plots, in their order on the page.
    pub plots: Vec<PlotDocument>,
    /// The view that was open, by its name; empty for none.
    pub view: String,
    /// Theme, level of detail and the like.
    pub settings: Settings,
}

/// A connection as it is saved. Secrets have no place here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectionDocument {
    /// Its name in data attributes and in channel names; unique.
    pub key: String,
    /// Its name for people; may be empty.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The protocol's id; empty where it is to be found by trying.
    pub protocol: String,
    /// The protocol's options: names and values.
    pub options: Vec<(String, String)>,
    /// What a person says of its channels, by their paths.
    pub channels: Vec<(String, Personal)>,
}

/// A definition of connections that a person wrote: a document of its own, kept as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefinitionDocument {
    /// Its name among the others; unique.
    pub name: String,
    /// The protocol that reads it.
    pub protocol: String,
    /// The document.
    pub text: String,
}

/// A former connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// Its address.
    pub url: String,
    /// Its name for people; may be empty.
    pub name: String,
    /// The protocol's id; may be empty.
    pub protocol: String,
    /// When it was last live.
    pub at: Timestamp,
    /// What it had, in a few words, e.g. `12 modules`; may be empty.
    pub summary: String,
    /// The protocol's options: names and values.
    pub options: Vec<(String, String)>,
}

/// A plot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlotDocument {
    /// Its channels: the connection's key, `/`, the channel's path.
    pub channels: Vec<String>,
    /// The time that it spans, in seconds; over an axis, so many of its units.
    pub span_seconds: u32,
}

/// How a person likes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// What is not shown to everybody is shown up to this level.
    pub level: Level,
    /// Times are shown in UTC, not in local time.
    pub utc: bool,
    /// Single keys are shortcuts.
    pub single_keys: bool,
}

/// All that an instrument offers is shown, until a person asks for less.
impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::System, level: Level::Expert, utc: true, single_keys: true }
    }
}

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system is set.
    #[default]
    System,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

impl Workspace {
    /// Opens a document. What is left out is as in a new workspace; what this version does not know is ignored.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > DOCUMENT_BYTES {
            let place = "the document".to_owned();
            return Err(DocumentError::TooMuch {
                place,
                found: text.len(),
                max: DOCUMENT_BYTES,
                unit: "bytes",
            });
        }
        let members = open(text, "workspace")?;
        let top = Object::top(&members);
        let mut workspace = Self { view: top.text("view")?, ..Self::default() };
        top.each("connections", CONNECTIONS, &mut |node| connection(&node, &mut workspace.connections))?;
        top.each("definitions", DEFINITIONS, &mut |node| definition(&node, &mut workspace.definitions))?;
        top.each("recent", RECENT, &mut |node| recent(&node, &mut workspace.recent))?;
        top.each("plots", PLOTS, &mut |node| plot(&node, &mut workspace.plots))?;
        if let Some(node) = top.optional("settings") {
            settings(&node, &mut workspace.settings)?;
        }
        Ok(workspace)
    }

    /// Writes the document. User names and passwords in addresses stay behind, and lists longer than
    /// [`Workspace::parse`] takes are cut.
    pub fn write(&self) -> String {
        let connections = self.connections.iter().take(CONNECTIONS);
        let plots = self.plots.iter().take(PLOTS);
        let mut settings = Members::default();
        settings.add("theme", word_of(THEMES, self.settings.theme));
        settings.add("level", word_of(LEVELS, self.settings.level));
        settings.add("utc", self.settings.utc);
        settings.add("single_keys", self.settings.single_keys);
        let mut document = Members::default();
        document.add("porthole", VERSION);
        document.add("kind", "workspace");
        document.add("connections", Json::Array(connections.map(write_connection).collect()));
        let definitions = self.definitions.iter().take(DEFINITIONS);
        document.add("definitions", Json::Array(definitions.map(write_definition).collect()));
        document.add("recent", Json::Array(self.recent.iter().take(RECENT).map(write_recent).collect()));
        document.add("plots", Json::Array(plots.map(write_plot).collect()));
        document.add("view", self.view.as_str());
        document.add("settings", settings.into_json());
        format!("{:#}\n", document.into_json())
    }

    /// Puts a connection at the head of the recent ones; one with the same address moves there.
    pub fn remember(recent: &mut Vec<Recent>, entry: Recent) {
        recent.retain(|other| other.url != entry.url);
        recent.insert(0, entry);
        recent.truncate(RECENT);
    }
}

fn connection(node: &Node<'_>, connections: &mut Vec<ConnectionDocument>) -> Result<(), DocumentError> {
    let object = node.object()?;
    let key = object.required("key")?;
    let connection = ConnectionDocument {
        key: key.word()?,
        name: object.text("name")?,
        url: object.required("url")?.word()?,
        protocol: object.text("protocol")?,
        options: options(&object)?,
        channels: personal::read(&object)?,
    };
    if connections.iter().any(|other| other.key == connection.key) {
        return Err(key.repeated());
    }
    connections.push(connection);
    Ok(())
}

fn definition(node: &Node<'_>, definitions: &mut Vec<DefinitionDocument>) -> Result<(), DocumentError> {
    let object = node.object()?;
    let name = object.required("name")?;
    let definition = DefinitionDocument {
        name: name.word()?,
        protocol: object.required("protocol")?.word()?,
        text: object.required("text")?.long_text()?.to_owned(),
    };
    if definitions.iter().any(|other| other.name == definition.name) {
        return Err(name.repeated());
    }
    definitions.push(definition);
    Ok(())
}

fn write_definition(definition: &DefinitionDocument) -> Json {
    let mut members = Members::default();
    members.add("name", definition.name.as_str());
    members.add("protocol", definition.protocol.as_str());
    members.add("text", definition.text.as_str());
    members.into_json()
}

fn options(object: &Object<'_>) -> Result<Vec<(String, String)>, DocumentError> {
    match object.optional("options") {
        Some(options) => options.object()?.texts(),
        None => Ok(Vec::new()),
    }
}

fn recent(node: &Node<'_>, recent: &mut Vec<Recent>) -> Result<(), DocumentError> {
    let object = node.object()?;
    recent.push(Recent {
        url: object.required("url")?.word()?,
        name: object.text("name")?,
        protocol: object.text("protocol")?,
        at: Timestamp(object.optional("at").map_or(Ok(0), |node| node.integer())?),
        summary: object.text("summary")?,
        options: options(&object)?,
    });
    Ok(())
}

fn plot(node: &Node<'_>, plots: &mut Vec<PlotDocument>) -> Result<(), DocumentError> {
    let object = node.object()?;
    let mut channels = Vec::new();
    object.required("channels")?.each(CHANNELS_A_PLOT, &mut |channel| {
        channels.push(channel.word()?);
        Ok(())
    })?;
    let span = object.required("span_seconds")?;
    let seconds = u32::try_from(span.integer()?).ok().filter(|seconds| (1..=LONGEST_SPAN).contains(seconds));
    let span_seconds = seconds.ok_or_else(|| span.must_be("a number of seconds from 1 to 604800"))?;
    plots.push(PlotDocument { channels, span_seconds });
    Ok(())
}

fn settings(node: &Node<'_>, settings: &mut Settings) -> Result<(), DocumentError> {
    let object = node.object()?;
    if let Some(theme) = object.optional("theme") {
        settings.theme = theme.one_of(THEMES, "system, dark or light")?;
    }
    if let Some(level) = object.optional("level") {
        settings.level = level.one_of(LEVELS, "user, advanced or expert")?;
    }
    if let Some(utc) = object.optional("utc") {
        settings.utc = utc.bool()?;
    }
    if let Some(single_keys) = object.optional("single_keys") {
        settings.single_keys = single_keys.bool()?;
    }
    Ok(())
}

fn write_connection(connection: &ConnectionDocument) -> Json {
    let mut members = Members::default();
    members.add("key", connection.key.as_str());
    members.add("name", connection.name.as_str());
    members.add("url", without_secrets(&connection.url));
    members.add("protocol", connection.protocol.as_str());
    members.add("options", Members::of_texts(&connection.options));
    if !connection.channels.is_empty() {
        members.add("channels", personal::write(&connection.channels));
    }
    members.into_json()
}

fn write_recent(recent: &Recent) -> Json {
    let mut members = Members::default();
    members.add("url", without_secrets(&recent.url));
    members.add("name", recent.name.as_str());
    members.add("protocol", recent.protocol.as_str());
    members.add("at", recent.at.0);
    members.add("summary", recent.summary.as_str());
    if !recent.options.is_empty() {
        members.add("options", Members::of_texts(&recent.options));
    }
    members.into_json()
}

fn write_plot(plot: &PlotDocument) -> Json {
    let channels = plot.channels.iter().take(CHANNELS_A_PLOT).map(|channel| channel.as_str().into());
    let mut members = Members::default();
    members.add("channels", Json::Array(channels.collect()));
    members.add("span_seconds", plot.span_seconds);
    members.into_json()
}

fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words.iter().find(|(_, other)| *other == meaning).map_or("", |(word, _)| word)
}

/// How many recent connections are kept.
pub const RECENT: usize = 12;
/// A browser opens no more sockets than about this.
const CONNECTIONS: usize = 200;
const DEFINITIONS: usize = 200;
const PLOTS: usize = 64;
const CHANNELS_A_PLOT: usize = 64;
/// A week.
const LONGEST_SPAN: u32 = 604_800;
const DOCUMENT_BYTES: usize = 4 << 20;
const THEMES: &[(&str, Theme)] = &[("system", Theme::System), ("dark", Theme::Dark), ("light", Theme::Light)];
/// What the peer asks to hide is shown to the expert alone.
const LEVELS: &[(&str, Level)] = &[
    ("user", Level::User),
    ("advanced", Level::Advanced),
    ("expert", Level::Expert),
    ("hidden", Level::Hidden),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Why a document is refused; empty if it opens.
    fn refusal(text: &str) -> String {
        Workspace::parse(text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_refusal_names_the_place() {
        for (text, words) in [
            ("", "line 1, column 0: EOF while parsing a value"),
            ("{\n  \"porthole\": 1,\n}", "line 3, column 1: trailing comma"),
            ("[]", "this is not a Porthole document: it has no \"porthole\": 1"),
            ("{\"porthole\": \"1\"}", "this is not a Porthole document: it has no \"porthole\": 1"),
            (
                "{\"porthole\": 99}",
                "this document has version 99, this program knows versions up to 1: use a newer Porthole",
            ),
            ("{\"porthole\": 1, \"kind\": \"capture\"}", "this is a capture, not a workspace"),
            ("{\"porthole\": 1, \"connections\": {}}", "connections must be a list"),
            ("{\"porthole\": 1, \"connections\": [{\"key\": \"a\"}]}", "connections[0].url is missing"),
            (
                "{\"porthole\": 1, \"connections\": [{\"key\": \"\", \"url\": \"x\"}]}",
                "connections[0].key must be a text that is not empty",
            ),
            (
                "{\"porthole\": 1, \"connections\": [{\"key\": \"a\", \"url\": \"x\"}, {\"key\": \"a\", \"url\": \"y\"}]}",
                "connections[1].key is used twice",
            ),
            (
                "{\"porthole\": 1, \"connections\": [{\"key\": \"a\", \"url\": \"x\", \"options\": {\"mode\": 5}}]}",
                "connections[0].options.mode must be a text",
            ),
            (
                "{\"porthole\": 1, \"plots\": [{\"channels\": [\"a/b\"], \"span_seconds\": 0}]}",
                "plots[0].span_seconds must be a number of seconds from 1 to 604800",
            ),
            (
                "{\"porthole\": 1, \"settings\": {\"theme\": \"pink\"}}",
                "settings.theme must be system, dark or light",
            ),
            (
                "{\"porthole\": 1, \"connections\": [{\"key\": \"a\", \"url\": \"x\", \"channels\": {\"t/v\": \
                 {\"thresholds\": {\"major_low\": \"5\"}}}}]}",
                "connections[0].channels.t/v.thresholds.major_low must be a number",
            ),
            (
                "{\"porthole\": 1, \"connections\": [{\"key\": \"a\", \"url\": \"x\", \"channels\": {\"t\": \
                 {\"thresholds\": {\"on_s\": -1}}}}]}",
                "connections[0].channels.t.thresholds.on_s must be a number of seconds from 0 to 86400",
            ),
            (
                "{\"porthole\": 1, \"definitions\": [{\"name\": \"a\", \"protocol\": \"p\"}]}",
                "definitions[0].text is missing",
            ),
            ("{\"porthole\": 1, \"settings\": {\"utc\": 1}}", "settings.utc must be true or false"),
        ] {
            assert_eq!(refusal(text), words, "{text}");
        }
    }

    #[test]
    fn what_is_left_out_or_unknown_does_no_harm() {
        let text = "\u{feff}{\"porthole\": 1, \"from the future\": [1], \"settings\": {\"colour\": \"red\"}}";
        assert_eq!(Workspace::parse(text), Ok(Workspace::default()));
    }

    #[test]
    fn passwords_are_not_written() {
        let connection =
            ConnectionDocument { key: "a".into(), url: "ws://u:s3cret@h/".into(), ..Default::default() };
        let recent = Recent { url: "ws://u:s3cret@h/".into(), ..Default::default() };
        let workspace =
            Workspace { connections: vec![connection], recent: vec![recent], ..Default::default() };
        assert!(!workspace.write().contains("s3cret"));
    }

    #[test]
    fn recent_connections_are_bounded_and_each_is_there_once() {
        let mut recent = Vec::new();
        for number in 0..20 {
            Workspace::remember(&mut recent, Recent { url: format!("ws://h{number}"), ..Default::default() });
        }
        Workspace::remember(&mut recent, Recent { url: "ws://h15".into(), ..Default::default() });
        let urls: Vec<&str> = recent.iter().map(|entry| entry.url.as_str()).collect();
        assert_eq!((urls.len(), &urls[..3]), (RECENT, &["ws://h15", "ws://h19", "ws://h18"][..]));
    }
}
