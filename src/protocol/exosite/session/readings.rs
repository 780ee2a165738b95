//! From points to readings.
//!
//! A point is told once, by whichever way it came first: it is known again by its time and its value. Of several that
//! come together the newest is a reading and the others are past, in whatever order they come: the documents themselves
//! show an ascending list in descending order.

use std::cmp::Ordering;

use super::ExositeSession;
use super::purpose::Purpose;
use super::watch::KNOWN_MOST;
use crate::model::event::Event;
use crate::model::order::sort_by;
use crate::model::reading::{Reading, Report};
use crate::model::time::{Now, Timestamp};
use crate::model::value::Value;
use crate::protocol::exosite::answer::Answer;
use crate::protocol::exosite::procedure::{Procedure, Selection, Window};
use crate::protocol::exosite::result::{self, Point};

/// Why points came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// They were read. They are asked for in descending order.
    Asked,
    /// A subscription told them, as they were written.
    Told,
}

impl ExositeSession {
    /// An answer has points of a series.
    pub(super) fn points_came(&mut self, now: Now, index: usize, way: Way, answer: &Answer<'_>, frame: &str) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        let (channel, had_none) = (node.channel, node.watch.newest.is_none() && !node.watch.is_empty);
        let Some(channel) = channel else { return };
        let Some((mut points, strange)) = answer.result.as_ref().and_then(result::points) else {
            return self.malformed(
                now,
                Some(channel),
                "points are [time, value], or a list of such pairs",
                frame,
            );
        };
        if strange > 0 {
            self.malformed(now, Some(channel), "there is something among the points that is none", frame);
        }
        if points.is_empty() && strange == 0 && had_none {
            // That there is none yet is known, and as good as a value.
            if let Some(node) = self.tree.nodes.get_mut(index) {
                node.watch.is_empty = true;
            }
            self.tell_value(now, channel, Value::Null, None);
        }
        // Of points within one second the order says which was written last.
        let ends = points.first().map(|point| point.at).cmp(&points.last().map(|point| point.at));
        if ends == Ordering::Greater || (ends == Ordering::Equal && way == Way::Asked) {
            points.reverse();
        }
        sort_by(&mut points, |a, b| a.at.cmp(&b.at));
        self.tell_points(now, index, channel, way, points, frame);
    }

    /// Tells points, the oldest first.
    fn tell_points(
        &mut self,
        now: Now,
        index: usize,
        channel: usize,
        way: Way,
        points: Vec<Point<'_, '_>>,
        frame: &str,
    ) {
        let mut past: Vec<(Timestamp, Value)> = Vec::new();
        let last = points.len().saturating_sub(1);
        for (place, point) in points.into_iter().enumerate() {
            let Some(node) = self.tree.nodes.get_mut(index) else { return };
            let Some(at) = point.at else {
                self.event(Event::Violation { channel: Some(channel), rule: "times are Unix seconds" });
                // One alone is the newest, whenever it was.
                if last == 0 {
                    let value = self.value_of(now, index, channel, &point, frame);
                    self.tell_read(now, channel, value, None);
                }
                continue;
            };
            if !node.watch.is_new(at, &point.value.to_text()) {
                continue;
            }
            // What is read may be older than what was told of the same second.
            let is_newer = |newest: Timestamp| newest < at || (newest == at && way == Way::Told);
            let is_newest = place == last && node.watch.newest.is_none_or(is_newer);
            if is_newest {
                node.watch.newest = Some(at);
                node.watch.is_empty = false;
            }
            let value = self.value_of(now, index, channel, &point, frame);
            if !is_newest {
                past.extend(value.ok().map(|value| (at, value)));
                continue;
            }
            if !past.is_empty() {
                let readings = std::mem::take(&mut past);
                self.event(Event::History { channel, readings });
            }
            self.tell_read(now, channel, value, Some(at));
        }
        if !past.is_empty() {
            self.event(Event::History { channel, readings: past });
        }
    }

