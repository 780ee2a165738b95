//! How resources come to be: `create` of clients, dataports, datarules, dispatches and clones ("Resources").

use super::answer::{Answer, Outcome, Refusal, Status};
use super::datum::Format;
use super::json::{Value, is_true, object, owned, set, text, whole, word};
use super::request::Arguments;
use super::service::Service;
use super::session::{Caller, Need};
use super::tree::{DEPTH_MOST, Id, KeyState, Kind, RESOURCES_MOST, Resource};
use crate::model::json::Json;

/// The longest description, in bytes of JSON.
const DESCRIPTION_MOST: usize = 16 * 1024;
/// What a client may have so much of ("create (client)").
const LIMITS: [&str; 14] = [
    "client",
    "dataport",
    "datarule",
    "disk",
    "dispatch",
    "email",
    "email_bucket",
    "http",
    "http_bucket",
    "share",
    "sms",
    "sms_bucket",
    "xmpp",
    "xmpp_bucket",
];

impl Service {
    /// The deprecated form leaves the owner out, which is then the caller.
    pub(super) fn create(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (owner, arguments) = arguments.with_client(2);
        let owner = self.client_or_caller(caller, owner)?;
        let (kind, given) = (arguments.text(0)?, arguments.object(1)?);
        if kind == "clone" {
            return self.clone_client(caller, owner, given);
        }
        let kind = Kind::from_word(kind).ok_or(Status::Invalid)?;
        let description = describe(kind, given).ok_or(Status::Invalid)?;
        self.check_room(owner, kind, 1)?;
        let id = self.add(owner, kind, description);
        Ok(Answer::Result(text(self.tree.rid(id))))
    }

    /// Whether there is room for so many resources, the first of them of this type.
    fn check_room(&self, owner: Id, kind: Kind, resources: usize) -> Result<(), Refusal> {
        let full = self.tree.len() + resources > RESOURCES_MOST
            || self.tree.upwards(owner).count() >= DEPTH_MOST
            || self.tree.owned(owner, kind) as f64 + 1.0 > self.tree.limit(owner, kind.word());
        if full { Err(Status::Limit.into()) } else { Ok(()) }
    }

    /// Adds a resource; a client gets a key, which is to be activated.
    pub(super) fn add(&mut self, owner: Id, kind: Kind, description: Value) -> Id {
        let resource = self.new_resource(kind, description);
        self.tree.insert(Some(owner), resource)
    }

    /// A resource that belongs to nobody yet.
    pub(super) fn new_resource(&mut self, kind: Kind, description: Value) -> Resource {
        let mut resource = Resource::new(self.digits(), kind, description, self.now_secs());
        if kind == Kind::Client {
            resource.key = self.digits();
        }
        resource
    }

    /// Copies a client with all that it owns; aliases and data too, unless they are not wanted.
    fn clone_client(&mut self, caller: &Caller, owner: Id, given: &Json<'_>) -> Outcome {
        let source = match (given.get("rid"), given.get("code").map(Json::as_text)) {
            (Some(rid), None) => self.resource(caller, rid, Need::Use)?,
            (None, Some(Some(code))) => self.unused_share(code).ok_or(Status::Invalid)?,
            (Some(_), Some(_)) | (None, None | Some(None)) => return Err(Status::Invalid.into()),
        };
        if !self.tree.is(source, Kind::Client) || self.tree.is_within(owner, source) {
            return Err(Status::Invalid.into());
        }
        let originals = self.tree.below(source);
        self.check_room(owner, Kind::Client, originals.len())?;
        let above = self.tree.upwards(source).count();
        let height = originals.iter().map(|id| self.tree.upwards(*id).count()).max().unwrap_or(above) - above;
        if self.tree.upwards(owner).count() + height >= DEPTH_MOST {
            return Err(Status::Limit.into());
        }
        let mut copies: Vec<(Id, Id)> = Vec::new();
        for original in originals {
            let above = self.tree.owner(original);
            let found = copies.iter().find(|(from, _)| Some(*from) == above);
            let owner = found.map_or(owner, |(_, to)| *to);
            if let Some(copy) = self.copy(original, owner, !is_true(given, "nohistorical")) {
                copies.push((original, copy));
            }
        }
        if !is_true(given, "noaliases") {
            self.copy_aliases(&copies);
        }
        let copy = copies.first().map_or("", |(_, copy)| self.tree.rid(*copy));
        Ok(Answer::Result(text(copy)))
    }

    fn copy(&mut self, original: Id, owner: Id, with_data: bool) -> Option<Id> {
        let resource = self.tree.get(original)?;
        let (kind, description, series) =
            (resource.kind, resource.description.clone(), resource.series.clone());
        let mut resource = self.new_resource(kind, description);
        if with_data {
            resource.series = series;
        }
        Some(self.tree.insert(Some(owner), resource))
    }

