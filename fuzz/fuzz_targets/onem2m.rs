//! oneM2M: primitives, contents, notifications, times, and a session. Lines of the input are frames, one after the
//! other; in them `@` stands for the name of the request in flight. In hybrid mode a line that begins with a digit is the
//! answer to it by HTTP: three digits of its status, and its body.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use porthole::model::event::Event;
use porthole::model::json::{Breaches, Json};
use porthole::model::time::{Instant, Now, Timestamp};
use porthole::protocol::http::HttpAnswer;
use porthole::protocol::onem2m::notification::Notified;
use porthole::protocol::onem2m::primitive::Primitive;
use porthole::protocol::onem2m::{PROTOCOL, content, time};
use porthole::protocol::options::Options;
use porthole::protocol::{Frame, Input, Output, Session};

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
            let mut peer = Peer::new(mode);
            if is_live {
                peer.serve();
                assert!(peer.is_live);
            }
            for frame in &frames {
                peer.frame(frame);
            }
            peer.feed(Input::Binary(bytes));
            peer.feed(Input::Leave { hurried: !is_live });
            peer.feed(Input::Closed);
            assert_eq!(peer.session.deadline(), None);
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

struct Peer {
    session: Box<dyn Session>,
    now: Now,
    /// The last request: its text, its name, and its number if it went by HTTP.
    asked: Option<(String, String, Option<u64>)>,
    is_open: bool,
    is_live: bool,
}

impl Peer {
    fn new(mode: &str) -> Self {
        let chosen =
            [("mode", mode), ("http", "http://h:1"), ("url", "ws://h:2"), ("aei", "Cfuzz"), ("gap", "0")];
        let options = Options::new(&chosen.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let now = Now { instant: Instant(0.0), wall: Timestamp(1_795_205_879_942_118) };
        let mut peer =
            Self { session: (PROTOCOL.session)(&options), now, asked: None, is_open: true, is_live: false };
        peer.feed(Input::Opened { subprotocol: "" });
        peer
    }

    fn feed(&mut self, input: Input<'_>) {
        self.session.handle(self.now, input);
        self.drain();
        for _ in 0..50 {
            if self.session.deadline().is_none_or(|deadline| deadline > self.now.instant) {
                return;
            }
            self.session.handle(self.now, Input::Timeout);
            self.drain();
        }
        panic!("the session does not come to rest");
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send(Frame::Text(text)) => {
                    let parsed = Primitive::parse(&text, &mut Breaches::default());
                    let Ok(Primitive::Request(request)) = parsed else { continue };
                    let id = request.id.into_owned();
                    self.asked = Some((text, id, None));
                }
                Output::Fetch(request) => {
                    self.asked = Some((request.text(), String::new(), Some(request.id)))
                }
                Output::Close(_) => self.is_open = false,
                Output::Event(Event::Live) => self.is_live = true,
                Output::Send(Frame::Binary(_)) | Output::Event(_) | Output::Alive => {}
            }
        }
    }

    /// One line of the input.
    fn frame(&mut self, frame: &str) {
        if !self.is_open {
            self.is_open = true;
            self.feed(Input::Closed);
            self.feed(Input::Opened { subprotocol: "" });
        }
        match (&self.asked, frame.get(..3).and_then(|status| status.parse().ok())) {
            (Some((.., Some(id))), Some(status)) => {
                let answer = HttpAnswer { status, header: None, body: &frame[3..] };
                self.feed(Input::Fetched { id: *id, answer: Ok(answer) });
            }
            (Some((_, name, _)), _) => {
                let frame = frame.replace('@', name);
                self.feed(Input::Text(&frame));
            }
            (None, _) => self.feed(Input::Text(frame)),
        }
        self.now = self.now + Duration::from_millis(700);
    }

    /// Answers as a good CSE with three resources does, until nothing is asked any more.
    fn serve(&mut self) {
        while let Some((text, name, http)) = self.asked.take() {
            let (code, content) = answer(&text);
            if let Some(id) = http {
                let answer = HttpAnswer { status: code / 10, header: None, body: &content };
                self.feed(Input::Fetched { id, answer: Ok(answer) });
            } else {
                let content = if content.is_empty() { "null" } else { &content };
                self.feed(Input::Text(&format!(r#"{{"rsc":{code},"rqi":"{name}","pc":{content}}}"#)));
            }
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
