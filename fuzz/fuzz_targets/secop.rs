//! SECoP: messages, datainfo, and a session. Lines of the input are frames, one after the other.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use porthole::model::time::{Instant, Now, Timestamp};
use porthole::protocol::secop::datainfo::{DataInfo, Warnings};
use porthole::protocol::secop::message::Message;
use porthole::protocol::secop::session::SecopSession;
use porthole::protocol::secop::violation::Violations;
use porthole::protocol::{Input, Session};

const DESCRIPTION: &str = include_str!("../../tests/data/secop/frappy_describe.json");

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let frames: Vec<&str> = text.lines().collect();
    for frame in &frames {
        if let Ok(message) = Message::parse(frame) {
            assert_eq!(Message::parse(&message.to_string()), Ok(message));
        }
    }
    for pair in frames.windows(2) {
        values(pair[0], pair[1]);
    }
    session(&[], bytes, &frames);
    let described = format!("describing . {DESCRIPTION}");
    session(&["ISSE,SECoP,,v2.0", &described, "active"], bytes, &frames);
});

/// The first text as a datainfo, the second as a value.
fn values(info: &str, value: &str) {
    let (mut violations, mut warnings) = (Violations::default(), Warnings::default());
    let Ok(info) = violations.read(info) else { return };
    let Ok(value) = violations.read(value) else { return };
    let info = DataInfo::parse(&info, "K", "fuzz", &mut warnings);
    let value = info.decode(&value, &mut violations);
    if let Ok(written) = info.encode(&value) {
        assert!(violations.read(&written).is_ok(), "{written}");
    }
}

fn session(greeting: &[&str], bytes: &[u8], frames: &[&str]) {
    let mut now = Now { instant: Instant(0.0), wall: Timestamp(0) };
    let mut session = SecopSession::new();
    let mut feed = |now: Now, input: Input<'_>| {
        session.handle(now, input);
        while session.poll().is_some() {}
        if session.deadline().is_some_and(|deadline| deadline <= now.instant) {
            session.handle(now, Input::Timeout);
            while session.poll().is_some() {}
        }
    };
    feed(now, Input::Opened { subprotocol: "" });
    for frame in greeting.iter().chain(frames) {
        feed(now, Input::Text(frame));
        now = now + Duration::from_millis(700);
    }
    feed(now, Input::Binary(bytes));
    feed(now, Input::Closed);
}
