//! The records of ETP v1.2 below its messages, in the order of the wire.
//!
//! Names and fields are those of the schema (`etp.avpr`, v1.2), in the spelling of Rust.

#![expect(missing_docs, reason = "the fields are the schema's, which says no more of them than their names")]

use crate::protocol::etp::avro::{Bytes, Map, Uuid};
use crate::protocol::etp::schema::{record, symbols, union};

symbols! {
    /// What a server can do with a type of objects: the keys of `dataObjectCapabilities`.
    DataObjectCapabilityKind {
        0 ActiveTimeoutPeriod "ActiveTimeoutPeriod",
        1 MaxContainedDataObjectCount "MaxContainedDataObjectCount",
        2 MaxDataObjectSize "MaxDataObjectSize",
        3 OrphanedChildrenPrunedOnDelete "OrphanedChildrenPrunedOnDelete",
        4 SupportsGet "SupportsGet",
        5 SupportsPut "SupportsPut",
        6 SupportsDelete "SupportsDelete",
        7 MaxSecondaryIndexCount "MaxSecondaryIndexCount",
    }
}

symbols! {
    /// What an endpoint can do, and its limits: the keys of `endpointCapabilities`.
    EndpointCapabilityKind {
        0 ActiveTimeoutPeriod "ActiveTimeoutPeriod",
        1 AuthorizationDetails "AuthorizationDetails",
        2 ChangePropagationPeriod "ChangePropagationPeriod",
        3 ChangeRetentionPeriod "ChangeRetentionPeriod",
        4 MaxConcurrentMultipart "MaxConcurrentMultipart",
        5 MaxDataObjectSize "MaxDataObjectSize",
        6 MaxPartSize "MaxPartSize",
        7 MaxSessionClientCount "MaxSessionClientCount",
        8 MaxSessionGlobalCount "MaxSessionGlobalCount",
        9 MaxWebSocketFramePayloadSize "MaxWebSocketFramePayloadSize",
        10 MaxWebSocketMessagePayloadSize "MaxWebSocketMessagePayloadSize",
        11 MultipartMessageTimeoutPeriod "MultipartMessageTimeoutPeriod",
        12 ResponseTimeoutPeriod "ResponseTimeoutPeriod",
        13 RequestSessionTimeoutPeriod "RequestSessionTimeoutPeriod",
        14 SessionEstablishmentTimeoutPeriod "SessionEstablishmentTimeoutPeriod",
        15 SupportsAlternateRequestUris "SupportsAlternateRequestUris",
        16 SupportsMessageHeaderExtensions "SupportsMessageHeaderExtensions",
    }
}

symbols! {
    /// What an endpoint can do in a protocol, and its limits: the keys of `protocolCapabilities`.
    ProtocolCapabilityKind {
        0 FrameChangeDetectionPeriod "FrameChangeDetectionPeriod",
        1 MaxDataArraySize "MaxDataArraySize",
        2 MaxDataObjectSize "MaxDataObjectSize",
        3 MaxFrameResponseRowCount "MaxFrameResponseRowCount",
        4 MaxIndexCount "MaxIndexCount",
        5 MaxRangeChannelCount "MaxRangeChannelCount",
        6 MaxRangeDataItemCount "MaxRangeDataItemCount",
        7 MaxResponseCount "MaxResponseCount",
        8 MaxStreamingChannelsSessionCount "MaxStreamingChannelsSessionCount",
        9 MaxSubscriptionSessionCount "MaxSubscriptionSessionCount",
        10 MaxTransactionCount "MaxTransactionCount",
        11 SupportsSecondaryIndexFiltering "SupportsSecondaryIndexFiltering",
        12 TransactionTimeoutPeriod "TransactionTimeoutPeriod",
    }
}

symbols! {
    /// What the values of a channel, or of an attribute, are to be.
    ChannelDataKind {
        0 DateTime "DateTime",
        1 ElapsedTime "ElapsedTime",
        2 MeasuredDepth "MeasuredDepth",
        3 PassIndexedDepth "PassIndexedDepth",
        4 TrueVerticalDepth "TrueVerticalDepth",
        5 Boolean "typeBoolean",
        6 Int "typeInt",
        7 Long "typeLong",
        8 Float "typeFloat",
        9 Double "typeDouble",
        10 String "typeString",
        11 Bytes "typeBytes",
    }
}

symbols! {
    /// What an index counts.
    ChannelIndexKind {
        0 DateTime "DateTime",
        1 ElapsedTime "ElapsedTime",
        2 MeasuredDepth "MeasuredDepth",
        3 TrueVerticalDepth "TrueVerticalDepth",
        4 PassIndexedDepth "PassIndexedDepth",
        5 Pressure "Pressure",
        6 Temperature "Temperature",
        7 Scalar "Scalar",
    }
}

symbols! {
    /// Which way an index goes.
    IndexDirection {
        0 Increasing "Increasing",
        1 Decreasing "Decreasing",
        2 Unordered "Unordered",
    }
}

symbols! {
    /// Which way the tool goes in a pass.
    PassDirection {
        0 Up "Up",
        1 HoldingSteady "HoldingSteady",
        2 Down "Down",
    }
}

