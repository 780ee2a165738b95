//! How a call went, in the peer's words.

use crate::model::json::Json;

/// The status of an answer. What the documents do not know is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// As wished.
    Ok,
    /// It failed; an error says why.
    Fail,
    /// Something in the arguments does not exist or does not fit: mostly an alias.
    Invalid,
    /// The caller does not own the resource.
    Restricted,
    /// The caller may not do that.
    NoAuth,
    /// The time was up.
    Expire,
    /// Something is wrong; the result may say what.
    Error,
    /// The client is locked by its owner.
    Locked,
    /// A limit was reached.
    Limit,
    /// The arguments do not fit; of the scripting interface.
    BadArg,
    /// Any other word.
    Other(String),
    /// Entries of a batch by themselves: those that failed, by their timestamps, and how.
    Each(Vec<(Option<i128>, String)>),
    /// There was none.
    Missing,
}

/// Words of the wire.
static WORDS: [(&str, Status); 10] = [
    ("ok", Status::Ok),
    ("fail", Status::Fail),
    ("invalid", Status::Invalid),
    ("restricted", Status::Restricted),
    ("noauth", Status::NoAuth),
    ("expire", Status::Expire),
    ("error", Status::Error),
    ("locked", Status::Locked),
    ("limit", Status::Limit),
    ("badarg", Status::BadArg),
];

impl Status {
    /// Reads the member `status`.
    pub fn read(json: Option<&Json<'_>>) -> Self {
        match json {
            None | Some(Json::Null) => Self::Missing,
            Some(Json::Text(word)) => Self::of_word(word),
            Some(Json::Array(entries)) => Self::Each(entries.iter().flat_map(entry).collect()),
            Some(
                other
                @ (Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) | Json::Object(_)),
            ) => Self::Other(other.to_text()),
        }
    }

    fn of_word(word: &str) -> Self {
        let known = WORDS.iter().find(|(other, _)| *other == word).map(|(_, status)| status.clone());
        known.unwrap_or_else(|| Self::Other(word.to_owned()))
    }

    /// The word on the wire.
    pub fn word(&self) -> &str {
        match self {
            Self::Other(word) => word,
            Self::Each(entries) => {
                entries.iter().find(|(_, word)| word != "ok").map_or("ok", |(_, word)| word)
            }
            Self::Missing => "no status",
            Self::Ok
            | Self::Fail
            | Self::Invalid
            | Self::Restricted
            | Self::NoAuth
            | Self::Expire
            | Self::Error
            | Self::Locked
            | Self::Limit
            | Self::BadArg => WORDS.iter().find(|(_, status)| status == self).map_or("", |(word, _)| word),
        }
    }

    /// It went well.
    pub fn is_ok(&self) -> bool {
        self.word() == "ok"
    }

    /// What a known word means, for a person; empty where nothing is known.
    pub fn explained(&self) -> &'static str {
        match self {
            Self::Invalid => {
                "Mostly an alias or a resource that does not exist; else an argument that the procedure does not take."
            }
            Self::Restricted => "The client that the key belongs to does not own the resource.",
            Self::NoAuth => "The client that the key belongs to may not do that.",
            Self::Expire => "Nothing came before the time was up.",
            Self::Locked => "The client is locked: its owner has switched it off.",
            Self::Limit => "A limit of the client is reached.",
            Self::BadArg => "The arguments do not fit the procedure.",
            Self::Each(_) => "Not all entries were taken.",
            Self::Missing => "The answer does not say how it went.",
            Self::Ok | Self::Fail | Self::Error | Self::Other(_) => "",
        }
    }
}

/// A timestamp and a word in either order: the documents show one order, exoline 0.8 unpacks the other.
fn entry(json: &Json<'_>) -> Vec<(Option<i128>, String)> {
    let Json::Array(parts) = json else {
        return json.as_text().map(|word| (None, word.to_owned())).into_iter().collect();
    };
    // One pair that does not stand in a list of its own is taken part by part.
    let at = parts.iter().find_map(Json::as_whole);
    let word = parts.iter().find_map(Json::as_text);
    word.map(|word| (at, word.to_owned())).into_iter().collect()
}
