//! Definitions of connections: those that come with the page, and those that a person wrote.
//!
//! What reads a definition is in its protocol's part of the program, which [`App::want_protocol`] loads.

use super::{App, Arrival, Entry};
use crate::document::workspace::DefinitionDocument;
use crate::model::frames::{Direction, FrameBody};
use crate::model::named;
use crate::model::store::ConnectionId;
use crate::protocol::definitions::Definitions;
use crate::protocol::options::Options;
use crate::protocol::{Frame, PROTOCOLS, Protocol};
use crate::transport::parts;

pub use crate::protocol::definitions::{
    FramePreview, Leaf, Parameter, Problem, ReadingPreview, RulePreview, Summary,
};

/// A definition has no more bytes, there are no more of them, and all of them have no more bytes: what is saved must be
/// opened again.
const TEXT_BYTES: usize = 256 << 10;
const DEFINITIONS: usize = 200;
const ALL_BYTES: usize = 2 << 20;
/// So much of a name is kept.
const NAME_CHARS: usize = 80;

/// A definition to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionChoice {
    /// Its name in links and documents.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The person wrote it, and may change it.
    pub is_own: bool,
}

/// The definition of a connection, to look at and to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionInUse {
    /// The protocol's id.
    pub protocol: &'static str,
    /// Its name in links and documents.
    pub name: String,
    /// The document.
    pub text: String,
    /// The person wrote it, and may change it.
    pub is_own: bool,
}

