//! What there is: resources from the roots down, and what the channels among them are.

use std::collections::VecDeque;
use std::time::Duration;

use super::dialect::{Described, Found, NAMELESS, Refusal, Way};
use super::requests::Ask;
use super::tree::rank;
use super::watch::State;
use super::{EtpSession, words_of};
use crate::model::catalog::Below;
use crate::model::event::{Event, Notice};
use crate::model::link::Cause;
use crate::model::reading::Severity;
use crate::model::slots::Names;
use crate::model::time::{Instant, Now};
use crate::protocol::etp::version::Version;

/// Nobody is asked to look further once so many channels were found, …
const CHANNELS_ENOUGH: usize = 200;
/// … or once so many resources were looked into.
const LOOKS_ENOUGH: usize = 400;
/// So many questions of one kind are under way.
const ABREAST: usize = 4;
/// So many channels are asked about in one message.
const DESCRIBED_AT_ONCE: usize = 50;
/// A catalog that grows is told this often.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// So many remarks on what is not shown are kept.
const WARNINGS_MOST: usize = 20;
/// So many channels may wait to be described.
const UNDESCRIBED_MOST: usize = 20_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Explore {
    /// Nodes to look into, and in which direction.
    frontier: VecDeque<(usize, Way)>,
    /// How many were looked into.
    looked: usize,
    /// What stood in a row with that which it may stand in.
    loose: Vec<(Option<usize>, Found)>,
    /// URIs of channels to be described.
    undescribed: VecDeque<String>,
    /// What was described or is being, on this socket.
    asked: Names,
    /// What could not be seen, in words.
    unseen: Vec<String>,
    /// When the catalog is told again.
    pub(super) tell_at: Option<Instant>,
}

impl EtpSession {
    pub(super) fn begin_exploring(&mut self, now: Now) {
        // What was known goes on at once, whether it is found again or not.
        let known = self.tree.nodes.iter().filter(|node| node.watch.state != State::Ended);
        let known: Vec<String> =
            known.filter(|node| node.channel.is_some()).map(|node| node.uri.clone()).collect();
        if self.server.is_simple {
            return;
        }
        let named = self.settings.uris.clone();
        for uri in known.into_iter().chain(named.iter().cloned()) {
            self.describe_later(uri);
        }
        if self.server.discovers {
            let message = self.dialect.look_at_roots(&self.server);
            self.ask(now, Ask::Roots, message);
        } else if named.is_empty() && self.explore.undescribed.is_empty() {
            let all = match self.version {
                Version::V11 => "eml://",
                Version::V12 => "eml:///",
            };
            self.describe_later(all.to_owned());
        }
    }

    fn describe_later(&mut self, uri: String) {
        if self.explore.undescribed.len() < UNDESCRIBED_MOST && self.explore.asked.insert(&uri, 0) {
            self.explore.undescribed.push_back(uri);
        }
    }

    /// Something is still to be found or described.
    pub(super) fn is_exploring(&self) -> bool {
        let is_asked = |ask: &Ask| matches!(ask, Ask::Roots | Ask::Look { .. } | Ask::Describe(_));
        let is_awaited = self.server.is_simple && self.tree.channels() == 0;
        is_awaited || !self.explore.undescribed.is_empty() || self.is_looking() || self.requests.has(is_asked)
    }

    fn is_looking(&self) -> bool {
        !self.explore.frontier.is_empty()
            || !self.explore.loose.is_empty()
            || self.requests.has(|ask| matches!(ask, Ask::Roots | Ask::Look { .. }))
    }

    /// It is being found out what is in a node.
    pub(super) fn is_looking_into(&self, node: usize) -> bool {
        self.explore.frontier.iter().any(|(other, _)| *other == node)
            || self.requests.has(|ask| matches!(ask, Ask::Look { node: other, .. } if *other == node))
    }

    pub(super) fn explore_further(&mut self, now: Now) {
        while !self.explore.frontier.is_empty()
            && self.requests.count(|ask| matches!(ask, Ask::Look { .. })) < ABREAST
        {
            let Some((node, way)) = self.explore.frontier.pop_front() else { break };
            let Some(uri) = self.tree.nodes.get(node).map(|node| node.uri.clone()) else { continue };
            let message = self.dialect.look(&uri, way);
            self.ask(now, Ask::Look { node, way }, message);
        }
        if self.explore.frontier.is_empty()
            && !self.requests.has(|ask| matches!(ask, Ask::Roots | Ask::Look { .. }))
        {
            self.place_loose();
        }
        while self.requests.count(|ask| matches!(ask, Ask::Describe(_))) < ABREAST {
            let count = self.explore.undescribed.len().min(DESCRIBED_AT_ONCE);
            let uris: Vec<String> = self.explore.undescribed.drain(..count).collect();
            if uris.is_empty() {
                break;
            }
            self.describe_now(now, uris);
        }
    }

