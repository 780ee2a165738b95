//! What the session is asked to do, as messages.

use super::requests::{About, Pending};
use super::{Phase, SecopSession};
use crate::model::catalog::Access;
use crate::model::event::{LogLevel, Outcome, Request, RequestId};
use crate::model::json::write_text;
use crate::model::time::Now;
use crate::model::value::Value;
use crate::protocol::NOT_PAUSABLE;
use crate::protocol::secop::message::{Message, Verb};

impl SecopSession {
    pub(super) fn request(&mut self, now: Now, id: RequestId, request: Request) {
        match request {
            Request::Subscribe { channel, on } => return self.subscribe(now, id, channel, on),
            Request::Raw { text } => return self.raw(id, &text),
            Request::Read { channel } => {
                if let Some(value) = self.constant(channel) {
                    return self.reply(id, value);
                }
            }
            Request::Write { .. }
            | Request::Check { .. }
            | Request::Execute { .. }
            | Request::Logging { .. }
            | Request::Expand { .. }
            | Request::Pause { .. }
            | Request::Inspect { .. } => {}
        }
        match self.pending(id, &request) {
            Ok(_) if self.phase != Phase::Running => {
                self.not_sent(id, NOT_DESCRIBED);
            }
            Ok(pending) => self.submit(now, pending),
            Err(why) => self.not_sent(id, &why),
        }
    }

    /// What is asked of the node with one message, or why it cannot be.
    pub(super) fn pending(&self, id: RequestId, request: &Request) -> Result<Pending, String> {
        match request {
            Request::Read { channel } => self.of_parameter(id, Verb::Read, *channel, None),
            Request::Write { channel, value } => self.of_parameter(id, Verb::Change, *channel, Some(value)),
            Request::Check { channel, value } => self.of_parameter(id, Verb::Check, *channel, Some(value)),
            Request::Execute { command, argument } => self.of_command(id, *command, argument.as_ref()),
            Request::Logging { group, level } => self.of_log(id, *group, *level),
            // A node describes everything at once.
            Request::Expand { .. } | Request::Inspect { .. } => {
                Err("the description has it already".to_owned())
            }
            Request::Pause { .. } => Err(NOT_PAUSABLE.to_owned()),
            Request::Subscribe { .. } | Request::Raw { .. } => {
                Err("it is not one message of a kind".to_owned())
            }
        }
    }

    pub(super) fn not_sent(&mut self, id: RequestId, why: &str) {
        self.reply(id, Outcome::NotSent(why.to_owned()));
    }

    fn subscribe(&mut self, now: Now, id: RequestId, channel: usize, on: bool) {
        let channels = self.known.as_ref().map(|known| &known.description.catalog.channels);
        let Some(offered) = channels.and_then(|channels| channels.get(channel)) else {
            self.not_sent(id, NO_CHANNEL);
            return;
        };
        self.subscriptions.want(channel, &offered.path, on);
        self.reply(id, Outcome::Done { value: None, data_type: None });
        self.tell_subscriptions();
        self.go_on(now);
    }

    /// A line as a person typed it. frappy 0.20.9 never stops answering a blank one, and a newline would make two.
    fn raw(&mut self, id: RequestId, text: &str) {
        let line = text.trim_end();
        if line.trim_start().is_empty() {
            self.not_sent(id, "a blank line is no message");
        } else if line.contains(['\n', '\r']) {
            self.not_sent(id, "a frame holds one message: send the lines one by one");
        } else if self.phase == Phase::Closed {
            self.not_sent(id, "no link");
        } else {
            if let Ok(message) = Message::parse(line)
                && let Some(verb) = Verb::of_request(message.action)
            {
                self.requests.remember_typed(verb, message.specifier);
            }
            self.send(line);
            self.reply(id, Outcome::Done { value: None, data_type: None });
        }
    }

    /// A constant is never read: the description has told it.
    fn constant(&self, channel: usize) -> Option<Outcome> {
        let channel = self.known.as_ref()?.description.catalog.channels.get(channel)?;
        let value = channel.constant.clone()?;
        Some(Outcome::Done { value: Some(value), data_type: Some(channel.data_type.clone()) })
    }

    fn of_parameter(
        &self,
        id: RequestId,
        verb: Verb,
        channel: usize,
        value: Option<&Value>,
    ) -> Result<Pending, String> {
        let known = self.known.as_ref().ok_or(NOT_DESCRIBED)?;
        let parameter = known.description.parameters.get(channel).ok_or(NO_CHANNEL)?;
        let offered = known.description.catalog.channels.get(channel).ok_or(NO_CHANNEL)?;
        if verb == Verb::Change && offered.access == Access::Read {
            return Err("it is read-only".to_owned());
        }
        if verb == Verb::Check && !offered.checkable {
            return Err("the node does not check values of it".to_owned());
        }
        let data = value.map(|value| parameter.datainfo.encode(value)).transpose();
        let data = data.map_err(|error| error.to_string())?;
        let specifier = parameter.specifier.clone();
        Ok(Pending { id, verb, specifier, data, about: About::Channel(channel) })
    }

    fn of_command(&self, id: RequestId, index: usize, argument: Option<&Value>) -> Result<Pending, String> {
        let known = self.known.as_ref().ok_or(NOT_DESCRIBED)?;
        let command = known.description.commands.get(index).ok_or("there is no such command")?;
        let offered = known.description.catalog.commands.get(index).ok_or("there is no such command")?;
        if !offered.callable {
            return Err("the node does not want it to be executed".to_owned());
        }
        let data = match (&command.argument, argument) {
            (Some(datainfo), Some(argument)) => {
                Some(datainfo.encode(argument).map_err(|error| error.to_string())?)
            }
            (Some(_), None) => return Err("the command needs an argument".to_owned()),
            (None, Some(_)) => return Err("the command takes no argument".to_owned()),
            // No data at all: frappy and the specification agree on that.
            (None, None) => None,
        };
        let specifier = command.specifier.clone();
        Ok(Pending { id, verb: Verb::Do, specifier, data, about: About::Command(index) })
    }

    fn of_log(&self, id: RequestId, group: Option<usize>, level: LogLevel) -> Result<Pending, String> {
        let known = self.known.as_ref().ok_or(NOT_DESCRIBED)?;
        let (specifier, about) = match group {
            None => (".".to_owned(), About::Log(true)),
            Some(group) => {
                let module = known.description.modules.get(group).ok_or("there is no such module")?;
                (module.to_string(), About::Log(false))
            }
        };
        let level = match level {
            LogLevel::Off => "off",
            LogLevel::Error => "error",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
        };
        let mut data = String::new();
        write_text(level, &mut data);
        Ok(Pending { id, verb: Verb::Logging, specifier, data: Some(data), about })
    }
}

const NO_CHANNEL: &str = "there is no such channel";
const NOT_DESCRIBED: &str = "the node has not described itself yet";