symbols! {
    /// Whether a channel, or another object, is growing.
    ActiveStatusKind "Energistics.Etp.v12.Datatypes.Object.ActiveStatusKind" {
        0 Active "Active",
        1 Inactive "Inactive",
    }
}

symbols! {
    /// Which way discovery goes from where it begins.
    ContextScopeKind {
        0 Itself "self",
        1 Sources "sources",
        2 Targets "targets",
        3 SourcesOrSelf "sourcesOrSelf",
        4 TargetsOrSelf "targetsOrSelf",
    }
}

symbols! {
    /// How closely two objects belong together.
    RelationshipKind {
        0 Primary "Primary",
        1 Secondary "Secondary",
        2 Both "Both",
    }
}

union! {
    /// Numbers, truths or texts: a piece of a sparse array.
    AnyArray {
        0 ArrayOfBoolean(ArrayOfBoolean),
        1 ArrayOfInt(ArrayOfInt),
        2 ArrayOfLong(ArrayOfLong),
        3 ArrayOfFloat(ArrayOfFloat),
        4 ArrayOfDouble(ArrayOfDouble),
        5 ArrayOfString(ArrayOfString),
        6 Bytes(Bytes),
    }
}

union! {
    /// A value of a channel, an attribute or a capability. The sender chooses the branch.
    DataValue {
        Null,
        1 Bool(bool),
        2 Int(i32),
        3 Long(i64),
        4 Float(f32),
        5 Double(f64),
        6 String(String),
        7 ArrayOfBoolean(ArrayOfBoolean),
        8 ArrayOfNullableBoolean(ArrayOfNullableBoolean),
        9 ArrayOfInt(ArrayOfInt),
        10 ArrayOfNullableInt(ArrayOfNullableInt),
        11 ArrayOfLong(ArrayOfLong),
        12 ArrayOfNullableLong(ArrayOfNullableLong),
        13 ArrayOfFloat(ArrayOfFloat),
        14 ArrayOfDouble(ArrayOfDouble),
        15 ArrayOfString(ArrayOfString),
        16 ArrayOfBytes(ArrayOfBytes),
        17 Bytes(Bytes),
        18 AnySparseArray(AnySparseArray),
    }
}

union! {
    /// Where a value belongs; null repeats the index of the item before.
    IndexValue {
        Null,
        1 Long(i64),
        2 Double(f64),
        3 PassIndexedDepth(PassIndexedDepth),
    }
}

record! {
    /// Truths.
    ArrayOfBoolean "Energistics.Etp.v12.Datatypes.ArrayOfBoolean" {
        values: Vec<bool>,
    }

    /// Pieces of bytes.
    ArrayOfBytes "Energistics.Etp.v12.Datatypes.ArrayOfBytes" {
        values: Vec<Bytes>,
    }

    /// Numbers.
    ArrayOfDouble "Energistics.Etp.v12.Datatypes.ArrayOfDouble" {
        values: Vec<f64>,
    }

    /// Numbers of 32 bits.
    ArrayOfFloat "Energistics.Etp.v12.Datatypes.ArrayOfFloat" {
        values: Vec<f32>,
    }

    /// Whole numbers of 32 bits.
    ArrayOfInt "Energistics.Etp.v12.Datatypes.ArrayOfInt" {
        values: Vec<i32>,
    }

    /// Whole numbers of 64 bits.
    ArrayOfLong "Energistics.Etp.v12.Datatypes.ArrayOfLong" {
        values: Vec<i64>,
    }

    /// Truths with gaps.
    ArrayOfNullableBoolean "Energistics.Etp.v12.Datatypes.ArrayOfNullableBoolean" {
        values: Vec<Option<bool>>,
    }

    /// Whole numbers of 32 bits with gaps.
    ArrayOfNullableInt "Energistics.Etp.v12.Datatypes.ArrayOfNullableInt" {
        values: Vec<Option<i32>>,
    }

    /// Whole numbers of 64 bits with gaps.
    ArrayOfNullableLong "Energistics.Etp.v12.Datatypes.ArrayOfNullableLong" {
        values: Vec<Option<i64>>,
    }

    /// Texts.
    ArrayOfString "Energistics.Etp.v12.Datatypes.ArrayOfString" {
        values: Vec<String>,
    }

    /// A piece of a sparse array, and its place in it.
    AnySubarray {
        start: i64,
        slice: AnyArray,
    }

    /// An array of which only some pieces are there.
    AnySparseArray "Energistics.Etp.v12.Datatypes.AnySparseArray" {
        slices: Vec<AnySubarray>,
    }

    /// Whom to ask.
    Contact {
        organization_name: String,
        contact_name: String,
        contact_phone: String,
        contact_email: String,
    }

    /// What is said beside a value, e.g. of its quality.
    DataAttribute {
        attribute_id: i32,
        attribute_value: DataValue,
    }

    /// What went wrong: the text comes before the code.
    ErrorInfo "Energistics.Etp.v12.Datatypes.ErrorInfo" {
        message: String,
        code: i32,
    }

