//! Resources are made, changed, moved and dropped.

use super::*;

#[test]
fn each_type_has_a_description_with_what_nobody_gave() {
    let mut client = Client::empty("");
    let me = json!({"alias": ""});
    for (kind, given, members) in [
        ("client", json!({"name": "Dev"}), vec!["limits", "locked", "meta", "name", "public"]),
        (
            "dataport",
            json!({"format": "float", "name": "Dev"}),
            vec!["format", "meta", "name", "public", "preprocess", "retention", "subscribe"],
        ),
        (
            "datarule",
            json!({"format": "string", "name": "Dev", "rule": {"script": ""}}),
            vec!["format", "rule", "meta", "name", "public", "preprocess", "retention", "subscribe"],
        ),
        (
            "dispatch",
            json!({"name": "Dev", "method": "email", "recipient": "a@b.example"}),
            vec![
                "locked",
                "message",
                "subject",
                "meta",
                "name",
                "public",
                "preprocess",
                "retention",
                "subscribe",
                "method",
                "recipient",
            ],
        ),
    ] {
        let rid = client.create(me.clone(), kind, given);
        let description = client.result("info", json!([rid, {"description": true}]))["description"].take();
        assert_eq!((names(&description), &description["name"]), (members, &json!("Dev")), "{kind}");
    }
    let old = client.result("create", json!(["dataport", {"format": "integer"}]));
    let listed = client.result("listing", json!([me, ["dataport"], {}]));
    assert!(listed["dataport"].as_array().is_some_and(|rids| rids.contains(&old)), "the old form");
}

#[test]
fn what_may_not_be_made_is_refused() {
    let mut client = Client::empty("");
    let rid = client.dataport("float", "x");
    for (owner, kind, description, status) in [
        (json!({"alias": ""}), "sensor", json!({}), "invalid"),
        (json!({"alias": ""}), "dataport", json!({}), "invalid"),
        (json!({"alias": ""}), "dataport", json!({"format": "complex"}), "invalid"),
        (json!({"alias": ""}), "dataport", json!({"format": "float", "name": 5}), "invalid"),
        (json!({"alias": ""}), "dataport", json!({"format": "float", "retention": {"count": -1}}), "invalid"),
        (json!({"alias": ""}), "client", json!({"limits": {"moons": 1}}), "invalid"),
        (json!({"alias": ""}), "client", json!({"meta": "x".repeat(20_000)}), "invalid"),
        (json!({"alias": ""}), "client", json!([]), "fail"),
        (rid, "dataport", json!({"format": "float"}), "invalid"),
    ] {
        let status_is = client.status("create", json!([owner, kind, description]));
        assert_eq!(status_is, status, "{kind} {description:.40}");
    }
}

#[test]
fn a_client_owns_no_more_than_it_may() {
    let mut client = Client::empty("");
    let child = client.create(json!({"alias": ""}), "client", json!({"limits": {"dataport": 1}}));
    let dataport = json!([child, "dataport", {"format": "float"}]);
    assert_eq!(client.status("create", dataport.clone()), "ok");
    assert_eq!(client.status("create", dataport.clone()), "limit");
    assert_eq!(client.status("create", json!([child, "client", {}])), "limit", "none by default");
    assert_eq!(client.status("update", json!([child, {"limits": {"dataport": 0}}])), "invalid", "in use");
    assert_eq!(client.status("update", json!([child, {"limits": {"dataport": "inherit"}}])), "ok");
    assert_eq!(client.status("create", dataport), "ok");
}

