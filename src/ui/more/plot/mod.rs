//! The plots on the dashboard. What they draw is decided here; how pixels come about is uPlot's business.

mod card;
mod chart;
mod export;
mod legend;
mod picture;
mod table;

use crate::document::workspace::PlotDocument;
use crate::model::catalog::Axis;
use crate::model::store::ChannelId;
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{IntoView, component, view, watch};

/// A plot as its card is made for it. With other lines, another axis or another clock, it is another card.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PlotKey {
    index: usize,
    lines: Vec<LineKey>,
    /// What its lines are laid over; `None` for time.
    axis: Option<Box<Axis>>,
    /// Its axis is written in UTC.
    utc: bool,
}

impl PlotKey {
    fn to_text(&self) -> String {
        let line =
            |line: &LineKey| format!("\n{} {}", line.name, line.id.map_or(0, |id| u64::from(id.0) + 1));
        let lines: String = self.lines.iter().map(line).collect();
        let axis = self
            .axis
            .as_deref()
            .map_or_else(String::new, |axis| format!("{}{}{}", axis.title(), axis.is_depth, axis.decreasing));
        format!("{} {}{axis}{lines}", self.index, self.utc)
    }
}

/// A line by the channel's name, and the channel where it is there already and fits the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LineKey {
    name: String,
    id: Option<ChannelId>,
}

/// All plots.
#[component]
pub(super) fn Plots() -> impl IntoView {
    let app = App::expect();
    let plots = Memo::new(move || {
        // Channels that were plotted before a reload come with the catalog of their connection.
        app.tick.track();
        let utc = app.settings.with(|settings| settings.utc);
        let key = |(index, plot): (usize, &PlotDocument)| {
            let axis = app.axis_of_plot(plot);
            let fits = |id: &ChannelId| Axis::fit(axis.as_deref(), app.axis(*id).as_deref());
            let line =
                |name: &String| LineKey { name: name.clone(), id: app.find_channel(name).filter(fits) };
            PlotKey { index, lines: plot.channels.iter().map(line).collect(), axis, utc }
        };
        app.plots.with(|plots| plots.iter().enumerate().map(key).collect::<Vec<_>>())
    });
    watch(move || {
        plots.track();
        app.fit_histories();
    });
    view! {
        <section class="plots" class:empty=move || plots.read().is_empty() aria-label="Plots">
            <h2 class="visually-hidden">"Plots"</h2>
            <For each=move || plots.get() key=PlotKey::to_text let:plot>
                <card::PlotCard plot />
            </For>
        </section>
    }
}
