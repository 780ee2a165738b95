//! The way of notifications to the socket of their recipient: association, acknowledgements, and what is kept for
//! a recipient whose socket is away (TS-0020, clause 6.5).

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Map, Value};

use super::create::Draft;
use super::cse::{Answer, Cse, Done, Out, single};
use super::greenhouse::AE_ID;
use super::kind::Kind;
use super::notify::notification;
use super::refusal::{NOT_ALLOWED, NOT_REACHABLE, RELEASE_NOT_SUPPORTED, Refusal};
use super::request::{Operation, RELEASES, Reply, Request};
use super::rights::Right;
use super::stamps;
use super::subscription::{NET_CHILD_CREATED, Subscription, verification_failed};
use super::tree::{CSE_ID, Id};
use crate::model::time::Instant;

/// The most notifications that are kept for one AE, and for how many AEs.
const KEPT_MOST: usize = 1000;
const RECIPIENTS_MOST: usize = 64;
/// The most notifications that wait for their acknowledgement, and how long they do.
const WAITING_MOST: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(10);
/// The most notifications that one input brings out; what goes beyond is lost.
const SENT_MOST: usize = 2000;
/// How long [`super::Quirks::early_notify`] holds an answer back for the notification that overtakes it.
const WITHHELD: Duration = Duration::from_secs(2);
/// How often [`super::Quirks::stranger`] is heard of, in seconds.
const STRANGER_SECS: f64 = 2.0;

/// What is on its way.
#[derive(Default)]
pub(super) struct Delivery {
    /// The AE-IDs that are notified on the present socket; `None` while there is no socket.
    socket: Option<Vec<String>>,
    /// What is kept for AEs whose socket is away.
    kept: Vec<(String, VecDeque<Value>)>,
    waiting: VecDeque<Waiting>,
    /// Answers to the CREATE of a subscription that its first notification overtakes.
    withheld: Vec<(Id, Instant, String)>,
    /// How many notifications the present input has brought out.
    pub(super) sent: usize,
}

/// A NOTIFY whose acknowledgement has not come yet.
struct Waiting {
    rqi: String,
    until: Instant,
    why: Why,
}

enum Why {
    Notification,
    Verification(Box<Verification>),
    /// Somebody's NOTIFY was passed on.
    PassedOn(Reply),
}

/// A subscription that is made once all of its recipients have agreed.
pub(super) struct Verification {
    pub(super) request: Request,
    pub(super) draft: Draft,
    /// What the draft asks for.
    pub(super) subscription: Subscription,
    pub(super) to_verify: Vec<String>,
}

impl Cse {
    /// A socket has opened.
    pub(super) fn open(&mut self) {
        self.delivery.socket = Some(Vec::new());
    }

