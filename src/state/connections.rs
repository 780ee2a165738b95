//! Making, ending and asking connections.

use std::cell::RefCell;
use std::rc::Rc;

use super::secrets::strip;
use super::{App, Dialog, Entry, View};
use crate::model::alarm::Personal;
use crate::model::display;
use crate::model::event::{Event, LogLevel, Notice, Outcome, Request, RequestId};
use crate::model::frames::FrameLog;
use crate::model::named;
use crate::model::store::{ChannelId, ConnectionId};
use crate::model::time::Timestamp;
use crate::model::write::{Arming, WriteState};
use crate::protocol::address::{Address, AddressError};
use crate::protocol::connection::{Connection, ConnectionInput};
use crate::protocol::options::{Options, REPLAY};
use crate::protocol::preflight::{self, PageContext};
use crate::protocol::{Fault, Frame, PROTOCOLS, Protocol, tried};
use crate::state::signal::ArcRwSignal;
use crate::transport::clock;
use crate::transport::driver::{Driver, Endpoint, Listener};

pub use crate::protocol::address::Remark;
pub use crate::protocol::options::{OptionKind, OptionSpec};
pub use crate::protocol::preflight::{Level as VerdictLevel, Verdict};

/// What a person asks to be connected to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The address as it was typed or pasted.
    pub url: String,
    /// A name for it; empty for the peer's own.
    pub name: String,
    /// The protocol's id; `None` to find out by trying.
    pub protocol: Option<String>,
    /// Options of the protocol: names and values.
    pub options: Vec<(String, String)>,
    /// Keys and passwords: names and values. Empty for those that are kept for the address.
    pub secrets: Vec<(String, String)>,
    /// These are to be kept in this browser; `None` to leave it as it is.
    pub keeps_secrets: Option<bool>,
    /// A connection that it takes the place of: one whose address was wrong.
    pub replaces: Option<ConnectionId>,
}

impl ConnectRequest {
    /// With other values for some options.
    #[must_use]
    pub fn with_options(mut self, options: Vec<(String, String)>) -> Self {
        for (name, value) in &options {
            named::set(&mut self.options, name, value);
        }
        self
    }
}

/// A protocol as the dialogs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolInfo {
    /// Its id in URLs and documents.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// An example of an address.
    pub example: &'static str,
    /// The address that most people want; may be empty.
    pub usual: &'static str,
    /// What a person may choose beyond the address.
    pub options: &'static [OptionSpec],
}

/// A simulated instrument as the menus name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoInfo {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
}

/// A fault of a simulated instrument as the menu shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultInfo {
    /// Its place among all faults.
    pub index: usize,
    /// Its name.
    pub title: &'static str,
    /// It is switched on.
    pub on: bool,
    /// It happens once and cannot be switched off.
    pub momentary: bool,
}

/// The protocols that the page speaks.
pub fn protocols() -> impl Iterator<Item = ProtocolInfo> {
    PROTOCOLS.iter().map(|protocol| ProtocolInfo {
        id: protocol.id,
        title: protocol.title,
        example: protocol.example,
        usual: protocol.usual,
        options: protocol.options,
    })
}

impl App {
    /// What stands in the way of an address, and what to know about it, before anything is dialled.
    pub fn preflight(&self, url: &str) -> Result<(Address, Vec<Verdict>), AddressError> {
        let address = Address::parse(url)?;
        let verdicts = preflight::check(&self.page_context(), &address);
        Ok((address, verdicts))
    }

    fn page_context(&self) -> PageContext {
        let location = web_sys::window().map(|window| window.location());
        let protocol = location.as_ref().and_then(|location| location.protocol().ok()).unwrap_or_default();
        let host = location.and_then(|location| location.hostname().ok()).unwrap_or_default();
        PageContext {
            secure: protocol == "https:",
            host_is_public: preflight::is_public(&host),
            open_sockets: self.inner().entries.borrow().values().filter(|entry| entry.demo.is_none()).count(),
        }
    }

