//! Resource types, response codes and attribute names (TS-0001, 9.6; TS-0004, 6.3.4.2.1, 6.6.3 and 8.2).

use crate::model::json::Json;

/// `ty` of an access control policy.
pub const ACP: u32 = 1;
/// `ty` of an application entity.
pub const AE: u32 = 2;
/// `ty` of a container.
pub const CONTAINER: u32 = 3;
/// `ty` of a content instance.
pub const CONTENT_INSTANCE: u32 = 4;
/// `ty` of a CSE's root.
pub const CSE_BASE: u32 = 5;
/// `ty` of a group.
pub const GROUP: u32 = 9;
/// `ty` of a polling channel.
pub const POLLING_CHANNEL: u32 = 15;
/// `ty` of a remote CSE.
pub const REMOTE_CSE: u32 = 16;
/// `ty` of a request.
pub const REQUEST: u32 = 17;
/// `ty` of a subscription.
pub const SUBSCRIPTION: u32 = 23;
/// `ty` of a flexContainer.
pub const FLEX_CONTAINER: u32 = 28;
/// `ty` of a time series.
pub const TIME_SERIES: u32 = 29;
/// `ty` of a time series instance.
pub const TIME_SERIES_INSTANCE: u32 = 30;
/// `ty` of a flexContainer instance.
pub const FLEX_CONTAINER_INSTANCE: u32 = 58;

/// Types by number, with their names for people.
const TYPES: [(u32, &str); 24] = [
    (1, "access control policy"),
    (2, "application entity"),
    (3, "container"),
    (4, "content instance"),
    (5, "CSE base"),
    (9, "group"),
    (10, "location policy"),
    (13, "management object"),
    (14, "node"),
    (15, "polling channel"),
    (16, "remote CSE"),
    (17, "request"),
    (18, "schedule"),
    (23, "subscription"),
    (24, "semantic descriptor"),
    (28, "flexContainer"),
    (29, "time series"),
    (30, "time series instance"),
    (34, "dynamic authorization consultation"),
    (48, "cross-resource subscription"),
    (58, "flexContainer instance"),
    (60, "time synchronization beacon"),
    (65, "action"),
    (66, "dependency"),
];

/// A type in words, e.g. `container`; announced ones too.
pub fn type_name(ty: u32) -> String {
    let name = |ty: u32| TYPES.iter().find(|(number, _)| *number == ty).map(|(_, name)| *name);
    match (name(ty), ty.checked_sub(10_000).and_then(name)) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) => ["announced ", name].concat(),
        (None, None) => format!("resource of type {ty}"),
    }
}

/// The types that stand in a tree, of those that a CSE supports (`srt`): all but instances, of which there may be
/// thousands. A CSE refuses a filter with a type that it does not know; where it does not tell, the commonest are taken.
pub fn tree_types(supported: &[u32]) -> Vec<u32> {
    let is_instance =
        |ty: u32| [CONTENT_INSTANCE, TIME_SERIES_INSTANCE, FLEX_CONTAINER_INSTANCE].contains(&(ty % 10_000));
    let common = [ACP, AE, CONTAINER, GROUP, REMOTE_CSE, SUBSCRIPTION, FLEX_CONTAINER, TIME_SERIES];
    let types = if supported.is_empty() { common.as_slice() } else { supported };
    let is_wanted = |ty: u32| {
        !is_instance(ty)
            && ty != CSE_BASE
            && TYPES.iter().any(|(known, _)| *known == ty || *known + 10_000 == ty)
    };
    types.iter().copied().filter(|ty| is_wanted(*ty)).collect()
}

