//! A One Platform session under arbitrary frames, answers, requests and time: it never panics, and its promises hold.

mod util;

use std::collections::HashSet;

use porthole::model::event::{Event, Request};
use porthole::model::json::{Breaches, Json as Model};
use porthole::model::value::Value;
use porthole::protocol::exosite::answer::Incoming;
use porthole::protocol::exosite::result;
use porthole::protocol::exosite::value::Format;
use porthole::protocol::{Frame, Input, Output};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use util::clock::secs;
use util::exosite_bench::*;

const VECTORS: &str = include_str!("data/exosite/vectors.jsonl");
const RIDS: [&str; 5] = [TEMPERATURE, INTEGER, TEXT, RULE, WIND];

#[derive(Clone, Debug)]
enum Step {
    /// A frame comes; `@0` to `@4` in it are the names of subscriptions, `#0` and so on of calls under way.
    Text(String),
    /// Bytes come.
    Binary(Vec<u8>),
    /// The oldest frame is answered, with whatever, as many answers as are here.
    Answer(Vec<Json>),
    /// Some frames are answered as a good server does.
    Serve(usize),
    /// A person asks for something.
    Ask(Request),
    Reopen,
    Probe,
    Leave(bool),
    Pass(f64),
}

fn vectors() -> Vec<String> {
    let lines = VECTORS.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    let frames = lines.flat_map(|vector| vector["receive"].as_array().expect("frames").clone());
    frames.map(|frame| frame.as_str().expect("a frame").to_owned()).collect()
}

fn atoms() -> impl Strategy<Value = Json> {
    let numbers =
        ["0", "-1", "1e300", "9007199254740993", "1795205999", "1795205999000", "401", "500", "2.5"];
    let texts = [
        "",
        "ok",
        "invalid",
        "expire",
        "locked",
        "undefined",
        "NaN",
        "1e999",
        "{\"unit\":\"K\"}",
        "float",
        "client",
        TEMPERATURE,
        HUT,
        CIK,
        "ü\u{0}\"\\",
        "infinity",
        "true",
    ];
    let number = |text: &str| serde_json::from_str(text).expect("a number");
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        prop::sample::select(numbers.to_vec()).prop_map(number),
        any::<i64>().prop_map(Json::from),
        (0..30_u64).prop_map(Json::from),
        prop::sample::select(texts.to_vec()).prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
        "[0-9a-f]{40}".prop_map(Json::from),
    ]
}

fn jsons() -> impl Strategy<Value = Json> {
    let names = prop::sample::select(vec![
        "id",
        "status",
        "result",
        "error",
        "code",
        "message",
        "context",
        "aliases",
        "basic",
        "description",
        "storage",
        "client",
        "dataport",
        "datarule",
        "dispatch",
        "name",
        "meta",
        "format",
        "type",
        "count",
        "first",
        "last",
        "key",
        "retention",
        TEMPERATURE,
        "x",
    ]);
    atoms().prop_recursive(4, 30, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            (atoms(), inner.clone()).prop_map(|(at, value)| json!([at, value])),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

/// What may stand for an answer; often one that fits.
fn answers() -> impl Strategy<Value = Json> {
    let status = prop_oneof![
        6 => Just(json!("ok")),
        2 => prop::sample::select(vec!["invalid", "restricted", "noauth", "expire", "error", "locked", "odd"]).prop_map(Json::from),
        1 => atoms(),
    ];
    let listing = prop::collection::vec(("client|dataport|datarule|dispatch", "[0-9a-f]{40}"), 0..6)
        .prop_map(|found| {
            let mut listing = json!({"client": [], "dataport": [], "datarule": []});
            for (kind, rid) in found {
                match listing[kind.as_str()].as_array_mut() {
                    Some(list) => list.push(rid.into()),
                    None => listing[kind.as_str()] = json!([rid]),
                }
            }
            listing
        });
    let points = prop::collection::vec((1_795_205_000..1_795_206_000_i64, atoms()), 0..6)
        .prop_map(|points| points.into_iter().map(|(at, value)| json!([at, value])).collect::<Json>());
    let result = prop_oneof![2 => jsons(), 2 => listing, 3 => points];
    prop_oneof![
        5 => (status.clone(), result).prop_map(|(status, result)| json!({"status": status, "result": result})),
        3 => status.prop_map(|status| json!({"status": status})),
        1 => jsons().prop_map(|error| json!({"error": error})),
        1 => jsons(),
    ]
}

fn ids() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..5_usize).prop_map(|place| format!("@{place}")),
        3 => (0..4_usize).prop_map(|place| format!("#{place}")),
        1 => (0..60_u64).prop_map(|id| id.to_string()),
        1 => atoms().prop_map(|atom| atom.to_string()),
    ]
}

