//! The quirks, each by what it changes on the wire.

use super::*;

const AIR: &str = "cse-in/greenhouse/air-temperature";

fn new_instances() -> Value {
    json!({"enc": {"net": [3], "chty": [4]}, "su": "Ctest"})
}

#[test]
fn headerless_lets_nothing_pass_but_registrations() {
    let mut client = Client::stranger("headerless");
    let words = "Unknown WS connections (no X-M2M-Origin header) are only allowed for AE registrations";
    client.fr = "CAdmin".into();
    assert_eq!(debug(&client.retrieve("cse-in")), words);
    assert_eq!(client.register("Ctest")["rsc"], 2001);
    client.fr = "Ctest".into();
    let answer = client.retrieve("cse-in");
    assert_eq!((&answer["rsc"], debug(&answer)), (&json!(4103), words), "even after it");
}

#[test]
fn race_loses_or_repeats_what_does_not_wait_for_an_answer() {
    let mut client = Client::empty("race");
    let ask = |client: &mut Client, wait: f64| {
        let request = client.request(json!({"op": 2, "to": "Ctest"}));
        let mut frames = client.send(&request);
        frames.extend(client.pass(wait));
        frames.len()
    };
    client.pass(1.0);
    let patient: Vec<usize> = (0..50).map(|_| ask(&mut client, 0.006)).collect();
    assert_eq!(patient, [1; 50], "each waited for its answer");
    client.pass(1.0);
    let hasty: usize = (0..100).map(|_| ask(&mut client, 0.0)).sum();
    let answers = hasty + client.pass(1.0).len();
    assert_ne!(answers, 100);
    let lost_and_repeated = (0..20).map(|_| {
        client.pass(1.0);
        ask(&mut client, 0.0);
        ask(&mut client, 0.0);
        client.pass(1.0).len()
    });
    let counts: Vec<usize> = lost_and_repeated.collect();
    assert!(counts.iter().all(|count| [1, 3].contains(count)), "{counts:?}");
    assert!(counts.contains(&1) && counts.contains(&3));
}

#[test]
fn duplicates_answer_twice() {
    let mut client = Client::stranger("duplicates");
    let request = client.request(json!({"op": 2, "to": "-", "fr": "CAdmin"}));
    let frames = client.send(&request);
    assert_eq!((frames.len(), &frames[0]), (2, &frames[1]));
}

#[test]
fn no_rvi_leaves_it_out_of_everything() {
    let mut client = Client::empty("no-rvi");
    client.make("Ctest", 3, container("c"));
    client.subscribe("Ctest/c", new_instances());
    let answer = client.create("Ctest/c", 4, instance(1));
    assert!(answer["rsc"] == 2001 && answer.get("rvi").is_none(), "{answer}");
    let notification = client.notifications().remove(0);
    assert!(notification.get("rvi").is_none(), "{notification}");
    assert_eq!(client.send(&json!({"rsc": 2000, "rqi": notification["rqi"]})), Vec::<Value>::new());
}

#[test]
fn no_rqi_leaves_it_out_of_errors() {
    let mut client = Client::empty("no-rqi");
    assert_eq!(client.retrieve("-")["rsc"], 2000);
    let request = client.request(json!({"op": 2, "to": "cse-in/nope"}));
    let answer = client.send(&request).remove(0);
    assert!(answer["rsc"] == 4004 && answer.get("rqi").is_none(), "{answer}");
}

#[test]
fn batch_gathers_every_notification() {
    let mut client = Client::empty("batch");
    client.make("Ctest", 3, container("c"));
    client.subscribe("Ctest/c", new_instances());
    for number in 0..5 {
        client.make("Ctest/c", 4, instance(number));
    }
    assert_eq!(client.contents(), Vec::<Value>::new());
    let frames = client.pass(1.0);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0]["pc"]["m2m:agn"]["m2m:sgn"].as_array().map(Vec::len), Some(5));
}

