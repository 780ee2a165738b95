//! Looking around: what a client is, and what is below it, level by level, until there is enough for a dashboard; the
//! rest when a person opens it.
//!
//! A look into one client is complete when the client itself, the list of what is below it and each resource on it have
//! been answered, or not. One that is locked or does not answer does not stop the others.

use std::time::Duration;

use super::ExositeSession;
use super::purpose::Purpose;
use super::tree::{Found, Node};
use crate::model::catalog::Below;
use crate::model::event::Event;
use crate::model::link::Cause;
use crate::model::slots::Names;
use crate::model::time::{Instant, Now};
use crate::protocol::exosite::answer::{Answer, WireError};
use crate::protocol::exosite::procedure::{Part, Procedure, Relation};
use crate::protocol::exosite::resource::{Kind, ResourceId, Rid};
use crate::protocol::exosite::result::{self, Info};

/// What is listed: what has values, and what holds it.
const LISTED: &[Kind] = &[Kind::Client, Kind::Dataport, Kind::Datarule];
/// What is asked of a client that is looked into.
const OF_CLIENT: &[Part] = &[Part::Aliases, Part::Basic, Part::Description];
/// What is asked of a client on a list.
const OF_CHILD: &[Part] = &[Part::Basic, Part::Description];
/// What is asked of a series.
const OF_SERIES: &[Part] = &[Part::Basic, Part::Description, Part::Storage];
/// So many series are looked for without being asked.
const SERIES_WANTED: usize = 200;
/// At most so many clients are looked into for that …
const CLIENTS_MOST: usize = 100;
/// … and none with more clients above it.
const DEPTH_MOST: usize = 8;
/// So many clients are looked into at once.
const AT_ONCE: usize = 4;
/// So many resources are taken from all listings.
const LISTED_MOST: usize = 20_000;
/// So many clients of one list are asked for their names.
const NAMES_MOST: usize = 1_000;
/// So many warnings are kept.
const WARNINGS_MOST: usize = 50;
/// A look that is complete waits so long for those that began before it, so that cards stand in the peer's order.
const HOLD: Duration = Duration::from_secs(2);
/// A catalog that grows is told so often.
const TELL_EVERY: Duration = Duration::from_millis(700);

/// A look into one client.
#[derive(Debug)]
pub(super) struct Look {
    client: usize,
    /// When it began.
    began: Instant,
    /// What is below it is looked into in turn.
    is_deep: bool,
    /// It was asked what it is, and that is answered.
    is_known: bool,
    /// What it says of itself, if it does.
    info: Option<Info>,
    /// What is below it, or why that is not known, once that is answered.
    listed: Option<Result<Vec<Found>, Unseen>>,
    /// So many of those are not answered yet.
    missing: usize,
    /// The list was cut, or not all of it could be read: what is not on it may be there all the same.
    is_partial: bool,
}

/// Why nobody knows what is below a client.
#[derive(Debug)]
struct Unseen {
    /// Nothing was answered: it is not known that it is refused.
    is_silent: bool,
    words: String,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    clients: usize,
    series: usize,
    listed: usize,
    /// When a look that is complete does not wait any longer.
    pub(super) hold: Option<Instant>,
}

impl Look {
    fn is_complete(&self) -> bool {
        self.is_known && self.listed.is_some() && self.missing == 0
    }
}

impl ExositeSession {
    /// Looks into a client, and into what is below it.
    pub(super) fn look(&mut self, now: Now, client: usize) {
        if self.begin_look(now, client, true) && !self.ask(Purpose::Listing(client), self.listing_of(client))
        {
            self.looks_no_more(client);
        }
    }

    /// Looks into a client; its listing is asked for by the caller. `false` where that is being done.
    pub(super) fn begin_look(&mut self, now: Now, client: usize, is_deep: bool) -> bool {
        if self.is_looking_into(client) {
            return false;
        }
        self.seen.clients += 1;
        let began = now.instant;
        self.looks.push(Look {
            client,
            began,
            is_deep,
            is_known: false,
            info: None,
            listed: None,
            missing: 0,
            is_partial: false,
        });
        let resource = self.resource_of(client);
        let is_asked = self.ask(Purpose::About(client), Procedure::Info { resource, parts: OF_CLIENT });
        if !is_asked {
            self.looks_no_more(client);
        }
        is_asked
    }

