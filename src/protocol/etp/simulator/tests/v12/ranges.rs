//! The past.

use super::*;
use crate::protocol::etp::avro::Uuid;

fn ask(
    client: &mut Client12,
    number: u8,
    ids: &[i64],
    from: IndexValue,
    to: IndexValue,
) -> Vec<Got<Message>> {
    let interval = IndexInterval { start_index: from, end_index: to, ..IndexInterval::default() };
    let range = ChannelRangeInfo { channel_ids: ids.to_vec(), interval, secondary_intervals: Vec::new() };
    client.ask(&GetRanges { request_uuid: Uuid([number; 16]), channel_ranges: vec![range] }.into())
}

fn code(got: &[Got<Message>]) -> Option<i32> {
    got.iter().find_map(|(_, message)| match message {
        Message::ProtocolException(exception) => exception.error.as_ref().map(|error| error.code),
        _ => None,
    })
}

#[test]
fn rows_of_two_channels_come_together_by_depth() {
    let mut client = Client12::open("whole");
    let channels = client.channels();
    let id = |name: &str| channels.iter().find(|channel| channel.channel_name == name).expect(name).id;
    let (gamma, ohms, caliper) = (id("GR"), id("RES"), id("CALI"));
    let IndexValue::Double(end) = client.channel("GR").indexes[0].interval.end_index else {
        panic!("a depth")
    };
    let got = ask(&mut client, 1, &[ohms, gamma], IndexValue::Double(end - 1.0), IndexValue::Double(end));
    assert_eq!(shape(&got), [("GetRangesResponse", 3, client.0.id)]);
    assert_eq!((items(&got, gamma).len(), items(&got, ohms).len()), (6, 6));
    assert_eq!(items(&got, ohms)[0].indexes, [IndexValue::Null]);
    let got = ask(&mut client, 2, &[caliper], IndexValue::Double(600.0), IndexValue::Double(850.0));
    let depths: Vec<_> = items(&got, caliper).iter().map(|item| item.indexes[0].clone()).collect();
    assert_eq!(depths[0], IndexValue::Double(850.0), "downwards in the index, as it was logged");
    let got = ask(&mut client, 3, &[gamma], IndexValue::Double(1.0), IndexValue::Double(2.0));
    assert_eq!((shape(&got), items(&got, gamma).len()), (vec![("GetRangesResponse", 3, client.0.id)], 0));
}

#[test]
fn a_range_that_cannot_be_had_is_refused() {
    let mut client = Client12::open("");
    let id = client.channel("HKLD").id;
    let null = || IndexValue::Null;
    assert_eq!(code(&ask(&mut client, 1, &[id, 77], null(), null())), Some(1002));
    assert_eq!(code(&ask(&mut client, 1, &[id], IndexValue::Double(1.0), null())), Some(20));
    assert_eq!(code(&ask(&mut client, 1, &[id], null(), null())), None);
    assert_eq!(code(&ask(&mut client, 1, &[id], null(), null())), Some(22), "the UUID is in use");
    client.pass(2.0);
    assert_eq!(code(&ask(&mut client, 1, &[id], null(), null())), None);
    let mut client = Client12::open("no-ranges");
    let id = client.channel("HKLD").id;
    assert_eq!(code(&ask(&mut client, 1, &[id], null(), null())), Some(7));
}

#[test]
fn a_range_that_is_cancelled_ends_with_an_error() {
    let mut client = Client12::open("");
    let id = client.channel("HKLD").id;
    let got = ask(&mut client, 1, &[id], IndexValue::Null, IndexValue::Null);
    assert_eq!(shape(&got), [("GetRangesResponse", 1, client.0.id)]);
    let asked = client.0.id;
    let got = client.ask(&CancelGetRanges { request_uuid: Uuid([1; 16]) }.into());
    assert_eq!((shape(&got), code(&got)), (vec![("ProtocolException", 2, asked)], Some(18)));
    assert_eq!(client.pass(1.0), []);
    let got = client.ask(&CancelGetRanges { request_uuid: Uuid([1; 16]) }.into());
    assert_eq!(code(&got), Some(11));
}

#[test]
fn more_than_was_agreed_on_is_not_sent() {
    let mut client = Client12::stranger("");
    let Message::RequestSession(mut small) = request(&[(21, "store"), (3, "store")]) else { unreachable!() };
    let most = ("MaxRangeDataItemCount".to_owned(), DataValue::Int(100));
    small.requested_protocols[0].protocol_capabilities = [most].into_iter().collect();
    client.ask(&small.into());
    let id = client.channel("HKLD").id;
    let got = ask(&mut client, 1, &[id], IndexValue::Null, IndexValue::Null);
    assert_eq!((items(&got, id).len(), code(&got)), (100, Some(30)));
    assert_eq!(client.pass(1.0), []);
}
