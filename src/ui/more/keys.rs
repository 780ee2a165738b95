//! The dialog that lists the keys beside the settings of the page.

use leptos::prelude::*;

use crate::document::workspace::Theme;
use crate::model::catalog::Level;
use crate::state::App;
use crate::state::signal::Signal;
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::keys::{FIXED_KEYS, KEYS};
use crate::ui::modal::Modal;

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
