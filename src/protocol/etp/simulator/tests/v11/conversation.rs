//! The flows of a client that does everything right.

use super::*;

#[test]
fn from_the_root_one_gets_to_the_channels() {
    let mut client = Client11::open("");
    let mut uri = "eml://".to_owned();
    let mut uris = Vec::new();
    loop {
        let got = client.ask(&GetResources { uri: uri.clone() }.into());
        if let [(header, Message::Acknowledge(_))] = &got[..] {
            assert_eq!((header.protocol, header.message_flags), (3, 4));
            break;
        }
        assert!(got.iter().all(|(header, _)| header.correlation_id == client.0.id));
        let flags: Vec<_> = got.iter().map(|(header, _)| header.message_flags).collect();
        let (last, before) = flags.split_last().expect("resources");
        assert!(*last == 3 && before.iter().all(|flags| *flags == 1), "{flags:?}");
        let Message::GetResourcesResponse(response) = &got[0].1 else { panic!("{got:?}") };
        uri.clone_from(&response.resource.uri);
        uris.push(uri.clone());
    }
    assert_eq!(uris[4], "eml://witsml14/well(porthole-1)/wellbore(a)/log(lwd)/logCurveInfo(GR)");
    assert_eq!(records(&client.describe(&uri)), [], "Start comes first");
}

#[test]
fn channels_are_described_in_parts_and_stream_row_by_row() {
    let mut client = Client11::started("");
    let got = client.describe("eml://");
    let asked = client.0.id;
    assert_eq!(shape(&got), [("ChannelMetadata", 1, asked), ("ChannelMetadata", 3, asked)]);
    assert_eq!(records(&got).len(), 4);
    let gamma = client.channel("GR");
    assert_eq!((gamma.indexes[0].scale, gamma.indexes[0].index_type), (3, ChannelIndexTypes::Depth));
    assert!(gamma.end_index.zip(gamma.start_index).is_some_and(|(end, start)| end - start == 1999 * 200));
    let (id, got) = client.stream("GR", StreamingStartIndex::Int(10));
    assert_eq!(shape(&got), [("ChannelData", 0, 0)]);
    assert_eq!(items(&got, id).len(), 10);
    let live = items(&client.pass(200.0), id);
    assert!((100..250).contains(&live.len()), "{}", live.len());
    assert!(live.windows(2).all(|pair| pair[1].indexes[0] - pair[0].indexes[0] == 200));
}

#[test]
fn a_range_of_the_past_comes_in_parts() {
    let mut client = Client11::started("");
    let gamma = client.channel("GR");
    let range = ChannelRangeInfo {
        channel_id: vec![gamma.channel_id],
        start_index: gamma.start_index.expect("rows"),
        end_index: gamma.end_index.expect("rows"),
    };
    let mut got = client.ask(&ChannelRangeRequest { channel_ranges: vec![range.clone()] }.into());
    let asked = client.0.id;
    got.extend(client.pass(1.0));
    assert_eq!(shape(&got), [("ChannelData", 1, asked), ("ChannelData", 3, asked)]);
    assert_eq!(items(&got, gamma.channel_id).len(), 2000);
    let none = ChannelRangeInfo { start_index: 1, end_index: 2, ..range };
    let got = client.ask(&ChannelRangeRequest { channel_ranges: vec![none] }.into());
    assert_eq!(shape(&got), [("ChannelData", 7, client.0.id)]);
}
