//! The messages of ETP v1.2, in the order of the wire.
//!
//! Names and fields are those of the schema (`etp.avpr`, v1.2), in the spelling of Rust.

#![expect(missing_docs, reason = "the fields are the schema's, which says no more of them than their names")]

use super::datatypes::{
    ActiveStatusKind, ChangeResponseInfo, ChannelChangeRequestInfo, ChannelMetadataRecord, ChannelRangeInfo,
    ChannelSubscribeInfo, ContextInfo, ContextScopeKind, DataItem, DataObject, DataValue, Dataspace,
    DeletedResource, Edge, ErrorInfo, IndexInterval, Resource, SupportedDataObject, SupportedProtocol,
    TruncateInfo,
};
use crate::protocol::etp::avro::{Bytes, Map, Uuid};
use crate::protocol::etp::schema::{messages, record};

record! {
    /// `RequestSession` (0/1), from the client.
    RequestSession {
        application_name: String,
        application_version: String,
        client_instance_id: Uuid,
        requested_protocols: Vec<SupportedProtocol>,
        supported_data_objects: Vec<SupportedDataObject>,
        supported_compression: Vec<String>,
        supported_formats: Vec<String>,
        current_date_time: i64,
        earliest_retained_change_time: i64,
        server_authorization_required: bool,
        endpoint_capabilities: Map<DataValue>,
    }

    /// `OpenSession` (0/2), from the server.
    OpenSession {
        application_name: String,
        application_version: String,
        server_instance_id: Uuid,
        supported_protocols: Vec<SupportedProtocol>,
        supported_data_objects: Vec<SupportedDataObject>,
        supported_compression: String,
        supported_formats: Vec<String>,
        current_date_time: i64,
        earliest_retained_change_time: i64,
        session_id: Uuid,
        endpoint_capabilities: Map<DataValue>,
    }

    /// `CloseSession` (0/5), from the client or the server.
    CloseSession {
        reason: String,
    }

    /// `Authorize` (0/6), from the client or the server.
    Authorize {
        authorization: String,
        supplemental_authorization: Map<String>,
    }

    /// `AuthorizeResponse` (0/7), from the client or the server.
    AuthorizeResponse {
        success: bool,
        challenges: Vec<String>,
    }

    /// `Ping` (0/8), from the client or the server.
    Ping {
        current_date_time: i64,
    }

    /// `Pong` (0/9), from the client or the server.
    Pong {
        current_date_time: i64,
    }

    /// `ProtocolException` (0/1000), from either side, in parts.
    ProtocolException {
        error: Option<ErrorInfo>,
        errors: Map<ErrorInfo>,
    }

    /// `Acknowledge` (0/1001), from either side.
    Acknowledge {}

    /// `ChannelMetadata` (1/1), from the producer.
    ChannelMetadata {
        channels: Vec<ChannelMetadataRecord>,
    }

    /// `ChannelData` (1/2), from the producer.
    StreamingChannelData {
        data: Vec<DataItem>,
    }

    /// `StartStreaming` (1/3), from the consumer.
    StartStreaming {}

    /// `StopStreaming` (1/4), from the consumer.
    StopStreaming {}

    /// `TruncateChannels` (1/5), from the producer.
    TruncateChannels {
        channels: Vec<TruncateInfo>,
    }

    /// `GetResources` (3/1), from the customer.
    GetResources {
        context: ContextInfo,
        scope: ContextScopeKind,
        count_objects: bool,
        store_last_write_filter: Option<i64>,
        active_status_filter: Option<ActiveStatusKind>,
        include_edges: bool,
    }

    /// `GetResourcesResponse` (3/4), from the store, in parts.
    GetResourcesResponse {
        resources: Vec<Resource>,
    }

    /// `GetDeletedResources` (3/5), from the customer.
    GetDeletedResources {
        dataspace_uri: String,
        delete_time_filter: Option<i64>,
        data_object_types: Vec<String>,
    }

    /// `GetDeletedResourcesResponse` (3/6), from the store, in parts.
    GetDeletedResourcesResponse {
        deleted_resources: Vec<DeletedResource>,
    }

    /// `GetResourcesEdgesResponse` (3/7), from the store, in parts.
    GetResourcesEdgesResponse {
        edges: Vec<Edge>,
    }

    /// `GetDataObjects` (4/1), from the customer.
    GetDataObjects {
        uris: Map<String>,
        format: String,
    }

    /// `GetDataObjectsResponse` (4/4), from the store, in parts.
    GetDataObjectsResponse {
        data_objects: Map<DataObject>,
    }

    /// `Chunk` (4/8), from the store or the customer, in parts.
    Chunk {
        blob_id: Uuid,
        data: Bytes,
        r#final: bool,
    }

    /// `GetChannelMetadata` (21/1), from the customer.
    GetChannelMetadata {
        uris: Map<String>,
    }

    /// `GetChannelMetadataResponse` (21/2), from the store, in parts.
    GetChannelMetadataResponse {
        metadata: Map<ChannelMetadataRecord>,
    }

    /// `SubscribeChannels` (21/3), from the customer.
    SubscribeChannels {
        channels: Map<ChannelSubscribeInfo>,
    }

    /// `ChannelData` (21/4), from the store.
    ChannelData {
        data: Vec<DataItem>,
    }

