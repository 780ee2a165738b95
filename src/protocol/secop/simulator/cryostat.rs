//! A cryostat: a sample on a heater under a ramped PID loop, a second stage that follows, and a helium bath.

use serde_json::{Value, json};

use super::datainfo::{Refusal, array, boolean, double, enumeration, int, status, string, structure, tuple};
use super::instrument::{
    Instrument, approach, is_busy, limits_in_order, no_such_command, within_target_limits,
};
use super::module::{BUSY, IDLE, Module, PREPARING, Parameter, RAMPING, STABILIZING, Visibility, WARN};
use super::random::Random;
use crate::model::format::shortest;

const SAMPLE: usize = 0;
const STAGE: usize = 1;
const HELIUM: usize = 2;

const MODE_OFF: i64 = 0;
const MODE_PID: i64 = 1;
const MODE_MANUAL: i64 = 2;

/// Thermal time constants, in seconds: sample to heater, and heater to the cold plate.
const SAMPLE_LAG_SECS: f64 = 3.0;
const HEATER_LAG_SECS: f64 = 25.0;
/// What full heating power does to the heater's temperature.
const FULL_HEATING_KELVIN_PER_SEC: f64 = 16.0;
/// The temperature that pumping alone reaches.
const BASE_KELVIN: f64 = 1.6;
/// Full heating power.
const FULL_WATT: f64 = 50.0;
const WINDOW_KELVIN: f64 = 0.03;
const SETTLE_SECS: f64 = 10.0;
const AUTOTUNE_SECS: f64 = 20.0;

/// The cryostat's state; settings live in the modules' parameters.
#[derive(Debug)]
pub(super) struct Cryostat {
    modules: Vec<Module>,
    sample: f64,
    heater: f64,
    stage: f64,
    helium: f64,
    setpoint: f64,
    /// Heating power, 0 to 1.
    output: f64,
    integral: f64,
    last_error: f64,
    within_window_secs: f64,
    autotune_secs: f64,
    refilling: bool,
    age_secs: f64,
}

impl Cryostat {
    /// A cryostat in the middle of cooling down.
    pub(super) fn new(random: &mut Random) -> Self {
        let start = 16.5;
        let mut cryostat = Self {
            modules: vec![sample_module(), stage_module(), helium_module()],
            sample: start,
            heater: start,
            stage: 52.0,
            helium: 61.4 + random.between(-3.0, 3.0),
            setpoint: start,
            output: 0.3,
            integral: 0.0,
            last_error: 0.0,
            within_window_secs: 0.0,
            autotune_secs: 0.0,
            refilling: false,
            age_secs: 0.0,
        };
        cryostat.modules[SAMPLE].set_status(RAMPING, "ramping to 4.2 K");
        cryostat
    }

    fn control(&mut self, dt: f64) {
        let module = &self.modules[SAMPLE];
        let (target, ramp) = (module.number("target"), module.number("ramp"));
        self.setpoint = match ramp {
            0.0 => target,
            ramp => approach(self.setpoint, target, ramp / 60.0 * dt),
        };
        let error = self.setpoint - self.sample;
        match module.get("mode").as_i64() {
            Some(MODE_PID) => {
                let [p, i, d] = ["_p", "_i", "_d"].map(|name| module.number(name));
                let slope = (error - self.last_error) / dt;
                // A saturated output must not wind the integral up.
                let wanted = p * (error + self.integral + d * slope) / 100.0;
                if (0.0..1.0).contains(&wanted) || (wanted < 0.0) == (error > 0.0) {
                    self.integral += error * dt / i.max(0.1);
                }
                self.output = (p * (error + self.integral + d * slope) / 100.0).clamp(0.0, 1.0);
            }
            Some(MODE_MANUAL) => self.output = (module.number("_manual_power") / FULL_WATT).clamp(0.0, 1.0),
            _ => self.output = 0.0,
        }
        self.last_error = error;
    }

    fn heat(&mut self, dt: f64, random: &mut Random) {
        // The cold plate breathes: pumps, helium flow, the building.
        let plate = BASE_KELVIN + 0.12 * (self.age_secs / 47.0).sin() + 0.03 * random.normal();
        self.heater +=
            dt * (self.output * FULL_HEATING_KELVIN_PER_SEC - (self.heater - plate) / HEATER_LAG_SECS);
        self.sample += dt * (self.heater - self.sample) / SAMPLE_LAG_SECS;
        self.heater = self.heater.clamp(BASE_KELVIN - 0.3, 420.0);
        let stage = 38.0 + 0.25 * self.sample + 0.4 * (self.age_secs / 31.0).sin();
        self.stage += dt * (stage - self.stage) / 90.0;
        let boil_off = 0.002 + 0.02 * self.output;
        self.helium = (self.helium + dt * if self.refilling { 1.5 } else { -boil_off }).clamp(0.0, 95.0);
    }

