//! From the store to signals: once an animation frame, or once a second where the page is hidden.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::shown::{ConnectionFacts, ConnectionShown, Shown, Text};
use super::{App, Watched};
use crate::model::store::{ChannelId, ConnectionId, Store};
use crate::model::time::Now;
use crate::state::signal::{ArcRwSignal, Signal};
use crate::transport::clock;
use crate::transport::timer::Timer;

/// The function that the browser calls before it paints.
pub(super) type Animation = Closure<dyn FnMut()>;

/// How often a hidden page is drained; the browser may make it a minute.
const HIDDEN_PERIOD: Duration = Duration::from_secs(1);

impl App {
    pub(super) fn start_drain(&self) {
        let app = *self;
        let inner = self.inner();
        *inner.animation.borrow_mut() = Some(Closure::new(move || {
            let inner = app.inner();
            inner.frame_pending.set(false);
            app.drain();
            inner.frame_times.borrow_mut().frame(clock::instant().0);
        }));
        *inner.hidden_timer.borrow_mut() = Some(Timer::new(move || {
            app.inner().frame_pending.set(false);
            app.drain();
        }));
        let second = Timer::new(move || {
            app.second();
            if let Some(timer) = &*app.inner().second_timer.borrow() {
                timer.set(Duration::from_secs(1));
            }
        });
        second.set(Duration::from_secs(1));
        *inner.second_timer.borrow_mut() = Some(second);
    }

    /// Sees to it that what has changed is shown with the next frame.
    pub(super) fn schedule(&self) {
        let inner = self.inner();
        if inner.frame_pending.replace(true) {
            return;
        }
        let Some(window) = web_sys::window() else { return };
        if is_hidden() {
            if let Some(timer) = &*inner.hidden_timer.borrow() {
                timer.set(HIDDEN_PERIOD);
            }
        } else if let Some(animation) = &*inner.animation.borrow() {
            let asked = window.request_animation_frame(animation.as_ref().unchecked_ref());
            inner.frame_pending.set(asked.is_ok());
            inner.frame_times.borrow_mut().asked(clock::instant().0);
        }
    }

    /// The page has become visible (or hidden): what waits for the other kind of clock must not wait on.
    pub(super) fn visibility_changed(&self) {
        let inner = self.inner();
        inner.frame_pending.set(false);
        if let Some(timer) = &*inner.hidden_timer.borrow() {
            timer.clear();
        }
        inner.frame_times.borrow_mut().interrupted();
        if !is_hidden() {
            self.second();
        }
        self.schedule();
    }

    fn drain(&self) {
        let inner = self.inner();
        let now = clock::now();
        let mut writes = Vec::new();
        let ids = inner.store.borrow_mut().drain();
        {
            let store = inner.store.borrow();
            let cells = inner.cells.borrow();
            for id in &ids {
                if let Some(watched) = cells.get(id) {
                    writes.extend(changed(watched, *id, &store, now));
                }
            }
        }
        // Outside all borrows: effects may run into us again.
        for write in writes {
            write.carry_out();
        }
        self.show_connections();
        if !ids.is_empty() {
            self.drained.update(|count| *count = count.wrapping_add(1));
        }
    }

    /// Once a second: ages, countdowns, what turns late by time alone.
    fn second(&self) {
        let inner = self.inner();
        self.expire_arming();
        inner.store.borrow_mut().pass(clock::instant());
        self.schedule_if_dirty();
        if is_hidden() {
            return;
        }
        let now = clock::now();
        let writes: Vec<_> = {
            let store = inner.store.borrow();
            let cells = inner.cells.borrow();
            let mut writes = Vec::new();
            for (id, watched) in cells.iter() {
                writes.extend(changed(watched, *id, &store, now));
            }
            writes
        };
        for write in writes {
            write.carry_out();
        }
        self.show_connections();
        self.tick.update(|count| *count = count.wrapping_add(1));
        self.save_if_changed();
    }

    fn schedule_if_dirty(&self) {
        if self.with_store(Store::is_dirty) {
            self.schedule();
        }
    }

