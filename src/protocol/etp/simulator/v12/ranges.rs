//! Protocol 21: the past, in parts, one at a time.

use super::error::{Code, Refusal};
use super::subscribe::place;
use super::{Asked, Server12};
use crate::protocol::etp::avro::Uuid;
use crate::protocol::etp::header::{FINAL, MULTIPART};
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::simulator::streams::Stretches;
use crate::protocol::etp::v12::datatypes::{ChannelRangeInfo, IndexValue};
use crate::protocol::etp::v12::messages::{CancelGetRanges, GetRanges, GetRangesResponse, Message};

/// So many values answer a request at most.
pub(super) const ITEMS_MOST: usize = 50_000;
/// So many channels at most may stand in one, …
pub(super) const CHANNELS_MOST: usize = 1000;
/// … and so many stretches.
const STRETCHES_MOST: usize = 100;
/// So many requests at most wait for their answers.
const PENDING_MOST: usize = 8;

/// A request whose answer is not complete.
pub(super) struct Pending {
    asked: Asked,
    uuid: Uuid,
    stretches: Stretches,
    /// So many values may still go.
    left: usize,
}

impl Server12 {
    pub(super) fn get_ranges(
        &mut self,
        asked: &Asked,
        request: GetRanges,
        site: &Site,
    ) -> Result<(), Refusal> {
        if self.desk.quirks.no_ranges {
            return Err(Refusal::new(Code::NotSupported, "nothing is told of the past"));
        }
        if self.ranges.iter().any(|pending| pending.uuid == request.request_uuid) {
            return Err(Refusal::new(Code::RequestUuidRejected, "this UUID is in use"));
        }
        if self.ranges.len() >= PENDING_MOST || request.channel_ranges.len() > STRETCHES_MOST {
            return Err(Refusal::new(Code::LimitExceeded, "too many ranges at once"));
        }
        let mut stretches = Stretches::default();
        for range in &request.channel_ranges {
            self.add(range, &mut stretches, site)?;
        }
        self.ranges.push(Pending {
            asked: asked.clone(),
            uuid: request.request_uuid,
            stretches,
            left: self.range_items_most,
        });
        self.answer_range(self.ranges.len() - 1, site);
        Ok(())
    }

    fn add(&self, range: &ChannelRangeInfo, stretches: &mut Stretches, site: &Site) -> Result<(), Refusal> {
        if range.channel_ids.len() > CHANNELS_MOST {
            return Err(Refusal::new(Code::LimitExceeded, "too many channels at once"));
        }
        for id in &range.channel_ids {
            let channel = self.desk.channel(site, *id).ok_or_else(|| Refusal::channel(*id))?;
            let end = |index: &IndexValue| match index {
                IndexValue::Null => Ok(None),
                index => place(site.sets[channel.set].kind, index).map(Some),
            };
            end(&range.interval.start_index)?;
            end(&range.interval.end_index)?;
        }
        // Channels of one set come in rows.
        for (number, set) in site.sets.iter().enumerate() {
            let of_set = site.channels().filter(|channel| channel.set == number);
            let asked = of_set.filter(|channel| range.channel_ids.contains(&self.desk.id(*channel)));
            let asked: Vec<_> = asked.map(|channel| channel.number).collect();
            if !asked.is_empty() {
                let end = |index: &IndexValue| place(set.kind, index).ok();
                stretches.add(site, &asked, end(&range.interval.start_index), end(&range.interval.end_index));
            }
        }
        Ok(())
    }

    /// One more part for each that waits.
    pub(super) fn answer_ranges(&mut self, site: &Site) {
        for number in (0..self.ranges.len()).rev() {
            self.answer_range(number, site);
        }
    }

    fn answer_range(&mut self, number: usize, site: &Site) {
        let Some(pending) = self.ranges.get_mut(number) else { return };
        let most = self.items_most.min(pending.left);
        let picks = pending.stretches.take(site, most);
        pending.left -= picks.len();
        let (is_over, is_full) = (pending.stretches.is_over(), pending.left == 0);
        let asked = pending.asked.clone();
        let data = self.items(&picks, site);
        let flags = MULTIPART | if is_over { FINAL } else { 0 };
        self.desk.post.answer(&asked, &Message::from(GetRangesResponse { data }), flags);
        if is_over || is_full {
            self.ranges.remove(number);
        }
        if is_full && !is_over {
            self.refuse(&asked, &Refusal::new(Code::ResponseCountExceeded, "there is more than may be sent"));
        }
    }

    pub(super) fn cancel_get_ranges(&mut self, request: &CancelGetRanges) -> Result<(), Refusal> {
        let found = self.ranges.iter().position(|pending| pending.uuid == request.request_uuid);
        let Some(found) = found else {
            return Err(Refusal::new(Code::NotFound, "no such request, or its answer is complete"));
        };
        let pending = self.ranges.remove(found);
        self.refuse(&pending.asked, &Refusal::new(Code::MultipartCancelled, "as asked"));
        Ok(())
    }
}
