//! A oneM2M session under arbitrary frames, answers, requests and time: it never panics, and its promises hold.

mod util;

use std::collections::HashSet;

use porthole::model::event::{Event, Outcome, Request};
use porthole::model::json::{Breaches, Json as Model};
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::http::HttpAnswer;
use porthole::protocol::onem2m::primitive::Primitive;
use porthole::protocol::onem2m::{content, time};
use porthole::protocol::{Frame, Input, Output};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use util::clock::secs;
use util::onem2m_bench::OneM2mBench;

const TRANSCRIPTS: &str = include_str!("data/onem2m/transcripts.txt");

#[derive(Clone, Debug)]
enum Step {
    /// A frame comes.
    Text(String),
    /// Bytes come.
    Binary(Vec<u8>),
    /// The request in flight is answered, with whatever.
    Answer(u32, Json),
    /// It is not answered by HTTP.
    Unreachable,
    /// Some requests are answered as a good CSE does.
    Serve(usize),
    /// A person asks for something.
    Ask(Request),
    Reopen,
    Probe,
    Leave(bool),
    Pass(f64),
}

/// What is done to a frame of the transcripts. Places are counted in the order of the text, round and round.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(usize),
    Remove(usize),
    Replace(usize, Json),
    Repeat(&'static str, Json),
    Reverse(usize),
    /// It is about one of our own subscriptions.
    Ours(&'static str),
}

fn transcripts() -> Vec<&'static str> {
    TRANSCRIPTS.lines().filter_map(|line| line.strip_prefix("< ")).collect()
}

fn atoms() -> impl Strategy<Value = Json> {
    let numbers = [
        "0",
        "-1",
        "1e300",
        "-0.0",
        "9007199254740993",
        "123456789012345678901234567890",
        "4294967296",
        "5",
        "30",
        "2.5",
    ];
    let texts = [
        "",
        "-",
        "/",
        "//",
        "/la",
        "cse-in",
        "cse-in/gh/temp",
        "C",
        "20261121T150000,5",
        "202é112T000000",
        "99999999T999999",
        "unit:",
        "unit:K",
        "m2m:cnt",
        "MjEuNQ==",
        "{\"a\":1}",
        "[[[[",
        "1e999",
        "ü\u{0}\"\\",
    ];
    let number = |text: &str| serde_json::from_str(text).expect("a number");
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        prop::sample::select(numbers.to_vec()).prop_map(number),
        any::<i64>().prop_map(Json::from),
        prop::sample::select(texts.to_vec()).prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
    ]
}

