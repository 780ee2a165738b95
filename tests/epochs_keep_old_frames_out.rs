//! Each socket has its epoch: what an old one still says touches nothing. And whatever happens in whatever order,
//! there is one socket at most, nothing panics and time goes on.

mod util;

use std::time::Duration;

use porthole::model::Outcome;
use porthole::model::event::{Event, Request, RequestId};
use porthole::model::link::Epoch;
use porthole::protocol::connection::{Action, ConnectionInput, SocketEvent};
use proptest::prelude::*;
use util::bench::Bench;
use util::clock::secs;
use util::fake_session::{ALPHA, BETA};

fn live() -> Bench {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 5);
    bench.go_live("alpha");
    bench
}

#[test]
fn a_late_frame_of_an_old_socket_is_ignored() {
    let mut bench = live();
    let old = bench.socket.expect("it is live");
    bench.pass(secs(10.1));
    assert_eq!(bench.connection.link().word(), "waiting");
    bench.take();
    let late = [
        SocketEvent::Text("reading"),
        SocketEvent::Binary(b"reading"),
        SocketEvent::TooLarge { size: 1 << 30 },
        SocketEvent::Opened { subprotocol: "" },
        SocketEvent::Closed { code: Some(1006), reason: "", clean: false },
        SocketEvent::Unreachable { reason: "late" },
    ];
    for event in late {
        bench.input(ConnectionInput::Socket { epoch: old, event });
        assert_eq!(bench.take(), [], "while waiting: {event:?}");
    }
    bench.pass(secs(0.5));
    bench.greet("alpha");
    assert_ne!(bench.socket, Some(old));
    bench.take();
    for event in late {
        bench.input(ConnectionInput::Socket { epoch: old, event });
        assert_eq!(bench.take(), [], "while live: {event:?}");
    }
}

#[test]
fn an_open_socket_is_not_yet_a_link() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 5);
    bench.input(ConnectionInput::Start);
    bench.open();
    assert_eq!(bench.connection.link().word(), "connecting");
    bench.text("gibberish");
    assert_eq!(bench.connection.link().word(), "connecting");
    bench.text("i am alpha");
    assert_eq!(bench.connection.link().word(), "live");
    assert_eq!(bench.states(), ["connecting", "live"]);
}

#[test]
fn a_socket_that_opens_and_says_nothing_is_given_up_whatever_the_session_thinks() {
    let mut bench = Bench::new("box.lab:4000", &[&ALPHA], 5);
    bench.input(ConnectionInput::Start);
    bench.open();
    bench.next_deadline(secs(0.0));
    assert_eq!(bench.connection.link().word(), "waiting");
    assert!(
        bench.failure().evidence.starts_with("open, but no Alpha message in 5,000 ms"),
        "{:?}",
        bench.failure()
    );
}

fn read(id: u64) -> ConnectionInput<'static> {
    ConnectionInput::Request(RequestId(id), Request::Read { channel: 0 })
}

#[test]
fn requests_end_with_the_link_and_are_not_taken_without_one() {
    let replies = |bench: &Bench| -> Vec<(u64, Outcome)> {
        let replies = bench.events().into_iter().filter_map(|event| match event {
            Event::Reply { request, outcome } => Some((request.0, outcome.clone())),
            _ => None,
        });
        replies.collect()
    };
    let mut bench = live();
    bench.input(read(1));
    assert_eq!(bench.sent(), ["hello alpha", "request"]);
    bench.close(1006, "");
    assert_eq!(replies(&bench), [(1, Outcome::Lost)]);
    bench.take();
    bench.input(read(2));
    assert_eq!(replies(&bench), [(2, Outcome::NotSent("no link".to_owned()))]);
    bench.take();
    let subscribe = Request::Subscribe { channel: 0, on: false };
    bench.input(ConnectionInput::Request(RequestId(3), subscribe));
    assert_eq!(replies(&bench).len(), 1, "the session keeps subscriptions and takes this one");
    assert!(!matches!(replies(&bench)[0].1, Outcome::NotSent(_)));
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn a_frame_that_was_too_large_is_counted_and_the_link_lives() {
    let mut bench = live();
    bench.pass(secs(4.0));
    bench.take();
    bench.socket(SocketEvent::TooLarge { size: 100_000_000 });
    assert!(matches!(bench.events()[..], [Event::Malformed { .. }]), "{:?}", bench.events());
    assert!(bench.connection.link().is_live());
    bench.pass(secs(2.4));
    assert_eq!(bench.sent(), [""; 0], "it proves life");
}

#[test]
fn a_session_that_gives_up_is_dialled_again() {
    let mut bench = live();
    bench.take();
    bench.text("close");
    let hangup = bench.actions.iter().find_map(|action| match action {
        Action::Hangup { code, reason, .. } => Some((*code, reason.clone())),
        _ => None,
    });
    let (code, reason) = hangup.expect("it hangs up");
    assert_eq!(code, 4001);
    assert_eq!(reason, "ü".repeat(61), "cut between characters");
    assert_eq!(bench.states(), ["waiting"]);
    bench.pass(secs(1.0));
    assert_eq!(bench.connection.link().word(), "connecting");
}

/// Something that may happen.
#[derive(Clone, Debug)]
enum Happening {
    Input(u8),
    Opens,
    Says(usize),
    Closes(Option<u16>),
    Unreachable,
    Late(usize),
    Passes(u32),
    Requests(bool),
}

const SAYINGS: [&str; 11] = [
    "i am alpha",
    "i am beta",
    "not me",
    "go away",
    "close",
    "patience 9",
    "reading",
    "flood",
    "",
    "\u{0}ü",
    "i am alpha",
];

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        2 => (0_u8..9).prop_map(Happening::Input),
        3 => Just(Happening::Opens),
        5 => (0..SAYINGS.len()).prop_map(Happening::Says),
        1 => prop::option::of(any::<u16>()).prop_map(Happening::Closes),
        1 => Just(Happening::Unreachable),
        1 => (0..SAYINGS.len()).prop_map(Happening::Late),
        3 => (0_u32..20_000).prop_map(Happening::Passes),
        1 => any::<bool>().prop_map(Happening::Requests),
    ]
}

