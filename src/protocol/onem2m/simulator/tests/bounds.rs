//! Whatever comes, what follows from it is bounded.

use super::*;

#[test]
fn an_hour_in_a_hidden_tab_is_skipped() {
    for fault in [None, Some(Fault::Burst), Some(Fault::Garbage)] {
        let mut client = Client::greenhouse("");
        for name in ["air-temperature", "co2", "weather/wind"] {
            let to = format!("cse-in/greenhouse/{name}");
            client.subscribe(&to, json!({"enc": {"net": [3], "chty": [4]}}));
        }
        client.subscribe("cse-in/greenhouse/soil-moisture", json!({"enc": {"net": [8]}, "nct": 5}));
        if let Some(fault) = fault {
            client.fault(fault, true);
        }
        client.outputs_of(1.0);
        client.now = client.now + Duration::from_hours(1);
        let outputs = client.feed(SimulatorInput::Timeout);
        assert!(outputs.len() > 60 && outputs.len() < 700, "{fault:?}: {} frames", outputs.len());
        let deadline = client.simulator.deadline().expect("a deadline");
        assert!(deadline > client.now.instant, "it goes on from now");
    }
}

#[test]
fn nothing_is_due_before_somebody_connects() {
    let mut simulator = OneM2mSimulator::greenhouse(1, Quirks::default());
    assert_eq!(simulator.deadline(), None);
    simulator.handle(Now::default(), SimulatorInput::Fault(Fault::Cut, true));
    assert_eq!((simulator.poll(), simulator.deadline()), (None, None));
    let frame = Frame::Text(r#"{"op":2,"to":"-","rqi":"1","rvi":"4","fr":"CAdmin"}"#.into());
    simulator.handle(Now::default(), SimulatorInput::Frame(&frame));
    assert_eq!(simulator.poll(), None);
}

#[test]
fn a_cse_is_full_at_some_time() {
    let mut client = Client::empty("");
    let mut to = "Ctest".to_owned();
    let full = loop {
        let answer = client.create(&to, 3, container("c"));
        if answer["rsc"] != 2001 {
            break answer;
        }
        to.push_str("/c");
        assert!(to.len() < 1000, "endlessly deep");
    };
    assert_eq!(full["rsc"], 5207, "{full}");
    let refused = (0..400).map(|_| client.create("Ctest/c", 23, json!({"m2m:sub": {"nu": ["Ctest"]}})));
    assert!(refused.into_iter().any(|answer| answer["rsc"] == 5207));
    let mut client = Client::empty("");
    for _ in 0..10_100 {
        let request =
            client.request(json!({"op": 1, "to": "Ctest", "ty": 3, "rcn": 0, "pc": {"m2m:cnt": {}}}));
        client.send(&request);
    }
    assert_eq!(client.create("Ctest", 3, container("last"))["rsc"], 5207);
}

#[test]
fn a_container_without_limits_has_limits_all_the_same() {
    let mut client = Client::empty("");
    client.make("Ctest", 3, container("c"));
    for number in 0..1100 {
        let request =
            client.request(json!({"op": 1, "to": "Ctest/c", "ty": 4, "rcn": 0, "pc": instance(number)}));
        client.send(&request);
    }
    assert_eq!(client.read("Ctest/c")["cni"], 1000);
    let large = client.create("Ctest/c", 4, instance("x".repeat(2_000_000)));
    assert_eq!(large["rsc"], 5207);
}

#[test]
fn no_frame_makes_it_panic() {
    let mut client = Client::greenhouse("");
    client.subscribe("cse-in/greenhouse/co2", json!({"enc": {"net": [3]}}));
    let mut random = Random::new(9);
    let valid = [
        json!({"op": 1, "to": "cse-in", "ty": 2, "fr": "C", "pc": {"m2m:ae": {"api": "Nx", "rr": true, "srv": ["4"]}}}),
        json!({"op": 1, "to": "cse-in/greenhouse/co2", "ty": 23, "pc": {"m2m:sub": {"nu": ["Ctest"], "exc": 1,
            "enc": {"net": [3], "chty": [4], "md": {"num": 1, "dur": "PT1S"}}, "bn": {"num": 2, "dur": "PT1S"}}}}),
        json!({"op": 2, "to": "cse-in", "rcn": 4, "fc": {"lvl": 2, "ty": [3], "lim": 3, "ofst": 2, "cra": "20261120T201707"}}),
        json!({"op": 2, "to": "cse-in/greenhouse/sensors/fopt/la", "rt": {"rtv": 2, "nu": ["Ctest"]}, "drt": 2}),
        json!({"op": 3, "to": "cse-in/greenhouse/light", "pc": {"cod:brigs": {"brigs": 5, "lbl": null}}}),
        json!({"op": 5, "to": "Ctest", "pc": {"m2m:sgn": {"sur": "x"}}, "rqet": "20301120T201707,5"}),
        json!({"rsc": 2000, "rqi": "x"}),
    ];
    for round in 0..4000 {
        let mut text = client.request(valid[round % valid.len()].clone()).to_string().into_bytes();
        for _ in 0..=random.index(3) {
            let place = random.index(text.len());
            match random.index(3) {
                0 => text[place] = b"0{}[]\",:-e\\19xn"[random.index(15)],
                1 => text.truncate(place.max(1)),
                _ => text.insert(place, b"0{}[]\",:-e\\19xn"[random.index(15)]),
            }
        }
        let outputs =
            client.feed(SimulatorInput::Frame(&Frame::Text(String::from_utf8_lossy(&text).into_owned())));
        assert!(outputs.len() < 3000);
        client.now = client.now + Duration::from_millis(7);
    }
}
