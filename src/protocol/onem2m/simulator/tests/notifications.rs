//! What subscriptions are told.

use super::*;

fn with_container() -> Client {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    client
}

#[test]
fn a_new_instance_is_told_as_it_is() {
    let mut client = with_container();
    let sub = client.subscribe("Ctest/c", json!({"enc": {"net": [3], "chty": [4]}, "nct": 1}));
    assert_eq!(names(&sub), ["nu", "enc", "nct", "pi", "ri", "rn", "ty", "ct", "lt", "et"]);
    let made = client.make("Ctest/c", 4, instance("1.0"));
    let notifications = client.notifications();
    assert_eq!(notifications.len(), 1);
    let told = &notifications[0];
    assert_eq!(names(told), ["fr", "to", "ot", "op", "rqi", "rvi", "drt", "pc"]);
    assert_eq!((&told["fr"], &told["to"], &told["op"]), (&json!("/id-in"), &json!("Ctest"), &json!(5)));
    let sur = format!("/id-in/{}", sub["ri"].as_str().expect("an id"));
    let sgn = json!({"nev": {"net": 3, "rep": {"m2m:cin": made}}, "sur": sur});
    assert_eq!(told["pc"], json!({"m2m:sgn": sgn}));
    assert_eq!(client.acknowledge(told, 2000), Vec::<Value>::new());
}

#[test]
fn events_are_told_to_those_who_asked_for_them() {
    for (enc, wanted) in [
        (json!({"net": [1]}), vec![1]),
        (json!({}), vec![1]),
        (json!({"net": [2]}), vec![2]),
        (json!({"net": [3]}), vec![3, 3]),
        (json!({"net": [3], "chty": [4]}), vec![3]),
        (json!({"net": [3], "chty": [28]}), vec![]),
        (json!({"net": [4]}), vec![4, 4]),
        (json!({"net": [4], "chty": [3]}), vec![4]),
        (json!({"net": [1, 2, 3, 4], "chty": [4]}), vec![3, 1, 4, 2]),
    ] {
        let mut client = with_container();
        client.subscribe("Ctest/c", json!({"enc": enc}));
        client.make("Ctest/c", 4, instance(1));
        client.make("Ctest/c", 3, container("inner"));
        client.update("Ctest/c", json!({"m2m:cnt": {"lbl": ["a"]}}));
        client.delete("Ctest/c/la");
        client.delete("Ctest/c/inner");
        client.delete("Ctest/c");
        let nets = client.contents().into_iter().map(|content| content["m2m:sgn"]["nev"]["net"].clone());
        assert_eq!(nets.collect::<Vec<Value>>(), wanted, "{enc}");
    }
}

#[test]
fn a_notification_holds_what_nct_asks_for() {
    let mut client = Client::empty("");
    client.make("Ctest", 28, json!({"cod:tempe": {"rn": "f", "cnd": "x", "curT0": 20.5, "tarTe": 20.0}}));
    let whole = client.subscribe("Ctest/f", json!({"enc": {"net": [1]}, "nct": 1}))["ri"].clone();
    let part = client.subscribe("Ctest/f", json!({"enc": {"net": [1]}, "nct": 2}))["ri"].clone();
    let name = client.subscribe("Ctest/f", json!({"enc": {"net": [1]}, "nct": 3}))["ri"].clone();
    let ri = client.read("Ctest/f")["ri"].clone();
    let changed = client.update("Ctest/f", json!({"cod:tempe": {"curT0": 25.5}}))["pc"]["cod:tempe"].clone();
    let contents = client.contents();
    let rep_of = |sub: &Value| {
        let sur = format!("/id-in/{}", sub.as_str().expect("an id"));
        let of_sub = contents.iter().find(|content| content["m2m:sgn"]["sur"] == sur);
        of_sub.expect("a notification")["m2m:sgn"]["nev"]["rep"].clone()
    };
    assert_eq!(rep_of(&whole), json!({"cod:tempe": changed}));
    assert_eq!(rep_of(&part), json!({"cod:tempe": {"curT0": 25.5, "lt": changed["lt"]}}));
    assert_eq!(rep_of(&name), json!({"m2m:uri": ri}));
}

#[test]
fn updates_can_be_told_of_certain_attributes_alone() {
    let mut client = Client::empty("");
    client.make("Ctest", 28, json!({"cod:tempe": {"rn": "f", "cnd": "x", "curT0": 20.5, "tarTe": 20.0}}));
    client.subscribe("Ctest/f", json!({"enc": {"net": [1], "atr": ["curT0"]}, "nct": 2}));
    client.update("Ctest/f", json!({"cod:tempe": {"tarTe": 22.0}}));
    assert_eq!(client.contents(), Vec::<Value>::new());
    client.update("Ctest/f", json!({"cod:tempe": {"curT0": 22.0}}));
    assert_eq!(client.contents().len(), 1);
}

