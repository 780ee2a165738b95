//! Who may do what: the owner everything, the administrator everything, others what access control policies say.

use serde_json::Value;

use super::cse::Cse;
use super::kind::Kind;
use super::refusal::{NO_PRIVILEGE, Refusal};
use super::tree::Id;

/// The originator who may do everything.
pub(super) const ADMINISTRATOR: &str = "CAdmin";

/// An operation as access control policies know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    Create,
    Retrieve,
    Update,
    Delete,
    Notify,
    Discover,
}

impl Right {
    /// Its bit in `acop`, and its name.
    fn facts(self) -> (u64, &'static str) {
        match self {
            Self::Create => (1, "CREATE"),
            Self::Retrieve => (2, "RETRIEVE"),
            Self::Update => (4, "UPDATE"),
            Self::Delete => (8, "DELETE"),
            Self::Notify => (16, "NOTIFY"),
            Self::Discover => (32, "DISCOVERY"),
        }
    }
}

impl Cse {
    /// Refuses what an originator may not do.
    pub(super) fn demand(&self, fr: &str, right: Right, id: Id) -> Result<(), Refusal> {
        if self.may(fr, right, id) { Ok(()) } else { Err(self.no_privilege(fr, right, id)) }
    }

    /// What is answered to somebody who lacks a right.
    pub(super) fn no_privilege(&self, fr: &str, right: Right, id: Id) -> Refusal {
        let (right, ri) = (right.facts().1, self.tree.ri(id));
        Refusal::new(
            NO_PRIVILEGE,
            format_args!("originator: {fr} has no {right} privileges for resource: {ri}"),
        )
    }

    /// Whether an originator may do something with a resource: the nearest `acpi` above it decides, but for those
    /// who made it or what it lies in. Whoever is registered may read the `CSEBase` and create in it.
    pub(super) fn may(&self, fr: &str, right: Right, id: Id) -> bool {
        if fr == ADMINISTRATOR {
            return true;
        }
        let mut next = Some(id);
        let mut policies: Option<&Value> = None;
        let mut policy_of_its_own = None;
        while let Some(resource) = next.and_then(|id| self.tree.get(id)) {
            if resource.kind == Kind::CseBase {
                break;
            }
            if resource.owner == fr {
                return true;
            }
            if resource.kind == Kind::AccessControlPolicy {
                policy_of_its_own = resource.attributes.get("pvs");
                break;
            }
            policies = policies.or_else(|| resource.attributes.get("acpi"));
            next = resource.parent;
        }
        if let Some(own) = policy_of_its_own {
            return grants(own, fr, right);
        }
        if self.tree.is(id, Kind::CseBase) {
            let open = matches!(right, Right::Create | Right::Retrieve | Right::Notify | Right::Discover);
            return open && self.tree.ae(fr).is_some();
        }
        let named = policies.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        named.filter_map(|address| self.tree.resolve(address).ok()?.real()).any(|policy| {
            let policy = self.tree.get(policy).filter(|policy| policy.kind == Kind::AccessControlPolicy);
            policy.and_then(|policy| policy.attributes.get("pv")).is_some_and(|pv| grants(pv, fr, right))
        })
    }
}

/// Whether one of the rules of `pv` or `pvs` gives a right to an originator.
fn grants(rules: &Value, fr: &str, right: Right) -> bool {
    let meant = |originator: &Value| match originator.as_str() {
        Some("all") => true,
        Some(pattern) => match pattern.strip_suffix('*') {
            Some(start) => fr.starts_with(start),
            None => pattern == fr,
        },
        None => false,
    };
    rules["acr"].as_array().into_iter().flatten().any(|rule| {
        let operations = rule["acop"].as_u64().unwrap_or(0);
        operations & right.facts().0 != 0 && rule["acor"].as_array().into_iter().flatten().any(meant)
    })
}