    /// Connects. The address has passed [`Self::preflight`].
    pub fn connect(&self, request: &ConnectRequest, address: &Address) -> ConnectionId {
        if let Some(former) = request.replaces {
            self.remove(former);
        }
        let named = request.protocol.as_deref().and_then(find_protocol).or(address.protocol_hint);
        let candidates = named.map_or_else(tried, |protocol| vec![protocol]);
        let secrets = match request.secrets.as_slice() {
            [] => self.kept_secrets(&address.url),
            given => given.to_vec(),
        };
        match request.keeps_secrets {
            Some(true) => self.keep_secrets(&address.url, &secrets),
            Some(false) => self.keep_secrets(&address.url, &[]),
            None => {}
        }
        let mut options = request.options.clone();
        strip(named.map(|protocol| protocol.id), &mut options);
        let key = if request.name.is_empty() { address.default_name() } else { key_of(&request.name) };
        let facts = EntryFacts {
            url: address.url.clone(),
            name: request.name.clone(),
            wanted_protocol: named.map(|protocol| protocol.id),
            options,
            secrets,
            demo: None,
            replay: false,
        };
        self.add(&key, address.clone(), &candidates, Endpoint::Socket, facts)
    }

    /// What a connection was asked for with, to ask again otherwise; `None` for the demo and for a replay.
    pub fn request_of(&self, id: ConnectionId) -> Option<ConnectRequest> {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let entry = entries.get(&id).filter(|entry| !entry.url.is_empty())?;
        Some(ConnectRequest {
            url: entry.url.clone(),
            name: entry.name.clone(),
            protocol: entry
                .wanted_protocol
                .or_else(|| entry.driver.protocol().map(|(id, _)| id))
                .map(str::to_owned),
            options: entry.options.clone(),
            secrets: entry.secrets.clone(),
            keeps_secrets: None,
            replaces: Some(id),
        })
    }

    /// The simulated instruments.
    pub fn demos(&self) -> Vec<DemoInfo> {
        let demos = PROTOCOLS.iter().flat_map(|protocol| protocol.demos);
        demos.map(|demo| DemoInfo { id: demo.id, title: demo.title }).collect()
    }

    /// Starts all simulated instruments that do not run yet.
    pub fn start_demo(&self) {
        for protocol in PROTOCOLS {
            for demo in protocol.demos {
                let running = self.inner().entries.borrow().values().any(|entry| entry.demo == Some(demo.id));
                if running {
                    continue;
                }
                let facts = EntryFacts {
                    url: String::new(),
                    name: demo.title.to_owned(),
                    wanted_protocol: Some(protocol.id),
                    options: demo
                        .options
                        .iter()
                        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                        .collect(),
                    secrets: Vec::new(),
                    demo: Some(demo.id),
                    replay: false,
                };
                let address = Address::in_page(demo.id);
                self.add(demo.id, address, &[protocol], Endpoint::simulator(demo, seed()), facts);
            }
        }
        self.view.set(View::Dashboard);
    }

    /// Plays a capture: the frames that came, with their times.
    pub fn replay(
        &self,
        name: &str,
        protocol: &str,
        mut options: Vec<(String, String)>,
        frames: Vec<(Timestamp, Frame)>,
    ) -> ConnectionId {
        options.push((REPLAY.to_owned(), "yes".to_owned()));
        let candidates = find_protocol(protocol).map_or_else(tried, |protocol| vec![protocol]);
        let facts = EntryFacts {
            url: String::new(),
            name: name.to_owned(),
            wanted_protocol: None,
            options,
            secrets: Vec::new(),
            demo: None,
            replay: true,
        };
        self.add(
            &key_of(name),
            Address::in_page(name),
            &candidates,
            Endpoint::Recording(frames.into()),
            facts,
        )
    }

