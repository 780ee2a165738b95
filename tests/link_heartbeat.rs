//! A peer that falls silent is asked, then marked, then given up; one that was only slept past is spared.

mod util;

use porthole::model::link::LinkState;
use porthole::protocol::connection::{Action, ConnectionInput};
use util::bench::Bench;
use util::clock::secs;
use util::fake_session::ALPHA;

fn live() -> Bench {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 5);
    bench.go_live("alpha");
    bench.take();
    bench
}

#[test]
fn silence_is_asked_about_then_shown_then_ended() {
    let mut bench = live();
    bench.pass(secs(2.49));
    assert_eq!(bench.take(), []);
    bench.pass(secs(0.02));
    assert_eq!((bench.sent(), bench.states()), (vec!["probe"], vec![]));
    bench.pass(secs(2.48));
    assert_eq!(bench.states(), [""; 0]);
    bench.pass(secs(0.02));
    assert_eq!((bench.sent(), bench.states()), (vec!["probe", "probe"], vec!["silent"]));
    bench.pass(secs(4.98));
    assert_eq!(bench.states(), ["silent"]);
    bench.pass(secs(0.02));
    assert_eq!(bench.states(), ["silent", "waiting"]);
    assert!(bench.failure().title.contains("gone silent"), "{:?}", bench.failure());
    assert!(bench.failure().evidence.starts_with("no frame for 10,0"), "{:?}", bench.failure());
    assert_eq!(bench.socket, None, "it is hung up");
    bench.pass(secs(0.5));
    assert!(bench.socket.is_some(), "and dialled again");
}

#[test]
fn any_frame_proves_life() {
    let mut bench = live();
    for frame in ["reading", "gibberish", "reading"] {
        bench.pass(secs(4.9));
        bench.text(frame);
        assert!(matches!(bench.connection.link(), LinkState::Live { silent: false, .. }));
    }
    assert_eq!(bench.sent(), ["probe"; 3]);
    assert_eq!(bench.states(), [""; 0]);
}

#[test]
fn a_frame_ends_the_silence() {
    let mut bench = live();
    bench.pass(secs(7.0));
    assert_eq!(bench.states(), ["silent"]);
    bench.text("reading");
    assert_eq!(bench.states(), ["silent", "live"]);
    let told: Vec<_> = bench.actions.iter().rev().take(2).collect();
    assert!(matches!(told[1], Action::Link(_)), "the state comes before what the frame says: {told:?}");
    bench.pass(secs(2.6));
    assert_eq!(bench.sent(), ["probe"; 3], "and everything begins again");
}

#[test]
fn a_peer_gets_the_patience_that_it_asks_for_up_to_a_minute() {
    for (asked, given) in [(3, 10.0), (20, 22.5), (100_000, 62.5)] {
        let mut bench = live();
        bench.text(&format!("patience {asked}"));
        bench.pass(secs(given - 0.01));
        assert_eq!(bench.states(), ["silent"], "asked for {asked} s");
        bench.pass(secs(0.02));
        assert_eq!(bench.states(), ["silent", "waiting"], "asked for {asked} s");
    }
}

#[test]
fn a_page_that_slept_asks_before_it_judges() {
    let mut bench = live();
    bench.next_deadline(secs(600.0));
    assert_eq!((bench.sent(), bench.states()), (vec!["probe"], vec![]));
    bench.pass(secs(4.9));
    assert_eq!(bench.states(), [""; 0]);
    bench.text("reading");
    bench.pass(secs(2.4));
    assert_eq!((bench.sent(), bench.states()), (vec!["probe"], vec![]), "the frames were only late");
}

#[test]
fn a_peer_that_is_gone_after_a_sleep_is_given_up_soon() {
    let mut bench = live();
    bench.next_deadline(secs(600.0));
    bench.pass(secs(5.01));
    assert_eq!(bench.states(), ["silent", "waiting"]);
}

#[test]
fn slow_timers_of_a_hidden_page_do_not_put_a_judgement_off_for_ever() {
    let mut bench = live();
    bench.input(ConnectionInput::Hidden);
    bench.next_deadline(secs(60.0));
    assert_eq!(bench.states(), [""; 0]);
    bench.next_deadline(secs(60.0));
    assert_eq!(bench.states(), ["silent", "waiting"]);
}

#[test]
fn a_person_who_comes_back_gets_an_answer_within_five_seconds() {
    let mut bench = live();
    bench.input(ConnectionInput::Hidden);
    bench.clock.pass(secs(300.0));
    bench.input(ConnectionInput::Visible);
    assert_eq!((bench.sent(), bench.states()), (vec!["probe"], vec![]));
    bench.pass(secs(5.01));
    assert_eq!(bench.states(), ["silent", "waiting"]);
}

#[test]
fn looking_away_and_back_does_not_put_a_judgement_off() {
    let mut bench = live();
    for _ in 0..50 {
        bench.input(ConnectionInput::Hidden);
        bench.pass(secs(0.05));
        bench.input(ConnectionInput::Visible);
        bench.pass(secs(0.05));
    }
    bench.pass(secs(0.1));
    assert_eq!(bench.states(), ["silent"]);
}

#[test]
fn a_live_link_is_asked_when_the_network_is_back() {
    let mut bench = live();
    bench.pass(secs(1.0));
    bench.input(ConnectionInput::Online);
    assert_eq!(bench.sent(), ["probe"]);
}
