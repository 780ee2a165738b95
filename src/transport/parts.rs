//! Parts of the program that are loaded when they are first needed: one for each protocol, one for the simulators, and one
//! for the views that come later.
//!
//! `tools/split.mjs` cuts them off a release page. Until a part is here, nothing of `protocol::<name>` may be called
//! but its `causes`: the driver sees to it before it dials.

use wasm_bindgen::prelude::*;

use super::words_of;

/// The part with the simulators of all protocols.
pub(super) const DEMO: &str = "demo";
/// The part with the views and dialogs that the first values do not need.
pub const REST: &str = "more";

#[wasm_bindgen(module = "/src/transport/parts.js")]
extern "C" {
    #[wasm_bindgen(js_name = loadPart, catch)]
    async fn load_part(name: &str, program: &JsValue) -> Result<JsValue, JsValue>;
}

/// Loads those that are not here yet.
///
/// # Errors
///
/// What the browser says where one could not be had; may be empty.
pub async fn load(names: &[&'static str]) -> Result<(), String> {
    for name in names {
        load_part(name, &wasm_bindgen::exports()).await.map_err(|error| words_of(&error))?;
    }
    Ok(())
}