    fn judge(&mut self, dt: f64) {
        let module = &mut self.modules[SAMPLE];
        let target = module.number("target");
        let near = (self.sample - target).abs() < WINDOW_KELVIN;
        self.within_window_secs = if near { self.within_window_secs + dt } else { 0.0 };
        self.autotune_secs = (self.autotune_secs - dt).max(0.0);
        if self.autotune_secs > 0.0 {
            module.set_status(PREPARING, "tuning the PID loop");
        } else if !is_busy(module.status_code()) {
            if module.get("mode").as_i64() == Some(MODE_OFF) {
                module.set_status(IDLE, "control is off");
            } else {
                module.set_status(IDLE, "");
            }
        } else if (self.setpoint - target).abs() > 1e-9 {
            module.set_status(RAMPING, &format!("ramping to {} K", shortest(target)));
        } else if self.within_window_secs < SETTLE_SECS {
            module.set_status(STABILIZING, "stabilizing");
        } else {
            module.set_status(IDLE, "");
        }
        self.refilling &= self.helium < 92.0;
        let (level, helium) = (self.helium, &mut self.modules[HELIUM]);
        if self.refilling {
            helium.set_status(BUSY, "refilling");
        } else if level < 20.0 {
            helium.set_status(WARN, "level is low: refill");
        } else {
            helium.set_status(IDLE, "");
        }
    }

    fn show(&mut self) {
        let module = &mut self.modules[SAMPLE];
        let ramp = module.number("ramp");
        let distance = (module.number("target") - self.setpoint).abs();
        let left = if distance > 0.0 && ramp > 0.0 { distance / ramp * 60.0 } else { 0.0 };
        module.set("value", self.sample);
        module.set("setpoint", (self.setpoint * 1e6).round() / 1e6);
        module.set("_heater_power", self.output * FULL_WATT);
        module.set("time_to_target", left.round());
        self.modules[STAGE].set("value", self.stage);
        self.modules[HELIUM].set("value", self.helium);
        self.modules[HELIUM].set("_boil_off", 0.18 + 1.9 * self.output);
    }
}

impl Instrument for Cryostat {
    fn modules(&self) -> &[Module] {
        &self.modules
    }

    fn modules_mut(&mut self) -> &mut [Module] {
        &mut self.modules
    }

    fn step(&mut self, dt: f64, random: &mut Random) {
        self.age_secs += dt;
        self.control(dt);
        self.heat(dt, random);
        self.judge(dt);
        self.show();
    }

    fn admit(&self, module: usize, parameter: &str, value: &Value) -> Result<(), Refusal> {
        match (module, parameter) {
            (SAMPLE, "target") if self.autotune_secs > 0.0 => {
                Err(Refusal::new("IsBusy", "the PID loop is being tuned"))
            }
            (SAMPLE, "target") => within_target_limits(&self.modules[SAMPLE], value),
            (SAMPLE, "target_limits") => limits_in_order(value),
            _ => Ok(()),
        }
    }

    fn written(&mut self, module: usize, parameter: &str) {
        let sample = &mut self.modules[SAMPLE];
        match (module, parameter) {
            (SAMPLE, "target") => {
                // A new ramp starts where the sample is.
                if !is_busy(sample.status_code()) {
                    self.setpoint = self.sample;
                }
                if sample.get("mode").as_i64() == Some(MODE_OFF) {
                    sample.set("mode", MODE_PID);
                }
                let target = sample.number("target");
                sample.set_status(RAMPING, &format!("ramping to {} K", shortest(target)));
                self.within_window_secs = 0.0;
            }
            (SAMPLE, "mode") => {
                self.integral = 0.0;
                self.setpoint = self.sample;
                sample.set_status(IDLE, "");
            }
            (_, "pollinterval") => {
                let period = self.modules[module].number("pollinterval");
                if let Some(value) = self.modules[module].parameter_mut("value") {
                    value.period_secs = Some(period);
                }
            }
            _ => {}
        }
    }

