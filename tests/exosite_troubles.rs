//! A One Platform session and a server that errs, contradicts itself or changes behind the session's back.

mod util;

use porthole::model::catalog::{Below, Level};
use porthole::model::event::{Event, Outcome, Request};
use porthole::model::json::{Breaches, Json as Wire};
use porthole::model::value::Value;
use porthole::protocol::exosite::value::Format;
use porthole::protocol::{Input, Output};
use serde_json::{Value as Json, json};
use util::clock::secs;
use util::exosite_bench::*;

fn number(value: f64) -> Value {
    Value::Number(value)
}

/// The next frame's calls are answered as a good server does, but for what `change` does to answers.
fn answer_with(bench: &mut ExositeBench, change: impl Fn(&Json, &mut Json)) {
    let frame = bench.waiting.pop_front().expect("a frame");
    let mut answers = bench.answers_to(&frame);
    for (call, answer) in frame["calls"].as_array().expect("calls").iter().zip(&mut answers) {
        change(call, answer);
        answer["id"] = call["id"].clone();
    }
    bench.text(&Json::from(answers).to_string());
}

fn is_closed(bench: &ExositeBench) -> bool {
    bench.outputs.iter().any(|output| matches!(output, Output::Close(_)))
}

fn hidden(bench: &ExositeBench) -> usize {
    bench.catalog.groups.iter().filter(|group| group.level == Level::Hidden).count()
}

/// Looks below the first client again.
fn look_again(bench: &mut ExositeBench) {
    bench.ask(Request::Expand { group: 0 });
}

#[test]
fn any_error_about_the_key_but_the_servers_own_is_the_end() {
    for frame in [
        r#"{"error": "Invalid"}"#,
        r#"{"error": {"code": 403, "message": "Forbidden"}}"#,
        r#"{"error": {"message": "who are you?"}}"#,
    ] {
        let mut bench = ExositeBench::opened(&[]);
        bench.text(frame);
        assert_eq!(bench.refusal(), Some((false, "The key was refused".to_owned())), "{frame}");
        assert!(!is_closed(&bench), "{frame}");
    }
}

#[test]
fn a_refused_listing_is_shown_and_not_asked_for_on_one_socket_after_another() {
    for answer in [
        json!({"error": {"code": 501, "message": "Can not apply Arguments to Procedure"}}),
        json!({"status": "fail"}),
        json!({"status": "fail", "error": "Invalid"}),
    ] {
        let mut bench = ExositeBench::accepted(&[]);
        bench.serve_until("listing");
        answer_with(&mut bench, |call, other| {
            if call["procedure"] == "listing" {
                *other = answer.clone();
            }
        });
        bench.serve();
        assert!(!is_closed(&bench) && bench.events().contains(&&Event::Live), "{answer}");
        assert_eq!(bench.catalog.groups[0].below, Below::Refused, "{answer}");
        assert!(bench.catalog.warnings.iter().any(|warning| warning.contains("not shown")), "{answer}");
    }
    let mut bench = ExositeBench::accepted(&[]);
    bench.serve_until("listing");
    answer_with(&mut bench, |call, other| {
        if call["procedure"] == "listing" {
            *other = json!({"error": {"code": 500, "message": "Internal"}});
        }
    });
    bench.serve();
    assert!(is_closed(&bench), "its own trouble may pass");
}

#[test]
fn of_two_points_within_a_second_the_one_that_was_written_last_is_shown() {
    let mut bench = ExositeBench::accepted(&[]);
    bench.resources[0].points = vec![(1_795_205_000, json!(1)), (1_795_205_000, json!(2))];
    bench.serve();
    let of_temperature = |bench: &ExositeBench| -> Vec<Value> {
        let values = bench.values();
        values
            .into_iter()
            .filter(|(path, ..)| *path == "Dev/temperature")
            .map(|(_, value, _)| value)
            .collect()
    };
    assert_eq!(of_temperature(&bench), [number(2.0)]);
    assert!(bench.past().contains(&("Dev/temperature", 1_795_205_000, number(1.0))));
    // What came while nobody listened.
    bench.take();
    bench.resources[0].points.extend([(1_795_205_100, json!(3)), (1_795_205_100, json!(4))]);
    bench.reopen();
    bench.serve();
    assert_eq!(of_temperature(&bench), [number(4.0)]);
}

#[test]
fn of_several_points_without_a_usable_time_none_is_taken_for_the_newest() {
    let mut bench = ExositeBench::live(&[]);
    bench.tell(TEMPERATURE, json!([[1_795_205_902_000_i64, 2], [1_795_205_901_000_i64, 1]]));
    assert!(bench.values().is_empty(), "{:?}", bench.values());
    assert_eq!(bench.faults(), (0, 2));
}

