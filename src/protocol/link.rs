//! The life of one connection's link: when to dial, when to wait, when a silent peer counts as gone.
//!
//! A [`Link`] knows no protocol and no socket: it is told what happened and asked, with [`Link::due`], what is to
//! be done by now. It has no opinion on why a link was lost; `connection` has, and says with [`Next`] how to go on.

use std::time::Duration;

use super::random::Random;
use crate::model::link::Epoch;
use crate::model::time::Instant;

/// How long a socket may take to open. A host that is off answers nothing at all, and the browser alone would wait
/// for minutes; a slow handshake over a tunnel takes 2 s or 3 s.
pub const OPEN_TIMEOUT: Duration = Duration::from_secs(8);
/// How long sessions give a peer for its first valid message after the socket has opened.
pub const FIRST_MESSAGE_TIMEOUT: Duration = Duration::from_secs(5);
/// The link gives up later than a session would: the session can say what it waited for.
const FIRST_MESSAGE_LIMIT: Duration = Duration::from_secs(6);

/// Back-off starts with a window of this length, and doubles it with each attempt …
pub const BACKOFF_BASE: Duration = Duration::from_millis(500);
/// … up to this one. A person who has switched a device on waits no longer than this for its values.
pub const BACKOFF_CAP: Duration = Duration::from_secs(15);
/// Two dials of one connection are never closer than this, whatever asks for them.
pub const DIAL_SPACING: Duration = Duration::from_millis(100);
/// When the network or the person comes back, all connections dial again, spread over this.
pub const RETURN_JITTER: Duration = Duration::from_millis(250);
/// A link that carried frames for so long was good: its loss starts a new count of attempts.
pub const GOOD_AFTER: Duration = Duration::from_secs(30);

/// After so long without a frame the peer is asked for a sign of life; after twice as long it is asked again and
/// its values count as stale. 5 s is what a person bears before asking whether the picture still moves.
pub const PROBE_AFTER: Duration = Duration::from_millis(2500);
/// After so long without a frame the link is given up, unless the peer has asked for more patience.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(10);
/// The most patience that a peer gets: beyond a minute nobody believes in the values anyway.
pub const PATIENCE_CAP: Duration = Duration::from_mins(1);
/// A deadline that is noticed later than this was slept through: by the machine, or by a page in the background,
/// whose timers browsers slow down to one a minute.
pub const SLEPT_AFTER: Duration = Duration::from_secs(2);
/// A page that was hidden for longer may have had slow timers.
pub const LONG_HIDDEN: Duration = Duration::from_secs(10);
/// What a peer gets after a sleep before it is judged: its frames may be queued behind the timer.
pub const WAKE_GRACE: Duration = Duration::from_secs(5);

/// The life of one connection's link.
#[derive(Clone, Debug)]
pub struct Link {
    phase: Phase,
    epoch: Epoch,
    last_dial: Option<Instant>,
    attempts: u32,
    down_since: Option<Instant>,
    hidden_since: Option<Instant>,
    patience: Duration,
    random: Random,
}

/// Where a link stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nobody wants it.
    Closed,
    /// Put aside with the page; it comes back with it.
    Suspended,
    /// It dials at `until`.
    Waiting {
        /// When it dials.
        until: Instant,
    },
    /// A socket is being opened.
    Dialling {
        /// Since when.
        since: Instant,
    },
    /// The socket is open; no valid message has come yet.
    Greeting {
        /// Since when it is open.
        opened: Instant,
    },
    /// Valid messages come.
    Live(Pulse),
    /// Trying again would not help.
    Failed {
        /// Since when.
        since: Instant,
    },
}

/// The signs of life of a live link.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulse {
    /// Since when it is live.
    pub since: Instant,
    /// When the last frame came.
    pub heard: Instant,
    /// Deadlines missed since then: at the first the peer is asked, at the second it counts as silent.
    missed: u8,
    /// Somebody outside wants a sign of life now.
    ask: bool,
    grace: Grace,
}

/// Whether a silent peer is spared because this page slept.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grace {
    /// No sleep was noticed since the last frame.
    Unused,
    /// The peer is not judged before this.
    Until(Instant),
    /// It had its grace.
    Spent,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Open a socket.
    Dial(Epoch),
    /// Ask the peer for a sign of life.
    Probe,
    /// The peer now counts as silent; its values are stale.
    Silent,
    /// What was waited for did not come (the phase says what): close the socket and call [`Link::lost`].
    Overdue,
}

/// How to go on after a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Dial again after a random wait.
    BackOff,
    /// Dial again at once: something else is tried, so it is no repetition.
    AtOnce,
    /// Do not dial before somebody asks for it.
    Never,
}

