//! Instances of containers and time series: how they are counted, and how the oldest ones go.

use serde_json::{Map, Value};

use super::cse::Cse;
use super::kind::Kind;
use super::stamps;
use super::tree::{Id, Resource};

/// What a container holds unless it says less: instances, and their bytes.
const INSTANCES_MOST: u64 = 1000;
const BYTES_MOST: u64 = 1 << 20;

/// The most instances and bytes that a container may hold.
pub(super) fn capacity(container: &Resource) -> (u64, u64) {
    let limit = |name, most: u64| container.whole(name).map_or(most, |limit| limit.min(most));
    (limit("mni", INSTANCES_MOST), limit("mbs", BYTES_MOST))
}

impl Cse {
    /// Adds an instance to a container; `plain` says that its content is plain text.
    pub(super) fn add_instance(&mut self, container: Id, content: Value, plain: bool, owner: &str) {
        let mut given = Map::new();
        given.insert("con".into(), content);
        if plain {
            given.insert("cnf".into(), "text/plain:0".into());
        }
        self.add(container, Kind::ContentInstance, "m2m:cin", given, owner);
    }

    /// Counts an instance that is about to be added.
    pub(super) fn count_in(&mut self, parent: Id, instance: &mut Resource) {
        let size = instance.whole("cs").unwrap_or(0);
        let Some(container) = self.tree.get_mut(parent) else { return };
        count(container, 1, size.cast_signed());
        if let Some(age) = container.whole("mia").and_then(|age| u32::try_from(age).ok()) {
            let latest = stamps::after(self.now.wall, age.into());
            instance.expires = instance.expires.min(latest);
            instance.set("et", stamps::write(instance.expires));
        }
        if instance.kind == Kind::ContentInstance {
            instance.set("st", container.whole("st").unwrap_or(0));
        }
    }

    /// Drops the oldest instances until the others have room.
    pub(super) fn trim(&mut self, parent: Id) {
        while let Some(container) = self.tree.get(parent) {
            let (instances_most, bytes_most) = capacity(container);
            let held = [container.whole("cni"), container.whole("cbs")].map(Option::unwrap_or_default);
            let Some(oldest) = container.instances.front().copied() else { return };
            if held[0] <= instances_most && held[1] <= bytes_most {
                return;
            }
            self.drop_instance(oldest);
        }
    }

    /// Takes an instance out.
    pub(super) fn drop_instance(&mut self, id: Id) {
        let Some(instance) = self.tree.get(id) else { return };
        let (parent, size) = (instance.parent, instance.whole("cs").unwrap_or(0));
        self.tree.remove(id);
        if let Some(container) = parent.and_then(|parent| self.tree.get_mut(parent)) {
            count(container, -1, -size.cast_signed());
        }
    }
}

/// Counts instances and their bytes in or out; each is a change of the container's state.
fn count(container: &mut Resource, instances: i64, bytes: i64) {
    for (name, by) in [("cni", instances), ("cbs", bytes)] {
        let count = container.whole(name).unwrap_or(0).saturating_add_signed(by);
        container.set(name, count);
    }
    if instances > 0 {
        container.count_change();
    }
}
