//! The renderer: what a view puts on the page, what it keeps when something changes, and what it undoes.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::on_cleanup;
use porthole::state::signal::{ArcRwSignal, RwSignal};
use porthole::ui::dom::{self, Children, CollectView as _, IntoView, NodeRef, ViewFn, component, view};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, HtmlInputElement, Node};

use crate::support::{Mounted, document, sleep};

/// Notes in the order they were made.
type Notes = Rc<RefCell<Vec<String>>>;

/// A view on the page, and its own element.
fn page<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> Mounted {
    Mounted::new(move |_| view())
}

fn first_child(page: &Mounted, selector: &str) -> Node {
    page.element::<Element>(selector).first_child().expect("it has a child")
}

/// Signals that outlive the view that reads them, as those of the state do.
fn signal<T: 'static>(value: T) -> ArcRwSignal<T> {
    ArcRwSignal::new(value)
}

#[wasm_bindgen_test]
async fn a_text_that_changes_stays_in_its_node() {
    let text = signal("first".to_owned());
    let shown = text.clone();
    let page = page(move || view! { <p>"before "{move || shown.get()}" after"</p> });
    assert_eq!(page.text("p"), "before first after");
    let nodes = page.element::<Element>("p").child_nodes();
    let node = nodes.get(1).expect("the node of the text");
    text.set("<b>second</b>".to_owned());
    sleep(0).await;
    assert_eq!(page.text("p"), "before <b>second</b> after", "a text is no markup");
    assert!(!page.has("b"));
    assert_eq!(nodes.get(1), Some(node), "another node took its place");
}

#[wasm_bindgen_test]
async fn what_a_closure_built_is_undone_before_it_builds_again() {
    let number = signal(1_u64);
    let undone = Notes::default();
    let (shown, noted) = (number.clone(), Rc::clone(&undone));
    let page = page(move || {
        view! {
            <section>
                {move || {
                    let number = shown.get();
                    let noted = send_wrapper::SendWrapper::new(Rc::clone(&noted));
                    on_cleanup(move || noted.borrow_mut().push(format!("{number} is undone")));
                    (number > 0).then(|| view! { <p>{number}</p><p>"more"</p> })
                }}
                <footer></footer>
            </section>
        }
    });
    assert_eq!(page.text("section"), "1more");
    number.set(2);
    sleep(0).await;
    assert_eq!(page.text("section"), "2more");
    assert_eq!(page.all("section > p").len(), 2, "the old ones are still there");
    assert_eq!(*undone.borrow(), ["1 is undone"]);
    number.set(0);
    sleep(0).await;
    assert_eq!(page.text("section"), "");
    number.set(3);
    sleep(0).await;
    assert_eq!(page.text("section > p"), "3");
    let last = page.element::<Element>("section").last_element_child().expect("the footer");
    assert_eq!(last.tag_name(), "FOOTER", "it came back in another place");
    drop(page);
    assert_eq!(undone.borrow().len(), 4, "{:?}", undone.borrow());
}

#[wasm_bindgen_test]
async fn a_closure_may_change_between_text_and_elements() {
    let marked = signal(false);
    let shown = marked.clone();
    let page = page(move || {
        view! { <p>{move || if shown.get() { view! { <b>"bold"</b> } } else { "plain".into_view() }}</p> }
    });
    assert_eq!(page.text("p"), "plain");
    marked.set(true);
    sleep(0).await;
    assert_eq!((page.text("p").as_str(), page.has("p > b")), ("bold", true));
    marked.set(false);
    sleep(0).await;
    assert_eq!((page.text("p").as_str(), page.has("p > b")), ("plain", false));
}

#[wasm_bindgen_test]
async fn a_choice_is_built_anew_only_when_it_falls_otherwise() {
    let number = signal(1_u64);
    let shown = number.clone();
    let page = page(move || {
        view! { <Show when=move || shown.get().is_multiple_of(2) fallback=|| view! { <i>"odd"</i> }><b>"even"</b></Show> }
    });
    let odd: Element = page.element("i");
    number.set(3);
    sleep(0).await;
    assert_eq!(page.element::<Element>("i"), odd, "still odd, and yet built anew");
    number.set(4);
    sleep(0).await;
    assert!(page.has("b") && !page.has("i"));
    let even: Element = page.element("b");
    number.set(6);
    sleep(0).await;
    assert_eq!(page.element::<Element>("b"), even);
}

/// The rows of a list, by the text of each.
fn rows(page: &Mounted) -> Vec<(String, Element)> {
    page.all("li").into_iter().map(|row| (row.text_content().unwrap_or_default(), row)).collect()
}

