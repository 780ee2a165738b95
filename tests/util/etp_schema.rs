//! Schemas of ETP that others wrote: in the short notation of tests/data/etp/schema-v*.txt, or in Avro's own (`.avpr`); and
//! whether ours is the same.

use std::collections::{BTreeMap, BTreeSet};

use porthole::protocol::etp::schema::Schema;
use porthole::protocol::etp::version::Version;
use serde_json::{Value as Json, json};

use super::etp_vectors::camel;

/// What a value looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// One of Avro's own, or one of [`Schemas::named`].
    Named(String),
    Array(Box<Self>),
    Map(Box<Self>),
    Union(Vec<Self>),
}

/// A type with a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    Record(Fields),
    Enum(Vec<String>),
    /// Of 16 bytes.
    Fixed,
}

pub type Fields = Vec<(String, Type)>;

/// The schemas of a version.
#[derive(Debug, Default)]
pub struct Schemas {
    pub named: BTreeMap<String, Definition>,
    /// By protocol and type: name and body.
    pub messages: BTreeMap<(i32, i32), (String, Fields)>,
}

/// Those of the notation.
pub fn schemas(version: Version) -> Schemas {
    let text = match version {
        Version::V11 => include_str!("../data/etp/schema-v11.txt"),
        Version::V12 => include_str!("../data/etp/schema-v12.txt"),
    };
    let mut schemas = Schemas::default();
    for line in text.lines() {
        let (name, rest) = line.split_once([':', ' ']).expect(line);
        if let Some((name, symbols)) = line.strip_prefix("enum ").and_then(|line| line.split_once(": ")) {
            let symbols = symbols.split(", ").enumerate().map(|(place, symbol)| {
                let symbol = symbol.split_once('=').expect(line);
                assert_eq!(symbol.0, place.to_string(), "{line}");
                symbol.1.to_owned()
            });
            schemas.named.insert(name.to_owned(), Definition::Enum(symbols.collect()));
        } else if let Some(name) =
            line.strip_prefix("fixed ").and_then(|line| line.strip_suffix(": 16 bytes"))
        {
            schemas.named.insert(name.to_owned(), Definition::Fixed);
        } else if let Some(rest) = rest.strip_prefix("— ") {
            let (id, body) = rest.split_once(": ").expect(line);
            let (protocol, kind) = id.split(',').next().and_then(|id| id.split_once('/')).expect(line);
            let id = (protocol.parse().expect(line), kind.parse().expect(line));
            let body = if body.starts_with("(no fields") { Vec::new() } else { fields(body) };
            assert_eq!(schemas.messages.insert(id, (name.to_owned(), body)), None, "{line}");
        } else {
            schemas.named.insert(name.to_owned(), Definition::Record(fields(rest.trim_start())));
        }
    }
    schemas
}

fn fields(text: &str) -> Fields {
    let fields = text.split("; ").map(|field| {
        let (name, kind) = field.split_once(": ").expect(text);
        (name.to_owned(), kind_of(kind))
    });
    fields.collect()
}

fn kind_of(text: &str) -> Type {
    if let Some(item) = text.strip_suffix("[]") {
        Type::Array(Box::new(kind_of(item)))
    } else if let Some(value) = text.strip_prefix("map<").and_then(|text| text.strip_suffix('>')) {
        Type::Map(Box::new(kind_of(value)))
    } else if let Some(branches) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Type::Union(branches.split(" | ").map(kind_of).collect())
    } else {
        assert!(text.chars().all(char::is_alphanumeric), "{text}");
        Type::Named(text.to_owned())
    }
}

/// Those of an Avro protocol file.
pub fn official(avpr: &Json) -> Schemas {
    let mut schemas = Schemas::default();
    for definition in avpr["types"].as_array().expect("types") {
        let word = |name: &str| definition[name].as_str();
        let name = word("fullName").expect("a full name").to_owned();
        let read = match word("type") {
            Some("record") => {
                let fields = definition["fields"].as_array().expect(&name).iter();
                let fields = fields.map(|field| {
                    (field["name"].as_str().expect(&name).to_owned(), official_type(&field["type"]))
                });
                Definition::Record(fields.collect())
            }
            Some("enum") => {
                let symbols = definition["symbols"].as_array().expect(&name).iter();
                Definition::Enum(symbols.map(|symbol| symbol.as_str().expect(&name).to_owned()).collect())
            }
            Some("fixed") if definition["size"] == 16 => Definition::Fixed,
            other => panic!("{name} is of the type {other:?}"),
        };
        if let (Some(protocol), Some(kind), Definition::Record(body)) =
            (word("protocol"), word("messageType"), &read)
        {
            let id = (protocol.parse().expect(&name), kind.parse().expect(&name));
            schemas.messages.insert(id, (last(&name).to_owned(), body.clone()));
        }
        schemas.named.insert(name, read);
    }
    schemas
}

