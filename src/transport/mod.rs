//! Moves frames between sessions and what carries them: a WebSocket, a simulator in the page, a capture.
//!
//! One driver serves all three, so that the demo and a replay run through the same decoders as an instrument.
//! Nothing in here knows a protocol or a signal.

pub mod clock;
pub mod driver;
pub mod fetch;
mod local;
mod parting;
pub mod parts;
mod replay;
mod socket;
pub mod timer;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;

use crate::model::time::Timestamp;
use crate::protocol::{Frame, Simulator};

/// A simulator that outlives its connections, as an instrument does.
pub type SharedSimulator = Rc<RefCell<Box<dyn Simulator>>>;

/// The frames of a capture that came from the peer, in order.
pub type Recording = Rc<[(Timestamp, Frame)]>;

/// The largest frame that is copied into the page's memory; a larger one is refused and counted.
pub const LARGEST_FRAME_BYTES: usize = 16 << 20;

/// What a wire tells the driver.
#[derive(Clone, Debug, PartialEq)]
pub enum WireEvent {
    /// It is open.
    Opened {
        /// The subprotocol that the peer chose; empty for none.
        subprotocol: String,
    },
    /// A frame came.
    Frame(Frame),
    /// A frame was refused for its size in bytes (or UTF-16 units, for text).
    TooLarge(usize),
    /// A request to an HTTP server was answered, or why it was not.
    Fetched {
        /// Which.
        id: u64,
        /// The answer, or what the browser said.
        answer: Result<fetch::Answer, String>,
    },
    /// It is closed, by whomever.
    Closed {
        /// The close code.
        code: u16,
        /// The close reason.
        reason: String,
        /// Both sides said goodbye.
        clean: bool,
    },
    /// The capture is at its end.
    Ended,
}

/// Where a wire's events go. Never called from within a call to the wire.
pub(crate) type Sink = Rc<dyn Fn(WireEvent)>;

/// Why a frame was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The socket is closing or closed; the browser would drop the frame in silence.
    NotOpen,
    /// The browser refused the frame.
    Refused,
}

/// What an exception of the browser says; may be empty.
fn words_of(error: &wasm_bindgen::JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| String::from(error.message()))
}
