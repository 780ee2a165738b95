//! Why an ETP server cannot be reached, or was lost: what a browser does not say and people run into.

use crate::model::link::Cause;
use crate::protocol::{Attempt, failure};

/// The likely causes of a failure, most likely first.
pub(super) fn causes(attempt: &Attempt<'_>) -> Vec<Cause> {
    match (attempt.opened, attempt.recognised) {
        (false, _) if attempt.timed_out => Vec::new(),
        (false, _) => not_opened(attempt),
        (true, false) if attempt.timed_out => vec![Cause::new(
            "It does not open a session",
            "The WebSocket opened, RequestSession was sent, and no OpenSession came. A proxy may stand between, or the \
             server waits for another encoding.",
        )],
        (true, false) => vec![Cause::new(
            "It does not take the session",
            "The WebSocket opened and was closed when it saw RequestSession. Its log says why; a token that it does not \
             know may be the reason.",
        )],
        (true, true) => lost(attempt),
    }
}

fn not_opened(attempt: &Attempt<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    if attempt.url.splitn(4, '/').nth(3).unwrap_or_default().is_empty() {
        causes.push(Cause::new(
            "The path is another one",
            "Most ETP servers have one, as in wss://server/etp or wss://server/api/reservoir-ddms-etp/v2/.",
        ));
    }
    causes.push(Cause::new(
        "It speaks another version, or names none",
        "A server must choose the subprotocol that is offered (etp12.energistics.org, or energistics-tp for v1.1). One that \
         does not know it answers 400 or 412, and one that chooses none is cut off by the browser; both look alike from \
         here.",
    ));
    causes.push(
        Cause::new(
            "It wants to know who you are",
            "An answer of 401 or 403 is hidden from a page. A page cannot send the header Authorization: choose a token in \
             the address, or let a proxy add the header.",
        )
        .with_snippet(failure::PROXY_RECIPE)
        .with_offer("Sign in", Vec::new()),
    );
    causes
}

fn lost(attempt: &Attempt<'_>) -> Vec<Cause> {
    match attempt.code {
        Some(1000 | 1001) => vec![failure::stopped("server")],
        Some(1009) => {
            vec![Cause::new("A message was too long for the server", "Ask for fewer channels at once.")]
        }
        Some(1011) => vec![Cause::new(
            "The server failed, or took this page for dead",
            "Its log says more. It is dialled again by itself.",
        )],
        _ => vec![failure::fell("server")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evidence_decides_what_comes_first() {
        let refused = failure::refused_at_once("wss://witsml.rig/etp");
        let cut = Attempt { opened: true, ..refused.clone() };
        let live = failure::lost_after_a_minute(refused.url);
        for (attempt, title) in [
            (refused.clone(), "It speaks another version, or names none"),
            (failure::refused_at_once("wss://witsml.rig/"), "The path is another one"),
            (Attempt { timed_out: true, ..cut.clone() }, "It does not open a session"),
            (cut, "It does not take the session"),
            (Attempt { code: Some(1000), ..live.clone() }, "The server was stopped"),
            (live, "The server or the network failed"),
        ] {
            assert_eq!(causes(&attempt)[0].title, title, "{attempt:?}");
        }
        assert!(causes(&refused).iter().any(|cause| cause.snippet.contains("Authorization")));
        assert!(
            causes(&Attempt { timed_out: true, ..refused }).is_empty(),
            "the host is silent, not the protocol"
        );
    }
}
