//! Single keys for the whole page.
//!
//! A key fires only where nobody could have meant it for something else: not in a field, not in front of a dialog,
//! not with a modifier. All of them can be switched off.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::state::{App, ConnectRequest, Dialog, View};

/// What a single key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Stops or resumes the display.
    PauseOrResume,
    /// Goes to the filter of the tree.
    Filter,
    /// Opens a view.
    Show(View),
    /// Opens the dialog that asks for a connection.
    Connect,
    /// Opens the dialog that lists the keys.
    Keys,
}

/// The keys, as the dialog lists them: what the key is called, what the browser calls it, what it does.
pub const KEYS: [(&str, &str, Action, &str); 7] = [
    ("Space", " ", Action::PauseOrResume, "Pause or resume the display"),
    ("/", "/", Action::Filter, "Filter the channels"),
    ("1", "1", Action::Show(View::Dashboard), "Dashboard"),
    ("2", "2", Action::Show(View::Subscriptions), "Subscriptions"),
    ("3", "3", Action::Show(View::Frames), "Frames"),
    ("c", "c", Action::Connect, "Connect to a device"),
    ("?", "?", Action::Keys, "These keys and the settings"),
];

/// Keys that work everywhere and cannot be switched off.
pub const FIXED_KEYS: [(&str, &str); 7] = [
    ("Tab", "Go to the next button or field"),
    ("Enter", "Press the button, or send the form"),
    ("Esc", "Close the dialog"),
    ("S", "In the tree: subscribe to a channel, or no more"),
    ("+ −", "In a plot: a shorter or a longer time"),
    ("← →", "In a plot: earlier or later; with Shift, read it out"),
    ("Home", "In a plot: back to the present"),
];

/// Where a key is meant for what has the focus.
const TYPING: &str = "input, textarea, select, [contenteditable]:not([contenteditable=false]), dialog";
/// What the space bar presses, opens or scrolls.
const USES_SPACE: &str = "button, a, summary, [role=button], [tabindex]";

/// Listens to single keys for as long as the page lives.
pub fn listen(app: App) {
    let listener = window_event_listener(ev::keydown, move |event| {
        if let Some(action) = action_of(app, &event) {
            event.prevent_default();
            perform(app, action);
        }
    });
    on_cleanup(move || listener.remove());
}

fn action_of(app: App, event: &KeyboardEvent) -> Option<Action> {
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    if modified || event.repeat() || event.is_composing() || event.default_prevented() {
        return None;
    }
    if !app.settings.with_untracked(|settings| settings.single_keys)
        || app.dialog.with_untracked(Option::is_some)
    {
        return None;
    }
    let (_, _, action, _) = KEYS.into_iter().find(|(_, key, _, _)| *key == event.key())?;
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_in = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
    };
    if is_in(TYPING) || (action == Action::PauseOrResume && is_in(USES_SPACE)) {
        return None;
    }
    is_useful(app, action).then_some(action)
}

/// On the first screen without any connection there is nothing to pause, to filter or to show.
fn is_useful(app: App, action: Action) -> bool {
    let connected = app.connections.with_untracked(|connections| !connections.is_empty());
    match action {
        Action::PauseOrResume | Action::Filter => connected && app.view.get_untracked() != View::Start,
        Action::Show(_) => connected,
        Action::Connect | Action::Keys => true,
    }
}

fn perform(app: App, action: Action) {
    match action {
        Action::PauseOrResume => app.set_paused(!app.paused.get_untracked()),
        Action::Filter => {
            let filter = web_sys::window()
                .and_then(|window| window.document())
                .and_then(|document| document.get_element_by_id("tree-filter"))
                .and_then(|filter| filter.dyn_into::<HtmlElement>().ok());
            if let Some(filter) = filter {
                // Fails only for what has left the page.
                drop(filter.focus());
            }
        }
        Action::Show(view) => app.view.set(view),
        Action::Connect => app.open(Dialog::Connect(ConnectRequest::default())),
        Action::Keys => app.open(Dialog::Keys),
    }
}