    /// What stands between a header with the flag 0x20 and the body.
    MessageHeaderExtension {
        extension: Map<DataValue>,
    }

    /// A type of objects, e.g. `witsml21.*`, and what can be done with it.
    SupportedDataObject {
        qualified_type: String,
        data_object_capabilities: Map<DataValue>,
    }

    /// A version of a protocol.
    Version {
        major: i32,
        minor: i32,
        revision: i32,
        patch: i32,
    }

    /// A protocol that is asked for, or offered, with the role of the server.
    SupportedProtocol {
        protocol: i32,
        protocol_version: Version,
        role: String,
        protocol_capabilities: Map<DataValue>,
    }

    /// What a server offers, as it tells by HTTP.
    ServerCapabilities {
        application_name: String,
        application_version: String,
        contact_information: Contact,
        supported_compression: Vec<String>,
        supported_encodings: Vec<String>,
        supported_formats: Vec<String>,
        supported_data_objects: Vec<SupportedDataObject>,
        supported_protocols: Vec<SupportedProtocol>,
        endpoint_capabilities: Map<DataValue>,
    }

    /// Channels whose changes since then are asked for.
    ChannelChangeRequestInfo {
        since_change_time: i64,
        channel_ids: Vec<i64>,
    }

    /// What an attribute of the values of a channel is.
    AttributeMetadataRecord {
        attribute_id: i32,
        attribute_name: String,
        data_kind: ChannelDataKind,
        uom: String,
        depth_datum: String,
        attribute_property_kind_uri: String,
        axis_vector_lengths: Vec<i32>,
    }

    /// A depth that was passed several times: which pass, which way, and where.
    PassIndexedDepth "Energistics.Etp.v12.Datatypes.ChannelData.PassIndexedDepth" {
        pass: i64,
        direction: PassDirection,
        depth: f64,
    }

    /// A channel to be streamed, and from where on.
    ChannelSubscribeInfo {
        channel_id: i64,
        start_index: IndexValue,
        data_changes: bool,
        request_latest_index_count: Option<i32>,
    }

    /// One value of a channel, with its place and its attributes.
    DataItem {
        channel_id: i64,
        indexes: Vec<IndexValue>,
        value: DataValue,
        value_attributes: Vec<DataAttribute>,
    }

    /// A channel that ends earlier now.
    TruncateInfo {
        channel_id: i64,
        new_end_index: IndexValue,
    }

    /// A part of a store with objects of its own.
    Dataspace {
        uri: String,
        path: String,
        store_last_write: i64,
        store_created: i64,
        custom_data: Map<DataValue>,
    }

    /// An object that was deleted, and when.
    DeletedResource {
        uri: String,
        deleted_time: i64,
        custom_data: Map<DataValue>,
    }

    /// From one index to another.
    IndexInterval {
        start_index: IndexValue,
        end_index: IndexValue,
        uom: String,
        depth_datum: String,
    }

    /// A stretch of the past that is asked for.
    ChannelRangeInfo {
        channel_ids: Vec<i64>,
        interval: IndexInterval,
        secondary_intervals: Vec<IndexInterval>,
    }

    /// What an index of a channel is.
    IndexMetadataRecord {
        index_kind: ChannelIndexKind,
        interval: IndexInterval,
        direction: IndexDirection,
        name: String,
        uom: String,
        depth_datum: String,
        index_property_kind_uri: String,
        filterable: bool,
    }

    /// What a channel is.
    ChannelMetadataRecord {
        uri: String,
        id: i64,
        indexes: Vec<IndexMetadataRecord>,
        channel_name: String,
        data_kind: ChannelDataKind,
        uom: String,
        depth_datum: String,
        channel_class_uri: String,
        status: ActiveStatusKind,
        source: String,
        axis_vector_lengths: Vec<i32>,
        attribute_metadata: Vec<AttributeMetadataRecord>,
        custom_data: Map<DataValue>,
    }

    /// A stretch of a channel that changed, and when.
    ChangeAnnotation {
        change_time: i64,
        interval: IndexInterval,
    }

    /// What changed in some channels until then.
    ChangeResponseInfo {
        response_timestamp: i64,
        changes: Map<Vec<ChangeAnnotation>>,
    }

    /// Where discovery begins, how far it goes, and what it looks for.
    ContextInfo {
        uri: String,
        depth: i32,
        data_object_types: Vec<String>,
        navigable_edges: RelationshipKind,
        include_secondary_targets: bool,
        include_secondary_sources: bool,
    }

    /// Two objects that belong together.
    Edge {
        source_uri: String,
        target_uri: String,
        relationship_kind: RelationshipKind,
        custom_data: Map<DataValue>,
    }

    /// Something that is found by discovery.
    Resource {
        uri: String,
        alternate_uris: Vec<String>,
        name: String,
        source_count: Option<i32>,
        target_count: Option<i32>,
        last_changed: i64,
        store_last_write: i64,
        store_created: i64,
        active_status: ActiveStatusKind,
        custom_data: Map<DataValue>,
    }

    /// An object of a store, with what describes it.
    DataObject {
        resource: Resource,
        format: String,
        blob_id: Option<Uuid>,
        data: Bytes,
    }
}
