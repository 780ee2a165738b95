//! The node's side of each request of the specification.

use std::time::Duration;

use serde_json::Value;

use super::SecopSimulator;
use super::datainfo::{Refusal, accept};
use super::faults::error_report;
use super::node::Place;
use super::quirks::Version;

/// How long `active` lags behind the first updates with [`super::Quirks::late_active`].
const LATE_ACTIVE: Duration = Duration::from_millis(1500);

/// Levels of remote logging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LogLevel {
    Error,
    Info,
    Debug,
}

impl LogLevel {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// A request, cut at its blanks: `action[ specifier[ data]]`.
#[derive(Clone, Copy)]
struct Request<'a> {
    action: &'a str,
    specifier: &'a str,
    /// As sent; empty for none.
    data: &'a str,
}

impl<'a> Request<'a> {
    fn parse(line: &'a str) -> Self {
        let line = line.trim();
        let (action, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (specifier, data) = rest.split_once(' ').unwrap_or((rest, ""));
        Self { action, specifier, data: data.trim() }
    }

    /// The module and the accessible that the specifier names; `default` where it names the module alone.
    fn names(&self, default: &'a str) -> (&'a str, &'a str) {
        let mut parts = self.specifier.split(':');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or(default))
    }

    fn json(&self) -> Result<Value, Refusal> {
        if self.data.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(self.data).map_err(|error| Refusal::new("BadJSON", format_args!("{error}")))
    }
}

impl SecopSimulator {
    /// Answers one frame of the client.
    pub(super) fn answer(&mut self, line: &str) {
        let request = Request::parse(line);
        let specifier = request.specifier;
        let answer = match request.action {
            "*IDN?" => {
                if let Some(session) = &mut self.session {
                    session.all = false;
                    session.active.clear();
                    session.logging.clear();
                }
                return self.reply(self.node.version.identification().into(), false);
            }
            "describe" => {
                let description = self.node.describe(&self.quirks);
                return self.reply(format!("describing . {description}"), false);
            }
            "activate" => self.activate(specifier).map(|()| None),
            "deactivate" => self.deactivate(specifier).map(Some),
            "ping" if self.quirks.silent_to_ping => return,
            "ping" if !request.data.is_empty() => {
                Err(Refusal::new("ProtocolError", format_args!("ping requests don't take data")))
            }
            "ping" => Ok(Some(format!("pong {specifier} {}", self.timed(&Value::Null)))),
            "read" => self.read(&request).map(Some),
            "change" => self.change(&request).map(Some),
            "do" => self.execute(&request).map(Some),
            "check" => self.check(&request).map(Some),
            "logging" => self.logging(&request).map(Some),
            "help" => {
                self.reply("_ 1 \"a simulated node: see the SECoP specification\"".into(), false);
                Ok(Some("helping".into()))
            }
            unknown => Err(Refusal::new("ProtocolError", format_args!("unknown action {unknown:?}"))),
        };
        let overtakable = matches!(request.action, "read" | "change" | "do" | "check" | "ping");
        match answer {
            Ok(None) => {}
            Ok(Some(frame)) => self.reply(frame, overtakable),
            Err(Refusal { class, text }) => {
                let report = error_report(class, &text);
                let frame = if self.quirks.bare_errors {
                    format!("error  {report}")
                } else {
                    format!("error_{} {specifier} {report}", request.action)
                };
                self.reply(frame, overtakable);
            }
        }
    }

    fn activate(&mut self, specifier: &str) -> Result<(), Refusal> {
        let name = specifier.split(':').next().unwrap_or_default();
        let one = match name {
            "" | "." => None,
            name => Some(self.place(name)?),
        };
        let one = one.filter(|_| !self.quirks.fallback_activation);
        let places = one.map_or_else(|| self.node.places(), |place| vec![place]);
        let in_gap = self.faults.in_gap(self.now.instant);
        for place in places {
            for parameter in 0..self.node.module(place).parameters.len() {
                if !self.node.is_constant(place, parameter) {
                    self.sample(place, parameter);
                    self.send_update(place, parameter);
                    self.node.parameter_mut(place, parameter).changed = in_gap;
                }
            }
        }
        let frame = one.map_or_else(|| "active".to_owned(), |_| format!("active {specifier}"));
        let closed_error = self.quirks.error_closed && self.connections == 1;
        let Some(session) = &mut self.session else { return Ok(()) };
        match one {
            None => session.all = true,
            Some(place) if session.active.contains(&place) => {}
            Some(place) => session.active.push(place),
        }
        if closed_error {
            session.closed_error_due_secs = Some(self.clock_secs + super::CLOSED_AFTER_SECS);
        }
        if self.quirks.late_active {
            session.held.push((self.now.instant + LATE_ACTIVE, frame));
        } else {
            self.reply(frame, false);
        }
        Ok(())
    }

    fn deactivate(&mut self, specifier: &str) -> Result<String, Refusal> {
        let place = match specifier {
            "" | "." => None,
            name => Some(self.place(name)?),
        };
        if let Some(session) = &mut self.session {
            if let Some(place) = place {
                session.active.retain(|active| *active != place);
            } else {
                session.all = false;
                session.active.clear();
            }
        }
        Ok(place.map_or_else(|| "inactive".to_owned(), |_| format!("inactive {specifier}")))
    }

