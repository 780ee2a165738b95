//! Documents that describe connections: what the page asks of a protocol that has them.
//!
//! Such a protocol says nothing by itself: a document that people write and hand on, its *definition*, says what goes
//! over the wire. What belongs to one connection alone (parameters, secrets, time-outs, thresholds) are its options.

use super::Frame;
use super::options::Options;

/// What can be asked about a protocol's definitions. All of it needs the protocol's part of the program.
#[derive(Debug)]
pub struct Definitions {
    /// The option that names a definition, in links and in what is saved.
    pub option: &'static str,
    /// The option that holds its text, which the page looks up by that name before a session is made. It is never
    /// saved with a connection.
    pub text_option: &'static str,
    /// The definitions that come with the page: name, title for people, text.
    pub built_in: fn() -> &'static [BuiltIn],
    /// A definition to begin with, for an address.
    pub blank: fn(url: &str) -> String,
    /// Reads a definition: what a connection needs to know, or everything that is wrong with it.
    pub read: fn(text: &str) -> Result<Summary, Vec<Problem>>,
    /// The address of a definition with what was filled in; secrets are still holes. Empty for one that cannot be read.
    pub address: fn(text: &str, options: &Options) -> String,
    /// The subprotocols that the definition of a connection wants to be offered.
    pub subprotocols: fn(options: &Options) -> Vec<String>,
    /// What a definition makes of frames that came, oldest first.
    pub preview: fn(text: &str, options: &Options, frames: &[Frame]) -> Vec<FramePreview>,
    /// What is in a frame, as far as the definition tells how to read it: for a person to choose from.
    pub leaves: fn(text: &str, frame: &Frame) -> Vec<Leaf>,
    /// The definition with one more rule, which takes a value that a person chose ([`Leaf::place`]) in a frame. The
    /// error says why that cannot be.
    pub with_rule: fn(text: &str, frame: &Frame, place: &str) -> Result<String, String>,
}

/// A definition that comes with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name in links and in what is saved.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The document.
    pub text: &'static str,
}

/// What a connection needs to know of its definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Its name for people.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The address, with `{parameter}` where a parameter belongs.
    pub url: String,
    /// What a person fills in.
    pub parameters: Vec<Parameter>,
}

/// Something that a person fills in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in links and documents.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// What it is for; may be empty.
    pub hint: String,
    /// What holds where nothing is given.
    pub default: String,
    /// Nobody else may see it.
    pub is_secret: bool,
}

/// Something that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, for people: `messages[2].value.path`; empty for the document as a whole.
    pub place: String,
    /// Where in the text, in bytes from its beginning.
    pub at: usize,
    /// What is wrong and what belongs there.
    pub text: String,
}

/// What a definition makes of one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FramePreview {
    /// Why the frame cannot be read at all; empty where it can.
    pub problem: String,
    /// What each rule makes of it, in their order.
    pub rules: Vec<RulePreview>,
}

/// What one rule makes of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePreview {
    /// The rule, for people: `messages[0]`.
    pub rule: String,
    /// It does not apply to this frame, and why; empty where it does.
    pub reason: String,
    /// The readings.
    pub readings: Vec<ReadingPreview>,
    /// What went wrong with some of its values.
    pub problems: Vec<String>,
}

/// One reading that a rule takes from a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadingPreview {
    /// The channel's path.
    pub channel: String,
    /// The value as it is shown.
    pub value: String,
    /// Its unit; may be empty.
    pub unit: String,
    /// The source's time, where the frame tells it.
    pub time: String,
}

/// A line of a frame that is laid out for a person to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    /// How deep it stands.
    pub depth: usize,
    /// Its name.
    pub name: String,
    /// What stands there, cut to a line.
    pub value: String,
    /// For [`Definitions::with_rule`]; empty where there is nothing to take.
    pub place: String,
}
