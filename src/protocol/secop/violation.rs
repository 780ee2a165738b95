//! The rules of SECoP that a peer can break without harm. Each breach is counted.

use crate::model::json::{Breach, Breaches, Json, JsonError};

/// A rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The JSON is not quite JSON: frappy 0.20.9 sends a bare `NaN` for the value of a broken sensor.
    Json(Breach),
    /// A value is `null`, or missing.
    NoValue,
    /// A value does not fit its datainfo.
    Mismatch,
    /// A fraction where the datainfo says `int` or `scaled`.
    Fraction,
    /// 0 or 1 where the datainfo says `bool`.
    NumberForBool,
    /// A number that is no member of its enum.
    UnknownMember,
    /// A qualifier of a report, e.g. `t`, is of the wrong type.
    Qualifier,
    /// A message about something that the description does not name.
    NotDescribed,
    /// An action that the specification does not know.
    UnknownAction,
    /// A reply that nothing waits for: nobody asked, or it came after the time-out.
    NotAwaited,
    /// A frame without a message.
    BlankFrame,
}

impl Rule {
    /// The rule in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Json(breach) => breach.rule(),
            Self::NoValue => "a report has a value",
            Self::Mismatch => "a value fits its datainfo",
            Self::Fraction => "an integer has no fraction",
            Self::NumberForBool => "a bool is true or false",
            Self::UnknownMember => "an enum's value is one of its members",
            Self::Qualifier => "qualifiers have the type that the specification gives them",
            Self::NotDescribed => "messages concern what the description names",
            Self::UnknownAction => "actions are those of the specification",
            Self::NotAwaited => "a reply answers a request, in time",
            Self::BlankFrame => "a frame holds a message",
        }
    }
}

/// The rules that one message broke, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    rules: Vec<Rule>,
}

impl Violations {
    /// Notes a breach.
    pub fn add(&mut self, rule: Rule) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// Reads a text of JSON. What is tolerated but wrong is noted.
    pub fn read<'a>(&mut self, text: &'a str) -> Result<Json<'a>, JsonError> {
        let mut breaches = Breaches::default();
        let json = Json::parse(text, &mut breaches);
        for breach in breaches.iter() {
            self.add(Rule::Json(breach));
        }
        json
    }

    /// The rules that were broken.
    pub fn iter(&self) -> impl Iterator<Item = Rule> {
        self.rules.iter().copied()
    }

    /// Nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}
