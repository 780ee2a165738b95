//! What the operations do, and what they answer.

use super::*;

#[test]
fn a_container_is_described_as_it_is() {
    let mut client = Client::empty("");
    let made = client.make("Ctest", 3, json!({"m2m:cnt": {"rn": "temp", "mni": 5, "lbl": ["unit:K"]}}));
    assert_eq!(names(&made), ["rn", "mni", "lbl", "cni", "cbs", "st", "pi", "ri", "ty", "ct", "lt", "et"]);
    assert_eq!((&made["pi"], &made["ty"], &made["st"]), (&json!("Ctest"), &json!(3), &json!(0)));
    let ri = made["ri"].as_str().expect("an id");
    assert!(ri.starts_with("cnt") && ri.len() == 13, "{ri}");
    assert_eq!(client.read("Ctest/temp"), made);
    let unnamed = client.make("Ctest", 3, json!({"m2m:cnt": {"cr": null}}));
    assert!(unnamed["rn"].as_str().is_some_and(|name| name.starts_with("cnt_")), "{unnamed}");
    assert_eq!(unnamed["cr"], "Ctest", "the CSE says who made it");
}

#[test]
fn an_instance_is_counted_and_read_by_la_and_ol() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    let made = client.make("Ctest/c", 4, json!({"m2m:cin": {"con": "21.5", "cnf": "text/plain:0"}}));
    assert_eq!(names(&made), ["con", "cnf", "cs", "pi", "ri", "rn", "ty", "ct", "lt", "et", "st"]);
    assert_eq!((&made["cs"], &made["st"]), (&json!(4), &json!(1)));
    for content in [json!({"t": 21.5, "u": "C"}), json!(7), json!([1, 2]), json!("ü")] {
        let made = client.make("Ctest/c", 4, instance(content.clone()));
        assert_eq!(made["con"], content);
        assert_eq!(client.read("Ctest/c/la"), made);
    }
    assert_eq!(client.read("Ctest/c/ol")["con"], "21.5");
    let container = client.read("Ctest/c");
    assert_eq!((&container["cni"], &container["st"]), (&json!(5), &json!(5)));
    assert_eq!(container["cbs"], 4 + 18 + 1 + 5 + 2);
    assert_eq!(client.delete("Ctest/c/la")["rsc"], 2002);
    assert_eq!(client.read("Ctest/c")["cni"], 4);
}

#[test]
fn the_oldest_instances_go_when_there_are_too_many() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, json!({"m2m:cnt": {"rn": "few", "mni": 3}}));
    client.make("Ctest", 3, json!({"m2m:cnt": {"rn": "small", "mbs": 10}}));
    for number in 0..5 {
        client.make("Ctest/few", 4, instance(number.to_string()));
        client.make("Ctest/small", 4, instance("1234"));
    }
    let few = client.read("Ctest/few");
    assert_eq!((&few["cni"], &few["cbs"], &few["st"]), (&json!(3), &json!(3), &json!(5)));
    assert_eq!(
        (&client.read("Ctest/few/ol")["con"], &client.read("Ctest/few/la")["con"]),
        (&json!("2"), &json!("4"))
    );
    assert_eq!(client.read("Ctest/small")["cni"], 2);
    let large = client.create("Ctest/small", 4, instance("12345678901"));
    assert_eq!(large["rsc"], 5207, "{large}");
    for most in [1, 0] {
        client.update("Ctest/few", json!({"m2m:cnt": {"mni": most}}));
        assert_eq!(client.read("Ctest/few")["cni"], most);
    }
    assert_eq!(client.create("Ctest/few", 4, instance("5"))["rsc"], 5207, "no room for a single one");
}

#[test]
fn instances_go_when_they_are_too_old() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, json!({"m2m:cnt": {"rn": "c", "mia": 5}}));
    let made = client.make("Ctest/c", 4, instance("1"));
    assert_eq!(made["et"], "20261120T201712,100000");
    client.pass(4.0);
    client.make("Ctest/c", 4, instance("2"));
    client.pass(2.5);
    assert_eq!(client.read("Ctest/c")["cni"], 1);
    assert_eq!(client.read("Ctest/c/ol")["con"], "2");
}

#[test]
fn a_flex_container_is_changed_attribute_by_attribute() {
    let mut client = Client::empty("");
    let tempe = json!({"rn": "tempe", "cnd": "org.onem2m.common.moduleclass.temperature", "curT0": 23.0,
        "unit": 1, "minVe": 0.0, "maxVe": 100.0, "steVe": 0.5});
    let made = client.make("Ctest", 28, json!({"cod:tempe": tempe}));
    assert!(made["ri"].as_str().is_some_and(|ri| ri.starts_with("tempe")), "{made}");
    assert_eq!((&made["st"], &made["curT0"]), (&json!(0), &json!(23.0)));
    client.pass(1.0);
    let answer = client.update("Ctest/tempe", json!({"cod:tempe": {"curT0": 24.25, "lbl": ["x"]}}));
    assert_eq!(answer["rsc"], 2004);
    let changed = &answer["pc"]["cod:tempe"];
    assert_eq!((&changed["st"], &changed["curT0"], &changed["unit"]), (&json!(1), &json!(24.25), &json!(1)));
    assert_ne!(changed["lt"], changed["ct"]);
    client.update("Ctest/tempe", json!({"cod:tempe": {"lbl": null}}));
    assert!(client.read("Ctest/tempe").get("lbl").is_none());
    let free = client.make("Ctest", 28, json!({"lab:laser": {"cnd": "example.laser", "watts": 3}}));
    assert_eq!(free["watts"], 3, "a module class that nobody knows");
}

