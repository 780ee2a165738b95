//! Who listens to what.

use super::data::Rate;
use super::error::{Code, Refusal, Refusals};
use super::{Asked, Server11};
use crate::model::time::Now;
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::simulator::streams::Start as From;
use crate::protocol::etp::v11::datatypes::{ChannelStreamingInfo, StreamingStartIndex};
use crate::protocol::etp::v11::messages::{
    ChannelMetadata, ChannelStreamingStart, ChannelStreamingStop, Message, Start,
};

impl Server11 {
    pub(super) fn start(&mut self, request: &Start, site: &Site, now: Now) {
        let rate = Rate::new(request, now);
        match self.rate.replace(rate) {
            Some(before) if before.gap < rate.gap => self.desk.relieve(),
            None if self.desk.quirks.simple => self.begin_simple(site, now),
            Some(_) | None => {}
        }
    }

    /// A simple streamer sends all that it has, without being asked.
    fn begin_simple(&mut self, site: &Site, now: Now) {
        if self.desk.quirks.late_data {
            self.start_simple(site);
            self.send_data(site, now);
        }
        let channels = site.channels().map(|channel| self.record(channel, site)).collect();
        self.desk.post.tell(&Message::from(ChannelMetadata { channels }), 0, 0);
        self.start_simple(site);
        self.send_data(site, now);
    }

    pub(super) fn start_simple(&mut self, site: &Site) {
        for channel in site.channels() {
            self.desk.streams.start(site, channel, From::Latest(1), false);
        }
    }

    pub(super) fn start_channels(
        &mut self,
        asked: &Asked,
        request: &ChannelStreamingStart,
        site: &Site,
        now: Now,
    ) -> Result<(), Refusal> {
        if self.rate.is_none() {
            return Err(Refusal::new(Code::InvalidState, "Start comes first"));
        }
        let mut refused = Refusals::default();
        for info in &request.channels {
            // Of channels that are streaming already one is told, and the others start nevertheless (ETP-000-119).
            if let Err(refusal) = self.start_channel(info, site)
                && !(refusal.code == Code::InvalidState && refused.have(Code::InvalidState))
            {
                refused.push(refusal);
            }
        }
        self.refuse_some(asked, &refused);
        self.send_data(site, now);
        Ok(())
    }

    fn start_channel(&mut self, info: &ChannelStreamingInfo, site: &Site) -> Result<(), Refusal> {
        let id = info.channel_id;
        let channel = self.desk.channel(site, id).ok_or_else(|| Refusal::channel(id))?;
        let start = match info.start_index {
            StreamingStartIndex::Null => From::Latest(1),
            StreamingStartIndex::Int(count) => From::Latest(u64::try_from(count).unwrap_or_default()),
            StreamingStartIndex::Long(place) => From::Index(place),
        };
        if self.desk.streams.start(site, channel, start, info.receive_change_notification) {
            Ok(())
        } else {
            Err(Refusal::new(Code::InvalidState, format!("channel {id} is streaming already")))
        }
    }

    pub(super) fn stop_channels(&mut self, asked: &Asked, request: &ChannelStreamingStop, site: &Site) {
        let mut refused = Refusals::default();
        for id in &request.channels {
            match self.desk.channel(site, *id) {
                Some(channel) if self.desk.streams.stop(channel.number) => {}
                Some(_) => {
                    refused.push(Refusal::new(Code::InvalidState, format!("channel {id} is not streaming")));
                }
                None => refused.push(Refusal::channel(*id)),
            }
        }
        self.refuse_some(asked, &refused);
    }
}
