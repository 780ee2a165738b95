//! A cryostat: a sample on a heater under a ramped PID loop, a second stage that follows, and a helium bath.

use serde_json::{Map, Value};

use super::datainfo::Refusal;
use super::instrument::{
    Instrument, approach, is_busy, limits_in_order, no_such_command, within_target_limits,
};
use super::module::{BUSY, IDLE, Module, PREPARING, RAMPING, STABILIZING, WARN, read_modules};
use crate::model::format::shortest;
use crate::protocol::physics::swing;
use crate::protocol::random::Random;

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
            modules: read_modules(include_str!("cryostat.json")),
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
        let plate = BASE_KELVIN + 0.12 * swing(self.age_secs, 295.0) + 0.03 * random.normal();
        self.heater +=
            dt * (self.output * FULL_HEATING_KELVIN_PER_SEC - (self.heater - plate) / HEATER_LAG_SECS);
        self.sample += dt * (self.heater - self.sample) / SAMPLE_LAG_SECS;
        self.heater = self.heater.clamp(BASE_KELVIN - 0.3, 420.0);
        let stage = 38.0 + 0.25 * self.sample + 0.4 * swing(self.age_secs, 195.0);
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
                Err(Refusal::new("IsBusy", format_args!("the PID loop is being tuned")))
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
                if let Some(value) = self.modules[module].position("value") {
                    self.modules[module].parameters[value].period_secs = Some(period);
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
                Err(Refusal::new("CommandRunning", format_args!("the PID loop is being tuned already")))
            }
            (SAMPLE, "_autotune") => {
                let aggressive = argument["method"].as_i64() == Some(1);
                let (p, i, d) = if aggressive { (14.0, 9.0, 0.4) } else { (7.0, 18.0, 0.0) };
                let sample = &mut self.modules[SAMPLE];
                let mut gains = Map::new();
                for (name, value) in [("_p", p), ("_i", i), ("_d", d)] {
                    sample.set(name, value);
                    gains.insert(name[1..].into(), value.into());
                }
                sample.set_status(PREPARING, "tuning the PID loop");
                self.autotune_secs = AUTOTUNE_SECS;
                self.integral = 0.0;
                Ok(gains.into())
            }
            (HELIUM, "_refill") => {
                self.refilling = true;
                Ok((self.helium < 92.0).into())
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
