//! The renderer: nodes of the page, made once, with one effect for each place that changes.
//!
//! [`view!`](porthole_view::view) turns what is fixed about a view into a string and what changes into [`Hole`]s; here
//! the string is read and the holes are filled. Everything made within an owner of Leptos is undone with it: effects
//! stop, listeners leave.

mod attribute;
mod keyed;
mod region;
mod template;

use std::borrow::Cow;

use leptos::prelude::*;
pub use porthole_view::{component, view};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Node};

use crate::state::signal::{Memo, RwSignal, Signal};

pub use self::attribute::{IntoAttribute, IntoValue, Setting, Value};
pub use keyed::keyed;
pub use region::show;
pub use template::{Hole, attribute, follow, listener, reference, template};

/// The events that `on:` takes: those of Leptos, and the one that it lacks.
pub mod ev {
    pub use leptos::ev::*;

    /// A dialog is about to be closed by the person.
    #[derive(Clone, Copy, Debug)]
    #[expect(non_camel_case_types, reason = "events are named as the browser names them")]
    pub struct cancel;

    impl EventDescriptor for cancel {
        type EventType = Event;

        const BUBBLES: bool = false;

        fn name(&self) -> std::borrow::Cow<'static, str> {
            "cancel".into()
        }

        fn event_delegation_key(&self) -> std::borrow::Cow<'static, str> {
            "$$$cancel".into()
        }
    }
}

/// A view: text, nodes that stand in no page yet, or nothing.
#[derive(Debug, Default)]
pub enum Nodes {
    /// Nothing.
    #[default]
    Nothing,
    /// A text.
    Text(Cow<'static, str>),
    /// A node, or a fragment of several.
    Node(Node),
}

/// The children that a component is given.
pub type Children = Box<dyn FnOnce() -> Nodes>;

/// A view that a component asks for as often as it needs it.
pub struct ViewFn(Box<dyn Fn() -> Nodes>);

impl ViewFn {
    /// The view.
    pub fn run(&self) -> Nodes {
        (self.0)()
    }
}

impl Default for ViewFn {
    fn default() -> Self {
        Self(Box::new(Nodes::default))
    }
}

impl<F: Fn() -> T + 'static, T: IntoView> From<F> for ViewFn {
    fn from(view: F) -> Self {
        Self(Box::new(move || view().into_view()))
    }
}

/// What can stand in a view.
pub trait IntoView: Sized {
    /// It is never more than a text, whose node can be kept when it changes.
    const IS_TEXT: bool = false;

    /// The view.
    fn into_view(self) -> Nodes;

    /// The view, where branches have to be of one type.
    fn into_any(self) -> Nodes {
        self.into_view()
    }
}

impl IntoView for Nodes {
    fn into_view(self) -> Nodes {
        self
    }
}

impl IntoView for () {
    fn into_view(self) -> Nodes {
        Nodes::Nothing
    }
}

impl IntoView for &'static str {
    const IS_TEXT: bool = true;

    fn into_view(self) -> Nodes {
        Nodes::Text(Cow::Borrowed(self))
    }
}

impl IntoView for String {
    const IS_TEXT: bool = true;

    fn into_view(self) -> Nodes {
        Nodes::Text(Cow::Owned(self))
    }
}

impl IntoView for Cow<'static, str> {
    const IS_TEXT: bool = true;

    fn into_view(self) -> Nodes {
        Nodes::Text(self)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoView for $number {
            const IS_TEXT: bool = true;

            fn into_view(self) -> Nodes {
                self.to_string().into_view()
            }
        }
    )*};
}

numbers!(u64, usize);

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T: IntoView + Clone + 'static> IntoView for $signal<T> {
            const IS_TEXT: bool = T::IS_TEXT;

            fn into_view(self) -> Nodes {
                (move || self.get()).into_view()
            }
        }
    )*};
}

signals!(Memo, RwSignal, Signal);

impl<T: IntoView> IntoView for Option<T> {
    const IS_TEXT: bool = T::IS_TEXT;

    fn into_view(self) -> Nodes {
        self.map_or(Nodes::Nothing, T::into_view)
    }
}

impl<T: IntoView> IntoView for Vec<T> {
    fn into_view(self) -> Nodes {
        fragment(&mut self.into_iter().map(T::into_view))
    }
}

