//! A server on a thread of its own: accepts clients on 127.0.0.1, counts them, and passes on what is commanded.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use porthole::protocol::{Fault, Frame};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::LocalSet;

use crate::relay::{Strike, Wire, relay, turned_away};
use crate::simulator::MakeSimulator;

/// The most clients at a time; further ones are closed at once.
const CLIENTS_MOST: u64 = 64;
/// The most commands that wait for a client.
const COMMANDS: usize = 256;
/// The most actions that are counted apart.
const ACTIONS_MOST: usize = 64;

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread of a server and its handle have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) wire: watch::Sender<Wire>,
    pub(crate) strikes: broadcast::Sender<Strike>,
    pub(crate) commands: broadcast::Sender<Command>,
    /// Faults of the simulators that are on.
    pub(crate) faults: Mutex<Vec<Fault>>,
    pub(crate) make: Mutex<Option<(u64, MakeSimulator)>>,
    counts: CountsInside,
    stop: Notify,
}

/// A command to the application behind each connection.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Fault(Fault, bool),
    Send(Frame),
    Close(u16, String),
}

#[derive(Debug, Default)]
struct CountsInside {
    clients: AtomicU64,
    connections: AtomicU64,
    sent: AtomicU64,
    received: Mutex<BTreeMap<String, u64>>,
}

/// What a server has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients that are connected.
    pub clients: u64,
    /// Connections since the start, refused ones among them.
    pub connections: u64,
    /// Frames sent; 0 for a proxy, which does not look into the bytes.
    pub sent: u64,
    /// Frames received, by their first word; empty for a proxy.
    pub received: BTreeMap<String, u64>,
}

impl Server {
    /// Starts a server: `serve` is what is behind the wire of each connection.
    pub(crate) fn start<B>(
        port: u16,
        make: Option<MakeSimulator>,
        serve: impl FnOnce(Arc<Shared>) -> B + Send + 'static,
    ) -> io::Result<Self>
    where
        B: Behind + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            wire: watch::Sender::default(),
            strikes: broadcast::Sender::new(COMMANDS),
            commands: broadcast::Sender::new(COMMANDS),
            faults: Mutex::default(),
            make: Mutex::new(make.map(|make| (0, make))),
            counts: CountsInside::default(),
            stop: Notify::new(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name(format!("lab-{port}")).spawn(move || {
            let tasks = LocalSet::new();
            let behind = serve(Arc::clone(&of_thread));
            tasks.block_on(&runtime, async {
                tokio::select! {
                    () = of_thread.stop.notified() => {}
                    error = accept(listener, &of_thread, behind) => eprintln!("porthole-lab: {error}"),
                }
            });
        })?;
        Ok(Self { port, shared, thread: Some(thread) })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its URL for a WebSocket client.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Changes the lasting faults of the wire.
    pub fn set_wire(&self, change: impl FnOnce(&mut Wire)) {
        self.shared.wire.send_modify(change);
    }

    /// Lets something happen to every open connection: how many there are.
    pub fn strike(&self, strike: Strike) -> usize {
        self.shared.strikes.send(strike).unwrap_or(0)
    }

    /// Switches a fault of the simulators on or off, for present and, if it lasts, for future clients.
    pub fn set_fault(&self, fault: Fault, on: bool) {
        let mut faults = lock(&self.shared.faults);
        faults.retain(|other| *other != fault);
        if on && !fault.is_momentary() {
            faults.push(fault);
        }
        drop(faults);
        self.command(Command::Fault(fault, on));
    }

    /// Sends a frame to every client.
    pub fn send(&self, frame: Frame) {
        self.command(Command::Send(frame));
    }

    /// Closes every connection with a closing handshake.
    pub fn close(&self, code: u16, reason: &str) {
        self.command(Command::Close(code, reason.to_owned()));
    }

    /// New clients have simulators made like this; present ones keep theirs.
    pub fn replace_simulator(&self, make: MakeSimulator) {
        let mut slot = lock(&self.shared.make);
        let generation = slot.as_ref().map_or(0, |(generation, _)| generation + 1);
        *slot = Some((generation, make));
    }

    /// What it has seen so far.
    pub fn counts(&self) -> Counts {
        let counts = &self.shared.counts;
        Counts {
            clients: counts.clients.load(Ordering::Relaxed),
            connections: counts.connections.load(Ordering::Relaxed),
            sent: counts.sent.load(Ordering::Relaxed),
            received: lock(&counts.received).clone(),
        }
    }

    /// Waits for the server's end, which comes only with the process.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }

    fn command(&self, command: Command) {
        // No client, nobody to tell.
        drop(self.shared.commands.send(command));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Shared {
    /// Counts a frame of a client by its first word.
    pub(crate) fn count_received(&self, frame: &str) {
        let action: String = frame.split_ascii_whitespace().next().unwrap_or("").chars().take(40).collect();
        let mut received = lock(&self.counts.received);
        if received.len() < ACTIONS_MOST || received.contains_key(&action) {
            *received.entry(action).or_default() += 1;
        }
    }

    pub(crate) fn count_sent(&self, frames: u64) {
        self.counts.sent.fetch_add(frames, Ordering::Relaxed);
    }
}

impl Counts {
    /// As one JSON object.
    pub fn to_json(&self) -> Value {
        let received: Map<String, Value> =
            self.received.iter().map(|(action, count)| (action.clone(), json!(count))).collect();
        json!({"clients": self.clients, "connections": self.connections, "sent": self.sent, "received": received})
    }
}

/// What is behind the wire of a server.
pub(crate) trait Behind {
    /// The other end of the wire of one client. What is spawned to serve it ends when the stream is dropped.
    async fn open(&self) -> io::Result<impl AsyncRead + AsyncWrite + 'static>;
}

async fn accept(
    listener: std::net::TcpListener,
    shared: &Arc<Shared>,
    behind: impl Behind + 'static,
) -> io::Error {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return error,
    };
    let behind = std::rc::Rc::new(behind);
    loop {
        let client = match listener.accept().await {
            Ok((client, _)) => client,
            Err(error) => return error,
        };
        shared.counts.connections.fetch_add(1, Ordering::Relaxed);
        if shared.counts.clients.load(Ordering::Relaxed) >= CLIENTS_MOST {
            continue;
        }
        let (shared, behind) = (Arc::clone(shared), std::rc::Rc::clone(&behind));
        tokio::task::spawn_local(async move {
            shared.counts.clients.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = connection(client, &shared, &*behind).await {
                report(&error);
            }
            shared.counts.clients.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

async fn connection(mut client: TcpStream, shared: &Shared, behind: &impl Behind) -> io::Result<()> {
    let mut wire = shared.wire.subscribe();
    let strikes = shared.strikes.subscribe();
    if turned_away(&mut client, &mut wire).await? {
        return Ok(());
    }
    relay(client, behind.open().await?, wire, strikes).await
}

/// Says what went wrong, unless it is the way in which connections end.
fn report(error: &io::Error) {
    let usual = [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof];
    if !usual.contains(&error.kind()) {
        eprintln!("porthole-lab: a connection ended: {error}");
    }
}

/// Locks; what a panicking thread left behind is plain data and still good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
