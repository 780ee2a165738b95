//! The physics of the mast: air, wind, rain, and the unit that feeds it.

use crate::protocol::physics::swing;
use crate::protocol::random::Random;

/// The longest step of the models, in seconds.
pub(super) const STEP_SECS: f64 = 0.1;
/// What the wind keeps of itself within a second.
const WIND_MEMORY: f64 = 0.8;

/// See the module.
#[derive(Debug)]
pub(super) struct Mast {
    clock_secs: f64,
    /// How far the wind is from its mean, in m/s.
    gustiness: f64,
    direction: f64,
    charge: f64,
    /// Something has happened: [`crate::protocol::Fault::Step`].
    has_jumped: bool,
}

/// What the mast measures at one time.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    pub(super) is_heated: bool,
    pub(super) is_battery_low: bool,
    pub(super) is_raining: bool,
    /// In °C.
    pub(super) temperature: f64,
    /// In percent.
    pub(super) humidity: f64,
    /// In Pa.
    pub(super) pressure: f64,
    /// In m/s.
    pub(super) wind: f64,
    /// In degrees from north.
    pub(super) direction: f64,
    /// The strongest wind of each of the last quarters of a second, in m/s.
    pub(super) gusts: [f64; 4],
}

/// What the unit that feeds the mast says of itself.
#[derive(Clone, Debug)]
pub(super) struct Status {
    /// In volts.
    pub(super) supply: f64,
    /// In degrees from the level.
    pub(super) tilt: f64,
    pub(super) uptime_secs: f64,
    pub(super) mode: &'static str,
}

impl Mast {
    pub(super) fn new() -> Self {
        Self { clock_secs: 0.0, gustiness: 0.0, direction: 240.0, charge: 12.6, has_jumped: false }
    }

    /// Lets the models live on for `dt` seconds, at most [`STEP_SECS`].
    pub(super) fn step(&mut self, dt: f64, random: &mut Random) {
        self.clock_secs += dt;
        let keep = 1.0 - (1.0 - WIND_MEMORY) * dt;
        self.gustiness = self.gustiness * keep + random.normal() * 0.9 * dt.sqrt();
        self.direction = (self.direction + random.normal() * 2.0 * dt.sqrt() + 360.0) % 360.0;
        let goal = if self.has_jumped { 11.4 } else { 12.6 + 0.4 * swing(self.clock_secs, 300.0) };
        self.charge += (goal - self.charge) * (dt / 20.0);
    }

    /// A storm comes, or goes.
    pub(super) fn jump(&mut self, on: bool) {
        self.has_jumped = on;
    }

    /// What is measured now.
    pub(super) fn weather(&self, noise: f64, random: &mut Random) -> Weather {
        let storm = if self.has_jumped { 1.0 } else { 0.0 };
        let temperature = 7.5 + 4.0 * swing(self.clock_secs, 420.0) - 6.0 * storm;
        let humidity = 68.0 - 3.0 * (temperature - 7.5) + 8.0 * storm;
        let wind = (6.0 + 2.0 * swing(self.clock_secs, 180.0) + self.gustiness + 14.0 * storm).max(0.0);
        let mut gusts = [0.0; 4];
        for gust in &mut gusts {
            *gust = (wind * 1.08 + random.normal() * 0.35 * noise).max(0.0);
        }
        Weather {
            is_heated: temperature < 5.0,
            is_battery_low: self.charge < 11.9,
            is_raining: storm > 0.0 || swing(self.clock_secs, 240.0) > 0.6,
            temperature: temperature + random.normal() * 0.03 * noise,
            humidity: percent(humidity + random.normal() * 0.2 * noise),
            pressure: 100_950.0 + 180.0 * swing(self.clock_secs, 900.0) - 900.0 * storm
                + random.normal() * 4.0 * noise,
            wind: (wind + random.normal() * 0.15 * noise).max(0.0),
            direction: (self.direction + random.normal() * 1.5 * noise + 720.0) % 360.0,
            gusts,
        }
    }

    /// How the unit is.
    pub(super) fn status(&self) -> Status {
        let mode = if self.has_jumped { "storm" } else { "normal" };
        Status {
            supply: self.charge,
            tilt: if self.has_jumped { 1.2 } else { 0.1 },
            uptime_secs: 86_400.0 * 3.0 + self.clock_secs,
            mode,
        }
    }
}

/// No clamp: its panic writes doubles with the routines that `model::decimal` replaces.
fn percent(number: f64) -> f64 {
    if number > 100.0 { 100.0 } else { number.max(0.0) }
}
