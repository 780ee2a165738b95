//! A node that comes back: the same in silence, a different one with what differs.

mod util;

use porthole::model::catalog::CatalogChanges;
use porthole::model::event::{Event, Outcome, Request};
use porthole::model::value::Value;
use porthole::protocol::Input;
use util::secop_bench::{FRAPPY, IDENTITY, SecopBench, TWO};

/// Reconnects to a node of a description and returns what the session says has changed.
fn changes(before: &str, after: &str) -> Option<CatalogChanges> {
    let mut bench = SecopBench::live(before);
    bench.input(Input::Closed);
    bench.take();
    bench.open();
    bench.text(IDENTITY);
    bench.text(&format!("describing . {after}"));
    let mut told = bench.events().into_iter().filter_map(|event| match event {
        Event::Catalog { changes, .. } => Some(changes.clone().expect("it is not the first")),
        _ => None,
    });
    told.next()
}

fn changed(before: &str, after: &str) -> Vec<(String, String)> {
    let changes = changes(before, after).expect("it differs");
    assert_eq!((changes.appeared.len(), changes.vanished.len()), (0, 0), "{changes:?}");
    changes.changed
}

fn pair(path: &str, what: &str) -> (String, String) {
    (path.to_owned(), what.to_owned())
}

#[test]
fn the_same_description_is_taken_in_silence() {
    assert_eq!(changes(FRAPPY, FRAPPY), None);
    // As another program would write it: same meaning, other blanks and an unknown key.
    let rewritten = TWO.replace(' ', "").replacen('{', "{\"order\":[1,2],", 1);
    let original = TWO.replace("Two modules", "Twomodules").replace(' ', "");
    assert_eq!(changes(&original, &rewritten.replace("Two modules", "Twomodules")), None);
}

#[test]
fn what_appeared_and_vanished_is_told() {
    let after = TWO.replace("\"gauge\"", "\"meter\"").replace("\"stop\"", "\"hold\"");
    let changes = changes(TWO, &after).expect("it differs");
    assert_eq!(changes.appeared, ["cryo/hold", "meter"]);
    assert_eq!(changes.vanished, ["gauge", "cryo/stop"]);
    assert_eq!(changes.changed, []);
}

#[test]
fn what_changed_is_told_in_words() {
    let target = |before: &str, after: &str| {
        let place = TWO.find("\"setpoint\"").expect("the target");
        format!("{}{}", &TWO[..place], TWO[place..].replacen(before, after, 1))
    };
    assert_eq!(
        changed(TWO, &target("\"max\": 300, \"unit\": \"K\"", "\"max\": 320, \"unit\": \"mK\"")),
        [pair("cryo/target", "max 300 → 320, unit K → mK")]
    );
    assert_eq!(changed(TWO, &target("\"max\": 300, ", "")), [pair("cryo/target", "max 300 → none")]);
    assert_eq!(
        changed(TWO, &target("\"readonly\": false", "\"readonly\": true")),
        [pair("cryo/target", "now read-only")]
    );
    assert_eq!(
        changed(TWO, &target("\"type\": \"double\"", "\"type\": \"int\"")),
        [pair("cryo/target", "type number → integer")]
    );
    assert_eq!(
        changed(TWO, &TWO.replace("\"BUSY\": 300", "\"BUSY\": 300, \"ERROR\": 400")),
        [pair("cryo/status", "element 1: new members ERROR = 400")]
    );
    assert_eq!(
        changed(TWO, &TWO.replace("\"constant\": 17", "\"constant\": 18")),
        [pair("gauge/_serial", "constant")]
    );
    assert_eq!(changed(TWO, &TWO.replace("\"a gauge\"", "\"the gauge\"")), [pair("gauge", "description")]);
    assert_eq!(changed(TWO, &TWO.replacen('{', "{\"firmware\": \"2\",", 1)), [pair("", "firmware none → 2")]);
    assert_eq!(
        changed(
            TWO,
            &TWO.replace(
                "\"type\": \"command\"}",
                "\"type\": \"command\", \"argument\": {\"type\": \"bool\"}}"
            )
        ),
        [pair("cryo/stop", "new argument, use")]
    );
}

#[test]
fn struct_members_and_array_lengths_are_compared() {
    let with = |datainfo: &str| {
        format!(
            "{{\"modules\": {{\"m\": {{\"accessibles\": {{\"value\": {{\"datainfo\": {datainfo}}}}}}}}}}}"
        )
    };
    let one = with(r#"{"type": "struct", "members": {"a": {"type": "int"}, "b": {"type": "bool"}}}"#);
    let two =
        with(r#"{"type": "struct", "members": {"a": {"type": "int", "min": 1}, "c": {"type": "bool"}}}"#);
    let told = "new members c, without the members b, a: min none → 1";
    assert_eq!(changed(&one, &two), [pair("m/value", told)]);
    let short = with(r#"{"type": "array", "maxlen": 3, "members": {"type": "double"}}"#);
    let long = with(r#"{"type": "array", "maxlen": 5, "members": {"type": "double", "unit": "V"}}"#);
    let told = "elements: unit none → V, greatest length 3 → 5";
    assert_eq!(changed(&short, &long), [pair("m/value", told)]);
}

#[test]
fn another_order_is_told_since_indices_follow_it() {
    let one = r#"{"modules": {"a": {"accessibles": {"value": {"datainfo": {"type": "bool"}}}}, "b": {"accessibles": {"value": {"datainfo": {"type": "bool"}}}}}}"#;
    let two = one.replace("\"a\"", "\"x\"").replace("\"b\"", "\"a\"").replace("\"x\"", "\"b\"");
    assert_eq!(changed(one, &two), [pair("", "the order")]);
}

#[test]
fn readings_after_a_change_go_to_the_new_channels() {
    let mut bench = SecopBench::live(TWO);
    bench.input(Input::Closed);
    bench.connect(FRAPPY);
    bench.text("update types:_i [5, {}]");
    assert_eq!(bench.values(), [("types/_i", Value::Integer(5))]);
}

#[test]
fn a_description_that_changes_on_a_living_link_is_taken_over() {
    let mut bench = SecopBench::live(TWO);
    let channel = bench.channel("gauge/value");
    let id = bench.ask(Request::Read { channel });
    bench.text(&format!("describing . {FRAPPY}"));
    assert_eq!(bench.outcomes(), [(id, &Outcome::Lost)], "its channel is another one now");
    assert!(bench.events().iter().any(|event| matches!(event, Event::Catalog { changes: Some(_), .. })));
    assert_eq!(bench.sent().last(), Some(&"activate"));
}
