//! The line from a simulated peer to its client: what is sent when.

use std::collections::VecDeque;

use super::{Outbox, SimulatorOutput};
use crate::model::time::Instant;

/// The most that what waits holds, in bytes.
const BYTES_MOST: usize = 16 * 1024 * 1024;

/// What waits to be sent.
#[derive(Debug)]
pub struct Line {
    frames_most: usize,
    /// Each frame and when it is due, in the order in which they were made.
    held: VecDeque<(Instant, SimulatorOutput)>,
    bytes: usize,
    /// What goes out before anything else.
    first: Vec<SimulatorOutput>,
}

impl Line {
    /// A line on which nothing waits, and on which so many frames may.
    pub fn new(frames_most: usize) -> Self {
        Self { frames_most, held: VecDeque::new(), bytes: 0, first: Vec::new() }
    }

    /// Sends what the peer has not said, before anything else.
    pub fn send(&mut self, output: SimulatorOutput) {
        self.first.push(output);
    }

    /// Something waits for its time.
    pub fn holds_something(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes what the peer says. What there is no room for is lost.
    pub fn hold(&mut self, due: Instant, output: SimulatorOutput) {
        let bytes = size(&output);
        if self.held.len() < self.frames_most && self.bytes + bytes <= BYTES_MOST {
            self.bytes += bytes;
            self.held.push_back((due, output));
        }
    }

    /// Sends what may go now; whether the line was cut. In a gap everything waits.
    pub fn release(&mut self, in_gap: bool, now: Instant, outbox: &mut Outbox<SimulatorOutput>) -> bool {
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
