//! The simulators with a fake clock.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::model::time::Timestamp;

const START_MICROS: i64 = 1_795_000_000_000_000;

/// A client of a simulator, with its own clock.
struct Client {
    simulator: SecopSimulator,
    now: Now,
}

impl Client {
    fn new(simulator: SecopSimulator) -> Self {
        let now = Now { instant: Instant(1000.0), wall: Timestamp(START_MICROS) };
        let mut client = Self { simulator, now };
        assert_eq!(client.feed(SimulatorInput::Opened), Vec::new());
        client
    }

    fn cryo3(quirks: &str) -> Self {
        Self::new(SecopSimulator::cryo3(1, quirks.parse().expect("quirks")))
    }

    fn spectrometer(quirks: &str) -> Self {
        Self::new(SecopSimulator::mass_spectrometer(1, quirks.parse().expect("quirks")))
    }

    fn feed(&mut self, input: SimulatorInput<'_>) -> Vec<SimulatorOutput> {
        self.simulator.handle(self.now, input);
        std::iter::from_fn(|| self.simulator.poll()).collect()
    }

    /// Sends a line; what comes back at once.
    fn send(&mut self, line: &str) -> Vec<String> {
        texts(self.feed(SimulatorInput::Frame(&Frame::Text(line.to_owned()))))
    }

    /// Sends a line; the last frame that comes back at once.
    fn ask(&mut self, line: &str) -> String {
        self.send(line).pop().unwrap_or_default()
    }

    /// Lets time pass, with each deadline kept.
    fn outputs_of(&mut self, secs: f64) -> Vec<SimulatorOutput> {
        let end = self.now.instant + Duration::from_secs_f64(secs);
        let mut outputs = Vec::new();
        while let Some(deadline) = self.simulator.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now + deadline.since(self.now.instant);
            outputs.extend(self.feed(SimulatorInput::Timeout));
        }
        self.now = self.now + end.since(self.now.instant);
        outputs
    }

    fn pass(&mut self, secs: f64) -> Vec<String> {
        texts(self.outputs_of(secs))
    }

    fn fault(&mut self, fault: Fault, on: bool) -> Vec<SimulatorOutput> {
        self.feed(SimulatorInput::Fault(fault, on))
    }

    /// Lets time pass until a frame starts like this; fails after 10 minutes.
    fn until(&mut self, start: &str) -> String {
        for _ in 0..6000 {
            if let Some(frame) = self.pass(0.1).into_iter().find(|frame| frame.starts_with(start)) {
                return frame;
            }
        }
        panic!("no {start:?} within 10 minutes");
    }
}

fn texts(outputs: Vec<SimulatorOutput>) -> Vec<String> {
    let text = |output| match output {
        SimulatorOutput::Send(Frame::Text(text)) => Some(text),
        SimulatorOutput::Send(Frame::Binary(_)) | SimulatorOutput::Cut => None,
    };
    outputs.into_iter().filter_map(text).collect()
}

fn report(frame: &str) -> Value {
    let data = frame.splitn(3, ' ').nth(2).expect("a frame with data");
    serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {frame}"))
}

fn numbers(frames: &[String], start: &str) -> Vec<f64> {
    let wanted = frames.iter().filter(|frame| frame.starts_with(start));
    wanted.filter_map(|frame| report(frame)[0].as_f64()).collect()
}

fn count(frames: &[String], start: &str) -> usize {
    frames.iter().filter(|frame| frame.starts_with(start)).count()
}

#[test]
fn the_handshake_is_as_the_specification_says() {
    let mut client = Client::cryo3("");
    assert_eq!(client.ask("*IDN?"), "ISSE&SINE2020,SECoP,V2019-09-16,v1.0");
    let description = client.ask("describe");
    let modules = &report(&description)["modules"];
    assert!(description.starts_with("describing . {"));
    assert_eq!(modules["T_sample"]["interface_classes"], json!(["Drivable"]));
    assert_eq!(modules["T_sample"]["accessibles"]["value"]["datainfo"]["unit"], "K");
    let answer = client.send("activate");
    assert_eq!(answer.last().map(String::as_str), Some("active"));
    assert!(answer.len() > 25, "{answer:?}");
    assert!(answer[..answer.len() - 1].iter().all(|frame| frame.starts_with("update ")));
    assert!(!answer.iter().any(|frame| frame.contains("_sensor")), "a constant is never reported");
    assert_eq!(client.ask("deactivate"), "inactive");
    assert_eq!(client.pass(5.0), Vec::<String>::new());
}

