//! Exosite: frames, results, values, and a session. Lines of the input are frames, one after the other; in them `@` stands
//! for the name of the last call, and `$` for that of the last subscription.
#![no_main]

mod bench;

use bench::{Bench, Peer};
use libfuzzer_sys::fuzz_target;
use porthole::model::event::Event;
use porthole::model::json::{Breaches, Json};
use porthole::protocol::exosite::PROTOCOL;
use porthole::protocol::exosite::answer::Incoming;
use porthole::protocol::exosite::resource::Kind;
use porthole::protocol::exosite::result::{self, Info};
use porthole::protocol::exosite::value::Format;
use porthole::protocol::{Frame, Input, Output};

const CIK: &str = "bef3c7f91ac3562e6a2212345678901234567890";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let frames: Vec<&str> = text.lines().collect();
    for frame in &frames {
        incoming(frame);
    }
    for is_live in [false, true] {
        let mut bench = Bench::opened(&PROTOCOL, &[("key", CIK)], Server::default());
        if is_live {
            serve(&mut bench);
            assert!(bench.is_live);
        }
        for frame in &frames {
            line(&mut bench, frame);
        }
        bench.end(bytes, !is_live);
    }
});

/// A value that is written is read back as the same.
fn incoming(frame: &str) {
    let Ok(Incoming::Answers { answers, .. }) = Incoming::parse(frame, &mut Breaches::default()) else {
        return;
    };
    for answer in &answers {
        answer.words();
        let Some(json) = &answer.result else { continue };
        result::listing(json, &Kind::ALL);
        if let Some(info) = Info::read(json) {
            info.description.unit();
        }
        for point in result::points(json).map(|(points, _)| points).unwrap_or_default() {
            for format in ["float", "integer", "string", "boolean", "binary"].map(Format::of_word) {
                let Ok(value) = format.read(point.value) else { continue };
                let Ok(written) = format.write(&value) else { continue };
                assert!(Json::parse(&written, &mut Breaches::default()).is_ok(), "{written}");
            }
        }
    }
}

/// The server.
#[derive(Default)]
struct Server {
    /// Frames that wait for an answer.
    asked: Vec<String>,
    call: String,
    subscription: String,
}

impl Peer for Server {
    fn sees(&mut self, output: Output) {
        match output {
            Output::Send(Frame::Text(text)) => {
                if let Some((_, rest)) = text.rsplit_once("{\"id\":") {
                    self.call = rest.split(',').next().unwrap_or_default().to_owned();
                }
                if let Some((_, rest)) = text.rsplit_once("\"subs_id\":") {
                    self.subscription = rest.split('}').next().unwrap_or_default().to_owned();
                }
                self.asked.push(text);
            }
            Output::Event(Event::Refused { .. }) => {}
            Output::Event(event) => assert!(!format!("{event:?}").contains(CIK), "{event:?}"),
            Output::Send(Frame::Binary(_)) | Output::Fetch(_) | Output::Close(_) | Output::Alive => {}
        }
    }

    fn is_end(output: &Output) -> bool {
        matches!(output, Output::Close(_) | Output::Event(Event::Refused { .. }))
    }
}

/// One line of the input.
fn line(bench: &mut Bench<Server>, line: &str) {
    if bench.reopen() {
        bench.feed(Input::Text("{\"status\":\"ok\"}"));
    }
    let frame = line.replace('@', &bench.peer.call).replace('$', &bench.peer.subscription);
    // What the peer says of itself may hold anything, the key too.
    if !frame.contains(CIK) {
        bench.feed(Input::Text(&frame));
    }
    bench.pass();
}

/// Answers as a good server with two dataports does, until nothing is asked any more.
fn serve(bench: &mut Bench<Server>) {
    while !bench.peer.asked.is_empty() {
        let frame = bench.peer.asked.remove(0);
        let answer =
            if frame.contains("\"auth\"") { "{\"status\":\"ok\"}".to_owned() } else { answers(&frame) };
        bench.feed(Input::Text(&answer));
    }
}

/// What a good server answers to a frame of calls.
fn answers(frame: &str) -> String {
    let json = Json::parse(frame, &mut Breaches::default()).expect("a frame is JSON");
    let Some(Json::Array(calls)) = json.get("calls") else { return "[]".to_owned() };
    let answer = |call: &Json<'_>| {
        let result = match call.get("procedure").and_then(Json::as_text) {
            Some("info") => {
                r#","result":{"description":{"name":"n","format":"float"},"basic":{"type":"dataport"}}"#
            }
            Some("listing") => {
                r#","result":{"dataport":["6154e05357efac4ec3d801234567890123456789","1b1ae80c224b4df0c74401234567890123456789"]}"#
            }
            Some("read") => r#","result":[[1795205000,1.5]]"#,
            _ => "",
        };
        format!("{{\"id\":{},\"status\":\"ok\"{result}}}", call.get("id").expect("a name").to_text())
    };
    format!("[{}]", calls.iter().map(answer).collect::<Vec<_>>().join(","))
}
