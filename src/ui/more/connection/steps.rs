//! How far a connection has come: dialling, open, recognised.

use crate::model::display;
use crate::model::link::LinkState;
use crate::model::store::ConnectionId;
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{CollectView as _, IntoView, Nodes, component, view};
use crate::ui::icons::Icon;

/// The way to the first value, in order.
const STEPS: [(&str, &str); 4] = [
    ("Dial", "The browser opens a WebSocket."),
    ("Hello", "It is open; the instrument answers in its protocol."),
    ("Description", "It tells what it offers."),
    ("Live", "Its values come."),
];

/// The steps, with a mark on those that are done and the time that the present one takes.
#[component]
pub(super) fn Steps(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let present = Memo::new(move || {
        app.tick.track();
        app.drained.track();
        step(app, id)
    });
    let waited = move || {
        app.tick.track();
        let now = app.now().instant;
        app.with_connection(id, |connection| match connection.link {
            LinkState::Connecting { since, .. } | LinkState::Live { since, .. } => {
                display::age(now.since(since))
            }
            LinkState::Waiting { .. } | LinkState::Closed | LinkState::Failed { .. } => String::new(),
        })
        .unwrap_or_default()
    };
    view! {
        <ol class="steps">
            {STEPS
                .into_iter()
                .enumerate()
                .map(|(index, (name, what))| {
                    let mark = move || match index.cmp(&present.get()) {
                        std::cmp::Ordering::Less => view! { {Icon::Dot.view()} " done" },
                        std::cmp::Ordering::Equal => view! { {Icon::Busy.view()} " " {waited} },
                        std::cmp::Ordering::Greater => Nodes::Nothing,
                    };
                    view! {
                        <li
                            class:quiet-text=move || { index > present.get() }
                            aria-current=move || (index == present.get()).then_some("step")
                        >
                            <b>{name}</b>
                            <span class="grow">{what}</span>
                            <span class="quiet-text">{mark}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

/// A connection is on its way: not yet, or no longer, at its first value.
pub(super) fn is_on_its_way(app: App, id: ConnectionId) -> bool {
    app.with_connection(id, |connection| match &connection.link {
        // What it failed by the last time says more.
        LinkState::Connecting { last, .. } => last.is_none(),
        LinkState::Live { .. } => connection.counters.readings == 0,
        LinkState::Waiting { .. } | LinkState::Closed | LinkState::Failed { .. } => false,
    })
    .unwrap_or(false)
}

/// The index of the present step.
fn step(app: App, id: ConnectionId) -> usize {
    let now = app.now();
    let link = app.with_connection(id, |connection| match connection.link {
        LinkState::Connecting { since, .. } => Err(now.wall_at(since)),
        LinkState::Live { .. } => Ok(if connection.catalog_version == 0 { 2 } else { 3 }),
        LinkState::Waiting { .. } | LinkState::Closed | LinkState::Failed { .. } => Ok(0),
    });
    match link {
        Some(Ok(step)) => step,
        // A frame has gone out since it was dialled, so the socket is open.
        Some(Err(since)) => {
            let newest =
                app.frames(id).and_then(|frames| frames.borrow().iter().next_back().map(|frame| frame.at));
            usize::from(newest.is_some_and(|newest| newest >= since))
        }
        None => 0,
    }
}
