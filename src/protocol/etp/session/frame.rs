//! From the items of a frame to blocks of readings: nothing is made of an item but its place in its channel's block.

use super::dialect::{IndexKind, Kind, Told};
use super::tree::Node;
use super::watch::State;
use super::{EtpSession, Settings};
use crate::model::display;
use crate::model::event::{Block, BlockKind, Event, Notice};
use crate::model::reading::{Reading, Report, Severity};
use crate::model::slots::Slots;
use crate::model::time::{Now, Timestamp};
use crate::model::value::Value;
use crate::protocol::etp::avro::{AvroError, Reader};
use crate::protocol::etp::header::MessageHeader;
use crate::protocol::etp::item::{Datum, Index, Item};
use crate::protocol::etp::version::Version;
use crate::protocol::etp::{v11, v12};

/// A distance between two places that is so many times the usual one is a gap.
const GAP_STEPS: f64 = 2.5;

/// What a frame tells of one channel.
#[derive(Debug)]
pub(super) struct Touched<'a> {
    node: usize,
    /// Places and numbers.
    pub(super) points: Vec<(f64, f64)>,
    count: u64,
    /// The newest value.
    value: Datum<'a>,
    /// Its index, where it has one.
    index: Option<(Index, f64)>,
    /// Its time and its place, by whichever index tells.
    taken: Option<Timestamp>,
    place: Option<f64>,
}

/// Collects what a frame tells, channel by channel.
struct Collector<'s, 'a> {
    nodes: &'s mut [Node],
    by_id: &'s Slots<i64, usize>,
    settings: &'s Settings,
    frame: u64,
    touched: Vec<Touched<'a>>,
    unknown: Option<i64>,
    unplaced: u64,
}

impl<'a> Collector<'_, 'a> {
    fn take(&mut self, item: Item<'a, '_>) {
        let Some(index) = self.by_id.get(&item.channel).copied() else {
            self.unknown = Some(item.channel);
            return;
        };
        let node = &mut self.nodes[index];
        let (frame, slot) = node.watch.slot;
        let slot = if frame == self.frame {
            slot
        } else {
            node.watch.slot = (self.frame, self.touched.len());
            self.touched.push(Touched {
                node: index,
                points: Vec::new(),
                count: 0,
                value: Datum::Null,
                index: None,
                taken: None,
                place: None,
            });
            self.touched.len() - 1
        };
        let touched = &mut self.touched[slot];
        touched.count += 1;
        let primary = match (node.indexes.first(), item.indexes.first()) {
            (Some(info), Some(index)) => info.place(*index).map(|place| (*index, place)),
            _ => None,
        };
        if let Some((index, place)) = primary {
            let number = number_of(&item.value)
                .map(|number| if self.settings.is_null(number) { f64::NAN } else { number });
            if let Some(number) = number {
                touched.points.push((place, number));
            }
            touched.index = Some((index, place));
        } else {
            self.unplaced += 1;
        }
        (touched.taken, touched.place) = (None, None);
        for (info, index) in node.indexes.iter().zip(item.indexes) {
            match (info.kind, index) {
                (IndexKind::Time, Index::Long(micros)) => {
                    touched.taken = touched.taken.or(Some(Timestamp(*micros)));
                }
                _ => touched.place = touched.place.or_else(|| info.place(*index)),
            }
        }
        touched.value = item.value;
    }
}

/// The number that a plot draws; NaN where there is none. `None` for what has no place on an axis.
fn number_of(value: &Datum<'_>) -> Option<f64> {
    match value {
        Datum::Null => Some(f64::NAN),
        Datum::Bool(on) => Some(f64::from(u8::from(*on))),
        Datum::Integer(whole) => Some(*whole as f64),
        Datum::Number(number) => Some(*number),
        Datum::Text(_) | Datum::Bytes(_) | Datum::Numbers(_) | Datum::Texts(_) | Datum::Other(_) => None,
    }
}

