//! Connectors: a definition, its rules, and rules that are made by choosing. The first line of the input is a path, the
//! rest a frame; as a whole it is a definition, too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use porthole::model::json::write_text;
use porthole::protocol::Frame;
use porthole::protocol::connector::definition::{Definition, Path, blank};
use porthole::protocol::connector::extract::{Memory, contents, leaves, readings, with_rule};
use porthole::protocol::options::Options;

const FULL: &str = include_str!("../../tests/data/connector/full.json");
const FORMS: [&str; 6] = ["json", "jsonl", "text", "lines", "binary", "base64"];

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match Definition::parse(&text) {
        Ok(definition) => extract(&definition, &Frame::Text(text.to_string())),
        Err(problems) => assert!(problems.iter().all(|problem| text.is_char_boundary(problem.at))),
    }
    let (path, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let is_path = Path::parse(path).is_ok();
    let full = Definition::parse(FULL).expect("it is right");
    for frame in [Frame::Text(rest.to_owned()), Frame::Binary(bytes.to_vec())] {
        extract(&full, &frame);
        for form in FORMS {
            choose(form, &frame, path, is_path);
        }
    }
});

fn extract(definition: &Definition, frame: &Frame) {
    let (options, mut memory) = (Options::default(), Memory::default());
    for document in &contents(definition, frame).documents {
        readings(definition, document, &options, &mut memory);
    }
}

fn choose(form: &str, frame: &Frame, path: &str, is_path: bool) {
    let definition = blank("ws://h/").replace("\"extract\"", &format!("\"frame\": \"{form}\",\n  \"extract\""));
    for leaf in leaves(&definition, frame).iter().take(20) {
        if let Ok(larger) = with_rule(&definition, frame, &leaf.place) {
            assert!(Definition::parse(&larger).is_ok(), "{larger}");
        }
    }
    if is_path && form == "json" {
        let rule = format!("\"messages\": [{{ \"each_leaf\": {} }}],\n  \"extract\"", quoted(path));
        extract(&Definition::parse(&definition.replace("\"extract\"", &rule)).expect("it is right"), frame);
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_text(text, &mut out);
    out
}
