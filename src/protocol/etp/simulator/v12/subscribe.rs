//! Protocol 21: who listens to what.

use super::error::{Code, Refusal, Refusals};
use super::metadata::KEYS_MOST;
use super::{Asked, Server12};
use crate::model::time::{Instant, Now};
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::header::{FINAL, MULTIPART};
use crate::protocol::etp::simulator::channels::SetKind;
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::simulator::streams::Start;
use crate::protocol::etp::v12::datatypes::{ChannelSubscribeInfo, IndexValue};
use crate::protocol::etp::v12::messages::{
    Message, SubscribeChannels, SubscribeChannelsResponse, SubscriptionsStopped, UnsubscribeChannels,
};

/// With the quirk, an answer waits so long for data to overtake it.
const LATE: std::time::Duration = std::time::Duration::from_secs(1);

/// An answer that data are to overtake.
pub(super) struct Late {
    asked: Asked,
    success: Map<String>,
    refusals: Refusals,
    due: Instant,
}

impl Server12 {
    pub(super) fn subscribe(
        &mut self,
        asked: &Asked,
        request: &SubscribeChannels,
        site: &Site,
        now: Now,
    ) -> Result<(), Refusal> {
        if request.channels.0.len() > KEYS_MOST {
            return Err(Refusal::new(Code::LimitExceeded, "too many channels at once"));
        }
        let (mut success, mut refusals) = (Map::default(), Refusals::default());
        for (key, info) in &request.channels.0 {
            match self.start(info, site) {
                Ok(()) => success.0.push((key.clone(), String::new())),
                Err(refusal) => refusals.0.push((key.clone(), refusal)),
            }
        }
        if let Some(late) = self.late.take() {
            self.answer_subscribe(late);
        }
        let late = Late { asked: asked.clone(), success, refusals, due: now.instant + LATE };
        if self.desk.quirks.late_data {
            self.late = Some(late);
        } else {
            self.answer_subscribe(late);
            self.send_data(site);
        }
        Ok(())
    }

    fn start(&mut self, info: &ChannelSubscribeInfo, site: &Site) -> Result<(), Refusal> {
        let id = info.channel_id;
        let channel = self.desk.channel(site, id).ok_or_else(|| Refusal::channel(id))?;
        let start = match (info.request_latest_index_count, &info.start_index) {
            (Some(count), _) => Start::Latest(u64::try_from(count).unwrap_or_default()),
            (None, IndexValue::Null) => Start::Now,
            (None, index) => Start::Index(place(site.sets[channel.set].kind, index)?),
        };
        if self.desk.streams.start(site, channel, start, info.data_changes) {
            Ok(())
        } else {
            Err(Refusal::new(Code::InvalidState, format!("channel {id} is subscribed already")))
        }
    }

    /// Sends the answer that was to be overtaken, once it was, or nothing came.
    pub(super) fn answer_late(&mut self, was_overtaken: bool, now: Now) {
        if let Some(late) = self.late.take_if(|late| was_overtaken || now.instant >= late.due) {
            self.answer_subscribe(late);
        }
    }

    fn answer_subscribe(&mut self, Late { asked, success, refusals, .. }: Late) {
        if !success.0.is_empty() {
            let answer = SubscribeChannelsResponse { success };
            self.desk.post.answer(&asked, &Message::from(answer), MULTIPART | FINAL);
        }
        self.refuse_some(&asked, &refusals);
    }

    pub(super) fn unsubscribe(&mut self, asked: &Asked, request: &UnsubscribeChannels, site: &Site) {
        let (mut stopped, mut refusals) = (Map::default(), Refusals::default());
        for (key, id) in &request.channel_ids.0 {
            let channel = self.desk.channel(site, *id);
            if channel.is_some_and(|channel| self.desk.streams.stop(channel.number)) {
                stopped.0.push((key.clone(), *id));
            } else if refusals.0.len() < KEYS_MOST {
                refusals.0.push((key.clone(), Refusal::channel(*id)));
            }
        }
        self.desk.relieve();
        if !stopped.0.is_empty() {
            let answer = SubscriptionsStopped { reason: "as asked".into(), channel_ids: stopped };
            self.desk.post.answer(asked, &Message::from(answer), MULTIPART | FINAL);
        }
        self.refuse_some(asked, &refusals);
    }
}

/// Where an index is, in the units in which rows are kept.
pub(super) fn place(kind: &SetKind, index: &IndexValue) -> Result<i64, Refusal> {
    match index {
        IndexValue::Long(micros) if kind.pace.is_time() => Ok(*micros),
        IndexValue::Double(metres) if !kind.pace.is_time() && metres.is_finite() => {
            Ok((metres * 1000.0).round() as i64)
        }
        IndexValue::PassIndexedDepth(passed) if !kind.pace.is_time() && passed.depth.is_finite() => {
            Ok((passed.depth * 1000.0).round() as i64)
        }
        IndexValue::Null | IndexValue::Long(_) | IndexValue::Double(_) | IndexValue::PassIndexedDepth(_) => {
            Err(Refusal::new(Code::InvalidIndexKind, "not an index of this channel"))
        }
    }
}
