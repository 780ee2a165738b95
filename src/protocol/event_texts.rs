//! The texts of an event in which a peer's words or frames may stand: one walk for all who keep secrets out of them.
//!
//! What a channel is called, its values and what a command returned are not among them.

use crate::model::event::{Event, Notice, Outcome};
use crate::model::link::Cause;

/// Gives each text that may quote a peer to `each`.
pub fn texts_of(event: &mut Event, each: &mut dyn FnMut(&mut String)) {
    match event {
        Event::Malformed { notice, .. } | Event::Notice(notice) => of_notice(notice, each),
        Event::Refused { notice, causes, .. } => {
            of_notice(notice, each);
            texts_of_causes(causes, each);
        }
        Event::Log { text, .. } => each(text),
        Event::Reply { outcome: Outcome::Refused { class, text }, .. } => {
            each(class);
            each(text);
        }
        Event::Reply { .. }
        | Event::Recognised { .. }
        | Event::Catalog { .. }
        | Event::Live
        | Event::History { .. }
        | Event::Missing { .. }
        | Event::Block(_)
        | Event::Reading { .. }
        | Event::Subscribed { .. }
        | Event::Heartbeat { .. }
        | Event::Violation { .. }
        | Event::Patience(_) => {}
    }
}

/// Gives each text of causes to `each`.
pub fn texts_of_causes(causes: &mut [Cause], each: &mut dyn FnMut(&mut String)) {
    for cause in causes {
        for text in [&mut cause.title, &mut cause.text, &mut cause.snippet] {
            each(text);
        }
    }
}

fn of_notice(notice: &mut Notice, each: &mut dyn FnMut(&mut String)) {
    for text in [&mut notice.title, &mut notice.text, &mut notice.evidence] {
        each(text);
    }
}
