//! A quadrupole mass spectrometer: a spectrum, partial pressures, a filament, and one of every data type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::datainfo::{Refusal, array, boolean, double, enumeration, int, status, string, structure, tuple};
use super::instrument::{Instrument, approach, no_such_command};
use super::module::{BUSY, ERROR, IDLE, Module, Parameter, Visibility};
use super::random::Random;
use crate::model::format;

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

/// A gas of the residue: module, words, partial pressure in mbar, and its peaks (mass, share).
struct Gas {
    module: &'static str,
    title: &'static str,
    mbar: f64,
    peaks: &'static [(f64, f64)],
}

const GASES: [Gas; 6] = [
    Gas { module: "p_h2", title: "Hydrogen", mbar: 3.2e-8, peaks: &[(2.0, 1.0), (1.0, 0.1)] },
    Gas { module: "p_he", title: "Helium", mbar: 1.1e-8, peaks: &[(4.0, 1.0)] },
    Gas { module: "p_h2o", title: "Water", mbar: 6.4e-8, peaks: &[(18.0, 1.0), (17.0, 0.23), (16.0, 0.02)] },
    Gas { module: "p_n2", title: "Nitrogen", mbar: 2.0e-8, peaks: &[(28.0, 1.0), (14.0, 0.08)] },
    Gas { module: "p_o2", title: "Oxygen", mbar: 4.5e-9, peaks: &[(32.0, 1.0), (16.0, 0.11)] },
    Gas { module: "p_ar", title: "Argon", mbar: 9.0e-10, peaks: &[(40.0, 1.0), (20.0, 0.15)] },
];

/// The spectrometer's state; settings live in the modules' parameters.
#[derive(Debug)]
pub(super) struct Spectrometer {
    modules: Vec<Module>,
    /// Natural logarithms of the partial pressures in mbar.
    log_pressures: [f64; GASES.len()],
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
        let mut modules = vec![spectrum_module(), filament_module()];
        modules.extend(GASES.iter().map(gas_module));
        Self {
            modules,
            log_pressures: GASES.map(|gas| gas.mbar.ln()),
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
        let peaks = GASES.iter().zip(self.log_pressures).flat_map(|(gas, log_pressure)| {
            gas.peaks.iter().map(move |(peak, share)| (peak, share * log_pressure.exp()))
        });
        let signal: f64 = peaks.map(|(peak, height)| height * (-((mass - peak) / 0.28).powi(2)).exp()).sum();
        1e-3 * self.emission * signal + 2e-13
    }

    fn scan(&mut self, random: &mut Random) {
        self.scans += 1;
        let spectrum: Vec<Value> = (0..POINTS)
            .map(|point| {
                let ampere = self.intensity(mass_at(point, POINTS)) * (1.0 + 0.02 * random.normal());
                json!(format::rounded(ampere.max(1e-14), 4))
            })
            .collect();
        self.map.drain(..SCAN_POINTS);
        for point in 0..SCAN_POINTS {
            self.map.push(self.intensity(mass_at(point, SCAN_POINTS)) as f32);
        }
        let bytes: Vec<u8> = self.map.iter().flat_map(|ampere| ampere.to_le_bytes()).collect();
        let map = json!({"len": [SCAN_POINTS, SCANS], "blob": BASE64.encode(bytes)});
        let spectrum_module = &mut self.modules[SPECTRUM];
        spectrum_module.set("value", spectrum);
        spectrum_module.set("_scans", self.scans);
        // The map is large: it is shown with every fourth scan.
        if self.scans % 4 == 1 {
            spectrum_module.set("_map", map);
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
            let factor = match (self.leak, gas.module) {
                (true, "p_n2" | "p_o2" | "p_ar") => 40.0_f64,
                _ if self.degas_secs > 0.0 => 3.0,
                _ => 1.0,
            };
            let swing = 0.25 * (self.age_secs / (40.0 + 13.0 * index as f64)).sin();
            let goal = (gas.mbar * factor).ln() + swing;
            self.log_pressures[index] +=
                dt * (goal - self.log_pressures[index]) / 8.0 + 0.004 * random.normal();
            self.modules[FIRST_GAS + index].set("value", self.log_pressures[index].exp());
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
            return Err(Refusal::new("IsBusy", "the filament is being degassed"));
        }
        Ok(())
    }

    fn execute(&mut self, module: usize, command: &str, argument: &Value) -> Result<Value, Refusal> {
        match (module, command) {
            (SPECTRUM, "_peak") => Ok(json!(self.intensity(argument.as_f64().unwrap_or(0.0)))),
            (FILAMENT, "_degas") if self.degas_secs > 0.0 => {
                Err(Refusal::new("CommandRunning", "the filament is being degassed already"))
            }
            (FILAMENT, "_degas") => {
                self.degas_secs = DEGAS_SECS;
                Ok(json!(format!("degassing for {} s", format::shortest(DEGAS_SECS))))
            }
            _ => Err(no_such_command(command)),
        }
    }