    fn execute(&mut self, module: usize, command: &str, argument: &Value) -> Result<Value, Refusal> {
        match (module, command) {
            (SAMPLE, "stop") => {
                let here = (self.sample * 1000.0).round() / 1000.0;
                self.setpoint = here;
                self.autotune_secs = 0.0;
                self.modules[SAMPLE].set("target", here);
                self.modules[SAMPLE].set_status(IDLE, "stopped");
                Ok(Value::Null)
            }
            (SAMPLE, "_autotune") if self.autotune_secs > 0.0 => {
                Err(Refusal::new("CommandRunning", "the PID loop is being tuned already"))
            }
            (SAMPLE, "_autotune") => {
                let aggressive = argument["method"].as_i64() == Some(1);
                let [p, i, d] = if aggressive { [14.0, 9.0, 0.4] } else { [7.0, 18.0, 0.0] };
                let sample = &mut self.modules[SAMPLE];
                for (name, value) in [("_p", p), ("_i", i), ("_d", d)] {
                    sample.set(name, value);
                }
                sample.set_status(PREPARING, "tuning the PID loop");
                self.autotune_secs = AUTOTUNE_SECS;
                self.integral = 0.0;
                Ok(json!({"p": p, "i": i, "d": d}))
            }
            (HELIUM, "_refill") => {
                self.refilling = true;
                Ok(json!(self.helium < 92.0))
            }
            _ => Err(no_such_command(command)),
        }
    }

    fn jump(&mut self, on: bool) {
        let kick = if on { 6.0 } else { -6.0 };
        self.sample = (self.sample + kick).max(BASE_KELVIN);
        self.stage = (self.stage + 1.5 * kick).max(30.0);
        self.show();
    }
}

fn sample_module() -> Module {
    let kelvin = |min: f64| double("K", min, 300.0, "%.3f");
    let states = [
        ("IDLE", IDLE),
        ("PREPARING", PREPARING),
        ("RAMPING", RAMPING),
        ("STABILIZING", STABILIZING),
        ("ERROR", 400),
    ];
    let methods = enumeration(&[("gentle", 0), ("aggressive", 1)]);
    let tuning = structure(
        &json!({"method": methods, "amplitude": double("K", 0.01, 5.0, "%.2f"), "cycles": int(1, 10)}),
        &["cycles"],
    );
    let gains = structure(
        &json!({
            "p": double("%/K", 0.0, 100.0, "%.3g"),
            "i": double("s", 0.1, 1000.0, "%.3g"),
            "d": double("s", 0.0, 100.0, "%.3g"),
        }),
        &[],
    );
    Module::new("T_sample", "Sample temperature", &["Drivable"])
        .group("cryostat")
        .meaning("temperature", 40)
        .with(
            Parameter::new("value", "temperature at the sample", double("K", 0.0, 400.0, "%.3f"), 16.5)
                .every(0.2)
                .noise(0.002)
                .uncertainty(0.004),
        )
        .with(Parameter::new("status", "state of the control loop", status(&states), json!([IDLE, ""])))
        .with(Parameter::new("target", "where the sample shall go", kelvin(1.5), 4.2).writable().checkable())
        .with(
            Parameter::new(
                "target_limits",
                "limits of the target",
                tuple(&[kelvin(0.0), kelvin(0.0)]),
                json!([1.5, 300.0]),
            )
            .writable()
            .visible_to(Visibility::Advanced),
        )
        .with(
            Parameter::new("ramp", "speed of the set point", double("K/min", 0.0, 30.0, "%.2f"), 3.0)
                .writable(),
        )
        .with(Parameter::new("setpoint", "set point of the control loop", kelvin(0.0), 16.5).every(0.5))
        .with(
            Parameter::new("time_to_target", "left of the ramp", double("s", 0.0, 1e5, "%.0f"), 0.0)
                .every(1.0),
        )
        .with(
            Parameter::new("_heater_power", "heating power", double("W", 0.0, FULL_WATT, "%.2f"), 0.0)
                .every(0.5)
                .relative_noise(0.004),
        )
        .with(
            Parameter::new(
                "mode",
                "how the heater is driven",
                enumeration(&[("off", MODE_OFF), ("pid", MODE_PID), ("manual", MODE_MANUAL)]),
                MODE_PID,
            )
            .writable(),
        )
        .with(
            Parameter::new("_manual_power", "power in manual mode", double("W", 0.0, FULL_WATT, "%.2f"), 0.5)
                .writable()
                .visible_to(Visibility::Advanced),
        )
        .with(
            Parameter::new("_p", "proportional gain", double("%/K", 0.0, 100.0, "%.3g"), 8.0)
                .writable()
                .group("pid"),
        )
        .with(
            Parameter::new("_i", "integration time", double("s", 0.1, 1000.0, "%.3g"), 15.0)
                .writable()
                .group("pid"),
        )
        .with(
            Parameter::new("_d", "derivation time", double("s", 0.0, 100.0, "%.3g"), 0.0)
                .writable()
                .group("pid"),
        )
        .with(
            Parameter::new("pollinterval", "time between readings", double("s", 0.1, 60.0, "%.1f"), 0.2)
                .writable()
                .visible_to(Visibility::Advanced),
        )
        .with(
            Parameter::new(
                "_curve",
                "calibration: temperature against resistance in ohm",
                array(&tuple(&[double("K", 0.0, 400.0, "%.1f"), double("Ohm", 0.0, 1e6, "%.4g")]), 64),
                json!([[1.5, 6104.0], [4.2, 1713.0], [20.0, 412.0], [77.0, 164.0], [300.0, 66.4]]),
            )
            .visible_to(Visibility::Expert),
        )
        .with(
            Parameter::new("_sensor", "kind and number of the sensor", string(80), "Cernox CX-1050, X127314")
                .constant()
                .visible_to(Visibility::Expert),
        )
        .command("stop", "hold the present temperature", Value::Null, Value::Null)
        .command("_autotune", "find PID parameters; takes 20 s", tuning, gains)
}

