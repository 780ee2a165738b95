//! A connector and its link together: a device that is as its definition says keeps its link, a dead one does not.

mod util;

use porthole::model::event::Event;
use porthole::model::reading::Report;
use porthole::model::value::Value;
use porthole::protocol::connection::{Action, ConnectionInput, SocketEvent};
use porthole::protocol::connector::PROTOCOL;
use util::bench::Bench;
use util::clock::secs;
use util::connector_bench::definition;

const RULE: &str = r#""messages":[{"each_leaf":""}]"#;

/// A connection of a definition with these members, live.
fn live(members: &str) -> Bench {
    let text = definition(&format!("{members},{RULE}"));
    let options = [("definition_text".to_owned(), text)];
    let mut bench = Bench::with_options("ws://device.lab:8080/", &[&PROTOCOL], &options, 1);
    bench.input(ConnectionInput::Start);
    bench.open();
    bench.text(r#"{"t":1.5}"#);
    assert!(bench.connection.link().is_live());
    bench.take();
    bench
}

/// What the link's channel has said since the last [`Bench::take`].
fn link_values(bench: &Bench) -> Vec<i64> {
    let codes = bench.events().into_iter().filter_map(|event| match event {
        Event::Reading { channel: 0, reading } => match &reading.report {
            Report::Value(Value::Enum { code, .. }) => Some(*code),
            other => panic!("{other:?}"),
        },
        _ => None,
    });
    codes.collect()
}

#[test]
fn a_device_that_tells_what_changes_is_stale_after_half_a_minute_and_given_up_after_another_minute() {
    let mut bench = live(r#""description":"asks nothing""#);
    bench.pass(secs(29.0));
    assert_eq!(bench.states(), Vec::<&str>::new());
    bench.pass(secs(8.0));
    assert_eq!(bench.states(), ["silent"]);
    bench.pass(secs(45.0));
    assert_eq!(bench.states(), ["silent"]);
    bench.pass(secs(15.0));
    assert_eq!(bench.states()[1], "waiting");
    assert_eq!(link_values(&bench), [0]);
}

#[test]
fn a_device_that_says_so_may_be_silent_for_an_hour() {
    let mut bench = live(r#""close_on_silence_s":3600"#);
    bench.pass(secs(3599.0));
    assert_eq!(bench.states(), Vec::<&str>::new());
    bench.pass(secs(1.001));
    assert_eq!(bench.states(), ["waiting"]);
    assert!(bench.failure().evidence.contains("nothing came for longer than the definition allows"));
}

#[test]
fn a_device_that_answers_slow_questions_never_counts_as_silent() {
    let poll = r#""poll":[{"send":"q","every_s":90,"response":{"match":{"path":"/a"}},"timeout_ms":20000}]"#;
    let mut bench = live(poll);
    bench.text(r#"{"a":1}"#);
    for _ in 0..10 {
        bench.take();
        bench.pass(secs(90.0));
        assert_eq!(bench.sent(), ["q"]);
        bench.pass(secs(15.0));
        assert_eq!(bench.states(), Vec::<&str>::new());
        bench.text(r#"{"a":1}"#);
        bench.pass(secs(0.1));
    }
}

#[test]
fn a_device_that_does_not_answer_a_sign_of_life_is_dialled_again() {
    let keepalive =
        r#""keepalive":{"send":"ping","every_s":5,"response":{"match":{"path":"/a"}},"timeout_ms":2000}"#;
    let mut bench = live(keepalive);
    bench.text(r#"{"a":1}"#);
    bench.pass(secs(6.9));
    assert_eq!(bench.states(), Vec::<&str>::new());
    bench.pass(secs(0.2));
    assert_eq!(bench.states()[0], "waiting");
    assert_eq!(link_values(&bench), [0]);
    bench.take();
    bench.pass(secs(2.0));
    bench.open();
    bench.text(r#"{"a":1}"#);
    assert!(bench.connection.link().is_live());
    assert_eq!(link_values(&bench), [1]);
}

#[test]
fn a_definition_that_cannot_be_read_is_not_dialled_again() {
    let options = [("definition".to_owned(), "nobody".to_owned())];
    let mut bench = Bench::with_options("ws://device.lab:8080/", &[&PROTOCOL], &options, 1);
    bench.input(ConnectionInput::Start);
    bench.open();
    assert_eq!(bench.connection.link().word(), "failed");
    assert_eq!(bench.failure().title, "There is no definition nobody");
    bench.pass(secs(100.0));
    assert_eq!(bench.dials.len(), 1);
}

#[test]
fn without_its_secret_a_definition_says_nothing_and_asks() {
    let text = r#"{"porthole":1,"kind":"connector","name":"Bench","url":"ws://lab:1/",
        "parameters":[{"name":"token","label":"Token","secret":true}],"open":[{"send":{"token":"{token}"}}]}"#;
    let options = [("definition_text".to_owned(), text.to_owned())];
    let mut bench = Bench::with_options("ws://lab:1/", &[&PROTOCOL], &options, 1);
    bench.input(ConnectionInput::Start);
    bench.socket(SocketEvent::Opened { subprotocol: "" });
    assert!(!bench.actions.iter().any(|action| matches!(action, Action::Send { .. })));
    let failure = bench.failure();
    assert_eq!(failure.title, "The definition needs a secret: Token");
    assert!(failure.causes.iter().any(|cause| cause.offer.is_some()), "a way to fill it in");
}

#[test]
fn a_definition_says_which_subprotocols_are_offered() {
    let text =
        r#"{"porthole":1,"kind":"connector","name":"Bench","url":"ws://lab:1/","subprotocols":["bench.v1"]}"#;
    let options = [("definition_text".to_owned(), text.to_owned())];
    let bench = Bench::with_options("ws://lab:1/", &[&PROTOCOL], &options, 1);
    assert_eq!(bench.connection.offered(Vec::new()), ["bench.v1"]);
    assert_eq!(bench.connection.offered(vec!["mine".to_owned()]), ["mine"], "what a person chose holds");
}
