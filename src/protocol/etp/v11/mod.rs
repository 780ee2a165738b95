//! ETP v1.1: its schema, and the way of its data into the rings.
//!
//! Source: the v1.1 documentation (topics ETP-000-NNN) and its schema.

pub mod data;
pub mod datatypes;
pub mod messages;
