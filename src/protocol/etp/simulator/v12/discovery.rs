//! Protocols 3 and 24: what there is.

use super::error::{Code, Refusal};
use super::metadata::status;
use super::{Asked, Server12};
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::header::{FINAL, MULTIPART};
use crate::protocol::etp::simulator::objects::{Object, count, text};
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::v12::datatypes::{ContextScopeKind, Dataspace, Edge, RelationshipKind, Resource};
use crate::protocol::etp::v12::messages::{
    GetDataspacesResponse, GetResources, GetResourcesEdgesResponse, GetResourcesResponse, Message,
};

/// The only dataspace.
const ROOT: &str = "eml:///";
/// So many resources stand in a part of an answer.
const RESOURCES_A_PART: usize = 6;
/// There is nothing deeper.
const DEPTH_MOST: i32 = 8;

/// Which way one looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Targets,
    Sources,
}

/// A found object, and from where.
type Found = (Object, Option<Object>);

impl Server12 {
    pub(super) fn get_dataspaces(&mut self, asked: &Asked, site: &Site) {
        let dataspace = Dataspace {
            uri: ROOT.into(),
            path: String::new(),
            store_last_write: site.created.0,
            store_created: site.created.0,
            custom_data: Map::default(),
        };
        let answer = GetDataspacesResponse { dataspaces: vec![dataspace] };
        self.desk.post.answer(asked, &Message::from(answer), MULTIPART | FINAL);
    }

    pub(super) fn get_resources(
        &mut self,
        asked: &Asked,
        request: &GetResources,
        site: &Site,
    ) -> Result<(), Refusal> {
        let found = self.look(request, site)?;
        let resources: Vec<_> =
            found.iter().map(|(object, _)| self.resource(*object, request.count_objects, site)).collect();
        if resources.is_empty() {
            let none = GetResourcesResponse::default();
            self.desk.post.answer(asked, &Message::from(none), MULTIPART | FINAL);
            return Ok(());
        }
        let parts = resources.chunks(RESOURCES_A_PART);
        let resources = parts.map(|part| Message::from(GetResourcesResponse { resources: part.to_vec() }));
        let edges = request.include_edges.then(|| Message::from(edges(&found, request, site)));
        self.desk.post.answer_in_parts(asked, resources.chain(edges));
        Ok(())
    }

    /// What is to be seen from where one stands.
    fn look(&self, request: &GetResources, site: &Site) -> Result<Vec<Found>, Refusal> {
        let context = &request.context;
        let start = if context.uri.eq_ignore_ascii_case(ROOT) {
            None
        } else {
            let found = find(&context.uri, site)?;
            Some(found.ok_or_else(|| Refusal::new(Code::NotFound, format!("there is no {}", context.uri)))?)
        };
        let (way, with_self) = match request.scope {
            ContextScopeKind::Itself => (None, true),
            ContextScopeKind::Sources => (Some(Way::Sources), false),
            ContextScopeKind::Targets => (Some(Way::Targets), false),
            ContextScopeKind::SourcesOrSelf => (Some(Way::Sources), true),
            ContextScopeKind::TargetsOrSelf => (Some(Way::Targets), true),
            ContextScopeKind::Other(other) => {
                return Err(Refusal::new(Code::InvalidArgument, format!("there is no scope {other}")));
            }
        };
        // Of everything in a dataspace one may ask by type, however deep it is.
        let is_by_type = start.is_none() && !context.data_object_types.is_empty();
        let depth = if is_by_type { DEPTH_MOST } else { context.depth.min(DEPTH_MOST) };
        let mut found: Vec<Found> =
            start.filter(|_| with_self).map(|start| (start, None)).into_iter().collect();
        let mut edge = vec![start];
        for _ in 0..depth {
            let Some(way) = way else { break };
            let mut next = Vec::new();
            for from in std::mem::take(&mut edge) {
                for object in self.neighbours(from, way, site) {
                    if found.iter().all(|(other, _)| *other != object) {
                        found.push((object, from));
                        next.push(Some(object));
                    }
                }
            }
            edge = next;
        }
        let types = &context.data_object_types;
        let is_asked = |object| types.is_empty() || types.iter().any(|asked| is_of_type(object, asked));
        let is_active = |object: Object| status(is_active(object, site));
        found.retain(|(object, _)| {
            is_asked(*object)
                && self.desk.has(*object, site)
                && request.active_status_filter.is_none_or(|wanted| wanted == is_active(*object))
                && request.store_last_write_filter.is_none_or(|since| site.created.0 > since)
        });
        Ok(found)
    }