    /// The socket is gone, and with it what was on its way.
    pub(super) fn close(&mut self) {
        self.delivery = Delivery { kept: std::mem::take(&mut self.delivery.kept), ..Delivery::default() };
        if self.quirks.forgetful {
            self.forget_clients();
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.delivery.socket.is_some()
    }

    /// Associates the socket with the originator of its first request, where that is a registered AE.
    pub(super) fn associate_first(&mut self, fr: &str) {
        if self.delivery.socket.as_ref().is_some_and(Vec::is_empty) && self.tree.ae(fr).is_some() {
            self.associate(fr);
        }
    }

    /// From now on the AE is notified on this socket; first of what it has missed.
    pub(super) fn associate(&mut self, aei: &str) {
        let Some(socket) = self.delivery.socket.as_mut().filter(|_| !self.quirks.no_push) else { return };
        socket.push(aei.to_owned());
        let place = self.delivery.kept.iter().position(|(kept, _)| kept == aei);
        if let Some(place) = place {
            for content in self.delivery.kept.remove(place).1 {
                self.deliver(aei, content);
            }
        }
    }

    fn is_associated(&self, aei: &str) -> bool {
        self.delivery.socket.iter().flatten().any(|associated| associated == aei)
    }

    /// Sends a notification to an AE, or keeps it until its socket is there.
    pub(super) fn deliver(&mut self, recipient: &str, content: Value) {
        let Some(ae) = self.tree.ae(recipient).and_then(|id| self.tree.get(id)) else { return };
        if self.quirks.no_push || ae.attributes.get("rr") != Some(&Value::Bool(true)) {
            return;
        }
        if self.is_associated(recipient) {
            return self.send_notify(CSE_ID, recipient, content, Why::Notification);
        }
        let all = &mut self.delivery.kept;
        let place = all.iter().position(|(aei, _)| aei == recipient).unwrap_or(all.len());
        if place == all.len() {
            if all.len() >= RECIPIENTS_MOST {
                return;
            }
            all.push((recipient.to_owned(), VecDeque::new()));
        }
        let kept = &mut all[place].1;
        if kept.len() >= KEPT_MOST {
            kept.pop_front();
        }
        kept.push_back(content);
    }

    fn send_notify(&mut self, fr: &str, to: &str, content: Value, why: Why) {
        if self.delivery.sent >= SENT_MOST {
            return;
        }
        self.delivery.sent += 1;
        let rqi = self.letters();
        let mut frame = self.head(to);
        frame.insert("fr".into(), fr.into());
        frame.insert("op".into(), Operation::Notify.number().into());
        frame.insert("rqi".into(), rqi.clone().into());
        if !self.quirks.no_rvi {
            frame.insert("rvi".into(), RELEASES[2].into());
        }
        frame.insert("drt".into(), 1.into());
        frame.insert("pc".into(), content);
        self.out.push(Out::Notification(Value::Object(frame).to_string()));
        if self.delivery.waiting.len() >= WAITING_MOST {
            self.give_up_oldest();
        }
        let until = self.now.instant + PATIENCE;
        self.delivery.waiting.push_back(Waiting { rqi, until, why });
    }

    /// Takes a response of the client. One that answers nothing is nobody's.
    pub(super) fn acknowledged(&mut self, response: &Map<String, Value>) {
        let rqi = response.get("rqi").and_then(Value::as_str).unwrap_or_default();
        let waiting = &mut self.delivery.waiting;
        let Some(place) = waiting.iter().position(|waiting| waiting.rqi == rqi) else { return };
        if !response.contains_key("rvi") && !self.quirks.no_rvi {
            let text = format_args!("release Version Indicator is missing in response");
            let refusal = Refusal::new(RELEASE_NOT_SUPPORTED, text);
            return self.answer(&Reply::to_anything(response), Err(refusal));
        }
        let Some(waiting) = waiting.remove(place) else { return };
        let rsc = response.get("rsc").and_then(Value::as_u64).and_then(|rsc| u16::try_from(rsc).ok());
        let agreed = rsc.is_some_and(|rsc| (2000..3000).contains(&rsc));
        match waiting.why {
            Why::Notification => {}
            Why::Verification(mut asked) if agreed => {
                asked.to_verify.remove(0);
                let reply = asked.request.reply.clone();
                let outcome = self.verify_next(*asked);
                self.conclude(&reply, outcome);
            }
            Why::Verification(asked) => self.fail_verification(&asked),
            Why::PassedOn(reply) if agreed => self.finish(&reply, Ok(Answer::new(2000, None))),
            Why::PassedOn(reply) => {
                let text = format_args!("the notification target has refused");
                self.finish(&reply, Err(Refusal::new(rsc.unwrap_or(NOT_REACHABLE), text)));
            }
        }
    }

    /// Ends the wait for the oldest acknowledgement.
    fn give_up_oldest(&mut self) {
        match self.delivery.waiting.pop_front().map(|waiting| waiting.why) {
            None | Some(Why::Notification) => {}
            Some(Why::Verification(asked)) => self.fail_verification(&asked),
            Some(Why::PassedOn(reply)) => {
                let text = format_args!("no response from the notification target");
                self.finish(&reply, Err(Refusal::new(NOT_REACHABLE, text)));
            }
        }
    }

    /// The recipient that was asked last has not agreed.
    fn fail_verification(&mut self, asked: &Verification) {
        self.finish(&asked.request.reply, Err(verification_failed(&asked.to_verify[0])));
    }

    /// Asks the next recipient of a subscription whether it wants to be notified; makes it where all have agreed.
    pub(super) fn verify_next(&mut self, asked: Verification) -> Result<Done, Refusal> {
        let Some(recipient) = asked.to_verify.first().cloned() else {
            return self.make_subscription(asked).map(Done::Now);
        };
        if !self.is_associated(&recipient) {
            return Err(verification_failed(&recipient));
        }
        let sur = asked.draft.given.get("ri").and_then(Value::as_str).unwrap_or_default();
        let content = verification(&format!("{CSE_ID}/{sur}"), &asked.request.fr);
        self.send_notify(CSE_ID, &recipient, content, Why::Verification(Box::new(asked)));
        Ok(Done::Later)
    }

    /// NOTIFY: passed on to an AE, answered after its acknowledgement.
    pub(super) fn notify_ae(&mut self, request: &Request, id: Id) -> Result<Done, Refusal> {
        let Some(ae) = self.tree.get(id).filter(|resource| resource.kind == Kind::Ae) else {
            let text = format_args!("NOTIFY is not allowed for: {}", request.to);
            return Err(Refusal::new(NOT_ALLOWED, text));
        };
        let aei = ae.ri().to_owned();
        self.demand(&request.fr, Right::Notify, id)?;
        if !["m2m:sgn", "m2m:agn", "m2m:rsp"].iter().any(|name| request.pc.contains_key(*name)) {
            return Err(Refusal::bad(format_args!("primitive content is not a notification")));
        }
        if !self.is_associated(&aei) {
            let text = format_args!("target not reachable: {aei}");
            return Err(Refusal::new(NOT_REACHABLE, text));
        }
        let content = Value::Object(request.pc.clone());
        if request.fanned_out {
            self.send_notify(&request.fr, &aei, content, Why::Notification);
            return Ok(Done::Now(Answer::new(2000, None)));
        }
        self.send_notify(&request.fr, &aei, content, Why::PassedOn(request.reply.clone()));
        Ok(Done::Later)
    }

    /// Holds the answer to the CREATE of a subscription back until its first notification has gone.
    pub(super) fn withhold(&mut self, subscription: Id, frame: String) {
        self.delivery.withheld.push((subscription, self.now.instant + WITHHELD, frame));
    }

    /// Lets go of the answers that were held back for a subscription, or for too long.
    pub(super) fn release_withheld(&mut self, notified: Option<Id>) {
        let now = self.now.instant;
        for (id, until, frame) in std::mem::take(&mut self.delivery.withheld) {
            if notified == Some(id) || now >= until {
                self.out.push(Out::Answer(frame));
            } else {
                self.delivery.withheld.push((id, until, frame));
            }
        }
    }

    /// What time alone brings about.
    pub(super) fn tend_delivery(&mut self) {
        self.release_withheld(None);
        while self.delivery.waiting.front().is_some_and(|waiting| self.now.instant >= waiting.until) {
            self.give_up_oldest();
        }
        self.hear_of_stranger();
    }

    /// An AE is no more.
    pub(super) fn forget_ae(&mut self, aei: &str) {
        if let Some(socket) = &mut self.delivery.socket {
            socket.retain(|associated| associated != aei);
        }
        self.delivery.kept.retain(|(kept, _)| kept != aei);
    }

    /// The CSE is another one now, and knows nobody but the greenhouse.
    fn forget_clients(&mut self) {
        let foreign = |id: &Id| {
            self.tree.get(*id).is_some_and(|resource| {
                matches!(resource.kind, Kind::Ae | Kind::Subscription) && resource.owner != AE_ID
            })
        };
        let gone: Vec<Id> = self.tree.all().map(|(id, _)| id).filter(foreign).collect();
        for id in gone {
            self.end(id);
        }
        self.delivery = Delivery::default();
        self.out.clear();
    }

    /// A verification request for somebody else's subscription, and then its notifications.
    fn hear_of_stranger(&mut self) {
        if !self.quirks.stranger || self.now.wall < self.stranger_due {
            return;
        }
        self.stranger_due = stamps::after(self.now.wall, STRANGER_SECS);
        let Some(recipient) = self.delivery.socket.iter().flatten().next().cloned() else { return };
        let sur = format!("{CSE_ID}/subStranger");
        let content = if std::mem::replace(&mut self.stranger_known, true) {
            let rep = single("m2m:cin", single("con", "none of yours"));
            single("m2m:sgn", notification(NET_CHILD_CREATED, rep, sur))
        } else {
            verification(&sur, "Cstranger")
        };
        self.deliver(&recipient, content);
    }
}

fn verification(sur: &str, creator: &str) -> Value {
    let mut sgn = Map::new();
    sgn.insert("vrq".into(), true.into());
    sgn.insert("sur".into(), sur.into());
    sgn.insert("cr".into(), creator.into());
    single("m2m:sgn", sgn)
}
