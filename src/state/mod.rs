//! Reactive state: what views read and what people do.
//!
//! Sockets write plain data into the [`Store`]; one animation frame drains what changed into signals, one a channel,
//! written only where what a person sees differs. Nothing in here decodes a frame or draws.

pub mod connections;
pub mod definitions;
mod drain;
mod lifecycle;
mod persistence;
pub mod plots;
pub mod secrets;
pub mod shown;
pub mod signal;
pub mod stats;
pub mod subscriptions;
pub mod writes;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;

use crate::document::workspace::{DefinitionDocument, PlotDocument, Recent, Settings};
use crate::model::catalog::{Axis, Catalog, Channel};
use crate::model::display;
use crate::model::event::{LogLevel, Outcome, RequestId};
use crate::model::frames::FrameLog;
use crate::model::slots::Slots;
use crate::model::store::{ChannelId, ConnectionId, ConnectionRecord, Store};
use crate::model::time::{Now, Timestamp};
use crate::model::write::Arming;
use crate::state::signal::{ArcRwSignal, RwSignal, StoredValue};
use crate::transport::clock;
use crate::transport::driver::{Driver, Listener};
use crate::transport::parts;
use crate::transport::timer::Timer;

pub use crate::protocol::failure::PROXY_RECIPE;
pub use connections::protocols;
pub use connections::{
    ConnectRequest, DemoInfo, FaultInfo, OptionKind, OptionSpec, ProtocolInfo, Remark, Verdict, VerdictLevel,
};
pub use definitions::{
    DefinitionChoice, DefinitionInUse, FramePreview, Leaf, Parameter, Problem, ReadingPreview, RulePreview,
    Summary,
};
pub use shown::{ConnectionShown, Shown, Text};

/// The page's state. Copies are the same state; every view gets it from the context.
#[derive(Clone, Copy)]
pub struct App {
    inner: StoredValue<Rc<Inner>>,
    /// The connections, in the order in which they were made.
    pub connections: RwSignal<Vec<ConnectionId>>,
    /// Which view is open.
    pub view: RwSignal<View>,
    /// What stands in front of the view.
    pub dialog: RwSignal<Option<Dialog>>,
    /// Theme, level of detail and the like.
    pub settings: RwSignal<Settings>,
    /// The plots on the dashboard.
    pub plots: RwSignal<Vec<PlotDocument>>,
    /// Former connections, newest first.
    pub recent: RwSignal<Vec<Recent>>,
    /// The display of everything stands still.
    pub paused: RwSignal<bool>,
    /// The connection whose frames are shown.
    pub frames_of: RwSignal<Option<ConnectionId>>,
    /// Counts seconds while the page is visible: for ages, countdowns and rates.
    pub tick: RwSignal<u32>,
    /// Counts the drains: for what is redrawn with every frame that brought something.
    pub drained: RwSignal<u32>,
    /// Whether the part of the program with the less needed views is here.
    pub rest: RwSignal<Arrival>,
    /// Definitions of connections that a person wrote.
    pub definitions: RwSignal<Vec<DefinitionDocument>>,
    /// The connection whose definition is edited.
    pub definition_edited: RwSignal<Option<ConnectionId>>,
    /// Parts of the program that read definitions, and how far they have come.
    protocols_here: RwSignal<Vec<(&'static str, Arrival)>>,
    /// What happened last, for the status line and for screen readers.
    pub status: RwSignal<String>,
}

/// The views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The first screen.
    #[default]
    Start,
    /// Cards and plots.
    Dashboard,
    /// The table of subscriptions.
    Subscriptions,
    /// The raw frames of a connection.
    Frames,
    /// The definition of a connection, to be edited.
    Definition,
    /// The tree of channels; a view of its own on a phone only.
    Channels,
}

