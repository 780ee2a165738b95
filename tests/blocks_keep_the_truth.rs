//! Readings that come in blocks: what is kept of them, counted and shown, over time and over an axis.

use std::time::Duration;

use porthole::model::catalog::{Axis, Catalog, Channel, Group};
use porthole::model::datatype::{DataType, NumberType};
use porthole::model::event::{Block, BlockKind, Event};
use porthole::model::link::{Epoch, LinkState};
use porthole::model::reading::{Reading, Report};
use porthole::model::store::{ChannelId, ChannelRecord, ConnectionId, HISTORY_READINGS, Store};
use porthole::model::time::{Instant, Now, Timestamp};
use porthole::model::{Access, Level, Role, Value};
use proptest::prelude::*;

const START: Now = Now { instant: Instant(1_000_000.0), wall: Timestamp(1_795_205_879_000_000) };

fn after(seconds: f64) -> Now {
    START + Duration::from_secs_f64(seconds)
}

/// Unix seconds.
fn at(seconds: f64) -> f64 {
    after(seconds).wall.as_unix_seconds()
}

fn depth() -> Axis {
    Axis { name: "MD".to_owned(), unit: "m".to_owned(), is_depth: true, decreasing: false }
}

/// A live connection with one channel, laid over `axis`.
struct Bench {
    store: Store,
    connection: ConnectionId,
    channel: ChannelId,
}

impl Bench {
    fn new(axis: Option<Axis>) -> Self {
        let mut store = Store::default();
        let connection = store.add_connection("rig", false, START);
        store.apply(connection, Epoch(1), START, &catalog(axis));
        store.apply(connection, Epoch(1), START, &Event::Subscribed { channel: 0, on: true });
        store.set_link(connection, START, LinkState::Live { since: START.instant, silent: false });
        let channel = store.find("rig", "well/rop").expect("the channel");
        Self { store, connection, channel }
    }

    fn apply(&mut self, seconds: f64, event: &Event) {
        self.store.apply(self.connection, Epoch(1), after(seconds), event);
    }

    fn block(&mut self, seconds: f64, kind: BlockKind, points: &[(f64, f64)]) {
        let block = Block { channel: 0, points: points.to_vec(), count: points.len() as u64, kind };
        self.apply(seconds, &Event::Block(Box::new(block)));
    }

    /// New readings, the last of which is shown.
    fn live(&mut self, seconds: f64, points: &[(f64, f64)]) {
        let (place, number) = points.last().copied().expect("a point");
        let mut reading = reading(seconds, number);
        if self.record().channel.axis.is_some() {
            reading.place = Some(place);
        } else {
            reading.taken = Timestamp::from_unix_seconds(place);
        }
        self.block(seconds, BlockKind::Live(reading), points);
    }

    fn record(&self) -> &ChannelRecord {
        self.store.channel(self.channel).expect("the channel")
    }

    fn points(&self) -> Vec<(f64, f64)> {
        self.record().history.iter().collect()
    }

    /// The numbers of the points, in words: NaN equals NaN there.
    fn numbers(&self) -> String {
        let numbers: Vec<String> = self.points().iter().map(|(_, number)| number.to_string()).collect();
        numbers.join(" ")
    }

    fn shown(&self) -> Option<Value> {
        match self.record().value.as_ref()?.report.clone() {
            Report::Value(value) => Some(value),
            Report::Error { .. } => None,
        }
    }
}

fn catalog(axis: Option<Axis>) -> Event {
    let channel = Channel {
        path: "well/rop".to_owned(),
        name: "rop".to_owned(),
        description: String::new(),
        data_type: DataType::Number(NumberType::default()),
        access: Access::Read,
        role: Role::Main,
        section: String::new(),
        level: Level::User,
        constant: None,
        limits: None,
        checkable: false,
        write_hint: String::new(),
        monitoring: porthole::model::alarm::Monitoring::default(),
        axis: axis.map(Box::new),
    };
    let group = Group { path: "well".to_owned(), channels: vec![0], ..Group::default() };
    let catalog = Catalog { groups: vec![group], channels: vec![channel], ..Catalog::default() };
    Event::Catalog { catalog: Box::new(catalog), changes: None }
}

fn reading(seconds: f64, number: f64) -> Reading {
    Reading {
        report: Report::Value(Value::Number(number)),
        taken: None,
        arrived: after(seconds).instant,
        place: None,
        uncertainty: None,
        state: None,
    }
}

#[test]
fn of_a_live_block_the_last_is_shown_and_all_are_kept_and_counted() {
    let mut bench = Bench::new(None);
    for second in 1..=8 {
        let end = f64::from(second);
        bench.live(end, &[(at(end - 0.6), 1.0), (at(end - 0.3), 2.0), (at(end), 3.0)]);
    }
    let record = bench.record();
    let counts = record.ledger.counts();
    assert_eq!((counts.received, counts.conflated, record.ledger.waiting()), (24, 23, true));
    assert_eq!(record.history.len(), 24);
    assert_eq!(record.cadence.median(), Some(Duration::from_secs(1)), "a block arrives at once");
    assert_eq!(bench.store.connection(bench.connection).expect("it is there").counters.readings, 24);
    let rate = bench.store.rate(bench.channel, after(8.0).instant).expect("many");
    assert!(rate > 1.5, "{rate} a second: all count");
    assert_eq!(bench.shown(), Some(Value::Number(3.0)));
}

