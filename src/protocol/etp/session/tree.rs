//! What is known of a server's resources: nodes in the order in which they were found, and the catalog that they make.
//!
//! A node's index is its group's index in the catalog; nodes are only added, so that indices stay. Everything is known by
//! its URI: a channel's number is good for one session. A channel is a group with one channel in it, so that its value
//! has a card of its own.

use super::dialect::{Described, Found, IndexInfo, IndexKind, Kind};
use super::watch::Watch;
use crate::model::catalog::{Axis, Below, Catalog, Channel, Command, CommandRole, Group, Level, Role};
use crate::model::datatype::{DataType, Field, IntegerType, NumberType, TextType};
use crate::model::format::NumberFormat;
use crate::model::letters::shortened;
use crate::model::slots::Names;

/// The most nodes that are kept of one connection.
const NODES_MOST: usize = 20_000;
/// The longest part of a path and the longest title, in characters.
const NAME_CHARS: usize = 80;
/// The longest fact, in characters.
const FACT_CHARS: usize = 200;
/// Where channels stand that nobody placed.
const LOOSE: &str = "Channels";

/// One resource.
#[derive(Debug)]
pub(super) struct Node {
    /// Names it.
    pub(super) uri: String,
    /// In what it stands.
    pub(super) parent: Option<usize>,
    /// How far down its kind stands among others.
    pub(super) rank: u8,
    /// It is a channel.
    pub(super) channel: Option<usize>,
    /// It was looked into since the socket opened.
    pub(super) is_explored: bool,
    /// What its values are.
    pub(super) kind: Kind,
    /// The lengths of the axes of a vector.
    pub(super) lengths: Vec<i32>,
    /// Its indexes, the primary one first.
    pub(super) indexes: Vec<IndexInfo>,
    /// How its data comes.
    pub(super) watch: Watch,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The nodes.
    pub(super) nodes: Vec<Node>,
    /// What everybody else sees of it.
    pub(super) catalog: Catalog,
    /// For each channel of the catalog its node.
    pub(super) node_of: Vec<usize>,
    /// For each command of the catalog what it does, and in which node.
    pub(super) deeds: Vec<(usize, Deed)>,
    /// The catalog is not yet told as it is.
    pub(super) is_changed: bool,
    by_uri: Names,
    paths: Names,
    /// For each node the name that it was found by.
    names: Vec<String>,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Loads some of the past of all channels below a node.
    Load,
    /// Wants it no more.
    Cancel,
}

impl Node {
    /// What its readings are laid over, where that is not time.
    fn axis(&self) -> Option<Box<Axis>> {
        let primary = self.indexes.first().filter(|index| index.kind != IndexKind::Time)?;
        Some(Box::new(Axis {
            name: primary.name.clone(),
            unit: primary.unit.clone(),
            is_depth: primary.kind == IndexKind::Depth,
            decreasing: primary.decreasing,
        }))
    }
}

impl Tree {
    /// The node of a URI.
    pub(super) fn find(&self, uri: &str) -> Option<usize> {
        self.by_uri.get(uri)
    }

    /// Adds a resource, or finds it again. `None` where there are too many.
    pub(super) fn add(&mut self, parent: Option<usize>, found: &Found) -> Option<usize> {
        if let Some(known) = self.find(&found.uri) {
            return Some(known);
        }
        if self.nodes.len() >= NODES_MOST {
            return None;
        }
        let name = if found.name.trim().is_empty() { short(&found.uri) } else { &found.name };
        let index = self.nodes.len();
        let above = parent.and_then(|parent| self.catalog.groups.get(parent));
        let within = above.map_or_else(Vec::new, |group| {
            group.within.iter().cloned().chain([group.title.clone()]).collect()
        });
        let path = self.free_path(above.map_or("", |group| group.path.as_str()), name, &found.uri);
        self.by_uri.insert(&found.uri, index);
        self.paths.insert(&path, index);
        self.names.push(shortened(name, NAME_CHARS));
        let facts = [("URI".to_owned(), found.uri.clone())].into_iter().chain(found.facts.iter().cloned());
        self.catalog.groups.push(Group {
            path,
            title: shortened(name, NAME_CHARS),
            description: shortened(&found.kind, NAME_CHARS),
            within,
            parent,
            below: if found.is_channel || found.is_leaf { Below::Known } else { Below::Unknown },
            importance: if found.is_channel { 10 } else { 0 },
            facts: bounded(facts),
            ..Group::default()
        });
        self.nodes.push(Node {
            uri: found.uri.clone(),
            parent,
            rank: rank(&found.kind),
            channel: None,
            is_explored: false,
            kind: Kind::default(),
            lengths: Vec::new(),
            indexes: Vec::new(),
            watch: Watch::default(),
        });
        if found.is_channel {
            self.add_channel(index);
        }
        self.is_changed = true;
        Some(index)
    }

