//! What a oneM2M session asks of a CSE, member by member, and when: as ACME 2026.5.3 was seen to need it.

mod util;

use std::collections::HashSet;
use std::time::Duration;

use porthole::model::event::{Event, Outcome, Request};
use porthole::model::link::Cause;
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::onem2m::time;
use porthole::protocol::{Input, Output};
use serde_json::{Value as Json, json};
use util::clock::secs;
use util::onem2m_bench::{AHEAD, HTTP, OWN, OneM2mBench, only};

const NO_HEADER: &str =
    "Unknown WS connections (no X-M2M-Origin header) are only allowed for AE registrations";
const MILLI: Duration = Duration::from_millis(1);

fn is_create(ty: u32) -> impl Fn(&Json) -> bool {
    move |asked| asked["op"] == 1 && asked["ty"] == ty
}

fn is_look(path: &str) -> impl Fn(&Json) -> bool {
    move |asked| asked["op"] == 2 && asked["to"] == path && asked["rcn"] == 5
}

fn keys(object: &Json) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn instance(id: &str, content: Json, state: u32) -> Json {
    json!({"m2m:cin": {"con": content, "cs": 3, "pi": "cntgf0eXm4dkA", "ri": id, "rn": format!("cin_{id}"), "ty": 4,
        "ct": format!("20261121T1501{state:02},901206"), "st": state}})
}

/// A request without what differs from one to the next.
fn core(asked: &Json) -> Json {
    let mut asked = asked.clone();
    for name in ["rqi", "http"] {
        asked.as_object_mut().expect("an object").remove(name);
    }
    asked
}

fn read(bench: &mut OneM2mBench, path: &str) {
    let channel = bench.channel(path);
    bench.ask(Request::Read { channel });
}

fn write(bench: &mut OneM2mBench, path: &str, value: Value) {
    let channel = bench.channel(path);
    bench.ask(Request::Write { channel, value });
}

fn make_container(parent: &str, name: &str, bench: &OneM2mBench) -> Request {
    let text = |text: &str| Value::Text(text.to_owned());
    let argument = Value::Record(vec![("parent".to_owned(), text(parent)), ("name".to_owned(), text(name))]);
    Request::Execute { command: bench.command("create_container"), argument: Some(argument) }
}

/// A session to which nothing is told, so that it asks again and again: of four containers and a time series.
fn polling() -> OneM2mBench {
    let mut bench = OneM2mBench::opened(&[]);
    for socket in [1, 2] {
        bench.serve_until(|asked| asked["op"] == 5);
        bench.answer(5103, json!({"m2m:dbg": "Target not reachable or timeout"}));
        if socket == 1 {
            bench.input(Input::Closed);
            bench.open();
        }
    }
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
    bench.take();
    bench
}

// Who is there, and who we are.

#[test]
fn the_first_request_finds_the_root_whatever_it_is_called() {
    let mut bench = OneM2mBench::opened(&[]);
    let asked = bench.next();
    assert_eq!(core(&asked), json!({"op": 2, "to": "-", "rvi": "4", "fr": OWN}));
    assert!(asked["rqi"].as_str().is_some_and(|id| !id.is_empty()), "{asked}");
}

#[test]
fn the_ae_is_registered_as_one_that_is_reached_on_its_own_socket() {
    let mut bench = OneM2mBench::opened(&[]);
    // Nobody may read the root before it is registered.
    let words = "originator: Cdash1 has no RETRIEVE privileges for resource: id-in";
    bench.answer(4103, json!({"m2m:dbg": words}));
    let asked = bench.next();
    assert_eq!((&asked["op"], &asked["to"], &asked["fr"]), (&json!(1), &json!("-"), &json!(OWN)));
    assert_eq!((&asked["ty"], &asked["rcn"]), (&json!(2), &json!(1)), "with rcn 0 it is never notified");
    let (name, ae) = only(&asked["pc"]);
    assert_eq!(name, "m2m:ae");
    assert!(ae["rn"].as_str().is_some_and(|name| name.len() > 5), "{ae}");
    assert!(ae["api"].as_str().is_some_and(|api| api.starts_with(['N', 'R'])), "{ae}");
    assert_eq!((&ae["rr"], &ae["poa"]), (&json!(true), &json!(["ws://default"])));
    assert_eq!(ae["srv"], json!([asked["rvi"]]));
    for read_only in ["aei", "ri", "ty", "pi", "ct", "lt"] {
        assert!(ae.get(read_only).is_none(), "no provision of {read_only}");
    }
}

#[test]
fn what_is_made_expires_soon_by_the_clock_of_the_cse() {
    let mut bench = OneM2mBench::opened(&[]);
    for ty in [2, 23] {
        let asked = bench.serve_until(is_create(ty));
        let expires = only(&asked["pc"]).1["et"].as_str().and_then(time::parse).expect("a time");
        let ahead = expires.0 - bench.clock.now.wall.0 - AHEAD;
        assert!((60_000_000..=3_600_000_000).contains(&ahead), "{ahead} µs");
    }
}

#[test]
fn before_anything_is_looked_at_a_notification_to_itself_is_seen_to_come() {
    let mut bench = OneM2mBench::opened(&[]);
    bench.serve_until(is_create(2));
    bench.answer(2001, json!({"m2m:ae": {"rn": "x", "ri": "CfKAyDJ3WF9", "aei": "CfKAyDJ3WF9", "ty": 2}}));
    let asked = bench.serve_until(|asked| asked["op"] == 5 || asked["rcn"] == 5);
    assert_eq!((&asked["op"], &asked["to"], &asked["fr"]), (&json!(5), &json!("CfKAyDJ3WF9"), &asked["to"]));
    let (name, notification) = only(&asked["pc"]);
    assert_eq!(name, "m2m:sgn");
    assert!(notification["sur"].as_str().is_some_and(|name| !name.is_empty()));
    assert!(asked.get("ty").is_none(), "it makes nothing");
}

#[test]
fn the_ae_id_that_the_cse_gives_is_the_one_to_be_notified() {
    let mut bench = OneM2mBench::opened(&[]);
    bench.serve_until(is_create(2));
    let ae = json!({"m2m:ae": {"rn": "x", "ri": "CfKAyDJ3WF9", "aei": "CfKAyDJ3WF9", "ty": 2}});
    bench.resources.push(("cse-in/x".to_owned(), ae.clone()));
    bench.answer(2001, ae);
    let asked = bench.serve_until(is_create(23));
    assert_eq!(only(&asked["pc"]).1["nu"], json!(["CfKAyDJ3WF9"]));
    assert_eq!(only(&asked["pc"]).1["su"], json!("CfKAyDJ3WF9"));
}

#[test]
fn a_page_that_is_registered_already_goes_on_and_waits_in_peace() {
    let mut bench = OneM2mBench::opened(&[]);
    bench.serve_until(is_create(2));
    bench.answer(4117, json!({"m2m:dbg": "Originator has already registered: Cdash1"}));
    let asked = bench.serve_until(|asked| asked["op"] == 5);
    assert_eq!(asked["to"], OWN, "whether notifications come is seen");
    // Panics where a deadline that has passed is not served.
    bench.pass(secs(1.0));
    assert_eq!(bench.in_flight(), 1);
}

#[test]
fn by_http_a_page_that_is_registered_already_registers_anew() {
    let mut bench = OneM2mBench::opened(&OneM2mBench::HYBRID);
    bench.answer(4117, json!({"m2m:dbg": "Originator has already registered: Cdash1"}));
    assert_eq!(core(&bench.next()), json!({"op": 4, "to": OWN, "fr": OWN, "rvi": "4"}));
    bench.answer(2002, Json::Null);
    let asked = bench.next();
    assert_eq!((&asked["op"], &asked["ty"], asked.get("http")), (&json!(1), &json!(2), None));
}

