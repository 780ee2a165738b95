//! Channels and readings as plain data.
//!
//! Nothing in here knows a socket, a clock, a protocol or a reactive signal: time is a parameter, and what
//! instruments say arrives as [`Event`]s.

pub mod alarm;
pub mod arrange;
pub mod axis;
pub mod base64;
pub mod calendar;
pub mod catalog;
pub mod chart;
pub mod curve;
pub mod datatype;
mod decimal;
pub mod decimate;
pub mod describe;
pub mod display;
pub mod entry;
pub mod event;
pub mod form;
pub mod format;
pub mod frames;
pub mod heat;
pub mod hex;
pub mod history;
pub mod json;
pub mod ledger;
pub mod letters;
pub mod limits;
pub mod link;
pub mod named;
pub mod number;
pub mod order;
pub mod quality;
pub mod reading;
pub mod slots;
pub mod store;
pub mod time;
pub mod value;
mod whole;
pub mod write;

pub use catalog::{Access, Catalog, Channel, Command, Group, Level, Role};
pub use datatype::DataType;
pub use event::{Event, Notice, Outcome, Request, RequestId};
pub use link::{Epoch, LinkState};
pub use quality::Quality;
pub use reading::{Reading, Report, Severity, State};
pub use store::{ChannelId, ConnectionId, Store};
pub use time::{Instant, Now, Timestamp};
pub use value::Value;
