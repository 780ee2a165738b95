//! Rules: what readings are in a message.

use std::rc::Rc;
use std::sync::Arc;

use super::super::query::{self, Pattern};
use super::context::{Context, path};
use super::layout::Layout;
use super::members::{EACH, ERROR, EXTRACT, SCALE, TIME};
use super::node::{Node, Object};
use super::path::Path;
use super::source::{Amount, Source};
use super::{Condition, FrameForm};
use crate::model::datatype::EnumMember;

/// A rule of `messages` or `extract`.
#[derive(Clone, Debug)]
pub(in super::super) struct Rule {
    /// For people: `messages[0]`.
    pub(in super::super) place: String,
    /// It reads frames of this form.
    pub(in super::super) form: FrameForm,
    /// What a message is made into first.
    pub(in super::super) shape: Shape,
    pub(in super::super) when: Vec<Condition>,
    pub(in super::super) walk: Walk,
    pub(in super::super) merge: Option<Merge>,
    pub(in super::super) name: Source,
    pub(in super::super) value: Source,
    pub(in super::super) title: Option<Source>,
    pub(in super::super) group: Option<Source>,
    pub(in super::super) description: Option<Source>,
    pub(in super::super) unit: Option<Source>,
    pub(in super::super) time: Option<Time>,
    pub(in super::super) error: Option<ErrorRule>,
    pub(in super::super) kind: Kind,
    pub(in super::super) labels: Vec<Label>,
    pub(in super::super) labels_from: Option<Source>,
    pub(in super::super) scale: Option<Scale>,
    pub(in super::super) min: Option<Amount>,
    pub(in super::super) max: Option<Amount>,
    pub(in super::super) decimals: Option<Amount>,
}

/// What a message is made into before the rule looks at it.
#[derive(Clone, Debug)]
pub(in super::super) enum Shape {
    /// Nothing: it is JSON, or a text.
    AsItIs,
    /// An object with the named groups of a match, or of every match.
    Pattern { pattern: Rc<dyn Pattern>, is_every: bool },
    /// An object with the fields of a binary frame.
    Struct(Layout),
}

/// Which nodes of a message have readings.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Walk {
    pub(in super::super) each: Option<Path>,
    pub(in super::super) within: Within,
}

/// Which nodes within one of them.
#[derive(Clone, Debug, Default)]
pub(in super::super) enum Within {
    /// It itself.
    #[default]
    Itself,
    /// The members of an object in it.
    Members(Path),
    /// All scalars in something in it.
    Leaves(Path),
}

/// What was told once for a key is kept, and later messages are merged over it.
#[derive(Clone, Debug)]
pub(in super::super) struct Merge {
    /// Rules that walk alike share what is kept.
    pub(in super::super) store: usize,
    pub(in super::super) by: Source,
}

/// The source's own time.
#[derive(Clone, Debug)]
pub(in super::super) struct Time {
    pub(in super::super) source: Source,
    pub(in super::super) nanos: Option<Source>,
    pub(in super::super) format: TimeFormat,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum TimeFormat {
    Rfc3339,
    /// Seconds since 1970, or the thousandth part and so on; so many make a second.
    Unix(i128),
    /// Seconds and nanoseconds of International Atomic Time.
    Tai,
}

/// The source says that it has no value.
#[derive(Clone, Debug)]
pub(in super::super) struct ErrorRule {
    pub(in super::super) when: Condition,
    pub(in super::super) text: Option<Source>,
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Auto,
    Float,
    Integer,
    Boolean,
    Text,
    Json,
    Enum,
}

/// A name for a value on the wire.
#[derive(Clone, Debug)]
pub(in super::super) struct Label {
    /// The value as a text.
    pub(in super::super) value: String,
    pub(in super::super) member: EnumMember,
}

/// value / div × factor + offset.
#[derive(Clone, Debug)]
pub(in super::super) struct Scale {
    pub(in super::super) factor: Option<Amount>,
    pub(in super::super) offset: Option<Amount>,
    pub(in super::super) div: Option<Amount>,
}

const KINDS: [(&str, Kind); 7] = [
    ("auto", Kind::Auto),
    ("float", Kind::Float),
    ("integer", Kind::Integer),
    ("boolean", Kind::Boolean),
    ("string", Kind::Text),
    ("json", Kind::Json),
    ("enum", Kind::Enum),
];

const TIME_FORMATS: [(&str, TimeFormat); 6] = [
    ("rfc3339", TimeFormat::Rfc3339),
    ("unix", TimeFormat::Unix(1)),
    ("unix_ms", TimeFormat::Unix(1_000)),
    ("unix_us", TimeFormat::Unix(1_000_000)),
    ("unix_ns", TimeFormat::Unix(1_000_000_000)),
    ("tai", TimeFormat::Tai),
];

/// What rules are read with.
pub(super) struct RuleContext<'a> {
    pub(super) context: Context<'a>,
    /// The document's form.
    pub(super) form: FrameForm,
    /// What tells apart the stores of `merge_by`.
    pub(super) stores: Vec<String>,
}

