//! What a person may choose about a connection beyond its address: which options a protocol has, and what was chosen.

use super::address::encoded;
use super::random::Random;
use super::secrets::Secrets;
use crate::model::named::{self, Named};

/// An option of a protocol, as the dialog asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name in links and documents.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it is for, in a sentence or two.
    pub hint: &'static str,
    /// What can be chosen.
    pub kind: OptionKind,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// Any text; what holds where nothing is given.
    Text(&'static str),
    /// One of a list: the word in links and documents, and the one for people. The first holds where nothing is
    /// given.
    Choice(&'static [(&'static str, &'static str)]),
    /// A name that no other page has: where nothing is given, these letters and random ones behind them.
    Random(&'static str),
    /// A text that nobody else may see: a key, a password. It has no default, stands in no link and no document, and is
    /// masked wherever frames and messages are shown.
    Secret,
}

/// The option that says that a capture is played: nobody answers.
pub const REPLAY: &str = "replay";
/// How many random letters make a name. 32^9 names: two of a hundred pages have the same once in 10^10 times.
const RANDOM_LETTERS: usize = 9;
/// Digits and small letters without those that look alike.
const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

/// What was chosen: names and values, each name once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Options {
    chosen: Named,
    secrets: Vec<String>,
}

impl Options {
    /// From names and values; of two values for one name the last one counts.
    pub fn new(chosen: &[(String, String)]) -> Self {
        let mut options = Self::default();
        for (name, value) in chosen {
            options.set(name, value.trim());
        }
        options
    }

    /// The same with texts that nobody else may see.
    #[must_use]
    pub fn with_secrets(mut self, secrets: &[(String, String)]) -> Self {
        for (name, value) in secrets {
            self.set(name, value.trim());
            self.secrets.push(name.clone());
        }
        self
    }

    /// Nobody else may see what was chosen for a name.
    pub fn is_secret(&self, name: &str) -> bool {
        self.secrets.iter().any(|secret| secret == name)
    }

    /// The texts that nobody else may see.
    pub fn secrets(&self) -> Secrets {
        Secrets::new(self.secrets.iter().map(|name| self.get(name)))
    }

    /// What was chosen for a name; empty where nothing was.
    pub fn get(&self, name: &str) -> &str {
        named::get(&self.chosen, name)
    }

    /// Fills in what holds for the options that nobody chose.
    pub fn complete(&mut self, specs: &[OptionSpec], random: &mut Random) {
        for spec in specs {
            // Drawn for each, so that one choice does not change another.
            let letters: String = std::iter::repeat_with(|| {
                char::from(LETTERS[(random.next_u64() >> 32) as usize % LETTERS.len()])
            })
            .take(RANDOM_LETTERS)
            .collect();
            if !self.get(spec.name).is_empty() {
                continue;
            }
            match spec.kind {
                OptionKind::Text(default) => self.set(spec.name, default),
                OptionKind::Choice(choices) => {
                    self.set(spec.name, choices.first().map_or("", |(word, _)| word));
                }
                OptionKind::Random(prefix) => self.set(spec.name, &[prefix, &letters].concat()),
                OptionKind::Secret => {}
            }
        }
    }

    /// An address with the values of options, percent-encoded, where their names stand in braces.
    pub fn expand(&self, template: &str) -> String {
        let mut text = template.to_owned();
        for (name, value) in &self.chosen {
            let hole = ["{", name, "}"].concat();
            if text.contains(&hole) {
                text = text.replace(&hole, &encoded(value));
            }
        }
        text
    }

    /// Sets one.
    pub fn set(&mut self, name: &str, value: &str) {
        named::set(&mut self.chosen, name, value);
    }
}

/// A name in braces that nothing was filled in for.
pub(super) fn hole_in(url: &str) -> Option<&str> {
    let mut rest = url;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !name.is_empty() && name.bytes().all(is_name) {
            return Some(name);
        }
        rest = behind;
    }
    None
}

/// Names alone: what was chosen may be secret.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.chosen.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: [OptionSpec; 3] = [
        OptionSpec { name: "aei", label: "", hint: "", kind: OptionKind::Random("C") },
        OptionSpec {
            name: "mode",
            label: "",
            hint: "",
            kind: OptionKind::Choice(&[("websocket", ""), ("hybrid", "")]),
        },
        OptionSpec { name: "gap", label: "", hint: "", kind: OptionKind::Text("25") },
    ];

    fn complete(chosen: &[(&str, &str)], seed: u64) -> Options {
        let chosen: Vec<_> =
            chosen.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut options = Options::new(&chosen);
        options.complete(&SPECS, &mut Random::new(seed));
        options
    }

    #[test]
    fn what_nobody_chose_has_its_default_and_what_somebody_chose_stays() {
        let options = complete(&[("gap", " 0 "), ("mode", ""), ("other", "x")], 1);
        assert_eq!(
            ["gap", "mode", "other", "none"].map(|name| options.get(name)),
            ["0", "websocket", "x", ""]
        );
    }

    #[test]
    fn a_random_name_differs_from_page_to_page_and_not_within_one() {
        let (a, b) = (complete(&[], 1), complete(&[], 2));
        assert_eq!(a, complete(&[], 1));
        assert_ne!(a.get("aei"), b.get("aei"));
        assert!(a.get("aei").starts_with('C') && a.get("aei").len() == 1 + RANDOM_LETTERS);
        assert_eq!(complete(&[("aei", "Cme")], 1).get("aei"), "Cme");
    }

    #[test]
    fn a_template_takes_values_by_name() {
        let options = complete(&[("aei", "Cme")], 1);
        assert_eq!(
            options.expand("ws://h/x?origin={aei}&m={mode}&{none}"),
            "ws://h/x?origin=Cme&m=websocket&{none}"
        );
    }
}
