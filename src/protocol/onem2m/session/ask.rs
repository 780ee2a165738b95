//! What is asked of a CSE: one request primitive, before it is put into a frame or into an HTTP request.

use crate::model::json::write_text;
use crate::protocol::onem2m::primitive::{Operation, member, member_json};

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::protocol::onem2m) struct Ask {
    /// What is to be done.
    pub(in crate::protocol::onem2m) operation: Operation,
    /// With which resource.
    pub(in crate::protocol::onem2m) to: String,
    /// In whose name.
    pub(in crate::protocol::onem2m) who: Who,
    /// The type of what is made.
    pub(in crate::protocol::onem2m) ty: Option<u32>,
    /// What the answer shall have: `rcn` (TS-0004, 6.3.4.2.7).
    pub(in crate::protocol::onem2m) rcn: Option<u8>,
    /// Which resources are meant.
    pub(in crate::protocol::onem2m) filter: Filter,
    /// The content as JSON; empty for none.
    pub(in crate::protocol::onem2m) content: String,
}

/// In whose name something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol::onem2m) enum Who {
    /// This page's own AE.
    Own,
    /// The originator that a person chose for data; else the own AE.
    Data,
}

/// Which resources are meant: `fc` (TS-0004, 6.3.4.2.31 and 6.3.5.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::protocol::onem2m) struct Filter {
    /// Their addresses are wanted, not they themselves.
    pub(in crate::protocol::onem2m) discovery: bool,
    /// Of these types.
    pub(in crate::protocol::onem2m) types: Vec<u32>,
    /// With one of these labels.
    pub(in crate::protocol::onem2m) labels: Vec<String>,
    /// So many levels below the target.
    pub(in crate::protocol::onem2m) level: Option<u32>,
    /// Made at this time or later.
    pub(in crate::protocol::onem2m) created_after: Option<String>,
}

impl Ask {
    /// A request without anything special.
    pub(in crate::protocol::onem2m) fn new(operation: Operation, to: impl Into<String>) -> Self {
        Self {
            operation,
            to: to.into(),
            who: Who::Data,
            ty: None,
            rcn: None,
            filter: Filter::default(),
            content: String::new(),
        }
    }

    /// To read something.
    pub(in crate::protocol::onem2m) fn retrieve(to: impl Into<String>) -> Self {
        Self::new(Operation::Retrieve, to)
    }

    /// To make something.
    pub(in crate::protocol::onem2m) fn create(to: impl Into<String>, ty: u32, content: String) -> Self {
        Self { ty: Some(ty), content, ..Self::new(Operation::Create, to) }
    }

    /// To change something.
    pub(in crate::protocol::onem2m) fn update(to: impl Into<String>, content: String) -> Self {
        Self { content, ..Self::new(Operation::Update, to) }
    }

    /// To remove something.
    pub(in crate::protocol::onem2m) fn delete(to: impl Into<String>) -> Self {
        Self::new(Operation::Delete, to)
    }

    /// In the name of the own AE.
    #[must_use]
    pub(in crate::protocol::onem2m) fn own(self) -> Self {
        Self { who: Who::Own, ..self }
    }

    /// With what the answer shall have.
    #[must_use]
    pub(in crate::protocol::onem2m) fn rcn(self, rcn: u8) -> Self {
        Self { rcn: Some(rcn), ..self }
    }

    /// With a filter.
    #[must_use]
    pub(in crate::protocol::onem2m) fn filter(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// Asking twice does no more than asking once.
    pub(in crate::protocol::onem2m) fn is_idempotent(&self) -> bool {
        match self.operation {
            Operation::Retrieve | Operation::Update | Operation::Delete => true,
            Operation::Create | Operation::Notify => false,
        }
    }

    /// The frame: a flat request primitive.
    pub(in crate::protocol::onem2m) fn frame(&self, originator: &str, id: &str) -> String {
        let mut out = format!("{{\"op\":{}", self.operation as u8);
        member(&mut out, "to", &self.to);
        member(&mut out, "rqi", id);
        member(&mut out, "rvi", super::RELEASE);
        member(&mut out, "fr", originator);
        if let Some(ty) = self.ty {
            member_json(&mut out, "ty", &ty.to_string());
        }
        if let Some(rcn) = self.rcn {
            member_json(&mut out, "rcn", &rcn.to_string());
        }
        if self.filter != Filter::default() {
            member_json(&mut out, "fc", &self.filter.to_json());
        }
        if !self.content.is_empty() {
            member_json(&mut out, "pc", &self.content);
        }
        out.push('}');
        out
    }
}

impl Filter {
    /// As arguments of a URL: names and values.
    pub(in crate::protocol::onem2m) fn arguments(&self) -> Vec<(&'static str, Vec<String>)> {
        let mut arguments = Vec::new();
        if self.discovery {
            arguments.push(("fu", vec!["1".to_owned()]));
        }
        if !self.types.is_empty() {
            arguments.push(("ty", self.types.iter().map(u32::to_string).collect()));
        }
        if !self.labels.is_empty() {
            arguments.push(("lbl", self.labels.clone()));
        }
        arguments.extend(self.level.map(|level| ("lvl", vec![level.to_string()])));
        arguments.extend(self.created_after.iter().map(|after| ("cra", vec![after.clone()])));
        arguments
    }

    /// As JSON. Types and labels are lists even where there is one.
    fn to_json(&self) -> String {
        let mut out = "{".to_owned();
        for (name, values) in self.arguments() {
            let is_text = matches!(name, "lbl" | "cra");
            let mut values = values.iter().map(|value| if is_text { quoted(value) } else { value.clone() });
            let json = match name {
                "ty" | "lbl" => list(values),
                _ => values.next().unwrap_or_default(),
            };
            member_json(&mut out, name, &json);
        }
        out.push('}');
        out
    }
}

/// A text as JSON.
pub(in crate::protocol::onem2m) fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_text(text, &mut out);
    out
}

/// JSON values as a JSON list.
pub(in crate::protocol::onem2m) fn list(items: impl Iterator<Item = String>) -> String {
    let mut out = "[".to_owned();
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_flat_object() {
        let ask = Ask::create("cse-in/mon1", 3, r#"{"m2m:cnt":{"rn":"temp"}}"#.to_owned());
        assert_eq!(
            ask.frame("Cmon1", "r2"),
            r#"{"op":1,"to":"cse-in/mon1","rqi":"r2","rvi":"4","fr":"Cmon1","ty":3,"pc":{"m2m:cnt":{"rn":"temp"}}}"#
        );
        let filter = Filter {
            discovery: true,
            types: vec![3, 29],
            labels: vec!["unit:K".to_owned()],
            level: Some(1),
            created_after: Some("20261120T201707".to_owned()),
        };
        assert_eq!(
            Ask::retrieve("-").rcn(6).filter(filter).frame("C\"x", "r9"),
            concat!(
                r#"{"op":2,"to":"-","rqi":"r9","rvi":"4","fr":"C\"x","rcn":6,"fc":{"fu":1,"ty":[3,29],"#,
                r#""lbl":["unit:K"],"lvl":1,"cra":"20261120T201707"}}"#
            )
        );
    }
}
