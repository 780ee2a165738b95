//! From a command and its argument to a procedure.

use super::deeds::Deed;
use super::tree::Node;
use crate::model::json::Json;
use crate::model::value::Value;
use crate::protocol::exosite::procedure::{Clue, Creature, Entity, Metric, Procedure, Relation};
use crate::protocol::exosite::resource::{Kind, ResourceId};
use crate::protocol::exosite::value::{json_of, strict};

/// The procedure of a command on a node, or why there is none.
pub(super) fn procedure(node: &Node, deed: Deed, argument: Option<&Value>) -> Result<Procedure, String> {
    let resource = node.resource();
    let given = Given(argument);
    Ok(match deed {
        Deed::Record => {
            let value = given.field("value").ok_or("it needs a value")?;
            let value = node.format.write(value).map_err(|error| error.to_string())?;
            let at = given.time("time")?.ok_or("it needs a time, in Unix seconds")?;
            Procedure::Record { resource, points: vec![(at, value)] }
        }
        Deed::RecordBatch => Procedure::RecordBatch { resource, points: given.points(node)? },
        Deed::Wait => {
            let timeout = given.time("timeout")?.map(u32::try_from).transpose();
            let timeout_millis = timeout.map_err(|_error| "a time-out is a number of milliseconds")?;
            Procedure::Wait { resource, timeout_millis, since: given.time("since")? }
        }
        Deed::Flush => {
            let (newer_than, older_than) = (given.time("newerthan")?, given.time("olderthan")?);
            Procedure::Flush { resource, newer_than, older_than }
        }
        Deed::Usage => {
            let metric = given.choice("metric", &Metric::ALL)?;
            let start = given.time("start")?.ok_or("it needs a start, in Unix seconds")?;
            let end = given.time("end")?.ok_or("it needs an end, in Unix seconds")?;
            Procedure::Usage { resource, metric, start, end }
        }
        Deed::Update => Procedure::Update { resource, description: given.object()? },
        Deed::Share => {
            Procedure::Share { resource, meta: given.text("meta").unwrap_or_default(), code: None }
        }
        Deed::Drop => Procedure::Drop { resource },
        Deed::Listing => {
            let kinds = match given.choice("kind", &Kind::ALL)? {
                Kind::Client => &[Kind::Client],
                Kind::Dataport => &[Kind::Dataport],
                Kind::Datarule => &[Kind::Datarule],
                Kind::Dispatch => &[Kind::Dispatch],
            };
            let mut relation = Relation::default();
            match given.code("relation") {
                Some(1) => relation.activated = true,
                Some(2) => relation.aliased = true,
                Some(3) => relation.public = true,
                Some(_) | None => relation.owned = true,
            }
            Procedure::Listing { client: Some(resource), kinds, relation: Some(relation) }
        }
        Deed::Lookup => {
            let what = given.text("what").unwrap_or_default();
            let by = match given.code("by") {
                Some(1) => Clue::Owner(ResourceId::typed(&what)),
                Some(2) => Clue::Shared(what),
                Some(_) | None => Clue::Alias(what),
            };
            Procedure::Lookup { client: Some(resource), by }
        }
        Deed::WriteGroup => Procedure::WriteGroup { values: given.values()? },
        Deed::Create => {
            let kind = given.choice("kind", &Creature::ALL)?;
            let description = Given(given.field("description")).object()?;
            Procedure::Create { parent: Some(resource), kind, description }
        }
        Deed::Map => Procedure::Map {
            resource: ResourceId::typed(&given.needed("resource")?),
            alias: given.needed("alias")?,
        },
        Deed::Unmap => match argument {
            Some(Value::Text(alias)) if !alias.trim().is_empty() => {
                Procedure::Unmap { client: Some(resource), alias: alias.trim().to_owned() }
            }
            _ => return Err("it needs an alias".to_owned()),
        },
        Deed::Move => Procedure::Move {
            resource,
            destination: ResourceId::typed(&given.needed("destination")?),
            aliases: matches!(given.field("aliases"), Some(Value::Bool(true))),
        },
        Deed::Activate => {
            Procedure::Activate { client: resource, what: given.entity()?, code: given.needed("code")? }
        }
        Deed::Deactivate => {
            Procedure::Deactivate { client: resource, what: given.entity()?, code: given.needed("code")? }
        }
        Deed::Revoke => Procedure::Revoke { what: given.entity()?, code: given.needed("code")? },
    })
}

