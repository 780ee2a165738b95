//! A One Platform session and a server that the test plays: the key, what there is, what is new, what people ask.

mod util;

use porthole::model::catalog::{Access, Below, CommandRole, Role};
use porthole::model::datatype::DataType;
use porthole::model::event::{Event, Outcome, Request};
use porthole::model::link::LinkState;
use porthole::model::value::Value;
use porthole::protocol::address::Address;
use porthole::protocol::connection::{Connection, ConnectionInput, SocketEvent};
use porthole::protocol::exosite::PROTOCOL;
use porthole::protocol::options::Options;
use porthole::protocol::{Frame, Input, Output};
use serde_json::{Value as Json, json};
use util::bench::Bench;
use util::clock::secs;
use util::exosite_bench::*;

fn number(value: f64) -> Value {
    Value::Number(value)
}

/// The place of a call in a frame.
fn place_of(frame: &Json, procedure: &str, rid: &str) -> usize {
    let calls = frame["calls"].as_array().expect("calls");
    let is = |call: &Json| call["procedure"] == procedure && call["arguments"][0] == rid;
    calls.iter().position(is).expect("the call is there")
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

// Who is there.

#[test]
fn nothing_is_asked_before_the_key_is_accepted() {
    let mut bench = ExositeBench::opened(&[]);
    assert_eq!(bench.frames, [format!("{{\"auth\":{{\"cik\":\"{CIK}\"}}}}")]);
    bench.input(Input::Probe);
    assert_eq!(bench.frames.len(), 1);
    bench.text(r#"{"status": "ok"}"#);
    assert!(matches!(bench.events()[0], Event::Recognised { .. }));
    let asked: Vec<&Json> = bench.calls.iter().map(|call| &call["procedure"]).collect();
    assert_eq!(asked, ["info", "listing"]);
}

#[test]
fn each_way_to_sign_in_has_its_frame() {
    for (chosen, auth) in [
        (vec![("auth", "cik")], json!({"cik": CIK})),
        (vec![("auth", "client"), ("rid", HUT)], json!({"cik": CIK, "client_id": HUT})),
        (vec![("auth", "resource"), ("rid", WIND)], json!({"cik": CIK, "resource_id": WIND})),
        (vec![("auth", "token"), ("rid", "left over")], json!({"token": CIK})),
    ] {
        let bench = ExositeBench::opened(&chosen);
        let frame: Json = serde_json::from_str(&bench.frames[0]).expect("JSON");
        assert_eq!(frame, json!({"auth": auth}));
    }
    let upper = CIK.to_uppercase();
    assert!(ExositeBench::opened(&[("key", &upper)]).frames[0].contains(&upper), "as it was typed");
}

#[test]
fn without_a_good_key_nothing_is_sent_and_the_person_is_asked() {
    for (chosen, title) in [
        (vec![("key", "")], "The key is needed"),
        (vec![("key", "bef3")], "The key is not a key"),
        (vec![("key", "gef3c7f91ac3562e6a2212345678901234567890")], "The key is not a key"),
        (vec![("auth", "client")], "The identifier is needed"),
        (vec![("auth", "resource"), ("rid", "temperature")], "The identifier is not an identifier"),
    ] {
        let bench = ExositeBench::opened(&chosen);
        assert_eq!(bench.refusal(), Some((false, title.to_owned())), "{chosen:?}");
        assert!(bench.frames.is_empty());
        assert_eq!(bench.session.deadline(), None);
        let told = format!("{:?}", bench.outputs);
        assert!(!told.contains("gef3c7f") && !told.contains(CIK), "{told}");
    }
}

#[test]
fn a_refused_key_in_any_words_is_the_end() {
    for frame in [
        r#"{"error": {"code": 401, "message": "Invalid", "context": "auth"}}"#,
        r#"{"error": {"code": 400, "message": "no such client", "context": "auth"}}"#,
        r#"{"status": "invalid"}"#,
        r#"[{"status": "noauth"}]"#,
    ] {
        let mut bench = ExositeBench::opened(&[]);
        bench.text(frame);
        assert_eq!(bench.refusal(), Some((false, "The key was refused".to_owned())), "{frame}");
        bench.text(r#"{"status": "ok"}"#);
        bench.input(Input::Probe);
        assert_eq!(bench.frames.len(), 1, "nothing follows");
    }
}

#[test]
fn a_server_that_hangs_up_at_the_key_is_not_dialled_again() {
    let mut options = Options::default().with_secrets(&[("key".to_owned(), CIK.to_owned())]);
    options.set("auth", "cik");
    let address = Address::parse("wss://m2.exosite.com/ws").expect("an address");
    let mut bench = Bench::new("ws://lab:1", &[&PROTOCOL], 1);
    bench.connection = Connection::new(address, vec![&PROTOCOL], options, 1);
    bench.input(ConnectionInput::Start);
    bench.open();
    assert_eq!(bench.sent().len(), 1);
    bench.close(1008, "invalid credentials");
    bench.pass(secs(600.0));
    assert_eq!(bench.dials.len(), 1);
    let LinkState::Failed { failure, .. } = bench.connection.link() else {
        panic!("{:?}", bench.connection.link())
    };
    assert!(failure.title.contains("refused"), "{failure:?}");
    assert_eq!(failure.evidence, "close code 1008, reason \"invalid credentials\"");
    assert!(
        !format!("{:?}{failure:?}", bench.actions).replace(&format!("cik\\\":\\\"{CIK}"), "").contains(CIK)
    );
    // A person may try it again.
    bench.input(ConnectionInput::Start);
    bench.open();
    bench.text(r#"{"status":"ok"}"#);
    assert!(bench.connection.link().is_live());
    // A key that was good is not doubted at the first cut, since servers restart.
    for _ in 0..3 {
        bench.socket(SocketEvent::Closed { code: Some(1006), reason: "", clean: false });
        assert!(matches!(bench.connection.link(), LinkState::Waiting { .. }));
        while bench.socket.is_none() {
            bench.next_deadline(secs(0.0));
        }
        bench.open();
    }
    bench.close(1006, "");
    assert!(matches!(bench.connection.link(), LinkState::Failed { .. }), "but at the third");
}

#[test]
fn a_server_that_says_nothing_is_tried_again_and_something_else_is_not() {
    let mut bench = ExositeBench::opened(&[]);
    bench.pass(secs(6.0));
    assert!(matches!(bench.outputs.last(), Some(Output::Close(_))));
    // An echo: it must not be shown what was sent.
    let mut bench = ExositeBench::opened(&[]);
    let echo = bench.frames[0].clone();
    bench.text(&echo);
    bench.pass(secs(6.0));
    let (not_this_protocol, title) = bench.refusal().expect("a refusal");
    assert!(not_this_protocol && title.contains("does not speak"), "{title}");
    let events = format!("{:?}", bench.events());
    assert!(events.contains("••••••") && !events.contains(CIK), "{events}");
    // What is no message does no harm where the key is accepted after it.
    let mut bench = ExositeBench::opened(&[]);
    bench.text("welcome!");
    bench.text(r#"{"status": "ok"}"#);
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
    // Its own trouble may pass.
    let mut bench = ExositeBench::opened(&[]);
    bench.text(r#"{"error": {"code": 500, "message": "Internal", "context": "auth"}}"#);
    assert!(matches!(bench.outputs.last(), Some(Output::Close(_))));
}

// What there is.

#[test]
fn what_a_client_owns_becomes_cards_with_units() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.serve();
    let catalog = &bench.catalog;
    assert_eq!(catalog.title, "Dev");
    let paths: Vec<&str> = catalog.channels.iter().map(|channel| channel.path.as_str()).collect();
    assert_eq!(
        paths,
        ["Dev/temperature", "Dev/myinteger", "Dev/Log book", "Dev/too_warm", "Dev/Weather hut/wind"]
    );
    let channel = &catalog.channels[0];
    assert!(matches!(&channel.data_type, DataType::Number(number) if number.unit == "°C"));
    assert_eq!((channel.role, channel.access), (Role::Main, Access::ReadWrite));
    assert_eq!(catalog.channels[3].access, Access::Read, "a rule makes its values itself");
    assert!(matches!(catalog.channels[1].data_type, DataType::Integer(_)));
    assert!(matches!(catalog.channels[2].data_type, DataType::Text(_)));
    assert_eq!(catalog.channels[3].data_type, DataType::Bool);
    let wind = &catalog.groups[bench.group("Dev/Weather hut/wind")];
    assert_eq!(
        (wind.title.as_str(), wind.within.as_slice()),
        ("Wind", ["Weather hut".to_owned()].as_slice())
    );
    let group = &catalog.groups[bench.group("Dev/temperature")];
    assert_eq!(group.title, "Temperature");
    assert!(group.within.is_empty() && group.facts.contains(&("RID".to_owned(), TEMPERATURE.to_owned())));
    assert_eq!(bench.faults(), (0, 0));
}

#[test]
fn one_locked_client_does_not_stop_the_rest() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.serve();
    let shed = &bench.catalog.groups[bench.group("Dev/locked")];
    assert_eq!(shed.below, Below::Refused);
    assert!(shed.facts.contains(&("Status".to_owned(), "locked".to_owned())));
    assert!(
        bench.catalog.warnings.iter().any(|warning| warning.contains("Shed") && warning.contains("locked"))
    );
    assert!(bench.values().iter().any(|(path, ..)| *path == "Dev/Weather hut/wind"));
}

#[test]
fn the_first_values_come_with_their_times_and_then_the_past() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.serve();
    let at = |n: i64| Some(1_795_205_000 + 60 * n);
    assert_eq!(
        bench.values(),
        [
            ("Dev/temperature", number(64.2), at(2)),
            ("Dev/myinteger", Value::Integer(11), at(1)),
            ("Dev/Log book", text("World"), at(1)),
            ("Dev/too_warm", Value::Null, None),
            ("Dev/Weather hut/wind", number(4.5), Some(1_795_205_100)),
        ]
    );
    let past = bench.past();
    assert_eq!(past.len(), 4, "{past:?}");
    assert_eq!(past[0], ("Dev/temperature", 1_795_205_000, number(64.0)));
    assert_eq!(past[1], ("Dev/temperature", 1_795_205_060, number(64.1)), "a number in a text");
    let subscribed = bench.told(|event| match event {
        Event::Subscribed { channel, on: true } => Some(*channel),
        _ => None,
    });
    assert_eq!(subscribed, [0, 1, 2, 3, 0, 1, 2, 3, 4], "told anew with the catalog that has one more");
    let live = bench.events().iter().position(|event| **event == Event::Live).expect("live");
    let first_past = bench.events().iter().position(|event| matches!(event, Event::History { .. }));
    assert!(first_past.is_some_and(|past| past > live), "values come before the past");
    let since: Vec<&Json> =
        bench.calls_of("subscribe").iter().map(|call| &call["arguments"][1]["since"]).collect();
    assert_eq!(since[0], &json!(1_795_205_120), "in seconds");
    assert!(since.contains(&&json!(0)), "where there was nothing, from the beginning");
}

#[test]
fn without_history_none_is_asked_for() {
    let bench = ExositeBench::live(&[("history", "0")]);
    assert!(bench.calls_of("read").iter().all(|call| call["arguments"][1]["selection"].is_null()));
    let bench = ExositeBench::live(&[("history", "25")]);
    let reads = bench.calls_of("read");
    let window =
        &reads.iter().find(|call| call["arguments"][1]["limit"] != 1).expect("a history")["arguments"][1];
    assert_eq!(window, &json!({"starttime": 0, "sort": "desc", "limit": 25, "selection": "autowindow"}));
}

#[test]
fn the_past_of_a_long_series_is_asked_for_as_far_back_as_it_is_wanted() {
    let mut bench = ExositeBench::accepted(&[("history", "10")]);
    bench.resources[0].points = (0..1_000).map(|n| (1_700_000_000 + 60 * n, json!(n))).collect();
    bench.serve();
    let start = &bench.calls_of("read").iter().find(|call| call["arguments"][1]["limit"] == 10).expect("one")
        ["arguments"][1];
    let start = start["starttime"].as_i64().expect("a time");
    let last = 1_700_000_000 + 60 * 999;
    assert!((last - 11 * 60..=last - 9 * 60).contains(&start), "{start}");
}

#[test]
fn answers_may_come_in_any_order_in_any_number_of_frames_and_with_their_names_as_texts() {
    for way in 0..4 {
        let mut bench = ExositeBench::accepted(&[]);
        for _ in 0..500 {
            let Some(frame) = bench.waiting.pop_front() else { break };
            let mut answers = bench.answers_to(&frame);
            match way {
                0 => answers.reverse(),
                1 => {
                    // One frame each; one answer alone as an object.
                    for answer in answers.drain(..).rev() {
                        bench.text(&answer.to_string());
                    }
                }
                2 => {
                    for answer in &mut answers {
                        answer["id"] = json!(answer["id"].to_string());
                    }
                }
                _ => {
                    let half = answers.split_off(answers.len() / 2);
                    bench.text(&Json::from(half).to_string());
                }
            }
            if !answers.is_empty() {
                bench.text(&Json::from(answers).to_string());
            }
        }
        assert!(bench.events().contains(&&Event::Live), "way {way}");
        let (malformed, violations) = bench.faults();
        assert_eq!(malformed, 0, "way {way}");
        assert_eq!(violations > 0, way == 2, "way {way}");
        let newest: Vec<_> = bench.values().into_iter().map(|(path, value, _)| (path, value)).collect();
        assert!(
            newest.contains(&("Dev/temperature", number(64.2)))
                && newest.contains(&("Dev/Log book", text("World")))
        );
        assert_eq!(bench.catalog.groups[bench.group("Dev/temperature")].title, "Temperature", "way {way}");
    }
}

#[test]
fn what_is_missing_from_an_answer_is_asked_once_more() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.serve_until("read");
    // A batch that comes back incomplete.
    let frame = bench.waiting.pop_front().expect("a frame");
    let mut answers = bench.answers_to(&frame);
    let left_out = answers.remove(place_of(&frame, "read", TEMPERATURE));
    bench.text(&Json::from(answers).to_string());
    bench.forget();
    bench.serve();
    assert!(!bench.events().contains(&&Event::Live));
    bench.wait_in_vain();
    assert!(bench.calls_of("read").iter().any(|call| call["arguments"][0] == TEMPERATURE));
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
    assert!(bench.values().iter().any(|(path, ..)| *path == "Dev/temperature"));
    // Too late.
    bench.take();
    bench.text(&json!([left_out]).to_string());
    assert_eq!(bench.faults(), (0, 1));
}

#[test]
fn a_series_that_cannot_be_read_says_why_and_is_tried_again() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.serve_until("read");
    let frame = bench.waiting.pop_front().expect("a frame");
    let mut answers = bench.answers_to(&frame);
    let place = |rid: &str| place_of(&frame, "read", rid);
    let words = "Can not apply Arguments to Procedure";
    let (first, second) = (place(TEMPERATURE), place(INTEGER));
    answers[first] = json!({"id": answers[first]["id"], "status": "noauth"});
    answers[second] = json!({"id": answers[second]["id"], "error": {"code": 501, "message": words}});
    bench.text(&Json::from(answers).to_string());
    bench.serve();
    assert_eq!(bench.errors(), [("Dev/temperature", "noauth"), ("Dev/myinteger", "fail")]);
    assert!(bench.events().contains(&&Event::Live));
    bench.take();
    bench.pass(secs(31.0));
    bench.serve();
    assert!(
        bench.values().iter().any(|(path, value, _)| (*path, value) == ("Dev/temperature", &number(64.2)))
    );
}

#[test]
fn a_server_that_says_nothing_of_what_there_is_is_given_up() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.wait_in_vain();
    bench.wait_in_vain();
    assert!(bench.outputs.iter().any(|output| matches!(output, Output::Close(_))));
}

