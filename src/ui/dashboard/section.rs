//! One connection on the dashboard: what it is, what can be done with it, its cards, or why there are none.

use leptos::prelude::*;

use super::card::Card;
use super::harmless;
use crate::model::arrange::{self, CardPlan, arrange};
use crate::model::display;
use crate::model::link::Cause;
use crate::model::store::ConnectionId;
use crate::state::signal::{Memo, RwSignal};
use crate::state::{App, ConnectionShown, Dialog};
use crate::ui::copy::Snippet;
use crate::ui::dom::{CollectView as _, IntoView, NodeRef, component, view};
use crate::ui::icons::Icon;

/// Cards that are there without anybody asking.
const FIRST_CARDS: usize = 60;

/// The section of a connection.
#[component]
pub(super) fn ConnectionSection(
    /// The connection.
    id: ConnectionId,
) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let title = Memo::new(move || shown.with(|shown| shown.as_ref().map(|shown| harmless(&shown.title))));
    let version =
        Memo::new(move || shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.catalog_version)));
    let level = Memo::new(move || app.settings.with(|settings| settings.level));
    view! {
        <section class="connection" aria-label=move || title.get().unwrap_or_default()>
            <Head id title version />
            {move || {
                if version.get() == 0 {
                    view! { <Waiting id /> }
                } else {
                    let catalog = app.catalog(id);
                    view! {
                        <Remedy remedy=catalog.remedy.as_deref().cloned() />
                        <Cards id sections=arrange(&catalog, level.get()) />
                    }
                }
            }}
        </section>
    }
}

#[component]
fn Head(id: ConnectionId, title: Memo<Option<String>>, version: Memo<u32>) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let part = move |part: fn(&ConnectionShown) -> String| {
        shown.with(|shown| shown.as_ref().map_or_else(String::new, part))
    };
    let headline = Memo::new(move || {
        version.track();
        let line = first_line(&app.catalog(id).description);
        if title.read().as_ref() == Some(&line) { String::new() } else { line }
    });
    let armed = Memo::new(move || shown.with(|shown| shown.as_ref().and_then(|shown| shown.armed.clone())));
    let changed = Memo::new(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.changed)));
    let toggle = move |_| if armed.get_untracked().is_some() { app.disarm(id) } else { app.arm(id) };
    view! {
        <header class="connection-head">
            <h2>{move || title.get()}</h2>
            <span class="quiet-text">{move || part(|shown| shown.protocol.clone())}</span>
            <span class="quiet-text detail">{move || part(|shown| shown.detail.clone())}</span>
            <span class="quiet-text headline">{headline}</span>
            <span class="quiet-text">
                {move || part(|shown| shown.skew.map_or_else(String::new, clock_words))}
            </span>
            <span class="grow"></span>
            <Show when=move || changed.get()>
                <button class="btn small" on:click=move |_| app.open(Dialog::Changes(id))>
                    "What changed"
                </button>
            </Show>
            {move || {
                version.track();
                (!app.faults(id).is_empty()).then(|| view! { <Faults id /> })
            }}
            <button
                class="btn small"
                class:armed=move || armed.read().is_some()
                aria-pressed=move || if armed.read().is_some() { "true" } else { "false" }
                on:click=toggle
            >
                <Show when=move || armed.read().is_some() fallback=|| Icon::Lock.view()>
                    {Icon::Unlocked.view()}
                </Show>
                {move || armed.get().map_or_else(|| "Arm".to_owned(), |left| format!("Armed {left}"))}
            </button>
            <button class="btn small" on:click=move |_| app.open(Dialog::Connection(id))>
                "Details"
            </button>
        </header>
    }
}

/// Why there is nothing to see, or less than expected, and what to do.
#[component]
fn Remedy(remedy: Option<Cause>) -> impl IntoView {
    remedy.map(|Cause { title, text, snippet, offer: _ }| {
        view! {
            <div class="card calm">
                <h3>{title}</h3>
                <p>{text}</p>
                <Snippet text=snippet />
            </div>
        }
    })
}

/// What a simulated instrument can be made to suffer from.
#[component]
fn Faults(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let version = RwSignal::new(0_u32);
    let set = move |index, on| {
        app.set_fault(id, index, on);
        version.update(|version| *version += 1);
    };
    let items = move || {
        version.track();
        app.faults(id)
            .into_iter()
            .map(|fault| {
                if fault.momentary {
                    view! {
                        <button class="btn small" on:click=move |_| set(fault.index, true)>
                            {fault.title}
                        </button>
                    }
                } else {
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                prop:checked=fault.on
                                on:change=move |event| set(fault.index, event_target_checked(&event))
                            />
                            {fault.title}
                        </label>
                    }
                }
            })
            .collect_view()
    };
    let count = move || {
        version.track();
        app.faults(id).iter().filter(|fault| fault.on).count()
    };
    let node = NodeRef::<web_sys::HtmlDetailsElement>::new();
    let close = move || {
        if let Some(details) = node.get_untracked() {
            details.set_open(false);
        }
    };
    view! {
        <details
            class="menu"
            node_ref=node
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    close();
                }
            }
        >
            <summary class="btn small">
                {move || match count() {
                    0 => "Faults".to_owned(),
                    on => format!("Faults: {on} on"),
                }}
            </summary>
            <div class="menu-items" role="group" aria-label="Faults of the simulated instrument">
                {items}
            </div>
        </details>
    }
}

