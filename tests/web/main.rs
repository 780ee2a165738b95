//! Tests that need a browser: what the native tests cannot reach.
//!
//! `make test` runs them in headless Chromium; alone: `tools/with cargo test --target wasm32-unknown-unknown --test web`
//! with `CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner`.
#![cfg(target_arch = "wasm32")]

mod axes;
mod clock;
mod connect;
mod connection;
mod dashboard;
mod dom;
mod editor;
mod keys;
mod signal;
mod support;
mod timer;
mod write;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