impl RuleContext<'_> {
    /// Reads a rule; one of `messages` may walk. What may be left out and is wrong is taken for left out: the problem
    /// has been told, and nobody gets the rule.
    pub(super) fn rule(&mut self, node: &Node<'_>, is_message: bool) -> Option<Rule> {
        let known = if is_message { [EACH, EXTRACT].concat() } else { EXTRACT.to_vec() };
        let object = node.object(&known)?;
        let form =
            object.optional("frame").and_then(|node| node.one_of(&FrameForm::WORDS)).unwrap_or(self.form);
        let shape = shape(&object, form);
        let walk = walk(&object);
        let merge = shape.as_ref().and_then(|shape| self.merge(&object, form, shape));
        let is_walking = !matches!(walk.within, Within::Itself);
        let context = &self.context;
        let name = source_or(&object, "name", is_walking.then(Source::key), context, Source::parse_or_text);
        let value = source_or(&object, "value", is_walking.then(Source::node), context, Source::parse);
        let text = |name| object.optional(name).and_then(|node| Source::parse_or_text(&node, context));
        let amount = |name| object.optional(name).and_then(|node| Amount::parse(&node, context));
        let (title, group, description, unit) =
            (text("title"), text("group"), text("description"), text("unit"));
        let (min, max, decimals) = (amount("min"), amount("max"), amount("decimals"));
        let time = object.optional("time").and_then(|node| time(&node, context));
        let error = object.optional("error").and_then(|node| error(&node, context));
        let kind = object.optional("type").and_then(|node| node.one_of(&KINDS)).unwrap_or(Kind::Auto);
        let scale = object.optional("scale").and_then(|node| scale(&node, kind, context));
        let labels_from = object.optional("labels_from").and_then(|node| Source::parse(&node, context));
        let labels = labels(&object, kind).unwrap_or_default();
        let when = self.when(&object);
        Some(Rule {
            place: node.place().to_owned(),
            form,
            shape: shape?,
            when,
            walk,
            merge,
            name: name?,
            value: value?,
            title,
            group,
            description,
            unit,
            time,
            error,
            kind,
            labels,
            labels_from,
            scale,
            min,
            max,
            decimals,
        })
    }

    fn when(&self, object: &Object<'_>) -> Vec<Condition> {
        let Some(list) = object.optional("when") else { return Vec::new() };
        let known = self.context.of_address();
        list.items(MAX_CONDITIONS).iter().filter_map(|node| Condition::parse(node, known)).collect()
    }

    fn merge(&mut self, object: &Object<'_>, form: FrameForm, shape: &Shape) -> Option<Merge> {
        let by = Source::parse(&object.optional("merge_by")?, &self.context)?;
        let mut identity = self.stores.len().to_string();
        if let (Shape::AsItIs, Some(path)) = (shape, by.path()) {
            let each = object.optional("each").and_then(|each| each.json.as_text()).unwrap_or_default();
            identity = [form.word(), "\n", each, "\n", path.text()].concat();
        }
        let store = self.stores.iter().position(|other| *other == identity);
        let store = store.unwrap_or_else(|| {
            self.stores.push(identity);
            self.stores.len() - 1
        });
        Some(Merge { store, by })
    }
}

type ReadSource = fn(&Node<'_>, &Context<'_>) -> Option<Source>;

/// A source that must be there, unless there is a default.
fn source_or(
    object: &Object<'_>,
    name: &str,
    default: Option<Source>,
    context: &Context<'_>,
    read: ReadSource,
) -> Option<Source> {
    match object.optional(name) {
        Some(node) => read(&node, context),
        None => default.or_else(|| object.required(name).and(None)),
    }
}

fn walk(object: &Object<'_>) -> Walk {
    let path = |name| object.optional(name).and_then(|node| path(&node));
    let (each, members, leaves) = (path("each"), path("each_member"), path("each_leaf"));
    let within = match (members, leaves) {
        (None, None) => Within::Itself,
        (Some(path), None) => Within::Members(path),
        (None, Some(path)) => Within::Leaves(path),
        (Some(path), Some(_)) => {
            object.node().problem("must have one of each_member and each_leaf");
            Within::Members(path)
        }
    };
    Walk { each, within }
}

