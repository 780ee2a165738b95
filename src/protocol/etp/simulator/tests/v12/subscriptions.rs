//! Who listens to what, and what they are told.

use super::*;

fn codes(got: &[Got<Message>]) -> Vec<(String, i32)> {
    let errors = got.iter().flat_map(|(_, message)| match message {
        Message::ProtocolException(exception) => exception.errors.0.clone(),
        _ => Vec::new(),
    });
    errors.map(|(key, error)| (key, error.code)).collect()
}

fn time(item: &DataItem) -> i64 {
    let IndexValue::Long(time) = item.indexes[0] else { panic!("{item:?}") };
    time
}

#[test]
fn a_stream_begins_now_or_with_the_latest_or_with_an_index() {
    let mut client = Client12::open("");
    let (id, got) = client.subscribe("HKLD", None, IndexValue::Null);
    assert_eq!(items(&got, id), []);
    let (id, got) = client.subscribe("DBTM", Some(7), IndexValue::Null);
    assert_eq!(items(&got, id).len(), 7);
    let since = client.0.now.wall.0 - 60_000_000;
    let (id, got) = client.subscribe("SPM", None, IndexValue::Long(since));
    let items = items(&got, id);
    assert!((59..=61).contains(&items.len()) && time(&items[0]) >= since, "{}", items.len());
    assert!(matches!(items[0].value, DataValue::Int(_)));
}

#[test]
fn rows_come_whole_with_the_index_once() {
    let mut client = Client12::open("");
    for name in ["HKLD", "BPOS", "SLIP"] {
        client.subscribe(name, None, IndexValue::Null);
    }
    let got = client.pass(1.0);
    assert_eq!(got.len(), 5);
    for (header, message) in got {
        let Message::ChannelData(data) = message else { panic!("{message:?}") };
        assert_eq!((header.message_flags, header.correlation_id, data.data.len()), (2, 0, 3));
        let indexes: Vec<_> = data.data.iter().map(|item| item.indexes[0].clone()).collect();
        assert!(
            matches!(indexes[..], [IndexValue::Long(_), IndexValue::Null, IndexValue::Null]),
            "{indexes:?}"
        );
    }
}

#[test]
fn each_kind_of_value_has_its_branch() {
    let mut client = Client12::open("whole");
    let mut latest = |name: &str| {
        let (id, got) = client.subscribe(name, Some(1), IndexValue::Null);
        items(&got, id).remove(0)
    };
    assert!(matches!(latest("SLIP").value, DataValue::Bool(_)));
    assert!(matches!(latest("ACTC").value, DataValue::String(_)));
    assert!(matches!(latest("RES").value, DataValue::Float(_)));
    assert!(matches!(latest("CHRM").value, DataValue::ArrayOfDouble(points) if points.values.len() == 64));
    assert!(matches!(latest("ECD").indexes[..], [IndexValue::Double(_), IndexValue::Long(_)]));
}

#[test]
fn what_cannot_be_subscribed_is_told_late() {
    let mut client = Client12::open("");
    let id = client.channel("HKLD").id;
    let info = |channel_id, start_index| ChannelSubscribeInfo {
        channel_id,
        start_index,
        ..ChannelSubscribeInfo::default()
    };
    let channels = [
        ("good".to_owned(), info(id, IndexValue::Null)),
        ("unknown".to_owned(), info(77, IndexValue::Null)),
        ("again".to_owned(), info(id, IndexValue::Null)),
        ("depth".to_owned(), info(id, IndexValue::Double(900.0))),
    ];
    let got = client.ask(&SubscribeChannels { channels: channels.into_iter().collect() }.into());
    let asked = client.0.id;
    assert_eq!(shape(&got), [("SubscribeChannelsResponse", 3, asked), ("ProtocolException", 3, asked)]);
    let told = [("unknown", 1002), ("again", 8), ("depth", 20)];
    assert_eq!(codes(&got), told.map(|(key, code)| (key.to_owned(), code)));
}

#[test]
fn who_unsubscribes_is_told_nothing_more() {
    let mut client = Client12::open("");
    let (id, _) = client.subscribe("HKLD", None, IndexValue::Null);
    let channel_ids: Map<i64> = [("a".to_owned(), id), ("b".to_owned(), 77)].into_iter().collect();
    let got = client.ask(&UnsubscribeChannels { channel_ids }.into());
    assert_eq!(
        shape(&got),
        [("SubscriptionsStopped", 3, client.0.id), ("ProtocolException", 3, client.0.id)]
    );
    assert_eq!(codes(&got), [("b".to_owned(), 1002)]);
    assert_eq!(client.pass(2.0), []);
    let (id, _) = client.subscribe("HKLD", None, IndexValue::Null);
    assert!(!items(&client.pass(1.0), id).is_empty(), "it can begin again");
}

#[test]
fn a_correction_of_the_log_is_told_to_those_who_listen() {
    let mut client = Client12::open("whole,changes");
    let (id, _) = client.subscribe("GR", None, IndexValue::Null);
    client.subscribe("RES", None, IndexValue::Null);
    let got = client.pass(12.0);
    let replaced: Vec<_> = got.iter().filter(|(_, message)| message.name() == "RangeReplaced").collect();
    assert!((1..=2).contains(&replaced.len()), "{}", replaced.len());
    let (header, Message::RangeReplaced(change)) = replaced[0] else { panic!("{got:?}") };
    assert_eq!((header.message_flags, header.correlation_id), (3, 0));
    assert_eq!(change.channel_ids, [id]);
    assert_eq!(change.data[0].indexes[0], change.changed_interval.start_index);
    assert_eq!(change.change_time, client.0.now.wall.0.min(change.change_time));
}

#[test]
fn a_pass_that_begins_again_truncates_its_channel() {
    let mut client = Client12::open("whole");
    let (id, _) = client.subscribe("CALI", None, IndexValue::Null);
    let got = client.pass(1600.0);
    let truncated = got.iter().find_map(|(_, message)| match message {
        Message::ChannelsTruncated(truncated) => Some(truncated.channels.clone()),
        _ => None,
    });
    let end = TruncateInfo { channel_id: id, new_end_index: IndexValue::Double(850.0) };
    assert_eq!(truncated, Some(vec![end]));
    let depths: Vec<_> = items(&got, id).into_iter().map(|item| item.indexes[0].clone()).collect();
    assert!(depths.contains(&IndexValue::Double(550.0)) && depths.contains(&IndexValue::Double(850.0)));
}

#[test]
fn a_simple_producer_sends_all_that_it_has() {
    let mut client = Client12::stranger("simple");
    let got = client.ask(&request(&[(1, "producer"), (21, "store")]));
    let Message::OpenSession(open) = &got[0].1 else { panic!("{got:?}") };
    assert_eq!((open.supported_protocols.len(), open.supported_protocols[0].protocol), (1, 1));
    let got = client.ask(&StartStreaming {}.into());
    assert_eq!(shape(&got), [("ChannelMetadata", 2, 0), ("ChannelData", 2, 0)]);
    let Message::ChannelMetadata(metadata) = &got[0].1 else { panic!("{got:?}") };
    assert_eq!(metadata.channels.len(), 10);
    assert!(metadata.channels.iter().all(|channel| !items(&got, channel.id).is_empty()));
    assert!(client.pass(2.0).iter().all(|(header, _)| (header.protocol, header.message_type) == (1, 2)));
    assert_eq!(client.ask(&StopStreaming {}.into()), []);
    assert_eq!(client.pass(2.0), []);
}
