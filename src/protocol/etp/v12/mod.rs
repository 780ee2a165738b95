//! ETP v1.2: its schema, and the way of its data into the rings.
//!
//! Source: the v1.2 schema.

pub mod data;
pub mod datatypes;
pub mod messages;
