//! The clients of the service and what they own. It knows what is where, and nothing of calls.

use super::datum::Format;
use super::json::{Value, is_true, word};
use super::series::{POINTS_MOST, Retention, Series};
use crate::model::json::Json;
use crate::model::slots::{Names, Slots};

/// The most resources of the service, and how deep they may lie.
pub(super) const RESOURCES_MOST: usize = 2000;
pub(super) const DEPTH_MOST: usize = 16;
/// The most aliases of all clients together.
pub(super) const ALIASES_MOST: usize = 8000;

/// Where a resource is. No two resources ever have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(usize);

impl Id {
    /// Where nothing is.
    pub(super) const NOBODY: Self = Self(usize::MAX);
}

/// The type of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Client,
    Dataport,
    Datarule,
    Dispatch,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Client, Self::Dataport, Self::Datarule, Self::Dispatch];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Dataport => "dataport",
            Self::Datarule => "datarule",
            Self::Dispatch => "dispatch",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Whether a client may use its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyState {
    /// Not yet.
    New,
    Activated,
    /// No longer.
    Expired,
}

/// A resource.
#[derive(Clone)]
pub(super) struct Resource {
    pub(super) rid: String,
    pub(super) kind: Kind,
    pub(super) owner: Option<Id>,
    pub(super) description: Value,
    /// When it was made or updated, in seconds since the Unix epoch.
    pub(super) modified: i64,
    /// The key of a client, its CIK; empty where it is none.
    pub(super) key: String,
    pub(super) key_state: KeyState,
    /// What a client owns, in the order in which it came.
    pub(super) children: Vec<Id>,
    /// The names that a client has given, mostly to what it owns.
    pub(super) aliases: Vec<(String, Id)>,
    /// The points of what is no client.
    pub(super) series: Series,
}

impl Resource {
    pub(super) fn new(rid: String, kind: Kind, description: Value, modified: i64) -> Self {
        Self {
            rid,
            kind,
            owner: None,
            description,
            modified,
            key: String::new(),
            key_state: KeyState::New,
            children: Vec::new(),
            aliases: Vec::new(),
            series: Series::default(),
        }
    }

    pub(super) fn is_locked(&self) -> bool {
        self.kind == Kind::Client && is_true(&self.description, "locked")
    }

    pub(super) fn format(&self) -> Format {
        Format::from_word(word(&self.description, "format")).unwrap_or(Format::Text)
    }

    /// How much of the past is kept ("create (dataport)"): a count, and a duration in hours.
    pub(super) fn retention(&self, now_secs: i64) -> Retention {
        let given = |name: &str| self.description.get("retention")?.get(name)?.as_f64();
        let count = given("count").map_or(POINTS_MOST, |count| count.clamp(0.0, 1e9) as usize);
        let since =
            given("duration").map_or(i64::MIN, |hours| now_secs.saturating_sub((hours * 3600.0) as i64));
        Retention { count, since }
    }

    /// The names that a client has given to a resource.
    pub(super) fn names_of(&self, id: Id) -> impl Iterator<Item = &str> {
        self.aliases.iter().filter(move |(_, named)| *named == id).map(|(name, _)| name.as_str())
    }
}

/// All resources.
#[derive(Default)]
pub(super) struct Tree {
    resources: Slots<Id, Box<Resource>>,
    rids: Names,
    next: usize,
}

