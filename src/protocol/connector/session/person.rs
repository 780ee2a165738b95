//! What a person asks for.

use std::time::Duration;

use super::ConnectorSession;
use super::channels::LINK;
use crate::model::event::{Outcome, Request, RequestId};
use crate::model::reading::{Reading, Report};
use crate::model::time::{Instant, Now};
use crate::protocol::{Frame, Output};

/// So long a reading is waited for that somebody has asked for.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// So many wait for readings.
const READERS_MOST: usize = 64;
const NOT_READY: &str = "the connection is not ready yet";

/// Somebody who waits for a reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    /// Whose request it is.
    pub(super) request: RequestId,
    channel: usize,
    until: Instant,
}

impl ConnectorSession {
    pub(super) fn request(&mut self, now: Now, id: RequestId, request: Request) {
        match request {
            Request::Subscribe { channel, on } => self.choose(now, id, channel, on),
            Request::Pause { on } => self.pause(now, id, on),
            Request::Raw { text } => self.raw(id, text),
            Request::Read { channel } => self.read_soon(now, id, channel),
            Request::Write { .. } | Request::Check { .. } => {
                self.not_sent(id, "a definition describes what a device says, not how to write to it");
            }
            Request::Execute { .. } | Request::Expand { .. } | Request::Inspect { .. } => {
                self.not_sent(id, "a device that is described by a definition has nothing of that kind");
            }
            Request::Logging { .. } => self.not_sent(id, "a definition describes no log"),
        }
    }

    /// Keeps the wish to see a channel.
    fn choose(&mut self, now: Now, id: RequestId, channel: usize, on: bool) {
        let rested = self.rests();
        if !self.channels.choose(channel, on) {
            return self.not_sent(id, "there is no such channel");
        }
        self.done(id);
        self.follow(now, rested);
    }

    /// Asks for nothing and tells nothing while the socket stays, or goes on.
    fn pause(&mut self, now: Now, id: RequestId, on: bool) {
        let rested = self.rests();
        self.is_paused = on;
        self.done(id);
        self.follow(now, rested);
    }

    /// Others are wanted than before.
    fn follow(&mut self, now: Now, rested: bool) {
        self.tell_subscribed();
        self.tell_kept();
        if rested && !self.rests() {
            self.life.excuse(now.instant);
            self.poll_now(now);
        }
    }

    /// A line goes out as it was typed.
    fn raw(&mut self, id: RequestId, text: String) {
        if !self.is_open() {
            return self.not_sent(id, NOT_READY);
        }
        self.outbox.push(Output::Send(Frame::Text(text)));
        self.done(id);
    }

    /// Polls now, and waits for what that brings.
    fn read_soon(&mut self, now: Now, id: RequestId, channel: usize) {
        if !self.is_open() || self.recognised.is_none() {
            return self.not_sent(id, NOT_READY);
        }
        if channel == LINK || channel >= self.channels.known.len() {
            return self.not_sent(id, "this cannot be asked for");
        }
        if self.is_paused {
            return self.not_sent(id, "the connection is paused");
        }
        if self.readers.len() >= READERS_MOST {
            return self.not_sent(id, "too many requests wait already");
        }
        if !self.poll_now(now) {
            return self
                .not_sent(id, "the definition asks the device for nothing: its values come by themselves");
        }
        self.readers.push(Reader { request: id, channel, until: now.instant + READ_TIMEOUT });
    }

    /// A reading came: somebody may have waited for it.
    pub(super) fn read(&mut self, channel: usize, reading: &Reading) {
        if self.readers.is_empty() {
            return;
        }
        let outcome = match &reading.report {
            Report::Value(value) => {
                let data_type = self.channels.catalog.channels.get(channel);
                let data_type = data_type.map(|channel| channel.data_type.clone());
                Outcome::Done { value: Some(value.clone()), data_type }
            }
            Report::Error { class, text } => Outcome::Refused { class: class.clone(), text: text.clone() },
        };
        self.end_readers(|reader| reader.channel == channel, &outcome);
    }

    /// Nobody waits for ever.
    pub(super) fn forget_readers(&mut self, now: Now) {
        self.end_readers(|reader| reader.until <= now.instant, &Outcome::TimedOut);
    }

    fn end_readers(&mut self, which: impl Fn(&Reader) -> bool, outcome: &Outcome) {
        while let Some(place) = self.readers.iter().position(&which) {
            let reader = self.readers.remove(place);
            self.reply(reader.request, outcome.clone());
        }
    }

    pub(super) fn readers_due(&self) -> Option<Instant> {
        self.readers.first().map(|reader| reader.until)
    }

    fn done(&mut self, id: RequestId) {
        self.reply(id, Outcome::Done { value: None, data_type: None });
    }

    fn not_sent(&mut self, id: RequestId, why: &str) {
        self.reply(id, Outcome::NotSent(why.to_owned()));
    }
}