#[test]
fn times_of_a_block_are_put_on_the_clock_of_the_page_and_places_stay() {
    for (axis, expected) in [(None, at(1.0)), (Some(depth()), at(101.0))] {
        let mut bench = Bench::new(axis);
        let round_trip = Duration::from_millis(5);
        bench.apply(1.0, &Event::Heartbeat { round_trip, clock_offset: Some(100_000_000) });
        bench.live(1.0, &[(at(101.0), 5.0)]);
        assert_eq!(bench.points(), [(expected, 5.0)]);
        bench.block(2.0, BlockKind::Rewritten { from: at(101.0), to: f64::INFINITY }, &[]);
        assert_eq!((bench.points(), bench.shown()), (vec![], None));
    }
}

#[test]
fn the_past_fills_the_gap_and_changes_nothing_that_is_shown() {
    let mut bench = Bench::new(None);
    bench.live(1.0, &[(at(1.0), 1.0)]);
    bench.store.set_link(bench.connection, after(2.0), LinkState::Closed);
    bench.live(6.0, &[(at(6.0), 6.0)]);
    assert_eq!(bench.numbers(), "1 NaN 6");
    let before = bench.record().value.clone();
    bench.block(7.0, BlockKind::Past, &[(at(1.5), 1.5), (at(4.0), f64::NAN), (at(5.0), 5.0)]);
    assert_eq!(bench.numbers(), "1 1.5 NaN 5 6", "its own gap stays");
    assert_eq!(bench.record().value, before);
    let counts = bench.record().ledger.counts();
    assert_eq!((counts.received, counts.conflated, counts.gaps), (5, 4, 1));
}

#[test]
fn what_is_rewritten_shows_the_newest_that_is_left() {
    for axis in [None, Some(depth())] {
        let is_over_time = axis.is_none();
        let mut bench = Bench::new(axis);
        bench.live(4.0, &[(at(1.0), 1.0), (at(2.0), 2.0), (at(3.0), 3.0), (at(4.0), 4.0)]);
        bench.block(5.0, BlockKind::Rewritten { from: at(2.0), to: at(3.0) }, &[(at(2.5), 2.5)]);
        assert_eq!((bench.numbers().as_str(), bench.shown()), ("1 2.5 4", Some(Value::Number(4.0))));

        bench.block(
            6.0,
            BlockKind::Rewritten { from: at(2.2), to: f64::INFINITY },
            &[(at(2.2), 7.0), (at(2.4), f64::NAN)],
        );
        assert_eq!(bench.numbers(), "1 7 NaN");
        let value = bench.record().value.clone().expect("it has one");
        assert_eq!(value.report, Report::Value(Value::Number(7.0)));
        assert_eq!(value.arrived, after(6.0).instant);
        let expected = if is_over_time { (None, Some(after(2.2).wall)) } else { (Some(at(2.2)), None) };
        assert_eq!((value.place, value.taken), expected);

        bench.block(7.0, BlockKind::Rewritten { from: f64::NEG_INFINITY, to: f64::INFINITY }, &[]);
        assert_eq!((bench.points(), bench.shown()), (vec![], None));
        let counts = bench.record().ledger.counts();
        assert_eq!(counts.received, counts.conflated + u64::from(bench.record().ledger.waiting()));
    }
}

#[test]
fn on_an_axis_a_gap_stands_at_the_place_that_was_reached() {
    let mut bench = Bench::new(Some(depth()));
    bench.live(1.0, &[(10.0, 1.0), (11.0, 2.0)]);
    bench.store.set_link(bench.connection, after(2.0), LinkState::Closed);
    let gap = bench.record().history.last().expect("a gap");
    assert!(gap.1.is_nan() && gap.0 > 11.0 && gap.0 < 11.001, "{gap:?}");
    bench.live(3.0, &[(15.0, 5.0)]);
    assert_eq!(bench.numbers(), "1 2 NaN 5");
    bench.block(4.0, BlockKind::Past, &[(11.0, 2.0), (13.0, 3.0)]);
    assert_eq!(bench.numbers(), "1 2 3 5", "filled, and what was there already is there once");

    let error = Report::Error { class: "Sensor".to_owned(), text: String::new() };
    bench.apply(5.0, &Event::Reading { channel: 0, reading: Reading { report: error, ..reading(5.0, 0.0) } });
    assert_eq!(bench.numbers(), "1 2 3 5 NaN");
    bench.apply(6.0, &Event::Missing { channel: 0, at: vec![after(3.0).wall] });
    bench.apply(6.0, &Event::History { channel: 0, readings: vec![(after(3.0).wall, Value::Number(9.0))] });
    assert_eq!(bench.numbers(), "1 2 3 5 NaN", "a time is no place");
    bench.live(7.0, &[(15.0, 5.0), (16.0, 6.0)]);
    assert_eq!(bench.numbers(), "1 2 3 5 5 6", "it goes on where it ended: nothing is missing");
}