/// What a person gave.
#[derive(Clone, Copy)]
struct Given<'v>(Option<&'v Value>);

impl<'v> Given<'v> {
    fn field(self, name: &str) -> Option<&'v Value> {
        match self.0 {
            Some(Value::Record(members)) => {
                members.iter().find(|(other, _)| other == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The text of a field; none where it is left out or empty.
    fn text(self, name: &str) -> Option<String> {
        match self.field(name) {
            Some(Value::Text(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => None,
        }
    }

    fn needed(self, name: &str) -> Result<String, String> {
        self.text(name).ok_or_else(|| ["\"", name, "\" is empty"].concat())
    }

    fn time(self, name: &str) -> Result<Option<i64>, String> {
        match self.field(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Integer(whole)) => {
                let whole = i64::try_from(*whole);
                whole.map(Some).map_err(|_error| ["\"", name, "\" is too large"].concat())
            }
            Some(_) => Err(["\"", name, "\" is a whole number"].concat()),
        }
    }

    fn code(self, name: &str) -> Option<i64> {
        match self.field(name) {
            Some(Value::Enum { code, .. }) => Some(*code),
            _ => None,
        }
    }

    fn choice<T: Copy>(self, name: &str, all: &[T]) -> Result<T, String> {
        let place = self.code(name).and_then(|code| usize::try_from(code).ok());
        let chosen = place.and_then(|place| all.get(place).copied());
        chosen.ok_or_else(|| ["\"", name, "\" is not chosen"].concat())
    }

    fn entity(self) -> Result<Entity, String> {
        self.choice("kind", &Entity::ALL)
    }

    /// The JSON object that it is.
    fn object(self) -> Result<String, String> {
        let text = match self.0 {
            Some(Value::Json(text) | Value::Text(text)) => text.clone(),
            Some(record @ Value::Record(_)) => json_of(record).map_err(|error| error.to_string())?,
            _ => return Err("it needs a JSON object".to_owned()),
        };
        match strict(&text) {
            Some(object @ Json::Object(_)) => Ok(object.to_text()),
            _ => Err("that is not a JSON object".to_owned()),
        }
    }

    /// The points that it lists, as JSON.
    fn points(self, node: &Node) -> Result<Vec<(i64, String)>, String> {
        let wrong = || "it needs a list of points: [[time, value], …]".to_owned();
        let text = match self.0 {
            Some(Value::Json(text) | Value::Text(text)) => text.clone(),
            Some(items @ Value::Array(_)) => json_of(items).map_err(|error| error.to_string())?,
            _ => return Err(wrong()),
        };
        let Some(Json::Array(items)) = strict(&text) else { return Err(wrong()) };
        let mut points = Vec::new();
        for item in &items {
            let Json::Array(pair) = item else { return Err(wrong()) };
            let [at, value] = pair.as_slice() else { return Err(wrong()) };
            let at = at.as_whole().and_then(|at| i64::try_from(at).ok()).ok_or_else(wrong)?;
            let value = node.format.read(value).map_err(|error| error.to_string())?;
            points.push((at, node.format.write(&value).map_err(|error| error.to_string())?));
        }
        if points.is_empty() { Err(wrong()) } else { Ok(points) }
    }

    /// The dataports and values that it lists.
    fn values(self) -> Result<Vec<(ResourceId, String)>, String> {
        let Some(Value::Array(items)) = self.0 else {
            return Err("it needs resources and values".to_owned());
        };
        let mut values = Vec::new();
        for item in items {
            let item = Given(Some(item));
            let value = item.field("value").ok_or("a value is missing")?;
            let value = json_of(value).map_err(|error| error.to_string())?;
            values.push((ResourceId::typed(&item.needed("resource")?), value));
        }
        if values.is_empty() { Err("it needs resources and values".to_owned()) } else { Ok(values) }
    }
}
