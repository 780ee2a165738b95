//! What a definition makes of frames, for the person who writes it.

use super::super::super::Frame;
use super::super::super::definitions::{FramePreview, ReadingPreview, RulePreview};
use super::super::super::options::Options;
use super::super::super::secrets::Secrets;
use super::super::definition::{Definition, rule::Rule};
use super::{Contents, Found, Memory, Trouble, contents, rules};
use crate::model::datatype::DataType;
use crate::model::display::{date_time, harmless, show, unit};
use crate::model::reading::Report;

/// More readings of a rule are not shown.
const SHOWN: usize = 200;

/// [`super::super::super::definitions::Definitions::preview`]. The frames are read one after the other, as they came.
pub fn preview(text: &str, options: &Options, frames: &[Frame]) -> Vec<FramePreview> {
    let definition = match Definition::parse(text) {
        Ok(definition) => definition,
        Err(problems) => {
            let problem = format!("the definition has {} problems", problems.len());
            return frames
                .iter()
                .map(|_| FramePreview { problem: problem.clone(), rules: Vec::new() })
                .collect();
        }
    };
    let (mut memory, secrets) = (Memory::default(), options.secrets());
    frames.iter().map(|frame| of_frame(&definition, options, frame, &mut memory, &secrets)).collect()
}

fn of_frame(
    definition: &Definition,
    options: &Options,
    frame: &Frame,
    memory: &mut Memory,
    secrets: &Secrets,
) -> FramePreview {
    let contents = contents(definition, frame);
    let mut preview = FramePreview { problem: problem(&contents), rules: Vec::new() };
    for rule in &definition.rules {
        preview.rules.push(RulePreview { rule: rule.place.clone(), ..RulePreview::default() });
    }
    for document in &contents.documents {
        memory.begin(document);
        for (rule, shown) in definition.rules.iter().zip(&mut preview.rules) {
            if rule.form != document.form() {
                continue;
            }
            let applied = rules::apply(definition, rule, document, options, memory);
            if shown.reason.is_empty() {
                shown.reason = applied.reason;
            }
            for outcome in applied.outcomes {
                add(shown, outcome, secrets);
            }
        }
    }
    for (rule, shown) in definition.rules.iter().zip(&mut preview.rules) {
        conclude(rule, shown);
    }
    preview
}

fn problem(contents: &Contents<'_>) -> String {
    let problems = contents.problems.iter();
    let texts: Vec<String> =
        problems.map(|problem| format!("{} at byte {}", problem.what, problem.at)).collect();
    texts.join("; ")
}

fn add(shown: &mut RulePreview, outcome: Result<Found, Trouble>, secrets: &Secrets) {
    let named = |path: &str, text: &str| {
        let text = if path.is_empty() { text.to_owned() } else { [path, ": ", text].concat() };
        secrets.mask(&harmless(&text, 300)).into_owned()
    };
    match outcome {
        Ok(Found { path, data_type, report: Report::Value(value), taken, .. }) => {
            let data_type = data_type.unwrap_or(DataType::Json);
            if shown.readings.len() < SHOWN {
                shown.readings.push(ReadingPreview {
                    channel: secrets.mask(&harmless(&path, 120)).into_owned(),
                    value: secrets.mask(&show(&value, &data_type)).into_owned(),
                    unit: unit(&data_type),
                    time: taken.map(date_time).unwrap_or_default(),
                });
            }
        }
        Ok(Found { path, report: Report::Error { class, text }, .. }) if shown.problems.len() < SHOWN => {
            shown.problems.push(named(&path, &[&*class, ": ", &text].concat()));
        }
        Err(Trouble { path, text }) if shown.problems.len() < SHOWN => {
            shown.problems.push(named(&path, &text));
        }
        Ok(_) | Err(_) => {}
    }
}

fn conclude(rule: &Rule, shown: &mut RulePreview) {
    if !shown.readings.is_empty() || !shown.problems.is_empty() {
        shown.reason.clear();
    } else if shown.reason.is_empty() {
        shown.reason = ["it reads frames of the form ", rule.form.word()].concat();
    }
}
