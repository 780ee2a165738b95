//! What the CSE tells: notifications of subscriptions, verifications, and answers that come late.

use super::purpose::Purpose;
use super::{EARLY_MOST, EARLY_PATIENCE, OneM2mSession};
use crate::model::json::{Breaches, Json};
use crate::model::time::Now;
use crate::protocol::onem2m::notification::{Notification, Notified, What};
use crate::protocol::onem2m::primitive::{Operation, Primitive, Request, Response};
use crate::protocol::onem2m::resource::{CONTENT_INSTANCE, TIME_SERIES_INSTANCE, only, type_of};
use crate::protocol::{Frame, Output};

/// The longest early notification that is kept.
const EARLY_BYTES: usize = 64 << 10;

impl OneM2mSession {
    /// A request came: a notification, or nothing that an AE serves.
    pub(super) fn told(&mut self, now: Now, request: &Request<'_>, frame: &str) {
        if request.operation != Operation::Notify as i128 {
            self.acknowledge(now, request, 4_005);
            return self.violation("an AE is notified and nothing else");
        }
        if request.release.is_empty() {
            self.violation("a request tells its release");
        }
        let events = match Notified::read(&request.content) {
            Notified::Events(events) => events,
            // It was promised before.
            Notified::Answer { request: id, code, content } => {
                self.acknowledge(now, request, 2_000);
                let response = Response { code, id: Some(id.into()), content: content.clone(), made: None };
                return self.response(now, response, frame);
            }
            Notified::Unknown => {
                self.acknowledge(now, request, 4_000);
                return self.malformed(now, "it is a notification of no kind that the standard knows", frame);
            }
        };
        // At once, and before anything else is sent: the CSE waits for it.
        let is_welcome = events.iter().all(|event| self.is_welcome(event));
        self.acknowledge(now, request, if is_welcome { 2_000 } else { 4_101 });
        if !self.all_notified(now, &events) {
            self.keep_early(now, frame);
        }
    }

    fn acknowledge(&mut self, now: Now, request: &Request<'_>, code: u32) {
        if request.id.is_empty() {
            return self.violation("a request names itself");
        }
        let answer = request.answer(code, self.own());
        self.outbox.push(Output::Send(Frame::Text(answer)));
        if !self.settings.hybrid {
            self.asks.acknowledged(now.instant);
        }
    }

    /// A verification is granted to ourselves alone: for a subscription that is being made in our name.
    fn is_welcome(&self, notification: &Notification<'_, '_>) -> bool {
        match notification.what {
            What::Verification { creator } => {
                let is_ours =
                    [self.own(), &self.settings.originator].contains(&creator) || creator.is_empty();
                is_ours && self.asks.has(|purpose| matches!(purpose, Purpose::Subscribe(..)))
            }
            What::Event { .. } | What::Missing(_) | What::Deleted => true,
        }
    }

    /// Takes notifications over. `false` where nobody knows the subscription of one of them yet.
    fn all_notified(&mut self, now: Now, events: &[Notification<'_, '_>]) -> bool {
        let mut all = true;
        for event in events {
            all &= self.notified(now, event);
        }
        all
    }

    /// Takes a notification over. `false` where nobody knows its subscription yet.
    fn notified(&mut self, now: Now, notification: &Notification<'_, '_>) -> bool {
        if matches!(notification.what, What::Verification { .. })
            || notification.subscription == self.own_name()
        {
            return true;
        }
        let Some((index, kind)) = self.subscription_of(notification.subscription) else {
            // That one is gone is no news where nobody knew it.
            return matches!(notification.what, What::Deleted);
        };
        match &notification.what {
            What::Event { event, representation } => self.happened(now, index, *event, representation),
            What::Missing(at) => self.missing(index, at.clone()),
            What::Deleted => self.subscription_deleted(now, index, kind),
            What::Verification { .. } => {}
        }
        true
    }

    fn happened(&mut self, now: Now, index: usize, event: u64, representation: &Json<'_>) {
        let Some((name, resource)) = only(representation) else {
            // Only its address: what is new must be asked for.
            if let (true, Some(node)) = (self.has_instances(index), self.tree.nodes.get(index)) {
                self.ask(Purpose::Latest(index), node.latest());
            }
            return;
        };
        let is_instance = matches!(name, "m2m:cin" | "m2m:tsi")
            || type_of(resource).is_some_and(|ty| [CONTENT_INSTANCE, TIME_SERIES_INSTANCE].contains(&ty));
        match event {
            // The resource itself was deleted; that of the subscription follows.
            2 => self.is_gone(now, index, &Response::of(4_004)),
            _ if is_instance => self.instance(now, index, resource),
            1 => self.flex_container_state(now, index, resource),
            _ => {}
        }
    }

    /// The answer to the creation of its subscription may still come.
    fn keep_early(&mut self, now: Now, frame: &str) {
        let is_expected =
            self.asks.has(|purpose| matches!(purpose, Purpose::Subscribe(..) | Purpose::Compare(..)));
        if !is_expected || self.early.len() >= EARLY_MOST || frame.len() > EARLY_BYTES {
            return self.violation("a notification is one of our subscriptions");
        }
        self.early.push_back((now.instant, frame.to_owned()));
    }

    /// A subscription is known now: what came early may be its.
    pub(super) fn take_early(&mut self, now: Now) {
        for (since, frame) in std::mem::take(&mut self.early) {
            let Ok(Primitive::Request(request)) = Primitive::parse(&frame, &mut Breaches::default()) else {
                continue;
            };
            let Notified::Events(events) = Notified::read(&request.content) else { continue };
            // Those of a batch that are known already are known again by their instances.
            if !self.all_notified(now, &events) {
                self.early.push_back((since, frame));
            }
        }
    }

    pub(super) fn forget_early(&mut self, now: Now) {
        while self.early.front().is_some_and(|(since, _)| *since + EARLY_PATIENCE <= now.instant) {
            self.early.pop_front();
            self.violation("a notification is one of our subscriptions");
        }
    }
}
