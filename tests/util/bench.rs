//! A connection on a bench: a fake clock, and a check that it never has two sockets.

use std::time::Duration;

use porthole::model::event::Event;
use porthole::model::link::{Epoch, Failure, LinkState};
use porthole::protocol::address::Address;
use porthole::protocol::connection::{Action, Connection, ConnectionInput, SocketEvent};
use porthole::protocol::options::Options;
use porthole::protocol::{Frame, Protocol};

use super::clock::Clock;

/// See the module.
pub struct Bench {
    /// The clock.
    pub clock: Clock,
    /// The connection.
    pub connection: Connection,
    /// The socket that is open or opening.
    pub socket: Option<Epoch>,
    /// When sockets were dialled, in milliseconds, and what they offered.
    pub dials: Vec<(f64, Vec<String>)>,
    /// What was done since the last [`Bench::take`].
    pub actions: Vec<Action>,
}

impl Bench {
    /// A connection to an address by one of several protocols, not started yet.
    pub fn new(address: &str, candidates: &[&'static Protocol], seed: u64) -> Self {
        Self::with_options(address, candidates, &[], seed)
    }

    /// The same with options that a person chose.
    pub fn with_options(
        address: &str,
        candidates: &[&'static Protocol],
        options: &[(String, String)],
        seed: u64,
    ) -> Self {
        let address = Address::parse(address).expect("the tests give good addresses");
        Self {
            clock: Clock::new(),
            connection: Connection::new(address, candidates.to_vec(), Options::new(options), seed),
            socket: None,
            dials: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Feeds the connection and keeps what it does.
    pub fn input(&mut self, input: ConnectionInput<'_>) {
        self.connection.handle(self.clock.now, input);
        while let Some(action) = self.connection.poll() {
            match &action {
                Action::Dial { epoch, subprotocols, .. } => {
                    assert_eq!(self.socket, None, "dialled while there was a socket");
                    self.socket = Some(*epoch);
                    self.dials.push((self.clock.now.instant.0, subprotocols.clone()));
                }
                Action::Hangup { epoch, code, reason, .. } => {
                    assert_eq!(self.socket.take(), Some(*epoch), "hung up a socket that is not there");
                    assert!(*code == 1000 || (3000..=4999).contains(code), "no page may send {code}");
                    assert!(reason.len() <= 123, "too long for a close frame");
                }
                Action::Send { epoch, .. } => assert_eq!(self.socket, Some(*epoch), "sent without a socket"),
                Action::Fetch { epoch, .. } => {
                    assert_eq!(self.socket, Some(*epoch), "asked without a socket");
                }
                Action::Event(_) | Action::Link(_) => {}
            }
            self.actions.push(action);
        }
    }

    /// Something happens to the present socket.
    pub fn socket(&mut self, event: SocketEvent<'_>) {
        let epoch = self.socket.expect("there is a socket");
        match event {
            SocketEvent::Closed { .. } | SocketEvent::Incomplete { .. } | SocketEvent::Unreachable { .. } => {
                self.socket = None;
            }
            SocketEvent::Opened { .. }
            | SocketEvent::Text(_)
            | SocketEvent::Binary(_)
            | SocketEvent::Fetched { .. }
            | SocketEvent::TooLarge { .. } => {}
        }
        self.input(ConnectionInput::Socket { epoch, event });
    }

    /// The socket opens.
    pub fn open(&mut self) {
        self.socket(SocketEvent::Opened { subprotocol: "" });
    }

    /// A text frame comes.
    pub fn text(&mut self, text: &str) {
        self.socket(SocketEvent::Text(text));
    }

    /// The socket closes.
    pub fn close(&mut self, code: u16, reason: &str) {
        self.socket(SocketEvent::Closed { code: Some(code), reason, clean: code != 1006 });
    }

    /// Starts, opens and lets the peer say who it is.
    pub fn go_live(&mut self, protocol: &str) {
        self.input(ConnectionInput::Start);
        self.greet(protocol);
    }

    /// Opens the socket and lets the peer say who it is.
    pub fn greet(&mut self, protocol: &str) {
        self.open();
        self.text(&format!("i am {protocol}"));
        assert!(self.connection.link().is_live(), "{:?}", self.connection.link());
    }

    /// Lets time pass, with each deadline served when it comes.
    pub fn pass(&mut self, duration: Duration) {
        let end = self.clock.now.instant + duration;
        while let Some(deadline) = self.connection.deadline().filter(|deadline| *deadline <= end) {
            self.clock.pass_to(deadline);
            self.input(ConnectionInput::Timeout);
        }
        self.clock.pass_to(end);
    }

    /// Serves the next deadline, as late as `late`.
    pub fn next_deadline(&mut self, late: Duration) {
        let deadline = self.connection.deadline().expect("something is due some time");
        self.clock.pass_to(deadline);
        self.clock.pass(late);
        self.input(ConnectionInput::Timeout);
    }

    /// What was done since the last call.
    pub fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    /// The text frames that were sent since the last [`Bench::take`].
    pub fn sent(&self) -> Vec<&str> {
        let texts = self.actions.iter().filter_map(|action| match action {
            Action::Send { frame: Frame::Text(text), .. } => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The events since the last [`Bench::take`].
    pub fn events(&self) -> Vec<&Event> {
        let events = self.actions.iter().filter_map(|action| match action {
            Action::Event(event) => Some(event),
            _ => None,
        });
        events.collect()
    }

    /// The words of the link's states since the last [`Bench::take`].
    pub fn states(&self) -> Vec<&'static str> {
        let states = self.actions.iter().filter_map(|action| match action {
            Action::Link(LinkState::Live { silent: true, .. }) => Some("silent"),
            Action::Link(link) => Some(link.word()),
            _ => None,
        });
        states.collect()
    }

    /// Why there is no link.
    pub fn failure(&self) -> &Failure {
        match self.connection.link() {
            LinkState::Waiting { failure, .. } | LinkState::Failed { failure, .. } => failure,
            other => panic!("no failure in {other:?}"),
        }
    }
}