    fn jump(&mut self, on: bool) {
        self.leak = on;
    }
}

fn spectrum_module() -> Module {
    let masses: Vec<f64> = (0..POINTS).map(|point| mass_at(point, POINTS)).collect();
    let matrix = json!({
        "type": "matrix",
        "names": ["mass", "scan"],
        "maxlen": [SCAN_POINTS, SCANS],
        "elementtype": "<f4",
    });
    Module::new("spectrum", "Mass spectrum\n\nIon current from 0.25 to 50 u, scan by scan.", &["Readable"])
        .group("analyser")
        .meaning("spectrum", 40)
        .with(Parameter::new(
            "value",
            "ion current at each mass",
            array(&double("A", 0.0, 1e-3, "%.2e"), POINTS),
            json!([]),
        ))
        .with(Parameter::new(
            "status",
            "state of the analyser",
            status(&[("IDLE", IDLE), ("ERROR", ERROR)]),
            json!([IDLE, "scanning"]),
        ))
        .with(Parameter::new(
            "_masses",
            "the masses of the spectrum",
            array(&double("u", 0.0, 200.0, "%.2f"), POINTS),
            json!(masses),
        ))
        .with(Parameter::new("_map", "the last scans", matrix, json!({"len": [0, 0], "blob": ""})))
        .with(Parameter::new("_scans", "scans since the start", int(0, i64::MAX), 0))
        .with(Parameter::new("_scan_rate", "scans a second", double("Hz", 0.2, 5.0, "%.1f"), 1.0).writable())
        .command(
            "_peak",
            "ion current at a mass",
            double("u", 0.0, HIGHEST_MASS, "%.2f"),
            double("A", 0.0, 1e-3, "%.2e"),
        )
}

fn filament_module() -> Module {
    let milliampere = || double("mA", 0.0, 5.0, "%.3f");
    let settings = structure(
        &json!({
            "energy": double("eV", 10.0, 100.0, "%.1f"),
            "filament": enumeration(&[("A", 1), ("B", 2)]),
            "protect": boolean(),
            "label": string(40),
        }),
        &["label"],
    );
    Module::new("filament", "Ion source filament", &["Writable"])
        .group("analyser")
        .with(Parameter::new("value", "emission current", milliampere(), 1.0).every(0.5).noise(0.0008))
        .with(Parameter::new(
            "status",
            "state of the filament",
            status(&[("IDLE", IDLE), ("BUSY", BUSY), ("ERROR", ERROR)]),
            json!([IDLE, ""]),
        ))
        .with(Parameter::new("target", "wanted emission current", milliampere(), 1.0).writable().checkable())
        .with(
            Parameter::new(
                "_settings",
                "settings of the ion source",
                settings,
                json!({"energy": 70.0, "filament": 1, "protect": true, "label": "standard"}),
            )
            .writable(),
        )
        .with(
            Parameter::new(
                "_window",
                "lowest and highest mass of the trigger, and whether it is armed",
                tuple(&[double("u", 0.0, 50.0, "%.1f"), double("u", 0.0, 50.0, "%.1f"), boolean()]),
                json!([17.5, 18.5, false]),
            )
            .writable(),
        )
        .with(
            Parameter::new(
                "_deflection",
                "deflection voltage, in steps of 10 mV",
                json!({"type": "scaled", "scale": 0.01, "min": -2000, "max": 2000, "unit": "V"}),
                -325,
            )
            .writable(),
        )
        .with(
            Parameter::new("_comment", "a note of the operator", string(200), "new filament in spring")
                .writable(),
        )
        .with(
            Parameter::new(
                "_calibration",
                "calibration of the detector",
                json!({"type": "blob", "minbytes": 0, "maxbytes": 256}),
                BASE64.encode((0..64_u8).collect::<Vec<_>>()),
            )
            .writable()
            .visible_to(Visibility::Expert),
        )
        .command("_degas", "clean the filament; takes 15 s", Value::Null, string(80))
}

fn gas_module(gas: &Gas) -> Module {
    Module::new(gas.module, gas.title, &["Readable"])
        .group("partial pressures")
        .meaning("pressure", 20)
        .with(
            Parameter::new("value", "partial pressure", double("mbar", 0.0, 1.0, "%.2e"), gas.mbar)
                .every(1.0)
                .relative_noise(0.02),
        )
        .with(Parameter::new(
            "status",
            "state of the reading",
            status(&[("IDLE", IDLE), ("ERROR", ERROR)]),
            json!([IDLE, ""]),
        ))
}
