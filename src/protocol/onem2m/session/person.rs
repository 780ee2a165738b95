//! What a person asks for: readings, writes, commands, a look at a resource.

use super::ask::{Ask, Filter, list, quoted};
use super::asks::Job;
use super::explore::look;
use super::purpose::{Purpose, Wish};
use super::tree::{Deed, Node};
use super::{OneM2mSession, Phase};
use crate::model::base64;
use crate::model::event::{Outcome, Request, RequestId};
use crate::model::json::{Breaches, Json, WHOLE_LIMIT, write_number};
use crate::model::time::Now;
use crate::model::value::Value;
use crate::protocol::NOT_PAUSABLE;
use crate::protocol::onem2m::content::{Notation, is_base64};
use crate::protocol::onem2m::primitive::{member, member_json};
use crate::protocol::onem2m::resource::{
    AE, CONTAINER, CONTENT_INSTANCE, FLEX_CONTAINER, GROUP, SUBSCRIPTION, tree_types,
};
use crate::protocol::onem2m::time;
use crate::protocol::{Frame, Output};

/// References to what is below (TS-0004, 6.3.4.2.7).
const RCN_REFERENCES: u8 = 6;
const NOT_READY: &str = "the connection is not ready yet";
const GONE: &str = "the CSE does not offer it any more";

impl OneM2mSession {
    pub(super) fn request(&mut self, now: Now, id: RequestId, request: Request) {
        match request {
            Request::Subscribe { channel, on } => return self.choose(now, id, channel, on),
            Request::Raw { text } => return self.raw(now, id, text),
            Request::Read { .. }
            | Request::Write { .. }
            | Request::Check { .. }
            | Request::Execute { .. }
            | Request::Expand { .. }
            | Request::Inspect { .. }
            | Request::Pause { .. }
            | Request::Logging { .. } => {}
        }
        match self.job_of(id, &request) {
            Ok(_) if !self.is_ready() => self.not_sent(id, NOT_READY),
            Ok(job) => {
                self.ask_by(job.way, job.purpose, job.ask);
                self.send_next(now);
            }
            Err(why) => self.not_sent(id, &why),
        }
    }

    /// Keeps the wish to see a channel, and does what can be done about it now.
    fn choose(&mut self, now: Now, id: RequestId, channel: usize, on: bool) {
        let Some(path) = self.tree.catalog.channels.get(channel).map(|channel| &channel.path) else {
            return self.not_sent(id, GONE);
        };
        self.chosen.insert(path, usize::from(on));
        self.reply(id, Outcome::Done { value: None, data_type: None });
        let node = self.tree.node_of.get(channel).copied();
        if let (Some(node), Phase::Subscribing | Phase::Running) = (node, self.phase) {
            self.want(node);
            self.send_next(now);
        }
    }

    /// A line goes out as it was typed; an answer to it is told where it names itself.
    fn raw(&mut self, now: Now, id: RequestId, text: String) {
        if matches!(self.phase, Phase::Closed | Phase::Over) {
            return self.not_sent(id, NOT_READY);
        }
        let parsed = Json::parse(&text, &mut Breaches::default()).ok();
        let name =
            parsed.as_ref().and_then(|json| json.get("rqi")).and_then(Json::as_text).map(str::to_owned);
        let is_request = parsed.as_ref().is_some_and(|json| json.get("op").is_some());
        self.outbox.push(Output::Send(Frame::Text(text)));
        match name.filter(|_| is_request) {
            Some(name) => self.raw.push((name, id, now.instant)),
            None => self.reply(id, Outcome::Done { value: None, data_type: None }),
        }
    }