#[test]
fn a_page_whose_clock_is_slow_is_registered_too() {
    let mut bench = OneM2mBench::opened(&OneM2mBench::HYBRID);
    for _ in 0..3 {
        let asked = bench.serve_until(is_create(2));
        if asked == Json::Null {
            break;
        }
        let (until, now) = (only(&asked["pc"]).1["et"].clone(), bench.cse_time());
        if until.as_str().is_some_and(|until| until < now.as_str()) {
            let words = format!("expirationTime is in the past: {until} < {now}");
            bench.answer(4000, json!({"m2m:dbg": words}));
        } else {
            bench.serve_one();
        }
    }
    bench.serve();
    assert!(bench.asked.iter().any(|(_, asked)| is_create(23)(asked)), "it is told, and need not ask");
}

#[test]
fn where_no_notification_comes_another_socket_is_tried_and_then_it_is_asked() {
    let mut bench = OneM2mBench::opened(&[]);
    bench.serve_until(|asked| asked["op"] == 5);
    bench.take();
    bench.answer(5103, json!({"m2m:dbg": "Target not reachable or timeout"}));
    assert_eq!(bench.closes().len(), 1, "{:?}", bench.outputs);
    let mut bench = polling();
    assert!(!bench.asked.iter().any(|(_, asked)| asked["ty"] == 23), "a subscription would be silent");
    bench.pass(secs(4.0));
    assert!(bench.in_flight() == 1);
}

#[test]
fn a_cse_that_is_still_starting_is_tried_again() {
    let mut bench = OneM2mBench::opened(&[]);
    for _ in 0..3 {
        bench.answer(4004, json!({"m2m:dbg": "No resource with this ID: -"}));
        bench.pause();
    }
    assert_eq!(bench.closes().len(), 1, "{:?}", bench.outputs);
    bench.input(Input::Closed);
    bench.open();
    bench.serve();
    assert!(bench.events().contains(&&Event::Live));
}

#[test]
fn a_sign_of_life_is_asked_of_what_could_be_dead() {
    let mut bench = OneM2mBench::live(&[]);
    bench.input(Input::Probe);
    assert_eq!(core(&bench.next()), json!({"op": 2, "to": "-", "rvi": "4", "fr": OWN}));
    // By HTTP only a notification shows that the socket lives.
    let mut bench = OneM2mBench::live(&OneM2mBench::HYBRID);
    bench.input(Input::Probe);
    assert_eq!((&bench.next()["op"], &bench.next()["to"]), (&json!(5), &json!(OWN)));
    bench.serve();
    assert!(bench.events().iter().any(|event| matches!(event, Event::Heartbeat { .. })));
}

#[test]
fn by_default_nobody_asks_as_the_administrator() {
    for options in [&[][..], &OneM2mBench::HYBRID] {
        let mut bench = OneM2mBench::live(options);
        read(&mut bench, "cse-in/gh/temp/con");
        bench.serve();
        write(&mut bench, "cse-in/gh/temp/con", Value::Number(1.0));
        bench.serve();
        bench.input(Input::Leave { hurried: false });
        assert!(bench.asked.len() > 20);
        for (_, asked) in &bench.asked {
            assert_eq!(asked["fr"], OWN, "{asked}");
        }
    }
}

#[test]
fn another_originator_asks_for_data_and_the_own_ae_for_itself() {
    let mut bench = OneM2mBench::live(&[("fr", "CAdmin")]);
    bench.pass(secs(301.0));
    bench.serve();
    bench.input(Input::Leave { hurried: true });
    let mut seen = HashSet::new();
    for (_, asked) in &bench.asked {
        let is_own = asked["ty"] == 2 || asked["to"] == OWN;
        // Who first asks for the root does not matter.
        if asked["to"] != "-" || is_own {
            assert_eq!(asked["fr"], if is_own { OWN } else { "CAdmin" }, "{asked}");
            seen.insert((is_own, asked["op"].as_u64()));
        }
        if asked["ty"] == 23 {
            assert_eq!(only(&asked["pc"]).1["nu"], json!([OWN]));
        }
    }
    for expected in [(true, 1), (true, 3), (true, 4), (true, 5), (false, 1), (false, 2), (false, 3)] {
        assert!(seen.contains(&(expected.0, Some(expected.1))), "{expected:?} in {seen:?}");
    }
}

// Looking around.

#[test]
fn a_resource_is_looked_at_with_its_children_one_level_deep_and_without_instances() {
    let mut bench = OneM2mBench::live(&[]);
    read(&mut bench, "cse-in/gh/temp/con");
    let looks: Vec<&Json> =
        bench.asked.iter().map(|(_, asked)| asked).filter(|asked| asked["rcn"] == 5).collect();
    assert!(looks.len() >= 7, "{looks:#?}");
    let supported = only(&bench.resources[0].1).1["srt"].as_array().expect("a list").clone();
    for look in looks {
        assert_eq!(look["op"], 2);
        assert_eq!((&look["fc"]["lvl"], keys(&look["fc"]).len()), (&json!(1), 2), "{look}");
        let types = look["fc"]["ty"].as_array().expect("a list even of one");
        for instances in [4, 30, 58, 10_004, 10_030, 10_058] {
            assert!(!types.contains(&json!(instances)), "{look}");
        }
        for wanted in [2, 3, 9, 23, 28, 29] {
            assert!(types.contains(&json!(wanted)), "{look}");
        }
        assert!(types.iter().all(|ty| supported.contains(ty)), "ACME refuses types that it does not know");
    }
}

#[test]
fn history_is_asked_of_the_children_alone() {
    let bench = OneM2mBench::live(&[]);
    let of = |path: &str| {
        let mut asked = bench.asked.iter().map(|(_, asked)| asked);
        asked.find(|asked| asked["to"] == path && asked["rcn"] == 8).expect("it is asked").clone()
    };
    assert_eq!(of("cse-in/gh/temp")["fc"], json!({"ty": [4], "lvl": 1}));
    assert_eq!(of("cse-in/gh/soil")["fc"], json!({"ty": [30], "lvl": 1}));
}

// Subscriptions.

fn subscriptions(options: &[(&str, &str)]) -> Vec<(String, Json)> {
    let bench = OneM2mBench::live(options);
    let asked = bench.asked.iter().map(|(_, asked)| asked.clone()).filter(is_create(23));
    let parts = asked.map(|asked| {
        assert_eq!(asked["rcn"], 1, "its ID is needed to know its notifications");
        assert_eq!(keys(&asked["pc"]), ["m2m:sub"]);
        (asked["to"].as_str().expect("an address").to_owned(), only(&asked["pc"]).1.clone())
    });
    parts.collect()
}

#[test]
fn a_container_tells_of_new_instances_and_of_no_other_children() {
    let all = subscriptions(&[]);
    for path in ["cse-in/gh/temp", "cse-in/gh/hum", "cse-in/gh/empty"] {
        let (_, subscription) = all.iter().find(|(to, _)| to == path).expect("it is watched");
        assert_eq!(subscription["enc"], json!({"net": [3], "chty": [4]}));
        assert_eq!(subscription["nct"], 1);
    }
}

#[test]
fn a_flex_container_tells_what_changed() {
    let all = subscriptions(&[]);
    let (_, subscription) = all.iter().find(|(to, _)| to == "cse-in/gh/tempe").expect("it is watched");
    assert_eq!((&subscription["enc"], &subscription["nct"]), (&json!({"net": [1]}), &json!(2)));
}

