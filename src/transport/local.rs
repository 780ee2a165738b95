//! A simulator in the page as a wire: its frames take the way of an instrument's, without a socket.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::clock;
use super::timer::Timer;
use super::{SendError, SharedSimulator, Sink, WireEvent};
use crate::protocol::{Frame, SimulatorInput, SimulatorOutput};

/// One connection to a simulator in the page.
pub(super) struct Local {
    inner: Rc<Inner>,
}

struct Inner {
    simulator: SharedSimulator,
    sink: Sink,
    open: Cell<bool>,
    timer: RefCell<Option<Timer>>,
}

impl Local {
    pub(super) fn dial(simulator: SharedSimulator, sink: Sink) -> Self {
        let inner = Rc::new(Inner { simulator, sink, open: Cell::new(true), timer: RefCell::new(None) });
        let weak = Rc::downgrade(&inner);
        *inner.timer.borrow_mut() = Some(Timer::new({
            let weak = weak.clone();
            move || Inner::feed(&weak, SimulatorInput::Timeout)
        }));
        later(move || {
            if let Some(inner) = weak.upgrade() {
                (inner.sink)(WireEvent::Opened { subprotocol: String::new() });
                Inner::feed(&weak, SimulatorInput::Opened);
            }
        });
        Self { inner }
    }

    pub(super) fn send(&self, frame: &Frame) -> Result<(), SendError> {
        if !self.inner.open.get() {
            return Err(SendError::NotOpen);
        }
        let (weak, frame) = (Rc::downgrade(&self.inner), frame.clone());
        later(move || Inner::feed(&weak, SimulatorInput::Frame(&frame)));
        Ok(())
    }

    /// Delivers what a fault has made the simulator say.
    pub(super) fn deliver(&self, outputs: Vec<SimulatorOutput>) {
        let inner = Rc::clone(&self.inner);
        later(move || inner.deliver(outputs));
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.inner.hang_up();
    }
}

impl Inner {
    fn feed(weak: &Weak<Self>, input: SimulatorInput<'_>) {
        let Some(inner) = weak.upgrade().filter(|inner| inner.open.get()) else { return };
        let outputs = {
            let mut simulator = inner.simulator.borrow_mut();
            simulator.handle(clock::now(), input);
            std::iter::from_fn(|| simulator.poll()).collect()
        };
        inner.deliver(outputs);
    }

    fn deliver(&self, outputs: Vec<SimulatorOutput>) {
        for output in outputs {
            match output {
                SimulatorOutput::Send(frame) if self.open.get() => (self.sink)(WireEvent::Frame(frame)),
                SimulatorOutput::Send(_) => {}
                SimulatorOutput::Cut => {
                    self.hang_up();
                    (self.sink)(WireEvent::Closed { code: 1006, reason: String::new(), clean: false });
                }
            }
        }
        if let (Some(deadline), Some(timer)) = (self.simulator.borrow().deadline(), &*self.timer.borrow()) {
            timer.set(deadline.since(clock::instant()));
        }
    }

    fn hang_up(&self) {
        if self.open.replace(false) {
            let mut simulator = self.simulator.borrow_mut();
            simulator.handle(clock::now(), SimulatorInput::Closed);
            while simulator.poll().is_some() {}
        }
    }
}

/// Runs a function after the present one has returned.
fn later(action: impl FnOnce() + 'static) {
    wasm_bindgen_futures::spawn_local(async move { action() });
}
