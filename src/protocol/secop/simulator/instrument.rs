//! What the simulated instruments have in common.

use serde_json::Value;

use super::datainfo::Refusal;
use super::module::{BUSY, Module};
use crate::model::format::shortest;
use crate::protocol::random::Random;

/// A model of a piece of hardware and the modules that show it.
pub(super) trait Instrument {
    fn modules(&self) -> &[Module];

    fn modules_mut(&mut self) -> &mut [Module];

    /// Lets the model live on for `dt` seconds (at most [`STEP_SECS`]) and shows its state in the modules.
    fn step(&mut self, dt: f64, random: &mut Random);

    /// Whether a value of the right type may be written to a parameter (of the module at an index) just now.
    fn admit(&self, _module: usize, _parameter: &str, _value: &Value) -> Result<(), Refusal> {
        Ok(())
    }

    /// A client has written a parameter.
    fn written(&mut self, _module: usize, _parameter: &str) {}

    /// Executes a command that the module has, with an argument of the right type.
    fn execute(&mut self, module: usize, command: &str, argument: &Value) -> Result<Value, Refusal>;

    /// Something happens to the hardware, or is mended: [`crate::protocol::Fault::Step`].
    fn jump(&mut self, on: bool);
}

/// The longest step of the models, in seconds.
pub(super) const STEP_SECS: f64 = 0.1;

/// What every instrument says of a command that is described but not implemented.
pub(super) fn no_such_command(command: &str) -> Refusal {
    Refusal::new("NotImplemented", format_args!("{command} is not implemented"))
}

/// Refuses a target outside of the limits that the module's own `target_limits` gives at present.
pub(super) fn within_target_limits(module: &Module, target: &Value) -> Result<(), Refusal> {
    let (Some(low), Some(high), Some(target)) =
        (module.get("target_limits")[0].as_f64(), module.get("target_limits")[1].as_f64(), target.as_f64())
    else {
        return Ok(());
    };
    if (low..=high).contains(&target) {
        Ok(())
    } else {
        let [target, low, high] = [target, low, high].map(shortest);
        let text = format_args!("{target} is outside of target_limits ({low}, {high})");
        Err(Refusal::new("RangeError", text))
    }
}

/// Refuses limits in the wrong order.
pub(super) fn limits_in_order(limits: &Value) -> Result<(), Refusal> {
    if limits[0].as_f64() <= limits[1].as_f64() {
        Ok(())
    } else {
        Err(Refusal::new("RangeError", format_args!("the lower limit is above the upper one")))
    }
}

/// Moves `from` towards `to` by at most `step`.
pub(super) fn approach(from: f64, to: f64, step: f64) -> f64 {
    // No clamp: its panic writes doubles with the routines that `model::decimal` replaces.
    from + (to - from).min(step).max(-step)
}

/// Whether a status code says that the module is on its way.
pub(super) fn is_busy(code: i64) -> bool {
    (BUSY..BUSY + 90).contains(&code)
}
