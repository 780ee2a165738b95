//! What is known of the resources of a client: nodes in the order in which they were found, and the catalog that they
//! make.
//!
//! A node's index is its group's index in the catalog. Nodes are only added, so that indices stay while a page looks
//! into more of the tree; what is gone is hidden. A client is a group that others stand in; a series is a group with one
//! channel, so that its value has a card of its own.

use super::deeds::Deed;
use super::watch::Watch;
use crate::model::catalog::{Access, Below, Catalog, Channel, Group, Level, Role};
use crate::model::json::Json;
use crate::model::letters::shortened;
use crate::model::slots::Names;
use crate::model::value::Value;
use crate::protocol::exosite::resource::{Kind, ResourceId, Rid};
use crate::protocol::exosite::result::{Info, Storage};
use crate::protocol::exosite::value::{BadValue, Format, bare};

/// The most nodes that are kept of one connection.
const NODES_MOST: usize = 20_000;
/// The longest part of a path and the longest title, in characters.
const NAME_CHARS: usize = 80;
/// The longest fact, in characters.
const FACT_CHARS: usize = 200;
/// What a root without a name is called.
const NAMELESS: &str = "client";

/// One resource.
#[derive(Debug)]
pub(super) struct Node {
    /// Its identifier; `None` for the client that the key belongs to.
    pub(super) rid: Option<Rid>,
    /// What it is.
    pub(super) kind: Kind,
    /// The client that owns it.
    pub(super) owner: Option<usize>,
    /// How many clients stand above it.
    pub(super) depth: usize,
    /// What its owner calls it.
    aliases: Vec<String>,
    /// What its values look like.
    pub(super) format: Format,
    /// What was kept of it when it was looked at.
    pub(super) storage: Storage,
    /// Its channel in the catalog, if it is a series.
    pub(super) channel: Option<usize>,
    /// How its points come.
    pub(super) watch: Watch,
    /// It was looked into since the socket opened.
    pub(super) is_explored: bool,
    /// The peer does not list it any more.
    pub(super) is_gone: bool,
    /// It has said what it is.
    pub(super) is_described: bool,
    /// Its name comes from itself, and not from its owner.
    is_named: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The nodes; the first is the client that the key belongs to.
    pub(super) nodes: Vec<Node>,
    /// What everybody else sees of it.
    pub(super) catalog: Catalog,
    /// For each channel of the catalog its node.
    pub(super) node_of: Vec<usize>,
    /// For each command of the catalog its node, and what it does.
    pub(super) deeds: Vec<(usize, Deed)>,
    /// The catalog is not yet told as it is.
    pub(super) is_changed: bool,
    by_rid: Names,
    paths: Names,
}

/// A resource that was found below a client.
#[derive(Debug)]
pub(super) struct Found {
    /// Its identifier.
    pub(super) rid: Rid,
    /// What it is.
    pub(super) kind: Kind,
    /// What its owner calls it; mostly one name.
    pub(super) aliases: Vec<String>,
    /// What it says of itself, if it was asked and answered.
    pub(super) info: Option<Info>,
}

impl Node {
    /// How calls name it.
    pub(super) fn resource(&self) -> ResourceId {
        self.rid.clone().map_or(ResourceId::Itself, ResourceId::Rid)
    }

    /// One of its values. What a rule's script logs stands among what the rule finds, whatever its format.
    pub(super) fn read(&self, value: &Json<'_>) -> Result<Value, BadValue> {
        let read = self.format.read(value);
        if self.kind == Kind::Datarule { read.or_else(|_bad| Ok(bare(value))) } else { read }
    }

    /// It has points.
    pub(super) fn is_series(&self) -> bool {
        match self.kind {
            Kind::Dataport | Kind::Datarule => true,
            Kind::Client | Kind::Dispatch => false,
        }
    }
}

impl Tree {
    /// The node with an identifier.
    pub(super) fn find(&self, rid: &Rid) -> Option<usize> {
        self.by_rid.get(&rid.key())
    }

    /// The client that the key belongs to.
    pub(super) fn plant(&mut self, info: Option<&Info>) {
        if self.nodes.is_empty() {
            let name = info.map_or("", |info| info.description.name.as_str());
            self.push(None, Kind::Client, None, if name.is_empty() { NAMELESS } else { name });
        }
        if let Some(info) = info {
            self.learn(0, info, None);
        }
        self.offer(0);
        if let Some(root) = self.catalog.groups.first() {
            self.catalog.title.clone_from(&root.title);
            self.catalog.facts.clone_from(&root.facts);
        }
    }

