//! Subscriptions: what they ask for, read strictly, and how one comes to be.

use std::time::Duration;

use serde_json::{Map, Value};

use super::attributes::{Shape, check_members};
use super::create::Draft;
use super::cse::{Answer, Cse, Done, gone, wants_attributes};
use super::delivery::Verification;
use super::kind::Kind;
use super::refusal::{Refusal, VERIFICATION_FAILED};
use super::request::Request;
use super::stamps;
use super::tree::{Id, Role};
use crate::model::time::{Instant, Timestamp};

/// The most resources with a role at a time, subscriptions above all.
pub(super) const SUBSCRIPTIONS_MOST: usize = 300;
/// The most notifications that one batch gathers, and how long, unless it is said.
const BATCH_MOST: u64 = 1000;
const BATCH_TIME: Duration = Duration::from_secs(10);
/// The same under [`super::Quirks::batch`].
const QUIRKY_BATCH: Batch = Batch { most: 100, time: Duration::from_secs(1) };
/// How long after its creation [`super::Quirks::vanishing`] deletes a subscription.
const VANISHES_AFTER: Duration = Duration::from_secs(3);

pub(super) const NET_UPDATE: u64 = 1;
pub(super) const NET_DELETE: u64 = 2;
pub(super) const NET_CHILD_CREATED: u64 = 3;
pub(super) const NET_CHILD_DELETED: u64 = 4;
pub(super) const NET_MISSING: u64 = 8;

/// What a subscription asks for, and what it has gathered.
pub(super) struct Subscription {
    /// As given: AE-IDs, or addresses at which nobody is notified.
    pub(super) recipients: Vec<String>,
    /// Who is told of its end.
    pub(super) last_word: Option<String>,
    nets: Vec<u64>,
    child_kinds: Option<Vec<u64>>,
    attributes: Option<Vec<String>>,
    pub(super) content: Content,
    /// How many notifications there will be.
    pub(super) left: Option<u64>,
    batch: Option<Batch>,
    pub(super) gathered: Vec<Value>,
    /// When what has been gathered is sent.
    pub(super) due: Option<Instant>,
    /// So many missing data within so long a time are worth a notification.
    pub(super) missing: (u64, Option<Duration>),
    pub(super) missed: Vec<Timestamp>,
    /// When somebody deletes it.
    pub(super) vanishes: Option<Instant>,
}

/// What a notification holds, `nct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    All,
    Modified,
    ResourceId,
    Series,
}

/// How notifications are gathered, `bn`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) most: u64,
    pub(super) time: Duration,
}

impl Subscription {
    /// Reads the attributes of a subscription to a resource of a type.
    pub(super) fn parse(attributes: &Map<String, Value>, subject: Kind) -> Result<Self, Refusal> {
        let nothing = Value::Null;
        let criteria = attributes.get("enc").unwrap_or(&nothing);
        let known =
            [("net", Shape::Wholes), ("atr", Shape::Texts), ("chty", Shape::Wholes), ("md", Shape::Object)];
        check_members("enc", criteria, &known)?;
        let missing = &criteria["md"];
        check_members("enc/md", missing, &[("num", Shape::Whole), ("dur", Shape::Duration)])?;
        let nets =
            wholes(&criteria["net"]).filter(|nets| !nets.is_empty()).unwrap_or_else(|| vec![NET_UPDATE]);
        for net in &nets {
            let known =
                [NET_UPDATE, NET_DELETE, NET_CHILD_CREATED, NET_CHILD_DELETED, NET_MISSING].contains(net);
            if !known || (*net == NET_MISSING && subject != Kind::TimeSeries) {
                return Err(Refusal::bad(format_args!("enc/net={net} is not supported here")));
            }
        }
        let content = content(attributes.get("nct"), &nets)?;
        let left = attributes.get("exc").and_then(Value::as_u64);
        if left == Some(0) {
            return Err(Refusal::wrong_type("exc", &0.into(), "positiveInteger"));
        }
        Ok(Self {
            recipients: texts(attributes.get("nu").unwrap_or(&nothing)).unwrap_or_default(),
            last_word: attributes.get("su").and_then(Value::as_str).map(str::to_owned),
            nets,
            child_kinds: wholes(&criteria["chty"]),
            attributes: texts(&criteria["atr"]),
            content,
            left,
            batch: attributes.get("bn").map(batch).transpose()?,
            gathered: Vec::new(),
            due: None,
            missing: (
                missing["num"].as_u64().unwrap_or(1),
                missing["dur"].as_str().and_then(stamps::read_duration),
            ),
            missed: Vec::new(),
            vanishes: None,
        })
    }

    /// Takes over what has been gathered by what it was before an update.
    pub(super) fn replace(&mut self, by: Self) {
        let before = std::mem::replace(self, by);
        (self.gathered, self.due, self.vanishes) = (before.gathered, before.due, before.vanishes);
    }

