//! The choice of a subprotocol. Whoever offers none that fits is answered with HTTP 400 and the reason.

use tokio_tungstenite::tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::http::header::{HeaderMap, HeaderValue, SEC_WEBSOCKET_PROTOCOL};

/// Chooses the first of its subprotocols that a client offers. Without any it chooses none, whatever is offered.
pub(crate) struct Choose {
    pub(crate) subprotocols: &'static [&'static str],
}

impl Callback for Choose {
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        if self.subprotocols.is_empty() {
            return Ok(response);
        }
        let offered = offered(request.headers());
        let chosen = self.subprotocols.iter().find(|own| offered.contains(*own));
        if let Some(chosen) = chosen {
            response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(chosen));
            return Ok(response);
        }
        let reason = if offered.is_empty() {
            "missing subprotocol.".to_owned()
        } else {
            format!("invalid subprotocol; expected one of {}.", self.subprotocols.join(", "))
        };
        let mut refusal = ErrorResponse::new(Some(reason));
        *refusal.status_mut() = StatusCode::BAD_REQUEST;
        Err(refusal)
    }
}

fn offered(headers: &HeaderMap) -> Vec<&str> {
    let lines = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|name| !name.is_empty()).collect()
}
