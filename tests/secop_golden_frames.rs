//! Frames that went between a client and real nodes, and what each of them says.
//!
//! `data/secop/transcripts.txt` has them in order: `>` was sent, `<` came (frappy 0.20.9, where nothing else is
//! said), and `=` is what this program reads in the line above it.

use std::fmt::Write as _;

use porthole::model::json::{Breaches, Json};
use porthole::protocol::secop::datainfo::DataInfo;
use porthole::protocol::secop::description::Description;
use porthole::protocol::secop::identity::Identity;
use porthole::protocol::secop::message::{Kind, Message, Specifier, Verb};
use porthole::protocol::secop::session::report::{DataReport, ErrorReport};
use porthole::protocol::secop::session::status::state_of;
use porthole::protocol::secop::violation::Violations;

const TRANSCRIPTS: &str = include_str!("data/secop/transcripts.txt");
const FRAPPY: &str = include_str!("data/secop/frappy_describe.json");

#[test]
fn every_frame_of_the_transcripts_says_what_it_should() {
    let node = Description::parse(FRAPPY, &mut Violations::default()).expect("a description");
    let mut count = 0;
    let mut read = String::new();
    for line in TRANSCRIPTS.lines() {
        let (mark, frame) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            ">" => read = request(frame),
            "<" => read = message(&node, frame),
            "=" => {
                assert_eq!(read, frame, "after {count} frames");
                count += 1;
            }
            _ => assert!(line.is_empty() || mark == "#", "{line:?}"),
        }
    }
    assert_eq!(count, 117, "frames");
}

/// What a client asks; and it is written as it was read.
fn request(frame: &str) -> String {
    let Ok(message) = Message::parse(frame) else { return "no message".into() };
    assert_eq!(message.to_string(), frame);
    match Verb::of_request(message.action) {
        Some(verb) => format!("{verb:?} {:?}{}", message.specifier, data(&message)),
        None if frame == "*IDN?" => "identify".into(),
        None => "unknown".into(),
    }
}

/// What a node says.
fn message(node: &Description, frame: &str) -> String {
    if let Some(identity) = Identity::parse(frame) {
        return format!("identification {}, major version {:?}", identity.version, identity.major);
    }
    let message = Message::parse(frame).expect("a message");
    assert_eq!(message.to_string(), frame);
    match message.kind() {
        Kind::Update => format!("update {}", parameter(node, &message)),
        Kind::ErrorUpdate => format!("error of {:?}{}", message.specifier, error(&message)),
        Kind::Error(request) => format!("{request:?} of {:?} refused{}", message.specifier, error(&message)),
        Kind::Reply(Verb::Describe) => {
            let data = message.data.unwrap_or_default();
            let node = Description::parse(data, &mut Violations::default()).expect("a description");
            format!(
                "description of {} with {} channels",
                node.catalog.groups.len(),
                node.catalog.channels.len()
            )
        }
        Kind::Reply(verb @ (Verb::Read | Verb::Change)) => format!("{verb:?}: {}", parameter(node, &message)),
        Kind::Reply(Verb::Do) => {
            let command = node.commands.iter().find(|command| command.specifier == message.specifier);
            let result = command.and_then(|command| command.result.as_ref()).unwrap_or(&DataInfo::Generic);
            format!("Do: {:?} gives {}", message.specifier, report(result, &message, false))
        }
        Kind::Reply(Verb::Ping) => {
            format!(
                "Ping: {:?} is answered, {}",
                message.specifier,
                report(&DataInfo::Generic, &message, false)
            )
        }
        Kind::Reply(verb @ (Verb::Activate | Verb::Deactivate | Verb::Check | Verb::Logging)) => {
            format!("{verb:?}: {:?}{}", message.specifier, data(&message))
        }
        Kind::Log => format!("log of {:?}{}", message.specifier, data(&message)),
        kind @ (Kind::Closed | Kind::Comment | Kind::Unknown) => format!("{kind:?}"),
    }
}

fn parameter(node: &Description, message: &Message<'_>) -> String {
    let specifier = Specifier::parse(message.specifier).expect("a specifier");
    let channel = node.channel(specifier).expect("the channel is described");
    let parameter = &node.parameters[channel];
    let report = report(&parameter.datainfo, message, parameter.is_status);
    format!("{} = {report}", node.catalog.channels[channel].path)
}

fn report(datainfo: &DataInfo, message: &Message<'_>, is_status: bool) -> String {
    let mut violations = Violations::default();
    let report = DataReport::parse(message.data, &mut violations).expect("a report");
    let value = datainfo.decode(&report.value, &mut violations);
    let mut text = match state_of(&value).filter(|_| is_status) {
        Some(state) => format!("{:?} {:?} {:?}", state.activity, state.label, state.text),
        None => format!("{value:?}"),
    };
    if let Some(taken) = report.taken {
        write!(text, " at {}", taken.0).expect("a string takes everything");
    }
    for rule in violations.iter() {
        write!(text, " although {:?}", rule.text()).expect("a string takes everything");
    }
    text
}

fn error(message: &Message<'_>) -> String {
    let report = ErrorReport::parse(message.data);
    let taken = report.taken.map(|taken| format!(" at {}", taken.0)).unwrap_or_default();
    format!(" by {}: {:?}{taken}", report.class, report.text)
}

fn data(message: &Message<'_>) -> String {
    match message.data.map(|data| Json::parse(data, &mut Breaches::default())) {
        None => String::new(),
        Some(Ok(json)) => format!(" with {}", json.to_text()),
        Some(Err(error)) => format!(" with bad data: {error}"),
    }
}
