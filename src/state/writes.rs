//! Writing, safely: armed by a person, refused on a value that is not fresh, sent once and never again.

use super::App;
use crate::model::catalog::{Access, CommandRole};
use crate::model::display;
use crate::model::event::{Outcome, Request};
use crate::model::form;
use crate::model::limits::Limits;
use crate::model::quality::Quality;
use crate::model::reading::Report;
use crate::model::store::{ChannelId, ChannelRecord, ConnectionId};
use crate::model::time::Instant;
use crate::model::value::Value;
use crate::model::write::{Refusal, WriteAttempt, WriteState, permit};
use crate::state::signal::ArcRwSignal;
use crate::transport::clock;

/// The browser's send buffer above which nothing more is written, in bytes: the peer does not keep up.
const CONGESTED_BYTES: usize = 64 << 10;

/// The limits that other channels set to what may be written to one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PresentLimits {
    /// The limits as these channels have them now.
    pub limits: Limits,
    /// The names of these channels.
    pub names: Vec<String>,
}

/// A write on its way. Copies are the same write.
#[derive(Clone, Debug)]
pub struct SentWrite {
    /// What was sent.
    pub value: Value,
    /// How far it has come.
    pub state: ArcRwSignal<WriteState>,
    since: Instant,
}

/// What is written to, or executed: all that decides on a refusal beside the connection itself.
struct Subject {
    quality: Quality,
    writable: bool,
    role: CommandRole,
}

impl App {
    /// Allows writes on a connection until nobody has written for some minutes.
    pub fn arm(&self, id: ConnectionId) {
        if let Some(entry) = self.inner().entries.borrow_mut().get_mut(&id) {
            entry.arming.arm(clock::instant());
        }
        self.say(format!("Writing is allowed on {}.", self.title(id)));
        self.schedule();
    }

    /// Forbids writes on a connection.
    pub fn disarm(&self, id: ConnectionId) {
        let was_armed = {
            let inner = self.inner();
            let mut entries = inner.entries.borrow_mut();
            let Some(entry) = entries.get_mut(&id) else { return };
            let was_armed = entry.arming.is_armed(clock::instant());
            entry.arming.disarm();
            was_armed
        };
        if was_armed {
            self.say(format!("{} is read-only again.", self.title(id)));
        }
        self.schedule();
    }

    /// Forbids writes where the time for them has run out.
    pub(super) fn expire_arming(&self) {
        let now = clock::instant();
        let inner = self.inner();
        for entry in inner.entries.borrow_mut().values_mut() {
            if !entry.arming.is_armed(now) {
                entry.arming.disarm();
            }
        }
    }

    /// Whether a channel may be written now, and if not, why. Not reactive: see [`Self::track_writes`].
    pub fn may_write(&self, id: ChannelId) -> Result<(), Refusal> {
        let (connection, _) = self.place(id).ok_or(Refusal::Gone)?;
        let subject = self.with_store(|store| {
            let record = store.channel(id)?;
            let judgement = store.judge(id, clock::instant());
            Some(Subject {
                quality: judgement.map_or(Quality::Disconnected, |judgement| judgement.quality),
                writable: record.channel.access == Access::ReadWrite && record.channel.constant.is_none(),
                role: CommandRole::Other,
            })
        });
        self.permit(connection, &subject.ok_or(Refusal::Gone)?)
    }

    /// Whether a command may be executed now, and if not, why. Not reactive: see [`Self::track_writes`].
    pub fn may_execute(&self, connection: ConnectionId, command: usize) -> Result<(), Refusal> {
        let catalog = self.catalog(connection);
        let command = catalog.commands.get(command).ok_or(Refusal::Gone)?;
        let subject = Subject { quality: Quality::Live, writable: command.callable, role: command.role };
        self.permit(connection, &subject)
    }

    fn permit(&self, id: ConnectionId, subject: &Subject) -> Result<(), Refusal> {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let entry = entries.get(&id).ok_or(Refusal::Gone)?;
        let store = inner.store.borrow();
        let record = store.connection(id).ok_or(Refusal::Gone)?;
        permit(&WriteAttempt {
            armed: entry.arming.is_armed(clock::instant()),
            link: &record.link,
            quality: subject.quality,
            writable: subject.writable,
            replay: record.replay,
            role: subject.role,
            congested: entry.driver.buffered() > CONGESTED_BYTES,
        })
    }

