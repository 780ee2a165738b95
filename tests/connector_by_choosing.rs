//! A frame is laid out, a person chooses a value, and a rule takes it from then on.

use porthole::protocol::Frame;
use porthole::protocol::connector::definition::{Definition, blank};
use porthole::protocol::connector::extract::{leaves, preview, with_rule};
use porthole::protocol::definitions::{FramePreview, Leaf};
use porthole::protocol::options::Options;
use proptest::prelude::*;

fn text(frame: &str) -> Frame {
    Frame::Text(frame.to_owned())
}

/// The lines of a sheet: name = value, with what can be chosen marked by its place.
fn laid_out(definition: &str, frame: &Frame) -> Vec<String> {
    let line = |leaf: Leaf| {
        let place = if leaf.place.is_empty() { String::new() } else { format!(" [{}]", leaf.place) };
        format!("{}{} = {}{place}", "  ".repeat(leaf.depth), leaf.name, leaf.value)
    };
    leaves(definition, frame).into_iter().map(line).collect()
}

/// What the last rule of a definition takes from a frame: `channel = value unit`.
fn taken(definition: &str, frame: &Frame) -> Vec<String> {
    let previews = preview(definition, &Options::default(), std::slice::from_ref(frame));
    let all = previews.into_iter().flat_map(|preview| preview.rules).flat_map(|rule| rule.readings);
    all.map(|reading| format!("{} = {} {}", reading.channel, reading.value, reading.unit).trim().to_owned())
        .collect()
}

fn added(definition: &str, frame: &Frame, place: &str) -> String {
    with_rule(definition, frame, place).unwrap_or_else(|error| panic!("{place} of {frame:?}: {error}"))
}

