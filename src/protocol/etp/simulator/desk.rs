//! What the servers of both versions have in a session: who listens to what, and what quirks do to it over time.

use std::time::Duration;

use super::objects::Object;
use super::post::Post;
use super::quirks::Quirks;
use super::site::{Channel, Site};
use super::streams::Streams;
use crate::model::time::Instant;
use crate::protocol::quirks::InUse;

/// With the quirk, a session lasts so long, …
const CLOSE_AFTER: Duration = Duration::from_secs(20);
/// … and a client that does not go then is cut off.
pub(super) const CUT_AFTER: Duration = Duration::from_secs(2);
/// With the quirk, so many messages of data bring a warning.
const WARNED_EVERY: usize = 40;
/// With the quirk, a channel is there for so long, and away for so long.
const THERE: Duration = Duration::from_secs(15);
const AWAY: Duration = Duration::from_secs(5);
/// Ids of two sessions are so far from each other.
const IDS_APART: i64 = 1000;
/// The same for the ids that one channel has in a session.
const NEW_ID: i64 = 100;

/// A session with a client, whatever is spoken in it.
pub(super) struct Desk {
    pub(super) post: Post,
    pub(super) streams: Streams,
    pub(super) quirks: InUse<Quirks>,
    /// The id of each channel in this session.
    ids: Vec<i64>,
    /// Since when there has been a session.
    pub(super) since: Option<Instant>,
    /// It was closed by the server, or by the client.
    pub(super) closed: Option<Instant>,
    data_sent: usize,
    is_relieved: bool,
    /// When the first channel goes, or comes back.
    removal: Option<(Instant, bool)>,
}

/// What becomes of the first channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    Gone,
    Back,
}

impl Desk {
    pub(super) fn new(post: Post, quirks: InUse<Quirks>, site: &Site, connection: i64) -> Self {
        let base = IDS_APART * connection + 1;
        Self {
            post,
            streams: Streams::default(),
            quirks,
            ids: site.channels().zip(base..).map(|(_, id)| id).collect(),
            since: None,
            closed: None,
            data_sent: 0,
            is_relieved: false,
            removal: None,
        }
    }

    /// There is a session from now on.
    pub(super) fn open(&mut self, now: Instant) {
        self.since = Some(now);
        // A simple streamer has no words for it.
        self.removal = (self.quirks.remove && !self.quirks.simple).then(|| (now + THERE, true));
    }

    pub(super) fn is_open(&self) -> bool {
        self.since.is_some() && self.closed.is_none()
    }

    pub(super) fn id(&self, channel: Channel) -> i64 {
        self.ids.get(channel.number).copied().unwrap_or_default()
    }

    /// The channel of an id; none that was removed.
    pub(super) fn channel(&self, site: &Site, id: i64) -> Option<Channel> {
        let channel = site.channel(self.ids.iter().position(|other| *other == id)?)?;
        Some(channel).filter(|channel| self.is_there(*channel))
    }

    /// It was not removed.
    pub(super) fn is_there(&self, channel: Channel) -> bool {
        channel.number > 0 || !matches!(self.removal, Some((_, false)))
    }

    /// The same of any object.
    pub(super) fn has(&self, object: Object, site: &Site) -> bool {
        match object {
            Object::Channel(number) => site.channel(number).is_some_and(|channel| self.is_there(channel)),
            Object::Well | Object::Wellbore | Object::Set(_) => true,
        }
    }

    /// It is time to close the session, by a quirk.
    pub(super) fn closes(&self, now: Instant) -> bool {
        self.quirks.close && self.is_open() && self.since.is_some_and(|since| now >= since + CLOSE_AFTER)
    }

    /// Data go out: whether the client has to be warned that it reads too slowly.
    pub(super) fn count_data(&mut self) -> bool {
        self.data_sent += 1;
        self.quirks.backpressure && !self.is_relieved && self.data_sent.is_multiple_of(WARNED_EVERY)
    }

    /// The client has asked for less.
    pub(super) fn relieve(&mut self) {
        self.is_relieved = true;
    }

    /// Whether the first channel goes now, or comes back, with another id.
    pub(super) fn removal(&mut self, now: Instant) -> Option<Removal> {
        let (due, is_there) = self.removal.filter(|(due, _)| now >= *due)?;
        self.removal = Some((due + if is_there { AWAY } else { THERE }, !is_there));
        if is_there {
            return Some(Removal::Gone);
        }
        if let Some(id) = self.ids.first_mut() {
            *id += NEW_ID;
        }
        Some(Removal::Back)
    }
}
