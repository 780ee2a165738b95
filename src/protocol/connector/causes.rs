//! Why a device cannot be reached, or was lost: what a browser does not say and people run into.

use std::time::Duration;

use crate::model::link::Cause;
use crate::protocol::{Attempt, failure};

/// Close codes that applications give their own meaning: RFC 6455, 7.4.2.
const PRIVATE_CODES: std::ops::RangeInclusive<u16> = 4000..=4999;
/// Those that follow the status codes of HTTP: 4401, 4403.
const HTTP_REFUSALS: [u16; 2] = [4401, 4403];

/// The likely causes of a failure, most likely first.
pub(super) fn causes(attempt: &Attempt<'_>) -> Vec<Cause> {
    match (attempt.opened, attempt.recognised) {
        (false, _) if attempt.timed_out => vec![nothing_there(), header()],
        (false, _) => vec![nothing_there(), header(), subprotocol()],
        (true, false) if attempt.timed_out => vec![wrong_format(), must_be_asked()],
        (true, false) => {
            let mut causes: Vec<Cause> = told(attempt).into_iter().collect();
            causes.extend([wrong_format(), must_be_asked(), header()]);
            causes
        }
        (true, true) => lost(attempt),
    }
}

fn lost(attempt: &Attempt<'_>) -> Vec<Cause> {
    if let Some(cause) = told(attempt) {
        return vec![cause];
    }
    match attempt.code {
        Some(1001) => vec![failure::stopped("device")],
        _ if attempt.elapsed < Duration::from_secs(2) => vec![
            Cause::new(
                "The device drops the connection at once",
                "It may have as many clients as it takes, or it does not like what the definition sends first. Look \
                 at the last frames before the end.",
            ),
            header(),
        ],
        _ => vec![failure::fell("device"), must_be_asked()],
    }
}

/// What the device itself said when it closed the connection.
fn told(attempt: &Attempt<'_>) -> Option<Cause> {
    let code = attempt.code.filter(|code| PRIVATE_CODES.contains(code))?;
    let number = code.to_string();
    Some(if HTTP_REFUSALS.contains(&code) {
        Cause::new(
            "The device does not let this page in",
            &[
                "It closed the connection with code ",
                &number,
                ", which stands for a missing or wrong login. Check the \
               token or the password among the parameters of the connection.",
            ]
            .concat(),
        )
    } else {
        Cause::new(
            "The device ended the connection itself",
            &[
                "It gave the code ",
                &number,
                ", whose meaning only its makers know. Their documentation tells; \
               mostly it is a refused login, a wrong message, or too many clients.",
            ]
            .concat(),
        )
    })
}

fn nothing_there() -> Cause {
    Cause::new(
        "Nothing answers there",
        "The device is off, the address, the port or the path is wrong, or what listens there is no WebSocket. The \
         path counts, too: most devices have their WebSocket at one path only.",
    )
}

fn header() -> Cause {
    Cause::new(
        "The device wants a header that a browser cannot send",
        "A page can choose the address and the subprotocols, nothing else: no Authorization, no API key, no Origin of \
         its own. A device that wants one answers 401 or 403, which the browser hides. If it takes the token in the \
         address or in a first message, put it there; otherwise a proxy has to add it.",
    )
    .with_snippet(failure::PROXY_RECIPE)
}

fn subprotocol() -> Cause {
    Cause::new(
        "The subprotocol does not fit",
        "Some devices want one to be offered, and the browser gives up if one was offered and none is chosen. Which \
         are offered is part of the definition and an option of the connection.",
    )
}

fn wrong_format() -> Cause {
    Cause::new(
        "The definition does not fit the device",
        "The WebSocket opened, but nothing came that can be read as the definition says: it may be JSON where binary \
         frames were expected, or the other way round. Look at the frames that came.",
    )
}

fn must_be_asked() -> Cause {
    Cause::new(
        "The device expects something to be sent",
        "Many say nothing until they were asked, or drop who says nothing for a while. The definition can send \
         messages first, again and again, and to keep the link alive.",
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
        let refused = failure::refused_at_once("ws://lab:8080/stream");
        assert_eq!(first(&refused), "Nothing answers there");
        assert!(causes(&refused).iter().any(|cause| cause.snippet.contains("Authorization")));
        let mute = Attempt { opened: true, timed_out: true, ..refused.clone() };
        assert_eq!(first(&mute), "The definition does not fit the device");
        let login = Attempt { opened: true, code: Some(4401), ..refused.clone() };
        assert_eq!(first(&login), "The device does not let this page in");
        let live = failure::lost_after_a_minute(refused.url);
        for (code, title) in [
            (1001, "The device was stopped"),
            (1006, "The device or the network failed"),
            (4000, "The device ended the connection itself"),
            (4403, "The device does not let this page in"),
        ] {
            assert_eq!(first(&Attempt { code: Some(code), ..live.clone() }), title);
        }
    }
}
