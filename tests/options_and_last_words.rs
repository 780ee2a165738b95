//! What a person chose of a connection, requests to an HTTP server, and what is still sent before a socket is closed.

mod util;

use porthole::model::event::Event;
use porthole::model::link::LinkState;
use porthole::protocol::Frame;
use porthole::protocol::address::Address;
use porthole::protocol::connection::{Action, Connection, ConnectionInput, Farewell, SocketEvent};
use porthole::protocol::http::HttpAnswer;
use porthole::protocol::options::Options;
use util::bench::Bench;
use util::fake_session::{ALPHA, BETA};

const ADDRESS: &str = "ws://lab:1/onem2m?origin={name}";

fn chosen(options: &[(&str, &str)]) -> Vec<(String, String)> {
    options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn dialled(bench: &Bench) -> (String, Vec<String>) {
    let dial = bench.actions.iter().find_map(|action| match action {
        Action::Dial { url, subprotocols, .. } => Some((url.clone(), subprotocols.clone())),
        _ => None,
    });
    dial.expect("it dialled")
}

fn farewell(bench: &Bench) -> Vec<&str> {
    let last = bench.actions.iter().find_map(|action| match action {
        Action::Hangup { farewell, .. } => Some(farewell),
        _ => None,
    });
    let words = last.expect("it hung up").iter().map(|last| match last {
        Farewell::Frame(Frame::Text(text)) => text.as_str(),
        other => panic!("{other:?}"),
    });
    words.collect()
}

#[test]
fn what_was_chosen_stands_in_the_address_and_in_the_handshake() {
    let options = chosen(&[("name", "Cme"), ("subprotocols", "a.json, b.json")]);
    let mut bench = Bench::with_options(ADDRESS, &[&BETA], &options, 1);
    bench.input(ConnectionInput::Start);
    let (url, subprotocols) = dialled(&bench);
    assert_eq!(url, "ws://lab:1/onem2m?origin=Cme");
    assert_eq!(subprotocols, ["a.json", "b.json"]);

    let mut bench = Bench::new("ws://lab:1", &[&BETA], 1);
    bench.input(ConnectionInput::Start);
    assert_eq!(dialled(&bench).1, ["beta.v1"], "without a choice the protocol's own");
}

#[test]
fn an_answer_reaches_the_session_only_on_the_socket_that_it_was_asked_on() {
    let mut bench = Bench::new("ws://lab:1", &[&ALPHA], 1);
    bench.go_live("alpha");
    bench.text("fetch http://lab:2/x");
    let asked = bench.actions.iter().find_map(|action| match action {
        Action::Fetch { epoch, request } => Some((*epoch, request.id, request.url.clone())),
        _ => None,
    });
    let (epoch, id, url) = asked.expect("it asked");
    assert_eq!(url, "http://lab:2/x");
    let answer = Ok(HttpAnswer { status: 200, header: None, body: "good" });
    bench.take();
    bench.socket(SocketEvent::Fetched { id, answer });
    assert!(matches!(bench.events()[..], [Event::Notice(notice)] if notice.text == "200 good"));

    bench.close(1006, "");
    bench.take();
    bench.input(ConnectionInput::Socket { epoch, event: SocketEvent::Fetched { id, answer } });
    assert!(bench.events().is_empty(), "nobody waits for it any more");
}

#[test]
fn last_words_are_said_when_a_person_ends_it_and_one_when_the_page_goes() {
    let mut bench = Bench::new("ws://lab:1", &[&ALPHA], 1);
    bench.go_live("alpha");
    bench.text("leave one two");
    bench.take();
    bench.input(ConnectionInput::Stop);
    assert_eq!(farewell(&bench), ["one", "two"]);

    let mut bench = Bench::new("ws://lab:1", &[&ALPHA], 1);
    bench.go_live("alpha");
    bench.text("leave one two");
    bench.take();
    bench.input(ConnectionInput::Suspended);
    assert_eq!(farewell(&bench), ["one"]);
}

#[test]
fn a_link_that_is_not_open_has_nobody_to_say_goodbye_to() {
    let mut bench = Bench::new("ws://lab:1", &[&ALPHA], 1);
    bench.input(ConnectionInput::Start);
    bench.input(ConnectionInput::Stop);
    assert!(farewell(&bench).is_empty());
}

#[test]
fn an_address_with_a_hole_is_not_dialled_and_says_what_is_missing() {
    let mut bench = Bench::new("ws://lab:1/stream?token={token}", &[&ALPHA], 1);
    bench.input(ConnectionInput::Start);
    assert_eq!(bench.dials.len(), 0);
    let LinkState::Failed { failure, .. } = bench.connection.link() else { panic!("it was not refused") };
    assert_eq!(failure.title, "The address needs {token}");
    assert!(failure.causes[0].offer.is_some(), "a way to fill it in");
}

#[test]
fn a_secret_goes_over_the_wire_and_is_seen_nowhere_else() {
    const SECRET: &str = "s3cret \"key\"";
    let secrets = [("token".to_owned(), SECRET.to_owned())];
    let address = Address::parse("ws://lab:1/stream?token={token}").expect("an address");
    let mut bench = Bench::new("ws://lab:1", &[&ALPHA], 1);
    bench.connection = Connection::new(address, vec![&ALPHA], Options::default().with_secrets(&secrets), 1);
    bench.input(ConnectionInput::Start);
    assert_eq!(dialled(&bench).0, "ws://lab:1/stream?token=s3cret%20%22key%22");
    bench.actions.clear();
    bench.socket(SocketEvent::Opened { subprotocol: "" });
    bench.text("i am alpha");
    // What the session tells of a frame that it does not understand has the frame as evidence.
    bench.text("junk: s3cret \"key\" s3cret \\\"key\\\" s3cret%20%22key%22");
    let told = format!("{:?}", bench.actions);
    assert!(told.contains("junk: •••••• •••••• ••••••"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    bench.socket(SocketEvent::Closed { code: Some(4401), reason: "bad s3cret \"key\"", clean: true });
    let told = format!("{:?}", bench.connection.link());
    assert!(told.contains("bad ••••••") && !told.contains("s3cret"), "{told}");
}
