//! CREATE, and what a CSE fills in when a resource is made.

use serde_json::{Map, Value};

use super::attributes::check_new;
use super::cse::{Answer, Cse, Done, wants_attributes};
use super::group::member_count;
use super::instances::capacity;
use super::kind::Kind;
use super::notify::Event;
use super::refusal::{
    ALREADY_REGISTERED, CONFLICT, INVALID_CHILD_TYPE, NOT_ACCEPTABLE, NOT_ALLOWED, NOT_IMPLEMENTED,
    NOT_SUBSCRIBABLE, Refusal, SECURITY_ASSOCIATION_REQUIRED,
};
use super::request::Request;
use super::rights::{ADMINISTRATOR, Right};
use super::series::Watch;
use super::stamps;
use super::tree::{DEPTH_MOST, Id, RESOURCES_MOST, Resource, Role};
use crate::model::time::Timestamp;

/// How long a resource lives at most, and unless it is said: five years, in seconds.
const LIFE_SECS: f64 = 5.0 * 365.0 * 86_400.0;

/// A resource that may be made: everything about it has been checked.
pub(super) struct Draft {
    pub(super) parent: Id,
    pub(super) kind: Kind,
    pub(super) tag: String,
    pub(super) given: Map<String, Value>,
    pub(super) owner: String,
}

impl Cse {
    /// CREATE.
    pub(super) fn create(&mut self, request: &Request, parent: Id) -> Result<Done, Refusal> {
        let untyped = || Refusal::bad(format_args!("type parameter is mandatory for CREATE requests"));
        let kind = request.kind.ok_or_else(untyped)?;
        self.check_place(kind, parent)?;
        let owner = if kind == Kind::Ae {
            self.new_ae_id(&request.fr)?
        } else {
            self.demand(&request.fr, Right::Create, parent)?;
            request.fr.clone()
        };
        if kind == Kind::Subscription && self.quirks.no_subscribe {
            return Err(self.no_privilege(&request.fr, Right::Create, parent));
        }
        let (tag, given) = content(request, kind)?;
        check_new(kind, &tag, &given)?;
        let api = given.get("api").and_then(Value::as_str).unwrap_or_default();
        if kind == Kind::Ae && !api.starts_with(['N', 'R']) {
            return Err(Refusal::bad(format_args!("missing or empty attribute: \"api\"")));
        }
        self.check_name(parent, &given)?;
        self.check_expiry(given.get("et"))?;
        self.check_room(parent, kind, &given)?;
        let draft = Draft { parent, kind, tag, given, owner };
        match kind {
            Kind::Subscription => self.subscribe(request, draft),
            Kind::Group => {
                self.check_members(&draft.given)?;
                Ok(Done::Now(self.make(request, draft)))
            }
            Kind::Ae => {
                let aei = draft.owner.clone();
                let mut answer = self.make(request, draft);
                self.associate(&aei);
                answer.to = Some(aei);
                Ok(Done::Now(answer))
            }
            Kind::AccessControlPolicy
            | Kind::Container
            | Kind::ContentInstance
            | Kind::CseBase
            | Kind::MgmtObj
            | Kind::Node
            | Kind::Request
            | Kind::FlexContainer
            | Kind::TimeSeries
            | Kind::TimeSeriesInstance => Ok(Done::Now(self.make(request, draft))),
        }
    }

    /// Makes what was asked for.
    fn make(&mut self, request: &Request, draft: Draft) -> Answer {
        let id = self.add(draft.parent, draft.kind, &draft.tag, draft.given, &draft.owner);
        if draft.kind == Kind::TimeSeries {
            self.watch_series(id);
        }
        let pc = wants_attributes(request.rcn, true).then(|| self.represent(id));
        Answer::new(2001, pc)
    }

    fn check_place(&self, kind: Kind, parent: Id) -> Result<(), Refusal> {
        let Some(place) = self.tree.get(parent).map(|parent| parent.kind) else { return Ok(()) };
        if place.is_instance() && kind != Kind::Subscription {
            return Err(Refusal::new(NOT_ALLOWED, format_args!("CREATE is not allowed for an instance")));
        }
        if kind == Kind::Group && self.quirks.no_group {
            return Err(Refusal::new(NOT_IMPLEMENTED, format_args!("resource type 9 is not supported")));
        }
        if kind.may_be_created() && place.holds(kind) {
            return Ok(());
        }
        let (child, parent) = (kind.number(), place.number());
        Err(if kind == Kind::Subscription {
            Refusal::new(NOT_SUBSCRIBABLE, format_args!("resource of type {parent} is not subscribable"))
        } else {
            let text = format_args!("resource of type {child} is not allowed under one of type {parent}");
            Refusal::new(INVALID_CHILD_TYPE, text)
        })
    }

