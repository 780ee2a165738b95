//! The past: `ChannelRangeRequest`, answered by correlated `ChannelData` in parts, one at a time (ETP-000-118).

use super::error::{Code, Refusal, Refusals};
use super::{Asked, Server11};
use crate::protocol::etp::header::{FINAL, MULTIPART, NO_DATA};
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::simulator::streams::Stretches;
use crate::protocol::etp::v11::messages::{ChannelData, ChannelRangeRequest, Message};

/// So many stretches may stand in a request.
const STRETCHES_MOST: usize = 100;
/// So many requests at most wait for their answers.
const PENDING_MOST: usize = 8;

/// A request whose answer is not complete.
pub(super) struct Pending {
    asked: Asked,
    stretches: Stretches,
    /// Nothing has been sent yet.
    is_new: bool,
    /// What is refused of it is told after the answer.
    refusals: Refusals,
}

impl Server11 {
    pub(super) fn request_range(
        &mut self,
        asked: &Asked,
        request: &ChannelRangeRequest,
        site: &Site,
    ) -> Result<(), Refusal> {
        if self.desk.quirks.no_ranges {
            return Err(Refusal::new(Code::NotSupported, "nothing is told of the past"));
        }
        if self.rate.is_none() {
            return Err(Refusal::new(Code::InvalidState, "Start comes first"));
        }
        if self.ranges.len() >= PENDING_MOST || request.channel_ranges.len() > STRETCHES_MOST {
            return Err(Refusal::new(Code::InvalidArgument, "too many ranges at once"));
        }
        let (mut stretches, mut refusals) = (Stretches::default(), Refusals::default());
        for range in &request.channel_ranges {
            let mut channels = Vec::new();
            for id in &range.channel_id {
                match self.desk.channel(site, *id) {
                    Some(channel) if !channels.contains(&channel.number) => channels.push(channel.number),
                    Some(_) => {}
                    None => refusals.push(Refusal::channel(*id)),
                }
            }
            stretches.add(site, &channels, Some(range.start_index), Some(range.end_index));
        }
        if stretches.is_over() && !refusals.is_empty() {
            self.refuse_some(asked, &refusals);
            return Ok(());
        }
        self.ranges.push(Pending { asked: asked.clone(), stretches, is_new: true, refusals });
        self.answer_range(self.ranges.len() - 1, site);
        Ok(())
    }

    /// One more part for each that waits.
    pub(super) fn answer_ranges(&mut self, site: &Site) {
        for number in (0..self.ranges.len()).rev() {
            self.answer_range(number, site);
        }
    }

    fn answer_range(&mut self, number: usize, site: &Site) {
        let (Some(pending), Some(rate)) = (self.ranges.get_mut(number), self.rate) else { return };
        let picks = pending.stretches.take(site, rate.items_most);
        let is_over = pending.stretches.is_over();
        let is_empty = std::mem::take(&mut pending.is_new) && is_over && picks.is_empty();
        let flags = MULTIPART | if is_over { FINAL } else { 0 } | if is_empty { NO_DATA } else { 0 };
        let asked = pending.asked.clone();
        let data = self.items(&picks, site);
        self.desk.post.answer(&asked, &Message::from(ChannelData { data }), flags);
        if is_over {
            let pending = self.ranges.remove(number);
            self.refuse_some(&asked, &pending.refusals);
        }
    }
}
