//! A drilling rig: simple physics, in fast motion so that one can watch it.
//!
//! Stand after stand is drilled down; then the string hangs in the slips, the block goes up for the next one, and the
//! pumps are brought up again.

use super::rock::Rock;
use crate::protocol::physics::swing;
use crate::protocol::random::Random;

/// So much faster than outside the bit goes down.
const FAST_MOTION: f64 = 30.0;
/// Where the bit is when the rig is first looked at, and from where on the hole is drilled anew, in metres.
pub(super) const TOP_METRES: f64 = 900.0;
const DEEPEST_METRES: f64 = 6000.0;
/// Where the block hangs with a new stand and with one that is drilled down, in metres.
const BLOCK_HIGH_METRES: f64 = 29.0;
const BLOCK_LOW_METRES: f64 = 2.0;
/// The hook load of the block alone, in kN, and that of each metre of string.
const BLOCK_KILONEWTONS: f64 = 160.0;
const METRE_KILONEWTONS: f64 = 0.25;
/// The strokes of the mud pumps a minute, and the pressure that they make with them, in bar.
const STROKES: f64 = 64.0;
const PUMP_BARS: f64 = 205.0;
/// Where each gas comes out of the column, as a share of the time that it takes.
const PEAKS: [f64; 5] = [0.12, 0.27, 0.45, 0.64, 0.84];
/// The points of a chromatogram.
pub(super) const CHROMATOGRAM_POINTS: i32 = 64;

/// What the rig is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    Drilling,
    SettingSlips,
    RaisingBlock,
    MakingUp,
    PumpingUp,
}

impl Activity {
    /// For people.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Drilling => "Drilling",
            Self::SettingSlips => "Setting slips",
            Self::RaisingBlock => "Raising block",
            Self::MakingUp => "Making up connection",
            Self::PumpingUp => "Pumping up",
        }
    }

    /// What comes next, and when; drilling ends with the stand.
    fn next(self) -> Option<(Self, f64)> {
        match self {
            Self::Drilling => None,
            Self::SettingSlips => Some((Self::RaisingBlock, 1.5)),
            Self::RaisingBlock => Some((Self::MakingUp, 4.5)),
            Self::MakingUp => Some((Self::PumpingUp, 1.5)),
            Self::PumpingUp => Some((Self::Drilling, 1.5)),
        }
    }
}

/// The state of a rig.
pub(super) struct Rig {
    pub(super) rock: Rock,
    pub(super) activity: Activity,
    pub(super) block_metres: f64,
    pub(super) bit_metres: f64,
    /// In metres an hour, as outside.
    pub(super) rate: f64,
    pub(super) strokes: f64,
    pub(super) standpipe_bars: f64,
    pub(super) hook_kilonewtons: f64,
    /// All gas in the mud, in %.
    pub(super) gas: f64,
    /// Of each gas in all of it.
    shares: [f64; 5],
    in_activity_secs: f64,
    age_secs: f64,
    /// Something is wrong down there.
    jumped: bool,
}

