//! The last two minutes of a channel, or all places of its axis that are kept; without axes.

use super::Pace;
use crate::model::chart::{hold, newest_places};
use crate::model::curve::{Frame, Join, path};
use crate::model::datatype::DataType;
use crate::model::store::ChannelId;
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{IntoView, component, view};

const SPAN_SECONDS: f64 = 120.0;
const SHORTEST_SECONDS: f64 = 15.0;
const COLUMNS: usize = 120;
const WIDTH: u16 = 240;
const HEIGHT: u16 = 30;

/// A sparkline.
#[component]
pub(super) fn Sparkline(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let app = App::expect();
    let pace = Pace::expect();
    let shown = app.watch(id);
    let join = match app.channel(id).map(|channel| channel.data_type.clone()) {
        Some(DataType::Bool | DataType::Enum(_)) => Join::Step,
        _ => Join::Line,
    };
    let is_over_axis = app.axis(id).is_some();
    let curve = Memo::new(move || {
        pace.track();
        let (from, to) = if is_over_axis {
            newest_places(app.extent(&[id]), f64::INFINITY, false)
        } else {
            let to = app.now().wall.as_unix_seconds();
            // Young curves fill the width too.
            let first =
                app.with_store(|store| store.channel(id)?.history.iter().next().map(|(time, _)| time));
            (first.unwrap_or(to).min(to - SHORTEST_SECONDS).max(to - SPAN_SECONDS), to)
        };
        let mut line = app.line(id, from, to, COLUMNS);
        if !is_over_axis && shown.with_untracked(|shown| shown.quality.is_current()) {
            hold(&mut line.times, &mut line.values, to);
        }
        let frame = Frame { x: (from, to), width: WIDTH.into(), height: HEIGHT.into() };
        path(frame, join, line.times.iter().copied().zip(line.values.iter().copied()))
    });
    view! {
        <svg class="spark" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path d=move || curve.get() />
        </svg>
    }
}