/// Response codes (TS-0004, 6.6.3).
const CODES: [(u32, &str); 48] = [
    (1000, "accepted"),
    (1001, "accepted, to be fetched later"),
    (1002, "accepted, the answer comes later"),
    (2000, "OK"),
    (2001, "created"),
    (2002, "deleted"),
    (2004, "updated"),
    (4000, "bad request"),
    (4001, "release not supported"),
    (4004, "not found"),
    (4005, "operation not allowed"),
    (4008, "request timeout"),
    (4015, "unsupported media type"),
    (4101, "subscription creator has no privilege"),
    (4102, "contents unacceptable"),
    (4103, "originator has no privilege"),
    (4104, "group request identifier exists"),
    (4105, "conflict"),
    (4106, "originator has not registered"),
    (4107, "security association required"),
    (4108, "invalid child resource type"),
    (4109, "no members"),
    (4110, "group member type inconsistent"),
    (4117, "originator has already registered"),
    (4126, "application rule validation failed"),
    (4127, "operation denied by remote entity"),
    (4128, "service subscription not established"),
    (5000, "internal server error"),
    (5001, "not implemented"),
    (5103, "target not reachable"),
    (5105, "receiver has no privilege"),
    (5106, "already exists"),
    (5107, "remote entity not reachable"),
    (5203, "target not subscribable"),
    (5204, "subscription verification failed"),
    (5205, "subscription host has no privilege"),
    (5206, "non-blocking request not supported"),
    (5207, "not acceptable"),
    (5208, "discovery denied"),
    (5209, "group members not responded"),
    (5212, "no members in the group"),
    (5219, "not authorized to access the target"),
    (5220, "cross-resource operation failure"),
    (5221, "maximum number of members exceeded"),
    (6003, "external object not reachable"),
    (6010, "maximum number of members exceeded"),
    (6023, "invalid semantics"),
    (6024, "request is rejected"),
];

/// A response code with its name, e.g. `4103 originator has no privilege`.
pub fn code_name(code: u32) -> String {
    match CODES.iter().find(|(number, _)| *number == code) {
        Some((_, name)) => format!("{code} {name}"),
        None => code.to_string(),
    }
}

/// Attributes that every resource may have and that say nothing about what it measures; short and long names.
const ATTRIBUTES: [(&str, &str); 66] = [
    ("rn", "resourceName"),
    ("ri", "resourceID"),
    ("pi", "parentID"),
    ("ty", "resourceType"),
    ("ct", "creationTime"),
    ("lt", "lastModifiedTime"),
    ("et", "expirationTime"),
    ("lbl", "labels"),
    ("acpi", "accessControlPolicyIDs"),
    ("cr", "creator"),
    ("cstn", "custodian"),
    ("st", "stateTag"),
    ("at", "announceTo"),
    ("aa", "announcedAttribute"),
    ("ast", "announceSyncType"),
    ("daci", "dynamicAuthorizationConsultationIDs"),
    ("loc", "location"),
    ("hld", "hierarchicalLinkDepth"),
    ("cnd", "containerDefinition"),
    ("or", "ontologyRef"),
    ("cs", "contentSize"),
    ("nl", "nodeLink"),
    ("mni", "maxNrOfInstances"),
    ("mbs", "maxByteSize"),
    ("mia", "maxInstanceAge"),
    ("cni", "currentNrOfInstances"),
    ("cbs", "currentByteSize"),
    ("fcied", "flexContainerInstanceEnabled"),
    ("dgt", "dataGenerationTime"),
    ("li", "locationID"),
    ("disr", "disableRetrieval"),
    ("con", "content"),
    ("cnf", "contentInfo"),
    ("conr", "contentRef"),
    ("snr", "sequenceNr"),
    ("pei", "periodicInterval"),
    ("peid", "periodicIntervalDelta"),
    ("mdd", "missingDataDetect"),
    ("mdn", "missingDataMaxNr"),
    ("mdlt", "missingDataList"),
    ("mdc", "missingDataCurrentNr"),
    ("mdt", "missingDataDetectTimer"),
    ("aei", "AE-ID"),
    ("api", "App-ID"),
    ("apn", "appName"),
    ("poa", "pointOfAccess"),
    ("rr", "requestReachability"),
    ("srv", "supportedReleaseVersions"),
    ("csz", "contentSerialization"),
    ("csi", "CSE-ID"),
    ("cst", "cseType"),
    ("srt", "supportedResourceType"),
    ("enc", "eventNotificationCriteria"),
    ("exc", "expirationCounter"),
    ("nu", "notificationURI"),
    ("nct", "notificationContentType"),
    ("bn", "batchNotify"),
    ("su", "subscriberURI"),
    ("mt", "memberType"),
    ("mid", "memberIDs"),
    ("mnm", "maxNrOfMembers"),
    ("cnm", "currentNrOfMembers"),
    ("csy", "consistencyStrategy"),
    ("pv", "privileges"),
    ("pvs", "selfPrivileges"),
    ("ni", "nodeID"),
];

