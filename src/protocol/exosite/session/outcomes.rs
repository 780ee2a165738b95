//! What came of what a person asked for.

use super::ExositeSession;
use super::deeds::Returns;
use super::purpose::{After, Wish};
use super::readings::Way;
use crate::model::datatype::DataType;
use crate::model::event::{Outcome, RequestId};
use crate::model::json::Json;
use crate::model::time::Now;
use crate::model::value::Value;
use crate::protocol::exosite::answer::{Answer, WireError};
use crate::protocol::exosite::resource::Kind;
use crate::protocol::exosite::result;
use crate::protocol::exosite::status::Status;
use crate::protocol::exosite::value::bare;

/// So deep in what is known of a resource names are told one by one.
const DEPTH: usize = 4;

impl ExositeSession {
    /// A call that a person wanted was answered.
    pub(super) fn answered(
        &mut self,
        now: Now,
        request: RequestId,
        wish: Wish,
        answer: &Answer<'_>,
        frame: &str,
    ) {
        // That nothing came is what `wait` says of a quiet series.
        let is_quiet = answer.status == Status::Expire && matches!(wish, Wish::Execute { .. });
        if is_quiet {
            return self.done(request, None);
        }
        if !answer.is_ok() {
            return self.person_failed_with(request, wish, answer);
        }
        match wish {
            Wish::Read(node) => {
                let value = self.told_again(now, node, answer, frame);
                let data_type = self.channel_type(node);
                self.reply(request, Outcome::Done { value, data_type });
            }
            Wish::Write => self.done(request, None),
            Wish::Inspect => self.done(request, answer.result.as_ref().map(|result| record(result, DEPTH))),
            Wish::Expand(node) => {
                self.listed(node, answer);
                self.done(request, None);
            }
            Wish::Execute { node, returns, after } => {
                let value = self.returned(now, node, returns, answer, frame);
                self.done(request, value);
                self.look_after(now, node, after);
            }
        }
    }

    /// It was refused.
    pub(super) fn person_failed_with(&mut self, request: RequestId, wish: Wish, answer: &Answer<'_>) {
        if let Wish::Expand(node) = wish {
            self.listed(node, answer);
        }
        self.reply(request, refusal(answer));
    }

    /// It came to nothing, and nobody knows what became of it.
    pub(super) fn person_failed(&mut self, request: RequestId, wish: Wish, outcome: Outcome) {
        if let Wish::Expand(node) = wish {
            self.listed(node, &Answer::failed(WireError::silence()));
        }
        self.reply(request, outcome);
    }

    fn channel_type(&self, node: usize) -> Option<DataType> {
        let channel = self.tree.nodes.get(node)?.channel?;
        self.tree.catalog.channels.get(channel).map(|channel| channel.data_type.clone())
    }

    /// What a command returned.
    fn returned(
        &mut self,
        now: Now,
        node: usize,
        returns: Returns,
        answer: &Answer<'_>,
        frame: &str,
    ) -> Option<Value> {
        let json = answer.result.as_ref()?;
        match returns {
            Returns::Nothing => None,
            Returns::Point => {
                let of = self.tree.nodes.get(node)?;
                let value = result::points(json)?.0.first().and_then(|point| of.read(point.value).ok());
                self.points_came(now, node, Way::Asked, answer, frame);
                value
            }
            Returns::Text | Returns::Number => Some(bare(json)),
            Returns::Json => Some(Value::Json(json.to_text())),
        }
    }

    fn look_after(&mut self, now: Now, node: usize, after: After) {
        match after {
            After::Nothing => {}
            After::Description => self.ask_again(node),
            After::Listing => {
                let client = self.client_of(node);
                self.look(now, client);
            }
            After::Owner(destination) => {
                let owner = self.tree.nodes.get(node).and_then(|node| node.owner);
                self.look(now, owner.unwrap_or(0));
                if let Some(destination) = destination {
                    self.look(now, destination);
                }
            }
        }
    }

    /// The client that a node is, or that it is of.
    fn client_of(&self, node: usize) -> usize {
        let found = self.tree.nodes.get(node);
        let is_client = found.is_some_and(|node| node.kind == Kind::Client);
        if is_client { node } else { found.and_then(|node| node.owner).unwrap_or(0) }
    }
}

/// The peer's class and words for a refusal.
fn refusal(answer: &Answer<'_>) -> Outcome {
    Outcome::Refused { class: answer.status.word().to_owned(), text: answer.words() }
}

/// What is known of a resource, by its names; keys are left out.
fn record(json: &Json<'_>, depth: usize) -> Value {
    match json {
        Json::Object(members) if depth > 0 => {
            let members = members.iter().filter(|(name, _)| !matches!(name.as_ref(), "key" | "cik"));
            Value::Record(members.map(|(name, value)| (name.to_string(), record(value, depth - 1))).collect())
        }
        other => bare(other),
    }
}
