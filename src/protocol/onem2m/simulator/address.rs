//! Where a request goes: structured, unstructured, SP-relative and absolute addresses, and virtual resources.

use super::kind::Kind;
use super::refusal::{NOT_FOUND, Refusal};
use super::tree::{BASE, BASE_NAME, CSE_ID, Id, PROVIDER_ID, Tree};

/// What an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Resource(Id),
    /// The newest or oldest instance, by `la` or `ol`.
    Edge(Id),
    /// All members of a group: `fopt`, and what stands behind it.
    Members(Id, String),
}

impl Target {
    /// The resource itself; `None` for a virtual one.
    pub(super) fn real(&self) -> Option<Id> {
        match self {
            Self::Resource(id) => Some(*id),
            Self::Edge(_) | Self::Members(..) => None,
        }
    }
}

impl Tree {
    /// Finds what an address leads to.
    pub(super) fn resolve(&self, to: &str) -> Result<Target, Refusal> {
        let missing = || Refusal::new(NOT_FOUND, format_args!("No resource with this ID: {to}"));
        let mut local = to;
        if let Some(absolute) = to.strip_prefix("//") {
            if absolute.split('/').filter(|part| !part.is_empty()).count() < 3 {
                return Err(Refusal::bad(format_args!("Absolute ID is too short")));
            }
            let own = to.strip_prefix(PROVIDER_ID).filter(|rest| rest.starts_with('/'));
            local = own.ok_or_else(missing)?;
        }
        if local.starts_with('/') {
            let rest = local.strip_prefix(CSE_ID).filter(|rest| rest.is_empty() || rest.starts_with('/'));
            let Some(rest) = rest else {
                let text = format_args!("Not registered to remote CSE to send request: {local}");
                return Err(Refusal::new(NOT_FOUND, text));
            };
            local = rest.trim_start_matches('/');
            if local.is_empty() {
                return Err(Refusal::bad(format_args!("SP-relative ID is too short")));
            }
        }
        if local.is_empty() {
            return Err(Refusal::bad(format_args!("to/target parameter is mandatory in request")));
        }
        let mut parts = local.split('/');
        let first = parts.next().unwrap_or_default();
        let mut id = match first {
            "-" | BASE_NAME => BASE,
            ri => self.find(ri).ok_or_else(missing)?,
        };
        while let Some(name) = parts.next() {
            if let Some(child) = self.child(id, name) {
                id = child;
                continue;
            }
            let rest = parts.collect::<Vec<_>>().join("/");
            let is = |kind| self.is(id, kind);
            return if name == "fopt" && is(Kind::Group) {
                Ok(Target::Members(id, rest))
            } else if ["la", "ol"].contains(&name)
                && rest.is_empty()
                && (is(Kind::Container) || is(Kind::TimeSeries))
            {
                self.edge(id, name)
            } else {
                Err(missing())
            };
        }
        Ok(Target::Resource(id))
    }

    fn edge(&self, id: Id, name: &str) -> Result<Target, Refusal> {
        let instances = self.get(id).map(|resource| &resource.instances);
        let edge = instances.and_then(|ids| if name == "la" { ids.back() } else { ids.front() });
        let empty = || Refusal::new(NOT_FOUND, format_args!("no instance for <{name}>"));
        edge.copied().map(Target::Edge).ok_or_else(empty)
    }
}
