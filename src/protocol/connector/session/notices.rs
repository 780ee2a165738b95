//! What people are told, in words.

use std::time::Duration;

use crate::model::event::Notice;
use crate::model::link::Cause;
use crate::model::reading::Severity;
use crate::protocol::definitions::{Parameter, Problem};

/// So many problems of a definition are told.
const PROBLEMS_SHOWN: usize = 20;

/// The socket is open, and that is all that can be said.
pub(super) fn quiet() -> Notice {
    Notice::new(
        Severity::Normal,
        "Open, but nothing has come yet",
        "The definition asks for nothing that would be answered by now, so this may be as it should be. Values appear \
         with the first message.",
        "",
    )
}

/// A step of what is sent first waited in vain.
pub(super) fn step_overdue(step: usize, of: usize, waited: Duration) -> Notice {
    let (step, of, waited) = ((step + 1).to_string(), of.to_string(), millis(waited));
    let text = [
        "Before step ",
        &step,
        " of ",
        &of,
        " of what the definition sends first, a message must come, and none like that came in ",
        &waited,
        " ms. The connection is tried again. Look at the frames: what has come, and what was sent before?",
    ];
    Notice::new(Severity::Warning, "The device did not say what was waited for", &text.concat(), "")
}

/// A poll got no answer.
pub(super) fn no_answer(poll: &str, waited: Duration) -> Notice {
    let text = [
        "It was asked, and no message came in ",
        &millis(waited),
        " ms that fits the definition's response. It is asked again when its time comes. Messages that came and did \
         not fit stand among the frames.",
    ];
    Notice::new(Severity::Warning, &["No answer to the poll ", poll].concat(), &text.concat(), "")
}

/// A message could not be made.
pub(super) fn not_made(why: &str) -> Notice {
    Notice::new(
        Severity::Alarm,
        "A message of the definition cannot be sent",
        "With the parameters of this connection it makes no sense. Edit the connection or its definition.",
        why,
    )
}

/// The source's clock went back.
pub(super) fn clock_went_back(path: &str) -> Notice {
    Notice::new(
        Severity::Warning,
        "The device's clock went back",
        "Its values are shown as of when they come, until its clock is ahead again of what it said before, or the \
         connection is made anew.",
        path,
    )
}

/// There are too many channels.
pub(super) fn too_many(most: usize) -> Notice {
    let text = [
        "So many different names have come that those beyond ",
        &most.to_string(),
        " are not shown. Does a rule take a changing part of the message, such as a time, for the name?",
    ];
    Notice::new(Severity::Warning, "Too many channels", &text.concat(), "")
}

/// Why there is nothing to see.
pub(super) fn nothing_to_see(unused: u64) -> Cause {
    match unused {
        0 => Cause::new(
            "No message with values has come yet",
            "The link is open. If the device tells only what changes, its values appear when they do; if it must be \
             asked, the definition has to ask.",
        ),
        _ => Cause::new(
            "No rule of the definition reads what comes",
            &[
                "Messages have come (",
                &unused.to_string(),
                " so far), and none of the rules applies to any of them. Open the definition: its preview shows for \
                 each rule what it makes of a frame, and why nothing.",
            ]
            .concat(),
        ),
    }
}

/// The definition cannot be read.
pub(super) fn unreadable(name: &str, problems: &[Problem]) -> Notice {
    if problems.is_empty() {
        let title = ["There is no definition ", name].concat();
        let text = "The connection names a definition that this page does not have. Open it here first, or choose \
                    another one.";
        return Notice::new(Severity::Alarm, &title, text, "");
    }
    let mut lines = String::new();
    for problem in problems.iter().take(PROBLEMS_SHOWN) {
        if !problem.place.is_empty() {
            lines.push_str(&problem.place);
            lines.push_str(": ");
        }
        lines.push_str(&problem.text);
        lines.push('\n');
    }
    if problems.len() > PROBLEMS_SHOWN {
        lines.push('…');
    }
    let title = ["The definition ", name, " cannot be read"].concat();
    Notice::new(Severity::Alarm, &title, lines.trim_end(), "")
}

/// A secret that the definition needs is not there.
pub(super) fn without(secret: &Parameter) -> (Notice, Cause) {
    let name = if secret.label.is_empty() { &secret.name } else { &secret.label };
    let title = ["The definition needs a secret: ", name].concat();
    let text = "Nothing was sent. Keys and passwords are in memory alone unless you choose otherwise: after a reload they \
                are asked for.";
    let cause = Cause::new("It was not filled in, or not kept", "Fill it in and connect again.");
    (Notice::new(Severity::Alarm, &title, text, ""), cause.with_offer("Fill it in", Vec::new()))
}

fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}