#[test]
fn a_client_without_anything_says_so_and_is_looked_at_again() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.resources.clear();
    bench.serve();
    assert!(bench.catalog.remedy.as_ref().is_some_and(|cause| cause.title.contains("no dataports")));
    assert!(bench.events().contains(&&Event::Live));
}

#[test]
fn a_list_of_lists_is_a_listing_too() {
    let mut bench = ExositeBench::accepted(&[]);
    let call = bench.serve_until("listing");
    let info = bench.waiting[0]["calls"][0]["id"].clone();
    let answers = json!([
        {"id": call["id"], "status": "ok", "result": [[], [TEMPERATURE, "no identifier"], [RULE], []]},
        {"id": info, "status": "ok", "result": {"aliases": "undefined", "description": {"name": "Old"}}},
    ]);
    bench.waiting.clear();
    bench.text(&answers.to_string());
    bench.serve();
    let paths: Vec<&str> = bench.catalog.channels.iter().map(|channel| channel.path.as_str()).collect();
    assert_eq!(paths, ["Old/Temperature", "Old/Too warm"], "named by themselves");
    assert_eq!(bench.faults(), (0, 1));
}

#[test]
fn a_tree_without_end_is_cut() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.resources.clear();
    let rid = |n: usize| format!("{n:040x}");
    for n in 0..30 {
        let owner = if n == 0 { String::new() } else { rid(n - 1) };
        bench.resources.push(Resource::new(
            &rid(n),
            "client",
            &owner,
            None,
            json!({"name": format!("level {n}")}),
        ));
    }
    bench.serve();
    assert_eq!(bench.catalog.groups.len(), 1 + 9, "eight levels are looked into");
    let last = bench.catalog.groups.last().expect("a group");
    assert_eq!((last.title.as_str(), last.below), ("level 8", Below::Unknown));
    let group = bench.catalog.groups.len() - 1;
    let asked = bench.ask(Request::Expand { group });
    bench.serve();
    assert!(bench.outcomes().contains(&(asked, &Outcome::Done { value: None, data_type: None })));
    assert_eq!(bench.catalog.groups.len(), 1 + 10, "one level more");
}

