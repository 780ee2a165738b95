//! Texts to copy, and the button that puts one on the clipboard.

use crate::state::signal::RwSignal;
use crate::ui::dom::{IntoView, component, view};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// The button. Where the browser refuses, the text beside it can still be selected, and the button says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let label = RwSignal::new("Copy");
    let copy = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            let copied = write(&text).await;
            // The button may have gone meanwhile.
            label.try_set(if copied { "Copied" } else { "Select it to copy" });
        });
    };
    view! {
        <button class="btn quiet small" type="button" on:click=copy>
            {label}
        </button>
    }
}

/// Lines to copy, with the button beside them; nothing where there are none.
#[component]
pub fn Snippet(
    /// The lines.
    text: String,
) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <div class="snippet">
                <pre>{text.clone()}</pre>
                <CopyButton text />
            </div>
        }
    })
}

async fn write(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    // A page that came over plain http from another machine has no clipboard at all.
    let absent = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .map_or(true, |clipboard| clipboard.is_undefined());
    !absent && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
