//! What the session tells a person: bad frames, breaches, refusals. Notices are limited in number, counts are not.

use super::{Phase, SecopSession};
use crate::model::event::{Event, Notice};
use crate::model::reading::Severity;
use crate::model::time::Now;
use crate::protocol::Output;
use crate::protocol::secop::violation::{Rule, Violations};

impl SecopSession {
    /// Tells something, unless too much is told already.
    pub(super) fn notice(&mut self, now: Now, notice: Notice) {
        if self.limiter.pass(now.instant) {
            self.event(Event::Notice(notice));
        }
    }

    /// A frame, or a part of it, cannot be understood. Beyond the limit the notice is empty, and it only counts.
    pub(super) fn malformed(&mut self, now: Now, channel: Option<usize>, what: &str, frame: &str) {
        let notice = self.limiter.malformed(now.instant, what, frame);
        self.event(Event::Malformed { channel, notice });
    }

    pub(super) fn violation(&mut self, channel: Option<usize>, rule: Rule) {
        self.event(Event::Violation { channel, rule: rule.text() });
    }

    pub(super) fn violations(&mut self, channel: Option<usize>, violations: &Violations) {
        for rule in violations.iter() {
            self.violation(channel, rule);
        }
    }

    /// The peer is no SEC node.
    pub(super) fn refuse(&mut self, frame: &str) {
        self.phase = Phase::Closed;
        let notice = Notice::new(
            Severity::Alarm,
            "This is not a SECoP node",
            "Its answer to *IDN? is not the identification of a SEC node. Check the address and the port, or choose \
             another protocol.",
            frame,
        );
        self.outbox.push(Output::Event(Event::Refused {
            not_this_protocol: true,
            notice,
            causes: Vec::new(),
        }));
    }
}
