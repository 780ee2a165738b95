//! What a person should know of a connection, and the peer's own log. Both newest first.

use leptos::prelude::*;

use crate::model::display;
use crate::model::event::{LogLevel, Notice};
use crate::model::reading::Severity;
use crate::model::store::{ConnectionId, LogEntry};
use crate::model::time::Timestamp;
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::icons::Icon;

/// Lines that are listed; the rest is a number.
const LISTED: usize = 100;
/// The longest text of a peer in one line.
const TEXT_CHARS: usize = 600;

/// The notices, with what shows them.
#[component]
pub(super) fn Notices(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let count = Memo::new(move || shown.read().as_ref().map_or(0, |shown| shown.notice_count));
    let items = move || {
        let given = count.get();
        let notices = app.notices(id);
        let listed = notices.len().min(LISTED);
        let more = given.saturating_sub(listed as u64);
        view! {
            <ul>
                {notices.into_iter().take(LISTED).map(|(at, notice)| notice_item(app, at, notice)).collect_view()}
                {(more > 0).then(|| view! { <li class="quiet-text">{format!("and {} earlier", display::count(more))}</li> })}
            </ul>
        }
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <section class="told">
                <h3>"Notices " <span class="quiet-text">{move || display::count(count.get())}</span></h3>
                {items}
            </section>
        </Show>
    }
}

fn notice_item(app: App, at: Timestamp, notice: Notice) -> impl IntoView {
    let Notice { severity, title, text, evidence } = notice;
    let (class, icon) = match severity {
        Severity::Normal => ("", None),
        Severity::Warning => ("warn", Some(Icon::Triangle)),
        Severity::Alarm => ("alarm", Some(Icon::Diamond)),
    };
    view! {
        <li>
            <span class="quiet-text">{display::clock_time(app.on_clock(at))}</span>
            <div>
                <b class=class>{icon.map(Icon::view)} {title}</b>
                " "
                {text}
                {(!evidence.is_empty()).then(|| view! { <code>{display::harmless(&evidence, TEXT_CHARS)}</code> })}
            </div>
        </li>
    }
}

/// The peer's log messages, and how much of them is asked for.
#[component]
pub(super) fn Log(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let is_live = Memo::new(move || shown.read().as_ref().is_some_and(|shown| shown.state == "live"));
    let entries = Memo::new(move || {
        app.tick.track();
        app.with_connection(id, |connection| {
            connection.log.iter().rev().take(LISTED).cloned().collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some((_, level)) = LEVELS.into_iter().find(|(name, _)| *name == chosen) {
            app.set_logging(id, level);
        }
    };
    view! {
        <Show when=move || is_live.get() || !entries.read().is_empty()>
            <section class="told">
                <h3>
                    "Its log"
                    <span class="grow"></span>
                    <label>
                        <span class="quiet-text">"Ask for "</span>
                        <select on:change=choose disabled=move || !is_live.get()>
                            <option value="">"(as it is)"</option>
                            {LEVELS
                                .into_iter()
                                .map(|(name, level)| {
                                    let is_wanted = app.logging(id) == Some(level);
                                    view! { <option value=name selected=is_wanted>{name}</option> }
                                })
                                .collect_view()}
                        </select>
                    </label>
                </h3>
                <ul role="log" aria-label="Log of the instrument">
                    {move || entries.get().into_iter().map(|entry| log_item(app, entry)).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

fn log_item(app: App, entry: LogEntry) -> impl IntoView {
    let LogEntry { at, source, level, text } = entry;
    let place = if source.is_empty() { level } else { format!("{source} {level}") };
    view! {
        <li>
            <span class="quiet-text">{display::clock_time(app.on_clock(at))}</span>
            <div>
                <b>{display::harmless(&place, TEXT_CHARS)}</b>
                " "
                {display::harmless(&text, TEXT_CHARS)}
            </div>
        </li>
    }
}

const LEVELS: [(&str, LogLevel); 4] = [
    ("nothing", LogLevel::Off),
    ("errors", LogLevel::Error),
    ("what operators need", LogLevel::Info),
    ("everything", LogLevel::Debug),
];
