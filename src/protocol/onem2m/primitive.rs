//! The envelope of what a CSE and an AE say to each other: request and response primitives (TS-0004, 6.4), as flat
//! JSON objects (TS-0020, Annex A): `op` makes a request, `rsc` a response.
//!
//! It is lenient: members that it does not know are ignored, and of those that it knows only what is needed to find out
//! what is meant must be there.

use std::borrow::Cow;

use super::time;
use crate::model::json::{Breaches, Json, JsonError, write_text};
use crate::model::time::Timestamp;

/// What a frame holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Primitive<'a> {
    /// Somebody asks for something; for an AE that is a notification.
    Request(Request<'a>),
    /// An answer.
    Response(Response<'a>),
    /// An object that is neither: tinyIoT answers with nothing but the content.
    Bare(Json<'a>),
}

/// A request that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Request<'a> {
    /// The operation's number; see [`Operation`].
    pub operation: i128,
    /// Names it in the answer; empty where it is missing.
    pub id: Cow<'a, str>,
    /// For whom it is.
    pub to: Cow<'a, str>,
    /// Who asks.
    pub from: Cow<'a, str>,
    /// The release that it is written for; empty where it is missing.
    pub release: Cow<'a, str>,
    /// What it is about; `Null` for nothing.
    pub content: Json<'a>,
}

/// An answer that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Response<'a> {
    /// How it went: see [`super::resource::code_name`].
    pub code: u32,
    /// The request that it answers; `None` where it does not say.
    pub id: Option<Cow<'a, str>>,
    /// What came back; `Null` for nothing.
    pub content: Json<'a>,
    /// When it was made, by the CSE's clock.
    pub made: Option<Timestamp>,
}

/// Why a frame is no primitive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrimitiveError {
    /// It is no JSON.
    #[error("it is not JSON: {0}")]
    Json(#[from] JsonError),
    /// It is JSON, but no object.
    #[error("a primitive is a JSON object")]
    NoObject,
    /// A member that tells what it is has the wrong type.
    #[error("its member \"{0}\" is not a whole number")]
    Number(&'static str),
}

/// What can be asked (TS-0004, 6.3.4.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Make a resource.
    Create = 1,
    /// Read one.
    Retrieve = 2,
    /// Change one.
    Update = 3,
    /// Remove one.
    Delete = 4,
    /// Tell something.
    Notify = 5,
}

impl Operation {
    /// The response code that says that it went well.
    pub fn success(self) -> u32 {
        match self {
            Self::Create => 2_001,
            Self::Retrieve | Self::Notify => 2_000,
            Self::Update => 2_004,
            Self::Delete => 2_002,
        }
    }
}

impl<'a> Primitive<'a> {
    /// Reads a frame. What is tolerated but wrong in its JSON is added to `breaches`.
    pub fn parse(frame: &'a str, breaches: &mut Breaches) -> Result<Self, PrimitiveError> {
        let json = Json::parse(frame, breaches)?;
        let Json::Object(members) = json else { return Err(PrimitiveError::NoObject) };
        let mut members = unwrapped(members);
        if let Some(code) = take(&mut members, "rsc") {
            let code = code.as_whole().and_then(|code| u32::try_from(code).ok());
            return Ok(Self::Response(Response {
                code: code.ok_or(PrimitiveError::Number("rsc"))?,
                id: take(&mut members, "rqi").and_then(text_of),
                made: take(&mut members, "ot").and_then(text_of).and_then(|text| time::parse(&text)),
                content: take(&mut members, "pc").unwrap_or(Json::Null),
            }));
        }
        let Some(operation) = take(&mut members, "op") else { return Ok(Self::Bare(Json::Object(members))) };
        let mut text = |name: &str| take(&mut members, name).and_then(text_of).unwrap_or_default();
        Ok(Self::Request(Request {
            operation: operation.as_whole().ok_or(PrimitiveError::Number("op"))?,
            id: text("rqi"),
            to: text("to"),
            from: text("fr"),
            release: text("rvi"),
            content: take(&mut members, "pc").unwrap_or(Json::Null),
        }))
    }
}

impl Response<'_> {
    /// One that says no more than how it went.
    pub fn of(code: u32) -> Self {
        Self { code, id: None, content: Json::Null, made: None }
    }

    /// It went well (TS-0004, 6.6.3: 2xxx), or it is going on (1xxx).
    pub fn is_good(&self) -> bool {
        self.code < 3_000
    }

    /// The CSE's own words about what went wrong; empty where it has none.
    pub fn debug(&self) -> &str {
        self.content.get("m2m:dbg").and_then(Json::as_text).unwrap_or_default()
    }
}

impl Request<'_> {
    /// The answer to it. `own` is who gives it; a release that was left out is answered as the first one that had any.
    pub fn answer(&self, code: u32, own: &str) -> String {
        let release = if self.release.is_empty() { "2a" } else { &self.release };
        let mut frame = format!("{{\"rsc\":{code}");
        member(&mut frame, "rqi", &self.id);
        member(&mut frame, "rvi", release);
        if !self.from.is_empty() {
            member(&mut frame, "to", &self.from);
        }
        member(&mut frame, "fr", own);
        frame.push('}');
        frame
    }
}

/// Appends a member with a text to an object that is being written.
pub(super) fn member(out: &mut String, name: &str, text: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    write_text(name, out);
    out.push(':');
    write_text(text, out);
}

/// Appends a member with JSON.
pub(super) fn member_json(out: &mut String, name: &str, json: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    write_text(name, out);
    out.push(':');
    out.push_str(json);
}

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// Older CSEs wrap a primitive: `{"m2m:rsp": {…}}` (TS-0004, release 1).
fn unwrapped(mut members: Members<'_>) -> Members<'_> {
    if let [(name, Json::Object(inner))] = members.as_mut_slice()
        && (name == "m2m:rqp" || name == "m2m:rsp")
    {
        return std::mem::take(inner);
    }
    members
}

/// Of members of one name the last one counts.
fn take<'a>(members: &mut Members<'a>, name: &str) -> Option<Json<'a>> {
    let place = members.iter().rposition(|(other, _)| other == name)?;
    Some(members.swap_remove(place).1)
}

/// Some CSEs write identifiers that are numbers as numbers.
fn text_of(json: Json<'_>) -> Option<Cow<'_, str>> {
    match json {
        Json::Text(text) => Some(text),
        Json::Integer(_) | Json::Huge(_) => Some(json.to_text().into()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