#[test]
fn a_client_below_itself_is_no_endless_path() {
    let mut bench = ExositeBench::accepted(&[]);
    let mut twin = bench.resources[4].clone();
    twin.owner = HUT.to_owned();
    bench.resources.push(twin);
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
    assert_eq!(bench.catalog.groups.len(), 8);
}

#[test]
fn resources_of_one_name_have_paths_of_their_own() {
    let mut bench = ExositeBench::accepted(&[]);
    for (n, name) in [(1, "Twin"), (2, "Twin"), (3, "a/b\u{0}c")] {
        let rid = format!("{n:08x}{}", "0".repeat(32));
        bench.resources.push(Resource::new(
            &rid,
            "dataport",
            "",
            None,
            json!({"name": name, "format": "float"}),
        ));
    }
    bench.serve();
    for path in ["Dev/Twin", "Dev/Twin (00000002)", "Dev/a_b_c"] {
        bench.channel(path);
    }
}

#[test]
fn what_does_not_say_what_it_is_is_asked_again_on_the_next_socket() {
    let mut bench = ExositeBench::accepted(&[]);
    for _ in 0..200 {
        let Some(frame) = bench.waiting.pop_front() else {
            if bench.events().contains(&&Event::Live) {
                break;
            }
            bench.wait_in_vain();
            continue;
        };
        let mut answers = bench.answers_to(&frame);
        let calls = frame["calls"].as_array().expect("calls");
        let is_silent = |id: &Json| {
            let call = calls.iter().find(|call| call["id"] == *id).expect("its call");
            call["procedure"] == "info" && call["arguments"][0] == TEMPERATURE
        };
        answers.retain(|answer| !is_silent(&answer["id"]));
        bench.text(&Json::from(answers).to_string());
    }
    let channel = bench.channel("Dev/temperature");
    assert_eq!(bench.catalog.channels[channel].data_type, DataType::Json);
    assert!(
        bench.catalog.warnings.iter().any(|warning| warning.contains(TEMPERATURE)),
        "{:?}",
        bench.catalog.warnings
    );
    assert!(
        bench.values().iter().any(|(path, ..)| *path == "Dev/temperature"),
        "its value is shown all the same"
    );
    bench.reopen();
    bench.serve();
    assert_eq!(bench.catalog.channels[channel].data_type.unit(), "°C");
    assert!(!bench.catalog.warnings.iter().any(|warning| warning.contains(TEMPERATURE)));
}

