//! The driver: pumps one connection. Whatever carries its frames, they take the same way.

use std::cell::{OnceCell, RefCell};
use std::rc::{Rc, Weak};

use super::local::Local;
use super::parting::Parting;
use super::replay::Replay;
use super::socket::Socket;
use super::timer::Timer;
use super::{Recording, SendError, SharedSimulator, Sink, WireEvent, clock, fetch, parts};
use crate::model::event::{Event, Notice, Request};
use crate::model::frames::{Direction, FrameLog, Mark};
use crate::model::link::Epoch;
use crate::model::reading::Severity;
use crate::model::store::{ConnectionId, Store};
use crate::model::time::Instant;
use crate::protocol::connection::{Action, Connection, ConnectionInput, Farewell, SocketEvent};
use crate::protocol::http::{HttpAnswer, HttpRequest};
use crate::protocol::{Demo, Fault, Frame, LastAnswer, SimulatorInput};

/// What carries the frames of a connection.
pub enum Endpoint {
    /// A WebSocket to the connection's URL.
    Socket,
    /// A simulator in the page.
    Simulator(Simulated),
    /// A capture.
    Recording(Recording),
}

/// A simulator in the page; it is made when it is first dialled.
pub struct Simulated {
    demo: &'static Demo,
    seed: u64,
    running: OnceCell<SharedSimulator>,
}

impl Endpoint {
    /// An instrument of the demo; equal seeds behave equally.
    pub fn simulator(demo: &'static Demo, seed: u64) -> Self {
        Self::Simulator(Simulated { demo, seed, running: OnceCell::new() })
    }

    /// The parts of the program that it takes to speak a protocol with it.
    fn parts(&self, protocol: &'static str) -> Vec<&'static str> {
        match self {
            Self::Socket | Self::Recording(_) => vec![protocol],
            Self::Simulator(_) => vec![protocol, parts::DEMO],
        }
    }
}

impl Simulated {
    fn running(&self) -> &SharedSimulator {
        self.running.get_or_init(|| Rc::new(RefCell::new((self.demo.simulator)(self.seed))))
    }
}

/// Who is told what a connection says.
pub struct Listener {
    /// Each event, after the store has taken it over.
    pub event: EventListener,
    /// Something in the store may have changed.
    pub changed: Box<dyn Fn()>,
}

/// Is told whose event it is, and the event.
pub type EventListener = Box<dyn Fn(ConnectionId, &Event)>;

/// Drives one connection. Clones drive the same one.
#[derive(Clone)]
pub struct Driver(Rc<RefCell<Inner>>);

struct Inner {
    id: ConnectionId,
    connection: Connection,
    endpoint: Endpoint,
    wire: Option<(Epoch, Wire)>,
    /// Where the present wire goes for its last frames.
    parting: Parting,
    epoch: Epoch,
    timer: Timer,
    /// When the timer fires, where it is set.
    wakes: Instant,
    store: Rc<RefCell<Store>>,
    frames: Rc<RefCell<FrameLog>>,
    listener: Rc<Listener>,
    this: Weak<RefCell<Self>>,
}

/// What carries the frames of a connection at present.
pub(super) enum Wire {
    /// Parts of the program are on their way; then it is dialled.
    Loading,
    Socket(Socket),
    Local(Local),
    Replay(#[expect(dead_code, reason = "lives as long as the connection wants it")] Replay),
}

impl Driver {
    /// A driver that has not dialled yet: feed it [`ConnectionInput::Start`].
    pub fn new(
        id: ConnectionId,
        connection: Connection,
        endpoint: Endpoint,
        store: Rc<RefCell<Store>>,
        frames: Rc<RefCell<FrameLog>>,
        listener: Rc<Listener>,
    ) -> Self {
        Self(Rc::new_cyclic(|this: &Weak<RefCell<Inner>>| {
            let timer = Timer::new({
                let this = this.clone();
                move || Inner::feed(&this, ConnectionInput::Timeout)
            });
            RefCell::new(Inner {
                id,
                connection,
                endpoint,
                wire: None,
                parting: Parting::default(),
                epoch: Epoch::default(),
                timer,
                wakes: Instant::default(),
                store,
                frames,
                listener,
                this: this.clone(),
            })
        }))
    }