#[test]
fn early_notify_overtakes_the_answer_to_the_subscription() {
    let mut client = Client::greenhouse("early-notify");
    let sub = json!({"m2m:sub": {"nu": ["Ctest"], "enc": {"net": [3], "chty": [4]}}});
    for name in ["air-temperature", "weather/outside-temperature"] {
        let to = format!("cse-in/greenhouse/{name}");
        let request = client.request(json!({"op": 1, "to": to, "ty": 23, "pc": sub}));
        assert_eq!(client.send(&request), Vec::<Value>::new());
        let frames: Vec<Value> = client.pass(0.2);
        let place = frames.iter().position(|frame| frame["rqi"] == request["rqi"]).expect("an answer");
        let ri = frames[place]["pc"]["m2m:sub"]["ri"].as_str().expect("an id");
        assert_eq!(frames[place - 1]["pc"]["m2m:sgn"]["sur"], format!("/id-in/{ri}"), "{frames:?}");
    }
    let to = "cse-in/greenhouse/setpoint";
    let request = client.request(json!({"op": 1, "to": to, "ty": 23, "pc": sub}));
    client.send(&request);
    let frames = client.pass(2.5);
    assert!(frames.iter().any(|frame| frame["rqi"] == request["rqi"]), "it does not wait for ever");
}

#[test]
fn reorder_lets_the_second_answer_overtake_the_first() {
    let mut client = Client::stranger("reorder");
    client.fr = "CAdmin".into();
    let first = client.request(json!({"op": 2, "to": "-"}));
    let second = client.request(json!({"op": 2, "to": "-"}));
    assert_eq!(client.send(&first), Vec::<Value>::new());
    let rqis: Vec<Value> = client.send(&second).iter().map(|frame| frame["rqi"].clone()).collect();
    assert_eq!(rqis, [second["rqi"].clone(), first["rqi"].clone()]);
    let lone = client.request(json!({"op": 2, "to": "-"}));
    client.send(&lone);
    assert_eq!(client.pass(0.25), Vec::<Value>::new());
    assert_eq!(client.pass(0.1).len(), 1, "a lone answer does not wait for ever");
}

#[test]
fn delay_holds_answers_back() {
    let mut client = Client::stranger("delay=500");
    let request = client.request(json!({"op": 2, "to": "-", "fr": "CAdmin"}));
    assert_eq!(client.send(&request), Vec::<Value>::new());
    assert_eq!(client.pass(0.45), Vec::<Value>::new());
    assert_eq!(client.pass(0.1).len(), 1);
}

#[test]
fn stranger_speaks_of_somebody_elses_subscription() {
    let mut client = Client::empty("stranger");
    let frames = client.pass(10.0);
    assert!((4..=6).contains(&frames.len()), "{frames:?}");
    assert_eq!(frames[0]["pc"]["m2m:sgn"]["vrq"], true);
    assert_eq!(frames[0]["pc"]["m2m:sgn"]["cr"], "Cstranger");
    assert!(frames[1..].iter().all(|frame| frame["pc"]["m2m:sgn"]["nev"]["net"] == 3));
    assert!(frames.iter().all(|frame| frame["pc"]["m2m:sgn"]["sur"] == "/id-in/subStranger"));
}

#[test]
fn vanishing_deletes_each_first_subscription() {
    let mut client = Client::empty("vanishing");
    client.make("Ctest", 3, container("c"));
    for sub in ["first", "second"] {
        let mut more = new_instances();
        more["rn"] = json!(sub);
        client.subscribe("Ctest/c", more);
        assert_eq!(client.pass(2.8), Vec::<Value>::new());
        let frames = client.pass(0.4);
        let gone = frames.first().is_some_and(|frame| frame["pc"]["m2m:sgn"]["sud"] == true);
        assert_eq!(gone, sub == "first", "{frames:?}");
        let rsc = client.retrieve(&format!("Ctest/c/{sub}"))["rsc"].clone();
        assert_eq!(rsc, if gone { 4004 } else { 2000 });
    }
}

#[test]
fn async_sends_results_where_it_may_choose() {
    let mut client = Client::empty("async");
    assert_eq!(client.retrieve("-")["rsc"], 2000);
    let later = client.ask(json!({"op": 2, "to": "-", "rt": {"rtv": 4}}));
    assert_eq!(later["rsc"], 1002);
    let rsp = client.contents().remove(0)["m2m:rsp"].clone();
    assert_eq!((&rsp["rqi"], &rsp["rsc"]), (&later["rqi"], &json!(2000)));
}

