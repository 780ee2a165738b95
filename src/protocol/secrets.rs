//! Texts that nobody else may see, and how they are kept out of what is shown and saved.

use std::borrow::Cow;

use super::address::encoded;
use super::event_texts::{texts_of, texts_of_causes};
use crate::model::event::Event;
use crate::model::json::write_text;
use crate::model::link::Failure;
use crate::model::{base64, hex};

/// What stands in a secret's place.
const MASK: &str = "••••••";
/// A shorter text is no secret that could be kept: it would be masked wherever it stands by chance.
const SHORTEST: usize = 4;
/// What stands at the end of evidence that was cut.
const CUT: char = '…';

/// Secrets in all forms in which they go over a wire: as they are, within JSON, percent-encoded.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    texts: Vec<String>,
    /// What a secret stands for where it is sent as bytes: in hexadecimal digits, in base64.
    bytes: Vec<Vec<u8>>,
}

impl Secrets {
    /// From the texts themselves.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut forms: Vec<String> = Vec::new();
        let mut bytes: Vec<Vec<u8>> = Vec::new();
        for text in texts.filter(|text| text.len() >= SHORTEST) {
            let mut json = String::new();
            write_text(text, &mut json);
            let json = json[1..json.len() - 1].to_owned();
            // Hexadecimal digits mean the same in small and in large letters.
            let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let cases = if is_hex {
                [text.to_ascii_lowercase(), text.to_ascii_uppercase()]
            } else {
                [json, encoded(text)]
            };
            for form in [text.to_owned()].into_iter().chain(cases) {
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
            let meant = [hex::decode(text), base64::decode_unpadded(text)];
            bytes.extend(meant.into_iter().flatten().filter(|bytes| bytes.len() >= SHORTEST));
        }
        // The longest first: one secret may hold another.
        crate::model::order::sort_by(&mut forms, |a, b| b.len().cmp(&a.len()));
        bytes.extend(forms.iter().map(|form| form.clone().into_bytes()));
        Self { texts: forms, bytes }
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// A text without them.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for form in &self.texts {
            if masked.contains(form.as_str()) {
                masked = Cow::Owned(masked.replace(form.as_str(), MASK));
            }
        }
        for form in &self.texts {
            if let Some(end) = begun(&masked, form) {
                masked = Cow::Owned([&masked[..end], MASK, "…"].concat());
            }
        }
        masked
    }

    /// Bytes without them: as many, with asterisks in their place.
    pub fn mask_bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut masked = Cow::Borrowed(bytes);
        for form in &self.bytes {
            let form = form.as_slice();
            let mut at = 0;
            while let Some(found) = masked[at..].windows(form.len()).position(|window| window == form) {
                masked.to_mut()[at + found..at + found + form.len()].fill(b'*');
                at += found + form.len();
            }
        }
        masked
    }

    /// Masks a text in place.
    pub fn mask_in(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.mask(text) {
            *text = masked;
        }
    }

    /// Evidence is a frame as it came or went: they are masked in it, and in whatever words a peer has for them.
    pub fn mask_event(&self, event: &mut Event) {
        if self.is_empty() {
            return;
        }
        texts_of(event, &mut |text| self.mask_in(text));
    }

    /// Masks them in what is said about a failure.
    pub fn mask_failure(&self, failure: &mut Failure) {
        self.mask_in(&mut failure.title);
        self.mask_in(&mut failure.evidence);
        texts_of_causes(&mut failure.causes, &mut |text| self.mask_in(text));
    }
}

/// Where a text that was cut ends with the beginning of a secret.
fn begun(text: &str, secret: &str) -> Option<usize> {
    let text = text.strip_suffix(CUT)?;
    let lengths = (SHORTEST..secret.len()).rev().filter(|length| secret.is_char_boundary(*length));
    let mut ends = lengths.filter(|length| text.ends_with(&secret[..*length]));
    ends.next().map(|length| text.len() - length)
}

/// Never what they are.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let secrets = Secrets::new(["p\"ss wörd", "abc", "tok", "deadbeef"].into_iter());
        for (text, masked) in [
            ("{\"key\":\"p\\\"ss wörd\"}", "{\"key\":\"••••••\"}"),
            ("?k=p%22ss%20w%C3%B6rd&x", "?k=••••••&x"),
            ("deadbeef deadbeef", "•••••• ••••••"),
            ("abc tok", "abc tok"),
            ("cut: deadbe…", "cut: ••••••…"),
            ("cut: dea…", "cut: dea…"),
        ] {
            assert_eq!(secrets.mask(text), masked);
        }
        assert_eq!(&*secrets.mask_bytes(b"\x01deadbeef\x02"), b"\x01********\x02");
        assert_eq!(
            &*secrets.mask_bytes(b"\x01\xde\xad\xbe\xef\x02"),
            b"\x01****\x02",
            "as it is sent in bytes"
        );
        assert_eq!(secrets.mask("DEADBEEF"), "••••••");
        assert!(!format!("{secrets:?}").contains("dead"));
    }
}
