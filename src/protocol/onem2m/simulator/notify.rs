//! Events, and the notifications that follow from them.

use serde_json::{Map, Value};

use super::cse::{Cse, single};
use super::kind::Kind;
use super::subscription::{
    Content, NET_CHILD_CREATED, NET_CHILD_DELETED, NET_DELETE, NET_UPDATE, Subscription,
};
use super::tree::Id;

/// Something that happens to a resource.
pub(super) enum Event<'a> {
    /// These attributes were changed.
    Updated(&'a [String]),
    /// It is about to be deleted.
    Deleted,
    ChildCreated(Id),
    /// A child is about to be deleted.
    ChildDeleted(Id),
}

impl Event<'_> {
    /// The notification event type.
    fn net(&self) -> u64 {
        match self {
            Self::Updated(_) => NET_UPDATE,
            Self::Deleted => NET_DELETE,
            Self::ChildCreated(_) => NET_CHILD_CREATED,
            Self::ChildDeleted(_) => NET_CHILD_DELETED,
        }
    }
}

impl Cse {
    /// Notifies those who have subscribed to a resource of what happens to it.
    pub(super) fn raise(&mut self, subject: Id, event: &Event<'_>) {
        let (about, child) = match event {
            Event::Updated(_) | Event::Deleted => (subject, None),
            Event::ChildCreated(child) | Event::ChildDeleted(child) => {
                (*child, self.tree.get(*child).map(|child| child.kind))
            }
        };
        let changed = match event {
            Event::Updated(changed) => *changed,
            Event::Deleted | Event::ChildCreated(_) | Event::ChildDeleted(_) => &[],
        };
        for id in self.tree.subscriptions(subject) {
            let Some(subscription) = self.tree.subscription(id) else { continue };
            if !subscription.wants(event.net(), child, changed) {
                continue;
            }
            let content = subscription.content;
            let rep = match content {
                Content::All => self.represent(about),
                Content::Modified => self.tagged(about, self.changed_attributes(about, changed)),
                Content::ResourceId => single("m2m:uri", self.tree.ri(about)),
                Content::Series => continue,
            };
            self.notify(id, event.net(), rep);
        }
    }

    /// Notifies the recipients of one subscription, now or with others.
    pub(super) fn notify(&mut self, id: Id, net: u64, rep: Value) {
        let sur = self.address(id, false);
        let (now, by_quirk) = (self.now.instant, self.quirks.batch);
        let Some(subscription) = self.tree.subscription(id) else { return };
        let sgn = notification(net, rep, sur);
        let used_up = subscription.left.as_mut().is_some_and(|left| {
            *left -= 1;
            *left == 0
        });
        if let Some(batch) = subscription.batch(by_quirk) {
            subscription.gathered.push(sgn);
            subscription.due.get_or_insert(now + batch.time);
            if subscription.gathered.len() as u64 >= batch.most {
                self.send_gathered(id);
            }
        } else {
            self.send(id, &single("m2m:sgn", sgn));
        }
        if used_up {
            self.end(id);
        }
    }

    /// Sends what a subscription has gathered.
    pub(super) fn send_gathered(&mut self, id: Id) {
        let Some(subscription) = self.tree.subscription(id) else { return };
        subscription.due = None;
        let gathered = std::mem::take(&mut subscription.gathered);
        if !gathered.is_empty() {
            self.send(id, &single("m2m:agn", single("m2m:sgn", gathered)));
        }
    }

    fn send(&mut self, id: Id, content: &Value) {
        let recipients = self.tree.subscription(id).map(|subscription| subscription.recipients.clone());
        for recipient in recipients.unwrap_or_default() {
            self.deliver(&recipient, content.clone());
        }
        self.release_withheld(Some(id));
    }

    /// Tells whom it concerns that a subscription ends.
    pub(super) fn say_farewell(&mut self, id: Id) {
        self.send_gathered(id);
        let sur = self.address(id, false);
        if let Some(recipient) = self.tree.subscription(id).and_then(|ended| ended.last_word.clone()) {
            let mut sgn = Map::new();
            sgn.insert("sud".into(), true.into());
            sgn.insert("sur".into(), sur.into());
            self.deliver(&recipient, single("m2m:sgn", sgn));
        }
    }

    /// Sends batches whose time has come, and ends subscriptions that somebody deletes.
    pub(super) fn tend_subscriptions(&mut self) {
        let now = self.now.instant;
        for id in self.tree.active().to_vec() {
            let Some(subscription) = self.tree.subscription(id) else { continue };
            let Subscription { due, vanishes, .. } = subscription;
            let (due, vanishes) = (*due, *vanishes);
            if due.is_some_and(|due| now >= due) {
                self.send_gathered(id);
            }
            if vanishes.is_some_and(|when| now >= when) {
                self.end(id);
            }
        }
    }

    /// Whether somebody has subscribed to the instances of a container.
    pub(super) fn is_listened_to(&mut self, container: Id) -> bool {
        self.tree.subscriptions(container).into_iter().any(|id| {
            let subscription = self.tree.subscription(id);
            subscription.is_some_and(|one| one.wants(NET_CHILD_CREATED, Some(Kind::ContentInstance), &[]))
        })
    }
}

/// The `m2m:sgn` of an event, for the subscription at an address.
pub(super) fn notification(net: u64, rep: Value, sur: String) -> Value {
    let mut nev = Map::new();
    nev.insert("net".into(), net.into());
    nev.insert("rep".into(), rep);
    let mut sgn = Map::new();
    sgn.insert("nev".into(), nev.into());
    sgn.insert("sur".into(), sur.into());
    sgn.into()
}
