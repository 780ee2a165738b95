//! What becomes of channels and of what had been recorded, for those who want to know.

use super::Server11;
use super::metadata::status;
use crate::protocol::etp::simulator::site::{Change, Site};
use crate::protocol::etp::simulator::streams::pick;
use crate::protocol::etp::v11::messages::{ChannelDataChange, ChannelRemove, ChannelStatusChange, Message};

impl Server11 {
    pub(super) fn tell_change(&mut self, change: &Change, site: &Site) {
        if self.desk.quirks.simple {
            return;
        }
        match change {
            Change::Status { channel, is_active } => self.tell_status(*channel, *is_active, site),
            Change::Replaced { channel, from, to } => self.tell_replaced(*channel, *from, *to, site),
            Change::Truncated { set, start, end } => self.tell_truncated(*set, *start, *end, site),
        }
    }

    fn tell_status(&mut self, channel: usize, is_active: bool, site: &Site) {
        if let Some(channel) = site.channel(channel).filter(|_| self.desk.streams.wants_changes(channel)) {
            let message =
                ChannelStatusChange { channel_id: self.desk.id(channel), status: status(is_active) };
            self.desk.post.tell(&Message::from(message), 0, 0);
        }
    }

    /// In as many messages as the client wants, each with the stretch that it is about.
    fn tell_replaced(&mut self, channel: usize, from: u64, to: u64, site: &Site) {
        let Some(channel) = site.channel(channel).filter(|_| self.desk.streams.wants_changes(channel)) else {
            return;
        };
        let items_most = self.rate.map_or(1, |rate| rate.items_most);
        let series = &site.sets[channel.set].series;
        let rows: Vec<_> = (from..to).filter_map(|number| series.row(number)).collect();
        for rows in rows.chunks(items_most) {
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { continue };
            let mut picks = Vec::new();
            for row in rows {
                pick(&mut picks, channel, row);
            }
            let message = ChannelDataChange {
                channel_id: self.desk.id(channel),
                start_index: first.places[0],
                end_index: last.places[0],
                data: self.items(&picks, site),
            };
            self.desk.post.tell(&Message::from(message), 0, 0);
        }
    }

    /// All that had been recorded is replaced by nothing.
    fn tell_truncated(&mut self, set: usize, start_index: i64, end_index: i64, site: &Site) {
        let channels = site.channels().filter(|channel| channel.set == set);
        let channels: Vec<_> =
            channels.filter(|channel| self.desk.streams.wants_changes(channel.number)).collect();
        for channel in channels {
            let channel_id = self.desk.id(channel);
            let message = ChannelDataChange { channel_id, start_index, end_index, data: Vec::new() };
            self.desk.post.tell(&Message::from(message), 0, 0);
        }
    }

    /// The first channel is there no more; its id is not given again.
    pub(super) fn remove_first(&mut self, site: &Site) {
        let Some(channel) = site.channel(0) else { return };
        let is_known = self.described_by.first().is_some_and(Option::is_some);
        self.desk.streams.stop(0);
        if is_known && !self.desk.quirks.simple {
            let channel_id = self.desk.id(channel);
            let message = ChannelRemove { channel_id, remove_reason: Some("the curve was deleted".into()) };
            self.desk.post.tell(&Message::from(message), 0, 0);
        }
    }
}
