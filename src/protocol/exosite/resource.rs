//! What a call is about: identifiers of resources, aliases, and the kinds of resources (rpc/README.md, "Identifying
//! Resources").

use super::write::{Object, quoted};
use crate::model::json::Json;

/// So many hexadecimal digits make an identifier: a RID, a CIK, a code.
const HEX_DIGITS: usize = 40;
/// So many of them tell resources apart for people.
const SHORT_DIGITS: usize = 8;

/// The identifier of a resource: 40 hexadecimal digits, as the peer writes them. Equal in small and large letters.
#[derive(Clone, Debug)]
pub struct Rid(String);

impl Rid {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        is_hex(text).then(|| Self(text.to_owned()))
    }

    /// As the peer writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In small letters: equal identifiers have equal ones.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// As many digits as people need.
    pub fn short(&self) -> &str {
        &self.0[..SHORT_DIGITS]
    }
}

impl PartialEq for Rid {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Rid {}

/// Whether a text has the shape of an identifier or a key: `^[0-9a-fA-F]{40}$`.
pub fn is_hex(text: &str) -> bool {
    text.len() == HEX_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How a call names a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceId {
    /// By its identifier.
    Rid(Rid),
    /// An immediate child of the caller, by its alias.
    Alias(String),
    /// The caller itself.
    Itself,
    /// A child of another client, by its alias. Undocumented; Portals' widgets send it.
    AliasOf {
        /// The alias.
        alias: String,
        /// The client.
        rid: Rid,
    },
}

impl ResourceId {
    /// What a person typed: 40 digits are an identifier, nothing is the caller, anything else an alias.
    pub fn typed(text: &str) -> Self {
        let text = text.trim();
        match Rid::parse(text) {
            Some(rid) => Self::Rid(rid),
            None if text.is_empty() => Self::Itself,
            None => Self::Alias(text.to_owned()),
        }
    }

    /// Reads one from a call.
    pub fn read(json: &Json<'_>) -> Option<Self> {
        if let Json::Text(text) = json {
            return Rid::parse(text).map(Self::Rid);
        }
        let alias = json.get("alias")?.as_text()?;
        let rid = json.get("rid").and_then(Json::as_text).and_then(Rid::parse);
        Some(match rid {
            Some(rid) => Self::AliasOf { alias: alias.to_owned(), rid },
            None if alias.is_empty() => Self::Itself,
            None => Self::Alias(alias.to_owned()),
        })
    }

    /// As a call has it.
    pub fn to_json(&self) -> String {
        let alias = |alias: &str| Object::new().with("alias", &quoted(alias));
        match self {
            Self::Rid(rid) => quoted(rid.as_str()),
            Self::Alias(name) => alias(name).end(),
            Self::Itself => alias("").end(),
            Self::AliasOf { alias: name, rid } => alias(name).with("rid", &quoted(rid.as_str())).end(),
        }
    }
}

/// What kinds of resources there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It owns others: a device, a portal.
    Client,
    /// A series of points.
    Dataport,
    /// A series of what a rule or a script makes of points.
    Datarule,
    /// It sends messages to people.
    Dispatch,
}

impl Kind {
    /// All of them, in the order of the documents.
    pub const ALL: [Self; 4] = [Self::Client, Self::Dataport, Self::Datarule, Self::Dispatch];

    /// Its name on the wire, and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Dataport => "dataport",
            Self::Datarule => "datarule",
            Self::Dispatch => "dispatch",
        }
    }

    /// The kind of a name.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
