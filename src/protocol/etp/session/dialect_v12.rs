//! What is said and heard in v1.2: protocols 21 (`ChannelSubscribe`), 1 (`ChannelStreaming`, of simple producers),
//! 3 (`Discovery`) and 24 (`Dataspace`).

use super::dialect::{
    Described, Dialect, Found, Hello, IndexInfo, IndexKind, Kind, NAMELESS, Outgoing, Range, Refusal, Server,
    Start, Told, Way, Wish, facts,
};
use crate::protocol::etp::avro::{Avro as _, AvroError, Map, Reader, Uuid};
use crate::protocol::etp::header::{FINAL, MessageHeader};
use crate::protocol::etp::item::Index;
use crate::protocol::etp::v12::data;
use crate::protocol::etp::v12::datatypes::{
    ActiveStatusKind, ChannelDataKind, ChannelIndexKind, ChannelMetadataRecord, ChannelRangeInfo,
    ChannelSubscribeInfo, ContextInfo, ContextScopeKind, DataValue, IndexDirection, IndexInterval,
    IndexMetadataRecord, IndexValue, RelationshipKind, Resource, SupportedDataObject, SupportedProtocol,
    TruncateInfo, Version,
};
use crate::protocol::etp::v12::messages::{
    Acknowledge, Authorize, CancelGetRanges, CloseSession, GetChannelMetadata, GetDataspaces, GetRanges,
    GetResources, Message, OpenSession, Ping, Pong, RequestSession, StartStreaming, SubscribeChannels,
    UnsubscribeChannels,
};

/// See the module.
pub(super) struct V12;

/// The protocols that are asked for, each with the role of the server.
const WANTED: [(i32, &str); 4] = [
    (CHANNEL_STREAMING, "producer"),
    (DISCOVERY, "store"),
    (CHANNEL_SUBSCRIBE, "store"),
    (DATASPACE, "store"),
];
const CHANNEL_STREAMING: i32 = 1;
const DISCOVERY: i32 = 3;
const CHANNEL_SUBSCRIBE: i32 = 21;
const DATASPACE: i32 = 24;
/// The dataspace without a name.
const ROOT: &str = "eml:///";
/// The largest message that is taken: what the page refuses unread is not to be sent.
const MESSAGE_MOST: i64 = 16 * 1024 * 1024;

impl Dialect for V12 {
    fn ids(&self) -> (i64, i64) {
        (2, 2)
    }

    fn whole(&self) -> i32 {
        FINAL
    }

    fn is_last(&self, header: &MessageHeader) -> bool {
        header.has(FINAL)
    }

    fn request_session(&self, hello: &Hello<'_>) -> Outgoing {
        let wanted = |(protocol, role): (i32, &str)| SupportedProtocol {
            protocol,
            protocol_version: Version { major: 1, minor: 2, revision: 0, patch: 0 },
            role: role.to_owned(),
            protocol_capabilities: Map::default(),
        };
        let object = |name: &str| SupportedDataObject {
            qualified_type: name.to_owned(),
            data_object_capabilities: Map::default(),
        };
        let most = ["MaxWebSocketFramePayloadSize", "MaxWebSocketMessagePayloadSize"];
        say(RequestSession {
            application_name: hello.name.to_owned(),
            application_version: hello.version.to_owned(),
            client_instance_id: Uuid(hello.instance),
            requested_protocols: WANTED.into_iter().map(wanted).collect(),
            supported_data_objects: ["witsml20.*", "witsml21.*"].map(object).into(),
            supported_compression: Vec::new(),
            supported_formats: vec!["xml".to_owned()],
            current_date_time: hello.micros,
            earliest_retained_change_time: hello.micros,
            server_authorization_required: false,
            endpoint_capabilities: most
                .into_iter()
                .map(|name| (name.to_owned(), DataValue::Long(MESSAGE_MOST)))
                .collect(),
        })
    }

