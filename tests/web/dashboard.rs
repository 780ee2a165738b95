//! The dashboard over the simulated instruments: cards fill by themselves, tell their quality, and plot on a click.

use porthole::model::store::ConnectionId;
use porthole::ui::dashboard::Dashboard;
use porthole::ui::dom::view;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use crate::support::{Mounted, sleep};

const LIVE_VALUE: &str = ".module .value.big [data-quality=live]";
const CUT_OFF: &str = ".module.off .value.big.dim [data-quality=disconnected]";

/// The demo on a dashboard, and its first connection.
fn demo() -> (Mounted, ConnectionId) {
    let page = Mounted::new(|_| view! { <Dashboard /> });
    page.app.start_demo();
    let id = page.app.connections.get_untracked().first().copied().expect("the demo has connections");
    (page, id)
}

/// Waits until a selector finds something; fails after ten seconds.
async fn appears(page: &Mounted, selector: &str) {
    for _ in 0..200 {
        if page.has(selector) {
            return;
        }
        sleep(50).await;
    }
    panic!("{selector} did not appear");
}

fn fault(page: &Mounted, id: ConnectionId, word: &str) -> usize {
    let faults = page.app.faults(id);
    let found = faults.iter().find(|fault| fault.title.to_lowercase().contains(word));
    found.unwrap_or_else(|| panic!("no fault {word} among {faults:?}")).index
}

#[wasm_bindgen_test]
async fn a_card_for_each_module_fills_with_live_values() {
    let (page, id) = demo();
    appears(&page, LIVE_VALUE).await;
    let value: HtmlElement = page.element(LIVE_VALUE);
    let text = value.text_content().unwrap_or_default();
    assert!(text.parse::<f64>().is_ok(), "{text} is not the formatted value alone");
    let name = value.get_attribute("data-channel").expect("it says whose it is");
    assert!(page.app.find_channel(&name).is_some(), "{name} names no channel");
    let groups = page.app.catalog(id).groups.len();
    assert!(groups > 0 && page.all(".module").len() >= groups, "fewer cards than the {groups} modules");
}

#[wasm_bindgen_test]
async fn a_cut_link_dims_the_cards_and_keeps_their_values() {
    let (page, id) = demo();
    appears(&page, LIVE_VALUE).await;
    // The first redial waits for anything up to half a second: it may be over before the page was looked at.
    for _ in 0..20 {
        page.app.set_fault(id, fault(&page, id, "cut"), true);
        for _ in 0..25 {
            if page.has(CUT_OFF) {
                let text = page.text(CUT_OFF);
                assert!(text.parse::<f64>().is_ok(), "the last value is gone: {text}");
                return;
            }
            sleep(10).await;
        }
        appears(&page, LIVE_VALUE).await;
    }
    panic!("no cut was shown");
}

#[wasm_bindgen_test]
async fn a_plot_without_its_library_says_so_and_still_has_its_readings() {
    let (page, _) = demo();
    appears(&page, ".plot-button").await;
    page.click(".plot-button").await;
    // The page of this test does not serve uPlot.
    appears(&page, ".plot .problem").await;
    assert!(page.text(".plot .problem").contains("could not be loaded"));
    page.click(".plot button[aria-pressed]").await;
    appears(&page, ".plot .readings tbody td").await;
    page.click(".plot button[aria-label='Close the plot']").await;
    assert!(page.app.plots.with_untracked(Vec::is_empty));
    assert!(!page.has(".plot"));
}

#[wasm_bindgen_test]
async fn a_stop_on_a_read_only_connection_says_why_not() {
    let (page, _) = demo();
    appears(&page, "button[aria-label^='Stop ']").await;
    page.click("button[aria-label^='Stop ']").await;
    assert!(page.text(".set .problem").contains("read-only"));
}

#[wasm_bindgen_test]
async fn every_button_has_a_name() {
    let (page, _) = demo();
    appears(&page, LIVE_VALUE).await;
    for button in page.all("button") {
        let named = |button: &Element| {
            button.get_attribute("aria-label").is_some_and(|label| !label.is_empty())
                || button.text_content().is_some_and(|text| !text.trim().is_empty())
        };
        assert!(named(&button), "{} has no name", button.outer_html());
    }
}
