//! What is left of a session where nothing can be said: the definition cannot be read, or lacks a secret.

use super::notices;
use crate::model::event::{Event, Notice, Outcome, Request};
use crate::model::link::Cause;
use crate::model::time::{Instant, Now};
use crate::protocol::definitions::{Parameter, Problem};
use crate::protocol::{Input, Outbox, Output, Session};

/// Says what is wrong, and nothing else.
#[derive(Debug)]
pub struct UnusableDefinition {
    notice: Notice,
    causes: Vec<Cause>,
    outbox: Outbox<Output>,
}

impl UnusableDefinition {
    /// For a definition of a name, with all that is wrong with it; nothing where there is none of that name.
    pub fn unreadable(name: &str, problems: &[Problem]) -> Self {
        Self { notice: notices::unreadable(name, problems), causes: Vec::new(), outbox: Outbox::default() }
    }

    /// For a secret that the definition needs and nobody has given.
    pub fn without(secret: &Parameter) -> Self {
        let (notice, cause) = notices::without(secret);
        Self { notice, causes: vec![cause], outbox: Outbox::default() }
    }
}

impl Session for UnusableDefinition {
    fn handle(&mut self, _now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        let event = match input {
            Input::Opened { .. } => Event::Refused {
                not_this_protocol: false,
                notice: self.notice.clone(),
                causes: self.causes.clone(),
            },
            Input::Request(request, _) => {
                let outcome = Outcome::NotSent("the definition cannot be used".to_owned());
                Event::Reply { request, outcome }
            }
            Input::Text(_)
            | Input::Binary(_)
            | Input::Fetched { .. }
            | Input::Leave { .. }
            | Input::Closed
            | Input::Probe
            | Input::Timeout => return,
        };
        self.outbox.push(Output::Event(event));
    }

    fn poll(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    fn preview(&self, _request: &Request) -> Option<String> {
        None
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}
