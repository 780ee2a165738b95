//! Connectors: any WebSocket device, described by a document instead of code.
//!
//! From a frame to its meaning: [`extract`] cuts it into messages and lets the rules of a [`definition`] take readings
//! out of them; [`session`] sends what the definition says, when it says so, and tells what was found.

mod causes;
pub mod definition;
pub mod extract;
mod later;
mod parts;
mod query;
pub mod session;
pub mod simulator;

use super::definitions::{BuiltIn, Definitions, Parameter};
use super::options::{OptionKind, OptionSpec, Options, REPLAY};
use super::{Protocol, Session};
use definition::Definition;
use session::{ConnectorSession, UnusableDefinition};

/// Connectors.
pub const PROTOCOL: Protocol = Protocol {
    id: "connector",
    title: "Connector",
    example: "ws://device.lab:8080/stream",
    usual: "",
    is_tried: false,
    schemes: &[],
    subprotocols: &[],
    variants: None,
    url: None,
    options: OPTIONS,
    definitions: Some(&DEFINITIONS),
    later: Some(parts::LATER),
    session,
    causes: causes::causes,
    demos: simulator::DEMOS,
};

const DEFINITION: &str = "definition";
const DEFINITION_TEXT: &str = "definition_text";

static DEFINITIONS: Definitions = Definitions {
    option: DEFINITION,
    text_option: DEFINITION_TEXT,
    built_in: || BUILT_IN,
    blank: definition::blank,
    read: definition::read,
    address: definition::address,
    subprotocols,
    preview: extract::preview,
    leaves: extract::leaves,
    with_rule: extract::with_rule,
};

/// The definitions that come with the page.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "json-stream",
        title: "JSON stream",
        text: include_str!("../../../public/connectors/json-stream.json"),
    },
    BuiltIn {
        name: "nmos-is-07",
        title: "NMOS IS-07 events",
        text: include_str!("../../../public/connectors/nmos-is-07.json"),
    },
    BuiltIn {
        name: "epics-pvws",
        title: "EPICS by PV Web Socket",
        text: include_str!("../../../public/connectors/epics-pvws.json"),
    },
    BuiltIn {
        name: "weather-mast",
        title: "Weather mast",
        text: include_str!("../../../public/connectors/weather-mast.json"),
    },
];

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: DEFINITION,
        label: "Definition",
        hint: "The document that describes what the device says and what is sent to it.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "timeout_ms",
        label: "Time for an answer, in ms",
        hint: "For each question, in place of what the definition says.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "stale_after_s",
        label: "Stale after, in s",
        hint: "A value is stale after so long without a new one, in place of what the definition says. 0: never for \
               that reason.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "silence_s",
        label: "Reconnect after a silence of, in s",
        hint: "In place of what the definition says. 0: whenever the device was silent for unusually long.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "subprotocols",
        label: "WebSocket subprotocols",
        hint: "Offered to the device, separated by commas, in place of what the definition says.",
        kind: OptionKind::Text(""),
    },
];

/// The subprotocols that the definition wants to be offered.
fn subprotocols(options: &Options) -> Vec<String> {
    let definition = text_of(options).and_then(|text| Definition::parse(text).ok());
    definition.map(|definition| definition.subprotocols).unwrap_or_default()
}

/// The text of the definition: the person's, or one that comes with the page.
fn text_of(options: &Options) -> Option<&str> {
    match options.get(DEFINITION_TEXT) {
        "" => {
            let name = options.get(DEFINITION);
            BUILT_IN.iter().find(|built_in| built_in.name == name).map(|built_in| built_in.text)
        }
        given => Some(given),
    }
}

fn session(options: &Options) -> Box<dyn Session> {
    let name = options.get(DEFINITION);
    match text_of(options).map(Definition::parse) {
        Some(Ok(definition)) => {
            // One that came as any other option would be seen: it is asked for anew. A replay sends nothing.
            let is_replay = !options.get(REPLAY).is_empty();
            let is_missing = |secret: &&Parameter| {
                let is_there = options.is_secret(&secret.name) && !options.get(&secret.name).is_empty();
                secret.is_secret && !is_there && !is_replay
            };
            let definition = if is_replay { definition.for_replay() } else { definition };
            match definition.parameters.iter().find(is_missing) {
                Some(secret) => Box::new(UnusableDefinition::without(secret)),
                None => Box::new(ConnectorSession::new(definition, options)),
            }
        }
        Some(Err(problems)) => Box::new(UnusableDefinition::unreadable(name, &problems)),
        None => Box::new(UnusableDefinition::unreadable(name, &[])),
    }
}
