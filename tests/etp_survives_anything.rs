//! An ETP session under arbitrary frames, requests and time, in the middle of a good conversation: it never panics, what it
//! tells refers to what it told before, and the conversation goes on.

mod util;

use porthole::model::event::{BlockKind, Event, Request};
use porthole::model::hex;
use porthole::model::value::Value;
use porthole::protocol::etp::PROTOCOL;
use porthole::protocol::etp::simulator::{EtpSimulator, Quirks};
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Input, Session};
use proptest::prelude::*;
use util::pair::Pair;

#[derive(Clone, Debug)]
enum Step {
    /// A frame that others have seen, which now says something else at some place.
    Known {
        which: usize,
        changes: Vec<(usize, u8)>,
        cut: Option<usize>,
    },
    /// A header, and anything behind it.
    Crafted {
        protocol: u8,
        kind: u16,
        correlation: u8,
        flags: u8,
        body: Vec<u8>,
    },
    /// Anything.
    Bytes(Vec<u8>),
    Text(String),
    Ask(Request),
    Probe,
    Reopen,
    Pass(f64),
}

fn vectors() -> Vec<Vec<u8>> {
    let lines = include_str!("data/etp/etp-vectors.jsonl").lines();
    let frame = |line: &str| {
        let vector: serde_json::Value = serde_json::from_str(line).expect("JSON");
        hex::decode(vector["hex"].as_str().expect("hex")).expect("hex")
    };
    lines.map(frame).collect()
}

fn zigzag(value: i64) -> Vec<u8> {
    let mut bits = (value << 1 ^ value >> 63).cast_unsigned();
    let mut bytes = Vec::new();
    while bits >= 0x80 {
        bytes.push(bits as u8 | 0x80);
        bits >>= 7;
    }
    bytes.push(bits as u8);
    bytes
}