#[test]
fn a_client_with_too_much_in_it_is_cut_and_the_rest_is_shown() {
    let mut bench = ExositeBench::accepted(&[("history", "0")]);
    let call = bench.serve_until("listing");
    let info = bench.waiting[0]["calls"][0]["id"].clone();
    let rids: Json = (0..30_000).map(|n| json!(format!("{n:040x}"))).collect();
    let answers = json!([
        {"id": info, "status": "ok", "result": {"description": {"name": "Big"}}},
        {"id": call["id"], "status": "ok", "result": {"dataport": rids}},
    ]);
    bench.waiting.clear();
    bench.text(&answers.to_string());
    bench.resources.clear();
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
    assert!((19_000..=20_000).contains(&bench.catalog.groups.len()), "{}", bench.catalog.groups.len());
    assert!(bench.catalog.warnings.iter().any(|warning| warning.contains("20,000")));
    assert!(bench.catalog.commands.len() < 7_000, "{}", bench.catalog.commands.len());
}

#[test]
fn many_dataports_are_asked_in_batches_and_only_some_are_subscribed_unasked() {
    let mut bench = ExositeBench::accepted(&[("history", "0")]);
    for n in 0..700 {
        let rid = format!("{n:040x}");
        bench.resources.push(Resource::new(
            &rid,
            "dataport",
            "",
            None,
            json!({"format": "float", "name": format!("p{n}")}),
        ));
    }
    let mut most = 0;
    for _ in 0..2_000 {
        most = most.max(bench.waiting.len());
        let Some(frame) = bench.waiting.pop_front() else { break };
        assert!(frame["calls"].as_array().is_some_and(|calls| calls.len() <= 50));
        let answers = bench.answers_to(&frame);
        bench.text(&Json::from(answers).to_string());
    }
    assert!(bench.events().contains(&&Event::Live));
    assert!(most <= 4, "{most} frames at once");
    assert_eq!(bench.catalog.channels.len(), 704, "clients are not looked into for more");
    assert_eq!(bench.calls_of("subscribe").len(), 200);
    // Whoever wants to see another one sees it.
    let channel = bench.channel("Dev/p650");
    bench.forget();
    bench.ask(Request::Subscribe { channel, on: true });
    bench.serve();
    assert_eq!(bench.calls_of("subscribe").len(), 1);
}

// What is new.

#[test]
fn an_update_of_any_shape_is_a_reading_and_comes_once() {
    for shape in
        [json!([1_795_205_900, 65.5]), json!([[1_795_205_900, 65.5]]), json!([1_795_205_900, "65.5"])]
    {
        let mut bench = ExositeBench::live(&[]);
        bench.tell(TEMPERATURE, shape.clone());
        bench.tell(TEMPERATURE, shape);
        assert_eq!(bench.values(), [("Dev/temperature", number(65.5), Some(1_795_205_900))]);
        assert_eq!(bench.faults(), (0, 0));
    }
}

#[test]
fn of_several_points_the_newest_is_the_reading_whatever_their_order() {
    let mut bench = ExositeBench::live(&[]);
    bench.tell(TEMPERATURE, json!([[1_795_205_902, 3], [1_795_205_900, 1], [1_795_205_901, 2]]));
    assert_eq!(bench.values(), [("Dev/temperature", number(3.0), Some(1_795_205_902))]);
    let past: Vec<i64> = bench.past().into_iter().map(|(_, at, _)| at).collect();
    assert_eq!(past, [1_795_205_900, 1_795_205_901]);
    bench.take();
    // An older one, and another one within the newest second.
    bench.tell(TEMPERATURE, json!([1_795_205_890, 0.5]));
    bench.tell(TEMPERATURE, json!([1_795_205_902, 4]));
    assert_eq!(bench.past(), [("Dev/temperature", 1_795_205_890, number(0.5))]);
    assert_eq!(bench.values(), [("Dev/temperature", number(4.0), Some(1_795_205_902))]);
}

#[test]
fn a_value_that_is_none_is_told_and_counted_and_the_next_one_comes() {
    let mut bench = ExositeBench::live(&[]);
    bench.tell(TEMPERATURE, json!([1_795_205_900, "warm"]));
    assert_eq!(bench.errors(), [("Dev/temperature", "BadValue")]);
    assert_eq!(bench.faults(), (1, 0));
    bench.tell(TEMPERATURE, json!([1_795_205_901, "NaN"]));
    bench.tell(TEMPERATURE, json!([1_795_205_902, 1.25]));
    let values = bench.values();
    assert!(matches!(values[0].1, Value::Number(number) if number.is_nan()));
    assert_eq!(values[1].1, number(1.25));
}