    /// Whether it asks for an event, with the type of the child or the attributes that it concerns.
    pub(super) fn wants(&self, net: u64, child: Option<Kind>, changed: &[String]) -> bool {
        let listed = |kinds: &Vec<u64>| child.is_none_or(|kind| kinds.contains(&kind.number().into()));
        let touched = |names: &Vec<String>| changed.iter().any(|name| names.contains(name));
        self.nets.contains(&net)
            && self.child_kinds.as_ref().is_none_or(listed)
            && (net != NET_UPDATE || self.attributes.as_ref().is_none_or(touched))
    }

    /// How its notifications are gathered, if they are.
    pub(super) fn batch(&self, by_quirk: bool) -> Option<Batch> {
        if by_quirk { self.batch.or(Some(QUIRKY_BATCH)) } else { self.batch }
    }
}

fn wholes(value: &Value) -> Option<Vec<u64>> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_u64).collect())
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn content(nct: Option<&Value>, nets: &[u64]) -> Result<Content, Refusal> {
    let content = match nct.map(Value::as_u64) {
        None if nets == [NET_MISSING] => Content::Series,
        None | Some(Some(1)) => Content::All,
        Some(Some(2)) => Content::Modified,
        Some(Some(3)) => Content::ResourceId,
        Some(Some(5)) => Content::Series,
        Some(_) => return Err(Refusal::bad(format_args!("attribute: nct : not supported"))),
    };
    let fits = nets.iter().all(|net| match content {
        Content::All | Content::ResourceId => *net != NET_MISSING,
        Content::Modified => *net == NET_UPDATE,
        Content::Series => *net == NET_MISSING,
    });
    if fits {
        return Ok(content);
    }
    let nets = Value::from(nets);
    let number = nct.unwrap_or(&Value::Null);
    let text = format_args!("nct={number} is not allowed for one or more values in enc/net={nets}");
    Err(Refusal::bad(text))
}

fn batch(bn: &Value) -> Result<Batch, Refusal> {
    check_members("bn", bn, &[("num", Shape::Whole), ("dur", Shape::Duration)])?;
    let time = bn["dur"].as_str().and_then(stamps::read_duration);
    Ok(Batch {
        most: bn["num"].as_u64().unwrap_or(BATCH_MOST).clamp(1, BATCH_MOST),
        time: time.unwrap_or(BATCH_TIME),
    })
}

impl Cse {
    /// CREATE of a subscription: at once where the originator notifies itself; else the recipients are asked first.
    pub(super) fn subscribe(&mut self, request: &Request, draft: Draft) -> Result<Done, Refusal> {
        let subject = self.tree.get(draft.parent).map_or(Kind::CseBase, |subject| subject.kind);
        let subscription = Subscription::parse(&draft.given, subject)?;
        let mut to_verify = Vec::new();
        for recipient in &subscription.recipients {
            if *recipient == request.fr || self.is_address_of(recipient, &request.fr) {
                continue;
            }
            if self.tree.ae(recipient).is_none() || request.fanned_out {
                return Err(verification_failed(recipient));
            }
            to_verify.push(recipient.clone());
        }
        let mut verification = Verification { request: request.clone(), draft, subscription, to_verify };
        // The name by which the recipients hear of it before it is there.
        let ri = format!("sub{}", self.letters());
        verification.draft.given.insert("ri".into(), ri.into());
        self.verify_next(verification)
    }

    /// Makes a subscription to which all recipients have agreed.
    pub(super) fn make_subscription(&mut self, agreed: Verification) -> Result<Answer, Refusal> {
        let Verification { request, draft, mut subscription, .. } = agreed;
        let subject = self.tree.get(draft.parent).map(|subject| subject.kind).ok_or_else(gone)?;
        if self.quirks.vanishing && !self.bereft.contains(&draft.parent) {
            self.bereft.push(draft.parent);
            subscription.vanishes = Some(self.now.instant + VANISHES_AFTER);
        }
        let hears_of_content = subscription.wants(NET_CHILD_CREATED, Some(Kind::ContentInstance), &[]);
        if self.quirks.flood && self.flooded.is_none() && subject == Kind::Container && hears_of_content {
            self.flooded = Some(draft.parent);
        }
        let id = self.add(draft.parent, draft.kind, &draft.tag, draft.given, &draft.owner);
        self.tree.assign(id, Role::Subscription(Box::new(subscription)));
        self.hurried = Some(draft.parent);
        let pc = wants_attributes(request.rcn, true).then(|| self.represent(id));
        Ok(Answer { subscription: Some(id), ..Answer::new(2001, pc) })
    }

    /// An address of the originator's own AE that is not its AE-ID: accepted, yet nobody is notified there.
    fn is_address_of(&self, address: &str, fr: &str) -> bool {
        let target = self.tree.resolve(address).ok().and_then(|target| target.real());
        target.is_some_and(|id: Id| self.tree.ae(fr) == Some(id))
    }
}

pub(super) fn verification_failed(recipient: &str) -> Refusal {
    Refusal::new(VERIFICATION_FAILED, format_args!("Verification request failed for: {recipient}"))
}
