//! Children that are kept for as long as their key is there.

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
    fn new(within: &Owner, view: &mut dyn Act<(), Nodes>) -> (Self, Nodes) {
        let owner = within.with(Owner::new);
        let view = owner.with(|| untrack(|| view.act(())));
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
pub fn keyed<T, K: PartialEq + 'static, V: IntoView>(
    mut each: impl FnMut() -> Vec<T> + 'static,
    mut key: impl FnMut(&T) -> K + 'static,
    mut row: impl FnMut(T) -> V + 'static,
) -> Nodes {
    let end: Node = document().create_text_node("").into();
    let view = fragment(&mut std::iter::once(Nodes::Node(end.clone())));
    let owner = Owner::new();
    let mut rows = Vec::<(K, Row)>::new();
    effect(Box::new(move |()| {
        let Some(parent) = end.parent_node() else { return };
        let items = each();
        let keys: Vec<K> = items.iter().map(&mut key).collect();
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
        for (item, key) in items.into_iter().zip(keys).rev() {
            let kept = rows.iter().position(|(of, _)| *of == key).map(|index| rows.swap_remove(index).1);
            let row = kept.unwrap_or_else(|| {
                let mut item = Some(item);
                let (made, view) = Row::new(&owner, &mut |()| item.take().map(&mut row).into_view());
                insert(&parent, view, Some(&before));
                made
            });
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
    view
}
