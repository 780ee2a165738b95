//! SECoP 1.0, 1.1 and 2.0 over WebSocket (RFC-107, formerly RFC 7).
//!
//! Two hops from a frame to its meaning: [`message`] cuts it into action, specifier and data; [`session`] knows what
//! these mean at its point of the conversation and reads the data by their [`datainfo`].

mod causes;
pub mod datainfo;
pub mod description;
pub mod identity;
pub mod message;
pub mod session;
pub mod simulator;
pub mod violation;

use super::options::Options;
use super::{Protocol, Session};
use session::SecopSession;

/// SECoP.
pub const PROTOCOL: Protocol = Protocol {
    id: "secop",
    title: "SECoP",
    example: "ws://cryo3.lab:10768",
    usual: "",
    is_tried: true,
    schemes: &[("secop", "ws"), ("secops", "wss")],
    subprotocols: &[],
    variants: None,
    url: None,
    options: &[],
    definitions: None,
    later: None,
    session,
    causes: causes::causes,
    demos: simulator::DEMOS,
};

fn session(_options: &Options) -> Box<dyn Session> {
    Box::new(SecopSession::new())
}
