//! Modules of a simulated node: their description and their present values.

use serde_json::{Map, Value, json};

use super::quirks::{Notation, Quirks};
use super::random::Random;
use crate::model::format;

/// Status codes of the specification that the simulated modules use.
pub(super) const IDLE: i64 = 100;
pub(super) const WARN: i64 = 200;
pub(super) const BUSY: i64 = 300;
pub(super) const PREPARING: i64 = 340;
pub(super) const RAMPING: i64 = 370;
pub(super) const STABILIZING: i64 = 380;
pub(super) const ERROR: i64 = 400;

/// A module: what belongs to one piece of the instrument.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) name: &'static str,
    pub(super) description: String,
    pub(super) classes: &'static [&'static str],
    group: &'static str,
    meaning: Option<(&'static str, u8)>,
    visibility: Option<Visibility>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) commands: Vec<Command>,
    /// Not part of the node at present.
    pub(super) hidden: bool,
    /// Why `value` cannot be told at present.
    failure: Option<String>,
}

/// Whom a module or a parameter concerns.
#[derive(Clone, Copy, Debug)]
pub(super) enum Visibility {
    Advanced,
    Expert,
}

/// A parameter with its value.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of the specification and one of our own")]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    description: String,
    pub(super) datainfo: Value,
    pub(super) readonly: bool,
    pub(super) checkable: bool,
    group: &'static str,
    visibility: Option<Visibility>,
    pub(super) constant: bool,
    /// How long after a report the next one follows, in seconds; `None` where only changes are reported.
    pub(super) period_secs: Option<f64>,
    noise: Noise,
    uncertainty: Option<f64>,
    truth: Value,
    sampled: Value,
    /// Seconds since the Unix epoch.
    taken: Option<f64>,
    /// A change that has not been reported yet.
    pub(super) changed: bool,
    /// When the next periodic report is due, on the simulator's own clock in seconds.
    pub(super) due_secs: f64,
}

/// The noise of a sensor: a standard deviation.
#[derive(Clone, Copy, Debug)]
enum Noise {
    None,
    Absolute(f64),
    Relative(f64),
}

/// A command.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) argument: Value,
    pub(super) result: Value,
}

