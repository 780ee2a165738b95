//! The store: what it keeps, what it counts, what it marks, across losses and new descriptions.

use std::time::Duration;

use porthole::model::alarm::{Bound, Grade, Personal, Side, Thresholds};
use porthole::model::catalog::{Catalog, Channel, Group};
use porthole::model::datatype::{DataType, NumberType};
use porthole::model::event::{Event, Notice};
use porthole::model::link::{Epoch, Failure, LinkState};
use porthole::model::quality::Quality;
use porthole::model::reading::{Activity, Reading, Report, Severity, State};
use porthole::model::store::{ChannelId, ConnectionId, Store};
use porthole::model::time::{Instant, Now, Timestamp};
use porthole::model::{Access, Level, Role, Value};

const START: Now = Now { instant: Instant(1_000_000.0), wall: Timestamp(1_795_205_879_000_000) };

fn after(seconds: f64) -> Now {
    START + Duration::from_secs_f64(seconds)
}

fn channel(path: &str, role: Role, unit: &str) -> Channel {
    Channel {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        description: String::new(),
        data_type: DataType::Number(NumberType { unit: unit.to_owned(), ..NumberType::default() }),
        access: Access::Read,
        role,
        section: String::new(),
        level: Level::User,
        constant: None,
        limits: None,
        checkable: false,
        write_hint: String::new(),
        monitoring: porthole::model::alarm::Monitoring::default(),
        axis: None,
    }
}

fn catalog(channels: Vec<Channel>) -> Event {
    let group =
        Group { path: "cryo".to_owned(), channels: (0..channels.len()).collect(), ..Group::default() };
    let catalog = Catalog { groups: vec![group], channels, ..Catalog::default() };
    Event::Catalog { catalog: Box::new(catalog), changes: None }
}

fn value(channel: usize, number: f64, now: Now) -> Event {
    reading(channel, Report::Value(Value::Number(number)), now)
}

fn reading(channel: usize, report: Report, now: Now) -> Event {
    Event::Reading {
        channel,
        reading: Reading {
            report,
            taken: None,
            arrived: now.instant,
            place: None,
            uncertainty: None,
            state: None,
        },
    }
}

/// A live connection with `cryo/value` (0) and `cryo/status` (1), both subscribed.
fn live_store() -> (Store, ConnectionId, ChannelId) {
    let mut store = Store::default();
    let id = store.add_connection("peer", false, START);
    store.apply(
        id,
        Epoch(1),
        START,
        &catalog(vec![channel("cryo/value", Role::Main, "K"), channel("cryo/status", Role::Status, "")]),
    );
    for index in 0..2 {
        store.apply(id, Epoch(1), START, &Event::Subscribed { channel: index, on: true });
    }
    store.set_link(id, START, LinkState::Live { since: START.instant, silent: false });
    let channel = store.find("peer", "cryo/value").expect("the channel");
    (store, id, channel)
}

fn waiting(now: Now) -> LinkState {
    let failure = Box::new(Failure::default());
    LinkState::Waiting { since: now.instant, until: now.instant, attempts: 1, failure }
}

fn quality(store: &Store, id: ChannelId, now: Now) -> Quality {
    store.judge(id, now.instant).expect("a channel").quality
}

#[test]
fn every_reading_is_shown_conflated_or_waiting() {
    let (mut store, id, channel) = live_store();
    for number in 0..5 {
        store.apply(id, Epoch(1), after(0.001), &value(0, f64::from(number), after(0.001)));
    }
    store.drain();
    store.apply(id, Epoch(1), after(0.1), &value(0, 9.0, after(0.1)));
    let record = store.channel(channel).expect("a channel");
    let counts = record.ledger.counts();
    assert_eq!((counts.received, counts.shown, counts.conflated, counts.dropped), (6, 1, 4, 0));
    assert!(record.ledger.waiting());
    assert_eq!(record.history.len(), 6, "what was conflated on the screen is still in the history");
}

#[test]
fn a_paused_channel_goes_on_counting_and_remembering() {
    let (mut store, id, channel) = live_store();
    store.set_channel_paused(channel, true);
    for step in 1..4 {
        let now = after(f64::from(step));
        store.apply(id, Epoch(1), now, &value(0, 1.0, now));
        store.drain();
    }
    let record = store.channel(channel).expect("a channel");
    assert_eq!(record.ledger.counts().shown, 0);
    assert_eq!(record.history.len(), 3);
    assert_eq!(quality(&store, channel, after(3.0)), Quality::Paused);
}

