//! Why a One Platform server cannot be reached, or was lost: what a browser does not say and people run into.

use crate::model::link::Cause;
use crate::protocol::{Attempt, failure};

/// The likely causes of a failure, most likely first.
pub(super) fn causes(attempt: &Attempt<'_>) -> Vec<Cause> {
    match (attempt.opened, attempt.recognised) {
        (false, _) => not_opened(attempt),
        (true, false) if attempt.timed_out => vec![Cause::new(
            "It does not answer the key",
            "The WebSocket opened, the key was sent, and nothing came. A proxy may stand between, or it is not a One \
             Platform server: those of Exosite's newer Murano have an address and messages of their own.",
        )],
        (true, false) => vec![Cause::new(
            "The key was refused",
            "The WebSocket opened and was closed when it saw the key. Compare the key with that of the device, letter \
             by letter.",
        )],
        (true, true) => lost(attempt),
    }
}

fn not_opened(attempt: &Attempt<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    let path = attempt.url.splitn(4, '/').nth(3).unwrap_or_default();
    if !path.split(['?', '#']).next().is_some_and(|path| path.trim_end_matches('/').ends_with("ws")) {
        causes.push(Cause::new(
            "The path is another one",
            "The RPC is at /ws on One Platform servers, as in wss://m2.exosite.com/ws.",
        ));
    }
    if attempt.url.starts_with("ws:") && attempt.url.contains("exosite.com") {
        causes.push(Cause::new(
            "It wants TLS",
            "Exosite's own servers are reached by wss. Without it the key would be there for everybody to read, too.",
        ));
    }
    causes.push(Cause::new(
        "The server is not there any more",
        "Exosite has moved its customers to Murano, which does not speak this protocol. A customer's own domain is \
         like <domain>.m2.exosite.com; ask whoever runs it whether the One Platform still does.",
    ));
    causes
}

fn lost(attempt: &Attempt<'_>) -> Vec<Cause> {
    match attempt.code {
        Some(1001) => vec![failure::stopped("server")],
        Some(1008) => vec![Cause::new(
            "The server ended it by its rules",
            "The client may have been locked, its key revoked, or a limit reached.",
        )],
        Some(1009) => vec![Cause::new(
            "A message was too long for the server",
            "A value or a batch of points that was written may be the one.",
        )],
        _ => vec![failure::fell("server")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evidence_decides_what_comes_first() {
        let refused = failure::refused_at_once("wss://m2.exosite.com/ws");
        let cut = Attempt { opened: true, ..refused.clone() };
        let live = Attempt { recognised: true, ..cut.clone() };
        for (attempt, title) in [
            (refused.clone(), "The server is not there any more"),
            (
                Attempt { url: "wss://m2.exosite.com/ws/", ..refused.clone() },
                "The server is not there any more",
            ),
            (Attempt { url: "wss://m2.exosite.com/", ..refused.clone() }, "The path is another one"),
            (Attempt { url: "ws://m2.exosite.com/ws", ..refused }, "It wants TLS"),
            (Attempt { timed_out: true, ..cut.clone() }, "It does not answer the key"),
            (cut, "The key was refused"),
            (Attempt { code: Some(1001), ..live.clone() }, "The server was stopped"),
            (live, "The server or the network failed"),
        ] {
            assert_eq!(causes(&attempt)[0].title, title, "{attempt:?}");
        }
    }
}