#[test]
fn a_time_series_tells_of_new_instances_and_of_missing_ones() {
    let all = subscriptions(&[]);
    let soil: Vec<&Json> = all.iter().filter(|(to, _)| to == "cse-in/gh/soil").map(|(_, sub)| sub).collect();
    let [new, missing] = soil[..] else { panic!("two: {soil:?}") };
    assert_eq!((&new["enc"], &new["nct"]), (&json!({"net": [3], "chty": [30]}), &json!(1)));
    assert_eq!((&missing["enc"]["net"], &missing["nct"]), (&json!([8]), &json!(5)), "nct 1 is refused");
    assert!(missing["enc"]["md"]["num"].as_u64().is_some_and(|count| count > 0));
    assert!(missing["enc"]["md"]["dur"].as_str().is_some_and(|duration| duration.starts_with('P')));
    assert_ne!(new["rn"], missing["rn"]);
}

#[test]
fn a_subscription_names_its_target_exactly_and_can_be_found_again() {
    let all = subscriptions(&[]);
    assert_eq!(all.len(), 6);
    for (_, subscription) in all {
        assert_eq!(subscription["nu"], json!([OWN]), "other forms are silent");
        assert_eq!(subscription["su"], json!(OWN));
        assert!(subscription["lbl"].as_array().is_some_and(|labels| labels.contains(&json!("porthole"))));
        assert!(subscription["rn"].as_str().is_some_and(|name| name.starts_with("porthole-")));
        assert!(subscription["et"].as_str().and_then(time::parse).is_some());
        assert!(subscription.get("exc").is_none() && subscription.get("bn").is_none());
    }
}

#[test]
fn by_http_nobody_asks_to_be_told_of_a_subscriptions_end() {
    let all = subscriptions(&OneM2mBench::HYBRID);
    assert_eq!(all.len(), 6);
    for (path, subscription) in all {
        assert!(subscription.get("su").is_none(), "ACME could not delete {path} after the socket is gone");
        assert_eq!(subscription["nu"], json!([OWN]));
    }
}

#[test]
fn what_was_made_is_renewed_and_nothing_but_its_end_is_changed() {
    let mut bench = OneM2mBench::live(&[]);
    bench.asked.clear();
    bench.pass(secs(301.0));
    bench.serve();
    let renewals: Vec<&Json> =
        bench.asked.iter().map(|(_, asked)| asked).filter(|asked| asked["op"] == 3).collect();
    assert_eq!(renewals.len(), 7, "the AE and six subscriptions");
    for renewal in renewals {
        let (name, resource) = only(&renewal["pc"]);
        assert_eq!(name, if renewal["to"] == OWN { "m2m:ae" } else { "m2m:sub" });
        assert_eq!(keys(resource), ["et"]);
        let until = resource["et"].as_str().and_then(time::parse).expect("a time");
        assert!(until.0 > bench.clock.now.wall.0 + AHEAD + 300_000_000, "longer than until the next renewal");
    }
}

// Acknowledgements.

#[test]
fn a_notification_is_acknowledged_at_once_and_before_anything_else() {
    let contents = [
        json!({"m2m:sgn": {"nev": {"net": 3, "rep": instance("cin9", json!("1.0"), 9)}, "sur": "/id-in/subtemp"}}),
        json!({"m2m:sgn": {"sud": true, "sur": "/id-in/subtemp"}}),
        json!({"m2m:sgn": {"sud": true, "sur": "/id-in/nobodys", "cr": OWN}}),
        json!({"m2m:sgn": {"nev": {"net": 2, "rep": {"m2m:cnt": {"rn": "temp"}}}, "sur": "/id-in/subtemp"}}),
        json!({"m2m:sgn": {"nev": {"net": 8, "rep": {"m2m:tsn": {"mdlt": ["20261120T202041,209407"], "mdc": 1}}},
            "sur": "/id-in/submisssoil"}}),
        json!({"m2m:agn": {"m2m:sgn": [
            {"nev": {"net": 3, "rep": instance("cin10", json!("2.0"), 10)}, "sur": "/id-in/subtemp"},
            {"nev": {"net": 3, "rep": instance("cin11", json!("3.0"), 11)}, "sur": "/id-in/subtemp"}]}}),
        json!({"m2m:rsp": {"rsc": 2000, "rqi": "r11", "to": OWN, "fr": "/id-in", "rvi": "4"}}),
    ];
    for content in contents {
        let mut bench = OneM2mBench::live(&[]);
        bench.notify("hMozoDmuB4", content.clone());
        let Some(Output::Send(_)) = bench.outputs.first() else { panic!("{content}: {:?}", bench.outputs) };
        let ack = json!({"rsc": 2000, "rqi": "hMozoDmuB4", "rvi": "4", "to": "/id-in", "fr": OWN});
        assert_eq!(bench.sent(), [ack], "{content}");
    }
}

#[test]
fn a_batch_is_acknowledged_once_and_each_of_it_counts() {
    let mut bench = OneM2mBench::live(&[]);
    let one = |id: &str, state: u32| json!({"nev": {"net": 3, "rep": instance(id, json!(state), state)}, "sur": "/id-in/subtemp"});
    bench.notify("sIHVqgKlno", json!({"m2m:agn": {"m2m:sgn": [one("a", 10), one("b", 11), one("c", 12)]}}));
    assert_eq!(bench.sent().len(), 1);
    let values: Vec<Value> = bench.values().into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, [10, 11, 12].map(Value::Integer));
}

#[test]
fn an_answer_is_never_answered() {
    let mut bench = OneM2mBench::live(&[]);
    bench.tell("/id-in/subtemp", 3, instance("cin9", json!("1.0"), 9));
    let ack = bench.sent().pop().expect("an acknowledgement");
    bench.take();
    let words = "release Version Indicator is missing in request, falling back to RVI='1'.";
    let of = |rqi: &Json| {
        json!({"fr": "/id-in", "to": OWN, "rsc": 4001, "rqi": rqi, "drt": 1, "pc": {"m2m:dbg": words}})
            .to_string()
    };
    let frames = [
        of(&ack["rqi"]),
        of(&json!("nobody-asked")),
        json!({"fr": "/id-in", "to": "/id-in", "rsc": 4000, "drt": 1, "pc": {"m2m:dbg": "Malformed request"}}).to_string(),
        json!({"rsc": 2000, "rqi": "nobody-asked", "rvi": "4", "op": 5}).to_string(),
    ];
    for frame in frames {
        bench.text(&frame);
        bench.pause();
        assert!(bench.sent().is_empty(), "{frame}: {:?}", bench.sent());
    }
}

#[test]
fn an_error_that_names_no_request_is_told_as_one_of_the_connection() {
    let mut bench = OneM2mBench::live(&[]);
    let words = "Malformed request/content? Expecting property name enclosed in double quotes";
    bench.text(
        &json!({"fr": "/id-in", "to": "/id-in", "rsc": 4000, "drt": 1, "pc": {"m2m:dbg": words}}).to_string(),
    );
    let notices: Vec<&str> = bench
        .events()
        .into_iter()
        .filter_map(|event| if let Event::Notice(notice) = event { Some(notice.text.as_str()) } else { None })
        .collect();
    assert_eq!(notices, [words]);
}

#[test]
fn a_verification_is_granted_to_ourselves_alone() {
    let verify =
        |creator: &str| json!({"m2m:sgn": {"vrq": true, "sur": "/id-in/subU7kwcBvvv0", "cr": creator}});
    let code = |bench: &mut OneM2mBench, creator: &str| {
        bench.take();
        bench.notify("joGWEhRZ2H", verify(creator));
        bench.sent().into_iter().find(|frame| frame["rqi"] == "joGWEhRZ2H").map(|ack| ack["rsc"].clone())
    };
    let mut bench = OneM2mBench::live(&[]);
    assert_eq!(code(&mut bench, "CAdmin"), Some(json!(4101)), "somebody else's subscription");
    let mut bench = OneM2mBench::opened(&[]);
    bench.serve_until(is_create(23));
    assert_eq!(code(&mut bench, "CAdmin"), Some(json!(4101)), "not in our name");
    assert_eq!(code(&mut bench, OWN), Some(json!(2000)), "it is being made");
    let mut bench = OneM2mBench::opened(&[("fr", "CAdmin")]);
    bench.serve_until(is_create(23));
    assert_eq!(code(&mut bench, "CAdmin"), Some(json!(2000)), "made in the name of the chosen originator");
}

