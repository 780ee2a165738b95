//! From what the rules found to readings that are told.

use std::rc::Rc;
use std::time::Duration;

use super::super::definition::MAX_CHANNELS;
use super::super::extract::Found;
use super::{ConnectorSession, notices};
use crate::model::event::Event;
use crate::model::reading::{Reading, Report};
use crate::model::time::{Now, Timestamp};
use crate::model::value::Value;

/// Messages may overtake each other by so much; a time that is further back is that of a clock that was set.
const OVERTAKEN_BY: Duration = Duration::from_secs(5);

/// What a reading is by the time that its source gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    /// The newest.
    Newest,
    /// It was overtaken by one that is newer.
    Late(Timestamp),
    /// The source's clock was set back: when it was taken is not known.
    Behind,
}

impl ConnectorSession {
    /// A rule has found a reading.
    pub(super) fn found(&mut self, now: Now, mut found: Found) {
        self.mask(&mut found);
        let definition = Rc::clone(&self.definition);
        let channel = match self.channels.place(&found, &definition, &self.settings) {
            Ok(channel) => channel,
            Err(is_news) => {
                if is_news {
                    self.event(Event::Notice(notices::too_many(MAX_CHANNELS)));
                }
                return self.violation(None, "a device has no more than 20,000 channels");
            }
        };
        self.has_reading = true;
        let order = self.order(now, channel, found.taken);
        let report = found.report;
        let taken = found.taken.filter(|_| order == Order::Newest);
        if let (Order::Late(at), Report::Value(value)) = (order, &report) {
            if !self.is_silenced(channel) {
                self.tell(channel, Event::History { channel, readings: vec![(at, value.clone())] });
            }
            return;
        }
        let reading =
            Reading { report, taken, arrived: now.instant, place: None, uncertainty: None, state: None };
        self.tell_reading(channel, reading);
    }

    fn tell_reading(&mut self, channel: usize, reading: Reading) {
        self.read(channel, &reading);
        if !self.is_silenced(channel) {
            return self.tell(channel, Event::Reading { channel, reading });
        }
        if let Some(known) = self.channels.known.get_mut(channel) {
            known.kept = Some(reading);
        }
    }

    /// What came while nobody wanted to see it: the newest of each channel.
    pub(super) fn tell_kept(&mut self) {
        for channel in 0..self.channels.known.len() {
            if !self.is_silenced(channel)
                && let Some(reading) = self.channels.known[channel].kept.take()
            {
                self.tell(channel, Event::Reading { channel, reading });
            }
        }
    }

    /// Tells something about a channel, once everybody knows that there is this channel.
    fn tell(&mut self, channel: usize, event: Event) {
        let is_untold = self.channels.known.get(channel).is_none_or(|known| known.is_untold);
        if !is_untold {
            return self.event(event);
        }
        if !self.channels.hold(event) {
            self.violation(None, "no more than 10,000 readings wait for the catalog");
        }
    }

    fn order(&mut self, now: Now, channel: usize, taken: Option<Timestamp>) -> Order {
        let (Some(taken), Some(known)) = (taken, self.channels.known.get_mut(channel)) else {
            return Order::Newest;
        };
        let back = known.newest.map_or(0, |newest| newest.0.saturating_sub(taken.0));
        if back <= 0 {
            known.newest = Some(taken);
            known.is_behind = false;
            return Order::Newest;
        }
        if u128::from(back.unsigned_abs()) <= OVERTAKEN_BY.as_micros() && !known.is_behind {
            return Order::Late(taken);
        }
        if !std::mem::replace(&mut known.is_behind, true) {
            let told = self.channels.is_told.then_some(channel);
            self.violation(told, "the source's clock does not go back");
            let path = self.channels.catalog.channels.get(channel).map(|channel| channel.path.clone());
            self.notice(now, notices::clock_went_back(&path.unwrap_or_default()));
        }
        Order::Behind
    }

    /// What a device says of secrets is not shown.
    fn mask(&self, found: &mut Found) {
        let settings = &self.settings;
        for text in [&mut found.path, &mut found.title, &mut found.group, &mut found.description] {
            settings.mask(text);
        }
        match &mut found.report {
            Report::Value(Value::Text(text) | Value::Json(text)) => settings.mask(text),
            Report::Error { class, text } => {
                settings.mask(class);
                settings.mask(text);
            }
            Report::Value(_) => {}
        }
    }
}
