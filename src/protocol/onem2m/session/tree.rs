//! What is known of a CSE's resources: nodes in the order in which they were found, and the catalog that they make.
//!
//! A node's index is its group's index in the catalog. Nodes are only added, so that indices stay while a page looks
//! into more of the tree; a reconnect marks what is gone.

use super::ask::Ask;
use super::watch::Watch;
use crate::model::catalog::{
    Access, Below, Catalog, Channel, Command, CommandRole, Group, Level, LimitSource, Role,
};
use crate::model::datatype::{DataType, EnumMember, Field, IntegerType, TextType};
use crate::model::json::Json;
use crate::model::slots::Names;
use crate::model::time::Timestamp;
use crate::protocol::onem2m::content::{self, Notation};
use crate::protocol::onem2m::resource::{
    self, ACP, AE, CONTAINER, CSE_BASE, FLEX_CONTAINER, GROUP, POLLING_CHANNEL, REQUEST, SUBSCRIPTION,
    TIME_SERIES, is_custom, items, last_part, number, text, type_name,
};
use crate::protocol::onem2m::time;

/// Finds the CSE's root whatever it is called (TS-0001, 9.3.1).
pub(super) const BASE: &str = "-";
/// The most nodes that are kept of one CSE.
const NODES_MOST: usize = 20_000;
/// The most channels that one flexContainer makes.
const ATTRIBUTES_MOST: usize = 200;
/// Names of what pages like this one make begin so.
pub(super) const OWN_PREFIX: &str = "porthole-";
/// The name of a channel that has the newest instance's content.
const CONTENT: &str = "con";
/// What a temperature shall become (TS-0023, 5.3.1.83).
const TARGET: &str = "tarTe";
/// Attributes of SDT modules that describe the others (TS-0023, 5.3).
const DESCRIBING: [&str; 4] = ["unit", "minVe", "maxVe", "steVe"];

/// One resource.
#[derive(Debug)]
pub(super) struct Node {
    /// Its structured address, from the CSE's name on.
    pub(super) path: String,
    /// Its unstructured ID; empty until it was looked at.
    pub(super) id: String,
    /// Its type.
    pub(super) ty: u32,
    /// Its name on the wire, e.g. `m2m:cnt` or `cod:tempe`; empty until it was looked at.
    pub(super) wire_name: String,
    /// When it was made.
    pub(super) created: Option<Timestamp>,
    /// How many instances it keeps, where it tells.
    pub(super) instances: Option<u64>,
    /// It tells when readings are missing.
    pub(super) detects_missing: bool,
    /// How its newest content is encoded.
    pub(super) info: String,
    /// How a number in its newest content is written.
    pub(super) notation: Notation,
    /// The unit of its content; empty for none.
    unit: String,
    /// Its channels: attribute and index in the catalog.
    pub(super) channels: Vec<(String, usize)>,
    /// How its readings come.
    pub(super) watch: Watch,
    /// It was looked at since the socket opened.
    pub(super) is_explored: bool,
}

/// What a command does, and to which node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Find resources.
    Discover,
    /// Find what pages like this one have left.
    FindLeftovers,
    /// Remove that.
    Clean,
    /// Remove something that this page made.
    Delete,
    /// Make a container.
    MakeContainer,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The nodes; the first is the CSE's root.
    pub(super) nodes: Vec<Node>,
    /// What everybody else sees of it.
    pub(super) catalog: Catalog,
    /// For each command of the catalog what it does.
    pub(super) deeds: Vec<Deed>,
    /// For each channel of the catalog its node.
    pub(super) node_of: Vec<usize>,
    /// The catalog is not yet told as it is.
    pub(super) is_changed: bool,
    by_path: Names,
    by_id: Names,
}

/// The resource that an answer has, and where it was found.
pub(super) struct Found<'j, 'a> {
    /// Its name on the wire.
    pub(super) name: &'j str,
    /// Its attributes.
    pub(super) resource: &'j Json<'a>,
}

impl Node {
    /// To see what it has now: its newest instance, or what it is itself.
    pub(super) fn latest(&self) -> Ask {
        if self.ty == FLEX_CONTAINER {
            Ask::retrieve(self.path.clone())
        } else {
            Ask::retrieve([&self.path, "/la"].concat())
        }
    }
}

