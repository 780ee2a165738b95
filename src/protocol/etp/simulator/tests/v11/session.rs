//! How a session begins and ends, and what is refused.

use super::*;
use crate::protocol::etp::header::ACKNOWLEDGE;

/// The codes of all answers, which are nothing else.
fn codes(got: &[Got<Message>]) -> Vec<i32> {
    let code = |(_, message): &Got<Message>| match message {
        Message::ProtocolException(exception) => exception.error_code,
        other => panic!("{other:?}"),
    };
    got.iter().map(code).collect()
}

#[test]
fn what_cannot_be_agreed_on_is_refused_with_its_code() {
    for (protocols, code) in [(&[(4, "store")][..], 2), (&[], 2), (&[(1, "consumer")], 1)] {
        let mut client = Client11::stranger("");
        assert_eq!(codes(&client.ask(&request(protocols))), [code], "{protocols:?}");
    }
    let mut client = Client11::stranger("");
    assert_eq!(codes(&client.ask(&Start::default().into())), [8]);
    let got = client.ask(&request(&[(1, "producer"), (4, "store"), (3, "customer")]));
    let [(header, Message::OpenSession(open))] = &got[..] else { panic!("{got:?}") };
    assert_eq!((open.supported_protocols.len(), header.message_flags), (1, 0), "not more than asked for");
    assert_eq!(open.session_id.len(), 36);
    assert_eq!(codes(&client.ask(&GetResources { uri: "eml://".into() }.into())), [4]);
}

#[test]
fn in_a_session_what_makes_no_sense_is_refused_with_its_code() {
    let mut client = Client11::open("");
    assert_eq!(codes(&client.ask(&request(&[(1, "producer")]))), [8]);
    assert_eq!(codes(&client.describe("eml://")), [8], "Start comes first");
    client.ask(&Start { max_message_rate: 100, max_data_items: 100 }.into());
    assert_eq!(codes(&client.describe("http://somewhere")), [9]);
    assert_eq!(codes(&client.describe("eml://witsml14/well(moon)")), [11]);
    assert_eq!(codes(&client.ask(&ChannelData::default().into())), [7]);
    assert_eq!(codes(&client.ask(&ChannelStreamingStop { channels: vec![77] }.into())), [1002]);
    let header = MessageHeader { protocol: 1, message_type: 7, message_id: 9, ..MessageHeader::default() };
    let got = binary(client.0.send_bytes(header.writer().into_bytes()));
    let (answer, message) = read_11(&got[0]);
    assert_eq!((answer.protocol, answer.correlation_id), (1, 9));
    assert_eq!(codes(&[(answer, message)]), [3]);
}

#[test]
fn good_and_bad_uris_may_stand_together() {
    let mut client = Client11::started("");
    let uris = ["eml://witsml14/well(porthole-1)/wellbore(a)/log(pwd)/", "eml://x", "y"].map(str::to_owned);
    let got = client.ask(&ChannelDescribe { uris: uris.into() }.into());
    let asked = client.0.id;
    assert_eq!(
        shape(&got),
        [("ChannelMetadata", 3, asked), ("ProtocolException", 0, asked), ("ProtocolException", 0, asked)]
    );
    assert_eq!(records(&got)[0].channel_name, "ECD");
    assert_eq!(codes(&got[1..]), [11, 9]);
}

#[test]
fn ids_increase_one_by_one_and_an_acknowledgement_is_given() {
    let mut client = Client11::started("");
    let mut got = client.send_with(&GetResources { uri: "eml://".into() }.into(), ACKNOWLEDGE);
    assert_eq!(shape(&got)[0], ("Acknowledge", 0, client.0.id));
    assert_eq!(got[0].0.protocol, 3);
    client.stream("GR", StreamingStartIndex::Null);
    got = client.pass(10.0);
    let ids: Vec<_> = got.iter().map(|(header, _)| header.message_id).collect();
    assert!(ids.windows(2).all(|pair| pair[1] - pair[0] == 1), "{ids:?}");
}

#[test]
fn a_token_opens_the_door() {
    let mut client = Client11::stranger("auth=s3cret");
    assert_eq!(codes(&client.ask(&request(&[(1, "producer")]))), [6]);
    assert_eq!(codes(&client.ask(&RenewSecurityToken { token: "no".into() }.into())), [6]);
    assert_eq!(client.ask(&RenewSecurityToken { token: "Bearer s3cret".into() }.into()), []);
    assert_eq!(shape(&client.ask(&request(&[(1, "producer")])))[0].0, "OpenSession");
}

#[test]
fn the_session_is_closed_after_a_while() {
    let mut client = Client11::open("close");
    assert_eq!(shape(&client.pass(21.0)), [("CloseSession", 0, 0)]);
    assert_eq!(client.0.outputs_of(2.0), [SimulatorOutput::Cut]);
}