#[test]
fn a_frame_of_an_old_socket_changes_nothing() {
    let (mut store, id, channel) = live_store();
    store.apply(id, Epoch(2), after(1.0), &value(0, 2.0, after(1.0)));
    store.apply(id, Epoch(1), after(1.1), &value(0, 1.0, after(1.1)));
    let shown = store.channel(channel).and_then(|channel| channel.value.clone()).expect("a value");
    assert_eq!(shown.report, Report::Value(Value::Number(2.0)));
    assert_eq!(store.channel(channel).expect("a channel").ledger.counts().received, 1);
}

#[test]
fn a_lost_link_keeps_the_value_marks_it_and_breaks_the_line() {
    let (mut store, id, channel) = live_store();
    store.apply(id, Epoch(1), START, &value(0, 4.2, START));
    store.set_link(id, after(1.0), waiting(after(1.0)));
    assert_eq!(quality(&store, channel, after(1.0)), Quality::Disconnected);
    let record = store.channel(channel).expect("a channel");
    assert!(record.value.is_some());
    assert_eq!(record.ledger.counts().gaps, 1);
    assert!(record.history.last().expect("a point").1.is_nan());
    assert!(store.is_dirty(), "the mark must reach the screen");
    // Back again: the first reading is live, and the gap is counted once.
    store.set_link(id, after(30.0), LinkState::Live { since: after(30.0).instant, silent: false });
    store.apply(id, Epoch(2), after(30.0), &value(0, 4.3, after(30.0)));
    assert_eq!(quality(&store, channel, after(30.0)), Quality::Live);
    assert_eq!(store.channel(channel).expect("a channel").ledger.counts().gaps, 1);
}

#[test]
fn an_unchanged_value_continues_its_line_after_a_gap() {
    let (mut store, id, channel) = live_store();
    let taken = Some(after(1.0).wall);
    let told = |now: Now| Event::Reading {
        channel: 0,
        reading: Reading {
            report: Report::Value(Value::Number(1.0)),
            taken,
            arrived: now.instant,
            place: None,
            uncertainty: None,
            state: None,
        },
    };
    store.apply(id, Epoch(1), after(1.0), &told(after(1.0)));
    store.set_link(id, after(10.0), waiting(after(10.0)));
    // The new socket tells it again, with the time at which it was taken.
    store.apply(id, Epoch(2), after(15.0), &told(after(15.0)));
    let times: Vec<f64> =
        store.channel(channel).expect("it is there").history.iter().map(|(time, _)| time).collect();
    assert_eq!(times, [1.0, 10.0, 15.0].map(|seconds| after(seconds).wall.as_unix_seconds()));
}

#[test]
fn silence_is_stale_before_the_link_is_given_up() {
    let (mut store, id, channel) = live_store();
    store.apply(id, Epoch(1), START, &value(0, 4.2, START));
    store.set_link(id, after(5.0), LinkState::Live { since: START.instant, silent: true });
    assert_eq!(quality(&store, channel, after(5.0)), Quality::Stale);
    assert!(store.is_dirty());
}

#[test]
fn an_error_report_keeps_the_last_value_and_is_invalid() {
    let (mut store, id, channel) = live_store();
    store.apply(id, Epoch(1), START, &value(0, 4.2, START));
    let error = Report::Error { class: "HardwareError".to_owned(), text: "sensor disconnected".to_owned() };
    store.apply(id, Epoch(1), after(1.0), &reading(0, error, after(1.0)));
    assert_eq!(quality(&store, channel, after(1.0)), Quality::Invalid);
    let record = store.channel(channel).expect("a channel");
    assert_eq!(record.error.as_ref().map(|error| error.class.as_str()), Some("HardwareError"));
    assert_eq!(
        record.value.as_ref().map(|reading| reading.report.clone()),
        Some(Report::Value(Value::Number(4.2)))
    );
    store.apply(id, Epoch(1), after(2.0), &value(0, 4.3, after(2.0)));
    assert_eq!(quality(&store, channel, after(2.0)), Quality::Live);
}

#[test]
fn an_old_value_shows_its_true_age() {
    let (mut store, id, channel) = live_store();
    let event = Event::Reading {
        channel: 0,
        reading: Reading {
            report: Report::Value(Value::Number(1.0)),
            taken: Some(Timestamp(START.wall.0 - 3_600_000_000)),
            arrived: START.instant,
            place: None,
            uncertainty: None,
            state: None,
        },
    };
    store.apply(id, Epoch(1), START, &event);
    assert_eq!(store.age(channel, after(1.0)).expect("an age").as_secs(), 3601);
    // The peer's clock turns out to be an hour slow: the value is as fresh as it arrived.
    let heartbeat =
        Event::Heartbeat { round_trip: Duration::from_millis(2), clock_offset: Some(-3_600_000_000) };
    store.apply(id, Epoch(1), START, &heartbeat);
    assert_eq!(store.age(channel, after(1.0)).expect("an age").as_secs(), 1);
}

