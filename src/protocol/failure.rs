//! Why a link could not be had or was lost, in words for a person.
//!
//! A browser tells a page next to nothing: a refused connection, a 404 and a wrong subprotocol all arrive as close
//! code 1006. What can be said follows from the address, the time it took and how far it came. Each failure has
//! its evidence and at least one likely cause.

use std::time::Duration;

use super::address::Address;
use super::{Attempt, Protocol};
use crate::model::display::harmless;
use crate::model::event::Notice;
use crate::model::link::{Cause, Failure};

/// A close frame has room for 123 bytes of a reason: RFC 6455, 5.5.
const REASON_CHARS: usize = 123;

/// A proxy that adds what a page cannot send. Both were run: nginx 1.22 and Caddy 2.6.
pub const PROXY_RECIPE: &str = "\
# nginx: ws://this-server/dev/stream leads to ws://device:9911/stream
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
location /dev/ {
  proxy_pass http://device:9911/;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header Authorization \"Basic dXNlcjpwYXNz\";
  proxy_set_header Cookie \"session=abc\";
  proxy_set_header Origin \"\";
  proxy_read_timeout 1h;
}

# Caddy
handle_path /dev/* {
  reverse_proxy device:9911 {
    header_up Authorization \"Basic dXNlcjpwYXNz\"
    header_up Cookie \"session=abc\"
    header_up -Origin
  }
}";

/// An idle link that is cut after longer than this was probably cut by a proxy.
const IDLE_BEFORE_PROXY_CUTS: Duration = Duration::from_secs(20);

/// What is known of a failed attempt or a lost link.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence<'a> {
    /// What the browser said and how far it came.
    pub attempt: Attempt<'a>,
    /// From the last frame to the end; of the whole attempt if none came.
    pub quiet: Duration,
    /// Failed attempts since the link was last good, this one included; 0 if it was good until now.
    pub attempts: u32,
    /// Why the session gave the link up; empty if it did not.
    pub wish: &'a str,
}

/// One protocol that was tried on an address, and what came back.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Its name, or that of its variant.
    pub title: &'static str,
    /// How it failed.
    pub failure: Failure,
    /// The socket had opened.
    pub opened: bool,
    /// The peer answered, or kept silent on an open socket: it is not for want of a connection.
    pub definite: bool,
}

/// How far it came, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NoAnswer,
    NotOpened,
    Mute,
    CutEarly,
    Silent,
    Lost,
}

impl Evidence<'_> {
    fn stage(&self) -> Stage {
        match (self.attempt.opened, self.attempt.recognised, self.attempt.timed_out) {
            (false, _, true) => Stage::NoAnswer,
            (false, _, false) => Stage::NotOpened,
            (true, false, true) => Stage::Mute,
            (true, false, false) => Stage::CutEarly,
            (true, true, true) => Stage::Silent,
            (true, true, false) => Stage::Lost,
        }
    }

    fn text(&self, protocol: &Protocol) -> String {
        let elapsed = millis(self.attempt.elapsed);
        let quiet = millis(self.quiet);
        let title = protocol.title;
        let mut parts = vec![match self.stage() {
            Stage::NoAnswer => format!("no answer in {elapsed}"),
            Stage::NotOpened => format!("closed after {elapsed} without having been open"),
            Stage::Mute => format!("open, but no {title} message in {elapsed}"),
            Stage::CutEarly => format!("closed after {elapsed}, before any {title} message"),
            Stage::Silent => format!("no frame for {quiet}"),
            Stage::Lost => format!("closed after {elapsed}, {quiet} after the last frame"),
        }];
        if !self.wish.is_empty() {
            parts.push(self.wish.to_owned());
        }
        if let Some(code) = self.attempt.code {
            parts.push(format!("close code {code}"));
        }
        if !self.attempt.reason.is_empty() {
            parts.push(reason_words(self.attempt.reason));
        }
        match self.attempts {
            0 => {}
            1 => parts.push("1 attempt".to_owned()),
            many => parts.push(format!("{many} attempts")),
        }
        parts.join(", ")
    }
}

/// The reason that a close frame gave.
pub(super) fn reason_words(reason: &str) -> String {
    format!("reason \"{}\"", harmless(reason, REASON_CHARS))
}

/// Explains a failed attempt or a lost link: the protocol's own causes first, then the general ones.
pub fn explain(address: &Address, protocol: &Protocol, evidence: &Evidence<'_>) -> Failure {
    let name = address.default_name();
    let title = match evidence.stage() {
        Stage::NoAnswer => format!("{name} does not answer"),
        Stage::NotOpened => format!("{name} could not be reached"),
        Stage::Mute => format!("{name} says nothing that is {}", protocol.title),
        Stage::CutEarly => format!("{name} closed the connection before it said who it is"),
        Stage::Silent => format!("{name} has gone silent"),
        Stage::Lost => match evidence.attempt.code {
            Some(1001) => format!("{name} was shut down"),
            _ => format!("The link to {name} was lost"),
        },
    };
    Failure { title, evidence: evidence.text(protocol), causes: causes(address, protocol, evidence) }
}

/// Explains a refusal: the peer's (or the session's) own words first.
pub fn refused(
    address: &Address,
    protocol: &Protocol,
    notice: &Notice,
    causes: &[Cause],
    evidence: &Evidence<'_>,
) -> Failure {
    let mut failure = Failure::of(notice);
    failure.causes.extend_from_slice(causes);
    if failure.title.is_empty() {
        failure.title = format!("{} refused the connection", address.default_name());
    }
    if failure.evidence.is_empty() {
        failure.evidence = evidence.text(protocol);
    }
    failure.causes.retain(is_whole);
    // Who knows the ways out knows better than what usually is the case.
    if causes.is_empty() {
        merge(&mut failure.causes, (protocol.causes)(&evidence.attempt));
    }
    if failure.causes.is_empty() {
        failure.causes.push(something_else(protocol));
    }
    failure
}

/// Explains why nothing was dialled: the part of the program that speaks the protocol could not be loaded.
pub fn incomplete(protocol: &Protocol, reason: &str) -> Failure {
    let title = protocol.title;
    let causes = vec![
        Cause::new(
            "This page has been replaced on its server",
            "The files that it was loaded with are gone. Reload the page: what was set up is there again.",
        ),
        Cause::new(
            "The server of this page does not answer",
            "It is the server that the page came from, not the instrument. It is asked again by itself.",
        ),
    ];
    Failure {
        title: format!("The part of this page that speaks {title} could not be loaded"),
        evidence: or_none(reason),
        causes,
    }
}

/// Explains why nothing was dialled: something that the address needs is not known.
pub fn unfilled(address: &Address, hole: &str) -> Failure {
    let cause = Cause::new(
        "It was not filled in, or not kept",
        "Keys and passwords are in memory alone unless you choose otherwise: after a reload they are asked for. Fill it in \
         and connect again.",
    );
    Failure {
        title: format!("The address needs {{{hole}}}"),
        evidence: address.url.clone(),
        causes: vec![cause.with_offer("Fill it in", Vec::new())],
    }
}

/// Explains why the browser did not even try.
pub fn unreachable(address: &Address, reason: &str) -> Failure {
    let mut causes = Vec::new();
    if !address.secure && !address.loopback {
        causes.push(mixed_content(address));
    }
    causes.push(Cause::new(
        "The browser forbids it",
        "A policy of this page, of the browser or of an extension forbids connections to this address. The \
               browser's console names it.",
    ));
    Failure { title: format!("The browser does not open {}", address.url), evidence: or_none(reason), causes }
}

fn or_none(reason: &str) -> String {
    if reason.is_empty() { "the browser gave no reason".to_owned() } else { reason.to_owned() }
}

/// Explains that none of several protocols was understood: what came back for each. Where no socket opened, that
/// has nothing to do with protocols, and the first attempt explains it.
pub fn none_fits(address: &Address, tried: &[Tried]) -> Failure {
    if let Some(first) = tried.first().filter(|_| !tried.iter().any(|tried| tried.opened)) {
        return first.failure.clone();
    }
    let causes = tried.iter().map(|tried| {
        let cause = tried.failure.causes.first();
        Cause {
            title: format!("{}: {}", tried.title, tried.failure.title),
            text: match cause {
                Some(cause) => format!("{}. {}", tried.failure.evidence, cause.text),
                None => tried.failure.evidence.clone(),
            },
            ..Cause::default()
        }
    });
    let names: Vec<&str> = tried.iter().map(|tried| tried.title).collect();
    let name = address.default_name();
    let is_named = tried.windows(2).all(|pair| pair[0].protocol.id == pair[1].protocol.id);
    Failure {
        title: match tried.first().filter(|_| is_named) {
            Some(first) => format!("{name} does not speak {}", first.protocol.title),
            None => format!("{name} speaks no protocol known here"),
        },
        evidence: format!("tried {}", names.join(", ")),
        causes: causes.collect(),
    }
}

fn causes(address: &Address, protocol: &Protocol, evidence: &Evidence<'_>) -> Vec<Cause> {
    if address.is_in_page() {
        return vec![Cause::new(
            "The simulated line was cut",
            "This instrument lives in the page, and one of its faults was switched on. Switch the fault off; \
                   it comes back by itself.",
        )];
    }
    let mut causes = Vec::new();
    merge(&mut causes, (protocol.causes)(&evidence.attempt));
    merge(&mut causes, evidence.attempt.code.and_then(|code| by_code(code, evidence)).into_iter().collect());
    merge(&mut causes, by_stage(address, protocol, evidence));
    causes
}

/// Adds causes that are whole and not there yet.
fn merge(causes: &mut Vec<Cause>, more: Vec<Cause>) {
    for cause in more {
        if is_whole(&cause) && !causes.iter().any(|known| known.title == cause.title) {
            causes.push(cause);
        }
    }
}

fn is_whole(cause: &Cause) -> bool {
    !cause.title.trim().is_empty() && !cause.text.trim().is_empty()
}

fn by_stage(address: &Address, protocol: &Protocol, evidence: &Evidence<'_>) -> Vec<Cause> {
    match evidence.stage() {
        Stage::NoAnswer => no_answer(address),
        Stage::NotOpened => not_opened(address, protocol),
        Stage::Mute | Stage::CutEarly => vec![
            something_else(protocol),
            Cause::new(
                "A proxy answers for an instrument that is off",
                "Some reverse proxies open the connection before they have reached the instrument. Check that the \
                 instrument behind it runs.",
            ),
        ],
        Stage::Silent => vec![
            Cause::new(
                "The instrument's server hangs or was stopped",
                "The connection is open and nothing comes, not even an answer to a sign of life. Look at the \
                 server's own log; it may be waiting for its hardware.",
            ),
            Cause::new(
                "The network in between is cut",
                "A pulled cable, a switched-off access point or a lost VPN does not close a connection, it only \
                 goes quiet.",
            ),
        ],
        Stage::Lost => vec![Cause::new(
            "The instrument's server ended, or the network broke",
            "A killed process, a reboot and a broken network look alike from here. It is dialled again by itself.",
        )],
    }
}

fn no_answer(address: &Address) -> Vec<Cause> {
    let host = &address.host;
    let mut causes = vec![
        Cause::new(
            "The host is off or has another address",
            &format!(
                "Nothing at all came back. Check that {host} is on and that this is its address: ping it."
            ),
        ),
        Cause::new(
            "A firewall drops the connection",
            "A firewall that drops says nothing, one that refuses answers at once. Ask for the port to be opened \
             on the host and between the networks.",
        ),
    ];
    if address.private {
        causes.push(Cause::new(
            "This computer is in another network",
            &format!(
                "{host} can be reached from within its own network only. Check that the VPN or the lab Wi-Fi is on."
            ),
        ));
    }
    causes
}

fn not_opened(address: &Address, protocol: &Protocol) -> Vec<Cause> {
    let host = &address.host;
    let scheme_port = if address.secure { 443 } else { 80 };
    let port = address.port.unwrap_or(scheme_port);
    let mut causes = vec![Cause::new(
        "Nothing listens there",
        &format!(
            "The host may be on while no server runs at port {port}, or it listens at another port. Check the \
             server and the port in its configuration."
        ),
    )];
    if address.loopback {
        causes.push(Cause::new(
            "It runs on another machine",
            &format!("{host} is the machine that this browser runs on. Use the name or the number of the other one."),
        ));
    } else if !is_number(host) {
        causes.push(Cause::new(
            "The name is not known here",
            &format!(
                "If this computer cannot resolve {host}, try the host's number, as in 192.168.1.20:{port}."
            ),
        ));
    }
    if address.secure {
        causes.push(
            Cause::new(
                "The certificate is not trusted",
                "A page cannot ask you about a certificate. Open this address in a tab of its own: if the \
                   browser warns there, that is the cause.",
            )
            .with_snippet(&http_url(address)),
        );
    } else if !address.loopback {
        causes.push(mixed_content(address));
    }
    if !protocol.subprotocols.is_empty() {
        causes.push(Cause::new(
            "The server does not know the subprotocol",
            &format!(
                "{} asks for the WebSocket subprotocol {}, and a browser drops a connection whose server does not \
                 confirm it.",
                protocol.title,
                protocol.subprotocols.join(" or ")
            ),
        ));
    }
    let refused = Cause::new(
        "The server refused the handshake",
        "A wrong path (404) or a missing permission (401, 403) is hidden from pages. This command shows the \
         answer; 101 is the good one.",
    );
    causes.push(refused.with_snippet(&format!(
        "curl -i -m 3 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
         -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' '{}'",
        http_url(address)
    )));
    if address.private {
        causes.push(Cause::new(
            "The browser may not reach the local network",
            "Some browsers ask before a page may connect to devices in the local network. Look for it in the \
             browser's settings for this site.",
        ));
    }
    causes
}

/// What close codes (RFC 6455, section 7.4, and the registry) tell.
fn by_code(code: u16, evidence: &Evidence<'_>) -> Option<Cause> {
    let reason = evidence.attempt.reason.to_ascii_lowercase();
    match code {
        1000 => Some(Cause::new(
            "The server closed the connection on purpose",
            "It said goodbye properly (1000). It may allow a limited time, or a limited number of clients.",
        )),
        1001 => Some(Cause::new(
            "The server was shut down or restarted",
            "It announced that it goes away (1001). When it is back, the link is too.",
        )),
        1002 | 1003 | 1007 => Some(Cause::new(
            "The server did not understand a frame",
            &format!(
                "It closed the connection over a frame that it could not take ({code}). Perhaps it speaks another protocol."
            ),
        )),
        1006 if evidence.attempt.recognised && evidence.quiet > IDLE_BEFORE_PROXY_CUTS => Some(
            Cause::new(
                "A proxy cut the idle connection",
                &format!(
                    "The connection broke after {} without a frame. Reverse proxies cut idle ones, nginx after 60 s; \
                     give it more time.",
                    millis(evidence.quiet)
                ),
            )
            .with_snippet("proxy_read_timeout 1h;"),
        ),
        1008 => Some(Cause::new(
            "The server's rules forbid it",
            "It closed the connection by policy (1008): often a missing login, or a page from a host that it does \
             not expect.",
        )),
        1009 => Some(Cause::new(
            "A frame was too large for the server",
            "It closed the connection over the size of a frame (1009). Send less at once, or raise the server's \
             limit.",
        )),
        1011 if reason.contains("keepalive") => Some(Cause::new(
            "The server waited in vain for a sign of life",
            "It pings the browser and got no answer (1011, keepalive). The network was interrupted, or the \
             computer slept.",
        )),
        1011 => Some(Cause::new(
            "The server ran into an error",
            "It reports an unexpected condition (1011). Its own log says which.",
        )),
        1012 => Some(Cause::new("The server restarts", "It said so (1012). When it is back, the link is too.")),
        1013 => Some(Cause::new("The server is overloaded", "It asks to be tried again later (1013).")),
        1014 => Some(Cause::new(
            "A proxy could not reach the instrument",
            "The reverse proxy got no proper answer from the server behind it (1014).",
        )),
        _ => None,
    }
}

/// A peer that said goodbye; `peer` is what its protocol calls it.
pub fn stopped(peer: &str) -> Cause {
    Cause::new(
        &["The ", peer, " was stopped"].concat(),
        "It said goodbye. When it is started again the connection comes back by itself.",
    )
}

/// A peer that went without a word; `peer` is what its protocol calls it.
pub fn fell(peer: &str) -> Cause {
    Cause::new(
        &["The ", peer, " or the network failed"].concat(),
        &["There was no goodbye. The ", peer, " was killed, or a cable or a network device failed."].concat(),
    )
}

/// A peer whose WebSocket library asks the browser for a sign of life; `peer` is what its protocol calls it, `who` asks.
pub fn taken_for_dead(peer: &str, who: &str) -> Cause {
    Cause::new(
        &["The ", peer, " took this page for dead"].concat(),
        &[
            who,
            " asks the browser for a sign of life every 20 seconds and got none: the machine slept, or the network was \
             cut.",
        ]
        .concat(),
    )
}

/// What the tests of all protocols begin with: an attempt that was refused at once.
#[cfg(test)]
pub(super) fn refused_at_once(url: &str) -> Attempt<'_> {
    Attempt {
        url,
        elapsed: Duration::from_millis(20),
        opened: false,
        recognised: false,
        code: Some(1006),
        reason: "",
        timed_out: false,
    }
}

/// The same for a link that had been live for a minute and was lost.
#[cfg(test)]
pub(super) fn lost_after_a_minute(url: &str) -> Attempt<'_> {
    Attempt { opened: true, recognised: true, elapsed: Duration::from_mins(1), ..refused_at_once(url) }
}

fn something_else(protocol: &Protocol) -> Cause {
    Cause::new(
        "Something else listens there",
        &format!(
            "A WebSocket server answered, but not as {} does. Check the port and the path; for example {}.",
            protocol.title, protocol.example
        ),
    )
}

fn mixed_content(address: &Address) -> Cause {
    Cause::new(
        "This page came over https",
        "If this page's own address begins with https://, the browser blocks unencrypted ws:// connections. \
               Open the page over http:// or from localhost, or put TLS in front of the instrument and use wss://.",
    )
    .with_snippet(&address.url.replacen("ws://", "wss://", 1))
}

fn http_url(address: &Address) -> String {
    // `ws` becomes `http`, and `wss` thereby `https`.
    address.url.replacen("ws", "http", 1)
}

fn is_number(host: &str) -> bool {
    host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Milliseconds with a comma at each thousand.
fn millis(duration: Duration) -> String {
    let digits = duration.as_millis().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + " ms"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_marked() {
        let of = |count| millis(Duration::from_millis(count));
        assert_eq!([of(0), of(999), of(8002), of(1_234_567)], ["0 ms", "999 ms", "8,002 ms", "1,234,567 ms"]);
    }
}
