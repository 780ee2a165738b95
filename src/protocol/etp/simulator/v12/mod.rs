//! The v1.2 server: which message goes where.

mod core;
mod data;
mod discovery;
mod error;
mod metadata;
mod producer;
mod ranges;
mod subscribe;

use super::desk::{CUT_AFTER, Desk, Removal};
use super::post::{Post, open};
use super::quirks::Quirks;
use super::site::{Change, Site};
use super::{Server, objects};
use crate::model::time::Now;
use crate::protocol::etp::avro::Uuid;
use crate::protocol::etp::header::{ACKNOWLEDGE, COMPRESSED, FINAL, MessageHeader};
use crate::protocol::etp::v12::messages::{Acknowledge, CloseSession, Message};
use crate::protocol::quirks::InUse;
use crate::protocol::random::Random;

use error::{Code, Refusal};
use ranges::Pending;
use subscribe::Late;

/// A v1.2 server's side of a connection.
pub(super) struct Server12 {
    desk: Desk,
    session_id: Uuid,
    /// The protocols that client and server have agreed on.
    protocols: Vec<i32>,
    is_authorized: bool,
    /// So many values at most stand in a message, and in all answers to a request for the past.
    items_most: usize,
    range_items_most: usize,
    ranges: Vec<Pending>,
    /// An answer that waits until data have overtaken it.
    late: Option<Late>,
}

/// A request, its header first.
type Asked = MessageHeader;

impl Server12 {
    pub(super) fn new(quirks: InUse<Quirks>, site: &Site, connection: i64, random: &mut Random) -> Self {
        Self {
            is_authorized: quirks.auth.is_none(),
            desk: Desk::new(Post::new(2, quirks.clone()), quirks, site, connection),
            session_id: objects::uuid(random),
            protocols: Vec::new(),
            items_most: data::ITEMS_MOST,
            range_items_most: ranges::ITEMS_MOST,
            ranges: Vec::new(),
            late: None,
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(MessageHeader, Message), (MessageHeader, Refusal)> {
        let (header, mut reader) = open(bytes).map_err(|error| {
            (MessageHeader::default(), Refusal::new(Code::InvalidMessage, error.to_string()))
        })?;
        if header.has(COMPRESSED) {
            return Err((header, Refusal::new(Code::CompressionNotSupported, "nothing was agreed on")));
        }
        let body = header
            .skip_extension(&mut reader)
            .and_then(|()| Message::read(header.protocol, header.message_type, &mut reader));
        match body {
            Ok(Some(message)) => Ok((header, message)),
            Ok(None) => {
                let is_known = header.protocol == 0 || self.protocols.contains(&header.protocol);
                let code = if is_known { Code::InvalidMessageType } else { Code::UnsupportedProtocol };
                Err((header, Refusal::new(code, "no such message")))
            }
            Err(error) => Err((header, Refusal::new(Code::InvalidMessage, error.to_string()))),
        }
    }

    /// What a message does; or why nothing.
    fn carry_out(&mut self, asked: &Asked, message: Message, site: &Site, now: Now) -> Result<(), Refusal> {
        match message {
            Message::RequestSession(request) => return self.request_session(asked, &request, site, now),
            Message::Authorize(request) => {
                self.authorize(asked, &request);
                return Ok(());
            }
            Message::Ping(_) => {
                self.pong(asked, now);
                return Ok(());
            }
            Message::CloseSession(_) => {
                self.desk.closed = Some(now.instant);
                return Ok(());
            }
            Message::Pong(_) | Message::Acknowledge(_) | Message::ProtocolException(_) => return Ok(()),
            _ => {}
        }
        if !self.desk.is_open() {
            return Err(Refusal::new(Code::InvalidState, "there is no session"));
        }
        if !self.protocols.contains(&asked.protocol) {
            return Err(Refusal::new(Code::UnsupportedProtocol, "not agreed on in this session"));
        }
        match message {
            Message::GetDataspaces(_) => self.get_dataspaces(asked, site),
            Message::GetResources(request) => self.get_resources(asked, &request, site)?,
            Message::GetChannelMetadata(request) => self.get_channel_metadata(asked, &request, site)?,
            Message::SubscribeChannels(request) => self.subscribe(asked, &request, site, now)?,
            Message::UnsubscribeChannels(request) => self.unsubscribe(asked, &request, site),
            Message::GetRanges(request) => self.get_ranges(asked, request, site)?,
            Message::CancelGetRanges(request) => self.cancel_get_ranges(&request)?,
            Message::StartStreaming(_) => self.start_streaming(site)?,
            Message::StopStreaming(_) => self.stop_streaming(site)?,
            other => {
                let text = format!("{} is not for this server", other.name());
                return Err(Refusal::new(Code::NotSupported, text));
            }
        }
        Ok(())
    }
}

impl Server for Server12 {
    fn take(&mut self, bytes: &[u8], site: &Site, now: Now) {
        if self.desk.closed.is_some() {
            return;
        }
        match self.read(bytes) {
            Ok((asked, message)) => {
                if asked.has(ACKNOWLEDGE) && asked.message_type < 1000 {
                    self.desk.post.answer(&asked, &Message::from(Acknowledge {}), FINAL);
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
            let close = CloseSession { reason: "maintenance".into() };
            self.desk.post.tell(&Message::from(close), 0, FINAL);
            self.desk.closed = Some(now.instant);
        }
        if self.desk.closed.is_some_and(|closed| now.instant >= closed + CUT_AFTER) {
            self.desk.post.cut();
        }
        if !self.desk.is_open() {
            return;
        }
        if self.desk.removal(now.instant) == Some(Removal::Gone) {
            self.remove_first(site);
        }
        let has_sent = self.send_data(site);
        self.answer_late(has_sent, now);
        self.answer_ranges(site);
    }

    fn tell(&mut self, change: &Change, site: &Site, now: Now) {
        if self.desk.is_open() {
            self.tell_change(change, site, now);
        }
    }

    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    fn is_answering(&self) -> bool {
        !self.ranges.is_empty()
    }
}
