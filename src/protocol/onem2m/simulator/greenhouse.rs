//! A greenhouse: what its sensors report to the CSE, and what people set there.
//!
//! The resources stand in `greenhouse.json`, as rows of parent, type, name of the member, and attributes.

use serde_json::{Map, Value, json};

use super::climate::{Climate, Controls};
use super::cse::Cse;
use super::faults::ERROR_TEXT;
use super::group::member_count;
use super::kind::Kind;
use super::tree::Id;
use crate::model::format::fixed;
use crate::model::number;
use crate::protocol::faults::Faults;
use crate::protocol::random::Random;

/// The AE-ID of the greenhouse.
pub(super) const AE_ID: &str = "Cgreenhouse";
/// How often a sample of the soil's moisture is lost.
const LOST: f64 = 0.02;
/// The battery loses one percent in so many reports.
const REPORTS_OF_PERCENT: u64 = 4;

/// A greenhouse.
pub(super) struct Greenhouse {
    climate: Climate,
    random: Random,
    sensors: Vec<Sensor>,
    thermostat: Option<Id>,
    ventilation: Option<Id>,
    light: Option<Id>,
    setpoint: Option<Id>,
    /// The newest instance of `setpoint` that has been obeyed.
    obeyed: Option<Id>,
    door_open: bool,
    watering: bool,
}

/// Something that reports to a resource.
struct Sensor {
    source: Source,
    target: Id,
    period_secs: f64,
    /// On the simulator's own clock.
    due_secs: f64,
    reports: u64,
}

/// What is reported, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    AirTemperature,
    AirHumidity,
    Co2,
    OutsideTemperature,
    Wind,
    SoilMoisture,
    LeafWetness,
    Thermostat,
    AirQuality,
    Battery,
}

/// Each source, the resource that it reports to, and the time between two reports in seconds.
const SOURCES: [(Source, &str, f64); 10] = [
    (Source::AirTemperature, "cse-in/greenhouse/air-temperature", 1.0),
    (Source::AirHumidity, "cse-in/greenhouse/air-humidity", 2.0),
    (Source::Co2, "cse-in/greenhouse/co2", 2.0),
    (Source::OutsideTemperature, "cse-in/greenhouse/weather/outside-temperature", 5.0),
    (Source::Wind, "cse-in/greenhouse/weather/wind", 2.0),
    (Source::SoilMoisture, "cse-in/greenhouse/soil-moisture", 1.0),
    (Source::LeafWetness, "cse-in/greenhouse/leaf-wetness", 2.0),
    (Source::Thermostat, "cse-in/greenhouse/thermostat", 2.0),
    (Source::AirQuality, "cse-in/greenhouse/airQuality", 5.0),
    (Source::Battery, "cse-in/controller/battery", 15.0),
];

impl Greenhouse {
    /// Makes the resources of a greenhouse.
    pub(super) fn build(cse: &mut Cse, seed: u64) -> Self {
        // Chance of its own: what clients do does not change the weather.
        let mut random = Random::new(seed ^ 0x6772_6565_6e68_7573);
        // The text is the program's own: a mistake in it fails the tests, not a visitor.
        let rows: Value = serde_json::from_str(include_str!("greenhouse.json")).unwrap_or_default();
        for row in rows.as_array().into_iter().flatten() {
            build_resource(cse, row);
        }
        let find = |path: &str| cse.tree.resolve(path).ok().and_then(|target| target.real());
        let mut sensors = Vec::new();
        for (source, path, period_secs) in SOURCES {
            if let Some(target) = find(path) {
                let due_secs = random.between(0.0, period_secs);
                sensors.push(Sensor { source, target, period_secs, due_secs, reports: 0 });
            }
        }
        let [thermostat, ventilation, light, setpoint] = ["thermostat", "ventilation", "light", "setpoint"]
            .map(|name| find(&format!("cse-in/greenhouse/{name}")));
        let climate = Climate::new(&mut random);
        log(cse, "cse-in/greenhouse/door", "closed".into());
        log(cse, "cse-in/greenhouse/setpoint", "21.5".into());
        Self {
            climate,
            random,
            sensors,
            thermostat,
            ventilation,
            light,
            setpoint,
            obeyed: None,
            door_open: false,
            watering: false,
        }
    }