impl EtpSession {
    /// A message with items came; they come next.
    pub(super) fn data(
        &mut self,
        now: Now,
        header: &MessageHeader,
        told: &Told,
        reader: &mut Reader<'_>,
    ) -> Result<(), AvroError> {
        let mut collector = Collector {
            nodes: &mut self.tree.nodes,
            by_id: &self.by_id,
            settings: &self.settings,
            frame: self.frames,
            touched: Vec::new(),
            unknown: None,
            unplaced: 0,
        };
        match self.version {
            Version::V11 => v11::data::each(reader, |item| collector.take(item))?,
            Version::V12 => v12::data::each(reader, |item| collector.take(item))?,
        }
        let Collector { touched, unknown, unplaced, .. } = collector;
        if let Some(id) = unknown {
            self.violation("data is that of channels that were described");
            let text = "It is left out; the others are shown.";
            let title = "Data of an unknown channel came";
            self.notice(
                now,
                Notice::new(Severity::Normal, title, text, &["channel ", &id.to_string()].concat()),
            );
        }
        if unplaced > 0 {
            self.violation("an item has an index, or the item before it had one");
        }
        // v1.1 answers a range with data, too: by the id of the request alone it is told from what is new.
        let range = match (told, header.correlation_id) {
            (Told::Data, 0) | (Told::Rewritten { .. }, _) => None,
            _ => self.requests.range(header.correlation_id),
        };
        match told {
            Told::Rewritten { ids, from, to } => self.rewritten(touched, ids, *from, *to),
            _ if range.is_some() || matches!(told, Told::Past) => {
                if let Some((place, number)) = range {
                    self.requests.heard(place, now.instant);
                    self.range_goes_on(
                        now,
                        number,
                        touched.into_iter().map(|touched| (touched.node, touched.points)),
                    );
                    if self.dialect.is_last(header) {
                        self.requests.end(place);
                        self.range_ends(now, number, None);
                    }
                } else {
                    self.violation("a range is one that was asked for");
                }
            }
            _ => {
                for touched in touched {
                    self.live(now, touched);
                }
            }
        }
        Ok(())
    }

    /// New data of a channel.
    fn live(&mut self, now: Now, mut touched: Touched<'_>) {
        let index = touched.node;
        self.learn_from(index, &touched.value);
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let Some(channel) = node.channel.filter(|channel| *channel < self.told.1) else { return };
        match node.watch.state {
            State::Asked => node.watch.state = State::Told,
            State::Told => {}
            // It was ended meanwhile, or nobody asked for it.
            State::Idle | State::Ended => return,
        }
        let decreasing = node.indexes.first().is_some_and(|primary| primary.decreasing);
        let mut gap = None;
        let mut healed = None;
        if let Some(known_to) = node.watch.resumes_at {
            let is_new = |place: f64| if decreasing { place < known_to } else { place > known_to };
            let before = touched.points.len();
            touched.points.retain(|(place, _)| is_new(*place));
            touched.count = touched.count.saturating_sub((before - touched.points.len()) as u64).max(1);
            if let Some(&(first, _)) = touched.points.first() {
                node.watch.resumes_at = None;
                let usual = node.watch.step * GAP_STEPS;
                if usual > 0.0 && (first - known_to).abs() > usual {
                    gap = Some((known_to, first));
                } else {
                    healed = Some(known_to);
                }
            }
        }
        if let Some((last, place)) = touched.index
            && node.watch.resumes_at.is_none()
        {
            node.watch.advance(last, place);
        }
        let reading = Reading {
            report: Report::Value(self.value_of(index, touched.value)),
            taken: touched.taken,
            arrived: now.instant,
            place: touched.place,
            uncertainty: None,
            state: None,
        };
        self.tell_subscribed(index);
        // What came without a break is joined to what was there before: all but the newest is past.
        if let (Some(known_to), [.., _]) = (healed, &touched.points[..]) {
            let newest = touched.points.split_off(touched.points.len() - 1);
            let to = touched.points.last().map_or(newest[0].0, |(place, _)| *place);
            let (from, to) = if decreasing { (to, known_to.next_down()) } else { (known_to.next_up(), to) };
            let past = std::mem::replace(&mut touched.points, newest);
            let count = past.len() as u64;
            touched.count = touched.count.saturating_sub(count).max(1);
            let to = to.max(from);
            self.block(channel, past, count, BlockKind::Rewritten { from, to });
        }
        self.block(channel, touched.points, touched.count, BlockKind::Live(reading));
        if let Some((from, to)) = gap {
            self.refill(index, from, to);
        }
    }

