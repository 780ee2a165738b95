//! Whatever comes, what follows from it is bounded; and equal seeds are equal.

use super::v11::Client11;
use super::v12::Client12;
use super::*;
use crate::protocol::etp::avro::{Map, Uuid};
use crate::protocol::etp::v11::datatypes as v11_data;
use crate::protocol::etp::v11::messages as v11_say;
use crate::protocol::etp::v12::datatypes as v12_data;
use crate::protocol::etp::v12::messages as v12_say;
use crate::protocol::random::Random;

fn bytes(outputs: &[SimulatorOutput]) -> usize {
    let size = |output: &SimulatorOutput| match output {
        SimulatorOutput::Send(frame) => frame.len(),
        SimulatorOutput::Cut => 0,
    };
    outputs.iter().map(size).sum()
}

#[test]
fn equal_seeds_give_equal_frames() {
    let record = |quirks: &str| {
        let mut client = Client12::open(quirks);
        client.subscribe("HKLD", Some(5), v12_data::IndexValue::Null);
        client.subscribe("CHRM", Some(5), v12_data::IndexValue::Null);
        client.0.fault(Fault::Garbage, true);
        client.0.outputs_of(20.0)
    };
    assert!(record("whole") == record("whole"));
    let first = |seed| {
        let mut client = Client::new(EtpSimulator::rig(seed, Quirks::default()));
        let request = v12::request(&[(21, "store")]);
        client.send_bytes(written(2, &request, FINAL))
    };
    assert!(first(1) == first(1) && first(1) != first(2));
}

#[test]
fn an_hour_in_a_hidden_tab_is_skipped() {
    for fault in [None, Some(Fault::Burst), Some(Fault::Garbage)] {
        let mut client = Client12::open("whole");
        for name in ["HKLD", "BPOS", "GR", "CHRM"] {
            client.subscribe(name, None, v12_data::IndexValue::Null);
        }
        if let Some(fault) = fault {
            client.0.fault(fault, true);
        }
        client.0.outputs_of(1.0);
        client.0.now = client.0.now + Duration::from_hours(1);
        let outputs = client.0.feed(SimulatorInput::Timeout);
        assert!((1..=20).contains(&outputs.len()), "{fault:?}: {} frames", outputs.len());
        assert!(bytes(&outputs) < 2_000_000, "{fault:?}");
        let deadline = client.0.simulator.deadline().expect("a deadline");
        assert!(deadline > client.0.now.instant, "it goes on from now");
    }
}

#[test]
fn nothing_is_due_before_somebody_connects() {
    for mut simulator in
        [EtpSimulator::rig(1, Quirks::default()), EtpSimulator::depth_log(1, Quirks::default())]
    {
        assert_eq!(simulator.deadline(), None);
        simulator.handle(Now::default(), SimulatorInput::Fault(Fault::Cut, true));
        assert_eq!((simulator.poll(), simulator.deadline()), (None, None));
        simulator.handle(Now::default(), SimulatorInput::Frame(&Frame::Binary(vec![0; 9])));
        assert_eq!(simulator.poll(), None);
    }
}

#[test]
fn a_million_wishes_in_version_1_2_bring_out_little() {
    let mut client = Client12::open("whole");
    let id = client.channel("HKLD").id;
    let many = 200_000;
    let info = v12_data::ChannelSubscribeInfo { channel_id: id, ..Default::default() };
    let channels = (0..many).map(|key| (key.to_string(), info.clone())).collect();
    let ids = (0..many).map(|key| (key.to_string(), i64::from(key))).collect();
    let uris = (0..many).map(|key| (key.to_string(), "eml:///".to_owned())).collect();
    let range = v12_data::ChannelRangeInfo { channel_ids: vec![id; 1000], ..Default::default() };
    let ranges = |count: usize| v12_say::GetRanges {
        request_uuid: Uuid([1; 16]),
        channel_ranges: vec![range.clone(); count],
    };
    let messages: Vec<v12_say::Message> = vec![
        v12_say::SubscribeChannels { channels }.into(),
        v12_say::UnsubscribeChannels { channel_ids: ids }.into(),
        v12_say::GetChannelMetadata { uris }.into(),
        ranges(200).into(),
        ranges(100).into(),
    ];
    for message in &messages {
        let outputs = client.0.send_bytes(written(1000, message, FINAL));
        assert!(outputs.len() < 10 && bytes(&outputs) < 500_000, "{}: {}", message.name(), bytes(&outputs));
    }
    for key in 0..100_u8 {
        let request = v12_say::GetRanges { request_uuid: Uuid([key; 16]), ..ranges(1) };
        client.0.send_bytes(written(1000, &v12_say::Message::from(request), FINAL));
    }
    let outputs = client.0.outputs_of(0.1);
    assert!(outputs.len() < 60, "eight ranges at a time: {}", outputs.len());
    let rest = client.0.outputs_of(60.0);
    assert!(rest.len() < 1000 && client.0.simulator.deadline().is_some(), "{}", rest.len());
}

