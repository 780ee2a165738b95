//! Neither a definition nor a frame makes connectors panic, hang, or tell what is not so.

use std::time::{Duration, Instant};

use porthole::model::reading::Report;
use porthole::model::time::Timestamp;
use porthole::protocol::Frame;
use porthole::protocol::connector::definition::{Definition, MAX_CHANNELS, Path, Scope, blank};
use porthole::protocol::connector::extract::{Memory, contents, leaves, preview, readings};
use porthole::protocol::options::Options;
use proptest::prelude::*;

/// A definition with rules of every kind for frames of one form.
fn rich(form: &str) -> Definition {
    let rules = match form {
        "json" | "jsonl" => {
            r#""messages":[
            {"each_leaf":"","type":"auto","unit":{"path":"/u"},"min":{"path":"/min"}},
            {"each_member":"/a","type":"float","scale":{"div":{"path":"/b"},"factor":{"path":"$.a"}}},
            {"each":"$..a","name":{"key":true,"split":"/","part":-1,"default":"n"},"value":{"path":"/b"},"type":"integer"},
            {"each":"/a","merge_by":{"path":"/b"},"name":{"path":"/b"},"value":{"path":""},"type":"enum",
             "labels":{"0":"a"},"labels_from":{"path":"/a"},"time":{"path":"/b","format":"unix_ns"}},
            {"when":[{"path":"$[?@.a]"},{"path":"/a","matches":"*a?*","not":true}],"merge_by":{"path":"/a"},
             "name":"m","value":{"path":"/b"},"type":"boolean","error":{"when":{"path":"/a"},"text":{"path":"/b"}}}],
           "extract":[{"name":"t","value":{"path":"/a/0"},"time":{"path":"/b","format":"rfc3339"},"type":"string"},
            {"name":"t2","value":{"path":"/b"},"time":{"path":"/a","format":"tai"},"decimals":{"path":"/a"}}]"#
        }
        "text" | "lines" => {
            r#""messages":[{"pattern":"(?<a>[a-z]+)[=: ](?<b>\\S*)","every_match":true,"name":{"path":"/a"},
                "value":{"path":"/b"},"type":"float"},{"each_leaf":""}]"#
        }
        _ => {
            r#""messages":[{"each_leaf":"","struct":[{"name":"n","at":0,"as":"u8"},{"name":"s","at":1,"as":"utf8","length":"n"},
                {"name":"f","at":1,"as":"f32le"},{"name":"i","at":1,"as":"i24be","bits":[3,9],"factor":0.1},
                {"name":"r","at":2,"every":1,"count":"n","struct":[{"name":"v","at":0,"as":"u16be"},
                    {"name":"w","at":0,"every":2,"struct":[{"name":"x","at":0,"as":"i64le"}]}]}]}]"#
        }
    };
    let text = format!(
        r#"{{"porthole":1,"kind":"connector","name":"n","url":"ws://h","frame":"{form}",{rules},
            "open":[{{"send":"x","after":{{"match":{{"path":"$..a","equals":"{{id}}"}}}}}}]}}"#
    );
    Definition::parse(&text).unwrap_or_else(|problems| panic!("{problems:?} in {text}"))
}

const FORMS: [&str; 6] = ["json", "jsonl", "text", "lines", "binary", "base64"];

fn survive(definition: &Definition, frames: &[Frame]) {
    let (options, mut memory) = (Options::default(), Memory::default());
    for frame in frames {
        let contents = contents(definition, frame);
        for problem in &contents.problems {
            assert!(problem.at <= frame.len() && !problem.what.is_empty(), "{problem:?}");
        }
        for document in &contents.documents {
            for opener in &definition.openers {
                let scope = Scope::new(&options, 7, Timestamp(0), 0);
                assert!(opener.send.render(&scope).is_ok());
                if let Some(after) = &opener.after {
                    after.holds(document, &scope);
                }
            }
            for extracted in readings(definition, document, &options, &mut memory) {
                let Ok(found) = extracted.outcome else { continue };
                assert!(
                    !found.path.is_empty() && !found.title.is_empty() && !found.group.is_empty(),
                    "{found:?}"
                );
                assert!(!found.path.starts_with('/') && !found.path.ends_with('/'), "{found:?}");
                if let Report::Error { class, .. } = &found.report {
                    assert!(["BadValue", "Error"].contains(&&**class), "{found:?}");
                }
            }
        }
    }
}

/// JSON in which the rules find something.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "(null|true|false|NaN|-Infinity|1e999|-0|12345678901234567890123456789012345678901234)",
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| if number.is_finite() { number.to_string() } else { "1".to_owned() }),
        "\"(\\PC{0,6}|[0-9]{1,20}|[0-9]{4}-11-20T20:17:07Z|[0-9]{1,9}:[0-9]{1,9})\"",
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("(a|b|u|min|[a-z/~]{0,3})", inner), 0..6).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        json().prop_map(Frame::Text),
        prop::collection::vec(json(), 1..4).prop_map(|lines| Frame::Text(lines.join("\n"))),
        any::<String>().prop_map(Frame::Text),
        "([a-z]{1,3}[=: ][-0-9.eE]{0,5}[ \r\n]?){0,5}".prop_map(Frame::Text),
        "([A-Za-z0-9+/]{4}){0,8}(=|==)?".prop_map(Frame::Text),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Frame::Binary),
    ]
}