impl App {
    /// The option that names a definition; `None` for a protocol that has none.
    pub fn definition_option(&self, protocol: &str) -> Option<&'static str> {
        Some(of(protocol)?.1.option)
    }

    /// Loads what a protocol's definitions are read with, unless it is here.
    pub fn want_protocol(&self, protocol: &str) {
        let Some((protocol, _)) = of(protocol) else { return };
        let arrivals = self.protocols_here;
        if arrivals
            .with_untracked(|all| all.iter().any(|(id, at)| *id == protocol.id && *at == Arrival::Here))
        {
            return;
        }
        leptos::task::spawn_local(async move {
            let later = protocol.later.map(|later| later.part);
            let wanted: Vec<&str> = [protocol.id].into_iter().chain(later).collect();
            let arrival = match parts::load(&wanted).await {
                Ok(()) => Arrival::Here,
                Err(words) => Arrival::Failed(words),
            };
            if arrivals.try_get_untracked().is_some() {
                arrivals.update(|all| {
                    all.retain(|(id, _)| *id != protocol.id);
                    all.push((protocol.id, arrival));
                });
            }
        });
    }

    /// How far it has come. Reactive.
    pub fn protocol_arrival(&self, protocol: &str) -> Arrival {
        self.protocols_here.with(|all| {
            all.iter()
                .find(|(id, _)| *id == protocol)
                .map_or(Arrival::OnItsWay, |(_, arrival)| arrival.clone())
        })
    }

    /// What reads definitions, once it is here. Reactive.
    fn reader(&self, protocol: &str) -> Option<&'static Definitions> {
        let (protocol, definitions) = of(protocol)?;
        // The compiler must not see through to functions that may arrive later.
        (self.protocol_arrival(protocol.id) == Arrival::Here).then(|| std::hint::black_box(definitions))
    }

    /// The definitions that can be chosen: the person's own first. Reactive.
    pub fn definition_choices(&self, protocol: &str) -> Vec<DefinitionChoice> {
        let mut choices: Vec<DefinitionChoice> = self.definitions.with(|own| {
            own.iter()
                .filter(|definition| definition.protocol == protocol)
                .map(|definition| DefinitionChoice {
                    name: definition.name.clone(),
                    title: definition.name.clone(),
                    is_own: true,
                })
                .collect()
        });
        if let Some(reader) = self.reader(protocol) {
            choices.extend((reader.built_in)().iter().map(|built_in| DefinitionChoice {
                name: built_in.name.to_owned(),
                title: built_in.title.to_owned(),
                is_own: false,
            }));
        }
        choices
    }

    /// The text of a definition; empty where there is none of that name. Reactive.
    pub fn definition_text(&self, protocol: &str, name: &str) -> String {
        if let Some(own) = self.own_definition(protocol, name) {
            return own;
        }
        let built_in = self.reader(protocol).map(|reader| (reader.built_in)()).unwrap_or_default();
        built_in
            .iter()
            .find(|built_in| built_in.name == name)
            .map(|found| found.text.to_owned())
            .unwrap_or_default()
    }

    fn own_definition(&self, protocol: &str, name: &str) -> Option<String> {
        self.definitions.with(|own| {
            let found = own.iter().find(|own| own.protocol == protocol && own.name == name)?;
            Some(found.text.clone())
        })
    }

    /// The options with the text of the definition that they name, where the person wrote it. What comes with the page
    /// the protocol knows itself.
    pub(super) fn with_definition(&self, protocol: Option<&str>, options: &mut Vec<(String, String)>) {
        let Some((protocol, definitions)) = protocol.and_then(of) else { return };
        let name = named::get(options, definitions.option);
        let text = leptos::prelude::untrack(|| self.own_definition(protocol.id, name)).unwrap_or_default();
        named::set_or_take(options, definitions.text_option, &text);
    }

    /// What a capture has to keep of a connection's options where a definition reads its frames: all of them, with the
    /// definition as it is now.
    pub(super) fn definition_options(
        &self,
        protocol: &str,
        options: &[(String, String)],
    ) -> Vec<(String, String)> {
        let mut kept = if of(protocol).is_some() { options.to_vec() } else { Vec::new() };
        self.with_definition(Some(protocol), &mut kept);
        kept
    }

    /// Reads a definition. `None` until it can be read. Reactive.
    pub fn read_definition(&self, protocol: &str, text: &str) -> Option<Result<Summary, Vec<Problem>>> {
        Some((self.reader(protocol)?.read)(text))
    }

    /// The address of a definition with what was filled in. Reactive.
    pub fn definition_address(&self, protocol: &str, text: &str, options: &[(String, String)]) -> String {
        self.reader(protocol).map(|reader| (reader.address)(text, &Options::new(options))).unwrap_or_default()
    }

    /// What a definition makes of frames, newest first as they are given.
    pub fn preview_definition(
        &self,
        id: ConnectionId,
        protocol: &str,
        text: &str,
        seqs: &[u64],
    ) -> Vec<FramePreview> {
        let frames: Vec<Frame> = seqs.iter().rev().filter_map(|seq| self.frame_of(id, *seq)).collect();
        let options = {
            let inner = self.inner();
            let entries = inner.entries.borrow();
            entries.get(&id).map(|entry| Options::new(&entry.options).with_secrets(&entry.secrets))
        };
        let Some(reader) = self.reader(protocol) else { return Vec::new() };
        let mut previews = (reader.preview)(text, &options.unwrap_or_default(), &frames);
        previews.reverse();
        previews
    }

    /// What is in a frame, to choose from.
    pub fn leaves(&self, id: ConnectionId, protocol: &str, text: &str, seq: u64) -> Vec<Leaf> {
        let frame = self.frame_of(id, seq);
        frame
            .zip(self.reader(protocol))
            .map(|(frame, reader)| (reader.leaves)(text, &frame))
            .unwrap_or_default()
    }

    /// The definition with a rule more, for a value in a frame.
    pub fn with_rule(
        &self,
        id: ConnectionId,
        protocol: &str,
        text: &str,
        seq: u64,
        place: &str,
    ) -> Result<String, String> {
        let frame = self.frame_of(id, seq).ok_or("the frame has been forgotten")?;
        let reader = self.reader(protocol).ok_or("it cannot be read yet")?;
        (reader.with_rule)(text, &frame, place)
    }

    fn frame_of(&self, id: ConnectionId, seq: u64) -> Option<Frame> {
        let frames = self.frames(id)?;
        let frames = frames.borrow();
        Some(match &frames.get(seq)?.body {
            FrameBody::Text(text) => Frame::Text(text.clone()),
            FrameBody::Binary(bytes) => Frame::Binary(bytes.clone()),
        })
    }

    /// The last frames that came over a connection, newest first: their numbers.
    pub fn last_frames(&self, id: ConnectionId, count: usize) -> Vec<u64> {
        let Some(frames) = self.frames(id) else { return Vec::new() };
        let frames = frames.borrow();
        let came = frames.iter().rev().filter(|frame| frame.direction == Direction::In);
        came.take(count).map(|frame| frame.seq).collect()
    }

    /// The definition that a connection uses. Reactive.
    pub fn definition_of(&self, id: ConnectionId) -> Option<DefinitionInUse> {
        let protocol = self.definition_protocol(id)?;
        let option = self.definition_option(protocol)?;
        let name = named::get(&self.inner().entries.borrow().get(&id)?.options, option).to_owned();
        let text = self.definition_text(protocol, &name);
        Some(DefinitionInUse { protocol, text, is_own: self.is_own_definition(protocol, &name), name })
    }

    /// The protocol of a connection whose definition can be looked at.
    pub fn definition_protocol(&self, id: ConnectionId) -> Option<&'static str> {
        let protocol = self.inner().entries.borrow().get(&id)?.driver.protocol()?.0;
        Some(of(protocol)?.0.id)
    }

    /// Keeps a definition under a name, in place of the one that has it, and lets a connection use it; all that use it
    /// begin anew. A simulated instrument goes on with its own. Whether there was room.
    pub fn use_definition(&self, id: ConnectionId, protocol: &str, name: &str, text: &str) -> bool {
        let (name, Some((_, definitions))) = (short(name), of(protocol)) else { return false };
        if !self.keep_definition(protocol, &name, text) {
            return false;
        }
        if let Some(entry) =
            self.inner().entries.borrow_mut().get_mut(&id).filter(|entry| entry.demo.is_none())
        {
            named::set(&mut entry.options, definitions.option, &name);
        }
        for id in self.connections.get_untracked() {
            let entries = |entry: &Entry| named::get(&entry.options, definitions.option) == name;
            let uses = self.inner().entries.borrow().get(&id).is_some_and(entries);
            if uses {
                self.begin_anew(id);
            }
        }
        self.say(format!("{name} is saved."));
        true
    }

    /// Keeps a definition, in place of the one that has its name. Whether there was room; else it is said.
    fn keep_definition(&self, protocol: &str, name: &str, text: &str) -> bool {
        let (count, sum) = self.definitions.with_untracked(|own| {
            let others = || own.iter().filter(|own| own.name != name);
            (others().count(), others().map(|own| own.text.len()).sum::<usize>())
        });
        if text.len() > TEXT_BYTES || count >= DEFINITIONS || sum + text.len() > ALL_BYTES {
            self.say(format!(
                "{name} is not kept: a definition has at most 256 KiB, and all of them 2 MiB. Delete one that you no \
                 longer need."
            ));
            return false;
        }
        let (name, protocol, text) = (name.to_owned(), protocol.to_owned(), text.to_owned());
        self.definitions.update(|own| match own.iter_mut().find(|own| own.name == name) {
            Some(old) => *old = DefinitionDocument { name, protocol, text },
            None => own.push(DefinitionDocument { name, protocol, text }),
        });
        true
    }

    /// Forgets a definition that a person wrote.
    pub fn forget_definition(&self, protocol: &str, name: &str) {
        self.definitions.update(|own| own.retain(|own| own.protocol != protocol || own.name != name));
        self.say(format!("{name} is deleted. Connections that use it have it until they are closed."));
    }

    /// The person wrote it. Reactive.
    pub fn is_own_definition(&self, protocol: &str, name: &str) -> bool {
        self.own_definition(protocol, name).is_some()
    }

    /// A definition to begin with, kept under a name that no other has. The name; `None` where there is no room.
    pub fn new_definition(&self, protocol: &str, url: &str) -> Option<String> {
        let text = leptos::prelude::untrack(|| self.reader(protocol).map(|reader| (reader.blank)(url)))?;
        self.add_definition(protocol, "My device", &text)
    }

    /// Keeps a definition of a document, unless it is there.
    pub(super) fn take_up_definition(&self, wanted: &DefinitionDocument) {
        let is_there = self.definitions.with_untracked(|own| own.contains(wanted));
        if !is_there {
            self.add_definition(&wanted.protocol, &wanted.name, &wanted.text);
        }
    }

    /// Keeps a definition beside those that there are. Its name, which has a number where the wanted one is taken; `None`
    /// where there is no room.
    pub fn add_definition(&self, protocol: &str, wanted: &str, text: &str) -> Option<String> {
        let wanted = short(wanted);
        let taken =
            |name: &str| self.definitions.with_untracked(|own| own.iter().any(|own| own.name == name));
        let mut name = wanted.clone();
        let mut number = 2;
        while taken(&name) {
            name = format!("{wanted} {number}");
            number += 1;
        }
        self.keep_definition(protocol, &name, text).then_some(name)
    }
}

/// A name of a bounded length.
fn short(name: &str) -> String {
    name.trim().chars().take(NAME_CHARS).collect()
}

fn of(protocol: &str) -> Option<(&'static Protocol, &'static Definitions)> {
    let protocol = PROTOCOLS.iter().copied().find(|other| other.id == protocol)?;
    Some((protocol, protocol.definitions?))
}
