//! What is said and heard in v1.1: protocols 1 (`ChannelStreaming`) and 3 (`Discovery`).

use super::dialect::{
    Described, Dialect, Found, Hello, IndexInfo, IndexKind, Kind, Outgoing, Range, Refusal, Server, Start,
    Told, Way, Wish, facts,
};
use crate::protocol::etp::avro::{AvroError, Map, Reader};
use crate::protocol::etp::header::{FINAL, MULTIPART, MessageHeader};
use crate::protocol::etp::item::Index;
use crate::protocol::etp::v11::datatypes::{
    ChannelIndexTypes, ChannelMetadataRecord, ChannelRangeInfo, ChannelStatuses, ChannelStreamingInfo,
    DataValue, IndexDirections, IndexMetadataRecord, Resource, StreamingStartIndex, SupportedProtocol,
    Version,
};
use crate::protocol::etp::v11::messages::{
    Acknowledge, ChannelDescribe, ChannelRangeRequest, ChannelStreamingStart, ChannelStreamingStop,
    CloseSession, GetResources, Message, OpenSession, RequestSession, Start as StartMessage,
};

/// See the module.
pub(super) struct V11;

/// The protocols that are asked for, each with the role of the server (ETP-000-020).
const WANTED: [(i32, &str); 2] = [(CHANNEL_STREAMING, "producer"), (DISCOVERY, "store")];
const CHANNEL_STREAMING: i32 = 1;
const DISCOVERY: i32 = 3;
/// What there is, whatever it is: all that a server has, or all of its channels (ETP-000-116).
const ROOT: &str = "eml://";

impl Dialect for V11 {
    fn ids(&self) -> (i64, i64) {
        (1, 1)
    }

    fn whole(&self) -> i32 {
        0
    }

    fn is_last(&self, header: &MessageHeader) -> bool {
        !header.has(MULTIPART) || header.has(FINAL)
    }

    fn request_session(&self, hello: &Hello<'_>) -> Outgoing {
        let wanted = |(protocol, role): (i32, &str)| SupportedProtocol {
            protocol,
            protocol_version: Version { major: 1, minor: 1, revision: 0, patch: 0 },
            role: role.to_owned(),
            protocol_capabilities: Map::default(),
        };
        say(RequestSession {
            application_name: hello.name.to_owned(),
            application_version: hello.version.to_owned(),
            requested_protocols: WANTED.into_iter().map(wanted).collect(),
            supported_objects: Vec::new(),
        })
    }

    fn authorize(&self, _token: &str) -> Option<Outgoing> {
        None
    }

    fn begin(&self, server: &Server, gap_millis: i32, items: i32) -> Option<Outgoing> {
        server.streams.then(|| say(StartMessage { max_message_rate: gap_millis, max_data_items: items }))
    }

    fn look_at_roots(&self, _server: &Server) -> Outgoing {
        say(GetResources { uri: ROOT.to_owned() })
    }

    fn look(&self, uri: &str, _way: Way) -> Outgoing {
        say(GetResources { uri: uri.to_owned() })
    }

    fn describe(&self, uris: &[&str]) -> Outgoing {
        say(ChannelDescribe { uris: uris.iter().map(|uri| (*uri).to_owned()).collect() })
    }

    fn subscribe(&self, wishes: &[Wish]) -> Outgoing {
        let channel = |wish: &Wish| ChannelStreamingInfo {
            channel_id: wish.id,
            start_index: match wish.start {
                Start::Latest(0 | 1) => StreamingStartIndex::Null,
                Start::Latest(count) => StreamingStartIndex::Int(i32::try_from(count).unwrap_or(i32::MAX)),
                Start::From(index) => StreamingStartIndex::Long(long(index)),
            },
            receive_change_notification: true,
        };
        say(ChannelStreamingStart { channels: wishes.iter().map(channel).collect() })
    }

    fn unsubscribe(&self, ids: &[i64]) -> Outgoing {
        say(ChannelStreamingStop { channels: ids.to_vec() })
    }

    fn range(&self, range: &Range<'_>) -> Outgoing {
        let (from, to) = (long(range.from), long(range.to));
        say(ChannelRangeRequest {
            channel_ranges: vec![ChannelRangeInfo {
                channel_id: range.ids.to_vec(),
                start_index: from,
                end_index: to,
            }],
        })
    }

    fn cancel(&self, _range: u64) -> Option<Outgoing> {
        None
    }

    // There is no such message: an answer that is short does as well.
    fn ping(&self, server: &Server, _micros: i64) -> Option<Outgoing> {
        server.discovers.then(|| self.look_at_roots(server))
    }

    fn pong(&self, _micros: i64) -> Outgoing {
        self.acknowledge(0)
    }

    fn acknowledge(&self, protocol: i32) -> Outgoing {
        Outgoing { protocol, ..say(Acknowledge {}) }
    }

    fn close(&self, reason: &str) -> Outgoing {
        say(CloseSession { reason: Some(reason.to_owned()) })
    }