#[test]
fn what_is_no_notification_is_refused_and_a_request_without_a_name_gets_no_answer() {
    let mut bench = OneM2mBench::live(&[]);
    let ask = |op: u32| json!({"op": op, "to": OWN, "fr": "/id-in", "rqi": "x1", "rvi": "4"}).to_string();
    bench.text(&ask(2));
    assert!(bench.sent()[0]["rsc"].as_u64().is_some_and(|code| code >= 4000), "{:?}", bench.sent());
    bench.take();
    bench.text(&json!({"op": 5, "to": OWN, "fr": "/id-in", "pc": {"m2m:sgn": {"sur": "x"}}}).to_string());
    assert!(bench.sent().is_empty(), "nothing that it could name");
}

// One at a time.

#[test]
fn one_request_is_in_flight_and_no_more() {
    let mut bench = OneM2mBench::opened(&[]);
    let mut count = 0;
    loop {
        bench.pause();
        assert!(bench.in_flight() <= 1, "{:#?}", bench.asked);
        if bench.in_flight() == 0 {
            break;
        }
        bench.serve_one();
        count += 1;
    }
    assert!(count > 20);
    for path in ["cse-in/gh/temp/con", "cse-in/gh/hum/con", "cse-in/gh/soil/con"] {
        read(&mut bench, path);
        bench.tell("/id-in/subhum", 3, instance(path, json!(1), 2));
        bench.pass(secs(1.0));
        assert_eq!(bench.in_flight(), 1);
    }
}

#[test]
fn after_an_acknowledgement_nothing_is_sent_for_a_while() {
    for (option, pause) in [("25", 25), ("100", 100)] {
        let mut bench = OneM2mBench::live(&[("gap", option)]);
        bench.tell("/id-in/subtemp", 3, instance("cin9", json!("1.0"), 9));
        read(&mut bench, "cse-in/gh/hum/con");
        bench.pass(MILLI * (pause - 1));
        assert_eq!(bench.in_flight(), 0, "too early");
        bench.pass(MILLI);
        assert_eq!(bench.in_flight(), 1, "in time");
    }
}

#[test]
fn the_pause_holds_back_the_next_request_after_an_answer_too() {
    let mut bench = OneM2mBench::live(&[]);
    read(&mut bench, "cse-in/gh/temp/con");
    read(&mut bench, "cse-in/gh/hum/con");
    bench.tell("/id-in/subtemp", 3, instance("cin9", json!("1.0"), 9));
    bench.pass(MILLI * 5);
    bench.serve_one();
    assert_eq!(bench.in_flight(), 0, "5 ms after the acknowledgement");
    bench.pass(MILLI * 20);
    assert_eq!(bench.in_flight(), 1);
}

#[test]
fn a_cse_that_needs_no_pause_gets_none() {
    let mut bench = OneM2mBench::live(&[("gap", "0")]);
    bench.tell("/id-in/subtemp", 3, instance("cin9", json!("1.0"), 9));
    read(&mut bench, "cse-in/gh/hum/con");
    assert_eq!(bench.in_flight(), 1);
}

#[test]
fn an_answer_is_waited_for_for_ten_seconds_and_what_may_be_repeated_is_asked_once_more() {
    let mut bench = OneM2mBench::opened(&[]);
    let first = bench.serve_until(is_look("cse-in/gh"));
    bench.asked.clear();
    bench.pass(secs(9.9));
    assert!(bench.asked.is_empty(), "{:?}", bench.asked);
    bench.pass(secs(0.2));
    let again: Vec<Json> = bench.asked.iter().map(|(_, asked)| core(asked)).collect();
    assert_eq!(again, [core(&first)]);
    bench.pass(secs(30.0));
    let looks = bench.asked.iter().filter(|(_, asked)| is_look("cse-in/gh")(asked));
    assert_eq!(looks.count(), 1, "once more, not for ever");
}

#[test]
fn a_late_answer_to_a_repeated_request_does_no_harm() {
    let mut bench = OneM2mBench::opened(&[]);
    let first = bench.serve_until(is_look("cse-in/gh"));
    bench.pass(secs(10.1));
    bench.answer_to(&first, 4103, json!({"m2m:dbg": "too late"}));
    // The bench still has the first one; the second is answered well.
    bench.answer_to(&first, 4103, json!({"m2m:dbg": "and again"}));
    let second = bench.asked.last().expect("it was repeated").1.clone();
    let children = json!([{"nm": "temp", "typ": 3, "val": "/id-in/cse-in/gh/temp"}]);
    bench.answer_to(&second, 2000, json!({"m2m:ae": {"rn": "gh", "ri": "Cgh", "ty": 2, "ch": children}}));
    bench.pause();
    let third = &bench.asked.last().expect("it goes on").1;
    assert_eq!(third["to"], "cse-in/gh/temp");
}

#[test]
fn what_makes_or_tells_something_is_never_repeated() {
    // A subscription is looked for instead.
    let mut bench = OneM2mBench::opened(&[]);
    let create = bench.serve_until(is_create(23));
    bench.asked.clear();
    bench.pass(secs(10.1));
    let [(_, look)] = &bench.asked[..] else { panic!("{:?}", bench.asked) };
    let name = only(&create["pc"]).1["rn"].as_str().expect("a name");
    let path = format!("{}/{name}", create["to"].as_str().expect("an address"));
    assert_eq!((&look["op"], &look["to"]), (&json!(2), &json!(path)));
    // A person's writes end.
    for (path, op) in [("cse-in/gh/temp/con", 1), ("cse-in/gh/tempe/tarTe", 3)] {
        let mut bench = OneM2mBench::live(&[]);
        write(&mut bench, path, Value::Number(1.5));
        assert_eq!(bench.next()["op"], op);
        bench.asked.clear();
        bench.pass(secs(10.1));
        assert!(matches!(bench.outcomes()[..], [(_, Outcome::TimedOut)]), "{:?}", bench.outcomes());
        assert!(!bench.asked.iter().any(|(_, asked)| asked["op"] == op), "{:?}", bench.asked);
    }
    // The AE and the notification to itself: the socket is given up.
    for op in [1, 5] {
        let mut bench = OneM2mBench::opened(&[]);
        bench.serve_until(|asked| asked["op"] == op);
        bench.asked.clear();
        bench.pass(secs(10.1));
        assert_eq!((bench.closes().len(), bench.asked.len()), (1, 0), "{:?}", bench.asked);
    }
}

#[test]
fn every_request_has_a_name_of_its_own_and_every_creation_names_what_it_makes() {
    let mut live = OneM2mBench::live(&[]);
    for number in 0..3 {
        write(&mut live, "cse-in/gh/temp/con", Value::Integer(number));
        live.serve();
    }
    let container = make_container("cse-in/gh", "more", &live);
    live.ask(container);
    live.serve();
    let mut polling = polling();
    polling.pass(secs(4.0));
    polling.serve();
    let mut types = HashSet::new();
    for bench in [live, polling, OneM2mBench::live(&OneM2mBench::HYBRID)] {
        let (mut ids, mut names) = (HashSet::new(), HashSet::new());
        for (_, asked) in &bench.asked {
            assert!(ids.insert(asked["rqi"].to_string()), "twice: {asked}");
            assert_eq!(asked["rvi"], "4");
            if asked["op"] == 1 {
                let name = only(&asked["pc"]).1["rn"].as_str().expect("a name");
                assert!(!name.is_empty() && !name.contains('/'), "{asked}");
                // On the second socket the same AE is registered again.
                assert!(
                    names.insert(format!("{} {name}", asked["to"])) || asked["ty"] == 2,
                    "twice: {asked}"
                );
                types.insert(asked["ty"].as_u64());
            }
        }
    }
    assert_eq!(types, [2, 3, 4, 9, 23].map(Some).into());
}

