//! Who is there: the key, and what is said about it.

use super::calls::ANSWER_TIMEOUT;
use super::look::Seen;
use super::{ExositeSession, Phase};
use crate::model::event::{Event, Notice};
use crate::model::link::Cause;
use crate::model::reading::Severity;
use crate::model::time::Now;
use crate::protocol::exosite::answer::Incoming;
use crate::protocol::exosite::auth::AuthError;
use crate::protocol::exosite::procedure::{Part, Procedure};
use crate::protocol::exosite::resource::ResourceId;
use crate::protocol::exosite::status::Status;
use crate::protocol::link::FIRST_MESSAGE_TIMEOUT;
use crate::protocol::{Frame, Output};

/// A key that was good before may be cut off so often before anything is said about it: then it counts as refused.
const CUTS_MOST: u8 = 3;

/// What is known of the key.
#[derive(Debug, Default)]
pub(super) struct Startup {
    /// It was accepted on some socket.
    was_accepted: bool,
    /// Sockets in a row that were closed before anything was said about it.
    cuts: u8,
    /// The first frame on this socket that nobody could read while the key was not accepted yet.
    strange: Option<String>,
}

/// A call that costs the peer little.
pub(super) fn sign_of_life() -> Procedure {
    Procedure::Info { resource: ResourceId::Itself, parts: &[Part::Basic] }
}

impl ExositeSession {
    pub(super) fn opened(&mut self, now: Now) {
        self.reset();
        // On a new socket nothing is subscribed until it is seen to be.
        for (channel, told) in std::mem::take(&mut self.told_subscribed).into_iter().enumerate() {
            if told {
                self.event(Event::Subscribed { channel, on: false });
            }
        }
        self.startup.strange = None;
        match &self.auth {
            Ok(auth) => {
                let frame = auth.frame();
                self.phase = Phase::Greeting { until: now.instant + FIRST_MESSAGE_TIMEOUT };
                self.outbox.push(Output::Send(Frame::Text(frame)));
            }
            Err(error) => {
                let notice = no_key(*error);
                let cause = Cause::new(
                    "It was not filled in, or not kept",
                    "Keys are in memory alone unless you choose otherwise: after a reload they are asked for.",
                );
                self.refuse(false, notice, vec![cause.with_offer("Fill it in", Vec::new())]);
            }
        }
    }

    /// A frame came before the key was accepted.
    pub(super) fn greeted(&mut self, now: Now, incoming: &Incoming<'_>, frame: &str) {
        match incoming {
            Incoming::Status(status) => self.key_answered(now, status, frame),
            // Its own trouble may pass; all else is what it says to the key, and that is final (websocket/README.md).
            Incoming::Error(error) if error.code == Some(500) => {
                self.close(&["the server fails: ", &error.words()].concat());
            }
            Incoming::Error(error) => self.key_refused(&error.words(), frame),
            // A server may put it into a list, as everything else.
            Incoming::Answers { answers, .. } => match answers.as_slice() {
                [answer] if answer.id.is_none() && answer.result.is_none() => {
                    self.violation("the key's answer is an object");
                    let status = answer.status.clone();
                    self.key_answered(now, &status, frame);
                }
                _ => self.strange_frame(now, "it answers calls before the key", frame),
            },
        }
    }

    /// A frame that nobody can read.
    pub(super) fn strange_frame(&mut self, now: Now, what: &str, frame: &str) {
        if let Phase::Greeting { .. } = self.phase {
            self.startup.strange.get_or_insert_with(|| frame.to_owned());
        }
        self.malformed(now, None, what, frame);
    }

    fn key_answered(&mut self, now: Now, status: &Status, frame: &str) {
        if !status.is_ok() {
            let words = ["It answered: ", status.word(), ". ", status.explained()].concat();
            return self.key_refused(&words, frame);
        }
        self.startup.was_accepted = true;
        self.startup.cuts = 0;
        self.phase = Phase::Starting;
        self.event(Event::Recognised { speaks: "Exosite One Platform RPC".to_owned() });
        self.event(Event::Patience(ANSWER_TIMEOUT));
        self.seen = Seen::default();
        self.unseen.clear();
        // What is known goes on at once; what is new is looked for meanwhile.
        for channel in 0..self.told.1 {
            self.want(channel);
        }
        self.look(now, 0);
    }

