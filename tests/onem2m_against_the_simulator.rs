//! The oneM2M session against a simulated CSE, with one fake clock for both: what is on the CSE is shown, each instance
//! once, whatever the CSE does wrong.

mod util;

use porthole::model::catalog::Below;
use porthole::model::event::{Event, Outcome, Request};
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::onem2m::PROTOCOL;
use porthole::protocol::onem2m::simulator::{OneM2mSimulator, Quirks};
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Fault, Input, SimulatorInput};
use util::clock::secs;
use util::pair::Pair;

/// A session and a simulated greenhouse, whose quirks are given in words.
fn greenhouse(quirks: &str) -> Pair {
    with_options(quirks, &[])
}

/// The same with options that a person chose.
fn with_options(quirks: &str, chosen: &[(&str, &str)]) -> Pair {
    let quirks: Quirks = quirks.parse().expect("quirks");
    let chosen: Vec<_> =
        chosen.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut options = Options::new(&chosen);
    options.complete(PROTOCOL.options, &mut Random::new(7));
    Pair::new((PROTOCOL.session)(&options), OneM2mSimulator::greenhouse(1, quirks), "oneM2M.json", true)
}

const AIR: &str = "cse-in/greenhouse/air-temperature/con";
const SOIL: &str = "cse-in/greenhouse/soil-moisture/con";
const TARGET: &str = "cse-in/greenhouse/thermostat/tarTe";
const SETPOINT: &str = "cse-in/greenhouse/setpoint/con";

/// No instance of a channel was told twice, and those of a beat without a hole in their times.
fn assert_each_once(pair: &Pair, path: &str, beat: f64) {
    let mut times: Vec<Timestamp> = pair.values(path).iter().map(|(at, _)| *at).collect();
    let count = times.len();
    assert!(count > 20, "{path} was told {count} times");
    times.sort_unstable();
    times.dedup();
    assert_eq!(times.len(), count, "{path}: an instance was told twice");
    let widest = times.windows(2).map(|pair| (pair[1].0 - pair[0].0) as f64 / 1e6).fold(0.0, f64::max);
    assert!(widest < beat * 2.5, "{path}: nothing for {widest} s");
}

#[test]
fn a_strict_cse_is_shown_whole_and_without_a_complaint() {
    let mut pair = greenhouse("");
    pair.pass(30.0);
    assert!(pair.is_live());
    for path in
        [AIR, SOIL, TARGET, SETPOINT, "cse-in/greenhouse/weather/wind/con", "cse-in/greenhouse/door/con"]
    {
        assert!(pair.is_subscribed(path), "{path}");
        assert!(!pair.values(path).is_empty(), "{path}");
    }
    assert_each_once(&pair, AIR, 1.0);
    assert_eq!(pair.malformed(), 0);
    assert_eq!(pair.violations(), Vec::<&str>::new());
    assert_eq!(pair.notices(), Vec::<&str>::new());
    assert!(pair.sent.iter().all(|frame| !frame.contains("CAdmin")), "nobody asked for an administrator");
}

#[test]
fn quirks_lose_nothing_and_double_nothing() {
    for quirks in [
        "race",
        "duplicates",
        "no-rvi",
        "batch",
        "early-notify",
        "reorder",
        "delay=300",
        "stranger",
        "no-group",
        "async",
        "no-rvi,batch,early-notify,duplicates",
    ] {
        let mut pair = greenhouse(quirks);
        pair.pass(45.0);
        assert!(pair.is_live(), "{quirks}");
        assert!(pair.is_subscribed(AIR), "{quirks}");
        let mut times: Vec<Timestamp> = pair.values(AIR).iter().map(|(at, _)| *at).collect();
        let count = times.len();
        times.sort_unstable();
        times.dedup();
        assert_eq!(times.len(), count, "{quirks}: told twice");
        let since = pair.clock.now.wall.0 - 40_000_000;
        let recent = times.iter().filter(|at| at.0 > since).count();
        assert!(recent >= 34, "{quirks}: {recent} of 40");
        assert_eq!(pair.malformed(), 0, "{quirks}");
    }
}

