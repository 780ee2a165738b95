//! The air, the soil and the weather of a greenhouse: simple physics, in fast motion so that one can watch it.

use crate::protocol::physics::swing;
use crate::protocol::random::Random;

/// The weather's mean temperature, in °C.
const OUTSIDE_CELSIUS: f64 = 11.5;
/// What the heating does at full power, in K/s.
const HEATING: f64 = 0.14;
/// The losses of heat, as shares a second of the difference to the outside.
const LOSS: f64 = 0.0018;
const LOSS_BY_VENTILATION: f64 = 0.0045;
const LOSS_BY_DOOR: f64 = 0.006;
const LOSS_BY_ROOF: f64 = 0.012;
/// What full light does, in K/s.
const WARMING_BY_LIGHT: f64 = 0.008;
/// The soil is watered below the first of these (in % of volume), until the second.
const DRY: f64 = 37.0;
const WET: f64 = 44.0;

/// What people set.
#[derive(Clone, Copy)]
pub(super) struct Controls {
    pub(super) target_celsius: f64,
    pub(super) ventilation: bool,
    /// 0 to 1.
    pub(super) light: f64,
}

/// The state of a greenhouse.
pub(super) struct Climate {
    pub(super) air_celsius: f64,
    /// Relative, in %.
    pub(super) humidity: f64,
    pub(super) co2_ppm: f64,
    pub(super) outside_celsius: f64,
    pub(super) wind_metres_per_sec: f64,
    /// Where the wind comes from, in turns: 0 is north, 0.25 east.
    pub(super) wind_turns: f64,
    /// In % of volume.
    pub(super) soil_moisture: f64,
    /// How much of a leaf is wet, in %.
    pub(super) leaf_wetness: f64,
    pub(super) door_open: bool,
    pub(super) watering: bool,
    /// Of the present or last watering.
    pub(super) litres: f64,
    heating: f64,
    integral: f64,
    door_moves_in_secs: f64,
    age_secs: f64,
}