#[test]
fn no_push_notifies_nobody() {
    let mut client = Client::empty("no-push");
    client.make("Ctest", 3, container("c"));
    client.subscribe("Ctest/c", new_instances());
    client.make("Ctest/c", 4, instance(1));
    assert_eq!(client.contents(), Vec::<Value>::new());
    let answer = client.ask(json!({"op": 5, "to": "Ctest", "pc": {"m2m:sgn": {}}}));
    assert_eq!(answer["rsc"], 5103, "{answer}");
}

#[test]
fn no_subscribe_refuses_subscriptions() {
    let mut client = Client::greenhouse("no-subscribe");
    let answer = client.create(AIR, 23, json!({"m2m:sub": {"nu": ["Ctest"]}}));
    assert_eq!(answer["rsc"], 4103);
    assert!(debug(&answer).starts_with("originator: Ctest has no CREATE privileges for resource: cnt"));
}

#[test]
fn private_closes_the_greenhouse() {
    let mut client = Client::greenhouse("private");
    assert_eq!(client.retrieve("cse-in")["rsc"], 2000);
    assert_eq!(client.retrieve("cse-in/greenhouse")["rsc"], 4103);
    assert_eq!(client.retrieve("cse-in/controller")["rsc"], 4103);
    let answer = client.ask(json!({"op": 2, "to": "cse-in", "rcn": 6}));
    assert_eq!(answer["pc"]["m2m:rrl"]["rrf"].as_array().map(Vec::len), Some(1), "itself alone");
    let answer = client.ask(json!({"op": 2, "to": "cse-in", "fc": {"fu": 1}}));
    assert_eq!(answer["pc"], json!({"m2m:uril": ["cse-in/Ctest"]}));
    client.fr = "CAdmin".into();
    assert_eq!(client.retrieve(AIR)["rsc"], 2000);
}

#[test]
fn bare_answers_are_the_content_alone() {
    let mut client = Client::stranger("bare");
    assert_eq!(names(&client.register("Ctest")), ["m2m:ae"]);
    let request = client.request(json!({"op": 2, "to": "-"}));
    assert_eq!(names(&client.send(&request)[0]), ["m2m:cb"]);
    let request = client.request(json!({"op": 4, "to": "Ctest"}));
    assert_eq!(client.send(&request), [json!({})]);
    let request = client.request(json!({"op": 2, "to": "nope"}));
    assert_eq!(client.send(&request)[0]["rsc"], 4004, "errors are whole");
}

#[test]
fn no_group_refuses_groups() {
    let mut client = Client::greenhouse("no-group");
    let answer = client.create("Ctest", 9, json!({"m2m:grp": {"mid": ["Ctest"], "mnm": 3}}));
    assert_eq!(answer["rsc"], 5001, "{answer}");
    assert_eq!(client.retrieve("cse-in/greenhouse/sensors")["rsc"], 4004);
}

#[test]
fn forgetful_knows_nobody_after_the_socket_has_closed() {
    let mut client = Client::greenhouse("forgetful");
    client.subscribe(AIR, json!({"rn": "s", "enc": {"net": [3]}}));
    client.reconnect(5.0);
    assert_eq!(client.retrieve("-")["rsc"], 4103);
    assert_eq!(client.register("Ctest")["rsc"], 2001);
    assert_eq!(client.retrieve(&format!("{AIR}/s"))["rsc"], 4004);
    assert_eq!(client.retrieve(AIR)["rsc"], 2000, "the greenhouse is there again");
    assert_eq!(client.pass(5.0), Vec::<Value>::new());
}

#[test]
fn flood_fills_the_container_that_is_subscribed_to() {
    let mut client = Client::greenhouse("flood");
    assert_eq!(client.pass(2.0), Vec::<Value>::new());
    client.subscribe(AIR, new_instances());
    let frames = client.pass(2.0);
    assert!((1900..2200).contains(&frames.len()), "{} in 2 s", frames.len());
    let mut client = Client::empty("flood");
    client.make("Ctest", 3, container("c"));
    client.subscribe("Ctest/c", new_instances());
    let frames = client.pass(2.0);
    assert!((1900..2200).contains(&frames.len()), "{} in 2 s", frames.len());
}