    /// Data of the past is another than it was.
    fn rewritten(&mut self, touched: Vec<Touched<'_>>, ids: &[i64], from: Index, to: Index) {
        let mut touched: Vec<Option<Touched<'_>>> = touched.into_iter().map(Some).collect();
        for id in ids {
            let Some(index) = self.node(*id) else {
                self.violation("what is rewritten is a channel");
                continue;
            };
            let node = &self.tree.nodes[index];
            let Some(channel) = node.channel.filter(|channel| *channel < self.told.1) else { continue };
            let place = |index: Index| node.indexes.first().and_then(|primary| primary.place(index));
            let Some((from, to)) = place(from).zip(place(to)) else {
                self.violation("what is rewritten has a beginning and an end");
                continue;
            };
            let mine =
                touched.iter_mut().find(|slot| slot.as_ref().is_some_and(|touched| touched.node == index));
            let mine = mine.and_then(Option::take);
            let (points, count) = mine.map_or_else(Default::default, |mine| (mine.points, mine.count));
            let kind = BlockKind::Rewritten { from: from.min(to), to: to.max(from) };
            self.block(channel, points, count, kind);
        }
    }

    pub(super) fn block(&mut self, channel: usize, points: Vec<(f64, f64)>, count: u64, kind: BlockKind) {
        self.event(Event::Block(Box::new(Block { channel, points, count, kind })));
    }

    /// What values are shows what a channel is, where it did not say so.
    fn learn_from(&mut self, index: usize, value: &Datum<'_>) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        let kind = match value {
            Datum::Numbers(_) if node.kind != Kind::Numbers => Kind::Numbers,
            Datum::Number(_) if node.kind == Kind::Other => Kind::Double,
            Datum::Integer(_) if node.kind == Kind::Other => Kind::Integer,
            Datum::Bool(_) if node.kind == Kind::Other => Kind::Bool,
            Datum::Text(_) if node.kind == Kind::Other => Kind::Text,
            _ => return,
        };
        self.tree.learn(index, kind);
    }

    fn value_of(&self, index: usize, value: Datum<'_>) -> Value {
        let Some(node) = self.tree.nodes.get(index) else { return Value::Null };
        match value {
            Datum::Null => Value::Null,
            Datum::Bool(on) => Value::Bool(on),
            Datum::Integer(whole) if self.settings.is_null(whole as f64) => Value::Null,
            Datum::Integer(micros) if node.kind == Kind::Time => {
                Value::Text(display::date_time(Timestamp(micros)))
            }
            Datum::Integer(whole) if matches!(node.kind, Kind::Double | Kind::Float) => {
                Value::Number(whole as f64)
            }
            Datum::Integer(whole) => Value::Integer(whole.into()),
            Datum::Number(number) if self.settings.is_null(number) => Value::Null,
            Datum::Number(number) => Value::Number(number),
            Datum::Text(text) => Value::Text(text.into_owned()),
            Datum::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Datum::Numbers(mut elements) => {
                for number in &mut elements {
                    if self.settings.is_null(*number) {
                        *number = f64::NAN;
                    }
                }
                let lengths = node.lengths.iter().map(|length| usize::try_from(*length).unwrap_or_default());
                let shape: Vec<usize> = lengths.collect();
                let fits = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length));
                let shape = if fits == Some(elements.len()) && !shape.is_empty() {
                    shape
                } else {
                    vec![elements.len()]
                };
                Value::Matrix { shape, elements }
            }
            Datum::Texts(texts) => Value::Array(texts.into_iter().map(Value::Text).collect()),
            Datum::Other(what) => Value::Text(["(", what, ")"].concat()),
        }
    }
}
