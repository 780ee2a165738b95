//! The first screen: former connections, an address to connect to, the demo. Files can be dropped on it.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::connect::{AddressField, AddressLines, Check, ConnectButton, connect};
use super::icons::{Icon, Logo};
use crate::document::workspace::Recent;
use crate::model::display;
use crate::model::time::Instant;
use crate::state::connections::protocols;
use crate::state::signal::{Memo, RwSignal};
use crate::state::{App, ConnectRequest, Dialog, View};
use crate::ui::dom::{CollectView as _, IntoView, NodeRef, component, view};

/// The largest file that is opened.
const FILE_BYTES: f64 = 256.0 * 1024.0 * 1024.0;
/// The longest name of a former connection.
const NAME_CHARS: usize = 60;

/// The first screen.
#[component]
pub fn Start() -> impl IntoView {
    let app = App::expect();
    let is_over = RwSignal::new(false);
    let drop_file = move |event: web_sys::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0))
        {
            open_file(app, file);
        }
    };
    view! {
        <main
            class="start"
            class:over=is_over
            on:dragover=move |event| {
                event.prevent_default();
                is_over.set(true);
            }
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop_file
        >
            <header class="hero">
                <Logo />
                <div>
                    <h1>"Porthole"</h1>
                    <p>"A window onto your instruments. Nothing to install: this page talks to them itself."</p>
                </div>
            </header>
            <Present />
            <Recents />
            <div class="two">
                <ConnectCard />
                <DemoCard />
            </div>
            <Foot />
        </main>
    }
}

/// The way back to the connections that there are.
#[component]
fn Present() -> impl IntoView {
    let app = App::expect();
    let count = move || app.connections.read().len();
    view! {
        <Show when=move || { count() > 0 }>
            <p class="present">
                {move || if count() == 1 { "1 connection is open.".to_owned() } else { format!("{} connections are open.", count()) }}
                <button class="btn small" on:click=move |_| app.view.set(View::Dashboard)>
                    "Back to the dashboard"
                </button>
            </p>
        </Show>
    }
}

#[component]
fn Recents() -> impl IntoView {
    let app = App::expect();
    view! {
        <Show when=move || !app.recent.read().is_empty()>
            <section class="recents" aria-labelledby="recent-heading">
                <h2 id="recent-heading">"Recent"</h2>
                <ul>
                    {move || app.recent.get().into_iter().map(|recent| view! { <RecentItem recent /> }).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

/// A host that the person has dialled before: one click dials it again.
#[component]
fn RecentItem(recent: Recent) -> impl IntoView {
    let app = App::expect();
    let name = if recent.name.is_empty() { recent.url.clone() } else { recent.name.clone() };
    let name = display::harmless(&name, NAME_CHARS);
    let url = recent.url.clone();
    let at = recent.at;
    let title = protocols().find(|info| info.id == recent.protocol).map_or("", |info| info.title);
    let summary = display::harmless(&recent.summary, NAME_CHARS);
    let facts = move || {
        app.tick.track();
        // The wall clock may have been set back since.
        let micros = app.now().wall.0.saturating_sub(at.0);
        let age = Instant(micros as f64 / 1000.0).since(Instant::default());
        let parts = [title.to_owned(), summary.clone(), format!("{} ago", display::age(age))];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let request = ConnectRequest {
        url: recent.url.clone(),
        name: recent.name,
        protocol: Some(recent.protocol).filter(|protocol| !protocol.is_empty()),
        options: recent.options,
        ..ConnectRequest::default()
    };
    let dial = move |_| {
        if app.wants_secret(&request) || !connect(app, &request) {
            app.open(Dialog::Connect(request.clone()));
        }
    };
    let forget = move |_| app.recent.update(|all| all.retain(|other| other.url != url));
    view! {
        <li class="recent">
            <button class="recent-dial" on:click=dial>
                <b>{name.clone()}</b>
                <span class="mono">{recent.url}</span>
                <span class="quiet-text">{facts}</span>
            </button>
            <button class="btn quiet small" aria-label=format!("Forget {name}") title="Forget" on:click=forget>
                {Icon::Cross.view()}
            </button>
        </li>
    }
}

#[component]
fn ConnectCard() -> impl IntoView {
    let app = App::expect();
    let url = RwSignal::new(String::new());
    let is_touched = RwSignal::new(false);
    let check = Memo::new(move || Check::of(app, &url.get()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        is_touched.set(true);
        connect(app, &ConnectRequest { url: url.get_untracked(), ..ConnectRequest::default() });
    };
    view! {
        <section class="card" aria-labelledby="connect-heading">
            <h2 id="connect-heading">"Connect to a device"</h2>
            <p>
                <label for="start-address">"Paste its address."</label>
                " The protocol is found by trying."
            </p>
            <form class="connect-form" on:submit=submit>
                <AddressField id="start-address" url check is_touched />
                <AddressLines id="start-address" check is_touched />
                <ConnectButton check tall=true />
            </form>
            <span class="grow"></span>
            <ul class="chips" aria-label="Protocols">
                {protocols().map(|info| view! { <li class="chip">{info.title}</li> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn DemoCard() -> impl IntoView {
    let app = App::expect();
    let demos = app.demos();
    let number = match demos.len() {
        1 => "One instrument".to_owned(),
        few @ 2..=6 => format!("{} instruments", ["Two", "Three", "Four", "Five", "Six"][few - 2]),
        count => format!("{count} instruments"),
    };
    view! {
        <section class="card" aria-labelledby="demo-heading">
            <h2 id="demo-heading">"Explore the demo"</h2>
            <p>
                {number} ", simulated in this page through the same decoders. Break them on purpose with the Fault menu."
            </p>
            <ul class="tiles">
                {demos.into_iter().map(|demo| view! { <li class="tile">{Icon::Plot.view()} {demo.title}</li> }).collect_view()}
            </ul>
            <span class="grow"></span>
            <button class="btn tall" on:click=move |_| app.start_demo()>
                "Explore the demo"
            </button>
        </section>
    }
}

#[component]
fn Foot() -> impl IntoView {
    let app = App::expect();
    let node = NodeRef::<web_sys::HtmlInputElement>::new();
    let choose = move |_| {
        let Some(input) = node.get_untracked() else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            open_file(app, file);
        }
        // So that the same file can be chosen again.
        input.set_value("");
    };
    view! {
        <footer class="foot quiet-text">
            <span>"Open a capture: drop the file anywhere on this page, or "</span>
            <label class="btn small">
                "choose a file"
                <input class="visually-hidden" type="file" node_ref=node on:change=choose />
            </label>
            <span class="grow"></span>
            <button class="btn quiet small" on:click=move |_| app.open(Dialog::Keys)>
                <kbd aria-hidden="true">"?"</kbd>
                "all keys"
            </button>
            <p class="said">{move || app.status.get()}</p>
        </footer>
    }
}

/// Reads a file and opens what is in it; says why where that cannot be.
fn open_file(app: App, file: web_sys::File) {
    let name = display::harmless(&file.name(), NAME_CHARS);
    if file.size() > FILE_BYTES {
        app.say(format!("{name} is too large: a capture has at most 256 MB."));
        return;
    }
    leptos::task::spawn_local(async move {
        let text = JsFuture::from(file.text()).await.ok().as_ref().and_then(JsValue::as_string);
        let opened = text
            .map_or_else(|| Err(format!("{name} could not be read.")), |text| app.open_file(&name, &text));
        if let Err(problem) = opened {
            app.say(problem);
        }
    });
}
