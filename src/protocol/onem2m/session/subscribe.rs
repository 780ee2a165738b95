//! Subscriptions on the CSE: one below each resource that somebody watches, under a name that is found again.
//!
//! They outlive the socket and the AE, so they have a time to live, are renewed, and are removed when nobody wants them
//! any more.

use std::time::Duration;

use super::ask::{Ask, Filter, list, quoted};
use super::purpose::{Kind, Purpose};
use super::startup::Push;
use super::watch::{State, Subscription};
use super::{OneM2mSession, Phase, RENEW_AFTER};
use crate::model::event::Notice;
use crate::model::json::Json;
use crate::model::reading::Severity;
use crate::model::time::{Instant, Now};
use crate::protocol::onem2m::primitive::{Response, member, member_json};
use crate::protocol::onem2m::resource::{
    CONTAINER, FLEX_CONTAINER, SUBSCRIPTION, TIME_SERIES, code_name, items, only, text,
};

/// A subscription that somebody deletes so often is not made again on this socket.
const DELETED_MOST: u8 = 3;
/// So often subscriptions are looked after where their end is not told.
const AUDIT_EVERY: Duration = Duration::from_secs(10);
/// So often a subscription is asked for in a row.
const TRIES_MOST: u8 = 3;

impl OneM2mSession {
    /// The tree is known: what is wanted is asked for.
    pub(super) fn catalog_is_ready(&mut self) {
        for index in 0..self.tree.nodes.len() {
            self.want(index);
        }
    }

    /// Whether a person, or the page for itself, wants a channel.
    pub(super) fn is_wanted(&self, channel: usize) -> bool {
        let path = self.tree.catalog.channels.get(channel).map_or("", |channel| channel.path.as_str());
        let chosen = self.chosen.get(path).map(|on| on == 1);
        chosen.unwrap_or(channel < super::explore::CHANNELS_WANTED)
    }

