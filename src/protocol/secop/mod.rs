//! SECoP 1.0, 1.1 and 2.0 over WebSocket (RFC-107).

use super::{Attempt, Protocol, Session};
use crate::model::link::Cause;

/// SECoP.
pub const PROTOCOL: Protocol = Protocol {
    id: "secop",
    title: "SECoP",
    example: "ws://cryo3.lab:10768",
    schemes: &[("secop", "ws"), ("secops", "wss")],
    subprotocols: &[],
    session,
    causes,
    demos: &[],
};

fn session() -> Box<dyn Session> {
    unimplemented!()
}

fn causes(_attempt: &Attempt<'_>) -> Vec<Cause> {
    Vec::new()
}
