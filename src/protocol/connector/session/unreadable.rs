//! What is left of a session where the definition cannot be read.

use super::notices;
use crate::model::event::{Event, Outcome, Request};
use crate::model::time::{Instant, Now};
use crate::protocol::definitions::Problem;
use crate::protocol::{Input, Outbox, Output, Session};

/// Says what is wrong with the definition, and nothing else.
#[derive(Debug)]
pub struct UnreadableDefinition {
    name: String,
    problems: Vec<Problem>,
    outbox: Outbox<Output>,
}

impl UnreadableDefinition {
    /// For a definition of a name, with all that is wrong with it; nothing where there is none of that name.
    pub fn new(name: &str, problems: Vec<Problem>) -> Self {
        Self { name: name.to_owned(), problems, outbox: Outbox::default() }
    }
}

impl Session for UnreadableDefinition {
    fn handle(&mut self, _now: Now, input: Input<'_>) {
        self.outbox.assert_drained();
        let event = match input {
            Input::Opened { .. } => Event::Refused {
                not_this_protocol: false,
                notice: notices::unreadable(&self.name, &self.problems),
                causes: Vec::new(),
            },
            Input::Request(request, _) => {
                let outcome = Outcome::NotSent("the definition cannot be read".to_owned());
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
