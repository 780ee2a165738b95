//! Any WebSocket, described by a document instead of a program.
pub mod simulator;
