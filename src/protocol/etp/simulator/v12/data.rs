//! Values on their way out, and what becomes of what had been recorded.

use super::{Server12, error::Code};
use crate::model::time::Now;
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::header::{FINAL, MULTIPART};
use crate::protocol::etp::simulator::channels::{Quantity, SetKind};
use crate::protocol::etp::simulator::series::Value;
use crate::protocol::etp::simulator::site::{Change, Site};
use crate::protocol::etp::simulator::streams::{Pick, pick};
use crate::protocol::etp::v12::datatypes::{
    ArrayOfDouble, DataItem, DataValue, ErrorInfo, IndexInterval, IndexValue, TruncateInfo,
};
use crate::protocol::etp::v12::messages::{
    ChannelData, ChannelsTruncated, Message, ProtocolException, RangeReplaced, StreamingChannelData,
    SubscriptionsStopped, TruncateChannels,
};

/// So many values at most stand in a message, …
pub(super) const ITEMS_MOST: usize = 1000;
/// … and so many messages at most go out at once.
const MESSAGES_MOST: usize = 16;
/// What depths are measured from.
pub(super) const DEPTH_DATUM: &str = "KB";

impl Server12 {
    /// Sends what those who listen have not had: whether there was something.
    pub(super) fn send_data(&mut self, site: &Site) -> bool {
        for turn in 0..MESSAGES_MOST {
            let picks = self.desk.streams.take(site, self.items_most);
            let items = self.items(&picks, site);
            if items.is_empty() {
                return turn > 0;
            }
            let message = if self.desk.quirks.simple {
                Message::from(StreamingChannelData { data: items })
            } else {
                Message::from(ChannelData { data: items })
            };
            self.desk.post.tell(&message, 0, FINAL);
            if self.desk.count_data() {
                self.warn();
            }
        }
        true
    }

    fn warn(&mut self) {
        let text = "messages wait; ask for less".to_owned();
        let error = Some(ErrorInfo { message: text, code: Code::BackpressureWarning as i32 });
        let exception = ProtocolException { error, errors: Map::default() };
        self.desk.post.tell(&Message::from(exception), 0, FINAL);
    }

    /// An index that repeats is left out, as a null in its place.
    pub(super) fn items(&self, picks: &[Pick<'_>], site: &Site) -> Vec<DataItem> {
        let item = |pick: &Pick<'_>| {
            let kind = site.sets[pick.channel.set].kind;
            let count = 1 + usize::from(kind.has_second_index);
            let index = |place| {
                if pick.repeats { IndexValue::Null } else { index(kind, place, pick.row.places[place]) }
            };
            DataItem {
                channel_id: self.desk.id(pick.channel),
                indexes: (0..count).map(index).collect(),
                value: value(pick.value, pick.channel.kind.quantity),
                value_attributes: Vec::new(),
            }
        };
        picks.iter().map(item).collect()
    }

    pub(super) fn tell_change(&mut self, change: &Change, site: &Site, now: Now) {
        match change {
            // What is told of it goes by protocol 5, which the server has not.
            Change::Status { .. } => {}
            Change::Replaced { channel, from, to } => self.tell_replaced(*channel, *from, *to, site, now),
            Change::Truncated { set, start, .. } => self.tell_truncated(*set, *start, site, now),
        }
    }

    fn tell_replaced(&mut self, channel: usize, from: u64, to: u64, site: &Site, now: Now) {
        let Some(channel) = site
            .channel(channel)
            .filter(|channel| self.desk.streams.wants_changes(channel.number) && !self.desk.quirks.simple)
        else {
            return;
        };
        let set = &site.sets[channel.set];
        let rows: Vec<_> = (from..to).filter_map(|number| set.series.row(number)).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let changed_interval = interval(set.kind, Some((first.places[0], last.places[0])));
        let (channel_ids, change_time) = (vec![self.desk.id(channel)], now.wall.0);
        let (mut correlation, parts) = (0, rows.chunks(self.items_most));
        let parts_most = parts.len();
        for (number, rows) in parts.enumerate() {
            let mut picks = Vec::new();
            for row in rows {
                pick(&mut picks, channel, row);
            }
            let message = RangeReplaced {
                change_time,
                channel_ids: channel_ids.clone(),
                changed_interval: changed_interval.clone(),
                data: self.items(&picks, site),
            };
            let last = if number + 1 == parts_most { FINAL } else { 0 };
            let id = self.desk.post.tell(&Message::from(message), correlation, MULTIPART | last);
            // The later parts of a notification name the first one.
            correlation = if number == 0 { id } else { correlation };
        }
    }

    /// All of a set is gone: its new end is where it begins anew.
    fn tell_truncated(&mut self, set: usize, start: i64, site: &Site, now: Now) {
        let kind = site.sets[set].kind;
        let wants = |number| {
            let streams = &self.desk.streams;
            streams.wants_changes(number) || self.desk.quirks.simple && streams.has(number)
        };
        let channels = site.channels().filter(|channel| channel.set == set && wants(channel.number));
        let info = |channel| TruncateInfo {
            channel_id: self.desk.id(channel),
            new_end_index: index(kind, 0, start),
        };
        let channels: Vec<_> = channels.map(info).collect();
        if channels.is_empty() {
            return;
        }
        let message = if self.desk.quirks.simple {
            Message::from(TruncateChannels { channels })
        } else {
            Message::from(ChannelsTruncated { channels, change_time: now.wall.0 })
        };
        self.desk.post.tell(&message, 0, FINAL);
    }

    /// The first channel is there no more.
    pub(super) fn remove_first(&mut self, site: &Site) {
        let Some(channel) = site.channel(0) else { return };
        if self.desk.streams.stop(0) && !self.desk.quirks.simple {
            let channel_ids = [("0".to_owned(), self.desk.id(channel))].into_iter().collect();
            let message = SubscriptionsStopped { reason: "the channel was deleted".into(), channel_ids };
            self.desk.post.tell(&Message::from(message), 0, MULTIPART | FINAL);
        }
    }
}

/// An index as it is on the wire: the primary one, or the second one.
pub(super) fn index(kind: &SetKind, which: usize, place: i64) -> IndexValue {
    if kind.pace.is_time() == (which == 0) {
        IndexValue::Long(place)
    } else {
        IndexValue::Double(place as f64 / 1000.0)
    }
}

/// Where something begins and ends, by its primary index.
pub(super) fn interval(kind: &SetKind, ends: Option<(i64, i64)>) -> IndexInterval {
    let place = |place| index(kind, 0, place);
    let (start_index, end_index) =
        ends.map_or((IndexValue::Null, IndexValue::Null), |(first, last)| (place(first), place(last)));
    let (uom, depth_datum) = if kind.pace.is_time() { ("s", "") } else { ("m", DEPTH_DATUM) };
    IndexInterval { start_index, end_index, uom: uom.into(), depth_datum: depth_datum.into() }
}

/// A value in the branch that suits its channel.
fn value(value: &Value, quantity: Quantity) -> DataValue {
    match value {
        Value::Absent | Value::Null => DataValue::Null,
        Value::Number(number) if quantity == Quantity::Resistivity => DataValue::Float(*number as f32),
        Value::Number(number) => DataValue::Double(*number),
        Value::Whole(number) => DataValue::Int(*number),
        Value::Text(text) => DataValue::String((*text).to_owned()),
        Value::On(on) => DataValue::Bool(*on),
        Value::Wave(points) => DataValue::ArrayOfDouble(ArrayOfDouble { values: points.to_vec() }),
    }
}
