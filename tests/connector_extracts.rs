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
