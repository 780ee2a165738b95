//! No failure is a bare "connection failed": each has evidence and likely causes for this protocol and address.

mod util;

use std::time::Duration;

use porthole::model::link::Failure;
use porthole::protocol::Attempt;
use porthole::protocol::address::Address;
use porthole::protocol::connection::{ConnectionInput, SocketEvent};
use porthole::protocol::failure::{Evidence, explain, unreachable};
use util::bench::Bench;
use util::clock::secs;
use util::fake_session::{ALPHA, BETA};

fn titles(failure: &Failure) -> Vec<&str> {
    failure.causes.iter().map(|cause| cause.title.as_str()).collect()
}

fn assert_whole(failure: &Failure) {
    assert!(!failure.title.is_empty() && !failure.evidence.is_empty(), "{failure:?}");
    assert!(!failure.causes.is_empty(), "{failure:?}");
    for cause in &failure.causes {
        assert!(!cause.title.is_empty() && cause.text.ends_with('.'), "{cause:?} of {failure:?}");
    }
    let mut titles = titles(failure);
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), failure.causes.len(), "said twice: {failure:?}");
}

fn attempt(code: Option<u16>) -> Attempt<'static> {
    Attempt {
        url: "ws://box.lab:4000/",
        elapsed: Duration::from_millis(3),
        opened: false,
        recognised: false,
        code,
        reason: "",
        timed_out: false,
    }
}

fn evidence(attempt: Attempt<'_>) -> Evidence<'_> {
    Evidence { attempt, quiet: Duration::from_secs(1), attempts: 3, wish: "" }
}

#[test]
fn every_failure_is_whole() {
    let addresses =
        ["box.lab:4000", "ws://localhost:1", "wss://10.0.0.1/x", "[2001:db8::1]:9", "box.example.org"];
    let mut addresses: Vec<_> =
        addresses.into_iter().map(|text| Address::parse(text).expect("a good address")).collect();
    addresses.push(Address::in_page("cryostat"));
    for address in &addresses {
        for code in
            [None, Some(0), Some(999), Some(4999), Some(65_535)].into_iter().chain((1000..1016).map(Some))
        {
            for stage in 0..8 {
                let (opened, recognised, timed_out) = (stage & 1 > 0, stage & 2 > 0, stage & 4 > 0);
                let attempt = Attempt { opened, recognised, timed_out, ..attempt(code) };
                for protocol in [&ALPHA, &BETA] {
                    assert_whole(&explain(address, protocol, &evidence(attempt.clone())));
                }
            }
        }
        assert_whole(&unreachable(address, ""));
    }
}

#[test]
fn a_refused_connection_names_the_protocols_own_causes_first() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 1);
    bench.input(ConnectionInput::Start);
    bench.clock.pass(Duration::from_millis(3));
    bench.close(1006, "");
    let failure = bench.failure();
    assert_eq!(failure.title, "box.lab:4000 could not be reached");
    assert_eq!(failure.evidence, "closed after 3 ms without having been open, close code 1006, 1 attempt");
    assert_eq!(
        titles(failure),
        [
            "The wrong port",
            "Nothing listens there",
            "The name is not known here",
            "This page came over https",
            "The server refused the handshake",
            "The browser may not reach the local network",
        ]
    );
    assert!(failure.causes[4].snippet.ends_with("'http://box.lab:4000/'"), "{:?}", failure.causes[4]);
}

#[test]
fn silence_and_refusal_have_different_causes() {
    let address = Address::parse("192.168.1.20:4000").expect("a good address");
    let refused = explain(&address, &BETA, &evidence(attempt(Some(1006))));
    let dropped = explain(&address, &BETA, &evidence(Attempt { timed_out: true, ..attempt(None) }));
    assert_eq!(dropped.evidence, "no answer in 3 ms, 3 attempts");
    assert!(titles(&dropped).contains(&"A firewall drops the connection"));
    assert!(!titles(&refused).contains(&"A firewall drops the connection"));
    assert!(titles(&refused).contains(&"The server does not know the subprotocol"));
    assert!(!titles(&refused).contains(&"The name is not known here"), "it is a number");
}

#[test]
fn an_encrypted_address_may_have_a_bad_certificate_and_a_local_one_no_mixed_content() {
    let of = |text| {
        let address = Address::parse(text).expect("a good address");
        explain(&address, &BETA, &evidence(attempt(Some(1006))))
    };
    let secure = of("wss://box.lab:4000");
    let certificate = secure.causes.iter().find(|cause| cause.title == "The certificate is not trusted");
    assert_eq!(certificate.map(|cause| cause.snippet.as_str()), Some("https://box.lab:4000/"));
    assert!(!titles(&secure).contains(&"This page came over https"));
    assert!(!titles(&of("localhost:4000")).contains(&"This page came over https"));
    assert!(titles(&of("localhost:4000")).contains(&"It runs on another machine"));
}

#[test]
fn close_codes_are_read() {
    let cause = |code: u16, reason: &str, quiet: f64| {
        let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 1);
        bench.go_live("alpha");
        bench.text("patience 60");
        bench.pass(secs(quiet));
        bench.close(code, reason);
        assert_whole(bench.failure());
        (bench.failure().causes[0].title.clone(), bench.failure().clone())
    };
    let (title, failure) = cause(1001, "shutting down", 0.0);
    assert_eq!(title, "The server was shut down or restarted");
    assert_eq!(failure.title, "box.lab:4000 was shut down");
    assert!(
        failure.evidence.ends_with("close code 1001, reason \"shutting down\", 1 attempt"),
        "{failure:?}"
    );
    assert_eq!(cause(1009, "", 0.0).0, "A frame was too large for the server");
    assert_eq!(cause(1011, "keepalive ping timeout", 0.0).0, "The server waited in vain for a sign of life");
    assert_eq!(cause(1011, "", 0.0).0, "The server ran into an error");
    assert_eq!(cause(1006, "", 1.0).0, "The instrument's server ended, or the network broke");
    let (title, failure) = cause(1006, "", 61.0);
    assert_eq!(title, "A proxy cut the idle connection");
    assert_eq!(failure.causes[0].snippet, "proxy_read_timeout 1h;");
}

#[test]
fn a_refusal_keeps_the_peers_words() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 1);
    bench.go_live("alpha");
    bench.text("go away, please");
    let failure = bench.failure();
    assert_eq!(failure.title, "It wants a login");
    assert_eq!(failure.evidence, "go away, please");
    assert_eq!(titles(failure), ["It wants a login"]);
    assert_whole(failure);
}

#[test]
fn a_browser_that_forbids_it_is_named() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 1);
    bench.input(ConnectionInput::Start);
    bench.socket(SocketEvent::Unreachable { reason: "SecurityError: insecure" });
    assert_eq!(titles(bench.failure()), ["This page came over https", "The browser forbids it"]);
    assert_eq!(bench.failure().causes[0].snippet, "wss://box.lab:4000/");
}

#[test]
fn a_cut_in_the_demo_is_not_blamed_on_a_firewall() {
    let failure = explain(&Address::in_page("cryostat"), &ALPHA, &evidence(attempt(Some(1006))));
    assert_eq!(titles(&failure), ["The simulated line was cut"]);
}
