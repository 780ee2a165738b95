//! The channels that have been seen so far, as a catalog that grows.

use std::rc::Rc;
use std::sync::Arc;

use super::super::definition::{Definition, MAX_CHANNELS};
use super::super::extract::Found;
use super::settings::Settings;
use super::widen::widened;
use crate::model::alarm::{Grade, Monitoring, Thresholds};
use crate::model::catalog::{Catalog, Channel, Group, Role};
use crate::model::datatype::{DataType, EnumMember};
use crate::model::event::Event;
use crate::model::link::Cause;
use crate::model::reading::Reading;
use crate::model::slots::Names;
use crate::model::time::{Instant, Timestamp};
use crate::model::value::Value;

/// The channel that tells whether the link is there; it is the first.
pub(super) const LINK: usize = 0;
/// Its path, and that of its group.
const LINK_PATH: &str = "connection";
/// What it says.
const LINK_STATES: [&str; 2] = ["Closed", "Open"];
/// A type that changes more often than this changes no more: each change forgets what was kept under the old one.
const CHANGES_MOST: u8 = 8;
/// What a device says matters more than its link.
const IMPORTANCE: u8 = 10;
/// So many readings wait until everybody knows their channels.
const HELD_MOST: usize = 10_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Channels {
    /// What is told; in part before it is.
    pub(super) catalog: Catalog,
    /// By index in the catalog.
    pub(super) known: Vec<Known>,
    by_path: Names,
    by_group: Names,
    /// Paths of channels that a person wants (1), or does not want (0).
    chosen: Names,
    wanted: usize,
    /// It differs from what was told.
    pub(super) is_changed: bool,
    /// When it was told last with something in it.
    pub(super) told: Option<Instant>,
    /// It has been told at all.
    pub(super) is_told: bool,
    /// Events about channels that nobody knows yet.
    pub(super) held: Vec<Event>,
    has_refused: bool,
}

/// What is known of a channel beside the catalog.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Its type was told by a reading.
    has_type: bool,
    type_changes: u8,
    /// It is new, or of another type than was told.
    pub(super) is_untold: bool,
    /// Everybody was told that its readings come.
    pub(super) is_subscribed: bool,
    pub(super) is_unwanted: bool,
    /// When the newest reading was taken, by the source's clock, and that this clock is behind it.
    pub(super) newest: Option<Timestamp>,
    pub(super) is_behind: bool,
    /// The newest reading of a channel that is not wanted for now.
    pub(super) kept: Option<Reading>,
}

impl Channels {
    /// None yet but that of the link.
    pub(super) fn new(definition: &Definition, settings: &Settings) -> Self {
        let mut catalog = Catalog {
            description: definition.description.clone(),
            facts: facts(definition),
            pausable: true,
            ..Catalog::default()
        };
        catalog.groups.push(Group {
            path: LINK_PATH.to_owned(),
            title: "Connection".to_owned(),
            channels: vec![LINK],
            ..Group::default()
        });
        catalog.channels.push(link_channel(definition));
        let mut channels = Self {
            catalog,
            known: vec![Known { has_type: true, ..Known::default() }],
            by_path: Names::default(),
            by_group: Names::default(),
            chosen: Names::default(),
            wanted: 0,
            is_changed: true,
            told: None,
            is_told: false,
            held: Vec::new(),
            has_refused: false,
        };
        settings.mask(&mut channels.catalog.description);
        channels.by_path.insert(LINK_PATH, LINK);
        channels.by_group.insert(LINK_PATH, 0);
        channels
    }

    /// A new socket: its source's clock may be another one.
    pub(super) fn new_socket(&mut self) {
        for known in &mut self.known {
            known.newest = None;
            known.is_behind = false;
        }
    }

    /// The index of a channel that a reading is of, new or not; `None` where there are too many. `true` where that is
    /// news.
    pub(super) fn place(
        &mut self,
        found: &Found,
        definition: &Rc<Definition>,
        settings: &Settings,
    ) -> Result<usize, bool> {
        let path = safe(&found.path);
        if let Some(index) = self.by_path.get(&path).filter(|index| *index != LINK) {
            self.learn_type(index, found.data_type.as_ref());
            return Ok(index);
        }
        let path = if path == LINK_PATH { [&path, "/value"].concat() } else { path };
        match self.by_path.get(&path) {
            Some(index) => {
                self.learn_type(index, found.data_type.as_ref());
                Ok(index)
            }
            None if self.known.len() > MAX_CHANNELS => Err(!std::mem::replace(&mut self.has_refused, true)),
            None => Ok(self.add(path, found, definition, settings)),
        }
    }

    fn add(&mut self, path: String, found: &Found, definition: &Definition, settings: &Settings) -> usize {
        let index = self.known.len();
        let group = self.group(&found.group);
        let is_number = matches!(found.data_type, Some(DataType::Number(_) | DataType::Integer(_)));
        let card = if is_number { self.card(group, &path, found) } else { None };
        self.catalog.groups[card.unwrap_or(group)].channels.push(index);
        let is_unwanted = self.chosen.get(&path) == Some(0);
        self.by_path.insert(&path, index);
        self.catalog.channels.push(Channel {
            name: found.title.clone(),
            description: found.description.clone(),
            data_type: found.data_type.clone().unwrap_or(DataType::Json),
            role: if card.is_some() { Role::Main } else { Role::Parameter },
            monitoring: Monitoring {
                thresholds: definition.thresholds_of(&path).cloned().map(Box::new),
                stale_after: settings.stale_after,
            },
            path,
            ..Channel::default()
        });
        self.known.push(Known {
            has_type: found.data_type.is_some(),
            is_untold: true,
            is_unwanted,
            ..Known::default()
        });
        self.wanted += usize::from(!is_unwanted);
        self.catalog.remedy = None;
        self.is_changed = true;
        index
    }

