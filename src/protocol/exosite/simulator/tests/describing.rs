//! What `info`, `listing` and `usage` tell.

use super::*;

#[test]
fn all_parts_are_told_where_none_is_chosen() {
    let mut client = Client::owner("");
    let tank = client.rid("cellar", "tank-1");
    let of_child = client.result("info", json!([{"alias": "cellar"}, {}]));
    let parts = [
        "aliases",
        "basic",
        "counts",
        "description",
        "key",
        "shares",
        "subscribers",
        "tagged",
        "tags",
        "usage",
    ];
    assert_eq!(names(&of_child), parts);
    let of_self = client.result("info", json!([{"alias": ""}]));
    assert_eq!(
        names(&of_self),
        parts
            .map(|part| if part == "key" { "" } else { part })
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
    );
    let of_grandchild = client.result("info", json!([tank, {}]));
    assert_eq!(names(&of_grandchild), ["aliases", "basic", "description", "storage", "subscribers", "tags"]);
    let chosen =
        client.result("info", json!([tank, {"basic": true, "key": true, "tags": false, "moon": true}]));
    assert_eq!(names(&chosen), ["basic"]);
    assert_eq!(client.result("info", json!([tank, {"basic": false}])), json!({}));
}

#[test]
fn aliases_are_known_to_the_owner_and_to_itself() {
    let mut client = Client::owner("");
    let (cellar, tank) = (client.rid("", "cellar"), client.rid("cellar", "tank-1"));
    let mut aliases = |rid: &Value| client.result("info", json!([rid, {"aliases": true}]))["aliases"].clone();
    assert_eq!(aliases(&tank), "undefined", "of a grandchild");
    let of_child = aliases(&cellar);
    assert_eq!(of_child[tank.as_str().expect("an RID")], json!(["tank-1"]));
    let of_self = aliases(&json!({"alias": ""}));
    assert_eq!(of_self[cellar.as_str().expect("an RID")], json!(["cellar"]));
    client.authenticate(json!({"cik": DEMO_KEY, "client_id": cellar}));
    client.result("map", json!(["alias", tank, "riesling"]));
    let of_dataport = client.result("info", json!([tank, {"aliases": true}]));
    assert_eq!(of_dataport["aliases"], json!(["tank-1", "riesling"]));
}

#[test]
fn the_parts_have_their_documented_shapes() {
    let mut client = Client::empty("");
    let rid = client.dataport("integer", "x");
    let me = json!({"alias": ""});
    let info = client.result("info", json!([rid, {"basic": true, "storage": true, "aliases": true}]));
    assert_eq!(
        info,
        json!({
            "aliases": ["x"],
            "basic": {"modified": START_SECS, "subscribers": 0, "type": "dataport"},
            "storage": {"count": 0, "first": 0, "last": 0, "size": 0},
        })
    );
    client.result("recordbatch", json!([rid, [[-9, 1], [-5, 2]]]));
    let info = client.result("info", json!([rid, {"storage": true}]));
    let storage = json!({"count": 2, "first": START_SECS - 9, "last": START_SECS - 5, "size": 16});
    assert_eq!(info["storage"], storage);
    let rule = client.create(me.clone(), "datarule", json!({"format": "string", "subscribe": rid}));
    let info = client.result("info", json!([rid, {"subscribers": true, "basic": true}]));
    assert_eq!(
        (&info["subscribers"], &info["basic"]["subscribers"]),
        (&json!([["datarule", rule]]), &json!(1))
    );
    let info = client.result("info", json!([me, {"basic": true, "counts": true}]));
    assert_eq!(
        (&info["basic"]["type"], &info["basic"]["status"]),
        (&json!("client"), &json!("notactivated"))
    );
    let counts = json!({"client": 0, "dataport": 1, "datarule": 1, "dispatch": 0, "disk": 16, "share": 0,
        "email": 0, "http": 0, "sms": 0, "xmpp": 0});
    assert_eq!(info["counts"], counts);
}

#[test]
fn a_listing_has_a_present_and_a_deprecated_form() {
    let mut client = Client::owner("");
    let me = json!({"alias": ""});
    let kinds = json!(["dataport", "client", "dispatch"]);
    let listing = client.result("listing", json!([me, kinds, {"owned": true}]));
    assert_eq!(names(&listing), ["dataport", "client", "dispatch"]);
    let sizes = |listing: &Value| -> Vec<usize> {
        let lists = listing.as_array().into_iter().flatten();
        lists.filter_map(|list| Some(list.as_array()?.len())).collect()
    };
    assert_eq!(listing["client"].as_array().map(Vec::len), Some(4));
    assert_eq!(client.result("listing", json!([me, kinds, {}])), listing);
    assert_eq!(client.result("listing", json!([kinds, {}])), listing, "without a client");
    let old = client.result("listing", json!([me, kinds]));
    assert_eq!(sizes(&old), [0, 4, 1]);
    assert_eq!(client.result("listing", json!([kinds])), old);
    let answer = client.call("listing", json!([me, ["dataport", "moon"], {}]));
    assert!(answer["status"] == "error" && answer["result"].is_string(), "{answer}");
}

#[test]
fn more_can_be_listed_than_what_is_owned() {
    let mut client = Client::owner("");
    let me = json!({"alias": ""});
    let (pump, air) = (client.rid("cellar", "pump"), client.rid("weather-station", "air-temperature"));
    client.result("map", json!(["alias", pump, "the-pump"]));
    let mut dataports =
        |options: Value| client.result("listing", json!([me, ["dataport"], options]))["dataport"].clone();
    assert_eq!(dataports(json!({"owned": true})), json!([]));
    assert_eq!(dataports(json!({"aliased": true})), json!([pump]));
    assert_eq!(dataports(json!({"public": true})), json!([air]));
    assert_eq!(dataports(json!({"aliased": true, "public": true, "tagged": ["x"]})), json!([pump, air]));
    assert_eq!(dataports(json!({"activated": true})), json!([]));
}

#[test]
fn usage_is_a_number_for_each_metric() {
    let mut client = Client::owner("");
    let mut usage = |metric: &str| client.call("usage", json!([{"alias": ""}, metric, 1000, 1010]));
    assert_eq!(usage("client"), json!({"status": "ok", "result": 40}));
    assert_eq!(usage("dataport"), json!({"status": "ok", "result": 220}));
    for metric in ["email", "http", "sms", "xmpp", "share"] {
        assert_eq!(usage(metric), json!({"status": "ok", "result": 0}), "{metric}");
    }
    assert_eq!(usage("moon"), json!({"status": "invalid"}));
    assert_eq!(client.status("usage", json!([{"alias": ""}, "client", 10, 5])), "invalid");
}
