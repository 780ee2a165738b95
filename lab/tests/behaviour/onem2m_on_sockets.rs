//! A simulated CSE behind a WebSocket, with the subprotocol that TS-0020 demands.

use std::time::Duration;

use porthole_lab::{Instrument, Server, serve_simulator};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, dial_offering};

fn greenhouse(quirks: &str) -> Server {
    let instrument = Instrument::named("greenhouse").expect("an instrument");
    serve_simulator(0, instrument.simulator(1, quirks).expect("quirks")).expect("a free port")
}

fn connect(server: &Server) -> Client {
    dial_offering(server.port(), "oneM2M.json").unwrap_or_else(|error| panic!("{error}")).0
}

fn next(client: &mut Client) -> Value {
    let text = client.next().expect("a frame");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn register(client: &mut Client, aei: &str) -> Value {
    let ae = json!({"m2m:ae": {"api": "Nlab", "rr": true, "srv": ["4"]}});
    let request = json!({"op": 1, "to": "cse-in", "rqi": "1", "rvi": "4", "fr": aei, "ty": 2, "pc": ae});
    client.send(&request.to_string());
    next(client)
}

#[test]
fn the_subprotocol_is_chosen_from_what_is_offered() {
    let server = greenhouse("");
    for offered in ["oneM2M.json", "oneM2M.cbor, oneM2M.json", "x,oneM2M.json"] {
        let (_, response) = dial_offering(server.port(), offered).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "oneM2M.json", "{offered}");
    }
    for (offered, words) in
        [("", "missing subprotocol."), ("oneM2M.xml", "invalid subprotocol; expected one of oneM2M.json.")]
    {
        let Err(error) = dial_offering(server.port(), offered) else { panic!("{offered:?} was accepted") };
        let Error::Http(response) = *error else { panic!("{error}") };
        assert_eq!(response.status().as_u16(), 400);
        let body = response.into_body().unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&body), words);
    }
}

#[test]
fn the_conversation_is_that_of_the_simulator() {
    let server = greenhouse("");
    let mut client = connect(&server);
    assert_eq!(register(&mut client, "Clab")["rsc"], 2001);
    let sub = json!({"m2m:sub": {"nu": ["Clab"], "enc": {"net": [3], "chty": [4]}}});
    let to = "cse-in/greenhouse/air-temperature";
    let request = json!({"op": 1, "to": to, "rqi": "2", "rvi": "4", "fr": "Clab", "ty": 23, "pc": sub});
    client.send(&request.to_string());
    assert_eq!(next(&mut client)["rsc"], 2001);
    for _ in 0..2 {
        let told = next(&mut client);
        assert!(told["pc"]["m2m:sgn"]["nev"]["rep"]["m2m:cin"]["con"].is_string(), "{told}");
        client.send(&json!({"rsc": 2000, "rqi": told["rqi"], "rvi": "4"}).to_string());
    }
    client.send("{}");
    assert_eq!(next(&mut client)["rsc"], 4000);
    let received = server.counts().received;
    for (action, count) in [("op=1,ty=2", 1), ("op=1,ty=23", 1), ("rsc=2000", 2)] {
        assert_eq!(received.get(action), Some(&count), "{received:?}");
    }
}

#[test]
fn what_was_missed_is_sent_when_the_socket_is_back() {
    let server = greenhouse("");
    let mut client = connect(&server);
    register(&mut client, "Clab");
    let sub = json!({"m2m:sub": {"nu": ["Clab"], "enc": {"net": [3], "chty": [4]}}});
    let to = "cse-in/greenhouse/air-temperature";
    let request = json!({"op": 1, "to": to, "rqi": "2", "rvi": "4", "fr": "Clab", "ty": 23, "pc": sub});
    client.send(&request.to_string());
    next(&mut client);
    drop(client);
    std::thread::sleep(Duration::from_millis(2200));
    let mut client = connect(&server);
    let request = json!({"op": 2, "to": "-", "rqi": "3", "rvi": "4", "fr": "Clab"});
    client.send(&request.to_string());
    assert_eq!(next(&mut client)["op"], 5);
    assert_eq!(next(&mut client)["op"], 5);
}

#[test]
fn each_family_has_its_quirks() {
    let greenhouse = Instrument::named("greenhouse").expect("an instrument");
    let cryostat = Instrument::named("cryo-3").expect("an instrument");
    assert!(greenhouse.simulator(1, "batch,no-rvi").is_ok() && cryostat.simulator(1, "v2.0").is_ok());
    let error = greenhouse.simulator(1, "v2.0").expect_err("a quirk of another family");
    assert!(error.to_string().starts_with("unknown quirk \"v2.0\"; known are headerless, race,"), "{error}");
    assert!(Instrument::named("moon").is_none());
}