fn jsons() -> impl Strategy<Value = Json> {
    let names = prop::sample::select(vec![
        "op",
        "rsc",
        "rqi",
        "rvi",
        "to",
        "fr",
        "pc",
        "m2m:cin",
        "m2m:cnt",
        "m2m:cb",
        "m2m:ae",
        "m2m:sub",
        "m2m:sgn",
        "m2m:agn",
        "m2m:rsp",
        "m2m:agr",
        "m2m:rrl",
        "rrf",
        "m2m:uril",
        "m2m:dbg",
        "m2m:tsn",
        "cod:tempe",
        "nev",
        "net",
        "rep",
        "sur",
        "vrq",
        "sud",
        "con",
        "cnf",
        "ct",
        "lt",
        "ri",
        "rn",
        "pi",
        "ty",
        "st",
        "ch",
        "nm",
        "typ",
        "val",
        "srt",
        "aei",
        "lbl",
        "curT0",
        "x",
    ]);
    atoms().prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

fn mutations() -> impl Strategy<Value = Mutation> {
    let names = prop::sample::select(vec!["rsc", "op", "rqi", "pc", "fr", "ot"]);
    let ours = prop::sample::select(vec!["subtemp", "subempty", "subtempe", "subsoil", "submisssoil"]);
    prop_oneof![
        1 => any::<usize>().prop_map(Mutation::Cut),
        3 => any::<usize>().prop_map(Mutation::Remove),
        4 => (any::<usize>(), prop_oneof![atoms(), jsons()]).prop_map(|(at, value)| Mutation::Replace(at, value)),
        1 => (names, atoms()).prop_map(|(name, value)| Mutation::Repeat(name, value)),
        1 => any::<usize>().prop_map(Mutation::Reverse),
        4 => ours.prop_map(Mutation::Ours),
    ]
}

/// A frame of the transcripts, with what was done to it.
fn mutated() -> impl Strategy<Value = String> {
    (prop::sample::select(transcripts()), prop::collection::vec(mutations(), 0..4)).prop_map(
        |(frame, mutations)| {
            let mut text = frame.to_owned();
            for mutation in mutations {
                text = mutate(text, &mutation);
            }
            text
        },
    )
}

fn mutate(mut text: String, mutation: &Mutation) -> String {
    let json = serde_json::from_str::<Json>(&text);
    match (mutation, json) {
        (Mutation::Cut(at), _) => {
            let mut end = at % (text.len() + 1);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text
        }
        (Mutation::Repeat(name, value), _) => text.replacen('{', &format!("{{\"{name}\": {value}, "), 1),
        // Infinity and NaN, or it was cut before.
        (_, Err(_)) => text,
        (Mutation::Ours(name), Ok(_)) => match text.find("/id-in/sub") {
            Some(at) => {
                let end = text[at..].find('"').map_or(text.len(), |length| at + length);
                text.replace_range(at..end, &["/id-in/", name].concat());
                text
            }
            None => text,
        },
        (mutation, Ok(mut json)) => {
            let count = places(&json);
            let (Mutation::Remove(at) | Mutation::Replace(at, _) | Mutation::Reverse(at)) = mutation else {
                return text;
            };
            at_place(&mut json, &mut (at % count), &mut |found| match (mutation, found) {
                (Mutation::Replace(_, value), found) => *found = value.clone(),
                (Mutation::Remove(at), Json::Object(members)) if !members.is_empty() => {
                    let name = members.keys().nth(at % members.len()).expect("one of them").clone();
                    members.remove(&name);
                }
                (Mutation::Reverse(_), Json::Object(members)) => {
                    let turned = std::mem::take(members).into_iter().rev();
                    *members = turned.collect();
                }
                (Mutation::Remove(_), Json::Array(items)) => drop(items.pop()),
                (Mutation::Reverse(_), Json::Array(items)) => items.reverse(),
                _ => {}
            });
            json.to_string()
        }
    }
}

fn places(json: &Json) -> usize {
    1 + match json {
        Json::Object(members) => members.values().map(places).sum(),
        Json::Array(items) => items.iter().map(places).sum(),
        _ => 0,
    }
}

fn at_place(json: &mut Json, place: &mut usize, change: &mut dyn FnMut(&mut Json)) {
    if *place == 0 {
        *place = usize::MAX;
        return change(json);
    }
    *place -= 1;
    let children: Vec<&mut Json> = match json {
        Json::Object(members) => members.values_mut().collect(),
        Json::Array(items) => items.iter_mut().collect(),
        _ => return,
    };
    for child in children {
        if *place == usize::MAX {
            return;
        }
        at_place(child, place, change);
    }
}

fn frames() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => mutated(),
        1 => jsons().prop_map(|json| json.to_string()),
        1 => "\\PC{0,40}",
    ]
}

/// A content that some answer of the transcripts had, changed or not; or any.
fn contents() -> impl Strategy<Value = Json> {
    prop_oneof![
        4 => mutated().prop_map(|frame| {
            serde_json::from_str::<Json>(&frame).map(|frame| frame["pc"].clone()).unwrap_or_default()
        }),
        1 => jsons(),
    ]
}

