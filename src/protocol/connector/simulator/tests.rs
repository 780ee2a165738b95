//! The mast with a fake clock.

use super::*;
use crate::model::time::Timestamp;

/// A client of the mast, with its own clock.
struct Client {
    simulator: MastSimulator,
    now: Now,
}

impl Client {
    fn new(quirks: &str) -> Self {
        let simulator = MastSimulator::new(1, quirks.parse().expect("quirks"));
        let now = Now { instant: Instant(1000.0), wall: Timestamp(1_795_000_000_000_000) };
        let mut client = Self { simulator, now };
        assert_eq!(client.feed(SimulatorInput::Opened), []);
        client
    }

    /// One that has logged in and receives the stream.
    fn streaming(quirks: &str) -> Self {
        let mut client = Self::new(quirks);
        assert_eq!(client.pass(0.1), [text(wire::HELLO)]);
        assert_eq!(
            client.send(r#"{"cmd":"login","name":"guest","id":1}"#),
            [text(r#"{"id":1,"login":"ok"}"#)]
        );
        assert_eq!(client.send(r#"{"cmd":"stream","id":2}"#), [text(r#"{"id":2,"stream":"ok"}"#)]);
        client
    }

    fn feed(&mut self, input: SimulatorInput<'_>) -> Vec<SimulatorOutput> {
        self.simulator.handle(self.now, input);
        std::iter::from_fn(|| self.simulator.poll()).collect()
    }

    fn send(&mut self, frame: &str) -> Vec<SimulatorOutput> {
        self.feed(SimulatorInput::Frame(&Frame::Text(frame.to_owned())))
    }

    /// Lets time pass, with each deadline kept.
    fn pass(&mut self, secs: f64) -> Vec<SimulatorOutput> {
        let end = self.now.instant + Duration::from_secs_f64(secs);
        let mut outputs = Vec::new();
        while let Some(deadline) = self.simulator.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now + deadline.since(self.now.instant);
            outputs.extend(self.feed(SimulatorInput::Timeout));
        }
        self.now = self.now + end.since(self.now.instant);
        outputs
    }

    /// The binary frames of so many seconds.
    fn frames(&mut self, secs: f64) -> Vec<Vec<u8>> {
        let frames = self.pass(secs).into_iter().filter_map(|output| match output {
            SimulatorOutput::Send(Frame::Binary(bytes)) => Some(bytes),
            SimulatorOutput::Send(Frame::Text(_)) | SimulatorOutput::Cut => None,
        });
        frames.collect()
    }
}

fn text(frame: &str) -> SimulatorOutput {
    SimulatorOutput::Send(Frame::Text(frame.to_owned()))
}

#[test]
fn it_speaks_first_and_streams_to_who_has_logged_in() {
    let mut client = Client::new("");
    assert_eq!(client.pass(0.1), [text(wire::HELLO)]);
    assert_eq!(client.pass(2.0), []);
    assert_eq!(client.send(r#"{"cmd":"stream","id":"a"}"#), [text(r#"{"id":"a","refused":"log in first"}"#)]);
    let mut client = Client::streaming("");
    let frames = client.frames(4.0);
    assert!((19..=21).contains(&frames.len()), "{}", frames.len());
    for (number, frame) in frames.iter().enumerate() {
        assert_eq!(frame.len(), wire::FRAME_BYTES);
        assert_eq!(u16::from_le_bytes([frame[0], frame[1]]) as usize, number + 1);
        let temperature = f64::from(i16::from_le_bytes([frame[3], frame[4]])) / 100.0;
        assert!((0.0..15.0).contains(&temperature), "{temperature}");
        let pressure = u32::from_le_bytes([frame[7], frame[8], frame[9], frame[10]]);
        assert!((99_000..103_000).contains(&pressure), "{pressure}");
        let wind = f32::from_le_bytes([frame[11], frame[12], frame[13], frame[14]]);
        assert!((0.0..20.0).contains(&wind), "{wind}");
    }
}

#[test]
fn answers_name_their_question() {
    let mut client = Client::streaming("");
    let SimulatorOutput::Send(Frame::Text(answer)) = client.send(r#"{"cmd":"status","id":"q-7"}"#).remove(0)
    else {
        panic!("an answer is text")
    };
    assert!(answer.starts_with(r#"{"id":"q-7","at_ms":1795000000100,"status":{"supply":12."#), "{answer}");
    assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
    assert_eq!(client.send(r#"{"cmd":"ping","id":9}"#), [text(r#"{"id":9,"pong":true}"#)]);
    for quirks in ["mute-poll", "mute-ping"] {
        let mut client = Client::streaming(quirks);
        let command = quirks.replace("mute-poll", "status").replace("mute-ping", "ping");
        assert_eq!(client.send(&format!(r#"{{"cmd":"{command}","id":9}}"#)), []);
    }
}

#[test]
fn a_silent_client_is_dropped() {
    let mut client = Client::new("");
    assert_eq!(client.pass(29.0), [text(wire::HELLO)]);
    assert_eq!(client.pass(2.0), [SimulatorOutput::Cut]);
}

#[test]
fn faults_show() {
    let mut client = Client::streaming("");
    client.feed(SimulatorInput::Fault(Fault::Error, true));
    let frame = client.frames(0.3).remove(0);
    assert_eq!(i16::from_le_bytes([frame[3], frame[4]]), i16::MIN);
    client.feed(SimulatorInput::Fault(Fault::Gap, true));
    assert_eq!(client.frames(7.5), Vec::<Vec<u8>>::new());
    assert!(!client.frames(2.0).is_empty());
    client.feed(SimulatorInput::Fault(Fault::Burst, true));
    let count = client.frames(2.0).len();
    assert!((300..=370).contains(&count), "{count}");
    client.feed(SimulatorInput::Fault(Fault::Burst, false));
    client.feed(SimulatorInput::Fault(Fault::Stale, true));
    assert_eq!(client.send(r#"{"cmd":"status","id":1}"#), []);
    client.feed(SimulatorInput::Fault(Fault::Garbage, true));
    assert!(client.pass(10.0).len() > 70);
    assert_eq!(client.feed(SimulatorInput::Fault(Fault::Cut, true)), [SimulatorOutput::Cut]);
}

#[test]
fn a_late_hello_comes_late() {
    let mut client = Client::new("late-hello=2000");
    assert_eq!(client.pass(1.9), []);
    assert_eq!(client.pass(0.2), [text(wire::HELLO)]);
    assert_eq!(Client::new("no-hello").pass(10.0), []);
}
