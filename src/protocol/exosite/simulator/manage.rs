//! What becomes of resources: `update`, `move`, `drop` ("Resources"), and their names: `map`, `unmap`, `lookup`.

use super::answer::{Answer, Outcome, Refusal, Status};
use super::create::merge;
use super::json::{is_true, text, word};
use super::request::Arguments;
use super::service::Service;
use super::session::{Caller, Need};
use super::tree::{DEPTH_MOST, Id, Kind};
use crate::model::json::Json;

/// The longest alias, in bytes.
const ALIAS_MOST: usize = 512;

impl Service {
    /// A resource may not update itself, its format stays, and limits are not lowered below what is in use.
    pub(super) fn update(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let id = self.below_caller(caller, arguments.at(0)?)?;
        let given = arguments.object(1)?;
        let now_secs = self.now_secs();
        let resource = self.tree.get(id).ok_or(Status::Invalid)?;
        let (kind, mut description) = (resource.kind, resource.description.clone());
        merge(&mut description, kind, given).ok_or(Status::Invalid)?;
        if word(&description, "format") != word(&resource.description, "format") {
            return Err(Status::Invalid.into());
        }
        let limits = description.get("limits");
        let too_low = Kind::ALL.into_iter().any(|kind| {
            let limit = limits.and_then(|limits| limits.get(kind.word())).and_then(Json::as_f64);
            limit.is_some_and(|limit| limit < self.tree.owned(id, kind) as f64)
        });
        if too_low {
            return Err(Status::Invalid.into());
        }
        if let Some(resource) = self.tree.get_mut(id) {
            resource.description = description;
            resource.modified = now_secs;
        }
        Ok(Answer::Done)
    }

    pub(super) fn relocate(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let id = self.below_caller(caller, arguments.at(0)?)?;
        let to = self.client(caller, arguments.at(1)?, Need::Use)?;
        let with_aliases = is_true(arguments.options(2)?, "aliases");
        if self.tree.is_within(to, id) {
            return Err(Status::Invalid.into());
        }
        let kind = self.tree.get(id).ok_or(Status::Invalid)?.kind;
        let height = self.tree.below(id).into_iter().map(|below| self.tree.upwards(below).count()).max();
        let height = height.unwrap_or(0) - self.tree.upwards(id).count();
        if self.tree.upwards(to).count() + height >= DEPTH_MOST
            || self.tree.owned(to, kind) as f64 + 1.0 > self.tree.limit(to, kind.word())
        {
            return Err(Status::Limit.into());
        }
        let owner = self.tree.owner(id).and_then(|owner| self.tree.get(owner));
        let names: Vec<String> =
            owner.map(|owner| owner.names_of(id).map(str::to_owned).collect()).unwrap_or_default();
        self.tree.relocate(id, to);
        for name in names.into_iter().filter(|_| with_aliases) {
            self.tree.name(to, &name, id);
        }
        Ok(Answer::Done)
    }

    pub(super) fn drop_resource(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let id = self.below_caller(caller, arguments.at(0)?)?;
        self.tree.remove(id);
        let tree = &self.tree;
        self.shares.retain(|share| tree.get(share.resource).is_some());
        for share in &mut self.shares {
            share.activator = share.activator.filter(|activator| tree.get(*activator).is_some());
        }
        self.tokens.retain(|token| tree.get(token.client).is_some());
        Ok(Answer::Done)
    }

    /// A resource that belongs to the caller and is not the caller.
    fn below_caller(&self, caller: &Caller, given: &Json<'_>) -> Result<Id, Refusal> {
        let id = self.resource(caller, given, Need::Manage)?;
        if self.owns(caller, id) { Ok(id) } else { Err(Status::Restricted.into()) }
    }

    /// Gives a resource a name with the caller.
    pub(super) fn map(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        is_alias(arguments, 0)?;
        let id = self.resource(caller, arguments.at(1)?, Need::See)?;
        let name = arguments.text(2)?;
        self.permit(caller, caller.client, Need::Use)?;
        if name.is_empty() || name.len() > ALIAS_MOST || id == caller.client {
            return Err(Status::Invalid.into());
        }
        if !self.tree.has_room_for_names() {
            return Err(Status::Limit.into());
        }
        if self.tree.name(caller.client, name, id) { Ok(Answer::Done) } else { Err(Status::Invalid.into()) }
    }

    /// The deprecated form leaves the client out.
    pub(super) fn unmap(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (client, arguments) = arguments.with_client(2);
        let client = self.client_or_caller(caller, client)?;
        is_alias(arguments, 0)?;
        let name = arguments.text(1)?;
        self.tree.named(client, name).ok_or(Status::Invalid)?;
        if let Some(client) = self.tree.get_mut(client) {
            client.aliases.retain(|(known, _)| known != name);
        }
        Ok(Answer::Done)
    }

    /// The deprecated form leaves the client out.
    pub(super) fn lookup(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (client, arguments) = arguments.with_client(2);
        let client = self.client_or_caller(caller, client)?;
        let found = match arguments.text(0)? {
            "alias" => match arguments.text(1)? {
                "" => Some(client),
                name => self.tree.named(client, name),
            },
            "owner" => {
                let id = self.resource(caller, arguments.at(1)?, Need::See)?;
                // Nobody looks up their own owner.
                if !self.owns(caller, id) {
                    return Err(Status::Restricted.into());
                }
                self.tree.owner(id)
            }
            "shared" => {
                let code = arguments.text(1)?;
                self.shares.iter().find(|share| share.code == code).map(|share| share.resource)
            }
            _ => None,
        };
        Ok(Answer::Result(text(self.tree.rid(found.ok_or(Status::Invalid)?))))
    }
}

/// There are mappings of no other type.
fn is_alias(arguments: Arguments<'_>, place: usize) -> Result<(), Status> {
    if arguments.text(place).is_ok_and(|word| word == "alias") { Ok(()) } else { Err(Status::Invalid) }
}
