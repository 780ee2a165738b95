//! Where nobody named the protocol, those that come into question are tried in turn, each on its own socket.

mod util;

use porthole::model::link::LinkState;
use porthole::protocol::connection::{ConnectionInput, SocketEvent};
use porthole::protocol::link::DIAL_SPACING;
use util::bench::Bench;
use util::clock::secs;
use util::fake_session::{ALPHA, BETA};

use porthole::protocol::etp::PROTOCOL as ETP;

fn started() -> Bench {
    let mut bench = Bench::new("ws://box.lab:4000", &[&ALPHA, &BETA], 1);
    bench.input(ConnectionInput::Start);
    bench
}

#[test]
fn the_second_protocol_is_found_and_stays() {
    let mut bench = started();
    bench.open();
    assert_eq!(bench.sent(), ["hello alpha"]);
    assert!(bench.connection.protocol().is_none());
    bench.text("not me");
    bench.pass(DIAL_SPACING);
    bench.open();
    assert_eq!(bench.sent(), ["hello alpha", "hello beta"]);
    assert_eq!(bench.states(), ["connecting"], "one try looks like the other");
    bench.text("i am beta");
    assert_eq!(bench.connection.protocol().map(|protocol| protocol.id), Some("beta"));
    assert!(bench.connection.link().is_live());
    let offers: Vec<_> = bench.dials.iter().map(|(_, offers)| offers.clone()).collect();
    assert_eq!(offers, [vec![], vec!["beta.v1"]]);

    bench.take();
    bench.close(1006, "");
    bench.pass(secs(15.0));
    bench.open();
    assert_eq!(bench.sent(), ["hello beta"], "a reconnect does not try again");
}

#[test]
fn silence_rules_a_protocol_out_too() {
    let mut bench = started();
    bench.open();
    bench.pass(secs(5.0) + DIAL_SPACING);
    bench.greet("beta");
}

#[test]
fn what_a_wrong_session_says_of_the_peer_is_not_passed_on() {
    let mut bench = started();
    bench.open();
    bench.text("i am beta");
    bench.text("not me");
    assert!(bench.events().is_empty(), "{:?}", bench.events());
}

#[test]
fn when_none_fits_it_stops_and_says_what_came_back_for_each() {
    let mut bench = started();
    bench.open();
    bench.text("not me");
    bench.pass(DIAL_SPACING);
    bench.open();
    bench.pass(secs(5.0));
    assert_eq!(bench.connection.link().word(), "failed");
    let failure = bench.failure();
    assert_eq!(failure.evidence, "tried Alpha, Beta");
    assert_eq!(failure.causes.len(), 2);
    assert!(failure.causes[0].title.starts_with("Alpha: It speaks something else"), "{failure:?}");
    assert!(
        failure.causes[1].title.starts_with("Beta: box.lab:4000 says nothing that is Beta"),
        "{failure:?}"
    );
    assert!(failure.causes[1].text.contains("no greeting came"), "{failure:?}");
    assert_eq!(bench.connection.deadline(), None);

    bench.take();
    bench.input(ConnectionInput::RetryNow);
    bench.open();
    assert_eq!(bench.sent(), ["hello alpha"], "a person's retry begins with the first");
}

#[test]
fn a_host_that_is_off_is_waited_for() {
    let mut bench = started();
    bench.close(1006, "");
    bench.pass(DIAL_SPACING);
    bench.close(1006, "");
    let LinkState::Waiting { attempts, failure, .. } = bench.connection.link() else { panic!("waits") };
    assert_eq!((*attempts, failure.title.as_str()), (1, "box.lab:4000 could not be reached"));
    bench.take();
    bench.pass(secs(2.0));
    bench.open();
    assert_eq!(bench.sent(), ["hello alpha"]);
}

