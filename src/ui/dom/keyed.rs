//! Children that are kept for as long as their key is there.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{CharacterData, Node};

use super::{Act, IntoView, Nodes, document, effect, fragment, insert};

/// The nodes of one child, and what is undone with them.
struct Row {
    owner: Owner,
    first: Node,
    last: Node,
}

impl Row {
    fn new(within: &Owner, view: &mut dyn FnMut() -> Nodes) -> (Self, Nodes) {
        let owner = within.with(Owner::new);
        let view = owner.with(|| untrack(view));
        // What has no nodes of its own is given one to be found by.
        let node = match view {
            Nodes::Node(node) if node.first_child().is_some() || node.node_type() == Node::ELEMENT_NODE => {
                node
            }
            other => {
                let place = document().create_document_fragment().into();
                insert(&place, Nodes::Node(document().create_text_node("").into()), None);
                insert(&place, other, None);
                place
            }
        };
        let (first, last) = if node.node_type() == Node::DOCUMENT_FRAGMENT_NODE {
            (
                node.first_child().unwrap_or_else(|| node.clone()),
                node.last_child().unwrap_or_else(|| node.clone()),
            )
        } else {
            (node.clone(), node.clone())
        };
        (Self { owner, first, last }, Nodes::Node(node))
    }

    /// Its nodes, in order.
    fn nodes(&self) -> Vec<Node> {
        let mut nodes = vec![self.first.clone()];
        while let Some(node) = nodes.last().filter(|node| **node != self.last).and_then(Node::next_sibling) {
            nodes.push(node);
        }
        nodes
    }

    fn remove(&self) {
        self.owner.cleanup();
        for node in self.nodes() {
            node.unchecked_into::<CharacterData>().remove();
        }
    }

    /// Puts the row before a node, unless it is there.
    fn place(&self, parent: &Node, before: &Node) {
        if self.last.next_sibling().as_ref() != Some(before) {
            for node in self.nodes() {
                insert(parent, Nodes::Node(node), Some(before));
            }
        }
    }
}

/// A child for each item, made once for a key and moved with it.
///
/// The items are few: what is in sight, not what there is.
pub fn keyed<T: 'static, V: IntoView>(
    mut each: impl FnMut() -> Vec<T> + 'static,
    mut key: impl FnMut(&T) -> String + 'static,
    mut row: impl FnMut(T) -> V + 'static,
) -> Nodes {
    let items = Rc::new(RefCell::new(Vec::new()));
    let taken = Rc::clone(&items);
    list(
        Box::new(move |()| {
            let all = each();
            let keys = all.iter().map(&mut key).collect::<Vec<_>>();
            *items.borrow_mut() = all.into_iter().map(Some).collect();
            keys
        }),
        Box::new(move |index: usize| {
            let item = taken.borrow_mut().get_mut(index).and_then(Option::take);
            item.map(&mut row).into_view()
        }),
    )
}

/// The children of all kinds of items: the keys in order, and the view of the item at a place.
fn list(mut keys: Box<dyn Act<(), Vec<String>>>, mut view: Box<dyn Act<usize, Nodes>>) -> Nodes {
    let end: Node = document().create_text_node("").into();
    let place = fragment(&mut std::iter::once(Nodes::Node(end.clone())));
    let owner = Owner::new();
    let mut rows = Vec::<(String, Row)>::new();
    effect(Box::new(move |()| {
        let Some(parent) = end.parent_node() else { return };
        let keys = keys.act(());
        rows.retain(|(key, row)| {
            let stays = keys.contains(key);
            if !stays {
                row.remove();
            }
            stays
        });
        let mut before = end.clone();
        let mut placed = Vec::with_capacity(keys.len());
        // From the last to the first, so that each finds the one that follows it in its place.
        for (index, key) in keys.into_iter().enumerate().rev() {
            let row = if let Some(kept) = rows.iter().position(|(of, _)| *of == key) {
                rows.swap_remove(kept).1
            } else {
                let (made, nodes) = Row::new(&owner, &mut || view.act(index));
                insert(&parent, nodes, Some(&before));
                made
            };
            row.place(&parent, &before);
            before = row.first.clone();
            placed.push((key, row));
        }
        // What is left came twice under one key.
        for (_, row) in rows.drain(..) {
            row.remove();
        }
        rows = placed;
    }));
    place
}
