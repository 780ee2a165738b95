//! Why a request is not carried out, in the response status codes of TS-0004, clause 6.6.

use std::fmt;

use serde_json::Value;

pub(super) const BAD_REQUEST: u16 = 4000;
pub(super) const RELEASE_NOT_SUPPORTED: u16 = 4001;
pub(super) const NOT_FOUND: u16 = 4004;
pub(super) const NOT_ALLOWED: u16 = 4005;
pub(super) const REQUEST_TIMEOUT: u16 = 4008;
pub(super) const NO_PRIVILEGE: u16 = 4103;
pub(super) const CONFLICT: u16 = 4105;
pub(super) const SECURITY_ASSOCIATION_REQUIRED: u16 = 4107;
pub(super) const INVALID_CHILD_TYPE: u16 = 4108;
pub(super) const ALREADY_REGISTERED: u16 = 4117;
pub(super) const NOT_IMPLEMENTED: u16 = 5001;
pub(super) const NOT_REACHABLE: u16 = 5103;
pub(super) const NOT_SUBSCRIBABLE: u16 = 5203;
pub(super) const VERIFICATION_FAILED: u16 = 5204;
pub(super) const NOT_ACCEPTABLE: u16 = 5207;
pub(super) const TOO_MANY_MEMBERS: u16 = 6010;

/// A refusal: its response status code, and the words of `m2m:dbg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) rsc: u16,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(rsc: u16, text: fmt::Arguments<'_>) -> Self {
        Self { rsc, text: text.to_string() }
    }

    /// A bad request (4000), the most usual one.
    pub(super) fn bad(text: fmt::Arguments<'_>) -> Self {
        Self::new(BAD_REQUEST, text)
    }

    /// A value of another type than the one that is expected of what has this name.
    pub(super) fn wrong_type(name: impl fmt::Display, value: &Value, expected: &str) -> Self {
        Self::bad(format_args!("attribute: {name}, value: {value} : expected type: {expected}"))
    }
}