#[wasm_bindgen_test]
async fn rows_are_kept_by_their_keys_and_undone_when_they_leave() {
    let letters = |text: &str| text.chars().collect::<Vec<_>>();
    let all = signal(letters("abcd"));
    let undone = Notes::default();
    let (shown, noted) = (all.clone(), Rc::clone(&undone));
    let page = page(move || {
        let row = move |letter: char| {
            let noted = send_wrapper::SendWrapper::new(Rc::clone(&noted));
            on_cleanup(move || noted.borrow_mut().push(letter.to_string()));
            view! { <li>{letter.to_string()}</li> }
        };
        view! { <ul><li>"head"</li><For each=move || shown.get() key=char::to_string children=row/><li>"foot"</li></ul> }
    });
    let mut before = rows(&page);
    for order in
        ["dcba", "abcd", "bd", "xbyd", "", "abc", "cab", "caab", "cab", "cb", "bcdefgh", "hgfedcba", "a"]
    {
        all.set(letters(order));
        sleep(0).await;
        let after = rows(&page);
        let texts: Vec<_> = after.iter().map(|(text, _)| text.as_str()).collect();
        let mut wanted = vec!["head".to_owned()];
        wanted.extend(order.chars().map(String::from));
        wanted.push("foot".to_owned());
        assert_eq!(texts, wanted, "in the order {order:?}");
        for text in &texts {
            // A key that comes twice is shown twice.
            let of = |rows: &[(String, Element)]| rows.iter().filter(|(row, _)| row == text).count();
            let kept = after.iter().filter(|row| row.0 == *text && before.contains(row)).count();
            assert_eq!(kept, of(&before).min(of(&after)), "{text} was built anew for {order:?}");
        }
        for (text, _) in &before {
            if !texts.contains(&text.as_str()) {
                assert!(undone.borrow().contains(text), "{text} left and was not undone");
            }
        }
        undone.borrow_mut().clear();
        before = after;
    }
}

#[wasm_bindgen_test]
async fn rows_without_an_element_of_their_own_are_found_again() {
    let all = signal(vec!["one", "none", "two"]);
    let shown = all.clone();
    let page = page(move || {
        let row = |name: &'static str| match name {
            "none" => ().into_view(),
            "two" => view! { <b>"two "</b><i>"parts "</i> },
            name => (move || format!("{name} ")).into_view(),
        };
        view! { <p><For each=move || shown.get() key=|name| (*name).to_owned() children=row/></p> }
    });
    assert_eq!(page.text("p"), "one two parts ");
    all.set(vec!["two", "none", "one"]);
    sleep(0).await;
    assert_eq!(page.text("p"), "two parts one ");
    all.set(vec!["none"]);
    sleep(0).await;
    assert_eq!(page.text("p"), "");
    all.set(vec!["one", "two"]);
    sleep(0).await;
    assert_eq!(page.text("p"), "one two parts ");
}

#[wasm_bindgen_test]
async fn attributes_follow_what_they_are_given() {
    let on = signal(true);
    let [flag, title, class, style, value] = std::array::from_fn(|_| on.clone());
    let page = page(move || {
        view! {
            <input
                class="field"
                type="text"
                aria-label={None::<String>}
                disabled=move || flag.get()
                title=move || title.get().then(|| "on".to_owned())
                class:lit=move || class.get()
                style:width=move || if style.get() { "10px" } else { "20px" }
                prop:value=move || if value.get() { "yes" } else { "no" }
            />
        }
    });
    let input: HtmlInputElement = page.element("input.field[type=text][disabled][title=on].lit");
    assert!(!input.has_attribute("aria-label"));
    assert_eq!(input.style().get_property_value("width").as_deref(), Ok("10px"));
    assert_eq!(input.value(), "yes");
    on.set(false);
    sleep(0).await;
    assert!(!input.has_attribute("disabled") && !input.has_attribute("title"));
    assert_eq!(input.class_name(), "field");
    assert_eq!(input.style().get_property_value("width").as_deref(), Ok("20px"));
    assert_eq!(input.value(), "no");
    input.set_value("typed");
    on.set(true);
    on.set(false);
    sleep(0).await;
    assert_eq!(input.value(), "no", "a property that the person changed is not set again");
}

#[wasm_bindgen_test]
async fn a_bound_field_says_what_was_typed_and_shows_what_was_set() {
    let text = Rc::new(RefCell::new(None));
    let made = Rc::clone(&text);
    let page = page(move || {
        let text = RwSignal::new("first".to_owned());
        *made.borrow_mut() = Some(text);
        view! { <input bind:value=text/><output>{text}</output> }
    });
    let text = text.borrow_mut().take().expect("mounted at once");
    assert_eq!(page.element::<HtmlInputElement>("input").value(), "first");
    page.fill("input", "typed").await;
    assert_eq!((text.get_untracked().as_str(), page.text("output").as_str()), ("typed", "typed"));
    text.set("set".to_owned());
    sleep(0).await;
    assert_eq!(page.element::<HtmlInputElement>("input").value(), "set");
}

