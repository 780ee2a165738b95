//! The weather, the soil and the cellar of a vineyard: simple physics, in fast motion so that one can watch it.

use crate::protocol::physics::swing;
use crate::protocol::random::Random;

/// A day, from sunrise to sunrise, in seconds.
const DAY_SECS: f64 = 900.0;
/// The warmest hour comes so long after noon.
const LAG_SECS: f64 = 60.0;
/// The mean temperature of the air, in °C, and how far it swings in a day.
const AIR_CELSIUS: f64 = 10.5;
const AIR_SWING: f64 = 7.5;
/// What the sun does in a cloudless noon, in W/m².
const NOON: f64 = 880.0;
/// From here on clouds bring rain.
const RAINCLOUDS: f64 = 0.62;
/// Drippers open below the first of these (in % of volume), until the second.
const DRY: f64 = 21.0;
const MOIST: f64 = 26.0;
/// The air of the cellar and the coolant, in °C.
const CELLAR_CELSIUS: f64 = 14.0;
const COOLANT_CELSIUS: f64 = 8.0;

/// The state of a vineyard.
pub(super) struct Weather {
    pub(super) air_celsius: f64,
    /// Relative, in %.
    pub(super) humidity: f64,
    /// Since sunrise, in mm.
    pub(super) rain_millimetres: f64,
    pub(super) wind_metres_per_sec: f64,
    /// Where the wind comes from, in turns: 0 is north, 0.25 east.
    pub(super) wind_turns: f64,
    /// In W/m².
    pub(super) sun: f64,
    pub(super) slopes: [Slope; 2],
    pub(super) cellar: Cellar,
    /// 0 to 1.
    clouds: f64,
    age_secs: f64,
}

/// A slope with vines.
pub(super) struct Slope {
    /// 20 cm and 60 cm down, in % of volume.
    pub(super) moisture: [f64; 2],
    /// How much of a leaf is wet, in %.
    pub(super) leaf_wetness: f64,
    pub(super) soil_celsius: f64,
    /// Of what measures all this.
    pub(super) battery_volts: f64,
    /// How much of the sun it gets.
    exposure: f64,
    dripping: bool,
}

/// The cellar: two tanks that ferment. The first has a pump that cools it.
pub(super) struct Cellar {
    pub(super) tanks_celsius: [f64; 2],
    pub(super) co2_ppm: f64,
}

impl Weather {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            air_celsius: AIR_CELSIUS,
            humidity: 72.0,
            rain_millimetres: 0.0,
            wind_metres_per_sec: 2.5,
            wind_turns: random.between(0.5, 0.9),
            sun: 0.0,
            slopes: [Slope::new(0.75, random), Slope::new(1.0, random)],
            cellar: Cellar { tanks_celsius: [random.between(18.0, 23.0), 20.5], co2_ppm: 900.0 },
            clouds: 0.3,
            age_secs: 0.0,
        }
    }

    /// Lets `dt` seconds pass, with the pump on or off.
    pub(super) fn step(&mut self, dt: f64, pump: bool, random: &mut Random) {
        let dawn = (self.age_secs / DAY_SECS).floor() < ((self.age_secs + dt) / DAY_SECS).floor();
        self.age_secs += dt;
        if dawn {
            self.rain_millimetres = 0.0;
        }
        self.sky(dt, random);
        self.air(dt, random);
        let (air, rain, sun) = (self.air_celsius, self.rain_rate(), self.sun / NOON);
        for slope in &mut self.slopes {
            slope.step(dt, air, rain, sun, self.humidity);
        }
        self.cellar.step(dt, pump);
    }

    fn sky(&mut self, dt: f64, random: &mut Random) {
        let mean = 0.42 + 0.32 * swing(self.age_secs + 150.0, 1.4 * DAY_SECS);
        self.clouds += dt * (mean - self.clouds) / 50.0 + dt.sqrt() * 0.018 * random.normal();
        self.clouds = self.clouds.clamp(0.0, 1.0);
        let height = swing(self.age_secs, DAY_SECS).max(0.0);
        self.sun = NOON * height * (1.0 - 0.75 * self.clouds);
        self.rain_millimetres += dt * self.rain_rate();
    }

    /// In mm a second: a minute here is more than an hour outside.
    fn rain_rate(&self) -> f64 {
        0.12 * (self.clouds - RAINCLOUDS).max(0.0)
    }

    fn air(&mut self, dt: f64, random: &mut Random) {
        let raining = self.rain_rate() > 0.0;
        let share = |share: f64, on: bool| if on { share } else { 0.0 };
        let mean = AIR_CELSIUS + AIR_SWING * swing(self.age_secs - LAG_SECS, DAY_SECS) - share(2.0, raining);
        self.air_celsius += dt * (mean - self.air_celsius) / 30.0 + dt.sqrt() * 0.02 * random.normal();
        let mean = 72.0 - 2.4 * (self.air_celsius - AIR_CELSIUS) + share(18.0, raining);
        self.humidity += dt * (mean - self.humidity) / 30.0 + dt.sqrt() * 0.08 * random.normal();
        self.humidity = self.humidity.clamp(15.0, 100.0);
        let gust = 2.6 + 1.4 * swing(self.age_secs, 170.0) + 3.0 * self.rain_rate();
        self.wind_metres_per_sec +=
            dt * (gust - self.wind_metres_per_sec) / 15.0 + dt.sqrt() * 0.22 * random.normal();
        self.wind_metres_per_sec = self.wind_metres_per_sec.clamp(0.0, 30.0);
        self.wind_turns += dt.sqrt() * 0.006 * random.normal();
        self.wind_turns -= self.wind_turns.floor();
    }

    /// A storm with hail breaks, or is over.
    pub(super) fn jump(&mut self, on: bool) {
        let sign = if on { 1.0 } else { -1.0 };
        self.air_celsius -= sign * 6.0;
        self.humidity = (self.humidity + sign * 15.0).clamp(15.0, 100.0);
        self.wind_metres_per_sec = (self.wind_metres_per_sec + sign * 11.0).clamp(0.0, 30.0);
        self.clouds = if on { 1.0 } else { 0.3 };
        for tank in &mut self.cellar.tanks_celsius {
            *tank += sign * 3.0;
        }
        for slope in &mut self.slopes {
            slope.moisture[0] = (slope.moisture[0] + sign * 5.0).clamp(5.0, 55.0);
        }
    }
}

