//! A superconducting magnet: a ramped field, a persistent mode, and a quench when its fault is switched on.

use serde_json::Value;

use super::datainfo::Refusal;
use super::instrument::{
    Instrument, approach, is_busy, limits_in_order, no_such_command, within_target_limits,
};
use super::module::{ERROR, IDLE, Module, RAMPING, STABILIZING, read_modules};
use crate::model::format::shortest;
use crate::protocol::random::Random;

const FIELD: usize = 0;
const AMPERE_PER_TESLA: f64 = 25.004;
const SETTLE_SECS: f64 = 6.0;
const QUENCH_LAG_SECS: f64 = 1.6;

/// The magnet's state; settings live in the module's parameters.
pub(super) struct Magnet {
    modules: Vec<Module>,
    field: f64,
    /// The field that the current in the leads stands for.
    leads: f64,
    settled_secs: f64,
    quenched: bool,
}

impl Magnet {
    /// A magnet on its way to 2.5 T.
    pub(super) fn new() -> Self {
        let mut modules = read_modules(include_str!("magnet.json"));
        modules[FIELD].set_status(RAMPING, "ramping to 2.5 T");
        Self { modules, field: 0.4, leads: 0.4, settled_secs: 0.0, quenched: false }
    }

    fn is_persistent(&self) -> bool {
        self.modules[FIELD].get("_persistent").as_bool() == Some(true)
    }
}

impl Instrument for Magnet {
    fn modules(&self) -> &[Module] {
        &self.modules
    }

    fn modules_mut(&mut self) -> &mut [Module] {
        &mut self.modules
    }

    fn step(&mut self, dt: f64, _random: &mut Random) {
        let persistent = self.is_persistent();
        let module = &mut self.modules[FIELD];
        let (target, ramp) = (module.number("target"), module.number("ramp"));
        if self.quenched {
            self.field -= self.field * dt / QUENCH_LAG_SECS;
            self.leads = 0.0;
            module.set_status(ERROR, "quench detected");
        } else if persistent {
            // The leads are run down once the switch is superconducting.
            self.leads = approach(self.leads, 0.0, 1.5 / 60.0 * dt * 10.0);
        } else {
            self.leads = approach(self.leads, self.field, 0.25 * dt);
            if is_busy(module.status_code()) && (self.leads - self.field).abs() < 1e-9 {
                self.field = approach(self.field, target, ramp / 60.0 * dt);
                self.leads = self.field;
                if (self.field - target).abs() > 1e-9 {
                    module.set_status(RAMPING, &format!("ramping to {} T", shortest(target)));
                    self.settled_secs = 0.0;
                } else if self.settled_secs < SETTLE_SECS {
                    module.set_status(STABILIZING, "stabilizing");
                    self.settled_secs += dt;
                } else {
                    module.set_status(IDLE, "");
                }
            }
        }
        module.set("value", self.field);
        module.set("_current", self.leads * AMPERE_PER_TESLA);
        module.set("_switch_heater", i64::from(!persistent));
    }

    fn admit(&self, _module: usize, parameter: &str, value: &Value) -> Result<(), Refusal> {
        let module = &self.modules[FIELD];
        match parameter {
            "target" if self.quenched => {
                Err(Refusal::new("IsError", format_args!("the magnet has quenched")))
            }
            "target" if self.is_persistent() => Err(Refusal::new(
                "Disabled",
                format_args!("the field is persistent: switch _persistent off first"),
            )),
            "target" => within_target_limits(module, value),
            "target_limits" => limits_in_order(value),
            "_persistent" if is_busy(module.status_code()) => {
                Err(Refusal::new("IsBusy", format_args!("the field is still moving")))
            }
            _ => Ok(()),
        }
    }

    fn written(&mut self, _module: usize, parameter: &str) {
        if parameter == "target" {
            let target = self.modules[FIELD].number("target");
            self.settled_secs = 0.0;
            self.modules[FIELD].set_status(RAMPING, &format!("ramping to {} T", shortest(target)));
        }
    }

    fn execute(&mut self, _module: usize, command: &str, _argument: &Value) -> Result<Value, Refusal> {
        if command != "stop" {
            return Err(no_such_command(command));
        }
        if is_busy(self.modules[FIELD].status_code()) {
            let here = (self.field * 1e4).round() / 1e4;
            self.modules[FIELD].set("target", here);
            self.modules[FIELD].set_status(IDLE, "stopped");
        }
        Ok(Value::Null)
    }

    fn jump(&mut self, on: bool) {
        self.quenched = on;
        if !on {
            let here = (self.field * 1e4).round() / 1e4;
            self.modules[FIELD].set("target", here);
            self.modules[FIELD].set_status(IDLE, "recovered from a quench");
        }
    }
}