#[test]
fn json_is_laid_out_as_a_tree() {
    let frame = text(r#"{"at":"x","readings":[{"id":"t1","v":4.2}],"wave":[1,2],"a/b~":null}"#);
    assert_eq!(
        laid_out("", &frame),
        [
            "at = x [/at]",
            "readings = 1 items",
            "  [0] = 2 members",
            "    id = t1 [/readings/0/id]",
            "    v = 4.2 [/readings/0/v]",
            "wave = [1,2] [/wave]",
            "a/b~ = null [/a~1b~0]",
        ]
    );
    assert_eq!(laid_out("", &text("21.5")), ["value = 21.5 [#]"]);
    let lines = blank("").replace("\"extract\"", "\"frame\": \"jsonl\",\n  \"extract\"");
    assert_eq!(
        laid_out(&lines, &text("{\"a\":1}\n[true]")),
        ["line 1 = ", "  a = 1 [0#/a]", "line 2 = ", "  [0] = true [1#/0]",]
    );
}

#[test]
fn texts_are_laid_out_as_words_and_bytes_as_numbers() {
    assert_eq!(
        laid_out("", &text("TEMP=21.5 C, ok")),
        [" = TEMP [0..4]", "TEMP = 21.5 [5..9]", "21.5 = C [10..11]", "C = ok [13..15]",]
    );
    let bytes = laid_out("", &Frame::Binary(vec![0xff, 0, 0, 0xac, 0x41]));
    assert!(bytes.contains(&"byte 0 = 0xff = 255 [0:u8]".to_owned()), "{bytes:#?}");
    assert!(bytes.contains(&"  f32le = 21.5 [1:f32le]".to_owned()), "{bytes:#?}");
    assert!(bytes.contains(&"  i8 = -1 [0:i8]".to_owned()), "{bytes:#?}");
}

#[test]
fn a_value_becomes_a_rule_named_by_where_it_stands() {
    let frame = text(r#"{"payload":{"value":"21.5","unit":"K"},"on":true}"#);
    let one = added(&blank("ws://h/"), &frame, "/payload/value");
    assert_eq!(taken(&one, &frame), ["payload/value = 21.5 K"]);
    let two = added(&one, &frame, "/on");
    assert_eq!(taken(&two, &frame), ["payload/value = 21.5 K", "on = true"]);
    assert_eq!(
        two,
        concat!(
            "{\n  \"porthole\": 1,\n  \"kind\": \"connector\",\n  \"name\": \"h\",\n  \"url\": \"ws://h/\",\n",
            "  \"extract\": [\n",
            "    {\n      \"name\": \"payload/value\",\n      \"value\": { \"path\": \"/payload/value\" },\n",
            "      \"unit\": { \"path\": \"/payload/unit\" },\n      \"type\": \"float\"\n    },\n",
            "    { \"name\": \"on\", \"value\": { \"path\": \"/on\" } }\n  ]\n}\n"
        )
    );
}

#[test]
fn a_value_in_a_list_of_named_things_becomes_a_rule_for_all_of_them() {
    let frame = text(r#"{"readings":[{"sensor":"t1","v":4.2,"u":"K"},{"sensor":"p1","v":1013,"u":"mbar"}]}"#);
    let definition = added(&blank("ws://h/"), &frame, "/readings/1/v");
    assert_eq!(taken(&definition, &frame), ["t1 = 4.2 K", "p1 = 1013 mbar"]);
    assert!(definition.contains("\"messages\": ["), "{definition}");
    let many = text(r#"[{"id":1,"t":20,"h":40},{"id":2,"t":21,"h":41}]"#);
    let definition = added(&blank("ws://h/"), &many, "/0/t");
    assert_eq!(taken(&definition, &many), ["1/t = 20", "2/t = 21"]);
    let definition = added(&definition, &many, "/1/h");
    assert_eq!(taken(&definition, &many), ["1/t = 20", "2/t = 21", "1/h = 40", "2/h = 41"]);
    // Two of one name are told apart by their places.
    let same = text(r#"[{"id":1,"t":20},{"id":1,"t":21}]"#);
    assert_eq!(taken(&added(&blank("ws://h/"), &same, "/1/t"), &same), ["1/t = 21"]);
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let frame = text(r#"{"a":1}"#);
    let once = added(&blank("ws://h/"), &frame, "/a");
    let twice = added(&once, &frame, "/a");
    assert_eq!(taken(&twice, &frame), ["a = 1", "a 2 = 1"]);
    let braces = text(r#"{"{now}":{"/ ":1}}"#);
    assert_eq!(taken(&added(&blank("ws://h/"), &braces, "/{now}/~1 "), &braces), ["(now) = 1"]);
}

#[test]
fn a_number_in_a_text_becomes_a_pattern() {
    for (frame, place, others, expected) in [
        ("TEMP=21.5 C", "5..9", vec![("TEMP = -3", "TEMP = -3"), ("HUM=3", "")], "TEMP = 21.5"),
        ("T1: 4.2  T2: 4.4", "13..16", vec![("T1: 5 T2: 6", "T2 = 6")], "T2 = 4.4"),
        ("21.5,3,4.5", "7..10", vec![("1,-2,3e3", "value 3 = 3000")], "value 3 = 4.5"),
        ("state RUN now", "6..9", vec![("state STOP", "state = STOP")], "state = RUN"),
        ("a 1\na 2", "1#2..3", vec![], "a = 1"),
    ] {
        let frame = text(frame);
        let definition =
            with_rule(&blank("ws://h/"), &frame, place).unwrap_or_else(|error| panic!("{frame:?} {error}"));
        assert!(
            taken(&definition, &frame).contains(&expected.to_owned()),
            "{definition} {:?}",
            taken(&definition, &frame)
        );
        for (other, expected) in others {
            assert_eq!(taken(&definition, &text(other)).join(""), expected, "{other}: {definition}");
        }
    }
}

#[test]
fn a_number_among_bytes_becomes_a_field() {
    let frame = Frame::Binary(vec![0xff, 0, 0, 0xac, 0x41]);
    let definition = added(&blank("ws://h/"), &frame, "1:f32le");
    assert_eq!(taken(&definition, &frame), ["value at 1 = 21.5"]);
    assert!(definition.contains("\"frame\": \"binary\""), "{definition}");
}

#[test]
fn the_persons_own_layout_stays() {
    let frame = text(r#"{"a":1,"b":[{"id":"x","v":2}]}"#);
    for (before, place, after) in [
        (
            "{\"porthole\":1,\"kind\":\"connector\",\"name\":\"n\",\"url\":\"ws://h\",\"extract\":[]}",
            "/a",
            "{\"porthole\":1,\"kind\":\"connector\",\"name\":\"n\",\"url\":\"ws://h\",\"extract\":[{ \"name\": \"a\", \"value\": { \"path\": \"/a\" } }]}",
        ),
        (
            "{\"porthole\":1,\"kind\":\"connector\",\"name\":\"n\",\"url\":\"ws://h\"}",
            "/a",
            "{\"porthole\":1,\"kind\":\"connector\",\"name\":\"n\",\"url\":\"ws://h\", \"extract\": [{ \"name\": \"a\", \"value\": { \"path\": \"/a\" } }]}",
        ),
        (
            "\u{feff}{\r\n\t\"porthole\": 1, \"kind\": \"connector\", \"name\": \"n\",\r\n\t\"url\": \"ws://h\"\r\n}",
            "/a",
            "\u{feff}{\r\n\t\"porthole\": 1, \"kind\": \"connector\", \"name\": \"n\",\r\n\t\"url\": \"ws://h\",\r\n\t\"extract\": [\r\n\t\t{ \"name\": \"a\", \"value\": { \"path\": \"/a\" } }\r\n\t]\r\n}",
        ),
        (
            "{\n \"porthole\": 1, \"kind\": \"connector\",\n \"messages\": [\n  {\"each_leaf\": \"/none\"} ],\n \"name\": \"n\", \"url\": \"ws://h\"}",
            "/b/0/v",
            "{\n \"porthole\": 1, \"kind\": \"connector\",\n \"messages\": [\n  {\"each_leaf\": \"/none\"},\n  { \"each\": \"/b\", \"name\": { \"path\": \"/id\" }, \"value\": { \"path\": \"/v\" } } ],\n \"name\": \"n\", \"url\": \"ws://h\"}",
        ),
    ] {
        assert_eq!(added(before, &frame, place), after);
    }
}

#[test]
fn what_cannot_be_taken_says_why() {
    let frame = text(r#"{"a":1}"#);
    for (definition, place, word) in [
        ("{", "/a", "must be right first"),
        (&*blank("ws://h/"), "/b", "nothing to take"),
        (&*blank("ws://h/"), "9#/a", "no such message"),
        (
            &*blank("ws://h/").replace("\"extract\"", "\"frame\":\"binary\",\"extract\""),
            "0:u8",
            "nothing to take",
        ),
    ] {
        let error = with_rule(definition, &frame, place).expect_err(place);
        assert!(error.contains(word), "{place}: {error}");
    }
}

#[test]
fn a_preview_tells_what_each_rule_makes_of_each_frame() {
    let definition = r#"{"porthole":1,"kind":"connector","name":"n","url":"ws://h",
        "messages":[{"when":[{"path":"/type","equals":"update"}],"merge_by":{"path":"/id"},"name":{"path":"/id"},
            "value":{"path":"/v"},"unit":{"path":"/u"},"type":"float","time":{"path":"/t","format":"unix"}}],
        "extract":[{"frame":"binary","name":"b","value":{"path":"/b"},"struct":[{"name":"b","at":1,"as":"u8"}]},
            {"name":"s","value":{"path":"/secret"}}]}"#;
    let options = Options::default().with_secrets(&[("k".to_owned(), "hunter2".to_owned())]);
    let frames = [
        text(r#"{"type":"update","id":"a","v":"1.5","u":"V","t":0}"#),
        text(r#"{"type":"update","id":"a","v":"x","t":"never","secret":"my hunter2!"}"#),
        text(r#"{"type":"other"}"#),
        text("{"),
        Frame::Binary(vec![1]),
    ];
    let shown = |preview: &FramePreview| {
        let mut lines = vec![preview.problem.clone()];
        for rule in &preview.rules {
            lines.push(format!("{}: {}", rule.rule, rule.reason));
            let readings = rule.readings.iter();
            lines.extend(
                readings.map(|one| format!("{}={} {} {}", one.channel, one.value, one.unit, one.time)),
            );
            lines.extend(rule.problems.clone());
        }
        lines
    };
    let previews: Vec<Vec<String>> = preview(definition, &options, &frames).iter().map(shown).collect();
    let binary = "extract[0]: it reads frames of the form binary";
    let nothing = "extract[1]: there is nothing at /secret";
    assert_eq!(previews[0], ["", "messages[0]: ", "a=1.5 V 1970-01-01T00:00:00.000Z", binary, nothing]);
    assert_eq!(
        previews[1],
        [
            "",
            "messages[0]: ",
            "a: BadValue: no number: \"x\"",
            "a: the time cannot be read: \"never\"",
            binary,
            "extract[1]: ",
            "s=my ••••••!  ",
        ]
    );
    assert_eq!(previews[2], ["", "messages[0]: when: /type equals update is not so", binary, nothing]);
    assert_eq!(
        previews[3],
        [
            "unexpected end of the JSON data at byte 1",
            "messages[0]: it reads frames of the form json",
            binary,
            "extract[1]: it reads frames of the form json"
        ]
    );
    assert_eq!(
        previews[4][2..],
        [
            "extract[0]: ",
            "field b needs bytes 1 to 2, the frame has 1",
            "extract[1]: it reads frames of the form json"
        ]
    );
    let broken = preview("{}", &options, &frames);
    assert_eq!(broken[0].problem, "the definition has 4 problems");
}

/// JSON with names as instruments have them.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e6..1e6).prop_map(serde_json::Value::from),
        "[a-zA-Z0-9 .{}/~$]{0,8}".prop_map(Into::into),
    ];
    let name = prop_oneof!["(id|name|v|t|unit|value)", "[a-zA-Z0-9/~{} \"]{0,4}"];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    /// Whatever is chosen in whatever JSON, the rule takes it.
    #[test]
    fn every_leaf_of_json_can_be_taken(value in json(), pretty in any::<bool>()) {
        let frame = Frame::Text(value.to_string());
        let blank = if pretty { blank("ws://h/") } else { blank("ws://h/").replace(['\n'], "") };
        for leaf in leaves(&blank, &frame) {
            if leaf.place.is_empty() {
                continue;
            }
            let definition = with_rule(&blank, &frame, &leaf.place);
            let definition = definition.map_err(|error| TestCaseError::fail(format!("{leaf:?}: {error}")))?;
            prop_assert!(Definition::parse(&definition).is_ok(), "{}", definition);
            prop_assert!(!taken(&definition, &frame).is_empty(), "{:?}: {}", leaf, definition);
        }
    }

    #[test]
    fn every_word_of_a_text_that_can_be_taken_is_taken(line in "[A-Za-z]{1,6}[=: ]{1,2}-?[0-9]{1,3}(\\.[0-9]{1,2})?( [A-Z]{1,4}[ =][0-9]{1,4}){0,3}") {
        let frame = Frame::Text(line);
        let blank = blank("ws://h/");
        for leaf in leaves(&blank, &frame) {
            let definition = with_rule(&blank, &frame, &leaf.place);
            let definition = definition.map_err(|error| TestCaseError::fail(format!("{leaf:?}: {error}")))?;
            prop_assert_eq!(taken(&definition, &frame).len(), 1, "{:?}: {}", leaf, definition);
        }
    }

    #[test]
    fn every_number_among_bytes_can_be_taken(bytes in prop::collection::vec(any::<u8>(), 1..24)) {
        let frame = Frame::Binary(bytes);
        let blank = blank("ws://h/").replace("\"extract\"", "\"frame\": \"binary\",\n  \"extract\"");
        for leaf in leaves(&blank, &frame) {
            let definition = with_rule(&blank, &frame, &leaf.place);
            let definition = definition.map_err(|error| TestCaseError::fail(format!("{leaf:?}: {error}")))?;
            prop_assert_eq!(taken(&definition, &frame).len(), 1, "{:?}: {}", leaf, definition);
        }
    }

    #[test]
    fn nothing_that_is_chosen_makes_it_panic(
        frame in prop_oneof![any::<String>().prop_map(Frame::Text), prop::collection::vec(any::<u8>(), 0..40).prop_map(Frame::Binary)],
        form in "(json|jsonl|text|lines|binary|base64)",
        place in "([0-9]#)?(/[a-z0-9~]{0,3}|[0-9]{1,2}\\.\\.[0-9]{1,2}|[0-9]{1,20}:(u8|f32le|i64be)|\\PC{0,6})",
    ) {
        let definition = blank("ws://h/").replace("\"extract\"", &format!("\"frame\": \"{form}\",\n  \"extract\""));
        for leaf in leaves(&definition, &frame) {
            if let Ok(larger) = with_rule(&definition, &frame, &leaf.place) {
                prop_assert!(Definition::parse(&larger).is_ok(), "{}", larger);
            }
        }
        if let Ok(larger) = with_rule(&definition, &frame, &place) {
            prop_assert!(Definition::parse(&larger).is_ok(), "{}", larger);
        }
    }
}
