//! Groups and their fan-out.

use super::*;

fn group() -> Client {
    let mut client = Client::empty("");
    for name in ["a", "b"] {
        client.make("Ctest", 3, container(name));
        client.make(&format!("Ctest/{name}"), 4, instance(format!("in {name}")));
    }
    client.make("Ctest", 3, container("empty"));
    let members = json!(["Ctest/a", "cse-in/Ctest/b", "Ctest/empty"]);
    let made = client.make("Ctest", 9, json!({"m2m:grp": {"rn": "g", "mid": members, "mnm": 5}}));
    assert_eq!((&made["cnm"], &made["mtv"], &made["mt"]), (&json!(3), &json!(true), &json!(0)));
    client
}

#[test]
fn one_request_reads_the_newest_instance_of_each_member() {
    let mut client = group();
    let answer = client.retrieve("Ctest/g/fopt/la");
    assert_eq!(answer["rsc"], 2000);
    let answers = answer["pc"]["m2m:agr"]["m2m:rsp"].as_array().expect("answers");
    assert_eq!(names(&answers[0]), ["rsc", "rqi", "rvi", "pc"]);
    assert_eq!(answers[0]["rqi"], answer["rqi"]);
    let contents: Vec<&Value> = answers.iter().map(|answer| &answer["pc"]["m2m:cin"]["con"]).collect();
    assert_eq!(contents, [&json!("in a"), &json!("in b"), &Value::Null]);
    assert_eq!(answers[2]["rsc"], 4004);
    let whole = client.retrieve("Ctest/g/fopt");
    assert_eq!(whole["pc"]["m2m:agr"]["m2m:rsp"][1]["pc"]["m2m:cnt"]["rn"], "b");
}

#[test]
fn one_request_writes_to_each_member() {
    let mut client = group();
    let answer = client.create("Ctest/g/fopt", 4, instance(7));
    let answers = answer["pc"]["m2m:agr"]["m2m:rsp"].as_array().expect("answers").clone();
    assert!(answers.iter().all(|answer| answer["rsc"] == 2001), "{answers:?}");
    assert_eq!(client.read("Ctest/empty/la")["con"], 7);
}

#[test]
fn the_members_of_a_group_are_checked() {
    let mut client = group();
    for (group, rsc) in [
        (json!({"mid": ["Ctest/nope"], "mnm": 5}), 4004),
        (json!({"mid": ["Ctest/a", "Ctest/b"], "mnm": 1}), 6010),
        (json!({"mid": ["Ctest/g"], "mnm": 5}), 4000),
        (json!({"mid": [], "mnm": 5}), 4000),
        (json!({"mid": ["Ctest/a"]}), 4000),
    ] {
        let answer = client.create("Ctest", 9, json!({"m2m:grp": group}));
        assert_eq!(answer["rsc"], rsc, "{group}: {answer}");
    }
    let answer = client.update("Ctest/g", json!({"m2m:grp": {"mid": ["Ctest/a"]}}));
    assert_eq!(answer["pc"]["m2m:grp"]["cnm"], 1);
    assert_eq!(client.update("Ctest/g", json!({"m2m:grp": {"mid": ["Ctest/nope"]}}))["rsc"], 4004);
}
