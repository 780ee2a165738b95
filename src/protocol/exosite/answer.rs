//! What the peer sends: the answer to the key, an error about a whole frame, answers to calls and what subscriptions
//! tell (rpc/README.md, "Response JSON"; websocket/README.md).
//!
//! Answers come in any order, in any number of frames, as a list or, from older servers, alone. What a call returned is
//! left as JSON; [`super::result`] reads it.

use std::borrow::Cow;

use super::status::Status;
use super::write::quoted;
use crate::model::json::{Breaches, Json, JsonError};

/// More answers in one frame are left out.
const ANSWERS_MOST: usize = 5_000;
/// The longest name that a call may have.
const ID_CHARS: usize = 40;

/// A frame of the peer.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming<'a> {
    /// A status that belongs to no call: the answer to `auth`.
    Status(Status),
    /// An error about a whole frame.
    Error(WireError),
    /// Answers to calls, or what subscriptions tell.
    Answers {
        /// Those that could be read.
        answers: Vec<Answer<'a>>,
        /// So many others are no answers.
        strange: usize,
        /// So many more were left out.
        left_out: usize,
    },
}

/// An answer to a call, or what a subscription tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'a> {
    /// The call's or the subscription's name; `None` where it is missing or no name.
    pub id: Option<CallId<'a>>,
    /// How it went.
    pub status: Status,
    /// What it returned. Keys are left out of it.
    pub result: Option<Json<'a>>,
    /// Why it failed.
    pub error: Option<WireError>,
}

/// The name of a call: a number, or a text of up to 40 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallId<'a> {
    /// A number.
    Number(i128),
    /// A text.
    Text(Cow<'a, str>),
}

/// An error, as the peer words it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireError {
    /// 401: who are you? 400: not a call. 500: the peer's own. 501: not these arguments. -1: not JSON.
    pub code: Option<i128>,
    /// Its words; may be empty.
    pub message: String,
    /// What it is about: `arguments`, `auth`, `calls`, `procedure`; may be empty.
    pub context: String,
    /// It is none of the peer's: nothing came in time.
    pub is_silence: bool,
}

/// Why a frame is nothing that the peer may send.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It is no JSON.
    #[error("it is not JSON: {0}")]
    Json(#[from] JsonError),
    /// It is JSON, but neither an object nor a list.
    #[error("it is neither an object nor a list")]
    Shape,
    /// It is an object that says nothing.
    #[error("it has no status, no error and no result")]
    Empty,
}

impl<'a> Incoming<'a> {
    /// Reads a frame. What is tolerated but wrong in its JSON is added to `breaches`.
    pub fn parse(frame: &'a str, breaches: &mut Breaches) -> Result<Self, AnswerError> {
        match Json::parse(frame, breaches)? {
            Json::Object(members) => Self::of_object(Json::Object(members)),
            Json::Array(items) => {
                let left_out = items.len().saturating_sub(ANSWERS_MOST);
                let considered = items.len() - left_out;
                let answers: Vec<Answer<'_>> =
                    items.into_iter().take(ANSWERS_MOST).filter_map(Answer::read).collect();
                let strange = considered - answers.len();
                Ok(Self::Answers { answers, strange, left_out })
            }
            Json::Null
            | Json::Bool(_)
            | Json::Integer(_)
            | Json::Number(_)
            | Json::Huge(_)
            | Json::Text(_) => Err(AnswerError::Shape),
        }
    }

    fn of_object(object: Json<'a>) -> Result<Self, AnswerError> {
        if object.get("id").is_none() {
            if let Some(error) = object.get("error") {
                return Ok(Self::Error(WireError::read(error)));
            }
            if let (Some(status), None) = (object.get("status"), object.get("result")) {
                return Ok(Self::Status(Status::read(Some(status))));
            }
        }
        // Older servers send one answer without a list.
        let answer = Answer::read(object).ok_or(AnswerError::Empty)?;
        Ok(Self::Answers { answers: vec![answer], strange: 0, left_out: 0 })
    }
}

impl<'a> Answer<'a> {
    /// Reads an answer. `None` for what says neither how it went nor what came back.
    fn read(json: Json<'a>) -> Option<Self> {
        let Json::Object(mut members) = json else { return None };
        // Of members with one name the last one counts.
        let mut take = |name: &str| {
            let place = members.iter().rposition(|(key, _)| key == name)?;
            Some(members.swap_remove(place).1)
        };
        let id = take("id");
        let (status, result, error) = (take("status"), take("result"), take("error"));
        if status.is_none() && result.is_none() && error.is_none() {
            return None;
        }
        let error = error.as_ref().map(WireError::read);
        let mut status = Status::read(status.as_ref());
        // Seen by the author of a client: an error without a status.
        if status == Status::Missing && error.is_some() {
            status = Status::Fail;
        }
        Some(Self { id: id.and_then(CallId::read), status, result: result.map(without_key), error })
    }

