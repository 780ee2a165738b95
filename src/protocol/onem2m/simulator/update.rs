//! UPDATE, DELETE, and the end of what has expired.

use serde_json::{Map, Value};

use super::attributes::check_update;
use super::create::content;
use super::cse::{Answer, Cse, Done, gone, single, wants_attributes};
use super::group::member_count;
use super::kind::Kind;
use super::notify::Event;
use super::refusal::{NOT_ALLOWED, Refusal};
use super::request::{Request, ResultContent};
use super::rights::Right;
use super::stamps;
use super::subscription::Subscription;
use super::tree::{BASE, Id};

impl Cse {
    /// UPDATE.
    pub(super) fn update(&mut self, request: &Request, id: Id) -> Result<Done, Refusal> {
        let resource = self.tree.get(id).ok_or_else(gone)?;
        let (kind, tag) = (resource.kind, resource.tag.clone());
        if !kind.may_be_updated() {
            let text = format_args!("UPDATE is not allowed for: {}", request.to);
            return Err(Refusal::new(NOT_ALLOWED, text));
        }
        self.demand(&request.fr, Right::Update, id)?;
        let (given_tag, given) = content(request, kind)?;
        if given_tag != tag {
            return Err(Refusal::bad(format_args!("{given_tag} is not the representation of a {tag}")));
        }
        check_update(kind, &tag, &resource.attributes, &given)?;
        self.check_expiry(given.get("et"))?;
        if kind == Kind::Group {
            let mut members = resource.attributes.clone();
            merge(&mut members, given.clone());
            self.check_members(&members)?;
        }
        if kind == Kind::Subscription {
            self.resubscribe(id, &given)?;
        }
        let changed = self.change(id, given);
        let pc = match request.rcn {
            Some(ResultContent::Modified) => Some(single(&tag, self.changed_attributes(id, &changed))),
            rcn => wants_attributes(rcn, true).then(|| self.represent(id)),
        };
        Ok(Done::Now(Answer::new(2004, pc)))
    }

    /// Changes attributes that have been checked, and tells those who have subscribed: the names of what changed.
    pub(super) fn change(&mut self, id: Id, given: Map<String, Value>) -> Vec<String> {
        let now = stamps::write(self.now.wall);
        let changed: Vec<String> = given.keys().cloned().collect();
        let parent = self.tree.get(id).and_then(|resource| resource.parent);
        // One that is taken away is as if it had never been given.
        let expires = given.get("et").map(|et| self.expiry(et.as_str().unwrap_or_default(), parent));
        let Some(resource) = self.tree.get_mut(id) else { return changed };
        merge(&mut resource.attributes, given);
        if let Some(expires) = expires {
            resource.expires = expires;
            resource.set("et", stamps::write(expires));
        }
        resource.set("lt", now);
        resource.count_change();
        match resource.kind {
            Kind::FlexContainer => resource.set("cs", flex_size(&resource.attributes)),
            Kind::Group => resource.set("cnm", member_count(&resource.attributes)),
            Kind::Container => self.trim(id),
            Kind::TimeSeries => {
                self.trim(id);
                if changed.iter().any(|name| ["pei", "mdd", "mdt", "mdn"].contains(&name.as_str())) {
                    self.watch_series(id);
                }
            }
            Kind::AccessControlPolicy
            | Kind::Ae
            | Kind::ContentInstance
            | Kind::CseBase
            | Kind::MgmtObj
            | Kind::Node
            | Kind::Request
            | Kind::Subscription
            | Kind::TimeSeriesInstance => {}
        }
        self.raise(id, &Event::Updated(&changed));
        changed
    }

    /// The attributes that a change has touched, with the time of it.
    pub(super) fn changed_attributes(&self, id: Id, changed: &[String]) -> Map<String, Value> {
        let mut attributes = Map::new();
        if let Some(resource) = self.tree.get(id) {
            for name in changed.iter().map(String::as_str).chain(["lt"]) {
                if let Some(value) = resource.attributes.get(name) {
                    attributes.insert(name.to_owned(), value.clone());
                }
            }
        }
        attributes
    }

    /// Reads a subscription anew.
    fn resubscribe(&mut self, id: Id, given: &Map<String, Value>) -> Result<(), Refusal> {
        let Some(resource) = self.tree.get(id) else { return Ok(()) };
        let mut attributes = resource.attributes.clone();
        merge(&mut attributes, given.clone());
        let kind = resource.parent.and_then(|parent| self.tree.get(parent)).map(|parent| parent.kind);
        let read = Subscription::parse(&attributes, kind.unwrap_or(Kind::CseBase))?;
        if let Some(subscription) = self.tree.subscription(id) {
            subscription.replace(read);
        }
        Ok(())
    }

    /// DELETE.
    pub(super) fn delete(&mut self, request: &Request, id: Id) -> Result<Done, Refusal> {
        if id == BASE {
            return Err(Refusal::new(NOT_ALLOWED, format_args!("DELETE is not allowed for the CSEBase")));
        }
        self.demand(&request.fr, Right::Delete, id)?;
        let pc = wants_attributes(request.rcn, false).then(|| self.represent(id));
        self.end(id);
        Ok(Done::Now(Answer::new(2002, pc)))
    }

    /// Deletes a resource and what lies in it, and tells those who have subscribed.
    pub(super) fn end(&mut self, id: Id) {
        if let Some(parent) = self.tree.get(id).and_then(|resource| resource.parent) {
            self.raise(parent, &Event::ChildDeleted(id));
        }
        self.end_below(id);
    }

    fn end_below(&mut self, id: Id) {
        let Some(resource) = self.tree.get(id) else { return };
        let kind = resource.kind;
        if kind.is_instance() {
            return self.drop_instance(id);
        }
        if kind == Kind::Subscription {
            self.say_farewell(id);
        } else if kind == Kind::Ae {
            let aei = resource.ri().to_owned();
            self.forget_ae(&aei);
        }
        self.raise(id, &Event::Deleted);
        let children: Vec<Id> = self.tree.children(id).collect();
        for child in children {
            self.end_below(child);
        }
        self.tree.remove(id);
    }

    /// Ends what has expired.
    pub(super) fn expire(&mut self) {
        if self.now.wall < self.expiry_due {
            return;
        }
        self.expiry_due = stamps::after(self.now.wall, 1.0);
        let now = self.now.wall;
        let expired: Vec<Id> =
            self.tree.all().filter(|(_, resource)| resource.expires <= now).map(|(id, _)| id).collect();
        for id in expired {
            self.end(id);
        }
    }
}

/// Gives attributes what an UPDATE gives; `null` takes one away.
fn merge(attributes: &mut Map<String, Value>, given: Map<String, Value>) {
    for (name, value) in given {
        if value.is_null() {
            attributes.shift_remove(&name);
        } else {
            attributes.insert(name, value);
        }
    }
}

/// The bytes of a flexContainer's own attributes, as JSON.
pub(super) fn flex_size(attributes: &Map<String, Value>) -> u64 {
    let common = ["rn", "ri", "pi", "ty", "ct", "lt", "et", "lbl", "acpi", "cr", "st", "cs", "cnd", "or"];
    let own = attributes.iter().filter(|(name, _)| !common.contains(&name.as_str()));
    own.map(|(_, value)| value.to_string().len() as u64).sum()
}