    fn authorize(&self, token: &str) -> Option<Outgoing> {
        Some(say(Authorize { authorization: token.to_owned(), supplemental_authorization: Map::default() }))
    }

    fn begin(&self, server: &Server, _gap_millis: i32, _items: i32) -> Option<Outgoing> {
        server.is_simple.then(|| say(StartStreaming {}))
    }

    fn look_at_roots(&self, server: &Server) -> Outgoing {
        if server.has_dataspaces {
            say(GetDataspaces { store_last_write_filter: None })
        } else {
            self.look(ROOT, Way::Targets)
        }
    }

    fn look(&self, uri: &str, way: Way) -> Outgoing {
        say(GetResources {
            context: ContextInfo {
                uri: uri.to_owned(),
                depth: 1,
                data_object_types: Vec::new(),
                navigable_edges: RelationshipKind::Both,
                include_secondary_targets: false,
                include_secondary_sources: false,
            },
            scope: match way {
                Way::Targets => ContextScopeKind::Targets,
                Way::Sources => ContextScopeKind::Sources,
            },
            count_objects: true,
            store_last_write_filter: None,
            active_status_filter: None,
            include_edges: false,
        })
    }

    fn describe(&self, uris: &[&str]) -> Outgoing {
        let keyed = uris.iter().enumerate().map(|(key, uri)| (key.to_string(), (*uri).to_owned()));
        say(GetChannelMetadata { uris: keyed.collect() })
    }

    fn subscribe(&self, wishes: &[Wish]) -> Outgoing {
        let channel = |wish: &Wish| {
            let (start_index, request_latest_index_count) = match wish.start {
                Start::Latest(count) => {
                    (IndexValue::Null, Some(i32::try_from(count.max(1)).unwrap_or(i32::MAX)))
                }
                Start::From(index) => (value_of(index), None),
            };
            let info = ChannelSubscribeInfo {
                channel_id: wish.id,
                start_index,
                data_changes: true,
                request_latest_index_count,
            };
            (wish.id.to_string(), info)
        };
        say(SubscribeChannels { channels: wishes.iter().map(channel).collect() })
    }

    fn unsubscribe(&self, ids: &[i64]) -> Outgoing {
        say(UnsubscribeChannels { channel_ids: ids.iter().map(|id| (id.to_string(), *id)).collect() })
    }

    fn range(&self, range: &Range<'_>) -> Outgoing {
        say(GetRanges {
            request_uuid: uuid_of(range.number),
            channel_ranges: vec![ChannelRangeInfo {
                channel_ids: range.ids.to_vec(),
                interval: IndexInterval {
                    start_index: value_of(range.from),
                    end_index: value_of(range.to),
                    uom: range.unit.to_owned(),
                    depth_datum: range.datum.to_owned(),
                },
                secondary_intervals: Vec::new(),
            }],
        })
    }

    fn cancel(&self, range: u64) -> Option<Outgoing> {
        Some(say(CancelGetRanges { request_uuid: uuid_of(range) }))
    }

    fn ping(&self, _server: &Server, micros: i64) -> Option<Outgoing> {
        Some(say(Ping { current_date_time: micros }))
    }

    fn pong(&self, micros: i64) -> Outgoing {
        say(Pong { current_date_time: micros })
    }

    fn acknowledge(&self, protocol: i32) -> Outgoing {
        Outgoing { protocol, ..say(Acknowledge {}) }
    }

    fn close(&self, reason: &str) -> Outgoing {
        say(CloseSession { reason: reason.to_owned() })
    }