    fn show_connections(&self) {
        let inner = self.inner();
        let now = clock::now();
        let mut writes = Vec::new();
        {
            let store = inner.store.borrow();
            let entries = inner.entries.borrow();
            let shown = inner.shown.borrow();
            for (id, signal) in shown.iter() {
                let present = entries.get(id).and_then(|entry| {
                    let facts = ConnectionFacts {
                        url: &entry.url,
                        name: &entry.name,
                        protocol: entry.driver.protocol().map_or("", |(_, title)| title),
                        armed: entry.arming.remaining(now.instant),
                        is_idle: entry.is_idle,
                        is_defined: entry
                            .driver
                            .protocol()
                            .is_some_and(|(id, _)| self.definition_option(id).is_some()),
                        demo: entry.demo.is_some(),
                    };
                    ConnectionShown::of(&store, *id, now, &facts)
                });
                if signal.with_untracked(|old| *old != present) {
                    writes.push((signal.clone(), present));
                }
            }
        }
        for (signal, present) in writes {
            signal.set(present);
        }
    }

    /// What is to be said of a channel's value, for as long as the present view lives. Shared by all who look at it.
    pub fn watch(&self, id: ChannelId) -> Signal<Shown> {
        self.watched(id).1.into()
    }

    /// The text of a channel's value, for as long as the present view lives.
    pub fn watch_text(&self, id: ChannelId) -> Signal<Text> {
        self.watched(id).0.into()
    }

    fn watched(&self, id: ChannelId) -> (ArcRwSignal<Text>, ArcRwSignal<Shown>) {
        let inner = self.inner();
        let signals = {
            let store = inner.store.borrow();
            let mut cells = inner.cells.borrow_mut();
            let watched = cells.get_or_insert_with(id, || Watched {
                text: ArcRwSignal::new(Text::of(&store, id)),
                shown: ArcRwSignal::new(Shown::of(&store, id, clock::now())),
                watchers: 0,
            });
            watched.watchers += 1;
            (watched.text.clone(), watched.shown.clone())
        };
        let app = *self;
        on_cleanup(move || {
            // The page itself may be going.
            let Some(inner) = app.inner.try_get_value() else { return };
            let mut cells = inner.cells.borrow_mut();
            if let Some(watched) = cells.get_mut(&id) {
                watched.watchers -= 1;
                if watched.watchers == 0 {
                    cells.remove(&id);
                }
            }
        });
        signals
    }

    /// The look of a connection; `None` once it is removed.
    pub fn connection(&self, id: ConnectionId) -> Signal<Option<ConnectionShown>> {
        self.shown_signal(id).into()
    }

    pub(super) fn shown_signal(&self, id: ConnectionId) -> ArcRwSignal<Option<ConnectionShown>> {
        self.inner().shown.borrow_mut().get_or_insert_with(id, || ArcRwSignal::new(None)).clone()
    }
}

/// A signal that is to be brought up to date.
enum Write {
    Text(ArcRwSignal<Text>, Text),
    Shown(ArcRwSignal<Shown>, Shown),
}

impl Write {
    fn carry_out(self) {
        match self {
            Self::Text(signal, text) => signal.set(text),
            Self::Shown(signal, shown) => signal.set(shown),
        }
    }
}

/// The writes that bring a channel's signals up to date. A frozen display keeps its values and tells the quality.
fn changed(watched: &Watched, id: ChannelId, store: &Store, now: Now) -> impl Iterator<Item = Write> {
    let mut shown = Shown::of(store, id, now);
    let (shown_is_new, is_frozen) = watched.shown.with_untracked(|old| {
        let is_frozen = store.paused_since().is_some() || (shown.paused && old.paused);
        if is_frozen {
            shown.state.clone_from(&old.state);
        }
        (*old != shown, is_frozen)
    });
    let text = (!is_frozen).then(|| Text::of(store, id));
    let text = text.filter(|text| watched.text.with_untracked(|old| old != text));
    let shown = shown_is_new.then(|| Write::Shown(watched.shown.clone(), shown));
    text.map(|text| Write::Text(watched.text.clone(), text)).into_iter().chain(shown)
}

fn is_hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}