    /// Lets `dt` seconds pass, until a time of the simulator's own clock, and reports what is due.
    pub(super) fn step(&mut self, dt: f64, clock_secs: f64, cse: &mut Cse, faults: &Faults) {
        let controls = self.controls(cse);
        self.climate.step(dt, controls, &mut self.random);
        self.report_events(cse);
        let hurried = cse.hurried.take();
        for index in 0..self.sensors.len() {
            let sensor = &mut self.sensors[index];
            let hurry = cse.quirks.early_notify && hurried == Some(sensor.target);
            if clock_secs + 1e-6 < sensor.due_secs && !hurry {
                continue;
            }
            let late = clock_secs - sensor.due_secs > sensor.period_secs || hurry;
            sensor.due_secs = if late { clock_secs } else { sensor.due_secs } + sensor.period_secs;
            sensor.reports += 1;
            let lost = sensor.source == Source::SoilMoisture && self.random.happens(LOST);
            if !(lost || faults.stale && self.sensors[index].source == Source::AirHumidity) {
                self.report(index, cse, faults);
            }
        }
    }

    /// What people have set; a target beyond the thermostat's limits is put back to the limit.
    fn controls(&mut self, cse: &mut Cse) -> Controls {
        self.obey_setpoint(cse);
        let mut target_celsius = 21.5;
        if let Some((id, thermostat)) = self.thermostat.and_then(|id| Some((id, cse.tree.get(id)?))) {
            let set = thermostat.number("tarTe");
            let (least, most) = (thermostat.number("minVe"), thermostat.number("maxVe"));
            target_celsius = set.min(most).max(least);
            if target_celsius != set {
                cse.change(id, members([("tarTe", target_celsius.into())]));
            }
        }
        let attribute = |id: Option<Id>, name: &str| {
            id.and_then(|id| cse.tree.get(id)).and_then(|resource| resource.attributes.get(name)).cloned()
        };
        let ventilation = attribute(self.ventilation, "powSe") == Some(Value::Bool(true));
        let light = attribute(self.light, "brigs").and_then(|percent| percent.as_f64()).unwrap_or(0.0);
        Controls {
            target_celsius: target_celsius.clamp(-50.0, 100.0),
            ventilation,
            light: (light / 100.0).clamp(0.0, 1.0),
        }
    }

    /// A number that somebody puts into `setpoint` becomes the thermostat's target.
    fn obey_setpoint(&mut self, cse: &mut Cse) {
        let Some(newest) = self.setpoint.and_then(|id| cse.tree.get(id)?.instances.back().copied()) else {
            return;
        };
        if self.obeyed == Some(newest) {
            return;
        }
        let set = cse.tree.get(newest).and_then(|instance| match instance.attributes.get("con")? {
            Value::String(text) => number::parse(text.trim()).filter(|number| number.is_finite()),
            other => other.as_f64(),
        });
        let first = self.obeyed.is_none();
        self.obeyed = Some(newest);
        if let (Some(thermostat), Some(set), false) = (self.thermostat, set, first) {
            cse.change(thermostat, members([("tarTe", set.into())]));
        }
    }

    /// Reports what is reported when it happens.
    fn report_events(&mut self, cse: &mut Cse) {
        if self.door_open != self.climate.door_open {
            self.door_open = self.climate.door_open;
            let state = if self.door_open { "open" } else { "closed" };
            log(cse, "cse-in/greenhouse/door", state.into());
        }
        if self.watering != self.climate.watering {
            self.watering = self.climate.watering;
            let event = if self.watering {
                json!({"event": "start", "valve": 2})
            } else {
                json!({"event": "stop", "valve": 2, "litres": round(self.climate.litres, 10.0)})
            };
            log(cse, "cse-in/greenhouse/irrigation-log", event);
        }
    }

