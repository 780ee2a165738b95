//! Resources are found by their names.

use super::*;

#[test]
fn a_name_is_given_found_and_taken_away() {
    let mut client = Client::empty("");
    let rid = client.create(json!({"alias": ""}), "dataport", json!({"format": "float"}));
    for name in ["temperature", "myfloat"] {
        assert_eq!(client.call("map", json!(["alias", rid, name])), json!({"status": "ok"}));
        assert_eq!(client.result("lookup", json!([{"alias": ""}, "alias", name])), rid);
    }
    assert_eq!(client.result("lookup", json!(["alias", "temperature"])), rid, "the old form");
    assert_eq!(client.status("map", json!(["alias", rid, "myfloat"])), "invalid", "it is taken");
    assert_eq!(client.status("map", json!(["alias", rid, ""])), "invalid");
    assert_eq!(client.status("map", json!(["tag", rid, "x"])), "invalid");
    assert_eq!(client.status("unmap", json!([{"alias": ""}, "alias", "temperature"])), "ok");
    assert_eq!(client.status("unmap", json!(["alias", "myfloat"])), "ok", "the old form");
    assert_eq!(client.status("unmap", json!([{"alias": ""}, "alias", "myfloat"])), "invalid");
    assert_eq!(client.status("lookup", json!([{"alias": ""}, "alias", "myfloat"])), "invalid");
    assert_eq!(client.status("lookup", json!([{"alias": ""}, "colour", "red"])), "invalid");
}

#[test]
fn names_of_another_client_are_asked_of_it() {
    let mut client = Client::owner("");
    let cellar = client.rid("", "cellar");
    let pump = client.rid("cellar", "pump");
    assert_eq!(client.status("read", json!([{"alias": "pump"}, {}])), "invalid", "of a child's child");
    for rid in [cellar.clone(), json!({"alias": "cellar"})] {
        let points = client.result("read", json!([{"alias": "pump", "rid": rid}, {}]));
        assert_eq!(points.as_array().map(Vec::len), Some(1));
    }
    assert_eq!(client.result("lookup", json!([cellar, "owner", pump])), cellar);
    let root = client.result("lookup", json!([{"alias": ""}, "alias", ""]));
    assert_eq!(client.result("lookup", json!([{"alias": ""}, "owner", cellar])), root);
    assert_eq!(client.status("lookup", json!([{"alias": ""}, "owner", root])), "restricted");
}
