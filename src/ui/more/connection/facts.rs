//! What is known of a connection: what the peer says about itself, and what the page has counted.

use crate::model::display;
use crate::model::store::{ConnectionId, ConnectionRecord};
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::definitions::definitions;
use crate::ui::dom::{CollectView as _, IntoView, component, view};

/// The longest fact of a peer.
const FACT_CHARS: usize = 300;
/// The longest paragraph of a peer's description,
const PARAGRAPH_CHARS: usize = 1_000;
/// and how many of them are shown.
const PARAGRAPHS: usize = 12;
/// So many facts of a peer are listed.
const FACTS: usize = 40;

/// The facts; nothing while nothing is known. The counts tick.
#[component]
pub(super) fn ConnectionFacts(id: ConnectionId) -> impl IntoView {
    let app = App::expect();
    let shown = app.connection(id);
    let version = Memo::new(move || shown.read().as_ref().map_or(0, |shown| shown.catalog_version));
    let is_known = Memo::new(move || {
        app.tick.track();
        shown.track();
        app.with_connection(id, |connection| connection.counters.frames_in > 0).unwrap_or(false)
    });
    let description = move || {
        version.track();
        let catalog = app.catalog(id);
        // The first line is often the name, which is the heading already.
        paragraphs(&catalog.description)
            .into_iter()
            .filter(|paragraph| *paragraph != catalog.title)
            .map(|paragraph| view! { <p>{paragraph}</p> })
            .collect_view()
    };
    let of_peer = move || {
        version.track();
        let catalog = app.catalog(id);
        let harmless = |text: &String| display::harmless(text, FACT_CHARS);
        catalog.facts.iter().take(FACTS).map(|(name, value)| (harmless(name), harmless(value))).collect()
    };
    let of_link = move || {
        let mut facts = Vec::new();
        let Some(shown) = shown.get() else { return facts };
        if !shown.protocol.is_empty() {
            facts.push(("Speaks", shown.protocol));
        }
        if !shown.url.is_empty() {
            facts.push(("Address", shown.url));
        }
        facts
    };
    let counted = move || {
        app.tick.track();
        app.with_connection(id, counts).unwrap_or_default()
    };
    view! {
        <Show when=move || is_known.get()>
            {description}
            <dl class="facts two-columns">
                {definitions(of_link)} {definitions(of_peer)} {definitions(counted)}
            </dl>
        </Show>
    }
}

/// The lines of a description that say something, made harmless.
pub(in crate::ui) fn paragraphs(description: &str) -> Vec<String> {
    description
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(PARAGRAPHS)
        .map(|line| display::harmless(line.trim(), PARAGRAPH_CHARS))
        .collect()
}

fn counts(connection: &ConnectionRecord) -> Vec<(&'static str, String)> {
    let counters = &connection.counters;
    let traffic =
        |frames: u64, bytes: u64| format!("{} · {} B", display::count(frames), display::count(bytes));
    vec![
        ("Round trip", connection.round_trip.map_or_else(|| "not measured".to_owned(), display::interval)),
        ("Its clock", connection.clock_offset.map_or_else(|| "not compared".to_owned(), clock)),
        ("Frames in", traffic(counters.frames_in, counters.bytes_in)),
        ("Frames out", traffic(counters.frames_out, counters.bytes_out)),
        ("Readings", display::count(counters.readings)),
        ("Malformed", display::count(counters.malformed)),
        ("Violations", display::count(counters.violations)),
        ("Links lost", display::count(counters.losses)),
    ]
}

/// A clock's offset in words.
fn clock(offset_micros: i64) -> String {
    let offset = display::interval(std::time::Duration::from_micros(offset_micros.unsigned_abs()));
    match offset_micros {
        0 => "as ours".to_owned(),
        1.. => format!("{offset} ahead of ours"),
        _ => format!("{offset} behind ours"),
    }
}