    /// Makes a view depend on what may let [`Self::may_write`] and [`Self::may_execute`] answer differently.
    pub fn track_writes(&self, connection: ConnectionId) {
        self.connection(connection).track();
        self.paused.track();
        self.tick.track();
    }

    /// The limits that other channels set to what may be written to this one; `None` where none do. Not reactive:
    /// watch [`Self::limit_channels`] beside it.
    pub fn limits(&self, id: ChannelId) -> Option<PresentLimits> {
        let source = self.channel(id)?.limits?;
        let channels = self.limit_channels(id);
        self.with_store(|store| {
            let record_of = |index: usize| {
                let connection = store.channel(id)?.connection;
                let limit = *store.connection(connection)?.channels.get(index)?;
                store.channel(limit)
            };
            let limits = Limits::of_source(source, |index| value_of(record_of(index)?).cloned());
            let names =
                channels.iter().filter_map(|id| Some(store.channel(*id)?.channel.name.clone())).collect();
            Some(PresentLimits { limits, names })
        })
    }

    /// The channels whose values limit what may be written to this one.
    pub fn limit_channels(&self, id: ChannelId) -> Vec<ChannelId> {
        let Some(source) = self.channel(id).and_then(|channel| channel.limits) else { return Vec::new() };
        let Some((connection, _)) = self.place(id) else { return Vec::new() };
        let all = self.channel_ids(connection);
        source.indices().filter_map(|index| all.get(index).copied()).collect()
    }

    /// The present value of a channel, stale or not. Not reactive.
    pub fn value(&self, id: ChannelId) -> Option<Value> {
        self.with_store(|store| value_of(store.channel(id)?).cloned())
    }

    /// Asks for a reading of each of these channels that has none yet.
    pub fn read_if_unknown(&self, ids: &[ChannelId]) {
        for id in ids {
            if self.value(*id).is_none() {
                self.read(*id);
            }
        }
    }

    /// Writes a channel. What comes back tells what becomes of it; where the peer only acknowledges, call
    /// [`Self::read_back`] with it as readings come.
    pub fn write(&self, id: ChannelId, value: Value) -> Result<SentWrite, Refusal> {
        self.may_write(id)?;
        let (connection, channel) = self.place(id).ok_or(Refusal::Gone)?;
        let sent = SentWrite {
            value: value.clone(),
            since: clock::instant(),
            state: ArcRwSignal::new(WriteState::Pending),
        };
        let (app, told) = (*self, sent.clone());
        self.touch(connection);
        self.say(format!("Write to {} sent, no answer yet.", self.channel_name(id)));
        self.request(connection, Request::Write { channel, value }, move |outcome| {
            app.settle(id, &told, WriteState::of(outcome));
        });
        Ok(sent)
    }

    /// A write that was acknowledged is read back by the next reading of its channel.
    pub fn read_back(&self, id: ChannelId, sent: &SentWrite) {
        if sent.state.get_untracked() != WriteState::Acknowledged {
            return;
        }
        let reading = self.with_store(|store| {
            let reading = store.channel(id)?.value.as_ref()?;
            match &reading.report {
                Report::Value(value) if reading.arrived > sent.since => Some(value.clone()),
                Report::Value(_) | Report::Error { .. } => None,
            }
        });
        if let Some(value) = reading {
            self.settle(id, sent, WriteState::ReadBack { value, data_type: None });
        }
    }

    fn settle(&self, id: ChannelId, sent: &SentWrite, state: WriteState) {
        let show = |value: &Value| {
            self.channel(id).map_or_else(String::new, |channel| {
                format!("{} {}", display::show(value, &channel.data_type), channel.data_type.unit())
            })
        };
        let words = match &state {
            WriteState::Pending => String::new(),
            WriteState::Acknowledged => "The instrument took the write; it is not read back yet.".to_owned(),
            WriteState::ReadBack { value, .. } if form::agrees(&sent.value, value) => {
                format!("Set and read back: {}", show(value))
            }
            WriteState::ReadBack { value, .. } => format!("Set, but read back otherwise: {}", show(value)),
            WriteState::Refused { .. } | WriteState::NotSent(_) | WriteState::TimedOut | WriteState::Lost => {
                state.trouble().unwrap_or_default()
            }
        };
        self.say(format!("{}: {}", self.channel_name(id), words.trim_end()));
        sent.state.set(state);
    }

