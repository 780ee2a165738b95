//! The definition of a connection beside what it makes of the last frames: a person writes it and sees what it does.

use leptos::prelude::*;

use crate::model::display;
use crate::model::frames::FrameBody;
use crate::model::hex;
use crate::model::store::ConnectionId;
use crate::state::signal::{Memo, RwSignal, StoredValue};
use crate::state::{
    App, Arrival, DefinitionInUse, FramePreview, PROXY_RECIPE, Problem, ReadingPreview, RulePreview, View,
};
use crate::ui::copy::Snippet;
use crate::ui::dom::{CollectView as _, IntoView, NodeRef, component, view, watch};
use crate::ui::icons::Icon;

/// So many frames are looked at.
const FRAMES: usize = 8;
/// How often they are looked through while others come, in milliseconds.
const LOOK_MILLIS: f64 = 1000.0;
/// So many readings of a rule are listed.
const READINGS: usize = 40;
/// So many lines of a frame are laid out.
const LEAVES: usize = 400;

/// The view.
#[component]
pub fn DefinitionView() -> impl IntoView {
    let app = App::expect();
    let edited =
        Memo::new(move || app.definition_edited.get().filter(|id| app.connections.read().contains(id)));
    view! {
        {move || match edited.get() {
            Some(id) => view! { <Loaded id /> },
            None => view! { <p class="empty">"No definition is open. Open one from the dialog of its connection."</p> },
        }}
    }
}

/// The editor, once what reads definitions is here.
#[component]
fn Loaded(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let is_known = Memo::new(move || shown.read().as_ref().is_some_and(|shown| shown.is_defined));
    let arrival = Memo::new(move || {
        let protocol = is_known.get().then(|| app.definition_protocol(id)).flatten()?;
        app.want_protocol(protocol);
        Some(app.protocol_arrival(protocol))
    });
    move || match arrival.get() {
        Some(Arrival::Here) => {
            let definition = untrack(|| app.definition_of(id));
            definition.map(|definition| view! { <Editor id definition /> }).into_view()
        }
        Some(Arrival::Failed(words)) => {
            view! { <p class="problem">"What reads definitions could not be loaded. " {words}</p> }
        }
        Some(Arrival::OnItsWay) | None => view! { <p class="empty">"…"</p> },
    }
}

#[component]
fn Editor(id: ConnectionId, definition: DefinitionInUse) -> impl IntoView {
    let app = App::expect();
    let DefinitionInUse { protocol, name, text: saved, is_own } = definition;
    let text = RwSignal::new(saved.clone());
    let new_name = RwSignal::new(if is_own { name.clone() } else { format!("{name} (own)") });
    let saved = StoredValue::new(saved);
    let area = NodeRef::<web_sys::HtmlTextAreaElement>::new();
    let problems = Memo::new(move || match app.read_definition(protocol, &text.get()) {
        Some(Err(problems)) => problems,
        Some(Ok(_)) | None => Vec::new(),
    });
    let is_good = move || problems.read().is_empty();
    let is_changed = move || text.with(|text| saved.with_value(|saved| saved != text));
    let own_name = StoredValue::new(name);
    let save = move |_| {
        let wanted = new_name.get_untracked().trim().to_owned();
        if wanted.is_empty() || !problems.with_untracked(Vec::is_empty) {
            return;
        }
        let text = text.get_untracked();
        if app.use_definition(id, protocol, &wanted, &text) {
            saved.set_value(text);
            own_name.set_value(wanted);
        }
    };
    let save_file = move |_| {
        let name = format!("{}.connector.json", own_name.get_value());
        text.with_untracked(|text| crate::ui::files::save(app, &name, "application/json", text));
    };
    let forget = move |_| {
        app.forget_definition(protocol, &own_name.get_value());
        app.view.set(View::Dashboard);
    };
    let go_to = move |at: usize| {
        let Some(area) = area.get_untracked() else { return };
        // The browser counts in UTF-16 units.
        let units = text.with_untracked(|text| {
            text.get(..at.min(text.len())).map_or(0, |before| before.encode_utf16().count())
        });
        let units = u32::try_from(units).unwrap_or_default();
        // A field on the page takes the focus and a selection.
        drop(area.focus());
        drop(area.set_selection_range(units, units + 1));
    };
    view! {
        <div class="definition-view">
            <section class="card definition-text" aria-label="Definition">
                <header class="table-head">
                    <h2>"Definition"</h2>
                    <label class="field">
                        <span class="visually-hidden">"Its name"</span>
                        <input id="definition-name" maxlength="80" autocomplete="off" bind:value=new_name />
                    </label>
                    <span class="quiet-text">{move || match (is_changed(), own_name.with_value(|name| app.is_own_definition(protocol, name))) {
                            (true, _) => "changed, not saved",
                            (false, true) => "saved",
                            (false, false) => "comes with the page",
                        }}</span>
                    <span class="grow"></span>
                    <Show when=move || own_name.with_value(|name| app.is_own_definition(protocol, name))>
                        <button class="btn small" on:click=forget>
                            "Delete"
                        </button>
                    </Show>
                    <button class="btn small" on:click=save_file>
                        "Save as a file"
                    </button>
                    <button class="btn small primary" disabled=move || !is_good() on:click=save>
                        "Save and use"
                    </button>
                    <button class="btn quiet small" aria-label="Close" on:click=move |_| app.view.set(View::Dashboard)>
                        {Icon::Cross.view()}
                    </button>
                </header>
                <textarea
                    id="definition-text"
                    class="mono"
                    node_ref=area
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="none"
                    aria-label="The definition as JSON"
                    aria-invalid=move || (!is_good()).then_some("true")
                    aria-describedby="definition-problems"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
                <ul class="definition-problems" id="definition-problems" aria-live="polite">
                    {move || {
                        let problems = problems.get();
                        let text = text.get_untracked();
                        problems.into_iter().map(|problem| view! { <ProblemLine problem text=text.clone() go_to /> }).collect_view()
                    }}
                </ul>
                <details class="definition-limits">
                    <summary>"What a browser cannot send"</summary>
                    <p class="quiet-text">
                        "A page chooses the address and the subprotocols of a WebSocket, nothing else: no headers (Authorization, \
                         X-M2M-Origin), no cookies of another site, no certificate. Where a device wants one, put a proxy before it \
                         that adds it, and connect to the proxy. A token can often go into the first message, or into the address, \
                         where proxies may log it."
                    </p>
                    <Snippet text=PROXY_RECIPE.to_owned() />
                </details>
            </section>
            <Preview id protocol text />
        </div>
    }
}

