//! An ETP session and a simulated rig, in both versions: everything a dashboard does, with every quirk and every fault.

mod util;

use std::collections::BTreeMap;

use porthole::model::event::{BlockKind, Event, Outcome, Request};
use porthole::model::reading::Report;
use porthole::model::time::{Instant, Now};
use porthole::model::value::Value;
use porthole::protocol::etp::PROTOCOL;
use porthole::protocol::etp::json;
use porthole::protocol::etp::simulator::{EtpSimulator, Quirks};
use porthole::protocol::etp::version::Version;
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Fault, Frame, Input, Simulator, SimulatorInput, SimulatorOutput};
use util::pair::Pair;

const VERSIONS: [&str; 2] = ["1.1", "1.2"];

/// Quirks that change nothing of what is seen in the end.
const HARMLESS: [&str; 6] = ["", "delay=120", "ack", "no-corr", "blocks", "late-data"];

fn options(version: &str, chosen: &[(&str, &str)]) -> Options {
    let mut options = Options::default();
    options.set("version", version);
    for (name, value) in chosen {
        options.set(name, value);
    }
    options.complete(PROTOCOL.options, &mut Random::new(7));
    options
}

fn pair_with(version: &str, quirks: &str, chosen: &[(&str, &str)]) -> Pair {
    let read: Quirks = ["whole", quirks].join(",").parse().expect("a quirk");
    let (simulator, subprotocol) = if version == "1.1" {
        (EtpSimulator::depth_log(3, read), "energistics-tp")
    } else {
        (EtpSimulator::rig(3, read), "etp12.energistics.org")
    };
    Pair::new((PROTOCOL.session)(&options(version, chosen)), simulator, subprotocol, true)
}

/// One that has been live for a while.
fn pair(version: &str, quirks: &str) -> Pair {
    let mut pair = pair_with(version, quirks, &[]);
    pair.pass(10.0);
    assert!(pair.is_live(), "{version} {quirks}: {:?}", pair.events.iter().take(20).collect::<Vec<_>>());
    pair
}

/// Live points of each channel, in the order in which they came.
fn live(pair: &Pair) -> BTreeMap<&str, Vec<(f64, f64)>> {
    let mut points = BTreeMap::<&str, Vec<(f64, f64)>>::new();
    for event in &pair.events {
        if let Event::Block(block) = event
            && let BlockKind::Live(_) = block.kind
        {
            points.entry(&pair.catalog.channels[block.channel].path).or_default().extend(&block.points);
        }
    }
    points
}

#[test]
fn everything_is_found_described_and_live() {
    for version in VERSIONS {
        for quirks in HARMLESS {
            let pair = pair(version, quirks);
            pair.assert_clean();
            let points = live(&pair);
            assert!(pair.catalog.channels.len() >= 10, "{version} {quirks}: {:?}", pair.paths());
            for channel in &pair.catalog.channels {
                assert!(pair.is_subscribed(&channel.path), "{version} {quirks}: {}", channel.path);
            }
            assert!(points.len() >= 8, "{version} {quirks}: {:?}", points.keys());
            for (path, points) in &points {
                let mut places: Vec<f64> = points.iter().map(|(place, _)| *place).collect();
                let axis = pair.catalog.channels[pair.channel(path)].axis.as_ref();
                if axis.is_some_and(|axis| axis.decreasing) {
                    places.reverse();
                }
                assert!(
                    places.windows(2).all(|pair| pair[0] < pair[1]),
                    "{version} {quirks}: {path} {places:?}"
                );
            }
        }
    }
}

#[test]
fn the_past_comes_first_and_then_what_is_new() {
    for version in VERSIONS {
        let mut few = pair_with(version, "", &[("history", "1")]);
        few.pass(3.0);
        let mut many = pair_with(version, "", &[("history", "200")]);
        many.pass(3.0);
        let (few, many) = (live(&few), live(&many));
        for (path, points) in &many {
            let more = points.len() - few[path].len();
            assert!((150..=199).contains(&more) || points.len() < 100, "{version}: {path} has {more} more");
        }
    }
}

#[test]
fn what_a_server_tells_unasked_is_taken() {
    for version in VERSIONS {
        let pair = pair(version, "simple");
        pair.assert_clean();
        assert!(live(&pair).len() >= 8, "{version}: {:?}", live(&pair).keys());
        assert!(!pair.catalog.pausable);
        // v1.1 has no sign of life that a simple streamer could be asked for.
        let is_patient = pair.events.iter().any(|event| matches!(event, Event::Patience(_)));
        assert_eq!(is_patient, version == "1.1");
    }
}

