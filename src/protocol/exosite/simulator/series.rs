//! The points of one resource, and which of them `read` gives ("read", "flush" of the RPC documentation).

use std::collections::VecDeque;
use std::ops::Range;

use super::datum::Datum;

/// The most points that any resource keeps, whatever its description says.
pub(super) const POINTS_MOST: usize = 600;
/// The most that the values of one resource take, in bytes.
const BYTES_MOST: usize = 32 * 1024;

/// A value and when it was, in seconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) at: i64,
    pub(super) value: Datum,
}

/// Points in the order of their times; of equal times in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    points: VecDeque<Point>,
    bytes: usize,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Retention {
    /// So many points.
    pub(super) count: usize,
    /// What came after this time.
    pub(super) since: i64,
}

/// Which points are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    /// From this time to that, both included.
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) ascending: bool,
    pub(super) limit: usize,
    pub(super) selection: Selection,
}

/// How points are left out where there are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// From the limit on.
    All,
    /// Of each equal part of the window at most one stays.
    GivenWindow,
    /// They stay evenly.
    AutoWindow,
}

impl Series {
    /// Adds a point, and drops the oldest of what is too much.
    pub(super) fn insert(&mut self, point: Point, retention: Retention) {
        let later = self.points.iter().rev().take_while(|present| present.at > point.at).count();
        self.bytes += point.value.size();
        self.points.insert(self.points.len() - later, point);
        while self.points.len() > retention.count.min(POINTS_MOST)
            || self.bytes > BYTES_MOST
            || self.points.front().is_some_and(|oldest| oldest.at < retention.since)
        {
            let Some(oldest) = self.points.pop_front() else { break };
            self.bytes -= oldest.value.size();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn first(&self) -> Option<&Point> {
        self.points.front()
    }

    pub(super) fn last(&self) -> Option<&Point> {
        self.points.back()
    }

    /// The points from a time on, or after it.
    pub(super) fn since(&self, time: f64, including: bool) -> impl Iterator<Item = &Point> {
        let before = |point: &Point| (point.at as f64) < time || !including && point.at as f64 == time;
        self.points.range(self.points.partition_point(before)..)
    }

    /// Drops the points between two times, both excluded.
    pub(super) fn flush(&mut self, newer_than: Option<f64>, older_than: Option<f64>) {
        self.points.retain(|point| {
            let at = point.at as f64;
            newer_than.is_some_and(|time| at <= time) || older_than.is_some_and(|time| at >= time)
        });
        self.bytes = self.points.iter().map(|point| point.value.size()).sum();
    }

    /// The points that are wanted, in the wanted order.
    pub(super) fn select(&self, window: Window) -> Vec<&Point> {
        let start = self.points.partition_point(|point| (point.at as f64) < window.start);
        let end = self.points.partition_point(|point| point.at as f64 <= window.end);
        let range = start..end.max(start);
        let mut wanted = match window.selection {
            Selection::All => range.collect(),
            Selection::GivenWindow => self.one_a_part(range, window),
            Selection::AutoWindow => evenly(range, window.limit),
        };
        if !window.ascending {
            wanted.reverse();
        }
        wanted.truncate(window.limit);
        wanted.into_iter().filter_map(|index| self.points.get(index)).collect()
    }

    /// The first point of each of as many parts of the window as the limit says.
    fn one_a_part(&self, range: Range<usize>, window: Window) -> Vec<usize> {
        let width = (window.end - window.start) / window.limit.max(1) as f64;
        let part = |index: usize| {
            let after = self.points.get(index).map_or(0.0, |point| point.at as f64 - window.start);
            // The end of the window belongs to the last part.
            if width > 0.0 { (after / width).floor().min(window.limit as f64 - 1.0) } else { 0.0 }
        };
        let mut wanted: Vec<usize> = range.collect();
        wanted.dedup_by(|index, kept| part(*index) == part(*kept));
        wanted
    }
}

/// So many of a range, the first and the last among them.
fn evenly(range: Range<usize>, limit: usize) -> Vec<usize> {
    if range.len() <= limit {
        return range.collect();
    }
    let last = range.len() - 1;
    match limit {
        0 => Vec::new(),
        1 => vec![range.end - 1],
        _ => (0..limit).map(|turn| range.start + turn * last / (limit - 1)).collect(),
    }
}