    /// The AE-ID of an AE that registers: the one that it claims, or a new one.
    fn new_ae_id(&mut self, fr: &str) -> Result<String, Refusal> {
        match fr {
            "" | "C" => Ok(format!("C{}", self.letters())),
            "S" => Ok(format!("S{}", self.letters())),
            known if known == ADMINISTRATOR || self.tree.find(known).is_some() => {
                let text = format_args!("Originator has already registered: {known}");
                Err(Refusal::new(ALREADY_REGISTERED, text))
            }
            new if new.starts_with(['C', 'S']) && !new.contains('/') => Ok(new.to_owned()),
            other => {
                let text = format_args!("security association required for originator: {other}");
                Err(Refusal::new(SECURITY_ASSOCIATION_REQUIRED, text))
            }
        }
    }

    fn check_name(&self, parent: Id, given: &Map<String, Value>) -> Result<(), Refusal> {
        let Some(name) = given.get("rn").and_then(Value::as_str) else { return Ok(()) };
        if self.tree.child(parent, name).is_none() {
            return Ok(());
        }
        let path = self.tree.path(parent);
        let text = format_args!("Resource with structured id: {path}/{name} already exists");
        Err(Refusal::new(CONFLICT, text))
    }

    pub(super) fn check_expiry(&self, et: Option<&Value>) -> Result<(), Refusal> {
        let time = et.and_then(Value::as_str).and_then(stamps::read);
        if time.is_some_and(|time| time <= self.now.wall) {
            return Err(Refusal::bad(format_args!("expirationTimestamp is in the past")));
        }
        Ok(())
    }

    fn check_room(&self, parent: Id, kind: Kind, given: &Map<String, Value>) -> Result<(), Refusal> {
        let full = |text| Err(Refusal::new(NOT_ACCEPTABLE, text));
        if self.tree.len() >= RESOURCES_MOST || self.tree.depth(parent) >= DEPTH_MOST {
            return full(format_args!("no room for more resources"));
        }
        if kind == Kind::Subscription && self.tree.active().len() >= super::subscription::SUBSCRIPTIONS_MOST {
            return full(format_args!("no room for more subscriptions"));
        }
        let Some(parent) = self.tree.get(parent) else { return Ok(()) };
        let (instances_most, bytes_most) = capacity(parent);
        if kind.is_instance() && (instances_most == 0 || content_size(given) > bytes_most) {
            return full(format_args!("mni or mbs of the parent leaves no room"));
        }
        if kind == Kind::TimeSeriesInstance {
            let dgt = given.get("dgt").and_then(Value::as_str).unwrap_or_default();
            let same = |id: &Id| self.tree.get(*id).is_some_and(|sample| sample.text("dgt") == dgt);
            if parent.instances.iter().any(same) {
                let text = format_args!("timeSeriesInstance with dgt: {dgt} already exists");
                return Err(Refusal::new(CONFLICT, text));
            }
        }
        Ok(())
    }