#[test]
fn an_update_changes_what_it_names() {
    let mut client = Client::empty("");
    let rid = client.dataport("float", "x");
    client.pass(5.0);
    let meta = r#"{"datasource":{"unit":"bar"}}"#;
    assert_eq!(client.status("update", json!([rid, {"name": "Pressure", "meta": meta}])), "ok");
    let info = client.result("info", json!([rid, {"description": true, "basic": true}]));
    let description = &info["description"];
    assert_eq!((&description["name"], &description["meta"]), (&json!("Pressure"), &json!(meta)));
    assert_eq!(
        (&description["format"], &info["basic"]["modified"]),
        (&json!("float"), &json!(START_SECS + 5))
    );
    assert_eq!(client.status("update", json!([rid, {"format": "integer"}])), "invalid");
    assert_eq!(client.status("update", json!([rid, {"name": 5}])), "invalid");
    assert_eq!(client.status("update", json!([{"alias": ""}, {"name": "Me"}])), "restricted");
}

#[test]
fn what_is_dropped_is_gone_with_all_that_is_in_it() {
    let mut client = Client::owner("");
    let tank = client.rid("cellar", "tank-1");
    assert_eq!(client.call("drop", json!([{"alias": "cellar"}])), json!({"status": "ok"}));
    for arguments in [json!([tank, {}]), json!([{"alias": "cellar"}, {}])] {
        assert_eq!(client.status("info", arguments), "invalid");
    }
    let rest = client.result("listing", json!([{"alias": ""}, ["client"], {}]));
    assert_eq!(rest["client"].as_array().map(Vec::len), Some(3));
    client.pass(5.0);
    assert_eq!(client.status("drop", json!([{"alias": ""}])), "restricted");
}

#[test]
fn what_moves_takes_its_names_along_if_that_is_wished() {
    for with_aliases in [true, false] {
        let mut client = Client::owner("");
        let (tank, slope) = (client.rid("cellar", "tank-1"), client.rid("", "slope-north"));
        let arguments = json!([tank, slope, {"aliases": with_aliases}]);
        assert_eq!(client.call("move", arguments), json!({"status": "ok"}));
        assert_eq!(client.result("lookup", json!([slope, "owner", tank])), slope);
        let found = client.status("lookup", json!([slope, "alias", "tank-1"]));
        assert_eq!(found, if with_aliases { "ok" } else { "invalid" });
        assert_eq!(client.status("lookup", json!([{"alias": "cellar"}, "alias", "tank-1"])), "invalid");
        assert_eq!(client.points(tank).len(), 600, "its data go along");
    }
    let mut client = Client::owner("");
    let root = client.result("lookup", json!([{"alias": ""}, "alias", ""]));
    assert_eq!(client.status("move", json!([root, {"alias": "cellar"}, {}])), "restricted");
    assert_eq!(client.status("move", json!([{"alias": "cellar"}, {"alias": "cellar"}, {}])), "invalid");
}

#[test]
fn a_clone_has_what_the_original_has() {
    let mut client = Client::owner("");
    let cellar = client.rid("", "cellar");
    let me = json!({"alias": ""});
    let clone = client.create(me.clone(), "clone", json!({"rid": cellar}));
    let count = |client: &mut Client, rid: &Value| {
        client.result("info", json!([rid, {"counts": true}]))["counts"]["dataport"].clone()
    };
    assert_eq!(count(&mut client, &clone), count(&mut client, &cellar));
    let tank = client.result("lookup", json!([clone, "alias", "tank-1"]));
    assert_ne!(tank, client.rid("cellar", "tank-1"));
    assert_eq!(client.points(tank.clone()).len(), 600);
    let description = json!({"rid": cellar, "noaliases": true, "nohistorical": true});
    let bare = client.create(me.clone(), "clone", description);
    assert_eq!(client.status("lookup", json!([bare, "alias", "tank-1"])), "invalid");
    let rids = client.result("listing", json!([bare, ["dataport"], {}]))["dataport"].take();
    assert_eq!(client.points(rids[0].clone()), Vec::<Value>::new());
    let code = client.result("share", json!([cellar, {}]));
    client.create(me.clone(), "clone", json!({"code": code}));
    for wrong in [json!({}), json!({"rid": tank}), json!({"code": "f".repeat(40)}), json!({"rid": me})] {
        assert_eq!(client.status("create", json!([me, "clone", wrong])), "invalid", "{wrong}");
    }
}
