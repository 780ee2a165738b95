//! What a channel is: in protocol 21 on demand, in protocol 1 unasked.

use super::data::{DEPTH_DATUM, interval};
use super::discovery::{find, uri};
use super::error::{Code, Refusal, Refusals};
use super::{Asked, Server12};
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::simulator::channels::{Quantity, SetKind};
use crate::protocol::etp::simulator::objects::Object;
use crate::protocol::etp::simulator::rig::CHROMATOGRAM_POINTS;
use crate::protocol::etp::simulator::site::{Channel, Site};
use crate::protocol::etp::v12::datatypes::{
    ActiveStatusKind, ChannelDataKind, ChannelIndexKind, ChannelMetadataRecord, DataValue, IndexDirection,
    IndexMetadataRecord,
};
use crate::protocol::etp::v12::messages::{GetChannelMetadata, GetChannelMetadataResponse, Message};

/// So many things at most may be asked for at once.
pub(super) const KEYS_MOST: usize = 1000;
/// So many records stand in a part of an answer.
const RECORDS_A_PART: usize = 4;

impl Server12 {
    pub(super) fn get_channel_metadata(
        &mut self,
        asked: &Asked,
        request: &GetChannelMetadata,
        site: &Site,
    ) -> Result<(), Refusal> {
        if request.uris.0.len() > KEYS_MOST {
            return Err(Refusal::new(Code::LimitExceeded, "too many channels at once"));
        }
        let (mut records, mut refusals) = (Vec::new(), Refusals::default());
        for (key, uri) in &request.uris.0 {
            match self.channel_of(uri, site) {
                Ok(channel) => records.push((key.clone(), self.record(channel, site))),
                Err(refusal) => refusals.0.push((key.clone(), refusal)),
            }
        }
        let parts = records.chunks(RECORDS_A_PART);
        let parts =
            parts.map(|part| Message::from(GetChannelMetadataResponse { metadata: Map(part.to_vec()) }));
        self.desk.post.answer_in_parts(asked, parts);
        self.refuse_some(asked, &refusals);
        Ok(())
    }

    fn channel_of(&self, uri: &str, site: &Site) -> Result<Channel, Refusal> {
        let found = match find(uri, site)? {
            Some(Object::Channel(channel)) => site.channel(channel),
            Some(Object::Well | Object::Wellbore | Object::Set(_)) => {
                return Err(Refusal::new(Code::InvalidUri, format!("{uri} is no channel")));
            }
            None => None,
        };
        let found = found.filter(|channel| self.desk.is_there(*channel));
        found.ok_or_else(|| Refusal::new(Code::NotFound, format!("there is no {uri}")))
    }

    pub(super) fn record(&self, channel: Channel, site: &Site) -> ChannelMetadataRecord {
        let (set, kind) = (&site.sets[channel.set], channel.kind);
        let ends = set.series.ends();
        let mut indexes = vec![IndexMetadataRecord {
            interval: interval(set.kind, ends),
            direction: direction(set.kind),
            ..index(set.kind.pace.is_time())
        }];
        if set.kind.has_second_index {
            indexes.push(index(!set.kind.pace.is_time()));
        }
        let is_wave = kind.quantity == Quantity::Chromatogram;
        let title = ("description".to_owned(), DataValue::String(kind.title.into()));
        ChannelMetadataRecord {
            uri: uri(Object::Channel(channel.number), site),
            id: self.desk.id(channel),
            indexes,
            channel_name: kind.mnemonic.into(),
            data_kind: data_kind(kind.quantity),
            uom: kind.unit.into(),
            depth_datum: if kind.quantity == Quantity::BitDepth { DEPTH_DATUM.into() } else { String::new() },
            channel_class_uri: format!("eml:///eml23.PropertyKind({})", kind.class.replace(' ', "-")),
            status: status(site.is_active(kind.quantity)),
            source: "Simulated rig".into(),
            axis_vector_lengths: if is_wave { vec![CHROMATOGRAM_POINTS] } else { Vec::new() },
            attribute_metadata: Vec::new(),
            custom_data: [title].into_iter().collect(),
        }
    }
}

pub(super) fn status(is_active: bool) -> ActiveStatusKind {
    if is_active { ActiveStatusKind::Active } else { ActiveStatusKind::Inactive }
}

fn direction(kind: &SetKind) -> IndexDirection {
    if kind.pace.is_decreasing() { IndexDirection::Decreasing } else { IndexDirection::Increasing }
}

/// An index, with nothing in it yet.
fn index(is_time: bool) -> IndexMetadataRecord {
    let (index_kind, name, uom, datum) = if is_time {
        (ChannelIndexKind::DateTime, "Time", "s", "")
    } else {
        (ChannelIndexKind::MeasuredDepth, "MD", "m", DEPTH_DATUM)
    };
    let mut index = IndexMetadataRecord {
        index_kind,
        name: name.into(),
        uom: uom.into(),
        depth_datum: datum.into(),
        ..IndexMetadataRecord::default()
    };
    index.interval.uom = uom.into();
    index.interval.depth_datum = datum.into();
    index
}

fn data_kind(quantity: Quantity) -> ChannelDataKind {
    match quantity {
        Quantity::Slips => ChannelDataKind::Boolean,
        Quantity::PumpStrokes => ChannelDataKind::Int,
        Quantity::Activity => ChannelDataKind::String,
        Quantity::Resistivity => ChannelDataKind::Float,
        Quantity::HookLoad
        | Quantity::BlockPosition
        | Quantity::BitDepth
        | Quantity::Rate
        | Quantity::StandpipePressure
        | Quantity::TotalGas
        | Quantity::Chromatogram
        | Quantity::Gamma
        | Quantity::LoggedRate
        | Quantity::CirculatingDensity
        | Quantity::Caliper => ChannelDataKind::Double,
    }
}