#[test]
fn an_answer_has_what_rcn_asks_for() {
    let mut client = Client::empty("");
    let pc = container("c");
    let nothing = client.ask(json!({"op": 1, "to": "Ctest", "ty": 3, "rcn": 0, "pc": pc}));
    assert_eq!(names(&nothing), ["fr", "to", "ot", "rsc", "rqi", "rvi", "drt"]);
    let update = json!({"m2m:cnt": {"lbl": ["a"]}});
    let modified = client.ask(json!({"op": 3, "to": "Ctest/c", "rcn": 9, "pc": update}));
    assert_eq!(names(&modified["pc"]["m2m:cnt"]), ["lbl", "lt"]);
    let nothing = client.ask(json!({"op": 3, "to": "Ctest/c", "rcn": 0, "pc": update}));
    assert!(nothing.get("pc").is_none());
    let some = client.ask(json!({"op": 2, "to": "Ctest/c", "pc": {"m2m:atrl": ["cni", "lbl"]}}));
    assert_eq!(some["pc"], json!({"m2m:cnt": {"cni": 0, "lbl": ["a"]}}));
    let wrong = client.ask(json!({"op": 2, "to": "Ctest/c", "pc": {"m2m:atrl": ["moon"]}}));
    assert_eq!(wrong["rsc"], 4000);
    let deleted = client.ask(json!({"op": 4, "to": "Ctest/c", "rcn": 1}));
    assert_eq!(deleted["pc"]["m2m:cnt"]["rn"], "c");
    client.make("Ctest", 3, container("d"));
    assert!(client.delete("Ctest/d").get("pc").is_none());
    assert_eq!(client.retrieve("Ctest/d")["rsc"], 4004);
}

#[test]
fn the_response_type_says_how_it_is_answered() {
    let mut client = Client::empty("");
    let silent = client.request(json!({"op": 2, "to": "cse-in", "rt": {"rtv": 5}}));
    assert_eq!(client.send(&silent), Vec::<Value>::new());
    for rtv in [3, 4] {
        let blocking = client.ask(json!({"op": 2, "to": "cse-in", "rt": {"rtv": rtv}}));
        assert_eq!(blocking["pc"]["m2m:cb"]["ri"], "id-in");
    }
    let later = client.ask(json!({"op": 2, "to": "cse-in", "rt": {"rtv": 1}}));
    assert_eq!(later["rsc"], 1001);
    let result = client.read(later["pc"]["m2m:uri"].as_str().expect("an address"));
    assert_eq!((&result["rs"], &result["ors"]["rsc"]), (&json!(1), &json!(2000)));
    assert_eq!(result["ors"]["pc"]["m2m:cb"]["ri"], "id-in");
    client.pass(61.0);
    assert_eq!(client.retrieve(later["pc"]["m2m:uri"].as_str().expect("an address"))["rsc"], 4004);
    for nu in [json!(["Ctest"]), json!([])] {
        let later = client.ask(json!({"op": 2, "to": "cse-in", "rt": {"rtv": 2, "nu": nu}}));
        assert_eq!((&later["rsc"], later["pc"]["m2m:uri"].is_string()), (&json!(1002), true));
        let contents = client.contents();
        let rsp = &contents[0]["m2m:rsp"];
        assert_eq!(names(rsp), ["rsc", "rqi", "pc", "to", "fr", "rvi"]);
        assert_eq!((&rsp["rqi"], &rsp["pc"]["m2m:cb"]["ri"]), (&later["rqi"], &json!("id-in")));
    }
    let wrong = client.ask(json!({"op": 2, "to": "cse-in/x", "rt": {"rtv": 1}}));
    assert_eq!(wrong["rsc"], 4004, "an error is told at once");
}

#[test]
fn requests_in_one_go_are_all_answered() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    let mut answers = Vec::new();
    for number in 0..100 {
        let request = client.request(json!({"op": 1, "to": "Ctest/c", "ty": 4, "pc": instance(number)}));
        answers.extend(client.send(&request));
    }
    assert_eq!(answers.len(), 100);
    assert!(answers.iter().enumerate().all(|(number, answer)| answer["pc"]["m2m:cin"]["con"] == number));
}

#[test]
fn each_kind_of_resource_can_be_made() {
    let mut client = Client::empty("");
    let acr = json!({"acr": [{"acor": ["Ctest"], "acop": 63}]});
    for (to, ty, pc) in [
        ("Ctest", 1, json!({"m2m:acp": {"pv": acr, "pvs": acr}})),
        ("Ctest", 3, json!({"m2m:cnt": {"rn": "c"}})),
        ("Ctest/c", 4, json!({"m2m:cin": {"con": 1}})),
        ("Ctest", 9, json!({"m2m:grp": {"mid": ["Ctest/c"], "mnm": 3}})),
        ("cse-in", 14, json!({"m2m:nod": {"ni": "urn:x"}})),
        ("Ctest/c", 23, json!({"m2m:sub": {"nu": ["Ctest"]}})),
        ("Ctest/c", 28, json!({"cod:binSh": {"cnd": "x", "powSe": true}})),
        ("Ctest", 29, json!({"m2m:ts": {"rn": "t"}})),
        ("Ctest/t", 30, json!({"m2m:tsi": {"dgt": "20261120T201700", "con": "1.25"}})),
        ("cse-in", 3, json!({"m2m:cnt": {}})),
    ] {
        let answer = client.create(to, ty, pc.clone());
        assert_eq!(answer["rsc"], 2001, "{pc}: {answer}");
        assert_eq!(only_member(&answer["pc"])["ty"], ty);
    }
}
