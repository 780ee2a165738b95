//! Writing with care: arming, the question whether a write may go out, and its life until it is read back.
//!
//! Nothing in here sends. A request goes out once, when it is made; no state leads back to sending, so that no
//! reconnect can send it again.

use std::time::Duration;

use super::catalog::Access;
use super::event::{Outcome, RequestId};
use super::link::LinkState;
use super::quality::Quality;
use super::time::Instant;
use super::value::Value;

/// Whether writes are allowed on one connection: armed by a person, for a while.
#[derive(Clone, Copy, Debug)]
pub struct Arming {
    until: Option<Instant>,
    idle_limit: Duration,
}

impl Default for Arming {
    fn default() -> Self {
        Self { until: None, idle_limit: IDLE_LIMIT }
    }
}

impl Arming {
    /// Disarmed; once armed it runs out after `idle_limit` without activity.
    pub fn new(idle_limit: Duration) -> Self {
        Self { until: None, idle_limit }
    }

    /// Allows writes.
    pub fn arm(&mut self, now: Instant) {
        self.until = Some(now + self.idle_limit);
    }

    /// Ends it.
    pub fn disarm(&mut self) {
        self.until = None;
    }

    /// Somebody is at work on the connection: the time starts anew. What has run out stays so.
    pub fn touch(&mut self, now: Instant) {
        if self.is_armed(now) {
            self.arm(now);
        }
    }

    /// Writes are allowed.
    pub fn is_armed(&self, now: Instant) -> bool {
        self.remaining(now).is_some()
    }

    /// How long it lasts without activity; `None` while disarmed.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        self.until.filter(|until| now < *until).map(|until| until.since(now))
    }
}

/// Someone is about to write to a channel, or to execute a command.
#[derive(Clone, Copy, Debug)]
pub struct WriteAttempt<'a> {
    /// The connection is armed.
    pub armed: bool,
    /// Its link.
    pub link: &'a LinkState,
    /// The channel's quality; [`Quality::Live`] for a command, which has none.
    pub quality: Quality,
    /// What may be done with the channel; [`Access::ReadWrite`] for a command.
    pub access: Access,
    /// The description says that the value never changes.
    pub constant: bool,
    /// It ends a movement: how fresh a value is does not matter then.
    pub is_stop: bool,
    /// What was sent before still waits in the page's send buffer: the instrument does not keep up.
    pub congested: bool,
}

/// Why a write does not go out, and what to do. The first that applies, the one that no waiting mends foremost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The peer no longer offers it.
    #[error("it is gone: the instrument no longer offers it")]
    Gone,
    /// The description allows no writes.
    #[error("it is read-only: the instrument does not let it be written")]
    ReadOnly,
    /// The description gives a constant.
    #[error("it is a constant: the instrument says that it never changes")]
    Constant,
    /// The values come from a capture.
    #[error("this is a replay: there is no instrument to write to, connect to one first")]
    Replay,
    /// There is no link.
    #[error("there is no link: wait until it is connected again, or press Retry now")]
    NoLink,
    /// The peer may be gone.
    #[error("the instrument is silent: wait until it answers again")]
    Silent,
    /// The peer does not take what is sent.
    #[error("the instrument does not keep up: wait until it has taken what was sent before")]
    Congested,
    /// Nobody has armed the connection, or it ran out.
    #[error("the connection is read-only: press Arm first")]
    NotArmed,
    /// The channel is paused, so that nobody sees what it says.
    #[error("the channel is paused: resume it first, to see the present value")]
    Paused,
    /// The value on the page is too old to decide by.
    #[error("the value shown is stale: read it again first")]
    Stale,
}

