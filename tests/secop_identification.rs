//! Who is a SEC node, who is not, and how a conversation begins.

mod util;

use porthole::model::event::{Event, Outcome, Request};
use porthole::protocol::{Input, Output};
use util::clock::secs;
use util::secop_bench::{IDENTITY, SecopBench, TWO};

fn refusals(bench: &SecopBench) -> Vec<(bool, &str)> {
    let refusals = bench.events().into_iter().filter_map(|event| match event {
        Event::Refused { not_this_protocol, notice, .. } => {
            Some((*not_this_protocol, notice.evidence.as_str()))
        }
        _ => None,
    });
    refusals.collect()
}

fn closed(bench: &SecopBench) -> bool {
    bench.outputs.iter().any(|output| matches!(output, Output::Close(_)))
}

#[test]
fn all_versions_are_spoken_with() {
    for (frame, speaks, notices) in [
        ("ISSE&SINE2020,SECoP,V2019-09-16,v1.0", "SECoP v1.0", 0),
        ("ISSE,SECoP,V2025-04-01,v1.1\n", "SECoP v1.1", 0),
        ("ISSE,SECoP,,v2.0", "SECoP v2.0", 0),
        ("ISSE,SECoP,,v3.0", "SECoP v3.0", 1),
        ("ISSE,SECoP", "SECoP", 1),
    ] {
        let mut bench = SecopBench::new();
        bench.open();
        bench.take();
        bench.text(frame);
        assert!(bench.events().contains(&&Event::Recognised { speaks: speaks.into() }), "{frame}");
        assert_eq!(bench.notices().len(), notices, "{frame}");
        assert_eq!(bench.sent(), ["describe"], "{frame}");
    }
}

#[test]
fn a_stranger_is_refused_with_its_own_words() {
    for frame in ["<html>", "{\"jsonrpc\": \"2.0\"}", "hello there", "220 smtp ready", "ISSE,OPC,,v1.0"] {
        let mut bench = SecopBench::new();
        bench.open();
        bench.text(frame);
        assert_eq!(refusals(&bench), [(true, frame)]);
        assert_eq!(bench.session.deadline(), None, "nothing is waited for any more");
    }
    let mut bench = SecopBench::new();
    bench.open();
    bench.input(Input::Binary(&[0xff, 0x00, 0x80]));
    assert_eq!(refusals(&bench).len(), 1);
}

#[test]
fn a_node_may_say_other_things_first() {
    let mut bench = SecopBench::new();
    bench.open();
    bench.take();
    for frame in
        ["_ 1 \"welcome\"", "update cryo:value [1, {}]", "log cryo:info \"x\"", "\n", "pong  [null, {}]"]
    {
        bench.text(frame);
    }
    assert_eq!(refusals(&bench), []);
    assert_eq!(bench.readings(), []);
    bench.text(IDENTITY);
    assert_eq!(bench.sent(), ["describe"]);
}

#[test]
fn silence_and_errors_end_in_another_attempt() {
    let mut bench = SecopBench::new();
    bench.open();
    bench.pass(secs(4.9));
    assert!(!closed(&bench));
    bench.pass(secs(0.2));
    assert!(closed(&bench), "no identification");

    let mut bench = SecopBench::new();
    bench.open();
    bench.text("error_help [\"InternalError\", \"not now\", {}]");
    assert!(closed(&bench), "an error instead of an identification");
    assert_eq!(bench.notices().len(), 1);

    let mut bench = SecopBench::new();
    bench.open();
    bench.text(IDENTITY);
    bench.pass(secs(31.0));
    assert!(closed(&bench), "no description");

    let mut bench = SecopBench::new();
    bench.open();
    bench.text(IDENTITY);
    bench.text("error_describe . [\"InternalError\", \"not now\", {}]");
    assert!(closed(&bench), "an error instead of a description");
    assert_eq!(bench.notices().len(), 1);
}

#[test]
fn a_description_that_cannot_be_used_is_told() {
    for data in ["", "[]", "{}", "{\"modules\": []}", "{\"modules\": {", "null"] {
        let mut bench = SecopBench::new();
        bench.open();
        bench.text(IDENTITY);
        bench.text(&format!("describing . {data}"));
        assert_eq!(bench.malformed(), 1, "{data}");
        assert!(closed(&bench), "{data}");
    }
}

#[test]
fn the_specifier_of_a_description_and_binary_frames_do_not_matter() {
    for specifier in [".", "", "node"] {
        let mut bench = SecopBench::new();
        bench.open();
        bench.input(Input::Binary(format!("{IDENTITY}\n").as_bytes()));
        bench.take();
        bench.input(Input::Binary(format!("describing {specifier} {TWO}\n").as_bytes()));
        assert_eq!(bench.sent(), ["activate"]);
        assert_eq!(bench.catalog.groups.len(), 2);
    }
}

#[test]
fn nothing_is_asked_of_a_node_that_has_not_described_itself() {
    let mut bench = SecopBench::new();
    bench.ask(Request::Read { channel: 0 });
    bench.ask(Request::Raw { text: "ping".into() });
    bench.ask(Request::Subscribe { channel: 0, on: false });
    bench.open();
    bench.ask(Request::Execute { command: 0, argument: None });
    bench.text(IDENTITY);
    bench.ask(Request::Read { channel: 0 });
    assert_eq!(bench.sent(), ["*IDN?", "describe"]);
    assert_eq!(bench.outcomes().len(), 5);
    assert!(bench.outcomes().iter().all(|(_, outcome)| matches!(outcome, Outcome::NotSent(_))));
}

#[test]
fn a_line_renewed_behind_a_bridge_begins_anew() {
    let mut bench = SecopBench::live(TWO);
    let channel = bench.channel("cryo/target");
    let id = bench.ask(Request::Read { channel });
    bench.take();
    bench.text("error_closed");
    assert_eq!(bench.outcomes(), [(id, &Outcome::Lost)]);
    assert_eq!(bench.sent(), ["*IDN?"]);
    bench.take();
    bench.text(IDENTITY);
    bench.text(&format!("describing . {TWO}"));
    assert_eq!(bench.sent(), ["describe", "activate"]);
    bench.text("active");
    assert!(bench.events().contains(&&Event::Live));
}

#[test]
fn an_identification_that_a_person_asked_for_resets_the_activation() {
    let mut bench = SecopBench::live(TWO);
    bench.ask(Request::Raw { text: "*IDN?".into() });
    bench.text(IDENTITY);
    bench.text(&format!("describing . {TWO}"));
    assert_eq!(bench.sent(), ["*IDN?", "describe", "activate"]);
    assert!(!bench.events().iter().any(|event| matches!(event, Event::Catalog { .. })));
}
