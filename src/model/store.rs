//! All that the page knows of its connections and channels, as plain data.
//!
//! Sockets write here; nothing in here is reactive. What changed is kept in a dirty set that the shell drains once
//! an animation frame. Everything has a fixed capacity.

mod blocks;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::alarm::{Alarm, Grade, Personal, Thresholds};
use super::catalog::{Axis, Catalog, CatalogChanges, Channel, Role};
use super::event::{Block, Event, Notice};
use super::history::History;
use super::ledger::Ledger;
use super::link::{Epoch, LinkState};
use super::number;
use super::quality::{Cadence, Freshness, Judgement, judge};
use super::reading::{Reading, Report, Severity, State};
use super::slots::Names;
use super::time::{Instant, Now, Timestamp};
use super::value::Value;

/// A channel of the page; stays the same across reconnects while its path stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u32);

impl ChannelId {
    /// There are no more than [`CHANNELS`].
    fn of(place: usize) -> Self {
        Self(place as u32)
    }
}

/// A connection of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// Readings that a channel keeps without anybody asking: enough for a sparkline.
pub const HISTORY_READINGS: usize = 600;
/// Readings that a plotted channel keeps: an hour and more at 10 Hz.
pub const PLOT_READINGS: usize = 40_000;
/// Channels that the page keeps in all.
pub const CHANNELS: usize = 50_000;
/// Notices that a connection keeps.
const NOTICES: usize = 200;
/// Log messages that a connection keeps.
const LOG_ENTRIES: usize = 1_000;
/// What a channel about the link itself hangs on.
static HOLDS: LinkState = LinkState::Live { since: Instant(0.0), silent: false };
/// An offset of the peer's clock that is corrected for; smaller ones are the network's.
const CLOCK_TOLERANCE_MICROS: i64 = 1_000_000;

/// More readings in one block, less than a second after another one, say nothing of a channel's rhythm.
const BEAT_MOST: u64 = 10;

/// Connections, channels and what has changed.
#[derive(Debug, Default)]
pub struct Store {
    connections: Vec<ConnectionRecord>,
    channels: Vec<ChannelRecord>,
    free: Vec<ChannelId>,
    dirty: Vec<ChannelId>,
    paused_since: Option<Instant>,
    /// Channels whose grade may change by time alone.
    pending: Vec<ChannelId>,
}

/// One connection.
#[derive(Debug)]
pub struct ConnectionRecord {
    /// Its number on this page.
    pub id: ConnectionId,
    /// Its name in data attributes and documents; unique on this page.
    pub key: String,
    /// Where its link stands.
    pub link: LinkState,
    /// Which of its sockets is the present one.
    pub epoch: Epoch,
    /// What the peer speaks, e.g. `SECoP v1.0`; empty until it has said so.
    pub speaks: String,
    /// What it offers.
    pub catalog: Arc<Catalog>,
    /// Counts the catalogs, so that views notice a new one.
    pub catalog_version: u32,
    /// The channel of each catalog index.
    pub channels: Arc<[ChannelId]>,
    /// What differed when the peer came back.
    pub changes: Option<CatalogChanges>,
    /// What a person should know, newest last.
    pub notices: VecDeque<(Timestamp, Notice)>,
    /// Counts the notices ever given.
    pub notice_count: u64,
    /// The peer's log messages, newest last.
    pub log: VecDeque<LogEntry>,
    /// Sums.
    pub counters: Counters,
    /// How far the peer's clock is ahead of the page's, in microseconds.
    pub clock_offset: Option<i64>,
    /// The last round trip.
    pub round_trip: Option<Duration>,
    /// From the source's time to arrival, of the newest reading that told its time and came as an update.
    pub lag: Option<Duration>,
    /// It plays a capture.
    pub replay: bool,
    /// A person has removed it.
    pub removed: bool,
    by_path: Names,
    /// What a person says of its channels, by their paths.
    personal: Vec<(String, Personal)>,
}

/// A log message of a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// When it came.
    pub at: Timestamp,
    /// Whose it is; empty for the peer as a whole.
    pub source: String,
    /// As the peer names it.
    pub level: String,
    /// Its words.
    pub text: String,
}

