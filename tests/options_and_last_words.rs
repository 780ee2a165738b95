//! What a person chose of a connection, requests to an HTTP server, and what is still sent before a socket is closed.

mod util;

use porthole::model::event::Event;
use porthole::protocol::Frame;
use porthole::protocol::connection::{Action, ConnectionInput, Farewell, SocketEvent};
use porthole::protocol::http::HttpAnswer;
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
