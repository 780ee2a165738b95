//! Requests: their order, their number, their time, and which answer is whose.

mod util;

use porthole::model::event::{Event, LogLevel, Outcome, Request, RequestId};
use porthole::model::value::Value;
use porthole::protocol::Input;
use util::clock::secs;
use util::secop_bench::{FRAPPY, SecopBench, TWO};

fn write(bench: &mut SecopBench, number: f64) -> RequestId {
    let channel = bench.channel("cryo/target");
    bench.ask(Request::Write { channel, value: Value::Number(number) })
}

fn read(bench: &mut SecopBench, path: &str) -> RequestId {
    let channel = bench.channel(path);
    bench.ask(Request::Read { channel })
}

fn raw(bench: &mut SecopBench, text: &str) -> RequestId {
    bench.ask(Request::Raw { text: text.into() })
}

fn ended(bench: &SecopBench) -> Vec<RequestId> {
    bench.outcomes().into_iter().map(|(id, _)| id).collect()
}

#[test]
fn answers_in_any_order_find_their_requests() {
    let mut bench = SecopBench::live(TWO);
    let a = read(&mut bench, "cryo/value");
    let b = read(&mut bench, "gauge/value");
    let c = write(&mut bench, 1.0);
    let d = read(&mut bench, "cryo/target");
    assert_eq!(
        bench.sent(),
        ["read cryo:value", "read gauge:value", "change cryo:target 1.0", "read cryo:target"]
    );
    bench.text("reply cryo:target [1, {}]");
    bench.text("changed cryo:target [1, {}]");
    bench.text("update cryo:value [7, {}]");
    bench.text("reply gauge:value [2, {}]");
    bench.text("error_read cryo:value [\"ReadFailed\", \"no\", {}]");
    assert_eq!(ended(&bench), [d, c, b, a]);
}

#[test]
fn a_preview_is_what_would_be_sent_and_sends_nothing() {
    let mut bench = SecopBench::live(FRAPPY);
    let channel = bench.channel("cryo/target");
    let requests = [
        Request::Read { channel: bench.channel("cryo/value") },
        Request::Write { channel, value: Value::Number(300.5) },
        Request::Execute { command: bench.command("cryo/stop"), argument: None },
    ];
    let shown: Vec<_> = requests.iter().map(|request| bench.session.preview(request)).collect();
    assert!(bench.sent().is_empty());
    assert_eq!(shown.iter().flatten().count(), requests.len());
    for request in requests {
        bench.ask(request);
    }
    assert_eq!(bench.sent(), shown.iter().flatten().collect::<Vec<_>>());
    let refused = [
        Request::Write { channel, value: Value::Text("warm".to_owned()) },
        Request::Write { channel: bench.channel("cryo/value"), value: Value::Number(1.0) },
        Request::Write { channel: 9_999, value: Value::Number(1.0) },
    ];
    for request in refused {
        assert_eq!(bench.session.preview(&request), None, "{request:?} would not be sent");
    }
}

#[test]
fn one_request_of_a_kind_is_outstanding_and_the_others_wait() {
    let mut bench = SecopBench::live(TWO);
    let ids = [write(&mut bench, 1.0), write(&mut bench, 2.0), write(&mut bench, 3.0)];
    assert_eq!(bench.sent(), ["change cryo:target 1.0"]);
    bench.text("changed cryo:target [1, {}]");
    bench.text("error_change cryo:target [\"IsBusy\", \"no\", {}]");
    bench.text("changed cryo:target [3, {}]");
    assert_eq!(bench.sent(), ["change cryo:target 1.0", "change cryo:target 2.0", "change cryo:target 3.0"]);
    assert_eq!(ended(&bench), ids);
}

#[test]
fn waiting_requests_are_limited() {
    let mut bench = SecopBench::live(TWO);
    for number in 0..100 {
        write(&mut bench, f64::from(number));
    }
    assert_eq!(bench.outcomes().len(), 100 - 1 - 64);
    assert!(bench.outcomes().iter().all(|(_, outcome)| matches!(outcome, Outcome::NotSent(_))));
}

