//! Reads a document.

use std::time::Duration;

use super::super::super::definitions::{Parameter, Problem};
use super::context::{Context, template};
use super::members::{CONNECTOR, KEEPALIVE, MATCH, OPENER, PARAMETER, POLL};
use super::node::{Node, Object, Problems};
use super::rule::{Rule, RuleContext};
use super::template::{BUILT_IN, KEY, is_name};
use super::{Condition, Definition, FrameForm, Message, Opener, Poll, thresholds};
use crate::model::json::{Breaches, Json};
use crate::model::order;

const MAX_BYTES: usize = 256 * 1024;
const MAX_RULES: usize = 200;
/// Of polls, openers, parameters, subprotocols.
const MAX_ITEMS: usize = 64;
const OPENER_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_TIMEOUT: Duration = Duration::from_secs(3);
/// Names of options that every connector has: no parameter can have them.
const RESERVED: [&str; 10] = [
    "connector",
    "definition",
    "definition_text",
    "name",
    "protocol",
    "url",
    "timeout_ms",
    "stale_after_s",
    "silence_s",
    "subprotocols",
];
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a text.
pub(super) fn definition(text: &str) -> Result<Definition, Vec<Problem>> {
    let problem = |at, text: String| vec![Problem { place: String::new(), at, text }];
    if text.len() > MAX_BYTES {
        return Err(problem(0, format!("has {} bytes; {MAX_BYTES} are the most", text.len())));
    }
    let inner = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut breaches = Breaches::default();
    let json = Json::parse(inner, &mut breaches)
        .map_err(|error| problem(error.at + text.len() - inner.len(), error.what.to_string()))?;
    let problems = Problems::new(text);
    let node = Node::top(&json, &problems);
    for breach in breaches.iter() {
        node.problem(breach.rule());
    }
    let read = node.object(CONNECTOR).and_then(|object| document(&object));
    match read {
        Some(definition) if problems.are_none() => Ok(definition),
        _ => {
            let mut found = problems.into_found();
            order::sort_by(&mut found, |a, b| a.at.cmp(&b.at));
            Err(found)
        }
    }
}

/// Reads all parts before it gives up on any: all problems are wanted.
fn document(object: &Object<'_>) -> Option<Definition> {
    head(object);
    let name = object.required("name").and_then(|name| name.word());
    let version = object.optional("version").and_then(|version| version.whole(0, i64::MAX));
    let parameters = parameters(object);
    let context = Context { parameters: &parameters };
    let url = object.required("url").and_then(|url| address(&url, &context));
    let subprotocols = items(object, "subprotocols").iter().filter_map(subprotocol).collect();
    let openers = items(object, "open").iter().filter_map(|node| opener(node, &context)).collect();
    let polls = items(object, "poll").iter().filter_map(|node| poll(node, &context)).collect();
    let keepalive = object.optional("keepalive").and_then(|node| {
        let members = node.object(KEEPALIVE)?;
        asked(&members, "keepalive".to_owned(), &context)
    });
    let duration = |name| object.optional(name).and_then(|node: Node<'_>| node.duration(1.0, false));
    let (silence, stale_after) = (duration("close_on_silence_s"), duration("stale_after_s"));
    let frame =
        object.optional("frame").and_then(|frame| frame.one_of(&FrameForm::WORDS)).unwrap_or_default();
    let rules = rules(object, context, frame);
    Some(Definition {
        thresholds: thresholds::parse(object),
        description: object.text("description"),
        name: name?.trim().to_owned(),
        version,
        url: url?,
        subprotocols,
        openers,
        polls,
        keepalive,
        silence,
        stale_after,
        frame,
        rules,
        parameters,
    })
}

/// What tells that it is a connector, and of which version.
fn head(object: &Object<'_>) {
    object.text("$schema");
    if let Some(version) = object.required("porthole")
        && version.json.as_whole() != Some(1)
    {
        version.problem("must be 1, the version of the format that this page reads");
    }
    if let Some(kind) = object.required("kind")
        && kind.json.as_text() != Some("connector")
    {
        kind.problem("must be \"connector\"");
    }
}

fn items<'a>(object: &Object<'a>, name: &str) -> Vec<Node<'a>> {
    object.optional(name).map(|node| node.items(MAX_ITEMS)).unwrap_or_default()
}