    /// A point's value by its series' format; else what is wrong with it, which is counted.
    fn value_of(
        &mut self,
        now: Now,
        index: usize,
        channel: usize,
        point: &Point<'_, '_>,
        frame: &str,
    ) -> Result<Value, String> {
        let node = self.tree.nodes.get(index).ok_or_else(String::new)?;
        node.read(point.value).map_err(|error| {
            let words = error.to_string();
            self.malformed(now, Some(channel), &words, frame);
            words
        })
    }

    fn tell_read(
        &mut self,
        now: Now,
        channel: usize,
        value: Result<Value, String>,
        taken: Option<Timestamp>,
    ) {
        match value {
            Ok(value) => self.tell_value(now, channel, value, taken),
            Err(words) => self.tell_error(now, channel, "BadValue", &words),
        }
    }

    fn tell_value(&mut self, now: Now, channel: usize, value: Value, taken: Option<Timestamp>) {
        self.tell_report(now, channel, Report::Value(value), taken);
    }

    /// A channel has no value, and why.
    pub(super) fn tell_error(&mut self, now: Now, channel: usize, class: &str, text: &str) {
        let report = Report::Error { class: class.to_owned(), text: text.to_owned() };
        self.tell_report(now, channel, report, None);
    }

    fn tell_report(&mut self, now: Now, channel: usize, report: Report, taken: Option<Timestamp>) {
        let reading =
            Reading { report, taken, arrived: now.instant, place: None, uncertainty: None, state: None };
        self.event(Event::Reading { channel, reading });
    }

    /// A person asked for the newest point: it is told though it may be the same as before. What it was.
    pub(super) fn told_again(
        &mut self,
        now: Now,
        index: usize,
        answer: &Answer<'_>,
        frame: &str,
    ) -> Option<Value> {
        let (points, _) = answer.result.as_ref().and_then(result::points)?;
        let at = points.iter().filter_map(|point| point.at).max();
        let newest = points.into_iter().find(|point| point.at == at)?;
        let node = self.tree.nodes.get(index)?;
        let value = node.read(newest.value).ok();
        let is_same = at.is_some() && at == node.watch.newest;
        let channel = node.channel?;
        self.points_came(now, index, Way::Asked, answer, frame);
        if let (Some(value), true) = (&value, is_same) {
            self.tell_value(now, channel, value.clone(), at);
        }
        value
    }

    /// Asks for what is kept of the past, and for what came while nobody listened.
    pub(super) fn ask_pasts(&mut self) {
        while let Some(index) = self.pasts.pop_front() {
            let Some(node) = self.tree.nodes.get_mut(index) else { continue };
            let window = if node.watch.has_history {
                let told_to = node.watch.told_to.or(node.watch.newest);
                // No more than is known again: a subscription may have told them already.
                Window {
                    start: Some(told_to.map_or(0, Timestamp::second)),
                    limit: Some(self.history.min(KNOWN_MOST)),
                    ..Window::default()
                }
            } else {
                Window {
                    start: Some(first_wanted(&node.storage, self.history)),
                    limit: Some(self.history),
                    selection: Selection::AutoWindow,
                    ..Window::default()
                }
            };
            node.watch.has_gap = false;
            let procedure = Procedure::Read { resource: node.resource(), window };
            self.ask(Purpose::History(index), procedure);
        }
    }

    /// What is kept of the past came. Where it did not, it is asked for on the next socket.
    pub(super) fn past_came(&mut self, now: Now, index: usize, answer: &Answer<'_>, frame: &str) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        if !answer.is_ok() {
            node.watch.has_gap = true;
            return;
        }
        node.watch.has_history = true;
        node.watch.told_to = None;
        self.points_came(now, index, Way::Asked, answer, frame);
    }
}

/// From when on so many points were written, at the usual rate: samples of all the past would be far apart, and a plot
/// begins with what was last.
fn first_wanted(storage: &result::Storage, wanted: u32) -> i64 {
    let (Some(count), Some(first), Some(last)) = (storage.count, storage.first, storage.last) else {
        return 0;
    };
    if count <= i128::from(wanted) {
        return 0;
    }
    let span = last.saturating_sub(first).max(0).saturating_mul(i128::from(wanted)) / count;
    i64::try_from(last.saturating_sub(span)).unwrap_or(0).max(0)
}