/// Sums over the life of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counters {
    /// Frames that came.
    pub frames_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// Frames that went.
    pub frames_out: u64,
    /// Their bytes.
    pub bytes_out: u64,
    /// Readings that came.
    pub readings: u64,
    /// Frames or parts that could not be understood.
    pub malformed: u64,
    /// Harmless breaches of the protocol.
    pub violations: u64,
    /// Links lost after they had been good.
    pub losses: u64,
    /// Time spent decoding, in milliseconds.
    pub decode_millis: f64,
}

/// One channel.
#[derive(Debug)]
pub struct ChannelRecord {
    /// Its number on this page.
    pub id: ChannelId,
    /// Whose it is.
    pub connection: ConnectionId,
    /// Its place in the present catalog; `None` where the peer no longer offers it.
    pub index: Option<usize>,
    /// Its description.
    pub channel: Arc<Channel>,
    /// The index of its group in the catalog.
    pub group: usize,
    /// The newest reading with a value.
    pub value: Option<Reading>,
    /// The source's error report, where it is newer than the value: class, text, arrival.
    pub error: Option<SourceError>,
    /// When the newest report came.
    pub last_arrival: Option<Instant>,
    /// Its own rhythm.
    pub cadence: Cadence,
    /// What became of its readings.
    pub ledger: Ledger,
    /// Its plottable past.
    pub history: History,
    /// Its readings are asked for.
    pub subscribed: bool,
    /// A person has stopped its display.
    pub paused: bool,
    /// Which socket the newest report came by.
    pub epoch: Epoch,
    /// How bad its value is by its thresholds.
    pub alarm: Alarm,
    /// What a person says of it.
    pub personal: Personal,
    /// Its source tells no unit: a person may.
    pub has_no_unit: bool,
    rate: RateMeter,
    /// It is among those whose grade may change by time alone.
    is_awaited: bool,
    dirty: bool,
}

/// A source's own word that it has no value.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceError {
    /// The peer's class, e.g. `HardwareError`.
    pub class: String,
    /// The peer's words.
    pub text: String,
    /// When it came.
    pub arrived: Instant,
}

/// Readings a second, smoothed over some seconds; needs no timer.
#[derive(Clone, Copy, Debug, Default)]
struct RateMeter {
    per_second: f64,
    at: Instant,
}

impl RateMeter {
    const SPAN_MILLIS: f64 = 5_000.0;

    fn count(&mut self, readings: u64, now: Instant) {
        self.per_second = self.per_second_at(now) + readings as f64 * 1000.0 / Self::SPAN_MILLIS;
        self.at = now;
    }

    fn per_second_at(&self, now: Instant) -> f64 {
        self.per_second * number::exp(-(now.0 - self.at.0).max(0.0) / Self::SPAN_MILLIS)
    }
}

impl Store {
    /// Adds a connection. `key` is made unique by a number where it is taken.
    pub fn add_connection(&mut self, key: &str, replay: bool, now: Now) -> ConnectionId {
        let id = ConnectionId(u32::try_from(self.connections.len()).unwrap_or(u32::MAX));
        self.connections.push(ConnectionRecord {
            id,
            key: self.unique_key(key),
            link: LinkState::Connecting { since: now.instant, last: None },
            epoch: Epoch::default(),
            speaks: String::new(),
            catalog: Arc::default(),
            catalog_version: 0,
            channels: Arc::from([]),
            changes: None,
            notices: VecDeque::new(),
            notice_count: 0,
            log: VecDeque::new(),
            counters: Counters::default(),
            clock_offset: None,
            round_trip: None,
            lag: None,
            replay,
            removed: false,
            by_path: Names::default(),
            personal: Vec::new(),
        });
        id
    }

    fn unique_key(&self, wanted: &str) -> String {
        let taken = |key: &str| self.connections.iter().any(|c| !c.removed && c.key == key);
        let mut key = wanted.to_owned();
        let mut number = 2;
        while taken(&key) {
            key = format!("{wanted}-{number}");
            number += 1;
        }
        key
    }

    /// Forgets a connection and its channels, whose numbers are then used again.
    pub fn remove_connection(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(id.0 as usize).filter(|c| !c.removed) else { return };
        connection.removed = true;
        connection.link = LinkState::Closed;
        connection.catalog = Arc::default();
        connection.catalog_version += 1;
        connection.channels = Arc::from([]);
        connection.personal = Vec::new();
        connection.notices = VecDeque::new();
        connection.log = VecDeque::new();
        connection.by_path = Names::default();
        for channel in self.channels.iter_mut().filter(|channel| channel.connection == id) {
            channel.index = None;
            channel.value = None;
            channel.error = None;
            channel.subscribed = false;
            channel.history = History::new(1);
            self.free.push(channel.id);
        }
    }

