//! The quirks, each by what it changes on the wire.

use super::*;

/// An empty client with a dataport `x` that somebody listens to by the id 5; what the subscription brings at once.
fn listening(quirks: &str, options: Value) -> (Client, Vec<Value>) {
    let mut client = Client::empty(quirks);
    client.dataport("integer", "x");
    client.result("recordbatch", json!([{"alias": "x"}, [[-2, 1], [-1, 2]]]));
    let call = json!([{"id": 5, "procedure": "subscribe", "arguments": [{"alias": "x"}, options]}]);
    let frames = client.calls(call);
    (client, frames)
}

/// What is told of the next values.
fn told(client: &mut Client, count: i64) -> Vec<Value> {
    for number in 0..count {
        client.result("write", json!([{"alias": "x"}, number + 7]));
    }
    client.updates(0.0).into_iter().map(|mut update| update[0]["result"].take()).collect()
}

#[test]
fn updates_are_flat_nested_or_mixed() {
    let point = |number: i64| json!([START_SECS, number]);
    for (quirks, wanted) in [
        ("", [point(7), point(8)]),
        ("update-shape=flat", [point(7), point(8)]),
        ("update-shape=nested", [json!([point(7)]), json!([point(8)])]),
        ("update-shape=mixed", [point(7), json!([point(8)])]),
    ] {
        let (mut client, _) = listening(quirks, json!({}));
        assert_eq!(told(&mut client, 2), wanted, "{quirks}");
        let (_, frames) = listening(quirks, json!({"since": 0}));
        let past: Vec<Value> = frames[1..].iter().map(|frame| frame[0]["result"].clone()).collect();
        let (old, new) = (json!([START_SECS - 2, 1]), json!([START_SECS - 1, 2]));
        let is_flat = !quirks.contains("ed");
        assert_eq!(past, if is_flat { vec![old, new] } else { vec![json!([old, new])] }, "{quirks}");
    }
}

#[test]
fn a_read_alone_may_be_answered_by_an_object() {
    let mut client = Client::owner("read-shape=object");
    let read = json!({"id": 1, "procedure": "read", "arguments": [{"alias": "frost-alert"}, {}]});
    assert!(client.calls(json!([read]))[0]["result"].is_array());
    assert!(client.calls(json!([read, read]))[0].is_array());
    let lookup = json!({"id": 1, "procedure": "lookup", "arguments": ["alias", "cellar"]});
    assert!(client.calls(json!([lookup]))[0].is_array(), "only `read`");
}

