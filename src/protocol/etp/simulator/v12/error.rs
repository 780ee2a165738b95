//! What the server says where it does not do what it was asked to.

use super::{Asked, Server12};
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::header::{FINAL, MULTIPART};
use crate::protocol::etp::v12::datatypes::ErrorInfo;
use crate::protocol::etp::v12::messages::{Message, ProtocolException};

/// The error codes of v1.2 that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NoRole = 1,
    NoSupportedProtocols = 2,
    InvalidMessageType = 3,
    UnsupportedProtocol = 4,
    InvalidArgument = 5,
    NotSupported = 7,
    InvalidState = 8,
    InvalidUri = 9,
    NotFound = 11,
    LimitExceeded = 12,
    CompressionNotSupported = 13,
    MultipartCancelled = 18,
    InvalidMessage = 19,
    InvalidIndexKind = 20,
    NoSupportedFormats = 21,
    RequestUuidRejected = 22,
    BackpressureWarning = 25,
    AuthorizationRequired = 27,
    ResponseCountExceeded = 30,
    InvalidChannelId = 1002,
}

/// A code and a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    text: String,
}

impl Refusal {
    pub(super) fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    pub(super) fn channel(id: i64) -> Self {
        Self::new(Code::InvalidChannelId, format!("there is no channel {id}"))
    }

    fn info(&self) -> ErrorInfo {
        ErrorInfo { message: self.text.clone(), code: self.code as i32 }
    }
}

/// What could not be done of a request, by the keys of the request.
#[derive(Default)]
pub(super) struct Refusals(pub(super) Vec<(String, Refusal)>);

impl Server12 {
    /// The whole request is refused.
    pub(super) fn refuse(&mut self, asked: &Asked, refusal: &Refusal) {
        let exception = ProtocolException { error: Some(refusal.info()), errors: Map::default() };
        self.desk.post.answer(asked, &Message::from(exception), FINAL);
    }

    /// Some of a request is refused. It comes late: the answer before it looks as if it were complete.
    pub(super) fn refuse_some(&mut self, asked: &Asked, refusals: &Refusals) {
        if !refusals.0.is_empty() {
            let errors = refusals.0.iter().map(|(key, refusal)| (key.clone(), refusal.info())).collect();
            let exception = ProtocolException { error: None, errors };
            self.desk.post.answer(asked, &Message::from(exception), MULTIPART | FINAL);
        }
    }
}
