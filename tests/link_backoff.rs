//! A server that dies is dialled again by all its clients: spread out, never in a hurry, and for ever.

mod util;

use std::time::Duration;

use porthole::model::link::LinkState;
use porthole::model::time::Instant;
use porthole::protocol::connection::{ConnectionInput, SocketEvent};
use porthole::protocol::link::{BACKOFF_BASE, BACKOFF_CAP, DIAL_SPACING, Due, Link, Next, RETURN_JITTER};
use porthole::protocol::random::Random;
use util::bench::Bench;
use util::clock::secs;
use util::fake_session::ALPHA;

const CLIENTS: u64 = 1000;
/// All were connected for a minute when the server dies …
const DIES: f64 = 60_000.0;
/// … and it is back after two.
const BACK: f64 = 180_000.0;
/// How long a refused connection takes.
const REFUSAL: f64 = 2.0;
/// A float's worth of time.
const TICK: f64 = 0.001;

/// When one client dials while the server is down, and once more after, by our link.
fn dials(seed: u64) -> Vec<f64> {
    let mut link = Link::new(Random::new(seed));
    link.start(Instant(0.0));
    assert!(matches!(link.due(Instant(0.0)), Some(Due::Dial(_))));
    link.opened(Instant(REFUSAL));
    link.recognised(Instant(REFUSAL));
    link.heard(Instant(DIES - 1.0));
    link.lost(Instant(DIES), Next::BackOff);
    let mut dials = Vec::new();
    loop {
        let at = link.deadline().expect("it never gives up");
        assert!(matches!(link.due(at), Some(Due::Dial(_))));
        dials.push(at.0);
        if at.0 >= BACK {
            return dials;
        }
        link.lost(Instant(at.0 + REFUSAL), Next::BackOff);
    }
}

/// The same by textbook full jitter, which dials again after `random(0, min(cap, base · 2^n))`.
fn textbook_dials(seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed ^ 0x5bd1_e995);
    let (mut at, mut dials) = (DIES, Vec::new());
    for n in 0.. {
        let window = (BACKOFF_BASE * (1 << n.min(16))).min(BACKOFF_CAP);
        at += random.up_to(window).as_secs_f64() * 1000.0;
        dials.push(at);
        if at >= BACK {
            break;
        }
        at += REFUSAL;
    }
    dials
}

/// The most dials in any second that begins with a dial, from `from` on.
fn peak(dials: &[Vec<f64>], from: f64) -> usize {
    let mut all: Vec<f64> = dials.iter().flatten().copied().filter(|at| *at >= from).collect();
    all.sort_by(f64::total_cmp);
    let within = |i: usize| all[i..].iter().take_while(|at| **at < all[i] + 1000.0).count();
    (0..all.len()).map(within).max().unwrap_or(0)
}

#[test]
fn a_thousand_clients_spread_as_well_as_the_textbook_and_none_gives_up() {
    let ours: Vec<_> = (0..CLIENTS).map(dials).collect();
    let textbook: Vec<_> = (0..CLIENTS).map(textbook_dials).collect();
    // At once, when the windows are at their widest, and when the server is back.
    for from in [DIES, DIES + 30_000.0, BACK] {
        let (ours, textbook) = (peak(&ours, from), peak(&textbook, from));
        assert!(
            ours as f64 <= 1.3 * textbook as f64,
            "from {from} ms: {ours} against {textbook} in a second"
        );
    }
    for dials in &ours {
        let closest = dials.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        assert!(closest >= 100.0 - TICK, "{closest} ms between two dials");
        let last = dials.last().expect("it dialled");
        assert!(*last <= BACK + 15_000.0 + TICK, "back only {last}");
    }
}

#[test]
fn it_is_endless() {
    let mut link = Link::new(Random::new(3));
    link.start(Instant(0.0));
    let mut now = Instant(0.0);
    for _ in 0..100_000 {
        let at = link.deadline().expect("it never gives up");
        assert!(at >= now && at.since(now) <= BACKOFF_CAP + Duration::from_millis(1));
        now = at;
        assert!(matches!(link.due(now), Some(Due::Dial(_))));
        link.lost(now, Next::BackOff);
    }
    assert_eq!(link.attempts(), 100_000);
}

fn live() -> Bench {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 11);
    bench.go_live("alpha");
    bench
}

/// The wait that the link's state announces.
fn wait(bench: &Bench) -> Duration {
    match bench.connection.link() {
        LinkState::Waiting { until, .. } => until.since(bench.clock.now.instant),
        other => panic!("does not wait: {other:?}"),
    }
}

