//! The insulation vacuum: a gauge whose sensor comes loose now and then, and a pumping valve.

use serde_json::{Value, json};

use super::BEFORE_SECS;
use super::datainfo::{Refusal, double, enumeration, status};
use super::instrument::{Instrument, no_such_command};
use super::module::{BUSY, ERROR, IDLE, Module, Parameter, Visibility};
use super::random::Random;

const GAUGE: usize = 0;
const VALVE: usize = 1;
const CLOSED: i64 = 0;
const OPEN: i64 = 1;
const VALVE_SECS: f64 = 2.5;

/// The state of gauge and valve.
#[derive(Debug)]
pub(super) struct Vacuum {
    modules: [Module; 2],
    /// The natural logarithm of the pressure in mbar.
    log_pressure: f64,
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
            modules: [gauge_module(), valve_module()],
            log_pressure: 2.1e-6_f64.ln(),
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
            (true, true) => 8e-4_f64,
            (true, false) => 5e-2,
            (false, true) => 1.6e-6,
            (false, false) => 3e-3,
        };
        let lag_secs = if pumped { 12.0 } else { 60.0 };
        self.log_pressure += dt * (floor.ln() - self.log_pressure) / lag_secs + 0.006 * random.normal();
        let gauge = &mut self.modules[GAUGE];
        gauge.set("value", self.log_pressure.exp());
        // The gauge switches its principle as such combined gauges do.
        gauge.set("_gauge", i64::from(self.log_pressure > 1e-3_f64.ln()));
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
        self.log_pressure += if on { 5.0 } else { -3.0 };
    }
}

fn gauge_module() -> Module {
    Module::new("p_iso", "Insulation vacuum", &["Readable"])
        .group("vacuum")
        .meaning("pressure", 30)
        .with(
            Parameter::new(
                "value",
                "pressure in the insulation space",
                double("mbar", 0.0, 1e3, "%.1e"),
                2.1e-6,
            )
            .every(1.0)
            .relative_noise(0.01),
        )
        .with(Parameter::new(
            "status",
            "state of the gauge",
            status(&[("IDLE", IDLE), ("ERROR", ERROR)]),
            json!([IDLE, ""]),
        ))
        .with(Parameter::new(
            "_gauge",
            "principle in use",
            enumeration(&[("cold cathode", 0), ("Pirani", 1)]),
            0,
        ))
        .with(
            Parameter::new("_high_voltage", "voltage of the cathode", double("kV", 0.0, 5.0, "%.2f"), 3.3)
                .every(5.0)
                .noise(0.01)
                .visible_to(Visibility::Expert),
        )
}

fn valve_module() -> Module {
    let states = || enumeration(&[("closed", CLOSED), ("open", OPEN)]);
    Module::new("valve", "Pumping valve", &["Writable"])
        .group("vacuum")
        .with(Parameter::new("value", "where the valve is", states(), OPEN))
        .with(Parameter::new(
            "status",
            "state of the valve",
            status(&[("IDLE", IDLE), ("BUSY", BUSY), ("ERROR", ERROR)]),
            json!([IDLE, ""]),
        ))
        .with(Parameter::new("target", "where it shall be", states(), OPEN).writable())
}

#[cfg(test)]
mod tests {
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
        assert!(vacuum.log_pressure.exp() > 1e-4, "{} mbar", vacuum.log_pressure.exp());
    }
}