impl Climate {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            air_celsius: 21.2 + random.between(-0.5, 0.5),
            humidity: 68.0,
            co2_ppm: 640.0,
            outside_celsius: OUTSIDE_CELSIUS + random.between(-2.0, 2.0),
            wind_metres_per_sec: 3.0,
            wind_turns: random.between(0.0, 1.0),
            soil_moisture: random.between(DRY + 1.0, WET),
            leaf_wetness: 20.0,
            door_open: false,
            watering: false,
            litres: 0.0,
            heating: 0.2,
            integral: 0.2,
            door_moves_in_secs: random.between(10.0, 40.0),
            age_secs: 0.0,
        }
    }

    /// Lets `dt` seconds pass.
    pub(super) fn step(&mut self, dt: f64, controls: Controls, random: &mut Random) {
        self.age_secs += dt;
        self.weather(dt, random);
        self.air(dt, controls);
        self.water(dt, controls);
        self.door_moves_in_secs -= dt;
        if self.door_moves_in_secs <= 0.0 {
            self.door_open = !self.door_open;
            self.door_moves_in_secs =
                if self.door_open { random.between(4.0, 9.0) } else { random.between(30.0, 80.0) };
        }
    }

    fn weather(&mut self, dt: f64, random: &mut Random) {
        let mean = OUTSIDE_CELSIUS + 2.5 * swing(self.age_secs, 900.0);
        self.outside_celsius +=
            dt * (mean - self.outside_celsius) / 120.0 + dt.sqrt() * 0.02 * random.normal();
        let gust = 3.2 + 1.2 * swing(self.age_secs, 170.0);
        self.wind_metres_per_sec +=
            dt * (gust - self.wind_metres_per_sec) / 15.0 + dt.sqrt() * 0.25 * random.normal();
        self.wind_metres_per_sec = self.wind_metres_per_sec.clamp(0.0, 25.0);
        self.wind_turns += dt.sqrt() * 0.008 * random.normal();
        self.wind_turns -= self.wind_turns.floor();
    }

    fn air(&mut self, dt: f64, controls: Controls) {
        let open = |share: f64, on: bool| if on { share } else { 0.0 };
        let error = controls.target_celsius - self.air_celsius;
        let wanted = 0.35 * error + self.integral;
        // A heating at its limit must not wind the integral up.
        if (0.0..=1.0).contains(&wanted) || (wanted < 0.0) == (error > 0.0) {
            self.integral = (self.integral + dt * 0.006 * error).clamp(-1.0, 1.0);
        }
        self.heating = wanted.clamp(0.0, 1.0);
        // What is too warm opens the windows in the roof.
        let loss = LOSS_BY_ROOF * (-wanted).clamp(0.0, 1.0)
            + LOSS
            + open(LOSS_BY_VENTILATION, controls.ventilation)
            + open(LOSS_BY_DOOR, self.door_open);
        self.air_celsius += dt
            * (self.heating * HEATING + controls.light * WARMING_BY_LIGHT
                - loss * (self.air_celsius - self.outside_celsius));
        self.air_celsius = self.air_celsius.clamp(-20.0, 60.0);

        let aired = open(0.030, controls.ventilation) + open(0.012, self.door_open);
        let transpiration = 0.006 * (82.0 + 4.0 * controls.light - self.humidity);
        let spray = open(0.15, self.watering);
        self.humidity += dt * (transpiration + spray - aired * (self.humidity - 48.0));
        self.humidity = self.humidity.clamp(5.0, 100.0);

        let dosed = 0.008 * (880.0 - self.co2_ppm);
        let assimilated = 1.5 * controls.light;
        self.co2_ppm += dt * (dosed - assimilated - 1.5 * aired * (self.co2_ppm - 425.0));
        self.co2_ppm = self.co2_ppm.clamp(300.0, 5000.0);
    }

    fn water(&mut self, dt: f64, controls: Controls) {
        if self.watering {
            self.litres += 0.55 * dt;
            self.soil_moisture += 0.55 * dt;
            self.watering = self.soil_moisture < WET;
        } else if self.soil_moisture < DRY {
            self.watering = true;
            self.litres = 0.0;
        }
        self.soil_moisture -= dt * (0.05 + 0.03 * controls.light);
        self.soil_moisture = self.soil_moisture.clamp(2.0, 60.0);
        let wet = if self.watering { 95.0 } else { (self.humidity - 60.0).max(0.0) * 1.6 };
        let lag_secs = if wet > self.leaf_wetness { 6.0 } else { 40.0 };
        self.leaf_wetness += dt * (wet - self.leaf_wetness) / lag_secs;
    }

    /// Somebody leaves everything open in a storm, or makes it good again.
    pub(super) fn jump(&mut self, on: bool) {
        let sign = if on { 1.0 } else { -1.0 };
        self.air_celsius -= sign * 6.0;
        self.humidity = (self.humidity - sign * 18.0).clamp(5.0, 100.0);
        self.co2_ppm = (self.co2_ppm - sign * 180.0).clamp(300.0, 5000.0);
        self.wind_metres_per_sec = (self.wind_metres_per_sec + sign * 9.0).clamp(0.0, 25.0);
        self.door_open = on;
        self.door_moves_in_secs = 12.0;
    }

    /// Where the wind comes from, by the eight points of the compass.
    pub(super) fn wind_direction(&self) -> &'static str {
        const POINTS: [&str; 8] = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
        POINTS[(self.wind_turns * 8.0 + 0.5) as usize % 8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Controls = Controls { target_celsius: 21.5, ventilation: false, light: 0.6 };

    fn run(climate: &mut Climate, random: &mut Random, controls: Controls, secs: f64) -> Vec<f64> {
        let steps = (secs * 10.0) as usize;
        let step = |_| {
            climate.step(0.1, controls, random);
            climate.air_celsius
        };
        (0..steps).map(step).collect()
    }

    #[test]
    fn the_air_follows_its_target() {
        let mut random = Random::new(1);
        let mut climate = Climate::new(&mut random);
        run(&mut climate, &mut random, USUAL, 300.0);
        for target_celsius in [26.0, 18.0, 21.5] {
            run(&mut climate, &mut random, Controls { target_celsius, ..USUAL }, 240.0);
            let celsius = climate.air_celsius;
            assert!((celsius - target_celsius).abs() < 0.8, "{celsius} instead of {target_celsius}");
        }
    }

    #[test]
    fn ventilation_dries_the_air_and_clears_it() {
        let mut random = Random::new(2);
        let mut climate = Climate::new(&mut random);
        run(&mut climate, &mut random, USUAL, 300.0);
        let before = (climate.humidity, climate.co2_ppm);
        run(&mut climate, &mut random, Controls { ventilation: true, ..USUAL }, 60.0);
        assert!(climate.humidity < before.0 - 8.0, "{} after {}", climate.humidity, before.0);
        assert!(climate.co2_ppm < before.1 - 100.0, "{} after {}", climate.co2_ppm, before.1);
    }

    #[test]
    fn dry_soil_is_watered() {
        let mut random = Random::new(3);
        let mut climate = Climate::new(&mut random);
        let (mut waterings, mut watering) = (0, false);
        for _ in 0..6000 {
            climate.step(0.1, USUAL, &mut random);
            waterings += usize::from(climate.watering && !watering);
            watering = climate.watering;
            assert!((30.0..50.0).contains(&climate.soil_moisture), "{}", climate.soil_moisture);
        }
        assert!((3..10).contains(&waterings), "{waterings} in ten minutes");
    }

    #[test]
    fn whatever_is_set_the_temperature_stays_credible() {
        let mut random = Random::new(4);
        let mut climate = Climate::new(&mut random);
        for target_celsius in [-1e300, 1e300] {
            let path = run(
                &mut climate,
                &mut random,
                Controls { target_celsius, ventilation: true, light: 1.0 },
                60.0,
            );
            assert!(path.iter().all(|celsius| (-20.0..=60.0).contains(celsius)), "{target_celsius}");
        }
    }
}