impl<F: FnMut() -> T + 'static, T: IntoView> IntoView for F {
    fn into_view(mut self) -> Nodes {
        region::region(T::IS_TEXT, Box::new(move |()| self().into_view()))
    }
}

/// Views in a row.
pub trait CollectView {
    /// All of them as one.
    fn collect_view(self) -> Nodes;
}

impl<I: Iterator<Item: IntoView>> CollectView for I {
    fn collect_view(self) -> Nodes {
        fragment(&mut self.map(IntoView::into_view))
    }
}

fn fragment(views: &mut dyn Iterator<Item = Nodes>) -> Nodes {
    let fragment = document().create_document_fragment();
    for view in views {
        append(&fragment, view);
    }
    Nodes::Node(fragment.into())
}

/// Shows a view in an element, and keeps it until the handle that it returns is dropped.
pub fn mount<V: IntoView>(parent: &Node, view: impl FnOnce() -> V) -> Mounted {
    // Fails only where it was done before.
    drop(any_spawner::Executor::init_wasm_bindgen());
    let owner = Owner::new();
    append(parent, owner.with(|| view().into_view()));
    Mounted { owner, parent: parent.clone() }
}

/// A view in the page. It leaves when this is dropped.
pub struct Mounted {
    owner: Owner,
    parent: Node,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.owner.cleanup();
        self.parent.set_text_content(None);
    }
}

fn append(parent: &Node, view: Nodes) {
    insert(parent, view, None);
}

/// Puts a view into the page before a node, or at the end.
fn insert(parent: &Node, view: Nodes, before: Option<&Node>) {
    let node = match view {
        Nodes::Nothing => return,
        Nodes::Text(text) => document().create_text_node(&text).into(),
        Nodes::Node(node) => node,
    };
    // Fails only for a node that was moved by others, and there is nothing to be done about it.
    drop(parent.insert_before(&node, before));
}

/// A closure in a box. `FnMut` would bring, for each closure, the code to call it as a `FnOnce`.
pub trait Act<Given, Out> {
    /// Calls it.
    fn act(&mut self, given: Given) -> Out;
}

impl<F: FnMut(Given) -> Out, Given, Out> Act<Given, Out> for F {
    fn act(&mut self, given: Given) -> Out {
        self(given)
    }
}

/// An element of a view, once it is there.
#[derive(Debug)]
pub struct NodeRef<E>(RwSignal<Option<E>>);

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E: JsCast + Clone + 'static> NodeRef<E> {
    /// For an element that is yet to come.
    #[expect(clippy::new_without_default, reason = "nobody takes one for granted")]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// The element; who asks is told when it comes.
    pub fn get(&self) -> Option<E> {
        self.0.get()
    }

    /// The element; who asks is not told when it comes.
    pub fn get_untracked(&self) -> Option<E> {
        self.0.get_untracked()
    }

    /// As [`Self::get_untracked`], and nothing where the view is gone.
    pub fn try_get_untracked(&self) -> Option<E> {
        self.0.try_get_untracked().flatten()
    }

    fn fill(self, element: &Element) {
        self.0.set(Some(element.clone().unchecked_into()));
    }
}

/// Keeps something until the owner that is now at work is cleaned up.
fn keep(kept: Kept) {
    StoredValue::new_local(kept);
}

/// What a view needs for as long as it is shown.
enum Kept {
    Effect(#[expect(dead_code, reason = "it stops when it is dropped")] RenderEffect<()>),
    Listener(#[expect(dead_code, reason = "it leaves when it is dropped")] template::Listener),
}

/// Runs a closure now and whenever a signal that it read has changed.
fn effect(mut run: Box<dyn Act<(), ()>>) {
    keep(Kept::Effect(RenderEffect::new(move |_: Option<()>| run.act(()))));
}

/// Runs a closure soon, and again whenever a signal that it read has changed.
pub fn watch(mut run: impl FnMut() + 'static) {
    let mut run: Box<dyn Act<(), ()>> = Box::new(move |()| run());
    Effect::new(move || run.act(()));
}

pub(super) fn document() -> Document {
    thread_local! {
        static DOCUMENT: Document = web_sys::window().and_then(|window| window.document()).expect("a page has a document");
    }
    DOCUMENT.with(Clone::clone)
}