#[component]
fn ProblemLine(problem: Problem, text: String, go_to: impl Fn(usize) + 'static) -> impl IntoView {
    let Problem { place, at, text: words } = problem;
    let before = &text[..text.floor_char_boundary(at.min(text.len()))];
    let line = before.matches('\n').count() + 1;
    view! {
        <li>
            <button class="problem-line" on:click=move |_| go_to(at)>
                {Icon::Cross.view()}
                <span class="quiet-text">"line " {line}</span>
                <span class="mono">{place}</span>
                <span>{words}</span>
            </button>
        </li>
    }
}

/// The last frames, what each rule takes from them, and the values to make rules from.
#[component]
fn Preview(id: ConnectionId, protocol: &'static str, text: RwSignal<String>) -> impl IntoView {
    let app = App::expect();
    let frozen = RwSignal::new(false);
    let seqs = RwSignal::new(Vec::<u64>::new());
    let chosen = RwSignal::new(None::<u64>);
    let looked = StoredValue::new(f64::NEG_INFINITY);
    watch(move || {
        app.drained.track();
        app.tick.track();
        let now = app.now().instant.0;
        if frozen.get() || now - looked.get_value() < LOOK_MILLIS {
            return;
        }
        looked.set_value(now);
        let last = app.last_frames(id, FRAMES);
        if seqs.with_untracked(|seqs| *seqs != last) {
            seqs.set(last);
        }
    });
    // Whoever looks into a frame wants it to stay.
    let choose = move |seq: u64| {
        frozen.set(true);
        chosen.update(|chosen| *chosen = (*chosen != Some(seq)).then_some(seq));
    };
    let previews =
        Memo::new(move || text.with(|text| app.preview_definition(id, protocol, text, &seqs.get())));
    view! {
        <section class="card definition-preview" aria-label="What it makes of the last frames">
            <header class="table-head">
                <h2>"Last frames"</h2>
                <span class="grow"></span>
                <button
                    class="btn small"
                    aria-pressed=move || if frozen.get() { "true" } else { "false" }
                    on:click=move |_| frozen.update(|frozen| *frozen = !*frozen)
                >
                    {move || if frozen.get() { Icon::Play.view() } else { Icon::Pause.view() }}
                    {move || if frozen.get() { "Go on" } else { "Freeze" }}
                </button>
            </header>
            {move || {
                let (seqs, previews) = (seqs.get(), previews.get());
                if seqs.is_empty() {
                    return view! { <p class="empty">"No frame has come yet. What comes is shown here at once."</p> };
                }
                let previews = previews.into_iter().map(Some).chain(std::iter::repeat(None));
                seqs.into_iter()
                    .zip(previews)
                    .map(|(seq, preview)| {
                        view! { <FrameItem id protocol seq preview=preview.unwrap_or_default() text chosen choose /> }
                    })
                    .collect_view()
                    .into_view()
            }}
        </section>
    }
}

