//! The form of a dialog that sends something.

use crate::ui::dom::{Children, IntoView, component, view};

/// A form that sends with its button or with Enter.
#[component]
pub fn SendForm(
    /// What sends.
    submit: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="write"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
            // An Enter that is held down since before the dialog came must not go through to it.
            on:keydown=|event| {
                if event.repeat() && event.key() == "Enter" {
                    event.prevent_default();
                }
            }
        >
            {children()}
        </form>
    }
}