    pub(super) fn key_refused(&mut self, words: &str, frame: &str) {
        let text =
            [words, " The key may be mistyped, expired or revoked, or belong to another server."].concat();
        let notice = Notice::new(Severity::Alarm, "The key was refused", &text, frame);
        self.refuse(false, notice, key_causes());
    }

    /// Nothing was said about the key in time.
    pub(super) fn not_greeted(&mut self) {
        match self.startup.strange.take() {
            Some(frame) => self.not_this_protocol(&frame),
            None => self.close("no answer to the key came in time"),
        }
    }

    fn not_this_protocol(&mut self, frame: &str) {
        let notice = Notice::new(
            Severity::Alarm,
            "What answers there does not speak the One Platform's RPC",
            "A One Platform server answers a key with a status. Check the address and the protocol: the key was sent to \
             whatever this is.",
            frame,
        );
        self.refuse(true, notice, Vec::new());
    }

    /// The socket is gone.
    pub(super) fn closed(&mut self) {
        let was_greeting = matches!(self.phase, Phase::Greeting { .. });
        self.phase = Phase::Closed;
        self.reset();
        if !was_greeting {
            return;
        }
        self.startup.cuts = self.startup.cuts.saturating_add(1);
        if self.startup.was_accepted && self.startup.cuts < CUTS_MOST {
            return;
        }
        if let Some(frame) = self.startup.strange.take() {
            return self.not_this_protocol(&frame);
        }
        // Servers may say no by hanging up. To come back with the same key again and again would be an attack.
        let notice = Notice::new(
            Severity::Alarm,
            "The key was refused: the server hung up when it saw it",
            "It closed the connection after the key and without a word, which mostly means that it does not accept it. \
             It is not tried again by itself.",
            "",
        );
        self.refuse(false, notice, key_causes());
    }

    fn refuse(&mut self, not_this_protocol: bool, notice: Notice, causes: Vec<Cause>) {
        self.phase = Phase::Over;
        self.event(Event::Refused { not_this_protocol, notice, causes });
    }
}

fn key_causes() -> Vec<Cause> {
    vec![
        Cause::new(
            "The key is not valid there",
            "Compare it with the key of the device, letter by letter: 40 digits 0-9 and letters a-f. A new key must be \
             activated before it works, and expires if that is not done in time.",
        ),
        Cause::new(
            "It is a key of another server",
            "A customer's own domain has its own keys. Its address is like wss://<domain>.m2.exosite.com/ws.",
        ),
        Cause::new(
            "It may not act for that client",
            "Where the key acts for another client or a resource, that must stand below the client that the key belongs \
             to.",
        ),
    ]
}

/// What is wrong with what a person chose, and what to do about it. The key itself is not told.
fn no_key(error: AuthError) -> Notice {
    let (title, text) = match error {
        AuthError::NoKey => (
            "The key is needed",
            "A One Platform server shows nothing without the key (CIK) of a device. Enter it in the settings of this \
             connection. It is kept in memory only, and gone with this page, unless you choose otherwise.",
        ),
        AuthError::Key { .. } => (
            "The key is not a key",
            "A key has 40 digits 0-9 and letters a-f, without blanks. Copy it again, whole. Nothing was sent.",
        ),
        AuthError::NoRid => (
            "The identifier is needed",
            "The key shall act for another client or a resource: enter the identifier (RID) of it, or sign in with the \
             key alone. Nothing was sent.",
        ),
        AuthError::Rid { .. } => (
            "The identifier is not an identifier",
            "The identifier (RID) of a client or a resource has 40 digits 0-9 and letters a-f. An alias does not do. \
             Nothing was sent.",
        ),
    };
    Notice::new(Severity::Alarm, title, text, &error.to_string())
}
