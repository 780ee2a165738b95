//! ETP, the Energistics Transfer Protocol, in its versions 1.1 and 1.2.
//!
//! From a frame to its meaning: [`avro`] reads bytes, [`header`] what stands before each message, [`v11`] and [`v12`] the
//! messages of a version and its data. A frame in the JSON encoding becomes one in binary first: [`json`]. [`session`] knows what it had asked, and speaks both versions by a dialect each.
//!
//! The names are those of the specification: a *channel* has *indexes* (a time, a depth) and *data items*, is named by a
//! *URI*, and within one session by a number, its *channel id*.

pub mod avro;
mod causes;
pub mod codes;
pub mod encoding;
pub mod header;
pub mod item;
pub mod json;
mod later;
pub mod parts;
pub mod schema;
pub mod session;
pub mod simulator;
pub mod v11;
pub mod v12;
pub mod version;

use super::address::encoded;
use super::options::{OptionKind, OptionSpec, Options};
use super::{Protocol, Session, Variant, Variants};
use encoding::Encoding;
use session::EtpSession;
use version::Version;

/// ETP.
pub const PROTOCOL: Protocol = Protocol {
    id: "etp",
    title: "ETP",
    example: "wss://witsml.rig/etp",
    usual: "",
    is_tried: true,
    schemes: &[("etp", "ws"), ("etps", "wss")],
    subprotocols: &[],
    variants: Some(&VARIANTS),
    url: Some(url),
    options: OPTIONS,
    definitions: None,
    later: Some(parts::LATER),
    session,
    causes: causes::causes,
    demos: simulator::DEMOS,
};

/// One at a time: several servers choose badly from a list.
static VARIANTS: Variants = Variants {
    option: "version",
    each: &[
        Variant { word: "1.2", title: "ETP 1.2", subprotocols: &["etp12.energistics.org"] },
        Variant { word: "1.1", title: "ETP 1.1", subprotocols: &["energistics-tp"] },
    ],
};

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "version",
        label: "Version",
        hint: "WITSML 1.4 and 2.0 servers speak 1.1, those for WITSML 2.1 and RDDMS 1.2.",
        kind: OptionKind::Choice(&[("auto", "1.2, else 1.1"), ("1.2", "1.2"), ("1.1", "1.1")]),
    },
    OptionSpec {
        name: "auth",
        label: "Sign in",
        hint: "A page cannot send the header Authorization that other clients use. v1.1 servers must take it from the \
               address; in v1.2 it may go in a message.",
        kind: OptionKind::Choice(&[
            ("none", "not, or by a cookie"),
            ("query", "with a token in the address"),
            ("authorize", "with a token in a message (1.2)"),
        ]),
    },
    OptionSpec {
        name: "token",
        label: "Token",
        hint: "A bearer token, or the whole of what the header would say, e.g. Basic dXNlcjpwYXNz. Addresses may end in \
               the logs of servers and proxies.",
        kind: OptionKind::Secret,
    },
    OptionSpec {
        name: "query",
        label: "Added to the address",
        hint: "What the server wants of other headers, as name=value joined by &, e.g. etp-encoding=binary.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "uris",
        label: "URIs",
        hint: "Of channels, or of what has channels in it, where the server does not tell what there is.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "gap",
        label: "Least time between messages, in ms",
        hint: "Of v1.1. A server may leave values out to keep it.",
        kind: OptionKind::Text("200"),
    },
    OptionSpec {
        name: "items",
        label: "Most values in a message",
        hint: "Of v1.1.",
        kind: OptionKind::Text("10000"),
    },
    OptionSpec {
        name: "history",
        label: "Values of the past",
        hint: "So many are read for each channel when it is first shown; 0 for none but the last.",
        kind: OptionKind::Text("600"),
    },
    OptionSpec {
        name: "nulls",
        label: "Values that mean: none",
        hint: "Numbers that stand for a value that is not there, separated by commas. They are shown as gaps.",
        kind: OptionKind::Text("-999.25"),
    },
    OptionSpec {
        name: parts::ENCODING,
        label: "Encoding",
        hint: "Every server speaks Avro's binary encoding, few the one in JSON.",
        kind: OptionKind::Choice(&[("binary", "binary"), (parts::JSON, "JSON")]),
    },
];

fn session(options: &Options) -> Box<dyn Session> {
    let word = options.get(VARIANTS.option);
    let version = if word == "1.1" { Version::V11 } else { Version::V12 };
    Box::new(EtpSession::new(version, encoding_of(options), options))
}

fn encoding_of(options: &Options) -> Encoding {
    if options.get(parts::ENCODING) == parts::JSON { Encoding::Json } else { Encoding::Binary }
}

/// What a client says in headers goes into the query: servers must look there (v1.1: ETP-000-072).
fn url(url: &str, options: &Options) -> String {
    let mut added: Vec<String> = Vec::new();
    if options.get(parts::ENCODING) == parts::JSON {
        added.push("etp-encoding=json".to_owned());
    }
    let query = options.get("query").trim().trim_start_matches(['?', '&']);
    if !query.is_empty() {
        let is_clean = |letter: &char| letter.is_ascii_graphic() && !matches!(letter, '#' | '"' | '<' | '>');
        added.push(query.chars().filter(is_clean).collect());
    }
    let token = options.get("token");
    if options.get("auth") == "query" && !token.is_empty() {
        added.push(["Authorization=", &encoded(&session::settings::bearer(token))].concat());
    }
    if added.is_empty() {
        return url.to_owned();
    }
    let joint = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    [url, joint, &added.join("&")].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_clients_say_in_headers_goes_into_the_query() {
        let with = |chosen: &[(&str, &str)], address: &str| {
            let chosen: Vec<_> =
                chosen.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            url(address, &Options::new(&chosen))
        };
        assert_eq!(with(&[], "ws://h/etp"), "ws://h/etp");
        assert_eq!(with(&[("auth", "none"), ("token", "abc")], "ws://h/etp"), "ws://h/etp");
        assert_eq!(
            with(&[("auth", "query"), ("token", "a+b c/d="), ("encoding", "json")], "ws://h/etp"),
            "ws://h/etp?etp-encoding=json&Authorization=a%2Bb%20c%2Fd%3D"
        );
        assert_eq!(
            with(&[("auth", "query"), ("token", "abc"), ("query", "&x=1#y z")], "ws://h/?a=b"),
            "ws://h/?a=b&x=1yz&Authorization=Bearer%20abc"
        );
    }
}
