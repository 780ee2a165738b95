//! How a socket says who it is: the first frame (websocket/README.md, "Authentication").

use super::resource::{Rid, is_hex};
use super::write::{Object, quoted};
use crate::protocol::options::Options;

/// Who the caller is.
#[derive(Clone, PartialEq, Eq)]
pub enum Auth {
    /// The client that a CIK belongs to.
    Key(Key),
    /// A client below it.
    Client {
        /// The CIK.
        key: Key,
        /// That client.
        client: Rid,
    },
    /// The owner of a resource below it.
    Owner {
        /// The CIK.
        key: Key,
        /// That resource.
        resource: Rid,
    },
    /// Whoever a token was granted to. Undocumented; pyonep 0.13.7 has it.
    Token(Key),
}

/// A CIK or a token. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// What is wrong with what a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// There is no key.
    #[error("there is no key")]
    NoKey,
    /// The key is no key.
    #[error("a key has 40 hexadecimal digits; this one has {letters} letters")]
    Key {
        /// How long it is.
        letters: usize,
    },
    /// Nobody said for whom the key acts.
    #[error("there is no identifier of the client or the resource to act for")]
    NoRid,
    /// The identifier is none.
    #[error("an identifier has 40 hexadecimal digits; this one has {letters} letters")]
    Rid {
        /// How long it is.
        letters: usize,
    },
}

impl Auth {
    /// From the options `auth`, `key` and `rid`.
    pub fn of(options: &Options) -> Result<Self, AuthError> {
        let key = match options.get("key") {
            "" => return Err(AuthError::NoKey),
            key if is_hex(key) => Key(key.to_owned()),
            key => return Err(AuthError::Key { letters: key.chars().count() }),
        };
        let rid = || match options.get("rid") {
            "" => Err(AuthError::NoRid),
            rid => Rid::parse(rid).ok_or_else(|| AuthError::Rid { letters: rid.chars().count() }),
        };
        Ok(match options.get("auth") {
            "client" => Self::Client { key, client: rid()? },
            "resource" => Self::Owner { key, resource: rid()? },
            "token" => Self::Token(key),
            _ => Self::Key(key),
        })
    }

    /// The frame.
    pub fn frame(&self) -> String {
        let cik = |key: &Key| Object::new().with("cik", &quoted(&key.0));
        let auth = match self {
            Self::Key(key) => cik(key),
            Self::Client { key, client } => cik(key).with("client_id", &quoted(client.as_str())),
            Self::Owner { key, resource } => cik(key).with("resource_id", &quoted(resource.as_str())),
            Self::Token(key) => Object::new().with("token", &quoted(&key.0)),
        };
        Object::new().with("auth", &auth.end()).end()
    }
}

/// Which form it is, and not the key.
impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Auth::Key",
            Self::Client { .. } => "Auth::Client",
            Self::Owner { .. } => "Auth::Owner",
            Self::Token(_) => "Auth::Token",
        })
    }
}

/// Never what it is.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}
