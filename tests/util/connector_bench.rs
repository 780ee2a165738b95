//! A session of a connector on a bench: the test plays the device.

use porthole::model::event::Event;
use porthole::model::reading::Report;
use porthole::model::time::Now;
use porthole::model::value::Value;
use porthole::protocol::connector::PROTOCOL;
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Frame, Input, Output};

use super::session_bench::{Peer, SessionBench};

/// What the device has seen.
#[derive(Default)]
pub struct Device {
    /// Frames that were sent to it since the last [`ConnectorBench::sent`].
    pub frames: Vec<Frame>,
    /// Why the session gave the link up.
    pub closes: Vec<String>,
}

impl Peer for Device {
    fn sees(&mut self, _now: Now, output: &Output) {
        match output {
            Output::Send(frame) => self.frames.push(frame.clone()),
            Output::Close(reason) => self.closes.push(reason.clone()),
            _ => {}
        }
    }
}

/// See the module.
pub type ConnectorBench = SessionBench<Device>;

/// Options as the connection makes them.
pub fn options(definition: &str, chosen: &[(&str, &str)], secrets: &[(&str, &str)]) -> Options {
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let mut options = Options::new(&owned(chosen)).with_secrets(&owned(secrets));
    options.complete(PROTOCOL.options, &mut Random::new(1));
    options.set("definition_text", definition);
    options
}

/// A definition with these members beside the ones that each must have.
pub fn definition(members: &str) -> String {
    format!(r#"{{"porthole":1,"kind":"connector","name":"Bench","url":"ws://device/",{members}}}"#)
}

/// A session of a definition with these members, whose socket is open.
pub fn open(members: &str) -> ConnectorBench {
    open_with(members, &[], &[])
}

/// The same with options and secrets.
pub fn open_with(members: &str, chosen: &[(&str, &str)], secrets: &[(&str, &str)]) -> ConnectorBench {
    let options = options(&definition(members), chosen, secrets);
    let mut bench = ConnectorBench::with((PROTOCOL.session)(&options), Device::default());
    bench.input(Input::Opened { subprotocol: "" });
    bench
}

impl ConnectorBench {
    /// The text frames that were sent since the last call.
    pub fn sent(&mut self) -> Vec<String> {
        let frames = std::mem::take(&mut self.frames).into_iter();
        let texts = frames.map(|frame| match frame {
            Frame::Text(text) => text,
            Frame::Binary(bytes) => panic!("a binary frame was sent: {bytes:?}"),
        });
        texts.collect()
    }

    /// Another socket after a lost one.
    pub fn reopen(&mut self) {
        self.input(Input::Closed);
        self.input(Input::Opened { subprotocol: "" });
    }

    /// Values with their channels since the last [`SessionBench::take`], but for the link.
    pub fn values(&self) -> Vec<(&str, &Value)> {
        let readings = self.readings().into_iter().filter(|(path, _)| *path != "connection");
        let values = readings.filter_map(|(path, reading)| match &reading.report {
            Report::Value(value) => Some((path, value)),
            Report::Error { .. } => None,
        });
        values.collect()
    }

    /// What was said of the link since the last [`SessionBench::take`].
    pub fn link(&self) -> Vec<i64> {
        let readings = self.readings().into_iter().filter(|(path, _)| *path == "connection");
        let codes = readings.filter_map(|(_, reading)| match &reading.report {
            Report::Value(Value::Enum { code, .. }) => Some(*code),
            _ => None,
        });
        codes.collect()
    }

    /// The titles of notices since the last [`SessionBench::take`].
    pub fn notices(&self) -> Vec<&str> {
        self.told(|event| match event {
            Event::Notice(notice) => Some(notice.title.as_str()),
            _ => None,
        })
    }

    /// The rules that were broken since the last [`SessionBench::take`].
    pub fn violations(&self) -> Vec<&str> {
        self.told(|event| match event {
            Event::Violation { rule, .. } => Some(*rule),
            _ => None,
        })
    }

    /// How many catalogs were told since the last [`SessionBench::take`].
    pub fn catalogs(&self) -> usize {
        self.told(|event| matches!(event, Event::Catalog { .. }).then_some(())).len()
    }

    /// Who was said to be subscribed, or not any more, since the last [`SessionBench::take`].
    pub fn subscribed(&self) -> Vec<(&str, bool)> {
        self.told(|event| match event {
            Event::Subscribed { channel, on } => Some((self.path(*channel), *on)),
            _ => None,
        })
    }

    /// It has become live since the last [`SessionBench::take`].
    pub fn is_live(&self) -> bool {
        self.events().contains(&&Event::Live)
    }

    /// It was recognised since the last [`SessionBench::take`].
    pub fn is_recognised(&self) -> bool {
        self.events().iter().any(|event| matches!(event, Event::Recognised { .. }))
    }
}