#[test]
fn what_comes_back_is_told_and_subscribed_again() {
    let mut bench = ExositeBench::live(&[]);
    let all = bench.resources.clone();
    let newest = ("Dev/myinteger", Value::Integer(11), Some(1_795_205_060));
    for again in [ExositeBench::reopen, look_again] {
        bench.resources.retain(|resource| resource.rid != INTEGER && resource.rid != HUT);
        again(&mut bench);
        bench.serve();
        assert_eq!(hidden(&bench), 3);
        assert!(bench.errors().contains(&("Dev/myinteger", "Gone")));
        bench.take();
        bench.forget();
        bench.resources.clone_from(&all);
        again(&mut bench);
        bench.serve();
        assert!(bench.values().contains(&newest), "{:?}", bench.values());
        assert!(bench.past().iter().all(|(path, ..)| *path != "Dev/myinteger"), "nothing twice");
        let told = bench.calls_of("subscribe");
        assert!(told.iter().any(|call| call["arguments"][0] == INTEGER), "{told:?}");
        assert_eq!(bench.catalog.groups[bench.group("Dev/myinteger")].level, Level::User);
        bench.take();
    }
}

#[test]
fn after_a_client_was_deleted_its_owner_is_looked_at() {
    let mut bench = ExositeBench::live(&[]);
    bench.resources.retain(|resource| resource.rid != HUT && resource.rid != WIND);
    bench.forget();
    let command = bench.command("Dev/Weather hut/drop");
    bench.ask(Request::Execute { command, argument: None });
    answer_with(&mut bench, |_, answer| *answer = json!({"status": "ok"}));
    bench.serve();
    let listed: Vec<&Json> = bench.calls_of("listing").iter().map(|call| &call["arguments"][0]).collect();
    assert!(listed.contains(&&json!({"alias": ""})) && !listed.contains(&&json!(HUT)), "{listed:?}");
    assert_eq!(hidden(&bench), 2);
}

#[test]
fn what_was_moved_stands_in_its_new_owner() {
    for destination in [HUT, "hut"] {
        let mut bench = ExositeBench::accepted(&[]);
        bench.resources[4].alias = Some("hut");
        bench.serve();
        bench.take();
        bench.resources[0].owner = HUT.to_owned();
        let fields = vec![
            ("destination".to_owned(), Value::Text(destination.to_owned())),
            ("aliases".to_owned(), Value::Bool(true)),
        ];
        let command = bench.command("Dev/temperature/move");
        bench.ask(Request::Execute { command, argument: Some(Value::Record(fields)) });
        bench.serve();
        let group = &bench.catalog.groups[bench.group("Dev/temperature")];
        assert_eq!((group.level, group.parent), (Level::User, Some(0)), "{destination}: after its parent");
        assert_eq!(group.within, ["Weather hut"]);
        bench.take();
        bench.tell(TEMPERATURE, json!([1_795_205_900, 1]));
        assert_eq!(bench.values().len(), 1);
    }
}

#[test]
fn two_clients_that_claim_each_other_do_no_harm() {
    let mut bench = ExositeBench::live(&[]);
    for owner in [HUT, LOCKED] {
        for rid in [HUT, LOCKED] {
            let mut twin = bench.resources.iter().find(|other| other.rid == rid).expect("one").clone();
            twin.owner = owner.to_owned();
            twin.description["locked"] = json!(false);
            bench.resources.push(twin);
        }
    }
    for _ in 0..3 {
        for group in 0..bench.catalog.groups.len() {
            bench.ask(Request::Expand { group });
        }
        bench.serve();
    }
}

#[test]
fn listings_that_come_again_use_up_nothing() {
    let mut bench = ExositeBench::accepted(&[("history", "0")]);
    bench.resources.clear();
    let rids: Json = (0..11_000).map(|n| json!(format!("{n:040x}"))).collect();
    for _ in 0..3 {
        bench.serve_until("listing");
        answer_with(&mut bench, |call, answer| {
            if call["procedure"] == "listing" {
                *answer = json!({"status": "ok", "result": {"dataport": rids}});
            }
        });
        bench.serve();
        assert_eq!((bench.catalog.groups.len(), hidden(&bench)), (11_001, 0));
        look_again(&mut bench);
    }
}

#[test]
fn a_listing_with_strange_entries_does_not_say_what_is_gone() {
    let mut bench = ExositeBench::live(&[]);
    look_again(&mut bench);
    for _ in 0..2 {
        if !bench.waiting.is_empty() {
            answer_with(&mut bench, |call, answer| {
                if call["procedure"] == "listing" {
                    *answer = json!({"status": "ok", "result": {"dataport": [TEMPERATURE, 5]}});
                }
            });
        }
    }
    bench.serve();
    assert_eq!(hidden(&bench), 0);
}

