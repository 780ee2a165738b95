//! Armed or not, where somebody is about to write: the badge, the sentence with its button, and the reason for a
//! refusal.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::model::display::{CELL_CHARS, harmless};
use crate::model::store::ConnectionId;
use crate::model::write::Refusal;
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{IntoView, component, view};
use crate::ui::icons::Icon;

/// How long writing stays allowed; nothing where it is not.
pub fn armed_badge(app: App, connection: ConnectionId) -> impl IntoView {
    let shown = app.connection(connection);
    move || {
        let left = shown.with(|shown| shown.as_ref().and_then(|shown| shown.armed.clone()))?;
        Some(view! { <span class="state warn">{Icon::Unlocked.view()} "armed · " {left} " left"</span> })
    }
}

/// The frame that will be sent, for those who want to read it before.
pub fn sends(frame: Memo<Option<String>>) -> impl IntoView {
    move || {
        let frame = harmless(&frame.get()?, CELL_CHARS);
        Some(view! { <p class="sends">"Sends " <code>{frame}</code></p> })
    }
}

/// Whether anything can be written now, and if not, why. Where it only has to be armed, the button for it stands
/// here. The line is always there, so that nothing moves.
#[component]
pub fn Permission(
    /// Whose writes.
    connection: ConnectionId,
    /// The reason against it, if there is one.
    refusal: Memo<Option<Refusal>>,
    /// It changes nothing, so it needs no arming.
    #[prop(optional)]
    asks_only: bool,
) -> impl IntoView {
    let app = App::expect();
    let line = move || match refusal.get() {
        None if asks_only => view! { <p>"It only asks: nothing changes, and nothing needs to be armed."</p> },
        None => {
            let words = format!("{} is armed.", app.title(connection));
            view! {
                {Icon::Unlocked.view()}
                <p>{words}</p>
            }
        }
        Some(Refusal::NotArmed) => {
            let words = format!("{} is read-only until you arm it.", app.title(connection));
            let arm = move |event| {
                app.arm(connection);
                back_to_the_entry(&event);
            };
            view! {
                {Icon::Lock.view()}
                <p>{words}</p>
                <button type="button" class="btn" on:click=arm>
                    "Arm"
                </button>
            }
        }
        Some(
            refusal @ (Refusal::Gone
            | Refusal::ReadOnly
            | Refusal::Replay
            | Refusal::NoLink
            | Refusal::Silent
            | Refusal::Congested
            | Refusal::Paused
            | Refusal::Stale),
        ) => {
            let words = format!("Not now: {refusal}.");
            view! {
                {Icon::Lock.view()}
                <p class="problem">{words}</p>
            }
        }
    };
    view! {
        <div class="permission" role="status">
            {line}
        </div>
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