#[test]
fn channels_are_found_in_both_directions_and_without_discovery() {
    let usual: Vec<String> = pair("1.2", "").paths().iter().map(ToString::to_string).collect();
    let mut other: Vec<String> = pair("1.2", "sources").paths().iter().map(ToString::to_string).collect();
    other.sort();
    let mut sorted = usual.clone();
    sorted.sort();
    assert_eq!(other, sorted, "a channel stands in its set, though its wellbore tells it, too");
    // v1.1 can be asked for all channels at once.
    let blind = pair("1.1", "no-discovery");
    blind.assert_clean();
    assert!(live(&blind).len() >= 8, "{:?}", blind.paths());
    // In v1.2 a person has to know what there is.
    let lost = pair("1.2", "no-discovery");
    assert!(lost.catalog.remedy.is_some() && lost.catalog.warnings[0].contains("ENOT_FOUND"));
    let usual = pair("1.2", "");
    let uris = usual.catalog.groups.iter().filter(|group| !group.channels.is_empty());
    let uris: Vec<&str> = uris.map(|group| group.facts[0].1.as_str()).collect();
    let mut told = pair_with("1.2", "no-discovery", &[("uris", &uris[..3].join(", "))]);
    told.pass(5.0);
    told.assert_clean();
    assert_eq!(live(&told).len(), 3);
}

#[test]
fn a_depth_has_an_axis_and_a_vector_is_a_curve() {
    for version in VERSIONS {
        let pair = pair(version, "");
        let axes: Vec<_> = pair.catalog.channels.iter().filter_map(|channel| channel.axis.as_ref()).collect();
        assert!(axes.len() >= 4, "{version}");
        assert!(axes.iter().all(|axis| axis.is_depth && axis.unit == "m"), "{version}: {axes:?}");
        assert!(axes.iter().any(|axis| axis.decreasing), "{version}: an upward pass");
        let blocks = pair.events.iter().filter_map(|event| match event {
            Event::Block(block) => match &block.kind {
                BlockKind::Live(reading) => Some((block.channel, reading)),
                _ => None,
            },
            _ => None,
        });
        let blocks: Vec<_> = blocks.collect();
        let is_curve =
            |value: &Value| matches!(value, Value::Matrix { elements, .. } if elements.len() >= 16);
        assert!(
            blocks
                .iter()
                .any(|(_, reading)| matches!(&reading.report, Report::Value(value) if is_curve(value))),
            "{version}"
        );
        for (channel, reading) in &blocks {
            let is_deep = pair.catalog.channels[*channel].axis.is_some();
            assert_eq!(
                reading.place.is_some(),
                is_deep,
                "{version}: {}",
                pair.catalog.channels[*channel].path
            );
        }
        let both = blocks.iter().any(|(_, reading)| reading.place.is_some() && reading.taken.is_some());
        assert!(both, "{version}: a channel with a depth and a time");
        // Depths are metres, in both versions.
        let depths = blocks.iter().filter_map(|(_, reading)| reading.place);
        assert!(depths.clone().all(|depth| (100.0..10_000.0).contains(&depth)), "{version}");
    }
}

#[test]
fn null_values_are_gaps() {
    for version in VERSIONS {
        let pair = pair(version, "");
        let points = live(&pair);
        assert!(
            points.values().flatten().any(|(_, number)| number.is_nan()),
            "{version}: the log has stretches of −999.25"
        );
        assert!(points.values().flatten().all(|(_, number)| *number != -999.25), "{version}");
    }
}

