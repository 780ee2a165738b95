//! How notifications find their recipient, and what becomes of them on the way.

use super::*;

fn subscribed() -> Client {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    client.subscribe("Ctest/c", json!({"enc": {"net": [3], "chty": [4]}}));
    client
}

#[test]
fn what_comes_while_the_socket_is_away_is_kept() {
    let mut client = subscribed();
    client.feed(SimulatorInput::Closed);
    // Another client writes in the meantime.
    client.feed(SimulatorInput::Opened);
    client.fr = "CAdmin".into();
    for number in 0..1005 {
        let request = client.request(json!({"op": 1, "to": "Ctest/c", "ty": 4, "pc": instance(number)}));
        assert_eq!(client.send(&request).len(), 1, "no notification on the socket of another one");
    }
    client.reconnect(5.0);
    assert_eq!(client.pass(2.0), Vec::<Value>::new(), "nobody is associated yet");
    client.fr = "Ctest".into();
    let request = client.request(json!({"op": 2, "to": "-"}));
    let frames = client.send(&request);
    assert_eq!(frames.len(), 1001, "a thousand that were kept, and the answer");
    assert_eq!(frames[0]["pc"]["m2m:sgn"]["nev"]["rep"]["m2m:cin"]["con"], 5, "the oldest have gone");
    assert_eq!(frames[1000]["rsc"], 2000);
    client.make("Ctest/c", 4, instance("live"));
    assert_eq!(client.contents().len(), 1);
}

#[test]
fn the_greenhouse_goes_on_while_the_socket_is_away() {
    let mut client = Client::greenhouse("");
    let enc = json!({"net": [3], "chty": [4]});
    client.subscribe("cse-in/greenhouse/air-temperature", json!({"enc": enc}));
    for (away_secs, missed) in [(10.0, 10), (3600.0, 60)] {
        client.notifications();
        client.reconnect(away_secs);
        let request = client.request(json!({"op": 2, "to": "-"}));
        let frames = client.send(&request);
        assert!((frames.len() - 1).abs_diff(missed) <= 1, "{} after {away_secs} s", frames.len());
        let time =
            |frame: &Value| frame["pc"]["m2m:sgn"]["nev"]["rep"]["m2m:cin"]["ct"].as_str().map(str::to_owned);
        let times: Vec<Option<String>> = frames[..frames.len() - 1].iter().map(time).collect();
        assert!(times.is_sorted() && times[0] < times[missed - 2], "each has its own time: {times:?}");
    }
}

#[test]
fn the_first_request_associates_the_socket() {
    let mut client = subscribed();
    client.reconnect(1.0);
    client.fr = "CAdmin".into();
    client.retrieve("-");
    client.fr = "Ctest".into();
    client.make("Ctest/c", 4, instance(1));
    assert_eq!(client.contents().len(), 1);
}

#[test]
fn several_aes_share_a_socket() {
    let mut client = subscribed();
    client.register("Csecond");
    client.fr = "Csecond".into();
    client.make("Csecond", 3, container("c"));
    client.subscribe("Csecond/c", json!({"enc": {"net": [3]}}));
    client.make("Csecond/c", 4, instance(1));
    client.fr = "Ctest".into();
    client.make("Ctest/c", 4, instance(2));
    let to: Vec<Value> = client.notifications().iter().map(|frame| frame["to"].clone()).collect();
    assert_eq!(to, ["Csecond", "Ctest"]);
}

#[test]
fn only_the_ae_id_itself_is_notified() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    for nu in ["cse-in/Ctest", "/id-in/Ctest", "//greenhouse.example/id-in/Ctest"] {
        client.make("Ctest/c", 23, json!({"m2m:sub": {"nu": [nu], "enc": {"net": [3], "chty": [4]}}}));
    }
    client.make("Ctest/c", 4, instance(1));
    assert_eq!(client.contents(), Vec::<Value>::new());
}

#[test]
fn an_ae_that_cannot_be_reached_is_not_notified() {
    let mut client = Client::stranger("");
    let ae = json!({"api": "Nexample", "rr": false, "srv": ["4"]});
    client.ask(json!({"op": 1, "to": "cse-in", "ty": 2, "pc": {"m2m:ae": ae}}));
    client.make("Ctest", 3, container("c"));
    client.subscribe("Ctest/c", json!({"enc": {"net": [3], "chty": [4]}}));
    client.make("Ctest/c", 4, instance(1));
    assert_eq!(client.contents(), Vec::<Value>::new());
}

