//! From an open socket to a session, and its end.

use super::dialect::{Hello, Told};
use super::requests::Ask;
use super::{EtpSession, PATIENCE, Phase, words_of};
use crate::model::event::{Event, Notice};
use crate::model::link::Cause;
use crate::model::reading::Severity;
use crate::model::time::Now;
use crate::protocol::etp::header::MessageHeader;
use crate::protocol::etp::version::Version;
use crate::protocol::link::FIRST_MESSAGE_TIMEOUT;
use crate::protocol::random::Random;

/// Who one is must be shown first (v1.2).
const AUTHORIZATION_REQUIRED: i32 = 27;

impl EtpSession {
    pub(super) fn opened(&mut self, now: Now, subprotocol: &str) {
        self.reset();
        // An empty one comes from what is no socket: a capture.
        if !subprotocol.is_empty() && Version::of_subprotocol(subprotocol) != Some(self.version) {
            self.violation("a server takes the subprotocol that is offered");
        }
        self.phase = Phase::Greeting { until: now.instant + FIRST_MESSAGE_TIMEOUT, is_authorizing: false };
        self.request_session(now);
    }

    fn request_session(&mut self, now: Now) {
        // The time of the page tells it from others well enough; it is no secret.
        let mut random = Random::new(now.wall.0.cast_unsigned());
        let mut instance = [0; 16];
        for half in instance.chunks_mut(8) {
            half.copy_from_slice(&random.next_u64().to_be_bytes());
        }
        // Version 4, RFC 9562.
        instance[6] = instance[6] & 0x0f | 0x40;
        instance[8] = instance[8] & 0x3f | 0x80;
        let hello =
            Hello { instance, micros: now.wall.0, name: "Porthole", version: env!("CARGO_PKG_VERSION") };
        let message = self.dialect.request_session(&hello);
        self.ask(now, Ask::Session, message);
    }

    /// A message came before there is a session.
    pub(super) fn greeted(&mut self, now: Now, header: &MessageHeader, told: Told) {
        match told {
            Told::Opened(server) => {
                if let Some(place) = self.requests.place(header.correlation_id, &Told::Opened(server.clone()))
                {
                    self.requests.end(place);
                }
                self.begin(now, *server);
            }
            Told::Authorized { success: true, .. } => self.request_session(now),
            Told::Authorized { success: false, challenges } => self.unauthorized(&challenges.join(", ")),
            Told::Failed(refusal) => {
                let words = words_of(self.version, &refusal);
                let is_shown = matches!(self.phase, Phase::Greeting { is_authorizing: true, .. });
                let token = self.settings.token.clone();
                let authorize = self.dialect.authorize(&token).filter(|_| !token.is_empty() && !is_shown);
                match (refusal.code, authorize) {
                    (AUTHORIZATION_REQUIRED, Some(authorize)) => {
                        if let Phase::Greeting { is_authorizing, .. } = &mut self.phase {
                            *is_authorizing = true;
                        }
                        self.ask(now, Ask::Authorize, authorize);
                    }
                    (AUTHORIZATION_REQUIRED, None) => self.unauthorized(&words),
                    _ => self.refused(&words),
                }
            }
            Told::Closed(reason) => self.refused(&["it closed the session: ", &reason].concat()),
            Told::Ping => {
                let pong = self.dialect.pong(now.wall.0);
                self.answer(header.message_id, pong);
            }
            Told::Found(_)
            | Told::Described(_)
            | Told::Subscribed
            | Told::Data
            | Told::Past
            | Told::Rewritten { .. }
            | Told::Truncated(_)
            | Told::Stopped { .. }
            | Told::Removed { .. }
            | Told::Status { .. }
            | Told::Pong
            | Told::Acknowledged
            | Told::Other(_)
            | Told::Unknown => self.violation("the first message opens the session"),
        }
    }

    /// There is a session.
    fn begin(&mut self, now: Now, server: super::Server) {
        self.phase = Phase::Starting;
        self.event(Event::Recognised { speaks: ["ETP v", self.version.number()].concat() });
        let catalog = &mut self.tree.catalog;
        catalog.title.clone_from(&server.name);
        catalog.pausable = !server.is_simple;
        catalog.inspectable = true;
        catalog.facts =
            [("Software", &server.name), ("Version", &server.version), ("Session", &server.session)]
                .into_iter()
                .filter(|(_, fact)| !fact.is_empty())
                .map(|(name, fact)| (name.to_owned(), fact.clone()))
                .collect();
        self.tree.is_changed = true;
        self.server = server;
        if self.version == Version::V12
            && !self.settings.token.is_empty()
            && let Some(authorize) = self.dialect.authorize(&self.settings.token)
        {
            self.ask(now, Ask::Authorize, authorize);
        }
        if self.dialect.ping(&self.server, 0).is_none() {
            // Nothing can be asked of it: its silence alone tells.
            self.event(Event::Patience(PATIENCE));
        }
        if !self.server.streams {
            return self.refused("it offers neither of the protocols that stream channels (1, 21)");
        }
        let gap = self.pace.gap_millis;
        if let Some(begin) = self.dialect.begin(&self.server, gap, self.settings.items) {
            self.ask(now, Ask::Begin, begin);
        }
        self.begin_exploring(now);
    }

    /// Whether one was let in, within a session.
    pub(super) fn authorized(&mut self, now: Now, success: bool, challenges: &[String]) {
        if !success {
            let words = challenges.join(", ");
            let title = "The server does not accept the token";
            let text = "What it lets nobody in particular see may be seen all the same. Connect again with another token.";
            self.notice(now, Notice::new(Severity::Warning, title, text, &words));
        }
    }

    fn unauthorized(&mut self, words: &str) {
        let notice = Notice::new(
            Severity::Warning,
            "The server wants to know who you are",
            "Choose how to sign in, and connect again.",
            words,
        );
        let cause = Cause::new(
            "The token is missing, wrong or has run out",
            "In v1.2 a token goes in a message (Authorize), or in the address; a page cannot send the header that other \
             clients use.",
        );
        self.end(false, notice, vec![cause.with_offer("Sign in", Vec::new())]);
    }

    fn refused(&mut self, words: &str) {
        let title = ["The server opens no session of ETP v", self.version.number()].concat();
        let text = "It speaks ETP, but does not offer what this page needs of it, or not in this version.";
        self.end(true, Notice::new(Severity::Warning, &title, text, words), Vec::new());
    }

    fn end(&mut self, not_this_protocol: bool, notice: Notice, causes: Vec<Cause>) {
        self.phase = Phase::Over;
        self.event(Event::Refused { not_this_protocol, notice, causes });
    }

    pub(super) fn not_greeted(&mut self) {
        self.close("no OpenSession came");
    }

    /// The server ends the session: it is dialled again after a while.
    pub(super) fn closed_by_peer(&mut self, reason: &str) {
        let text = "It is asked for another one. What was subscribed goes on from its last value.";
        let notice = Notice::new(Severity::Warning, "The server closed the session", text, reason);
        self.event(Event::Notice(notice));
        self.close(&["the server closed the session: ", reason].concat());
    }

    pub(super) fn closed(&mut self) {
        self.reset();
        self.phase = Phase::Closed;
    }

    /// Somebody wants a sign of life.
    pub(super) fn probe(&mut self, now: Now) {
        if !self.is_ready() || self.requests.has(|ask| *ask == Ask::Ping) {
            return;
        }
        if let Some(ping) = self.dialect.ping(&self.server, now.wall.0) {
            self.ask(now, Ask::Ping, ping);
        }
    }
}
