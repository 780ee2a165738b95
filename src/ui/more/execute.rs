//! Executing a command: its argument, its result, and what the instrument says about it.

use leptos::prelude::*;

use super::editor::{Draft, Editor, Permission, SendForm, armed_badge, sends};
use crate::model::catalog::CommandRole;
use crate::model::datatype::DataType;
use crate::model::display::{self, harmless};
use crate::model::store::ConnectionId;
use crate::model::write::WriteState;
use crate::state::App;
use crate::state::signal::{ArcRwSignal, Memo, RwSignal, StoredValue};
use crate::ui::dom::{IntoView, Nodes, component, view};
use crate::ui::modal::Modal;

/// How much of a command's name stands in a heading or on a button.
const NAME_CHARS: usize = 40;

/// The dialog to execute a command. Opening it executes nothing.
#[component]
pub fn ExecuteDialog(
    /// Whose command.
    connection: ConnectionId,
    /// Its index in the catalog.
    command: usize,
    /// It was closed.
    on_close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let app = App::expect();
    let catalog = app.catalog(connection);
    let Some(described) = catalog.commands.get(command) else {
        return view! {
            <Modal title="Execute" on_close>
                <p>"The instrument no longer offers it."</p>
            </Modal>
        };
    };
    let group = catalog.groups.iter().find(|group| group.commands.contains(&command));
    let group = harmless(group.map_or("", |group| group.title.as_str()), NAME_CHARS);
    let name = harmless(&described.name, NAME_CHARS);
    let title = format!("Execute {group} {name}");
    let description = harmless(&described.description, display::DETAIL_CHARS);
    let argument = described.argument.as_ref().map(|argument| Draft::new(argument, None));
    let result_type = described.result.clone().unwrap_or(DataType::Json);
    let question = argument.is_none().then(|| format!("Execute {name}?"));

    let destroys = described.role == CommandRole::Destructive;
    let is_confirmed = RwSignal::new(!destroys);

    let value = {
        let argument = argument.clone();
        Memo::new(move || argument.as_ref().map(Draft::value).transpose())
    };
    let refusal = Memo::new(move || {
        app.track_writes(connection);
        app.may_execute(connection, command).err()
    });
    let stage = RwSignal::new(None::<ArcRwSignal<WriteState>>);
    let now = move || stage.get().map(|stage| stage.get());
    let is_under_way = move || matches!(now(), Some(WriteState::Pending));
    let expected = StoredValue::new(described.clone());
    let submit = move || {
        if untrack(is_under_way) || !is_confirmed.get_untracked() {
            return;
        }
        // The peer may have come back with another command at this index.
        if !expected.with_value(|expected| app.catalog(connection).commands.get(command) == Some(expected)) {
            app.say("It is described differently now: nothing was executed.");
            on_close();
            return;
        }
        if let Ok(argument) = value.get_untracked() {
            // What is refused between the last look and now shows itself: `refusal` follows the same rules.
            stage.set(app.execute(connection, command, argument).ok());
        }
    };
    let frame = Memo::new(move || match (stage.get(), value.get()) {
        (None, Ok(argument)) => app.preview_execute(connection, command, argument),
        _ => None,
    });
    let has_argument = argument.is_some();
    let asks_only = described.role == CommandRole::Query;
    view! {
        <Modal title=title on_close badge=move || if asks_only { Nodes::Nothing } else { armed_badge(app, connection).into_view() }>
            <SendForm submit=submit>
                {(!description.is_empty()).then(|| view! { <p>{description}</p> })}
                {argument.map(|draft| view! { <Editor draft label="argument" /> })}
                {question.map(|question| view! { <p>{question}</p> })}
                {destroys
                    .then(|| {
                        view! {
                            <label class="check confirm">
                                <input
                                    type="checkbox"
                                    prop:checked=is_confirmed
                                    on:change=move |_| is_confirmed.update(|confirmed| *confirmed = !*confirmed)
                                />
                                "I want this. What it destroys cannot be had again."
                            </label>
                        }
                    })}
                <Permission connection refusal asks_only=asks_only />
                <div class="write-outcome">
                    {sends(frame)}
                    <div role="status">{move || now().map(|stage| outcome(&stage, &result_type))}</div>
                </div>
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| on_close()>
                        {move || if now().is_some() { "Close" } else { "Cancel" }}
                        <kbd aria-hidden="true">"Esc"</kbd>
                    </button>
                    <button
                        type="submit"
                        class="btn primary"
                        autofocus=!has_argument
                        disabled=move || {
                            value.with(Result::is_err) || refusal.with(Option::is_some) || is_under_way()
                                || !is_confirmed.get()
                        }
                    >
                        {format!("Execute {name}")}
                        <kbd aria-hidden="true">"Enter"</kbd>
                    </button>
                </div>
            </SendForm>
        </Modal>
    }
}

/// What has become of it so far: the result, or what went wrong.
fn outcome(stage: &WriteState, result_type: &DataType) -> Nodes {
    match stage {
        WriteState::Pending => view! { <p>"Sent. No answer yet."</p> },
        WriteState::Acknowledged => view! { <p>"Done. It gives no result."</p> },
        WriteState::ReadBack { value, .. } => {
            let text = display::show_full(value, result_type);
            let unit = harmless(result_type.unit(), NAME_CHARS);
            view! {
                <p>"Done. The result:"</p>
                <p class="execute-result">
                    <output>{text}</output>
                    " "
                    <span class="quiet-text">{unit}</span>
                </p>
            }
        }
        WriteState::Refused { .. } | WriteState::NotSent(_) | WriteState::TimedOut | WriteState::Lost => {
            let words = stage.trouble().unwrap_or_default();
            view! { <p class="problem">{words}</p> }
        }
    }
}