    fn read(&self, header: &MessageHeader, reader: &mut Reader<'_>) -> Result<Told, AvroError> {
        match (header.protocol, header.message_type) {
            (CHANNEL_SUBSCRIBE, 4) | (CHANNEL_STREAMING, 2) => return Ok(Told::Data),
            (CHANNEL_SUBSCRIBE, 10) => return Ok(Told::Past),
            (CHANNEL_SUBSCRIBE, 6) => {
                reader.long()?;
                let ids = Vec::read(reader)?;
                let (from, to) = (data::index(reader)?, data::index(reader)?);
                // The unit and the datum of the interval: those of the channels.
                reader.bytes()?;
                reader.bytes()?;
                return Ok(Told::Rewritten { ids, from, to });
            }
            _ => {}
        }
        let Some(message) = Message::read(header.protocol, header.message_type, reader)? else {
            return Ok(Told::Unknown);
        };
        Ok(match message {
            Message::OpenSession(open) => Told::Opened(Box::new(opened(open))),
            Message::CloseSession(close) => Told::Closed(close.reason),
            Message::AuthorizeResponse(answer) => {
                Told::Authorized { success: answer.success, challenges: answer.challenges }
            }
            Message::ProtocolException(failed) => {
                let error = failed.error.unwrap_or_default();
                let each = failed.errors.0.into_iter();
                Told::Failed(Refusal {
                    code: error.code,
                    text: error.message,
                    each: each.map(|(key, error)| (key, error.code, error.message)).collect(),
                })
            }
            Message::Acknowledge(_) => Told::Acknowledged,
            Message::Ping(_) => Told::Ping,
            Message::Pong(_) => Told::Pong,
            Message::ChannelMetadata(metadata) => {
                Told::Described(metadata.channels.into_iter().map(described).collect())
            }
            Message::GetChannelMetadataResponse(metadata) => Told::Described(
                metadata.metadata.0.into_iter().map(|(_, record)| described(record)).collect(),
            ),
            Message::SubscribeChannelsResponse(_) => Told::Subscribed,
            Message::TruncateChannels(truncated) => Told::Truncated(ends(&truncated.channels)),
            Message::ChannelsTruncated(truncated) => Told::Truncated(ends(&truncated.channels)),
            Message::SubscriptionsStopped(stopped) => Told::Stopped {
                ids: stopped.channel_ids.0.into_iter().map(|(_, id)| id).collect(),
                reason: stopped.reason,
            },
            Message::GetResourcesResponse(found) => {
                Told::Found(found.resources.into_iter().map(found_of).collect())
            }
            Message::GetDataspacesResponse(found) => {
                let dataspace = |space: crate::protocol::etp::v12::datatypes::Dataspace| Found {
                    kind: if space.uri == ROOT { NAMELESS } else { "Dataspace" }.to_owned(),
                    name: space.path,
                    uri: space.uri,
                    ..Found::default()
                };
                Told::Found(found.dataspaces.into_iter().map(dataspace).collect())
            }
            other => Told::Other(other.name()),
        })
    }
}

/// A message of this version.
fn say(message: impl Into<Message>) -> Outgoing {
    let message = message.into();
    Outgoing::new(message.id(), |writer| message.write(writer))
}

fn value_of(index: Index) -> IndexValue {
    match index {
        Index::Missing => IndexValue::Null,
        Index::Long(index) => IndexValue::Long(index),
        Index::Double(index) => IndexValue::Double(index),
    }
}

/// Names a request within this session; the bits say version 8, one's own (RFC 9562).
fn uuid_of(number: u64) -> Uuid {
    let mut bytes = *b"portholeporthole";
    bytes[6] = 0x80;
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes[8] = 0x80;
    Uuid(bytes)
}

fn opened(open: OpenSession) -> Server {
    let has = |number| open.supported_protocols.iter().any(|known| known.protocol == number);
    let (streams, produces) = (has(CHANNEL_SUBSCRIBE), has(CHANNEL_STREAMING));
    Server {
        streams: streams || produces,
        is_simple: produces && !streams,
        discovers: has(DISCOVERY),
        has_dataspaces: has(DATASPACE) && has(DISCOVERY),
        name: open.application_name,
        version: open.application_version,
        session: text_of(&open.session_id),
    }
}

/// The text of a UUID: RFC 9562, section 4.
fn text_of(uuid: &Uuid) -> String {
    let digits = crate::model::hex::packed(&uuid.0);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|part| digits.get(part).unwrap_or_default().to_owned()).join("-")
}

