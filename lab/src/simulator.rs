//! Simulators behind WebSockets.
//!
//! Clients that come one after the other meet the same simulator, as they would meet the same instrument; clients
//! that come at the same time have one each.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use porthole::protocol::{Frame, Simulator, SimulatorInput, SimulatorOutput};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, duplex};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::clock;
use crate::handshake::Choose;
use crate::server::{Behind, Command, Server, Shared, lock};

/// The bytes that may be on their way between a simulator and the wire.
const IN_FLIGHT: usize = 64 * 1024;
/// The longest message that is taken from a client, in bytes.
const MESSAGE_MOST: usize = 1 << 20;

/// Makes a simulator, and knows how it is met.
#[derive(Clone)]
pub struct MakeSimulator {
    make: Arc<dyn Fn() -> Box<dyn Simulator> + Send + Sync>,
    manners: Manners,
}

/// How the clients of a simulator are met.
#[derive(Clone, Copy)]
struct Manners {
    /// The subprotocols that it speaks, the one that it likes best first; empty for none.
    subprotocols: &'static [&'static str],
    /// What a frame is counted as.
    counted: fn(&str) -> Cow<'_, str>,
    /// What a binary one is counted as.
    counted_bytes: fn(&[u8]) -> Cow<'_, str>,
}

impl MakeSimulator {
    /// Simulators are made by calling this. They speak no subprotocol, and their frames are counted by their first
    /// word.
    pub fn new(make: impl Fn() -> Box<dyn Simulator> + Send + Sync + 'static) -> Self {
        let manners =
            Manners { subprotocols: &[], counted: |frame| frame.into(), counted_bytes: |_| "binary".into() };
        Self { make: Arc::new(make), manners }
    }

    /// A client has to offer one of these subprotocols.
    #[must_use]
    pub fn speaking(mut self, subprotocols: &'static [&'static str]) -> Self {
        self.manners.subprotocols = subprotocols;
        self
    }

    /// Frames are counted as what this makes of them.
    #[must_use]
    pub fn counted_by(mut self, counted: fn(&str) -> Cow<'_, str>) -> Self {
        self.manners.counted = counted;
        self
    }

    /// Binary frames are counted as what this makes of them.
    #[must_use]
    pub fn counting_bytes_by(mut self, counted: fn(&[u8]) -> Cow<'_, str>) -> Self {
        self.manners.counted_bytes = counted;
        self
    }
}

impl fmt::Debug for MakeSimulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MakeSimulator")
    }
}

/// Serves simulators on a port of 127.0.0.1 (0 for a free one).
pub fn serve_simulator(port: u16, make: MakeSimulator) -> io::Result<Server> {
    Server::start(port, Some(make), |shared| Instruments { shared, idle: Rc::default() })
}

/// The simulators of a server.
struct Instruments {
    shared: Arc<Shared>,
    /// Those without a client, with the generation of what made them.
    idle: Rc<RefCell<Vec<Simulated>>>,
}

struct Simulated {
    generation: u64,
    simulator: Box<dyn Simulator>,
}

impl Behind for Instruments {
    async fn open(&self) -> io::Result<impl AsyncRead + AsyncWrite + 'static> {
        let (near, far) = duplex(IN_FLIGHT);
        let Some((generation, make)) = lock(&self.shared.make).clone() else {
            return Err(io::Error::other("there is nothing to simulate"));
        };
        self.idle.borrow_mut().retain(|instrument| instrument.generation == generation);
        let idle = self.idle.borrow_mut().pop();
        let mut instrument = idle.unwrap_or_else(|| Simulated { generation, simulator: (make.make)() });
        let (shared, pool) = (Arc::clone(&self.shared), Rc::clone(&self.idle));
        tokio::task::spawn_local(async move {
            let simulator = &mut *instrument.simulator;
            // How a connection ends is the client's affair; what was received has been counted.
            drop(serve(far, simulator, make.manners, &shared).await);
            while simulator.poll().is_some() {}
            feed(simulator, SimulatorInput::Closed);
            while simulator.poll().is_some() {}
            pool.borrow_mut().push(instrument);
        });
        Ok(near)
    }
}

fn feed(simulator: &mut dyn Simulator, input: SimulatorInput<'_>) {
    simulator.handle(clock::now(), input);
}

async fn serve(
    stream: DuplexStream,
    simulator: &mut dyn Simulator,
    Manners { subprotocols, counted, counted_bytes }: Manners,
    shared: &Shared,
) -> Result<(), Error> {
    let mut commands = shared.commands.subscribe();
    let config = WebSocketConfig::default().max_message_size(Some(MESSAGE_MOST));
    let choose = Choose { subprotocols };
    let mut socket = tokio_tungstenite::accept_hdr_async_with_config(stream, choose, Some(config)).await?;
    feed(simulator, SimulatorInput::Opened);
    drain(simulator, &mut socket, shared).await?;
    let lasting = lock(&shared.faults).clone();
    for fault in lasting {
        feed(simulator, SimulatorInput::Fault(fault, true));
        drain(simulator, &mut socket, shared).await?;
    }
    loop {
        let deadline = simulator.deadline();
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.since(clock::now().instant));
        tokio::select! {
            message = socket.next() => match message.transpose()? {
                Some(Message::Text(text)) => {
                    shared.count_received(&counted(&text));
                    let frame = Frame::Text(text.as_str().to_owned());
                    feed(simulator, SimulatorInput::Frame(&frame));
                }
                Some(Message::Binary(bytes)) => {
                    shared.count_received(&counted_bytes(&bytes));
                    let frame = Frame::Binary(bytes.to_vec());
                    feed(simulator, SimulatorInput::Frame(&frame));
                }
                // Answered by the WebSocket itself.
                Some(Message::Ping(_) | Message::Pong(_) | Message::Frame(_) | Message::Close(_)) => {}
                None => return Ok(()),
            },
            command = commands.recv() => match command {
                Ok(Command::Fault(fault, on)) => feed(simulator, SimulatorInput::Fault(fault, on)),
                Ok(Command::Send(frame)) => send(frame, &mut socket, shared).await?,
                Ok(Command::Close(code, reason)) => {
                    socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await?;
                }
                // So many commands at once that some are lost, or the server ends.
                Err(_) => return Ok(()),
            },
            () = tokio::time::sleep(left) => feed(simulator, SimulatorInput::Timeout),
        }
        if !drain(simulator, &mut socket, shared).await? {
            return Ok(());
        }
    }
}

/// Sends what a simulator has put out: `false` if it has cut the line.
async fn drain(
    simulator: &mut dyn Simulator,
    socket: &mut WebSocketStream<DuplexStream>,
    shared: &Shared,
) -> Result<bool, Error> {
    while let Some(output) = simulator.poll() {
        match output {
            SimulatorOutput::Send(frame) => send(frame, socket, shared).await?,
            SimulatorOutput::Cut => return Ok(false),
        }
    }
    socket.flush().await?;
    Ok(true)
}

async fn send(
    frame: Frame,
    socket: &mut WebSocketStream<DuplexStream>,
    shared: &Shared,
) -> Result<(), Error> {
    let message = match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::binary(bytes),
    };
    shared.count_sent(1);
    socket.send(message).await
}
