//! What a person asks for: readings, writes, commands, a look at a resource, a line as it is typed.

use super::calls::ANSWER_TIMEOUT;
use super::deeds::Deed;
use super::execute;
use super::purpose::{After, Purpose, Wish};
use super::tree::Node;
use super::{ExositeSession, Job};
use crate::model::event::{Outcome, Request, RequestId};
use crate::model::json::{Breaches, Json};
use crate::model::time::{Instant, Now};
use crate::model::value::Value;
use crate::protocol::exosite::answer::CallId;
use crate::protocol::exosite::procedure::{self, Part, Procedure, Window};
use crate::protocol::exosite::resource::Kind;
use crate::protocol::{Frame, NOT_PAUSABLE, Output};

/// What is asked of a resource that a person wants to know all about. Neither its key nor the codes of its shares: who
/// has one can use it.
const INSPECTED: &[Part] = &[
    Part::Aliases,
    Part::Basic,
    Part::Counts,
    Part::Description,
    Part::Storage,
    Part::Subscribers,
    Part::Tagged,
    Part::Tags,
    Part::Usage,
];
/// So many typed lines wait for an answer.
const TYPED_MOST: usize = 64;
const NOT_READY: &str = "the connection is not ready yet";
const FULL: &str = "too many requests wait already";
const GONE: &str = "the server does not offer it any more";

/// A line that a person typed and that waits for an answer.
#[derive(Debug)]
pub(super) struct Typed {
    /// The names of its calls.
    ids: Vec<CallId<'static>>,
    /// Which request it was.
    pub(super) request: RequestId,
    /// Since when it waits.
    pub(super) since: Instant,
}

/// Whether a typed line has such a number.
pub(super) fn is_typed(typed: &[Typed], number: u64) -> bool {
    typed.iter().any(|typed| typed.ids.iter().any(|id| id.number() == Some(number)))
}

impl ExositeSession {
    pub(super) fn request(&mut self, now: Now, id: RequestId, request: Request) {
        match request {
            Request::Subscribe { channel, on } => return self.choose(id, channel, on),
            Request::Raw { text } => return self.raw(now, id, text),
            Request::Read { .. }
            | Request::Write { .. }
            | Request::Check { .. }
            | Request::Execute { .. }
            | Request::Expand { .. }
            | Request::Inspect { .. }
            | Request::Pause { .. }
            | Request::Logging { .. } => {}
        }
        match self.call_of(&request) {
            Ok(_) if !self.is_ready() => self.not_sent(id, NOT_READY),
            Ok((wish, procedure)) => self.ask_for(now, id, wish, procedure),
            Err(why) => self.not_sent(id, &why),
        }
    }

    fn ask_for(&mut self, now: Now, id: RequestId, wish: Wish, procedure: Procedure) {
        if let Wish::Expand(node) = wish {
            if self.is_looking_into(node) {
                return self.not_sent(id, "it is being looked into already");
            }
            if !self.begin_look(now, node, false) {
                return self.not_sent(id, FULL);
            }
        }
        if !self.calls.push(Job::new(Purpose::Person(id, wish), procedure)) {
            if let Wish::Expand(node) = wish {
                self.looks_no_more(node);
            }
            self.not_sent(id, FULL);
        }
    }

    /// Keeps the wish to see a channel, and does what can be done about it now.
    fn choose(&mut self, id: RequestId, channel: usize, on: bool) {
        let Some(path) = self.tree.catalog.channels.get(channel).map(|channel| &channel.path) else {
            return self.not_sent(id, GONE);
        };
        self.chosen.insert(path, usize::from(on));
        self.done(id, None);
        if self.is_ready() && channel < self.told.1 {
            self.want(channel);
        }
    }

    /// A line goes out as it was typed; an answer to it is told where its calls have names.
    fn raw(&mut self, now: Now, id: RequestId, text: String) {
        if !self.is_ready() {
            return self.not_sent(id, NOT_READY);
        }
        let ids = typed_ids(&text);
        let in_use = ids.iter().filter_map(CallId::number).find(|number| {
            let is_asked = self.calls.is_under_way(*number) || is_typed(&self.typed, *number);
            is_asked || self.subscription(*number).is_some()
        });
        if let Some(number) = in_use {
            let why = ["the name ", &number.to_string(), " is in use; take another one, or a text"].concat();
            return self.not_sent(id, &why);
        }
        if self.typed.len() >= TYPED_MOST {
            return self.not_sent(id, "too many lines wait for an answer already");
        }
        self.outbox.push(Output::Send(Frame::Text(text)));
        if ids.is_empty() {
            return self.done(id, None);
        }
        self.typed.push(Typed { ids, request: id, since: now.instant });
    }

    /// An answer to a typed line: the first one is told.
    pub(super) fn typed_answered(&mut self, id: &CallId<'_>, frame: &str) -> bool {
        let is = |other: &CallId<'_>| other == id || (id.number().is_some() && other.number() == id.number());
        let place = self.typed.iter().position(|typed| typed.ids.iter().any(is));
        self.tell_typed(place, frame)
    }

