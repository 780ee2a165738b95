//! Missing data of time series: a sample that does not come when `pei` says, within `mdt`, is noted and told.

use serde_json::{Map, Value};

use super::cse::{Cse, single};
use super::kind::Kind;
use super::stamps;
use super::subscription::NET_MISSING;
use super::tree::{Id, Resource};
use crate::model::time::Timestamp;

/// How many missing data are listed unless it is said.
const LISTED: u64 = 100;
/// The most missing data that are noted at once.
const NOTED_MOST: usize = 50;

/// What is known of a time series whose missing data are looked for. Times are in microseconds.
pub(super) struct Watch {
    period: i64,
    /// How far a sample may be from where it is expected.
    tolerance: i64,
    /// How long after that it may come.
    patience: i64,
    listed_most: usize,
    /// The next sample; `None` before the first one.
    expected: Option<Timestamp>,
}

impl Watch {
    /// The watch that the attributes of a time series ask for.
    pub(super) fn of(series: &Resource) -> Option<Self> {
        let micros = |name: &str| {
            let millis = series.whole(name).and_then(|millis| u32::try_from(millis).ok());
            millis.map(|millis| i64::from(millis) * 1000)
        };
        let wanted = series.attributes.get("mdd") == Some(&Value::Bool(true));
        let period = micros("pei").filter(|period| wanted && *period > 0)?;
        let tolerance = micros("peid").unwrap_or(period / 2);
        Some(Self {
            period,
            tolerance,
            patience: micros("mdt").unwrap_or(tolerance),
            listed_most: series.whole("mdn").unwrap_or(LISTED).clamp(1, LISTED) as usize,
            expected: None,
        })
    }
}

impl Cse {
    /// A sample of a time series has come.
    pub(super) fn sample_came(&mut self, series: Id, sample: Id) {
        let taken = self.tree.get(sample).and_then(|sample| stamps::read(sample.text("dgt")));
        let (Some(taken), Some(watch)) = (taken, self.tree.watch(series)) else { return };
        let mut missing = Vec::new();
        let mut expected = watch.expected.unwrap_or(taken);
        while taken.0 > expected.0 + watch.tolerance && missing.len() < NOTED_MOST {
            missing.push(expected);
            expected.0 += watch.period;
        }
        // One that comes after all, or out of its turn, changes nothing.
        if taken.0 >= expected.0 - watch.tolerance {
            watch.expected = Some(Timestamp(taken.0 + watch.period));
        }
        self.note_missing(series, &missing);
    }

    /// Notes the samples that should have come.
    pub(super) fn look_for_missing(&mut self) {
        let now = self.now.wall;
        for series in self.tree.active().to_vec() {
            let Some(watch) = self.tree.watch(series) else { continue };
            let Some(mut expected) = watch.expected else { continue };
            let mut missing = Vec::new();
            while now.0 >= expected.0 + watch.patience && missing.len() < NOTED_MOST {
                missing.push(expected);
                expected.0 += watch.period;
            }
            watch.expected = Some(expected);
            self.note_missing(series, &missing);
        }
    }

    /// Time was skipped: nothing that should have come in it is missing.
    pub(super) fn skip_time(&mut self) {
        for series in self.tree.active().to_vec() {
            if let Some(watch) = self.tree.watch(series) {
                watch.expected = None;
            }
        }
    }

    fn note_missing(&mut self, series: Id, missing: &[Timestamp]) {
        if missing.is_empty() {
            return;
        }
        let most = self.tree.watch(series).map_or(1, |watch| watch.listed_most);
        if let Some(resource) = self.tree.get_mut(series) {
            let mut list =
                resource.attributes.get("mdlt").and_then(Value::as_array).cloned().unwrap_or_default();
            list.extend(missing.iter().map(|time| Value::from(stamps::write(*time))));
            list.drain(..list.len().saturating_sub(most));
            resource.set("mdc", list.len());
            resource.set("mdlt", list);
        }
        for id in self.tree.subscriptions(series) {
            self.tell_missing(id, missing);
        }
    }

    /// Tells a subscription of missing data, once there are as many within as short a time as it wants to know.
    fn tell_missing(&mut self, id: Id, missing: &[Timestamp]) {
        let Some(subscription) = self.tree.subscription(id) else { return };
        if !subscription.wants(NET_MISSING, None, &[]) {
            return;
        }
        let (count, within) = subscription.missing;
        for time in missing {
            subscription.missed.push(*time);
        }
        if let (Some(within), Some(last)) = (within, missing.last()) {
            let first = stamps::after(*last, -within.as_secs_f64());
            subscription.missed.retain(|time| *time > first);
        }
        if (subscription.missed.len() as u64) < count {
            return;
        }
        let times = std::mem::take(&mut subscription.missed);
        let times: Vec<Value> = times.into_iter().map(|time| stamps::write(time).into()).collect();
        let mut tsn = Map::new();
        let count = times.len();
        tsn.insert("mdlt".into(), times.into());
        tsn.insert("mdc".into(), count.into());
        self.notify(id, NET_MISSING, single("m2m:tsn", tsn));
    }

    /// Adds a sample of the present to a time series.
    pub(super) fn add_sample(&mut self, series: Id, content: Value, number: u64, owner: &str) -> Id {
        let mut given = Map::new();
        given.insert("dgt".into(), stamps::write(self.now.wall).into());
        given.insert("con".into(), content);
        given.insert("snr".into(), number.into());
        self.add(series, Kind::TimeSeriesInstance, "m2m:tsi", given, owner)
    }
}
