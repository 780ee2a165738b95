//! The tree of connections, groups and channels at the side: to find things and to see each value at once.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::icons::Icon;
use super::value::Value;
use super::windowed::{Windowed, row_px};
use crate::model::catalog::{Below, Catalog, Channel, Group, Level, Role};
use crate::model::store::{ChannelId, ConnectionId};
use crate::model::{display, letters};
use crate::state::signal::{Memo, RwSignal, Signal};
use crate::state::{App, ConnectRequest, ConnectionShown, Dialog, View};
use crate::ui::dom::{IntoView, component, view, watch};

#[derive(Clone, PartialEq)]
enum Row {
    Connection(ConnectionId),
    Group(GroupRow),
    Channel { id: ChannelId, name: String, depth: usize },
}

#[derive(Clone, PartialEq)]
struct GroupRow {
    connection: ConnectionId,
    /// Its index in the catalog.
    index: usize,
    path: String,
    title: String,
    /// How many groups it stands in.
    depth: usize,
    /// The channel whose value stands beside its name while it is closed.
    main: Option<ChannelId>,
    open: bool,
    below: Below,
}

impl Row {
    /// What tells it from other rows and from itself when it looked different.
    fn key(&self) -> String {
        match self {
            Self::Connection(id) => id.0.to_string(),
            Self::Group(group) => {
                let GroupRow { connection, index, path, title, depth, main, open, below } = group;
                let (main, below) = (main.map_or(0, |id| id.0), *below as u8);
                format!("{}\n{index}\n{path}\n{title}\n{depth}\n{main}\n{open}\n{below}", connection.0)
            }
            Self::Channel { id, name, depth } => format!("{}\n{name}\n{depth}", id.0),
        }
    }

