//! A simulator behind a WebSocket is the same one as in the page.

use std::time::Duration;

use porthole::protocol::{Fault, Frame};

use crate::client::{Client, Instead, cryostat};

#[test]
fn the_conversation_is_that_of_the_simulator() {
    let server = cryostat("");
    let mut client = Client::connect(&server);
    client.send("*IDN?");
    assert_eq!(client.next(), Ok("ISSE&SINE2020,SECoP,V2019-09-16,v1.0".into()));
    client.send("activate");
    client.until("active");
    for _ in 0..3 {
        client.until("update T_sample:value [");
    }
    client.send("change T_sample:target 5");
    client.until("changed T_sample:target [5.0,");
}

#[test]
fn only_this_machine_is_listened_to() {
    assert!(cryostat("").address().ip().is_loopback());
}

#[test]
fn frames_are_counted_by_their_action() {
    let server = cryostat("");
    let mut client = Client::connect(&server);
    for line in ["change T_sample:target 5", "change T_sample:target 6", "ping a"] {
        client.send(line);
    }
    client.until("pong a");
    let counts = server.counts();
    assert_eq!(counts.received.get("change"), Some(&2));
    assert_eq!(counts.received.get("ping"), Some(&1));
    assert_eq!((counts.clients, counts.connections), (1, 1));
    assert_eq!(counts.sent, 3);
}

#[test]
fn clients_at_the_same_time_have_a_simulator_each() {
    let server = cryostat("");
    let (mut one, mut other) = (Client::connect(&server), Client::connect(&server));
    one.send("change T_sample:ramp 7");
    one.until("changed");
    other.send("read T_sample:ramp");
    assert!(other.until("reply").starts_with("reply T_sample:ramp [3.0,"));
}

#[test]
fn the_next_client_meets_the_same_instrument() {
    let server = cryostat("");
    let mut first = Client::connect(&server);
    first.send("change T_sample:ramp 7");
    first.until("changed");
    drop(first);
    while server.counts().clients > 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut second = Client::connect(&server);
    second.send("read T_sample:ramp");
    assert!(second.until("reply").starts_with("reply T_sample:ramp [7.0,"));
}

#[test]
fn faults_of_the_simulator_reach_present_and_later_clients() {
    let server = cryostat("");
    let mut present = Client::active(&server);
    server.set_fault(Fault::Error, true);
    present.until("error_update T_sample:value");
    let mut later = Client::active(&server);
    later.until("error_update T_sample:value");
    server.set_fault(Fault::Error, false);
    later.until("update T_sample:value");
}

#[test]
fn a_cut_line_has_no_closing_handshake() {
    let server = cryostat("");
    let mut client = Client::active(&server);
    server.set_fault(Fault::Cut, true);
    assert!(matches!(client.end(), Instead::Broken | Instead::Reset));
}

#[test]
fn frames_can_be_sent_from_outside_and_the_line_closed_in_order() {
    let server = cryostat("");
    let mut client = Client::connect(&server);
    client.send("ping a");
    client.until("pong a");
    server.send(Frame::Text("update nowhere:value [1,{}]".into()));
    client.until("update nowhere:value");
    server.send(Frame::Binary(vec![0, 255]));
    assert_eq!(client.end(), Instead::Binary(vec![0, 255]));
    server.close(1012, "restart");
    assert_eq!(client.end(), Instead::Closed(Some(1012)));
}
