//! The devices of the vineyard and what each of their dataports shows.

use super::datum::Format;
use super::weather::Weather;

/// Each device: its name, its alias and its model.
pub(super) const DEVICES: [(&str, &str, &str); 4] = [
    ("Weather station", "weather-station", "WS-7"),
    ("Slope north", "slope-north", "Soil probe 2"),
    ("Slope south", "slope-south", "Soil probe 2"),
    ("Cellar", "cellar", "Tank control 4"),
];

/// A dataport of a device.
pub(super) struct Dataport {
    pub(super) device: usize,
    /// Empty for none.
    pub(super) alias: &'static str,
    pub(super) name: &'static str,
    pub(super) format: Format,
    /// Empty for none.
    pub(super) unit: &'static str,
    pub(super) source: Source,
    /// The time between two values; 0 where they come when something happens.
    pub(super) period_secs: i64,
    /// The standard deviation.
    pub(super) noise: f64,
    /// What the sensor can show.
    pub(super) least: f64,
    pub(super) most: f64,
    /// A value is rounded to this share of one: 10 for a tenth.
    pub(super) parts: f64,
}

/// What is measured. Slopes are counted from the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Air,
    Humidity,
    Rain,
    Wind,
    WindDirection,
    Sun,
    Packets,
    Moisture { slope: usize, depth: usize },
    LeafWetness(usize),
    Soil(usize),
    Battery(usize),
    Tank(usize),
    Co2,
    Pump,
    Note,
}

impl Source {
    /// What a sensor without noise would show at a time.
    pub(super) fn measure(self, weather: &Weather, now_secs: i64) -> f64 {
        match self {
            Self::Air => weather.air_celsius,
            Self::Humidity => weather.humidity,
            Self::Rain => weather.rain_millimetres,
            Self::Wind => weather.wind_metres_per_sec,
            Self::WindDirection => weather.wind_turns * 360.0,
            Self::Sun => weather.sun,
            // It begins again each day.
            Self::Packets => (now_secs.rem_euclid(86_400) / 2) as f64,
            Self::Moisture { slope, depth } => weather.slopes[slope].moisture[depth],
            Self::LeafWetness(slope) => weather.slopes[slope].leaf_wetness,
            Self::Soil(slope) => weather.slopes[slope].soil_celsius,
            Self::Battery(slope) => weather.slopes[slope].battery_volts,
            Self::Tank(tank) => weather.cellar.tanks_celsius[tank],
            Self::Co2 => weather.cellar.co2_ppm,
            Self::Pump | Self::Note => 0.0,
        }
    }
}

/// A dataport with numbers that come every so many seconds.
const fn numbers(
    device: usize,
    (alias, name, unit): (&'static str, &'static str, &'static str),
    source: Source,
    period_secs: i64,
    noise: f64,
    (least, most, parts): (f64, f64, f64),
) -> Dataport {
    let format = if parts == 1.0 { Format::Integer } else { Format::Float };
    Dataport { device, alias, name, format, unit, source, period_secs, noise, least, most, parts }
}

/// A dataport whose values come when something happens.
const fn settable(alias: &'static str, name: &'static str, format: Format, source: Source) -> Dataport {
    let (device, period_secs, noise, parts) = (3, 0, 0.0, 1.0);
    Dataport {
        device,
        alias,
        name,
        format,
        unit: "",
        source,
        period_secs,
        noise,
        least: 0.0,
        most: 1.0,
        parts,
    }
}

const PERCENT: (f64, f64, f64) = (0.0, 100.0, 10.0);

const fn moisture(slope: usize, depth: usize, alias: &'static str, name: &'static str) -> Dataport {
    numbers(slope + 1, (alias, name, "%"), Source::Moisture { slope, depth }, 2, 0.06, PERCENT)
}

const fn leaf_wetness(slope: usize, alias: &'static str) -> Dataport {
    numbers(slope + 1, (alias, "Leaf wetness", "%"), Source::LeafWetness(slope), 2, 0.4, PERCENT)
}

const fn soil(slope: usize) -> Dataport {
    let called = ("soil-temperature", "Soil temperature", "°C");
    numbers(slope + 1, called, Source::Soil(slope), 2, 0.03, (-40.0, 85.0, 100.0))
}

const fn battery(slope: usize) -> Dataport {
    numbers(slope + 1, ("battery", "Battery", "V"), Source::Battery(slope), 2, 0.002, (0.0, 6.0, 1000.0))
}

const fn tank(tank: usize, alias: &'static str, name: &'static str) -> Dataport {
    numbers(3, (alias, name, "°C"), Source::Tank(tank), 1, 0.04, (-10.0, 110.0, 100.0))
}

/// All dataports, each device's together.
pub(super) static DATAPORTS: &[Dataport] = &[
    numbers(0, ("air-temperature", "Air temperature", "°C"), Source::Air, 1, 0.04, (-40.0, 60.0, 100.0)),
    numbers(0, ("humidity", "Humidity", "%"), Source::Humidity, 2, 0.25, PERCENT),
    numbers(0, ("rain", "Rain today", "mm"), Source::Rain, 2, 0.0, (0.0, 500.0, 5.0)),
    numbers(0, ("wind", "Wind", "m/s"), Source::Wind, 1, 0.2, (0.0, 60.0, 10.0)),
    numbers(0, ("wind-direction", "Wind direction", "°"), Source::WindDirection, 2, 2.0, (0.0, 359.0, 1.0)),
    numbers(0, ("solar-radiation", "Solar radiation", "W/m²"), Source::Sun, 2, 2.0, (0.0, 1500.0, 1.0)),
    numbers(0, ("packets", "Packets", ""), Source::Packets, 2, 0.0, (0.0, 1e9, 1.0)),
    moisture(0, 0, "soil-moisture-20", "Soil moisture, 20 cm"),
    moisture(0, 1, "soil-moisture-60", "Soil moisture, 60 cm"),
    leaf_wetness(0, "leaf-wetness"),
    soil(0),
    battery(0),
    moisture(1, 0, "soil-moisture-20", "Soil moisture, 20 cm"),
    moisture(1, 1, "soil-moisture-60", "Soil moisture, 60 cm"),
    leaf_wetness(1, ""),
    soil(1),
    battery(1),
    tank(0, "tank-1", "Tank 1"),
    tank(1, "tank-2", "Tank 2"),
    numbers(3, ("co2", "CO₂", "ppm"), Source::Co2, 2, 6.0, (0.0, 10_000.0, 1.0)),
    settable("pump", "Cooling pump", Format::Integer, Source::Pump),
    settable("note", "Note", Format::Text, Source::Note),
];
