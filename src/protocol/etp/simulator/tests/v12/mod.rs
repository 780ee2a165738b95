//! The server of v1.2.

mod conversation;
mod discovery;
mod quirks;
mod ranges;
mod session;
mod subscriptions;

use super::*;
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::v12::datatypes::{Version, *};
use crate::protocol::etp::v12::messages::*;

/// A client of v1.2.
pub(super) struct Client12(pub(super) Client);

impl Client12 {
    /// A client that has said nothing yet.
    pub(super) fn stranger(quirks: &str) -> Self {
        Self(Client::new(EtpSimulator::rig(1, quirks.parse().expect("quirks"))))
    }

    /// A client with a session.
    pub(super) fn open(quirks: &str) -> Self {
        let mut client = Self::stranger(quirks);
        let got = client.ask(&request(&[(1, "producer"), (3, "store"), (21, "store"), (24, "store")]));
        assert!(matches!(got[..], [(_, Message::OpenSession(_))]), "{got:?}");
        client
    }

    pub(super) fn send_with(&mut self, message: &Message, flags: i32) -> Vec<Got<Message>> {
        self.0.id += 2;
        let outputs = self.0.send_bytes(written(self.0.id, message, flags));
        binary(outputs).iter().map(|bytes| read_12(bytes)).collect()
    }

    /// Sends a message; what comes back at once.
    pub(super) fn ask(&mut self, message: &Message) -> Vec<Got<Message>> {
        self.send_with(message, FINAL)
    }

    pub(super) fn pass(&mut self, secs: f64) -> Vec<Got<Message>> {
        binary(self.0.outputs_of(secs)).iter().map(|bytes| read_12(bytes)).collect()
    }

    pub(super) fn resources(
        &mut self,
        uri: &str,
        scope: ContextScopeKind,
        depth: i32,
        kind: &str,
    ) -> Vec<Resource> {
        let types = if kind.is_empty() { Vec::new() } else { vec![format!("witsml21.{kind}")] };
        let context =
            ContextInfo { uri: uri.into(), depth, data_object_types: types, ..ContextInfo::default() };
        let request = GetResources { context, scope, count_objects: true, ..GetResources::default() };
        let mut resources = Vec::new();
        for (_, message) in self.ask(&request.into()) {
            let Message::GetResourcesResponse(part) = message else { panic!("{message:?}") };
            resources.extend(part.resources);
        }
        resources
    }

    /// The metadata of all channels.
    pub(super) fn channels(&mut self) -> Vec<ChannelMetadataRecord> {
        let resources = self.resources("eml:///", ContextScopeKind::Targets, 9, "Channel");
        let uris = resources.iter().map(|resource| (resource.name.clone(), resource.uri.clone())).collect();
        let mut records = Vec::new();
        for (_, message) in self.ask(&GetChannelMetadata { uris }.into()) {
            let Message::GetChannelMetadataResponse(part) = message else { panic!("{message:?}") };
            records.extend(part.metadata.0.into_iter().map(|(_, record)| record));
        }
        records
    }

    pub(super) fn channel(&mut self, name: &str) -> ChannelMetadataRecord {
        let channels = self.channels();
        channels.into_iter().find(|channel| channel.channel_name == name).expect("a channel")
    }

    pub(super) fn subscribe(
        &mut self,
        name: &str,
        latest: Option<i32>,
        start_index: IndexValue,
    ) -> (i64, Vec<Got<Message>>) {
        let id = self.channel(name).id;
        let info = ChannelSubscribeInfo {
            channel_id: id,
            start_index,
            data_changes: true,
            request_latest_index_count: latest,
        };
        let channels = [(name.to_owned(), info)].into_iter().collect();
        (id, self.ask(&SubscribeChannels { channels }.into()))
    }
}

pub(super) fn request(protocols: &[(i32, &str)]) -> Message {
    let protocol = |(protocol, role): &(i32, &str)| SupportedProtocol {
        protocol: *protocol,
        protocol_version: Version { major: 1, minor: 2, revision: 0, patch: 0 },
        role: (*role).into(),
        protocol_capabilities: Map::default(),
    };
    let requested_protocols = protocols.iter().map(protocol).collect();
    RequestSession { requested_protocols, supported_formats: vec!["xml".into()], ..RequestSession::default() }
        .into()
}

/// Types and flags in order.
fn shape(got: &[Got<Message>]) -> Vec<(&'static str, i32, i64)> {
    got.iter()
        .map(|(header, message)| (message.name(), header.message_flags, header.correlation_id))
        .collect()
}

/// All values of a channel in some messages.
pub(super) fn items(got: &[Got<Message>], id: i64) -> Vec<DataItem> {
    let data = got.iter().flat_map(|(_, message)| match message {
        Message::ChannelData(message) => message.data.clone(),
        Message::StreamingChannelData(message) => message.data.clone(),
        Message::GetRangesResponse(message) => message.data.clone(),
        Message::RangeReplaced(message) => message.data.clone(),
        _ => Vec::new(),
    });
    data.filter(|item| item.channel_id == id).collect()
}
