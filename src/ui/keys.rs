//! Single keys for the whole page, and the dialog that lists them beside the settings.
//!
//! A key fires only where nobody could have meant it for something else: not in a field, not in front of a dialog,
//! not with a modifier. All of them can be switched off.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::modal::Modal;
use crate::document::workspace::Theme;
use crate::model::catalog::Level;
use crate::state::signal::Signal;
use crate::state::{App, ConnectRequest, Dialog, View};
use crate::ui::dom::{CollectView as _, IntoView, component, view};

/// What a single key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    PauseOrResume,
    Filter,
    Show(View),
    Connect,
    Keys,
}

/// The keys, as the dialog lists them: what the key is called, what the browser calls it, what it does.
const KEYS: [(&str, &str, Action, &str); 7] = [
    ("Space", " ", Action::PauseOrResume, "Pause or resume the display"),
    ("/", "/", Action::Filter, "Filter the channels"),
    ("1", "1", Action::Show(View::Dashboard), "Dashboard"),
    ("2", "2", Action::Show(View::Subscriptions), "Subscriptions"),
    ("3", "3", Action::Show(View::Frames), "Frames"),
    ("c", "c", Action::Connect, "Connect to a device"),
    ("?", "?", Action::Keys, "These keys and the settings"),
];

/// Keys that work everywhere and cannot be switched off.
const FIXED_KEYS: [(&str, &str); 6] = [
    ("Tab", "Go to the next button or field"),
    ("Enter", "Press the button, or send the form"),
    ("Esc", "Close the dialog"),
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

/// All keys, the switch that turns them off, and the settings of the page.
#[component]
pub fn KeysDialog(
    /// It was closed.
    on_close: impl Fn() + Copy + 'static,
) -> impl IntoView {
    view! {
        <Modal title="Keys and settings" on_close=on_close>
            <table class="keys">
                <caption class="visually-hidden">"Keys"</caption>
                <tbody>
                    {KEYS
                        .into_iter()
                        .map(|(name, _, _, what)| (name, what))
                        .chain(FIXED_KEYS)
                        .map(|(name, what)| {
                            view! {
                                <tr>
                                    <th scope="row">
                                        <kbd>{name}</kbd>
                                    </th>
                                    <td>{what}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
            <SettingsFields />
        </Modal>
    }
}

#[component]
fn SettingsFields() -> impl IntoView {
    let app = App::expect();
    let single_keys = move || app.settings.read().single_keys;
    view! {
        <label class="switch">
            <input
                type="checkbox"
                prop:checked=single_keys
                on:change=move |event| {
                    let on = event_target_checked(&event);
                    app.settings.update(|settings| settings.single_keys = on);
                }
            />
            <span>"Single keys are on"</span>
        </label>
        <Choice
            legend="Look"
            options=&[("As the system", Theme::System), ("Dark", Theme::Dark), ("Light", Theme::Light)]
            chosen=Signal::derive(move || app.settings.read().theme)
            choose=move |theme| app.settings.update(|settings| settings.theme = theme)
        />
        <Choice
            legend="Times"
            options=&[("UTC", true), ("As this computer", false)]
            chosen=Signal::derive(move || app.settings.read().utc)
            choose=move |utc| app.settings.update(|settings| settings.utc = utc)
        />
        <Choice
            legend="Show what concerns"
            options=&[("Users", Level::User), ("Advanced users", Level::Advanced), ("Experts", Level::Expert)]
            chosen=Signal::derive(move || app.settings.read().level)
            choose=move |level| app.settings.update(|settings| settings.level = level)
        />
    }
}

/// One of a few.
#[component]
fn Choice<T>(
    legend: &'static str,
    options: &'static [(&'static str, T)],
    chosen: Signal<T>,
    choose: impl Fn(T) + Copy + 'static,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            {options
                .iter()
                .copied()
                .map(|(label, option)| {
                    view! {
                        <label>
                            <input
                                type="radio"
                                name=legend
                                prop:checked=move || chosen.get() == option
                                on:change=move |_| choose(option)
                            />
                            <span>{label}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}
