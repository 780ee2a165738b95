//! Exosite One Platform: its remote procedure calls over a WebSocket.
//!
//! From a frame to its meaning: [`answer`] reads the envelope (an answer to the key, an error about a whole frame, or
//! answers to calls), [`result`] what a procedure returned, [`value`] what a dataport holds. [`procedure`] writes what
//! is asked. [`session`] knows what it had asked and which dataport a subscription is about.
//!
//! The names are those of Exosite's documents: a *client* owns *dataports* and *datarules* and further clients, each
//! named by a *RID*, and by *aliases* that its owner gives. A *CIK* is a client's key.

pub mod answer;
pub mod auth;
mod causes;
mod mask;
pub mod procedure;
pub mod resource;
pub mod result;
pub mod session;
pub mod simulator;
pub mod status;
pub mod value;
mod write;

use super::options::{OptionKind, OptionSpec, Options};
use super::{Protocol, Session};
use session::ExositeSession;

/// Exosite One Platform.
pub const PROTOCOL: Protocol = Protocol {
    id: "exosite",
    title: "Exosite",
    example: "wss://m2.exosite.com/ws",
    usual: "wss://m2.exosite.com/ws",
    // It says nothing before it has seen a key.
    is_tried: false,
    schemes: &[("exosite", "wss")],
    subprotocols: &[],
    variants: None,
    url: None,
    options: OPTIONS,
    definitions: None,
    later: None,
    session,
    causes: causes::causes,
    demos: simulator::DEMOS,
};

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "auth",
        label: "Sign in with",
        hint: "A device key (CIK) shows what its client owns. With it one can also act as a client below that one, or as \
               the owner of a resource; then the identifier below says which.",
        kind: OptionKind::Choice(&[
            ("cik", "a device key (CIK)"),
            ("client", "a CIK, acting as one of its clients"),
            ("resource", "a CIK, as the owner of a resource"),
            ("token", "a token"),
        ]),
    },
    OptionSpec {
        name: "key",
        label: "Key",
        hint: "The CIK or the token: 40 digits 0-9 and letters a-f. It goes to this address alone.",
        kind: OptionKind::Secret,
    },
    OptionSpec {
        name: "rid",
        label: "Act as",
        hint: "The identifier (RID) of the client or of the resource, where the key acts for another one.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "history",
        label: "Points of the past",
        hint: "So many are read for each dataport when it is first shown; 0 for none.",
        kind: OptionKind::Text("600"),
    },
];

fn session(options: &Options) -> Box<dyn Session> {
    Box::new(ExositeSession::new(options))
}
