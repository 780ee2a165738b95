//! The messages of ETP v1.1, in the order of the wire.
//!
//! Names and fields are those of the schema (`etp.avpr`, v1.1), in the spelling of Rust.

#![expect(missing_docs, reason = "the fields are the schema's, which says no more of them than their names")]

use super::datatypes::{
    ChannelMetadataRecord, ChannelRangeInfo, ChannelStatuses, ChannelStreamingInfo, DataFrame, DataItem,
    DataObject, Resource, SupportedProtocol,
};
use crate::protocol::etp::schema::{messages, record};

record! {
    /// `RequestSession` (0/1), from the client.
    RequestSession {
        application_name: String,
        application_version: String,
        requested_protocols: Vec<SupportedProtocol>,
        supported_objects: Vec<String>,
    }

    /// `OpenSession` (0/2), from the server.
    OpenSession {
        application_name: String,
        application_version: String,
        session_id: String,
        supported_protocols: Vec<SupportedProtocol>,
        supported_objects: Vec<String>,
    }

    /// `CloseSession` (0/5), from the client or the server.
    CloseSession {
        reason: Option<String>,
    }

    /// `RenewSecurityToken` (0/6), from the client.
    RenewSecurityToken {
        token: String,
    }

    /// `ProtocolException` (0/1000), from either side.
    ProtocolException {
        error_code: i32,
        error_message: String,
    }

    /// `Acknowledge` (0/1001), from either side.
    Acknowledge {}

    /// `Start` (1/0), from the consumer.
    Start {
        max_message_rate: i32,
        max_data_items: i32,
    }

    /// `ChannelDescribe` (1/1), from the consumer.
    ChannelDescribe {
        uris: Vec<String>,
    }

    /// `ChannelMetadata` (1/2), from the producer.
    ChannelMetadata {
        channels: Vec<ChannelMetadataRecord>,
    }

    /// `ChannelData` (1/3), from the producer.
    ChannelData {
        data: Vec<DataItem>,
    }

    /// `ChannelStreamingStart` (1/4), from the consumer.
    ChannelStreamingStart {
        channels: Vec<ChannelStreamingInfo>,
    }

    /// `ChannelStreamingStop` (1/5), from the consumer.
    ChannelStreamingStop {
        channels: Vec<i64>,
    }

    /// `ChannelDataChange` (1/6), from the producer.
    ChannelDataChange {
        channel_id: i64,
        start_index: i64,
        end_index: i64,
        data: Vec<DataItem>,
    }

    /// `ChannelRemove` (1/8), from the producer.
    ChannelRemove {
        channel_id: i64,
        remove_reason: Option<String>,
    }

    /// `ChannelRangeRequest` (1/9), from the consumer.
    ChannelRangeRequest {
        channel_ranges: Vec<ChannelRangeInfo>,
    }

    /// `ChannelStatusChange` (1/10), from the producer.
    ChannelStatusChange {
        channel_id: i64,
        status: ChannelStatuses,
    }

    /// `RequestChannelData` (2/1), from the consumer.
    RequestChannelData {
        uri: String,
        from_index: Option<i64>,
        to_index: Option<i64>,
    }

    /// `ChannelMetadata` (2/3), from the producer.
    FrameChannelMetadata {
        channels: Vec<ChannelMetadataRecord>,
    }

    /// `ChannelDataFrameSet` (2/4), from the producer.
    ChannelDataFrameSet {
        channels: Vec<i64>,
        data: Vec<DataFrame>,
    }

    /// `GetResources` (3/1), from the customer.
    GetResources {
        uri: String,
    }

    /// `GetResourcesResponse` (3/2), from the store.
    GetResourcesResponse {
        resource: Resource,
    }

    /// `GetObject` (4/1), from the customer.
    GetObject {
        uri: String,
    }

    /// `PutObject` (4/2), from the customer.
    PutObject {
        data_object: DataObject,
    }

    /// `DeleteObject` (4/3), from the customer.
    DeleteObject {
        uri: String,
    }

    /// `Object` (4/4), from the store.
    Object {
        data_object: DataObject,
    }
}

messages! {
    RequestSession (0, 1) "RequestSession",
    OpenSession (0, 2) "OpenSession",
    CloseSession (0, 5) "CloseSession",
    RenewSecurityToken (0, 6) "RenewSecurityToken",
    ProtocolException (0, 1000) "ProtocolException",
    Acknowledge (0, 1001) "Acknowledge",
    Start (1, 0) "Start",
    ChannelDescribe (1, 1) "ChannelDescribe",
    ChannelMetadata (1, 2) "ChannelMetadata",
    ChannelData (1, 3) "ChannelData",
    ChannelStreamingStart (1, 4) "ChannelStreamingStart",
    ChannelStreamingStop (1, 5) "ChannelStreamingStop",
    ChannelDataChange (1, 6) "ChannelDataChange",
    ChannelRemove (1, 8) "ChannelRemove",
    ChannelRangeRequest (1, 9) "ChannelRangeRequest",
    ChannelStatusChange (1, 10) "ChannelStatusChange",
    RequestChannelData (2, 1) "RequestChannelData",
    FrameChannelMetadata (2, 3) "ChannelMetadata",
    ChannelDataFrameSet (2, 4) "ChannelDataFrameSet",
    GetResources (3, 1) "GetResources",
    GetResourcesResponse (3, 2) "GetResourcesResponse",
    GetObject (4, 1) "GetObject",
    PutObject (4, 2) "PutObject",
    DeleteObject (4, 3) "DeleteObject",
    Object (4, 4) "Object",
}