#[test]
fn one_module_can_be_activated_alone() {
    let mut client = Client::cryo3("");
    assert_eq!(client.ask("activate mf"), "active mf");
    let frames = client.pass(5.0);
    assert!(frames.len() > 20);
    assert!(frames.iter().all(|frame| frame.starts_with("update mf:")), "{frames:?}");
    assert!(client.ask("activate nope").starts_with("error_activate nope [\"NoSuchModule\","));
}

#[test]
fn requests_are_answered_and_refused_in_the_classes_of_the_specification() {
    let mut client = Client::cryo3("v2.0");
    for (request, answer) in [
        ("ping abc", "pong abc [null,{\"t\":"),
        ("ping", "pong  [null,"),
        ("ping abc 1", "error_ping abc [\"ProtocolError\""),
        ("read T_sample", "reply T_sample ["),
        ("read T_sample:value", "reply T_sample:value ["),
        ("read nope:value", "error_read nope:value [\"NoSuchModule\""),
        ("read T_sample:nope", "error_read T_sample:nope [\"NoSuchParameter\""),
        ("change T_sample:target 5", "changed T_sample:target [5.0,{\"t\":"),
        ("change T_sample:target 1000", "error_change T_sample:target [\"RangeError\""),
        ("change T_sample:target \"abc\"", "error_change T_sample:target [\"WrongType\""),
        ("change T_sample:target {bad", "error_change T_sample:target [\"BadJSON\""),
        ("change T_sample:value 1", "error_change T_sample:value [\"ReadOnly\""),
        ("change T_sample:mode \"manual\"", "changed T_sample:mode [2,"),
        ("change T_sample:target_limits [9, 1]", "error_change T_sample:target_limits [\"RangeError\""),
        ("change T_sample:target_limits [2, 100]", "changed T_sample:target_limits [[2.0,100.0],"),
        ("change T_sample:target 101", "error_change T_sample:target [\"RangeError\""),
        ("check T_sample:target 101", "error_check T_sample:target [\"RangeError\""),
        ("check T_sample:target 99", "checked T_sample:target [99.0,"),
        ("check T_sample:ramp 1", "error_check T_sample:ramp [\"NotCheckable\""),
        ("change mf:_persistent true", "error_change mf:_persistent [\"IsBusy\""),
        ("do mf:stop", "done mf:stop [null,"),
        ("change mf:_persistent true", "changed mf:_persistent [true,"),
        ("change mf:target 1", "error_change mf:target [\"Disabled\""),
        ("do mf:stop 1", "error_do mf:stop [\"WrongType\""),
        ("do mf:nope", "error_do mf:nope [\"NoSuchCommand\""),
        ("do T_sample:_autotune {\"method\":1}", "error_do T_sample:_autotune [\"WrongType\""),
        (
            "do T_sample:_autotune {\"method\":\"gentle\",\"amplitude\":1}",
            "done T_sample:_autotune [{\"p\":7.0,",
        ),
        (
            "do T_sample:_autotune {\"method\":0,\"amplitude\":1}",
            "error_do T_sample:_autotune [\"CommandRunning\"",
        ),
        ("logging mf \"silly\"", "error_logging mf [\"RangeError\""),
        ("logging  \"debug\"", "logging  \"debug\""),
        ("gossip a b", "error_gossip a [\"ProtocolError\""),
        ("", "error_  [\"ProtocolError\""),
    ] {
        let frames = client.send(request);
        assert!(frames.iter().any(|frame| frame.starts_with(answer)), "{request} was answered by {frames:?}");
    }
}

#[test]
fn an_active_client_sees_side_effects_before_the_reply() {
    let mut client = Client::cryo3("");
    client.send("activate");
    let frames = client.send("change T_sample:target 10");
    let place = |start: &str| frames.iter().position(|frame| frame.starts_with(start)).expect(start);
    assert!(place("update T_sample:status") < place("changed T_sample:target"));
    assert!(place("update T_sample:target") < place("changed T_sample:target"));
}

#[test]
fn the_first_seconds_look_alive() {
    let mut client = Client::cryo3("");
    client.send("activate");
    let frames = client.pass(10.0);
    let kelvin = numbers(&frames, "update T_sample:value");
    assert!((45..=51).contains(&kelvin.len()), "5 Hz, but {} in 10 s", kelvin.len());
    let (first, last) = (kelvin[0], kelvin[kelvin.len() - 1]);
    assert!(first - last > 0.2 && last > 4.3, "a cool-down is under way: {first} to {last}");
    assert!(frames.len() < 400, "{} frames in 10 s", frames.len());
}

