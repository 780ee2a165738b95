//! What the server says where it does not do what it was asked to (ETP-000-184).

use super::{Asked, Server11};
use crate::protocol::etp::v11::messages::{Message, ProtocolException};

/// So many exceptions at most answer one request.
const REFUSALS_MOST: usize = 20;

/// The error codes of v1.1 that are used here, and one of v1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NoRole = 1,
    NoSupportedProtocols = 2,
    InvalidMessageType = 3,
    UnsupportedProtocol = 4,
    InvalidArgument = 5,
    PermissionDenied = 6,
    NotSupported = 7,
    InvalidState = 8,
    InvalidUri = 9,
    NotFound = 11,
    BackpressureWarning = 25,
    InvalidChannelId = 1002,
}

/// What is refused of a request; of much only the beginning is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Refusals(Vec<Refusal>);

impl Refusals {
    pub(super) fn push(&mut self, refusal: Refusal) {
        if self.0.len() < REFUSALS_MOST {
            self.0.push(refusal);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One of this code is among them.
    pub(super) fn have(&self, code: Code) -> bool {
        self.0.iter().any(|refusal| refusal.code == code)
    }
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

    pub(super) fn message(&self) -> Message {
        ProtocolException { error_code: self.code as i32, error_message: self.text.clone() }.into()
    }
}

impl Server11 {
    pub(super) fn refuse(&mut self, asked: &Asked, refusal: &Refusal) {
        self.desk.post.answer(asked, &refusal.message(), 0);
    }

    /// Some of a request is refused; what was not has been answered before.
    pub(super) fn refuse_some(&mut self, asked: &Asked, refusals: &Refusals) {
        for refusal in &refusals.0 {
            self.refuse(asked, refusal);
        }
    }
}
