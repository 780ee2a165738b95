//! The line to the client: what is sent when.

use std::collections::VecDeque;

use super::service::{Out, Service};
use crate::model::time::Instant;
use crate::protocol::{Frame, Outbox, SimulatorOutput};

/// The most frames that wait to be sent, and the most that they hold, in bytes.
const HELD_MOST: usize = 100_000;
const HELD_BYTES_MOST: usize = 16 * 1024 * 1024;

/// What waits to be sent.
#[derive(Default)]
pub(super) struct Line {
    /// Each frame and when it is due, in the order in which they were made.
    held: VecDeque<(Instant, SimulatorOutput)>,
    bytes: usize,
    /// What goes out before anything else.
    first: Vec<SimulatorOutput>,
}

impl Line {
    /// Sends what the service has not said.
    pub(super) fn send(&mut self, output: SimulatorOutput) {
        self.first.push(output);
    }

    pub(super) fn holds_something(&self) -> bool {
        !self.held.is_empty()
    }

    /// Sends what the service has put out, as far as it may go now; whether the line was cut. In a gap answers wait,
    /// updates are lost.
    pub(super) fn send_out(
        &mut self,
        service: &mut Service,
        in_gap: bool,
        now: Instant,
        outbox: &mut Outbox<SimulatorOutput>,
    ) -> bool {
        let mut cut = false;
        for output in self.first.drain(..) {
            cut |= output == SimulatorOutput::Cut;
            outbox.push(output);
        }
        let due = now + service.quirks.latency;
        for out in std::mem::take(&mut service.out) {
            match out {
                Out::Update(_) if in_gap => {}
                Out::Update(text) | Out::Answer(text) => {
                    self.hold(due, SimulatorOutput::Send(Frame::Text(text)));
                }
                Out::Cut => self.hold(due, SimulatorOutput::Cut),
            }
        }
        while !in_gap && !cut && self.held.front().is_some_and(|(due, _)| now >= *due) {
            let Some((_, output)) = self.held.pop_front() else { break };
            self.bytes -= size(&output);
            cut = output == SimulatorOutput::Cut;
            outbox.push(output);
        }
        cut
    }

    fn hold(&mut self, due: Instant, output: SimulatorOutput) {
        let bytes = size(&output);
        if self.held.len() < HELD_MOST && self.bytes + bytes <= HELD_BYTES_MOST {
            self.bytes += bytes;
            self.held.push_back((due, output));
        }
    }
}

fn size(output: &SimulatorOutput) -> usize {
    match output {
        SimulatorOutput::Send(frame) => frame.len(),
        SimulatorOutput::Cut => 0,
    }
}
