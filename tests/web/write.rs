//! Writing and executing in the page, with a simulated instrument at the other end.

use porthole::model::LinkState;
use porthole::model::store::{ChannelId, ConnectionId};
use porthole::model::value::Value;
use porthole::model::write::Refusal;
use porthole::state::{App, Dialog};
use porthole::ui::dashboard::QuickSet;
use porthole::ui::dom::{IntoView, view};
use porthole::ui::more::{ExecuteDialog, WriteDialog};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlButtonElement, HtmlElement};

use crate::support::{Mounted, press, sleep};
use porthole::state::signal::RwSignal;

const TARGET: &str = "cryo-3/T_sample/target";

/// Waits until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        sleep(25).await;
    }
    panic!("it never happened: {what}");
}

/// The demo on a page that shows what `view` makes of a channel, once that has a value.
async fn demo_with<V: IntoView + 'static>(
    view: impl Fn(App, ChannelId) -> V + Send + Sync + 'static,
) -> (Mounted, ChannelId) {
    let shown = RwSignal::new(None::<ChannelId>);
    let page = Mounted::new(move |app| {
        app.start_demo();
        move || shown.get().map(|id| view(app, id))
    });
    let app = page.app;
    until("the demo has a target", || app.find_channel(TARGET).is_some_and(|id| app.value(id).is_some()))
        .await;
    let id = app.find_channel(TARGET).expect("it was found before");
    shown.set(Some(id));
    sleep(50).await;
    (page, id)
}

fn connection_of(app: App, id: ChannelId) -> ConnectionId {
    app.with_store(|store| store.channel(id).map(|record| record.connection)).expect("the channel is known")
}

fn is_disabled(page: &Mounted, selector: &str) -> bool {
    page.element::<HtmlButtonElement>(selector).disabled()
}

#[wasm_bindgen_test]
async fn nothing_is_written_before_somebody_arms_the_connection() {
    let (page, id) = demo_with(|_, id| view! { <WriteDialog id entry="5.5" on_close=|| () /> }).await;
    assert_eq!(page.app.write(id, Value::Number(5.5)).err(), Some(Refusal::NotArmed));
    assert!(is_disabled(&page, "[type=submit]"));
    assert!(page.text(".permission").contains("read-only until you arm it"), "{}", page.text(".permission"));
    press(&page.element::<HtmlElement>(".change-new input"), "Enter", false).await;
    page.click("[type=submit]").await;
    assert_eq!(page.text(".write-outcome [role=status]"), "");

    page.click(".permission button").await;
    until("the dialog says that it is armed", || !is_disabled(&page, "[type=submit]")).await;
    assert_eq!(page.text(".write-outcome [role=status]"), "", "to arm is not to write");
    assert!(page.text("header .state").starts_with("armed · "), "{}", page.text("header .state"));
    assert_eq!(page.text(".sends code"), "change T_sample:target 5.5");
    page.click("[type=submit]").await;
    assert!(!page.has(".sends"), "what was sent is still to be sent");
    until("it is read back", || page.text(".write-outcome [role=status]").contains("read back: 5.500 K"))
        .await;
    assert!(page.text("[type=submit]").starts_with("Close"), "{}", page.text("[type=submit]"));
    assert!(page.app.status.get_untracked().contains("Set and read back: 5.500 K"));
}

#[wasm_bindgen_test]
async fn the_dialog_shows_old_and_new_and_the_limits_of_the_moment() {
    let (page, id) = demo_with(|_, id| view! { <WriteDialog id entry="10" on_close=|| () /> }).await;
    assert_eq!(page.text(&format!("[data-channel='{TARGET}']")), "4.200");
    assert!(page.text(".change-old .quiet-text").contains(" old"), "{}", page.text(".change-old"));
    assert!(page.text("[type=submit]").starts_with("Set 10.000 K"), "{}", page.text("[type=submit]"));
    let app = page.app;
    until("the limits are known", || {
        app.limits(id).is_some_and(|present| present.limits.max() == Some(300.0))
    })
    .await;
    until("they are shown", || page.text(".range-ends").contains("target_limits [1.5, 300]")).await;
    page.fill(".change-new input", "301").await;
    assert_eq!(page.text(".change-new .problem"), "new must be at most 300 K");
    app.arm(connection_of(app, id));
    sleep(50).await;
    assert!(is_disabled(&page, "[type=submit]"), "armed, and still wrong");
}

#[wasm_bindgen_test]
async fn nothing_is_written_without_a_link() {
    let (page, id) = demo_with(|_, id| view! { <WriteDialog id entry="10" on_close=|| () /> }).await;
    let app = page.app;
    let connection = connection_of(app, id);
    app.arm(connection);
    until("it could be set", || !is_disabled(&page, "[type=submit]")).await;
    app.close(connection);
    until("the link is closed", || {
        app.with_connection(connection, |record| record.link == LinkState::Closed) == Some(true)
    })
    .await;
    until("it cannot be set", || is_disabled(&page, "[type=submit]")).await;
    assert!(page.text(".write .problem").contains("there is no link"), "{}", page.text(".write .problem"));
    assert_eq!(app.write(id, Value::Number(10.0)).err(), Some(Refusal::NoLink));
}

#[wasm_bindgen_test]
async fn the_field_on_a_card_leads_to_the_dialog() {
    let (page, id) = demo_with(|app, id| {
        app.arm(connection_of(app, id));
        view! { <QuickSet id /> }
    })
    .await;
    page.fill(".quick-set input", "7.25").await;
    page.click(".quick-set button").await;
    assert_eq!(page.app.dialog.get_untracked(), Some(Dialog::Write(id, "7.25".to_owned())));
    sleep(100).await;
    assert_eq!(page.app.value(id), Some(Value::Number(4.2)), "a card writes nothing, armed or not");
}

#[wasm_bindgen_test]
async fn a_command_shows_its_result() {
    let (page, _id) = demo_with(|app, id| {
        let connection = connection_of(app, id);
        let catalog = app.catalog(connection);
        let is_stop = |path: &str| path == "T_sample/stop";
        let command =
            catalog.commands.iter().position(|command| is_stop(&command.path)).expect("it can be stopped");
        view! { <ExecuteDialog connection command on_close=|| () /> }
    })
    .await;
    assert!(is_disabled(&page, "[type=submit]"), "a command needs to be armed");
    page.click(".permission button").await;
    until("it could be executed", || !is_disabled(&page, "[type=submit]")).await;
    page.click("[type=submit]").await;
    until("it is done", || page.text(".write-outcome [role=status]").starts_with("Done.")).await;
}
