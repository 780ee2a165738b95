//! Editors of what has no parts: switches, choices, numbers, texts, bytes, and JSON as text.

use leptos::prelude::*;

use super::{Field, note};
use crate::model::datatype::{DataType, EnumMember};
use crate::model::display;
use crate::model::form;
use crate::model::limits::Limits;
use crate::state::signal::{ArcRwSignal, Memo};
use crate::ui::dom::{CollectView as _, IntoView, Nodes, view};

/// A list with at most so many members is shown whole.
const RADIO_MEMBERS: usize = 4;

/// True or false.
pub(super) fn switch(field: &Field, on: &ArcRwSignal<Option<bool>>) -> Nodes {
    let first = on.get_untracked().unwrap_or(true);
    let choices = [true, false]
        .into_iter()
        .map(|value| {
            let (state, chosen) = (on.clone(), on.clone());
            radio(
                field,
                value == first,
                value.to_string(),
                move || state.get() == Some(value),
                move || chosen.set(Some(value)),
            )
        })
        .collect_view();
    radio_group(field, choices)
}

/// One of a list: all of it where it is short.
pub(super) fn choice(field: &Field, chosen: &ArcRwSignal<Option<i64>>) -> Nodes {
    let members = field.draft.members();
    if members.len() > RADIO_MEMBERS {
        return dropdown(field, members, chosen);
    }
    let first = chosen.get_untracked().or_else(|| members.first().map(|member| member.code));
    let choices = members
        .iter()
        .map(|member| {
            let (state, chosen, code) = (chosen.clone(), chosen.clone(), member.code);
            radio(
                field,
                Some(code) == first,
                form::member_title(member),
                move || state.get() == Some(code),
                move || chosen.set(Some(code)),
            )
        })
        .collect_view();
    radio_group(field, choices)
}

fn radio_group(field: &Field, choices: impl IntoView) -> Nodes {
    view! {
        <fieldset class="entry entry-choices" role="radiogroup">
            <legend>{field.label.clone()}</legend>
            {choices}
        </fieldset>
    }
}

fn radio(
    field: &Field,
    first: bool,
    title: String,
    is_chosen: impl Fn() -> bool + Send + Sync + Clone + 'static,
    choose: impl Fn() + Send + Sync + 'static,
) -> Nodes {
    let focus = field.takes_focus && first;
    let checked = is_chosen.clone();
    view! {
        <label class="entry-choice" class:chosen=is_chosen>
            <input type="radio" name=field.id() autofocus=focus prop:checked=checked on:change=move |_| choose() />
            {title}
        </label>
    }
}

fn dropdown(field: &Field, members: &[EnumMember], chosen: &ArcRwSignal<Option<i64>>) -> Nodes {
    let options = members
        .iter()
        .map(|member| {
            let (chosen, code) = (chosen.clone(), member.code);
            view! {
                <option value=code.to_string() selected=move || chosen.get() == Some(code)>
                    {form::member_title(member)}
                </option>
            }
        })
        .collect_view();
    let nothing = {
        let chosen = chosen.clone();
        move || chosen.get().is_none()
    };
    let chosen = chosen.clone();
    view! {
        <div class="entry">
            <label for=field.id()>{field.label.clone()}</label>
            <select
                id=field.id()
                autofocus=field.takes_focus
                on:change=move |event| chosen.set(event_target_value(&event).parse().ok())
            >
                <option value="" disabled selected=nothing>
                    "choose"
                </option>
                {options}
            </select>
        </div>
    }
}

/// A number: the arrow keys step it.
pub(super) fn number(field: &Field, text: &ArcRwSignal<String>) -> Nodes {
    // A number pad has no minus sign, so it is for what cannot be negative.
    let unsigned = Limits::of_type(&field.draft.data_type).min().is_some_and(|min| min >= 0.0);
    let mode = match (&*field.draft.data_type, unsigned) {
        (_, false) => "text",
        (DataType::Integer(_), true) => "numeric",
        (_, true) => "decimal",
    };
    let step = {
        let (field, text) = (field.clone(), text.clone());
        move |event: web_sys::KeyboardEvent| {
            let up = match event.key().as_str() {
                "ArrowUp" => true,
                "ArrowDown" => false,
                _ => return,
            };
            let limits = field.limits.get_untracked();
            let next = form::stepped(&field.draft.data_type, limits, &text.get_untracked(), up);
            if let Some(next) = next {
                event.prevent_default();
                text.set(next);
            }
        }
    };
    // What is there is replaced as soon as somebody types.
    let select = |event: web_sys::FocusEvent| event_target::<web_sys::HtmlInputElement>(&event).select();
    let unit = display::unit(&field.draft.data_type);
    let (wrong, invalid) = (wrongness(field), wrongness(field));
    let (shown, typed) = (text.clone(), text.clone());
    view! {
        <div class="entry entry-number">
            <label for=field.id()>{field.label.clone()}</label>
            <div class="field" class:wrong=wrong>
                <input
                    id=field.id()
                    inputmode=mode
                    autocomplete="off"
                    autofocus=field.takes_focus
                    aria-describedby=field.note_id()
                    aria-invalid=move || invalid().to_string()
                    prop:value=move || shown.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:keydown=step
                    on:focus=select
                />
                <span class="u">{unit}</span>
            </div>
            {note(field)}
        </div>
    }
}

/// Text, bytes, JSON: one line where it is short.
pub(super) fn text(field: &Field, text: &ArcRwSignal<String>) -> Nodes {
    let lines = form::wants_lines(&field.draft.data_type, &text.get_untracked());
    let mono = !matches!(*field.draft.data_type, DataType::Text(_));
    let (wrong, invalid) = (wrongness(field), wrongness(field));
    let (shown, typed) = (text.clone(), text.clone());
    let input = if lines {
        area(field, mono, move || shown.get(), move |text| typed.set(text), invalid)
    } else {
        view! {
            <input
                id=field.id()
                class:mono=mono
                autocomplete="off"
                spellcheck="false"
                autofocus=field.takes_focus
                aria-describedby=field.note_id()
                aria-invalid=move || invalid().to_string()
                prop:value=move || shown.get()
                on:input=move |event| typed.set(event_target_value(&event))
            />
        }
    };
    view! {
        <div class="entry">
            <label for=field.id()>{field.label.clone()}</label>
            <div class="field" class:wrong=wrong>
                {input}
            </div>
            {note(field)}
        </div>
    }
}

/// A field of several lines.
pub(super) fn area(
    field: &Field,
    mono: bool,
    shown: impl Fn() -> String + Send + Sync + 'static,
    typed: impl Fn(String) + Send + Sync + 'static,
    invalid: impl Fn() -> bool + Send + Sync + 'static,
) -> Nodes {
    let value = Memo::new(shown);
    view! {
        <textarea
            id=field.id()
            class:mono=mono
            rows="6"
            spellcheck="false"
            autofocus=field.takes_focus
            aria-describedby=field.note_id()
            aria-invalid=move || invalid().to_string()
            prop:value=value
            on:input=move |event| typed(event_target_value(&event))
        ></textarea>
    }
}

pub(super) fn wrongness(field: &Field) -> impl Fn() -> bool + Send + Sync + 'static + use<> {
    let field = field.clone();
    move || field.is_wrong()
}
