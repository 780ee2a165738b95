//! The line to the client: what is sent when, with the quirks and faults that concern only that.

use std::time::Duration;

use super::cse::{Cse, Out};
use crate::model::time::Instant;
use crate::protocol::{Frame, Outbox, SimulatorOutput};

/// The most answers that wait to be sent.
const HELD_MOST: usize = 256;
/// How long an answer waits for another one to overtake it.
const OVERTAKE: Duration = Duration::from_millis(300);

/// What waits to be sent.
#[derive(Default)]
pub(super) struct Line {
    /// Answers and when they are due, in the order in which they were given.
    held: Vec<(Instant, String)>,
    /// An answer that another one may overtake, and how long it waits for that.
    overtaken: Option<(Instant, String)>,
    /// An answer went out since somebody asked.
    pub(super) has_answered: bool,
    /// What goes out before anything else.
    first: Vec<SimulatorOutput>,
}

impl Line {
    /// Sends what is neither an answer nor a notification.
    pub(super) fn send(&mut self, output: SimulatorOutput) {
        self.first.push(output);
    }

    pub(super) fn holds_something(&self) -> bool {
        !self.held.is_empty() || self.overtaken.is_some()
    }

    /// Sends what the CSE has put out, as far as it may go now. In a gap answers wait, notifications are lost.
    pub(super) fn send_out(
        &mut self,
        cse: &mut Cse,
        in_gap: bool,
        now: Instant,
        outbox: &mut Outbox<SimulatorOutput>,
    ) {
        for output in self.first.drain(..) {
            outbox.push(output);
        }
        self.held.extend(self.overtaken.take_if(|(until, _)| now >= *until));
        for out in std::mem::take(&mut cse.out) {
            match out {
                Out::Notification(frame) if !in_gap => outbox.push(SimulatorOutput::Send(Frame::Text(frame))),
                Out::Notification(_) => {}
                Out::Answer(frame) => {
                    if cse.quirks.duplicates {
                        self.hold(cse, now, frame.clone());
                    }
                    self.hold(cse, now, frame);
                }
            }
            self.release(in_gap, now, outbox);
        }
        self.release(in_gap, now, outbox);
    }

    fn hold(&mut self, cse: &Cse, now: Instant, frame: String) {
        let due = now + cse.quirks.answer_delay();
        if self.held.len() >= HELD_MOST {
            return;
        }
        if cse.quirks.reorder {
            if let Some((_, earlier)) = self.overtaken.take() {
                self.held.push((due, frame));
                self.held.push((due, earlier));
            } else {
                self.overtaken = Some((due + OVERTAKE, frame));
            }
        } else {
            self.held.push((due, frame));
        }
    }

    /// Sends the answers whose time has come.
    fn release(&mut self, in_gap: bool, now: Instant, outbox: &mut Outbox<SimulatorOutput>) {
        if in_gap {
            return;
        }
        for (due, frame) in std::mem::take(&mut self.held) {
            if now >= due {
                self.has_answered = true;
                outbox.push(SimulatorOutput::Send(Frame::Text(frame)));
            } else {
                self.held.push((due, frame));
            }
        }
    }
}
