//! What a plot shows at one time, made from the store: the stretch of time, the lines, the gaps.

use std::time::Duration;

use serde_json::json;

use super::card::Lines;
use crate::model::catalog::Axis;
use crate::model::chart::{
    Aligned, LineRef, align, assign_axes, gaps, gaps_between, hold, newest_places, overlap,
};
use crate::model::datatype::DataType;
use crate::model::display;
use crate::model::store::ChannelId;
use crate::state::App;
use crate::state::plots::EVERYTHING;

/// Everything that one drawing needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Picture {
    /// The first time, Unix seconds; or the first place.
    pub(super) from: f64,
    /// The last time, or place.
    pub(super) to: f64,
    /// The lines over one axis.
    pub(super) lines: Aligned,
    /// When nothing came on any line: pairs of times.
    pub(super) gaps: Vec<f64>,
    /// How long each gap is.
    pub(super) gap_words: Vec<String>,
}

/// Which time, or which places, a plot shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Window {
    /// The last while, or the newest places, sliding.
    #[default]
    Live,
    /// What a person selected; it stays while readings come.
    Fixed {
        /// The first time, Unix seconds; or the first place.
        from: f64,
        /// The last time, or place.
        to: f64,
    },
}

impl Window {
    /// From when, or where, to where. `span` is in seconds or in units of the axis.
    pub(super) fn bounds(self, app: App, lines: &Lines, span: u32) -> (f64, f64) {
        match (self, &lines.axis) {
            (Self::Fixed { from, to }, _) => (from, to),
            (Self::Live, Some(axis)) => {
                let span = if span == EVERYTHING { f64::INFINITY } else { span.into() };
                newest_places(app.extent(&lines.ids), span, axis.decreasing)
            }
            (Self::Live, None) => {
                let now = app.now().wall.as_unix_seconds();
                let first = |id: &ChannelId| {
                    app.with_store(|store| store.channel(*id)?.history.iter().next().map(|(time, _)| time))
                };
                // Where less is kept than the span holds, the plot begins where the readings begin.
                let first = lines.ids.iter().filter_map(first).fold(now - SHORTEST_SECONDS, f64::min);
                (first.max(now - f64::from(span)), now)
            }
        }
    }
}

impl Picture {
    /// The picture of some channels, fine enough for `columns` pixels.
    pub(super) fn of(app: App, shown: &Lines, (from, to): (f64, f64), columns: usize) -> Self {
        let axis = shown.axis.as_deref();
        let now = app.now();
        let until = to.min(now.wall.as_unix_seconds());
        let mut lines = Vec::with_capacity(shown.ids.len());
        let mut common: Option<Vec<(f64, f64)>> = None;
        for id in &shown.ids {
            // Up to four points a column are kept of what is dense: half the columns are enough for a thin line.
            let mut line = app.line(*id, from, to, columns.div_ceil(2));
            let (is_current, open_gap) = app.with_store(|store| {
                let quality = store.judge(*id, now.instant).map(|judgement| judgement.quality);
                let last = store.channel(*id).and_then(|record| record.history.last());
                (
                    quality.is_some_and(crate::model::Quality::is_current),
                    last.filter(|(_, value)| value.is_nan()).map(|(time, _)| time),
                )
            });
            let missing = if axis.is_some() {
                gaps_between(LineRef { times: &line.times, values: &line.values })
            } else {
                // A gap that lasts is the last point of all, and thinning out keeps gaps between points only.
                if let Some(time) = open_gap.filter(|time| line.times.last().is_none_or(|last| last < time)) {
                    line.times.push(time);
                    line.values.push(f64::NAN);
                }
                if is_current {
                    hold(&mut line.times, &mut line.values, until);
                }
                gaps(LineRef { times: &line.times, values: &line.values }, until)
            };
            common = Some(common.map_or_else(|| missing.clone(), |common| overlap(&common, &missing)));
            lines.push(line);
        }
        let refs: Vec<LineRef<'_>> =
            lines.iter().map(|line| LineRef { times: &line.times, values: &line.values }).collect();
        let common = common.unwrap_or_default();
        Self {
            from,
            to,
            lines: align(&refs),
            gap_words: common.iter().map(|(from, to)| gap_words(to - from, axis)).collect(),
            gaps: common.into_iter().flat_map(|(from, to)| [from, to]).collect(),
        }
    }
}

/// What plot.js is told about the lines and their axes, as JSON.
pub(super) fn description(app: App, Lines { ids, titles, axis }: &Lines) -> String {
    let types: Vec<DataType> = ids
        .iter()
        .map(|id| app.channel(*id).map_or(DataType::Json, |channel| channel.data_type.clone()))
        .collect();
    let kinds: Vec<AxisKind> = types.iter().map(AxisKind::of).collect();
    let places = assign_axes(&kinds);
    let scale = |place: usize| format!("y{place}");
    let count = places.iter().max().map_or(0, |last| last + 1);
    let axes: Vec<_> = (0..count)
        .map(|place| {
            let mut here: Vec<&AxisKind> = Vec::new();
            for (kind, _) in kinds.iter().zip(&places).filter(|(_, other)| **other == place) {
                if !here.contains(&kind) {
                    here.push(kind);
                }
            }
            let units: Vec<&str> =
                here.iter().map(|kind| kind.unit.as_str()).filter(|unit| !unit.is_empty()).collect();
            // Names on an axis only where all its lines share them.
            let codes = if let [only] = here.as_slice() { only.codes.clone() } else { Vec::new() };
            json!({ "scale": scale(place), "unit": units.join(", "), "codes": codes })
        })
        .collect();
    let lines: Vec<_> = titles
        .iter()
        .zip(&kinds)
        .zip(&places)
        .map(|((title, kind), place)| {
            json!({ "title": title, "scale": scale(*place), "steps": !kind.codes.is_empty() })
        })
        .collect();
    let utc = app.settings.with_untracked(|settings| settings.utc);
    let over = axis.as_ref().map(|axis| axis.title());
    let is_depth = axis.as_ref().is_some_and(|axis| axis.is_depth);
    json!({ "lines": lines, "axes": axes, "utc": utc, "over": over, "depth": is_depth }).to_string()
}

/// What decides whether two lines can share an axis.
#[derive(Clone, Debug, PartialEq)]
struct AxisKind {
    unit: String,
    /// Numbers with names, for states.
    codes: Vec<(i64, String)>,
}

impl AxisKind {
    fn of(data_type: &DataType) -> Self {
        let codes = match data_type {
            DataType::Bool => vec![(0, "false".to_owned()), (1, "true".to_owned())],
            DataType::Enum(members) => {
                members.iter().map(|member| (member.code, display::harmless(&member.label, 20))).collect()
            }
            DataType::Integer(_)
            | DataType::Number(_)
            | DataType::Text(_)
            | DataType::Bytes { .. }
            | DataType::Array { .. }
            | DataType::Tuple(_)
            | DataType::Record(_)
            | DataType::Matrix { .. }
            | DataType::Json => Vec::new(),
        };
        Self { unit: display::harmless(data_type.unit(), 20), codes }
    }
}

fn gap_words(seconds: f64, axis: Option<&Axis>) -> String {
    if let Some(axis) = axis {
        return format!("no data over {}", axis.length(seconds));
    }
    let length = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    format!("no data for {}", display::age(length))
}

/// What a plot spans while hardly anything is kept.
const SHORTEST_SECONDS: f64 = 30.0;
