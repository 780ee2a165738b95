//! ETP, the Energistics Transfer Protocol, in its versions 1.1 and 1.2.
//!
//! From a frame to its meaning: [`avro`] reads bytes, [`header`] what stands before each message, [`v11`] and [`v12`] the
//! messages of a version and its data. A frame in the JSON encoding becomes one in binary first: [`json`].

pub mod avro;
pub mod header;
pub mod item;
pub mod json;
mod later;
pub mod parts;
pub mod schema;
pub mod v11;
pub mod v12;
pub mod version;
