//! What can be asked: the procedures of the One Platform and their arguments (rpc/README.md, "Procedures";
//! websocket/README.md for the two that only a WebSocket has).
//!
//! Values, descriptions and points are JSON already. Times are Unix seconds, time-outs milliseconds: a client that gave
//! `since` in milliseconds never got its past.

mod arguments;
mod terms;

use super::answer::CallId;
use super::resource::{Kind, ResourceId, Rid};
use super::write::{Object, list, quoted};
pub use terms::{Clue, Creature, Entity, Metric, Part, Relation, Selection, Window};

/// A procedure with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// Points of a series.
    Read {
        /// The series.
        resource: ResourceId,
        /// Which.
        window: Window,
    },
    /// A new point, at the peer's present time.
    Write {
        /// The dataport.
        resource: ResourceId,
        /// The value.
        value: String,
    },
    /// New points of several dataports, all at one time.
    WriteGroup {
        /// Dataports and values.
        values: Vec<(ResourceId, String)>,
    },
    /// Points of the past; the older form of [`Procedure::RecordBatch`].
    Record {
        /// The dataport.
        resource: ResourceId,
        /// Times (negative ones: so long ago) and values.
        points: Vec<(i64, String)>,
    },
    /// Points of the past. Those that are not taken are named one by one.
    RecordBatch {
        /// The dataport.
        resource: ResourceId,
        /// Times (negative ones: so long ago) and values.
        points: Vec<(i64, String)>,
    },
    /// Removes points. Both bounds are exclusive; without them all go.
    Flush {
        /// The series.
        resource: ResourceId,
        /// Only points after it.
        newer_than: Option<i64>,
        /// Only points before it.
        older_than: Option<i64>,
    },
    /// The next point, when it comes.
    Wait {
        /// The series.
        resource: ResourceId,
        /// How long to wait; 30 s where it is not said.
        timeout_millis: Option<u32>,
        /// The first point after it, which may have come already.
        since: Option<i64>,
    },
    /// All points as they come.
    Subscribe {
        /// The series.
        resource: ResourceId,
        /// Points after it first.
        since: Option<i64>,
        /// It ends after so long.
        timeout_millis: Option<u32>,
        /// Names what it tells; else that has the call's name.
        subs_id: Option<CallId<'static>>,
    },
    /// Ends a subscription.
    Unsubscribe {
        /// The series; all that have the name where it is left out.
        resource: Option<ResourceId>,
        /// Names the subscription.
        subs_id: CallId<'static>,
    },
    /// A new resource.
    Create {
        /// Below which client; below the caller in the older form, which leaves it out.
        parent: Option<ResourceId>,
        /// Of what kind.
        kind: Creature,
        /// Its description.
        description: String,
    },
    /// Changes a description.
    Update {
        /// Of which resource.
        resource: ResourceId,
        /// What changes.
        description: String,
    },
    /// Gives a resource to another client.
    Move {
        /// Which resource.
        resource: ResourceId,
        /// To which client.
        destination: ResourceId,
        /// With its aliases, as far as they can be kept.
        aliases: bool,
    },
    /// Deletes a resource with all that is below it.
    Drop {
        /// Which.
        resource: ResourceId,
    },
    /// What is known of a resource.
    Info {
        /// Which.
        resource: ResourceId,
        /// What about it.
        parts: &'static [Part],
    },
    /// What is below a client.
    Listing {
        /// Which client; the caller in the oldest form, which leaves it out.
        client: Option<ResourceId>,
        /// Of what kinds.
        kinds: &'static [Kind],
        /// In what relation to the client; `None` for the older form, whose answer is a list of lists.
        relation: Option<Relation>,
    },
    /// Gives a resource an alias.
    Map {
        /// Which.
        resource: ResourceId,
        /// The alias.
        alias: String,
    },
    /// Takes an alias away.
    Unmap {
        /// Of which client; the caller in the older form, which leaves it out.
        client: Option<ResourceId>,
        /// The alias.
        alias: String,
    },
    /// Finds a resource.
    Lookup {
        /// For which client; the caller in the older form, which leaves it out.
        client: Option<ResourceId>,
        /// By what.
        by: Clue,
    },
    /// A code that lets others see a resource.
    Share {
        /// Which.
        resource: ResourceId,
        /// A remark about the share.
        meta: String,
        /// An earlier code, whose remark is to change.
        code: Option<String>,
    },
    /// Makes a code void.
    Revoke {
        /// What it is for.
        what: Entity,
        /// The code.
        code: String,
    },
    /// Uses a code.
    Activate {
        /// For which client.
        client: ResourceId,
        /// What it is for.
        what: Entity,
        /// The code.
        code: String,
    },
    /// Ends the use of a code.
    Deactivate {
        /// For which client.
        client: ResourceId,
        /// What it is for.
        what: Entity,
        /// The code.
        code: String,
    },
    /// How much was used.
    Usage {
        /// Of which client and all below it.
        resource: ResourceId,
        /// Of what.
        metric: Metric,
        /// From when on.
        start: i64,
        /// Until when.
        end: i64,
    },
    /// A token that stands for rights. Undocumented.
    Grant {
        /// By which client.
        resource: ResourceId,
        /// To which resources, and what: `read`, `write`.
        rights: Vec<(Rid, Vec<&'static str>)>,
        /// For how long, in seconds.
        ttl_secs: Option<u32>,
    },
}

impl Procedure {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::WriteGroup { .. } => "writegroup",
            Self::Record { .. } => "record",
            Self::RecordBatch { .. } => "recordbatch",
            Self::Flush { .. } => "flush",
            Self::Wait { .. } => "wait",
            Self::Subscribe { .. } => "subscribe",
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::Create { .. } => "create",
            Self::Update { .. } => "update",
            Self::Move { .. } => "move",
            Self::Drop { .. } => "drop",
            Self::Info { .. } => "info",
            Self::Listing { .. } => "listing",
            Self::Map { .. } => "map",
            Self::Unmap { .. } => "unmap",
            Self::Lookup { .. } => "lookup",
            Self::Share { .. } => "share",
            Self::Revoke { .. } => "revoke",
            Self::Activate { .. } => "activate",
            Self::Deactivate { .. } => "deactivate",
            Self::Usage { .. } => "usage",
            Self::Grant { .. } => "grant",
        }
    }

    /// It only asks: to ask it twice changes nothing.
    pub fn is_idempotent(&self) -> bool {
        match self {
            Self::Read { .. }
            | Self::Wait { .. }
            | Self::Subscribe { .. }
            | Self::Unsubscribe { .. }
            | Self::Info { .. }
            | Self::Listing { .. }
            | Self::Lookup { .. }
            | Self::Usage { .. } => true,
            Self::Write { .. }
            | Self::WriteGroup { .. }
            | Self::Record { .. }
            | Self::RecordBatch { .. }
            | Self::Flush { .. }
            | Self::Create { .. }
            | Self::Update { .. }
            | Self::Move { .. }
            | Self::Drop { .. }
            | Self::Map { .. }
            | Self::Unmap { .. }
            | Self::Share { .. }
            | Self::Revoke { .. }
            | Self::Activate { .. }
            | Self::Deactivate { .. }
            | Self::Grant { .. } => false,
        }
    }

    /// A call of it, as JSON.
    pub fn call(&self, id: &CallId<'_>) -> String {
        Object::new()
            .with("id", &id.to_json())
            .with("procedure", &quoted(self.name()))
            .with("arguments", &self.arguments())
            .end()
    }
}

/// A frame with calls.
pub fn frame(calls: impl Iterator<Item = String>) -> String {
    Object::new().with("calls", &list(calls)).end()
}
