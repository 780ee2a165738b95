//! A SECoP node that sends as many updates a second as asked: for benches.
//!
//! Updates go out as framed bytes from one buffer. Values are sequence numbers, one sequence a channel, so that a
//! client can tell what it missed. What a slow client does not take is not sent later; its numbers are not used up.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::clock;
use crate::server::{Behind, Server, Shared};

/// The bytes that may be on their way between the sender and the wire.
const IN_FLIGHT: usize = 1 << 20;
/// How often a batch of updates is sent.
const BATCH: Duration = Duration::from_millis(5);
/// The most that one batch makes up for, in seconds.
const CATCH_UP_SECS: f64 = 0.1;

/// How much is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Updates a second, all channels together.
    pub rate: u32,
    /// How many channels take turns; each is a module of its own with one parameter.
    pub channels: u32,
}

/// Serves such a node on a port of 127.0.0.1 (0 for a free one).
pub fn serve_load(port: u16, load: Load) -> io::Result<Server> {
    let load = Load { channels: load.channels.max(1), ..load };
    Server::start(port, None, move |shared| Sender { shared, load })
}

struct Sender {
    shared: Arc<Shared>,
    load: Load,
}

impl Behind for Sender {
    async fn open(&self) -> io::Result<impl AsyncRead + AsyncWrite + 'static> {
        let (near, far) = duplex(IN_FLIGHT);
        let (shared, load) = (Arc::clone(&self.shared), self.load);
        tokio::task::spawn_local(async move {
            // How a connection ends is the client's affair; what was sent has been counted.
            drop(serve(far, load, &shared).await);
        });
        Ok(near)
    }
}

async fn serve(stream: DuplexStream, load: Load, shared: &Shared) -> Result<(), Error> {
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    let mut stream_of = Updates::new(load);
    let mut active = false;
    let mut ticks = interval(BATCH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            message = socket.next() => match message.transpose()? {
                Some(Message::Text(text)) => {
                    shared.count_received(&text);
                    match text.trim() {
                        "activate" => {
                            active = true;
                            stream_of.last = Instant::now();
                        }
                        "deactivate" => active = false,
                        _ => {}
                    }
                    answer(text.trim(), load, &mut socket, shared).await?;
                }
                Some(_) => {}
                None => return Ok(()),
            },
            _ = ticks.tick(), if active => {
                let count = stream_of.frame_batch();
                socket.flush().await?;
                socket.get_mut().write_all(&stream_of.buffer).await?;
                shared.count_sent(count);
            }
        }
    }
}

async fn answer(
    line: &str,
    load: Load,
    socket: &mut WebSocketStream<DuplexStream>,
    shared: &Shared,
) -> Result<(), Error> {
    let (action, rest) = line.split_once(' ').unwrap_or((line, ""));
    let now = clock::now().wall.as_unix_seconds();
    let answer = match action {
        "*IDN?" => "ISSE&SINE2020,SECoP,V2019-09-16,v1.0".to_owned(),
        "describe" => format!("describing . {}", describe(load)),
        "activate" => {
            for channel in 0..load.channels {
                socket
                    .feed(Message::text(format!("update {}:value [0,{{\"t\":{now}}}]", name(channel))))
                    .await?;
            }
            shared.count_sent(u64::from(load.channels));
            "active".to_owned()
        }
        "deactivate" => "inactive".to_owned(),
        "ping" => format!("pong {rest} [null,{{\"t\":{now}}}]"),
        _ => {
            let specifier = rest.split(' ').next().unwrap_or_default();
            format!("error_{action} {specifier} [\"NotImplemented\",\"this node only sends\",{{}}]")
        }
    };
    shared.count_sent(1);
    socket.send(Message::text(answer)).await
}

fn name(channel: u32) -> String {
    format!("ch{channel:04}")
}

fn describe(load: Load) -> Value {
    let value = json!({
        "description": "a sequence number",
        "datainfo": {"type": "int", "min": 0, "max": i64::MAX},
        "readonly": true,
    });
    let modules: Map<String, Value> = (0..load.channels)
        .map(|channel| {
            let module = json!({
                "description": format!("Channel {channel}"),
                "interface_classes": ["Readable"],
                "accessibles": {"value": value},
            });
            (name(channel), module)
        })
        .collect();
    json!({
        "modules": modules,
        "equipment_id": "load.lab.porthole",
        "description": format!("Load\n\n{} updates a second on {} channels.", load.rate, load.channels),
    })
}

/// Makes the updates of a connection.
struct Updates {
    load: Load,
    buffer: Vec<u8>,
    line: Vec<u8>,
    sent: u64,
    owed: f64,
    last: Instant,
}

impl Updates {
    fn new(load: Load) -> Self {
        Self { load, buffer: Vec::new(), line: Vec::new(), sent: 0, owed: 0.0, last: Instant::now() }
    }

    /// Fills the buffer with the frames that are due: how many.
    fn frame_batch(&mut self) -> u64 {
        let now = Instant::now();
        let since = (now - self.last).as_secs_f64().min(CATCH_UP_SECS);
        self.last = now;
        self.owed += since * f64::from(self.load.rate);
        let count = self.owed as u64;
        self.owed -= count as f64;
        let wall = clock::now().wall.as_unix_seconds();
        self.buffer.clear();
        for _ in 0..count {
            let channels = u64::from(self.load.channels);
            let (channel, sequence) = (self.sent % channels, self.sent / channels + 1);
            self.line.clear();
            // Writing to memory does not fail.
            drop(write!(self.line, "update ch{channel:04}:value [{sequence},{{\"t\":{wall:.6}}}]"));
            push_text_frame(&mut self.buffer, &self.line);
            self.sent += 1;
        }
        count
    }
}

/// Appends a text frame as a server sends it (RFC 6455, 5.2). The line is shorter than 64 KiB.
fn push_text_frame(buffer: &mut Vec<u8>, line: &[u8]) {
    buffer.push(0x81);
    if line.len() < 126 {
        buffer.push(line.len() as u8);
    } else {
        buffer.push(126);
        buffer.extend((line.len() as u16).to_be_bytes());
    }
    buffer.extend(line);
}
