//! The newest readings of a plot as a table: for whoever cannot see a curve, and for exact numbers.

use super::card::Plot;
use super::{export, legend};
use crate::model::axis::number;
use crate::model::chart::ABSENT;
use crate::ui::dom::{CollectView as _, IntoView, component, view};

/// Rows of the table.
const ROWS: usize = 50;

/// The table.
#[component]
pub(super) fn Table(
    /// Of which plot.
    plot: Plot,
) -> impl IntoView {
    let lines = plot.lines();
    let heads =
        lines.titles.clone().into_iter().map(|title| view! { <th scope="col">{title}</th> }).collect_view();
    let first = lines.axis.as_ref().map_or_else(|| "Time".to_owned(), |axis| axis.title());
    let rows = move || {
        plot.app.tick.track();
        plot.window.track();
        let all = export::readings(plot);
        let count = all.times.len();
        (0..count.min(ROWS))
            .map(|nth| {
                let row = if lines.is_decreasing() { nth } else { count - 1 - nth };
                let at = all.times[row];
                let place = if lines.axis.is_some() { number(at) } else { legend::clock(plot.app, at) };
                let cells = lines
                    .ids
                    .iter()
                    .enumerate()
                    .map(|(line, id)| {
                        let value = all.values.get(line * count + row).copied().unwrap_or(ABSENT);
                        let text = if value == ABSENT {
                            String::new()
                        } else {
                            legend::number_words(plot.app, *id, value)
                        };
                        view! { <td>{text}</td> }
                    })
                    .collect_view();
                view! {
                    <tr>
                        <th scope="row">{place}</th>
                        {cells}
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <div class="readings" tabindex="0" role="region" aria-label="Readings">
            <table>
                <caption class="visually-hidden">{format!("The newest {ROWS} readings in view")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{first}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
