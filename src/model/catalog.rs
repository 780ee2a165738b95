//! What a connection offers: a tree of channels and commands.
//!
//! A catalog is flat where machines look things up (channels and commands by index) and a tree where people look
//! (groups with a parent). The index of a channel is valid within its catalog; across catalogs a channel is its
//! path.

use super::alarm::Monitoring;
use super::datatype::DataType;
use super::link::Cause;
use super::value::Value;

/// Everything that a connection offers, as its peer describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// What the peer calls itself.
    pub title: String,
    /// What the peer says about itself; may have several lines.
    pub description: String,
    /// Further facts about the peer, e.g. its firmware, in order.
    pub facts: Vec<(String, String)>,
    /// The groups, in the order of the peer.
    pub groups: Vec<Group>,
    /// All channels; those of a group stand together.
    pub channels: Vec<Channel>,
    /// All commands.
    pub commands: Vec<Command>,
    /// What in the description could not be understood, in words for a person.
    pub warnings: Vec<String>,
    /// The peer can be asked for all that it says about a group: [`super::event::Request::Inspect`].
    pub inspectable: bool,
    /// It can be told to ask for nothing while its link stays: [`super::event::Request::Pause`].
    pub pausable: bool,
    /// Why there is nothing to see, where there is nothing, and what to do.
    pub remedy: Option<Box<Cause>>,
}

/// Channels and commands that belong together and share a card: a SECoP module, say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Its place in the tree, parts separated by `/`; unique within the catalog.
    pub path: String,
    /// What people call it.
    pub title: String,
    /// What the peer says about it.
    pub description: String,
    /// Where it stands among the others: names of enclosing groups, outermost first.
    pub within: Vec<String>,
    /// The group that it stands in, by its index, which is smaller.
    pub parent: Option<usize>,
    /// What is known of what is below it.
    pub below: Below,
    /// Whom it concerns.
    pub level: Level,
    /// How much it matters, 0 to 50; greater is shown first.
    pub importance: u8,
    /// Further facts, e.g. its class and implementation, in order.
    pub facts: Vec<(String, String)>,
    /// Indices of its channels.
    pub channels: Vec<usize>,
    /// Indices of its commands.
    pub commands: Vec<usize>,
}

/// One thing that has readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channel {
    /// Its place in the tree, parts separated by `/`: the group's path and the name. Unique within the catalog.
    pub path: String,
    /// The peer's own short name.
    pub name: String,
    /// What the peer says about it.
    pub description: String,
    /// What its values look like.
    pub data_type: DataType,
    /// What may be done with it.
    pub access: Access,
    /// What it is to its group.
    pub role: Role,
    /// A heading within the group; empty for none.
    pub section: String,
    /// Whom it concerns.
    pub level: Level,
    /// The value that never changes and is never read, where the description gives one.
    pub constant: Option<Value>,
    /// Channels whose present values narrow what may be written to this one.
    pub limits: Option<LimitSource>,
    /// The peer can be asked whether it would accept a value.
    pub checkable: bool,
    /// A remark for whoever is about to write, e.g. that `go` starts the change; empty for none.
    pub write_hint: String,
    /// When its value needs eyes, as its description says; a person may say otherwise.
    pub monitoring: Monitoring,
    /// What its readings are laid over; `None` for time.
    pub axis: Option<Box<Axis>>,
}

/// What readings are laid over that are not taken over time, e.g. the depth of a borehole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// Its name, e.g. `MD`.
    pub name: String,
    /// Its unit; empty for none.
    pub unit: String,
    /// It grows downwards: a plot has it on the vertical axis, the smallest place on top.
    pub is_depth: bool,
    /// Readings come from the greatest place to the smallest.
    pub decreasing: bool,
}

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Its place in the tree: the group's path and the name.
    pub path: String,
    /// The peer's own short name.
    pub name: String,
    /// What the peer says about it.
    pub description: String,
    /// The type of its argument; `None` where it takes none.
    pub argument: Option<DataType>,
    /// The type of its result; `None` where it gives none.
    pub result: Option<DataType>,
    /// What it is to its group.
    pub role: CommandRole,
    /// A heading within the group; empty for none.
    pub section: String,
    /// Whom it concerns.
    pub level: Level,
    /// It may be executed.
    pub callable: bool,
}

/// What may be done with a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// It can be read.
    #[default]
    Read,
    /// It can be read and written.
    ReadWrite,
}

/// What is known of the groups that stand in another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Below {
    /// All that there is.
    #[default]
    Known,
    /// Nobody has looked yet: ask with [`super::event::Request::Expand`].
    Unknown,
    /// The peer does not let anybody look.
    Refused,
}

/// What a channel is to its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The value that the group is about.
    Main,
    /// The state of the group.
    Status,
    /// What the main value shall become.
    Target,
    /// The state of the link itself: it holds while there is no link, too.
    Link,
    /// Anything else.
    #[default]
    Parameter,
}

/// What a command is to its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommandRole {
    /// It ends a movement; it needs no confirmation.
    Stop,
    /// It only asks: nothing changes, and nothing needs to be armed.
    Query,
    /// It destroys what cannot be had again: a person confirms it apart from asking for it.
    Destructive,
    /// Anything else.
    #[default]
    Other,
}

/// Whom something concerns, from everybody to nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everybody.
    #[default]
    User,
    /// Who knows the instrument.
    Advanced,
    /// Who repairs it.
    Expert,
    /// Nobody: the peer asks to hide it.
    Hidden,
}

impl Level {
    /// It is shown to whoever wants to see up to a level.
    pub fn is_shown(self, wanted: Self) -> bool {
        self != Self::Hidden && self <= wanted
    }
}

/// Channels (by index) whose values are the limits of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitSource {
    /// One channel holds both, as a pair.
    Pair(usize),
    /// One channel for each limit that there is.
    Separate {
        /// The lower one.
        min: Option<usize>,
        /// The upper one.
        max: Option<usize>,
    },
}

/// What differs between two catalogs of one connection. Paths, with a remark on what changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogChanges {
    /// Paths of groups, channels and commands that are new; those of a new group are not listed one by one.
    pub appeared: Vec<String>,
    /// Paths of those that are gone.
    pub vanished: Vec<String>,
    /// Paths of those that are still there and differ, with what differs, e.g. `max 300 → 320`.
    pub changed: Vec<(String, String)>,
}
