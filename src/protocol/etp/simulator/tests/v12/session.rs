//! How a session begins and ends, and what is refused.

use super::*;
use crate::protocol::etp::header::{ACKNOWLEDGE, COMPRESSED, EXTENSION};

/// The code of the only answer.
fn refusal(got: &[Got<Message>]) -> i32 {
    let [(header, Message::ProtocolException(exception))] = got else { panic!("{got:?}") };
    assert_eq!(header.message_flags, FINAL);
    exception.error.as_ref().expect("one error").code
}

#[test]
fn what_cannot_be_agreed_on_is_refused_with_its_code() {
    for (protocols, code) in
        [(&[(4, "store")][..], 2), (&[], 2), (&[(21, "customer")], 1), (&[(1, "producer")], 2)]
    {
        let mut client = Client12::stranger("");
        assert_eq!(refusal(&client.ask(&request(protocols))), code, "{protocols:?}");
    }
    let mut client = Client12::stranger("");
    let Message::RequestSession(mut json) = request(&[(21, "store")]) else { unreachable!() };
    json.supported_formats = vec!["json".into()];
    assert_eq!(refusal(&client.ask(&json.into())), 21);
    assert_eq!(refusal(&client.ask(&GetDataspaces::default().into())), 8, "no session yet");
}

#[test]
fn in_a_session_what_makes_no_sense_is_refused_with_its_code() {
    let mut client = Client12::open("");
    assert_eq!(refusal(&client.ask(&request(&[(21, "store")]))), 8);
    assert_eq!(refusal(&client.ask(&StartStreaming {}.into())), 4);
    assert_eq!(refusal(&client.ask(&GetDataObjects::default().into())), 4);
    assert_eq!(refusal(&client.ask(&GetChangeAnnotations::default().into())), 7);
    let header = |protocol, message_type, message_flags| MessageHeader {
        protocol,
        message_type,
        message_id: 100,
        message_flags,
        ..MessageHeader::default()
    };
    let mut send = |header: MessageHeader, body: &[u8]| {
        let mut writer = header.writer();
        writer.raw(body);
        let outputs = client.0.send_bytes(writer.into_bytes());
        let got: Vec<_> = binary(outputs).iter().map(|bytes| read_12(bytes)).collect();
        assert_eq!(got[0].0.correlation_id, 100);
        assert_eq!(got[0].0.protocol, header.protocol, "the protocol of the offending message");
        refusal(&got)
    };
    assert_eq!(send(header(21, 99, FINAL), &[]), 3);
    assert_eq!(send(header(77, 1, FINAL), &[]), 4);
    assert_eq!(send(header(21, 3, FINAL), &[0x02]), 19);
    assert_eq!(send(header(21, 3, FINAL | COMPRESSED), &[0x1f, 0x8b]), 13);
    assert_eq!(send(header(21, 7, FINAL | EXTENSION), &[0x03]), 19);
    let got = binary(client.0.send_bytes(vec![0xff; 3]));
    let (header, _) = read_12(&got[0]);
    assert_eq!((header.correlation_id, header.protocol), (0, 0));
}

#[test]
fn a_header_extension_is_passed_over_and_an_acknowledgement_given() {
    let mut client = Client12::open("");
    let header = MessageHeader {
        message_type: 8,
        message_id: 50,
        message_flags: FINAL | EXTENSION | ACKNOWLEDGE,
        ..MessageHeader::default()
    };
    let mut writer = header.writer();
    let extension: Map<DataValue> = [("a".to_owned(), DataValue::Null)].into_iter().collect();
    extension.write(&mut writer);
    Message::from(Ping { current_date_time: 7 }).write(&mut writer);
    let got: Vec<_> =
        binary(client.0.send_bytes(writer.into_bytes())).iter().map(|bytes| read_12(bytes)).collect();
    assert_eq!(shape(&got), [("Acknowledge", 2, 50), ("Pong", 2, 50)]);
}

#[test]
fn ids_are_odd_and_increase_and_sizes_are_the_smaller_ones() {
    let mut client = Client12::stranger("");
    let Message::RequestSession(mut small) = request(&[(21, "store"), (3, "store")]) else { unreachable!() };
    let size = ("MaxWebSocketMessagePayloadSize".to_owned(), DataValue::Int(10_000));
    small.endpoint_capabilities = [size].into_iter().collect();
    let most = ("MaxRangeDataItemCount".to_owned(), DataValue::Long(100));
    small.requested_protocols[0].protocol_capabilities = [most].into_iter().collect();
    let mut got = client.ask(&small.into());
    let Message::OpenSession(open) = &got[0].1 else { panic!("{got:?}") };
    let size = open.endpoint_capabilities.get("MaxWebSocketMessagePayloadSize");
    assert_eq!(size, Some(&DataValue::Long(10_000)));
    let most = open.supported_protocols[0].protocol_capabilities.get("MaxRangeDataItemCount");
    assert_eq!(most, Some(&DataValue::Long(100)));
    let (_, answer) = client.subscribe("CHRM", Some(99), IndexValue::Null);
    got.extend(answer);
    got.extend(client.pass(5.0));
    let ids: Vec<_> = got.iter().map(|(header, _)| header.message_id).collect();
    assert!(ids.iter().all(|id| id % 2 == 1) && ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    assert!(got.iter().all(|(_, message)| written(1, message, 0).len() < 10_000));
}

#[test]
fn who_has_said_goodbye_is_not_heard_any_more_and_cut_off() {
    let mut client = Client12::open("");
    client.subscribe("HKLD", None, IndexValue::Null);
    assert_eq!(client.ask(&CloseSession { reason: "bye".into() }.into()), []);
    assert_eq!(client.ask(&Ping::default().into()), []);
    assert_eq!(client.0.outputs_of(5.0), [SimulatorOutput::Cut]);
}

#[test]
fn the_next_session_has_other_ids() {
    let mut client = Client12::open("");
    let id = client.channel("HKLD").id;
    client.0.reconnect(3.0);
    client.0.id = 0;
    client.ask(&request(&[(3, "store"), (21, "store")]));
    assert_ne!(client.channel("HKLD").id, id);
}

#[test]
fn a_token_opens_the_door() {
    let mut client = Client12::stranger("auth=s3cret");
    assert_eq!(refusal(&client.ask(&request(&[(21, "store")]))), 27);
    let mut authorize = |text: &str| {
        let request = Authorize { authorization: text.into(), ..Authorize::default() };
        let got = client.ask(&request.into());
        let [(_, Message::AuthorizeResponse(response))] = &got[..] else { panic!("{got:?}") };
        (response.success, response.challenges.clone())
    };
    assert_eq!(authorize("Bearer wrong"), (false, vec!["Bearer".to_owned()]));
    assert_eq!(authorize("Bearer s3cret"), (true, vec![]));
    let got = client.ask(&request(&[(21, "store")]));
    assert!(matches!(got[..], [(_, Message::OpenSession(_))]), "{got:?}");
}