impl Slope {
    fn new(exposure: f64, random: &mut Random) -> Self {
        Self {
            moisture: [random.between(DRY + 1.0, MOIST), random.between(24.0, 28.0)],
            leaf_wetness: 15.0,
            soil_celsius: AIR_CELSIUS + 1.0,
            battery_volts: random.between(3.8, 4.0),
            exposure,
            dripping: false,
        }
    }

    fn step(&mut self, dt: f64, air_celsius: f64, rain: f64, sun: f64, humidity: f64) {
        let sun = sun * self.exposure;
        if self.dripping {
            self.moisture[0] += 0.08 * dt;
            self.dripping = self.moisture[0] < MOIST;
        } else {
            self.dripping = self.moisture[0] < DRY;
        }
        self.moisture[0] += dt * (1.6 * rain - 0.006 - 0.02 * sun);
        self.moisture[0] = self.moisture[0].clamp(5.0, 55.0);
        self.moisture[1] += dt * (self.moisture[0] + 1.5 - self.moisture[1]) / 400.0;
        let wet = if rain > 0.0 { 96.0 } else { (humidity - 70.0).max(0.0) * 2.2 };
        let lag_secs = if wet > self.leaf_wetness { 8.0 } else { 45.0 };
        self.leaf_wetness += dt * (wet - self.leaf_wetness) / lag_secs;
        self.soil_celsius += dt * (air_celsius + 5.0 * sun - self.soil_celsius) / 240.0;
        self.battery_volts += dt * (0.0008 * sun - 0.000_12);
        self.battery_volts = self.battery_volts.clamp(3.45, 4.18);
    }
}

impl Cellar {
    fn step(&mut self, dt: f64, pump: bool) {
        let activity = ((self.tanks_celsius[0] - 9.0) / 12.0).clamp(0.3, 1.2);
        for (tank, heat, cooled) in [(0, 0.05, pump), (1, 0.017, false)] {
            let celsius = &mut self.tanks_celsius[tank];
            let cooling = if cooled { (*celsius - COOLANT_CELSIUS) / 90.0 } else { 0.0 };
            *celsius += dt * (heat - (*celsius - CELLAR_CELSIUS) / 400.0 - cooling);
            *celsius = celsius.clamp(0.0, 45.0);
        }
        self.co2_ppm += dt * (450.0 + 1100.0 * activity - self.co2_ppm) / 45.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(weather: &mut Weather, secs: f64, pump: bool, mut look: impl FnMut(&Weather)) {
        let mut random = Random::new(9);
        for _ in 0..(secs * 10.0) as usize {
            weather.step(0.1, pump, &mut random);
            look(weather);
        }
    }

    #[test]
    fn a_day_has_a_noon_and_a_night() {
        let mut weather = Weather::new(&mut Random::new(1));
        let (mut coldest, mut warmest, mut dark, mut bright) = (99.0_f64, -99.0_f64, 0, 0);
        run(&mut weather, 2.0 * DAY_SECS, false, |weather| {
            coldest = coldest.min(weather.air_celsius);
            warmest = warmest.max(weather.air_celsius);
            dark += usize::from(weather.sun == 0.0);
            bright += usize::from(weather.sun > 200.0);
        });
        assert!((-3.0..6.0).contains(&coldest) && (14.0..22.0).contains(&warmest), "{coldest} {warmest}");
        assert!(dark > 6000 && bright > 3000, "{dark} {bright}");
    }

    #[test]
    fn the_pump_cools_the_first_tank_and_not_the_second() {
        let mut weather = Weather::new(&mut Random::new(1));
        let before = weather.cellar.tanks_celsius;
        run(&mut weather, 60.0, true, |_| {});
        let after = weather.cellar.tanks_celsius;
        assert!(after[0] < before[0] - 3.0, "{} to {}", before[0], after[0]);
        assert!((after[1] - before[1]).abs() < 1.0, "{} to {}", before[1], after[1]);
        run(&mut weather, 120.0, false, |_| {});
        assert!(weather.cellar.tanks_celsius[0] > after[0] + 2.0);
    }

    #[test]
    fn everything_stays_credible_for_days() {
        for seed in 0..4 {
            let mut weather = Weather::new(&mut Random::new(seed));
            let mut millimetres = 0.0_f64;
            run(&mut weather, 4.0 * DAY_SECS, false, |weather| {
                millimetres = millimetres.max(weather.rain_millimetres);
                for slope in &weather.slopes {
                    assert!((12.0..50.0).contains(&slope.moisture[0]), "{}", slope.moisture[0]);
                    assert!((12.0..45.0).contains(&slope.moisture[1]), "{}", slope.moisture[1]);
                    assert!((0.0..=100.0).contains(&slope.leaf_wetness), "{}", slope.leaf_wetness);
                    assert!((3.4..4.2).contains(&slope.battery_volts), "{}", slope.battery_volts);
                }
                assert!((300.0..2500.0).contains(&weather.cellar.co2_ppm), "{}", weather.cellar.co2_ppm);
            });
            assert!((0.1..40.0).contains(&millimetres), "{millimetres} mm");
        }
    }
}