/// The cards of a catalog, the first of them at once.
#[component]
fn Cards(id: ConnectionId, sections: Vec<arrange::Section>) -> impl IntoView {
    let total: usize = sections.iter().map(|section| section.cards.len()).sum();
    let limit = RwSignal::new(FIRST_CARDS);
    if total == 0 {
        // A remedy above says more.
        let is_explained = App::expect().catalog(id).remedy.is_some();
        return view! {
            <p hidden=is_explained class="card calm">"The instrument describes nothing that is shown at this level of detail."</p>
        };
    }
    view! {
        <div class="cards">
            {move || {
                let mut left = limit.get();
                sections
                    .iter()
                    .filter_map(|section| {
                        let cards: Vec<CardPlan> = section.cards.iter().take(left).cloned().collect();
                        left -= cards.len();
                        (!cards.is_empty()).then(|| view! { <Together id within=section.within.clone() cards /> })
                    })
                    .collect_view()
            }}
        </div>
        <Show when=move || limit.get() < total>
            <button class="btn more-cards" on:click=move |_| limit.update(|limit| *limit += FIRST_CARDS)>
                {move || format!("Show {} more", (total - limit.get()).min(FIRST_CARDS))}
            </button>
        </Show>
    }
}

/// Cards under one heading, as wide as they have columns.
#[component]
fn Together(id: ConnectionId, within: Vec<String>, cards: Vec<CardPlan>) -> impl IntoView {
    let heading = within.iter().map(|name| harmless(name)).collect::<Vec<_>>().join(" › ");
    let columns = arrange::columns(cards);
    let width: usize = columns.iter().filter_map(|column| column.first()).map(CardPlan::columns).sum();
    let columns = columns
        .into_iter()
        .map(|column| {
            let mut cards = column.into_iter().map(|plan| view! { <Card connection=id plan /> });
            if cards.len() == 1 {
                cards.next().into_view()
            } else {
                view! { <div class="column">{cards.collect_view()}</div> }
            }
        })
        .collect_view();
    view! {
        <div
            class="together"
            role=(!heading.is_empty()).then_some("group")
            aria-label=(!heading.is_empty()).then(|| heading.clone())
            style:--cards=width
        >
            {(!heading.is_empty()).then(|| view! { <p class="within">{heading.clone()}</p> })}
            {columns}
        </div>
    }
}

/// Stands where the cards will be: what happens, and why it does not go on.
#[component]
fn Waiting(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let words = move || {
        shown.get().map(|shown| {
            let peer = if shown.url.is_empty() { "the instrument".to_owned() } else { harmless(&shown.url) };
            let title = match (&shown.failure, shown.state) {
                (Some(failure), _) => display::harmless(&failure.title, 200),
                (None, "closed") => "The connection is closed.".to_owned(),
                (None, "live") => format!("Connected to {peer}; it has not described itself yet."),
                (None, _) => format!("Connecting to {peer} …"),
            };
            let cause = shown.failure.as_ref().and_then(|failure| failure.causes.first()).cloned();
            view! {
                <h3>{title}</h3>
                {cause.map(|cause| view! { <p><b>{cause.title}</b>" "{cause.text}</p> })}
                {shown.failure.is_some().then(|| view! { <p class="quiet-text">{shown.detail.clone()}</p> })}
            }
        })
    };
    let can_dial = move || {
        shown.with(|shown| {
            shown.as_ref().is_some_and(|shown| shown.state != "live" && shown.state != "connecting")
        })
    };
    view! {
        <div class="card calm">
            {words}
            <div class="actions">
                <Show when=can_dial>
                    <button class="btn small" on:click=move |_| app.retry(id)>
                        "Try now"
                    </button>
                </Show>
                <button class="btn small" on:click=move |_| app.open(Dialog::Connection(id))>
                    "Details"
                </button>
            </div>
        </div>
    }
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    display::harmless(line, 160)
}

fn clock_words(seconds: i64) -> String {
    if seconds > 0 {
        format!("its clock is {seconds} s ahead")
    } else {
        format!("its clock is {} s behind", -seconds)
    }
}