fn requests() -> impl Strategy<Value = Request> {
    let channel = 0..12_usize;
    let value = prop_oneof![
        any::<f64>().prop_map(Value::Number),
        any::<i64>().prop_map(|whole| Value::Integer(whole.into())),
        any::<String>().prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
        Just(Value::Null),
    ];
    let field = |name: &str, text: String| (name.to_owned(), Value::Text(text));
    let argument = prop_oneof![
        Just(None),
        prop_oneof![Just("cse-in/gh".to_owned()), "\\PC{0,9}"].prop_map(|text| Some(Value::Text(text))),
        ("\\PC{0,9}", "[a-z]{0,4}", "[0-9T]{0,9}").prop_map(move |(parent, name, after)| {
            let fields = [
                field("parent", parent.clone()),
                field("name", name),
                field("label", parent),
                field("created_after", after),
            ];
            Some(Value::Record(fields.into()))
        }),
    ];
    prop_oneof![
        channel.clone().prop_map(|channel| Request::Read { channel }),
        (channel.clone(), value).prop_map(|(channel, value)| Request::Write { channel, value }),
        (0..6_usize, argument).prop_map(|(command, argument)| Request::Execute { command, argument }),
        (channel, any::<bool>()).prop_map(|(channel, on)| Request::Subscribe { channel, on }),
        (0..12_usize).prop_map(|group| Request::Expand { group }),
        (0..12_usize).prop_map(|group| Request::Inspect { group }),
        prop_oneof![Just("{\"op\":2,\"to\":\"-\",\"rqi\":\"typed\"}".to_owned()), "\\PC{0,20}"]
            .prop_map(|text| Request::Raw { text }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let codes = prop::sample::select(vec![
        0,
        1000,
        1001,
        1002,
        2000,
        2000,
        2000,
        2001,
        2001,
        2002,
        2004,
        4000,
        4004,
        4008,
        4101,
        4103,
        4105,
        4117,
        5000,
        5103,
        5105,
        5204,
        6010,
        4_294_967_295,
    ]);
    let step = prop_oneof![
        8 => frames().prop_map(Step::Text),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Binary),
        6 => (codes, contents()).prop_map(|(code, content)| Step::Answer(code, content)),
        1 => Just(Step::Unreachable),
        6 => (1..6_usize).prop_map(Step::Serve),
        4 => requests().prop_map(Step::Ask),
        1 => Just(Step::Reopen),
        1 => Just(Step::Probe),
        1 => any::<bool>().prop_map(Step::Leave),
        2 => (0.0..15.0_f64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..40)
}

/// A session that came so many requests far.
fn bench(mode: usize, requests: usize) -> OneM2mBench {
    let options: [&[(&str, &str)]; 4] =
        [&[], &OneM2mBench::HYBRID, &[("fr", "CAdmin"), ("gap", "0")], &[("aei", ""), ("gap", "no number")]];
    let mut bench = OneM2mBench::opened(options[mode % 4]);
    serve(&mut bench, requests);
    bench
}

fn serve(bench: &mut OneM2mBench, requests: usize) {
    for _ in 0..requests {
        bench.pause();
        if bench.in_flight() == 0 {
            return;
        }
        bench.serve_one();
    }
}

/// Does one step. What came out of it is left in the bench.
fn carry_out(bench: &mut OneM2mBench, step: Step, asked: &mut HashSet<u64>) {
    let is_left = matches!(step, Step::Leave(_));
    match step {
        Step::Text(text) => bench.text(&text),
        Step::Binary(bytes) => bench.input(Input::Binary(&bytes)),
        Step::Answer(code, content) if bench.in_flight() > 0 => bench.answer(code, content),
        Step::Unreachable => {
            let id = bench.asked.last().and_then(|(_, asked)| asked["http"].as_u64()).unwrap_or(1);
            bench.input(Input::Fetched { id, answer: Err("Failed to fetch") });
        }
        Step::Serve(count) => serve(bench, count),
        Step::Ask(request) => {
            asked.insert(bench.ask(request).0);
        }
        Step::Reopen => {
            bench.input(Input::Closed);
            bench.open();
        }
        Step::Probe => bench.input(Input::Probe),
        Step::Leave(hurried) => bench.input(Input::Leave { hurried }),
        Step::Pass(seconds) => bench.pass(secs(seconds)),
        Step::Answer(..) => {}
    }
    // As a connection does.
    let is_over = |output: &Output| matches!(output, Output::Close(_) | Output::Event(Event::Refused { .. }));
    if is_left || bench.outputs.iter().any(is_over) {
        bench.input(Input::Closed);
        bench.open();
    }
}

/// How much an input may bring about: something for each part of it, for each channel, and for what waited.
fn most(bench: &OneM2mBench, step: &Step) -> usize {
    let size = match step {
        Step::Text(text) => text.len(),
        Step::Binary(bytes) => bytes.len(),
        Step::Answer(_, content) => content.to_string().len(),
        // Several inputs, each of which is small.
        Step::Serve(_) | Step::Pass(_) => 4_000,
        Step::Unreachable | Step::Ask(_) | Step::Reopen | Step::Probe | Step::Leave(_) => 0,
    };
    100 + size + 4 * bench.catalog.channels.len() + 4 * bench.catalog.groups.len()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_each_request_ends_once(
        mode in 0..4_usize,
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
                match output {
                    Output::Send(Frame::Text(text)) if !typed.contains(&text) => {
                        let frame: Json = serde_json::from_str(&text).expect("a frame is JSON");
                        prop_assert!(frame["rqi"].is_string() && frame["rvi"].is_string(), "{}", text);
                        prop_assert!(frame["op"].is_u64() != frame["rsc"].is_u64(), "{}", text);
                    }
                    Output::Event(Event::Reply { request, .. }) => ended.push(request.0),
                    Output::Event(Event::Reading { channel, .. } | Event::History { channel, .. }) => {
                        prop_assert!(channel < bench.catalog.channels.len(), "channel {channel}");
                    }
                    Output::Event(Event::Catalog { catalog, .. }) => {
                        for group in &catalog.groups {
                            prop_assert!(group.channels.iter().all(|channel| *channel < catalog.channels.len()));
                            prop_assert!(group.parent.is_none_or(|parent| parent < catalog.groups.len()));
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
            // Whatever ends a subscription of ours is no garbage.
            let is_ours = ["subtemp\"", "subempty", "subtempe", "subsoil", "submiss"].iter().any(|name| frame.contains(name));
            if !is_ours {
                bench.text(&frame);
            }
        }
        bench.take();
        let instance = json!({"m2m:cin": {"con": "1.25", "ri": "cingood", "ty": 4, "ct": "20991120T201856,344545", "st": 99}});
        bench.tell("/id-in/subtemp", 3, instance);
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
        // Notifications that did not come on former sockets may not be tried a third time.
        bench.input(Input::Closed);
        bench.take();
        for _ in 0..3 {
            bench.open();
            bench.serve();
            if bench.events().contains(&&Event::Live) {
                break;
            }
            bench.input(Input::Closed);
        }
        prop_assert!(bench.events().contains(&&Event::Live), "{:#?}", bench.asked);
    }

    #[test]
    fn any_answer_by_http_is_survived(
        far in 0..30_usize,
        answers in prop::collection::vec((any::<u16>(), prop::option::of("\\PC{0,5}"), "\\PC{0,30}"), 0..10),
    ) {
        let mut bench = bench(1, far);
        for (status, header, body) in answers {
            let Some(id) = bench.asked.last().and_then(|(_, asked)| asked["http"].as_u64()) else { continue };
            for status in [status, 200, 201, 403, 404] {
                let answer = HttpAnswer { status, header: header.as_deref(), body: &body };
                bench.input(Input::Fetched { id, answer: Ok(answer) });
            }
            prop_assert!(bench.take().len() <= 200);
        }
    }

    #[test]
    fn an_answer_names_its_request_whatever_the_names_are(id in "\\PC{1,20}", from in "\\PC{0,20}", release in "\\PC{0,4}") {
        let frame = json!({"op": 5, "rqi": id, "fr": from, "rvi": release, "to": "C"}).to_string();
        let Ok(Primitive::Request(request)) = Primitive::parse(&frame, &mut Breaches::default()) else {
            panic!("{frame}")
        };
        let answer: Json = serde_json::from_str(&request.answer(2000, "C")).expect("an answer is JSON");
        prop_assert_eq!((&answer["rsc"], &answer["rqi"], &answer["fr"]), (&json!(2000), &json!(id), &json!("C")));
        prop_assert_eq!(answer["to"].as_str().unwrap_or_default(), from);
        prop_assert!(answer["rvi"].as_str().is_some_and(|rvi| !rvi.is_empty()));
    }

    #[test]
    fn a_time_is_read_as_it_was_written(micros in -62_167_219_200_000_000..253_402_300_800_000_000_i64) {
        let text = time::write(Timestamp(micros));
        prop_assert_eq!(text.len(), 22);
        prop_assert_eq!(time::parse(&text), Some(Timestamp(micros)), "{}", text);
        // With fewer digits, and with what is tolerated.
        prop_assert_eq!(time::parse(&text[..15]), Some(Timestamp(micros.div_euclid(1_000_000) * 1_000_000)));
        prop_assert_eq!(time::parse(&[&text.replace(',', "."), "7Z"].concat()), Some(Timestamp(micros)));
    }

    #[test]
    fn what_is_read_as_a_time_is_written_as_it_was(text in "[0-9]{4}[01][0-9][0-3][0-9]T[0-2][0-9][0-6][0-9][0-6][0-9]") {
        if let Some(at) = time::parse(&text) {
            // A leap second is the first of the next minute.
            prop_assert!(text.ends_with("60") || time::write(at) == format!("{text},000000"), "{}", text);
        }
    }

    #[test]
    fn any_time_can_be_written_and_any_text_read(micros in any::<i64>(), text in "[0-9é]{3,8}T[0-9é]{2,6}([,.][0-9é]{0,8})?Z?", any in "\\PC{0,25}") {
        prop_assert!(time::write(Timestamp(micros)).contains('T'));
        for text in [text, any] {
            if time::parse(&text).is_some() {
                prop_assert!(text.is_ascii(), "{}", text);
            }
        }
    }

    #[test]
    fn a_whole_number_keeps_its_digits(digits in "0|-?[1-9][0-9]{0,60}") {
        for (json, is_quoted) in [(digits.clone(), false), (format!("\"{digits}\""), true), (format!("\" {digits}\""), true)] {
            match read(&json, "") {
                Value::Integer(whole) => prop_assert!(whole.to_string() == digits, "{}", json),
                Value::Json(kept) => prop_assert_eq!(kept, &*digits),
                other => prop_assert!(false, "{json}, quoted: {is_quoted}, is {other:?}"),
            }
        }
        let Value::Json(kept) = read(&format!("{{\"a\":[{digits},\"x\"]}}"), "") else { panic!("{digits}") };
        prop_assert!(kept.contains(&*digits), "{} of {}", kept, digits);
    }

    #[test]
    fn a_number_with_a_point_is_the_nearest_one(digits in "-?(0|[1-9][0-9]{0,12})\\.[0-9]{1,25}([eE][-+]?[0-9]{1,3})?") {
        for json in [digits.clone(), format!("\"{digits}\"")] {
            prop_assert_eq!(read(&json, ""), Value::Number(digits.parse().expect("a number")), "{}", json);
        }
    }

    #[test]
    fn a_text_is_taken_for_a_number_only_where_it_is_one(text in prop_oneof!["[-+.0-9eE ]{0,7}", "[-+]{0,2}[0-9]{0,3}[.]?[0-9]{0,2}([eE][-+]{0,2}[0-9]{0,2})?", "\\PC{0,9}", "[0-9a-fxNni,._:-]{0,9}"]) {
        let inner = text.trim();
        let unsigned = inner.strip_prefix(['-', '+']).unwrap_or(inner);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let is_number = is_digits(&mantissa.replacen('.', "", 1)) && mantissa.bytes().any(|byte| byte.is_ascii_digit())
            && is_digits(exponent) && !exponent.is_empty();
        match read(&Json::from(text.clone()).to_string(), "") {
            Value::Integer(_) => prop_assert!(is_number, "{:?}", text),
            Value::Number(number) => prop_assert!(is_number || number.is_nan(), "{:?}", text),
            Value::Text(kept) => prop_assert_eq!(kept, text),
            _ => {}
        }
    }

    #[test]
    fn any_content_is_read(json in jsons(), info in prop_oneof!["", "[a-z]{1,4}/[a-z]{1,4}:[0-9]", "\\PC{0,9}"]) {
        let (value, _) = content::read(&Model::parse(&json.to_string(), &mut Breaches::default()).expect("JSON"), &info);
        if let Value::Json(text) = value {
            prop_assert!(!text.is_empty());
        }
    }
}

fn read(json: &str, info: &str) -> Value {
    let json = Model::parse(json, &mut Breaches::default()).expect("the tests give JSON");
    content::read(&json, info).0
}

#[test]
fn what_is_almost_a_number_stays_a_text() {
    for text in ["+-7", "-+7", "++7", "--7", "+-1.5", "+", "-", ".", "1e", "0x10", "1_000", "١٢"] {
        assert_eq!(read(&format!("\"{text}\""), ""), Value::Text(text.to_owned()));
    }
}

#[test]
fn a_time_may_hold_any_letter() {
    for text in ["202é112T000000", "20261é1T00000", "é202611T000000", "20261121T0é000", "20261121T00000é"]
    {
        assert_eq!(time::parse(text), None, "{text}");
    }
}

#[test]
fn a_letter_in_a_time_harms_nobody() {
    let mut bench = bench(0, 100);
    let instance = |content: &str, made: &str| json!({"m2m:cin": {"con": content, "ri": content, "ty": 4, "ct": made, "lt": made, "st": 99}});
    bench.text(r#"{"rsc":4000,"ot":"202é112T000000"}"#);
    bench.tell("/id-in/subtemp", 3, instance("1", "202é112T000000"));
    bench.tell("/id-in/subtempe", 1, json!({"cod:tempe": {"curT0": 1, "lt": "202é112T000000"}}));
    bench.take();
    bench.tell("/id-in/subtemp", 3, instance("1.25", "20991120T201856,344545"));
    assert!(bench.values().iter().any(|(_, value, _)| *value == Value::Number(1.25)));
}

#[test]
fn a_person_who_asks_while_nothing_is_ready_is_told() {
    let mut bench = OneM2mBench::new(&[]);
    bench.ask(Request::Raw { text: "{}".to_owned() });
    bench.ask(Request::Inspect { group: 0 });
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_)), (_, Outcome::NotSent(_))]));
}