/// Places of a channel as a plot has them in the end: what is rewritten replaces what was there.
fn drawn(pair: &Pair, path: &str) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for event in &pair.events {
        let Event::Block(block) = event else { continue };
        if pair.catalog.channels[block.channel].path != path {
            continue;
        }
        if let BlockKind::Rewritten { from, to } = block.kind {
            points.retain(|(place, _)| *place < from || *place > to);
        }
        points.extend(&block.points);
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

#[test]
fn after_a_cut_data_goes_on_without_a_hole_and_without_doubles() {
    for version in VERSIONS {
        let mut pair = pair(version, "");
        let paths: Vec<String> = live(&pair).keys().map(ToString::to_string).collect();
        for down in [0.5, 20.0] {
            pair.close();
            pair.pass(down);
            pair.open();
            pair.pass(10.0);
        }
        assert_eq!(pair.malformed(), 0);
        for path in &paths {
            let points = drawn(&pair, path);
            let places: Vec<f64> = points.iter().map(|(place, _)| *place).collect();
            assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{version}: {path} has doubles");
            let is_timed = pair.catalog.channels[pair.channel(path)].axis.is_none();
            if places.len() < 3 {
                continue;
            }
            let steps: Vec<f64> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let mut sorted = steps.clone();
            sorted.sort_by(f64::total_cmp);
            let usual = sorted[sorted.len() / 2];
            let widest = sorted.last().copied().unwrap_or_default();
            assert!(
                !is_timed || widest < usual * 4.0 || usual > 2.0,
                "{version}: {path}: {usual} and {widest}"
            );
        }
    }
}

#[test]
fn where_the_past_cannot_be_had_the_line_breaks() {
    for version in VERSIONS {
        let mut pair = pair(version, "no-ranges");
        let id = load(&mut pair, 10.0, 0.0);
        pair.pass(5.0);
        assert!(
            matches!(pair.outcome(id), Some(Outcome::Refused { .. })),
            "{version}: {:?}",
            pair.outcome(id)
        );
    }
}

/// Loads some of the past of the set with most channels over time.
fn load(pair: &mut Pair, from: f64, to: f64) -> porthole::model::event::RequestId {
    let command = pair
        .catalog
        .groups
        .iter()
        .filter(|group| group.commands.len() == 2)
        .map(|group| group.commands[0])
        .next()
        .expect("a command");
    let fields = [("from", from), ("to", to)].map(|(name, number)| (name.to_owned(), Value::Number(number)));
    pair.request(Request::Execute { command, argument: Some(Value::Record(fields.into())) })
}

#[test]
fn a_range_is_loaded_and_can_be_cancelled() {
    for version in VERSIONS {
        let mut pair = pair(version, "");
        let id = load(&mut pair, 30.0, 0.0);
        pair.pass(10.0);
        let Some(Outcome::Done { value: Some(Value::Integer(count)), .. }) = pair.outcome(id) else {
            panic!("{version}: {:?}", pair.outcome(id))
        };
        assert!(*count > 500, "{version}: {count}");
        let is_rewritten = |event: &Event| matches!(event, Event::Block(block) if matches!(block.kind, BlockKind::Rewritten { .. }));
        assert!(pair.count(is_rewritten) > 0);

        let mut slow = self::pair(version, "delay=400");
        let id = load(&mut slow, 30.0, 0.0);
        let cancel =
            slow.catalog.commands.iter().position(|command| command.name == "cancel").expect("a command");
        slow.request(Request::Execute { command: cancel, argument: None });
        assert!(
            matches!(slow.outcome(id), Some(Outcome::Refused { class, .. }) if class == "Cancelled"),
            "{version}"
        );
        slow.pass(10.0);
        assert_eq!(slow.malformed(), 0);
    }
}

#[test]
fn a_server_that_finds_the_page_slow_is_asked_for_less() {
    for version in VERSIONS {
        let mut pair = pair(version, "backpressure");
        pair.pass(60.0);
        let complaints = pair.notices().iter().filter(|title| title.contains("too slow")).count();
        assert!((1..=6).contains(&complaints), "{version}: {:?}", pair.notices());
        assert!(live(&pair).len() >= 8, "{version}");
    }
}

#[test]
fn a_session_that_the_server_closes_is_opened_again() {
    for version in VERSIONS {
        let mut pair = pair(version, "close");
        pair.pass(60.0);
        assert!(pair.notices().contains(&"The server closed the session"), "{version}: {:?}", pair.notices());
        assert!(pair.count(|event| matches!(event, Event::Recognised { .. })) >= 2, "{version}");
        assert_eq!(pair.malformed(), 0);
    }
}

#[test]
fn a_rewritten_past_and_a_channel_that_goes_and_comes_do_no_harm() {
    for version in VERSIONS {
        let mut changed = pair(version, "changes");
        changed.pass(30.0);
        let is_rewritten = |event: &Event| matches!(event, Event::Block(block) if matches!(block.kind, BlockKind::Rewritten { .. }));
        assert!(changed.count(is_rewritten) > 0, "{version}");
        assert_eq!(changed.malformed(), 0);
        let mut removed = pair(version, "remove");
        removed.pass(60.0);
        assert_eq!(removed.malformed(), 0);
        let is_error = |event: &Event| matches!(event, Event::Reading { reading, .. } if matches!(reading.report, Report::Error { .. }));
        assert!(removed.count(is_error) > 0, "{version}");
    }
}

#[test]
fn a_token_lets_one_in() {
    let mut stranger = pair_with("1.2", "auth=abc", &[]);
    stranger.pass(3.0);
    assert!(stranger.refused().is_some() && !stranger.is_live());
    let mut known = pair_with("1.2", "auth=abc", &[("auth", "authorize"), ("token", "abc")]);
    known.pass(5.0);
    assert!(known.is_live(), "{:?}", known.refused());
    let mut wrong = pair_with("1.2", "auth=abc", &[("auth", "authorize"), ("token", "xyz")]);
    wrong.pass(5.0);
    assert!(wrong.refused().is_some() && !wrong.is_live());
}

#[test]
fn faults_are_counted_and_end_with_themselves() {
    for version in VERSIONS {
        for fault in Fault::ALL {
            let mut pair = pair(version, "");
            pair.simulate(SimulatorInput::Fault(fault, true));
            pair.pass(8.0);
            if !fault.is_momentary() {
                pair.simulate(SimulatorInput::Fault(fault, false));
            }
            if !pair.is_connected {
                pair.open();
            }
            pair.pass(12.0);
            let before = pair.events.len();
            pair.pass(5.0);
            let told = pair.events[before..].iter().filter(|event| matches!(event, Event::Block(_))).count();
            assert!(told > 10, "{version} {fault:?}: {told}");
            assert_eq!(pair.malformed() > 0, fault == Fault::Garbage, "{version} {fault:?}");
        }
    }
}

#[test]
fn what_nobody_wants_to_see_is_not_asked_for() {
    for version in VERSIONS {
        let mut pair = pair(version, "");
        let path = live(&pair).keys().next().expect("a channel").to_string();
        let channel = pair.channel(&path);
        pair.ask(Request::Subscribe { channel, on: false });
        assert!(!pair.is_subscribed(&path), "{version}");
        let before = drawn(&pair, &path).len();
        pair.pass(5.0);
        assert_eq!(drawn(&pair, &path).len(), before, "{version}");
        pair.ask(Request::Subscribe { channel, on: true });
        assert!(pair.is_subscribed(&path));
        pair.pass(5.0);
        let points = drawn(&pair, &path);
        assert!(points.len() > before, "{version}");
        assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0), "{version}: {path} has doubles");
        // The whole connection rests, and goes on.
        pair.ask(Request::Pause { on: true });
        let before = pair.count(|event| matches!(event, Event::Block(_)));
        pair.pass(5.0);
        assert_eq!(pair.count(|event| matches!(event, Event::Block(_))), before, "{version}");
        pair.ask(Request::Pause { on: false });
        assert!(pair.count(|event| matches!(event, Event::Block(_))) > before, "{version}");
        pair.assert_clean();
    }
}