    /// The listing of a client that is looked into was not even asked for.
    pub(super) fn looks_no_more(&mut self, client: usize) {
        self.looks.retain(|look| look.client != client);
    }

    pub(super) fn listing_of(&self, client: usize) -> Procedure {
        let client = Some(self.resource_of(client));
        Procedure::Listing { client, kinds: LISTED, relation: Some(Relation::owned()) }
    }

    /// How calls name a node; the first is the caller before anything is known of it.
    pub(super) fn resource_of(&self, node: usize) -> ResourceId {
        self.tree.nodes.get(node).map_or(ResourceId::Itself, Node::resource)
    }

    /// Looks into the next clients.
    pub(super) fn look_further(&mut self, now: Now) {
        self.take_looks(now);
        while self.looks.len() < AT_ONCE
            && let Some(next) = self.frontier.pop_front()
        {
            let Some(node) = self.tree.nodes.get(next) else { continue };
            let is_enough = self.seen.clients >= CLIENTS_MOST || self.seen.series >= SERIES_WANTED;
            if !node.is_explored && !node.is_gone && !is_enough && node.depth <= DEPTH_MOST {
                self.look(now, next);
            }
        }
    }

    pub(super) fn is_looking_into(&self, client: usize) -> bool {
        self.looks.iter().any(|look| look.client == client)
    }

    pub(super) fn is_looking(&self) -> bool {
        !self.looks.is_empty() || !self.frontier.is_empty()
    }

    /// A client that is looked into was asked what it is.
    pub(super) fn about(&mut self, client: usize, answer: &Answer<'_>) {
        let Some(look) = self.looks.iter_mut().find(|look| look.client == client) else { return };
        look.is_known = true;
        look.info = answer.good().and_then(Info::read);
    }

    /// It was asked what is below it.
    pub(super) fn listed(&mut self, client: usize, answer: &Answer<'_>) {
        let listing = answer.good().and_then(|result| result::listing(result, LISTED));
        let Some(place) = self.looks.iter().position(|look| look.client == client) else { return };
        let Some((listed, strange)) = listing else {
            let is_silent = answer.error.as_ref().is_some_and(WireError::may_pass);
            let status = if answer.is_ok() { "no listing" } else { answer.status.word() };
            let words = [status, ". ", &answer.words()].concat();
            self.looks[place].listed = Some(Err(Unseen { is_silent, words }));
            return;
        };
        if strange > 0 {
            self.violation("a listing lists identifiers");
        }
        let mut known = Names::default();
        let mut found: Vec<Found> = Vec::new();
        let mut is_cut = false;
        for (kind, rid) in listed {
            let node = self.tree.find(&rid);
            if node.is_none() && self.seen.listed >= LISTED_MOST {
                is_cut = true;
                continue;
            }
            // Each once, and no client below itself.
            let is_above = node.is_some_and(|node| self.tree.is_above(node, client));
            if LISTED.contains(&kind) && !is_above && known.insert(&rid.key(), found.len()) {
                self.seen.listed += usize::from(node.is_none());
                found.push(Found { rid, kind, aliases: Vec::new(), info: None });
            }
        }
        if is_cut {
            self.too_many();
        }
        self.looks[place].is_partial = is_cut || strange > 0;
        self.looks[place].missing = self.ask_items(client, &found);
        self.looks[place].listed = Some(Ok(found));
    }

    /// Asks what is on a list and not known yet what it is. How much is asked.
    fn ask_items(&mut self, client: usize, found: &[Found]) -> usize {
        let (mut asked, mut clients) = (0, 0);
        for (item, found) in found.iter().enumerate() {
            let is_client = found.kind == Kind::Client;
            clients += usize::from(is_client);
            self.seen.series += usize::from(!is_client);
            let is_known = |node: usize| self.tree.nodes.get(node).is_some_and(|node| node.is_described);
            if self.tree.find(&found.rid).is_some_and(is_known) || (is_client && clients > NAMES_MOST) {
                continue;
            }
            let parts = if is_client { OF_CHILD } else { OF_SERIES };
            let resource = ResourceId::Rid(found.rid.clone());
            asked +=
                usize::from(self.ask(Purpose::Item { client, item }, Procedure::Info { resource, parts }));
        }
        asked
    }