#[test]
fn waiting_requests_are_limited_in_all() {
    let mut bench = SecopBench::live(FRAPPY);
    let channels: Vec<_> = bench
        .catalog
        .channels
        .iter()
        .enumerate()
        .filter(|(_, channel)| channel.constant.is_none())
        .map(|(index, _)| index)
        .collect();
    for _ in 0..40 {
        for &channel in &channels {
            bench.ask(Request::Read { channel });
        }
    }
    assert_eq!(bench.sent().len(), channels.len());
    assert_eq!(bench.outcomes().len(), 40 * channels.len() - 1_000);
    bench.take();
    bench.input(Input::Closed);
    assert_eq!(bench.outcomes().len(), 1_000);
}

#[test]
fn a_shortened_or_lengthened_specifier_is_understood() {
    let mut bench = SecopBench::live(TWO);
    let ids = [read(&mut bench, "cryo/value"), read(&mut bench, "gauge/value"), write(&mut bench, 5.0)];
    bench.text("reply cryo [1, {}]");
    bench.text("reply gauge:value:more [2, {}]");
    bench.text("changed cryo [5, {}]");
    assert_eq!(ended(&bench), ids);
    assert_eq!(bench.readings().len(), 3);
}

#[test]
fn an_error_without_its_request_ends_the_oldest_that_fits() {
    let mut bench = SecopBench::live(TWO);
    let a = read(&mut bench, "cryo/value");
    let b = write(&mut bench, 1.0);
    let c = read(&mut bench, "gauge/value");
    bench.text("error_change  [\"ProtocolError\", \"bad blanks\", {}]");
    assert_eq!(ended(&bench), [b], "the action fits");
    bench.take();
    bench.text("error  [\"ProtocolError\", \"what?\", {}]");
    assert_eq!(ended(&bench), [a], "usecop does not say what it refuses");
    bench.take();
    bench.text("error_read gau [\"ProtocolError\", \"cut short\", {}]");
    assert_eq!(ended(&bench), [c]);
    bench.take();
    bench.text("error_read cryo:value [\"ProtocolError\", \"nobody asked\", {}]");
    assert_eq!(bench.notices(), ["The node reports an error"]);
}

#[test]
fn a_request_is_given_the_time_that_the_node_asks_for() {
    let mut bench = SecopBench::live(&TWO.replacen('{', "{\"timeout\": 3,", 1));
    let first = write(&mut bench, 1.0);
    let second = write(&mut bench, 2.0);
    bench.pass(secs(2.9));
    assert_eq!(bench.outcomes(), []);
    bench.pass(secs(0.2));
    assert_eq!(bench.outcomes(), [(first, &Outcome::TimedOut)]);
    assert_eq!(bench.sent(), ["change cryo:target 1.0", "change cryo:target 2.0"]);
    bench.text("changed cryo:target [2, {}]");
    assert_eq!(ended(&bench), [first, second]);
    bench.take();
    bench.text("changed cryo:target [2, {}]");
    assert_eq!(bench.outcomes(), []);
    assert_eq!(bench.violations().len(), 1, "a late reply is counted");
    assert_eq!(bench.notices(), [""; 0]);
}

#[test]
fn without_a_word_of_the_node_ten_seconds_are_given() {
    let mut bench = SecopBench::live(TWO);
    read(&mut bench, "cryo/value");
    bench.pass(secs(9.9));
    assert_eq!(bench.outcomes(), []);
    bench.pass(secs(0.2));
    assert_eq!(bench.outcomes().len(), 1);
}

#[test]
fn what_a_lost_link_was_asked_is_lost_and_never_sent_again() {
    let mut bench = SecopBench::live(TWO);
    let ids = [write(&mut bench, 1.0), write(&mut bench, 2.0), read(&mut bench, "gauge/value")];
    bench.take();
    bench.input(Input::Closed);
    let lost: Vec<_> =
        bench.outcomes().iter().map(|(id, outcome)| (*id, **outcome == Outcome::Lost)).collect();
    assert_eq!(lost, ids.map(|id| (id, true)));
    bench.take();
    bench.open();
    bench.text(util::secop_bench::IDENTITY);
    bench.text(&format!("describing . {TWO}"));
    bench.text("active");
    bench.pass(secs(60.0));
    assert!(!bench.sent().iter().any(|frame| frame.starts_with("change") || frame.starts_with("read")));
}