    /// An error about a whole frame is the answer to the typed line that waits longest. `false` where none waits.
    pub(super) fn typed_failed(&mut self, frame: &str) -> bool {
        self.tell_typed((!self.typed.is_empty()).then_some(0), frame)
    }

    fn tell_typed(&mut self, place: Option<usize>, frame: &str) -> bool {
        let Some(place) = place else { return false };
        let typed = self.typed.remove(place);
        self.done(typed.request, Some(Value::Json(frame.to_owned())));
        true
    }

    pub(super) fn forget_typed(&mut self, now: Now) {
        let is_over = |typed: &Typed| typed.since + ANSWER_TIMEOUT <= now.instant;
        while let Some(place) = self.typed.iter().position(is_over) {
            let typed = self.typed.remove(place);
            self.reply(typed.request, Outcome::TimedOut);
        }
    }

    /// The call that a request becomes, or why there is none.
    fn call_of(&self, request: &Request) -> Result<(Wish, Procedure), String> {
        match request {
            Request::Read { channel } => {
                let (index, node) = self.series(*channel)?;
                let procedure = Procedure::Read { resource: node.resource(), window: Window::newest() };
                Ok((Wish::Read(index), procedure))
            }
            Request::Write { channel, value } => {
                let (_, node) = self.series(*channel)?;
                if node.kind != Kind::Dataport {
                    return Err("only dataports are written; a datarule makes its values itself".to_owned());
                }
                let value = node.format.write(value).map_err(|error| error.to_string())?;
                Ok((Wish::Write, Procedure::Write { resource: node.resource(), value }))
            }
            Request::Expand { group } => {
                let node = self.node(*group)?;
                if node.kind != Kind::Client {
                    return Err("nothing is below it".to_owned());
                }
                Ok((Wish::Expand(*group), self.listing_of(*group)))
            }
            Request::Inspect { group } => {
                let resource = self.node(*group)?.resource();
                Ok((Wish::Inspect, Procedure::Info { resource, parts: INSPECTED }))
            }
            Request::Execute { command, argument } => self.execute(*command, argument.as_ref()),
            Request::Check { .. } => {
                Err("the One Platform cannot be asked whether it would take a value".to_owned())
            }
            Request::Logging { .. } => Err("the One Platform has no log for its clients".to_owned()),
            Request::Pause { .. } => Err(NOT_PAUSABLE.to_owned()),
            Request::Subscribe { .. } | Request::Raw { .. } => Err("it is not one call".to_owned()),
        }
    }

    fn execute(&self, command: usize, argument: Option<&Value>) -> Result<(Wish, Procedure), String> {
        let (index, deed) = *self.tree.deeds.get(command).ok_or_else(|| GONE.to_owned())?;
        let procedure = execute::procedure(self.node(index)?, deed, argument)?;
        Ok((
            Wish::Execute { node: index, returns: deed.returns(), after: self.after(deed, &procedure) },
            procedure,
        ))
    }

    /// What else changes by a command.
    fn after(&self, deed: Deed, procedure: &Procedure) -> After {
        match deed {
            Deed::Update => After::Description,
            Deed::Drop | Deed::Move => After::Owner(match procedure {
                Procedure::Move { destination, .. } => self.tree.named(destination),
                _ => None,
            }),
            Deed::Create | Deed::Map | Deed::Unmap | Deed::Activate | Deed::Deactivate => After::Listing,
            Deed::Record
            | Deed::RecordBatch
            | Deed::Wait
            | Deed::Flush
            | Deed::Usage
            | Deed::Share
            | Deed::Listing
            | Deed::Lookup
            | Deed::WriteGroup
            | Deed::Revoke => After::Nothing,
        }
    }

    fn node(&self, index: usize) -> Result<&Node, String> {
        self.tree.nodes.get(index).filter(|node| !node.is_gone).ok_or_else(|| GONE.to_owned())
    }

    /// The series of a channel, and its index.
    fn series(&self, channel: usize) -> Result<(usize, &Node), String> {
        let index = self.tree.node_of.get(channel).copied().ok_or_else(|| GONE.to_owned())?;
        Ok((index, self.node(index)?))
    }

    /// The frame that a request would become now.
    pub(super) fn preview_of(&self, request: &Request) -> Option<String> {
        if let Request::Raw { text } = request {
            return Some(text.clone());
        }
        let (_, procedure) = self.call_of(request).ok()?;
        let number = self.calls.next_number(|number| is_typed(&self.typed, number));
        Some(procedure::frame(std::iter::once(procedure.call(&CallId::Number(number.into())))))
    }
}

/// The names of the calls in a typed line.
fn typed_ids(text: &str) -> Vec<CallId<'static>> {
    let parsed = Json::parse(text, &mut Breaches::default()).ok();
    match parsed.as_ref().and_then(|json| json.get("calls")) {
        Some(Json::Array(calls)) => {
            let ids = calls.iter().filter_map(|call| CallId::read(call.get("id")?.clone()));
            ids.map(CallId::into_owned).collect()
        }
        _ => Vec::new(),
    }
}
