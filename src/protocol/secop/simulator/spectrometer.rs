//! A quadrupole mass spectrometer: a spectrum, partial pressures, a filament, and one of every data type.

use serde_json::Value;

use super::datainfo::Refusal;
use super::instrument::{Instrument, approach, no_such_command};
use super::module::{BUSY, IDLE, Module, read_modules, shorten};
use crate::model::base64;
use crate::model::number::exp;
use crate::protocol::physics::swing;
use crate::protocol::random::Random;

const SPECTRUM: usize = 0;
const FILAMENT: usize = 1;
/// The first of the partial pressures.
const FIRST_GAS: usize = 2;

const POINTS: usize = 200;
const HIGHEST_MASS: f64 = 50.0;
/// The last scans, as a matrix: how many, and points in each.
const SCANS: usize = 16;
const SCAN_POINTS: usize = 50;
const DEGAS_SECS: f64 = 15.0;

/// A gas of the residue: partial pressure in mbar, whether it comes in by a leak, and its peaks (mass, share).
struct Gas {
    mbar: f64,
    in_air: bool,
    peaks: &'static [(f64, f64)],
}

const GASES: [Gas; 6] = [
    Gas { mbar: 3.2e-8, in_air: false, peaks: &[(2.0, 1.0), (1.0, 0.1)] },
    Gas { mbar: 1.1e-8, in_air: false, peaks: &[(4.0, 1.0)] },
    Gas { mbar: 6.4e-8, in_air: false, peaks: &[(18.0, 1.0), (17.0, 0.23), (16.0, 0.02)] },
    Gas { mbar: 2.0e-8, in_air: true, peaks: &[(28.0, 1.0), (14.0, 0.08)] },
    Gas { mbar: 4.5e-9, in_air: true, peaks: &[(32.0, 1.0), (16.0, 0.11)] },
    Gas { mbar: 9.0e-10, in_air: true, peaks: &[(40.0, 1.0), (20.0, 0.15)] },
];

/// The spectrometer's state; settings live in the modules' parameters.
pub(super) struct Spectrometer {
    modules: Vec<Module>,
    /// The partial pressures in mbar.
    pressures: [f64; GASES.len()],
    emission: f64,
    until_scan_secs: f64,
    scans: u64,
    /// The last scans, the oldest first.
    map: Vec<f32>,
    degas_secs: f64,
    leak: bool,
    age_secs: f64,
}

impl Spectrometer {
    /// A spectrometer that is scanning.
    pub(super) fn new() -> Self {
        let mut modules = read_modules(include_str!("spectrometer.json"));
        let masses: Vec<Value> = (0..POINTS).map(|point| mass_at(point, POINTS).into()).collect();
        modules[SPECTRUM].set("_masses", masses);
        Self {
            modules,
            pressures: GASES.map(|gas| gas.mbar),
            emission: 1.0,
            until_scan_secs: 0.0,
            scans: 0,
            map: vec![0.0; SCANS * SCAN_POINTS],
            degas_secs: 0.0,
            leak: false,
            age_secs: 0.0,
        }
    }

    /// The ion current at a mass, in ampere.
    fn intensity(&self, mass: f64) -> f64 {
        let mut signal = 0.0;
        for (gas, pressure) in GASES.iter().zip(self.pressures) {
            for (peak, share) in gas.peaks {
                let distance = (mass - peak) / 0.28;
                signal += share * pressure * exp(-distance * distance);
            }
        }
        1e-3 * self.emission * signal + 2e-13
    }

    fn scan(&mut self, random: &mut Random) {
        self.scans += 1;
        let mut spectrum = Vec::new();
        for point in 0..POINTS {
            let ampere = self.intensity(mass_at(point, POINTS)) * (1.0 + 0.02 * random.normal());
            spectrum.push(shorten(ampere.max(1e-14), 1e3).into());
        }
        self.map.drain(..SCAN_POINTS);
        for point in 0..SCAN_POINTS {
            self.map.push(self.intensity(mass_at(point, SCAN_POINTS)) as f32);
        }
        let module = &mut self.modules[SPECTRUM];
        module.set("value", Value::Array(spectrum));
        module.set("_scans", self.scans);
        // The map is large: it is shown with every fourth scan.
        if self.scans % 4 == 1 {
            let mut bytes = Vec::new();
            for ampere in &self.map {
                bytes.extend_from_slice(&ampere.to_le_bytes());
            }
            let mut map = module.get("_map").clone();
            map["blob"] = base64::encode(&bytes).into();
            module.set("_map", map);
        }
    }
}

fn mass_at(point: usize, points: usize) -> f64 {
    (point + 1) as f64 * HIGHEST_MASS / points as f64
}

impl Instrument for Spectrometer {
    fn modules(&self) -> &[Module] {
        &self.modules
    }

    fn modules_mut(&mut self) -> &mut [Module] {
        &mut self.modules
    }

    fn step(&mut self, dt: f64, random: &mut Random) {
        self.age_secs += dt;
        for (index, gas) in GASES.iter().enumerate() {
            let factor = match (self.leak && gas.in_air, self.degas_secs > 0.0) {
                (true, _) => 40.0,
                (false, true) => 3.0,
                (false, false) => 1.0,
            };
            let goal = gas.mbar * factor * (1.0 + 0.25 * swing(self.age_secs, 250.0 + 80.0 * index as f64));
            let pressure = &mut self.pressures[index];
            *pressure += dt * (goal - *pressure) / 8.0 + *pressure * 0.004 * random.normal();
            self.modules[FIRST_GAS + index].set("value", *pressure);
        }

        let filament = &mut self.modules[FILAMENT];
        self.emission = approach(self.emission, filament.number("target"), 0.4 * dt);
        self.degas_secs = (self.degas_secs - dt).max(0.0);
        if self.degas_secs > 0.0 {
            filament.set_status(BUSY, "degassing");
        } else if (self.emission - filament.number("target")).abs() > 1e-9 {
            filament.set_status(BUSY, "heating up");
        } else {
            filament.set_status(IDLE, "");
        }
        filament.set("value", self.emission);

        self.until_scan_secs -= dt;
        if self.until_scan_secs <= 0.0 {
            self.until_scan_secs += 1.0 / self.modules[SPECTRUM].number("_scan_rate").clamp(0.2, 5.0);
            self.scan(random);
        }
    }

    fn admit(&self, module: usize, parameter: &str, _value: &Value) -> Result<(), Refusal> {
        if (module, parameter) == (FILAMENT, "target") && self.degas_secs > 0.0 {
            return Err(Refusal::new("IsBusy", format_args!("the filament is being degassed")));
        }
        Ok(())
    }

    fn execute(&mut self, module: usize, command: &str, argument: &Value) -> Result<Value, Refusal> {
        match (module, command) {
            (SPECTRUM, "_peak") => Ok(self.intensity(argument.as_f64().unwrap_or(0.0)).into()),
            (FILAMENT, "_degas") if self.degas_secs > 0.0 => {
                Err(Refusal::new("CommandRunning", format_args!("the filament is being degassed already")))
            }
            (FILAMENT, "_degas") => {
                self.degas_secs = DEGAS_SECS;
                Ok("degassing for 15 s".into())
            }
            _ => Err(no_such_command(command)),
        }
    }

    fn jump(&mut self, on: bool) {
        self.leak = on;
    }
}
