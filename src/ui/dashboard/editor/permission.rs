//! Armed or not, where somebody is about to write: the badge, the sentence with its button, and the reason for a
//! refusal.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::model::store::ConnectionId;
use crate::model::write::Refusal;
use crate::state::App;
use crate::ui::icons::Icon;

/// How long writing stays allowed; nothing where it is not.
pub fn armed_badge(app: App, connection: ConnectionId) -> impl IntoView {
    let shown = app.connection(connection);
    move || {
        let left = shown.with(|shown| shown.as_ref().and_then(|shown| shown.armed.clone()))?;
        Some(view! { <span class="state warn">{Icon::Unlocked.view()} "armed · " {left} " left"</span> })
    }
}

/// Why nothing can be written now, if so. Where it only has to be armed, the button for it stands here.
#[component]
pub fn Permission(
    /// Whose writes.
    connection: ConnectionId,
    /// The reason, if there is one.
    refusal: Memo<Option<Refusal>>,
) -> impl IntoView {
    let app = App::expect();
    move || {
        refusal.get().map(|refusal| match refusal {
            Refusal::NotArmed => {
                let name = app.title(connection);
                view! {
                    <div class="permission">
                        {Icon::Lock.view()} <p>{format!("{name} is read-only until you arm it.")}</p>
                        <button
                            type="button"
                            class="btn"
                            on:click=move |event| {
                                app.arm(connection);
                                back_to_the_entry(&event);
                            }
                        >
                            "Arm"
                        </button>
                    </div>
                }
                .into_any()
            }
            Refusal::Gone
            | Refusal::ReadOnly
            | Refusal::Replay
            | Refusal::NoLink
            | Refusal::Silent
            | Refusal::Congested
            | Refusal::Paused
            | Refusal::Stale => view! {
                <p class="problem" role="status">
                    "Cannot be written now: "
                    {refusal.to_string()}
                    "."
                </p>
            }
            .into_any(),
        })
    }
}

/// The button goes once it was pressed: the focus moves to where the entry begins.
fn back_to_the_entry(event: &web_sys::MouseEvent) {
    let form = event_target::<web_sys::Element>(event).closest("form").ok().flatten();
    let first = form.and_then(|form| form.query_selector("[autofocus]").ok().flatten());
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only where the element has left the page already.
        drop(first.focus());
    }
}