    /// All connections that were not removed.
    pub fn connections(&self) -> impl Iterator<Item = &ConnectionRecord> {
        self.connections.iter().filter(|connection| !connection.removed)
    }

    /// A connection; `None` for a number that was never given or whose connection was removed.
    pub fn connection(&self, id: ConnectionId) -> Option<&ConnectionRecord> {
        self.connections.get(id.0 as usize).filter(|connection| !connection.removed)
    }

    /// As [`Self::connection`], to change it.
    pub fn connection_mut(&mut self, id: ConnectionId) -> Option<&mut ConnectionRecord> {
        self.connections.get_mut(id.0 as usize).filter(|connection| !connection.removed)
    }

    /// All channels, of removed connections too.
    pub fn channels(&self) -> &[ChannelRecord] {
        &self.channels
    }

    /// A channel.
    pub fn channel(&self, id: ChannelId) -> Option<&ChannelRecord> {
        self.channels.get(id.0 as usize)
    }

    /// The channel at a path of a connection.
    pub fn find(&self, connection: &str, path: &str) -> Option<ChannelId> {
        self.connections().find(|c| c.key == connection)?.by_path.get(path).map(ChannelId::of)
    }

    /// Stops or resumes the display of one channel. Its readings still come and are kept in its history.
    pub fn set_channel_paused(&mut self, id: ChannelId, paused: bool) {
        if let Some(channel) = self.channels.get_mut(id.0 as usize) {
            channel.paused = paused;
        }
        self.touch(id);
    }

    /// Stops or resumes the display of everything.
    pub fn set_paused(&mut self, paused: bool, now: Instant) {
        self.paused_since = paused.then_some(now);
        self.touch_all(|_| true);
    }

    /// Since when the display of everything stands still.
    pub fn paused_since(&self) -> Option<Instant> {
        self.paused_since
    }

    /// Lets a channel keep more (or fewer) readings.
    pub fn set_history_capacity(&mut self, id: ChannelId, readings: usize) {
        if let Some(channel) = self.channels.get_mut(id.0 as usize) {
            channel.history.set_capacity(readings);
        }
    }

    /// The link of a connection has changed.
    pub fn set_link(&mut self, id: ConnectionId, now: Now, link: LinkState) {
        let Some(connection) = self.connections.get_mut(id.0 as usize) else { return };
        let was_live = connection.link.is_live();
        let lost = was_live && !link.is_live();
        let silence = matches!(connection.link, LinkState::Live { silent: true, .. })
            != matches!(link, LinkState::Live { silent: true, .. });
        connection.link = link;
        if lost {
            connection.counters.losses += 1;
            let seconds = now.wall.as_unix_seconds();
            let follows = |c: &&mut ChannelRecord| c.connection == id && c.subscribed && !c.is_about_link();
            for channel in self.channels.iter_mut().filter(follows) {
                channel.break_line(seconds);
                channel.ledger.gap();
            }
        }
        if lost || silence || was_live != self.connections[id.0 as usize].link.is_live() {
            self.touch_all(|channel| channel.connection == id);
        }
    }

