//! A simulated service of Exosite behind a WebSocket.

use porthole::protocol::Fault;
use porthole::protocol::exosite::simulator::DEMO_KEY;
use porthole_lab::{Instrument, Server, serve_simulator};
use serde_json::{Value, json};

use crate::client::{Client, Instead};

fn vineyard(quirks: &str) -> Server {
    let instrument = Instrument::named("vineyard").expect("an instrument");
    serve_simulator(0, instrument.simulator(1, quirks).expect("quirks")).expect("a free port")
}

fn next(client: &mut Client) -> Value {
    let text = client.next().expect("a frame");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// Sends a frame; the next one that comes back.
fn ask(client: &mut Client, frame: &Value) -> Value {
    client.send(&frame.to_string());
    next(client)
}

fn authenticated(server: &Server) -> Client {
    let mut client = Client::connect(server);
    assert_eq!(ask(&mut client, &json!({"auth": {"cik": DEMO_KEY}})), json!({"status": "ok"}));
    client
}

/// What subscribes to the temperature of the air.
fn subscribe_to_air(client: &mut Client) -> Value {
    let lookup = json!({"id": 1, "procedure": "lookup", "arguments": [{"alias": "weather-station"}, "alias", "air-temperature"]});
    let answer = ask(client, &json!({"calls": [lookup]}));
    let arguments = json!([answer[0]["result"], {"subs_id": "air"}]);
    ask(client, &json!({"calls": [{"id": 2, "procedure": "subscribe", "arguments": arguments}]}))
}

#[test]
fn the_conversation_is_that_of_the_simulator() {
    let server = vineyard("");
    let mut client = authenticated(&server);
    assert_eq!(subscribe_to_air(&mut client), json!([{"id": 2, "status": "ok"}]));
    for _ in 0..2 {
        let told = next(&mut client);
        assert!(told[0]["id"] == "air" && told[0]["result"][1].is_number(), "{told}");
    }
    let calls = json!([
        {"id": 3, "procedure": "read", "arguments": [{"alias": "frost-alert"}, {}]},
        {"procedure": "read", "arguments": [{"alias": "frost-alert"}, {}]},
        {"id": 4, "procedure": "listing", "arguments": [{"alias": ""}, ["client"], {}]},
    ]);
    let answer = ask(&mut client, &json!({"calls": calls}));
    assert_eq!(answer.as_array().map(Vec::len), Some(2), "{answer}");
    let received = server.counts().received;
    for (action, count) in [("auth", 1), ("lookup", 1), ("subscribe", 1), ("read,listing", 1)] {
        assert_eq!(received.get(action), Some(&count), "{received:?}");
    }
}

#[test]
fn a_wrong_key_ends_as_the_quirk_says() {
    let wrong = json!({"auth": {"cik": "f".repeat(40)}});
    let error = json!({"error": {"code": 401, "message": "Invalid", "context": "auth"}});
    for (quirks, answer, closes) in [
        ("", Some(error.clone()), false),
        ("auth-fail=status", Some(json!({"status": "invalid"})), false),
        ("auth-fail=error-close", Some(error), true),
        ("auth-fail=close", None, true),
    ] {
        let server = vineyard(quirks);
        let mut client = Client::connect(&server);
        client.send(&wrong.to_string());
        if let Some(answer) = answer {
            assert_eq!(next(&mut client), answer, "{quirks}");
        }
        if closes {
            assert!(matches!(client.end(), Instead::Broken | Instead::Reset), "{quirks}");
        } else {
            assert_eq!(ask(&mut client, &json!({"auth": {"cik": DEMO_KEY}})), json!({"status": "ok"}));
        }
    }
}

#[test]
fn whoever_comes_again_meets_the_same_vineyard() {
    let server = vineyard("");
    let note = json!({"alias": "note", "rid": {"alias": "cellar"}});
    let call = |procedure: &str, arguments: Value| json!({"calls": [{"id": 1, "procedure": procedure, "arguments": arguments}]});
    let mut client = authenticated(&server);
    let written = ask(&mut client, &call("write", json!([note, "racked"])));
    assert_eq!(written, json!([{"id": 1, "status": "ok"}]));
    server.set_fault(Fault::Cut, true);
    assert!(matches!(client.end(), Instead::Broken | Instead::Reset));
    let mut client = authenticated(&server);
    let read = ask(&mut client, &call("read", json!([note, {}])));
    assert_eq!(read[0]["result"][0][1], "racked", "{read}");
}

#[test]
fn its_quirks_are_its_own() {
    let vineyard = Instrument::named("vineyard").expect("an instrument");
    assert!(vineyard.simulator(1, "update-shape=nested,latency=20,locked").is_ok());
    let error = vineyard.simulator(1, "no-rvi").expect_err("a quirk of another family");
    assert!(error.to_string().starts_with("unknown quirk \"no-rvi\"; known are update-shape="), "{error}");
}
