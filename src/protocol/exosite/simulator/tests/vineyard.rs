//! The vineyard as somebody sees it who comes for the first time.

use super::*;

/// The dataports of each device: their aliases, `-` for none, and units.
fn described(client: &mut Client, device: &str) -> Vec<(String, String)> {
    let aliases = client.result("info", json!([{"alias": device}, {"aliases": true}]))["aliases"].take();
    let rids =
        client.result("listing", json!([{"alias": device}, ["dataport"], {"owned": true}]))["dataport"]
            .take();
    let mut found = Vec::new();
    for rid in rids.as_array().expect("RIDs") {
        let alias = aliases[rid.as_str().expect("an RID")][0].as_str().unwrap_or("-").to_owned();
        let info = client.result("info", json!([rid, {"description": true, "storage": true}]));
        let meta = info["description"]["meta"].as_str().expect("a text");
        let meta: Value = serde_json::from_str(meta).unwrap_or_default();
        let unit = meta["datasource"]["unit"].as_str().unwrap_or("-").to_owned();
        found.push((alias, unit));
    }
    found
}

#[test]
fn everything_promised_is_there() {
    let mut client = Client::owner("");
    let slope = |leaf: &'static str| {
        vec![
            ("soil-moisture-20", "%"),
            ("soil-moisture-60", "%"),
            (leaf, "%"),
            ("soil-temperature", "°C"),
            ("battery", "V"),
        ]
    };
    for (device, name, wanted) in [
        (
            "weather-station",
            "Weather station",
            vec![
                ("air-temperature", "°C"),
                ("humidity", "%"),
                ("rain", "mm"),
                ("wind", "m/s"),
                ("wind-direction", "°"),
                ("solar-radiation", "W/m²"),
                ("packets", "-"),
            ],
        ),
        ("slope-north", "Slope north", slope("leaf-wetness")),
        ("slope-south", "Slope south", slope("-")),
        (
            "cellar",
            "Cellar",
            vec![("tank-1", "°C"), ("tank-2", "°C"), ("co2", "ppm"), ("pump", "-"), ("note", "-")],
        ),
    ] {
        let found = described(&mut client, device);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(alias, unit)| (alias.as_str(), unit.as_str())).collect();
        assert_eq!(found, wanted, "{device}");
        let info = client.result("info", json!([{"alias": device}, {"description": true, "basic": true}]));
        assert_eq!(info["description"]["name"], name);
        let meta = info["description"]["meta"].as_str().expect("a text");
        let meta: Value = serde_json::from_str(meta).expect("JSON in a text");
        assert_eq!(meta["device"]["type"], "vendor");
        assert_eq!(info["basic"]["status"], "activated");
    }
    let root =
        client.result("listing", json!([{"alias": ""}, ["client", "dataport", "datarule", "dispatch"], {}]));
    let sizes: Vec<usize> =
        root.as_object().into_iter().flatten().filter_map(|(_, list)| Some(list.as_array()?.len())).collect();
    assert_eq!(sizes, [4, 0, 1, 1]);
}

#[test]
fn every_series_has_a_past_of_whole_seconds() {
    let mut client = Client::owner("");
    for device in ["weather-station", "slope-north", "slope-south", "cellar"] {
        let rids = client.result("listing", json!([{"alias": device}, ["dataport"], {}]))["dataport"].take();
        for rid in rids.as_array().expect("RIDs") {
            let info = client.result("info", json!([rid, {"description": true}]));
            let name = info["description"]["name"].as_str().expect("a name").to_owned();
            let points = client.points(rid.clone());
            if ["Cooling pump", "Note"].contains(&name.as_str()) {
                assert!(!points.is_empty(), "{name}");
                continue;
            }
            assert_eq!(points.len(), 600, "{device} {name}");
            let times: Vec<i64> = points.iter().filter_map(|point| point[0].as_i64()).collect();
            let steps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(steps.len() == 599 && (1..=2).contains(&steps[0]), "{name}");
            assert!(steps.iter().all(|step| *step == steps[0]), "{name} comes every {} s", steps[0]);
            assert!((START_SECS - 2..=START_SECS).contains(&times[599]), "{name}");
        }
    }
}

#[test]
fn values_are_plausible_and_have_their_format() {
    let mut client = Client::owner("");
    for (device, alias, least, most, whole) in [
        ("weather-station", "air-temperature", -5.0, 25.0, false),
        ("weather-station", "humidity", 30.0, 100.0, false),
        ("weather-station", "rain", 0.0, 60.0, false),
        ("weather-station", "wind", 0.0, 15.0, false),
        ("weather-station", "wind-direction", 0.0, 360.0, true),
        ("weather-station", "solar-radiation", 0.0, 900.0, true),
        ("slope-north", "soil-moisture-20", 12.0, 50.0, false),
        ("slope-north", "soil-moisture-60", 12.0, 45.0, false),
        ("slope-north", "leaf-wetness", 0.0, 100.0, false),
        ("slope-north", "soil-temperature", 0.0, 25.0, false),
        ("slope-north", "battery", 3.4, 4.2, false),
        ("cellar", "tank-1", 12.0, 28.0, false),
        ("cellar", "tank-2", 14.0, 25.0, false),
        ("cellar", "co2", 400.0, 2000.0, true),
    ] {
        let rid = client.rid(device, alias);
        let points = client.points(rid);
        let numbers: Vec<f64> = points.iter().filter_map(|point| point[1].as_f64()).collect();
        assert_eq!(numbers.len(), 600, "{alias}");
        assert!(numbers.iter().all(|number| (least..=most).contains(number)), "{alias}");
        assert!(points.iter().all(|point| point[1].is_i64() == whole), "{alias}: {}", points[0]);
    }
}

