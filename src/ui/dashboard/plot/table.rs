//! The newest readings of a plot as a table: for whoever cannot see a curve, and for exact numbers.

use super::card::Plot;
use super::{export, legend};
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
    let ids = plot.ids.get_value();
    let heads = plot
        .titles
        .get_value()
        .into_iter()
        .map(|title| view! { <th scope="col">{title}</th> })
        .collect_view();
    let rows = move || {
        plot.app.tick.track();
        plot.window.track();
        let all = export::readings(plot);
        let count = all.times.len();
        (0..count)
            .rev()
            .take(ROWS)
            .map(|row| {
                let cells = ids
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
                        <th scope="row">{legend::clock(plot.app, all.times[row])}</th>
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
                        <th scope="col">"Time"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