fn requests() -> impl Strategy<Value = Request> {
    let number = prop_oneof![Just(f64::NAN), Just(1e300), -1e4..1e4];
    let fields = (number.clone(), number).prop_map(|(from, to)| {
        Value::Record(vec![("from".into(), Value::Number(from)), ("to".into(), Value::Number(to))])
    });
    prop_oneof![
        (0..40_usize, any::<bool>()).prop_map(|(channel, on)| Request::Subscribe { channel, on }),
        (0..60_usize).prop_map(|group| Request::Expand { group }),
        (0..60_usize).prop_map(|group| Request::Inspect { group }),
        (0..40_usize, proptest::option::of(fields))
            .prop_map(|(command, argument)| Request::Execute { command, argument }),
        any::<bool>().prop_map(|on| Request::Pause { on }),
        (0..40_usize).prop_map(|channel| Request::Read { channel }),
        (0..40_usize).prop_map(|channel| Request::Write { channel, value: Value::Number(1.0) }),
        "\\PC{0,20}".prop_map(|text| Request::Raw { text }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes = |most| prop::collection::vec(prop_oneof![any::<u8>(), 0..8_u8, Just(0xff)], 0..most);
    let changes = prop::collection::vec((0..200_usize, any::<u8>()), 0..4);
    let kinds = prop_oneof![0..16_u16, Just(1000), Just(1001), any::<u16>()];
    let step = prop_oneof![
        4 => (0..88_usize, changes, proptest::option::of(0..300_usize))
            .prop_map(|(which, changes, cut)| Step::Known { which, changes, cut }),
        4 => (prop_oneof![Just(0_u8), Just(1), Just(3), Just(21), Just(24), any::<u8>()], kinds, 0..60_u8, any::<u8>(), bytes(80))
            .prop_map(|(protocol, kind, correlation, flags, body)| Step::Crafted { protocol, kind, correlation, flags, body }),
        1 => bytes(60).prop_map(Step::Bytes),
        1 => "\\PC{0,40}".prop_map(Step::Text),
        2 => requests().prop_map(Step::Ask),
        1 => Just(Step::Probe),
        1 => Just(Step::Reopen),
        1 => (0.0..20.0).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..40)
}

fn session(version: &str, encoding: &str) -> Box<dyn Session> {
    let mut options = Options::default();
    options.set("version", version);
    options.set("encoding", encoding);
    options.complete(PROTOCOL.options, &mut Random::new(7));
    (PROTOCOL.session)(&options)
}

fn take(pair: &mut Pair, vectors: &[Vec<u8>], step: Step) {
    match step {
        Step::Known { which, changes, cut } => {
            let mut frame = vectors[which % vectors.len()].clone();
            for (at, byte) in changes {
                let length = frame.len();
                frame[at % length] = byte;
            }
            frame.truncate(cut.unwrap_or(frame.len()));
            pair.session(Input::Binary(&frame));
        }
        Step::Crafted { protocol, kind, correlation, flags, body } => {
            let header = [i64::from(protocol), i64::from(kind), i64::from(correlation), 77, i64::from(flags)];
            let frame: Vec<u8> = header.into_iter().flat_map(zigzag).chain(body).collect();
            pair.session(Input::Binary(&frame));
        }
        Step::Bytes(bytes) => pair.session(Input::Binary(&bytes)),
        Step::Text(text) => pair.session(Input::Text(&text)),
        Step::Ask(request) => {
            pair.request(request);
        }
        Step::Probe => pair.session(Input::Probe),
        Step::Reopen => {
            pair.close();
            pair.open();
        }
        Step::Pass(seconds) => pair.pass(seconds),
    }
}

/// What is told refers to a channel that was told before; places are numbers, and a range begins before its end.
fn assert_promises(pair: &Pair) {
    let mut channels = 0;
    for event in &pair.events {
        match event {
            Event::Catalog { catalog, .. } => {
                channels = catalog.channels.len();
                for (index, group) in catalog.groups.iter().enumerate() {
                    assert!(group.parent.is_none_or(|parent| parent < index));
                    assert!(group.channels.iter().all(|channel| *channel < channels));
                }
            }
            Event::Block(block) => {
                assert!(block.channel < channels);
                assert!(block.points.iter().all(|(place, _)| place.is_finite()));
                if let BlockKind::Rewritten { from, to } = block.kind {
                    assert!(from <= to, "{from} to {to}");
                }
            }
            Event::Reading { channel, .. } | Event::Subscribed { channel, .. } => {
                assert!(*channel < channels);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_session_survives_and_goes_on(is_new in any::<bool>(), steps in steps()) {
        let version = if is_new { "1.2" } else { "1.1" };
        let quirks: Quirks = "whole".parse().expect("a quirk");
        let simulator = if is_new { EtpSimulator::rig(3, quirks) } else { EtpSimulator::depth_log(3, quirks) };
        let mut pair = Pair::new(session(version, "binary"), simulator, "", true);
        pair.pass(2.0);
        let vectors = vectors();
        for step in steps {
            take(&mut pair, &vectors, step);
        }
        assert_promises(&pair);
        // A person wants all again, on a new socket: everything is there.
        if pair.refused().is_none() {
            pair.request(Request::Pause { on: false });
            pair.close();
            pair.open();
            pair.pass(4.0);
            let before = pair.events.len();
            pair.pass(4.0);
            let told = pair.events[before..].iter().filter(|event| matches!(event, Event::Block(_))).count();
            prop_assert!(told > 0, "nothing more comes");
        }
    }

    #[test]
    fn a_session_in_json_survives(texts in prop::collection::vec("[\\[\\]{}\":,0-9a-zA-Z. -]{0,120}", 1..20)) {
        let mut session = session("1.2", "json");
        let now = util::clock::Clock::new().now;
        session.handle(now, Input::Opened { subprotocol: "" });
        while session.poll().is_some() {}
        for text in &texts {
            session.handle(now, Input::Text(text));
            while session.poll().is_some() {}
            session.handle(now, Input::Binary(text.as_bytes()));
            while session.poll().is_some() {}
        }
    }
}
