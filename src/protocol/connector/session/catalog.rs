//! Telling the catalog as it grows, and what goes with it: the state of the link, and whose readings come.

use std::time::Duration;

use super::channels::{LINK, link_value};
use super::{ConnectorSession, notices};
use crate::model::event::Event;
use crate::model::link::Cause;
use crate::model::reading::{Reading, Report};
use crate::model::time::{Instant, Now};

/// A catalog that grows is told so often.
const TELL_EVERY: Duration = Duration::from_millis(300);

impl ConnectorSession {
    /// Tells the catalog if it has changed, and then what waited for that. Not more often than a few times a second,
    /// unless it has to be `at_once`.
    pub(super) fn tell_catalog(&mut self, now: Now, at_once: bool) {
        let is_due = at_once || self.catalog_due().is_some_and(|due| due <= now.instant);
        if !self.channels.is_changed || !is_due || !self.is_known() {
            return;
        }
        self.channels.is_changed = false;
        self.channels.is_told = true;
        if self.channels.known.len() > 1 {
            self.channels.told = Some(now.instant);
        }
        let catalog = Box::new(self.channels.catalog.clone());
        self.event(Event::Catalog { catalog, changes: None });
        // A catalog forgets what was subscribed.
        for known in &mut self.channels.known {
            known.is_untold = false;
            known.is_subscribed = false;
        }
        self.tell_subscribed();
        for event in std::mem::take(&mut self.channels.held) {
            self.event(event);
        }
    }

    /// When the catalog may be told that has changed.
    pub(super) fn catalog_due(&self) -> Option<Instant> {
        if !self.channels.is_changed || !self.is_known() {
            return None;
        }
        Some(self.channels.told.map_or_else(Instant::default, |told| told + TELL_EVERY))
    }

    /// It was what it was taken for, now or before.
    fn is_known(&self) -> bool {
        self.recognised.is_some() || self.channels.is_told
    }

    /// Tells whose readings come, and whose do not come any more.
    pub(super) fn tell_subscribed(&mut self) {
        if !self.channels.is_told {
            return;
        }
        for index in 0..self.channels.known.len() {
            let on = index == LINK || !self.is_silenced(index);
            let known = &mut self.channels.known[index];
            if !known.is_untold && std::mem::replace(&mut known.is_subscribed, on) != on {
                self.event(Event::Subscribed { channel: index, on });
            }
        }
    }

    /// A channel's readings are not told for now.
    pub(super) fn is_silenced(&self, index: usize) -> bool {
        self.is_paused || self.channels.known.get(index).is_none_or(|known| known.is_unwanted)
    }

    /// Tells the state of the link.
    pub(super) fn tell_link(&mut self, now: Now, is_open: bool) {
        if !self.channels.is_told {
            return;
        }
        let reading = Reading {
            report: Report::Value(link_value(is_open)),
            taken: None,
            arrived: now.instant,
            place: None,
            uncertainty: None,
            state: None,
        };
        self.event(Event::Reading { channel: LINK, reading });
    }

    /// Why there is nothing to see, where there is nothing.
    pub(super) fn remedy(&self) -> Cause {
        notices::nothing_to_see(self.unused)
    }
}
