//! The ways in which it may differ.

use super::*;
use crate::protocol::etp::header::ACKNOWLEDGE;

#[test]
fn without_discovery_there_is_channel_subscribe_alone() {
    let mut client = Client12::stranger("no-discovery");
    let got = client.ask(&request(&[(3, "store"), (21, "store"), (24, "store")]));
    let Message::OpenSession(open) = &got[0].1 else { panic!("{got:?}") };
    assert_eq!(open.supported_protocols.len(), 1);
}

#[test]
fn everything_takes_its_time() {
    let mut client = Client12::stranger("delay=300");
    assert_eq!(client.ask(&request(&[(21, "store")])), []);
    assert_eq!(client.pass(0.2), []);
    assert_eq!(client.pass(0.2).len(), 1);
}

#[test]
fn every_fifth_message_wants_to_be_acknowledged() {
    let mut client = Client12::open("ack");
    client.subscribe("HKLD", None, IndexValue::Null);
    let wanted = client.pass(10.0).iter().filter(|(header, _)| header.has(ACKNOWLEDGE)).count();
    assert_eq!(wanted, 10);
}

#[test]
fn answers_need_not_say_what_they_answer() {
    let mut client = Client12::stranger("no-corr");
    let got = client.ask(&request(&[(21, "store")]));
    assert_eq!(shape(&got), [("OpenSession", 2, 0)]);
}

#[test]
fn a_warning_comes_until_the_client_asks_for_less() {
    let mut client = Client12::open("backpressure");
    let (id, _) = client.subscribe("HKLD", None, IndexValue::Null);
    let warnings = |got: &[Got<Message>]| {
        got.iter().filter(|(_, message)| message.name() == "ProtocolException").count()
    };
    assert_eq!(warnings(&client.pass(20.0)), 2);
    client.ask(&UnsubscribeChannels { channel_ids: [("a".to_owned(), id)].into_iter().collect() }.into());
    client.subscribe("HKLD", None, IndexValue::Null);
    assert_eq!(warnings(&client.pass(30.0)), 0);
}

#[test]
fn the_session_is_closed_after_a_while() {
    let mut client = Client12::open("close");
    let got = client.pass(21.0);
    assert_eq!(shape(&got), [("CloseSession", 2, 0)]);
    assert_eq!(client.0.outputs_of(2.0), [SimulatorOutput::Cut]);
}

#[test]
fn data_may_overtake_the_answer() {
    let mut client = Client12::open("late-data");
    let (_, got) = client.subscribe("HKLD", None, IndexValue::Null);
    assert_eq!(got, []);
    let asked = client.0.id;
    let got = client.pass(0.25);
    assert_eq!(shape(&got), [("ChannelData", 2, 0), ("SubscribeChannelsResponse", 3, asked)]);
}

#[test]
fn two_blocks_mean_the_same_as_one() {
    let (mut plain, mut blocks) = (Client12::open("whole"), Client12::open("whole,blocks"));
    assert_eq!(plain.channels(), blocks.channels());
    for name in ["HKLD", "CHRM", "ACTC"] {
        assert_eq!(
            plain.subscribe(name, Some(20), IndexValue::Null),
            blocks.subscribe(name, Some(20), IndexValue::Null)
        );
    }
    let (plain, blocks) = (binary(plain.0.outputs_of(5.0)), binary(blocks.0.outputs_of(5.0)));
    assert_eq!(plain.len(), blocks.len());
    for (one, two) in plain.iter().zip(&blocks) {
        assert!(one.len() < two.len() && read_12(one) == read_12(two));
    }
}

#[test]
fn a_channel_goes_and_comes_again_with_another_id() {
    let mut client = Client12::open("remove");
    let (id, _) = client.subscribe("HKLD", None, IndexValue::Null);
    let got = client.pass(16.0);
    let (_, Message::SubscriptionsStopped(stopped)) = got.last().expect("messages") else { panic!("no end") };
    assert_eq!(stopped.channel_ids.0[0].1, id);
    assert!(client.channels().iter().all(|channel| channel.channel_name != "HKLD"));
    client.pass(5.0);
    assert_ne!(client.channel("HKLD").id, id);
}
