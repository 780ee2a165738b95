//! Protocol 0: how a session begins.

use super::error::{Code, Refusal};
use super::{Asked, Server11};
use crate::model::time::Now;
use crate::protocol::etp::v11::datatypes::{DataValue, SupportedProtocol, Version};
use crate::protocol::etp::v11::messages::{Message, OpenSession, RenewSecurityToken, RequestSession};

impl Server11 {
    pub(super) fn request_session(
        &mut self,
        asked: &Asked,
        request: &RequestSession,
        now: Now,
    ) -> Result<(), Refusal> {
        if self.desk.since.is_some() {
            return Err(Refusal::new(Code::InvalidState, "there is a session already"));
        }
        if !self.is_authorized {
            return Err(Refusal::new(Code::PermissionDenied, "authorization required"));
        }
        let supported_protocols = self.agree(request)?;
        self.protocols = supported_protocols.iter().map(|protocol| protocol.protocol).collect();
        self.desk.open(now.instant);
        let answer = OpenSession {
            application_name: "Porthole simulator".into(),
            application_version: env!("CARGO_PKG_VERSION").into(),
            session_id: self.session_id.clone(),
            supported_protocols,
            supported_objects: Vec::new(),
        };
        self.desk.post.answer(asked, &Message::from(answer), 0);
        Ok(())
    }

    /// The protocols that are asked for and that there are: not more, and in no other role (ETP-000-020).
    fn agree(&self, request: &RequestSession) -> Result<Vec<SupportedProtocol>, Refusal> {
        let quirks = &self.desk.quirks;
        let own: &[(i32, &str)] = if quirks.simple || quirks.no_discovery {
            &[(1, "producer")]
        } else {
            &[(1, "producer"), (3, "store")]
        };
        let is_own = |asked: &&SupportedProtocol| {
            let version = &asked.protocol_version;
            own.iter().any(|own| own.0 == asked.protocol) && (version.major, version.minor) == (1, 1)
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
            let is_simple = quirks.simple.then(|| ("SimpleStreamer".to_owned(), DataValue::Bool(true)));
            agreed.push(SupportedProtocol {
                protocol: asked.protocol,
                protocol_version: Version { major: 1, minor: 1, revision: 0, patch: 0 },
                role: asked.role.clone(),
                protocol_capabilities: is_simple.into_iter().collect(),
            });
        }
        if agreed.is_empty() { Err(Refusal::new(Code::NoRole, "no such role")) } else { Ok(agreed) }
    }

    /// With the quirk it takes a token before the session, too, since a page cannot show one otherwise.
    pub(super) fn renew(&mut self, request: &RenewSecurityToken) -> Result<(), Refusal> {
        let shown = request.token.strip_prefix("Bearer ").unwrap_or(&request.token);
        if self.desk.quirks.auth.as_ref().is_some_and(|token| token != shown) {
            return Err(Refusal::new(Code::PermissionDenied, "not this token"));
        }
        self.is_authorized = true;
        Ok(())
    }
}