#[test]
fn a_single_reading_on_an_axis_is_drawn_where_it_was_taken() {
    let mut bench = Bench::new(Some(depth()));
    for (number, place) in [(1.0, Some(100.0)), (2.0, None), (3.0, Some(f64::NAN)), (4.0, Some(101.0))] {
        bench.apply(1.0, &Event::Reading { channel: 0, reading: Reading { place, ..reading(1.0, number) } });
        assert_eq!(bench.shown(), Some(Value::Number(number)), "shown it is with and without a place");
    }
    assert_eq!(bench.points(), [(100.0, 1.0), (101.0, 4.0)]);
    // A pause in time, as when a pipe is added, is none in depth.
    for second in 2..40 {
        bench.live(f64::from(second), &[(100.0 + f64::from(second), 1.0)]);
    }
    bench.live(4_000.0, &[(140.0, 1.0)]);
    assert!(!bench.numbers().contains("NaN"));
    let now = Now { wall: after(4_001.0).wall, instant: after(4_001.0).instant };
    assert_eq!(bench.store.age(bench.channel, now), Some(Duration::from_secs(1)), "ages count from arrival");
}

#[test]
fn another_axis_is_another_channel() {
    let mut bench = Bench::new(None);
    bench.live(1.0, &[(at(1.0), 1.0)]);
    let again = catalog(Some(depth()));
    bench.apply(2.0, &again);
    assert_eq!((bench.points(), bench.shown()), (vec![], None));
    bench.live(3.0, &[(5.0, 1.0)]);
    bench.apply(4.0, &again);
    assert_eq!(bench.points(), [(5.0, 1.0)], "the same one is not");
}

#[test]
fn on_a_decreasing_axis_the_newest_is_the_smallest_place() {
    let up = Axis { decreasing: true, ..depth() };
    let mut bench = Bench::new(Some(up));
    bench.live(1.0, &[(30.0, 3.0), (20.0, 2.0), (10.0, 1.0)]);
    bench.block(2.0, BlockKind::Past, &[(15.0, 1.5), (25.0, 2.5)]);
    assert_eq!(bench.numbers(), "3 2.5 2 1.5 1");
    bench.block(3.0, BlockKind::Rewritten { from: f64::NEG_INFINITY, to: 17.0 }, &[]);
    assert_eq!((bench.numbers().as_str(), bench.shown()), ("3 2.5 2", Some(Value::Number(2.0))));
}

fn place() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (0..2_000_i32).prop_map(f64::from),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e300), Just(-1e300)],
    ]
}

proptest! {
    #[test]
    fn whatever_comes_it_is_counted_and_bounded(
        is_over_time in any::<bool>(),
        decreasing in any::<bool>(),
        steps in proptest::collection::vec(
            (0..8_u8, proptest::collection::vec((place(), place()), 0..200), 0..300_u64, place(), place()),
            0..60,
        ),
    ) {
        let axis = Axis { decreasing, ..depth() };
        let mut bench = Bench::new(if is_over_time { None } else { Some(axis) });
        let mut received = 0;
        for (step, points, more, from, to) in steps {
            let now = 1.0;
            let count = points.len() as u64 + more;
            let told = Reading { place: Some(from), taken: Timestamp::from_unix_seconds(to), ..reading(now, from) };
            let mut block = |kind| {
                received += count;
                bench.apply(now, &Event::Block(Box::new(Block { channel: 0, points: points.clone(), count, kind })));
            };
            match step {
                0 | 1 => block(BlockKind::Live(told)),
                2 => block(BlockKind::Past),
                3 => block(BlockKind::Rewritten { from, to }),
                4 => {
                    received += 1;
                    bench.apply(now, &Event::Reading { channel: 0, reading: told });
                }
                5 => {
                    received += 1;
                    let report = Report::Error { class: String::new(), text: String::new() };
                    bench.apply(now, &Event::Reading { channel: 0, reading: Reading { report, ..told } });
                }
                6 => {
                    bench.store.set_link(bench.connection, after(now), LinkState::Closed);
                    let live = LinkState::Live { since: after(now).instant, silent: false };
                    bench.store.set_link(bench.connection, after(now), live);
                }
                _ => {
                    bench.store.drain();
                }
            }
            let record = bench.record();
            let counts = record.ledger.counts();
            prop_assert_eq!(counts.received, received);
            let accounted = counts.shown + counts.conflated + counts.dropped + u64::from(record.ledger.waiting());
            prop_assert_eq!(counts.received, accounted);
            prop_assert!(record.history.len() <= HISTORY_READINGS);
            prop_assert!(record.history.iter().all(|(place, _)| place.is_finite()));
        }
        // Searching and looking at every point give the same.
        let all = bench.points();
        let inside = |points: &[(f64, f64)]| points.iter().filter(|(at, _)| (100.0..=900.0).contains(at)).count();
        let range: Vec<_> = bench.record().history.range(100.0, 900.0).collect();
        prop_assert_eq!(inside(&range), inside(&all));
    }
}
