//! What arguments of procedures are made of.

use crate::protocol::exosite::resource::{Kind, ResourceId};
use crate::protocol::exosite::write::{Object, list, quoted};

/// Which points of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// From when on, inclusively.
    pub start: Option<i64>,
    /// Until when, inclusively.
    pub end: Option<i64>,
    /// The oldest first.
    pub is_ascending: bool,
    /// At most so many; 1 where it is not said. The limit is applied after sorting.
    pub limit: Option<u32>,
    /// What of more than that.
    pub selection: Selection,
}

/// What is read where there are more points than wanted. Nothing is averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// The first ones in order.
    #[default]
    All,
    /// One of each of so many equal parts of the window.
    GivenWindow,
    /// Evenly chosen among the points.
    AutoWindow,
}

/// What can be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creature {
    /// A resource of a kind.
    New(Kind),
    /// A copy of a client.
    Clone,
}

/// What can be asked of a resource. A client's key is not among them: it is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "rpc/README.md, \"info\"; the words are the wire's")]
pub enum Part {
    Aliases,
    Basic,
    Counts,
    Description,
    Shares,
    Storage,
    Subscribers,
    Tagged,
    Tags,
    Usage,
}

/// How what is listed is related to the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// It owns it.
    pub owned: bool,
    /// It was shared with it.
    pub activated: bool,
    /// It has given it an alias.
    pub aliased: bool,
    /// Everybody may see it.
    pub public: bool,
    /// It has one of these tags.
    pub tagged: Vec<String>,
}

/// What a resource is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clue {
    /// Its alias.
    Alias(String),
    /// What it owns.
    Owner(ResourceId),
    /// A code that was shared.
    Shared(String),
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A client: the code is its CIK.
    Client,
    /// A share.
    Share,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "rpc/README.md, \"usage\"; the words are the wire's")]
pub enum Metric {
    Client,
    Dataport,
    Datarule,
    Dispatch,
    Share,
    Email,
    Http,
    Sms,
    Xmpp,
}

impl Window {
    /// The newest point.
    pub fn newest() -> Self {
        Self { limit: Some(1), ..Self::default() }
    }

    pub(super) fn to_json(&self) -> String {
        let sort = if self.is_ascending { "asc" } else { "desc" };
        let selection = match self.selection {
            Selection::All => None,
            Selection::GivenWindow => Some("givenwindow"),
            Selection::AutoWindow => Some("autowindow"),
        };
        Object::new()
            .with_some("starttime", self.start.map(|at| at.to_string()))
            .with_some("endtime", self.end.map(|at| at.to_string()))
            .with("sort", &quoted(sort))
            .with_some("limit", self.limit.map(|limit| limit.to_string()))
            .with_some("selection", selection.map(quoted))
            .end()
    }
}

impl Creature {
    /// All that can be made.
    pub const ALL: [Self; 5] = [
        Self::New(Kind::Client),
        Self::New(Kind::Dataport),
        Self::New(Kind::Datarule),
        Self::New(Kind::Dispatch),
        Self::Clone,
    ];

    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::New(kind) => kind.word(),
            Self::Clone => "clone",
        }
    }
}

impl Part {
    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Aliases => "aliases",
            Self::Basic => "basic",
            Self::Counts => "counts",
            Self::Description => "description",
            Self::Shares => "shares",
            Self::Storage => "storage",
            Self::Subscribers => "subscribers",
            Self::Tagged => "tagged",
            Self::Tags => "tags",
            Self::Usage => "usage",
        }
    }
}

impl Relation {
    /// What a client owns.
    pub fn owned() -> Self {
        Self { owned: true, ..Self::default() }
    }

    pub(super) fn to_json(&self) -> String {
        let flags = [
            ("owned", self.owned),
            ("activated", self.activated),
            ("aliased", self.aliased),
            ("public", self.public),
        ];
        let tags = || list(self.tagged.iter().map(|tag| quoted(tag)));
        flags
            .into_iter()
            .filter(|(_, on)| *on)
            .fold(Object::new(), |object, (name, _)| object.with(name, "true"))
            .with_some("tagged", (!self.tagged.is_empty()).then(tags))
            .end()
    }
}

impl Clue {
    pub(super) fn arguments(&self) -> Vec<String> {
        match self {
            Self::Alias(alias) => vec![quoted("alias"), quoted(alias)],
            Self::Owner(resource) => vec![quoted("owner"), resource.to_json()],
            Self::Shared(code) => vec![quoted("shared"), quoted(code)],
        }
    }
}

impl Entity {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Client, Self::Share];

    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Share => "share",
        }
    }
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Client,
        Self::Dataport,
        Self::Datarule,
        Self::Dispatch,
        Self::Share,
        Self::Email,
        Self::Http,
        Self::Sms,
        Self::Xmpp,
    ];

    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Dataport => "dataport",
            Self::Datarule => "datarule",
            Self::Dispatch => "dispatch",
            Self::Share => "share",
            Self::Email => "email",
            Self::Http => "http",
            Self::Sms => "sms",
            Self::Xmpp => "xmpp",
        }
    }
}
