//! Being told what is new: the last values and what follows, for each channel that somebody wants to see, at a pace that
//! page and server can bear.

use std::time::Duration;

use super::dialect::{Refusal, Start, Wish};
use super::requests::Ask;
use super::watch::State;
use super::{EtpSession, words_of};
use crate::model::event::{BlockKind, Event, Notice};
use crate::model::reading::{Reading, Report, Severity};
use crate::model::time::{Instant, Now};
use crate::protocol::etp::item::Index;
use crate::protocol::etp::version::Version;

/// So many channels are subscribed without being asked.
const CHANNELS_WANTED: usize = 200;
/// So many in one message.
const SUBSCRIBED_AT_ONCE: usize = 500;
/// The server has given up sending, since the page is too slow; …
const BACK_PRESSURE_LIMIT: i32 = 24;
/// … or is about to.
const BACK_PRESSURE_WARNING: i32 = 25;
/// The gap becomes no longer than this.
const GAP_MILLIS_MOST: i32 = 10_000;
/// Where no gap can be asked for, data rests for so long, …
const REST: Duration = Duration::from_secs(5);
/// … twice as long each time, and at last so long.
const REST_MOST: Duration = Duration::from_mins(1);
/// Several complaints within this are one.
const ONE_COMPLAINT: Duration = Duration::from_secs(2);

/// How quickly data comes, and whether it comes.
#[derive(Debug)]
pub(super) struct Pace {
    /// The least time between two messages of data, in milliseconds.
    pub(super) gap_millis: i32,
    /// Nothing is subscribed until then.
    pub(super) rests_until: Option<Instant>,
    /// A person wants nothing for now.
    pub(super) is_paused: bool,
    /// What is wanted may differ from what was asked for.
    pub(super) is_unsettled: bool,
    rest: Duration,
    complained: Option<Instant>,
}

impl Pace {
    pub(super) fn new(gap_millis: i32) -> Self {
        Self {
            gap_millis,
            rests_until: None,
            is_paused: false,
            is_unsettled: true,
            rest: REST,
            complained: None,
        }
    }
}

/// Whether the server complains that the page is too slow.
pub(super) fn is_back_pressure(code: i32) -> bool {
    matches!(code, BACK_PRESSURE_LIMIT | BACK_PRESSURE_WARNING)
}

impl EtpSession {
    /// Whether a channel's readings are wanted.
    fn is_wanted(&self, channel: usize) -> bool {
        let path = self.tree.catalog.channels.get(channel).map_or("", |channel| channel.path.as_str());
        self.chosen.get(path).map_or(channel < CHANNELS_WANTED, |on| on == 1)
    }

    /// Notes whether a channel is wanted; what follows from it is done in [`Self::subscribe_further`].
    pub(super) fn want(&mut self, channel: usize) {
        let Some(index) = self.tree.node_of.get(channel).copied() else { return };
        let wanted = self.is_wanted(channel);
        if let Some(node) = self.tree.nodes.get_mut(index) {
            node.watch.wanted = wanted;
        }
        self.pace.is_unsettled = true;
        self.tell_subscribed(index);
    }

    /// Subscriptions are still being asked for.
    pub(super) fn is_subscribing(&self) -> bool {
        self.requests.has(|ask| matches!(ask, Ask::Subscribe(_)))
    }

