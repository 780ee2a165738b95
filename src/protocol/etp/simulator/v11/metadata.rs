//! What channels are: `ChannelDescribe`, which holds for the whole session (ETP-000-116).

use super::error::{Code, Refusal, Refusals};
use super::uri::Place;
use super::{Asked, Server11};
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::header::{FINAL, MULTIPART};
use crate::protocol::etp::simulator::channels::{Quantity, SetKind};
use crate::protocol::etp::simulator::objects::{Object, text};
use crate::protocol::etp::simulator::site::{Channel, Site};
use crate::protocol::etp::v11::datatypes::{
    ChannelIndexTypes, ChannelMetadataRecord, ChannelStatuses, IndexDirections, IndexMetadataRecord,
};
use crate::protocol::etp::v11::messages::{ChannelDescribe, ChannelMetadata, Message};

/// So many records stand in a part of an answer.
const RECORDS_A_PART: usize = 3;
/// So many URIs at most may be asked for at once.
const URIS_MOST: usize = 1000;
/// A depth of 0.001 m is 1.
const DEPTH_SCALE: i32 = 3;

impl Server11 {
    pub(super) fn describe(
        &mut self,
        asked: &Asked,
        request: &ChannelDescribe,
        site: &Site,
    ) -> Result<(), Refusal> {
        if self.rate.is_none() {
            return Err(Refusal::new(Code::InvalidState, "Start comes first"));
        }
        if request.uris.len() > URIS_MOST {
            return Err(Refusal::new(Code::InvalidArgument, "too many URIs at once"));
        }
        let (mut is_described, mut refusals) = (vec![false; site.channels().count()], Refusals::default());
        for uri in &request.uris {
            match Place::find(uri, site) {
                Ok(place) => {
                    for channel in channels(place, site) {
                        is_described[channel.number] = true;
                    }
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        let channels: Vec<_> = site.channels().filter(|channel| is_described[channel.number]).collect();
        for channel in &channels {
            self.described_by[channel.number] = Some(asked.clone());
        }
        let records = channels.iter().filter(|channel| self.desk.is_there(**channel));
        let records: Vec<_> = records.map(|channel| self.record(*channel, site)).collect();
        let parts = records.chunks(RECORDS_A_PART);
        let parts = parts.map(|part| Message::from(ChannelMetadata { channels: part.to_vec() }));
        self.desk.post.answer_in_parts(asked, parts);
        self.refuse_some(asked, &refusals);
        Ok(())
    }

    /// The channel that was removed is there again: who had it described is told, however long ago that was.
    pub(super) fn describe_again(&mut self, site: &Site) {
        let Some(channel) = site.channel(0) else { return };
        let message = Message::from(ChannelMetadata { channels: vec![self.record(channel, site)] });
        if let Some(asked) = self.described_by.first().cloned().flatten() {
            self.desk.post.answer(&asked, &message, MULTIPART | FINAL);
        }
    }

    pub(super) fn record(&self, channel: Channel, site: &Site) -> ChannelMetadataRecord {
        let (set, kind) = (&site.sets[channel.set], channel.kind);
        let is_time = set.kind.pace.is_time();
        let mut indexes = vec![index(set.kind, is_time)];
        if set.kind.has_second_index {
            indexes.push(index(set.kind, !is_time));
        }
        let ends = set.series.ends();
        ChannelMetadataRecord {
            channel_uri: Place::Object(Object::Channel(channel.number)).uri(site),
            channel_id: self.desk.id(channel),
            indexes,
            channel_name: kind.mnemonic.into(),
            data_type: data_type(kind.quantity).into(),
            uom: kind.unit.into(),
            start_index: ends.map(|(first, _)| first),
            end_index: ends.map(|(_, last)| last),
            description: kind.title.into(),
            status: status(site.is_active(kind.quantity)),
            content_type: None,
            source: "Simulated rig".into(),
            measure_class: kind.class.into(),
            uuid: Some(text(&Object::Channel(channel.number).uuid(site))),
            custom_data: Map::default(),
            domain_object: None,
        }
    }
}

/// The channels that stand below a place, or the one that it is.
fn channels(place: Place, site: &Site) -> Vec<Channel> {
    match place {
        Place::Root | Place::Family => site.channels().collect(),
        Place::Object(object) => object.channels(site),
    }
}

pub(super) fn status(is_active: bool) -> ChannelStatuses {
    if is_active { ChannelStatuses::Active } else { ChannelStatuses::Inactive }
}

fn index(kind: &SetKind, is_time: bool) -> IndexMetadataRecord {
    let is_decreasing = kind.pace.is_decreasing() && !is_time;
    let name = if is_time { "TIME" } else { "MD" };
    IndexMetadataRecord {
        index_type: if is_time { ChannelIndexTypes::Time } else { ChannelIndexTypes::Depth },
        uom: if is_time { "s".into() } else { "m".into() },
        depth_datum: (!is_time).then(|| "KB".into()),
        direction: if is_decreasing { IndexDirections::Decreasing } else { IndexDirections::Increasing },
        mnemonic: Some(name.into()),
        description: None,
        uri: None,
        custom_data: Map::default(),
        scale: if is_time { 0 } else { DEPTH_SCALE },
        time_datum: None,
    }
}

fn data_type(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Slips => "boolean",
        Quantity::PumpStrokes => "int",
        Quantity::Activity => "string",
        Quantity::Resistivity => "float",
        Quantity::Chromatogram => "arrayOfDouble",
        Quantity::HookLoad
        | Quantity::BlockPosition
        | Quantity::BitDepth
        | Quantity::Rate
        | Quantity::StandpipePressure
        | Quantity::TotalGas
        | Quantity::Gamma
        | Quantity::LoggedRate
        | Quantity::CirculatingDensity
        | Quantity::Caliper => "double",
    }
}
