//! What stands around every view: the bar, the tree, the status line, the tabs of a phone.

use leptos::prelude::{on_cleanup, window_event_listener};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Node};

use super::dashboard;
use super::icons::{Icon, Logo};
use super::later::{Later, Opened};
use super::tree::{Channels, Tree};
use crate::document::workspace::Theme;
use crate::model::display;
use crate::model::format::fixed;
use crate::model::store::ConnectionId;
use crate::state::signal::StoredValue;
use crate::state::{App, ConnectionShown, Dialog, View, stats};
use crate::ui::dom::{CollectView as _, IntoView, component, document, view, watch};

/// The page around a view.
#[component]
pub fn Shell() -> impl IntoView {
    let app = App::expect();
    view! {
        <div class="app">
            <Bar />
            <aside class="side">
                <Tree />
            </aside>
            <main class="main">
                <Banners />
                {move || match app.view.get() {
                    View::Start | View::Dashboard => view! { <dashboard::Dashboard /> },
                    View::Subscriptions => view! { <Later what=Opened::Subscriptions /> },
                    View::Frames => view! { <Later what=Opened::Frames /> },
                    View::Definition => view! { <Later what=Opened::Definition /> },
                    View::Channels => view! { <Channels /> },
                }}
            </main>
            <StatusLine />
            <nav class="phone-tabs" aria-label="Views">
                <Tab view=View::Dashboard title="Dashboard" />
                <Tab view=View::Subscriptions title="Subscriptions" />
                <Tab view=View::Channels title="Channels" />
                <Tab view=View::Frames title="Frames" />
            </nav>
        </div>
    }
}

#[component]
fn Bar() -> impl IntoView {
    let app = App::expect();
    view! {
        <header class="bar">
            <button class="brand" title="First screen" on:click=move |_| app.view.set(View::Start)>
                <Logo />
                <span>"Porthole"</span>
            </button>
            <nav class="tabs" aria-label="Views">
                <Tab view=View::Dashboard title="Dashboard" />
                <Tab view=View::Subscriptions title="Subscriptions" />
                <Tab view=View::Frames title="Frames" />
            </nav>
            <span class="grow"></span>
            <button
                class="btn small wide"
                aria-pressed=move || if app.paused.get() { "true" } else { "false" }
                on:click=move |_| app.set_paused(!app.paused.get_untracked())
            >
                {move || if app.paused.get() { Icon::Play.view() } else { Icon::Pause.view() }}
                {move || if app.paused.get() { "Resume" } else { "Pause" }}
                <kbd aria-hidden="true">"Space"</kbd>
            </button>
            <Arming />
            <Clock />
            <button class="btn quiet small wide" aria-label="Keys and settings" on:click=move |_| app.open(Dialog::Keys)>
                "?"
            </button>
        </header>
    }
}

#[component]
fn Tab(view: View, title: &'static str) -> impl IntoView {
    let app = App::expect();
    let count = move || {
        app.tick.track();
        app.connections.track();
        let subscribed =
            app.with_store(|store| store.channels().iter().filter(|channel| channel.subscribed).count());
        (view == View::Subscriptions && subscribed > 0)
            .then(|| view! { <span class="badge">{display::count(subscribed as u64)}</span> })
    };
    view! {
        <button
            class="tab"
            aria-current=move || (app.view.get() == view).then_some("page")
            on:click=move |_| app.view.set(view)
        >
            {title}
            {count}
        </button>
    }
}

/// Read-only or armed, for all connections at once and for each.
#[component]
fn Arming() -> impl IntoView {
    let app = App::expect();
    let armed = move || -> Vec<(String, String)> {
        app.connections
            .get()
            .into_iter()
            .filter_map(|id| app.connection(id).get())
            .filter_map(|shown| Some((shown.title, shown.armed?)))
            .collect()
    };
    view! {
        <details class="menu">
            <summary class="btn small" class:armed=move || !armed().is_empty()>
                <Show when=move || armed().is_empty() fallback=|| Icon::Unlocked.view()>
                    {Icon::Lock.view()}
                </Show>
                {move || match armed().as_slice() {
                    [] => "Read-only".to_owned(),
                    [(title, left)] => format!("Armed: {title} · {left}"),
                    several => format!("Armed: {} connections", several.len()),
                }}
            </summary>
            <div class="menu-items">
                <p class="quiet-text">
                    "A connection is read-only until you arm it. It is read-only again when nobody has written for a while."
                </p>
                {move || {
                    let ids = app.connections.get();
                    ids.into_iter().map(|id| view! { <ArmingItem id /> }).collect_view()
                }}
            </div>
        </details>
    }
}

#[component]
fn ArmingItem(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let is_armed = move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.armed.is_some()));
    let label = move || {
        shown.with(|shown| match shown {
            Some(ConnectionShown { title, armed: Some(left), .. }) => format!("Disarm {title} · {left} left"),
            Some(ConnectionShown { title, armed: None, .. }) => format!("Arm {title}"),
            None => String::new(),
        })
    };
    let toggle = move |_| if is_armed() { app.disarm(id) } else { app.arm(id) };
    view! {
        <button class="btn small" class:armed=is_armed on:click=toggle>
            {label}
        </button>
    }
}

