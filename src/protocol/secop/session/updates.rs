//! What a node sends unasked: updates, and what it says of its activation.

use super::report::{DataReport, ErrorReport, ReportError};
use super::{Phase, SecopSession, status};
use crate::model::event::Event;
use crate::model::reading::{Reading, Report};
use crate::model::time::Now;
use crate::protocol::secop::message::{Message, Specifier, Verb};
use crate::protocol::secop::violation::{Rule, Violations};

impl SecopSession {
    pub(super) fn activation(&mut self, now: Now, on: bool, message: &Message<'_>) {
        let Some(known) = &self.known else { return };
        let asked = self.subscriptions.confirmed(&known.description, on, message.specifier);
        if asked {
            self.go_on(now);
        } else {
            // Somebody typed it, or it comes late: it is what the node does, and is left so.
            let verb = if on { Verb::Activate } else { Verb::Deactivate };
            if !self.requests.forget_typed(verb, message.specifier) {
                self.violation(None, Rule::NotAwaited);
            }
            self.tell_subscriptions();
        }
    }

    pub(super) fn update(&mut self, now: Now, message: &Message<'_>, frame: &str) {
        let Some(channel) = self.channel_of(message) else { return };
        self.subscriptions.update_came();
        if let Some(reading) = self.reading(now, channel, message, frame)
            && self.subscriptions.wants(channel)
        {
            self.event(Event::Reading { channel, reading });
        }
    }

    /// Reads a data report of a channel. `None` for one that cannot be read, which is told, and for a constant.
    pub(super) fn reading(
        &mut self,
        now: Now,
        channel: usize,
        message: &Message<'_>,
        frame: &str,
    ) -> Option<Reading> {
        let parameter = self.known.as_ref()?.description.parameters.get(channel)?;
        if parameter.is_constant {
            return None;
        }
        let mut violations = Violations::default();
        let report = match DataReport::parse(message.data, &mut violations) {
            Ok(report) => report,
            Err(error) => {
                self.bad_report(now, Some(channel), error, frame);
                return None;
            }
        };
        let value = parameter.datainfo.decode(&report.value, &mut violations);
        let state = if parameter.is_status { status::state_of(&value) } else { None };
        self.violations(Some(channel), &violations);
        Some(Reading {
            report: Report::Value(value),
            taken: report.taken,
            arrived: now.instant,
            place: None,
            uncertainty: report.uncertainty,
            state,
        })
    }

    pub(super) fn error_update(&mut self, now: Now, message: &Message<'_>) {
        let Some(channel) = self.channel_of(message) else { return };
        self.subscriptions.update_came();
        if self.subscriptions.wants(channel) {
            let ErrorReport { class, text, taken } = ErrorReport::parse(message.data);
            let reading = Reading {
                report: Report::Error { class, text },
                taken,
                arrived: now.instant,
                place: None,
                uncertainty: None,
                state: None,
            };
            self.event(Event::Reading { channel, reading });
        }
    }

    /// The channel of an update. Before the description is there (again) it cannot be told.
    pub(super) fn channel_of(&mut self, message: &Message<'_>) -> Option<usize> {
        if self.phase != Phase::Running {
            return None;
        }
        let known = self.known.as_ref()?;
        let channel =
            Specifier::parse(message.specifier).and_then(|specifier| known.description.channel(specifier));
        if channel.is_none() {
            self.violation(None, Rule::NotDescribed);
        }
        channel
    }

    pub(super) fn bad_report(&mut self, now: Now, channel: Option<usize>, error: ReportError, frame: &str) {
        self.malformed(now, channel, &error.to_string(), frame);
    }
}
