//! Messages and their parts: `action[ specifier[ data]]` (SECoP 2.0, "Message syntax").
//!
//! A frame holds one message. Reading borrows from the frame and leaves the data as text; nothing in here knows
//! datainfo. A frame is not split at newlines: frappy repeats a bad request, newline and all, in its error reply.

use std::fmt;

/// A message cut into its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is, e.g. `update`.
    pub action: &'a str,
    /// What it concerns, e.g. `cryo:value`; empty for none.
    pub specifier: &'a str,
    /// JSON, unread; `None` where there is none.
    pub data: Option<&'a str>,
}

/// Why a frame is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// There is nothing in it.
    #[error("the frame is blank")]
    Blank,
    /// It does not begin with an action.
    #[error("the frame does not begin with an action")]
    Action,
}

impl<'a> Message<'a> {
    /// Cuts a frame. The line end that usecop and bridges leave in it is dropped, with blanks around it; two blanks
    /// stand for an empty specifier.
    pub fn parse(frame: &'a str) -> Result<Self, MessageError> {
        let line = frame.trim_end_matches(['\r', '\n', ' ']);
        if line.trim().is_empty() {
            return Err(MessageError::Blank);
        }
        let mut parts = line.splitn(3, ' ');
        let action = parts.next().filter(|action| is_action(action)).ok_or(MessageError::Action)?;
        let specifier = parts.next().unwrap_or_default();
        Ok(Self { action, specifier, data: parts.next().filter(|data| !data.is_empty()) })
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.action)?;
        match self.data {
            Some(data) => write!(f, " {} {data}", self.specifier),
            None if self.specifier.is_empty() => Ok(()),
            None => write!(f, " {}", self.specifier),
        }
    }
}

/// Actions are identifiers; `*IDN?` is the exception.
fn is_action(text: &str) -> bool {
    text == IDENTIFY || (Name::parse(text).is_some() && text.bytes().all(is_identifier_byte))
}

fn is_identifier_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The request for identification; the first message of a connection.
pub const IDENTIFY: &str = "*IDN?";

/// A request that has a reply. The actions of its reply and its error reply follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Describe the node.
    Describe,
    /// Send updates.
    Activate,
    /// Send no more updates.
    Deactivate,
    /// Read a parameter.
    Read,
    /// Change a parameter.
    Change,
    /// Execute a command.
    Do,
    /// Give a sign of life.
    Ping,
    /// Say whether a value would be accepted (SECoP 2.0, optional).
    Check,
    /// Send log messages (optional).
    Logging,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Describe,
        Self::Activate,
        Self::Deactivate,
        Self::Read,
        Self::Change,
        Self::Do,
        Self::Ping,
        Self::Check,
        Self::Logging,
    ];

    /// The action of the request.
    pub fn request(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Read => "read",
            Self::Change => "change",
            Self::Do => "do",
            Self::Ping => "ping",
            Self::Check => "check",
            Self::Logging => "logging",
        }
    }

    /// The action of the reply.
    pub fn reply(self) -> &'static str {
        match self {
            Self::Describe => "describing",
            Self::Activate => "active",
            Self::Deactivate => "inactive",
            Self::Read => "reply",
            Self::Change => "changed",
            Self::Do => "done",
            Self::Ping => "pong",
            Self::Check => "checked",
            Self::Logging => "logging",
        }
    }

    /// The verb of a request's action.
    pub fn of_request(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.request() == action)
    }

    fn of_reply(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.reply() == action)
    }
}

/// What a node's message is, by its action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A parameter's value.
    Update,
    /// A parameter's error instead of its value.
    ErrorUpdate,
    /// The answer to a request.
    Reply(Verb),
    /// The refusal of a request; the action that the node says was asked for, empty where it does not say.
    Error(&'a str),
    /// A log message.
    Log,
    /// The connection was closed and opened again behind a bridge: begin anew.
    Closed,
    /// Words for a person at a terminal, or a custom message: to be ignored.
    Comment,
    /// Unknown: to be ignored.
    Unknown,
}

impl<'a> Message<'a> {
    /// What the message is, as it comes from a node.
    pub fn kind(&self) -> Kind<'a> {
        match self.action {
            "update" => Kind::Update,
            "error_update" => Kind::ErrorUpdate,
            "error_closed" => Kind::Closed,
            "log" => Kind::Log,
            "help" | "helping" => Kind::Comment,
            // usecop 0.1.0 answers so to what it does not know.
            "error" => Kind::Error(""),
            action => {
                if let Some(verb) = Verb::of_reply(action) {
                    Kind::Reply(verb)
                } else if let Some(request) = action.strip_prefix("error_") {
                    Kind::Error(request)
                } else if action.starts_with('_') {
                    Kind::Comment
                } else {
                    Kind::Unknown
                }
            }
        }
    }
}

