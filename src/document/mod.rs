//! What people save.
