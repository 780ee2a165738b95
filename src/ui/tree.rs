//! The tree of connections, groups and channels at the side: to find things and to see each value at once.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::icons::Icon;
use super::value::Value;
use super::windowed::{Windowed, row_px};
use crate::model::catalog::{Level, Role};
use crate::model::store::{ChannelId, ConnectionId};
use crate::model::{display, letters};
use crate::state::signal::{Memo, RwSignal, Signal};
use crate::state::{App, ConnectRequest, ConnectionShown, Dialog, View};
use crate::ui::dom::{IntoView, component, view, watch};

#[derive(Clone, PartialEq)]
enum Row {
    Connection(ConnectionId),
    Group { connection: ConnectionId, path: String, title: String, main: Option<ChannelId>, open: bool },
    Channel { id: ChannelId, name: String },
}

impl Row {
    /// What tells it from other rows and from itself when it looked different.
    fn key(&self) -> String {
        match self {
            Self::Connection(id) => id.0.to_string(),
            Self::Group { connection, path, title, main, open } => {
                let main = main.map_or(0, |id| id.0);
                format!("{}\n{path}\n{title}\n{main}\n{open}", connection.0)
            }
            Self::Channel { id, name } => format!("{}\n{name}", id.0),
        }
    }
}

/// The tree, with its filter.
#[component]
pub fn Tree() -> impl IntoView {
    let app = App::expect();
    let filter = RwSignal::new(String::new());
    let opened = RwSignal::new(HashSet::<(ConnectionId, String)>::new());
    let active = RwSignal::new(0_usize);
    let rows: Memo<Arc<Vec<Row>>> = Memo::new(move || Arc::new(rows(app, &filter.read(), &opened.read())));
    let at = move |index: usize| rows.with_untracked(|rows| rows.get(index).cloned());
    let act = move |row: &Row| match row {
        Row::Connection(id) => app.open(Dialog::Connection(*id)),
        Row::Group { connection, path, .. } => {
            let key = (*connection, path.clone());
            opened.update(|opened| {
                if !opened.remove(&key) {
                    opened.insert(key);
                }
            });
        }
        Row::Channel { id, .. } => app.open(Dialog::Why(*id)),
    };
    let on_key = move |event: KeyboardEvent| {
        let rows = rows.get_untracked();
        let last = rows.len().saturating_sub(1);
        let here = active.get_untracked().min(last);
        let Some(row) = rows.get(here) else { return };
        let is_open = matches!(row, Row::Group { open: true, .. });
        match event.key().as_str() {
            "ArrowDown" => active.set((here + 1).min(last)),
            "ArrowUp" => active.set(here.saturating_sub(1)),
            "Home" => active.set(0),
            "End" => active.set(last),
            "ArrowRight" if matches!(row, Row::Group { open: false, .. }) => act(row),
            "ArrowLeft" if is_open => act(row),
            "ArrowLeft" => {
                let parent = rows[..here].iter().rposition(|row| !matches!(row, Row::Channel { .. }));
                active.set(parent.unwrap_or(0));
            }
            "Enter" => act(row),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <nav class="tree" aria-label="Channels">
            <label class="field tree-filter">
                <span class="visually-hidden">"Filter channels"</span>
                <input
                    id="tree-filter"
                    type="search"
                    placeholder="Filter channels"
                    autocomplete="off"
                    prop:value=filter
                    on:input=move |event| filter.set(event_target_value(&event))
                />
                <kbd aria-hidden="true">"/"</kbd>
            </label>
            <div
                class="tree-rows"
                role="tree"
                tabindex="0"
                aria-label="Connections and their channels"
                aria-activedescendant=move || format!("tree-{}", active.get())
                on:keydown=on_key
            >
                <Windowed
                    count=Signal::derive(move || rows.with(|rows| rows.len()))
                    key=Box::new(move |index| at(index).map(|row| row.key()).unwrap_or_default())
                    row_px=row_px(26.0)
                    scroll_to=Signal::derive(move || Some(active.get()))
                    row=Box::new(move |index| {
                        at(index).map(|row| view! { <TreeRow index row active act /> }).into_view()
                    })
                />
            </div>
            <div class="tree-foot">
                <button class="btn" on:click=move |_| app.open(Dialog::Connect(ConnectRequest::default()))>
                    "Connect to a device"
                </button>
            </div>
        </nav>
    }
}

#[component]
fn TreeRow(
    index: usize,
    row: Row,
    active: RwSignal<usize>,
    act: impl Fn(&Row) + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let app = App::expect();
    let (class, level, open) = match &row {
        Row::Connection(_) => ("tree-row node", 1, None),
        Row::Group { open, .. } => ("tree-row group", 2, Some(*open)),
        Row::Channel { .. } => ("tree-row leaf", 3, None),
    };
    let content = match row.clone() {
        Row::Connection(id) => view! { <ConnectionRow id /> },
        Row::Group { title, main, open, .. } => view! {
            <span class="twisty" class:open=open>
                {Icon::Open.view()}
            </span>
            <span class="name">{title}</span>
            {main.map(|id| view! { <Value id /> })}
        },
        Row::Channel { id, name } => view! {
            <span class="name">{name}</span>
            <Value id />
        },
    };
    let hint = match &row {
        Row::Channel { id, .. } => {
            app.channel(*id).map(|channel| display::harmless(&channel.description, display::CELL_CHARS))
        }
        Row::Connection(_) | Row::Group { .. } => None,
    };
    view! {
        <div
            id=format!("tree-{index}")
            class=class
            class:sel=move || active.get() == index
            role="treeitem"
            aria-level=level
            aria-expanded=open.map(|open| if open { "true" } else { "false" })
            aria-selected=move || if active.get() == index { "true" } else { "false" }
            title=hint
            on:click=move |_| {
                active.set(index);
                act(&row);
            }
        >
            {content}
        </div>
    }
}

#[component]
fn ConnectionRow(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let is_there = move || shown.with(Option::is_some);
    let part = move |part: fn(&ConnectionShown) -> String| {
        move || shown.with(|shown| shown.as_ref().map_or_else(String::new, part))
    };
    let sub = |shown: &ConnectionShown| match shown.state {
        "live" if !shown.silent => shown.protocol.clone(),
        _ => shown.detail.clone(),
    };
    view! {
        <Show when=is_there>
            <span
                class="lamp"
                class:silent=move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.silent))
                data-connection=part(|shown| shown.key.clone())
                data-state=part(|shown| shown.state.to_owned())
                role="img"
                aria-label=part(|shown| shown.detail.clone())
            ></span>
            <span class="name">{part(|shown| shown.title.clone())}</span>
            <span class="sub">{part(sub)}</span>
        </Show>
    }
}

