//! Request primitives: their members, read strictly.

use serde_json::{Map, Value};

use super::filter::Filter;
use super::kind::Kind;
use super::refusal::{NOT_IMPLEMENTED, RELEASE_NOT_SUPPORTED, REQUEST_TIMEOUT, Refusal};
use super::stamps;
use super::tree::CSE_ID;
use crate::model::number;
use crate::model::time::Timestamp;

/// The releases that this CSE speaks.
pub(super) const RELEASES: [&str; 4] = ["2a", "3", "4", "5"];

/// A request.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) to: String,
    /// The originator; empty where an AE has none yet.
    pub(super) fr: String,
    /// Of what is to be created.
    pub(super) kind: Option<Kind>,
    pub(super) pc: Map<String, Value>,
    pub(super) rcn: Option<ResultContent>,
    pub(super) filter: Filter,
    /// Addresses in the answer are structured ones.
    pub(super) structured: bool,
    pub(super) reply: Reply,
    /// It is one of the requests that a group's fan-out is made of: its answer cannot come later.
    pub(super) fanned_out: bool,
}

/// Where and how a request is answered.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) rqi: Option<String>,
    pub(super) rvi: Option<String>,
    pub(super) to: String,
    pub(super) operation: Operation,
    /// The target of the request.
    pub(super) target: String,
    pub(super) mode: Mode,
}

/// The response type, `rt`.
#[derive(Clone)]
pub(super) enum Mode {
    Blocking,
    /// The CSE may choose.
    Flex,
    /// At once an acknowledgement; the result is a `<request>` resource.
    NonBlockingSync,
    /// At once an acknowledgement; the result is sent to these AE-IDs, or to the originator.
    NonBlockingAsync(Vec<String>),
    /// No answer.
    Silent,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Retrieve,
    Update,
    Delete,
    Notify,
}

/// What an answer holds, `rcn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultContent {
    Nothing,
    Attributes,
    AttributesAndChildren,
    AttributesAndReferences,
    References,
    Children,
    Modified,
    Addresses,
}

impl Operation {
    const ALL: [Self; 5] = [Self::Create, Self::Retrieve, Self::Update, Self::Delete, Self::Notify];

    /// Its number, `op`.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Create => 1,
            Self::Retrieve => 2,
            Self::Update => 3,
            Self::Delete => 4,
            Self::Notify => 5,
        }
    }

    /// Its name in TS-0001.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Retrieve => "RETRIEVE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Notify => "NOTIFY",
        }
    }

    /// What may be asked for in its answer.
    fn allows(self, content: ResultContent) -> bool {
        use ResultContent as Rcn;
        match content {
            Rcn::Nothing => self != Self::Retrieve,
            Rcn::Attributes => true,
            Rcn::AttributesAndChildren
            | Rcn::AttributesAndReferences
            | Rcn::References
            | Rcn::Children
            | Rcn::Addresses => self == Self::Retrieve,
            Rcn::Modified => self == Self::Update,
        }
    }
}

impl ResultContent {
    fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            0 => Self::Nothing,
            1 => Self::Attributes,
            4 => Self::AttributesAndChildren,
            5 => Self::AttributesAndReferences,
            6 => Self::References,
            8 => Self::Children,
            9 => Self::Modified,
            11 => Self::Addresses,
            _ => return None,
        })
    }
}

impl Reply {
    /// Where a primitive is answered that may be no request at all.
    pub(super) fn to_anything(primitive: &Map<String, Value>) -> Self {
        let text = |name: &str| primitive.get(name).and_then(Value::as_str).map(str::to_owned);
        let operation = primitive.get("op").and_then(Value::as_u64);
        let known = |number| Operation::ALL.into_iter().find(|known| known.number() == number);
        Self {
            rqi: text("rqi"),
            rvi: text("rvi"),
            to: text("fr").unwrap_or_else(|| CSE_ID.to_owned()),
            operation: operation.and_then(known).unwrap_or(Operation::Retrieve),
            target: text("to").unwrap_or_default(),
            mode: Mode::Blocking,
        }
    }
}

