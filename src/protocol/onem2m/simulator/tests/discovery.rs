//! Trees are read in many shapes.

use super::*;

/// An AE with a container of three instances, another container in that, a flexContainer and a subscription.
fn tree() -> Client {
    let mut client = Client::empty("");
    client.make("Ctest", 3, json!({"m2m:cnt": {"rn": "temp", "lbl": ["unit:K", "room:1"]}}));
    client.make("Ctest", 28, json!({"cod:tempe": {"rn": "tempe", "cnd": "org.x.temperature", "curT0": 1.5}}));
    for number in 0..3 {
        client.make("Ctest/temp", 4, json!({"m2m:cin": {"rn": format!("i{number}"), "con": number}}));
        client.pass(1.0);
    }
    client.make("Ctest/temp", 3, json!({"m2m:cnt": {"rn": "inner", "lbl": ["unit:m"]}}));
    client.make("Ctest/temp/inner", 4, json!({"m2m:cin": {"rn": "deep", "con": "x"}}));
    client
}

fn found(client: &mut Client, criteria: Value) -> Vec<String> {
    let mut criteria = criteria;
    criteria["fu"] = json!(1);
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "fc": criteria}));
    let list = answer["pc"]["m2m:uril"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    list.iter().map(|address| address.as_str().expect("an address").replace("cse-in/Ctest/", "")).collect()
}

#[test]
fn discovery_gives_the_addresses_of_what_meets_the_criteria() {
    let mut client = tree();
    let all = ["temp", "temp/inner", "temp/inner/deep", "temp/i0", "temp/i1", "temp/i2", "tempe"];
    assert_eq!(found(&mut client, json!({})), all);
    for (criteria, wanted) in [
        (json!({"ty": [3, 28]}), vec!["temp", "temp/inner", "tempe"]),
        (json!({"ty": []}), vec![]),
        (json!({"lbl": ["unit:K"]}), vec!["temp"]),
        (json!({"lbl": ["unit:K", "unit:m"]}), vec!["temp", "temp/inner"]),
        (json!({"lbl": ["unit:*"]}), vec![]),
        (json!({"rn": "deep"}), vec!["temp/inner/deep"]),
        (json!({"lvl": 1}), vec!["temp", "tempe"]),
        (json!({"lvl": 2, "ty": [4]}), vec!["temp/i0", "temp/i1", "temp/i2"]),
        (json!({"ty": [4], "stb": 1}), vec!["temp/i1", "temp/i2"]),
        (json!({"ty": [4], "sts": 2}), vec!["temp/inner/deep", "temp/i0"]),
        (json!({"ty": [4], "cra": "20261120T201708,600000"}), vec!["temp/inner/deep", "temp/i2"]),
        (json!({"ty": [4], "crb": "20261120T201708"}), vec!["temp/i0"]),
        (json!({"ty": [4], "lim": 2}), vec!["temp/inner/deep", "temp/i0"]),
        (json!({"ty": [4], "lim": 2, "ofst": 3}), vec!["temp/i1", "temp/i2"]),
    ] {
        assert_eq!(found(&mut client, criteria.clone()), wanted, "{criteria}");
    }
}

#[test]
fn what_is_left_out_is_told() {
    let mut client = tree();
    let ask = json!({"op": 2, "to": "Ctest", "fc": {"fu": 1, "ty": [4], "lim": 3}});
    let part = client.ask(ask);
    assert_eq!((&part["cnst"], &part["cnot"]), (&json!(1), &json!(4)));
    let rest = client.ask(json!({"op": 2, "to": "Ctest", "fc": {"fu": 1, "ty": [4], "lim": 3, "ofst": 4}}));
    assert_eq!(rest["pc"]["m2m:uril"], json!(["cse-in/Ctest/temp/i2"]));
    assert!(rest.get("cnst").is_none());
}

#[test]
fn addresses_may_be_unstructured() {
    let mut client = tree();
    let temp = client.read("Ctest/temp")["ri"].as_str().expect("an id").to_owned();
    let fc = json!({"fu": 1, "rn": "temp"});
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "drt": 2, "fc": fc}));
    assert_eq!(answer["pc"], json!({"m2m:uril": [format!("/id-in/{temp}")]}));
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "drt": 2, "rcn": 6, "fc": {"rn": "temp"}}));
    assert_eq!(answer["pc"]["m2m:rrl"]["rrf"][0]["val"], format!("/id-in/{temp}"));
}

#[test]
fn child_references_come_alone_or_with_the_attributes() {
    let mut client = tree();
    let reference = json!({"nm": "temp", "typ": 3, "val": "/id-in/cse-in/Ctest/temp"});
    for fc in [json!({"fu": 1, "lbl": ["unit:K"]}), json!({"lbl": ["unit:K"]})] {
        let answer = client.ask(json!({"op": 2, "to": "Ctest", "rcn": 6, "fc": fc}));
        assert_eq!(answer["pc"], json!({"m2m:rrl": {"rrf": [reference]}}));
    }
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "rcn": 5, "fc": {"lvl": 1}}));
    let ae = &answer["pc"]["m2m:ae"];
    assert_eq!(ae["aei"], "Ctest");
    let flex =
        json!({"nm": "tempe", "typ": 28, "val": "/id-in/cse-in/Ctest/tempe", "spty": "org.x.temperature"});
    assert_eq!(ae["ch"], json!([reference, flex]));
}

#[test]
fn children_are_nested_or_without_what_holds_them() {
    let mut client = tree();
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "rcn": 4}));
    let ae = &answer["pc"]["m2m:ae"];
    assert_eq!(ae["cod:tempe"][0]["curT0"], 1.5);
    let temp = &ae["m2m:cnt"][0];
    assert_eq!((&temp["rn"], &temp["m2m:cin"][2]["con"]), (&json!("temp"), &json!(2)));
    assert_eq!(temp["m2m:cnt"][0]["m2m:cin"][0]["con"], "x");
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "rcn": 4, "fc": {"lvl": 1}}));
    assert!(answer["pc"]["m2m:ae"]["m2m:cnt"][0].get("m2m:cin").is_none());
    let answer = client.ask(json!({"op": 2, "to": "Ctest", "rcn": 8, "fc": {"ty": [4], "lvl": 2}}));
    let ae = &answer["pc"]["m2m:ae"];
    assert_eq!(names(ae), ["m2m:cin"], "none of its own attributes");
    assert_eq!(ae["m2m:cin"].as_array().map(Vec::len), Some(3));
    let answer = client.ask(json!({"op": 2, "to": "Ctest/temp/inner/deep", "rcn": 8}));
    assert_eq!(answer["pc"], json!({"m2m:cin": {}}));
}
