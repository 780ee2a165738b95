//! The records of ETP v1.1 below its messages, in the order of the wire.
//!
//! Names and fields are those of the schema (`etp.avpr`, v1.1), in the spelling of Rust.

#![expect(missing_docs, reason = "the fields are the schema's, which says no more of them than their names")]

use crate::protocol::etp::avro::{Bytes, Map};
use crate::protocol::etp::schema::{record, symbols, union};

symbols! {
    /// What an index counts.
    ChannelIndexTypes {
        0 Time "Time",
        1 Depth "Depth",
    }
}

symbols! {
    /// Whether a channel is growing.
    ChannelStatuses {
        0 Active "Active",
        1 Inactive "Inactive",
        2 Closed "Closed",
    }
}

symbols! {
    /// Which way an index goes.
    IndexDirections {
        0 Increasing "Increasing",
        1 Decreasing "Decreasing",
    }
}

union! {
    /// A value of a channel, an attribute or a capability. The sender chooses the branch.
    DataValue {
        Null,
        1 Double(f64),
        2 Float(f32),
        3 Int(i32),
        4 Long(i64),
        5 String(String),
        6 ArrayOfDouble(ArrayOfDouble),
        7 Bool(bool),
        8 Bytes(Bytes),
    }
}

union! {
    /// Where a stream begins: with the latest value, so many values before it, or at an index.
    StreamingStartIndex {
        Null,
        1 Int(i32),
        2 Long(i64),
    }
}

record! {
    /// Numbers.
    ArrayOfDouble "Energistics.Datatypes.ArrayOfDouble" {
        values: Vec<f64>,
    }

    /// Whom to ask.
    Contact {
        organization_name: Option<String>,
        contact_name: Option<String>,
        contact_phone: Option<String>,
        contact_email: Option<String>,
    }

    /// What is said beside a value, e.g. of its quality.
    DataAttribute {
        attribute_id: i32,
        attribute_value: DataValue,
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
        supported_protocols: Vec<SupportedProtocol>,
        supported_objects: Vec<String>,
        contact_information: Contact,
        supported_encodings: String,
    }

    /// A stretch of the past that is asked for.
    ChannelRangeInfo {
        channel_id: Vec<i64>,
        start_index: i64,
        end_index: i64,
    }

    /// A row of values.
    DataFrame {
        index: Vec<i64>,
        data: Vec<DataValue>,
    }

    /// One value of a channel, with its place and its attributes.
    DataItem {
        indexes: Vec<i64>,
        channel_id: i64,
        value: DataValue,
        value_attributes: Vec<DataAttribute>,
    }

    /// What an index of a channel is.
    IndexMetadataRecord {
        index_type: ChannelIndexTypes,
        uom: String,
        depth_datum: Option<String>,
        direction: IndexDirections,
        mnemonic: Option<String>,
        description: Option<String>,
        uri: Option<String>,
        custom_data: Map<DataValue>,
        scale: i32,
        time_datum: Option<String>,
    }

    /// A channel to be streamed, and from where on.
    ChannelStreamingInfo {
        channel_id: i64,
        start_index: StreamingStartIndex,
        receive_change_notification: bool,
    }

    /// Something that is found by discovery.
    Resource {
        uri: String,
        content_type: String,
        name: String,
        channel_subscribable: bool,
        custom_data: Map<String>,
        resource_type: String,
        has_children: i32,
        uuid: Option<String>,
        last_changed: i64,
        object_notifiable: bool,
    }

    /// An object of a store, with what describes it.
    DataObject "Energistics.Datatypes.Object.DataObject" {
        resource: Resource,
        content_encoding: String,
        data: Bytes,
    }

    /// What a channel is.
    ChannelMetadataRecord {
        channel_uri: String,
        channel_id: i64,
        indexes: Vec<IndexMetadataRecord>,
        channel_name: String,
        data_type: String,
        uom: String,
        start_index: Option<i64>,
        end_index: Option<i64>,
        description: String,
        status: ChannelStatuses,
        content_type: Option<String>,
        source: String,
        measure_class: String,
        uuid: Option<String>,
        custom_data: Map<DataValue>,
        domain_object: Option<DataObject>,
    }
}
