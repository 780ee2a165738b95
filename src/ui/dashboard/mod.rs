//! The dashboard: plots that people opened, which [`crate::ui::more`] draws, and for each connection the cards that
//! follow from its description.

mod card;
mod params;
mod quick_set;
mod section;
mod sparkline;
mod stop;
mod waveform;

use leptos::prelude::*;

pub use card::{CommandButtons, commands_of};
pub use quick_set::QuickSet;

use crate::model::catalog::Role;
use crate::model::display;
use crate::model::store::ChannelId;
use crate::state::App;
use crate::state::signal::{RwSignal, StoredValue};
use crate::ui::dom::{IntoView, component, view, watch};
use crate::ui::later::{Later, Opened};

/// Plots and cards.
#[component]
pub fn Dashboard() -> impl IntoView {
    let app = App::expect();
    provide_context(Pace::new(app));
    view! {
        <div class="dashboard">
            <Show when=move || !app.plots.read().is_empty()>
                <Later what=Opened::Plots />
            </Show>
            <For each=move || app.connections.get() key=|id| id.0.to_string() let:id>
                <section::ConnectionSection id />
            </For>
            <Show when=move || app.connections.read().is_empty()>
                <p class="card calm">
                    "No connection. Connect to a device, or start the demo on the first screen, and its values appear here."
                </p>
            </Show>
        </div>
    }
}

/// The beat for what need not be drawn with every reading: at most twice a second, and only when something came.
#[derive(Clone, Copy)]
struct Pace(RwSignal<u32>);

impl Pace {
    const PERIOD_MILLIS: f64 = 500.0;

    fn new(app: App) -> Self {
        let beats = RwSignal::new(0_u32);
        let last = StoredValue::new(0.0);
        watch(move || {
            app.drained.track();
            // Without readings too: a curve slides out of sight.
            app.tick.track();
            let now = app.now().instant.0;
            if now - last.get_value() >= Self::PERIOD_MILLIS && !app.paused.get_untracked() {
                last.set_value(now);
                beats.update(|count| *count = count.wrapping_add(1));
            }
        });
        Self(beats)
    }

    fn expect() -> Self {
        expect_context()
    }

    fn track(self) {
        self.0.track();
    }
}

/// Opens a plot of a channel, or adds it to the last one, and brings it into view.
fn open_plot(app: App, id: ChannelId, together: bool) {
    app.plot(id, together);
    app.say(format!("{} is plotted.", title_of(app, id)));
    let name = app.channel_name(id);
    let index =
        app.plots.with_untracked(|plots| plots.iter().rposition(|plot| plot.channels.contains(&name)));
    let Some(index) = index else { return };
    // Once it is there.
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&plot_element(index)) {
            element.scroll_into_view();
        }
    });
}

/// The name of a plot's element, to bring it into view.
pub fn plot_element(index: usize) -> String {
    format!("plot-{index}")
}

/// A channel's name for people where its group is not beside it.
pub fn title_of(app: App, id: ChannelId) -> String {
    let title = app.with_store(|store| {
        let record = store.channel(id)?;
        let connection = store.connection(record.connection)?;
        let group = connection.catalog.groups.get(record.group).map_or("", |group| group.title.as_str());
        Some(match record.channel.role {
            Role::Main => group.to_owned(),
            Role::Status | Role::Target | Role::Link | Role::Parameter => {
                format!("{group} {}", record.channel.name)
            }
        })
    });
    harmless(&title.unwrap_or_default())
}

/// What a peer calls something, as a title.
fn harmless(text: &str) -> String {
    display::harmless(text, 80)
}
