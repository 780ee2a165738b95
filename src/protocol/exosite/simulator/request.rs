//! From a frame of the client to what it asks ("Making a Request" of the RPC documentation, and its WebSocket form).

use super::answer::{BAD_CALLS, FrameError, MALFORMED, Refusal};
use super::json::{Value, finite, owned};
use crate::model::json::Json;

/// The most calls of a frame.
const CALLS_MOST: usize = 2000;
/// The longest text that is taken as the id of a call, in characters.
const ID_MOST: usize = 40;

/// A frame that was understood.
pub(super) struct Request<'a> {
    /// What stands for `auth`, where it is there.
    pub(super) auth: Option<&'a Json<'a>>,
    pub(super) calls: Vec<Call<'a>>,
}

/// A call of a procedure.
pub(super) struct Call<'a> {
    /// A number or a text; where there is none, nobody wants to know how it went.
    pub(super) id: Option<Value>,
    pub(super) procedure: Option<&'a str>,
    pub(super) arguments: Option<Arguments<'a>>,
}

/// The arguments of a call, in their order.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub(super) &'a [Json<'a>]);

impl<'a> Request<'a> {
    /// Reads a frame. A list of calls that end subscriptions, as the documentation shows it ("Unsubscribe"), is one
    /// where `bare` says so.
    pub(super) fn read(frame: &'a Json<'a>, bare: bool) -> Result<Self, FrameError> {
        if let Json::Array(entries) = frame {
            let calls = read_calls(entries)?;
            let only_ends = calls.iter().all(|call| call.procedure == Some("unsubscribe"));
            return if bare && only_ends { Ok(Self { auth: None, calls }) } else { Err(MALFORMED) };
        }
        let (auth, calls) = (frame.get("auth"), frame.get("calls"));
        let calls = match calls {
            Some(Json::Array(entries)) => read_calls(entries)?,
            Some(_) => return Err(BAD_CALLS),
            None if auth.is_some() => Vec::new(),
            None => return Err(MALFORMED),
        };
        Ok(Self { auth, calls })
    }
}

fn read_calls<'a>(entries: &'a [Json<'a>]) -> Result<Vec<Call<'a>>, FrameError> {
    if entries.len() > CALLS_MOST {
        return Err(BAD_CALLS);
    }
    entries.iter().map(Call::read).collect()
}

impl<'a> Call<'a> {
    fn read(entry: &'a Json<'a>) -> Result<Self, FrameError> {
        let Json::Object(_) = entry else { return Err(BAD_CALLS) };
        let arguments = match entry.get("arguments") {
            Some(Json::Array(arguments)) => Some(Arguments(arguments)),
            Some(_) | None => None,
        };
        Ok(Self {
            id: entry.get("id").map(|id| read_id(id).ok_or(BAD_CALLS)).transpose()?,
            procedure: entry.get("procedure").and_then(Json::as_text),
            arguments,
        })
    }
}

/// An id of a call or a subscription.
pub(super) fn read_id(id: &Json<'_>) -> Option<Value> {
    let fits = match id {
        Json::Integer(_) | Json::Number(_) => true,
        Json::Text(words) => words.chars().count() <= ID_MOST,
        Json::Null | Json::Bool(_) | Json::Huge(_) | Json::Array(_) | Json::Object(_) => false,
    };
    fits.then(|| owned(id))
}

impl<'a> Arguments<'a> {
    /// The argument at a place.
    pub(super) fn at(self, place: usize) -> Result<&'a Json<'a>, Refusal> {
        self.0.get(place).ok_or(Refusal::Arguments)
    }

    pub(super) fn text(self, place: usize) -> Result<&'a str, Refusal> {
        self.at(place)?.as_text().ok_or(Refusal::Arguments)
    }

    pub(super) fn number(self, place: usize) -> Result<f64, Refusal> {
        finite(self.at(place)?).ok_or(Refusal::Arguments)
    }

    /// The argument at a place, which has to be an object.
    pub(super) fn object(self, place: usize) -> Result<&'a Json<'a>, Refusal> {
        let given = self.at(place)?;
        if matches!(given, Json::Object(_)) { Ok(given) } else { Err(Refusal::Arguments) }
    }

    /// The same where it may be left out.
    pub(super) fn options(self, place: usize) -> Result<&'a Json<'a>, Refusal> {
        if self.0.len() <= place { Ok(&NOTHING) } else { self.object(place) }
    }

    /// The first argument that names a client, where one does, and the others: old forms leave it out.
    pub(super) fn with_client(self, old_len: usize) -> (Option<&'a Json<'a>>, Self) {
        match self.0.split_first() {
            Some((client, others)) if self.0.len() > old_len => (Some(client), Self(others)),
            Some(_) | None => (None, self),
        }
    }
}

static NOTHING: Json<'static> = Json::Object(Vec::new());
