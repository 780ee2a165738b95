//! A session with a clock that goes when it is told to; the target plays its peer.

use std::time::Duration;

use porthole::model::event::Event;
use porthole::model::time::{Instant, Now, Timestamp};
use porthole::protocol::options::Options;
use porthole::protocol::{Input, Output, Protocol, Session};

/// The peer that a target plays.
pub trait Peer {
    /// The session has put something out.
    fn sees(&mut self, output: Output);

    /// What was put out ends the socket.
    fn is_end(output: &Output) -> bool {
        matches!(output, Output::Close(_))
    }
}

/// See the module.
pub struct Bench<P> {
    pub session: Box<dyn Session>,
    pub peer: P,
    pub is_live: bool,
    is_open: bool,
    now: Now,
}

impl<P: Peer> Bench<P> {
    /// A session with these options, whose socket is open.
    pub fn opened(protocol: &Protocol, chosen: &[(&str, &str)], peer: P) -> Self {
        let chosen: Vec<_> =
            chosen.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let now = Now { instant: Instant(0.0), wall: Timestamp(1_795_205_879_942_118) };
        let session = (protocol.session)(&Options::new(&chosen));
        let mut bench = Self { session, peer, is_open: true, is_live: false, now };
        bench.feed(Input::Opened { subprotocol: "" });
        bench
    }

    /// Feeds the session until it rests.
    pub fn feed(&mut self, input: Input<'_>) {
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
            self.is_open &= !P::is_end(&output);
            self.is_live |= output == Output::Event(Event::Live);
            self.peer.sees(output);
        }
    }

    /// Opens a socket if the session gave the last one up; says whether it did.
    pub fn reopen(&mut self) -> bool {
        let was_closed = !self.is_open;
        if was_closed {
            self.is_open = true;
            self.feed(Input::Closed);
            self.feed(Input::Opened { subprotocol: "" });
        }
        was_closed
    }

    /// Lets the time pass that lies between two lines of the input.
    pub fn pass(&mut self) {
        self.now = self.now + Duration::from_millis(700);
    }

    /// The bytes come as a binary frame, a person leaves, and the socket closes: nothing is due any more.
    pub fn end(&mut self, bytes: &[u8], hurried: bool) {
        self.feed(Input::Binary(bytes));
        self.feed(Input::Leave { hurried });
        self.feed(Input::Closed);
        assert_eq!(self.session.deadline(), None);
    }
}
