//! Single keys: where they do something, and where they must not.

use porthole::state::{Dialog, View};
use porthole::ui::dom::view;
use porthole::ui::keys::listen;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::support::{Mounted, document, press};

fn page() -> Mounted {
    let page = Mounted::new(|app| {
        listen(app);
        view! {
            <input id="field" />
            <div id="editable" contenteditable="true"></div>
            <button id="button">"Press"</button>
        }
    });
    // Something to pause.
    page.app.replay("capture", "secop", Vec::new(), Vec::new());
    page.app.view.set(View::Dashboard);
    page
}

#[wasm_bindgen_test]
async fn a_key_fires_on_the_page() {
    let page = page();
    let body = document().body().expect("a body");
    press(&body, "2", false).await;
    assert_eq!(page.app.view.get_untracked(), View::Subscriptions);
    press(&body, " ", false).await;
    assert!(page.app.paused.get_untracked());
    press(&body, "c", false).await;
    assert!(matches!(page.app.dialog.get_untracked(), Some(Dialog::Connect(_))));
    press(&body, "3", false).await;
    assert_eq!(page.app.view.get_untracked(), View::Subscriptions, "a dialog is in front of the page");
}

#[wasm_bindgen_test]
async fn no_key_fires_while_somebody_types() {
    let page = page();
    for field in ["#field", "#editable"] {
        let field: HtmlElement = page.element(field);
        for key in ["c", "?", "2", " ", "/"] {
            press(&field, key, false).await;
        }
    }
    assert_eq!(page.app.dialog.get_untracked(), None);
    assert_eq!(page.app.view.get_untracked(), View::Dashboard);
    assert!(!page.app.paused.get_untracked());
}

#[wasm_bindgen_test]
async fn the_space_bar_presses_the_button_that_has_the_focus() {
    let page = page();
    press(&page.element::<HtmlElement>("#button"), " ", false).await;
    assert!(!page.app.paused.get_untracked());
}

#[wasm_bindgen_test]
async fn keys_with_a_modifier_belong_to_the_browser() {
    let page = page();
    press(&document().body().expect("a body"), "c", true).await;
    assert_eq!(page.app.dialog.get_untracked(), None);
}

#[wasm_bindgen_test]
async fn single_keys_can_be_switched_off() {
    let page = page();
    page.app.settings.update(|settings| settings.single_keys = false);
    press(&document().body().expect("a body"), "?", false).await;
    assert_eq!(page.app.dialog.get_untracked(), None);
}
