//! Protocol 3: what there is, one resource a message.

use super::error::Refusal;
use super::uri::{Place, word};
use super::{Asked, Server11};
use crate::protocol::etp::avro::Map;
use crate::protocol::etp::header::NO_DATA;
use crate::protocol::etp::simulator::objects::{Object, count, text};
use crate::protocol::etp::simulator::site::Site;
use crate::protocol::etp::v11::datatypes::Resource;
use crate::protocol::etp::v11::messages::{Acknowledge, GetResources, GetResourcesResponse, Message};

impl Server11 {
    pub(super) fn get_resources(
        &mut self,
        asked: &Asked,
        request: &GetResources,
        site: &Site,
    ) -> Result<(), Refusal> {
        let places = match Place::find(&request.uri, site)? {
            Place::Root => vec![Place::Family],
            Place::Family => vec![Place::Object(Object::Well)],
            Place::Object(object) => {
                let children = object.children(site).into_iter();
                children.filter(|child| self.desk.has(*child, site)).map(Place::Object).collect()
            }
        };
        if places.is_empty() {
            self.desk.post.answer(asked, &Message::from(Acknowledge {}), NO_DATA);
            return Ok(());
        }
        let resources = places.into_iter().map(|place| {
            let resource = resource(place, site);
            Message::from(GetResourcesResponse { resource })
        });
        self.desk.post.answer_in_parts(asked, resources);
        Ok(())
    }
}

fn resource(place: Place, site: &Site) -> Resource {
    let uri = place.uri(site);
    let Place::Object(object) = place else {
        return Resource {
            uri,
            content_type: "application/x-witsml+xml;version=1.4.1.1".into(),
            name: "WITSML 1.4.1.1".into(),
            resource_type: "UriProtocol".into(),
            has_children: 1,
            ..Resource::default()
        };
    };
    // Who only asks whether there is more need not be told how much.
    let has_children = match object {
        Object::Well => -1,
        Object::Wellbore | Object::Set(_) | Object::Channel(_) => count(object.children(site).len()),
    };
    Resource {
        uri,
        content_type: format!("application/x-witsml+xml;version=1.4.1.1;type={}", word(object)),
        name: object.title(site).into(),
        channel_subscribable: true,
        custom_data: Map::default(),
        resource_type: "DataObject".into(),
        has_children,
        uuid: Some(text(&object.uuid(site))),
        last_changed: site.created.0,
        object_notifiable: false,
    }
}