    fn read(&mut self, request: &Request<'_>) -> Result<String, Refusal> {
        let (place, parameter) = self.parameter(request.names("value"))?;
        if self.node.is_constant(place, parameter) {
            return Err(Refusal::new("ProtocolError", format_args!("a constant is not read")));
        }
        self.sample(place, parameter);
        let module = self.node.module(place);
        let specifier = request.specifier;
        Ok(match module.report(&module.parameters[parameter], &self.quirks) {
            Ok(report) => format!("reply {specifier} {report}"),
            Err(report) => format!("error_read {specifier} {report}"),
        })
    }

    fn change(&mut self, request: &Request<'_>) -> Result<String, Refusal> {
        let (place, parameter) = self.parameter(request.names("target"))?;
        let value = self.acceptable(place, parameter, &request.json()?)?;
        let name = self.node.module(place).parameters[parameter].name.clone();
        self.node.module_mut(place).set(&name, value);
        self.node.instruments[place.0].written(place.1, &name);
        self.log(place, LogLevel::Info, &format!("{name} was changed"));
        // The client learns of side effects, and of the parameter itself, before it has its reply.
        self.node.parameter_mut(place, parameter).changed = true;
        self.report_due();
        self.sample(place, parameter);
        let module = self.node.module(place);
        let report = module.report(&module.parameters[parameter], &self.quirks);
        let (Ok(report) | Err(report)) = report;
        Ok(format!("changed {} {report}", request.specifier))
    }

    fn check(&mut self, request: &Request<'_>) -> Result<String, Refusal> {
        if self.node.version < Version::V2_0 {
            return Err(Refusal::new("ProtocolError", format_args!("unknown action \"check\"")));
        }
        let (place, parameter) = self.parameter(request.names("target"))?;
        if self.node.described(place, parameter)["checkable"] != true {
            return Err(Refusal::new(
                "NotCheckable",
                format_args!("{} cannot be checked", request.specifier),
            ));
        }
        let value = self.acceptable(place, parameter, &request.json()?)?;
        Ok(format!("checked {} {}", request.specifier, self.timed(&value)))
    }

    fn execute(&mut self, request: &Request<'_>) -> Result<String, Refusal> {
        let (module, command) = request.names("");
        let place = self.place(module)?;
        let datainfo = &self.node.module(place).accessible(command)["datainfo"];
        if datainfo["type"] != "command" {
            let text = format_args!("module {module} has no command {command:?}");
            return Err(Refusal::new("NoSuchCommand", text));
        }
        let mut argument = request.json()?;
        if let Some(wanted) = datainfo.get("argument") {
            argument = accept(wanted, &argument, &Value::Null)?;
        } else if !argument.is_null() {
            return Err(Refusal::new("WrongType", format_args!("{command} takes no argument")));
        }
        let result = self.node.instruments[place.0].execute(place.1, command, &argument)?;
        self.log(place, LogLevel::Info, &format!("{command} was executed"));
        self.report_due();
        Ok(format!("done {} {}", request.specifier, self.timed(&result)))
    }

    /// A report of the present time.
    fn timed(&self, value: &Value) -> String {
        format!("[{value},{{\"t\":{}}}]", Value::from(self.now.wall.as_unix_seconds()))
    }

    fn logging(&mut self, request: &Request<'_>) -> Result<String, Refusal> {
        let places = match request.specifier {
            "" | "." => self.node.places(),
            name => vec![self.place(name)?],
        };
        let level = match request.json()?.as_str() {
            Some("off") => None,
            Some("error") => Some(LogLevel::Error),
            Some("info") => Some(LogLevel::Info),
            Some("debug") => Some(LogLevel::Debug),
            _ => {
                return Err(Refusal::new(
                    "RangeError",
                    format_args!("{} is not a valid level", request.data),
                ));
            }
        };
        if let Some(session) = &mut self.session {
            session.logging.retain(|(place, _)| !places.contains(place));
            if let Some(level) = level {
                session.logging.extend(places.into_iter().map(|place| (place, level)));
            }
        }
        Ok(format!("logging {} {}", request.specifier, request.data))
    }

    /// The value as the parameter would store it, or why it may not be written.
    fn acceptable(&self, place: Place, parameter: usize, value: &Value) -> Result<Value, Refusal> {
        let entry = &self.node.module(place).parameters[parameter];
        let described = self.node.described(place, parameter);
        if described["readonly"] == true {
            return Err(Refusal::new("ReadOnly", format_args!("{} can not be changed remotely", entry.name)));
        }
        let value = accept(&described["datainfo"], value, &entry.truth)?;
        self.node.instruments[place.0].admit(place.1, &entry.name, &value)?;
        Ok(value)
    }

    fn place(&self, module: &str) -> Result<Place, Refusal> {
        let missing = || Refusal::new("NoSuchModule", format_args!("module {module:?} does not exist"));
        self.node.find(module).ok_or_else(missing)
    }

    fn parameter(&self, (module, parameter): (&str, &str)) -> Result<(Place, usize), Refusal> {
        let place = self.place(module)?;
        let Some(index) = self.node.module(place).position(parameter) else {
            let text = format_args!("module {module} has no parameter {parameter:?}");
            return Err(Refusal::new("NoSuchParameter", text));
        };
        Ok((place, index))
    }
}
