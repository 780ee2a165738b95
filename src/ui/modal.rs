//! A dialog in front of the page: the browser's own `<dialog>`, which keeps the focus and closes on Escape.

use leptos::html::Dialog;
use leptos::prelude::*;

/// A dialog. It opens as soon as it is there, and calls `on_close` once it was closed, by whatever means.
#[component]
pub fn Modal(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// It was closed.
    on_close: impl Fn() + 'static,
    /// Wide enough for tables.
    #[prop(optional)]
    wide: bool,
    /// What stands at the right of the heading.
    #[prop(optional, into)]
    badge: ViewFn,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // Fails only where the dialog is open or has left the page already.
            drop(dialog.show_modal());
        }
    });
    let close = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog
            class="dialog"
            class:wide=wide
            aria-label=move || title.get()
            node_ref=node
            on:close=move |_| on_close()
            // A click beside the dialog hits the dialog itself, a click inside one of its children.
            on:click=move |event| {
                let target = event.target().map(wasm_bindgen::JsValue::from);
                if target == node.get_untracked().map(|dialog| wasm_bindgen::JsValue::from((*dialog).clone())) {
                    close();
                }
            }
        >
            <div class="dialog-body">
                <header>
                    <h2>{move || title.get()}</h2>
                    <span class="grow"></span>
                    {badge.run()}
                    <button class="btn quiet small" aria-label="Close" on:click=move |_| close()>
                        {super::icons::Icon::Cross.view()}
                    </button>
                </header>
                {children()}
            </div>
        </dialog>
    }
}