fn shape(object: &Object<'_>, form: FrameForm) -> Option<Shape> {
    let (is_text, is_binary) = (form.is_text(), form.is_binary());
    let pattern = object.optional("pattern");
    if let Some(node) = object.optional("every_match").filter(|_| pattern.is_none()) {
        node.problem("belongs to a pattern");
    }
    if let Some(node) = &pattern
        && !is_text
    {
        node.problem("belongs to frames of the form text or lines");
        return None;
    }
    match object.optional("struct") {
        Some(node) if !is_binary => {
            node.problem("belongs to frames of the form binary or base64");
            None
        }
        Some(node) => Layout::parse(&node).map(Shape::Struct),
        None if is_binary => {
            object.required("struct");
            None
        }
        None => pattern.map_or(Some(Shape::AsItIs), |node| {
            let is_every = object.optional("every_match").map_or(Some(false), |node| node.bool())?;
            Some(Shape::Pattern { pattern: compiled(&node)?, is_every })
        }),
    }
}

fn compiled(node: &Node<'_>) -> Option<Rc<dyn Pattern>> {
    let text = node.text()?;
    if text.len() > MAX_PATTERN {
        node.problem(&format!("is longer than {MAX_PATTERN} bytes"));
        return None;
    }
    let pattern =
        query::pattern(text).map_err(|error| node.problem(&["no pattern: ", &error].concat())).ok()?;
    if !pattern.has_names() {
        node.problem("has no named group: write (?<value>…) around what the rule takes");
        return None;
    }
    Some(pattern)
}

fn time(node: &Node<'_>, context: &Context<'_>) -> Option<Time> {
    let object = node.object(TIME)?;
    let source = Source::of_object(&object, context);
    let format = object.required("format").and_then(|format| format.one_of(&TIME_FORMATS));
    let nanos = object.optional("nanos").and_then(|node| {
        if format != Some(TimeFormat::Unix(1)) {
            node.problem("belongs to the format unix");
        }
        Source::parse(&node, context)
    });
    Some(Time { source: source?, nanos, format: format? })
}

fn error(node: &Node<'_>, context: &Context<'_>) -> Option<ErrorRule> {
    let object = node.object(ERROR)?;
    let when = object.required("when").and_then(|when| Condition::parse(&when, context.of_rule()));
    let text = object.optional("text").and_then(|node| Source::parse_or_text(&node, context));
    Some(ErrorRule { when: when?, text })
}

fn scale(node: &Node<'_>, kind: Kind, context: &Context<'_>) -> Option<Scale> {
    let object = node.object(SCALE)?;
    if !matches!(kind, Kind::Auto | Kind::Float | Kind::Integer) {
        node.problem("belongs to numbers: type auto, float or integer");
    }
    let amount = |name| object.optional(name).and_then(|node| Amount::parse(&node, context));
    let (factor, offset, div) = (amount("factor"), amount("offset"), amount("div"));
    if let (Some(Amount::Number(0.0)), Some(node)) = (&div, object.optional("div")) {
        node.problem("must not be 0");
    }
    Some(Scale { factor, offset, div })
}

/// Labels by the values that they name. Where all of these are whole numbers they are the codes, else codes are counted.
fn labels(object: &Object<'_>, kind: Kind) -> Option<Vec<Label>> {
    let node = object.optional("labels");
    if kind != Kind::Enum {
        for node in [node, object.optional("labels_from")].into_iter().flatten() {
            node.problem("belongs to the type enum");
        }
        return Some(Vec::new());
    }
    let Some(node) = node else {
        if !object.has("labels_from") {
            object.required("labels");
        }
        return Some(Vec::new());
    };
    let mut labels = Vec::new();
    let members = node.open_object()?.each();
    let codes: Option<Vec<i64>> = members.iter().map(|(value, _)| value.parse().ok()).collect();
    for (index, (value, label)) in members.iter().enumerate() {
        let counted = i64::try_from(index).unwrap_or_default();
        let code = codes.as_ref().map_or(counted, |codes| codes[index]);
        let member = EnumMember { code, label: Arc::from(label.text()?) };
        labels.push(Label { value: (*value).to_owned(), member });
    }
    Some(labels)
}

const MAX_CONDITIONS: usize = 16;
const MAX_PATTERN: usize = 2_000;
