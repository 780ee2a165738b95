//! The published schema of connectors and the reader know the same members, and agree about documents.

use std::fs;
use std::path::PathBuf;

use porthole::protocol::connector::definition::{Definition, blank, members};
use regex_lite::Regex;
use serde_json::{Value, json};

fn schema() -> Value {
    let text = fs::read_to_string("docs/reference/connector.schema.json").expect("the schema is there");
    serde_json::from_str(&text).expect("the schema is JSON")
}

/// What a document breaks, by draft 2020-12 as far as the schema uses it. An unknown keyword fails the test.
fn errors(schema: &Value, rule: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let Some(rules) = rule.as_object() else { panic!("a schema is an object: {rule}") };
    for (keyword, wanted) in rules {
        let mut wrong = |is_right: bool| {
            if !is_right {
                found.push(format!("{place}: {keyword} {wanted}"));
            }
        };
        let number = |limit: &Value| limit.as_f64().expect("a limit is a number");
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name =
                    wanted.as_str().and_then(|name| name.strip_prefix("#/$defs/")).expect("a definition");
                let rule = schema["$defs"].get(name).unwrap_or_else(|| panic!("there is no {name}"));
                errors(schema, rule, value, place, found);
            }
            "type" => wrong(match wanted.as_str().expect("one type") {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "number" => value.is_number(),
                "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
                "boolean" => value.is_boolean(),
                other => panic!("type {other}"),
            }),
            "const" => wrong(value == wanted),
            "enum" => wrong(wanted.as_array().is_some_and(|words| words.contains(value))),
            "minimum" => wrong(value.as_f64().is_none_or(|value| value >= number(wanted))),
            "maximum" => wrong(value.as_f64().is_none_or(|value| value <= number(wanted))),
            "minLength" => wrong(value.as_str().is_none_or(|value| value.len() as f64 >= number(wanted))),
            "maxLength" => wrong(value.as_str().is_none_or(|value| value.len() as f64 <= number(wanted))),
            "minItems" => wrong(value.as_array().is_none_or(|value| value.len() as f64 >= number(wanted))),
            "maxItems" => wrong(value.as_array().is_none_or(|value| value.len() as f64 <= number(wanted))),
            "pattern" => {
                let pattern = Regex::new(wanted.as_str().expect("a pattern")).expect("a pattern");
                wrong(value.as_str().is_none_or(|value| pattern.is_match(value)));
            }
            "required" => {
                for name in wanted.as_array().expect("names").iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        found.push(format!("{place}.{name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, rule) in wanted.as_object().expect("members") {
                    if let Some(value) = value.get(name) {
                        errors(schema, rule, value, &format!("{place}.{name}"), found);
                    }
                }
            }
            "additionalProperties" => {
                let known = rule.get("properties").and_then(Value::as_object);
                for (name, value) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|known| known.contains_key(name)) {
                        continue;
                    }
                    match wanted {
                        Value::Bool(false) => found.push(format!("{place}.{name} is not known")),
                        rule => errors(schema, rule, value, &format!("{place}.{name}"), found),
                    }
                }
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    errors(schema, wanted, value, &format!("{place}[{index}]"), found);
                }
            }
            "anyOf" => wrong(wanted.as_array().expect("schemas").iter().any(|rule| {
                let mut found = Vec::new();
                errors(schema, rule, value, place, &mut found);
                found.is_empty()
            })),
            other => panic!("this test knows no {other}"),
        }
    }
}

fn violations(text: &str) -> Vec<String> {
    let value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let (schema, mut found) = (schema(), Vec::new());
    errors(&schema, &schema, &value, "", &mut found);
    found
}

#[test]
fn the_schema_has_the_members_that_the_reader_knows() {
    let schema = schema();
    let definitions = schema["$defs"].as_object().expect("definitions");
    let described = |rule: &Value| -> Option<Vec<String>> {
        let mut names: Vec<String> = rule.get("properties")?.as_object()?.keys().cloned().collect();
        names.sort();
        Some(names)
    };
    for (kind, known) in members() {
        let rule = definitions.get(kind).unwrap_or_else(|| panic!("the schema has no {kind}"));
        let mut known: Vec<String> = known.into_iter().map(str::to_owned).collect();
        known.sort();
        assert_eq!(described(rule), Some(known), "{kind}");
        assert_eq!(rule["additionalProperties"], json!(false), "{kind}");
    }
    for (name, rule) in definitions {
        let is_known = members().iter().any(|(kind, _)| kind == name);
        assert_eq!(described(rule).is_some(), is_known, "{name}");
    }
}