    /// Feeds the connection and carries out what follows.
    pub fn input(&self, input: ConnectionInput<'_>) {
        Inner::feed(&Rc::downgrade(&self.0), input);
    }

    /// Bytes that wait in the browser to be sent.
    pub fn buffered(&self) -> usize {
        match &self.0.borrow().wire {
            Some((_, Wire::Socket(socket))) => socket.buffered(),
            Some((_, Wire::Loading | Wire::Local(_) | Wire::Replay(_))) | None => 0,
        }
    }

    /// The protocol that it speaks, once it is known: id and title.
    pub fn protocol(&self) -> Option<(&'static str, &'static str)> {
        self.0.borrow().connection.protocol().map(|protocol| (protocol.id, protocol.title))
    }

    /// The frame that a request would become, for a person to read before it is sent.
    pub fn preview(&self, request: &Request) -> Option<String> {
        self.0.borrow().connection.preview(request)
    }

    /// Switches a fault of a simulator on or off; nothing for a real peer.
    pub fn fault(&self, fault: Fault, on: bool) {
        let inner = self.0.borrow();
        if let Endpoint::Simulator(Simulated { running, .. }) = &inner.endpoint
            && let Some(simulator) = running.get()
        {
            let mut simulator = simulator.borrow_mut();
            simulator.handle(clock::now(), SimulatorInput::Fault(fault, on));
            let waiting: Vec<_> = std::iter::from_fn(|| simulator.poll()).collect();
            drop(simulator);
            if let Some((_, Wire::Local(local))) = &inner.wire {
                local.deliver(waiting);
            }
        }
    }
}

impl Inner {
    fn feed(this: &Weak<RefCell<Self>>, input: ConnectionInput<'_>) {
        let Some(this) = this.upgrade() else { return };
        let (events, id, listener) = {
            let mut inner = this.borrow_mut();
            let mut events = Vec::new();
            inner.pump(input, &mut events);
            (events, inner.id, Rc::clone(&inner.listener))
        };
        for event in &events {
            (listener.event)(id, event);
        }
        (listener.changed)();
    }

    fn pump(&mut self, input: ConnectionInput<'_>, events: &mut Vec<Event>) {
        let now = clock::now();
        self.connection.handle(now, input);
        while let Some(action) = self.connection.poll() {
            match action {
                Action::Dial { epoch, protocol, later, url, subprotocols } => {
                    self.epoch = epoch;
                    self.wire = Some((epoch, Wire::Loading));
                    let parts = self.endpoint.parts(protocol).into_iter().chain(later).collect();
                    self.load(epoch, parts, url, subprotocols);
                }
                Action::Send { epoch, frame } => {
                    if let Err(error) = self.send(epoch, &frame) {
                        self.frames.borrow_mut().mark_last(Mark::NotSent);
                        events.push(self.not_sent(error, &frame));
                    }
                }
                Action::Fetch { epoch, request } => self.fetch(epoch, request),
                Action::Hangup { epoch, farewell, answer, code, reason } => {
                    if let Some((_, wire)) = self.wire.take_if(|(current, _)| *current == epoch) {
                        self.part(wire, farewell, answer, code, reason);
                    }
                }
                Action::Event(event) => {
                    if matches!(event, Event::Malformed { .. }) {
                        self.frames.borrow_mut().mark_last(Mark::Malformed);
                    }
                    self.store.borrow_mut().apply(self.id, self.epoch, now, &event);
                    // Readings are many and live in the store; nobody listens for one.
                    if !matches!(event, Event::Reading { .. } | Event::Block(_)) {
                        events.push(event);
                    }
                }
                Action::Link(link) => self.store.borrow_mut().set_link(self.id, now, link),
            }
        }
        match self.connection.deadline() {
            // Each frame moves the deadline on. A timer that fires before it is set again then, not with each frame.
            Some(deadline) if self.timer.is_set() && self.wakes <= deadline => {}
            Some(deadline) => {
                self.wakes = deadline;
                self.timer.set(deadline.since(clock::instant()));
            }
            None => self.timer.clear(),
        }
    }

