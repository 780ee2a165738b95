//! Being told what is new: the newest point, then a subscription from it on, for each series that somebody wants to see.
//!
//! A subscription ends with its socket. On the next one it begins from the last point that was told.

use std::time::Duration;

use super::purpose::Purpose;
use super::readings::Way;
use super::watch::State;
use super::{ExositeSession, SUBSCRIPTIONS_MOST};
use crate::model::event::{Event, Notice};
use crate::model::reading::Severity;
use crate::model::time::{Now, Timestamp};
use crate::protocol::exosite::answer::{Answer, CallId};
use crate::protocol::exosite::procedure::{Procedure, Window};
use crate::protocol::exosite::status::Status;

/// So many channels are subscribed without being asked.
const CHANNELS_WANTED: usize = 200;
/// What did not work is tried again after so long, …
const RETRY_AFTER: Duration = Duration::from_secs(30);
/// … twice as long each time that it does not work again, and at last so long.
const RETRY_AFTER_MOST: Duration = Duration::from_mins(10);

impl ExositeSession {
    /// Whether a channel's readings are wanted.
    fn is_wanted(&self, channel: usize) -> bool {
        let path = self.tree.catalog.channels.get(channel).map_or("", |channel| channel.path.as_str());
        self.chosen.get(path).map_or(channel < CHANNELS_WANTED, |on| on == 1)
    }

    /// Begins or ends to watch a channel's series, as it is wanted.
    pub(super) fn want(&mut self, channel: usize) {
        let Some(index) = self.tree.node_of.get(channel).copied() else { return };
        let wanted = self.is_wanted(channel);
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.wanted = wanted && !node.is_gone;
        match (node.watch.wanted, node.watch.state) {
            (true, State::Idle) => self.watch(index),
            (false, State::Asked | State::Told) => {
                let (resource, name) = (node.resource(), node.watch.subscription);
                node.watch.interrupt();
                if let Some(name) = name {
                    let subs_id = CallId::Number(name.into());
                    let procedure = Procedure::Unsubscribe { resource: Some(resource), subs_id };
                    self.ask(Purpose::Unsubscribe, procedure);
                }
            }
            (true, State::Asked | State::Told) | (false, State::Idle) => {}
        }
        self.tell_subscribed(index);
    }

    fn watch(&mut self, index: usize) {
        if !self.is_ready() {
            return;
        }
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.state = State::Asked;
        if node.watch.newest.is_some() || node.watch.is_empty {
            return self.subscribe(index);
        }
        let procedure = Procedure::Read { resource: node.resource(), window: Window::newest() };
        if !self.ask(Purpose::Newest(index), procedure) {
            self.interrupt(index);
        }
    }