    /// `RangeReplaced` (21/6), from the store, in parts.
    RangeReplaced {
        change_time: i64,
        channel_ids: Vec<i64>,
        changed_interval: IndexInterval,
        data: Vec<DataItem>,
    }

    /// `UnsubscribeChannels` (21/7), from the customer.
    UnsubscribeChannels {
        channel_ids: Map<i64>,
    }

    /// `SubscriptionsStopped` (21/8), from the store, in parts.
    SubscriptionsStopped {
        reason: String,
        channel_ids: Map<i64>,
    }

    /// `GetRanges` (21/9), from the customer.
    GetRanges {
        request_uuid: Uuid,
        channel_ranges: Vec<ChannelRangeInfo>,
    }

    /// `GetRangesResponse` (21/10), from the store, in parts.
    GetRangesResponse {
        data: Vec<DataItem>,
    }

    /// `CancelGetRanges` (21/11), from the customer.
    CancelGetRanges {
        request_uuid: Uuid,
    }

    /// `SubscribeChannelsResponse` (21/12), from the store, in parts.
    SubscribeChannelsResponse {
        success: Map<String>,
    }

    /// `ChannelsTruncated` (21/13), from the store.
    ChannelsTruncated {
        channels: Vec<TruncateInfo>,
        change_time: i64,
    }

    /// `GetChangeAnnotations` (21/14), from the customer.
    GetChangeAnnotations {
        channels: Map<ChannelChangeRequestInfo>,
        latest_only: bool,
    }

    /// `GetChangeAnnotationsResponse` (21/15), from the store, in parts.
    GetChangeAnnotationsResponse {
        changes: Map<ChangeResponseInfo>,
    }

    /// `GetDataspaces` (24/1), from the customer.
    GetDataspaces {
        store_last_write_filter: Option<i64>,
    }

    /// `GetDataspacesResponse` (24/2), from the store, in parts.
    GetDataspacesResponse {
        dataspaces: Vec<Dataspace>,
    }

    /// `PutDataspaces` (24/3), from the customer.
    PutDataspaces {
        dataspaces: Map<Dataspace>,
    }

    /// `DeleteDataspaces` (24/4), from the customer.
    DeleteDataspaces {
        uris: Map<String>,
    }

    /// `DeleteDataspacesResponse` (24/5), from the store, in parts.
    DeleteDataspacesResponse {
        success: Map<String>,
    }

    /// `PutDataspacesResponse` (24/6), from the store, in parts.
    PutDataspacesResponse {
        success: Map<String>,
    }
}

messages! {
    RequestSession (0, 1) "RequestSession",
    OpenSession (0, 2) "OpenSession",
    CloseSession (0, 5) "CloseSession",
    Authorize (0, 6) "Authorize",
    AuthorizeResponse (0, 7) "AuthorizeResponse",
    Ping (0, 8) "Ping",
    Pong (0, 9) "Pong",
    ProtocolException (0, 1000) "ProtocolException",
    Acknowledge (0, 1001) "Acknowledge",
    ChannelMetadata (1, 1) "ChannelMetadata",
    StreamingChannelData (1, 2) "ChannelData",
    StartStreaming (1, 3) "StartStreaming",
    StopStreaming (1, 4) "StopStreaming",
    TruncateChannels (1, 5) "TruncateChannels",
    GetResources (3, 1) "GetResources",
    GetResourcesResponse (3, 4) "GetResourcesResponse",
    GetDeletedResources (3, 5) "GetDeletedResources",
    GetDeletedResourcesResponse (3, 6) "GetDeletedResourcesResponse",
    GetResourcesEdgesResponse (3, 7) "GetResourcesEdgesResponse",
    GetDataObjects (4, 1) "GetDataObjects",
    GetDataObjectsResponse (4, 4) "GetDataObjectsResponse",
    Chunk (4, 8) "Chunk",
    GetChannelMetadata (21, 1) "GetChannelMetadata",
    GetChannelMetadataResponse (21, 2) "GetChannelMetadataResponse",
    SubscribeChannels (21, 3) "SubscribeChannels",
    ChannelData (21, 4) "ChannelData",
    RangeReplaced (21, 6) "RangeReplaced",
    UnsubscribeChannels (21, 7) "UnsubscribeChannels",
    SubscriptionsStopped (21, 8) "SubscriptionsStopped",
    GetRanges (21, 9) "GetRanges",
    GetRangesResponse (21, 10) "GetRangesResponse",
    CancelGetRanges (21, 11) "CancelGetRanges",
    SubscribeChannelsResponse (21, 12) "SubscribeChannelsResponse",
    ChannelsTruncated (21, 13) "ChannelsTruncated",
    GetChangeAnnotations (21, 14) "GetChangeAnnotations",
    GetChangeAnnotationsResponse (21, 15) "GetChangeAnnotationsResponse",
    GetDataspaces (24, 1) "GetDataspaces",
    GetDataspacesResponse (24, 2) "GetDataspacesResponse",
    PutDataspaces (24, 3) "PutDataspaces",
    DeleteDataspaces (24, 4) "DeleteDataspaces",
    DeleteDataspacesResponse (24, 5) "DeleteDataspacesResponse",
    PutDataspacesResponse (24, 6) "PutDataspacesResponse",
}