#[test]
fn milliseconds_are_no_time_and_the_value_counts_all_the_same() {
    let mut bench = ExositeBench::live(&[]);
    bench.tell(TEMPERATURE, json!([1_795_205_900_000_i64, 5]));
    assert_eq!(bench.values(), [("Dev/temperature", number(5.0), None)]);
    assert_eq!(bench.faults(), (0, 1));
    bench.take();
    bench.tell(TEMPERATURE, json!([1_795_205_901, 6]));
    assert_eq!(bench.values(), [("Dev/temperature", number(6.0), Some(1_795_205_901))]);
}

#[test]
fn an_update_may_come_before_its_acknowledgement_and_under_the_calls_name() {
    let mut bench = ExositeBench::accepted(&[]);
    let call = bench.serve_until("subscribe");
    let (id, name) = (call["id"].clone(), call["arguments"][1]["subs_id"].clone());
    assert_ne!(id, name);
    bench.take();
    bench.text(&json!([{"id": name, "status": "ok", "result": [1_795_205_900, 1]}]).to_string());
    bench.text(&json!([{"id": id, "status": "ok", "result": [1_795_205_901, 2]}]).to_string());
    bench.text(&json!([{"id": id, "status": "ok", "result": [1_795_205_902, 3]}]).to_string());
    assert_eq!(bench.values().len(), 3);
    assert_eq!(bench.faults(), (0, 0));
    // Acknowledged under the subscription's name.
    let frame = bench.waiting.pop_front().expect("a frame");
    let mut answers = bench.answers_to(&frame);
    let (place, name) = (place_of(&frame, "subscribe", INTEGER), bench.subscription(INTEGER));
    answers[place]["id"] = name;
    answers.remove(place_of(&frame, "subscribe", TEMPERATURE));
    bench.text(&Json::from(answers).to_string());
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
    assert_eq!(bench.faults(), (0, 0));
}

#[test]
fn a_subscription_that_ends_is_made_anew_once_at_once_and_then_after_a_while() {
    let mut bench = ExositeBench::live(&[]);
    let expire = |bench: &mut ExositeBench| {
        let name = bench.subscription(TEMPERATURE);
        bench.text(&json!([{"id": name, "status": "expire"}]).to_string());
    };
    let first = bench.subscription(TEMPERATURE);
    expire(&mut bench);
    bench.serve();
    let second = bench.subscription(TEMPERATURE);
    assert_ne!(second, first);
    bench.forget();
    bench.text(&json!([{"id": first, "status": "expire"}]).to_string());
    assert!(bench.calls_of("subscribe").is_empty(), "the old one is not its end");
    bench.text(&json!([{"id": second, "status": "expire"}]).to_string());
    bench.serve();
    assert!(bench.calls_of("subscribe").is_empty(), "no endless round");
    bench.pass(secs(31.0));
    bench.serve();
    assert_eq!(bench.calls_of("subscribe").len(), 1);
}

#[test]
fn what_nobody_wants_is_unsubscribed_and_stays_so() {
    let mut bench = ExositeBench::live(&[]);
    let name = bench.subscription(TEMPERATURE);
    let channel = bench.channel("Dev/temperature");
    bench.forget();
    bench.ask(Request::Subscribe { channel, on: false });
    assert_eq!(bench.calls_of("unsubscribe")[0]["arguments"], json!([TEMPERATURE, {"subs_id": name}]));
    assert!(bench.events().contains(&&Event::Subscribed { channel, on: false }));
    bench.take();
    bench.text(&json!([{"id": name, "status": "ok", "result": [1_795_205_900, 1]}]).to_string());
    assert!(bench.outputs.is_empty(), "what still comes is not wanted: {:?}", bench.outputs);
    bench.serve();
    bench.forget();
    bench.reopen();
    bench.serve();
    assert!(bench.calls_of("subscribe").iter().all(|call| call["arguments"][0] != TEMPERATURE));
    bench.resources[0].points.push((1_795_205_950, json!(66)));
    bench.take();
    bench.ask(Request::Subscribe { channel, on: true });
    bench.serve();
    assert!(bench.events().contains(&&Event::Subscribed { channel, on: true }));
    assert_eq!(
        bench.values(),
        [("Dev/temperature", number(66.0), Some(1_795_205_950))],
        "what was missed comes"
    );
}