#[component]
fn Clock() -> impl IntoView {
    let app = App::expect();
    view! {
        <button
            class="clock wide"
            title="Switch between UTC and local time"
            on:click=move |_| app.settings.update(|settings| settings.utc = !settings.utc)
        >
            {move || {
                app.tick.track();
                let time = display::clock_time(app.on_clock(app.now().wall));
                time.split('.').next().unwrap_or_default().to_owned()
            }}
            <span class="quiet-text">" " {move || app.zone()}</span>
        </button>
    }
}

/// What must not be overlooked: that data are simulated, or that the display stands still.
#[component]
fn Banners() -> impl IntoView {
    let app = App::expect();
    let demo = move || {
        app.connections.get().into_iter().any(|id| app.connection(id).get().is_some_and(|shown| shown.demo))
    };
    let replay = move || {
        app.connections.get().into_iter().any(|id| app.connection(id).get().is_some_and(|shown| shown.replay))
    };
    view! {
        <Show when=demo>
            <p class="banner">"DEMO · simulated data"</p>
        </Show>
        <Show when=replay>
            <p class="banner">"REPLAY · recorded data"</p>
        </Show>
        <Show when=move || app.paused.get()>
            <p class="banner paused">
                {Icon::Pause.view()}
                {move || {
                    app.tick.track();
                    let now = app.now().instant;
                    let since = app.with_store(crate::model::Store::paused_since);
                    let age = since.map_or_else(String::new, |since| display::age(now.since(since)));
                    format!(" PAUSED · {age} · readings still come and are kept")
                }}
                <button class="btn small" on:click=move |_| app.set_paused(false)>
                    "Resume"
                </button>
            </p>
        </Show>
    }
}

#[component]
fn StatusLine() -> impl IntoView {
    let app = App::expect();
    let last_count = StoredValue::new((0_u64, 0.0_f64));
    let links = move || {
        let states: Vec<&str> = app
            .connections
            .get()
            .into_iter()
            .filter_map(|id| app.connection(id).get())
            .map(|shown| shown.state)
            .collect();
        let of = |word: &str| states.iter().filter(|state| **state == word).count();
        let mut parts = vec![format!("{} live", of("live"))];
        for (word, label) in [
            ("connecting", "connecting"),
            ("waiting", "waiting"),
            ("failed", "stopped"),
            ("closed", "closed"),
        ] {
            if of(word) > 0 {
                parts.push(format!("{} {label}", of(word)));
            }
        }
        parts.join(", ")
    };
    let health = move || {
        app.tick.track();
        let now = app.now().instant.0;
        let (readings, dropped, lag) = app.with_store(|store| {
            let readings: u64 = store.connections().map(|connection| connection.counters.readings).sum();
            let dropped: u64 = store.channels().iter().map(|channel| channel.ledger.counts().dropped).sum();
            (readings, dropped, store.connections().filter_map(|connection| connection.lag).max())
        });
        let (before, at) = last_count.get_value();
        last_count.set_value((readings, now));
        let rate = (readings.saturating_sub(before)) as f64 / ((now - at) / 1000.0).max(0.001);
        let mut parts = Vec::new();
        if let Some(wait) = app.frame_wait_ms() {
            parts.push(format!("{} ms to the screen", fixed(wait, 0)));
        }
        parts.push(format!("{} readings/s", display::count(rate.round() as u64)));
        if let Some(lag) = lag {
            parts.push(format!("lag {}", display::interval(lag)));
        }
        parts.push(format!("{} dropped", display::count(dropped)));
        parts.push(format!("{} MB", stats::wasm_bytes() >> 20));
        parts.into_iter().map(|part| view! { <span>{part}</span> }).collect_view()
    };
    view! {
        <footer class="status-line">
            <span>{links}</span>
            <span class="said">{move || app.status.get()}</span>
            <span class="grow"></span>
            {health}
        </footer>
    }
}

/// Keeps `data-theme` on the document as the settings and the system want it.
pub fn follow_theme(app: App) {
    watch(move || {
        let theme = match app.settings.read().theme {
            Theme::Dark => "dark",
            Theme::Light => "light",
            Theme::System => {
                let light = web_sys::window()
                    .and_then(|window| window.match_media("(prefers-color-scheme: light)").ok().flatten())
                    .is_some_and(|query| query.matches());
                if light { "light" } else { "dark" }
            }
        };
        if let Some(root) = document().document_element() {
            drop(root.set_attribute("data-theme", theme));
        }
    });
}

/// Closes an open menu when somebody presses beside it.
pub fn close_menus_left_behind() {
    let listener = window_event_listener(leptos::ev::pointerdown, |event| {
        let pressed = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let Ok(open) = document().query_selector_all("details.menu[open]") else { return };
        for menu in (0..open.length()).filter_map(|index| open.get(index)) {
            if !menu.contains(pressed.as_ref()) {
                // An attribute can be taken off any element.
                drop(menu.unchecked_into::<Element>().remove_attribute("open"));
            }
        }
    });
    on_cleanup(move || listener.remove());
}
