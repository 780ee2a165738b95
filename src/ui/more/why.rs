//! All about one channel: why its value has the quality that it has, the whole value, its type and its counts.

use super::connection::paragraphs;
use crate::model::datatype::DataType;
use crate::model::quality::{Quality, explain, in_words, judge};
use crate::model::reading::Report;
use crate::model::store::{ChannelId, ChannelRecord};
use crate::model::time::Now;
use crate::model::{Channel, display};
use crate::state::App;
use crate::state::signal::{Memo, Signal};
use crate::ui::definitions::definitions;
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::icons::Icon;
use crate::ui::modal::Modal;
use crate::ui::value::quality_icon;

/// The longest words of a peer in a fact.
const FACT_CHARS: usize = 500;

/// The dialog about one channel. It follows the clock.
#[component]
pub fn WhyDialog(
    /// The channel.
    id: ChannelId,
    /// It was closed.
    on_close: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let app = App::expect();
    let (shown, text) = (app.watch(id), app.watch_text(id));
    let quality = Memo::new(move || shown.read().quality);
    let ticking = move |facts: fn(App, ChannelId) -> Vec<(String, String)>| {
        definitions(move || {
            app.tick.track();
            shown.track();
            text.track();
            facts(app, id)
        })
    };
    let words = move || {
        app.tick.track();
        shown.track();
        let now = app.now().instant;
        app.with_store(|store| {
            store.freshness(id, now).map(|freshness| in_words(&freshness, &judge(&freshness)))
        })
    };
    let value = move || {
        text.track();
        whole_value(app, id)
    };
    let description = app.channel(id).map(|channel| paragraphs(&channel.description)).unwrap_or_default();
    view! {
        <Modal
            title=Signal::derive(move || format!("Why “{}”?", quality.get().word()))
            on_close=on_close
            badge=move || view! { <QualityBadge quality /> }
        >
            <p class="mono">{app.channel_name(id)}</p>
            <p>{words}</p>
            {move || {
                shown
                    .read()
                    .error
                    .clone()
                    .map(|(class, text)| {
                        view! {
                            <p>
                                <b>{display::harmless(&class, FACT_CHARS)}</b>
                                " "
                                {display::harmless(&text, FACT_CHARS)}
                            </p>
                        }
                    })
            }}
            {move || {
                let alarm = shown.read().alarm.clone();
                (!alarm.is_empty()).then(|| view! { <p class="state alarm">{Icon::Diamond.view()} " " {alarm}</p> })
            }}
            <dl class="facts">{ticking(freshness_facts)}</dl>
            <Actions id />
            <h3>"Value"</h3>
            <pre class="whole-value" tabindex="0" aria-label="The whole value">{value}</pre>
            <dl class="facts">{ticking(value_facts)}</dl>
            <h3>"Description"</h3>
            {description.into_iter().map(|paragraph| view! { <p>{paragraph}</p> }).collect_view()}
            <dl class="facts">{definitions(move || type_facts(app, id))}</dl>
            <super::monitoring::MonitoringForm id />
            <h3>"Readings"</h3>
            <dl class="facts">{ticking(ledger_facts)}</dl>
        </Modal>
    }
}

#[component]
fn QualityBadge(quality: Memo<Quality>) -> impl IntoView {
    move || {
        let quality = quality.get();
        let class = match quality {
            Quality::Late | Quality::Stale => "state stale",
            Quality::Disconnected => "state off",
            Quality::Invalid => "state invalid",
            Quality::Live | Quality::Paused | Quality::Replay => "state",
        };
        view! { <span class=class>{quality_icon(quality).view()} {quality.word()}</span> }
    }
}

