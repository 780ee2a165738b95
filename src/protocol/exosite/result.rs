//! What procedures return: points, what is known of a resource, lists of resources, identifiers, codes, numbers
//! (rpc/README.md, "response" of each procedure).

use super::resource::{Kind, Rid};
use crate::model::json::{Breaches, Json};
use crate::model::time::Timestamp;

/// Later times are no Unix seconds: somebody counted milliseconds.
const LATEST_SECS: f64 = 1e11;
/// The longest `meta` that is looked into for a unit, in bytes.
const META_BYTES: usize = 16 << 10;
/// So deep in `meta` a unit is looked for.
const META_DEPTH: usize = 4;
/// The longest unit, in characters.
const UNIT_CHARS: usize = 20;

/// One point of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Point<'j, 'a> {
    /// When it was written, in Unix seconds; `None` where that is no time.
    pub at: Option<Timestamp>,
    /// Its value.
    pub value: &'j Json<'a>,
}

/// Points in the order in which they came, and how many of them were none.
pub type Points<'j, 'a> = (Vec<Point<'j, 'a>>, usize);

/// Reads points: a list of pairs, or one pair alone, as updates mostly come. `None` for what is neither.
pub fn points<'j, 'a>(result: &'j Json<'a>) -> Option<Points<'j, 'a>> {
    let Json::Array(items) = result else { return None };
    match items.as_slice() {
        [] => Some((Vec::new(), 0)),
        [Json::Array(_), ..] => {
            let points: Vec<Point<'_, '_>> = items.iter().filter_map(pair).collect();
            let strange = items.len() - points.len();
            Some((points, strange))
        }
        [_, _] => pair(result).map(|point| (vec![point], 0)),
        _ => None,
    }
}

fn pair<'j, 'a>(json: &'j Json<'a>) -> Option<Point<'j, 'a>> {
    let Json::Array(parts) = json else { return None };
    let [at, value] = parts.as_slice() else { return None };
    let seconds = at.as_f64()?;
    let at =
        if (0.0..=LATEST_SECS).contains(&seconds) { Timestamp::from_unix_seconds(seconds) } else { None };
    Some(Point { at, value })
}

/// What `info` says of a resource. Each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Aliases of what is below a client; `None` also where the peer says "undefined".
    pub aliases: Option<Vec<(Rid, Vec<String>)>>,
    /// Its kind.
    pub kind: Option<Kind>,
    /// Of a client: `activated`, `locked`, `notactivated`; else empty.
    pub status: String,
    /// When its description was changed last, in Unix seconds.
    pub modified: Option<i128>,
    /// What its maker says of it.
    pub description: Description,
    /// What is kept of a series.
    pub storage: Storage,
}

/// A resource's description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Its name for people; may be empty.
    pub name: String,
    /// Of a series: what its values are; may be empty.
    pub format: String,
    /// Anything; often JSON in a text.
    pub meta: String,
    /// Everybody may read it.
    pub public: bool,
    /// Of a client: nobody may use it.
    pub locked: bool,
    /// How many points are kept, in the peer's words, e.g. `infinity`; may be empty.
    pub retention_count: String,
    /// For how many hours, in the peer's words; may be empty.
    pub retention_hours: String,
}

/// What is kept of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// So many points.
    pub count: Option<i128>,
    /// When the first one was written, in Unix seconds.
    pub first: Option<i128>,
    /// When the last one was written.
    pub last: Option<i128>,
}

impl Info {
    /// Reads it; `None` for what is no object.
    pub fn read(result: &Json<'_>) -> Option<Self> {
        let Json::Object(_) = result else { return None };
        let basic = result.get("basic");
        let description = result.get("description");
        let storage = |name: &str| whole(result.get("storage"), name);
        Some(Self {
            aliases: aliases(result.get("aliases")),
            kind: Kind::of_word(&word(basic, "type")),
            status: word(basic, "status"),
            modified: whole(basic, "modified"),
            description: Description {
                name: word(description, "name"),
                format: word(description, "format"),
                meta: word(description, "meta"),
                public: flag(description, "public"),
                locked: flag(description, "locked"),
                retention_count: word(description.and_then(|it| it.get("retention")), "count"),
                retention_hours: word(description.and_then(|it| it.get("retention")), "duration"),
            },
            storage: Storage { count: storage("count"), first: storage("first"), last: storage("last") },
        })
    }
}

impl Description {
    /// The unit of the values. The platform has none; applications keep it in `meta`, each in its own way: Portals as
    /// `datasource.unit`.
    pub fn unit(&self) -> String {
        self.in_meta(|meta| {
            let portals =
                meta.get("datasource").and_then(|source| source.get("unit")).and_then(Json::as_text);
            let unit =
                portals.filter(|unit| !unit.trim().is_empty()).or_else(|| unit_in(meta, META_DEPTH))?;
            Some(unit.trim().chars().take(UNIT_CHARS).collect())
        })
    }

