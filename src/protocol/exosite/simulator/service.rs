//! The service: from a frame of the client to its answers. What procedures do is told in the files named for them.

use super::answer::{Answer, BAD_AUTH, FrameError, NOT_JSON, Outcome, Refusal, Status, response};
use super::datum::Datum;
use super::json::{Value, object, text};
use super::quirks::{AuthFail, Quirks};
use super::request::{Arguments, Call, Request};
use super::series::Point;
use super::session::{Caller, Session};
use super::share::{Share, Token};
use super::tree::{Id, Tree};
use crate::model::hex;
use crate::model::json::{Breaches, Json};
use crate::model::time::Now;
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;

/// So many bytes and frames answer a frame; further calls fail.
const ANSWER_MOST: usize = 4 * 1024 * 1024;
const FRAMES_MOST: usize = 40_000;

/// The service with all clients. It knows the time that it was told last.
pub(super) struct Service {
    pub(super) tree: Tree,
    pub(super) shares: Vec<Share>,
    pub(super) tokens: Vec<Token>,
    pub(super) quirks: InUse<Quirks>,
    pub(super) now: Now,
    pub(super) session: Option<Session>,
    /// Frames for the client, in order.
    pub(super) out: Vec<Out>,
    /// Of this RIDs, keys and codes are made. It is the same for each seed, so that what people have saved of the
    /// demo finds its resources again.
    ids: Random,
    /// For the order of answers.
    random: Random,
}

/// What goes to the client.
pub(super) enum Out {
    Answer(String),
    Update(String),
    /// The line is cut.
    Cut,
}

/// An answer to a call as JSON, and whether the call was one of `read`.
pub(super) struct Reply {
    text: String,
    is_read: bool,
}

impl Service {
    pub(super) fn new(quirks: InUse<Quirks>, seed: u64, now: Now) -> Self {
        Self {
            tree: Tree::default(),
            shares: Vec::new(),
            tokens: Vec::new(),
            quirks,
            now,
            session: None,
            out: Vec::new(),
            ids: Random::new(0x76_696e_6579_6172),
            random: Random::new(seed),
        }
    }

    /// Seconds since the Unix epoch: the only times that the service knows.
    pub(super) fn now_secs(&self) -> i64 {
        self.now.wall.0.div_euclid(1_000_000)
    }

    /// 40 hexadecimal digits that nobody has yet: an RID, a key, a code or a token.
    pub(super) fn digits(&mut self) -> String {
        let bytes: Vec<u8> = (0..20).map(|_| self.ids.next_u64() as u8).collect();
        hex::packed(&bytes)
    }

    pub(super) fn open(&mut self) {
        self.session = Some(Session::default());
    }

    pub(super) fn close(&mut self) {
        self.session = None;
        self.out.clear();
    }

    /// Takes a frame of the client.
    pub(super) fn take(&mut self, frame: &str) {
        let mut breaches = Breaches::default();
        let Some(json) = Json::parse(frame, &mut breaches).ok().filter(|_| breaches.is_empty()) else {
            return self.refuse(NOT_JSON);
        };
        let request = match Request::read(&json, self.quirks.accept_bare_unsubscribe) {
            Ok(request) => request,
            Err(error) => return self.refuse(error),
        };
        if let Some(auth) = request.auth
            && !self.let_in(auth)
        {
            return;
        }
        if self.session.as_ref().is_some_and(|session| session.caller.is_some()) {
            self.serve(&request.calls);
        } else {
            self.refuse(BAD_AUTH);
        }
    }

    /// Answers a frame that no call can be blamed for.
    fn refuse(&mut self, error: FrameError) {
        self.out.push(Out::Answer(error.to_value().to_text()));
    }

    /// Authenticates ("First Step" of the WebSocket documentation); whether that succeeded. Whoever does it again
    /// begins anew.
    fn let_in(&mut self, auth: &Json<'_>) -> bool {
        self.session = Some(Session { caller: self.authenticate(auth), ..Session::default() });
        if self.session.as_ref().is_some_and(|session| session.caller.is_some()) {
            self.out.push(Out::Answer(object(vec![("status", text("ok"))]).to_text()));
            return true;
        }
        match self.quirks.auth_fail {
            AuthFail::Error => self.refuse(BAD_AUTH),
            AuthFail::ErrorAndClose => {
                self.refuse(BAD_AUTH);
                self.out.push(Out::Cut);
            }
            AuthFail::Status => {
                self.out.push(Out::Answer(object(vec![("status", text("invalid"))]).to_text()));
            }
            AuthFail::Close => self.out.push(Out::Cut),
        }
        false
    }

