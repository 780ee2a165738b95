//! The string that `view!` makes of what is fixed, and the holes in it.

use leptos::prelude::*;
use leptos::tachys::html::event::EventDescriptor;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, Node};

use super::attribute::{self, IntoAttribute, Setting};
use super::{Act, Kept, NodeRef, Nodes, append, document, keep};
use crate::state::signal::RwSignal;

/// What changes in a template.
pub enum Hole {
    /// A child.
    Child(Nodes),
    /// An attribute, a class, a style or a property.
    Attribute(Setting),
    /// A listener of an event.
    Listener(Box<dyn Act<Event, ()>>),
    /// Somebody who wants to know the element.
    Reference(Box<dyn FnOnce(&Element)>),
}

/// A listener of an event.
pub fn listener<E>(_event: E, mut handler: impl FnMut(E::EventType) + 'static) -> Hole
where
    E: EventDescriptor<EventType: JsCast>,
{
    Hole::Listener(Box::new(move |event: Event| handler(event.unchecked_into())))
}

/// An attribute, a class, a style or a property.
pub fn attribute(setting: impl IntoAttribute) -> Hole {
    Hole::Attribute(setting.into_attribute())
}

/// Fills a reference with the element.
pub fn reference<E: JsCast + Clone + 'static>(node: NodeRef<E>) -> Hole {
    Hole::Reference(Box::new(move |element| node.fill(element)))
}

/// Takes over what the person enters in a field.
pub fn follow(text: RwSignal<String>) -> Hole {
    listener(leptos::ev::input, move |event| text.set(event_target_value(&event)))
}

/// A listener on an element. It leaves when it is dropped.
pub(super) struct Listener {
    element: Element,
    event: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn new(element: Element, event: &'static str, mut handler: Box<dyn Act<Event, ()>>) -> Self {
        let closure = Closure::<dyn FnMut(Event)>::new(move |event| handler.act(event));
        // Neither this nor the removal can fail: both are given a function.
        drop(element.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
        Self { element, event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        drop(self.element.remove_event_listener_with_callback(self.event, function));
    }
}

/// Makes the nodes of a view.
///
/// | Mark | What follows |
/// | --- | --- |
/// | `\x01`, `\x02` | the name of an element of HTML, of SVG, that is opened |
/// | `\x03`, `\x04` | the name of an attribute of the open element, its value |
/// | `\x05` | a text |
/// | `\x06` | the next hole belongs here: the name of the attribute or event that fills it, if it has one |
/// | `\x07` | nothing: the open element is closed |
pub fn template(fixed: &'static str, holes: Vec<Hole>) -> Nodes {
    let root: Node = document().create_document_fragment().into();
    let mut open = vec![root.clone()];
    let mut holes = holes.into_iter();
    let mut name = "";
    for (mark, text) in marks(fixed) {
        let Some(parent) = open.last() else { break };
        match mark {
            1 | 2 => {
                let namespace =
                    if mark == 1 { "http://www.w3.org/1999/xhtml" } else { "http://www.w3.org/2000/svg" };
                if let Ok(element) = document().create_element_ns(Some(namespace), text) {
                    append(parent, Nodes::Node(element.clone().into()));
                    open.push(element.into());
                }
            }
            3 => name = text,
            // The names are our own.
            4 => drop(parent.unchecked_ref::<Element>().set_attribute(name, text)),
            5 => append(parent, Nodes::Text(text.into())),
            6 => {
                let element = parent.unchecked_ref::<Element>();
                match holes.next() {
                    Some(Hole::Child(view)) => append(parent, view),
                    Some(Hole::Attribute(setting)) => attribute::set(element, text, setting),
                    Some(Hole::Listener(handler)) => {
                        keep(Kept::Listener(Listener::new(element.clone(), text, handler)));
                    }
                    Some(Hole::Reference(fill)) => fill(element),
                    None => {}
                }
            }
            _ => {
                open.pop();
            }
        }
    }
    Nodes::Node(match (root.first_child(), root.last_child()) {
        (Some(only), Some(last)) if only == last => {
            drop(root.remove_child(&only));
            only
        }
        _ => root,
    })
}

/// The marks of a template, each with the text that follows it.
fn marks(fixed: &'static str) -> impl Iterator<Item = (u8, &'static str)> {
    let is_mark = |character: char| character <= '\u{7}';
    let starts = fixed.match_indices(is_mark).map(|(start, _)| start);
    let ends = fixed.match_indices(is_mark).map(|(end, _)| end).skip(1).chain([fixed.len()]);
    starts.zip(ends).map(|(start, end)| (fixed.as_bytes()[start], &fixed[start + 1..end]))
}