    /// A resource on a list was asked what it is.
    pub(super) fn item_known(&mut self, client: usize, item: usize, answer: &Answer<'_>) {
        let Some(look) = self.looks.iter_mut().find(|look| look.client == client) else { return };
        look.missing = look.missing.saturating_sub(1);
        let info = answer.good().and_then(Info::read);
        let mut whose = None;
        if let Some(Ok(found)) = &mut look.listed
            && let Some(found) = found.get_mut(item)
        {
            whose = info.is_none().then(|| [found.kind.word(), " ", found.rid.as_str()].concat());
            found.info = info;
        }
        if let Some(whose) = whose {
            self.warn(
                [&whose, " does not say what it is: ", answer.status.word(), ". ", &answer.words()].concat(),
            );
        }
    }

    /// Takes looks over into the tree whose questions are answered, in the order in which they began.
    fn take_looks(&mut self, now: Now) {
        self.seen.hold = None;
        let mut place = 0;
        while let Some(look) = self.looks.get(place) {
            if look.is_complete() {
                let look = self.looks.remove(place);
                self.take_look(now, look);
            } else if now.instant < look.began + HOLD {
                let waits = self.looks.iter().skip(place).any(Look::is_complete);
                self.seen.hold = waits.then_some(self.looks[place].began + HOLD);
                return;
            } else {
                place += 1;
            }
        }
    }

    fn take_look(&mut self, now: Now, look: Look) {
        let client = look.client;
        let info = look.info;
        if client == 0 {
            self.tree.plant(info.as_ref());
        } else if let Some(info) = &info {
            self.tree.learn(client, info, None);
        }
        let Some(listed) = look.listed else { return };
        match listed {
            Ok(found) => {
                let aliases = info.and_then(|info| info.aliases);
                let listed = self.take_listing(client, look.is_deep, found, aliases);
                if !look.is_partial {
                    self.hide_others(now, client, &listed);
                }
                self.tree.set_below(client, Below::Known);
            }
            Err(unseen) => self.not_listed(now, client, &unseen),
        }
        if let Some(node) = self.tree.nodes.get_mut(client) {
            node.is_explored = true;
        }
    }

