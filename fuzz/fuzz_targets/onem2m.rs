//! oneM2M: primitives, contents, notifications, times, and a session. Lines of the input are frames, one after the
//! other; in them `@` stands for the name of the request in flight. In hybrid mode a line that begins with a digit is the
//! answer to it by HTTP: three digits of its status, and its body.
#![no_main]

mod bench;

use bench::{Bench, Peer};
use libfuzzer_sys::fuzz_target;
use porthole::model::json::{Breaches, Json};
use porthole::protocol::http::HttpAnswer;
use porthole::protocol::onem2m::notification::Notified;
use porthole::protocol::onem2m::primitive::Primitive;
use porthole::protocol::onem2m::{PROTOCOL, content, time};
use porthole::protocol::{Frame, Input, Output};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let frames: Vec<&str> = text.lines().collect();
    for frame in &frames {
        primitive(frame);
        if let Some(at) = time::parse(frame) {
            assert_eq!(time::parse(&time::write(at)), Some(at));
        }
    }
    for pair in frames.windows(2) {
        if let Ok(json) = Json::parse(pair[0], &mut Breaches::default()) {
            content::read(&json, pair[1]);
        }
    }
    for mode in ["websocket", "hybrid"] {
        for is_live in [false, true] {
            let chosen =
                [("mode", mode), ("http", "http://h:1"), ("url", "ws://h:2"), ("aei", "Cfuzz"), ("gap", "0")];
            let mut bench = Bench::opened(&PROTOCOL, &chosen, Cse::default());
            if is_live {
                serve(&mut bench);
                assert!(bench.is_live);
            }
            for frame in &frames {
                line(&mut bench, frame);
            }
            bench.end(bytes, !is_live);
        }
    }
});

/// Each request can be answered under its name.
fn primitive(frame: &str) {
    match Primitive::parse(frame, &mut Breaches::default()) {
        Ok(Primitive::Request(request)) => {
            Notified::read(&request.content);
            let answer = request.answer(2000, "Cfuzz");
            let Ok(Primitive::Response(answer)) = Primitive::parse(&answer, &mut Breaches::default()) else {
                panic!("{answer}")
            };
            assert_eq!((answer.code, answer.id), (2000, Some(request.id)));
        }
        Ok(Primitive::Response(response)) => {
            Notified::read(&response.content);
        }
        Ok(Primitive::Bare(_)) | Err(_) => {}
    }
}

/// The CSE.
#[derive(Default)]
struct Cse {
    /// The last request: its text, its name, and its number if it went by HTTP.
    asked: Option<(String, String, Option<u64>)>,
}

impl Peer for Cse {
    fn sees(&mut self, output: Output) {
        match output {
            Output::Send(Frame::Text(text)) => {
                let parsed = Primitive::parse(&text, &mut Breaches::default());
                let Ok(Primitive::Request(request)) = parsed else { return };
                let id = request.id.into_owned();
                self.asked = Some((text, id, None));
            }
            Output::Fetch(request) => self.asked = Some((request.text(), String::new(), Some(request.id))),
            Output::Send(Frame::Binary(_)) | Output::Close(_) | Output::Event(_) | Output::Alive => {}
        }
    }
}

/// One line of the input.
fn line(bench: &mut Bench<Cse>, line: &str) {
    bench.reopen();
    match (&bench.peer.asked, line.get(..3).and_then(|status| status.parse().ok())) {
        (Some((.., Some(id))), Some(status)) => {
            let answer = HttpAnswer { status, header: None, body: &line[3..] };
            bench.feed(Input::Fetched { id: *id, answer: Ok(answer) });
        }
        (Some((_, name, _)), _) => {
            let frame = line.replace('@', name);
            bench.feed(Input::Text(&frame));
        }
        (None, _) => bench.feed(Input::Text(line)),
    }
    bench.pass();
}

/// Answers as a good CSE with three resources does, until nothing is asked any more.
fn serve(bench: &mut Bench<Cse>) {
    while let Some((text, name, http)) = bench.peer.asked.take() {
        let (code, content) = answer(&text);
        if let Some(id) = http {
            let answer = HttpAnswer { status: code / 10, header: None, body: &content };
            bench.feed(Input::Fetched { id, answer: Ok(answer) });
        } else {
            let content = if content.is_empty() { "null" } else { &content };
            bench.feed(Input::Text(&format!(r#"{{"rsc":{code},"rqi":"{name}","pc":{content}}}"#)));
        }
    }
}

/// What a good CSE answers to a request.
fn answer(asked: &str) -> (u16, String) {
    let has = |part: &str| asked.contains(part);
    let path = ["tempe", "temp", "soil"].into_iter().find(|name| asked.contains(&format!("cse-in/{name}")));
    let path = path.unwrap_or_default();
    let (code, content) = match path {
        _ if has("m2m:sgn") => (2000, String::new()),
        _ if has("m2m:sub") => {
            (2001, format!(r#"{{"m2m:sub":{{"rn":"s","ri":"sub{path}","nu":["Cfuzz"],"ty":23}}}}"#))
        }
        _ if has("m2m:ae") => (2001, r#"{"m2m:ae":{"rn":"a","ri":"Cfuzz","aei":"Cfuzz","ty":2}}"#.to_owned()),
        _ if has("m2m:uril") || has("fu=1") || has("\"fu\":1") => (2000, r#"{"m2m:uril":[]}"#.to_owned()),
        _ if has("/la") => (2000, r#"{"m2m:cin":{"con":"1.5","ri":"c1","ty":4,"st":1}}"#.to_owned()),
        "temp" => (2000, r#"{"m2m:cnt":{"rn":"temp","ri":"cnt1","ty":3,"cni":1}}"#.to_owned()),
        "tempe" => {
            (2000, r#"{"cod:tempe":{"rn":"tempe","ri":"f1","ty":28,"curT0":1.5,"tarTe":2}}"#.to_owned())
        }
        "soil" => (2000, r#"{"m2m:ts":{"rn":"soil","ri":"ts1","ty":29,"mdd":true,"cni":1}}"#.to_owned()),
        _ => {
            let child =
                |name: &str, ty: u32| format!(r#"{{"nm":"{name}","typ":{ty},"val":"/id-in/cse-in/{name}"}}"#);
            let children = [child("temp", 3), child("tempe", 28), child("soil", 29)].join(",");
            (
                2000,
                format!(
                    r#"{{"m2m:cb":{{"rn":"cse-in","ri":"id-in","csi":"/id-in","ty":5,"ch":[{children}]}}}}"#
                ),
            )
        }
    };
    (code, content)
}
