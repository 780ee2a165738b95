//! What a person set up is there again after a reload: connections without secrets, plots, the view, the settings.
//!
//! Kept in the browser's local storage as one document. A damaged one is told, left where it is under another name,
//! and the page starts empty.

use super::secrets::strip;
use super::{App, ConnectRequest, Dialog, View};
use crate::document;
use crate::document::capture::{Capture, CapturedFrame};
use crate::document::deeplink::DeepLink;
use crate::document::workspace::{ConnectionDocument, Recent, Workspace};
use crate::model::frames::{Direction, FrameBody};
use crate::model::named;
use crate::model::store::ConnectionId;
use crate::protocol::Frame;
use crate::protocol::address::Address;

/// Where the workspace is kept.
const KEY: &str = "porthole.workspace";
/// Where a workspace that could not be opened is put aside.
const DAMAGED_KEY: &str = "porthole.workspace.damaged";

impl App {
    /// Takes up what was saved: settings, plots, and connections, which are dialled again.
    pub fn restore(&self) {
        let Some(text) = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()) else { return };
        match Workspace::parse(&text) {
            Ok(workspace) => self.take_up(&workspace),
            Err(error) => {
                if let Some(storage) = storage() {
                    // Full storage: the damaged document is overwritten, which loses nothing that could be read.
                    drop(storage.set_item(DAMAGED_KEY, &text));
                }
                self.say(format!("What was saved here could not be opened: {error}. It was put aside."));
            }
        }
    }

    fn take_up(&self, workspace: &Workspace) {
        self.inner().restoring.set(true);
        self.settings.set(workspace.settings);
        for definition in &workspace.definitions {
            self.take_up_definition(definition);
        }
        let mut recent = workspace.recent.clone();
        for recent in &mut recent {
            strip(
                Some(recent.protocol.as_str()).filter(|protocol| !protocol.is_empty()),
                &mut recent.options,
            );
        }
        self.recent.set(recent);
        self.plots.set(workspace.plots.clone());
        for connection in &workspace.connections {
            let request = ConnectRequest {
                url: connection.url.clone(),
                name: connection.name.clone(),
                protocol: Some(connection.protocol.clone()).filter(|protocol| !protocol.is_empty()),
                options: connection.options.clone(),
                ..ConnectRequest::default()
            };
            match Address::parse(&connection.url) {
                // It was dialled by a person before: it is dialled again.
                Ok(address) => {
                    let id = self.connect(&request, &address);
                    for (path, said) in &connection.channels {
                        self.say_of(id, path, said);
                    }
                }
                Err(error) => self.say(format!("{} was not connected again: {error}", connection.url)),
            }
        }
        if !self.connections.with_untracked(Vec::is_empty) {
            self.view.set(view_of(&workspace.view));
        }
        self.inner().restoring.set(false);
    }

    /// Does what the page's own URL asks for.
    pub fn follow_link(&self) {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
        match DeepLink::parse(&hash) {
            Some(DeepLink::Demo) => self.start_demo(),
            Some(DeepLink::Connect { url, protocol, mut options }) => {
                let name = named::take(&mut options, "name").unwrap_or_default();
                self.leave_secrets_out(protocol.as_deref(), &mut options);
                let request = ConnectRequest { url, name, protocol, options, ..ConnectRequest::default() };
                self.open(Dialog::Connect(request));
            }
            Some(DeepLink::Layout(document)) => {
                if let Err(problem) = self.open_file("The layout of the link", &document) {
                    self.say(problem);
                }
            }
            None => {}
        }
    }

    /// What would be saved now.
    pub fn workspace(&self) -> Workspace {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let connections = entries
            .iter()
            .filter(|(_, entry)| entry.demo.is_none() && !entry.url.is_empty())
            .filter_map(|(id, entry)| {
                let recognised = entry.driver.protocol().map(|(id, _)| id);
                Some(ConnectionDocument {
                    key: inner.store.borrow().connection(*id)?.key.clone(),
                    name: entry.name.clone(),
                    url: entry.url.clone(),
                    protocol: entry.wanted_protocol.or(recognised).unwrap_or_default().to_owned(),
                    options: entry.options.clone(),
                    channels: inner.store.borrow().personal(*id).to_vec(),
                })
            })
            .collect();
        Workspace {
            connections,
            definitions: self.definitions.get_untracked(),
            recent: self.recent.get_untracked(),
            plots: self.plots.get_untracked(),
            view: view_name(self.view.get_untracked()).to_owned(),
            settings: self.settings.get_untracked(),
        }
    }

    pub(super) fn save_if_changed(&self) {
        let inner = self.inner();
        if inner.restoring.get() {
            return;
        }
        let text = self.workspace().write();
        if *inner.saved.borrow() == text {
            return;
        }
        let kept = storage().is_some_and(|storage| storage.set_item(KEY, &text).is_ok());
        if !kept {
            self.say("The browser keeps nothing for this page: what you set up is gone after a reload.");
        }
        // Remembered either way, so that a full storage is told once and not every second.
        inner.saved.replace(text);
    }

    pub(super) fn remember_recent(&self, id: ConnectionId) {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let Some(entry) = entries.get(&id).filter(|entry| entry.demo.is_none() && !entry.url.is_empty())
        else {
            return;
        };
        let groups = self.catalog(id).groups.len();
        let recent = Recent {
            url: entry.url.clone(),
            name: if entry.name.is_empty() { self.title(id) } else { entry.name.clone() },
            protocol: entry.driver.protocol().map(|(id, _)| id).unwrap_or_default().to_owned(),
            at: self.now().wall,
            options: entry.options.clone(),
            summary: format!("{groups} modules"),
        };
        drop(entries);
        self.recent.update(|all| Workspace::remember(all, recent));
    }

    /// Forgets a former connection.
    pub fn forget_recent(&self, url: &str) {
        self.recent.update(|all| all.retain(|recent| recent.url != url));
    }

    /// The raw frames of a connection as a document to save.
    pub fn capture(&self, id: ConnectionId) -> Option<String> {
        let inner = self.inner();
        let entries = inner.entries.borrow();
        let entry = entries.get(&id)?;
        let frames = entry.frames.borrow();
        let protocol = entry.driver.protocol().map(|(id, _)| id).unwrap_or_default();
        let capture = Capture {
            name: self.title(id),
            url: entry.url.clone(),
            protocol: protocol.to_owned(),
            options: self.definition_options(protocol, &entry.options),
            frames: frames
                .iter()
                .map(|frame| CapturedFrame {
                    at: frame.at,
                    direction: frame.direction,
                    body: frame.body.clone(),
                    cut: frame.cut,
                })
                .collect(),
        };
        Some(capture.write())
    }

    /// Opens a file that a person gave: a workspace or a capture. One that cannot be opened changes nothing.
    pub fn open_file(&self, name: &str, text: &str) -> Result<(), String> {
        let as_capture = match Capture::parse(text) {
            Ok(capture) => {
                let frames = capture
                    .frames
                    .into_iter()
                    .filter(|frame| frame.direction == Direction::In)
                    .map(|frame| {
                        let body = match frame.body {
                            FrameBody::Text(text) => Frame::Text(text),
                            FrameBody::Binary(bytes) => Frame::Binary(bytes),
                        };
                        (frame.at, body)
                    })
                    .collect();
                self.replay(
                    &format!("{} (replay)", capture.name),
                    &capture.protocol,
                    capture.options,
                    frames,
                );
                self.view.set(View::Dashboard);
                return Ok(());
            }
            Err(error) => error,
        };
        match Workspace::parse(text) {
            Ok(workspace) => {
                for id in self.connections.get_untracked() {
                    self.remove(id);
                }
                // Connections of a file may lead to hosts that this person never dialled: they wait for a click.
                let settings = Workspace { connections: Vec::new(), ..workspace.clone() };
                self.take_up(&settings);
                self.recent.update(|all| {
                    for connection in workspace.connections.iter().rev() {
                        Workspace::remember(all, recent_of(connection));
                    }
                });
                self.view.set(View::Start);
                self.say(format!(
                    "{name} is open. Its connections are among the recent ones: click to connect."
                ));
                Ok(())
            }
            Err(as_workspace) => {
                let (kind, title) = document::kind_of(text).unwrap_or_default();
                if self.definition_option(&kind).is_some() {
                    let wanted = if title.is_empty() { name } else { &title };
                    if let Some(added) = self.add_definition(&kind, wanted, text) {
                        self.say(format!(
                            "The definition {added} can be chosen now, where you connect to a device."
                        ));
                    }
                    return Ok(());
                }
                let is_workspace = text.trim_start().starts_with('{') && text.contains("\"workspace\"");
                let error = if is_workspace { as_workspace } else { as_capture };
                Err(format!("{name} could not be opened: {error}."))
            }
        }
    }
}

fn recent_of(connection: &ConnectionDocument) -> Recent {
    Recent {
        url: connection.url.clone(),
        name: connection.name.clone(),
        protocol: connection.protocol.clone(),
        at: crate::model::Timestamp(0),
        options: connection.options.clone(),
        summary: String::new(),
    }
}

/// The views by the names that documents give them.
const VIEWS: [(View, &str); 5] = [
    (View::Start, "start"),
    (View::Dashboard, "dashboard"),
    (View::Subscriptions, "subscriptions"),
    (View::Frames, "frames"),
    (View::Channels, "channels"),
];

fn view_name(view: View) -> &'static str {
    VIEWS.iter().find(|(other, _)| *other == view).map_or("", |(_, name)| name)
}

fn view_of(name: &str) -> View {
    VIEWS.iter().find(|(_, other)| *other == name).map_or(View::Dashboard, |(view, _)| *view)
}

pub(super) fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