/// The name of a module or an accessible, as it can stand in a specifier.
///
/// The specification wants `[A-Za-z_][A-Za-z0-9_]{0,62}`; see [`Name::is_standard`]. Anything is taken that can
/// be sent and found again: no blanks, no control characters, no `:`, and no `/`, which separates a path's parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The longest name that is taken, in bytes.
    const LONGEST: usize = 255;

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::LONGEST).contains(&text.len());
        let sendable =
            |char: char| !(char.is_whitespace() || char.is_control() || char == ':' || char == '/');
        (fits && text.chars().all(sendable)).then(|| Self(text.to_owned()))
    }

    /// Whether it is a name by the specification.
    pub fn is_standard(&self) -> bool {
        self.0.len() <= 63
            && self.0.bytes().all(is_identifier_byte)
            && !self.0.starts_with(|first: char| first.is_ascii_digit())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A module, or one of its accessibles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specifier<'a> {
    /// The module.
    pub module: &'a str,
    /// The parameter or command; `None` where the specifier names the module alone.
    pub accessible: Option<&'a str>,
}

impl<'a> Specifier<'a> {
    /// Reads a specifier. Parts beyond the second are to be ignored.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(':');
        let module = parts.next().filter(|module| !module.is_empty())?;
        Some(Self { module, accessible: parts.next().filter(|accessible| !accessible.is_empty()) })
    }
}

impl fmt::Display for Specifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.accessible {
            Some(accessible) => write!(f, "{}:{accessible}", self.module),
            None => f.write_str(self.module),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(action: &'a str, specifier: &'a str, data: Option<&'a str>) -> Message<'a> {
        Message { action, specifier, data }
    }

    #[test]
    fn frames_are_cut_at_the_first_two_blanks() {
        for (frame, wanted) in [
            ("ping", message("ping", "", None)),
            ("active cryo", message("active", "cryo", None)),
            ("pong  [null, {}]", message("pong", "", Some("[null, {}]"))),
            ("update a:b [1, {}]\r\n", message("update", "a:b", Some("[1, {}]"))),
            ("_ 1 \"Try one\"", message("_", "1", Some("\"Try one\""))),
            ("active ", message("active", "", None)),
            ("active cryo\r \n", message("active", "cryo", None)),
            (
                "error_ping d\nping [\"x\", \"\", {}]",
                message("error_ping", "d\nping", Some("[\"x\", \"\", {}]")),
            ),
        ] {
            assert_eq!(Message::parse(frame), Ok(wanted), "{frame:?}");
        }
    }

    #[test]
    fn what_has_no_action_is_no_message() {
        for blank in ["", " ", "\r\n", " \t \n"] {
            assert_eq!(Message::parse(blank), Err(MessageError::Blank));
        }
        for wrong in [" ping", "{\"a\": 1}", "<html>", "ü a", "\u{0}", "a-b c"] {
            assert_eq!(Message::parse(wrong), Err(MessageError::Action), "{wrong:?}");
        }
    }

    #[test]
    fn extra_parts_of_a_specifier_are_ignored() {
        let cryo = |accessible| Some(Specifier { module: "cryo", accessible });
        assert_eq!(Specifier::parse("cryo"), cryo(None));
        assert_eq!(Specifier::parse("cryo:value"), cryo(Some("value")));
        assert_eq!(Specifier::parse("cryo:value:more:of:it"), cryo(Some("value")));
        assert_eq!(Specifier::parse("cryo:"), cryo(None));
        assert_eq!(Specifier::parse(":value"), None);
        assert_eq!(Specifier::parse(""), None);
    }

    #[test]
    fn names_can_be_sent_and_found_again() {
        for name in ["cryo", "_x", "T1", "Hiden-MS", "größe"] {
            assert!(Name::parse(name).is_some(), "{name}");
        }
        for name in ["", "a b", "a:b", "a/b", "a\nb"] {
            assert_eq!(Name::parse(name), None, "{name}");
        }
        assert!(!Name::parse("1st").expect("can be sent").is_standard());
        assert!(!Name::parse("a-b").expect("can be sent").is_standard());
        assert!(Name::parse("_a1").expect("can be sent").is_standard());
    }
}