impl Module {
    pub(super) fn new(
        name: &'static str,
        description: impl Into<String>,
        classes: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            description: description.into(),
            classes,
            group: "",
            meaning: None,
            visibility: None,
            parameters: Vec::new(),
            commands: Vec::new(),
            hidden: false,
            failure: None,
        }
    }

    pub(super) fn group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }

    pub(super) fn meaning(mut self, function: &'static str, importance: u8) -> Self {
        self.meaning = Some((function, importance));
        self
    }

    pub(super) fn with(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    pub(super) fn command(
        mut self,
        name: &'static str,
        description: &'static str,
        argument: Value,
        result: Value,
    ) -> Self {
        self.commands.push(Command { name, description, argument, result });
        self
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    pub(super) fn parameter_mut(&mut self, name: &str) -> Option<&mut Parameter> {
        self.parameters.iter_mut().find(|parameter| parameter.name == name)
    }

    /// The true value of a parameter.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.parameter(name).map_or(&Value::Null, |parameter| &parameter.truth)
    }

    /// The true value of a parameter as a number; 0 where it is none.
    pub(super) fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or(0.0)
    }

    /// Sets the true value of a parameter.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(parameter) = self.parameter_mut(name) {
            parameter.set(value.into());
        }
    }

    pub(super) fn set_status(&mut self, code: i64, text: &str) {
        self.set("status", json!([code, text]));
    }

    pub(super) fn status_code(&self) -> i64 {
        self.get("status")[0].as_i64().unwrap_or(IDLE)
    }

    /// Makes `value` fail with these words, or work again.
    pub(super) fn fail(&mut self, failure: Option<&str>) {
        if self.failure.as_deref() == failure {
            return;
        }
        self.failure = failure.map(str::to_owned);
        for parameter in &mut self.parameters {
            parameter.changed |= matches!(parameter.name, "value" | "status");
        }
    }

    /// The report of a parameter as it goes on the wire: `Err` for an error report.
    pub(super) fn report(&self, parameter: &Parameter, quirks: &Quirks) -> Result<String, String> {
        match (&self.failure, parameter.name) {
            (Some(failure), "value") => {
                let qualifiers = parameter.qualifiers(quirks, false);
                Err(format!("[\"HardwareError\",{},{qualifiers}{}]", json!(failure), quirks.extra_elements()))
            }
            (Some(failure), "status") => {
                Ok(parameter.data_report(&json!([ERROR, failure]).to_string(), quirks))
            }
            _ => Ok(parameter.data_report(&parameter.wire_value(), quirks)),
        }
    }

    pub(super) fn describe(&self, quirks: &Quirks) -> Value {
        let mut properties = Map::new();
        properties.insert("description".into(), json!(self.description));
        properties.insert("interface_classes".into(), json!(self.classes));
        properties.insert("implementation".into(), json!(format!("porthole_simulator.{}", self.name)));
        properties.insert("features".into(), json!([]));
        if !self.group.is_empty() {
            properties.insert("group".into(), json!(self.group));
        }
        if let Some((function, importance)) = self.meaning {
            let meaning = match quirks.meaning {
                Notation::Old => json!([function, importance]),
                Notation::New => json!({"function": function, "importance": importance}),
            };
            properties.insert("meaning".into(), meaning);
        }
        if let Some(visibility) = self.visibility {
            properties.insert("visibility".into(), visibility.describe(quirks.visibility));
        }
        let mut accessibles = Map::new();
        for parameter in &self.parameters {
            accessibles.insert(parameter.name.into(), parameter.describe(quirks));
        }
        for command in &self.commands {
            accessibles.insert(command.name.into(), command.describe());
        }
        properties.insert("accessibles".into(), Value::Object(accessibles));
        Value::Object(properties)
    }
}

impl Parameter {
    pub(super) fn new(
        name: &'static str,
        description: impl Into<String>,
        datainfo: Value,
        value: impl Into<Value>,
    ) -> Self {
        let value = value.into();
        Self {
            name,
            description: description.into(),
            datainfo,
            readonly: true,
            checkable: false,
            group: "",
            visibility: None,
            constant: false,
            period_secs: None,
            noise: Noise::None,
            uncertainty: None,
            truth: value.clone(),
            sampled: value,
            taken: None,
            changed: false,
            due_secs: 0.0,
        }
    }

    pub(super) fn writable(mut self) -> Self {
        self.readonly = false;
        self
    }

    pub(super) fn checkable(mut self) -> Self {
        self.checkable = true;
        self
    }

    pub(super) fn constant(mut self) -> Self {
        self.constant = true;
        self
    }