    /// What is asked of the CSE for a request, or why nothing can be.
    pub(super) fn job_of(&self, id: RequestId, request: &Request) -> Result<Job, String> {
        let group = |index: usize| self.tree.nodes.get(index).ok_or_else(|| GONE.to_owned());
        let (wish, ask) = match request {
            Request::Read { channel } => {
                let (index, node) = self.node_of(*channel)?;
                (Wish::Read(index), node.latest())
            }
            Request::Write { channel, value } => self.write(*channel, value)?,
            Request::Expand { group: index } => {
                (Wish::Expand(*index), look(&group(*index)?.path, &self.supported))
            }
            Request::Inspect { group: index } => (Wish::Inspect, Ask::retrieve(group(*index)?.path.clone())),
            Request::Execute { command, argument } => self.execute(*command, argument.as_ref())?,
            Request::Check { .. } => {
                return Err("a CSE cannot be asked whether it would take a value".to_owned());
            }
            Request::Logging { .. } => return Err("a CSE has no log for its clients".to_owned()),
            Request::Pause { .. } => return Err(NOT_PAUSABLE.to_owned()),
            Request::Subscribe { .. } | Request::Raw { .. } => {
                return Err("it is not one request of a kind".to_owned());
            }
        };
        Ok(Job { ask, purpose: Purpose::Person(id, wish), way: self.way(), again: false })
    }

    /// The node of a channel, and its index.
    fn node_of(&self, channel: usize) -> Result<(usize, &Node), String> {
        let index = self.tree.node_of.get(channel).copied();
        let found = index.and_then(|index| Some((index, self.tree.nodes.get(index)?)));
        found.ok_or_else(|| GONE.to_owned())
    }

    fn write(&self, channel: usize, value: &Value) -> Result<(Wish, Ask), String> {
        let (index, node) = self.node_of(channel)?;
        let (name, _) = node.channels.iter().find(|(_, at)| *at == channel).ok_or_else(|| GONE.to_owned())?;
        if node.ty == FLEX_CONTAINER {
            let mut attributes = "{".to_owned();
            member_json(&mut attributes, name, &json_of(value)?);
            attributes.push('}');
            let content = ["{", &quoted(&node.wire_name), ":", &attributes, "}"].concat();
            return Ok((Wish::Write(index), Ask::update(node.path.clone(), content)));
        }
        if node.ty != CONTAINER {
            return Err("only containers and flexContainers are written here".to_owned());
        }
        let mut instance = "{".to_owned();
        // A name of its own: a CSE that runs it twice makes one.
        member(
            &mut instance,
            "rn",
            &format!("{}-{}-{}", self.own_name(), self.now.wall.0 / 1000, self.asks.next_number()),
        );
        let plain = json_of(value)?;
        if is_base64(&node.info) {
            let bytes = match value {
                Value::Bytes(bytes) => bytes.clone(),
                _ => text_of(value, plain).into_bytes(),
            };
            member(&mut instance, "con", &base64::encode(&bytes));
        } else if node.notation == Notation::Quoted {
            member(&mut instance, "con", &text_of(value, plain));
        } else {
            member_json(&mut instance, "con", &plain);
        }
        if !node.info.is_empty() {
            member(&mut instance, "cnf", &node.info);
        }
        instance.push('}');
        let content = ["{\"m2m:cin\":", &instance, "}"].concat();
        Ok((Wish::Write(index), Ask::create(node.path.clone(), CONTENT_INSTANCE, content).rcn(1)))
    }