    fn serve(&mut self, calls: &[Call<'_>]) {
        let mut replies: Vec<Reply> = Vec::new();
        let mut bytes = 0;
        let mark = self.out.len();
        for call in calls {
            let too_much = bytes > ANSWER_MOST || self.out.len() > FRAMES_MOST;
            let outcome = if too_much { Err(Refusal::Internal) } else { self.perform(call) };
            let result = match outcome {
                Ok(Answer::Later) => continue,
                Ok(Answer::Done) => Ok(None),
                Ok(Answer::Result(result)) => Ok(Some(result)),
                Err(refusal) => Err(refusal),
            };
            if let Some(id) = &call.id {
                let reply = self.reply(id, result, call.procedure == Some("read"));
                bytes += reply.text.len();
                replies.push(reply);
            }
        }
        // What calls have brought about follows their answers, but for peers that let it overtake them.
        let updates = self.out.split_off(if self.quirks.early_update { self.out.len() } else { mark });
        self.answer(replies);
        self.out.extend(updates);
    }

    /// An answer to a call.
    pub(super) fn reply(&self, id: &Value, outcome: Result<Option<Value>, Refusal>, is_read: bool) -> Reply {
        let text = response(self.shown_id(id), outcome, self.quirks.no_status).to_text();
        Reply { text, is_read }
    }

    /// An id as the client sees it.
    pub(super) fn shown_id(&self, id: &Value) -> Value {
        if self.quirks.string_ids && id.as_text().is_none() { text(&id.to_text()) } else { id.clone() }
    }

    /// Sends answers to calls that came together.
    pub(super) fn answer(&mut self, mut replies: Vec<Reply>) {
        if self.quirks.shuffle {
            for place in (1..replies.len()).rev() {
                replies.swap(place, self.random.index(place + 1));
            }
        }
        let size = if self.quirks.split { 1 } else { replies.len().max(1) };
        for frame in replies.chunks(size) {
            let bare = self.quirks.read_object && frame.len() == 1 && frame[0].is_read;
            let texts: Vec<&str> = frame.iter().map(|reply| reply.text.as_str()).collect();
            let joined = texts.join(",");
            self.out.push(Out::Answer(if bare { joined } else { ["[", &joined, "]"].concat() }));
        }
    }

    fn perform(&mut self, call: &Call<'_>) -> Outcome {
        let procedure = call.procedure.ok_or(Refusal::Procedure)?;
        let arguments = call.arguments.ok_or(Refusal::Arguments);
        let id = call.id.as_ref();
        let caller = self.caller();
        if self.tree.is_locked(caller.client) {
            return Err(Status::Locked.into());
        }
        match procedure {
            "read" => self.read(&caller, arguments?),
            "write" => self.write(&caller, arguments?),
            "writegroup" => self.write_group(&caller, arguments?),
            "record" => self.record(&caller, arguments?, false),
            "recordbatch" => self.record(&caller, arguments?, true),
            "flush" => self.flush(&caller, arguments?),
            "wait" => self.wait(&caller, arguments?, id),
            "subscribe" => self.subscribe(&caller, arguments?, id),
            "unsubscribe" => self.unsubscribe(&caller, arguments?),
            _ => self.perform_on_resources(&caller, procedure, arguments),
        }
    }

    /// The procedures that concern resources, not data.
    fn perform_on_resources(
        &mut self,
        caller: &Caller,
        procedure: &str,
        arguments: Result<Arguments<'_>, Refusal>,
    ) -> Outcome {
        match procedure {
            "create" => self.create(caller, arguments?),
            "update" => self.update(caller, arguments?),
            "move" => self.relocate(caller, arguments?),
            "drop" => self.drop_resource(caller, arguments?),
            "info" => self.info(caller, arguments?),
            "listing" => self.listing(caller, arguments?),
            "usage" => self.usage(caller, arguments?),
            "map" => self.map(caller, arguments?),
            "unmap" => self.unmap(caller, arguments?),
            "lookup" => self.lookup(caller, arguments?),
            "share" => self.share(caller, arguments?),
            "revoke" => self.revoke(caller, arguments?),
            "activate" => self.activate(caller, arguments?),
            "deactivate" => self.deactivate(caller, arguments?),
            "grant" => self.grant(caller, arguments?),
            _ => Err(Refusal::Procedure),
        }
    }

    /// Adds a point to a resource and tells who waits for it.
    pub(super) fn append(&mut self, id: Id, at: i64, value: Datum) {
        let now_secs = self.now_secs();
        let Some(resource) = self.tree.get_mut(id) else { return };
        let retention = resource.retention(now_secs);
        let point = Point { at, value };
        resource.series.insert(point.clone(), retention);
        self.tell(id, &point);
    }
}