    /// Takes over what a session has learned. An event of an older epoch than the connection's is ignored.
    pub fn apply(&mut self, id: ConnectionId, epoch: Epoch, now: Now, event: &Event) {
        let Some(connection) = self.connections.get_mut(id.0 as usize).filter(|c| !c.removed) else { return };
        if epoch < connection.epoch {
            return;
        }
        connection.epoch = epoch;
        match event {
            Event::Recognised { speaks } => connection.speaks.clone_from(speaks),
            Event::Catalog { catalog, changes } => self.set_catalog(id, now, catalog, changes.as_ref()),
            Event::History { channel, readings } => self.remember(id, *channel, readings),
            Event::Missing { channel, at } => self.miss(id, *channel, at),
            Event::Reading { channel, reading } => self.read(id, *channel, now, reading, None),
            Event::Block(block) => self.take_block(id, now, block),
            Event::Subscribed { channel, on } => {
                if let Some(id) = connection.channels.get(*channel).copied() {
                    self.channels[id.0 as usize].subscribed = *on;
                    self.touch(id);
                }
            }
            Event::Heartbeat { round_trip, clock_offset } => {
                connection.round_trip = Some(*round_trip);
                connection.clock_offset = clock_offset.or(connection.clock_offset);
            }
            Event::Malformed { channel, notice } => {
                connection.counters.malformed += 1;
                connection.note(now.wall, notice);
                if let Some(id) = channel.and_then(|index| connection.channels.get(index).copied()) {
                    self.channels[id.0 as usize].ledger.malformed();
                }
            }
            Event::Violation { channel, .. } => {
                connection.counters.violations += 1;
                if let Some(id) = channel.and_then(|index| connection.channels.get(index).copied()) {
                    self.channels[id.0 as usize].ledger.violation();
                }
            }
            Event::Notice(notice) | Event::Refused { notice, .. } => connection.note(now.wall, notice),
            Event::Log { source, level, text } => {
                if connection.log.len() == LOG_ENTRIES {
                    connection.log.pop_front();
                }
                connection.log.push_back(LogEntry {
                    at: now.wall,
                    source: source.clone(),
                    level: level.clone(),
                    text: text.clone(),
                });
            }
            // The link and whoever asked take note of these.
            Event::Live | Event::Reply { .. } | Event::Patience(_) => {}
        }
    }

    fn set_catalog(
        &mut self,
        id: ConnectionId,
        now: Now,
        catalog: &Catalog,
        changes: Option<&CatalogChanges>,
    ) {
        let connection = &mut self.connections[id.0 as usize];
        let mut catalog = catalog.clone();
        let units: Vec<bool> =
            catalog.channels.iter_mut().map(|channel| connection.add_unit(channel)).collect();
        let mut group_of = vec![0; catalog.channels.len()];
        for (group, channels) in catalog.groups.iter().map(|group| &group.channels).enumerate() {
            for &channel in channels {
                if let Some(slot) = group_of.get_mut(channel) {
                    *slot = group;
                }
            }
        }
        for channel in self.channels.iter_mut().filter(|channel| channel.connection == id) {
            channel.index = None;
            channel.subscribed = false;
        }
        let mut ids = Vec::with_capacity(catalog.channels.len());
        let mut too_many = false;
        for (index, channel) in catalog.channels.iter().enumerate() {
            let channel_id = if let Some(kept) = connection.by_path.get(&channel.path) {
                ChannelId::of(kept)
            } else {
                let channel_id = if let Some(free) = self.free.pop() {
                    let record = &mut self.channels[free.0 as usize];
                    let is_awaited = record.is_awaited;
                    *record = ChannelRecord { is_awaited, ..ChannelRecord::new(free, id, channel) };
                    free
                } else if self.channels.len() < CHANNELS {
                    let next = ChannelId(u32::try_from(self.channels.len()).unwrap_or(u32::MAX));
                    self.channels.push(ChannelRecord::new(next, id, channel));
                    next
                } else {
                    too_many = true;
                    break;
                };
                connection.by_path.insert(&channel.path, channel_id.0 as usize);
                channel_id
            };
            let record = &mut self.channels[channel_id.0 as usize];
            if record.channel.data_type != channel.data_type || record.channel.axis != channel.axis {
                // What was kept under the old type, unit and axis would be misread under the new one.
                let (paused, ledger, is_awaited) = (record.paused, record.ledger, record.is_awaited);
                *record = ChannelRecord::new(channel_id, id, channel);
                (record.paused, record.ledger, record.is_awaited) = (paused, ledger, is_awaited);
            }
            record.channel = Arc::new(channel.clone());
            record.index = Some(index);
            record.group = group_of[index];
            record.has_no_unit = units[index];
            record.personal = connection.personal_of(&channel.path).cloned().unwrap_or_default();
            if record.thresholds().is_none() {
                record.alarm = Alarm::default();
            }
            ids.push(channel_id);
        }
        connection.channels = ids.into();
        connection.catalog = Arc::new(catalog);
        connection.catalog_version += 1;
        if let Some(changes) = changes {
            connection.changes = Some(changes.clone());
        }
        if too_many {
            let text = format!(
                "The page keeps {CHANNELS} channels in all. Remove a connection to make room for the rest."
            );
            connection.note(now.wall, &Notice::new(Severity::Warning, "Too many channels", &text, ""));
        }
        self.touch_all(|channel| channel.connection == id);
    }

