//! What is wrong is answered as the table of errors says.

use super::*;

#[test]
fn frames_that_are_no_requests_are_answered_or_ignored() {
    let mut client = Client::empty("");
    let frames = client.send_text("{bad json");
    assert_eq!(names(&frames[0]), ["fr", "to", "ot", "rsc", "drt", "pc"], "no rqi");
    assert_eq!((&frames[0]["rsc"], &frames[0]["to"]), (&json!(4000), &json!("/id-in")));
    assert!(debug(&frames[0]).starts_with("Malformed request/content? "));
    for silent in ["[1,2]", "\"x\"", "7", "null"] {
        assert_eq!(client.send_text(silent), Vec::<Value>::new(), "{silent}");
    }
    let frames = client.send_text("{}");
    assert_eq!(debug(&frames[0]), "to/target parameter is mandatory in request");
    assert!(frames[0].get("rqi").is_none());
    let deep = "[".repeat(100_000);
    assert_eq!(client.send_text(&deep)[0]["rsc"], 4000);
    let json_in_binary = Frame::Binary(br#"{"op":2,"to":"-","rqi":"b","rvi":"4","fr":"Ctest"}"#.to_vec());
    let outputs = client.feed(SimulatorInput::Frame(&json_in_binary));
    assert_eq!(super::frames(outputs)[0]["rsc"], 2000);
}

#[test]
fn members_of_a_request_are_read_strictly() {
    let mut client = Client::empty("");
    for (given, rsc, words) in [
        (json!({"rvi": "9"}), 4001, "release version unsupported: 9"),
        (json!({"rvi": 4}), 4000, "attribute: rvi, value: 4 : expected type: string"),
        (json!({"rqi": 5}), 4000, "attribute: rqi, value: 5 : expected type: string"),
        (json!({"op": 99}), 4000, "attribute: op, value: 99 : undefined enum value"),
        (json!({"op": "2"}), 4000, "attribute: op, value: \"2\" : undefined enum value"),
        (json!({"fr": ""}), 4000, "from/originator parameter is mandatory"),
        (json!({"rcn": 3}), 4000, "rcn: 3 is not allowed in a RETRIEVE request"),
        (json!({"rcn": 0}), 4000, "rcn: 0 is not allowed in a RETRIEVE request"),
        (json!({"rt": 3}), 4000, "attribute: rt, value: 3 : expected type: object"),
        (json!({"fc": {"ty": 3}}), 4000, "attribute: ty, value: 3 : expected type: list"),
        (json!({"fc": {"moon": 3}}), 4000, "unsupported filter criterion: moon"),
        (json!({"rqet": "20200101T000000"}), 4008, "request timeout reached: rqet"),
        (json!({"rqet": 0}), 4008, "request timeout reached: rqet 0"),
        (json!({"drt": 3}), 4000, "attribute: drt"),
        (json!({"op": 1, "ty": 77}), 4000, "attribute: ty, value: 77 : undefined enum value"),
        (json!({"op": 1, "ty": 48}), 5001, "resource type 48 is not supported"),
        (json!({"op": 1}), 4000, "type parameter is mandatory for CREATE requests"),
        (json!({"op": 1, "ty": 3, "pc": []}), 4000, "attribute: pc : expected type: object"),
    ] {
        let mut request = json!({"op": 2, "to": "cse-in"});
        for (name, value) in given.as_object().expect("an object") {
            request[name] = value.clone();
        }
        let request = client.request(request);
        let answer = client.send(&request).remove(0);
        assert_eq!(answer["rsc"], rsc, "{given}: {answer}");
        assert!(debug(&answer).starts_with(words), "{given}: {answer}");
        assert_eq!(answer.get("rqi").is_some(), request["rqi"].is_string(), "{answer}");
    }
    for missing in ["rvi", "rqi", "op", "fr", "to"] {
        let mut request = client.request(json!({"op": 2, "to": "cse-in"}));
        request.as_object_mut().expect("an object").shift_remove(missing);
        let answer = client.send(&request).remove(0);
        assert_eq!(answer["rsc"], if missing == "rvi" { 4001 } else { 4000 }, "{missing}: {answer}");
        assert!(missing != "rvi" || answer.get("rvi").is_none(), "{answer}");
    }
    let unknown = client.ask(json!({"op": 2, "to": "cse-in", "moon": 1, "rqet": 5000}));
    assert_eq!(unknown["rsc"], 2000, "an unknown member is ignored");
}

#[test]
fn addresses_lead_to_their_resource() {
    let mut client = Client::empty("");
    let ri = client.make("Ctest", 3, container("temp"))["ri"].as_str().expect("an id").to_owned();
    for to in ["-", "cse-in", "id-in", "/id-in/-", "/id-in/cse-in", "//greenhouse.example/id-in/cse-in"] {
        let base = client.read(to);
        assert_eq!((&base["csi"], &base["ty"]), (&json!("/id-in"), &json!(5)), "{to}");
        assert!(base["ctm"].is_string());
    }
    for to in [
        ri.as_str(),
        "-/Ctest/temp",
        "cse-in/Ctest/temp",
        "Ctest/temp",
        "/id-in/cse-in/Ctest/temp",
        "//greenhouse.example/id-in/cse-in/Ctest/temp",
    ] {
        assert_eq!(client.read(to)["ri"], ri, "{to}");
    }
    for (to, rsc, words) in [
        ("", 4000, "to/target parameter is mandatory"),
        ("/id-in", 4000, "SP-relative ID is too short"),
        ("//greenhouse.example/id-in", 4000, "Absolute ID is too short"),
        ("~", 4004, "No resource with this ID: ~"),
        ("cse-in/nope", 4004, "No resource with this ID: cse-in/nope"),
        ("cse-in?atrl=ri", 4004, "No resource with this ID"),
        ("/id-other/x", 4004, "Not registered to remote CSE to send request: /id-other/x"),
        ("//other.example/id-in/cse-in", 4004, "No resource with this ID"),
        ("cse-in/Ctest/temp/la", 4004, "no instance for <la>"),
        ("cse-in/la", 4004, "No resource with this ID"),
    ] {
        let answer = client.retrieve(to);
        assert_eq!(answer["rsc"], rsc, "{to}: {answer}");
        assert!(debug(&answer).starts_with(words), "{to}: {answer}");
    }
}

#[test]
fn what_may_not_be_made_is_refused() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    client.make("Ctest/c", 4, json!({"m2m:cin": {"rn": "one", "con": "1"}}));
    for (to, ty, pc, rsc, words) in [
        ("Ctest", 3, json!({"m2m:cnt": {"bad": 1}}), 4000, "unknown attribute: bad in resource: m2m:cnt"),
        ("Ctest", 3, json!({"m2m:cnt": {"ri": "x"}}), 4000, "found non-provision attribute: ri"),
        ("Ctest", 3, json!({"m2m:cnt": {"mni": "5"}}), 4000, "attribute: mni, value: \"5\" : expected type"),
        ("Ctest", 3, json!({"m2m:cnt": {"rn": "a/b"}}), 4000, "attribute: rn"),
        ("Ctest", 3, json!({"m2m:cin": {"con": "1"}}), 4000, "m2m:cin is not the representation"),
        ("Ctest", 3, json!({}), 4000, "primitive content"),
        ("Ctest", 3, container("c"), 4105, "Resource with structured id: cse-in/Ctest/c already exists"),
        ("Ctest", 4, instance("1"), 4108, "resource of type 4 is not allowed under one of type 2"),
        ("Ctest", 5, json!({"m2m:cb": {}}), 4108, "resource of type 5 is not allowed"),
        (
            "Ctest/c",
            4,
            json!({"m2m:cin": {"con": "1", "cnf": "application/json"}}),
            4000,
            "validation of cnf",
        ),
        ("Ctest/c", 4, json!({"m2m:cin": {}}), 4000, "missing or empty attribute: \"con\""),
        (
            "Ctest/c/one",
            23,
            json!({"m2m:sub": {"nu": ["Ctest"]}}),
            5203,
            "resource of type 4 is not subscrib",
        ),
        ("Ctest/c/la", 4, instance("1"), 4005, "CREATE is not allowed for: Ctest/c/la"),
        ("Ctest", 28, json!({"cod:tempe": {"cnd": "x", "moon": 1}}), 4000, "unknown attribute: moon"),
        ("Ctest", 28, json!({"cod:tempe": {"curT0": 1}}), 4000, "missing or empty attribute: \"cnd\""),
    ] {
        let answer = client.create(to, ty, pc.clone());
        assert_eq!(answer["rsc"], rsc, "{pc}: {answer}");
        assert!(debug(&answer).starts_with(words), "{pc}: {answer}");
    }
}

