//! A list of which only the visible part is in the page: ten thousand rows cost as much as forty.

use crate::model::format::shortest;
use crate::state::signal::{Memo, RwSignal, Signal, StoredValue};
use crate::ui::dom::{IntoView, NodeRef, Nodes, component, view, watch};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::ResizeObserver;

/// Rows above and below the visible ones, so that scrolling shows no hole.
const MARGIN_ROWS: usize = 8;

/// Says something about the row at a place.
pub type OfRow<T> = Box<dyn Fn(usize) -> T>;

/// A scrolling list with rows of one height.
#[component]
pub fn Windowed(
    /// How many rows there are; tells of every change of the rows.
    count: Signal<usize>,
    /// What the row at a place shows; while it stays the same, the row keeps its elements.
    key: OfRow<String>,
    /// The height of a row, in CSS pixels.
    row_px: Signal<f64>,
    /// The row to scroll to, whenever it changes.
    #[prop(optional, into)]
    scroll_to: Option<Signal<Option<usize>>>,
    /// Stay at the end while rows are added, as long as the end is in view.
    #[prop(optional)]
    follow: bool,
    /// It is a tree of this name, which has the focus itself: what scrolls must be in reach of keys.
    #[prop(optional)]
    tree: &'static str,
    /// The id of the tree's active row.
    #[prop(optional, into)]
    active: Option<Signal<String>>,
    /// Makes the row at a place.
    row: OfRow<Nodes>,
) -> impl IntoView {
    let node = NodeRef::<web_sys::HtmlElement>::new();
    let top = RwSignal::new(0.0_f64);
    let height = RwSignal::new(600.0_f64);
    let at_end = RwSignal::new(true);
    let is_tree = !tree.is_empty();
    let measure = move || {
        if let Some(list) = node.get_untracked() {
            let (scroll, visible) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
            if (height.get_untracked() - visible).abs() > 0.5 {
                height.set(visible);
            }
            top.set(scroll);
        }
    };
    // Only who scrolls back wants to stay there: rows that come in between take the end away from under the list.
    let scrolled = move || {
        let before = top.get_untracked();
        measure();
        if let Some(list) = node.get_untracked() {
            let (scroll, visible) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
            if scroll + visible >= f64::from(list.scroll_height()) - row_px.get_untracked() {
                at_end.set(true);
            } else if scroll < before {
                at_end.set(false);
            }
        }
    };
    // In the next frame the list is as high as its rows.
    let go_to_end = move || {
        request_animation_frame(move || {
            if let Some(list) = node.try_get_untracked()
                && at_end.try_get_untracked() == Some(true)
            {
                list.set_scroll_top(list.scroll_height());
            }
        });
    };
    on_resize(node, move || {
        measure();
        if follow {
            go_to_end();
        }
    });
    if let Some(wanted) = scroll_to {
        watch(move || {
            let (Some(index), Some(list)) = (wanted.get(), node.get()) else { return };
            let (from, row) = (index as f64 * row_px.get_untracked(), row_px.get_untracked());
            let (scroll, visible) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
            if from < scroll {
                list.set_scroll_top(from as i32);
            } else if from + row > scroll + visible {
                list.set_scroll_top((from + row - visible).ceil() as i32);
            }
        });
    }
    if follow {
        watch(move || {
            count.track();
            go_to_end();
        });
    }
    let window = Memo::new(move || {
        let (row, count) = (row_px.get().max(1.0), count.get());
        let first = ((top.get() / row) as usize).saturating_sub(MARGIN_ROWS).min(count);
        let last = (((top.get() + height.get()) / row).ceil() as usize + MARGIN_ROWS).min(count);
        (first, last)
    });
    let visible = move || {
        // The rows first: the window is asked next, learns of other rows on behalf of this list too, and where there are as
        // many as before it says that nothing has changed.
        let count = count.get();
        let (first, last) = window.get();
        (first..last.min(count)).collect::<Vec<_>>()
    };
    view! {
        <div
            class="windowed"
            role=is_tree.then_some("tree")
            tabindex=is_tree.then_some("0")
            aria-label=is_tree.then_some(tree)
            aria-activedescendant=move || active.map(|active| active.get())
            node_ref=node
            on:scroll=move |_| scrolled()
        >
            <div
                class="windowed-all"
                style:height=move || format!("{}px", shortest(count.get() as f64 * row_px.get()))
            >
                <div
                    class="windowed-part"
                    style:transform=move || format!("translateY({}px)", shortest(window.get().0 as f64 * row_px.get()))
                >
                    <For
                        each=visible
                        key=move |index| format!("{index} {}", key(*index))
                        children=row
                    />
                </div>
            </div>
        </div>
    }
}

/// Calls a function when an element changes its size, and once at the start.
pub fn on_resize(node: NodeRef<web_sys::HtmlElement>, action: impl Fn() + Clone + 'static) {
    let kept = StoredValue::new(None);
    watch(move || {
        let Some(element) = node.get() else { return };
        let closure = Closure::<dyn FnMut()>::new(action.clone());
        if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            kept.set_value(Some(Observed { observer, _action: closure }));
        }
    });
}

/// An element whose size is watched for as long as this is kept.
struct Observed {
    observer: ResizeObserver,
    _action: Closure<dyn FnMut()>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The height of a row: what fits a pointer, or what a finger needs.
pub fn row_px(pointer_px: f64) -> Signal<f64> {
    const FINGER_PX: f64 = 44.0;
    let touch = web_sys::window()
        .and_then(|window| window.match_media("(pointer: coarse), (max-width: 700px)").ok().flatten())
        .is_some_and(|query| query.matches());
    Signal::stored(if touch { FINGER_PX.max(pointer_px) } else { pointer_px })
}
