//! Why a SEC node cannot be reached, or was lost: what a browser does not say and people run into.

use std::time::Duration;

use crate::model::link::Cause;
use crate::protocol::{Attempt, failure};

/// The port of frappy's TCP interface, and of the discovery broadcast, by default.
const TCP_PORT: &str = "10767";

/// The likely causes of a failure, most likely first.
pub(super) fn causes(attempt: &Attempt<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    let tcp_port = port_of(attempt.url) == Some(TCP_PORT);
    match (attempt.opened, attempt.recognised) {
        (false, _) => {
            if tcp_port {
                causes.push(tcp_interface());
            }
            if attempt.timed_out {
                causes.push(Cause::new(
                    "The node cannot be reached from here",
                    "Nothing answered at all, not even to refuse. The name or address is wrong, the machine is off, \
                     or a firewall between here and there drops what it does not know.",
                ));
            } else {
                causes.push(Cause::new(
                    "The node is not running",
                    "The machine refused, or what answered is no WebSocket. Start the node, or check the address and \
                     the port.",
                ));
            }
            if !tcp_port {
                causes.push(tcp_interface());
            }
            causes.push(no_interface());
            causes.push(wrong_path(attempt.url));
        }
        (true, false) if attempt.timed_out => {
            causes.push(Cause::new(
                "Something else listens there",
                "The WebSocket opened, but *IDN? got no answer that a SEC node would give.",
            ));
            causes.push(Cause::new(
                "The node is blocked",
                "frappy handles one request at a time: while it executes a long command of another client, nothing \
                 is answered.",
            ));
        }
        (true, false) => causes.push(Cause::new(
            "Something else listens there, or a bridge has no node behind it",
            "The WebSocket opened and was closed before anybody said who he is. A bridge from WebSocket to TCP does \
             so when it cannot reach its node.",
        )),
        (true, true) => lost(attempt, &mut causes),
    }
    causes
}

fn lost(attempt: &Attempt<'_>, causes: &mut Vec<Cause>) {
    match attempt.code {
        Some(1001) => causes.push(failure::stopped("node")),
        Some(1009) => causes.push(Cause::new(
            "A message was too long for the node",
            "frappy takes messages of up to 1 MiB.",
        )),
        Some(1011) => causes.push(failure::taken_for_dead("node", "frappy")),
        Some(1002) => causes.push(Cause::new(
            "The node sends broken frames",
            "Some small nodes break long messages into pieces in a wrong way (usecop 0.1.0 does so beyond 1024 \
             bytes). The browser then closes the connection.",
        )),
        _ if attempt.elapsed < Duration::from_secs(2) => causes.push(Cause::new(
            "The node drops the connection at once",
            "It has as many clients as it takes, or it does not like what it was asked. Its log should say more.",
        )),
        _ => causes.push(failure::fell("node")),
    }
}

fn tcp_interface() -> Cause {
    Cause::new(
        "This is the port for TCP clients",
        &format!(
            "A browser needs the node's WebSocket interface, and frappy has it at a port of its own: TCP clients use \
             {TCP_PORT} as a rule, so try another one, e.g. 10768. Nodes that follow RFC-107 have both at one port."
        ),
    )
}

fn no_interface() -> Cause {
    Cause::new(
        "The node has no WebSocket interface",
        "frappy opens one only if its configuration says so, and only where the Python package websockets is \
         installed; without it the log says that 'ws' was not found. Add the interface and restart the node.",
    )
    .with_snippet(
        "# pip install websockets\nNode('my.node', 'what it is', 'ws://10768', secondary=['tcp://10767'])",
    )
}

fn wrong_path(url: &str) -> Cause {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let text = if path.is_empty() {
        "A proxy in between may want a path behind the port; ask who runs it."
    } else {
        "Nodes built with usecop accept nothing but / as the path. Leave out what stands behind the port."
    };
    Cause::new("The path is wrong", text)
}

/// The port in a URL, if one is given.
fn port_of(url: &str) -> Option<&str> {
    let host = url.split_once("://")?.1.split(['/', '?']).next()?;
    host.rsplit_once(':').map(|(_, port)| port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(attempt: &Attempt<'_>) -> String {
        causes(attempt).swap_remove(0).title
    }

    #[test]
    fn the_evidence_decides_what_comes_first() {
        let refused = failure::refused_at_once("ws://lab:10768/");
        assert_eq!(first(&refused), "The node is not running");
        assert_eq!(first(&failure::refused_at_once("ws://lab:10767")), "This is the port for TCP clients");
        assert_eq!(first(&failure::refused_at_once("ws://[::1]:10767/")), "This is the port for TCP clients");
        let silent = Attempt { timed_out: true, ..failure::refused_at_once("ws://lab") };
        assert_eq!(first(&silent), "The node cannot be reached from here");
        let mute = Attempt { opened: true, timed_out: true, ..refused.clone() };
        assert_eq!(first(&mute), "Something else listens there");
        let live = failure::lost_after_a_minute(refused.url);
        for (code, title) in [
            (1001, "The node was stopped"),
            (1002, "The node sends broken frames"),
            (1006, "The node or the network failed"),
            (1009, "A message was too long for the node"),
            (1011, "The node took this page for dead"),
        ] {
            assert_eq!(first(&Attempt { code: Some(code), ..live.clone() }), title);
        }
    }

    #[test]
    fn a_node_without_the_interface_gets_the_line_that_it_lacks() {
        let causes = causes(&failure::refused_at_once("ws://lab:10768"));
        assert!(causes.iter().any(|cause| cause.snippet.contains("'ws://10768'")));
        assert!(causes.iter().all(|cause| !cause.title.is_empty() && !cause.text.is_empty()));
    }
}