    /// Begins or ends to watch a node, as its channels are wanted.
    pub(super) fn want(&mut self, index: usize) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        let wanted = node.channels.iter().any(|(_, channel)| self.is_wanted(*channel));
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let watch = &mut node.watch;
        watch.wanted = wanted;
        if wanted {
            if !self.watched.contains(&index) {
                self.watched.push(index);
            }
            if watch.state == State::Idle && node.is_explored {
                self.watch(index);
            }
        } else if watch.state != State::Idle {
            watch.state = State::Idle;
            let former = [watch.data.take(), watch.missing.take()];
            self.watched.retain(|other| *other != index);
            for subscription in former.into_iter().flatten() {
                self.ask(Purpose::Unsubscribe, Ask::delete(subscription.path));
            }
        }
        self.tell_subscribed(index);
    }

    fn watch(&mut self, index: usize) {
        if self.registration.push == Push::Shut {
            self.begin_to_poll(index);
            self.ask_history(index);
        } else {
            self.subscribe(index, Kind::Data);
        }
    }

    fn subscribe(&mut self, index: usize, kind: Kind) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        if kind == Kind::Data {
            node.watch.state = State::Asked;
        }
        node.watch.tries = node.watch.tries.saturating_add(1);
        let (path, ty) = (node.path.clone(), node.ty);
        // TS-0001, 9.6.8: instances are children; changes of a flexContainer are updates, told by what changed.
        let (criteria, content_type) = match (kind, ty) {
            (Kind::Missing, _) => ("{\"net\":[8],\"md\":{\"num\":1,\"dur\":\"PT1M\"}}", "5"),
            (Kind::Data, FLEX_CONTAINER) => ("{\"net\":[1]}", "2"),
            (Kind::Data, TIME_SERIES) => ("{\"net\":[3],\"chty\":[30]}", "1"),
            // Without chty a new subscription would be told, too.
            (Kind::Data, _) => ("{\"net\":[3],\"chty\":[4]}", "1"),
        };
        let own = self.own().to_owned();
        let mut subscription = "{".to_owned();
        member(&mut subscription, "rn", &self.subscription_name(kind));
        member_json(&mut subscription, "nu", &list([quoted(&own)].into_iter()));
        member_json(&mut subscription, "nct", content_type);
        member_json(&mut subscription, "enc", criteria);
        if !self.settings.hybrid {
            // ACME cannot delete anything below which somebody waits to be told on a socket that is gone; where requests
            // go by HTTP it does not find that out. There the subscriptions are looked after instead.
            member(&mut subscription, "su", &own);
        }
        let labels = [quoted("porthole"), quoted(&self.own_name())];
        member_json(&mut subscription, "lbl", &list(labels.into_iter()));
        member(&mut subscription, "et", &self.expiry(self.now));
        subscription.push('}');
        let ask = Ask::create(path, SUBSCRIPTION, ["{\"m2m:sub\":", &subscription, "}"].concat()).rcn(1);
        self.ask(Purpose::Subscribe(index, kind), ask);
    }

    fn subscription_name(&self, kind: Kind) -> String {
        match kind {
            Kind::Data => self.own_name(),
            Kind::Missing => self.own_name() + "-missing",
        }
    }

    /// Where our subscription of a kind is, or would be.
    fn subscription_path(&self, index: usize, kind: Kind) -> Option<String> {
        let node = self.tree.nodes.get(index)?;
        Some([&node.path, "/", &self.subscription_name(kind)].concat())
    }

    /// Where a subscription will be that the CSE has not confirmed yet.
    pub(super) fn subscription_under_way(&self) -> Option<String> {
        let (Purpose::Subscribe(index, kind) | Purpose::Compare(index, kind)) =
            self.asks.flight()?.job.purpose
        else {
            return None;
        };
        self.subscription_path(index, kind)
    }

    /// Subscriptions, or the first readings of a resource, are still asked for.
    pub(super) fn is_subscribing(&self) -> bool {
        self.asks.has(|purpose| {
            matches!(
                purpose,
                Purpose::Subscribe(..) | Purpose::Compare(..) | Purpose::History(_) | Purpose::MakeGroup
            )
        })
    }

    pub(super) fn subscribed(&mut self, now: Now, index: usize, kind: Kind, response: &Response<'_>) {
        match response.code {
            2_001 => match only(&response.content) {
                Some((_, resource)) => self.has_subscription(now, index, kind, resource, true),
                // It did not say which: it can be looked up.
                None => self.compare(index, kind),
            },
            // It was there before: from a former socket, or since the CSE ran one request twice.
            4_105 => self.compare(index, kind),
            _ => self.has_no_subscription(now, index, kind, response),
        }
    }

    /// Looks whether there is a subscription of our name, and whose.
    pub(super) fn compare(&mut self, index: usize, kind: Kind) {
        let Some(path) = self.subscription_path(index, kind) else { return };
        self.ask(Purpose::Compare(index, kind), Ask::retrieve(path));
    }

    pub(super) fn compared(&mut self, now: Now, index: usize, kind: Kind, response: &Response<'_>) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        let may_try = node.watch.tries < TRIES_MOST;
        match only(&response.content).filter(|_| response.is_good()) {
            Some((_, resource))
                if items(resource, "nu").iter().any(|target| target.as_text() == Some(self.own())) =>
            {
                self.has_subscription(now, index, kind, resource, false);
            }
            Some(_) if may_try => {
                // It tells somebody else, e.g. our AE of another life.
                let Some(path) = self.subscription_path(index, kind) else { return };
                self.ask(Purpose::Unsubscribe, Ask::delete(path));
                self.subscribe(index, kind);
            }
            None if response.code == 4_004 && may_try => self.subscribe(index, kind),
            Some(_) | None => self.has_no_subscription(now, index, kind, response),
        }
    }

    fn has_subscription(&mut self, now: Now, index: usize, kind: Kind, resource: &Json<'_>, is_new: bool) {
        let Some(path) = self.subscription_path(index, kind) else { return };
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let subscription = Subscription {
            path,
            id: text(resource, "ri").to_owned(),
            // One that was there before may expire soon.
            renew: if is_new { now.instant + RENEW_AFTER } else { now.instant },
        };
        if !node.watch.wanted {
            // Nobody wants it any more since it was asked for.
            return self.ask(Purpose::Unsubscribe, Ask::delete(subscription.path));
        }
        node.watch.tries = 0;
        *node.watch.subscription(kind) = Some(subscription);
        if kind == Kind::Data {
            node.watch.state = State::Pushed;
            let wants_missing =
                node.ty == TIME_SERIES && node.detects_missing && node.watch.missing.is_none();
            self.ask_history(index);
            if wants_missing {
                self.subscribe(index, Kind::Missing);
            }
        }
        self.take_early(now);
    }

    fn has_no_subscription(&mut self, now: Now, index: usize, kind: Kind, response: &Response<'_>) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let path = node.path.clone();
        if kind == Kind::Missing {
            // Its readings are told all the same.
            return;
        }
        if response.code == 4_004 {
            return self.is_gone(now, index, response);
        }
        let text = format!(
            "It answered: {}. {} The value is asked for every few seconds instead. To be told, this page needs the \
             right to create a subscription there (acop 1), and for a container that is of the kind that can be \
             subscribed.",
            code_name(response.code),
            response.debug()
        );
        let notice = Notice::new(Severity::Warning, &format!("No subscription for {path}"), &text, "");
        self.notice(now, notice);
        self.begin_to_poll(index);
        self.ask_history(index);
    }

    /// The resource is not there any more.
    pub(super) fn is_gone(&mut self, now: Now, index: usize, response: &Response<'_>) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.state = State::Idle;
        node.watch.data = None;
        node.watch.missing = None;
        node.is_explored = false;
        self.has_no_value(now, index, response);
        self.tell_subscribed(index);
    }

    /// Somebody else has deleted a subscription of ours, or what it was below.
    pub(super) fn subscription_deleted(&mut self, now: Now, index: usize, kind: Kind) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let path = node.path.clone();
        *node.watch.subscription(kind) = None;
        node.watch.deleted = node.watch.deleted.saturating_add(1);
        node.watch.interrupted();
        let is_hopeless = node.watch.deleted > DELETED_MOST;
        let what = if is_hopeless {
            "It has been made and deleted several times, so the value is asked for every few seconds instead."
        } else {
            "It is made anew, and what was missed is asked for."
        };
        let title = format!("The subscription for {path} was deleted");
        let notice = Notice::new(Severity::Warning, &title, what, "");
        self.notice(now, notice);
        if kind == Kind::Data && is_hopeless {
            self.begin_to_poll(index);
        } else if !is_hopeless {
            self.subscribe(index, kind);
        }
        self.tell_subscribed(index);
    }

    pub(super) fn renew_subscriptions(&mut self, now: Now) {
        for index in self.watched.clone() {
            for kind in [Kind::Data, Kind::Missing] {
                let Some(node) = self.tree.nodes.get_mut(index) else { continue };
                let subscription = node.watch.subscription(kind).as_mut();
                if let Some(subscription) =
                    subscription.filter(|subscription| subscription.renew <= now.instant)
                {
                    subscription.renew = now.instant + RENEW_AFTER;
                    let path = subscription.path.clone();
                    let content = ["{\"m2m:sub\":{\"et\":", &quoted(&self.expiry(now)), "}}"].concat();
                    self.ask(Purpose::RenewSubscription(index, kind), Ask::update(path, content));
                }
            }
        }
    }

    pub(super) fn subscription_renewed(
        &mut self,
        now: Now,
        index: usize,
        kind: Kind,
        response: &Response<'_>,
    ) {
        // It has expired, e.g. while this machine slept: what was missed is asked for.
        if response.code == 4_004 {
            self.subscription_deleted(now, index, kind);
        }
    }

    /// Where the end of a subscription is not told it is looked for: one request for all.
    pub(super) fn audit_what_is_due(&mut self, now: Now) {
        if self.audit.is_none_or(|due| due > now.instant) {
            return;
        }
        self.audit = Some(now.instant + AUDIT_EVERY);
        let is_pushed =
            |index: &usize| self.tree.nodes.get(*index).is_some_and(|node| node.watch.data.is_some());
        if self.phase != Phase::Running
            || !self.watched.iter().any(is_pushed)
            || self.asks.has(|purpose| *purpose == Purpose::Audit)
        {
            return;
        }
        let filter = Filter {
            discovery: true,
            types: vec![SUBSCRIPTION],
            labels: vec![self.own_name()],
            ..Filter::default()
        };
        self.ask(Purpose::Audit, Ask::retrieve(self.tree.root()).filter(filter));
    }

    pub(super) fn audited(&mut self, now: Now, response: &Response<'_>) {
        let Some(Json::Array(found)) = response.content.get("m2m:uril").filter(|_| response.is_good()) else {
            return;
        };
        let is_there = |subscription: &Subscription| {
            let end = ["/", &subscription.path].concat();
            let mut paths = found.iter().filter_map(Json::as_text);
            paths.any(|path| path == subscription.path || path.ends_with(&end))
        };
        let mut gone = Vec::new();
        for index in &self.watched {
            let Some(node) = self.tree.nodes.get(*index) else { continue };
            for (subscription, kind) in [(&node.watch.data, Kind::Data), (&node.watch.missing, Kind::Missing)]
            {
                if subscription.as_ref().is_some_and(|subscription| !is_there(subscription)) {
                    gone.push((*index, kind));
                }
            }
        }
        for (index, kind) in gone {
            self.subscription_deleted(now, index, kind);
        }
    }

    pub(super) fn subscription_renewal(&self) -> Option<Instant> {
        let nodes = self.watched.iter().filter_map(|index| self.tree.nodes.get(*index));
        let subscriptions = nodes.flat_map(|node| node.watch.subscriptions());
        subscriptions.map(|subscription| Some(subscription.renew)).fold(None, Instant::earliest)
    }

    /// The node and the kind of the subscription that a notification names: `/<CSE-ID>/<ID>`, or its address.
    pub(super) fn subscription_of(&self, name: &str) -> Option<(usize, Kind)> {
        if name.is_empty() {
            return None;
        }
        let id = name.rsplit('/').next().unwrap_or(name);
        let is = |subscription: &Option<Subscription>| {
            subscription.as_ref().is_some_and(|subscription| {
                subscription.id == id || (name.contains('/') && name.ends_with(&subscription.path))
            })
        };
        self.watched.iter().find_map(|index| {
            let watch = &self.tree.nodes.get(*index)?.watch;
            match (is(&watch.data), is(&watch.missing)) {
                (true, _) => Some((*index, Kind::Data)),
                (_, true) => Some((*index, Kind::Missing)),
                (false, false) => None,
            }
        })
    }

    /// Whether resources of such a type can be written by making an instance.
    pub(super) fn is_container(&self, index: usize) -> bool {
        self.tree.nodes.get(index).is_some_and(|node| node.ty == CONTAINER)
    }
}
