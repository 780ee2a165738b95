//! The flows of a client that does everything right.

use super::*;

#[test]
fn a_session_opens_and_pings_are_answered() {
    let mut client = Client12::stranger("");
    let got = client.ask(&request(&[(21, "store"), (1, "producer"), (3, "customer")]));
    let [(header, Message::OpenSession(open))] = &got[..] else { panic!("{got:?}") };
    assert_eq!((header.correlation_id, header.message_id, header.message_flags), (2, 1, 2));
    let protocols: Vec<_> = open.supported_protocols.iter().map(|protocol| protocol.protocol).collect();
    assert_eq!(protocols, [21]);
    let got = client.ask(&Ping { current_date_time: 5 }.into());
    let [(header, Message::Pong(pong))] = &got[..] else { panic!("{got:?}") };
    assert_eq!((header.correlation_id, header.message_id), (4, 3));
    assert_eq!(pong.current_date_time, client.0.now.wall.0);
}

#[test]
fn from_the_root_one_gets_to_the_channels() {
    let mut client = Client12::open("");
    let mut uri = "eml:///".to_owned();
    let mut names = Vec::new();
    loop {
        let found = client.resources(&uri, ContextScopeKind::Targets, 1, "");
        let Some(first) = found.first() else { break };
        names.push((first.name.clone(), found.len()));
        uri.clone_from(&first.uri);
    }
    let expected = [("Porthole 1", 1), ("Porthole 1 A", 1), ("Hoisting", 3), ("Hook load", 3)];
    assert_eq!(names, expected.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(client.channels().len(), 10);
}

#[test]
fn what_is_subscribed_comes_five_times_a_second() {
    let mut client = Client12::open("");
    let (id, got) = client.subscribe("HKLD", None, IndexValue::Null);
    assert_eq!(shape(&got), [("SubscribeChannelsResponse", 3, client.0.id)]);
    let got = client.pass(10.0);
    let items = items(&got, id);
    assert_eq!(items.len(), 50);
    let DataValue::Double(first) = items[0].value else { panic!("{items:?}") };
    assert!((100.0..900.0).contains(&first));
}

#[test]
fn a_range_of_the_past_comes_in_parts() {
    let mut client = Client12::open("");
    let id = client.channel("HKLD").id;
    let range = ChannelRangeInfo { channel_ids: vec![id], ..ChannelRangeInfo::default() };
    let mut got = client.ask(&GetRanges { channel_ranges: vec![range], ..GetRanges::default() }.into());
    got.extend(client.pass(1.0));
    let asked = client.0.id;
    let part = |flags| ("GetRangesResponse", flags, asked);
    assert_eq!(shape(&got), [part(1), part(1), part(1), part(3)]);
    assert_eq!(items(&got, id).len(), 3600);
}
