//! Asking for a connection: what is refused, and in which words.

use std::sync::{Arc, Mutex};

use porthole::protocol::address::Address;
use porthole::protocol::preflight::{self, PageContext};
use porthole::state::ConnectRequest;
use porthole::ui::connect::Check;
use porthole::ui::dom::view;
use porthole::ui::more::connect::ConnectForm;
use porthole::ui::start::Start;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlButtonElement, HtmlInputElement};

use crate::support::Mounted;

#[wasm_bindgen_test]
async fn a_bad_address_is_refused_in_words_once_it_is_sent() {
    let page = Mounted::new(|_| view! { <Start /> });
    page.fill("#start-address", "cryo 3").await;
    assert_eq!(page.text("#start-address-lines"), "", "nobody is corrected while typing");
    page.click("form [type=submit]").await;
    let words = page.text("#start-address-lines");
    assert!(words.contains("blank"), "{words}");
    assert_eq!(page.app.connections.get_untracked(), [], "nothing was dialled");
    page.fill("#start-address", "").await;
    let words = page.text("#start-address-lines");
    assert!(words.contains("There is no address."), "{words}");
}

#[wasm_bindgen_test]
async fn what_the_browser_will_block_cannot_be_sent() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let page = Mounted::new({
        let sent = Arc::clone(&sent);
        move |_| {
            let request =
                ConnectRequest { url: "ws://cryo3.lab:8010".to_owned(), ..ConnectRequest::default() };
            let submit = move |request: ConnectRequest| sent.lock().expect("one thread").push(request.url);
            view! { <ConnectForm request examine=as_on_an_encrypted_page submit /> }
        }
    });
    let button: HtmlButtonElement = page.element("[type=submit]");
    assert!(button.disabled());
    let words = page.text("#connect-address-lines");
    assert!(words.contains("three ways out"), "{words}");
    page.click("[type=submit]").await;
    assert!(sent.lock().expect("one thread").is_empty());

    page.fill("#connect-address", "wss://cryo3.lab:8010").await;
    assert!(!button.disabled());
    page.click("[type=submit]").await;
    assert_eq!(*sent.lock().expect("one thread"), ["wss://cryo3.lab:8010"]);
}

fn as_on_an_encrypted_page(url: String) -> Check {
    let page = PageContext { secure: true, ..PageContext::default() };
    match Address::parse(&url) {
        Ok(address) => Check { verdicts: preflight::check(&page, &address), ..Check::default() },
        Err(error) => Check { problem: Some(error.to_string()), ..Check::default() },
    }
}

#[wasm_bindgen_test]
async fn the_options_of_the_chosen_protocol_are_asked_for_and_sent() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let page = Mounted::new({
        let sent = Arc::clone(&sent);
        move |_| {
            let request = ConnectRequest {
                url: "ws://cse.lab:8180".to_owned(),
                protocol: Some("onem2m".to_owned()),
                options: vec![("http".to_owned(), "http://cse.lab:8080".to_owned())],
                ..ConnectRequest::default()
            };
            let submit = move |request: ConnectRequest| *sent.lock().expect("one thread") = request.options;
            view! { <ConnectForm request examine=|_| Check::default() submit /> }
        }
    });
    let http: HtmlInputElement = page.element("#option-http");
    assert_eq!(http.value(), "http://cse.lab:8080", "what a link has filled in");
    page.fill("#option-fr", "Cgreenhouse").await;
    page.click("[type=submit]").await;
    let chosen = [("http", "http://cse.lab:8080"), ("fr", "Cgreenhouse")];
    let chosen = chosen.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(*sent.lock().expect("one thread"), chosen);
}

#[wasm_bindgen_test]
async fn a_key_is_asked_for_apart_from_the_options_and_never_shown() {
    let sent = Arc::new(Mutex::new(ConnectRequest::default()));
    let page = Mounted::new({
        let sent = Arc::clone(&sent);
        move |_| {
            let request =
                ConnectRequest { protocol: Some("exosite".to_owned()), ..ConnectRequest::default() };
            let submit = move |request: ConnectRequest| *sent.lock().expect("one thread") = request;
            view! { <ConnectForm request examine=|_| Check::default() submit /> }
        }
    });
    let key: HtmlInputElement = page.element("#option-key");
    assert_eq!(key.type_(), "password");
    page.fill("#connect-address", "ws://onep.lab/ws").await;
    page.fill("#option-key", "bef3c7f91ac3562e6a2212345678901234567890").await;
    page.click("[type=submit]").await;
    let request = sent.lock().expect("one thread").clone();
    assert_eq!(request.options, []);
    assert_eq!(request.keeps_secrets, Some(false), "in memory alone, unless it is wanted otherwise");
    let key = ("key".to_owned(), "bef3c7f91ac3562e6a2212345678901234567890".to_owned());
    assert_eq!(request.secrets, [key]);
}