#[test]
fn what_an_ae_of_a_fixed_name_writes_on_another_day_has_another_name() {
    let name_at = |hours: f64| {
        let mut bench = OneM2mBench::new(&[]);
        bench.clock.pass(secs(hours * 3_600.0));
        bench.open();
        bench.serve();
        write(&mut bench, "cse-in/gh/temp/con", Value::Number(1.5));
        only(&bench.next()["pc"]).1["rn"].clone()
    };
    // Else the second is taken for the first, run twice, and told as written.
    assert_ne!(name_at(0.0), name_at(24.0));
}

// What is there already.

/// A session whose first subscription was answered with 4105, and the look that follows.
fn conflicting() -> (OneM2mBench, Json, Json) {
    let mut bench = OneM2mBench::opened(&[]);
    let create = bench.serve_until(is_create(23));
    bench.answer(4105, json!({"m2m:dbg": "Resource with structured id: cse-in/gh/temp/x already exists"}));
    let look = bench.next();
    let name = only(&create["pc"]).1["rn"].as_str().expect("a name");
    let path = format!("{}/{name}", create["to"].as_str().expect("an address"));
    assert_eq!((&look["op"], &look["to"]), (&json!(2), &json!(path)));
    bench.asked.clear();
    (bench, create, look)
}

#[test]
fn a_subscription_that_is_there_and_tells_us_is_kept_and_renewed() {
    let (mut bench, create, look) = conflicting();
    let mut found = create["pc"].clone();
    found["m2m:sub"]["ri"] = json!("subWSGDZgtxmW");
    found["m2m:sub"]["ty"] = json!(23);
    bench.resources.push((look["to"].as_str().expect("an address").to_owned(), found.clone()));
    bench.answer(2000, found);
    bench.serve();
    assert!(!bench.asked.iter().any(|(_, asked)| asked["op"] == 1 && asked["to"] == create["to"]));
    bench.pass(secs(0.1));
    bench.serve();
    assert!(bench.asked.iter().any(|(_, asked)| asked["op"] == 3 && asked["to"] == look["to"]), "renewed");
    let path = format!("{}/con", create["to"].as_str().expect("an address"));
    bench.tell("/id-in/subWSGDZgtxmW", 3, instance("cin9", json!("1.25"), 9));
    assert!(bench.values().iter().any(|(at, value, _)| *at == path && *value == Value::Number(1.25)));
}

#[test]
fn a_subscription_of_that_name_that_tells_somebody_else_is_replaced() {
    let (mut bench, create, look) = conflicting();
    let mut found = create["pc"].clone();
    found["m2m:sub"]["nu"] = json!(["Csomebody"]);
    bench.answer(2000, found);
    let delete = bench.serve_until(|asked| asked["op"] == 4);
    assert_eq!(delete["to"], look["to"]);
    let again = bench.serve_until(|asked| is_create(23)(asked) && asked["to"] == create["to"]);
    assert_eq!(only(&again["pc"]).1["rn"], only(&create["pc"]).1["rn"]);
}

#[test]
fn a_conflict_over_nothing_is_tried_again_but_not_for_ever() {
    let (mut bench, create, _) = conflicting();
    for _ in 0..10 {
        bench.answer(4004, json!({"m2m:dbg": "No resource with this ID"}));
        let is_same = |asked: &Json| is_create(23)(asked) && asked["to"] == create["to"];
        if bench.serve_until(is_same) == Json::Null {
            break;
        }
        bench.answer(4105, json!({"m2m:dbg": "already exists"}));
        bench.pause();
    }
    let tries = bench.asked.iter().filter(|(_, asked)| is_create(23)(asked) && asked["to"] == create["to"]);
    assert!((1..=5).contains(&tries.count()));
    assert!(bench.events().contains(&&Event::Live));
}

#[test]
fn the_second_answer_to_a_request_that_was_run_twice_is_ignored() {
    let (mut bench, create, look) = conflicting();
    // Seen: 4105 and then 2001 for the same CREATE.
    let mut made = create["pc"].clone();
    made["m2m:sub"]["ri"] = json!("subWSGDZgtxmW");
    bench.answer_to(&create, 2001, made.clone());
    assert!(bench.asked.is_empty() && bench.in_flight() == 1, "the look is still in flight");
    bench.answer_to(&look, 2000, made);
    assert!(bench.closes().is_empty());
    bench.pause();
    assert!(!bench.asked.is_empty(), "it goes on");
}