impl Rig {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rock: Rock::new(seed),
            activity: Activity::Drilling,
            block_metres: BLOCK_HIGH_METRES,
            bit_metres: TOP_METRES,
            rate: 20.0,
            strokes: STROKES,
            standpipe_bars: PUMP_BARS,
            hook_kilonewtons: BLOCK_KILONEWTONS + METRE_KILONEWTONS * TOP_METRES,
            gas: 0.5,
            shares: [0.7, 0.14, 0.08, 0.05, 0.03],
            in_activity_secs: 0.0,
            age_secs: 0.0,
            jumped: false,
        }
    }

    /// The string hangs in the slips.
    pub(super) fn in_slips(&self) -> bool {
        match self.activity {
            Activity::SettingSlips | Activity::RaisingBlock | Activity::MakingUp => true,
            Activity::Drilling | Activity::PumpingUp => false,
        }
    }

    /// Lets `dt` seconds pass, with a bit so many times as fast: whether the hole begins anew.
    pub(super) fn step(&mut self, dt: f64, haste: f64, random: &mut Random) -> bool {
        self.age_secs += dt;
        self.in_activity_secs += dt;
        let has_stand = self.activity == Activity::Drilling && self.block_metres > BLOCK_LOW_METRES;
        if haste > 1.0 && !has_stand {
            // In a hurry the next one is there at once.
            self.block_metres = BLOCK_HIGH_METRES;
            self.begin(Activity::Drilling);
        }
        match self.activity.next() {
            Some((next, secs)) if self.in_activity_secs >= secs => self.begin(next),
            Some(_) => {}
            None if self.block_metres <= BLOCK_LOW_METRES => self.begin(Activity::SettingSlips),
            None => self.drill(dt, haste, random),
        }
        if self.activity == Activity::RaisingBlock {
            self.block_metres = (self.block_metres + 6.5 * dt).min(BLOCK_HIGH_METRES);
        }
        self.machinery(dt, random);
        self.mud_gas(dt, random);
        let is_over = self.bit_metres > DEEPEST_METRES;
        if is_over {
            self.bit_metres = TOP_METRES;
        }
        is_over
    }

    fn begin(&mut self, activity: Activity) {
        self.activity = activity;
        self.in_activity_secs = 0.0;
    }

    fn drill(&mut self, dt: f64, haste: f64, random: &mut Random) {
        let wanted = if self.jumped { 9.0 } else { 31.0 - 13.0 * self.rock.shale(self.bit_metres) };
        self.rate += dt * (wanted - self.rate) / 4.0 + dt.sqrt() * 0.25 * random.normal();
        self.rate = self.rate.clamp(2.0, 60.0);
        let metres = dt * self.rate / 3600.0 * FAST_MOTION * haste;
        self.bit_metres += metres;
        self.block_metres -= metres;
    }

    fn machinery(&mut self, dt: f64, random: &mut Random) {
        let (is_pumping, is_drilling) = (!self.in_slips(), self.activity == Activity::Drilling);
        if !is_drilling {
            self.rate = 0.0;
        }
        let wanted = if is_pumping { STROKES + 1.5 * swing(self.age_secs, 70.0) } else { 0.0 };
        self.strokes += dt * (wanted - self.strokes) / 0.8;
        let share = self.strokes / STROKES;
        let wanted = (PUMP_BARS + 0.01 * self.bit_metres + self.jump(55.0)) * share * share;
        self.standpipe_bars += dt * (wanted - self.standpipe_bars) / 1.2;
        let string = METRE_KILONEWTONS * self.bit_metres + self.jump(120.0);
        let on_bit = if is_drilling { 90.0 + 8.0 * swing(self.age_secs, 23.0) } else { 0.0 };
        let wanted = BLOCK_KILONEWTONS + if self.in_slips() { 0.0 } else { string - on_bit };
        self.hook_kilonewtons += dt * (wanted - self.hook_kilonewtons) / 0.5 + dt.sqrt() * random.normal();
    }

    fn mud_gas(&mut self, dt: f64, random: &mut Random) {
        let oil = self.rock.oil(self.bit_metres);
        let wanted = 0.4 + 0.2 * self.rate * oil + if self.in_slips() { 0.8 } else { 0.0 } + self.jump(4.0);
        self.gas += dt * (wanted - self.gas) / 8.0 + dt.sqrt() * 0.02 * random.normal();
        self.gas = self.gas.clamp(0.05, 40.0);
        let heavy = 0.6 + 0.8 * oil;
        for (share, usual) in self.shares.iter_mut().skip(1).zip([0.14, 0.08, 0.05, 0.03]) {
            *share += dt * (usual * heavy - *share) / 12.0;
        }
        self.shares[0] = 1.0 - self.shares[1..].iter().sum::<f64>();
    }

    fn jump(&self, by: f64) -> f64 {
        if self.jumped { by } else { 0.0 }
    }

    /// What the gas chromatograph draws, in ppm: a peak for each gas from methane to pentane.
    pub(super) fn chromatogram(&self, noise: f64, random: &mut Random) -> Box<[f64]> {
        let point = |place: i32, random: &mut Random| {
            let time = f64::from(place) / f64::from(CHROMATOGRAM_POINTS);
            let peaks = self.shares.iter().zip(PEAKS).map(|(share, peak)| {
                let away = (time - peak) / (0.03 + 0.02 * peak);
                1e4 * self.gas * share * (1.0 - away * away).max(0.0).powi(2)
            });
            peaks.sum::<f64>() + 6.0 + noise * random.normal()
        };
        (0..CHROMATOGRAM_POINTS).map(|place| point(place, random)).collect()
    }

    /// The density that the mud seems to have down there while it flows, in g/cm³.
    pub(super) fn circulating_density(&self) -> f64 {
        1.24 + 0.0006 * self.strokes + 0.002 * self.gas.min(5.0)
    }

    /// The bit gets stuck, or comes free again.
    pub(super) fn jump_to(&mut self, on: bool) {
        self.jumped = on;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_after_stand_goes_down_and_everything_stays_credible() {
        for seed in 0..4 {
            let (mut rig, mut random) = (Rig::new(seed), Random::new(seed));
            let (mut stands, mut slips, mut gas) = (0, 0, 0.0_f64);
            for _ in 0..36_000 {
                let before = rig.activity;
                rig.step(0.1, 1.0, &mut random);
                stands += usize::from(before == Activity::Drilling && rig.activity != before);
                slips += usize::from(rig.in_slips());
                gas = gas.max(rig.gas);
                assert!((1.5..=29.0).contains(&rig.block_metres), "{}", rig.block_metres);
                assert!((100.0..900.0).contains(&rig.hook_kilonewtons), "{}", rig.hook_kilonewtons);
                assert!((0.0..260.0).contains(&rig.standpipe_bars), "{}", rig.standpipe_bars);
                assert!((0.0..60.1).contains(&rig.rate), "{}", rig.rate);
            }
            assert!((15..35).contains(&stands), "{stands} stands");
            assert!((1000..3000).contains(&slips) && (1.0..15.0).contains(&gas), "{slips} {gas}");
            assert!((1300.0..1900.0).contains(&rig.bit_metres), "{} m", rig.bit_metres);
        }
    }

    #[test]
    fn five_gases_are_five_peaks() {
        let (rig, mut random) = (Rig::new(1), Random::new(1));
        let points = rig.chromatogram(0.0, &mut random);
        let peaks = points.windows(3).filter(|three| three[1] > three[0] && three[1] >= three[2]);
        assert_eq!((points.len(), peaks.count()), (64, 5));
    }
}