    /// Dials once parts of the program are here: in a moment, where they are.
    fn load(&self, epoch: Epoch, parts: Vec<&'static str>, url: String, subprotocols: Vec<String>) {
        let this = self.this.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let loaded = parts::load(&parts).await;
            let Some(inner) = this.upgrade() else { return };
            // It may have been hung up since.
            let is_waited_for = |wire: &(Epoch, Wire)| wire.0 == epoch && matches!(wire.1, Wire::Loading);
            if !inner.borrow().wire.as_ref().is_some_and(is_waited_for) {
                return;
            }
            let dialled = loaded.map(|()| inner.borrow_mut().dial(epoch, url, subprotocols));
            let event = match &dialled {
                Ok(Ok(())) => return,
                Ok(Err(reason)) => SocketEvent::Unreachable { reason },
                Err(reason) => SocketEvent::Incomplete { reason },
            };
            Self::feed(&this, ConnectionInput::Socket { epoch, event });
        });
    }

    fn dial(&mut self, epoch: Epoch, url: String, subprotocols: Vec<String>) -> Result<(), String> {
        let subprotocols = self.connection.offered(subprotocols);
        let url = &self.connection.completed(url);
        let this = self.this.clone();
        let parting = Parting::default();
        self.parting = parting.clone();
        let sink: Sink = Rc::new(move |event| {
            if !parting.takes(&event) {
                Self::receive(&this, epoch, event);
            }
        });
        let wire = match &self.endpoint {
            Endpoint::Socket => Wire::Socket(Socket::dial(url, &subprotocols, &sink)?),
            Endpoint::Simulator(simulator) => Wire::Local(Local::dial(Rc::clone(simulator.running()), sink)),
            Endpoint::Recording(recording) => Wire::Replay(Replay::dial(Rc::clone(recording), sink)),
        };
        self.wire = Some((epoch, wire));
        Ok(())
    }

    fn send(&self, epoch: Epoch, frame: &Frame) -> Result<(), SendError> {
        self.log(Direction::Out, frame);
        match &self.wire {
            Some((current, wire)) if *current == epoch => {
                wire.send(frame)?;
                self.count(frame.len());
                Ok(())
            }
            _ => Err(SendError::NotOpen),
        }
    }