    pub(super) fn group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }

    pub(super) fn visible_to(mut self, visibility: Visibility) -> Self {
        self.visibility = Some(visibility);
        self
    }

    pub(super) fn every(mut self, period_secs: f64) -> Self {
        self.period_secs = Some(period_secs);
        self
    }

    pub(super) fn noise(mut self, deviation: f64) -> Self {
        self.noise = Noise::Absolute(deviation);
        self
    }

    pub(super) fn relative_noise(mut self, deviation: f64) -> Self {
        self.noise = Noise::Relative(deviation);
        self
    }

    pub(super) fn uncertainty(mut self, uncertainty: f64) -> Self {
        self.uncertainty = Some(uncertainty);
        self
    }

    pub(super) fn set(&mut self, value: Value) {
        if self.truth != value {
            self.truth = value;
            self.changed = true;
        }
    }

    pub(super) fn truth(&self) -> &Value {
        &self.truth
    }

    /// A sensor whose every sample differs.
    pub(super) fn is_noisy(&self) -> bool {
        !matches!(self.noise, Noise::None)
    }

    /// Takes a sample at a time (seconds since the Unix epoch), with `factor` times the sensor's noise.
    pub(super) fn sample(&mut self, wall_secs: f64, factor: f64, random: &mut Random) {
        self.sampled = self.noise.disturb(&self.truth, factor, random);
        if self.period_secs.is_some() || self.changed || self.taken.is_none() {
            self.taken = Some(wall_secs);
        }
        self.changed = false;
    }

    fn wire_value(&self) -> String {
        // The word of a node that writes JSON without looking: no JSON writer would give it.
        if self.sampled == json!("NaN") && self.datainfo["type"] == "double" {
            return "NaN".into();
        }
        self.sampled.to_string()
    }

    fn data_report(&self, value: &str, quirks: &Quirks) -> String {
        format!("[{value},{}{}]", self.qualifiers(quirks, true), quirks.extra_elements())
    }

    fn qualifiers(&self, quirks: &Quirks, with_uncertainty: bool) -> String {
        let mut qualifiers = Map::new();
        if let Some(taken) = self.taken.filter(|_| quirks.timestamps) {
            qualifiers.insert("t".into(), json!(taken));
        }
        if let Some(uncertainty) = self.uncertainty.filter(|_| quirks.uncertainties && with_uncertainty) {
            qualifiers.insert("e".into(), json!(uncertainty));
        }
        if quirks.extra_elements {
            qualifiers.insert("x-unheard-of".into(), json!([1, {"a": null}]));
        }
        Value::Object(qualifiers).to_string()
    }

    fn describe(&self, quirks: &Quirks) -> Value {
        let mut properties = Map::new();
        properties.insert("description".into(), json!(self.description));
        properties.insert("datainfo".into(), self.datainfo.clone());
        properties.insert("readonly".into(), json!(self.readonly));
        if !self.group.is_empty() {
            properties.insert("group".into(), json!(self.group));
        }
        if let Some(visibility) = self.visibility {
            properties.insert("visibility".into(), visibility.describe(quirks.visibility));
        }
        if self.checkable {
            properties.insert("checkable".into(), json!(true));
        }
        if self.constant {
            properties.insert("constant".into(), self.truth.clone());
        }
        Value::Object(properties)
    }
}

impl Visibility {
    fn describe(self, notation: Notation) -> Value {
        match (notation, self) {
            (Notation::Old, Self::Advanced) => json!("advanced"),
            (Notation::Old, Self::Expert) => json!("expert"),
            (Notation::New, Self::Advanced) => json!("ww-"),
            (Notation::New, Self::Expert) => json!("w--"),
        }
    }
}

impl Noise {
    fn disturb(self, truth: &Value, factor: f64, random: &mut Random) -> Value {
        if let Value::Array(items) = truth {
            return match self {
                Self::None => truth.clone(),
                _ => items.iter().map(|item| self.disturb(item, factor, random)).collect(),
            };
        }
        let Some(number) = truth.as_f64() else { return truth.clone() };
        match self {
            Self::None => truth.clone(),
            Self::Absolute(deviation) => json!(shorten(number + deviation * factor * random.normal())),
            // The logarithm is disturbed: a pressure never becomes negative.
            Self::Relative(deviation) => {
                json!(shorten(number * (deviation * factor * random.normal()).exp()))
            }
        }
    }
}

/// Seven significant digits: more than a sensor has, and frames stay short.
fn shorten(number: f64) -> f64 {
    format::rounded(number, 7)
}

impl Command {
    fn describe(&self) -> Value {
        let mut datainfo = Map::new();
        datainfo.insert("type".into(), json!("command"));
        if !self.argument.is_null() {
            datainfo.insert("argument".into(), self.argument.clone());
        }
        if !self.result.is_null() {
            datainfo.insert("result".into(), self.result.clone());
        }
        json!({"description": self.description, "datainfo": datainfo})
    }
}