#[test]
fn a_cse_that_answers_with_the_content_alone_is_understood_and_its_breaches_are_counted() {
    let mut pair = greenhouse("bare");
    pair.pass(20.0);
    assert!(pair.is_live());
    assert!(!pair.values(AIR).is_empty());
    assert!(pair.violations().contains(&"a response has a response code"));
}

#[test]
fn an_error_that_names_no_request_belongs_to_the_one_under_way() {
    let mut pair = greenhouse("no-rqi");
    pair.pass(20.0);
    assert!(pair.is_live());
    assert_each_once(&pair, AIR, 1.0);
}

#[test]
fn where_the_cse_cannot_notify_values_are_asked_for_and_the_person_is_told() {
    let mut pair = greenhouse("no-push");
    pair.pass(40.0);
    assert!(pair.is_live());
    assert!(pair.notices().contains(&"The CSE cannot notify this page"), "{:?}", pair.notices());
    let before = pair.values(AIR).len();
    pair.pass(20.0);
    assert!(pair.values(AIR).len() >= before + 4, "it is polled");
    assert!(pair.sent.iter().any(|frame| frame.contains("/fopt/la")), "many with one request");
}

#[test]
fn what_may_be_read_but_not_subscribed_is_asked_for_too_with_and_without_a_group() {
    for quirks in ["no-subscribe", "no-subscribe,no-group"] {
        let mut pair = greenhouse(quirks);
        pair.pass(20.0);
        let before = pair.values(AIR).len();
        pair.pass(20.0);
        assert!(pair.values(AIR).len() >= before + 4, "{quirks}: it is polled");
        assert!(pair.is_subscribed(AIR), "{quirks}");
        let uses_group = pair.sent.iter().any(|frame| frame.contains("/fopt/la"));
        assert_eq!(uses_group, !quirks.contains("no-group"), "{quirks}");
        assert!(pair.notices().iter().any(|title| title.starts_with("No subscription for")), "{quirks}");
    }
}

#[test]
fn the_missing_header_is_told_with_two_ways_round() {
    let pair = greenhouse("headerless");
    let Some(Event::Refused { not_this_protocol, notice, causes }) = pair.refused() else {
        panic!("not refused")
    };
    assert!(!not_this_protocol);
    assert!(notice.title.contains("header"), "{notice:?}");
    assert_eq!(causes.len(), 2);
    let offer = causes[0].offer.as_ref().expect("an offer");
    assert!(offer.options.contains(&("mode".to_owned(), "hybrid".to_owned())));
    assert!(causes[1].snippet.contains("X-M2M-Origin $arg_origin"));
    assert!(pair.sent.iter().all(|frame| !frame.contains("\"op\":1")), "nothing is left behind on the CSE");
}

#[test]
fn an_empty_tree_says_that_rights_may_be_missing_and_fills_when_they_are_given() {
    let mut pair = greenhouse("private");
    pair.pass(5.0);
    let remedy = pair.catalog.remedy.as_ref().expect("a remedy");
    assert!(remedy.text.contains("rights"), "{remedy:?}");
    assert!(remedy.snippet.contains("acop"));
    let before = pair.sent.len();
    pair.pass(25.0);
    let looks = pair.sent[before..].iter().filter(|frame| frame.contains("\"rcn\":5")).count();
    assert!(looks >= 2, "it looks again");
}

#[test]
fn after_a_cut_nothing_is_missing_and_no_subscription_is_there_twice() {
    let mut pair = greenhouse("");
    pair.pass(20.0);
    pair.close();
    pair.clock.pass(secs(12.0));
    pair.open();
    pair.pass(15.0);
    assert!(pair.is_subscribed(AIR));
    assert_each_once(&pair, AIR, 1.0);
    let found = pair.request(Request::Execute { command: find(&pair, "find_leftovers"), argument: None });
    pair.pass(1.0);
    assert_eq!(
        pair.outcome(found),
        Some(&Outcome::Done { value: Some(Value::Json("[]".to_owned())), data_type: None })
    );
    let made = pair
        .sent
        .iter()
        .filter(|frame| frame.contains("\"ty\":23") && frame.contains("air-temperature\""))
        .count();
    assert_eq!(made, 2, "it was asked for once a socket, under the same name");
}

