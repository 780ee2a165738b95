//! What can be done with a resource beyond reading and writing it: the commands of the catalog.
//!
//! `grant` is not among them: what it returns is a secret.

use super::tree::{Node, Tree};
use crate::model::catalog::{Command, CommandRole, Level};
use crate::model::datatype::{DataType, EnumMember, Field, IntegerType, TextType};
use crate::protocol::exosite::procedure::{Creature, Entity, Metric};
use crate::protocol::exosite::resource::Kind;

/// Commands are offered for the resources that are found first, until there are so many.
const COMMANDS_MOST: usize = 6_000;

/// What a command does: the procedure of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Record,
    RecordBatch,
    Wait,
    Flush,
    Usage,
    Update,
    Share,
    Drop,
    Listing,
    Lookup,
    WriteGroup,
    Create,
    Map,
    Unmap,
    Move,
    Activate,
    Deactivate,
    Revoke,
}

/// What a command returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returns {
    /// Nothing.
    Nothing,
    /// A point.
    Point,
    /// An identifier or a code.
    Text,
    /// A number.
    Number,
    /// Anything.
    Json,
}

/// For whom a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Series,
    Dataport,
    Client,
    /// Any resource below the client that the key belongs to.
    Child,
    /// The client that the key belongs to.
    Root,
}

/// What is offered of a command.
struct Offer {
    deed: Deed,
    of: Of,
    name: &'static str,
    role: CommandRole,
    level: Level,
    returns: Returns,
    description: &'static str,
}

/// What people do with their points is for everybody, the rest for those who know the platform.
const fn level(deed: Deed, role: CommandRole) -> Level {
    match (deed, role) {
        (Deed::Record | Deed::Flush, _) => Level::User,
        (_, CommandRole::Query) => Level::Advanced,
        (_, CommandRole::Stop | CommandRole::Destructive | CommandRole::Other) => Level::Expert,
    }
}

const fn offer(
    deed: Deed,
    of: Of,
    name: &'static str,
    role: CommandRole,
    returns: Returns,
    description: &'static str,
) -> Offer {
    Offer { deed, of, name, role, level: level(deed, role), returns, description }
}

const OFFERS: [Offer; 18] = {
    use CommandRole::{Destructive, Other, Query};
    [
        offer(
            Deed::Wait,
            Of::Series,
            "wait",
            Query,
            Returns::Point,
            "Waits for the next point. The time-out is in ms.",
        ),
        offer(
            Deed::Record,
            Of::Dataport,
            "record",
            Other,
            Returns::Nothing,
            "Writes one point of the past, at a time in Unix seconds; a negative time is so long ago.",
        ),
        offer(
            Deed::RecordBatch,
            Of::Dataport,
            "recordbatch",
            Other,
            Returns::Nothing,
            "Writes points of the past: [[time, value], …], times in Unix seconds.",
        ),
        offer(
            Deed::Flush,
            Of::Series,
            "flush",
            Destructive,
            Returns::Nothing,
            "Removes points: those after one time and before another, in Unix seconds. Without times all of them.",
        ),
        offer(Deed::Listing, Of::Client, "listing", Query, Returns::Json, "Lists what is below this client."),
        offer(
            Deed::Lookup,
            Of::Client,
            "lookup",
            Query,
            Returns::Text,
            "Finds the identifier of a resource.",
        ),
        offer(
            Deed::Usage,
            Of::Client,
            "usage",
            Query,
            Returns::Number,
            "How much this client and all below it used between two times, in Unix seconds.",
        ),
        offer(
            Deed::WriteGroup,
            Of::Root,
            "writegroup",
            Other,
            Returns::Nothing,
            "Writes to several dataports at one time. A resource is an identifier, or an alias of this client.",
        ),
        offer(
            Deed::Create,
            Of::Client,
            "create",
            Other,
            Returns::Text,
            "Makes a resource below this client, from a description as in {\"format\":\"float\",\"name\":\"Temperature\"}.",
        ),
        offer(
            Deed::Map,
            Of::Root,
            "map",
            Other,
            Returns::Nothing,
            "Gives a resource of this client an alias.",
        ),
        offer(Deed::Unmap, Of::Client, "unmap", Other, Returns::Nothing, "Takes an alias away."),
        offer(
            Deed::Activate,
            Of::Client,
            "activate",
            Other,
            Returns::Nothing,
            "Uses a CIK or the code of a share.",
        ),
        offer(
            Deed::Deactivate,
            Of::Client,
            "deactivate",
            Other,
            Returns::Nothing,
            "Ends the use of a CIK or of the code of a share.",
        ),
        offer(
            Deed::Revoke,
            Of::Root,
            "revoke",
            Destructive,
            Returns::Nothing,
            "Makes a CIK or the code of a share void. Who uses it is shut out.",
        ),
        offer(
            Deed::Update,
            Of::Child,
            "update",
            Other,
            Returns::Nothing,
            "Changes its description, as in {\"name\":\"Temperature\"}. A format cannot be changed.",
        ),
        offer(
            Deed::Share,
            Of::Child,
            "share",
            Other,
            Returns::Text,
            "Makes a code that lets another client see it. Who has the code can use it.",
        ),
        offer(
            Deed::Move,
            Of::Child,
            "move",
            Other,
            Returns::Nothing,
            "Gives it to another client, by its identifier.",
        ),
        offer(
            Deed::Drop,
            Of::Child,
            "drop",
            Destructive,
            Returns::Nothing,
            "Deletes it with all that is in it. It cannot be had again.",
        ),
    ]
};

