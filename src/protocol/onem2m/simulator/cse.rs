//! The CSE: from a frame of the client to its answer. What operations do is told in the files named for them.

use serde_json::{Map, Value, json};

use super::address::Target;
use super::delivery::Delivery;
use super::kind::Kind;
use super::quirks::Quirks;
use super::refusal::{BAD_REQUEST, NO_PRIVILEGE, NOT_ALLOWED, NOT_FOUND, Refusal};
use super::request::{Mode, Operation, RELEASES, Reply, Request, ResultContent};
use super::stamps;
use super::tree::{BASE, BASE_NAME, CSE_ID, Id, PROVIDER_ID, Resource, Tree};
use crate::model::time::{Now, Timestamp};
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;

/// How long the result of a non-blocking request is kept, in seconds.
const RESULT_SECS: f64 = 60.0;

/// A CSE with its resources. It knows the time that it was told last.
pub(super) struct Cse {
    pub(super) tree: Tree,
    pub(super) quirks: InUse<Quirks>,
    pub(super) random: Random,
    pub(super) now: Now,
    pub(super) delivery: Delivery,
    /// Frames for the client, in order.
    pub(super) out: Vec<Out>,
    /// The next time when expired resources are looked for.
    pub(super) expiry_due: Timestamp,
    /// The container that [`super::Quirks::flood`] fills.
    pub(super) flooded: Option<Id>,
    /// A resource that somebody has just subscribed to and that shall change soon.
    pub(super) hurried: Option<Id>,
    /// Resources that have lost a subscription by [`super::Quirks::vanishing`].
    pub(super) bereft: Vec<Id>,
    pub(super) stranger_due: Timestamp,
    pub(super) stranger_known: bool,
}

/// A frame for the client.
pub(super) enum Out {
    Answer(String),
    Notification(String),
}

/// How an operation went.
pub(super) enum Done {
    Now(Answer),
    /// It is answered when somebody else has answered.
    Later,
}

/// What a successful operation answers.
pub(super) struct Answer {
    pub(super) rsc: u16,
    pub(super) pc: Option<Value>,
    /// The originator, where it has just got its AE-ID.
    pub(super) to: Option<String>,
    /// There is more, from this offset on.
    pub(super) rest: Option<usize>,
    /// The subscription that was made.
    pub(super) subscription: Option<Id>,
}

impl Answer {
    pub(super) fn new(rsc: u16, pc: Option<Value>) -> Self {
        Self { rsc, pc, to: None, rest: None, subscription: None }
    }
}

/// What is answered where a resource has gone in the meantime.
pub(super) fn gone() -> Refusal {
    Refusal::new(NOT_FOUND, format_args!("the resource is gone"))
}

/// An object with one member.
pub(super) fn single(name: &str, value: impl Into<Value>) -> Value {
    object(name, value.into())
}

fn object(name: &str, value: Value) -> Value {
    let mut map = Map::new();
    map.insert(name.to_owned(), value);
    Value::Object(map)
}

impl Cse {
    pub(super) fn new(quirks: InUse<Quirks>, seed: u64, now: Now) -> Self {
        Self {
            tree: Tree::new(base(now.wall)),
            quirks,
            random: Random::new(seed),
            now,
            delivery: Delivery::default(),
            out: Vec::new(),
            expiry_due: now.wall,
            flooded: None,
            hurried: None,
            bereft: Vec::new(),
            stranger_due: now.wall,
            stranger_known: false,
        }
    }