    fn copy_aliases(&mut self, copies: &[(Id, Id)]) {
        for (original, copy) in copies {
            let names = self.tree.get(*original).map(|client| client.aliases.clone()).unwrap_or_default();
            let place = |id: Id| copies.iter().find(|(from, _)| *from == id).map(|(_, to)| *to);
            for (name, id) in names {
                if let Some(id) = place(id) {
                    self.tree.name(*copy, &name, id);
                }
            }
        }
    }

    /// The resource of a share code that nobody has activated.
    fn unused_share(&self, code: &str) -> Option<Id> {
        let share = self.shares.iter().find(|share| share.code == code && share.activator.is_none())?;
        Some(share.resource)
    }

    /// Adds a client whose key is activated already.
    pub(super) fn add_activated(&mut self, owner: Option<Id>, description: Value) -> Id {
        let mut client = self.new_resource(Kind::Client, description);
        client.key_state = KeyState::Activated;
        self.tree.insert(owner, client)
    }
}

/// A whole description: what is given, and what holds where nothing is. `None` where something has the wrong type.
pub(super) fn describe(kind: Kind, given: &Json<'_>) -> Option<Value> {
    let mut description = defaults(kind);
    merge(&mut description, kind, given)?;
    let has_format = Format::from_word(word(&description, "format")).is_some();
    let needs_format = matches!(kind, Kind::Dataport | Kind::Datarule);
    (has_format || !needs_format).then_some(description)
}

/// Puts what is given into a description; `None` where something has the wrong type, or there is too much of it.
pub(super) fn merge(description: &mut Value, kind: Kind, given: &Json<'_>) -> Option<()> {
    let Json::Object(members) = given else { return None };
    for (name, value) in members {
        let fits = match &**name {
            "meta" | "name" | "message" | "recipient" | "subject" | "method" | "format" => {
                value.as_text().is_some()
            }
            "public" => matches!(value, Json::Bool(_)),
            "locked" => matches!(value, Json::Bool(_)) && matches!(kind, Kind::Client | Kind::Dispatch),
            "limits" => kind == Kind::Client && are_limits(value),
            "retention" => is_retention(value),
            _ => true,
        };
        if !fits {
            return None;
        }
        match description.get(name).cloned() {
            // What is left out of these stays as it is.
            Some(mut present) if name == "limits" || name == "retention" => {
                for (name, value) in value_members(value) {
                    set(&mut present, name, owned(value));
                }
                set(description, name, present);
            }
            Some(_) | None => set(description, name, owned(value)),
        }
    }
    (description.to_text().len() <= DESCRIPTION_MOST).then_some(())
}

fn value_members<'a>(value: &'a Json<'a>) -> impl Iterator<Item = (&'a str, &'a Json<'a>)> {
    let members: &[_] = if let Json::Object(members) = value { members } else { &[] };
    members.iter().map(|(name, value)| (&**name, value))
}

fn are_limits(value: &Json<'_>) -> bool {
    let is_limit =
        |limit: &Json<'_>| limit.as_text() == Some("inherit") || limit.as_f64().is_some_and(|n| n >= 0.0);
    matches!(value, Json::Object(_))
        && value_members(value).all(|(name, limit)| LIMITS.contains(&name) && is_limit(limit))
}

fn is_retention(value: &Json<'_>) -> bool {
    let is_amount =
        |amount: &Json<'_>| amount.as_text() == Some("infinity") || amount.as_f64().is_some_and(|n| n >= 0.0);
    matches!(value, Json::Object(_))
        && value_members(value)
            .all(|(name, amount)| ["count", "duration"].contains(&name) && is_amount(amount))
}

/// What holds where nothing is given. A client may own nothing.
fn defaults(kind: Kind) -> Value {
    let infinity = || object(vec![("count", text("infinity")), ("duration", text("infinity"))]);
    let mut members = match kind {
        Kind::Client => vec![
            ("limits", object(LIMITS.map(|name| (name, whole(0))).into())),
            ("locked", Json::Bool(false)),
        ],
        Kind::Dispatch => vec![("locked", Json::Bool(false)), ("message", text("")), ("subject", text(""))],
        Kind::Datarule => vec![("format", text("")), ("rule", object(Vec::new()))],
        Kind::Dataport => vec![("format", text(""))],
    };
    members.extend([("meta", text("")), ("name", text("")), ("public", Json::Bool(false))]);
    if kind != Kind::Client {
        members.extend([
            ("preprocess", Json::Array(Vec::new())),
            ("retention", infinity()),
            ("subscribe", Json::Null),
        ]);
    }
    object(members)
}

/// The limits of a client that may own whatever its owner may.
pub(super) fn inherited_limits() -> Value {
    object(LIMITS.map(|name| (name, text("inherit"))).into())
}
