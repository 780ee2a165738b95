//! How the readings of one resource come, and which of them came already.

use std::collections::VecDeque;

use super::purpose::Kind;
use crate::model::time::{Instant, Timestamp};
use crate::model::value::Value;

/// So many instances are recognised when they come again.
const RECENT_MOST: usize = 600;
/// So many wait while the past is being asked for.
const HELD_MOST: usize = 2_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Somebody wants to see it.
    pub(super) wanted: bool,
    /// What was done about that.
    pub(super) state: State,
    /// The subscription for new data.
    pub(super) data: Option<Subscription>,
    /// The one for missing instances.
    pub(super) missing: Option<Subscription>,
    /// Subscriptions that somebody else deleted, since the socket opened.
    pub(super) deleted: u8,
    /// The newest instance or change that was told: when it was taken, and its state tag.
    pub(super) newest: Option<(Timestamp, u64)>,
    /// When the last instance was made, by the CSE's clock.
    pub(super) last_created: Option<Timestamp>,
    /// Nobody told anything since then: the past is read from there on.
    pub(super) resume: Option<Timestamp>,
    /// The past has been asked for, and what comes meanwhile waits.
    pub(super) is_filling: bool,
    /// The past came once: from now on only what is newer is asked for.
    pub(super) has_history: bool,
    /// Subscriptions that were asked for in a row.
    pub(super) tries: u8,
    /// Polls in a row without an answer for this one.
    pub(super) missed_polls: u8,
    held: Vec<Instance>,
    recent: VecDeque<String>,
}

/// How far the wish to see a resource has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was done yet.
    #[default]
    Idle,
    /// A subscription has been asked for.
    Asked,
    /// The CSE tells what is new.
    Pushed,
    /// It is asked again and again.
    Polled,
}

/// A subscription on the CSE.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subscription {
    /// Its structured address.
    pub(super) path: String,
    /// Its unstructured ID.
    pub(super) id: String,
    /// When it must be renewed.
    pub(super) renew: Instant,
}

/// One instance of a container or a time series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Instance {
    /// Its unstructured ID; empty where it has none.
    pub(super) id: String,
    /// When it was taken.
    pub(super) taken: Timestamp,
    /// Its number in its container.
    pub(super) state_tag: u64,
    /// Its content.
    pub(super) value: Value,
}

impl Watch {
    /// The socket is gone: what is on the CSE stays there, but nobody tells anything.
    pub(super) fn reset(&mut self) {
        self.state = State::Idle;
        self.interrupted();
        self.deleted = 0;
        self.is_filling = false;
        self.missed_polls = 0;
        self.tries = 0;
        self.held.clear();
    }

    /// The subscription of a kind.
    pub(super) fn subscription(&mut self, kind: Kind) -> &mut Option<Subscription> {
        match kind {
            Kind::Data => &mut self.data,
            Kind::Missing => &mut self.missing,
        }
    }

    /// Those that there are.
    pub(super) fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        [&self.data, &self.missing].into_iter().flatten()
    }

    /// What comes from now on is not told.
    pub(super) fn interrupted(&mut self) {
        self.resume = self.resume.or(self.last_created);
    }

    /// Whether an instance came before; if not, it has now.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        if id.is_empty() {
            return true;
        }
        // Those that come again mostly come again at once.
        if self.recent.iter().rev().any(|known| known == id) {
            return false;
        }
        if self.recent.len() >= RECENT_MOST {
            self.recent.pop_front();
        }
        self.recent.push_back(id.to_owned());
        true
    }

    /// Keeps an instance until the past is there. `false` where too many are kept already.
    pub(super) fn hold(&mut self, instance: Instance) -> bool {
        let room = self.held.len() < HELD_MOST;
        if room {
            self.held.push(instance);
        }
        room
    }

    /// The instances that were kept.
    pub(super) fn take_held(&mut self) -> Vec<Instance> {
        self.is_filling = false;
        std::mem::take(&mut self.held)
    }

    /// An instance is newer than all that were told.
    pub(super) fn is_newest(&self, instance: &Instance) -> bool {
        self.newest.is_none_or(|newest| newest <= (instance.taken, instance.state_tag))
    }
}
