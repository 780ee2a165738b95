//! What a NOTIFY brings (TS-0004, 6.3.5.13 `m2m:notification` and 7.5.1): single ones, batches, verifications, deletions,
//! missing data, and answers that come later.

use super::resource::{items, text};
use super::time;
use crate::model::json::Json;
use crate::model::time::Timestamp;

/// What one NOTIFY holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Notified<'j, 'a> {
    /// Notifications of subscriptions: `m2m:sgn`, or several in `m2m:agn`.
    Events(Vec<Notification<'j, 'a>>),
    /// An answer that was promised with 1002: `m2m:rsp`.
    Answer {
        /// The request that it answers.
        request: &'j str,
        /// How it went.
        code: u32,
        /// What came back.
        content: &'j Json<'a>,
    },
    /// Something else.
    Unknown,
}

/// One notification of a subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification<'j, 'a> {
    /// The subscription: `sur`.
    pub subscription: &'j str,
    /// What it tells.
    pub what: What<'j, 'a>,
}

/// What a notification tells.
#[derive(Clone, Debug, PartialEq)]
pub enum What<'j, 'a> {
    /// Something happened; `net` says what, and the representation what it was about.
    Event {
        /// The event's number (TS-0004, 6.3.4.2.19).
        event: u64,
        /// The resource, its changed attributes, or its ID; `Null` for none.
        representation: &'j Json<'a>,
    },
    /// Readings are missing: when they should have been taken.
    Missing(Vec<Timestamp>),
    /// The CSE asks whether notifications are wanted: `vrq`.
    Verification {
        /// Who made the subscription.
        creator: &'j str,
    },
    /// The subscription was deleted: `sud`.
    Deleted,
}

impl<'j, 'a> Notified<'j, 'a> {
    /// Reads the content of a NOTIFY.
    pub fn read(content: &'j Json<'a>) -> Self {
        if let Some(answer) = content.get("m2m:rsp") {
            let code = answer.get("rsc").and_then(Json::as_whole).and_then(|code| u32::try_from(code).ok());
            let content = answer.get("pc").unwrap_or(&Json::Null);
            return Self::Answer { request: text(answer, "rqi"), code: code.unwrap_or(0), content };
        }
        if let Some(batch) = content.get("m2m:agn") {
            return Self::Events(items(batch, "m2m:sgn").iter().map(Notification::read).collect());
        }
        match content.get("m2m:sgn") {
            Some(single) => Self::Events(vec![Notification::read(single)]),
            None => Self::Unknown,
        }
    }
}

impl<'j, 'a> Notification<'j, 'a> {
    fn read(json: &'j Json<'a>) -> Self {
        let is_set = |name: &str| matches!(json.get(name), Some(Json::Bool(true)));
        let event = json.get("nev");
        let representation = event.and_then(|event| event.get("rep")).unwrap_or(&Json::Null);
        let what = if is_set("vrq") {
            What::Verification { creator: text(json, "cr") }
        } else if is_set("sud") {
            What::Deleted
        } else if let Some(missing) = representation.get("m2m:tsn") {
            let times = items(missing, "mdlt").iter().filter_map(Json::as_text).filter_map(time::parse);
            What::Missing(times.collect())
        } else {
            let number = event.and_then(|event| event.get("net")).and_then(Json::as_whole);
            // Without a number it is an update (TS-0001, 9.6.8).
            What::Event { event: number.and_then(|net| u64::try_from(net).ok()).unwrap_or(1), representation }
        };
        Self { subscription: text(json, "sur"), what }
    }
}
