//! Writing a channel: the dialog that shows old and new before anything is sent, and what became of it after.

use leptos::prelude::*;

use super::editor::{Draft, Editor, Permission, RangeBar, SendForm, armed_badge, sends};
use crate::model::datatype::DataType;
use crate::model::display::{self, harmless};
use crate::model::entry;
use crate::model::form;
use crate::model::limits::Limits;
use crate::model::store::ChannelId;
use crate::model::value::Value as ModelValue;
use crate::model::write::WriteState;
use crate::state::App;
use crate::state::signal::{ArcRwSignal, Memo, RwSignal, Signal, StoredValue};
use crate::state::writes::SentWrite;
use crate::ui::dom::{IntoView, Nodes, component, view, watch};
use crate::ui::icons::Icon;
use crate::ui::modal::Modal;
use crate::ui::value::Value;

/// How much of a peer's words stands in a heading or on a button.
const NAME_CHARS: usize = 60;
const BUTTON_CHARS: usize = 24;

/// The dialog to write a channel. Opening it writes nothing; nor does Enter, unless the entry is right and the
/// connection armed.
#[component]
pub fn WriteDialog(
    /// The channel.
    id: ChannelId,
    /// What was typed elsewhere; where it is empty the present value is filled in.
    #[prop(optional, into)]
    entry: String,
    /// It was closed.
    on_close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let app = App::expect();
    let place = app.with_store(|store| store.channel(id).map(|record| (record.connection, record.group)));
    let (Some(channel), Some((connection, group))) = (app.channel(id), place) else {
        return view! {
            <Modal title="Set" on_close>
                <p>"The instrument no longer offers it."</p>
            </Modal>
        };
    };
    let catalog = app.catalog(connection);
    let group = catalog.groups.get(group).map(|group| group.title.clone()).unwrap_or_default();
    let title = format!("Set {} {}", harmless(&group, NAME_CHARS), harmless(&channel.name, NAME_CHARS));
    let data_type = channel.data_type.clone();
    let draft = if entry.is_empty() {
        Draft::new(&data_type, app.value(id).as_ref())
    } else {
        Draft::typed(&data_type, entry)
    };

    let (shown, text) = (app.watch(id), app.watch_text(id));
    let limit_channels = app.limit_channels(id);
    app.read_if_unknown(&limit_channels);
    app.read_if_unknown(&[id]);
    let watched: Vec<_> = limit_channels.iter().map(|id| app.watch_text(*id)).collect();
    let present_limits = Memo::new(move || {
        for limit in &watched {
            limit.track();
        }
        app.limits(id)
    });
    let limits = Signal::derive(move || {
        present_limits.with(|present| present.as_ref().map_or_else(Limits::default, |present| present.limits))
    });

    let value = {
        let (draft, data_type) = (draft.clone(), data_type.clone());
        Memo::new(move || {
            let value = draft.value().map_err(|error| error.to_string())?;
            entry::check(&data_type, &value, Some(limits.get().pair())).map_err(|error| error.to_string())?;
            Ok::<_, String>(value)
        })
    };
    let refusal = Memo::new(move || {
        shown.track();
        app.track_writes(connection);
        app.may_write(id).err()
    });
    let write = RwSignal::new(None::<SentWrite>);
    let check = RwSignal::new(None::<ArcRwSignal<WriteState>>);
    let is_under_way = move || write.get().is_some_and(|write| !write.state.get().is_settled());
    let is_done =
        move || write.get().is_some_and(|write| matches!(write.state.get(), WriteState::ReadBack { .. }));
    watch(move || {
        app.drained.track();
        if let Some(write) = write.get() {
            app.read_back(id, &write);
        }
    });
    // Another entry is another write: what became of the last one no longer stands beside it.
    Effect::new(move |before: Option<()>| {
        value.track();
        if before.is_some() && !untrack(is_under_way) {
            write.set(None);
            check.set(None);
        }
    });

    let described = StoredValue::new(data_type.clone());
    let submit = move || {
        if untrack(is_done) {
            on_close();
            return;
        }
        if untrack(is_under_way) {
            return;
        }
        if app
            .channel(id)
            .is_none_or(|channel| described.with_value(|described| channel.data_type != *described))
        {
            app.say("It is described differently now: nothing was written.");
            on_close();
            return;
        }
        if let Ok(value) = value.get_untracked() {
            check.set(None);
            // What is refused between the last look and now shows itself: `refusal` follows the same rules.
            write.set(app.write(id, value).ok());
        }
    };
    let ask = move |_| {
        if let Ok(value) = value.get_untracked() {
            check.set(app.check(id, value));
        }
    };
    let compound = !matches!(
        data_type,
        DataType::Bool | DataType::Enum(_) | DataType::Integer(_) | DataType::Number(_) | DataType::Text(_)
    );
    let set_title = {
        let data_type = data_type.clone();
        move || match value.get() {
            // What has parts would be cut on a button.
            Ok(value) if !compound => {
                let text = harmless(&display::show(&value, &data_type), BUTTON_CHARS);
                format!("Set {text} {}", harmless(data_type.unit(), BUTTON_CHARS)).trim_end().to_owned()
            }
            Ok(_) | Err(_) => "Set".to_owned(),
        }
    };
    // It gives way to what became of it.
    let frame = Memo::new(move || {
        if write.read().is_some() || check.read().is_some() {
            return None;
        }
        value.get().ok().and_then(|value| app.preview_write(id, value))
    });
    let hint = channel.write_hint.clone();
    let checkable = channel.checkable;
    let outcome_type = data_type.clone();
    let check_words = move || {
        check.get().map(|stage| match stage.get() {
            WriteState::Pending => "Asked, no answer yet.".to_owned(),
            WriteState::Acknowledged | WriteState::ReadBack { .. } => {
                "The instrument would accept it.".to_owned()
            }
            other => other.trouble().unwrap_or_default(),
        })
    };
    let age = move || {
        let shown = shown.read();
        match (shown.age.is_empty(), shown.quality) {
            (true, quality) => format!("now · {}", quality.word()),
            (false, crate::model::Quality::Live) => format!("now · {} old", shown.age),
            (false, quality) => format!("{} · {} old", quality.word(), shown.age),
        }
    };
    let now = Signal::derive(move || {
        text.track();
        app.value(id).and_then(|value| value.as_number())
    });
    let new = Signal::derive(move || value.get().ok().and_then(|value| value.as_number()));
    view! {
        <Modal title=title on_close badge=move || armed_badge(app, connection)>
            <SendForm submit=submit>
                <div class="change" class:stacked=compound>
                    <div class="change-old">
                        <span class="quiet-text">{age}</span>
                        <Value id big=!compound />
                    </div>
                    <span class="change-arrow" aria-hidden="true">
                        {if compound { "↓" } else { "→" }}
                    </span>
                    <div class="change-new">
                        <Editor draft label="new" limits />
                    </div>
                </div>
                <RangeBar own=Limits::of_type(&data_type) unit=harmless(data_type.unit(), BUTTON_CHARS) present=present_limits now new />
                {(!hint.is_empty()).then(|| view! { <p>{harmless(&hint, display::CELL_CHARS)}</p> })}
                <Permission connection refusal />
                <div class="write-outcome">
                    {sends(frame)}
                    <div role="status">
                        {move || write.get().map(|write| progress(&write, &outcome_type))}
                        {move || check_words().map(|words| view! { <p>{words}</p> })}
                    </div>
                </div>
                <div class="actions">
                    <Show when=move || checkable>
                        <button type="button" class="btn" disabled=move || value.with(Result::is_err) on:click=ask>
                            "Check"
                        </button>
                    </Show>
                    <Show when=move || !is_done()>
                        <button type="button" class="btn" on:click=move |_| on_close()>
                            {move || if is_under_way() { "Close" } else { "Cancel" }}
                            <kbd aria-hidden="true">"Esc"</kbd>
                        </button>
                    </Show>
                    // One button for both, so that the focus stays: what was set with Enter is closed with Enter.
                    <button
                        type="submit"
                        class="btn primary"
                        disabled=move || !is_done() && (value.with(Result::is_err) || refusal.with(Option::is_some))
                        aria-disabled=move || is_under_way().then_some("true")
                    >
                        {move || if is_done() { "Close".to_owned() } else { set_title() }}
                        <kbd aria-hidden="true">"Enter"</kbd>
                    </button>
                </div>
            </SendForm>
        </Modal>
    }
}

