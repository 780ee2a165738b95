//! A session on a bench: the test plays its peer, with a fake clock.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use porthole::model::catalog::Catalog;
use porthole::model::event::{Event, Outcome, Request, RequestId};
use porthole::model::reading::Reading;
use porthole::model::time::Now;
use porthole::protocol::{Input, Output, Session};

use super::clock::Clock;

/// The peer that a test plays.
pub trait Peer {
    /// The session has put something out.
    fn sees(&mut self, now: Now, output: &Output);
}

/// See the module. What the peer has stands on the bench, too.
pub struct SessionBench<P> {
    /// The clock.
    pub clock: Clock,
    /// The session.
    pub session: Box<dyn Session>,
    /// What came out since the last [`SessionBench::take`].
    pub outputs: Vec<Output>,
    /// The catalog that the session told last.
    pub catalog: Catalog,
    peer: P,
    requests: u64,
}

impl<P> Deref for SessionBench<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.peer
    }
}

impl<P> DerefMut for SessionBench<P> {
    fn deref_mut(&mut self) -> &mut P {
        &mut self.peer
    }
}

impl<P: Peer> SessionBench<P> {
    /// A session that has not seen any input yet, and its peer.
    pub fn with(session: Box<dyn Session>, peer: P) -> Self {
        Self {
            clock: Clock::new(),
            session,
            outputs: Vec::new(),
            catalog: Catalog::default(),
            peer,
            requests: 0,
        }
    }

    /// A frame comes.
    pub fn text(&mut self, frame: &str) {
        self.input(Input::Text(frame));
    }

    /// Feeds the session and keeps what comes out.
    pub fn input(&mut self, input: Input<'_>) {
        self.session.handle(self.clock.now, input);
        while let Some(output) = self.session.poll() {
            if let Output::Event(Event::Catalog { catalog, .. }) = &output {
                self.catalog = (**catalog).clone();
            }
            self.peer.sees(self.clock.now, &output);
            self.outputs.push(output);
        }
    }

    /// Somebody asks for something.
    pub fn ask(&mut self, request: Request) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.input(Input::Request(id, request));
        id
    }

    /// Lets time pass, with each deadline served when it comes.
    pub fn pass(&mut self, duration: Duration) {
        let end = self.clock.now.instant + duration;
        for _ in 0..1_000 {
            let Some(deadline) = self.session.deadline().filter(|deadline| *deadline <= end) else {
                self.clock.pass_to(end);
                return;
            };
            self.clock.pass_to(deadline);
            self.input(Input::Timeout);
        }
        panic!("the session does not come to rest");
    }

    /// What came out since the last call.
    pub fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// The events since the last [`SessionBench::take`].
    pub fn events(&self) -> Vec<&Event> {
        self.told(Some)
    }

    /// Readings since the last [`SessionBench::take`]: path and reading.
    pub fn readings(&self) -> Vec<(&str, &Reading)> {
        self.told(|event| match event {
            Event::Reading { channel, reading } => Some((self.path(*channel), reading)),
            _ => None,
        })
    }

    /// How requests ended since the last [`SessionBench::take`].
    pub fn outcomes(&self) -> Vec<(RequestId, &Outcome)> {
        self.told(|event| match event {
            Event::Reply { request, outcome } => Some((*request, outcome)),
            _ => None,
        })
    }

    /// What was told since the last [`SessionBench::take`], as far as it is of interest.
    pub fn told<'a, T>(&'a self, of_interest: impl Fn(&'a Event) -> Option<T>) -> Vec<T> {
        let events = self.outputs.iter().filter_map(|output| match output {
            Output::Event(event) => of_interest(event),
            _ => None,
        });
        events.collect()
    }

    /// The path of a channel.
    pub fn path(&self, channel: usize) -> &str {
        &self.catalog.channels[channel].path
    }

    /// The index of a channel.
    pub fn channel(&self, path: &str) -> usize {
        let place = self.catalog.channels.iter().position(|channel| channel.path == path);
        place.unwrap_or_else(|| panic!("no channel {path} in {:#?}", self.catalog.channels))
    }
}
