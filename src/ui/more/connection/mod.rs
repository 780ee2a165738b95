//! A connection: how far it has come, why it failed, what it is and what it told, and what can be done with it.

mod changes;
mod facts;
mod failure;
mod steps;
mod told;

use self::facts::ConnectionFacts;
use self::steps::{Steps, is_on_its_way};
use self::told::{Log, Notices};
use crate::model::link::Failure;
use crate::model::store::ConnectionId;
use crate::state::signal::{Memo, Signal};
use crate::state::{App, ConnectionShown, Dialog, View};
use crate::ui::dom::{IntoView, component, view};
use crate::ui::icons::Icon;
use crate::ui::modal::Modal;

pub use changes::{Changes, ChangesDialog};
pub(super) use facts::paragraphs;
pub use failure::FailureFacts;

/// The dialog about one connection.
#[component]
pub fn ConnectionDialog(
    /// The connection.
    id: ConnectionId,
    /// It was closed.
    on_close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    // What the dialog is built from; the rest of the look ticks within.
    let failure = Memo::new(move || shown.read().as_ref().and_then(|shown| shown.failure.clone()));
    let is_on_its_way = Memo::new(move || {
        app.tick.track();
        shown.track();
        is_on_its_way(app, id)
    });
    let url = move || shown.read().as_ref().map(|shown| shown.url.clone()).unwrap_or_default();
    // Filled in, not dialled: the person may have to complete it.
    let take = move |options: Vec<(String, String)>| {
        if let Some(request) = app.request_of(id) {
            app.open(Dialog::Connect(request.with_options(options)));
        }
    };
    view! {
        <Modal
            title=Signal::derive(move || heading(app, id, shown.read().as_ref()))
            on_close=on_close
            wide=true
            badge=move || view! { <Badge id /> }
        >
            {move || failure.get().map(|failure: Failure| view! { <FailureFacts failure url=url() take /> })}
            <Show when=move || is_on_its_way.get()>
                <Steps id />
            </Show>
            <ConnectionFacts id />
            <Actions id on_close />
            <Notices id />
            <Log id />
        </Modal>
    }
}

fn heading(app: App, id: ConnectionId, shown: Option<&ConnectionShown>) -> String {
    let Some(shown) = shown else { return "This connection is gone".to_owned() };
    let title = &shown.title;
    let was_live = app.with_connection(id, |connection| !connection.speaks.is_empty()).unwrap_or(false);
    match shown.failure {
        Some(_) if was_live => format!("{title} is not connected"),
        Some(_) => format!("Could not connect to {title}"),
        None => title.clone(),
    }
}

/// The state of the link in words.
#[component]
fn Badge(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    move || {
        shown.get().map(|shown| {
            let (class, icon) = match shown.state {
                "failed" => ("state alarm", Some(Icon::Diamond)),
                "waiting" => ("state off", Some(Icon::Unplugged)),
                "live" if shown.silent => ("state stale", Some(Icon::Clock)),
                _ => ("state", None),
            };
            view! { <span class=class>{icon.map(Icon::view)} {shown.detail}</span> }
        })
    }
}

#[component]
fn Actions(id: ConnectionId, on_close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let state = Memo::new(move || shown.read().as_ref().map(|shown| shown.state));
    let is = move |word: &'static str| move || state.get() == Some(word);
    let is_down = move || matches!(state.get(), Some("waiting" | "failed" | "closed"));
    // A replay that has ended plays again, but has no address.
    let has_address = move || shown.read().as_ref().is_some_and(|shown| !shown.url.is_empty());
    let idle = Memo::new(move || shown.read().as_ref().and_then(|shown| shown.idle));
    let is_defined = move || shown.read().as_ref().is_some_and(|shown| shown.is_defined);
    let define = move |_| {
        on_close();
        app.definition_edited.set(Some(id));
        app.view.set(View::Definition);
    };
    let edit = move |_| {
        if let Some(request) = app.request_of(id) {
            app.open(Dialog::Connect(request));
        }
    };
    let reconnect = move |_| {
        app.close(id);
        app.retry(id);
    };
    let remove = move |_| {
        on_close();
        app.remove(id);
    };
    view! {
        <div class="actions">
            <button class="btn" on:click=remove>
                "Remove"
            </button>
            <Show when=has_address>
                <button class="btn" on:click=edit>
                    "Edit address"
                </button>
            </Show>
            <Show when=is_defined>
                <button class="btn" on:click=define>
                    "Definition"
                </button>
            </Show>
            <Show when=is("waiting")>
                <button class="btn" on:click=move |_| app.close(id)>
                    "Close link"
                </button>
                <button class="btn" on:click=move |_| on_close()>
                    "Keep trying"
                </button>
            </Show>
            <Show when=is("connecting")>
                <button class="btn" on:click=move |_| app.close(id)>
                    "Close link"
                </button>
            </Show>
            <Show when=is("live")>
                <button class="btn" on:click=move |_| app.close(id)>
                    "Disconnect"
                </button>
                <button class="btn" on:click=reconnect>
                    "Reconnect"
                </button>
                {move || {
                    let idle = idle.get()?;
                    Some(
                        view! {
                            <button class="btn" on:click=move |_| app.set_idle(id, !idle)>
                                {if idle { Icon::Play.view() } else { Icon::Pause.view() }}
                                {if idle { "Go on" } else { "Pause" }}
                            </button>
                        },
                    )
                }}
                <ArmButton id />
            </Show>
            <Show when=is_down>
                <button class="btn primary" on:click=move |_| app.retry(id)>
                    "Try now"
                </button>
            </Show>
        </div>
    }
}

/// Allows and forbids writing. A capture takes no writes.
#[component]
fn ArmButton(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let armed = move || shown.read().as_ref().and_then(|shown| shown.armed.clone());
    let is_armed = Memo::new(move || armed().is_some());
    let toggle = move |_| if is_armed.get_untracked() { app.disarm(id) } else { app.arm(id) };
    view! {
        <Show when=move || shown.read().as_ref().is_some_and(|shown| !shown.replay)>
            <button class="btn" class:armed=is_armed on:click=toggle>
                {move || if is_armed.get() { Icon::Unlocked.view() } else { Icon::Lock.view() }}
                {move || armed().map_or_else(|| "Arm".to_owned(), |left| format!("Disarm · {left} left"))}
            </button>
        </Show>
    }
}