    fn read(&self, header: &MessageHeader, reader: &mut Reader<'_>) -> Result<Told, AvroError> {
        match (header.protocol, header.message_type) {
            (CHANNEL_STREAMING, 3) => return Ok(Told::Data),
            (CHANNEL_STREAMING, 6) => {
                let (id, from, to) = (reader.long()?, reader.long()?, reader.long()?);
                return Ok(Told::Rewritten { ids: vec![id], from: Index::Long(from), to: Index::Long(to) });
            }
            _ => {}
        }
        let Some(message) = Message::read(header.protocol, header.message_type, reader)? else {
            return Ok(Told::Unknown);
        };
        Ok(match message {
            Message::OpenSession(open) => Told::Opened(Box::new(opened(open))),
            Message::CloseSession(close) => Told::Closed(close.reason.unwrap_or_default()),
            Message::ProtocolException(failed) => Told::Failed(Refusal {
                code: failed.error_code,
                text: failed.error_message,
                each: Vec::new(),
            }),
            Message::Acknowledge(_) => Told::Acknowledged,
            Message::ChannelMetadata(metadata) => {
                Told::Described(metadata.channels.into_iter().map(described).collect())
            }
            Message::ChannelRemove(removed) => {
                Told::Removed { id: removed.channel_id, reason: removed.remove_reason.unwrap_or_default() }
            }
            Message::ChannelStatusChange(change) => {
                Told::Status { id: change.channel_id, status: status_word(change.status) }
            }
            Message::GetResourcesResponse(found) => Told::Found(vec![found_of(found.resource)]),
            other => Told::Other(other.name()),
        })
    }
}

/// A message of this version.
fn say(message: impl Into<Message>) -> Outgoing {
    let message = message.into();
    Outgoing::new(message.id(), |writer| message.write(writer))
}

/// All indexes are whole numbers.
fn long(index: Index) -> i64 {
    match index {
        Index::Long(index) => index,
        Index::Double(index) => index as i64,
        Index::Missing => 0,
    }
}

fn opened(open: OpenSession) -> Server {
    let protocol = |number| open.supported_protocols.iter().find(|known| known.protocol == number);
    let streaming = protocol(CHANNEL_STREAMING);
    let simple = streaming.and_then(|known| known.protocol_capabilities.get("SimpleStreamer"));
    Server {
        streams: streaming.is_some(),
        is_simple: simple.is_some_and(is_on),
        discovers: protocol(DISCOVERY).is_some(),
        has_dataspaces: false,
        name: open.application_name,
        version: open.application_version,
        session: open.session_id,
    }
}

fn is_on(value: &DataValue) -> bool {
    match value {
        DataValue::Bool(on) => *on,
        DataValue::String(word) => word.eq_ignore_ascii_case("true"),
        DataValue::Int(number) => *number != 0,
        DataValue::Long(number) => *number != 0,
        DataValue::Null
        | DataValue::Double(_)
        | DataValue::Float(_)
        | DataValue::ArrayOfDouble(_)
        | DataValue::Bytes(_) => false,
    }
}

fn status_word(status: ChannelStatuses) -> &'static str {
    match status {
        ChannelStatuses::Active => "active",
        ChannelStatuses::Inactive => "inactive",
        ChannelStatuses::Closed => "closed",
        ChannelStatuses::Other(_) => "unknown",
    }
}

fn described(record: ChannelMetadataRecord) -> Described {
    let told = [
        ("Content type", record.content_type.unwrap_or_default()),
        ("Measure class", record.measure_class),
        ("UUID", record.uuid.unwrap_or_default()),
    ];
    Described {
        uri: record.channel_uri,
        id: record.channel_id,
        name: record.channel_name,
        description: record.description,
        source: record.source,
        unit: record.uom,
        kind: kind_of(&record.data_type),
        lengths: Vec::new(),
        indexes: record.indexes.into_iter().map(index_info).collect(),
        status: status_word(record.status),
        facts: facts(told),
    }
}

/// The type is a free text; the examples of the documents and of servers have these words.
fn kind_of(word: &str) -> Kind {
    match word.to_ascii_lowercase().as_str() {
        "double" => Kind::Double,
        "float" => Kind::Float,
        "int" | "long" | "short" | "byte" => Kind::Integer,
        "boolean" => Kind::Bool,
        "string" | "string40" | "string16" => Kind::Text,
        "datetime" | "date time" | "timestamp" => Kind::Time,
        "arrayofdouble" | "vector" | "double[]" => Kind::Numbers,
        _ => Kind::Other,
    }
}

fn index_info(record: IndexMetadataRecord) -> IndexInfo {
    let kind = match record.index_type {
        ChannelIndexTypes::Time => IndexKind::Time,
        ChannelIndexTypes::Depth => IndexKind::Depth,
        ChannelIndexTypes::Other(_) => IndexKind::Other,
    };
    IndexInfo {
        kind,
        name: record.mnemonic.filter(|name| !name.is_empty()).unwrap_or_else(|| "index".to_owned()),
        unit: record.uom,
        datum: record.depth_datum.unwrap_or_default(),
        scale: record.scale,
        decreasing: record.direction == IndexDirections::Decreasing,
    }
}

fn found_of(resource: Resource) -> Found {
    let kind = kind_in(&resource.uri).unwrap_or(&resource.resource_type).to_owned();
    let is_leaf = resource.has_children == 0;
    let names_a_channel = ["channel", "logcurveinfo"].iter().any(|word| kind.eq_ignore_ascii_case(word));
    let told = [
        ("Content type", resource.content_type),
        ("UUID", resource.uuid.unwrap_or_default()),
        ("Resource type", resource.resource_type),
    ];
    Found {
        is_channel: resource.channel_subscribable && (is_leaf || names_a_channel),
        is_leaf,
        facts: facts(told),
        uri: resource.uri,
        name: resource.name,
        kind,
    }
}

/// The kind of the last resource that a URI names: `log` of `eml://witsml14/well(w)/log(l)`.
fn kind_in(uri: &str) -> Option<&str> {
    let last = uri.rsplit('/').next()?;
    let (kind, _) = last.split_once('(')?;
    (!kind.is_empty()).then_some(kind)
}
