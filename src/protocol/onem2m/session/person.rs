//! What a person asks for: readings, writes, commands, a look at a resource.

use super::ask::{Ask, Filter, list, quoted};
use super::asks::{Job, Way};
use super::explore::look;
use super::purpose::{Purpose, Wish};
use super::tree::{Deed, OWN_PREFIX, has_data};
use super::{OneM2mSession, Phase, refusal};
use crate::model::base64;
use crate::model::event::{Outcome, Request, RequestId};
use crate::model::json::{Breaches, Json, write_number};
use crate::model::time::Now;
use crate::model::value::Value;
use crate::protocol::onem2m::content::{self, Notation};
use crate::protocol::onem2m::primitive::{Response, member, member_json};
use crate::protocol::onem2m::resource::{
    AE, CONTAINER, CONTENT_INSTANCE, CSE_BASE, FLEX_CONTAINER, GROUP, SUBSCRIPTION, code_name, items,
    long_name, number, only, text, tree_types,
};
use crate::protocol::{Frame, Output};

/// So many addresses of what was made here are remembered.
const MADE_MOST: usize = 500;
/// References to what is below (TS-0004, 6.3.4.2.7).
const RCN_REFERENCES: u8 = 6;
/// Beyond it a double does not tell neighbouring whole numbers apart.
const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;
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
            | Request::Logging { .. } => {}
        }
        let is_ready = matches!(self.phase, Phase::Exploring | Phase::Subscribing | Phase::Running);
        match self.job_of(id, &request) {
            Ok(_) if !is_ready => self.not_sent(id, NOT_READY),
            Ok(job) => {
                self.ask_by(job.way, job.purpose, job.ask);
                self.send_next(now);
            }
            Err(why) => self.not_sent(id, &why),
        }
    }

    /// Keeps the wish to see a channel, and does what can be done about it now.
    fn choose(&mut self, now: Now, id: RequestId, channel: usize, on: bool) {
        let Some(path) = self.tree.catalog.channels.get(channel).map(|channel| channel.path.clone()) else {
            return self.not_sent(id, GONE);
        };
        self.chosen.retain(|(other, _)| *other != path);
        self.chosen.push((path, on));
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
        let node_of = |channel: usize| {
            let index = self.tree.node_of.get(channel).copied().ok_or_else(|| GONE.to_owned())?;
            Ok::<_, String>((index, self.tree.nodes.get(index).ok_or_else(|| GONE.to_owned())?))
        };
        let group = |index: usize| self.tree.nodes.get(index).ok_or_else(|| GONE.to_owned());
        let (wish, ask) = match request {
            Request::Read { channel } => {
                let (index, node) = node_of(*channel)?;
                let to =
                    if node.ty == FLEX_CONTAINER { node.path.clone() } else { [&node.path, "/la"].concat() };
                (Wish::Read(index), Ask::retrieve(to))
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
            Request::Subscribe { .. } | Request::Raw { .. } => {
                return Err("it is not one request of a kind".to_owned());
            }
        };
        let way = if self.settings.hybrid { Way::Http } else { Way::Socket };
        Ok(Job { ask, purpose: Purpose::Person(id, wish), way, again: false })
    }

    fn write(&self, channel: usize, value: &Value) -> Result<(Wish, Ask), String> {
        let index = self.tree.node_of.get(channel).copied().ok_or_else(|| GONE.to_owned())?;
        let node = self.tree.nodes.get(index).ok_or_else(|| GONE.to_owned())?;
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
        let is_encoded = matches!(node.info.split(':').nth(1), Some("1" | "2"));
        if is_encoded {
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
        let root = self.tree.nodes.first().map_or("-", |node| &node.path).to_owned();
        let discovery = |types: Vec<u32>, labels: Vec<String>, created_after: Option<String>| {
            let filter = Filter { discovery: true, types, labels, created_after, ..Filter::default() };
            Ask::retrieve(root.clone()).rcn(RCN_REFERENCES).filter(filter)
        };
        match self.tree.deeds.get(command).ok_or_else(|| GONE.to_owned())? {
            Deed::Discover => {
                let ty = match argument.and_then(|argument| field(argument, "type")) {
                    Some(Value::Enum { code, .. }) => u32::try_from(*code).unwrap_or(0),
                    _ => 0,
                };
                let types = if ty == 0 { tree_types(&self.supported) } else { vec![ty] };
                let labels = words(argument, "label");
                let after = words(argument, "created_after").join(",");
                let after = crate::protocol::onem2m::time::parse(&after).map(|_| after.clone()).map_or_else(
                    || {
                        if after.is_empty() {
                            Ok(None)
                        } else {
                            Err(format!("\"{after}\" is no time; write 20261120T201707"))
                        }
                    },
                    |after| Ok(Some(after)),
                )?;
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

    /// What a person asked for was answered.
    pub(super) fn answered(
        &mut self,
        now: Now,
        request: RequestId,
        wish: &Wish,
        ask: &Ask,
        response: &Response<'_>,
    ) {
        let done = |value: Option<Value>| Outcome::Done { value, data_type: None };
        // Its creation may have been run twice: then the second finds what the first has made.
        if let (Wish::Write(index), 4_105) = (wish, response.code)
            && let Some(path) = Self::made_by(ask)
        {
            let wish = Wish::Verify { node: *index, content: ask.content.clone() };
            return self.ask(Purpose::Person(request, wish), Ask::retrieve(path));
        }
        if !response.is_good() {
            if let Wish::Clean { rest, gone } = wish {
                return self.clean_on(request, rest.clone(), *gone);
            }
            if let Wish::Expand(index) = wish {
                self.expanded(now, *index, response);
            }
            return self.reply(request, refusal(response));
        }
        let found = only(&response.content);
        match wish {
            Wish::Read(index) => {
                if let Some((_, resource)) = found {
                    self.read_again(now, *index, resource);
                }
                self.reply(request, done(None));
            }
            Wish::Write(index) => {
                if let Some(path) = Self::made_by(ask) {
                    self.remember_made(path);
                }
                let value = found.and_then(|(_, resource)| self.read_back(*index, ask, resource));
                self.reply(request, done(value));
            }
            Wish::Verify { node: index, content: written } => {
                let wanted = Json::parse(written, &mut Breaches::default()).ok();
                let wanted = wanted.as_ref().and_then(only).and_then(|(_, instance)| instance.get("con"));
                let there = found.and_then(|(_, instance)| instance.get("con"));
                if wanted.is_some() && wanted == there {
                    self.remember_made(ask.to.clone());
                    let value = found.and_then(|(_, resource)| self.read_back(*index, ask, resource));
                    self.reply(request, done(value));
                } else {
                    self.reply(request, Outcome::Refused { class: code_name(4_105), text: String::new() });
                }
            }
            Wish::Inspect => {
                self.reply(request, done(found.map(|(name, resource)| attributes(name, resource))));
            }
            Wish::Expand(index) => {
                self.expanded(now, *index, response);
                self.reply(request, done(None));
            }
            Wish::MakeContainer => {
                if let Some(path) = Self::made_by(ask) {
                    self.remember_made(path.clone());
                    let parent = self.tree.find(&ask.to).or(Some(0));
                    if let Some(made) = self.tree.add(&path, CONTAINER, parent, false) {
                        self.is_deep = false;
                        self.frontier.push_back(made);
                    }
                }
                self.reply(request, done(None));
            }
            Wish::Delete(path) => {
                self.made.retain(|made| made != path);
                if let Some(index) = self.tree.find(path) {
                    let gone = Response { code: 4_004, id: None, content: Json::Null, made: None };
                    self.is_gone(now, index, &gone);
                    self.tree.hide(index);
                }
                self.reply(request, done(None));
            }
            Wish::Discover => {
                let paths = self.take_found(&response.content);
                self.reply(request, done(Some(Value::Json(list(paths.iter().map(|path| quoted(path)))))));
            }
            Wish::FindLeftovers { clean } => {
                let own = self.own_name();
                let mut paths = references(&response.content);
                paths.retain(|(path, _)| !path.contains(&own));
                let paths: Vec<String> = paths.into_iter().map(|(path, _)| path).collect();
                if *clean {
                    self.clean_on(request, paths, 0);
                } else {
                    self.reply(request, done(Some(Value::Json(list(paths.iter().map(|path| quoted(path)))))));
                }
            }
            Wish::Clean { rest, gone } => self.clean_on(request, rest.clone(), gone + 1),
        }
    }

    /// Removes the next of what was left.
    fn clean_on(&mut self, request: RequestId, mut rest: Vec<String>, gone: usize) {
        let Some(path) = rest.pop() else {
            let value = Some(Value::Json(format!("{{\"removed\":{gone}}}")));
            return self.reply(request, Outcome::Done { value, data_type: None });
        };
        self.ask(Purpose::Person(request, Wish::Clean { rest, gone }), Ask::delete(path));
    }

    /// A person asked for it, so it is told though it may be the same as before.
    fn read_again(&mut self, now: Now, index: usize, resource: &Json<'_>) {
        if !self.has_instances(index) {
            if let Some(node) = self.tree.nodes.get_mut(index) {
                node.watch.newest = None;
            }
            return self.flex_container_state(now, index, resource);
        }
        let Some(instance) = self.read_instance(now, index, resource) else { return };
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        if node.watch.is_newest(&instance) && !node.watch.is_filling {
            node.watch.is_new(&instance.id);
            self.tell_instances(now, index, vec![instance]);
        }
    }

    /// What the CSE says it has after a write.
    fn read_back(&self, index: usize, ask: &Ask, resource: &Json<'_>) -> Option<Value> {
        if self.is_container(index) {
            return Some(content::read(resource.get("con")?, text(resource, "cnf")).0);
        }
        let written = Json::parse(&ask.content, &mut Breaches::default()).ok()?;
        let (_, attributes) = only(&written)?;
        let Json::Object(members) = attributes else { return None };
        let (name, _) = members.first()?;
        Some(content::bare(resource.get(name)?))
    }

    /// The address of what a request makes.
    fn made_by(ask: &Ask) -> Option<String> {
        ask.ty?;
        let content = Json::parse(&ask.content, &mut Breaches::default()).ok()?;
        let (_, resource) = only(&content)?;
        Some([&ask.to, "/", text(resource, "rn")].concat())
    }

    fn remember_made(&mut self, path: String) {
        if self.made.len() >= MADE_MOST {
            self.made.remove(0);
        }
        self.made.push(path);
    }

    /// Adds what was found to the tree, below the nearest node that is known.
    fn take_found(&mut self, content: &Json<'_>) -> Vec<String> {
        let found = references(content);
        self.is_deep = false;
        for (path, ty) in &found {
            let mut parents = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
            let parent = parents.find_map(|parent| self.tree.find(parent)).unwrap_or(0);
            let own = path.contains(OWN_PREFIX);
            if let Some(index) = self.tree.add(path, *ty, Some(parent), own)
                && has_data(*ty)
                && !self.tree.nodes.get(index).is_some_and(|node| node.is_explored)
            {
                self.frontier.push_back(index);
            }
        }
        found.into_iter().map(|(path, _)| path).collect()
    }
}

/// Structured addresses and types of a list of references: `m2m:rrl`, or addresses alone: `m2m:uril`.
fn references(content: &Json<'_>) -> Vec<(String, u32)> {
    // `/<CSE-ID>/` in front of a structured address says nothing more.
    let structured = |address: &str| {
        let path =
            address.strip_prefix('/').and_then(|rest| rest.split_once('/')).map_or(address, |(_, path)| path);
        path.to_owned()
    };
    if let Some(rich) = content.get("m2m:rrl") {
        let references = match rich {
            Json::Array(items) => items.as_slice(),
            _ => items(rich, "rrf"),
        };
        return references
            .iter()
            .filter_map(|reference| {
                let ty = u32::try_from(number(reference, "typ")?).ok()?;
                Some((structured(text(reference, "val")), ty))
            })
            .filter(|(path, ty)| !path.is_empty() && *ty != CSE_BASE)
            .collect();
    }
    items(content, "m2m:uril").iter().filter_map(Json::as_text).map(|path| (structured(path), 0)).collect()
}

/// A resource as a record: attributes with their long names where they have one.
fn attributes(name: &str, resource: &Json<'_>) -> Value {
    let mut members = vec![("resource".to_owned(), Value::Text(name.to_owned()))];
    if let Json::Object(attributes) = resource {
        for (name, value) in attributes {
            let title = long_name(name).map_or_else(|| name.to_string(), |long| format!("{name} · {long}"));
            members.push((title, content::bare(value)));
        }
    }
    Value::Record(members)
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
