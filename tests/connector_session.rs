//! The session of a connector does what its definition says, when it says so, and tells what comes of it.

mod util;

use std::time::Duration;

use porthole::model::alarm::Grade;
use porthole::model::catalog::Role;
use porthole::model::datatype::DataType;
use porthole::model::event::{Event, Outcome, Request};
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::connector::PROTOCOL;
use porthole::protocol::{Input, Output};
use util::clock::secs;
use util::connector_bench::{ConnectorBench, Device, open, open_with, options};

/// A rule for `{"name": …, "value": …}`, with a time in seconds where there is one.
const RULE: &str = r#""messages":[{"when":[{"path":"/name"}],"name":{"path":"/name"},"value":{"path":"/value"},
    "time":{"path":"/at","format":"unix"}}]"#;
/// A login and a subscription, each after an answer.
const STEPS: &str = r#""open":[
    {"send":{"cmd":"login"},"after":{"match":{"path":"/hello"}},"timeout_ms":3000},
    {"send":"ready"},
    {"send":{"cmd":"subscribe","id":"{id#}"},"after":{"match":{"path":"/login","equals":"ok"}},"timeout_ms":2000}]"#;
/// A question each 5 s whose answer names it.
const POLL: &str = r#""poll":[{"name":"status","send":{"ask":"status","id":"{id#}"},"every_s":5,
    "response":{"match":{"path":"/id","equals":"{id}"}},"timeout_ms":2000}]"#;
const KEEPALIVE: &str = r#""keepalive":{"send":"ping","every_s":4,
    "response":{"match":{"path":"/pong"}},"timeout_ms":1500}"#;

fn with(parts: &[&str]) -> String {
    parts.join(",")
}

