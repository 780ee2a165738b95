//! Parts of the past that are asked for: what was missed while there was no link, and what a person wants to see.

use std::collections::VecDeque;

use super::dialect::{Range, Refusal};
use super::requests::Ask;
use super::{EtpSession, words_of};
use crate::model::datatype::{DataType, IntegerType};
use crate::model::event::{BlockKind, Notice, Outcome, RequestId};
use crate::model::reading::Severity;
use crate::model::time::Now;
use crate::model::value::Value;
use crate::protocol::etp::item::Index;
use crate::protocol::etp::version::Version;

/// So many ranges are under way.
const ABREAST: usize = 4;
/// So many wait.
const WAITING_MOST: usize = 1_000;
/// So many points of one are taken: 32 MB.
const POINTS_MOST: usize = 2_000_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    waiting: VecDeque<Wanted>,
    under_way: Vec<Wanted>,
    /// The number of the last one.
    number: u64,
}

/// A range that is wanted.
#[derive(Debug)]
struct Wanted {
    number: u64,
    /// Whose, with what has come of each.
    parts: Vec<(usize, Vec<(f64, f64)>)>,
    /// From which place to which, both included.
    from: f64,
    to: f64,
    why: Why,
}

/// Why a range is wanted.
#[derive(Clone, Copy, Debug)]
enum Why {
    /// It was missed: it is between these places, which are known.
    Missed { after: f64, before: f64 },
    /// A person wants it.
    Person(RequestId),
}

impl Ranges {
    /// The session is over; the requests that end with it.
    pub(super) fn reset(&mut self) -> Vec<RequestId> {
        let all = std::mem::take(&mut self.waiting).into_iter().chain(std::mem::take(&mut self.under_way));
        let of_person = |wanted: Wanted| match wanted.why {
            Why::Person(request) => Some(request),
            Why::Missed { .. } => None,
        };
        all.filter_map(of_person).collect()
    }

    /// Takes all that a person wants out; the numbers of those under way, and the requests.
    pub(super) fn cancel(&mut self) -> (Vec<u64>, Vec<RequestId>) {
        let (mut numbers, mut requests) = (Vec::new(), Vec::new());
        self.waiting.retain(|wanted| match wanted.why {
            Why::Person(request) => {
                requests.push(request);
                false
            }
            Why::Missed { .. } => true,
        });
        self.under_way.retain(|wanted| match wanted.why {
            Why::Person(request) => {
                numbers.push(wanted.number);
                requests.push(request);
                false
            }
            Why::Missed { .. } => true,
        });
        (numbers, requests)
    }
}

impl EtpSession {
    /// A channel's data went on after a gap between two places.
    pub(super) fn refill(&mut self, node: usize, after: f64, before: f64) {
        let why = Why::Missed { after, before };
        if self.server.is_simple || !self.want_range(vec![node], after.min(before), after.max(before), why) {
            self.mark_gap(node, after, before);
        }
    }

    /// A person wants some of the past of channels. Whether it will be asked for.
    pub(super) fn want_past(&mut self, nodes: Vec<usize>, from: f64, to: f64, request: RequestId) -> bool {
        self.want_range(nodes, from.min(to), from.max(to), Why::Person(request))
    }

    fn want_range(&mut self, nodes: Vec<usize>, from: f64, to: f64, why: Why) -> bool {
        if self.ranges.waiting.len() >= WAITING_MOST {
            return false;
        }
        self.ranges.number += 1;
        let parts = nodes.into_iter().map(|node| (node, Vec::new())).collect();
        self.ranges.waiting.push_back(Wanted { number: self.ranges.number, parts, from, to, why });
        true
    }

    pub(super) fn ask_ranges(&mut self, now: Now) {
        while self.ranges.under_way.len() < ABREAST {
            let Some(wanted) = self.ranges.waiting.pop_front() else { break };
            let nodes = wanted.parts.iter().filter_map(|(node, _)| self.tree.nodes.get(*node));
            let ids: Vec<i64> = nodes.clone().filter_map(|node| node.watch.id).collect();
            let primary = nodes.clone().find_map(|node| node.indexes.first()).cloned().unwrap_or_default();
            let number = wanted.number;
            let has_doubles = self.version == Version::V12;
            let (from, to) = (primary.index(wanted.from, has_doubles), primary.index(wanted.to, has_doubles));
            let (from, to) = if primary.decreasing { (to, from) } else { (from, to) };
            self.ranges.under_way.push(wanted);
            if ids.is_empty() {
                let gone =
                    Refusal { text: "the channel has no number any more".to_owned(), ..Refusal::default() };
                self.range_ends(now, number, Some(&gone));
                continue;
            }
            debug_assert!(from != Index::Missing && to != Index::Missing, "a place has an index");
            let message = self.dialect.range(&Range {
                number,
                ids: &ids,
                from,
                to,
                unit: &primary.unit,
                datum: &primary.datum,
            });
            self.ask(now, Ask::Range(number), message);
        }
    }