#[wasm_bindgen_test]
async fn a_listener_hears_until_its_view_is_undone() {
    let heard = signal(0_u64);
    let there = signal(true);
    let (shown, count) = (there.clone(), heard.clone());
    let page = page(move || {
        view! {
            {move || {
                let count = count.clone();
                shown.get().then(|| view! { <button on:click=move |_| count.update(|count| *count += 1)>"Count"</button> })
            }}
        }
    });
    let button: HtmlElement = page.element("button");
    button.click();
    button.click();
    assert_eq!(heard.get_untracked(), 2);
    there.set(false);
    sleep(0).await;
    button.click();
    assert_eq!(heard.get_untracked(), 2, "it still listens");
}

#[wasm_bindgen_test]
fn drawings_are_of_svg_and_the_rest_is_of_html() {
    let page =
        page(|| view! { <p><svg viewBox="0 0 2 2"><g><path d="M0 0L2 2"/></g></svg><b>"text"</b></p> });
    let namespace = |selector: &str| page.element::<Element>(selector).namespace_uri().unwrap_or_default();
    for drawn in ["svg", "svg > g", "svg > g > path"] {
        assert_eq!(namespace(drawn), "http://www.w3.org/2000/svg", "{drawn}");
    }
    for written in ["p", "p > b"] {
        assert_eq!(namespace(written), "http://www.w3.org/1999/xhtml", "{written}");
    }
    assert_eq!(page.element::<Element>("svg").get_attribute("viewBox").as_deref(), Some("0 0 2 2"));
}

/// A figure with a caption and, where one is given, a note.
#[component]
fn Figure(
    #[prop(into)] caption: String,
    #[prop(optional)] note: Option<&'static str>,
    #[prop(optional, into)] empty: ViewFn,
    children: Children,
) -> impl IntoView {
    view! { <figure title=note>{children()}{empty.run()}<figcaption>{caption}</figcaption></figure> }
}

#[wasm_bindgen_test]
fn a_component_takes_what_it_is_given_and_leaves_out_the_rest() {
    let page = page(|| {
        let caption = "Second";
        view! {
            <Figure caption="First"><b>"one"</b></Figure>
            <Figure caption note=Some("noted") empty=|| "nothing "><b>"two "</b></Figure>
        }
    });
    let figures = page.all("figure");
    let texts: Vec<_> = figures.iter().filter_map(|figure| figure.text_content()).collect();
    assert_eq!(texts, ["oneFirst", "two nothing Second"]);
    let titles: Vec<_> = figures.iter().map(|figure| figure.get_attribute("title")).collect();
    assert_eq!(titles, [None, Some("noted".to_owned())]);
}

#[wasm_bindgen_test]
async fn a_reference_is_filled_and_told() {
    let told = Notes::default();
    let noted = Rc::clone(&told);
    let page = page(move || {
        let node = NodeRef::<HtmlInputElement>::new();
        assert!(node.get_untracked().is_none());
        dom::watch(move || {
            if let Some(input) = node.get() {
                noted.borrow_mut().push(input.name());
            }
        });
        view! { <input name="here" node_ref=node/> }
    });
    sleep(0).await;
    assert!(page.has("input"));
    assert_eq!(*told.borrow(), ["here"]);
}

#[wasm_bindgen_test]
fn several_views_stand_in_a_row() {
    let page = page(|| {
        let many = ["one ", "two "].into_iter().map(|text| view! { <b>{text}</b> }).collect_view();
        view! { <p>{many}{vec!["three ", "four "]}{Some("five")}{None::<String>}{()}</p> }
    });
    assert_eq!(page.text("p"), "one two three four five");
    assert_eq!(first_child(&page, "p").node_name(), "B");
}

#[wasm_bindgen_test]
async fn what_is_mounted_leaves_with_all_that_it_started() {
    let number = signal(1_u64);
    let runs = Rc::new(RefCell::new(0));
    let root = document().create_element("div").expect("a div");
    let (shown, counted) = (number.clone(), Rc::clone(&runs));
    let mounted = dom::mount(root.unchecked_ref(), move || {
        view! {
            <p>
                {move || {
                    *counted.borrow_mut() += 1;
                    shown.get()
                }}
            </p>
        }
    });
    assert_eq!(root.text_content().as_deref(), Some("1"));
    number.set(2);
    sleep(0).await;
    assert_eq!((root.text_content().as_deref(), *runs.borrow()), (Some("2"), 2));
    drop(mounted);
    assert_eq!(root.text_content().as_deref(), Some(""));
    number.set(3);
    sleep(0).await;
    assert_eq!(*runs.borrow(), 2, "an effect runs for a view that is gone");
}
