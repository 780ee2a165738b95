//! What a person pastes, made into the address of an instrument.
//!
//! Nothing is resolved or dialled here, and a secret has no place in an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use super::{PROTOCOLS, Protocol};
use crate::model::display::harmless;

/// The longest address that is read; browsers and servers go little further.
const LONGEST_BYTES: usize = 2048;

/// Where an instrument is.
#[derive(Clone, Debug)]
pub struct Address {
    /// The URL to dial, in its canonical form: `ws` or `wss`, no fragment, no port that the scheme implies.
    pub url: String,
    /// The host as in the URL; an IPv6 address stands in brackets.
    pub host: String,
    /// The port; `None` for the one that the scheme implies.
    pub port: Option<u16>,
    /// It is encrypted (`wss`).
    pub secure: bool,
    /// The protocol that the scheme names.
    pub protocol_hint: Option<&'static Protocol>,
    /// It is on the machine that the browser runs on.
    pub loopback: bool,
    /// It is in a private network, as far as its spelling tells.
    pub private: bool,
    /// What was understood otherwise than it was written.
    pub remarks: Vec<Remark>,
}

/// Something that was understood otherwise than it was written, or filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A fragment was dropped: a WebSocket URL has none.
    FragmentDropped(String),
    /// No port was given: the scheme's own is used.
    NoPort(u16),
    /// An IPv6 address without brackets: it was taken whole, without a port.
    BracketsAdded,
}

/// Why something is no address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Nothing is there.
    #[error("there is no address")]
    Empty,
    /// Longer than any address.
    #[error("the address is longer than {LONGEST_BYTES} bytes")]
    TooLong,
    /// Blanks or control characters within it.
    #[error("the address has a blank or a line break in it")]
    Blank,
    /// A scheme that this page cannot dial.
    #[error("a browser page cannot open {0}: addresses")]
    Scheme(String),
    /// A user name or a password.
    #[error("the address holds a user name or a password")]
    Credentials,
    /// No host.
    #[error("the address names no host")]
    NoHost,
    /// A host with a character or a shape that no host has.
    #[error("\"{0}\" is no host name and no IP address")]
    Host(String),
    /// A port that is no number from 1 to 65535.
    #[error("\"{0}\" is no port number from 1 to 65535")]
    Port(String),
}

/// How far away a host is, as far as its spelling tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The same machine.
    Loopback,
    /// A private network: a lab, a home, a link.
    Private,
    /// Anywhere.
    Public,
}

impl Address {
    /// Reads what a person typed or pasted.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = strip(text);
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > LONGEST_BYTES {
            return Err(AddressError::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(AddressError::Blank);
        }
        let (scheme, rest) = Scheme::take(text)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (tail, fragment) =
            tail.split_once('#').map_or((tail, None), |(tail, dropped)| (tail, Some(dropped)));
        let mut remarks = Vec::new();
        if let Some(fragment) = fragment {
            remarks.push(Remark::FragmentDropped(fragment.to_owned()));
        }
        let (host, reach, port) = parse_authority(authority, &mut remarks)?;
        let implied = if scheme.secure { 443 } else { 80 };
        if port.is_none() {
            remarks.push(Remark::NoPort(implied));
        }
        let port = port.filter(|port| *port != implied);
        let word = if scheme.secure { "wss" } else { "ws" };
        let colon = port.map_or_else(String::new, |port| format!(":{port}"));
        let slash = if tail.starts_with('/') { "" } else { "/" };
        let url = format!("{word}://{host}{colon}{slash}{}", encode_tail(tail));
        if url.len() > LONGEST_BYTES {
            return Err(AddressError::TooLong);
        }
        Ok(Self {
            url,
            host,
            port,
            secure: scheme.secure,
            protocol_hint: scheme.protocol,
            loopback: reach == Reach::Loopback,
            private: reach == Reach::Private,
            remarks,
        })
    }

