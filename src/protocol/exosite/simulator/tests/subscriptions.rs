//! Subscriptions tell what happens to a resource.

use super::*;

#[test]
fn a_subscription_is_acknowledged_and_then_told_by_the_same_id() {
    let mut client = Client::empty("");
    client.dataport("float", "x");
    for arguments in [json!([{"alias": "x"}, {}]), json!([{"alias": "x"}])] {
        let call = json!([{"id": 7, "procedure": "subscribe", "arguments": arguments}]);
        assert_eq!(client.calls(call), [json!([{"id": 7, "status": "ok"}])]);
    }
    client.result("write", json!([{"alias": "x"}, 64.25]));
    assert_eq!(client.updates(0.0), [json!([{"id": 7, "status": "ok", "result": [START_SECS, 64.25]}])]);
    client.pass(10.0);
    client.result("recordbatch", json!([{"alias": "x"}, [[-5, 1.5]]]));
    assert_eq!(client.updates(0.0).len(), 1, "a past value is a new one, too");
}

#[test]
fn a_subscription_may_have_an_id_of_its_own() {
    let mut client = Client::empty("");
    let rid = client.dataport("integer", "x");
    assert_eq!(client.call("subscribe", json!([rid, {"subs_id": "tank"}])), json!({"status": "ok"}));
    client.result("write", json!([rid, 5]));
    assert_eq!(client.updates(0.0), [json!([{"id": "tank", "status": "ok", "result": [START_SECS, 5]}])]);
    let silent = json!([{"procedure": "subscribe", "arguments": [rid, {"subs_id": 9}]}]);
    assert_eq!(client.calls(silent), Vec::<Value>::new(), "who gives no id wants no answer");
    client.result("write", json!([rid, 6]));
    let ids: Vec<Value> = client.updates(0.0).iter().map(|update| update[0]["id"].clone()).collect();
    assert_eq!(ids, [json!("tank"), json!(9)]);
}

#[test]
fn past_data_come_first_where_they_are_asked_for() {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    client.result("recordbatch", json!([{"alias": "x"}, [[-3, 1], [-2, 2], [-1, 3]]]));
    let call = |since: Value| json!([{"id": 5, "procedure": "subscribe", "arguments": [{"alias": "x"}, {"since": since}]}]);
    let frames = client.calls(call(json!(START_SECS - 3)));
    assert_eq!(frames[0], json!([{"id": 5, "status": "ok"}]));
    assert_eq!(numbers(&frames), [2.0, 3.0], "after that time");
    for (since, told) in [(json!(null), 0), (json!(0), 3), (json!(START_SECS), 0), (json!(1e12), 0)] {
        assert_eq!(client.calls(call(since.clone())).len(), 1 + told, "{since}");
    }
    client.result("write", json!([{"alias": "x"}, 4]));
    assert_eq!(numbers(&client.updates(0.0)), [4.0], "the later replaced the earlier ones");
}

#[test]
fn a_subscription_ends_when_it_is_told_to() {
    let mut client = Client::empty("");
    let (a, b) = (client.dataport("integer", "a"), client.dataport("integer", "b"));
    let told = |client: &mut Client| {
        client.result("writegroup", json!([[[a, 1], [b, 2]]]));
        numbers(&client.updates(0.0))
    };
    let subscribe = |client: &mut Client| {
        client.result("subscribe", json!([{"alias": "a"}, {"subs_id": 5}]));
        client.result("subscribe", json!([{"alias": "b"}, {"subs_id": 5}]));
    };
    subscribe(&mut client);
    assert_eq!(told(&mut client), [1.0, 2.0]);
    assert_eq!(client.call("unsubscribe", json!([a, {"subs_id": 5}])), json!({"status": "ok"}));
    assert_eq!(told(&mut client), [2.0]);
    assert_eq!(client.status("unsubscribe", json!([a, {"subs_id": 5}])), "invalid");
    for all in [json!([{"subs_id": 5}]), json!([null, {"subs_id": 5}])] {
        subscribe(&mut client);
        assert_eq!(client.status("unsubscribe", all), "ok");
        assert_eq!(told(&mut client), Vec::<f64>::new());
    }
    assert_eq!(client.status("unsubscribe", json!([a, {"subs_id": "5"}])), "invalid");
    assert_eq!(client.status("unsubscribe", json!([a, {}])), "fail");
    assert_eq!(client.status("unsubscribe", json!([])), "fail");
}

#[test]
fn a_subscription_ends_with_its_time_its_resource_and_its_socket() {
    let mut client = Client::empty("");
    let rid = client.dataport("integer", "x");
    client.result("subscribe", json!([rid, {"timeout": 2000}]));
    client.pass(1.9);
    client.result("write", json!([rid, 1]));
    assert_eq!(client.updates(0.0).len(), 1);
    assert_eq!(client.updates(0.3), Vec::<Value>::new(), "without a word");
    client.result("write", json!([rid, 2]));
    assert_eq!(client.updates(0.0), Vec::<Value>::new());
    client.result("subscribe", json!([rid, {}]));
    client.result("drop", json!([rid]));
    assert_eq!(client.updates(1.0), Vec::<Value>::new());

    let mut client = Client::owner("");
    let air = client.rid("weather-station", "air-temperature");
    client.result("subscribe", json!([air, {}]));
    assert_eq!(client.updates(3.0).len(), 3);
    client.reconnect(5.0);
    assert_eq!(client.pass(3.0), Vec::<Value>::new());
    client.authenticate(json!({"cik": DEMO_KEY}));
    assert_eq!(client.pass(3.0), Vec::<Value>::new());
}

#[test]
fn what_cannot_be_subscribed_to_is_refused() {
    let mut client = Client::empty("");
    let rid = client.dataport("integer", "x");
    for (arguments, status) in [
        (json!([{"alias": "y"}, {}]), "invalid"),
        (json!([{"alias": ""}, {}]), "invalid"),
        (json!([rid, {"since": "dawn"}]), "invalid"),
        (json!([rid, {"timeout": "long"}]), "invalid"),
        (json!([rid, {"subs_id": [1]}]), "invalid"),
        (json!([rid, 5]), "fail"),
        (json!([]), "fail"),
        (json!([7]), "fail"),
    ] {
        assert_eq!(client.status("subscribe", arguments.clone()), status, "{arguments}");
    }
}