#[test]
fn acknowledgements_are_no_flow_control() {
    let mut client = subscribed();
    for number in 0..50 {
        client.make("Ctest/c", 4, instance(number));
    }
    let notifications = client.notifications();
    assert_eq!(notifications.len(), 50);
    assert_eq!(client.acknowledge(&notifications[3], 4004), Vec::<Value>::new());
    client.pass(15.0);
    client.make("Ctest/c", 4, instance("more"));
    assert_eq!(client.contents().len(), 1, "neither silence nor a refusal ends the subscription");
}

#[test]
fn an_acknowledgement_without_rvi_is_refused() {
    let mut client = subscribed();
    client.make("Ctest/c", 4, instance(1));
    let notification = client.notifications().remove(0);
    let frames = client.send(&json!({"rsc": 2000, "rqi": notification["rqi"]}));
    assert_eq!((&frames[0]["rsc"], &frames[0]["rqi"]), (&json!(4001), &notification["rqi"]));
    assert_eq!(client.send(&json!({"rsc": 2000, "rqi": "unknown"})), Vec::<Value>::new());
}

#[test]
fn a_recipient_who_is_not_the_creator_is_asked() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    client.fr = "CAdmin".into();
    let sub = json!({"m2m:sub": {"nu": ["Ctest"], "enc": {"net": [3], "chty": [4]}}});
    for (rsc, outcome) in [(2000, 2001), (4101, 5204)] {
        let request = client.request(json!({"op": 1, "to": "Ctest/c", "ty": 23, "pc": sub}));
        let frames = client.send(&request);
        assert_eq!(frames.len(), 1, "{frames:?}");
        let sgn = &frames[0]["pc"]["m2m:sgn"];
        assert_eq!(names(sgn), ["vrq", "sur", "cr"]);
        assert_eq!((&frames[0]["to"], &sgn["cr"]), (&json!("Ctest"), &json!("CAdmin")));
        let answers = client.acknowledge(&frames[0], rsc);
        assert_eq!((&answers[0]["rsc"], &answers[0]["rqi"]), (&json!(outcome), &request["rqi"]));
        if outcome == 2001 {
            let ri = answers[0]["pc"]["m2m:sub"]["ri"].as_str().expect("an id");
            assert_eq!(sgn["sur"], format!("/id-in/{ri}"), "the name that it was asked by");
        } else {
            assert_eq!(debug(&answers[0]), "Verification request failed for: Ctest");
        }
    }
    let request = client.request(json!({"op": 1, "to": "Ctest/c", "ty": 23, "pc": sub}));
    client.send(&request);
    let late = client.pass(10.5);
    assert_eq!((&late[0]["rsc"], &late[0]["rqi"]), (&json!(5204), &request["rqi"]), "silence is no consent");
    client.reconnect(1.0);
    assert_eq!(client.create("Ctest/c", 23, sub)["rsc"], 5204, "whoever is away cannot be asked");
}

#[test]
fn a_notify_to_oneself_comes_back_and_is_answered_after_its_acknowledgement() {
    let mut client = Client::empty("");
    let sgn = json!({"m2m:sgn": {"sur": "probe"}});
    for (rsc, outcome) in [(2000, 2000), (4004, 4004)] {
        let request = client.request(json!({"op": 5, "to": "Ctest", "pc": sgn}));
        let frames = client.send(&request);
        assert_eq!(frames.len(), 1, "no answer yet: {frames:?}");
        assert_eq!((&frames[0]["op"], &frames[0]["pc"]), (&json!(5), &sgn));
        assert_ne!(frames[0]["rqi"], request["rqi"]);
        let answers = client.acknowledge(&frames[0], rsc);
        assert_eq!((&answers[0]["rsc"], &answers[0]["rqi"]), (&json!(outcome), &request["rqi"]));
    }
    let request = client.request(json!({"op": 5, "to": "Ctest", "pc": sgn}));
    client.send(&request);
    let late = client.pass(10.5);
    assert_eq!((&late[0]["rsc"], &late[0]["rqi"]), (&json!(5103), &request["rqi"]));
    assert_eq!(client.ask(json!({"op": 5, "to": "Ctest", "pc": {"x": 1}}))["rsc"], 4000);
    client.register("Csecond");
    client.reconnect(1.0);
    client.fr = "Csecond".into();
    client.retrieve("-");
    client.fr = "CAdmin".into();
    let away = client.ask(json!({"op": 5, "to": "Ctest", "pc": sgn}));
    assert_eq!(away["rsc"], 5103, "{away}");
}