/// Documents with each member, and whether they are right.
fn samples() -> Vec<(String, bool)> {
    let document = |members: &str| {
        let comma = if members.is_empty() { "" } else { "," };
        format!(r#"{{"porthole":1,"kind":"connector","name":"n","url":"ws://h/"{comma}{members}}}"#)
    };
    let rule =
        |members: &str| document(&format!(r#""messages":[{{"name":"n","value":{{"path":""}},{members}}}]"#));
    let layout = |field: &str| {
        document(&format!(r#""frame":"binary","messages":[{{"each_member":"","struct":[{field}]}}]"#))
    };
    let mut samples: Vec<(String, bool)> = [
        ("", true),
        (r#""version":1,"description":"d","$schema":"s""#, true),
        (r#""version":1.5"#, false),
        (r#""parameters":[{"name":"a","label":"A","hint":"h","default":"d","secret":false}]"#, true),
        (r#""parameters":[{"name":"A"}]"#, false),
        (r#""subprotocols":["a.b-c"]"#, true),
        (r#""subprotocols":["a,b"]"#, false),
        (r#""open":[{"send":[1],"as":"text","after":{"match":{"path":"/a"}},"timeout_ms":100}]"#, true),
        (r#""open":[{"send":1,"after":{"path":"/a"}}]"#, false),
        (r#""poll":[{"name":"a","send":"x","every_s":0.1,"response":{"match":{"path":"$.a","equals":null}}}]"#, true),
        (r#""poll":[{"send":"x","every_s":0.01}]"#, false),
        (r#""keepalive":{"send":"x","as":"binary","every_s":5,"timeout_ms":500}"#, true),
        (r#""keepalive":{"send":"x"}"#, false),
        (r#""close_on_silence_s":5,"stale_after_s":5,"frame":"text""#, true),
        (r#""frame":"html""#, false),
        (r#""hysteresis":{"on_s":0,"off_s":1}"#, true),
        (r#""thresholds":{"a":{"warning_high":1,"critical_low":-1,"states":{"x":"major"},"on_s":1,"off_s":0}}"#, true),
        (r#""thresholds":{"a":{"states":{"x":"ill"}}}"#, false),
        (r#""extract":[{"name":"n","value":{"path":""}}]"#, true),
        (r#""extract":[{"name":"n"}]"#, false),
        (r#""messages":[{"each_leaf":""},{"each":"/a","each_member":"/b"}]"#, true),
        (r#""messages":[{"each":"/a"}]"#, false),
        (r#""messages":[{"each_leaf":"a"}]"#, false),
    ]
    .map(|(members, is_right)| (document(members), is_right))
    .to_vec();
    samples.extend(
        [
            (r#""title":"t","group":{"key":true},"description":{"text":"{key}"}"#, true),
            (r#""unit":{"path":"/u","default":1,"split":"/","part":-1}"#, true),
            (r#""unit":{"pth":"/u"}"#, false),
            (r#""unit":1"#, false),
            (r#""time":{"path":"/t","format":"unix","nanos":{"path":"/n"}}"#, true),
            (r#""time":{"path":"/t"}"#, false),
            (r#""time":{"path":"/t","format":"iso"}"#, false),
            (r#""type":"enum","labels":{"0":"off"},"labels_from":{"path":"/l"}"#, true),
            (r#""type":"enum","labels":{"0":0}"#, false),
            (r#""type":"double""#, false),
            (r#""scale":{"factor":2,"offset":{"path":"/o"},"div":{"path":"/d"}}"#, true),
            (r#""scale":{"factor":"2"}"#, false),
            (r#""min":0,"max":{"path":"/m"},"decimals":3"#, true),
            (r#""merge_by":{"path":"/k"}"#, true),
            (r#""error":{"when":{"path":"/e","matches":"x*","not":true},"text":"e"}"#, true),
            (r#""error":{"text":"e"}"#, false),
            (r#""when":[{"path":"/e","exists":false}]"#, true),
            (r#""when":{"path":"/e"}"#, false),
            (r#""frame":"lines","pattern":"(?<a>.)","every_match":true"#, true),
        ]
        .map(|(members, is_right)| (rule(members), is_right)),
    );
    samples.extend(
        [
            (r#"{"name":"a","at":0,"as":"u16le","bits":[0,3],"factor":0.1,"offset":1}"#, true),
            (r#"{"name":"n","at":0,"as":"u8"},{"name":"t","at":1,"as":"ascii","length":"n"}"#, true),
            (r#"{"name":"a","at":0,"every":2,"count":3,"struct":[{"name":"b","at":0,"as":"i8"}]}"#, true),
            (r#"{"name":"a","at":0,"as":"u16"}"#, false),
            (r#"{"name":"a","as":"u8"}"#, false),
            (r#"{"name":"a","at":0,"every":0,"struct":[{"name":"b","at":0,"as":"i8"}]}"#, false),
        ]
        .map(|(field, is_right)| (layout(field), is_right)),
    );
    samples.push((blank("ws://h/"), true));
    samples
}

#[test]
fn the_schema_and_the_reader_agree() {
    for (text, is_right) in samples() {
        let read = Definition::parse(&text);
        assert_eq!(read.is_ok(), is_right, "the reader: {text}: {:?}", read.err());
        let found = violations(&text);
        assert_eq!(found.is_empty(), is_right, "the schema: {text}: {found:?}");
    }
}

#[test]
fn what_comes_with_the_page_keeps_to_the_schema() {
    let Ok(files) = fs::read_dir("public/connectors") else {
        println!("skipped: there is no public/connectors");
        return;
    };
    let paths: Vec<PathBuf> = files.map(|file| file.expect("it can be listed").path()).collect();
    for path in paths {
        let text = fs::read_to_string(&path).expect("it can be read");
        assert!(Definition::parse(&text).is_ok(), "{}: {:?}", path.display(), Definition::parse(&text).err());
        assert!(violations(&text).is_empty(), "{}: {:?}", path.display(), violations(&text));
    }
}
