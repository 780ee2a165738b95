//! Modules of a simulated node: their description and their present values.

use serde_json::{Map, Value, json};

use super::quirks::{Notation, Quirks};
use crate::model::number::exp;
use crate::protocol::random::Random;

/// Status codes of the specification that the simulated modules use.
pub(super) const IDLE: i64 = 100;
pub(super) const WARN: i64 = 200;
pub(super) const BUSY: i64 = 300;
pub(super) const PREPARING: i64 = 340;
pub(super) const RAMPING: i64 = 370;
pub(super) const STABILIZING: i64 = 380;
pub(super) const ERROR: i64 = 400;

/// A module: what belongs to one piece of the instrument.
pub(super) struct Module {
    pub(super) name: String,
    /// The properties and accessibles as the node describes them.
    described: Value,
    pub(super) parameters: Vec<Parameter>,
    /// Not part of the node at present.
    pub(super) hidden: bool,
    /// Why `value` cannot be told at present.
    failure: Option<&'static str>,
}

/// A parameter's values.
pub(super) struct Parameter {
    pub(super) name: String,
    /// How long after a report the next one follows, in seconds; `None` where only changes are reported.
    pub(super) period_secs: Option<f64>,
    /// The noise of a sensor, a standard deviation; 0 for none.
    noise: f64,
    /// The same as a share of the value; at most one of them is there.
    relative_noise: f64,
    uncertainty: Option<f64>,
    pub(super) truth: Value,
    sampled: Value,
    /// Seconds since the Unix epoch.
    taken: Option<f64>,
    /// A change that has not been reported yet.
    pub(super) changed: bool,
    /// When the next periodic report is due, on the simulator's own clock in seconds.
    pub(super) due_secs: f64,
}

/// The modules of an instrument, from the text that lies beside it: an object of modules as nodes describe them.
/// What is `simulated` is a parameter: `start` is its first value, `every` the time between two reports in seconds,
/// `noise` or `relative_noise` a standard deviation, `uncertainty` what reports say of it.
pub(super) fn read_modules(text: &str) -> Vec<Module> {
    let mut modules = Vec::new();
    // The texts are the program's own: a mistake in one fails the tests, not a visitor.
    if let Ok(Value::Object(described)) = serde_json::from_str(text) {
        for (name, described) in described {
            modules.push(Module::new(name, described));
        }
    }
    modules
}

impl Module {
    fn new(name: String, mut described: Value) -> Self {
        let mut parameters = Vec::new();
        if let Some(accessibles) = described["accessibles"].as_object_mut() {
            for (name, accessible) in accessibles {
                let simulated = accessible.as_object_mut().and_then(|known| known.remove("simulated"));
                if let Some(simulated) = simulated {
                    parameters.push(Parameter::new(name, &simulated));
                }
            }
        }
        Self { name, described, parameters, hidden: false, failure: None }
    }

    /// What the node says of a parameter or a command; null where there is none.
    pub(super) fn accessible(&self, name: &str) -> &Value {
        &self.described["accessibles"][name]
    }

