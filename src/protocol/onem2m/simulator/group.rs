//! Groups: their members, and requests that are fanned out to all of them (`fopt`).

use serde_json::{Map, Value};

use super::cse::{Cse, Done, single};
use super::kind::Kind;
use super::refusal::{NOT_ALLOWED, NOT_FOUND, Refusal, TOO_MANY_MEMBERS};
use super::request::Request;
use super::tree::Id;

/// The most members of a group.
const MEMBERS_MOST: u64 = 100;

/// How many members a group has, `cnm`.
pub(super) fn member_count(group: &Map<String, Value>) -> usize {
    group.get("mid").and_then(Value::as_array).map_or(0, Vec::len)
}

impl Cse {
    /// Checks the members of a group that is to be.
    pub(super) fn check_members(&self, group: &Map<String, Value>) -> Result<(), Refusal> {
        let members = group.get("mid").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let most = group.get("mnm").and_then(Value::as_u64).unwrap_or(0).min(MEMBERS_MOST);
        if members.len() as u64 > most {
            let text = format_args!("max number of group members exceeded: {most}");
            return Err(Refusal::new(TOO_MANY_MEMBERS, text));
        }
        for member in members {
            let address = member.as_str().unwrap_or_default();
            let id = self.tree.resolve(address)?.real();
            // A group within a group could hold itself.
            if id.is_none_or(|id| self.tree.is(id, Kind::Group)) {
                return Err(Refusal::bad(format_args!("{address} cannot be a member of a group")));
            }
        }
        Ok(())
    }

    /// Sends a request to each member of a group, and gathers the answers.
    pub(super) fn fan_out(&mut self, request: &Request, group: Id, rest: &str) -> Result<Done, Refusal> {
        if request.fanned_out {
            let text = format_args!("a request is fanned out but once");
            return Err(Refusal::new(NOT_ALLOWED, text));
        }
        let members = self.tree.get(group).and_then(|group| group.attributes.get("mid")?.as_array().cloned());
        let mut answers = Vec::new();
        for member in members.iter().flatten().filter_map(Value::as_str) {
            let mut own = request.clone();
            own.fanned_out = true;
            own.to = if rest.is_empty() { member.to_owned() } else { format!("{member}/{rest}") };
            let (rsc, pc) = match self.perform(&own) {
                Ok(Done::Now(answer)) => (answer.rsc, answer.pc),
                Ok(Done::Later) => (NOT_FOUND, None),
                Err(refusal) => (refusal.rsc, Some(single("m2m:dbg", refusal.text))),
            };
            let mut answer = Map::new();
            answer.insert("rsc".into(), rsc.into());
            answer.insert("rqi".into(), request.reply.rqi.clone().into());
            answer.insert("rvi".into(), request.reply.rvi.clone().into());
            if let Some(pc) = pc {
                answer.insert("pc".into(), pc);
            }
            answers.push(Value::Object(answer));
        }
        let pc = single("m2m:agr", single("m2m:rsp", answers));
        Ok(Done::Now(super::cse::Answer::new(2000, Some(pc))))
    }
}
