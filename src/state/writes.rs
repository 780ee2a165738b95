//! Writing, safely: armed by a person, refused on a value that is not fresh, never sent twice.

use leptos::prelude::*;

use super::App;
use crate::model::event::{Outcome, Request};
use crate::model::quality::Quality;
use crate::model::store::{ChannelId, ConnectionId};
use crate::model::value::Value;
use crate::model::write::{Refusal, WriteAttempt, WriteState, permit};
use crate::transport::clock;

/// The browser's send buffer above which nothing more is written, in bytes: the peer does not keep up.
const CONGESTED_BYTES: usize = 64 << 10;

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
            let was_armed = entry.arming.remaining(clock::instant()).is_some();
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
            if entry.arming.remaining(now).is_none() {
                entry.arming.disarm();
            }
        }
    }

    /// Whether a channel may be written now, and if not, why.
    pub fn may_write(&self, id: ChannelId) -> Result<(), Refusal> {
        let Some((connection, _)) = self.place(id) else { return Err(Refusal::Gone) };
        let (quality, access, constant) = self.with_store(|store| {
            let quality = store.judge(id, clock::instant()).map_or(Quality::Disconnected, |judgement| judgement.quality);
            let record = store.channel(id);
            let access = record.map_or_else(Default::default, |record| record.channel.access);
            (quality, access, record.is_some_and(|record| record.channel.constant.is_some()))
        });
        self.permit(connection, quality, access == crate::model::Access::ReadWrite && !constant)
    }

    /// Whether commands of a connection may be executed now, and if not, why.
    pub fn may_execute(&self, id: ConnectionId) -> Result<(), Refusal> {
        self.permit(id, Quality::Live, true)
    }

    fn permit(&self, id: ConnectionId, quality: Quality, writable: bool) -> Result<(), Refusal> {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let Some(entry) = entries.get(&id) else { return Err(Refusal::Gone) };
        let store = inner.store.borrow();
        let Some(record) = store.connection(id) else { return Err(Refusal::Gone) };
        permit(&WriteAttempt {
            armed: entry.arming.remaining(clock::instant()).is_some(),
            link: &record.link,
            quality,
            writable,
            replay: record.replay,
            congested: entry.driver.buffered() > CONGESTED_BYTES,
        })
    }

    /// Writes a channel. The signal tells what becomes of it.
    pub fn write(&self, id: ChannelId, value: Value) -> Result<ArcRwSignal<WriteState>, Refusal> {
        self.may_write(id)?;
        let (connection, channel) = self.place(id).ok_or(Refusal::Gone)?;
        Ok(self.ask(connection, Request::Write { channel, value }))
    }

    /// Asks the peer whether it would accept a value. Nothing is written, and nothing needs to be armed.
    pub fn check(&self, id: ChannelId, value: Value) -> Option<ArcRwSignal<WriteState>> {
        let (connection, channel) = self.place(id)?;
        Some(self.ask_quietly(connection, Request::Check { channel, value }))
    }

    /// Executes a command, by its index in the catalog.
    pub fn execute(
        &self,
        connection: ConnectionId,
        command: usize,
        argument: Option<Value>,
    ) -> Result<ArcRwSignal<WriteState>, Refusal> {
        self.may_execute(connection)?;
        Ok(self.ask(connection, Request::Execute { command, argument }))
    }

    /// Sends a line as a person typed it. It may write, so it needs what a write needs.
    pub fn send_raw(&self, connection: ConnectionId, text: String) -> Result<ArcRwSignal<WriteState>, Refusal> {
        self.may_execute(connection)?;
        Ok(self.ask(connection, Request::Raw { text }))
    }

    fn ask(&self, connection: ConnectionId, request: Request) -> ArcRwSignal<WriteState> {
        if let Some(entry) = self.inner().entries.borrow_mut().get_mut(&connection) {
            entry.arming.touch(clock::instant());
        }
        self.ask_quietly(connection, request)
    }

    fn ask_quietly(&self, connection: ConnectionId, request: Request) -> ArcRwSignal<WriteState> {
        let state = ArcRwSignal::new(WriteState::Pending);
        let told = state.clone();
        self.request(connection, request, move |outcome: Outcome| told.set(WriteState::of(outcome)));
        state
    }
}
