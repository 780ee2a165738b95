//! The v1.1 server: which message goes where.

mod changes;
mod core;
mod data;
mod discovery;
mod error;
mod metadata;
mod ranges;
mod streaming;
mod uri;

use super::desk::{CUT_AFTER, Desk, Removal};
use super::post::{Post, open};
use super::quirks::Quirks;
use super::site::{Change, Site};
use super::{Server, objects};
use crate::model::time::Now;
use crate::protocol::etp::header::{ACKNOWLEDGE, MessageHeader};
use crate::protocol::etp::v11::messages::{Acknowledge, CloseSession, Message};
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;

use data::Rate;
use error::{Code, Refusal};
use ranges::Pending;

/// A v1.1 server's side of a connection.
pub(super) struct Server11 {
    desk: Desk,
    session_id: String,
    /// The protocols that client and server have agreed on.
    protocols: Vec<i32>,
    is_authorized: bool,
    /// What the client wants of the pace, once it has started.
    rate: Option<Rate>,
    /// For each channel the request that described it: what comes later about it answers that one.
    described_by: Vec<Option<MessageHeader>>,
    ranges: Vec<Pending>,
}

/// A request, its header first.
type Asked = MessageHeader;

impl Server11 {
    pub(super) fn new(quirks: InUse<Quirks>, site: &Site, connection: i64, random: &mut Random) -> Self {
        Self {
            is_authorized: quirks.auth.is_none(),
            desk: Desk::new(Post::new(1, quirks.clone()), quirks, site, connection),
            session_id: objects::text(&objects::uuid(random)).to_ascii_uppercase(),
            protocols: Vec::new(),
            rate: None,
            described_by: site.channels().map(|_| None).collect(),
            ranges: Vec::new(),
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(MessageHeader, Message), (MessageHeader, Refusal)> {
        let (header, mut reader) = open(bytes).map_err(|error| {
            (MessageHeader::default(), Refusal::new(Code::InvalidArgument, error.to_string()))
        })?;
        match Message::read(header.protocol, header.message_type, &mut reader) {
            Ok(Some(message)) => Ok((header, message)),
            Ok(None) => {
                let is_known = header.protocol == 0 || self.protocols.contains(&header.protocol);
                let code = if is_known { Code::InvalidMessageType } else { Code::UnsupportedProtocol };
                Err((header, Refusal::new(code, "no such message")))
            }
            Err(error) => Err((header, Refusal::new(Code::InvalidArgument, error.to_string()))),
        }
    }

    /// What a message does; or why nothing.
    fn carry_out(&mut self, asked: &Asked, message: Message, site: &Site, now: Now) -> Result<(), Refusal> {
        match message {
            Message::RequestSession(request) => return self.request_session(asked, &request, now),
            Message::RenewSecurityToken(request) => return self.renew(&request),
            Message::CloseSession(_) => {
                self.desk.closed = Some(now.instant);
                return Ok(());
            }
            Message::Acknowledge(_) | Message::ProtocolException(_) => return Ok(()),
            _ => {}
        }
        if !self.desk.is_open() {
            return Err(Refusal::new(Code::InvalidState, "there is no session"));
        }
        if !self.protocols.contains(&asked.protocol) {
            return Err(Refusal::new(Code::UnsupportedProtocol, "not agreed on in this session"));
        }
        match message {
            Message::GetResources(request) => self.get_resources(asked, &request, site)?,
            Message::Start(request) => self.start(&request, site, now),
            Message::ChannelDescribe(_)
            | Message::ChannelStreamingStart(_)
            | Message::ChannelStreamingStop(_)
            | Message::ChannelRangeRequest(_)
                if self.desk.quirks.simple =>
            {
                return Err(Refusal::new(Code::NotSupported, "a simple streamer takes no requests"));
            }
            Message::ChannelDescribe(request) => self.describe(asked, &request, site)?,
            Message::ChannelStreamingStart(request) => self.start_channels(asked, &request, site, now)?,
            Message::ChannelStreamingStop(request) => self.stop_channels(asked, &request, site),
            Message::ChannelRangeRequest(request) => self.request_range(asked, &request, site)?,
            other => {
                let text = format!("{} is not for this server", other.name());
                return Err(Refusal::new(Code::NotSupported, text));
            }
        }
        Ok(())
    }
}

impl Server for Server11 {
    fn take(&mut self, bytes: &[u8], site: &Site, now: Now) {
        if self.desk.closed.is_some() {
            return;
        }
        match self.read(bytes) {
            Ok((asked, message)) => {
                if asked.has(ACKNOWLEDGE) && asked.message_type < 1000 {
                    self.desk.post.answer(&asked, &Message::from(Acknowledge {}), 0);
                }
                if let Err(refusal) = self.carry_out(&asked, message, site, now) {
                    self.refuse(&asked, &refusal);
                }
            }
            Err((asked, refusal)) => self.refuse(&asked, &refusal),
        }
    }

    fn live_on(&mut self, site: &Site, now: Now) {
        if self.desk.closes(now.instant) {
            let close = CloseSession { reason: Some("maintenance".into()) };
            self.desk.post.tell(&Message::from(close), 0, 0);
            self.desk.closed = Some(now.instant);
        }
        if self.desk.closed.is_some_and(|closed| now.instant >= closed + CUT_AFTER) {
            self.desk.post.cut();
        }
        if !self.desk.is_open() {
            return;
        }
        match self.desk.removal(now.instant) {
            Some(Removal::Gone) => self.remove_first(site),
            Some(Removal::Back) => self.describe_again(site),
            None => {}
        }
        self.send_data(site, now);
        self.answer_ranges(site);
    }

    fn tell(&mut self, change: &Change, site: &Site, _now: Now) {
        if self.desk.is_open() {
            self.tell_change(change, site);
        }
    }

    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    fn is_answering(&self) -> bool {
        !self.ranges.is_empty()
    }
}
