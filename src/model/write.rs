//! Writing with care: arming, the question whether a write may go out, and what becomes of it.
//!
//! Nothing in here sends, and no state leads back to sending: no reconnect can send a write again.

use std::time::Duration;

use super::catalog::CommandRole;
use super::datatype::DataType;
use super::display::harmless;
use super::event::Outcome;
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
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct WriteAttempt<'a> {
    /// The connection is armed.
    pub armed: bool,
    /// Its link.
    pub link: &'a LinkState,
    /// The channel's quality; [`Quality::Live`] for a command, which has none.
    pub quality: Quality,
    /// The description lets it be written.
    pub writable: bool,
    /// The readings come from a capture.
    pub replay: bool,
    /// What was sent before has not gone out yet.
    pub congested: bool,
    /// What kind of command it is; [`CommandRole::Other`] for a channel.
    pub role: CommandRole,
}

/// Why a write does not go out, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The page no longer knows it.
    #[error("it is gone: the instrument no longer offers it, or the connection was removed")]
    Gone,
    /// The description allows no writes.
    #[error("it is read-only: the instrument does not let it be written")]
    ReadOnly,
    /// The values come from a capture.
    #[error("this is a replay: connect to an instrument to write")]
    Replay,
    /// There is no link.
    #[error("there is no link: wait until it is connected again, or press Retry now")]
    NoLink,
    /// The peer may be gone.
    #[error("the instrument is silent: wait until it answers again")]
    Silent,
    /// Nobody has armed the connection, or it ran out.
    #[error("the connection is read-only: press Arm first")]
    NotArmed,
    /// The browser has not sent yet what was written before.
    #[error("the link is congested: wait until what was sent before has gone out")]
    Congested,
    /// The channel is paused, so that nobody sees what it says.
    #[error("the channel is paused: resume it first, to see the present value")]
    Paused,
    /// The value on the page is too old to decide by.
    #[error("the value shown is stale: read it again first")]
    Stale,
}

/// Whether a write may go out. Of several reasons against it the one that waiting and arming do not mend comes
/// first.
///
/// A value that the source reports as an error may be written: that may be the cure. A late one may too. A stop is
/// spared the confirmation, not the arming; and it goes out on a link that is silent or congested too, since it may
/// still arrive. What only asks needs no arming.
pub fn permit(attempt: &WriteAttempt<'_>) -> Result<(), Refusal> {
    if attempt.replay || attempt.quality == Quality::Replay {
        return Err(Refusal::Replay);
    }
    if !attempt.writable {
        return Err(Refusal::ReadOnly);
    }
    let is_stop = attempt.role == CommandRole::Stop;
    match attempt.link {
        LinkState::Live { silent: false, .. } => {}
        LinkState::Live { silent: true, .. } if is_stop => {}
        LinkState::Live { silent: true, .. } => return Err(Refusal::Silent),
        LinkState::Connecting { .. }
        | LinkState::Waiting { .. }
        | LinkState::Closed
        | LinkState::Failed { .. } => return Err(Refusal::NoLink),
    }
    if !attempt.armed && attempt.role != CommandRole::Query {
        return Err(Refusal::NotArmed);
    }
    if attempt.congested && !is_stop {
        return Err(Refusal::Congested);
    }
    match attempt.quality {
        Quality::Live | Quality::Late | Quality::Invalid => Ok(()),
        Quality::Stale => Err(Refusal::Stale),
        Quality::Paused => Err(Refusal::Paused),
        Quality::Disconnected => Err(Refusal::NoLink),
        Quality::Replay => Err(Refusal::Replay),
    }
}

/// How far a write or a command has come. It was sent once, before the first of these states; none of them leads
/// to sending it again.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteState {
    /// Sent; no answer yet.
    Pending,
    /// The peer took it and told nothing back.
    Acknowledged,
    /// The peer told the value that holds now, which may be another one, or the result of a command.
    ReadBack {
        /// The value.
        value: Value,
        /// Its type, for display; `None` where it is not described.
        data_type: Option<DataType>,
    },
    /// The peer refused: its class and words.
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