#[test]
fn after_a_cut_it_goes_on_from_the_last_point_without_loss_and_doubles() {
    let mut bench = ExositeBench::live(&[]);
    bench.tell(TEMPERATURE, json!([1_795_205_900, 1]));
    bench.input(Input::Closed);
    assert_eq!(bench.session.deadline(), None);
    bench.take();
    bench.forget();
    for n in 0..3 {
        bench.resources[0].points.push((1_795_205_900 + n, json!(1 + n)));
    }
    bench.open();
    bench.text(r#"{"status": "ok"}"#);
    let call = bench
        .calls_of("subscribe")
        .into_iter()
        .find(|call| call["arguments"][0] == TEMPERATURE)
        .expect("one")
        .clone();
    assert_eq!(call["arguments"][1]["since"], 1_795_205_900);
    // A server that takes `since` for inclusive, one point a frame.
    let frame = bench.waiting.pop_front().expect("a frame");
    let answers = bench.answers_to(&frame);
    bench.text(&Json::from(answers).to_string());
    for n in 0..2 {
        bench.tell(TEMPERATURE, json!([1_795_205_900 + n, 1 + n]));
    }
    bench.serve();
    let mut told: Vec<i64> = bench
        .past()
        .into_iter()
        .filter(|(path, ..)| *path == "Dev/temperature")
        .map(|(_, at, _)| at)
        .collect();
    told.extend(
        bench.values().into_iter().filter(|(path, ..)| *path == "Dev/temperature").filter_map(|(.., at)| at),
    );
    told.sort_unstable();
    assert_eq!(told, [1_795_205_901, 1_795_205_902], "the last one was lost on the way and is read");
    assert!(bench.events().contains(&&Event::Live));
    let infos = bench.calls_of("info");
    assert!(
        infos.iter().all(|call| call["arguments"][0]["alias"] == ""
            || [HUT, LOCKED].iter().any(|rid| call["arguments"][0] == *rid)),
        "what is known is not asked again: {infos:?}"
    );
    assert!(
        !bench.events().iter().any(|event| matches!(event, Event::Catalog { .. })),
        "nothing has changed"
    );
    let off = bench.told(|event| matches!(event, Event::Subscribed { on: false, .. }).then_some(()));
    assert_eq!(off.len(), 5);
}

#[test]
fn what_has_come_and_what_has_gone_is_in_the_next_catalog() {
    let mut bench = ExositeBench::live(&[]);
    let before = bench.catalog.channels.len();
    bench.resources.retain(|resource| resource.rid != INTEGER && resource.rid != HUT);
    let rid = "d".repeat(40);
    let mut fresh =
        Resource::new(&rid, "dataport", "", Some("fresh"), json!({"format": "float", "name": "Fresh"}));
    fresh.points.push((1_795_205_990, json!(7)));
    bench.resources.push(fresh);
    bench.reopen();
    bench.serve();
    assert_eq!(bench.catalog.channels.len(), before + 1);
    assert_eq!(bench.catalog.channels[before].path, "Dev/fresh");
    for path in ["Dev/myinteger", "Dev/Weather hut", "Dev/Weather hut/wind"] {
        assert_eq!(
            bench.catalog.groups[bench.group(path)].level,
            porthole::model::catalog::Level::Hidden,
            "{path}"
        );
    }
    assert!(bench.values().contains(&("Dev/fresh", number(7.0), Some(1_795_205_990))));
    let channel = bench.channel("Dev/myinteger");
    let asked = bench.ask(Request::Write { channel, value: Value::Integer(1) });
    assert!(matches!(bench.outcomes()[..], [(id, Outcome::NotSent(_))] if id == asked));
}

#[test]
fn a_sign_of_life_is_asked_for_and_timed() {
    let mut bench = ExositeBench::live(&[]);
    bench.input(Input::Probe);
    bench.input(Input::Probe);
    assert_eq!(bench.waiting.len(), 1, "one at a time");
    bench.clock.pass(secs(0.25));
    bench.serve();
    let beats = bench.told(|event| match event {
        Event::Heartbeat { round_trip, .. } => Some(round_trip.as_millis()),
        _ => None,
    });
    assert_eq!(beats, [250]);
}

// What people ask.

#[test]
fn a_write_is_shown_sent_once_and_acknowledged() {
    let mut bench = ExositeBench::live(&[]);
    let channel = bench.channel("Dev/temperature");
    let request = Request::Write { channel, value: number(65.4) };
    let preview = bench.session.preview(&request).expect("a preview");
    bench.forget();
    let id = bench.ask(request);
    assert_eq!(bench.frames, [preview]);
    assert_eq!(bench.calls[0]["arguments"], json!([TEMPERATURE, 65.4]));
    bench.serve();
    assert_eq!(bench.outcomes(), [(id, &Outcome::Done { value: None, data_type: None })]);
    // On a socket that falls it is lost, and never sent again.
    bench.take();
    let id = bench.ask(Request::Write { channel, value: number(1.0) });
    bench.forget();
    bench.reopen();
    bench.serve();
    assert_eq!(bench.outcomes(), [(id, &Outcome::Lost)]);
    assert!(bench.calls_of("write").is_empty());
}

#[test]
fn a_refused_write_has_the_servers_word_and_what_it_means() {
    let mut bench = ExositeBench::live(&[]);
    let channel = bench.channel("Dev/temperature");
    for (answer, class, words) in [
        (json!({"status": "invalid"}), "invalid", "alias"),
        (json!({"status": "restricted"}), "restricted", "own"),
        (json!({"status": "quota exceeded"}), "quota exceeded", ""),
        (
            json!({"status": "fail", "error": {"code": 501, "message": "Error", "context": "arguments"}}),
            "fail",
            "501",
        ),
        (
            json!({"error": {"code": 501, "message": "Can not apply Arguments to Procedure"}}),
            "fail",
            "Can not apply",
        ),
        (json!({"status": [[1_421_906_172, "invalid"]]}), "invalid", "1421906172: invalid"),
    ] {
        bench.take();
        let id = bench.ask(Request::Write { channel, value: number(1.0) });
        let frame = bench.waiting.pop_front().expect("a frame");
        let mut answer = answer;
        answer["id"] = frame["calls"][0]["id"].clone();
        bench.text(&json!([answer]).to_string());
        let outcomes = bench.outcomes();
        let [(other, Outcome::Refused { class: told, text })] = &outcomes[..] else { panic!("{outcomes:?}") };
        assert_eq!((*other, told.as_str()), (id, class));
        assert!(text.contains(words), "{text}");
    }
    bench.take();
    let id = bench.ask(Request::Write { channel, value: number(1.0) });
    bench.wait_in_vain();
    assert_eq!(bench.outcomes(), [(id, &Outcome::TimedOut)]);
    assert_eq!(bench.calls_of("write").len(), 7, "never twice");
    let rule = bench.channel("Dev/too_warm");
    for request in [
        Request::Write { channel: rule, value: Value::Bool(true) },
        Request::Write { channel, value: number(f64::NAN) },
        Request::Check { channel, value: number(1.0) },
        Request::Pause { on: true },
        Request::Write { channel: 99, value: number(1.0) },
    ] {
        bench.take();
        assert_eq!(bench.session.preview(&request), None);
        bench.ask(request);
        assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]), "{:?}", bench.outcomes());
    }
}

#[test]
fn a_reading_that_is_asked_for_is_told_though_it_is_the_same() {
    let mut bench = ExositeBench::live(&[]);
    let channel = bench.channel("Dev/temperature");
    let id = bench.ask(Request::Read { channel });
    bench.serve();
    assert_eq!(bench.values(), [("Dev/temperature", number(64.2), Some(1_795_205_120))]);
    let outcomes = bench.outcomes();
    assert!(
        matches!(outcomes[..], [(other, Outcome::Done { value: Some(Value::Number(64.2)), data_type: Some(_) })] if other == id)
    );
}