#[component]
fn FrameItem(
    id: ConnectionId,
    protocol: &'static str,
    seq: u64,
    preview: FramePreview,
    text: RwSignal<String>,
    chosen: RwSignal<Option<u64>>,
    choose: impl Fn(u64) + 'static,
) -> impl IntoView {
    const SHOWN_CHARS: usize = 160;
    let app = App::expect();
    let line = app.frames(id).and_then(|frames| {
        let frames = frames.borrow();
        let entry = frames.get(seq)?;
        let line = match &entry.body {
            FrameBody::Text(text) => display::harmless(text, SHOWN_CHARS),
            FrameBody::Binary(bytes) => format!("‹binary› {}", hex::spaced(&bytes[..bytes.len().min(48)])),
        };
        Some((display::clock_time_millis(app.on_clock(entry.at)), line))
    });
    let (time, line) = line.unwrap_or_default();
    let FramePreview { problem, rules } = preview;
    let is_readable = problem.is_empty();
    let taken: usize = rules.iter().map(|rule| rule.readings.len()).sum();
    let (at_work, idle): (Vec<_>, Vec<_>) =
        rules.into_iter().partition(|rule| !rule.readings.is_empty() || !rule.problems.is_empty());
    let is_open = move || chosen.get() == Some(seq);
    view! {
        <article class="definition-frame">
            <button class="frame-line" aria-expanded=move || if is_open() { "true" } else { "false" } on:click=move |_| choose(seq)>
                <span class="time">{time}</span>
                <span class="mono text">{line}</span>
            </button>
            {(!problem.is_empty()).then(|| view! { <p class="problem">{problem}</p> })}
            <Show when=is_open>
                <Leaves id protocol seq text />
            </Show>
            {(taken == 0 && is_readable).then(|| view! { <p class="quiet-text">"No rule takes anything from it. Open it and click a value."</p> })}
            {at_work.into_iter().map(|rule| view! { <RuleItem rule /> }).collect_view()}
            {(!idle.is_empty())
                .then(|| {
                    view! {
                        <details class="folded">
                            <summary>{idle.len()} " rules take nothing from it"</summary>
                            {idle.into_iter().map(|rule| view! { <RuleItem rule /> }).collect_view()}
                        </details>
                    }
                })}
        </article>
    }
}

#[component]
fn RuleItem(rule: RulePreview) -> impl IntoView {
    let RulePreview { rule, reason, readings, problems } = rule;
    let rest = readings.len().saturating_sub(READINGS);
    view! {
        <div class="definition-rule">
            <p>
                <span class="mono">{rule}</span>
                " "
                <span class="quiet-text">{reason}</span>
            </p>
            <table>
                <tbody>
                    {readings
                        .into_iter()
                        .take(READINGS)
                        .map(|ReadingPreview { channel, value, unit, time }| {
                            view! {
                                <tr>
                                    <th scope="row" class="mono">{channel}</th>
                                    <td class="n">{value}</td>
                                    <td class="quiet-text">{unit}</td>
                                    <td class="quiet-text">{time}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
            {(rest > 0).then(|| view! { <p class="quiet-text">{rest} " more"</p> })}
            {problems.into_iter().map(|problem| view! { <p class="problem">{problem}</p> }).collect_view()}
        </div>
    }
}

/// What is in a frame, to make a rule from a value.
#[component]
fn Leaves(id: ConnectionId, protocol: &'static str, seq: u64, text: RwSignal<String>) -> impl IntoView {
    let app = App::expect();
    let leaves = text.with_untracked(|text| app.leaves(id, protocol, text, seq));
    let rest = leaves.len().saturating_sub(LEAVES);
    let answer = RwSignal::new(String::new());
    let make = move |place: &str| {
        let made = text.with_untracked(|text| app.with_rule(id, protocol, text, seq, place));
        match made {
            Ok(with_rule) => {
                text.set(with_rule);
                answer
                    .set("A rule was added to the definition. Give it a better name, then save.".to_owned());
            }
            Err(why) => answer.set(why),
        }
    };
    view! {
        <p class="quiet-text">"Click a value to make a rule from it."</p>
        <ul class="leaves">
            {leaves
                .into_iter()
                .take(LEAVES)
                .map(|leaf| {
                    let crate::state::Leaf { depth, name, value, place } = leaf;
                    let indent = format!("{}em", depth.min(12));
                    let label = format!("{value}: make a rule from {name}");
                    let is_value = !place.is_empty();
                    view! {
                        <li style:padding-left=indent>
                            <span class="mono quiet-text">{name}</span>
                            " "
                            {if is_value {
                                view! {
                                    <button class="leaf mono" aria-label=label on:click=move |_| make(&place)>
                                        {value}
                                    </button>
                                }
                                    .into_view()
                            } else {
                                view! { <span class="mono">{value}</span> }.into_view()
                            }}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
        {(rest > 0).then(|| view! { <p class="quiet-text">{rest} " more"</p> })}
        <p role="status">{answer}</p>
    }
}