#[test]
fn what_cannot_be_sent_is_not() {
    let mut bench = SecopBench::live(TWO);
    let (value, target) = (bench.channel("cryo/value"), bench.channel("cryo/target"));
    let requests = [
        Request::Write { channel: target, value: Value::Number(f64::NAN) },
        Request::Write { channel: target, value: Value::Number(f64::INFINITY) },
        Request::Write { channel: target, value: Value::Text("abc".into()) },
        Request::Write { channel: value, value: Value::Number(1.0) },
        Request::Check { channel: value, value: Value::Number(1.0) },
        Request::Read { channel: 99 },
        Request::Execute { command: 99, argument: None },
        Request::Subscribe { channel: 99, on: true },
        Request::Logging { group: Some(99), level: LogLevel::Debug },
        Request::Raw { text: String::new() },
        Request::Raw { text: " \t\r\n ".into() },
        Request::Raw { text: "ping a\nping b".into() },
    ];
    for request in requests {
        bench.take();
        bench.ask(request.clone());
        assert!(
            matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]),
            "{request:?}: {:?}",
            bench.outcomes()
        );
        assert_eq!(bench.sent(), [""; 0]);
    }
}

#[test]
fn a_check_asks_and_changes_nothing() {
    let mut bench = SecopBench::live(TWO);
    let channel = bench.channel("cryo/target");
    let good = bench.ask(Request::Check { channel, value: Value::Number(5.0) });
    assert_eq!(bench.sent(), ["check cryo:target 5.0"]);
    bench.text("checked cryo:target [5.0, {}]");
    assert!(matches!(bench.outcomes()[..], [(id, Outcome::Done { value: Some(_), .. })] if id == good));
    assert_eq!(bench.readings(), []);
    bench.take();
    bench.ask(Request::Check { channel, value: Value::Number(5.0) });
    bench.text("error_check cryo:target [\"NotCheckable\", \"\", {}]");
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::Refused { .. })]));
}

#[test]
fn logging_is_asked_of_all_modules_in_both_spellings() {
    let mut bench = SecopBench::live(TWO);
    let all = bench.ask(Request::Logging { group: None, level: LogLevel::Debug });
    assert_eq!(bench.sent(), ["logging . \"debug\""]);
    bench.take();
    bench.text("error_logging . [\"NoSuchModule\", \"\", {}]");
    assert_eq!(bench.sent(), ["logging  \"debug\""]);
    assert_eq!(bench.outcomes(), []);
    bench.text("logging  \"info\"");
    let info = Outcome::Done { value: Some(Value::Text("info".into())), data_type: None };
    assert_eq!(bench.outcomes(), [(all, &info)], "a lower level than asked for");
    bench.take();
    bench.ask(Request::Logging { group: Some(1), level: LogLevel::Off });
    assert_eq!(bench.sent(), ["logging gauge \"off\""]);
    bench.text("error_logging gauge [\"InternalError\", \"\", {}]");
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::Refused { .. })]));
    bench.take();
    bench.text("log cryo:debug \"read_value returned 299.9\"");
    bench.text("log . \"of the node\"");
    let log = |source: &str, level: &str, text: &str| Event::Log {
        source: source.into(),
        level: level.into(),
        text: text.into(),
    };
    assert_eq!(
        bench.events(),
        [&log("cryo", "debug", "read_value returned 299.9"), &log("", "", "of the node")]
    );
}

#[test]
fn a_typed_line_is_sent_as_it_is_and_its_answer_is_no_breach() {
    let mut bench = SecopBench::live(TWO);
    for line in ["read cryo", "ping me", "do cryo:_square 3", "logging cryo \"debug\"", "read nope:value"] {
        raw(&mut bench, line);
    }
    raw(&mut bench, "foo\r\n");
    assert_eq!(bench.sent().len(), 6);
    assert_eq!(bench.sent()[5], "foo");
    bench.take();
    bench.text("reply cryo [300.0, {}]");
    assert_eq!(bench.values(), [("cryo/value", Value::Number(300.0))]);
    bench.text("pong me [null, {}]");
    bench.text("done cryo:_square [9.0, {}]");
    bench.text("logging cryo \"debug\"");
    bench.text("error_read nope:value [\"NoSuchModule\", \"\", {}]");
    assert_eq!(bench.violations(), [""; 0]);
    assert_eq!(bench.notices(), [""; 0]);
    bench.text("error_foo  [\"ProtocolError\", \"unhandled message: ('foo', None, None)\", {}]");
    assert_eq!(bench.notices(), ["The node reports an error"]);
}
