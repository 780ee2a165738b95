//! Where numbers and texts stand in a binary frame: the `struct` of a rule.

use super::members::{FIELD, REPETITION};
use super::node::{Node, Object};

/// The fields of a frame, or of a repeated part of it.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Layout {
    pub(in super::super) fields: Vec<Field>,
}

/// A field: its name, its place in bytes, and what stands there.
#[derive(Clone, Debug)]
pub(in super::super) struct Field {
    pub(in super::super) name: String,
    pub(in super::super) at: usize,
    pub(in super::super) content: Content,
}

/// What stands in a field.
#[derive(Clone, Debug)]
pub(in super::super) enum Content {
    Number {
        encoding: Encoding,
        /// The first bit, counted from the lowest one, and how many.
        bits: Option<(u32, u32)>,
        factor: f64,
        offset: f64,
    },
    Text {
        /// Bytes beyond ASCII are wrong.
        is_ascii: bool,
        length: Count,
    },
    Repetition {
        /// From the beginning of one to that of the next, in bytes.
        every: usize,
        count: Count,
        layout: Layout,
    },
}

/// How many.
#[derive(Clone, Debug)]
pub(in super::super) enum Count {
    Number(usize),
    /// As an earlier field says.
    Field(String),
    /// As many as there is room for.
    ToTheEnd,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Encoding {
    pub(in super::super) kind: NumberKind,
    /// In bytes.
    pub(in super::super) width: usize,
    pub(in super::super) is_big_endian: bool,
}

/// What kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum NumberKind {
    Unsigned,
    Signed,
    Float,
}

/// The words of `as` for numbers, without the order of their bytes; those of one byte have none.
const NUMBERS: [(&str, NumberKind, usize); 12] = [
    ("u8", NumberKind::Unsigned, 1),
    ("i8", NumberKind::Signed, 1),
    ("u16", NumberKind::Unsigned, 2),
    ("i16", NumberKind::Signed, 2),
    ("u24", NumberKind::Unsigned, 3),
    ("i24", NumberKind::Signed, 3),
    ("u32", NumberKind::Unsigned, 4),
    ("i32", NumberKind::Signed, 4),
    ("u64", NumberKind::Unsigned, 8),
    ("i64", NumberKind::Signed, 8),
    ("f32", NumberKind::Float, 4),
    ("f64", NumberKind::Float, 8),
];

/// No frame is longer.
const LONGEST_FRAME: i64 = 16 * 1024 * 1024;
const MAX_FIELDS: usize = 200;
/// Repetitions may stand within each other so deep.
const MAX_DEPTH: usize = 3;

impl Encoding {
    /// Reads the word of a number: `u8`, `i16le`, `f32be`.
    pub(in super::super) fn of_word(word: &str) -> Option<Self> {
        NUMBERS.iter().find_map(|(base, kind, width)| {
            let order = word.strip_prefix(base)?;
            let is_big_endian = match order {
                "" if *width == 1 => false,
                "le" if *width > 1 => false,
                "be" if *width > 1 => true,
                _ => return None,
            };
            Some(Self { kind: *kind, width: *width, is_big_endian })
        })
    }
}

impl Layout {
    pub(super) fn parse(node: &Node<'_>) -> Option<Self> {
        Self::parse_within(node, &mut Vec::new(), 0)
    }

    /// `names`: of the fields that are read before, which may tell a count.
    fn parse_within(node: &Node<'_>, names: &mut Vec<String>, depth: usize) -> Option<Self> {
        if depth > MAX_DEPTH {
            node.problem(&format!("repetitions stand in each other at most {MAX_DEPTH} deep"));
            return None;
        }
        let items = node.items(MAX_FIELDS);
        let wanted = items.len();
        let outer = names.len();
        let mut fields: Vec<Field> = Vec::new();
        for item in items {
            let Some(field) = field(&item, names, depth) else { continue };
            if names[outer..].contains(&field.name) {
                item.problem("has the name of an earlier field");
            }
            names.push(field.name.clone());
            fields.push(field);
        }
        names.truncate(outer);
        if fields.is_empty() && wanted == 0 {
            node.problem("must have a field");
        }
        (fields.len() == wanted && wanted > 0).then_some(Self { fields })
    }
}

fn field(node: &Node<'_>, names: &mut Vec<String>, depth: usize) -> Option<Field> {
    let is_repetition = node.open_object()?.has("struct");
    let object = node.object(if is_repetition { REPETITION } else { FIELD })?;
    let name = object.required("name").and_then(|name| name.word());
    let at = object.required("at").and_then(|at| at.whole(0, LONGEST_FRAME));
    let content = if is_repetition { repetition(&object, names, depth) } else { scalar(&object, names) };
    Some(Field { name: name?.to_owned(), at: usize::try_from(at?).ok()?, content: content? })
}

fn repetition(object: &Object<'_>, names: &mut Vec<String>, depth: usize) -> Option<Content> {
    let every = object.required("every").and_then(|every| every.whole(1, LONGEST_FRAME));
    let count = count(object, "count", names);
    let layout = object.required("struct").and_then(|fields| Layout::parse_within(&fields, names, depth + 1));
    Some(Content::Repetition { every: usize::try_from(every?).ok()?, count: count?, layout: layout? })
}

fn scalar(object: &Object<'_>, names: &[String]) -> Option<Content> {
    let word = object.required("as")?;
    let text = word.text()?;
    if matches!(text, "ascii" | "utf8") {
        for name in ["bits", "factor", "offset"] {
            if let Some(node) = object.optional(name) {
                node.problem("belongs to a number");
            }
        }
        return Some(Content::Text { is_ascii: text == "ascii", length: count(object, "length", names)? });
    }
    let Some(encoding) = Encoding::of_word(text) else {
        word.problem(
            "must be u8, i8, ascii, utf8, or one of u16, i16, u24, i24, u32, i32, u64, i64, f32, f64 with le or be \
             behind it",
        );
        return None;
    };
    if let Some(length) = object.optional("length") {
        length.problem("belongs to a text");
    }
    let number = |name, default| object.optional(name).map_or(Some(default), |node| node.number());
    let bits = match object.optional("bits") {
        Some(bits) => Some(bit_range(&bits, encoding)?),
        None => None,
    };
    Some(Content::Number { encoding, bits, factor: number("factor", 1.0)?, offset: number("offset", 0.0)? })
}

fn bit_range(node: &Node<'_>, encoding: Encoding) -> Option<(u32, u32)> {
    let width = i64::try_from(encoding.width * 8).ok()?;
    if encoding.kind == NumberKind::Float {
        node.problem("belong to whole numbers");
        return None;
    }
    let items = node.items(2);
    let [from, count] = &*items else {
        node.problem("must be the number of the lowest bit and how many bits");
        return None;
    };
    let from = from.whole(0, width - 1)?;
    let count = count.whole(1, width - from)?;
    Some((u32::try_from(from).ok()?, u32::try_from(count).ok()?))
}

fn count(object: &Object<'_>, name: &str, names: &[String]) -> Option<Count> {
    let Some(node) = object.optional(name) else { return Some(Count::ToTheEnd) };
    match node.json.as_text() {
        Some(field) if names.iter().any(|name| name == field) => Some(Count::Field(field.to_owned())),
        Some(_) => {
            node.problem("names no earlier field");
            None
        }
        None => node.whole(0, LONGEST_FRAME).and_then(|count| usize::try_from(count).ok()).map(Count::Number),
    }
}
