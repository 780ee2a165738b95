//! The definitions that come with the page read what is documented of their devices.

mod util;

use std::fs;
use std::path::Path;

use porthole::model::datatype::{DataType, NumberType};
use porthole::model::event::Event;
use porthole::model::reading::Report;
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::connector::definition::Definition;
use porthole::protocol::connector::{BUILT_IN, PROTOCOL};
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Frame, Input};
use util::clock::secs;
use util::connector_bench::{ConnectorBench, Device};

/// A session of a built-in definition, whose socket is open.
fn built_in(name: &str, chosen: &[(&str, &str)]) -> ConnectorBench {
    let mut options = Options::default();
    options.set("definition", name);
    for (name, value) in chosen {
        options.set(name, value);
    }
    options.complete(PROTOCOL.options, &mut Random::new(1));
    let mut bench = ConnectorBench::with((PROTOCOL.session)(&options), Device::default());
    bench.input(Input::Opened { subprotocol: "" });
    bench
}

fn number(value: f64) -> Value {
    Value::Number(value)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn each_can_be_read_and_is_named() {
    for built_in in BUILT_IN {
        let definition = Definition::parse(built_in.text);
        let definition = definition.unwrap_or_else(|problems| panic!("{}: {problems:#?}", built_in.name));
        assert_eq!(definition.name, built_in.title);
        assert!(!definition.description.is_empty(), "{}", built_in.name);
        let address = definition.address(&Options::default());
        assert!(address.starts_with("ws://127.0.0.1:"), "{}: {address}", built_in.name);
        let definitions = PROTOCOL.definitions.expect("connectors have definitions");
        assert_eq!((definitions.read)(built_in.text).map(|summary| summary.name), Ok(definition.name));
    }
}

const SOURCE: &str = "1ea39324-a32b-4e1d-86e9-33f9956ebc60";

#[test]
fn is_07_is_subscribed_to_and_kept_alive() {
    let sources = r#"["772116e0-b4ba-43b1-9ffc-70287c17cb9e"]"#;
    let mut bench = built_in("nmos-is-07", &[("sources", sources)]);
    let sent = bench.sent();
    // The wall clock of the bench, 37 s ahead, in nanoseconds.
    let health = r#"{"command":"health","timestamp":"1795205916:942118000"}"#;
    assert_eq!(sent, [format!(r#"{{"command":"subscription","sources":{sources}}}"#), health.to_owned()]);
    bench.pass(secs(0.02));
    bench.text(
        r#"{"timing":{"origin_timestamp":"1795205916:942118000","creation_timestamp":"1795205916:950000000"},
        "message_type":"health"}"#,
    );
    assert!(bench.is_recognised());
    assert!(bench.events().iter().any(|event| matches!(event, Event::Heartbeat { .. })));
    bench.pass(secs(5.0));
    assert_eq!(bench.sent().len(), 1);
    bench.pass(secs(5.1));
    assert_eq!(bench.closes.len(), 1);
}

#[test]
fn is_07_states_are_readings() {
    let state = |event_type: &str, payload: &str| {
        format!(
            r#"{{"identity":{{"source_id":"{SOURCE}"}},"event_type":"{event_type}",
            "timing":{{"creation_timestamp":"1532504241:104000200"}},"payload":{payload},"message_type":"state"}}"#
        )
    };
    for (event_type, payload, path, value, unit) in [
        ("boolean", r#"{"value":false}"#, "Switches", Value::Bool(false), ""),
        ("boolean/enum/Tally", r#"{"value":true}"#, "Switches", Value::Bool(true), ""),
        ("number", r#"{"value":16342}"#, "Numbers", number(16342.0), ""),
        ("number", r#"{"value":201,"scale":10}"#, "Numbers", number(20.1), ""),
        ("number/temperature/C", r#"{"value":201,"scale":10}"#, "Numbers", number(20.1), "C"),
        ("number/enum/Studio", r#"{"value":2}"#, "States", Value::Integer(2), ""),
        ("string", r#"{"value":"ok"}"#, "States", text("ok"), ""),
        ("string/enum/Signage", r#"{"value":"red"}"#, "States", text("red"), ""),
        ("object", r#"{"a":[1]}"#, "Objects", Value::Json(r#"{"a":[1]}"#.to_owned()), ""),
    ] {
        let mut bench = built_in("nmos-is-07", &[]);
        bench.text(&state(event_type, payload));
        let path = format!("{path}/{SOURCE}");
        assert_eq!(bench.values(), [(path.as_str(), &value)], "{event_type} {payload}");
        let readings = bench.readings();
        let (_, reading) = readings.iter().find(|(of, _)| *of == path).expect("a reading");
        // 37 s behind TAI.
        assert_eq!(reading.taken, Some(Timestamp(1_532_504_204_104_000)));
        let channel = &bench.catalog.channels[bench.channel(&path)];
        assert_eq!((channel.data_type.unit(), channel.name.as_str()), (unit, "1ea39324"));
        assert_eq!(channel.description, event_type);
    }
}

/// The examples of the specification, where they are at hand.
#[test]
fn the_examples_of_is_07_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/is-07/examples");
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let message = fs::read_to_string(&path).expect("an example");
        let mut bench = built_in("nmos-is-07", &[]);
        bench.text(&message);
        let is_state =
            name.starts_with("eventsapi-state") || name.starts_with("reboot") || name.starts_with("shut");
        assert_eq!(bench.values().len(), usize::from(is_state), "{name}");
        assert!(!bench.events().iter().any(|event| matches!(event, Event::Malformed { .. })), "{name}");
    }
}

#[test]
fn what_pvws_tells_once_holds_for_what_it_tells_later() {
    let mut bench = built_in("epics-pvws", &[("pvs", r#"["sim://sine","loc://state"]"#)]);
    assert_eq!(
        bench.sent(),
        [r#"{"type":"subscribe","pvs":["sim://sine","loc://state"]}"#, r#"{"type":"list"}"#]
    );
    bench.text(r#"{"type":"list","pvs":["sim://sine","loc://state"]}"#);
    bench.text(
        r#"{"type":"update","pv":"sim://sine","vtype":"VDouble","units":"a.u.","description":"Demo PV","precision":2,
        "min":-5.0,"max":5.0,"warn_low":-3.0,"warn_high":3.0,"alarm_low":"NaN","alarm_high":"NaN","severity":"NONE",
        "value":1.25,"readonly":true,"seconds":1795205879,"nanos":942118207}"#,
    );
    bench.text(
        r#"{"type":"update","pv":"loc://state","vtype":"VEnum","labels":["Idle","Busy"],"severity":"NONE","value":1,
        "text":"Busy","seconds":1795205879,"nanos":0}"#,
    );
    bench.text(
        r#"{"type":"update","pv":"LAB:NAME","vtype":"VString","severity":"NONE","text":"Porthole","seconds":1795205879,
        "nanos":0}"#,
    );
    bench.pass(secs(0.5));
    let busy = Value::Enum { code: 1, label: Some("Busy".into()) };
    let values = bench.values();
    for (path, value) in [
        ("Values/sim:/sine", number(1.25)),
        ("Values/loc:/state", busy),
        ("Values/LAB:NAME", text("Porthole")),
    ] {
        assert!(values.contains(&(path, &value)), "{path} in {values:?}");
    }
    let channel = &bench.catalog.channels[bench.channel("Values/sim:/sine")];
    let DataType::Number(NumberType { unit, format, .. }) = &channel.data_type else { panic!("{channel:?}") };
    assert_eq!((unit.as_str(), format.digits, channel.description.as_str()), ("a.u.", 2, "Demo PV"));
    let readings = bench.readings();
    let (_, first) = readings.iter().find(|(path, _)| *path == "Values/sim:/sine").expect("a reading");
    assert_eq!(first.taken, Some(Timestamp(1_795_205_879_942_118)));
    bench.take();
    bench.text(r#"{"type":"update","pv":"sim://sine","value":-2.5,"seconds":1795205880,"nanos":0}"#);
    bench.text(
        r#"{"type":"update","pv":"loc://state","value":0,"text":"Idle","seconds":1795205880,"nanos":0}"#,
    );
    bench.pass(secs(0.5));
    let idle = Value::Enum { code: 0, label: Some("Idle".into()) };
    assert_eq!(bench.values(), [("Values/sim:/sine", &number(-2.5)), ("Values/loc:/state", &idle)]);
    assert_eq!(bench.catalogs(), 0);
}

#[test]
fn pvws_says_when_a_variable_has_no_value() {
    let mut bench = built_in("epics-pvws", &[]);
    bench.text(r#"{"type":"update","pv":"T","units":"K","severity":"NONE","value":4.2,"seconds":1795205879,"nanos":0}"#);
    bench.text(
        r#"{"type":"update","pv":"T","severity":"INVALID","value":0.0,"seconds":1795205880,"nanos":0}"#,
    );
    bench.text(r#"{"type":"update","pv":"T","value":0.0,"seconds":1795205881,"nanos":0}"#);
    bench.pass(secs(0.5));
    let reports: Vec<&Report> = bench
        .readings()
        .iter()
        .filter(|(path, _)| *path == "Values/T")
        .map(|(_, reading)| &reading.report)
        .collect();
    let is_error = |report: &&Report| matches!(report, Report::Error { text, .. } if text == "INVALID");
    assert_eq!(reports.iter().map(is_error).collect::<Vec<_>>(), [false, true, true]);
    bench.take();
    bench.text(r#"{"type":"update","pv":"T","severity":"MINOR","value":5.5,"seconds":1795205882,"nanos":0}"#);
    assert_eq!(bench.values(), [("Values/T", &number(5.5)), ("Alarms/T", &text("MINOR"))]);
    // A waveform, and a number that is none.
    bench.text(r#"{"type":"update","pv":"W","severity":"NONE","b64dbl":"AAAAAAAA8D8=","seconds":1795205882,"nanos":0}"#);
    bench
        .text(r#"{"type":"update","pv":"N","severity":"NONE","value":"NaN","seconds":1795205882,"nanos":0}"#);
    bench.text(r#"{"type":"error","message":"PV_WRITE_SUPPORT is disabled"}"#);
    bench.pass(secs(0.5));
    let values = bench.values();
    assert!(values.contains(&("Arrays, in base64/W", &text("AAAAAAAA8D8="))), "{values:?}");
    let is_nan = |(path, value): &(&str, &Value)| {
        *path == "Values/N" && matches!(value, Value::Number(number) if number.is_nan())
    };
    assert!(values.iter().any(is_nan), "{values:?}");
    assert!(values.contains(&("Server/error", &text("PV_WRITE_SUPPORT is disabled"))));
}

#[test]
fn a_json_stream_is_all_that_is_in_it() {
    let mut bench = built_in("json-stream", &[]);
    bench.text(r#"{"sensors":[{"temp":4.5,"on":true},{"temp":5.5,"name":"b"}],"count":3,"none":null,"wave":[1,2,3]}"#);
    let values = bench.values();
    for (path, value) in [
        ("sensors/0/temp", number(4.5)),
        ("sensors/0/on", Value::Bool(true)),
        ("sensors/1/temp", number(5.5)),
        ("sensors/1/name", text("b")),
        ("count", Value::Integer(3)),
        ("none", Value::Null),
        ("wave", Value::Array(vec![Value::Integer(1), Value::Integer(2), Value::Integer(3)])),
    ] {
        assert!(values.contains(&(path, &value)), "{path} in {values:?}");
    }
    let groups: Vec<&str> = bench.catalog.groups.iter().map(|group| group.title.as_str()).collect();
    assert_eq!(groups, ["Connection", "sensors", "0/temp", "1/temp", "JSON stream", "count"]);
    bench.text("17");
    bench.pass(secs(0.5));
    assert_eq!(bench.values().last(), Some(&("value", &Value::Integer(17))));
}

#[test]
fn the_page_can_ask_about_definitions() {
    let definitions = PROTOCOL.definitions.expect("connectors have definitions");
    assert_eq!((definitions.built_in)().len(), BUILT_IN.len());
    let blank = (definitions.blank)("ws://lab:8080/stream");
    assert_eq!((definitions.read)(&blank).map(|summary| summary.url), Ok("ws://lab:8080/stream".to_owned()));
    let frame = Frame::Text(r#"{"t":4.5}"#.to_owned());
    let json_stream =
        BUILT_IN.iter().find(|built_in| built_in.name == "json-stream").expect("it is there").text;
    let preview = (definitions.preview)(json_stream, &Options::default(), std::slice::from_ref(&frame));
    assert_eq!(preview[0].rules[0].readings[0].channel, "t");
    assert!(!(definitions.leaves)(json_stream, &frame).is_empty());
}

#[test]
fn what_comes_with_the_page_needs_no_libraries() {
    let later = PROTOCOL.later.expect("connectors have a part that comes later");
    for built_in in BUILT_IN {
        let mut options = Options::default();
        options.set("definition", built_in.name);
        assert!(!(later.is_needed)(&options));
        options.set("definition_text", built_in.text);
        assert!(!(later.is_needed)(&options), "{} has a JSONPath or a pattern", built_in.name);
    }
    for text in [r#"{"each":"$..a"}"#, r#"{"p\u0061ttern":"(?<v>.)"}"#, r#"{"pattern":"(?<v>.)"}"#] {
        let mut options = Options::default();
        options.set("definition_text", text);
        assert!((later.is_needed)(&options), "{text}");
    }
}

#[test]
fn a_capture_is_read_without_asking_anything() {
    let text = r#"{"porthole":1,"kind":"connector","name":"Bench","url":"ws://lab:1/",
        "parameters":[{"name":"token","secret":true}],"open":[{"send":{"token":"{token}"}}],
        "poll":[{"send":"?","every_s":1,"response":{"match":{"path":"/a"}}}],"messages":[{"each_leaf":""}]}"#;
    let chosen = [("definition_text", text), ("replay", "yes")];
    let chosen: Vec<_> =
        chosen.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let session = (PROTOCOL.session)(&Options::new(&chosen));
    let mut bench = ConnectorBench::with(session, Device::default());
    bench.input(Input::Opened { subprotocol: "" });
    bench.text(r#"{"t":1.5}"#);
    bench.pass(secs(3.0));
    assert!(bench.sent().is_empty(), "nobody would answer");
    assert!(bench.values().contains(&("t", &number(1.5))));
}
