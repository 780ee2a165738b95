//! Signs of life, and the node's clock.

mod util;

use std::time::Duration;

use porthole::model::event::Event;
use porthole::protocol::Input;
use util::clock::secs;
use util::secop_bench::{SecopBench, TWO};

fn beats(bench: &SecopBench) -> Vec<(Duration, Option<i64>)> {
    let beats = bench.events().into_iter().filter_map(|event| match event {
        Event::Heartbeat { round_trip, clock_offset } => Some((*round_trip, *clock_offset)),
        _ => None,
    });
    beats.collect()
}

/// Probes, and answers after a while with a clock that is off by so many seconds.
fn beat(bench: &mut SecopBench, after: f64, ahead: f64) -> (Duration, Option<i64>) {
    bench.take();
    bench.input(Input::Probe);
    let token = bench.sent()[0].strip_prefix("ping ").expect("a ping").to_owned();
    bench.pass(secs(after / 2.0));
    let time = bench.clock.now.wall.as_unix_seconds() + ahead;
    bench.pass(secs(after / 2.0));
    bench.text(&format!("pong {token} [null, {{\"t\": {time:.6}}}]"));
    beats(bench)[0]
}

#[test]
fn a_probe_is_a_ping_with_a_fresh_token() {
    let mut bench = SecopBench::live(TWO);
    bench.input(Input::Probe);
    bench.input(Input::Probe);
    assert_eq!(bench.sent().len(), 1, "never two at a time");
    let first = bench.sent()[0].to_owned();
    bench.text(&format!("{} [null, {{}}]", first.replace("ping", "pong")));
    assert_eq!(beats(&bench), [(Duration::ZERO, None)]);
    bench.take();
    bench.input(Input::Probe);
    assert!(bench.sent()[0].starts_with("ping ") && bench.sent()[0] != first);
}

#[test]
fn the_offset_is_the_median_of_the_last_answers() {
    let mut bench = SecopBench::live(TWO);
    let near = |(_, offset): (Duration, Option<i64>), seconds: f64| {
        (offset.expect("the node told its time") as f64 / 1e6 - seconds).abs() < 1e-3
    };
    assert_eq!(beat(&mut bench, 0.2, 3.0).0, secs(0.2));
    assert!(near(beat(&mut bench, 0.2, 3.0), 3.0));
    assert!(near(beat(&mut bench, 0.2, 90.0), 3.0), "one that was held up does not count");
    for _ in 0..3 {
        beat(&mut bench, 0.2, -5.0);
    }
    assert!(near(beat(&mut bench, 0.2, -5.0), -5.0), "a clock that was set is followed");
}

#[test]
fn a_refused_ping_is_a_sign_of_life_too() {
    let mut bench = SecopBench::live(TWO);
    bench.input(Input::Probe);
    bench.text("error_ping  [\"ProtocolError\", \"\", {}]");
    assert_eq!(beats(&bench), [(Duration::ZERO, None)]);
}

#[test]
fn a_busy_link_is_asked_for_its_clock_now_and_then() {
    let mut bench = SecopBench::live(TWO);
    for _ in 0..180 {
        bench.pass(secs(1.0));
        bench.text("update cryo:value [1, {}]");
    }
    assert_eq!(bench.sent().len(), 3);
}

#[test]
fn an_answer_of_an_old_link_is_none() {
    let mut bench = SecopBench::live(TWO);
    bench.input(Input::Probe);
    let old = bench.sent()[0].replace("ping", "pong");
    bench.input(Input::Closed);
    bench.connect(TWO);
    bench.text(&format!("{old} [null, {{}}]"));
    assert_eq!(beats(&bench), []);
}