fn ends(truncated: &[TruncateInfo]) -> Vec<(i64, Index)> {
    let index = |value: &IndexValue| match value {
        IndexValue::Null => Index::Missing,
        IndexValue::Long(index) => Index::Long(*index),
        IndexValue::Double(index) => Index::Double(*index),
        IndexValue::PassIndexedDepth(depth) => Index::Double(depth.depth),
    };
    truncated.iter().map(|info| (info.channel_id, index(&info.new_end_index))).collect()
}

fn described(record: ChannelMetadataRecord) -> Described {
    let is_vector = !record.axis_vector_lengths.is_empty();
    let told = [("Channel class", record.channel_class_uri), ("Depth datum", record.depth_datum)];
    Described {
        uri: record.uri,
        id: record.id,
        name: record.channel_name,
        description: String::new(),
        source: record.source,
        unit: record.uom,
        kind: if is_vector { Kind::Numbers } else { kind_of(record.data_kind) },
        lengths: record.axis_vector_lengths,
        indexes: record.indexes.into_iter().map(index_info).collect(),
        status: match record.status {
            ActiveStatusKind::Active => "active",
            ActiveStatusKind::Inactive => "inactive",
            ActiveStatusKind::Other(_) => "unknown",
        },
        facts: facts(told),
    }
}

fn kind_of(kind: ChannelDataKind) -> Kind {
    match kind {
        ChannelDataKind::DateTime => Kind::Time,
        ChannelDataKind::MeasuredDepth
        | ChannelDataKind::PassIndexedDepth
        | ChannelDataKind::TrueVerticalDepth
        | ChannelDataKind::Double => Kind::Double,
        ChannelDataKind::Boolean => Kind::Bool,
        ChannelDataKind::Int | ChannelDataKind::Long | ChannelDataKind::ElapsedTime => Kind::Integer,
        ChannelDataKind::Float => Kind::Float,
        ChannelDataKind::String => Kind::Text,
        ChannelDataKind::Bytes | ChannelDataKind::Other(_) => Kind::Other,
    }
}

fn index_info(record: IndexMetadataRecord) -> IndexInfo {
    IndexInfo {
        kind: match record.index_kind {
            ChannelIndexKind::DateTime => IndexKind::Time,
            ChannelIndexKind::MeasuredDepth
            | ChannelIndexKind::TrueVerticalDepth
            | ChannelIndexKind::PassIndexedDepth => IndexKind::Depth,
            ChannelIndexKind::ElapsedTime
            | ChannelIndexKind::Pressure
            | ChannelIndexKind::Temperature
            | ChannelIndexKind::Scalar
            | ChannelIndexKind::Other(_) => IndexKind::Other,
        },
        name: record.name,
        unit: record.uom,
        datum: record.depth_datum,
        scale: 0,
        decreasing: record.direction == IndexDirection::Decreasing,
    }
}

fn found_of(resource: Resource) -> Found {
    let kind = kind_in(&resource.uri).unwrap_or_default().to_owned();
    let is_channel = kind.eq_ignore_ascii_case("Channel");
    let counted = |count: Option<i32>| count.map_or_else(String::new, |count| count.to_string());
    let told = [
        ("Other URIs", resource.alternate_uris.join(", ")),
        ("Targets", counted(resource.target_count)),
        ("Sources", counted(resource.source_count)),
    ];
    Found {
        is_channel,
        is_leaf: resource.target_count == Some(0) && resource.source_count == Some(0),
        facts: facts(told),
        uri: resource.uri,
        name: resource.name,
        kind,
    }
}

/// The kind of the object that a URI names: `Channel` of `eml:///witsml21.Channel(uuid)`.
fn kind_in(uri: &str) -> Option<&str> {
    let last = uri.rsplit('/').next()?;
    let (kind, _) = last.split_once('(')?;
    kind.rsplit('.').next().filter(|kind| !kind.is_empty())
}
