//! Modules that only quirks bring in: a broken sensor, a type of the future, a module that appears later.

use serde_json::{Value, json};

use super::datainfo::{Refusal, double, status};
use super::instrument::{Instrument, no_such_command};
use super::module::{IDLE, Module, Parameter};
use super::quirks::Quirks;
use super::random::Random;

const NAN: usize = 0;
const UNKNOWN: usize = 1;
const APPEARING: usize = 2;

/// The odd modules; hidden unless a quirk asks for them.
#[derive(Debug)]
pub(super) struct Oddities {
    modules: [Module; 3],
    age_secs: f64,
}

impl Oddities {
    pub(super) fn new(quirks: &Quirks) -> Self {
        let mut modules = [nan_module(), unknown_module(), appearing_module()];
        modules[NAN].hidden = !quirks.nan;
        modules[UNKNOWN].hidden = !quirks.unknown_type;
        modules[APPEARING].hidden = true;
        Self { modules, age_secs: 0.0 }
    }
}

/// The module that appears when the description changes.
pub(super) const APPEARING_MODULE: &str = "T_probe";

impl Instrument for Oddities {
    fn modules(&self) -> &[Module] {
        &self.modules
    }

    fn modules_mut(&mut self) -> &mut [Module] {
        &mut self.modules
    }

    fn step(&mut self, dt: f64, _random: &mut Random) {
        self.age_secs += dt;
        let half = self.age_secs / 20.0;
        self.modules[UNKNOWN].set("value", json!({"w": half.cos(), "xyz": [half.sin(), 0, 0]}));
    }

    fn execute(&mut self, _module: usize, command: &str, _argument: &Value) -> Result<Value, Refusal> {
        Err(no_such_command(command))
    }

    fn jump(&mut self, _on: bool) {}
}

fn readable(name: &'static str, title: &str, value: Parameter) -> Module {
    let states = status(&[("IDLE", IDLE), ("ERROR", 400)]);
    Module::new(name, title, &["Readable"]).with(value).with(Parameter::new(
        "status",
        "state of the sensor",
        states,
        json!([IDLE, ""]),
    ))
}

fn nan_module() -> Module {
    let value = Parameter::new("value", "never a number", double("K", 0.0, 400.0, "%.3f"), "NaN").every(1.0);
    readable("T_broken", "Broken sensor", value)
}

fn unknown_module() -> Module {
    let datainfo = json!({"type": "quaternion", "handedness": "right"});
    Module::new("attitude", "Attitude of the sample stick", &[]).with(
        Parameter::new("value", "attitude", datainfo, json!({"w": 1, "xyz": [0, 0, 0]}))
            .every(1.0)
            .writable(),
    )
}

fn appearing_module() -> Module {
    let value = Parameter::new("value", "temperature of the probe", double("K", 0.0, 400.0, "%.3f"), 4.4)
        .every(1.0)
        .noise(0.01);
    readable(APPEARING_MODULE, "Probe temperature", value)
}
