//! What came of what a person asked for.

use super::ask::{Ask, list, quoted};
use super::purpose::{Purpose, Wish};
use super::tree::{OWN_PREFIX, has_data};
use super::{OneM2mSession, refusal};
use crate::model::event::{Outcome, RequestId};
use crate::model::json::{Breaches, Json};
use crate::model::time::Now;
use crate::model::value::Value;
use crate::protocol::onem2m::content;
use crate::protocol::onem2m::primitive::Response;
use crate::protocol::onem2m::resource::{
    CONTAINER, CSE_BASE, code_name, items, long_name, number, only, text,
};

/// So many addresses of what was made here are remembered.
const MADE_MOST: usize = 500;

impl OneM2mSession {
    /// What a person asked for was answered.
    pub(super) fn answered(
        &mut self,
        now: Now,
        request: RequestId,
        wish: Wish,
        ask: &Ask,
        response: &Response<'_>,
    ) {
        let done = |value: Option<Value>| Outcome::Done { value, data_type: None };
        // Its creation may have been run twice: then the second finds what the first has made.
        if let (Wish::Write(node), 4_105) = (&wish, response.code)
            && let Some(path) = Self::made_by(ask)
        {
            let wish = Wish::Verify { node: *node, content: ask.content.clone() };
            return self.ask(Purpose::Person(request, wish), Ask::retrieve(path));
        }
        if !response.is_good() {
            if let Wish::Clean { rest, gone } = wish {
                return self.clean_on(request, rest, gone);
            }
            if let Wish::Expand(index) = wish {
                self.expanded(now, index, response);
            }
            return self.reply(request, refusal(response));
        }
        let found = only(&response.content);
        match wish {
            Wish::Read(index) => {
                if let Some((_, resource)) = found {
                    self.read_again(now, index, resource);
                }
                self.reply(request, done(None));
            }
            Wish::Write(index) => {
                if let Some(path) = Self::made_by(ask) {
                    self.remember_made(path);
                }
                let value = found.and_then(|(_, resource)| self.read_back(index, ask, resource));
                self.reply(request, done(value));
            }
            Wish::Verify { node: index, content: written } => {
                let wanted = Json::parse(&written, &mut Breaches::default()).ok();
                let wanted = wanted.as_ref().and_then(only).and_then(|(_, instance)| instance.get("con"));
                let there = found.and_then(|(_, instance)| instance.get("con"));
                if wanted.is_some() && wanted == there {
                    self.remember_made(ask.to.clone());
                    let value = found.and_then(|(_, resource)| self.read_back(index, ask, resource));
                    self.reply(request, done(value));
                } else {
                    self.reply(request, Outcome::Refused { class: code_name(4_105), text: String::new() });
                }
            }
            Wish::Inspect => {
                self.reply(request, done(found.map(|(name, resource)| attributes(name, resource))));
            }
            Wish::Expand(index) => {
                self.expanded(now, index, response);
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
                self.made.retain(|made| *made != path);
                if let Some(index) = self.tree.find(&path) {
                    self.is_gone(now, index, &Response::of(4_004));
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
                if clean {
                    self.clean_on(request, paths, 0);
                } else {
                    self.reply(request, done(Some(Value::Json(list(paths.iter().map(|path| quoted(path)))))));
                }
            }
            Wish::Clean { rest, gone } => self.clean_on(request, rest, gone + 1),
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
