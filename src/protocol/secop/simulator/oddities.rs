//! Modules that only quirks bring in: a broken sensor, a type of the future, a module that appears later.

use serde_json::{Value, json};

use super::datainfo::Refusal;
use super::instrument::{Instrument, no_such_command};
use super::module::{Module, read_modules};
use super::quirks::Quirks;
use crate::protocol::random::Random;

const NAN: usize = 0;
const UNKNOWN: usize = 1;
const APPEARING: usize = 2;

/// The odd modules; hidden unless a quirk asks for them.
pub(super) struct Oddities {
    modules: Vec<Module>,
    age_secs: f64,
}

impl Oddities {
    pub(super) fn new(quirks: &Quirks) -> Self {
        let mut modules = read_modules(include_str!("oddities.json"));
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