    /// Some of a range came.
    pub(super) fn range_goes_on(
        &mut self,
        now: Now,
        number: u64,
        found: impl Iterator<Item = (usize, Vec<(f64, f64)>)>,
    ) {
        let Some(wanted) = self.ranges.under_way.iter_mut().find(|wanted| wanted.number == number) else {
            return;
        };
        for (node, points) in found {
            if let Some((_, mine)) = wanted.parts.iter_mut().find(|(other, _)| *other == node) {
                mine.extend(points);
            }
        }
        if wanted.parts.iter().map(|(_, points)| points.len()).sum::<usize>() > POINTS_MOST {
            let title = "The range is too long";
            let text =
                "More than two million values came. Those that came are shown; ask for a shorter range.";
            self.notice(now, Notice::new(Severity::Warning, title, text, ""));
            if let Some(cancel) = self.dialect.cancel(number) {
                self.answer(0, cancel);
            }
            self.range_ends(now, number, None);
        }
    }

    /// A range is there, or will not be.
    pub(super) fn range_ends(&mut self, now: Now, number: u64, refusal: Option<&Refusal>) {
        let Some(place) = self.ranges.under_way.iter().position(|wanted| wanted.number == number) else {
            return;
        };
        let wanted = self.ranges.under_way.remove(place);
        match wanted.why {
            Why::Missed { after, before } => {
                for (node, points) in wanted.parts {
                    self.refilled(node, points, after, before);
                }
                if let Some(refusal) = refusal {
                    self.tell_refusal(now, "What was missed cannot be had", refusal);
                }
            }
            Why::Person(request) => {
                let count: usize = wanted.parts.iter().map(|(_, points)| points.len()).sum();
                for (node, points) in wanted.parts {
                    let channel = self.tree.nodes.get(node).and_then(|node| node.channel);
                    // As far as it came: what did not come stays as it was.
                    let places = points.iter().map(|(place, _)| *place);
                    let (from, to) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), place| {
                        (from.min(place), to.max(place))
                    });
                    if let (Some(channel), true) = (channel, from <= to) {
                        let count = points.len() as u64;
                        self.block(channel, points, count, BlockKind::Rewritten { from, to });
                    }
                }
                match refusal {
                    Some(refusal) if count == 0 => {
                        let class =
                            super::super::codes::name(self.version, refusal.code).unwrap_or("Refused");
                        let text = words_of(self.version, refusal);
                        self.reply(request, Outcome::Refused { class: class.to_owned(), text });
                    }
                    _ => {
                        let unit = if count == 1 { "value" } else { "values" }.to_owned();
                        let data_type =
                            Some(DataType::Integer(IntegerType { unit, ..IntegerType::default() }));
                        let value = Some(Value::Integer(count as i128));
                        self.reply(request, Outcome::Done { value, data_type });
                    }
                }
            }
        }
    }

    /// What was missed is there; nothing of it where the server has none.
    fn refilled(&mut self, node: usize, mut points: Vec<(f64, f64)>, after: f64, before: f64) {
        let (low, high) = (after.min(before), after.max(before));
        points.retain(|(place, _)| *place > low && *place < high);
        if points.is_empty() {
            return self.mark_gap(node, after, before);
        }
        if let Some(channel) = self.tree.nodes.get(node).and_then(|node| node.channel) {
            let count = points.len() as u64;
            let kind = BlockKind::Rewritten { from: low.next_up(), to: high.next_down() };
            self.block(channel, points, count, kind);
        }
    }

    /// Nobody knows what was between two places: the line breaks there.
    fn mark_gap(&mut self, node: usize, after: f64, before: f64) {
        if let Some(channel) = self.tree.nodes.get(node).and_then(|node| node.channel) {
            let middle = f64::midpoint(after, before);
            self.block(channel, vec![(middle, f64::NAN)], 0, BlockKind::Past);
        }
    }
}