    /// One step further. Without the quirk everything below is a target; with it what names its well and its wellbore is
    /// a source of these, as the data objects are written.
    fn neighbours(&self, from: Option<Object>, way: Way, site: &Site) -> Vec<Object> {
        let Some(from) = from else { return vec![Object::Well] };
        let above = |object: &Object| object.children(site).contains(&from);
        if !self.desk.quirks.sources {
            return match way {
                Way::Targets => from.children(site),
                Way::Sources => Object::all(site).into_iter().filter(above).collect(),
            };
        }
        match (from, way) {
            (Object::Well, Way::Sources) | (Object::Set(_), Way::Targets) => from.children(site),
            (Object::Wellbore, Way::Sources) => {
                Object::all(site).into_iter().filter(|object| object.set(site).is_some()).collect()
            }
            (Object::Wellbore, Way::Targets) => vec![Object::Well],
            (Object::Set(_), Way::Sources) | (Object::Well, Way::Targets) => Vec::new(),
            (Object::Channel(_), Way::Targets) => vec![Object::Wellbore],
            (Object::Channel(_), Way::Sources) => Object::all(site).into_iter().filter(above).collect(),
        }
    }

    fn resource(&self, object: Object, counts: bool, site: &Site) -> Resource {
        let counted = |way| counts.then(|| count(self.neighbours(Some(object), way, site).len()));
        let time = site.created.0;
        Resource {
            uri: uri(object, site),
            alternate_uris: Vec::new(),
            name: object.title(site).into(),
            source_count: counted(Way::Sources),
            target_count: counted(Way::Targets),
            last_changed: time,
            store_last_write: time,
            store_created: time,
            active_status: status(is_active(object, site)),
            custom_data: Map::default(),
        }
    }
}

fn edges(found: &[Found], request: &GetResources, site: &Site) -> GetResourcesEdgesResponse {
    let is_source = matches!(request.scope, ContextScopeKind::Sources | ContextScopeKind::SourcesOrSelf);
    let edge = |(object, from): &Found| {
        let (from, to) = (uri((*from)?, site), uri(*object, site));
        let (source_uri, target_uri) = if is_source { (to, from) } else { (from, to) };
        let relationship_kind = RelationshipKind::Primary;
        Some(Edge { source_uri, target_uri, relationship_kind, custom_data: Map::default() })
    };
    GetResourcesEdgesResponse { edges: found.iter().filter_map(edge).collect() }
}

fn is_active(object: Object, site: &Site) -> bool {
    object.channels(site).iter().any(|channel| site.is_active(channel.kind.quantity))
}

/// Its type, without the version of the standard.
fn type_of(object: Object) -> &'static str {
    match object {
        Object::Well => "Well",
        Object::Wellbore => "Wellbore",
        Object::Set(_) => "ChannelSet",
        Object::Channel(_) => "Channel",
    }
}

/// `witsml21.Channel`, or `witsml21.*`.
fn is_of_type(object: Object, asked: &str) -> bool {
    let Some((family, kind)) = asked.split_once('.') else { return false };
    family.eq_ignore_ascii_case("witsml21") && (kind == "*" || kind.eq_ignore_ascii_case(type_of(object)))
}

/// `eml:///witsml21.Channel(uuid)`.
pub(super) fn uri(object: Object, site: &Site) -> String {
    format!("{ROOT}witsml21.{}({})", type_of(object), text(&object.uuid(site)))
}

/// The object of a URI, where it is a URI and there is such an object.
pub(super) fn find(uri_asked: &str, site: &Site) -> Result<Option<Object>, Refusal> {
    let is_one = uri_asked.get(..ROOT.len()).is_some_and(|start| start.eq_ignore_ascii_case(ROOT));
    if !is_one {
        return Err(Refusal::new(Code::InvalidUri, format!("{uri_asked:?} is no URI of ETP 1.2")));
    }
    Ok(Object::all(site).into_iter().find(|object| uri(*object, site).eq_ignore_ascii_case(uri_asked)))
}
