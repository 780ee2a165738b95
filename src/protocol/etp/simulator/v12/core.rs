//! Protocol 0: how a session begins, and who may begin one.

use super::error::{Code, Refusal};
use super::{Asked, Server12, data, ranges};
use crate::model::time::Now;
use crate::protocol::etp::avro::{Map, Uuid};
use crate::protocol::etp::header::FINAL;
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::v12::datatypes::{DataValue, SupportedDataObject, SupportedProtocol, Version};
use crate::protocol::etp::v12::messages::{
    Authorize, AuthorizeResponse, Message, OpenSession, Pong, RequestSession,
};

/// The largest message that the server sends or takes, in bytes.
const MESSAGE_BYTES: i64 = 16 * 1024 * 1024;
/// So many of them a value may take.
const ITEM_BYTES: i64 = 640;

impl Server12 {
    pub(super) fn request_session(
        &mut self,
        asked: &Asked,
        request: &RequestSession,
        site: &Site,
        now: Now,
    ) -> Result<(), Refusal> {
        if self.desk.since.is_some() {
            return Err(Refusal::new(Code::InvalidState, "there is a session already"));
        }
        if !self.is_authorized {
            return Err(Refusal::new(Code::AuthorizationRequired, "authorization required"));
        }
        let formats = &request.supported_formats;
        if !formats.is_empty() && !formats.iter().any(|format| format.eq_ignore_ascii_case("xml")) {
            return Err(Refusal::new(Code::NoSupportedFormats, "only xml"));
        }
        let supported_protocols = self.agree(request)?;
        self.protocols = supported_protocols.iter().map(|protocol| protocol.protocol).collect();
        self.desk.open(now.instant);
        let object = |kind: &str| SupportedDataObject {
            qualified_type: format!("witsml21.{kind}"),
            data_object_capabilities: [("SupportsGet".to_owned(), DataValue::Bool(false))]
                .into_iter()
                .collect(),
        };
        let answer = OpenSession {
            application_name: "Porthole simulator".into(),
            application_version: env!("CARGO_PKG_VERSION").into(),
            server_instance_id: Uuid(*b"porthole-server!"),
            supported_protocols,
            supported_data_objects: ["Well", "Wellbore", "ChannelSet", "Channel"].map(object).into(),
            supported_compression: String::new(),
            supported_formats: vec!["xml".into()],
            current_date_time: now.wall.0,
            earliest_retained_change_time: site.created.0,
            session_id: self.session_id,
            endpoint_capabilities: self.agree_on_sizes(request),
        };
        self.desk.post.answer(asked, &Message::from(answer), FINAL);
        Ok(())
    }

    /// The protocols that are asked for and that there are.
    fn agree(&mut self, request: &RequestSession) -> Result<Vec<SupportedProtocol>, Refusal> {
        let quirks = &self.desk.quirks;
        let own: &[(i32, &str)] = match (quirks.simple, quirks.no_discovery) {
            (true, _) => &[(1, "producer")],
            (false, true) => &[(21, "store")],
            (false, false) => &[(3, "store"), (21, "store"), (24, "store")],
        };
        let is_own = |asked: &&SupportedProtocol| {
            let version = &asked.protocol_version;
            own.iter().any(|own| own.0 == asked.protocol) && (version.major, version.minor) == (1, 2)
        };
        let wanted: Vec<_> = request.requested_protocols.iter().filter(is_own).collect();
        if wanted.is_empty() {
            return Err(Refusal::new(Code::NoSupportedProtocols, "none of these protocols"));
        }
        let mut agreed: Vec<SupportedProtocol> = Vec::new();
        for asked in wanted {
            let has_role = own.contains(&(asked.protocol, asked.role.as_str()));
            if !has_role || agreed.iter().any(|other| other.protocol == asked.protocol) {
                continue;
            }
            let capability = asked.protocol_capabilities.get("MaxRangeDataItemCount").and_then(whole);
            if let Some(most) = capability.and_then(|most| usize::try_from(most).ok()) {
                self.range_items_most = most.clamp(1, ranges::ITEMS_MOST);
            }
            agreed.push(self.supported(asked.protocol, &asked.role));
        }
        if agreed.is_empty() { Err(Refusal::new(Code::NoRole, "no such role")) } else { Ok(agreed) }
    }

    fn supported(&self, protocol: i32, role: &str) -> SupportedProtocol {
        let capabilities: &[(&str, usize)] = match protocol {
            3 => &[("MaxResponseCount", 1000)],
            21 => &[
                ("MaxRangeChannelCount", ranges::CHANNELS_MOST),
                ("MaxRangeDataItemCount", self.range_items_most),
                ("MaxStreamingChannelsSessionCount", 1000),
            ],
            _ => &[],
        };
        let capability = |(name, most): &(&str, usize)| {
            ((*name).to_owned(), DataValue::Long(i64::try_from(*most).unwrap_or(i64::MAX)))
        };
        SupportedProtocol {
            protocol,
            protocol_version: Version { major: 1, minor: 2, revision: 0, patch: 0 },
            role: role.to_owned(),
            protocol_capabilities: capabilities.iter().map(capability).collect(),
        }
    }

    /// Of two sizes the smaller one counts.
    fn agree_on_sizes(&mut self, request: &RequestSession) -> Map<DataValue> {
        let names = ["MaxWebSocketFramePayloadSize", "MaxWebSocketMessagePayloadSize"];
        let sizes = names.map(|name| {
            let size = request.endpoint_capabilities.get(name).and_then(whole);
            size.unwrap_or(MESSAGE_BYTES).clamp(ITEM_BYTES, MESSAGE_BYTES)
        });
        let items = usize::try_from(sizes[1] / ITEM_BYTES).unwrap_or(data::ITEMS_MOST);
        self.items_most = items.clamp(1, data::ITEMS_MOST);
        let mut agreed: Map<_> = names
            .into_iter()
            .zip(sizes)
            .map(|(name, size)| (name.to_owned(), DataValue::Long(size)))
            .collect();
        for name in ["ResponseTimeoutPeriod", "MultipartMessageTimeoutPeriod"] {
            agreed.0.push((name.to_owned(), DataValue::Long(300)));
        }
        agreed
    }

    pub(super) fn authorize(&mut self, asked: &Asked, request: &Authorize) {
        let shown = request.authorization.strip_prefix("Bearer ").unwrap_or(&request.authorization);
        let success = self.desk.quirks.auth.as_ref().is_none_or(|token| token == shown);
        self.is_authorized |= success;
        let challenges = if success { Vec::new() } else { vec!["Bearer".to_owned()] };
        let answer = AuthorizeResponse { success, challenges };
        self.desk.post.answer(asked, &Message::from(answer), FINAL);
    }

    pub(super) fn pong(&mut self, asked: &Asked, now: Now) {
        let answer = Pong { current_date_time: now.wall.0 };
        self.desk.post.answer(asked, &Message::from(answer), FINAL);
    }
}

/// A whole number, in whichever branch it came.
fn whole(value: &DataValue) -> Option<i64> {
    match value {
        DataValue::Int(value) => Some(i64::from(*value)),
        DataValue::Long(value) => Some(*value),
        _ => None,
    }
}
