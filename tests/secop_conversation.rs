//! A SECoP session from the first frame to readings, writes and commands.

mod util;

use porthole::model::event::{Event, Outcome, Request};
use porthole::model::reading::{Activity, Report};
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::options::Options;
use porthole::protocol::secop::PROTOCOL;
use porthole::protocol::{Input, Output};
use util::clock::secs;
use util::secop_bench::{FRAPPY, IDENTITY, SecopBench, TWO};

#[test]
fn a_node_is_identified_described_and_activated() {
    let mut bench = SecopBench::new();
    bench.open();
    assert_eq!(bench.sent(), ["*IDN?"]);
    bench.take();
    bench.text(IDENTITY);
    assert_eq!(bench.sent(), ["describe"]);
    assert_eq!(bench.events(), [&Event::Recognised { speaks: "SECoP v1.0".into() }]);
    bench.take();
    bench.text(&format!("describing . {FRAPPY}"));
    assert_eq!(bench.sent(), ["activate"]);
    assert!(matches!(bench.events()[0], Event::Catalog { changes: None, .. }));
    assert_eq!(bench.events()[1], &Event::Patience(secs(10.0)));
    assert_eq!(bench.events().len(), 2);
    bench.take();
    bench.text(r#"update cryo:value [300.0, {"t": 1795230089.00052}]"#);
    assert_eq!(bench.values(), [("cryo/value", Value::Number(300.0))]);
    assert_eq!(bench.readings()[0].1.taken, Some(Timestamp(1_795_230_089_000_520)));
    assert!(!bench.events().contains(&&Event::Live));
    bench.text("active");
    assert!(bench.events().contains(&&Event::Live));
    let on = bench.subscribed();
    assert!(on.contains(&("types/_nest", true)) && !on.iter().any(|(path, _)| *path == "types/_const"));
    assert_eq!(on.len(), bench.catalog.channels.len() - 1, "all but the constant");
    assert_eq!(bench.sent(), ["ping p1"]);
    assert_eq!(bench.violations(), [""; 0]);
}

#[test]
fn the_protocol_makes_such_sessions() {
    let mut session = (PROTOCOL.session)(&Options::default());
    session.handle(util::clock::Clock::new().now, Input::Opened { subprotocol: "" });
    assert!(matches!(session.poll(), Some(Output::Send(_))));
}

#[test]
fn a_write_gives_the_value_as_the_node_took_it() {
    let mut bench = SecopBench::live(TWO);
    let channel = bench.channel("cryo/target");
    let id = bench.ask(Request::Write { channel, value: Value::Number(12.34) });
    assert_eq!(bench.sent(), ["change cryo:target 12.34"]);
    bench.text(r#"update cryo:status [[300, "ramping"], {}]"#);
    let status = bench.readings()[0].1.state.clone().expect("a status has a state");
    assert_eq!(
        (status.activity, status.label.as_str(), status.text.as_str()),
        (Activity::Busy, "BUSY", "ramping")
    );
    bench.take();
    bench.text(r#"changed cryo:target [12.3, {"t": 1795205885.5, "e": 0.05}]"#);
    let data_type = bench.catalog.channels[channel].data_type.clone();
    let done = Outcome::Done { value: Some(Value::Number(12.3)), data_type: Some(data_type) };
    assert_eq!(bench.outcomes(), [(id, &done)]);
    assert_eq!(bench.values(), [("cryo/target", Value::Number(12.3))]);
    assert_eq!(bench.readings()[0].1.uncertainty, Some(0.05));
}

#[test]
fn a_refusal_is_told_in_the_words_of_the_node() {
    let mut bench = SecopBench::live(TWO);
    let channel = bench.channel("cryo/target");
    let id = bench.ask(Request::Write { channel, value: Value::Integer(1000) });
    assert_eq!(bench.sent(), ["change cryo:target 1000"]);
    bench.text(r#"error_change cryo:target ["RangeError", "1000 must be between 0 and 350", {}]"#);
    let refused =
        Outcome::Refused { class: "RangeError".into(), text: "1000 must be between 0 and 350".into() };
    assert_eq!(bench.outcomes(), [(id, &refused)]);
    assert_eq!(bench.readings(), []);
}

#[test]
fn commands_with_and_without_arguments_and_results() {
    let mut bench = SecopBench::live(TWO);
    let stop = bench.command("cryo/stop");
    let square = bench.command("cryo/_square");
    let first = bench.ask(Request::Execute { command: stop, argument: None });
    let second = bench.ask(Request::Execute { command: square, argument: Some(Value::Integer(3)) });
    let third = bench.ask(Request::Execute { command: square, argument: None });
    let fourth = bench.ask(Request::Execute { command: stop, argument: Some(Value::Integer(3)) });
    assert_eq!(bench.sent(), ["do cryo:stop", "do cryo:_square 3"]);
    assert!(
        matches!(bench.outcomes()[..], [(a, Outcome::NotSent(_)), (b, Outcome::NotSent(_))] if a == third && b == fourth)
    );
    bench.take();
    bench.text("done cryo:_square [9.0, {}]");
    bench.text("done cryo:stop [null, {}]");
    let result = bench.catalog.commands[square].result.clone();
    let nine = Outcome::Done { value: Some(Value::Number(9.0)), data_type: result };
    let nothing = Outcome::Done { value: None, data_type: None };
    assert_eq!(bench.outcomes(), [(second, &nine), (first, &nothing)]);
}

#[test]
fn a_read_brings_a_reading_and_a_constant_is_never_read() {
    let mut bench = SecopBench::live(TWO);
    let (value, serial) = (bench.channel("gauge/value"), bench.channel("gauge/_serial"));
    let constant = bench.ask(Request::Read { channel: serial });
    let read = bench.ask(Request::Read { channel: value });
    assert_eq!(bench.sent(), ["read gauge:value"]);
    bench.text("reply gauge:value [2.5, {}]");
    assert_eq!(bench.values(), [("gauge/value", Value::Number(2.5))]);
    let ends: Vec<_> = bench.outcomes().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ends, [constant, read]);
    assert!(matches!(bench.outcomes()[0].1, Outcome::Done { value: Some(Value::Integer(17)), .. }));
    bench.take();
    bench.text("update gauge:_serial [18, {}]");
    assert_eq!(bench.readings(), []);
}

#[test]
fn an_error_instead_of_a_value_is_a_reading_too() {
    let mut bench = SecopBench::live(TWO);
    bench.text(r#"error_update cryo:value ["HardwareError", "sensor disconnected", {"t": 1795205926.5}]"#);
    let (path, reading) = bench.readings()[0];
    let report = Report::Error { class: "HardwareError".into(), text: "sensor disconnected".into() };
    assert_eq!((path, &reading.report), ("cryo/value", &report));
    assert_eq!(reading.taken, Some(Timestamp(1_795_205_926_500_000)));
}