#[test]
fn a_sign_of_life_is_answered() {
    for version in VERSIONS {
        let mut pair = pair(version, "");
        pair.session(Input::Probe);
        pair.pass(1.0);
        assert_eq!(pair.count(|event| matches!(event, Event::Heartbeat { .. })), 1, "{version}");
        pair.session(Input::Leave { hurried: false });
        pair.assert_clean();
    }
}

/// A server that speaks the JSON encoding: the simulator behind the transcoder.
struct InJson(EtpSimulator, Version);

impl Simulator for InJson {
    fn handle(&mut self, now: Now, input: SimulatorInput<'_>) {
        match input {
            SimulatorInput::Frame(Frame::Text(text)) => {
                let frame =
                    Frame::Binary(json::to_binary(self.1, text).expect("what the session says can be read"));
                self.0.handle(now, SimulatorInput::Frame(&frame));
            }
            SimulatorInput::Frame(Frame::Binary(_)) => panic!("a session in JSON says nothing else"),
            other => self.0.handle(now, other),
        }
    }

    fn poll(&mut self) -> Option<SimulatorOutput> {
        Some(match self.0.poll()? {
            SimulatorOutput::Send(Frame::Binary(bytes)) => {
                let text = json::to_json(self.1, &bytes).expect("what a server says can be written");
                // Servers send it in frames of either kind.
                let is_text = text.len().is_multiple_of(2);
                SimulatorOutput::Send(if is_text {
                    Frame::Text(text)
                } else {
                    Frame::Binary(text.into_bytes())
                })
            }
            other => other,
        })
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }
}

#[test]
fn the_same_is_seen_in_the_json_encoding() {
    for (word, version) in [("1.1", Version::V11), ("1.2", Version::V12)] {
        let quirks: Quirks = "whole".parse().expect("a quirk");
        let simulator =
            if word == "1.1" { EtpSimulator::depth_log(3, quirks) } else { EtpSimulator::rig(3, quirks) };
        let session = (PROTOCOL.session)(&options(word, &[("encoding", "json")]));
        let mut other = Pair::new(session, InJson(simulator, version), version.subprotocol(), true);
        other.pass(10.0);
        other.assert_clean();
        let usual = pair(word, "");
        assert_eq!(other.paths(), usual.paths());
        let text = |pair: &Pair| format!("{:?}", live(pair));
        assert_eq!(text(&other), text(&usual), "{word}: number by number");
    }
}