/// What has become of a write so far: the steps, or what went wrong.
fn progress(write: &SentWrite, data_type: &DataType) -> Nodes {
    let show = |value: &ModelValue| {
        let text = harmless(&display::show(value, data_type), display::CELL_CHARS);
        format!("{text} {}", harmless(data_type.unit(), BUTTON_CHARS)).trim_end().to_owned()
    };
    let state = write.state.get();
    let words = match &state {
        WriteState::Pending => "Sent. No answer yet.".to_owned(),
        WriteState::Acknowledged => "Sent, acknowledged. Not read back yet.".to_owned(),
        WriteState::ReadBack { value, .. } if form::agrees(&write.value, value) => {
            format!("Sent, acknowledged, read back: {}", show(value))
        }
        WriteState::ReadBack { value, .. } => {
            // Both may look the same in the channel's own format.
            let exact = |value: &ModelValue| harmless(&entry::to_text(data_type, value), display::CELL_CHARS);
            let (sent, back) = (exact(&write.value), exact(value));
            return view! {
                <p class="write-differs">
                    {Icon::Triangle.view()}
                    " Sent, acknowledged, but read back otherwise: "
                    <b>{back}</b>
                    ", sent was "
                    {sent}
                    "."
                </p>
            };
        }
        WriteState::Refused { .. } | WriteState::NotSent(_) | WriteState::TimedOut | WriteState::Lost => {
            let words = state.trouble().unwrap_or_default();
            return view! { <p class="problem">{words}</p> };
        }
    };
    view! { <p>{words}</p> }
}
