//! The members of each kind of object in a definition. The schema names the same ones; a test holds one against the
//! other.

/// The document.
pub(super) const CONNECTOR: &[&str] = &[
    "$schema",
    "porthole",
    "kind",
    "name",
    "version",
    "description",
    "parameters",
    "url",
    "subprotocols",
    "open",
    "poll",
    "keepalive",
    "close_on_silence_s",
    "stale_after_s",
    "frame",
    "messages",
    "extract",
    "thresholds",
    "hysteresis",
];
pub(super) const PARAMETER: &[&str] = &["name", "label", "hint", "default", "secret"];
pub(super) const OPENER: &[&str] = &["send", "as", "after", "timeout_ms"];
pub(super) const POLL: &[&str] = &["name", "send", "as", "every_s", "response", "timeout_ms"];
pub(super) const KEEPALIVE: &[&str] = &["send", "as", "every_s", "response", "timeout_ms"];
pub(super) const MATCH: &[&str] = &["match"];
pub(super) const CONDITION: &[&str] = &["path", "equals", "exists", "matches", "not"];
pub(super) const SOURCE: &[&str] = &["path", "key", "text", "default", "split", "part"];
pub(super) const TIME: &[&str] = &["path", "key", "text", "default", "split", "part", "format", "nanos"];
pub(super) const SCALE: &[&str] = &["factor", "offset", "div"];
pub(super) const ERROR: &[&str] = &["when", "text"];
/// A rule of `extract`.
pub(super) const EXTRACT: &[&str] = &[
    "title",
    "frame",
    "pattern",
    "every_match",
    "struct",
    "when",
    "name",
    "value",
    "unit",
    "time",
    "group",
    "type",
    "labels",
    "labels_from",
    "scale",
    "merge_by",
    "error",
    "description",
    "min",
    "max",
    "decimals",
];
/// What a rule of `messages` has beyond that.
pub(super) const EACH: &[&str] = &["each", "each_member", "each_leaf"];
pub(super) const FIELD: &[&str] = &["name", "at", "as", "length", "bits", "factor", "offset"];
pub(super) const REPETITION: &[&str] = &["name", "at", "every", "count", "struct"];
pub(super) const THRESHOLDS: &[&str] = &[
    "warning_high",
    "minor_high",
    "major_high",
    "critical_high",
    "warning_low",
    "minor_low",
    "major_low",
    "critical_low",
    "states",
    "on_s",
    "off_s",
];
pub(super) const HYSTERESIS: &[&str] = &["on_s", "off_s"];

/// All kinds of objects by the names that the schema has for them, and their members. What has names of its own
/// (`labels`, `states`, the thresholds' channels) is not among them.
pub fn members() -> Vec<(&'static str, Vec<&'static str>)> {
    let message = [EACH, EXTRACT].concat();
    vec![
        ("connector", CONNECTOR.to_vec()),
        ("parameter", PARAMETER.to_vec()),
        ("opener", OPENER.to_vec()),
        ("poll", POLL.to_vec()),
        ("keepalive", KEEPALIVE.to_vec()),
        ("match", MATCH.to_vec()),
        ("condition", CONDITION.to_vec()),
        ("source", SOURCE.to_vec()),
        ("time", TIME.to_vec()),
        ("scale", SCALE.to_vec()),
        ("error", ERROR.to_vec()),
        ("message", message),
        ("extract", EXTRACT.to_vec()),
        ("field", FIELD.to_vec()),
        ("repetition", REPETITION.to_vec()),
        ("thresholds", THRESHOLDS.to_vec()),
        ("hysteresis", HYSTERESIS.to_vec()),
    ]
}