    /// A reading is to be shown; where it is the last of a block, the others come with it.
    fn read(&mut self, id: ConnectionId, index: usize, now: Now, reading: &Reading, block: Option<&Block>) {
        let count = block.map_or(1, |block| block.count);
        let connection = &mut self.connections[id.0 as usize];
        connection.counters.readings += count;
        let Some(channel_id) = connection.channels.get(index).copied() else { return };
        let taken = reading.taken.map(|taken| page_time(taken, connection.clock_offset));
        if let (Some(taken), true) = (taken, self.channels[channel_id.0 as usize].last_arrival.is_some()) {
            connection.lag = Some(Duration::from_micros(u64::try_from(now.wall.0 - taken.0).unwrap_or(0)));
        }
        let (epoch, offset) = (connection.epoch, connection.clock_offset);
        let channel = &mut self.channels[channel_id.0 as usize];
        let is_over_time = channel.channel.axis.is_none();
        channel.ledger.receive(count);
        channel.rate.count(count, now.instant);
        let same_socket = std::mem::replace(&mut channel.epoch, epoch) == epoch;
        if let (Some(last), true) = (channel.last_arrival, same_socket) {
            let interval = now.instant.since(last);
            let usual = channel.cadence.median();
            // On an axis nothing is missing where nothing came for a while.
            if is_over_time && usual.is_some_and(|usual| interval > (usual * 6).max(Duration::from_secs(5))) {
                channel.history.push_gap(now.wall_at(last).as_unix_seconds());
                channel.ledger.gap();
            }
            // Many that follow many others at once are a past that is being told: they keep no beat.
            if count <= BEAT_MOST || interval >= Duration::from_secs(1) {
                channel.cadence.observe(interval);
            }
        }
        channel.last_arrival = Some(now.instant);
        let first = block.map_or(reading.place, |block| block.points.first().map(|(place, _)| *place));
        if let (Some(first), false) = (first, is_over_time) {
            channel.history.resume(first);
        }
        if let Some(block) = block {
            let shift = channel.shift(offset);
            for (place, number) in &block.points {
                channel.history.push(place + shift, *number);
            }
        }
        match &reading.report {
            Report::Value(value) => {
                if let (Some(number), None) = (value.as_number(), block) {
                    let at = taken.unwrap_or(now.wall).as_unix_seconds();
                    // After a gap an unchanged value is told again with its old time: the line goes on from now.
                    let resumes =
                        channel.history.last().is_some_and(|(gap, last)| last.is_nan() && at <= gap);
                    let time = if resumes { now.wall.as_unix_seconds() } else { at };
                    let place = if is_over_time { Some(time) } else { reading.place };
                    // What came without its place has none to be drawn at.
                    channel.history.push(place.unwrap_or(f64::NAN), number);
                }
                channel.value = Some(reading.clone());
                channel.error = None;
                channel.grade(now.instant);
            }
            Report::Error { class, text } => {
                channel.break_line(now.wall.as_unix_seconds());
                channel.error =
                    Some(SourceError { class: class.clone(), text: text.clone(), arrived: now.instant });
            }
        }
        self.value_changed(id, channel_id);
    }

    /// A channel has another value: it is shown, and what hangs on it.
    fn value_changed(&mut self, id: ConnectionId, channel_id: ChannelId) {
        self.await_grade(channel_id);
        self.touch(channel_id);
        let channel = &self.channels[channel_id.0 as usize];
        if channel.channel.role == Role::Status {
            self.touch_group(id, channel.group);
        }
    }

    /// Readings of a channel's past: they are kept and counted, and nothing of what is shown now changes.
    fn remember(&mut self, id: ConnectionId, index: usize, readings: &[(Timestamp, Value)]) {
        let connection = &mut self.connections[id.0 as usize];
        let Some(channel_id) = connection.channels.get(index).copied() else { return };
        connection.counters.readings += readings.len() as u64;
        let offset = connection.clock_offset;
        let channel = &mut self.channels[channel_id.0 as usize];
        channel.ledger.receive_past(readings.len() as u64);
        for (taken, value) in readings {
            // A time is no place on an axis.
            if let (Some(number), None) = (value.as_number(), &channel.channel.axis) {
                channel.history.insert(page_time(*taken, offset).as_unix_seconds(), number);
            }
        }
        self.touch(channel_id);
    }

