//! What a person asks for.

use super::EtpSession;
use super::tree::Deed;
use super::watch::State;
use crate::model::event::{Outcome, Request, RequestId};
use crate::model::time::Now;
use crate::model::value::Value;

const NOT_READY: &str = "the connection is not ready yet";
const GONE: &str = "the server does not offer it any more";

impl EtpSession {
    pub(super) fn request(&mut self, now: Now, id: RequestId, request: Request) {
        match request {
            Request::Subscribe { channel, on } => self.choose(id, channel, on),
            Request::Expand { group } => self.expand(id, group),
            Request::Inspect { group } => self.inspect(id, group),
            Request::Execute { command, argument } => self.execute(now, id, command, argument.as_ref()),
            Request::Pause { on } => {
                self.pace.is_paused = on;
                self.pace.is_unsettled = true;
                self.done(id);
            }
            Request::Read { .. } => self.not_sent(id, "a server of ETP tells values by itself"),
            Request::Write { .. } | Request::Check { .. } => {
                self.not_sent(id, "channels of ETP are not written to from here");
            }
            Request::Logging { .. } => self.not_sent(id, "ETP has no log"),
            Request::Raw { .. } => self.not_sent(id, "messages of ETP are no text"),
        }
    }

    fn done(&mut self, id: RequestId) {
        self.reply(id, Outcome::Done { value: None, data_type: None });
    }

    /// Keeps the wish to see a channel; what can be done about it follows.
    fn choose(&mut self, id: RequestId, channel: usize, on: bool) {
        let Some(path) = self.tree.catalog.channels.get(channel).map(|channel| &channel.path) else {
            return self.not_sent(id, GONE);
        };
        self.chosen.insert(path, usize::from(on));
        self.done(id);
        let Some(index) = self.tree.node_of.get(channel).copied() else { return };
        if let Some(node) = self.tree.nodes.get_mut(index)
            && node.watch.state == State::Ended
            && node.watch.id.is_some()
        {
            node.watch.state = State::Idle;
        }
        self.want(channel);
    }

    fn expand(&mut self, id: RequestId, group: usize) {
        if !self.is_ready() {
            return self.not_sent(id, NOT_READY);
        }
        if self.tree.nodes.get(group).is_none() {
            return self.not_sent(id, GONE);
        }
        // There is nothing in a channel. What was looked at some time ago may have changed since.
        if self.tree.nodes[group].channel.is_some() {
            return self.done(id);
        }
        if !self.is_looking_into(group) {
            self.tree.nodes[group].is_explored = false;
        }
        if self.look_later(group, true) {
            self.done(id);
        } else {
            self.not_sent(id, "it is being looked into already");
        }
    }

    fn inspect(&mut self, id: RequestId, group: usize) {
        let Some(group) = self.tree.catalog.groups.get(group) else { return self.not_sent(id, GONE) };
        let facts = group.facts.iter().map(|(name, fact)| (name.clone(), Value::Text(fact.clone())));
        let value = Some(Value::Record(facts.collect()));
        self.reply(id, Outcome::Done { value, data_type: None });
    }

    fn execute(&mut self, now: Now, id: RequestId, command: usize, argument: Option<&Value>) {
        if !self.is_ready() {
            return self.not_sent(id, NOT_READY);
        }
        let Some((node, deed)) = self.tree.deeds.get(command).copied() else {
            return self.not_sent(id, GONE);
        };
        match deed {
            Deed::Load => self.load(now, id, node, argument),
            Deed::Cancel => {
                let (numbers, requests) = self.ranges.cancel();
                for number in numbers {
                    if let Some(cancel) = self.dialect.cancel(number) {
                        self.answer(0, cancel);
                    }
                }
                for request in requests {
                    let text = "It was cancelled.".to_owned();
                    self.reply(request, Outcome::Refused { class: "Cancelled".to_owned(), text });
                }
                self.done(id);
            }
        }
    }

    /// Loads the past of the channels in a node: those over time by minutes before now, those over an axis by its places.
    /// One request is for channels of one kind.
    fn load(&mut self, now: Now, id: RequestId, node: usize, argument: Option<&Value>) {
        let field = |name: &str| match argument {
            Some(Value::Record(fields)) => {
                let found = fields.iter().find(|(other, _)| other == name);
                found.and_then(|(_, value)| value.as_number()).filter(|number| number.is_finite())
            }
            _ => None,
        };
        let (Some(from), Some(to)) = (field("from"), field("to")) else {
            return self.not_sent(id, "it needs two numbers, from and to");
        };
        let channels = self.tree.channels_in(node);
        let known = |index: &usize| self.tree.nodes[*index].watch.id.is_some();
        let (timed, placed): (Vec<usize>, Vec<usize>) =
            channels.into_iter().filter(known).partition(|index| {
                self.tree.nodes[*index]
                    .indexes
                    .first()
                    .is_none_or(|primary| primary.kind == super::dialect::IndexKind::Time)
            });
        let wall = now.wall.as_unix_seconds();
        let is_asked = if !timed.is_empty() {
            self.want_past(timed, wall - from.abs() * 60.0, wall - to.abs() * 60.0, id)
        } else if !placed.is_empty() {
            self.want_past(placed, from, to, id)
        } else {
            return self.not_sent(id, "no channel of it is known to the server at present");
        };
        if !is_asked {
            self.not_sent(id, "too many ranges wait already");
        }
    }
}