#[test]
fn a_cse_that_forgot_everything_is_set_up_anew() {
    let mut pair = greenhouse("forgetful");
    pair.pass(20.0);
    pair.close();
    pair.clock.pass(secs(3.0));
    pair.open();
    pair.pass(20.0);
    assert!(pair.is_subscribed(AIR));
    assert_each_once(&pair, AIR, 1.0);
}

#[test]
fn a_subscription_that_somebody_deletes_is_made_again() {
    let mut pair = greenhouse("vanishing");
    pair.pass(30.0);
    assert!(pair.notices().iter().any(|title| title.contains("was deleted")), "{:?}", pair.notices());
    assert!(pair.is_subscribed(AIR));
    assert_each_once(&pair, AIR, 1.0);
}

#[test]
fn a_thousand_notifications_a_second_are_told_each_once() {
    let mut pair = greenhouse("flood");
    pair.pass(5.0);
    let most = pair.told.values().map(Vec::len).max().unwrap_or(0);
    assert!(most > 2_000, "{most}");
    for (path, values) in &pair.told {
        let path_of = |event: &Event| matches!(event, Event::Malformed { .. });
        assert!(!pair.events.iter().any(path_of), "{path}");
        assert!(!values.is_empty());
    }
}

#[test]
fn faults_are_survived_and_told() {
    for fault in Fault::ALL {
        let mut pair = greenhouse("");
        pair.pass(10.0);
        pair.simulate(SimulatorInput::Fault(fault, true));
        pair.pass(12.0);
        pair.simulate(SimulatorInput::Fault(fault, false));
        if !pair.is_connected {
            pair.clock.pass(secs(1.0));
            pair.open();
        }
        pair.pass(15.0);
        let since = pair.clock.now.wall.0 - 8_000_000;
        let recent = pair.values(AIR).iter().filter(|(at, _)| at.0 > since).count();
        assert!(recent >= 5, "{fault:?}: {recent} readings in the last 8 s");
        assert_eq!(pair.malformed() > 0, fault == Fault::Garbage, "{fault:?}");
    }
}

#[test]
fn missing_instances_of_a_time_series_are_told() {
    let mut pair = greenhouse("");
    pair.pass(240.0);
    let missing: usize = pair
        .events
        .iter()
        .map(|event| match event {
            Event::Missing { at, .. } => at.len(),
            _ => 0,
        })
        .sum();
    assert!(missing > 0);
}

#[test]
fn a_write_makes_one_instance_and_reads_it_back() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    let before = pair.values(SETPOINT).len();
    let channel = pair.channel(SETPOINT);
    let id = pair.request(Request::Write { channel, value: Value::Number(24.5) });
    pair.pass(3.0);
    let Some(Outcome::Done { value: Some(value), .. }) = pair.outcome(id) else {
        panic!("{:?}", pair.outcome(id))
    };
    assert_eq!(*value, Value::Number(24.5));
    let values = pair.values(SETPOINT);
    assert_eq!(values.len(), before + 1);
    assert_eq!(values.last().map(|(_, value)| value), Some(&Value::Number(24.5)));
    assert_eq!(pair.sent.iter().filter(|frame| frame.contains("m2m:cin")).count(), 1);
}

#[test]
fn a_write_that_a_cse_runs_twice_is_no_failure() {
    for quirks in ["race", "duplicates"] {
        let mut pair = greenhouse(quirks);
        pair.pass(20.0);
        let channel = pair.channel(SETPOINT);
        let id = pair.request(Request::Write { channel, value: Value::Number(23.0) });
        pair.pass(15.0);
        let outcome = pair.outcome(id);
        assert!(matches!(outcome, Some(Outcome::Done { .. } | Outcome::TimedOut)), "{quirks}: {outcome:?}");
        let made = pair.values(SETPOINT).iter().filter(|(_, value)| *value == Value::Number(23.0)).count();
        assert!(made <= 1, "{quirks}: {made}");
    }
}

