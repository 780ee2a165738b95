//! Porthole: a window onto lab instruments.
//!
//! The layers, from what is plain data to what a person sees:
//!
//! | module | what it holds | may use |
//! |---|---|---|
//! | [`model`] | channels, readings, quality, history: plain data | nothing |
//! | [`document`] | what people save: versioned JSON | `model` |
//! | [`protocol`] | what instruments speak: sans-IO sessions and simulators | `model` |
//! | `transport` | sockets, the in-page simulator, replay, the driver (wasm) | `protocol`, `model` |
//! | `state` | reactive signals, drained once an animation frame (wasm) | `transport`, `document`, `model` |
//! | `ui` | the page (wasm) | `state`, `document`, `model` |
//!
//! Nothing points back; `tests/layer_rule.rs` checks it. `ARCHITECTURE.md` follows one reading through them.

// The macros of `view` name the renderer by its full path, from here and from the tests alike.
extern crate self as porthole;

pub mod document;
pub mod model;
pub mod protocol;

#[cfg(target_arch = "wasm32")]
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod transport;
#[cfg(target_arch = "wasm32")]
pub mod ui;

/// Mounts the page on the document's body.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    // The release page has no messages of panics: see ARCHITECTURE.md.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    ui::mount();
}