/// The rows as the filter and the opened groups want them.
fn rows(app: App, filter: &str, opened: &HashSet<(ConnectionId, String)>) -> Vec<Row> {
    let words: Vec<String> = filter.split_whitespace().map(letters::small).collect();
    let level = app.settings.read().level;
    let mut rows = Vec::new();
    for connection in app.connections.get() {
        // Rebuilt when a new description comes.
        let version = app.connection(connection);
        let title = version.with(|shown| shown.as_ref().map(|shown| shown.title.clone())).unwrap_or_default();
        let catalog = app.catalog(connection);
        let ids = app.channel_ids(connection);
        rows.push(Row::Connection(connection));
        for group in
            catalog.groups.iter().filter(|group| group.level <= level && group.level != Level::Hidden)
        {
            let channels: Vec<(ChannelId, &crate::model::Channel)> = group
                .channels
                .iter()
                .filter_map(|index| Some((*ids.get(*index)?, catalog.channels.get(*index)?)))
                .filter(|(_, channel)| channel.level <= level && channel.level != Level::Hidden)
                .collect();
            let found: Vec<_> = channels
                .iter()
                .filter(|(_, channel)| {
                    let text = format!("{title} {} {} {}", group.title, channel.path, channel.description);
                    let text = letters::small(&text);
                    words.iter().all(|word| text.contains(word.as_str()))
                })
                .collect();
            if !words.is_empty() && found.is_empty() {
                continue;
            }
            let open = !words.is_empty() || opened.contains(&(connection, group.path.clone()));
            let main = channels.iter().find(|(_, channel)| channel.role == Role::Main).map(|(id, _)| *id);
            rows.push(Row::Group {
                connection,
                path: group.path.clone(),
                title: display::harmless(&group.title, display::NAME_CHARS),
                main: main.filter(|_| !open),
                open,
            });
            if open {
                let leaf = |(id, channel): &&(ChannelId, &crate::model::Channel)| Row::Channel {
                    id: *id,
                    name: display::harmless(&channel.name, display::NAME_CHARS),
                };
                rows.extend(found.iter().map(leaf));
            }
        }
    }
    rows
}

/// The tree as a view of its own, on a phone.
#[component]
pub fn Channels() -> impl IntoView {
    let app = App::expect();
    watch(move || {
        // On a wide page the tree stands at the side already.
        let wide = web_sys::window()
            .and_then(|window| window.match_media("(min-width: 701px)").ok().flatten())
            .is_some_and(|query| query.matches());
        if wide {
            app.view.set(View::Dashboard);
        }
    });
    view! { <Tree /> }
}
