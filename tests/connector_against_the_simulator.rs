//! The weather mast by its definition, with one fake clock for both: all that it says is shown, whatever it does wrong.

mod util;

use porthole::model::alarm::Grade;
use porthole::model::event::{Event, Request};
use porthole::model::reading::Report;
use porthole::model::value::Value;
use porthole::protocol::connector::PROTOCOL;
use porthole::protocol::connector::simulator::{MastSimulator, Quirks};
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Fault, SimulatorInput};
use util::pair::Pair;

/// What a mast shows, apart from the link.
const PATHS: [&str; 15] = [
    "Air/humidity",
    "Air/pressure",
    "Air/rain",
    "Air/temperature",
    "Supply/battery",
    "Supply/heater",
    "Supply/mode",
    "Supply/tilt",
    "Supply/voltage",
    "Wind/direction",
    "Wind/gust_0",
    "Wind/gust_1",
    "Wind/gust_2",
    "Wind/gust_3",
    "Wind/speed",
];

/// A session and a mast, whose quirks are given in words.
fn mast(quirks: &str) -> Pair {
    let demo = &PROTOCOL.demos[0];
    let chosen: Vec<_> =
        demo.options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut options = Options::new(&chosen);
    options.complete(PROTOCOL.options, &mut Random::new(7));
    let quirks: Quirks = quirks.parse().expect("quirks");
    Pair::new((PROTOCOL.session)(&options), MastSimulator::new(1, quirks), "", true)
}

fn numbers(pair: &Pair, path: &str) -> Vec<f64> {
    pair.values(path).iter().filter_map(|(_, value)| value.as_number()).collect()
}

#[test]
fn a_mast_as_it_should_be_is_shown_whole_and_without_a_complaint() {
    let mut pair = mast("");
    pair.pass(20.0);
    assert!(pair.is_live());
    pair.assert_clean();
    let mut paths = pair.paths();
    paths.sort_unstable();
    let expected: Vec<&str> = PATHS.into_iter().chain(["connection"]).collect();
    assert_eq!(paths, expected);
    for path in paths {
        assert!(pair.is_subscribed(path), "{path}");
    }
    for (path, low, high, least) in [
        ("Air/temperature", 0.0, 15.0, 95),
        ("Air/humidity", 40.0, 100.0, 95),
        ("Air/pressure", 990.0, 1030.0, 95),
        ("Wind/speed", 0.0, 20.0, 95),
        ("Wind/gust_3", 0.0, 25.0, 95),
        ("Wind/direction", 0.0, 360.0, 95),
        ("Supply/voltage", 11.0, 14.0, 4),
        ("Supply/tilt", 0.0, 1.0, 4),
    ] {
        let values = numbers(&pair, path);
        assert!(values.len() >= least, "{path} was told {} times", values.len());
        assert!(values.iter().all(|value| (low..=high).contains(value)), "{path}: {values:?}");
    }
    assert_eq!(pair.values("Supply/mode")[0].1, Value::Text("normal".to_owned()));
    assert!(matches!(pair.values("Air/rain")[0].1, Value::Bool(_)));
    let good = Value::Enum { code: 0, label: Some("good".into()) };
    assert_eq!(pair.values("Supply/battery")[0].1, good);
    let speed = &pair.catalog.channels[pair.channel("Wind/speed")];
    assert_eq!((speed.name.as_str(), speed.data_type.unit()), ("Speed", "m/s"));
    let thresholds = speed.monitoring.thresholds.as_ref().expect("it is watched");
    assert_eq!(thresholds.grade(&Value::Number(26.0)).0, Grade::Critical);
}

#[test]
fn each_fault_is_seen_and_goes() {
    let mut pair = mast("");
    pair.pass(10.0);
    pair.simulate(SimulatorInput::Fault(Fault::Error, true));
    pair.pass(2.0);
    let channel = pair.channel("Air/temperature");
    let last = pair.readings()["Air/temperature"].last().map(|reading| reading.report.clone());
    let Some(Report::Error { text, .. }) = last else { panic!("{last:?}") };
    assert_eq!(text, "The sensor is broken.");
    pair.simulate(SimulatorInput::Fault(Fault::Error, false));
    pair.simulate(SimulatorInput::Fault(Fault::Step, true));
    pair.pass(30.0);
    let last = |pair: &Pair, path: &str| *numbers(pair, path).last().expect("a value");
    assert!(last(&pair, "Wind/speed") > 14.0 && last(&pair, "Supply/voltage") < 12.0);
    assert_eq!(pair.values("Supply/mode").last().expect("a value").1, Value::Text("storm".to_owned()));
    pair.simulate(SimulatorInput::Fault(Fault::Step, false));
    pair.simulate(SimulatorInput::Fault(Fault::Burst, true));
    let before = pair.count(|event| matches!(event, Event::Reading { .. }));
    pair.pass(10.0);
    let count = pair.count(|event| matches!(event, Event::Reading { .. })) - before;
    assert!(count > 10_000, "{count} readings in 10 s");
    pair.simulate(SimulatorInput::Fault(Fault::Burst, false));
    assert_eq!((pair.channel("Air/temperature"), pair.malformed()), (channel, 0));
    assert_eq!(pair.violations(), Vec::<&str>::new());
}

