//! The line to the client: what is sent when.

use std::collections::VecDeque;
use std::time::Duration;

use super::post::Out;
use crate::model::time::Instant;
use crate::protocol::{Frame, Outbox, SimulatorOutput};

/// The most messages that wait to be sent, and the most that they hold, in bytes.
const HELD_MOST: usize = 20_000;
const HELD_BYTES_MOST: usize = 16 * 1024 * 1024;

/// What waits to be sent.
#[derive(Default)]
pub(super) struct Line {
    /// Each message and when it is due, in the order in which they were made.
    held: VecDeque<(Instant, SimulatorOutput)>,
    bytes: usize,
    /// What goes out before anything else.
    first: Vec<SimulatorOutput>,
}

impl Line {
    /// Sends what the server has not said.
    pub(super) fn send(&mut self, output: SimulatorOutput) {
        self.first.push(output);
    }

    pub(super) fn holds_something(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes what the server has put out.
    pub(super) fn hold(&mut self, out: Vec<Out>, now: Instant, delay: Duration) {
        for out in out {
            let output = match out {
                Out::Message(bytes) => SimulatorOutput::Send(Frame::Binary(bytes)),
                Out::Cut => SimulatorOutput::Cut,
            };
            let bytes = size(&output);
            if self.held.len() < HELD_MOST && self.bytes + bytes <= HELD_BYTES_MOST {
                self.bytes += bytes;
                self.held.push_back((now + delay, output));
            }
        }
    }

    /// Sends what may go now; whether the line was cut. In a gap everything waits.
    pub(super) fn send_out(
        &mut self,
        in_gap: bool,
        now: Instant,
        outbox: &mut Outbox<SimulatorOutput>,
    ) -> bool {
        let mut cut = false;
        for output in self.first.drain(..) {
            cut |= output == SimulatorOutput::Cut;
            outbox.push(output);
        }
        while !in_gap && !cut && self.held.front().is_some_and(|(due, _)| now >= *due) {
            let Some((_, output)) = self.held.pop_front() else { break };
            self.bytes -= size(&output);
            cut = output == SimulatorOutput::Cut;
            outbox.push(output);
        }
        cut
    }
}

fn size(output: &SimulatorOutput) -> usize {
    match output {
        SimulatorOutput::Send(frame) => frame.len(),
        SimulatorOutput::Cut => 0,
    }
}
