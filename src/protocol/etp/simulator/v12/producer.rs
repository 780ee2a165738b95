//! Protocol 1: a simple producer, which sends all that it has.

use super::Server12;
use super::error::{Code, Refusal};
use crate::protocol::etp::header::FINAL;
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::simulator::streams::Start;
use crate::protocol::etp::v12::messages::{ChannelMetadata, Message};

impl Server12 {
    pub(super) fn start_streaming(&mut self, site: &Site) -> Result<(), Refusal> {
        if !self.desk.streams.is_empty() {
            return Err(Refusal::new(Code::InvalidState, "it is streaming already"));
        }
        for channel in site.channels() {
            self.desk.streams.start(site, channel, Start::Latest(1), true);
        }
        if self.desk.quirks.late_data {
            self.send_data(site);
        }
        let channels = site.channels().map(|channel| self.record(channel, site)).collect();
        self.desk.post.tell(&Message::from(ChannelMetadata { channels }), 0, FINAL);
        self.send_data(site);
        Ok(())
    }

    pub(super) fn stop_streaming(&mut self, site: &Site) -> Result<(), Refusal> {
        if self.desk.streams.is_empty() {
            return Err(Refusal::new(Code::InvalidState, "it is not streaming"));
        }
        for channel in site.channels() {
            self.desk.streams.stop(channel.number);
        }
        self.desk.relieve();
        Ok(())
    }
}
