//! A SECoP session under arbitrary frames, requests and time: it never panics, and its promises hold.

mod util;

use std::collections::HashSet;

use porthole::model::event::{Event, LogLevel, Request};
use porthole::model::value::Value;
use porthole::protocol::Input;
use porthole::protocol::secop::message::Message;
use proptest::prelude::*;
use util::clock::secs;
use util::secop_bench::{FRAPPY, IDENTITY, SecopBench, TWO};

#[derive(Clone, Debug)]
enum Step {
    Text(String),
    Binary(Vec<u8>),
    Ask(Request),
    Reopen,
    Probe,
    Pass(f64),
}

fn frames() -> impl Strategy<Value = String> {
    let specifiers = vec![
        "",
        ".",
        "cryo",
        "cryo:value",
        "cryo:status",
        "cryo:target",
        "gauge:value",
        "cryo:stop",
        "x:y",
        ":",
    ];
    let actions = vec![
        "update",
        "error_update",
        "reply",
        "changed",
        "done",
        "active",
        "inactive",
        "pong",
        "logging",
        "log",
        "checked",
        "error_read",
        "error_change",
        "error_do",
        "error_activate",
        "error_deactivate",
        "error_ping",
        "error_logging",
        "error_describe",
        "error",
        "error_closed",
        "describing",
        "helping",
        "_",
        "brandnew",
        "*IDN?",
    ];
    let data = vec![
        "",
        "[1, {}]",
        "[null, {\"t\": 1e9}]",
        "[[300, \"x\"], {}]",
        "[\"E\", \"t\", {}]",
        "[NaN]",
        "{bad",
        "\"x\"",
        TWO,
        FRAPPY,
    ];
    prop_oneof![
        8 => (prop::sample::select(actions), prop::sample::select(specifiers), prop::sample::select(data))
            .prop_map(|(action, specifier, data)| format!("{action} {specifier} {data}")),
        1 => Just(IDENTITY.to_owned()),
        1 => "\\PC{0,40}",
    ]
}

fn requests() -> impl Strategy<Value = Request> {
    let channel = 0..8_usize;
    let value = prop_oneof![
        any::<f64>().prop_map(Value::Number),
        any::<String>().prop_map(Value::Text),
        Just(Value::Null)
    ];
    prop_oneof![
        channel.clone().prop_map(|channel| Request::Read { channel }),
        (channel.clone(), value.clone()).prop_map(|(channel, value)| Request::Write { channel, value }),
        (channel.clone(), value.clone()).prop_map(|(channel, value)| Request::Check { channel, value }),
        (0..3_usize, prop::option::of(value))
            .prop_map(|(command, argument)| Request::Execute { command, argument }),
        (channel, any::<bool>()).prop_map(|(channel, on)| Request::Subscribe { channel, on }),
        prop::option::of(0..3_usize).prop_map(|group| Request::Logging { group, level: LogLevel::Debug }),
        prop_oneof![
            Just("read cryo".to_owned()),
            Just("deactivate".to_owned()),
            "\\PC{0,20}",
            Just(" \n".to_owned())
        ]
        .prop_map(|text| Request::Raw { text }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => frames().prop_map(Step::Text),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Binary),
        4 => requests().prop_map(Step::Ask),
        1 => Just(Step::Reopen),
        1 => Just(Step::Probe),
        1 => (0.0..15.0_f64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_message_is_read_as_it_was_written(
        action in "[A-Za-z_][A-Za-z0-9_]{0,20}",
        specifier in "[^ \r\n\t]{0,20}",
        data in prop::option::of("[^\r\n]{0,20}[^\r\n ]"),
    ) {
        let message = Message { action: &action, specifier: &specifier, data: data.as_deref() };
        let frame = message.to_string();
        prop_assert_eq!(Message::parse(&frame), Ok(message));
        let with_line_end = format!("{frame}\r\n");
        prop_assert_eq!(Message::parse(&with_line_end), Ok(message));
    }

    #[test]
    fn whatever_comes_each_request_ends_once(live in any::<bool>(), steps in steps()) {
        let mut bench = if live { SecopBench::live(TWO) } else { SecopBench::new() };
        if !live {
            bench.open();
        }
        let mut asked = HashSet::new();
        for step in steps {
            match step {
                Step::Text(text) => bench.text(&text),
                Step::Binary(bytes) => bench.input(Input::Binary(&bytes)),
                Step::Ask(request) => {
                    asked.insert(bench.ask(request));
                }
                Step::Reopen => {
                    bench.input(Input::Closed);
                    bench.open();
                }
                Step::Probe => bench.input(Input::Probe),
                Step::Pass(seconds) => bench.pass(secs(seconds)),
            }
        }
        bench.input(Input::Closed);
        prop_assert_eq!(bench.session.deadline(), None);
        let ended: Vec<_> = bench.outcomes().into_iter().map(|(id, _)| id).collect();
        let once: HashSet<_> = ended.iter().copied().collect();
        prop_assert_eq!(ended.len(), once.len(), "each at most once");
        prop_assert_eq!(once, asked, "and none is forgotten");
        let channels = bench.catalog.channels.len();
        for event in bench.events() {
            if let Event::Reading { channel, .. } = event {
                prop_assert!(*channel < channels.max(40));
            }
        }
    }
}
