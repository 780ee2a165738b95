//! The plots on the dashboard and the data that they draw.

use super::App;
use crate::document::workspace::PlotDocument;
use crate::model::catalog::Axis;
use crate::model::decimate::min_max;
use crate::model::store::{ChannelId, HISTORY_READINGS, PLOT_READINGS};

/// One line of a plot, ready to draw: times in Unix seconds or places on an axis, values; NaN breaks the line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Times.
    pub times: Vec<f64>,
    /// Values.
    pub values: Vec<f64>,
}

/// The time that a new plot spans, in seconds.
pub const DEFAULT_SPAN_SECONDS: u32 = 600;
/// The longest span that a document may ask for stands for everything that is kept.
pub const EVERYTHING: u32 = 604_800;
/// Lines that a plot holds.
pub const LINES: usize = 6;

impl App {
    /// Opens a plot of a channel, or adds it to the last plot where `together`.
    pub fn plot(&self, id: ChannelId, together: bool) {
        let name = self.channel_name(id);
        self.plots.update(|plots| {
            if plots.iter().any(|plot| plot.channels.contains(&name) && !together) {
                return;
            }
            // The last plot over the same axis.
            let last = plots.iter_mut().rfind(|plot| together && self.fits(plot, id));
            match last.filter(|plot| plot.channels.len() < LINES) {
                Some(plot) if plot.channels.contains(&name) => {}
                Some(plot) => plot.channels.push(name),
                None => {
                    let span_seconds =
                        if self.axis(id).is_some() { EVERYTHING } else { DEFAULT_SPAN_SECONDS };
                    plots.push(PlotDocument { channels: vec![name], span_seconds });
                }
            }
        });
        self.fit_histories();
    }

    /// What the lines of a plot are laid over; that of the first which is there decides.
    pub fn axis_of_plot(&self, plot: &PlotDocument) -> Option<Box<Axis>> {
        self.axis(plot.channels.iter().find_map(|name| self.find_channel(name))?)
    }

    /// A channel is laid over the same axis as a plot.
    fn fits(&self, plot: &PlotDocument, id: ChannelId) -> bool {
        Axis::fit(self.axis_of_plot(plot).as_deref(), self.axis(id).as_deref())
    }

    /// Adds a line to a plot that has room for it. Over another axis it gets a plot of its own.
    pub fn add_line(&self, index: usize, id: ChannelId) {
        if self.plots.with_untracked(|plots| plots.get(index).is_some_and(|plot| !self.fits(plot, id))) {
            return self.plot(id, false);
        }
        let name = self.channel_name(id);
        self.plots.update(|plots| {
            if let Some(plot) = plots.get_mut(index).filter(|plot| plot.channels.len() < LINES)
                && !plot.channels.contains(&name)
            {
                plot.channels.push(name);
            }
        });
        self.fit_histories();
    }

    /// Closes a plot.
    pub fn close_plot(&self, index: usize) {
        self.plots.update(|plots| {
            if index < plots.len() {
                plots.remove(index);
            }
        });
        self.fit_histories();
    }

    /// Takes a line out of a plot; the last one closes it.
    pub fn remove_line(&self, index: usize, name: &str) {
        self.plots.update(|plots| {
            if let Some(plot) = plots.get_mut(index) {
                plot.channels.retain(|other| other != name);
            }
            plots.retain(|plot| !plot.channels.is_empty());
        });
        self.fit_histories();
    }

    /// Sets the time that a plot spans; over an axis, so many of its units.
    pub fn set_span(&self, index: usize, seconds: u32) {
        self.plots.update(|plots| {
            if let Some(plot) = plots.get_mut(index) {
                plot.span_seconds = seconds;
            }
        });
    }

    /// Plotted channels keep more readings than others.
    pub fn fit_histories(&self) {
        let plotted: Vec<ChannelId> = self.plots.with_untracked(|plots| {
            plots.iter().flat_map(|plot| &plot.channels).filter_map(|name| self.find_channel(name)).collect()
        });
        let inner = self.inner();
        let mut store = inner.store.borrow_mut();
        let wide: Vec<ChannelId> = store
            .channels()
            .iter()
            .filter(|record| record.history.capacity() > HISTORY_READINGS && !plotted.contains(&record.id))
            .map(|record| record.id)
            .collect();
        for id in wide {
            store.set_history_capacity(id, HISTORY_READINGS);
        }
        for id in plotted {
            store.set_history_capacity(id, PLOT_READINGS);
        }
    }

    /// Between which places, or times, channels keep readings; `None` where they keep none.
    pub fn extent(&self, ids: &[ChannelId]) -> Option<(f64, f64)> {
        self.with_store(|store| {
            ids.iter()
                .filter_map(|id| store.channel(*id)?.history.extent())
                .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        })
    }

    /// A channel's past between two times (Unix seconds), thinned to `columns` pixel columns so that no extreme is
    /// lost.
    pub fn line(&self, id: ChannelId, from: f64, to: f64, columns: usize) -> Line {
        let mut line = Line::default();
        self.with_store(|store| {
            if let Some(record) = store.channel(id) {
                let points = record.history.range(from, to);
                min_max(points, from, to, columns, &mut line.times, &mut line.values);
            }
        });
        line
    }

    /// Every reading that a channel keeps between two times, for a file: time in Unix seconds and value.
    pub fn readings(&self, id: ChannelId, from: f64, to: f64) -> Vec<(f64, f64)> {
        self.with_store(|store| {
            store.channel(id).map(|record| record.history.range(from, to).collect()).unwrap_or_default()
        })
    }
}
