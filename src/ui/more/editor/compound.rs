//! Editors of what has parts: lists, tuples and records as fields, or the whole as JSON.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::draft::{Draft, Fields, Member};
use super::scalar::{area, wrongness};
use super::{Field, NAME_CHARS, editor, note};
use crate::model::datatype::DataType;
use crate::model::display::harmless;
use crate::model::form::{self, FORM_ITEMS};
use crate::state::signal::{ArcRwSignal, Memo};
use crate::ui::dom::{CollectView as _, IntoView, Nodes, view};
use crate::ui::icons::Icon;

/// A list, a tuple or a record.
pub(super) fn view(field: &Field) -> Nodes {
    let as_json = {
        let draft = field.draft.clone();
        Memo::new(move || draft.json.with(Option::is_some))
    };
    let (whole, parts) = (field.clone(), field.clone());
    view! {
        <fieldset class="entry entry-group">
            <legend>{field.label.clone()}</legend>
            {toggle(field, as_json)}
            {move || if as_json.get() { json(&whole) } else { fields(&parts) }}
        </fieldset>
    }
}

/// The choice between fields and JSON. Of nested parts only those that are JSON already have it.
fn toggle(field: &Field, as_json: Memo<bool>) -> impl IntoView + use<> {
    let outermost = field.outermost;
    let draft = field.draft.clone();
    let stuck = {
        let draft = draft.clone();
        move || as_json.get() && draft.value_for_fields().is_none()
    };
    let why = stuck.clone();
    let switch = move |_| if as_json.get_untracked() { draft.to_fields() } else { draft.to_json() };
    view! {
        <Show when=move || outermost || as_json.get()>
            <button
                type="button"
                class="btn quiet small entry-toggle"
                disabled=stuck.clone()
                title={
                    let why = why.clone();
                    move || if why() { "Too large for fields, or not yet readable" } else { "" }
                }
                on:click=switch.clone()
            >
                {move || if as_json.get() { "Edit in fields" } else { "Edit as JSON" }}
            </button>
        </Show>
    }
}

fn json(field: &Field) -> Nodes {
    let (shown, typed) = (field.draft.json.clone(), field.draft.json.clone());
    let (wrong, invalid) = (wrongness(field), wrongness(field));
    view! {
        <label class="visually-hidden" for=field.id()>
            {field.label.clone()}
            " as JSON"
        </label>
        <div class="field" class:wrong=wrong>
            {area(
                field,
                true,
                move || shown.get().unwrap_or_default(),
                move |text| typed.set(Some(text)),
                invalid,
            )}
        </div>
        {note(field)}
    }
}

fn fields(field: &Field) -> Nodes {
    match &field.draft.fields {
        Fields::List { items, .. } => list(field, items),
        Fields::Members(members) => {
            let members = members.iter().enumerate();
            let parts =
                members.map(|(index, member)| view_of_member(member, field.takes_focus && index == 0));
            parts.collect_view()
        }
        // Too large for fields: it is JSON, and `json` shows it.
        Fields::Switch(_) | Fields::Choice(_) | Fields::Text(_) => Nodes::Nothing,
    }
}

fn view_of_member(member: &Member, takes_focus: bool) -> Nodes {
    let part = Field::part(&member.draft, &member.place, takes_focus);
    let Some(included) = member.included.clone() else { return editor(&part) };
    let name = harmless(&member.place, NAME_CHARS);
    let (checked, change, is_included) = (included.clone(), included.clone(), included);
    view! {
        <div class="entry-optional">
            <label class="entry-leave">
                <input
                    type="checkbox"
                    prop:checked=move || !checked.get()
                    on:change=move |event| change.set(!event_target_checked(&event))
                />
                "leave out "
                {name}
            </label>
            {move || is_included.get().then(|| editor(&part))}
        </div>
    }
}

fn list(field: &Field, items: &ArcRwSignal<Vec<Draft>>) -> Nodes {
    let max = match &*field.draft.data_type {
        DataType::Array { max_len, .. } => max_len.and_then(|max| usize::try_from(max).ok()),
        _ => None,
    };
    let length = {
        let items = items.clone();
        Memo::new(move || items.with(Vec::len))
    };
    let full = move || max.is_some_and(|max| length.get() >= max) || length.get() >= FORM_ITEMS;
    let rows = {
        let (field, items) = (field.clone(), items.clone());
        let all = move || items.get().into_iter().enumerate().collect();
        let key = |(index, item): &(usize, Draft)| format!("{index} {}", item.key());
        let child = move |(index, item): (usize, Draft)| row(&field, index, &item);
        view! { <For each=all key=key children=child /> }
    };
    let add = {
        let draft = field.draft.clone();
        move |_| draft.add_item()
    };
    let mistake = {
        let draft = field.draft.clone();
        Memo::new(move || draft.own_mistake())
    };
    let label = field.label.clone();
    let hint = form::hint(&field.draft.data_type, field.limits.get_untracked());
    let words = move || match mistake.get() {
        Some(error) => format!("{label} {error}"),
        None if length.get() >= FORM_ITEMS => format!("more than {FORM_ITEMS} items are edited as JSON"),
        None => hint.clone(),
    };
    view! {
        <ol class="entry-items">{rows}</ol>
        <div class="entry-more">
            <button type="button" class="btn small" disabled=full on:click=add>
                "Add item"
            </button>
            <p class="entry-note" class:problem=move || mistake.get().is_some()>
                {words}
            </p>
        </div>
    }
}

fn row(field: &Field, index: usize, item: &Draft) -> impl IntoView + use<> {
    let part = Field::part(item, &format!("[{index}]"), field.takes_focus && index == 0);
    let key = item.key();
    let (raise, remove) = (field.draft.clone(), field.draft.clone());
    view! {
        <li>
            {editor(&part)} <div class="entry-tools">
                <button
                    type="button"
                    class="btn quiet small"
                    disabled=index == 0
                    aria-label=format!("Move item {index} up")
                    title="Move up"
                    on:click=move |event| {
                        raise.raise_item(key);
                        stay_with(&event, index.saturating_sub(1));
                    }
                >
                    "↑"
                </button>
                <button
                    type="button"
                    class="btn quiet small"
                    aria-label=format!("Remove item {index}")
                    title="Remove"
                    on:click=move |event| {
                        remove.remove_item(key);
                        stay_with(&event, index);
                    }
                >
                    {Icon::Cross.view()}
                </button>
            </div>
        </li>
    }
}

/// Puts the focus into the row that now stands where the person's attention is: the one that was pressed is made anew.
fn stay_with(event: &MouseEvent, index: usize) {
    let Some(list) = event_target::<Element>(event).closest("ol").ok().flatten() else { return };
    request_animation_frame(move || {
        let rows = list.children();
        let row =
            u32::try_from(index).ok().and_then(|index| rows.item(index.min(rows.length().saturating_sub(1))));
        let button =
            row.and_then(|row| row.query_selector(".entry-tools button:not(:disabled)").ok().flatten());
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            // Fails only where the element has left the page already.
            drop(button.focus());
        }
    });
}
