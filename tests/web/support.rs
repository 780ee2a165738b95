//! What the tests share.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Promise;
use porthole::state::App;
use porthole::ui::dom::{self, IntoView};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement};

/// Lets the page run for that long.
pub(crate) async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |resolve, _reject| {
        let window = web_sys::window().expect("the test runs in a page");
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis)
            .expect("the page has timers");
    });
    JsFuture::from(promise).await.expect("a timer does not reject");
}

/// A view on the page for the length of one test.
pub(crate) struct Mounted {
    /// The state that the view was given.
    pub(crate) app: App,
    root: HtmlElement,
    // Takes the view off the page when it is dropped.
    _view: dom::Mounted,
}

impl Mounted {
    /// Puts a view on the page.
    pub(crate) fn new<V: IntoView + 'static>(view: impl FnOnce(App) -> V + 'static) -> Self {
        let document = document();
        let root: HtmlElement =
            document.create_element("div").expect("a div").dyn_into().expect("an HTML element");
        document.body().expect("a body").append_child(&root).expect("the body takes it");
        let app = Rc::new(Cell::new(None));
        let shown = dom::mount(&root, {
            let app = Rc::clone(&app);
            move || {
                let provided = App::provide();
                app.set(Some(provided));
                view(provided)
            }
        });
        Self { app: app.get().expect("mounted at once"), root, _view: shown }
    }

    /// The element that a selector names.
    pub(crate) fn element<T: JsCast>(&self, selector: &str) -> T {
        let element = self.root.query_selector(selector).expect("a selector");
        let element = element.unwrap_or_else(|| panic!("{selector} is not in {}", self.root.inner_html()));
        element.dyn_into().unwrap_or_else(|element| panic!("{selector} is a {}", element.tag_name()))
    }

    /// All elements that a selector names.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.root.query_selector_all(selector).expect("a selector");
        (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
    }

    /// A selector names an element.
    pub(crate) fn has(&self, selector: &str) -> bool {
        self.root.query_selector(selector).expect("a selector").is_some()
    }

    /// The text of the element that a selector names.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.element::<HtmlElement>(selector).text_content().unwrap_or_default()
    }

    /// Clicks, and lets the page run.
    pub(crate) async fn click(&self, selector: &str) {
        self.element::<HtmlElement>(selector).click();
        sleep(0).await;
    }

    /// Types over what is in a field, and lets the page run.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let field: HtmlInputElement = self.element(selector);
        field.set_value(text);
        let event = Event::new("input").expect("an event");
        field.dispatch_event(&event).expect("the field takes it");
        sleep(0).await;
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Presses a key where the focus is said to be, and lets the page run.
pub(crate) async fn press(target: &EventTarget, key: &str, with_control: bool) {
    let init = js_sys::Object::new();
    for (name, value) in [
        ("key", JsValue::from(key)),
        ("ctrlKey", with_control.into()),
        ("bubbles", true.into()),
        ("cancelable", true.into()),
    ] {
        js_sys::Reflect::set(&init, &name.into(), &value).expect("a plain object takes it");
    }
    let class: js_sys::Function = js_sys::Reflect::get(&js_sys::global(), &"KeyboardEvent".into())
        .expect("the page has keyboard events")
        .unchecked_into();
    let event =
        js_sys::Reflect::construct(&class, &js_sys::Array::of2(&"keydown".into(), &init)).expect("an event");
    target.dispatch_event(event.unchecked_ref()).expect("the target takes it");
    sleep(0).await;
}

/// The document.
pub(crate) fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("the test runs in a page")
}
