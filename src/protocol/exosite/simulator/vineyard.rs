//! A vineyard: its clients and dataports, what its devices write, and what people set there.

use super::create::{describe, inherited_limits};
use super::datum::{Datum, Format};
use super::faults::ERROR_TEXT;
use super::json::{Value, count, object, set, text};
use super::series::POINTS_MOST;
use super::service::Service;
use super::sources::{DATAPORTS, DEVICES, Dataport, Source};
use super::tree::{Id, KeyState, Kind};
use super::weather::Weather;
use crate::model::format::fixed;
use crate::model::json::Json;
use crate::protocol::faults::Faults;
use crate::protocol::random::Random;

/// The pump runs by itself from the first of these on, until the second, in °C.
const TOO_WARM: f64 = 26.0;
const COOL: f64 = 16.0;
/// Below this there is a frost alert, in °C.
const FROST: f64 = 4.0;
/// The rule looks so often, and logs what it has seen every so many looks.
const RULE_SECS: i64 = 10;
const LOG_LOOKS: i64 = 6;
/// The device that [`crate::protocol::Fault::Stale`] silences: Slope north.
const STALE_DEVICE: usize = 1;
/// The device that is locked where one is: Slope south.
const LOCKED_DEVICE: usize = 2;
/// The devices write one after the other, so far apart in seconds.
const APART_SECS: f64 = 0.2;

const SCRIPT: &str = "local air = alias['air-temperature']\nwhile true do\n  local ts = air.wait(now + 10)\n  \
                      frost.last = air.value < 4\nend\n";

/// A vineyard.
pub(super) struct Vineyard {
    weather: Weather,
    random: Random,
    devices: Vec<Device>,
    rule: Id,
    pump: Option<Id>,
    /// The last look of the rule, in [`RULE_SECS`] since the Unix epoch, and what it saw.
    looked: i64,
    frost: bool,
}

/// A device: a client that writes into its dataports.
struct Device {
    client: Id,
    sensors: Vec<Sensor>,
    /// The second in which it wrote last.
    wrote: i64,
}

struct Sensor {
    id: Id,
    dataport: &'static Dataport,
}

impl Vineyard {
    /// Makes the clients and dataports of a vineyard, whose owner has a key.
    pub(super) fn build(service: &mut Service, key: &str, seed: u64) -> Self {
        let root = service.add_activated(None, client("Vineyard", "Porthole demo", "V-1"));
        if let Some(root) = service.tree.get_mut(root) {
            key.clone_into(&mut root.key);
            root.key_state = KeyState::Activated;
        }
        let mut devices: Vec<Device> = Vec::new();
        for (name, alias, model) in DEVICES {
            let id =
                service.add_activated(Some(root), client(name, model, &format!("VY-{}", devices.len() + 11)));
            service.tree.name(root, alias, id);
            devices.push(Device { client: id, sensors: Vec::new(), wrote: 0 });
        }
        for dataport in DATAPORTS {
            let device = &mut devices[dataport.device];
            let id = service.add(device.client, Kind::Dataport, dataport_description(dataport));
            if !dataport.alias.is_empty() {
                service.tree.name(device.client, dataport.alias, id);
            }
            device.sensors.push(Sensor { id, dataport });
        }
        let rule = build_rule(service, root);
        let mut random = Random::new(seed ^ 0x7669_6e65_7961_7264);
        let find = |source: Source| {
            let mut sensors = devices.iter().flat_map(|device| &device.sensors);
            sensors.find(|sensor| sensor.dataport.source == source).map(|sensor| sensor.id)
        };
        let (pump, note) = (find(Source::Pump), find(Source::Note));
        let now_secs = service.now_secs();
        for (id, value) in
            [(pump, Datum::Integer(0)), (note, Datum::Text("Riesling, sixth day of fermentation".into()))]
        {
            if let Some(id) = id {
                service.append(id, now_secs, value);
            }
        }
        Self { weather: Weather::new(&mut random), random, devices, rule, pump, looked: 0, frost: false }
    }

    /// Locks one of the devices.
    pub(super) fn lock_one(&self, service: &mut Service) {
        if let Some(device) = self.devices.get(LOCKED_DEVICE)
            && let Some(client) = service.tree.get_mut(device.client)
        {
            set(&mut client.description, "locked", Json::Bool(true));
        }
    }

    /// Lets `dt` seconds pass, until the time that the service knows, and writes what is due.
    pub(super) fn step(&mut self, dt: f64, service: &mut Service, faults: &Faults) {
        let latest = self.pump.and_then(|id| service.tree.get(id)).and_then(|pump| pump.series.last());
        let pump = latest.is_some_and(|point| point.value.is_on());
        self.weather.step(dt, pump, &mut self.random);
        self.control(pump, service);
        let wall_secs = service.now.wall.as_unix_seconds();
        for place in 0..self.devices.len() {
            let second = (wall_secs - APART_SECS * place as f64).floor() as i64;
            let device = &mut self.devices[place];
            if device.wrote != second {
                device.wrote = second;
                if !(faults.stale && place == STALE_DEVICE) {
                    self.write_due(place, second, service, faults);
                }
            }
        }
        self.look(service);
    }

    fn write_due(&mut self, place: usize, second: i64, service: &mut Service, faults: &Faults) {
        for index in 0..self.devices[place].sensors.len() {
            let dataport = self.devices[place].sensors[index].dataport;
            if dataport.period_secs > 0 && second % dataport.period_secs == 0 {
                self.write(place, index, service, faults);
            }
        }
    }

