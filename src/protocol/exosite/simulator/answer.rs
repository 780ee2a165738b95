//! How calls and frames are answered: statuses and errors of the RPC documentation, "Response JSON".

use super::json::{Value, object, text, whole};

/// The status of a call that was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Something in it names nothing, or means nothing.
    Invalid,
    /// The resource does not belong to the caller.
    Restricted,
    /// The caller does not own the client of a key or a code.
    NoAuth,
    /// A client is locked.
    Locked,
    /// There may be no more of it. The RPC documentation has no word for that; the scripting API says this.
    Limit,
    /// Nothing came in time.
    Expire,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Restricted => "restricted",
            Self::NoAuth => "noauth",
            Self::Locked => "locked",
            Self::Limit => "limit",
            Self::Expire => "expire",
        }
    }
}

/// Why a call is not carried out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Refusal {
    Status(Status),
    /// Status `error`, with words as the result ("listing", "wait").
    Words(&'static str),
    /// Each entry that could not be recorded ("recordbatch").
    Entries(Value),
    /// The arguments do not fit the procedure.
    Arguments,
    /// There is no such procedure, or none is named.
    Procedure,
    /// The answer would be too long.
    Internal,
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// How a call went.
pub(super) enum Answer {
    /// Without a return value.
    Done,
    Result(Value),
    /// It is answered when its time has come, or never.
    Later,
}

/// How a call went, or why not.
pub(super) type Outcome = Result<Answer, Refusal>;

/// An error that concerns a whole frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameError {
    code: i64,
    message: &'static str,
    context: Option<&'static str>,
}

/// The frame is not JSON.
pub(super) const NOT_JSON: FrameError = FrameError { code: -1, message: "Invalid JSON", context: None };
/// The frame is no request.
pub(super) const MALFORMED: FrameError = FrameError { code: 400, message: "Invalid", context: None };
/// What stands for the calls is no list of calls.
pub(super) const BAD_CALLS: FrameError = FrameError { code: 400, message: "Invalid", context: Some("calls") };
/// The key is no good, or none was given yet.
pub(super) const BAD_AUTH: FrameError = FrameError { code: 401, message: "Invalid", context: Some("auth") };

impl FrameError {
    pub(super) fn to_value(self) -> Value {
        object(vec![("error", error(self.code, self.message, self.context))])
    }
}

/// What is answered to a call. As some peers do it, a failure has no status.
pub(super) fn response(id: Value, outcome: Result<Option<Value>, Refusal>, bare: bool) -> Value {
    let mut members = vec![("id", id)];
    match outcome {
        Ok(result) => {
            members.push(("status", text("ok")));
            members.extend(result.map(|result| ("result", result)));
        }
        Err(Refusal::Status(status)) => members.push(("status", text(status.word()))),
        Err(Refusal::Words(words)) => {
            members.extend([("status", text("error")), ("result", text(words))]);
        }
        Err(Refusal::Entries(entries)) => members.push(("status", entries)),
        Err(failure @ (Refusal::Arguments | Refusal::Procedure | Refusal::Internal)) => {
            if !bare {
                members.push(("status", text("fail")));
            }
            members.push(("error", failure_error(&failure, bare)));
        }
    }
    object(members)
}

fn failure_error(failure: &Refusal, bare: bool) -> Value {
    match failure {
        Refusal::Internal => error(500, "Internal error", None),
        Refusal::Procedure => error(501, "Error", Some("procedure").filter(|_| !bare)),
        Refusal::Arguments if bare => error(501, "Can not apply Arguments to Procedure", None),
        Refusal::Arguments | Refusal::Status(_) | Refusal::Words(_) | Refusal::Entries(_) => {
            error(501, "Error", Some("arguments"))
        }
    }
}

fn error(code: i64, message: &str, context: Option<&str>) -> Value {
    let mut members = vec![("code", whole(code)), ("message", text(message))];
    members.extend(context.map(|context| ("context", text(context))));
    object(members)
}
