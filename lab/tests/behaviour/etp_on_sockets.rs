//! Simulated servers of ETP behind WebSockets, with the subprotocol of each version.

use porthole::protocol::etp::avro::{Avro as _, Reader};
use porthole::protocol::etp::header::{FINAL, MessageHeader};
use porthole::protocol::etp::{v11, v12};
use porthole_lab::{Instrument, Server, serve_simulator};
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, Instead, dial_offering};

fn serve(name: &str, quirks: &str) -> Server {
    let instrument = Instrument::named(name).expect("an instrument");
    serve_simulator(0, instrument.simulator(1, quirks).expect("quirks")).expect("a free port")
}

fn header(message_type: i32) -> MessageHeader {
    MessageHeader { message_type, message_id: 2, message_flags: FINAL, ..MessageHeader::default() }
}

fn next(client: &mut Client) -> Vec<u8> {
    match client.next() {
        Err(Instead::Binary(bytes)) => bytes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_version_has_its_subprotocol() {
    for (name, offered, other) in [
        ("rig", "etp12.energistics.org", "energistics-tp"),
        ("depth-log", "energistics-tp", "etp12.energistics.org"),
    ] {
        let server = serve(name, "");
        let (_, response) = dial_offering(server.port(), offered).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(response.headers()["Sec-WebSocket-Protocol"], offered);
        let Err(error) = dial_offering(server.port(), other) else { panic!("{other} was accepted") };
        assert!(matches!(*error, Error::Http(_)), "{error}");
    }
}

#[test]
fn a_session_of_version_1_2_opens_and_messages_are_counted() {
    let server = serve("rig", "");
    let (mut client, _) = dial_offering(server.port(), "etp12.energistics.org").expect("a client");
    let protocol = v12::datatypes::SupportedProtocol {
        protocol: 21,
        protocol_version: v12::datatypes::Version { major: 1, minor: 2, revision: 0, patch: 0 },
        role: "store".into(),
        ..Default::default()
    };
    let request = v12::messages::RequestSession { requested_protocols: vec![protocol], ..Default::default() };
    let mut writer = header(1).writer();
    request.write(&mut writer);
    client.send_bytes(writer.into_bytes());
    let bytes = next(&mut client);
    let mut reader = Reader::new(&bytes);
    let header = MessageHeader::read(&mut reader).expect("a header");
    assert_eq!((header.message_type, header.correlation_id, header.message_id), (2, 2, 1));
    let open = v12::messages::OpenSession::read(&mut reader).expect("a session");
    assert_eq!(open.supported_protocols[0].protocol, 21);
    assert_eq!(server.counts().received.get("0/1"), Some(&1));
}

#[test]
fn a_quirk_reaches_the_server_of_version_1_1() {
    let server = serve("depth-log", "simple");
    let (mut client, _) = dial_offering(server.port(), "energistics-tp").expect("a client");
    let protocol = v11::datatypes::SupportedProtocol {
        protocol: 1,
        protocol_version: v11::datatypes::Version { major: 1, minor: 1, revision: 0, patch: 0 },
        role: "producer".into(),
        ..Default::default()
    };
    let request = v11::messages::RequestSession { requested_protocols: vec![protocol], ..Default::default() };
    let mut writer = header(1).writer();
    request.write(&mut writer);
    client.send_bytes(writer.into_bytes());
    let bytes = next(&mut client);
    let mut reader = Reader::new(&bytes);
    MessageHeader::read(&mut reader).expect("a header");
    let open = v11::messages::OpenSession::read(&mut reader).expect("a session");
    let capabilities = &open.supported_protocols[0].protocol_capabilities;
    assert_eq!(capabilities.get("simplestreamer"), Some(&v11::datatypes::DataValue::Bool(true)));
}
