//! What holds for one connection: the definition's word, unless a person said otherwise.

use std::borrow::Cow;
use std::time::Duration;

use super::super::definition::Definition;
use crate::model::number;
use crate::protocol::options::Options;
use crate::protocol::secrets::Secrets;

/// Longer than this nobody waits for anything.
const LONGEST_SECS: f64 = 1e8;

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
        let by_definition = Secrets::new(by_definition.map(|parameter| options.get(&parameter.name)));
        Self {
            timeout: seconds(options.get("timeout_ms"), 1e-3),
            silence: or_none(seconds(options.get("silence_s"), 1.0), definition.silence),
            stale_after: or_none(seconds(options.get("stale_after_s"), 1.0), definition.stale_after),
            secrets: [options.secrets(), by_definition],
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
    }
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