    /// An answer that says no more than why there is none.
    pub fn failed(error: WireError) -> Self {
        Self { id: None, status: Status::Fail, result: None, error: Some(error) }
    }

    /// It went well.
    pub fn is_ok(&self) -> bool {
        self.error.is_none() && self.status.is_ok()
    }

    /// What it returned, if it went well.
    pub fn good(&self) -> Option<&Json<'a>> {
        self.result.as_ref().filter(|_| self.is_ok())
    }

    /// Why it did not go well, for a person: what is known of its status, and the peer's own words.
    pub fn words(&self) -> String {
        let mut words = self.status.explained().to_owned();
        let mut add = |more: &str| {
            if !more.is_empty() {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(more);
            }
        };
        if let Status::Each(entries) = &self.status {
            for (at, word) in entries.iter().filter(|(_, word)| word != "ok").take(20) {
                let at = at.map_or_else(String::new, |at| at.to_string() + ": ");
                add(&[&at, word, "."].concat());
            }
        }
        // A listing of types that there are not: the result is the error.
        if let Some(Json::Text(text)) = &self.result {
            add(text);
        }
        if let Some(error) = &self.error {
            add(&error.words());
        }
        words
    }
}

impl<'a> CallId<'a> {
    /// Reads one.
    pub fn read(json: Json<'a>) -> Option<Self> {
        match json {
            Json::Text(text) if text.chars().take(ID_CHARS + 1).count() <= ID_CHARS => Some(Self::Text(text)),
            other @ (Json::Integer(_) | Json::Number(_)) => other.as_whole().map(Self::Number),
            Json::Null | Json::Bool(_) | Json::Huge(_) | Json::Text(_) | Json::Array(_) | Json::Object(_) => {
                None
            }
        }
    }

    /// The number that it is, or that its text stands for.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => u64::try_from(*number).ok(),
            Self::Text(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            Self::Text(_) => None,
        }
    }

    /// As a frame has it.
    pub fn to_json(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => quoted(text),
        }
    }

    /// One that does not look at the frame any more.
    pub fn into_owned(self) -> CallId<'static> {
        match self {
            Self::Number(number) => CallId::Number(number),
            Self::Text(text) => CallId::Text(Cow::Owned(text.into_owned())),
        }
    }
}

impl WireError {
    /// What stands for an answer that did not come.
    pub fn silence() -> Self {
        Self { message: "no answer came in time".to_owned(), is_silence: true, ..Self::default() }
    }

    /// It says nothing about the call: silence, and what the peer itself suffers from.
    pub fn may_pass(&self) -> bool {
        self.is_silence || self.code == Some(500)
    }

    /// Reads the member `error`. Anything is taken for one: that it is there says enough.
    fn read(json: &Json<'_>) -> Self {
        if let Json::Text(words) = json {
            return Self { message: words.to_string(), ..Self::default() };
        }
        let text = |name: &str| json.get(name).and_then(Json::as_text).unwrap_or_default().to_owned();
        let code = match json.get("code") {
            Some(Json::Text(digits)) => digits.trim().parse().ok(),
            other => other.and_then(Json::as_whole),
        };
        Self { code, message: text("message"), context: text("context"), is_silence: false }
    }

    /// The caller is not known, or not any more.
    pub fn is_about_the_key(&self) -> bool {
        self.code == Some(401) || (self.code.is_none() && self.context == "auth")
    }

    /// In one line for a person: its meaning where it is known, and the peer's own words.
    pub fn words(&self) -> String {
        let meaning = match self.code {
            Some(-1) => "It could not read the frame as JSON",
            Some(400) => "It could not read the frame as calls",
            Some(401) => "It does not accept the key",
            Some(500) => "It failed inside; the calls may or may not have been carried out",
            Some(501) => "The procedure does not take these arguments",
            Some(_) | None => "",
        };
        let code = self.code.map_or_else(String::new, |code| ["code ", &code.to_string()].concat());
        let about = if self.context.is_empty() { String::new() } else { ["about ", &self.context].concat() };
        let parts = [meaning, &self.message, &code, &about];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(", ") + "."
    }
}

/// A result without the key of a client, which nobody asked for and nobody may see.
fn without_key(result: Json<'_>) -> Json<'_> {
    match result {
        Json::Object(mut members) => {
            members.retain(|(name, _)| name != "key");
            Json::Object(members)
        }
        other @ (Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Text(_)
        | Json::Array(_)) => other,
    }
}
