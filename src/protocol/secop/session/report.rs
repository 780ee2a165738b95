//! Reports: what updates and replies carry (SECoP 2.0, "Reports").
//!
//! A data report is `[value, {"t": ..., "e": ...}]`, an error report `[class, text, {...}]`. Further elements and
//! qualifiers are to be ignored.

use crate::model::json::{Json, JsonError};
use crate::model::time::Timestamp;
use crate::protocol::secop::violation::{Rule, Violations};

/// A value and its qualifiers.
#[derive(Clone, Debug, PartialEq)]
pub struct DataReport<'a> {
    /// The value, to be read by its datainfo.
    pub value: Json<'a>,
    /// Qualifier `t`: when it was taken.
    pub taken: Option<Timestamp>,
    /// Qualifier `e`: its uncertainty, in its own unit.
    pub uncertainty: Option<f64>,
}

/// Why a text is no data report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(JsonError),
    /// It is JSON, but not an array with a value in it.
    #[error("a report is an array that begins with a value")]
    Shape,
}

impl<'a> DataReport<'a> {
    /// Reads a data report. Missing data count as null.
    pub fn parse(data: Option<&'a str>, violations: &mut Violations) -> Result<Self, ReportError> {
        let Some(data) = data else {
            return Ok(Self { value: Json::Null, taken: None, uncertainty: None });
        };
        let json = violations.read(data).map_err(ReportError::Json)?;
        let Json::Array(elements) = json else { return Err(ReportError::Shape) };
        let mut elements = elements.into_iter();
        let value = elements.next().ok_or(ReportError::Shape)?;
        let qualifiers = elements.next();
        let mut number = |name: &str| {
            let qualifier = qualifiers.as_ref()?.get(name).filter(|qualifier| **qualifier != Json::Null)?;
            let number = qualifier.as_f64().filter(|number| number.is_finite());
            if number.is_none() {
                violations.add(Rule::Qualifier);
            }
            number
        };
        let (taken, uncertainty) = (number("t"), number("e"));
        Ok(Self { value, taken: taken.and_then(Timestamp::from_unix_seconds), uncertainty })
    }
}

/// A node's own word of what went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorReport {
    /// Its error class, with a sub-class if there is one, e.g. `WrongType:MustBeInt`.
    pub class: String,
    /// Its words.
    pub text: String,
    /// When it happened.
    pub taken: Option<Timestamp>,
}

impl ErrorReport {
    /// The longest class and text that are kept, in characters.
    const LONGEST: usize = 10_000;

    /// Reads an error report. What is no report is kept as the text: nothing that a node says of an error is lost.
    pub fn parse(data: Option<&str>) -> Self {
        let data = data.unwrap_or_default();
        let part = |json: Option<&Json<'_>>| match json {
            Some(Json::Text(text)) => text.chars().take(Self::LONGEST).collect(),
            Some(Json::Null) | None => String::new(),
            Some(other) => other.to_text().chars().take(Self::LONGEST).collect(),
        };
        match Violations::default().read(data) {
            Ok(Json::Array(elements)) => {
                let seconds =
                    elements.get(2).and_then(|qualifiers| qualifiers.get("t")).and_then(Json::as_f64);
                Self {
                    class: part(elements.first()),
                    text: part(elements.get(1)),
                    taken: seconds.and_then(Timestamp::from_unix_seconds),
                }
            }
            Ok(other) => Self { text: part(Some(&other)), ..Self::default() },
            Err(_) => Self { text: data.chars().take(Self::LONGEST).collect(), ..Self::default() },
        }
    }

    /// Class and text in one line.
    pub fn line(&self) -> String {
        match (self.class.as_str(), self.text.as_str()) {
            ("", "") => "no reason given".to_owned(),
            ("", text) => text.to_owned(),
            (class, "") => class.to_owned(),
            (class, text) => format!("{class}: {text}"),
        }
    }
}