/// What can stand in front of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// To connect; filled in.
    Connect(ConnectRequest),
    /// To write a channel, filled in with what was typed elsewhere; where that is empty, with the present value.
    Write(ChannelId, String),
    /// To execute a command, by its index in the catalog.
    Execute(ConnectionId, usize),
    /// Why a channel has the quality that it has, and all its facts.
    Why(ChannelId),
    /// What differs since the peer came back.
    Changes(ConnectionId),
    /// All that a peer says about a group, by its index in the catalog.
    Group(ConnectionId, usize),
    /// A connection: its link, its failure, its facts, notices and log.
    Connection(ConnectionId),
    /// All keys.
    Keys,
}

/// How far a part of the program has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is on its way, or nobody has asked for it yet.
    OnItsWay,
    /// It is here.
    Here,
    /// It could not be had: the browser's words, if it has any.
    Failed(String),
}

pub(crate) struct Inner {
    store: Rc<RefCell<Store>>,
    entries: RefCell<Slots<ConnectionId, Entry>>,
    cells: RefCell<Slots<ChannelId, Watched>>,
    shown: RefCell<Slots<ConnectionId, ArcRwSignal<Option<ConnectionShown>>>>,
    replies: RefCell<Slots<RequestId, Reply>>,
    next_request: Cell<u64>,
    frame_pending: Cell<bool>,
    animation: RefCell<Option<drain::Animation>>,
    hidden_timer: RefCell<Option<Timer>>,
    second_timer: RefCell<Option<Timer>>,
    frame_times: RefCell<stats::FrameTimes>,
    listener: RefCell<Option<Rc<Listener>>>,
    saved: RefCell<String>,
    restoring: Cell<bool>,
}

/// A connection's moving parts beside the store.
struct Entry {
    driver: Driver,
    frames: Rc<RefCell<FrameLog>>,
    arming: Arming,
    url: String,
    name: String,
    wanted_protocol: Option<&'static str>,
    options: Vec<(String, String)>,
    /// What nobody else may see: never saved with the rest.
    secrets: Vec<(String, String)>,
    /// It was told to ask for nothing.
    is_idle: bool,
    demo: Option<&'static str>,
    faults: Vec<crate::protocol::Fault>,
    /// How much of the peer's log was asked for.
    logging: Option<LogLevel>,
}

struct Watched {
    text: ArcRwSignal<Text>,
    shown: ArcRwSignal<Shown>,
    watchers: usize,
}

type Reply = Box<dyn FnOnce(Outcome)>;

impl App {
    /// The page's state, provided as context to all views below.
    pub fn provide() -> Self {
        let inner = Rc::new(Inner {
            store: Rc::default(),
            entries: RefCell::default(),
            cells: RefCell::default(),
            shown: RefCell::default(),
            replies: RefCell::default(),
            next_request: Cell::new(1),
            frame_pending: Cell::new(false),
            animation: RefCell::default(),
            hidden_timer: RefCell::default(),
            second_timer: RefCell::default(),
            frame_times: RefCell::default(),
            listener: RefCell::default(),
            saved: RefCell::default(),
            restoring: Cell::new(false),
        });
        let app = Self {
            inner: StoredValue::new(inner),
            connections: RwSignal::new(Vec::new()),
            view: RwSignal::new(View::Start),
            dialog: RwSignal::new(None),
            settings: RwSignal::new(Settings::default()),
            plots: RwSignal::new(Vec::new()),
            recent: RwSignal::new(Vec::new()),
            paused: RwSignal::new(false),
            frames_of: RwSignal::new(None),
            tick: RwSignal::new(0),
            drained: RwSignal::new(0),
            rest: RwSignal::new(Arrival::OnItsWay),
            definitions: RwSignal::new(Vec::new()),
            definition_edited: RwSignal::new(None),
            protocols_here: RwSignal::new(Vec::new()),
            status: RwSignal::new(String::new()),
        };
        provide_context(app);
        app.start_drain();
        app.listen_to_the_page();
        stats::publish(app);
        app
    }

    /// The state from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Loads the part of the program with the less needed views, unless it is here.
    pub fn want_the_rest(&self) {
        let rest = self.rest;
        if rest.with_untracked(|rest| *rest == Arrival::Here) {
            return;
        }
        leptos::task::spawn_local(async move {
            let arrival = match parts::load(&[parts::REST]).await {
                Ok(()) => Arrival::Here,
                Err(words) => Arrival::Failed(words),
            };
            // Many may have asked.
            if rest.try_get_untracked().is_some_and(|rest| rest != Arrival::Here) {
                rest.set(arrival);
            }
        });
    }