#[test]
fn a_subscription_that_cannot_be_is_refused() {
    let mut client = with_container();
    for (sub, rsc, words) in [
        (json!({}), 4000, "missing or empty attribute: \"nu\""),
        (json!({"nu": "Ctest"}), 4000, "attribute: nu, value: \"Ctest\" : expected type: list of string"),
        (
            json!({"nu": ["Ctest"], "nct": 2, "enc": {"net": [3]}}),
            4000,
            "nct=2 is not allowed for one or more",
        ),
        (json!({"nu": ["Ctest"], "nct": 9}), 4000, "attribute: nct"),
        (json!({"nu": ["Ctest"], "enc": {"net": [8]}}), 4000, "enc/net=8 is not supported here"),
        (json!({"nu": ["Ctest"], "enc": {"net": 3}}), 4000, "attribute: enc/net, value: 3"),
        (json!({"nu": ["Ctest"], "enc": {"moon": 3}}), 4000, "unknown attribute: moon in enc"),
        (
            json!({"nu": ["Ctest"], "bn": {"num": 3, "dur": 2}}),
            4000,
            "attribute: bn/dur, value: 2 : expected",
        ),
        (json!({"nu": ["Ctest"], "exc": 0}), 4000, "attribute: exc"),
        (json!({"nu": ["ws://default"]}), 5204, "Verification request failed for: ws://default"),
        (json!({"nu": ["/id-in/cse-in/n6"]}), 5204, "Verification request failed for: /id-in/cse-in/n6"),
        (json!({"nu": ["Cnobody"]}), 5204, "Verification request failed for: Cnobody"),
    ] {
        let answer = client.create("Ctest/c", 23, json!({"m2m:sub": sub}));
        assert_eq!(answer["rsc"], rsc, "{sub}: {answer}");
        assert!(debug(&answer).starts_with(words), "{sub}: {answer}");
    }
}

#[test]
fn the_end_of_a_subscription_is_told() {
    let mut client = with_container();
    let su = json!({"su": "Ctest", "enc": {"net": [2, 3], "chty": [4]}});
    let sub = client.subscribe("Ctest/c", su.clone());
    let sur = |sub: &Value| format!("/id-in/{}", sub["ri"].as_str().expect("an id"));
    client.delete(sub["ri"].as_str().expect("an id"));
    assert_eq!(client.contents(), [json!({"m2m:sgn": {"sud": true, "sur": sur(&sub)}})]);
    let mut twice = su.clone();
    twice["exc"] = json!(2);
    let sub = client.subscribe("Ctest/c", twice);
    for number in 0..3 {
        client.make("Ctest/c", 4, instance(number));
    }
    let contents = client.contents();
    assert_eq!(contents.len(), 3, "two notifications and the end: {contents:?}");
    assert_eq!(contents[2]["m2m:sgn"]["sud"], true);
    assert_eq!(client.retrieve(sub["ri"].as_str().expect("an id"))["rsc"], 4004);
    let sub = client.subscribe("Ctest/c", su);
    client.delete("Ctest/c");
    let contents = client.contents();
    assert_eq!(contents[0]["m2m:sgn"]["nev"]["net"], 2);
    assert_eq!(contents[0]["m2m:sgn"]["nev"]["rep"]["m2m:cnt"]["rn"], "c");
    assert_eq!(contents[1], json!({"m2m:sgn": {"sud": true, "sur": sur(&sub)}}));
}

#[test]
fn notifications_come_in_batches() {
    let mut client = with_container();
    client.subscribe("Ctest/c", json!({"enc": {"net": [3], "chty": [4]}, "bn": {"num": 3, "dur": "PT2S"}}));
    for number in 0..4 {
        client.make("Ctest/c", 4, instance(number));
    }
    let contents = client.contents();
    assert_eq!(contents.len(), 1);
    let batch = contents[0]["m2m:agn"]["m2m:sgn"].as_array().expect("a batch").clone();
    let numbers: Vec<&Value> = batch.iter().map(|sgn| &sgn["nev"]["rep"]["m2m:cin"]["con"]).collect();
    assert_eq!(numbers, [&json!(0), &json!(1), &json!(2)]);
    assert_eq!(client.pass(1.5), Vec::<Value>::new());
    let rest = client.pass(0.7);
    assert_eq!(rest[0]["pc"]["m2m:agn"]["m2m:sgn"][0]["nev"]["rep"]["m2m:cin"]["con"], 3);
}

#[test]
fn a_subscription_can_be_changed() {
    let mut client = with_container();
    let sub = client.subscribe("Ctest/c", json!({"enc": {"net": [3]}, "exc": 50}));
    let ri = sub["ri"].as_str().expect("an id");
    let wrong = client.update(ri, json!({"m2m:sub": {"nct": 2}}));
    assert_eq!(wrong["rsc"], 4000, "{wrong}");
    let good = client.update(ri, json!({"m2m:sub": {"enc": {"net": [1]}, "exc": null}}));
    assert_eq!(good["rsc"], 2004, "{good}");
    client.make("Ctest/c", 4, instance(1));
    assert_eq!(client.contents(), Vec::<Value>::new());
    client.update("Ctest/c", json!({"m2m:cnt": {"lbl": ["a"]}}));
    assert_eq!(client.contents().len(), 1);
}
