//! Values on their way out, at the pace that the client wants (ETP-000-115).

use std::time::Duration;

use super::Server11;
use super::error::{Code, Refusal};
use crate::model::time::{Instant, Now};
use crate::protocol::etp::simulator::channels::Quantity;
use crate::protocol::etp::simulator::series::Value;
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::simulator::streams::Pick;
use crate::protocol::etp::v11::datatypes::{ArrayOfDouble, DataItem, DataValue};
use crate::protocol::etp::v11::messages::{ChannelData, Message, Start};

/// So many values at most stand in a message, whatever the client would take, …
const ITEMS_MOST: usize = 1000;
/// … and so many messages at most go out at once, where the client wants no gap between them.
const MESSAGES_MOST: usize = 16;
/// The longest gap that a client is granted, in ms.
const GAP_MOST: i32 = 3_600_000;

/// What a client wants of the pace.
#[derive(Clone, Copy)]
pub(super) struct Rate {
    /// Between two messages with data.
    pub(super) gap: Duration,
    pub(super) items_most: usize,
    /// When the next one may go.
    due: Instant,
}

impl Rate {
    pub(super) fn new(request: &Start, now: Now) -> Self {
        let gap = request.max_message_rate.clamp(0, GAP_MOST).unsigned_abs();
        let items = usize::try_from(request.max_data_items).unwrap_or_default();
        Self {
            gap: Duration::from_millis(u64::from(gap)),
            items_most: items.clamp(1, ITEMS_MOST),
            due: now.instant,
        }
    }
}

impl Server11 {
    /// Sends what those who listen have not had, as far as the client wants it now.
    pub(super) fn send_data(&mut self, site: &Site, now: Now) {
        for _ in 0..MESSAGES_MOST {
            let Some(rate) = self.rate.as_mut().filter(|rate| now.instant >= rate.due) else { return };
            let picks = self.desk.streams.take(site, rate.items_most);
            if picks.is_empty() {
                return;
            }
            rate.due = now.instant + rate.gap;
            let data = self.items(&picks, site);
            self.desk.post.tell(&Message::from(ChannelData { data }), 0, 0);
            if self.desk.count_data() {
                let warning = Refusal::new(Code::BackpressureWarning, "messages wait; ask for less");
                self.desk.post.tell(&warning.message(), 0, 0);
            }
        }
    }

    /// Indexes that repeat are left out (ETP-000-093).
    pub(super) fn items(&self, picks: &[Pick<'_>], site: &Site) -> Vec<DataItem> {
        let item = |pick: &Pick<'_>| {
            let kind = site.sets[pick.channel.set].kind;
            let count = if pick.repeats { 0 } else { 1 + usize::from(kind.has_second_index) };
            DataItem {
                indexes: pick.row.places[..count].to_vec(),
                channel_id: self.desk.id(pick.channel),
                value: value(pick.value, pick.channel.kind.quantity),
                value_attributes: Vec::new(),
            }
        };
        picks.iter().map(item).collect()
    }
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
