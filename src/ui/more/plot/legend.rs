//! The lines of a plot by name, with their present values, and their values under the pointer.

use super::card::Plot;
use crate::model::display;
use crate::model::store::ChannelId;
use crate::model::time::Timestamp;
use crate::model::value::Value as Reading;
use crate::state::App;
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::icons::Icon;
use crate::ui::value::Value;

/// The legend.
#[component]
pub(super) fn Legend(
    /// Of which plot.
    plot: Plot,
) -> impl IntoView {
    let shown = plot.lines();
    let several = shown.ids.len() > 1;
    let lines = shown
        .ids
        .iter()
        .copied()
        .zip(shown.titles.clone())
        .enumerate()
        .map(|(number, (id, title))| {
            let remove = several.then(|| {
                let label = format!("Remove {title} from the plot");
                let app = plot.app;
                view! {
                    <button
                        class="act"
                        aria-label=label
                        title="Remove"
                        on:click=move |_| app.remove_line(plot.index, &app.channel_name(id))
                    >
                        {Icon::Cross.view()}
                    </button>
                }
            });
            view! {
                <li>
                    <i class=format!("swatch trace-{}", number % 6 + 1)></i>
                    <span class="name">{title}</span>
                    <Value id />
                    {remove}
                </li>
            }
        })
        .collect_view();
    let at_cursor = move || {
        plot.cursor.get().map(|time| {
            let values: Vec<String> = shown.ids.iter().map(|id| value_at(plot.app, *id, time)).collect();
            let at = shown.axis.as_ref().map(|axis| axis.place(time));
            view! {
                <span class="time">{at.unwrap_or_else(|| clock(plot.app, time))}</span>
                {values.into_iter().map(|value| view! { <span>{value}</span> }).collect_view()}
            }
        })
    };
    view! {
        <div class="legend">
            <ul>{lines}</ul>
            <p class="at-cursor">{at_cursor}</p>
        </div>
    }
}

/// What held at a time, or at a place: the reading before it, in words with its unit.
fn value_at(app: App, id: ChannelId, time: f64) -> String {
    let axis = app.axis(id);
    let falls = axis.as_ref().is_some_and(|axis| axis.decreasing);
    let is_before = |(at, _): &&(f64, f64)| if falls { *at >= time } else { *at <= time };
    let near = app.readings(id, time, time);
    let before = near.iter().rfind(is_before);
    // Beyond the last place nothing is known.
    let is_known = axis.is_none() || near.last().is_some_and(|last| last.0 == time || !is_before(&last));
    match before {
        Some((_, value)) if is_known => number_words(app, id, *value),
        _ => display::NOTHING.to_owned(),
    }
}

/// A plotted number as its channel writes values, with its unit.
pub(super) fn number_words(app: App, id: ChannelId, number: f64) -> String {
    if !number.is_finite() {
        return "no data".to_owned();
    }
    let Some(channel) = app.channel(id) else { return String::new() };
    let value = Reading::of_number(number, &channel.data_type);
    let unit = channel.data_type.unit();
    let text = display::show(&value, &channel.data_type);
    if unit.is_empty() { text } else { format!("{text} {}", display::harmless(unit, 20)) }
}

/// A time as the page shows times.
pub(super) fn clock(app: App, seconds: f64) -> String {
    Timestamp::from_unix_seconds(seconds)
        .map_or_else(String::new, |time| display::clock_time(app.on_clock(time)))
}