    fn add(
        &self,
        key: &str,
        address: Address,
        candidates: &[&'static Protocol],
        endpoint: Endpoint,
        facts: EntryFacts,
    ) -> ConnectionId {
        let inner = self.inner();
        let id = inner.store.borrow_mut().add_connection(key, facts.replay, clock::now());
        let frames = Rc::new(RefCell::new(FrameLog::default()));
        let mut options = facts.options.clone();
        if !facts.replay {
            self.with_definition(facts.wanted_protocol, &mut options);
        }
        let options = Options::new(&options).with_secrets(&facts.secrets);
        let driver = Driver::new(
            id,
            Connection::new(address, candidates.to_vec(), options, seed()),
            endpoint,
            Rc::clone(&inner.store),
            Rc::clone(&frames),
            self.listener(),
        );
        let entry = Entry {
            driver: driver.clone(),
            frames,
            arming: Arming::default(),
            url: facts.url,
            name: facts.name,
            wanted_protocol: facts.wanted_protocol,
            options: facts.options,
            secrets: facts.secrets,
            is_idle: false,
            demo: facts.demo,
            faults: Vec::new(),
            logging: None,
        };
        inner.entries.borrow_mut().insert(id, entry);
        // Made before anybody watches it, so that the first drain fills it.
        self.shown_signal(id);
        self.connections.update(|all| all.push(id));
        driver.input(ConnectionInput::Start);
        self.schedule();
        id
    }

    fn listener(&self) -> Rc<Listener> {
        let inner = self.inner();
        if let Some(listener) = &*inner.listener.borrow() {
            return Rc::clone(listener);
        }
        let app = *self;
        let listener = Rc::new(Listener {
            event: Box::new(move |id, event| app.heard(id, event)),
            changed: Box::new(move || app.schedule()),
        });
        *inner.listener.borrow_mut() = Some(Rc::clone(&listener));
        listener
    }

    /// Takes an event over as if the connection's session had just told it: for tests of views.
    #[doc(hidden)]
    pub fn tell(&self, id: ConnectionId, event: &Event) {
        let inner = self.inner();
        let epoch = self.with_connection(id, |connection| connection.epoch).unwrap_or_default();
        inner.store.borrow_mut().apply(id, epoch, clock::now(), event);
        self.schedule();
    }

    fn heard(&self, id: ConnectionId, event: &Event) {
        match event {
            Event::Reply { request, outcome } => {
                let reply = self.inner().replies.borrow_mut().remove(request);
                if let Some(reply) = reply {
                    reply(outcome.clone());
                }
            }
            Event::Catalog { changes: Some(_), .. } => {
                let title = self.title(id);
                self.say(format!("{title} came back different."));
                if self.dialog.with_untracked(Option::is_none) {
                    self.open(Dialog::Changes(id));
                }
            }
            Event::Live => {
                // There is time now, and its server may be gone when it is wanted.
                self.want_the_rest();
                self.remember_recent(id);
                self.say(format!("{} is live.", self.title(id)));
                // A peer forgets with the link what it was asked to log.
                if let Some(level) = self.logging(id) {
                    self.ask_for_log(id, level);
                }
            }
            Event::Refused { notice, .. } => self.say(format!("{}: {}", self.title(id), notice.title)),
            Event::Recognised { .. }
            | Event::Catalog { changes: None, .. }
            | Event::Reading { .. }
            | Event::History { .. }
            | Event::Missing { .. }
            | Event::Block(_)
            | Event::Subscribed { .. }
            | Event::Heartbeat { .. }
            | Event::Malformed { .. }
            | Event::Violation { .. }
            | Event::Notice(_)
            | Event::Log { .. }
            | Event::Patience(_) => {}
        }
    }

    /// A connection's name for people: the person's own, else the peer's. Not reactive.
    pub fn title(&self, id: ConnectionId) -> String {
        let named = self.inner().entries.borrow().get(&id).map(|entry| entry.name.clone());
        named
            .filter(|name| !name.is_empty())
            .or_else(|| self.with_connection(id, |connection| connection.title().to_owned()))
            .map(|title| display::harmless(&title, display::NAME_CHARS))
            .unwrap_or_default()
    }

    /// Dials again now.
    pub fn retry(&self, id: ConnectionId) {
        self.drive(id, ConnectionInput::RetryNow);
    }

    /// Closes the link; the connection stays and can be dialled again.
    pub fn close(&self, id: ConnectionId) {
        self.drive(id, ConnectionInput::Stop);
    }

    /// Closes the link and forgets the connection.
    pub fn remove(&self, id: ConnectionId) {
        self.close(id);
        self.disarm(id);
        let inner = self.inner();
        let key = self.with_connection(id, |connection| connection.key.clone()).unwrap_or_default();
        let entry = inner.entries.borrow_mut().remove(&id);
        drop(entry);
        inner.store.borrow_mut().remove_connection(id);
        let shown = inner.shown.borrow_mut().remove(&id);
        if let Some(shown) = shown {
            shown.set(None);
        }
        self.plots.update(|plots| {
            for plot in plots.iter_mut() {
                plot.channels.retain(|name| !name.starts_with(&format!("{key}/")));
            }
            plots.retain(|plot| !plot.channels.is_empty());
        });
        if self.frames_of.get_untracked() == Some(id) {
            self.frames_of.set(None);
        }
        self.connections.update(|all| all.retain(|other| *other != id));
        if self.connections.with_untracked(Vec::is_empty) {
            self.view.set(View::Start);
        }
        self.schedule();
    }

    /// Closes a connection and makes it again as it was asked for: what it is described by has changed.
    pub(super) fn begin_anew(&self, id: ConnectionId) {
        let Some(request) = self.request_of(id) else { return };
        let Ok(address) = Address::parse(&request.url) else { return };
        let personal = self.with_store(|store| store.personal(id).to_vec());
        let plots = self.plots.get_untracked();
        let edited = self.definition_edited.get_untracked() == Some(id);
        let view = self.view.get_untracked();
        let new = self.connect(&request, &address);
        for (path, said) in &personal {
            self.say_of(new, path, said);
        }
        self.plots.set(plots);
        if edited {
            self.definition_edited.set(Some(new));
        }
        self.view.set(view);
    }

    /// Notes what a person says of a channel, by its path.
    pub fn say_of(&self, id: ConnectionId, path: &str, said: &Personal) {
        self.inner().store.borrow_mut().set_personal(id, path, said, clock::instant());
        self.schedule();
    }

    /// Notes what a person says of a channel.
    pub fn say_of_channel(&self, id: ChannelId, said: &Personal) {
        let place = self.with_store(|store| {
            let record = store.channel(id)?;
            Some((record.connection, record.channel.path.clone()))
        });
        if let Some((connection, path)) = place {
            self.say_of(connection, &path, said);
        }
    }

    /// Tells a peer's session to ask for nothing while the link stays, or to go on.
    pub fn set_idle(&self, id: ConnectionId, on: bool) {
        if let Some(entry) = self.inner().entries.borrow_mut().get_mut(&id) {
            entry.is_idle = on;
        }
        self.request(id, Request::Pause { on }, |_outcome| {});
        self.say(if on {
            format!("{} is paused: its link stays, nothing is asked.", self.title(id))
        } else {
            format!("{} goes on.", self.title(id))
        });
        self.schedule();
    }

    pub(super) fn drive(&self, id: ConnectionId, input: ConnectionInput<'_>) {
        let driver = self.inner().entries.borrow().get(&id).map(|entry| entry.driver.clone());
        if let Some(driver) = driver {
            driver.input(input);
        }
    }

    /// Asks a connection for something that writes nothing; `reply` is called once. What writes goes by
    /// `state::writes`.
    pub(super) fn request(&self, id: ConnectionId, request: Request, reply: impl FnOnce(Outcome) + 'static) {
        let inner = self.inner();
        let number = RequestId(inner.next_request.get());
        inner.next_request.set(number.0 + 1);
        inner.replies.borrow_mut().insert(number, Box::new(reply));
        self.drive(id, ConnectionInput::Request(number, request));
    }

    /// Asks for a fresh reading of a channel.
    pub fn read(&self, id: ChannelId) {
        if let Some((connection, channel)) = self.place(id) {
            self.request(connection, Request::Read { channel }, |_outcome| {});
        }
    }

    /// Looks what is below a group.
    pub fn expand(&self, id: ConnectionId, group: usize) {
        let app = *self;
        self.request(id, Request::Expand { group }, move |outcome| {
            if let Some(trouble) = WriteState::of(outcome).trouble() {
                app.say(trouble);
            }
        });
    }

    /// Asks for all that the peer says about a group. It ends as [`WriteState::ReadBack`] with a record.
    pub fn inspect(&self, id: ConnectionId, group: usize) -> ArcRwSignal<WriteState> {
        let told = ArcRwSignal::new(WriteState::Pending);
        let tell = told.clone();
        self.request(id, Request::Inspect { group }, move |outcome| tell.set(WriteState::of(outcome)));
        told
    }

    /// Begins or ends the subscription of a channel.
    pub fn subscribe(&self, id: ChannelId, on: bool) {
        if let Some((connection, channel)) = self.place(id) {
            self.request(connection, Request::Subscribe { channel, on }, |_outcome| {});
        }
    }

    /// Stops or resumes the display of a channel.
    pub fn pause_channel(&self, id: ChannelId, paused: bool) {
        self.inner().store.borrow_mut().set_channel_paused(id, paused);
        self.schedule();
    }

    /// Asks a peer for its log, now and with each link to come.
    pub fn set_logging(&self, id: ConnectionId, level: LogLevel) {
        if let Some(entry) = self.inner().entries.borrow_mut().get_mut(&id) {
            entry.logging = Some(level);
        }
        self.ask_for_log(id, level);
    }

    /// How much of a peer's log was asked for. Not reactive.
    pub fn logging(&self, id: ConnectionId) -> Option<LogLevel> {
        self.inner().entries.borrow().get(&id)?.logging
    }

    fn ask_for_log(&self, id: ConnectionId, level: LogLevel) {
        let app = *self;
        self.request(id, Request::Logging { group: None, level }, move |outcome| {
            if let Outcome::Refused { class, text } = outcome {
                app.say(format!("The log was refused: {class}: {text}"));
            }
        });
    }

    /// A channel's connection and its index in the catalog; `None` where the peer no longer offers it.
    pub(super) fn place(&self, id: ChannelId) -> Option<(ConnectionId, usize)> {
        self.with_store(|store| {
            let record = store.channel(id)?;
            Some((record.connection, record.index?))
        })
    }

    /// The faults of a simulated instrument; empty for a real one.
    pub fn faults(&self, id: ConnectionId) -> Vec<FaultInfo> {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let Some(entry) = entries.get(&id).filter(|entry| entry.demo.is_some()) else { return Vec::new() };
        Fault::ALL
            .iter()
            .enumerate()
            .map(|(index, fault)| FaultInfo {
                index,
                title: fault.title(),
                on: entry.faults.contains(fault),
                momentary: fault.is_momentary(),
            })
            .collect()
    }

    /// Switches a fault of a simulated instrument.
    pub fn set_fault(&self, id: ConnectionId, index: usize, on: bool) {
        let Some(fault) = Fault::ALL.get(index).copied() else { return };
        let inner = self.inner();
        let driver = {
            let mut entries = inner.entries.borrow_mut();
            let Some(entry) = entries.get_mut(&id) else { return };
            entry.faults.retain(|other| *other != fault);
            if on && !fault.is_momentary() {
                entry.faults.push(fault);
            }
            entry.driver.clone()
        };
        driver.fault(fault, on);
    }

    /// The differences have been seen.
    pub fn forget_changes(&self, id: ConnectionId) {
        if let Some(connection) = self.inner().store.borrow_mut().connection_mut(id) {
            connection.changes = None;
        }
        self.schedule();
    }

    /// The notices of a connection, newest first.
    pub fn notices(&self, id: ConnectionId) -> Vec<(Timestamp, Notice)> {
        self.with_connection(id, |connection| connection.notices.iter().rev().cloned().collect())
            .unwrap_or_default()
    }
}

struct EntryFacts {
    url: String,
    name: String,
    wanted_protocol: Option<&'static str>,
    options: Vec<(String, String)>,
    secrets: Vec<(String, String)>,
    demo: Option<&'static str>,
    replay: bool,
}

fn find_protocol(id: &str) -> Option<&'static Protocol> {
    PROTOCOLS.iter().copied().find(|protocol| protocol.id == id)
}

/// A name as part of `data-channel`: without the separator.
fn key_of(name: &str) -> String {
    name.trim().replace('/', "_")
}

/// A number that differs from page to page, for jitter.
fn seed() -> u64 {
    (js_sys::Math::random() * 9e15) as u64
}