    /// Asks for the data of channels that are wanted, and no more for that of others.
    pub(super) fn subscribe_further(&mut self, now: Now) {
        if self.pace.rests_until.is_some_and(|until| until <= now.instant) {
            self.pace.rests_until = None;
            self.pace.is_unsettled = true;
        }
        // It is asked after every frame, and there may be many channels.
        if !std::mem::take(&mut self.pace.is_unsettled) {
            return;
        }
        let rests = self.pace.rests_until.is_some() || self.pace.is_paused;
        let (mut wishes, mut begun, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for (index, node) in self.tree.nodes.iter_mut().enumerate() {
            let Some(id) = node.watch.id else { continue };
            let wanted = node.watch.wanted && !rests;
            match (wanted, node.watch.state) {
                (true, State::Idle) if begun.len() == SUBSCRIBED_AT_ONCE => self.pace.is_unsettled = true,
                (true, State::Idle) => {
                    node.watch.state = State::Asked;
                    let start = match (node.watch.last, node.watch.resumes_at) {
                        (Some((last, _)), Some(_)) => Start::From(last),
                        _ => Start::Latest(self.settings.history.max(1)),
                    };
                    wishes.push(Wish { id, start });
                    begun.push(index);
                }
                (false, State::Asked | State::Told) => {
                    node.watch.pause();
                    ended.push((index, id));
                }
                _ => {}
            }
        }
        if self.server.is_simple {
            // It tells everything by itself.
            return self.subscribed(&begun);
        }
        if !ended.is_empty() {
            let ids: Vec<i64> = ended.iter().map(|(_, id)| *id).collect();
            let message = self.dialect.unsubscribe(&ids);
            // v1.1 has no answer to it.
            match self.version {
                Version::V11 => self.answer(0, message),
                Version::V12 => self.ask(now, Ask::Unsubscribe, message),
            }
            for (index, _) in ended {
                self.tell_subscribed(index);
            }
        }
        if !wishes.is_empty() {
            let message = self.dialect.subscribe(&wishes);
            match self.version {
                Version::V11 => {
                    let id = self.send(0, message);
                    self.subscribed(&begun);
                    self.requests.remember(id, Ask::Subscribe(begun));
                }
                Version::V12 => self.ask(now, Ask::Subscribe(begun), message),
            }
        }
    }

    /// Subscriptions are in place.
    pub(super) fn subscribed(&mut self, nodes: &[usize]) {
        for &index in nodes {
            let Some(node) = self.tree.nodes.get_mut(index) else { continue };
            if node.watch.state == State::Asked {
                node.watch.state = State::Told;
                self.tell_subscribed(index);
            }
        }
    }

    /// Subscriptions, or some of them, were refused.
    pub(super) fn not_subscribed(&mut self, now: Now, nodes: &[usize], refusal: &Refusal) {
        for (key, code, text) in &refusal.each {
            let node = key.parse().ok().and_then(|id: i64| self.node(id));
            let one = Refusal { code: *code, text: text.clone(), each: Vec::new() };
            if let Some(node) = node {
                self.ends(now, node, "Not subscribed", &words_of(self.version, &one));
            }
        }
        if refusal.code == 0 || is_back_pressure(refusal.code) {
            return;
        }
        match nodes {
            [one] => self.ends(now, *one, "Not subscribed", &words_of(self.version, refusal)),
            // v1.1 does not say which; the others start nevertheless (ETP-000-119).
            _ => self.tell_refusal(now, "A subscription was refused", refusal),
        }
    }

    /// The server does not send a channel's data any more.
    pub(super) fn stopped(&mut self, now: Now, ids: &[i64], reason: &str, was_asked: bool) {
        for id in ids {
            let Some(index) = self.node(*id) else { continue };
            // One that was asked for again since is meant to go on.
            if !was_asked && self.tree.nodes[index].watch.wanted {
                self.ends(now, index, "Stopped", reason);
            }
        }
        if !was_asked {
            let title = "The server has stopped subscriptions";
            self.notice(
                now,
                Notice::new(
                    Severity::Warning,
                    title,
                    "Choose a channel in the tree to ask for it again.",
                    reason,
                ),
            );
        }
    }

    pub(super) fn removed(&mut self, now: Now, id: i64, reason: &str) {
        let Some(index) = self.by_id.remove(&id) else {
            return self.violation("a channel is told before it is removed");
        };
        self.tree.nodes[index].watch.id = None;
        let words = if reason.is_empty() { "The server gives no reason." } else { reason };
        self.ends(now, index, "Removed", words);
    }

    /// A channel's data does not come, and its channel says why.
    pub(super) fn ends(&mut self, now: Now, index: usize, class: &str, words: &str) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        node.watch.pause();
        node.watch.state = State::Ended;
        let channel = node.channel;
        self.tell_subscribed(index);
        if let Some(channel) = channel {
            self.tell_error(now, channel, class, words);
        }
    }

