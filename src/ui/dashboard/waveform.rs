//! An array of numbers as a curve, value over index; a grid of numbers as a picture.

use super::Pace;
use crate::model::curve::{Frame, Join, extent, path};
use crate::model::datatype::DataType;
use crate::model::decimate::min_max;
use crate::model::format::NumberFormat;
use crate::model::reading::Report;
use crate::model::store::ChannelId;
use crate::model::value::Value;
use crate::model::{base64, display, heat};
use crate::state::App;
use crate::state::signal::Memo;
use crate::ui::dom::{IntoView, component, view};

const COLUMNS: usize = 160;
const WIDTH: u16 = 240;
const HEIGHT: u16 = 44;

/// Whether values of a type have a curve or a picture.
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

/// The curve or the picture of the present value, and in words how many numbers it has and between which.
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
    let is_grid = Memo::new(move || picture.read().bitmap.is_some());
    view! {
        <figure class="waveform">
            <Show
                when=move || is_grid.get()
                fallback=move || view! {
                    <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                        <path d=move || picture.read().path.clone() />
                    </svg>
                }
            >
                <img src=move || picture.read().bitmap.clone() alt="" />
            </Show>
            <figcaption>{move || picture.read().words.clone()}</figcaption>
        </figure>
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Picture {
    /// The curve of an array.
    path: String,
    /// The picture of a grid, as a URL.
    bitmap: Option<String>,
    words: String,
}

impl Picture {
    fn of(value: &Value) -> Option<Self> {
        let numbers = value.as_numbers()?;
        if let Value::Matrix { shape, .. } = value
            && let [columns, rows, more @ ..] = shape.as_slice()
        {
            // The first dimension varies fastest.
            let plane = &numbers[..columns.saturating_mul(*rows).min(numbers.len())];
            let remark = if more.is_empty() { "" } else { ", the first plane" };
            let url = |file: Vec<u8>| format!("data:image/bmp;base64,{}", base64::encode(&file));
            return Some(Self {
                path: String::new(),
                bitmap: heat::bitmap(*columns, plane).map(url),
                words: format!("{columns} × {rows} numbers{remark}{}", range(plane)),
            });
        }
        let to = numbers.len().saturating_sub(1) as f64;
        let (mut places, mut values) = (Vec::new(), Vec::new());
        let points = numbers.iter().enumerate().map(|(index, value)| (index as f64, *value));
        min_max(points, 0.0, to.max(1.0), COLUMNS, &mut places, &mut values);
        let frame = Frame { x: (0.0, to.max(1.0)), width: WIDTH.into(), height: HEIGHT.into() };
        Some(Self {
            path: path(frame, Join::Line, places.iter().copied().zip(values.iter().copied())),
            bitmap: None,
            words: format!("{} numbers{}", display::count(numbers.len() as u64), range(&numbers)),
        })
    }
}

/// Between which numbers those are that are shown.
fn range(numbers: &[f64]) -> String {
    extent(numbers.iter().copied()).map_or_else(String::new, |(low, high)| {
        let format = NumberFormat::default();
        format!(", {} to {}", format.write(low), format.write(high))
    })
}