#[test]
fn a_tree_without_end_is_cut() {
    let mut bench = bench(0, 0);
    bench.serve_until(|asked| asked["to"] == "cse-in" && asked["rcn"] == 5);
    let child = |number: u32| json!({"nm": format!("c{number}"), "typ": 3, "val": format!("/id-in/cse-in/c{number}")});
    let children: Json = (0..30_000).map(child).collect();
    let base = json!({"m2m:cb": {"rn": "cse-in", "ri": "id-in", "ty": 5, "ch": children}});
    bench.answer(2000, base);
    assert_eq!(bench.in_flight(), 1, "one look at a time");
    bench.pass(secs(1.0));
    for _ in 0..3 {
        bench.answer(4103, json!({"m2m:dbg": "no"}));
        bench.pass(secs(1.0));
    }
    assert!(bench.catalog.groups.len() <= 20_000, "{}", bench.catalog.groups.len());
}

#[test]
fn notifications_that_nobody_knows_yet_are_kept_in_small_number() {
    let mut bench = bench(0, 0);
    let create = bench.serve_until(|asked| asked["ty"] == 23);
    let instance = |number: u32| {
        json!({"m2m:cin": {"con": number, "ri": format!("c{number}"), "ty": 4, "st": number,
            "ct": format!("20991120T201856,{number:06}")}})
    };
    for number in 0..1_000 {
        bench.tell("/id-in/subnew", 3, instance(number));
    }
    let acknowledged = bench.sent().into_iter().filter(|frame| frame.get("rsc").is_some());
    assert!(acknowledged.count() >= 1_000, "each is acknowledged");
    bench.take();
    let mut made = create["pc"].clone();
    made["m2m:sub"]["ri"] = json!("subnew");
    bench.answer(2001, made);
    bench.serve();
    let told = bench.outputs.iter().map(|output| match output {
        Output::Event(Event::History { readings, .. }) => readings.len(),
        Output::Event(Event::Reading { .. }) => 1,
        _ => 0,
    });
    assert!((1..=300).contains(&told.sum::<usize>()));
}

#[test]
fn what_comes_while_the_past_is_asked_for_is_kept_in_bounded_number() {
    let mut bench = bench(0, 0);
    let history = bench.serve_until(|asked| asked["rcn"] == 8);
    let subscription =
        format!("/id-in/sub{}", history["to"].as_str().and_then(|to| to.rsplit('/').next()).expect("a name"));
    bench.take();
    for number in 0..5_000 {
        let made = format!("20991120T201856,{number:06}");
        let instance = json!({"m2m:cin": {"con": number, "ri": format!("c{number}"), "ty": 4, "ct": made, "st": number}});
        bench.tell(&subscription, 3, instance);
    }
    assert!(bench.values().is_empty(), "the past comes first");
    bench.answer(2000, json!({"m2m:cnt": {}}));
    bench.serve();
    let told = bench.outputs.iter().map(|output| match output {
        Output::Event(Event::History { readings, .. }) => readings.len(),
        Output::Event(Event::Reading { .. }) => 1,
        _ => 0,
    });
    let told: usize = told.sum();
    assert!((1_000..=2_100).contains(&told), "{told}");
}
