//! A connector's session under arbitrary frames, requests and time: it never panics, and its promises hold.

mod util;

use std::collections::BTreeSet;

use porthole::model::event::{Event, Request, RequestId};
use porthole::model::value::Value;
use porthole::protocol::connector::BUILT_IN;
use porthole::protocol::{Input, Output};
use proptest::prelude::*;
use util::clock::secs;
use util::connector_bench::{ConnectorBench, Device, options};

/// Everything that a definition can ask of a session, in one.
const ALL: &str = r#"{"porthole":1,"kind":"connector","name":"All","url":"ws://d/",
    "open":[{"send":"hello","after":{"match":{"path":"/hello"}},"timeout_ms":3000},
            {"send":{"id":"{id}"},"after":{"match":{"path":"/id","equals":"{id}"}},"timeout_ms":9000}],
    "poll":[{"name":"a","send":{"id":"{id#}"},"every_s":0.5,"response":{"match":{"path":"/id","equals":"{id}"}},
             "timeout_ms":200},
            {"name":"b","send":"b","every_s":7}],
    "keepalive":{"send":"ping","every_s":3,"response":{"match":{"path":"/pong"}},"timeout_ms":2500},
    "close_on_silence_s":20,"stale_after_s":5,
    "messages":[
      {"when":[{"path":"/name"}],"merge_by":{"path":"/name"},"name":{"path":"/name"},"value":{"path":"/value"},
       "unit":{"path":"/unit"},"time":{"path":"/at","format":"unix"},
       "error":{"when":{"path":"/bad"}}},
      {"each_leaf":"/leaves"}],
    "extract":[{"frame":"binary","struct":[{"name":"x","at":1,"as":"i16le"}],"name":"x","value":{"path":"/x"}}],
    "thresholds":{"*":{"warning_high":3}}}"#;

#[derive(Clone, Debug)]
enum Step {
    Text(String),
    Binary(Vec<u8>),
    Ask(Request),
    Reopen,
    Leave,
    Probe,
    Pass(f64),
}

fn frames() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec!["a", "b", "connection", "", "/", "a/b", "Connection/x"]);
    let values = vec!["1", "2.5", "true", "\"text\"", "null", "[1,2]", "{\"deep\":1}", "1e400", "9e99", "-0"];
    let rest = vec![
        "",
        ",\"unit\":\"K\"",
        ",\"unit\":\"V\"",
        ",\"at\":5",
        ",\"at\":1e9",
        ",\"at\":\"x\"",
        ",\"bad\":1",
    ];
    let reading = (names, prop::sample::select(values.clone()), prop::sample::select(rest))
        .prop_map(|(name, value, rest)| format!(r#"{{"name":"{name}","value":{value}{rest}}}"#));
    let leaves = (0..4_u32, prop::sample::select(values))
        .prop_map(|(name, value)| format!(r#"{{"leaves":{{"l{name}":{value}}}}}"#));
    prop_oneof![
        8 => reading,
        3 => leaves,
        3 => (0..9_u32).prop_map(|id| format!(r#"{{"id":{id}}}"#)),
        3 => Just(r#"{"hello":1}"#.to_owned()),
        2 => Just(r#"{"pong":1}"#.to_owned()),
        1 => "\\PC{0,30}",
        1 => Just("[".repeat(300)),
    ]
}

fn requests() -> impl Strategy<Value = Request> {
    let channel = 0..6_usize;
    prop_oneof![
        channel.clone().prop_map(|channel| Request::Read { channel }),
        channel.clone().prop_map(|channel| Request::Write { channel, value: Value::Null }),
        channel.clone().prop_map(|channel| Request::Check { channel, value: Value::Null }),
        (channel, any::<bool>()).prop_map(|(channel, on)| Request::Subscribe { channel, on }),
        any::<bool>().prop_map(|on| Request::Pause { on }),
        Just(Request::Execute { command: 0, argument: None }),
        Just(Request::Expand { group: 0 }),
        Just(Request::Inspect { group: 0 }),
        "\\PC{0,20}".prop_map(|text| Request::Raw { text }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => frames().prop_map(Step::Text),
        1 => prop::collection::vec(any::<u8>(), 0..8).prop_map(Step::Binary),
        4 => requests().prop_map(Step::Ask),
        1 => Just(Step::Reopen),
        1 => any::<bool>().prop_map(|_| Step::Leave),
        1 => Just(Step::Probe),
        2 => (0.0..12.0_f64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..80)
}

/// What everybody may rely on.
fn assert_promises(outputs: &[Output], asked: &BTreeSet<RequestId>) {
    let (mut channels, mut answered) = (0, BTreeSet::new());
    let mut paths: Vec<String> = Vec::new();
    for output in outputs {
        let Output::Event(event) = output else { continue };
        match event {
            Event::Catalog { catalog, changes } => {
                assert_eq!(*changes, None);
                for (old, new) in paths.iter().zip(&catalog.channels) {
                    assert_eq!(*old, new.path, "channels stay where they are");
                }
                assert!(catalog.channels.len() >= channels);
                channels = catalog.channels.len();
                paths = catalog.channels.iter().map(|channel| channel.path.clone()).collect();
                let unique: BTreeSet<&String> = paths.iter().collect();
                assert_eq!(unique.len(), channels);
                for path in &paths {
                    assert!(path.split('/').all(|part| !part.is_empty()), "{path}");
                }
                let mut of_groups: Vec<usize> =
                    catalog.groups.iter().flat_map(|group| group.channels.iter().copied()).collect();
                of_groups.sort_unstable();
                assert_eq!(of_groups, (0..channels).collect::<Vec<_>>());
            }
            Event::Reading { channel, .. }
            | Event::History { channel, .. }
            | Event::Subscribed { channel, .. }
            | Event::Malformed { channel: Some(channel), .. } => assert!(*channel < channels),
            Event::Reply { request, .. } => {
                assert!(asked.contains(request) && answered.insert(*request), "{request:?}");
            }
            _ => {}
        }
    }
    assert_eq!(answered, *asked, "each request has ended once");
}

fn run(text: &str, steps: Vec<Step>) {
    let options = options(text, &[], &[]);
    let session = (porthole::protocol::connector::PROTOCOL.session)(&options);
    let mut bench = ConnectorBench::with(session, Device::default());
    let mut asked = BTreeSet::new();
    bench.input(Input::Opened { subprotocol: "" });
    for step in steps {
        match step {
            Step::Text(text) => bench.text(&text),
            Step::Binary(bytes) => bench.input(Input::Binary(&bytes)),
            Step::Ask(request) => {
                bench.session.preview(&request);
                asked.insert(bench.ask(request));
            }
            Step::Reopen => bench.reopen(),
            Step::Leave => bench.input(Input::Leave { hurried: true }),
            Step::Probe => bench.input(Input::Probe),
            Step::Pass(seconds) => bench.pass(secs(seconds)),
        }
        // The link does what the session wants of it.
        if !std::mem::take(&mut bench.closes).is_empty() {
            bench.reopen();
        }
    }
    bench.input(Input::Closed);
    assert_promises(&bench.outputs, &asked);
}

proptest! {
    #[test]
    fn nothing_breaks_a_session(steps in steps()) {
        run(ALL, steps);
    }

    #[test]
    fn nothing_breaks_a_session_of_a_built_in_definition(which in 0..BUILT_IN.len(), steps in steps()) {
        run(BUILT_IN[which].text, steps);
    }
}