#[test]
fn a_wrong_key_is_answered_as_the_quirk_says() {
    let wrong = Frame::Text(json!({"auth": {"cik": "f".repeat(40)}}).to_string());
    let error = r#"{"error":{"code":401,"message":"Invalid","context":"auth"}}"#;
    let text = |text: &str| SimulatorOutput::Send(Frame::Text(text.into()));
    for (quirks, outputs) in [
        ("auth-fail=error", vec![text(error)]),
        ("auth-fail=status", vec![text(r#"{"status":"invalid"}"#)]),
        ("auth-fail=close", vec![SimulatorOutput::Cut]),
        ("auth-fail=error-close", vec![text(error), SimulatorOutput::Cut]),
    ] {
        let mut client = Client::stranger(quirks);
        assert_eq!(client.feed(SimulatorInput::Frame(&wrong)), outputs, "{quirks}");
        assert_eq!(client.simulator.deadline().is_none(), quirks.ends_with("close"), "{quirks}");
    }
}

#[test]
fn answers_to_a_batch_come_in_any_order_or_in_frames_of_their_own() {
    let calls: Vec<Value> = (0..20)
        .map(|id| json!({"id": id, "procedure": "lookup", "arguments": ["alias", "cellar"]}))
        .collect();
    let ids = |list: &Value| -> Vec<u64> {
        list.as_array().into_iter().flatten().filter_map(|answer| answer["id"].as_u64()).collect()
    };
    let in_order: Vec<u64> = (0..20).collect();
    let mut client = Client::owner("shuffle");
    let frames = client.calls(json!(calls));
    let mut shuffled = ids(&frames[0]);
    assert_ne!(shuffled, in_order);
    shuffled.sort_unstable();
    assert_eq!(shuffled, in_order);
    let mut client = Client::owner("split");
    let frames = client.calls(json!(calls));
    let split: Vec<u64> = frames.iter().flat_map(ids).collect();
    assert_eq!((frames.len(), split), (20, in_order));
    let mut client = Client::owner("split,shuffle,read-shape=object");
    let reads = json!({"procedure": "read", "arguments": [{"alias": "frost-alert"}, {}]});
    let calls: Vec<Value> = (0..9)
        .map(|id| {
            let mut read = reads.clone();
            read["id"] = json!(id);
            read
        })
        .collect();
    assert!(client.calls(json!(calls)).iter().all(|frame| frame["id"].is_number()));
}

#[test]
fn ids_may_come_back_as_texts() {
    let mut client = Client::owner("string-ids");
    let lookup = |id: Value| json!([{"id": id, "procedure": "lookup", "arguments": ["alias", "cellar"]}]);
    assert_eq!(client.calls(lookup(json!(5)))[0][0]["id"], "5");
    assert_eq!(client.calls(lookup(json!("5")))[0][0]["id"], "5");
    let air = client.calls(
        json!([{"id": 1, "procedure": "subscribe", "arguments": [{"alias": "frost-alert"}, {"subs_id": 8}]}]),
    );
    assert_eq!(air[0][0]["id"], "1");
    assert!(client.pass(20.0).iter().all(|update| update[0]["id"] == "8"));
}

#[test]
fn latency_holds_everything_back() {
    let mut client = Client::stranger("latency=500");
    assert_eq!(client.send(&json!({"auth": {"cik": DEMO_KEY}})), Vec::<Value>::new());
    let call = json!([{"id": 1, "procedure": "lookup", "arguments": ["alias", "cellar"]}]);
    assert_eq!(client.calls(call), Vec::<Value>::new());
    assert_eq!(client.pass(0.45), Vec::<Value>::new());
    assert_eq!(client.pass(0.1).len(), 2);
}

#[test]
fn the_list_without_calls_ends_a_subscription_where_it_is_taken() {
    for (quirks, taken) in [("bare-unsubscribe=reject", false), ("bare-unsubscribe=accept", true)] {
        let (mut client, _) = listening(quirks, json!({}));
        let bare =
            json!([{"id": 9, "procedure": "unsubscribe", "arguments": [{"alias": "x"}, {"subs_id": 5}]}]);
        let answer = client.send(&bare).remove(0);
        if taken {
            assert_eq!(answer, json!([{"id": 9, "status": "ok"}]));
        } else {
            assert_eq!(answer, json!({"error": {"code": 400, "message": "Invalid"}}));
        }
        assert_eq!(told(&mut client, 1).is_empty(), taken);
        let other = json!([{"id": 9, "procedure": "drop", "arguments": [{"alias": "x"}]}]);
        assert_eq!(client.send(&other)[0]["error"]["code"], 400);
    }
}

#[test]
fn a_locked_client_can_be_seen_and_unlocked_and_nothing_more() {
    let mut client = Client::owner("locked");
    let slope = json!({"alias": "slope-south"});
    let info = client.result("info", json!([slope, {"basic": true, "description": true, "key": true}]));
    assert_eq!((&info["basic"]["status"], &info["description"]["locked"]), (&json!("locked"), &json!(true)));
    let battery = json!({"alias": "battery", "rid": slope});
    for (procedure, arguments) in [
        ("listing", json!([slope, ["dataport"], {}])),
        ("create", json!([slope, "dataport", {"format": "float"}])),
        ("lookup", json!([slope, "alias", "battery"])),
        ("read", json!([battery, {}])),
        ("subscribe", json!([battery, {}])),
        ("info", json!([battery, {"basic": true}])),
    ] {
        assert_eq!(client.status(procedure, arguments.clone()), "locked", "{procedure} {arguments}");
    }
    assert_eq!(client.status("listing", json!([{"alias": "slope-north"}, ["dataport"], {}])), "ok");
    let mut itself = Client::owner("locked");
    itself.authenticate(json!({"cik": info["key"]}));
    assert_eq!(itself.status("info", json!([{"alias": ""}, {"basic": true}])), "locked");
    assert_eq!(client.status("update", json!([slope, {"locked": false}])), "ok");
    let before = client.points(battery.clone());
    client.pass(4.0);
    assert_ne!(client.points(battery), before, "it writes again");
}

#[test]
fn a_failure_may_have_no_status() {
    let mut client = Client::owner("no-status");
    let call = json!([{"id": 2, "procedure": "read", "arguments": []}]);
    let error = json!({"code": 501, "message": "Can not apply Arguments to Procedure"});
    assert_eq!(client.calls(call), [json!([{"id": 2, "error": error}])]);
    assert_eq!(client.status("read", json!([{"alias": "none"}, {}])), "invalid", "this is none");
}

#[test]
fn since_may_include_its_time() {
    for (quirks, count) in [("since=after", 1), ("since=from", 2)] {
        let (_, frames) = listening(quirks, json!({"since": START_SECS - 2}));
        assert_eq!(frames.len() - 1, count, "{quirks}");
    }
}

#[test]
fn values_may_come_as_texts() {
    let mut client = Client::owner("text-values");
    let air = client.rid("weather-station", "air-temperature");
    let value = client.result("read", json!([air, {}]))[0][1].take();
    assert!(value.as_str().is_some_and(|text| text.parse::<f64>().is_ok()), "{value}");
    let note = client.result("read", json!([{"alias": "note", "rid": {"alias": "cellar"}}, {}]));
    assert!(note[0][1].as_str().is_some_and(|text| text.starts_with("Riesling")), "{note}");
}

#[test]
fn past_data_may_overtake_their_acknowledgement() {
    let (_, frames) = listening("early-update", json!({"since": 0}));
    assert_eq!((frames.len(), numbers(&frames)), (3, vec![1.0, 2.0]));
    assert_eq!(frames[2], json!([{"id": 5, "status": "ok"}]));
}

#[test]
fn the_end_of_a_subscription_may_be_told() {
    let (mut client, _) = listening("expire-told", json!({"timeout": 2000}));
    assert_eq!(client.pass(2.5), [json!([{"id": 5, "status": "expire"}])]);
    assert_eq!(told(&mut client, 1), Vec::<Value>::new());
}