#[test]
fn a_million_wishes_in_version_1_1_bring_out_little() {
    let mut client = Client11::started("whole");
    let id = client.channel("GR").channel_id;
    let many = 200_000;
    let info = |channel_id| v11_data::ChannelStreamingInfo { channel_id, ..Default::default() };
    let range =
        v11_data::ChannelRangeInfo { channel_id: vec![id; 1000], start_index: i64::MIN, end_index: i64::MAX };
    let messages: Vec<v11_say::Message> = vec![
        v11_say::ChannelStreamingStart { channels: (0..many).map(info).collect() }.into(),
        v11_say::ChannelStreamingStart { channels: (0..many).map(|_| info(id)).collect() }.into(),
        v11_say::ChannelStreamingStop { channels: (0..many).collect() }.into(),
        v11_say::ChannelDescribe { uris: vec!["eml://".to_owned(); 200_000] }.into(),
        v11_say::ChannelDescribe { uris: vec!["eml://".to_owned(); 1000] }.into(),
        v11_say::ChannelRangeRequest { channel_ranges: vec![range.clone(); 1000] }.into(),
        v11_say::ChannelRangeRequest {
            channel_ranges: vec![v11_data::ChannelRangeInfo {
                channel_id: (0..many).collect(),
                ..range.clone()
            }],
        }
        .into(),
        v11_say::ChannelRangeRequest { channel_ranges: vec![range; 100] }.into(),
    ];
    for message in &messages {
        let outputs = client.0.send_bytes(written(1000, message, 0));
        assert!(outputs.len() < 30 && bytes(&outputs) < 500_000, "{}: {}", message.name(), bytes(&outputs));
    }
}

#[test]
fn what_waits_on_a_slow_line_is_bounded() {
    let mut client = Client12::stranger("whole,delay=4000000");
    client.ask(&v12::request(&[(3, "store"), (21, "store")]));
    let context = v12_data::ContextInfo { uri: "eml:///".into(), depth: 9, ..Default::default() };
    let scope = v12_data::ContextScopeKind::Targets;
    let request: v12_say::Message = v12_say::GetResources { context, scope, ..Default::default() }.into();
    for _ in 0..6000 {
        client.ask(&request);
    }
    client.0.now = client.0.now + Duration::from_secs(4001);
    let outputs = client.0.feed(SimulatorInput::Timeout);
    assert!(outputs.len() <= 20_000 && bytes(&outputs) <= 16 * 1024 * 1024, "{}", outputs.len());
}

/// Valid frames of a client, to be damaged.
fn seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let id = 1001;
    let info = v12_data::ChannelSubscribeInfo { channel_id: id, ..Default::default() };
    let range = v12_data::ChannelRangeInfo { channel_ids: vec![id, id + 4], ..Default::default() };
    let twelve: Vec<v12_say::Message> = vec![
        v12::request(&[(1, "producer"), (3, "store"), (21, "store"), (24, "store")]),
        v12_say::Ping { current_date_time: 1 }.into(),
        v12_say::GetDataspaces::default().into(),
        v12_say::GetResources {
            context: v12_data::ContextInfo { uri: "eml:///".into(), depth: 4, ..Default::default() },
            scope: v12_data::ContextScopeKind::Targets,
            include_edges: true,
            ..Default::default()
        }
        .into(),
        v12_say::SubscribeChannels { channels: Map(vec![("a".into(), info)]) }.into(),
        v12_say::UnsubscribeChannels { channel_ids: Map(vec![("a".into(), id)]) }.into(),
        v12_say::GetRanges { request_uuid: Uuid::default(), channel_ranges: vec![range] }.into(),
        v12_say::StartStreaming {}.into(),
        v12_say::StopStreaming {}.into(),
    ];
    all.extend(twelve.iter().map(|message| written(2, message, FINAL)));
    let info = v11_data::ChannelStreamingInfo { channel_id: id, ..Default::default() };
    let range = v11_data::ChannelRangeInfo { channel_id: vec![id], start_index: 0, end_index: i64::MAX };
    let eleven: Vec<v11_say::Message> = vec![
        v11::request(&[(1, "producer"), (3, "store")]),
        v11_say::Start { max_message_rate: 10, max_data_items: 5 }.into(),
        v11_say::GetResources { uri: "eml://witsml14".into() }.into(),
        v11_say::ChannelDescribe { uris: vec!["eml://".into()] }.into(),
        v11_say::ChannelStreamingStart { channels: vec![info] }.into(),
        v11_say::ChannelStreamingStop { channels: vec![id] }.into(),
        v11_say::ChannelRangeRequest { channel_ranges: vec![range] }.into(),
    ];
    all.extend(eleven.iter().map(|message| written(2, message, 0)));
    all
}

#[test]
fn no_frame_makes_it_panic() {
    let seeds = seeds();
    let mut random = Random::new(9);
    for quirks in ["whole,changes,ack", "whole,simple,blocks", "whole,sources,no-corr,late-data,remove"] {
        for version in [Version::V11, Version::V12] {
            let quirks: Quirks = quirks.parse().expect("quirks");
            let mut client = Client::new(EtpSimulator::new(version, WHOLE, 3, quirks));
            for round in 0..4000 {
                let mut frame = seeds[random.index(seeds.len())].clone();
                for _ in 0..random.index(3) {
                    let place = random.index(frame.len());
                    match random.index(4) {
                        0 => frame[place] = random.next_u64() as u8,
                        1 => frame.truncate(place.max(1)),
                        2 => frame[place] ^= 1 << random.index(8),
                        _ => frame.insert(place, random.next_u64() as u8),
                    }
                }
                let outputs = client.send_bytes(frame);
                assert!(outputs.len() < 60, "{} frames", outputs.len());
                if round % 20 == 0 {
                    client.outputs_of(0.05);
                }
                if round % 200 == 0 {
                    client.reconnect(0.1);
                }
            }
        }
    }
}
