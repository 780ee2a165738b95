//! Answers to requests: which request they belong to, and what they say.

use super::report::{DataReport, ErrorReport};
use super::requests::{About, Pending, Submitted};
use super::{Phase, SecopSession};
use crate::model::datatype::DataType;
use crate::model::event::{Event, Notice, Outcome};
use crate::model::json::Json;
use crate::model::reading::{Report, Severity};
use crate::model::time::{Now, Timestamp};
use crate::model::value::Value;
use crate::protocol::secop::message::{Message, Specifier, Verb};
use crate::protocol::secop::violation::{Rule, Violations};

impl SecopSession {
    /// The answer to a read, change, do, check or logging.
    pub(super) fn answer(&mut self, now: Now, verb: Verb, message: &Message<'_>, frame: &str) {
        let Some(pending) = self.awaited(verb, message.specifier) else {
            self.not_awaited(now, verb, message, frame);
            return;
        };
        let (value, data_type) = match (pending.about, verb) {
            (About::Channel(channel), Verb::Check) => self.checked(channel, message),
            (About::Channel(channel), _) => {
                let value = self.told(now, channel, message, frame);
                (value, self.type_of(channel))
            }
            (About::Command(command), _) => self.result(now, command, message, frame),
            (About::Log(_), _) => (level_of(message), None),
        };
        self.reply(pending.id, Outcome::Done { value, data_type });
        self.follow(now, pending.verb, &pending.specifier);
    }

    /// The request that an answer names. A node may shorten `cryo:value` to `cryo`, or add parts to it.
    fn awaited(&mut self, verb: Verb, specifier: &str) -> Option<Pending> {
        if let Some(pending) = self.requests.answered(verb, specifier) {
            return Some(pending);
        }
        let named = Specifier::parse(specifier)?;
        let accessible = named.accessible.or(match verb {
            Verb::Read => Some("value"),
            Verb::Change => Some("target"),
            Verb::Do
            | Verb::Check
            | Verb::Logging
            | Verb::Ping
            | Verb::Describe
            | Verb::Activate
            | Verb::Deactivate => None,
        });
        self.requests.answered(verb, &Specifier { accessible, ..named }.to_string())
    }

    /// Nobody waits for it: it comes too late, or a person typed the request.
    fn not_awaited(&mut self, now: Now, verb: Verb, message: &Message<'_>, frame: &str) {
        let typed = self.requests.forget_typed(verb, message.specifier);
        let specifier = Specifier::parse(message.specifier);
        let known = self.known.as_ref().filter(|_| self.phase == Phase::Running);
        let channel =
            known.zip(specifier).and_then(|(known, specifier)| known.description.channel(specifier));
        if !typed {
            self.violation(channel, Rule::NotAwaited);
        } else if let (Some(channel), Verb::Read | Verb::Change) = (channel, verb) {
            self.told(now, channel, message, frame);
        }
    }

    /// Tells a value that was asked for, wanted or not, and returns it.
    fn told(&mut self, now: Now, channel: usize, message: &Message<'_>, frame: &str) -> Option<Value> {
        let reading = self.reading(now, channel, message, frame)?;
        let value = match &reading.report {
            Report::Value(value) => Some(value.clone()),
            Report::Error { .. } => None,
        };
        self.event(Event::Reading { channel, reading });
        value
    }

    fn type_of(&self, channel: usize) -> Option<DataType> {
        let known = self.known.as_ref()?;
        known.description.catalog.channels.get(channel).map(|channel| channel.data_type.clone())
    }

    /// What a node would make of a value; it need not say.
    fn checked(&mut self, channel: usize, message: &Message<'_>) -> (Option<Value>, Option<DataType>) {
        let mut violations = Violations::default();
        let report = message.data.and_then(|_| DataReport::parse(message.data, &mut violations).ok());
        let parameter = self.known.as_ref().and_then(|known| known.description.parameters.get(channel));
        let value = report
            .zip(parameter)
            .map(|(report, parameter)| parameter.datainfo.decode(&report.value, &mut violations));
        self.violations(Some(channel), &violations);
        let data_type = if value.is_some() { self.type_of(channel) } else { None };
        (value, data_type)
    }

    /// A command's result. One that is not described is shown as JSON.
    fn result(
        &mut self,
        now: Now,
        command: usize,
        message: &Message<'_>,
        frame: &str,
    ) -> (Option<Value>, Option<DataType>) {
        let mut violations = Violations::default();
        let report = match DataReport::parse(message.data, &mut violations) {
            Ok(report) => report,
            Err(error) => {
                self.bad_report(now, None, error, frame);
                return (None, None);
            }
        };
        let described = self.known.as_ref().and_then(|known| known.description.commands.get(command));
        let result = described.and_then(|command| command.result.as_ref());
        let (value, data_type) = match (result, &report.value) {
            (Some(result), value) => (Some(result.decode(value, &mut violations)), Some(result.data_type())),
            (None, Json::Null) => (None, None),
            (None, value) => (Some(Value::Json(value.to_text())), Some(DataType::Json)),
        };
        self.violations(None, &violations);
        (value, data_type)
    }