    /// Nobody wants to see a node any more, since it is gone.
    pub(super) fn end_watch(&mut self, now: Now, index: usize) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.wanted = false;
        node.watch.forget_newest();
        if let Some(channel) = node.channel {
            self.tell_error(now, channel, "Gone", "The server does not list it any more.");
        }
        self.tell_subscribed(index);
    }

    /// The newest point was asked for, to begin with.
    pub(super) fn newest(&mut self, now: Now, index: usize, answer: &Answer<'_>, frame: &str) {
        if !answer.is_ok() {
            return self.does_not_work(now, index, answer);
        }
        self.points_came(now, index, Way::Asked, answer, frame);
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        // Somebody may have lost interest, and found it again.
        if node.watch.wanted && node.watch.state == State::Asked && node.watch.subscription.is_none() {
            self.subscribe(index);
        }
    }

    fn subscribe(&mut self, index: usize) {
        let name = self.calls.number(|number| super::person::is_typed(&self.typed, number));
        self.remember_subscription(name, index);
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.subscription = Some(name);
        // What was written between that point and the subscription comes first.
        let since = node.watch.newest.map(Timestamp::second);
        let procedure = Procedure::Subscribe {
            resource: node.resource(),
            since: since.or_else(|| node.watch.is_empty.then_some(0)),
            timeout_millis: None,
            subs_id: Some(CallId::Number(name.into())),
        };
        if !self.ask(Purpose::Subscribe(index), procedure) {
            self.interrupt(index);
        }
    }

    fn interrupt(&mut self, index: usize) {
        if let Some(node) = self.tree.nodes.get_mut(index) {
            node.watch.interrupt();
        }
    }

    fn remember_subscription(&mut self, name: u64, index: usize) {
        if self.subscriptions.len() >= SUBSCRIPTIONS_MOST {
            // The oldest one that is over.
            let is_over = |(name, node): &(u64, usize)| {
                self.tree.nodes.get(*node).is_none_or(|node| !node.watch.has_name(*name))
            };
            let place = self.subscriptions.iter().position(is_over).unwrap_or_default();
            self.subscriptions.remove(place);
        }
        let place = self.subscriptions.partition_point(|(other, _)| *other < name);
        self.subscriptions.insert(place, (name, index));
    }

    fn forget_subscription(&mut self, name: u64) {
        if let Ok(place) = self.subscriptions.binary_search_by(|(other, _)| other.cmp(&name)) {
            self.subscriptions.remove(place);
        }
    }

    /// The node of a subscription that there is, or was on this socket.
    pub(super) fn subscription(&self, name: u64) -> Option<usize> {
        let place = self.subscriptions.binary_search_by(|(other, _)| other.cmp(&name)).ok()?;
        Some(self.subscriptions[place].1)
    }

    /// Subscriptions, or the newest points before them, are still asked for.
    pub(super) fn is_subscribing(&self) -> bool {
        self.calls.has(|purpose| matches!(purpose, Purpose::Newest(_) | Purpose::Subscribe(_)))
    }

    /// A subscription was asked for by the call with this number.
    pub(super) fn subscribed(&mut self, now: Now, index: usize, number: u64, answer: &Answer<'_>) {
        if !answer.is_ok() {
            let name = self.tree.nodes.get(index).and_then(|node| node.watch.subscription);
            if let Some(name) = name {
                self.forget_subscription(name);
            }
            return self.does_not_work(now, index, answer);
        }
        // A peer may tell under the call's name, whatever name it was given.
        self.remember_subscription(number, index);
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        if !node.watch.wanted || node.watch.subscription.is_none() {
            return;
        }
        node.watch.state = State::Told;
        node.watch.asked_by = Some(number);
        if self.history > 0 && (!node.watch.has_history || node.watch.has_gap) {
            self.pasts.push_back(index);
        }
        self.tell_subscribed(index);
    }

    /// Something came under the name of a subscription.
    pub(super) fn told_by_subscription(
        &mut self,
        now: Now,
        index: usize,
        number: u64,
        answer: &Answer<'_>,
        frame: &str,
    ) {
        if answer.good().is_some() {
            // What comes late, after its end, is not wanted any more.
            if self.tree.nodes.get(index).is_some_and(|node| node.watch.wanted) {
                self.points_came(now, index, Way::Told, answer, frame);
            }
            return;
        }
        if answer.is_ok() {
            // It is acknowledged under its own name.
            if let Some(flight) = self.calls.land_for(Purpose::Subscribe(index)) {
                self.concluded(now, number, flight, answer, frame);
            }
            return;
        }
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let Some(name) = node.watch.subscription else { return };
        let is_first = node.watch.ends == 0;
        node.watch.ends = node.watch.ends.saturating_add(1);
        if name == number && answer.status == Status::Expire && is_first && node.watch.wanted {
            node.watch.interrupt();
            self.watch(index);
            self.tell_subscribed(index);
        } else if name == number || answer.status != Status::Expire {
            self.does_not_work(now, index, answer);
        }
    }

    /// A series cannot be read, or not be subscribed: its channel says why, and it is tried again after a while.
    fn does_not_work(&mut self, now: Now, index: usize, answer: &Answer<'_>) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.interrupt();
        let (wanted, channel, has_value) = (node.watch.wanted, node.channel, node.watch.newest.is_some());
        self.tell_subscribed(index);
        let Some(channel) = channel.filter(|_| wanted) else { return };
        let words = answer.words();
        if !has_value {
            self.tell_error(now, channel, answer.status.word(), &words);
        }
        let path = self.tree.catalog.channels.get(channel).map_or("", |channel| &channel.path);
        let title = ["No subscription for ", path].concat();
        let text = ["It answered: ", answer.status.word(), ". ", &words, " It is tried again after a while."]
            .concat();
        self.notice(now, Notice::new(Severity::Warning, &title, &text, ""));
        self.retry_later(now);
    }

    /// Something did not work: it is tried again after a while.
    pub(super) fn retry_later(&mut self, now: Now) {
        if self.retry.is_some() {
            return;
        }
        // What was answered, or not, soon after it was tried again is the same trouble.
        let is_same = self.retried.is_some_and(|tried| now.instant.since(tried) < RETRY_AFTER);
        self.retry_delay = if is_same { (self.retry_delay * 2).min(RETRY_AFTER_MOST) } else { RETRY_AFTER };
        self.retry = Some(now.instant + self.retry_delay);
    }

    pub(super) fn try_again_when_due(&mut self, now: Now) {
        if self.retry.is_none_or(|due| due > now.instant) {
            return;
        }
        self.retry = None;
        if !self.is_ready() {
            return;
        }
        self.retried = Some(now.instant);
        for channel in 0..self.told.1 {
            self.want(channel);
        }
        // Somebody may have unlocked it, or made the first dataport.
        if self.tree.catalog.channels.is_empty() && !self.is_looking() {
            self.look(now, 0);
            self.retry.get_or_insert(now.instant + RETRY_AFTER);
        }
    }

    /// A channel's readings come, or do not come any more.
    fn tell_subscribed(&mut self, index: usize) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        let on = node.watch.wanted && node.watch.state == State::Told;
        let Some(channel) = node.channel else { return };
        if self.told_subscribed.len() <= channel {
            self.told_subscribed.resize(channel + 1, false);
        }
        if on != std::mem::replace(&mut self.told_subscribed[channel], on) {
            self.event(Event::Subscribed { channel, on });
        }
    }
}
