//! What a link to the page may say after its `#`.
//!
//! A link fills in, it never dials: whoever follows it presses **Connect**.

use crate::model::named;

/// The part of the page's URL after `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeepLink {
    /// `#demo`: the simulated instruments.
    Demo,
    /// `#connect=<percent-encoded URL>&protocol=…&<options>`: the connect dialog, filled in.
    Connect {
        /// The address.
        url: String,
        /// The protocol's id.
        protocol: Option<String>,
        /// All other options: names and values, each name once.
        options: Vec<(String, String)>,
    },
    /// `#layout=<encoded document>`.
    Layout(String),
}

impl DeepLink {
    /// Reads a fragment, with or without its `#`. `None` for an empty one and for what no version knows.
    pub fn parse(fragment: &str) -> Option<Self> {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        if fragment == "demo" {
            return Some(Self::Demo);
        }
        let mut pairs = fragment.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        match pairs.next()? {
            ("connect", url) => {
                let mut options: Vec<(String, String)> = Vec::new();
                for (name, value) in pairs {
                    named::set(&mut options, name, &percent_decoded(value));
                }
                let protocol = named::take(&mut options, "protocol").filter(|protocol| !protocol.is_empty());
                Some(Self::Connect { url: percent_decoded(url), protocol, options })
            }
            ("layout", document) => Some(Self::Layout(percent_decoded(document))),
            _ => None,
        }
    }
}

/// Undoes percent-encoding; what is no encoding stays as it is, bytes that are no UTF-8 become `U+FFFD`.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
        if let (b'%', [high, low, ..]) = (first, tail)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high << 4 | low);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_an_address_a_protocol_and_options() {
        let link =
            DeepLink::parse("#connect=ws%3A%2F%2F127.0.0.1%3A10768%2Fa%3Fb&protocol=secop&name=Cryo%203&x");
        let options =
            [("name", "Cryo 3"), ("x", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let expected = DeepLink::Connect {
            url: "ws://127.0.0.1:10768/a?b".to_owned(),
            protocol: Some("secop".to_owned()),
            options: options.into(),
        };
        assert_eq!(link, Some(expected));
    }

    #[test]
    fn an_unencoded_address_is_taken_too() {
        let Some(DeepLink::Connect { url, protocol, .. }) = DeepLink::parse("connect=ws://h:1") else {
            panic!("not understood")
        };
        assert_eq!((url.as_str(), protocol), ("ws://h:1", None));
    }

    #[test]
    fn what_is_no_link_is_none() {
        assert_eq!(DeepLink::parse("#demo"), Some(DeepLink::Demo));
        for text in ["", "#", "#other", "%", "#demo2", "a=b"] {
            assert_eq!(DeepLink::parse(text), None, "{text}");
        }
    }

    #[test]
    fn broken_encoding_is_kept_as_text() {
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
        assert_eq!(percent_decoded("%ff"), "\u{fffd}");
    }
}
