//! The One Platform of Exosite: remote procedure calls over a WebSocket.

pub mod simulator;