    fn inner(&self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Both clocks.
    pub fn now(&self) -> Now {
        clock::now()
    }

    /// Looks into the store. Not reactive: depend on a signal beside it.
    pub fn with_store<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        look(&self.inner().store.borrow())
    }

    /// A connection's record and what makes of it; `None` where it is gone.
    pub fn with_connection<T>(
        &self,
        id: ConnectionId,
        look: impl FnOnce(&ConnectionRecord) -> T,
    ) -> Option<T> {
        self.inner().store.borrow().connection(id).map(look)
    }

    /// The catalog of a connection. Not reactive: depend on [`ConnectionShown::catalog_version`] beside it.
    pub fn catalog(&self, id: ConnectionId) -> Arc<Catalog> {
        self.with_connection(id, |connection| Arc::clone(&connection.catalog)).unwrap_or_default()
    }

    /// The channel of each index of a connection's catalog.
    pub fn channel_ids(&self, id: ConnectionId) -> Arc<[ChannelId]> {
        self.with_connection(id, |connection| Arc::clone(&connection.channels))
            .unwrap_or_else(|| Arc::from([]))
    }

    /// A channel's description.
    pub fn channel(&self, id: ChannelId) -> Option<Arc<Channel>> {
        self.with_store(|store| store.channel(id).map(|record| Arc::clone(&record.channel)))
    }

    /// What a channel's readings are laid over; `None` for time.
    pub fn axis(&self, id: ChannelId) -> Option<Box<Axis>> {
        self.channel(id)?.axis.clone()
    }

    /// The name of a channel in `data-channel`: `<connection>/<path>`.
    pub fn channel_name(&self, id: ChannelId) -> String {
        self.with_store(|store| {
            let record = store.channel(id)?;
            let connection = store.connection(record.connection)?;
            Some(format!("{}/{}", connection.key, record.channel.path))
        })
        .unwrap_or_default()
    }

    /// The channel of a name as [`Self::channel_name`] gives it.
    pub fn find_channel(&self, name: &str) -> Option<ChannelId> {
        self.with_store(|store| {
            let connection = store.connections().find(|connection| {
                name.strip_prefix(&connection.key).is_some_and(|rest| rest.starts_with('/'))
            })?;
            store.find(&connection.key, &name[connection.key.len() + 1..])
        })
    }

    /// Stops or resumes the display of everything; readings still come and are kept.
    pub fn set_paused(&self, paused: bool) {
        self.inner().store.borrow_mut().set_paused(paused, clock::instant());
        self.paused.set(paused);
        self.say(if paused {
            "Display paused; readings still come and are kept."
        } else {
            "Display resumed."
        });
        self.schedule();
    }

    /// Says something on the status line; screen readers speak it.
    pub fn say(&self, text: impl Into<String>) {
        // Peers have their say in it.
        self.status.set(display::harmless(&text.into(), display::CELL_CHARS));
    }

    /// The raw frames of a connection.
    pub fn frames(&self, id: ConnectionId) -> Option<Rc<RefCell<FrameLog>>> {
        self.inner().entries.borrow().get(&id).map(|entry| Rc::clone(&entry.frames))
    }

    /// A time as the person wants to read it: as it is, in UTC, or moved to the browser's own zone.
    pub fn on_clock(&self, at: Timestamp) -> Timestamp {
        if self.settings.read().utc {
            return at;
        }
        let date = js_sys::Date::new(&(at.0 as f64 / 1000.0).into());
        Timestamp(at.0 - (date.get_timezone_offset() * 60e6) as i64)
    }

    /// The zone of [`Self::on_clock`].
    pub fn zone(&self) -> &'static str {
        if self.settings.read().utc { "UTC" } else { "local" }
    }

    /// Opens a dialog.
    pub fn open(&self, dialog: Dialog) {
        self.dialog.set(Some(dialog));
    }
}
