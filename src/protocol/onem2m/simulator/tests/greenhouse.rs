//! The greenhouse as somebody sees it who comes for the first time.

use super::*;

const AT: &str = "cse-in/greenhouse";

fn numbers(frames: &[Value]) -> Vec<f64> {
    let content = |frame: &Value| {
        let content = &frame["pc"]["m2m:sgn"]["nev"]["rep"]["m2m:cin"]["con"];
        content.as_f64().or_else(|| content.as_str()?.parse().ok())
    };
    frames.iter().filter_map(content).collect()
}

fn watch(client: &mut Client, name: &str) {
    client.subscribe(&format!("{AT}/{name}"), json!({"enc": {"net": [3], "chty": [4]}}));
}

#[test]
fn everything_promised_is_there() {
    let mut client = Client::greenhouse("");
    let answer = client.ask(json!({"op": 2, "to": AT, "rcn": 5, "fc": {"lvl": 2, "ty": [3, 9, 28, 29]}}));
    let ae = &answer["pc"]["m2m:ae"];
    assert_eq!((&ae["aei"], &ae["apn"]), (&json!("Cgreenhouse"), &json!("Greenhouse")));
    let children = ae["ch"].as_array().expect("children");
    let paths: Vec<&str> = children.iter().filter_map(|child| child["val"].as_str()?.get(25..)).collect();
    assert_eq!(
        paths,
        [
            "thermostat",
            "airQuality",
            "ventilation",
            "light",
            "air-temperature",
            "air-humidity",
            "co2",
            "weather",
            "weather/outside-temperature",
            "weather/wind",
            "door",
            "irrigation-log",
            "setpoint",
            "soil-moisture",
            "leaf-wetness",
            "sensors",
        ]
    );
    let node = client.ask(json!({"op": 2, "to": ae["nl"], "rcn": 4}));
    let node = &node["pc"]["m2m:nod"];
    assert!(node["m2m:bat"][0]["btl"].as_u64().is_some_and(|percent| percent > 80), "{node}");
    assert_eq!(node["m2m:fwr"][0]["vr"], "2.4.1");
}

#[test]
fn values_have_their_shapes_and_a_history_of_minutes() {
    let mut client = Client::greenhouse("");
    let ct = client.read(&format!("{AT}/co2/ol"))["ct"].as_str().expect("a time").to_owned();
    assert!(ct.as_str() > "20261120T2012" && ct.as_str() < "20261120T2014", "{ct}");
    for (name, least) in [
        ("air-temperature", 60),
        ("air-humidity", 60),
        ("co2", 60),
        ("weather/outside-temperature", 59),
        ("weather/wind", 60),
        ("soil-moisture", 60),
        ("leaf-wetness", 60),
        ("door", 4),
        ("irrigation-log", 2),
    ] {
        let resource = client.read(&format!("{AT}/{name}"));
        assert!(resource["cni"].as_u64().is_some_and(|count| count >= least), "{name}: {resource}");
    }
    let mut content = |name: &str| client.read(&format!("{AT}/{name}/la"))["con"].clone();
    let celsius = content("air-temperature");
    assert!(celsius.as_str().is_some_and(|text| text.len() == 5 && text.contains('.')), "{celsius}");
    assert!(content("air-humidity").is_f64() || content("air-humidity").is_u64());
    assert!(content("co2").is_u64());
    let wind = content("weather/wind");
    assert!(wind["speed"].is_number() && wind["dir"].is_string(), "{wind}");
    assert!(["open", "closed"].contains(&content("door").as_str().expect("text")));
    assert!(content("irrigation-log")["event"].is_string());
}

#[test]
fn instances_come_once_a_second_or_less_often() {
    let mut client = Client::greenhouse("");
    for (name, wanted) in [("air-temperature", 60), ("air-humidity", 30), ("weather/outside-temperature", 12)]
    {
        let sub = json!({"nu": ["Ctest"], "enc": {"net": [3], "chty": [4]}, "rn": "s"});
        client.make(&format!("{AT}/{name}"), 23, json!({"m2m:sub": sub}));
        let frames = client.pass(60.0);
        assert!(frames.len().abs_diff(wanted) <= 1, "{name}: {}", frames.len());
        client.delete(&format!("{AT}/{name}/s"));
        client.notifications();
    }
}