#[test]
fn a_unit_that_does_not_answer_costs_nobody_else_a_value() {
    for quirks in ["mute-poll", "wrong-id"] {
        let mut pair = mast(quirks);
        pair.pass(60.0);
        assert!(pair.is_live() && pair.is_connected);
        assert_eq!(pair.violations(), ["a question is answered in time"]);
        assert_eq!(pair.notices(), ["No answer to the poll status"]);
        assert!(numbers(&pair, "Wind/speed").len() > 290);
        assert_eq!(pair.count(|event| matches!(event, Event::Recognised { .. })), 1);
    }
    let mut pair = mast("");
    pair.pass(10.0);
    pair.simulate(SimulatorInput::Fault(Fault::Stale, true));
    pair.pass(30.0);
    let voltages = numbers(&pair, "Supply/voltage").len();
    pair.simulate(SimulatorInput::Fault(Fault::Stale, false));
    pair.pass(30.0);
    assert!((2..=3).contains(&voltages) && numbers(&pair, "Supply/voltage").len() >= voltages + 5);
}

#[test]
fn garbage_is_counted_and_does_no_harm() {
    let mut pair = mast("");
    pair.pass(5.0);
    pair.simulate(SimulatorInput::Fault(Fault::Garbage, true));
    pair.pass(60.0);
    assert!(pair.malformed() > 60, "{} frames could not be understood", pair.malformed());
    assert!(numbers(&pair, "Wind/speed").len() > 310);
    assert_eq!(pair.paths().len(), PATHS.len() + 1);
    // What is said about it is bounded.
    let said = pair
        .events
        .iter()
        .filter(|event| matches!(event, Event::Malformed { notice, .. } if !notice.title.is_empty()));
    assert!(said.count() < 40);
}

#[test]
fn a_link_that_is_cut_comes_back_with_the_same_channels() {
    let mut pair = mast("");
    pair.pass(10.0);
    let paths: Vec<String> = pair.paths().into_iter().map(str::to_owned).collect();
    pair.simulate(SimulatorInput::Fault(Fault::Cut, true));
    let link = |pair: &Pair| numbers(pair, "connection");
    assert_eq!(link(&pair), [1.0, 0.0]);
    pair.open();
    pair.pass(10.0);
    assert_eq!(
        (link(&pair), pair.paths()),
        (vec![1.0, 0.0, 1.0], paths.iter().map(String::as_str).collect())
    );
    assert_eq!(pair.count(|event| *event == Event::Live), 2);
}

#[test]
fn a_gap_is_survived_and_a_dead_link_is_not_believed_in() {
    let mut pair = mast("");
    pair.pass(10.0);
    pair.simulate(SimulatorInput::Fault(Fault::Gap, true));
    pair.pass(30.0);
    assert!(pair.is_connected);
    let speeds = numbers(&pair, "Wind/speed").len();
    assert!(speeds > 140, "{speeds}");
    // A sign of life that was asked for in the gap is lost, and the link is made anew.
    assert!(pair.count(|event| matches!(event, Event::Recognised { .. })) <= 2);
    let mut pair = mast("mute-ping");
    pair.pass(60.0);
    assert!(pair.count(|event| matches!(event, Event::Recognised { .. })) > 5);
}

#[test]
fn the_hello_is_waited_for_and_a_refused_login_is_told() {
    let mut pair = mast("late-hello=3000");
    pair.pass(2.9);
    assert!(pair.sent.is_empty());
    pair.pass(5.0);
    assert!(pair.is_live());
    for quirks in ["locked", "no-hello"] {
        let mut pair = mast(quirks);
        pair.pass(5.2);
        assert_eq!(pair.notices(), ["The device did not say what was waited for"], "{quirks}");
        assert!(!pair.is_live());
        pair.pass(30.0);
        assert!(!pair.is_live());
    }
}

#[test]
fn makers_write_numbers_as_they_like() {
    let mut pair = mast("text-numbers");
    pair.pass(10.0);
    assert!(numbers(&pair, "Supply/voltage").iter().all(|voltage| (11.0..14.0).contains(voltage)));
    pair.assert_clean();
    // Read in the wrong order the bytes make no sense, and nothing falls.
    let mut pair = mast("big-endian");
    pair.pass(10.0);
    assert!(pair.is_live());
}

#[test]
fn a_clock_that_is_set_back_does_not_freeze_the_supply() {
    let mut pair = mast("clock-back");
    pair.pass(70.0);
    assert_eq!(pair.violations(), ["the source's clock does not go back"]);
    let readings = &pair.readings()["Supply/voltage"];
    assert!(readings.len() >= 13, "{}", readings.len());
    let unknown = readings.iter().filter(|reading| reading.taken.is_none()).count();
    assert!((5..=7).contains(&unknown), "{unknown}");
}

#[test]
fn a_pause_asks_nothing_and_a_mast_that_hears_pings_stays() {
    let mut pair = mast("");
    pair.pass(10.0);
    pair.request(Request::Pause { on: true });
    let (sent, told) = (pair.sent.len(), numbers(&pair, "Wind/speed").len());
    pair.pass(60.0);
    assert!(pair.sent[sent..].iter().all(|frame| frame.contains("ping")), "{:?}", &pair.sent[sent..]);
    assert!(pair.sent.len() >= sent + 5 && pair.is_connected);
    assert_eq!(numbers(&pair, "Wind/speed").len(), told);
    pair.request(Request::Pause { on: false });
    pair.pass(10.0);
    assert!(numbers(&pair, "Wind/speed").len() > told + 45);
    assert!(pair.sent.last().is_some_and(|frame| frame.contains("cmd")));
    assert_eq!(pair.count(|event| matches!(event, Event::Recognised { .. })), 1);
}

#[test]
fn a_voltage_can_be_asked_for() {
    let mut pair = mast("");
    pair.pass(7.0);
    let channel = pair.channel("Supply/voltage");
    let request = pair.request(Request::Read { channel });
    assert!(pair.outcome(request).is_some());
}