    /// Ten letters and digits, of which identifiers are made.
    pub(super) fn letters(&mut self) -> String {
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..10).map(|_| char::from(LETTERS[self.random.index(LETTERS.len())])).collect()
    }

    /// Takes a frame of the client.
    pub(super) fn take(&mut self, text: &str) {
        let primitive = match serde_json::from_str(text) {
            Ok(Value::Object(primitive)) => primitive,
            // What is no object has no answer.
            Ok(_) => return,
            Err(error) => {
                let refusal = Refusal::bad(format_args!("Malformed request/content? {error}"));
                return self.answer(&Reply::to_anything(&Map::new()), Err(refusal));
            }
        };
        if primitive.contains_key("rsc") && !primitive.contains_key("op") {
            return self.acknowledged(&primitive);
        }
        match Request::parse(&primitive, self.now.wall) {
            Ok(request) => self.serve(&request),
            Err(refusal) => self.answer(&Reply::to_anything(&primitive), Err(refusal)),
        }
    }

    fn serve(&mut self, request: &Request) {
        if !self.quirks.headerless {
            self.associate_first(&request.fr);
        }
        let outcome = self.perform(request);
        self.conclude(&request.reply, outcome);
    }

    /// Carries out one request.
    pub(super) fn perform(&mut self, request: &Request) -> Result<Done, Refusal> {
        let operation = request.reply.operation;
        let registers = operation == Operation::Create && request.kind == Some(Kind::Ae);
        if self.quirks.headerless && !registers {
            let text = format_args!(
                "Unknown WS connections (no X-M2M-Origin header) are only allowed for AE registrations"
            );
            return Err(Refusal::new(NO_PRIVILEGE, text));
        }
        let target = self.tree.resolve(&request.to)?;
        if let Target::Members(group, rest) = &target {
            return self.fan_out(request, *group, rest);
        }
        match (operation, target) {
            (Operation::Create, Target::Resource(parent)) => self.create(request, parent),
            (Operation::Retrieve, Target::Resource(id) | Target::Edge(id)) => self.retrieve(request, id),
            (Operation::Update, Target::Resource(id)) => self.update(request, id),
            (Operation::Delete, Target::Resource(id) | Target::Edge(id)) => self.delete(request, id),
            (Operation::Notify, Target::Resource(id)) => self.notify_ae(request, id),
            (operation, Target::Edge(_) | Target::Members(..)) => {
                let text = format_args!("{} is not allowed for: {}", operation.name(), request.to);
                Err(Refusal::new(NOT_ALLOWED, text))
            }
        }
    }

    /// Answers a request that has been carried out, unless somebody else has to answer first.
    pub(super) fn conclude(&mut self, reply: &Reply, outcome: Result<Done, Refusal>) {
        match outcome {
            Ok(Done::Later) => {}
            Ok(Done::Now(answer)) => self.finish(reply, Ok(answer)),
            Err(refusal) => self.finish(reply, Err(refusal)),
        }
    }

    /// Answers a request in the way that it asked for.
    pub(super) fn finish(&mut self, reply: &Reply, outcome: Result<Answer, Refusal>) {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(refusal) => return self.answer(reply, Err(refusal)),
        };
        let may_come_later = matches!(reply.operation, Operation::Create | Operation::Retrieve);
        let (rsc, recipients) = match &reply.mode {
            Mode::Silent => return,
            Mode::NonBlockingSync => (1001, Vec::new()),
            Mode::NonBlockingAsync(nu) if nu.is_empty() => (1002, vec![reply.to.clone()]),
            Mode::NonBlockingAsync(nu) => (1002, nu.clone()),
            Mode::Flex if self.quirks.asynchronous && may_come_later => (1002, vec![reply.to.clone()]),
            Mode::Blocking | Mode::Flex => return self.answer(reply, Ok(answer)),
        };
        let result = self.result(reply, answer);
        let uri = self.keep_result(reply, result.clone());
        self.answer(reply, Ok(Answer::new(rsc, Some(single("m2m:uri", uri)))));
        for recipient in recipients {
            self.deliver(&recipient, single("m2m:rsp", result.clone()));
        }
    }

    /// The result of a non-blocking request.
    fn result(&self, reply: &Reply, answer: Answer) -> Map<String, Value> {
        let mut result = Map::new();
        result.insert("rsc".into(), answer.rsc.into());
        result.insert("rqi".into(), reply.rqi.clone().into());
        if let Some(pc) = answer.pc {
            result.insert("pc".into(), pc);
        }
        result.insert("to".into(), answer.to.unwrap_or_else(|| reply.to.clone()).into());
        result.insert("fr".into(), CSE_ID.into());
        if !self.quirks.no_rvi {
            result.insert("rvi".into(), reply.rvi.clone().into());
        }
        result
    }

    /// Makes the `<request>` of a non-blocking request: its resource id.
    fn keep_result(&mut self, reply: &Reply, result: Map<String, Value>) -> String {
        let mut attributes = Map::new();
        attributes.insert("op".into(), reply.operation.number().into());
        attributes.insert("tg".into(), reply.target.clone().into());
        attributes.insert("or".into(), reply.to.clone().into());
        attributes.insert("rid".into(), reply.rqi.clone().into());
        // 1: completed.
        attributes.insert("rs".into(), 1.into());
        attributes.insert("ors".into(), result.into());
        attributes.insert("et".into(), stamps::write(stamps::after(self.now.wall, RESULT_SECS)).into());
        let id = self.add(BASE, Kind::Request, "m2m:req", attributes, &reply.to);
        self.tree.ri(id).to_owned()
    }

    /// Answers a request now.
    pub(super) fn answer(&mut self, reply: &Reply, outcome: Result<Answer, Refusal>) {
        let answer =
            outcome.unwrap_or_else(|refusal| Answer::new(refusal.rsc, Some(single("m2m:dbg", refusal.text))));
        let failed = answer.rsc >= BAD_REQUEST;
        if self.quirks.bare && !failed {
            let content = answer.pc.unwrap_or_else(|| Map::new().into());
            return self.out.push(Out::Answer(content.to_string()));
        }
        let mut frame = self.head(answer.to.as_deref().unwrap_or(&reply.to));
        frame.insert("rsc".into(), answer.rsc.into());
        if let Some(rqi) = reply.rqi.as_ref().filter(|_| !(self.quirks.no_rqi && failed)) {
            frame.insert("rqi".into(), rqi.clone().into());
        }
        if let Some(rvi) = reply.rvi.as_ref().filter(|_| !self.quirks.no_rvi) {
            frame.insert("rvi".into(), rvi.clone().into());
        }
        frame.insert("drt".into(), 1.into());
        if let Some(rest) = answer.rest {
            // 1: partial content.
            frame.insert("cnst".into(), 1.into());
            frame.insert("cnot".into(), rest.into());
        }
        if let Some(pc) = answer.pc {
            frame.insert("pc".into(), pc);
        }
        let text = Value::Object(frame).to_string();
        match answer.subscription.filter(|_| self.quirks.early_notify) {
            Some(subscription) => self.withhold(subscription, text),
            None => self.out.push(Out::Answer(text)),
        }
    }

    /// What time alone brings about.
    pub(super) fn live_on(&mut self) {
        self.expire();
        self.look_for_missing();
        self.tend_subscriptions();
        self.tend_delivery();
    }

    /// The first members of every primitive.
    pub(super) fn head(&self, to: &str) -> Map<String, Value> {
        let mut head = Map::new();
        head.insert("fr".into(), CSE_ID.into());
        head.insert("to".into(), to.into());
        head.insert("ot".into(), stamps::write(self.now.wall).into());
        head
    }

    /// The attributes of a resource under the name of its type.
    pub(super) fn represent(&self, id: Id) -> Value {
        let resource = self.tree.get(id);
        resource.map_or(Value::Null, |resource| single(&resource.tag, self.attributes(id)))
    }

    /// The attributes of a resource as they are read.
    pub(super) fn attributes(&self, id: Id) -> Map<String, Value> {
        let mut attributes =
            self.tree.get(id).map(|resource| resource.attributes.clone()).unwrap_or_default();
        if id == BASE {
            attributes.insert("ctm".into(), stamps::write(self.now.wall).into());
        }
        attributes
    }
}

/// Whether the answer to a CREATE, UPDATE or DELETE has the resource in it.
pub(super) fn wants_attributes(rcn: Option<ResultContent>, default: bool) -> bool {
    rcn.map_or(default, |rcn| rcn != ResultContent::Nothing)
}

/// The `CSEBase`.
fn base(now: Timestamp) -> Resource {
    let now = stamps::write(now);
    let described = json!({
        "ri": &CSE_ID[1..], "rn": BASE_NAME, "csi": CSE_ID, "spi": PROVIDER_ID,
        "csz": ["application/json"], "poa": ["ws://greenhouse.example"], "cst": 1,
        "srt": Kind::ALL.map(Kind::number), "srv": RELEASES,
        "pi": "", "ty": Kind::CseBase.number(), "ct": now, "lt": now,
    });
    let attributes = described.as_object().cloned().unwrap_or_default();
    Resource::new(Kind::CseBase, "m2m:cb", "", attributes)
}
