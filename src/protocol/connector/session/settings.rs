//! What holds for one connection: the definition's word, unless a person said otherwise.

use std::borrow::Cow;
use std::time::Duration;

use super::super::definition::Definition;
use crate::model::number;
use crate::protocol::Frame;
use crate::protocol::options::Options;
use crate::protocol::secrets::Secrets;

/// Longer than this nobody waits for anything.
const LONGEST_SECS: f64 = 1e8;
/// So much of a frame is shown.
const EVIDENCE_BYTES: usize = 400;
/// A secret is not longer.
const SECRET_BYTES: usize = 4_096;
/// A secret may have been cut off: so many bytes of its beginning give it away.
const TELLING_BYTES: usize = 8;
/// What stands in its place then.
const MASK: &str = "••••••";

/// See the module.
#[derive(Debug)]
pub(super) struct Settings {
    /// The values of parameters, with the definition's where nobody gave one.
    pub(super) options: Options,
    /// In place of the definition's time-outs.
    timeout: Option<Duration>,
    /// The link is given up after so long without a frame.
    pub(super) silence: Option<Duration>,
    /// A value is stale after so long without a reading.
    pub(super) stale_after: Option<Duration>,
    /// What nobody else may see: by the options, and by the definition.
    secrets: [Secrets; 2],
    /// Those of the definition as they are.
    plain: Vec<String>,
}

impl Settings {
    pub(super) fn new(definition: &Definition, chosen: &Options) -> Self {
        let mut options = chosen.clone();
        for parameter in &definition.parameters {
            if options.get(&parameter.name).is_empty() {
                options.set(&parameter.name, &parameter.default);
            }
        }
        let by_definition = definition.parameters.iter().filter(|parameter| parameter.is_secret);
        let plain: Vec<String> =
            by_definition.map(|parameter| options.get(&parameter.name).to_owned()).collect();
        Self {
            timeout: seconds(options.get("timeout_ms"), 1e-3),
            silence: or_none(seconds(options.get("silence_s"), 1.0), definition.silence),
            stale_after: or_none(seconds(options.get("stale_after_s"), 1.0), definition.stale_after),
            secrets: [options.secrets(), Secrets::new(plain.iter().map(String::as_str))],
            plain,
            options,
        }
    }

    /// How long an answer may take where the definition says so much.
    pub(super) fn timeout(&self, defined: Duration) -> Duration {
        self.timeout.filter(|timeout| !timeout.is_zero()).unwrap_or(defined)
    }

    /// A text without secrets.
    pub(super) fn masked(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        self.mask(&mut masked);
        masked
    }

    /// Masks secrets in a text.
    pub(super) fn mask(&self, text: &mut String) {
        for secrets in &self.secrets {
            if let Cow::Owned(masked) = secrets.mask(text) {
                *text = masked;
            }
        }
        for secret in &self.plain {
            mask_beginnings(text, secret);
        }
    }

    /// The part of a frame that shows what is wrong at a byte of it, without secrets.
    pub(super) fn evidence(&self, frame: &Frame, at: usize) -> String {
        let bytes = match frame {
            Frame::Text(text) => text.as_bytes(),
            Frame::Binary(bytes) => bytes,
        };
        // What is wrong far behind is shown there, with a little of what stands before.
        let from =
            if at < EVIDENCE_BYTES / 2 { 0 } else { at.min(bytes.len()).saturating_sub(EVIDENCE_BYTES / 4) };
        // A secret that only begins or ends in what is shown is seen by looking further.
        let start = from.saturating_sub(SECRET_BYTES);
        let end = bytes.len().min(from + EVIDENCE_BYTES + SECRET_BYTES);
        let mut bytes = Cow::Borrowed(&bytes[start..end]);
        for secrets in self.secrets.iter().filter(|secrets| !secrets.is_empty()) {
            bytes = Cow::Owned(secrets.mask_bytes(&bytes).into_owned());
        }
        let from = from - start;
        String::from_utf8_lossy(&bytes[from..bytes.len().min(from + EVIDENCE_BYTES)]).into_owned()
    }
}

/// Masks a secret of which only the beginning is left.
fn mask_beginnings(text: &mut String, secret: &str) {
    let Some(head) = secret.get(..TELLING_BYTES).filter(|head| text.contains(*head)) else { return };
    let mut masked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(head) {
        let found = &rest[at..];
        let same = found.chars().zip(secret.chars()).take_while(|(a, b)| a == b);
        let length: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
        masked.push_str(&rest[..at]);
        masked.push_str(MASK);
        rest = &found[length..];
    }
    masked.push_str(rest);
    *text = masked;
}

/// A time that a person typed; `None` where nothing was, or no time.
fn seconds(text: &str, unit_secs: f64) -> Option<Duration> {
    let secs = number::parse(text).filter(|number| *number >= 0.0)? * unit_secs;
    (secs <= LONGEST_SECS).then(|| Duration::from_secs_f64(secs))
}

/// What was typed; 0 stands for none.
fn or_none(typed: Option<Duration>, defined: Option<Duration>) -> Option<Duration> {
    typed.or(defined).filter(|duration| !duration.is_zero())
}
