//! Why a CSE cannot be reached, or was lost: what a browser does not say and people run into.

use std::time::Duration;

use crate::model::link::Cause;
use crate::protocol::{Attempt, failure};

/// ACME's ports for HTTP by default, and the one beside which its tests have it.
const HTTP_PORTS: [&str; 2] = ["8080", "18080"];

/// The likely causes of a failure, most likely first.
pub(super) fn causes(attempt: &Attempt<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    match (attempt.opened, attempt.recognised) {
        (false, _) => {
            if attempt
                .url
                .split(['/', '?'])
                .nth(2)
                .is_some_and(|host| HTTP_PORTS.iter().any(|port| host.ends_with(port)))
            {
                causes.push(http_port());
            }
            let not_running = Cause::new(
                "The CSE is not running, or has no WebSocket",
                "ACME opens one only if its configuration says so, and listens on all addresses unless told otherwise.",
            );
            causes.push(not_running.with_snippet("[websocket]\nenable=true\nport=8180"));
            causes.push(Cause::new(
                "It speaks another subprotocol",
                "The handshake fails where the CSE knows none of the subprotocols that are offered. ACME wants \
                 oneM2M.json; Mobius 2 wants onem2m.r2.0.json, in small letters. Which are offered is an option of the \
                 connection.",
            ));
            if causes.len() < 3 {
                causes.push(http_port());
            }
        }
        (true, false) => causes.push(Cause::new(
            "Something else listens there, or it does not answer this page",
            "The WebSocket opened, but a request for the CSE's root got no answer.",
        )),
        (true, true) => lost(attempt, &mut causes),
    }
    causes
}

fn lost(attempt: &Attempt<'_>, causes: &mut Vec<Cause>) {
    match attempt.code {
        Some(1000) => causes.push(Cause::new(
            "Another page has the same AE-ID",
            "ACME closes the older of two sockets with one originator. Give each its own AE-ID, or leave that option \
             empty: then it is random.",
        )),
        Some(1001) => causes.push(failure::stopped("CSE")),
        Some(1009) => causes.push(Cause::new(
            "A message was too long for the CSE",
            "ACME takes messages of up to 1 MiB.",
        )),
        Some(1011) => causes.push(failure::taken_for_dead("CSE", "ACME")),
        _ if attempt.elapsed < Duration::from_secs(2) => causes.push(Cause::new(
            "The CSE drops the connection at once",
            "Its log should say more.",
        )),
        _ => causes.push(failure::fell("CSE")),
    }
}

fn http_port() -> Cause {
    Cause::new(
        "This is the port for HTTP",
        "ACME has its WebSocket at a port of its own: 8180, unless its configuration says otherwise.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(attempt: &Attempt<'_>) -> String {
        causes(attempt).swap_remove(0).title
    }

    #[test]
    fn the_evidence_decides_what_comes_first() {
        let refused = failure::refused_at_once("ws://lab:8180/");
        assert_eq!(first(&refused), "The CSE is not running, or has no WebSocket");
        assert_eq!(
            first(&Attempt { url: "ws://lab:8080/x", ..refused.clone() }),
            "This is the port for HTTP"
        );
        assert!(causes(&refused).iter().any(|cause| cause.snippet.contains("[websocket]")));
        let live = failure::lost_after_a_minute(refused.url);
        for (code, title) in [
            (1000, "Another page has the same AE-ID"),
            (1001, "The CSE was stopped"),
            (1006, "The CSE or the network failed"),
            (1009, "A message was too long for the CSE"),
            (1011, "The CSE took this page for dead"),
        ] {
            assert_eq!(first(&Attempt { code: Some(code), ..live.clone() }), title);
        }
    }
}
