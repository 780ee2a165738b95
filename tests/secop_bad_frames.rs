//! Frames that nobody should send, between good ones: each is told or counted, and nothing else is lost.

mod util;

use porthole::model::event::{Event, Outcome, Request};
use porthole::model::reading::Report;
use porthole::model::value::Value;
use porthole::protocol::Input;
use util::clock::secs;
use util::secop_bench::{FRAPPY, SecopBench, TWO};

fn evidence(bench: &SecopBench) -> Vec<(Option<usize>, &str, &str)> {
    let told = bench.events().into_iter().filter_map(|event| match event {
        Event::Malformed { channel, notice } => {
            Some((*channel, notice.text.as_str(), notice.evidence.as_str()))
        }
        _ => None,
    });
    told.collect()
}

#[test]
fn garbage_between_good_frames_costs_nothing_but_a_notice() {
    let mut bench = SecopBench::live(TWO);
    let garbage = [
        "\u{1}\u{2}\u{3}",
        "{\"method\": \"eth_call\"}",
        "update cryo:value {bad",
        "update cryo:value 5",
        "update cryo:value []",
        "update cryo:value [1, {}] trailing",
        "reply",
    ];
    for (count, frame) in garbage.iter().enumerate() {
        bench.text(frame);
        bench.text(&format!("update cryo:value [{count}, {{}}]"));
        bench.pass(secs(10.0));
    }
    assert_eq!(bench.values().len(), garbage.len());
    assert_eq!(bench.malformed(), garbage.len() - 1);
    assert_eq!(bench.violations().len(), 1, "a reply that nobody waits for is no garbage");
    let channel = Some(bench.channel("cryo/value"));
    let told = evidence(&bench);
    assert_eq!((told[2].0, told[2].2), (channel, "update cryo:value {bad"));
    assert!(told[2].1.contains("expected a member's name in quotes at byte 1"), "{}", told[2].1);
    assert_eq!(told[0].0, None);
}

#[test]
fn notices_are_limited_in_number_and_counts_are_not() {
    let mut bench = SecopBench::live(TWO);
    for _ in 0..1000 {
        bench.text("update cryo:value {bad");
    }
    assert_eq!(bench.malformed(), 1000);
    let told = evidence(&bench).into_iter().filter(|(_, text, _)| !text.is_empty()).count();
    assert_eq!(told, 5);
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let mut bench = SecopBench::live(TWO);
    bench.input(Input::Binary(b"update cryo:value [1, {}]\r\n"));
    assert_eq!(bench.readings().len(), 1, "a bridge may send so");
    bench.input(Input::Binary(&[b'u', 0xff, 0xfe]));
    assert!(evidence(&bench)[0].1.contains("from byte 1"));
}

#[test]
fn nan_is_shown_and_counted() {
    let mut bench = SecopBench::live(FRAPPY);
    bench.text("update nan:value [NaN, {\"t\": 1795206343.0003517}]");
    assert!(matches!(bench.values()[..], [("nan/value", Value::Number(number))] if number.is_nan()));
    assert_eq!(bench.violations(), ["NaN and Infinity are not JSON"]);
    assert_eq!(bench.malformed(), 0);
    bench.take();
    bench.text("update types:_arr [[1, NaN, -Infinity], {}]");
    let Value::Array(items) = &bench.values()[0].1 else { panic!("an array") };
    assert_eq!(items[2], Value::Number(f64::NEG_INFINITY));
    bench.take();
    bench.text("update types:_s [\"NaN\", {}]");
    assert_eq!(bench.violations(), [""; 0], "a string may say what it likes");
}