#[test]
fn an_attribute_is_updated_and_a_refusal_has_the_words_of_the_cse() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    let channel = pair.channel(TARGET);
    let id = pair.request(Request::Write { channel, value: Value::Number(19.5) });
    pair.pass(2.0);
    assert!(matches!(pair.outcome(id), Some(Outcome::Done { .. })), "{:?}", pair.outcome(id));
    assert_eq!(pair.values(TARGET).last().map(|(_, value)| value.clone()), Some(Value::Number(19.5)));
    let id = pair.request(Request::Write { channel, value: Value::Text("warm".to_owned()) });
    pair.pass(2.0);
    let Some(Outcome::Refused { class, text }) = pair.outcome(id) else { panic!("{:?}", pair.outcome(id)) };
    assert!(class.starts_with('4') && !text.is_empty(), "{class} {text}");
}

#[test]
fn what_a_person_asked_of_a_lost_socket_is_not_asked_again() {
    let mut pair = greenhouse("delay=2000");
    pair.pass(200.0);
    assert!(pair.is_live());
    let channel = pair.channel(SETPOINT);
    let id = pair.request(Request::Write { channel, value: Value::Number(28.0) });
    pair.pass(0.5);
    pair.close();
    let lost = pair.outcome(id).cloned();
    assert!(matches!(lost, Some(Outcome::Lost | Outcome::NotSent(_))), "{lost:?}");
    let before = pair.sent.len();
    pair.open();
    pair.pass(60.0);
    assert!(pair.sent[before..].iter().all(|frame| !frame.contains("m2m:cin")), "it was sent again");
}

#[test]
fn commands_make_and_remove_what_is_our_own_alone() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    let text = |text: &str| Value::Text(text.to_owned());
    let own =
        pair.sent.iter().find_map(|frame| frame.split("\"rn\":\"").nth(1)?.split('"').next()).expect("an AE");
    let parent = format!("cse-in/{own}");
    let argument =
        Value::Record(vec![("parent".to_owned(), text(&parent)), ("name".to_owned(), text("notes"))]);
    let made =
        pair.request(Request::Execute { command: find(&pair, "create_container"), argument: Some(argument) });
    pair.pass(2.0);
    assert!(matches!(pair.outcome(made), Some(Outcome::Done { .. })), "{:?}", pair.outcome(made));
    let delete = find(&pair, "delete");
    let foreign = text("cse-in/greenhouse/door");
    let id = pair.request(Request::Execute { command: delete, argument: Some(foreign) });
    assert!(matches!(pair.outcome(id), Some(Outcome::NotSent(_))), "{:?}", pair.outcome(id));
    let argument = Some(text(&format!("{parent}/notes")));
    let id = pair.request(Request::Execute { command: delete, argument });
    pair.pass(2.0);
    assert!(matches!(pair.outcome(id), Some(Outcome::Done { .. })), "{:?}", pair.outcome(id));
}

#[test]
fn resources_are_found_by_label_and_inspected() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    let fields = [
        ("type", Value::Enum { code: 3, label: None }),
        ("label", Value::Text("unit:%".to_owned())),
        ("created_after", Value::Text(String::new())),
    ];
    let argument = Value::Record(fields.map(|(name, value)| (name.to_owned(), value)).into());
    let id = pair.request(Request::Execute { command: find(&pair, "discover"), argument: Some(argument) });
    pair.pass(2.0);
    let Some(Outcome::Done { value: Some(Value::Json(found)), .. }) = pair.outcome(id) else {
        panic!("{:?}", pair.outcome(id))
    };
    assert!(found.contains("air-humidity") && !found.contains("air-temperature"), "{found}");
    let id = pair.request(Request::Inspect { group: pair.group("cse-in/greenhouse/air-temperature") });
    pair.pass(2.0);
    let Some(Outcome::Done { value: Some(Value::Record(members)), .. }) = pair.outcome(id) else {
        panic!("{:?}", pair.outcome(id))
    };
    assert!(members.iter().any(|(name, _)| name == "cni · currentNrOfInstances"), "{members:?}");
}

