//! RETRIEVE and discovery: a resource, its children, or where they are.

use serde_json::{Map, Value};

use super::cse::{Answer, Cse, Done, single};
use super::filter::Filter;
use super::kind::Kind;
use super::refusal::Refusal;
use super::request::{Request, ResultContent};
use super::rights::Right;
use super::tree::{CSE_ID, Id};

/// A resource that meets the filter criteria.
struct Found {
    id: Id,
    /// The index of the one that it lies in, where that was found too.
    above: Option<usize>,
}

/// Resources below a target, in the order of the tree.
struct Search<'a> {
    fr: &'a str,
    right: Right,
    filter: &'a Filter,
    passed: u64,
    found: Vec<Found>,
    /// The offset of the first one that was left out.
    rest: Option<usize>,
}

impl Cse {
    /// RETRIEVE.
    pub(super) fn retrieve(&mut self, request: &Request, id: Id) -> Result<Done, Refusal> {
        use ResultContent as Rcn;
        let right = if request.filter.discovery { Right::Discover } else { Right::Retrieve };
        self.demand(&request.fr, right, id)?;
        let default = if request.filter.discovery { Rcn::Addresses } else { Rcn::Attributes };
        let content = request.rcn.unwrap_or(default);
        let of_discovery = matches!(content, Rcn::References | Rcn::Addresses);
        if request.filter.discovery && !of_discovery {
            return Err(Refusal::bad(format_args!("this rcn is not allowed with filter usage 1")));
        }
        if content == Rcn::Attributes {
            let attributes = self.wanted_attributes(request, id)?;
            return Ok(Done::Now(Answer::new(2000, Some(self.tagged(id, attributes)))));
        }
        let mut search = Search {
            fr: &request.fr,
            right,
            filter: &request.filter,
            passed: 0,
            found: Vec::new(),
            rest: None,
        };
        self.search(id, 1, None, &mut search);
        let Search { found, rest, .. } = search;
        let references = || self.references(&found, request.structured);
        let pc = match content {
            Rcn::Addresses => {
                let address = |found: &Found| Value::from(self.address(found.id, request.structured));
                single("m2m:uril", found.iter().map(address).collect::<Vec<_>>())
            }
            Rcn::References => single("m2m:rrl", single("rrf", references())),
            Rcn::AttributesAndReferences => {
                let mut attributes = self.attributes(id);
                attributes.insert("ch".into(), references().into());
                self.tagged(id, attributes)
            }
            Rcn::AttributesAndChildren | Rcn::Children => {
                let whole = content == Rcn::AttributesAndChildren;
                let mut attributes = if whole { self.attributes(id) } else { Map::new() };
                self.nest(&found, &mut 0, None, &mut attributes);
                self.tagged(id, attributes)
            }
            Rcn::Nothing | Rcn::Attributes | Rcn::Modified => {
                return Err(Refusal::bad(format_args!("this rcn is not allowed in a RETRIEVE request")));
            }
        };
        Ok(Done::Now(Answer { rest, ..Answer::new(2000, Some(pc)) }))
    }

    /// Attributes under the name of a resource's type.
    pub(super) fn tagged(&self, id: Id, attributes: Map<String, Value>) -> Value {
        single(self.tree.get(id).map_or("", |resource| &resource.tag), attributes)
    }

    /// The attributes of a resource: all, or those that `m2m:atrl` lists.
    fn wanted_attributes(&self, request: &Request, id: Id) -> Result<Map<String, Value>, Refusal> {
        let all = self.attributes(id);
        let Some(list) = request.pc.get("m2m:atrl") else { return Ok(all) };
        let Some(names) = list.as_array() else {
            return Err(Refusal::bad(format_args!("attribute: m2m:atrl : expected type: list")));
        };
        let mut wanted = Map::new();
        for name in names {
            let name = name.as_str().unwrap_or_default();
            let missing = || Refusal::bad(format_args!("attribute: {name} is not in the resource"));
            wanted.insert(name.to_owned(), all.get(name).ok_or_else(missing)?.clone());
        }
        Ok(wanted)
    }

    fn search(&self, parent: Id, level: u64, above: Option<usize>, search: &mut Search<'_>) {
        if search.filter.level.is_some_and(|most| level > most) {
            return;
        }
        for id in self.tree.children(parent) {
            let Some(resource) = self.tree.get(id) else { continue };
            let mut here = above;
            if search.filter.matches(resource) && self.may(search.fr, search.right, id) {
                search.passed += 1;
                let first = search.filter.offset.unwrap_or(1);
                let limit = search.filter.limit.unwrap_or(u64::MAX);
                if search.found.len() as u64 >= limit {
                    search.rest.get_or_insert(search.passed as usize);
                } else if search.passed >= first {
                    here = Some(search.found.len());
                    search.found.push(Found { id, above });
                }
            }
            self.search(id, level + 1, here, search);
        }
    }

    /// Puts the resources that were found into the ones that they lie in, by the names of their types.
    fn nest(&self, found: &[Found], next: &mut usize, above: Option<usize>, into: &mut Map<String, Value>) {
        while let Some(one) = found.get(*next).filter(|one| one.above == above) {
            let index = *next;
            *next += 1;
            let mut attributes = self.attributes(one.id);
            self.nest(found, next, Some(index), &mut attributes);
            let tag = self.tree.get(one.id).map_or("", |resource| &resource.tag);
            match into.get_mut(tag) {
                Some(Value::Array(list)) => list.push(attributes.into()),
                _ => {
                    into.insert(tag.to_owned(), Value::Array(vec![attributes.into()]));
                }
            }
        }
    }

    fn references(&self, found: &[Found], structured: bool) -> Vec<Value> {
        let mut references = Vec::with_capacity(found.len());
        for Found { id, .. } in found {
            let Some(resource) = self.tree.get(*id) else { continue };
            let mut reference = Map::new();
            reference.insert("nm".into(), resource.text("rn").into());
            reference.insert("typ".into(), resource.kind.number().into());
            let address = self.address(*id, structured);
            let relative = if structured { format!("{CSE_ID}/{address}") } else { address };
            reference.insert("val".into(), relative.into());
            if resource.kind == Kind::FlexContainer {
                reference.insert("spty".into(), resource.text("cnd").into());
            }
            references.push(reference.into());
        }
        references
    }

    /// `cse-in/…`, or `/id-in/` and the resource id.
    pub(super) fn address(&self, id: Id, structured: bool) -> String {
        if structured { self.tree.path(id) } else { format!("{CSE_ID}/{}", self.tree.ri(id)) }
    }
}
