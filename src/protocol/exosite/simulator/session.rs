//! One connection of a client: who calls, and what a caller may do with which resource ("Authentication" and
//! "Identifying Resources" of the RPC documentation).

use super::answer::{Refusal, Status};
use super::json::is_true;
use super::service::Service;
use super::subscribe::{Subscription, Wait};
use super::tree::{Id, KeyState, Kind};
use crate::model::json::Json;

/// A connection.
#[derive(Default)]
pub(super) struct Session {
    /// Nobody yet, or nobody any more.
    pub(super) caller: Option<Caller>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) waits: Vec<Wait>,
    /// Updates that were sent, for peers whose updates take turns in their shape.
    pub(super) told: usize,
}

/// The calling client.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Caller {
    pub(super) client: Id,
    /// What a token allows; whoever has a key may do everything that the client may.
    pub(super) rights: Option<Vec<Right>>,
}

/// What a token allows to do with one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Right {
    pub(super) resource: Id,
    pub(super) read: bool,
    pub(super) write: bool,
}

/// What a procedure needs of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// To be told what it is.
    See,
    /// Its data. This and the one before may be public or shared.
    Read,
    Write,
    /// To do something in it or for it.
    Use,
    /// To change or remove the resource itself.
    Manage,
}

impl Need {
    /// A locked client can be seen, unlocked and removed by those above it; what is in it cannot.
    fn passes_own_lock(self) -> bool {
        match self {
            Self::See | Self::Manage => true,
            Self::Read | Self::Write | Self::Use => false,
        }
    }

    fn only_reads(self) -> bool {
        match self {
            Self::See | Self::Read => true,
            Self::Write | Self::Use | Self::Manage => false,
        }
    }
}

/// Whether a text is an RID, a key, a code or a token: 40 hexadecimal digits.
pub(super) fn is_digits(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Service {
    /// Who calls, where somebody does; else nobody, who owns nothing.
    pub(super) fn caller(&self) -> Caller {
        let caller = self.session.as_ref().and_then(|session| session.caller.clone());
        caller.unwrap_or(Caller { client: Id::NOBODY, rights: Some(Vec::new()) })
    }

    /// The client that somebody may act as.
    pub(super) fn authenticate(&self, auth: &Json<'_>) -> Option<Caller> {
        if let Some(token) = auth.get("token") {
            return self.caller_by_token(token.as_text()?);
        }
        let cik = auth.get("cik")?.as_text().filter(|cik| is_digits(cik))?;
        let holder = self.tree.client_of(cik)?;
        if self.tree.get(holder)?.key_state != KeyState::Activated {
            return None;
        }
        let client = match (auth.get("client_id"), auth.get("resource_id")) {
            (None, None) => holder,
            (Some(client), None) => self.by_rid(client.as_text()?)?,
            (None, Some(resource)) => self.tree.owner(self.by_rid(resource.as_text()?)?)?,
            (Some(_), Some(_)) => return None,
        };
        let may = self.tree.is(client, Kind::Client) && self.tree.is_within(client, holder);
        may.then_some(Caller { client, rights: None })
    }

    fn by_rid(&self, rid: &str) -> Option<Id> {
        if is_digits(rid) { self.tree.find(&rid.to_ascii_lowercase()) } else { None }
    }

    /// The resource that an argument names, where the caller may do with it what it needs.
    pub(super) fn resource(&self, caller: &Caller, given: &Json<'_>, need: Need) -> Result<Id, Refusal> {
        let id = self.identify(caller, given)?;
        self.permit(caller, id, need)?;
        Ok(id)
    }

    /// The same where it has to be a client.
    pub(super) fn client(&self, caller: &Caller, given: &Json<'_>, need: Need) -> Result<Id, Refusal> {
        let id = self.resource(caller, given, need)?;
        if self.tree.is(id, Kind::Client) { Ok(id) } else { Err(Status::Invalid.into()) }
    }

    /// The same where the calling client itself is meant if none is named.
    pub(super) fn client_or_caller(&self, caller: &Caller, given: Option<&Json<'_>>) -> Result<Id, Refusal> {
        match given {
            Some(given) => self.client(caller, given, Need::Use),
            None => self.permit(caller, caller.client, Need::Use).map(|()| caller.client),
        }
    }

    /// The same where it has to have data.
    pub(super) fn data(&self, caller: &Caller, given: &Json<'_>, need: Need) -> Result<Id, Refusal> {
        let id = self.resource(caller, given, need)?;
        if self.tree.is(id, Kind::Client) { Err(Status::Invalid.into()) } else { Ok(id) }
    }

    fn identify(&self, caller: &Caller, given: &Json<'_>) -> Result<Id, Refusal> {
        let found = match given {
            Json::Text(rid) => self.by_rid(rid),
            Json::Object(_) => {
                let alias = given.get("alias").and_then(Json::as_text).ok_or(Refusal::Arguments)?;
                let client = match given.get("rid") {
                    Some(rid) => self.client(caller, rid, Need::See)?,
                    None => caller.client,
                };
                if alias.is_empty() { Some(client) } else { self.tree.named(client, alias) }
            }
            Json::Null
            | Json::Bool(_)
            | Json::Integer(_)
            | Json::Number(_)
            | Json::Huge(_)
            | Json::Array(_) => return Err(Refusal::Arguments),
        };
        found.ok_or(Refusal::Status(Status::Invalid))
    }

    pub(super) fn permit(&self, caller: &Caller, id: Id, need: Need) -> Result<(), Refusal> {
        let granted = match &caller.rights {
            Some(rights) => rights.iter().any(|right| {
                right.resource == id
                    && match need {
                        Need::See | Need::Read => right.read,
                        Need::Write => right.write,
                        Need::Use | Need::Manage => false,
                    }
            }),
            None => {
                self.tree.is_within(id, caller.client) || need.only_reads() && self.is_open_to(id, caller)
            }
        };
        if !granted {
            return Err(Status::Restricted.into());
        }
        let locked = match self.tree.owner(id).filter(|_| need.passes_own_lock()) {
            Some(owner) => self.tree.is_locked(owner),
            None => self.tree.is_locked(id),
        };
        if locked { Err(Status::Locked.into()) } else { Ok(()) }
    }

    /// Whether a resource is public, or shared with the caller.
    fn is_open_to(&self, id: Id, caller: &Caller) -> bool {
        let public = self.tree.get(id).is_some_and(|resource| is_true(&resource.description, "public"));
        public || self.is_shared_with(id, caller.client)
    }

    /// Whether somebody owns a resource, at whatever distance, and is not it.
    pub(super) fn owns(&self, caller: &Caller, id: Id) -> bool {
        caller.rights.is_none() && id != caller.client && self.tree.is_within(id, caller.client)
    }
}