#[test]
fn what_may_not_be_changed_is_refused() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    client.make("Ctest/c", 4, instance("1"));
    client.make("Ctest", 28, json!({"cod:tempe": {"rn": "f", "cnd": "x", "curT0": 20.5}}));
    for (to, pc, rsc, words) in [
        ("Ctest/c/la", json!({"m2m:cin": {"con": "2"}}), 4005, "UPDATE is not allowed for: Ctest/c/la"),
        ("cse-in", json!({"m2m:cb": {"lbl": []}}), 4005, "UPDATE is not allowed for: cse-in"),
        ("Ctest/c", json!({"m2m:cnt": {"ri": "x"}}), 4000, "found non-provision attribute: ri"),
        ("Ctest/c", json!({"m2m:cnt": {"rn": "x"}}), 4000, "found non-provision attribute: rn"),
        ("Ctest/c", json!({"m2m:cnt": {"ri": null}}), 4000, "attribute: ri cannot be removed"),
        ("Ctest/c", json!({"m2m:cnt": {"bad": 1}}), 4000, "unknown attribute: bad in resource: m2m:cnt"),
        ("Ctest/f", json!({"cod:binSh": {"powSe": true}}), 4000, "cod:binSh is not the representation"),
        ("Ctest/f", json!({"cod:tempe": {"curT0": "warm"}}), 4000, "attribute: curT0, value: \"warm\""),
        ("Ctest", json!({"m2m:ae": {"srv": null}}), 4000, "attribute: srv cannot be removed"),
    ] {
        let answer = client.update(to, pc.clone());
        assert_eq!(answer["rsc"], rsc, "{pc}: {answer}");
        assert!(debug(&answer).starts_with(words), "{pc}: {answer}");
    }
    assert_eq!(client.delete("cse-in")["rsc"], 4005);
    let notify = client.ask(json!({"op": 5, "to": "Ctest/c", "pc": {"m2m:sgn": {}}}));
    assert_eq!(notify["rsc"], 4005, "{notify}");
}
