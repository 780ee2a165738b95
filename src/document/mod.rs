//! What people save: documents of versioned JSON.
//!
//! A document opens whole or is refused whole with the place and the reason; whoever opens one keeps what is in use
//! until then. Older versions are brought up to date on opening. No document holds a secret. Nothing in here
//! touches files or the browser's storage.

mod personal;
mod read;
mod write;

pub mod capture;
pub mod deeplink;
pub mod secrets;
pub mod workspace;

use serde_json::{Map, Value as Json};

/// The version of documents that this program writes.
pub const VERSION: u64 = MIGRATIONS.len() as u64 + 1;

/// Brings a document from one version to the next: the first from 1 to 2, and so on. Each is a pure function with
/// a test of its own; none is ever changed.
const MIGRATIONS: &[fn(&mut Map<String, Json>)] = &[];

/// Why a document cannot be opened. Places are paths such as `connections[2].url`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// No JSON.
    #[error("line {line}, column {column}: {reason}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the reader says.
        reason: String,
    },
    /// JSON, but without a version.
    #[error("this is not a Porthole document: it has no \"porthole\": {VERSION}")]
    NotPorthole,
    /// A document of another kind.
    #[error("this is a {found}, not a {expected}")]
    OtherKind {
        /// What it says it is.
        found: String,
        /// What was to be opened.
        expected: &'static str,
    },
    /// Written by a later program.
    #[error(
        "this document has version {found}, this program knows versions up to {VERSION}: use a newer Porthole"
    )]
    Newer {
        /// Its version.
        found: u64,
    },
    /// Something that must be there is not.
    #[error("{place} is missing")]
    Missing {
        /// Where it belongs.
        place: String,
    },
    /// Something else was expected.
    #[error("{place} must be {expected}")]
    Unexpected {
        /// Where.
        place: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// More than there is room for.
    #[error("{place} has {found} {unit}, at most {max} are allowed")]
    TooMuch {
        /// Where.
        place: String,
        /// How much there is.
        found: usize,
        /// How much there may be.
        max: usize,
        /// Of what.
        unit: &'static str,
    },
    /// What must be unique is there twice.
    #[error("{place} is used twice")]
    Repeated {
        /// The second place.
        place: String,
    },
    /// A line of a document of many lines.
    #[error("line {line}: {error}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        error: Box<Self>,
    },
}

/// Opens the outermost object of a document and brings it up to date.
fn open(text: &str, kind: &'static str) -> Result<Map<String, Json>, DocumentError> {
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut object = match serde_json::from_str(text) {
        Ok(Json::Object(object)) => object,
        Ok(_) => return Err(DocumentError::NotPorthole),
        Err(error) => return Err(syntax(&error)),
    };
    let Some(version) = object.get("porthole").and_then(Json::as_u64).filter(|version| *version >= 1) else {
        return Err(DocumentError::NotPorthole);
    };
    if version > VERSION {
        return Err(DocumentError::Newer { found: version });
    }
    if let Some(found) = object.get("kind").and_then(Json::as_str).filter(|found| *found != kind) {
        return Err(DocumentError::OtherKind {
            found: crate::model::display::harmless(found, 40),
            expected: kind,
        });
    }
    for migrate in MIGRATIONS.iter().skip(version as usize - 1) {
        migrate(&mut object);
    }
    Ok(object)
}

/// What kind of document a text is, and its name, as far as it says so.
pub fn kind_of(text: &str) -> Option<(String, String)> {
    let object: Map<String, Json> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let word = |name: &str| object.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    object.get("porthole").and_then(Json::as_u64)?;
    Some((word("kind"), word("name")))
}

fn syntax(error: &serde_json::Error) -> DocumentError {
    let words = error.to_string();
    let reason = words.split(" at line ").next().unwrap_or_default().to_owned();
    DocumentError::Syntax { line: error.line(), column: error.column(), reason }
}

/// An address without the user name and the password that may stand in it.
fn without_secrets(url: &str) -> String {
    let authority = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[authority..].find(['/', '?', '#']).map_or(url.len(), |length| authority + length);
    match url[authority..end].rfind('@') {
        Some(at) => format!("{}{}", &url[..authority], &url[authority + at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_an_address_stay_behind() {
        for (url, kept) in [
            ("ws://me:s3cret@lab.example:8010/a@b?c=d@e", "ws://lab.example:8010/a@b?c=d@e"),
            ("ws://lab.example?x=a@b", "ws://lab.example?x=a@b"),
            ("me:p@ss@host:1", "host:1"),
            ("ws://[::1]:10767", "ws://[::1]:10767"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(url), kept);
        }
    }
}