    /// The source says that readings are missing: the line breaks there.
    fn miss(&mut self, id: ConnectionId, index: usize, at: &[Timestamp]) {
        let connection = &self.connections[id.0 as usize];
        let Some(channel_id) = connection.channels.get(index).copied() else { return };
        let offset = connection.clock_offset;
        let channel = &mut self.channels[channel_id.0 as usize];
        for missing in at {
            if channel.channel.axis.is_none() {
                channel.history.insert(page_time(*missing, offset).as_unix_seconds(), f64::NAN);
            }
            channel.ledger.gap();
        }
        self.touch(channel_id);
    }

    /// Time went by: grades that have waited long enough come and go.
    pub fn pass(&mut self, now: Instant) {
        for id in std::mem::take(&mut self.pending) {
            let Some(channel) = self.channels.get_mut(id.0 as usize) else { continue };
            channel.is_awaited = false;
            let is_other = channel.pass(now);
            self.await_grade(id);
            if is_other {
                self.touch(id);
            }
        }
    }

    /// A person says something of a channel: whether it is there now or comes later, by its path.
    pub fn set_personal(&mut self, id: ConnectionId, path: &str, personal: &Personal, now: Instant) {
        let Some(connection) = self.connections.get_mut(id.0 as usize) else { return };
        connection.personal.retain(|(other, _)| other != path);
        if !personal.is_empty() {
            connection.personal.push((path.to_owned(), personal.clone()));
        }
        let Some(channel_id) = connection.by_path.get(path).map(ChannelId::of) else { return };
        let record = &mut self.channels[channel_id.0 as usize];
        record.personal = personal.clone();
        if record.has_no_unit {
            Arc::make_mut(&mut record.channel).data_type.set_unit(&personal.unit);
            let described =
                record.index.and_then(|index| Arc::make_mut(&mut connection.catalog).channels.get_mut(index));
            if let Some(described) = described {
                described.data_type.set_unit(&personal.unit);
                connection.catalog_version += 1;
            }
        }
        record.alarm = Alarm::default();
        record.grade(now);
        self.await_grade(channel_id);
        self.touch(channel_id);
    }

    /// Looks at a channel again when time has passed, if its grade may change by that alone.
    fn await_grade(&mut self, id: ChannelId) {
        if let Some(channel) = self.channels.get_mut(id.0 as usize)
            && channel.alarm.is_pending()
            && !std::mem::replace(&mut channel.is_awaited, true)
        {
            self.pending.push(id);
        }
    }

    /// All that a person says of a connection's channels, by their paths.
    pub fn personal(&self, id: ConnectionId) -> &[(String, Personal)] {
        self.connection(id).map_or(&[], |connection| &connection.personal)
    }

    fn touch_group(&mut self, id: ConnectionId, group: usize) {
        let connection = &self.connections[id.0 as usize];
        let Some(group) = connection.catalog.groups.get(group) else { return };
        let ids: Vec<ChannelId> =
            group.channels.iter().filter_map(|index| connection.channels.get(*index).copied()).collect();
        for id in ids {
            self.touch(id);
        }
    }

    fn touch(&mut self, id: ChannelId) {
        if let Some(channel) = self.channels.get_mut(id.0 as usize)
            && !channel.dirty
        {
            channel.dirty = true;
            self.dirty.push(id);
        }
    }

    fn touch_all(&mut self, which: impl Fn(&ChannelRecord) -> bool) {
        for channel in &mut self.channels {
            if !channel.dirty && which(channel) {
                channel.dirty = true;
                self.dirty.push(channel.id);
            }
        }
    }

    /// Whether anything waits to be drained.
    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Takes the channels that have changed since the last call, and counts their readings as shown. A paused
    /// channel's reading goes on waiting and is conflated by the next.
    pub fn drain(&mut self) -> Vec<ChannelId> {
        let ids = std::mem::take(&mut self.dirty);
        for id in &ids {
            let channel = &mut self.channels[id.0 as usize];
            channel.dirty = false;
            if self.paused_since.is_none() && !channel.paused {
                channel.ledger.show();
            }
        }
        ids
    }

