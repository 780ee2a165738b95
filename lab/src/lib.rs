//! Porthole's simulators on real sockets, with faults on demand: for tests, benches and people.
//!
//! Three servers, each on a thread of its own and bound to 127.0.0.1 alone:
//!
//! | server | what is behind it |
//! |---|---|
//! | [`serve_simulator`] | a [`porthole::protocol::Simulator`] behind a WebSocket |
//! | [`serve_proxy`] | any other server on this machine |
//! | [`serve_load`] | a SECoP node that sends as many updates as asked |
//!
//! Faults of the wire ([`Wire`], [`Strike`]) work the same on all of them, because each connection runs through the
//! same [`relay`]. This crate does not decode what instruments say.

mod clock;
mod control;
mod handshake;
mod instruments;
mod load;
mod proxy;
pub mod relay;
mod server;
mod simulator;

pub use control::{CommandError, MakeWithQuirks, run_command};
pub use instruments::{Instrument, UnknownQuirk};
pub use load::{Load, serve_load};
pub use proxy::serve_proxy;
pub use relay::{Strike, Wire};
pub use server::{Counts, Server};
pub use simulator::{MakeSimulator, serve_simulator};
