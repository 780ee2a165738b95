//! A place in a view whose content changes.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Node, Text};

use super::{Act, IntoView, Nodes, document, effect, fragment, insert};

/// A place between two text nodes. The first of them holds the text where the content is one.
struct Region {
    start: Text,
    /// None where the content is never more than a text.
    end: Option<Node>,
    shown: String,
}

impl Region {
    fn new(is_text: bool) -> Self {
        let end = (!is_text).then(|| document().create_text_node("").into());
        Self { start: document().create_text_node(""), end, shown: String::new() }
    }

    /// The place, to be put into the page.
    fn view(&self) -> Nodes {
        let start = self.start.clone().into();
        match &self.end {
            None => Nodes::Node(start),
            Some(end) => fragment(&mut [start, end.clone()].into_iter().map(Nodes::Node)),
        }
    }

    /// Puts a content in place of the one before.
    fn set(&mut self, content: Nodes) {
        if let Some(end) = &self.end {
            while let Some(old) = self.start.next_sibling().filter(|old| old != end) {
                old.unchecked_into::<web_sys::CharacterData>().remove();
            }
        }
        let (text, node) = match content {
            Nodes::Nothing => ("".into(), None),
            Nodes::Text(text) => (text, None),
            Nodes::Node(node) => ("".into(), Some(node)),
        };
        if self.shown != text {
            self.start.set_data(&text);
            self.shown = text.into_owned();
        }
        if let (Some(node), Some(end)) = (node, &self.end)
            && let Some(parent) = end.parent_node()
        {
            insert(&parent, Nodes::Node(node), Some(end));
        }
    }
}

/// A place with what a closure says, whenever a signal that it reads has changed.
pub(super) fn region(is_text: bool, mut content: Box<dyn Act<(), Nodes>>) -> Nodes {
    let mut region = Region::new(is_text);
    let view = region.view();
    effect(Box::new(move |()| region.set(content.act(()))));
    view
}

/// A view while a condition holds, and another while it does not.
pub fn show<T: IntoView, E: IntoView>(
    mut when: impl FnMut() -> bool + 'static,
    mut content: impl FnMut() -> T + 'static,
    mut fallback: impl FnMut() -> E + 'static,
) -> Nodes {
    choose(
        Box::new(move |()| when()),
        Box::new(move |holds: bool| if holds { content().into_view() } else { fallback().into_view() }),
    )
}

fn choose(mut when: Box<dyn Act<(), bool>>, mut content: Box<dyn Act<bool, Nodes>>) -> Nodes {
    let mut region = Region::new(false);
    let view = region.view();
    // Not the effect's own owner: that one is cleaned up even when the condition has not changed.
    let owner = Owner::new();
    let mut held = None;
    effect(Box::new(move |()| {
        let holds = when.act(());
        if held != Some(holds) {
            held = Some(holds);
            region.set(owner.with_cleanup(|| untrack(|| content.act(holds))));
        }
    }));
    view
}