impl Tree {
    pub(super) fn get(&self, id: Id) -> Option<&Resource> {
        self.resources.get(&id).map(|resource| &**resource)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Resource> {
        self.resources.get_mut(&id).map(|resource| &mut **resource)
    }

    pub(super) fn find(&self, rid: &str) -> Option<Id> {
        self.rids.get(rid).map(Id)
    }

    /// The RID of a resource; empty where it is gone.
    pub(super) fn rid(&self, id: Id) -> &str {
        self.get(id).map_or("", |resource| &resource.rid)
    }

    pub(super) fn is(&self, id: Id, kind: Kind) -> bool {
        self.get(id).is_some_and(|resource| resource.kind == kind)
    }

    pub(super) fn owner(&self, id: Id) -> Option<Id> {
        self.get(id)?.owner
    }

    pub(super) fn children(&self, id: Id) -> &[Id] {
        self.get(id).map_or(&[], |resource| &resource.children)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (Id, &Resource)> {
        self.resources.iter().map(|(id, resource)| (*id, &**resource))
    }

    pub(super) fn len(&self) -> usize {
        self.rids.len()
    }

    /// A resource and those above it, from below.
    pub(super) fn upwards(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(Some(id), |id| self.owner(*id))
    }

    /// Whether a resource is another one or lies below it.
    pub(super) fn is_within(&self, id: Id, above: Id) -> bool {
        self.upwards(id).any(|owner| owner == above)
    }

    /// A resource and all that lies below it, each before what it owns.
    pub(super) fn below(&self, id: Id) -> Vec<Id> {
        let mut found = vec![id];
        let mut looked_at = 0;
        while let Some(&next) = found.get(looked_at) {
            found.extend(self.children(next));
            looked_at += 1;
        }
        found
    }

    /// Whether a resource is a locked client, or lies below one.
    pub(super) fn is_locked(&self, id: Id) -> bool {
        self.upwards(id).any(|above| self.get(above).is_some_and(Resource::is_locked))
    }

    /// The client with a key, however the key's letters are written.
    pub(super) fn client_of(&self, key: &str) -> Option<Id> {
        let has_it = |resource: &Resource| !key.is_empty() && resource.key.eq_ignore_ascii_case(key);
        self.all().find(|(_, resource)| has_it(resource)).map(|(id, _)| id)
    }

    /// What a client calls so.
    pub(super) fn named(&self, client: Id, name: &str) -> Option<Id> {
        let aliases = &self.get(client)?.aliases;
        aliases.iter().find(|(known, _)| known == name).map(|(_, id)| *id)
    }

    /// Gives a resource a name with a client; whether it was free, and there is room for it.
    pub(super) fn name(&mut self, client: Id, name: &str, id: Id) -> bool {
        let is_free = self.named(client, name).is_none() && self.has_room_for_names();
        if let Some(client) = self.get_mut(client).filter(|_| is_free) {
            client.aliases.push((name.to_owned(), id));
        }
        is_free
    }

    pub(super) fn has_room_for_names(&self) -> bool {
        self.resources.values().map(|client| client.aliases.len()).sum::<usize>() < ALIASES_MOST
    }

    /// Adds a resource.
    pub(super) fn insert(&mut self, owner: Option<Id>, mut resource: Resource) -> Id {
        let id = Id(self.next);
        self.next += 1;
        resource.owner = owner;
        self.rids.insert(&resource.rid, id.0);
        if let Some(owner) = owner.and_then(|owner| self.get_mut(owner)) {
            owner.children.push(id);
        }
        self.resources.insert(id, Box::new(resource));
        id
    }

    /// Takes a resource out with all that lies below it, and every name of it.
    pub(super) fn remove(&mut self, id: Id) {
        let gone = self.below(id);
        if let Some(owner) = self.owner(id).and_then(|owner| self.get_mut(owner)) {
            owner.children.retain(|child| *child != id);
        }
        for id in &gone {
            if let Some(resource) = self.resources.remove(id) {
                self.rids.remove(&resource.rid);
            }
        }
        for client in self.resources.values_mut() {
            client.aliases.retain(|(_, id)| !gone.contains(id));
        }
    }

    /// Puts a resource under another client. Its names stay behind.
    pub(super) fn relocate(&mut self, id: Id, to: Id) {
        if let Some(owner) = self.owner(id).and_then(|owner| self.get_mut(owner)) {
            owner.children.retain(|child| *child != id);
            owner.aliases.retain(|(_, named)| *named != id);
        }
        if let Some(resource) = self.get_mut(id) {
            resource.owner = Some(to);
        }
        if let Some(client) = self.get_mut(to) {
            client.children.push(id);
        }
    }

    /// How many resources of a type a client owns, without those further down.
    pub(super) fn owned(&self, client: Id, kind: Kind) -> usize {
        self.children(client).iter().filter(|child| self.is(**child, kind)).count()
    }

    /// A limit of a client: a number, or where it is inherited, that of its owner.
    pub(super) fn limit(&self, client: Id, name: &str) -> f64 {
        for above in self.upwards(client) {
            let limit = self.get(above).and_then(|client| client.description.get("limits")?.get(name));
            match limit {
                Some(Json::Text(word)) if word == "inherit" => {}
                Some(limit) => return limit.as_f64().unwrap_or(0.0),
                None => return 0.0,
            }
        }
        f64::INFINITY
    }
}