/// A frame with answers under names that fit.
fn fitting() -> impl Strategy<Value = String> {
    prop::collection::vec((ids(), answers()), 0..4).prop_map(|answers| {
        let answers = answers.into_iter().map(|(id, answer)| match answer {
            Json::Object(mut members) => {
                members.remove("id");
                let rest = Json::Object(members).to_string();
                let comma = if rest == "{}" { "" } else { "," };
                rest.replacen('{', &format!("{{\"id\":{id}{comma}"), 1)
            }
            other => other.to_string(),
        });
        format!("[{}]", answers.collect::<Vec<_>>().join(","))
    })
}

fn frames() -> impl Strategy<Value = String> {
    let cut = (prop::sample::select(vectors()), any::<usize>()).prop_map(|(mut frame, at)| {
        let mut end = at % (frame.len() + 1);
        while !frame.is_char_boundary(end) {
            end -= 1;
        }
        frame.truncate(end);
        frame
    });
    let subscribed = (prop::sample::select(vectors()), 0..5_usize)
        .prop_map(|(frame, place)| frame.replace("\"id\":4", &format!("\"id\":@{place}")));
    prop_oneof![
        6 => fitting(),
        3 => subscribed,
        1 => cut,
        1 => jsons().prop_map(|json| json.to_string()),
        1 => "\\PC{0,40}",
    ]
}

