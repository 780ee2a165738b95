//! What several tests share. Each test file is a program of its own and uses a part of it.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part, and nobody else can")]

pub mod bench;
pub mod clock;
pub mod connector_bench;
pub mod etp_schema;
pub mod etp_vectors;
pub mod exosite_bench;
pub mod fake_session;
pub mod onem2m_bench;
pub mod pair;
pub mod secop_bench;
pub mod session_bench;
