//! What there is: resources and metadata.

use super::*;

fn names(resources: &[Resource]) -> Vec<&str> {
    resources.iter().map(|resource| resource.name.as_str()).collect()
}

#[test]
fn the_only_dataspace_is_the_root() {
    let mut client = Client12::open("");
    let got = client.ask(&GetDataspaces::default().into());
    let [(header, Message::GetDataspacesResponse(answer))] = &got[..] else { panic!("{got:?}") };
    assert_eq!((header.message_flags, header.correlation_id), (3, client.0.id));
    assert_eq!(answer.dataspaces[0].uri, "eml:///");
}

#[test]
fn what_is_below_is_a_target_and_what_is_above_a_source() {
    let mut client = Client12::open("whole");
    let sets = client.resources("eml:///", ContextScopeKind::Targets, 1, "ChannelSet");
    assert_eq!(
        names(&sets),
        [
            "Hoisting",
            "Drilling",
            "Mud gas",
            "Logging while drilling",
            "Pressure while drilling",
            "Upward pass"
        ]
    );
    assert_eq!((sets[0].target_count, sets[0].source_count), (Some(3), Some(1)));
    let above = client.resources(&sets[0].uri, ContextScopeKind::Sources, 1, "");
    assert_eq!(names(&above), ["Porthole 1 A"]);
    let itself = client.resources(&sets[0].uri, ContextScopeKind::TargetsOrSelf, 1, "");
    assert_eq!(names(&itself), ["Hoisting", "Hook load", "Block position", "Slips in"]);
    let channels = client.resources(&above[0].uri, ContextScopeKind::Targets, 2, "Channel");
    assert_eq!(channels.len(), 15);
    assert!(channels[0].uri.starts_with("eml:///witsml21.Channel("), "{}", channels[0].uri);
    assert_eq!(client.resources(&channels[0].uri, ContextScopeKind::Targets, 1, ""), []);
}

#[test]
fn with_the_quirk_what_is_below_a_wellbore_is_a_source() {
    let mut client = Client12::open("sources");
    let well = client.resources("eml:///", ContextScopeKind::Targets, 1, "Well").remove(0);
    assert_eq!(client.resources(&well.uri, ContextScopeKind::Targets, 1, ""), []);
    let wellbore = client.resources(&well.uri, ContextScopeKind::Sources, 1, "").remove(0);
    let below = client.resources(&wellbore.uri, ContextScopeKind::Sources, 1, "");
    assert_eq!(below.len(), 3 + 10, "channel sets, and all channels directly");
    let channels = client.resources(&below[0].uri, ContextScopeKind::Targets, 1, "Channel");
    assert_eq!(channels.len(), 3);
}

#[test]
fn answers_come_in_parts_with_edges_last_where_they_are_asked_for() {
    let mut client = Client12::open("whole");
    let context = ContextInfo { uri: "eml:///".into(), depth: 9, ..ContextInfo::default() };
    let scope = ContextScopeKind::Targets;
    let request = GetResources { context, scope, include_edges: true, ..GetResources::default() };
    let got = client.ask(&request.into());
    let (last, parts) = got.split_last().expect("an answer");
    assert!(parts.iter().all(|(header, _)| header.message_flags == 1), "{parts:?}");
    let (3, Message::GetResourcesEdgesResponse(edges)) = (last.0.message_flags, &last.1) else {
        panic!("{last:?}")
    };
    assert_eq!((parts.len(), edges.edges.len()), (4, 22));
}

#[test]
fn what_is_not_there_is_refused_and_nothing_found_is_an_empty_answer() {
    let mut client = Client12::open("");
    let mut code = |uri: &str| {
        let context = ContextInfo { uri: uri.into(), depth: 1, ..ContextInfo::default() };
        let got = client.ask(&GetResources { context, ..GetResources::default() }.into());
        let [(_, Message::ProtocolException(exception))] = &got[..] else { panic!("{got:?}") };
        exception.error.as_ref().map(|error| error.code)
    };
    assert_eq!(code("http://somewhere"), Some(9));
    assert_eq!(code("eml:///witsml21.Well(00000000-0000-4000-8000-000000000000)"), Some(11));
    let context = ContextInfo { uri: "eml:///".into(), depth: 0, ..ContextInfo::default() };
    let got = client.ask(&GetResources { context, ..GetResources::default() }.into());
    assert_eq!(shape(&got), [("GetResourcesResponse", 3, client.0.id)]);
}

#[test]
fn metadata_say_what_a_channel_is() {
    let mut client = Client12::open("whole");
    let channels = client.channels();
    assert_eq!(channels.len(), 15);
    let named = |name: &str| channels.iter().find(|channel| channel.channel_name == name).expect(name);
    let hook = named("HKLD");
    assert_eq!(
        (hook.uom.as_str(), hook.data_kind, hook.status),
        ("kN", ChannelDataKind::Double, ActiveStatusKind::Active)
    );
    assert_eq!(hook.indexes[0].index_kind, ChannelIndexKind::DateTime);
    let IndexValue::Long(end) = hook.indexes[0].interval.end_index else { panic!("{hook:?}") };
    assert!((client.0.now.wall.0 - end) < 300_000);
    assert_eq!(named("CHRM").axis_vector_lengths, [64]);
    assert_eq!(named("ACTC").data_kind, ChannelDataKind::String);
    let kinds: Vec<_> = named("ECD").indexes.iter().map(|index| index.index_kind).collect();
    assert_eq!(kinds, [ChannelIndexKind::MeasuredDepth, ChannelIndexKind::DateTime]);
    let caliper = &named("CALI").indexes[0];
    assert_eq!(caliper.direction, IndexDirection::Decreasing);
    let (IndexValue::Double(start), IndexValue::Double(end)) =
        (&caliper.interval.start_index, &caliper.interval.end_index)
    else {
        panic!("{caliper:?}")
    };
    assert!(start > end);
}

#[test]
fn channels_that_are_not_there_are_told_late() {
    let mut client = Client12::open("");
    let hook = client.channel("HKLD").uri;
    let uris = [
        ("good", hook.as_str()),
        ("odd", "nothing"),
        ("gone", "eml:///witsml21.Channel(x)"),
        ("root", "eml:///"),
    ];
    let uris = uris.map(|(key, uri)| (key.to_owned(), uri.to_owned())).into_iter().collect();
    let got = client.ask(&GetChannelMetadata { uris }.into());
    let asked = client.0.id;
    assert_eq!(shape(&got), [("GetChannelMetadataResponse", 3, asked), ("ProtocolException", 3, asked)]);
    let Message::ProtocolException(exception) = &got[1].1 else { panic!("{got:?}") };
    let code = |key| exception.errors.get(key).map(|error| error.code);
    assert_eq!((code("odd"), code("gone"), code("root"), code("good")), (Some(9), Some(11), Some(11), None));
    assert_eq!(exception.error, None);
}