    /// A request was refused. `request` is the action that the node says was asked for; empty where it does not.
    pub(super) fn error(&mut self, now: Now, request: &str, message: &Message<'_>, frame: &str) {
        let verb = Verb::of_request(request);
        let report = ErrorReport::parse(message.data);
        match verb {
            Some(Verb::Describe) if matches!(self.phase, Phase::Describing { .. }) => {
                let text = format!("It says: {}. It is asked again after a while.", report.line());
                let notice = Notice::new(Severity::Alarm, "The node does not describe itself", &text, frame);
                self.notice(now, notice);
                self.close("the node does not describe itself");
                return;
            }
            Some(Verb::Ping) => {
                if let Some(beat) = self.heartbeat.refused(now) {
                    self.event(Event::Heartbeat { round_trip: beat.round_trip, clock_offset: None });
                    return;
                }
            }
            Some(Verb::Activate | Verb::Deactivate) => {
                if self.activation_refused(now, verb, &report, frame) {
                    return;
                }
            }
            Some(Verb::Describe | Verb::Read | Verb::Change | Verb::Do | Verb::Check | Verb::Logging)
            | None => {}
        }
        if let Some(pending) = self.refused_request(request, verb, message) {
            self.request_refused(now, pending, report);
        } else if verb.is_some_and(|verb| self.requests.forget_typed(verb, message.specifier)) {
            // The person who typed it sees the answer among the frames.
        } else if request.is_empty() && self.activation_refused(now, None, &report, frame) {
            // usecop does not say what it refuses.
        } else {
            let notice = Notice::new(Severity::Warning, "The node reports an error", &report.line(), frame);
            self.notice(now, notice);
        }
    }

    /// The request that an error means: the one it names, else the oldest whose action fits.
    fn refused_request(
        &mut self,
        request: &str,
        verb: Option<Verb>,
        message: &Message<'_>,
    ) -> Option<Pending> {
        let Some(verb) = verb else {
            return if request.is_empty() { self.requests.oldest(None) } else { None };
        };
        if let Some(pending) = self.awaited(verb, message.specifier) {
            return Some(pending);
        }
        if self.requests.is_typed(verb, message.specifier) {
            return None;
        }
        self.requests.oldest(Some(verb))
    }

    fn request_refused(&mut self, now: Now, pending: Pending, report: ErrorReport) {
        let (verb, specifier) = (pending.verb, pending.specifier.clone());
        if pending.about == About::Log(true) {
            // frappy means all modules by `.`, the specification by an empty specifier.
            let again = Pending { specifier: String::new(), about: About::Log(false), ..pending };
            self.submit(now, again);
        } else {
            self.reply(pending.id, Outcome::Refused { class: report.class, text: report.text });
        }
        self.follow(now, verb, &specifier);
    }

    fn activation_refused(
        &mut self,
        now: Now,
        verb: Option<Verb>,
        report: &ErrorReport,
        frame: &str,
    ) -> bool {
        let Some(step) = self.subscriptions.refused(verb) else { return false };
        let title =
            if step.on { "The node refuses to send updates" } else { "The node goes on sending updates" };
        let module = step.module.and_then(|module| self.known.as_ref()?.description.modules.get(module));
        let whose =
            module.map_or_else(|| "as a whole".to_owned(), |module| format!("of the module {module}"));
        let notice =
            Notice::new(Severity::Warning, title, &format!("Those {whose}: {}", report.line()), frame);
        self.notice(now, notice);
        self.go_on(now);
        true
    }

    pub(super) fn pong(&mut self, now: Now, message: &Message<'_>) {
        let mut violations = Violations::default();
        let report = DataReport::parse(message.data, &mut violations).ok();
        let time: Option<Timestamp> = report.and_then(|report| report.taken);
        if let Some(beat) = self.heartbeat.pong(now, message.specifier, time) {
            self.event(Event::Heartbeat { round_trip: beat.round_trip, clock_offset: beat.clock_offset });
        } else if !self.requests.forget_typed(Verb::Ping, message.specifier) {
            self.violation(None, Rule::NotAwaited);
        }
    }

    pub(super) fn log(&mut self, message: &Message<'_>) {
        let (source, level) = message.specifier.split_once(':').unwrap_or((message.specifier, ""));
        let json = message.data.map(|data| Violations::default().read(data));
        let text = match json {
            Some(Ok(Json::Text(text))) => text.into_owned(),
            Some(_) | None => message.data.unwrap_or_default().to_owned(),
        };
        let source = if source == "." { "" } else { source };
        self.event(Event::Log { source: source.to_owned(), level: level.to_owned(), text });
    }

    /// Hands a request over, and sends it if it is its turn.
    pub(super) fn submit(&mut self, now: Now, pending: Pending) {
        let id = pending.id;
        match self.requests.submit(now.instant, self.timeout(), pending) {
            Submitted::Send(frame) => self.send(&frame),
            Submitted::Waits => {}
            Submitted::Full => self.not_sent(id, "too many requests wait for an answer of the node"),
        }
    }

    /// Sends the next request of the same action and specifier.
    pub(super) fn follow(&mut self, now: Now, verb: Verb, specifier: &str) {
        if let Some(frame) = self.requests.follow(now.instant, self.timeout(), verb, specifier) {
            self.send(&frame);
        }
    }
}

/// The level that a node says it logs at; it may be lower than what was asked for.
fn level_of(message: &Message<'_>) -> Option<Value> {
    match Violations::default().read(message.data?) {
        Ok(Json::Text(level)) => Some(Value::Text(level.into_owned())),
        Ok(_) | Err(_) => None,
    }
}
