//! The rows of the subscriptions view: made for the visible window only.

use super::App;
use super::shown::{Shown, Text};
use crate::model::display;
use crate::model::letters;
use crate::model::order::sort_by;
use crate::model::store::{ChannelId, ConnectionId, Store};
use crate::model::time::Now;

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The channel's path.
    #[default]
    Channel,
    /// The connection.
    Connection,
    /// Readings a second.
    Rate,
    /// How fresh.
    Quality,
    /// Time since the newest report.
    Age,
    /// Readings received.
    Received,
    /// Readings shown.
    Shown,
    /// Readings replaced by a newer one before they were shown.
    Conflated,
    /// Readings dropped.
    Dropped,
    /// Gaps.
    Gaps,
    /// Malformed frames.
    Malformed,
}

/// Which rows, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words that the channel's name, description, connection or quality must hold, separated by blanks.
    pub filter: String,
    /// Sorted by.
    pub column: Column,
    /// The greatest first.
    pub descending: bool,
    /// Channels that are not subscribed are listed too.
    pub all: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The channel.
    pub id: ChannelId,
    /// `<connection>/<path>`.
    pub name: String,
    /// The path in the connection.
    pub path: String,
    /// The connection's name for people.
    pub connection: String,
    /// The connection's number.
    pub connection_id: ConnectionId,
    /// The unit; empty for none.
    pub unit: String,
    /// The value's text.
    pub text: Text,
    /// What is to be said of it.
    pub shown: Shown,
    /// Readings a second, in words.
    pub rate: String,
    /// Time since the newest report, in words.
    pub age: String,
    /// Received, shown, conflated, dropped, gaps, malformed.
    pub counts: [u64; 6],
}

impl App {
    /// The channels that a query finds, in its order.
    pub fn find_rows(&self, query: &Query) -> Vec<ChannelId> {
        let now = self.now();
        let titles = self.titles();
        self.with_store(|store| {
            let words: Vec<String> = query.filter.split_whitespace().map(letters::small).collect();
            let mut found: Vec<(SortKey, ChannelId)> = store
                .channels()
                .iter()
                .filter(|record| record.index.is_some() && (query.all || record.subscribed || record.paused))
                .filter(|record| words.is_empty() || matches(store, record.id, &titles, &words, now))
                .map(|record| (sort_key(store, record.id, &titles, query.column, now), record.id))
                .collect();
            sort_by(&mut found, |(a, a_id), (b, b_id)| a.compare(b).then(a_id.cmp(b_id)));
            if query.descending {
                found.reverse();
            }
            found.into_iter().map(|(_, id)| id).collect()
        })
    }

    /// The rows of some channels.
    pub fn rows(&self, ids: &[ChannelId]) -> Vec<Row> {
        let now = self.now();
        let titles = self.titles();
        self.with_store(|store| ids.iter().filter_map(|id| row(store, *id, &titles, now)).collect())
    }

    /// What the connections are called. They are few.
    fn titles(&self) -> Titles {
        Titles(self.connections.get_untracked().into_iter().map(|id| (id, self.title(id))).collect())
    }
}

struct Titles(Vec<(ConnectionId, String)>);

impl Titles {
    fn of(&self, id: ConnectionId) -> &str {
        self.0.iter().find(|(of, _)| *of == id).map_or("", |(_, title)| title)
    }
}

enum SortKey {
    Text(String),
    Number(f64),
}

impl SortKey {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(_), Self::Number(_)) => std::cmp::Ordering::Less,
            (Self::Number(_), Self::Text(_)) => std::cmp::Ordering::Greater,
        }
    }
}

fn sort_key(store: &Store, id: ChannelId, titles: &Titles, column: Column, now: Now) -> SortKey {
    let Some(record) = store.channel(id) else { return SortKey::Number(0.0) };
    let connection = titles.of(record.connection);
    let number = |count: u64| SortKey::Number(count as f64);
    match column {
        Column::Channel => SortKey::Text(format!("{connection}/{}", record.channel.path)),
        Column::Connection => SortKey::Text(connection.to_owned()),
        Column::Rate => SortKey::Number(store.rate(id, now.instant).unwrap_or(0.0)),
        Column::Quality => {
            let quality = store.judge(id, now.instant).map(|judgement| judgement.quality);
            SortKey::Number(quality.map_or(0.0, |quality| f64::from(quality as u8)))
        }
        Column::Age => SortKey::Number(
            record.last_arrival.map_or(f64::MAX, |arrival| now.instant.since(arrival).as_secs_f64()),
        ),
        Column::Received => number(record.ledger.counts().received),
        Column::Shown => number(record.ledger.counts().shown),
        Column::Conflated => number(record.ledger.counts().conflated),
        Column::Dropped => number(record.ledger.counts().dropped),
        Column::Gaps => number(record.ledger.counts().gaps),
        Column::Malformed => number(record.ledger.counts().malformed),
    }
}

fn matches(store: &Store, id: ChannelId, titles: &Titles, words: &[String], now: Now) -> bool {
    let Some(record) = store.channel(id) else { return false };
    let connection = titles.of(record.connection);
    let quality = store.judge(id, now.instant).map_or("", |judgement| judgement.quality.word());
    let text = format!("{connection}/{} {} {quality}", record.channel.path, record.channel.description);
    let text = letters::small(&text);
    words.iter().all(|word| text.contains(word.as_str()))
}

fn row(store: &Store, id: ChannelId, titles: &Titles, now: Now) -> Option<Row> {
    let record = store.channel(id)?;
    let connection = store.connection(record.connection)?;
    let ledger = record.ledger.counts();
    Some(Row {
        id,
        name: format!("{}/{}", connection.key, record.channel.path),
        path: record.channel.path.clone(),
        connection: titles.of(record.connection).to_owned(),
        connection_id: record.connection,
        unit: display::unit(&record.channel.data_type),
        text: Text::of(store, id),
        shown: Shown::of(store, id, now),
        rate: display::rate(store.rate(id, now.instant)),
        age: record.last_arrival.map_or_else(String::new, |arrival| display::age(now.instant.since(arrival))),
        counts: [
            ledger.received,
            ledger.shown,
            ledger.conflated,
            ledger.dropped,
            ledger.gaps,
            ledger.malformed,
        ],
    })
}
