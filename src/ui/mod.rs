//! The page: what people see and do. Views read signals of `state` and call its methods; none knows a protocol.
#![expect(unreachable_pub, reason = "the component macro makes the properties of every component public")]

pub mod connect;
pub mod connection;
mod copy;
pub mod dashboard;
mod definitions;
pub mod dom;
mod files;
mod frames;
mod group;
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

use crate::state::{App, Dialog, View};
use crate::ui::dom::{IntoView, component, view};

/// Mounts the page on the document's body, in place of the notice that it is loading.
pub fn mount() {
    if let Some(body) = dom::document().body() {
        // The page is there for as long as its document.
        std::mem::forget(dom::mount(&body, Page));
    }
}

/// The whole page.
#[component]
pub fn Page() -> impl IntoView {
    let app = App::provide();
    shell::follow_theme(app);
    shell::close_menus_left_behind();
    keys::listen(app);
    app.restore();
    app.follow_link();
    view! {
        {move || match app.view.get() {
            View::Start => view! { <start::Start /> },
            View::Dashboard | View::Subscriptions | View::Frames | View::Channels => {
                view! { <shell::Shell /> }
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
                view! { <connect::ConnectDialog request on_close=close /> }
            }
            Dialog::Write(id, entry) => {
                view! { <dashboard::WriteDialog id entry on_close=close /> }
            }
            Dialog::Execute(connection, command) => {
                view! { <dashboard::ExecuteDialog connection command on_close=close /> }
            }
            Dialog::Group(connection, group) => {
                view! { <group::GroupDialog connection group on_close=close /> }
            }
            Dialog::Why(id) => view! { <why::WhyDialog id on_close=close /> },
            Dialog::Changes(id) => view! { <connection::ChangesDialog id on_close=close /> },
            Dialog::Connection(id) => view! { <connection::ConnectionDialog id on_close=close /> },
            Dialog::Keys => view! { <keys::KeysDialog on_close=close /> },
        })
    }
}