impl Request {
    /// Reads a request that came at a time.
    pub(super) fn parse(primitive: &Map<String, Value>, now: Timestamp) -> Result<Self, Refusal> {
        let mut reply = Reply::to_anything(primitive);
        if !primitive.contains_key("to") {
            return Err(Refusal::bad(format_args!("to/target parameter is mandatory in request")));
        }
        for name in ["to", "fr", "rqi", "rvi"] {
            if let Some(value) = primitive.get(name).filter(|value| !value.is_string()) {
                return Err(Refusal::wrong_type(name, value, "string"));
            }
        }
        if reply.rqi.is_none() {
            return Err(Refusal::bad(format_args!("request identifier parameter is mandatory in request")));
        }
        match reply.rvi.as_deref() {
            None => {
                let text = format_args!(
                    "release Version Indicator is missing in request, falling back to RVI='1'. \
                     But Release Version '1' is not supported."
                );
                return Err(Refusal::new(RELEASE_NOT_SUPPORTED, text));
            }
            Some(rvi) if !RELEASES.contains(&rvi) => {
                let text = format_args!("release version unsupported: {rvi}");
                return Err(Refusal::new(RELEASE_NOT_SUPPORTED, text));
            }
            Some(_) => {}
        }
        let operation = operation(primitive.get("op"))?;
        let kind = primitive.get("ty").map(kind).transpose()?;
        let fr = primitive.get("fr").and_then(Value::as_str).unwrap_or_default();
        let registers = operation == Operation::Create && kind == Some(Kind::Ae);
        if fr.is_empty() && !registers {
            return Err(Refusal::bad(format_args!("from/originator parameter is mandatory")));
        }
        punctual(primitive.get("rqet"), now)?;
        reply.mode = mode(primitive.get("rt"))?;
        let pc = match primitive.get("pc") {
            None => Map::new(),
            Some(Value::Object(pc)) => pc.clone(),
            Some(_) => return Err(Refusal::bad(format_args!("attribute: pc : expected type: object"))),
        };
        let structured = match primitive.get("drt").map(Value::as_u64) {
            None | Some(Some(1)) => true,
            Some(Some(2)) => false,
            Some(_) => return Err(Refusal::bad(format_args!("attribute: drt : undefined enum value"))),
        };
        Ok(Self {
            to: reply.target.clone(),
            fr: fr.to_owned(),
            kind,
            pc,
            rcn: primitive.get("rcn").map(|rcn| result_content(rcn, operation)).transpose()?,
            filter: primitive.get("fc").map(Filter::parse).transpose()?.unwrap_or_default(),
            structured,
            reply,
            fanned_out: false,
        })
    }
}

fn undefined(name: &str, value: &Value) -> Refusal {
    Refusal::bad(format_args!("attribute: {name}, value: {value} : undefined enum value"))
}

fn operation(value: Option<&Value>) -> Result<Operation, Refusal> {
    let missing = || Refusal::bad(format_args!("operation parameter is mandatory in request"));
    let value = value.ok_or_else(missing)?;
    let known = Operation::ALL.into_iter().find(|known| value.as_u64() == Some(known.number()));
    known.ok_or_else(|| undefined("op", value))
}

fn kind(value: &Value) -> Result<Kind, Refusal> {
    let number = value.as_u64().ok_or_else(|| undefined("ty", value))?;
    match Kind::from_number(number) {
        Some(kind) => Ok(kind),
        None if Kind::exists_elsewhere(number) => {
            Err(Refusal::new(NOT_IMPLEMENTED, format_args!("resource type {number} is not supported")))
        }
        None => Err(undefined("ty", value)),
    }
}

fn result_content(value: &Value, operation: Operation) -> Result<ResultContent, Refusal> {
    let refused = || {
        let name = operation.name();
        Refusal::bad(format_args!("rcn: {value} is not allowed in a {name} request"))
    };
    let content = value.as_u64().and_then(ResultContent::from_number).ok_or_else(refused)?;
    if operation.allows(content) { Ok(content) } else { Err(refused()) }
}

fn mode(value: Option<&Value>) -> Result<Mode, Refusal> {
    let Some(value) = value else { return Ok(Mode::Blocking) };
    if !value.is_object() {
        return Err(Refusal::wrong_type("rt", value, "object"));
    }
    Ok(match value["rtv"].as_u64() {
        Some(1) => Mode::NonBlockingSync,
        Some(2) => {
            let nu = value["nu"].as_array().into_iter().flatten();
            Mode::NonBlockingAsync(nu.filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Some(3) => Mode::Blocking,
        Some(4) => Mode::Flex,
        Some(5) => Mode::Silent,
        _ => return Err(undefined("rtv", &value["rtv"])),
    })
}

/// Refuses a request that has expired: `rqet` is a time, or a number of milliseconds from now.
fn punctual(rqet: Option<&Value>, now: Timestamp) -> Result<(), Refusal> {
    let Some(rqet) = rqet else { return Ok(()) };
    let wrong = || Refusal::wrong_type("rqet", rqet, "absRelTimestamp");
    let expired = match rqet {
        Value::Number(millis) => millis.as_f64().is_none_or(|millis| millis <= 0.0),
        Value::String(text) => match stamps::read(text) {
            Some(time) => time < now,
            None => number::parse(text).ok_or_else(wrong)? <= 0.0,
        },
        _ => return Err(wrong()),
    };
    if expired {
        return Err(Refusal::new(REQUEST_TIMEOUT, format_args!("request timeout reached: rqet {rqet}")));
    }
    Ok(())
}