    /// Adds what is on a list. What is on it, by identifiers.
    fn take_listing(
        &mut self,
        client: usize,
        is_deep: bool,
        found: Vec<Found>,
        aliases: Option<Vec<(Rid, Vec<String>)>>,
    ) -> Names {
        let aliases = aliases.unwrap_or_default();
        let keys: Vec<String> = aliases.iter().map(|(rid, _)| rid.key()).collect();
        let by_rid = Names::number(keys.iter().map(String::as_str));
        let mut listed = Names::default();
        let mut too_many = false;
        // Series first: their cards stand before those of clients further down.
        let (clients, series): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.kind == Kind::Client);
        for mut found in series.into_iter().chain(clients) {
            listed.insert(&found.rid.key(), 0);
            let names = by_rid.get(&found.rid.key()).and_then(|place| aliases.get(place));
            found.aliases = names.map(|(_, names)| names.clone()).unwrap_or_default();
            let is_client = found.kind == Kind::Client;
            let was_gone = self.tree.find(&found.rid).is_some_and(|node| self.is_node_gone(node));
            let Some(child) = self.tree.add(client, &found) else {
                too_many = true;
                continue;
            };
            if is_client && is_deep {
                self.frontier.push_back(child);
            }
            let channel = self.tree.nodes.get(child).and_then(|node| node.channel);
            if let Some(channel) = channel.filter(|channel| was_gone && *channel < self.told.1) {
                self.want(channel);
            }
        }
        if too_many {
            self.too_many();
        }
        listed
    }

    /// What stands in a client and is not on its list is not there any more.
    fn hide_others(&mut self, now: Now, client: usize, listed: &Names) {
        for child in self.tree.children(client) {
            let rid = self.tree.nodes.get(child).and_then(|node| node.rid.as_ref());
            if rid.is_some_and(|rid| !listed.contains(&rid.key())) {
                self.is_gone(now, child);
            }
        }
    }

    fn is_node_gone(&self, node: usize) -> bool {
        self.tree.nodes.get(node).is_some_and(|node| node.is_gone)
    }

    /// Nobody knows what is below a client.
    fn not_listed(&mut self, now: Now, client: usize, unseen: &Unseen) {
        if unseen.is_silent && client == 0 && self.tree.nodes.len() == 1 {
            return self.close("the server does not say what there is");
        }
        self.tree.set_below(client, if unseen.is_silent { Below::Unknown } else { Below::Refused });
        let title = self.tree.catalog.groups.get(client).map_or("", |group| &group.title);
        let words = ["What is in ", title, " is not shown: ", &unseen.words].concat();
        self.warn(words);
        self.retry_later(now);
    }

    fn too_many(&mut self) {
        self.warn("There are more than 20,000 resources; the others are left out.".to_owned());
        self.violation("a tree has at most 20,000 resources here");
    }

    fn warn(&mut self, words: String) {
        if self.unseen.len() < WARNINGS_MOST && !self.unseen.contains(&words) {
            self.unseen.push(words);
        }
    }

    /// A node was asked again what it is.
    pub(super) fn known_again(&mut self, node: usize, answer: &Answer<'_>) {
        if let Some(info) = answer.good().and_then(Info::read) {
            self.tree.learn(node, &info, None);
        }
    }

    /// Asks a node again what it is.
    pub(super) fn ask_again(&mut self, node: usize) {
        let is_series = self.tree.nodes.get(node).is_some_and(Node::is_series);
        let parts = if is_series { OF_SERIES } else { OF_CHILD };
        self.ask(Purpose::Again(node), Procedure::Info { resource: self.resource_of(node), parts });
    }

    /// A node is not there any more, nor is what is below it.
    pub(super) fn is_gone(&mut self, now: Now, index: usize) {
        let mut gone = vec![index];
        while let Some(index) = gone.pop() {
            if self.tree.nodes.get(index).is_some_and(|node| node.kind == Kind::Client) {
                gone.extend(self.tree.children(index));
                self.tree.forget_below(index);
            }
            self.tree.hide(index);
            self.end_watch(now, index);
        }
    }

    /// Tells the catalog if it is another one: while it grows now and then, and at the end.
    pub(super) fn tell_catalog(&mut self, now: Now) {
        let is_warned = !self.is_looking() && self.tree.catalog.warnings != self.unseen;
        if !(self.tree.is_changed || is_warned) || self.tree.nodes.is_empty() {
            return;
        }
        let is_recent = self.told.0.is_some_and(|told| now.instant.since(told) < TELL_EVERY);
        if self.is_looking() && (is_recent || self.tree.catalog.channels.is_empty()) {
            return;
        }
        self.tree.is_changed = false;
        self.tree.catalog.inspectable = true;
        self.tree.catalog.warnings.clone_from(&self.unseen);
        self.tree.catalog.remedy = self.remedy().map(Box::new);
        let catalog = Box::new(self.tree.catalog.clone());
        self.event(Event::Catalog { catalog, changes: None });
        // A catalog forgets what was subscribed.
        for channel in 0..self.told_subscribed.len() {
            if self.told_subscribed[channel] {
                self.event(Event::Subscribed { channel, on: true });
            }
        }
        let (_, told) =
            std::mem::replace(&mut self.told, (Some(now.instant), self.tree.catalog.channels.len()));
        for channel in told..self.tree.catalog.channels.len() {
            self.want(channel);
        }
    }

    fn remedy(&self) -> Option<Cause> {
        if !self.tree.catalog.channels.is_empty() || self.is_looking() {
            return None;
        }
        Some(match self.unseen.first() {
            Some(words) => Cause::new("The server does not show what there is", words),
            None => Cause::new(
                "This client has no dataports",
                "The key is good, and nothing is below its client that has values. Make a dataport (the command create of \
                 the client does it), or use the key of another client.",
            ),
        })
    }
}
