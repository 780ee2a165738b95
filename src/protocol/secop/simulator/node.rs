//! A node: its instruments, how it describes itself, and where its modules are found.

use serde_json::{Map, Value};

use super::cryostat::Cryostat;
use super::instrument::Instrument;
use super::magnet::Magnet;
use super::module::{Module, Parameter};
use super::oddities::{APPEARING_MODULE, Oddities};
use super::quirks::{Quirks, Version};
use super::spectrometer::Spectrometer;
use super::vacuum::Vacuum;
use crate::protocol::random::Random;

/// A node with its instruments.
pub(super) struct Node {
    /// What it says of itself apart from its modules.
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

const CRYO3: &str = concat!(
    r#"{"modules": {}, "equipment_id": "cryo-3.demo.porthole", "firmware": "Porthole simulator "#,
    env!("CARGO_PKG_VERSION"),
    r#"", "description": "Cryo-3\n\nA simulated cryostat with a magnet. Nothing here is real.", "timeout": 10}"#
);

const MASS_SPECTROMETER: &str = concat!(
    r#"{"modules": {}, "equipment_id": "qms-1.demo.porthole", "firmware": "Porthole simulator "#,
    env!("CARGO_PKG_VERSION"),
    r#"", "description": "Mass spectrometer\n\nA simulated residual gas analyser. Nothing here is real.", "#,
    r#""timeout": 10}"#
);

impl Node {
    pub(super) fn cryo3(quirks: &Quirks, random: &mut Random) -> Self {
        let mut node = Self {
            description: CRYO3,
            version: quirks.version.unwrap_or(Version::V1_0),
            instruments: vec![
                Box::new(Cryostat::new(random)),
                Box::new(Magnet::new()),
                Box::new(Vacuum::new(random)),
            ],
            stale_module: "mf",
            error_module: "T_sample",
            vanishing_module: "he_level",
        };
        node.add_oddities(quirks);
        node
    }

    pub(super) fn mass_spectrometer(quirks: &Quirks) -> Self {
        let mut node = Self {
            description: MASS_SPECTROMETER,
            version: quirks.version.unwrap_or(Version::V2_0),
            instruments: vec![Box::new(Spectrometer::new())],
            stale_module: "spectrum",
            error_module: "p_h2o",
            vanishing_module: "p_ar",
        };
        node.add_oddities(quirks);
        node
    }

    fn add_oddities(&mut self, quirks: &Quirks) {
        if quirks.nan || quirks.unknown_type || quirks.changing_description {
            self.instruments.push(Box::new(Oddities::new(quirks)));
        }
    }

    pub(super) fn step(&mut self, dt: f64, random: &mut Random) {
        for instrument in &mut self.instruments {
            instrument.step(dt, random);
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<Place> {
        self.places().into_iter().find(|place| self.module(*place).name == name)
    }

    /// The modules that the node has at present, in order.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (index, instrument) in self.instruments.iter().enumerate() {
            for (module, known) in instrument.modules().iter().enumerate() {
                if !known.hidden {
                    places.push((index, module));
                }
            }
        }
        places
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

    /// What the node says of a parameter.
    pub(super) fn described(&self, place: Place, parameter: usize) -> &Value {
        let module = self.module(place);
        module.accessible(&module.parameters[parameter].name)
    }

    /// Its value stands in the description and is never reported.
    pub(super) fn is_constant(&self, place: Place, parameter: usize) -> bool {
        self.described(place, parameter).get("constant").is_some()
    }

    pub(super) fn describe(&self, quirks: &Quirks) -> Value {
        let mut modules = Map::new();
        for place in self.places() {
            let module = self.module(place);
            modules.insert(module.name.clone(), module.describe(quirks));
        }
        let mut described: Value = serde_json::from_str(self.description).unwrap_or_default();
        described["modules"] = Value::Object(modules);
        described
    }

    /// Makes the node differ from what it described before: one module more, one less, one limit moved.
    pub(super) fn rearrange(&mut self) {
        for instrument in &mut self.instruments {
            for module in instrument.modules_mut() {
                if module.name == APPEARING_MODULE {
                    module.hidden = false;
                } else if module.name == self.vanishing_module {
                    module.hidden = true;
                } else {
                    module.raise_limit(20.0);
                }
            }
        }
    }
}
