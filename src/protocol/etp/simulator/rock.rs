//! The rock that a well goes through: layers of sand and shale, the same for equal seeds wherever one looks first.

use crate::protocol::random::Random;

/// How thick a layer is, in metres, and which share of it changes over into the next one.
const LAYER_METRES: f64 = 7.5;
const BORDER: f64 = 0.2;
/// What stands in a log where the tool measured nothing.
pub(super) const NULL_VALUE: f64 = -999.25;
/// Every so many metres the tool measures nothing, for so long.
const BLIND_EVERY_METRES: f64 = 90.0;
const BLIND_METRES: f64 = 5.0;

/// What is where, by the measured depth in metres.
pub(super) struct Rock {
    seed: u64,
}

impl Rock {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// From 0, clean sand, to 1, shale.
    pub(super) fn shale(&self, metres: f64) -> f64 {
        self.between_layers(metres, |chance| if chance < 0.4 { 0.3 * chance } else { 0.4 + 0.6 * chance })
    }

    /// From 0, water, to 1, oil and gas.
    pub(super) fn oil(&self, metres: f64) -> f64 {
        let filled = self.between_layers(metres + 1e6, |chance| if chance < 0.45 { 1.0 } else { 0.0 });
        filled * (1.0 - self.shale(metres)).powi(2)
    }

    /// Natural gamma radiation, in gAPI.
    pub(super) fn gamma(&self, metres: f64) -> f64 {
        if is_blind(metres) { NULL_VALUE } else { 28.0 + 95.0 * self.shale(metres) }
    }

    /// Of the formation, in ohm.m.
    pub(super) fn resistivity(&self, metres: f64) -> f64 {
        let is_blind = is_blind(metres + 0.5 * BLIND_EVERY_METRES);
        if is_blind { NULL_VALUE } else { 1.2 + 2.5 * self.shale(metres) + 140.0 * self.oil(metres) }
    }

    /// How wide the hole is, in mm: shale breaks out.
    pub(super) fn hole_millimetres(&self, metres: f64) -> f64 {
        216.0 + 38.0 * (self.shale(metres) - 0.6).max(0.0)
    }

    fn between_layers(&self, metres: f64, of_layer: impl Fn(f64) -> f64) -> f64 {
        let layer = (metres / LAYER_METRES).floor();
        let place = metres / LAYER_METRES - layer;
        let value = |layer: f64| of_layer(Random::new(self.seed ^ (layer as i64).cast_unsigned()).fraction());
        let over = ((place - 1.0 + BORDER) / BORDER).max(0.0);
        value(layer) * (1.0 - over) + value(layer + 1.0) * over
    }
}

fn is_blind(metres: f64) -> bool {
    metres.rem_euclid(BLIND_EVERY_METRES) < BLIND_METRES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_credible_and_has_stretches_without_values() {
        let rock = Rock::new(4);
        let (mut blind, mut sand, mut oil) = (0, 0, 0);
        for decimetre in 9_000..15_000 {
            let metres = f64::from(decimetre) / 10.0;
            let (gamma, resistivity) = (rock.gamma(metres), rock.resistivity(metres));
            blind += usize::from(gamma == NULL_VALUE);
            sand += usize::from((20.0..60.0).contains(&gamma));
            oil += usize::from(resistivity > 40.0);
            assert!(gamma == NULL_VALUE || (20.0..140.0).contains(&gamma), "{gamma} at {metres} m");
            assert!(resistivity == NULL_VALUE || (0.5..160.0).contains(&resistivity), "{resistivity}");
            assert!((200.0..250.0).contains(&rock.hole_millimetres(metres)));
        }
        assert!((250..500).contains(&blind), "{blind}");
        assert!(sand > 500 && oil > 200, "{sand} {oil}");
    }
}
