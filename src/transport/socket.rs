//! A real WebSocket: gloo-net's stream for receiving, the raw handle for all else.
//!
//! gloo-net 0.6 drops frames in silence once the socket closes, cannot close a stream that is being read, and copies
//! a frame before anybody can look at its size. So sending, closing and the check of the size go by the raw handle.

use futures_util::StreamExt as _;
use gloo_net::websocket::futures::WebSocket as Stream;
use gloo_net::websocket::{Message, WebSocketError};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, WebSocket};

use super::{LARGEST_FRAME_BYTES, SendError, Sink, WireEvent, words_of};
use crate::protocol::Frame;

/// One WebSocket. Dropping it closes it.
pub(super) struct Socket {
    raw: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Socket {
    /// Dials. The error is the browser's own word, e.g. for mixed content.
    pub(super) fn dial(url: &str, subprotocols: &[String], sink: &Sink) -> Result<Self, String> {
        let raw = if subprotocols.is_empty() {
            WebSocket::new(url)
        } else {
            let offered: js_sys::Array =
                subprotocols.iter().map(|name| js_sys::JsString::from(name.as_str())).collect();
            WebSocket::new_with_str_sequence(url, &offered)
        }
        .map_err(|error| words_of(&error))?;

        let on_open = {
            let (sink, raw) = (sink.clone(), raw.clone());
            Closure::new(move || sink(WireEvent::Opened { subprotocol: raw.protocol() }))
        };
        raw.set_onopen(Some(on_open.as_ref().unchecked_ref()));

        // Comes before gloo-net's listener, so that a frame that is too large is never copied.
        let on_message = {
            let sink = sink.clone();
            Closure::new(move |event: MessageEvent| {
                let size = size(&event);
                if size > LARGEST_FRAME_BYTES {
                    event.stop_immediate_propagation();
                    sink(WireEvent::TooLarge(size));
                }
            })
        };
        raw.add_event_listener_with_callback("message", on_message.as_ref().unchecked_ref())
            .map_err(|error| words_of(&error))?;

        let stream = Stream::try_from(raw.clone()).map_err(|error| error.to_string())?;
        wasm_bindgen_futures::spawn_local(receive(stream, sink.clone()));
        Ok(Self { raw, _on_open: on_open, on_message })
    }

    pub(super) fn send(&self, frame: &Frame) -> Result<(), SendError> {
        if self.raw.ready_state() != WebSocket::OPEN {
            return Err(SendError::NotOpen);
        }
        match frame {
            Frame::Text(text) => self.raw.send_with_str(text),
            Frame::Binary(bytes) => self.raw.send_with_u8_array(bytes),
        }
        .map_err(|_refused| SendError::Refused)
    }

    /// Bytes that wait to be sent.
    pub(super) fn buffered(&self) -> usize {
        self.raw.buffered_amount() as usize
    }

    pub(super) fn close(&self, code: u16, reason: &str) {
        // The browser takes at most 123 bytes of reason.
        let mut end = reason.len().min(120);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        if self.raw.close_with_code_and_reason(code, &reason[..end]).is_err() {
            drop(self.raw.close());
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.raw.set_onopen(None);
        if self.raw.ready_state() < WebSocket::CLOSING {
            self.close(1000, "left");
        }
        drop(
            self.raw.remove_event_listener_with_callback("message", self.on_message.as_ref().unchecked_ref()),
        );
    }
}

async fn receive(mut stream: Stream, sink: Sink) {
    while let Some(message) = stream.next().await {
        match message {
            Ok(Message::Text(text)) => sink(WireEvent::Frame(Frame::Text(text))),
            Ok(Message::Bytes(bytes)) => sink(WireEvent::Frame(Frame::Binary(bytes))),
            // Says nothing; the close that tells the code always follows.
            Err(WebSocketError::ConnectionError) => {}
            Err(WebSocketError::ConnectionClose(close)) => {
                sink(WireEvent::Closed { code: close.code, reason: close.reason, clean: close.was_clean });
                break;
            }
            Err(error) => {
                sink(WireEvent::Closed { code: 1006, reason: error.to_string(), clean: false });
                break;
            }
        }
    }
}

fn size(event: &MessageEvent) -> usize {
    let data = event.data();
    if let Some(text) = data.dyn_ref::<js_sys::JsString>() {
        text.length() as usize
    } else if let Some(buffer) = data.dyn_ref::<js_sys::ArrayBuffer>() {
        buffer.byte_length() as usize
    } else {
        0
    }
}