    /// Reports what one sensor measures at present.
    fn report(&mut self, index: usize, cse: &mut Cse, faults: &Faults) {
        let Sensor { source, target, reports, .. } = self.sensors[index];
        if cse.tree.get(target).is_none() {
            return;
        }
        let factor = faults.noise_factor();
        let mut noise = |width: f64| width * factor * self.random.normal();
        let climate = &self.climate;
        match source {
            Source::AirTemperature => {
                let celsius = climate.air_celsius + noise(0.03);
                cse.add_instance(target, fixed(celsius, 2).into(), true, AE_ID);
            }
            Source::AirHumidity => {
                let percent = round(climate.humidity + noise(0.25), 10.0);
                cse.add_instance(target, percent.into(), false, AE_ID);
            }
            Source::Co2 if faults.error => cse.add_instance(target, ERROR_TEXT.into(), false, AE_ID),
            Source::Co2 => {
                let ppm = (climate.co2_ppm + noise(4.0)).round() as i64;
                cse.add_instance(target, ppm.into(), false, AE_ID);
            }
            Source::OutsideTemperature => {
                let celsius = climate.outside_celsius + noise(0.05);
                cse.add_instance(target, fixed(celsius, 1).into(), true, AE_ID);
            }
            Source::Wind => {
                let speed = round((climate.wind_metres_per_sec + noise(0.2)).max(0.0), 10.0);
                let wind = json!({"speed": speed, "dir": climate.wind_direction()});
                cse.add_instance(target, wind, false, AE_ID);
            }
            Source::SoilMoisture => {
                let percent = fixed(climate.soil_moisture + noise(0.08), 2);
                cse.add_sample(target, percent.into(), reports, AE_ID);
            }
            Source::LeafWetness => {
                let percent = fixed((climate.leaf_wetness + noise(0.4)).max(0.0), 1);
                cse.add_sample(target, percent.into(), reports, AE_ID);
            }
            Source::Thermostat => {
                let celsius = round(climate.air_celsius + noise(0.02), 100.0);
                change(cse, target, [("curT0", celsius.into())]);
            }
            Source::AirQuality => {
                let ppm = (climate.co2_ppm + noise(4.0)).round() as i64;
                let percent = (climate.humidity + noise(0.3)).round() as i64;
                // Solvents in the air grow with its warmth.
                let voc = (60.0 + 3.0 * climate.air_celsius + noise(3.0)).round() as i64;
                let co2 = if faults.error { Value::Null } else { ppm.into() };
                change(cse, target, [("co2", co2), ("humiy", percent.into()), ("voc", voc.into())]);
            }
            Source::Battery => {
                let level = 96 - reports / REPORTS_OF_PERCENT % 80;
                change(cse, target, [("btl", level.into())]);
            }
        }
    }

    /// Reports one of the instances that come often, for a burst: the next container in turn, or a certain one.
    pub(super) fn report_more(&mut self, turn: usize, only: Option<Id>, cse: &mut Cse, faults: &Faults) {
        let is_container = |sensor: &Sensor| cse.tree.is(sensor.target, Kind::Container);
        let wanted = |sensor: &Sensor| only.is_none_or(|id| sensor.target == id) && is_container(sensor);
        let indices: Vec<usize> = (0..self.sensors.len()).filter(|at| wanted(&self.sensors[*at])).collect();
        let listened_to: Vec<usize> =
            indices.into_iter().filter(|at| cse.is_listened_to(self.sensors[*at].target)).collect();
        if let Some(index) = listened_to.get(turn % listened_to.len().max(1)) {
            self.report(*index, cse, faults);
        }
    }

    /// Whether it reports to a container.
    pub(super) fn reports_to(&self, container: Id) -> bool {
        self.sensors.iter().any(|sensor| sensor.target == container)
    }

    /// Something happens to the greenhouse, or is mended.
    pub(super) fn jump(&mut self, on: bool) {
        self.climate.jump(on);
    }
}

fn build_resource(cse: &mut Cse, row: &Value) {
    let (Some(parent), Some(tag), Some(given)) = (row[0].as_str(), row[2].as_str(), row[3].as_object())
    else {
        return;
    };
    let Some(kind) = row[1].as_u64().and_then(Kind::from_number) else { return };
    let Some(parent) = cse.tree.resolve(parent).ok().and_then(|target| target.real()) else { return };
    if kind == Kind::Group && (cse.quirks.no_group || member_count(given) == 0) {
        return;
    }
    let mut given = given.clone();
    if cse.quirks.private {
        given.shift_remove("acpi");
    }
    let id = cse.add(parent, kind, tag, given, AE_ID);
    if kind == Kind::TimeSeries {
        cse.watch_series(id);
    }
}

/// Adds what has happened to a container.
fn log(cse: &mut Cse, path: &str, content: Value) {
    if let Some(id) = cse.tree.resolve(path).ok().and_then(|target| target.real()) {
        cse.add_instance(id, content, false, AE_ID);
    }
}

/// Changes those of a resource's attributes that are not what they should be; `null` takes one away.
fn change<const N: usize>(cse: &mut Cse, id: Id, wanted: [(&str, Value); N]) {
    let mut given = members(wanted);
    if let Some(resource) = cse.tree.get(id) {
        given.retain(|name, value| resource.attributes.get(name).unwrap_or(&Value::Null) != value);
    }
    if !given.is_empty() {
        cse.change(id, given);
    }
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A number rounded to a share of one: 10 for a tenth.
fn round(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}
