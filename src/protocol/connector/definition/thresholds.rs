//! When values need eyes: `thresholds` and `hysteresis`.

use std::time::Duration;

use super::members::{HYSTERESIS, THRESHOLDS};
use super::node::{Node, Object};
use crate::model::alarm::{Bound, Grade, Side, Thresholds};

/// Reads both.
pub(super) fn parse(document: &Object<'_>) -> Vec<(String, Thresholds)> {
    let hysteresis = document.optional("hysteresis").and_then(|node| node.object(HYSTERESIS));
    let usual = hysteresis
        .map_or((Duration::ZERO, Duration::ZERO), |object| delays(&object, (Duration::ZERO, Duration::ZERO)));
    let Some(channels) = document.optional("thresholds").and_then(|node| node.open_object()) else {
        return Vec::new();
    };
    let read = |(path, node): (&str, Node<'_>)| Some((path.to_owned(), of_channel(&node, usual)?));
    channels.each().into_iter().filter_map(read).collect()
}

fn of_channel(node: &Node<'_>, usual: (Duration, Duration)) -> Option<Thresholds> {
    let object = node.object(THRESHOLDS)?;
    let mut bounds = Vec::new();
    for grade in Grade::RAISED {
        for side in [Side::Low, Side::High] {
            let name = [grade.word(), "_", side.word()].concat();
            if let Some(at) = object.optional(&name).and_then(|node| node.number()) {
                bounds.push(Bound { grade, side, at });
            }
        }
    }
    let (on_after, off_after) = delays(&object, usual);
    Some(Thresholds { bounds, states: states(&object), on_after, off_after })
}

fn states(object: &Object<'_>) -> Vec<(String, Grade)> {
    let Some(states) = object.optional("states").and_then(|node| node.open_object()) else {
        return Vec::new();
    };
    let words: Vec<(&str, Grade)> =
        [Grade::Normal].into_iter().chain(Grade::RAISED).map(|grade| (grade.word(), grade)).collect();
    let read = |(pattern, node): (&str, Node<'_>)| Some((pattern.to_owned(), node.one_of(&words)?));
    states.each().into_iter().filter_map(read).collect()
}

fn delays(object: &Object<'_>, usual: (Duration, Duration)) -> (Duration, Duration) {
    let delay =
        |name, usual| object.optional(name).and_then(|node| node.duration(1.0, true)).unwrap_or(usual);
    (delay("on_s", usual.0), delay("off_s", usual.1))
}