    /// The channel whose value it shows.
    fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Connection(_) => None,
            Self::Group(group) => group.main,
            Self::Channel { id, .. } => Some(*id),
        }
    }

    /// How deep it stands, as WAI-ARIA counts: the connections at 1.
    fn level(&self) -> usize {
        match self {
            Self::Connection(_) => 1,
            Self::Group(group) => group.depth + 2,
            Self::Channel { depth, .. } => depth + 2,
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
        Row::Group(GroupRow { connection, index, path, open, below, .. }) => {
            // What was looked at some time ago may have changed since.
            if !open && (*below != Below::Known || app.catalog(*connection).inspectable) {
                app.expand(*connection, *index);
            }
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
        let is_open = matches!(row, Row::Group(GroupRow { open: true, .. }));
        match event.key().as_str() {
            "ArrowDown" => active.set((here + 1).min(last)),
            "ArrowUp" => active.set(here.saturating_sub(1)),
            "Home" => active.set(0),
            "End" => active.set(last),
            "ArrowRight" if matches!(row, Row::Group(GroupRow { open: false, .. })) => act(row),
            "ArrowLeft" if is_open => act(row),
            "ArrowLeft" => {
                let parent = rows[..here].iter().rposition(|other| other.level() < row.level());
                active.set(parent.unwrap_or(0));
            }
            "s" => {
                if let Some(id) = row.channel() {
                    toggle(app, id);
                }
            }
            "Enter" if event.shift_key() => inspect(app, row),
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
            <div class="tree-rows" on:keydown=on_key>
                <Windowed
                    tree="Connections and their channels"
                    active=Signal::derive(move || format!("tree-{}", active.get()))
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
    let (class, open) = match &row {
        Row::Connection(_) => ("tree-row node", None),
        Row::Group(group) => ("tree-row group", Some(group.open)),
        Row::Channel { .. } => ("tree-row leaf", None),
    };
    let level = row.level();
    let content = match row.clone() {
        Row::Connection(id) => view! { <ConnectionRow id /> },
        Row::Group(GroupRow { connection, index, title, main, open, .. }) => view! {
            <span class="twisty" class:open=open>
                {Icon::Open.view()}
            </span>
            <span class="name">{title.clone()}</span>
            {main.map(|id| view! { <Tick id name=title.clone() /><Value id /> })}
            {app.catalog(connection).inspectable.then(|| {
                // Shift and Enter do the same on the tree: it is one stop of the keyboard.
                view! {
                    <button
                        class="btn quiet small all"
                        tabindex="-1"
                        aria-label=format!("All about {title}")
                        title="All that is known of it (Shift+Enter)"
                        on:click=move |event| {
                            event.stop_propagation();
                            app.open(Dialog::Group(connection, index));
                        }
                    >
                        {Icon::More.view()}
                    </button>
                }
            })}
        },
        Row::Channel { id, name, .. } => view! {
            <span class="name">{name.clone()}</span>
            <Tick id name />
            <Value id />
        },
    };
    let hint = match &row {
        Row::Channel { id, .. } => {
            app.channel(*id).map(|channel| display::harmless(&channel.description, display::CELL_CHARS))
        }
        Row::Connection(_) | Row::Group(_) => None,
    };
    view! {
        <div
            id=format!("tree-{index}")
            class=class
            class:sel=move || active.get() == index
            style:--depth=level.saturating_sub(2)
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

/// Says whether a channel is subscribed, and changes it. The key S does the same on the tree.
#[component]
fn Tick(id: ChannelId, name: String) -> impl IntoView {
    let app = App::expect();
    let shown = app.watch(id);
    view! {
        <button
            class="tick"
            role="checkbox"
            tabindex="-1"
            aria-checked=move || if shown.read().subscribed { "true" } else { "false" }
            aria-label=format!("Subscribe to {name}")
            title="Subscribe (S)"
            on:click=move |event| {
                event.stop_propagation();
                toggle(app, id);
            }
        ></button>
    }
}

fn toggle(app: App, id: ChannelId) {
    let on = !app.watch(id).with_untracked(|shown| shown.subscribed);
    app.subscribe(id, on);
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
        let walk = Walk::new(connection, &catalog, &ids, level, opened);
        if words.is_empty() {
            walk.children(&walk.roots, 0, &mut rows);
        } else {
            walk.find(&title, &words, &mut rows);
        }
    }
    rows
}

/// One connection's part of the tree.
struct Walk<'a> {
    connection: ConnectionId,
    catalog: &'a Catalog,
    ids: &'a [ChannelId],
    level: Level,
    opened: &'a HashSet<(ConnectionId, String)>,
    /// The groups that stand in none.
    roots: Vec<usize>,
    /// Those that stand in each.
    below: Vec<Vec<usize>>,
}

impl<'a> Walk<'a> {
    fn new(
        connection: ConnectionId,
        catalog: &'a Catalog,
        ids: &'a [ChannelId],
        level: Level,
        opened: &'a HashSet<(ConnectionId, String)>,
    ) -> Self {
        let (mut roots, mut below) = (Vec::new(), vec![Vec::new(); catalog.groups.len()]);
        for (index, group) in catalog.groups.iter().enumerate() {
            let place = group.parent.map_or(Some(&mut roots), |parent| below.get_mut(parent));
            if let Some(place) = place {
                place.push(index);
            }
        }
        Self { connection, catalog, ids, level, opened, roots, below }
    }

    /// Groups that stand in one place, and what stands in those that are open.
    fn children(&self, groups: &[usize], depth: usize, rows: &mut Vec<Row>) {
        for &index in groups {
            let (Some(group), Some(below)) = (self.catalog.groups.get(index), self.below.get(index)) else {
                continue;
            };
            if !group.level.is_shown(self.level) {
                continue;
            }
            // What stands around everything is open until somebody closes it.
            let is_around = group.parent.is_none() && !below.is_empty();
            let open = is_around != self.opened.contains(&(self.connection, group.path.clone()));
            rows.push(self.group(index, group, &group.title, depth, open));
            if open {
                rows.extend(self.channels(group).map(|(id, channel)| leaf(id, channel, depth + 1)));
                self.children(below, depth + 1, rows);
            }
        }
    }

    /// What has all of the words in its names or its description, the connection's title among them; each group by its
    /// path.
    fn find(&self, title: &str, words: &[String], rows: &mut Vec<Row>) {
        for (index, group) in self.catalog.groups.iter().enumerate() {
            if !group.level.is_shown(self.level) {
                continue;
            }
            let matches = |path: &str, description: &str| {
                let text = format!("{title} {} {path} {description}", group.title);
                let text = letters::small(&text);
                words.iter().all(|word| text.contains(word.as_str()))
            };
            let found: Vec<_> = self
                .channels(group)
                .filter(|(_, channel)| matches(&channel.path, &channel.description))
                .collect();
            if found.is_empty() && !matches(&group.path, &group.description) {
                continue;
            }
            let name = if group.parent.is_some() { &group.path } else { &group.title };
            rows.push(self.group(index, group, name, 0, true));
            rows.extend(found.into_iter().map(|(id, channel)| leaf(id, channel, 1)));
        }
    }

    fn channels(&self, group: &Group) -> impl Iterator<Item = (ChannelId, &'a Channel)> {
        group
            .channels
            .iter()
            .filter_map(|index| Some((*self.ids.get(*index)?, self.catalog.channels.get(*index)?)))
            .filter(|(_, channel)| channel.level.is_shown(self.level))
    }

    fn group(&self, index: usize, group: &Group, title: &str, depth: usize, open: bool) -> Row {
        let main = self.channels(group).find(|(_, channel)| channel.role == Role::Main).map(|(id, _)| id);
        Row::Group(GroupRow {
            connection: self.connection,
            index,
            path: group.path.clone(),
            title: display::harmless(title, display::NAME_CHARS),
            depth,
            main: main.filter(|_| !open),
            open,
            below: group.below,
        })
    }
}

fn leaf(id: ChannelId, channel: &Channel, depth: usize) -> Row {
    Row::Channel { id, name: display::harmless(&channel.name, display::NAME_CHARS), depth }
}

/// Opens the dialog with all that is known of a row.
fn inspect(app: App, row: &Row) {
    match row {
        Row::Connection(id) => app.open(Dialog::Connection(*id)),
        Row::Group(group) => app.open(Dialog::Group(group.connection, group.index)),
        Row::Channel { id, .. } => app.open(Dialog::Why(*id)),
    }
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
