//! The simulated servers with a fake clock, one test a behaviour.

mod bounds;
mod faults;
mod v11;
mod v12;

use super::*;
use crate::model::time::Timestamp;
use crate::protocol::etp::avro::{Avro as _, Reader};
use crate::protocol::etp::header::{FINAL, MessageHeader};

/// 2026-11-20 20:17:07 UTC.
const START_SECS: i64 = 1_795_205_827;

/// A client of a server, with its own clock.
struct Client {
    simulator: EtpSimulator,
    now: Now,
    id: i64,
}

/// A message that the server sent.
type Got<M> = (MessageHeader, M);

impl Client {
    fn new(simulator: EtpSimulator) -> Self {
        let now = Now { instant: Instant(1000.0), wall: Timestamp(START_SECS * 1_000_000) };
        let mut client = Self { simulator, now, id: 0 };
        assert_eq!(client.feed(SimulatorInput::Opened), []);
        client
    }

    fn feed(&mut self, input: SimulatorInput<'_>) -> Vec<SimulatorOutput> {
        self.simulator.handle(self.now, input);
        std::iter::from_fn(|| self.simulator.poll()).collect()
    }

    /// Sends a frame; what comes back at once.
    fn send_bytes(&mut self, bytes: Vec<u8>) -> Vec<SimulatorOutput> {
        self.feed(SimulatorInput::Frame(&Frame::Binary(bytes)))
    }

    /// Lets time pass, with each deadline kept.
    fn outputs_of(&mut self, secs: f64) -> Vec<SimulatorOutput> {
        let end = self.now.instant + Duration::from_secs_f64(secs);
        let mut outputs = Vec::new();
        while let Some(deadline) = self.simulator.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now + deadline.since(self.now.instant);
            outputs.extend(self.feed(SimulatorInput::Timeout));
        }
        self.now = self.now + end.since(self.now.instant);
        outputs.extend(self.feed(SimulatorInput::Timeout));
        outputs
    }

    fn fault(&mut self, fault: Fault, on: bool) -> Vec<SimulatorOutput> {
        self.feed(SimulatorInput::Fault(fault, on))
    }

    /// The socket goes and comes again after a while, without deadlines in between.
    fn reconnect(&mut self, secs: f64) {
        self.feed(SimulatorInput::Closed);
        assert_eq!(self.simulator.deadline(), None);
        self.now = self.now + Duration::from_secs_f64(secs);
        assert_eq!(self.feed(SimulatorInput::Opened), []);
    }
}

fn binary(outputs: Vec<SimulatorOutput>) -> Vec<Vec<u8>> {
    let bytes = |output| match output {
        SimulatorOutput::Send(Frame::Binary(bytes)) => Some(bytes),
        SimulatorOutput::Send(Frame::Text(_)) | SimulatorOutput::Cut => None,
    };
    outputs.into_iter().filter_map(bytes).collect()
}

/// Reads a frame by one of the versions.
macro_rules! reads {
    ($name:ident, $version:ident) => {
        fn $name(bytes: &[u8]) -> Got<crate::protocol::etp::$version::messages::Message> {
            use crate::protocol::etp::$version::messages::Message;
            let mut reader = Reader::new(bytes);
            let header = MessageHeader::read(&mut reader).expect("a header");
            let message = Message::read(header.protocol, header.message_type, &mut reader);
            let message = message.expect("a body").expect("a known message");
            assert_eq!(reader.left(), 0, "{header:?} {message:?}");
            (header, message)
        }
    };
}

reads!(read_11, v11);
reads!(read_12, v12);

/// Writes a message with the client's next id.
fn written(id: i64, message: &impl post::Body, flags: i32) -> Vec<u8> {
    let (protocol, message_type) = message.id();
    let header =
        MessageHeader { protocol, message_type, correlation_id: 0, message_id: id, message_flags: flags };
    let mut writer = header.writer();
    message.write(&mut writer);
    writer.into_bytes()
}
