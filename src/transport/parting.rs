//! What is still said on a wire before it is closed, when nobody listens any more.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::driver::Wire;
use super::timer::sleep;
use super::{WireEvent, fetch};
use crate::protocol::connection::Farewell;
use crate::protocol::{Frame, LastAnswer};

/// Between two of the last frames: some peers lose what comes too close together.
const SPACING: Duration = Duration::from_millis(60);
/// So often it is looked whether a frame has its answer, and so many times.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 50;

/// A wire that is there for its last frames alone; nothing before that. Clones are of the same wire.
#[derive(Clone, Default)]
pub(super) struct Parting(Rc<RefCell<Option<Parted>>>);

struct Parted {
    wire: Wire,
    answer: Option<LastAnswer>,
    /// The answer to a frame is still to come.
    is_busy: bool,
    /// The peer has gone meanwhile.
    is_over: bool,
}

impl Parting {
    /// Takes what happens on the wire, if it is for its last frames alone.
    pub(super) fn takes(&self, event: &WireEvent) -> bool {
        match &mut *self.0.borrow_mut() {
            Some(parted) => {
                parted.hear(event);
                true
            }
            None => false,
        }
    }

    /// Says the last words on a wire, one by one, and closes it: each after the answer to the one before, where the
    /// protocol tells answers, and not too close behind it.
    pub(super) fn say(
        self,
        wire: Wire,
        farewell: Vec<Farewell>,
        answer: Option<LastAnswer>,
        code: u16,
        reason: String,
    ) {
        let is_busy = answer.is_some_and(|answer| answer.is_busy);
        let mut parted = Parted { wire, answer, is_busy, is_over: false };
        let mut rest = farewell.into_iter();
        // The first goes at once, if it may: where the page is being left there is no second.
        let mut answered = if is_busy { None } else { parted.say(rest.next()) };
        if rest.len() == 0 {
            return parted.wire.close(code, &reason);
        }
        *self.0.borrow_mut() = Some(parted);
        spawn_local(async move {
            let mut looks = LOOKS;
            for last in rest.map(Some).chain([None]) {
                sleep(SPACING).await;
                while looks > 0 && self.is_busy() {
                    looks -= 1;
                    sleep(LOOK_EVERY).await;
                }
                // A peer that does not answer once is not waited for again.
                looks = if looks == 0 { 0 } else { LOOKS };
                if let Some(answered) = answered.take() {
                    // There is nobody left to tell of a failure.
                    answered.await.ok();
                }
                answered = self.0.borrow_mut().as_mut().and_then(|parted| parted.say(last));
            }
            if let Some(parted) = self.0.take() {
                parted.wire.close(code, &reason);
            }
        });
    }

    fn is_busy(&self) -> bool {
        self.0.borrow().as_ref().is_some_and(|parted| parted.is_busy && !parted.is_over)
    }
}

impl Parted {
    /// Says the next of the last words. What it returns says when a request has its answer.
    fn say(&mut self, last: Option<Farewell>) -> Option<JsFuture> {
        match last {
            Some(Farewell::Frame(frame)) => {
                self.is_busy = self.answer.is_some();
                // The peer may be gone already.
                self.wire.send(&frame).ok();
                None
            }
            Some(Farewell::Request(request)) => fetch::send(&request),
            None => None,
        }
    }

    /// Nobody listens any more, but the peer may wait for a word, or may have given one.
    fn hear(&mut self, event: &WireEvent) {
        match event {
            WireEvent::Frame(Frame::Text(text)) => match self.answer.and_then(|answer| (answer.to)(text)) {
                Some(text) => {
                    // The peer may be gone already.
                    self.wire.send(&Frame::Text(text)).ok();
                }
                None => self.is_busy = false,
            },
            WireEvent::Closed { .. } | WireEvent::Ended => self.is_over = true,
            WireEvent::Opened { .. }
            | WireEvent::Frame(Frame::Binary(_))
            | WireEvent::TooLarge(_)
            | WireEvent::Fetched { .. } => {}
        }
    }
}
