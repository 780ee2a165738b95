//! Which attributes a client may give to which resource, and what they look like.

use serde_json::{Map, Value};

use super::kind::Kind;
use super::refusal::Refusal;
use super::stamps;

/// The type of an attribute, or of a member of one.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    Texts,
    Whole,
    Wholes,
    Flag,
    Stamp,
    Duration,
    Object,
    /// `con`: whatever JSON can say.
    Anything,
    /// `null`, for the CSE to fill in.
    Null,
}

/// Whether an attribute is to be given in a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Must,
    May,
    Never,
}

use Given::{May, Must, Never};
use Shape::{Anything, Duration, Flag, Null, Object, Stamp, Text, Texts, Whole, Wholes};

/// An attribute: its short name, its type, and whether it is given in a CREATE and in an UPDATE.
type Attribute = (&'static str, Shape, Given, Given);

const UNIVERSAL: &[Attribute] = &[
    ("rn", Text, May, Never),
    ("lbl", Texts, May, May),
    ("et", Stamp, May, May),
    ("acpi", Texts, May, May),
    ("cr", Null, May, Never),
    ("ri", Text, Never, Never),
    ("pi", Text, Never, Never),
    ("ty", Whole, Never, Never),
    ("ct", Stamp, Never, Never),
    ("lt", Stamp, Never, Never),
    ("st", Whole, Never, Never),
    ("cs", Whole, Never, Never),
    ("cni", Whole, Never, Never),
    ("cbs", Whole, Never, Never),
];

/// The attributes that are a resource's own.
fn own(kind: Kind) -> &'static [Attribute] {
    match kind {
        Kind::AccessControlPolicy => &[("pv", Object, Must, May), ("pvs", Object, Must, May)],
        Kind::Ae => &[
            ("api", Text, Must, Never),
            ("rr", Flag, Must, May),
            ("srv", Texts, Must, May),
            ("apn", Text, May, May),
            ("poa", Texts, May, May),
            ("csz", Texts, May, May),
            ("nl", Text, May, May),
            ("or", Text, May, May),
            ("aei", Text, Never, Never),
        ],
        Kind::Container => &[
            ("mni", Whole, May, May),
            ("mbs", Whole, May, May),
            ("mia", Whole, May, May),
            ("li", Text, May, Never),
            ("or", Text, May, May),
        ],
        Kind::ContentInstance => &[
            ("con", Anything, Must, Never),
            ("cnf", Text, May, Never),
            ("conr", Object, May, Never),
            ("dcnt", Whole, May, Never),
            ("or", Text, May, Never),
        ],
        Kind::FlexContainer => &[("cnd", Text, Must, Never), ("or", Text, May, May)],
        Kind::Group => &[
            ("mid", Texts, Must, May),
            ("mnm", Whole, Must, May),
            ("mt", Whole, May, Never),
            ("csy", Whole, May, Never),
            ("gn", Text, May, May),
            ("macp", Texts, May, May),
            ("cnm", Whole, Never, Never),
            ("mtv", Flag, Never, Never),
        ],
        Kind::Node => &[
            ("ni", Text, Must, May),
            ("hcl", Text, May, May),
            ("nid", Text, May, May),
            ("mgca", Texts, May, May),
            ("hael", Texts, Never, Never),
        ],
        Kind::Subscription => &[
            // Whoever wants others to be notified makes another subscription: they have to be asked.
            ("nu", Texts, Must, Never),
            ("enc", Object, May, May),
            ("nct", Whole, May, May),
            ("exc", Whole, May, May),
            ("bn", Object, May, May),
            ("su", Text, May, Never),
            ("nec", Whole, May, May),
        ],
        Kind::TimeSeries => &[
            ("pei", Whole, May, May),
            ("peid", Whole, May, May),
            ("mdd", Flag, May, May),
            ("mdn", Whole, May, May),
            ("mdt", Whole, May, May),
            ("cnf", Text, May, Never),
            ("mni", Whole, May, May),
            ("mbs", Whole, May, May),
            ("mia", Whole, May, May),
            ("or", Text, May, May),
            ("mdlt", Texts, Never, Never),
            ("mdc", Whole, Never, Never),
        ],
        Kind::TimeSeriesInstance => &[
            ("dgt", Stamp, Must, Never),
            ("con", Anything, Must, Never),
            ("snr", Whole, May, Never),
            ("cnf", Text, May, Never),
        ],
        // Nothing of them comes from a client.
        Kind::CseBase | Kind::MgmtObj | Kind::Request => &[],
    }
}

/// The attributes of the module classes that this CSE knows (SDT 4). Others may have whatever they like.
const MODULES: &[(&str, &[&str])] = &[
    ("cod:tempe", &["curT0", "tarTe", "unit", "minVe", "maxVe", "steVe"]),
    ("cod:aiQSr", &["co", "co2", "humiy", "pm1", "pm25", "pm10", "voc"]),
    ("cod:binSh", &["powSe"]),
    ("cod:brigs", &["brigs"]),
];