/// Text that resembles a definition.
fn definition() -> impl Strategy<Value = String> {
    let word = "(porthole|kind|connector|name|url|ws://h|\\{id\\}|messages|extract|each|each_leaf|value|path|struct|at|as|u8|\
        frame|binary|lines|pattern|\\(\\?<a>.\\)|when|equals|open|send|poll|every_s|thresholds|scale|div|time|format|unix|\\$\\.a|/a)";
    let leaf =
        prop_oneof![word.prop_map(|word| format!("\"{word}\"")), "(1|0|-1|0.5|true|null|\"\\PC{0,4}\")"];
    leaf.prop_recursive(6, 80, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((word, inner), 0..6).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_reader_panic(text in prop_oneof![any::<String>(), definition(), "[\\[\\]{}\",:a-z0-9$/.]{0,60}"]) {
        match Definition::parse(&text) {
            Ok(definition) => survive(&definition, &[Frame::Text("{}".to_owned()), Frame::Binary(vec![1, 2, 3])]),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(problem.at <= text.len() && text.is_char_boundary(problem.at), "{:?}", problem);
                    prop_assert!(!problem.text.is_empty());
                }
            }
        }
    }

    #[test]
    fn no_damage_to_a_definition_makes_the_reader_panic(at in any::<prop::sample::Index>(), with in "[{}\\[\\]\",:0a$/]{0,3}", cut in 0_usize..4) {
        let mut text: Vec<char> = include_str!("data/connector/full.json").chars().collect();
        let at = at.index(text.len());
        text.splice(at..(at + cut).min(text.len()), with.chars());
        let text: String = text.into_iter().collect();
        if let Err(problems) = Definition::parse(&text) {
            prop_assert!(problems.iter().all(|problem| text.is_char_boundary(problem.at)), "{:?}", problems);
        }
    }

    #[test]
    fn no_frame_makes_the_rules_panic(frames in prop::collection::vec(frame(), 1..4)) {
        for form in FORMS {
            survive(&rich(form), &frames);
        }
    }

    #[test]
    fn no_frame_makes_the_sheets_panic(frame in frame()) {
        let text = blank("ws://h/");
        leaves(&text, &frame);
        prop_assert_eq!(preview(&text, &Options::default(), std::slice::from_ref(&frame)).len(), 1);
    }

    #[test]
    fn no_path_makes_the_reader_panic(path in "(\\$|/)?[\\[\\]().*?@$'\"a0:,!&|<>= ~/-]{0,40}") {
        if let Err(error) = Path::parse(&path) {
            prop_assert!(error.at <= path.len(), "{}: {:?}", path, error);
        }
    }
}

#[test]
fn the_full_definition_of_the_tests_is_right() {
    let read = Definition::parse(include_str!("data/connector/full.json"));
    assert!(read.is_ok(), "{:?}", read.err());
}

/// What is deep, long or repeated takes no time that a person would notice.
#[test]
fn nothing_takes_long() {
    let began = Instant::now();
    for path in [
        format!("$[?{}", "(".repeat(900)),
        format!("$[?{}@.a{}]", "(".repeat(5), ")".repeat(5)),
        format!("$[?{}]", vec!["@.a"; 200].join("&&")),
        format!("$[?{}]", vec!["(((@.a)))"; 90].join("||")),
        format!("$[?{}@.a{}]", "@[?".repeat(5), "]".repeat(5)),
        format!("$[?{}", "!(".repeat(400)),
        format!("$[{}]", vec!["0"; 400].join(",")),
        format!("${}", "[*]".repeat(300)),
        format!("$['{}']", "(".repeat(900)),
        format!("$.{}", "a".repeat(2_000)),
    ] {
        drop(Path::parse(&path));
        let text = format!(
            r#"{{"porthole":1,"kind":"connector","name":"n","url":"ws://h","messages":[{{"each_leaf":{path:?}}}]}}"#
        );
        drop(Definition::parse(&text));
    }
    for members in [
        format!("\"messages\":[{}]", "[".repeat(100_000)),
        format!("\"a\":{}1{}", "[".repeat(120), "]".repeat(120)),
        (0..20_000).map(|n| format!("\"m{n}\":1")).collect::<Vec<_>>().join(","),
        format!(
            "\"thresholds\":{{{}}}",
            (0..1_900).map(|n| format!("\"m{n}\":{{\"x\":1}}")).collect::<Vec<_>>().join(",")
        ),
        format!("\"open\":[{{\"send\":[{}]}}]", vec!["\"{x}\""; 20_000].join(",")),
    ] {
        let text = format!(r#"{{"porthole":1,"kind":"connector","name":"n","url":"ws://h",{members}}}"#);
        assert!(Definition::parse(&text).is_err());
    }
    let definition = rich("json");
    let wide = format!("{{\"a\":[{}]}}", vec!["{\"a\":1,\"b\":2}"; 30_000].join(","));
    let deep = format!("{}1{}", "{\"a\":".repeat(120), "}".repeat(120));
    survive(&definition, &[Frame::Text(wide), Frame::Text(deep)]);
    survive(&rich("binary"), &[Frame::Binary(vec![200; 1_000_000])]);
    survive(&rich("lines"), &[Frame::Text("a=1\n".repeat(50_000))]);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(MAX_CHANNELS, 20_000);
}
