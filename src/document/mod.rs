//! What people save.

pub mod deeplink;
