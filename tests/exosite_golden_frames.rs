//! Frames as the documents print them and as clients have seen them (tests/data/exosite/vectors.jsonl): what is read
//! from each, what we would send, and that none of the bad ones does harm.

mod util;

use porthole::model::event::Event;
use porthole::model::json::{Breaches, Json as Model};
use porthole::model::value::Value;
use porthole::protocol::Input;
use porthole::protocol::exosite::answer::{Answer, CallId, Incoming};
use porthole::protocol::exosite::procedure::{Clue, Part, Procedure, Relation, Window};
use porthole::protocol::exosite::resource::{Kind, ResourceId, Rid};
use porthole::protocol::exosite::result::{self, Info};
use porthole::protocol::exosite::status::Status;
use serde_json::{Value as Json, json};
use util::exosite_bench::{ExositeBench, TEMPERATURE};

const VECTORS: &str = include_str!("data/exosite/vectors.jsonl");

fn vectors() -> Vec<Json> {
    VECTORS.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn vector(name: &str) -> Json {
    vectors().into_iter().find(|vector| vector["name"] == name).unwrap_or_else(|| panic!("no vector {name}"))
}

fn received(name: &str) -> Vec<String> {
    let vector = vector(name);
    let frames = vector["receive"].as_array().expect("frames");
    frames.iter().map(|frame| frame.as_str().expect("a frame").to_owned()).collect()
}

/// The only answer of the only frame of a vector.
fn with_answer<T>(name: &str, look: impl Fn(&Answer<'_>) -> T) -> T {
    let frames = received(name);
    let [frame] = &frames[..] else { panic!("{name}: {frames:?}") };
    let mut breaches = Breaches::default();
    let Ok(Incoming::Answers { answers, strange: 0, left_out: 0 }) = Incoming::parse(frame, &mut breaches)
    else {
        panic!("{name}: {frame}")
    };
    let [answer] = &answers[..] else { panic!("{name}: {answers:?}") };
    look(answer)
}

/// Times in seconds and values, as JSON.
fn points(name: &str) -> (String, Vec<(i64, String)>) {
    with_answer(name, |answer| {
        assert!(answer.is_ok(), "{name}");
        let (points, strange) = result::points(answer.result.as_ref().expect("a result")).expect("points");
        assert_eq!(strange, 0);
        let points =
            points.iter().map(|point| (point.at.expect("a time").0 / 1_000_000, point.value.to_text()));
        (answer.id.as_ref().expect("a name").to_json(), points.collect())
    })
}

#[test]
fn the_answer_to_a_key_is_a_status_or_an_error() {
    for name in ["V1", "V1 token"] {
        let frame = &received(name)[0];
        assert_eq!(
            Incoming::parse(frame, &mut Breaches::default()),
            Ok(Incoming::Status(Status::Ok)),
            "{name}"
        );
    }
    for name in ["V1 fails", "V9"] {
        let frame = &received(name)[0];
        let Ok(Incoming::Error(error)) = Incoming::parse(frame, &mut Breaches::default()) else {
            panic!("{name}")
        };
        assert_eq!(
            (error.code, error.message.as_str(), error.context.as_str()),
            (Some(401), "Invalid", "auth")
        );
        assert!(error.is_about_the_key());
    }
}

#[test]
fn points_are_read_in_every_shape() {
    let point = |at: i64, value: &str| (at, value.to_owned());
    for (name, id, expected) in [
        ("V2", "1", vec![point(1_376_709_527, "64.2")]),
        ("V3", "1", vec![point(1_376_709_527, "64.2")]),
        ("V4 nested", "4", vec![point(1_376_709_527, "64.2")]),
        ("V4 nested, with a subs_id", "9", vec![point(1_376_709_527, "64.2")]),
        ("V4 flat", "0", vec![point(1_234_567_586, "42")]),
        (
            "V5",
            "56",
            vec![point(1_376_957_195, "72.2"), point(1_376_957_184, "72.3"), point(1_376_951_473, "72.5")],
        ),
        ("V7 string", "1", vec![point(1_376_950_234, "\"World\""), point(1_376_950_230, "\"Hello\"")]),
        ("V7 integer", "1", vec![point(1_376_950_410, "11"), point(1_376_950_405, "10")]),
        ("V7 boolean", "1", vec![point(1_376_950_566, "\"false\""), point(1_376_950_563, "\"true\"")]),
        ("V11", "1", vec![point(1_421_906_172, "30")]),
    ] {
        assert_eq!(points(name), (id.to_owned(), expected), "{name}");
    }
}

#[test]
fn an_acknowledgement_has_no_result() {
    for name in
        ["V4 acknowledged", "V4 acknowledged, with a subs_id", "V14 bare", "V14", "V14 all of a subs_id"]
    {
        with_answer(name, |answer| {
            assert!(answer.is_ok() && answer.result.is_none(), "{name}");
        });
    }
    for name in ["V4 expired", "V11 expired"] {
        with_answer(name, |answer| assert_eq!(answer.status, Status::Expire, "{name}"));
    }
}

#[test]
fn answers_to_two_calls_come_in_one_frame_or_two() {
    let names = |frames: &[String]| -> Vec<String> {
        let mut names = Vec::new();
        for frame in frames {
            let Ok(Incoming::Answers { answers, .. }) = Incoming::parse(frame, &mut Breaches::default())
            else {
                panic!("{frame}")
            };
            names.extend(answers.iter().map(|answer| answer.id.as_ref().expect("a name").to_json()));
        }
        names
    };
    assert_eq!(names(&received("V6")), ["1", "2"]);
    assert_eq!(names(&received("V6 split")), ["2", "1"]);
}

#[test]
fn a_failure_keeps_the_servers_words() {
    for (name, status, words) in [
        (
            "V8",
            Status::Fail,
            "The procedure does not take these arguments, Error, code 501, about arguments.",
        ),
        (
            "V8 without status",
            Status::Fail,
            "The procedure does not take these arguments, Can not apply Arguments to Procedure, code 501.",
        ),
        ("V8 invalid", Status::Invalid, "Mostly an alias"),
        ("V8 restricted", Status::Restricted, "does not own"),
        ("V10", Status::Each(vec![(Some(1_421_906_172), "invalid".to_owned())]), "1421906172: invalid."),
        (
            "V10 turned round",
            Status::Each(vec![(Some(1_421_906_172), "invalid".to_owned())]),
            "1421906172: invalid.",
        ),
        ("V12 error", Status::Error, "invalid resource type"),
    ] {
        with_answer(name, |answer| {
            assert_eq!(answer.status, status, "{name}");
            assert!(!answer.is_ok() && answer.words().contains(words), "{name}: {}", answer.words());
        });
    }
}

#[test]
fn a_listing_is_read_in_both_forms() {
    for name in ["V12", "V12 deprecated"] {
        with_answer(name, |answer| {
            let (found, strange) =
                result::listing(answer.result.as_ref().expect("a result"), &Kind::ALL).expect("a listing");
            let found: Vec<_> = found.iter().map(|(kind, rid)| (*kind, rid.as_str())).collect();
            let expected = [
                (Kind::Dataport, "85a85bd51361b976260d01234567890123456789"),
                (Kind::Dataport, "ba423f0dd8c62039239601234567890123456789"),
            ];
            assert_eq!((found, strange), (expected.to_vec(), 0), "{name}");
        });
    }
}

#[test]
fn what_is_known_of_a_resource_is_read_part_by_part() {
    let info = |name: &str| {
        with_answer(name, |answer| Info::read(answer.good().expect("a result")).expect("an info"))
    };
    let whole = info("V13");
    let aliases: Vec<(String, Vec<String>)> = whole
        .aliases
        .expect("aliases")
        .into_iter()
        .map(|(rid, names)| (rid.short().to_owned(), names))
        .collect();
    assert_eq!(
        aliases,
        [
            ("1b1ae80c".to_owned(), vec!["myinteger".to_owned()]),
            ("6154e053".to_owned(), vec!["temperature".to_owned(), "myfloat".to_owned()]),
        ]
    );
    assert_eq!(
        (whole.kind, whole.status.as_str(), whole.modified),
        (Some(Kind::Client), "activated", Some(1_374_553_089))
    );
    assert_eq!((whole.description.name.as_str(), whole.description.locked), ("Dev", false));
    assert_eq!(whole.storage.count, Some(0));
    let foreign = info("V13 not the owner's");
    assert_eq!((foreign.aliases, foreign.kind), (None, Some(Kind::Dataport)));
    let dataport = info("V13 unit");
    assert_eq!(dataport.description.unit(), "°C");
    assert_eq!(
        (dataport.description.format.as_str(), dataport.description.retention_count.as_str()),
        ("float", "infinity")
    );
}

#[test]
fn what_the_documents_print_is_mostly_json_and_what_is_not_does_no_harm() {
    for vector in vectors().iter().filter(|vector| vector["not_json"] == true) {
        for frame in vector["receive"].as_array().expect("frames") {
            let frame = frame.as_str().expect("a frame");
            assert!(Incoming::parse(frame, &mut Breaches::default()).is_err(), "{frame}");
        }
    }
}

#[test]
fn calls_are_written_as_the_documents_have_them() {
    let rid = |text: &str| ResourceId::Rid(Rid::parse(text).expect("a RID"));
    let alias = |name: &str| ResourceId::Alias(name.to_owned());
    let nine = || CallId::Number(9);
    let window = |start, end, limit| Window { start, end, limit: Some(limit), ..Window::default() };
    // `sort` and `selection` are left out by some, and `all` and `desc` hold then.
    let without = |mut call: Json, name: &str| {
        if let Some(options) = call["arguments"]
            .as_array_mut()
            .and_then(|arguments| arguments.get_mut(1))
            .and_then(Json::as_object_mut)
        {
            options.remove(name);
        }
        call
    };
    for (name, id, procedure) in [
        (
            "V2",
            1,
            Procedure::Read {
                resource: rid("34eaae237988167d90bfc2ffeb666daaaaaaaaaa"),
                window: window(Some(1_376_709_504), Some(1_376_709_527), 1),
            },
        ),
        (
            "V5",
            56,
            Procedure::Read {
                resource: alias("temperature"),
                window: window(Some(1), Some(1_376_957_311), 3),
            },
        ),
        (
            "V7 integer",
            1,
            Procedure::Read {
                resource: alias("pressure"),
                window: window(Some(1_376_950_405), Some(1_376_950_410), 2),
            },
        ),
        (
            "V4 acknowledged",
            4,
            Procedure::Subscribe {
                resource: alias("temperature"),
                since: Some(1_376_709_500),
                timeout_millis: Some(60_000),
                subs_id: None,
            },
        ),
        (
            "V10",
            1,
            Procedure::RecordBatch {
                resource: rid("553d1367fa4613f0eea894d1677a13ef1f091150"),
                points: vec![(1_421_906_172, "30".to_owned()), (1_421_906_160, "20".to_owned())],
            },
        ),
        ("V8 restricted", 0, Procedure::Drop { resource: ResourceId::Itself }),
        (
            "V12",
            1,
            Procedure::Listing {
                client: Some(ResourceId::Itself),
                kinds: &Kind::ALL,
                relation: Some(Relation::owned()),
            },
        ),
        (
            "V12 deprecated",
            1,
            Procedure::Listing { client: Some(ResourceId::Itself), kinds: &Kind::ALL, relation: None },
        ),
        (
            "V13",
            1,
            Procedure::Info {
                resource: ResourceId::Itself,
                parts: &[Part::Aliases, Part::Basic, Part::Description, Part::Storage],
            },
        ),
        (
            "V14",
            0,
            Procedure::Unsubscribe { resource: Some(alias("temperature")), subs_id: CallId::Number(4) },
        ),
        ("V14 all of a subs_id", 0, Procedure::Unsubscribe { resource: None, subs_id: nine() }),
    ] {
        let sent: Json = serde_json::from_str(vector(name)["send"].as_str().expect("a frame")).expect("JSON");
        let ours: Json = serde_json::from_str(&procedure.call(&CallId::Number(id))).expect("JSON");
        let [theirs, ours] =
            [sent["calls"][0].clone(), ours].map(|call| without(without(call, "selection"), "sort"));
        assert_eq!(ours, theirs, "{name}");
    }
    let lookup = Procedure::Lookup { client: None, by: Clue::Alias("x".to_owned()) };
    assert_eq!(lookup.arguments(), r#"["alias","x"]"#, "the older form");
}

#[test]
fn every_bad_frame_is_counted_and_nothing_else_is_lost() {
    for vector in vectors().iter().filter(|vector| vector["malformed"] == true || vector["not_json"] == true)
    {
        let name = vector["name"].as_str().expect("a name");
        let mut bench = ExositeBench::live(&[]);
        // In the vectors 4 is the name of a subscription.
        let id = format!("\"id\":{}", bench.subscription(TEMPERATURE));
        let mut frames = 0;
        for frame in vector["receive"].as_array().expect("frames") {
            bench.text(&frame.as_str().expect("a frame").replace("\"id\":4", &id));
            frames += 1;
        }
        for bytes in vector["binary"].as_array().into_iter().flatten() {
            let hex = bytes.as_str().expect("hex");
            let bytes =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"));
            bench.input(Input::Binary(&bytes.collect::<Vec<u8>>()));
            frames += 1;
        }
        let (malformed, violations) = bench.faults();
        assert!(malformed + violations >= frames, "{name}: {:?}", bench.outputs);
        bench.take();
        bench.tell(TEMPERATURE, json!([1_795_205_990, 1.25]));
        let values: Vec<Value> = bench.values().into_iter().map(|(_, value, _)| value).collect();
        assert_eq!(values, [Value::Number(1.25)], "{name}");
        assert!(bench.events().iter().all(|event| !matches!(event, Event::Malformed { .. })), "{name}");
    }
}

#[test]
fn notices_about_bad_frames_are_bounded_and_the_counting_goes_on() {
    let mut bench = ExositeBench::live(&[]);
    for _ in 0..500 {
        bench.text("this is not JSON");
    }
    let titles = bench.told(|event| match event {
        Event::Malformed { notice, .. } => Some(!notice.title.is_empty()),
        _ => None,
    });
    assert_eq!(titles.len(), 500);
    assert!(titles.into_iter().filter(|told| *told).count() < 10);
}

#[test]
fn too_many_answers_in_a_frame_are_left_out() {
    let frame = format!("[{}{{}}]", "{\"status\":\"ok\"},".repeat(20_000));
    let Ok(Incoming::Answers { answers, left_out, .. }) = Incoming::parse(&frame, &mut Breaches::default())
    else {
        panic!("no answers")
    };
    assert_eq!((answers.len(), left_out), (5_000, 15_001));
    let mut bench = ExositeBench::live(&[]);
    bench.text(&frame);
    assert!(bench.take().len() <= 5_001);
}

#[test]
fn a_resource_is_read_as_it_is_written() {
    for resource in [
        ResourceId::Rid(Rid::parse(TEMPERATURE).expect("a RID")),
        ResourceId::Alias("t\"1".to_owned()),
        ResourceId::Itself,
        ResourceId::AliasOf { alias: "x".to_owned(), rid: Rid::parse(TEMPERATURE).expect("a RID") },
    ] {
        let json = resource.to_json();
        let json = Model::parse(&json, &mut Breaches::default()).expect("JSON");
        assert_eq!(ResourceId::read(&json), Some(resource));
    }
}
