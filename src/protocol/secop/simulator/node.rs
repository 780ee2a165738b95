//! A node: its instruments, how it describes itself, and where its modules are found.

use serde_json::{Map, Value, json};

use super::cryostat::Cryostat;
use super::instrument::Instrument;
use super::magnet::Magnet;
use super::module::{Module, Parameter};
use super::oddities::{APPEARING_MODULE, Oddities};
use super::quirks::{Quirks, Version};
use super::random::Random;
use super::spectrometer::Spectrometer;
use super::vacuum::Vacuum;

/// A node with its instruments.
#[derive(Debug)]
pub(super) struct Node {
    equipment_id: &'static str,
    description: &'static str,
    pub(super) version: Version,
    pub(super) instruments: Vec<Box<dyn Instrument>>,
    /// The module that [`crate::protocol::Fault::Stale`] silences.
    pub(super) stale_module: &'static str,
    /// The module that [`crate::protocol::Fault::Error`] breaks.
    pub(super) error_module: &'static str,
    /// The module that vanishes when the description changes.
    vanishing_module: &'static str,
}

/// Where a module is: the index of its instrument, and its own index there.
pub(super) type Place = (usize, usize);

impl Node {
    pub(super) fn cryo3(quirks: &Quirks, random: &mut Random) -> Self {
        Self {
            equipment_id: "cryo-3.demo.porthole",
            description: "Cryo-3\n\nA simulated cryostat with a magnet. Nothing here is real.",
            version: quirks.version.unwrap_or(Version::V1_0),
            instruments: vec![
                Box::new(Cryostat::new(random)),
                Box::new(Magnet::new()),
                Box::new(Vacuum::new(random)),
                Box::new(Oddities::new(quirks)),
            ],
            stale_module: "mf",
            error_module: "T_sample",
            vanishing_module: "he_level",
        }
    }

    pub(super) fn mass_spectrometer(quirks: &Quirks) -> Self {
        Self {
            equipment_id: "qms-1.demo.porthole",
            description: "Mass spectrometer\n\nA simulated residual gas analyser. Nothing here is real.",
            version: quirks.version.unwrap_or(Version::V2_0),
            instruments: vec![Box::new(Spectrometer::new()), Box::new(Oddities::new(quirks))],
            stale_module: "spectrum",
            error_module: "p_h2o",
            vanishing_module: "p_ar",
        }
    }

    pub(super) fn step(&mut self, dt: f64, random: &mut Random) {
        for instrument in &mut self.instruments {
            instrument.step(dt, random);
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<Place> {
        self.places().find(|place| self.module(*place).name == name)
    }

    /// The modules that the node has at present, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        let all = self.instruments.iter().enumerate();
        all.flat_map(|(index, instrument)| {
            let modules = instrument.modules().iter().enumerate();
            modules.filter(|(_, module)| !module.hidden).map(move |(module, _)| (index, module))
        })
    }

    pub(super) fn module(&self, (instrument, module): Place) -> &Module {
        &self.instruments[instrument].modules()[module]
    }

    pub(super) fn module_mut(&mut self, (instrument, module): Place) -> &mut Module {
        &mut self.instruments[instrument].modules_mut()[module]
    }

    pub(super) fn parameter_mut(&mut self, place: Place, parameter: usize) -> &mut Parameter {
        &mut self.module_mut(place).parameters[parameter]
    }

    pub(super) fn describe(&self, quirks: &Quirks) -> Value {
        let modules: Map<String, Value> = self
            .places()
            .map(|place| self.module(place))
            .map(|module| (module.name.to_owned(), module.describe(quirks)))
            .collect();
        json!({
            "modules": modules,
            "equipment_id": self.equipment_id,
            "firmware": concat!("Porthole simulator ", env!("CARGO_PKG_VERSION")),
            "description": self.description,
            "timeout": 10,
        })
    }

    /// Makes the node differ from what it described before: one module more, one less, one limit moved.
    pub(super) fn rearrange(&mut self) {
        for instrument in &mut self.instruments {
            for module in instrument.modules_mut() {
                if module.name == APPEARING_MODULE {
                    module.hidden = false;
                } else if module.name == self.vanishing_module {
                    module.hidden = true;
                } else if let Some(target) = module.parameter_mut("target")
                    && let Some(max) = target.datainfo.get("max").and_then(Value::as_f64)
                {
                    target.datainfo["max"] = json!(max + 20.0);
                }
            }
        }
    }
}
