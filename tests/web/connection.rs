//! What a person reads about a connection that failed or came back different.

use std::sync::{Arc, Mutex};

use porthole::model::catalog::CatalogChanges;
use porthole::model::link::{Cause, Failure, Offer};
use porthole::ui::dom::view;
use porthole::ui::more::connection::{Changes, FailureFacts};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::Mounted;

#[wasm_bindgen_test]
fn what_appeared_vanished_and_changed_is_listed() {
    let changes = CatalogChanges {
        appeared: vec!["heater2".to_owned()],
        vanished: vec!["p_old".to_owned()],
        changed: vec![("cryo/target".to_owned(), "max 300 → 320".to_owned())],
    };
    let page = Mounted::new(|_| view! { <Changes changes /> });
    assert_eq!(page.text(".appeared li"), "heater2");
    assert_eq!(page.text(".vanished li"), "p_old");
    assert_eq!(page.text(".changed li .path"), "cryo/target");
    assert!(page.text(".changed li").contains("max 300 → 320"));
}

#[wasm_bindgen_test]
fn a_long_list_of_changes_ends_in_a_number() {
    let appeared = (0..5_000).map(|number| format!("module{number}")).collect();
    let changes = CatalogChanges { appeared, ..CatalogChanges::default() };
    let page = Mounted::new(|_| view! { <Changes changes /> });
    assert_eq!(page.text(".appeared li:last-child"), "and 4,900 more");
}

#[wasm_bindgen_test]
fn a_failure_tells_causes_in_order_and_the_evidence() {
    let cause = |title: &str, snippet: &str| Cause {
        title: title.to_owned(),
        text: "Do this.".to_owned(),
        snippet: snippet.to_owned(),
        offer: None,
    };
    let failure = Failure {
        title: "The connection could not be opened".to_owned(),
        evidence: "no answer in 8,002 ms".to_owned(),
        causes: vec![
            cause("Nothing listens there.", "<img src=x onerror=alert(1)>"),
            cause("A firewall drops it", ""),
        ],
    };
    let page = Mounted::new(|_| {
        view! { <FailureFacts failure url="ws://cryo3.lab:8010/".to_owned() take=|_| panic!("nothing was offered") /> }
    });
    assert_eq!(page.text(".causes li:first-child b"), "Nothing listens there.");
    assert_eq!(page.text(".causes li:last-child b"), "A firewall drops it.");
    assert_eq!(page.text(".snippet pre"), "<img src=x onerror=alert(1)>", "text, not markup");
    assert_eq!(page.text(".snippet button"), "Copy");
    assert_eq!(page.text(".facts dd"), "no answer in 8,002 ms");
}

#[wasm_bindgen_test]
async fn another_way_to_connect_is_taken_by_a_button() {
    let options = vec![("mode".to_owned(), "hybrid".to_owned())];
    let offer = Some(Offer { title: "Use the other way".to_owned(), options: options.clone() });
    let cause = Cause { title: "It wants a header".to_owned(), offer, ..Cause::default() };
    let failure = Failure { causes: vec![cause], ..Failure::default() };
    let taken = Arc::new(Mutex::new(Vec::new()));
    let page = Mounted::new({
        let taken = Arc::clone(&taken);
        move |_| {
            let take = move |options| *taken.lock().expect("one thread") = options;
            view! { <FailureFacts failure url=String::new() take /> }
        }
    });
    page.click(".causes button").await;
    assert_eq!(*taken.lock().expect("one thread"), options);
}
