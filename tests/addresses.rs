//! Whatever a person pastes that names an instrument is understood; what does not gets a cause and a next step.

use porthole::protocol::address::{Address, AddressError, Remark};
use proptest::prelude::*;

fn parse(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[test]
fn what_people_paste_is_understood() {
    let cases = [
        ("ws://cryo3.lab:10768", "ws://cryo3.lab:10768/"),
        ("wss://cryo3.lab/node?x=1", "wss://cryo3.lab/node?x=1"),
        ("http://cryo3.lab:8010/ws", "ws://cryo3.lab:8010/ws"),
        ("https://cryo3.lab/", "wss://cryo3.lab/"),
        ("secop://cryo3:10768", "ws://cryo3:10768/"),
        ("SECOPS://Cryo3:10768", "wss://cryo3:10768/"),
        ("cryo3.lab:10768", "ws://cryo3.lab:10768/"),
        ("  \"192.168.1.20:8010/path\"\n", "ws://192.168.1.20:8010/path"),
        ("<ws://Cryo3:10768/Path>", "ws://cryo3:10768/Path"),
        ("“localhost:8010”", "ws://localhost:8010/"),
        ("[::1]:8010", "ws://[::1]:8010/"),
        ("ws://[FE80:0::1]", "ws://[fe80::1]/"),
        ("//cryo3:8010", "ws://cryo3:8010/"),
        ("cryo3:8010?node=2", "ws://cryo3:8010/?node=2"),
        ("ws://cryo3:80/", "ws://cryo3/"),
        ("wss://cryo3:443", "wss://cryo3/"),
        ("cryo3:00080", "ws://cryo3/"),
        ("cryo_3.lab.:8010", "ws://cryo_3.lab.:8010/"),
        ("kühler.lab:8010", "ws://kühler.lab:8010/"),
    ];
    for (pasted, url) in cases {
        assert_eq!(parse(pasted).url, url, "{pasted:?}");
    }
}

#[test]
fn an_address_has_its_parts() {
    let secop = parse("secop://cryo3:10768");
    assert_eq!(secop.protocol_hint.map(|protocol| protocol.id), Some("secop"));
    assert_eq!(secop.candidates().len(), 1);
    assert_eq!((secop.host.as_str(), secop.port, secop.secure), ("cryo3", Some(10768), false));
    assert_eq!(secop.default_name(), "cryo3:10768");
    assert!(secop.private && !secop.loopback);
    let local = parse("wss://localhost");
    assert_eq!((local.port, local.secure, local.loopback, local.private), (None, true, true, false));
    assert_eq!(local.default_name(), "localhost");
    assert_eq!(parse("[::1]:8010").default_name(), "[::1]:8010");
    assert!(!parse("cryo.example.org:1").private);
}

#[test]
fn what_was_understood_otherwise_is_remarked() {
    assert_eq!(parse("ws://cryo3:8010").remarks, []);
    assert_eq!(parse("ws://cryo3:80").remarks, [], "the port was given");
    assert_eq!(parse("cryo3").remarks, [Remark::NoPort(80)]);
    assert_eq!(parse("https://cryo3").remarks, [Remark::NoPort(443)]);
    assert_eq!(parse("ws://cryo3:8010/#top").remarks, [Remark::FragmentDropped("top".to_owned())]);
    assert_eq!(parse("ws://cryo3:8010/#top").url, "ws://cryo3:8010/");
    let bare = parse("fd00::1");
    assert_eq!(bare.remarks, [Remark::BracketsAdded, Remark::NoPort(80)]);
    for remark in bare.remarks {
        assert!(remark.text().ends_with('.'), "{}", remark.text());
    }
}

#[test]
fn what_is_no_address_gets_a_cause_and_a_next_step() {
    use AddressError as E;
    let cases = [
        ("", E::Empty),
        (" <> ", E::Empty),
        ("ws://", E::NoHost),
        ("ws://:8010", E::NoHost),
        ("cryo 3:8010", E::Blank),
        ("cryo3:8010 cryo4:8010", E::Blank),
        ("tcp://cryo3:10767", E::Scheme("tcp".to_owned())),
        ("javascript:alert(1)", E::Scheme("javascript".to_owned())),
        ("file:///etc/hosts", E::Scheme("file".to_owned())),
        ("ws://user:secret@cryo3:8010", E::Credentials),
        ("user@cryo3", E::Credentials),
        ("cryo3:0", E::Port("0".to_owned())),
        ("cryo3:65536", E::Port("65536".to_owned())),
        ("ws://cryo3:+80", E::Port("+80".to_owned())),
        ("ws://cryo3:http", E::Port("http".to_owned())),
        ("[::1]8010", E::Port("8010".to_owned())),
        ("[::1", E::Host("[::1".to_owned())),
        ("[cryo3]:8010", E::Host("cryo3".to_owned())),
        ("[fe80::1%eth0]:8010", E::Host("fe80::1%eth0".to_owned())),
        ("192.168.1.256:8010", E::Host("192.168.1.256".to_owned())),
        ("192.168.1:8010", E::Host("192.168.1".to_owned())),
        ("cryo..lab:8010", E::Host("cryo..lab".to_owned())),
        ("cryo3\\x:8010", E::Host("cryo3\\x".to_owned())),
        ("cryo(3):8010", E::Host("cryo(3)".to_owned())),
    ];
    for (pasted, error) in cases {
        let refused = Address::parse(pasted).expect_err(pasted);
        assert_eq!(refused, error, "{pasted:?}");
        assert!(!refused.to_string().is_empty() && refused.next_step().ends_with('.'), "{refused:?}");
    }
    for long in ["x".repeat(2045), "”x".repeat(400), "x".repeat(1_000_000)] {
        assert_eq!(Address::parse(&format!("a/{long}")).expect_err("too long"), E::TooLong);
    }
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,60}") {
        if let Ok(address) = Address::parse(&text) {
            prop_assert_eq!(&parse(&address.url).url, &address.url);
        }
    }

    #[test]
    fn the_canonical_form_means_the_same(
        text in "(ws|wss|http|HTTPS|secop)://([a-zA-Z0-9._-]{1,12}|[0-9.]{7,15}|\\[[0-9a-f:]{2,12}\\])(:[0-9]{0,6})?(/[ -~“<ü]{0,12})?"
    ) {
        if let Ok(address) = Address::parse(&text) {
            let again = parse(&address.url);
            prop_assert_eq!(&again.url, &address.url);
            prop_assert_eq!((again.host, again.port, again.secure), (address.host, address.port, address.secure));
            prop_assert_eq!((again.loopback, again.private), (address.loopback, address.private));
        }
    }
}
