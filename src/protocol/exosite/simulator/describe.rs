//! What can be learned of resources: `info`, `listing`, `usage` ("Resources").

use super::answer::{Answer, Outcome, Refusal, Status};
use super::json::{Value, count, is_true, object, set, text, whole};
use super::request::Arguments;
use super::service::Service;
use super::session::{Caller, Need};
use super::tree::{Id, KeyState, Kind, Resource};
use crate::model::json::Json;

/// The parts of `info`, in the order of the answer.
const PARTS: [&str; 11] = [
    "aliases",
    "basic",
    "counts",
    "description",
    "key",
    "shares",
    "storage",
    "subscribers",
    "tagged",
    "tags",
    "usage",
];
/// What is counted besides resources. Nothing of it is ever sent.
const CONSUMABLES: [&str; 4] = ["email", "http", "sms", "xmpp"];

impl Service {
    /// Without options everything is told. What a resource does not have, or the caller may not see, is left out,
    /// but for aliases: they are "undefined" then.
    pub(super) fn info(&self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let id = self.resource(caller, arguments.at(0)?, Need::See)?;
        let options = arguments.options(1)?;
        let all = *options == Json::Object(Vec::new());
        let parts = PARTS.into_iter().filter(|part| all || is_true(options, part));
        let told = parts.filter_map(|part| Some((part, self.info_part(caller, id, part)?)));
        Ok(Answer::Result(object(told.collect())))
    }

    fn info_part(&self, caller: &Caller, id: Id, part: &str) -> Option<Value> {
        let resource = self.tree.get(id)?;
        let is_client = resource.kind == Kind::Client;
        let is_direct_owner = resource.owner == Some(caller.client);
        let is_near = is_direct_owner || id == caller.client;
        Some(match part {
            "aliases" if is_near => self.aliases(resource, id),
            "aliases" => text("undefined"),
            "basic" => self.basic(resource),
            "counts" if is_client => self.counts(&[id]),
            "usage" if is_client => self.counts(&self.tree.below(id)),
            "description" => resource.description.clone(),
            "key" if is_client && is_direct_owner => text(&resource.key),
            "shares" if is_near => self.shares_of(id),
            "storage" if !is_client => storage(resource),
            "subscribers" => Json::Array(
                self.subscribers(&resource.rid)
                    .map(|listener| Json::Array(vec![text(listener.kind.word()), text(&listener.rid)]))
                    .collect(),
            ),
            "tagged" if is_near => Json::Array(Vec::new()),
            "tags" => Json::Array(Vec::new()),
            _ => return None,
        })
    }

    /// Of a client the names that it has given; of another resource the names that its owner calls it by.
    fn aliases(&self, resource: &Resource, id: Id) -> Value {
        let names = |client: &Resource, id: Id| Json::Array(client.names_of(id).map(text).collect());
        if resource.kind != Kind::Client {
            let owner = resource.owner.and_then(|owner| self.tree.get(owner));
            return owner.map_or(Json::Null, |owner| names(owner, id));
        }
        let mut aliases = object(Vec::new());
        for (_, named) in &resource.aliases {
            set(&mut aliases, self.tree.rid(*named), names(resource, *named));
        }
        aliases
    }

    fn basic(&self, resource: &Resource) -> Value {
        let mut members = vec![("modified", whole(resource.modified))];
        let status = match (resource.kind, resource.key_state) {
            (Kind::Dataport | Kind::Datarule, _) => None,
            (Kind::Client | Kind::Dispatch, _) if is_true(&resource.description, "locked") => Some("locked"),
            (Kind::Client, KeyState::New | KeyState::Expired) => Some("notactivated"),
            (Kind::Client, KeyState::Activated) | (Kind::Dispatch, _) => Some("activated"),
        };
        members.extend(status.map(|status| ("status", text(status))));
        members.push(("subscribers", count(self.subscribers(&resource.rid).count())));
        members.push(("type", text(resource.kind.word())));
        object(members)
    }

    /// The resources whose description says that they subscribe to another one.
    fn subscribers(&self, rid: &str) -> impl Iterator<Item = &Resource> {
        self.tree.all().map(|(_, resource)| resource).filter(move |listener| {
            listener.description.get("subscribe").and_then(Json::as_text) == Some(rid)
        })
    }

