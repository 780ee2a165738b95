//! A proxy in front of another server on this machine, for faults that it does not have itself.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::server::{Behind, Server};

/// Serves what is at a port of 127.0.0.1 on another port (0 for a free one).
pub fn serve_proxy(port: u16, upstream_port: u16) -> io::Result<Server> {
    let upstream = SocketAddr::from((Ipv4Addr::LOCALHOST, upstream_port));
    Server::start(port, None, move |_| Upstream(upstream))
}

struct Upstream(SocketAddr);

impl Behind for Upstream {
    async fn open(&self) -> io::Result<impl AsyncRead + AsyncWrite + 'static> {
        let stream = TcpStream::connect(self.0).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}
