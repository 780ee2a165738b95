//! What the physics of simulated instruments share, whatever they speak.

/// Swings between -1 and 1 once in a period. Two parabolas: nobody looks for the exact course of a sine.
pub fn swing(secs: f64, period_secs: f64) -> f64 {
    let turns = secs / period_secs;
    let phase = 2.0 * (turns - turns.floor()) - 1.0;
    -4.0 * phase * (1.0 - phase.abs())
}
