//! SECoP 1.0, 1.1 and 2.0 over WebSocket (RFC-107).

pub mod simulator;

use super::{Attempt, Demo, Protocol, Session};
use simulator::{Quirks, SecopSimulator};

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
    demos: &[
        Demo {
            id: "cryo-3",
            title: "Cryo-3",
            simulator: |seed| Box::new(SecopSimulator::cryo3(seed, Quirks::default())),
        },
        Demo {
            id: "qms-1",
            title: "Mass spectrometer",
            simulator: |seed| Box::new(SecopSimulator::mass_spectrometer(seed, Quirks::default())),
        },
    ],
};

fn session() -> Box<dyn Session> {
    unimplemented!()
}

fn causes(_attempt: &Attempt<'_>) -> Vec<Cause> {
    Vec::new()
}
