//! A One Platform session and a simulated vineyard: everything a dashboard does, with every quirk and every fault.

mod util;

use std::collections::{BTreeMap, BTreeSet};

use porthole::model::catalog::Below;
use porthole::model::event::{Event, Outcome, Request};
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::exosite::PROTOCOL;
use porthole::protocol::exosite::simulator::{DEMO_KEY, ExositeSimulator, Quirks};
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Fault, SimulatorInput};
use util::pair::Pair;

/// Quirks that change nothing of what is seen in the end.
const HARMLESS: [&str; 10] = [
    "",
    "update-shape=nested",
    "update-shape=mixed,read-shape=object",
    "shuffle,split",
    "string-ids",
    "latency=300,shuffle",
    "no-status",
    "since=from",
    "text-values",
    "early-update,expire-told",
];

fn options(key: &str) -> Options {
    let mut options = Options::default();
    options.set("key", key);
    options.complete(PROTOCOL.options, &mut Random::new(7));
    options
}

fn pair_with(key: &str, quirks: &str) -> Pair {
    let quirks: Quirks = quirks.parse().expect("a quirk");
    Pair::new((PROTOCOL.session)(&options(key)), ExositeSimulator::vineyard(3, quirks), "", true)
}

/// One that has been live for a while.
fn pair(quirks: &str) -> Pair {
    let mut pair = pair_with(DEMO_KEY, quirks);
    pair.pass(10.0);
    assert!(pair.is_live(), "{quirks}: {:?}", pair.sent);
    pair
}

/// The channel that is told most.
fn busiest(pair: &Pair) -> String {
    let most = pair.told.iter().max_by_key(|(_, told)| told.len()).expect("something was told");
    most.0.clone()
}

fn times(told: &BTreeMap<String, Vec<(Timestamp, Value)>>, path: &str) -> BTreeSet<Timestamp> {
    told.get(path).into_iter().flatten().map(|(at, _)| *at).collect()
}

fn assert_no_doubles(pair: &Pair, quirks: &str) {
    for (path, told) in &pair.told {
        // That there is nothing yet has no time of its own.
        let points: Vec<_> = told.iter().filter(|(_, value)| *value != Value::Null).collect();
        let times: BTreeSet<_> = points.iter().map(|(at, value)| (*at, format!("{value:?}"))).collect();
        assert_eq!(times.len(), points.len(), "{quirks}: {path} has doubles");
    }
}

#[test]
fn with_every_harmless_quirk_the_same_is_seen() {
    let plain = pair("");
    let paths: Vec<String> = plain.paths().into_iter().map(str::to_owned).collect();
    assert!(paths.len() > 8, "{paths:?}");
    for quirks in HARMLESS {
        let mut pair = pair(quirks);
        assert_eq!(pair.paths(), paths, "{quirks}");
        pair.pass(20.0);
        let strange: Vec<_> =
            pair.events.iter().filter(|event| matches!(event, Event::Malformed { .. })).collect();
        assert!(strange.is_empty(), "{quirks}: {strange:#?}");
        let violations = pair.violations();
        assert_eq!(!violations.is_empty(), quirks == "string-ids", "{quirks}: {violations:?}");
        assert_no_doubles(&pair, quirks);
        for path in &paths {
            assert!(pair.is_subscribed(path), "{quirks}: {path}");
            assert!(pair.told.contains_key(path), "{quirks}: nothing of {path}");
        }
        let types: Vec<_> = pair.catalog.channels.iter().map(|channel| &channel.data_type).collect();
        let expected: Vec<_> = plain.catalog.channels.iter().map(|channel| &channel.data_type).collect();
        assert_eq!(types, expected, "{quirks}");
        assert!(pair.values(&busiest(&pair)).len() > 100, "{quirks}: the past is there");
    }
}

#[test]
fn units_come_from_meta_and_the_values_fit_their_types() {
    let pair = pair("");
    let units: BTreeSet<&str> =
        pair.catalog.channels.iter().map(|channel| channel.data_type.unit()).collect();
    assert!(units.contains("°C"), "{units:?}");
    let errors = pair.count(|event| {
        matches!(event, Event::Reading { reading, .. } if matches!(reading.report, porthole::model::reading::Report::Error { .. }))
    });
    assert_eq!(errors, 0);
}