#[test]
fn a_refusal_stops_it_until_a_person_asks() {
    let mut bench = live();
    bench.text("go away");
    assert_eq!(bench.connection.link().word(), "failed");
    assert_eq!(bench.connection.deadline(), None);
    for input in [ConnectionInput::Online, ConnectionInput::Visible, ConnectionInput::Timeout] {
        bench.pass(secs(1000.0));
        bench.input(input);
    }
    assert_eq!(bench.dials.len(), 1);
    bench.input(ConnectionInput::RetryNow);
    assert_eq!(bench.dials.len(), 2);
    assert_eq!(bench.connection.link().word(), "connecting");
}

#[test]
fn an_address_that_the_browser_refuses_stops_it_too() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 11);
    bench.input(ConnectionInput::Start);
    bench.socket(SocketEvent::Unreachable { reason: "SecurityError" });
    assert_eq!(bench.connection.link().word(), "failed");
    assert_eq!(bench.failure().evidence, "SecurityError");
    assert_eq!(bench.connection.deadline(), None);
}

#[test]
fn half_a_minute_of_good_data_starts_a_new_count() {
    let attempts = |good: f64| {
        let mut bench = live();
        for _ in 0..4 {
            bench.close(1006, "");
            bench.pass(wait(&bench));
        }
        bench.greet("alpha");
        for _ in 0..(good as usize) {
            bench.pass(secs(1.0));
            bench.text("reading");
        }
        bench.close(1006, "");
        match bench.connection.link() {
            LinkState::Waiting { attempts, .. } => *attempts,
            other => panic!("does not wait: {other:?}"),
        }
    };
    assert_eq!(attempts(30.0), 0);
    assert_eq!(attempts(29.0), 5);
}

#[test]
fn when_the_network_or_the_person_returns_it_dials_at_once() {
    for input in [ConnectionInput::Online, ConnectionInput::Visible] {
        let mut bench = live();
        for _ in 0..8 {
            bench.close(1006, "");
            bench.pass(wait(&bench));
        }
        bench.pass(secs(1.0));
        bench.close(1006, "");
        bench.pass(Duration::from_millis(1));
        bench.input(ConnectionInput::Hidden);
        bench.input(input);
        assert!(wait(&bench) <= RETURN_JITTER, "{:?}", wait(&bench));
    }
}

#[test]
fn a_dial_takes_eight_seconds_at_most() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 11);
    bench.input(ConnectionInput::Start);
    bench.pass(secs(7.99));
    assert_eq!(bench.connection.link().word(), "connecting");
    bench.pass(secs(0.02));
    assert_eq!(bench.connection.link().word(), "waiting");
    assert_eq!(bench.socket, None, "it is hung up");
    assert_eq!(bench.failure().evidence, "no answer in 8,000 ms, 1 attempt");
}

#[test]
fn an_impatient_person_cannot_dial_faster_than_the_spacing() {
    let mut bench = live();
    for _ in 0..50 {
        bench.input(ConnectionInput::Stop);
        bench.input(ConnectionInput::Start);
        bench.input(ConnectionInput::RetryNow);
        bench.pass(Duration::from_millis(7));
    }
    let spacing = DIAL_SPACING.as_secs_f64() * 1000.0;
    assert!(bench.dials.windows(2).all(|pair| pair[1].0 - pair[0].0 >= spacing - TICK), "{:?}", bench.dials);
    assert!(bench.dials.len() >= 3, "and it does dial");
}

#[test]
fn a_page_that_is_put_aside_closes_its_sockets_and_dials_when_it_is_back() {
    let mut bench = live();
    bench.pass(secs(1.0));
    bench.input(ConnectionInput::Suspended);
    assert_eq!((bench.socket, bench.connection.deadline()), (None, None));
    bench.input(ConnectionInput::Resumed);
    bench.greet("alpha");

    bench.input(ConnectionInput::Stop);
    bench.input(ConnectionInput::Suspended);
    bench.input(ConnectionInput::Resumed);
    assert_eq!(bench.socket, None, "what a person closed stays closed");
}

#[test]
fn a_refusal_keeps_its_reason_while_the_page_is_put_aside() {
    let mut bench = live();
    bench.text("go away");
    bench.input(ConnectionInput::Suspended);
    bench.input(ConnectionInput::Resumed);
    assert_eq!(bench.failure().title, "It wants a login");
}

#[test]
fn a_person_need_not_wait() {
    let mut bench = live();
    for _ in 0..8 {
        bench.close(1006, "");
        bench.pass(wait(&bench));
    }
    bench.pass(secs(1.0));
    bench.close(1006, "");
    let dials = bench.dials.len();
    bench.input(ConnectionInput::RetryNow);
    assert_eq!(bench.dials.len(), dials + 1);
}
