//! Who else may do something: `share`, `revoke`, `activate`, `deactivate` ("Shares and Keys"), and `grant`, which is
//! not documented.

use std::time::Duration;

use super::answer::{Answer, Outcome, Refusal, Status};
use super::json::{finite, text, word};
use super::request::Arguments;
use super::service::Service;
use super::session::{Caller, Need, Right, is_digits};
use super::tree::{Id, KeyState};
use crate::model::json::Json;
use crate::model::time::Instant;

/// The most share codes and tokens.
const SHARES_MOST: usize = 500;
const TOKENS_MOST: usize = 64;
/// The most resources that one token is for.
const RIGHTS_MOST: usize = 256;
/// How long a token is good for where nobody says how long, and at most, in seconds.
const TOKEN_SECS: f64 = 3600.0;
const TOKEN_SECS_MOST: f64 = 86_400.0;
/// The longest text that describes a share, in bytes.
const META_MOST: usize = 1024;

/// A share code.
pub(super) struct Share {
    pub(super) resource: Id,
    pub(super) code: String,
    pub(super) meta: String,
    /// Who has activated it.
    pub(super) activator: Option<Id>,
}

/// A token: a key for a while, for some resources of a client.
pub(super) struct Token {
    pub(super) client: Id,
    digits: String,
    rights: Vec<Right>,
    until: Instant,
}

impl Service {
    pub(super) fn share(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let resource = self.resource(caller, arguments.at(0)?, Need::Use)?;
        if !self.owns(caller, resource) {
            return Err(Status::Restricted.into());
        }
        let options = arguments.options(1)?;
        let meta = word(options, "meta");
        if meta.len() > META_MOST {
            return Err(Status::Invalid.into());
        }
        // With the code of an earlier share its description is changed.
        if let Some(code) = options.get("code") {
            let mine = |share: &&mut Share| share.resource == resource && code.as_text() == Some(&share.code);
            let share = self.shares.iter_mut().find(mine).ok_or(Status::Invalid)?;
            meta.clone_into(&mut share.meta);
            return Ok(Answer::Result(text(&share.code)));
        }
        if self.shares.len() >= SHARES_MOST {
            return Err(Status::Limit.into());
        }
        let code = self.digits();
        self.shares.push(Share { resource, code: code.clone(), meta: meta.to_owned(), activator: None });
        Ok(Answer::Result(text(&code)))
    }

    /// Whether something is shared with a client.
    pub(super) fn is_shared_with(&self, resource: Id, client: Id) -> bool {
        self.shares.iter().any(|share| share.resource == resource && share.activator == Some(client))
    }

    /// A key is replaced by a new one, a share code is gone.
    pub(super) fn revoke(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let code = arguments.text(1)?;
        match arguments.text(0)? {
            "client" => {
                let id = self.key_of_mine(caller, code)?;
                let key = self.digits();
                if let Some(client) = self.tree.get_mut(id) {
                    client.key = key;
                    client.key_state = KeyState::New;
                }
            }
            "share" => {
                let place = self.shares.iter().position(|share| share.code == code);
                let place = place.ok_or(Status::Invalid)?;
                if !self.owns(caller, self.shares[place].resource) {
                    return Err(Status::NoAuth.into());
                }
                self.shares.remove(place);
            }
            _ => return Err(Status::Invalid.into()),
        }
        Ok(Answer::Done)
    }

    /// The client of a key, which the caller has to own.
    fn key_of_mine(&self, caller: &Caller, key: &str) -> Result<Id, Refusal> {
        let id = self.tree.client_of(key).filter(|_| is_digits(key)).ok_or(Status::Invalid)?;
        if self.owns(caller, id) { Ok(id) } else { Err(Status::NoAuth.into()) }
    }

    /// The deprecated form leaves the client out.
    pub(super) fn activate(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (client, arguments) = arguments.with_client(2);
        let client = self.client_or_caller(caller, client)?;
        let code = arguments.text(1)?;
        match arguments.text(0)? {
            "client" => {
                let id = self.key_of_mine(caller, code)?;
                let activated = self.tree.get_mut(id).filter(|client| client.key_state == KeyState::New);
                activated.ok_or(Status::Invalid)?.key_state = KeyState::Activated;
            }
            "share" => {
                let place = self.shares.iter().position(|share| share.code == code);
                let place = place.filter(|place| self.shares[*place].activator.is_none());
                let place = place.ok_or(Status::Invalid)?;
                if self.is_shared_with(self.shares[place].resource, client) {
                    return Err(Status::Invalid.into());
                }
                self.shares[place].activator = Some(client);
            }
            _ => return Err(Status::Invalid.into()),
        }
        Ok(Answer::Done)
    }

    /// The deprecated form leaves the client out. A share is named by its code or by what is shared.
    pub(super) fn deactivate(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (client, arguments) = arguments.with_client(2);
        let client = self.client_or_caller(caller, client)?;
        let code = arguments.text(1)?;
        match arguments.text(0)? {
            "client" => {
                let id = self.key_of_mine(caller, code)?;
                if let Some(client) = self.tree.get_mut(id) {
                    client.key_state = KeyState::Expired;
                }
            }
            "share" => {
                let tree = &self.tree;
                let named = |share: &Share| share.code == code || tree.rid(share.resource) == code;
                let mine = |share: &&mut Share| share.activator == Some(client) && named(share);
                self.shares.iter_mut().find(mine).ok_or(Status::Invalid)?.activator = None;
            }
            _ => return Err(Status::Invalid.into()),
        }
        Ok(Answer::Done)
    }

    /// A token for some resources of a client, as the Python client asks for it: `[R, {rid: ["read", "write"]},
    /// {"ttl": seconds}]`. The time may stand alone.
    pub(super) fn grant(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let client = self.client(caller, arguments.at(0)?, Need::Use)?;
        let Json::Object(permissions) = arguments.at(1)? else { return Err(Refusal::Arguments) };
        let mut rights = Vec::new();
        for (rid, words) in permissions.iter().take(RIGHTS_MOST + 1) {
            let resource = self.resource(caller, &Json::Text(rid.clone()), Need::Use)?;
            rights.push(right(resource, words).ok_or(Status::Invalid)?);
        }
        let ttl = match arguments.0.get(2) {
            None => TOKEN_SECS,
            Some(given) => finite(given.get("ttl").unwrap_or(given)).ok_or(Refusal::Arguments)?,
        };
        let now = self.now.instant;
        self.tokens.retain(|token| now < token.until);
        if rights.len() > RIGHTS_MOST || self.tokens.len() >= TOKENS_MOST {
            return Err(Status::Limit.into());
        }
        let token = self.digits();
        let until = now + Duration::from_secs_f64(ttl.clamp(0.0, TOKEN_SECS_MOST));
        self.tokens.push(Token { client, digits: token.clone(), rights, until });
        Ok(Answer::Result(text(&token)))
    }

    /// Whoever has a token that is still good.
    pub(super) fn caller_by_token(&self, token: &str) -> Option<Caller> {
        let now = self.now.instant;
        let known = self.tokens.iter().find(|known| known.digits.eq_ignore_ascii_case(token))?;
        (now < known.until).then(|| Caller { client: known.client, rights: Some(known.rights.clone()) })
    }
}

/// What a list of words allows.
fn right(resource: Id, words: &Json<'_>) -> Option<Right> {
    let Json::Array(words) = words else { return None };
    let mut right = Right { resource, read: false, write: false };
    for word in words {
        match word.as_text()? {
            "read" => right.read = true,
            "write" => right.write = true,
            _ => return None,
        }
    }
    Some(right)
}
