//! Connectors: any WebSocket device, described by a document instead of code.

pub mod definition;
pub mod extract;