    /// Makes a resource of attributes that have been checked, and tells those who have subscribed to its parent.
    pub(super) fn add(
        &mut self,
        parent: Id,
        kind: Kind,
        tag: &str,
        given: Map<String, Value>,
        owner: &str,
    ) -> Id {
        let mut resource = Resource::new(kind, tag, owner, given);
        if resource.attributes.get("cr").is_some_and(Value::is_null) {
            resource.set("cr", owner);
        }
        fill_in(&mut resource);
        resource.set("pi", self.tree.ri(parent));
        // A subscription that had to be verified has its id already.
        let ri = match resource.attributes.shift_remove("ri") {
            Some(ri) => ri,
            None if kind == Kind::Ae => owner.into(),
            None => (kind.prefix(tag).to_owned() + &self.letters()).into(),
        };
        resource.set("ri", ri);
        if !resource.attributes.contains_key("rn") {
            let prefix = if kind == Kind::Ae { "ae" } else { kind.prefix(tag) };
            resource.set("rn", format!("{prefix}_{}", self.letters()));
        }
        resource.set("ty", kind.number());
        if kind == Kind::Ae {
            resource.set("aei", owner);
        }
        let now = stamps::write(self.now.wall);
        resource.set("ct", now.clone());
        resource.set("lt", now);
        resource.expires = self.expiry(resource.text("et"), Some(parent));
        // Wherever it was given, it stands here in the answers of a CSE.
        resource.attributes.shift_remove("et");
        resource.set("et", stamps::write(resource.expires));
        let instance = kind.is_instance();
        if instance {
            self.count_in(parent, &mut resource);
        }
        let id = self.tree.insert(Some(parent), resource);
        if instance {
            self.trim(parent);
        }
        if kind == Kind::TimeSeriesInstance {
            self.sample_came(parent, id);
        }
        if self.tree.get(id).is_some() {
            self.raise(parent, &Event::ChildCreated(id));
        }
        id
    }

    /// When a resource expires: not after its parent, nor later than any may.
    pub(super) fn expiry(&self, given: &str, parent: Option<Id>) -> Timestamp {
        let parent = parent.and_then(|parent| self.tree.get(parent));
        let latest = parent.map_or(Timestamp(i64::MAX), |parent| parent.expires);
        let longest = stamps::after(self.now.wall, LIFE_SECS).min(latest);
        stamps::read(given).map_or(longest, |given| given.min(longest))
    }

    /// Starts or ends the search for missing data of a time series.
    pub(super) fn watch_series(&mut self, id: Id) {
        let watch = self.tree.get(id).and_then(Watch::of);
        let role = watch.map_or(Role::Plain, |watch| Role::Series(Box::new(watch)));
        self.tree.assign(id, role);
    }
}

/// The one member of `pc`, which has to be of the type that `ty` says.
pub(super) fn content(request: &Request, kind: Kind) -> Result<(String, Map<String, Value>), Refusal> {
    let mut members = request.pc.iter();
    let (Some((tag, value)), None) = (members.next(), members.next()) else {
        return Err(Refusal::bad(format_args!("primitive content has to have exactly one resource")));
    };
    match value {
        Value::Object(given) if kind.is_named(tag) => Ok((tag.clone(), given.clone())),
        _ => {
            let number = kind.number();
            Err(Refusal::bad(format_args!("{tag} is not the representation of a resource of type {number}")))
        }
    }
}

/// The bytes of what an instance holds: of a text its own, of anything else those of its JSON.
pub(super) fn content_size(attributes: &Map<String, Value>) -> u64 {
    let size = match attributes.get("con") {
        Some(Value::String(text)) => text.len(),
        Some(other) => other.to_string().len(),
        None => 0,
    };
    size as u64
}

/// The attributes that the CSE itself gives to a new resource.
fn fill_in(resource: &mut Resource) {
    match resource.kind {
        Kind::Container => {
            for name in ["cni", "cbs", "st"] {
                resource.set(name, 0);
            }
        }
        Kind::TimeSeries => {
            resource.set("cni", 0);
            resource.set("cbs", 0);
            if resource.attributes.get("mdd") == Some(&Value::Bool(true)) {
                resource.set("mdc", 0);
            }
            let half = resource.whole("pei").map(|pei| pei / 2);
            if let Some(half) = half.filter(|_| !resource.attributes.contains_key("peid")) {
                resource.set("peid", half);
            }
        }
        Kind::ContentInstance | Kind::TimeSeriesInstance => {
            resource.set("cs", content_size(&resource.attributes));
        }
        Kind::FlexContainer => {
            resource.set("cs", super::update::flex_size(&resource.attributes));
            resource.set("st", 0);
        }
        Kind::Group => {
            for (name, default) in [("mt", 0), ("csy", 1)] {
                if !resource.attributes.contains_key(name) {
                    resource.set(name, default);
                }
            }
            resource.set("cnm", member_count(&resource.attributes));
            resource.set("mtv", true);
        }
        Kind::Node => resource.set("hael", Vec::<Value>::new()),
        Kind::AccessControlPolicy
        | Kind::Ae
        | Kind::CseBase
        | Kind::MgmtObj
        | Kind::Request
        | Kind::Subscription => {}
    }
}