#[test]
fn values_go_on_every_second_or_two() {
    let mut client = Client::owner("");
    for (device, alias, wanted) in
        [("weather-station", "air-temperature", 60), ("slope-north", "battery", 30), ("cellar", "tank-1", 60)]
    {
        let rid = client.rid(device, alias);
        client.result("subscribe", json!([rid, {"subs_id": "s"}]));
        let updates = client.updates(60.0);
        assert!(updates.len().abs_diff(wanted) <= 1, "{alias}: {}", updates.len());
        client.result("unsubscribe", json!([rid, {"subs_id": "s"}]));
    }
}

#[test]
fn the_pump_cools_the_first_tank() {
    let mut client = Client::owner("");
    let (tank, pump) = (client.rid("cellar", "tank-1"), client.rid("cellar", "pump"));
    let celsius =
        |client: &mut Client| client.result("read", json!([tank, {}]))[0][1].as_f64().expect("a number");
    client.result("write", json!([pump, 0]));
    client.pass(20.0);
    let warm = celsius(&mut client);
    assert_eq!(client.call("write", json!([pump, 1])), json!({"status": "ok"}));
    client.pass(20.0);
    let cool = celsius(&mut client);
    assert!(cool < warm - 0.8 || cool < 17.0, "{warm} to {cool}");
    client.pass(600.0);
    let states: Vec<Value> = client.points(pump).iter().map(|point| point[1].clone()).collect();
    let ends = states.windows(2).any(|pair| pair[0] == 1 && pair[1] == 0);
    assert!(ends, "it does not run for ever: {states:?}");
    assert_eq!(
        client.status("write", json!([{"alias": "pump", "rid": {"alias": "cellar"}}, "fast"])),
        "invalid"
    );
}

#[test]
fn the_rule_says_whether_there_is_frost_and_logs_why() {
    let mut client = Client::owner("");
    client.pass(900.0);
    let points = client.points(json!({"alias": "frost-alert"}));
    let flags: Vec<bool> = points.iter().filter_map(|point| point[1].as_bool()).collect();
    assert!(flags.contains(&true) && flags.contains(&false), "a day has a cold night and a warm noon");
    let logs: Vec<&str> = points.iter().filter_map(|point| point[1].as_str()).collect();
    assert!(logs.len() > 10 && logs.len() < flags.len() / 2, "{} of {}", logs.len(), flags.len());
    let log: Value = serde_json::from_str(logs[0]).expect("JSON in a text");
    assert!(log["event"].is_string() && log["air"].is_number(), "{log}");
    let info = client.result("info", json!([{"alias": "frost-alert"}, {"basic": true, "subscribers": true}]));
    assert_eq!(
        (&info["basic"]["type"], &info["subscribers"][0][0]),
        (&json!("datarule"), &json!("dispatch"))
    );
}

#[test]
fn a_note_can_be_left() {
    let mut client = Client::owner("");
    let note = client.rid("cellar", "note");
    client.result("write", json!([note, "racked\n\"early\""]));
    assert_eq!(client.result("read", json!([note, {}]))[0][1], "racked\n\"early\"");
}

#[test]
fn rids_are_the_same_each_time_and_the_weather_is_not() {
    let look = |seed| {
        let mut client = Client::owner("");
        client.simulator = ExositeSimulator::vineyard(seed, Quirks::default());
        client.feed(SimulatorInput::Opened);
        client.authenticate(json!({"cik": DEMO_KEY}));
        let rid = client.rid("weather-station", "air-temperature");
        (rid.clone(), client.points(rid))
    };
    let (first, other) = (look(1), look(2));
    assert_eq!(first.0, other.0);
    assert_ne!(first.1, other.1);
}

#[test]
fn equal_seeds_give_equal_frames() {
    let run = || {
        let mut client = Client::owner("shuffle");
        let rid = client.rid("cellar", "tank-1");
        client.result("subscribe", json!([rid, {"since": 0}]));
        client.fault(Fault::Garbage, true);
        let mut outputs = client.outputs_of(20.0);
        client.fault(Fault::Burst, true);
        outputs.extend(client.outputs_of(1.0));
        outputs
    };
    assert_eq!(run(), run());
}