/// Checks what a CREATE gives.
pub(super) fn check_new(kind: Kind, tag: &str, given: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in given {
        check(kind, tag, name, value, |(_, _, create, _)| *create)?;
    }
    for (name, _, create, _) in own(kind) {
        let absent = given.get(*name).is_none_or(|value| {
            *value == Value::Null || value.as_array().is_some_and(Vec::is_empty) || value == ""
        });
        if *create == Must && absent {
            return Err(Refusal::bad(format_args!("missing or empty attribute: \"{name}\"")));
        }
    }
    if let Some(cnf) = given.get("cnf").and_then(Value::as_str)
        && !is_content_format(cnf)
    {
        return Err(Refusal::bad(format_args!("validation of cnf attribute failed: {cnf}")));
    }
    let name = given.get("rn").and_then(Value::as_str);
    if name.is_some_and(|name| !is_name(name)) {
        return Err(Refusal::bad(format_args!("attribute: rn : not a valid resource name")));
    }
    Ok(())
}

/// Checks what an UPDATE gives. `null` takes an attribute away.
pub(super) fn check_update(
    kind: Kind,
    tag: &str,
    present: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<(), Refusal> {
    for (name, value) in given {
        let update = |attribute: &Attribute| attribute.3;
        if value.is_null() {
            let needed = own(kind).iter().any(|(known, _, create, _)| known == name && *create == Must);
            if needed || find(kind, name).is_none_or(|attribute| update(attribute) == Never) {
                return Err(Refusal::bad(format_args!("attribute: {name} cannot be removed")));
            }
        } else {
            check(kind, tag, name, value, update)?;
        }
        // What a module measures keeps its type.
        if find(kind, name).is_none()
            && let Some(before) = present.get(name)
            && std::mem::discriminant(before) != std::mem::discriminant(value)
        {
            return Err(Refusal::bad(format_args!("attribute: {name}, value: {value} : type mismatch")));
        }
    }
    Ok(())
}

fn find(kind: Kind, name: &str) -> Option<&'static Attribute> {
    own(kind).iter().chain(UNIVERSAL).find(|attribute| attribute.0 == name)
}

fn check(
    kind: Kind,
    tag: &str,
    name: &str,
    value: &Value,
    given: impl Fn(&Attribute) -> Given,
) -> Result<(), Refusal> {
    let Some(attribute) = find(kind, name) else {
        let module = MODULES.iter().find(|(module, _)| *module == tag);
        return if kind == Kind::FlexContainer && module.is_none_or(|(_, names)| names.contains(&name)) {
            Ok(())
        } else {
            Err(Refusal::bad(format_args!("unknown attribute: {name} in resource: {tag}")))
        };
    };
    if given(attribute) == Never {
        return Err(Refusal::bad(format_args!("found non-provision attribute: {name}")));
    }
    let (fits, expected) = fits(attribute.1, value);
    if fits { Ok(()) } else { Err(Refusal::wrong_type(name, value, expected)) }
}

/// Whether a value has a type, and the name of the type.
fn fits(shape: Shape, value: &Value) -> (bool, &'static str) {
    let all = |of: fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(of));
    match shape {
        Text => (value.is_string(), "string"),
        Texts => (all(Value::is_string), "list of string"),
        Whole => (value.is_u64(), "nonNegInteger"),
        Wholes => (all(Value::is_u64), "list of nonNegInteger"),
        Flag => (value.is_boolean(), "boolean"),
        Stamp => (value.as_str().and_then(stamps::read).is_some(), "timestamp"),
        Duration => (value.as_str().and_then(stamps::read_duration).is_some(), "duration"),
        Object => (value.is_object(), "complex"),
        Anything => (!value.is_null(), "any"),
        Null => (value.is_null(), "null"),
    }
}

/// Checks the members of an attribute that is an object.
pub(super) fn check_members(name: &str, object: &Value, known: &[(&str, Shape)]) -> Result<(), Refusal> {
    for (member, value) in object.as_object().into_iter().flatten() {
        let Some((_, shape)) = known.iter().find(|(known, _)| known == member) else {
            return Err(Refusal::bad(format_args!("unknown attribute: {member} in {name}")));
        };
        let (fits, expected) = fits(*shape, value);
        if !fits {
            return Err(Refusal::wrong_type(format_args!("{name}/{member}"), value, expected));
        }
    }
    Ok(())
}

/// `media-type:encoding`, and perhaps `:security`.
fn is_content_format(cnf: &str) -> bool {
    let mut parts = cnf.split(':');
    let media = parts.next().unwrap_or_default();
    let encoding = parts.next().unwrap_or_default();
    media.contains('/') && ["0", "1", "2"].contains(&encoding)
}

/// The unreserved characters of URIs, and no name of a virtual resource.
fn is_name(name: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(unreserved)
        && !["la", "ol", "fopt", "-", "~"].contains(&name)
}