#[test]
fn the_gauge_fails_now_and_then() {
    let mut client = Client::cryo3("");
    client.send("activate");
    let error = client.until("error_update p_iso:value");
    let report = report(&error);
    assert_eq!((&report[0], &report[1]), (&json!("HardwareError"), &json!("sensor disconnected")));
    client.until("update p_iso:value");
}

#[test]
fn logging_says_what_happens() {
    let mut client = Client::cryo3("");
    client.send("activate");
    client.send("logging mf \"info\"");
    assert_eq!(count(&client.pass(5.0), "log "), 0);
    assert!(client.send("change mf:ramp 1").contains(&"log mf:info \"ramp was changed\"".to_owned()));
    client.send("logging mf \"debug\"");
    assert!(count(&client.pass(5.0), "log mf:debug \"read_value returned") > 10);
    client.send("logging mf \"off\"");
    assert_eq!(count(&client.pass(5.0), "log "), 0);
}

#[test]
fn the_spectrometer_has_every_data_type() {
    let mut client = Client::spectrometer("");
    let description = client.ask("describe");
    for kind in [
        "double", "scaled", "int", "bool", "enum", "string", "blob", "array", "tuple", "struct", "matrix",
        "command",
    ] {
        assert!(description.contains(&format!("\"type\":\"{kind}\"")), "{kind}");
    }
    client.send("activate");
    let spectrum = client.until("update spectrum:value");
    assert_eq!(report(&spectrum)[0].as_array().map(Vec::len), Some(200));
    let map = report(&client.until("update spectrum:_map"));
    let blob = decode_base64(map[0]["blob"].as_str().expect("a blob")).expect("base64");
    assert_eq!((map[0]["len"].clone(), blob.len()), (json!([50, 16]), 50 * 16 * 4));
    for (request, answer) in [
        (
            "change filament:_settings {\"energy\":60,\"filament\":\"B\",\"protect\":false}",
            "60.0,\"filament\":2",
        ),
        ("change filament:_window [1,2,true]", "changed filament:_window [[1.0,2.0,true],"),
        ("change filament:_deflection 123.4", "changed filament:_deflection [123,"),
        ("change filament:_comment \"grüße ☃\"", "changed filament:_comment [\"grüße ☃\","),
        ("change filament:_calibration \"AAEC\"", "changed filament:_calibration [\"AAEC\","),
        ("do spectrum:_peak 18", "done spectrum:_peak ["),
        ("do filament:_degas", "done filament:_degas [\"degassing for 15 s\","),
    ] {
        let frames = client.send(request);
        assert!(frames.iter().any(|frame| frame.contains(answer)), "{request} was answered by {frames:?}");
    }
}