impl Link {
    /// A link that nobody wants yet.
    pub fn new(random: Random) -> Self {
        Self {
            phase: Phase::Closed,
            epoch: Epoch::default(),
            last_dial: None,
            attempts: 0,
            down_since: None,
            hidden_since: None,
            patience: Duration::ZERO,
            random,
        }
    }

    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The present socket's epoch, or the last one's.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Failed attempts since the link was last good.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Failed attempts, if the present socket were lost now.
    pub fn attempts_after_loss(&self) -> u32 {
        if self.is_good() { 0 } else { self.attempts.saturating_add(1) }
    }

    /// Since when there has been no live link.
    pub fn down_since(&self) -> Option<Instant> {
        self.down_since
    }

    /// When the present socket was dialled, or the last one.
    pub fn dialled(&self) -> Option<Instant> {
        self.last_dial
    }

    /// There is a socket: opening or open.
    pub fn has_socket(&self) -> bool {
        matches!(self.phase, Phase::Dialling { .. } | Phase::Greeting { .. } | Phase::Live(_))
    }

    /// The socket is open.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Greeting { .. } | Phase::Live(_))
    }

    /// Somebody wants the link: dial, unless that is under way.
    pub fn start(&mut self, now: Instant) {
        match self.phase {
            Phase::Closed | Phase::Suspended | Phase::Failed { .. } => {
                self.attempts = 0;
                self.down_since = Some(now);
                self.wait(now, Duration::ZERO);
            }
            Phase::Waiting { .. } | Phase::Dialling { .. } | Phase::Greeting { .. } | Phase::Live(_) => {}
        }
    }

    /// A person does not want to wait.
    pub fn retry(&mut self, now: Instant) {
        match self.phase {
            Phase::Waiting { .. } => self.wait(now, Duration::ZERO),
            Phase::Closed | Phase::Suspended | Phase::Failed { .. } => self.start(now),
            Phase::Dialling { .. } | Phase::Greeting { .. } | Phase::Live(_) => {}
        }
    }

    /// Nobody wants the link any more. The caller closes the socket.
    pub fn stop(&mut self) {
        self.phase = Phase::Closed;
    }

    /// The page is put aside. The caller closes the socket.
    pub fn suspend(&mut self) {
        if self.has_socket() || matches!(self.phase, Phase::Waiting { .. }) {
            self.phase = Phase::Suspended;
        }
    }

    /// The page is back.
    pub fn resume(&mut self, now: Instant) {
        if self.phase == Phase::Suspended {
            self.start(now);
        }
    }

    /// The network is back.
    pub fn online(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Waiting { .. } => self.hurry(now),
            // The old socket may look open and lead nowhere.
            Phase::Live(pulse) => pulse.ask = true,
            Phase::Closed
            | Phase::Suspended
            | Phase::Dialling { .. }
            | Phase::Greeting { .. }
            | Phase::Failed { .. } => {}
        }
    }

    /// The page is out of sight.
    pub fn hidden(&mut self, now: Instant) {
        self.hidden_since.get_or_insert(now);
    }

    /// The page is in sight again.
    pub fn visible(&mut self, now: Instant) {
        let hidden = self.hidden_since.take().map_or(Duration::ZERO, |since| now.since(since));
        match &mut self.phase {
            Phase::Waiting { .. } => self.hurry(now),
            Phase::Live(pulse) if hidden > LONG_HIDDEN && now.since(pulse.heard) > PROBE_AFTER => {
                pulse.wake(now);
            }
            Phase::Closed
            | Phase::Suspended
            | Phase::Dialling { .. }
            | Phase::Greeting { .. }
            | Phase::Live(_)
            | Phase::Failed { .. } => {}
        }
    }

    /// The socket is open.
    pub fn opened(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Dialling { .. }) {
            self.phase = Phase::Greeting { opened: now };
        }
    }

    /// A frame came, whatever it says. True if the peer had counted as silent.
    pub fn heard(&mut self, now: Instant) -> bool {
        let Phase::Live(pulse) = &mut self.phase else { return false };
        let was_silent = pulse.is_silent();
        *pulse = Pulse { since: pulse.since, ..Pulse::new(now) };
        was_silent
    }

    /// The first valid message came.
    pub fn recognised(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Greeting { .. }) {
            self.phase = Phase::Live(Pulse::new(now));
            self.down_since = None;
            self.patience = Duration::ZERO;
        }
    }

    /// The peer asks to be given so long for an answer.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience.min(PATIENCE_CAP);
    }

    /// How long a live peer may be silent before it is given up.
    pub fn silence_limit(&self) -> Duration {
        SILENCE_LIMIT.max(PROBE_AFTER + self.patience)
    }

    /// The socket is gone, or could not be had. The caller has closed it.
    pub fn lost(&mut self, now: Instant, next: Next) {
        if !self.has_socket() {
            return;
        }
        let down_since = *self.down_since.get_or_insert(now);
        match next {
            Next::BackOff => {
                self.attempts = self.attempts_after_loss();
                let window = (BACKOFF_BASE * (1 << self.attempts.min(16))).min(BACKOFF_CAP);
                let delay = self.random.up_to(window);
                self.wait(now, delay);
            }
            Next::AtOnce => self.wait(now, Duration::ZERO),
            Next::Never => self.phase = Phase::Failed { since: down_since },
        }
    }

    /// What is to be done by now; ask until `None`.
    pub fn due(&mut self, now: Instant) -> Option<Due> {
        if let Phase::Live(pulse) = &mut self.phase
            && std::mem::take(&mut pulse.ask)
        {
            return Some(Due::Probe);
        }
        let deadline = self.deadline().filter(|deadline| *deadline <= now)?;
        match &mut self.phase {
            Phase::Waiting { .. } => {
                self.epoch = Epoch(self.epoch.0.wrapping_add(1));
                self.last_dial = Some(now);
                self.phase = Phase::Dialling { since: now };
                Some(Due::Dial(self.epoch))
            }
            Phase::Dialling { .. } | Phase::Greeting { .. } => Some(Due::Overdue),
            Phase::Live(pulse) => Some(pulse.judge(now, deadline)),
            Phase::Closed | Phase::Suspended | Phase::Failed { .. } => None,
        }
    }

    /// When [`Link::due`] has something next.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Waiting { until } => Some(*until),
            Phase::Dialling { since } => Some(*since + OPEN_TIMEOUT),
            Phase::Greeting { opened } => Some(*opened + FIRST_MESSAGE_LIMIT),
            Phase::Live(pulse) => Some(pulse.deadline(self.silence_limit())),
            Phase::Closed | Phase::Suspended | Phase::Failed { .. } => None,
        }
    }

    fn is_good(&self) -> bool {
        match &self.phase {
            Phase::Live(pulse) => pulse.heard.since(pulse.since) >= GOOD_AFTER,
            Phase::Closed
            | Phase::Suspended
            | Phase::Waiting { .. }
            | Phase::Dialling { .. }
            | Phase::Greeting { .. }
            | Phase::Failed { .. } => false,
        }
    }

    fn wait(&mut self, now: Instant, delay: Duration) {
        let wanted = now + delay;
        let allowed = self.last_dial.map_or(wanted, |last| last + DIAL_SPACING);
        self.phase = Phase::Waiting { until: if wanted < allowed { allowed } else { wanted } };
    }

    /// Dials soon, unless it is to dial even sooner.
    fn hurry(&mut self, now: Instant) {
        let Phase::Waiting { until } = self.phase else { return };
        let delay = self.random.up_to(RETURN_JITTER);
        if now + delay < until {
            self.wait(now, delay);
        }
    }
}

