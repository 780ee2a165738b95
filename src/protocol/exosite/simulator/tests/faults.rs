//! The faults of the demo.

use super::*;

/// Dataports that somebody listens to, by ids from 0 on.
fn listening(places: &[(&str, &str)]) -> Client {
    let mut client = Client::owner("");
    for (id, (device, alias)) in places.iter().enumerate() {
        let rid = client.rid(device, alias);
        client.result("subscribe", json!([rid, {"subs_id": id}]));
    }
    client
}

const AIR: (&str, &str) = ("weather-station", "air-temperature");
const CO2: (&str, &str) = ("cellar", "co2");
const SOIL: (&str, &str) = ("slope-north", "soil-temperature");

fn of(updates: &[Value], id: u64) -> Vec<Value> {
    updates.iter().filter(|update| update[0]["id"] == id).cloned().collect()
}

#[test]
fn noise_is_ten_times_wider() {
    let mut client = listening(&[AIR]);
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
    let mut client = listening(&[AIR]);
    let before = numbers(&client.pass(2.0));
    client.fault(Fault::Step, true);
    let after = numbers(&client.pass(1.2));
    assert!(before[before.len() - 1] - after[0] > 4.0, "{before:?} {after:?}");
}

#[test]
fn one_device_stops_and_the_others_go_on() {
    let mut client = listening(&[AIR, SOIL]);
    client.fault(Fault::Stale, true);
    let updates = client.pass(10.0);
    assert_eq!((of(&updates, 0).len(), of(&updates, 1).len()), (10, 0));
    client.fault(Fault::Stale, false);
    assert!(of(&client.pass(10.0), 1).len() >= 4);
}

#[test]
fn a_gap_is_silent_for_eight_seconds_and_answers_afterwards() {
    let mut client = listening(&[AIR]);
    client.fault(Fault::Gap, true);
    let call = json!([{"id": "late", "procedure": "lookup", "arguments": ["alias", "cellar"]}]);
    assert_eq!(client.calls(call), Vec::<Value>::new());
    assert_eq!(client.pass(7.8), Vec::<Value>::new());
    let frames = client.pass(2.0);
    assert_eq!(frames[0][0]["id"], "late");
    assert!((2..=3).contains(&frames.len()), "what was to be told in the gap is lost: {frames:?}");
}

#[test]
fn an_error_is_a_text_where_a_number_belongs() {
    let mut client = listening(&[CO2, AIR]);
    client.fault(Fault::Error, true);
    let updates = client.pass(10.0);
    let faulty = of(&updates, 0);
    assert!(faulty.len() >= 4 && faulty.iter().all(|update| update[0]["result"][1] == "sensor fault"));
    assert_eq!(numbers(&of(&updates, 1)).len(), 10);
    client.fault(Fault::Error, false);
    let co2 = of(&client.pass(10.0), 0);
    assert_eq!(numbers(&co2).len(), co2.len());
}

#[test]
fn a_burst_is_more_than_a_thousand_updates_a_second() {
    let mut client = listening(&[AIR, CO2, SOIL]);
    client.fault(Fault::Burst, true);
    let frames = client.pass(3.0);
    assert!((1000..2000).contains(&(frames.len() / 3)), "{} in 3 s", frames.len());
    let rid = client.rid(AIR.0, AIR.1);
    assert_eq!(client.points(rid).len(), 600);
    client.fault(Fault::Burst, false);
    assert!(client.pass(3.0).len() < 10);
    let mut quiet = Client::owner("");
    quiet.fault(Fault::Burst, true);
    assert_eq!(quiet.pass(1.0), Vec::<Value>::new(), "nobody listens");
}

#[test]
fn garbage_of_many_kinds_comes_between_good_frames() {
    let mut client = listening(&[AIR]);
    client.fault(Fault::Garbage, true);
    let outputs = client.outputs_of(12.0);
    let binary = |output: &SimulatorOutput| matches!(output, SimulatorOutput::Send(Frame::Binary(_)));
    assert!(outputs.iter().any(binary));
    let frames = texts(outputs);
    assert!(frames.iter().any(|frame| frame.ends_with("[13767")), "half a message");
    assert!(frames.iter().any(|frame| frame.len() > 100_000), "a long frame");
    assert!(frames.iter().any(|frame| frame.contains('\0')), "NUL");
    assert!(frames.iter().any(|frame| frame.contains("\\ud800")), "half a surrogate pair");
    let good =
        frames.iter().filter(|frame| frame.starts_with(r#"[{"id":0,"status":"ok","result":[17"#)).count();
    assert_eq!(good, 12, "good frames go on");
}

#[test]
fn a_cut_happens_once_and_the_next_connection_is_good() {
    let mut client = listening(&[AIR]);
    assert_eq!(client.fault(Fault::Cut, true), [SimulatorOutput::Cut]);
    assert_eq!(client.outputs_of(5.0), []);
    client.reconnect(1.0);
    client.authenticate(json!({"cik": DEMO_KEY}));
    let rid = client.rid(AIR.0, AIR.1);
    let since = client.now_secs() - 6;
    client.result("subscribe", json!([rid, {"since": since}]));
    assert_eq!(client.updates(0.0).len(), 6, "what was missed is there");
}
