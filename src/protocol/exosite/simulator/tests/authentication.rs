//! Who may call, and as whom.

use super::*;

#[test]
fn whoever_has_the_key_of_the_demo_is_its_owner() {
    for key in [DEMO_KEY.to_owned(), DEMO_KEY.to_uppercase()] {
        let mut client = Client::stranger("");
        client.authenticate(json!({"cik": key}));
        let info = client.result("info", json!([{"alias": ""}, {"description": true}]));
        assert_eq!(info["description"]["name"], "Vineyard");
    }
}

#[test]
fn nothing_else_lets_anybody_in() {
    for auth in [
        json!({"cik": "f".repeat(40)}),
        json!({"cik": ""}),
        json!({"cik": 5}),
        json!({"cik": &DEMO_KEY[1..]}),
        json!({"token": "f".repeat(40)}),
        json!({"cik": DEMO_KEY, "client_id": "f".repeat(40)}),
        json!({"cik": DEMO_KEY, "client_id": null}),
        json!({}),
        json!(DEMO_KEY),
        json!(null),
    ] {
        let mut client = Client::stranger("");
        let error = json!({"error": {"code": 401, "message": "Invalid", "context": "auth"}});
        assert_eq!(client.send(&json!({"auth": auth})), std::slice::from_ref(&error), "{auth}");
        let call = json!([{"id": 1, "procedure": "info", "arguments": [{"alias": ""}, {}]}]);
        assert_eq!(client.calls(call), [error], "{auth}");
        client.authenticate(json!({"cik": DEMO_KEY}));
    }
}

#[test]
fn a_key_lets_somebody_act_as_what_lies_below() {
    let mut client = Client::owner("");
    let cellar = client.rid("", "cellar");
    let tank = client.rid("cellar", "tank-1");
    for auth in [json!({"cik": DEMO_KEY, "client_id": cellar}), json!({"cik": DEMO_KEY, "resource_id": tank})]
    {
        let mut client = Client::owner("");
        client.authenticate(auth.clone());
        assert_eq!(client.result("lookup", json!([{"alias": ""}, "alias", ""])), cellar, "{auth}");
        assert_eq!(client.points(json!({"alias": "tank-1"})).len(), 600);
    }
    let key = client.result("info", json!([cellar, {"key": true}]))["key"].clone();
    client.authenticate(json!({"cik": key}));
    assert_eq!(client.result("lookup", json!([{"alias": ""}, "alias", ""])), cellar);
    let auth = json!({"cik": key, "client_id": client.result("lookup", json!([{"alias": ""}, "alias", ""]))});
    client.authenticate(auth);
    let mut stranger = Client::stranger("");
    let root = Client::owner("").result("lookup", json!([{"alias": ""}, "alias", ""]));
    for auth in [json!({"cik": key, "client_id": root}), json!({"cik": key, "resource_id": cellar})] {
        assert_eq!(stranger.send(&json!({"auth": auth}))[0]["error"]["code"], 401, "{auth}");
    }
}

#[test]
fn calls_may_come_with_the_key_or_right_behind_it() {
    let mut client = Client::stranger("");
    let call = json!([{"id": 1, "procedure": "lookup", "arguments": [{"alias": ""}, "alias", ""]}]);
    let frames = client.send(&json!({"auth": {"cik": DEMO_KEY}, "calls": call}));
    assert_eq!((frames.len(), &frames[0], &frames[1][0]["id"]), (2, &json!({"status": "ok"}), &json!(1)));
}

#[test]
fn a_key_is_good_once_it_is_activated_and_until_it_is_not() {
    let mut client = Client::owner("");
    let rid = client.create(json!({"alias": ""}), "client", limits());
    let key = |client: &mut Client| client.result("info", json!([rid, {"key": true}]))["key"].clone();
    let status =
        |client: &mut Client| client.result("info", json!([rid, {"basic": true}]))["basic"]["status"].clone();
    let lets_in = |key: &Value| {
        let mut other = Client::owner("");
        other.send(&json!({"auth": {"cik": key}}))[0]["status"] == "ok"
    };
    let first = key(&mut client);
    assert_eq!(status(&mut client), "notactivated");
    assert!(!lets_in(&first));
    assert_eq!(client.status("activate", json!([{"alias": ""}, "client", first])), "ok");
    assert_eq!(client.status("activate", json!([{"alias": ""}, "client", first])), "invalid");
    assert_eq!(status(&mut client), "activated");
    let mut child = client;
    let frames = child.send(&json!({"auth": {"cik": first}}));
    assert_eq!(frames, [json!({"status": "ok"})]);
    assert_eq!(child.status("revoke", json!(["client", first])), "noauth", "its own");
    child.authenticate(json!({"cik": DEMO_KEY}));
    let mut client = child;
    assert_eq!(client.status("revoke", json!(["client", first])), "ok");
    let second = key(&mut client);
    assert_ne!(first, second);
    assert_eq!(client.status("revoke", json!(["client", first])), "invalid");
    assert_eq!(status(&mut client), "notactivated");
    assert_eq!(client.status("activate", json!(["client", second])), "ok", "the old form");
    assert_eq!(client.status("deactivate", json!([{"alias": ""}, "client", second])), "ok");
    assert_eq!(client.status("activate", json!([{"alias": ""}, "client", second])), "invalid", "expired");
    assert!(client.send(&json!({"auth": {"cik": second}}))[0]["error"].is_object());
}

#[test]
fn a_token_is_for_what_it_was_granted_and_for_a_while() {
    let mut client = Client::owner("");
    let (tank, pump) = (client.rid("cellar", "tank-1"), client.rid("cellar", "pump"));
    let rights =
        json!({tank.as_str().expect("an RID"): ["read"], pump.as_str().expect("an RID"): ["read", "write"]});
    let token = client.result("grant", json!([{"alias": "cellar"}, rights, {"ttl": 60}]));
    client.authenticate(json!({"token": token}));
    assert_eq!(client.result("read", json!([tank, {}])).as_array().map(Vec::len), Some(1));
    assert_eq!(client.result("read", json!([{"alias": "pump"}, {}])).as_array().map(Vec::len), Some(1));
    assert_eq!(client.status("write", json!([pump, 1])), "ok");
    for (procedure, arguments) in [
        ("write", json!([tank, 1])),
        ("read", json!([{"alias": "tank-2"}, {}])),
        ("info", json!([{"alias": ""}, {"key": true}])),
        ("drop", json!([pump])),
        ("listing", json!([{"alias": ""}, ["dataport"], {}])),
    ] {
        assert_eq!(client.status(procedure, arguments.clone()), "restricted", "{procedure} {arguments}");
    }
    client.pass(61.0);
    assert_eq!(client.send(&json!({"auth": {"token": token}}))[0]["error"]["code"], 401);
}
