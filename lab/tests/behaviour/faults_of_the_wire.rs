//! Each fault of the wire does what it says, on a simulator and through a proxy.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use porthole_lab::{Strike, serve_proxy};
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, Instead, PATIENCE, cryostat, dial};

#[test]
fn silence_keeps_the_link_open_and_ends() {
    let server = cryostat("");
    let mut client = Client::active(&server);
    server.set_wire(|wire| wire.silence = true);
    client.limit(Duration::from_millis(700));
    client.send("ping a");
    assert_eq!(client.end(), Instead::Nothing);
    assert_eq!(server.counts().clients, 1);
    server.set_wire(|wire| wire.silence = false);
    client.limit(PATIENCE);
    client.until("pong a");
}

#[test]
fn a_reset_is_a_reset_even_in_a_silence() {
    let server = cryostat("");
    let mut client = Client::active(&server);
    server.set_wire(|wire| wire.silence = true);
    assert_eq!(server.strike(Strike::Reset), 1);
    assert_eq!(client.end(), Instead::Reset);
}

#[test]
fn the_line_can_end_between_and_within_frames() {
    for strike in [Strike::Finish, Strike::FinishInFrame] {
        let server = cryostat("");
        let mut client = Client::active(&server);
        server.strike(strike);
        assert!(matches!(client.end(), Instead::Broken | Instead::Reset), "{strike:?}");
    }
}

#[test]
fn half_a_frame_stands_at_the_end() {
    let server = cryostat("");
    let mut stream = raw_handshake(server.port());
    server.strike(Strike::FinishInFrame);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("a clean end");
    assert!(rest.ends_with(b"\x81\x64update half:v"), "{rest:?}");
}

#[test]
fn garbage_breaks_the_framing() {
    let server = cryostat("");
    let mut client = Client::active(&server);
    server.strike(Strike::Garbage);
    assert_eq!(client.end(), Instead::Broken);
}

#[test]
fn slices_are_whole_again_at_the_other_end() {
    let server = cryostat("");
    server.set_wire(|wire| wire.slices = true);
    let mut client = Client::connect(&server);
    client.send("describe");
    let description = client.until("describing . ");
    assert!(description.len() > 5000 && description.ends_with('}'));

    let mut stream = raw_handshake(server.port());
    stream.write_all(b"\x89\x80\0\0\0\0").expect("a ping");
    let mut piece = [0; 64];
    let count = stream.read(&mut piece).expect("a pong");
    assert!((1..=7).contains(&count), "{count} bytes at once");
}

#[test]
fn latency_delays_in_both_directions() {
    let server = cryostat("");
    let mut client = Client::connect(&server);
    server.set_wire(|wire| {
        wire.latency = Duration::from_millis(150);
        wire.jitter = Duration::from_millis(50);
    });
    let began = Instant::now();
    client.send("ping a");
    client.until("pong a");
    let took = began.elapsed();
    assert!((Duration::from_millis(300)..Duration::from_secs(2)).contains(&took), "{took:?}");
}

#[test]
fn bandwidth_limits_what_passes() {
    let server = cryostat("");
    let mut client = Client::connect(&server);
    server.set_wire(|wire| wire.bytes_per_sec = Some(10_000));
    let began = Instant::now();
    client.send("describe");
    let bytes = client.until("describing").len();
    let took = began.elapsed().as_secs_f64();
    let wanted = bytes as f64 / 10_000.0;
    assert!(took > 0.9 * wanted && took < 3.0 * wanted + 1.0, "{bytes} bytes took {took} s");
}

#[test]
fn corrupt_and_duplicate_bytes_differ_from_what_was_sent() {
    let server = cryostat("");
    let mut good = raw_handshake(server.port());
    let ping = b"\x89\x84\0\0\0\0abcd";
    let mut echo = |corrupt, duplicate| {
        server.set_wire(|wire| {
            wire.corrupt = corrupt;
            wire.duplicate = duplicate;
        });
        good.write_all(ping).expect("a ping");
        let mut bytes = vec![0; 64];
        let count = good.read(&mut bytes).expect("a pong");
        bytes.truncate(count);
        bytes
    };
    assert_eq!(echo(false, false), b"\x8a\x04abcd");
    let corrupt = echo(true, false);
    assert_eq!(corrupt.len(), 6);
    assert_ne!(corrupt, b"\x8a\x04abcd");
    assert_eq!(echo(false, true).len(), 7);
}

#[test]
fn connections_are_refused_with_a_status() {
    let server = cryostat("");
    for status in [403, 404] {
        server.set_wire(|wire| wire.refuse = Some(status));
        let Err(error) = dial(server.port()) else { panic!("accepted in spite of {status}") };
        match *error {
            Error::Http(response) => assert_eq!(response.status().as_u16(), status),
            other => panic!("{other}"),
        }
    }
    server.set_wire(|wire| wire.refuse = None);
    Client::active(&server);
}

#[test]
fn a_wrong_subprotocol_is_named() {
    let server = cryostat("");
    server.set_wire(|wire| wire.wrong_subprotocol = true);
    let mut stream = TcpStream::connect(server.address()).expect("the lab listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream.write_all(HANDSHAKE).expect("a handshake");
    let head = read_head(&mut stream);
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert!(head.contains("\r\nSec-WebSocket-Protocol: nonsense\r\n"), "{head}");
}

#[test]
fn a_connection_can_be_accepted_and_ignored() {
    let server = cryostat("");
    server.set_wire(|wire| wire.silent_accept = true);
    let mut stream = TcpStream::connect(server.address()).expect("the lab listens");
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a time limit");
    stream.write_all(HANDSHAKE).expect("a handshake");
    let error = stream.read(&mut [0; 1]).expect_err("nothing");
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    server.set_wire(|wire| wire.silent_accept = false);
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    assert!(read_head(&mut stream).starts_with("HTTP/1.1 101"));
}

#[test]
fn an_ignored_client_that_goes_is_forgotten() {
    let server = cryostat("");
    server.set_wire(|wire| wire.silent_accept = true);
    let stream = TcpStream::connect(server.address()).expect("the lab listens");
    until(|| server.counts().clients == 1);
    drop(stream);
    until(|| server.counts().clients == 0);
}

#[test]
fn a_proxy_adds_faults_to_another_server() {
    let upstream = cryostat("");
    let proxy = serve_proxy(0, upstream.port()).expect("a free port");
    let mut client = Client::active(&proxy);
    client.until("update T_sample:value");
    proxy.set_wire(|wire| wire.silence = true);
    client.limit(Duration::from_millis(500));
    assert_eq!(client.end(), Instead::Nothing);
    proxy.strike(Strike::Reset);
    assert_eq!(client.end(), Instead::Reset);
    // The proxy hangs up on the other side too.
    until(|| upstream.counts().clients == 0);
}

fn until(condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "not in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

const HANDSHAKE: &[u8] =
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A socket just after the handshake.
fn raw_handshake(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the lab listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream.write_all(HANDSHAKE).expect("a handshake");
    let head = read_head(&mut stream);
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.extend(byte);
    }
    String::from_utf8(head).expect("text")
}
