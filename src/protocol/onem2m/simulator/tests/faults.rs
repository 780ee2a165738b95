//! The faults of the demo.

use super::*;

const AIR: &str = "cse-in/greenhouse/air-temperature";

/// A client that hears of every new instance of some containers.
fn listening(quirks: &str, names: &[&str]) -> Client {
    let mut client = Client::greenhouse(quirks);
    for name in names {
        let to = format!("cse-in/greenhouse/{name}");
        client.subscribe(&to, json!({"enc": {"net": [3], "chty": [4]}}));
    }
    client.notifications();
    client
}

fn contents(frames: &[Value]) -> Vec<Value> {
    frames.iter().map(|frame| frame["pc"]["m2m:sgn"]["nev"]["rep"]["m2m:cin"]["con"].clone()).collect()
}

fn numbers(frames: &[Value]) -> Vec<f64> {
    contents(frames)
        .iter()
        .filter_map(|content| content.as_f64().or_else(|| content.as_str()?.parse().ok()))
        .collect()
}

#[test]
fn noise_is_ten_times_wider() {
    let mut client = listening("", &["air-temperature"]);
    let mut width = || {
        let celsius = numbers(&client.pass(120.0));
        client.fault(Fault::Noise, true);
        let squares = celsius.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
        (squares.sum::<f64>() / celsius.len() as f64).sqrt()
    };
    let (quiet, loud) = (width(), width());
    assert!((4.0..13.0).contains(&(loud / quiet)), "{quiet} and {loud}");
}

#[test]
fn a_step_makes_values_jump() {
    let mut client = listening("", &["air-temperature", "door"]);
    let before = numbers(&client.pass(2.0));
    client.fault(Fault::Step, true);
    let after = numbers(&client.pass(1.2));
    assert!(before[before.len() - 1] - after[0] > 4.0, "{before:?} {after:?}");
    assert_eq!(client.read("cse-in/greenhouse/door/la")["con"], "open");
}

#[test]
fn one_container_stops_and_the_others_go_on() {
    let mut client = listening("", &["air-temperature", "air-humidity"]);
    client.fault(Fault::Stale, true);
    let frames = client.pass(10.0);
    assert!((9..=11).contains(&frames.len()), "{}", frames.len());
    client.fault(Fault::Stale, false);
    assert!(client.pass(10.0).len() > 13);
}

#[test]
fn a_gap_is_silent_for_eight_seconds_and_answers_afterwards() {
    let mut client = listening("", &["air-temperature"]);
    client.fault(Fault::Gap, true);
    let request = client.request(json!({"op": 2, "to": "-"}));
    assert_eq!(client.send(&request), Vec::<Value>::new());
    assert_eq!(client.pass(7.8), Vec::<Value>::new());
    let frames = client.pass(1.5);
    assert_eq!(frames.iter().filter(|frame| frame["rqi"] == request["rqi"]).count(), 1);
    assert!(frames.len() > 1 && frames.len() < 4, "what was to be told in the gap is lost: {frames:?}");
}

#[test]
fn an_error_replaces_the_value_of_one_sensor_and_takes_an_attribute_away() {
    let mut client = listening("", &["co2", "air-temperature"]);
    client.fault(Fault::Error, true);
    let frames = client.pass(10.0);
    let faulty = contents(&frames).iter().filter(|content| **content == "sensor fault").count();
    assert!((4..=6).contains(&faulty) && frames.len() > 12, "{faulty} of {}", frames.len());
    assert!(client.read("cse-in/greenhouse/airQuality").get("co2").is_none());
    client.fault(Fault::Error, false);
    assert!(!contents(&client.pass(10.0)).contains(&json!("sensor fault")));
    assert!(client.read("cse-in/greenhouse/airQuality")["co2"].is_u64());
}

#[test]
fn a_burst_is_more_than_a_thousand_notifications_a_second() {
    let mut client = listening("", &["air-temperature", "co2"]);
    client.fault(Fault::Burst, true);
    let frames = client.pass(3.0);
    assert!((1000..2000).contains(&(frames.len() / 3)), "{} in 3 s", frames.len());
    assert_eq!(client.read(AIR)["cni"], 120);
    client.fault(Fault::Burst, false);
    assert!(client.pass(3.0).len() < 10);
    let mut quiet = Client::greenhouse("");
    quiet.fault(Fault::Burst, true);
    assert_eq!(quiet.pass(1.0), Vec::<Value>::new(), "nobody listens");
}

#[test]
fn garbage_of_many_kinds_comes_between_good_frames() {
    let mut client = listening("", &["air-temperature"]);
    client.fault(Fault::Garbage, true);
    let outputs = client.outputs_of(12.0);
    let binary = |output: &SimulatorOutput| matches!(output, SimulatorOutput::Send(Frame::Binary(_)));
    assert!(outputs.iter().any(binary));
    let frames = texts(outputs);
    assert!(frames.iter().any(|frame| frame.ends_with("{\"net")), "half a message");
    assert!(frames.iter().any(|frame| frame.len() > 100_000), "a long frame");
    assert!(frames.iter().any(|frame| frame.contains('\0')), "NUL");
    assert!(frames.iter().any(|frame| frame.contains("\\ud800")), "half a surrogate pair");
    let good = frames.iter().filter(|frame| frame.contains("\"m2m:cin\":{\"con\":\"2")).count();
    assert!(good > 9, "good frames go on");
}

#[test]
fn a_cut_happens_once_and_the_next_connection_is_good() {
    let mut client = listening("", &["air-temperature"]);
    assert_eq!(client.fault(Fault::Cut, true), [SimulatorOutput::Cut]);
    assert_eq!(client.outputs_of(5.0), []);
    client.reconnect(1.0);
    assert_eq!(client.retrieve("-")["rsc"], 2000);
    assert!(client.pass(3.0).len() >= 2);
}