fn requests() -> impl Strategy<Value = Request> {
    let channel = 0..8_usize;
    let value = prop_oneof![
        any::<f64>().prop_map(Value::Number),
        any::<i64>().prop_map(|whole| Value::Integer(whole.into())),
        any::<String>().prop_map(Value::Text),
        jsons().prop_map(|json| Value::Json(json.to_string())),
        "\\PC{0,9}".prop_map(Value::Json),
        prop::collection::vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
        Just(Value::Null),
    ];
    let names = prop::sample::select(vec![
        "time",
        "value",
        "timeout",
        "since",
        "newerthan",
        "olderthan",
        "metric",
        "start",
        "end",
        "kind",
        "code",
        "by",
        "what",
        "relation",
        "resource",
        "alias",
        "destination",
        "description",
        "meta",
        "aliases",
    ]);
    let field = prop_oneof![
        value.clone(),
        (0..9_i64).prop_map(|code| Value::Enum { code, label: None }),
        (0..100_i128).prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Bool),
    ];
    let record = prop::collection::vec((names, field), 0..8).prop_map(|members| {
        Value::Record(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    });
    let argument = prop_oneof![
        Just(None),
        value.clone().prop_map(Some),
        record.clone().prop_map(Some),
        prop::collection::vec(record, 0..3).prop_map(|items| Some(Value::Array(items))),
    ];
    let lines = prop_oneof![
        Just(
            json!({"calls": [{"id": "typed", "procedure": "usage", "arguments": [{"alias": ""}]}]})
                .to_string()
        ),
        (0..60_u64).prop_map(|id| json!({"calls": [{"id": id, "procedure": "x"}]}).to_string()),
        "\\PC{0,20}",
    ];
    prop_oneof![
        channel.clone().prop_map(|channel| Request::Read { channel }),
        (channel.clone(), value).prop_map(|(channel, value)| Request::Write { channel, value }),
        (0..60_usize, argument).prop_map(|(command, argument)| Request::Execute { command, argument }),
        (channel, any::<bool>()).prop_map(|(channel, on)| Request::Subscribe { channel, on }),
        (0..9_usize).prop_map(|group| Request::Expand { group }),
        (0..9_usize).prop_map(|group| Request::Inspect { group }),
        lines.prop_map(|text| Request::Raw { text }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => frames().prop_map(Step::Text),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Binary),
        6 => prop::collection::vec(answers(), 0..6).prop_map(Step::Answer),
        6 => (1..6_usize).prop_map(Step::Serve),
        5 => requests().prop_map(Step::Ask),
        1 => Just(Step::Reopen),
        1 => Just(Step::Probe),
        1 => any::<bool>().prop_map(Step::Leave),
        2 => (0.0..40.0_f64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..40)
}

/// A session that came so many frames far.
fn bench(mode: usize, far: usize) -> ExositeBench {
    let options: [&[(&str, &str)]; 3] =
        [&[], &[("history", "0")], &[("auth", "client"), ("rid", HUT), ("history", "no number")]];
    let mut bench = if far == 0 {
        ExositeBench::opened(options[mode % 3])
    } else {
        ExositeBench::accepted(options[mode % 3])
    };
    serve(&mut bench, far);
    bench
}

fn serve(bench: &mut ExositeBench, frames: usize) {
    for _ in 0..frames {
        let Some(frame) = bench.waiting.pop_front() else { return };
        // A person may have typed a procedure that there is not.
        if frame["calls"]
            .as_array()
            .is_some_and(|calls| calls.iter().all(|call| call["arguments"].is_array()))
        {
            let answers = bench.answers_to(&frame);
            bench.text(&Json::from(answers).to_string());
        }
    }
}

/// A frame with the names that its places stand for.
fn named(bench: &ExositeBench, frame: &str) -> String {
    let mut frame = frame.to_owned();
    for (place, rid) in RIDS.iter().enumerate() {
        let calls = bench.calls_of("subscribe");
        let name = calls.iter().rev().find(|call| call["arguments"][0] == *rid);
        let name = name.map_or_else(|| Json::from(99_999), |call| call["arguments"][1]["subs_id"].clone());
        frame = frame.replace(&format!("@{place}"), &name.to_string());
    }
    for place in 0..4 {
        let call = &bench.waiting.front().map_or(Json::Null, |frame| frame["calls"][place]["id"].clone());
        frame = frame.replace(&format!("#{place}"), &call.to_string());
    }
    frame
}

/// Does one step. What came out of it is left in the bench.
fn carry_out(bench: &mut ExositeBench, step: Step, asked: &mut HashSet<u64>) {
    let is_left = matches!(step, Step::Leave(_));
    match step {
        Step::Text(text) => {
            let text = named(bench, &text);
            bench.text(&text);
        }
        Step::Binary(bytes) => bench.input(Input::Binary(&bytes)),
        Step::Answer(mut answers) => {
            if let Some(frame) = bench.waiting.pop_front() {
                for (answer, call) in answers.iter_mut().zip(frame["calls"].as_array().expect("calls")) {
                    if let (Json::Object(members), Some(id)) = (answer, call.get("id")) {
                        members.insert("id".to_owned(), id.clone());
                    }
                }
                bench.text(&Json::from(answers).to_string());
            }
        }
        Step::Serve(count) => serve(bench, count),
        Step::Ask(request) => {
            let preview = bench.session.preview(&request);
            let before = bench.frames.len();
            asked.insert(bench.ask(request).0);
            // What was shown is what goes, if anything does.
            if let (Some(preview), Some(sent)) = (preview, bench.frames.get(before)) {
                assert_eq!(*sent, preview);
            }
        }
        Step::Reopen => {
            bench.input(Input::Closed);
            bench.open();
        }
        Step::Probe => bench.input(Input::Probe),
        Step::Leave(hurried) => bench.input(Input::Leave { hurried }),
        Step::Pass(seconds) => bench.pass(secs(seconds)),
    }
    // As a connection does.
    let is_over = |output: &Output| matches!(output, Output::Close(_) | Output::Event(Event::Refused { .. }));
    if is_left || bench.outputs.iter().any(is_over) {
        bench.input(Input::Closed);
        bench.open();
        bench.text(r#"{"status":"ok"}"#);
    }
}

/// How much an input may bring about: something for each part of it, for each channel, and for what waited.
fn most(bench: &ExositeBench, step: &Step) -> usize {
    let size = match step {
        Step::Text(text) => text.len(),
        Step::Binary(bytes) => bytes.len(),
        Step::Answer(answers) => Json::from(answers.clone()).to_string().len(),
        // Several inputs, each of which is small.
        Step::Serve(_) | Step::Pass(_) => 4_000,
        Step::Ask(_) | Step::Reopen | Step::Probe | Step::Leave(_) => 0,
    };
    200 + size + 10 * bench.catalog.channels.len()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_each_request_ends_once_and_the_key_is_told_to_nobody(
        mode in 0..3_usize,
        far in prop_oneof![0..8_usize, 0..60_usize],
        steps in steps(),
    ) {
        let mut bench = bench(mode, far);
        bench.take();
        let (mut asked, mut ended, mut typed) = (HashSet::new(), Vec::new(), Vec::new());
        for step in steps {
            let most = most(&bench, &step);
            if let Step::Ask(Request::Raw { text }) = &step {
                typed.push(text.clone());
            }
            carry_out(&mut bench, step.clone(), &mut asked);
            let outputs = bench.take();
            prop_assert!(outputs.len() <= most, "{} outputs after {step:?}", outputs.len());
            for output in outputs {
                let is_notice = matches!(&output, Output::Event(Event::Malformed { .. } | Event::Notice(_) | Event::Refused { .. }));
                if is_notice {
                    let told = format!("{output:?}");
                    prop_assert!(!told.contains(CIK), "{}", told);
                }
                match output {
                    Output::Send(Frame::Text(text)) if !typed.contains(&text) => {
                        let frame: Json = serde_json::from_str(&text).expect("a frame is JSON");
                        prop_assert!(frame["auth"].is_object() != frame["calls"].is_array(), "{}", text);
                        for call in frame["calls"].as_array().into_iter().flatten() {
                            prop_assert!(call["id"].is_u64() && call["procedure"].is_string() && call["arguments"].is_array());
                        }
                    }
                    Output::Event(Event::Reply { request, .. }) => ended.push(request.0),
                    Output::Event(Event::Reading { channel, .. } | Event::History { channel, .. }) => {
                        prop_assert!(channel < bench.catalog.channels.len(), "channel {channel}");
                    }
                    Output::Event(Event::Catalog { catalog, .. }) => {
                        let paths: HashSet<&str> = catalog.channels.iter().map(|channel| channel.path.as_str()).collect();
                        prop_assert_eq!(paths.len(), catalog.channels.len(), "paths are unique");
                        for (index, group) in catalog.groups.iter().enumerate() {
                            prop_assert!(group.channels.iter().all(|channel| *channel < catalog.channels.len()));
                            prop_assert!(group.parent.is_none_or(|parent| parent < index));
                        }
                    }
                    _ => {}
                }
            }
        }
        bench.input(Input::Closed);
        ended.extend(bench.outcomes().into_iter().map(|(id, _)| id.0));
        prop_assert_eq!(bench.session.deadline(), None);
        let once: HashSet<u64> = ended.iter().copied().collect();
        prop_assert_eq!(ended.len(), once.len(), "each at most once");
        prop_assert_eq!(once, asked, "and none is forgotten");
    }

    #[test]
    fn after_garbage_a_good_frame_is_read(mode in 0..2_usize, garbage in prop::collection::vec(frames(), 0..30)) {
        let mut bench = bench(mode, 100);
        prop_assert!(bench.events().contains(&&Event::Live));
        for frame in garbage {
            // What ends the key or the subscription is no garbage, and what is far ahead makes all that follows past.
            let is_ours = frame.contains("error") || frame.contains("@0");
            if !is_ours {
                let frame = named(&bench, &frame);
                bench.text(&frame);
            }
        }
        bench.take();
        bench.tell(TEMPERATURE, json!([1_795_209_999, 1.25]));
        let values: Vec<Value> = bench.values().into_iter().map(|(_, value, _)| value).collect();
        prop_assert_eq!(values, [Value::Number(1.25)]);
    }

    #[test]
    fn a_socket_that_was_full_of_garbage_is_followed_by_a_good_one(
        mode in 0..3_usize,
        far in 0..40_usize,
        steps in steps(),
    ) {
        let mut bench = bench(mode, far);
        for step in steps {
            // What a person wishes stays wished.
            if !matches!(step, Step::Ask(_)) {
                carry_out(&mut bench, step, &mut HashSet::new());
                bench.take();
            }
        }
        bench.take();
        bench.input(Input::Closed);
        bench.take();
        bench.open();
        bench.text(r#"{"status":"ok"}"#);
        for _ in 0..10 {
            bench.serve();
            bench.wait_in_vain();
        }
        prop_assert!(bench.events().contains(&&Event::Live), "{:#?}", bench.calls.last());
    }

    #[test]
    fn any_frame_and_any_result_is_read(frame in prop_oneof![frames(), jsons().prop_map(|json| json.to_string())], format in "float|integer|string|boolean|odd") {
        if let Ok(Incoming::Answers { answers, .. }) = Incoming::parse(&frame, &mut Breaches::default()) {
            for answer in &answers {
                let _words = answer.words();
                let Some(json) = &answer.result else { continue };
                result::listing(json, &porthole::protocol::exosite::resource::Kind::ALL);
                if let Some(info) = result::Info::read(json) {
                    prop_assert!(info.description.unit().chars().count() <= 20);
                }
                let format = Format::of_word(&format);
                for point in result::points(json).map(|(points, _)| points).unwrap_or_default() {
                    if let Ok(value) = format.read(point.value)
                        && let Ok(written) = format.write(&value)
                    {
                        // What is written is read back as the same.
                        let json = Model::parse(&written, &mut Breaches::default()).expect("JSON");
                        let again = format.read(&json).expect("a value");
                        prop_assert!(again == value || matches!(value, Value::Null), "{value:?} {again:?}");
                    }
                }
            }
        }
    }
}