fn parameters(object: &Object<'_>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for node in items(object, "parameters") {
        let Some(members) = node.object(PARAMETER) else { continue };
        let Some(name_node) = members.required("name") else { continue };
        let Some(name) = name_node.text() else { continue };
        if !is_name(name) {
            name_node.problem("must begin with a small letter and go on with small letters, digits and _");
        } else if BUILT_IN.contains(&name) || name == KEY {
            name_node.problem("is the name of a built-in placeholder");
        } else if RESERVED.contains(&name) {
            name_node.problem("is the name of an option that every connector has");
        } else if parameters.iter().any(|other| other.name == name) {
            name_node.problem("is the name of an earlier parameter");
        }
        let label = members.optional("label").and_then(|label| label.word());
        let is_secret = members.optional("secret").and_then(|secret| secret.bool()).unwrap_or_default();
        if let Some(default) = members.optional("default").filter(|_| is_secret) {
            default.problem("must not stand here: everybody who gets the document would know the secret");
        }
        parameters.push(Parameter {
            name: name.to_owned(),
            label: label.unwrap_or(name).to_owned(),
            hint: members.text("hint"),
            default: members.text("default"),
            is_secret,
        });
    }
    parameters
}

fn address(node: &Node<'_>, context: &Context<'_>) -> Option<String> {
    template(node, context.of_address())?;
    let text = node.word()?.trim();
    let starts_with_parameter = context.parameters.iter().any(|parameter| {
        text.strip_prefix('{')
            .and_then(|rest| rest.strip_prefix(&*parameter.name))
            .is_some_and(|rest| rest.starts_with('}'))
    });
    if !starts_with_parameter && !text.starts_with("ws://") && !text.starts_with("wss://") {
        node.problem("must begin with ws://, wss:// or a {parameter}");
        return None;
    }
    if text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        node.problem("must not have a blank in it");
        return None;
    }
    Some(text.to_owned())
}

/// A token of HTTP (RFC 6455, 4.1 item 10).
fn subprotocol(node: &Node<'_>) -> Option<String> {
    let text = node.word()?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !text.bytes().all(is_token) {
        node.problem("must be letters, digits and !#$%&'*+-.^_`|~, without blanks");
        return None;
    }
    Some(text.to_owned())
}

fn opener(node: &Node<'_>, context: &Context<'_>) -> Option<Opener> {
    let members = node.object(OPENER)?;
    let send = send(&members, context);
    let after = condition(&members, "after", context);
    let timeout = timeout(&members, OPENER_TIMEOUT);
    Some(Opener { send: send?, after, timeout })
}

fn poll(node: &Node<'_>, context: &Context<'_>) -> Option<Poll> {
    let members = node.object(POLL)?;
    let name = members.optional("name").and_then(|name| name.word());
    asked(&members, name.unwrap_or_else(|| node.place()).to_owned(), context)
}

/// What polls and the keep-alive have in common.
fn asked(members: &Object<'_>, name: String, context: &Context<'_>) -> Option<Poll> {
    let send = send(members, context);
    let every = members.required("every_s").and_then(|every| every.duration(1.0, false));
    let response = condition(members, "response", context);
    let timeout = timeout(members, POLL_TIMEOUT);
    Some(Poll { name, send: send?, every: every?, response, timeout })
}

fn send(members: &Object<'_>, context: &Context<'_>) -> Option<Message> {
    Message::parse(&members.required("send")?, members.optional("as"), context.of_message())
}

/// `{"match": C}`
fn condition(members: &Object<'_>, name: &str, context: &Context<'_>) -> Option<Condition> {
    let matched = members.optional(name)?.object(MATCH)?.required("match")?;
    Condition::parse(&matched, context.of_message())
}

fn timeout(members: &Object<'_>, default: Duration) -> Duration {
    members.optional("timeout_ms").and_then(|node| node.duration(0.001, false)).unwrap_or(default)
}

fn rules(object: &Object<'_>, context: Context<'_>, form: FrameForm) -> Vec<Rule> {
    let mut reader = RuleContext { context, form, stores: Vec::new() };
    let mut rules = Vec::new();
    let mut count = 0;
    for (name, is_message) in [("messages", true), ("extract", false)] {
        let Some(list) = object.optional(name) else { continue };
        let nodes = list.items(MAX_RULES);
        count += nodes.len();
        if count > MAX_RULES {
            list.problem(&format!("makes {count} rules; {MAX_RULES} are the most"));
            break;
        }
        rules.extend(nodes.iter().filter_map(|node| reader.rule(node, is_message)));
    }
    rules
}