    /// Takes over what a channel says of itself; its node. `None` where there are too many.
    pub(super) fn describe(&mut self, described: &Described) -> Option<usize> {
        let index = if let Some(known) = self.find(&described.uri) {
            known
        } else {
            let parent = self.parent_of(described)?;
            let found = Found {
                uri: described.uri.clone(),
                name: described.name.clone(),
                kind: "Channel".to_owned(),
                is_channel: true,
                is_leaf: true,
                facts: Vec::new(),
            };
            self.add(Some(parent), &found)?
        };
        if self.nodes.get(index)?.channel.is_none() {
            self.add_channel(index);
        }
        let (node, group) = (self.nodes.get_mut(index)?, self.catalog.groups.get_mut(index)?);
        let channel = self.catalog.channels.get_mut(node.channel?)?;
        // What it was seen to be counts more than what it says again.
        if node.kind == Kind::Other || described.kind != Kind::Other {
            node.kind = described.kind;
        }
        node.lengths.clone_from(&described.lengths);
        node.indexes.clone_from(&described.indexes);
        node.watch.is_described = true;
        let before = (group.clone(), channel.clone());
        if !described.name.trim().is_empty() {
            group.title = shortened(&described.name, NAME_CHARS);
        }
        // A mnemonic is what people know; the name in the store says what it means.
        let said = if described.description.is_empty() {
            self.names.get(index)
        } else {
            Some(&described.description)
        };
        let said = said.map_or("", String::as_str);
        group.description = if said == group.title { String::new() } else { shortened(said, FACT_CHARS) };
        group.facts = facts(described);
        channel.description.clone_from(&group.description);
        channel.data_type = data_type(node.kind, &node.lengths, &described.unit);
        channel.axis = node.axis();
        self.is_changed |= before != (group.clone(), channel.clone());
        if let Some(parent) = self.nodes.get(index).and_then(|node| node.parent) {
            self.offer(parent);
        }
        Some(index)
    }