    /// Adds a resource below a client, or finds it again. `None` where there are too many.
    pub(super) fn add(&mut self, owner: usize, found: &Found) -> Option<usize> {
        if let Some(known) = self.find(&found.rid) {
            self.show(known);
            self.place(known, owner);
            if let Some(info) = &found.info {
                self.learn(known, info, Some(&found.aliases));
            }
            return Some(known);
        }
        if self.nodes.len() >= NODES_MOST {
            return None;
        }
        let name = found.info.as_ref().map_or("", |info| info.description.name.trim());
        let name = found.aliases.first().map_or(name, String::as_str);
        let name = if name.trim().is_empty() { found.rid.as_str() } else { name };
        let index = self.push(Some(&found.rid), found.kind, Some(owner), name);
        if self.nodes.get(index).is_some_and(Node::is_series) {
            self.add_channel(index);
        }
        self.learn(index, &found.info.clone().unwrap_or_default(), Some(&found.aliases));
        self.offer(index);
        Some(index)
    }

    fn push(&mut self, rid: Option<&Rid>, kind: Kind, owner: Option<usize>, name: &str) -> usize {
        let index = self.nodes.len();
        if let Some(rid) = rid {
            self.by_rid.insert(&rid.key(), index);
        }
        let parent = owner.and_then(|owner| self.catalog.groups.get(owner));
        let within = within(parent);
        let above = parent.map_or_else(String::new, |group| [&group.path, "/"].concat());
        let path = self.free_path(&above, name, rid);
        self.paths.insert(&path, index);
        let is_client = kind == Kind::Client;
        self.nodes.push(Node {
            rid: rid.cloned(),
            kind,
            owner,
            depth: owner.and_then(|owner| self.nodes.get(owner)).map_or(0, |owner| owner.depth + 1),
            aliases: Vec::new(),
            format: Format::default(),
            storage: Storage::default(),
            channel: None,
            watch: Watch::default(),
            is_explored: false,
            is_gone: false,
            is_described: false,
            is_named: false,
        });
        self.catalog.groups.push(Group {
            path,
            title: shortened(name, NAME_CHARS),
            within,
            parent: owner,
            below: if is_client { Below::Unknown } else { Below::Known },
            importance: if is_client { 0 } else { 10 },
            ..Group::default()
        });
        self.is_changed = true;
        index
    }

    /// A node that is known stands in a client, perhaps in another one than before. Its path stays; in the catalog,
    /// where a group stands after its parent, it goes as far down as was known before it.
    fn place(&mut self, index: usize, owner: usize) {
        if self.is_above(index, owner) {
            return;
        }
        let mut moved = vec![(index, owner)];
        while let Some((index, owner)) = moved.pop() {
            let depth = self.nodes.get(owner).map_or(0, |owner| owner.depth + 1);
            let within = within(self.catalog.groups.get(owner));
            let mut parent = owner;
            while parent >= index && parent > 0 {
                parent = self.nodes.get(parent).and_then(|node| node.owner).unwrap_or(0);
            }
            let (Some(node), Some(group)) = (self.nodes.get_mut(index), self.catalog.groups.get_mut(index))
            else {
                return;
            };
            if node.owner == Some(owner) && node.depth == depth && group.within == within {
                continue;
            }
            (node.owner, node.depth) = (Some(owner), depth);
            (group.parent, group.within) = (Some(parent), within);
            self.is_changed = true;
            if node.kind == Kind::Client && group.below == Below::Known {
                moved.extend(self.children(index).into_iter().map(|child| (child, index)));
            }
        }
    }

    /// A node is a client, or stands above it.
    pub(super) fn is_above(&self, node: usize, client: usize) -> bool {
        let mut at = Some(client);
        while let Some(index) = at {
            if index == node {
                return true;
            }
            at = self.nodes.get(index).and_then(|node| node.owner);
        }
        false
    }

    /// The node that a person named.
    pub(super) fn named(&self, resource: &ResourceId) -> Option<usize> {
        match resource {
            ResourceId::Rid(rid) => self.find(rid),
            ResourceId::Itself => Some(0),
            // Aliases are those of the client that the key belongs to.
            ResourceId::Alias(alias) => {
                self.nodes.iter().position(|node| node.owner == Some(0) && node.aliases.contains(alias))
            }
            ResourceId::AliasOf { .. } => None,
        }
    }

    /// A path that nothing has yet: two resources may have one name, and one is told by its identifier then.
    fn free_path(&self, above: &str, name: &str, rid: Option<&Rid>) -> String {
        let name =
            shortened(name, NAME_CHARS).replace(|letter: char| letter == '/' || letter.is_control(), "_");
        let path = [above, &name].concat();
        let Some(rid) = rid.filter(|_| self.paths.contains(&path)) else { return path };
        let short = [above, &name, " (", rid.short(), ")"].concat();
        if self.paths.contains(&short) { [above, rid.as_str()].concat() } else { short }
    }

