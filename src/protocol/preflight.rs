//! Will this browser let this page connect? A verdict before anything is dialled.
//!
//! A browser that refuses a connection does not tell the page why, so what can be known beforehand is said
//! beforehand. Schemes that no page can open do not come this far: [`Address::parse`] refuses them.

use super::address::{Address, Reach, reach};
use crate::model::order::sort_by;

/// Chromium opens 255 sockets at most, for all its tabs together; some are left for those.
pub const MOST_SOCKETS: usize = 200;

/// What matters of the page and its browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageContext {
    /// The page came over https.
    pub secure: bool,
    /// The page came from a public host; see [`is_public`].
    pub host_is_public: bool,
    /// The sockets that the page has open.
    pub open_sockets: usize,
}

/// Something to know before dialling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How much it matters.
    pub level: Level,
    /// It in a few words.
    pub title: String,
    /// Why, and what to do.
    pub text: String,
    /// Something to copy, e.g. lines of configuration; empty for none.
    pub snippet: String,
}

/// How much a verdict matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is good to know.
    Ok,
    /// It may fail, or the browser will ask something.
    Warns,
    /// It cannot work.
    Blocks,
}

/// Everything to know before an address is dialled, what blocks it first; empty if nothing is.
pub fn check(page: &PageContext, address: &Address) -> Vec<Verdict> {
    if address.is_in_page() {
        return Vec::new();
    }
    let mut verdicts = Vec::new();
    if page.secure && !address.secure && !address.loopback {
        verdicts.push(mixed_content(address));
    }
    if page.open_sockets >= MOST_SOCKETS {
        verdicts.push(Verdict {
            level: Level::Blocks,
            title: format!("This page already has {} connections", page.open_sockets),
            text: format!(
                "More than {MOST_SOCKETS} are not opened: browsers allow about 255 for all tabs together. Remove \
                 connections that are not needed."
            ),
            snippet: String::new(),
        });
    }
    if page.host_is_public && (address.private || address.loopback) {
        verdicts.push(local_network(page, address));
    }
    if !address.secure && !address.loopback {
        verdicts.push(Verdict {
            level: Level::Ok,
            title: "The connection is not encrypted".to_owned(),
            text: "Whoever shares the network can read the values and the commands. That is usual for instruments \
                   in a lab's own network."
                .to_owned(),
            snippet: String::new(),
        });
    }
    sort_by(&mut verdicts, |a, b| b.level.cmp(&a.level));
    verdicts
}

/// Whether a page's host (as `location.hostname` gives it) is a public one, as far as its spelling tells.
pub fn is_public(host: &str) -> bool {
    reach(host) == Reach::Public
}

fn mixed_content(address: &Address) -> Verdict {
    let name = address.default_name();
    let path = address.host.trim_matches(['[', ']']).replace(':', "-");
    let http = address.url.replacen("ws://", "http://", 1);
    Verdict {
        level: Level::Blocks,
        title: "A page from https:// may not open ws://".to_owned(),
        text: format!(
            "Browsers block unencrypted connections from an encrypted page. There are three ways out: open this \
             page over http:// from a web server in the lab; open it from localhost; or put TLS in front of \
             {name}, for example with these lines for nginx on this page's own server, and connect to wss:// there."
        ),
        snippet: format!(
            "location /{path}/ {{\n    proxy_pass {http};\n    proxy_http_version 1.1;\n    \
             proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection \"upgrade\";\n    \
             proxy_read_timeout 1h;\n}}"
        ),
    }
}

/// Local Network Access, <https://wicg.github.io/local-network-access/>: Chromium applies it to sockets from
/// version 147 on.
fn local_network(page: &PageContext, address: &Address) -> Verdict {
    let host = &address.host;
    let text = if page.secure {
        format!(
            "This page came from a public web server, and {host} is in a private network. Chrome and its relatives \
             ask for permission from version 147 on: allow it. Other browsers do not ask."
        )
    } else {
        format!(
            "This page came from a public web server without encryption, and {host} is in a private network. \
             Chrome and its relatives refuse that from version 147 on, without asking. Open the page from a web \
             server in the same network."
        )
    };
    let title = if page.secure {
        "The browser will ask for access to the local network"
    } else {
        "The browser may refuse access to the local network"
    };
    Verdict { level: Level::Warns, title: title.to_owned(), text, snippet: String::new() }
}