    /// What `meta` says of the resource in words.
    pub fn words(&self) -> String {
        self.in_meta(|meta| {
            let source = meta.get("datasource").unwrap_or(meta);
            Some(source.get("description")?.as_text()?.trim().to_owned())
        })
    }

    /// A fact about the device, e.g. its `model`.
    pub fn device(&self, name: &str) -> String {
        self.in_meta(|meta| Some(word(Some(meta.get("device").unwrap_or(meta)), name)))
    }

    fn in_meta(&self, find: impl Fn(&Json<'_>) -> Option<String>) -> String {
        if self.meta.len() > META_BYTES {
            return String::new();
        }
        let meta = Json::parse(&self.meta, &mut Breaches::default()).ok();
        meta.as_ref().and_then(find).unwrap_or_default()
    }
}

/// The first member that is called a unit, wherever it is.
fn unit_in<'j>(json: &'j Json<'_>, depth: usize) -> Option<&'j str> {
    if depth == 0 {
        return None;
    }
    match json {
        Json::Object(members) => {
            let own = members.iter().find(|(name, value)| {
                let is_unit = name.eq_ignore_ascii_case("unit") || name.eq_ignore_ascii_case("units");
                is_unit && value.as_text().is_some_and(|unit| !unit.trim().is_empty())
            });
            let deeper = || members.iter().find_map(|(_, value)| unit_in(value, depth - 1));
            own.and_then(|(_, value)| value.as_text()).or_else(deeper)
        }
        Json::Array(items) => items.iter().find_map(|item| unit_in(item, depth - 1)),
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) | Json::Text(_) => {
            None
        }
    }
}

/// Resources and their aliases. "undefined" stands for those that the caller may not see.
fn aliases(json: Option<&Json<'_>>) -> Option<Vec<(Rid, Vec<String>)>> {
    let Json::Object(members) = json? else { return None };
    let names = |value: &Json<'_>| match value {
        Json::Array(names) => names.iter().filter_map(Json::as_text).map(str::to_owned).collect(),
        Json::Null
        | Json::Bool(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Huge(_)
        | Json::Text(_)
        | Json::Object(_) => Vec::new(),
    };
    Some(members.iter().filter_map(|(rid, value)| Some((Rid::parse(rid)?, names(value)))).collect())
}

/// Resources below a client with their kinds, in the peer's order, and how many entries were no identifiers. `None`
/// for what is no listing. The older form is a list of lists, in the order in which the kinds were `asked`.
pub fn listing(result: &Json<'_>, asked: &[Kind]) -> Option<(Vec<(Kind, Rid)>, usize)> {
    let mut lists: Vec<(Kind, &Json<'_>)> = Vec::new();
    match result {
        Json::Object(_) => {
            lists.extend(Kind::ALL.into_iter().filter_map(|kind| Some((kind, result.get(kind.word())?))));
        }
        Json::Array(items) => lists.extend(asked.iter().copied().zip(items)),
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Huge(_) | Json::Text(_) => {
            return None;
        }
    }
    let (mut found, mut strange) = (Vec::new(), 0);
    for (kind, list) in lists {
        let Json::Array(rids) = list else {
            strange += 1;
            continue;
        };
        for rid in rids {
            match rid.as_text().and_then(Rid::parse) {
                Some(rid) => found.push((kind, rid)),
                None => strange += 1,
            }
        }
    }
    Some((found, strange))
}

/// A text, or what stands for one.
fn word(json: Option<&Json<'_>>, name: &str) -> String {
    match json.and_then(|json| json.get(name)) {
        None | Some(Json::Null) => String::new(),
        Some(Json::Text(text)) => text.to_string(),
        Some(other) => other.to_text(),
    }
}

fn whole(json: Option<&Json<'_>>, name: &str) -> Option<i128> {
    json.and_then(|json| json.get(name)).and_then(Json::as_whole)
}

fn flag(json: Option<&Json<'_>>, name: &str) -> bool {
    matches!(json.and_then(|json| json.get(name)), Some(Json::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_found_where_applications_keep_it() {
        let unit = |meta: &str| Description { meta: meta.to_owned(), ..Description::default() }.unit();
        for (meta, found) in [
            (r#"{"datasource":{"description":"","unit":"°C"}}"#, "°C"),
            (r#"{"unit":" kPa "}"#, "kPa"),
            (r#"{"a":[{"b":{"Units":"V"}}]}"#, "V"),
            (r#"{"a":{"b":{"c":{"d":{"unit":"V"}}}}}"#, ""),
            (r#"{"datasource":{"unit":""},"units":"%"}"#, "%"),
            (r#"{"unit":5}"#, ""),
            ("no JSON", ""),
            ("", ""),
        ] {
            assert_eq!(unit(meta), found, "{meta}");
        }
    }
}
