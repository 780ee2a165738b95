//! Exosite: frames, results, values, and a session. Lines of the input are frames, one after the other; in them `@` stands
//! for the name of the last call, and `$` for that of the last subscription.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use porthole::model::event::Event;
use porthole::model::json::{Breaches, Json};
use porthole::model::time::{Instant, Now, Timestamp};
use porthole::protocol::exosite::PROTOCOL;
use porthole::protocol::exosite::answer::Incoming;
use porthole::protocol::exosite::resource::Kind;
use porthole::protocol::exosite::result::{self, Info};
use porthole::protocol::exosite::value::Format;
use porthole::protocol::options::Options;
use porthole::protocol::{Frame, Input, Output, Session};

const CIK: &str = "bef3c7f91ac3562e6a2212345678901234567890";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let frames: Vec<&str> = text.lines().collect();
    for frame in &frames {
        incoming(frame);
    }
    for is_live in [false, true] {
        let mut peer = Peer::new();
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

struct Peer {
    session: Box<dyn Session>,
    now: Now,
    /// Frames that wait for an answer.
    asked: Vec<String>,
    call: String,
    subscription: String,
    is_open: bool,
    is_live: bool,
}

impl Peer {
    fn new() -> Self {
        let options = Options::new(&[("key".to_owned(), CIK.to_owned())]);
        let now = Now { instant: Instant(0.0), wall: Timestamp(1_795_205_879_942_118) };
        let mut peer = Self {
            session: (PROTOCOL.session)(&options),
            now,
            asked: Vec::new(),
            call: String::new(),
            subscription: String::new(),
            is_open: true,
            is_live: false,
        };
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
                    if let Some((_, rest)) = text.rsplit_once("{\"id\":") {
                        self.call = rest.split(',').next().unwrap_or_default().to_owned();
                    }
                    if let Some((_, rest)) = text.rsplit_once("\"subs_id\":") {
                        self.subscription = rest.split('}').next().unwrap_or_default().to_owned();
                    }
                    self.asked.push(text);
                }
                Output::Close(_) | Output::Event(Event::Refused { .. }) => self.is_open = false,
                Output::Event(Event::Live) => self.is_live = true,
                Output::Event(event) => assert!(!format!("{event:?}").contains(CIK), "{event:?}"),
                Output::Send(Frame::Binary(_)) | Output::Fetch(_) | Output::Alive => {}
            }
        }
    }

    /// One line of the input.
    fn frame(&mut self, frame: &str) {
        if !self.is_open {
            self.is_open = true;
            self.feed(Input::Closed);
            self.feed(Input::Opened { subprotocol: "" });
            self.feed(Input::Text("{\"status\":\"ok\"}"));
        }
        let frame = frame.replace('@', &self.call).replace('$', &self.subscription);
        // What the peer says of itself may hold anything, the key too.
        if !frame.contains(CIK) {
            self.feed(Input::Text(&frame));
        }
        self.now = self.now + Duration::from_millis(700);
    }

    /// Answers as a good server with two dataports does, until nothing is asked any more.
    fn serve(&mut self) {
        while !self.asked.is_empty() {
            let frame = self.asked.remove(0);
            let answer =
                if frame.contains("\"auth\"") { "{\"status\":\"ok\"}".to_owned() } else { answers(&frame) };
            self.feed(Input::Text(&answer));
        }
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
