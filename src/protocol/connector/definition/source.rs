//! Where a rule takes something from: a path, the key of the current node, or a text of its own.

use std::borrow::Cow;

use super::context::{self, Context};
use super::json;
use super::members::SOURCE;
use super::node::{Node, Object};
use super::path::{Path, Root};
use super::template::{Scope, Template};
use crate::model::json::Json;

/// Where something comes from.
#[derive(Clone, Debug)]
pub(in super::super) struct Source {
    from: From,
    default: Option<Json<'static>>,
    part: Option<Part>,
}

/// A number, or where it comes from.
#[derive(Clone, Debug)]
pub(in super::super) enum Amount {
    Number(f64),
    Source(Source),
}

#[derive(Clone, Debug)]
enum From {
    Path(Path),
    Key,
    Text(Template),
}

/// A part of a text: which, counted from the beginning, or from the end where it is negative.
#[derive(Clone, Debug)]
struct Part {
    split: String,
    number: i64,
}

/// Where a source is asked: the current node and the message around it.
#[derive(Clone, Copy)]
pub(in super::super) struct At<'j, 'v, 's> {
    pub(in super::super) node: &'j Json<'j>,
    pub(in super::super) root: Root<'j, 'v>,
    pub(in super::super) scope: &'s Scope<'s>,
}

/// What a source says.
pub(in super::super) type Answer<'j> = Result<Option<Cow<'j, Json<'j>>>, String>;

impl Source {
    /// Reads an object, or a text that stands for itself.
    pub(super) fn parse_or_text(node: &Node<'_>, context: &Context<'_>) -> Option<Self> {
        if node.json.as_text().is_some() {
            let template = context::template(node, context.of_rule())?;
            return Some(Self { from: From::Text(template), default: None, part: None });
        }
        Self::parse(node, context)
    }

    /// Reads an object.
    pub(super) fn parse(node: &Node<'_>, context: &Context<'_>) -> Option<Self> {
        Self::of_object(&node.object(SOURCE)?, context)
    }

    /// Reads the members of an object that may have others.
    pub(super) fn of_object(object: &Object<'_>, context: &Context<'_>) -> Option<Self> {
        let node = object.node();
        let (path, key, text) = (object.optional("path"), object.optional("key"), object.optional("text"));
        let from = match (path, key, text) {
            (Some(path), None, None) => From::Path(context::path(&path)?),
            (None, Some(key), None) => {
                if !key.bool()? {
                    key.problem("must be true, or left out");
                    return None;
                }
                From::Key
            }
            (None, None, Some(text)) => From::Text(context::template(&text, context.of_rule())?),
            _ => {
                node.problem("must have one of path, key and text");
                return None;
            }
        };
        let default = object.optional("default").map(|default| json::owned(default.json));
        let part = match (object.optional("split"), object.optional("part")) {
            (None, None) => None,
            (Some(split), Some(part)) => {
                Some(Part { split: split.separator()?.to_owned(), number: part.whole(-1000, 1000)? })
            }
            _ => {
                node.problem("split and part stand together");
                return None;
            }
        };
        Some(Self { from, default, part })
    }

    /// The key of the current node.
    pub(super) fn key() -> Self {
        Self { from: From::Key, default: None, part: None }
    }

    /// The current node itself.
    pub(super) fn node() -> Self {
        Self { from: From::Path(Path::whole()), default: None, part: None }
    }

    /// The path, where it is one.
    pub(in super::super) fn path(&self) -> Option<&Path> {
        if let From::Path(path) = &self.from { Some(path) } else { None }
    }

    /// What stands there; `None` where there is nothing and no default. The error says that there is too much.
    pub(in super::super) fn json<'j>(&'j self, at: At<'j, '_, '_>) -> Answer<'j> {
        let found = match &self.from {
            From::Path(path) => {
                let one = path.one(at.node, at.root).map_err(|count| {
                    format!("{count} places match {}: one is needed, or an each", path.text())
                })?;
                one.map(Cow::Borrowed)
            }
            From::Key => Some(Cow::Owned(Json::Text(at.scope.key().to_owned().into()))),
            From::Text(text) => Some(Cow::Owned(Json::Text(text.render(at.scope).into()))),
        };
        let found = match &self.part {
            Some(part) => {
                found.and_then(|json| part.of(&json)).map(|text| Cow::Owned(Json::Text(text.into())))
            }
            None => found,
        };
        Ok(found.or_else(|| self.default.as_ref().map(Cow::Borrowed)))
    }

    /// What stands there, as a text; `None` for `null` too.
    pub(in super::super) fn text(&self, at: At<'_, '_, '_>) -> Result<Option<String>, String> {
        match self.json(at)?.as_deref() {
            None | Some(Json::Null) => Ok(None),
            Some(json @ (Json::Array(_) | Json::Object(_))) => {
                let kind = if matches!(json, Json::Array(_)) { "a list" } else { "an object" };
                Err([&*self.words(), " is ", kind, " and no text"].concat())
            }
            Some(json) => Ok(Some(json::text(json).into_owned())),
        }
    }

    /// What stands there, as a number.
    pub(in super::super) fn number(&self, at: At<'_, '_, '_>) -> Result<Option<f64>, String> {
        match self.json(at)?.as_deref() {
            None | Some(Json::Null) => Ok(None),
            Some(json) => json::number(json)
                .filter(|number| number.is_finite())
                .map(Some)
                .ok_or_else(|| [&*self.words(), " is no number: ", &json::brief(json)].concat()),
        }
    }

    /// The source for a person.
    pub(in super::super) fn words(&self) -> String {
        match &self.from {
            From::Path(path) if path.text().is_empty() => "the value".to_owned(),
            From::Path(path) => path.text().to_owned(),
            From::Key => "the key".to_owned(),
            From::Text(_) => "the text".to_owned(),
        }
    }
}

impl Amount {
    pub(super) fn parse(node: &Node<'_>, context: &Context<'_>) -> Option<Self> {
        match node.json {
            Json::Object(_) => Source::parse(node, context).map(Self::Source),
            _ => node.number().map(Self::Number),
        }
    }

    /// The number; `None` where there is none. The error says what stands there instead.
    pub(in super::super) fn number(&self, at: At<'_, '_, '_>) -> Result<Option<f64>, String> {
        match self {
            Self::Number(number) => Ok(Some(*number)),
            Self::Source(source) => source.number(at),
        }
    }

    /// Where it comes from, for a person.
    pub(in super::super) fn words(&self) -> String {
        match self {
            Self::Number(_) => "the number".to_owned(),
            Self::Source(source) => source.words(),
        }
    }
}

impl Part {
    fn of(&self, json: &Json<'_>) -> Option<String> {
        let text = json::text(json);
        let parts: Vec<&str> = text.split(&*self.split).collect();
        let number = match usize::try_from(self.number) {
            Ok(number) => number,
            Err(_from_the_end) => parts.len().checked_sub(usize::try_from(-self.number).ok()?)?,
        };
        parts.get(number).map(|part| (*part).to_owned())
    }
}