/// Whether a write may go out.
///
/// A value that the source reports as an error may be written: that may be the cure. A late one may too. A stop
/// needs an armed connection and a live link and nothing else.
pub fn permit(attempt: &WriteAttempt<'_>) -> Result<(), Refusal> {
    match attempt.access {
        Access::Read => return Err(Refusal::ReadOnly),
        Access::ReadWrite if attempt.constant => return Err(Refusal::Constant),
        Access::ReadWrite => {}
    }
    if attempt.quality == Quality::Replay {
        return Err(Refusal::Replay);
    }
    match attempt.link {
        LinkState::Live { silent: false, .. } => {}
        LinkState::Live { silent: true, .. } if attempt.is_stop => {}
        LinkState::Live { silent: true, .. } => return Err(Refusal::Silent),
        LinkState::Connecting { .. }
        | LinkState::Waiting { .. }
        | LinkState::Closed
        | LinkState::Failed { .. } => return Err(Refusal::NoLink),
    }
    if attempt.congested && !attempt.is_stop {
        return Err(Refusal::Congested);
    }
    if !attempt.armed {
        return Err(Refusal::NotArmed);
    }
    match attempt.quality {
        _ if attempt.is_stop => Ok(()),
        Quality::Live | Quality::Late | Quality::Invalid => Ok(()),
        Quality::Stale => Err(Refusal::Stale),
        Quality::Paused => Err(Refusal::Paused),
        Quality::Disconnected => Err(Refusal::NoLink),
        Quality::Replay => Err(Refusal::Replay),
    }
}

/// A write that has been sent, once.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingWrite {
    request: RequestId,
    value: Value,
    since: Instant,
    stage: WriteStage,
}

/// How far a write has come.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteStage {
    /// Sent; no answer yet.
    Pending,
    /// The instrument took it; what it made of it is not known yet.
    Acknowledged,
    /// The instrument told the value that holds now, which may be another one.
    ReadBack(Value),
    /// The instrument refused: its class and words.
    Refused {
        /// The peer's class, e.g. `RangeError`.
        class: String,
        /// The peer's words.
        text: String,
    },
    /// It was not sent, and why.
    NotSent(String),
    /// No answer in time: it may or may not have been carried out.
    TimedOut,
    /// The link fell before the answer: it may or may not have been carried out.
    Lost,
}

impl PendingWrite {
    /// A write that is being sent.
    pub fn new(request: RequestId, value: Value, now: Instant) -> Self {
        Self { request, value, since: now, stage: WriteStage::Pending }
    }

    /// Which request carries it.
    pub fn request(&self) -> RequestId {
        self.request
    }

    /// What was asked for.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// When it was sent.
    pub fn since(&self) -> Instant {
        self.since
    }

    /// How far it has come.
    pub fn stage(&self) -> &WriteStage {
        &self.stage
    }

    /// Nothing more is expected.
    pub fn is_settled(&self) -> bool {
        match self.stage {
            WriteStage::Pending | WriteStage::Acknowledged => false,
            WriteStage::ReadBack(_)
            | WriteStage::Refused { .. }
            | WriteStage::NotSent(_)
            | WriteStage::TimedOut
            | WriteStage::Lost => true,
        }
    }

    /// A request has ended. Only the first end of this write's own request counts.
    pub fn reply(&mut self, request: RequestId, outcome: &Outcome) {
        if request != self.request || self.stage != WriteStage::Pending {
            return;
        }
        self.stage = match outcome.clone() {
            Outcome::Done { value: Some(value), .. } => WriteStage::ReadBack(value),
            Outcome::Done { value: None, .. } => WriteStage::Acknowledged,
            Outcome::Refused { class, text } => WriteStage::Refused { class, text },
            Outcome::TimedOut => WriteStage::TimedOut,
            Outcome::Lost => WriteStage::Lost,
            Outcome::NotSent(why) => WriteStage::NotSent(why),
        };
    }

    /// The channel has a new value: after the acknowledgement it is the read-back.
    pub fn reading(&mut self, value: &Value) {
        if self.stage == WriteStage::Acknowledged {
            self.stage = WriteStage::ReadBack(value.clone());
        }
    }

    /// The link has fallen: a write without an answer is lost. One that was acknowledged was carried out.
    pub fn link_lost(&mut self) {
        if self.stage == WriteStage::Pending {
            self.stage = WriteStage::Lost;
        }
    }
}