    /// The frame that writing a value would send, as a person reads it. Nothing is sent.
    pub fn preview_write(&self, id: ChannelId, value: Value) -> Option<String> {
        let (connection, channel) = self.place(id)?;
        self.preview(connection, &Request::Write { channel, value })
    }

    /// The frame that executing a command would send. Nothing is sent.
    pub fn preview_execute(
        &self,
        connection: ConnectionId,
        command: usize,
        argument: Option<Value>,
    ) -> Option<String> {
        self.preview(connection, &Request::Execute { command, argument })
    }

    fn preview(&self, connection: ConnectionId, request: &Request) -> Option<String> {
        self.inner().entries.borrow().get(&connection)?.driver.preview(request)
    }

    /// Asks the peer whether it would accept a value. Nothing is written, and nothing needs to be armed.
    pub fn check(&self, id: ChannelId, value: Value) -> Option<ArcRwSignal<WriteState>> {
        let (connection, channel) = self.place(id)?;
        Some(self.ask(connection, Request::Check { channel, value }, |_stage| {}))
    }

    /// Executes a command, by its index in the catalog. It ends as [`WriteState::ReadBack`] with its result, as
    /// [`WriteState::Acknowledged`] without one.
    pub fn execute(
        &self,
        connection: ConnectionId,
        command: usize,
        argument: Option<Value>,
    ) -> Result<ArcRwSignal<WriteState>, Refusal> {
        self.may_execute(connection, command)?;
        let described = self.catalog(connection).commands.get(command).cloned().ok_or(Refusal::Gone)?;
        self.touch(connection);
        self.say(format!("{} sent, no answer yet.", described.path));
        let app = *self;
        Ok(self.ask(connection, Request::Execute { command, argument }, move |stage| {
            let words = match stage {
                WriteState::ReadBack { value, .. } => {
                    let data_type = described.result.clone().unwrap_or(crate::model::DataType::Json);
                    format!("done, result {}", display::show(value, &data_type))
                }
                WriteState::Pending | WriteState::Acknowledged => "done".to_owned(),
                WriteState::Refused { .. }
                | WriteState::NotSent(_)
                | WriteState::TimedOut
                | WriteState::Lost => stage.trouble().unwrap_or_default(),
            };
            app.say(format!("{}: {words}", described.path));
        }))
    }

    /// Sends a line as a person typed it. It may write, so it needs what a write needs.
    pub fn send_raw(
        &self,
        connection: ConnectionId,
        text: String,
    ) -> Result<ArcRwSignal<WriteState>, Refusal> {
        self.permit(
            connection,
            &Subject { quality: Quality::Live, writable: true, role: CommandRole::Other },
        )?;
        self.touch(connection);
        Ok(self.ask(connection, Request::Raw { text }, |_stage| {}))
    }

    /// Somebody is at work: the connection stays armed for longer.
    fn touch(&self, connection: ConnectionId) {
        if let Some(entry) = self.inner().entries.borrow_mut().get_mut(&connection) {
            entry.arming.touch(clock::instant());
        }
    }

    fn ask(
        &self,
        connection: ConnectionId,
        request: Request,
        then: impl FnOnce(&WriteState) + 'static,
    ) -> ArcRwSignal<WriteState> {
        let stage = ArcRwSignal::new(WriteState::Pending);
        let told = stage.clone();
        self.request(connection, request, move |outcome: Outcome| {
            let ended = WriteState::of(outcome);
            told.set(ended.clone());
            then(&ended);
        });
        stage
    }
}

/// A channel's newest value, or its constant.
fn value_of(record: &ChannelRecord) -> Option<&Value> {
    match record.value.as_ref().map(|reading| &reading.report) {
        Some(Report::Value(value)) => Some(value),
        Some(Report::Error { .. }) | None => record.channel.constant.as_ref(),
    }
}