/// How many of [`ATTRIBUTES`] can stand in a flexContainer beside those of its module.
const COMMON: usize = 29;

/// The long name of an attribute, where it is one of the standard's own.
pub fn long_name(short: &str) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|(name, _)| *name == short).map(|(_, long)| *long)
}

/// Whether an attribute of a flexContainer belongs to its module, and so has data.
pub fn is_custom(name: &str) -> bool {
    !ATTRIBUTES[..COMMON].iter().any(|(common, _)| *common == name) && name != "ch"
}

/// The one resource that a content holds: its name on the wire, e.g. `m2m:cnt` or `cod:tempe`, and its attributes.
pub fn only<'j, 'a>(content: &'j Json<'a>) -> Option<(&'j str, &'j Json<'a>)> {
    let Json::Object(members) = content else { return None };
    let mut resources = members.iter().filter(|(_, value)| matches!(value, Json::Object(_)));
    let (name, resource) = resources.next()?;
    resources.next().is_none().then_some((name, resource))
}

/// A text of a resource; empty where it has none.
pub fn text<'j>(resource: &'j Json<'_>, name: &str) -> &'j str {
    resource.get(name).and_then(Json::as_text).unwrap_or_default()
}

/// A whole number of a resource that is not negative.
pub fn number(resource: &Json<'_>, name: &str) -> Option<u64> {
    resource.get(name).and_then(Json::as_whole).and_then(|whole| u64::try_from(whole).ok())
}

/// The type of a resource.
pub fn type_of(resource: &Json<'_>) -> Option<u32> {
    number(resource, "ty").and_then(|ty| u32::try_from(ty).ok())
}

/// The items of a list; none where it is no list.
pub fn items<'j, 'a>(resource: &'j Json<'a>, name: &str) -> &'j [Json<'a>] {
    match resource.get(name) {
        Some(Json::Array(items)) => items,
        _ => &[],
    }
}

/// The last part of a name with points, e.g. of a containerDefinition.
pub fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_codes_and_attributes_have_names() {
        assert_eq!(type_name(28), "flexContainer");
        assert_eq!(type_name(10_003), "announced container");
        assert_eq!(type_name(4711), "resource of type 4711");
        assert_eq!(code_name(4103), "4103 originator has no privilege");
        assert_eq!(code_name(4999), "4999");
        assert_eq!(long_name("et"), Some("expirationTime"));
        assert_eq!(long_name("curT0"), None);
    }

    #[test]
    fn what_belongs_to_a_module_is_told_from_what_every_flex_container_has() {
        for name in ["curT0", "powSe", "unit", "minVe", "con"] {
            assert!(is_custom(name), "{name}");
        }
        for name in ["rn", "ri", "cnd", "st", "cs", "lbl", "cni", "nl", "dgt"] {
            assert!(!is_custom(name), "{name}");
        }
    }

    #[test]
    fn the_tree_lists_no_instances() {
        assert_eq!(tree_types(&[1, 2, 3, 4, 5, 30, 58, 66, 77, 10_003, 10_004]), [1, 2, 3, 66, 10_003]);
        assert!(tree_types(&[]).contains(&CONTAINER) && !tree_types(&[]).contains(&CONTENT_INSTANCE));
    }
}