    /// The index of a parameter.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name == name)
    }

    /// The true value of a parameter.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.position(name).map_or(&Value::Null, |index| &self.parameters[index].truth)
    }

    /// The true value of a parameter as a number; 0 where it is none.
    pub(super) fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or(0.0)
    }

    /// Sets the true value of a parameter.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.set_value(name, value.into());
    }

    fn set_value(&mut self, name: &str, value: Value) {
        if let Some(index) = self.position(name) {
            let parameter = &mut self.parameters[index];
            if parameter.truth != value {
                parameter.truth = value;
                parameter.changed = true;
            }
        }
    }

    pub(super) fn set_status(&mut self, code: i64, text: &str) {
        self.set("status", json!([code, text]));
    }

    pub(super) fn status_code(&self) -> i64 {
        self.get("status")[0].as_i64().unwrap_or(IDLE)
    }

    /// Makes `value` fail with these words, or work again.
    pub(super) fn fail(&mut self, failure: Option<&'static str>) {
        if self.failure == failure {
            return;
        }
        self.failure = failure;
        for parameter in &mut self.parameters {
            parameter.changed |= matches!(parameter.name.as_str(), "value" | "status");
        }
    }

    /// The report of a parameter as it goes on the wire: `Err` for an error report.
    pub(super) fn report(&self, parameter: &Parameter, quirks: &Quirks) -> Result<String, String> {
        let (failed, value) = match (self.failure, parameter.name.as_str()) {
            (Some(failure), "value") => (true, format!("\"HardwareError\",{}", Value::from(failure))),
            (Some(failure), "status") => (false, json!([ERROR, failure]).to_string()),
            // The word of a node that writes JSON without looking: no JSON writer would give it.
            (None, "value") if quirks.nan && parameter.sampled == "NaN" => (false, "NaN".into()),
            _ => (false, parameter.sampled.to_string()),
        };
        let report =
            format!("[{value},{}{}]", parameter.qualifiers(quirks, !failed), quirks.extra_elements());
        if failed { Err(report) } else { Ok(report) }
    }

    pub(super) fn describe(&self, quirks: &Quirks) -> Value {
        let mut described = self.described.clone();
        if quirks.meaning == Notation::New
            && let Some(meaning) = described.get_mut("meaning")
        {
            *meaning = json!({"function": meaning[0], "importance": meaning[1]});
        }
        if quirks.visibility == Notation::Old {
            for (_, accessible) in described["accessibles"].as_object_mut().into_iter().flatten() {
                if let Some(visibility) = accessible.get_mut("visibility") {
                    *visibility = json!(if visibility == "ww-" { "advanced" } else { "expert" });
                }
            }
        }
        described
    }

    /// Moves the upper limit of the target, where it has one.
    pub(super) fn raise_limit(&mut self, by: f64) {
        if let Some(limit) = self.described.pointer_mut("/accessibles/target/datainfo/max")
            && let Some(max) = limit.as_f64()
        {
            *limit = json!(max + by);
        }
    }
}

impl Parameter {
    fn new(name: &str, simulated: &Value) -> Self {
        let number = |key: &str| simulated[key].as_f64();
        Self {
            name: name.to_owned(),
            period_secs: number("every"),
            noise: number("noise").unwrap_or(0.0),
            relative_noise: number("relative_noise").unwrap_or(0.0),
            uncertainty: number("uncertainty"),
            truth: simulated["start"].clone(),
            sampled: simulated["start"].clone(),
            taken: None,
            changed: false,
            due_secs: 0.0,
        }
    }

    /// A sensor whose every sample differs.
    pub(super) fn is_noisy(&self) -> bool {
        self.noise + self.relative_noise > 0.0
    }

    /// Takes a sample at a time (seconds since the Unix epoch), with `factor` times the sensor's noise.
    pub(super) fn sample(&mut self, wall_secs: f64, factor: f64, random: &mut Random) {
        self.sampled = match self.truth.as_f64() {
            Some(number) if self.is_noisy() => {
                let deviation = (self.noise + self.relative_noise) * factor * random.normal();
                // The logarithm is disturbed: a pressure never becomes negative.
                let relative = self.relative_noise > 0.0;
                let disturbed = if relative { number * exp(deviation) } else { number + deviation };
                // More digits than a sensor has, and frames stay short.
                shorten(disturbed, 1e6).into()
            }
            _ => self.truth.clone(),
        };
        if self.period_secs.is_some() || self.changed || self.taken.is_none() {
            self.taken = Some(wall_secs);
        }
        self.changed = false;
    }

    fn qualifiers(&self, quirks: &Quirks, with_uncertainty: bool) -> String {
        let mut qualifiers = Map::new();
        if let Some(taken) = self.taken.filter(|_| quirks.timestamps) {
            qualifiers.insert("t".into(), taken.into());
        }
        if let Some(uncertainty) = self.uncertainty.filter(|_| quirks.uncertainties && with_uncertainty) {
            qualifiers.insert("e".into(), uncertainty.into());
        }
        if quirks.extra_elements {
            qualifiers.insert("x-unheard-of".into(), json!([1, {"a": null}]));
        }
        Value::Object(qualifiers).to_string()
    }
}

/// A number cut to the digits that make it at least `least` without the point: 1e6 for seven significant digits.
pub(super) fn shorten(number: f64, least: f64) -> f64 {
    // Powers of ten are exact that far, and the quotient by one of them is the number of the fewest digits.
    let mut scale = 1.0;
    while number.abs() * scale < least && scale < 1e22 {
        scale *= 10.0;
    }
    (number * scale).round() / scale
}
