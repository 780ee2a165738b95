//! The resources of a CSE as a tree. It knows what is where, and nothing of rights, requests or notifications.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::kind::Kind;
use super::series::Watch;
use super::subscription::Subscription;
use crate::model::slots::{Names, Slots};
use crate::model::time::Timestamp;

/// The name of the `CSEBase`, the CSE's id, and that of its service provider.
pub(super) const BASE_NAME: &str = "cse-in";
pub(super) const CSE_ID: &str = "/id-in";
pub(super) const PROVIDER_ID: &str = "//greenhouse.example";

/// The most resources of a CSE, and how deep they may lie.
pub(super) const RESOURCES_MOST: usize = 10_000;
pub(super) const DEPTH_MOST: usize = 32;

/// Where a resource is. No two resources ever have the same, so that one that is gone is not taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(usize);

/// A resource.
pub(super) struct Resource {
    pub(super) kind: Kind,
    /// The name of its member in `pc`.
    pub(super) tag: String,
    pub(super) parent: Option<Id>,
    /// All attributes as they go on the wire.
    pub(super) attributes: Map<String, Value>,
    /// Who made it: the AE-ID.
    pub(super) owner: String,
    pub(super) expires: Timestamp,
    /// What lies in it, in the order of creation; instances apart, the oldest first.
    pub(super) children: Vec<Id>,
    pub(super) instances: VecDeque<Id>,
    pub(super) role: Role,
}

/// What a resource does by itself as time passes.
pub(super) enum Role {
    Plain,
    Subscription(Box<Subscription>),
    /// A time series whose missing data are looked for.
    Series(Box<Watch>),
}

/// The tree.
pub(super) struct Tree {
    resources: Slots<Id, Box<Resource>>,
    /// The places of resource ids.
    names: Names,
    next: usize,
    /// Those with a role.
    active: Vec<Id>,
}

/// The `CSEBase` is the first one.
pub(super) const BASE: Id = Id(0);

impl Resource {
    pub(super) fn new(kind: Kind, tag: &str, owner: &str, attributes: Map<String, Value>) -> Self {
        Self {
            kind,
            tag: tag.to_owned(),
            parent: None,
            attributes,
            owner: owner.to_owned(),
            expires: Timestamp(i64::MAX),
            children: Vec::new(),
            instances: VecDeque::new(),
            role: Role::Plain,
        }
    }

    /// An attribute that is text; empty where it is not.
    pub(super) fn text(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// An attribute that is a whole number.
    pub(super) fn whole(&self, name: &str) -> Option<u64> {
        self.attributes.get(name)?.as_u64()
    }

    /// An attribute that is a number; 0 where it is none.
    pub(super) fn number(&self, name: &str) -> f64 {
        self.attributes.get(name).and_then(Value::as_f64).unwrap_or(0.0)
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.set_value(name, value.into());
    }

    fn set_value(&mut self, name: &str, value: Value) {
        self.attributes.insert(name.to_owned(), value);
    }

    /// Counts a change of its state, where it has a state tag, `st`.
    pub(super) fn count_change(&mut self) {
        if self.kind.has_state_tag() {
            self.set("st", self.whole("st").unwrap_or(0) + 1);
        }
    }

    /// Its resource id, `ri`.
    pub(super) fn ri(&self) -> &str {
        self.text("ri")
    }
}

impl Tree {
    /// A tree of the `CSEBase` alone.
    pub(super) fn new(base: Resource) -> Self {
        let mut tree =
            Self { resources: Slots::default(), names: Names::default(), next: 0, active: Vec::new() };
        tree.insert(None, base);
        tree
    }