#[test]
fn what_the_specification_says_to_ignore_is_ignored() {
    let mut bench = SecopBench::live(TWO);
    // Further elements of a report, unknown qualifiers.
    bench.text(r#"update cryo:value [1, {"t": 1.5, "new": [1, 2]}, "more", 7]"#);
    // Further parts of a specifier.
    bench.text("update cryo:value:raw [2, {}]");
    // No qualifiers at all.
    bench.text("update cryo:value [3]");
    // A name for an enum's member.
    bench.text(r#"update cryo:status [["BUSY", "moving"], {}]"#);
    // Custom messages and help texts.
    for frame in ["_ 1 \"Try one of the following:\"", "_custom a b", "helping", "help"] {
        bench.text(frame);
    }
    assert_eq!(bench.values().len(), 4);
    assert_eq!(bench.readings()[3].1.state.as_ref().map(|state| state.label.as_str()), Some("BUSY"));
    assert_eq!((bench.violations(), bench.malformed()), (vec![], 0));

    // A sub-class of an error class.
    let channel = bench.channel("cryo/target");
    bench.ask(Request::Write { channel, value: Value::Number(1.0) });
    bench.text(r#"error_change cryo:target ["WrongType:MustBeInt", "no", {}]"#);
    let class = "WrongType:MustBeInt".to_owned();
    assert_eq!(bench.outcomes()[0].1, &Outcome::Refused { class, text: "no".into() });
}

#[test]
fn harmless_breaches_are_counted() {
    for (frame, rule) in [
        ("update cryo:value", "a report has a value"),
        ("update cryo:value [null, {}]", "a report has a value"),
        (
            "update cryo:value [1, {\"t\": \"now\"}]",
            "qualifiers have the type that the specification gives them",
        ),
        ("update cryo:value [\"warm\", {}]", "a value fits its datainfo"),
        ("update cryo:status [[999, \"\"], {}]", "an enum's value is one of its members"),
        ("update nope:value [1, {}]", "messages concern what the description names"),
        ("update  [1, {}]", "messages concern what the description names"),
        ("error_update nope:value [\"x\", \"\"]", "messages concern what the description names"),
        ("brandnew a b", "actions are those of the specification"),
        ("reply cryo:value [1, {}]", "a reply answers a request, in time"),
        ("active", "a reply answers a request, in time"),
        ("pong zzz [null, {}]", "a reply answers a request, in time"),
        ("\n", "a frame holds a message"),
    ] {
        let mut bench = SecopBench::live(TWO);
        bench.text(frame);
        assert_eq!(bench.violations(), [rule], "{frame}");
        assert_eq!(bench.malformed(), 0, "{frame}");
    }
}

#[test]
fn a_value_that_does_not_fit_is_shown_all_the_same() {
    let mut bench = SecopBench::live(TWO);
    bench.text("update cryo:value [{\"a\": [1, 2.5]}, {}]");
    assert_eq!(bench.values(), [("cryo/value", Value::Json("{\"a\":[1,2.5]}".into()))]);
}

#[test]
fn error_reports_are_never_lost() {
    for (data, class, text) in [
        ("[\"HardwareError\", \"broken\", {}]", "HardwareError", "broken"),
        ("[\"HardwareError\"]", "HardwareError", ""),
        ("\"broken\"", "", "broken"),
        ("{bad", "", "{bad"),
        ("[1, {\"a\": 2}]", "1", "{\"a\":2}"),
        ("[]", "", ""),
        ("", "", ""),
    ] {
        let mut bench = SecopBench::live(TWO);
        bench.text(&format!("error_update cryo:value {data}"));
        let report = Report::Error { class: class.into(), text: text.into() };
        assert_eq!(bench.readings()[0].1.report, report, "{data}");
    }
}

#[test]
fn an_answer_that_cannot_be_read_still_ends_its_request() {
    let mut bench = SecopBench::live(TWO);
    let channel = bench.channel("cryo/target");
    let command = bench.command("cryo/_square");
    bench.ask(Request::Write { channel, value: Value::Number(1.0) });
    bench.ask(Request::Execute { command, argument: Some(Value::Number(1.0)) });
    bench.text("changed cryo:target {bad");
    bench.text("done cryo:_square 9");
    assert_eq!((bench.outcomes().len(), bench.malformed()), (2, 2));
}
