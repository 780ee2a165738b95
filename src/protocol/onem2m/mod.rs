//! oneM2M over WebSocket (TS-0020) and, where a CSE wants it, HTTP beside it (TS-0009).
//!
//! From a frame to its meaning: [`primitive`] reads the envelope of a request or a response (TS-0004, 6.4.1), and
//! [`session`] knows for what it had asked and which resource a notification is about; [`content`] reads what an
//! instance holds.

mod causes;
pub mod content;
pub mod http;
pub mod notification;
pub mod primitive;
pub mod resource;
pub mod session;
pub mod simulator;
pub mod time;

use super::options::{OptionKind, OptionSpec, Options};
use super::{Protocol, Session};
use session::OneM2mSession;

/// oneM2M.
pub const PROTOCOL: Protocol = Protocol {
    id: "onem2m",
    title: "oneM2M",
    example: "ws://cse.lab:8180",
    usual: "",
    is_tried: true,
    schemes: &[("onem2m", "ws"), ("onem2ms", "wss")],
    subprotocols: &["oneM2M.json"],
    variants: None,
    url: None,
    options: OPTIONS,
    definitions: None,
    later: None,
    session,
    causes: causes::causes,
    demos: simulator::DEMOS,
};

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "mode",
        label: "Requests go",
        hint: "A stock ACME CSE serves requests of a page by HTTP only, and notifies over the WebSocket. It needs CORS: \
               [http.cors] enable=true.",
        kind: OptionKind::Choice(&[
            ("websocket", "over the WebSocket"),
            ("hybrid", "by HTTP beside the WebSocket"),
        ]),
    },
    OptionSpec {
        name: "http",
        label: "HTTP address",
        hint: "Of the same CSE, for requests by HTTP, e.g. http://cse.lab:8080.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "fr",
        label: "Requests come from",
        hint: "The originator in whose name data is read and written. Empty: this page's own AE, which mostly may read \
               little until somebody gives it rights.",
        kind: OptionKind::Text(""),
    },
    OptionSpec {
        name: "aei",
        label: "This page's AE-ID",
        hint: "Whom the CSE notifies. It begins with C or S, no other page may have it, and {aei} in the address is \
               replaced by it.",
        kind: OptionKind::Random("C"),
    },
    OptionSpec {
        name: "gap",
        label: "Pause after an acknowledgement, in ms",
        hint: "ACME loses frames that come close together. 0 for other CSEs.",
        kind: OptionKind::Text("25"),
    },
    OptionSpec {
        name: "subprotocols",
        label: "WebSocket subprotocols",
        hint: "Offered to the CSE, separated by commas. It must speak JSON.",
        kind: OptionKind::Text("oneM2M.json"),
    },
];

fn session(options: &Options) -> Box<dyn Session> {
    Box::new(OneM2mSession::new(options))
}