    /// Writes what one sensor measures at present, if its device may.
    fn write(&mut self, place: usize, index: usize, service: &mut Service, faults: &Faults) {
        let Sensor { id, dataport } = self.devices[place].sensors[index];
        if service.tree.is_locked(id) {
            return;
        }
        let noise = dataport.noise * faults.noise_factor() * self.random.normal();
        let now_secs = service.now_secs();
        let value = if dataport.source == Source::Co2 && faults.error {
            Datum::Text(ERROR_TEXT.to_owned())
        } else {
            let number = dataport.source.measure(&self.weather, now_secs) + noise;
            let number = number.clamp(dataport.least, dataport.most);
            match dataport.format {
                Format::Integer => Datum::Integer(number.round() as i64),
                Format::Float | Format::Text | Format::Boolean | Format::Binary => {
                    Datum::Float((number * dataport.parts).round() / dataport.parts)
                }
            }
        };
        service.append(id, now_secs, value);
    }

    /// The cellar keeps its first tank from boiling and from freezing, whatever people set.
    fn control(&self, pump: bool, service: &mut Service) {
        let celsius = self.weather.cellar.tanks_celsius[0];
        let wanted = if pump { celsius > COOL } else { celsius > TOO_WARM };
        if let Some(id) = self.pump.filter(|id| wanted != pump && !service.tree.is_locked(*id)) {
            service.append(id, service.now_secs(), Datum::Integer(wanted.into()));
        }
    }

    /// The rule says whether there is frost, and what it has seen when that changes, and now and then.
    fn look(&mut self, service: &mut Service) {
        let now_secs = service.now_secs();
        let look = now_secs.div_euclid(RULE_SECS);
        if look == self.looked {
            return;
        }
        self.looked = look;
        let celsius = self.weather.air_celsius;
        let frost = celsius < FROST;
        if frost != self.frost || look % LOG_LOOKS == 0 {
            let event = if frost { "frost" } else { "clear" };
            let log = [r#"{"event":""#, event, r#"","air":"#, &fixed(celsius, 1), "}"].concat();
            service.append(self.rule, now_secs, Datum::Text(log));
        }
        self.frost = frost;
        service.append(self.rule, now_secs, Datum::Boolean(frost));
    }

    /// Writes once more what somebody listens to, for a burst: the next one in turn.
    pub(super) fn write_more(&mut self, turn: usize, service: &mut Service, faults: &Faults) {
        let mut listened_to = Vec::new();
        for (place, device) in self.devices.iter().enumerate() {
            for (index, sensor) in device.sensors.iter().enumerate() {
                if sensor.dataport.period_secs > 0
                    && !(faults.stale && place == STALE_DEVICE)
                    && service.is_listened_to(sensor.id)
                {
                    listened_to.push((place, index));
                }
            }
        }
        if let Some((place, index)) = listened_to.get(turn % listened_to.len().max(1)) {
            self.write(*place, *index, service, faults);
        }
    }

    /// Something happens to the vineyard, or is over.
    pub(super) fn jump(&mut self, on: bool) {
        self.weather.jump(on);
    }
}

/// The description of a client, with what Portals keeps in its `meta`.
fn client(name: &str, model: &str, serial: &str) -> Value {
    let device = object(vec![
        ("model", text(model)),
        ("sn", text(serial)),
        ("vendor", text("porthole")),
        ("type", text("vendor")),
    ]);
    let meta = object(vec![("device", device)]).to_text();
    described(Kind::Client, vec![("limits", inherited_limits()), ("meta", text(&meta)), ("name", text(name))])
}

/// The description of a dataport, with its unit where Portals keeps it: in JSON in a text.
fn dataport_description(dataport: &Dataport) -> Value {
    let unit = object(vec![("description", text("")), ("unit", text(dataport.unit))]);
    let meta = object(vec![("datasource", unit)]).to_text();
    described(
        Kind::Dataport,
        vec![
            ("format", text(dataport.format.word())),
            ("meta", text(if dataport.unit.is_empty() { "" } else { &meta })),
            ("name", text(dataport.name)),
            ("public", Json::Bool(dataport.source == Source::Air)),
            ("retention", retention()),
        ],
    )
}

/// The rule that watches for frost, and a mail that nobody gets.
fn build_rule(service: &mut Service, root: Id) -> Id {
    let rule = described(
        Kind::Datarule,
        vec![
            ("format", text(Format::Boolean.word())),
            ("name", text("Frost alert")),
            ("retention", retention()),
            ("rule", object(vec![("script", text(SCRIPT))])),
        ],
    );
    let rule = service.add(root, Kind::Datarule, rule);
    service.tree.name(root, "frost-alert", rule);
    let rid = text(service.tree.rid(rule));
    let mail = described(
        Kind::Dispatch,
        vec![
            ("method", text("email")),
            ("name", text("Frost mail")),
            ("recipient", text("cellar@vineyard.example")),
            ("subject", text("Frost")),
            ("subscribe", rid),
        ],
    );
    let mail = service.add(root, Kind::Dispatch, mail);
    service.tree.name(root, "frost-mail", mail);
    rule
}

fn retention() -> Value {
    object(vec![("count", count(POINTS_MOST)), ("duration", text("infinity"))])
}

/// A whole description. What is given is the program's own: a mistake in it fails the tests, not a visitor.
fn described(kind: Kind, given: Vec<(&'static str, Value)>) -> Value {
    describe(kind, &object(given)).unwrap_or(Json::Null)
}
