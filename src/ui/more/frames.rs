//! The raw frames of a connection: both directions, searchable, freezable, with a line to send.

use std::sync::Arc;

use leptos::prelude::*;

use crate::model::display;
use crate::model::frames::{Direction, FrameBody, FrameEntry, FrameLog, Mark, hex_dump};
use crate::model::hex;
use crate::model::store::ConnectionId;
use crate::model::write::WriteState;
use crate::state::App;
use crate::state::signal::{Memo, RwSignal, Signal, StoredValue};
use crate::ui::dom::{CollectView as _, IntoView, component, view, watch};
use crate::ui::icons::Icon;
use crate::ui::windowed::{Windowed, row_px};

/// How often the list is looked through while frames come, in milliseconds.
const LOOK_MILLIS: f64 = 250.0;

/// The frames view.
#[component]
pub fn Frames() -> impl IntoView {
    let app = App::expect();
    // The connection that was looked at last, else the first.
    let chosen = Memo::new(move || {
        let all = app.connections.get();
        app.frames_of.get().filter(|id| all.contains(id)).or_else(|| all.first().copied())
    });
    view! {
        {move || match chosen.get() {
            Some(id) => view! { <ConnectionFrames id /> },
            None => view! { <p class="empty">"No connection, no frames. Connect to a device first."</p> },
        }}
    }
}

#[component]
fn ConnectionFrames(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let search = RwSignal::new(String::new());
    let frozen = RwSignal::new(false);
    let selected = RwSignal::new(None::<u64>);
    let found = RwSignal::new(Arc::new(Vec::<u64>::new()));
    let looked = StoredValue::new((f64::NEG_INFINITY, String::new()));
    watch(move || {
        app.drained.track();
        app.tick.track();
        let wanted = search.get();
        let now = app.now().instant.0;
        let (at, before) = looked.get_value();
        if wanted == before && (frozen.get() || now - at < LOOK_MILLIS) {
            return;
        }
        looked.set_value((now, wanted.clone()));
        let frames = app.frames(id).map(|frames| collect(&frames.borrow(), &wanted));
        found.set(Arc::new(frames.unwrap_or_default()));
    });
    let at = move |index: usize| found.with_untracked(|found| found.get(index).copied());
    let totals = move || {
        app.tick.track();
        app.frames(id)
            .map(|frames| {
                let frames = frames.borrow();
                let kept = display::count(frames.len() as u64);
                let forgotten = frames.totals().forgotten;
                let state = if frozen.get() { "frozen" } else { "recording" };
                if forgotten == 0 {
                    format!("{state}, {kept} kept")
                } else {
                    format!("{state}, {kept} kept, {} older ones forgotten", display::count(forgotten))
                }
            })
            .unwrap_or_default()
    };
    let save = move |_| {
        if let Some(text) = app.capture(id) {
            crate::ui::files::save(
                app,
                &format!("{}.capture.ndjson", app.title(id)),
                "application/x-ndjson",
                &text,
            );
        }
    };
    let choose = move |event| {
        let key = event_target_value(&event);
        let all = app.connections.get_untracked();
        let found = all
            .into_iter()
            .find(|id| app.with_connection(*id, |connection| connection.key == key) == Some(true));
        app.frames_of.set(found);
    };
    view! {
        <div class="frames-view">
            <section class="card table-view" aria-label="Frames">
                <header class="table-head">
                    <h2>"Frames"</h2>
                    <label>
                        <span class="visually-hidden">"Connection"</span>
                        <select on:change=choose>
                            {move || {
                                app.connections
                                    .get()
                                    .into_iter()
                                    .map(|other| {
                                        let key = app.with_connection(other, |connection| connection.key.clone());
                                        let shown = app.connection(other);
                                        view! {
                                            <option value=key selected=other == id>
                                                {move || shown.with(|shown| shown.as_ref().map(|shown| shown.title.clone()))}
                                            </option>
                                        }
                                    })
                                    .collect_view()
                            }}
                        </select>
                    </label>
                    <span class="quiet-text">{totals}</span>
                    <span class="grow"></span>
                    <label class="field">
                        <span class="visually-hidden">"Find in frames"</span>
                        <input
                            type="search"
                            placeholder="Find"
                            autocomplete="off"
                            on:input=move |event| search.set(event_target_value(&event))
                        />
                    </label>
                    <button
                        class="btn small"
                        aria-pressed=move || if frozen.get() { "true" } else { "false" }
                        on:click=move |_| frozen.update(|frozen| *frozen = !*frozen)
                    >
                        {move || if frozen.get() { Icon::Play.view() } else { Icon::Pause.view() }}
                        {move || if frozen.get() { "Go on" } else { "Freeze" }}
                    </button>
                    <button class="btn small" on:click=save>
                        "Save capture"
                    </button>
                </header>
                <div class="frame-row grid-head" aria-hidden="true">
                    <span>"Time"</span>
                    <span></span>
                    <span class="n">"Bytes"</span>
                    <span>"Frame"</span>
                </div>
                <div class="grid-body" role="log" aria-live="off" aria-label="Raw frames" tabindex="0">
                    <Windowed
                        count=Signal::derive(move || found.with(|found| found.len()))
                        key=Box::new(move |index| at(index).unwrap_or_default().to_string())
                        row_px=row_px(26.0)
                        follow=true
                        row=Box::new(move |index| at(index).map(|seq| view! { <FrameRow id seq selected /> }).into_view())
                    />
                </div>
                <SendLine id />
            </section>
            {move || selected.get().map(|seq| view! { <FrameDetail id seq selected /> })}
        </div>
    }
}