impl Tree {
    /// The address of the root: [`BASE`] while nobody knows it.
    pub(super) fn root(&self) -> &str {
        self.nodes.first().map_or(BASE, |node| &node.path)
    }

    /// The node at a structured address.
    pub(super) fn find(&self, path: &str) -> Option<usize> {
        self.by_path.get(path)
    }

    /// The node with an unstructured ID.
    pub(super) fn find_by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id)
    }

    /// Adds a node, unless it is there. `None` where there are too many.
    pub(super) fn add(&mut self, path: &str, ty: u32, parent: Option<usize>, own: bool) -> Option<usize> {
        if let Some(known) = self.find(path) {
            return Some(known);
        }
        if self.nodes.len() >= NODES_MOST {
            return None;
        }
        let index = self.nodes.len();
        self.nodes.push(Node {
            path: path.to_owned(),
            id: String::new(),
            ty,
            wire_name: String::new(),
            created: None,
            instances: None,
            detects_missing: false,
            info: String::new(),
            notation: Notation::Quoted,
            unit: String::new(),
            channels: Vec::new(),
            watch: Watch::default(),
            is_explored: false,
        });
        self.by_path.insert(path, index);
        let name = path.rsplit('/').next().unwrap_or(path);
        let within = match parent.and_then(|parent| self.catalog.groups.get(parent)) {
            // The root encloses everything: to name it says nothing.
            Some(group) if group.parent.is_some() => {
                group.within.iter().cloned().chain([group.title.clone()]).collect()
            }
            Some(_) | None => Vec::new(),
        };
        self.catalog.groups.push(Group {
            path: path.to_owned(),
            title: name.to_owned(),
            description: type_name(ty),
            within,
            parent,
            below: if may_have_children(ty) { Below::Unknown } else { Below::Known },
            level: level_of(ty, own || name.starts_with(OWN_PREFIX)),
            // What has values comes first; what can be done with the CSE comes last.
            importance: if has_data(ty) { 10 } else { 0 },
            ..Group::default()
        });
        self.is_changed = true;
        Some(index)
    }

    /// Takes over what a resource says of itself. New channels of a flexContainer come with it.
    pub(super) fn learn(&mut self, index: usize, found: &Found<'_, '_>) {
        let resource = found.resource;
        let Some(node) = self.nodes.get_mut(index) else { return };
        found.name.clone_into(&mut node.wire_name);
        let id = text(resource, "ri");
        if node.id != id {
            self.by_id.remove(&node.id);
            id.clone_into(&mut node.id);
            self.by_id.insert(id, index);
        }
        if let Some(ty) = resource::type_of(resource) {
            node.ty = ty;
        }
        node.created = time::parse(text(resource, "ct"));
        node.instances = number(resource, "cni");
        node.detects_missing = matches!(resource.get("mdd"), Some(Json::Bool(true)));
        node.is_explored = true;
        let labels: Vec<&str> = items(resource, "lbl").iter().filter_map(Json::as_text).collect();
        let unit = labels.iter().find_map(|label| label.strip_prefix("unit:"));
        unit.unwrap_or_default().clone_into(&mut node.unit);
        let (ty, own) = (node.ty, node.path.contains(OWN_PREFIX));
        let Some(group) = self.catalog.groups.get_mut(index) else { return };
        let title =
            ["apn", "rn"].map(|name| text(resource, name)).into_iter().find(|title| !title.is_empty());
        let title = title.unwrap_or(&group.title).to_owned();
        let definition = text(resource, "cnd");
        let about = match definition {
            "" => labels
                .iter()
                .filter(|label| !label.starts_with("unit:"))
                .copied()
                .collect::<Vec<_>>()
                .join(", "),
            definition => last_part(definition).to_owned(),
        };
        if group.title != title || group.description.is_empty() {
            group.title = title;
            self.is_changed = true;
        }
        group.description =
            if about.is_empty() { type_name(ty) } else { format!("{}: {about}", type_name(ty)) };
        group.level = level_of(ty, own);
        if ty == FLEX_CONTAINER {
            self.learn_attributes(index, resource);
        }
    }

    /// The channels of a flexContainer: one for each attribute of its module.
    fn learn_attributes(&mut self, index: usize, resource: &Json<'_>) {
        let Json::Object(members) = resource else { return };
        let is_new = self.nodes.get(index).is_some_and(|node| node.channels.is_empty());
        let values = || members.iter().filter(|(name, value)| is_custom(name) && *value != Json::Null);
        let is_main = |name: &str, value: &Json<'_>| {
            matches!(value, Json::Integer(_) | Json::Number(_) | Json::Bool(_)) && !DESCRIBING.contains(&name)
        };
        let main = values().find(|(name, value)| is_main(name, value)).map(|(name, _)| name.to_string());
        for (name, value) in values().take(ATTRIBUTES_MOST) {
            if self.nodes.get(index).is_some_and(|node| node.channels.iter().any(|(known, _)| known == name))
            {
                continue;
            }
            let is_main = is_new && main.as_deref() == Some(name);
            let data_type = content::type_of(&content::bare(value), "");
            let long = resource::long_name(name).unwrap_or_default();
            self.add_channel(index, name, long, data_type, role_of(name, is_main), true);
        }
        self.limit(index);
    }

    /// What may be written to a target follows from the module's other attributes.
    fn limit(&mut self, index: usize) {
        let Some(node) = self.nodes.get(index) else { return };
        let channel =
            |wanted: &str| node.channels.iter().find(|(name, _)| name == wanted).map(|(_, channel)| *channel);
        let (min, max) = (channel("minVe"), channel("maxVe"));
        let Some(target) = channel(TARGET).filter(|_| min.is_some() || max.is_some()) else { return };
        if let Some(target) = self.catalog.channels.get_mut(target) {
            target.limits = Some(LimitSource::Separate { min, max });
        }
    }

    /// A container that has no instances and others below it is a folder.
    pub(super) fn is_folder(&self, index: usize) -> bool {
        let is_empty =
            self.nodes.get(index).is_some_and(|node| node.ty == CONTAINER && node.instances == Some(0));
        let has_children = |group: &Group| group.parent == Some(index) && group.level <= Level::User;
        is_empty && self.catalog.groups.iter().any(has_children)
    }

    /// The channel of a container or a time series, made when its first content came, or none did.
    pub(super) fn content_channel(
        &mut self,
        index: usize,
        value: Option<&crate::model::Value>,
    ) -> Option<usize> {
        let node = self.nodes.get(index)?;
        let unit = node.unit.clone();
        let data_type = value.map_or(DataType::Json, |value| content::type_of(value, &unit));
        if let Some((_, channel)) = node.channels.first().cloned() {
            // What was empty gets its type with its first content; after that one channel has one type.
            if let Some(known) = self.catalog.channels.get_mut(channel)
                && known.data_type == DataType::Json
                && data_type != DataType::Json
                && node.watch.newest.is_none()
            {
                known.data_type = data_type;
                self.is_changed = true;
            }
            return Some(channel);
        }
        let writable = node.ty == CONTAINER;
        Some(self.add_channel(
            index,
            CONTENT,
            "content of the newest instance",
            data_type,
            Role::Main,
            writable,
        ))
    }

    fn add_channel(
        &mut self,
        index: usize,
        name: &str,
        description: &str,
        data_type: DataType,
        role: Role,
        writable: bool,
    ) -> usize {
        let channel = self.catalog.channels.len();
        let Some(node) = self.nodes.get_mut(index) else { return channel };
        node.channels.push((name.to_owned(), channel));
        self.catalog.channels.push(Channel {
            path: [&node.path, "/", name].concat(),
            name: name.to_owned(),
            description: description.to_owned(),
            data_type,
            access: if writable { Access::ReadWrite } else { Access::Read },
            role,
            write_hint: match node.ty {
                CONTAINER => "A new contentInstance is made; those before it stay.".to_owned(),
                _ => String::new(),
            },
            ..Channel::default()
        });
        self.node_of.push(index);
        if let Some(group) = self.catalog.groups.get_mut(index) {
            group.channels.push(channel);
        }
        self.is_changed = true;
        channel
    }

    /// What can be done with the CSE as a whole.
    pub(super) fn offer_root_commands(&mut self) {
        if !self.deeds.is_empty() {
            return;
        }
        for (name, description, deed) in [
            (
                "discover",
                "Finds resources by type, label and time of creation, e.g. 20261120T201707, and adds them to the tree. \
                 What is left empty does not matter. It changes nothing.",
                Deed::Discover,
            ),
            ("create_container", "Makes a container below a resource.", Deed::MakeContainer),
            (
                "delete",
                "Removes something that this page has made: a contentInstance, a container. By its address.",
                Deed::Delete,
            ),
            (
                "find_leftovers",
                "Lists the AEs, groups and subscriptions that pages like this one have made and not removed. It changes \
                 nothing.",
                Deed::FindLeftovers,
            ),
            (
                "remove_leftovers",
                "Removes what find_leftovers lists, as far as the originator may. A page that is open now makes its own \
                 anew.",
                Deed::Clean,
            ),
        ] {
            self.offer(name, description, deed);
        }
    }

    fn offer(&mut self, name: &str, description: &str, deed: Deed) {
        let Some(root) = self.nodes.first() else { return };
        let text = || DataType::Text(TextType::default());
        let field = |name: &str, data_type, optional| Field { name: name.to_owned(), data_type, optional };
        let (argument, result, role) = match deed {
            Deed::Discover => {
                let types = [0, AE, CONTAINER, FLEX_CONTAINER, TIME_SERIES, GROUP, SUBSCRIPTION, 14, ACP];
                let member = |ty: u32| EnumMember {
                    code: i64::from(ty),
                    label: if ty == 0 { "any type".into() } else { type_name(ty).into() },
                };
                let fields = vec![
                    field("type", DataType::Enum(types.map(member).into()), false),
                    field("label", text(), false),
                    field("created_after", text(), false),
                ];
                (Some(DataType::Record(fields)), Some(DataType::Json), CommandRole::Query)
            }
            Deed::FindLeftovers => (None, Some(DataType::Json), CommandRole::Query),
            Deed::Clean => (None, Some(DataType::Json), CommandRole::Other),
            Deed::Delete => (Some(text()), None, CommandRole::Other),
            Deed::MakeContainer => {
                let most = IntegerType { min: Some(1), ..IntegerType::default() };
                let fields = vec![
                    field("parent", text(), false),
                    field("name", text(), false),
                    field("label", text(), true),
                    field("max_instances", DataType::Integer(most), true),
                ];
                (Some(DataType::Record(fields)), None, CommandRole::Other)
            }
        };
        let command = self.catalog.commands.len();
        self.catalog.commands.push(Command {
            path: [&root.path, "/", name].concat(),
            name: name.to_owned(),
            description: description.to_owned(),
            argument,
            result,
            role,
            section: String::new(),
            level: if deed == Deed::Discover { Level::User } else { Level::Advanced },
            callable: true,
        });
        self.deeds.push(deed);
        if let Some(group) = self.catalog.groups.first_mut() {
            group.commands.push(command);
        }
        self.is_changed = true;
    }

    /// A node is not there any more: it is left out of what people see.
    pub(super) fn hide(&mut self, index: usize) {
        if let Some(group) = self.catalog.groups.get_mut(index) {
            group.level = Level::Hidden;
            self.is_changed = true;
        }
    }

    /// What was found below a node.
    pub(super) fn set_below(&mut self, index: usize, below: Below) {
        if let Some(group) = self.catalog.groups.get_mut(index)
            && group.below != below
        {
            group.below = below;
            self.is_changed = true;
        }
    }
}

/// Nodes of such a type have a value of their own that is worth a look without being asked.
pub(super) fn has_data(ty: u32) -> bool {
    matches!(ty, CONTAINER | FLEX_CONTAINER | TIME_SERIES)
}

/// Nodes of such a type are looked into without being asked.
pub(super) fn is_worth_a_look(ty: u32) -> bool {
    has_data(ty) || matches!(ty, AE | CSE_BASE)
}

/// What an attribute is to its flexContainer.
fn role_of(name: &str, is_main: bool) -> Role {
    match name {
        _ if is_main => Role::Main,
        TARGET => Role::Target,
        _ => Role::Parameter,
    }
}

fn may_have_children(ty: u32) -> bool {
    !matches!(ty, ACP | SUBSCRIPTION | POLLING_CHANNEL | REQUEST)
}

fn level_of(ty: u32, own: bool) -> Level {
    match ty {
        _ if own => Level::Hidden,
        ACP | SUBSCRIPTION | POLLING_CHANNEL | REQUEST => Level::Advanced,
        _ => Level::User,
    }
}