#[test]
fn what_was_missed_is_asked_for_whole_and_no_further_than_it_is_known_again() {
    for (history, limit) in [("10000", 600), ("25", 25)] {
        let mut bench = ExositeBench::live(&[("history", history)]);
        bench.forget();
        bench.reopen();
        bench.serve();
        let reads = bench.calls_of("read");
        let read = reads.iter().find(|call| call["arguments"][0] == TEMPERATURE).expect("one");
        assert_eq!(read["arguments"][1], json!({"starttime": 1_795_205_120, "sort": "desc", "limit": limit}));
    }
}

#[test]
fn what_fails_again_and_again_is_tried_less_and_less_and_its_names_are_free() {
    let mut bench = ExositeBench::accepted(&[]);
    let mut names = Vec::new();
    for _ in 0..360 {
        while !bench.waiting.is_empty() {
            answer_with(&mut bench, |call, answer| {
                if call["procedure"] == "subscribe" && call["arguments"][0] == INTEGER {
                    *answer = json!({"status": "noauth"});
                }
            });
        }
        bench.pass(secs(5.0));
    }
    for call in bench.calls_of("subscribe") {
        if call["arguments"][0] == INTEGER {
            names.push(call["arguments"][1]["subs_id"].clone());
        }
    }
    assert!((4..=9).contains(&names.len()), "{} times in half an hour", names.len());
    bench.take();
    bench.ask(Request::Raw { text: json!({"calls": [{"id": names[0], "procedure": "x"}]}).to_string() });
    assert!(bench.outcomes().is_empty(), "{:?}", bench.outcomes());
}

#[test]
fn an_error_about_a_frame_is_the_answer_to_a_typed_line() {
    let mut bench = ExositeBench::live(&[]);
    let channel = bench.channel("Dev/temperature");
    let write = bench.ask(Request::Write { channel, value: number(1.0) });
    let line = json!({"calls": [{"id": "mine", "procedure": 5}]}).to_string();
    let typed = bench.ask(Request::Raw { text: line });
    bench.text(r#"{"error": {"code": 400, "message": "Invalid", "context": "calls"}}"#);
    let outcomes = bench.outcomes();
    let [(other, Outcome::Done { value: Some(Value::Json(answer)), .. })] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert!(*other == typed && answer.contains("400"), "{answer}");
    bench.take();
    answer_with(&mut bench, |_, _| {});
    assert_eq!(bench.outcomes(), [(write, &Outcome::Done { value: None, data_type: None })]);
}

#[test]
fn where_nobody_knows_which_frame_failed_a_write_is_not_said_to_be_refused() {
    let mut bench = ExositeBench::live(&[]);
    let channel = bench.channel("Dev/temperature");
    let first = bench.ask(Request::Write { channel, value: number(1.0) });
    let second = bench.ask(Request::Write { channel, value: number(2.0) });
    bench.text(r#"{"error": {"code": 500, "message": "Internal", "context": "calls"}}"#);
    assert_eq!(bench.outcomes(), [(first, &Outcome::Lost), (second, &Outcome::Lost)]);
}

#[test]
fn another_server_that_says_something_and_hangs_up_does_not_speak_the_protocol() {
    let mut bench = ExositeBench::opened(&[]);
    bench.text("welcome!");
    bench.input(Input::Closed);
    let (not_this_protocol, title) = bench.refusal().expect("a refusal");
    assert!(not_this_protocol && title.contains("does not speak"), "{title}");
}

#[test]
fn long_pasts_do_not_come_in_one_frame() {
    for (history, most) in [("10000", 1), ("2500", 2), ("600", 8)] {
        let mut bench = ExositeBench::accepted(&[("history", history)]);
        for n in 0..20 {
            let rid = format!("{n:040x}");
            let about = json!({"format": "float", "name": format!("p{n}")});
            bench.resources.push(Resource::new(&rid, "dataport", "", None, about));
        }
        bench.serve();
        let pasts = |frame: &String| frame.matches("autowindow").count();
        assert_eq!(bench.frames.iter().map(pasts).max(), Some(most), "{history}");
        assert_eq!(bench.frames.iter().map(pasts).sum::<usize>(), 25);
    }
}

#[test]
fn what_is_shown_of_a_bad_value_says_where_it_was_cut() {
    for (chars, is_cut) in [(58, false), (59, true)] {
        let value = format!("\"{}\"", "x".repeat(chars));
        let json = Wire::parse(&value, &mut Breaches::default()).expect("JSON");
        let words = Format::Float.read(&json).expect_err("no number").to_string();
        assert_eq!(words.contains('…'), is_cut, "{words}");
    }
}