#[test]
fn commands_become_calls() {
    let mut bench = ExositeBench::live(&[]);
    let record = |fields: &[(&str, Value)]| {
        Some(Value::Record(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()))
    };
    let word = |code: i64| Value::Enum { code, label: None };
    let whole = |number: i128| Value::Integer(number);
    let json_value = |json: Json| Some(Value::Json(json.to_string()));
    for (path, argument, procedure, arguments) in [
        ("Dev/temperature/flush", record(&[]), "flush", json!([TEMPERATURE, {}])),
        (
            "Dev/temperature/flush",
            record(&[("newerthan", whole(5)), ("olderthan", whole(9))]),
            "flush",
            json!([TEMPERATURE, {"newerthan": 5, "olderthan": 9}]),
        ),
        (
            "Dev/temperature/record",
            record(&[("time", whole(-60)), ("value", number(1.5))]),
            "record",
            json!([TEMPERATURE, [[-60, 1.5]], {}]),
        ),
        (
            "Dev/myinteger/recordbatch",
            json_value(json!([[1_421_906_172, 30], [1_421_906_160, "20"]])),
            "recordbatch",
            json!([INTEGER, [[1_421_906_172, 30], [1_421_906_160, 20]]]),
        ),
        (
            "Dev/temperature/wait",
            record(&[("timeout", whole(5_000))]),
            "wait",
            json!([TEMPERATURE, {"timeout": 5000}]),
        ),
        ("Dev/temperature/drop", None, "drop", json!([TEMPERATURE])),
        ("Dev/temperature/share", record(&[]), "share", json!([TEMPERATURE, {"meta": ""}])),
        (
            "Dev/temperature/update",
            json_value(json!({"name": "Air"})),
            "update",
            json!([TEMPERATURE, {"name": "Air"}]),
        ),
        (
            "Dev/temperature/move",
            record(&[("destination", text(HUT)), ("aliases", Value::Bool(true))]),
            "move",
            json!([TEMPERATURE, HUT, {"aliases": true}]),
        ),
        (
            "Dev/listing",
            record(&[("kind", word(1)), ("relation", word(3))]),
            "listing",
            json!([{"alias": ""}, ["dataport"], {"public": true}]),
        ),
        (
            "Dev/lookup",
            record(&[("by", word(0)), ("what", text("temperature"))]),
            "lookup",
            json!([{"alias": ""}, "alias", "temperature"]),
        ),
        (
            "Dev/usage",
            record(&[("metric", word(6)), ("start", whole(1)), ("end", whole(2))]),
            "usage",
            json!([{"alias": ""}, "http", 1, 2]),
        ),
        (
            "Dev/Weather hut/create",
            record(&[("kind", word(1)), ("description", Value::Json("{\"format\":\"float\"}".to_owned()))]),
            "create",
            json!([HUT, "dataport", {"format": "float"}]),
        ),
        (
            "Dev/map",
            record(&[("resource", text(TEXT)), ("alias", text("log"))]),
            "map",
            json!(["alias", TEXT, "log"]),
        ),
        ("Dev/unmap", Some(text("log")), "unmap", json!([{"alias": ""}, "alias", "log"])),
        (
            "Dev/activate",
            record(&[("kind", word(1)), ("code", text("abc"))]),
            "activate",
            json!([{"alias": ""}, "share", "abc"]),
        ),
        (
            "Dev/deactivate",
            record(&[("kind", word(0)), ("code", text("abc"))]),
            "deactivate",
            json!([{"alias": ""}, "client", "abc"]),
        ),
        (
            "Dev/revoke",
            record(&[("kind", word(1)), ("code", text("abc"))]),
            "revoke",
            json!(["share", "abc"]),
        ),
        (
            "Dev/writegroup",
            Some(Value::Array(vec![
                record(&[("resource", text("temperature")), ("value", Value::Json("1.5".to_owned()))])
                    .expect("one"),
                record(&[("resource", text(INTEGER)), ("value", whole(2))]).expect("one"),
            ])),
            "writegroup",
            json!([[[{"alias": "temperature"}, 1.5], [INTEGER, 2]]]),
        ),
    ] {
        let command = bench.command(path);
        let request = Request::Execute { command, argument };
        let preview = bench.session.preview(&request).unwrap_or_else(|| panic!("no preview of {path}"));
        bench.forget();
        bench.take();
        bench.ask(request);
        assert_eq!(bench.frames[0], preview);
        assert_eq!(bench.calls[0]["procedure"], procedure);
        assert_eq!(bench.calls[0]["arguments"], arguments, "{path}");
        bench.serve();
        assert!(
            matches!(bench.outcomes()[..], [(_, Outcome::Done { .. })]),
            "{path}: {:?}",
            bench.outcomes()
        );
    }
    assert!(bench.catalog.commands.iter().all(|command| !command.name.contains("grant")));
    let roles: Vec<CommandRole> = ["flush", "drop"]
        .map(|name| bench.catalog.commands[bench.command(&format!("Dev/temperature/{name}"))].role)
        .into();
    assert_eq!(roles, [CommandRole::Destructive; 2]);
    for (path, argument) in [
        ("Dev/temperature/record", record(&[])),
        ("Dev/temperature/recordbatch", json_value(json!([[1, 2, 3]]))),
        ("Dev/temperature/recordbatch", json_value(json!([]))),
        ("Dev/temperature/update", Some(text("no JSON"))),
        ("Dev/unmap", Some(text(" "))),
        ("Dev/create", record(&[("kind", word(9))])),
        ("Dev/writegroup", None),
    ] {
        let command = bench.command(path);
        bench.take();
        bench.ask(Request::Execute { command, argument });
        assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]), "{path}");
    }
}

#[test]
fn what_a_command_changes_is_looked_at_again() {
    let mut bench = ExositeBench::live(&[]);
    let id = "e".repeat(40);
    bench.resources.push(Resource::new(
        &id,
        "dataport",
        "",
        Some("made"),
        json!({"format": "float", "name": "Made"}),
    ));
    let command = bench.command("Dev/create");
    let fields = vec![
        ("kind".to_owned(), Value::Enum { code: 1, label: None }),
        ("description".to_owned(), Value::Json("{}".to_owned())),
    ];
    bench.ask(Request::Execute { command, argument: Some(Value::Record(fields)) });
    bench.serve();
    bench.channel("Dev/made");
    // A new unit.
    bench.resources[0].description["meta"] = json!("{\"unit\":\"K\"}");
    let command = bench.command("Dev/temperature/update");
    bench.ask(Request::Execute { command, argument: Some(Value::Json("{\"meta\":\"\"}".to_owned())) });
    bench.serve();
    assert_eq!(bench.catalog.channels[0].data_type.unit(), "K");
}