    /// Its values show what it is, where it did not say it well.
    pub(super) fn learn(&mut self, index: usize, kind: Kind) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        let Some(channel) = node.channel.and_then(|channel| self.catalog.channels.get_mut(channel)) else {
            return;
        };
        node.kind = kind;
        let unit = channel.data_type.unit().to_owned();
        channel.data_type = data_type(kind, &node.lengths, &unit);
        self.is_changed = true;
    }

    /// In what a channel stands that discovery has not found: what its URI begins with, else what it comes from.
    fn parent_of(&mut self, described: &Described) -> Option<usize> {
        let mut rest = described.uri.as_str();
        while let Some((above, _)) = rest.rsplit_once('/') {
            if let Some(parent) = self.find(above) {
                return Some(parent);
            }
            rest = above;
        }
        let name = if described.source.trim().is_empty() { LOOSE } else { &described.source };
        let found = Found {
            uri: ["porthole:", name].concat(),
            name: name.to_owned(),
            is_leaf: true,
            ..Found::default()
        };
        self.add(None, &found)
    }

    /// A path that nothing has yet: two resources may have one name, and one is told by its URI then.
    fn free_path(&self, above: &str, name: &str, uri: &str) -> String {
        let clean = |name: &str| {
            let name = shortened(name, NAME_CHARS);
            name.replace(|letter: char| letter == '/' || letter.is_control(), "_")
        };
        let above = if above.is_empty() { String::new() } else { [above, "/"].concat() };
        let path = [&above, clean(name).as_str()].concat();
        if !self.paths.contains(&path) {
            return path;
        }
        let told = [&above, clean(name).as_str(), " (", &clean(short(uri)), ")"].concat();
        if self.paths.contains(&told) { [&above, clean(uri).as_str()].concat() } else { told }
    }

    fn add_channel(&mut self, index: usize) {
        let (Some(node), Some(group)) = (self.nodes.get_mut(index), self.catalog.groups.get_mut(index))
        else {
            return;
        };
        let channel = self.catalog.channels.len();
        node.channel = Some(channel);
        group.channels.push(channel);
        self.catalog.channels.push(Channel {
            path: group.path.clone(),
            name: group.path.rsplit('/').next().unwrap_or_default().to_owned(),
            role: Role::Main,
            ..Channel::default()
        });
        self.node_of.push(index);
    }

    /// Offers the commands of a node with channels in it.
    fn offer(&mut self, index: usize) {
        if self.deeds.iter().any(|(node, _)| *node == index) {
            return;
        }
        let Some(group) = self.catalog.groups.get_mut(index) else { return };
        for deed in [Deed::Load, Deed::Cancel] {
            group.commands.push(self.catalog.commands.len());
            self.catalog.commands.push(command(&group.path, deed));
            self.deeds.push((index, deed));
        }
        self.is_changed = true;
    }

    /// What is known of what is below a node.
    pub(super) fn set_below(&mut self, index: usize, below: Below) {
        if let Some(group) = self.catalog.groups.get_mut(index)
            && group.below != below
        {
            group.below = below;
            self.is_changed = true;
        }
    }

    /// How many channels there are.
    pub(super) fn channels(&self) -> usize {
        self.node_of.len()
    }

    /// The channels that stand directly in a node, and the node itself if it is one.
    pub(super) fn channels_in(&self, index: usize) -> Vec<usize> {
        let is_in = |(place, node): &(usize, &Node)| {
            node.channel.is_some() && (node.parent == Some(index) || *place == index)
        };
        self.nodes.iter().enumerate().filter(is_in).map(|(place, _)| place).collect()
    }
}

/// How far down things of a kind stand among others: a listing may tell all of them in one row.
pub(super) fn rank(kind: &str) -> u8 {
    match kind.to_ascii_lowercase().as_str() {
        "dataspace" => 0,
        "well" => 1,
        "wellbore" => 2,
        "channelset" => 4,
        "channel" | "logcurveinfo" => 5,
        _ => 3,
    }
}

fn command(path: &str, deed: Deed) -> Command {
    let number = |name: &str| Field {
        name: name.to_owned(),
        data_type: DataType::Number(NumberType::default()),
        optional: false,
    };
    let (name, description) = match deed {
        Deed::Load => (
            "load",
            "Reads what the server keeps, from one place to another: minutes before now for channels over time, else \
             places on their axis.",
        ),
        Deed::Cancel => ("cancel", "Wants no more of what is being loaded."),
    };
    Command {
        path: [path, "/", name].concat(),
        name: name.to_owned(),
        description: description.to_owned(),
        argument: match deed {
            Deed::Load => Some(DataType::Record(vec![number("from"), number("to")])),
            Deed::Cancel => None,
        },
        result: match deed {
            Deed::Load => {
                Some(DataType::Integer(IntegerType { unit: "values".to_owned(), ..Default::default() }))
            }
            Deed::Cancel => None,
        },
        role: CommandRole::Query,
        section: String::new(),
        // In the details of the group: a card of their own would say nothing.
        level: Level::Advanced,
        callable: true,
    }
}

