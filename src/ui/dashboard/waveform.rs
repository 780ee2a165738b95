//! An array of numbers as a curve: value over index.

use super::Pace;
use crate::model::curve::{Frame, Join, extent, path};
use crate::model::datatype::DataType;
use crate::model::decimate::min_max;
use crate::model::display;
use crate::model::reading::Report;
use crate::model::store::ChannelId;
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{IntoView, component, view};

const COLUMNS: usize = 160;
const WIDTH: u16 = 240;
const HEIGHT: u16 = 44;

/// Whether values of a type have a curve.
pub(super) fn has_curve(data_type: &DataType) -> bool {
    match data_type {
        DataType::Array { item, .. } => item.is_plottable(),
        DataType::Matrix { .. } => true,
        DataType::Bool
        | DataType::Integer(_)
        | DataType::Number(_)
        | DataType::Enum(_)
        | DataType::Text(_)
        | DataType::Bytes { .. }
        | DataType::Tuple(_)
        | DataType::Record(_)
        | DataType::Json => false,
    }
}

/// The curve of the present value, and in words how many numbers it has and between which.
#[component]
pub(super) fn Waveform(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let app = App::expect();
    let pace = Pace::expect();
    // Made anew only when another value came.
    let arrived = Memo::new(move || {
        pace.track();
        app.with_store(|store| store.channel(id)?.value.as_ref().map(|reading| reading.arrived.0))
    });
    let picture = Memo::new(move || {
        arrived.track();
        app.with_store(|store| {
            let reading = store.channel(id)?.value.as_ref()?;
            match &reading.report {
                Report::Value(value) => Picture::of(value),
                Report::Error { .. } => None,
            }
        })
        .unwrap_or_default()
    });
    view! {
        <figure class="waveform">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                <path d=move || picture.read().path.clone() />
            </svg>
            <figcaption>{move || picture.read().words.clone()}</figcaption>
        </figure>
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Picture {
    path: String,
    words: String,
}

impl Picture {
    fn of(value: &crate::model::Value) -> Option<Self> {
        use crate::model::Value;
        let numbers = value.as_numbers()?;
        // Of a grid its first row: the first dimension varies fastest.
        let (row, remark) = match value {
            Value::Matrix { shape, .. } if shape.len() > 1 => {
                let length = shape.first().copied().unwrap_or(0).min(numbers.len());
                (&numbers[..length], ", the first row")
            }
            _ => (&numbers[..], ""),
        };
        let to = row.len().saturating_sub(1) as f64;
        let (mut places, mut values) = (Vec::new(), Vec::new());
        let points = row.iter().enumerate().map(|(index, value)| (index as f64, *value));
        min_max(points, 0.0, to.max(1.0), COLUMNS, &mut places, &mut values);
        let frame = Frame { x: (0.0, to.max(1.0)), width: WIDTH.into(), height: HEIGHT.into() };
        let range = extent(row.iter().copied()).map_or_else(String::new, |(low, high)| {
            let format = crate::model::format::NumberFormat::default();
            format!(", {} to {}", format.write(low), format.write(high))
        });
        Some(Self {
            path: path(frame, Join::Line, places.iter().copied().zip(values.iter().copied())),
            words: format!("{} numbers{remark}{range}", display::count(row.len() as u64)),
        })
    }
}