#[test]
fn a_wait_has_the_time_that_it_asks_for() {
    let mut bench = ExositeBench::live(&[]);
    let command = bench.command("Dev/temperature/wait");
    let timeout = vec![("timeout".to_owned(), Value::Integer(30_000))];
    let id = bench.ask(Request::Execute { command, argument: Some(Value::Record(timeout)) });
    bench.pass(secs(29.0));
    assert!(bench.outcomes().is_empty());
    let call = bench.calls_of("wait")[0]["id"].clone();
    bench.text(&json!([{"id": call, "status": "expire"}]).to_string());
    assert_eq!(
        bench.outcomes(),
        [(id, &Outcome::Done { value: None, data_type: None })],
        "quiet is no error"
    );
}

#[test]
fn all_that_is_known_of_a_resource_is_a_record_without_keys() {
    let mut bench = ExositeBench::live(&[]);
    let group = bench.group("Dev/Weather hut");
    bench.ask(Request::Inspect { group });
    let parts = bench.calls_of("info").last().expect("an info")["arguments"][1].clone();
    assert!(parts.get("key").is_none() && parts.get("shares").is_none() && parts["usage"] == true);
    bench.serve();
    let outcomes = bench.outcomes();
    let [(_, Outcome::Done { value: Some(Value::Record(members)), .. })] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert!(members.iter().any(|(name, _)| name == "description"));
    assert!(!format!("{members:?}").contains(OTHER_CIK));
}

#[test]
fn a_line_goes_out_as_it_was_typed_and_its_answer_comes_back() {
    let mut bench = ExositeBench::live(&[]);
    let line = r#"{"calls": [{"id": "mine", "procedure": "info", "arguments": [{"alias": ""}, {}]}]}"#;
    let id = bench.ask(Request::Raw { text: line.to_owned() });
    assert_eq!(bench.frames.last().map(String::as_str), Some(line));
    bench.waiting.clear();
    bench.text(
        &json!([{"id": "mine", "status": "ok", "result": {"key": OTHER_CIK, "basic": {}}}]).to_string(),
    );
    let outcomes = bench.outcomes();
    let [(other, Outcome::Done { value: Some(Value::Json(answer)), .. })] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert_eq!(*other, id);
    assert!(answer.contains("basic") && !answer.contains(OTHER_CIK), "{answer}");
    bench.take();
    // A name of ours cannot be taken, a free one can, and it is not taken by us afterwards.
    let taken = bench.subscription(TEMPERATURE);
    bench.ask(Request::Raw { text: json!({"calls": [{"id": taken, "procedure": "x"}]}).to_string() });
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_))]));
    bench.take();
    let next = bench.calls.iter().filter_map(|call| call["id"].as_u64()).max().expect("calls") + 1;
    bench.ask(Request::Raw { text: json!({"calls": [{"id": next, "procedure": "x"}]}).to_string() });
    bench.input(Input::Probe);
    assert_ne!(bench.calls.last().expect("a call")["id"], next);
    bench.wait_in_vain();
    assert!(bench.outcomes().iter().any(|(_, outcome)| **outcome == Outcome::TimedOut));
    bench.take();
    bench.ask(Request::Raw { text: "no JSON".to_owned() });
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::Done { value: None, .. })]));
}

#[test]
fn an_error_about_a_frame_ends_what_is_under_way_and_nothing_else() {
    for code in [-1, 400, 500, 501] {
        let mut bench = ExositeBench::live(&[]);
        let channel = bench.channel("Dev/temperature");
        let id = bench.ask(Request::Write { channel, value: number(1.0) });
        bench.text(&json!({"error": {"code": code, "message": "Internal", "context": "calls"}}).to_string());
        let outcomes = bench.outcomes();
        let [(other, Outcome::Refused { text, .. })] = &outcomes[..] else { panic!("{outcomes:?}") };
        assert!(*other == id && text.contains(&code.to_string()), "{text}");
        assert_eq!(bench.faults(), (0, 1));
        bench.take();
        bench.tell(TEMPERATURE, json!([1_795_205_900, 2]));
        assert_eq!(bench.values().len(), 1, "the rest goes on");
    }
    let mut bench = ExositeBench::live(&[]);
    bench.text(r#"{"error": {"code": 401, "message": "Invalid", "context": "auth"}}"#);
    assert_eq!(bench.refusal(), Some((false, "The key was refused".to_owned())), "it was revoked meanwhile");
}

#[test]
fn while_nothing_is_ready_nothing_is_sent() {
    let mut bench = ExositeBench::new(&[]);
    bench.ask(Request::Raw { text: "{}".to_owned() });
    bench.ask(Request::Inspect { group: 0 });
    assert!(matches!(bench.outcomes()[..], [(_, Outcome::NotSent(_)), (_, Outcome::NotSent(_))]));
}

#[test]
fn keys_are_in_no_event_and_no_preview() {
    let mut bench = ExositeBench::opened(&[]);
    let mut told = String::new();
    let mut keep = |bench: &mut ExositeBench| {
        for output in bench.take() {
            if !matches!(output, Output::Send(Frame::Text(_))) {
                told.extend([format!("{output:?}"), "\n".to_owned()]);
            }
        }
    };
    bench.text(&format!("no JSON: {CIK}"));
    bench.text(r#"{"status": "ok"}"#);
    bench.serve();
    bench.text(&format!("{{\"key\": \"{OTHER_CIK}\", \"cik\": \"{CIK}\"}}"));
    bench.text(&format!("{}{CIK}", "x".repeat(380)));
    bench.text(&json!([{"id": bench.subscription(TEMPERATURE), "status": CIK}]).to_string());
    let group = bench.group("Dev/Weather hut");
    bench.ask(Request::Inspect { group });
    let channel = bench.channel("Dev/temperature");
    let write = Request::Write { channel, value: number(1.0) };
    let preview = bench.session.preview(&write).expect("a preview");
    assert!(!preview.contains(CIK));
    bench.ask(write);
    bench.serve();
    keep(&mut bench);
    bench.reopen();
    bench.text(&json!({"error": {"code": 401, "message": CIK, "context": "auth"}}).to_string());
    keep(&mut bench);
    assert!(told.contains("refused") && told.contains("••••••"));
    for key in [CIK, OTHER_CIK, &CIK[..20]] {
        assert!(!told.contains(key), "{told}");
    }
}