    /// The index of a group, new or not.
    fn group(&mut self, title: &str) -> usize {
        let path = safe(title);
        if let Some(index) = self.by_group.get(&path) {
            return index;
        }
        let index = self.catalog.groups.len();
        self.by_group.insert(&path, index);
        self.catalog.groups.push(Group {
            path,
            title: title.to_owned(),
            importance: IMPORTANCE,
            ..Group::default()
        });
        index
    }

    /// A group within another one for a number alone, whose value then has a card of its own. `None` where a group has
    /// that path already.
    fn card(&mut self, group: usize, path: &str, found: &Found) -> Option<usize> {
        if self.by_group.contains(path) {
            return None;
        }
        let index = self.catalog.groups.len();
        self.by_group.insert(path, index);
        self.catalog.groups.push(Group {
            path: path.to_owned(),
            title: found.title.clone(),
            description: found.description.clone(),
            within: vec![self.catalog.groups[group].title.clone()],
            parent: Some(group),
            importance: IMPORTANCE,
            ..Group::default()
        });
        Some(index)
    }

    /// Widens a channel's type to what a reading says of it.
    fn learn_type(&mut self, index: usize, told: Option<&DataType>) {
        let (Some(channel), Some(known), Some(told)) =
            (self.catalog.channels.get_mut(index), self.known.get_mut(index), told)
        else {
            return;
        };
        let wider = if known.has_type { widened(&channel.data_type, told) } else { Some(told.clone()) };
        known.has_type = true;
        if let Some(wider) = wider.filter(|wider| *wider != channel.data_type)
            && known.type_changes < CHANGES_MOST
        {
            known.type_changes += 1;
            known.is_untold = true;
            channel.data_type = wider;
            if known.type_changes == CHANGES_MOST {
                // A source that goes on changing its unit would be shown under a wrong one.
                channel.data_type.set_unit("");
            }
            self.is_changed = true;
        }
    }

    /// A channel by its path, if everybody knows it.
    pub(super) fn told_at_path(&self, path: &str) -> Option<usize> {
        let index = self.by_path.get(&safe(path)).filter(|index| *index != LINK)?;
        self.known.get(index).filter(|known| self.is_told && !known.is_untold).map(|_| index)
    }

    /// Keeps a person's choice. `false` where there is no such channel.
    pub(super) fn choose(&mut self, index: usize, on: bool) -> bool {
        let (Some(known), Some(channel)) = (self.known.get_mut(index), self.catalog.channels.get(index))
        else {
            return false;
        };
        self.chosen.insert(&channel.path, usize::from(on));
        if index != LINK {
            self.wanted -= usize::from(!known.is_unwanted);
            self.wanted += usize::from(on);
        }
        known.is_unwanted = !on;
        true
    }

    /// There are channels, and nobody wants any.
    pub(super) fn is_nothing_wanted(&self) -> bool {
        self.wanted == 0 && self.known.len() > 1
    }

    /// What was told is no longer all that there is to tell.
    pub(super) fn change(&mut self) {
        self.is_changed |= !self.is_told;
    }

    /// Says why there is nothing to see, if there is nothing.
    pub(super) fn nothing_to_see(&mut self, why: Cause) {
        if self.known.len() == 1 && self.catalog.remedy.is_none() {
            self.catalog.remedy = Some(Box::new(why));
            self.is_changed = true;
        }
    }

    /// Keeps an event until its channel has been told. `false` where too many are kept.
    pub(super) fn hold(&mut self, event: Event) -> bool {
        let has_room = self.held.len() < HELD_MOST;
        if has_room {
            self.held.push(event);
        }
        has_room
    }
}

/// What is said about the definition itself.
fn facts(definition: &Definition) -> Vec<(String, String)> {
    let version = definition.version.map(|version| ("Definition version".to_owned(), version.to_string()));
    version.into_iter().collect()
}

/// The link's state as a channel: it holds while there is no link, too, and nothing makes it stale.
fn link_channel(definition: &Definition) -> Channel {
    let own = definition.thresholds.iter().find(|(path, _)| path == LINK_PATH);
    let thresholds = own.map_or_else(
        || Thresholds { states: vec![(LINK_STATES[0].to_owned(), Grade::Critical)], ..Thresholds::default() },
        |(_, thresholds)| thresholds.clone(),
    );
    let members = LINK_STATES.iter().zip(0..);
    Channel {
        name: LINK_PATH.to_owned(),
        description: "Whether the WebSocket is open and what comes can be read.".to_owned(),
        data_type: DataType::Enum(
            members.map(|(label, code)| EnumMember { code, label: Arc::from(*label) }).collect(),
        ),
        role: Role::Link,
        monitoring: Monitoring { thresholds: Some(Box::new(thresholds)), stale_after: None },
        path: LINK_PATH.to_owned(),
        ..Channel::default()
    }
}

/// The state of the link as a value.
pub(super) fn link_value(is_open: bool) -> Value {
    let label = Some(Arc::from(LINK_STATES[usize::from(is_open)]));
    Value::Enum { code: is_open.into(), label }
}

/// A path whose parts are not empty.
fn safe(path: &str) -> String {
    let mut safe = String::with_capacity(path.len());
    for part in path.split('/').map(str::trim).filter(|part| !part.is_empty()) {
        if !safe.is_empty() {
            safe.push('/');
        }
        safe.push_str(part);
    }
    if safe.is_empty() { "value".to_owned() } else { safe }
}
