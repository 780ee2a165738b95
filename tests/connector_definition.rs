//! A connector's definition: each member is read, and each error names its place.

use std::time::Duration;

use porthole::model::alarm::Grade;
use porthole::model::time::Timestamp;
use porthole::model::value::Value;
use porthole::protocol::Frame;
use porthole::protocol::connector::definition::{Definition, FrameForm, Scope, blank, read};
use porthole::protocol::connector::extract::contents;
use porthole::protocol::definitions::Problem;
use porthole::protocol::options::Options;

const HEAD: &str = r#""porthole":1,"kind":"connector","name":"n","url":"ws://h/""#;

fn problems(text: &str) -> Vec<Problem> {
    Definition::parse(text).err().unwrap_or_default()
}

/// Each case: members after the head, the place, the text that begins at the problem, and a word of what is said.
#[test]
fn each_error_names_its_place() {
    let cases: &[(&str, &str, &str, &str)] = &[
        (r#""nmae":1"#, "nmae", "\"nmae\"", "no such member"),
        (r#""name":"again""#, "name", "\"name\":\"again\"", "second time"),
        (r#""version":-1"#, "version", "-1", "whole number"),
        (r#""description":1"#, "description", "1}", "a text"),
        (r#""parameters":{}"#, "parameters", "{}", "a list"),
        (r#""parameters":[{}]"#, "parameters[0].name", "{}", "is missing"),
        (r#""parameters":[{"name":"Host"}]"#, "parameters[0].name", "\"Host\"", "small letter"),
        (r#""parameters":[{"name":"id"}]"#, "parameters[0].name", "\"id\"", "built-in"),
        (r#""parameters":[{"name":"key"}]"#, "parameters[0].name", "\"key\"", "built-in"),
        (r#""parameters":[{"name":"connector"}]"#, "parameters[0].name", "\"connector\"", "option"),
        (r#""parameters":[{"name":"a"},{"name":"a"}]"#, "parameters[1].name", "\"a\"}]", "earlier"),
        (r#""parameters":[{"name":"a","secret":1}]"#, "parameters[0].secret", "1}]", "true or false"),
        (
            r#""parameters":[{"name":"a","secret":true,"default":"x"}]"#,
            "parameters[0].default",
            "\"x\"",
            "secret",
        ),
        (r#""parameters":[{"name":"a","lable":"x"}]"#, "parameters[0].lable", "\"lable\"", "known are name"),
        (r#""subprotocols":["a b"]"#, "subprotocols[0]", "\"a b\"", "without blanks"),
        (r#""open":[{}]"#, "open[0].send", "{}", "is missing"),
        (
            r#""open":[{"send":{"a":["{tkoen}"]}}]"#,
            "open[0].send.a[0]",
            "{tkoen}",
            "{tkoen} is no placeholder",
        ),
        (r#""open":[{"send":"login {x}"}]"#, "open[0].send", "{x}", "no placeholder"),
        (r#""open":[{"send":{"a":"n {id#}"}}]"#, "open[0].send.a", "{id#}", "stands alone"),
        (r#""open":[{"send":"a","as":"txt"}]"#, "open[0].as", "\"txt\"", "one of text, binary, base64, hex"),
        (r#""open":[{"send":"0g","as":"hex"}]"#, "open[0].send", "\"0g\"", "hexadecimal"),
        (r#""open":[{"send":{"a":1},"as":"hex"}]"#, "open[0].send", "{\"a\":1}", "must be"),
        (r#""open":[{"send":"a","after":{}}]"#, "open[0].after.match", "{}", "is missing"),
        (r#""open":[{"send":"a","after":{"match":{}}}]"#, "open[0].after.match.path", "{}", "is missing"),
        (
            r#""open":[{"send":"a","after":{"match":{"path":"x"}}}]"#,
            "open[0].after.match.path",
            "x\"",
            "JSON Pointer",
        ),
        (
            r#""open":[{"send":"a","after":{"match":{"path":"/a","equals":1,"exists":true}}}]"#,
            "open[0].after.match",
            "{\"path\"",
            "one of equals",
        ),
        (r#""poll":[{"send":"a"}]"#, "poll[0].every_s", "{\"send\"", "is missing"),
        (r#""poll":[{"send":"a","every_s":0.05}]"#, "poll[0].every_s", "0.05", "between 0.1 and"),
        (
            r#""poll":[{"send":"a","every_s":1,"timeout_ms":1}]"#,
            "poll[0].timeout_ms",
            "1}]",
            "between 100 and",
        ),
        (
            r#""keepalive":{"send":"a","every_s":5,"name":"x"}"#,
            "keepalive.name",
            "\"name\":\"x\"",
            "no such member",
        ),
        (r#""close_on_silence_s":"5""#, "close_on_silence_s", "\"5\"", "a number"),
        (r#""stale_after_s":0"#, "stale_after_s", "0}", "between 0.1"),
        (r#""frame":"xml""#, "frame", "\"xml\"", "one of json, jsonl"),
        (r#""extract":[{"name":"a"}]"#, "extract[0].value", "{\"name\"", "is missing"),
        (r#""extract":[{"value":{"path":""}}]"#, "extract[0].name", "{\"value\"", "is missing"),
        (r#""extract":[{"name":"a","value":"/v"}]"#, "extract[0].value", "\"/v\"", "an object"),
        (r#""extract":[{"name":"a","value":{}}]"#, "extract[0].value", "{}", "one of path, key and text"),
        (
            r#""extract":[{"name":"a","value":{"path":"/a/~"}}]"#,
            "extract[0].value.path",
            "~\"",
            "~ stands before",
        ),
        (r#""extract":[{"name":"a","value":{"path":"$.a["}}]"#, "extract[0].value.path", "[\"", "RFC 9535"),
        (
            r#""extract":[{"name":"a","value":{"path":"$.\u0061["}}]"#,
            "extract[0].value.path",
            "\"$",
            "RFC 9535",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":"/v","part":1}}]"#,
            "extract[0].value",
            "{\"path\"",
            "together",
        ),
        (
            r#""extract":[{"name":"a","value":{"key":false}}]"#,
            "extract[0].value.key",
            "false",
            "must be true",
        ),
        (
            r#""extract":[{"name":"a {id}","value":{"path":"/v"}}]"#,
            "extract[0].name",
            "{id}",
            "no placeholder",
        ),
        (
            r#""extract":[{"each":"/a","name":"a","value":{"path":""}}]"#,
            "extract[0].each",
            "\"each\"",
            "no such member",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"pattern":"x"}]"#,
            "extract[0].pattern",
            "\"x\"",
            "text or lines",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"struct":[]}]"#,
            "extract[0].struct",
            "[]",
            "binary or base64",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"type":"int"}]"#,
            "extract[0].type",
            "\"int\"",
            "auto, float",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"type":"enum"}]"#,
            "extract[0].labels",
            "{\"name\"",
            "is missing",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"labels":{}}]"#,
            "extract[0].labels",
            "{}",
            "type enum",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"type":"string","scale":{"factor":2}}]"#,
            "extract[0].scale",
            "{\"factor\"",
            "belongs to numbers",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"scale":{"div":0}}]"#,
            "extract[0].scale.div",
            "0}",
            "not be 0",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"time":{"path":"/t"}}]"#,
            "extract[0].time.format",
            "{\"path\":\"/t\"",
            "is missing",
        ),
        (
            r#""extract":[{"name":"a","value":{"path":""},"time":{"path":"/t","format":"unix_ms","nanos":{"path":"/n"}}}]"#,
            "extract[0].time.nanos",
            "{\"path\":\"/n\"",
            "format unix",
        ),
        (
            r#""messages":[{"each_member":"","each_leaf":""}]"#,
            "messages[0]",
            "{\"each_member\"",
            "one of each_member and each_leaf",
        ),
        (
            r#""messages":[{"each_leaf":"","error":{"when":{"path":"/e","equal":1}}}]"#,
            "messages[0].error.when.equal",
            "\"equal\"",
            "no such member",
        ),
        (r#""messages":[{"each_leaf":"","every_match":true}]"#, "messages[0].every_match", "true", "pattern"),
        (
            r#""frame":"lines","messages":[{"each_leaf":"","pattern":"(?<a>x"}]"#,
            "messages[0].pattern",
            "\"(?<a>x\"",
            "no pattern",
        ),
        (
            r#""frame":"lines","messages":[{"each_leaf":"","pattern":"x"}]"#,
            "messages[0].pattern",
            "\"x\"",
            "named group",
        ),
        (
            r#""frame":"binary","extract":[{"name":"a","value":{"path":""}}]"#,
            "extract[0].struct",
            "{\"name\"",
            "missing",
        ),
        (
            r#""frame":"binary","messages":[{"each_member":"","struct":[{"name":"a","at":0,"as":"u16"}]}]"#,
            "messages[0].struct[0].as",
            "\"u16\"",
            "le or be",
        ),
        (
            r#""frame":"binary","messages":[{"each_member":"","struct":[{"name":"a","at":-1,"as":"u8"}]}]"#,
            "messages[0].struct[0].at",
            "-1",
            "whole number from 0",
        ),
        (
            r#""frame":"binary","messages":[{"each_member":"","struct":[{"name":"a","at":0,"as":"u8","bits":[7,2]}]}]"#,
            "messages[0].struct[0].bits[1]",
            "2]",
            "from 1 to 1",
        ),
        (
            r#""frame":"binary","messages":[{"each_member":"","struct":[{"name":"a","at":0,"every":2,"count":"n","struct":[{"name":"b","at":0,"as":"u8"}]}]}]"#,
            "messages[0].struct[0].count",
            "\"n\"",
            "no earlier field",
        ),
        (
            r#""frame":"binary","messages":[{"each_member":"","struct":[{"name":"a","at":0,"as":"u8","length":2}]}]"#,
            "messages[0].struct[0].length",
            "2}",
            "belongs to a text",
        ),
        (r#""thresholds":{"t":{"high":1}}"#, "thresholds.t.high", "\"high\"", "warning_high"),
        (
            r#""thresholds":{"t":{"states":{"x":"bad"}}}"#,
            "thresholds.t.states.x",
            "\"bad\"",
            "one of normal, warning",
        ),
        (r#""hysteresis":{"on_s":-1}"#, "hysteresis.on_s", "-1", "between 0 and"),
    ];
    for (members, place, from, word) in cases {
        let text = format!("{{{HEAD},{members}}}");
        let found = problems(&text);
        let known =
            found.iter().map(|problem| format!("{} at {}: {}", problem.place, problem.at, problem.text));
        let known: Vec<String> = known.collect();
        let this = found.iter().find(|problem| problem.place == *place);
        let this = this.unwrap_or_else(|| panic!("{members}: {known:#?}"));
        assert!(this.text.contains(word), "{members}: {known:#?}");
        assert!(text[this.at..].starts_with(from), "{members}: {known:#?}, at {}", &text[this.at..]);
    }
}

#[test]
fn the_head_must_be_there() {
    for (text, place, at) in [
        ("", "", 0),
        ("{", "", 1),
        ("{\"a\":}", "", 5),
        ("\u{feff}{\"a\":}", "", 8),
        ("[]", "", 0),
        ("{}", "porthole", 0),
        (r#"{"porthole":2,"kind":"connector","name":"n","url":"ws://h"}"#, "porthole", 12),
        (r#"{"porthole":1,"kind":"workspace","name":"n","url":"ws://h"}"#, "kind", 21),
        (r#"{"porthole":1,"kind":"connector","name":" ","url":"ws://h"}"#, "name", 40),
        (r#"{"porthole":1,"kind":"connector","name":"n","url":"http://h"}"#, "url", 50),
        (r#"{"porthole":1,"kind":"connector","name":"n","url":"ws://{host}"}"#, "url", 56),
        (r#"{"porthole":1,"kind":"connector","name":"n","url":"ws://h","stale_after_s":NaN}"#, "", 0),
    ] {
        let found = problems(text);
        assert!(
            found.iter().any(|problem| (&*problem.place, problem.at) == (place, at)),
            "{text}: {found:#?}"
        );
    }
    assert_eq!(problems("{}").len(), 4, "all that is missing is told");
    let long = format!("{{{HEAD},\"description\":\"{}\"}}", "x".repeat(256 * 1024));
    assert!(problems(&long)[0].text.contains("262144"));
}

#[test]
fn all_problems_are_told_in_the_order_of_the_text() {
    let text =
        format!("{{{HEAD},\"poll\":[{{}},{{\"every_s\":0}}],\"open\":[{{\"send\":\"{{x}}\"}}],\"frme\":1}}");
    let places: Vec<String> = problems(&text).into_iter().map(|problem| problem.place).collect();
    assert_eq!(
        places,
        ["poll[0].send", "poll[0].every_s", "poll[1].send", "poll[1].every_s", "open[0].send", "frme"]
    );
}

#[test]
fn there_are_limits() {
    let many =
        |name: &str, item: &str, count| format!("{{{HEAD},\"{name}\":[{}]}}", vec![item; count].join(","));
    for (name, item, count, place) in [
        ("messages", r#"{"each_leaf":""}"#, 201, "messages"),
        ("poll", r#"{"send":"a","every_s":1}"#, 65, "poll"),
        ("open", r#"{"send":"a"}"#, 65, "open"),
    ] {
        assert_eq!(problems(&many(name, item, count))[0].place, place);
        assert!(problems(&many(name, item, count - 1)).is_empty(), "{name}");
    }
    assert_eq!(problems(&many("open", "1", 64)).len(), 64);
    assert_eq!(problems(&format!("{{{HEAD},\"extract\":[{}]}}", vec!["1"; 200].join(","))).len(), 100);
}

const FULL: &str = r#"{
  "$schema": "connector.schema.json",
  "porthole": 1,
  "kind": "connector",
  "name": "Bench logger",
  "version": 3,
  "description": "Readings of a bench.",
  "parameters": [
    {"name": "host", "label": "Host", "hint": "With its port.", "default": "127.0.0.1:4601"},
    {"name": "room", "default": "lab 1"},
    {"name": "token", "secret": true}
  ],
  "url": "ws://{host}/stream/{room}?t={token}&x={none",
  "subprotocols": ["bench.v1"],
  "open": [
    {"send": {"cmd": "login", "token": "{token}", "n": "{room#}", "at": "{now#}"}},
    {"send": "GO {id}\r\n", "as": "binary", "after": {"match": {"path": "$.login", "equals": "ok {id}"}}, "timeout_ms": 500},
    {"send": "0A ff", "as": "hex", "after": {"match": {"path": "", "matches": "ready*"}}},
    {"send": "CgD/", "as": "base64"}
  ],
  "poll": [
    {"send": {"id": "{id#}"}, "every_s": 5, "response": {"match": {"path": "/id", "equals": "{id}"}}, "timeout_ms": 1000},
    {"name": "status", "send": "S", "every_s": 0.1}
  ],
  "keepalive": {"send": "ping", "every_s": 10},
  "close_on_silence_s": 30,
  "stale_after_s": 12,
  "frame": "jsonl",
  "messages": [],
  "extract": [],
  "thresholds": {
    "lab/*": {"warning_high": 1, "states": {"a": "minor"}},
    "lab/t": {"warning_high": 30, "critical_low": -5, "off_s": 9}
  },
  "hysteresis": {"on_s": 2, "off_s": 5}
}"#;

#[test]
fn each_member_is_read() {
    let definition = Definition::parse(FULL).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!((&*definition.name, definition.version), ("Bench logger", Some(3)));
    assert_eq!(definition.subprotocols, ["bench.v1"]);
    assert_eq!(definition.frame, FrameForm::JsonLines);
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!((definition.silence, definition.stale_after), (seconds(30), seconds(12)));
    let timeouts: Vec<u128> = definition.openers.iter().map(|opener| opener.timeout.as_millis()).collect();
    assert_eq!(timeouts, [10_000, 500, 10_000, 10_000]);
    let polls: Vec<_> = definition.polls.iter().map(|poll| (&*poll.name, poll.every.as_millis())).collect();
    assert_eq!(polls, [("poll[0]", 5000), ("status", 100)]);
    assert_eq!(definition.polls[1].timeout, Duration::from_secs(3));
    assert!(definition.polls[0].response.is_some() && definition.polls[1].response.is_none());
    assert!(definition.keepalive.is_some_and(|keepalive| keepalive.name == "keepalive"));
    let summary = read(FULL).expect("it was read");
    let parameters: Vec<_> =
        summary.parameters.iter().map(|p| (&*p.label, &*p.default, p.is_secret)).collect();
    assert_eq!(
        parameters,
        [("Host", "127.0.0.1:4601", false), ("room", "lab 1", false), ("token", "", true)]
    );
}

#[test]
fn messages_are_made_when_they_are_sent() {
    let definition = Definition::parse(FULL).expect("it was read");
    let options =
        Options::new(&[("token".to_owned(), "a\"b".to_owned()), ("room".to_owned(), "7".to_owned())]);
    let scope = Scope::new(&options, 42, Timestamp(1_795_205_879_942_118), 1);
    let frames: Vec<Frame> =
        definition.openers.iter().map(|opener| opener.send.render(&scope).expect("it can be made")).collect();
    assert_eq!(
        frames,
        [
            Frame::Text(r#"{"cmd":"login","token":"a\"b","n":7,"at":1795205879}"#.to_owned()),
            Frame::Binary(b"GO 42\r\n".to_vec()),
            Frame::Binary(vec![0x0a, 0xff]),
            Frame::Binary(vec![0x0a, 0x00, 0xff]),
        ]
    );
    assert_eq!(
        definition.polls[0].send.render(&scope),
        Ok(Frame::Text(r#"{"id":42}"#.to_owned())),
        "{{id#}} is a number"
    );
}

#[test]
fn a_parameter_may_spoil_bytes() {
    let text = format!(
        r#"{{{HEAD},"parameters":[{{"name":"k"}}],"open":[{{"send":"00{{k}}","as":"hex"}},{{"send":"{{k#}}"}}]}}"#
    );
    let definition = Definition::parse(&text).expect("it was read");
    for (value, hex, json) in [
        ("ff", Some(vec![0, 255]), "\"ff\""),
        ("f", None, "\"f\""),
        ("1e400", None, "\"1e400\""),
        ("null", None, "null"),
    ] {
        let options = Options::new(&[("k".to_owned(), value.to_owned())]);
        let scope = Scope::new(&options, 0, Timestamp(0), 0);
        assert_eq!(definition.openers[0].send.render(&scope).ok(), hex.map(Frame::Binary), "{value}");
        assert_eq!(definition.openers[1].send.render(&scope), Ok(Frame::Text(json.to_owned())));
    }
}

#[test]
fn an_address_takes_parameters() {
    let definition = Definition::parse(FULL).expect("it was read");
    let options = Options::new(&[("token".to_owned(), "ä&b".to_owned())]);
    assert_eq!(definition.address(&options), "ws://127.0.0.1:4601/stream/lab%201?t={token}&x={none");
    let whole =
        r#"{"porthole":1,"kind":"connector","name":"n","url":"{to}/x/{to}","parameters":[{"name":"to"}]}"#;
    let options = Options::new(&[("to".to_owned(), "wss://h:1/a".to_owned())]);
    let definition = Definition::parse(whole).expect("it was read");
    assert_eq!(definition.address(&options), "wss://h:1/a/x/wss%3A%2F%2Fh%3A1%2Fa");
}

#[test]
fn answers_are_known_by_their_conditions() {
    let definition = Definition::parse(FULL).expect("it was read");
    let options = Options::default();
    let holds = |condition: Option<&_>, frame: &str, id| {
        let condition: &porthole::protocol::connector::definition::Condition = condition.expect("it has one");
        let frame = Frame::Text(frame.to_owned());
        let contents = contents(&definition, &frame);
        condition.holds(&contents.documents[0], &Scope::new(&options, id, Timestamp(0), 0))
    };
    let response = definition.polls[0].response.as_ref();
    for (frame, expected) in [
        (r#"{"id":7}"#, true),
        (r#"{"id":"7"}"#, true),
        (r#"{"id":8}"#, false),
        (r#"{"ID":7}"#, false),
        ("[7]", false),
    ] {
        assert_eq!(holds(response, frame, 7), expected, "{frame}");
    }
    let after = |number: usize| definition.openers[number].after.as_ref();
    assert!(holds(after(1), r#"{"login":"ok 3"}"#, 3) && !holds(after(1), r#"{"login":"ok 3"}"#, 4));
    assert!(holds(after(2), r#""ready to go""#, 0) && !holds(after(2), r#"{"ready":1}"#, 0));
}

#[test]
fn conditions_say_one_thing_or_its_contrary() {
    for (condition, frame, expected) in [
        (r#"{"path":"/a"}"#, r#"{"a":null}"#, true),
        (r#"{"path":"/a"}"#, r#"{"b":1}"#, false),
        (r#"{"path":"/a","exists":false}"#, r#"{"b":1}"#, true),
        (r#"{"path":"/a","not":true}"#, r#"{"b":1}"#, true),
        (r#"{"path":"/a","equals":{"x":[1]}}"#, r#"{"a":{"x":[1.0]}}"#, true),
        (r#"{"path":"/a","equals":1,"not":true}"#, r#"{"a":2}"#, true),
        (r#"{"path":"$..a","equals":2}"#, r#"[{"a":1},{"a":2}]"#, true),
        (r#"{"path":"/a","matches":"4?"}"#, r#"{"a":42}"#, true),
        (r#"{"path":"/a","matches":"*"}"#, r#"{"a":{}}"#, false),
        (r#"{"path":"/a/1"}"#, r#"{"a":[1,2]}"#, true),
        (r#"{"path":"/a/01"}"#, r#"{"a":[1,2]}"#, false),
    ] {
        let text = format!(r#"{{{HEAD},"open":[{{"send":"x","after":{{"match":{condition}}}}}]}}"#);
        let definition = Definition::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}"));
        let frame = Frame::Text(frame.to_owned());
        let contents = contents(&definition, &frame);
        let options = Options::default();
        let scope = Scope::new(&options, 0, Timestamp(0), 0);
        let after = definition.openers[0].after.as_ref().expect("it has one");
        assert_eq!(after.holds(&contents.documents[0], &scope), expected, "{condition} {frame:?}");
    }
}

#[test]
fn thresholds_of_the_path_go_before_those_of_a_pattern() {
    let definition = Definition::parse(FULL).expect("it was read");
    let of = |path: &str| definition.thresholds_of(path);
    let own = of("lab/t").expect("it has its own");
    assert_eq!(own.grade(&Value::Integer(29)).0, Grade::Normal);
    assert_eq!(own.grade(&Value::Integer(-5)).0, Grade::Critical);
    assert_eq!((own.on_after.as_secs(), own.off_after.as_secs()), (2, 9));
    let other = of("lab/p").expect("the pattern fits");
    assert_eq!(other.grade(&Value::Text("a".to_owned())).0, Grade::Minor);
    assert_eq!(other.off_after.as_secs(), 5);
    assert!(of("bench/t").is_none());
}

#[test]
fn a_blank_definition_can_be_read_for_any_address() {
    for url in ["", "ws://h:1/a?b=c", "wss://[::1]/", "h:8080", "ws://h/{x}\"\\", "  "] {
        let text = blank(url);
        let read = Definition::parse(&text);
        assert!(read.is_ok(), "{text}: {read:?}");
    }
    assert!(blank("ws://bench:1/a").contains("\"name\": \"bench:1\""));
}
