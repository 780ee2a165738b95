//! The wire with its faults: moves bytes between a client's socket and whatever is behind it.
//!
//! Everything is bounded: a slow client makes the relay stop reading from the other side.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, Interest};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// The longest piece that is moved at once, in bytes.
const PIECE: usize = 4096;
/// How many pieces may be on their way in each direction.
const PIECES: usize = 64;
/// The longest head of an HTTP request or response that is waited for, in bytes.
const HEAD: usize = 16 * 1024;
/// How long a head may take.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// How long the other direction may take to end once one has ended.
const LINGER: Duration = Duration::from_secs(2);
/// How often a client that is ignored is looked after: it may have gone.
const LOOK: Duration = Duration::from_millis(200);
/// A text frame that says 100 bytes and has 13.
const HALF_FRAME: &[u8] = b"\x81\x64update half:v";
/// Bytes that no WebSocket peer may send: reserved bits, a reserved opcode, and noise.
const GARBAGE: &[u8] = b"\xff\xff\x00\xde\xad\xbe\xef";

/// Lasting faults of the wire. The default is a good wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each fault is a switch of its own")]
pub struct Wire {
    /// Nothing passes in either direction; the link stays open. What was held back passes afterwards.
    pub silence: bool,
    /// A new connection is accepted and then ignored.
    pub silent_accept: bool,
    /// Bytes to the client go in writes of 1 to 7.
    pub slices: bool,
    /// How long each byte takes, in each direction.
    pub latency: Duration,
    /// How much longer it may take, by chance; order is kept.
    pub jitter: Duration,
    /// How many bytes a second pass to the client.
    pub bytes_per_sec: Option<u32>,
    /// A bit of each piece to the client is flipped.
    pub corrupt: bool,
    /// A byte of each piece to the client comes twice.
    pub duplicate: bool,
    /// New connections are answered with this HTTP status.
    pub refuse: Option<u16>,
    /// The answer to the handshake names a subprotocol that nobody offered.
    pub wrong_subprotocol: bool,
}

/// Something that happens once to every open connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// The line is reset.
    Reset,
    /// The line is closed between frames, without a closing handshake.
    Finish,
    /// The line is closed within a frame.
    FinishInFrame,
    /// Bytes that are no WebSocket frame.
    Garbage,
}

/// How a direction of a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The reader had no more, or the writer's other side is gone.
    Quiet,
    /// A [`Strike`] ended the connection.
    Struck,
}

