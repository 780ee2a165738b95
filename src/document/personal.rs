//! What a person says of channels, in a saved connection: units and alarm thresholds by the channels' paths.

use std::time::Duration;

use serde_json::Value as Json;

use super::DocumentError;
use super::read::{Node, Object};
use super::write::Members;
use crate::model::alarm::{Bound, Grade, Personal, Thresholds};

/// So many channels of a connection can have something said of them.
const CHANNELS: usize = 5_000;

/// Reads `channels` of a connection.
pub(super) fn read(connection: &Object<'_>) -> Result<Vec<(String, Personal)>, DocumentError> {
    let Some(node) = connection.optional("channels") else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    node.object()?.each_member(CHANNELS, &mut |path, node| {
        let object = node.object()?;
        let thresholds = object.optional("thresholds").map(|node| thresholds(&node)).transpose()?;
        all.push((path.to_owned(), Personal { unit: object.text("unit")?, thresholds }));
        Ok(())
    })?;
    Ok(all)
}

/// Writes `channels` of a connection.
pub(super) fn write(channels: &[(String, Personal)]) -> Json {
    let mut members = Members::default();
    for (path, said) in channels {
        let mut channel = Members::default();
        if !said.unit.is_empty() {
            channel.add("unit", said.unit.as_str());
        }
        if let Some(thresholds) = &said.thresholds {
            channel.add("thresholds", write_thresholds(thresholds));
        }
        members.add(path, channel.into_json());
    }
    members.into_json()
}

fn thresholds(node: &Node<'_>) -> Result<Thresholds, DocumentError> {
    let object = node.object()?;
    let mut thresholds = Thresholds::default();
    for (grade, side) in Thresholds::places() {
        if let Some(node) = object.optional(&Bound::name(grade, side)) {
            thresholds.bounds.push(Bound { grade, side, at: node.number()? });
        }
    }
    if let Some(node) = object.optional("states") {
        node.object()?.each_member(Thresholds::STATES, &mut |pattern, node| {
            let grade = Grade::of_word(&node.text()?);
            let grade = grade.ok_or_else(|| node.must_be("normal, warning, minor, major or critical"))?;
            thresholds.states.push((pattern.to_owned(), grade));
            Ok(())
        })?;
    }
    thresholds.on_after = seconds(&object, "on_s")?;
    thresholds.off_after = seconds(&object, "off_s")?;
    Ok(thresholds)
}

fn write_thresholds(thresholds: &Thresholds) -> Json {
    let Thresholds { bounds, states, on_after, off_after } = thresholds;
    let mut members = Members::default();
    for bound in bounds {
        members.add(&Bound::name(bound.grade, bound.side), bound.at);
    }
    if !states.is_empty() {
        let mut words = Members::default();
        for (pattern, grade) in states {
            words.add(pattern, grade.word());
        }
        members.add("states", words.into_json());
    }
    for (name, wait) in [("on_s", on_after), ("off_s", off_after)] {
        if !wait.is_zero() {
            members.add(name, wait.as_secs_f64());
        }
    }
    members.into_json()
}

fn seconds(object: &Object<'_>, name: &str) -> Result<Duration, DocumentError> {
    let Some(node) = object.optional(name) else { return Ok(Duration::ZERO) };
    let seconds = Some(node.number()?)
        .filter(|seconds| (0.0..=Thresholds::LONGEST_WAIT.as_secs_f64()).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| node.must_be("a number of seconds from 0 to 86400"))
}
