//! Looking around: what is below the root, level by level, until there is enough for a dashboard; the rest when a
//! person opens it.

use std::time::Duration;

use super::OneM2mSession;
use super::ask::{Ask, Filter, Who};
use super::purpose::Purpose;
use super::tree::{Found, Node, OWN_PREFIX, has_data, is_worth_a_look};
use crate::model::catalog::Below;
use crate::model::event::{Event, Notice};
use crate::model::link::Cause;
use crate::model::reading::Severity;
use crate::model::time::Now;
use crate::protocol::onem2m::primitive::Response;
use crate::protocol::onem2m::resource::{
    AE, FLEX_CONTAINER, code_name, items, number, only, text, tree_types,
};

/// So many channels are looked for without being asked: as many as a page shows at once.
pub(super) const CHANNELS_WANTED: usize = 48;
/// At most so many resources are looked into for that.
const LOOKS_MOST: usize = 250;
/// A catalog that grows is told so often.
const TELL_EVERY: Duration = Duration::from_millis(700);
/// What is not to be had is asked for again so often.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// Attributes and references to the children (TS-0004, 6.3.4.2.7).
const RCN_WITH_REFERENCES: u8 = 5;

impl OneM2mSession {
    pub(super) fn explore_from_root(&mut self) {
        self.looks = 0;
        self.is_deep = true;
        self.frontier.push_back(0);
        // What is watched is looked for wherever it is.
        for (index, node) in self.tree.nodes.iter().enumerate() {
            if node.watch.wanted && index > 0 {
                self.frontier.push_back(index);
            }
        }
    }

    /// What is wanted and was not to be had may be there by now: its owner came back, or gave the rights.
    pub(super) fn look_again_when_due(&mut self, now: Now) {
        if self.look_again.is_none_or(|due| due > now.instant) {
            return;
        }
        self.look_again = Some(now.instant + LOOK_AGAIN_AFTER);
        if !self.frontier.is_empty() || self.is_looking() {
            return;
        }
        if self.tree.catalog.channels.is_empty() {
            if let Some(root) = self.tree.nodes.first_mut() {
                root.is_explored = false;
            }
            return self.explore_from_root();
        }
        for (index, node) in self.tree.nodes.iter().enumerate() {
            if node.watch.wanted && !node.is_explored {
                self.frontier.push_back(index);
            }
        }
    }

    /// Looks into the next resource, one at a time.
    pub(super) fn explore_more(&mut self) {
        while !self.is_looking()
            && let Some(next) = self.frontier.pop_front()
        {
            let Some(node) = self.tree.nodes.get(next) else { continue };
            let is_enough = self.looks >= LOOKS_MOST || self.tree.catalog.channels.len() >= CHANNELS_WANTED;
            if node.is_explored && next > 0 || (self.is_deep && is_enough && !node.watch.wanted) {
                continue;
            }
            self.looks += 1;
            let ask = look(&node.path, &self.supported);
            self.ask(Purpose::Explore(next), ask);
        }
    }

    /// Something is being looked at.
    pub(super) fn is_looking(&self) -> bool {
        self.asks.has(|purpose| matches!(purpose, Purpose::Explore(_) | Purpose::Latest(_)))
    }

    pub(super) fn explored(&mut self, now: Now, index: usize, response: &Response<'_>) {
        let Some(path) = self.tree.nodes.get(index).map(|node| node.path.clone()) else { return };
        let found = only(&response.content);
        let (true, Some((name, resource))) = (response.is_good(), found) else {
            let below = if response.code == 4_008 { Below::Unknown } else { Below::Refused };
            self.tree.set_below(index, below);
            if !matches!(response.code, 4_004 | 4_008 | 4_103) {
                let title = format!("The CSE does not show what is in {path}");
                let notice =
                    Notice::new(Severity::Warning, &title, &code_name(response.code), response.debug());
                self.notice(now, notice);
            }
            return self.has_no_value(now, index, response);
        };
        self.tree.learn(index, &Found { name, resource });
        self.has_news = true;
        let mut children = Vec::new();
        for reference in items(resource, "ch") {
            let (name, ty) =
                (text(reference, "nm"), number(reference, "typ").and_then(|ty| u32::try_from(ty).ok()));
            let Some(ty) = ty.filter(|_| !name.is_empty()) else { continue };
            let own = path.contains(OWN_PREFIX);
            match self.tree.add(&[&path, "/", name].concat(), ty, Some(index), own) {
                Some(child) => children.push((child, ty)),
                None => self.violation("a tree has at most 20,000 resources here"),
            }
        }
        self.tree.set_below(index, Below::Known);
        if let Some(node) = self.tree.nodes.get(index) {
            if node.ty == FLEX_CONTAINER {
                self.flex_container_state(now, index, resource);
            } else if has_data(node.ty) && !self.tree.is_folder(index) {
                self.ask(Purpose::Latest(index), node.latest());
            }
        }
        for (child, ty) in children {
            let is_own = self.tree.nodes.get(child).is_some_and(|node| node.path.contains(OWN_PREFIX));
            let wanted = if self.is_deep { is_worth_a_look(ty) } else { has_data(ty) };
            if wanted && !is_own && !self.tree.nodes.get(child).is_some_and(|node| node.is_explored) {
                self.frontier.push_back(child);
            }
        }
    }