#[test]
fn equal_seeds_give_equal_frames_and_others_do_not() {
    let run = |seed| {
        let mut client = Client::new(SecopSimulator::cryo3(seed, Quirks::default()));
        client.send("activate");
        client.fault(Fault::Garbage, true);
        let mut outputs = client.outputs_of(20.0);
        client.fault(Fault::Burst, true);
        outputs.extend(client.outputs_of(1.0));
        outputs
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn an_hour_in_a_hidden_tab_is_skipped() {
    for fault in [None, Some(Fault::Burst), Some(Fault::Garbage)] {
        let mut client = Client::cryo3("");
        client.send("activate");
        if let Some(fault) = fault {
            client.fault(fault, true);
        }
        client.pass(1.0);
        client.now = client.now + Duration::from_hours(1);
        let outputs = client.feed(SimulatorInput::Timeout);
        assert!(!outputs.is_empty() && outputs.len() < 500, "{fault:?}: {} frames", outputs.len());
        let deadline = client.simulator.deadline().expect("a deadline");
        assert!(deadline > client.now.instant, "it goes on from now");
    }
}

#[test]
fn nothing_is_due_while_nobody_is_connected() {
    let mut client = Client::cryo3("");
    client.send("activate");
    client.feed(SimulatorInput::Closed);
    assert_eq!(client.simulator.deadline(), None);
    client.feed(SimulatorInput::Opened);
    assert_eq!(client.pass(5.0), Vec::<String>::new(), "a new connection is not active");
}

#[test]
fn noise_is_ten_times_wider() {
    let mut client = Client::cryo3("");
    client.send("activate mf");
    client.send("do mf:stop");
    let mut spread = || {
        let tesla = numbers(&client.pass(30.0), "update mf:value");
        let mean = tesla.iter().sum::<f64>() / tesla.len() as f64;
        let width = (tesla.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / tesla.len() as f64).sqrt();
        client.fault(Fault::Noise, true);
        width
    };
    let (quiet, loud) = (spread(), spread());
    assert!((7.0..13.0).contains(&(loud / quiet)), "{quiet} and {loud}");
}

#[test]
fn a_step_makes_values_jump_and_the_magnet_quench() {
    let mut client = Client::cryo3("");
    client.send("activate");
    let before = numbers(&client.pass(1.0), "update T_sample:value");
    client.fault(Fault::Step, true);
    let frames = client.pass(1.0);
    let after = numbers(&frames, "update T_sample:value");
    assert!(after[0] - before[before.len() - 1] > 3.0);
    assert!(frames.iter().any(|frame| frame.contains("quench detected")));
    client.pass(20.0);
    let tesla = numbers(&client.pass(1.0), "update mf:value");
    assert!(tesla[0].abs() < 0.01, "{tesla:?}");
    assert!(client.ask("change mf:target 1").contains("IsError"));
    client.fault(Fault::Step, false);
    assert!(client.ask("change mf:target 1").starts_with("changed"));
}

#[test]
fn a_stale_instrument_is_silent_and_the_others_go_on() {
    let mut client = Client::cryo3("");
    client.send("activate");
    client.fault(Fault::Stale, true);
    let frames = client.pass(10.0);
    assert_eq!(count(&frames, "update mf:"), 0);
    assert!(count(&frames, "update T_sample:") > 40);
    let taken = report(&client.ask("read mf:value"))[1]["t"].clone();
    client.pass(2.0);
    assert_eq!(report(&client.ask("read mf:value"))[1]["t"], taken, "an old value keeps its time");
    client.fault(Fault::Stale, false);
    assert!(count(&client.pass(2.0), "update mf:value") > 4);
}

#[test]
fn a_gap_is_silent_for_eight_seconds_and_answers_afterwards() {
    let mut client = Client::cryo3("");
    client.send("activate");
    client.fault(Fault::Gap, true);
    assert_eq!(client.send("ping x"), Vec::<String>::new());
    client.send("change T_sample:target 10");
    assert_eq!(client.pass(7.8), Vec::<String>::new());
    let frames = client.pass(1.0);
    assert!(count(&frames, "update T_sample:value") > 0);
    assert_eq!(count(&frames, "pong x"), 1);
    assert_eq!(count(&frames, "update T_sample:target"), 1, "what changed in the gap is told");
    assert_eq!(count(&frames, "changed T_sample:target"), 1);
}

#[test]
fn an_error_replaces_one_value_until_it_is_switched_off() {
    let mut client = Client::cryo3("");
    client.send("activate");
    client.fault(Fault::Error, true);
    let frames = client.pass(2.0);
    assert!(count(&frames, "error_update T_sample:value [\"HardwareError\"") > 5);
    assert_eq!(count(&frames, "update T_sample:value"), 0);
    assert_eq!(count(&frames, "update T_sample:status [[400,"), 1);
    assert!(count(&frames, "update mf:value") > 5);
    assert!(client.ask("read T_sample:value").starts_with("error_read T_sample:value [\"HardwareError\""));
    client.fault(Fault::Error, false);
    let frames = client.pass(2.0);
    assert!(count(&frames, "update T_sample:value") > 5);
    assert_eq!(count(&frames, "error_update"), 0);
    assert_eq!(count(&frames, "update T_sample:status [[370,"), 1);
}

#[test]
fn a_burst_is_more_than_a_thousand_updates_a_second() {
    for mut client in [Client::cryo3(""), Client::spectrometer("")] {
        client.send("activate");
        client.fault(Fault::Burst, true);
        let frames = client.pass(5.0);
        let rate = frames.len() / 5;
        assert!((1000..2000).contains(&rate), "{rate} a second");
        client.fault(Fault::Burst, false);
        assert!(client.pass(5.0).len() < 300);
    }
}

#[test]
fn garbage_of_many_kinds_comes_between_good_frames() {
    let mut client = Client::cryo3("");
    client.send("activate");
    client.fault(Fault::Garbage, true);
    let outputs = client.outputs_of(12.0);
    let binary = |output: &SimulatorOutput| matches!(output, SimulatorOutput::Send(Frame::Binary(_)));
    assert!(outputs.iter().any(binary));
    let frames = texts(outputs);
    let half = |frame: &String| frame.ends_with("{\"t\": 17");
    assert!(frames.iter().any(half), "half a message");
    assert!(frames.iter().any(|frame| frame.len() > 100_000), "a long line");
    assert!(frames.iter().any(|frame| frame.contains('\0')), "NUL");
    assert!(frames.iter().any(|frame| frame.contains("\\ud800")), "half a surrogate pair");
    assert!(frames.iter().any(|frame| frame.starts_with("gossip ")), "an unknown action");
    assert!(count(&frames, "update T_sample:value") > 50, "good frames go on");
}

#[test]
fn a_cut_happens_once_and_the_next_connection_is_good() {
    let mut client = Client::cryo3("");
    client.send("activate");
    assert_eq!(client.fault(Fault::Cut, true), [SimulatorOutput::Cut]);
    assert_eq!(client.outputs_of(5.0), []);
    client.feed(SimulatorInput::Closed);
    client.feed(SimulatorInput::Opened);
    assert_eq!(client.ask("activate"), "active");
    assert!(client.outputs_of(1.0).len() > 5);
}

#[test]
fn quirks_change_the_wire() {
    assert_eq!(Client::cryo3("v2.0").ask("*IDN?"), "ISSE,SECoP,,v2.0");
    assert!(!Client::cryo3("no-t").ask("read mf").contains("\"t\""));
    assert!(Client::cryo3("").ask("read mf").contains("\"e\""));
    assert!(!Client::cryo3("no-e").ask("read mf").contains("\"e\""));
    assert!(Client::cryo3("nan").ask("read T_broken").starts_with("reply T_broken [NaN,{"));
    assert!(Client::cryo3("unknown-type").ask("describe").contains("\"type\":\"quaternion\""));
    assert!(Client::cryo3("extra").ask("read mf").ends_with(",\"more\",{\"of\":[1,2]}]"));
    assert!(Client::cryo3("old-visibility").ask("describe").contains("\"visibility\":\"expert\""));
    assert!(Client::cryo3("").ask("describe").contains("\"visibility\":\"w--\""));
    assert!(Client::cryo3("new-meaning").ask("describe").contains("\"meaning\":{\"function\":"));
    assert_eq!(Client::cryo3("fallback").ask("activate mf"), "active");
    assert_eq!(Client::cryo3("silent-ping").send("ping a"), Vec::<String>::new());
    assert!(Client::cryo3("newline").ask("*IDN?").ends_with('\n'));
    assert!(Client::cryo3("bare-errors").ask("read x").starts_with("error  [\"NoSuchModule\""));
}

#[test]
fn quirks_change_the_timing() {
    let mut slow = Client::cryo3("slow=500");
    assert_eq!(slow.send("ping a"), Vec::<String>::new());
    assert_eq!(count(&slow.pass(0.45), "pong"), 0);
    assert_eq!(count(&slow.pass(0.1), "pong a"), 1);

    let mut late = Client::cryo3("late-active");
    assert!(!late.send("activate").contains(&"active".to_owned()));
    let frames = late.pass(2.0);
    let active = frames.iter().position(|frame| frame == "active").expect("active");
    assert!(active > 5, "updates come before active");

    let mut reorder = Client::cryo3("reorder");
    assert_eq!(reorder.send("ping a"), Vec::<String>::new());
    let frames = reorder.send("ping b");
    assert!(frames[0].starts_with("pong b") && frames[1].starts_with("pong a"));
    reorder.send("ping c");
    assert_eq!(count(&reorder.pass(0.5), "pong c"), 1, "a lone reply does not wait for ever");

    let mut closed = Client::cryo3("error-closed");
    closed.send("activate");
    closed.until("error_closed");
    assert_eq!(closed.pass(2.0), Vec::<String>::new());
}

#[test]
fn the_description_changes_on_the_second_connection() {
    let mut client = Client::cryo3("changing");
    let before = report(&client.ask("describe"));
    client.feed(SimulatorInput::Closed);
    client.feed(SimulatorInput::Opened);
    let after = report(&client.ask("describe"));
    assert!(before["modules"]["T_probe"].is_null() && after["modules"]["T_probe"].is_object());
    assert!(before["modules"]["he_level"].is_object() && after["modules"]["he_level"].is_null());
    let max = |description: &Value| {
        description["modules"]["T_sample"]["accessibles"]["target"]["datainfo"]["max"].as_f64()
    };
    assert_eq!((max(&before), max(&after)), (Some(300.0), Some(320.0)));
}