fn happen(bench: &mut Bench, happening: &Happening) {
    let epoch = bench.connection.epoch();
    match *happening {
        Happening::Input(0 | 8) => bench.input(ConnectionInput::Start),
        Happening::Input(1) => bench.input(ConnectionInput::Stop),
        Happening::Input(2) => bench.input(ConnectionInput::RetryNow),
        Happening::Input(3) => bench.input(ConnectionInput::Online),
        Happening::Input(4) => bench.input(ConnectionInput::Visible),
        Happening::Input(5) => bench.input(ConnectionInput::Hidden),
        Happening::Input(6) => bench.input(ConnectionInput::Suspended),
        Happening::Input(_) => bench.input(ConnectionInput::Resumed),
        Happening::Opens if bench.socket.is_some() => bench.open(),
        Happening::Says(saying) if bench.socket.is_some() => bench.text(SAYINGS[saying]),
        Happening::Closes(code) if bench.socket.is_some() => {
            bench.socket(SocketEvent::Closed { code, reason: "so", clean: true });
        }
        Happening::Unreachable if bench.socket.is_some() => {
            bench.socket(SocketEvent::Unreachable { reason: "" });
        }
        Happening::Opens | Happening::Says(_) | Happening::Closes(_) | Happening::Unreachable => {
            bench.input(ConnectionInput::Socket { epoch, event: SocketEvent::Text("i am alpha") });
        }
        Happening::Late(saying) => {
            let event = SocketEvent::Text(SAYINGS[saying]);
            bench.input(ConnectionInput::Socket { epoch: Epoch(epoch.0.wrapping_sub(1)), event });
        }
        Happening::Passes(millis) => bench.pass(Duration::from_millis(u64::from(millis))),
        Happening::Requests(subscribe) => {
            let request = if subscribe {
                Request::Subscribe { channel: 0, on: true }
            } else {
                Request::Read { channel: 9 }
            };
            bench.input(ConnectionInput::Request(RequestId(1), request));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    // The bench itself asserts that there are never two sockets and that nothing is sent without one.
    #[test]
    fn whatever_happens_there_is_one_socket_at_most_and_time_goes_on(
        happenings in prop::collection::vec(happening(), 1..80),
        two in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let candidates: &[_] = if two { &[&ALPHA, &BETA] } else { &[&ALPHA] };
        let mut bench = Bench::new("box.lab:4000", candidates, seed);
        for happening in &happenings {
            happen(&mut bench, happening);
            let state = bench.connection.link();
            let has_socket = bench.socket.is_some();
            prop_assert!(!state.is_live() || has_socket, "live without a socket");
            let is_at_rest = matches!(state.word(), "closed" | "failed");
            prop_assert_eq!(bench.connection.deadline().is_none(), is_at_rest, "{:?} has the wrong deadline", state);
            prop_assert!(!(is_at_rest && has_socket), "{:?} keeps its socket", state);
            if state.word() == "waiting" || state.word() == "failed" {
                let failure = bench.failure();
                prop_assert!(!failure.title.is_empty() && !failure.evidence.is_empty() && !failure.causes.is_empty());
            }
            bench.take();
        }
        for pair in bench.dials.windows(2) {
            prop_assert!(pair[1].0 - pair[0].0 >= 99.999, "dialled after {} ms", pair[1].0 - pair[0].0);
        }
        let before = bench.clock.now.instant;
        for _ in 0..50 {
            if bench.connection.deadline().is_some() {
                bench.next_deadline(Duration::ZERO);
            }
        }
        let at_rest = bench.connection.deadline().is_none();
        prop_assert!(at_rest || bench.clock.now.instant.since(before) > secs(1.0), "time stands still");
    }
}
