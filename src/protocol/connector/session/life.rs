//! Signs of life: when a link that asks nothing counts as alive, and for how long.

use std::time::Duration;

use super::{ConnectorSession, Phase};
use crate::model::time::{Instant, Now};
use crate::protocol::Output;

/// A device that only tells what changes is believed in for so long,
const SILENCE_LEAST: Duration = Duration::from_secs(30);
/// or for so many of the longest gaps that there were between its frames,
const GAPS: u32 = 3;
/// but no longer than this. Who knows that a device is silent for longer says so in its definition.
const SILENCE_MOST: Duration = Duration::from_mins(5);
/// Beyond that it is stale, and the link is given up after so long again.
const PATIENCE: Duration = Duration::from_mins(1);

/// When frames came.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// When the last one came on this socket; before the first, when it was opened.
    pub(super) heard: Instant,
    /// No frame has come on this socket.
    is_untouched: bool,
    /// The longest gap between two frames of one socket.
    longest_gap: Duration,
}

impl Life {
    /// A socket was opened.
    pub(super) fn opened(&mut self, now: Instant) {
        self.heard = now;
        self.is_untouched = true;
    }

    /// A frame came.
    pub(super) fn heard(&mut self, now: Instant) {
        if !std::mem::take(&mut self.is_untouched) {
            self.longest_gap = self.longest_gap.max(now.since(self.heard));
        }
        self.heard = now;
    }

    /// No frame has come on this socket.
    pub(super) fn is_untouched(&self) -> bool {
        self.is_untouched
    }

    /// Silence starts anew: nothing was to be expected until now.
    pub(super) fn excuse(&mut self, now: Instant) {
        self.heard = now;
        self.is_untouched = true;
    }
}

impl ConnectorSession {
    /// Nothing came for a while. What is asked is asked when its time has come, and no more often: so far it is alive
    /// by the definition's word.
    pub(super) fn probe(&mut self, now: Now) {
        if self.rests() || now.instant.since(self.life.heard) < self.usual_silence() {
            self.outbox.push(Output::Alive);
        }
    }

    /// Nobody wants values, so that none are asked for.
    pub(super) fn rests(&self) -> bool {
        self.is_paused || self.channels.is_nothing_wanted()
    }

    /// So long a link that is alive may be silent.
    fn usual_silence(&self) -> Duration {
        let questions = self.definition.polls.iter().chain(&self.definition.keepalive);
        let answered = questions.filter(|question| question.response.is_some());
        let soonest = answered.map(|question| question.every + self.settings.timeout(question.timeout)).min();
        soonest
            .or(self.settings.silence)
            .unwrap_or_else(|| (self.life.longest_gap * GAPS).max(SILENCE_LEAST).min(SILENCE_MOST))
    }

    /// How long the link may be silent beyond what is usual.
    pub(super) fn patience(&self) -> Duration {
        let mut questions = self.definition.polls.iter().chain(&self.definition.keepalive);
        let has_answers = questions.any(|question| question.response.is_some());
        if has_answers { Duration::ZERO } else { PATIENCE }
    }

    /// When silence has lasted so long that the link is given up.
    pub(super) fn silence_due(&self) -> Option<Instant> {
        let silence = self.settings.silence.filter(|_| self.phase == Phase::Running && !self.rests())?;
        Some(self.judged(self.life.heard + silence))
    }
}
