//! What a browser will not allow is said before anything is dialled.

use porthole::protocol::address::Address;
use porthole::protocol::preflight::{Level, PageContext, Verdict, check, is_public};

fn verdicts(page: PageContext, address: &str) -> Vec<Verdict> {
    check(&page, &Address::parse(address).expect("a good address"))
}

fn levels(page: PageContext, address: &str) -> Vec<Level> {
    verdicts(page, address).into_iter().map(|verdict| verdict.level).collect()
}

const LAB: PageContext = PageContext { secure: false, host_is_public: false, open_sockets: 0 };
const PUBLIC: PageContext = PageContext { secure: true, host_is_public: true, open_sockets: 0 };

#[test]
fn a_lab_page_may_dial_everything_and_hears_that_ws_is_not_encrypted() {
    assert_eq!(levels(LAB, "ws://192.168.1.20:8010"), [Level::Ok]);
    assert_eq!(levels(LAB, "wss://cryo.example.org"), []);
    assert_eq!(levels(LAB, "localhost:8010"), []);
    assert_eq!(check(&PUBLIC, &Address::in_page("cryostat")), []);
}

#[test]
fn an_encrypted_page_may_not_open_ws_beyond_this_machine() {
    let all = verdicts(PUBLIC, "ws://cryo.example.org:8010/ws");
    assert_eq!(all.iter().map(|verdict| verdict.level).collect::<Vec<_>>(), [Level::Blocks, Level::Ok]);
    for way_out in ["http://", "localhost", "TLS", "wss://"] {
        assert!(all[0].text.contains(way_out), "{}", all[0].text);
    }
    assert!(all[0].snippet.contains("proxy_pass http://cryo.example.org:8010/ws;"), "{}", all[0].snippet);
    let same_machine = PageContext { host_is_public: false, ..PUBLIC };
    assert_eq!(levels(same_machine, "ws://127.0.0.1:8010"), []);
    assert_eq!(levels(same_machine, "wss://192.168.1.20"), []);
}

#[test]
fn a_public_page_hears_of_local_network_access() {
    for private in
        ["wss://192.168.1.20", "wss://localhost", "wss://[fd00::1]", "wss://cryo3", "wss://cryo.local"]
    {
        let all = verdicts(PUBLIC, private);
        assert_eq!(all.len(), 1, "{private}: {all:?}");
        assert_eq!(all[0].level, Level::Warns);
        assert!(all[0].title.contains("will ask"), "{}", all[0].title);
    }
    let plain = PageContext { secure: false, ..PUBLIC };
    assert!(verdicts(plain, "ws://192.168.1.20")[0].title.contains("may refuse"));
    assert_eq!(levels(PUBLIC, "wss://cryo.example.org"), []);
}

#[test]
fn two_hundred_sockets_are_enough() {
    assert_eq!(levels(PageContext { open_sockets: 199, ..LAB }, "localhost:8010"), []);
    let all = verdicts(PageContext { open_sockets: 200, ..LAB }, "localhost:8010");
    assert_eq!(all[0].level, Level::Blocks);
    assert!(all[0].title.contains("200 connections"), "{}", all[0].title);
}

#[test]
fn hosts_are_told_apart() {
    let public = [
        "example.org",
        "8.8.8.8",
        "172.32.0.1",
        "2001:db8::1",
        "[2001:db8::1]",
        "::ffff:8.8.8.8",
        "a.localx",
    ];
    let not_public = [
        "",
        "localhost",
        "porthole.localhost",
        "127.3.2.1",
        "::1",
        "[::1]",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.9.9",
        "192.168.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "cryo3",
        "CRYO.LOCAL",
        "cryo.local.",
        "nas.home.arpa",
        "cryo3.lab",
        "fd12::1",
        "fe80::1",
        "::ffff:192.168.0.1",
        "0.0.0.0",
    ];
    for host in public {
        assert!(is_public(host), "{host}");
    }
    for host in not_public {
        assert!(!is_public(host), "{host}");
    }
}