    fn add_channel(&mut self, index: usize) {
        let (Some(node), Some(group)) = (self.nodes.get_mut(index), self.catalog.groups.get_mut(index))
        else {
            return;
        };
        let channel = self.catalog.channels.len();
        let writable = node.kind == Kind::Dataport;
        node.channel = Some(channel);
        group.channels.push(channel);
        self.catalog.channels.push(Channel {
            path: group.path.clone(),
            name: group.path.rsplit('/').next().unwrap_or_default().to_owned(),
            data_type: node.format.data_type(""),
            access: if writable { Access::ReadWrite } else { Access::Read },
            role: Role::Main,
            write_hint: if writable {
                "A new point is written, at the server's present time. One point a second is kept.".to_owned()
            } else {
                String::new()
            },
            ..Channel::default()
        });
        self.node_of.push(index);
    }

    /// Takes over what a resource says of itself, and what its owner calls it, where that is known anew.
    pub(super) fn learn(&mut self, index: usize, info: &Info, aliases: Option<&[String]>) {
        let (Some(node), Some(group)) = (self.nodes.get_mut(index), self.catalog.groups.get_mut(index))
        else {
            return;
        };
        node.storage = info.storage;
        node.is_described |= info.kind.is_some() || !info.description.format.is_empty();
        // The platform does not change a format.
        if node.format == Format::Unknown {
            node.format = Format::of_word(&info.description.format);
        }
        if let Some(aliases) = aliases {
            aliases.clone_into(&mut node.aliases);
        }
        let before = group.clone();
        let description = &info.description;
        let name = shortened(&description.name, NAME_CHARS);
        if !name.is_empty() {
            node.is_named = true;
            group.title = name;
        } else if let (Some(alias), false) = (node.aliases.first(), node.is_named) {
            group.title = shortened(alias, NAME_CHARS);
        }
        group.description = match description.words() {
            words if words.is_empty() => node.kind.word().to_owned(),
            words => shortened(&words, FACT_CHARS),
        };
        group.facts = facts(node, info);
        self.is_changed |= before != *group;
        let Some(channel) = node.channel.and_then(|channel| self.catalog.channels.get_mut(channel)) else {
            return;
        };
        let data_type = node.format.data_type(&description.unit());
        channel.description.clone_from(&group.title);
        if channel.data_type != data_type && node.is_described {
            channel.data_type = data_type;
            self.is_changed = true;
        }
    }

    /// What was found below a client.
    pub(super) fn set_below(&mut self, index: usize, below: Below) {
        if let Some(group) = self.catalog.groups.get_mut(index)
            && group.below != below
        {
            group.below = below;
            self.is_changed = true;
        }
    }

    /// Should a client come back, it is looked into again.
    pub(super) fn forget_below(&mut self, index: usize) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.is_explored = false;
        }
        self.set_below(index, Below::Unknown);
    }

    /// A node is not there any more, nor is what is below it: they are left out of what people see.
    pub(super) fn hide(&mut self, index: usize) {
        self.set_level(index, Level::Hidden);
    }

    /// It is there again.
    fn show(&mut self, index: usize) {
        self.set_level(index, Level::User);
    }

    fn set_level(&mut self, index: usize, level: Level) {
        let (Some(node), Some(group)) = (self.nodes.get_mut(index), self.catalog.groups.get_mut(index))
        else {
            return;
        };
        node.is_gone = level == Level::Hidden;
        if group.level != level {
            group.level = level;
            self.is_changed = true;
        }
    }

    /// The nodes that stand directly in a client and are not gone.
    pub(super) fn children(&self, client: usize) -> Vec<usize> {
        let is_child = |(_, node): &(usize, &Node)| node.owner == Some(client) && !node.is_gone;
        self.nodes.iter().enumerate().filter(is_child).map(|(index, _)| index).collect()
    }
}

/// The names of what encloses that which stands in a group.
fn within(parent: Option<&Group>) -> Vec<String> {
    match parent {
        // The root encloses everything: to name it says nothing.
        Some(group) if group.parent.is_some() => {
            group.within.iter().cloned().chain([group.title.clone()]).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// What is known of a resource beside its values.
fn facts(node: &Node, info: &Info) -> Vec<(String, String)> {
    let number = |number: Option<i128>| number.map_or_else(String::new, |number| number.to_string());
    let yes = |on: bool| if on { "yes".to_owned() } else { String::new() };
    let description = &info.description;
    let facts = [
        ("RID", node.rid.as_ref().map_or_else(String::new, |rid| rid.as_str().to_owned())),
        ("Aliases", node.aliases.join(", ")),
        ("Status", info.status.clone()),
        ("Format", description.format.clone()),
        ("Points kept, at most", description.retention_count.clone()),
        ("Hours kept, at most", description.retention_hours.clone()),
        ("Points", number(info.storage.count)),
        ("Public", yes(description.public)),
        ("Locked", yes(description.locked)),
        ("Vendor", description.device("vendor")),
        ("Model", description.device("model")),
        ("Serial number", description.device("sn")),
    ];
    let facts = facts.into_iter().filter(|(_, fact)| !fact.is_empty());
    facts.map(|(name, fact)| (name.to_owned(), shortened(&fact, FACT_CHARS))).collect()
}