/// Arming runs out after so long without activity.
pub const IDLE_LIMIT: Duration = Duration::from_mins(5);

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: LinkState = LinkState::Live { since: Instant(0.0), silent: false };
    const SILENT: LinkState = LinkState::Live { since: Instant(0.0), silent: true };
    const GOOD: WriteAttempt<'_> = WriteAttempt {
        armed: true,
        link: &LIVE,
        quality: Quality::Live,
        access: Access::ReadWrite,
        constant: false,
        is_stop: false,
        congested: false,
    };

    #[test]
    fn arming_runs_out_when_nobody_is_at_work() {
        let mut arming = Arming::default();
        let minute = Duration::from_mins(1);
        let start = Instant(1000.0);
        arming.touch(start);
        assert_eq!(arming.remaining(start), None);
        arming.arm(start);
        assert_eq!(arming.remaining(start + minute), Some(4 * minute));
        arming.touch(start + 4 * minute);
        assert!(arming.is_armed(start + 8 * minute));
        assert!(!arming.is_armed(start + 9 * minute));
        arming.touch(start + 9 * minute);
        assert!(!arming.is_armed(start + 9 * minute));
        arming.arm(start);
        arming.disarm();
        assert!(!arming.is_armed(start));
    }

    #[test]
    fn writes_are_refused_for_the_right_reason() {
        for (attempt, verdict) in [
            (GOOD, Ok(())),
            (WriteAttempt { quality: Quality::Late, ..GOOD }, Ok(())),
            (WriteAttempt { quality: Quality::Invalid, ..GOOD }, Ok(())),
            (WriteAttempt { armed: false, ..GOOD }, Err(Refusal::NotArmed)),
            (WriteAttempt { quality: Quality::Stale, ..GOOD }, Err(Refusal::Stale)),
            (WriteAttempt { quality: Quality::Paused, ..GOOD }, Err(Refusal::Paused)),
            (WriteAttempt { quality: Quality::Replay, ..GOOD }, Err(Refusal::Replay)),
            (WriteAttempt { quality: Quality::Disconnected, ..GOOD }, Err(Refusal::NoLink)),
            (WriteAttempt { link: &LinkState::Closed, ..GOOD }, Err(Refusal::NoLink)),
            (WriteAttempt { link: &SILENT, ..GOOD }, Err(Refusal::Silent)),
            (WriteAttempt { congested: true, ..GOOD }, Err(Refusal::Congested)),
            (WriteAttempt { congested: true, is_stop: true, ..GOOD }, Ok(())),
            (WriteAttempt { access: Access::Read, armed: false, ..GOOD }, Err(Refusal::ReadOnly)),
            (WriteAttempt { constant: true, ..GOOD }, Err(Refusal::Constant)),
        ] {
            assert_eq!(permit(&attempt), verdict, "{attempt:?}");
        }
    }

    #[test]
    fn a_stop_needs_an_armed_connection_and_a_link_only() {
        let stop = WriteAttempt { is_stop: true, quality: Quality::Stale, link: &SILENT, ..GOOD };
        assert_eq!(permit(&stop), Ok(()));
        assert_eq!(permit(&WriteAttempt { armed: false, ..stop }), Err(Refusal::NotArmed));
        assert_eq!(permit(&WriteAttempt { link: &LinkState::Closed, ..stop }), Err(Refusal::NoLink));
    }

    #[test]
    fn a_write_is_done_when_it_is_read_back() {
        let done = |value| Outcome::Done { value, data_type: None };
        let mut write = PendingWrite::new(RequestId(7), Value::Number(5.0), Instant(0.0));
        write.reading(&Value::Number(4.0));
        write.reply(RequestId(6), &done(Some(Value::Null)));
        assert_eq!(write.stage(), &WriteStage::Pending);
        write.reply(RequestId(7), &done(None));
        assert!(!write.is_settled());
        write.link_lost();
        assert_eq!(write.stage(), &WriteStage::Acknowledged);
        write.reading(&Value::Number(4.9));
        assert_eq!(write.stage(), &WriteStage::ReadBack(Value::Number(4.9)));
        // Once settled it stays so, whatever comes.
        write.reply(RequestId(7), &Outcome::TimedOut);
        write.link_lost();
        write.reading(&Value::Null);
        assert_eq!(write.stage(), &WriteStage::ReadBack(Value::Number(4.9)));
    }

    #[test]
    fn a_write_without_an_answer_is_lost_with_the_link() {
        let mut write = PendingWrite::new(RequestId(7), Value::Number(5.0), Instant(0.0));
        write.link_lost();
        write.reply(RequestId(7), &Outcome::Done { value: Some(Value::Number(5.0)), data_type: None });
        assert_eq!((write.stage(), write.is_settled()), (&WriteStage::Lost, true));
    }
}
