//! How the data of one channel comes.

use crate::protocol::etp::item::Index;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Its number in this session.
    pub(super) id: Option<i64>,
    /// It was described in this session.
    pub(super) is_described: bool,
    /// Somebody wants to see it.
    pub(super) wanted: bool,
    /// What was done about that.
    pub(super) state: State,
    /// The newest index, as it was on the wire, and its place.
    pub(super) last: Option<(Index, f64)>,
    /// Data goes on after a break: what came before this place is known already.
    pub(super) resumes_at: Option<f64>,
    /// The greatest of the last distances between two places.
    pub(super) step: f64,
    /// The place of this channel in the frame that is being read.
    pub(super) slot: (u64, usize),
}

/// How far the wish to see a channel has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was done yet.
    #[default]
    Idle,
    /// Its data was asked for.
    Asked,
    /// Its data comes.
    Told,
    /// The server ended it, or does not have it.
    Ended,
}

impl Watch {
    /// The session is over: numbers mean nothing any more, and data will go on where it ended.
    pub(super) fn interrupt(&mut self) {
        self.id = None;
        self.is_described = false;
        self.pause();
    }

    /// Its data does not come any more.
    pub(super) fn pause(&mut self) {
        self.state = State::Idle;
        self.resumes_at = self.resumes_at.or_else(|| self.last.map(|(_, place)| place));
    }

    /// Notes the newest place.
    pub(super) fn advance(&mut self, index: Index, place: f64) {
        /// An old distance counts so much less with each new one.
        const FADES: f64 = 0.9;
        if let Some((_, before)) = self.last {
            self.step = (place - before).abs().max(self.step * FADES);
        }
        self.last = Some((index, place));
    }
}