    /// How fresh a channel's value is.
    pub fn judge(&self, id: ChannelId, now: Instant) -> Option<Judgement> {
        Some(judge(&self.freshness(id, now)?))
    }

    /// What its freshness follows from.
    pub fn freshness(&self, id: ChannelId, now: Instant) -> Option<Freshness<'_>> {
        let channel = self.channel(id)?;
        let connection = self.connections.get(channel.connection.0 as usize)?;
        let has_constant = channel.channel.constant.is_some();
        let is_about_link = channel.is_about_link();
        Some(Freshness {
            now,
            link: match channel.index {
                Some(_) if is_about_link => &HOLDS,
                Some(_) => &connection.link,
                None => &LinkState::Closed,
            },
            replay: connection.replay,
            paused: self.paused_since.is_some()
                || channel.paused
                || (!channel.subscribed && !has_constant && channel.last_arrival.is_some()),
            error: channel.error.is_some(),
            last_arrival: if has_constant || is_about_link { Some(now) } else { channel.last_arrival },
            cadence: &channel.cadence,
            stale_after: channel.channel.monitoring.stale_after,
        })
    }

    /// The state that the channel's group reports.
    pub fn group_state(&self, id: ChannelId) -> Option<&State> {
        let channel = self.channel(id)?;
        let connection = self.connection(channel.connection)?;
        let group = connection.catalog.groups.get(channel.group)?;
        group.channels.iter().find_map(|index| {
            let status = self.channel(*connection.channels.get(*index)?)?;
            (status.channel.role == Role::Status).then_some(status.value.as_ref()?.state.as_ref()?)
        })
    }

    /// How bad it is: by its thresholds, and by the group's state, which says so of its main value, its target and
    /// its status.
    pub fn severity(&self, id: ChannelId) -> Severity {
        let by_thresholds =
            self.channel(id).map_or(Grade::Normal, |channel| channel.alarm.grade()).severity();
        by_thresholds.max(self.severity_of_group(id))
    }

    /// The grade of its thresholds in words, e.g. `critical high`; empty for a normal one.
    pub fn alarm_words(&self, id: ChannelId) -> String {
        let Some(channel) = self.channel(id) else { return String::new() };
        let grade = channel.alarm.grade();
        if grade == Grade::Normal {
            return String::new();
        }
        let value = channel.value.as_ref().map(|reading| &reading.report);
        match (channel.thresholds(), value) {
            (Some(thresholds), Some(Report::Value(value))) if thresholds.grade(value).0 == grade => {
                thresholds.words(value)
            }
            _ => grade.word().to_owned(),
        }
    }

    fn severity_of_group(&self, id: ChannelId) -> Severity {
        match self.channel(id).map(|channel| channel.channel.role) {
            Some(Role::Main | Role::Status | Role::Target) => {
                self.group_state(id).map_or(Severity::Normal, |state| state.activity.severity())
            }
            Some(Role::Parameter | Role::Link) | None => Severity::Normal,
        }
    }

    /// How old a channel's value is: by arrival, or by the source's own time where that is clearly older.
    pub fn age(&self, id: ChannelId, now: Now) -> Option<Duration> {
        let channel = self.channel(id)?;
        let reading = channel.value.as_ref()?;
        let by_arrival = now.instant.since(reading.arrived);
        let offset = self.connection(channel.connection).and_then(|connection| connection.clock_offset);
        let by_source = reading.taken.map(|taken| {
            Duration::from_micros(u64::try_from(now.wall.0 - page_time(taken, offset).0).unwrap_or(0))
        });
        Some(by_source.filter(|age| *age > by_arrival + Duration::from_secs(2)).unwrap_or(by_arrival))
    }

    /// Readings a second of a channel: counted over the last seconds, or, where they are rare, told by their rhythm.
    /// `None` while nothing can be said of them.
    pub fn rate(&self, id: ChannelId, now: Instant) -> Option<f64> {
        /// Fewer cannot be counted in some seconds.
        const COUNTABLE: f64 = 1.0;
        let channel = self.channel(id)?;
        let counted = channel.rate.per_second_at(now);
        if counted >= COUNTABLE {
            return Some(counted);
        }
        // One that is overdue is rarer than it was.
        let interval = channel.cadence.median()?.max(now.since(channel.last_arrival?));
        Some(1.0 / interval.as_secs_f64())
    }
}