#[test]
fn after_a_cut_nothing_is_lost_and_nothing_is_there_twice() {
    for quirks in ["", "since=from,update-shape=nested", "early-update,shuffle,split"] {
        let mut whole = pair(quirks);
        let mut cut = pair(quirks);
        for _ in 0..2 {
            cut.pass(7.0);
            cut.close();
            cut.pass(20.0);
            cut.open();
            cut.pass(13.0);
        }
        whole.pass(80.0);
        assert_eq!(whole.clock.now.wall, cut.clock.now.wall);
        assert_no_doubles(&cut, quirks);
        for path in whole.told.keys() {
            let missing: Vec<_> =
                times(&whole.told, path).difference(&times(&cut.told, path)).copied().collect();
            assert!(missing.is_empty(), "{quirks}: {path} lacks {missing:?}");
        }
    }
}

#[test]
fn a_wrong_key_is_refused_in_every_way() {
    for quirks in ["auth-fail=error", "auth-fail=status", "auth-fail=close", "auth-fail=error-close"] {
        let mut pair = pair_with(&"9".repeat(40), quirks);
        pair.pass(3.0);
        assert!(pair.refused().is_some(), "{quirks}: {:?}", pair.events);
        assert_eq!(pair.sent.len(), 1, "{quirks}: the key once, and nothing after it");
        assert!(!format!("{:?}", pair.events).contains(&"9".repeat(40)));
    }
}

#[test]
fn a_locked_device_does_not_hide_the_others() {
    let pair = pair("locked");
    let refused: Vec<_> = pair.catalog.groups.iter().filter(|group| group.below == Below::Refused).collect();
    assert_eq!(refused.len(), 1);
    assert!(pair.paths().len() > 5);
    assert_eq!(pair.catalog.warnings.len(), 1, "{:?}", pair.catalog.warnings);
}

#[test]
fn a_value_is_written_and_comes_back() {
    let mut pair = pair("");
    let channel = pair.catalog.channels.iter().position(|channel| {
        channel.access == porthole::model::catalog::Access::ReadWrite
            && matches!(channel.data_type, porthole::model::datatype::DataType::Number(_))
    });
    let path = pair.catalog.channels[channel.expect("a dataport of numbers")].path.clone();
    pair.pass(2.0);
    assert_eq!(pair.write(&path, Value::Number(12.625)), Outcome::Done { value: None, data_type: None });
    assert!(pair.values(&path).iter().any(|(_, value)| *value == Value::Number(12.625)));
}

#[test]
fn all_that_is_known_can_be_asked_and_has_no_key() {
    let mut pair = pair("");
    for group in 0..pair.catalog.groups.len() {
        let outcome = pair.ask(Request::Inspect { group });
        assert!(matches!(outcome, Outcome::Done { value: Some(Value::Record(_)), .. }), "{outcome:?}");
    }
    let told = format!("{:?}", pair.events);
    assert!(!told.contains(DEMO_KEY) && !told.contains("\"key\""));
}

#[test]
fn faults_are_survived_and_counted() {
    for fault in Fault::ALL {
        let mut pair = pair("");
        pair.simulate(SimulatorInput::Fault(fault, true));
        pair.pass(30.0);
        pair.simulate(SimulatorInput::Fault(fault, false));
        if !pair.is_connected {
            pair.open();
        }
        pair.pass(40.0);
        assert_no_doubles(&pair, fault.title());
        let path = busiest(&pair);
        let before = pair.values(&path).len();
        pair.pass(30.0);
        assert!(pair.values(&path).len() > before, "{}: it goes on", fault.title());
        // A broken sensor writes words where numbers should be.
        let is_counted = matches!(fault, Fault::Garbage | Fault::Error);
        let counted = pair.malformed() + pair.violations().len();
        assert_eq!(counted > 0, is_counted, "{}", fault.title());
    }
}