impl Pulse {
    /// Two deadlines are missed: the peer counts as silent.
    pub fn is_silent(&self) -> bool {
        self.missed >= 2
    }

    fn new(now: Instant) -> Self {
        Self { since: now, heard: now, missed: 0, ask: false, grace: Grace::Unused }
    }

    fn deadline(&self, limit: Duration) -> Instant {
        match (self.grace, self.missed) {
            (Grace::Until(until), _) => until,
            (Grace::Unused | Grace::Spent, 0) => self.heard + PROBE_AFTER,
            (Grace::Unused | Grace::Spent, 1) => self.heard + PROBE_AFTER * 2,
            (Grace::Unused | Grace::Spent, _) => self.heard + limit,
        }
    }

    fn judge(&mut self, now: Instant, deadline: Instant) -> Due {
        match self.grace {
            Grace::Unused if now.since(deadline) > SLEPT_AFTER => {
                self.wake(now);
                self.ask = false;
                return Due::Probe;
            }
            Grace::Until(_) => {
                self.grace = Grace::Spent;
                self.missed = 2;
                return Due::Silent;
            }
            Grace::Unused | Grace::Spent => {}
        }
        match self.missed {
            0 => {
                self.missed = 1;
                Due::Probe
            }
            1 => {
                self.missed = 2;
                self.ask = true;
                Due::Silent
            }
            _ => Due::Overdue,
        }
    }

    /// The page slept: the peer is asked, and judged later. Once, until it is heard again.
    fn wake(&mut self, now: Instant) {
        if self.grace == Grace::Unused {
            self.grace = Grace::Until(now + WAKE_GRACE);
            self.ask = true;
        }
    }
}
