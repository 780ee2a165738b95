//! What the rules of a connector take from frames.

use porthole::model::display::{date_time, show};
use porthole::model::reading::Report;
use porthole::protocol::Frame;
use porthole::protocol::connector::definition::Definition;
use porthole::protocol::connector::extract::{Memory, contents, readings};
use porthole::protocol::options::Options;

/// What a definition with these members makes of text frames: `path = value unit @time` for each reading,
/// `path ! class: text` for each error report, `? path: text` for each trouble.
fn told(members: &str, frames: &[&str]) -> Vec<String> {
    let frames: Vec<Frame> = frames.iter().map(|text| Frame::Text((*text).to_owned())).collect();
    told_of(members, &frames)
}

fn told_of(members: &str, frames: &[Frame]) -> Vec<String> {
    let definition = definition(members);
    let options = Options::new(&[("wanted".to_owned(), "a1".to_owned())]);
    let (mut memory, mut lines) = (Memory::default(), Vec::new());
    for frame in frames {
        let contents = contents(&definition, frame);
        lines.extend(contents.problems.iter().map(|problem| format!("# {} at {}", problem.what, problem.at)));
        for document in &contents.documents {
            for extracted in readings(&definition, document, &options, &mut memory) {
                lines.push(match extracted.outcome {
                    Ok(found) => match found.report {
                        Report::Value(value) => {
                            let data_type = found.data_type.expect("a value has a type, unless it is null");
                            let unit = match data_type.unit() {
                                "" => String::new(),
                                unit => format!(" {unit}"),
                            };
                            let time =
                                found.taken.map(|at| format!(" @{}", date_time(at))).unwrap_or_default();
                            format!("{} = {}{unit}{time}", found.path, show(&value, &data_type))
                        }
                        Report::Error { class, text } => format!("{} ! {class}: {text}", found.path),
                    },
                    Err(trouble) => format!("? {}: {}", trouble.path, trouble.text),
                });
            }
        }
    }
    lines
}

fn definition(members: &str) -> Definition {
    let text = format!(
        r#"{{"porthole":1,"kind":"connector","name":"Bench","url":"ws://h/",
            "parameters":[{{"name":"wanted","default":"none"}}],{members}}}"#
    );
    Definition::parse(&text).unwrap_or_else(|problems| panic!("{problems:?} in {text}"))
}

