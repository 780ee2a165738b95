//! What a plot shows, for other programs and in words.

use super::card::Plot;
use super::legend::number_words;
use crate::model::chart::{Aligned, LineRef, align, csv};
use crate::model::curve::extent;
use crate::model::display;
use crate::model::format::shortest;
use crate::model::store::ChannelId;
use crate::model::time::Timestamp;
use crate::ui::files;

/// Every reading in view, not thinned out.
pub(super) fn readings(plot: Plot) -> Aligned {
    let (from, to) = plot.bounds();
    let inside = |id: &ChannelId| {
        plot.app.readings(*id, from, to).into_iter().filter(move |(time, _)| (from..=to).contains(time))
    };
    let lines: Vec<(Vec<f64>, Vec<f64>)> = plot.lines().ids.iter().map(|id| inside(id).unzip()).collect();
    let refs: Vec<LineRef<'_>> = lines.iter().map(|(times, values)| LineRef { times, values }).collect();
    align(&refs)
}

/// Saves the readings in view.
pub(super) fn save_csv(plot: Plot) {
    let app = plot.app;
    let name = |id: &ChannelId| {
        let unit = app.channel(*id).map_or_else(String::new, |channel| channel.data_type.unit().to_owned());
        let name = app.channel_name(*id);
        if unit.is_empty() { name } else { format!("{name} [{unit}]") }
    };
    let lines = plot.lines();
    let names: Vec<String> = lines.ids.iter().map(name).collect();
    let first = lines.axis.as_ref().map_or_else(|| "time".to_owned(), |axis| axis.title());
    let place = |at| match lines.axis {
        Some(_) => shortest(at),
        None => Timestamp::from_unix_seconds(at).map_or_else(String::new, display::date_time),
    };
    let text = csv(&first, &names, &readings(plot), place);
    files::save(app, &file_name(plot, "csv"), "text/csv", &text);
}

/// A file name from the first line's name and the present time.
pub(super) fn file_name(plot: Plot, ending: &str) -> String {
    let title = plot.lines().titles.first().cloned().unwrap_or_else(|| "plot".to_owned());
    let name: String =
        title.chars().map(|c| if c.is_ascii_alphanumeric() || !c.is_ascii() { c } else { '-' }).collect();
    let time = display::date_time(plot.app.now().wall).replace(':', "");
    format!("{name}-{}.{ending}", time.split('.').next().unwrap_or_default())
}

/// The plot in a sentence: each line with its last, smallest and greatest value.
pub(super) fn summary(plot: Plot) -> String {
    let (from, to) = plot.bounds();
    let shown = plot.lines();
    let line = |id: &ChannelId, title: &String| {
        let line = plot.app.line(*id, from, to, 1_000);
        let Some((low, high)) = extent(line.values.iter().copied()) else {
            return format!("{title}: no data");
        };
        let last = if shown.is_decreasing() { line.values.first() } else { line.values.last() };
        let last = last.copied().unwrap_or(f64::NAN);
        let words = |number| number_words(plot.app, *id, number);
        format!("{title}: last {}, lowest {}, highest {}", words(last), words(low), words(high))
    };
    let lines: Vec<String> = shown.ids.iter().zip(&shown.titles).map(|(id, title)| line(id, title)).collect();
    format!("Plot. {}.", lines.join(". "))
}