    /// Asks an HTTP server. The answer takes the way of a frame.
    fn fetch(&self, epoch: Epoch, request: HttpRequest) {
        self.count_out(&Frame::Text(request.text()));
        let this = self.this.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let id = request.id;
            let answer = fetch::fetch(request).await;
            Self::receive(&this, epoch, WireEvent::Fetched { id, answer });
        });
    }

    /// Closes a wire after what is still to be sent.
    fn part(
        &mut self,
        wire: Wire,
        farewell: Vec<Farewell>,
        answer: Option<LastAnswer>,
        code: u16,
        reason: String,
    ) {
        for last in &farewell {
            match last {
                Farewell::Frame(frame) => self.count_out(frame),
                Farewell::Request(request) => self.count_out(&Frame::Text(request.text())),
            }
        }
        std::mem::take(&mut self.parting).say(wire, farewell, answer, code, reason);
    }

    /// Logs and counts what goes out.
    fn count_out(&self, frame: &Frame) {
        self.log(Direction::Out, frame);
        self.count(frame.len());
    }

    /// Counts a frame that went out.
    fn count(&self, bytes: usize) {
        if let Some(connection) = self.store.borrow_mut().connection_mut(self.id) {
            connection.counters.frames_out += 1;
            connection.counters.bytes_out += bytes as u64;
        }
    }

    fn not_sent(&self, error: SendError, frame: &Frame) -> Event {
        let text = match error {
            SendError::NotOpen => "The socket was already closing. It is dialled again by itself.",
            SendError::Refused => "The browser refused the frame.",
        };
        let evidence = match frame {
            Frame::Text(text) => &*self.connection.secrets().mask(text),
            Frame::Binary(_) => "",
        };
        let event = Event::Notice(Notice::new(Severity::Warning, "A frame was not sent", text, evidence));
        self.store.borrow_mut().apply(self.id, self.epoch, clock::now(), &event);
        event
    }

    fn log(&self, direction: Direction, frame: &Frame) {
        let (at, mut frames) = (clock::now().wall, self.frames.borrow_mut());
        let secrets = self.connection.secrets();
        match frame {
            Frame::Text(text) => frames.push_text(at, direction, &secrets.mask(text)),
            Frame::Binary(bytes) => frames.push_binary(at, direction, &secrets.mask_bytes(bytes)),
        }
    }

    fn receive(this: &Weak<RefCell<Self>>, epoch: Epoch, event: WireEvent) {
        let started = clock::instant();
        let mut decoded = false;
        let fetched = match &event {
            WireEvent::Fetched { answer: Ok(answer), .. } => Some(Frame::Text(answer_of(answer).text())),
            _ => None,
        };
        let frame = match &event {
            WireEvent::Frame(frame) => Some(frame),
            _ => fetched.as_ref(),
        };
        if let (Some(frame), Some(inner)) = (frame, this.upgrade()) {
            let inner = inner.borrow();
            if inner.epoch != epoch {
                return;
            }
            inner.log(Direction::In, frame);
            if let Some(connection) = inner.store.borrow_mut().connection_mut(inner.id) {
                connection.counters.frames_in += 1;
                connection.counters.bytes_in += frame.len() as u64;
            }
            decoded = true;
        }
        let socket = |event| ConnectionInput::Socket { epoch, event };
        match &event {
            WireEvent::Opened { subprotocol } => {
                Self::feed(this, socket(SocketEvent::Opened { subprotocol }));
            }
            WireEvent::Frame(Frame::Text(text)) => Self::feed(this, socket(SocketEvent::Text(text))),
            WireEvent::Frame(Frame::Binary(bytes)) => Self::feed(this, socket(SocketEvent::Binary(bytes))),
            WireEvent::Fetched { id, answer } => {
                let answer = answer.as_ref().map(answer_of).map_err(String::as_str);
                Self::feed(this, socket(SocketEvent::Fetched { id: *id, answer }));
            }
            WireEvent::TooLarge(size) => Self::feed(this, socket(SocketEvent::TooLarge { size: *size })),
            WireEvent::Closed { code, reason, clean } => {
                let event = SocketEvent::Closed { code: Some(*code), reason, clean: *clean };
                Self::feed(this, socket(event));
            }
            WireEvent::Ended => Self::feed(this, ConnectionInput::Stop),
        }
        if let (true, Some(inner)) = (decoded, this.upgrade()) {
            let inner = inner.borrow();
            let spent = clock::instant().0 - started.0;
            if let Some(connection) = inner.store.borrow_mut().connection_mut(inner.id) {
                connection.counters.decode_millis += spent;
            }
        }
    }
}

fn answer_of(answer: &fetch::Answer) -> HttpAnswer<'_> {
    HttpAnswer { status: answer.status, header: answer.header.as_deref(), body: &answer.body }
}

impl Wire {
    pub(super) fn send(&self, frame: &Frame) -> Result<(), SendError> {
        match self {
            Self::Socket(socket) => socket.send(frame),
            Self::Local(local) => local.send(frame),
            Self::Replay(_) => Ok(()),
            Self::Loading => Err(SendError::NotOpen),
        }
    }

    pub(super) fn close(&self, code: u16, reason: &str) {
        match self {
            Self::Socket(socket) => socket.close(code, reason),
            // Dropping these ends them.
            Self::Loading | Self::Local(_) | Self::Replay(_) => {}
        }
    }
}