fn value(name: &str, value: &str) -> String {
    format!(r#"{{"name":"{name}","value":{value}}}"#)
}

fn number(value: f64) -> Value {
    Value::Number(value)
}

/// A session that receives readings and asks nothing.
fn streaming() -> ConnectorBench {
    let mut bench = open(RULE);
    bench.text(&value("t", "1.5"));
    bench.take();
    bench
}

#[test]
fn each_step_waits_for_its_message() {
    let mut bench = open(&with(&[STEPS, RULE]));
    assert_eq!(bench.sent(), Vec::<String>::new());
    bench.text(r#"{"name":"early","value":1.5}"#);
    assert!(bench.is_recognised() && !bench.is_live());
    assert_eq!(bench.sent(), Vec::<String>::new());
    bench.pass(secs(2.0));
    bench.text(r#"{"hello":"device"}"#);
    assert_eq!(bench.sent(), [r#"{"cmd":"login"}"#, "ready"]);
    // The time starts anew with each step.
    bench.pass(secs(1.5));
    bench.text(r#"{"login":"no"}"#);
    assert_eq!(bench.sent(), Vec::<String>::new());
    bench.text(r#"{"login":"ok"}"#);
    assert_eq!(bench.sent(), [r#"{"cmd":"subscribe","id":3}"#]);
    assert!(bench.is_live());
    assert_eq!(bench.values(), [("early", &number(1.5))]);
    assert!(bench.closes.is_empty());
}

#[test]
fn a_step_that_waits_in_vain_ends_the_link() {
    let mut bench = open(&with(&[STEPS, RULE]));
    bench.text(r#"{"hello":"device"}"#);
    bench.pass(secs(1.9));
    assert!(bench.closes.is_empty());
    bench.pass(secs(0.2));
    assert_eq!(bench.notices(), ["The device did not say what was waited for"]);
    assert_eq!(bench.closes, ["what the definition sends first was not answered as it says"]);
    assert_eq!(bench.session.deadline(), None);
    // It begins anew.
    bench.sent();
    bench.reopen();
    bench.text(r#"{"hello":"device"}"#);
    assert_eq!(bench.sent(), [r#"{"cmd":"login"}"#, "ready"]);
}

#[test]
fn polls_go_at_once_and_then_on_their_beat() {
    let mut bench = open(&with(&[POLL, RULE]));
    assert_eq!(bench.sent(), [r#"{"ask":"status","id":1}"#]);
    bench.pass(secs(0.25));
    bench.text(r#"{"id":1,"name":"t","value":2.5}"#);
    assert_eq!(bench.values(), [("t", &number(2.5))]);
    let round_trip = Duration::from_millis(250);
    assert!(bench.events().contains(&&Event::Heartbeat { round_trip, clock_offset: None }));
    bench.pass(secs(4.7));
    assert_eq!(bench.sent(), Vec::<String>::new());
    bench.pass(secs(0.1));
    assert_eq!(bench.sent(), [r#"{"ask":"status","id":2}"#]);
}

#[test]
fn an_answer_is_that_of_its_own_question() {
    let mut bench = open(&with(&[POLL, RULE]));
    for frame in [r#"{"id":7}"#, r#"{"id":"x"}"#, r#"{"name":"t","value":1.5}"#] {
        bench.text(frame);
    }
    bench.pass(secs(2.1));
    assert_eq!(bench.violations(), ["a question is answered in time"]);
    assert_eq!(bench.notices(), ["No answer to the poll status"]);
    assert!(bench.closes.is_empty());
    // What comes late answers nothing, and what it says counts all the same.
    bench.take();
    bench.text(r#"{"id":1,"name":"t","value":3.5}"#);
    assert_eq!(bench.values(), [("t", &number(3.5))]);
    assert!(!bench.events().iter().any(|event| matches!(event, Event::Heartbeat { .. })));
    bench.sent();
    bench.pass(secs(3.0));
    assert_eq!(bench.sent(), [r#"{"ask":"status","id":2}"#]);
}

#[test]
fn a_device_that_answers_nothing_three_times_and_says_nothing_else_is_given_up() {
    let mut bench = open(&with(&[POLL, RULE]));
    bench.text(r#"{"id":1,"name":"t","value":1.5}"#);
    bench.pass(secs(16.0));
    assert!(bench.closes.is_empty(), "two were not answered: {:?}", bench.closes);
    bench.pass(secs(2.0));
    assert_eq!(bench.closes, ["no answer to the poll status"]);
    // One that speaks of other things stays.
    let mut bench = open(&with(&[POLL, RULE]));
    for _ in 0..20 {
        bench.text(&value("t", "1.5"));
        bench.pass(secs(2.0));
    }
    assert!(bench.closes.is_empty());
    assert!(bench.violations().len() >= 6);
    // And that is said once in a row, not each time.
    assert_eq!(bench.notices().len(), 1);
}

#[test]
fn a_sign_of_life_that_is_not_answered_ends_the_link() {
    let mut bench = open(&with(&[KEEPALIVE, RULE]));
    assert_eq!(bench.sent(), ["ping"]);
    bench.text(r#"{"pong":1}"#);
    assert!(bench.is_recognised());
    bench.pass(secs(4.0));
    assert_eq!(bench.sent(), ["ping"]);
    bench.pass(secs(1.4));
    bench.text(&value("t", "1.5"));
    bench.pass(secs(0.2));
    assert_eq!(bench.closes, ["the question for a sign of life was not answered"]);
}

#[test]
fn silence_ends_the_link_where_the_definition_says_so() {
    let members = with(&[r#""close_on_silence_s":12"#, RULE]);
    let mut bench = open(&members);
    bench.text(&value("t", "1.5"));
    bench.pass(secs(11.0));
    bench.text(&value("t", "1.5"));
    bench.pass(secs(11.9));
    assert!(bench.closes.is_empty());
    bench.pass(secs(0.2));
    assert_eq!(bench.closes, ["nothing came for longer than the definition allows"]);
    for (chosen, limit) in [("3", 3.0), ("0", 1000.0)] {
        let mut bench = open_with(&members, &[("silence_s", chosen)], &[]);
        bench.text(&value("t", "1.5"));
        bench.pass(secs(limit - 0.1));
        assert!(bench.closes.is_empty());
        bench.pass(secs(0.2));
        assert_eq!(bench.closes.is_empty(), chosen == "0");
    }
}

#[test]
fn a_device_that_says_nothing_unasked_is_taken_at_its_word() {
    let mut bench = open(RULE);
    bench.pass(secs(3.9));
    assert!(!bench.is_recognised());
    bench.pass(secs(0.2));
    assert!(bench.is_recognised());
    assert_eq!(bench.notices(), ["Open, but nothing has come yet"]);
    assert!(bench.events().contains(&&Event::Patience(Duration::from_mins(1))));
    bench.pass(secs(2.0));
    assert!(bench.is_live());
    assert_eq!(bench.link(), [1]);
    let remedy = bench.catalog.remedy.as_ref().expect("there is nothing to see");
    assert_eq!(remedy.title, "No message with values has come yet");
    // Where it must answer, it is no device.
    for asked in [POLL, KEEPALIVE] {
        let mut bench = open(&with(&[asked, RULE]));
        bench.pass(secs(8.0));
        assert!(!bench.is_recognised());
        assert_eq!(bench.closes.len(), 1, "{asked}");
    }
    // A step may take its time.
    let slow = STEPS.replace("3000", "8000");
    let mut bench = open(&with(&[&slow, RULE]));
    bench.pass(secs(7.5));
    assert!(bench.is_recognised() && !bench.is_live());
    bench.text(r#"{"hello":1}"#);
    assert_eq!(bench.sent().len(), 2);
}

#[test]
fn what_cannot_be_read_is_no_device() {
    let mut bench = open(RULE);
    bench.text("hello there");
    bench.input(Input::Binary(b"\xff\xfe\x00"));
    let malformed = |event: &&Event| matches!(event, Event::Malformed { .. });
    assert_eq!(bench.events().into_iter().filter(malformed).count(), 2);
    bench.pass(secs(5.1));
    assert!(!bench.is_recognised());
    assert_eq!(bench.closes, ["nothing came in time that the definition can read"]);
}

#[test]
fn messages_that_no_rule_reads_are_no_fault_and_explain_an_empty_page() {
    let mut bench = open(RULE);
    for _ in 0..3 {
        bench.text(r#"{"other":1}"#);
    }
    bench.pass(secs(2.1));
    assert!(bench.is_live() && bench.violations().is_empty());
    assert!(!bench.events().iter().any(|event| matches!(event, Event::Malformed { .. })));
    let remedy = bench.catalog.remedy.clone().expect("there is nothing to see");
    assert_eq!(remedy.title, "No rule of the definition reads what comes");
    assert!(remedy.text.contains('3'), "{}", remedy.text);
    bench.text(&value("t", "1.5"));
    assert_eq!(bench.catalog.remedy, None);
}

fn is_alive(bench: &mut ConnectorBench) -> bool {
    bench.take();
    bench.input(Input::Probe);
    bench.outputs.contains(&Output::Alive)
}

#[test]
fn a_link_that_asks_nothing_lives_on_for_a_while_and_no_longer() {
    let mut bench = streaming();
    bench.pass(secs(29.0));
    assert!(is_alive(&mut bench));
    bench.pass(secs(2.0));
    assert!(!is_alive(&mut bench));
    // Three times the longest gap that there was: 31 s.
    bench.text(&value("t", "1.5"));
    bench.pass(secs(92.0));
    assert!(is_alive(&mut bench));
    bench.pass(secs(2.0));
    assert!(!is_alive(&mut bench));
    // And never for longer than five minutes.
    bench.pass(secs(1000.0));
    bench.text(&value("t", "1.5"));
    bench.pass(secs(299.0));
    assert!(is_alive(&mut bench));
    bench.pass(secs(2.0));
    assert!(!is_alive(&mut bench));
}

#[test]
fn a_link_that_asks_lives_as_long_as_its_answer_may_take() {
    let mut bench = open(&with(&[POLL, RULE]));
    bench.text(r#"{"id":1,"name":"t","value":1.5}"#);
    assert!(bench.events().contains(&&Event::Patience(Duration::ZERO)));
    bench.pass(secs(6.9));
    assert!(is_alive(&mut bench));
    bench.pass(secs(0.2));
    assert!(!is_alive(&mut bench));
}

#[test]
fn a_pause_keeps_the_link_and_asks_nothing_of_it() {
    let mut bench = open(&with(&[POLL, KEEPALIVE, RULE]));
    assert!(bench.catalog.pausable || bench.catalog.channels.is_empty());
    bench.text(r#"{"id":1,"name":"t","value":1.5}"#);
    bench.text(r#"{"pong":1}"#);
    assert!(bench.catalog.pausable);
    bench.sent();
    bench.take();
    let request = bench.ask(Request::Pause { on: true });
    assert_eq!(bench.subscribed(), [("t", false)]);
    assert_eq!(bench.outcomes(), [(request, &Outcome::Done { value: None, data_type: None })]);
    bench.take();
    for _ in 0..10 {
        bench.text(&value("t", "7.5"));
        bench.pass(secs(1.0));
        if bench.sent() == ["ping"] {
            bench.text(r#"{"pong":1}"#);
        }
    }
    bench.text(&value("t", "8.5"));
    assert_eq!(bench.values(), []);
    assert!(bench.closes.is_empty());
    bench.take();
    bench.sent();
    bench.ask(Request::Pause { on: false });
    assert_eq!(bench.subscribed(), [("t", true)]);
    // What came last is told, and the poll goes at once.
    assert_eq!(bench.values(), [("t", &number(8.5))]);
    assert_eq!(bench.sent().len(), 1);
}

#[test]
fn a_paused_link_without_questions_is_believed_in() {
    let mut bench = open(&with(&[r#""close_on_silence_s":12"#, RULE]));
    bench.text(&value("t", "1.5"));
    bench.ask(Request::Pause { on: true });
    bench.pass(secs(600.0));
    assert!(is_alive(&mut bench) && bench.closes.is_empty());
    bench.ask(Request::Pause { on: false });
    bench.pass(secs(11.9));
    assert!(bench.closes.is_empty());
    bench.pass(secs(0.2));
    assert_eq!(bench.closes.len(), 1);
}

#[test]
fn what_nobody_wants_is_not_told_and_not_asked_for() {
    let mut bench = open(&with(&[POLL, RULE]));
    bench.text(r#"{"id":1,"name":"a","value":1.5}"#);
    bench.text(&value("b", "2.5"));
    bench.pass(secs(1.0));
    let (a, b) = (bench.channel("a"), bench.channel("b"));
    bench.take();
    bench.ask(Request::Subscribe { channel: a, on: false });
    assert_eq!(bench.subscribed(), [("a", false)]);
    bench.text(&value("a", "3.5"));
    bench.text(&value("b", "4.5"));
    assert_eq!(bench.values(), [("b", &number(4.5))]);
    bench.ask(Request::Subscribe { channel: b, on: false });
    bench.sent();
    bench.pass(secs(30.0));
    assert_eq!(bench.sent(), Vec::<String>::new());
    // The choice outlives the socket.
    bench.reopen();
    bench.take();
    bench.text(&value("a", "5.5"));
    assert_eq!(bench.values(), []);
    bench.ask(Request::Subscribe { channel: a, on: true });
    assert_eq!(bench.values(), [("a", &number(5.5))]);
    assert_eq!(bench.sent().len(), 1);
}

#[test]
fn the_link_is_a_channel_like_any_other() {
    let mut bench = streaming();
    assert_eq!((bench.channel("connection"), bench.catalog.groups[0].title.as_str()), (0, "Connection"));
    let channel = &bench.catalog.channels[0];
    assert_eq!(channel.role, Role::Link);
    let thresholds = channel.monitoring.thresholds.as_ref().expect("it is watched");
    let closed = Value::Enum { code: 0, label: Some("Closed".into()) };
    assert_eq!(thresholds.grade(&closed).0, Grade::Critical);
    bench.input(Input::Closed);
    assert_eq!(bench.link(), [0]);
    bench.take();
    bench.input(Input::Closed);
    assert_eq!(bench.link(), Vec::<i64>::new());
    bench.input(Input::Opened { subprotocol: "" });
    assert_eq!(bench.link(), Vec::<i64>::new());
    bench.text(&value("t", "1.5"));
    assert_eq!(bench.link(), [1]);
    // A definition may say otherwise.
    let own = with(&[
        r#""thresholds":{"connection":{"states":{"Closed":"warning"}},"*":{"warning_high":1}}"#,
        RULE,
    ]);
    let mut bench = open(&own);
    bench.text(&value("t", "1.5"));
    let thresholds = bench.catalog.channels[0].monitoring.thresholds.as_ref().expect("it is watched");
    assert_eq!(thresholds.grade(&closed).0, Grade::Warning);
}

#[test]
fn a_reconnect_goes_on_with_the_same_channels() {
    let mut bench = open(&with(&[STEPS, RULE]));
    for frame in [r#"{"hello":1}"#, r#"{"login":"ok"}"#, &value("a", "1.5"), &value("b", "2.5")] {
        bench.text(frame);
    }
    bench.pass(secs(1.0));
    let paths: Vec<String> = bench.catalog.channels.iter().map(|channel| channel.path.clone()).collect();
    assert_eq!(paths, ["connection", "a", "b"]);
    bench.sent();
    bench.input(Input::Closed);
    bench.take();
    bench.input(Input::Opened { subprotocol: "" });
    bench.text(r#"{"hello":1}"#);
    bench.text(r#"{"login":"ok"}"#);
    assert_eq!(bench.sent().len(), 3);
    bench.text(&value("b", "3.5"));
    assert!(bench.is_live() && bench.is_recognised());
    assert_eq!((bench.values(), bench.catalogs()), (vec![("b", &number(3.5))], 0));
}

#[test]
fn channels_appear_as_they_are_seen_and_not_one_by_one() {
    let mut bench = open(RULE);
    bench.text(&value("c0", "0.5"));
    bench.take();
    for index in 1..100 {
        bench.text(&value(&format!("c{index}"), "1.5"));
        bench.text(&value("c0", "2.5"));
        bench.pass(secs(0.01));
    }
    // What is known is told at once, what is new when it is known.
    let known = bench.readings().iter().filter(|(path, _)| *path == "c0").count();
    assert_eq!(known, 99);
    assert!((2..=4).contains(&bench.catalogs()), "{} catalogs in a second", bench.catalogs());
    bench.pass(secs(0.5));
    assert_eq!(bench.catalog.channels.len(), 101);
    for (index, channel) in bench.catalog.channels.iter().enumerate().skip(1) {
        assert_eq!(channel.path, format!("c{}", index - 1));
        let told = bench.readings().iter().filter(|(path, _)| *path == channel.path).count();
        assert!(told >= 1, "{} was told {told} times", channel.path);
    }
    // No reading comes before its channel.
    let mut channels = 2;
    for event in bench.events() {
        match event {
            Event::Catalog { catalog, .. } => channels = catalog.channels.len(),
            Event::Reading { channel, .. } => assert!(*channel < channels),
            _ => {}
        }
    }
}

#[test]
fn there_is_an_end_to_channels() {
    let mut bench = open(r#""messages":[{"each_leaf":""}]"#);
    for thousand in 0..21 {
        let names = thousand * 1000..(thousand + 1) * 1000;
        let members: Vec<String> = names.map(|index| format!("\"c{index}\":{index}")).collect();
        bench.text(&format!("{{{}}}", members.join(",")));
    }
    bench.pass(secs(1.0));
    assert_eq!(bench.catalog.channels.len(), 20_001);
    assert_eq!(bench.notices(), ["Too many channels"]);
}

#[test]
fn a_type_grows_with_what_comes() {
    let mut bench = open(RULE);
    bench.text(&value("t", "1.5"));
    bench.pass(secs(1.0));
    let data_type = |bench: &ConnectorBench| bench.catalog.channels[1].data_type.clone();
    assert!(matches!(data_type(&bench), DataType::Number(_)));
    bench.take();
    bench.text(&value("t", "2"));
    assert_eq!((bench.catalogs(), bench.values()), (0, vec![("t", &Value::Integer(2))]));
    bench.text(&value("t", r#""n/a""#));
    assert_eq!(data_type(&bench), DataType::Json);
    assert_eq!(bench.values().last(), Some(&("t", &Value::Text("n/a".to_owned()))));
    bench.take();
    bench.text(&value("t", "3.5"));
    bench.pass(secs(1.0));
    assert_eq!((bench.catalogs(), bench.values()), (0, vec![("t", &number(3.5))]));
    // Nothing says nothing of a type.
    bench.text(&value("u", "null"));
    bench.pass(secs(1.0));
    bench.text(&value("u", "true"));
    assert_eq!(bench.catalog.channels[2].data_type, DataType::Bool);
}

fn at(name: &str, value: f64, seconds: i64) -> String {
    format!(r#"{{"name":"{name}","value":{value},"at":{seconds}}}"#)
}

#[test]
fn a_clock_that_goes_back_does_not_freeze_the_value() {
    let mut bench = open(RULE);
    bench.text(&at("t", 1.5, 1_795_205_870));
    bench.take();
    // One message was overtaken by another: it belongs to the past.
    bench.text(&at("t", 2.5, 1_795_205_868));
    let history =
        Event::History { channel: 1, readings: vec![(Timestamp(1_795_205_868_000_000), number(2.5))] };
    assert_eq!(bench.events(), [&history]);
    bench.take();
    // The clock was set: the value goes on, and when it was taken is not known.
    for second in 0..5 {
        bench.text(&at("t", f64::from(second) + 10.5, 1_795_202_270 + i64::from(second)));
    }
    assert_eq!(bench.violations(), ["the source's clock does not go back"]);
    assert_eq!(bench.notices(), ["The device's clock went back"]);
    let readings = bench.readings();
    assert_eq!(readings.len(), 5);
    assert!(readings.iter().all(|(_, reading)| reading.taken.is_none()));
    bench.take();
    bench.text(&at("t", 9.5, 1_795_205_880));
    assert_eq!(bench.readings()[0].1.taken, Some(Timestamp(1_795_205_880_000_000)));
    // Another socket, another clock.
    bench.reopen();
    bench.take();
    bench.text(&at("t", 4.5, 1_000_000_000));
    assert_eq!(bench.violations(), Vec::<&str>::new());
    assert_eq!(bench.readings()[1].1.taken, Some(Timestamp(1_000_000_000_000_000)));
}

#[test]
fn secrets_are_in_no_event() {
    const SECRET: &str = "hunter2-hunter2";
    let members = with(&[
        r#""parameters":[{"name":"token","secret":true}],
        "open":[{"send":{"login":"{token}"}}]"#,
        RULE,
    ]);
    // One that came as any other option is not taken: it would be seen.
    assert_eq!(open_with(&members, &[("token", SECRET)], &[]).sent(), Vec::<String>::new());
    let mut bench = open_with(&members, &[], &[("token", SECRET)]);
    assert_eq!(bench.sent(), [format!(r#"{{"login":"{SECRET}"}}"#)]);
    bench.text(&format!("you said {SECRET}"));
    bench.text(&value("echo", &format!("\"{SECRET}!\"")));
    bench.text(&value(SECRET, "1.5"));
    bench.text(&format!(r#"{{"name":"t","value":1,"at":"{SECRET}"}}"#));
    bench.input(Input::Binary(SECRET.as_bytes()));
    // Where a text is cut, the beginning of a secret must not be left.
    for room in [20, 30, 35, 390, 395] {
        let filler = "x".repeat(room);
        bench.text(&format!("{filler}{SECRET}"));
        bench.text(&format!(r#"{{"name":"t","value":1,"at":"{filler}{SECRET}"}}"#));
        bench.pass(secs(10.0));
    }
    bench.pass(secs(1.0));
    assert!(bench.values().len() >= 2);
    for output in &bench.outputs {
        let said = format!("{output:?}");
        assert!(matches!(output, Output::Send(_)) || !said.contains("hunter2"), "{said}");
    }
    let preview = bench.session.preview(&Request::Read { channel: 1 });
    assert_eq!(preview, None);
}

#[test]
fn a_definition_that_cannot_be_read_is_refused_with_all_that_is_wrong() {
    let text = r#"{"porthole":1,"kind":"connector","name":"Bad","url":"http://x","frame":"xml"}"#;
    let mut options = options(text, &[("definition", "bad")], &[]);
    let mut bench = ConnectorBench::with((PROTOCOL.session)(&options), Device::default());
    bench.input(Input::Opened { subprotocol: "" });
    let [Event::Refused { not_this_protocol: false, notice, .. }] = bench.events()[..] else {
        panic!("{:?}", bench.outputs)
    };
    assert_eq!(notice.title, "The definition bad cannot be read");
    assert!(notice.text.contains("url") && notice.text.contains("frame"), "{}", notice.text);
    options.set("definition_text", "");
    options.set("definition", "nobody has it");
    let mut bench = ConnectorBench::with((PROTOCOL.session)(&options), Device::default());
    bench.input(Input::Opened { subprotocol: "" });
    let [Event::Refused { notice, .. }] = bench.events()[..] else { panic!("{:?}", bench.outputs) };
    assert_eq!(notice.title, "There is no definition nobody has it");
    bench.ask(Request::Raw { text: "x".to_owned() });
    assert_eq!(bench.outcomes().len(), 1);
}

#[test]
fn a_message_that_makes_no_sense_is_refused() {
    let members = r#""parameters":[{"name":"bytes"}],"open":[{"send":"{bytes}","as":"hex"}]"#;
    let bench = open_with(members, &[("bytes", "0g")], &[]);
    let refused = |event: &&Event| matches!(event, Event::Refused { not_this_protocol: false, .. });
    assert_eq!(bench.events().into_iter().filter(refused).count(), 1);
    assert!(bench.frames.is_empty());
}

#[test]
fn a_reading_can_be_asked_for() {
    let mut bench = open(&with(&[POLL, RULE]));
    bench.text(r#"{"id":1,"name":"t","value":1.5}"#);
    bench.pass(secs(1.0));
    bench.sent();
    bench.take();
    let channel = bench.channel("t");
    let request = bench.ask(Request::Read { channel });
    assert_eq!(bench.sent(), [r#"{"ask":"status","id":2}"#]);
    assert_eq!(bench.outcomes(), []);
    bench.text(r#"{"id":2,"name":"t","value":2.5}"#);
    let [(answered, Outcome::Done { value: Some(value), .. })] = bench.outcomes()[..] else {
        panic!("{:?}", bench.outputs)
    };
    assert_eq!((answered, value), (request, &number(2.5)));
    bench.take();
    let request = bench.ask(Request::Read { channel });
    bench.pass(secs(1.0));
    bench.input(Input::Closed);
    assert_eq!(bench.outcomes(), [(request, &Outcome::Lost)]);
    // Where nothing is asked, nothing can be.
    let mut bench = streaming();
    bench.ask(Request::Read { channel: 1 });
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]));
}

#[test]
fn a_line_goes_out_as_it_was_typed() {
    let mut bench = streaming();
    let raw = Request::Raw { text: "{token} 1".to_owned() };
    assert_eq!(bench.session.preview(&raw), Some("{token} 1".to_owned()));
    let request = bench.ask(raw.clone());
    assert_eq!(bench.sent(), ["{token} 1"]);
    assert_eq!(bench.outcomes(), [(request, &Outcome::Done { value: None, data_type: None })]);
    bench.input(Input::Closed);
    bench.take();
    bench.ask(raw);
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]));
    assert_eq!(bench.sent(), Vec::<String>::new());
    for request in [
        Request::Write { channel: 1, value: number(1.0) },
        Request::Expand { group: 0 },
        Request::Execute { command: 0, argument: None },
    ] {
        bench.take();
        bench.ask(request);
        assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]));
    }
}

#[test]
fn a_person_may_choose_other_times() {
    let members = with(&[
        POLL,
        r#""stale_after_s":30,"thresholds":{"t*":{"warning_high":5}},"hysteresis":{"on_s":2,"off_s":3}"#,
        RULE,
    ]);
    let mut bench = open_with(&members, &[("timeout_ms", "500"), ("stale_after_s", "7.5")], &[]);
    bench.text(&value("temperature", "1.5"));
    bench.pass(secs(0.6));
    assert_eq!(bench.violations(), ["a question is answered in time"]);
    let monitoring = &bench.catalog.channels[1].monitoring;
    assert_eq!(monitoring.stale_after, Some(secs(7.5)));
    let thresholds = monitoring.thresholds.as_ref().expect("they are defined");
    assert_eq!((thresholds.on_after, thresholds.off_after), (secs(2.0), secs(3.0)));
    assert_eq!(thresholds.grade(&number(6.0)).0, Grade::Warning);
}

#[test]
fn who_waits_while_this_machine_sleeps_is_not_judged_for_it() {
    let mut bench = open(&with(&[POLL, KEEPALIVE, r#""close_on_silence_s":20"#, RULE]));
    bench.text(r#"{"pong":1}"#);
    bench.text(r#"{"id":1,"name":"t","value":1.5}"#);
    bench.pass(secs(4.5));
    assert_eq!(bench.sent().len(), 3);
    bench.take();
    // The answer was on its way; the timer is noticed first.
    bench.clock.pass(secs(600.0));
    bench.input(Input::Timeout);
    assert!(bench.closes.is_empty() && bench.violations().is_empty());
    bench.text(r#"{"pong":1}"#);
    bench.pass(secs(1.0));
    assert!(bench.closes.is_empty());
    // Once is enough.
    bench.pass(secs(30.0));
    assert_eq!(bench.closes, ["the question for a sign of life was not answered"]);
}

#[test]
fn a_paused_link_comes_back_though_nothing_is_asked() {
    let mut bench = open(&with(&[POLL, RULE]));
    bench.text(r#"{"id":1,"name":"t","value":1.5}"#);
    bench.ask(Request::Pause { on: true });
    bench.reopen();
    bench.take();
    bench.pass(secs(7.0));
    assert!(bench.is_recognised() && bench.closes.is_empty());
    assert_eq!(bench.link(), [1]);
}
