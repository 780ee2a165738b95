//! Many readings of one channel at once: new ones, some of the past, and what replaces what came before.

use super::{ChannelRecord, ConnectionId, Store};
use crate::model::alarm::Alarm;
use crate::model::event::{Block, BlockKind};
use crate::model::reading::{Reading, Report};
use crate::model::time::{Instant, Now, Timestamp};
use crate::model::value::Value;

impl Store {
    pub(super) fn take_block(&mut self, id: ConnectionId, now: Now, block: &Block) {
        let replaced = match &block.kind {
            BlockKind::Live(reading) => return self.read(id, block.channel, now, reading, Some(block)),
            BlockKind::Past => None,
            BlockKind::Rewritten { from, to } => Some((*from, *to)),
        };
        let connection = &mut self.connections[id.0 as usize];
        connection.counters.readings += block.count;
        let Some(channel_id) = connection.channels.get(block.channel).copied() else { return };
        let channel = &mut self.channels[channel_id.0 as usize];
        channel.ledger.receive_past(block.count);
        let shift = channel.shift(connection.clock_offset);
        let points = block.points.iter().map(|(place, number)| (place + shift, *number));
        channel.history.fill(points, replaced.map(|(from, to)| (from + shift, to + shift)));
        if replaced.is_some_and(|(from, to)| channel.place().is_some_and(|at| (from..=to).contains(&at))) {
            channel.show_newest(shift, now.instant);
        }
        self.value_changed(id, channel_id);
    }
}

impl ChannelRecord {
    /// Where its value was taken: on its axis, or when by the source's clock.
    fn place(&self) -> Option<f64> {
        let reading = self.value.as_ref()?;
        if self.channel.axis.is_some() {
            return reading.place;
        }
        reading.taken.map(Timestamp::as_unix_seconds)
    }

    /// The newest point of its history becomes its value; where there is none it has no value any more.
    fn show_newest(&mut self, shift: f64, now: Instant) {
        let newest = self.history.iter().rfind(|(_, number)| !number.is_nan());
        self.value = newest.map(|(place, number)| {
            let place = place - shift;
            let (place, taken) = if self.channel.axis.is_some() {
                (Some(place), None)
            } else {
                (None, Timestamp::from_unix_seconds(place))
            };
            let value = Value::of_number(number, &self.channel.data_type);
            Reading {
                report: Report::Value(value),
                taken,
                arrived: now,
                place,
                uncertainty: None,
                state: None,
            }
        });
        if self.value.is_none() {
            self.alarm = Alarm::default();
        }
        self.grade(now);
    }
}
