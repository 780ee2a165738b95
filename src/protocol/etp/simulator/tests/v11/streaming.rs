//! Who listens to what, how often, and what they are told.

use super::*;

#[test]
fn a_stream_begins_with_the_latest_or_some_of_them_or_an_index() {
    let mut client = Client11::started("");
    let (id, got) = client.stream("GR", StreamingStartIndex::Null);
    assert_eq!(items(&got, id).len(), 1);
    client.pass(1.0);
    let end = client.channel("RES").end_index.expect("rows");
    let (id, got) = client.stream("RES", StreamingStartIndex::Long(end - 2000));
    assert_eq!(items(&got, id).len(), 11);
    assert_eq!(items(&got, id)[0].indexes, [end - 2000]);
    client.pass(1.0);
    let (id, got) = client.stream("ECD", StreamingStartIndex::Int(5));
    assert_eq!(items(&got, id).len(), 5);
    assert_eq!(items(&got, id)[0].indexes.len(), 2, "a depth and a time");
}

#[test]
fn rows_come_whole_with_the_indexes_once() {
    let mut client = Client11::started("");
    let channels = client.channels();
    let info = |channel: &ChannelMetadataRecord| ChannelStreamingInfo {
        channel_id: channel.channel_id,
        start_index: StreamingStartIndex::Int(3),
        receive_change_notification: false,
    };
    let got = client.ask(&ChannelStreamingStart { channels: channels.iter().map(info).collect() }.into());
    let Message::ChannelData(data) = &got[0].1 else { panic!("{got:?}") };
    let indexes: Vec<_> = data.data.iter().map(|item| item.indexes.len()).collect();
    let mut by_set = [&indexes[..9], &indexes[9..]];
    if by_set[0][0] == 2 {
        by_set = [&indexes[3..], &indexes[..3]];
    }
    assert_eq!(by_set, [&[1, 0, 0, 1, 0, 0, 1, 0, 0][..], &[2, 2, 2]]);
}

#[test]
fn the_gap_and_the_number_of_values_are_kept() {
    let mut client = Client11::open("");
    client.ask(&Start { max_message_rate: 2000, max_data_items: 2 }.into());
    for name in ["GR", "RES", "ROP"] {
        client.stream(name, StreamingStartIndex::Int(30));
    }
    let got = client.pass(20.0);
    let data: Vec<_> = got
        .iter()
        .filter_map(|(_, message)| match message {
            Message::ChannelData(data) => Some(data.data.len()),
            _ => None,
        })
        .collect();
    assert_eq!(data, [2; 10]);
    client.ask(&Start { max_message_rate: 0, max_data_items: 10_000 }.into());
    assert!(client.pass(2.0).len() > 1, "it may be asked for again");
}

#[test]
fn of_channels_that_stream_already_one_error_is_told_and_the_others_start() {
    let mut client = Client11::started("");
    let (id, _) = client.stream("GR", StreamingStartIndex::Null);
    client.pass(1.0);
    let other = client.channel("RES").channel_id;
    let info = |channel_id| ChannelStreamingInfo { channel_id, ..ChannelStreamingInfo::default() };
    let channels = vec![info(id), info(77), info(id), info(other)];
    let got = client.ask(&ChannelStreamingStart { channels }.into());
    let asked = client.0.id;
    let refused = ("ProtocolException", 0, asked);
    assert_eq!(shape(&got)[..2], [refused, refused]);
    assert_eq!(items(&got, other).len(), 1);
    client.ask(&ChannelStreamingStop { channels: vec![id, other] }.into());
    assert_eq!(client.pass(5.0), []);
}

#[test]
fn changes_are_told_to_those_who_want_them() {
    let mut client = Client11::started("changes");
    let (id, _) = client.stream("GR", StreamingStartIndex::Null);
    let got = client.pass(12.0);
    let change = got.iter().find_map(|(header, message)| match message {
        Message::ChannelDataChange(change) => Some((header.correlation_id, change.clone())),
        _ => None,
    });
    let (0, change) = change.expect("a change") else { panic!("it answers nothing") };
    assert_eq!(change.channel_id, id);
    assert_eq!(change.data[0].indexes, [change.start_index]);
    assert_eq!(change.data.last().map(|item| item.indexes[0]), Some(change.end_index));
    client.0.fault(Fault::Error, true);
    let status = client.pass(0.5).into_iter().find(|(_, message)| message.name() == "ChannelStatusChange");
    let expected = ChannelStatusChange { channel_id: id, status: ChannelStatuses::Inactive };
    assert_eq!(status.map(|(_, message)| message), Some(expected.into()));
}

#[test]
fn a_curve_that_is_removed_comes_again_with_another_id() {
    let mut client = Client11::started("remove");
    let (id, _) = client.stream("GR", StreamingStartIndex::Null);
    let described = client.0.id - 1;
    let got = client.pass(16.0);
    let (_, Message::ChannelRemove(remove)) = got.last().expect("messages") else { panic!("no end") };
    assert_eq!(remove.channel_id, id);
    assert_eq!(client.pass(3.0), []);
    let got = client.pass(2.0);
    assert_eq!(shape(&got), [("ChannelMetadata", 3, described)]);
    assert_ne!(records(&got)[0].channel_id, id);
}

#[test]
fn a_simple_streamer_sends_all_that_it_has() {
    for (quirks, first) in [("simple", "ChannelMetadata"), ("simple,late-data", "ChannelData")] {
        let mut client = Client11::open(quirks);
        let got = client.ask(&Start { max_message_rate: 0, max_data_items: 100 }.into());
        assert_eq!(shape(&got)[0], (first, 0, 0));
        let records = records(&got);
        assert_eq!(records.len(), 4);
        assert!(records.iter().all(|record| !items(&got, record.channel_id).is_empty()));
        let got = client.describe("eml://");
        let Message::ProtocolException(exception) = &got[0].1 else { panic!("{got:?}") };
        assert_eq!(exception.error_code, 7);
        assert!(client.pass(5.0).iter().all(|(_, message)| message.name() == "ChannelData"));
    }
}

#[test]
fn a_warning_comes_until_the_client_wants_a_longer_gap() {
    let mut client = Client11::started("backpressure,whole");
    client.stream("HKLD", StreamingStartIndex::Null);
    let warnings = |got: &[Got<Message>]| {
        let is_warning = |message: &Message| matches!(message, Message::ProtocolException(exception) if exception.error_code == 25);
        got.iter().filter(|(_, message)| is_warning(message)).count()
    };
    assert!(warnings(&client.pass(20.0)) >= 2);
    client.ask(&Start { max_message_rate: 500, max_data_items: 10_000 }.into());
    assert_eq!(warnings(&client.pass(60.0)), 0);
}

#[test]
fn a_range_with_bad_channels_is_answered_as_far_as_it_goes() {
    let mut client = Client11::started("");
    let gamma = client.channel("GR");
    let end_index = gamma.end_index.expect("rows");
    let mut ask = |channel_id: Vec<i64>| {
        let range = ChannelRangeInfo { channel_id, start_index: end_index - 1000, end_index };
        client.ask(&ChannelRangeRequest { channel_ranges: vec![range] }.into())
    };
    let got = ask(vec![gamma.channel_id, 77, gamma.channel_id]);
    let names: Vec<_> = shape(&got).into_iter().map(|(name, flags, _)| (name, flags)).collect();
    assert_eq!(names, [("ChannelData", 3), ("ProtocolException", 0)]);
    assert_eq!(items(&got, gamma.channel_id).len(), 6);
    assert_eq!(shape(&ask(vec![77]))[0].0, "ProtocolException");
}