#[test]
fn the_state_of_a_group_is_the_severity_of_its_value() {
    let (mut store, id, channel) = live_store();
    store.apply(id, Epoch(1), START, &value(0, 1.0, START));
    store.drain();
    let state = State { activity: Activity::Error, label: "ERROR".to_owned(), text: "no sensor".to_owned() };
    let event = Event::Reading {
        channel: 1,
        reading: Reading {
            report: Report::Value(Value::Null),
            taken: None,
            arrived: START.instant,
            place: None,
            uncertainty: None,
            state: Some(state),
        },
    };
    store.apply(id, Epoch(1), START, &event);
    assert_eq!(store.severity(channel), Severity::Alarm);
    assert!(store.drain().contains(&channel), "the value is drawn anew for its severity");
}

#[test]
fn what_still_matches_is_kept_and_what_does_not_is_marked() {
    let (mut store, id, kept) = live_store();
    store.apply(id, Epoch(1), START, &value(0, 4.2, START));
    let status = store.find("peer", "cryo/status").expect("the status");
    store.apply(
        id,
        Epoch(2),
        after(9.0),
        &catalog(vec![channel("cryo/new", Role::Parameter, ""), channel("cryo/value", Role::Main, "K")]),
    );
    assert_eq!(store.find("peer", "cryo/value"), Some(kept));
    assert_eq!(store.channel(kept).expect("kept").history.len(), 1, "its past is kept");
    assert_eq!(store.channel(status).expect("orphan").index, None);
    assert_eq!(quality(&store, status, after(9.0)), Quality::Disconnected);
    // The reading that comes under the new index goes to the right channel.
    store.apply(id, Epoch(2), after(9.0), &value(1, 5.0, after(9.0)));
    assert_eq!(store.channel(kept).expect("kept").history.last().expect("a point").1, 5.0);
}

#[test]
fn a_channel_with_another_unit_starts_afresh() {
    let (mut store, id, kept) = live_store();
    store.apply(id, Epoch(1), START, &value(0, 4.2, START));
    store.apply(id, Epoch(2), after(9.0), &catalog(vec![channel("cryo/value", Role::Main, "mK")]));
    let record = store.channel(kept).expect("the channel");
    assert!(record.value.is_none() && record.history.is_empty(), "4.2 K must not be shown as 4.2 mK");
}

#[test]
fn a_removed_connection_frees_its_channels() {
    let (mut store, id, channel) = live_store();
    for _ in 0..100 {
        let again = store.add_connection("peer", false, START);
        assert_eq!(store.connection(again).expect("a connection").key, "peer-2", "keys are unique");
        store.apply(again, Epoch(1), START, &catalog(vec![channel_of("a"), channel_of("b")]));
        store.remove_connection(again);
    }
    assert_eq!(store.channels().len(), 4, "numbers are used again");
    assert!(store.find("peer", "cryo/value") == Some(channel) && store.connection(id).is_some());
}

fn channel_of(name: &str) -> Channel {
    channel(&format!("cryo/{name}"), Role::Parameter, "")
}

#[test]
fn notices_and_logs_are_bounded() {
    let (mut store, id, _) = live_store();
    for number in 0..5_000 {
        let notice = Notice::new(Severity::Warning, &format!("{number}"), "", "");
        store.apply(id, Epoch(1), START, &Event::Malformed { channel: Some(0), notice });
        let log = Event::Log { source: String::new(), level: "info".to_owned(), text: format!("{number}") };
        store.apply(id, Epoch(1), START, &log);
    }
    let connection = store.connection(id).expect("a connection");
    assert!(connection.notices.len() <= 200 && connection.log.len() <= 1_000);
    assert_eq!((connection.notice_count, connection.counters.malformed), (5_000, 5_000));
    assert_eq!(connection.log.back().expect("an entry").text, "4999");
}

#[test]
fn a_reading_for_a_channel_that_is_not_there_is_counted_and_harmless() {
    let (mut store, id, _) = live_store();
    store.apply(id, Epoch(1), START, &value(77, 1.0, START));
    store.apply(ConnectionId(99), Epoch(1), START, &value(0, 1.0, START));
    assert_eq!(store.connection(id).expect("a connection").counters.readings, 1);
}