/// One `extract` rule for `/v` named `v`, with more members.
fn rule(more: &str) -> String {
    format!(r#""extract":[{{"name":"v","value":{{"path":"/v"}},{more}}}]"#)
}

fn hex(digits: &str) -> Frame {
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("digits");
    Frame::Binary(digits.chunks(2).map(byte).collect())
}

#[test]
fn a_pointer_takes_one_value_and_is_silent_where_there_is_none() {
    let rule = r#""extract":[{"name":"temperature","value":{"path":"/payload/value"},"unit":"°C"}]"#;
    assert_eq!(told(rule, &[r#"{"payload":{"value":21.5}}"#, r#"{"other":1}"#]), ["temperature = 21.5 °C"]);
}

#[test]
fn each_item_of_a_list_is_named_by_itself() {
    let rule = r#""messages":[{"when":[{"path":"/readings"}],"each":"/readings","name":{"path":"/sensor"},
        "value":{"path":"/v"},"unit":{"path":"/u"},"time":{"path":"$.at","format":"rfc3339"}}]"#;
    let frame = r#"{"at":"2026-11-20T20:17:07Z","readings":[{"sensor":"t1","v":4.2,"u":"K"},{"sensor":"p1","v":1013},{"v":3},{"sensor":"x"}]}"#;
    assert_eq!(
        told(rule, &[frame]),
        [
            "t1 = 4.2 K @2026-11-20T20:17:07.000Z",
            "p1 = 1013 @2026-11-20T20:17:07.000Z",
            "? : there is no name at /sensor",
        ]
    );
}

#[test]
fn members_and_leaves_are_named_by_their_keys() {
    let frame =
        r#"{"lab":{"t":1.5,"on":true,"rooms":[{"h":40},{"h":41}],"wave":[1,2.5],"none":[],"s":"x"},"n":3}"#;
    assert_eq!(
        told(r#""messages":[{"each_leaf":""}]"#, &[frame, "7", "\"x\""]),
        [
            "lab/t = 1.5",
            "lab/on = true",
            "lab/rooms/0/h = 40",
            "lab/rooms/1/h = 41",
            "lab/wave = [1, 2.5]",
            "lab/s = x",
            "n = 3",
            "value = 7",
            "value = x",
        ]
    );
    let members = r#""messages":[{"each_member":"/lab","name":{"text":"{wanted}.{key}"},"type":"float"}]"#;
    assert_eq!(
        told(members, &[r#"{"lab":{"t":"1.5","s":"x"}}"#, r#"{"lab":{}}"#]),
        ["a1.t = 1.5", "a1.s ! BadValue: no number: \"x\""]
    );
    let nested = r#""messages":[{"each":"$.devices[*]","group":{"path":"/id"},"each_member":"/readings"}]"#;
    let frame = r#"{"devices":[{"id":"a","readings":{"t":1,"p":2}},{"id":"b","readings":{"t":3}}]}"#;
    assert_eq!(told(nested, &[frame]), ["a/t = 1", "a/p = 2", "b/t = 3"]);
    let numbered = r#""messages":[{"each":"","name":"ch{key}","value":{"path":""}}]"#;
    assert_eq!(told(numbered, &["[5,6]", "{\"no\":1}"]), ["ch0 = 5", "ch1 = 6", "ch = {\"no\":1}"]);
}

#[test]
fn a_rule_applies_when_all_of_its_conditions_hold() {
    let rule = r#""messages":[{"when":[{"path":"/type","matches":"num*"},{"path":"/id","equals":"{wanted}"}],
        "name":{"path":"/id"},"value":{"path":"/v"}}]"#;
    let frames = [
        r#"{"type":"number","id":"a1","v":1}"#,
        r#"{"type":"number","id":"a2","v":2}"#,
        r#"{"type":"text","id":"a1","v":3}"#,
    ];
    assert_eq!(told(rule, &frames), ["a1 = 1"]);
}

#[test]
fn sources_have_defaults_parts_and_keys() {
    let name = |source: &str| {
        let members = format!(r#""messages":[{{"each_member":"","name":{source},"value":{{"path":"/v"}}}}]"#);
        told(&members, &[r#"{"number/temperature/C":{"v":1,"n":12}}"#])
    };
    for (source, expected) in [
        (r#"{"key":true,"split":"/","part":1}"#, "temperature = 1"),
        (r#"{"key":true,"split":"/","part":-1}"#, "C = 1"),
        (r#"{"key":true,"split":"/","part":3,"default":"x"}"#, "x = 1"),
        (r#"{"key":true,"split":"/","part":-4,"default":"x"}"#, "x = 1"),
        (r#"{"key":true,"split":"/","part":3}"#, "? : there is no name at the key"),
        (r#"{"path":"/n"}"#, "12 = 1"),
        (r#"{"path":"/no","default":7}"#, "7 = 1"),
        (r#"{"path":""}"#, "? : name: the value is an object and no text"),
        (r#"{"text":"a/{key}/ "}"#, "a/number/temperature/C = 1"),
        (r#""  ""#, "? : no name: \"  \""),
    ] {
        assert_eq!(name(source), [expected], "{source}");
    }
}

#[test]
fn a_group_stands_before_the_name_and_else_is_its_first_part() {
    let group = |rule: &str, frame: &str| {
        let definition = definition(&format!("\"messages\":[{rule}]"));
        let frame = Frame::Text(frame.to_owned());
        let contents = contents(&definition, &frame);
        let extracted =
            readings(&definition, &contents.documents[0], &Options::default(), &mut Memory::default());
        let found = extracted[0].outcome.clone().expect("a reading");
        [found.path, found.group, found.title, found.description]
    };
    let value = r#""value":{"path":"/v"}"#;
    for (rule, expected) in [
        (format!(r#"{{"name":"t",{value}}}"#), ["t", "Bench", "t", ""]),
        (format!(r#"{{"name":"/lab/air/t/",{value}}}"#), ["lab/air/t", "lab", "air/t", ""]),
        (format!(r#"{{"name":"t","group":"Lab 1",{value}}}"#), ["Lab 1/t", "Lab 1", "t", ""]),
        (
            format!(
                r#"{{"name":"t","group":{{"path":"/d"}},"title":"T","description":{{"path":"/d"}},{value}}}"#
            ),
            ["d1/t", "d1", "T", "d1"],
        ),
        (format!(r#"{{"name":"t","group":{{"path":"/no"}},{value}}}"#), ["t", "Bench", "t", ""]),
    ] {
        assert_eq!(group(&rule, r#"{"v":1,"d":"d1"}"#), expected, "{rule}");
    }
}

/// What is no value is told as such and never as 0.
#[test]
fn values_are_what_their_type_says_or_bad() {
    for (more, value, expected) in [
        (r#""type":"auto""#, "\"5\"", "v = 5"),
        (r#""type":"auto""#, "1795205879", "v = 1795205879"),
        (r#""type":"auto""#, "NaN", "v = NaN"),
        (r#""type":"auto""#, "9007199254740993", "v = 9007199254740993"),
        (r#""type":"auto""#, "[1,2.5]", "v = [1, 2.5]"),
        (r#""type":"auto""#, "[1,\"a\"]", "v = [1,\"a\"]"),
        (r#""type":"auto""#, "{}", "v = {}"),
        (r#""type":"float""#, "\"5.5\"", "v = 5.5"),
        (r#""type":"float""#, "\" -5e-1 \"", "v = -0.5"),
        (r#""type":"float""#, "\"NaN\"", "v = NaN"),
        (r#""type":"float""#, "-Infinity", "v = -Infinity"),
        (r#""type":"float""#, "[\"1\",2]", "v = [1, 2]"),
        (r#""type":"float""#, "[\"a\",2]", "v ! BadValue: no number: [\"a\",2]"),
        (r#""type":"float""#, "\"\"", "v ! BadValue: no number: \"\""),
        (r#""type":"float""#, "\"1,5\"", "v ! BadValue: no number: \"1,5\""),
        (r#""type":"float""#, "\"0x10\"", "v ! BadValue: no number: \"0x10\""),
        (r#""type":"float""#, "null", "v ! BadValue: no number: null"),
        (r#""type":"float""#, "true", "v ! BadValue: no number: true"),
        (r#""type":"float""#, "{}", "v ! BadValue: no number: {}"),
        (r#""type":"float""#, "\"1e999\"", "v ! BadValue: too large for a number: \"1e999\""),
        (r#""type":"integer""#, "5.0", "v = 5"),
        (r#""type":"integer""#, "\"9007199254740993\"", "v = 9007199254740993"),
        (r#""type":"integer""#, "\"5.0\"", "v = 5"),
        (r#""type":"integer""#, "5.5", "v ! BadValue: no whole number: 5.5"),
        (r#""type":"integer""#, "NaN", "v ! BadValue: no whole number: NaN"),
        (r#""type":"integer""#, "false", "v ! BadValue: no whole number: false"),
        (r#""type":"boolean""#, "\"ON\"", "v = true"),
        (r#""type":"boolean""#, "0", "v = false"),
        (r#""type":"boolean""#, "1.0", "v = true"),
        (r#""type":"boolean""#, "2", "v ! BadValue: no truth value: 2"),
        (r#""type":"boolean""#, "null", "v ! BadValue: no truth value: null"),
        (r#""type":"string""#, "5.50", "v = 5.5"),
        (r#""type":"string""#, "[1]", "v = [1]"),
        (r#""type":"json""#, "\"a\"", "v = \"a\""),
        (r#""type":"enum","labels":{"0":"off","1":"on"}"#, "1", "v = on"),
        (r#""type":"enum","labels":{"0":"off","1":"on"}"#, "\"0\"", "v = off"),
        (r#""type":"enum","labels":{"0":"off","1":"on"}"#, "\"on\"", "v = on"),
        (r#""type":"enum","labels":{"0":"off","1":"on"}"#, "7", "v = 7"),
        (r#""type":"enum","labels":{"0":"off"}"#, "\"lost\"", "v ! BadValue: no known label: \"lost\""),
        (r#""type":"enum","labels":{"lo":"Low","hi":"High"}"#, "\"hi\"", "v = High"),
        (r#""type":"enum","labels":{"false":"shut","true":"open"}"#, "true", "v = open"),
        (r#""type":"enum","labels_from":{"path":"/l"}"#, "1", "v = b"),
    ] {
        let frame = format!(r#"{{"v":{value},"l":["a","b"]}}"#);
        assert_eq!(told(&rule(more), &[&frame]), [expected], "{more} {value}");
    }
}

#[test]
fn a_value_that_does_not_tell_its_type_has_none() {
    let definition = definition(&rule(r#""unit":"K""#));
    for value in ["null", "1234567890123456789012345678901234567890123"] {
        let frame = Frame::Text(format!("{{\"v\":{value}}}"));
        let contents = contents(&definition, &frame);
        let extracted =
            readings(&definition, &contents.documents[0], &Options::default(), &mut Memory::default());
        let found = extracted[0].outcome.clone().expect("a reading");
        assert_eq!(found.data_type, None, "{value}");
        assert!(matches!(found.report, Report::Value(_)), "{value}");
    }
}

#[test]
fn numbers_are_scaled() {
    for (more, frame, expected) in [
        (r#""scale":{"div":{"path":"/s","default":1}}"#, r#"{"v":201,"s":10}"#, "v = 20.1"),
        (r#""scale":{"div":{"path":"/s","default":1}}"#, r#"{"v":"201"}"#, "v = 201"),
        (r#""scale":{"div":{"path":"/s"}}"#, r#"{"v":201}"#, "v ! BadValue: there is no scale at /s"),
        (r#""scale":{"div":{"path":"/s"}}"#, r#"{"v":201,"s":"x"}"#, "v ! BadValue: /s is no number: \"x\""),
        (
            r#""scale":{"div":{"path":"/s"}}"#,
            r#"{"v":201,"s":0}"#,
            "v ! BadValue: no number once it is scaled: 201",
        ),
        (
            r#""scale":{"div":{"path":"/s"}}"#,
            r#"{"v":0,"s":0}"#,
            "v ! BadValue: no number once it is scaled: 0",
        ),
        (r#""scale":{"factor":0.5,"offset":-40}"#, r#"{"v":100}"#, "v = 10"),
        (r#""scale":{"factor":0.5,"offset":-40}"#, r#"{"v":[100,80]}"#, "v = [10, 0]"),
        (r#""scale":{"factor":2},"type":"integer""#, r#"{"v":"21"}"#, "v = 42"),
        (r#""scale":{"div":2},"type":"integer""#, r#"{"v":21}"#, "v ! BadValue: no whole number: 21"),
        (r#""scale":{"factor":2}"#, r#"{"v":"x"}"#, "v ! BadValue: no number: \"x\""),
        (r#""scale":{"factor":2}"#, r#"{"v":NaN}"#, "v = NaN"),
    ] {
        assert_eq!(told(&rule(more), &[frame]), [expected], "{more} {frame}");
    }
}

#[test]
fn units_limits_and_decimals_come_from_the_message_too() {
    let more = r#""unit":{"path":"/u"},"decimals":{"path":"/d"},"min":{"path":"/r/0"},"max":5"#;
    let frame = r#"{"v":1.23456,"u":"mbar","d":2,"r":["-1"]}"#;
    assert_eq!(told(&rule(more), &[frame, r#"{"v":1.23456,"d":99}"#]), ["v = 1.23 mbar", "v = 1.23456"]);
    let wrong = told(&rule(more), &[r#"{"v":1,"u":{},"d":"x"}"#]);
    assert_eq!(
        wrong,
        ["v = 1", "? v: decimals: /d is no number: \"x\"", "? v: unit: /u is an object and no text"]
    );
}

#[test]
fn times_are_read_in_every_form_and_a_wrong_one_costs_no_reading() {
    let at = "2026-11-20T20:17:07.901Z";
    for (format, time, expected) in [
        ("rfc3339", "\"2026-11-20T20:17:07.901206Z\"", at),
        ("rfc3339", "\"2026-11-20 22:17:07.901+02:00\"", at),
        ("unix", "1795205827.901206", at),
        ("unix", "\"1795205827.901206\"", at),
        ("unix_ms", "1795205827901", at),
        ("unix_us", "1795205827901206", at),
        ("unix_ns", "1795205827901206999", at),
        ("unix_ns", "\"1795205827901206999\"", at),
        ("tai", "\"1795205864:901206999\"", at),
    ] {
        let more = format!(r#""time":{{"path":"/t","format":"{format}"}}"#);
        let frame = format!(r#"{{"v":1,"t":{time}}}"#);
        assert_eq!(told(&rule(&more), &[&frame]), [format!("v = 1 @{expected}")], "{format} {time}");
        assert_eq!(
            told(&rule(&more), &[r#"{"v":1}"#, r#"{"v":1,"t":null}"#]),
            ["v = 1", "v = 1"],
            "{format}"
        );
        let wrong =
            told(&rule(&more), &[r#"{"v":1,"t":"soon"}"#, r#"{"v":1,"t":1e300}"#, r#"{"v":1,"t":[]}"#]);
        let trouble = |text: &str| format!("? v: the time cannot be read: {text}");
        assert_eq!(
            wrong,
            ["v = 1", &trouble("\"soon\""), "v = 1", &trouble("1e300"), "v = 1", &trouble("[]")],
            "{format}"
        );
    }
    let pair = r#""time":{"path":"/s","format":"unix","nanos":{"path":"/n"}}"#;
    assert_eq!(told(&rule(pair), &[r#"{"v":1,"s":1795205827,"n":901206000}"#]), [format!("v = 1 @{at}")]);
}

#[test]
fn time_may_run_backwards() {
    let times = rule(r#""time":{"path":"/t","format":"unix"}"#);
    assert_eq!(
        told(&times, &[r#"{"v":1,"t":100}"#, r#"{"v":2,"t":50}"#]),
        ["v = 1 @1970-01-01T00:01:40.000Z", "v = 2 @1970-01-01T00:00:50.000Z"]
    );
}

#[test]
fn a_source_may_say_that_it_has_no_value() {
    let more = r#""error":{"when":{"path":"/ok","equals":false},"text":{"path":"/why","default":"no word"}}"#;
    let frames = [
        r#"{"v":1,"ok":true}"#,
        r#"{"v":1,"ok":false,"why":"open circuit"}"#,
        r#"{"ok":false}"#,
        r#"{"ok":true}"#,
    ];
    assert_eq!(told(&rule(more), &frames), ["v = 1", "v ! Error: open circuit", "v ! Error: no word"]);
    let bare = r#""error":{"when":{"path":"/state","matches":"INV*"}}"#;
    assert_eq!(told(&rule(bare), &[r#"{"v":1,"state":"INVALID"}"#]), ["v ! Error: INVALID"]);
}

#[test]
fn what_was_told_once_is_merged_with_what_comes_later() {
    let rules = r#""messages":[
        {"when":[{"path":"/kind","equals":"num"}],"merge_by":{"path":"/pv"},"name":{"path":"/pv"},
         "value":{"path":"/value"},"unit":{"path":"/meta/units"},"decimals":{"path":"/precision"}},
        {"when":[{"path":"/kind","equals":"enum"}],"merge_by":{"path":"/pv"},"name":{"path":"/pv"},
         "value":{"path":"/value"},"type":"enum","labels_from":{"path":"/labels"}}]"#;
    let frames = [
        r#"{"pv":"t","kind":"num","meta":{"units":"K","x":1},"precision":1,"value":4.23}"#,
        r#"{"pv":"valve","kind":"enum","labels":["shut","open"],"value":0}"#,
        r#"{"pv":"t","value":4.36}"#,
        r#"{"pv":"valve","value":1}"#,
        r#"{"pv":"new","value":1}"#,
        r#"{"pv":"t","meta":{"units":"mK"},"value":5}"#,
        r#"{"pv":"t","meta":{"x":2}}"#,
        r#"{"value":1}"#,
    ];
    assert_eq!(
        told(rules, &frames),
        ["t = 4.2 K", "valve = shut", "t = 4.4 K", "valve = open", "t = 5.0 mK", "t = 5.0 mK"]
    );
    let items = r#""messages":[{"each":"/list","merge_by":{"path":"/id"},"name":{"path":"/id"},
        "value":{"path":"/v"},"unit":{"path":"/u"}}]"#;
    let frames =
        [r#"{"list":[{"id":"a","u":"V","v":1},{"id":"b","u":"A","v":2}]}"#, r#"{"list":[{"id":"b","v":3}]}"#];
    assert_eq!(told(items, &frames), ["a = 1 V", "b = 2 A", "b = 3 A"]);
}

#[test]
fn what_is_merged_is_bounded() {
    let rules = r#""messages":[{"each":"","merge_by":{"path":"/k"},"name":"n","value":{"path":"/v"}}]"#;
    let frames: Vec<String> = (0..3)
        .map(|part| {
            let items: Vec<String> =
                (0..7_000).map(|n| format!("{{\"k\":{},\"v\":1}}", part * 7_000 + n)).collect();
            format!("[{}]", items.join(","))
        })
        .collect();
    let lines = told(rules, &[&frames[0], &frames[1], &frames[2]]);
    let troubles = lines.iter().filter(|line| line.contains("too many keys")).count();
    assert_eq!((lines.len() - troubles, troubles), (21_000, 1_000));
}

#[test]
fn a_pattern_reads_texts() {
    let one = r#""frame":"text","extract":[{"pattern":"T=(?<t>[-0-9.]+)(?<u>[CF])?","name":"t","value":{"path":"/t"},
        "unit":{"path":"/u"},"type":"float"}]"#;
    assert_eq!(
        told(one, &["T=21.5C T=3", "T=-4", "nothing", "T=-"]),
        ["t = 21.5 C", "t = -4", "t ! BadValue: no number: \"-\""]
    );
    let every = r#""frame":"lines","messages":[{"pattern":"(?<k>[a-z]+)=(?<v>[0-9.]+)","every_match":true,
        "name":{"path":"/k"},"value":{"path":"/v"},"type":"float"}]"#;
    assert_eq!(told(every, &["t=1 p=2\r\n\nq=3\n"]), ["t = 1", "p = 2", "q = 3"]);
    let members =
        r#""frame":"text","messages":[{"pattern":"(?<a>.),(?<b>.)","each_member":"","type":"float"}]"#;
    assert_eq!(told(members, &["1,2"]), ["a = 1", "b = 2"]);
    let whole = r#""frame":"lines","extract":[{"when":[{"path":"","matches":"1*"}],"name":"line","value":{"path":""}}]"#;
    assert_eq!(told(whole, &["12\n21\n13"]), ["line = 12", "line = 13"]);
}

#[test]
fn bytes_are_read_by_their_layout() {
    let layout = r#""frame":"binary","messages":[{"each_member":"","struct":[
        {"name":"u8","at":0,"as":"u8"},{"name":"i8","at":0,"as":"i8"},
        {"name":"u16le","at":0,"as":"u16le"},{"name":"i16be","at":0,"as":"i16be"},
        {"name":"u24le","at":0,"as":"u24le"},{"name":"i24be","at":0,"as":"i24be"},
        {"name":"i32le","at":0,"as":"i32le"},{"name":"u64be","at":0,"as":"u64be"},{"name":"i64le","at":0,"as":"i64le"},
        {"name":"f32le","at":8,"as":"f32le"},{"name":"f64be","at":12,"as":"f64be"},
        {"name":"low","at":0,"as":"u16be","bits":[0,3]},{"name":"high","at":0,"as":"i16be","bits":[15,1]},
        {"name":"scaled","at":1,"as":"u8","factor":0.5,"offset":-40},
        {"name":"text","at":20,"as":"ascii","length":4},{"name":"rest","at":24,"as":"utf8"}]}]"#;
    let frame = hex("fe 02 03 04 05 06 07 80  0000ac41 3ff8000000000000 4f4b0058 c3a9");
    assert_eq!(
        told_of(layout, &[frame]),
        [
            "u8 = 254",
            "i8 = -2",
            "u16le = 766",
            "i16be = -510",
            "u24le = 197374",
            "i24be = -130557",
            "i32le = 6.73062e+07",
            "u64be = 18303195151386150784",
            "i64le = -9221395093405891842",
            "f32le = 21.5",
            "f64be = 1.5",
            "low = 2",
            "high = 1",
            "scaled = -39",
            "text = OK",
            "rest = é",
        ]
    );
}

#[test]
fn parts_of_a_binary_frame_are_repeated() {
    let layout = |count: &str| {
        format!(
            r#""frame":"binary","messages":[{{"each":"/items","name":"ch{{key}}","value":{{"path":"/v"}},"struct":[
                {{"name":"n","at":0,"as":"u8"}},
                {{"name":"items","at":1,"every":2{count},"struct":[{{"name":"v","at":0,"as":"u16be"}}]}}]}}]"#
        )
    };
    let frame = [hex("02 0001 0002 0003 ff")];
    assert_eq!(told_of(&layout(r#","count":"n""#), &frame), ["ch0 = 1", "ch1 = 2"]);
    assert_eq!(told_of(&layout(r#","count":1"#), &frame), ["ch0 = 1"]);
    assert_eq!(told_of(&layout(""), &frame), ["ch0 = 1", "ch1 = 2", "ch2 = 3"]);
    assert_eq!(
        told_of(&layout(r#","count":"n""#), &[hex("03 0001 00")]),
        ["? : item 1 of items: field v needs bytes 3 to 5, the frame has 4"]
    );
    assert_eq!(
        told_of(&layout(r#","count":9"#), &[hex("00")]),
        ["? : item 0 of items: field items needs bytes 1 to 3, the frame has 1"]
    );
}

#[test]
fn a_frame_that_is_too_short_says_which_field_needs_what() {
    let layout = r#""frame":"base64","extract":[{"name":"t","value":{"path":"/t"},
        "struct":[{"name":"t","at":4,"as":"f32le"}]}]"#;
    assert_eq!(
        told(layout, &["AAAAAAAArEE=", "AAAAAA==", "no base64!"]),
        ["t = 21.5", "? : field t needs bytes 4 to 8, the frame has 4", "# no base64 at 0"]
    );
}

#[test]
fn a_rule_may_read_frames_of_another_form() {
    let members = r#""extract":[{"name":"json","value":{"path":"/v"}},
        {"frame":"binary","name":"bytes","value":{"path":"/b"},"struct":[{"name":"b","at":0,"as":"u8"}]},
        {"frame":"lines","pattern":"^ok (?<v>.*)$","name":"text","value":{"path":"/v"}}]"#;
    let frames = [
        Frame::Text("{\"v\":1}".to_owned()),
        Frame::Binary(vec![7, 255]),
        Frame::Text("ok then".to_owned()),
        Frame::Binary(b"{\"v\":2}".to_vec()),
    ];
    assert_eq!(
        told_of(members, &frames),
        ["json = 1", "bytes = 7", "text = then", "json = 2", "bytes = 123"]
    );
}

#[test]
fn what_cannot_be_read_says_why_and_where() {
    let members = rule(r#""unit":"""#);
    assert_eq!(
        told(&members, &["{\"v\":}", ""]),
        ["# no JSON value at 5", "# unexpected end of the JSON data at 0"]
    );
    assert_eq!(told_of(&members, &[Frame::Binary(vec![b'1', 0xff])]), ["# not UTF-8 from byte 1 on at 0"]);
    let lines = r#""frame":"jsonl","messages":[{"each_leaf":""}]"#;
    assert_eq!(
        told(lines, &["{\"a\":1}\n{\"a\":\n\n{\"a\":2}\r\n"]),
        ["# unexpected end of the JSON data at 13", "a = 1", "a = 2"]
    );
    let binary = r#""frame":"binary","extract":[{"name":"b","value":{"path":"/b"},"struct":[{"name":"b","at":0,"as":"u8"}]}]"#;
    assert_eq!(told(binary, &["text"]), ["# a text frame where a binary one is due at 0"]);
}

#[test]
fn a_value_that_matches_many_places_needs_an_each() {
    let many = r#""extract":[{"name":"v","value":{"path":"$.a[*].v"}}]"#;
    assert_eq!(
        told(many, &[r#"{"a":[{"v":1}]}"#, r#"{"a":[{"v":1},{"v":2}]}"#]),
        ["v = 1", "? : 2 places match $.a[*].v: one is needed, or an each"]
    );
}

#[test]
fn a_frame_has_so_many_readings_and_no_more() {
    let members = r#""messages":[{"each_leaf":""},{"each_leaf":"/0"}]"#;
    let items = |count: usize| format!("[{}]", vec!["true"; count].join(","));
    assert_eq!(told(members, &[&items(9_999)]).len(), 10_000);
    let lines = told(members, &[&items(10_005)]);
    assert_eq!(lines.len(), 10_001);
    assert_eq!(lines[10_000], "? : a frame has more than 10000 readings; the rest is left out");
    // The next one has room again.
    assert_eq!(told(members, &[&items(10_005), "[true]"]).len(), 10_003);
}
