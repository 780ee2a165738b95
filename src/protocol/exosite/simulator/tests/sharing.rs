//! Codes let others see what is shared.

use super::*;

/// The owner of the vineyard, the RIDs of the pump and of a slope, and a code for the pump.
fn shared() -> (Client, Value, Value, Value) {
    let mut client = Client::owner("");
    let (pump, slope) = (client.rid("cellar", "pump"), client.rid("", "slope-north"));
    let code = client.result("share", json!([pump, {"meta": "for the slope"}]));
    (client, pump, slope, code)
}

#[test]
fn whoever_activates_a_code_may_read_what_is_shared() {
    let (mut client, pump, slope, code) = shared();
    assert_eq!(client.result("lookup", json!([{"alias": ""}, "shared", code])), pump);
    client.authenticate(json!({"cik": DEMO_KEY, "client_id": slope}));
    assert_eq!(client.status("read", json!([pump, {}])), "restricted");
    assert_eq!(client.call("activate", json!([{"alias": ""}, "share", code])), json!({"status": "ok"}));
    for procedure in ["read", "subscribe", "info"] {
        assert_eq!(client.status(procedure, json!([pump, {}])), "ok", "{procedure}");
    }
    assert_eq!(client.status("write", json!([pump, 1])), "restricted");
    let listing = client.result("listing", json!([{"alias": ""}, ["dataport"], {"activated": true}]));
    assert_eq!(listing["dataport"], json!([pump]));
    assert_eq!(client.status("map", json!(["alias", pump, "pump"])), "ok");
    assert_eq!(client.status("read", json!([{"alias": "pump"}, {}])), "ok");
    assert_eq!(client.status("activate", json!([{"alias": ""}, "share", code])), "invalid", "twice");
    assert_eq!(client.status("deactivate", json!([{"alias": ""}, "share", pump])), "ok");
    assert_eq!(client.status("read", json!([pump, {}])), "restricted");
    assert_eq!(client.status("deactivate", json!([{"alias": ""}, "share", code])), "invalid");
}

#[test]
fn the_owner_sees_who_has_activated_a_code_and_revokes_it() {
    let (mut client, pump, slope, code) = shared();
    client.result("activate", json!([slope, "share", code]));
    let cellar = client.rid("", "cellar");
    client.authenticate(json!({"cik": DEMO_KEY, "client_id": cellar}));
    let shares = client.result("info", json!([pump, {"shares": true}]))["shares"].clone();
    assert_eq!(shares, json!([{"activator": slope, "code": code, "meta": "for the slope"}]));
    let again = client.result("share", json!([pump, {"meta": "new", "code": code}]));
    assert_eq!(again, code, "its meta changes");
    client.authenticate(json!({"cik": DEMO_KEY, "client_id": slope}));
    assert_eq!(client.status("revoke", json!(["share", code])), "noauth");
    client.authenticate(json!({"cik": DEMO_KEY}));
    assert_eq!(client.status("revoke", json!(["share", code])), "ok");
    assert_eq!(client.status("revoke", json!(["share", code])), "invalid");
    client.authenticate(json!({"cik": DEMO_KEY, "client_id": slope}));
    assert_eq!(client.status("read", json!([pump, {}])), "restricted");
}

#[test]
fn codes_that_do_not_exist_are_invalid() {
    let mut client = Client::owner("");
    let none = "f".repeat(40);
    for (procedure, arguments) in [
        ("revoke", json!(["client", none])),
        ("revoke", json!(["share", none])),
        ("revoke", json!(["moon", none])),
        ("activate", json!([{"alias": ""}, "client", none])),
        ("activate", json!([{"alias": ""}, "share", none])),
        ("deactivate", json!([{"alias": ""}, "client", none])),
        ("deactivate", json!([{"alias": ""}, "share", none])),
        ("lookup", json!([{"alias": ""}, "shared", none])),
        ("grant", json!([{"alias": ""}, {none.as_str(): ["read"]}])),
        ("grant", json!([{"alias": ""}, {DEMO_KEY: ["read"]}, 5])),
    ] {
        assert_eq!(client.status(procedure, arguments.clone()), "invalid", "{procedure} {arguments}");
    }
    assert_eq!(client.status("activate", json!([{"alias": ""}, "client", DEMO_KEY])), "noauth", "its own");
}
