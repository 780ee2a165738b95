//! What a person sees of a channel and of a connection: plain, comparable, made from the store.

use std::sync::Arc;
use std::time::Duration;

use crate::model::display;
use crate::model::link::{Failure, LinkState};
use crate::model::quality::Quality;
use crate::model::reading::{Severity, State};
use crate::model::store::{ChannelId, ConnectionId, Store};
use crate::model::time::Now;

/// The text of a channel's value. A signal is written only where this differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The value alone, formatted.
    pub value: Arc<str>,
    /// Its standard uncertainty, formatted like the value; empty for none.
    pub uncertainty: String,
    /// Where on its channel's axis it was taken, e.g. `at 1,234.56 m MD`; empty where there is none.
    pub place: String,
}

/// What is to be said of a channel's value. It changes far less often than the [`Text`], and is a signal of its own:
/// most that hangs on a value hangs on this.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// How fresh it is.
    pub quality: Quality,
    /// How bad it is.
    pub severity: Severity,
    /// What its thresholds say, e.g. `critical high`; empty for nothing.
    pub alarm: String,
    /// How old it is, in words.
    pub age: String,
    /// The source's error report: class and text.
    pub error: Option<(String, String)>,
    /// For status channels: what the group is doing.
    pub state: Option<State>,
    /// Its readings are asked for.
    pub subscribed: bool,
    /// A person has stopped its display.
    pub paused: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            quality: Quality::Disconnected,
            severity: Severity::Normal,
            alarm: String::new(),
            age: String::new(),
            error: None,
            state: None,
            subscribed: false,
            paused: false,
        }
    }
}

impl Text {
    /// The present text of a channel's value.
    pub fn of(store: &Store, id: ChannelId) -> Self {
        let Some(record) = store.channel(id) else {
            let value = Arc::from(display::NOTHING);
            return Self { value, uncertainty: String::new(), place: String::new() };
        };
        let channel = &record.channel;
        let reading = record.value.as_ref();
        let value = match reading.map(|reading| &reading.report) {
            Some(crate::model::Report::Value(value)) => Some(value),
            Some(crate::model::Report::Error { .. }) | None => channel.constant.as_ref(),
        };
        // A status is read as its state, `BUSY: ramping`, not as the pair that it is on the wire.
        let text = match (reading.and_then(|reading| reading.state.as_ref()), value) {
            (Some(state), _) if state.text.is_empty() => state.label.clone(),
            (Some(state), _) => {
                format!("{}: {}", state.label, display::harmless(&state.text, display::CELL_CHARS))
            }
            (None, Some(value)) => display::show(value, &channel.data_type),
            (None, None) => display::NOTHING.to_owned(),
        };
        let uncertainty = reading
            .and_then(|reading| reading.uncertainty)
            .map_or_else(String::new, |uncertainty| display::uncertainty(uncertainty, &channel.data_type));
        let place = record
            .place_on_axis()
            .map_or_else(String::new, |(axis, place)| format!("at {}", axis.place(place)));
        Self { value: text.into(), uncertainty, place }
    }
}

impl Shown {
    /// What is to be said of a channel's value now.
    pub fn of(store: &Store, id: ChannelId, now: Now) -> Self {
        let Some(record) = store.channel(id) else { return Self::default() };
        let quality =
            store.judge(id, now.instant).map_or(Quality::Disconnected, |judgement| judgement.quality);
        Self {
            quality,
            severity: store.severity(id),
            alarm: store.alarm_words(id),
            age: store.age(id, now).map_or_else(String::new, age_words),
            error: record.error.as_ref().map(|error| (error.class.clone(), error.text.clone())),
            state: record.value.as_ref().and_then(|reading| reading.state.clone()),
            subscribed: record.subscribed,
            paused: record.paused,
        }
    }
}

/// The look of a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionShown {
    /// Its number.
    pub id: ConnectionId,
    /// Its name in data attributes and documents.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// Its address; empty for the demo and a replay.
    pub url: String,
    /// What it speaks, e.g. `SECoP`.
    pub protocol: String,
    /// The word in `data-state`.
    pub state: &'static str,
    /// The state in words, with numbers, e.g. `retry in 4 s`.
    pub detail: String,
    /// A sign of life is overdue.
    pub silent: bool,
    /// Why there is no link.
    pub failure: Option<Failure>,
    /// How long writing stays allowed, in words; `None` where it is not.
    pub armed: Option<String>,
    /// Counts the catalogs.
    pub catalog_version: u32,
    /// Counts the notices.
    pub notice_count: u64,
    /// It differs from what it was before the last reconnect, and nobody has looked yet.
    pub changed: bool,
    /// It can be told to ask for nothing, and whether it was.
    pub idle: Option<bool>,
    /// Its definition can be looked at.
    pub is_defined: bool,
    /// It is simulated.
    pub demo: bool,
    /// It plays a capture.
    pub replay: bool,
    /// How far the peer's clock is ahead, in seconds, where that is more than two.
    pub skew: Option<i64>,
}

/// What is known of a connection beside the store.
pub(super) struct ConnectionFacts<'a> {
    pub(super) url: &'a str,
    pub(super) name: &'a str,
    pub(super) protocol: &'a str,
    pub(super) armed: Option<Duration>,
    pub(super) is_idle: bool,
    pub(super) is_defined: bool,
    pub(super) demo: bool,
}

/// An age in words that do not change with every reading of a quick channel.
fn age_words(age: Duration) -> String {
    if age < Duration::from_secs(1) { "< 1 s".to_owned() } else { display::age(age) }
}

impl ConnectionShown {
    pub(super) fn of(store: &Store, id: ConnectionId, now: Now, facts: &ConnectionFacts<'_>) -> Option<Self> {
        let record = store.connection(id)?;
        let (silent, failure, detail) = match &record.link {
            LinkState::Connecting { last, .. } => (false, last.as_deref(), "connecting".to_owned()),
            LinkState::Live { silent: false, .. } if facts.is_idle => (false, None, "paused".to_owned()),
            LinkState::Live { silent: false, .. } => (false, None, "live".to_owned()),
            LinkState::Live { silent: true, .. } => (true, None, "no sign of life".to_owned()),
            LinkState::Waiting { until, failure, .. } => {
                let left = until.since(now.instant).as_secs_f64().ceil() as u64;
                (false, Some(&**failure), format!("retry in {left} s"))
            }
            LinkState::Closed => (false, None, "closed".to_owned()),
            LinkState::Failed { failure, .. } => (false, Some(&**failure), "stopped".to_owned()),
        };
        let title = if facts.name.is_empty() { record.title() } else { facts.name };
        let skew = record.clock_offset.map(|micros| micros / 1_000_000).filter(|seconds| seconds.abs() > 2);
        Some(Self {
            id,
            key: record.key.clone(),
            title: display::harmless(title, display::NAME_CHARS),
            url: facts.url.to_owned(),
            protocol: if record.speaks.is_empty() {
                facts.protocol.to_owned()
            } else {
                record.speaks.clone()
            },
            state: record.link.word(),
            detail,
            silent,
            failure: failure.cloned(),
            armed: facts.armed.map(|left| {
                let seconds = left.as_secs();
                format!("{}:{:02}", seconds / 60, seconds % 60)
            }),
            catalog_version: record.catalog_version,
            notice_count: record.notice_count,
            changed: record.changes.is_some(),
            idle: record.catalog.pausable.then_some(facts.is_idle),
            is_defined: facts.is_defined,
            demo: facts.demo,
            replay: record.replay,
            skew,
        })
    }
}