#[test]
fn the_air_follows_the_target_that_somebody_sets() {
    for by_setpoint in [false, true] {
        let mut client = Client::greenhouse("");
        watch(&mut client, "air-temperature");
        if by_setpoint {
            client.make(&format!("{AT}/setpoint"), 4, instance("26"));
            client.pass(0.2);
            assert_eq!(client.read(&format!("{AT}/thermostat"))["tarTe"], 26.0);
        } else {
            let answer = client.update(&format!("{AT}/thermostat"), json!({"cod:tempe": {"tarTe": 26.0}}));
            assert_eq!(answer["rsc"], 2004, "{answer}");
        }
        let before = numbers(&client.pass(2.0));
        let after = numbers(&client.pass(180.0));
        let last = after[after.len() - 1];
        assert!(before[0] < 24.0 && (24.5..27.5).contains(&last), "{} to {last}", before[0]);
    }
}

#[test]
fn a_target_beyond_the_limits_is_put_back() {
    let mut client = Client::greenhouse("");
    client.subscribe(&format!("{AT}/thermostat"), json!({"enc": {"net": [1], "atr": ["tarTe"]}, "nct": 2}));
    client.update(&format!("{AT}/thermostat"), json!({"cod:tempe": {"tarTe": 99.5}}));
    let targets: Vec<Value> = client
        .pass(1.0)
        .into_iter()
        .chain(client.notifications())
        .map(|frame| frame["pc"]["m2m:sgn"]["nev"]["rep"]["cod:tempe"]["tarTe"].clone())
        .collect();
    assert!(targets.contains(&json!(35.0)), "{targets:?}");
    assert_eq!(client.read(&format!("{AT}/thermostat"))["tarTe"], 35.0);
}

#[test]
fn ventilation_makes_the_air_dry() {
    let mut client = Client::greenhouse("");
    watch(&mut client, "air-humidity");
    let before = numbers(&client.pass(4.0));
    client.update(&format!("{AT}/ventilation"), json!({"cod:binSh": {"powSe": true}}));
    let after = numbers(&client.pass(90.0));
    assert!(after[after.len() - 1] < before[0] - 6.0, "{} to {}", before[0], after[after.len() - 1]);
}

#[test]
fn flex_containers_tell_their_changes() {
    let mut client = Client::greenhouse("");
    client.subscribe(&format!("{AT}/airQuality"), json!({"enc": {"net": [1]}, "nct": 2}));
    let frames = client.pass(30.0);
    assert!((5..=7).contains(&frames.len()), "{frames:?}");
    let rep = &frames[0]["pc"]["m2m:sgn"]["nev"]["rep"]["cod:aiQSr"];
    assert!(rep["co2"].is_u64() && rep["lt"].is_string(), "{rep}");
}

#[test]
fn a_sample_of_the_soil_is_missing_now_and_then() {
    let mut client = Client::greenhouse("");
    let md = json!({"num": 1, "dur": "PT60S"});
    client.subscribe(&format!("{AT}/soil-moisture"), json!({"enc": {"net": [8], "md": md}, "nct": 5}));
    let frames = client.pass(300.0);
    assert!((1..=20).contains(&frames.len()), "{} in five minutes", frames.len());
    assert_eq!(frames[0]["pc"]["m2m:sgn"]["nev"]["rep"]["m2m:tsn"]["mdc"], 1);
}

#[test]
fn everybody_may_read_subscribe_and_write_but_delete_nothing() {
    let mut client = Client::greenhouse("");
    assert_eq!(client.create(&format!("{AT}/co2"), 4, instance(7))["rsc"], 2001);
    assert_eq!(client.update(&format!("{AT}/light"), json!({"cod:brigs": {"brigs": 80}}))["rsc"], 2004);
    assert_eq!(client.delete(&format!("{AT}/co2"))["rsc"], 4103);
    assert_eq!(client.update(&format!("{AT}/co2"), json!({"m2m:cnt": {"lbl": []}}))["rsc"], 4103);
    let all = client.retrieve(&format!("{AT}/sensors/fopt/la"));
    let answers = all["pc"]["m2m:agr"]["m2m:rsp"].as_array().expect("answers");
    assert!(answers.len() == 4 && answers.iter().all(|answer| answer["rsc"] == 2000), "{all}");
}

#[test]
fn equal_seeds_give_equal_frames_and_others_do_not() {
    let run = |seed| {
        let mut client = Client::new(OneM2mSimulator::greenhouse(seed, Quirks::default()));
        client.register("Ctest");
        watch(&mut client, "air-temperature");
        watch(&mut client, "co2");
        client.fault(Fault::Garbage, true);
        let mut outputs = client.outputs_of(20.0);
        client.fault(Fault::Burst, true);
        outputs.extend(client.outputs_of(1.0));
        outputs
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}