#[test]
fn a_group_is_opened_when_somebody_asks() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    let group = pair.group("cse-in/controller");
    assert_eq!(pair.catalog.groups[group].below, Below::Unknown);
    let id = pair.request(Request::Expand { group });
    pair.pass(2.0);
    assert!(matches!(pair.outcome(id), Some(Outcome::Done { .. })));
    assert_eq!(pair.catalog.groups[group].below, Below::Known);
    assert!(pair.catalog.groups.iter().any(|other| other.parent == Some(group)), "its children are there");
}

#[test]
fn a_channel_that_nobody_wants_any_more_has_no_subscription() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    let channel = pair.channel(AIR);
    pair.request(Request::Subscribe { channel, on: false });
    pair.pass(2.0);
    assert!(!pair.is_subscribed(AIR));
    let before = pair.values(AIR).len();
    pair.pass(10.0);
    assert_eq!(pair.values(AIR).len(), before);
    pair.request(Request::Subscribe { channel, on: true });
    pair.pass(5.0);
    assert!(pair.is_subscribed(AIR));
    assert_each_once(&pair, AIR, 1.0);
}

#[test]
fn what_is_left_alone_for_hours_is_renewed_in_time() {
    let mut pair = greenhouse("");
    pair.pass(3.0 * 3600.0);
    assert!(pair.is_subscribed(AIR));
    assert!(pair.closed.is_empty());
    let since = pair.clock.now.wall.0 - 20_000_000;
    assert!(pair.values(AIR).iter().filter(|(at, _)| at.0 > since).count() >= 15);
    assert_eq!(pair.violations(), Vec::<&str>::new());
}

#[test]
fn leaving_removes_everything_that_was_made() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    pair.session(Input::Leave { hurried: false });
    let answer = pair.session.last_answer().expect("an answer");
    pair.simulate(SimulatorInput::Timeout);
    let deletes: Vec<_> = pair.sent.iter().filter(|frame| frame.contains("\"op\":4")).collect();
    assert!(deletes.len() > 5);
    assert!(!deletes.last().expect("one").contains("porthole-"), "the AE at the end, by its ID");
    let notification = r#"{"op":5,"rqi":"x","rvi":"4","to":"C","fr":"/id-in","pc":{"m2m:sgn":{"sud":true,"sur":"/id-in/s"}}}"#;
    let answer = (answer.to)(notification).expect("it is answered");
    assert!(answer.starts_with(r#"{"rsc":2000,"rqi":"x""#), "{answer}");
}

#[test]
fn what_a_former_page_has_left_is_listed_and_removed_when_somebody_asks() {
    let mut pair = greenhouse("");
    pair.pass(10.0);
    // It goes without a word; another page comes, in the name of somebody who may remove it.
    pair.close();
    let mut options = Options::new(&[("fr".to_owned(), "CAdmin".to_owned())]);
    options.complete(PROTOCOL.options, &mut Random::new(8));
    pair.session = (PROTOCOL.session)(&options);
    pair.open();
    pair.pass(10.0);
    let listed = |pair: &mut Pair| {
        let id = pair.request(Request::Execute { command: find(pair, "find_leftovers"), argument: None });
        pair.pass(1.0);
        match pair.outcome(id) {
            Some(Outcome::Done { value: Some(Value::Json(list)), .. }) => list.matches("porthole-").count(),
            other => panic!("{other:?}"),
        }
    };
    let left = listed(&mut pair);
    assert!(left > 10, "{left}");
    let id = pair.request(Request::Execute { command: find(&pair, "remove_leftovers"), argument: None });
    pair.pass(5.0);
    let Some(Outcome::Done { value: Some(Value::Json(told)), .. }) = pair.outcome(id) else {
        panic!("no answer")
    };
    assert!(told.starts_with("{\"removed\":"), "{told}");
    assert_eq!(listed(&mut pair), 0);
    assert!(pair.is_subscribed(AIR), "its own are there still");
}

/// The index of a command.
fn find(pair: &Pair, name: &str) -> usize {
    pair.catalog.commands.iter().position(|command| command.name == name).expect("the command is there")
}
