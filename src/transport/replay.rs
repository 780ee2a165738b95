//! A capture as a wire: the frames that came, with the pauses that lay between them. What is sent goes nowhere.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use super::timer::Timer;
use super::{Recording, Sink, WireEvent};

/// The longest pause that is waited for; a longer one in the capture is cut to it.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// One run through a recording.
pub(super) struct Replay {
    _timer: Rc<RefCell<Option<Timer>>>,
}

impl Replay {
    pub(super) fn dial(recording: Recording, sink: Sink) -> Self {
        let timer: Rc<RefCell<Option<Timer>>> = Rc::default();
        let weak = Rc::downgrade(&timer);
        let next = Cell::new(0);
        let opened = Cell::new(false);
        *timer.borrow_mut() = Some(Timer::new(move || {
            if !opened.replace(true) {
                sink(WireEvent::Opened { subprotocol: String::new() });
            }
            while let Some((at, frame)) = recording.get(next.get()) {
                sink(WireEvent::Frame(frame.clone()));
                next.set(next.get() + 1);
                let Some((following, _)) = recording.get(next.get()) else { break };
                let micros = u64::try_from(following.0.saturating_sub(at.0)).unwrap_or(0);
                let pause = Duration::from_micros(micros).min(LONGEST_PAUSE);
                if !pause.is_zero() {
                    if let Some(timer) = weak.upgrade()
                        && let Some(timer) = &*timer.borrow()
                    {
                        timer.set(pause);
                    }
                    return;
                }
            }
            sink(WireEvent::Ended);
        }));
        if let Some(timer) = &*timer.borrow() {
            timer.set(Duration::ZERO);
        }
        Self { _timer: timer }
    }
}
