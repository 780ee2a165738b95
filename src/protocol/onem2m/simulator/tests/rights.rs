//! Who may do what.

use super::*;

/// A CSE with the AEs `Ctest` and `Cother`; the client speaks for the latter.
fn two_aes() -> Client {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    client.register("Cother");
    client.fr = "Cother".into();
    client
}

#[test]
fn a_foreign_resource_is_closed() {
    let mut client = two_aes();
    let ri = {
        client.fr = "Ctest".into();
        client.read("Ctest/c")["ri"].as_str().expect("an id").to_owned()
    };
    client.fr = "Cother".into();
    let answer = client.retrieve("Ctest/c");
    assert_eq!(answer["rsc"], 4103);
    assert_eq!(debug(&answer), format!("originator: Cother has no RETRIEVE privileges for resource: {ri}"));
    assert_eq!(client.create("Ctest/c", 4, instance(1))["rsc"], 4103);
    assert_eq!(client.update("Ctest/c", json!({"m2m:cnt": {"lbl": []}}))["rsc"], 4103);
    assert_eq!(client.delete("Ctest/c")["rsc"], 4103);
    let sub = client.create("Ctest/c", 23, json!({"m2m:sub": {"nu": ["Cother"]}}));
    assert!(debug(&sub).contains("has no CREATE privileges"), "{sub}");
}

#[test]
fn discovery_shows_only_what_may_be_seen() {
    let mut client = two_aes();
    let answer = client.ask(json!({"op": 2, "to": "cse-in", "fc": {"fu": 1}}));
    assert_eq!(answer["pc"], json!({"m2m:uril": ["cse-in/Cother"]}));
    let answer = client.ask(json!({"op": 2, "to": "cse-in", "rcn": 6, "fc": {"lim": 1}}));
    assert_eq!(answer["pc"]["m2m:rrl"]["rrf"][0]["nm"], "Cother", "the limit counts what may be seen");
}

#[test]
fn the_csebase_is_read_by_those_who_are_registered() {
    let mut client = two_aes();
    assert_eq!(client.retrieve("-")["rsc"], 2000);
    client.fr = "Cnobody".into();
    let answer = client.retrieve("-");
    assert_eq!(debug(&answer), "originator: Cnobody has no RETRIEVE privileges for resource: id-in");
}

#[test]
fn the_administrator_may_do_everything() {
    let mut client = two_aes();
    client.fr = "CAdmin".into();
    assert_eq!(client.retrieve("-")["rsc"], 2000);
    assert_eq!(client.create("Ctest/c", 4, instance(1))["rsc"], 2001);
    assert_eq!(client.delete("Ctest")["rsc"], 2002);
}

#[test]
fn a_policy_opens_what_refers_to_it() {
    let mut client = two_aes();
    client.fr = "Ctest".into();
    let all = json!({"acr": [{"acor": ["Ctest"], "acop": 63}]});
    for (originators, operations) in [(json!(["Coth*"]), 3), (json!(["all"]), 2), (json!(["Celse"]), 63)] {
        client.fr = "Ctest".into();
        client.delete("Ctest/p");
        let pv = json!({"acr": [{"acor": originators, "acop": operations}]});
        client.make("Ctest", 1, json!({"m2m:acp": {"rn": "p", "pv": pv, "pvs": all}}));
        client.update("Ctest/c", json!({"m2m:cnt": {"acpi": ["cse-in/Ctest/p"]}}));
        client.make("Ctest/c", 4, instance(1));
        client.fr = "Cother".into();
        let open = originators != json!(["Celse"]);
        assert_eq!(client.retrieve("Ctest/c")["rsc"], if open { 2000 } else { 4103 }, "{originators}");
        assert_eq!(client.retrieve("Ctest/c/la")["rsc"], if open { 2000 } else { 4103 }, "{originators}");
        let created = client.create("Ctest/c", 4, instance(2));
        assert_eq!(created["rsc"], if operations == 3 { 2001 } else { 4103 }, "{originators}");
        assert_eq!(client.retrieve("Ctest/p")["rsc"], 4103, "the policy itself stays closed");
    }
}