#[test]
fn an_instance_that_was_made_twice_is_compared_and_told_as_written() {
    for (there, is_same) in [("1.5", true), ("7", false)] {
        let mut bench = OneM2mBench::live(&[]);
        write(&mut bench, "cse-in/gh/temp/con", Value::Number(1.5));
        let create = bench.next();
        assert_eq!(only(&create["pc"]).1["con"], json!("1.5"), "written as the newest one is");
        bench.answer(4105, json!({"m2m:dbg": "already exists"}));
        let look = bench.next();
        let name = only(&create["pc"]).1["rn"].as_str().expect("a name");
        assert_eq!((&look["op"], &look["to"]), (&json!(2), &json!(format!("cse-in/gh/temp/{name}"))));
        bench.answer(2000, json!({"m2m:cin": {"rn": name, "con": there, "ty": 4, "ri": "cin9"}}));
        match bench.outcomes()[..] {
            [(_, Outcome::Done { .. })] => assert!(is_same),
            [(_, Outcome::Refused { .. })] => assert!(!is_same),
            ref other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_request_that_reads_has_no_content() {
    for options in [&[][..], &OneM2mBench::HYBRID] {
        let mut bench = OneM2mBench::live(options);
        write(&mut bench, "cse-in/gh/temp/con", Value::Number(1.5));
        bench.answer(4105, json!({"m2m:dbg": "already exists"}));
        bench.serve();
        for (_, asked) in bench.asked.iter().filter(|(_, asked)| asked["op"] == 2) {
            // Seen: 4000 Only "m2m:atrl" is allowed in Content for RETRIEVE. And no browser sends a GET with a body.
            assert_eq!(asked.get("pc"), None, "{asked}");
        }
    }
}

#[test]
fn a_notification_that_overtakes_the_answer_to_its_subscription_is_kept() {
    let mut bench = OneM2mBench::opened(&[]);
    let create = bench.serve_until(is_create(23));
    let path = create["to"].as_str().expect("an address").to_owned();
    bench.take();
    bench.tell("/id-in/subWSGDZgtxmW", 3, instance("cin9", json!("1.25"), 9));
    assert_eq!(bench.sent().len(), 1, "acknowledged at once");
    assert!(bench.values().is_empty());
    let mut made = create["pc"].clone();
    made["m2m:sub"]["ri"] = json!("subWSGDZgtxmW");
    bench.answer(2001, made);
    bench.serve();
    let of_it = bench
        .values()
        .into_iter()
        .filter(|(at, value, _)| *at == format!("{path}/con") && *value == Value::Number(1.25));
    assert_eq!(of_it.count(), 1);
}

// Ways round a missing header.

fn refusal(bench: &OneM2mBench) -> (&str, &[Cause]) {
    let refused = bench.events().into_iter().find_map(|event| match event {
        Event::Refused { not_this_protocol: false, notice, causes } => {
            Some((notice.evidence.as_str(), causes.as_slice()))
        }
        _ => None,
    });
    refused.expect("it is refused")
}

#[test]
fn a_cse_that_wants_a_header_is_refused_with_two_ways_round() {
    for (url, http) in [("ws://cse.lab:8180/", "http://cse.lab:8080"), ("wss://lab/x:18180/", "")] {
        let mut bench = OneM2mBench::opened(&[("url", url)]);
        bench.take();
        bench.answer(4103, json!({"m2m:dbg": NO_HEADER}));
        let (evidence, causes) = refusal(&bench);
        assert_eq!((evidence, causes.len()), (NO_HEADER, 2));
        let offer = causes.iter().find_map(|cause| cause.offer.as_ref()).expect("an offer");
        let option =
            |name: &str| offer.options.iter().find(|(other, _)| other == name).map(|(_, value)| value);
        assert_eq!(option("mode").map(String::as_str), Some("hybrid"));
        assert_eq!(option("http").map_or("", String::as_str), http, "100 ports below");
        let relay = causes.iter().find(|cause| cause.offer.is_none()).expect("the other one");
        for line in [
            "proxy_pass http://",
            "proxy_http_version 1.1;",
            "proxy_set_header Upgrade $http_upgrade;",
            "proxy_set_header Connection \"upgrade\";",
            "proxy_set_header X-M2M-Origin $arg_origin;",
        ] {
            assert!(relay.snippet.contains(line), "{line} in {}", relay.snippet);
        }
        assert!(relay.text.contains("?origin={aei}"), "{}", relay.text);
        bench.pass(secs(60.0));
        assert!(bench.sent().is_empty(), "nothing more is asked: {:?}", bench.sent());
    }
}

#[test]
fn a_missing_right_is_not_taken_for_a_missing_header() {
    let mut bench = OneM2mBench::opened(&[]);
    bench.answer(
        4103,
        json!({"m2m:dbg": "originator: Cdash1 has no RETRIEVE privileges for resource: id-in"}),
    );
    assert_eq!(bench.next()["ty"], 2, "it registers");
}

#[test]
fn hybrid_without_an_http_address_asks_for_it() {
    let bench = OneM2mBench::opened(&[("mode", "hybrid")]);
    let (_, causes) = refusal(&bench);
    let offer = causes.iter().find_map(|cause| cause.offer.as_ref()).expect("an offer");
    assert!(offer.options.contains(&("http".to_owned(), "http://cse.lab:8080".to_owned())));
    assert!(bench.asked.is_empty());
}

// Hybrid: the socket for the registration and the notifications, HTTP for the rest.

#[test]
fn in_hybrid_mode_everything_but_the_registration_goes_by_http() {
    let mut bench = OneM2mBench::opened(&OneM2mBench::HYBRID);
    let first = bench.next();
    assert_eq!((&first["op"], &first["ty"], &first["rcn"]), (&json!(1), &json!(2), &json!(1)));
    assert_eq!(only(&first["pc"]).1["poa"], json!(["ws://default"]));
    bench.serve();
    read(&mut bench, "cse-in/gh/temp/con");
    bench.serve();
    write(&mut bench, "cse-in/gh/temp/con", Value::Number(1.5));
    bench.serve();
    write(&mut bench, "cse-in/gh/tempe/tarTe", Value::Number(24.5));
    bench.serve();
    let frames = bench.sent();
    let requests: Vec<&Json> = frames.iter().filter(|frame| frame.get("op").is_some()).collect();
    assert_eq!(requests, [&first], "one request on the socket");
    assert!(bench.fetched().len() > 20);
    let operations: HashSet<Option<u64>> =
        bench.asked.iter().map(|(_, asked)| asked["op"].as_u64()).collect();
    assert_eq!(operations, [1, 2, 3, 5].map(Some).into());
}

#[test]
fn a_request_by_http_has_the_headers_of_the_binding() {
    let mut bench = OneM2mBench::live(&OneM2mBench::HYBRID);
    write(&mut bench, "cse-in/gh/temp/con", Value::Number(1.5));
    bench.serve();
    bench.take();
    let mut bench = OneM2mBench::opened(&OneM2mBench::HYBRID);
    bench.serve();
    write(&mut bench, "cse-in/gh/tempe/tarTe", Value::Number(24.5));
    bench.serve();
    bench.input(Input::Leave { hurried: true });
    let mut seen = HashSet::new();
    for request in bench.fetched() {
        let header = |name: &str| {
            let mut values =
                request.headers.iter().filter(|(other, _)| *other == name).map(|(_, value)| value.as_str());
            let value = values.next();
            assert_eq!(values.next(), None, "{name} twice");
            value
        };
        assert_eq!((header("X-M2M-Origin"), header("X-M2M-RVI")), (Some(OWN), Some("4")));
        assert!(header("X-M2M-RI").is_some_and(|id| !id.is_empty()));
        let (content_type, has_body) = (header("Content-Type"), !request.body.is_empty());
        match request.method {
            "GET" | "DELETE" => assert_eq!((content_type, has_body), (None, false)),
            "PUT" => assert_eq!((content_type, has_body), (Some("application/json"), true)),
            "POST" if request.url == format!("{HTTP}/{OWN}") => {
                assert_eq!((content_type, has_body), (Some("application/json"), true), "a NOTIFY has no ty");
            }
            "POST" => assert_eq!((content_type, has_body), (Some("application/json;ty=23"), true)),
            other => panic!("{other}"),
        }
        // A browser asks the server about each other header.
        for (name, _) in &request.headers {
            let known = ["X-M2M-Origin", "X-M2M-RVI", "X-M2M-RI", "Content-Type", "Accept"];
            assert!(known.contains(name), "{name}");
        }
        seen.insert(request.method);
    }
    assert_eq!(seen, ["GET", "POST", "PUT", "DELETE"].into());
}

/// The URL of a request, as a person sees it before it is sent.
fn url_of(bench: &OneM2mBench, request: &Request) -> String {
    let preview = bench.session.preview(request).expect("it can be told");
    let line = preview.lines().next().expect("a line").to_owned();
    let (_, url) = line.split_once(' ').expect("a method and a URL");
    url.strip_prefix(HTTP).expect("it goes to the CSE").to_owned()
}

#[test]
fn addresses_become_paths_as_the_binding_says() {
    let bench = OneM2mBench::live(&OneM2mBench::HYBRID);
    for (to, path) in [
        ("-", "/-"),
        ("-/gh", "/-/gh"),
        ("cse-in/gh/temp", "/cse-in/gh/temp"),
        ("id-in", "/id-in"),
        ("cntgf0eXm4dkA", "/cntgf0eXm4dkA"),
        ("Cgh", "/Cgh"),
        ("/id-in/cse-in/gh", "/~/id-in/cse-in/gh"),
        ("/id-in/-", "/~/id-in/-"),
        ("/id-in/Cgh", "/~/id-in/Cgh"),
        ("//acme.example.com/id-in/cse-in/gh", "/_/acme.example.com/id-in/cse-in/gh"),
        ("cse-in/a b", "/cse-in/a%20b"),
        ("cse-in/a?b#c", "/cse-in/a%3Fb%23c"),
        ("cse-in/50%", "/cse-in/50%25"),
        ("cse-in/ü", "/cse-in/%C3%BC"),
    ] {
        let url = url_of(&bench, &make_container(to, "x", &bench));
        assert_eq!(url.split('?').next(), Some(path), "{to}");
    }
}

#[test]
fn filters_become_arguments_as_the_binding_says() {
    let mut bench = OneM2mBench::opened(&OneM2mBench::HYBRID);
    bench.serve_until(is_look("cse-in/gh"));
    let url = &bench.fetched().pop().expect("it was asked").url;
    let (_, query) = url.split_once('?').expect("arguments");
    let arguments: Vec<&str> = query.split('&').collect();
    assert!(arguments.contains(&"rcn=5") && arguments.contains(&"lvl=1"), "{query}");
    assert!(arguments.contains(&"ty=3") && arguments.contains(&"ty=29"), "each type for itself: {query}");
    bench.serve();
    let discover = |label: &str| {
        let argument = Value::Record(vec![
            ("type".to_owned(), Value::Enum { code: 3, label: None }),
            ("label".to_owned(), Value::Text(label.to_owned())),
        ]);
        Request::Execute { command: bench.command("discover"), argument: Some(argument) }
    };
    for (label, argument) in [
        ("unit:K", "lbl=unit:K"),
        ("unit:%", "lbl=unit:%25"),
        ("a&b=c", "lbl=a%26b%3Dc"),
        ("a+b", "lbl=a%2Bb"),
    ] {
        let url = url_of(&bench, &discover(label));
        let (_, query) = url.split_once('?').expect("arguments");
        assert!(query.split('&').any(|other| other == argument), "{argument} in {query}");
        assert!(query.contains("fu=1"), "{query}");
    }
}

// Asking where nothing is told.

#[test]
fn containers_are_polled_by_a_group_at_the_address_that_acme_knows() {
    let mut bench = polling();
    bench.asked.clear();
    let group = {
        bench.pass(secs(3.1));
        bench.serve_until(is_create(9))
    };
    let (name, resource) = only(&group["pc"]);
    assert_eq!((name, &group["fr"]), ("m2m:grp", &json!(OWN)));
    let members = resource["mid"].as_array().expect("members");
    assert_eq!((members.len(), resource["mnm"].as_u64()), (3, Some(3)), "mnm is mandatory");
    assert!(!members.contains(&json!("cse-in/gh/empty")), "one that is empty fails the whole answer");
    let made = json!({"m2m:grp": {"rn": resource["rn"], "mid": members, "mnm": 3, "mt": 0, "cnm": 3, "pi": OWN,
        "ri": "grpSebDOcRPgw", "ty": 9}});
    bench.answer(2001, made);
    let poll = bench.serve_until(|asked| asked["to"].as_str().is_some_and(|to| to.ends_with("/fopt/la")));
    // Seen: grpSebDOcRPgw/fopt/la and Cdash1/…/fopt/la are 4004, the structured address is 2000.
    let name = resource["rn"].as_str().expect("a name");
    let ae = bench.resources.iter().find(|(_, found)| only(found).1["ri"] == OWN).expect("the AE is there");
    let structured = [
        format!("{}/{name}/fopt/la", ae.0),
        format!("-/{}/{name}/fopt/la", only(&ae.1).1["rn"].as_str().expect("rn")),
    ];
    assert!(structured.contains(&poll["to"].as_str().unwrap_or_default().to_owned()), "{poll}");
}

#[test]
fn an_answer_of_a_group_is_told_by_parents() {
    let mut bench = polling();
    bench.pass(secs(3.1));
    bench.serve_until(is_create(9));
    bench.answer(2001, json!({"m2m:grp": {"rn": "g", "ri": "grpSebDOcRPgw", "ty": 9}}));
    let is_poll = |asked: &Json| asked["to"].as_str().is_some_and(|to| to.ends_with("/fopt/la"));
    bench.serve_until(is_poll);
    bench.take();
    let part = |parent: &str, content: &str, id: &str| {
        json!({"rsc": 2000, "rqi": "r15", "rvi": "4", "pc": {"m2m:cin": {"con": content, "pi": parent, "ri": id, "ty": 4,
            "ct": "20261121T150250,549664", "st": 2}}})
    };
    let parts = [part("cntxrs8TA4I6Q", "62", "cina"), part("cntgf0eXm4dkA", "295.25", "cinb")];
    bench.answer(2000, json!({"m2m:agr": {"m2m:rsp": parts}}));
    let values: Vec<(&str, Value)> =
        bench.values().into_iter().map(|(path, value, _)| (path, value)).collect();
    assert_eq!(
        values,
        [("cse-in/gh/hum/con", Value::Integer(62)), ("cse-in/gh/temp/con", Value::Number(295.25))]
    );
}

// Leaving.

#[test]
fn leaving_removes_subscriptions_and_then_the_ae() {
    for options in [&[][..], &OneM2mBench::HYBRID] {
        let mut bench = OneM2mBench::live(options);
        bench.asked.clear();
        bench.input(Input::Leave { hurried: false });
        let targets: Vec<&str> = bench.asked.iter().filter_map(|(_, asked)| asked["to"].as_str()).collect();
        assert!(bench.asked.iter().all(|(_, asked)| asked["op"] == 4), "{:?}", bench.asked);
        assert_eq!(bench.outputs.len(), 7, "six subscriptions and the AE: {:?}", bench.outputs);
        // Nobody else may remove what the AE has made, so it goes last.
        assert_eq!((targets.len(), targets.last()), (7, Some(&OWN)));
        for (path, resource) in &bench.resources {
            let is_subscription = only(resource).0 == "m2m:sub";
            assert_eq!(targets.contains(&path.as_str()), is_subscription, "{path} in {targets:?}");
        }
    }
}

fn word(json: &Json) -> &str {
    json.as_str().expect("a text")
}

#[test]
fn leaving_removes_a_subscription_that_is_not_confirmed_yet_too() {
    for options in [&[][..], &OneM2mBench::HYBRID] {
        let mut bench = OneM2mBench::opened(options);
        let under_way = bench.serve_until(|asked| asked["ty"] == 23);
        let path = [word(&under_way["to"]), "/", word(&only(&under_way["pc"]).1["rn"])].concat();
        bench.asked.clear();
        bench.input(Input::Leave { hurried: false });
        let targets: Vec<&str> = bench.asked.iter().map(|(_, asked)| word(&asked["to"])).collect();
        assert_eq!(targets, [path.as_str(), OWN]);
        let answer = bench.session.last_answer().expect("there is one");
        assert_eq!(answer.is_busy, options.is_empty(), "on the socket the first waits for the answer");
    }
}

#[test]
fn leaving_removes_what_nobody_wants_any_more_and_is_still_there() {
    let mut bench = OneM2mBench::live(&[]);
    for path in ["cse-in/gh/temp/con", "cse-in/gh/hum/con"] {
        let channel = bench.channel(path);
        bench.ask(Request::Subscribe { channel, on: false });
    }
    // One is under way, the other waits.
    bench.asked.clear();
    bench.input(Input::Leave { hurried: false });
    let targets: Vec<&str> = bench.asked.iter().map(|(_, asked)| word(&asked["to"])).collect();
    assert!(targets.iter().any(|path| path.starts_with("cse-in/gh/hum/porthole-")), "{targets:?}");
    assert_eq!(targets.last(), Some(&OWN));
}

#[test]
fn the_last_answer_is_that_of_a_session_that_does_not_want_anything_more() {
    let bench = OneM2mBench::live(&[]);
    let answer = bench.session.last_answer().expect("ACME waits for it").to;
    let told = |content: Json| {
        let frame =
            json!({"fr": "/id-in", "to": OWN, "op": 5, "rqi": "9b4nyRpbQb", "rvi": "4", "pc": content});
        answer(&frame.to_string()).map(|answer| serde_json::from_str::<Json>(&answer).expect("JSON"))
    };
    let ack = json!({"rsc": 2000, "rqi": "9b4nyRpbQb", "rvi": "4", "to": "/id-in", "fr": OWN});
    assert_eq!(told(json!({"m2m:sgn": {"sud": true, "sur": "/id-in/subtemp"}})), Some(ack));
    let verification = told(json!({"m2m:sgn": {"vrq": true, "sur": "/id-in/subU7kwcBvvv0", "cr": "CAdmin"}}));
    assert!(
        verification.is_none_or(|answer| answer["rsc"] != 2000),
        "a new subscription for a page that is gone"
    );
    assert_eq!(answer(r#"{"rsc":2002,"rqi":"dash1-9","rvi":"4"}"#), None, "an answer is never answered");
    assert_eq!(
        answer(r#"{"op":5,"fr":"/id-in","pc":{"m2m:sgn":{"sud":true,"sur":"x"}}}"#),
        None,
        "it has no name"
    );
    assert_eq!(answer("garbage"), None);
}

#[test]
fn leaving_in_a_hurry_takes_one_frame() {
    for options in [&[][..], &OneM2mBench::HYBRID] {
        let mut bench = OneM2mBench::live(options);
        bench.asked.clear();
        bench.input(Input::Leave { hurried: true });
        assert_eq!(bench.outputs.len(), 1, "{:?}", bench.outputs);
        assert_eq!(core(&bench.asked[0].1), json!({"op": 4, "to": OWN, "rvi": "4", "fr": OWN}));
    }
}

#[test]
fn after_leaving_notifications_are_acknowledged_and_nothing_is_asked() {
    let mut bench = OneM2mBench::live(&[]);
    bench.input(Input::Leave { hurried: false });
    bench.take();
    bench.notify("9b4nyRpbQb", json!({"m2m:sgn": {"sud": true, "sur": "/id-in/subtemp"}}));
    bench.pass(secs(30.0));
    let ack = json!({"rsc": 2000, "rqi": "9b4nyRpbQb", "rvi": "4", "to": "/id-in", "fr": OWN});
    assert_eq!(bench.sent(), [ack]);
}

#[test]
fn who_is_not_registered_leaves_without_a_word() {
    let mut bench = OneM2mBench::opened(&[]);
    bench.take();
    bench.input(Input::Leave { hurried: false });
    assert!(bench.outputs.is_empty(), "{:?}", bench.outputs);
}

// After a loss.

#[test]
fn on_the_next_socket_everything_is_found_again_and_nothing_is_made_twice() {
    for options in [&[][..], &OneM2mBench::HYBRID] {
        let mut bench = OneM2mBench::live(options);
        bench.tell("/id-in/subtemp", 3, instance("cin9", json!("1.5"), 9));
        bench.input(Input::Closed);
        let before: HashSet<String> = bench.resources.iter().map(|(path, _)| path.clone()).collect();
        bench.asked.clear();
        bench.take();
        bench.open();
        bench.serve();
        assert!(bench.events().contains(&&Event::Live), "{:#?}", bench.asked);
        let after: HashSet<String> = bench.resources.iter().map(|(path, _)| path.clone()).collect();
        assert_eq!(before, after);
        // What came meanwhile is asked for, from the last one that was seen on.
        let is_history = |asked: &Json| asked["to"] == "cse-in/gh/temp" && asked["rcn"] == 8;
        let history = &bench.asked.iter().find(|(_, asked)| is_history(asked)).expect("it is asked").1;
        let from = history["fc"]["cra"].as_str().and_then(time::parse).expect("a time");
        let last = time::parse("20261121T150109,901206").expect("a time");
        assert!(from < last && last.0 - from.0 < 60_000_000, "cra is exclusive: {history}");
        bench.take();
        bench.tell("/id-in/subtemp", 3, instance("cin9", json!("1.5"), 9));
        assert!(bench.values().is_empty(), "the same instance again");
        bench.tell("/id-in/subtemp", 3, instance("cin10", json!("2.5"), 10));
        assert_eq!(bench.values().len(), 1);
    }
}

// What a notification tells.

#[test]
fn a_reading_was_taken_when_its_source_says() {
    let mut bench = OneM2mBench::live(&[]);
    let at = |text: &str| time::parse(text);
    bench.tell("/id-in/subtemp", 3, instance("cin9", json!("295.25"), 9));
    let series = json!({"m2m:tsi": {"dgt": "20261121T150000,5", "con": "14", "snr": 20, "pi": "tsryPD2hkh5o",
        "ri": "tsi9", "ty": 30, "ct": "20261121T150007,743521"}});
    bench.tell("/id-in/subsoil", 3, series);
    bench.tell("/id-in/subtempe", 1, json!({"cod:tempe": {"curT0": 25.5, "lt": "20261121T150016,603808"}}));
    let expected: [(&str, Value, Option<Timestamp>); 3] = [
        ("cse-in/gh/temp/con", Value::Number(295.25), at("20261121T150109,901206")),
        ("cse-in/gh/soil/con", Value::Integer(14), at("20261121T150000,5")),
        ("cse-in/gh/tempe/curT0", Value::Number(25.5), at("20261121T150016,603808")),
    ];
    assert_eq!(bench.values(), expected);
}

#[test]
fn the_first_value_of_an_empty_container_is_told_at_once() {
    let mut bench = OneM2mBench::live(&[]);
    bench.tell("/id-in/subempty", 3, instance("cin1", json!("0.5"), 1));
    // Panics where the session waits for something that is due.
    bench.pass(secs(1.0));
    let values: Vec<(&str, Value)> =
        bench.values().into_iter().map(|(path, value, _)| (path, value)).collect();
    assert_eq!(values, [("cse-in/gh/empty/con", Value::Number(0.5))]);
}

#[test]
fn an_attribute_that_is_new_does_not_hide_those_that_are_known() {
    let mut bench = OneM2mBench::live(&[]);
    // Seen: {"curT0": 27.0, "lt": …, "tarTe": 23.5, "steVe": 0.5} where steVe was not set before.
    let changed = json!({"curT0": 27.0, "lt": "20261121T152818,495129", "tarTe": 23.5, "steVe": 0.5});
    bench.tell("/id-in/subtempe", 1, json!({"cod:tempe": changed}));
    bench.serve();
    let values = bench.values();
    for (path, number) in [("cse-in/gh/tempe/curT0", 27.0), ("cse-in/gh/tempe/tarTe", 23.5)] {
        assert!(
            values.iter().any(|(at, value, _)| *at == path && *value == Value::Number(number)),
            "{values:?}"
        );
    }
}

#[test]
fn only_the_address_of_something_new_makes_it_be_asked_for() {
    let mut bench = OneM2mBench::live(&[]);
    bench.tell("/id-in/subtemp", 3, json!({"m2m:uri": "cinoWCvDblVff"}));
    assert_eq!(core(&bench.next()), json!({"op": 2, "to": "cse-in/gh/temp/la", "rvi": "4", "fr": OWN}));
}

#[test]
fn a_deleted_subscription_is_made_again() {
    let mut bench = OneM2mBench::live(&[]);
    bench.resources.retain(|(path, _)| path != "cse-in/gh/temp/porthole-dash1");
    bench.notify("x", json!({"m2m:sgn": {"sud": true, "sur": "/id-in/subtemp"}}));
    let asked = bench.next();
    assert_eq!((&asked["op"], &asked["ty"], &asked["to"]), (&json!(1), &json!(23), &json!("cse-in/gh/temp")));
}

#[test]
fn missing_readings_are_told_with_their_times() {
    let mut bench = OneM2mBench::live(&[]);
    let times = ["20261120T202041,209407", "20261120T202041,709407"];
    bench.tell("/id-in/submisssoil", 8, json!({"m2m:tsn": {"mdlt": times, "mdc": 2}}));
    let channel = bench.channel("cse-in/gh/soil/con");
    let at: Vec<Timestamp> = times.iter().filter_map(|at| time::parse(at)).collect();
    assert!(bench.events().contains(&&Event::Missing { channel, at }), "{:?}", bench.events());
}
