//! The subscriptions view: every subscription of every connection, with what became of its readings.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::model::display;
use crate::model::quality::Quality;
use crate::model::store::ChannelId;
use crate::state::signal::{Memo, RwSignal, Signal};
use crate::state::subscriptions::{Column, Query, Row};
use crate::state::{App, Dialog};
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::icons::Icon;
use crate::ui::value::{is_dim, quality_icon};
use crate::ui::windowed::{Windowed, row_px};

/// The columns that can be sorted by, with their headings; numbers stand at the right.
const COLUMNS: [(Column, &str, bool); 11] = [
    (Column::Channel, "Channel", false),
    (Column::Connection, "Connection", false),
    (Column::Quality, "Quality", false),
    (Column::Rate, "Rate", true),
    (Column::Age, "Last", true),
    (Column::Received, "Received", true),
    (Column::Shown, "Shown", true),
    (Column::Conflated, "Conflated", true),
    (Column::Dropped, "Dropped", true),
    (Column::Gaps, "Gaps", true),
    (Column::Malformed, "Malformed", true),
];

/// The table of subscriptions.
#[component]
pub fn Subscriptions() -> impl IntoView {
    let app = App::expect();
    let query = RwSignal::new(Query::default());
    let active = RwSignal::new(0_usize);
    // Found and ordered anew once a second and whenever the question changes; rows fill themselves.
    let found: Memo<Arc<Vec<ChannelId>>> = Memo::new(move || {
        app.tick.track();
        app.connections.track();
        Arc::new(app.find_rows(&query.read()))
    });
    let at = move |index: usize| found.with_untracked(|found| found.get(index).copied());
    let act = move |id: ChannelId, key: &str| match key {
        "Enter" => app.open(Dialog::Why(id)),
        "p" => toggle_pause(app, id),
        "u" => toggle_subscription(app, id),
        _ => {}
    };
    let on_key = move |event: KeyboardEvent| {
        let last = found.with(|found| found.len()).saturating_sub(1);
        let here = active.get_untracked().min(last);
        match event.key().as_str() {
            "ArrowDown" => active.set((here + 1).min(last)),
            "ArrowUp" => active.set(here.saturating_sub(1)),
            "PageDown" => active.set((here + 20).min(last)),
            "PageUp" => active.set(here.saturating_sub(20)),
            "Home" => active.set(0),
            "End" => active.set(last),
            key @ ("Enter" | "p" | "u") if event.target() == event.current_target() => {
                if let Some(id) = found.with(|found| found.get(here).copied()) {
                    act(id, key);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <section class="card table-view" aria-label="Subscriptions">
            <header class="table-head">
                <h2>"Subscriptions"</h2>
                <span class="quiet-text">
                    {move || {
                        let connections = app.connections.with(Vec::len);
                        let channels = found.with(|found| found.len());
                        format!("{} channels on {connections} connections", display::count(channels as u64))
                    }}
                </span>
                <span class="grow"></span>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || query.read().all
                        on:change=move |event| query.update(|query| query.all = event_target_checked(&event))
                    />
                    "not subscribed too"
                </label>
                <label class="field">
                    <span class="visually-hidden">"Filter subscriptions"</span>
                    <input
                        type="search"
                        placeholder="Filter"
                        autocomplete="off"
                        on:input=move |event| query.update(|query| query.filter = event_target_value(&event))
                    />
                </label>
                <button class="btn small" on:click=move |_| crate::ui::files::save_csv(app, &found.get_untracked())>
                    "Export CSV"
                </button>
            </header>
            <div
                class="grid"
                role="grid"
                tabindex="0"
                aria-label="Subscriptions"
                aria-rowcount=move || found.with(|found| found.len()) + 1
                aria-activedescendant=move || format!("subscription-{}", active.get())
                on:keydown=on_key
            >
                <div class="grid-row grid-head" role="row">
                    {COLUMNS
                        .into_iter()
                        .map(|(column, title, number)| view! { <Heading column title number query /> })
                        .collect_view()}
                    <span class="value-column" role="columnheader">"Value"</span>
                    <span role="columnheader">
                        <span class="visually-hidden">"Actions"</span>
                    </span>
                </div>
                <div class="grid-body" role="rowgroup">
                    <Windowed
                        count=Signal::derive(move || found.with(|found| found.len()))
                        key=Box::new(move |index| at(index).map(|id| id.0.to_string()).unwrap_or_default())
                        row_px=row_px(28.0)
                        scroll_to=Signal::derive(move || Some(active.get()))
                        row=Box::new(move |index| at(index).map(|id| view! { <SubscriptionRow index id active /> }).into_view())
                    />
                </div>
                <Show when=move || found.with(|found| found.is_empty())>
                    <p class="empty">
                        {move || if query.read().filter.is_empty() {
                            "Nothing is subscribed. Connect to a device, or tick “not subscribed too” to see what there is."
                        } else {
                            "Nothing fits the filter. It looks at channels, descriptions, connections and qualities."
                        }}
                    </p>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn Heading(column: Column, title: &'static str, number: bool, query: RwSignal<Query>) -> impl IntoView {
    let sorted = move || {
        let query = query.read();
        match (query.column == column, query.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    };
    let sort = move |_| {
        query.update(|query| {
            // Numbers are asked for from the greatest, names from the first.
            query.descending = if query.column == column { !query.descending } else { number };
            query.column = column;
        });
    };
    view! {
        <span role="columnheader" class:n=number aria-sort=sorted>
            <button class="sort" tabindex="-1" on:click=sort>
                {title}
                <span aria-hidden="true">
                    {move || match sorted() {
                        "ascending" => " ↑",
                        "descending" => " ↓",
                        _ => "",
                    }}
                </span>
            </button>
        </span>
    }
}

#[component]
fn SubscriptionRow(index: usize, id: ChannelId, active: RwSignal<usize>) -> impl IntoView {
    let app = App::expect();
    let (shown, value) = (app.watch(id), app.watch_text(id));
    // What is counted is told once a second, what is shown at once.
    let row: Memo<Option<Row>> = Memo::new(move || {
        app.tick.track();
        shown.track();
        app.rows(&[id]).into_iter().next()
    });
    let text = move |of: fn(&Row) -> String| move || row.with(|row| row.as_ref().map(of).unwrap_or_default());
    let count = move |place: usize| {
        move || row.with(|row| row.as_ref().map(|row| display::count(row.counts[place])).unwrap_or_default())
    };
    let unit = row.with_untracked(|row| row.as_ref().map(|row| row.unit.clone()).unwrap_or_default());
    let name = row.with_untracked(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default());
    let quality = move || {
        let shown = shown.read();
        let word = if shown.quality == Quality::Paused && !shown.subscribed {
            "not subscribed"
        } else {
            shown.quality.word()
        };
        let class = match shown.quality {
            Quality::Live | Quality::Late | Quality::Paused | Quality::Replay => "quality-cell",
            Quality::Stale => "state stale",
            Quality::Disconnected => "state off",
            Quality::Invalid => "state invalid",
        };
        view! {
            <span class=class>
                {quality_icon(shown.quality).view()}
                " "
                {word}
            </span>
        }
    };
    view! {
        <div
            id=format!("subscription-{index}")
            class="grid-row"
            class:sel=move || active.get() == index
            role="row"
            aria-rowindex=index + 2
            aria-selected=move || if active.get() == index { "true" } else { "false" }
            on:click=move |_| active.set(index)
            on:dblclick=move |_| app.open(Dialog::Why(id))
        >
            <span role="gridcell" class="name">{text(|row| row.path.clone())}</span>
            <span role="gridcell" class="connection">{text(|row| row.connection.clone())}</span>
            <span role="gridcell">{quality}</span>
            <span role="gridcell" class="n">{text(|row| row.rate.clone())}</span>
            <span role="gridcell" class="n">{text(|row| row.age.clone())}</span>
            <span role="gridcell" class="n">{count(0)}</span>
            <span role="gridcell" class="n">{count(1)}</span>
            <span role="gridcell" class="n">{count(2)}</span>
            <span role="gridcell" class="n">{count(3)}</span>
            <span role="gridcell" class="n">{count(4)}</span>
            <span role="gridcell" class="n">{count(5)}</span>
            <span role="gridcell" class="value-column">
                <span
                    class="v"
                    class:dim=move || is_dim(shown.read().quality)
                    data-channel=name
                    data-quality=move || shown.read().quality.word()
                    data-severity=move || shown.read().severity.word()
                >
                    {move || value.read().value.to_string()}
                </span>
                <span class="u">{unit}</span>
            </span>
            <span role="gridcell" class="row-actions">
                <button class="btn quiet small" tabindex="-1" on:click=move |_| toggle_pause(app, id)>
                    {move || if shown.read().paused { "Resume" } else { "Pause" }}
                </button>
                <button class="btn quiet small" tabindex="-1" on:click=move |_| toggle_subscription(app, id)>
                    {move || if shown.read().subscribed { "Unsubscribe" } else { "Subscribe" }}
                </button>
                <button
                    class="btn quiet small"
                    tabindex="-1"
                    aria-label="Details"
                    on:click=move |_| app.open(Dialog::Why(id))
                >
                    {Icon::More.view()}
                </button>
            </span>
        </div>
    }
}

fn toggle_pause(app: App, id: ChannelId) {
    let paused = app.with_store(|store| store.channel(id).is_some_and(|channel| channel.paused));
    app.pause_channel(id, !paused);
}

fn toggle_subscription(app: App, id: ChannelId) {
    let subscribed = app.with_store(|store| store.channel(id).is_some_and(|channel| channel.subscribed));
    app.subscribe(id, !subscribed);
}
