//! A plain WebSocket client with a time limit on everything.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use porthole::protocol::secop::simulator::{Quirks, SecopSimulator};
use porthole_lab::{MakeSimulator, Server, serve_simulator};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocket};
use tokio_tungstenite::tungstenite::{Error, Message, client};

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Client {
    socket: WebSocket<TcpStream>,
}

/// What came instead of a text frame.
#[derive(Debug, PartialEq)]
pub(crate) enum Instead {
    Nothing,
    Binary(Vec<u8>),
    Closed(Option<u16>),
    Reset,
    /// The line ended, or what came is no WebSocket frame.
    Broken,
}

/// A cryostat with quirks, on a free port.
pub(crate) fn cryostat(quirks: &str) -> Server {
    let quirks: Quirks = quirks.parse().expect("quirks");
    let make = MakeSimulator::new(move || Box::new(SecopSimulator::cryo3(1, quirks.clone())));
    serve_simulator(0, make).expect("a free port")
}

/// A handshake: the client, or what went wrong.
pub(crate) fn dial(port: u16) -> Result<(Client, Response), Box<Error>> {
    dial_offering(port, "")
}

/// A handshake that offers subprotocols, separated by commas.
pub(crate) fn dial_offering(port: u16, subprotocols: &str) -> Result<(Client, Response), Box<Error>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the lab listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let mut request = format!("ws://127.0.0.1:{port}/").into_client_request().expect("a request");
    if !subprotocols.is_empty() {
        let offered = subprotocols.parse().expect("a header");
        request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    }
    match client(request, stream) {
        Ok((socket, response)) => Ok((Client { socket }, response)),
        Err(tokio_tungstenite::tungstenite::HandshakeError::Failure(error)) => Err(Box::new(error)),
        Err(tokio_tungstenite::tungstenite::HandshakeError::Interrupted(_)) => {
            Err(Box::new(Error::Io(ErrorKind::TimedOut.into())))
        }
    }
}

impl Client {
    pub(crate) fn connect(server: &Server) -> Self {
        dial(server.port()).unwrap_or_else(|error| panic!("{error}")).0
    }

    /// A client that has activated updates.
    pub(crate) fn active(server: &Server) -> Self {
        let mut client = Self::connect(server);
        client.send("activate");
        client.until("active");
        client
    }

    pub(crate) fn send(&mut self, line: &str) {
        self.socket.send(Message::text(line)).expect("the line is open");
    }

    pub(crate) fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).expect("the line is open");
    }

    pub(crate) fn limit(&mut self, limit: Duration) {
        self.socket.get_mut().set_read_timeout(Some(limit)).expect("a time limit");
    }

    /// The next text frame, or what came instead.
    pub(crate) fn next(&mut self) -> Result<String, Instead> {
        loop {
            return match self.socket.read() {
                Ok(Message::Text(text)) => Ok(text.to_string()),
                Ok(Message::Binary(bytes)) => Err(Instead::Binary(bytes.to_vec())),
                Ok(Message::Close(frame)) => {
                    Err(Instead::Closed(frame.map(|CloseFrame { code, .. }| code.into())))
                }
                Ok(_) => continue,
                Err(Error::Io(error)) => Err(match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => Instead::Nothing,
                    ErrorKind::ConnectionReset => Instead::Reset,
                    _ => Instead::Broken,
                }),
                Err(Error::ConnectionClosed) => Err(Instead::Closed(None)),
                Err(_) => Err(Instead::Broken),
            };
        }
    }

    /// Reads on to a frame that starts like this.
    pub(crate) fn until(&mut self, start: &str) -> String {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match self.next() {
                Ok(text) if text.starts_with(start) => return text,
                Ok(_) => {}
                Err(instead) => panic!("{instead:?} instead of {start:?}"),
            }
        }
        panic!("no {start:?}");
    }

    /// Reads on until something else than text comes.
    pub(crate) fn end(&mut self) -> Instead {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Err(instead) = self.next() {
                return instead;
            }
        }
        panic!("it goes on and on");
    }
}
