//! The page: what people see and do. Views read signals of `state` and call its methods; none knows a protocol.
#![expect(unreachable_pub, reason = "the component macro makes the properties of every component public")]

pub mod connect;
pub mod connection;
mod copy;
pub mod dashboard;
mod files;
mod frames;
mod icons;
pub mod keys;
mod modal;
mod shell;
pub mod start;
mod subscriptions;
mod tree;
mod value;
pub mod why;
mod windowed;

use leptos::mount::mount_to_body;
use leptos::prelude::*;

use crate::state::{App, Dialog, View};

/// Mounts the page on the document's body, in place of the notice that it is loading.
pub fn mount() {
    if let Some(notice) = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("loading"))
    {
        notice.remove();
    }
    mount_to_body(Page);
}

/// The whole page.
#[component]
pub fn Page() -> impl IntoView {
    let app = App::provide();
    shell::follow_theme(app);
    keys::listen(app);
    app.restore();
    app.follow_link();
    view! {
        {move || match app.view.get() {
            View::Start => view! { <start::Start /> }.into_any(),
            View::Dashboard | View::Subscriptions | View::Frames | View::Channels => {
                view! { <shell::Shell /> }.into_any()
            }
        }}
        <Dialogs />
        <p class="visually-hidden" role="status">
            {move || app.status.get()}
        </p>
    }
}

#[component]
fn Dialogs() -> impl IntoView {
    let app = App::expect();
    move || {
        let close = move || app.dialog.set(None);
        app.dialog.get().map(|dialog| match dialog {
            Dialog::Connect(request) => {
                view! { <connect::ConnectDialog request on_close=close /> }.into_any()
            }
            Dialog::Write(id, entry) => {
                view! { <dashboard::WriteDialog id entry on_close=close /> }.into_any()
            }
            Dialog::Execute(connection, command) => {
                view! { <dashboard::ExecuteDialog connection command on_close=close /> }.into_any()
            }
            Dialog::Why(id) => view! { <why::WhyDialog id on_close=close /> }.into_any(),
            Dialog::Changes(id) => view! { <connection::ChangesDialog id on_close=close /> }.into_any(),
            Dialog::Connection(id) => view! { <connection::ConnectionDialog id on_close=close /> }.into_any(),
            Dialog::Keys => view! { <keys::KeysDialog on_close=close /> }.into_any(),
        })
    }
}
