//! URIs of v1.1, in the way of WITSML 1.4.

use super::error::{Code, Refusal};
use crate::protocol::etp::simulator::objects::Object;
use crate::protocol::etp::simulator::site::Site;

/// What all URIs begin with, and the only family of objects.
const ROOT: &str = "eml://";
const FAMILY: &str = "eml://witsml14";

/// What a URI may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The server.
    Root,
    /// Its only family of objects.
    Family,
    Object(Object),
}

impl Place {
    /// As it is written, e.g. `eml://witsml14/well(w)/wellbore(b)/log(l)/logCurveInfo(GR)`.
    pub(super) fn uri(self, site: &Site) -> String {
        let object = match self {
            Self::Root => return ROOT.to_owned(),
            Self::Family => return FAMILY.to_owned(),
            Self::Object(object) => object,
        };
        let above = match object {
            Object::Well => Self::Family,
            Object::Wellbore => Self::Object(Object::Well),
            Object::Set(_) => Self::Object(Object::Wellbore),
            Object::Channel(channel) => {
                Self::Object(Object::Set(site.channel(channel).map_or(0, |channel| channel.set)))
            }
        };
        format!("{}/{}({})", above.uri(site), word(object), object.uid(site))
    }

    /// What a URI names: an error where it is none, or where there is no such thing.
    pub(super) fn find(uri: &str, site: &Site) -> Result<Self, Refusal> {
        let is_one = uri.get(..ROOT.len()).is_some_and(|start| start.eq_ignore_ascii_case(ROOT));
        if !is_one {
            return Err(Refusal::new(Code::InvalidUri, format!("{uri:?} is no URI")));
        }
        let uri = if uri.len() > ROOT.len() { uri.trim_end_matches('/') } else { uri };
        let objects = Object::all(site).into_iter().map(Self::Object);
        let found = [Self::Root, Self::Family]
            .into_iter()
            .chain(objects)
            .find(|place| place.uri(site).eq_ignore_ascii_case(uri));
        found.ok_or_else(|| Refusal::new(Code::NotFound, format!("there is no {uri}")))
    }
}

/// The type of an object in its URI.
pub(super) fn word(object: Object) -> &'static str {
    match object {
        Object::Well => "well",
        Object::Wellbore => "wellbore",
        Object::Set(_) => "log",
        Object::Channel(_) => "logCurveInfo",
    }
}