    /// The address of something in this page: a simulator or a capture. It is never dialled.
    pub fn in_page(name: &str) -> Self {
        Self {
            url: format!("page:{name}"),
            host: name.to_owned(),
            port: None,
            secure: true,
            protocol_hint: None,
            loopback: true,
            private: false,
            remarks: Vec::new(),
        }
    }

    /// It is something in this page.
    pub fn is_in_page(&self) -> bool {
        self.url.starts_with("page:")
    }

    /// A name for people: host and port.
    pub fn default_name(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The protocols to try: the one that the scheme names, else all that can be found out so.
    pub fn candidates(&self) -> Vec<&'static Protocol> {
        self.protocol_hint.map_or_else(super::tried, |protocol| vec![protocol])
    }
}

impl Remark {
    /// The remark for a person.
    pub fn text(&self) -> String {
        match self {
            Self::FragmentDropped(fragment) => {
                format!(
                    "The part after # (\"{}\") was dropped: a WebSocket address has none.",
                    harmless(fragment, MAX_HOST)
                )
            }
            Self::NoPort(port) => {
                let example = PROTOCOLS[0].example;
                format!(
                    "No port was given, so {port} is used. Most instruments have their own, as in {example}."
                )
            }
            Self::BracketsAdded => {
                "This IPv6 address was taken without a port. To give one, write [address]:port.".to_owned()
            }
        }
    }
}

impl AddressError {
    /// What to do about it.
    pub fn next_step(&self) -> String {
        let example = PROTOCOLS[0].example;
        match self {
            Self::Empty | Self::NoHost => format!("Type the instrument's host and port, for example {example}."),
            Self::TooLong => "Paste the address alone, without the text around it.".to_owned(),
            Self::Blank => {
                "Remove the blank. If several addresses were pasted, connect to one after the other.".to_owned()
            }
            Self::Scheme(_) => {
                format!(
                    "Use ws://, wss://, http://, https:// or just host:port, for example {example}. An instrument \
                     that speaks plain TCP or serial needs a WebSocket server in front of it."
                )
            }
            Self::Credentials => {
                "Remove everything up to the @: browsers drop or leak it. If the server asks for a password, put a \
                 reverse proxy in front of it that adds the header."
                    .to_owned()
            }
            Self::Host(_) => {
                "Check the host: letters, digits, dots and hyphens, or an IPv4 address, or an IPv6 address in \
                 brackets."
                    .to_owned()
            }
            Self::Port(_) => format!("Give the port of the instrument's WebSocket, for example {example}."),
        }
    }
}

/// How far away a host is: as in a URL, or as `location.hostname` gives the page's own.
///
/// A name without a dot and the endings that public DNS does not have are private; any other name counts as public
/// although it may lead to a private address.
pub fn reach(host: &str) -> Reach {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    if let Ok(ip) = host.parse::<IpAddr>() {
        return match ip {
            IpAddr::V4(ip) => reach_v4(ip),
            IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or_else(|| reach_v6(ip), reach_v4),
        };
    }
    let ending = host.rsplit('.').next().unwrap_or_default();
    match ending {
        "localhost" => Reach::Loopback,
        _ if ending == host => Reach::Private,
        "local" | "lan" | "lab" | "internal" | "localdomain" | "intranet" | "home" | "corp" => Reach::Private,
        _ if host.ends_with(".home.arpa") => Reach::Private,
        _ => Reach::Public,
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_private() || ip.is_link_local() || ip.is_unspecified() || shared {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified() {
        Reach::Private
    } else {
        Reach::Public
    }
}

struct Scheme {
    secure: bool,
    protocol: Option<&'static Protocol>,
}

impl Scheme {
    const BARE: Self = Self { secure: false, protocol: None };

    /// Splits the scheme off; without one it is `ws`.
    fn take(text: &str) -> Result<(Self, &str), AddressError> {
        if let Some((word, rest)) = text.split_once("://")
            && !word.contains(['/', '?', '#'])
        {
            return Ok((Self::named(word)?, rest));
        }
        // `javascript:…`, `mailto:…`: what follows the colon of a bare host is a port.
        if let Some((word, rest)) = text.split_once(':')
            && !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphabetic())
            && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        {
            return Err(AddressError::Scheme(word.to_ascii_lowercase()));
        }
        Ok((Self::BARE, text.strip_prefix("//").unwrap_or(text)))
    }

    fn named(word: &str) -> Result<Self, AddressError> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "ws" | "http" => return Ok(Self::BARE),
            "wss" | "https" => return Ok(Self { secure: true, protocol: None }),
            _ => {}
        }
        for protocol in PROTOCOLS {
            for (own, stands_for) in protocol.schemes {
                if *own == word {
                    return Ok(Self { secure: *stands_for == "wss", protocol: Some(protocol) });
                }
            }
        }
        Err(AddressError::Scheme(word))
    }
}