    pub(super) fn get(&self, id: Id) -> Option<&Resource> {
        self.resources.get(&id).map(|resource| &**resource)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Resource> {
        self.resources.get_mut(&id).map(|resource| &mut **resource)
    }

    /// The `ri` of a resource; empty where it is gone.
    pub(super) fn ri(&self, id: Id) -> &str {
        self.get(id).map_or("", Resource::ri)
    }

    /// The resource with this `ri`.
    pub(super) fn find(&self, ri: &str) -> Option<Id> {
        self.names.get(ri).map(Id)
    }

    /// The registered AE with this AE-ID.
    pub(super) fn ae(&self, aei: &str) -> Option<Id> {
        self.find(aei).filter(|id| self.is(*id, Kind::Ae))
    }

    pub(super) fn is(&self, id: Id, kind: Kind) -> bool {
        self.get(id).is_some_and(|resource| resource.kind == kind)
    }

    /// The child with this name.
    pub(super) fn child(&self, parent: Id, name: &str) -> Option<Id> {
        self.children(parent).find(|id| self.get(*id).is_some_and(|child| child.text("rn") == name))
    }

    /// What lies in a resource: instances last.
    pub(super) fn children(&self, parent: Id) -> impl Iterator<Item = Id> {
        let children =
            self.get(parent).map(|parent| parent.children.iter().chain(&parent.instances).copied());
        children.into_iter().flatten()
    }

    /// The subscriptions to a resource.
    pub(super) fn subscriptions(&self, id: Id) -> Vec<Id> {
        let children = self.get(id).map_or(&[] as &[Id], |resource| &resource.children);
        children.iter().copied().filter(|child| self.is(*child, Kind::Subscription)).collect()
    }

    /// The structured address of a resource, e.g. `cse-in/greenhouse/door`.
    pub(super) fn path(&self, id: Id) -> String {
        let mut path = String::new();
        let mut next = Some(id);
        while let Some(resource) = next.and_then(|id| self.get(id)) {
            let name = resource.text("rn");
            path = if path.is_empty() { name.to_owned() } else { format!("{name}/{path}") };
            next = resource.parent;
        }
        path
    }

    /// How many resources lie above one.
    pub(super) fn depth(&self, id: Id) -> usize {
        let above = |id: &Id| self.get(*id).and_then(|resource| resource.parent);
        std::iter::successors(Some(id), above).count() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Every resource.
    pub(super) fn all(&self) -> impl Iterator<Item = (Id, &Resource)> {
        self.resources.iter().map(|(id, resource)| (*id, &**resource))
    }

    /// The resources that do something by themselves.
    pub(super) fn active(&self) -> &[Id] {
        &self.active
    }

    /// Adds a resource, which has its `ri` and `rn`, and no role yet.
    pub(super) fn insert(&mut self, parent: Option<Id>, mut resource: Resource) -> Id {
        let id = Id(self.next);
        self.next += 1;
        resource.parent = parent;
        self.names.insert(resource.ri(), id.0);
        if let Some(parent) = parent.and_then(|parent| self.get_mut(parent)) {
            if resource.kind.is_instance() {
                parent.instances.push_back(id);
            } else {
                parent.children.push(id);
            }
        }
        self.resources.insert(id, Box::new(resource));
        id
    }

    /// Gives a resource a role, or another one.
    pub(super) fn assign(&mut self, id: Id, role: Role) {
        self.active.retain(|active| *active != id);
        if !matches!(role, Role::Plain) {
            self.active.push(id);
        }
        if let Some(resource) = self.get_mut(id) {
            resource.role = role;
        }
    }

    /// Takes a resource out. What lies in it has to be out already.
    pub(super) fn remove(&mut self, id: Id) {
        let Some(resource) = self.resources.remove(&id) else { return };
        self.names.remove(resource.ri());
        if !matches!(resource.role, Role::Plain) {
            self.active.retain(|active| *active != id);
        }
        if let Some(parent) = resource.parent.and_then(|parent| self.get_mut(parent)) {
            if !resource.kind.is_instance() {
                parent.children.retain(|child| *child != id);
            } else if parent.instances.front() == Some(&id) {
                parent.instances.pop_front();
            } else {
                parent.instances.retain(|child| *child != id);
            }
        }
    }

    /// The subscription of a resource that is one.
    pub(super) fn subscription(&mut self, id: Id) -> Option<&mut Subscription> {
        match &mut self.get_mut(id)?.role {
            Role::Subscription(subscription) => Some(subscription),
            Role::Plain | Role::Series(_) => None,
        }
    }

    /// The watch over a time series that has one.
    pub(super) fn watch(&mut self, id: Id) -> Option<&mut Watch> {
        match &mut self.get_mut(id)?.role {
            Role::Series(watch) => Some(watch),
            Role::Plain | Role::Subscription(_) => None,
        }
    }
}
