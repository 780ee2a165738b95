//! The SECoP session against simulated nodes, with one fake clock for both: no malformed frame, no violation but
//! the ones that a quirk or a fault asks for.

mod util;

use porthole::model::event::{Event, Outcome, Request};
use porthole::model::reading::{Reading, Report};
use porthole::model::value::Value;
use porthole::protocol::options::Options;
use porthole::protocol::secop::PROTOCOL;
use porthole::protocol::secop::simulator::{Quirks, SecopSimulator};
use porthole::protocol::{Fault, SimulatorInput};
use util::pair::Pair;

/// A session and a simulated cryostat, whose quirks are given in words.
fn cryo3(quirks: &str) -> Pair {
    let quirks: Quirks = quirks.parse().expect("quirks");
    connected(SecopSimulator::cryo3(1, quirks))
}

fn connected(simulator: SecopSimulator) -> Pair {
    Pair::new((PROTOCOL.session)(&Options::default()), simulator, "", false)
}

fn done(outcome: &Outcome) -> &Value {
    match outcome {
        Outcome::Done { value: Some(value), .. } => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_demo_nodes_speak_cleanly_for_five_minutes() {
    let nodes = [
        SecopSimulator::cryo3(3, Quirks::default()),
        SecopSimulator::mass_spectrometer(3, Quirks::default()),
    ];
    for node in nodes {
        let mut pair = connected(node);
        pair.pass(300.0);
        pair.assert_clean();
        assert!(pair.is_live());
        let readings = pair.readings();
        for channel in pair.catalog.channels.iter().filter(|channel| channel.constant.is_none()) {
            assert!(readings.contains_key(channel.path.as_str()), "{} has no reading", channel.path);
        }
    }
}

#[test]
fn quirks_within_the_specification_do_no_harm() {
    for quirks in [
        "v1.0",
        "v1.1",
        "v2.0",
        "no-t",
        "no-e",
        "old-visibility",
        "new-meaning",
        "unknown-type",
        "extra",
        "reorder",
        "late-active",
        "newline",
        "slow=900",
    ] {
        let mut pair = cryo3(quirks);
        pair.pass(20.0);
        assert!(pair.is_live(), "{quirks}");
        let outcome = pair.write("T_sample/target", Value::Number(6.0));
        assert_eq!(done(&outcome), &Value::Number(6.0), "{quirks}");
        assert!(pair.readings()["T_sample/value"].len() > 50, "{quirks}");
        for event in &pair.events {
            assert!(!matches!(event, Event::Malformed { .. }), "{quirks}: {event:?}");
        }
    }
}

#[test]
fn a_bare_nan_is_shown_and_counted() {
    let mut pair = cryo3("nan");
    pair.pass(5.0);
    let readings = pair.readings();
    let last = readings["T_broken/value"].last().expect("a reading");
    assert!(matches!(last.report, Report::Value(Value::Number(number)) if number.is_nan()), "{last:?}");
    assert!(pair.count(|event| matches!(event, Event::Violation { .. })) >= 3);
    assert_eq!(pair.count(|event| matches!(event, Event::Malformed { .. })), 0);
}

#[test]
fn a_target_is_driven_to_and_refused_beyond_its_limits() {
    let mut pair = cryo3("v2.0");
    pair.pass(1.0);
    let target = pair.channel("T_sample/target");
    let checked = pair.ask(Request::Check { channel: target, value: Value::Number(100.0) });
    assert!(matches!(checked, Outcome::Done { .. }), "{checked:?}");
    let refused = pair.write("T_sample/target", Value::Number(1000.0));
    assert!(!matches!(refused, Outcome::Done { .. }), "{refused:?}");
    let tune = pair.command("T_sample/_autotune");
    let argument =
        Value::Record(vec![("method".into(), Value::Integer(0)), ("amplitude".into(), Value::Number(1.0))]);
    let tuned = pair.ask(Request::Execute { command: tune, argument: Some(argument.clone()) });
    assert!(matches!(done(&tuned), Value::Record(gains) if gains.len() == 3), "{tuned:?}");
    let again = pair.ask(Request::Execute { command: tune, argument: Some(argument) });
    assert!(matches!(again, Outcome::Refused { class, .. } if class == "CommandRunning"));
    pair.assert_clean();
}

#[test]
fn garbage_is_counted_and_nothing_else_is_lost() {
    let mut pair = cryo3("");
    pair.pass(1.0);
    pair.simulate(SimulatorInput::Fault(Fault::Garbage, true));
    pair.pass(30.0);
    assert!(pair.count(|event| matches!(event, Event::Malformed { .. })) > 20);
    let good = pair.readings()["T_sample/value"].len();
    assert!((140..=200).contains(&good), "{good} in 30 s at 5 Hz");
    let outcome = pair.write("T_sample/target", Value::Number(6.0));
    assert_eq!(done(&outcome), &Value::Number(6.0));
}

#[test]
fn an_error_is_reported_and_recovered_from() {
    let mut pair = cryo3("");
    pair.pass(1.0);
    pair.simulate(SimulatorInput::Fault(Fault::Error, true));
    pair.pass(1.0);
    let is_error = |pair: &Pair| {
        let readings = pair.readings();
        matches!(readings["T_sample/value"].last(), Some(Reading { report: Report::Error { .. }, .. }))
    };
    assert!(is_error(&pair));
    pair.simulate(SimulatorInput::Fault(Fault::Error, false));
    pair.pass(1.0);
    assert!(!is_error(&pair));
    pair.assert_clean();
}

#[test]
fn a_cut_line_comes_back_and_a_changed_description_is_told() {
    let mut pair = cryo3("changing");
    pair.pass(1.0);
    pair.simulate(SimulatorInput::Fault(Fault::Cut, true));
    assert!(!pair.is_connected);
    pair.events.clear();
    pair.open();
    pair.pass(2.0);
    assert!(pair.is_live());
    let changes = pair.changes().expect("changes");
    assert!(changes.appeared.contains(&"T_probe".to_owned()), "{changes:?}");
    assert!(changes.vanished.contains(&"he_level".to_owned()), "{changes:?}");
    assert!(changes.changed.iter().any(|(path, _)| path == "T_sample/target"), "{changes:?}");
    pair.assert_clean();
}