    fn execute(&self, command: usize, argument: Option<&Value>) -> Result<(Wish, Ask), String> {
        let root = self.tree.root();
        let discovery = |types: Vec<u32>, labels: Vec<String>, created_after: Option<String>| {
            let filter = Filter { discovery: true, types, labels, created_after, ..Filter::default() };
            Ask::retrieve(root).rcn(RCN_REFERENCES).filter(filter)
        };
        match self.tree.deeds.get(command).ok_or_else(|| GONE.to_owned())? {
            Deed::Discover => {
                let ty = match argument.and_then(|argument| field(argument, "type")) {
                    Some(Value::Enum { code, .. }) => u32::try_from(*code).unwrap_or(0),
                    _ => 0,
                };
                let types = if ty == 0 { tree_types(&self.supported) } else { vec![ty] };
                let labels = words(argument, "label");
                let after = words(argument, "created_after").pop();
                if let Some(wrong) = after.as_deref().filter(|after| time::parse(after).is_none()) {
                    return Err(format!("\"{wrong}\" is no time; write 20261120T201707"));
                }
                Ok((Wish::Discover, discovery(types, labels, after)))
            }
            deed @ (Deed::FindLeftovers | Deed::Clean) => {
                let clean = *deed == Deed::Clean;
                let ask = discovery(vec![AE, GROUP, SUBSCRIPTION], vec!["porthole".to_owned()], None);
                Ok((Wish::FindLeftovers { clean }, ask))
            }
            Deed::Delete => {
                let Some(Value::Text(path)) = argument else { return Err("it needs an address".to_owned()) };
                let path = path.trim();
                let is_own = |made: &String| {
                    path == made || path.strip_prefix(made).is_some_and(|rest| rest.starts_with('/'))
                };
                if !self.made.iter().any(is_own) {
                    let made = if self.made.is_empty() { "nothing".to_owned() } else { self.made.join(", ") };
                    return Err(format!("this page has not made {path}; it has made {made}"));
                }
                Ok((Wish::Delete(path.to_owned()), Ask::delete(path)))
            }
            Deed::MakeContainer => {
                let parent = words(argument, "parent").concat();
                if parent.is_empty() {
                    return Err(format!("below which resource? give its address, e.g. {root}/…"));
                }
                let name = words(argument, "name").concat();
                let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                if name.is_empty() || !name.chars().all(is_name) {
                    return Err("a name has letters, digits, and - _ . alone".to_owned());
                }
                let mut container = "{".to_owned();
                member(&mut container, "rn", &name);
                let labels = words(argument, "label");
                if !labels.is_empty() {
                    member_json(&mut container, "lbl", &list(labels.iter().map(|label| quoted(label))));
                }
                if let Some(Value::Integer(most)) =
                    argument.and_then(|argument| field(argument, "max_instances"))
                {
                    member_json(&mut container, "mni", &most.to_string());
                }
                container.push('}');
                let content = ["{\"m2m:cnt\":", &container, "}"].concat();
                Ok((Wish::MakeContainer, Ask::create(parent, CONTAINER, content).rcn(1)))
            }
        }
    }
}

/// A value as JSON.
fn json_of(value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(on) => if *on { "true" } else { "false" }.to_owned(),
        Value::Integer(whole) => whole.to_string(),
        // An attribute that is a whole number takes no other, and one that is not takes whole ones too.
        Value::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE_LIMIT => {
            (*number as i64).to_string()
        }
        Value::Number(number) if number.is_finite() => {
            let mut out = String::new();
            write_number(*number, &mut out);
            out
        }
        Value::Number(_) => return Err("JSON has no word for NaN and the infinities".to_owned()),
        Value::Enum { code, .. } => code.to_string(),
        Value::Text(text) => quoted(text),
        Value::Json(json) => json.clone(),
        Value::Bytes(bytes) => quoted(&base64::encode(bytes)),
        Value::Array(items) => {
            let items: Result<Vec<String>, String> = items.iter().map(json_of).collect();
            list(items?.into_iter())
        }
        Value::Record(members) => {
            let mut out = "{".to_owned();
            for (name, value) in members {
                member_json(&mut out, name, &json_of(value)?);
            }
            out.push('}');
            out
        }
        Value::Matrix { .. } => return Err("a grid of numbers is not written to a CSE".to_owned()),
    })
}

/// A value as the text that stands for it.
fn text_of(value: &Value, json: String) -> String {
    match value {
        Value::Text(text) => text.clone(),
        _ => json,
    }
}

fn field<'v>(argument: &'v Value, name: &str) -> Option<&'v Value> {
    match argument {
        Value::Record(members) => members.iter().find(|(other, _)| other == name).map(|(_, value)| value),
        _ => None,
    }
}

/// The text of a field; none where it is left out or empty.
fn words(argument: Option<&Value>, name: &str) -> Vec<String> {
    match argument.and_then(|argument| field(argument, name)) {
        Some(Value::Text(text)) if !text.trim().is_empty() => vec![text.trim().to_owned()],
        _ => Vec::new(),
    }
}
