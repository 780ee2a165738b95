//! The life of an AE.

use super::*;

fn ae(more: Value) -> Value {
    let mut ae = json!({"api": "Nexample.test", "rr": true, "srv": ["4"]});
    for (name, value) in more.as_object().expect("an object") {
        ae[name] = value.clone();
        if value.is_null() {
            ae.as_object_mut().expect("an object").shift_remove(name);
        }
    }
    json!({"m2m:ae": ae})
}

#[test]
fn an_ae_registers_under_the_id_that_it_claims() {
    let mut client = Client::stranger("");
    let answer = client.register("Cdash1");
    assert_eq!(names(&answer), ["fr", "to", "ot", "rsc", "rqi", "rvi", "drt", "pc"]);
    assert_eq!(
        (&answer["fr"], &answer["to"], &answer["rsc"]),
        (&json!("/id-in"), &json!("Cdash1"), &json!(2001))
    );
    assert_eq!(answer["ot"], "20261120T201707,000000");
    let ae = &answer["pc"]["m2m:ae"];
    assert_eq!(names(ae), ["rn", "api", "rr", "srv", "poa", "pi", "ri", "ty", "aei", "ct", "lt", "et"]);
    assert_eq!((&ae["ri"], &ae["aei"], &ae["pi"]), (&json!("Cdash1"), &json!("Cdash1"), &json!("id-in")));
    assert_eq!(ae["et"], "20311119T201707,000000", "five years");
}

#[test]
fn an_ae_without_an_id_is_given_one() {
    let mut client = Client::stranger("");
    for (fr, start) in [(json!("C"), 'C'), (json!(""), 'C'), (json!("S"), 'S')] {
        let answer = client.ask(json!({"op": 1, "to": "cse-in", "ty": 2, "fr": fr, "pc": ae(json!({}))}));
        let aei = answer["pc"]["m2m:ae"]["aei"].as_str().expect("an AE-ID").to_owned();
        assert!(aei.len() == 11 && aei.starts_with(start), "{aei}");
        assert_eq!(answer["to"], aei, "the answer goes to the new id");
    }
    let mut request = client.request(json!({"op": 1, "to": "cse-in", "ty": 2, "pc": ae(json!({}))}));
    request.as_object_mut().expect("an object").shift_remove("fr");
    assert_eq!(client.send(&request)[0]["rsc"], 2001, "no fr at all");
}

#[test]
fn a_registration_that_lacks_something_is_refused() {
    let mut client = Client::empty("");
    for (fr, more, rsc, words) in [
        ("Cdash1", json!({"api": "example"}), 4000, "missing or empty attribute: \"api\""),
        ("Cdash1", json!({"api": null}), 4000, "missing or empty attribute: \"api\""),
        ("Cdash1", json!({"srv": null}), 4000, "missing or empty attribute: \"srv\""),
        ("Cdash1", json!({"srv": []}), 4000, "missing or empty attribute: \"srv\""),
        ("Cdash1", json!({"rr": null}), 4000, "missing or empty attribute: \"rr\""),
        ("Cdash1", json!({"rr": "true"}), 4000, "attribute: rr, value: \"true\" : expected type: boolean"),
        ("Cdash1", json!({"aei": "Cdash1"}), 4000, "found non-provision attribute: aei"),
        ("Cdash1", json!({"et": "20200101T000000"}), 4000, "expirationTimestamp is in the past"),
        ("Xdash1", json!({}), 4107, "security association required"),
        ("Ctest", json!({}), 4117, "Originator has already registered: Ctest"),
    ] {
        let answer = client.ask(json!({"op": 1, "to": "cse-in", "ty": 2, "fr": fr, "pc": ae(more.clone())}));
        assert_eq!(answer["rsc"], rsc, "{more}: {answer}");
        assert!(debug(&answer).starts_with(words), "{more}: {answer}");
    }
}

#[test]
fn an_ae_lies_under_the_csebase_alone() {
    let mut client = Client::empty("");
    let answer = client.ask(json!({"op": 1, "to": "Ctest", "ty": 2, "fr": "C", "pc": ae(json!({}))}));
    assert_eq!(answer["rsc"], 4108, "{answer}");
}

#[test]
fn an_ae_vanishes_when_its_time_is_over() {
    let mut client = Client::stranger("");
    let et = json!({"et": "20261120T201712"});
    client.ask(json!({"op": 1, "to": "cse-in", "ty": 2, "fr": "Cshort", "pc": ae(et)}));
    client.fr = "Cshort".into();
    client.make("Cshort", 3, container("c"));
    client.pass(3.0);
    let answer = client.update("Cshort", json!({"m2m:ae": {"et": "20261120T201722"}}));
    assert_eq!(answer["pc"]["m2m:ae"]["et"], "20261120T201722,000000");
    client.pass(7.0);
    assert_eq!(client.read("Cshort")["ri"], "Cshort", "its life was renewed");
    client.pass(7.0);
    assert_eq!(client.register("Cshort")["rsc"], 2001, "nobody is registered under this id any more");
    client.update("Cshort", json!({"m2m:ae": {"et": "20261120T201800"}}));
    let answer = client.update("Cshort", json!({"m2m:ae": {"et": null}}));
    assert!(answer["pc"]["m2m:ae"]["et"].as_str() > Some("2031"), "{answer}");
    client.delete("Cshort");
    client.fr = "CAdmin".into();
    assert_eq!(client.retrieve("Cshort")["rsc"], 4004);
    assert_eq!(client.retrieve("cse-in/Cshort/c")["rsc"], 4004);
}

#[test]
fn an_ae_deregisters_and_may_come_back() {
    let mut client = Client::empty("");
    assert_eq!(client.delete("Ctest")["rsc"], 2002);
    assert_eq!(client.retrieve("cse-in")["rsc"], 4103, "nobody knows it any more");
    assert_eq!(client.register("Ctest")["rsc"], 2001);
}