    /// How much of everything some resources own.
    fn counts(&self, owners: &[Id]) -> Value {
        let of = |kind: Kind| owners.iter().map(|owner| self.tree.owned(*owner, kind)).sum();
        let series = owners.iter().flat_map(|owner| self.tree.children(*owner));
        let disk = series.filter_map(|id| self.tree.get(*id)).map(|resource| resource.series.bytes()).sum();
        let mut members: Vec<_> = Kind::ALL.into_iter().map(|kind| (kind.word(), count(of(kind)))).collect();
        members.extend([("disk", count(disk)), ("share", count(self.shares_within(owners)))]);
        members.extend(CONSUMABLES.map(|name| (name, whole(0))));
        object(members)
    }

    fn shares_within(&self, owners: &[Id]) -> usize {
        let owner = |resource: Id| self.tree.owner(resource);
        self.shares
            .iter()
            .filter(|share| owner(share.resource).is_some_and(|id| owners.contains(&id)))
            .count()
    }

    fn shares_of(&self, id: Id) -> Value {
        let shares = self.shares.iter().filter(|share| share.resource == id).map(|share| {
            let activator = share.activator.map_or(Json::Null, |id| text(self.tree.rid(id)));
            object(vec![("activator", activator), ("code", text(&share.code)), ("meta", text(&share.meta))])
        });
        Json::Array(shares.collect())
    }

    /// In its present form an object by type; without options a list of lists, which is deprecated. So is leaving
    /// out the client.
    pub(super) fn listing(&self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (client, arguments) = match arguments.0.split_first() {
            Some((Json::Array(_), _)) => (None, arguments),
            Some((client, others)) => (Some(client), Arguments(others)),
            None => return Err(Refusal::Arguments),
        };
        let client = self.client_or_caller(caller, client)?;
        let Json::Array(words) = arguments.at(0)? else { return Err(Refusal::Arguments) };
        let wrong = Refusal::Words("types are client, dataport, datarule and dispatch");
        let mut kinds = Vec::new();
        for word in words {
            let kind = word.as_text().and_then(Kind::from_word).ok_or_else(|| wrong.clone())?;
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let options = arguments.options(1)?;
        let listed = self.listed(client, options);
        let of = |kind: Kind| {
            let of_kind = listed.iter().filter(|id| self.tree.is(**id, kind));
            Json::Array(of_kind.map(|id| text(self.tree.rid(*id))).collect())
        };
        Ok(Answer::Result(if arguments.0.len() > 1 {
            object(kinds.into_iter().map(|kind| (kind.word(), of(kind))).collect())
        } else {
            Json::Array(kinds.into_iter().map(of).collect())
        }))
    }

    /// What a client owns, has activated or has a name for, and what is public; each once.
    fn listed(&self, client: Id, options: &Json<'_>) -> Vec<Id> {
        let mut listed = Vec::new();
        if is_true(options, "owned") || *options == Json::Object(Vec::new()) {
            listed.extend(self.tree.children(client));
        }
        if is_true(options, "activated") {
            let shares = self.shares.iter().filter(|share| share.activator == Some(client));
            listed.extend(shares.map(|share| share.resource));
        }
        if is_true(options, "aliased") {
            let aliases = self.tree.get(client).map(|client| &client.aliases);
            listed.extend(aliases.into_iter().flatten().map(|(_, id)| *id));
        }
        if is_true(options, "public") {
            let public = self.tree.all().filter(|(_, resource)| is_true(&resource.description, "public"));
            listed.extend(public.map(|(id, _)| id));
        }
        let mut once = Vec::new();
        for id in listed {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        once
    }

    /// Of entities the number times the seconds of the window; consumables are never used here, but for shares.
    pub(super) fn usage(&self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let client = self.client(caller, arguments.at(0)?, Need::See)?;
        let (metric, start, end) = (arguments.text(1)?, arguments.number(2)?, arguments.number(3)?);
        let below = self.tree.below(client);
        if end < start {
            return Err(Status::Invalid.into());
        }
        if let Some(kind) = Kind::from_word(metric) {
            let owned: usize = below.iter().map(|owner| self.tree.owned(*owner, kind)).sum();
            return Ok(Answer::Result(whole((owned as f64 * (end - start)) as i64)));
        }
        match metric {
            "share" => Ok(Answer::Result(count(self.shares_within(&below)))),
            metric if CONSUMABLES.contains(&metric) => Ok(Answer::Result(whole(0))),
            _ => Err(Status::Invalid.into()),
        }
    }
}

fn storage(resource: &Resource) -> Value {
    let series = &resource.series;
    let (first, last) = (series.first(), series.last());
    object(vec![
        ("count", count(series.len())),
        ("first", whole(first.map_or(0, |point| point.at))),
        ("last", whole(last.map_or(0, |point| point.at))),
        ("size", count(series.bytes())),
    ])
}
