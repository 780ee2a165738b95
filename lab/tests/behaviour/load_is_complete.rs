//! The load has the wanted rate, and no number is missing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use porthole_lab::{Load, serve_load};

use crate::client::Client;

#[test]
fn every_number_of_every_channel_comes_in_order_at_about_the_wanted_rate() {
    let load = Load { rate: 5000, channels: 7 };
    let server = serve_load(0, load).expect("a free port");
    let mut client = Client::connect(&server);
    client.send("describe");
    assert!(client.until("describing . ").contains("\"ch0006\""));
    client.send("activate");
    client.until("active");

    let mut last = BTreeMap::<String, u64>::new();
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(2) {
        let frame = client.until("update ");
        let (channel, report) = frame["update ".len()..].split_once(" [").expect("a report");
        let number = report.split(',').next().and_then(|number| number.parse().ok()).expect("a number");
        let before = last.insert(channel.to_owned(), number).unwrap_or(0);
        assert_eq!(number, before + 1, "{frame}");
        count += 1;
    }
    assert_eq!(last.len(), 7);
    assert!((5000..=11_000).contains(&count), "{count} in 2 s");
}

#[test]
fn a_client_that_does_not_read_does_not_make_it_grow() {
    let server = serve_load(0, Load { rate: 1_000_000, channels: 1 }).expect("a free port");
    let mut client = Client::connect(&server);
    client.send("activate");
    client.until("active");
    std::thread::sleep(Duration::from_millis(1500));
    let sent = server.counts().sent;
    std::thread::sleep(Duration::from_millis(500));
    // Socket buffers are full by now: nothing more is made.
    assert_eq!(server.counts().sent, sent);
    client.until("update ch0000:value [1,");
}