impl WriteState {
    /// What a request has come to.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done { value: Some(value), data_type } => Self::ReadBack { value, data_type },
            Outcome::Done { value: None, .. } => Self::Acknowledged,
            Outcome::Refused { class, text } => Self::Refused { class, text },
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Lost => Self::Lost,
            Outcome::NotSent(why) => Self::NotSent(why),
        }
    }

    /// Nothing more is to be expected.
    pub fn is_settled(&self) -> bool {
        *self != Self::Pending
    }

    /// What went wrong, for a person; `None` where nothing did.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Pending | Self::Acknowledged | Self::ReadBack { .. } => None,
            Self::Refused { class, text } => {
                let class = harmless(class, WORDS_CHARS);
                Some(format!("The instrument refused: {class}: {}", harmless(text, WORDS_CHARS)))
            }
            Self::NotSent(why) => Some(format!("It was not sent: {}", harmless(why, WORDS_CHARS))),
            Self::TimedOut => Some(
                "No answer in time: it may or may not have been carried out. Look at the value before you try again."
                    .to_owned(),
            ),
            Self::Lost => Some(
                "The link fell before the answer: it may or may not have been carried out. It is not sent again."
                    .to_owned(),
            ),
        }
    }

    /// Nobody knows whether it was carried out: look at the instrument.
    pub fn is_uncertain(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Lost)
    }
}

/// How much of a peer's own words is shown.
const WORDS_CHARS: usize = 400;
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
        writable: true,
        replay: false,
        congested: false,
        role: CommandRole::Other,
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
            (WriteAttempt { congested: true, ..GOOD }, Err(Refusal::Congested)),
            (WriteAttempt { quality: Quality::Stale, ..GOOD }, Err(Refusal::Stale)),
            (WriteAttempt { quality: Quality::Paused, ..GOOD }, Err(Refusal::Paused)),
            (WriteAttempt { quality: Quality::Replay, ..GOOD }, Err(Refusal::Replay)),
            (WriteAttempt { replay: true, ..GOOD }, Err(Refusal::Replay)),
            (WriteAttempt { quality: Quality::Disconnected, ..GOOD }, Err(Refusal::NoLink)),
            (WriteAttempt { link: &LinkState::Closed, ..GOOD }, Err(Refusal::NoLink)),
            (WriteAttempt { link: &LinkState::Closed, armed: false, ..GOOD }, Err(Refusal::NoLink)),
            (WriteAttempt { link: &SILENT, ..GOOD }, Err(Refusal::Silent)),
            (WriteAttempt { writable: false, armed: false, ..GOOD }, Err(Refusal::ReadOnly)),
        ] {
            assert_eq!(permit(&attempt), verdict, "{attempt:?}");
        }
    }

    #[test]
    fn a_write_is_done_when_it_is_read_back() {
        let done = |value| WriteState::of(Outcome::Done { value, data_type: None });
        assert!(!WriteState::Pending.is_settled());
        assert_eq!(done(None), WriteState::Acknowledged);
        let read_back = done(Some(Value::Number(4.9)));
        assert_eq!(read_back, WriteState::ReadBack { value: Value::Number(4.9), data_type: None });
        assert!(read_back.is_settled() && !read_back.is_uncertain());
        for outcome in [Outcome::TimedOut, Outcome::Lost] {
            let state = WriteState::of(outcome);
            assert!(state.is_settled() && state.is_uncertain(), "{state:?}");
        }
    }

    #[test]
    fn a_stop_goes_out_on_a_silent_link_and_needs_to_be_armed() {
        let stop = WriteAttempt { role: CommandRole::Stop, congested: true, link: &SILENT, ..GOOD };
        assert_eq!(permit(&stop), Ok(()));
        assert_eq!(permit(&WriteAttempt { armed: false, ..stop }), Err(Refusal::NotArmed));
        assert_eq!(permit(&WriteAttempt { link: &LinkState::Closed, ..stop }), Err(Refusal::NoLink));
    }

    #[test]
    fn what_only_asks_needs_no_arming() {
        let query = WriteAttempt { role: CommandRole::Query, armed: false, ..GOOD };
        assert_eq!(permit(&query), Ok(()));
        assert_eq!(permit(&WriteAttempt { link: &SILENT, ..query }), Err(Refusal::Silent));
        assert_eq!(permit(&WriteAttempt { congested: true, ..query }), Err(Refusal::Congested));
    }

    #[test]
    fn trouble_is_told_in_the_words_of_the_peer() {
        let refused = Outcome::Refused { class: "RangeError".into(), text: "401 is\u{202e} too much".into() };
        let words = |outcome: Outcome| WriteState::of(outcome).trouble().unwrap_or_default();
        assert_eq!(words(refused), "The instrument refused: RangeError: 401 is\\u{202E} too much");
        assert_eq!(words(Outcome::NotSent("it is busy".into())), "It was not sent: it is busy");
        assert!(words(Outcome::Lost).ends_with("It is not sent again."));
        assert!(words(Outcome::TimedOut).contains("may or may not"));
        assert_eq!(words(Outcome::Done { value: None, data_type: None }), "");
    }
}
