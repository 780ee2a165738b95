//! The channels that a client listens to, and the stretches of the past that it has asked for.
//!
//! Nothing is kept for a client but numbers of rows: what it has not taken before it is forgotten is lost.

use std::collections::VecDeque;

use super::series::{Row, Value};
use super::site::{Channel, Site};

/// Live data that are older than so many rows are left out, so that a slow client does not fall behind.
const LAG_ROWS_MOST: u64 = 1000;

/// The streams of a session, one for each channel at most.
#[derive(Default)]
pub(super) struct Streams {
    of: Vec<Option<Stream>>,
    /// Sets take turns to be the first one.
    turn: usize,
}

/// A channel that a client listens to.
#[derive(Clone, Copy)]
struct Stream {
    /// The number of the next row that it gets.
    next: u64,
    /// It wants to know when what was recorded changes.
    with_changes: bool,
    /// It has had what was recorded when it began.
    is_live: bool,
}

/// From where on a client wants a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// From the next row on.
    Now,
    /// So many of the last ones before.
    Latest(u64),
    /// From this place on.
    Index(i64),
}

/// A value on its way to a client.
#[derive(Clone, Copy)]
pub(super) struct Pick<'a> {
    pub(super) channel: Channel,
    pub(super) row: &'a Row,
    pub(super) value: &'a Value,
    /// The one before is of the same row.
    pub(super) repeats: bool,
}

impl Streams {
    pub(super) fn has(&self, channel: usize) -> bool {
        self.stream(channel).is_some()
    }

    pub(super) fn wants_changes(&self, channel: usize) -> bool {
        self.stream(channel).is_some_and(|stream| stream.with_changes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.iter().all(Option::is_none)
    }

    fn stream(&self, channel: usize) -> Option<Stream> {
        self.of.get(channel).copied().flatten()
    }

    /// Begins a stream; `false` where there is one already.
    pub(super) fn start(&mut self, site: &Site, channel: Channel, start: Start, with_changes: bool) -> bool {
        if self.has(channel.number) {
            return false;
        }
        let series = &site.sets[channel.set].series;
        let next = match start {
            Start::Now => series.next(),
            Start::Latest(count) => series.next().saturating_sub(count),
            Start::Index(place) => series.first_from(place),
        };
        if self.of.len() <= channel.number {
            self.of.resize(channel.number + 1, None);
        }
        self.of[channel.number] = Some(Stream { next, with_changes, is_live: false });
        true
    }

    /// Ends a stream; `false` where there is none.
    pub(super) fn stop(&mut self, channel: usize) -> bool {
        self.of.get_mut(channel).is_some_and(|stream| stream.take().is_some())
    }

    /// What is there by now is not sent.
    pub(super) fn miss(&mut self, site: &Site) {
        for channel in site.channels() {
            if let Some(Some(stream)) = self.of.get_mut(channel.number) {
                stream.next = site.sets[channel.set].series.next();
            }
        }
    }

    /// Takes so many values at most that a client has not had.
    pub(super) fn take<'a>(&mut self, site: &'a Site, most: usize) -> Vec<Pick<'a>> {
        let mut picks = Vec::new();
        self.turn = self.turn.wrapping_add(1);
        for set in 0..site.sets.len() {
            self.take_of_set(site, (set + self.turn) % site.sets.len(), most, &mut picks);
        }
        picks
    }

    fn take_of_set<'a>(&mut self, site: &'a Site, set: usize, most: usize, picks: &mut Vec<Pick<'a>>) {
        let series = &site.sets[set].series;
        let channels: Vec<_> =
            site.channels().filter(|channel| channel.set == set && self.has(channel.number)).collect();
        let mut from = series.next();
        for channel in &channels {
            if let Some(Some(stream)) = self.of.get_mut(channel.number) {
                if stream.is_live && stream.next + LAG_ROWS_MOST < series.next() {
                    stream.next = series.next() - 1;
                }
                from = from.min(stream.next);
            }
        }
        for number in from.max(series.first())..series.next() {
            let Some(row) = series.row(number) else { continue };
            for channel in &channels {
                let Some(Some(stream)) = self.of.get_mut(channel.number) else { continue };
                if stream.next > number {
                    continue;
                }
                if picks.len() >= most {
                    return;
                }
                stream.next = number + 1;
                stream.is_live |= stream.next >= series.next();
                pick(picks, *channel, row);
            }
        }
    }
}

/// Rows of the past that a client has asked for, and has not had yet.
#[derive(Default)]
pub(super) struct Stretches {
    waiting: VecDeque<Stretch>,
}

/// Rows of channels of one set.
struct Stretch {
    channels: Vec<Channel>,
    next: u64,
    end: u64,
    /// The channel that comes next in that row.
    place: usize,
}

impl Stretches {
    /// Adds rows of some channels; those that are not of one set make stretches of their own.
    pub(super) fn add(&mut self, site: &Site, channels: &[usize], from: Option<i64>, to: Option<i64>) {
        for (number, set) in site.sets.iter().enumerate() {
            let of_set = site.channels().filter(|channel| channel.set == number);
            let channels: Vec<_> = of_set.filter(|channel| channels.contains(&channel.number)).collect();
            let Some((first, last)) = set.series.ends().filter(|_| !channels.is_empty()) else { continue };
            let rows = set.series.between(from.unwrap_or(first), to.unwrap_or(last));
            self.waiting.push_back(Stretch { channels, next: rows.start, end: rows.end, place: 0 });
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.waiting.iter().all(|stretch| stretch.next >= stretch.end)
    }

    /// Takes so many of them at most.
    pub(super) fn take<'a>(&mut self, site: &'a Site, most: usize) -> Vec<Pick<'a>> {
        let mut picks = Vec::new();
        while let Some(stretch) = self.waiting.front_mut() {
            let Some(channel) = stretch.channels.get(stretch.place) else {
                stretch.place = 0;
                stretch.next += 1;
                continue;
            };
            let series = &site.sets[channel.set].series;
            stretch.next = stretch.next.max(series.first());
            if stretch.next >= stretch.end.min(series.next()) {
                self.waiting.pop_front();
                continue;
            }
            if picks.len() >= most {
                break;
            }
            stretch.place += 1;
            if let Some(row) = series.row(stretch.next) {
                pick(&mut picks, *channel, row);
            }
        }
        picks
    }
}

/// Adds what a channel has in a row.
pub(super) fn pick<'a>(picks: &mut Vec<Pick<'a>>, channel: Channel, row: &'a Row) {
    if let Some(value) = row.values.get(channel.place).filter(|value| **value != Value::Absent) {
        let repeats =
            picks.last().is_some_and(|last| last.channel.set == channel.set && last.row.places == row.places);
        picks.push(Pick { channel, row, value, repeats });
    }
}
