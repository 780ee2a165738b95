//! The server of v1.1.

mod conversation;
mod session;
mod streaming;

use super::*;
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::v11::datatypes::{Version, *};
use crate::protocol::etp::v11::messages::*;

/// A client of v1.1.
pub(super) struct Client11(pub(super) Client);

impl Client11 {
    /// A client that has said nothing yet.
    pub(super) fn stranger(quirks: &str) -> Self {
        Self(Client::new(EtpSimulator::depth_log(1, quirks.parse().expect("quirks"))))
    }

    /// A client with a session.
    pub(super) fn open(quirks: &str) -> Self {
        let mut client = Self::stranger(quirks);
        let got = client.ask(&request(&[(1, "producer"), (3, "store")]));
        assert!(matches!(got[..], [(_, Message::OpenSession(_))]), "{got:?}");
        client
    }

    /// A client that has started.
    pub(super) fn started(quirks: &str) -> Self {
        let mut client = Self::open(quirks);
        assert_eq!(client.ask(&Start { max_message_rate: 200, max_data_items: 10_000 }.into()), []);
        client
    }

    pub(super) fn send_with(&mut self, message: &Message, flags: i32) -> Vec<Got<Message>> {
        self.0.id += 1;
        let outputs = self.0.send_bytes(written(self.0.id, message, flags));
        binary(outputs).iter().map(|bytes| read_11(bytes)).collect()
    }

    /// Sends a message; what comes back at once.
    pub(super) fn ask(&mut self, message: &Message) -> Vec<Got<Message>> {
        self.send_with(message, 0)
    }

    pub(super) fn pass(&mut self, secs: f64) -> Vec<Got<Message>> {
        binary(self.0.outputs_of(secs)).iter().map(|bytes| read_11(bytes)).collect()
    }

    pub(super) fn describe(&mut self, uri: &str) -> Vec<Got<Message>> {
        self.ask(&ChannelDescribe { uris: vec![uri.into()] }.into())
    }

    /// The metadata of all channels.
    pub(super) fn channels(&mut self) -> Vec<ChannelMetadataRecord> {
        records(&self.describe("eml://"))
    }

    pub(super) fn channel(&mut self, name: &str) -> ChannelMetadataRecord {
        let channels = self.channels();
        channels.into_iter().find(|channel| channel.channel_name == name).expect("a channel")
    }

    pub(super) fn stream(
        &mut self,
        name: &str,
        start_index: StreamingStartIndex,
    ) -> (i64, Vec<Got<Message>>) {
        let channel_id = self.channel(name).channel_id;
        let info = ChannelStreamingInfo { channel_id, start_index, receive_change_notification: true };
        (channel_id, self.ask(&ChannelStreamingStart { channels: vec![info] }.into()))
    }
}

pub(super) fn request(protocols: &[(i32, &str)]) -> Message {
    let protocol = |(protocol, role): &(i32, &str)| SupportedProtocol {
        protocol: *protocol,
        protocol_version: Version { major: 1, minor: 1, revision: 0, patch: 0 },
        role: (*role).into(),
        protocol_capabilities: Map::default(),
    };
    let requested_protocols = protocols.iter().map(protocol).collect();
    RequestSession { requested_protocols, ..RequestSession::default() }.into()
}

/// Types and flags in order.
fn shape(got: &[Got<Message>]) -> Vec<(&'static str, i32, i64)> {
    got.iter()
        .map(|(header, message)| (message.name(), header.message_flags, header.correlation_id))
        .collect()
}

fn records(got: &[Got<Message>]) -> Vec<ChannelMetadataRecord> {
    let channels = got.iter().flat_map(|(_, message)| match message {
        Message::ChannelMetadata(message) => message.channels.clone(),
        _ => Vec::new(),
    });
    channels.collect()
}

/// All values of a channel in some messages that are not about changes.
pub(super) fn items(got: &[Got<Message>], id: i64) -> Vec<DataItem> {
    let data = got.iter().flat_map(|(_, message)| match message {
        Message::ChannelData(message) => message.data.clone(),
        _ => Vec::new(),
    });
    data.filter(|item| item.channel_id == id).collect()
}