#[test]
fn a_rate_is_counted_where_readings_are_many_and_told_by_the_rhythm_where_they_are_few() {
    let (mut store, id, channel) = live_store();
    let rate = |store: &Store, seconds: f64| store.rate(channel, after(seconds).instant);
    store.apply(id, Epoch(1), START, &value(0, 0.0, START));
    assert_eq!(rate(&store, 1.0), None, "one reading has no rate");
    // Every ten seconds.
    for n in 1..=6 {
        let now = after(10.0 * f64::from(n));
        store.apply(id, Epoch(1), now, &value(0, f64::from(n), now));
    }
    for seconds in [60.0, 65.0, 70.0] {
        assert_eq!(rate(&store, seconds), Some(0.1), "after {seconds} s");
    }
    assert_eq!(rate(&store, 110.0), Some(0.02), "none for 50 s");
    // Twenty a second.
    for n in 0..400 {
        let now = after(200.0 + 0.05 * f64::from(n));
        store.apply(id, Epoch(1), now, &value(0, 0.0, now));
    }
    let counted = rate(&store, 220.0).expect("many");
    assert!((counted - 20.0).abs() < 2.0, "{counted} a second");
}

#[test]
fn thresholds_raise_a_grade_after_their_wait_and_a_person_may_set_others() {
    let (mut store, id, channel) = live_store();
    let bound = |grade, at| Bound { grade, side: Side::High, at };
    let mut warm = channel_of("value");
    warm.monitoring.thresholds = Some(Box::new(Thresholds {
        bounds: vec![bound(Grade::Warning, 30.0), bound(Grade::Critical, 40.0)],
        on_after: Duration::from_secs(2),
        ..Thresholds::default()
    }));
    store.apply(id, Epoch(1), START, &catalog(vec![warm]));
    store.apply(id, Epoch(1), START, &value(0, 41.0, START));
    assert_eq!(store.severity(channel), Severity::Normal);
    store.pass(after(1.9).instant);
    assert_eq!(store.severity(channel), Severity::Normal);
    store.drain();
    store.pass(after(2.0).instant);
    assert_eq!(
        (store.severity(channel), store.alarm_words(channel).as_str()),
        (Severity::Alarm, "critical high")
    );
    assert_eq!(store.drain(), [channel], "what time alone changes is shown");

    let own = Thresholds { bounds: vec![bound(Grade::Minor, 35.0)], ..Thresholds::default() };
    let said = Personal { thresholds: Some(own), ..Personal::default() };
    store.set_personal(id, "cryo/value", &said, after(3.0).instant);
    assert_eq!(
        (store.severity(channel), store.alarm_words(channel).as_str()),
        (Severity::Warning, "minor high")
    );
    store.set_personal(id, "cryo/value", &Personal::default(), after(4.0).instant);
    store.pass(after(6.0).instant);
    assert_eq!(store.alarm_words(channel), "critical high", "those of the source hold again");
}

#[test]
fn a_person_gives_the_unit_that_the_source_does_not_tell() {
    let (mut store, id, channel) = live_store();
    let unit = |store: &Store| store.channel(channel).expect("a channel").channel.data_type.unit().to_owned();
    let say = |store: &mut Store, unit: &str| {
        let said = Personal { unit: unit.to_owned(), thresholds: None };
        store.set_personal(id, "cryo/value", &said, START.instant);
    };
    say(&mut store, "mK");
    assert_eq!(unit(&store), "K", "the source knows better");
    store.apply(id, Epoch(1), START, &catalog(vec![channel_of("value")]));
    assert_eq!(unit(&store), "mK");
    store.apply(id, Epoch(1), START, &value(0, 5.0, START));
    say(&mut store, "kPa");
    assert_eq!(unit(&store), "kPa");
    assert_eq!(store.connection(id).expect("a connection").catalog.channels[0].data_type.unit(), "kPa");
    assert!(store.channel(channel).expect("a channel").value.is_some(), "what came is kept");
    store.apply(id, Epoch(2), START, &catalog(vec![channel_of("value")]));
    assert_eq!(unit(&store), "kPa", "after a reconnect too");
}

#[test]
fn a_channel_about_the_link_holds_while_there_is_none() {
    let (mut store, id, _) = live_store();
    let closed = Thresholds { states: vec![("Closed".to_owned(), Grade::Critical)], ..Thresholds::default() };
    let mut about = channel("cryo/connection", Role::Link, "");
    about.monitoring.thresholds = Some(Box::new(closed));
    store.apply(id, Epoch(1), START, &catalog(vec![about]));
    store.apply(id, Epoch(1), START, &Event::Subscribed { channel: 0, on: true });
    let closed = Value::Enum { code: 0, label: Some("Closed".into()) };
    store.apply(id, Epoch(1), START, &reading(0, Report::Value(closed), START));
    store.set_link(id, START, LinkState::Closed);
    let channel = store.find("peer", "cryo/connection").expect("a channel");
    let judgement = store.judge(channel, after(1e6).instant).expect("a judgement");
    assert_eq!((judgement.quality, store.severity(channel)), (Quality::Live, Severity::Alarm));
}