    /// Looks below a node because a person wants it. What has values there is looked at, too.
    pub(super) fn expanded(&mut self, now: Now, index: usize, response: &Response<'_>) {
        self.is_deep = false;
        if let Some(node) = self.tree.nodes.get_mut(index) {
            node.is_explored = false;
        }
        self.explored(now, index, response);
    }

    /// Tells the catalog if it is another one: while it grows now and then, and at the end.
    pub(super) fn tell_catalog(&mut self, now: Now) {
        if !self.tree.is_changed || self.tree.nodes.is_empty() {
            return;
        }
        let is_growing = !self.frontier.is_empty() || self.is_looking();
        let is_recent = self.catalog_told.is_some_and(|told| now.instant.since(told) < TELL_EVERY);
        if is_growing && (is_recent || self.tree.catalog.channels.is_empty()) {
            return;
        }
        self.tree.is_changed = false;
        self.catalog_told = Some(now.instant);
        self.tree.catalog.remedy = self.remedy().map(Box::new);
        let catalog = Box::new(self.tree.catalog.clone());
        self.event(Event::Catalog { catalog, changes: None });
        // A catalog forgets what was subscribed.
        for channel in 0..self.told_subscribed.len() {
            if self.told_subscribed[channel] {
                self.event(Event::Subscribed { channel, on: true });
            }
        }
        for event in std::mem::take(&mut self.untold) {
            self.event(event);
        }
    }

    /// Tells something about a channel, once everybody knows that there is this channel.
    pub(super) fn tell(&mut self, event: Event) {
        if self.tree.is_changed {
            self.untold.push(event);
        } else {
            self.event(event);
        }
    }

    /// Nothing to see mostly means that nobody gave this page the right to see it.
    fn remedy(&self) -> Option<Cause> {
        if !self.tree.catalog.channels.is_empty() || !self.frontier.is_empty() {
            return None;
        }
        let who = self.originator(Who::Data);
        let is_other_ae = |node: &&Node| node.ty == AE && !node.path.contains(OWN_PREFIX);
        let seen = match self.tree.nodes.iter().filter(is_other_ae).count() {
            0 => "no AE but its own".to_owned(),
            1 => "one AE, and no data in it".to_owned(),
            many => format!("{many} AEs, and no data in them"),
        };
        let cause = Cause::new(
            &format!("{who} sees nothing here that has values"),
            &format!(
                "The CSE shows it {seen}. A CSE leaves out what an originator may not read, without a word, so most \
                 likely the rights are missing. Their owner gives them: an access control policy as below, made by the \
                 owner of the data, whose address is put into acpi of the AE and of each container. This page has \
                 another AE-ID each time, so name \"all\" or give the page a fixed AE-ID under the options; or choose \
                 there an originator that has the rights. acop 35 allows to read, to discover and to subscribe, 63 \
                 everything. Where rights are given, the values appear by themselves."
            ),
        );
        Some(cause.with_snippet(&format!(
            "{{\"m2m:acp\": {{\"rn\": \"readers\",\n  \"pv\": {{\"acr\": [{{\"acor\": [\"{who}\"], \"acop\": 35}},\n    \
                 {{\"acor\": [\"Cowner\"], \"acop\": 63}}]}},\n  \"pvs\": {{\"acr\": [{{\"acor\": [\"Cowner\"], \"acop\": \
                 63}}]}}}}}}"
        )))
    }

    /// A resource that cannot be read has no value: its channels say why.
    pub(super) fn has_no_value(&mut self, now: Now, index: usize, response: &Response<'_>) {
        let channels: Vec<usize> = self
            .tree
            .nodes
            .get(index)
            .map_or(Vec::new(), |node| node.channels.iter().map(|(_, at)| *at).collect());
        for channel in channels {
            self.tell_error(now, channel, &code_name(response.code), response.debug());
        }
    }
}

/// To see a resource with references to its children, instances left out.
pub(super) fn look(path: &str, supported: &[u32]) -> Ask {
    let filter = Filter { types: tree_types(supported), level: Some(1), ..Filter::default() };
    Ask::retrieve(path).rcn(RCN_WITH_REFERENCES).filter(filter)
}
