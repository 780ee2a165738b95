//! Keys and passwords: in memory alone, unless a person wants them kept in this browser.
//!
//! They are kept apart from everything that is saved otherwise, by the address that they are for.

use super::App;
use super::persistence::storage;
use crate::document::secrets;
use crate::model::named::{self, Named};
use crate::state::{ConnectRequest, OptionKind, protocols};

/// What is said where a link has a secret in it.
pub const LEFT_OUT: &str =
    "The link had a key in it, which was left out. It is known to whoever saw the link.";
/// Where they are kept.
const KEY: &str = "porthole.secrets";

impl App {
    /// The secrets that are kept for an address.
    pub fn kept_secrets(&self, url: &str) -> Vec<(String, String)> {
        all_kept().into_iter().find(|(other, _)| other == url).map(|(_, kept)| kept).unwrap_or_default()
    }

    /// Keeps secrets for an address in this browser; none to forget those that are there.
    pub(super) fn keep_secrets(&self, url: &str, wanted: &[(String, String)]) {
        let mut all = all_kept();
        let before = all.len();
        all.retain(|(other, _)| other != url);
        if wanted.is_empty() && all.len() == before {
            return;
        }
        if !wanted.is_empty() {
            all.push((url.to_owned(), wanted.to_vec()));
        }
        let Some(storage) = storage() else { return };
        let is_done = if all.is_empty() {
            storage.remove_item(KEY).is_ok()
        } else {
            storage.set_item(KEY, &secrets::write(&all)).is_ok()
        };
        if !is_done {
            self.say("The browser keeps nothing for this page: the key is gone after a reload.");
        }
    }

    /// A link must not carry a secret: whoever sees it would have it.
    pub(super) fn leave_secrets_out(&self, protocol: Option<&str>, options: &mut Named) {
        if strip(protocol, options) {
            self.say(LEFT_OUT);
        }
    }

    /// A secret of the protocol is wanted that nobody has given: a person must be asked.
    pub fn wants_secret(&self, request: &ConnectRequest) -> bool {
        let has_secret =
            request.protocol.as_deref().is_some_and(|protocol| names(Some(protocol)).next().is_some());
        has_secret && request.secrets.is_empty() && self.kept_secrets(&request.url).is_empty()
    }
}

/// The names of a protocol's secrets; of all protocols', where none is named.
fn names(protocol: Option<&str>) -> impl Iterator<Item = &'static str> {
    protocols()
        .filter(move |info| protocol.is_none_or(|protocol| protocol == info.id))
        .flat_map(|info| info.options)
        .filter(|spec| spec.kind == OptionKind::Secret)
        .map(|spec| spec.name)
}

/// Takes secrets out of what is no place for them. Whether there were some.
pub(super) fn strip(protocol: Option<&str>, options: &mut Named) -> bool {
    names(protocol).filter(|name| named::take(options, name).is_some()).count() > 0
}

/// A document that cannot be opened is as good as none: the person is asked again.
fn all_kept() -> Vec<secrets::Kept> {
    let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).unwrap_or_default();
    secrets::parse(&text).unwrap_or_default()
}