#[component]
fn Actions(id: ChannelId) -> impl IntoView {
    let app = App::expect();
    let shown = app.watch(id);
    let is_paused = Memo::new(move || shown.read().paused);
    let is_subscribed = Memo::new(move || shown.read().subscribed);
    let is_plottable = app.channel(id).is_some_and(|channel| channel.data_type.is_plottable());
    view! {
        <div class="actions">
            <button class="btn" on:click=move |_| app.read(id)>
                "Read now"
            </button>
            <button class="btn" on:click=move |_| app.pause_channel(id, !is_paused.get_untracked())>
                {move || if is_paused.get() { Icon::Play.view() } else { Icon::Pause.view() }}
                {move || if is_paused.get() { "Resume" } else { "Pause" }}
            </button>
            <button class="btn" on:click=move |_| app.subscribe(id, !is_subscribed.get_untracked())>
                {move || if is_subscribed.get() { "Unsubscribe" } else { "Subscribe" }}
            </button>
            {is_plottable
                .then(|| {
                    view! {
                        <button
                            class="btn"
                            on:click=move |_| {
                                app.plot(id, false);
                                app.say("Added to the plots on the dashboard.");
                            }
                        >
                            {Icon::Plot.view()}
                            "Plot"
                        </button>
                    }
                })}
        </div>
    }
}

fn freshness_facts(app: App, id: ChannelId) -> Vec<(String, String)> {
    let now = app.now().instant;
    app.with_store(|store| {
        let freshness = store.freshness(id, now);
        freshness.map(|freshness| explain(&freshness, &judge(&freshness))).unwrap_or_default()
    })
}

fn whole_value(app: App, id: ChannelId) -> String {
    app.with_store(|store| {
        let record = store.channel(id)?;
        let value = match record.value.as_ref().map(|reading| &reading.report) {
            Some(Report::Value(value)) => Some(value),
            Some(Report::Error { .. }) | None => record.channel.constant.as_ref(),
        };
        Some(with_unit(display::show_full(value?, &record.channel.data_type), &record.channel.data_type))
    })
    .unwrap_or_else(|| "no value yet".to_owned())
}

/// The unit stands behind a scalar; behind a list it would belong to its last item.
fn with_unit(text: String, data_type: &DataType) -> String {
    let unit = display::unit(data_type);
    if unit.is_empty() || matches!(data_type, DataType::Array { .. }) {
        text
    } else {
        format!("{text} {unit}")
    }
}

fn value_facts(app: App, id: ChannelId) -> Vec<(String, String)> {
    let now = app.now();
    app.with_store(|store| store.channel(id).map(|record| times_of(record, now)).unwrap_or_default())
}

fn times_of(record: &ChannelRecord, now: Now) -> Vec<(String, String)> {
    let Some(reading) = &record.value else { return Vec::new() };
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact("Taken", reading.taken.map_or_else(|| "the source does not say".to_owned(), display::date_time));
    fact("Arrived", display::date_time(now.wall_at(reading.arrived)));
    if let Some((axis, place)) = record.place_on_axis() {
        fact("Place", axis.place(place));
    }
    if let Some(uncertainty) = reading.uncertainty {
        let data_type = &record.channel.data_type;
        fact(
            "Uncertainty",
            with_unit(format!("± {}", display::uncertainty(uncertainty, data_type)), data_type),
        );
    }
    facts
}

fn type_facts(app: App, id: ChannelId) -> Vec<(String, String)> {
    let Some(channel) = app.channel(id) else { return Vec::new() };
    let Channel { data_type, access, constant, write_hint, .. } = &*channel;
    let access = match (access, constant) {
        (_, Some(_)) => "never changes",
        (crate::model::Access::Read, None) => "read only",
        (crate::model::Access::ReadWrite, None) => "read and write",
    };
    let mut facts = vec![("Type".to_owned(), data_type.in_words()), ("Access".to_owned(), access.to_owned())];
    if !write_hint.is_empty() {
        facts.push(("To write".to_owned(), display::harmless(write_hint, FACT_CHARS)));
    }
    facts
}

fn ledger_facts(app: App, id: ChannelId) -> Vec<(String, String)> {
    let now = app.now().instant;
    app.with_store(|store| {
        let Some(record) = store.channel(id) else { return Vec::new() };
        let counts = record.ledger.counts();
        let counted = [
            ("Received", counts.received),
            ("Shown", counts.shown),
            ("Replaced by a newer one before they were shown", counts.conflated),
            ("Dropped", counts.dropped),
            ("Gaps", counts.gaps),
            ("Malformed", counts.malformed),
            ("Violations", counts.violations),
        ];
        let rate = [("Rate".to_owned(), display::rate(store.rate(id, now)))];
        rate.into_iter()
            .chain(counted.into_iter().map(|(name, count)| (name.to_owned(), display::count(count))))
            .collect()
    })
}