impl Deed {
    /// What it returns.
    pub(super) fn returns(self) -> Returns {
        OFFERS.iter().find(|offer| offer.deed == self).map_or(Returns::Nothing, |offer| offer.returns)
    }

    fn argument(self, node: &Node) -> Option<DataType> {
        let text = || DataType::Text(TextType::default());
        let time = || integer(None, None);
        let start_and_end = || [field("start", time()), field("end", time())];
        let code = || [field("kind", choice(Entity::ALL.map(Entity::word))), field("code", text())];
        let fields: Vec<Field> = match self {
            Self::Record => vec![field("time", time()), field("value", node.format.data_type(""))],
            Self::RecordBatch | Self::Update => return Some(DataType::Json),
            Self::Wait => {
                vec![optional("timeout", integer(Some(1), Some(60_000))), optional("since", time())]
            }
            Self::Flush => vec![optional("newerthan", time()), optional("olderthan", time())],
            Self::Usage => [field("metric", choice(Metric::ALL.map(Metric::word)))]
                .into_iter()
                .chain(start_and_end())
                .collect(),
            Self::Share => vec![optional("meta", text())],
            Self::Drop => return None,
            Self::Listing => {
                let relations = ["owned", "activated", "aliased", "public"];
                vec![field("kind", choice(Kind::ALL.map(Kind::word))), field("relation", choice(relations))]
            }
            Self::Lookup => {
                vec![field("by", choice(["alias", "owner", "shared"])), field("what", text())]
            }
            Self::WriteGroup => {
                let item = DataType::Record(vec![field("resource", text()), field("value", DataType::Json)]);
                return Some(DataType::Array { item: Box::new(item), min_len: 1, max_len: Some(100) });
            }
            Self::Create => vec![
                field("kind", choice(Creature::ALL.map(Creature::word))),
                field("description", DataType::Json),
            ],
            Self::Map => vec![field("resource", text()), field("alias", text())],
            Self::Unmap => return Some(text()),
            Self::Move => vec![field("destination", text()), field("aliases", DataType::Bool)],
            Self::Activate | Self::Deactivate | Self::Revoke => code().into(),
        };
        Some(DataType::Record(fields))
    }
}

impl Returns {
    fn data_type(self, node: &Node) -> Option<DataType> {
        match self {
            Self::Nothing => None,
            Self::Point => Some(node.format.data_type("")),
            Self::Text => Some(DataType::Text(TextType::default())),
            Self::Number | Self::Json => Some(DataType::Json),
        }
    }
}

impl Of {
    fn is(self, node: &Node) -> bool {
        match self {
            Self::Series => node.is_series(),
            Self::Dataport => node.kind == Kind::Dataport,
            Self::Client => node.kind == Kind::Client,
            Self::Child => node.owner.is_some(),
            Self::Root => node.owner.is_none(),
        }
    }
}

impl Tree {
    /// Offers what can be done with a node.
    pub(super) fn offer(&mut self, index: usize) {
        let (Some(node), Some(group)) = (self.nodes.get(index), self.catalog.groups.get_mut(index)) else {
            return;
        };
        if self.deeds.len() >= COMMANDS_MOST || !group.commands.is_empty() {
            return;
        }
        for offer in OFFERS.iter().filter(|offer| offer.of.is(node)) {
            group.commands.push(self.catalog.commands.len());
            self.catalog.commands.push(Command {
                path: [&group.path, "/", offer.name].concat(),
                name: offer.name.to_owned(),
                description: offer.description.to_owned(),
                argument: offer.deed.argument(node),
                result: offer.returns.data_type(node),
                role: offer.role,
                section: String::new(),
                level: offer.level,
                callable: true,
            });
            self.deeds.push((index, offer.deed));
        }
        self.is_changed = true;
    }
}

fn field(name: &str, data_type: DataType) -> Field {
    Field { name: name.to_owned(), data_type, optional: false }
}

fn optional(name: &str, data_type: DataType) -> Field {
    Field { optional: true, ..field(name, data_type) }
}

fn integer(min: Option<i128>, max: Option<i128>) -> DataType {
    DataType::Integer(IntegerType { min, max, unit: String::new() })
}

/// One of a list of words; the codes count them.
fn choice<const N: usize>(words: [&str; N]) -> DataType {
    let member = |(code, word): (i64, &str)| EnumMember { code, label: word.into() };
    DataType::Enum((0..).zip(words).map(member).collect())
}