fn official_type(json: &Json) -> Type {
    match json {
        Json::String(name) => Type::Named(name.clone()),
        Json::Array(branches) => Type::Union(branches.iter().map(official_type).collect()),
        _ if json["type"] == "array" => Type::Array(Box::new(official_type(&json["items"]))),
        _ if json["type"] == "map" => Type::Map(Box::new(official_type(&json["values"]))),
        _ => official_type(&json["type"]),
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

impl Schemas {
    /// A message as a schema in Avro's JSON that needs no other one.
    pub fn message(&self, id: (i32, i32)) -> Json {
        let (name, body) = &self.messages[&id];
        // A message and a record may have the same name.
        self.record(&format!("{name}Message"), body, &mut BTreeSet::new())
    }

    fn record<'a>(&'a self, name: &str, fields: &'a Fields, known: &mut BTreeSet<&'a str>) -> Json {
        let fields = fields.iter().map(|(name, kind)| json!({"name": name, "type": self.avro(kind, known)}));
        let fields: Vec<Json> = fields.collect();
        json!({"type": "record", "name": name, "fields": fields})
    }

    fn avro<'a>(&'a self, kind: &'a Type, known: &mut BTreeSet<&'a str>) -> Json {
        match kind {
            Type::Array(item) => json!({"type": "array", "items": self.avro(item, known)}),
            Type::Map(value) => json!({"type": "map", "values": self.avro(value, known)}),
            Type::Union(branches) => branches.iter().map(|branch| self.avro(branch, known)).collect(),
            Type::Named(name) => match self.named.get(name) {
                Some(definition) if known.insert(name) => match definition {
                    Definition::Record(fields) => self.record(name, fields, known),
                    Definition::Enum(symbols) => json!({"type": "enum", "name": name, "symbols": symbols}),
                    Definition::Fixed => json!({"type": "fixed", "name": name, "size": 16}),
                },
                _ => json!(name),
            },
        }
    }

    /// Our schema is the same. Where ours has a full name, and these have full ones, they are equal.
    pub fn assert_same(&self, kind: &Type, ours: &Schema, at: &str) {
        match (kind, ours) {
            (Type::Array(item), Schema::Array(our_item)) => {
                self.assert_same(item, our_item, &format!("{at}[]"));
            }
            (Type::Map(value), Schema::Map(our_value)) => {
                self.assert_same(value, our_value, &format!("{at}<>"));
            }
            (Type::Union(branches), Schema::Union(our_branches)) => {
                assert_eq!(branches.len(), our_branches.len(), "{at}");
                for (place, (branch, our_branch)) in branches.iter().zip(*our_branches).enumerate() {
                    self.assert_same(branch, our_branch, &format!("{at}|{place}"));
                }
            }
            (Type::Named(name), ours) => match (self.named.get(name), ours) {
                (Some(Definition::Record(fields)), Schema::Record(our_name, our_fields)) => {
                    assert_name(name, our_name, at);
                    self.assert_same_fields(fields, our_fields, at);
                }
                (Some(Definition::Enum(symbols)), Schema::Enum(our_name, our_symbols)) => {
                    assert_name(name, our_name, at);
                    assert_eq!(symbols, our_symbols, "{at}");
                }
                (Some(Definition::Fixed), Schema::Uuid) => assert_eq!(last(name), "Uuid", "{at}"),
                (None, primitive) => assert_eq!(name, word(primitive), "{at}"),
                (Some(definition), ours) => panic!("{at}: {name} is {definition:?}, not {ours:?}"),
            },
            (theirs, ours) => panic!("{at}: {theirs:?} is not {ours:?}"),
        }
    }

    pub fn assert_same_fields(&self, fields: &Fields, ours: &[(&'static str, &'static Schema)], at: &str) {
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let our_names: Vec<String> = ours.iter().map(|(name, _)| camel(name)).collect();
        assert_eq!(names, our_names, "{at}");
        for ((name, kind), (_, ours)) in fields.iter().zip(ours) {
            self.assert_same(kind, ours, &format!("{at}.{name}"));
        }
    }
}

fn assert_name(theirs: &str, ours: &str, at: &str) {
    if theirs.contains('.') && ours.contains('.') {
        assert_eq!(theirs, ours, "{at}");
    } else {
        assert_eq!(last(theirs), last(ours), "{at}");
    }
}

fn word(schema: &Schema) -> &'static str {
    match schema {
        Schema::Null => "null",
        Schema::Boolean => "boolean",
        Schema::Int => "int",
        Schema::Long => "long",
        Schema::Float => "float",
        Schema::Double => "double",
        Schema::String => "string",
        Schema::Bytes => "bytes",
        other => panic!("{other:?} is none of Avro's own"),
    }
}
