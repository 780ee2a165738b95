//! A dialog in front of the page: the browser's own `<dialog>`, which keeps the focus and closes on Escape.

use crate::state::signal::{Signal, StoredValue};
use crate::ui::dom::{Children, IntoView, NodeRef, ViewFn, component, view, watch};

/// A dialog. It opens as soon as it is there, and calls `on_close` once it was closed, by whatever means.
#[component]
pub fn Modal(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// It was closed.
    on_close: impl Fn() + Copy + 'static,
    /// Wide enough for tables.
    #[prop(optional)]
    wide: bool,
    /// What stands at the right of the heading.
    #[prop(optional, into)]
    badge: ViewFn,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<web_sys::HtmlDialogElement>::new();
    watch(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // Fails only where the dialog is open or has left the page already.
            drop(dialog.show_modal());
        }
    });
    // The browser tells of a closed dialog a moment later, when another may be in its place. It is over at once.
    let closed = StoredValue::new(false);
    let close = move || {
        if closed.try_get_value() != Some(false) {
            return;
        }
        closed.set_value(true);
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
        on_close();
    };
    view! {
        <dialog
            class="dialog"
            class:wide=wide
            aria-label=move || title.get()
            node_ref=node
            on:cancel=move |event| {
                event.prevent_default();
                close();
            }
            on:close=move |_| close()
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