fn stage_module() -> Module {
    Module::new("T_stage2", "Second stage temperature", &["Readable"])
        .group("cryostat")
        .meaning("temperature", 15)
        .with(
            Parameter::new("value", "temperature of the shield", double("K", 0.0, 400.0, "%.2f"), 52.0)
                .every(1.0)
                .noise(0.015)
                .uncertainty(0.05),
        )
        .with(Parameter::new(
            "status",
            "state of the sensor",
            status(&[("IDLE", IDLE), ("ERROR", 400)]),
            json!([IDLE, ""]),
        ))
        .with(
            Parameter::new("pollinterval", "time between readings", double("s", 0.1, 60.0, "%.1f"), 1.0)
                .writable()
                .visible_to(Visibility::Advanced),
        )
}

fn helium_module() -> Module {
    Module::new("he_level", "Helium level\n\nLiquid helium in the bath. Refill below 20 %.", &["Readable"])
        .group("cryostat")
        .meaning("level", 20)
        .with(
            Parameter::new("value", "level of the bath", double("%", 0.0, 100.0, "%.1f"), 61.4)
                .every(2.0)
                .noise(0.05),
        )
        .with(Parameter::new(
            "status",
            "state of the bath",
            status(&[("IDLE", IDLE), ("WARN", WARN), ("BUSY", BUSY), ("ERROR", 400)]),
            json!([IDLE, ""]),
        ))
        .with(
            Parameter::new("_boil_off", "flow of the helium gas", double("l/min", 0.0, 50.0, "%.2f"), 0.2)
                .every(2.0)
                .relative_noise(0.01),
        )
        .command("_refill", "open the transfer line until the bath is full", Value::Null, boolean())
}

#[cfg(test)]
mod tests {
    use super::super::instrument::STEP_SECS;
    use super::*;

    fn run(cryostat: &mut Cryostat, random: &mut Random, secs: f64) -> Vec<f64> {
        let steps = (secs / STEP_SECS) as usize;
        (0..steps)
            .map(|_| {
                cryostat.step(STEP_SECS, random);
                cryostat.sample
            })
            .collect()
    }

    #[test]
    fn it_cools_down_and_settles_at_the_target() {
        let mut random = Random::new(1);
        let mut cryostat = Cryostat::new(&mut random);
        run(&mut cryostat, &mut random, 120.0);
        assert_eq!(cryostat.modules[SAMPLE].status_code(), RAMPING);
        run(&mut cryostat, &mut random, 300.0);
        assert_eq!(cryostat.modules[SAMPLE].status_code(), IDLE);
        assert!((cryostat.sample - 4.2).abs() < 0.05, "at {} K", cryostat.sample);
    }

    #[test]
    fn without_a_ramp_it_overshoots_and_comes_back() {
        let mut random = Random::new(2);
        let mut cryostat = Cryostat::new(&mut random);
        run(&mut cryostat, &mut random, 420.0);
        cryostat.modules[SAMPLE].set("ramp", 0.0);
        cryostat.modules[SAMPLE].set("target", 20.0);
        cryostat.written(SAMPLE, "target");
        let path = run(&mut cryostat, &mut random, 180.0);
        let highest = path.iter().copied().fold(0.0, f64::max);
        assert!(highest > 20.3, "overshoots: highest was {highest} K");
        assert!((cryostat.sample - 20.0).abs() < 0.1, "comes back: at {} K", cryostat.sample);
    }

    #[test]
    fn whatever_the_gains_are_the_temperature_stays_finite() {
        let mut random = Random::new(3);
        let mut cryostat = Cryostat::new(&mut random);
        for (name, value) in [("_p", 100.0), ("_i", 0.1), ("_d", 100.0), ("ramp", 0.0), ("target", 300.0)] {
            cryostat.modules[SAMPLE].set(name, value);
        }
        cryostat.written(SAMPLE, "target");
        let path = run(&mut cryostat, &mut random, 600.0);
        assert!(path.iter().all(|kelvin| (0.0..=420.0).contains(kelvin)));
    }
}
