//! The arguments of procedures, as JSON.

use super::{Part, Procedure, Relation};
use crate::protocol::exosite::answer::CallId;
use crate::protocol::exosite::resource::ResourceId;
use crate::protocol::exosite::write::{Object, list, quoted};

impl Procedure {
    /// Its arguments, as JSON.
    pub fn arguments(&self) -> String {
        let arguments = match self {
            Self::Read { resource, window } => vec![resource.to_json(), window.to_json()],
            Self::Write { resource, value } => vec![resource.to_json(), value.clone()],
            Self::WriteGroup { values } => {
                let pair = |(resource, value): &(ResourceId, String)| {
                    list([resource.to_json(), value.clone()].into_iter())
                };
                vec![list(values.iter().map(pair))]
            }
            Self::Record { resource, points } => {
                vec![resource.to_json(), pairs(points), "{}".to_owned()]
            }
            Self::RecordBatch { resource, points } => vec![resource.to_json(), pairs(points)],
            Self::Flush { resource, newer_than, older_than } => {
                let options = Object::new()
                    .with_some("newerthan", newer_than.map(|at| at.to_string()))
                    .with_some("olderthan", older_than.map(|at| at.to_string()));
                vec![resource.to_json(), options.end()]
            }
            Self::Wait { resource, timeout_millis, since } => {
                let options = Object::new()
                    .with_some("timeout", timeout_millis.map(|millis| millis.to_string()))
                    .with_some("since", since.map(|at| at.to_string()));
                vec![resource.to_json(), options.end()]
            }
            Self::Subscribe { resource, since, timeout_millis, subs_id } => {
                let options = Object::new()
                    .with_some("since", since.map(|at| at.to_string()))
                    .with_some("timeout", timeout_millis.map(|millis| millis.to_string()))
                    .with_some("subs_id", subs_id.as_ref().map(CallId::to_json));
                vec![resource.to_json(), options.end()]
            }
            Self::Unsubscribe { resource, subs_id } => {
                let options = Object::new().with("subs_id", &subs_id.to_json()).end();
                with_client(resource.as_ref(), vec![options])
            }
            Self::Create { parent, kind, description } => {
                with_client(parent.as_ref(), vec![quoted(kind.word()), description.clone()])
            }
            Self::Update { resource, description } => vec![resource.to_json(), description.clone()],
            Self::Move { resource, destination, aliases } => {
                let options = Object::new().with("aliases", bool_json(*aliases)).end();
                vec![resource.to_json(), destination.to_json(), options]
            }
            Self::Drop { resource } => vec![resource.to_json()],
            Self::Info { resource, parts } => {
                let wanted = |object: Object, part: &Part| object.with(part.word(), "true");
                vec![resource.to_json(), parts.iter().fold(Object::new(), wanted).end()]
            }
            Self::Listing { client, kinds, relation } => {
                let kinds = list(kinds.iter().map(|kind| quoted(kind.word())));
                let options = relation.as_ref().map(Relation::to_json);
                with_client(client.as_ref(), [kinds].into_iter().chain(options).collect())
            }
            Self::Map { resource, alias } => vec![quoted("alias"), resource.to_json(), quoted(alias)],
            Self::Unmap { client, alias } => {
                with_client(client.as_ref(), vec![quoted("alias"), quoted(alias)])
            }
            Self::Lookup { client, by } => with_client(client.as_ref(), by.arguments()),
            Self::Share { resource, meta, code } => {
                let options = Object::new()
                    .with("meta", &quoted(meta))
                    .with_some("code", code.as_ref().map(|code| quoted(code)));
                vec![resource.to_json(), options.end()]
            }
            Self::Revoke { what, code } => vec![quoted(what.word()), quoted(code)],
            Self::Activate { client, what, code } | Self::Deactivate { client, what, code } => {
                vec![client.to_json(), quoted(what.word()), quoted(code)]
            }
            Self::Usage { resource, metric, start, end } => {
                vec![resource.to_json(), quoted(metric.word()), start.to_string(), end.to_string()]
            }
            Self::Grant { resource, rights, ttl_secs } => {
                let words = |words: &[&str]| list(words.iter().map(|word| quoted(word)));
                let rights = rights
                    .iter()
                    .fold(Object::new(), |object, (rid, rights)| object.with(rid.as_str(), &words(rights)));
                let ttl = ttl_secs.map(|secs| Object::new().with("ttl", &secs.to_string()).end());
                [resource.to_json(), rights.end()].into_iter().chain(ttl).collect()
            }
        };
        list(arguments.into_iter())
    }
}

/// Arguments behind a resource that older forms leave out.
fn with_client(client: Option<&ResourceId>, arguments: Vec<String>) -> Vec<String> {
    client.map(ResourceId::to_json).into_iter().chain(arguments).collect()
}

fn pairs(points: &[(i64, String)]) -> String {
    list(points.iter().map(|(at, value)| list([at.to_string(), value.clone()].into_iter())))
}

fn bool_json(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}