/// Answers a connection that is to be refused or ignored: `true` if there is nothing more to do.
pub(crate) async fn turned_away(
    client: &mut TcpStream,
    wire: &mut watch::Receiver<Wire>,
) -> io::Result<bool> {
    let refuse = wire.borrow().refuse;
    if let Some(status) = refuse {
        timeout(HEAD_TIME, read_head(client)).await??;
        let answer = format!("HTTP/1.1 {status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        client.write_all(answer.as_bytes()).await?;
        client.shutdown().await?;
        return Ok(true);
    }
    loop {
        tokio::select! {
            // An error means that the server is ending.
            heard = wire.wait_for(|wire| !wire.silent_accept) => return Ok(heard.is_err()),
            () = sleep(LOOK) => {
                if client.ready(Interest::READABLE | Interest::WRITABLE).await?.is_read_closed() {
                    return Ok(true);
                }
            }
        }
    }
}

/// Moves bytes between a client and what is behind it until one of them ends or a strike ends it.
pub(crate) async fn relay<S>(
    client: TcpStream,
    behind: S,
    wire: watch::Receiver<Wire>,
    strikes: broadcast::Receiver<Strike>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite,
{
    client.set_nodelay(true)?;
    let (client_reader, client_writer) = client.into_split();
    let (behind_reader, behind_writer) = tokio::io::split(behind);
    let (down_sender, down) = mpsc::channel(PIECES);
    let (up_sender, up) = mpsc::channel(PIECES);
    let downwards = async {
        let read = read_pieces(behind_reader, down_sender, wire.clone());
        let write = Downwards { writer: client_writer, wire: wire.clone(), count: 0 }.run(down, strikes);
        tokio::pin!(read, write);
        tokio::select! {
            end = &mut write => end,
            () = &mut read => write.await,
        }
    };
    let upwards = async {
        tokio::join!(
            read_pieces(client_reader, up_sender, wire.clone()),
            write_up(behind_writer, up, wire.clone())
        )
    };
    tokio::pin!(downwards, upwards);
    tokio::select! {
        end = &mut downwards => {
            if end? == End::Quiet {
                // The client may still be sending its part of the closing handshake.
                drop(timeout(LINGER, upwards).await);
            }
        }
        ((), written) = &mut upwards => {
            written?;
            if let Ok(end) = timeout(LINGER, downwards).await {
                end?;
            }
        }
    }
    Ok(())
}

/// A piece and when it is due.
type Piece = (Instant, Vec<u8>);

async fn read_pieces<R>(mut reader: R, pieces: mpsc::Sender<Piece>, wire: watch::Receiver<Wire>)
where
    R: AsyncRead + Unpin,
{
    let mut dice = Dice(0x5eed);
    let mut last_due = Instant::now();
    let mut buffer = vec![0; PIECE];
    while let Ok(count @ 1..) = reader.read(&mut buffer).await {
        let (latency, jitter) = {
            let wire = wire.borrow();
            (wire.latency, wire.jitter)
        };
        last_due = last_due.max(Instant::now() + latency + jitter.mul_f64(dice.unit()));
        if pieces.send((last_due, buffer[..count].to_vec())).await.is_err() {
            return;
        }
    }
}

/// Waits until a piece may pass.
async fn passage(due: Instant, wire: &mut watch::Receiver<Wire>) -> io::Result<()> {
    sleep_until(due).await;
    let ended = |_| io::Error::other("the server ends");
    wire.wait_for(|wire| !wire.silence).await.map(drop).map_err(ended)
}

async fn write_up<W>(
    mut writer: W,
    mut pieces: mpsc::Receiver<Piece>,
    mut wire: watch::Receiver<Wire>,
) -> io::Result<()>
where
    W: AsyncWrite + Unpin,
{
    while let Some((due, bytes)) = pieces.recv().await {
        passage(due, &mut wire).await?;
        writer.write_all(&bytes).await?;
    }
    passage(Instant::now(), &mut wire).await?;
    writer.shutdown().await
}

/// The direction to the client, where most faults are.
struct Downwards {
    writer: OwnedWriteHalf,
    wire: watch::Receiver<Wire>,
    count: usize,
}

impl Downwards {
    async fn run(
        mut self,
        mut pieces: mpsc::Receiver<Piece>,
        mut strikes: broadcast::Receiver<Strike>,
    ) -> io::Result<End> {
        self.answer_handshake(&mut pieces).await?;
        // What has come and may not pass yet; `None` inside is the end.
        let mut waiting: Option<(Instant, Option<Vec<u8>>)> = None;
        loop {
            let due = waiting.as_ref().map_or_else(Instant::now, |(due, _)| *due);
            // A strike does not wait for a piece, nor for the end of a silence.
            tokio::select! {
                strike = strikes.recv() => {
                    match strike {
                        Ok(Strike::Garbage) => self.writer.write_all(GARBAGE).await?,
                        Ok(Strike::Finish) => {
                            self.writer.shutdown().await?;
                            return Ok(End::Quiet);
                        }
                        Ok(Strike::FinishInFrame) => {
                            self.writer.write_all(HALF_FRAME).await?;
                            self.writer.shutdown().await?;
                            return Ok(End::Quiet);
                        }
                        Ok(Strike::Reset) => {
                            self.writer.as_ref().set_zero_linger()?;
                            // Dropped in the usual way it would say farewell first.
                            self.writer.forget();
                            return Ok(End::Struck);
                        }
                        Err(_) => return Ok(End::Struck),
                    }
                }
                piece = pieces.recv(), if waiting.is_none() => {
                    waiting = Some(piece.map_or((due, None), |(due, bytes)| (due, Some(bytes))));
                }
                passed = passage(due, &mut self.wire), if waiting.is_some() => {
                    passed?;
                    if let Some(bytes) = waiting.take().and_then(|(_, bytes)| bytes) {
                        self.write(bytes).await?;
                    } else {
                        self.writer.shutdown().await?;
                        return Ok(End::Quiet);
                    }
                }
            }
        }
    }

    /// Adds a subprotocol to the answer of the handshake, where that fault is on.
    async fn answer_handshake(&mut self, pieces: &mut mpsc::Receiver<Piece>) -> io::Result<()> {
        if !self.wire.borrow().wrong_subprotocol {
            return Ok(());
        }
        let mut head = Vec::new();
        while head.len() < HEAD {
            let Some((_, bytes)) = pieces.recv().await else { break };
            head.extend(bytes);
            if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
                head.splice(end..end, *b"\r\nSec-WebSocket-Protocol: nonsense");
                break;
            }
        }
        self.writer.write_all(&head).await
    }

    async fn write(&mut self, mut bytes: Vec<u8>) -> io::Result<()> {
        let wire = self.wire.borrow().clone();
        self.count += 1;
        let place = self.count * 7 % bytes.len().max(1);
        if wire.corrupt && !bytes.is_empty() {
            bytes[place] ^= 0x10;
        }
        if wire.duplicate && !bytes.is_empty() {
            bytes.insert(place, bytes[place]);
        }
        let mut left = bytes.as_slice();
        while !left.is_empty() {
            let mut size = left.len();
            if wire.slices {
                self.count += 1;
                size = size.min(1 + self.count % 7);
            }
            if let Some(rate) = wire.bytes_per_sec {
                size = size.min(usize::try_from(rate / 20).unwrap_or(PIECE).max(1));
                sleep(Duration::from_secs_f64(size as f64 / f64::from(rate.max(1)))).await;
            }
            let (now, later) = left.split_at(size);
            self.writer.write_all(now).await?;
            left = later;
            if wire.slices {
                // Each slice becomes a packet of its own.
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}

async fn read_head(client: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    while head.len() < HEAD && !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    Ok(())
}

/// Numbers for jitter: the same ones in each run.
struct Dice(u64);

impl Dice {
    /// In `0.0..1.0`.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
