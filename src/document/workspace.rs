//! What a person has set up: connections, plots, the view and the settings. There again after a reload, and to hand
//! on as a file.

use serde_json::{Map, Value as Json, json};

use super::read::{Node, Object};
use super::{DocumentError, VERSION, open, without_secrets};
use crate::model::catalog::Level;
use crate::model::time::Timestamp;

/// What a person has set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Connections, in their order on the page.
    pub connections: Vec<ConnectionDocument>,
    /// Former connections, newest first; at most [`RECENT`].
    pub recent: Vec<Recent>,
    /// Open plots, in their order on the page.
    pub plots: Vec<PlotDocument>,
    /// The view that was open, by its name; empty for none.
    pub view: String,
    /// Theme, level of detail and the like.
    pub settings: Settings,
}

/// A connection as it is saved. Secrets have no place here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
}

/// A plot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlotDocument {
    /// Its channels: the connection's key, `/`, the channel's path.
    pub channels: Vec<String>,
    /// The time that it spans, in seconds.
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
        Ok(Self {
            connections: connections(&top.list("connections", CONNECTIONS)?)?,
            recent: top.list("recent", RECENT)?.iter().map(recent).collect::<Result<_, _>>()?,
            plots: top.list("plots", PLOTS)?.iter().map(plot).collect::<Result<_, _>>()?,
            view: top.text("view")?,
            settings: top
                .optional("settings")
                .map_or_else(|| Ok(Settings::default()), |node| settings(&node))?,
        })
    }

    /// Writes the document. User names and passwords in addresses stay behind, and lists longer than
    /// [`Workspace::parse`] takes are cut.
    pub fn write(&self) -> String {
        let connections: Vec<Json> =
            self.connections.iter().take(CONNECTIONS).map(write_connection).collect();
        let recent: Vec<Json> = self.recent.iter().take(RECENT).map(write_recent).collect();
        let plots: Vec<Json> = self
            .plots
            .iter()
            .take(PLOTS)
            .map(|plot| {
                let channels: Vec<_> = plot.channels.iter().take(CHANNELS_A_PLOT).collect();
                json!({ "channels": channels, "span_seconds": plot.span_seconds })
            })
            .collect();
        let document = json!({
            "porthole": VERSION,
            "kind": "workspace",
            "connections": connections,
            "recent": recent,
            "plots": plots,
            "view": self.view,
            "settings": {
                "theme": word_of(THEMES, self.settings.theme),
                "level": word_of(LEVELS, self.settings.level),
                "utc": self.settings.utc,
                "single_keys": self.settings.single_keys,
            },
        });
        format!("{document:#}\n")
    }

    /// Puts a connection at the head of the recent ones; one with the same address moves there.
    pub fn remember(recent: &mut Vec<Recent>, entry: Recent) {
        recent.retain(|other| other.url != entry.url);
        recent.insert(0, entry);
        recent.truncate(RECENT);
    }
}

fn connections(nodes: &[Node<'_>]) -> Result<Vec<ConnectionDocument>, DocumentError> {
    let mut connections: Vec<ConnectionDocument> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let object = node.object()?;
        let key = object.required("key")?;
        let connection = ConnectionDocument {
            key: key.word()?,
            name: object.text("name")?,
            url: object.required("url")?.word()?,
            protocol: object.text("protocol")?,
            options: object.optional("options").map_or_else(|| Ok(Vec::new()), |node| options(&node))?,
        };
        if connections.iter().any(|other| other.key == connection.key) {
            return Err(key.repeated());
        }
        connections.push(connection);
    }
    Ok(connections)
}

fn options(node: &Node<'_>) -> Result<Vec<(String, String)>, DocumentError> {
    node.object()?.members().map(|(name, node)| Ok((name.clone(), node.text()?))).collect()
}

fn recent(node: &Node<'_>) -> Result<Recent, DocumentError> {
    let object = node.object()?;
    Ok(Recent {
        url: object.required("url")?.word()?,
        name: object.text("name")?,
        protocol: object.text("protocol")?,
        at: Timestamp(object.optional("at").map_or(Ok(0), |node| node.integer())?),
        summary: object.text("summary")?,
    })
}

fn plot(node: &Node<'_>) -> Result<PlotDocument, DocumentError> {
    let object = node.object()?;
    let channels = object.required("channels")?.list(CHANNELS_A_PLOT)?;
    let span = object.required("span_seconds")?;
    let span_seconds =
        u32::try_from(span.integer()?).ok().filter(|seconds| (1..=LONGEST_SPAN).contains(seconds));
    Ok(PlotDocument {
        channels: channels.iter().map(Node::word).collect::<Result<_, _>>()?,
        span_seconds: span_seconds.ok_or_else(|| span.must_be("a number of seconds from 1 to 604800"))?,
    })
}

fn settings(node: &Node<'_>) -> Result<Settings, DocumentError> {
    let object = node.object()?;
    let mut settings = Settings::default();
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
    Ok(settings)
}

fn write_connection(connection: &ConnectionDocument) -> Json {
    let options = connection.options.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str())));
    json!({
        "key": connection.key,
        "name": connection.name,
        "url": without_secrets(&connection.url),
        "protocol": connection.protocol,
        "options": options.collect::<Map<_, _>>(),
    })
}

fn write_recent(recent: &Recent) -> Json {
    json!({
        "url": without_secrets(&recent.url),
        "name": recent.name,
        "protocol": recent.protocol,
        "at": recent.at.0,
        "summary": recent.summary,
    })
}

fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words.iter().find(|(_, other)| *other == meaning).map_or("", |(word, _)| word)
}

/// How many recent connections are kept.
pub const RECENT: usize = 12;
/// A browser opens no more sockets than about this.
const CONNECTIONS: usize = 200;
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