fn data_type(kind: Kind, lengths: &[i32], unit: &str) -> DataType {
    let number = |format: NumberFormat| {
        DataType::Number(NumberType { unit: unit.to_owned(), format, ..NumberType::default() })
    };
    match kind {
        Kind::Bool => DataType::Bool,
        Kind::Integer => DataType::Integer(IntegerType { unit: unit.to_owned(), ..IntegerType::default() }),
        // The metadata says nothing of digits: as many as an instrument tells at most.
        Kind::Double => number(NumberFormat::parse("%.8g").unwrap_or_default()),
        // A float has seven digits; those of the double that it is read into are not its own.
        Kind::Float => number(NumberFormat::parse("%.7g").unwrap_or_default()),
        Kind::Text | Kind::Time => DataType::Text(TextType::default()),
        Kind::Numbers => DataType::Matrix {
            axes: match lengths {
                [] => vec![("index".to_owned(), None)],
                lengths => lengths.iter().map(|_| ("index".to_owned(), None)).collect(),
            },
            element: unit.to_owned(),
        },
        Kind::Other => DataType::Json,
    }
}

fn facts(described: &Described) -> Vec<(String, String)> {
    let index = described.indexes.iter().map(|index| {
        let direction = if index.decreasing { ", decreasing" } else { "" };
        let unit = if index.kind == IndexKind::Time || index.unit.is_empty() {
            String::new()
        } else {
            [" in ", &index.unit].concat()
        };
        [&index.name, unit.as_str(), direction].concat()
    });
    let indexes: Vec<String> = index.collect();
    let own = [
        ("URI", described.uri.clone()),
        ("Status", described.status.to_owned()),
        ("Indexes", indexes.join("; ")),
        ("Source", described.source.clone()),
    ];
    let own = own.into_iter().map(|(name, fact)| (name.to_owned(), fact));
    bounded(own.chain(described.facts.iter().cloned()))
}

fn bounded(facts: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let facts = facts.filter(|(_, fact)| !fact.is_empty());
    facts.map(|(name, fact)| (name, shortened(&fact, FACT_CHARS))).collect()
}

/// What tells a URI from others: what stands in its last brackets, else its last part.
fn short(uri: &str) -> &str {
    let last = uri.trim_end_matches('/').rsplit('/').next().unwrap_or(uri);
    let inner = last.split_once('(').map_or(last, |(_, inner)| inner.trim_end_matches(')'));
    if inner.is_empty() { uri } else { inner }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(uri: &str, name: &str) -> Found {
        Found { uri: uri.to_owned(), name: name.to_owned(), ..Found::default() }
    }

    #[test]
    fn two_of_one_name_are_told_by_their_uris() {
        let mut tree = Tree::default();
        for uri in ["eml:///witsml21.Well(a)", "eml:///witsml21.Well(b)", "eml:///witsml21.Well(a)"] {
            tree.add(None, &found(uri, "Well/1"));
        }
        let paths: Vec<&str> = tree.catalog.groups.iter().map(|group| group.path.as_str()).collect();
        assert_eq!(paths, ["Well_1", "Well_1 (b)"]);
    }

    #[test]
    fn a_channel_that_was_not_found_stands_where_its_uri_says() {
        let mut tree = Tree::default();
        let log = tree.add(None, &found("eml://witsml14/well(w)/log(l)", "Log")).expect("room");
        let described = |uri: &str, source: &str| Described {
            uri: uri.to_owned(),
            name: "HKLD".to_owned(),
            source: source.to_owned(),
            kind: Kind::Double,
            ..Described::default()
        };
        let below = tree.describe(&described("eml://witsml14/well(w)/log(l)/logCurveInfo(HKLD)", "x"));
        assert_eq!(tree.nodes[below.expect("room")].parent, Some(log));
        let loose = tree.describe(&described("eml:///witsml21.Channel(1)", "rig")).expect("room");
        assert_eq!(tree.catalog.groups[loose].path, "rig/HKLD");
        assert_eq!(tree.catalog.channels.len(), 2);
        assert_eq!(tree.channels_in(log), [below.expect("room")]);
    }
}