/// The numbers of the frames that hold the text.
fn collect(log: &FrameLog, search: &str) -> Vec<u64> {
    match search.trim() {
        "" => log.iter().map(|entry| entry.seq).collect(),
        search => log.find(search).map(|entry| entry.seq).collect(),
    }
}

/// The start of a frame, harmless and in one line.
fn one_line(body: &FrameBody) -> String {
    const SHOWN_CHARS: usize = 300;
    match body {
        FrameBody::Text(text) => display::harmless(text, SHOWN_CHARS),
        FrameBody::Binary(bytes) => {
            format!("‹binary› {}", hex::spaced(&bytes[..bytes.len().min(64)]))
        }
    }
}

#[component]
fn FrameRow(id: ConnectionId, seq: u64, selected: RwSignal<Option<u64>>) -> impl IntoView {
    let app = App::expect();
    let entry: Option<FrameEntry> = app.frames(id).and_then(|frames| frames.borrow().get(seq).cloned());
    entry.map(|entry| {
        let out = entry.direction == Direction::Out;
        let mark = match entry.mark {
            Mark::Plain => None,
            Mark::Malformed => Some(("state invalid", Icon::Cross, "malformed")),
            Mark::NotSent => Some(("state warn", Icon::Triangle, "not sent")),
        };
        view! {
            <button
                class="frame-row"
                class:out=out
                class:sel=move || selected.get() == Some(seq)
                on:click=move |_| selected.update(|chosen| *chosen = (*chosen != Some(seq)).then_some(seq))
            >
                <span class="time">{display::clock_time_millis(app.on_clock(entry.at))}</span>
                <span aria-label=if out { "sent" } else { "received" }>{if out { "→" } else { "←" }}</span>
                <span class="n">{display::count(entry.size as u64)}</span>
                <span class="mono text">
                    {mark.map(|(class, icon, word)| view! { <span class=class>{icon.view()} " " {word}</span> })}
                    {one_line(&entry.body)}
                </span>
            </button>
        }
    })
}

#[component]
fn FrameDetail(id: ConnectionId, seq: u64, selected: RwSignal<Option<u64>>) -> impl IntoView {
    let app = App::expect();
    let entry = app.frames(id).and_then(|frames| frames.borrow().get(seq).cloned());
    let Some(entry) = entry else {
        return view! { <aside class="card frame-detail"><p class="quiet-text">"This frame has been forgotten."</p></aside> };
    };
    let direction = match entry.direction {
        Direction::In => "received",
        Direction::Out => "sent",
    };
    let text = match &entry.body {
        FrameBody::Text(text) => Some(display::harmless(text, display::DETAIL_CHARS)),
        FrameBody::Binary(_) => None,
    };
    view! {
        <aside class="card frame-detail" aria-label="Frame">
            <header class="table-head">
                <h2>"Frame " {entry.seq}</h2>
                <span class="grow"></span>
                <button class="btn quiet small" aria-label="Close" on:click=move |_| selected.set(None)>
                    {Icon::Cross.view()}
                </button>
            </header>
            <dl class="facts">
                <dt>{direction}</dt>
                <dd>{display::date_time(entry.at)}</dd>
                <dt>"bytes"</dt>
                <dd>{display::count(entry.size as u64)}</dd>
            </dl>
            {entry.cut.then(|| view! { <p class="quiet-text">"Only its start is kept."</p> })}
            {text.map(|text| view! { <pre class="frame-text">{text}</pre> })}
            <h3 class="quiet-text">"Bytes"</h3>
            <pre class="frame-text">{hex_dump(entry.body.as_bytes())}</pre>
        </aside>
    }
}

/// A line to send as it is typed. It may write, so the connection must be armed.
#[component]
fn SendLine(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let text = RwSignal::new(String::new());
    let answer = RwSignal::new(String::new());
    let shown = app.connection(id);
    let armed = move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.armed.is_some()));
    let send = move || {
        let line = text.get_untracked();
        if line.trim().is_empty() {
            return;
        }
        match app.send_raw(id, line) {
            Ok(state) => {
                answer.set(String::new());
                watch(move || {
                    if let WriteState::NotSent(reason) = state.get() {
                        answer.set(reason);
                    }
                });
                text.set(String::new());
            }
            Err(refusal) => answer.set(refusal.to_string()),
        }
    };
    view! {
        <form
            class="send-line"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <label class="field">
                <span class="visually-hidden">"A line to send"</span>
                <input
                    class="mono"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="A line to send, as it is"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </label>
            <Show when=move || !armed()>
                <button type="button" class="btn small" on:click=move |_| app.arm(id)>
                    {Icon::Lock.view()}
                    "Arm"
                </button>
            </Show>
            <button class="btn small" disabled=move || !armed() || text.read().trim().is_empty()>
                "Send"
            </button>
            <span class="problem" role="status">
                {answer}
            </span>
        </form>
    }
}