#[test]
fn what_an_attempt_failed_by_is_told_while_all_protocols_are_tried_again() {
    let last = |bench: &Bench| match bench.connection.link() {
        LinkState::Connecting { last, .. } => last.as_ref().map(|failure| failure.title.clone()),
        other => panic!("does not dial: {other:?}"),
    };
    let mut bench = started();
    assert_eq!(last(&bench), None);
    bench.close(1006, "");
    assert_eq!(last(&bench), None, "the second has not been tried yet");
    bench.pass(DIAL_SPACING);
    bench.close(1006, "");
    bench.pass(secs(2.0));
    assert_eq!(last(&bench).as_deref(), Some("box.lab:4000 could not be reached"));
    bench.close(1006, "");
    bench.pass(DIAL_SPACING);
    assert_eq!(last(&bench).as_deref(), Some("box.lab:4000 could not be reached"));
    bench.go_live("beta");
    bench.close(1006, "");
    bench.input(ConnectionInput::Stop);
    bench.input(ConnectionInput::Start);
    assert_eq!(last(&bench), None, "a new start is not shown the old failure");
}

#[test]
fn a_part_of_the_page_that_cannot_be_loaded_is_told_and_the_next_round_begins_anew() {
    let mut bench = started();
    bench.open();
    bench.text("not me");
    bench.pass(DIAL_SPACING);
    bench.socket(SocketEvent::Incomplete { reason: "HTTP 404" });
    let LinkState::Waiting { failure, .. } = bench.connection.link() else { panic!("waits") };
    assert_eq!(failure.title, "The part of this page that speaks Beta could not be loaded");
    assert_eq!(failure.evidence, "HTTP 404");
    bench.pass(secs(2.0));
    for _ in ["alpha", "beta"] {
        bench.open();
        bench.text("not me");
        bench.pass(DIAL_SPACING);
    }
    assert_eq!(bench.failure().evidence, "tried Alpha, Beta");
    assert_eq!(bench.failure().causes.len(), 2, "{:?}", bench.failure());
}

#[test]
fn a_refusal_that_is_not_about_the_protocol_stops_the_search() {
    let mut bench = started();
    bench.open();
    bench.text("go away");
    assert_eq!(bench.connection.link().word(), "failed");
    assert_eq!(bench.failure().title, "It wants a login");
    assert_eq!(bench.dials.len(), 1);
}

#[test]
fn a_protocol_that_was_named_is_dialled_again_after_silence() {
    let mut bench = Bench::new("ws://box.lab:4000", &[&ALPHA], 1);
    bench.input(ConnectionInput::Start);
    assert_eq!(bench.connection.protocol().map(|protocol| protocol.id), Some("alpha"));
    bench.open();
    bench.pass(secs(5.0));
    assert_eq!(bench.connection.link().word(), "waiting");
    assert!(bench.failure().evidence.contains("no greeting came"), "{:?}", bench.failure());
}

#[test]
fn variants_of_a_protocol_are_tried_in_turn_and_one_that_was_chosen_alone() {
    let offers =
        |bench: &Bench| bench.dials.iter().flat_map(|(_, offers)| offers.clone()).collect::<Vec<_>>();
    let mut bench = Bench::new("wss://witsml.rig/etp", &[&ETP], 1);
    bench.input(ConnectionInput::Start);
    assert_eq!(bench.connection.protocol().map(|protocol| protocol.id), Some("etp"), "that much was said");
    bench.close(1006, "");
    bench.pass(DIAL_SPACING);
    assert_eq!(offers(&bench), ["etp12.energistics.org", "energistics-tp"]);
    bench.close(1006, "");
    let LinkState::Waiting { failure, .. } = bench.connection.link() else { panic!("waits") };
    assert_eq!(failure.title, "witsml.rig could not be reached");
    assert_eq!(failure.causes[0].title, "It speaks another version, or names none");

    let chosen = [("version".to_owned(), "1.1".to_owned())];
    let mut bench = Bench::with_options("wss://witsml.rig/etp", &[&ETP], &chosen, 1);
    bench.input(ConnectionInput::Start);
    bench.close(1006, "");
    bench.pass(secs(2.0));
    assert_eq!(offers(&bench), ["energistics-tp", "energistics-tp"]);
}
