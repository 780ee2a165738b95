//! The short way to write on a card: what is entered here goes to the dialog. Nothing is written from here.

use leptos::prelude::*;

use crate::model::datatype::DataType;
use crate::model::display::harmless;
use crate::model::entry;
use crate::model::form;
use crate::model::store::ChannelId;
use crate::model::value::Value;
use crate::state::signal::{Memo, RwSignal, Signal};
use crate::state::{App, Dialog, Text};
use crate::ui::dom::{CollectView as _, IntoView, Nodes, component, view};
use crate::ui::icons::Icon;

/// How much of a path stands in an accessible name.
const NAME_CHARS: usize = 60;
/// How much of a unit is shown.
const UNIT_CHARS: usize = 24;

/// A field and a button on a card.
#[component]
pub fn QuickSet(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let app = App::expect();
    let place = app.with_store(|store| store.channel(id).map(|record| record.connection));
    let (Some(channel), Some(connection)) = (app.channel(id), place) else { return Nodes::Nothing };
    let (shown, present) = (app.watch(id), app.watch_text(id));
    let text = RwSignal::new(String::new());
    let refusal = Memo::new(move || {
        shown.track();
        app.track_writes(connection);
        app.may_write(id).err()
    });
    let locked = move || refusal.with(Option::is_some);
    let why_id = format!("quick-set-{}", id.0);
    let label = format!("New value for {}", harmless(&channel.path, NAME_CHARS));
    let input = match &channel.data_type {
        DataType::Bool => {
            let options = [("true".to_owned(), "true".to_owned()), ("false".to_owned(), "false".to_owned())];
            dropdown(options.into(), present, text, &label, &why_id)
        }
        DataType::Enum(members) => {
            let options = members.iter().map(|member| {
                let value = Value::Enum { code: member.code, label: None };
                (entry::to_text(&channel.data_type, &value), form::member_title(member))
            });
            dropdown(options.collect(), present, text, &label, &why_id)
        }
        DataType::Integer(_) | DataType::Number(_) | DataType::Text(_) => {
            let unit = harmless(channel.data_type.unit(), UNIT_CHARS);
            view! {
                <span class="field">
                    <input
                        autocomplete="off"
                        spellcheck="false"
                        aria-label=label
                        aria-describedby=why_id.clone()
                        placeholder=move || present.read().value.to_string()
                        prop:value=text
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                    <span class="u">{unit}</span>
                </span>
            }
        }
        DataType::Bytes { .. }
        | DataType::Array { .. }
        | DataType::Tuple(_)
        | DataType::Record(_)
        | DataType::Matrix { .. }
        | DataType::Json => Nodes::Nothing,
    };
    let open = move || {
        app.open(Dialog::Write(id, text.get_untracked()));
        text.set(String::new());
    };
    let why = move || match refusal.get() {
        Some(refusal) => format!("Set opens the dialog; nothing can be written now: {refusal}."),
        None => "Set opens the dialog, where it is written.".to_owned(),
    };
    view! {
        <form
            class="quick-set"
            class:locked=locked
            title=why
            on:submit=move |event| {
                event.prevent_default();
                open();
            }
        >
            {input}
            <button type="submit" class="btn small" aria-describedby=why_id.clone() aria-haspopup="dialog">
                {move || locked().then(|| Icon::Lock.view())}
                "Set"
                <span class="visually-hidden">{format!(" {}", harmless(&channel.path, NAME_CHARS))}</span>
            </button>
            <span class="visually-hidden" id=why_id>
                {why}
            </span>
        </form>
    }
}

fn dropdown(
    options: Vec<(String, String)>,
    present: Signal<Text>,
    text: RwSignal<String>,
    label: &str,
    why_id: &str,
) -> Nodes {
    let options = options
        .into_iter()
        .map(|(value, title)| view! { <option value=value>{title}</option> })
        .collect_view();
    view! {
        <select
            aria-label=label.to_owned()
            aria-describedby=why_id.to_owned()
            prop:value=text
            on:change=move |event| text.set(event_target_value(&event))
        >
            <option value="">{move || present.read().value.to_string()}</option>
            {options}
        </select>
    }
}