/// A source's time on the page's clock. Small offsets are left alone, so that a jittering estimate moves nothing.
fn page_time(taken: Timestamp, clock_offset: Option<i64>) -> Timestamp {
    let offset = clock_offset.filter(|offset| offset.abs() > CLOCK_TOLERANCE_MICROS).unwrap_or(0);
    Timestamp(taken.0.saturating_sub(offset))
}

impl ConnectionRecord {
    /// Keeps a notice. One without a title only counted what it was about: its session has said enough.
    fn note(&mut self, at: Timestamp, notice: &Notice) {
        if notice.title.is_empty() {
            return;
        }
        if self.notices.len() == NOTICES {
            self.notices.pop_front();
        }
        self.notice_count += 1;
        self.notices.push_back((at, notice.clone()));
    }

    /// What a person says of a channel.
    fn personal_of(&self, path: &str) -> Option<&Personal> {
        self.personal.iter().find(|(other, _)| other == path).map(|(_, said)| said)
    }

    /// Gives a channel the person's unit where its source tells none. Whether it tells none.
    fn add_unit(&self, channel: &mut Channel) -> bool {
        let has_none = channel.data_type.unit().is_empty();
        if let (true, Some(said)) = (has_none, self.personal_of(&channel.path)) {
            channel.data_type.set_unit(&said.unit);
        }
        has_none
    }

    /// The title for people: what the peer calls itself, else the key.
    pub fn title(&self) -> &str {
        if self.catalog.title.is_empty() { &self.key } else { &self.catalog.title }
    }
}

impl ChannelRecord {
    /// The thresholds that hold: the person's, else the source's.
    pub fn thresholds(&self) -> Option<&Thresholds> {
        self.personal.thresholds.as_ref().or(self.channel.monitoring.thresholds.as_deref())
    }

    /// The axis of its readings, and where on it its value was taken.
    pub fn place_on_axis(&self) -> Option<(&Axis, f64)> {
        let place = self.value.as_ref()?.place.filter(|place| place.is_finite())?;
        Some((self.channel.axis.as_deref()?, place))
    }

    /// The line breaks now; on an axis, where it has come to.
    fn break_line(&mut self, seconds: f64) {
        if self.channel.axis.is_some() {
            self.history.push_gap_behind();
        } else {
            self.history.push_gap(seconds);
        }
    }

    /// What to add to the source's times, in seconds, for those of the page; nothing to places on an axis.
    fn shift(&self, clock_offset: Option<i64>) -> f64 {
        if self.channel.axis.is_some() {
            return 0.0;
        }
        page_time(Timestamp(0), clock_offset).as_unix_seconds()
    }

    /// It tells the state of the link, and holds while there is none.
    fn is_about_link(&self) -> bool {
        self.channel.role == Role::Link
    }

    /// Judges the newest value by the thresholds. A channel without any costs nothing.
    fn grade(&mut self, now: Instant) {
        let Some(thresholds) = self.thresholds() else { return };
        let Some(Report::Value(value)) = self.value.as_ref().map(|reading| &reading.report) else { return };
        let mut alarm = self.alarm;
        alarm.observe(thresholds, value, now);
        self.alarm = alarm;
    }

    /// Time went by. Whether another grade holds now.
    fn pass(&mut self, now: Instant) -> bool {
        let Some(thresholds) = self.thresholds() else { return false };
        let mut alarm = self.alarm;
        let is_other = alarm.pass(thresholds, now);
        self.alarm = alarm;
        is_other
    }

    fn new(id: ChannelId, connection: ConnectionId, channel: &Channel) -> Self {
        Self {
            id,
            connection,
            index: None,
            channel: Arc::new(channel.clone()),
            group: 0,
            value: None,
            error: None,
            last_arrival: None,
            cadence: Cadence::default(),
            ledger: Ledger::default(),
            history: History::new(HISTORY_READINGS)
                .backwards(channel.axis.as_ref().is_some_and(|axis| axis.decreasing)),
            subscribed: false,
            paused: false,
            epoch: Epoch::default(),
            alarm: Alarm::default(),
            personal: Personal::default(),
            has_no_unit: false,
            rate: RateMeter::default(),
            is_awaited: false,
            dirty: false,
        }
    }
}