    pub(super) fn status_changed(&mut self, id: i64, status: &'static str) {
        let Some(index) = self.node(id) else { return self.violation("a status is that of a channel") };
        let Some(group) = self.tree.catalog.groups.get_mut(index) else { return };
        for (name, fact) in &mut group.facts {
            if name == "Status" {
                status.clone_into(fact);
            }
        }
        let source = group.title.clone();
        self.tree.is_changed = true;
        self.event(Event::Log { source, level: "status".to_owned(), text: status.to_owned() });
    }

    /// Data beyond some indexes is not there any more.
    pub(super) fn truncated(&mut self, ends: &[(i64, Index)]) {
        for (id, end) in ends {
            let Some(index) = self.node(*id) else {
                self.violation("what is truncated is a channel");
                continue;
            };
            let node = &mut self.tree.nodes[index];
            let place = node.indexes.first().and_then(|primary| primary.place(*end));
            let (Some(place), Some(channel)) = (place, node.channel) else { continue };
            let decreasing = node.indexes.first().is_some_and(|primary| primary.decreasing);
            let is_shorter = |last: f64| if decreasing { last < place } else { last > place };
            if node.watch.last.is_some_and(|(_, last)| is_shorter(last)) {
                node.watch.last = Some((*end, place));
            }
            let (from, to) = if decreasing {
                (f64::NEG_INFINITY, place.next_down())
            } else {
                (place.next_up(), f64::INFINITY)
            };
            self.block(channel, Vec::new(), 0, BlockKind::Rewritten { from, to });
        }
    }

    /// The server complains that the page takes too long: less is asked for, and that is said.
    pub(super) fn slow_down(&mut self, now: Now, refusal: &Refusal) {
        if self.pace.complained.is_some_and(|at| now.instant.since(at) < ONE_COMPLAINT) {
            return;
        }
        self.pace.complained = Some(now.instant);
        let words = words_of(self.version, refusal);
        let text = match self.version {
            Version::V11 => {
                self.pace.gap_millis = (self.pace.gap_millis.max(100) * 2).min(GAP_MILLIS_MOST);
                let gap = self.pace.gap_millis;
                if let Some(begin) = self.dialect.begin(&self.server, gap, self.settings.items) {
                    self.ask(now, Ask::Begin, begin);
                }
                [
                    "It is asked for one message every ",
                    &gap.to_string(),
                    " ms at most, and may leave data out.",
                ]
                .concat()
            }
            Version::V12 => {
                let rest = self.pace.rest;
                self.pace.rests_until = Some(now.instant + rest);
                self.pace.rest = (rest * 2).min(REST_MOST);
                self.pace.is_unsettled = true;
                [
                    "No data is asked for during the next ",
                    &rest.as_secs().to_string(),
                    " s; then it goes on from the last value. Fewer channels would help.",
                ]
                .concat()
            }
        };
        let title = "This page is too slow for the server";
        self.event(Event::Notice(Notice::new(Severity::Warning, title, &text, &words)));
    }

    /// A channel's readings come, or do not come any more.
    pub(super) fn tell_subscribed(&mut self, index: usize) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        // One that the server ended is wanted all the same: its channel says what is the matter.
        let on = node.watch.wanted && matches!(node.watch.state, State::Told | State::Ended);
        let Some(channel) = node.channel.filter(|channel| *channel < self.told.1) else { return };
        if self.told_subscribed.len() <= channel {
            self.told_subscribed.resize(channel + 1, false);
        }
        if on != std::mem::replace(&mut self.told_subscribed[channel], on) {
            self.event(Event::Subscribed { channel, on });
        }
    }

    pub(super) fn tell_error(&mut self, now: Now, channel: usize, class: &str, text: &str) {
        if channel >= self.told.1 {
            return;
        }
        let reading = Reading {
            report: Report::Error { class: class.to_owned(), text: text.to_owned() },
            taken: None,
            arrived: now.instant,
            place: None,
            uncertainty: None,
            state: None,
        };
        self.event(Event::Reading { channel, reading });
    }
}
