//! The insulation vacuum: a gauge whose sensor comes loose now and then, and a pumping valve.

use serde_json::Value;

use super::BEFORE_SECS;
use super::datainfo::Refusal;
use super::instrument::{Instrument, no_such_command};
use super::module::{BUSY, IDLE, Module, read_modules};
use crate::protocol::random::Random;

const GAUGE: usize = 0;
const VALVE: usize = 1;
const OPEN: i64 = 1;
const VALVE_SECS: f64 = 2.5;

/// The state of gauge and valve.
pub(super) struct Vacuum {
    modules: Vec<Module>,
    /// In mbar.
    pressure: f64,
    valve_secs: f64,
    /// Until the sensor comes loose (positive), or until it has contact again (while it is loose).
    until_secs: f64,
    loose: bool,
    leak: bool,
}

impl Vacuum {
    /// A good vacuum, with a sensor that comes loose about half a minute after it is first seen.
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            modules: read_modules(include_str!("vacuum.json")),
            pressure: 2.1e-6,
            valve_secs: 0.0,
            until_secs: BEFORE_SECS + random.between(20.0, 35.0),
            loose: false,
            leak: false,
        }
    }
}

impl Instrument for Vacuum {
    fn modules(&self) -> &[Module] {
        &self.modules
    }

    fn modules_mut(&mut self) -> &mut [Module] {
        &mut self.modules
    }

    fn step(&mut self, dt: f64, random: &mut Random) {
        self.until_secs -= dt;
        if self.until_secs <= 0.0 {
            self.loose = !self.loose;
            self.until_secs =
                if self.loose { random.between(8.0, 15.0) } else { random.between(100.0, 200.0) };
            self.modules[GAUGE].fail(self.loose.then_some("sensor disconnected"));
        }

        let valve = &mut self.modules[VALVE];
        if self.valve_secs > 0.0 {
            self.valve_secs -= dt;
            if self.valve_secs <= 0.0 {
                let target = valve.get("target").clone();
                valve.set("value", target);
                valve.set_status(IDLE, "");
            }
        }

        let pumped = valve.get("value").as_i64() == Some(OPEN);
        let floor = match (self.leak, pumped) {
            (true, true) => 8e-4,
            (true, false) => 5e-2,
            (false, true) => 1.6e-6,
            (false, false) => 3e-3,
        };
        let lag_secs = if pumped { 12.0 } else { 60.0 };
        self.pressure += dt * (floor - self.pressure) / lag_secs + self.pressure * 0.006 * random.normal();
        let gauge = &mut self.modules[GAUGE];
        gauge.set("value", self.pressure);
        // The gauge switches its principle as such combined gauges do.
        gauge.set("_gauge", i64::from(self.pressure > 1e-3));
    }

    fn written(&mut self, module: usize, parameter: &str) {
        if (module, parameter) == (VALVE, "target") {
            let valve = &mut self.modules[VALVE];
            if valve.get("target") != valve.get("value") {
                self.valve_secs = VALVE_SECS;
                valve.set_status(BUSY, "moving");
            }
        }
    }

    fn execute(&mut self, _module: usize, command: &str, _argument: &Value) -> Result<Value, Refusal> {
        Err(no_such_command(command))
    }

    fn jump(&mut self, on: bool) {
        self.leak = on;
        self.pressure *= if on { 150.0 } else { 0.05 };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::instrument::STEP_SECS;
    use super::*;

    #[test]
    fn the_sensor_comes_loose_while_somebody_looks_and_has_contact_again() {
        let mut random = Random::new(4);
        let mut vacuum = Vacuum::new(&mut random);
        let mut history = Vec::new();
        for _ in 0..((BEFORE_SECS + 60.0) / STEP_SECS) as usize {
            vacuum.step(STEP_SECS, &mut random);
            if history.last() != Some(&vacuum.loose) {
                history.push(vacuum.loose);
            }
        }
        assert_eq!(history, [false, true, false]);
    }

    const CLOSED: i64 = 0;

    #[test]
    fn a_closed_valve_lets_the_pressure_rise() {
        let mut random = Random::new(5);
        let mut vacuum = Vacuum::new(&mut random);
        vacuum.modules[VALVE].set("target", CLOSED);
        vacuum.written(VALVE, "target");
        for _ in 0..(120.0 / STEP_SECS) as usize {
            vacuum.step(STEP_SECS, &mut random);
        }
        assert_eq!(vacuum.modules[VALVE].get("value"), &json!(CLOSED));
        assert!(vacuum.pressure > 1e-4, "{} mbar", vacuum.pressure);
    }
}