    fn describe_now(&mut self, now: Now, uris: Vec<String>) {
        let named: Vec<&str> = uris.iter().map(String::as_str).collect();
        let message = self.dialect.describe(&named);
        self.ask(now, Ask::Describe(uris), message);
    }

    /// What there is, as far as the top of it goes.
    pub(super) fn roots_found(&mut self, now: Now, found: Vec<Found>) {
        let (nameless, named): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.kind == NAMELESS);
        for root in nameless {
            let message = self.dialect.look(&root.uri, Way::Targets);
            self.ask(now, Ask::Roots, message);
        }
        self.found(None, named);
    }

    /// A row of resources was found in a node, or at the top. Where it holds things and what may stand in them, the latter
    /// wait until somebody has looked into the former.
    pub(super) fn found(&mut self, parent: Option<usize>, found: Vec<Found>) {
        let above = parent.and_then(|parent| self.tree.nodes.get(parent)).map_or(0, |node| node.rank);
        // v1.1 tells what stands in a resource. v1.2 tells what is bound to it, in whatever way, and of a dataspace all that
        // there is.
        let is_graph = self.version == Version::V12;
        let fits = |found: &Found| !found.uri.is_empty() && (!is_graph || rank(&found.kind) >= above);
        let mut found: Vec<Found> = found.into_iter().filter(fits).collect();
        if is_graph && let Some(first) = found.iter().map(|found| rank(&found.kind)).min() {
            let (now, later): (Vec<Found>, Vec<Found>) =
                found.into_iter().partition(|found| rank(&found.kind) == first);
            self.explore.loose.extend(later.into_iter().map(|found| (parent, found)));
            found = now;
        }
        for found in found {
            self.add(parent, &found);
        }
    }

    fn add(&mut self, parent: Option<usize>, found: &Found) {
        let known = self.tree.find(&found.uri);
        let Some(node) = self.tree.add(parent, found) else {
            return self.warn("There are more than 20,000 resources; the others are left out.".to_owned());
        };
        if found.is_channel {
            self.describe_later(found.uri.clone());
        } else if !found.is_leaf && (known.is_none() || !self.tree.nodes[node].is_explored) {
            self.look_later(node, false);
        }
    }

    /// Wants a node to be looked into. Whether it will be.
    pub(super) fn look_later(&mut self, node: usize, is_wanted: bool) -> bool {
        let is_enough = self.tree.channels() >= CHANNELS_ENOUGH || self.explore.looked >= LOOKS_ENOUGH;
        let is_named = !self.settings.uris.is_empty();
        let Some(known) = self.tree.nodes.get_mut(node) else { return false };
        if known.is_explored || ((is_enough || is_named) && !is_wanted) {
            return false;
        }
        known.is_explored = true;
        self.explore.looked += 1;
        self.explore.frontier.push_back((node, Way::Targets));
        if self.version == Version::V12 && known.rank > 0 {
            self.explore.frontier.push_back((node, Way::Sources));
        }
        true
    }

    /// What is below a node is known in one direction.
    pub(super) fn looked(&mut self, node: usize, way: Way, found: Vec<Found>) {
        self.found(Some(node), found);
        let goes_on = self.explore.frontier.iter().any(|(other, _)| *other == node);
        if way == Way::Sources || !goes_on {
            self.tree.set_below(node, Below::Known);
        }
    }

    /// What nobody has found in something else stands where it was told first.
    fn place_loose(&mut self) {
        let loose = std::mem::take(&mut self.explore.loose);
        let loose: Vec<_> =
            loose.into_iter().filter(|(_, found)| self.tree.find(&found.uri).is_none()).collect();
        let Some(first) = loose.iter().map(|(_, found)| rank(&found.kind)).min() else { return };
        let (now, later): (Vec<_>, Vec<_>) =
            loose.into_iter().partition(|(_, found)| rank(&found.kind) == first);
        self.explore.loose = later;
        for (parent, found) in now {
            self.add(parent, &found);
        }
    }

    /// Nobody tells what is below a node.
    pub(super) fn not_found(&mut self, ask: &Ask, refusal: &Refusal) {
        let words = words_of(self.version, refusal);
        match ask {
            Ask::Look { node, .. } => {
                self.tree.set_below(*node, Below::Refused);
                let title = self.tree.catalog.groups.get(*node).map_or("", |group| &group.title);
                self.warn(["What is in ", title, " is not shown: ", &words].concat());
            }
            _ => self.warn(["The server does not tell what there is: ", &words].concat()),
        }
    }

    fn warn(&mut self, words: String) {
        if self.explore.unseen.len() < WARNINGS_MOST && !self.explore.unseen.contains(&words) {
            self.explore.unseen.push(words);
        }
    }

    /// Channels were described.
    pub(super) fn described(&mut self, all: &[Described]) {
        self.pace.is_unsettled = true;
        for described in all {
            self.explore.asked.insert(&described.uri, 0);
            let Some(index) = self.tree.describe(described) else {
                self.warn("There are more than 20,000 resources; the others are left out.".to_owned());
                continue;
            };
            let before = self.by_id.get(&described.id).copied();
            if before.is_some_and(|other| other != index) {
                self.violation("a number is given to one channel only");
            }
            self.by_id.insert(described.id, index);
            let watch = &mut self.tree.nodes[index].watch;
            if watch.id.is_some_and(|id| id != described.id) {
                // It was told again under another number: its data comes under that.
                watch.pause();
            }
            watch.id = Some(described.id);
            if watch.state == State::Ended {
                watch.state = State::Idle;
            }
        }
    }

    /// All that was asked about channels was answered.
    pub(super) fn described_all(&mut self, now: Now, uris: &[String]) {
        for uri in uris {
            let Some(node) = self.tree.find(uri) else { continue };
            let known = &self.tree.nodes[node];
            if known.channel.is_some() && !known.watch.is_described {
                self.ends(now, node, "Not described", "The server did not say what it is.");
            }
        }
    }

    /// Channels, or some of them, were not described.
    pub(super) fn not_described(&mut self, now: Now, uris: &[String], refusal: &Refusal, is_whole: bool) {
        for (key, code, text) in &refusal.each {
            let uri = key.parse().ok().and_then(|place: usize| uris.get(place));
            let one = Refusal { code: *code, text: text.clone(), each: Vec::new() };
            self.has_no_description(now, uri.unwrap_or(key), &one);
        }
        if !is_whole {
            if refusal.code != 0 {
                self.tell_refusal(now, "The server could not describe all channels", refusal);
            }
            return;
        }
        let left: Vec<String> = uris.iter().filter(|uri| !self.is_described(uri)).cloned().collect();
        match left.len() {
            0 => {}
            1 => self.has_no_description(now, &left[0], refusal),
            // One bad name spoils them all in v1.1: the halves tell which.
            many if self.is_ready() => {
                let (first, second) = left.split_at(many / 2);
                self.describe_now(now, first.to_vec());
                self.describe_now(now, second.to_vec());
            }
            _ => {}
        }
    }

    fn is_described(&self, uri: &str) -> bool {
        self.tree.find(uri).is_some_and(|node| self.tree.nodes[node].watch.is_described)
    }

    fn has_no_description(&mut self, now: Now, uri: &str, refusal: &Refusal) {
        let words = words_of(self.version, refusal);
        let node = self.tree.find(uri).filter(|node| self.tree.nodes[*node].channel.is_some());
        match node {
            Some(node) => self.ends(now, node, "Not described", &words),
            None => self.warn([uri, " is not shown: ", &words].concat()),
        }
        let title = "A channel cannot be described";
        self.notice(now, Notice::new(Severity::Warning, title, &words, uri));
    }

    /// Tells the catalog if it is another one: while it grows now and then, and at the end.
    pub(super) fn tell_catalog(&mut self, now: Now) {
        let is_warned = !self.is_exploring() && self.tree.catalog.warnings != self.explore.unseen;
        if !(self.tree.is_changed || is_warned) {
            self.explore.tell_at = None;
            return;
        }
        let due = self.told.0.map(|told| told + TELL_EVERY);
        if let Some(due) = due.filter(|due| *due > now.instant && self.is_exploring()) {
            self.explore.tell_at = Some(due);
            return;
        }
        if self.tree.channels() == 0 && self.is_exploring() {
            return;
        }
        self.explore.tell_at = None;
        self.tree.is_changed = false;
        self.told = (Some(now.instant), self.tree.channels());
        if !self.is_exploring() {
            self.tree.catalog.warnings.clone_from(&self.explore.unseen);
        }
        self.tree.catalog.remedy = self.remedy().map(Box::new);
        self.event(Event::Catalog { catalog: Box::new(self.tree.catalog.clone()), changes: None });
        // A catalog says nothing of what is subscribed: it is told anew.
        self.told_subscribed.clear();
        for channel in 0..self.told.1 {
            self.want(channel);
        }
    }

    fn remedy(&self) -> Option<Cause> {
        if self.tree.channels() > 0 || self.is_exploring() {
            return None;
        }
        Some(match self.explore.unseen.first() {
            Some(words) => Cause::new("The server does not show what there is", words),
            None => Cause::new(
                "The server has no channels, or shows none",
                "It may show them to others, who sign in. Where you know their URIs, name them when you connect.",
            ),
        })
    }
}