/// Stands around an address in mails and documents.
fn is_wrapping(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '“' | '”' | '\u{feff}')
}

fn strip(text: &str) -> &str {
    text.trim_matches(is_wrapping)
}

/// Path and query with the characters encoded that [`strip`] would take for wrapping.
fn encode_tail(tail: &str) -> String {
    let mut encoded = String::with_capacity(tail.len() + 1);
    for c in tail.chars() {
        if is_wrapping(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                escape(byte, &mut encoded);
            }
        } else {
            encoded.push(c);
        }
    }
    encoded
}

/// Writes a byte as `%XX`.
pub(super) fn escape(byte: u8, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    out.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
}

/// Percent-encoded, but for the unreserved characters of RFC 3986, 2.3.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => escape(byte, &mut out),
        }
    }
    out
}

fn parse_authority(
    authority: &str,
    remarks: &mut Vec<Remark>,
) -> Result<(String, Reach, Option<u16>), AddressError> {
    if authority.contains('@') {
        return Err(AddressError::Credentials);
    }
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (inner, after) =
            rest.split_once(']').ok_or_else(|| AddressError::Host(harmless(authority, MAX_HOST)))?;
        let ip: Ipv6Addr = inner.parse().map_err(|_no_ip| AddressError::Host(harmless(inner, MAX_HOST)))?;
        let port = match after.strip_prefix(':') {
            Some(port) => port,
            None if after.is_empty() => "",
            None => return Err(AddressError::Port(harmless(after, MAX_HOST))),
        };
        (format!("[{ip}]"), port)
    } else if let Ok(ip) = authority.parse::<Ipv6Addr>() {
        remarks.push(Remark::BracketsAdded);
        (format!("[{ip}]"), "")
    } else {
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        (parse_host(host)?, port)
    };
    let port = match port {
        "" => None,
        digits => Some(parse_port(digits)?),
    };
    let reach = reach(&host);
    Ok((host, reach, port))
}

/// Bytes in a name, by RFC 1035.
const MAX_HOST: usize = 253;

fn parse_host(host: &str) -> Result<String, AddressError> {
    if host.is_empty() {
        return Err(AddressError::NoHost);
    }
    let wrong = || AddressError::Host(harmless(host, MAX_HOST));
    let name = host.strip_suffix('.').unwrap_or(host);
    // Of letters beyond ASCII the browser knows which are allowed; what would deceive the eye is not.
    let allowed = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => true,
        c => !c.is_ascii() && !c.is_whitespace(),
    };
    let mut last = "";
    for label in name.split('.') {
        if label.is_empty() || !label.chars().all(allowed) || harmless(label, MAX_HOST) != label {
            return Err(wrong());
        }
        last = label;
    }
    // A browser reads a name that ends in a number as an IPv4 address.
    let is_number =
        last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    if host.len() > MAX_HOST || (is_number && host.parse::<Ipv4Addr>().is_err()) {
        return Err(wrong());
    }
    Ok(host.to_ascii_lowercase())
}

fn parse_port(digits: &str) -> Result<u16, AddressError> {
    let wrong = || AddressError::Port(harmless(digits, MAX_HOST));
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    digits.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)
}
