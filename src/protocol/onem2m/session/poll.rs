//! Asking again and again, where one may read but is not told: many containers with one request, by a group.

use std::time::Duration;

use super::OneM2mSession;
use super::ask::{Ask, list, quoted};
use super::purpose::Purpose;
use super::watch::State;
use crate::model::time::{Instant, Now};
use crate::protocol::onem2m::primitive::{Response, member, member_json};
use crate::protocol::onem2m::resource::{FLEX_CONTAINER, GROUP, items, only, text};

/// So often.
const POLL_EVERY: Duration = Duration::from_secs(3);
/// Behind the own name it names the group.
const GROUP_SUFFIX: &str = "-poll";
/// With fewer containers a group is not worth it.
const GROUP_FEWEST: usize = 3;
/// A member that a group leaves out so often is asked by itself.
const MISSED_MOST: u8 = 2;

/// What is polled, and how.
#[derive(Debug, Default)]
pub(super) struct Polls {
    next: Option<Instant>,
    /// The group's address and its members.
    group: Option<(String, Vec<usize>)>,
    /// The members that a group was asked for.
    asked: Vec<usize>,
    /// The present group has answered.
    has_worked: bool,
    /// The CSE does not make groups for this page.
    is_refused: bool,
}

impl Polls {
    /// The socket is gone.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

impl OneM2mSession {
    pub(super) fn begin_to_poll(&mut self, index: usize) {
        if let Some(node) = self.tree.nodes.get_mut(index) {
            node.watch.state = State::Polled;
            self.polls.next.get_or_insert(self.now.instant + POLL_EVERY);
        }
    }

    pub(super) fn next_poll(&self) -> Option<Instant> {
        self.polls.next
    }

    pub(super) fn poll_what_is_due(&mut self, now: Now) {
        if self.polls.next.is_none_or(|next| next > now.instant) {
            return;
        }
        let is_polled =
            |index: &usize| self.tree.nodes.get(*index).is_some_and(|node| node.watch.state == State::Polled);
        let polled: Vec<usize> = self.watched.iter().copied().filter(is_polled).collect();
        self.polls.next = (!polled.is_empty()).then(|| now.instant + POLL_EVERY);
        // What is still on its way is not asked for twice.
        let is_busy =
            |purpose: &Purpose| matches!(purpose, Purpose::Poll(_) | Purpose::PollGroup | Purpose::MakeGroup);
        if self.asks.has(is_busy) {
            return;
        }
        let (members, others): (Vec<usize>, Vec<usize>) =
            polled.into_iter().partition(|index| self.may_join(*index));
        for index in others {
            self.poll_one(index);
        }
        if members.len() < GROUP_FEWEST || !self.may_group() {
            for index in members {
                self.poll_one(index);
            }
            return;
        }
        match &self.polls.group {
            Some((path, known)) if *known == members => {
                let to = [path, "/fopt/la"].concat();
                self.ask(Purpose::PollGroup, Ask::retrieve(to));
            }
            Some((path, _)) => {
                let path = path.clone();
                self.ask(Purpose::Unsubscribe, Ask::delete(path).own());
                self.make_group(members);
            }
            None => self.make_group(members),
        }
    }

    /// The own AE makes the group, and who reads data must be able to read the group.
    fn may_group(&self) -> bool {
        !self.polls.is_refused && self.registration.ae.is_some() && self.settings.originator.is_empty()
    }

    /// One empty member, or one that is no container, empties ACME's whole answer.
    fn may_join(&self, index: usize) -> bool {
        self.has_instances(index)
            && self.tree.nodes.get(index).is_some_and(|node| node.watch.newest.is_some())
    }

    fn make_group(&mut self, members: Vec<usize>) {
        self.polls.group = None;
        let paths =
            members.iter().filter_map(|index| self.tree.nodes.get(*index)).map(|node| quoted(&node.path));
        let mut group = "{".to_owned();
        member(&mut group, "rn", &(self.own_name() + GROUP_SUFFIX));
        member_json(&mut group, "mt", "0");
        member_json(&mut group, "mnm", &members.len().to_string());
        member_json(&mut group, "mid", &list(paths));
        member_json(&mut group, "lbl", "[\"porthole\"]");
        member(&mut group, "et", &self.expiry(self.now));
        group.push('}');
        self.polls.asked = members;
        let own = self.own().to_owned();
        let ask = Ask::create(own, GROUP, ["{\"m2m:grp\":", &group, "}"].concat()).own().rcn(1);
        self.ask(Purpose::MakeGroup, ask);
    }

    pub(super) fn group_made(&mut self, now: Now, response: &Response<'_>) {
        let members = std::mem::take(&mut self.polls.asked);
        match only(&response.content).filter(|_| response.code == 2_001) {
            // By its structured address: below an ID ACME knows no virtual resources.
            Some(_) => {
                let own = self.own_name();
                let path = [self.tree.root(), "/", &own, "/", &own, GROUP_SUFFIX].concat();
                self.polls.group = Some((path, members));
            }
            None => self.polls.is_refused = true,
        }
        self.polls.next = Some(now.instant);
        self.poll_what_is_due(now);
    }

    /// The answers of the members: `m2m:agr` (TS-0004, 7.4.14).
    pub(super) fn group_polled(&mut self, now: Now, response: &Response<'_>) {
        let Some((_, members)) = self.polls.group.clone() else { return };
        let Some(answers) = response.content.get("m2m:agr").filter(|_| response.is_good()) else {
            self.polls.group = None;
            // It may have expired; one that never worked never will.
            self.polls.is_refused = !std::mem::take(&mut self.polls.has_worked);
            return;
        };
        self.polls.has_worked = true;
        for index in &members {
            if let Some(node) = self.tree.nodes.get_mut(*index) {
                node.watch.missed_polls = node.watch.missed_polls.saturating_add(1);
            }
        }
        for answer in items(answers, "m2m:rsp") {
            let Some((_, instance)) = answer.get("pc").and_then(only) else { continue };
            if let Some(index) = self.tree.find_by_id(text(instance, "pi")) {
                if let Some(node) = self.tree.nodes.get_mut(index) {
                    node.watch.missed_polls = 0;
                }
                self.instance(now, index, instance);
            }
        }
        for index in members {
            let Some(node) = self.tree.nodes.get_mut(index) else { continue };
            // It may be empty, or not to be read any more: which, it says itself.
            if node.watch.missed_polls >= MISSED_MOST {
                node.watch.missed_polls = 0;
                self.poll_one(index);
            }
        }
    }

    fn poll_one(&mut self, index: usize) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        self.ask(Purpose::Poll(index), node.latest());
    }

    pub(super) fn polled(&mut self, now: Now, index: usize, response: &Response<'_>) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        match only(&response.content).filter(|_| response.is_good()) {
            Some((_, resource)) if node.ty == FLEX_CONTAINER => {
                self.flex_container_state(now, index, resource);
            }
            Some((_, resource)) => self.instance(now, index, resource),
            // An empty container has no newest instance; a late answer is no answer.
            None if response.code == 4_008 || (response.code == 4_004 && node.watch.newest.is_none()) => {}
            // Gone, or not to be read any more.
            None => self.is_gone(now, index, response),
        }
    }
}
